/* SPDX-License-Identifier: Apache-2.0 */
/* Nova v2.1: what is asked about servers, and the routes. How one is shown is compute_server_wire.c. */
#include <jansson.h>
#include "base/id.h"
#include "base/text.h"
#include "cloud/compute/compute_http.h"

/* --- what is asked --- */

const struct field server_key_wire[] = { F_STR(server_key, server_id, 255, FROM_PATH), F_END };

static const struct field server_network_wire[] = {
	F_ID(server_network, uuid, OPT),
	F_ID(server_network, port, OPT | NULLABLE),
	F_STR(server_network, fixed_ip, 45, OPT),
	F_STR(server_network, tag, 60, OPT, SINCE(2, 42)),
	F_END,
};

/* A list of networks and ports; since 2.37 also "auto" or "none". */
static enum status read_networks(struct call *c, void *obj, const json_t *value)
{
	struct server_create *in = obj;
	const char *word = json_string_value(value);
	in->networks_given = true;
	if (word && c->version >= NOVA(2, 37)) {
		in->networks_kind = str_eq(word, "none") ? NETWORKS_NONE : NETWORKS_AUTO;
		if (str_eq(word, "auto") || str_eq(word, "none"))
			return ST_OK;
	}
	if (json_is_null(value) && c->version < NOVA(2, 37))
		return ST_OK;
	size_t n = json_array_size(value);
	if (!json_is_array(value) || n > 64)
		return fail(c, ST_BAD_INPUT, "networks",
			    "networks is a list of at most 64 networks and ports%s",
			    c->version >= NOVA(2, 37) ? ", or 'auto' or 'none'" : "");
	in->networks = arena_array(c->arena, n + 1, sizeof(*in->networks));
	for (; in->networks_count < n; in->networks_count++) {
		struct server_network *at = &in->networks[in->networks_count];
		enum status st = shape_read_object(c, server_network_wire,
						   json_array_get(value, in->networks_count), at);
		if (st)
			return st;
		if (!at->uuid && !at->port)
			return fail(c, ST_BAD_INPUT, "networks",
				    "Bad networks format: neither a network nor a port is named");
	}
	return ST_OK;
}

/* [{"name": NAME OR ID}…], for the ports that are made. */
static enum status read_security_groups(struct call *c, void *obj, const json_t *value)
{
	struct server_create *in = obj;
	size_t n = json_array_size(value);
	if (!json_is_array(value) || n > 16)
		return fail(c, ST_BAD_INPUT, "security_groups",
			    "security_groups is a list of at most 16 security groups");
	in->security_groups.list = arena_array(c->arena, n + 1, sizeof(char *));
	for (size_t i = 0; i < n; i++) {
		const json_t *name = json_object_get(json_array_get(value, i), "name");
		const char *text = json_string_value(name);
		if (!text || !*text || strlen(text) > 255)
			return fail(c, ST_BAD_INPUT, "security_groups",
				    "each of security_groups has a name of 1 to 255 characters");
		bool twice = false;
		for (size_t k = 0; k < in->security_groups.count; k++)
			twice = twice || str_eq(in->security_groups.list[k], text);
		if (!twice)
			in->security_groups.list[in->security_groups.count++] =
				arena_strdup(c->arena, text);
	}
	return ST_OK;
}

enum status compute_refuse_member(struct call *c, void *obj, const json_t *value)
{
	(void)obj;
	/* What asks for nothing may stand there. */
	if (json_is_null(value) || (json_is_array(value) && !json_array_size(value)))
		return ST_OK;
	return fail(c, ST_NOT_OFFERED, NULL,
		    "volumes, injected files and certificates are not offered for servers yet");
}
#define F_REFUSED(n) F_ANY(n, FIELD_VIEW, 0, OPT, .read = compute_refuse_member)

