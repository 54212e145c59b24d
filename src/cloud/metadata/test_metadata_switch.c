/* SPDX-License-Identifier: Apache-2.0 */
/* Devices of ours in Open vSwitch's database: the server that Open vSwitch runs, without its switch. */
#include "cloud/metadata/metadata_switch.h"
#include "base/clock.h"
#include "cloud/network/test_ovsdb_server.h"

static struct ovsdb *asks, *follows;

static void end_connections(void *none)
{
	(void)none;
	ovsdb_end(&asks);
	ovsdb_end(&follows);
}

/* A switch with one bridge and a guest's interface. */
static void begin(void)
{
	static const char rows[] =
		"[\"Open_vSwitch\","
		"{\"op\":\"insert\",\"table\":\"Interface\",\"uuid-name\":\"i\",\"row\":{\"name\":\"tap0\","
		"\"external_ids\":[\"map\",[[\"iface-id\",\"0193a000-0000-7000-8000-00000000000a\"]]]}},"
		"{\"op\":\"insert\",\"table\":\"Port\",\"uuid-name\":\"p\",\"row\":{\"name\":\"tap0\","
		"\"interfaces\":[\"named-uuid\",\"i\"]}},"
		"{\"op\":\"insert\",\"table\":\"Bridge\",\"uuid-name\":\"b\",\"row\":{\"name\":\"br-int\","
		"\"ports\":[\"named-uuid\",\"p\"]}},"
		"{\"op\":\"insert\",\"table\":\"Open_vSwitch\",\"row\":{"
		"\"bridges\":[\"named-uuid\",\"b\"]}}]";
	struct ovsdb_server *s = ovsdb_server_new();
	struct call *c = test_call();
	const json_t *result;

	asks = ovsdb_new(s->remote, "Open_vSwitch", CLOCK_SECOND);
	follows = ovsdb_new(s->remote, "Open_vSwitch", CLOCK_SECOND);
	arena_defer(c->arena, end_connections, NULL);
	assert_int_equal(ovsdb_request(c, asks, "transact", rows, &result), ST_OK);
	for (size_t i = 0; i < json_array_size(result); i++)
		assert_null(json_object_get(json_array_get(result, i), "error"));
}

static struct switch_view view(const char *house)
{
	struct switch_view v;

	assert_int_equal(switch_read(test_call(), asks, house, &v), ST_OK);
	return v;
}

TEST(a_device_of_ours_is_made_once_and_told_from_those_of_others)
{
	const struct switch_device d = { "ym0123456789abc",
					 "0193a000-0000-7000-8000-0000000000a1" };
	struct call *c = test_call();

	begin();
	assert_int_equal(view("house").plugged.count, 1);
	assert_int_equal(view("house").ours_count, 0);
	assert_int_equal(switch_add(c, asks, "house", &d, "logical"), ST_OK);
	assert_int_equal(switch_add(c, asks, "house", &d, "logical"), ST_CONFLICT);

	struct switch_view v = view("house");
	assert_int_equal(v.ours_count, 1);
	assert_string_equal(v.ours[0].name, d.name);
	assert_string_equal(v.ours[0].network_id, d.network_id);
	assert_int_equal(v.plugged.count, 2);
	assert_int_equal(view("another house").ours_count, 0);
}

TEST(a_device_is_dropped_by_its_own_house_which_waits_for_the_switch)
{
	const struct switch_device d = { "ym0123456789abc",
					 "0193a000-0000-7000-8000-0000000000a1" };
	const char *name = d.name, *guest = "tap0";
	struct words names = { &name, 1 }, others = { &guest, 1 };
	struct call *c = test_call();

	begin();
	assert_int_equal(switch_add(c, asks, "house", &d, "logical"), ST_OK);
	assert_int_equal(switch_drop(c, asks, "another house", &names), ST_OK);
	assert_int_equal(switch_drop(c, asks, "house", &others), ST_OK);
	assert_int_equal(view("house").ours_count, 1);
	/* There is no switch that would say that it has done so. */
	assert_int_equal(switch_drop(c, asks, "house", &names), ST_TIMEOUT);
	call_forgive(c);
	assert_int_equal(view("house").ours_count, 0);
	assert_int_equal(view("house").plugged.count, 1);
	assert_int_equal(switch_drop(c, asks, "house", &names), ST_OK);
}

TEST(changes_of_interfaces_are_noticed)
{
	const struct switch_device d = { "ym0123456789abc",
					 "0193a000-0000-7000-8000-0000000000a1" };
	int64_t until = clock_steady() + 10 * CLOCK_SECOND;
	struct call *c = test_call();
	bool changed = false;

	begin();
	assert_int_equal(switch_follow(c, follows, &changed), ST_OK);
	assert_true(changed);
	changed = false;
	assert_int_equal(switch_follow(c, follows, &changed), ST_OK);
	assert_false(changed);
	assert_int_equal(switch_add(c, asks, "house", &d, "logical"), ST_OK);
	while (!changed && clock_steady() < until)
		assert_int_equal(switch_follow(c, follows, &changed), ST_OK);
	assert_true(changed);
}
