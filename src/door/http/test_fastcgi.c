/* SPDX-License-Identifier: Apache-2.0 */
#include "door/http/http_private.h"
#include "harness.h"

/* A record of FastCGI 1.0 §3.3 for request 1. */
static void add_record(struct buf *b, int type, const void *content, size_t size)
{
	const char head[8] = { 1, (char)type, 0, 1, (char)(size >> 8), (char)size, 3, 0 };

	buf_add(b, head, sizeof head);
	buf_add(b, content, size);
	buf_add(b, "pad", 3);
}

static void add_pair(struct buf *b, const char *name, const char *value)
{
	size_t n = strlen(value);

	buf_char(b, (char)strlen(name));
	if (n < 128)
		buf_char(b, (char)n);
	else
		buf_add(b,
			(char[]){ (char)(0x80 | n >> 24), (char)(n >> 16), (char)(n >> 8),
				  (char)n },
			4);
	buf_str(b, name);
	buf_str(b, value);
}

static const char keep[8] = { 0, 1, 1 };

static struct fastcgi begin(struct call *c)
{
	return (struct fastcgi){ .body_max = 100,
				 .params.arena = c->arena,
				 .body.arena = c->arena,
				 .unread.arena = c->arena };
}

static bool give(struct fastcgi *f, const char *bytes, size_t size)
{
	memcpy(buf_reserve(&f->unread, size), bytes, size);
	return fastcgi_take(f, size);
}

/* The request as nginx sends it, with 'body'. */
static struct buf request(struct call *c, const struct buf *params, const char *body)
{
	struct buf b = { .arena = c->arena };

	add_record(&b, 1, keep, sizeof keep);
	add_record(&b, 4, params->data, params->size);
	add_record(&b, 4, "", 0);
	if (*body)
		add_record(&b, 5, body, strlen(body));
	add_record(&b, 5, "", 0);
	return b;
}

/* Parses pairs, names and values in turn, NULL at the end. */
static enum status parse(struct call *c, struct http_request *rq, const char *const *pairs)
{
	struct buf params = { .arena = c->arena };
	struct fastcgi f = begin(c);

	for (; pairs[0]; pairs += 2)
		add_pair(&params, pairs[0], pairs[1]);
	struct buf b = request(c, &params, "");
	assert_true(give(&f, b.data, b.size));
	assert_int_equal(f.stage, FASTCGI_WHOLE);
	return fastcgi_request(c, &f, rq);
}
#define PARSE(c, rq, ...) parse(c, rq, (const char *const[]){ __VA_ARGS__, NULL })

