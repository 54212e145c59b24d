/* SPDX-License-Identifier: Apache-2.0 */
/* PostgreSQL, and what speaks its protocol, behind the table of db_private.h: the only file that
 * includes libpq's header. Numbers go out in binary with their type said, so that no "$1" is ever
 * ambiguous; rows come back as text. */
#include <assert.h>
#include <endian.h>
#include <libpq-fe.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "base/log.h"
#include "base/text.h"
#include "db/db_private.h"

/* From PostgreSQL's pg_type.dat: fixed for ever. */
enum oid {
	OID_BYTEA = 17,
	OID_INT8 = 20,
	OID_INT2 = 21,
	OID_INT4 = 23,
	OID_TEXT = 25,
	OID_FLOAT4 = 700,
	OID_FLOAT8 = 701,
	OID_NUMERIC = 1700
};

/* Arguments of one statement: a struct's fields and a few more. */
#define ARGS_MAX (SHAPE_FIELDS_MAX + 16)

struct pg {
	struct db_conn conn;
	PGconn *pq;
	unsigned named;    /* statements so far: their names are "s1", "s2"… */
	bool reading;      /* the transaction may not write */
	const char *begin; /* not sent yet: it goes with the first statement */
	bool unread;       /* the answer to the last commit: nobody waited for it */
};

struct pg_plan {
	struct db_plan plan;
	char name[16];   /* "": not prepared since the kinds changed */
	PGresult *about; /* the description of its columns */
	PGresult *rows;
	int row;
	size_t params;
	Oid kinds[ARGS_MAX]; /* 0: only untyped NULLs were given so far */
	uint8_t *bytes;      /* of the last cell that was one */
};

static struct pg *pg_of(struct db_conn *k)
{
	return (struct pg *)k;
}

static struct pg_plan *plan_of(const struct db_plan *p)
{
	return (struct pg_plan *)p;
}

/* Sorts a SQLSTATE (PostgreSQL's appendix A) into what we act on. */
static enum db_fault fault_of(const char *state)
{
	if (str_eq(state, "23505"))
		return DB_UNIQUE;
	if (str_eq(state, "23503"))
		return DB_FOREIGN;
	/* 40: serialization failure, deadlock; 55P03: a lock was not to be had. */
	if (str_starts(state, "40") || str_eq(state, "55P03"))
		return DB_AGAIN;
	/* 08: connection; 57P: shut down, crashed, cannot connect now; 53300: too many. */
	if (str_starts(state, "08") || str_starts(state, "57P") || str_eq(state, "53300"))
		return DB_GONE;
	if (str_eq(state, "53100"))
		return DB_FULL;
	if (str_starts(state, "58"))
		return DB_BROKEN;
	return DB_BUG;
}

/* libpq ends its messages with a newline. */
static void first_line(const char *message, char *out, size_t size)
{
	snprintf(out, size, "%.*s", (int)strcspn(message, "\n"), message);
}

static enum db_fault note(struct pg *g, const PGresult *r, const char *what)
{
	ExecStatusType s = PQresultStatus(r);
	if (s == PGRES_COMMAND_OK || s == PGRES_TUPLES_OK)
		return DB_FINE;

	const char *state = PQresultErrorField(r, PG_DIAG_SQLSTATE);
	if (PQstatus(g->pq) != CONNECTION_OK || !state) {
		char line[200];
		first_line(PQerrorMessage(g->pq), line, sizeof(line));
		return db_fault_note(&g->conn, DB_GONE, "%s: %s", what, line);
	}
	/* Another process changed the schema under our prepared statements. */
	bool stale = str_eq(state, "0A000") || str_eq(state, "26000");
	g->conn.spoiled |= stale;
	/* Read-only although we may write: the server has become a standby. */
	bool demoted = str_eq(state, "25006") && !g->reading;
	/* The primary message names the rule; the detail would show the row. */
	const char *message = PQresultErrorField(r, PG_DIAG_MESSAGE_PRIMARY);
	enum db_fault fault = stale ? DB_AGAIN : demoted ? DB_GONE : fault_of(state);
	return db_fault_note(&g->conn, fault, "%s: %s (%s)", what, message ? message : "", state);
}

/* Reads the answer that nobody waited for. */
static void catch_up(struct pg *g)
{
	PGresult *r;

	while (g->unread && (r = PQgetResult(g->pq)))
		PQclear(r);
	g->unread = false;
}

static enum db_fault say(struct pg *g, const char *sql, const char *what)
{
	catch_up(g);
	PGresult *r = PQexec(g->pq, sql);
	enum db_fault fault = note(g, r, what);

	PQclear(r);
	return fault;
}

static void pg_disconnect(struct db_conn *k)
{
	db_plans_end(k);
	PQfinish(pg_of(k)->pq);
	free(k);
}

