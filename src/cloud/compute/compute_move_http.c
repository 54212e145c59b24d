/* SPDX-License-Identifier: Apache-2.0 */
/* Nova v2.1: moving servers to other hosts, and what has gone from Nova. */
#include "base/text.h"
#include "cloud/compute/compute_http.h"

static enum status gone(struct call *c, const struct server_move *in, struct nothing *out)
{
	struct server s;
	(void)out;
	enum status st = server_find(c, in->server_id, &s);
	return st ? st
		  : fail(c, ST_GONE, NULL,
			 "This has gone from Nova: a guest gets its addresses by DHCP");
}

static const struct field migrate_wire[] = {
	F_STR(server_move, server_id, 255, FROM_PATH),
	F_STR(server_move, host, 255, OPT | NULLABLE, SINCE(2, 56)),
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
	F_STR(server_move, server_id, 255, FROM_PATH),
	F_STR(server_move, host, 255, NULLABLE),
	F_ANY("block_migration", FIELD_VIEW, 0, 0, .read = read_block),
	F_ANY("disk_over_commit", FIELD_VIEW, 0, OPT, .read = read_block, UNTIL(2, 24)),
	F_BOOL(server_move, force, OPT | LOOSE, SINCE(2, 30), UNTIL(2, 67)),
	F_END,
};
static const struct field evacuate_wire[] = {
	F_STR(server_move, server_id, 255, FROM_PATH),
	F_STR(server_move, host, 255, OPT),
	F_BOOL_AS("onSharedStorage", server_move, on_shared_storage, OPT | LOOSE, UNTIL(2, 13)),
	F_STR_AS("adminPass", server_move, rest, 255, OPT | SECRET),
	F_BOOL(server_move, force, OPT | LOOSE, SINCE(2, 29), UNTIL(2, 67)),
	F_END,
};
static const struct field gone_wire[] = {
	F_STR(server_move, server_id, 255, FROM_PATH),
	F_REST(server_move, rest, 1 << 16),
	F_END,
};

ACT(server_migrate, server_move, nothing)
ACT(server_migrate_live, server_move, nothing)
ACT(server_evacuate, server_move, nothing)
ACT(gone, server_move, nothing)

#define MOVE(word, fn, shape, name_, may_, help_)                                                  \
	{                                                                                          \
		.method = "POST", .path = SERVER "/action", .may = may_, .scopes = SCOPES,         \
		.act = fn##_act, .in = shape, .in_size = sizeof(struct server_move),               \
		.out = nothing_wire, .out_size = sizeof(struct nothing),                           \
		.name = "compute.server." name_, .success = 202, .action = word, .in_wrap = word,  \
		.help = help_                                                                      \
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
