/* SPDX-License-Identifier: Apache-2.0 */
/* SQLite behind the table of db_private.h: the only file that includes its header. Readers have
 * connections of their own in the pool; the one writer's is used by db_writer.c, which also has the
 * write-ahead log moved into the file, so that no commit pays for it. */
#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <limits.h>
#include <pthread.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "base/log.h"
#include "db/db_private.h"

/* How long to wait for another process that writes (a second daemon, a command). */
#define BUSY_MS 10000
/* How long the writer may be held up by a log that wants to begin anew, and how large it stays then. */
#define RENEW_MS 50
#define LOG_BYTES (64 << 20)
/* Pages kept, in KiB. The kernel keeps them too, for all connections together. */
#define CACHE_WRITER 16384
#define CACHE_READER 4096

/* The words of transactions, prepared once. */
enum word { BEGIN_READ, BEGIN_WRITE, COMMIT, ROLLBACK, SAVEPOINT, RELEASE, UNDO, WORDS };
static const char *const word_sql[WORDS] = {
	[BEGIN_READ] = "begin",     [BEGIN_WRITE] = "begin immediate", [COMMIT] = "commit",
	[ROLLBACK] = "rollback",    [SAVEPOINT] = "savepoint act",     [RELEASE] = "release act",
	[UNDO] = "rollback to act",
};

struct lite {
	struct db_conn conn;
	sqlite3 *db;
	sqlite3_stmt *word[WORDS];
	int64_t log_pages;
};

struct lite_plan {
	struct db_plan plan;
	sqlite3_stmt *st;
	int params; /* what $1 to $n are called inside */
	int index[];
};

static struct lite *lite_of(struct db_conn *k)
{
	return (struct lite *)k;
}

static sqlite3_stmt *st_of(const struct db_plan *p)
{
	return ((const struct lite_plan *)p)->st;
}

/* Sorts what SQLite says (its extended codes) into what we act on. */
static enum db_fault fault_of(int rc)
{
	switch (rc) {
	case SQLITE_CONSTRAINT_UNIQUE:
	case SQLITE_CONSTRAINT_PRIMARYKEY:
	case SQLITE_CONSTRAINT_ROWID: return DB_UNIQUE;
	case SQLITE_CONSTRAINT_FOREIGNKEY: return DB_FOREIGN;
	case SQLITE_READONLY: return DB_BUG; /* a reading act that writes; its kin is below */
	}
	switch (rc & 0xff) {
	case SQLITE_OK:
	case SQLITE_ROW:
	case SQLITE_DONE: return DB_FINE;
	case SQLITE_BUSY:
	case SQLITE_LOCKED: return DB_AGAIN;
	case SQLITE_FULL: return DB_FULL;
	case SQLITE_IOERR:
	case SQLITE_CORRUPT:
	case SQLITE_NOTADB:
	case SQLITE_CANTOPEN:
	case SQLITE_READONLY: return DB_BROKEN;
	case SQLITE_NOMEM: abort(); /* as everywhere: the supervisor starts us again */
	}
	return DB_BUG;
}

static enum db_fault note(struct lite *l, int rc, const char *what)
{
	enum db_fault fault = fault_of(rc);

	if (fault == DB_FINE)
		return fault;
	return db_fault_note(&l->conn, fault, "%s: %s", what, sqlite3_errmsg(l->db));
}

static enum db_fault say(struct lite *l, enum word w)
{
	int rc = sqlite3_step(l->word[w]);

	if (rc != SQLITE_DONE)
		rc = sqlite3_extended_errcode(l->db);
	sqlite3_reset(l->word[w]);
	return note(l, rc, word_sql[w]);
}

/* Told by SQLite after each commit. */
static int log_grew(void *ptr, sqlite3 *db, const char *name, int pages)
{
	struct lite *l = ptr;

	(void)db;
	(void)name;
	l->log_pages = pages;
	return SQLITE_OK;
}

/* The file holds password hashes: nobody else may read it, nor its log, which copies its rights. One
 * that is there already is never opened here: closing any descriptor of it gives up all locks that this
 * process's connections hold on it (fcntl(2)), and the next to close it elsewhere would delete the log. */