/* What a server must be for our statements to mean the same everywhere. */
static bool suits(struct pg *g, char *why)
{
	const char *encoding = PQparameterStatus(g->pq, "server_encoding");
	if (!str_eq(encoding, "UTF8")) {
		snprintf(why, 512, "the database must be in UTF8, and is in %s",
			 encoding ? encoding : "an unknown encoding");
		return false;
	}
	if (PQserverVersion(g->pq) < 120000) {
		snprintf(why, 512, "the server must be PostgreSQL 12 or newer");
		return false;
	}
	return true;
}

/* Durable even where the server's default is not; a stronger setting is left alone. Our statements are
 * short: compiling one takes longer than running it. */
static const char settle_sql[] = "select set_config('synchronous_commit', 'on', false)"
				 " where current_setting('synchronous_commit') = 'off';"
				 "set idle_in_transaction_session_timeout = '60s';"
				 "set statement_timeout = '60s';"
				 "set jit = off;"
				 "set client_min_messages = warning";

static enum db_fault pg_connect(struct db *db, bool writer, struct db_conn **out, char *why)
{
	const char *const words[] = { "dbname", "fallback_application_name", "connect_timeout",
				      "client_encoding", NULL };
	const char *const values[] = { db->where, "yongyun", "5", "UTF8", NULL };
	char *wrong = NULL;

	(void)writer;
	/* libpq's own words on a wrong URL repeat it, with the password. */
	PQconninfoOption *parsed = PQconninfoParse(db->where, &wrong);
	PQfreemem(wrong);
	if (!parsed) {
		snprintf(why, 512, "the database's URL is not well-formed");
		return DB_BUG;
	}
	PQconninfoFree(parsed);

	struct pg *g = calloc(1, sizeof(*g));
	if (!g)
		abort();
	g->conn.db = db;
	g->pq = PQconnectdbParams(words, values, 1);
	bool ok = PQstatus(g->pq) == CONNECTION_OK;
	if (!ok) {
		first_line(PQerrorMessage(g->pq), why, 512);
	} else if (!suits(g, why)) {
		ok = false;
	} else if (say(g, settle_sql, "settings") != DB_FINE) {
		snprintf(why, 512, "%s", g->conn.why);
		ok = false;
	}
	if (!ok) {
		pg_disconnect(&g->conn);
		return DB_GONE;
	}
	*out = &g->conn;
	return DB_FINE;
}

static enum db_fault pg_begin(struct db_conn *k, enum db_mode mode)
{
	struct pg *g = pg_of(k);

	g->reading = mode == DB_READING;
	g->begin = g->reading ? "begin isolation level repeatable read, read only"
			      : "begin isolation level serializable";
	return DB_FINE;
}

/* A serializable transaction that scans a table loses races with everyone who writes there, and a small
 * table is scanned for being small (PostgreSQL's manual, 13.2.3). */
static const char by_index_sql[] = "set local enable_seqscan = off";

/* Sends a begin that waits, where the statement behind it cannot go with it. */
static enum db_fault begin_now(struct pg *g)
{
	const char *begin = g->begin;

	g->begin = NULL;
	enum db_fault fault = begin ? say(g, begin, "begin") : DB_FINE;
	return begin && fault == DB_FINE && !g->reading ? say(g, by_index_sql, "begin") : fault;
}

static enum db_fault pg_commit(struct db_conn *k)
{
	struct pg *g = pg_of(k);

	if (g->begin) {
		g->begin = NULL; /* no statement was run */
		return DB_FINE;
	}
	if (g->reading && PQsendQuery(g->pq, "commit")) {
		g->unread = true; /* nothing rests on the answer */
		return DB_FINE;
	}
	catch_up(g);
	PGresult *r = PQexec(g->pq, "commit");
	enum db_fault fault = note(g, r, "commit");
	/* The server answers "ROLLBACK", and no error, when the transaction had failed. */
	if (fault == DB_FINE && !str_eq(PQcmdStatus(r), "COMMIT"))
		fault = db_fault_note(k, DB_BUG, "commit of a failed transaction");
	if (fault == DB_GONE && !g->reading)
		k->fault = fault = DB_UNKNOWN;
	PQclear(r);
	return fault;
}

static void pg_rollback(struct db_conn *k)
{
	struct pg *g = pg_of(k);

	g->begin = NULL;
	if (PQstatus(g->pq) != CONNECTION_OK)
		return;
	catch_up(g);
	if (PQtransactionStatus(g->pq) != PQTRANS_IDLE)
		PQclear(PQexec(g->pq, "rollback"));
	k->spoiled |= PQtransactionStatus(g->pq) != PQTRANS_IDLE;
}

static enum db_fault pg_script(struct db_conn *k, const char *sql)
{
	enum db_fault fault = begin_now(pg_of(k));

