/* SPDX-License-Identifier: Apache-2.0 */
/* Statements: prepared once for a connection, their columns matched once with a row shape, their rows
 * read into structs. Knows no particular database (db_sqlite.c, db_pg.c) and no transactions (db.c). */
#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include "base/text.h"
#include "db/db_private.h"

/* Where the plan of 's' is, or belongs. The table has room. */
static struct db_plan **slot(const struct db_plans *t, const struct db_stmt *s)
{
	size_t i = (size_t)(((uintptr_t)s * UINT64_C(0x9e3779b97f4a7c15)) >> 32) & (t->room - 1);

	while (t->slots[i] && t->slots[i]->stmt != s)
		i = (i + 1) & (t->room - 1);
	return &t->slots[i];
}

static void *need(void *p)
{
	if (!p)
		abort();
	return p;
}

struct db_plan **db_plan_slot(struct db_plans *t, const struct db_stmt *s)
{
	if (t->used * 2 >= t->room) {
		struct db_plans wider = { .room = t->room ? t->room * 2 : 64, .used = t->used };
		wider.slots = need(calloc(wider.room, sizeof(*wider.slots)));
		for (size_t i = 0; i < t->room; i++) {
			if (t->slots[i])
				*slot(&wider, t->slots[i]->stmt) = t->slots[i];
		}
		free(t->slots);
		*t = wider;
	}
	return slot(t, s);
}

void db_plans_end(struct db_conn *k)
{
	for (size_t i = 0; i < k->plans.room; i++) {
		struct db_plan *p = k->plans.slots[i];
		if (!p)
			continue;
		for (struct db_map *m = p->maps, *next; m; m = next) {
			next = m->next;
			free(m);
		}
		k->db->driver->unprepare(k, p);
	}
	free(k->plans.slots);
	k->plans = (struct db_plans){ 0 };
}

enum db_fault db_fault_note(struct db_conn *k, enum db_fault fault, const char *fmt, ...)
{
	if (k->fault != DB_FINE)
		return k->fault;
	k->fault = fault;

	va_list ap;
	va_start(ap, fmt);
	vsnprintf(k->why, sizeof(k->why), fmt, ap);
	va_end(ap);
	return fault;
}

enum status db_fault_status(struct call *c, enum db_fault fault, const char *why)
{
	switch (fault) {
	case DB_FINE: return ST_OK;
	case DB_UNIQUE:
	case DB_FOREIGN: return ST_CONFLICT;
	case DB_AGAIN: return fail(c, ST_RETRY, NULL, "too many change this at once: try again");
	case DB_GONE: return fail(c, ST_AWAY, NULL, "the database cannot be reached");
	case DB_UNKNOWN:
		return fail(c, ST_AWAY, NULL,
			    "the database was lost while it committed: whether "
			    "the change was kept is not known, look before you "
			    "try again");
	case DB_FULL: return fail(c, ST_AWAY, NULL, "the database has no room left");
	case DB_BROKEN:
		return fail(c, ST_AWAY, NULL, "the database cannot read or write its storage");
	case DB_BUG: break;
	}
	return fail(c, ST_INTERNAL, NULL, "%s", why);
}

static const struct field *field_named(const struct field *row, const char *name)
{
	for (; row->name; row++) {
		if (row->kind != FIELD_VIEW && str_eq(row->name, name))
			return row;
	}
	return NULL;
}

/* Matches the columns of 'p' with the fields of 'row', by name. */
static enum db_fault map_make(struct db_conn *k, struct db_plan *p, const struct field *row,
			      struct db_map **out)
{
	const struct db_driver *d = k->db->driver;
	int columns = d->columns(p);
	struct db_map *m = need(calloc(1, sizeof(*m) + (size_t)columns * sizeof(m->field[0])));
	enum db_fault fault = DB_FINE;

