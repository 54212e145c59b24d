/* SPDX-License-Identifier: Apache-2.0 */
/* Acts in transactions: the pool of connections, reading side by side, writing with as many attempts as
 * races ask for. Statements are db_run.c's; SQLite's writes go through db_writer.c. */
#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include "base/clock.h"
#include "base/id.h"
#include "base/log.h"
#include "base/metric.h"
#include "base/text.h"
#include "db/db_private.h"

/* How long a call waits for a connection before it is told to come again. */
#define TAKE_SECONDS 10
/* A race is lost at most so many times; the waits between add up to about a second. */
#define ATTEMPTS 10
#define PAUSE_LONGEST_US 200000

extern const struct db_stmt *const __start_db_stmts[] __attribute__((weak));
extern const struct db_stmt *const __stop_db_stmts[] __attribute__((weak));

void db_name_of(const char *url, char *out, size_t size)
{
	const char *host = strstr(url, "://");
	if (!host) {
		snprintf(out, size, "%s", url);
		return;
	}
	host += 3;
	size_t length = strcspn(host, "?");
	for (const char *at; (at = memchr(host, '@', length));) {
		length -= (size_t)(at + 1 - host);
		host = at + 1;
	}
	snprintf(out, size, "postgresql://%.*s", (int)length, host);
}

static const struct db_driver *driver_of(const char *url)
{
	if (str_starts(url, "sqlite:"))
		return &db_sqlite;
	if (str_starts(url, "postgresql://") || str_starts(url, "postgres://"))
		return &db_pg;
	return NULL;
}

struct db *db_open(const char *url, int readers, char *why)
{
	const struct db_driver *driver = driver_of(url);
	if (!driver) {
		snprintf(why, 512, "a database is sqlite:PATH or postgresql://…");
		return NULL;
	}

	struct db *db = calloc(1, sizeof(*db));
	if (!db)
		abort();
	db->driver = driver;
	db->where = strdup(driver == &db_sqlite ? url + strlen("sqlite:") : url);
	db->readers = readers > 0 ? readers : 1;
	db_name_of(url, db->name, sizeof(db->name));
	pthread_mutex_init(&db->lock, NULL);
	pthread_rwlockattr_t losers_first;
	pthread_rwlockattr_init(&losers_first);
	pthread_rwlockattr_setkind_np(&losers_first, PTHREAD_RWLOCK_PREFER_WRITER_NONRECURSIVE_NP);
	pthread_rwlock_init(&db->calm, &losers_first);
	pthread_rwlockattr_destroy(&losers_first);
	pthread_condattr_t steady;
	pthread_condattr_init(&steady);
	pthread_condattr_setclock(&steady, CLOCK_MONOTONIC);
	pthread_cond_init(&db->given, &steady);
	pthread_condattr_destroy(&steady);

	if (driver->savepoint)
		db->writer = db_writer_start(db, why);
	bool ok = db->writer || !driver->savepoint;
	if (ok) {
		struct db_conn *k = NULL;
		ok = driver->connect(db, false, &k, why) == DB_FINE;
		if (ok) {
			db->open = 1;
			db_conn_give(k);
		}
	}
	if (!ok) {
		db_close(db);
		return NULL;
	}
	return db;
}

/* Closes the idle connections until those at work have come back too. */
static void close_pool(struct db *db)
{
	pthread_mutex_lock(&db->lock);
	for (;;) {
		struct db_conn *k = db->idle;
		if (k) {
			db->idle = k->next;
			db->open--;
			db->driver->disconnect(k);
		} else if (db->open > 0) {
			pthread_cond_wait(&db->given, &db->lock);
		} else {
			break;
		}
	}
	pthread_mutex_unlock(&db->lock);
}

void db_close(struct db *db)
{
	if (!db)
		return;
	db_writer_stop(db->writer);
	close_pool(db);
	pthread_mutex_destroy(&db->lock);
	pthread_rwlock_destroy(&db->calm);
	pthread_cond_destroy(&db->given);
	free(db->where);
	free(db);
}

enum db_kind db_kind_of(const struct db *db)
{
	return db->driver->kind;
}

const char *db_name(const struct db *db)
{
	return db->name;
}

