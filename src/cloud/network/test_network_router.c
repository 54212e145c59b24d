/* SPDX-License-Identifier: Apache-2.0 */
/* Routers, external networks, floating addresses and subnet pools, and what they become in OVN. */
#include "cloud/network/ovsdb_value.h"
#include "cloud/network/test_network_door.h"
#include "cloud/network/test_ovsdb_server.h"

static const char *external;

/* An external network with addresses, as an operator makes it. */
static void begin_outside(void)
{
	begin();
	external = net_member(made(ask_admin("network.network.create", "", "",
					     "{\"network\":{\"router:external\":true}}"),
				   "network"),
			      "id");
	made(ask_admin("network.subnet.create", "", "",
		       TEXT("{\"subnet\":{\"network_id\":\"%s\",\"ip_version\":4,"
			    "\"cidr\":\"198.51.100.0/24\",\"enable_dhcp\":false}}",
			    external)),
	     "subnet");
}

static const char *new_router(const char *project, const char *more)
{
	return net_member(
		made(net_ask(project, "network.router.create", "", "",
			     TEXT("{\"router\":{\"name\":\"r\"%s%s}}", *more ? "," : "", more)),
		     "router"),
		"id");
}

static const char *leads_out(void)
{
	return TEXT("\"external_gateway_info\":{\"network_id\":\"%s\"}", external);
}

static struct answer plug(const char *way, const char *router, const char *body)
{
	return net_ask(VDC_A, TEXT("network.router.%s-interface", way),
		       TEXT("router_id=%s", router), "", body);
}

static struct answer plug_subnet(const char *router, const char *subnet)
{
	return plug("add", router, TEXT("{\"subnet_id\":\"%s\"}", subnet));
}

static struct answer update_router(const char *router, const char *body)
{
	return net_ask(VDC_A, "network.router.update", TEXT("router_id=%s", router), "",
		       TEXT("{\"router\":{%s}}", body));
}

TEST(a_router_joins_subnets_and_is_deleted_when_it_is_in_none)
{
	begin();
	const char *n = new_network(VDC_A), *s = new_subnet(n, "10.0.0.0/24");
	const char *m = new_network(VDC_A), *t = new_subnet(m, "10.0.1.0/24");
	const char *r = new_router(VDC_A, "");
	struct answer a = plug_subnet(r, s);

	expect_st(a, ST_OK, NULL);
	assert_string_equal(net_member(a.body, "subnet_id"), s);
	const json_t *p = made(net_ask(VDC_A, "network.port.show",
				       TEXT("port_id=%s", net_member(a.body, "port_id")), "", NULL),
			       "port");
	assert_string_equal(net_member(p, "device_owner"), "network:router_interface");
	assert_string_equal(net_member(p, "device_id"), r);
	assert_string_equal(address_of(p, 0), "10.0.0.1");
	expect_st(net_ask(VDC_A, "network.port.delete", TEXT("port_id=%s", net_member(p, "id")), "",
			  NULL),
		  ST_CONFLICT, "ServicePortInUse");

	const char *own = net_member(made(ask_port(VDC_A, m, ""), "port"), "id");
	expect_st(plug("add", r, TEXT("{\"port_id\":\"%s\"}", own)), ST_OK, NULL);
	expect_st(plug("add", r, TEXT("{\"port_id\":\"%s\"}", own)), ST_CONFLICT, "PortInUse");
	expect_st(plug("add", r, "{}"), ST_BAD_INPUT, "BadRequest");
	expect_st(plug_subnet(r, s), ST_BAD_INPUT, "BadRequest");
	expect_st(plug_subnet(r, new_subnet(new_network(VDC_A), "10.0.0.128/25")), ST_BAD_INPUT,
		  "BadRequest");
	expect_st(net_ask(VDC_A, "network.router.delete", TEXT("router_id=%s", r), "", NULL),
		  ST_CONFLICT, "RouterInUse");
	expect_st(net_ask(VDC_B, "network.router.show", TEXT("router_id=%s", r), "", NULL),
		  ST_NOT_FOUND, "RouterNotFound");

	expect_st(plug("remove", r, TEXT("{\"subnet_id\":\"%s\"}", s)), ST_OK, NULL);
	expect_st(plug("remove", r, TEXT("{\"subnet_id\":\"%s\"}", s)), ST_NOT_FOUND,
		  "RouterInterfaceNotFoundForSubnet");
	expect_st(plug("remove", r, TEXT("{\"port_id\":\"%s\"}", own)), ST_OK, NULL);
	expect_st(net_ask(VDC_A, "network.router.delete", TEXT("router_id=%s", r), "", NULL), ST_OK,
		  NULL);
	expect_st(net_ask(VDC_A, "network.subnet.delete", TEXT("subnet_id=%s", t), "", NULL), ST_OK,
		  NULL);
}

