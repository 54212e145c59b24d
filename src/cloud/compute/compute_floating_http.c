/* SPDX-License-Identifier: Apache-2.0 */
/* Nova v2.1: floating addresses and networks in the words from before Neutron (until 2.35, of a server
 * until 2.43). The things are the network room's. */
#include "base/text.h"
#include "cloud/compute/compute_http.h"
#include "cloud/network/network_proxy.h"

/* --- how they are shown --- */

static const struct field proxy_floating_wire[] = {
	F_STR(proxy_floating, id, 0, 0),
	F_STR(proxy_floating, ip, 0, 0),
	F_STR(proxy_floating, fixed_ip, 0, NULLABLE),
	F_STR_AS("instance_id", proxy_floating, device_id, 0, NULLABLE),
	F_STR(proxy_floating, pool, 0, NULLABLE),
	F_END,
};
struct floating_page {
	struct proxy_floating *list;
	size_t list_count;
};
static const struct field floating_page_wire[] = {
	F_LIST_AS("floating_ips", floating_page, list, proxy_floating, proxy_floating_wire, 0, 0),
	F_END,
};

static void write_pools(struct call *c, struct json_out *j, const void *obj)
{
	const struct words *names = obj;
	(void)c;
	json_array_begin(j);
	for (size_t i = 0; i < names->count; i++) {
		json_object_begin(j);
		json_put_str(j, "name", names->list[i]);
		json_object_end(j);
	}
	json_array_end(j);
}
static const struct field pools_wire[] = { F_VIEW("floating_ip_pools", write_pools), F_END };

struct network_page {
	struct proxy_network *list;
	size_t list_count;
};

/* nova-network knew each of these; of a network of Neutron's they say nothing. */
static const char *const unsaid[] = {
	"bridge",
	"bridge_interface",
	"broadcast",
	"cidr",
	"cidr_v6",
	"dhcp_start",
	"dns1",
	"dns2",
	"gateway",
	"gateway_v6",
	"host",
	"injected",
	"multi_host",
	"netmask",
	"netmask_v6",
	"priority",
	"project_id",
	"rxtx_base",
	"vpn_private_address",
	"vpn_public_address",
	"vpn_public_port",
	"vlan",
};

static void put_network(struct json_out *j, const struct proxy_network *n)
{
	json_object_begin(j);
	json_put_str(j, "id", n->id);
	json_put_str(j, "label", n->label);
	for (size_t i = 0; i < sizeof(unsaid) / sizeof(unsaid[0]); i++)
		json_put_str(j, unsaid[i], NULL);
	json_object_end(j);
}

/* Of the VDC's own view there is less; Nova writes its None as a text there. */
static void put_tenant_network(struct json_out *j, const struct proxy_network *n)
{
	json_object_begin(j);
	json_put_str(j, "id", n->id);
	json_put_str(j, "label", n->label);
	json_put_str(j, "cidr", "None");
	json_object_end(j);
}

#define WRITERS(name, put)                                                                         \
	static void write_##name(struct call *c, struct json_out *j, const void *obj)              \
	{                                                                                          \
		(void)c;                                                                           \
		put(j, obj);                                                                       \
	}                                                                                          \
	static void write_##name##s(struct call *c, struct json_out *j, const void *obj)           \
	{                                                                                          \
		const struct network_page *p = obj;                                                \
		(void)c;                                                                           \
		json_array_begin(j);                                                               \
		for (size_t i = 0; i < p->list_count; i++)                                         \
			put(j, &p->list[i]);                                                       \
		json_array_end(j);                                                                 \
	}                                                                                          \
	static const struct field name##_wire[] = { F_VIEW("network", write_##name), F_END };      \
	static const struct field name##s_wire[] = { F_VIEW("networks", write_##name##s), F_END };
WRITERS(network, put_network)
WRITERS(tenant_network, put_tenant_network)

/* --- what is asked --- */

