/* SPDX-License-Identifier: Apache-2.0 */
/* Clerical review 人工复核: pairs that a build is in doubt of are lent to stewards one by one. Two people judge
 * each without knowing of each other, a third where they differ; what is settled is a fact for the next
 * build, until one of them takes their word back. */
#include "base/id.h"
#include "data/theme/theme_review_private.h"
#include "door/audit/audit.h"
#include "door/house.h"
#include "engine/linkage/csv.h"

const char *const review_stages[] = { "first", "second", "third", "settled", NULL };
enum { STAGE_SETTLED = 3, LABELS_MAX = 100000 };

/* It stands in the trail of whose records were seen. */
#define PURPOSE "人工复核 clerical review"

static int stage_of(const struct review *r)
{
	if (r->state == REVIEW_SETTLED)
		return STAGE_SETTLED;
	return r->opinions < STAGE_SETTLED ? (int)r->opinions : STAGE_SETTLED - 1;
}

static bool sees(const struct seer *s, const char *left, const char *right)
{
	return sight_of(s, left) != SIGHT_NOTHING && sight_of(s, right) != SIGHT_NOTHING;
}

static enum status seer_of(struct call *c, struct seer *out)
{
	*out = (struct seer){ .c = c };
	return resource_rows(c, &out->list, &out->count);
}

/* --- what is shown --- */

static void limit_pair(const struct seer *s, struct theme_doubt *d)
{
	bool left = sight_of(s, d->left_resource) == SIGHT_MASKED;
	bool right = sight_of(s, d->right_resource) == SIGHT_MASKED;

	for (size_t i = 0; i < d->fields_count; i++) {
		struct theme_doubt_field *f = &d->fields[i];
		if (left && f->left)
			f->left = mask_of(s->c->arena, f->type, f->left);
		if (right && f->right)
			f->right = mask_of(s->c->arena, f->type, f->right);
	}
}

/* The pair as the asker may see it, from the base that stands. */
static enum status fill_offer(struct call *c, const struct seer *s, const struct review *r,
			      struct review_offer *out)
{
	struct theme *t;
	enum status st = theme_take(c, &t);

	if (st)
		return st;
	st = theme_doubt_get(c, t, r->id, &out->pair);
	theme_give_back(t);
	if (st == ST_NOT_FOUND)
		return fail(c, ST_CONFLICT, "id",
			    "the base was built anew and has no doubt of this pair, or its pairs "
			    "are being laid out; ask for the next in a minute");
	if (st)
		return st;
	limit_pair(s, &out->pair);
	out->stage = stage_of(r);
	out->verdict = r->verdict;
	audit_subject(c, "theme.review",
		      arena_printf(c->arena, "%s %s/%s %s/%s", r->id, r->left_resource,
				   r->left_record, r->right_resource, r->right_record));
	return ST_OK;
}

static enum status lend(struct call *c, const struct seer *s, const struct review *r,
			struct review_offer *out)
{
	int64_t changed = 0, until = c->now_at + REVIEW_LEASE;
	enum status st = review_lend(c, r->id, c->actor.user_id, until, c->now_at, &changed);

	if (st)
		return st;
	if (!changed)
		return fail(c, ST_RETRY, "id", "somebody else was given this pair just now");
	out->leased_until = until;
	return fill_offer(c, s, r, out);
}

/* --- the next pair --- */

/* The first in the queue that the asker may see: pairs that somebody judged already come first, so that work
 * that was begun is finished; among them the most doubtful. */
static enum status find_next(struct call *c, const struct seer *s, const struct review_ask *in,
			     int64_t base_at, const struct review *behind, struct review *out)
{
	int64_t opinions = behind ? behind->opinions : REVIEW_OPINIONS_MAX - 1;
	int64_t after = behind ? behind->rank : -1;

	for (; opinions >= 0; opinions--, after = -1) {
		struct review *list;
		size_t n;
		do {
			enum status st = review_queue(c, base_at, opinions, after, c->actor.user_id,
						      in->kind, &list, &n);
			if (st)
				return st;
			for (size_t i = 0; i < n; i++)
				if (sees(s, list[i].left_resource, list[i].right_resource)) {
					*out = list[i];
					return ST_OK;
				}
			after = n ? list[n - 1].rank : after;
		} while (n == REVIEW_PAGE);
	}
	return ST_NOT_FOUND;
}

enum status review_next(struct call *c, const struct review_ask *in, struct review_offer *out)
{
	struct review r = { 0 }, skipped = { 0 };
	struct seer seer;
	int64_t base_at;
	bool behind = in->skip != NULL;
	enum status st = seer_of(c, &seer);

