/* SPDX-License-Identifier: Apache-2.0 */
/* Neutron v2.0 as routes, and the way in which it writes errors and links. */
#include <ctype.h>
#include "cloud/network/network_route.h"
#include "cloud/network/network_router.h"
#include "cloud/network/network_security.h"
#include "cloud/network/network_subnetpool.h"
#include "door/permission.h"

/* --- dialect --- */

/* The word that clients match on: the act's own when it named one, else one for the status. */
static const char *error_type(const struct call *c, enum status st)
{
	if (c->problem_at && isupper((unsigned char)c->problem_at[0]))
		return c->problem_at;
	switch (st) {
	case ST_BAD_INPUT: return "HTTPBadRequest";
	case ST_SIGNED_OUT: return "HTTPUnauthorized";
	case ST_FORBIDDEN: return "HTTPForbidden";
	case ST_NOT_FOUND: return "HTTPNotFound";
	case ST_NOT_ALLOWED: return "HTTPMethodNotAllowed";
	case ST_CONFLICT: return "HTTPConflict";
	case ST_NOT_OFFERED: return "NotImplemented";
	case ST_RETRY:
	case ST_AWAY: return "HTTPServiceUnavailable";
	default: return status_http(st) >= 500 ? "HTTPInternalServerError" : "HTTPClientError";
	}
}

static void write_error(struct call *c, enum status st, struct json_out *j)
{
	json_key(j, "NeutronError");
	json_object_begin(j);
	json_put_str(j, "type", error_type(c, st));
	json_put_str(j, "message", c->problem);
	json_put_str(j, "detail", "");
	json_object_end(j);
}

/* The query as it was, with another marker. */
static const char *query_after(struct call *c, const char *query, const char *marker)
{
	struct buf b = { .arena = c->arena };

	for (const char *p = query; *p;) {
		size_t size = strcspn(p, "&");
		if (size && strncmp(p, "marker=", 7) != 0) {
			buf_add(&b, p, size);
			buf_char(&b, '&');
		}
		p += size + (p[size] == '&');
	}
	buf_printf(&b, "marker=%s", marker);
	return buf_text(&b);
}

static void write_next(struct call *c, const struct http_request *rq, const struct route *r,
		       const char *marker, struct json_out *j)
{
	const char *collection = strrchr(r->path, '/') + 1;

	if (!marker)
		return;
	json_key(j, arena_printf(c->arena, "%s_links", collection));
	json_array_begin(j);
	json_object_begin(j);
	json_put_str(j, "rel", "next");
	json_put_str(j, "href",
		     arena_printf(c->arena, "%s%s?%s", c->base_url, rq->path,
				  query_after(c, rq->query, marker)));
	json_object_end(j);
	json_array_end(j);
}

static const struct dialect neutron = {
	.name = "neutron",
	.prefix = "/network",
	.time_style = TIME_Z,
	.write_error = write_error,
	.write_next = write_next,
};

/* --- versions --- */

static void write_links(struct call *c, struct json_out *j, const char *path)
{
	json_key(j, "links");
	json_array_begin(j);
	json_object_begin(j);
	json_put_str(j, "rel", "self");
	json_put_str(j, "href", arena_printf(c->arena, "%s/network/v2.0/%s", c->base_url, path));
	json_object_end(j);
	json_array_end(j);
}

static void write_versions(struct call *c, struct json_out *j, const void *obj)
{
	(void)obj;
	json_array_begin(j);
	json_object_begin(j);
	json_put_str(j, "id", "v2.0");
	json_put_str(j, "status", "CURRENT");
	write_links(c, j, "");
	json_object_end(j);
	json_array_end(j);
}

static void write_resources(struct call *c, struct json_out *j, const void *obj)
{
	static const char *const resources[] = { "network",
						 "subnet",
						 "port",
						 "router",
						 "floatingip",
						 "security-group",
						 "security-group-rule",
						 "subnetpool",
						 "quota",
						 "extension",
						 "service-provider",
						 NULL };

	(void)obj;
	json_array_begin(j);
	for (const char *const *name = resources; *name; name++) {
		const char *collection = arena_printf(c->arena, "%ss", *name);
		json_object_begin(j);
		json_put_str(j, "name", *name);
		json_put_str(j, "collection", collection);
		write_links(c, j, collection);
		json_object_end(j);
	}
	json_array_end(j);
}