static bool make_private(const char *path)
{
	int fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (fd < 0)
		return errno == EEXIST;
	close(fd);

	char folder[PATH_MAX];
	snprintf(folder, sizeof(folder), "%s", path);
	fd = open(dirname(folder), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return false;
	bool ok = fsync(fd) == 0;
	close(fd);
	return ok;
}

static int settle(struct lite *l, bool writer)
{
	char *sql = sqlite3_mprintf("pragma busy_timeout = %d;"
				    "pragma journal_mode = wal;"
				    "pragma synchronous = full;"
				    "pragma foreign_keys = on;"
				    "pragma trusted_schema = off;"
				    "pragma temp_store = memory;"
				    "pragma cache_size = -%d;"
				    "pragma wal_autocheckpoint = 0;"
				    "pragma journal_size_limit = %d;"
				    "pragma query_only = %d;",
				    BUSY_MS, writer ? CACHE_WRITER : CACHE_READER, LOG_BYTES,
				    writer ? 0 : 1);
	int rc = sqlite3_exec(l->db, sql, NULL, NULL, NULL);
	/* Where several open a new file at once, SQLite has all but one lose without waiting. */
	for (int waited = 0; (rc & 0xff) == SQLITE_BUSY && waited < BUSY_MS; waited += 10) {
		sqlite3_sleep(10);
		rc = sqlite3_exec(l->db, sql, NULL, NULL, NULL);
	}
	sqlite3_free(sql);

	/* A misspelt column is an error, not a string. */
	sqlite3_db_config(l->db, SQLITE_DBCONFIG_DQS_DML, 0, NULL);
	sqlite3_db_config(l->db, SQLITE_DBCONFIG_DQS_DDL, 0, NULL);
	sqlite3_db_config(l->db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
	sqlite3_wal_hook(l->db, log_grew, l);
	for (int w = 0; w < WORDS && rc == SQLITE_OK; w++)
		rc = sqlite3_prepare_v3(l->db, word_sql[w], -1, SQLITE_PREPARE_PERSISTENT,
					&l->word[w], NULL);
	return rc;
}

static void lite_disconnect(struct db_conn *k)
{
	struct lite *l = lite_of(k);

	db_plans_end(k);
	for (int w = 0; w < WORDS; w++)
		sqlite3_finalize(l->word[w]);
	sqlite3_close(l->db);
	free(l);
}

/* Counting its memory would have all threads meet in one lock at every allocation. */
static void uncounted(void)
{
	sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
}

static enum db_fault lite_connect(struct db *db, bool writer, struct db_conn **out, char *why)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;
	pthread_once(&once, uncounted);
	struct lite *l = calloc(1, sizeof(*l));
	if (!l)
		abort();
	l->conn.db = db;

	int rc = SQLITE_CANTOPEN;
	if (!writer || make_private(db->where))
		rc = sqlite3_open_v2(
			db->where, &l->db,
			SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE, NULL);
	if (rc == SQLITE_OK)
		rc = settle(l, writer);
	if (rc != SQLITE_OK) {
		snprintf(why, 512, "%s: %s", db->name,
			 l->db ? sqlite3_errmsg(l->db) : strerror(errno));
		lite_disconnect(&l->conn);
		return fault_of(rc);
	}
	*out = &l->conn;
	return DB_FINE;
}

static enum db_fault lite_begin(struct db_conn *k, enum db_mode mode)
{
	return say(lite_of(k), mode == DB_WRITING ? BEGIN_WRITE : BEGIN_READ);
}

static enum db_fault lite_commit(struct db_conn *k)
{
	return say(lite_of(k), COMMIT);
}

static void lite_rollback(struct db_conn *k)
{
	struct lite *l = lite_of(k);

	/* SQLite ends the transaction by itself on some errors. */
	if (!sqlite3_get_autocommit(l->db))
		say(l, ROLLBACK);
}

static enum db_fault lite_savepoint(struct db_conn *k)
{
	return say(lite_of(k), SAVEPOINT);
}

static bool lite_release(struct db_conn *k, bool keep)
{
	struct lite *l = lite_of(k);

	if (sqlite3_get_autocommit(l->db))
		return false;
	if (!keep && say(l, UNDO) != DB_FINE)
		return false;
	return say(l, RELEASE) == DB_FINE;
}

static enum db_fault lite_script(struct db_conn *k, const char *sql)
{
	struct lite *l = lite_of(k);

	return note(l, sqlite3_exec(l->db, sql, NULL, NULL, NULL), "script");
}

static enum db_fault lite_prepare(struct db_conn *k, const struct db_stmt *s, struct db_plan **out)
{
	struct lite *l = lite_of(k);
	sqlite3_stmt *st;
	const char *rest;
	int rc = sqlite3_prepare_v3(l->db, s->sql, -1, SQLITE_PREPARE_PERSISTENT, &st, &rest);

	if (rc != SQLITE_OK)
		return note(l, rc, s->name);
	if (!st || *rest) {
		sqlite3_finalize(st);
		return db_fault_note(k, DB_BUG, "%s is not one statement", s->name);
	}

	int params = sqlite3_bind_parameter_count(st);
	struct lite_plan *p = calloc(1, sizeof(*p) + (size_t)params * sizeof(p->index[0]));
	if (!p)
		abort();
	p->plan.stmt = s;
	p->st = st;
	p->params = params;
	/* SQLite numbers "$2" by where it stands, not by its name. */
	for (int i = 0; i < params; i++) {
		char name[16];
		snprintf(name, sizeof(name), "$%d", i + 1);
		p->index[i] = sqlite3_bind_parameter_index(st, name);
	}
	*out = &p->plan;
	return DB_FINE;
}

static void lite_unprepare(struct db_conn *k, struct db_plan *p)
{
	(void)k;
	sqlite3_finalize(st_of(p));
	free(p);
}

static enum db_fault lite_check(struct db_conn *k, const struct db_stmt *s)
{
	struct db_plan *p = NULL;
	enum db_fault fault = lite_prepare(k, s, &p);

	if (p)
		lite_unprepare(k, p);
	return fault;
}

static int bind(sqlite3_stmt *st, int at, const struct db_arg *a)
{
	if (db_arg_null(a))
		return sqlite3_bind_null(st, at);
	switch (a->kind) {
	case DB_ARG_INT: return sqlite3_bind_int64(st, at, a->i);
	case DB_ARG_REAL: return sqlite3_bind_double(st, at, a->r);
	/* Whoever runs the statement keeps the bytes until it has run. */
	case DB_ARG_TEXT:
		return sqlite3_bind_text64(st, at, a->p, strlen(a->p), SQLITE_STATIC, SQLITE_UTF8);
	case DB_ARG_BYTES: return sqlite3_bind_blob64(st, at, a->p, a->size, SQLITE_STATIC);
	case DB_ARG_NULL: break;
	}
	return sqlite3_bind_null(st, at);
}

static enum db_fault lite_start(struct db_conn *k, struct db_plan *plan, const struct db_arg *args,
				size_t count)
{
	struct lite_plan *p = (struct lite_plan *)plan;

	if (count != (size_t)p->params)
		return db_fault_note(k, DB_BUG, "statement %s has %d parameters and was given %zu",
				     plan->stmt->name, p->params, count);
	for (int i = 0; i < p->params; i++) {
		int rc = bind(p->st, p->index[i], &args[i]);
		if (rc != SQLITE_OK)
			return note(lite_of(k), rc, plan->stmt->name);
	}
	return DB_FINE;
}

static enum db_fault lite_step(struct db_conn *k, struct db_plan *p, bool *row)
{
	int rc = sqlite3_step(st_of(p));

	*row = rc == SQLITE_ROW;
	return note(lite_of(k), rc, p->stmt->name);
}

static void lite_finish(struct db_conn *k, struct db_plan *p)
{
	(void)k;
	sqlite3_reset(st_of(p));
	sqlite3_clear_bindings(st_of(p));
}

static int64_t lite_changed(struct db_conn *k, struct db_plan *p)
{
	(void)p;
	return sqlite3_changes64(lite_of(k)->db);
}

static int lite_columns(const struct db_plan *p)
{
	return sqlite3_column_count(st_of(p));
}

static const char *lite_column(const struct db_plan *p, int i)
{
	return sqlite3_column_name(st_of(p), i);
}

static bool lite_cell(struct db_plan *p, int i, enum db_arg_kind kind, struct db_arg *out)
{
	sqlite3_stmt *st = st_of(p);
	int type = sqlite3_column_type(st, i);

	*out = (struct db_arg){ .kind = type == SQLITE_NULL ? DB_ARG_NULL : kind };
	if (type == SQLITE_NULL)
		return true;
	switch (kind) {
	case DB_ARG_INT: out->i = sqlite3_column_int64(st, i); return type == SQLITE_INTEGER;
	case DB_ARG_REAL:
		out->r = sqlite3_column_double(st, i);
		return type == SQLITE_FLOAT || type == SQLITE_INTEGER;
	case DB_ARG_TEXT: out->p = sqlite3_column_text(st, i); break;
	case DB_ARG_BYTES: out->p = sqlite3_column_blob(st, i); break;
	case DB_ARG_NULL: return false;
	}
	out->size = (size_t)sqlite3_column_bytes(st, i);
	return type == (kind == DB_ARG_TEXT ? SQLITE_TEXT : SQLITE_BLOB);
}

static int64_t lite_log_pages(struct db_conn *k)
{
	return lite_of(k)->log_pages;
}

static enum db_fault lite_checkpoint(struct db_conn *k, bool renew)
{
	struct lite *l = lite_of(k);
	int mode = renew ? SQLITE_CHECKPOINT_RESTART : SQLITE_CHECKPOINT_PASSIVE;

	/* To begin anew it holds up the writer while it waits for readers. */
	sqlite3_busy_timeout(l->db, RENEW_MS);
	return note(l, sqlite3_wal_checkpoint_v2(l->db, NULL, mode, NULL, NULL), "checkpoint");
}

const struct db_driver db_sqlite = {
	.kind = DB_SQLITE,
	.connect = lite_connect,
	.disconnect = lite_disconnect,
	.begin = lite_begin,
	.commit = lite_commit,
	.rollback = lite_rollback,
	.script = lite_script,
	.check = lite_check,
	.prepare = lite_prepare,
	.unprepare = lite_unprepare,
	.start = lite_start,
	.step = lite_step,
	.finish = lite_finish,
	.changed = lite_changed,
	.columns = lite_columns,
	.column = lite_column,
	.cell = lite_cell,
	.savepoint = lite_savepoint,
	.release = lite_release,
	.log_pages = lite_log_pages,
	.checkpoint = lite_checkpoint,
};