TEST(a_head_becomes_a_request)
{
	struct call *c = test_call();
	struct http_request rq;

	assert_int_equal(PARSE(c, &rq, "REQUEST_METHOD", "POST", "REQUEST_URI",
			       "/identity/v3/users?name=%E7%94%AC", "REQUEST_SCHEME", "https",
			       "REMOTE_ADDR", "192.0.2.7", "HTTP_HOST", "cloud.example:8443",
			       "HTTP_X_AUTH_TOKEN", "t0ken"),
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

	assert_int_equal(PARSE(c, &rq, "REQUEST_METHOD", "PUT", "REQUEST_URI", "/x",
			       "HTTP_BODY_FILE", "/etc/shadow", "HTTP_ADMISSION", "ask"),
			 ST_OK);
	assert_null(rq.upload.path);
	assert_int_equal(rq.admission, ADMISSION_NONE);
	assert_string_equal(http_header(&rq, "Body-File"), "/etc/shadow");
}

TEST(a_host_that_is_none_does_not_reach_links)
{
	struct call *c = test_call();
	struct http_request rq;

	assert_int_equal(PARSE(c, &rq, "REQUEST_METHOD", "GET", "REQUEST_URI", "/", "HTTP_HOST",
			       "evil\"/><script>"),
			 ST_OK);
	assert_string_equal(c->base_url, "http://localhost");
}

TEST(a_head_that_asks_nothing_is_refused)
{
	struct http_request rq;

	assert_int_equal(PARSE(test_call(), &rq, "REQUEST_METHOD", "GET"), ST_BAD_INPUT);
	assert_int_equal(PARSE(test_call(), &rq, "REQUEST_METHOD", "GET", "REQUEST_URI", "nowhere"),
			 ST_BAD_INPUT);
	assert_int_equal(PARSE(test_call(), &rq, "REQUEST_METHOD", "GET", "REQUEST_URI", "/",
			       "HTTP_X", "\xff\xfe"),
			 ST_BAD_INPUT);
}

TEST(a_value_that_is_longer_than_the_head_is_refused)
{
	static const char *const damaged[] = { "\x0eREQUEST_METHOD", "\x05\x7fHELLO",
					       "\xff\xff\xff\xff\xff\xff\xff\xff", "\x80\x01" };

	for (size_t i = 0; i < sizeof damaged / sizeof *damaged; i++) {
		struct call *c = test_call();
		struct buf params = { .arena = c->arena };
		struct fastcgi f = begin(c);
		struct http_request rq;
		buf_str(&params, damaged[i]);
		struct buf b = request(c, &params, "");
		assert_true(give(&f, b.data, b.size));
		assert_int_equal(fastcgi_request(c, &f, &rq), ST_BAD_INPUT);
	}
}

TEST(a_request_may_arrive_byte_by_byte)
{
	struct call *c = test_call();
	struct buf params = { .arena = c->arena };
	struct fastcgi f = begin(c);
	struct http_request rq;
	char longer[300];

	memset(longer, 'x', sizeof longer - 1);
	longer[sizeof longer - 1] = '\0';
	add_pair(&params, "REQUEST_METHOD", "PUT");
	add_pair(&params, "REQUEST_URI", "/x");
	add_pair(&params, "HTTP_LONG", longer);
	struct buf b = request(c, &params, "{\"a\":1}");
	for (size_t i = 0; i < b.size; i++) {
		assert_int_not_equal(f.stage, FASTCGI_WHOLE);
		assert_true(give(&f, b.data + i, 1));
	}
	assert_int_equal(f.stage, FASTCGI_WHOLE);
	assert_true(f.keep);
	assert_int_equal(fastcgi_request(c, &f, &rq), ST_OK);
	assert_string_equal(rq.body, "{\"a\":1}");
	assert_int_equal(rq.body_size, 7);
	assert_string_equal(http_header(&rq, "Long"), longer);
}

TEST(a_body_that_is_too_large_is_read_to_its_end_and_not_kept)
{
	struct call *c = test_call();
	struct buf params = { .arena = c->arena };
	struct fastcgi f = begin(c);
	char body[201];

	memset(body, 'x', sizeof body - 1);
	body[sizeof body - 1] = '\0';
	add_pair(&params, "REQUEST_METHOD", "PUT");
	struct buf b = request(c, &params, body);
	assert_true(give(&f, b.data, b.size));
	assert_int_equal(f.stage, FASTCGI_WHOLE);
	assert_int_equal(f.body_size, 200);
	assert_int_equal(f.body.size, 0);
}

static bool takes(const char *bytes, size_t size)
{
	struct fastcgi f = begin(test_call());

	return give(&f, bytes, size);
}

TEST(what_is_not_fastcgi_is_refused)
{
	struct call *c = test_call();
	struct buf params = { .arena = c->arena }, b;

	assert_false(takes("GET / HTTP/1.1\r\n\r\n", 18));
	assert_false(takes("\1\4\0\1\0\0\0\0", 8)); /* parameters before a beginning */
	assert_false(takes("\1\1\0\1\0\10\0\0\0\2\0\0\0\0\0\0", 16)); /* an authorizer */
	assert_false(takes("\1\2\0\1\0\0\0\0", 8));                   /* an abort */
	add_pair(&params, "REQUEST_METHOD", "GET");
	b = request(c, &params, "");
	buf_add(&b, b.data, b.size); /* a second before the first is answered */
	assert_false(takes(b.data, b.size));
}

TEST(a_head_has_a_limit)
{
	struct call *c = test_call();
	struct buf b = { .arena = c->arena };
	struct fastcgi f = begin(c);
	static const char block[32 * 1024];
	bool taken = true;

	add_record(&b, 1, keep, sizeof keep);
	for (int i = 0; i < 3; i++)
		add_record(&b, 4, block, sizeof block);
	taken = give(&f, b.data, b.size);
	assert_false(taken);
}

TEST(too_many_headers_are_refused)
{
	struct call *c = test_call();
	struct buf params = { .arena = c->arena };
	struct fastcgi f = begin(c);
	struct http_request rq;

	add_pair(&params, "REQUEST_METHOD", "GET");
	add_pair(&params, "REQUEST_URI", "/");
	for (int i = 0; i < 2000; i++)
		add_pair(&params, arena_printf(c->arena, "HTTP_H%d", i), "v");
	struct buf b = request(c, &params, "");
	assert_true(give(&f, b.data, b.size));
	assert_int_equal(fastcgi_request(c, &f, &rq), ST_BAD_INPUT);
}

TEST(an_answer_is_cut_into_records_and_ended)
{
	struct call *c = test_call();
	struct http_reply rp = { .status = 200, .headers.arena = c->arena, .body.arena = c->arena };
	struct buf out = { .arena = c->arena };
	size_t content = 0, at = 0;
	int last = 0;

	for (int i = 0; i < 10000; i++)
		buf_str(&rp.body, "0123456789");
	fastcgi_reply(&rp, false, &out);
	assert_non_null(memmem(out.data, out.size, "Content-Length: 100000\r\n", 24));
	while (at < out.size) {
		const unsigned char *p = (const unsigned char *)out.data + at;
		size_t size = (size_t)p[4] << 8 | p[5];
		last = p[1];
		content += last == 6 ? size : 0;
		at += 8 + size + p[6];
	}
	assert_int_equal(at, out.size);
	assert_int_equal(last, 3);
	assert_int_equal(content, 100000 + strlen("Status: 200\r\nContent-Length: 100000\r\n\r\n"));
}

TEST(an_answer_to_HEAD_tells_no_length_and_a_stream_is_left_open)
{
	struct call *c = test_call();
	struct http_reply rp = { .status = 200, .headers.arena = c->arena, .body.arena = c->arena };
	struct buf out = { .arena = c->arena };

	buf_str(&rp.body, "{}");
	fastcgi_reply(&rp, true, &out);
	assert_null(memmem(out.data, out.size, "Content-Length", 14));
	rp.stream = true;
	rp.body.size = out.size = 0;
	fastcgi_reply(&rp, false, &out);
	assert_int_equal(out.size, 8 + strlen("Status: 200\r\n\r\n"));
}
