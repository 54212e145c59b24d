/* SPDX-License-Identifier: Apache-2.0 */
/* Networks and subnets as their clients ask for them; lists, tags and quotas. */
#include "cloud/network/test_network_door.h"

/* --- networks --- */

TEST(a_network_is_made_shown_changed_and_deleted)
{
	begin();
	const json_t *n = made(net_ask(VDC_A, "network.network.create", "", "",
				       "{\"network\":{\"name\":\"甬\",\"mtu\":1400}}"),
			       "network");
	const char *id = net_member(n, "id");
	const char *path = TEXT("network_id=%s", id);

	assert_true(id_valid(id));
	assert_string_equal(net_member(n, "status"), "ACTIVE");
	assert_string_equal(net_member(n, "tenant_id"), VDC_A);
	assert_string_equal(net_member(n, "project_id"), VDC_A);
	assert_string_equal(net_member(n, "created_at"), "2023-11-14T22:13:20Z");
	assert_true(json_is_true(json_object_get(n, "admin_state_up")));
	assert_int_equal(json_integer_value(json_object_get(n, "mtu")), 1400);
	assert_int_equal(json_integer_value(json_object_get(n, "revision_number")), 1);

	n = made(net_ask(VDC_A, "network.network.update", path, "",
			 "{\"network\":{\"description\":\"d\",\"admin_state_up\":false}}"),
		 "network");
	assert_string_equal(net_member(n, "description"), "d");
	assert_string_equal(net_member(n, "name"), "甬");
	assert_int_equal(json_integer_value(json_object_get(n, "revision_number")), 2);
	n = made(net_ask(VDC_A, "network.network.show", path, "fields=id&fields=mtu", NULL),
		 "network");
	assert_int_equal(json_object_size(n), 2);

	expect_st(net_ask(VDC_A, "network.network.delete", path, "", NULL), ST_OK, NULL);
	expect_st(net_ask(VDC_A, "network.network.show", path, "", NULL), ST_NOT_FOUND,
		  "NetworkNotFound");
}

TEST(several_networks_are_made_together_or_not_at_all)
{
	begin();
	struct answer a = net_ask(VDC_A, "network.network.create", "", "",
				  "{\"networks\":[{\"name\":\"a\"},{\"name\":\"b\"}]}");
	assert_int_equal(json_array_size(made(a, "networks")), 2);
	expect_st(net_ask(VDC_A, "network.network.create", "", "",
			  "{\"networks\":[{\"name\":\"c\"},{\"router:external\":true}]}"),
		  ST_FORBIDDEN, NULL);
	expect_st(net_ask(VDC_A, "network.network.create", "", "",
			  "{\"networks\":[{\"name\":\"c\"},{\"colour\":\"red\"}]}"),
		  ST_BAD_INPUT, NULL);
	expect_st(net_ask(VDC_A, "network.network.create", "", "", "{}"), ST_BAD_INPUT, NULL);
	assert_int_equal(list_length(VDC_A, "network", ""), 2);
}

TEST(what_belongs_to_another_vdc_does_not_exist)
{
	begin();
	const char *n = new_network(VDC_A), *path = TEXT("network_id=%s", n);
	const char *s = new_subnet(n, "10.0.0.0/24");
	const char *p = net_member(made(ask_port(VDC_A, n, ""), "port"), "id");

	expect_st(net_ask(VDC_B, "network.network.show", path, "", NULL), ST_NOT_FOUND, NULL);
	expect_st(net_ask(VDC_B, "network.network.update", path, "", "{\"network\":{}}"),
		  ST_NOT_FOUND, NULL);
	expect_st(net_ask(VDC_B, "network.network.delete", path, "", NULL), ST_NOT_FOUND, NULL);
	expect_st(net_ask(VDC_B, "network.subnet.show", TEXT("subnet_id=%s", s), "", NULL),
		  ST_NOT_FOUND, "SubnetNotFound");
	expect_st(net_ask(VDC_B, "network.port.show", TEXT("port_id=%s", p), "", NULL),
		  ST_NOT_FOUND, "PortNotFound");
	expect_st(net_ask(VDC_B, "network.port.delete", TEXT("port_id=%s", p), "", NULL),
		  ST_NOT_FOUND, NULL);
	expect_st(ask_port(VDC_B, n, ""), ST_NOT_FOUND, "NetworkNotFound");
	expect_st(net_ask(VDC_B, "network.network.create", "", "",
			  TEXT("{\"network\":{\"project_id\":\"%s\"}}", VDC_A)),
		  ST_FORBIDDEN, NULL);
	assert_int_equal(list_length(VDC_B, "network", ""), 0);
	assert_int_equal(list_length(VDC_B, "subnet", ""), 0);
	assert_int_equal(list_length(VDC_B, "port", ""), 0);
	assert_int_equal(list_length(VDC_B, "port", TEXT("network_id=%s", n)), 0);
}

