/* SPDX-License-Identifier: Apache-2.0 */
/* What an act tells of itself, and the entry that is written from it in the act's own transaction.
 * Sealing comes later and elsewhere (audit_seal.c). */
#include <assert.h>
#include "door/audit/audit_private.h"

/* A longer value is told by its size and hash: the trail says that it changed, not a megabyte of it. */
enum { VALUE_MAX = 4096, NAME_MAX_SIZE = 256 };

struct audit_note {
	const char *subject, *subject_id;
	struct buf changes; /* the items of a JSON array */
	struct json_out json;
};

void audit_begin(struct call *c)
{
	struct audit_note *n = arena_alloc(c->arena, sizeof(*n));
	n->changes.arena = c->arena;
	n->json = json_to(&n->changes);
	json_array_begin(&n->json);
	c->audit = n;
}

void audit_subject(struct call *c, const char *kind, const char *id)
{
	if (!c->audit)
		return;
	c->audit->subject = arena_strdup(c->arena, kind);
	c->audit->subject_id = arena_strdup(c->arena, id);
}

static void write_masked(struct call *c, const struct field *shape, struct json_out *j,
			 const void *obj);

static bool is_stored(const struct field *f)
{
	return f->kind != FIELD_VIEW;
}

/* A field's value with the secrets in it masked. */
static void write_value(struct call *c, const struct field *f, struct json_out *j, const void *obj)
{
	const char *at = (const char *)obj + f->at;

	if (f->flags & SECRET) {
		struct buf raw = { .arena = c->arena };
		struct json_out hidden = json_to(&raw);
		shape_write_value(c, f, &hidden, obj);
		if (str_eq(buf_text(&raw), "null"))
			json_nil(j);
		else
			json_str(j, "***");
		explicit_bzero(raw.data, raw.size);
	} else if (f->kind == FIELD_OBJECT) {
		write_masked(c, f->sub, j, at);
	} else if (f->kind == FIELD_LIST) {
		const char *item = *(const char *const *)(const void *)at;
		size_t count = *(const size_t *)(const void *)((const char *)obj + f->count_at);
		json_array_begin(j);
		for (size_t i = 0; i < count; i++)
			write_masked(c, f->sub, j, item + i * f->sub_size);
		json_array_end(j);
	} else {
		shape_write_value(c, f, j, obj);
	}
}

static void write_masked(struct call *c, const struct field *shape, struct json_out *j,
			 const void *obj)
{
	json_object_begin(j);
	for (const struct field *f = shape; f->name; f++) {
		if (!is_stored(f))
			continue;
		json_key(j, f->name);
		write_value(c, f, j, obj);
	}
	json_object_end(j);
}

static const char *value_text(struct call *c, const struct field *f, const void *obj)
{
	struct buf b = { .arena = c->arena };
	struct json_out j = json_to(&b);

	if (!obj)
		return "null";
	write_value(c, f, &j, obj);
	if (b.size <= VALUE_MAX)
		return buf_text(&b);
	struct hasher *h = hasher_new();
	struct sm3 sum = sm3_of(h, b.data, b.size, NULL, 0);
	hasher_end(h);
	char hex[2 * SM3_SIZE + 1];
	hex_encode(sum.b, SM3_SIZE, hex);
	return arena_printf(c->arena, "{\"size\":%zu,\"sm3\":\"%s\"}", b.size, hex);
}

/* Masked values look alike, so whether a secret changed is seen by the values themselves. */
static bool secret_differs(struct call *c, const struct field *f, const void *before,
			   const void *after)
{
	struct buf was = { .arena = c->arena }, is = { .arena = c->arena };
	struct json_out j = json_to(&was), k = json_to(&is);

	shape_write_value(c, f, &j, before);
	shape_write_value(c, f, &k, after);
	bool differs = strcmp(buf_text(&was), buf_text(&is)) != 0;
	explicit_bzero(was.data, was.size);
	explicit_bzero(is.data, is.size);
	return differs;
}

static void add_change(struct audit_note *n, const char *member, const char *before,
		       const char *after)
{
	json_object_begin(&n->json);
	json_put_str(&n->json, "member", member);
	json_key(&n->json, "before");
	json_raw(&n->json, before);
	json_key(&n->json, "after");
	json_raw(&n->json, after);
	json_object_end(&n->json);
}

/* Of a new thing, or one that is gone, what it does not have is not told. */
static bool is_empty(const char *json)
{
	return str_eq(json, "null") || str_eq(json, "[]") || str_eq(json, "{}") ||
	       str_eq(json, "\"\"");
}

static void compare(struct call *c, const struct field *shape, const char *prefix,
		    const void *before, const void *after)
{
	for (const struct field *f = shape; f->name; f++) {
		if (!is_stored(f))
			continue;
		const char *name = arena_printf(c->arena, "%s%s", prefix,
						f->kind == FIELD_REST ? "others" : f->name);
		if (f->kind == FIELD_OBJECT && !(f->flags & SECRET)) {
			compare(c, f->sub, arena_printf(c->arena, "%s.", name),
				before ? (const char *)before + f->at : NULL,
				after ? (const char *)after + f->at : NULL);
			continue;
		}
		const char *was = value_text(c, f, before), *is = value_text(c, f, after);
		bool differs = strcmp(was, is) != 0;
		if ((!before && is_empty(is)) || (!after && is_empty(was)))
			continue;
		if (!differs && before && after && (f->flags & SECRET))
			differs = secret_differs(c, f, before, after);
		if (differs)
			add_change(c->audit, name, was, is);
	}
}

void audit_change(struct call *c, const struct field *shape, const void *before, const void *after)
{
	if (c->audit)
		compare(c, shape, "", before, after);
}

static const char *scope_word(enum scope s)
{
	switch (s) {
	case SCOPE_SYSTEM: return "system";
	case SCOPE_DOMAIN: return "domain";
	case SCOPE_PROJECT: return "project";
	case SCOPE_NONE: break;
	}
	return "none";
}

static enum status insert(struct call *c, const char *action, const char *outcome,
			  const char *reason, const char *changes)
{
	const struct actor *who = &c->actor;
	const struct audit_entry e = {
		.at = c->now_at,
		.actor_id = who->user_id,
		.actor_name = who->user_name,
		.actor_domain = who->user_domain_id,
		.scope = scope_word(who->scope),
		.scope_id = who->project_id ? who->project_id : who->domain_id,
		.on_behalf = who->on_behalf,
		.purpose = who->purpose,
		.from_address = c->from ? c->from : "",
		.request_id = c->request_id ? c->request_id : "",
		.action = action,
		.subject = c->audit ? c->audit->subject : NULL,
		.subject_id = c->audit ? c->audit->subject_id : NULL,
		.outcome = outcome,
		.reason = reason,
		.changes = changes,
	};

	return audit_insert(c, &e);
}

enum status audit_write(struct call *c, const char *action)
{
	assert(c->audit);
	json_array_end(&c->audit->json);
	return insert(c, action, status_word(ST_OK), NULL, buf_text(&c->audit->changes));
}

struct refusal {
	const char *action, *reason;
	enum status st;
};

static enum status refused_act(struct call *c, const void *in, void *out)
{
	const struct refusal *r = in;

	(void)out;
	return insert(c, r->action, status_word(r->st), r->reason, "[]");
}

enum status audit_refused(struct call *c, struct db *db, const char *action, enum status st)
{
	/* A copy, because a transaction begins with a call that has no problem. */
	struct call told = *c;
	struct refusal r = { action, c->problem[0] ? c->problem : NULL, st };

	return db_write(&told, db, refused_act, &r, NULL, 0);
}
