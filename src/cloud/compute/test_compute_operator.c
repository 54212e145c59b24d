/* SPDX-License-Identifier: Apache-2.0 */
/* What operators and clients of Nova ask for besides servers: migrations, audits, events, extensions. */
#include <fnmatch.h>
#include <stdio.h>
#include <string.h>
#include "base/id.h"
#include "base/text.h"
#include "cloud/compute/test_compute.h"

static const char *member(const json_t *list, size_t at, const char *name)
{
	return json_string_value(json_object_get(json_array_get(list, at), name));
}

static const json_t *migrations(const char *beside)
{
	struct call *c = compute_call_as(NULL, NOVA(2, 66));
	return json_object_get(want(nova_ask_in(c, "compute.migration.list", beside, NULL)),
			       "migrations");
}

/* Each request has an id of its own at the door, by which its action is known. */
static void order(const char *name, const char *id, const char *body, const char *status)
{
	struct call *c = compute_call_as(VDC_A, NOVA(2, 1));
	c->request_id = arena_printf(c->arena, "req-%s", id_new(c->arena));
	want(nova_ask_in(c, name, beside(id), body));
	wait_for(VDC_A, id, status);
}

static void resize(const char *id, const char *flavor)
{
	char body[64];
	snprintf(body, sizeof(body), "{\"resize\":{\"flavorRef\":\"%s\"}}", flavor);
	order("compute.server.resize", id, body, "VERIFY_RESIZE");
}

TEST(a_resize_is_listed_as_a_migration_with_its_fate)
{
	compute_begin();
	add_flavor("1", 512);
	add_flavor("2", 1024);
	assert_int_equal(json_array_size(migrations("")), 0);
	const char *id = add_server(VDC_A, "s", "");
	wait_for(VDC_A, id, "ACTIVE");
	assert_int_equal(json_array_size(migrations("")), 0);
	resize(id, "2");
	const json_t *m = migrations("");
	assert_int_equal(json_array_size(m), 1);
	assert_string_equal(member(m, 0, "instance_uuid"), id);
	assert_string_equal(member(m, 0, "status"), "finished");
	assert_string_equal(member(m, 0, "migration_type"), "resize");
	assert_string_equal(member(m, 0, "source_compute"), "stand-in");
	assert_string_equal(member(m, 0, "dest_compute"), "stand-in");
	assert_int_equal(strlen(member(m, 0, "uuid")), 36);

	order("compute.server.revert_resize", id, NULL, "ACTIVE");
	assert_string_equal(member(migrations(""), 0, "status"), "reverted");
	resize(id, "2");
	order("compute.server.confirm_resize", id, NULL, "ACTIVE");
	m = migrations("");
	assert_int_equal(json_array_size(m), 2);
	assert_string_equal(member(m, 0, "status"), "confirmed");
	assert_string_equal(member(m, 1, "status"), "reverted");
	expect_sound();
}

TEST(migrations_are_filtered_and_cut)
{
	compute_begin();
	add_flavor("1", 512);
	add_flavor("2", 1024);
	const char *one = add_server(VDC_A, "one", ""), *two = add_server(VDC_A, "two", "");
	wait_for(VDC_A, one, "ACTIVE");
	wait_for(VDC_A, two, "ACTIVE");
	resize(one, "2");
	resize(two, "2");
	struct call *c = test_call();
	const json_t *m = migrations(arena_printf(c->arena, "instance_uuid=%s", one));
	assert_int_equal(json_array_size(m), 1);
	assert_string_equal(member(m, 0, "instance_uuid"), one);
	assert_int_equal(json_array_size(migrations("status=confirmed")), 0);
	assert_int_equal(json_array_size(migrations("source_compute=elsewhere")), 0);
	assert_int_equal(json_array_size(migrations("migration_type=live-migration")), 0);
	assert_int_equal(json_array_size(migrations("changes-since=2999-01-01T00:00:00Z")), 0);
	m = migrations("limit=1");
	assert_int_equal(json_array_size(m), 1);
	assert_string_equal(member(m, 0, "instance_uuid"), two);
	m = migrations(arena_printf(c->arena, "marker=%s", member(m, 0, "uuid")));
	assert_int_equal(json_array_size(m), 1);
	assert_string_equal(member(m, 0, "instance_uuid"), one);
	want_refusal(nova_ask(NULL, "compute.migration.list", "marker=none", NULL), ST_BAD_INPUT,
		     "Marker none could not be found");
	want_refusal(nova_ask(NULL, "compute.migration.list", "changes-since=soon", NULL),
		     ST_BAD_INPUT, "is not a time");
}