void db_on_posted(struct db *db, void (*fn)(void *), void *arg)
{
	db->posted = fn;
	db->posted_arg = arg;
}

void db_tell_posted(struct db *db)
{
	if (db->posted)
		db->posted(db->posted_arg);
}

/* An idle connection that is not older than the last loss, or NULL. With the lock held. */
static struct db_conn *pop(struct db *db)
{
	while (db->idle) {
		struct db_conn *k = db->idle;
		db->idle = k->next;
		if (k->epoch == db->epoch)
			return k;
		db->open--;
		db->driver->disconnect(k);
	}
	return NULL;
}

enum status db_conn_take(struct call *c, struct db *db, struct db_conn **out)
{
	struct timespec until;
	clock_gettime(CLOCK_MONOTONIC, &until);
	until.tv_sec += TAKE_SECONDS;

	pthread_mutex_lock(&db->lock);
	struct db_conn *k;
	int late = 0;
	while (!(k = pop(db)) && db->open >= db->readers && !late)
		late = pthread_cond_timedwait(&db->given, &db->lock, &until);
	bool make = !k && db->open < db->readers;
	unsigned epoch = db->epoch;
	db->open += make;
	pthread_mutex_unlock(&db->lock);

	if (k) {
		*out = k;
		return ST_OK;
	}
	if (!make)
		return fail(c, ST_RETRY, NULL, "all %d connections to the database are busy",
			    db->readers);

	char why[512] = "";
	if (db->driver->connect(db, false, out, why) == DB_FINE) {
		(*out)->epoch = epoch;
		return ST_OK;
	}
	pthread_mutex_lock(&db->lock);
	db->open--;
	pthread_cond_signal(&db->given);
	pthread_mutex_unlock(&db->lock);
	log_error("db-away", c->request_id, "%s", why);
	return fail(c, ST_AWAY, NULL, "the database cannot be reached");
}

void db_conn_give(struct db_conn *k)
{
	struct db *db = k->db;
	bool lost = k->fault == DB_GONE || k->fault == DB_UNKNOWN;

	pthread_mutex_lock(&db->lock);
	/* Where one connection broke, the others of its age most likely did too. */
	if (lost && k->epoch == db->epoch)
		db->epoch++;
	bool keep = !lost && !k->spoiled && k->epoch == db->epoch;
	if (keep) {
		k->next = db->idle;
		db->idle = k;
	} else {
		db->open--;
	}
	pthread_cond_signal(&db->given);
	pthread_mutex_unlock(&db->lock);
	if (!keep)
		db->driver->disconnect(k);
}

void db_task_run(struct db_task *t, struct db_conn *k)
{
	struct call *c = t->c;

	assert(!c->db);
	call_forgive(c);
	c->posted = false;
	if (t->out_size)
		memset(t->out, 0, t->out_size);
	k->fault = DB_FINE;
	c->db = k;
	t->st = t->act(c, t->in, t->out);
	c->db = NULL;
	if (t->st == ST_OK && k->fault != DB_FINE) {
		call_forgive(c);
		t->st = fail(c, ST_INTERNAL, NULL, "the act went on after a failed statement: %s",
			     k->why);
	}
}

/* One attempt on 'k'. The fault tells why it should run again, or that the commit failed. */
static enum db_fault attempt(struct db_task *t, struct db_conn *k, enum db_mode mode)
{
	const struct db_driver *d = k->db->driver;

	k->fault = DB_FINE;
	enum db_fault fault = d->begin(k, mode);
	if (fault != DB_FINE)
		return fault;
	db_task_run(t, k);
	if (k->fault == DB_AGAIN || k->fault == DB_GONE) {
		d->rollback(k);
		return k->fault;
	}
	if (t->st == ST_OK)
		fault = d->commit(k);
	if (t->st != ST_OK || fault != DB_FINE)
		d->rollback(k);
	return fault;
}

/* Grows with the attempts and differs between those who raced, so that they do not meet again. */
static void pause_before(int attempt_number)
{
	uint32_t dice;
	random_bytes(&dice, sizeof(dice));
	int64_t most = INT64_C(2000) << attempt_number;
	if (most > PAUSE_LONGEST_US)
		most = PAUSE_LONGEST_US;
	int64_t us = dice % most;
	struct timespec t = { .tv_nsec = us * 1000 };
	nanosleep(&t, NULL);
}