	c->actor.purpose = PURPOSE;
	audit_subject(c, "theme.review", "-");
	out->stage = out->verdict = -1;
	if (!st)
		st = review_base(c, &base_at);
	if (!st && behind) {
		st = review_read(c, in->skip, &skipped);
		if (st == ST_NOT_FOUND)
			return fail(c, st, "skip", "there is no pair %s", in->skip);
		if (!st)
			st = review_release(c, in->skip, c->actor.user_id);
	}
	if (st)
		return st;
	st = behind ? ST_NOT_FOUND : review_held(c, c->actor.user_id, c->now_at, base_at, &r);
	if (!st && ((in->kind >= 0 && r.kind != in->kind) ||
		    !sees(&seer, r.left_resource, r.right_resource))) {
		st = review_release(c, r.id, c->actor.user_id);
		st = st ? st : ST_NOT_FOUND;
	}
	if (st == ST_NOT_FOUND)
		st = find_next(c, &seer, in, base_at, behind ? &skipped : NULL, &r);
	if (st == ST_NOT_FOUND)
		return ST_OK; /* nothing waits for the asker */
	return st ? st : lend(c, &seer, &r, out);
}

/* --- looking at one --- */

static bool own(const struct call *c, const struct judgement *j)
{
	return str_eq(j->judge, c->actor.user_id);
}

static enum status read_pair(struct call *c, const char *id, struct review *out)
{
	enum status st = review_read(c, id, out);

	return st == ST_NOT_FOUND ? fail(c, st, "id", "there is no pair %s", id) : st;
}

enum status review_show(struct call *c, const struct theme_key *in, struct review_offer *out)
{
	struct review r = { 0 };
	struct seer seer;
	size_t n = 0;
	enum status st = seer_of(c, &seer);

	c->actor.purpose = PURPOSE;
	if (!st)
		st = read_pair(c, in->id, &r);
	if (!st)
		st = judgements_of(c, in->id, &out->judgements, &out->judgements_count);
	if (st)
		return st;
	bool held = str_eq(r.leased_by, c->actor.user_id) && r.leased_until > c->now_at;
	/* Who is still to judge must not know what others said. */
	for (size_t i = 0; i < out->judgements_count; i++)
		if (r.state == REVIEW_SETTLED || own(c, &out->judgements[i]))
			out->judgements[n++] = out->judgements[i];
	out->judgements_count = n;
	if (!sees(&seer, r.left_resource, r.right_resource) || (!held && !n))
		return fail(c, ST_NOT_FOUND, "id", "there is no pair %s that was lent to you",
			    in->id);
	out->leased_until = held ? r.leased_until : 0;
	return fill_offer(c, &seer, &r, out);
}

/* --- judging --- */

/* What the opinions that stand make of a pair. */
static void weigh(const struct judgement *list, size_t count, struct review *r)
{
	int votes[VERDICT__COUNT] = { 0 }, most = VERDICT_UNSURE;

	r->opinions = 0;
	for (size_t i = 0; i < count; i++)
		if (!list[i].withdrawn_at) {
			votes[list[i].verdict]++;
			r->opinions++;
		}
	for (int v = 0; v < VERDICT__COUNT; v++)
		if (votes[v] > votes[most])
			most = v;
	bool agreed = votes[most] >= REVIEW_OPINIONS;
	bool settled = agreed || r->opinions >= REVIEW_OPINIONS_MAX;
	r->state = settled ? REVIEW_SETTLED : REVIEW_WAITING;
	r->verdict = !settled ? -1 : agreed ? most : VERDICT_UNSURE;
}

static enum status settle(struct call *c, struct review *r, struct review_told *out)
{
	struct judgement *list;
	size_t n;
	enum status st = judgements_of(c, r->id, &list, &n);

	if (st)
		return st;
	weigh(list, n, r);
	r->settled_at = r->state == REVIEW_SETTLED ? c->now_at : 0;
	*out = (struct review_told){ r->id, stage_of(r), r->verdict, r->opinions };
	return review_settle(c, r);
}

/* The asker's judgement that stands, or NULL. */
static enum status find_own(struct call *c, const char *id, struct judgement **out)
{
	struct judgement *list;
	size_t n;
	enum status st = judgements_of(c, id, &list, &n);

	*out = NULL;
	for (size_t i = 0; !st && i < n; i++)
		if (own(c, &list[i]) && !list[i].withdrawn_at)
			*out = &list[i];
	return st;
}

enum status review_judge(struct call *c, const struct review_verdict *in, struct review_told *out)
{
	struct review r = { 0 };
	struct judgement *before;
	struct judgement j = { .id = id_new(c->arena),
			       .review_id = in->id,
			       .judge = c->actor.user_id,
			       .domain_id = c->actor.domain_id,
			       .verdict = in->verdict,
			       .note = in->note,
			       .judged_at = c->now_at };
	enum status st = read_pair(c, in->id, &r);

