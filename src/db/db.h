/* SPDX-License-Identifier: Apache-2.0 */
/* The database: statements written once for SQLite and PostgreSQL, and acts run in transactions.
 *
 * On SQLite one writer thread takes the queued acts, gives each a savepoint and commits them together
 * with one fsync; answers, refusals too, are released after that commit. On PostgreSQL each write has
 * a connection of its own, runs SERIALIZABLE, and runs again on a serialization failure. Reading acts
 * run in parallel on both. */
#ifndef DB_DB_H
#define DB_DB_H

#include "base/call.h"
#include "base/shape.h"

struct db; /* owner: main; safe to use from any thread */

struct db_stmt {
	const char *name, *sql;
};

/* Declares a statement. The quotes around 'sql_' make anything but a string literal a syntax error,
 * so no SQL is ever assembled at run time. Parameters are $1…$n. Every statement of the program is
 * listed in one section, so that a test can have both databases parse them all. */
#define DB_STMT(name_, sql_)                                                                       \
	static const struct db_stmt name_ = { #name_, "" sql_ "" };                                \
	static const struct db_stmt *const name_##_listed                                          \
		__attribute__((used, section("db_stmts"))) = &name_

enum db_arg_kind { DB_ARG_NULL, DB_ARG_INT, DB_ARG_REAL, DB_ARG_TEXT, DB_ARG_BYTES };
struct db_arg {
	enum db_arg_kind kind;
	int64_t i;
	double r;
	const void *p;
	size_t size;
};
#define DB_NULL ((struct db_arg){ .kind = DB_ARG_NULL })
#define DB_INT(v) ((struct db_arg){ .kind = DB_ARG_INT, .i = (v) })
#define DB_REAL(v) ((struct db_arg){ .kind = DB_ARG_REAL, .r = (v) })
/* NULL is SQL NULL. The text outlives the statement's run. */
#define DB_STR(v) ((struct db_arg){ .kind = DB_ARG_TEXT, .p = (v) })
#define DB_BYTES(v, n) ((struct db_arg){ .kind = DB_ARG_BYTES, .p = (v), .size = (n) })
#define DB_ARGS(...)                                                                               \
	(const struct db_arg[]){ __VA_ARGS__ },                                                    \
		sizeof((const struct db_arg[]){ __VA_ARGS__ }) / sizeof(struct db_arg)
#define DB_NO_ARGS NULL, 0

/* All of these need an open transaction (c->db). A unique key that exists already is ST_CONFLICT, a
 * foreign key that is missing or still used ST_CONFLICT too, both without a problem text, so that the
 * caller can say what it means; a CHECK or NOT NULL that fails is our bug: ST_INTERNAL. After any of
 * them the act must return a failure: on PostgreSQL the transaction is over. */

/* Reads the one row into 'out'. No row: ST_NOT_FOUND, without a problem text. */
enum status db_one(struct call *c, const struct db_stmt *s, const struct field *row, void *out,
		   const struct db_arg *args, size_t count) MUST_USE;
/* Reads all rows into an array of 'item_size' structs in the arena: '*out' (a T **) and '*n'. */
enum status db_all(struct call *c, const struct db_stmt *s, const struct field *row,
		   size_t item_size, void *out, size_t *n, const struct db_arg *args,
		   size_t count) MUST_USE;
/* Changes rows; '*changed' (may be NULL) gets how many. */
enum status db_do(struct call *c, const struct db_stmt *s, int64_t *changed,
		  const struct db_arg *args, size_t count) MUST_USE;
/* Binds the fields of 'in', in the order of 'row', to $1…$n and runs 's': for wide inserts. */
enum status db_put(struct call *c, const struct db_stmt *s, const struct field *row,
		   const void *in) MUST_USE;
/* One number from the first column of the first row; ST_NOT_FOUND without a row. */
enum status db_number(struct call *c, const struct db_stmt *s, int64_t *out,
		      const struct db_arg *args, size_t count) MUST_USE;
/* Typed front of db_all(): DB_ALL(c, &stmt, user_row, &list, &count, args). */
#define DB_ALL(c, s, row, list, n, ...)                                                            \
	db_all(c, s, row, sizeof(**(list)), list, n, __VA_ARGS__)

typedef enum status act_fn(struct call *c, const void *in, void *out);

/* Runs 'act' so that it sees one state and changes nothing. */
enum status db_read(struct call *c, struct db *db, act_fn *act, const void *in, void *out,
		    size_t out_size) MUST_USE;
/* Runs 'act' in one transaction: committed durably if it returns ST_OK, undone otherwise. 'act' may
 * run more than once ('out' is zeroed each time): it reads 'in', writes 'out' and the database, and
 * touches nothing else. Returns after the commit. ST_RETRY: too much contention, try later. */
enum status db_write(struct call *c, struct db *db, act_fn *act, const void *in, void *out,
		     size_t out_size) MUST_USE;
enum db_kind { DB_SQLITE, DB_POSTGRESQL };

/* 'url': "sqlite:PATH" or "postgresql://…". 'readers': parallel readers (and, on PostgreSQL, writers).
 * On failure NULL, and 'why' (512 bytes) tells. Secrets of the URL never appear in it. */
struct db *db_open(const char *url, int readers, char *why);
/* Waits for what is queued, then closes. NULL is legal. */
void db_close(struct db *db);
enum db_kind db_kind_of(const struct db *db);
/* Called on some thread after each commit in which events or jobs were posted (c->posted). Set it
 * before the first write. */
void db_on_posted(struct db *db, void (*fn)(void *), void *arg);

/* Has the database parse every statement of the program; '*bad' gets how many it refused, 'report' a
 * line about each. */
enum status db_check_statements(struct call *c, struct db *db, struct buf *report,
				int *bad) MUST_USE;

#endif
