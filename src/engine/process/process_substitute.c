/* SPDX-License-Identifier: Apache-2.0 */
/* The rules of substitution 代理: who may say that somebody stands in, for how long, and at which tasks. */
#include "base/id.h"
#include "door/audit/audit.h"
#include "door/identity/identity.h"
#include "engine/process/process_substitute.h"

#define LONGEST (366 * CLOCK_DAY)

enum status process_deputy(struct call *c, const struct process_task_row *t, const char *principal,
			   const char **behalf)
{
	int64_t count = 0;
	enum status st = ST_OK;

	if (c->actor.user_id && !str_eq(principal, c->actor.user_id))
		st = substitution_stands(c, principal, c->actor.user_id, t->domain_id, t->key,
					 c->now_at, &count);
	if (!st && count)
		*behalf = c->actor.on_behalf = arena_strdup(c->arena, principal);
	return st;
}

enum status process_deputy_of(struct call *c, const struct process_task_row *t,
			      const struct candidate_row *list, size_t n, const char **behalf)
{
	enum status st = ST_OK;

	for (size_t i = 0; i < n && !st && !*behalf; i++) {
		if (str_eq(list[i].kind, "user"))
			st = process_deputy(c, t, list[i].who, behalf);
	}
	return st;
}

enum status substitution_held(struct call *c, const char *deputy, struct substitution **out,
			      size_t *n)
{
	return substitution_active(c, deputy, c->now_at, SUBSTITUTIONS_MAX, out, n);
}

static enum status person(struct call *c, const char *field, const char *user)
{
	bool known = false;
	enum status st =
		identity_has_person(c, user, *process_domain(c) ? process_domain(c) : NULL, &known);

	return st || known ? st : fail(c, ST_BAD_INPUT, field, "the department has no such person");
}

static enum status check(struct call *c, const struct substitution *s)
{
	enum status st = ST_OK;

	if (!str_eq(s->principal, c->actor.user_id) && !may(c, "process.operate"))
		return fail(c, ST_FORBIDDEN, "principal",
			    "only whoever operates says who stands in for others");
	if (str_eq(s->principal, s->deputy))
		return fail(c, ST_BAD_INPUT, "deputy", "nobody stands in for themselves");
	if (s->until_at <= s->from_at)
		return fail(c, ST_BAD_INPUT, "until", "until is after from");
	if (s->until_at <= c->now_at)
		return fail(c, ST_BAD_INPUT, "until", "until is in the future");
	if (s->until_at - s->from_at > LONGEST)
		return fail(c, ST_BAD_INPUT, "until", "a substitution lasts for 366 days at most");
	st = person(c, "deputy", s->deputy);
	return st || str_eq(s->principal, c->actor.user_id) ? st
							    : person(c, "principal", s->principal);
}

enum status substitution_make(struct call *c, const struct substitution *in,
			      struct substitution *out)
{
	struct substitution s = *in;
	struct process_definition_row d = { 0 };
	int64_t others = 0;

	s.id = id_new(c->arena);
	s.domain_id = process_domain(c);
	s.principal = in->principal ? in->principal : c->actor.user_id;
	s.from_at = in->from_at ? in->from_at : c->now_at;
	s.made_by = c->actor.user_id;
	s.made_at = c->now_at;
	enum status st = check(c, &s);
	if (!st && s.process &&
	    definition_near(c, s.domain_id, "bpmn", s.process, 0, &d) == ST_NOT_FOUND)
		st = fail(c, ST_BAD_INPUT, "process", "there is no process %.64s", s.process);
	if (!st)
		st = substitution_overlaps(c, &s, &others);
	if (!st && others)
		st = fail(c, ST_CONFLICT, "from",
			  "somebody stands in for the same tasks in that time already");
	if (!st)
		st = substitution_put(c, &s);
	if (st)
		return st;
	audit_subject(c, "process.substitution", s.id);
	audit_change(c, substitution_wire, NULL, &s);
	*out = s;
	return ST_OK;
}

enum status substitution_end(struct call *c, const struct substitution_ask *in,
			     struct substitution *out)
{
	struct substitution s = { 0 };
	enum status st = substitution_get(c, in->id, &s);
	bool own = !st && (str_eq(s.principal, c->actor.user_id) ||
			   str_eq(s.made_by, c->actor.user_id) || may(c, "process.operate"));

	if (st == ST_NOT_FOUND || (!st && (!process_reaches(c, s.domain_id) || !own)))
		return fail(c, ST_NOT_FOUND, "id", "there is no substitution %s", in->id);
	if (st)
		return st;
	if (s.ended_at || s.until_at <= c->now_at)
		return fail(c, ST_CONFLICT, "id", "the substitution is over");
	struct substitution was = s;
	s.ended_at = c->now_at;
	st = substitution_close(c, s.id, c->now_at);
	if (st)
		return st;
	audit_subject(c, "process.substitution", s.id);
	audit_change(c, substitution_wire, &was, &s);
	*out = s;
	return ST_OK;
}

enum status substitutions(struct call *c, const struct substitution_ask *in,
			  struct substitution_page *out)
{
	int64_t limit = in->limit ? in->limit : 50;
	const char *me = c->actor.user_id;
	size_t n = 0;

	if (in->list == 2 && !may(c, "process.operate"))
		return fail(c, ST_FORBIDDEN, "list", "all of them are for whoever operates");
	enum status st = substitution_list(c, process_domain(c), in->list == 0 ? me : NULL,
					   in->list == 1 ? me : NULL, in->marker, limit + 1,
					   &out->substitutions, &n);
	out->substitutions_count = (int64_t)n > limit ? (size_t)limit : n;
	if (!st && (int64_t)n > limit)
		out->next = out->substitutions[limit - 1].id;
	return st;
}
