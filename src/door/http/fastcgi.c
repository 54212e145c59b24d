/* SPDX-License-Identifier: Apache-2.0 */
/* The FastCGI responder's side of a connection (FastCGI Specification 1.0, Open Market 1996): requests
 * one after the other, never two at once, which is how nginx speaks it. nginx frames the records, but
 * every byte of a value and of a body may come from outside. */
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

struct origin {
	const char *scheme, *host;
};

static enum status take(struct call *c, const char *name, const char *value,
			struct http_request *rq, struct origin *from)
{
	if (str_eq(name, "REQUEST_METHOD")) {
		rq->method = value;
	} else if (str_eq(name, "REQUEST_URI")) {
		return take_address(c, value, rq);
	} else if (str_eq(name, "REMOTE_ADDR")) {
		c->from = value;
	} else if (str_eq(name, "REQUEST_SCHEME")) {
		from->scheme = value;
	} else if (str_eq(name, "BODY_FILE")) {
		rq->upload.path = *value ? value : NULL;
	} else if (str_eq(name, "ADMISSION")) {
		rq->admission = str_eq(value, "ask") ? ADMISSION_ASK : ADMISSION_TELL;
	} else if (str_eq(name, "CONTENT_TYPE")) {
		rq->upload.media_type = *value ? value : NULL;
		if (*value)
			rq->headers[rq->header_count++] =
				(struct http_header){ "Content-Type", value };
	} else if (str_starts(name, "HTTP_")) {
		if (str_eq(name, "HTTP_HOST"))
			from->host = value;
		rq->headers[rq->header_count++] =
			(struct http_header){ header_name(c, name + 5), value };
	}
	if (rq->header_count >= HEADERS_MAX)
		return fail(c, ST_BAD_INPUT, NULL, "there are more than %d headers",
			    HEADERS_MAX - 1);
	return ST_OK;
}

/* The length before a name or a value: one byte, or four with the first bit set (§3.4). */
static bool take_length(const unsigned char **p, const unsigned char *end, size_t *out)
{
	if (*p == end)
		return false;
	if (**p < 0x80) {
		*out = *(*p)++;
		return true;
	}
	if (end - *p < 4)
		return false;
	*out = (size_t)((*p)[0] & 0x7f) << 24 | (size_t)(*p)[1] << 16 | (size_t)(*p)[2] << 8 |
	       (*p)[3];
	*p += 4;
	return true;
}

/* The next pair of FCGI_PARAMS, as texts. */
static enum status take_pair(struct call *c, const unsigned char **p, const unsigned char *end,
			     const char **name, const char **value)
{
	size_t name_size, value_size;

	if (!take_length(p, end, &name_size) || !take_length(p, end, &value_size) ||
	    name_size > (size_t)(end - *p) || value_size > (size_t)(end - *p) - name_size)
		return fail(c, ST_BAD_INPUT, NULL, "the head ends within a name or a value");
	*name = arena_strndup(c->arena, (const char *)*p, name_size);
	*p += name_size;
	*value = arena_strndup(c->arena, (const char *)*p, value_size);
	*p += value_size;
	if (!utf8_valid(*name, name_size) || !utf8_valid(*value, value_size))
		return fail(c, ST_BAD_INPUT, NULL, "'%.40s' is not UTF-8", *name);
	return ST_OK;
}

enum status fastcgi_request(struct call *c, const struct fastcgi *f, struct http_request *rq)
{
	struct origin from = { .scheme = "http" };
	const unsigned char *p = (const unsigned char *)buf_text(&f->params);
	const unsigned char *end = p + f->params.size;

	*rq = (struct http_request){
		.query = "",
		.body = buf_text(&f->body),
		.body_size = f->body.size,
		.headers = arena_array(c->arena, HEADERS_MAX + 1, sizeof *rq->headers),
	};
	while (p < end) {
		const char *name = "", *value = "";
		enum status st = take_pair(c, &p, end, &name, &value);
		if (!st)
			st = take(c, name, value, rq, &from);
		if (st)
			return st;
	}
	if (!rq->method || !rq->path)
		return fail(c, ST_BAD_INPUT, NULL, "the head has no method or no address");
	c->base_url = arena_printf(c->arena, "%s://%s",
				   str_eq(from.scheme, "https") ? "https" : "http",
				   from.host && host_valid(from.host) ? from.host : "localhost");
	return ST_OK;
}

/* --- records --- */

