/* SPDX-License-Identifier: Apache-2.0 */
/* Schema files: numbered per module, forward only, each in one transaction, recorded by hash. */
#ifndef DB_SCHEMA_H
#define DB_SCHEMA_H

#include "db/db.h"

/* One file of a room's schema folder, embedded when built. 'name' starts with its number. In 'sql' the
 * words @INT @BLOB @REAL @SERIAL @STRICT stand for what the database calls them. */
struct schema_file {
	const char *module, *name, *sql;
};

/* The files of all rooms, in the order of the layers; the build makes this list. */
extern const struct schema_file *const program_schema[];

/* Brings the database to the newest schema of all modules; 'files' lists one array (ended by a zeroed
 * row) for each module, ended by NULL. Safe against two starters. A file that was applied and has
 * changed since, or is gone, fails with ST_CONFLICT and nothing is changed; so does a database that is
 * newer than the program. */
enum status schema_apply(struct call *c, struct db *db,
			 const struct schema_file *const *files) MUST_USE;

#endif