	audit_subject(c, "theme.review", in->id);
	if (!st)
		st = find_own(c, in->id, &before);
	if (st)
		return st;
	if (before)
		return fail(c, ST_CONFLICT, "id",
			    "you have judged this pair already; take that back first");
	if (r.state == REVIEW_SETTLED)
		return fail(c, ST_CONFLICT, "id", "this pair is settled already");
	if (!str_eq(r.leased_by, c->actor.user_id) || r.leased_until <= c->now_at)
		return fail(c, ST_CONFLICT, "id",
			    "this pair is not lent to you, or no longer: ask for the next one");
	st = judgement_put(c, &j);
	if (st)
		return st;
	audit_change(c, judgement_wire, NULL, &j);
	return settle(c, &r, out);
}

enum status review_undo(struct call *c, const struct theme_key *in, struct review_told *out)
{
	struct review r = { 0 };
	struct judgement *j;
	enum status st = read_pair(c, in->id, &r);

	audit_subject(c, "theme.review", in->id);
	if (!st)
		st = find_own(c, in->id, &j);
	if (st)
		return st;
	if (!j)
		return fail(c, ST_NOT_FOUND, "id", "you have no judgement of this pair");
	st = judgement_withdraw(c, j->id, c->now_at);
	if (st)
		return st;
	audit_change(c, judgement_wire, j, NULL);
	return settle(c, &r, out);
}

/* --- lists --- */

enum status review_count(struct call *c, const struct nothing *in, struct review_sum *out)
{
	enum status st = review_base(c, &out->base_at);

	(void)in;
	return st ? st : review_sum_read(c, out->base_at, out);
}

enum status judgement_list(struct call *c, const struct judgement_ask *in,
			   struct judgement_page *out)
{
	int64_t limit = in->limit ? in->limit : 20;
	enum status st = judgements_by(c, c->actor.user_id, in->marker, limit, &out->judgements,
				       &out->judgements_count);

	if (!st && out->judgements_count == (size_t)limit)
		out->next = out->judgements[limit - 1].id;
	return st;
}

/* --- labels --- */

void judged_row(struct buf *out, const struct review *r)
{
	const char *const cells[] = {
		theme_kind_words[r->kind], r->left_resource, r->left_record,
		r->right_resource,         r->right_record,  theme_verdict_words[r->verdict]
	};

	for (size_t i = 0; i < sizeof cells / sizeof *cells; i++) {
		if (i)
			buf_char(out, ',');
		csv_write(out, cells[i], strlen(cells[i]));
	}
	buf_char(out, '\n');
}

/* Ids of one table on the left, of the other on the right; false: the pair is of others. */
static bool label_row(struct buf *out, const struct label_ask *in, const struct review *r)
{
	bool straight = str_eq(r->left_resource, in->left) && str_eq(r->right_resource, in->right);
	bool turned = str_eq(r->left_resource, in->right) && str_eq(r->right_resource, in->left);

	if (!straight && !turned)
		return false;
	const char *left = straight ? r->left_record : r->right_record;
	const char *right = straight ? r->right_record : r->left_record;
	csv_write(out, left, strlen(left));
	buf_char(out, ',');
	csv_write(out, right, strlen(right));
	buf_printf(out, ",%s\n", theme_verdict_words[r->verdict]);
	return true;
}

enum status review_labels(struct call *c, const struct label_ask *in, struct label_file *out)
{
	struct buf text = { .arena = c->arena };
	struct seer seer;
	const char *after = "";
	size_t rows = 0, n;
	enum status st = seer_of(c, &seer);

	if (!st && !in->left != !in->right)
		return fail(c, ST_BAD_INPUT, in->left ? "right" : "left",
			    "left and right are given together, or neither");
	buf_str(&text, in->left ? "id_l,id_r,verdict\n" : JUDGED_HEADING);
	do {
		struct review *list;
		if (st || (st = review_facts(c, after, 1000, &list, &n)))
			return st;
		for (size_t i = 0; i < n; i++) {
			if (!sees(&seer, list[i].left_resource, list[i].right_resource))
				continue;
			if (in->left) {
				rows += label_row(&text, in, &list[i]);
			} else {
				judged_row(&text, &list[i]);
				rows++;
			}
		}
		if (rows > LABELS_MAX)
			return fail(c, ST_TOO_LARGE, "left",
				    "there are more than %d labels: ask for those of two resources",
				    LABELS_MAX);
		after = n ? list[n - 1].id : after;
	} while (n == 1000);
	out->type = "text/csv; charset=utf-8";
	out->disposition = "attachment; filename=\"labels.csv\"";
	out->body = buf_text(&text);
	return ST_OK;
}
