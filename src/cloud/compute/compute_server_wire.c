/* SPDX-License-Identifier: Apache-2.0 */
/* Nova v2.1: how a server is shown. What is asked about servers is in compute_server_http.c. */
#include <openssl/evp.h>
#include "base/text.h"
#include "cloud/compute/compute_http.h"
#include "cloud/compute/compute_tool.h"

/* With it goes "progress", which Nova tells only in states that lead somewhere; nothing here counts it. */
static void write_status(struct call *c, struct json_out *j, const void *obj)
{
	static const char *const leading[] = { "ACTIVE", "BUILD", "REBUILD", "RESIZE",
					       "VERIFY_RESIZE" };
	const char *status = server_status(obj);
	(void)c;
	json_str(j, status);
	for (size_t i = 0; i < sizeof(leading) / sizeof(leading[0]); i++)
		if (str_eq(status, leading[i]))
			json_put_int(j, "progress", 0);
}

static void write_server_links(struct call *c, struct json_out *j, const void *obj)
{
	compute_write_links(c, j, "servers", ((const struct server *)obj)->id);
}

const char *compute_host_mark(struct call *c, const char *project, const char *host)
{
	unsigned char md[32];
	char *text = arena_alloc(c->arena, 65);
	unsigned n = 0;
	const char *both = host ? arena_printf(c->arena, "%s%s", project, host) : NULL;
	if (!both || !EVP_Digest(both, strlen(both), md, &n, EVP_sha256(), NULL))
		return "";
	hex_encode(md, 28, text);
	return text;
}

static void write_host_id(struct call *c, struct json_out *j, const void *obj)
{
	const struct server *s = obj;
	json_str(j, compute_host_mark(c, s->project_id, s->host_id));
}

static void write_bookmark(struct call *c, struct json_out *j, const char *kind, const char *id)
{
	json_object_begin(j);
	json_put_str(j, "id", id);
	json_key(j, "links");
	json_array_begin(j);
	json_object_begin(j);
	json_put_str(j, "rel", "bookmark");
	json_put_str(j, "href", arena_printf(c->arena, "%s/compute/%s/%s", c->base_url, kind, id));
	json_object_end(j);
	json_array_end(j);
	json_object_end(j);
}

static void write_image(struct call *c, struct json_out *j, const void *obj)
{
	write_bookmark(c, j, "images", ((const struct server *)obj)->image_id);
}

/* A link, and since 2.47 the flavor as it was. */
static void write_flavor(struct call *c, struct json_out *j, const void *obj)
{
	const struct flavor *f = &((const struct server *)obj)->flavor;
	if (c->version < NOVA(2, 47)) {
		write_bookmark(c, j, "flavors", f->id);
		return;
	}
	json_object_begin(j);
	json_put_str(j, "original_name", f->name);
	json_put_int(j, "vcpus", f->vcpus);
	json_put_int(j, "ram", f->ram);
	json_put_int(j, "disk", f->disk);
	json_put_int(j, "ephemeral", f->ephemeral);
	json_put_int(j, "swap", f->swap);
	json_key(j, "extra_specs");
	json_raw(j, map_to_json(c->arena, &f->extra_specs));
	json_object_end(j);
}

static void write_address(struct json_out *j, const struct network_interface *n, const char *ip,
			  bool whole)
{
	json_object_begin(j);
	json_put_int(j, "version", strchr(ip, ':') ? 6 : 4);
	json_put_str(j, "addr", ip);
	if (whole) {
		json_put_str(j, "OS-EXT-IPS:type", "fixed");
		json_put_str(j, "OS-EXT-IPS-MAC:mac_addr", n->mac_address);
	}
	json_object_end(j);
}

/* By network name; ports of one network stand together. */
static void put_addresses(struct call *c, struct json_out *j, const struct server *s, bool whole)
{
	bool *told = arena_array(c->arena, s->nics_count + 1, sizeof(*told));
	json_object_begin(j);
	for (size_t i = 0; i < s->nics_count; i++) {
		if (told[i])
			continue;
		json_key(j, s->nics[i].network_name);
		json_array_begin(j);
		for (size_t n = i; n < s->nics_count; n++) {
			if (!str_eq(s->nics[n].network_name, s->nics[i].network_name))
				continue;
			told[n] = true;
			for (size_t k = 0; k < s->nics[n].fixed_ips_count; k++)
				write_address(j, &s->nics[n], s->nics[n].fixed_ips[k].ip_address,
					      whole);
		}
		json_array_end(j);
	}
	json_object_end(j);
}

static void write_addresses(struct call *c, struct json_out *j, const void *obj)
{
	put_addresses(c, j, obj, true);
}

/* Answers to a change tell less of a server, until 2.74. */
static void write_plain_addresses(struct call *c, struct json_out *j, const void *obj)
{
	put_addresses(c, j, obj, false);
}

