/* SPDX-License-Identifier: Apache-2.0 */
/* What is done to a server that exists, and what is told of it. */
#include <stdio.h>
#include <string.h>
#include "cloud/compute/test_compute.h"

static const char *running(const char *more)
{
	add_flavor("1", 512);
	const char *id = add_server(VDC_A, "s", more);
	wait_for(VDC_A, id, "ACTIVE");
	return id;
}

static void act(const char *id, const char *action, const char *body)
{
	struct call *c = test_call();
	want(nova_ask(VDC_A, arena_printf(c->arena, "compute.server.%s", action), beside(id),
		      body));
}

/* An action with its body, and why it is refused. */
struct refusal {
	const char *action, *body;
	enum status st;
	const char *words;
};

static void want_refusals(const char *project, const char *id, const struct refusal *list,
			  size_t count)
{
	struct call *c = test_call();
	for (size_t i = 0; i < count; i++)
		want_refusal(nova_ask(project,
				      arena_printf(c->arena, "compute.server.%s", list[i].action),
				      beside(id), list[i].body),
			     list[i].st, list[i].words);
}

static int64_t number_at(const json_t *body, const char *a, const char *b, const char *name)
{
	body = json_object_get(json_object_get(body, a), b);
	return json_integer_value(json_object_get(body, name));
}

static int64_t used(const char *name)
{
	return number_at(want(nova_ask(VDC_A, "compute.limits", "", NULL)), "limits", "absolute",
			 name);
}

/* What the stand-in keeps of the guest. */
static const char *kept(const char *id)
{
	struct call *c = test_call();
	return guest_log_tail(c->arena, arena_printf(c->arena, "%s/%s/state", compute_folder(), id),
			      0);
}

TEST(a_server_is_paused_suspended_and_goes_on)
{
	compute_begin();
	const char *id = running("");
	act(id, "pause", NULL);
	wait_for(VDC_A, id, "PAUSED");
	expect_sound();
	reconcile();
	want_refusal(nova_ask(VDC_A, "compute.server.stop", beside(id), NULL), ST_CONFLICT,
		     "while it is in vm_state paused");
	act(id, "unpause", NULL);
	wait_for(VDC_A, id, "ACTIVE");
	act(id, "suspend", NULL);
	wait_for(VDC_A, id, "SUSPENDED");
	expect_sound();
	reconcile();
	wait_for(VDC_A, id, "SUSPENDED");
	want_refusal(nova_ask(VDC_A, "compute.server.start", beside(id), NULL), ST_CONFLICT,
		     "while it is in vm_state suspended");
	act(id, "resume", NULL);
	wait_for(VDC_A, id, "ACTIVE");
	expect_sound();
}

TEST(a_guest_that_was_let_go_outside_is_active_again)
{
	compute_begin();
	const char *id = running("");
	act(id, "pause", NULL);
	wait_for(VDC_A, id, "PAUSED");
	const struct compute_driver *d = driver_of(compute_uri());
	assert_int_equal(d->power(test_call(), compute_uri(), id, POWER_UNPAUSE, 0), ST_OK);
	reconcile();
	wait_for(VDC_A, id, "ACTIVE");
}

TEST(a_resize_is_confirmed_and_counted)
{
	compute_begin();
	const char *id = running("");
	add_flavor("2", 1024);
	act(id, "resize", "{\"resize\":{\"flavorRef\":\"2\"}}");
	wait_for(VDC_A, id, "VERIFY_RESIZE");
	assert_non_null(strstr(kept(id), "\"memory_mb\":1024"));
	assert_int_equal(used("totalRAMUsed"), 1024);
	expect_sound();
	reconcile();
	want_refusal(nova_ask(VDC_A, "compute.server.pause", beside(id), NULL), ST_CONFLICT,
		     "while it is in vm_state resized");
	act(id, "confirm_resize", NULL);
	wait_for(VDC_A, id, "ACTIVE");
	assert_string_equal(text_at(show(VDC_A, id), "server.flavor.id"), "2");
	want_refusal(nova_ask(VDC_A, "compute.server.revert_resize", beside(id), NULL), ST_CONFLICT,
		     "while it is in vm_state active");
	want(nova_ask(VDC_A, "compute.server.delete", beside(id), NULL));
	wait_gone(VDC_A, id);
	expect_sound();
}

