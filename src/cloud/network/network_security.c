/* SPDX-License-Identifier: Apache-2.0 */
/* Rules of security groups: the default one, who may use which, what stands in the way of deleting. */
#include "base/id.h"
#include "cloud/network/network_route.h"
#include "cloud/network/network_security.h"
#include "door/audit/audit.h"
#include "door/house.h"
#include "door/jobs/jobs.h"

static enum status apply_soon(struct call *c, const char *id)
{
	return job_post(c, "network.security.apply", id, "{}", JOB_SOON, 0);
}

enum status security_changed(struct call *c, const char *id)
{
	enum status st = security_store_group_bump(c, id, c->now_at);

	return st ? st : apply_soon(c, id);
}

static bool is_default(const char *name)
{
	return name && str_eq(name, "default");
}

static void add_rule(struct call *c, struct security_group *g, const char *direction,
		     const char *ethertype, const char *remote_group_id)
{
	g->rules[g->rules_count++] = (struct security_rule){
		.id = id_new(c->arena),
		.security_group_id = g->id,
		.project_id = g->project_id,
		.direction = direction,
		.ethertype = ethertype,
		.port_range_min = INT_NULL,
		.port_range_max = INT_NULL,
		.remote_group_id = remote_group_id,
		.description = "",
		.revision = 1,
		.created_at = c->now_at,
		.updated_at = c->now_at,
	};
}

/* A new group lets everything out; the default one also lets in what its own members send. */
static enum status make(struct call *c, struct security_group *g)
{
	g->id = id_new(c->arena);
	g->revision = 1;
	g->created_at = c->now_at;
	g->updated_at = c->now_at;
	if (str_eq(g->project_id, c->actor.project_id))
		g->domain_id = c->actor.domain_id;
	g->rules = arena_array(c->arena, 4, sizeof *g->rules);
	add_rule(c, g, "egress", "IPv4", NULL);
	add_rule(c, g, "egress", "IPv6", NULL);
	if (is_default(g->name)) {
		add_rule(c, g, "ingress", "IPv4", g->id);
		add_rule(c, g, "ingress", "IPv6", g->id);
	}
	enum status st = security_store_group_put(c, g);
	if (!st)
		st = apply_soon(c, g->id);
	return st ? st : network_tell(c, "security_group", "created", g->id, g->project_id, NULL);
}

enum status security_default(struct call *c, const char *project_id, const char **id)
{
	enum status st = security_store_default(c, project_id, id);
	struct security_group g = { .project_id = project_id,
				    .name = "default",
				    .description = "Default security group",
				    .stateful = true };

	if (st != ST_NOT_FOUND)
		return st;
	st = make(c, &g);
	/* Another process made it in this moment: the act is run again and finds it. */
	if (st == ST_CONFLICT)
		st = ST_RETRY;
	*id = g.id;
	return st;
}

static enum status not_found(struct call *c, const char *id)
{
	return fail(c, ST_NOT_FOUND, "SecurityGroupNotFound", "Security group %s does not exist",
		    id);
}

enum status security_own(struct call *c, const char *id, struct security_group *out)
{
	enum status st = security_store_group(c, id, out);

	return st == ST_NOT_FOUND || (!st && !network_owns(c, out->project_id)) ? not_found(c, id)
										: st;
}

static enum status named(struct call *c, const char *project_id, const char *name,
			 struct security_group *out)
{
	struct security_group *list;
	size_t n, found = 0;
	enum status st = security_store_groups(c, project_id, "", INT64_MAX, &list, &n);

	for (size_t i = 0; !st && i < n; i++)
		if (str_eq(list[i].name, name)) {
			*out = list[i];
			found++;
		}
	if (!st && found > 1)
		st = fail(c, ST_CONFLICT, "NoUniqueMatch",
			  "Multiple security groups matching '%s' found. Use an ID to be more "
			  "specific.",
			  name);
	return st || found ? st : not_found(c, name);
}

