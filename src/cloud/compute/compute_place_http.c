/* SPDX-License-Identifier: Apache-2.0 */
/* Nova v2.1: where servers stand: zones and hypervisors. Aggregates and services are in
 * compute_host_http.c. */
#include "base/text.h"
#include "cloud/compute/compute_http.h"
#include "cloud/compute/compute_more.h"

/* --- zones --- */

static void put_zone_hosts(struct json_out *j, const struct zone *z)
{
	char at[TIME_TEXT_SIZE];
	json_object_begin(j);
	for (size_t i = 0; i < z->hosts_count; i++) {
		const struct pool_host *h = &z->hosts[i];
		time_write(h->seen_at, TIME_BARE, at);
		json_key(j, h->name);
		json_object_begin(j);
		json_key(j, "nova-compute");
		json_object_begin(j);
		json_put_bool(j, "available", h->state == POOL_HOST_UP);
		json_put_bool(j, "active", !h->disabled);
		json_put_str(j, "updated_at", at);
		json_object_end(j);
		json_object_end(j);
	}
	json_object_end(j);
}

static void put_zones(struct json_out *j, const struct zone_list *l, bool detail)
{
	json_array_begin(j);
	for (size_t i = 0; i < l->zones_count; i++) {
		json_object_begin(j);
		json_put_str(j, "zoneName", l->zones[i].name);
		json_key(j, "zoneState");
		json_object_begin(j);
		json_put_bool(j, "available", l->zones[i].available);
		json_object_end(j);
		json_key(j, "hosts");
		if (detail)
			put_zone_hosts(j, &l->zones[i]);
		else
			json_nil(j);
		json_object_end(j);
	}
	json_array_end(j);
}

static void write_zones(struct call *c, struct json_out *j, const void *obj)
{
	(void)c;
	put_zones(j, obj, false);
}

static void write_zones_detail(struct call *c, struct json_out *j, const void *obj)
{
	(void)c;
	put_zones(j, obj, true);
}

static const struct field zones_wire[] = { F_VIEW("availabilityZoneInfo", write_zones), F_END };
static const struct field zones_detail_wire[] = {
	F_VIEW("availabilityZoneInfo", write_zones_detail), F_END
};

/* --- hypervisors --- */

static void put_hypervisor_name(struct call *c, struct json_out *j, const struct hypervisor *h)
{
	json_key(j, "id");
	if (c->version >= NOVA(2, 53))
		json_str(j, h->host.id);
	else
		json_int(j, h->number);
	json_put_str(j, "hypervisor_hostname", h->host.name);
	json_put_str(j, "state", h->host.state == POOL_HOST_UP ? "up" : "down");
	json_put_str(j, "status", h->host.disabled ? "disabled" : "enabled");
}

/* Its servers, under Nova's old word for them. */
static void put_members(struct json_out *j, const struct hypervisor *h)
{
	json_key(j, "servers");
	json_array_begin(j);
	for (size_t i = 0; i < h->members_count; i++) {
		json_object_begin(j);
		json_put_str(j, "name", h->members[i].name);
		json_put_str(j, "uuid", h->members[i].id);
		json_object_end(j);
	}
	json_array_end(j);
}

static void put_cpu_info(struct call *c, struct json_out *j, const struct pool_host *h)
{
	const char *info = arena_printf(c->arena, "{\"arch\": \"%s\", \"accelerator\": \"%s\"}",
					h->cpu, h->accelerator);
	json_key(j, "cpu_info");
	/* An object since 2.28, before that its text. */
	if (c->version >= NOVA(2, 28))
		json_raw(j, info);
	else
		json_str(j, info);
}

static void put_hypervisor(struct call *c, struct json_out *j, const struct hypervisor *h)
{
	const struct pool_host *p = &h->host;
	json_object_begin(j);
	put_hypervisor_name(c, j, h);
	json_put_str(j, "hypervisor_type", str_starts(p->uri, "fake:") ? "stand-in" : "QEMU");
	json_put_int(j, "hypervisor_version", p->version);
	json_put_str(j, "host_ip", "127.0.0.1");
	put_cpu_info(c, j, p);
	json_put_int(j, "vcpus", p->vcpus);
	json_put_int(j, "vcpus_used", p->used_vcpus);
	json_put_int(j, "memory_mb", p->memory_mb);
	json_put_int(j, "memory_mb_used", p->used_memory_mb);
	json_put_int(j, "free_ram_mb", p->memory_mb - p->used_memory_mb);
	json_put_int(j, "local_gb", p->disk_gb);
	json_put_int(j, "local_gb_used", p->used_disk_gb);
	json_put_int(j, "free_disk_gb", p->disk_gb - p->used_disk_gb);
	json_put_int(j, "disk_available_least", p->disk_gb - p->used_disk_gb);
	json_put_int(j, "running_vms", h->servers);
	json_put_int(j, "current_workload", 0);
	json_key(j, "service");
	json_object_begin(j);
	json_key(j, "id");
	if (c->version >= NOVA(2, 53))
		json_str(j, p->id);
	else
		json_int(j, h->number);
	json_put_str(j, "host", p->name);
	json_put_str(j, "disabled_reason", p->disabled);
	json_object_end(j);
	if (c->version >= NOVA(2, 53) && h->members_count)
		put_members(j, h);
	json_object_end(j);
}

static void write_hypervisor(struct call *c, struct json_out *j, const void *obj)
{
	put_hypervisor(c, j, obj);
}