static const struct field versions_wire[] = { F_VIEW("versions", write_versions), F_END };
static const struct field resources_wire[] = { F_VIEW("resources", write_resources), F_END };

static void write_no_links(struct call *c, struct json_out *j, const void *obj)
{
	(void)c, (void)obj;
	json_array_begin(j);
	json_array_end(j);
}

static void write_updated(struct call *c, struct json_out *j, const void *obj)
{
	(void)c, (void)obj;
	json_str(j, "2026-11-01T00:00:00Z");
}

static const struct field extension_wire[] = {
	F_STR(extension, alias, 64, 0),        F_STR(extension, name, 255, 0),
	F_STR(extension, description, 255, 0), F_VIEW("updated", write_updated),
	F_VIEW("links", write_no_links),       F_END
};
static const struct field extensions_wire[] = {
	F_LIST(extensions, extensions, extension, extension_wire, 0, 0), F_END
};
static const struct field extension_key_wire[] = { F_STR(extension_ask, alias, 64, FROM_PATH),
						   F_END };

static const struct field tags_wire[] = { F_STRS(tags_of, tags, 0, 0), F_END };
static const struct field tags_key_wire[] = { F_WORD(tag_ask, kind, network_tag_kinds, FROM_PATH),
					      F_ID(tag_ask, id, FROM_PATH), F_END };
static const struct field tags_ask_wire[] = { F_WORD(tag_ask, kind, network_tag_kinds, FROM_PATH),
					      F_ID(tag_ask, id, FROM_PATH),
					      F_STRS(tag_ask, tags, TAGS_MAX, 0), F_END };
static const struct field tag_key_wire[] = { F_WORD(tag_ask, kind, network_tag_kinds, FROM_PATH),
					     F_ID(tag_ask, id, FROM_PATH),
					     F_STR(tag_ask, tag, 255, FROM_PATH), F_END };
static const struct field tag_put_wire[] = { F_WORD(tag_ask, kind, network_tag_kinds, FROM_PATH),
					     F_ID(tag_ask, id, FROM_PATH),
					     F_STR(tag_ask, tag, 255, FROM_PATH),
					     F_BODY(tag_ask, body), F_END };

/* Who does what: all of it is the one driver's. */
static void write_providers(struct call *c, struct json_out *j, const void *obj)
{
	(void)c, (void)obj;
	json_array_begin(j);
	json_object_begin(j);
	json_put_str(j, "service_type", "L3_ROUTER_NAT");
	json_put_str(j, "name", network_driver_name());
	json_put_bool(j, "default", true);
	json_object_end(j);
	json_array_end(j);
}

/* OVN's controllers are no agents of Neutron's: there are none, for whoever asks. */
static void write_no_agents(struct call *c, struct json_out *j, const void *obj)
{
	(void)c, (void)obj;
	json_array_begin(j);
	json_array_end(j);
}
static const struct field agents_wire[] = { F_VIEW("agents", write_no_agents), F_END };
static const struct field providers_wire[] = { F_VIEW("service_providers", write_providers),
					       F_END };

static enum status network_no_agents(struct call *c, const struct network_list_ask *in,
				     struct nothing *out)
{
	(void)c, (void)in, (void)out;
	return ST_OK;
}

static enum status network_service_providers(struct call *c, const struct nothing *in,
					     struct nothing *out)
{
	(void)c, (void)in, (void)out;
	return ST_OK;
}

/* --- routes --- */

static enum status network_versions(struct call *c, const struct nothing *in, struct nothing *out)
{
	(void)c, (void)in, (void)out;
	return ST_OK;
}