TEST(a_resize_goes_back_whole)
{
	compute_begin();
	const char *id = running("");
	add_flavor("2", 1024);
	act(id, "stop", NULL);
	wait_for(VDC_A, id, "SHUTOFF");
	act(id, "resize", "{\"resize\":{\"flavorRef\":\"2\"}}");
	wait_for(VDC_A, id, "VERIFY_RESIZE");
	act(id, "revert_resize", NULL);
	wait_for(VDC_A, id, "SHUTOFF");
	assert_string_equal(text_at(show(VDC_A, id), "server.flavor.id"), "1");
	assert_int_equal(used("totalRAMUsed"), 512);
	assert_non_null(strstr(kept(id), "\"memory_mb\":512"));
	expect_sound();
}

TEST(a_resize_that_cannot_be_is_refused_with_its_reason)
{
	compute_begin();
	const char *id = running("");
	add_flavor("2", 1 << 20);
	want(nova_ask(NULL, "compute.flavor.create", "",
		      "{\"flavor\":{\"name\":\"flat\",\"id\":\"3\",\"vcpus\":1,\"ram\":512,"
		      "\"disk\":0}}"));
	static const struct refusal refusals[] = {
		{ "resize", "{\"resize\":{\"flavorRef\":\"1\"}}", ST_BAD_INPUT,
		  "must change flavor" },
		{ "resize", "{\"resize\":{\"flavorRef\":\"9\"}}", ST_BAD_INPUT,
		  "Flavor 9 could not be found" },
		{ "resize", "{\"resize\":{\"flavorRef\":\"3\"}}", ST_BAD_INPUT,
		  "not made smaller" },
		{ "resize", "{\"resize\":{\"flavorRef\":\"2\"}}", ST_LIMIT,
		  "Quota exceeded for ram" },
	};
	want_refusals(VDC_A, id, refusals, sizeof(refusals) / sizeof(refusals[0]));
	want(nova_ask(NULL, "compute.quota.update", "project_id=0193a0000000700080000000000000aa",
		      "{\"quota_set\":{\"ram\":-1}}"));
	want_refusal(nova_ask(VDC_A, "compute.server.resize", beside(id),
			      "{\"resize\":{\"flavorRef\":\"2\"}}"),
		     ST_BAD_INPUT, "No valid host was found");
	expect_sound();
}

TEST(a_server_begins_anew_with_another_image)
{
	compute_begin();
	const char *id = running(",\"metadata\":{\"a\":\"1\"}");
	struct call *c = compute_call_as(VDC_A, NOVA(2, 1));
	const json_t *a = want(
		nova_ask_in(c, "compute.server.rebuild", beside(id),
			    arena_printf(c->arena,
					 "{\"rebuild\":{\"imageRef\":\"%s\",\"name\":\"again\","
					 "\"metadata\":{\"b\":\"2\"}}}",
					 IMAGE)));
	assert_string_equal(text_at(a, "server.status"), "REBUILD");
	assert_string_equal(text_at(a, "server.name"), "again");
	wait_for(VDC_A, id, "ACTIVE");
	assert_string_equal(text_at(show(VDC_A, id), "server.metadata.b"), "2");
	assert_null(text_at(show(VDC_A, id), "server.metadata.a"));
	want_refusal(nova_ask(VDC_A, "compute.server.rebuild", beside(id),
			      "{\"rebuild\":{\"imageRef\":\"none\"}}"),
		     ST_BAD_INPUT, "Image none");
	want(nova_ask(VDC_A, "compute.server.delete", beside(id), NULL));
	wait_gone(VDC_A, id);
	expect_sound();
}