TEST(the_log_of_usage_audits_says_that_none_ran)
{
	compute_begin();
	const json_t *a =
		want(nova_ask(NULL, "compute.usage.log.show", "before=2026-01-15 10:00:00", NULL));
	const json_t *log = json_object_get(a, "instance_usage_audit_log");
	assert_string_equal(text_at(log, "period_beginning"), "2025-12-01 00:00:00");
	assert_string_equal(text_at(log, "period_ending"), "2026-01-01 00:00:00");
	assert_string_equal(text_at(log, "overall_status"), "0 of 1 hosts done. 0 errors.");
	assert_int_equal(json_integer_value(json_object_get(log, "num_hosts_not_run")), 1);
	assert_string_equal(
		json_string_value(json_array_get(json_object_get(log, "hosts_not_run"), 0)),
		"stand-in");
	/* A month that begins now has not ended; the one before has. */
	a = want(nova_ask(NULL, "compute.usage.log.show", "before=2026-01-01 00:00:00.0", NULL));
	assert_string_equal(text_at(a, "instance_usage_audit_log.period_ending"),
			    "2025-12-01 00:00:00");
	want(nova_ask(NULL, "compute.usage.log.list", "", NULL));
	static const char *const bad[] = { "before=invalid_time", "before=2026-01-15T10:00:00",
					   "before=2026-01-15 10:00:00Z",
					   "before=2026-13-15 10:00:00" };
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		want_refusal(nova_ask(NULL, "compute.usage.log.show", bad[i], NULL), ST_BAD_INPUT,
			     "Invalid timestamp for date");
}

TEST(extensions_are_named_as_nova_names_them)
{
	compute_begin();
	const json_t *list = json_object_get(
		want(nova_ask(VDC_A, "compute.extension.list", "", NULL)), "extensions");
	for (size_t i = 1; i < json_array_size(list); i++)
		assert_true(strcmp(member(list, i - 1, "alias"), member(list, i, "alias")) < 0);
	const json_t *one = want(nova_ask(VDC_A, "compute.extension.show", "alias=os-hosts", NULL));
	assert_string_equal(text_at(one, "extension.name"), "Hosts");
	want_refusal(nova_ask(VDC_A, "compute.extension.show", "alias=os-volumes", NULL),
		     ST_NOT_FOUND, "os-volumes could not be found");
}

TEST(events_from_outside_are_answered_one_by_one)
{
	compute_begin();
	add_flavor("1", 512);
	const char *id = add_server(VDC_A, "s", "");
	wait_for(VDC_A, id, "ACTIVE");
	struct call *c = test_call();
	const json_t *list = json_object_get(
		want(nova_ask(NULL, "compute.server.event", "",
			      arena_printf(c->arena,
					   "{\"events\":[{\"name\":\"network-changed\","
					   "\"server_uuid\":\"%s\",\"tag\":\"t\"},"
					   "{\"name\":\"network-vif-deleted\",\"server_uuid\":"
					   "\"%s\"}]}",
					   id, IMAGE))),
		"events");
	assert_int_equal(json_integer_value(json_object_get(json_array_get(list, 0), "code")), 200);
	assert_string_equal(member(list, 0, "status"), "completed");
	assert_string_equal(member(list, 0, "tag"), "t");
	assert_int_equal(json_integer_value(json_object_get(json_array_get(list, 1), "code")), 404);
	assert_string_equal(member(list, 1, "status"), "failed");
	want_refusal(nova_ask(NULL, "compute.server.event", "",
			      arena_printf(c->arena,
					   "{\"events\":[{\"name\":\"network-changed\","
					   "\"server_uuid\":\"%s\"}]}",
					   IMAGE)),
		     ST_NOT_FOUND, "No instances found for any event");
	want_refusal(nova_ask(NULL, "compute.server.event", "", "{\"events\":[]}"), ST_BAD_INPUT,
		     "at least one event");
	want_refusal(nova_ask(NULL, "compute.server.event", "",
			      arena_printf(c->arena,
					   "{\"events\":[{\"name\":\"volume-extended\","
					   "\"server_uuid\":\"%s\"}]}",
					   id)),
		     ST_BAD_INPUT, "name");
	wait_for(VDC_A, id, "ACTIVE");
	expect_sound();
}

