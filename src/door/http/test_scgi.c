/* SPDX-License-Identifier: Apache-2.0 */
#include "door/http/http_private.h"
#include "harness.h"

static enum status parse(struct call *c, const char *head, size_t size, struct http_request *rq)
{
	char *copy = arena_alloc(c->arena, size + 1);
	size_t body = 0;

	memcpy(copy, head, size);
	return scgi_parse(c, copy, size, rq, &body);
}
#define PARSE(c, text, rq) parse(c, text, sizeof(text) - 1, rq)

TEST(an_scgi_head_becomes_a_request)
{
	struct call *c = test_call();
	struct http_request rq;

	assert_int_equal(
		PARSE(c,
		      "CONTENT_LENGTH\0"
		      "12\0SCGI\0"
		      "1\0REQUEST_METHOD\0POST\0REQUEST_URI\0/identity/v3/users?name=%E7%94%AC\0"
		      "REQUEST_SCHEME\0https\0REMOTE_ADDR\0"
		      "192.0.2.7\0HTTP_HOST\0cloud.example:8443\0HTTP_X_AUTH_TOKEN\0t0ken\0",
		      &rq),
		ST_OK);
	assert_string_equal(rq.method, "POST");
	assert_string_equal(rq.path, "/identity/v3/users");
	assert_string_equal(rq.query, "name=%E7%94%AC");
	assert_string_equal(c->from, "192.0.2.7");
	assert_string_equal(c->base_url, "https://cloud.example:8443");
	assert_string_equal(http_header(&rq, "x-auth-token"), "t0ken");
}

TEST(a_client_cannot_choose_what_nginx_says)
{
	struct call *c = test_call();
	struct http_request rq;

	assert_int_equal(PARSE(c,
			       "REQUEST_METHOD\0PUT\0REQUEST_URI\0/x\0"
			       "HTTP_BODY_FILE\0/etc/shadow\0HTTP_ADMISSION\0ask\0",
			       &rq),
			 ST_OK);
	assert_null(rq.upload.path);
	assert_int_equal(rq.admission, ADMISSION_NONE);
	assert_string_equal(http_header(&rq, "Body-File"), "/etc/shadow");
}

TEST(no_body_is_waited_for_when_nginx_keeps_it_back)
{
	struct call *c = test_call();
	struct http_request rq;
	static const char kept[] = "CONTENT_LENGTH\0"
				   "100\0NO_BODY\0"
				   "1\0REQUEST_METHOD\0POST\0REQUEST_URI\0/-inside/console\0";
	static const char sent[] = "CONTENT_LENGTH\0"
				   "100\0HTTP_NO_BODY\0"
				   "1\0REQUEST_METHOD\0POST\0REQUEST_URI\0/x\0";
	size_t size = 1;
	char head[sizeof(kept)];

	memcpy(head, kept, sizeof(kept) - 1);
	assert_int_equal(scgi_parse(c, head, sizeof(kept) - 1, &rq, &size), ST_OK);
	assert_int_equal(size, 0);
	memcpy(head, sent, sizeof(sent) - 1);
	assert_int_equal(scgi_parse(c, head, sizeof(sent) - 1, &rq, &size), ST_OK);
	assert_int_equal(size, 100);
}

TEST(a_host_that_is_none_does_not_reach_links)
{
	struct call *c = test_call();
	struct http_request rq;

	assert_int_equal(
		PARSE(c, "REQUEST_METHOD\0GET\0REQUEST_URI\0/\0HTTP_HOST\0evil\"/><script>\0", &rq),
		ST_OK);
	assert_string_equal(c->base_url, "http://localhost");
}

TEST(a_damaged_scgi_head_is_refused)
{
	struct http_request rq;

	assert_int_equal(PARSE(test_call(), "", &rq), ST_BAD_INPUT);
	assert_int_equal(PARSE(test_call(), "REQUEST_METHOD\0GET", &rq), ST_BAD_INPUT);
	assert_int_equal(PARSE(test_call(), "REQUEST_METHOD\0", &rq), ST_BAD_INPUT);
	assert_int_equal(PARSE(test_call(), "REQUEST_METHOD\0GET\0", &rq), ST_BAD_INPUT);
	assert_int_equal(PARSE(test_call(), "REQUEST_METHOD\0GET\0REQUEST_URI\0nowhere\0", &rq),
			 ST_BAD_INPUT);
	assert_int_equal(PARSE(test_call(),
			       "CONTENT_LENGTH\0-1\0REQUEST_METHOD\0GET\0REQUEST_URI\0/\0", &rq),
			 ST_BAD_INPUT);
	assert_int_equal(PARSE(test_call(),
			       "REQUEST_METHOD\0GET\0REQUEST_URI\0/\0HTTP_X\0\xff\xfe\0", &rq),
			 ST_BAD_INPUT);
}

TEST(too_many_headers_are_refused)
{
	struct call *c = test_call();
	struct buf b = { .arena = c->arena };
	struct http_request rq;

	buf_add(&b, "REQUEST_METHOD\0GET\0REQUEST_URI\0/\0", 33);
	for (int i = 0; i < 2000; i++) {
		buf_printf(&b, "HTTP_H%d", i);
		buf_add(&b, "\0v\0", 3);
	}
	assert_int_equal(parse(c, b.data, b.size, &rq), ST_BAD_INPUT);
}