TEST(a_shared_network_is_used_by_all_and_changed_by_its_owner)
{
	begin();
	const char *n = new_network(VDC_A), *path = TEXT("network_id=%s", n);
	new_subnet(n, "10.0.0.0/24");

	expect_st(net_ask(VDC_A, "network.network.update", path, "",
			  "{\"network\":{\"shared\":true}}"),
		  ST_FORBIDDEN, NULL);
	expect_st(ask_in(call_as(VDC_A, true), "network.network.update", path, "",
			 "{\"network\":{\"shared\":true}}"),
		  ST_OK, NULL);
	assert_int_equal(list_length(VDC_B, "network", ""), 1);
	assert_int_equal(list_length(VDC_B, "subnet", ""), 1);
	expect_st(net_ask(VDC_B, "network.network.update", path, "", "{\"network\":{}}"),
		  ST_FORBIDDEN, NULL);
	expect_st(ask_port(VDC_B, n, "\"mac_address\":\"fa:16:3e:00:00:01\""), ST_FORBIDDEN, NULL);
	made(ask_port(VDC_B, n, ""), "port");
	/* The network's owner sees who is on it. */
	assert_int_equal(list_length(VDC_A, "port", ""), 1);
	expect_st(ask_in(call_as(VDC_A, true), "network.network.update", path, "",
			 "{\"network\":{\"shared\":false}}"),
		  ST_CONFLICT, "InvalidSharedSetting");
}

/* --- subnets --- */

static void expect_pools(const json_t *subnet, const char *gateway, const char *pools)
{
	struct buf b = { .arena = test_call()->arena };
	const json_t *list = json_object_get(subnet, "allocation_pools");

	for (size_t i = 0; i < json_array_size(list); i++)
		buf_printf(&b, "%s%s-%s", i ? " " : "",
			   net_member(json_array_get(list, i), "start"),
			   net_member(json_array_get(list, i), "end"));
	assert_string_equal(buf_text(&b), pools);
	assert_string_equal(net_member(subnet, "gateway_ip"), gateway);
}

TEST(a_subnet_gives_all_but_its_gateway_unless_told_otherwise)
{
	begin();
	const char *n = new_network(VDC_A);

	expect_pools(made(ask_subnet(n, "\"cidr\":\"10.0.0.9/24\""), "subnet"), "10.0.0.1",
		     "10.0.0.2-10.0.0.254");
	expect_pools(made(ask_subnet(n, "\"cidr\":\"10.0.1.0/24\",\"gateway_ip\":null"), "subnet"),
		     "", "10.0.1.1-10.0.1.254");
	expect_pools(made(ask_subnet(n, "\"cidr\":\"10.0.2.0/24\",\"gateway_ip\":\"10.0.2.9\""),
			  "subnet"),
		     "10.0.2.9", "10.0.2.1-10.0.2.8 10.0.2.10-10.0.2.254");
	expect_pools(made(ask_subnet(n, "\"cidr\":\"10.0.3.0/24\",\"allocation_pools\":["
					"{\"start\":\"10.0.3.50\",\"end\":\"10.0.3.60\"},"
					"{\"start\":\"10.0.3.10\",\"end\":\"10.0.3.20\"}]"),
			  "subnet"),
		     "10.0.3.1", "10.0.3.10-10.0.3.20 10.0.3.50-10.0.3.60");
	struct answer a = net_ask(VDC_A, "network.subnet.create", "", "",
				  TEXT("{\"subnet\":{\"network_id\":\"%s\",\"ip_version\":6,"
				       "\"cidr\":\"2001:db8::/64\"}}",
				       n));
	expect_pools(made(a, "subnet"), "2001:db8::1", "2001:db8::2-2001:db8::ffff:ffff:ffff:ffff");
	assert_int_equal(list_length(VDC_A, "subnet", TEXT("network_id=%s", n)), 5);
	assert_int_equal(list_length(VDC_A, "subnet", "ip_version=6"), 1);
}

