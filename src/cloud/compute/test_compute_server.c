/* SPDX-License-Identifier: Apache-2.0 */
/* Servers as their owners ask for them. */
#include <string.h>
#include "base/id.h"
#include "cloud/compute/test_compute.h"

TEST(a_server_is_built_shown_and_deleted_without_a_trace)
{
	compute_begin();
	add_flavor("1", 512);
	const char *net = add_network(VDC_A);
	const char *id = add_server(VDC_A, "Web 1",
				    arena_printf(test_call()->arena,
						 ",\"networks\":[{\"uuid\":\"%s\"}]", net));
	wait_for(VDC_A, id, "ACTIVE");
	const json_t *s = json_object_get(show(VDC_A, id), "server");
	assert_string_equal(text_at(s, "OS-EXT-STS:vm_state"), "active");
	assert_int_equal(json_integer_value(json_object_get(s, "OS-EXT-STS:power_state")), 1);
	const json_t *at =
		json_array_get(json_object_get(json_object_get(s, "addresses"), "net"), 0);
	assert_non_null(text_at(at, "addr"));
	assert_non_null(text_at(at, "OS-EXT-IPS-MAC:mac_addr"));
	assert_string_equal(text_at(s, "flavor.id"), "1");
	assert_null(json_object_get(s, "fault"));
	expect_sound();

	const json_t *log = want(nova_ask(VDC_A, "compute.server.console", beside(id), NULL));
	assert_non_null(strstr(text_at(log, "output"), "stand-in"));

	want(nova_ask(VDC_A, "compute.server.delete", beside(id), NULL));
	wait_gone(VDC_A, id);
	expect_sound();
	const json_t *limits = want(nova_ask(VDC_A, "compute.limits", "", NULL));
	const json_t *used = json_object_get(json_object_get(limits, "limits"), "absolute");
	assert_int_equal(json_integer_value(json_object_get(used, "totalInstancesUsed")), 0);
	assert_int_equal(json_integer_value(json_object_get(used, "totalRAMUsed")), 0);
}

TEST(a_server_of_another_vdc_is_not_there)
{
	compute_begin();
	add_flavor("1", 512);
	const char *id = add_server(VDC_A, "mine", "");
	want_refusal(nova_ask(VDC_B, "compute.server.show", beside(id), NULL), ST_NOT_FOUND,
		     "could not be found");
	want_refusal(nova_ask(VDC_B, "compute.server.delete", beside(id), NULL), ST_NOT_FOUND,
		     "could not be found");
	assert_int_equal(
		json_array_size(json_object_get(
			want(nova_ask(VDC_B, "compute.server.list", "", NULL)), "servers")),
		0);
	wait_for(VDC_A, id, "ACTIVE");
}

TEST(what_fits_on_no_host_is_in_error_and_says_why)
{
	compute_begin();
	add_flavor("1", 1 << 20);
	want(nova_ask(NULL, "compute.quota.update", "project_id=0193a0000000700080000000000000aa",
		      "{\"quota_set\":{\"ram\":-1}}"));
	const char *id = add_server(VDC_A, "huge", "");
	const json_t *s = show(VDC_A, id);
	assert_string_equal(text_at(s, "server.status"), "ERROR");
	assert_non_null(strstr(text_at(s, "server.fault.message"), "No valid host was found"));
	want(nova_ask(VDC_A, "compute.server.delete", beside(id), NULL));
	want_refusal(nova_ask(VDC_A, "compute.server.show", beside(id), NULL), ST_NOT_FOUND, id);
	expect_sound();
}

TEST(a_quota_is_kept_and_what_is_refused_leaves_nothing)
{
	compute_begin();
	add_flavor("1", 512);
	want(nova_ask(NULL, "compute.quota.update", "project_id=0193a0000000700080000000000000aa",
		      "{\"quota_set\":{\"instances\":2}}"));
	struct call *c = test_call();
	want_refusal(nova_ask(VDC_A, "compute.server.create", "",
			      create_body(c, "many", ",\"min_count\":3")),
		     ST_LIMIT, "Quota exceeded for instances");
	expect_sound();
	const char *one = add_server(VDC_A, "one", "");
	const char *two = add_server(VDC_A, "two", "");
	want_refusal(nova_ask(VDC_A, "compute.server.create", "", create_body(c, "three", "")),
		     ST_LIMIT, "instances");
	wait_for(VDC_A, one, "ACTIVE");
	wait_for(VDC_A, two, "ACTIVE");
	expect_sound();
}