TEST(a_locked_server_is_left_alone)
{
	compute_begin();
	const char *id = running("");
	act(id, "lock", NULL);
	want_refusal(nova_ask(VDC_A, "compute.server.stop", beside(id), NULL), ST_CONFLICT,
		     "is locked");
	want_refusal(nova_ask(VDC_A, "compute.server.delete", beside(id), NULL), ST_CONFLICT,
		     "is locked");
	act(id, "unlock", NULL);
	want(nova_ask(NULL, "compute.server.lock", beside(id), NULL));
	want_refusal(nova_ask(VDC_A, "compute.server.unlock", beside(id), NULL), ST_FORBIDDEN,
		     "an administrator has locked");
	want(nova_ask(NULL, "compute.server.stop", beside(id), NULL));
	wait_for(VDC_A, id, "SHUTOFF");
	struct call *c = compute_call_as(VDC_A, NOVA(2, 73));
	const json_t *s = want(nova_ask_in(c, "compute.server.show", beside(id), NULL));
	assert_true(json_is_true(json_object_get(json_object_get(s, "server"), "locked")));
}

TEST(an_operator_says_what_state_a_server_is_in)
{
	compute_begin();
	const char *id = running("");
	want(nova_ask(NULL, "compute.server.reset", beside(id),
		      "{\"os-resetState\":{\"state\":\"error\"}}"));
	assert_string_equal(text_at(show(VDC_A, id), "server.status"), "ERROR");
	want(nova_ask(NULL, "compute.server.reset", beside(id),
		      "{\"os-resetState\":{\"state\":\"active\"}}"));
	wait_for(VDC_A, id, "ACTIVE");
	expect_sound();
}

static const json_t *actions_of(const char *id)
{
	const json_t *a = want(nova_ask_in(compute_call_as(VDC_A, NOVA(2, 51)),
					   "compute.server.action.list", beside(id), NULL));
	return json_object_get(a, "instanceActions");
}

TEST(what_was_done_is_told_even_when_the_server_is_gone)
{
	compute_begin();
	const char *id = running("");
	act(id, "stop", NULL);
	wait_for(VDC_A, id, "SHUTOFF");
	const json_t *list = actions_of(id);
	assert_int_equal(json_array_size(list), 2);
	assert_string_equal(text_at(json_array_get(list, 0), "action"), "stop");
	assert_string_equal(text_at(json_array_get(list, 1), "action"), "create");
	struct call *c = compute_call_as(VDC_A, NOVA(2, 51));
	const char *at = arena_printf(c->arena, "server_id=%s&request_id=%s", id,
				      text_at(json_array_get(list, 0), "request_id"));
	const json_t *one = want(nova_ask_in(c, "compute.server.action.show", at, NULL));
	const json_t *event = json_array_get(
		json_object_get(json_object_get(one, "instanceAction"), "events"), 0);
	assert_string_equal(text_at(event, "result"), "Success");
	assert_non_null(text_at(event, "finish_time"));
	want_refusal(nova_ask(VDC_B, "compute.server.action.list", beside(id), NULL), ST_NOT_FOUND,
		     "could not be found");
	want(nova_ask(VDC_A, "compute.server.delete", beside(id), NULL));
	wait_gone(VDC_A, id);
	list = actions_of(id);
	assert_string_equal(text_at(json_array_get(list, 0), "action"), "delete");
	want_refusal(nova_ask(VDC_A, "compute.server.action.list", beside(id), NULL), ST_NOT_FOUND,
		     "could not be found");
}

/* --- groups --- */

static const char *add_group(const char *policy)
{
	struct call *c = test_call();
	return text_at(want(nova_ask(VDC_A, "compute.group.create", "",
				     arena_printf(c->arena,
						  "{\"server_group\":{\"name\":\"g\","
						  "\"policies\":[\"%s\"]}}",
						  policy))),
		       "server_group.id");
}

static const char *add_member(const char *group)
{
	struct call *c = test_call();
	const char *body = arena_printf(c->arena,
					"{\"server\":{\"name\":\"m\",\"imageRef\":\"%s\","
					"\"flavorRef\":\"1\"},\"os:scheduler_hints\":{\"group\":"
					"\"%s\"}}",
					IMAGE, group);
	return text_at(want(nova_ask(VDC_A, "compute.server.create", "", body)), "server.id");
}