struct floating_key {
	const char *id;
};
struct floating_make {
	const char *pool;
};
struct server_floating {
	const char *server_id, *address, *fixed_address;
};
struct server_network_ask {
	const char *server_id, *networkId;
};
static const struct field floating_key_wire[] = { F_STR(floating_key, id, 255, FROM_PATH), F_END };
static const struct field floating_make_wire[] = { F_STR(floating_make, pool, 255, OPT | NULLABLE),
						   F_END };
static const struct field floating_add_wire[] = {
	F_STR(server_floating, server_id, 255, FROM_PATH),
	F_STR(server_floating, address, 45, 0),
	F_STR(server_floating, fixed_address, 45, OPT | NULLABLE),
	F_END,
};
static const struct field server_floating_wire[] = {
	F_STR(server_floating, server_id, 255, FROM_PATH),
	F_STR(server_floating, address, 45, 0),
	F_END,
};
static const struct field server_network_ask_wire[] = {
	F_STR(server_network_ask, server_id, 255, FROM_PATH),
	F_STR(server_network_ask, networkId, 255, 0),
	F_END,
};

/* --- acts --- */

static enum status floating_list(struct call *c, const struct nothing *in,
				 struct floating_page *out)
{
	(void)in;
	return proxy_floatings(c, &out->list, &out->list_count);
}

static enum status floating_show(struct call *c, const struct floating_key *in,
				 struct proxy_floating *out)
{
	return proxy_floating_show(c, in->id, out);
}

static enum status floating_make(struct call *c, const struct floating_make *in,
				 struct proxy_floating *out)
{
	return proxy_floating_make(c, in->pool, out);
}

static enum status floating_drop(struct call *c, const struct floating_key *in, struct nothing *out)
{
	(void)out;
	return proxy_floating_delete(c, in->id);
}

static enum status pools_list(struct call *c, const struct nothing *in, struct words *out)
{
	(void)in;
	return proxy_pools(c, out);
}

static enum status network_list(struct call *c, const struct nothing *in, struct network_page *out)
{
	(void)in;
	return proxy_networks(c, &out->list, &out->list_count);
}

static enum status network_show(struct call *c, const struct floating_key *in,
				struct proxy_network *out)
{
	return proxy_network_show(c, in->id, out);
}

static enum status floating_add(struct call *c, const struct server_floating *in,
				struct nothing *out)
{
	struct server s;
	(void)out;
	enum status st = server_find_open(c, in->server_id, &s);
	if (!st)
		st = compute_as_bad_input(
			c, proxy_floating_lead(c, in->address, s.id, in->fixed_address), "address");
	return st ? st : server_acted(c, &s, "addFloatingIp");
}

static enum status floating_remove(struct call *c, const struct server_floating *in,
				   struct nothing *out)
{
	struct server s;
	(void)out;
	enum status st = server_find_open(c, in->server_id, &s);
	if (!st)
		st = proxy_floating_part(c, in->address, s.id);
	return st ? st : server_acted(c, &s, "removeFloatingIp");
}

/* --- addresses of a server's own networks --- */

static enum status fixed_add(struct call *c, const struct server_network_ask *in,
			     struct nothing *out)
{
	struct server s;
	(void)out;
	enum status st = server_find_open(c, in->server_id, &s);
	if (!st)
		st = proxy_address_add(c, s.id, in->networkId);
	return st ? st : server_acted(c, &s, "addFixedIp");
}

static enum status fixed_remove(struct call *c, const struct server_floating *in,
				struct nothing *out)
{
	struct server s;
	(void)out;
	enum status st = server_find_open(c, in->server_id, &s);
	if (!st)
		st = proxy_address_drop(c, s.id, in->address);
	return st ? st : server_acted(c, &s, "removeFixedIp");
}

/* --- routes --- */