ACT(network_versions, nothing, nothing)
ACT(network_extension_list, nothing, extensions)
ACT(network_extension_show, extension_ask, extension)
ACT(network_service_providers, nothing, nothing)
ACT(network_no_agents, network_list_ask, nothing)
ACT(network_create, network_create, network_made)
ACT(network_list, network_list_ask, network_page)
ACT(network_show, object_ask, network_shown)
ACT(network_update, network_ask, network)
ACT(network_delete, object_ask, nothing)
ACT(subnet_create, subnet_create, subnet_made)
ACT(subnet_list, network_list_ask, network_page)
ACT(subnet_show, object_ask, subnet_shown)
ACT(subnet_update, subnet_ask, subnet)
ACT(subnet_delete, object_ask, nothing)
ACT(port_create, port_create, port_made)
ACT(port_list, network_list_ask, network_page)
ACT(port_show, object_ask, port_shown)
ACT(port_update, port_ask, port)
ACT(port_delete, object_ask, nothing)
ACT(network_quota_list, nothing, network_quotas)
ACT(network_quota_show, network_quota_ask, network_quota)
ACT(network_quota_default, network_quota_ask, network_quota)
ACT(network_quota_details, network_quota_ask, network_quota_details)
ACT(network_quota_update, network_quota_ask, network_quota)
ACT(network_quota_reset, network_quota_ask, nothing)
ACT(network_tags_list, tag_ask, tags_of)
ACT(network_tag_check, tag_ask, nothing)
ACT(network_tags_replace, tag_ask, tags_of)
ACT(network_tag_add, tag_ask, nothing)
ACT(network_tag_remove, tag_ask, nothing)
ACT(network_tags_clear, tag_ask, nothing)

#define READS .success = 200, .flags = ROUTE_READS

#define CRUD(kind, one, many)                                                                      \
	NETWORK_VIA("POST", "/" many, "network." one ".create", kind##_create, kind##_create,      \
		    kind##_create_wire, kind##_made, kind##_made_wire,                             \
		    .name = "network." one ".create",                                              \
		    .help = "Makes a " one ", or several at once.", .success = 201),               \
		NETWORK_VIA("GET", "/" many, "network.read", kind##_list, network_list_ask,        \
			    network_list_ask_wire, network_page, kind##_page_wire,                 \
			    .name = "network." one ".list",                                        \
			    .help = "Lists the " many " that the asker may see.", READS),          \
		NETWORK_VIA("GET", "/" many "/{" one "_id}", "network.read", kind##_show,          \
			    object_ask, kind##_key_wire, kind##_shown, kind##_shown_wire,          \
			    .name = "network." one ".show", .help = "Shows a " one ".", READS),    \
		NETWORK_VIA("PUT", "/" many "/{" one "_id}", "network." one ".update",             \
			    kind##_update, kind##_ask, kind##_ask_wire, kind, kind##_wire,         \
			    .name = "network." one ".update", .help = "Changes a " one ".",        \
			    .in_wrap = one, .out_wrap = one, .success = 200),                      \
		NETWORK_VIA("DELETE", "/" many "/{" one "_id}", "network." one ".delete",          \
			    kind##_delete, object_ask, kind##_key_wire, nothing, nothing_wire,     \
			    .name = "network." one ".delete", .help = "Deletes a " one ".",        \
			    .success = 204)

