/* SPDX-License-Identifier: Apache-2.0 */
/* One content-addressed store for all large bytes (images, materials, documents). A file's name is its
 * SHA-256; it is written to a temporary name, synced, and renamed, so it is whole or absent. Rows in
 * file_blob count who refers to it; what nobody refers to is removed by the sweep.
 *
 * The way of an upload: files_take() outside the transaction, file_ref() inside it. A crash between
 * leaves bytes that nobody refers to, which the sweep removes after an hour. */
#ifndef DB_FILES_H
#define DB_FILES_H

#include "db/db.h"

struct files; /* owner: main; safe from any thread */

struct file_facts {
	const char *sha256; /* 64 hex digits: the name */
	const char *sha512; /* Glance's os_hash_value */
	const char *md5;    /* Glance's checksum */
	int64_t size;       /* bytes */
};

/* Opens the folder, making it when absent. NULL and 'why' (512 bytes) on failure. */
struct files *files_open(const char *folder, char *why);
void files_close(struct files *f);

/* Takes the file at 'path' (on the same file system: renamed, else copied) into the store and tells
 * its facts. Constant memory. ST_TOO_LARGE over 'max_size' bytes (0: no bound); ST_BAD_INPUT when it is
 * not a regular file. The source is gone afterwards, also on failure. */
enum status files_take(struct call *c, struct files *f, const char *path, int64_t max_size,
		       struct file_facts *out) MUST_USE;
/* The path under which the bytes of 'sha256' stand; in the arena. It may not exist. */
const char *files_path(struct call *c, const struct files *f, const char *sha256);
/* An empty file for writing inside the store's own file system, to be taken later; its path is in the
 * arena. NULL: errno tells. The sweep removes one that is forgotten. */
const char *files_temporary(struct call *c, struct files *f);

/* Inside a transaction: one reference more, one less. What is referred to was taken by files_take()
 * within the hour, or is held by another reference that the same transaction has read. ST_NOT_FOUND on
 * a drop of what nobody refers to. */
enum status file_ref(struct call *c, const struct file_facts *facts) MUST_USE;
enum status file_drop(struct call *c, const char *sha256) MUST_USE;

/* Removes bytes that nobody refers to and that are older than 'age' microseconds; '*removed' counts. */
enum status files_sweep(struct call *c, struct files *f, struct db *db, int64_t age,
			int64_t *removed) MUST_USE;
/* Says once, at the start, how a room's own rows refer to files: a statement that gives 'sha256' and
 * 'refs' (a count) for all names after $1 and before $2. Then the scrub can hold the counts to them. */
void files_count_by(struct files *f, const struct db_stmt *rule);
/* Reads everything and compares with the names and the references: a line in 'report' for each missing,
 * damaged or wrongly counted file; '*bad' counts. */
enum status files_scrub(struct call *c, struct files *f, struct db *db, struct buf *report,
			int64_t *bad) MUST_USE;

#endif