static void write_config_drive(struct call *c, struct json_out *j, const void *obj)
{
	(void)c;
	json_str(j, ((const struct server *)obj)->config_drive ? "True" : "");
}

static void write_created_disk_config(struct call *c, struct json_out *j, const void *obj)
{
	const struct created_server *s = obj;
	(void)c;
	json_str(j, disk_configs[s->disk_config]);
}

static void write_empty(struct call *c, struct json_out *j, const void *obj)
{
	(void)c;
	(void)obj;
	json_str(j, "");
}

static void write_no_list(struct call *c, struct json_out *j, const void *obj)
{
	(void)c;
	(void)obj;
	json_array_begin(j);
	json_array_end(j);
}

static void write_locked(struct call *c, struct json_out *j, const void *obj)
{
	(void)c;
	json_bool(j, ((const struct server *)obj)->locked != LOCK_NONE);
}

/* Certificates that an image's signature is checked by: images are not signed here. */
static void write_nil(struct call *c, struct json_out *j, const void *obj)
{
	(void)c;
	(void)obj;
	json_nil(j);
}

static void write_group(struct call *c, struct json_out *j, const void *obj)
{
	const struct server *s = obj;
	(void)c;
	json_array_begin(j);
	if (s->group_id)
		json_str(j, s->group_id);
	json_array_end(j);
}

static const struct field group_name_wire[] = { F_STR(network_group, name, 0, 0), F_END };

static void write_instance_name(struct call *c, struct json_out *j, const void *obj)
{
	json_str(j,
		 arena_printf(c->arena, GUEST_NAME_PREFIX "%s", ((const struct server *)obj)->id));
}

static void write_root_device(struct call *c, struct json_out *j, const void *obj)
{
	(void)c;
	(void)obj;
	json_str(j, "/dev/vda");
}

static void write_host_status(struct call *c, struct json_out *j, const void *obj)
{
	const struct server *s = obj;
	(void)c;
	json_str(j, !s->host_id ? "" : s->host_down ? "DOWN" : "UP");
}

/* Of a guest whose host does not answer nothing is known. */
static void write_power(struct call *c, struct json_out *j, const void *obj)
{
	const struct server *s = obj;
	(void)c;
	json_int(j, s->host_down ? SERVER_NOSTATE : s->power);
}

static const struct field fault_wire[] = {
	F_INT(server_fault, code, 0, 0, 0),
	F_STR(server_fault, message, 0, 0),
	F_TIME_AS("created", server_fault, at, TIME_AS_Z),
	F_END,
};

/* What every answer has that shows a server. */
#define BASE_FIELDS(addresses)                                                                     \
	F_STR(server, id, 0, 0), F_STR(server, name, 0, 0), F_VIEW("status", write_status),        \
		F_STR_AS("tenant_id", server, project_id, 0, 0), F_STR(server, user_id, 0, 0),     \
		F_MAP(server, metadata, 0, 0), F_VIEW("hostId", write_host_id),                    \
		F_VIEW("image", write_image), F_VIEW("flavor", write_flavor),                      \
		F_TIME_AS("created", server, created_at, TIME_AS_Z),                               \
		F_TIME_AS("updated", server, updated_at, TIME_AS_Z),                               \
		F_VIEW("addresses", addresses), F_STR_AS("accessIPv4", server, access_v4, 0, 0),   \
		F_STR_AS("accessIPv6", server, access_v6, 0, 0),                                   \
		F_VIEW("links", write_server_links),                                               \
		F_WORD_AS("OS-DCF:diskConfig", server, disk_config, disk_configs, 0),              \
		F_VIEW("locked", write_locked, SINCE(2, 9)),                                       \
		F_STR(server, description, 0, NULLABLE, SINCE(2, 19)),                             \
		F_STRS(server, tags, 0, 0, SINCE(2, 26)),                                          \
		F_VIEW("trusted_image_certificates", write_nil, SINCE(2, 63)),                     \
		F_VIEW("server_groups", write_group, SINCE(2, 71)),                                \
		F_STR(server, locked_reason, 0, NULLABLE, SINCE(2, 73)),                           \
		F_OBJECT(server, fault, server_fault, fault_wire, OMIT)

