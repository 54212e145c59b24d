/* SPDX-License-Identifier: Apache-2.0 */
/* Serving a request, always in the same order: match, identify, authorise, read, prepare, act in one
 * transaction with its audit entry, answer. No room repeats any of it. */
#include <jansson.h>
#include "base/id.h"
#include "base/metric.h"
#include "door/audit/audit.h"
#include "door/http/http_private.h"
#include "door/identity/identity.h"
#include "door/permission.h"

#define SESSION_COOKIE "yongyun_session"

/* One request on its way. */
struct way {
	struct house *house;
	const struct http_request *rq;
	struct match match;
	const struct ready_route *route; /* NULL until it is known */
	bool must_change; /* signed in with a first password, good only for changing it */
	bool identified;
	json_t *body;
	void *in, *out;
};

/* --- who is it --- */

struct credentials {
	const char *token, *cookie, *csrf;
	const char *prefix, *method, *path;
	bool writes;
};

static const char *cookie_named(struct call *c, const char *cookies, const char *name)
{
	size_t n = strlen(name);

	for (const char *p = cookies; p && *p; p += strspn(p, "; ")) {
		size_t size = strcspn(p, ";");
		if (size > n && !strncmp(p, name, n) && p[n] == '=')
			return arena_strndup(c->arena, p + n + 1, size - n - 1);
		p += size;
	}
	return NULL;
}

/* In the reading transaction that is open, or else in one of its own. */
static enum status reading(struct call *c, const struct way *w, act_fn *act, const void *in,
			   void *out, size_t out_size)
{
	return c->db ? act(c, in, out) : db_read(c, w->house->db, act, in, out, out_size);
}

static enum status identify_act(struct call *c, const void *in, void *out)
{
	const struct credentials *who = in;

	if (who->token) {
		enum status st = identity_actor_of_token(c, who->token);
		return st ? st : identity_rules_allow(c, who->prefix, who->method, who->path);
	}
	return identity_actor_of_session(c, who->cookie, who->csrf, who->writes, out);
}

static enum status identify(struct call *c, struct way *w)
{
	struct credentials who = {
		.token = http_header(w->rq, "X-Auth-Token"),
		.cookie = cookie_named(c, http_header(w->rq, "Cookie"), SESSION_COOKIE),
		.csrf = http_header(w->rq, "X-CSRF-Token"),
		.prefix = w->match.dialect->prefix,
		.method = w->rq->method,
		.path = w->rq->path,
		.writes = !str_eq(w->rq->method, "GET") && !str_eq(w->rq->method, "HEAD"),
	};

	if (!who.token && !who.cookie)
		return fail(c, ST_SIGNED_OUT, NULL,
			    "The request you have made requires authentication.");
	enum status st = reading(c, w, identify_act, &who, &w->must_change, sizeof w->must_change);
	w->identified = !st;
	return st;
}

static enum status authorise(struct call *c, const struct way *w)
{
	const struct route *r = w->route->route;
	int bit = w->route->permission;

	if (str_eq(r->may, MAY_ANYONE))
		return ST_OK;
	if (!c->actor.user_id)
		return fail(c, ST_SIGNED_OUT, NULL, "sign in first");
	if (w->must_change && !(r->flags & ROUTE_UNFORCED))
		return fail(c, ST_FORBIDDEN, NULL,
			    "change your first password before anything else");
	if (bit >= 0 && !(c->actor.permissions[bit / 64] >> (bit % 64) & 1))
		return fail(c, ST_FORBIDDEN, NULL, "this needs the permission '%s'", r->may);
	if (r->scopes && !(r->scopes & c->actor.scope) && !c->actor.is_admin)
		return fail(c, ST_FORBIDDEN, NULL, "sign in for another scope to do this");
	return ST_OK;
}

/* --- which of the routes of one place --- */

