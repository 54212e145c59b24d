/* SPDX-License-Identifier: Apache-2.0 */
/* Where servers stand: aggregates, zones, services, resource pools; and what was used there. */
#include <stdio.h>
#include <string.h>
#include "cloud/compute/test_compute.h"

static const json_t *operator_asks(const char *name, const char *at, const char *body)
{
	return want(nova_ask(NULL, name, at, body));
}

static const char *add_aggregate(const char *zone)
{
	struct call *c = test_call();
	const json_t *a = operator_asks("compute.aggregate.create", "",
					arena_printf(c->arena,
						     "{\"aggregate\":{\"name\":\"a-%s\","
						     "\"availability_zone\":\"%s\"}}",
						     zone, zone));
	json_int_t id = json_integer_value(json_object_get(json_object_get(a, "aggregate"), "id"));
	return arena_printf(c->arena, "aggregate_id=%lld", (long long)id);
}

static const char ADD[] = "{\"add_host\":{\"host\":\"stand-in\"}}";
static const char DROP[] = "{\"remove_host\":{\"host\":\"stand-in\"}}";

TEST(a_zone_takes_the_servers_that_ask_for_it)
{
	compute_begin();
	add_flavor("1", 512);
	const char *east = add_aggregate("east"), *west = add_aggregate("west");
	struct call *c = test_call();
	want_refusal(nova_ask(VDC_A, "compute.server.create", "",
			      create_body(c, "s", ",\"availability_zone\":\"north\"")),
		     ST_BAD_INPUT, "availability zone is not available");
	operator_asks("compute.aggregate.add_host", east, ADD);
	want_refusal(nova_ask(NULL, "compute.aggregate.add_host", east, ADD), ST_CONFLICT,
		     "already has host");
	want_refusal(nova_ask(NULL, "compute.aggregate.add_host", west, ADD), ST_CONFLICT,
		     "in zone east already");
	want_refusal(nova_ask(NULL, "compute.aggregate.add_host", east,
			      "{\"add_host\":{\"host\":\"none\"}}"),
		     ST_NOT_FOUND, "host none");
	const char *id = add_server(VDC_A, "s", ",\"availability_zone\":\"east\"");
	wait_for(VDC_A, id, "ACTIVE");
	assert_string_equal(text_at(show(VDC_A, id), "server.OS-EXT-AZ:availability_zone"), "east");
	want_refusal(nova_ask(NULL, "compute.aggregate.update", east,
			      "{\"aggregate\":{\"availability_zone\":\"south\"}}"),
		     ST_CONFLICT, "contain instances");
	want_refusal(nova_ask(NULL, "compute.aggregate.delete", east, NULL), ST_BAD_INPUT,
		     "not empty");
	want(nova_ask(VDC_A, "compute.server.delete", beside(id), NULL));
	wait_gone(VDC_A, id);
	operator_asks("compute.aggregate.remove_host", east, DROP);
	want_refusal(nova_ask(NULL, "compute.aggregate.remove_host", east, DROP), ST_NOT_FOUND,
		     "has no host");
	operator_asks("compute.aggregate.delete", east, NULL);
	want_refusal(nova_ask(NULL, "compute.aggregate.show", east, NULL), ST_NOT_FOUND,
		     "could not be found");
	expect_sound();
}

TEST(only_operators_say_on_which_host)
{
	compute_begin();
	add_flavor("1", 512);
	struct call *c = test_call();
	want_refusal(nova_ask(VDC_A, "compute.server.create", "",
			      create_body(c, "s", ",\"availability_zone\":\"nova:stand-in\"")),
		     ST_FORBIDDEN, "only administrators");
}

TEST(a_host_that_is_switched_off_takes_no_server)
{
	compute_begin();
	add_flavor("1", 512);
	operator_asks("compute.service.disable-log-reason", "",
		      "{\"host\":\"stand-in\",\"binary\":\"nova-compute\","
		      "\"disabled_reason\":\"new disks\"}");
	const char *id = add_server(VDC_A, "s", "");
	assert_non_null(strstr(text_at(show(VDC_A, id), "server.fault.message"),
			       "stand-in: disabled (new disks)"));
	operator_asks("compute.service.enable", "",
		      "{\"host\":\"stand-in\",\"binary\":\"nova-compute\"}");
	wait_for(VDC_A, add_server(VDC_A, "s", ""), "ACTIVE");
	want_refusal(nova_ask(NULL, "compute.service.enable", "",
			      "{\"host\":\"none\",\"binary\":\"nova-compute\"}"),
		     ST_NOT_FOUND, "on host none");
}

