/* SPDX-License-Identifier: Apache-2.0 */
/* Hosts are asked again and again what they have and what runs on them, and the rows are made to say
 * the same: a guest that died is SHUTOFF or ERROR with the reason, one whose host went away under it is
 * started again, one that nobody knows is removed. */
#include "base/log.h"
#include "base/text.h"
#include "cloud/compute/compute_change.h"

#define TOMBSTONE_LIFE (7 * CLOCK_DAY)

/* --- the host --- */

static enum status read_host(struct call *c, const void *uri, void *out)
{
	enum status st = pool_host_by_uri(c, uri, out);
	if (st == ST_NOT_FOUND)
		call_forgive(c);
	return st == ST_NOT_FOUND ? ST_OK : st;
}

static enum status record_host(struct call *c, const void *in, void *out)
{
	return pool_host_seen(c, in, out);
}

static enum status record_lost(struct call *c, const void *uri, void *out)
{
	(void)out;
	return pool_host_lost(c, uri);
}

static enum status probe(struct call *c, const char *uri, struct pool_host *out)
{
	struct db *db = house_of(c)->db;
	struct pool_host known = { 0 };
	struct host_facts f;
	enum status st = db_read(c, db, read_host, uri, &known, sizeof(known));
	if (!st)
		st = driver_of(uri)->probe(c, uri, known.boot_id, known.accelerator, &f);
	if (st)
		return st;
	if (!str_eq(known.boot_id, f.boot_id))
		log_info("host-probed", c->request_id, "%s: %s, %s (%s)", uri, f.engine,
			 f.accelerator, f.accelerator_why);
	const struct pool_host facts = {
		.name = f.name,
		.uri = uri,
		.engine = f.engine,
		.version = f.version,
		.cpu = f.cpu,
		.accelerator = f.accelerator,
		.accelerator_why = str_eq(known.boot_id, f.boot_id) ? known.accelerator_why
								    : f.accelerator_why,
		.boot_id = f.boot_id,
		.vcpus = f.vcpus,
		.memory_mb = f.memory_mb,
		.disk_gb = f.disk_gb,
	};
	return db_write(c, db, record_host, &facts, out, sizeof(*out));
}

/* --- its guests --- */

struct rows {
	struct server *list;
	size_t count;
};

static enum status read_rows(struct call *c, const void *host_id, void *out)
{
	struct rows *r = out;
	return server_rows_on(c, host_id, &r->list, &r->count);
}

/* What one server's row should say now. */
struct finding {
	const char *id;
	int64_t updated_at; /* of the row that was compared: one that has moved on is left alone */
	const struct guest_status *guest; /* NULL: the host has no such guest */
};

/* A paused guest (a full disk under it) is not dead. */
static bool is_up(const struct guest_status *g)
{
	return g && (g->state == GUEST_RUNNING || g->state == GUEST_PAUSED);
}

/* Whether the row says another thing than the guest. A server in error is left to its owner. */
static bool differs(const struct server *s, const struct guest_status *g)
{
	bool tells = s->state == VM_ACTIVE || s->state == VM_PAUSED || s->state == VM_SUSPENDED ||
		     s->state == VM_STOPPED || s->state == VM_RESIZED || s->state == VM_RESCUED;
	/* One that was paused and runs was let go from outside. */
	bool woken = s->state == VM_PAUSED && g && g->state == GUEST_RUNNING;
	return s->task == TASK_NONE && tells && (server_runs(s) != is_up(g) || woken);
}

static enum status settle_dead(struct call *c, struct server *s, const struct guest_status *g)
{
	if (!g)
		return server_failed(c, s, 500, "The guest is gone from its host.");
	if (g->cause == CAUSE_CRASHED || g->state == GUEST_CRASHED) {
		s->power = SERVER_CRASHED;
		return server_failed(c, s, 500, "The guest crashed.");
	}
	/* They stay what they are, switched off. */
	if (s->state == VM_RESIZED || s->state == VM_RESCUED) {
		s->power = SERVER_SHUTDOWN;
		return server_moved(c, s);
	}
	if (g->cause == CAUSE_LOST) {
		/* It was to run, and did not stop of its own will. */
		s->state = VM_STOPPED;
		s->power = SERVER_SHUTDOWN;
		s->task = TASK_POWERING_ON;
		enum status st = server_moved(c, s);
		return st ? st : job_post(c, JOB_POWER, s->id, "{}", JOB_NORMAL, 0);
	}
	s->state = VM_STOPPED;
	s->power = SERVER_SHUTDOWN;
	return server_moved(c, s);
}

