/* SPDX-License-Identifier: Apache-2.0 */
/* Every route of every room, asked wrongly in every way that its shape allows. A new route is here
 * without a line of its own. */
#include "base/json.h"
#include "command.h"
#include "door.h"

#define SOME_ID "01890a5d-ac96-774b-bcce-b302099a8057"

/* --- bodies --- */

enum fault { FAULT_NONE, FAULT_MISSING, FAULT_TYPE, FAULT_LONG };

struct body {
	const struct field *odd;
	enum fault fault;
	bool told; /* the fault could be told in JSON */
};

static void write_object(struct json_out *j, const struct field *shape, struct body *b);

static void write_good(struct json_out *j, const struct field *f, struct body *b)
{
	switch (f->kind) {
	case FIELD_INT: json_int(j, f->min > 1 ? f->min : 1); return;
	case FIELD_REAL: json_double(j, 1); return;
	case FIELD_BOOL: json_bool(j, true); return;
	case FIELD_STR: json_str(j, "a"); return;
	case FIELD_ID: json_str(j, SOME_ID); return;
	case FIELD_WORD: json_str(j, f->words[0]); return;
	case FIELD_TIME: json_str(j, "2026-11-23T00:00:00Z"); return;
	case FIELD_STRS:
	case FIELD_LIST:
		json_array_begin(j);
		json_array_end(j);
		return;
	case FIELD_OBJECT: write_object(j, f->sub, b); return;
	case FIELD_MAP:
		json_object_begin(j);
		json_object_end(j);
		return;
	default: json_nil(j);
	}
}

static void write_odd(struct json_out *j, const struct field *f, struct body *b)
{
	static char longest[1 << 17];

	b->told = true;
	if (b->fault == FAULT_LONG) {
		memset(longest, 'x', (size_t)f->max + 1);
		longest[f->max + 1] = '\0';
		json_str(j, longest);
	} else if (f->kind == FIELD_STRS || f->kind == FIELD_LIST) {
		json_int(j, 7);
	} else {
		json_array_begin(j);
		json_array_end(j);
	}
}

static bool in_body(const struct field *f)
{
	return f->name[0] != '-' && f->kind != FIELD_REST &&
	       !(f->flags & (FROM_PATH | FROM_QUERY | FROM_HEADER | READ_ONLY)) && !f->since;
}

static void write_object(struct json_out *j, const struct field *shape, struct body *b)
{
	json_object_begin(j);
	for (const struct field *f = shape; f->name; f++) {
		if (!in_body(f) || (f->flags & OPT && f != b->odd))
			continue;
		if (f == b->odd && b->fault == FAULT_MISSING) {
			b->told = true;
			continue;
		}
		json_key(j, f->name);
		if (f == b->odd && b->fault != FAULT_NONE)
			write_odd(j, f, b);
		else
			write_good(j, f, b);
	}
	json_object_end(j);
}

static const char *body_of(struct call *c, const struct route *r, struct body *b)
{
	struct buf text = { .arena = c->arena };
	struct json_out j = json_to(&text);

	if (r->in_wrap) {
		json_object_begin(&j);
		json_key(&j, r->in_wrap);
	}
	write_object(&j, r->in, b);
	if (r->in_wrap)
		json_object_end(&j);
	return buf_text(&text);
}

/* What stands for {name} in a path: a word where only words do, a number where only numbers do, else some
 * id. */
static const char *piece_of(const struct route *r, const char *name, size_t size)
{
	for (const struct field *f = r->in; f->name; f++) {
		if (strlen(f->name) != size || strncmp(f->name, name, size))
			continue;
		if (f->kind == FIELD_WORD)
			return f->words[0];
		if (f->kind == FIELD_INT)
			return "987654321";
	}
	return SOME_ID;
}

static const char *path_of(struct call *c, const struct dialect *d, const struct route *r)
{
	struct buf b = { .arena = c->arena };

	buf_str(&b, d->prefix);
	for (const char *p = r->path; *p; p++) {
		if (*p != '{') {
			buf_char(&b, *p);
			continue;
		}
		size_t size = strcspn(p + 1, "}");
		buf_str(&b, piece_of(r, p + 1, size));
		p += size + 1;
	}
	return buf_text(&b);
}