enum status security_groups_check(struct call *c, const char *project_id, const struct words *ids,
				  bool names, struct words *out)
{
	struct words all = { arena_array(c->arena, ids->count + 1, sizeof(char *)), 0 };

	if (ids->count > PORT_GROUPS_MAX)
		return fail(c, ST_BAD_INPUT, "security_groups",
			    "a port has at most %d security groups", PORT_GROUPS_MAX);
	for (size_t i = 0; i < ids->count; i++) {
		const char *id = ids->list[i];
		struct security_group g;
		enum status st;
		if (names && is_default(id)) {
			/* It may not be there yet. */
			st = security_default(c, project_id, &g.id);
		} else {
			st = security_store_group(c, id, &g);
			if (st == ST_NOT_FOUND && names)
				st = named(c, project_id, id, &g);
			else if (st == ST_NOT_FOUND || (!st && !network_owns(c, g.project_id)))
				st = not_found(c, id);
		}
		if (st)
			return st;
		if (!words_have(&all, g.id))
			all.list[all.count++] = g.id;
	}
	*out = all;
	return ST_OK;
}

/* --- acts --- */

enum status security_make(struct call *c, const struct group_ask *ask, struct security_group *out)
{
	struct security_group g = {
		.name = ask->name ? ask->name : "",
		.description = ask->description ? ask->description : "",
		.stateful = !ask->stateful_given || ask->stateful,
	};
	const char *id;
	enum status st = network_owner(c, ask->project_id, ask->tenant_id, &g.project_id);

	if (!st)
		st = security_default(c, g.project_id, &id);
	if (!st && is_default(g.name))
		st = fail(c, ST_CONFLICT, "SecurityGroupDefaultAlreadyExists",
			  "Default security group already exists.");
	if (!st)
		st = network_quota_take(c, g.project_id, "security_group", 1);
	if (!st)
		st = network_quota_take(c, g.project_id, "security_group_rule", 2);
	if (!st)
		st = make(c, &g);
	if (st)
		return st;
	audit_subject(c, "security_group", g.id);
	audit_change(c, security_group_wire, NULL, &g);
	*out = g;
	return ST_OK;
}

static enum status group_create(struct call *c, const struct group_create *in,
				struct group_made *out)
{
	enum status st = ST_OK;

	if (in->group_given == in->groups_given)
		return fail(c, ST_BAD_INPUT, "security_group",
			    "give either 'security_group' or a list 'security_groups'");
	if (in->group_given)
		return security_make(c, &in->group, &out->group);
	out->groups = arena_array(c->arena, in->groups_count + 1, sizeof *out->groups);
	out->groups_count = in->groups_count;
	for (size_t i = 0; !st && i < in->groups_count; i++)
		st = security_make(c, &in->groups[i], &out->groups[i]);
	return st;
}

static enum status default_missing_act(struct call *c, const void *in, void *out)
{
	const char *id;
	enum status st = security_store_default(c, in, &id);

	*(bool *)out = st == ST_NOT_FOUND;
	return st == ST_NOT_FOUND ? ST_OK : st;
}

static enum status default_act(struct call *c, const void *in, void *out)
{
	const char *id;

	(void)out;
	return security_default(c, in, &id);
}

/* Whoever lists the groups of his VDC finds the default one, although a list changes nothing: it is
 * made before, once. */
enum status security_list_prepare(struct call *c, void *in)
{
	const char *project = c->actor.project_id;
	bool missing = false;
	char none;

	(void)in;
	if (!project)
		return ST_OK;
	enum status st =
		db_read(c, house_of(c)->db, default_missing_act, project, &missing, sizeof missing);
	return st || !missing
		       ? st
		       : db_write(c, house_of(c)->db, default_act, project, &none, sizeof none);
}

