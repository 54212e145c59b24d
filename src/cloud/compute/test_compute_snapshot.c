/* SPDX-License-Identifier: Apache-2.0 */
/* Images of servers, and Nova's old words for images. */
#include <string.h>
#include <unistd.h>
#include "cloud/compute/test_compute.h"

static struct nova_answer of_image(const char *project, const char *act, const char *id,
				   const char *body)
{
	return nova_ask(project, act, arena_printf(test_call()->arena, "image_id=%s", id), body);
}

static const json_t *image(const char *project, const char *id)
{
	return json_object_get(want(of_image(project, "compute.image.show", id, NULL)), "image");
}

static void wait_image(const char *id)
{
	for (int i = 0; i < 3000; i++) {
		if (str_eq(text_at(image(VDC_A, id), "status"), "ACTIVE"))
			return;
		usleep(10000);
	}
	test_fail("after 30 s image %s is still %s", id, text_at(image(VDC_A, id), "status"));
}

/* What is asked since 2.45, which answers with the image's id. */
static const char *make_image_of(const char *server, const char *act, const char *body)
{
	struct call *c = compute_call_as(VDC_A, NOVA(2, 45));
	return text_at(want(nova_ask_in(c, act, beside(server), body)), "image_id");
}

static size_t images_named(const char *name)
{
	const json_t *list = json_object_get(
		want(nova_ask(VDC_A, "compute.image.list",
			      arena_printf(test_call()->arena, "name=%s", name), NULL)),
		"images");
	return json_array_size(list);
}

TEST(an_image_of_a_server_is_made_while_it_runs_and_starts_another)
{
	compute_begin();
	add_flavor("1", 512);
	const char *id = add_server(VDC_A, "s", "");
	wait_for(VDC_A, id, "ACTIVE");
	const char *made = make_image_of(
		id, "compute.server.create_image",
		"{\"createImage\":{\"name\":\"copy\",\"metadata\":{\"who\":\"me\"}}}");
	/* Until it is copied nothing else is done to the server. */
	wait_image(made);
	wait_for(VDC_A, id, "ACTIVE");
	const json_t *seen = image(VDC_A, made);
	assert_string_equal(text_at(seen, "metadata.image_type"), "snapshot");
	assert_string_equal(text_at(seen, "metadata.who"), "me");
	assert_string_equal(text_at(seen, "server.id"), id);
	assert_int_equal(json_integer_value(json_object_get(seen, "minDisk")), 1);
	want_refusal(of_image(VDC_B, "compute.image.show", made, NULL), ST_NOT_FOUND, made);
	assert_int_equal(images_named("copy"), 1);

	struct call *c = test_call();
	const char *body = arena_printf(c->arena,
					"{\"server\":{\"name\":\"t\",\"imageRef\":\"%s\","
					"\"flavorRef\":\"1\"}}",
					made);
	const char *twin =
		text_at(want(nova_ask(VDC_A, "compute.server.create", "", body)), "server.id");
	wait_for(VDC_A, twin, "ACTIVE");
	want(of_image(VDC_A, "compute.image.delete", made, NULL));
	want_refusal(of_image(VDC_A, "compute.image.show", made, NULL), ST_NOT_FOUND, made);
	expect_sound();
}

TEST(a_server_that_is_copied_is_left_alone_and_one_in_error_is_not_copied)
{
	compute_begin();
	add_flavor("1", 512);
	const char *id = add_server(VDC_A, "s", "");
	wait_for(VDC_A, id, "ACTIVE");
	const char *ask = "{\"createImage\":{\"name\":\"copy\"}}";
	want_refusal(nova_ask(VDC_A, "compute.server.create_image", beside(id),
			      "{\"createImage\":{\"name\":\"  \"}}"),
		     ST_BAD_INPUT, "name");
	want_refusal(nova_ask(VDC_B, "compute.server.create_image", beside(id), ask), ST_NOT_FOUND,
		     id);
	want(nova_ask(NULL, "compute.server.reset", beside(id),
		      "{\"os-resetState\":{\"state\":\"error\"}}"));
	want_refusal(nova_ask(VDC_A, "compute.server.create_image", beside(id), ask), ST_CONFLICT,
		     "vm_state error");
	assert_int_equal(images_named("copy"), 0);
	expect_sound();
}