static bool takes_body(const struct route *r)
{
	for (const struct field *f = r->in; f->name; f++)
		if (str_eq(f->name, "-body"))
			return false;
	return !(r->flags & ROUTE_UPLOAD) && !str_eq(r->method, "GET") &&
	       !str_eq(r->method, "HEAD") && !str_eq(r->method, "DELETE");
}

/* --- who may not --- */

struct askers {
	const char *admin, *powerless;
	int asked, wrong;
};

static void complain(struct askers *a, const struct route *r, const char *how,
		     const struct http_reply *got)
{
	print_error("%s (%s %s) %s: %d %.300s\n", r->name, r->method, r->path, how, got->status,
		    buf_text(&got->body));
	a->wrong++;
}

static void ask_without_right(const struct dialect *d, const struct route *r, void *askers)
{
	struct askers *a = askers;
	struct call *c = test_call();
	struct body good = { .fault = FAULT_NONE };
	const char *path = path_of(c, d, r), *body = takes_body(r) ? body_of(c, r, &good) : NULL;
	struct http_reply *got;

	if (str_eq(r->may, MAY_ANYONE))
		return;
	ask_in_version(r->since ? "latest" : NULL);
	a->asked++;
	got = ask(NULL, r->method, path, body);
	if (got->status != 401)
		complain(a, r, "without a token", got);
	if (r->may[0] == '-')
		return;
	a->asked++;
	got = ask(a->powerless, r->method, path, body);
	if (got->status != 403)
		complain(a, r, "without the permission", got);
}

TEST(no_route_answers_who_may_not_ask)
{
	struct house *h = test_house("openstack");
	struct askers a = { .admin = admin_token(), .powerless = token_with_role("onlooker") };

	http_each_route(h->modules, ask_without_right, &a);
	print_message("# %d questions\n", a.asked);
	assert_true(a.asked > 0);
	assert_int_equal(a.wrong, 0);
}

/* --- wrong bodies --- */

static bool can_be(const struct field *f, enum fault fault)
{
	if (fault == FAULT_MISSING)
		return !(f->flags & OPT);
	if (f->kind == FIELD_VIEW || f->kind == FIELD_JSON)
		return false;
	if (fault == FAULT_LONG)
		return f->kind == FIELD_STR && f->max && f->max < 100000;
	return true;
}

static void ask_wrongly(struct askers *a, const struct dialect *d, const struct route *r,
			const struct field *shape, const char *path)
{
	static const char *const how[] = { "", "with a field missing", "with a wrong type",
					   "with too long a text" };

	for (const struct field *f = shape; f->name; f++) {
		for (enum fault fault = FAULT_MISSING; in_body(f) && fault <= FAULT_LONG; fault++) {
			struct body b = { .odd = f, .fault = fault };
			const char *body = can_be(f, fault) ? body_of(test_call(), r, &b) : NULL;
			if (!b.told)
				continue;
			struct http_reply *got = ask(a->admin, r->method, path, body);
			a->asked++;
			if (got->status != 400 || !strstr(buf_text(&got->body), f->name))
				complain(a, r,
					 arena_printf(test_call()->arena, "%s (%s)", how[fault],
						      f->name),
					 got);
		}
		if (f->kind == FIELD_OBJECT && in_body(f) && !(f->flags & OPT))
			ask_wrongly(a, d, r, f->sub, path);
	}
}

static void ask_wrong_bodies(const struct dialect *d, const struct route *r, void *askers)
{
	struct askers *a = askers;

	if (takes_body(r) && !r->since)
		ask_wrongly(a, d, r, r->in, path_of(test_call(), d, r));
}

TEST(every_route_names_the_field_that_is_wrong)
{
	struct house *h = test_house("openstack");
	struct askers a = { .admin = admin_token() };

	http_each_route(h->modules, ask_wrong_bodies, &a);
	print_message("# %d questions\n", a.asked);
	assert_true(a.asked > 0);
	assert_int_equal(a.wrong, 0);
}

/* --- the documents --- */

TEST(the_documents_tell_every_route)
{
	test_house("openstack");
	struct http_reply *r = ask(NULL, "GET", "/api/openapi.json", NULL);

	expect_status(r, 200);
	expect_text(r, "\"openapi\":\"3.1.0\"");
	expect_text(r, "\"/image/v2/images/{image_id}\"");
	r = ask(NULL, "GET", "/api/docs", NULL);
	expect_status(r, 200);
	expect_text(r, "image.image.upload");
}