	m->row = row;
	m->columns = columns;
	for (int i = 0; i < columns; i++) {
		m->field[i] = field_named(row, d->column(p, i));
		if (!m->field[i])
			fault = db_fault_note(k, DB_BUG, "statement %s: no field for column %s",
					      p->stmt->name, d->column(p, i));
	}
	for (const struct field *f = row; f->name; f++) {
		bool found = f->kind == FIELD_VIEW || (f->flags & OPT);
		for (int i = 0; i < columns && !found; i++)
			found = m->field[i] == f;
		if (!found)
			fault = db_fault_note(k, DB_BUG, "statement %s: no column for field %s",
					      p->stmt->name, f->name);
	}
	if (fault != DB_FINE) {
		free(m);
		return fault;
	}
	m->next = p->maps;
	p->maps = *out = m;
	return DB_FINE;
}

static enum db_fault map_of(struct db_conn *k, struct db_plan *p, const struct field *row,
			    struct db_map **out)
{
	for (struct db_map *m = p->maps; m; m = m->next) {
		if (m->row == row) {
			*out = m;
			return DB_FINE;
		}
	}
	return map_make(k, p, row, out);
}

/* One run of a statement: started, stepped, ended. What went wrong is kept until the end. */
struct run {
	struct call *c;
	struct db_conn *k;
	struct db_plan *p; /* NULL: it could not be prepared */
	struct db_map *map;
	enum db_fault fault;
	/* The object that was read last, as its column holds it: rows of a list often hold the same. */
	const struct field *object;
	const char *object_text;
	size_t object_size;
};

static void run_fail(struct run *r, const char *what)
{
	r->fault = db_fault_note(r->k, DB_BUG, "statement %s: %s", r->p->stmt->name, what);
}

/* False when it failed. 'row' is NULL when no structs are read. */
static bool run_start(struct run *r, struct call *c, const struct db_stmt *s,
		      const struct field *row, const struct db_arg *args, size_t count)
{
	assert(c->db);
	c->statements++;
	*r = (struct run){ .c = c, .k = c->db, .fault = c->db->fault };
	if (r->fault != DB_FINE)
		return false; /* as PostgreSQL would: the transaction is over */

	const struct db_driver *d = r->k->db->driver;
	struct db_plan **at = db_plan_slot(&r->k->plans, s);
	if (!*at) {
		r->fault = d->prepare(r->k, s, at);
		r->k->plans.used += r->fault == DB_FINE;
	}
	if (r->fault == DB_FINE) {
		r->p = *at;
		r->fault = d->start(r->k, r->p, args, count);
	}
	if (r->fault == DB_FINE && row)
		r->fault = map_of(r->k, r->p, row, &r->map);
	return r->fault == DB_FINE;
}

/* False after the last row, and when it failed. */
static bool run_step(struct run *r)
{
	bool row = false;

	if (r->fault == DB_FINE)
		r->fault = r->k->db->driver->step(r->k, r->p, &row);
	return row && r->fault == DB_FINE;
}

/* Whether the column holds the object that the row before did; then that one is taken over. */
static bool same_object(struct run *r, const struct field *f, const struct db_arg *v,
			const void *before, void *out)
{
	if (f->kind != FIELD_OBJECT || v->kind != DB_ARG_TEXT || f->given_at != FIELD_NOT_TOLD)
		return false;
	if (before && r->object == f && r->object_size == v->size &&
	    !memcmp(r->object_text, v->p, v->size)) {
		memcpy((char *)out + f->at, (const char *)before + f->at, f->sub_size);
		return true;
	}
	r->object = f;
	r->object_size = v->size;
	r->object_text = arena_strndup(r->c->arena, v->p, v->size);
	return false;
}

/* Reads the row that run_step() gave into a struct; 'before' is that of the row before, or NULL. */
static void run_read(struct run *r, const void *before, void *out)
{
	const struct db_driver *d = r->k->db->driver;

	assert(r->map); /* run_start() was told the row shape */
	for (int i = 0; i < r->map->columns && r->fault == DB_FINE; i++) {
		const struct field *f = r->map->field[i];
		struct db_arg v;
		if (!d->cell(r->p, i, db_field_kind(f), &v))
			r->fault = db_fault_note(r->k, DB_BUG,
						 "statement %s: column %s is not of its field's "
						 "kind",
						 r->p->stmt->name, f->name);
		else if (!same_object(r, f, &v, before, out) &&
			 db_field_set(r->c, r->p->stmt, f, &v, out))
			run_fail(r, r->c->problem);
	}
}

