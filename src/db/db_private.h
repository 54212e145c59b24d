/* SPDX-License-Identifier: Apache-2.0 */
/* What the files of db/ share: connections, plans (prepared statements), and the small table of
 * functions that a database fills. db.c runs acts, db_run.c statements, db_field.c fields; db_sqlite.c
 * and db_pg.c know the databases; db_writer.c is SQLite's one writer. */
#ifndef DB_DB_PRIVATE_H
#define DB_DB_PRIVATE_H

#include <pthread.h>
#include "db/db.h"

/* What went wrong, as far as the layers above act on it. */
enum db_fault {
	DB_FINE,
	DB_UNIQUE,  /* a unique key is taken */
	DB_FOREIGN, /* a foreign key is missing or still used */
	DB_AGAIN,   /* lost a race: the same act may succeed when it runs again */
	DB_GONE,    /* the connection is lost, and with it the transaction */
	DB_UNKNOWN, /* lost while committing: nobody knows whether it was kept */
	DB_FULL,    /* no room left; the transaction is undone */
	DB_BROKEN,  /* reading or writing the storage failed */
	DB_BUG      /* CHECK, NOT NULL, syntax, types: ours */
};

/* Which field each column of a plan's rows goes to; worked out once for a row shape. */
struct db_map {
	const struct field *row;
	struct db_map *next;
	int columns;
	const struct field *field[];
};

/* A statement as one connection has prepared it. Owner: the connection. Each driver has a larger
 * struct around it. */
struct db_plan {
	const struct db_stmt *stmt;
	struct db_map *maps;
};

/* The plans of a connection by the address of their statement: open addressing, doubled at half. */
struct db_plans {
	struct db_plan **slots;
	size_t room, used;
};

enum db_mode { DB_READING, DB_WRITING };

/* One connection, used by one thread at a time. Each driver has a larger struct around it. */
struct db_conn {
	struct db *db;
	struct db_conn *next; /* in the pool */
	struct db_plans plans;
	unsigned epoch;      /* of the pool when it was opened */
	enum db_fault fault; /* the first of this transaction */
	char why[256];       /* its message, without data */
	bool spoiled;        /* not to be used again: closed instead of pooled */
};

/* What a database does. Functions that return a fault have left the message in 'why' of the
 * connection. */
struct db_driver {
	enum db_kind kind;
	/* 'writer' asks for the one connection that db_writer.c uses. */
	enum db_fault (*connect)(struct db *db, bool writer, struct db_conn **out, char *why);
	void (*disconnect)(struct db_conn *k);

	enum db_fault (*begin)(struct db_conn *k, enum db_mode mode);
	enum db_fault (*commit)(struct db_conn *k);
	void (*rollback)(struct db_conn *k);
	/* Runs text without parameters, several statements at once: for schema files. */
	enum db_fault (*script)(struct db_conn *k, const char *sql);

	/* Whether the statement would be accepted. */
	enum db_fault (*check)(struct db_conn *k, const struct db_stmt *s);
	enum db_fault (*prepare)(struct db_conn *k, const struct db_stmt *s, struct db_plan **out);
	void (*unprepare)(struct db_conn *k, struct db_plan *p);
	/* Between start() and finish(), which follows it always, also after a fault. */
	enum db_fault (*start)(struct db_conn *k, struct db_plan *p, const struct db_arg *args,
			       size_t count);
	enum db_fault (*step)(struct db_conn *k, struct db_plan *p, bool *row);
	void (*finish)(struct db_conn *k, struct db_plan *p);
	int64_t (*changed)(struct db_conn *k, struct db_plan *p);
	/* Of the rows, once started. */
	int (*columns)(const struct db_plan *p);
	const char *(*column)(const struct db_plan *p, int i);
	/* The value of a column in the row that step() gave, valid until the next call; false when
	 * it cannot be of the kind asked for. */
	bool (*cell)(struct db_plan *p, int i, enum db_arg_kind kind, struct db_arg *out);

	/* The rest is SQLite's alone, for its writer. */
	enum db_fault (*savepoint)(struct db_conn *k);
	/* Keeps or undoes what was done since savepoint(). False when the database has undone the
	 * whole transaction by itself. */
	bool (*release)(struct db_conn *k, bool keep);
	/* Pages in the write-ahead log after the last commit. */
	int64_t (*log_pages)(struct db_conn *k);
	/* Moves what no reader needs from the log into the database file; 'renew': all of it, so that
	 * the next commit begins the log anew. DB_AGAIN: readers stand in the way. */
	enum db_fault (*checkpoint)(struct db_conn *k, bool renew);
};
extern const struct db_driver db_sqlite, db_pg;

struct db_writer;

struct db {
	const struct db_driver *driver;
	char *where;    /* the path, or the URL with its secrets: never shown */
	char name[256]; /* shown */
	int readers;
	void (*posted)(void *);
	void *posted_arg;
	struct db_writer *writer; /* NULL where writers work side by side */

	pthread_rwlock_t calm; /* shared by writers, alone for one who lost a race */

	pthread_mutex_t lock; /* guards what follows */
	pthread_cond_t given;
	struct db_conn *idle; /* the one used last comes first */
	int open;             /* idle ones and those at work */
	unsigned epoch;       /* connections of an older one are closed */
};

/* An act on its way through the database. */
struct db_task {
	struct call *c;
	act_fn *act;
	const void *in;
	void *out;
	size_t out_size;
	enum status st;
};

/* db.c. The URL without what may hold a secret: user, password, options. */
void db_name_of(const char *url, char *out, size_t size);
/* Runs the act once inside the open transaction of 'k'; the outcome is in task->st. */
void db_task_run(struct db_task *t, struct db_conn *k);
/* Tells whoever db_on_posted() named; after a commit. */
void db_tell_posted(struct db *db);
/* A connection of the pool, and back. ST_RETRY: all are busy for too long. ST_AWAY. */
enum status db_conn_take(struct call *c, struct db *db, struct db_conn **out) MUST_USE;
void db_conn_give(struct db_conn *k);

/* db_run.c. */
struct db_plan **db_plan_slot(struct db_plans *t, const struct db_stmt *s);
void db_plans_end(struct db_conn *k);
/* Records the first fault of a transaction and returns it. */
enum db_fault db_fault_note(struct db_conn *k, enum db_fault fault, const char *fmt, ...)
	PRINTF(3, 4);
/* The status for a fault, with a problem text where the contract in db.h wants one. */
enum status db_fault_status(struct call *c, enum db_fault fault, const char *why);

/* db_field.c: a field of a struct as a value and back. */
struct db_arg db_field_value(struct call *c, const struct field *f, const void *in);
enum db_arg_kind db_field_kind(const struct field *f);
enum status db_field_set(struct call *c, const struct db_stmt *s, const struct field *f,
			 const struct db_arg *value, void *out) MUST_USE;

/* db_writer.c. */
struct db_writer *db_writer_start(struct db *db, char *why);
void db_writer_stop(struct db_writer *w);
/* Queues the task and waits until its outcome is durable. */
void db_writer_do(struct db_writer *w, struct db_task *t);

#endif