TEST(a_route_leads_over_a_neighbour_and_keeps_its_subnet)
{
	begin();
	const char *s = new_subnet(new_network(VDC_A), "10.0.0.0/24"), *r = new_router(VDC_A, "");

	expect_st(plug_subnet(r, s), ST_OK, NULL);
	expect_st(update_router(r, "\"routes\":[{\"destination\":\"10.9.0.0/16\",\"nexthop\":"
				   "\"10.1.0.9\"}]"),
		  ST_BAD_INPUT, "InvalidRoutes");
	expect_st(update_router(r, "\"routes\":[{\"destination\":\"10.9.0.0/16\",\"nexthop\":"
				   "\"10.0.0.1\"}]"),
		  ST_BAD_INPUT, "InvalidRoutes");
	expect_st(update_router(r, "\"routes\":[{\"destination\":\"there\",\"nexthop\":"
				   "\"10.0.0.9\"}]"),
		  ST_BAD_INPUT, "routes");
	expect_st(update_router(r, "\"routes\":[{\"destination\":\"10.9.0.0/16\",\"nexthop\":"
				   "\"10.0.0.9\"}]"),
		  ST_OK, NULL);
	expect_st(plug("remove", r, TEXT("{\"subnet_id\":\"%s\"}", s)), ST_CONFLICT,
		  "RouterInterfaceInUseByRoute");
	const json_t *shown = made(update_router(r, "\"routes\":null"), "router");
	assert_int_equal(json_array_size(json_object_get(shown, "routes")), 0);
	expect_st(plug("remove", r, TEXT("{\"subnet_id\":\"%s\"}", s)), ST_OK, NULL);
}

TEST(a_gateway_is_on_an_external_network_that_all_see_and_few_change)
{
	begin_outside();
	const char *r = new_router(VDC_A, leads_out());
	const json_t *shown = made(
		net_ask(VDC_A, "network.router.show", TEXT("router_id=%s", r), "", NULL), "router");
	const json_t *gateway = json_object_get(shown, "external_gateway_info");

	assert_string_equal(net_member(gateway, "network_id"), external);
	assert_true(json_is_true(json_object_get(gateway, "enable_snat")));
	assert_string_equal(
		net_member(json_array_get(json_object_get(gateway, "external_fixed_ips"), 0),
			   "ip_address"),
		"198.51.100.2");
	/* Its network is seen, its subnets and its ports are not, and nobody plugs a guest in. */
	assert_int_equal(list_length(VDC_A, "network", "router:external=True"), 1);
	assert_int_equal(list_length(VDC_A, "subnet", ""), 0);
	assert_int_equal(list_length(VDC_A, "port", ""), 0);
	expect_st(ask_port(VDC_A, external, ""), ST_NOT_FOUND, "NetworkNotFound");
	expect_st(net_ask(VDC_A, "network.network.update", TEXT("network_id=%s", external), "",
			  "{\"network\":{}}"),
		  ST_FORBIDDEN, NULL);
	expect_st(update_router(r, TEXT("\"external_gateway_info\":{\"network_id\":\"%s\"}",
					new_network(VDC_A))),
		  ST_BAD_INPUT, "BadRequest");
	expect_st(update_router(r, TEXT("\"external_gateway_info\":{\"network_id\":\"%s\","
					"\"enable_snat\":false}",
					external)),
		  ST_FORBIDDEN, NULL);
	expect_st(ask_admin("network.network.update", TEXT("network_id=%s", external), "",
			    "{\"network\":{\"router:external\":false}}"),
		  ST_CONFLICT, "ExternalNetworkInUse");
	expect_st(ask_admin("network.network.delete", TEXT("network_id=%s", external), "", NULL),
		  ST_CONFLICT, "NetworkInUse");
	shown = made(update_router(r, "\"external_gateway_info\":{}"), "router");
	assert_true(json_is_null(json_object_get(shown, "external_gateway_info")));
	expect_st(ask_admin("network.network.delete", TEXT("network_id=%s", external), "", NULL),
		  ST_OK, NULL);
}