static enum status read_chunk(struct call *c, const struct network_list_ask *in, const char *after,
			      int64_t most, void **list, size_t *n)
{
	const char *project = c->actor.project_id ? c->actor.project_id : "";
	struct security_group *groups;
	enum status st =
		security_store_groups(c, c->actor.is_admin ? network_filter_project(in) : project,
				      after, most, &groups, n);

	*list = groups;
	return st;
}

static bool matches(const void *item, const char *name, const char *value, bool *known)
{
	const struct security_group *g = item;

	return network_tags_match(&g->tags, name, value, known);
}

static enum status group_list(struct call *c, const struct network_list_ask *in,
			      struct network_page *out)
{
	static const struct listing groups = { "security groups", security_group_wire,
					       sizeof(struct security_group), read_chunk, matches };

	return network_page_read(c, &groups, in, out);
}

static enum status group_show(struct call *c, const struct object_ask *in, struct group_shown *out)
{
	out->fields = in->fields;
	return security_own(c, in->id, &out->item);
}

enum status security_update(struct call *c, const struct group_ask *in, struct security_group *out)
{
	struct security_group before, g;
	int64_t ports = 0;
	enum status st = security_own(c, in->id, &before);

	if (st)
		return st;
	g = before;
	if (in->name_given)
		g.name = in->name ? in->name : "";
	if (in->description_given)
		g.description = in->description ? in->description : "";
	if (in->stateful_given)
		g.stateful = in->stateful;
	if (is_default(before.name) && !is_default(g.name))
		return fail(c, ST_CONFLICT, "SecurityGroupCannotUpdateDefault",
			    "Updating default security group not allowed.");
	if (!is_default(before.name) && is_default(g.name))
		return fail(c, ST_CONFLICT, "SecurityGroupDefaultAlreadyExists",
			    "Default security group already exists.");
	if (g.stateful != before.stateful)
		st = security_store_group_ports(c, g.id, &ports);
	if (!st && ports)
		st = fail(c, ST_CONFLICT, "SecurityGroupInUse",
			  "Security Group %s in use: whether it follows connections cannot be "
			  "changed.",
			  g.id);
	g.revision++;
	g.updated_at = c->now_at;
	if (!st)
		st = security_store_group_update(c, &g);
	if (!st)
		st = apply_soon(c, g.id);
	if (!st)
		st = network_tell(c, "security_group", "updated", g.id, g.project_id, NULL);
	if (st)
		return st;
	audit_subject(c, "security_group", g.id);
	audit_change(c, security_group_wire, &before, &g);
	*out = g;
	return ST_OK;
}

enum status security_delete(struct call *c, const struct object_ask *in, struct nothing *out)
{
	struct security_group g;
	struct words about = { 0 };
	int64_t ports = 0;
	enum status st = security_own(c, in->id, &g);

	(void)out;
	if (!st && is_default(g.name) && !c->actor.is_admin)
		st = fail(c, ST_CONFLICT, "SecurityGroupCannotRemoveDefault",
			  "Insufficient rights for removing default security group.");
	if (!st)
		st = security_store_group_ports(c, g.id, &ports);
	if (!st && ports)
		st = fail(c, ST_CONFLICT, "SecurityGroupInUse", "Security Group %s in use.", g.id);
	if (!st)
		st = security_store_groups_about(c, g.id, &about);
	if (!st)
		st = security_store_group_delete(c, g.id);
	/* Their rules about this group went with it. */
	for (size_t i = 0; !st && i < about.count; i++)
		st = security_changed(c, about.list[i]);
	if (!st)
		st = apply_soon(c, g.id);
	if (!st)
		st = network_tell(c, "security_group", "deleted", g.id, g.project_id, NULL);
	if (st)
		return st;
	audit_subject(c, "security_group", g.id);
	audit_change(c, security_group_wire, &g, NULL);
	return ST_OK;
}

/* --- as clients see them --- */

