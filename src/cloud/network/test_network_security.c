/* SPDX-License-Identifier: Apache-2.0 */
/* Security groups: what clients may say of them, and the ACLs that they become in OVN. */
#include "cloud/network/ovsdb_value.h"
#include "cloud/network/test_network_door.h"
#include "cloud/network/test_ovsdb_server.h"

static const char *new_group(const char *project, const char *name)
{
	return net_member(made(net_ask(project, "network.security_group.create", "", "",
				       TEXT("{\"security_group\":{\"name\":\"%s\"}}", name)),
			       "security_group"),
			  "id");
}

static struct answer ask_rule(const char *group, const char *more)
{
	return net_ask(VDC_A, "network.security_group_rule.create", "", "",
		       TEXT("{\"security_group_rule\":{\"security_group_id\":\"%s\","
			    "\"direction\":\"ingress\"%s%s}}",
			    group, *more ? "," : "", more));
}

static const char *default_group(const char *project)
{
	struct answer a = net_ask(project, "network.security_group.list", "", "name=default", NULL);
	const json_t *list = made(a, "security_groups");

	assert_int_equal(json_array_size(list), 1);
	return net_member(json_array_get(list, 0), "id");
}

TEST(a_port_is_in_its_vdcs_default_group_unless_it_says_otherwise)
{
	begin();
	const char *n = new_network(VDC_A), *g = new_group(VDC_A, "web");
	const char *d = default_group(VDC_A);
	const json_t *p = made(ask_port(VDC_A, n, ""), "port");

	assert_string_equal(
		json_string_value(json_array_get(json_object_get(p, "security_groups"), 0)), d);
	p = made(ask_port(VDC_A, n, TEXT("\"security_groups\":[\"%s\",\"%s\"]", g, g)), "port");
	assert_int_equal(json_array_size(json_object_get(p, "security_groups")), 1);
	p = made(ask_port(VDC_A, n, "\"security_groups\":[]"), "port");
	assert_int_equal(json_array_size(json_object_get(p, "security_groups")), 0);
	p = made(ask_port(VDC_A, n, "\"port_security_enabled\":false"), "port");
	assert_int_equal(json_array_size(json_object_get(p, "security_groups")), 0);
	expect_st(ask_port(VDC_A, n,
			   TEXT("\"port_security_enabled\":false,\"security_groups\":[\"%s\"]", g)),
		  ST_CONFLICT, "PortSecurityAndIPRequiredForSecurityGroups");
	expect_st(ask_port(VDC_A, n,
			   TEXT("\"security_groups\":[\"%s\"]", new_group(VDC_B, "theirs"))),
		  ST_NOT_FOUND, "SecurityGroupNotFound");

	/* The default group lets in what its own members send; each VDC has one of its own. */
	const json_t *shown = made(net_ask(VDC_A, "network.security_group.show",
					   TEXT("security_group_id=%s", d), "", NULL),
				   "security_group");
	assert_int_equal(json_array_size(json_object_get(shown, "security_group_rules")), 4);
	assert_true(!str_eq(default_group(VDC_B), d));
}

TEST(the_default_group_stays_what_it_is)
{
	begin();
	const char *g = new_group(VDC_A, "web");
	const char *d = TEXT("security_group_id=%s", default_group(VDC_A));

	expect_st(net_ask(VDC_A, "network.security_group.create", "", "",
			  "{\"security_group\":{\"name\":\"default\"}}"),
		  ST_CONFLICT, "SecurityGroupDefaultAlreadyExists");
	expect_st(net_ask(VDC_A, "network.security_group.update", TEXT("security_group_id=%s", g),
			  "", "{\"security_group\":{\"name\":\"default\"}}"),
		  ST_CONFLICT, "SecurityGroupDefaultAlreadyExists");
	expect_st(net_ask(VDC_A, "network.security_group.update", d, "",
			  "{\"security_group\":{\"name\":\"mine\"}}"),
		  ST_CONFLICT, "SecurityGroupCannotUpdateDefault");
	expect_st(net_ask(VDC_A, "network.security_group.delete", d, "", NULL), ST_CONFLICT,
		  "SecurityGroupCannotRemoveDefault");
	expect_st(net_ask(VDC_B, "network.security_group.show", d, "", NULL), ST_NOT_FOUND,
		  "SecurityGroupNotFound");
}

