/* SPDX-License-Identifier: Apache-2.0 */
/* Shapes and routes of users and groups. */
#include "door/identity/identity_people.h"

LINKS_OF(user, id, "users")
LINKS_OF(group, id, "groups")

static void user_list_links(struct call *c, struct json_out *j, const void *obj)
{
	write_list_links(c, j, ((const struct user_list *)obj)->collection);
}

static void group_list_links(struct call *c, struct json_out *j, const void *obj)
{
	write_list_links(c, j, ((const struct group_list *)obj)->collection);
}

#define TEXT_MAX 4096
#define OPTIONS_MAX 16384
#define EXTRA_MAX 65536
#define MAY_BE_NULL (OPT | NULLABLE | EMPTY_OK)

const struct field user_wire[] = { F_STR(user, id, 0, 0),
				   F_STR(user, name, 0, 0),
				   F_STR(user, domain_id, 0, 0),
				   F_BOOL(user, enabled, 0),
				   F_STR(user, default_project_id, 0, NULLABLE | OMIT | EMPTY_OK),
				   F_STR(user, description, 0, NULLABLE | OMIT | EMPTY_OK),
				   F_STR(user, email, 0, NULLABLE | OMIT | EMPTY_OK),
				   F_TIME(user, password_expires_at, NULLABLE),
				   F_JSON(user, options, 0, 0),
				   F_VIEW("links", user_link),
				   F_REST(user, extra, 0),
				   F_END };
static const struct field user_create_wire[] = { F_STR(user, name, NAME_MAX_USER, 0),
						 F_STR(user, domain_id, 64, OPT | NULLABLE),
						 F_BOOL(user, enabled, OPT, TELLS(user, enabled)),
						 F_STR(user, default_project_id, 64, MAY_BE_NULL),
						 F_STR(user, description, TEXT_MAX, MAY_BE_NULL),
						 F_STR(user, email, 255, MAY_BE_NULL),
						 F_STR(user, password, 1024,
						       OPT | NULLABLE | SECRET),
						 F_JSON(user, options, OPTIONS_MAX, OPT),
						 F_REST(user, extra, EXTRA_MAX),
						 F_END };
static const struct field user_change_wire[] = {
	F_STR(user, id, 255, FROM_PATH),
	F_STR(user, name, NAME_MAX_USER, OPT, TELLS(user, name)),
	F_STR(user, domain_id, 64, OPT | NULLABLE),
	F_BOOL(user, enabled, OPT, TELLS(user, enabled)),
	F_STR(user, default_project_id, 64, MAY_BE_NULL, TELLS(user, default_project_id)),
	F_STR(user, description, TEXT_MAX, MAY_BE_NULL, TELLS(user, description)),
	F_STR(user, email, 255, MAY_BE_NULL, TELLS(user, email)),
	F_STR(user, password, 1024, OPT | NULLABLE | SECRET, TELLS(user, password)),
	F_JSON(user, options, OPTIONS_MAX, OPT, TELLS(user, options)),
	F_REST(user, extra, EXTRA_MAX),
	F_END
};
static const struct field user_ask_wire[] = {
	F_STR_AS("id", user_ask, group_id, 255, OPT | FROM_PATH),
	F_STR(user_ask, domain_id, 255, OPT | FROM_QUERY, TELLS(user_ask, domain_id)),
	F_STR(user_ask, name, 255, OPT | FROM_QUERY | EMPTY_OK, TELLS(user_ask, name)),
	F_BOOL(user_ask, enabled, OPT | FROM_QUERY | LOOSE, TELLS(user_ask, enabled)),
	F_STR(user_ask, password_expires_at, 64, OPT | FROM_QUERY,
	      TELLS(user_ask, password_expires_at)),
	F_END
};
static const struct field user_list_wire[] = { F_LIST(user_list, users, user, user_wire, 0, 0),
					       F_VIEW("links", user_list_links), F_END };
static const struct field password_change_wire[] = {
	F_STR(password_change, user_id, 255, FROM_PATH),
	F_STR(password_change, original_password, 1024, SECRET),
	F_STR(password_change, password, 1024, SECRET), F_END
};

const struct field group_wire[] = { F_STR(group, id, 0, 0),
				    F_STR(group, name, 0, 0),
				    F_STR(group, domain_id, 0, 0),
				    F_STR(group, description, 0, EMPTY_OK),
				    F_VIEW("links", group_link),
				    F_REST(group, extra, 0),
				    F_END };
static const struct field group_create_wire[] = { F_STR(group, name, 64, 0),
						  F_STR(group, domain_id, 64, OPT | NULLABLE),
						  F_STR(group, description, TEXT_MAX, MAY_BE_NULL),
						  F_REST(group, extra, EXTRA_MAX), F_END };
static const struct field group_change_wire[] = { F_STR(group, id, 255, FROM_PATH),
						  F_STR(group, name, 64, OPT, TELLS(group, name)),
						  F_STR(group, domain_id, 64, OPT | NULLABLE),
						  F_STR(group, description, TEXT_MAX, MAY_BE_NULL,
							TELLS(group, description)),
						  F_REST(group, extra, EXTRA_MAX),
						  F_END };