static const struct field server_create_wire[] = {
	F_STR(server_create, name, 255, 0),
	F_STR(server_create, description, 255, OPT | NULLABLE, SINCE(2, 19)),
	F_STR(server_create, imageRef, 255, 0),
	F_STR(server_create, flavorRef, 255, 0),
	F_STR(server_create, key_name, 255, OPT | NULLABLE),
	F_STR(server_create, user_data, 65535, OPT | NULLABLE),
	F_STR(server_create, availability_zone, 255, OPT | NULLABLE),
	F_BOOL(server_create, config_drive, OPT | NULLABLE | LOOSE),
	F_MAP(server_create, metadata, 1024, OPT),
	F_STRS(server_create, tags, TAGS_MAX, OPT, SINCE(2, 52)),
	F_INT(server_create, min_count, 1, 100, OPT | LOOSE),
	F_INT(server_create, max_count, 1, 100, OPT | LOOSE),
	F_BOOL(server_create, return_reservation_id, OPT | LOOSE),
	F_WORD_AS("OS-DCF:diskConfig", server_create, disk_config, disk_configs, OPT,
		  TELLS(server_create, disk_config)),
	F_STR_AS("accessIPv4", server_create, access_v4, 45, OPT | EMPTY_OK),
	F_STR_AS("accessIPv6", server_create, access_v6, 45, OPT | EMPTY_OK),
	F_STR_AS("adminPass", server_create, admin_pass, 255, OPT | SECRET),
	F_ANY("networks", FIELD_VIEW, 0, OPT, .read = read_networks),
	F_REFUSED("block_device_mapping"),
	F_REFUSED("block_device_mapping_v2"),
	F_ANY("security_groups", FIELD_VIEW, 0, OPT, .read = read_security_groups),
	F_REFUSED("personality"),
	F_ANY("trusted_image_certificates", FIELD_VIEW, 0, OPT, .read = compute_refuse_member,
	      SINCE(2, 63)),
	F_STR(server_create, host, 255, OPT, .may = HOST_READ, SINCE(2, 74)),
	F_STR(server_create, hypervisor_hostname, 255, OPT, .may = HOST_READ, SINCE(2, 74)),
	F_END,
};

static const struct field server_update_wire[] = {
	F_STR(server_update, server_id, 255, FROM_PATH),
	F_STR(server_update, name, 255, OPT, TELLS(server_update, name)),
	F_STR_AS("accessIPv4", server_update, access_v4, 45, OPT | EMPTY_OK,
		 TELLS(server_update, access_v4)),
	F_STR_AS("accessIPv6", server_update, access_v6, 45, OPT | EMPTY_OK,
		 TELLS(server_update, access_v6)),
	F_WORD_AS("OS-DCF:diskConfig", server_update, disk_config, disk_configs, OPT,
		  TELLS(server_update, disk_config)),
	F_STR(server_update, description, 255, OPT | NULLABLE, TELLS(server_update, description),
	      SINCE(2, 19)),
	F_END,
};

static const struct field server_list_wire[] = {
	F_STR(server_list, name, 64, OPT | FROM_QUERY),
	F_STR(server_list, status, 255, OPT | FROM_QUERY),
	F_STR(server_list, vm_state, 255, OPT | FROM_QUERY),
	F_STR(server_list, flavor, 255, OPT | FROM_QUERY),
	F_STR(server_list, image, 255, OPT | FROM_QUERY),
	F_STR(server_list, host, 255, OPT | FROM_QUERY),
	F_STR(server_list, ip, 45, OPT | FROM_QUERY),
	F_STR(server_list, user_id, 255, OPT | FROM_QUERY),
	F_STR(server_list, project_id, 255, OPT | FROM_QUERY),
	F_STR(server_list, tenant_id, 255, OPT | FROM_QUERY),
	F_STR(server_list, reservation_id, 255, OPT | FROM_QUERY),
	F_STR(server_list, all_tenants, 255, OPT | FROM_QUERY | EMPTY_OK),
	F_STR_AS("changes-since", server_list, changes_since, 64, OPT | FROM_QUERY),
	F_STR_AS("changes-before", server_list, changes_before, 64, OPT | FROM_QUERY, SINCE(2, 66)),
	F_STR(server_list, tags, 4096, OPT | FROM_QUERY, SINCE(2, 26)),
	F_STR(server_list, marker, 255, OPT | FROM_QUERY),
	F_STR(server_list, sort_key, 64, OPT | FROM_QUERY),
	F_STR(server_list, sort_dir, 4, OPT | FROM_QUERY),
	F_INT(server_list, limit, 0, INT64_MAX, OPT | FROM_QUERY, TELLS(server_list, limit)),
	/* What Nova does not know in a query it passes over, until 2.75. */
	F_QUERY_REST(server_list, rest),
	F_END,
};