TEST(a_rule_that_makes_no_sense_is_refused_in_words)
{
	static const struct {
		const char *more;
		enum status st;
		const char *words;
	} cases[] = {
		{ "\"protocol\":\"bad\"", ST_BAD_INPUT, "not supported" },
		{ "\"ethertype\":\"IPv5\"", ST_BAD_INPUT, "not supported" },
		{ "\"protocol\":256", ST_BAD_INPUT, "not supported" },
		{ "\"port_range_min\":80,\"port_range_max\":80", ST_BAD_INPUT, "protocol" },
		{ "\"protocol\":\"tcp\",\"port_range_min\":-16,\"port_range_max\":80", ST_BAD_INPUT,
		  "Invalid value for port -16" },
		{ "\"protocol\":\"tcp\",\"port_range_min\":80,\"port_range_max\":65536",
		  ST_BAD_INPUT, "Invalid value for port 65536" },
		{ "\"protocol\":\"tcp\",\"port_range_min\":80,\"port_range_max\":79", ST_BAD_INPUT,
		  "port_range_min must be <= port_range_max" },
		{ "\"protocol\":\"tcp\",\"port_range_max\":6", ST_BAD_INPUT,
		  "port_range_min must be <= port_range_max" },
		{ "\"protocol\":\"gre\",\"port_range_min\":1,\"port_range_max\":2", ST_BAD_INPUT,
		  "Ports cannot be given" },
		{ "\"protocol\":\"icmp\",\"port_range_min\":300", ST_BAD_INPUT, "ICMP type" },
		{ "\"protocol\":\"icmp\",\"port_range_min\":1,\"port_range_max\":256", ST_BAD_INPUT,
		  "ICMP code" },
		{ "\"protocol\":\"icmp\",\"port_range_max\":6", ST_BAD_INPUT, "is missing" },
		{ "\"protocol\":\"icmpv6\"", ST_BAD_INPUT, "Invalid ethertype" },
		{ "\"remote_ip_prefix\":\"192.168.1./24\"", ST_BAD_INPUT, "not a valid IP subnet" },
		{ "\"remote_ip_prefix\":\"2001:db8::/64\"", ST_BAD_INPUT, "Conflicting value" },
		{ "\"remote_group_id\":\"nobody\"", ST_NOT_FOUND, "does not exist" },
	};
	begin();
	const char *g = new_group(VDC_A, "web");

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct answer a = ask_rule(g, cases[i].more);
		if (a.st != cases[i].st || !strstr(a.problem, cases[i].words))
			test_fail("%s: %s: %s", cases[i].more, status_word(a.st), a.problem);
	}
	expect_st(ask_rule(g, "\"protocol\":\"tcp\",\"port_range_min\":66,\"port_range_max\":67"),
		  ST_OK, NULL);
	expect_st(ask_rule(g, "\"protocol\":6,\"port_range_min\":66,\"port_range_max\":67"),
		  ST_CONFLICT, "SecurityGroupRuleExists");
	expect_st(ask_rule(g, TEXT("\"remote_ip_prefix\":\"10.0.0.0/8\",\"remote_group_id\":\"%s\"",
				   g)),
		  ST_BAD_INPUT, "SecurityGroupMultipleRemoteEntitiesSpecified");
	assert_int_equal(list_length(VDC_A, "security_group_rule", TEXT("security_group_id=%s", g)),
			 3);
}

TEST(a_group_that_a_port_has_is_not_deleted_and_rules_about_it_go_with_it)
{
	begin();
	const char *g = new_group(VDC_A, "web"), *about = new_group(VDC_A, "about");
	const char *n = new_network(VDC_A), *path = TEXT("security_group_id=%s", g);
	const char *p = net_member(
		made(ask_port(VDC_A, n, TEXT("\"security_groups\":[\"%s\"]", g)), "port"), "id");

	expect_st(ask_rule(about, TEXT("\"remote_group_id\":\"%s\"", g)), ST_OK, NULL);
	expect_st(net_ask(VDC_A, "network.security_group.delete", path, "", NULL), ST_CONFLICT,
		  "SecurityGroupInUse");
	expect_st(net_ask(VDC_A, "network.port.delete", TEXT("port_id=%s", p), "", NULL), ST_OK,
		  NULL);
	expect_st(net_ask(VDC_A, "network.security_group.delete", path, "", NULL), ST_OK, NULL);
	assert_int_equal(
		list_length(VDC_A, "security_group_rule", TEXT("security_group_id=%s", about)), 2);
}

TEST(a_quota_of_groups_and_rules_is_kept)
{
	begin();
	const char *g = new_group(VDC_A, "web");

	made(ask_admin("network.quota.update", TEXT("project_id=%s", VDC_A), "",
		       "{\"quota\":{\"security_group\":3,\"security_group_rule\":9}}"),
	     "quota");
	/* The default one counts too, with its four rules. */
	new_group(VDC_A, "more");
	expect_st(net_ask(VDC_A, "network.security_group.create", "", "",
			  "{\"security_group\":{}}"),
		  ST_CONFLICT, "OverQuota");
	expect_st(ask_rule(g, "\"protocol\":\"tcp\""), ST_OK, NULL);
	expect_st(ask_rule(g, "\"protocol\":\"udp\""), ST_CONFLICT, "OverQuota");
}