TEST(a_server_is_stopped_started_and_rebooted)
{
	compute_begin();
	add_flavor("1", 512);
	const char *id = add_server(VDC_A, "s", "");
	wait_for(VDC_A, id, "ACTIVE");
	want_refusal(nova_ask(VDC_A, "compute.server.start", beside(id), NULL), ST_CONFLICT,
		     "while it is in vm_state active");
	const char *const progress = "progress";
	assert_non_null(json_object_get(json_object_get(show(VDC_A, id), "server"), progress));
	want(nova_ask(VDC_A, "compute.server.stop", beside(id), NULL));
	wait_for(VDC_A, id, "SHUTOFF");
	assert_null(json_object_get(json_object_get(show(VDC_A, id), "server"), progress));
	want(nova_ask(VDC_A, "compute.server.start", beside(id), NULL));
	wait_for(VDC_A, id, "ACTIVE");
	want(nova_ask(VDC_A, "compute.server.reboot", beside(id),
		      "{\"reboot\":{\"type\":\"HARD\"}}"));
	wait_for(VDC_A, id, "ACTIVE");
	want_refusal(nova_ask(VDC_A, "compute.server.reboot", beside(id),
			      "{\"reboot\":{\"type\":\"LOUD\"}}"),
		     ST_BAD_INPUT, "SOFT or HARD");
}

TEST(a_guest_that_stopped_by_itself_is_shutoff_and_one_that_vanished_in_error)
{
	compute_begin();
	add_flavor("1", 512);
	const char *off = add_server(VDC_A, "off", ""), *gone = add_server(VDC_A, "gone", "");
	wait_for(VDC_A, off, "ACTIVE");
	wait_for(VDC_A, gone, "ACTIVE");
	struct call *c = test_call();
	const struct compute_driver *d = driver_of(compute_uri());
	assert_int_equal(d->power(c, compute_uri(), off, POWER_KILL, 0), ST_OK);
	assert_int_equal(d->remove(c, compute_uri(), compute_house(), gone), ST_OK);
	reconcile();
	wait_for(VDC_A, off, "SHUTOFF");
	assert_non_null(strstr(text_at(show(VDC_A, gone), "server.fault.message"), "gone"));
	want(nova_ask(VDC_A, "compute.server.delete", beside(gone), NULL));
	wait_gone(VDC_A, gone);
	expect_sound();
}

TEST(a_guest_without_a_server_is_removed_and_another_houses_guest_is_left)
{
	compute_begin();
	struct call *c = test_call();
	const struct compute_driver *d = driver_of(compute_uri());
	struct guest ours = {
		.id = id_new(c->arena), .house = compute_house(), .name = "x", .project_id = "p"
	};
	struct guest theirs = ours;
	struct guest_list l = { 0 };
	theirs.id = id_new(c->arena);
	theirs.house = "another";
	assert_int_equal(d->ensure(c, compute_uri(), &ours), ST_OK);
	assert_int_equal(d->ensure(c, compute_uri(), &theirs), ST_OK);
	reconcile();
	assert_int_equal(d->list(c, compute_uri(), compute_house(), &l), ST_OK);
	assert_int_equal(l.guests_count, 0);
	assert_int_equal(d->list(c, compute_uri(), "another", &l), ST_OK);
	assert_int_equal(l.guests_count, 1);
}

TEST(a_list_is_cut_into_pages_filtered_and_sorted)
{
	compute_begin();
	add_flavor("1", 512);
	const char *body = ",\"max_count\":5,\"min_count\":5";
	add_server(VDC_A, "web", body);
	add_server(VDC_A, "db", "");
	const char *marker = NULL;
	char told[5000] = "";
	size_t seen = 0;
	for (int page = 0; page < 4; page++) {
		const char *q =
			marker ? arena_printf(test_call()->arena, "limit=2&marker=%s", marker)
			       : "limit=2";
		const json_t *list = json_object_get(
			want(nova_ask(VDC_A, "compute.server.list", q, NULL)), "servers");
		size_t n = json_array_size(list);
		for (size_t i = 0; i < n; i++) {
			marker = text_at(json_array_get(list, i), "id");
			assert_null(strstr(told, marker));
			strcat(told, marker);
		}
		seen += n;
	}
	assert_int_equal(seen, 6);
	const json_t *a = want(nova_ask(VDC_A, "compute.server.detail", "name=^web", NULL));
	assert_int_equal(json_array_size(json_object_get(a, "servers")), 5);
	a = want(nova_ask(VDC_A, "compute.server.detail", "sort_key=display_name&sort_dir=asc",
			  NULL));
	assert_string_equal(text_at(json_array_get(json_object_get(a, "servers"), 0), "name"),
			    "db");
	want_refusal(nova_ask(VDC_A, "compute.server.list", "name=a{9}{9}{9}", NULL), ST_BAD_INPUT,
		     "pattern");
	want_refusal(nova_ask(VDC_A, "compute.server.list", "marker=none", NULL), ST_BAD_INPUT,
		     "marker");
	want_refusal(nova_ask(VDC_A, "compute.server.list", "all_tenants=1", NULL), ST_FORBIDDEN,
		     "administrators");
}