ACT(floating_list, nothing, floating_page)
ACT(floating_show, floating_key, proxy_floating)
ACT(floating_make, floating_make, proxy_floating)
ACT(floating_drop, floating_key, nothing)
ACT(pools_list, nothing, words)
ACT(network_list, nothing, network_page)
ACT(network_show, floating_key, proxy_network)
ACT(floating_add, server_floating, nothing)
ACT(floating_remove, server_floating, nothing)
ACT(fixed_add, server_network_ask, nothing)
ACT(fixed_remove, server_floating, nothing)

#define V "/v2.1"
#define LAST .until = NOVA(2, 35)
#define ADDRESS(word, fn, in_t, in_shape, name_, help_)                                            \
	{                                                                                          \
		.method = "POST", .path = SERVER "/action", .may = SERVER_WRITE, .scopes = SCOPES, \
		.act = fn##_act, .in = in_shape, .in_size = sizeof(struct in_t),                   \
		.out = nothing_wire, .out_size = sizeof(struct nothing),                           \
		.name = "compute.server." name_, .success = 202, .action = word, .in_wrap = word,  \
		.until = NOVA(2, 43), .help = help_                                                \
	}

const struct route compute_floating_routes[] = {
	ROUTE("GET", V "/os-floating-ips", "network.read", SCOPES, floating_list, nothing,
	      floating_page, .name = "compute.floating_ip.list", .flags = ROUTE_READS,
	      .success = 200, LAST, .help = "The floating addresses of the VDC"),
	ROUTE("GET", V "/os-floating-ips/{id}", "network.read", SCOPES, floating_show, floating_key,
	      proxy_floating, .name = "compute.floating_ip.show", .flags = ROUTE_READS,
	      .success = 200, .out_wrap = "floating_ip", LAST, .help = "A floating address"),
	ROUTE("POST", V "/os-floating-ips", "network.floatingip.create", SCOPES, floating_make,
	      floating_make, proxy_floating, .name = "compute.floating_ip.create", .success = 200,
	      .out_wrap = "floating_ip", .flags = ROUTE_OPTIONAL_BODY, LAST,
	      .help = "Take a floating address of an external network"),
	ROUTE("DELETE", V "/os-floating-ips/{id}", "network.floatingip.delete", SCOPES,
	      floating_drop, floating_key, nothing, .name = "compute.floating_ip.delete",
	      .success = 202, LAST, .help = "Give a floating address back"),
	SHOW(V "/os-floating-ip-pools", "network.read", SCOPES, pools_list, nothing, words,
	     pools_wire, "compute.floating_ip_pool.list", "The external networks, by name", LAST),
	SHOW(V "/os-networks", "network.read", SCOPES, network_list, nothing, network_page,
	     networks_wire, "compute.network.list", "The networks that one sees", LAST),
	SHOW(V "/os-networks/{id}", "network.read", SCOPES, network_show, floating_key,
	     proxy_network, network_wire, "compute.network.show", "One network", LAST),
	SHOW(V "/os-tenant-networks", "network.read", SCOPES, network_list, nothing, network_page,
	     tenant_networks_wire, "compute.tenant_network.list", "The networks that one sees",
	     LAST),
	SHOW(V "/os-tenant-networks/{id}", "network.read", SCOPES, network_show, floating_key,
	     proxy_network, tenant_network_wire, "compute.tenant_network.show", "One network",
	     LAST),
	ADDRESS("addFloatingIp", floating_add, server_floating, floating_add_wire,
		"floating_ip.add", "Lead a floating address to it"),
	ADDRESS("removeFloatingIp", floating_remove, server_floating, server_floating_wire,
		"floating_ip.remove", "Lead a floating address away from it"),
	ADDRESS("addFixedIp", fixed_add, server_network_ask, server_network_ask_wire,
		"fixed_ip.add", "Give it one more address on a network of its own"),
	ADDRESS("removeFixedIp", fixed_remove, server_floating, server_floating_wire,
		"fixed_ip.remove", "Take an address from it"),
	{ 0 },
};
