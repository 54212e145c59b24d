/* SPDX-License-Identifier: Apache-2.0 */
/* Nova v2.1: moving servers to other hosts, as it answers where there is one host, and what has gone from
 * Nova. The configuration names one host, so there is never another that could take a server. */
#include "base/text.h"
#include "cloud/compute/compute_http.h"

#define NO_OTHER "No valid host was found. There is no other host that could take instance %s."

struct move {
	const char *server_id, *host, *rest;
	bool on_shared_storage, force;
};

/* What is said of how to move: it is checked, and there is nowhere to move to. */
static enum status check_host(struct call *c, const char *host, const struct server *s)
{
	struct pool_host *list;
	size_t n, at = 0;
	if (!host)
		return ST_OK;
	enum status st = pool_hosts(c, &list, &n);
	while (!st && at < n && !str_eq(list[at].name, host))
		at++;
	if (!st && at == n)
		return fail(c, ST_BAD_INPUT, "host", "Compute host %.64s could not be found.",
			    host);
	if (!st && str_eq(list[at].id, s->host_id))
		return fail(c, ST_BAD_INPUT, "host",
			    "Instance %s stands on host %.64s: it cannot be moved to the same "
			    "host.",
			    s->id, host);
	return st;
}

static enum status move(struct call *c, const struct move *in, const char *verb, unsigned states)
{
	struct server s;
	enum status st = server_may(c, in->server_id, verb, states, &s);
	if (!st)
		st = check_host(c, in->host, &s);
	return st ? st : fail(c, ST_BAD_INPUT, NULL, NO_OTHER, s.id);
}

static enum status server_migrate(struct call *c, const struct move *in, struct nothing *out)
{
	(void)out;
	return move(c, in, "migrate", 1U << VM_ACTIVE | 1U << VM_STOPPED);
}

static enum status server_migrate_live(struct call *c, const struct move *in, struct nothing *out)
{
	(void)out;
	return move(c, in, "live migrate", 1U << VM_ACTIVE | 1U << VM_PAUSED);
}

/* Only what stands on a host that is lost is built again elsewhere. */
static enum status server_evacuate(struct call *c, const struct move *in, struct nothing *out)
{
	struct server s;
	(void)out;
	enum status st = server_may(c, in->server_id, "evacuate",
				    1U << VM_ACTIVE | 1U << VM_STOPPED | 1U << VM_ERROR, &s);
	if (!st)
		st = servers_dress(c, &s, 1);
	if (!st && !s.host_down)
		return fail(c, ST_BAD_INPUT, NULL, "Compute service of %s is still in use.",
			    s.host_name);
	if (!st)
		st = check_host(c, in->host, &s);
	return st ? st : fail(c, ST_BAD_INPUT, NULL, NO_OTHER, s.id);
}

static enum status gone(struct call *c, const struct move *in, struct nothing *out)
{
	struct server s;
	(void)out;
	enum status st = server_find(c, in->server_id, &s);
	return st ? st
		  : fail(c, ST_GONE, NULL,
			 "This has gone from Nova: a guest gets its addresses by DHCP");
}

static const struct field migrate_wire[] = {
	F_STR(move, server_id, 255, FROM_PATH),
	F_STR(move, host, 255, OPT | NULLABLE, SINCE(2, 56)),
	F_END,
};
/* "auto" came with 2.25, which is as good as any other word where nothing is moved. */
static enum status read_block(struct call *c, void *obj, const struct json_t *value)
{
	(void)c;
	(void)obj;
	(void)value;
	return ST_OK;
}
static const struct field live_wire[] = {
	F_STR(move, server_id, 255, FROM_PATH),
	F_STR(move, host, 255, NULLABLE),
	F_ANY("block_migration", FIELD_VIEW, 0, 0, .read = read_block),
	F_ANY("disk_over_commit", FIELD_VIEW, 0, OPT, .read = read_block, UNTIL(2, 24)),
	F_BOOL(move, force, OPT | LOOSE, SINCE(2, 30), UNTIL(2, 67)),
	F_END,
};
static const struct field evacuate_wire[] = {
	F_STR(move, server_id, 255, FROM_PATH),
	F_STR(move, host, 255, OPT),
	F_BOOL_AS("onSharedStorage", move, on_shared_storage, OPT | LOOSE, UNTIL(2, 13)),
	F_STR_AS("adminPass", move, rest, 255, OPT | SECRET),
	F_BOOL(move, force, OPT | LOOSE, SINCE(2, 29), UNTIL(2, 67)),
	F_END,
};
static const struct field gone_wire[] = {
	F_STR(move, server_id, 255, FROM_PATH),
	F_REST(move, rest, 1 << 16),
	F_END,
};

ACT(server_migrate, move, nothing)
ACT(server_migrate_live, move, nothing)
ACT(server_evacuate, move, nothing)
ACT(gone, move, nothing)

#define MOVE(word, fn, shape, name_, may_, help_)                                                  \
	{                                                                                          \
		.method = "POST", .path = SERVER "/action", .may = may_, .scopes = SCOPES,         \
		.act = fn##_act, .in = shape, .in_size = sizeof(struct move), .out = nothing_wire, \
		.out_size = sizeof(struct nothing), .name = "compute.server." name_,               \
		.success = 202, .action = word, .in_wrap = word, .help = help_                     \
	}

const struct route compute_move_routes[] = {
	MOVE("migrate", server_migrate, migrate_wire, "migrate", HOST_WRITE,
	     "Move it to another host: refused, there is none"),
	MOVE("os-migrateLive", server_migrate_live, live_wire, "migrate_live", HOST_WRITE,
	     "Move it to another host while it runs: refused, there is none"),
	MOVE("evacuate", server_evacuate, evacuate_wire, "evacuate", HOST_WRITE,
	     "Build it again on another host: refused, there is none"),
	MOVE("injectNetworkInfo", gone, gone_wire, "inject_network", SERVER_WRITE,
	     "Gone from Nova: answers 410"),
	MOVE("resetNetwork", gone, gone_wire, "reset_network", SERVER_WRITE,
	     "Gone from Nova: answers 410"),
	{ 0 },
};
