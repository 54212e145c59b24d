/* SPDX-License-Identifier: Apache-2.0 */
/* Nova v2.1, flavors: wire shapes and routes. */
#include <jansson.h>
#include "cloud/compute/compute_http.h"

/* Nova says "no swap" with an empty text until 2.75. */
static void write_swap(struct call *c, struct json_out *j, const void *obj)
{
	const struct flavor *f = obj;
	(void)c;
	if (f->swap)
		json_int(j, f->swap);
	else
		json_str(j, "");
}

static void write_false(struct call *c, struct json_out *j, const void *obj)
{
	(void)c;
	(void)obj;
	json_bool(j, false);
}

static void write_flavor_links(struct call *c, struct json_out *j, const void *obj)
{
	compute_write_links(c, j, "flavors", ((const struct flavor *)obj)->id);
}

static const struct field flavor_wire[] = {
	F_STR(flavor, id, 0, 0),
	F_STR(flavor, name, 0, 0),
	F_INT(flavor, vcpus, 0, 0, 0),
	F_INT(flavor, ram, 0, 0, 0),
	F_INT(flavor, disk, 0, 0, 0),
	F_VIEW("swap", write_swap),
	F_INT_AS("OS-FLV-EXT-DATA:ephemeral", flavor, ephemeral, 0, 0, 0),
	F_VIEW("OS-FLV-DISABLED:disabled", write_false),
	F_BOOL_AS("os-flavor-access:is_public", flavor, is_public, 0),
	F_REAL(flavor, rxtx_factor, 0),
	F_VIEW("links", write_flavor_links),
	F_STR(flavor, description, 0, NULLABLE, SINCE(2, 55)),
	F_MAP(flavor, extra_specs, 0, 0, SINCE(2, 61)),
	F_END,
};
static const struct field flavor_brief_wire[] = {
	F_STR(flavor, id, 0, 0),
	F_STR(flavor, name, 0, 0),
	F_VIEW("links", write_flavor_links),
	F_STR(flavor, description, 0, NULLABLE, SINCE(2, 55)),
	F_END,
};
static const struct field flavor_page_wire[] = {
	F_LIST(flavor_page, flavors, flavor, flavor_wire, 0, 0),
	F_NEXT(flavor_page, next),
	F_END,
};
static const struct field flavor_names_wire[] = {
	F_LIST(flavor_page, flavors, flavor, flavor_brief_wire, 0, 0),
	F_NEXT(flavor_page, next),
	F_END,
};

static const struct field flavor_key_wire[] = { F_STR(flavor_key, flavor_id, 255, FROM_PATH),
						F_END };
/* Old clients count flavors: a number is as good as its text. */
static enum status read_flavor_id(struct call *c, void *obj, const json_t *value)
{
	struct flavor_create *in = obj;
	const char *text = json_string_value(value);
	if (json_is_integer(value))
		text = arena_printf(c->arena, "%lld", (long long)json_integer_value(value));
	if (!text && !json_is_null(value))
		return fail(c, ST_BAD_INPUT, "id", "id is a text, a number or null");
	if (text && (!*text ||
		     strspn(text, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
				  "0123456789-_. ") != strlen(text) ||
		     strlen(text) > 255))
		return fail(c, ST_BAD_INPUT, "id",
			    "id has 1 to 255 letters, digits, spaces and -_.");
	in->id = text ? arena_strdup(c->arena, text) : NULL;
	return ST_OK;
}

static const struct field flavor_create_wire[] = {
	F_ANY("id", FIELD_VIEW, 0, OPT, .read = read_flavor_id),
	F_STR(flavor_create, name, 255, 0),
	F_STR(flavor_create, description, 65535, OPT | NULLABLE, SINCE(2, 55)),
	F_INT(flavor_create, vcpus, 1, INT32_MAX, LOOSE),
	F_INT(flavor_create, ram, 1, INT32_MAX, LOOSE),
	F_INT(flavor_create, disk, 0, INT32_MAX, LOOSE),
	F_INT_AS("OS-FLV-EXT-DATA:ephemeral", flavor_create, ephemeral, 0, INT32_MAX, OPT | LOOSE),
	F_INT(flavor_create, swap, 0, INT32_MAX, OPT | LOOSE),
	F_REAL(flavor_create, rxtx_factor, OPT | LOOSE, TELLS(flavor_create, rxtx_factor)),
	F_BOOL_AS("os-flavor-access:is_public", flavor_create, is_public, OPT | LOOSE,
		  TELLS(flavor_create, is_public)),
	F_END,
};
static const struct field flavor_list_wire[] = {
	F_STR(flavor_list, is_public, 5, OPT | FROM_QUERY),
	F_INT(flavor_list, minDisk, 0, INT32_MAX, OPT | FROM_QUERY),
	F_INT(flavor_list, minRam, 0, INT32_MAX, OPT | FROM_QUERY),
	F_INT(flavor_list, limit, 0, INT64_MAX, OPT | FROM_QUERY, TELLS(flavor_list, limit)),
	F_STR(flavor_list, marker, 255, OPT | FROM_QUERY),
	F_STR(flavor_list, sort_key, 64, OPT | FROM_QUERY),
	F_STR(flavor_list, sort_dir, 4, OPT | FROM_QUERY),
	F_END,
};
static const struct field flavor_describe_wire[] = {
	F_STR(flavor_describe, flavor_id, 255, FROM_PATH),
	F_STR(flavor_describe, description, 65535, NULLABLE),
	F_END,
};

