/* SPDX-License-Identifier: Apache-2.0 */
/* What of Keystone's API is spoken here: clients ask this first. */
#include "door/identity/identity_private.h"

/* The newest version whose calls are all answered. */
#define VERSION "v3.14"
#define UPDATED "2020-04-07T00:00:00Z"

static void write_version(struct call *c, struct json_out *j)
{
	json_object_begin(j);
	json_put_str(j, "id", VERSION);
	json_put_str(j, "status", "stable");
	json_put_str(j, "updated", UPDATED);
	json_key(j, "links");
	json_array_begin(j);
	json_object_begin(j);
	json_put_str(j, "rel", "self");
	json_put_str(j, "href", arena_printf(c->arena, "%s" KEYSTONE, c->base_url));
	json_object_end(j);
	json_array_end(j);
	json_key(j, "media-types");
	json_array_begin(j);
	json_object_begin(j);
	json_put_str(j, "base", "application/json");
	json_put_str(j, "type", "application/vnd.openstack.identity-v3+json");
	json_object_end(j);
	json_array_end(j);
	json_object_end(j);
}

static void write_one(struct call *c, struct json_out *j, const void *obj)
{
	(void)obj;
	write_version(c, j);
}

static void write_all(struct call *c, struct json_out *j, const void *obj)
{
	(void)obj;
	json_object_begin(j);
	json_key(j, "values");
	json_array_begin(j);
	write_version(c, j);
	json_array_end(j);
	json_object_end(j);
}

static const struct field version_wire[] = { F_VIEW("version", write_one), F_END };
static const struct field versions_wire[] = { F_VIEW("versions", write_all), F_END };

const struct route identity_version_routes[] = { { .method = "GET",
						   .path = "/",
						   .may = MAY_ANYONE,
						   .in = nothing_wire,
						   .in_size = sizeof(struct nothing),
						   .out = versions_wire,
						   .out_size = sizeof(struct nothing),
						   .flags = ROUTE_READS,
						   .success = 300,
						   .name = "identity.versions",
						   .help = "Lists the versions of this API." },
						 { .method = "GET",
						   .path = "/v3",
						   .may = MAY_ANYONE,
						   .in = nothing_wire,
						   .in_size = sizeof(struct nothing),
						   .out = version_wire,
						   .out_size = sizeof(struct nothing),
						   .flags = ROUTE_READS,
						   .success = 200,
						   .name = "identity.version",
						   .help = "Shows this version of the API." },
						 { 0 } };