/* One attempt on a connection of the pool; *taken tells whether there was one. */
static enum db_fault attempt_here(struct db_task *t, struct db *db, enum db_mode mode,
				  char why[256], bool *taken)
{
	struct db_conn *k;

	call_forgive(t->c);
	t->st = db_conn_take(t->c, db, &k);
	*taken = !t->st;
	if (t->st)
		return DB_FINE;
	enum db_fault fault = attempt(t, k, mode);
	snprintf(why, 256, "%s", k->why);
	if (fault == DB_GONE || fault == DB_UNKNOWN)
		log_warn("db-lost", t->c->request_id, "%s: %s", db->name, why);
	db_conn_give(k);
	return fault;
}

/* The same for a writer where several write side by side. Who has lost a race runs alone in this
 * process: the others cannot make it lose again, however many they are. Writers wait for their turn
 * without a connection, which readers need meanwhile. */
static enum db_fault attempt_writing(struct db_task *t, struct db *db, bool lost, char why[256],
				     bool *taken)
{
	if (lost)
		pthread_rwlock_wrlock(&db->calm);
	else
		pthread_rwlock_rdlock(&db->calm);
	enum db_fault fault = attempt_here(t, db, DB_WRITING, why, taken);
	pthread_rwlock_unlock(&db->calm);
	return fault;
}

/* Runs the task on a connection of the pool until it is decided. */
static void run_here(struct db_task *t, struct db *db, enum db_mode mode)
{
	enum db_fault fault = DB_FINE;
	char why[256] = "";

	for (int i = 0; i < ATTEMPTS; i++) {
		bool taken = false;
		if (i > 0)
			metric_add(METRIC_DB_RETRIES, 1);
		if (i > 1)
			pause_before(i);
		fault = mode == DB_WRITING ? attempt_writing(t, db, fault == DB_AGAIN, why, &taken)
					   : attempt_here(t, db, mode, why, &taken);
		if (!taken)
			return;
		if (fault != DB_AGAIN && fault != DB_GONE)
			break;
	}
	if (fault == DB_FINE)
		return;
	call_forgive(t->c);
	t->st = db_fault_status(t->c, fault, why);
}

enum status db_read(struct call *c, struct db *db, act_fn *act, const void *in, void *out,
		    size_t out_size)
{
	struct db_task t = { .c = c, .act = act, .in = in, .out = out, .out_size = out_size };

	metric_add(METRIC_DB_READS, 1);
	run_here(&t, db, DB_READING);
	return t.st;
}

enum status db_write(struct call *c, struct db *db, act_fn *act, const void *in, void *out,
		     size_t out_size)
{
	struct db_task t = { .c = c, .act = act, .in = in, .out = out, .out_size = out_size };

	assert(!c->db);
	metric_add(METRIC_DB_WRITES, 1);
	if (db->writer) {
		db_writer_do(db->writer, &t);
		return t.st;
	}
	run_here(&t, db, DB_WRITING);
	if (!t.st)
		metric_add(METRIC_DB_COMMITS, 1);
	if (!t.st && c->posted)
		db_tell_posted(db);
	return t.st;
}

enum status db_check_statements(struct call *c, struct db *db, struct buf *report, int *bad)
{
	struct db_conn *k = NULL;
	enum status st = db_conn_take(c, db, &k);
	int refused = 0;

	if (st)
		return st;
	assert(k);
	for (const struct db_stmt *const *s = __start_db_stmts; s && s < __stop_db_stmts; s++) {
		k->fault = DB_FINE;
		enum db_fault fault = db->driver->check(k, *s);
		if (fault == DB_GONE)
			break;
		if (fault != DB_FINE) {
			buf_printf(report, "%s\n", k->why);
			refused++;
		}
	}
	bool lost = k->fault == DB_GONE;
	if (!lost)
		k->fault = DB_FINE;
	db_conn_give(k);
	if (lost)
		return fail(c, ST_AWAY, NULL, "the database was lost while it was asked");
	*bad = refused;
	return ST_OK;
}