	return fault == DB_FINE ? say(pg_of(k), sql, "script") : fault;
}

/* Has the server parse the statement with the kinds known so far. */
static enum db_fault prepare(struct pg *g, struct pg_plan *p)
{
	char name[sizeof(p->name)];

	enum db_fault fault = begin_now(g);
	if (fault == DB_FINE && p->name[0]) {
		char sql[40];
		snprintf(sql, sizeof(sql), "deallocate %s", p->name);
		fault = say(g, sql, p->plan.stmt->name);
		p->name[0] = '\0';
	}
	if (fault != DB_FINE)
		return fault;
	catch_up(g);
	snprintf(name, sizeof(name), "s%u", ++g->named);
	PGresult *r = PQprepare(g->pq, name, p->plan.stmt->sql, (int)p->params, p->kinds);
	fault = note(g, r, p->plan.stmt->name);
	PQclear(r);
	if (fault != DB_FINE)
		return fault;
	memcpy(p->name, name, sizeof(name));
	return DB_FINE;
}

static struct pg_plan *plan_new(const struct db_stmt *s)
{
	struct pg_plan *p = calloc(1, sizeof(*p));
	if (!p)
		abort();
	p->plan.stmt = s;
	return p;
}

static void pg_unprepare(struct db_conn *k, struct db_plan *plan)
{
	struct pg_plan *p = plan_of(plan);

	/* The server forgets its part with the connection. */
	(void)k;
	PQclear(p->rows);
	PQfreemem(p->bytes);
	free(p);
}

static enum db_fault pg_prepare(struct db_conn *k, const struct db_stmt *s, struct db_plan **out)
{
	/* The server is asked by start(), which knows what kinds of arguments there are. */
	(void)k;
	*out = &plan_new(s)->plan;
	return DB_FINE;
}

static enum db_fault pg_check(struct db_conn *k, const struct db_stmt *s)
{
	struct pg *g = pg_of(k);
	struct pg_plan *p = plan_new(s);
	enum db_fault fault = prepare(g, p);

	pg_unprepare(k, &p->plan);
	return fault;
}

static Oid oid_of(enum db_arg_kind kind)
{
	switch (kind) {
	case DB_ARG_INT: return OID_INT8;
	case DB_ARG_REAL: return OID_FLOAT8;
	case DB_ARG_TEXT: return OID_TEXT;
	case DB_ARG_BYTES: return OID_BYTEA;
	case DB_ARG_NULL: break;
	}
	return 0;
}

/* Takes note of the kinds of these arguments. The statement is prepared again when one is new; DB_BUG
 * when one is another than before. */
static enum db_fault learn(struct pg *g, struct pg_plan *p, const struct db_arg *args, size_t count)
{
	bool known = p->name[0] && p->params == count;

	if (count > ARGS_MAX || (p->name[0] && !known))
		return db_fault_note(&g->conn, DB_BUG, "statement %s was given %zu arguments",
				     p->plan.stmt->name, count);
	p->params = count;
	for (size_t i = 0; i < count; i++) {
		Oid kind = oid_of(args[i].kind);
		if (kind == p->kinds[i] || kind == 0)
			continue;
		if (p->kinds[i] != 0)
			return db_fault_note(&g->conn, DB_BUG,
					     "statement %s: $%zu is of another kind than before",
					     p->plan.stmt->name, i + 1);
		p->kinds[i] = kind;
		known = false;
	}
	return known ? DB_FINE : prepare(g, p);
}

/* Arguments as libpq takes them. */
struct wire {
	const char *value[ARGS_MAX];
	int size[ARGS_MAX], binary[ARGS_MAX];
	uint64_t number[ARGS_MAX];
};

static void wire_args(struct wire *w, const struct db_arg *args, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		const struct db_arg *a = &args[i];
		bool is_number = a->kind == DB_ARG_INT || a->kind == DB_ARG_REAL;
		uint64_t bits = (uint64_t)a->i;
		if (a->kind == DB_ARG_REAL)
			memcpy(&bits, &a->r, sizeof(bits));
		w->number[i] = htobe64(bits);
		w->value[i] = is_number ? (const char *)&w->number[i] : a->p;
		w->size[i] = is_number ? (int)sizeof(bits) : (int)a->size;
		w->binary[i] = is_number || a->kind == DB_ARG_BYTES;
		if (db_arg_null(a))
			w->value[i] = NULL;
	}
}

static bool send_alone(struct pg *g, const char *sql)
{
	return PQsendQueryParams(g->pq, sql, 0, NULL, NULL, NULL, NULL, 0);
}

/* The next answer of a pipeline, and the NULL behind it. */
static PGresult *answer(struct pg *g)
{
	PGresult *r = PQgetResult(g->pq);

	PQclear(PQgetResult(g->pq));
	return r;
}

