/* SPDX-License-Identifier: Apache-2.0 */
/* Shapes and routes of giving roles, and of the list of who holds which. */
#include "door/identity/identity_roles.h"

/* --- the list --- */

static void write_thing(struct json_out *j, const char *member, const char *id, const char *name,
			const char *domain_id, const char *domain_name)
{
	json_key(j, member);
	json_object_begin(j);
	json_put_str(j, "id", id);
	if (name)
		json_put_str(j, "name", name);
	if (domain_id) {
		json_key(j, "domain");
		json_object_begin(j);
		json_put_str(j, "id", domain_id);
		json_put_str(j, "name", domain_name);
		json_object_end(j);
	}
	json_object_end(j);
}

static void write_scope(struct json_out *j, const struct assignment *a, bool names)
{
	json_key(j, "scope");
	json_object_begin(j);
	if (!a->project_id) {
		json_key(j, "system");
		json_object_begin(j);
		json_put_bool(j, "all", true);
		json_object_end(j);
	} else if (a->is_domain) {
		write_thing(j, "domain", a->project_id, names ? a->target_name : NULL, NULL, NULL);
	} else {
		write_thing(j, "project", a->project_id, names ? a->target_name : NULL,
			    names ? a->target_domain_id : NULL, a->target_domain_name);
	}
	if (a->inherited)
		json_put_str(j, "OS-INHERIT:inherited_to", "projects");
	json_object_end(j);
}

/* The grant that the assignment is, or comes from. */
static void write_links(struct call *c, struct json_out *j, const struct assignment *a)
{
	const char *actor = a->from_group_id ? a->from_group_id
			    : a->user_id     ? a->user_id
					     : a->group_id;
	const char *kind = a->from_group_id || !a->user_id ? "groups" : "users";
	const char *target = a->from_target ? a->from_target : a->project_id;
	const char *role = a->from_role_id ? a->from_role_id : a->role_id;
	const char *at = a->project_id ? arena_printf(c->arena, "%s/%s",
						      a->is_domain ? "domains" : "projects", target)
				       : "system";

	json_key(j, "links");
	json_object_begin(j);
	json_put_str(j, "assignment",
		     arena_printf(c->arena, "%s" KEYSTONE "%s%s/%s/%s/roles/%s%s", c->base_url,
				  a->inherited ? "OS-INHERIT/" : "", at, kind, actor, role,
				  a->inherited ? "/inherited_to_projects" : ""));
	if (a->from_group_id)
		json_put_str(j, "membership",
			     arena_printf(c->arena, "%s" KEYSTONE "groups/%s/users/%s", c->base_url,
					  a->from_group_id, a->user_id));
	if (a->from_role_id)
		json_put_str(j, "prior_role",
			     arena_printf(c->arena, "%s" KEYSTONE "prior_role/%s/implies/%s",
					  c->base_url, a->from_role_id, a->role_id));
	json_object_end(j);
}

static void write_assignments(struct call *c, struct json_out *j, const void *obj)
{
	const struct assignment_list *o = obj;

	json_array_begin(j);
	for (size_t i = 0; i < o->count; i++) {
		const struct assignment *a = &o->list[i];
		json_object_begin(j);
		write_thing(j, "role", a->role_id, o->names ? a->role_name : NULL,
			    o->names ? a->role_domain_id : NULL, NULL);
		write_thing(j, a->user_id ? "user" : "group", a->user_id ? a->user_id : a->group_id,
			    o->names ? a->actor_name : NULL, o->names ? a->actor_domain_id : NULL,
			    a->actor_domain_name);
		write_scope(j, a, o->names);
		write_links(c, j, a);
		json_object_end(j);
	}
	json_array_end(j);
}

LINKS_OF_LIST(assignment_list, "role_assignments")