/* Beside "server": {"os:scheduler_hints": {"group": ID}}. */
struct create_body {
	struct server_create server;
};
static enum status read_hints(struct call *c, void *obj, const json_t *value)
{
	struct create_body *in = obj;
	const json_t *group = json_object_get(value, "group");
	if (group && (!json_is_string(group) || !id_valid(json_string_value(group))))
		return fail(c, ST_BAD_INPUT, "group", "group is the id of a server group");
	in->server.group = group ? arena_strdup(c->arena, json_string_value(group)) : NULL;
	return json_is_object(value)
		       ? ST_OK
		       : fail(c, ST_BAD_INPUT, "os:scheduler_hints", "hints are an object");
}
static const struct field create_body_wire[] = {
	F_OBJECT(create_body, server, server_create, server_create_wire, 0),
	F_ANY("os:scheduler_hints", FIELD_VIEW, 0, OPT, .read = read_hints),
	F_ANY("OS-SCH-HNT:scheduler_hints", FIELD_VIEW, 0, OPT, .read = read_hints),
	F_END,
};
static enum status create(struct call *c, const struct create_body *in, struct server_created *out)
{
	return server_create(c, &in->server, out);
}

/* --- routes --- */

ACT(create, create_body, server_created)
ACT(server_list, server_list, server_page)
ACT(server_show, server_key, server)
ACT(server_update, server_update, server)
ACT(server_delete, server_key, nothing)
ACT(server_notes_show, server_key, server_notes)
ACT(server_notes_add, server_notes, server_notes)
ACT(server_notes_replace, server_notes, server_notes)
ACT(server_note_show, server_note, server_note)
ACT(server_note_put, server_note, server_note)
ACT(server_note_drop, server_note, nothing)
ACT(server_tags_show, server_key, server_tags)
ACT(server_tags_replace, server_tags, server_tags)
ACT(server_tags_clear, server_key, nothing)
ACT(server_tag_show, server_tag, nothing)
ACT(server_tag_add, server_tag, tag_created)
ACT(server_tag_drop, server_tag, nothing)

static const struct field server_notes_wire[] = {
	F_STR(server_notes, server_id, 255, FROM_PATH | WRITE_ONLY),
	F_MAP(server_notes, metadata, 1024, 0),
	F_END,
};
static const struct field server_note_wire[] = {
	F_STR(server_note, server_id, 255, FROM_PATH | WRITE_ONLY),
	F_STR(server_note, key, 255, FROM_PATH | WRITE_ONLY),
	F_MAP(server_note, meta, 1, OPT),
	F_END,
};
static const struct field server_tags_wire[] = {
	F_STR(server_tags, server_id, 255, FROM_PATH | WRITE_ONLY),
	F_STRS(server_tags, tags, TAGS_MAX, 0),
	F_END,
};
static const struct field server_tag_wire[] = {
	F_STR(server_tag, server_id, 255, FROM_PATH),
	F_STR(server_tag, tag, 60, FROM_PATH),
	F_END,
};
static const struct field tag_created_wire[] = {
	F_STR_AS("Location", tag_created, location, 0, OPT | FROM_HEADER),
	F_STATUS(tag_created, status),
	F_END,
};

#define TAGS_SINCE .since = NOVA(2, 26)

