/* SPDX-License-Identifier: Apache-2.0 */
/* Nova's old words for things of the network room, and security groups of servers. */
#include <string.h>
#include "cloud/compute/test_compute.h"

static const char *on_net(const char *net, const char *more)
{
	return arena_printf(test_call()->arena, ",\"networks\":[{\"uuid\":\"%s\"}]%s", net, more);
}

static const char *add_group(const char *project, const char *name)
{
	const char *body =
		arena_printf(test_call()->arena,
			     "{\"security_group\":{\"name\":\"%s\",\"description\":\"d\"}}", name);
	return text_at(want(nova_ask(project, "compute.security_group.create", "", body)),
		       "security_group.id");
}

static const char *by_id(const char *id)
{
	return arena_printf(test_call()->arena, "id=%s", id);
}

static size_t groups_of_server(const char *id, const char *name)
{
	const json_t *list =
		json_object_get(json_object_get(show(VDC_A, id), "server"), "security_groups");
	size_t found = 0;
	for (size_t i = 0; i < json_array_size(list); i++)
		found += str_eq(text_at(json_array_get(list, i), "name"), name);
	return found;
}

static void regroup(const char *id, const char *act, const char *member, const char *name)
{
	const char *body =
		arena_printf(test_call()->arena, "{\"%s\":{\"name\":\"%s\"}}", member, name);
	want(nova_ask(VDC_A, act, beside(id), body));
}

TEST(a_server_is_made_in_security_groups_and_shows_them)
{
	compute_begin();
	add_flavor("1", 512);
	const char *net = add_network(VDC_A);
	const char *group = add_group(VDC_A, "web");
	const char *id =
		add_server(VDC_A, "s", on_net(net, ",\"security_groups\":[{\"name\":\"web\"}]"));
	wait_for(VDC_A, id, "ACTIVE");
	assert_int_equal(groups_of_server(id, "web"), 1);
	assert_int_equal(groups_of_server(id, "default"), 0);

	add_group(VDC_A, "db");
	regroup(id, "compute.server.security_group.add", "addSecurityGroup", "db");
	assert_int_equal(groups_of_server(id, "db"), 1);
	const json_t *groups = json_object_get(
		want(nova_ask(VDC_A, "compute.server.security_group.list", beside(id), NULL)),
		"security_groups");
	assert_int_equal(json_array_size(groups), 2);
	want_refusal(nova_ask(VDC_A, "compute.security_group.delete", by_id(group), NULL),
		     ST_BAD_INPUT, "in use");
	regroup(id, "compute.server.security_group.remove", "removeSecurityGroup", "db");
	assert_int_equal(groups_of_server(id, "db"), 0);
	want_refusal(nova_ask(VDC_A, "compute.server.security_group.remove", beside(id),
			      "{\"removeSecurityGroup\":{\"name\":\"db\"}}"),
		     ST_NOT_FOUND, "not associated");
	want_refusal(nova_ask(VDC_B, "compute.server.security_group.add", beside(id),
			      "{\"addSecurityGroup\":{\"name\":\"default\"}}"),
		     ST_NOT_FOUND, "could not be found");
	expect_sound();
}

TEST(a_server_in_a_group_that_is_not_there_is_a_bad_ask)
{
	compute_begin();
	add_flavor("1", 512);
	const char *net = add_network(VDC_A);
	struct call *c = test_call();
	const struct {
		const char *groups, *words;
	} bad[] = {
		{ "[{\"name\":\"nobody\"}]", "nobody" },
		{ "[{\"name\":5}]", "each of security_groups" },
		{ "\"web\"", "is a list" },
	};
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		const char *more = on_net(net, arena_printf(c->arena, ",\"security_groups\":%s",
							    bad[i].groups));
		want_refusal(nova_ask(VDC_A, "compute.server.create", "",
				      create_body(c, "s", more)),
			     ST_BAD_INPUT, bad[i].words);
	}
	expect_sound();
}