#define ASKED (OPT | FROM_QUERY)
static const struct field assignment_ask_wire[] = {
	F_STR_AS("user.id", assignment_ask, user_id, 255, ASKED),
	F_STR_AS("group.id", assignment_ask, group_id, 255, ASKED),
	F_STR_AS("role.id", assignment_ask, role_id, 255, ASKED),
	F_STR_AS("scope.project.id", assignment_ask, project_id, 255, ASKED),
	F_STR_AS("scope.domain.id", assignment_ask, domain_id, 255, ASKED),
	F_STR_AS("scope.system", assignment_ask, system, 255, ASKED),
	F_STR_AS("scope.OS-INHERIT:inherited_to", assignment_ask, inherited_to, 64, ASKED),
	F_STR(assignment_ask, effective, 16, ASKED | EMPTY_OK, TELLS(assignment_ask, effective)),
	F_STR(assignment_ask, include_names, 16, ASKED | EMPTY_OK,
	      TELLS(assignment_ask, include_names)),
	F_STR(assignment_ask, include_subtree, 16, ASKED | EMPTY_OK,
	      TELLS(assignment_ask, include_subtree)),
	F_END
};
static const struct field assignment_list_wire[] = { F_VIEW("role_assignments", write_assignments),
						     F_VIEW("links", assignment_list_links),
						     F_END };

ACT(assignment_all, assignment_ask, assignment_list)
ACT(grant_put, key, nothing)
ACT(grant_check, key, nothing)
ACT(grant_drop, key, nothing)
ACT(grant_list, key, role_rows)
ACT(heritage_put, key, nothing)
ACT(heritage_check, key, nothing)
ACT(heritage_drop, key, nothing)
ACT(heritage_list, key, role_rows)

#define MANAGE "identity.assignment.manage"
#define LIST "identity.assignment.list"

/* The same five below each place and kind of actor. */
#define GRANT_ROUTES(at, verb, what)                                                               \
	ROUTE("PUT", at "/roles/{role_id}" what, MANAGE, 0, verb##_put, key, nothing,              \
	      .success = 204, .name = "identity.role.grant", .help = "Gives a role."),             \
		ROUTE("HEAD", at "/roles/{role_id}" what, LIST, 0, verb##_check, key, nothing,     \
		      .flags = ROUTE_READS, .success = 204, .name = "identity.role.grant.check",   \
		      .help = "Tells whether a role is given."),                                   \
		ROUTE("GET", at "/roles/{role_id}" what, LIST, 0, verb##_check, key, nothing,      \
		      .flags = ROUTE_READS, .success = 204, .name = "identity.role.grant.check",   \
		      .help = "Tells whether a role is given."),                                   \
		ROUTE("DELETE", at "/roles/{role_id}" what, MANAGE, 0, verb##_drop, key, nothing,  \
		      .success = 204, .name = "identity.role.revoke",                              \
		      .help = "Takes a role back."),                                               \
		ROUTE("GET", at "/roles" what, LIST, 0, verb##_list, key, role_rows,               \
		      .flags = ROUTE_READS, .success = 200, .name = "identity.role.grants",        \
		      .help = "Lists the roles that are given.")

const struct route identity_assignment_routes[] = {
	ROUTE("GET", "/v3/role_assignments", LIST, 0, assignment_all, assignment_ask,
	      assignment_list, .flags = ROUTE_READS, .success = 200,
	      .name = "identity.assignment.list", .help = "Lists who holds which role on what."),
	GRANT_ROUTES("/v3/projects/{project_id}/users/{user_id}", grant, ""),
	GRANT_ROUTES("/v3/projects/{project_id}/groups/{group_id}", grant, ""),
	GRANT_ROUTES("/v3/domains/{domain_id}/users/{user_id}", grant, ""),
	GRANT_ROUTES("/v3/domains/{domain_id}/groups/{group_id}", grant, ""),
	GRANT_ROUTES("/v3/system/users/{user_id}", grant, ""),
	GRANT_ROUTES("/v3/system/groups/{group_id}", grant, ""),
	GRANT_ROUTES("/v3/OS-INHERIT/projects/{project_id}/users/{user_id}", heritage,
		     "/inherited_to_projects"),
	GRANT_ROUTES("/v3/OS-INHERIT/projects/{project_id}/groups/{group_id}", heritage,
		     "/inherited_to_projects"),
	GRANT_ROUTES("/v3/OS-INHERIT/domains/{domain_id}/users/{user_id}", heritage,
		     "/inherited_to_projects"),
	GRANT_ROUTES("/v3/OS-INHERIT/domains/{domain_id}/groups/{group_id}", heritage,
		     "/inherited_to_projects"),
	{ 0 }
};
