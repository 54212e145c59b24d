/* SPDX-License-Identifier: Apache-2.0 */
/* Nova v2.1: security groups, in the words from before Neutron (until 2.35), and those of a server. The
 * groups and their rules are the network room's. */
#include <jansson.h>
#include "base/id.h"
#include "base/text.h"
#include "cloud/compute/compute_http.h"
#include "cloud/network/network_proxy.h"

/* Nova says 400 where Neutron says 409. */
enum status compute_as_bad_input(struct call *c, enum status st, const char *at)
{
	if (st != ST_CONFLICT)
		return st;
	const char *said = arena_strdup(c->arena, c->problem);
	call_forgive(c);
	return fail(c, ST_BAD_INPUT, at, "%s", said);
}

/* --- how they are shown --- */

static void put_text(struct json_out *j, const char *name, const char *text)
{
	json_put_str(j, name, text ? text : "");
}

static void put_rule(struct json_out *j, const struct proxy_rule *r)
{
	json_object_begin(j);
	json_put_str(j, "id", r->id);
	json_put_str(j, "parent_group_id", r->group_id);
	json_put_str(j, "ip_protocol", r->protocol);
	compute_put_count(j, "from_port", r->from_port);
	compute_put_count(j, "to_port", r->to_port);
	json_key(j, "group");
	json_object_begin(j);
	if (r->remote_name) {
		json_put_str(j, "name", r->remote_name);
		json_put_str(j, "tenant_id", r->remote_project);
	}
	json_object_end(j);
	json_key(j, "ip_range");
	json_object_begin(j);
	if (r->cidr)
		json_put_str(j, "cidr", r->cidr);
	json_object_end(j);
	json_object_end(j);
}

static void put_group(struct json_out *j, const struct proxy_group *g)
{
	json_object_begin(j);
	json_put_str(j, "id", g->id);
	put_text(j, "name", g->name);
	put_text(j, "description", g->description);
	json_put_str(j, "tenant_id", g->project_id);
	json_key(j, "rules");
	json_array_begin(j);
	for (size_t i = 0; i < g->rules_count; i++)
		put_rule(j, &g->rules[i]);
	json_array_end(j);
	json_object_end(j);
}

struct group_page {
	struct proxy_group *groups;
	size_t groups_count;
};

static void write_groups(struct call *c, struct json_out *j, const void *obj)
{
	const struct group_page *p = obj;
	(void)c;
	json_array_begin(j);
	for (size_t i = 0; i < p->groups_count; i++)
		put_group(j, &p->groups[i]);
	json_array_end(j);
}

static void write_group(struct call *c, struct json_out *j, const void *obj)
{
	(void)c;
	put_group(j, obj);
}

static void write_rule(struct call *c, struct json_out *j, const void *obj)
{
	(void)c;
	put_rule(j, obj);
}

static const struct field group_page_wire[] = { F_VIEW("security_groups", write_groups), F_END };
static const struct field proxy_group_wire[] = { F_VIEW("security_group", write_group), F_END };
static const struct field proxy_rule_wire[] = { F_VIEW("security_group_rule", write_rule), F_END };

/* --- what is asked --- */

struct group_list {
	const char *all_tenants;
	int64_t limit, offset;
	bool limit_given;
	struct map rest;
};
struct group_key {
	const char *id;
};
struct group_put {
	const char *id, *name, *description;
};
struct rule_put {
	const char *parent_group_id, *ip_protocol, *cidr, *group_id;
	int64_t from_port, to_port;
	bool from_port_given, to_port_given;
};

static const struct field group_list_wire[] = {
	F_STR(group_list, all_tenants, 16, OPT | FROM_QUERY | EMPTY_OK),
	F_INT(group_list, limit, 0, INT64_MAX, OPT | FROM_QUERY, TELLS(group_list, limit)),
	F_INT(group_list, offset, 0, INT64_MAX, OPT | FROM_QUERY),
	F_QUERY_REST(group_list, rest),
	F_END,
};
static const struct field group_key_wire[] = { F_STR(group_key, id, 255, FROM_PATH), F_END };
static const struct field group_new_wire[] = {
	F_STR(group_put, name, 255, 0),
	F_STR(group_put, description, 255, OPT | NULLABLE | EMPTY_OK),
	F_END,
};
static const struct field group_put_wire[] = {
	F_STR(group_put, id, 255, FROM_PATH),
	F_STR(group_put, name, 255, 0),
	F_STR(group_put, description, 255, OPT | NULLABLE | EMPTY_OK),
	F_END,
};
static const struct field rule_put_wire[] = {
	F_STR(rule_put, parent_group_id, 255, 0),
	F_STR(rule_put, ip_protocol, 16, OPT | NULLABLE),
	F_INT(rule_put, from_port, -1, 65535, OPT | NULLABLE | LOOSE, TELLS(rule_put, from_port)),
	F_INT(rule_put, to_port, -1, 65535, OPT | NULLABLE | LOOSE, TELLS(rule_put, to_port)),
	F_STR(rule_put, cidr, 64, OPT | NULLABLE),
	F_STR(rule_put, group_id, 255, OPT | NULLABLE),
	F_END,
};

