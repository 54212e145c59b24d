/* SPDX-License-Identifier: Apache-2.0 */
/* From a draft to what everybody reads, and away again: 草稿 → 审核 → 发布 → 变更 → 撤销. Publishing and
 * revoking take two persons of the department. */
#include "base/clock.h"
#include "data/catalogue/catalogue_private.h"
#include "door/audit/audit.h"

/* The city's day: its dates are those of UTC+8. */
static const char *today(struct call *c)
{
	char text[TIME_TEXT_SIZE];

	time_write(c->now_at + CLOCK_CHINA, TIME_Z, text);
	return arena_strndup(c->arena, text, 10);
}

static enum status answer(struct call *c, const char *id, int64_t number,
			  struct catalogue_whole *out)
{
	struct catalogue_whole w = { 0 };
	enum status st = resource_read(c, id, &w.resource);

	if (!st)
		st = version_whole(c, id, number, &w.version);
	if (!st)
		*out = w;
	return st;
}

static enum status set_state(struct call *c, struct catalogue_version *v, int from, int to)
{
	int64_t changed;

	v->state = to;
	v->updated_at = c->now_at;
	enum status st = version_set_state(c, v, from, &changed);
	if (!st && changed != 1)
		return fail(c, ST_CONFLICT, NULL, "version %lld is not %s any more",
			    (long long)v->number, version_states[from]);
	return st;
}

enum status draft_submit(struct call *c, const struct resource_key *in, struct catalogue_whole *out)
{
	struct catalogue_resource r;
	struct catalogue_version v;
	enum status st = own_resource(c, in->id, &r);

	if (st)
		return st;
	if (!str_eq(r.draft_state, "draft"))
		return fail(c, ST_CONFLICT, NULL,
			    r.draft ? "the draft is under review 审核 already"
				    : "the resource has no draft");
	st = version_whole(c, r.id, r.draft, &v);
	/* What was right when it was written may not be so now: a related resource, a class. */
	if (!st)
		st = catalogue_rules(c, &v);
	v.submitted_by = c->actor.user_id;
	v.submitted_at = c->now_at;
	v.decided_by = v.decision = NULL;
	v.decided_at = 0;
	if (!st)
		st = set_state(c, &v, VERSION_DRAFT, VERSION_REVIEW);
	r.draft_state = "review";
	r.updated_at = c->now_at;
	if (!st)
		st = resource_write(c, &r);
	return st ? st : answer(c, r.id, v.number, out);
}

static enum status tell(struct call *c, const char *type, const struct catalogue_resource *r,
			int64_t number)
{
	struct buf b = { .arena = c->arena };
	struct json_out j = json_to(&b);

	json_object_begin(&j);
	json_put_str(&j, "id", r->id);
	json_put_str(&j, "code", r->code);
	json_put_int(&j, "version", number);
	json_object_end(&j);
	return event_post(c, type, r->id, r->domain_id, NULL, buf_text(&b));
}

static enum status supersede(struct call *c, const struct catalogue_resource *r, int to)
{
	struct catalogue_version now;

	if (!r->published)
		return ST_OK;
	enum status st = version_read(c, r->id, r->published, &now);
	return st ? st : set_state(c, &now, VERSION_PUBLISHED, to);
}

static enum status give_code(struct call *c, struct catalogue_resource *r,
			     const struct catalogue_version *v)
{
	int64_t number;

	if (r->code)
		return ST_OK;
	enum status st = sequence_next(c, v->class_code, &number);
	r->code = arena_printf(c->arena, "%s/%06lld", v->class_code, (long long)number);
	return st;
}

static enum status publish(struct call *c, struct catalogue_resource *r,
			   struct catalogue_version *v)
{
	enum status st = catalogue_rules(c, v);

	if (!st)
		st = supersede(c, r, VERSION_SUPERSEDED);
	if (!st)
		st = give_code(c, r, v);
	if (!v->published_on)
		v->published_on = today(c);
	v->seal = catalogue_seal(c, v);
	if (!st)
		st = set_state(c, v, VERSION_REVIEW, VERSION_PUBLISHED);
	if (st)
		return st;
	r->state = RESOURCE_PUBLISHED;
	r->published = v->number;
	r->name = v->name;
	r->summary = v->summary;
	r->class_code = v->class_code;
	r->share_type = v->share_type;
	r->open = v->open;
	r->cycle = v->cycle;
	r->items = (int64_t)v->items_count;
	r->published_on = v->published_on;
	r->published_at = c->now_at;
	r->draft = 0;
	r->draft_state = NULL;
	st = names_remove(c, r->id);
	if (!st)
		st = name_put(c, r->domain_id, catalogue_name_key(c->arena, v->name), r->id);
	if (!st)
		st = terms_write(c, r, v);
	return st ? st : tell(c, "catalogue.resource.published", r, v->number);
}

static enum status give_back(struct call *c, struct catalogue_resource *r,
			     struct catalogue_version *v)
{
	r->draft_state = "draft";
	/* The draft is open again: who submits it next is written anew. */
	v->decided_by = NULL;
	v->decided_at = 0;
	return set_state(c, v, VERSION_REVIEW, VERSION_DRAFT);
}

enum status draft_decide(struct call *c, const struct verdict_ask *in, struct catalogue_whole *out)
{
	struct catalogue_resource r;
	struct catalogue_version v;
	enum status st = own_resource(c, in->id, &r);