TEST(each_microversion_has_its_own_shape)
{
	compute_begin();
	add_flavor("1", 512);
	const char *id = add_server(VDC_A, "s", "");
	struct call *old = compute_call_as(VDC_A, NOVA(2, 1)),
		    *new = compute_call_as(VDC_A, NOVA(2, 61));
	const json_t *a = want(nova_ask_in(old, "compute.server.show", beside(id), NULL));
	const json_t *b = want(nova_ask_in(new, "compute.server.show", beside(id), NULL));
	assert_null(json_object_get(json_object_get(a, "server"), "tags"));
	assert_non_null(json_object_get(json_object_get(b, "server"), "tags"));
	assert_string_equal(text_at(a, "server.flavor.id"), "1");
	assert_null(text_at(b, "server.flavor.id"));
	assert_string_equal(text_at(b, "server.flavor.original_name"), "f-1");
	want_refusal(nova_ask_in(compute_call_as(VDC_A, NOVA(2, 37)), "compute.server.create", "",
				 create_body(old, "x", "")),
		     ST_BAD_INPUT, "'networks' is a required property");
	want(nova_ask_in(compute_call_as(VDC_A, NOVA(2, 37)), "compute.server.create", "",
			 create_body(old, "x", ",\"networks\":\"none\"")));
	want_refusal(nova_ask(VDC_A, "compute.server.create", "",
			      create_body(old, "x", ",\"networks\":\"none\"")),
		     ST_BAD_INPUT, "networks");
}

TEST(a_server_with_the_wrong_image_flavor_network_or_key_is_refused)
{
	compute_begin();
	add_flavor("1", 512);
	struct call *c = test_call();
	want_refusal(
		nova_ask(VDC_A, "compute.server.create", "",
			 "{\"server\":{\"name\":\"s\",\"imageRef\":\"none\",\"flavorRef\":\"1\"}}"),
		ST_BAD_INPUT, "Image none");
	want_refusal(nova_ask(VDC_A, "compute.server.create", "",
			      arena_printf(c->arena,
					   "{\"server\":{\"name\":\"s\",\"imageRef\":\"%s\","
					   "\"flavorRef\":\"9\"}}",
					   IMAGE)),
		     ST_BAD_INPUT, "Flavor 9");
	want_refusal(nova_ask(VDC_A, "compute.server.create", "",
			      create_body(c, "s", ",\"key_name\":\"none\"")),
		     ST_BAD_INPUT, "key_name");
	want_refusal(nova_ask(VDC_A, "compute.server.create", "",
			      create_body(c, "s",
					  ",\"networks\":[{\"uuid\":"
					  "\"0193a000-0000-7000-8000-000000000001\"}]")),
		     ST_BAD_INPUT, "0193a000");
	want_refusal(nova_ask(VDC_A, "compute.server.create", "",
			      create_body(c, "s", ",\"user_data\":\"not base64!\"")),
		     ST_BAD_INPUT, "base64");
	expect_sound();
}

TEST(a_key_is_brought_and_reaches_the_server)
{
	compute_begin();
	add_flavor("1", 512);
	want(nova_ask(
		VDC_A, "compute.keypair.create", "",
		"{\"keypair\":{\"name\":\"k\",\"public_key\":\"ssh-ed25519 "
		"AAAAC3NzaC1lZDI1NTE5AAAAIAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8g me\"}}"));
	const json_t *k = want(nova_ask(VDC_A, "compute.keypair.show", "name=k", NULL));
	assert_int_equal(strlen(text_at(k, "keypair.fingerprint")), 47);
	want_refusal(nova_ask(VDC_A, "compute.keypair.create", "",
			      "{\"keypair\":{\"name\":\"l\",\"public_key\":\"ssh-rsa AAAA\"}}"),
		     ST_BAD_INPUT, "fingerprint");
	const char *id = add_server(VDC_A, "s", ",\"key_name\":\"k\"");
	wait_for(VDC_A, id, "ACTIVE");
	assert_string_equal(text_at(show(VDC_A, id), "server.key_name"), "k");
}