TEST(a_copy_of_a_server_that_is_deleted_meanwhile_leaves_no_image)
{
	compute_begin();
	add_flavor("1", 512);
	const char *id = add_server(VDC_A, "s", "");
	wait_for(VDC_A, id, "ACTIVE");
	jobs_close(jobs, 10 * CLOCK_SECOND);
	const char *made = make_image_of(id, "compute.server.create_image",
					 "{\"createImage\":{\"name\":\"copy\"}}");
	assert_string_equal(text_at(image(VDC_A, made), "status"), "SAVING");
	want_refusal(nova_ask(VDC_A, "compute.server.stop", beside(id), NULL), ST_CONFLICT,
		     "image_snapshot");
	want(nova_ask(VDC_A, "compute.server.delete", beside(id), NULL));
	struct call *c = test_call();
	jobs = jobs_open(c, &the_house, 4);
	wait_gone(VDC_A, id);
	for (int i = 0; i < 3000 && images_named("copy"); i++)
		usleep(10000);
	assert_int_equal(images_named("copy"), 0);
	expect_sound();
}

TEST(backups_of_one_type_are_rotated)
{
	compute_begin();
	add_flavor("1", 512);
	const char *id = add_server(VDC_A, "s", "");
	wait_for(VDC_A, id, "ACTIVE");
	for (int i = 0; i < 3; i++) {
		const char *made =
			make_image_of(id, "compute.server.create_backup",
				      "{\"createBackup\":{\"name\":\"b\",\"backup_type\":\"daily\","
				      "\"rotation\":2}}");
		wait_image(made);
		wait_for(VDC_A, id, "ACTIVE");
	}
	assert_int_equal(images_named("b"), 2);
	want_refusal(nova_ask(VDC_A, "compute.server.create_backup", beside(id),
			      "{\"createBackup\":{\"name\":\"b\",\"backup_type\":\"daily\","
			      "\"rotation\":-1}}"),
		     ST_BAD_INPUT, "rotation");
	expect_sound();
}

TEST(an_images_properties_are_kept_in_novas_old_words)
{
	compute_begin();
	add_flavor("1", 512);
	const char *id = add_server(VDC_A, "s", "");
	wait_for(VDC_A, id, "ACTIVE");
	const char *made = make_image_of(id, "compute.server.create_image",
					 "{\"createImage\":{\"name\":\"copy\"}}");
	wait_image(made);
	want(of_image(VDC_A, "compute.image.metadata.replace", made,
		      "{\"metadata\":{\"a\":\"1\",\"b\":\"2\"}}"));
	want(of_image(VDC_A, "compute.image.metadata.add", made, "{\"metadata\":{\"b\":\"3\"}}"));
	const char *b = arena_printf(test_call()->arena, "image_id=%s&key=b", made);
	const json_t *one = want(nova_ask(VDC_A, "compute.image.metadata.key.show", b, NULL));
	assert_string_equal(text_at(one, "meta.b"), "3");
	want_refusal(nova_ask(VDC_A, "compute.image.metadata.key.put", b,
			      "{\"meta\":{\"c\":\"3\"}}"),
		     ST_BAD_INPUT, "one key");
	want(nova_ask(VDC_A, "compute.image.metadata.key.drop", b, NULL));
	want_refusal(nova_ask(VDC_A, "compute.image.metadata.key.show", b, NULL), ST_NOT_FOUND,
		     "Metadata item");
	const json_t *left = want(of_image(VDC_A, "compute.image.metadata.show", made, NULL));
	assert_int_equal(json_object_size(json_object_get(left, "metadata")), 1);
	/* What is the cloud's is not the VDC's to describe. */
	want_refusal(of_image(VDC_A, "compute.image.metadata.replace", IMAGE,
			      "{\"metadata\":{\"a\":\"1\"}}"),
		     ST_FORBIDDEN, "another VDC");
}
