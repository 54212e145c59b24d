/* SPDX-License-Identifier: Apache-2.0 */
/* Shapes and routes of roles, what they imply, and who holds them. */
#include "door/identity/identity_roles.h"

LINKS_OF(role_row, id, "roles")
LINKS_OF_LIST(inference_list, "role_inferences")

static void role_rows_links(struct call *c, struct json_out *j, const void *obj)
{
	write_list_links(c, j, ((const struct role_rows *)obj)->collection);
}

#define MAY_BE_NULL (OPT | NULLABLE | EMPTY_OK)

const struct field role_wire[] = { F_STR(role_row, id, 0, 0),
				   F_STR(role_row, name, 0, 0),
				   F_STR(role_row, domain_id, 0, NULLABLE),
				   F_STR(role_row, description, 0, NULLABLE | EMPTY_OK),
				   F_JSON(role_row, options, 0, 0),
				   F_VIEW("links", role_row_link),
				   F_REST(role_row, extra, 0),
				   F_END };
static const struct field role_create_wire[] = { F_STR(role_row, name, 255, 0),
						 F_STR(role_row, domain_id, 64, OPT | NULLABLE),
						 F_STR(role_row, description, 4096, MAY_BE_NULL),
						 F_JSON(role_row, options, 16384, OPT),
						 F_REST(role_row, extra, 65536),
						 F_END };
static const struct field role_change_wire[] = {
	F_STR(role_row, id, 255, FROM_PATH),
	F_STR(role_row, name, 255, OPT, TELLS(role_row, name)),
	F_STR(role_row, description, 4096, MAY_BE_NULL, TELLS(role_row, description)),
	F_JSON(role_row, options, 16384, OPT, TELLS(role_row, options)),
	F_REST(role_row, extra, 65536),
	F_END
};
static const struct field role_ask_wire[] = {
	F_STR(role_ask, name, 255, OPT | FROM_QUERY | EMPTY_OK, TELLS(role_ask, name)),
	F_STR(role_ask, domain_id, 255, OPT | FROM_QUERY, TELLS(role_ask, domain_id)), F_END
};
const struct field role_rows_wire[] = { F_LIST(role_rows, roles, role_row, role_wire, 0, 0),
					F_VIEW("links", role_rows_links), F_END };

/* --- implications --- */

static void write_role(struct call *c, struct json_out *j, const struct role_row *r)
{
	json_object_begin(j);
	json_put_str(j, "id", r->id);
	json_put_str(j, "name", r->name);
	json_put_str(j, "domain_id", r->domain_id);
	json_put_str(j, "description", r->description);
	json_key(j, "links");
	write_self_link(c, j, "roles", r->id);
	json_object_end(j);
}

static void write_inference(struct call *c, struct json_out *j, const void *obj)
{
	const struct inference *o = obj;

	json_object_begin(j);
	json_key(j, "prior_role");
	write_role(c, j, &o->prior);
	json_key(j, "implies");
	if (o->one) {
		write_role(c, j, o->implies);
	} else {
		json_array_begin(j);
		for (size_t i = 0; i < o->implies_count; i++)
			write_role(c, j, &o->implies[i]);
		json_array_end(j);
	}
	json_object_end(j);
}

static void write_inferences(struct call *c, struct json_out *j, const void *obj)
{
	const struct inference_list *o = obj;

	json_array_begin(j);
	for (size_t i = 0; i < o->count; i++)
		write_inference(c, j, &o->list[i]);
	json_array_end(j);
}

static void inference_links(struct call *c, struct json_out *j, const void *obj)
{
	const struct inference *o = obj;

	write_self_link(c, j, "roles",
			o->one ? arena_printf(c->arena, "%s/implies/%s", o->prior.id,
					      o->implies->id)
			       : arena_printf(c->arena, "%s/implies", o->prior.id));
}
static const struct field inference_wire[] = { F_VIEW("role_inference", write_inference),
					       F_VIEW("links", inference_links), F_END };
static const struct field inference_list_wire[] = { F_VIEW("role_inferences", write_inferences),
						    F_VIEW("links", inference_list_links), F_END };

ACT(role_create, role_row, role_row)
ACT(role_change, role_row, role_row)
ACT(role_delete, key, nothing)
ACT(role_show, key, role_row)
ACT(role_all, role_ask, role_rows)
ACT(inference_add, key, inference)
ACT(inference_show, key, inference)
ACT(inference_drop, key, nothing)
ACT(inference_of, key, inference)
ACT(inference_all, nothing, inference_list)

#define MANAGE "identity.role.manage"
#define LIST "identity.role.list"

const struct route identity_role_routes[] = {
	ROUTE_SHAPED("POST", "/v3/roles", MANAGE, role_create, role_row, role_create_wire, role_row,
		     role_wire, .in_wrap = "role", .out_wrap = "role", .success = 201,
		     .name = "identity.role.create", .help = "Makes a role."),
	ROUTE("GET", "/v3/roles", LIST, 0, role_all, role_ask, role_rows, .flags = ROUTE_READS,
	      .success = 200, .name = "identity.role.list", .help = "Lists roles."),
	ROUTE_SHAPED("GET", "/v3/roles/{id}", LIST, role_show, key, key_wire, role_row, role_wire,
		     .out_wrap = "role", .flags = ROUTE_READS, .success = 200,
		     .name = "identity.role.show", .help = "Shows a role."),
	ROUTE_SHAPED("PATCH", "/v3/roles/{id}", MANAGE, role_change, role_row, role_change_wire,
		     role_row, role_wire, .in_wrap = "role", .out_wrap = "role", .success = 200,
		     .name = "identity.role.change", .help = "Changes a role."),
	ROUTE("DELETE", "/v3/roles/{id}", MANAGE, 0, role_delete, key, nothing, .success = 204,
	      .name = "identity.role.delete", .help = "Removes a role."),
	ROUTE("GET", "/v3/roles/{id}/implies", LIST, 0, inference_of, key, inference,
	      .flags = ROUTE_READS, .success = 200, .name = "identity.role.implies",
	      .help = "Lists what a role implies directly."),
	ROUTE("PUT", "/v3/roles/{id}/implies/{implied_id}", MANAGE, 0, inference_add, key,
	      inference, .success = 201, .name = "identity.role.implies.add",
	      .help = "Lets one role imply another."),
	ROUTE("GET", "/v3/roles/{id}/implies/{implied_id}", LIST, 0, inference_show, key, inference,
	      .flags = ROUTE_READS, .success = 200, .name = "identity.role.implies.show",
	      .help = "Shows that one role implies another."),
	ROUTE("HEAD", "/v3/roles/{id}/implies/{implied_id}", LIST, 0, inference_show, key,
	      inference, .flags = ROUTE_READS | ROUTE_NO_BODY, .success = 204,
	      .name = "identity.role.implies.check",
	      .help = "Tells whether one role implies another."),
	ROUTE("DELETE", "/v3/roles/{id}/implies/{implied_id}", MANAGE, 0, inference_drop, key,
	      nothing, .success = 204, .name = "identity.role.implies.remove",
	      .help = "Ends that one role implies another."),
	ROUTE("GET", "/v3/role_inferences", LIST, 0, inference_all, nothing, inference_list,
	      .flags = ROUTE_READS, .success = 200, .name = "identity.role.inferences",
	      .help = "Lists all implications."),
	{ 0 }
};