static bool in_version(const struct call *c, const struct route *r)
{
	return (!r->since || c->version >= r->since) && (!r->until || c->version <= r->until);
}

static enum status choose(struct call *c, struct way *w)
{
	bool actions = false;

	for (size_t i = 0; i < w->match.count; i++) {
		const struct route *r = w->match.routes[i]->route;
		if (!in_version(c, r))
			continue;
		actions |= r->action != NULL;
		if (!r->action || json_object_get(w->body, r->action)) {
			w->route = w->match.routes[i];
			return ST_OK;
		}
	}
	if (!actions)
		return fail(c, ST_NOT_FOUND, NULL, "this version does not have this address");
	const char *asked = json_object_iter_key(json_object_iter(w->body));
	return fail(c, ST_BAD_INPUT, NULL, "There is no such action: %.60s", asked ? asked : "");
}

/* --- the act --- */

static enum status act_and_audit(struct call *c, const void *way, void *out)
{
	const struct way *w = way;
	const struct route *r = w->route->route;

	call_forgive(c);
	audit_begin(c);
	enum status st = r->act(c, w->in, out);
	if (st || r->flags & ROUTE_QUIET)
		return st;
	return audit_write(c, r->name);
}

static enum status run_act(struct call *c, struct way *w)
{
	const struct route *r = w->route->route;
	const unsigned alone = ROUTE_READS | ROUTE_LOOKS;

	if (!r->act)
		return ST_OK;
	if ((r->flags & alone) == ROUTE_READS)
		return reading(c, w, r->act, w->in, w->out, r->out_size);
	return db_write(c, w->house->db, act_and_audit, w, w->out, r->out_size);
}

/* A refused attempt leaves an entry in a transaction of its own, because that of the act was undone.
 * Reading in vain is told only when it was forbidden. */
static void audit_refusal(struct call *c, const struct way *w, enum status st)
{
	const struct route *r = w->route ? w->route->route : NULL;

	if (!r || r->flags & ROUTE_QUIET || w->rq->admission)
		return;
	if (r->flags & ROUTE_READS && st != ST_FORBIDDEN)
		return;
	if (audit_refused(c, w->house->db, r->name, st))
		metric_add(METRIC_CALLS_FAILED, 1);
}

/* --- the way --- */

static bool wants_body(const struct route *r)
{
	for (const struct field *f = r->in; f->name; f++)
		if (str_eq(f->name, "-body"))
			return false; /* the room reads it */
	return !(r->flags & ROUTE_UPLOAD) && !str_eq(r->method, "GET") &&
	       !str_eq(r->method, "HEAD") && !str_eq(r->method, "DELETE");
}

static bool any_may(const struct match *m)
{
	for (size_t i = 0; i < m->count; i++)
		if (!str_eq(m->routes[i]->route->may, MAY_ANYONE))
			return false;
	return true;
}

static enum status admit_act(struct call *c, const void *way, void *out)
{
	const struct way *w = way;

	(void)out;
	return w->route->route->admit(c, w->in);
}

static enum status read_and_prepare(struct call *c, struct way *w)
{
	const struct route *r = w->route->route;
	enum status st;
	char none;

	w->in = arena_alloc(c->arena, r->in_size + 1);
	if (r->preset)
		memcpy(w->in, r->preset, r->in_size);
	w->out = arena_alloc(c->arena, r->out_size + 1);
	st = http_input(c, w->rq, &w->match, w->route, wants_body(r) ? w->body : NULL, w->in);
	if (!st && r->admit)
		st = reading(c, w, admit_act, w, &none, sizeof none);
	if (!st && r->prepare && !w->rq->admission)
		st = r->prepare(c, w->in);
	return st;
}

static enum status to_place(struct call *c, struct way *w)
{
	enum status st = http_match(c, w->house->http, w->rq->method, w->rq->path, &w->match);

