/* SPDX-License-Identifier: Apache-2.0 */
/* Nova v2.1: addresses of servers, usage of VDCs. */
#include "base/text.h"
#include "cloud/compute/compute_about.h"
#include "cloud/compute/compute_http.h"

static const struct field server_addresses_wire[] = {
	F_STR(server_addresses, server_id, 255, FROM_PATH), F_END
};
static const struct field server_address_wire[] = {
	F_STR(server_addresses, server_id, 255, FROM_PATH),
	F_STR(server_addresses, network, 255, FROM_PATH),
	F_END,
};

static void put_nic(struct json_out *j, const struct network_interface *n)
{
	for (size_t k = 0; k < n->fixed_ips_count; k++) {
		const char *ip = n->fixed_ips[k].ip_address;
		json_object_begin(j);
		json_put_int(j, "version", strchr(ip, ':') ? 6 : 4);
		json_put_str(j, "addr", ip);
		json_object_end(j);
	}
}

static void put_network(struct json_out *j, const struct server *s, size_t first)
{
	json_key(j, s->nics[first].network_name);
	json_array_begin(j);
	for (size_t i = first; i < s->nics_count; i++)
		if (str_eq(s->nics[i].network_name, s->nics[first].network_name))
			put_nic(j, &s->nics[i]);
	json_array_end(j);
}

static bool told(const struct server *s, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (str_eq(s->nics[i].network_name, s->nics[n].network_name))
			return true;
	return false;
}

static void write_networks(struct call *c, struct json_out *j, const void *obj)
{
	const struct server *s = obj;
	(void)c;
	json_object_begin(j);
	for (size_t i = 0; i < s->nics_count; i++)
		if (!told(s, i))
			put_network(j, s, i);
	json_object_end(j);
}

static const struct field addresses_wire[] = { F_VIEW("addresses", write_networks), F_END };

/* Of one network the list stands by itself, under the network's name. */
struct one_network {
	const char *rest;
};
static const struct field one_network_wire[] = { F_REST(one_network, rest, 1 << 20), F_END };

static enum status address_show(struct call *c, const struct server_addresses *in,
				struct one_network *out)
{
	struct buf b = { .arena = c->arena };
	struct json_out j = json_to(&b);
	struct server s;
	enum status st = server_addresses(c, in, &s);
	if (!st)
		write_networks(c, &j, &s);
	out->rest = buf_text(&b);
	return st;
}

/* --- usage --- */

static const struct field usage_ask_wire[] = {
	F_STR(usage_ask, start, 64, OPT | FROM_QUERY),
	F_STR(usage_ask, end, 64, OPT | FROM_QUERY),
	F_STR(usage_ask, detailed, 8, OPT | FROM_QUERY),
	F_END,
};
static const struct field usage_of_wire[] = {
	F_STR(usage_ask, project_id, 255, FROM_PATH),
	F_STR(usage_ask, start, 64, OPT | FROM_QUERY),
	F_STR(usage_ask, end, 64, OPT | FROM_QUERY),
	F_END,
};

static void put_server(struct call *c, struct json_out *j, const struct server_usage *u)
{
	const struct server *s = &u->server;
	int64_t until = s->deleted_at ? s->deleted_at : c->now_at;
	json_object_begin(j);
	json_put_str(j, "instance_id", s->id);
	json_put_str(j, "name", s->name);
	json_put_str(j, "tenant_id", s->project_id);
	json_put_str(j, "flavor", s->flavor.name);
	json_put_int(j, "vcpus", s->flavor.vcpus);
	json_put_int(j, "memory_mb", s->flavor.ram);
	json_put_int(j, "local_gb", s->flavor.disk + s->flavor.ephemeral);
	json_put_str(j, "state", s->deleted_at ? "terminated" : server_states[s->state]);
	compute_put_time(j, "started_at", s->created_at, TIME_BARE);
	compute_put_time(j, "ended_at", s->deleted_at, TIME_BARE);
	json_put_int(j, "uptime", (until - s->created_at) / CLOCK_SECOND);
	json_key(j, "hours");
	json_double(j, u->hours);
	json_object_end(j);
}