static void write_hypervisors(struct call *c, struct json_out *j, const void *obj)
{
	const struct hypervisor_page *p = obj;
	json_array_begin(j);
	for (size_t i = 0; i < p->hypervisors_count; i++)
		put_hypervisor(c, j, &p->hypervisors[i]);
	json_array_end(j);
}

static void write_hypervisor_names(struct call *c, struct json_out *j, const void *obj)
{
	const struct hypervisor_page *p = obj;
	json_array_begin(j);
	for (size_t i = 0; i < p->hypervisors_count; i++) {
		json_object_begin(j);
		put_hypervisor_name(c, j, &p->hypervisors[i]);
		if (p->hypervisors[i].members_count)
			put_members(j, &p->hypervisors[i]);
		json_object_end(j);
	}
	json_array_end(j);
}

static const struct field hypervisor_wire[] = { F_VIEW("hypervisor", write_hypervisor), F_END };
static const struct field hypervisors_wire[] = {
	F_VIEW("hypervisors", write_hypervisors),
	F_NEXT(hypervisor_page, next),
	F_END,
};
static const struct field hypervisor_names_wire[] = {
	F_VIEW("hypervisors", write_hypervisor_names),
	F_NEXT(hypervisor_page, next),
	F_END,
};
static const struct field hypervisor_key_wire[] = {
	F_STR(hypervisor_key, hypervisor_id, 255, FROM_PATH), F_END
};
static const struct field hypervisor_list_wire[] = {
	F_INT(hypervisor_list, limit, 0, INT64_MAX, OPT | FROM_QUERY, TELLS(hypervisor_list, limit),
	      SINCE(2, 33)),
	F_STR(hypervisor_list, marker, 255, OPT | FROM_QUERY, SINCE(2, 33)),
	F_STR(hypervisor_list, hypervisor_hostname_pattern, 255, OPT | FROM_QUERY, SINCE(2, 53)),
	F_STR(hypervisor_list, with_servers, 5, OPT | FROM_QUERY, SINCE(2, 53)),
	F_END,
};
static const struct field hypervisor_total_wire[] = {
	F_INT(hypervisor_total, count, 0, 0, 0),
	F_INT(hypervisor_total, vcpus, 0, 0, 0),
	F_INT(hypervisor_total, vcpus_used, 0, 0, 0),
	F_INT(hypervisor_total, memory_mb, 0, 0, 0),
	F_INT(hypervisor_total, memory_mb_used, 0, 0, 0),
	F_INT(hypervisor_total, local_gb, 0, 0, 0),
	F_INT(hypervisor_total, local_gb_used, 0, 0, 0),
	F_INT(hypervisor_total, running_vms, 0, 0, 0),
	F_INT(hypervisor_total, free_ram_mb, 0, 0, 0),
	F_INT(hypervisor_total, free_disk_gb, 0, 0, 0),
	F_INT(hypervisor_total, current_workload, 0, 0, 0),
	F_INT(hypervisor_total, disk_available_least, 0, 0, 0),
	F_END,
};

/* --- routes --- */

ACT(zones_show, nothing, zone_list)
ACT(hypervisors_list, hypervisor_list, hypervisor_page)
ACT(hypervisors_search, hypervisor_key, hypervisor_page)
ACT(hypervisors_servers, hypervisor_key, hypervisor_page)
ACT(hypervisor_show, hypervisor_key, hypervisor)
ACT(hypervisors_sum, nothing, hypervisor_total)

#define V "/v2.1"

const struct route compute_place_routes[] = {
	SHOW(V "/os-availability-zone", FLAVOR_READ, 0, zones_show, nothing, zone_list, zones_wire,
	     "compute.zone.list", "The zones"),
	SHOW(V "/os-availability-zone/detail", HOST_READ, 0, zones_show, nothing, zone_list,
	     zones_detail_wire, "compute.zone.detail", "The zones with their hosts"),
	SHOW(V "/os-hypervisors", HOST_READ, 0, hypervisors_list, hypervisor_list, hypervisor_page,
	     hypervisor_names_wire, "compute.hypervisor.list", "The hosts, by name"),
	SHOW(V "/os-hypervisors/detail", HOST_READ, 0, hypervisors_list, hypervisor_list,
	     hypervisor_page, hypervisors_wire, "compute.hypervisor.detail", "The hosts"),
	SHOW(V "/os-hypervisors/statistics", HOST_READ, 0, hypervisors_sum, nothing,
	     hypervisor_total, hypervisor_total_wire, "compute.hypervisor.statistics",
	     "All hosts together", .out_wrap = "hypervisor_statistics"),
	SHOW(V "/os-hypervisors/{hypervisor_id}", HOST_READ, 0, hypervisor_show, hypervisor_key,
	     hypervisor, hypervisor_wire, "compute.hypervisor.show", "One host"),
	SHOW(V "/os-hypervisors/{hypervisor_id}/search", HOST_READ, 0, hypervisors_search,
	     hypervisor_key, hypervisor_page, hypervisor_names_wire, "compute.hypervisor.search",
	     "The hosts whose names have a part", .until = NOVA(2, 52)),
	SHOW(V "/os-hypervisors/{hypervisor_id}/servers", HOST_READ, 0, hypervisors_servers,
	     hypervisor_key, hypervisor_page, hypervisor_names_wire, "compute.hypervisor.servers",
	     "The hosts whose names have a part, with their servers", .until = NOVA(2, 52)),
	{ 0 },
};
