/* SPDX-License-Identifier: Apache-2.0 */
/* What the room is told: that servers and networks come, change and go, and that a VDC is gone. */
#include <jansson.h>
#include "cloud/system/system_private.h"

/* The member of the payload, in the arena; NULL when it is not there. */
static const char *told(struct call *c, const struct event *e, const char *name)
{
	json_t *payload = json_loads(e->payload, 0, NULL);
	const char *text = json_string_value(json_object_get(payload, name));
	const char *out = text ? arena_strdup(c->arena, text) : NULL;

	json_decref(payload);
	return out;
}

static enum status gone(struct call *c, const char *kind, const struct event *e)
{
	struct system_resource r = { 0 };
	struct system s = { 0 };
	enum status st = system_resource_read(c, kind, e->subject, &r);

	if (st == ST_NOT_FOUND) {
		call_forgive(c);
		return ST_OK;
	}
	if (!st)
		st = system_resource_remove(c, kind, e->subject);
	if (st || !r.system_id)
		return st;
	st = system_read(c, r.system_id, &s);
	return st ? st : system_tell(c, "system.system.updated", &s);
}

static enum status seen(struct call *c, const char *kind, const char *state, const struct event *e)
{
	const struct system_resource r = {
		.kind = kind,
		.id = e->subject,
		.project_id = e->project_id,
		.state = state,
		.seen_at = e->posted_at,
	};

	/* What belongs to no VDC belongs to no system. */
	return e->project_id ? system_resource_seen(c, &r) : ST_OK;
}

static enum status server_told(struct call *c, const struct event *e)
{
	const char *state = told(c, e, "state");

	if (str_eq(state, "DELETED"))
		return gone(c, "server", e);
	return seen(c, "server", state, e);
}

static enum status network_told(struct call *c, const struct event *e)
{
	if (str_ends(e->type, ".deleted"))
		return gone(c, "network", e);
	return seen(c, "network", told(c, e, "status"), e);
}

static enum status project_gone(struct call *c, const struct event *e)
{
	return system_forget(c, e->subject);
}

const struct listener system_listens[] = {
	{ "system.servers", "compute.server.state", server_told },
	{ "system.networks", "network.network.*", network_told },
	{ "system.projects", "identity.project.deleted", project_gone },
	{ 0 },
};

const struct module system_module = {
	.name = "system",
	.permissions = system_permissions,
	.routes = system_routes,
	.listens = system_listens,
};