static void put_usage(struct call *c, struct json_out *j, const struct vdc_usage *u, bool detailed)
{
	const struct {
		const char *name;
		double value;
	} sums[] = {
		{ "total_hours", u->hours },
		{ "total_vcpus_usage", u->vcpu_hours },
		{ "total_memory_mb_usage", u->mb_hours },
		{ "total_local_gb_usage", u->gb_hours },
	};
	json_object_begin(j);
	json_put_str(j, "tenant_id", u->project_id);
	compute_put_time(j, "start", u->span.from, TIME_BARE);
	compute_put_time(j, "stop", u->span.until, TIME_BARE);
	for (size_t i = 0; i < sizeof(sums) / sizeof(sums[0]); i++) {
		json_key(j, sums[i].name);
		json_double(j, sums[i].value);
	}
	if (detailed) {
		json_key(j, "server_usages");
		json_array_begin(j);
		for (size_t i = 0; i < u->servers_count; i++)
			put_server(c, j, &u->servers[i]);
		json_array_end(j);
	}
	json_object_end(j);
}

static void write_usages(struct call *c, struct json_out *j, const void *obj)
{
	const struct usage_page *p = obj;
	json_array_begin(j);
	for (size_t i = 0; i < p->usages_count; i++)
		put_usage(c, j, &p->usages[i], p->detailed);
	json_array_end(j);
}

static void write_usage(struct call *c, struct json_out *j, const void *obj)
{
	put_usage(c, j, &((const struct usage_page *)obj)->usages[0], true);
}

static const struct field usages_wire[] = { F_VIEW("tenant_usages", write_usages), F_END };
static const struct field usage_wire[] = { F_VIEW("tenant_usage", write_usage), F_END };

/* --- routes --- */

ACT(server_addresses, server_addresses, server)
ACT(address_show, server_addresses, one_network)
ACT(usage_list, usage_ask, usage_page)
ACT(usage_show, usage_ask, usage_page)

#define V "/v2.1"

const struct route compute_about_routes[] = {
	{ .method = "GET",
	  .path = SERVER "/ips",
	  .may = SERVER_READ,
	  .scopes = SCOPES,
	  .act = server_addresses_act,
	  .in = server_addresses_wire,
	  .in_size = sizeof(struct server_addresses),
	  .out = addresses_wire,
	  .out_size = sizeof(struct server),
	  .name = "compute.server.address.list",
	  .flags = ROUTE_READS,
	  .success = 200,
	  .help = "Its addresses, by network" },
	{ .method = "GET",
	  .path = SERVER "/ips/{network}",
	  .may = SERVER_READ,
	  .scopes = SCOPES,
	  .act = address_show_act,
	  .in = server_address_wire,
	  .in_size = sizeof(struct server_addresses),
	  .out = one_network_wire,
	  .out_size = sizeof(struct one_network),
	  .name = "compute.server.address.show",
	  .flags = ROUTE_READS,
	  .success = 200,
	  .help = "Its addresses in one network" },
	SHOW(V "/os-simple-tenant-usage", HOST_READ, 0, usage_list, usage_ask, usage_page,
	     usages_wire, "compute.usage.list", "What all VDCs used in a span of time"),
	{ .method = "GET",
	  .path = V "/os-simple-tenant-usage/{project_id}",
	  .may = SERVER_READ,
	  .act = usage_show_act,
	  .in = usage_of_wire,
	  .in_size = sizeof(struct usage_ask),
	  .out = usage_wire,
	  .out_size = sizeof(struct usage_page),
	  .name = "compute.usage.show",
	  .flags = ROUTE_READS,
	  .success = 200,
	  .help = "What a VDC used in a span of time" },
	{ 0 },
};
