/* SPDX-License-Identifier: Apache-2.0 */
/* A file that is handed in, as text. */
#include "data/intake/intake.h"

enum status intake_text_open(struct call *c, const char *path, struct file_text *out)
{
	struct file_text t;
	enum status st = file_text_open(c, path, INTAKE_FILE_MAX, &t);

	if (st)
		return st;
	if (memchr(t.data, '\0', t.size)) {
		file_text_close(&t);
		return fail(c, ST_BAD_INPUT, NULL, "%s holds a NUL: it is not text", path);
	}
	*out = t;
	return ST_OK;
}