static enum status settle(struct call *c, const void *in, void *out)
{
	const struct finding *f = in;
	struct server s;
	(void)out;
	enum status st = server_read(c, f->id, &s);
	if (st == ST_NOT_FOUND)
		return ST_OK;
	if (st || s.updated_at != f->updated_at || s.task != TASK_NONE)
		return st;
	if (!differs(&s, f->guest))
		return ST_OK;
	if (!is_up(f->guest))
		return settle_dead(c, &s, f->guest);
	s.power = SERVER_RUNNING;
	s.state = s.state == VM_RESIZED || s.state == VM_RESCUED ? s.state : VM_ACTIVE;
	return server_moved(c, &s);
}

static const struct guest_status *guest_named(const struct guest_list *l, const char *id)
{
	for (size_t i = 0; i < l->guests_count; i++)
		if (str_eq(l->guests[i].id, id))
			return &l->guests[i];
	return NULL;
}

static enum status settle_all(struct call *c, const struct rows *rows, const struct guest_list *l)
{
	enum status st = ST_OK;
	for (size_t i = 0; i < rows->count && !st; i++) {
		const struct server *s = &rows->list[i];
		struct finding f = { s->id, s->updated_at, guest_named(l, s->id) };
		if (!differs(s, f.guest))
			continue;
		log_warn("server-differs", c->request_id, "%s is %s, its guest is %s", s->id,
			 server_states[s->state],
			 f.guest ? guest_states[f.guest->state] : "not there");
		st = db_write(c, house_of(c)->db, settle, &f, NULL, 0);
	}
	return st;
}

/* The rows are read after the guests were listed, and a row stands before its guest: a guest without a
 * row is nobody's. */
static enum status remove_orphans(struct call *c, const struct pool_host *h,
				  const struct guest_list *l)
{
	struct rows rows;
	enum status st = db_read(c, house_of(c)->db, read_rows, h->id, &rows, sizeof(rows));
	for (size_t i = 0; i < l->guests_count && !st; i++) {
		const char *id = l->guests[i].id;
		bool known = false;
		for (size_t r = 0; r < rows.count && !known; r++)
			known = str_eq(rows.list[r].id, id);
		if (known)
			continue;
		log_warn("guest-orphan", c->request_id, "%s: %s belongs to no server", h->name, id);
		st = driver_of(h->uri)->remove(c, h->uri, compute_house(), id);
	}
	return st;
}

enum status compute_reconcile(struct call *c)
{
	const char *uri = compute_uri();
	struct db *db = house_of(c)->db;
	struct pool_host h;
	struct guest_list guests;
	struct rows rows;
	enum status st = probe(c, uri, &h);
	if (st) {
		log_warn("host-lost", c->request_id, "%s: %s", uri, c->problem);
		call_forgive(c);
		return db_write(c, db, record_lost, uri, NULL, 0);
	}
	st = db_read(c, db, read_rows, h.id, &rows, sizeof(rows));
	if (!st)
		st = driver_of(uri)->list(c, uri, compute_house(), &guests);
	if (!st)
		st = settle_all(c, &rows, &guests);
	return st ? st : remove_orphans(c, &h, &guests);
}

static enum status forget(struct call *c, const void *in, void *out)
{
	(void)in;
	enum status st = console_forget(c, c->now_at);
	return st ? st : server_forget(c, c->now_at - TOMBSTONE_LIFE, out);
}

enum status compute_forget(struct call *c)
{
	int64_t count = 0;
	return db_write(c, house_of(c)->db, forget, NULL, &count, sizeof(count));
}
