/* SPDX-License-Identifier: Apache-2.0 */
/* Ports and their addresses, as clients ask for them and as servers take them. */
#include "cloud/network/test_network_door.h"

/* --- ports and addresses --- */

TEST(addresses_are_given_until_there_are_none_and_then_again)
{
	begin();
	const char *n = new_network(VDC_A), *ids[5];

	new_subnet(n, "10.0.0.0/29");
	for (int i = 0; i < 5; i++) {
		const json_t *p = made(ask_port(VDC_A, n, ""), "port");
		assert_string_equal(address_of(p, 0), TEXT("10.0.0.%d", i + 2));
		assert_string_equal(net_member(p, "status"), "DOWN");
		ids[i] = net_member(p, "id");
	}
	expect_st(ask_port(VDC_A, n, ""), ST_CONFLICT, "IpAddressGenerationFailure");
	expect_st(net_ask(VDC_A, "network.port.delete", TEXT("port_id=%s", ids[1]), "", NULL),
		  ST_OK, NULL);
	assert_string_equal(address_of(made(ask_port(VDC_A, n, ""), "port"), 0), "10.0.0.3");
	assert_int_equal(list_length(VDC_A, "port", "fixed_ips=ip_address=10.0.0.3"), 1);
	assert_int_equal(list_length(VDC_A, "port", "fixed_ips=ip_address_substr=0.0."), 5);
}

TEST(an_address_that_was_given_back_rests_while_there_are_others)
{
	begin();
	const char *n = new_network(VDC_A);

	new_subnet(n, "10.0.0.0/24");
	const char *id = net_member(made(ask_port(VDC_A, n, ""), "port"), "id");
	expect_st(net_ask(VDC_A, "network.port.delete", TEXT("port_id=%s", id), "", NULL), ST_OK,
		  NULL);
	assert_string_equal(address_of(made(ask_port(VDC_A, n, ""), "port"), 0), "10.0.0.3");
}

TEST(a_port_gets_the_addresses_that_it_asks_for)
{
	begin();
	const char *n = new_network(VDC_A), *s = new_subnet(n, "10.0.0.0/24");
	struct answer six = net_ask(VDC_A, "network.subnet.create", "", "",
				    TEXT("{\"subnet\":{\"network_id\":\"%s\",\"ip_version\":6,"
					 "\"cidr\":\"2001:db8::/64\"}}",
					 n));
	made(six, "subnet");
	const json_t *p = made(ask_port(VDC_A, n, ""), "port");
	assert_string_equal(address_of(p, 0), "10.0.0.2");
	assert_string_equal(address_of(p, 1), "2001:db8::2");

	p = made(ask_port(VDC_A, n, "\"fixed_ips\":[{\"ip_address\":\"10.0.0.200\"}]"), "port");
	assert_int_equal(json_array_size(json_object_get(p, "fixed_ips")), 1);
	p = made(ask_port(VDC_A, n,
			  "\"fixed_ips\":[{\"ip_address\":"
			  "\"2001:db8::ffff:ffff:ffff:ffff\"}]"),
		 "port");
	assert_string_equal(address_of(p, 0), "2001:db8::ffff:ffff:ffff:ffff");
	p = made(ask_port(VDC_A, n,
			  TEXT("\"fixed_ips\":[{\"subnet_id\":\"%s\"},"
			       "{\"subnet_id\":\"%s\"}]",
			       s, s)),
		 "port");
	assert_string_equal(address_of(p, 0), "10.0.0.3");
	assert_string_equal(address_of(p, 1), "10.0.0.4");
	p = made(ask_port(VDC_A, n, "\"fixed_ips\":[]"), "port");
	assert_int_equal(json_array_size(json_object_get(p, "fixed_ips")), 0);

	expect_st(ask_port(VDC_A, n, "\"fixed_ips\":[{\"ip_address\":\"10.0.0.200\"}]"),
		  ST_CONFLICT, "IpAddressAlreadyAllocated");
	expect_st(ask_port(VDC_A, n, "\"fixed_ips\":[{\"ip_address\":\"10.0.0.255\"}]"),
		  ST_BAD_INPUT, "InvalidIpForSubnet");
	expect_st(ask_port(VDC_A, n, "\"fixed_ips\":[{\"ip_address\":\"10.9.0.1\"}]"), ST_BAD_INPUT,
		  "InvalidIpForNetwork");
	expect_st(ask_port(VDC_A, n, "\"fixed_ips\":[{}]"), ST_BAD_INPUT, NULL);
}