const struct field server_wire[] = {
	BASE_FIELDS(write_addresses),
	F_STR_AS("OS-EXT-AZ:availability_zone", server, zone, 0, 0),
	F_VIEW("config_drive", write_config_drive),
	F_STR(server, key_name, 0, NULLABLE),
	F_TIME_AS("OS-SRV-USG:launched_at", server, launched_at, NULLABLE | TIME_AS_BARE),
	F_TIME_AS("OS-SRV-USG:terminated_at", server, deleted_at, NULLABLE | TIME_AS_BARE),
	F_WORD_AS("OS-EXT-STS:task_state", server, task, server_tasks, NULLABLE),
	F_WORD_AS("OS-EXT-STS:vm_state", server, state, server_states, 0),
	F_VIEW("OS-EXT-STS:power_state", write_power),
	F_VIEW("os-extended-volumes:volumes_attached", write_no_list),
	F_LIST_AS("security_groups", server, groups, network_group, group_name_wire, 0, OMIT),
	F_STR_AS("OS-EXT-SRV-ATTR:host", server, host_name, 0, NULLABLE, .may = HOST_READ),
	F_STR_AS("OS-EXT-SRV-ATTR:hypervisor_hostname", server, host_name, 0, NULLABLE,
		 .may = HOST_READ),
	F_VIEW("OS-EXT-SRV-ATTR:instance_name", write_instance_name, .may = HOST_READ),
	F_STR_AS("OS-EXT-SRV-ATTR:reservation_id", server, reservation_id, 0, 0, .may = HOST_READ,
		 SINCE(2, 3)),
	F_INT_AS("OS-EXT-SRV-ATTR:launch_index", server, launch_index, 0, 0, 0, .may = HOST_READ,
		 SINCE(2, 3)),
	F_STR_AS("OS-EXT-SRV-ATTR:hostname", server, hostname, 0, 0, .may = HOST_READ, SINCE(2, 3)),
	F_VIEW("OS-EXT-SRV-ATTR:kernel_id", write_empty, .may = HOST_READ, SINCE(2, 3)),
	F_VIEW("OS-EXT-SRV-ATTR:ramdisk_id", write_empty, .may = HOST_READ, SINCE(2, 3)),
	F_VIEW("OS-EXT-SRV-ATTR:root_device_name", write_root_device, .may = HOST_READ,
	       SINCE(2, 3)),
	F_STR_AS("OS-EXT-SRV-ATTR:user_data", server, user_data, 0, NULLABLE, .may = HOST_READ,
		 SINCE(2, 3)),
	F_VIEW("host_status", write_host_status, .may = HOST_READ, SINCE(2, 16)),
	F_END,
};

const struct field server_changed_wire[] = { BASE_FIELDS(write_plain_addresses), F_END };
const struct field server_rebuilt_server_wire[] = {
	BASE_FIELDS(write_plain_addresses),
	F_STR(server, key_name, 0, NULLABLE, SINCE(2, 54)),
	F_STR(server, user_data, 0, NULLABLE, SINCE(2, 57)),
	F_END,
};

/* For the trail: what an owner or an operator would ask about, whatever the version of the call. */
const struct field server_audit[] = {
	F_STR(server, name, 0, 0),
	F_STR(server, description, 0, NULLABLE),
	F_STR(server, project_id, 0, 0),
	F_STR(server, image_id, 0, 0),
	F_STR_AS("flavor", server, flavor.name, 0, 0),
	F_INT_AS("vcpus", server, flavor.vcpus, 0, 0, 0),
	F_INT_AS("ram", server, flavor.ram, 0, 0, 0),
	F_INT_AS("disk", server, flavor.disk, 0, 0, 0),
	F_WORD_AS("vm_state", server, state, server_states, 0),
	F_WORD_AS("task_state", server, task, server_tasks, NULLABLE),
	F_STR_AS("host", server, host_id, 0, NULLABLE),
	F_STR_AS("availability_zone", server, zone, 0, 0),
	F_STR(server, key_name, 0, NULLABLE),
	F_STR(server, user_data, 0, NULLABLE | SECRET),
	F_MAP(server, metadata, 0, 0),
	F_STRS(server, tags, 0, 0),
	F_VIEW("locked", write_locked),
	F_STR(server, locked_reason, 0, NULLABLE),
	F_STR(server, group_id, 0, NULLABLE),
	F_STR(server, access_v4, 0, 0),
	F_STR(server, access_v6, 0, 0),
	F_END,
};

const struct field server_page_wire[] = {
	F_LIST(server_page, servers, server, server_wire, 0, 0),
	F_NEXT(server_page, next),
	F_END,
};

static const struct field brief_wire[] = {
	F_STR(server, id, 0, 0),
	F_STR(server, name, 0, 0),
	F_VIEW("links", write_server_links),
	F_END,
};
const struct field server_names_wire[] = {
	F_LIST(server_page, servers, server, brief_wire, 0, 0),
	F_NEXT(server_page, next),
	F_END,
};

static void write_created_links(struct call *c, struct json_out *j, const void *obj)
{
	compute_write_links(c, j, "servers", ((const struct created_server *)obj)->id);
}

static const struct field created_server_wire[] = {
	F_STR(created_server, id, 0, 0),
	F_VIEW("OS-DCF:diskConfig", write_created_disk_config),
	F_VIEW("links", write_created_links),
	F_END,
};

const struct field server_created_wire[] = {
	F_STR_AS("Location", server_created, location, 0, OPT | FROM_HEADER),
	F_OBJECT(server_created, server, created_server, created_server_wire, OMIT),
	F_STR(server_created, reservation_id, 0, OMIT),
	F_END,
};
