/* SPDX-License-Identifier: Apache-2.0 */
/* Roles and what they imply. The built-in ones stay as they are: permissions hang on them. */
#include "base/id.h"
#include "door/audit/audit.h"
#include "door/identity/identity_roles.h"

enum status role_get(struct call *c, const char *id, struct role_row *out)
{
	enum status st = role_read(c, id, out);

	return st == ST_NOT_FOUND ? missing(c, "role", id) : st;
}

enum status role_make(struct call *c, const struct role_row *in, struct role_row *out)
{
	struct role_row r = *in;
	enum status st;

	r.id = id_new_hex(c->arena);
	r.options = in->options ? in->options : "{}";
	r.extra = extra_merge(c, NULL, in->extra);
	st = role_put(c, &r);
	if (st == ST_CONFLICT)
		return fail(c, st, "name", "Duplicate entry: there is a role '%s' already", r.name);
	if (!st)
		st = known_stale(c);
	if (st)
		return st;
	audit_subject(c, "role", r.id);
	audit_change(c, role_wire, NULL, &r);
	*out = r;
	return ST_OK;
}

enum status role_create(struct call *c, const struct role_row *in, struct role_row *out)
{
	struct role_row plain = *in;
	struct project domain;
	enum status st = in->domain_id ? domain_get(c, in->domain_id, &domain) : ST_OK;

	plain.built_in = 0;
	return st ? st : role_make(c, &plain, out);
}

enum status role_change(struct call *c, const struct role_row *in, struct role_row *out)
{
	struct role_row now = { 0 }, then;
	enum status st = role_get(c, in->id, &now);

	if (st)
		return st;
	if (now.built_in && in->name_given && !str_eq(in->name, now.name))
		return fail(c, ST_FORBIDDEN, "name", "a built-in role keeps its name");
	then = now;
	TAKE(&then, in, name);
	TAKE(&then, in, description);
	TAKE(&then, in, options);
	then.extra = extra_merge(c, now.extra, in->extra);
	st = role_write(c, &then);
	if (st == ST_CONFLICT)
		return fail(c, st, "name", "Duplicate entry: there is a role '%s' already",
			    then.name);
	if (!st)
		st = known_stale(c);
	if (st)
		return st;
	audit_subject(c, "role", now.id);
	audit_change(c, role_wire, &now, &then);
	*out = then;
	return ST_OK;
}

enum status role_delete(struct call *c, const struct key *in, struct nothing *out)
{
	struct role_row now = { 0 };
	enum status st = role_get(c, in->id, &now);

	(void)out;
	if (!st && now.built_in)
		return fail(c, ST_FORBIDDEN, NULL, "the role %s is built in", now.name);
	if (!st)
		st = role_remove(c, now.id);
	if (!st)
		st = known_stale(c);
	if (!st)
		st = revocation_note(c, "role_id", now.id, NULL, NULL);
	audit_subject(c, "role", now.id);
	audit_change(c, role_wire, &now, NULL);
	return st;
}

enum status role_show(struct call *c, const struct key *in, struct role_row *out)
{
	return role_get(c, in->id, out);
}

/* Without a domain asked for, the roles that are known everywhere. */
enum status role_all(struct call *c, const struct role_ask *in, struct role_rows *out)
{
	size_t n = 0;
	enum status st = role_list_read(c, &out->roles, &n);

	out->collection = "roles";
	for (size_t i = 0; !st && i < n; i++) {
		const struct role_row *r = &out->roles[i];
		bool fits = in->domain_id_given ? str_eq(in->domain_id, r->domain_id)
						: !r->domain_id;
		if (fits && (!in->name_given || str_eq(in->name, r->name)))
			out->roles[out->roles_count++] = *r;
	}
	return st;
}

/* --- implications --- */

enum status inference_make(struct call *c, const char *prior_id, const char *implied_id)
{
	enum status st = implied_put(c, prior_id, implied_id);

	if (!st)
		st = known_stale(c);
	/* Whoever holds the one holds the other now. */
	return st ? st : trio_keep(c, NULL, NULL);
}

static enum status read_pair(struct call *c, const struct key *in, struct inference *out)
{
	enum status st = role_get(c, in->id, &out->prior);

	out->implies = arena_alloc(c->arena, sizeof *out->implies);
	out->implies_count = 1;
	out->one = true;
	return st ? st : role_get(c, in->implied_id, out->implies);
}

enum status inference_add(struct call *c, const struct key *in, struct inference *out)
{
	enum status st = read_pair(c, in, out);

	if (st)
		return st;
	const struct role_row *implied = out->implies;
	if (str_eq(in->id, in->implied_id))
		return fail(c, ST_FORBIDDEN, NULL, "a role does not imply itself");
	if (!out->prior.domain_id && implied->domain_id)
		return fail(c, ST_FORBIDDEN, NULL,
			    "a role that is known everywhere cannot imply a domain's role");
	if (implied->built_in & ROLE_ADMIN)
		return fail(c, ST_FORBIDDEN, NULL, "the role %s cannot be implied", implied->name);
	audit_subject(c, "role", in->id);
	return inference_make(c, in->id, in->implied_id);
}

enum status inference_show(struct call *c, const struct key *in, struct inference *out)
{
	struct role_row *list;
	size_t n = 0;
	enum status st = read_pair(c, in, out);

	if (!st)
		st = implied_of(c, in->id, &list, &n);
	if (st)
		return st;
	for (size_t i = 0; i < n; i++)
		if (str_eq(list[i].id, in->implied_id))
			return ST_OK;
	return missing(c, "implication of role", in->implied_id);
}

enum status inference_drop(struct call *c, const struct key *in, struct nothing *out)
{
	int64_t changed = 0;
	enum status st = implied_drop(c, in->id, in->implied_id, &changed);

	(void)out;
	if (!st && !changed)
		return missing(c, "implication of role", in->implied_id);
	audit_subject(c, "role", in->id);
	return st ? st : known_stale(c);
}

enum status inference_of(struct call *c, const struct key *in, struct inference *out)
{
	enum status st = role_get(c, in->id, &out->prior);

	return st ? st : implied_of(c, in->id, &out->implies, &out->implies_count);
}

static const struct role_row *role_in(const struct role_row *roles, size_t n, const char *id)
{
	for (size_t i = 0; i < n; i++)
		if (str_eq(roles[i].id, id))
			return &roles[i];
	return NULL;
}

enum status inference_all(struct call *c, const struct nothing *in, struct inference_list *out)
{
	struct inference_row *pairs;
	struct role_row *roles;
	size_t n = 0, role_count = 0;
	enum status st = implied_all(c, &pairs, &n);

	(void)in;
	if (!st)
		st = role_list_read(c, &roles, &role_count);
	if (st)
		return st;
	out->list = arena_array(c->arena, n + 1, sizeof *out->list);
	for (size_t i = 0; i < n; i++) {
		bool first = !i || !str_eq(pairs[i - 1].prior_id, pairs[i].prior_id);
		struct inference *last = &out->list[first ? out->count++ : out->count - 1];
		if (first) {
			last->prior = *role_in(roles, role_count, pairs[i].prior_id);
			last->implies = arena_array(c->arena, n, sizeof *last->implies);
		}
		last->implies[last->implies_count++] =
			*role_in(roles, role_count, pairs[i].implied_id);
	}
	return ST_OK;
}