static struct answer ask_floating(const char *more)
{
	return net_ask(VDC_A, "network.floatingip.create", "", "",
		       TEXT("{\"floatingip\":{\"floating_network_id\":\"%s\"%s%s}}", external,
			    *more ? "," : "", more));
}

TEST(a_floating_address_leads_to_a_port_behind_a_router)
{
	begin_outside();
	const char *n = new_network(VDC_A), *s = new_subnet(n, "10.0.0.0/24");
	const char *r = new_router(VDC_A, "");
	const char *p = net_member(made(ask_port(VDC_A, n, ""), "port"), "id");

	expect_st(plug_subnet(r, s), ST_OK, NULL);
	expect_st(ask_floating(TEXT("\"port_id\":\"%s\"", p)), ST_NOT_FOUND,
		  "ExternalGatewayForFloatingIPNotFound");
	made(update_router(r, leads_out()), "router");
	const json_t *f = made(ask_floating(TEXT("\"port_id\":\"%s\"", p)), "floatingip");
	const char *path = TEXT("floatingip_id=%s", net_member(f, "id"));
	assert_string_equal(net_member(f, "fixed_ip_address"), "10.0.0.2");
	assert_string_equal(net_member(f, "router_id"), r);
	assert_string_equal(net_member(f, "status"), "ACTIVE");
	assert_string_equal(net_member(f, "floating_ip_address"), "198.51.100.3");
	expect_st(ask_floating(TEXT("\"port_id\":\"%s\"", p)), ST_CONFLICT,
		  "FloatingIPPortAlreadyAssociated");
	expect_st(update_router(r, "\"external_gateway_info\":null"), ST_CONFLICT,
		  "RouterExternalGatewayInUseByFloatingIp");
	expect_st(plug("remove", r, TEXT("{\"subnet_id\":\"%s\"}", s)), ST_CONFLICT,
		  "RouterInterfaceInUseByFloatingIP");
	expect_st(net_ask(VDC_B, "network.floatingip.show", path, "", NULL), ST_NOT_FOUND,
		  "FloatingIPNotFound");
	expect_st(ask_floating("\"floating_ip_address\":\"198.51.100.77\""), ST_FORBIDDEN, NULL);

	/* The port goes: the address stays with the VDC and leads nowhere. */
	expect_st(net_ask(VDC_A, "network.port.delete", TEXT("port_id=%s", p), "", NULL), ST_OK,
		  NULL);
	f = made(net_ask(VDC_A, "network.floatingip.show", path, "", NULL), "floatingip");
	assert_true(json_is_null(json_object_get(f, "port_id")));
	assert_true(json_is_null(json_object_get(f, "router_id")));
	assert_string_equal(net_member(f, "status"), "DOWN");
	expect_st(net_ask(VDC_A, "network.floatingip.delete", path, "", NULL), ST_OK, NULL);
	assert_int_equal(list_length(VDC_A, "floatingip", ""), 0);
	made(update_router(r, "\"external_gateway_info\":null"), "router");
}

TEST(quotas_of_routers_and_floating_addresses_are_kept)
{
	begin_outside();
	made(ask_admin("network.quota.update", TEXT("project_id=%s", VDC_A), "",
		       "{\"quota\":{\"router\":1,\"floatingip\":1}}"),
	     "quota");
	new_router(VDC_A, "");
	expect_st(net_ask(VDC_A, "network.router.create", "", "", "{\"router\":{}}"), ST_CONFLICT,
		  "OverQuota");
	made(ask_floating(""), "floatingip");
	expect_st(ask_floating(""), ST_CONFLICT, "OverQuota");
}