/* --- acts --- */

static enum status group_list(struct call *c, const struct group_list *in, struct group_page *out)
{
	bool all = !str_empty(in->all_tenants) && !str_eq(in->all_tenants, "0");
	size_t n = 0, first;
	enum status st = proxy_groups(c, all, &out->groups, &n);
	if (st)
		return st;
	first = (uint64_t)in->offset < n ? (size_t)in->offset : n;
	out->groups += first;
	out->groups_count = n - first;
	if (in->limit_given && (uint64_t)in->limit < out->groups_count)
		out->groups_count = (size_t)in->limit;
	return ST_OK;
}

static enum status group_show(struct call *c, const struct group_key *in, struct proxy_group *out)
{
	return proxy_group_show(c, in->id, out);
}

static enum status group_make(struct call *c, const struct group_put *in, struct proxy_group *out)
{
	return compute_as_bad_input(c, proxy_group_make(c, in->name, in->description, out), "name");
}

static enum status group_change(struct call *c, const struct group_put *in, struct proxy_group *out)
{
	return compute_as_bad_input(
		c, proxy_group_update(c, in->id, in->name, in->description, out), "name");
}

static enum status group_delete(struct call *c, const struct group_key *in, struct nothing *out)
{
	(void)out;
	return compute_as_bad_input(c, proxy_group_delete(c, in->id), "security_group_id");
}

static enum status rule_make(struct call *c, const struct rule_put *in, struct proxy_rule *out)
{
	const struct proxy_rule_ask ask = { .group_id = in->parent_group_id,
					    .protocol = in->ip_protocol,
					    .from_port = in->from_port_given ? in->from_port
									     : INT_NULL,
					    .to_port = in->to_port_given ? in->to_port : INT_NULL,
					    .cidr = in->cidr,
					    .remote_id = in->group_id };
	if (!id_valid(in->parent_group_id))
		return fail(c, ST_BAD_INPUT, "parent_group_id",
			    "parent_group_id is the id of a security group");
	if (in->cidr && in->group_id)
		return fail(c, ST_BAD_INPUT, "cidr", "a rule has a cidr or a group_id, not both");
	if (!in->group_id && (!in->ip_protocol || !in->from_port_given || !in->to_port_given))
		return fail(c, ST_BAD_INPUT, "ip_protocol",
			    "Not enough parameters to build a valid rule: ip_protocol, from_port "
			    "and to_port go with a cidr");
	return compute_as_bad_input(c, proxy_rule_make(c, &ask, out), "security_group_rule");
}

static enum status rule_delete(struct call *c, const struct group_key *in, struct nothing *out)
{
	(void)out;
	return proxy_rule_delete(c, in->id);
}

/* --- of a server --- */

struct server_group_name {
	const char *server_id, *name;
};
static const struct field server_group_name_wire[] = {
	F_STR(server_group_name, server_id, 255, FROM_PATH),
	F_STR(server_group_name, name, 255, 0),
	F_END,
};

static enum status of_server(struct call *c, const struct server_key *in, struct group_page *out)
{
	struct server s;
	struct network_group *list = NULL;
	size_t n = 0;
	enum status st = server_find(c, in->server_id, &s);
	const char *ids[] = { st ? NULL : s.id };
	if (!st)
		st = network_device_groups(c, ids, 1, &list, &n);
	out->groups = arena_array(c->arena, n + 1, sizeof(*out->groups));
	for (size_t i = 0; i < n && !st; i++)
		st = proxy_group_show(c, list[i].id, &out->groups[out->groups_count++]);
	return st;
}