TEST(security_groups_and_rules_are_kept_in_novas_old_words)
{
	compute_begin();
	const char *id = add_group(VDC_A, "web"), *peer = add_group(VDC_A, "peer");
	struct call *c = test_call();
	const char *rule = arena_printf(
		c->arena,
		"{\"security_group_rule\":{\"parent_group_id\":\"%s\",\"ip_protocol\":\"tcp\","
		"\"from_port\":22,\"to_port\":\"22\"}}",
		id);
	const json_t *made = want(nova_ask(VDC_A, "compute.security_group_rule.create", "", rule));
	assert_string_equal(text_at(made, "security_group_rule.ip_range.cidr"), "0.0.0.0/0");
	want_refusal(nova_ask(VDC_A, "compute.security_group_rule.create", "", rule), ST_BAD_INPUT,
		     "already exists");
	const char *about = arena_printf(
		c->arena,
		"{\"security_group_rule\":{\"parent_group_id\":\"%s\",\"group_id\":\"%s\"}}", id,
		peer);
	const json_t *second =
		want(nova_ask(VDC_A, "compute.security_group_rule.create", "", about));
	assert_string_equal(text_at(second, "security_group_rule.group.name"), "peer");
	want_refusal(nova_ask(VDC_A, "compute.security_group_rule.create", "",
			      "{\"security_group_rule\":{\"parent_group_id\":\"x\"}}"),
		     ST_BAD_INPUT, "parent_group_id");

	const json_t *seen = want(nova_ask(VDC_A, "compute.security_group.show", by_id(id), NULL));
	const json_t *rules = json_object_get(json_object_get(seen, "security_group"), "rules");
	assert_int_equal(json_array_size(rules), 2);
	want_refusal(nova_ask(VDC_B, "compute.security_group.show", by_id(id), NULL), ST_NOT_FOUND,
		     "does not exist");
	want(nova_ask(VDC_A, "compute.security_group_rule.delete",
		      by_id(text_at(made, "security_group_rule.id")), NULL));
	want(nova_ask(VDC_A, "compute.security_group.update", by_id(id),
		      "{\"security_group\":{\"name\":\"www\",\"description\":\"\"}}"));
	/* The default group is made for whoever looks. */
	const json_t *list = want(nova_ask(VDC_A, "compute.security_group.list", "", NULL));
	assert_int_equal(json_array_size(json_object_get(list, "security_groups")), 3);
	want(nova_ask(VDC_A, "compute.security_group.delete", by_id(peer), NULL));
	seen = want(nova_ask(VDC_A, "compute.security_group.show", by_id(id), NULL));
	assert_string_equal(text_at(seen, "security_group.name"), "www");
	rules = json_object_get(json_object_get(seen, "security_group"), "rules");
	assert_int_equal(json_array_size(rules), 0);
}

TEST(floating_addresses_are_kept_in_novas_old_words)
{
	compute_begin();
	add_flavor("1", 512);
	add_way_out();
	const json_t *pools = want(nova_ask(VDC_A, "compute.floating_ip_pool.list", "", NULL));
	pools = json_object_get(pools, "floating_ip_pools");
	assert_string_equal(text_at(json_array_get(pools, 0), "name"), "out");
	want_refusal(nova_ask(VDC_A, "compute.floating_ip.create", "", "{\"pool\":\"no\"}"),
		     ST_NOT_FOUND, "pool not found");
	const json_t *made = want(nova_ask(VDC_A, "compute.floating_ip.create", "", "{}"));
	const char *ip = text_at(made, "floating_ip.ip");
	assert_string_equal(text_at(made, "floating_ip.pool"), "out");
	const char *id = add_server(VDC_A, "s", on_net(add_network(VDC_A), ""));
	wait_for(VDC_A, id, "ACTIVE");
	const char *lead =
		arena_printf(test_call()->arena, "{\"addFloatingIp\":{\"address\":\"%s\"}}", ip);
	/* No router joins the server's network to the external one. */
	want_refusal(nova_ask(VDC_A, "compute.server.floating_ip.add", beside(id), lead),
		     ST_NOT_FOUND, "");
	want_refusal(nova_ask(VDC_A, "compute.server.floating_ip.remove", beside(id),
			      arena_printf(test_call()->arena,
					   "{\"removeFloatingIp\":{\"address\":\"%s\"}}", ip)),
		     ST_CONFLICT, "not associated");
	want_refusal(nova_ask(VDC_A, "compute.server.floating_ip.add", beside(id),
			      "{\"addFloatingIp\":{\"address\":\"9.9.9.9\"}}"),
		     ST_NOT_FOUND, "floating IP not found");
	want(nova_ask(VDC_A, "compute.floating_ip.delete", by_id(text_at(made, "floating_ip.id")),
		      NULL));
	const json_t *list = want(nova_ask(VDC_A, "compute.floating_ip.list", "", NULL));
	assert_int_equal(json_array_size(json_object_get(list, "floating_ips")), 0);
	expect_sound();
}

TEST(a_server_gets_one_more_address_on_its_network_and_gives_it_back)
{
	compute_begin();
	add_flavor("1", 512);
	const char *net = add_network(VDC_A);
	const char *id = add_server(VDC_A, "s", on_net(net, ""));
	wait_for(VDC_A, id, "ACTIVE");
	want(nova_ask(VDC_A, "compute.server.fixed_ip.add", beside(id),
		      arena_printf(test_call()->arena, "{\"addFixedIp\":{\"networkId\":\"%s\"}}",
				   net)));
	const json_t *at = json_object_get(
		json_object_get(json_object_get(show(VDC_A, id), "server"), "addresses"), "net");
	assert_int_equal(json_array_size(at), 2);
	const char *drop = arena_printf(test_call()->arena,
					"{\"removeFixedIp\":{\"address\":\"%s\"}}",
					text_at(json_array_get(at, 1), "addr"));
	want(nova_ask(VDC_A, "compute.server.fixed_ip.remove", beside(id), drop));
	want_refusal(nova_ask(VDC_A, "compute.server.fixed_ip.remove", beside(id), drop),
		     ST_NOT_FOUND, "has no fixed address");
	const json_t *nets = want(nova_ask(VDC_A, "compute.tenant_network.list", "", NULL));
	nets = json_object_get(nets, "networks");
	assert_string_equal(text_at(json_array_get(nets, 0), "label"), "net");
	expect_sound();
}