/* Sends the begin and the statement together: one round trip for both. The answer is the statement's,
 * or the begin's if that failed. */
static PGresult *begin_and_run(struct pg *g, const struct pg_plan *p, const struct wire *w)
{
	const char *begin = g->begin;

	g->begin = NULL;
	if (!PQenterPipelineMode(g->pq) || !send_alone(g, begin) ||
	    (!g->reading && !send_alone(g, by_index_sql)) ||
	    !PQsendQueryPrepared(g->pq, p->name, (int)p->params, w->value, w->size, w->binary, 0) ||
	    !PQpipelineSync(g->pq)) {
		g->conn.spoiled = true;
		return NULL;
	}
	PGresult *begun = answer(g);
	if (!g->reading)
		PQclear(answer(g));
	PGresult *rows = answer(g);
	PQclear(PQgetResult(g->pq)); /* the sync */
	if (!PQexitPipelineMode(g->pq))
		g->conn.spoiled = true;
	if (PQresultStatus(begun) == PGRES_COMMAND_OK) {
		PQclear(begun);
		return rows;
	}
	PQclear(rows);
	return begun;
}

static enum db_fault pg_start(struct db_conn *k, struct db_plan *plan, const struct db_arg *args,
			      size_t count)
{
	struct pg *g = pg_of(k);
	struct pg_plan *p = plan_of(plan);
	struct wire w;

	enum db_fault fault = learn(g, p, args, count);
	if (fault != DB_FINE)
		return fault;
	wire_args(&w, args, count);
	catch_up(g);
	if (g->begin)
		p->rows = begin_and_run(g, p, &w);
	else
		p->rows = PQexecPrepared(g->pq, p->name, (int)count, w.value, w.size, w.binary, 0);
	p->row = -1;
	return note(g, p->rows, plan->stmt->name);
}

static enum db_fault pg_step(struct db_conn *k, struct db_plan *plan, bool *row)
{
	struct pg_plan *p = plan_of(plan);

	(void)k;
	*row = ++p->row < PQntuples(p->rows);
	return DB_FINE;
}

static void pg_finish(struct db_conn *k, struct db_plan *plan)
{
	struct pg_plan *p = plan_of(plan);

	(void)k;
	PQclear(p->rows);
	p->rows = NULL;
	PQfreemem(p->bytes);
	p->bytes = NULL;
}

static int64_t pg_changed(struct db_conn *k, struct db_plan *plan)
{
	int64_t n = 0;

	(void)k;
	/* "" for statements that change nothing. */
	if (!int_parse(PQcmdTuples(plan_of(plan)->rows), &n))
		return 0;
	return n;
}

static int pg_columns(const struct db_plan *p)
{
	return PQnfields(plan_of(p)->rows);
}

static const char *pg_column(const struct db_plan *p, int i)
{
	return PQfname(plan_of(p)->rows, i);
}

static bool pg_cell(struct db_plan *plan, int i, enum db_arg_kind kind, struct db_arg *out)
{
	struct pg_plan *p = plan_of(plan);
	Oid type = PQftype(p->rows, i);
	bool whole = type == OID_INT8 || type == OID_INT4 || type == OID_INT2;
	bool exact = type == OID_NUMERIC; /* what sum() makes of an INT8 */
	const char *text = PQgetvalue(p->rows, p->row, i);

	*out = (struct db_arg){ .kind = kind };
	if (PQgetisnull(p->rows, p->row, i)) {
		out->kind = DB_ARG_NULL;
		return true;
	}
	switch (kind) {
	case DB_ARG_INT: return (whole || exact) && int_parse(text, &out->i);
	case DB_ARG_REAL:
		out->r = strtod(text, NULL);
		return whole || exact || type == OID_FLOAT8 || type == OID_FLOAT4;
	case DB_ARG_TEXT:
		out->p = text;
		out->size = (size_t)PQgetlength(p->rows, p->row, i);
		return type == OID_TEXT;
	case DB_ARG_BYTES:
		if (type != OID_BYTEA)
			return false;
		PQfreemem(p->bytes);
		out->p = p->bytes = PQunescapeBytea((const unsigned char *)text, &out->size);
		return p->bytes != NULL;
	case DB_ARG_NULL: break;
	}
	return false;
}

const struct db_driver db_pg = {
	.kind = DB_POSTGRESQL,
	.connect = pg_connect,
	.disconnect = pg_disconnect,
	.begin = pg_begin,
	.commit = pg_commit,
	.rollback = pg_rollback,
	.script = pg_script,
	.check = pg_check,
	.prepare = pg_prepare,
	.unprepare = pg_unprepare,
	.start = pg_start,
	.step = pg_step,
	.finish = pg_finish,
	.changed = pg_changed,
	.columns = pg_columns,
	.column = pg_column,
	.cell = pg_cell,
};