TEST(guests_of_an_automatic_subnet_have_the_address_that_their_card_makes)
{
	begin();
	const char *n = new_network(VDC_A);
	const json_t *p = made(ask_port(VDC_A, n, "\"mac_address\":\"fa:16:3e:01:02:03\""), "port");
	const char *path = TEXT("port_id=%s", net_member(p, "id"));
	struct answer a =
		net_ask(VDC_A, "network.subnet.create", "", "",
			TEXT("{\"subnet\":{\"network_id\":\"%s\",\"ip_version\":6,\"cidr\":"
			     "\"2001:db8:1::/64\",\"ipv6_address_mode\":\"slaac\","
			     "\"ipv6_ra_mode\":\"slaac\"}}",
			     n));
	const char *s = net_member(made(a, "subnet"), "id");

	/* A port that was there before has one from now on. */
	p = made(net_ask(VDC_A, "network.port.show", path, "", NULL), "port");
	assert_string_equal(address_of(p, 0), "2001:db8:1:0:f816:3eff:fe01:203");
	p = made(ask_port(VDC_A, n, "\"mac_address\":\"fa:16:3e:0a:0b:0c\""), "port");
	assert_string_equal(address_of(p, 0), "2001:db8:1:0:f816:3eff:fe0a:b0c");
	expect_st(ask_port(VDC_A, n, "\"fixed_ips\":[{\"ip_address\":\"2001:db8:1::9\"}]"),
		  ST_BAD_INPUT, "InvalidInput");
	a = net_ask(VDC_A, "network.subnet.create", "", "",
		    TEXT("{\"subnet\":{\"network_id\":\"%s\",\"ip_version\":6,\"cidr\":"
			 "\"2001:db8:2::/64\",\"ipv6_address_mode\":\"slaac\","
			 "\"ipv6_ra_mode\":\"dhcpv6-stateful\"}}",
			 n));
	expect_st(a, ST_BAD_INPUT, "InvalidInput");
	/* Its addresses go with it. */
	expect_st(net_ask(VDC_A, "network.subnet.delete", TEXT("subnet_id=%s", s), "", NULL), ST_OK,
		  NULL);
	p = made(net_ask(VDC_A, "network.port.show", path, "", NULL), "port");
	assert_int_equal(json_array_size(json_object_get(p, "fixed_ips")), 0);
}

/* --- subnet pools --- */

static struct answer cut(const char *pool, const char *more)
{
	return net_ask(VDC_A, "network.subnet.create", "", "",
		       TEXT("{\"subnet\":{\"network_id\":\"%s\",\"ip_version\":4,"
			    "\"subnetpool_id\":\"%s\"%s%s}}",
			    new_network(VDC_A), pool, *more ? "," : "", more));
}

TEST(subnets_are_cut_out_of_a_pool_without_overlap)
{
	begin();
	const char *body = "{\"subnetpool\":{\"name\":\"p\",\"prefixes\":[\"10.0.0.0/24\"],"
			   "\"default_prefixlen\":26,\"min_prefixlen\":25,\"max_prefixlen\":28}}";
	const char *pool = net_member(
		made(net_ask(VDC_A, "network.subnetpool.create", "", "", body), "subnetpool"),
		"id");
	const char *path = TEXT("subnetpool_id=%s", pool);

	assert_string_equal(net_member(made(cut(pool, ""), "subnet"), "cidr"), "10.0.0.0/26");
	assert_string_equal(net_member(made(cut(pool, "\"prefixlen\":28"), "subnet"), "cidr"),
			    "10.0.0.64/28");
	assert_string_equal(net_member(made(cut(pool, "\"prefixlen\":25"), "subnet"), "cidr"),
			    "10.0.0.128/25");
	assert_string_equal(net_member(made(cut(pool, "\"prefixlen\":28"), "subnet"), "cidr"),
			    "10.0.0.80/28");
	expect_st(cut(pool, ""), ST_CONFLICT, "SubnetAllocationError");
	expect_st(cut(pool, "\"prefixlen\":24"), ST_BAD_INPUT, "MinPrefixSubnetAllocationError");
	expect_st(cut(pool, "\"prefixlen\":29"), ST_BAD_INPUT, "MaxPrefixSubnetAllocationError");
	expect_st(cut(pool, "\"cidr\":\"10.0.0.0/28\""), ST_CONFLICT, "SubnetAllocationError");
	assert_string_equal(net_member(made(cut(pool, "\"cidr\":\"10.0.0.96/28\""), "subnet"),
				       "cidr"),
			    "10.0.0.96/28");
	expect_st(net_ask(VDC_A, "network.subnetpool.update", path, "",
			  "{\"subnetpool\":{\"prefixes\":[\"10.1.0.0/24\"]}}"),
		  ST_BAD_INPUT, "IllegalSubnetPoolPrefixUpdate");
	made(net_ask(VDC_A, "network.subnetpool.update", path, "",
		     "{\"subnetpool\":{\"prefixes\":[\"10.0.0.0/23\"]}}"),
	     "subnetpool");
	assert_string_equal(net_member(made(cut(pool, ""), "subnet"), "cidr"), "10.0.1.0/26");
	expect_st(net_ask(VDC_A, "network.subnetpool.delete", path, "", NULL), ST_BAD_INPUT,
		  "SubnetPoolDeleteError");
	expect_st(net_ask(VDC_B, "network.subnetpool.show", path, "", NULL), ST_NOT_FOUND,
		  "SubnetPoolNotFound");
}

