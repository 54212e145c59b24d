/* SPDX-License-Identifier: Apache-2.0 */
/* SQLite's one writer. It takes every act that is queued, runs each in a savepoint of its own, commits
 * them together (one fsync), and only then releases the answers, refusals too: a refusal may rest on
 * what a neighbour wrote. A second thread moves the write-ahead log into the database file. */
#include <assert.h>
#include <semaphore.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include "base/clock.h"
#include "base/log.h"
#include "base/metric.h"
#include "db/db_private.h"

/* Acts in one commit at most: bounds how long the first of them waits for the others. */
#define BATCH 256
/* Where many write, the writer waits for more of them as long as more come, so many times so long. */
#define GATHER_TIMES 16
#define GATHER_US 100
/* An act that holds up all others for longer than this has work in it that belongs before it. */
#define SLOW_US 20000
/* New log pages (4 KiB each) after which they are moved; pages after which the log begins anew, for
 * which the writer waits a moment; seconds after which whatever is there is moved. */
#define LOG_MOVE 1000
#define LOG_RENEW 16000
#define LOG_SECONDS 5

struct waiting {
	struct db_task *task;
	struct waiting *next;
	sem_t done;
};

struct db_writer {
	struct db *db;
	struct db_conn *conn, *mover; /* each used by its thread alone */
	pthread_t writes, moves;

	pthread_mutex_t lock; /* guards what follows */
	pthread_cond_t work, grown;
	struct waiting *first, **last;
	size_t queued;
	int64_t log_pages;   /* in the log after the last commit */
	int64_t moved_pages; /* of these, when they were last moved */
	bool closing;

	size_t crowd; /* the writer's: how many lately wrote at once */
};

/* One task inside the open transaction. False when the transaction is gone with all that is in it. */
static bool run_one(struct db_writer *w, struct db_task *t)
{
	const struct db_driver *d = w->db->driver;
	int64_t began = clock_steady();

	w->conn->fault = DB_FINE;
	if (d->savepoint(w->conn) != DB_FINE)
		return false;
	db_task_run(t, w->conn);
	enum db_fault fault = w->conn->fault;
	bool whole = d->release(w->conn, t->st == ST_OK);

	int64_t took = clock_steady() - began;
	if (took > SLOW_US) {
		metric_add(METRIC_DB_SLOW_ACTS, 1);
		log_warn("db-slow-act", t->c->request_id,
			 "an act held the writer for %lld ms: what can be done before it must be",
			 (long long)(took / 1000));
	}
	if (!whole && fault != DB_FINE)
		w->conn->fault = fault;
	return whole;
}

/* Runs the tasks in one transaction. When it fails as a whole, the fault is returned and nothing of
 * any of them is kept. */
static enum db_fault run_together(struct db_writer *w, struct waiting **list, size_t count)
{
	const struct db_driver *d = w->db->driver;

	w->conn->fault = DB_FINE;
	enum db_fault fault = d->begin(w->conn, DB_WRITING);
	if (fault != DB_FINE)
		return fault;
	for (size_t i = 0; i < count; i++) {
		if (!run_one(w, list[i]->task)) {
			fault = w->conn->fault != DB_FINE ? w->conn->fault : DB_BROKEN;
			d->rollback(w->conn);
			return fault;
		}
	}

	w->conn->fault = DB_FINE;
	fault = d->commit(w->conn);
	if (fault == DB_BROKEN) {
		/* The kernel may have dropped what it could not write, and the log may hold the
		 * commit or not: only a start that reads it again can tell. Nobody was answered. */
		log_error("db-commit-lost", NULL,
			  "%s: %s: ending, so that the next start finds out", w->db->name,
			  w->conn->why);
		abort();
	}
	if (fault != DB_FINE)
		d->rollback(w->conn);
	else
		metric_add(METRIC_DB_COMMITS, 1);
	return fault;
}

static void run_batch(struct db_writer *w, struct waiting **list, size_t count)
{
	enum db_fault fault = run_together(w, list, count);

	/* One act can spoil the transaction for all (it fills the disk, or breaks a deferred key):
	 * each runs alone then, and each gets what it deserves. */
	for (size_t i = 0; fault != DB_FINE && i < count; i++) {
		struct db_task *t = list[i]->task;
		enum db_fault alone = fault;
		if (fault != DB_AGAIN && count > 1) {
			metric_add(METRIC_DB_RETRIES, 1);
			alone = run_together(w, &list[i], 1);
		}
		if (alone != DB_FINE) {
			call_forgive(t->c);
			t->st = db_fault_status(t->c, alone, w->conn->why);
		}
	}
}

static void release(struct db_writer *w, struct waiting **list, size_t count)
{
	bool posted = false;

	for (size_t i = 0; i < count; i++)
		posted |= !list[i]->task->st && list[i]->task->c->posted;
	if (posted)
		db_tell_posted(w->db);
	for (size_t i = 0; i < count; i++)
		sem_post(&list[i]->done); /* it and its task are gone now */
}

static size_t queued(struct db_writer *w)
{
	pthread_mutex_lock(&w->lock);
	size_t n = w->queued;
	pthread_mutex_unlock(&w->lock);
	return n;
}

