/* SPDX-License-Identifier: Apache-2.0 */
/* What the metadata service is told of networks, and what it needs in OVN. */
#include "cloud/network/network_metadata.h"
#include "cloud/network/ovsdb_value.h"
#include "cloud/network/test_network_door.h"
#include "cloud/network/test_ovsdb_server.h"

struct where {
	const char *network_id, *address;
};

static enum status holder_act(struct call *c, const void *in, void *out)
{
	const struct where *w = in;

	return network_holder(c, w->network_id, w->address, out);
}

/* The id of the port, "" when nobody has the address. */
static const char *holder(const char *network, const char *address)
{
	struct where w = { network, address };
	struct network_holder h = { 0 };
	struct call *c = call_as(NULL, false);
	enum status st = db_read(c, net_house.db, holder_act, &w, &h, sizeof h);

	if (st != ST_NOT_FOUND)
		assert_int_equal(st, ST_OK);
	return st ? "" : h.port_id;
}

TEST(an_address_is_somebodys_in_its_network_alone)
{
	begin();
	const char *one = new_network(VDC_A), *two = new_network(VDC_A);
	new_subnet(one, "10.0.0.0/24");
	new_subnet(two, "10.0.0.0/24");
	const char *fixed = "\"fixed_ips\":[{\"ip_address\":\"10.0.0.9\"}]";
	const char *a = net_member(made(ask_port(VDC_A, one, fixed), "port"), "id");
	const char *b = net_member(made(ask_port(VDC_A, two, fixed), "port"), "id");

	assert_string_equal(holder(one, "10.0.0.9"), a);
	assert_string_equal(holder(two, "10.0.0.9"), b);
	assert_string_equal(holder(one, "10.0.0.10"), "");
	assert_string_equal(holder(one, "10.0.1.9"), "");
	assert_string_equal(holder(one, "::ffff:10.0.0.9"), "");
	assert_string_equal(holder(one, "10.0.0.9 "), "");
	assert_string_equal(holder("no-such-network", "10.0.0.9"), "");
}

struct networks {
	struct metadata_network *list;
	size_t count;
};

static enum status networks_act(struct call *c, const void *in, void *out_)
{
	struct networks *out = out_;

	return network_metadata_networks(c, in, &out->list, &out->count);
}

static enum status known_act(struct call *c, const void *in, void *out)
{
	return network_metadata_known(c, in, out);
}

TEST(networks_are_found_by_the_ports_that_are_plugged_in)
{
	begin();
	const char *served = new_network(VDC_A), *silent = new_network(VDC_A);
	new_subnet(served, "10.0.0.0/24");
	new_subnet(served, "10.0.1.0/24");
	made(ask_subnet(silent, "\"cidr\":\"10.0.2.0/24\",\"enable_dhcp\":false"), "subnet");
	const char *ports[] = {
		net_member(made(ask_port(VDC_A, served, ""), "port"), "id"),
		net_member(made(ask_port(VDC_A, served, ""), "port"), "id"),
		net_member(made(ask_port(VDC_A, silent, ""), "port"), "id"),
		"0193a000-0000-7000-8000-0000000000ff",
		"somebody-else's",
		"甲乙丙丁甲乙丙丁甲乙丙丁",
	};
	struct words ids = { ports, 6 }, known = { 0 };
	struct networks found = { 0 };
	struct call *c = call_as(NULL, false);

	assert_int_equal(db_read(c, net_house.db, networks_act, &ids, &found, sizeof found), ST_OK);
	assert_int_equal(found.count, 1);
	assert_string_equal(found.list[0].id, served);
	assert_int_equal(found.list[0].mtu, 1442);
	assert_int_equal(found.list[0].cidrs.count, 2);

	const char *asked[] = { served, "0193a000-0000-7000-8000-0000000000ff", "nonsense" };
	ids = (struct words){ asked, 3 };
	assert_int_equal(db_read(c, net_house.db, known_act, &ids, &known, sizeof known), ST_OK);
	assert_int_equal(known.count, 1);
	assert_string_equal(known.list[0], served);
}

static const json_t *row_named(const struct ovsdb_server *s, const char *table, const char *name)
{
	const json_t *rows = ovsdb_server_rows(s, table);

	for (size_t i = 0; i < json_array_size(rows); i++)
		if (str_eq(ovsdb_text(json_array_get(rows, i), "name"), name))
			return json_array_get(rows, i);
	return NULL;
}

TEST(a_network_that_serves_dhcp_has_a_port_of_the_service_and_a_route_to_it)
{
	begin();
	net_config.network.metadata = true;
	struct ovsdb_server *s = ovsdb_server_new();
	start_module(s->remote, NETWORK_OVN);
	const char *n = new_network(VDC_A);
	const char *subnet = new_subnet(n, "10.0.0.0/24");
	assert_int_equal(run_job("network.network.apply", n), ST_OK);

	struct call *c = test_call();
	const char *name = network_metadata_port(c, n);
	const json_t *port = row_named(s, "Logical_Switch_Port", name);
	assert_string_equal(ovsdb_text(port, "type"), "localport");
	const char *address = TEXT("%s 169.254.169.254", network_metadata_mac(c, n));
	assert_true(ovsdb_set_same(port, "addresses", &(struct words){ &address, 1 }));
	const json_t *dhcp = json_array_get(ovsdb_server_rows(s, "DHCP_Options"), 0);
	assert_string_equal(ovsdb_map_value(dhcp, "options", "classless_static_route"),
			    "{169.254.169.254/32,0.0.0.0, 0.0.0.0/0,10.0.0.1}");
	assert_int_equal(run_job("network.network.apply", n), ST_OK);
	assert_int_equal(json_array_size(ovsdb_server_rows(s, "Logical_Switch_Port")), 1);
	assert_int_equal(deep_check(), 0);

	/* Without DHCP nobody would find it. */
	made(net_ask(VDC_A, "network.subnet.update", TEXT("subnet_id=%s", subnet), "",
		     "{\"subnet\":{\"enable_dhcp\":false}}"),
	     "subnet");
	assert_int_equal(deep_check(), 1);
	assert_int_equal(run_job("network.network.apply", n), ST_OK);
	assert_int_equal(json_array_size(ovsdb_server_rows(s, "Logical_Switch_Port")), 0);
	assert_int_equal(deep_check(), 0);
}

TEST(a_route_of_the_subnets_own_to_the_service_stands)
{
	begin();
	net_config.network.metadata = true;
	struct ovsdb_server *s = ovsdb_server_new();
	start_module(s->remote, NETWORK_OVN);
	const char *n = new_network(VDC_A);
	made(ask_subnet(n, "\"cidr\":\"10.0.0.0/24\",\"host_routes\":[{"
			   "\"destination\":\"169.254.169.254/32\",\"nexthop\":\"10.0.0.3\"}]"),
	     "subnet");
	assert_int_equal(run_job("network.network.apply", n), ST_OK);
	const json_t *dhcp = json_array_get(ovsdb_server_rows(s, "DHCP_Options"), 0);
	assert_string_equal(ovsdb_map_value(dhcp, "options", "classless_static_route"),
			    "{169.254.169.254/32,10.0.0.3, 0.0.0.0/0,10.0.0.1}");
}