/* --- in OVN --- */

static size_t rows(const struct ovsdb_server *s, const char *table)
{
	return json_array_size(ovsdb_server_rows(s, table));
}

TEST(a_router_with_its_gateway_and_floating_address_becomes_rows_of_ovn)
{
	begin_outside();
	struct ovsdb_server *s = ovsdb_server_new();
	start_module(s->remote, NETWORK_OVN);
	const char *n = new_network(VDC_A), *r = new_router(VDC_A, leads_out());
	expect_st(plug_subnet(r, new_subnet(n, "10.0.0.0/24")), ST_OK, NULL);
	const char *p = net_member(made(ask_port(VDC_A, n, ""), "port"), "id");
	const json_t *f = made(ask_floating(TEXT("\"port_id\":\"%s\"", p)), "floatingip");

	assert_int_equal(run_job("network.router.apply", r), ST_OK);
	assert_int_equal(rows(s, "Logical_Router"), 1);
	assert_int_equal(rows(s, "Logical_Router_Port"), 2);
	assert_int_equal(rows(s, "Logical_Router_Static_Route"), 1);
	assert_int_equal(rows(s, "NAT"), 2);
	assert_int_equal(run_job("network.router.apply", r), ST_OK);
	assert_int_equal(rows(s, "NAT"), 2);
	expect_st(net_ask(VDC_A, "network.floatingip.delete",
			  TEXT("floatingip_id=%s", net_member(f, "id")), "", NULL),
		  ST_OK, NULL);
	assert_int_equal(run_job("network.router.apply", r), ST_OK);
	assert_int_equal(rows(s, "NAT"), 1);

	/* Somebody takes a route away: it is found, and put back. */
	struct call *c = test_call();
	const json_t *result;
	assert_int_equal(ovsdb_request(c, s->direct, "transact",
				       "[\"OVN_Northbound\",{\"op\":\"update\",\"table\":"
				       "\"Logical_Router\",\"where\":[],\"row\":{\"static_routes\":"
				       "[\"set\",[]]}}]",
				       &result),
			 ST_OK);
	assert_true(deep_check() > 0);
	assert_int_equal(run_job("network.router.apply", r), ST_OK);
	assert_int_equal(rows(s, "Logical_Router_Static_Route"), 1);

	const json_t *ports =
		made(ask_admin("network.port.list", "", TEXT("device_id=%s", r), NULL), "ports");
	assert_int_equal(json_array_size(ports), 2);
	for (size_t i = 0; i < 2; i++)
		assert_int_equal(run_job("network.port.apply",
					 net_member(json_array_get(ports, i), "id")),
				 ST_OK);
	assert_int_equal(run_job("network.port.apply", p), ST_OK);
	assert_int_equal(deep_check(), 0);
	const json_t *switch_ports = ovsdb_server_rows(s, "Logical_Switch_Port");
	size_t routed = 0;
	for (size_t i = 0; i < json_array_size(switch_ports); i++)
		routed += str_eq(ovsdb_text(json_array_get(switch_ports, i), "type"), "router");
	assert_int_equal(routed, 2);
}

