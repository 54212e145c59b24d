/* SPDX-License-Identifier: Apache-2.0 */
/* Rescuing servers, on the stand-in; test/scenario/server.sh rescues a real guest. */
#include "cloud/compute/compute_tool.h"
#include "cloud/compute/test_compute.h"

static const char *running(void)
{
	add_flavor("1", 512);
	const char *id = add_server(VDC_A, "s", "");
	wait_for(VDC_A, id, "ACTIVE");
	return id;
}

static struct nova_answer ask(const char *id, const char *action, const char *body)
{
	return nova_ask(VDC_A, arena_printf(test_call()->arena, "compute.server.%s", action),
			beside(id), body);
}

/* How often the image's bytes are held by servers. */
static const struct db_stmt held_sql = { "test_held", "select count(*) from compute_server "
						      "where next_sha256 is not null" };
static enum status held_act(struct call *c, const void *in, void *out)
{
	(void)in;
	return db_number(c, &held_sql, out, DB_NO_ARGS);
}
static const struct db_stmt refs_sql = { "test_refs", "select max(refs) from file_blob" };
static enum status refs_act(struct call *c, const void *in, void *out)
{
	(void)in;
	return db_number(c, &refs_sql, out, DB_NO_ARGS);
}

static int64_t number(act_fn *act)
{
	int64_t n = -1;

	assert_int_equal(db_read(test_call(), the_house.db, act, NULL, &n, sizeof n), ST_OK);
	return n;
}

TEST(a_server_is_rescued_and_goes_back_to_its_own_disk)
{
	compute_begin();
	const char *id = running();
	want(ask(id, "rescue", NULL));
	wait_for(VDC_A, id, "RESCUE");
	const json_t *s = json_object_get(show(VDC_A, id), "server");
	assert_string_equal(text_at(s, "OS-EXT-STS:vm_state"), "rescued");
	assert_int_equal(json_integer_value(json_object_get(s, "OS-EXT-STS:power_state")), 1);
	expect_sound();
	reconcile();
	wait_for(VDC_A, id, "RESCUE");

	want(ask(id, "unrescue", NULL));
	wait_for(VDC_A, id, "ACTIVE");
	expect_sound();
	/* One that is off is on afterwards, as in Nova. */
	want(ask(id, "stop", NULL));
	wait_for(VDC_A, id, "SHUTOFF");
	want(ask(id, "rescue", NULL));
	wait_for(VDC_A, id, "RESCUE");
	want(ask(id, "delete", NULL));
	wait_gone(VDC_A, id);
	expect_sound();
}

TEST(the_bytes_of_another_image_are_held_until_it_is_rescued)
{
	compute_begin();
	const char *id = running();
	int64_t before = number(refs_act);
	want(ask(id, "rescue",
		 arena_printf(test_call()->arena,
			      "{\"rescue\":{\"adminPass\":\"x\",\"rescue_image_ref\":\"%s\"}}",
			      IMAGE)));
	wait_for(VDC_A, id, "RESCUE");
	assert_int_equal(number(held_act), 0);
	assert_int_equal(number(refs_act), before);
	want_refusal(ask(id, "rescue", NULL), ST_CONFLICT, "while it is in vm_state rescued");
	want(ask(id, "unrescue", NULL));
	wait_for(VDC_A, id, "ACTIVE");

	struct nova_answer a = ask(id, "rescue", "{\"rescue\":{\"rescue_image_ref\":\"none\"}}");
	want_refusal(a, ST_BAD_INPUT, "Image none");
	expect_sound();
}

TEST(what_a_rescued_server_may_not_do_is_refused)
{
	static const struct {
		const char *action, *body;
	} list[] = { { "start", NULL },
		     { "stop", NULL },
		     { "pause", NULL },
		     { "suspend", NULL },
		     { "reboot", "{\"reboot\":{\"type\":\"HARD\"}}" },
		     { "resize", "{\"resize\":{\"flavorRef\":\"1\"}}" },
		     { "rebuild", "{\"rebuild\":{\"imageRef\":"
				  "\"0193a000-0000-7000-8000-0000000000ee\"}}" } };

	compute_begin();
	const char *id = running();
	want_refusal(ask(id, "unrescue", NULL), ST_CONFLICT, "while it is in vm_state active");
	want(ask(id, "pause", NULL));
	wait_for(VDC_A, id, "PAUSED");
	want_refusal(ask(id, "rescue", NULL), ST_CONFLICT, "while it is in vm_state paused");
	want(ask(id, "unpause", NULL));
	wait_for(VDC_A, id, "ACTIVE");
	want(ask(id, "rescue", NULL));
	wait_for(VDC_A, id, "RESCUE");
	for (size_t i = 0; i < sizeof list / sizeof *list; i++)
		want_refusal(ask(id, list[i].action, list[i].body), ST_CONFLICT,
			     "while it is in vm_state rescued");
	want_refusal(nova_ask(VDC_B, "compute.server.unrescue", beside(id), NULL), ST_NOT_FOUND,
		     "could not be found");
	want(ask(id, "lock", NULL));
	want_refusal(ask(id, "unrescue", NULL), ST_CONFLICT, "is locked");
}

TEST(a_rescued_guest_that_stops_stays_rescued)
{
	compute_begin();
	const char *id = running();
	struct call *c = test_call();
	const struct compute_driver *d = driver_of(compute_uri());
	want(ask(id, "rescue", NULL));
	wait_for(VDC_A, id, "RESCUE");
	assert_int_equal(d->power(c, compute_uri(), id, POWER_KILL, 0), ST_OK);
	reconcile();
	const json_t *s = json_object_get(show(VDC_A, id), "server");
	assert_string_equal(text_at(s, "status"), "RESCUE");
	assert_int_equal(json_integer_value(json_object_get(s, "OS-EXT-STS:power_state")), 4);
	expect_sound();
	want(ask(id, "unrescue", NULL));
	wait_for(VDC_A, id, "ACTIVE");
	expect_sound();
}

TEST(a_rescued_domain_starts_from_the_other_image_before_its_own_disks)
{
	struct call *c = test_call();
	const struct guest g = { .id = "0193a000-0000-7000-8000-0000000000aa",
				 .house = "h",
				 .project_id = "p",
				 .name = "n",
				 .vcpus = 1,
				 .memory_mb = 64,
				 .ephemeral_gb = 1,
				 .base = "/base",
				 .base_format = "qcow2",
				 .rescue = "/other",
				 .rescue_format = "raw",
				 .accelerator = "tcg" };
	const char *xml = guest_xml(c->arena, &g, "/d", true);

	assert_non_null(strstr(xml, "/d/rescue'/><backingStore type='file'><format type='raw'/>"
				    "<source file='/d/rescue-base'>"));
	const char *own = strstr(xml, "/d/disk'/>");
	assert_non_null(own);
	assert_non_null(strstr(own, "<target dev='vdb' bus='virtio'/></disk>"));
	assert_true(strstr(xml, "<boot order='1'/>") < own);
	assert_null(strstr(own, "<boot "));
	assert_non_null(strstr(xml, "/d/ephemeral'/><target dev='vdc'"));
}