const struct route compute_server_routes[] = {
	ROUTE("POST", SERVERS, SERVER_WRITE, SCOPE_PROJECT, create, create_body, server_created,
	      .name = "compute.server.create", .success = 202,
	      .help = "Make one server or several alike"),
	{ .method = "GET",
	  .path = SERVERS,
	  .may = SERVER_READ,
	  .scopes = SCOPES,
	  .act = server_list_act,
	  .in = server_list_wire,
	  .in_size = sizeof(struct server_list),
	  .out = server_names_wire,
	  .out_size = sizeof(struct server_page),
	  .name = "compute.server.list",
	  .flags = ROUTE_READS,
	  .success = 200,
	  .help = "The servers of the VDC, by name" },
	ROUTE("GET", SERVERS "/detail", SERVER_READ, SCOPES, server_list, server_list, server_page,
	      .name = "compute.server.detail", .flags = ROUTE_READS, .success = 200,
	      .help = "The servers of the VDC, with all that is known of them"),
	ROUTE("GET", SERVER, SERVER_READ, SCOPES, server_show, server_key, server,
	      .name = "compute.server.show", .flags = ROUTE_READS, .success = 200,
	      .out_wrap = "server", .help = "One server"),
	{ .method = "PUT",
	  .path = SERVER,
	  .may = SERVER_WRITE,
	  .scopes = SCOPES,
	  .act = server_update_act,
	  .in = server_update_wire,
	  .in_size = sizeof(struct server_update),
	  .out = server_changed_wire,
	  .out_size = sizeof(struct server),
	  .name = "compute.server.update",
	  .success = 200,
	  .in_wrap = "server",
	  .out_wrap = "server",
	  .help = "Change its name and what is said of it" },
	ROUTE("DELETE", SERVER, SERVER_WRITE, SCOPES, server_delete, server_key, nothing,
	      .name = "compute.server.delete", .success = 204,
	      .help = "Delete it with its disk and its ports"),
	ROUTE("GET", SERVER "/metadata", SERVER_READ, SCOPES, server_notes_show, server_key,
	      server_notes, .name = "compute.server.metadata.show", .flags = ROUTE_READS,
	      .success = 200, .help = "Its metadata"),
	ROUTE("POST", SERVER "/metadata", SERVER_WRITE, SCOPES, server_notes_add, server_notes,
	      server_notes, .name = "compute.server.metadata.add", .success = 200,
	      .help = "Add to its metadata"),
	ROUTE("PUT", SERVER "/metadata", SERVER_WRITE, SCOPES, server_notes_replace, server_notes,
	      server_notes, .name = "compute.server.metadata.replace", .success = 200,
	      .help = "Replace its metadata"),
	ROUTE("GET", SERVER "/metadata/{key}", SERVER_READ, SCOPES, server_note_show, server_note,
	      server_note, .name = "compute.server.metadata.key.show", .flags = ROUTE_READS,
	      .success = 200, .help = "One of its metadata"),
	ROUTE("PUT", SERVER "/metadata/{key}", SERVER_WRITE, SCOPES, server_note_put, server_note,
	      server_note, .name = "compute.server.metadata.key.put", .success = 200,
	      .help = "Set one of its metadata"),
	ROUTE("DELETE", SERVER "/metadata/{key}", SERVER_WRITE, SCOPES, server_note_drop,
	      server_note, nothing, .name = "compute.server.metadata.key.drop", .success = 204,
	      .help = "Remove one of its metadata"),
	ROUTE("GET", SERVER "/tags", SERVER_READ, SCOPES, server_tags_show, server_key, server_tags,
	      .name = "compute.server.tag.list", .flags = ROUTE_READS, .success = 200, TAGS_SINCE,
	      .help = "Its tags"),
	ROUTE("PUT", SERVER "/tags", SERVER_WRITE, SCOPES, server_tags_replace, server_tags,
	      server_tags, .name = "compute.server.tag.replace", .success = 200, TAGS_SINCE,
	      .help = "Replace its tags"),
	ROUTE("DELETE", SERVER "/tags", SERVER_WRITE, SCOPES, server_tags_clear, server_key,
	      nothing, .name = "compute.server.tag.clear", .success = 204, TAGS_SINCE,
	      .help = "Remove all its tags"),
	ROUTE("GET", SERVER "/tags/{tag}", SERVER_READ, SCOPES, server_tag_show, server_tag,
	      nothing, .name = "compute.server.tag.show", .flags = ROUTE_READS, .success = 204,
	      TAGS_SINCE, .help = "Whether it has a tag"),
	ROUTE("PUT", SERVER "/tags/{tag}", SERVER_WRITE, SCOPES, server_tag_add, server_tag,
	      tag_created, .name = "compute.server.tag.add", .success = 201,
	      .flags = ROUTE_OPTIONAL_BODY, TAGS_SINCE, .help = "Add a tag"),
	ROUTE("DELETE", SERVER "/tags/{tag}", SERVER_WRITE, SCOPES, server_tag_drop, server_tag,
	      nothing, .name = "compute.server.tag.drop", .success = 204, TAGS_SINCE,
	      .help = "Remove a tag"),
	{ 0 },
};
