/* SPDX-License-Identifier: Apache-2.0 */
/* Shelving servers, on the stand-in; test/scenario/server.sh shelves a real guest. */
#include "cloud/compute/test_compute.h"
#include "cloud/image/image.h"

static const char *running(const char *name)
{
	const char *id = add_server(VDC_A, name, "");
	wait_for(VDC_A, id, "ACTIVE");
	return id;
}

static struct nova_answer ask(const char *id, const char *action)
{
	return nova_ask(VDC_A, arena_printf(test_call()->arena, "compute.server.%s", action),
			beside(id), NULL);
}

static const struct db_stmt shelves_sql = {
	"test_shelves", "select count(*) from image where name like '%-shelved'"
};
static const struct db_stmt held_sql = { "test_held",
					 "select count(*) from file_blob b join compute_server s "
					 "on s.image_sha256 = b.sha256 or s.next_sha256 = b.sha256 "
					 "where s.deleted_at is null" };
static const struct db_stmt promised_sql = { "test_promised",
					     "select count(*) from pool_reservation" };
static enum status number_act(struct call *c, const void *sql, void *out)
{
	return db_number(c, sql, out, DB_NO_ARGS);
}

static int64_t number(const struct db_stmt *sql)
{
	int64_t n = -1;

	assert_int_equal(db_read(test_call(), the_house.db, number_act, sql, &n, sizeof n), ST_OK);
	return n;
}

static const char *address(const char *id)
{
	const json_t *all =
		json_object_get(json_object_get(show(VDC_A, id), "server"), "addresses");
	return text_at(json_array_get(json_object_get(all, "net"), 0), "addr");
}

TEST(a_server_leaves_its_host_as_an_image_and_comes_back)
{
	compute_begin();
	add_flavor("1", 512);
	const char *net = add_network(VDC_A);
	const char *id = add_server(VDC_A, "s",
				    arena_printf(test_call()->arena,
						 ",\"networks\":[{\"uuid\":\"%s\"}]", net));
	wait_for(VDC_A, id, "ACTIVE");
	const char *was = address(id);
	want(ask(id, "shelve"));
	wait_for(VDC_A, id, "SHELVED_OFFLOADED");
	expect_sound();
	const json_t *s = json_object_get(show(VDC_A, id), "server");
	assert_string_equal(text_at(s, "OS-EXT-STS:vm_state"), "shelved_offloaded");
	assert_int_equal(json_integer_value(json_object_get(s, "OS-EXT-STS:power_state")), 0);
	assert_string_equal(address(id), was);
	assert_int_equal(number(&shelves_sql), 1);
	assert_int_equal(number(&promised_sql), 0);
	assert_int_equal(number(&held_sql), 1);
	reconcile();
	wait_for(VDC_A, id, "SHELVED_OFFLOADED");

	want(ask(id, "unshelve"));
	wait_for(VDC_A, id, "ACTIVE");
	expect_sound();
	assert_int_equal(number(&shelves_sql), 0);
	assert_int_equal(number(&promised_sql), 1);
	assert_int_equal(number(&held_sql), 1);
	assert_string_equal(address(id), was);
	/* And once more: its disk is that of the image by now. */
	want(ask(id, "shelve"));
	wait_for(VDC_A, id, "SHELVED_OFFLOADED");
	want(ask(id, "delete"));
	wait_gone(VDC_A, id);
	expect_sound();
	assert_int_equal(number(&shelves_sql), 0);
	assert_int_equal(number(&held_sql), 0);
}

TEST(whatever_runs_or_stands_still_can_be_shelved)
{
	static const struct {
		const char *action, *status;
	} list[] = { { "stop", "SHUTOFF" }, { "pause", "PAUSED" }, { "suspend", "SUSPENDED" } };

	compute_begin();
	add_flavor("1", 64);
	for (size_t i = 0; i < sizeof list / sizeof *list; i++) {
		const char *id = running(list[i].action);
		want(ask(id, list[i].action));
		wait_for(VDC_A, id, list[i].status);
		want(ask(id, "shelve"));
		wait_for(VDC_A, id, "SHELVED_OFFLOADED");
		want(ask(id, "unshelve"));
		wait_for(VDC_A, id, "ACTIVE");
	}
	expect_sound();
}

TEST(a_shelved_server_may_be_brought_back_or_deleted_and_nothing_else)
{
	static const char *const others[] = { "start",  "stop",   "pause",         "suspend",
					      "rescue", "shelve", "shelve_offload" };

	compute_begin();
	add_flavor("1", 512);
	const char *id = running("s");
	want_refusal(ask(id, "unshelve"), ST_CONFLICT, "while it is in vm_state active");
	want_refusal(ask(id, "shelve_offload"), ST_CONFLICT, "while it is in vm_state active");
	want(ask(id, "shelve"));
	wait_for(VDC_A, id, "SHELVED_OFFLOADED");
	for (size_t i = 0; i < sizeof others / sizeof *others; i++)
		want_refusal(ask(id, others[i]), ST_CONFLICT,
			     "while it is in vm_state shelved_offloaded");
	want_refusal(nova_ask(VDC_B, "compute.server.unshelve", beside(id), NULL), ST_NOT_FOUND,
		     "could not be found");
	want(ask(id, "lock"));
	want_refusal(ask(id, "unshelve"), ST_CONFLICT, "is locked");
}

/* The image may go: the server has its bytes. */
static enum status drop_images_act(struct call *c, const void *id, void *out)
{
	struct map_pair of_it[] = { { "instance_uuid", id } };

	(void)out;
	return image_keep_newest(c, VDC_A, &(struct map){ of_it, 1 }, 0);
}

TEST(a_server_comes_back_when_its_image_was_deleted)
{
	compute_begin();
	add_flavor("1", 512);
	const char *id = running("s");
	want(ask(id, "shelve"));
	wait_for(VDC_A, id, "SHELVED_OFFLOADED");
	assert_int_equal(db_write(test_call(), the_house.db, drop_images_act, id, NULL, 0), ST_OK);
	assert_int_equal(number(&shelves_sql), 0);
	want(ask(id, "unshelve"));
	wait_for(VDC_A, id, "ACTIVE");
	expect_sound();
}

static enum status fill_act(struct call *c, const void *in, void *out)
{
	const struct pool_ask ask = { .subject = "filler", .vcpus = 1, .memory_mb = 1 };
	struct pool_host *hosts;
	struct pool_ask all = ask;
	size_t n;

	(void)in;
	enum status st = pool_hosts(c, &hosts, &n);
	if (!st)
		all.memory_mb = hosts[0].memory_mb * hosts[0].memory_percent / 100 -
				hosts[0].memory_kept_mb - 256;
	return st ? st : pool_reserve(c, &all, out);
}

TEST(where_there_is_no_room_a_server_stays_shelved_and_is_told_why)
{
	struct pool_place filled = { 0 };

	compute_begin();
	add_flavor("1", 512);
	const char *id = running("s");
	want(ask(id, "shelve"));
	wait_for(VDC_A, id, "SHELVED_OFFLOADED");
	assert_int_equal(
		db_write(test_call(), the_house.db, fill_act, NULL, &filled, sizeof filled), ST_OK);
	assert_non_null(filled.host_id);
	want_refusal(ask(id, "unshelve"), ST_CONFLICT, "No valid host was found");
	wait_for(VDC_A, id, "SHELVED_OFFLOADED");
	assert_int_equal(number(&shelves_sql), 1);
}
