/* SPDX-License-Identifier: Apache-2.0 */
/* What `yongyun check --deep` finds: each thing that must hold is broken in turn, and is named. */
#include <sys/stat.h>
#include "base/id.h"
#include "base/text.h"
#include "cloud/compute/test_compute.h"
#include "door/module.h"

#define BREAK(name_, sql_)                                                                         \
	static const struct db_stmt name_##_sql = { "test_" #name_, sql_ };                        \
	static enum status name_(struct call *c, const void *in, void *out)                        \
	{                                                                                          \
		(void)out;                                                                         \
		return db_do(c, &name_##_sql, NULL, DB_ARGS(DB_STR(in)));                          \
	}

BREAK(take_promise, "delete from pool_reservation where subject = $1")
BREAK(lessen_promise, "update pool_reservation set memory_mb = memory_mb - 1 where subject = $1")
BREAK(move_port, "update network_port set device_id = $1 where made_for_device = 1")
BREAK(count_less, "update compute_usage set instances = instances - 1 where project_id = $1")

static void broken(act_fn *act, const char *in)
{
	assert_int_equal(db_write(test_call(), the_house.db, act, in, NULL, 0), ST_OK);
}

static void expect_breach(const char *words)
{
	struct call *c = test_call();
	struct buf report = { .arena = c->arena };
	int64_t bad = 0;
	c->house = &the_house;
	assert_int_equal(compute_module.check(c, &the_house, true, &report, &bad), ST_OK);
	assert_true(bad > 0);
	if (!strstr(buf_text(&report), words))
		test_fail("'%s' is not said: %s", words, buf_text(&report));
}

static const char *a_server(void)
{
	compute_begin();
	add_flavor("1", 64);
	add_network(VDC_A);
	const char *id = add_server(VDC_A, "one", "");
	wait_for(VDC_A, id, "ACTIVE");
	expect_sound();
	return id;
}

TEST(a_server_whose_host_promised_nothing_is_found)
{
	const char *id = a_server();
	broken(take_promise, id);
	expect_breach("a server stands on a host that promised nothing");
}

TEST(a_server_that_is_promised_less_than_its_flavor_has_is_found)
{
	const char *id = a_server();
	broken(lessen_promise, id);
	expect_breach("a server is not promised what its flavor has");
}

TEST(a_port_that_was_made_for_a_server_that_is_not_there_is_found)
{
	a_server();
	broken(move_port, "0193a000-0000-7000-8000-00000000dead");
	expect_breach("a port was made for a server that is not there");
}

TEST(a_vdc_whose_servers_are_counted_wrongly_is_found)
{
	a_server();
	broken(count_less, VDC_A);
	expect_breach("what is used is counted wrongly for a VDC");
}

static enum status remember_guest(struct call *c, const char *id)
{
	struct guest g = { .id = id,
			   .house = compute_house(),
			   .project_id = VDC_A,
			   .name = "stray",
			   .vcpus = 1,
			   .memory_mb = 64 };
	return driver_of(compute_uri())->ensure(c, compute_uri(), &g);
}

TEST(a_guest_and_a_folder_of_no_server_are_found)
{
	struct call *c = test_call();
	a_server();
	assert_int_equal(remember_guest(c, id_new(c->arena)), ST_OK);
	expect_breach("a guest belongs to no server");
	expect_breach("a folder belongs to no server");
}

TEST(a_guest_that_does_not_run_where_its_server_does_is_found)
{
	const char *id = a_server();
	struct call *c = test_call();
	assert_int_equal(driver_of(compute_uri())->power(c, compute_uri(), id, POWER_KILL, 0),
			 ST_OK);
	expect_breach("a server that is on does not run");
}