TEST(no_guest_has_left_a_password)
{
	compute_begin();
	add_flavor("1", 512);
	const char *id = add_server(VDC_A, "s", "");
	const json_t *a = want(nova_ask(VDC_A, "compute.server.password.show", beside(id), NULL));
	assert_string_equal(text_at(a, "password"), "");
	want(nova_ask(VDC_A, "compute.server.password.clear", beside(id), NULL));
	want_refusal(nova_ask(VDC_B, "compute.server.password.show", beside(id), NULL),
		     ST_NOT_FOUND, "could not be found");
	want_refusal(nova_ask(VDC_B, "compute.server.password.clear", beside(id), NULL),
		     ST_NOT_FOUND, "could not be found");
	wait_for(VDC_A, id, "ACTIVE");
}

TEST(the_scheduler_counts_as_a_host_in_a_zone_of_its_own)
{
	compute_begin();
	const json_t *all =
		json_object_get(want(nova_ask(NULL, "compute.host.list", "", NULL)), "hosts");
	assert_int_equal(json_array_size(all), 2);
	assert_string_equal(member(all, 0, "service"), "compute");
	assert_string_equal(member(all, 1, "service"), "scheduler");
	const json_t *inside = json_object_get(
		want(nova_ask(NULL, "compute.host.list", "zone=internal", NULL)), "hosts");
	assert_int_equal(json_array_size(inside), 1);
	assert_string_equal(member(inside, 0, "service"), "scheduler");
	assert_int_equal(
		json_array_size(json_object_get(
			want(nova_ask(NULL, "compute.host.list", "zone=nova", NULL)), "hosts")),
		1);
}

static struct nova_answer diagnose(int version, const char *id)
{
	return nova_ask_in(compute_call_as(NULL, version), "compute.server.diagnostics", beside(id),
			   NULL);
}

TEST(a_running_server_is_diagnosed_in_both_tongues)
{
	compute_begin();
	add_flavor("1", 512);
	const char *id = add_server(VDC_A, "s", "");
	wait_for(VDC_A, id, "ACTIVE");
	const json_t *old = want(diagnose(NOVA(2, 47), id));
	assert_int_equal(json_integer_value(json_object_get(old, "memory")), 512 << 10);
	assert_true(json_is_integer(json_object_get(old, "cpu0_time")));
	assert_true(json_is_integer(json_object_get(old, "vda_read_req")));
	assert_null(json_object_get(old, "state"));
	const json_t *now = want(diagnose(NOVA(2, 48), id));
	assert_string_equal(text_at(now, "state"), "running");
	/* A stand-in does not call itself libvirt. */
	assert_string_equal(text_at(now, "driver"), "fake");
	assert_int_equal(json_integer_value(json_object_get(json_object_get(now, "memory_details"),
							    "maximum")),
			 512);
	assert_int_equal(json_array_size(json_object_get(now, "cpu_details")), 1);
	assert_int_equal(json_array_size(json_object_get(now, "disk_details")), 1);
	assert_int_equal(json_array_size(json_object_get(now, "nic_details")), 0);
	assert_null(json_object_get(now, "memory"));
	want(nova_ask(VDC_A, "compute.server.stop", beside(id), NULL));
	wait_for(VDC_A, id, "SHUTOFF");
	want_refusal(diagnose(NOVA(2, 48), id), ST_CONFLICT, "it does not run");
	want_refusal(diagnose(NOVA(2, 48), IMAGE), ST_NOT_FOUND, "could not be found");
}

TEST(a_host_tells_its_uptime)
{
	compute_begin();
	const json_t *a =
		want(nova_ask(NULL, "compute.hypervisor.uptime", "hypervisor_id=1", NULL));
	assert_string_equal(text_at(a, "hypervisor.hypervisor_hostname"), "stand-in");
	const char *text = text_at(a, "hypervisor.uptime");
	assert_int_equal(fnmatch(" [0-9][0-9]:[0-9][0-9]:[0-9][0-9] up *", text, 0), 0);
	assert_non_null(strstr(text, "user"));
	assert_non_null(strstr(text, ",  load average: "));
	want_refusal(nova_ask(NULL, "compute.hypervisor.uptime", "hypervisor_id=2", NULL),
		     ST_NOT_FOUND, "2");
}
