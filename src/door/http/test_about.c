/* SPDX-License-Identifier: Apache-2.0 */
#include "door.h"
#include "door/http/http_private.h"

TEST(whoever_is_not_signed_in_may_know_the_city_and_its_profile)
{
	test_house("city");
	struct http_reply *r = ask(NULL, "GET", "/api/v1/about", NULL);

	expect_status(r, 200);
	assert_string_equal(member(r, "city"), "宁波市");
	assert_string_equal(member(r, "profile"), "city");
	assert_string_not_equal(member(r, "version"), "");
}

static void stand_in(struct call *c, struct engine *out)
{
	(void)c;
	*out = (struct engine){ .driver = "fake", .real = false, .says = "nothing runs" };
}

TEST(a_stand_in_is_told_as_one)
{
	static const struct module room = { .name = "compute", .engine = stand_in };
	static const struct module *const rooms[] = { &room, NULL };
	struct house *h = test_house("openstack");
	const struct module *const *all = h->modules;

	h->modules = rooms;
	struct http_reply *r = ask(NULL, "GET", "/api/v1/about", NULL);
	h->modules = all;
	expect_status(r, 200);
	expect_text(r, "\"compute\":{\"driver\":\"fake\",\"real\":false,");
}