/* Its ports are put into the group, or taken out; the engine's rules follow at once. */
static enum status regroup(struct call *c, const struct server_group_name *in, bool add)
{
	struct server s;
	enum status st = server_find_open(c, in->server_id, &s);
	if (st)
		return st;
	st = add ? network_device_group_add(c, s.id, s.project_id, in->name)
		 : network_device_group_remove(c, s.id, s.project_id, in->name);
	return st ? st : server_acted(c, &s, add ? "addSecurityGroup" : "removeSecurityGroup");
}

static enum status group_add(struct call *c, const struct server_group_name *in,
			     struct nothing *out)
{
	(void)out;
	return regroup(c, in, true);
}

static enum status group_remove(struct call *c, const struct server_group_name *in,
				struct nothing *out)
{
	(void)out;
	return regroup(c, in, false);
}

/* --- routes --- */

ACT(group_list, group_list, group_page)
ACT(group_show, group_key, proxy_group)
ACT(group_make, group_put, proxy_group)
ACT(group_change, group_put, proxy_group)
ACT(group_delete, group_key, nothing)
ACT(rule_make, rule_put, proxy_rule)
ACT(rule_delete, group_key, nothing)
ACT(of_server, server_key, group_page)
ACT(group_add, server_group_name, nothing)
ACT(group_remove, server_group_name, nothing)

#define GROUPS "/v2.1/os-security-groups"
#define RULES "/v2.1/os-security-group-rules"
#define LAST .until = NOVA(2, 35)
#define JOIN(word, fn, name_, help_)                                                               \
	ROUTE("POST", SERVER "/action", SERVER_WRITE, SCOPES, fn, server_group_name, nothing,      \
	      .name = "compute.server." name_, .success = 202, .action = word, .in_wrap = word,    \
	      .help = help_)

const struct route compute_security_routes[] = {
	ROUTE("GET", GROUPS, "network.read", SCOPES, group_list, group_list, group_page,
	      .name = "compute.security_group.list", .flags = ROUTE_READS, .success = 200, LAST,
	      .prepare = proxy_groups_prepare, .help = "The security groups of the VDC"),
	ROUTE("GET", GROUPS "/{id}", "network.read", SCOPES, group_show, group_key, proxy_group,
	      .name = "compute.security_group.show", .flags = ROUTE_READS, .success = 200, LAST,
	      .help = "A security group with its rules"),
	{ .method = "POST",
	  .path = GROUPS,
	  .may = "network.security.create",
	  .scopes = SCOPES,
	  .act = group_make_act,
	  .in = group_new_wire,
	  .in_size = sizeof(struct group_put),
	  .out = proxy_group_wire,
	  .out_size = sizeof(struct proxy_group),
	  .name = "compute.security_group.create",
	  .success = 200,
	  .in_wrap = "security_group",
	  LAST,
	  .help = "Make a security group" },
	ROUTE("PUT", GROUPS "/{id}", "network.security.update", SCOPES, group_change, group_put,
	      proxy_group, .name = "compute.security_group.update", .success = 200,
	      .in_wrap = "security_group", LAST, .help = "Name or describe a security group anew"),
	ROUTE("DELETE", GROUPS "/{id}", "network.security.delete", SCOPES, group_delete, group_key,
	      nothing, .name = "compute.security_group.delete", .success = 202, LAST,
	      .help = "Delete a security group that no server has"),
	ROUTE("POST", RULES, "network.security.update", SCOPES, rule_make, rule_put, proxy_rule,
	      .name = "compute.security_group_rule.create", .success = 200,
	      .in_wrap = "security_group_rule", LAST, .help = "Let something in"),
	ROUTE("DELETE", RULES "/{id}", "network.security.update", SCOPES, rule_delete, group_key,
	      nothing, .name = "compute.security_group_rule.delete", .success = 202, LAST,
	      .help = "Let something in no more"),
	ROUTE("GET", SERVER "/os-security-groups", SERVER_READ, SCOPES, of_server, server_key,
	      group_page, .name = "compute.server.security_group.list", .flags = ROUTE_READS,
	      .success = 200, .help = "The security groups that its ports are in"),
	JOIN("addSecurityGroup", group_add, "security_group.add",
	     "Put all its ports into a security group"),
	JOIN("removeSecurityGroup", group_remove, "security_group.remove",
	     "Take all its ports out of a security group"),
	{ 0 },
};