static const struct route routes[] = {
	{ .method = "GET",
	  .path = "",
	  .may = MAY_ANYONE,
	  .act = network_versions_act,
	  .in = nothing_wire,
	  .out = versions_wire,
	  .name = "network.versions",
	  .help = "The versions of the network API.",
	  READS },
	NETWORK_VIA("GET", "", MAY_SIGNED_IN, network_versions, nothing, nothing_wire, nothing,
		    resources_wire, .name = "network.resources", .help = "What the API has.",
		    READS),
	NETWORK_VIA("GET", "/extensions", MAY_SIGNED_IN, network_extension_list, nothing,
		    nothing_wire, extensions, extensions_wire, .name = "network.extension.list",
		    .help = "What of Neutron's extensions is here.", READS),
	NETWORK_VIA("GET", "/extensions/{alias}", MAY_SIGNED_IN, network_extension_show,
		    extension_ask, extension_key_wire, extension, extension_wire,
		    .name = "network.extension.show", .help = "Shows an extension.",
		    .out_wrap = "extension", READS),

	NETWORK_VIA("GET", "/service-providers", MAY_SIGNED_IN, network_service_providers, nothing,
		    nothing_wire, nothing, providers_wire, .name = "network.service-provider.list",
		    .help = "Lists who routes.", READS),
	NETWORK_VIA("GET", "/agents", MAY_SIGNED_IN, network_no_agents, network_list_ask,
		    network_list_ask_wire, nothing, agents_wire, .name = "network.agent.list",
		    .help = "Lists Neutron's agents: OVN needs none, so the list is empty.", READS),

	CRUD(network, "network", "networks"),
	CRUD(subnet, "subnet", "subnets"),
	CRUD(port, "port", "ports"),

	NETWORK_VIA("GET", "/quotas", "network.quota.update", network_quota_list, nothing,
		    nothing_wire, network_quotas, network_quotas_wire, .name = "network.quota.list",
		    .help = "Lists the quotas that are not the preset ones.", READS),
	NETWORK_VIA("GET", "/quotas/{project_id}", "network.read", network_quota_show,
		    network_quota_ask, network_quota_key_wire, network_quota, network_quota_wire,
		    .name = "network.quota.show", .help = "Shows a project's quota.",
		    .out_wrap = "quota", READS),
	NETWORK_VIA("GET", "/quotas/{project_id}/default", "network.read", network_quota_default,
		    network_quota_ask, network_quota_key_wire, network_quota, network_quota_wire,
		    .name = "network.quota.default", .help = "Shows the preset quota.",
		    .out_wrap = "quota", READS),
	NETWORK_VIA("GET", "/quotas/{project_id}/details.json", "network.read",
		    network_quota_details, network_quota_ask, network_quota_key_wire,
		    network_quota_details, network_quota_details_wire,
		    .name = "network.quota.details", .help = "Shows what of a quota is used.",
		    .out_wrap = "quota", READS),
	NETWORK_VIA("GET", "/quotas/{project_id}/details", "network.read", network_quota_details,
		    network_quota_ask, network_quota_key_wire, network_quota_details,
		    network_quota_details_wire, .name = "network.quota.details",
		    .help = "Shows what of a quota is used.", .out_wrap = "quota", READS),
	NETWORK_VIA("PUT", "/quotas/{project_id}", "network.quota.update", network_quota_update,
		    network_quota_ask, network_quota_ask_wire, network_quota, network_quota_wire,
		    .name = "network.quota.update", .help = "Sets a project's quota.",
		    .in_wrap = "quota", .out_wrap = "quota", .success = 200),
	NETWORK_VIA("DELETE", "/quotas/{project_id}", "network.quota.update", network_quota_reset,
		    network_quota_ask, network_quota_key_wire, nothing, nothing_wire,
		    .name = "network.quota.reset",
		    .help = "Sets a project's quota to the preset one.", .success = 204),

	NETWORK_VIA("GET", "/{kind}/{id}/tags", "network.read", network_tags_list, tag_ask,
		    tags_key_wire, tags_of, tags_wire, .name = "network.tag.list",
		    .help = "Lists the tags of a thing.", READS),
	NETWORK_VIA("PUT", "/{kind}/{id}/tags", "network.tag.update", network_tags_replace, tag_ask,
		    tags_ask_wire, tags_of, tags_wire, .name = "network.tag.replace",
		    .help = "Replaces the tags of a thing.", .success = 200),
	NETWORK_VIA("DELETE", "/{kind}/{id}/tags", "network.tag.update", network_tags_clear,
		    tag_ask, tags_key_wire, nothing, nothing_wire, .name = "network.tag.clear",
		    .help = "Takes all tags off a thing.", .success = 204),
	NETWORK_VIA("GET", "/{kind}/{id}/tags/{tag}", "network.read", network_tag_check, tag_ask,
		    tag_key_wire, nothing, nothing_wire, .name = "network.tag.check",
		    .help = "Tells whether a thing has a tag.", .success = 204,
		    .flags = ROUTE_READS),
	NETWORK_VIA("PUT", "/{kind}/{id}/tags/{tag}", "network.tag.update", network_tag_add,
		    tag_ask, tag_put_wire, nothing, nothing_wire, .name = "network.tag.add",
		    .help = "Puts a tag on a thing.", .success = 201, .flags = ROUTE_OPTIONAL_BODY),
	NETWORK_VIA("DELETE", "/{kind}/{id}/tags/{tag}", "network.tag.update", network_tag_remove,
		    tag_ask, tag_key_wire, nothing, nothing_wire, .name = "network.tag.remove",
		    .help = "Takes a tag off a thing.", .success = 204),
	{ 0 },
};

const struct route_group network_routes[] = {
	{ &neutron, routes },
	{ &neutron, network_security_routes },
	{ &neutron, network_rule_routes },
	{ &neutron, network_router_routes },
	{ &neutron, network_interface_routes },
	{ &neutron, network_floating_routes },
	{ &neutron, network_subnetpool_routes },
	{ 0 },
};