TEST(a_port_keeps_the_address_that_it_asks_for_again)
{
	begin();
	const char *n = new_network(VDC_A), *s = new_subnet(n, "10.0.0.0/24");
	const json_t *p = made(ask_port(VDC_A, n, ""), "port");
	const char *path = TEXT("port_id=%s", net_member(p, "id"));

	p = made(net_ask(VDC_A, "network.port.update", path, "",
			 TEXT("{\"port\":{\"fixed_ips\":[{\"subnet_id\":\"%s\"},"
			      "{\"ip_address\":\"10.0.0.99\"}]}}",
			      s)),
		 "port");
	assert_string_equal(address_of(p, 0), "10.0.0.2");
	assert_string_equal(address_of(p, 1), "10.0.0.99");
	p = made(net_ask(VDC_A, "network.port.update", path, "",
			 "{\"port\":{\"fixed_ips\":[{\"ip_address\":\"10.0.0.99\"}],"
			 "\"mac_address\":\"fa:16:3e:aa:bb:cc\",\"name\":\"new\"}}"),
		 "port");
	assert_string_equal(address_of(p, 0), "10.0.0.99");
	assert_string_equal(net_member(p, "mac_address"), "fa:16:3e:aa:bb:cc");
	expect_st(ask_port(VDC_A, n, "\"mac_address\":\"FA-16-3E-AA-BB-CC\""), ST_CONFLICT,
		  "MacAddressInUse");
}

TEST(what_is_in_use_is_not_deleted)
{
	begin();
	const char *n = new_network(VDC_A), *s = new_subnet(n, "10.0.0.0/24");
	const char *p = net_member(made(ask_port(VDC_A, n, ""), "port"), "id");

	expect_st(net_ask(VDC_A, "network.subnet.delete", TEXT("subnet_id=%s", s), "", NULL),
		  ST_CONFLICT, "SubnetInUse");
	expect_st(net_ask(VDC_A, "network.network.delete", TEXT("network_id=%s", n), "", NULL),
		  ST_CONFLICT, "NetworkInUse");
	expect_st(net_ask(VDC_A, "network.port.delete", TEXT("port_id=%s", p), "", NULL), ST_OK,
		  NULL);
	/* Its subnets go with a network. */
	expect_st(net_ask(VDC_A, "network.network.delete", TEXT("network_id=%s", n), "", NULL),
		  ST_OK, NULL);
	expect_st(net_ask(VDC_A, "network.subnet.show", TEXT("subnet_id=%s", s), "", NULL),
		  ST_NOT_FOUND, NULL);
}

/* --- servers --- */

struct attach {
	const char *device_id;
	struct network_wish wish;
};

static enum status attach_act(struct call *c, const void *in, void *out)
{
	const struct attach *a = in;

	return network_attach(c, a->device_id, NULL, &a->wish, out);
}

static enum status detach_act(struct call *c, const void *in, void *out)
{
	(void)out;
	return network_detach_all(c, in);
}

struct interfaces {
	struct network_interface *list;
	size_t count;
};
static enum status interfaces_act(struct call *c, const void *in, void *out)
{
	struct interfaces *i = out;

	return network_interfaces(c, in, 3, &i->list, &i->count);
}

static enum status only_act(struct call *c, const void *in, void *out)
{
	(void)in;
	return network_only(c, c->actor.project_id, out);
}

