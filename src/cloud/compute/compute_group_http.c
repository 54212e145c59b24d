/* SPDX-License-Identifier: Apache-2.0 */
/* Nova v2.1: server groups. */
#include <jansson.h>
#include "base/text.h"
#include "cloud/compute/compute_http.h"

/* {"max_server_per_host": 3} */
struct server_group_rules {
	int64_t most;
};
static const struct field server_group_rules_wire[] = {
	F_INT_AS("max_server_per_host", server_group_rules, most, 1, INT32_MAX, OPT | LOOSE),
	F_END,
};

static enum status read_rules(struct call *c, void *obj, const json_t *value)
{
	struct server_group_create *in = obj;
	struct server_group_rules rules = { 0 };
	if (!json_is_object(value))
		return fail(c, ST_BAD_INPUT, "rules", "rules are an object");
	enum status st = shape_read_object(c, server_group_rules_wire, value, &rules);
	in->most = rules.most;
	in->most_given = rules.most > 0;
	return st;
}

static const struct field server_group_create_wire[] = {
	F_STR(server_group_create, name, 255, 0),
	F_STRS(server_group_create, policies, 8, 0, TELLS(server_group_create, policies),
	       UNTIL(2, 63)),
	F_WORD(server_group_create, policy, server_group_policies, 0,
	       TELLS(server_group_create, policy), SINCE(2, 64)),
	F_ANY("rules", FIELD_VIEW, 0, OPT, .read = read_rules, SINCE(2, 64)),
	F_END,
};

static void write_policies(struct call *c, struct json_out *j, const void *obj)
{
	(void)c;
	json_array_begin(j);
	json_str(j, server_group_policies[((const struct server_group *)obj)->policy]);
	json_array_end(j);
}

static void write_rules(struct call *c, struct json_out *j, const void *obj)
{
	const struct server_group *g = obj;
	(void)c;
	json_object_begin(j);
	if (g->most)
		json_put_int(j, "max_server_per_host", g->most);
	json_object_end(j);
}

/* Metadata of groups never came to mean anything in Nova; it is always empty. */
static void write_metadata(struct call *c, struct json_out *j, const void *obj)
{
	(void)c;
	(void)obj;
	json_object_begin(j);
	json_object_end(j);
}

const struct field server_group_wire[] = {
	F_STR(server_group, id, 0, 0),
	F_STR(server_group, name, 0, 0),
	F_VIEW("policies", write_policies, UNTIL(2, 63)),
	F_WORD(server_group, policy, server_group_policies, 0, SINCE(2, 64)),
	F_VIEW("rules", write_rules, SINCE(2, 64)),
	F_STRS(server_group, members, 0, 0),
	F_VIEW("metadata", write_metadata, UNTIL(2, 63)),
	F_STR(server_group, project_id, 0, 0, SINCE(2, 13)),
	F_STR(server_group, user_id, 0, 0, SINCE(2, 13)),
	F_END,
};
static const struct field server_group_page_wire[] = {
	F_LIST_AS("server_groups", server_group_page, groups, server_group, server_group_wire, 0,
		  0),
	F_END,
};
static const struct field server_group_key_wire[] = {
	F_STR(server_group_key, group_id, 255, FROM_PATH), F_END
};
static const struct field server_group_list_wire[] = {
	F_STR(server_group_list, all_projects, 255, OPT | FROM_QUERY | EMPTY_OK),
	F_INT(server_group_list, limit, 0, INT64_MAX, OPT | FROM_QUERY,
	      TELLS(server_group_list, limit)),
	F_INT(server_group_list, offset, 0, INT64_MAX, OPT | FROM_QUERY),
	F_END,
};

ACT(server_group_create, server_group_create, server_group)
ACT(server_group_show, server_group_key, server_group)
ACT(server_group_list, server_group_list, server_group_page)
ACT(server_group_delete, server_group_key, nothing)

#define GROUPS "/v2.1/os-server-groups"

const struct route compute_group_routes[] = {
	ROUTE("POST", GROUPS, SERVER_WRITE, SCOPE_PROJECT, server_group_create, server_group_create,
	      server_group, .name = "compute.group.create", .success = 200,
	      .in_wrap = "server_group", .out_wrap = "server_group",
	      .help = "Make a group of servers that stand together or apart"),
	ROUTE("GET", GROUPS, SERVER_READ, SCOPES, server_group_list, server_group_list,
	      server_group_page, .name = "compute.group.list", .flags = ROUTE_READS, .success = 200,
	      .help = "The server groups of the VDC"),
	ROUTE("GET", GROUPS "/{group_id}", SERVER_READ, SCOPES, server_group_show, server_group_key,
	      server_group, .name = "compute.group.show", .flags = ROUTE_READS, .success = 200,
	      .out_wrap = "server_group", .help = "One server group with its members"),
	ROUTE("DELETE", GROUPS "/{group_id}", SERVER_WRITE, SCOPES, server_group_delete,
	      server_group_key, nothing, .name = "compute.group.delete", .success = 204,
	      .help = "Remove a server group; its servers stay"),
	{ 0 },
};