const struct field security_group_wire[] = {
	F_STR(security_group, id, 36, 0),
	F_STR(security_group, name, 255, EMPTY_OK),
	F_STR_AS("tenant_id", security_group, project_id, 64, 0),
	F_STR(security_group, project_id, 64, 0),
	F_STR(security_group, description, 255, EMPTY_OK),
	F_BOOL(security_group, stateful, 0),
	F_LIST_AS("security_group_rules", security_group, rules, security_rule, security_rule_wire,
		  0, 0),
	F_STRS(security_group, tags, 0, 0),
	F_TIME(security_group, created_at, 0),
	F_TIME(security_group, updated_at, 0),
	F_INT_AS("revision_number", security_group, revision, 0, 0, 0),
	F_END
};
#define GROUP_MEMBERS                                                                              \
	F_STR(group_ask, name, NAME_MAX_LENGTH, OPT | EMPTY_OK, TELLS(group_ask, name)),           \
		F_STR(group_ask, description, NAME_MAX_LENGTH, OPT | EMPTY_OK,                     \
		      TELLS(group_ask, description)),                                              \
		F_BOOL(group_ask, stateful, OPT | LOOSE, TELLS(group_ask, stateful))
static const struct field group_new_wire[] = { GROUP_MEMBERS, F_STR(group_ask, project_id, 64, OPT),
					       F_STR(group_ask, tenant_id, 64, OPT), F_END };
static const struct field group_ask_wire[] = {
	F_ID_AS("security_group_id", group_ask, id, FROM_PATH), GROUP_MEMBERS, F_END
};
static const struct field group_create_wire[] = {
	F_OBJECT_AS("security_group", group_create, group, group_ask, group_new_wire, OPT,
		    TELLS(group_create, group)),
	F_LIST_AS("security_groups", group_create, groups, group_ask, group_new_wire, BULK_MAX, OPT,
		  TELLS(group_create, groups)),
	F_END
};
static const struct field group_made_wire[] = {
	F_OBJECT_AS("security_group", group_made, group, security_group, security_group_wire, OMIT),
	F_LIST_AS("security_groups", group_made, groups, security_group, security_group_wire, 0,
		  OMIT),
	F_END
};
static const struct field group_key_wire[] = {
	F_ID_AS("security_group_id", object_ask, id, FROM_PATH),
	F_STRS(object_ask, fields, 0, OPT | FROM_QUERY), F_END
};
NETWORK_VIEWS(group, security_group, security_group_wire, "security_group", "security_groups")

ACT(group_create, group_create, group_made)
ACT(group_list, network_list_ask, network_page)
ACT(group_show, object_ask, group_shown)
ACT(security_update, group_ask, security_group)
ACT(security_delete, object_ask, nothing)

const struct route network_security_routes[] = {
	NETWORK_POST("/security-groups", "network.security.create", group_create, group_create,
		     group_made, .name = "network.security_group.create",
		     .help = "Makes a security group, or several at once."),
	NETWORK_GET("/security-groups", group_list, network_list_ask, network_list_ask_wire,
		    network_page, group_page_wire, .name = "network.security_group.list",
		    .help = "Lists the security groups of the VDC.",
		    .prepare = security_list_prepare),
	NETWORK_GET("/security-groups/{security_group_id}", group_show, object_ask, group_key_wire,
		    group_shown, group_shown_wire, .name = "network.security_group.show",
		    .help = "Shows a security group with its rules."),
	NETWORK_PUT("/security-groups/{security_group_id}", "network.security.update",
		    security_update, group_ask, group_ask_wire, security_group, security_group_wire,
		    "security_group", .name = "network.security_group.update",
		    .help = "Changes a security group."),
	NETWORK_DELETE("/security-groups/{security_group_id}", "network.security.delete",
		       security_delete, group_key_wire, .name = "network.security_group.delete",
		       .help = "Deletes a security group that no port has."),
	{ 0 },
};
