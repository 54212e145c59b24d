/* SPDX-License-Identifier: Apache-2.0 */
/* The bytes of a file as UTF-8: mapped where they are that already, else converted from GB 18030, which
 * holds GBK and GB 2312. */
#ifndef LINKAGE_FILE_TEXT_H
#define LINKAGE_FILE_TEXT_H

#include "base/call.h"

struct file_text {
	char *data; /* well-formed UTF-8 */
	size_t size;
	size_t mapped, converted; /* what file_text_close() gives back */
	size_t dropped;           /* bytes of file_text_drop() */
	bool gb18030;             /* it was in GB 18030 */
};
/* Opens a file of at most 'most' bytes. ST_NOT_FOUND: it cannot be opened; ST_BAD_INPUT: empty, no regular
 * file, or in neither encoding, with the byte's place; ST_TOO_LARGE. Owner: the caller. */
enum status file_text_open(struct call *c, const char *path, int64_t most,
			   struct file_text *out) MUST_USE;
/* What stands before the byte 'before' is not needed soon: its memory is given back. It can still be read. */
void file_text_drop(struct file_text *t, size_t before);
void file_text_close(struct file_text *t);

#endif