static const struct field flavor_specs_wire[] = {
	F_STR(flavor_specs, flavor_id, 255, FROM_PATH | WRITE_ONLY),
	F_MAP(flavor_specs, extra_specs, 128, 0),
	F_END,
};
static const struct field flavor_spec_wire[] = {
	F_STR(flavor_spec, flavor_id, 255, FROM_PATH),
	F_STR(flavor_spec, key, 255, FROM_PATH),
	F_END,
};
static const struct field flavor_spec_put_wire[] = {
	F_STR(flavor_spec, flavor_id, 255, FROM_PATH),
	F_STR(flavor_spec, key, 255, FROM_PATH),
	F_ANY("*", FIELD_REST, FIELD_AT(flavor_spec, body_text, const char *), OPT, .max = 4096),
	F_END,
};
/* The members of a small object, all texts. */
static enum status map_from_text(struct call *c, const char *text, struct map *out)
{
	struct specs_body {
		struct map specs;
	};
	static const struct field body_wire[] = { F_MAP(specs_body, specs, 128, 0), F_END };
	struct specs_body body = { 0 };
	const char *whole = arena_printf(c->arena, "{\"specs\":%s}", text ? text : "{}");
	enum status st = shape_read_json(c, body_wire, NULL, whole, strlen(whole), &body);
	*out = body.specs;
	return st;
}

/* {KEY: VALUE} */
struct one_spec {
	const char *rest;
};
static const struct field one_spec_wire[] = { F_REST(one_spec, rest, 1 << 16), F_END };

static const char *spec_text(struct call *c, const struct map_pair *pair)
{
	const struct map one = { (struct map_pair *)pair, 1 };
	return map_to_json(c->arena, &one);
}

static enum status spec_show(struct call *c, const struct flavor_spec *in, struct one_spec *out)
{
	struct map_pair pair;
	enum status st = flavor_spec_show(c, in, &pair);
	if (!st)
		out->rest = spec_text(c, &pair);
	return st;
}

static enum status spec_put(struct call *c, const struct flavor_spec *in, struct one_spec *out)
{
	struct flavor_specs specs = { .flavor_id = in->flavor_id }, all;
	enum status st = map_from_text(c, in->body_text, &specs.extra_specs);
	if (st)
		return st;
	if (specs.extra_specs.count != 1 || !str_eq(specs.extra_specs.list[0].name, in->key))
		return fail(c, ST_BAD_INPUT, "key", "the body is {\"%.60s\": its value}", in->key);
	st = flavor_specs_add(c, &specs, &all);
	if (!st)
		out->rest = spec_text(c, &specs.extra_specs.list[0]);
	return st;
}

static const struct field flavor_grant_wire[] = {
	F_STR(flavor_grant, flavor_id, 255, FROM_PATH),
	F_STR(flavor_grant, tenant, 255, 0),
	F_END,
};
static const struct field flavor_access_wire[] = {
	F_STR(flavor_access, flavor_id, 0, 0),
	F_STR(flavor_access, tenant_id, 0, 0),
	F_END,
};
static const struct field flavor_accesses_wire[] = {
	F_LIST(flavor_accesses, flavor_access, flavor_access, flavor_access_wire, 0, 0),
	F_END,
};

ACT(flavor_create, flavor_create, flavor)
ACT(flavor_show, flavor_key, flavor)
ACT(flavor_list, flavor_list, flavor_page)
ACT(flavor_delete, flavor_key, nothing)
ACT(flavor_describe, flavor_describe, flavor)
ACT(flavor_specs_show, flavor_key, flavor_specs)
ACT(flavor_specs_add, flavor_specs, flavor_specs)
ACT(spec_show, flavor_spec, one_spec)
ACT(spec_put, flavor_spec, one_spec)
ACT(flavor_spec_drop, flavor_spec, nothing)
ACT(flavor_grant, flavor_grant, flavor_accesses)
ACT(flavor_revoke, flavor_grant, flavor_accesses)
ACT(flavor_access_show, flavor_key, flavor_accesses)