static void new_host(const struct ovsdb_server *s, const char *name, const char *options)
{
	struct call *c = test_call();
	const json_t *result;

	assert_int_equal(
		ovsdb_request(
			c, s->direct, "transact",
			TEXT("[\"OVN_Southbound\",{\"op\":\"insert\",\"table\":\"Encap\",\"row\":"
			     "{\"type\":\"geneve\",\"ip\":\"%s\",\"chassis_name\":\"%s\"},"
			     "\"uuid-name\":\"e\"},{\"op\":\"insert\",\"table\":\"Chassis\","
			     "\"row\":{\"name\":\"%s\",\"encaps\":[\"named-uuid\",\"e\"],"
			     "\"other_config\":[\"map\",[[\"ovn-cms-options\",\"%s\"]]]}}]",
			     name, name, name, options),
			&result),
		ST_OK);
	for (size_t i = 0; i < json_array_size(result); i++)
		assert_null(json_object_get(json_array_get(result, i), "error"));
}

TEST(a_gateway_is_carried_by_the_hosts_that_are_meant_for_it)
{
	begin_outside();
	struct ovsdb_server *s = ovsdb_server_new();
	net_config.network.southbound = s->remote;
	start_module(s->remote, NETWORK_OVN);
	const char *r = new_router(VDC_A, leads_out());

	new_host(s, "one", "");
	new_host(s, "two", "");
	assert_int_equal(run_job("network.router.apply", r), ST_OK);
	assert_int_equal(rows(s, "Gateway_Chassis"), 2);
	/* A host that is meant for it comes: the others are let go. */
	new_host(s, "three", "enable-chassis-as-gw");
	assert_true(deep_check() > 0);
	assert_int_equal(run_job("network.router.apply", r), ST_OK);
	assert_int_equal(rows(s, "Gateway_Chassis"), 1);
	assert_string_equal(ovsdb_text(json_array_get(ovsdb_server_rows(s, "Gateway_Chassis"), 0),
				       "chassis_name"),
			    "three");
	assert_int_equal(run_job("network.router.apply", r), ST_OK);
	assert_int_equal(rows(s, "Gateway_Chassis"), 1);
}

TEST(a_network_of_the_site_gets_a_localnet_port)
{
	begin();
	struct ovsdb_server *s = ovsdb_server_new();
	start_module(s->remote, NETWORK_OVN);
	const char *body = "{\"network\":{\"router:external\":true,\"provider:network_type\":"
			   "\"vlan\",\"provider:physical_network\":\"gov\","
			   "\"provider:segmentation_id\":7}}";
	const char *n = net_member(
		made(ask_admin("network.network.create", "", "", body), "network"), "id");

	expect_st(net_ask(VDC_A, "network.network.create", "", "", body), ST_FORBIDDEN, NULL);
	expect_st(ask_admin("network.network.create", "", "",
			    "{\"network\":{\"provider:network_type\":\"vlan\"}}"),
		  ST_BAD_INPUT, "provider:physical_network");
	expect_st(ask_admin("network.network.create", "", "",
			    "{\"network\":{\"provider:network_type\":\"vlan\","
			    "\"provider:physical_network\":\"gov\"}}"),
		  ST_BAD_INPUT, "provider:segmentation_id");
	assert_int_equal(run_job("network.network.apply", n), ST_OK);
	assert_int_equal(run_job("network.network.apply", n), ST_OK);
	const json_t *ports = ovsdb_server_rows(s, "Logical_Switch_Port");
	assert_int_equal(json_array_size(ports), 1);
	const json_t *port = json_array_get(ports, 0);
	assert_string_equal(ovsdb_text(port, "type"), "localnet");
	assert_string_equal(ovsdb_map_value(port, "options", "network_name"), "gov");
	assert_int_equal(json_integer_value(json_object_get(port, "tag")), 7);
	assert_int_equal(deep_check(), 0);
}
