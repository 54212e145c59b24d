/* SPDX-License-Identifier: Apache-2.0 */
/* From an act's output struct, or its failure, to a reply. */
#include "base/clock.h"
#include "base/log.h"
#include "base/metric.h"
#include "door/http/http_private.h"

static const char *text_at(const struct field *f, const void *out)
{
	const char *s;

	memcpy(&s, (const char *)out + f->at, sizeof s);
	return s;
}

static void write_header(struct call *c, const struct field *f, const void *out,
			 struct http_reply *rp)
{
	const char *s = NULL;

	if (f->kind == FIELD_STR || f->kind == FIELD_ID)
		s = text_at(f, out);
	if (f->kind == FIELD_INT) {
		int64_t n;
		memcpy(&n, (const char *)out + f->at, sizeof n);
		s = arena_printf(c->arena, "%lld", (long long)n);
	}
	if (s)
		http_header_add(rp, f->name, s);
}

/* What of an output shape is not a member of the JSON object. */
struct beside {
	int status;
	const char *next, *body;
	bool has_pages, has_members;
};

static struct beside write_beside(struct call *c, const struct field *shape, const void *out,
				  struct http_reply *rp)
{
	struct beside b = { 0 };

	for (const struct field *f = shape; f->name; f++) {
		if (str_eq(f->name, "-status"))
			memcpy(&b.status, (const char *)out + f->at, sizeof b.status);
		else if (str_eq(f->name, "-next"))
			b.has_pages = true, b.next = text_at(f, out);
		else if (str_eq(f->name, "-body"))
			b.body = text_at(f, out);
		else if (f->flags & FROM_HEADER)
			write_header(c, f, out, rp);
		else
			b.has_members = true;
	}
	return b;
}

static void write_members(struct call *c, const struct http_request *rq,
			  const struct ready_route *r, const void *out, const struct beside *b,
			  struct json_out *j)
{
	const char *wrap = r->route->out_wrap;

	json_object_begin(j);
	if (wrap) {
		json_key(j, wrap);
		shape_write_json(c, r->route->out, j, out);
	} else {
		shape_write_members(c, r->route->out, j, out);
	}
	if (b->has_pages && r->dialect->write_next)
		r->dialect->write_next(c, rq, r->route, b->next, j);
	json_object_end(j);
}

static bool names_media_type(const struct http_reply *rp)
{
	return strstr(buf_text(&rp->headers), "Content-Type:") != NULL;
}

void http_answer(struct call *c, const struct http_request *rq, const struct ready_route *r,
		 const void *out, struct http_reply *rp)
{
	struct beside b = write_beside(c, r->route->out, out, rp);
	struct json_out j = json_to(&rp->body);

	rp->status = b.status ? b.status : r->route->success;
	if (r->route->flags & ROUTE_NO_BODY || rp->status == 204 || rp->status == 304)
		return;
	if (b.body) {
		buf_str(&rp->body, b.body);
		return;
	}
	if (!b.has_members)
		return;
	if (!names_media_type(rp))
		http_header_add(rp, "Content-Type", "application/json");
	write_members(c, rq, r, out, &b, &j);
}

void http_refuse(struct call *c, const struct dialect *d, enum status st, struct http_reply *rp)
{
	struct json_out j = json_to(&rp->body);

	rp->status = status_http(st);
	if (!c->problem[0])
		st = fail(c, st, NULL, "%s", status_word(st));
	/* What went wrong inside is for the log, not for whoever asked. */
	if (st == ST_INTERNAL) {
		log_error("call-failed", c->request_id, "%s", c->problem);
		call_forgive(c);
		st = fail(c, st, NULL, "an error of our own; the log has it under this request id");
	}
	rp->body.size = 0;
	http_header_add(rp, "Content-Type", "application/json");
	json_object_begin(&j);
	d->write_error(c, st, &j);
	json_object_end(&j);
}
