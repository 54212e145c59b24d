/* SPDX-License-Identifier: Apache-2.0 */
/* Quotas: of VDCs, of persons in them, of all, and what they bind. */
#include <string.h>
#include "cloud/compute/test_compute.h"

#define A "project_id=0193a0000000700080000000000000aa"
#define PERSON "0193a0000000700080000000000000cc"

static int64_t bound(const char *act, const char *at, const char *set, const char *name)
{
	const json_t *all = want(nova_ask(NULL, act, at, NULL));
	return json_integer_value(json_object_get(json_object_get(all, set), name));
}

static void put(const char *at, const char *bounds)
{
	want(nova_ask(NULL, "compute.quota.update", at,
		      arena_printf(test_call()->arena, "{\"quota_set\":%s}", bounds)));
}

TEST(every_quota_of_a_vdc_is_kept_and_given_back)
{
	compute_begin();
	struct call *c = test_call();
	for (int q = 0; quota_names[q]; q++) {
		int64_t before = bound("compute.quota.show", A, "quota_set", quota_names[q]);
		put(A, arena_printf(c->arena, "{\"%s\":%lld,\"force\":true}", quota_names[q],
				    (long long)before + 7));
		assert_int_equal(bound("compute.quota.show", A, "quota_set", quota_names[q]),
				 before + 7);
		assert_int_equal(bound("compute.quota.defaults", A, "quota_set", quota_names[q]),
				 before);
	}
	want(nova_ask(NULL, "compute.quota.reset", A, NULL));
	assert_int_equal(bound("compute.quota.show", A, "quota_set", "ram"), 51200);
	want_refusal(nova_ask(NULL, "compute.quota.update", A, "{\"quota_set\":{\"cores\":-2}}"),
		     ST_BAD_INPUT, "cores");
	want_refusal(nova_ask(NULL, "compute.quota.update", A, "{\"quota_set\":{\"gold\":2}}"),
		     ST_BAD_INPUT, "gold");
	want_refusal(nova_ask(VDC_B, "compute.quota.show", A, NULL), ST_FORBIDDEN, "another VDC");
}

TEST(what_all_have_is_said_by_the_class_default)
{
	compute_begin();
	want(nova_ask(NULL, "compute.quota_class.update", "id=default",
		      "{\"quota_class_set\":{\"instances\":3,\"ram\":4096}}"));
	assert_int_equal(
		bound("compute.quota_class.show", "id=default", "quota_class_set", "instances"), 3);
	assert_int_equal(bound("compute.quota.show", A, "quota_set", "ram"), 4096);
	put(A, "{\"ram\":8192}");
	assert_int_equal(bound("compute.quota.show", A, "quota_set", "ram"), 8192);
	assert_int_equal(bound("compute.quota.show", A, "quota_set", "instances"), 3);
	want_refusal(nova_ask(NULL, "compute.quota_class.update", "id=gold",
			      "{\"quota_class_set\":{\"instances\":3}}"),
		     ST_NOT_FOUND, "gold");
}

TEST(a_persons_quota_binds_that_person_and_lies_within_the_vdcs)
{
	compute_begin();
	add_flavor("1", 512);
	want_refusal(nova_ask(NULL, "compute.quota.update", A "&user_id=" PERSON,
			      "{\"quota_set\":{\"instances\":11}}"),
		     ST_BAD_INPUT, "less than or equal to 10");
	put(A "&user_id=" PERSON, "{\"instances\":1}");
	assert_int_equal(
		bound("compute.quota.show", A "&user_id=" PERSON, "quota_set", "instances"), 1);
	assert_int_equal(bound("compute.quota.show", A, "quota_set", "instances"), 10);
	const char *id = add_server(VDC_A, "one", "");
	struct call *c = test_call();
	want_refusal(nova_ask(VDC_A, "compute.server.create", "", create_body(c, "two", "")),
		     ST_LIMIT, "Quota exceeded for instances");
	/* Another person of the VDC is not bound by it. */
	struct call *other = compute_call_as(VDC_A, NOVA(2, 1));
	other->actor.user_id = "0193a0000000700080000000000000dd";
	want(nova_ask_in(other, "compute.server.create", "", create_body(other, "theirs", "")));
	/* Less than is used is refused, unless it is forced. */
	want_refusal(nova_ask(NULL, "compute.quota.update", A, "{\"quota_set\":{\"instances\":1}}"),
		     ST_BAD_INPUT, "already used");
	put(A, "{\"instances\":1,\"force\":true}");
	/* The VDC's goes, and with it those of its persons. */
	want(nova_ask(NULL, "compute.quota.reset", A, NULL));
	assert_int_equal(
		bound("compute.quota.show", A "&user_id=" PERSON, "quota_set", "instances"), 10);
	wait_for(VDC_A, id, "ACTIVE");
	expect_sound();
}

TEST(keys_metadata_and_server_groups_are_bound_too)
{
	compute_begin();
	add_flavor("1", 512);
	put(A, "{\"key_pairs\":0,\"metadata_items\":1,\"server_groups\":1,"
	       "\"server_group_members\":1}");
	want_refusal(nova_ask(VDC_A, "compute.keypair.create", "",
			      "{\"keypair\":{\"name\":\"k\",\"public_key\":"
			      "\"ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAABAgMEBQYHCAkKCwwNDg8QERITFB"
			      "UWFxgZGhscHR4f\"}}"),
		     ST_LIMIT, "key pairs");
	struct call *c = test_call();
	want_refusal(nova_ask(VDC_A, "compute.server.create", "",
			      create_body(c, "s", ",\"metadata\":{\"a\":\"1\",\"b\":\"2\"}")),
		     ST_LIMIT, "metadata items exceeds 1");
	const char *group = "{\"server_group\":{\"name\":\"g\",\"policies\":[\"affinity\"]}}";
	const char *id = text_at(want(nova_ask(VDC_A, "compute.group.create", "", group)),
				 "server_group.id");
	want_refusal(nova_ask(VDC_A, "compute.group.create", "", group), ST_LIMIT,
		     "too many server groups");
	const char *two =
		arena_printf(c->arena,
			     "{\"server\":{\"name\":\"s\",\"imageRef\":\"%s\",\"flavorRef\":\"1\","
			     "\"min_count\":2},\"os:scheduler_hints\":{\"group\":\"%s\"}}",
			     IMAGE, id);
	want_refusal(nova_ask(VDC_A, "compute.server.create", "", two), ST_LIMIT,
		     "too many servers in group");
	const json_t *limits = want(nova_ask(VDC_A, "compute.limits", "", NULL));
	limits = json_object_get(json_object_get(limits, "limits"), "absolute");
	assert_int_equal(json_integer_value(json_object_get(limits, "maxServerMeta")), 1);
	assert_int_equal(json_integer_value(json_object_get(limits, "totalServerGroupsUsed")), 1);
	expect_sound();
}