TEST(a_server_takes_ports_and_gives_them_back)
{
	static const char *const servers[] = { "00000000-0000-7000-8000-000000000001",
					       "00000000-0000-7000-8000-000000000002",
					       "00000000-0000-7000-8000-000000000003" };
	begin();
	const char *n = new_network(VDC_A), *only = NULL;
	struct call *c = call_as(VDC_A, false);
	struct attach a = { servers[0], { .network_id = n } };
	struct network_interface i;
	char none;

	assert_int_equal(db_write(c, net_house.db, attach_act, &a, &i, sizeof i), ST_BAD_INPUT);
	new_subnet(n, "10.0.0.0/24");
	assert_int_equal(db_write(c, net_house.db, attach_act, &a, &i, sizeof i), ST_OK);
	assert_string_equal(i.fixed_ips[0].ip_address, "10.0.0.2");
	assert_string_equal(i.network_name, "net");
	assert_int_equal(i.mtu, NETWORK_MTU);
	assert_false(i.applied);

	const char *own = net_member(made(ask_port(VDC_A, n, "\"name\":\"own\""), "port"), "id");
	a = (struct attach){ servers[2], { .port_id = own } };
	assert_int_equal(db_write(c, net_house.db, attach_act, &a, &i, sizeof i), ST_OK);
	assert_int_equal(db_write(c, net_house.db, attach_act, &a, &i, sizeof i), ST_CONFLICT);
	assert_string_equal(c->problem_at, "PortInUse");
	a = (struct attach){ servers[2], { .network_id = n, .fixed_ip = "10.0.0.77" } };
	c = call_as(VDC_A, false);
	assert_int_equal(db_write(c, net_house.db, attach_act, &a, &i, sizeof i), ST_OK);
	c = call_as(VDC_B, false);
	assert_int_equal(db_write(c, net_house.db, attach_act, &a, &i, sizeof i), ST_NOT_FOUND);

	struct interfaces all;
	c = call_as(VDC_A, false);
	assert_int_equal(db_read(c, net_house.db, interfaces_act, servers, &all, sizeof all),
			 ST_OK);
	assert_int_equal(all.count, 3);
	assert_string_equal(all.list[0].device_id, servers[0]);
	assert_string_equal(all.list[1].id, own);
	assert_string_equal(all.list[2].fixed_ips[0].ip_address, "10.0.0.77");
	assert_int_equal(list_length(VDC_A, "port", TEXT("device_id=%s", servers[2])), 2);
	assert_int_equal(db_read(c, net_house.db, only_act, NULL, &only, sizeof only), ST_OK);
	assert_string_equal(only, n);

	assert_int_equal(db_write(c, net_house.db, detach_act, servers[2], &none, 1), ST_OK);
	assert_int_equal(list_length(VDC_A, "port", ""), 2);
	const json_t *p = made(
		net_ask(VDC_A, "network.port.show", TEXT("port_id=%s", own), "", NULL), "port");
	assert_string_equal(net_member(p, "device_id"), "");
	new_network(VDC_A);
	assert_int_equal(db_read(c, net_house.db, only_act, NULL, &only, sizeof only), ST_CONFLICT);
}

struct regroup {
	const char *device_id, *group;
	bool add;
};

static enum status regroup_act(struct call *c, const void *in, void *out)
{
	const struct regroup *r = in;

	(void)out;
	return r->add ? network_device_group_add(c, r->device_id, VDC_A, r->group)
		      : network_device_group_remove(c, r->device_id, VDC_A, r->group);
}

struct device_groups {
	struct network_group *list;
	size_t count;
};
static enum status device_groups_act(struct call *c, const void *in, void *out)
{
	struct device_groups *g = out;

	return network_device_groups(c, in, 1, &g->list, &g->count);
}

TEST(a_server_is_in_the_groups_that_it_asks_for_by_name)
{
	static const char *const server[] = { "00000000-0000-7000-8000-000000000001" };
	const char *names[] = { "web" };
	begin();
	const char *n = new_network(VDC_A);
	struct call *c = call_as(VDC_A, false);
	struct attach a = { server[0],
			    { .network_id = n, .security_groups = { names, 1 }, .host = "h1" } };
	struct network_interface i;
	struct device_groups g;
	char none;

	new_subnet(n, "10.0.0.0/24");
	assert_int_equal(db_write(c, net_house.db, attach_act, &a, &i, sizeof i), ST_NOT_FOUND);
	made(net_ask(VDC_A, "network.security_group.create", "", "",
		     "{\"security_group\":{\"name\":\"web\"}}"),
	     "security_group");
	c = call_as(VDC_A, false);
	assert_int_equal(db_write(c, net_house.db, attach_act, &a, &i, sizeof i), ST_OK);
	struct regroup r = { server[0], "default", true };
	assert_int_equal(db_write(c, net_house.db, regroup_act, &r, &none, 1), ST_OK);
	assert_int_equal(db_read(c, net_house.db, device_groups_act, server, &g, sizeof g), ST_OK);
	assert_int_equal(g.count, 2);
	assert_string_equal(g.list[0].name, "default");
	assert_string_equal(g.list[1].name, "web");
	r = (struct regroup){ server[0], "web", false };
	assert_int_equal(db_write(c, net_house.db, regroup_act, &r, &none, 1), ST_OK);
	assert_int_equal(db_write(c, net_house.db, regroup_act, &r, &none, 1), ST_NOT_FOUND);
	assert_int_equal(db_read(c, net_house.db, device_groups_act, server, &g, sizeof g), ST_OK);
	assert_int_equal(g.count, 1);
}