TEST(a_subnet_that_makes_no_sense_is_refused_in_words)
{
	static const struct {
		const char *more;
		enum status st;
		const char *type;
	} cases[] = {
		{ "", ST_BAD_INPUT, "BadRequest" },
		{ "\"cidr\":\"10.0.0/24\"", ST_BAD_INPUT, "InvalidInput" },
		{ "\"cidr\":\"0.0.0.0/0\"", ST_BAD_INPUT, "InvalidInput" },
		{ "\"cidr\":\"127.0.0.0/24\"", ST_BAD_INPUT, "InvalidInput" },
		{ "\"cidr\":\"2001:db8::/64\"", ST_BAD_INPUT, "InvalidInput" },
		{ "\"cidr\":\"10.1.0.0/31\"", ST_BAD_INPUT, "InvalidInput" },
		{ "\"cidr\":\"10.0.0.128/25\"", ST_BAD_INPUT, "InvalidInput" },
		{ "\"cidr\":\"10.1.0.0/24\",\"gateway_ip\":\"10.2.0.1\"", ST_BAD_INPUT,
		  "InvalidInput" },
		{ "\"cidr\":\"10.1.0.0/24\",\"gateway_ip\":\"10.1.0.255\"", ST_BAD_INPUT,
		  "InvalidInput" },
		{ "\"cidr\":\"10.1.0.0/24\",\"allocation_pools\":[{\"start\":\"10.1.0.9\","
		  "\"end\":\"10.1.0.3\"}]",
		  ST_BAD_INPUT, "InvalidAllocationPool" },
		{ "\"cidr\":\"10.1.0.0/24\",\"allocation_pools\":[{\"start\":\"10.1.0.9\","
		  "\"end\":\"10.1.1.3\"}]",
		  ST_BAD_INPUT, "OutOfBoundsAllocationPool" },
		{ "\"cidr\":\"10.1.0.0/24\",\"allocation_pools\":[{\"start\":\"10.1.0.1\","
		  "\"end\":\"10.1.0.3\"}]",
		  ST_CONFLICT, "GatewayConflictWithAllocationPools" },
		{ "\"cidr\":\"10.1.0.0/24\",\"allocation_pools\":[{\"start\":\"10.1.0.5\","
		  "\"end\":\"10.1.0.9\"},{\"start\":\"10.1.0.9\",\"end\":\"10.1.0.12\"}]",
		  ST_CONFLICT, "OverlappingAllocationPools" },
		{ "\"cidr\":\"10.1.0.0/24\",\"dns_nameservers\":[\"dns.example\"]", ST_BAD_INPUT,
		  "InvalidInput" },
		{ "\"cidr\":\"10.1.0.0/24\",\"host_routes\":[{\"destination\":\"10.9.0.0/16\","
		  "\"nexthop\":\"there\"}]",
		  ST_BAD_INPUT, "InvalidInput" },
		{ "\"cidr\":\"10.1.0.0/24\",\"ipv6_ra_mode\":\"slaac\"", ST_BAD_INPUT,
		  "InvalidInput" },
		{ "\"subnetpool_id\":\"x\"", ST_NOT_FOUND, "SubnetPoolNotFound" },
		{ "\"cidr\":\"10.1.0.0/24\",\"prefixlen\":24", ST_BAD_INPUT, "prefixlen" },
	};
	begin();
	const char *n = new_network(VDC_A);

	new_subnet(n, "10.0.0.0/24");
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct answer a = ask_subnet(n, cases[i].more);
		if (a.st != cases[i].st || (cases[i].type && !str_eq(a.type, cases[i].type)))
			test_fail("%s: %s %s: %s", cases[i].more, status_word(a.st), a.type,
				  a.problem);
		assert_true(a.problem[0]);
	}
	assert_int_equal(list_length(VDC_A, "subnet", ""), 1);
}

