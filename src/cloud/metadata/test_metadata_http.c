/* SPDX-License-Identifier: Apache-2.0 */
/* What is made of a guest's bytes. */
#include <string.h>
#include "cloud/metadata/metadata_http.h"
#include "harness.h"

static enum metadata_step read_head(const char *text, struct metadata_head *h)
{
	return metadata_head(text, strlen(text), h);
}

static void expect_path(const char *target, const char *path)
{
	struct call *c = test_call();
	struct metadata_head h;

	assert_int_equal(
		read_head(arena_printf(c->arena, "GET %s HTTP/1.1\r\nHost: x\r\n\r\n", target), &h),
		METADATA_WHOLE);
	assert_string_equal(h.path, path);
}

static void expect_wrong(const char *text, int status)
{
	struct metadata_head h;

	assert_int_equal(read_head(text, &h), METADATA_WRONG);
	assert_int_equal(h.status, status);
	assert_true(h.why[0]);
}

TEST(a_path_is_read_without_query_and_spare_slashes)
{
	expect_path("/", "");
	expect_path("/openstack/latest/meta_data.json", "/openstack/latest/meta_data.json");
	expect_path("//latest///meta-data/", "/latest/meta-data");
	expect_path("/latest/meta-data?a=/b", "/latest/meta-data");
	expect_path("/..%2f..", "/..%2f..");
}

TEST(a_head_may_come_in_pieces_and_with_bare_line_ends)
{
	static const char head[] = "GET /a HTTP/1.0\r\nHost: h\r\n\r\n";
	struct metadata_head h;

	for (size_t n = 0; n < sizeof head - 1; n++)
		assert_int_equal(metadata_head(head, n, &h), METADATA_MORE);
	assert_int_equal(metadata_head(head, sizeof head - 1, &h), METADATA_WHOLE);
	assert_int_equal(read_head("HEAD /a HTTP/1.1\n\nmore", &h), METADATA_WHOLE);
	assert_true(h.only_head);
}

TEST(what_is_no_question_is_refused_with_its_reason)
{
	expect_wrong("GET /\r\n\r\n", 400);
	expect_wrong("GET http://h/ HTTP/1.1\r\n\r\n", 400);
	expect_wrong("GET / HTTP/2.0\r\n\r\n", 400);
	expect_wrong("GET /a\x01 HTTP/1.1\r\n\r\n", 400);
	expect_wrong("\r\n\r\n", 400);
	expect_wrong("PUT /latest/api/token HTTP/1.1\r\n\r\n", 405);
	expect_wrong("GET / HTTP/1.1\r\nHost : x\r\n\r\n", 400);
	expect_wrong("GET / HTTP/1.1\r\n folded\r\n\r\n", 400);
	expect_wrong("GET / HTTP/1.1\r\nContent-Length: 3\r\n\r\nabc", 413);
	expect_wrong("GET / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n", 413);
	expect_wrong("GET / HTTP/1.1\r\nX-Forwarded-For: 10.0.0.1\r\n\r\n", 403);

	struct metadata_head h;
	assert_int_equal(read_head("GET / HTTP/1.1\r\nContent-Length: 0\r\n\r\n", &h),
			 METADATA_WHOLE);
}

TEST(a_head_has_limits)
{
	struct call *c = test_call();
	struct buf b = { .arena = c->arena }, fields = { .arena = c->arena };
	struct metadata_head h;

	buf_str(&b, "GET /");
	while (b.size < 5 + METADATA_PATH_MAX)
		buf_char(&b, 'a');
	expect_wrong(arena_printf(c->arena, "%s HTTP/1.1\r\n\r\n", buf_text(&b)), 400);
	b.data[--b.size] = '\0';
	assert_int_equal(read_head(arena_printf(c->arena, "%s HTTP/1.1\r\n\r\n", buf_text(&b)), &h),
			 METADATA_WHOLE);

	buf_str(&fields, "GET / HTTP/1.1\r\n");
	for (int i = 0; i < METADATA_LINES_MAX; i++)
		buf_str(&fields, "A: b\r\n");
	assert_int_equal(read_head(arena_printf(c->arena, "%s\r\n", buf_text(&fields)), &h),
			 METADATA_WHOLE);
	expect_wrong(arena_printf(c->arena, "%sA: b\r\n\r\n", buf_text(&fields)), 431);

	b.size = 0;
	buf_str(&b, "GET / HTTP/1.1\r\nA: ");
	while (b.size < METADATA_HEAD_MAX)
		buf_char(&b, 'a');
	expect_wrong(buf_text(&b), 431);
}
