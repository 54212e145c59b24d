/* SPDX-License-Identifier: Apache-2.0 */
/* RFC 7047 above the connection: requests and their answers, echoes, transactions, monitors. */
#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include "base/clock.h"
#include "cloud/network/ovsdb_wire.h"

struct ovsdb {
	pthread_mutex_t turn; /* one request at a time */
	char *remote, *database;
	int64_t patience;
	int64_t last_id;
	bool follows; /* this connection has a monitor */
	struct ovsdb_wire wire;
};

static char *own_copy(const char *s)
{
	char *copy = strdup(s);

	if (!copy)
		abort();
	return copy;
}

struct ovsdb *ovsdb_new(const char *remote, const char *database, int64_t patience)
{
	struct ovsdb *o = calloc(1, sizeof *o);

	if (!o)
		abort();
	pthread_mutex_init(&o->turn, NULL);
	o->remote = own_copy(remote);
	o->database = own_copy(database);
	o->patience = patience;
	o->wire.fd = -1;
	return o;
}

void ovsdb_end(struct ovsdb **o)
{
	if (!*o)
		return;
	ovsdb_wire_close(&(*o)->wire);
	pthread_mutex_destroy(&(*o)->turn);
	free((*o)->remote);
	free((*o)->database);
	free(*o);
	*o = NULL;
}

static enum status lost(struct call *c, struct ovsdb *o, int error)
{
	ovsdb_wire_close(&o->wire);
	o->follows = false;
	if (error == ETIMEDOUT)
		return fail(c, ST_TIMEOUT, NULL, "the database at %s did not answer in %ld ms",
			    o->remote, (long)(o->patience / 1000));
	if (error == EINVAL)
		return fail(c, ST_AWAY, NULL,
			    "'%s' is no place of a database: unix:PATH or tcp:ADDRESS:PORT",
			    o->remote);
	if (error == EPROTO)
		return fail(c, ST_AWAY, NULL,
			    "the database at %s answers what RFC 7047 does not know", o->remote);
	return fail(c, ST_AWAY, NULL, "the database at %s is away: %s", o->remote,
		    strerrordesc_np(error));
}

/* An echo is answered so that the server does not take us for dead. */
static int answer_echo(struct ovsdb *o, const json_t *m, int64_t deadline)
{
	const json_t *params = json_object_get(m, "params"), *id = json_object_get(m, "id");
	json_t *reply = json_pack("{s:O?, s:n, s:O?}", "result", params, "error", "id", id);
	char *text = reply ? json_dumps(reply, JSON_COMPACT) : NULL;
	int error = text ? ovsdb_wire_send(&o->wire, text, strlen(text), deadline) : EPROTO;

	free(text);
	json_decref(reply);
	return error;
}

/* What the server says of its own accord. Updates are handed to 'told', when there is one. */
struct listener_of_updates {
	struct call *c;
	void (*told)(struct call *c, void *arg, const json_t *updates);
	void *arg;
};

static int notice(struct ovsdb *o, const json_t *m, const struct listener_of_updates *ear,
		  int64_t deadline)
{
	const char *method = json_string_value(json_object_get(m, "method"));

	if (str_eq(method, "echo"))
		return answer_echo(o, m, deadline);
	if (str_eq(method, "update") && ear) {
		const json_t *updates = json_array_get(json_object_get(m, "params"), 1);
		if (!json_is_object(updates))
			return EPROTO;
		ear->told(ear->c, ear->arg, updates);
	}
	return 0;
}

/* Whatever came in the meantime; an errno when the connection is over. */
static int drain(struct ovsdb *o, const struct listener_of_updates *ear, int64_t deadline)
{
	for (;;) {
		json_t *m = NULL;
		int error = ovsdb_wire_next(&o->wire, 0, &m);
		if (error)
			return error == EAGAIN ? 0 : error;
		error = notice(o, m, ear, deadline);
		json_decref(m);
		if (error)
			return error;
	}
}

static int be_connected(struct ovsdb *o, const struct listener_of_updates *ear, int64_t deadline)
{
	if (o->wire.fd >= 0 && drain(o, ear, deadline) == 0)
		return 0;
	o->follows = false;
	return ovsdb_wire_open(&o->wire, o->remote, deadline);
}

static int await_answer(struct ovsdb *o, const struct listener_of_updates *ear, int64_t deadline,
			json_t **answer)
{
	for (;;) {
		json_t *m = NULL;
		int error = ovsdb_wire_next(&o->wire, deadline, &m);
		if (error)
			return error;
		if (json_is_string(json_object_get(m, "method"))) {
			error = notice(o, m, ear, deadline);
			json_decref(m);
			if (error)
				return error;
			continue;
		}
		/* We have one question out at a time: an answer to another is nonsense. */
		if (json_integer_value(json_object_get(m, "id")) != o->last_id) {
			json_decref(m);
			return EPROTO;
		}
		*answer = m;
		return 0;
	}
}

static void decref(void *json)
{
	json_decref(json);
}

static enum status read_answer(struct call *c, struct ovsdb *o, json_t *answer,
			       const json_t **result)
{
	const json_t *error = json_object_get(answer, "error");
	const json_t *value = json_object_get(answer, "result");

	arena_defer(c->arena, decref, answer);
	if (error && !json_is_null(error)) {
		const char *word = json_string_value(
			json_is_object(error) ? json_object_get(error, "error") : error);
		const char *details = json_string_value(json_object_get(error, "details"));
		return fail(c, ST_CONFLICT, NULL, "the database at %s refuses: %s%s%s", o->remote,
			    word ? word : "no reason given", details ? ", " : "",
			    details ? details : "");
	}
	if (!value)
		return lost(c, o, EPROTO);
	*result = value;
	return ST_OK;
}

