/* SPDX-License-Identifier: Apache-2.0 */
/* Nova v2.1: network cards of servers. */
#include "cloud/compute/compute_http.h"

static void write_tag(struct call *c, struct json_out *j, const void *obj)
{
	(void)c;
	(void)obj;
	json_nil(j);
}

static const struct field interface_ip_wire[] = {
	F_STR(network_fixed_ip, subnet_id, 0, 0),
	F_STR(network_fixed_ip, ip_address, 0, 0),
	F_END,
};
static const struct field network_interface_wire[] = {
	F_STR_AS("port_id", network_interface, id, 0, 0),
	F_STR_AS("net_id", network_interface, network_id, 0, 0),
	F_STR_AS("mac_addr", network_interface, mac_address, 0, 0),
	F_STR_AS("port_state", network_interface, status, 0, 0),
	F_LIST(network_interface, fixed_ips, network_fixed_ip, interface_ip_wire, 0, 0),
	F_VIEW("tag", write_tag, SINCE(2, 70)),
	F_END,
};
static const struct field interface_page_wire[] = {
	F_LIST_AS("interfaceAttachments", interface_page, list, network_interface,
		  network_interface_wire, 0, 0),
	F_END,
};
static const struct field interface_key_wire[] = {
	F_STR(interface_key, server_id, 255, FROM_PATH),
	F_STR(interface_key, port_id, 255, FROM_PATH),
	F_END,
};
static const struct field asked_ip_wire[] = {
	F_STR(interface_ip, ip_address, 45, 0),
	F_END,
};
static const struct field interface_make_wire[] = {
	F_STR(interface_make, server_id, 255, FROM_PATH),
	F_ID(interface_make, net_id, OPT),
	F_ID(interface_make, port_id, OPT),
	F_LIST(interface_make, fixed_ips, interface_ip, asked_ip_wire, 8, OPT),
	F_STR(interface_make, tag, 60, OPT, SINCE(2, 49)),
	F_END,
};

ACT(interface_list, server_key, interface_page)
ACT(interface_show, interface_key, network_interface)
ACT(interface_make, interface_make, network_interface)
ACT(interface_drop, interface_key, nothing)

#define INTERFACES SERVER "/os-interface"

const struct route compute_interface_routes[] = {
	ROUTE("GET", INTERFACES, SERVER_READ, SCOPES, interface_list, server_key, interface_page,
	      .name = "compute.server.interface.list", .flags = ROUTE_READS, .success = 200,
	      .help = "Its network cards"),
	ROUTE("GET", INTERFACES "/{port_id}", SERVER_READ, SCOPES, interface_show, interface_key,
	      network_interface, .name = "compute.server.interface.show", .flags = ROUTE_READS,
	      .success = 200, .out_wrap = "interfaceAttachment", .help = "One network card"),
	ROUTE("POST", INTERFACES, SERVER_WRITE, SCOPES, interface_make, interface_make,
	      network_interface, .name = "compute.server.interface.add", .success = 200,
	      .in_wrap = "interfaceAttachment", .out_wrap = "interfaceAttachment",
	      .help = "Put in a network card: of a network, or for a port"),
	ROUTE("DELETE", INTERFACES "/{port_id}", SERVER_WRITE, SCOPES, interface_drop,
	      interface_key, nothing, .name = "compute.server.interface.remove", .success = 202,
	      .help = "Take out a network card"),
	{ 0 },
};