	c->lenient = w->match.dialect->lenient;
	c->time_style = w->match.dialect->time_style;
	if (!st && w->match.dialect->negotiate)
		st = w->match.dialect->negotiate(c, w->rq);
	return st;
}

/* Whoever asks is known before a byte of the body is looked at. */
static enum status to_route(struct call *c, struct way *w)
{
	enum status st = ST_OK;

	if (!any_may(&w->match))
		st = identify(c, w);
	for (size_t i = 0; i < w->match.count; i++)
		if (w->match.routes[i]->secret)
			arena_wipe(c->arena);
	if (!st && wants_body(w->match.routes[0]->route))
		st = http_body(c, w->rq, &w->body);
	if (!st)
		st = choose(c, w);
	if (st && !w->route && w->match.count)
		w->route = w->match.routes[0];
	return st ? st : authorise(c, w);
}

static enum status go_on(struct call *c, struct way *w)
{
	enum status st = to_route(c, w);

	if (!st)
		st = read_and_prepare(c, w);
	if (!st && !w->rq->admission)
		st = run_act(c, w);
	return st;
}

/* Whether all of the rest only reads: who asks and what is answered are then seen in one state of the
 * database, which costs half of two. */
static bool only_reads(const struct way *w)
{
	for (size_t i = 0; i < w->match.count; i++) {
		const struct route *r = w->match.routes[i]->route;
		if ((r->flags & (ROUTE_READS | ROUTE_LOOKS)) != ROUTE_READS || r->prepare ||
		    !r->act || wants_body(r) || str_eq(r->may, MAY_ANYONE))
			return false;
	}
	return !w->rq->admission;
}

static enum status go_on_act(struct call *c, const void *way, void *out)
{
	struct way *w = *(struct way *const *)way;

	(void)out;
	/* It may run again. */
	call_forgive(c);
	c->actor = (struct actor){ .purpose = c->actor.purpose };
	w->route = NULL;
	w->must_change = w->identified = false;
	return go_on(c, w);
}

static enum status go(struct call *c, struct way *w)
{
	enum status st = to_place(c, w);
	char none;

	if (st && w->match.count && st != ST_NOT_ALLOWED)
		w->route = w->match.routes[0]; /* the audit entry of a refusal names it */
	if (st)
		return st;
	st = only_reads(w) ? db_read(c, w->house->db, go_on_act, &w, &none, sizeof none)
			   : go_on(c, w);
	if (!st && w->identified)
		identity_seen(c);
	return st;
}

void http_serve(struct call *c, struct house *h, const struct http_request *rq,
		struct http_reply *rp)
{
	struct way w = { .house = h, .rq = rq };
	enum status st;

	c->house = h;
	rp->headers.arena = rp->body.arena = c->arena;
	http_header_add(rp, "X-Openstack-Request-Id", c->request_id);
	st = go(c, &w);
	if (st) {
		audit_refusal(c, &w, st);
		if (w.match.allow && st == ST_NOT_ALLOWED)
			http_header_add(rp, "Allow", w.match.allow);
		http_refuse(c, w.match.dialect, st, rp);
	} else if (rq->admission == ADMISSION_ASK) {
		rp->status = 204;
	} else if (rq->admission) {
		/* It was refused a moment ago and would be taken now. */
		http_refuse(c, w.match.dialect, ST_RETRY, rp);
	} else {
		const struct route *r = w.route->route;
		if (r->after)
			r->after(c, w.in, w.out);
		http_answer(c, rq, w.route, w.out, rp);
		rp->stream = r->flags & ROUTE_STREAM;
	}
	if (rq->admission == ADMISSION_ASK && rp->status != 204)
		rp->status = 403;
	if (w.match.dialect->headers)
		w.match.dialect->headers(c, rp);
	metric_add(METRIC_CALLS, 1);
	if (rp->status >= 400)
		metric_add(rp->status >= 500 ? METRIC_CALLS_FAILED : METRIC_CALLS_REFUSED, 1);
}