TEST(other_addresses_that_a_port_may_use_are_named_and_kept)
{
	begin();
	const char *n = new_network(VDC_A);
	const json_t *p =
		made(ask_port(VDC_A, n,
			      "\"allowed_address_pairs\":[{\"ip_address\":\"10.9.0.0/16\"},"
			      "{\"ip_address\":\"10.8.0.1\",\"mac_address\":"
			      "\"FA-16-3E-00-00-09\"}]"),
		     "port");
	const json_t *pairs = json_object_get(p, "allowed_address_pairs");

	assert_string_equal(net_member(json_array_get(pairs, 0), "mac_address"),
			    net_member(p, "mac_address"));
	assert_string_equal(net_member(json_array_get(pairs, 1), "mac_address"),
			    "fa:16:3e:00:00:09");
	expect_st(ask_port(VDC_A, n, "\"allowed_address_pairs\":[{\"ip_address\":\"here\"}]"),
		  ST_BAD_INPUT, "allowed_address_pairs");
	expect_st(ask_port(VDC_A, n,
			   "\"allowed_address_pairs\":[{\"ip_address\":\"10.9.0.1\"},"
			   "{\"ip_address\":\"10.9.0.1\"}]"),
		  ST_BAD_INPUT, "DuplicateAddressPairInRequest");
	expect_st(ask_port(VDC_A, n,
			   "\"port_security_enabled\":false,"
			   "\"allowed_address_pairs\":[{\"ip_address\":\"10.9.0.1\"}]"),
		  ST_CONFLICT, "AddressPairAndPortSecurityRequired");
}

/* --- in OVN --- */

static size_t acls_saying(const struct ovsdb_server *s, const char *words, const char *action)
{
	const json_t *rows = ovsdb_server_rows(s, "ACL");
	size_t found = 0;

	for (size_t i = 0; i < json_array_size(rows); i++) {
		const json_t *row = json_array_get(rows, i);
		found += strstr(ovsdb_text(row, "match"), words) != NULL &&
			 str_eq(ovsdb_text(row, "action"), action);
	}
	return found;
}

TEST(a_group_becomes_acls_that_follow_its_rules)
{
	begin();
	struct ovsdb_server *s = ovsdb_server_new();
	start_module(s->remote, NETWORK_OVN);
	const char *n = new_network(VDC_A), *g = new_group(VDC_A, "web");
	const char *p = net_member(
		made(ask_port(VDC_A, n, TEXT("\"security_groups\":[\"%s\"]", g)), "port"), "id");
	const char *rule = net_member(
		made(ask_rule(g, "\"protocol\":\"tcp\",\"port_range_min\":80,\"port_range_max\":88,"
				 "\"remote_ip_prefix\":\"10.1.2.3/8\""),
		     "security_group_rule"),
		"id");

	/* A port is not put before its groups are: they come with it. */
	assert_int_equal(run_job("network.port.apply", p), ST_OK);
	assert_int_equal(json_array_size(ovsdb_server_rows(s, "Port_Group")), 2);
	assert_int_equal(acls_saying(s, "tcp && tcp.dst >= 80 && tcp.dst <= 88", "allow-related"),
			 1);
	assert_int_equal(acls_saying(s, "ip4.src == 10.0.0.0/8", "allow-related"), 1);
	assert_int_equal(acls_saying(s, "inport == @yongyun_drop", "drop"), 1);
	assert_int_equal(acls_saying(s, "outport == @yongyun_drop", "drop"), 1);
	assert_int_equal(run_job("network.security.apply", default_group(VDC_A)), ST_OK);
	assert_int_equal(acls_saying(s, "_ip6", "allow-related"), 1);
	assert_int_equal(deep_check(), 0);

	expect_st(net_ask(VDC_A, "network.security_group_rule.delete",
			  TEXT("security_group_rule_id=%s", rule), "", NULL),
		  ST_OK, NULL);
	assert_int_equal(deep_check(), 1);
	assert_int_equal(run_job("network.security.apply", g), ST_OK);
	assert_int_equal(acls_saying(s, "tcp", "allow-related"), 0);
	assert_int_equal(deep_check(), 0);

	/* With its last port the group that drops goes too. */
	expect_st(net_ask(VDC_A, "network.port.delete", TEXT("port_id=%s", p), "", NULL), ST_OK,
		  NULL);
	assert_int_equal(run_job("network.port.apply", p), ST_OK);
	expect_st(net_ask(VDC_A, "network.security_group.delete", TEXT("security_group_id=%s", g),
			  "", NULL),
		  ST_OK, NULL);
	assert_int_equal(run_job("network.security.apply", g), ST_OK);
	assert_int_equal(json_array_size(ovsdb_server_rows(s, "Port_Group")), 1);
}

TEST(an_acl_that_somebody_took_away_is_found_and_put_back)
{
	begin();
	struct ovsdb_server *s = ovsdb_server_new();
	start_module(s->remote, NETWORK_OVN);
	const char *p = net_member(made(ask_port(VDC_A, new_network(VDC_A), ""), "port"), "id");
	struct call *c = test_call();
	const json_t *result;

	assert_int_equal(run_job("network.port.apply", p), ST_OK);
	assert_int_equal(
		ovsdb_request(c, s->direct, "transact",
			      "[\"OVN_Northbound\",{\"op\":\"update\",\"table\":"
			      "\"Port_Group\",\"where\":[],\"row\":{\"acls\":[\"set\",[]]}}]",
			      &result),
		ST_OK);
	/* The default group, and one port for the group that drops. */
	assert_int_equal(deep_check(), 2);
	assert_int_equal(run_job("network.port.apply", p), ST_OK);
	assert_int_equal(run_job("network.security.apply", default_group(VDC_A)), ST_OK);
	assert_int_equal(deep_check(), 0);
}