TEST(a_subnet_is_changed_within_its_range)
{
	begin();
	const char *n = new_network(VDC_A), *s = new_subnet(n, "10.0.0.0/24");
	const char *path = TEXT("subnet_id=%s", s);
	const char *wide = "{\"subnet\":{\"allocation_pools\":[{\"start\":\"10.0.0.100\",\"end\":"
			   "\"10.0.0.200\"}],\"gateway_ip\":\"10.0.0.254\",\"enable_dhcp\":false,"
			   "\"host_routes\":[{\"destination\":\"10.9.0.0/16\",\"nexthop\":"
			   "\"10.0.0.9\"}],\"dns_nameservers\":[\"192.0.2.1\"]}}";
	const json_t *subnet =
		made(net_ask(VDC_A, "network.subnet.update", path, "", wide), "subnet");

	expect_pools(subnet, "10.0.0.254", "10.0.0.100-10.0.0.200");
	assert_string_equal(net_member(json_array_get(json_object_get(subnet, "host_routes"), 0),
				       "nexthop"),
			    "10.0.0.9");
	expect_st(net_ask(VDC_A, "network.subnet.update", path, "",
			  "{\"subnet\":{\"gateway_ip\":\"10.0.0.150\"}}"),
		  ST_CONFLICT, "GatewayConflictWithAllocationPools");
	expect_st(net_ask(VDC_A, "network.subnet.update", path, "",
			  "{\"subnet\":{\"cidr\":\"10.0.0.0/25\"}}"),
		  ST_BAD_INPUT, NULL);
	expect_pools(made(net_ask(VDC_A, "network.subnet.show", path, "", NULL), "subnet"),
		     "10.0.0.254", "10.0.0.100-10.0.0.200");
}

/* --- lists --- */

TEST(a_list_is_filtered_sorted_and_paged)
{
	static const char *const names[] = { "delta", "alpha", "charlie", "bravo", "alpha" };
	begin();
	for (size_t i = 0; i < 5; i++)
		made(net_ask(VDC_A, "network.network.create", "", "",
			     TEXT("{\"network\":{\"name\":\"%s\",\"admin_state_up\":%s}}", names[i],
				  i % 2 ? "true" : "false")),
		     "network");
	assert_int_equal(list_length(VDC_A, "network", "name=alpha"), 2);
	assert_int_equal(list_length(VDC_A, "network", "name=alpha&name=bravo"), 3);
	assert_int_equal(list_length(VDC_A, "network", "name=alpha&admin_state_up=True"), 1);
	assert_int_equal(list_length(VDC_A, "network", "router:external=True"), 0);
	assert_int_equal(list_length(VDC_A, "network", TEXT("tenant_id=%s", VDC_A)), 5);
	expect_st(net_ask(VDC_A, "network.network.list", "", "colour=red", NULL), ST_BAD_INPUT,
		  "colour");
	expect_st(net_ask(VDC_A, "network.network.list", "", "sort_key=tags", NULL), ST_BAD_INPUT,
		  "sort_key");

	struct answer a = net_ask(VDC_A, "network.network.list", "",
				  "sort_key=name&sort_dir=desc&fields=name", NULL);
	const json_t *list = made(a, "networks");
	assert_string_equal(net_member(json_array_get(list, 0), "name"), "delta");
	assert_string_equal(net_member(json_array_get(list, 4), "name"), "alpha");
	assert_int_equal(json_object_size(json_array_get(list, 0)), 1);

	/* By pages of two, each begun behind the last of the one before. */
	static const char *const orders[] = { "", "&sort_key=name",
					      "&sort_key=name&sort_dir=desc" };
	for (size_t o = 0; o < 3; o++) {
		const char *marker = "";
		size_t seen = 0, pages = 0;
		for (;; pages++) {
			a = net_ask(VDC_A, "network.network.list", "",
				    TEXT("limit=2%s%s%s", orders[o], *marker ? "&marker=" : "",
					 marker),
				    NULL);
			list = made(a, "networks");
			size_t n = json_array_size(list);
			seen += n;
			if (n < 2)
				break;
			marker = net_member(json_array_get(list, n - 1), "id");
		}
		assert_int_equal(seen, 5);
		assert_int_equal(pages, 2);
	}
	expect_st(net_ask(VDC_A, "network.network.list", "", "sort_key=name&marker=nowhere", NULL),
		  ST_BAD_INPUT, "marker");
}