TEST(a_resource_pool_is_a_zone_with_a_site_and_a_level)
{
	compute_begin();
	add_flavor("1", 512);
	const json_t *p = operator_asks("pool.pool.create", "",
					"{\"name\":\"gov-3\",\"site\":\"east hall\","
					"\"network_zone\":\"government\",\"protection\":3}");
	struct call *c = test_call();
	const char *at = arena_printf(c->arena, "pool_id=%s", text_at(p, "id"));
	want_refusal(nova_ask(NULL, "pool.pool.create", "",
			      "{\"name\":\"gov-3\",\"site\":\"x\",\"network_zone\":\"internet\","
			      "\"protection\":2}"),
		     ST_CONFLICT, "already exists");
	want_refusal(nova_ask(NULL, "pool.pool.create", "",
			      "{\"name\":\"x\",\"site\":\"x\",\"network_zone\":\"internet\","
			      "\"protection\":4}"),
		     ST_BAD_INPUT, "protection");
	p = operator_asks("pool.pool.host.add", arena_printf(c->arena, "%s&host=stand-in", at),
			  NULL);
	assert_int_equal(json_array_size(json_object_get(p, "hosts")), 1);
	wait_for(VDC_A, add_server(VDC_A, "s", ",\"availability_zone\":\"gov-3\""), "ACTIVE");
	const json_t *hosts = json_object_get(operator_asks("pool.host.list", "", NULL), "hosts");
	const json_t *host = json_array_get(hosts, 0);
	assert_string_equal(text_at(host, "availability_zone"), "gov-3");
	at = arena_printf(c->arena, "host_id=%s", text_at(host, "id"));
	operator_asks("pool.host.update", at, "{\"memory_kept_mb\":262144,\"disabled\":null}");
	const char *full = add_server(VDC_A, "s", "");
	assert_non_null(strstr(text_at(show(VDC_A, full), "server.fault.message"), "MB left"));
	want_refusal(nova_ask(NULL, "pool.host.update", at, "{\"cpu_percent\":0}"), ST_BAD_INPUT,
		     "cpu_percent");
	expect_sound();
}

static const char *add_pool(const char *name, const char *zone, int protection, int share)
{
	struct call *c = test_call();
	const json_t *p = operator_asks("pool.pool.create", "",
					arena_printf(c->arena,
						     "{\"name\":\"%s\",\"site\":\"east hall\","
						     "\"network_zone\":\"%s\",\"protection\":%d}",
						     name, zone, protection));
	const char *id = text_at(p, "id");
	operator_asks("pool.pool.host.add", arena_printf(c->arena, "pool_id=%s&host=stand-in", id),
		      arena_printf(c->arena, "{\"share\":%d}", share));
	return id;
}

TEST(a_server_stands_in_the_pools_that_its_vdc_was_given)
{
	compute_begin();
	add_flavor("1", 512);
	struct call *c = test_call();
	add_pool("gov-3", "government", 3, 50);
	const char *internet = add_pool("net-2", "internet", 2, 50);
	operator_asks("pool.vdc.set", arena_printf(c->arena, "project_id=%s", VDC_A),
		      arena_printf(c->arena, "{\"pools\":[\"%s\"]}", internet));
	want_refusal(nova_ask(VDC_A, "compute.server.create", "",
			      create_body(c, "s", ",\"availability_zone\":\"gov-3\"")),
		     ST_FORBIDDEN, "it may use: net-2");
	const char *id = add_server(VDC_A, "s", "");
	wait_for(VDC_A, id, "ACTIVE");
	assert_string_equal(text_at(show(VDC_A, id), "server.OS-EXT-AZ:availability_zone"),
			    "net-2");
	/* Another VDC was given none: it may use all. */
	const char *other = add_server(VDC_B, "s", ",\"availability_zone\":\"gov-3\"");
	wait_for(VDC_B, other, "ACTIVE");
	const json_t *use = operator_asks("pool.pool.use",
					  arena_printf(c->arena, "pool_id=%s", internet), NULL);
	const json_t *vdc = json_array_get(json_object_get(use, "vdcs"), 0);
	assert_string_equal(text_at(vdc, "project_id"), VDC_A);
	assert_int_equal(json_integer_value(json_object_get(vdc, "memory_mb")), 512);
	expect_sound();
	want(nova_ask(VDC_A, "compute.server.delete", beside(id), NULL));
	wait_gone(VDC_A, id);
	use = operator_asks("pool.pool.use", arena_printf(c->arena, "pool_id=%s", internet), NULL);
	assert_int_equal(json_array_size(json_object_get(use, "vdcs")), 0);
	expect_sound();
}

TEST(what_a_vdc_used_is_told)
{
	compute_begin();
	add_flavor("1", 512);
	const char *id = add_server(VDC_A, "s", "");
	wait_for(VDC_A, id, "ACTIVE");
	want(nova_ask(VDC_A, "compute.server.delete", beside(id), NULL));
	wait_gone(VDC_A, id);
	struct call *c = test_call();
	const char *at = arena_printf(c->arena, "project_id=%s", VDC_A);
	const json_t *u = json_object_get(want(nova_ask(VDC_A, "compute.usage.show", at, NULL)),
					  "tenant_usage");
	const json_t *one = json_array_get(json_object_get(u, "server_usages"), 0);
	assert_string_equal(text_at(one, "instance_id"), id);
	assert_string_equal(text_at(one, "state"), "terminated");
	assert_true(json_real_value(json_object_get(u, "total_memory_mb_usage")) > 0);
	want_refusal(nova_ask(VDC_B, "compute.usage.show", at, NULL), ST_FORBIDDEN, "another VDC");
	want_refusal(nova_ask(VDC_A, "compute.usage.show",
			      arena_printf(c->arena, "%s&start=never", at), NULL),
		     ST_BAD_INPUT, "is not a time");
}