	if (st)
		return st;
	if (!str_eq(r.draft_state, "review"))
		return fail(c, ST_CONFLICT, NULL, "nothing of the resource is under review 审核");
	if (in->verdict == VERDICT_RETURN && str_empty(in->reason))
		return fail(c, ST_BAD_INPUT, "reason", "reason: what is returned needs a reason");
	st = version_whole(c, r.id, r.draft, &v);
	if (st)
		return st;
	/* Two pairs of eyes. */
	if (call_is_by(c, v.submitted_by) || call_is_by(c, v.edited_by))
		return fail(c, ST_FORBIDDEN, NULL,
			    "whoever wrote or submitted a version does not review it");
	struct catalogue_resource before = r;
	v.decided_by = c->actor.user_id;
	v.decided_at = c->now_at;
	v.decision = in->reason;
	r.updated_at = c->now_at;
	st = in->verdict == VERDICT_APPROVE ? publish(c, &r, &v) : give_back(c, &r, &v);
	if (!st)
		st = resource_write(c, &r);
	if (st)
		return st;
	audit_change(c, catalogue_resource_wire, &before, &r);
	return answer(c, r.id, v.number, out);
}

/* --- revoking 撤销 --- */

enum status revocation_ask(struct call *c, const struct revoke_ask *in, struct catalogue_whole *out)
{
	struct catalogue_resource r, before;
	enum status st = own_resource(c, in->id, &r);

	if (st)
		return st;
	before = r;
	if (r.state != RESOURCE_PUBLISHED)
		return fail(c, ST_CONFLICT, NULL,
			    "the resource is %s; only what is published is "
			    "revoked 撤销",
			    resource_states[r.state]);
	if (r.draft)
		return fail(c, ST_CONFLICT, NULL,
			    "version %lld is being written; discard it or have it published first",
			    (long long)r.draft);
	if (r.revoke_by)
		return fail(c, ST_CONFLICT, NULL, "its revocation waits for review already");
	r.revoke_by = c->actor.user_id;
	r.revoke_reason = in->reason;
	r.revoke_at = r.updated_at = c->now_at;
	st = resource_write(c, &r);
	if (st)
		return st;
	audit_change(c, catalogue_resource_wire, &before, &r);
	return answer(c, r.id, r.published, out);
}

static enum status revoke(struct call *c, struct catalogue_resource *r)
{
	enum status st = supersede(c, r, VERSION_REVOKED);

	if (!st)
		st = names_remove(c, r->id);
	if (!st)
		st = terms_remove(c, r->id);
	r->state = RESOURCE_REVOKED;
	return st ? st : tell(c, "catalogue.resource.revoked", r, r->published);
}

enum status revocation_decide(struct call *c, const struct verdict_ask *in,
			      struct catalogue_whole *out)
{
	struct catalogue_resource r, before;
	enum status st = own_resource(c, in->id, &r);

	if (st)
		return st;
	before = r;
	if (r.state != RESOURCE_PUBLISHED || !r.revoke_by)
		return fail(c, ST_CONFLICT, NULL, "no revocation of the resource waits for review");
	if (call_is_by(c, r.revoke_by))
		return fail(c, ST_FORBIDDEN, NULL,
			    "whoever asked for a revocation does not review it");
	if (in->verdict == VERDICT_RETURN && str_empty(in->reason))
		return fail(c, ST_BAD_INPUT, "reason", "reason: what is returned needs a reason");
	if (in->verdict == VERDICT_APPROVE) {
		st = revoke(c, &r);
	} else {
		r.revoke_by = r.revoke_reason = NULL;
		r.revoke_at = 0;
	}
	r.updated_at = c->now_at;
	if (!st)
		st = resource_write(c, &r);
	if (st)
		return st;
	audit_change(c, catalogue_resource_wire, &before, &r);
	return answer(c, r.id, r.published, out);
}

/* --- a department that went --- */

static enum status depart(struct call *c, struct catalogue_resource *r)
{
	int64_t gone;
	enum status st = ST_OK;

	if (r->draft) {
		st = items_remove(c, r->id, r->draft);
		if (!st)
			st = version_remove(c, r->id, r->draft, &gone);
		r->draft = 0;
		r->draft_state = NULL;
	}
	if (!st && r->state == RESOURCE_DRAFT) {
		st = names_remove(c, r->id);
		return st ? st : resource_remove(c, r->id);
	}
	r->revoke_reason = "提供方已撤销";
	r->revoke_by = NULL;
	r->revoke_at = r->updated_at = c->now_at;
	if (!st)
		st = revoke(c, r);
	return st ? st : resource_write(c, r);
}

enum status catalogue_depart(struct call *c, const struct event *e)
{
	static const int states[] = { RESOURCE_DRAFT, RESOURCE_PUBLISHED };
	struct catalogue_resource *list, whole;
	enum status st = ST_OK;
	size_t n;

	/* What was done for this event before is in another state, and not done again. */
	for (size_t i = 0; !st && i < 2; i++) {
		st = resources_of_department(c, e->subject, states[i], "", INT32_MAX, &list, &n);
		for (size_t k = 0; !st && k < n; k++) {
			st = resource_read(c, list[k].id, &whole);
			if (!st)
				st = depart(c, &whole);
		}
	}
	return st ? st : provider_close(c, e->subject);
}