enum { RECORD_HEAD = 8, ROLE_RESPONDER = 1, KEEP_CONN = 1 };
enum record { BEGIN_REQUEST = 1, ABORT_REQUEST = 2, END_REQUEST = 3, PARAMS = 4, IN = 5, OUT = 6 };

static bool begun(struct fastcgi *f, const unsigned char *content, size_t size)
{
	if (f->stage != FASTCGI_IDLE || size != 8 || content[0] || content[1] != ROLE_RESPONDER)
		return false;
	f->keep = content[2] & KEEP_CONN;
	f->stage = FASTCGI_HEAD;
	return true;
}

/* One whole record. False: the peer does not speak as agreed. */
static bool record(struct fastcgi *f, enum record type, const unsigned char *content, size_t size)
{
	switch (type) {
	case BEGIN_REQUEST: return begun(f, content, size);
	case PARAMS:
		if (f->stage != FASTCGI_HEAD || f->params.size + size > FASTCGI_HEAD_MAX)
			return false;
		buf_add(&f->params, content, size);
		if (!size)
			f->stage = FASTCGI_BODY;
		return true;
	case IN:
		if (f->stage != FASTCGI_BODY)
			return false;
		/* What is too much is read to its end and thrown away, so that the refusal arrives. */
		f->body_size += (int64_t)size;
		if (f->body_size <= f->body_max)
			buf_add(&f->body, content, size);
		if (!size)
			f->stage = FASTCGI_WHOLE;
		return true;
	case ABORT_REQUEST:
	case END_REQUEST:
	case OUT: break;
	}
	return false;
}

bool fastcgi_take(struct fastcgi *f, size_t size)
{
	const unsigned char *p = (const unsigned char *)f->unread.data;
	size_t left = f->unread.size += size;

	while (left >= RECORD_HEAD && f->stage != FASTCGI_WHOLE) {
		size_t content = (size_t)p[4] << 8 | p[5], whole = RECORD_HEAD + content + p[6];
		if (p[0] != 1 || p[2] || p[3] != 1)
			return false; /* version 1; nginx numbers every request 1 */
		if (left < whole)
			break;
		if (!record(f, p[1], p + RECORD_HEAD, content))
			return false;
		p += whole;
		left -= whole;
	}
	/* nginx sends nothing after a request before it has the answer. */
	if (f->stage == FASTCGI_WHOLE && left)
		return false;
	memmove(f->unread.data, p, left);
	f->unread.size = left;
	return true;
}

/* --- the answer --- */

static void put_head(char to[RECORD_HEAD], enum record type, size_t size)
{
	const unsigned char head[RECORD_HEAD] = {
		1, (unsigned char)type, 0, 1, (unsigned char)(size >> 8), (unsigned char)size
	};

	memcpy(to, head, sizeof head);
}

void fastcgi_stream_head(char to[STREAM_HEAD], size_t size)
{
	put_head(to, OUT, size);
}

static void put_out(struct buf *b, const char *p, size_t size)
{
	while (size) {
		size_t piece = size < STREAM_PIECE_MAX ? size : STREAM_PIECE_MAX;
		char head[RECORD_HEAD];
		put_head(head, OUT, piece);
		buf_add(b, head, sizeof head);
		buf_add(b, p, piece);
		p += piece;
		size -= piece;
	}
}

void fastcgi_reply(const struct http_reply *rp, bool head_only, struct buf *out)
{
	struct buf head = { .arena = out->arena };
	const char *headers = buf_text(&rp->headers);
	char end[2 * RECORD_HEAD + 8] = { 0 };

	buf_printf(&head, "Status: %d\r\n", rp->status);
	/* With a length nginx need not send the body in chunks; where it takes the bytes elsewhere
	 * (X-Accel-Redirect) or sends none, the length is its own to say. */
	if (rp->body.size && !head_only && !strstr(headers, "Content-Length:") &&
	    !strstr(headers, "X-Accel-Redirect:"))
		buf_printf(&head, "Content-Length: %zu\r\n", rp->body.size);
	buf_add(&head, headers, rp->headers.size);
	buf_str(&head, "\r\n");
	/* A long body is copied once, into room of the size that it takes. */
	size_t size = head.size + rp->body.size;
	buf_reserve(out, size + (size / STREAM_PIECE_MAX + 2) * RECORD_HEAD + sizeof end);
	put_out(out, head.data, head.size);
	put_out(out, buf_text(&rp->body), rp->body.size);
	if (rp->stream && rp->status == 200)
		return;
	put_head(end, OUT, 0);
	put_head(end + RECORD_HEAD, END_REQUEST, 8);
	buf_add(out, end, sizeof end);
}