TEST(servers_of_a_group_stand_apart_or_say_why_not)
{
	compute_begin();
	add_flavor("1", 512);
	const char *apart = add_group("anti-affinity"), *together = add_group("affinity");
	/* The stand-in is one host. */
	wait_for(VDC_A, add_member(apart), "ACTIVE");
	const char *second = add_member(apart);
	const json_t *s = show(VDC_A, second);
	assert_string_equal(text_at(s, "server.status"), "ERROR");
	assert_non_null(strstr(text_at(s, "server.fault.message"),
			       "stand-in: has servers of the group that stands apart"));
	wait_for(VDC_A, add_member(together), "ACTIVE");
	wait_for(VDC_A, add_member(together), "ACTIVE");
	struct call *c = test_call();
	const json_t *g = want(nova_ask(VDC_A, "compute.group.show",
					arena_printf(c->arena, "group_id=%s", together), NULL));
	assert_int_equal(
		json_array_size(json_object_get(json_object_get(g, "server_group"), "members")), 2);
	want(nova_ask(VDC_A, "compute.group.delete",
		      arena_printf(c->arena, "group_id=%s", together), NULL));
	want_refusal(nova_ask(VDC_B, "compute.group.show",
			      arena_printf(c->arena, "group_id=%s", apart), NULL),
		     ST_NOT_FOUND, "could not be found");
	want_refusal(
		nova_ask(VDC_A, "compute.group.create", "",
			 "{\"server_group\":{\"name\":\"g\",\"policies\":[\"soft-affinity\"]}}"),
		ST_BAD_INPUT, "one policy");
	expect_sound();
}

/* --- network cards --- */

TEST(a_network_card_is_put_in_and_taken_out)
{
	compute_begin();
	const char *id = running(""), *net = add_network(VDC_A);
	struct call *c = compute_call_as(VDC_A, NOVA(2, 70));
	const json_t *a = want(nova_ask_in(
		c, "compute.server.interface.add", beside(id),
		arena_printf(c->arena,
			     "{\"interfaceAttachment\":{\"net_id\":\"%s\",\"fixed_ips\":"
			     "[{\"ip_address\":\"10.0.0.77\"}]}}",
			     net)));
	const char *port = text_at(a, "interfaceAttachment.port_id");
	const json_t *ip = json_array_get(
		json_object_get(json_object_get(a, "interfaceAttachment"), "fixed_ips"), 0);
	assert_string_equal(text_at(ip, "ip_address"), "10.0.0.77");
	const char *at = arena_printf(c->arena, "%s&port_id=%s", beside(id), port);
	want(nova_ask_in(c, "compute.server.interface.show", at, NULL));
	want_refusal(nova_ask_in(c, "compute.server.interface.add", beside(id),
				 arena_printf(c->arena,
					      "{\"interfaceAttachment\":{\"port_id\":\"%s\","
					      "\"net_id\":\"%s\"}}",
					      port, net)),
		     ST_BAD_INPUT, "not both");
	want(nova_ask_in(c, "compute.server.interface.remove", at, NULL));
	want_refusal(nova_ask_in(c, "compute.server.interface.remove", at, NULL), ST_NOT_FOUND,
		     "No interface");
	const json_t *l = want(nova_ask_in(c, "compute.server.interface.list", beside(id), NULL));
	assert_int_equal(json_array_size(json_object_get(l, "interfaceAttachments")), 0);
	expect_sound();
}

static void add_large_flavor(const char *id, const char *more)
{
	const char *body = arena_printf(test_call()->arena,
					"{\"flavor\":{\"name\":\"f-%s\",\"id\":\"%s\",\"vcpus\":1,"
					"\"ram\":64,\"disk\":1%s}}",
					id, id, more);
	want(nova_ask(NULL, "compute.flavor.create", "", body));
}