TEST(tags_are_put_on_taken_off_and_filtered_by)
{
	begin();
	const char *n = new_network(VDC_A), *path = TEXT("kind=networks&id=%s", n);
	const char *red = TEXT("%s&tag=red", path);

	new_network(VDC_A);
	expect_st(net_ask(VDC_A, "network.tag.check", red, "", NULL), ST_NOT_FOUND, "TagNotFound");
	expect_st(net_ask(VDC_A, "network.tag.add", red, "", NULL), ST_OK, NULL);
	expect_st(net_ask(VDC_A, "network.tag.check", red, "", NULL), ST_OK, NULL);
	expect_st(net_ask(VDC_A, "network.tag.replace", path, "",
			  "{\"tags\":[\"red\",\"blue\",\"red\"]}"),
		  ST_OK, NULL);
	assert_int_equal(
		json_array_size(made(net_ask(VDC_A, "network.tag.list", path, "", NULL), "tags")),
		2);
	assert_int_equal(list_length(VDC_A, "network", "tags=red,blue"), 1);
	assert_int_equal(list_length(VDC_A, "network", "tags=red,green"), 0);
	assert_int_equal(list_length(VDC_A, "network", "tags-any=red,green"), 1);
	assert_int_equal(list_length(VDC_A, "network", "not-tags=red"), 1);
	expect_st(net_ask(VDC_A, "network.tag.remove", red, "", NULL), ST_OK, NULL);
	expect_st(net_ask(VDC_A, "network.tag.clear", path, "", NULL), ST_OK, NULL);
	expect_st(net_ask(VDC_B, "network.tag.list", path, "", NULL), ST_NOT_FOUND, NULL);
}

/* --- quotas --- */

TEST(a_quota_is_counted_and_kept)
{
	begin();
	const char *path = TEXT("project_id=%s", VDC_A);
	struct call *admin = call_as(VDC_B, true);
	const json_t *q = made(ask_in(admin, "network.quota.update", path, "",
				      "{\"quota\":{\"network\":2,\"port\":\"1\"}}"),
			       "quota");

	assert_int_equal(json_integer_value(json_object_get(q, "subnet")), 100);
	const char *n = new_network(VDC_A);
	new_network(VDC_A);
	expect_st(net_ask(VDC_A, "network.network.create", "", "", "{\"network\":{}}"), ST_CONFLICT,
		  "OverQuota");
	made(ask_port(VDC_A, n, ""), "port");
	expect_st(ask_port(VDC_A, n, ""), ST_CONFLICT, "OverQuota");
	q = made(net_ask(VDC_A, "network.quota.details", path, "", NULL), "quota");
	assert_int_equal(json_integer_value(json_object_get(json_object_get(q, "network"), "used")),
			 2);
	expect_st(net_ask(VDC_B, "network.quota.show", path, "", NULL), ST_FORBIDDEN, NULL);
	assert_int_equal(
		json_array_size(made(ask_in(admin, "network.quota.list", "", "", NULL), "quotas")),
		1);
	expect_st(ask_in(admin, "network.quota.reset", path, "", NULL), ST_OK, NULL);
	new_network(VDC_A);
}