#define FLAVORS "/v2.1/flavors"
#define FLAVOR FLAVORS "/{flavor_id}"

const struct route compute_flavor_routes[] = {
	{ .method = "GET",
	  .path = FLAVORS,
	  .may = FLAVOR_READ,
	  .scopes = 0,
	  .act = flavor_list_act,
	  .in = flavor_list_wire,
	  .in_size = sizeof(struct flavor_list),
	  .out = flavor_names_wire,
	  .out_size = sizeof(struct flavor_page),
	  .name = "compute.flavor.list",
	  .flags = ROUTE_READS,
	  .success = 200,
	  .help = "The flavors that one may use, by name" },
	ROUTE("GET", FLAVORS "/detail", FLAVOR_READ, 0, flavor_list, flavor_list, flavor_page,
	      .name = "compute.flavor.detail", .flags = ROUTE_READS, .success = 200,
	      .help = "The flavors that one may use"),
	ROUTE("POST", FLAVORS, FLAVOR_WRITE, SCOPES, flavor_create, flavor_create, flavor,
	      .name = "compute.flavor.create", .success = 200, .in_wrap = "flavor",
	      .out_wrap = "flavor", .help = "Make a flavor"),
	ROUTE("GET", FLAVOR, FLAVOR_READ, 0, flavor_show, flavor_key, flavor,
	      .name = "compute.flavor.show", .flags = ROUTE_READS, .success = 200,
	      .out_wrap = "flavor", .help = "One flavor"),
	ROUTE("PUT", FLAVOR, FLAVOR_WRITE, SCOPES, flavor_describe, flavor_describe, flavor,
	      .name = "compute.flavor.update", .success = 200, .in_wrap = "flavor",
	      .out_wrap = "flavor", .since = NOVA(2, 55), .help = "Change what is said of it"),
	ROUTE("DELETE", FLAVOR, FLAVOR_WRITE, SCOPES, flavor_delete, flavor_key, nothing,
	      .name = "compute.flavor.delete", .success = 202,
	      .help = "Remove it; its servers stay as they are"),
	ROUTE("GET", FLAVOR "/os-extra_specs", FLAVOR_READ, 0, flavor_specs_show, flavor_key,
	      flavor_specs, .name = "compute.flavor.spec.list", .flags = ROUTE_READS,
	      .success = 200, .help = "Its extra specs"),
	ROUTE("POST", FLAVOR "/os-extra_specs", FLAVOR_WRITE, SCOPES, flavor_specs_add,
	      flavor_specs, flavor_specs, .name = "compute.flavor.spec.add", .success = 200,
	      .help = "Add extra specs"),
	ROUTE("GET", FLAVOR "/os-extra_specs/{key}", FLAVOR_READ, 0, spec_show, flavor_spec,
	      one_spec, .name = "compute.flavor.spec.show", .flags = ROUTE_READS, .success = 200,
	      .help = "One extra spec"),
	{ .method = "PUT",
	  .path = FLAVOR "/os-extra_specs/{key}",
	  .may = FLAVOR_WRITE,
	  .scopes = SCOPES,
	  .act = spec_put_act,
	  .in = flavor_spec_put_wire,
	  .in_size = sizeof(struct flavor_spec),
	  .out = one_spec_wire,
	  .out_size = sizeof(struct one_spec),
	  .name = "compute.flavor.spec.put",
	  .success = 200,
	  .help = "Set one extra spec" },
	ROUTE("DELETE", FLAVOR "/os-extra_specs/{key}", FLAVOR_WRITE, SCOPES, flavor_spec_drop,
	      flavor_spec, nothing, .name = "compute.flavor.spec.drop", .success = 200,
	      .help = "Remove an extra spec"),
	ROUTE("GET", FLAVOR "/os-flavor-access", FLAVOR_WRITE, SCOPES, flavor_access_show,
	      flavor_key, flavor_accesses, .name = "compute.flavor.access.list",
	      .flags = ROUTE_READS, .success = 200, .help = "Which VDCs may use it"),
	ROUTE("POST", FLAVOR "/action", FLAVOR_WRITE, SCOPES, flavor_grant, flavor_grant,
	      flavor_accesses, .name = "compute.flavor.access.add", .success = 200,
	      .action = "addTenantAccess", .in_wrap = "addTenantAccess",
	      .help = "Let a VDC use it"),
	ROUTE("POST", FLAVOR "/action", FLAVOR_WRITE, SCOPES, flavor_revoke, flavor_grant,
	      flavor_accesses, .name = "compute.flavor.access.remove", .success = 200,
	      .action = "removeTenantAccess", .in_wrap = "removeTenantAccess",
	      .help = "Let a VDC use it no more"),
	{ 0 },
};