TEST(a_flavor_has_further_disks_which_the_host_promises)
{
	compute_begin();
	add_large_flavor("1", ",\"OS-FLV-EXT-DATA:ephemeral\":3,\"swap\":1025,\"rxtx_factor\":2.5");
	add_large_flavor("2", ",\"OS-FLV-EXT-DATA:ephemeral\":4,\"swap\":2048");
	add_large_flavor("3", "");
	want_refusal(nova_ask(NULL, "compute.flavor.create", "",
			      "{\"flavor\":{\"name\":\"x\",\"vcpus\":1,\"ram\":64,\"disk\":1,"
			      "\"rxtx_factor\":0}}"),
		     ST_BAD_INPUT, "rxtx_factor");
	const json_t *f = json_object_get(
		want(nova_ask(VDC_A, "compute.flavor.show", "flavor_id=1", NULL)), "flavor");
	assert_int_equal(json_integer_value(json_object_get(f, "swap")), 1025);
	assert_int_equal(json_integer_value(json_object_get(f, "OS-FLV-EXT-DATA:ephemeral")), 3);
	assert_true(json_real_value(json_object_get(f, "rxtx_factor")) == 2.5);
	const char *id = add_server(VDC_A, "s", "");
	wait_for(VDC_A, id, "ACTIVE");
	/* 1 + 3 GiB, and 1025 MiB are two more. */
	const json_t *sum = want(nova_ask(NULL, "compute.hypervisor.statistics", "", NULL));
	sum = json_object_get(sum, "hypervisor_statistics");
	assert_int_equal(json_integer_value(json_object_get(sum, "local_gb_used")), 6);
	want_refusal(nova_ask(VDC_A, "compute.server.resize", beside(id),
			      "{\"resize\":{\"flavorRef\":\"3\"}}"),
		     ST_BAD_INPUT, "not made smaller");
	want(nova_ask(VDC_A, "compute.server.resize", beside(id),
		      "{\"resize\":{\"flavorRef\":\"2\"}}"));
	wait_for(VDC_A, id, "VERIFY_RESIZE");
	want(nova_ask(VDC_A, "compute.server.revert_resize", beside(id), NULL));
	wait_for(VDC_A, id, "ACTIVE");
	sum = want(nova_ask(NULL, "compute.hypervisor.statistics", "", NULL));
	sum = json_object_get(sum, "hypervisor_statistics");
	assert_int_equal(json_integer_value(json_object_get(sum, "local_gb_used")), 6);
	expect_sound();
}

TEST(where_there_is_one_host_a_server_is_moved_nowhere)
{
	compute_begin();
	add_flavor("1", 64);
	const char *id = add_server(VDC_A, "s", "");
	wait_for(VDC_A, id, "ACTIVE");
	static const struct refusal refusals[] = {
		{ "migrate", "{\"migrate\":{}}", ST_BAD_INPUT, "No valid host" },
		{ "migrate_live",
		  "{\"os-migrateLive\":{\"host\":\"nowhere\",\"block_migration\":false,"
		  "\"disk_over_commit\":false}}",
		  ST_BAD_INPUT, "could not be found" },
		{ "migrate_live",
		  "{\"os-migrateLive\":{\"host\":\"stand-in\",\"block_migration\":false,"
		  "\"disk_over_commit\":false}}",
		  ST_BAD_INPUT, "same host" },
		{ "evacuate", "{\"evacuate\":{\"onSharedStorage\":false}}", ST_BAD_INPUT,
		  "still in use" },
		{ "inject_network", "{\"injectNetworkInfo\":{}}", ST_GONE, "gone from Nova" },
	};
	want_refusals(NULL, id, refusals, sizeof(refusals) / sizeof(refusals[0]));
	want(nova_ask(VDC_A, "compute.server.suspend", beside(id), NULL));
	wait_for(VDC_A, id, "SUSPENDED");
	want_refusal(nova_ask(NULL, "compute.server.migrate", beside(id), "{\"migrate\":{}}"),
		     ST_CONFLICT, "vm_state suspended");
	expect_sound();
}

TEST(flavors_are_listed_by_novas_words_for_yes_and_no)
{
	compute_begin();
	add_large_flavor("1", ",\"os-flavor-access:is_public\":false");
	add_large_flavor("2", "");
	const struct {
		const char *word;
		size_t count;
	} words[] = { { "f", 1 }, { "no", 1 }, { "0", 1 }, { "t", 1 }, { "Yes", 1 }, { "None", 2 } };
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		const json_t *list = want(nova_ask(
			NULL, "compute.flavor.list",
			arena_printf(test_call()->arena, "is_public=%s", words[i].word), NULL));
		assert_int_equal(json_array_size(json_object_get(list, "flavors")), words[i].count);
	}
	want_refusal(nova_ask(NULL, "compute.flavor.list", "is_public=x", NULL), ST_BAD_INPUT,
		     "is_public");
}
