/* SPDX-License-Identifier: Apache-2.0 */
/* What files.c (taking) and files_check.c (sweeping, scrubbing) share.
 *
 *     FOLDER/ab/abcd…   the bytes, named by their SHA-256
 *     FOLDER/new/…      what is being written
 *     FOLDER/lock       held (flock) while a file that stands is taken once more, and while one is
 *                       removed, so that the sweep never removes what was just taken again */
#ifndef DB_FILES_PRIVATE_H
#define DB_FILES_PRIVATE_H

#include <sys/types.h>
#include <unistd.h>
#include "db/files.h"

#define FILE_NAME_SIZE 65
#define FILES_RULES_MAX 32 /* rooms that keep files */

struct files {
	char *folder;
	int dir; /* the folder, open */
	dev_t device;
	const struct db_stmt *rules[FILES_RULES_MAX];
	size_t rule_count;
};

static inline void close_fd(int *fd)
{
	if (*fd >= 0)
		close(*fd);
}
#define SCOPED_FD __attribute__((cleanup(close_fd)))

/* Where the bytes of 'sha256' stand inside the folder: "ab/abcd…". */
const char *files_inside(struct call *c, const char *sha256);
/* Reads 'from' to its end, into 'to' as well unless that is -1, and tells the facts. */
enum status files_digest(struct call *c, int from, int to, int64_t max_size,
			 struct file_facts *out) MUST_USE;
/* The descriptor that holds the store's lock until it is closed; 'how' is flock()'s. -1: errno. */
int files_lock(const struct files *f, int how);

#endif