static enum status ask(struct call *c, struct ovsdb *o, const char *method, const char *params,
		       const struct listener_of_updates *ear, int64_t deadline,
		       const json_t **result)
{
	struct buf text = { .arena = c->arena };
	struct json_out j = json_to(&text);
	json_t *answer = NULL;

	json_object_begin(&j);
	json_put_str(&j, "method", method);
	json_key(&j, "params");
	json_raw(&j, params);
	json_put_int(&j, "id", ++o->last_id);
	json_object_end(&j);

	int error = ovsdb_wire_send(&o->wire, buf_text(&text), text.size, deadline);
	if (!error)
		error = await_answer(o, ear, deadline, &answer);
	return error ? lost(c, o, error) : read_answer(c, o, answer, result);
}

enum status ovsdb_request(struct call *c, struct ovsdb *o, const char *method, const char *params,
			  const json_t **result)
{
	int64_t deadline = clock_steady() + o->patience;

	pthread_mutex_lock(&o->turn);
	int error = be_connected(o, NULL, deadline);
	enum status st = error ? lost(c, o, error)
			       : ask(c, o, method, params, NULL, deadline, result);
	pthread_mutex_unlock(&o->turn);
	return st;
}

enum status ovsdb_schema(struct call *c, struct ovsdb *o, const json_t **schema)
{
	const json_t *found = NULL;
	struct buf params = { .arena = c->arena };
	struct json_out j = json_to(&params);

	json_array_begin(&j);
	json_str(&j, o->database);
	json_array_end(&j);
	enum status st = ovsdb_request(c, o, "get_schema", buf_text(&params), &found);
	if (st)
		return st;
	if (!json_is_object(json_object_get(found, "tables")))
		return fail(c, ST_AWAY, NULL, "the database at %s shows no schema", o->remote);
	*schema = found;
	return ST_OK;
}

void ovsdb_begin(struct call *c, const struct ovsdb *o, struct ovsdb_ops *t)
{
	*t = (struct ovsdb_ops){ .text = { .arena = c->arena } };
	t->j = json_to(&t->text);
	json_array_begin(&t->j);
	json_str(&t->j, o->database);
}

struct json_out *ovsdb_op(struct ovsdb_ops *t, const char *op, const char *table)
{
	t->count++;
	json_object_begin(&t->j);
	json_put_str(&t->j, "op", op);
	json_put_str(&t->j, "table", table);
	return &t->j;
}

void ovsdb_op_end(struct ovsdb_ops *t)
{
	json_object_end(&t->j);
}

/* The error words of §4.1.3 and §5.2, as what a caller would do about them. */
static enum status refused(struct call *c, const struct ovsdb *o, const char *word,
			   const char *details)
{
	enum status st = ST_INTERNAL;

	if (str_eq(word, "timed out") || str_eq(word, "constraint violation") ||
	    str_eq(word, "referential integrity violation"))
		st = ST_CONFLICT;
	else if (str_eq(word, "resources exhausted") || str_eq(word, "I/O error"))
		st = ST_AWAY;
	return fail(c, st, NULL, "the database at %s refuses the transaction: %s%s%s", o->remote,
		    word, details ? ", " : "", details ? details : "");
}

enum status ovsdb_commit(struct call *c, struct ovsdb *o, struct ovsdb_ops *t,
			 const json_t **results)
{
	const json_t *answers = NULL;

	if (!t->count)
		return ST_OK;
	json_array_end(&t->j);
	enum status st = ovsdb_request(c, o, "transact", buf_text(&t->text), &answers);
	if (st)
		return st;
	/* One answer more than operations tells that the commit itself failed. */
	for (size_t i = 0; i < json_array_size(answers); i++) {
		const json_t *one = json_array_get(answers, i);
		const char *word = json_string_value(json_object_get(one, "error"));
		if (word)
			return refused(c, o, word,
				       json_string_value(json_object_get(one, "details")));
		if (i < t->count && !json_is_object(one))
			return fail(c, ST_AWAY, NULL,
				    "the database at %s gave no answer to operation %zu", o->remote,
				    i);
	}
	if (json_array_size(answers) < t->count)
		return fail(c, ST_AWAY, NULL, "the database at %s answered %zu of %zu operations",
			    o->remote, json_array_size(answers), t->count);
	if (results)
		*results = answers;
	return ST_OK;
}

static enum status begin_to_follow(struct call *c, struct ovsdb *o, const char *requests,
				   const struct listener_of_updates *ear, int64_t deadline)
{
	const json_t *rows = NULL;
	struct buf params = { .arena = c->arena };
	struct json_out j = json_to(&params);

	json_array_begin(&j);
	json_str(&j, o->database);
	json_nil(&j);
	json_raw(&j, requests);
	json_array_end(&j);
	enum status st = ask(c, o, "monitor", buf_text(&params), ear, deadline, &rows);
	if (st)
		return st;
	if (!json_is_object(rows))
		return lost(c, o, EPROTO);
	o->follows = true;
	ear->told(c, ear->arg, rows);
	return ST_OK;
}

enum status ovsdb_follow(struct call *c, struct ovsdb *o, const char *requests,
			 void (*told)(struct call *c, void *arg, const json_t *updates), void *arg,
			 bool *afresh)
{
	const struct listener_of_updates ear = { c, told, arg };
	int64_t deadline = clock_steady() + o->patience;
	enum status st = ST_OK;

	pthread_mutex_lock(&o->turn);
	int error = be_connected(o, &ear, deadline);
	*afresh = !o->follows;
	if (error)
		st = lost(c, o, error);
	else if (!o->follows)
		st = begin_to_follow(c, o, requests, &ear, deadline);
	pthread_mutex_unlock(&o->turn);
	return st;
}
