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
	bool null; /* an SQL NULL of this kind */
};
/* A NULL of no kind: the database infers what it is. Rather say DB_STR(NULL) or DB_TIME(0). */
#define DB_NULL ((struct db_arg){ .kind = DB_ARG_NULL })
#define DB_INT(v) ((struct db_arg){ .kind = DB_ARG_INT, .i = (v) })
#define DB_BOOL(v) DB_INT((v) ? 1 : 0)
/* An instant; 0 is SQL NULL. */
#define DB_TIME(v) db_arg_time(v)
#define DB_REAL(v) ((struct db_arg){ .kind = DB_ARG_REAL, .r = (v) })
/* NULL is SQL NULL. The text outlives the statement's run. */
#define DB_STR(v) ((struct db_arg){ .kind = DB_ARG_TEXT, .p = (v) })
#define DB_BYTES(v, n) ((struct db_arg){ .kind = DB_ARG_BYTES, .p = (v), .size = (n) })
#define DB_ARGS(...)                                                                               \
	(const struct db_arg[]){ __VA_ARGS__ },                                                    \
		sizeof((const struct db_arg[]){ __VA_ARGS__ }) / sizeof(struct db_arg)
#define DB_NO_ARGS NULL, 0

static inline struct db_arg db_arg_time(int64_t at)
{
	return (struct db_arg){ .kind = DB_ARG_INT, .i = at, .null = at == 0 };
}
static inline bool db_arg_null(const struct db_arg *a)
{
	bool pointer = a->kind == DB_ARG_TEXT || a->kind == DB_ARG_BYTES;
	return a->kind == DB_ARG_NULL || a->null || (pointer && !a->p);
}

/* All of these need an open transaction (c->db). A unique key that exists already is ST_CONFLICT, a
 * foreign key that is missing or still used ST_CONFLICT too, both without a problem text, so that the
 * caller can say what it means; a CHECK or NOT NULL that fails is our bug: ST_INTERNAL. After any of
 * them the act must return a failure: its transaction is over, and an act that goes on regardless is
 * failed with ST_INTERNAL.
 *
 * How a field is kept in a column: BOOL as 0 or 1; WORD as its word, so that a database explains
 * itself; TIME as microseconds, 0 as NULL; STRS, MAP, JSON, REST and OBJECT as TEXT holding JSON. A
 * NULL is taken by texts, times and JSON, and by numbers, words and flags that are NULLABLE or OPT, as
 * base/shape.h says (in what is only OPT a number becomes 0); TELLS records whether there was a value.
 * A row shape and a statement are static: what is worked out about them is kept by their address.
 * Every column of a result needs a field; a field without a column must be OPT. */

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
/* The bytes in the first column of the first row, in the arena; NULL bytes are '*out' NULL. */
enum status db_bytes(struct call *c, const struct db_stmt *s, const void **out, size_t *size,
		     const struct db_arg *args, size_t count) MUST_USE;
/* Typed front of db_all(): DB_ALL(c, &stmt, user_row, &list, &count, args). */
#define DB_ALL(c, s, row, list, n, ...) db_all(c, s, row, sizeof(**(list)), list, n, __VA_ARGS__)

typedef enum status act_fn(struct call *c, const void *in, void *out);

/* Runs 'act' so that it sees one state and changes nothing. It may run more than once. ST_AWAY: the
 * database cannot be reached. */
enum status db_read(struct call *c, struct db *db, act_fn *act, const void *in, void *out,
		    size_t out_size) MUST_USE;
/* Runs 'act' in one transaction: committed durably if it returns ST_OK, undone otherwise. 'act' may
 * run more than once ('out' is zeroed each time): it reads 'in', writes 'out' and the database, and
 * touches nothing else. Returns after the commit. ST_RETRY: too much contention, try later. ST_AWAY:
 * the database cannot be reached or has no room; nothing was kept, unless the problem says that the
 * outcome is not known (the connection broke during the commit). */
enum status db_write(struct call *c, struct db *db, act_fn *act, const void *in, void *out,
		     size_t out_size) MUST_USE;

enum db_kind { DB_SQLITE, DB_POSTGRESQL };

/* 'url': "sqlite:PATH" (made when absent) or "postgresql://…". 'readers': how many acts may read side
 * by side (and, on PostgreSQL, write). On failure NULL, and 'why' (512 bytes) tells. Secrets of the URL
 * never appear in it. */
struct db *db_open(const char *url, int readers, char *why) MUST_USE;
/* Waits for what is queued, then closes. NULL is legal. */
void db_close(struct db *db);
enum db_kind db_kind_of(const struct db *db);
/* What was opened, without secrets: for the log. */
const char *db_name(const struct db *db);
/* Called on some thread after each commit in which events or jobs were posted (c->posted): it wakes
 * somebody and returns, for answers wait behind it. Set it before the first write. */
void db_on_posted(struct db *db, void (*fn)(void *), void *arg);

/* Has the database parse every statement of the program; '*bad' gets how many it refused, 'report' a
 * line about each. */
enum status db_check_statements(struct call *c, struct db *db, struct buf *report,
				int *bad) MUST_USE;

#endif