TEST(metadata_and_tags_are_kept)
{
	compute_begin();
	add_flavor("1", 512);
	const char *id = add_server(VDC_A, "s", ",\"metadata\":{\"a\":\"1\"}");
	want(nova_ask(VDC_A, "compute.server.metadata.add", beside(id),
		      "{\"metadata\":{\"a\":\"2\",\"b\":\"3\"}}"));
	const json_t *m = want(nova_ask(VDC_A, "compute.server.metadata.show", beside(id), NULL));
	assert_string_equal(text_at(m, "metadata.a"), "2");
	assert_string_equal(text_at(m, "metadata.b"), "3");
	struct call *c = compute_call_as(VDC_A, NOVA(2, 26));
	want(nova_ask_in(c, "compute.server.tag.replace", beside(id),
			 "{\"tags\":[\"x\",\"y\",\"x\"]}"));
	const json_t *t = want(nova_ask_in(c, "compute.server.tag.list", beside(id), NULL));
	assert_int_equal(json_array_size(json_object_get(t, "tags")), 2);
	want_refusal(nova_ask_in(c, "compute.server.tag.replace", beside(id),
				 "{\"tags\":[\"a,b\"]}"),
		     ST_BAD_INPUT, "','");
}

static enum status lose(struct call *c, const void *uri, void *out)
{
	(void)out;
	return pool_host_lost(c, uri);
}

TEST(what_a_guest_does_is_not_told_while_its_host_is_away)
{
	compute_begin();
	add_flavor("1", 512);
	const char *id = add_server(VDC_A, "s", "");
	wait_for(VDC_A, id, "ACTIVE");
	assert_int_equal(db_write(test_call(), the_house.db, lose, compute_uri(), NULL, 0), ST_OK);
	const json_t *s = json_object_get(show(VDC_A, id), "server");
	assert_int_equal(json_integer_value(json_object_get(s, "OS-EXT-STS:power_state")), 0);
	const char *other = add_server(VDC_A, "t", "");
	wait_for(VDC_A, other, "ERROR");
	assert_non_null(
		strstr(text_at(show(VDC_A, other), "server.fault.message"), "stand-in: down"));
	reconcile();
	s = json_object_get(show(VDC_A, id), "server");
	assert_int_equal(json_integer_value(json_object_get(s, "OS-EXT-STS:power_state")), 1);
	expect_sound();
}

/* Servers by the hundred; nothing is built. */
static void add_servers(int64_t count, const char *networks)
{
	struct call *c = compute_call_as(VDC_A, NOVA(2, 37));
	want(nova_ask_in(c, "compute.server.create", "",
			 create_body(c, "s",
				     arena_printf(c->arena, ",\"min_count\":%lld,\"networks\":%s",
						  (long long)count, networks))));
}

static int64_t statements_of_detail(size_t expected)
{
	struct call *c = compute_call_as(VDC_A, NOVA(2, 74));
	const json_t *list =
		json_object_get(want(nova_ask_in(c, "compute.server.detail", "", NULL)), "servers");
	assert_int_equal(json_array_size(list), expected);
	return c->statements;
}

TEST(a_detailed_list_of_500_servers_takes_as_many_statements_as_one_of_2)
{
	compute_begin();
	add_flavor("1", 64);
	want(nova_ask(NULL, "compute.quota.update", "project_id=0193a0000000700080000000000000aa",
		      "{\"quota_set\":{\"instances\":-1,\"cores\":-1,\"ram\":-1}}"));
	jobs_close(jobs, 10 * CLOCK_SECOND);
	jobs = NULL;
	const char *net =
		arena_printf(test_call()->arena, "[{\"uuid\":\"%s\"}]", add_network(VDC_A));
	add_servers(2, net);
	int64_t few = statements_of_detail(2);
	add_servers(98, net);
	for (int i = 0; i < 4; i++)
		add_servers(100, "\"none\"");
	assert_int_equal(statements_of_detail(500), few);
	assert_true(few <= 8);
}