/* Lets those come back who were just released: a sync costs more than a moment. Alone one never waits. */
static void gather(struct db_writer *w)
{
	const struct timespec moment = { .tv_nsec = GATHER_US * 1000 };
	size_t before = 0, now = queued(w);

	for (int i = 0; i < GATHER_TIMES && now < w->crowd && now > before; i++) {
		nanosleep(&moment, NULL);
		before = now;
		now = queued(w);
	}
}

/* Takes what is queued, at most BATCH, waiting for the first. 0: closing, and nothing is left. */
static size_t take(struct db_writer *w, struct waiting **list)
{
	size_t count = 0;

	pthread_mutex_lock(&w->lock);
	while (!w->first && !w->closing)
		pthread_cond_wait(&w->work, &w->lock);
	pthread_mutex_unlock(&w->lock);
	gather(w);

	pthread_mutex_lock(&w->lock);
	while (w->first && count < BATCH) {
		list[count++] = w->first;
		w->first = w->first->next;
	}
	if (!w->first)
		w->last = &w->first;
	w->queued -= count;
	pthread_mutex_unlock(&w->lock);
	return count;
}

static void *write_loop(void *ptr)
{
	struct db_writer *w = ptr;
	struct waiting *list[BATCH];
	size_t count;

	while ((count = take(w, list)) > 0) {
		run_batch(w, list, count);

		pthread_mutex_lock(&w->lock);
		w->crowd = count + w->queued;
		w->log_pages = w->db->driver->log_pages(w->conn);
		if (w->log_pages < w->moved_pages)
			w->moved_pages = 0; /* it began anew */
		if (w->log_pages - w->moved_pages >= LOG_MOVE)
			pthread_cond_signal(&w->grown);
		pthread_mutex_unlock(&w->lock);
		release(w, list, count);
	}
	return NULL;
}

/* Moves the log: beside the writer first, so that what is left to do while it waits is little. */
static void move_log(struct db_writer *w, bool renew)
{
	const struct db_driver *d = w->db->driver;

	w->mover->fault = DB_FINE;
	enum db_fault fault = d->checkpoint(w->mover, false);
	if (fault == DB_FINE && renew)
		fault = d->checkpoint(w->mover, true);
	/* A reader that stays long is no trouble yet: the log grows until it is gone. */
	if (fault != DB_FINE && fault != DB_AGAIN)
		log_error("db-checkpoint", NULL, "%s: %s", w->db->name, w->mover->why);
}

static void *move_loop(void *ptr)
{
	struct db_writer *w = ptr;

	pthread_mutex_lock(&w->lock);
	while (!w->closing) {
		struct timespec until;
		clock_gettime(CLOCK_MONOTONIC, &until);
		until.tv_sec += LOG_SECONDS;
		pthread_cond_timedwait(&w->grown, &w->lock, &until);

		int64_t pages = w->log_pages;
		if (w->closing || pages == w->moved_pages)
			continue;
		w->moved_pages = pages;
		pthread_mutex_unlock(&w->lock);
		move_log(w, pages >= LOG_RENEW);
		pthread_mutex_lock(&w->lock);
	}
	pthread_mutex_unlock(&w->lock);
	return NULL;
}

void db_writer_do(struct db_writer *w, struct db_task *t)
{
	struct waiting me = { .task = t };

	sem_init(&me.done, 0, 0);
	pthread_mutex_lock(&w->lock);
	assert(!w->closing);
	bool idle = w->queued++ == 0;
	*w->last = &me;
	w->last = &me.next;
	if (idle)
		pthread_cond_signal(&w->work);
	pthread_mutex_unlock(&w->lock);

	while (sem_wait(&me.done) != 0)
		; /* interrupted by a signal */
	sem_destroy(&me.done);
}

struct db_writer *db_writer_start(struct db *db, char *why)
{
	struct db_writer *w = calloc(1, sizeof(*w));
	if (!w)
		abort();
	w->db = db;
	w->last = &w->first;
	if (db->driver->connect(db, true, &w->conn, why) != DB_FINE ||
	    db->driver->connect(db, true, &w->mover, why) != DB_FINE) {
		if (w->conn)
			db->driver->disconnect(w->conn);
		free(w);
		return NULL;
	}

	pthread_condattr_t steady;
	pthread_condattr_init(&steady);
	pthread_condattr_setclock(&steady, CLOCK_MONOTONIC);
	pthread_mutex_init(&w->lock, NULL);
	pthread_cond_init(&w->work, NULL);
	pthread_cond_init(&w->grown, &steady);
	pthread_condattr_destroy(&steady);
	if (pthread_create(&w->writes, NULL, write_loop, w) ||
	    pthread_create(&w->moves, NULL, move_loop, w))
		abort();
	return w;
}

void db_writer_stop(struct db_writer *w)
{
	if (!w)
		return;
	pthread_mutex_lock(&w->lock);
	w->closing = true;
	pthread_cond_signal(&w->work);
	pthread_cond_signal(&w->grown);
	pthread_mutex_unlock(&w->lock);
	pthread_join(w->writes, NULL);
	pthread_join(w->moves, NULL);

	w->db->driver->disconnect(w->mover);
	w->db->driver->disconnect(w->conn);
	pthread_mutex_destroy(&w->lock);
	pthread_cond_destroy(&w->work);
	pthread_cond_destroy(&w->grown);
	free(w);
}
