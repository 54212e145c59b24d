/* SPDX-License-Identifier: Apache-2.0 */
#include "door/http/http_private.h"
#include "harness.h"

static enum status none(struct call *c, const void *in, void *out)
{
	(void)c, (void)in, (void)out;
	return ST_OK;
}

#define PLACE(m, p, n)                                                                             \
	{                                                                                          \
		.method = m, .path = p, .may = MAY_ANYONE, .name = n, .success = 200, .act = none, \
		.in = nothing_wire, .out = nothing_wire                                            \
	}
static const struct route routes[] = {
	PLACE("GET", "/v1/things/{thing_id}", "thing.show"),
	PLACE("GET", "/v1/things/detail", "thing.detail"),
	PLACE("PUT", "/v1/things/{thing_id}", "thing.update"),
	PLACE("HEAD", "/v1/things/{thing_id}/tags/{tag}", "thing.tag.check"),
	PLACE("GET", "/v1/things/{thing_id}/tags/{tag}", "thing.tag.show"),
	PLACE("GET", "/", "root"),
	{ 0 },
};
static const struct route_group groups[] = { { &own_dialect, routes }, { 0 } };
static const struct module things = { .name = "things", .routes = groups };

static const struct dialect old_things = { .name = "old", .prefix = "/shop" };
static const struct older_dialect older = { &old_things, "/v1/", "/v0/", 1000 };
static const struct dialect new_things = { .name = "new", .prefix = "/shop", .older = &older };
static const struct route shop_routes[] = {
	PLACE("GET", "/v1/things/{thing_id}", "shop.show"),
	{ .method = "GET",
	  .path = "/v1/things",
	  .may = MAY_ANYONE,
	  .name = "shop.list",
	  .success = 200,
	  .act = none,
	  .in = nothing_wire,
	  .out = nothing_wire,
	  .since = 1001 },
	{ 0 },
};
static const struct route_group shop_groups[] = { { &new_things, shop_routes }, { 0 } };
static const struct module shop = { .name = "shop", .routes = shop_groups };
static const struct module *const modules[] = { &things, &shop, NULL };

static const char *found(const char *method, const char *path, struct match *m)
{
	struct call *c = test_call();
	struct house h = { .modules = modules };
	struct http *http = http_open(c, &h);
	enum status st = http_match(c, http, method, path, m);
	const char *name = st ? status_word(st) : m->routes[0]->route->name;

	http_close(http);
	return name;
}

TEST(a_literal_segment_goes_before_a_named_one)
{
	struct match m;

	assert_string_equal(found("GET", "/api/v1/things/detail", &m), "thing.detail");
	assert_string_equal(found("GET", "/api/v1/things/details", &m), "thing.show");
	assert_string_equal(found("GET", "/api/v1/things/42/", &m), "thing.show");
	assert_string_equal(found("GET", "/api", &m), "root");
	assert_string_equal(found("GET", "/api/", &m), "root");
}

TEST(an_older_dialect_serves_the_oldest_routes_below_its_own_address)
{
	struct match m;

	assert_string_equal(found("GET", "/shop/v1/things/42", &m), "shop.show");
	assert_string_equal(m.dialect->name, "new");
	assert_string_equal(found("GET", "/shop/v0/things/42", &m), "shop.show");
	assert_string_equal(m.dialect->name, "old");
	assert_string_equal(found("GET", "/shop/v1/things", &m), "shop.list");
	assert_string_equal(found("GET", "/shop/v0/things", &m), "not-found");
}

TEST(head_is_get_unless_it_has_a_route_of_its_own)
{
	struct match m;

	assert_string_equal(found("HEAD", "/api/v1/things/42", &m), "thing.show");
	assert_string_equal(found("HEAD", "/api/v1/things/42/tags/red", &m), "thing.tag.check");
	assert_int_equal(m.count, 1);
	assert_string_equal(found("GET", "/api/v1/things/42/tags/red", &m), "thing.tag.show");
	assert_int_equal(m.count, 1);
}

TEST(a_wrong_method_is_told_the_right_ones)
{
	struct match m;

	assert_string_equal(found("DELETE", "/api/v1/things/42", &m), "method-not-allowed");
	assert_non_null(strstr(m.allow, "GET"));
	assert_non_null(strstr(m.allow, "PUT"));
}

TEST(an_address_that_does_not_exist_is_not_found)
{
	struct match m;

	assert_string_equal(found("GET", "/api/v1/other", &m), "not-found");
	assert_string_equal(found("GET", "/api/v1/things//tags/x", &m), "not-found");
	assert_string_equal(found("GET", "/a/b/c/d/e/f/g/h/i/j/k/l/m/n/o/p/q/r/s", &m),
			    "not-found");
}

TEST(segments_are_decoded_after_they_are_split)
{
	struct match m;

	assert_string_equal(found("GET", "/api/v1/things/a%2Fb%20c%E7%94%AC", &m), "thing.show");
	assert_string_equal(m.segments.list[3], "a/b c甬");
	assert_string_equal(found("GET", "/api/v1/things/%00", &m), "bad-input");
	assert_string_equal(found("GET", "/api/v1/things/%ff", &m), "bad-input");
	assert_string_equal(found("GET", "/api/v1/things/%4", &m), "bad-input");
	assert_string_equal(found("GET", "/api/v1/things/%zz", &m), "bad-input");
}

TEST(percent_decoding_takes_what_is_well_formed)
{
	struct call *c = test_call();

	assert_string_equal(percent_decode(c, "a%41+b", 6, true), "aA b");
	assert_string_equal(percent_decode(c, "a%41+b", 6, false), "aA+b");
	assert_null(percent_decode(c, "%", 1, false));
	assert_null(percent_decode(c, "%a", 2, false));
	assert_string_equal(percent_decode(c, "%41", 3, false), "A");
}
