/* SPDX-License-Identifier: Apache-2.0 */
/* Nova v2.1: what other services tell of a server from outside, and the password that a guest may have
 * left for its owner. */
#include "base/text.h"
#include "cloud/compute/compute_http.h"
#include "door/audit/audit.h"

/* --- events --- */

enum { EVENTS_MAX = 1000 };
static const char *const event_names[] = { "network-changed", "network-vif-plugged",
					   "network-vif-unplugged", "network-vif-deleted", NULL };
static const char *const event_states[] = { "completed", "failed", "in-progress", NULL };

struct event {
	int name; /* of event_names */
	const char *server_uuid, *tag;
	int status;   /* of event_states */
	int64_t code; /* HTTP's, in the answer */
};
struct event_post {
	struct event *events;
	size_t events_count;
};
struct event_told {
	int status;
	struct event *events;
	size_t events_count;
};

static const struct field event_wire[] = {
	F_WORD(event, name, event_names, 0),
	F_ID(event, server_uuid, 0),
	F_STR(event, tag, 255, OPT | EMPTY_OK | OMIT),
	F_WORD(event, status, event_states, OPT),
	F_END,
};
static const struct field event_answer_wire[] = {
	F_WORD(event, name, event_names, 0), F_ID(event, server_uuid, 0),
	F_STR(event, tag, 255, OMIT),        F_WORD(event, status, event_states, 0),
	F_INT(event, code, 0, 0, 0),         F_END,
};
static const struct field event_post_wire[] = {
	F_LIST(event_post, events, event, event_wire, EVENTS_MAX, 0), F_END
};
static const struct field event_told_wire[] = {
	F_STATUS(event_told, status),
	F_LIST(event_told, events, event, event_answer_wire, 0, 0),
	F_END,
};

/* Ports are read afresh for every answer, so there is nothing to refresh; a guest that stands on a host
 * has its network cards compared with its ports once more. */
static enum status tell(struct call *c, struct event *e)
{
	struct server s;
	enum status st = server_find(c, e->server_uuid, &s);
	if (st && st != ST_NOT_FOUND)
		return st;
	e->code = st ? 404 : s.host_id ? 200 : 422;
	e->status = e->code == 200 ? 0 : 1;
	call_forgive(c);
	if (e->code != 200)
		return ST_OK;
	audit_subject(c, "server", s.id);
	return job_post(c, JOB_NICS, s.id, "{}", JOB_SOON, 0);
}

static enum status event_post(struct call *c, const struct event_post *in, struct event_told *out)
{
	size_t accepted = 0;
	if (!in->events_count)
		return fail(c, ST_BAD_INPUT, "events", "at least one event is told");
	out->events = arena_array(c->arena, in->events_count, sizeof(*out->events));
	out->events_count = in->events_count;
	for (size_t i = 0; i < in->events_count; i++) {
		out->events[i] = in->events[i];
		enum status st = tell(c, &out->events[i]);
		if (st)
			return st;
		accepted += out->events[i].code == 200;
	}
	if (!accepted)
		return fail(c, ST_NOT_FOUND, "events", "No instances found for any event");
	/* Multi-Status, RFC 4918 §11.1: not all were. */
	out->status = accepted < in->events_count ? 207 : 200;
	return ST_OK;
}

/* --- the password --- */

/* A guest leaves its password, encrypted with its owner's key, at the metadata service. There is none
 * here, so no guest has left one: it is empty, as Nova says then. */
struct password {
	const char *password;
};
static const struct field password_wire[] = { F_STR(password, password, 0, 0), F_END };

static enum status password_show(struct call *c, const struct server_key *in, struct password *out)
{
	struct server s;
	enum status st = server_find(c, in->server_id, &s);
	out->password = "";
	return st;
}

static enum status password_clear(struct call *c, const struct server_key *in, struct nothing *out)
{
	struct server s;
	(void)out;
	enum status st = server_find(c, in->server_id, &s);
	if (!st)
		audit_subject(c, "server", s.id);
	return st;
}

/* --- routes --- */

ACT(event_post, event_post, event_told)
ACT(password_show, server_key, password)
ACT(password_clear, server_key, nothing)

const struct route compute_event_routes[] = {
	ROUTE("POST", "/v2.1/os-server-external-events", HOST_WRITE, 0, event_post, event_post,
	      event_told, .name = "compute.server.event", .success = 200,
	      .help = "Tell that something outside of servers changed: their network cards are "
		      "compared with their ports"),
	ROUTE("GET", SERVER "/os-server-password", SERVER_READ, SCOPES, password_show, server_key,
	      password, .name = "compute.server.password.show", .flags = ROUTE_READS,
	      .success = 200, .help = "The password that its guest left: empty, none can"),
	ROUTE("DELETE", SERVER "/os-server-password", SERVER_WRITE, SCOPES, password_clear,
	      server_key, nothing, .name = "compute.server.password.clear", .success = 204,
	      .help = "Forget the password that its guest left"),
	{ 0 },
};