/* The outcome: 'st' if nothing failed. */
static enum status run_end(struct run *r, enum status st)
{
	if (r->p)
		r->k->db->driver->finish(r->k, r->p);
	return r->fault == DB_FINE ? st : db_fault_status(r->c, r->fault, r->k->why);
}

enum status db_one(struct call *c, const struct db_stmt *s, const struct field *row, void *out,
		   const struct db_arg *args, size_t count)
{
	struct run r;
	bool found = run_start(&r, c, s, row, args, count) && run_step(&r);

	if (found)
		run_read(&r, NULL, out);
	if (found && run_step(&r))
		run_fail(&r, "more than one row");
	return run_end(&r, found ? ST_OK : ST_NOT_FOUND);
}

enum status db_all(struct call *c, const struct db_stmt *s, const struct field *row,
		   size_t item_size, void *out, size_t *n, const struct db_arg *args, size_t count)
{
	struct run r;
	char *list = NULL;
	size_t used = 0, room = 0;

	if (!run_start(&r, c, s, row, args, count))
		return run_end(&r, ST_OK);
	while (run_step(&r)) {
		if (used == room) {
			size_t wider = room ? room * 2 : 16;
			char *grown = arena_array(c->arena, wider, item_size);
			if (used)
				memcpy(grown, list, used * item_size);
			list = grown;
			room = wider;
		}
		char *at = list + used * item_size;
		run_read(&r, used++ ? at - item_size : NULL, at);
	}
	enum status st = run_end(&r, ST_OK);
	if (st)
		return st;
	*(void **)out = list;
	*n = used;
	return ST_OK;
}

enum status db_do(struct call *c, const struct db_stmt *s, int64_t *changed,
		  const struct db_arg *args, size_t count)
{
	struct run r;
	int64_t rows = 0;

	if (run_start(&r, c, s, NULL, args, count)) {
		while (run_step(&r))
			;
		rows = r.k->db->driver->changed(r.k, r.p);
	}
	enum status st = run_end(&r, ST_OK);
	if (!st && changed)
		*changed = rows;
	return st;
}

enum status db_put(struct call *c, const struct db_stmt *s, const struct field *row, const void *in)
{
	struct db_arg args[SHAPE_FIELDS_MAX];
	size_t count = 0;

	for (const struct field *f = row; f->name; f++) {
		assert(count < SHAPE_FIELDS_MAX);
		if (f->kind != FIELD_VIEW)
			args[count++] = db_field_value(c, f, in);
	}
	return db_do(c, s, NULL, args, count);
}

/* Runs 's' for the first column of its first row. */
static enum status first_cell(struct call *c, const struct db_stmt *s, enum db_arg_kind kind,
			      struct db_arg *out, const struct db_arg *args, size_t count)
{
	struct run r;
	struct db_arg v = { 0 };
	bool found = run_start(&r, c, s, NULL, args, count) && run_step(&r);

	if (found && !r.k->db->driver->cell(r.p, 0, kind, &v))
		run_fail(&r, "its value is not of the kind asked for");
	if (v.kind == DB_ARG_BYTES)
		v.p = arena_strndup(c->arena, v.p, v.size);
	/* To the end, or SQLite has not done all that an INSERT … RETURNING does. */
	while (found && run_step(&r))
		;
	enum status st = run_end(&r, found ? ST_OK : ST_NOT_FOUND);
	if (!st)
		*out = v;
	return st;
}

enum status db_number(struct call *c, const struct db_stmt *s, int64_t *out,
		      const struct db_arg *args, size_t count)
{
	struct db_arg v;
	enum status st = first_cell(c, s, DB_ARG_INT, &v, args, count);

	if (!st)
		*out = v.kind == DB_ARG_NULL ? 0 : v.i;
	return st;
}

enum status db_bytes(struct call *c, const struct db_stmt *s, const void **out, size_t *size,
		     const struct db_arg *args, size_t count)
{
	struct db_arg v;
	enum status st = first_cell(c, s, DB_ARG_BYTES, &v, args, count);

	if (!st) {
		*out = v.kind == DB_ARG_NULL ? NULL : v.p;
		*size = v.kind == DB_ARG_NULL ? 0 : v.size;
	}
	return st;
}