static const struct field group_ask_wire[] = {
	F_STR(group_ask, user_id, 255, OPT | FROM_PATH),
	F_STR(group_ask, domain_id, 255, OPT | FROM_QUERY, TELLS(group_ask, domain_id)),
	F_STR(group_ask, name, 255, OPT | FROM_QUERY | EMPTY_OK, TELLS(group_ask, name)), F_END
};
static const struct field group_list_wire[] = { F_LIST(group_list, groups, group, group_wire, 0, 0),
						F_VIEW("links", group_list_links), F_END };

static enum status prepare_user(struct call *c, void *in)
{
	return user_prepare(c, in);
}

static enum status prepare_password(struct call *c, void *in)
{
	return user_password_prepare(c, in);
}

ACT(user_create, user, user)
ACT(user_change, user, user)
ACT(user_delete, key, nothing)
ACT(user_show, key, user)
ACT(user_all, user_ask, user_list)
ACT(user_password, password_change, nothing)
ACT(group_create, group, group)
ACT(group_change, group, group)
ACT(group_delete, key, nothing)
ACT(group_show, key, group)
ACT(group_all, group_ask, group_list)
ACT(user_groups, group_ask, group_list)
ACT(group_users, user_ask, user_list)
ACT(member_add, key, nothing)
ACT(member_check, key, nothing)
ACT(member_remove, key, nothing)

#define MANAGE "identity.user.manage"
#define LIST "identity.user.list"

const struct route identity_user_routes[] = {
	ROUTE_SHAPED("POST", "/v3/users", MANAGE, user_create, user, user_create_wire, user,
		     user_wire, .in_wrap = "user", .out_wrap = "user", .success = 201,
		     .prepare = prepare_user, .name = "identity.user.create",
		     .help = "Makes a user."),
	ROUTE("GET", "/v3/users", LIST, 0, user_all, user_ask, user_list, .flags = ROUTE_READS,
	      .success = 200, .name = "identity.user.list", .help = "Lists users."),
	ROUTE("GET", "/v3/users/{id}", MAY_SIGNED_IN, 0, user_show, key, user, .out_wrap = "user",
	      .flags = ROUTE_READS, .success = 200, .name = "identity.user.show",
	      .help = "Shows a user."),
	ROUTE_SHAPED("PATCH", "/v3/users/{id}", MANAGE, user_change, user, user_change_wire, user,
		     user_wire, .in_wrap = "user", .out_wrap = "user", .success = 200,
		     .prepare = prepare_user, .name = "identity.user.change",
		     .help = "Changes a user."),
	ROUTE("DELETE", "/v3/users/{id}", MANAGE, 0, user_delete, key, nothing, .success = 204,
	      .name = "identity.user.delete", .help = "Removes a user."),
	ROUTE("POST", "/v3/users/{user_id}/password", MAY_ANYONE, 0, user_password, password_change,
	      nothing, .in_wrap = "user", .success = 204, .prepare = prepare_password,
	      .flags = ROUTE_UNFORCED, .name = "identity.user.password",
	      .help = "Changes one's own password, with the old one."),
	ROUTE("GET", "/v3/users/{user_id}/groups", MAY_SIGNED_IN, 0, user_groups, group_ask,
	      group_list, .flags = ROUTE_READS, .success = 200, .name = "identity.user.groups",
	      .help = "Lists the groups of a user."),
	ROUTE_SHAPED("POST", "/v3/groups", MANAGE, group_create, group, group_create_wire, group,
		     group_wire, .in_wrap = "group", .out_wrap = "group", .success = 201,
		     .name = "identity.group.create", .help = "Makes a group."),
	ROUTE("GET", "/v3/groups", LIST, 0, group_all, group_ask, group_list, .flags = ROUTE_READS,
	      .success = 200, .name = "identity.group.list", .help = "Lists groups."),
	ROUTE("GET", "/v3/groups/{id}", LIST, 0, group_show, key, group, .out_wrap = "group",
	      .flags = ROUTE_READS, .success = 200, .name = "identity.group.show",
	      .help = "Shows a group."),
	ROUTE_SHAPED("PATCH", "/v3/groups/{id}", MANAGE, group_change, group, group_change_wire,
		     group, group_wire, .in_wrap = "group", .out_wrap = "group", .success = 200,
		     .name = "identity.group.change", .help = "Changes a group."),
	ROUTE("DELETE", "/v3/groups/{id}", MANAGE, 0, group_delete, key, nothing, .success = 204,
	      .name = "identity.group.delete", .help = "Removes a group."),
	ROUTE("GET", "/v3/groups/{id}/users", LIST, 0, group_users, user_ask, user_list,
	      .flags = ROUTE_READS, .success = 200, .name = "identity.group.users",
	      .help = "Lists the users in a group."),
	ROUTE("PUT", "/v3/groups/{id}/users/{user_id}", MANAGE, 0, member_add, key, nothing,
	      .success = 204, .name = "identity.group.user.add",
	      .help = "Puts a user into a group."),
	ROUTE("HEAD", "/v3/groups/{id}/users/{user_id}", LIST, 0, member_check, key, nothing,
	      .flags = ROUTE_READS, .success = 204, .name = "identity.group.user.check",
	      .help = "Tells whether a user is in a group."),
	ROUTE("DELETE", "/v3/groups/{id}/users/{user_id}", MANAGE, 0, member_remove, key, nothing,
	      .success = 204, .name = "identity.group.user.remove",
	      .help = "Takes a user out of a group."),
	{ 0 }
};
