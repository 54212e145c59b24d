/* SPDX-License-Identifier: Apache-2.0 */
/* The head of an SCGI request: pairs of NUL-ended names and values, CONTENT_LENGTH first. nginx wrote
 * it, but every byte of a value may come from outside. */
#include "door/http/http_private.h"

/* "HTTP_X_AUTH_TOKEN" is "X-AUTH-TOKEN". */
static const char *header_name(struct call *c, const char *name)
{
	char *out = arena_strdup(c->arena, name);

	for (char *p = out; *p; p++)
		if (*p == '_')
			*p = '-';
	return out;
}

static enum status take_address(struct call *c, const char *value, struct http_request *rq)
{
	const char *query = strchr(value, '?');

	if (value[0] != '/')
		return fail(c, ST_BAD_INPUT, NULL, "the address does not begin with a slash");
	rq->path = query ? arena_strndup(c->arena, value, (size_t)(query - value)) : value;
	rq->query = query ? query + 1 : "";
	return ST_OK;
}

/* Links are built on what the client wrote, so it must look like a host and a port. */
static bool host_valid(const char *host)
{
	size_t n = strlen(host);

	return n > 0 && n < 256 &&
	       strspn(host, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
			    "0123456789.-:[]_") == n;
}

struct scgi {
	const char *scheme, *host;
	int64_t body_size;
	bool no_body;
};

static enum status take(struct call *c, const char *name, const char *value,
			struct http_request *rq, struct scgi *s)
{
	if (str_eq(name, "CONTENT_LENGTH")) {
		if (*value && (!int_parse(value, &s->body_size) || s->body_size < 0))
			return fail(c, ST_BAD_INPUT, NULL, "the body's length is not a number");
	} else if (str_eq(name, "REQUEST_METHOD")) {
		rq->method = value;
	} else if (str_eq(name, "REQUEST_URI")) {
		return take_address(c, value, rq);
	} else if (str_eq(name, "REMOTE_ADDR")) {
		c->from = value;
	} else if (str_eq(name, "REQUEST_SCHEME")) {
		s->scheme = value;
	} else if (str_eq(name, "BODY_FILE")) {
		rq->upload.path = *value ? value : NULL;
	} else if (str_eq(name, "ADMISSION")) {
		rq->admission = str_eq(value, "ask") ? ADMISSION_ASK : ADMISSION_TELL;
	} else if (str_eq(name, "NO_BODY")) {
		s->no_body = true;
	} else if (str_eq(name, "CONTENT_TYPE")) {
		rq->upload.media_type = *value ? value : NULL;
		if (*value)
			rq->headers[rq->header_count++] =
				(struct http_header){ "Content-Type", value };
	} else if (str_starts(name, "HTTP_")) {
		if (str_eq(name, "HTTP_HOST"))
			s->host = value;
		rq->headers[rq->header_count++] =
			(struct http_header){ header_name(c, name + 5), value };
	}
	if (rq->header_count >= HEADERS_MAX)
		return fail(c, ST_BAD_INPUT, NULL, "there are more than %d headers",
			    HEADERS_MAX - 1);
	return ST_OK;
}

enum status scgi_parse(struct call *c, char *head, size_t size, struct http_request *rq,
		       size_t *body_size)
{
	struct scgi s = { .scheme = "http" };
	const char *p = head, *end = head + size;

	*rq = (struct http_request){
		.query = "",
		.body = "",
		.headers = arena_array(c->arena, HEADERS_MAX + 1, sizeof *rq->headers),
	};
	if (!size || end[-1] != '\0')
		return fail(c, ST_BAD_INPUT, NULL, "the head does not end with NUL");
	while (p < end) {
		const char *name = p, *value = p + strlen(p) + 1;
		if (value >= end)
			return fail(c, ST_BAD_INPUT, NULL, "the name '%.40s' has no value", name);
		p = value + strlen(value) + 1;
		if (!utf8_valid(value, strlen(value)))
			return fail(c, ST_BAD_INPUT, NULL, "'%.40s' is not UTF-8", name);
		enum status st = take(c, name, value, rq, &s);
		if (st)
			return st;
	}
	if (!rq->method || !rq->path)
		return fail(c, ST_BAD_INPUT, NULL, "the head has no method or no address");
	c->base_url = arena_printf(c->arena, "%s://%s",
				   str_eq(s.scheme, "https") ? "https" : "http",
				   s.host && host_valid(s.host) ? s.host : "localhost");
	/* nginx tells the body's length also where it keeps the body back. */
	bool none = rq->upload.path || rq->admission || s.no_body;
	*body_size = none ? 0 : (size_t)s.body_size;
	return ST_OK;
}
