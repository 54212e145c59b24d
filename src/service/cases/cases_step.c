/* SPDX-License-Identifier: Apache-2.0 */
/* Steps: a case is handed in, received, corrected, refused, withdrawn, or accepted by the office's silence
 * (行政许可法 art. 32). What may follow on what is a table. */
#include "base/clock.h"
#include "door/audit/audit.h"
#include "door/house.h"
#include "service/cases/cases_private.h"

enum { AT_ONCE = 100 };

/* --- the table --- */

/* One more than the state that follows; 0: the step cannot be taken. */
#define TO(s) ((s) + 1)
static const int next_state[CASE_STATES][CASE_STEPS] = {
	[CASE_DRAFT] = { [STEP_SUBMIT] = TO(CASE_RECEIVED) },
	[CASE_RECEIVED] = { [STEP_ACCEPT] = TO(CASE_ACCEPTED),
			    [STEP_CORRECT] = TO(CASE_CORRECTING),
			    [STEP_REFUSE] = TO(CASE_REFUSED),
			    [STEP_WITHDRAW] = TO(CASE_WITHDRAWN),
			    [STEP_SILENCE] = TO(CASE_ACCEPTED) },
	[CASE_CORRECTING] = { [STEP_SUBMIT] = TO(CASE_RECEIVED),
			      [STEP_WITHDRAW] = TO(CASE_WITHDRAWN) },
	[CASE_ACCEPTED] = { [STEP_WITHDRAW] = TO(CASE_WITHDRAWN) },
};

int case_next(int state, int step)
{
	return next_state[state][step] - 1;
}

static enum status may_step(struct call *c, const struct case_row *row, int step)
{
	if (case_next(row->state, step) < 0)
		return fail(c, ST_CONFLICT, NULL, "the case is %s: no '%s' follows on that",
			    case_state_words[row->state], case_step_words[step]);
	return ST_OK;
}

/* Writes 'row', which has what the step changes, in its next state, and the step. */
static enum status take(struct call *c, const struct case_row *was, struct case_row *row, int step,
			const char *reason)
{
	struct case_step *steps = NULL;
	size_t n = 0;
	enum status st = step_rows(c, row->id, &steps, &n);

	row->state = case_next(was->state, step);
	row->updated_at = c->now_at;
	if (!st)
		st = case_write(c, row);
	if (!st)
		st = step_put(c, &(struct case_step){ .case_id = row->id,
						      .number = (int64_t)n + 1,
						      .step = step,
						      .from_state = was->state,
						      .to_state = row->state,
						      .at = c->now_at,
						      .user_id = c->actor.user_id,
						      .reason = reason });
	if (!st)
		audit_change(c, case_row_shape, was, row);
	return st;
}

/* --- whoever entered it --- */

static enum status check_whole(struct call *c, struct case_row *row)
{
	struct hall_published p = { 0 }, now = { 0 };
	struct case_material *files = NULL;
	size_t n = 0;
	enum status st = hall_item_of(c, row->item_id, row->item_version, &p);

	if (!st && row->state == CASE_DRAFT) {
		if (p.state != HALL_PUBLISHED ||
		    !hall_in_force(c, p.item.effective_from, p.item.effective_to))
			return fail(c, ST_CONFLICT, "item",
				    "item: %s is not to be applied for today", p.code);
		st = hall_item_of(c, row->item_id, 0, &now);
		if (!st && now.number != row->item_version)
			return fail(
				c, ST_CONFLICT, "item_version",
				"item_version: %s has a newer version %lld; save the draft once "
				"more, which takes it over",
				p.code, (long long)now.number);
	}
	if (!st)
		st = material_rows(c, row->id, &files, &n);
	return st ? st : case_complete(c, &p.item, row, files, n);
}

enum status case_submit(struct call *c, const struct case_key *in, struct case_whole *out)
{
	struct case_row was = { 0 };
	enum status st = case_of(c, in->id, false, &was);
	struct case_row row = was;

	if (!st)
		st = may_step(c, &row, STEP_SUBMIT);
	if (!st)
		st = check_whole(c, &row);
	row.received_at = c->now_at;
	if (!st)
		st = case_silent_at(c, row.received_at, &row.silent_at, &row.calendar_version);
	if (!st && !row.accept_no)
		st = accept_take(c, row.item_code, row.channel, &row.accept_no);
	if (!st)
		st = take(c, &was, &row, STEP_SUBMIT, NULL);
	return st ? st : case_answer(c, row.id, out);
}

enum status case_withdraw(struct call *c, const struct case_key *in, struct case_whole *out)
{
	struct case_row was = { 0 };
	enum status st = case_of(c, in->id, false, &was);
	struct case_row row = was;

	if (!st)
		st = may_step(c, &row, STEP_WITHDRAW);
	row.reason = in->reason;
	if (!st)
		st = take(c, &was, &row, STEP_WITHDRAW, in->reason);
	return st ? st : case_answer(c, row.id, out);
}

/* --- the office --- */

static enum status may_decide(struct call *c, struct case_row *row, int step, const char *reason)
{
	enum status st = may_step(c, row, step);

	if (st)
		return st;
	if (step == STEP_CORRECT && row->corrections)
		return fail(c, ST_CONFLICT, "verdict",
			    "verdict: what is to be corrected 补正 is told once, and was");
	if (step != STEP_ACCEPT && (!reason || !reason[strspn(reason, " \t\n")]))
		return fail(c, ST_BAD_INPUT, "reason", "reason: the applicant is told %s",
			    step == STEP_CORRECT ? "all that is to be corrected"
						 : "why the case is not received");
	st = case_silent_at(c, row->received_at, &row->silent_at, &row->calendar_version);
	if (!st && c->now_at > row->silent_at)
		return fail(
			c, ST_CONFLICT, NULL,
			"%d working days have passed in silence: the case counts as accepted since "
			"it was handed in (行政许可法 art. 32)",
			CASE_SILENT_DAYS);
	return st;
}

enum status case_decide(struct call *c, const struct case_verdict *in, struct case_whole *out)
{
	static const int steps[] = { STEP_ACCEPT, STEP_CORRECT, STEP_REFUSE };
	struct case_row was = { 0 };
	int step = steps[in->verdict];
	enum status st = case_of(c, in->id, true, &was);
	struct case_row row = was;

	if (!st)
		st = may_decide(c, &row, step, in->reason);
	if (st)
		return st;
	if (step == STEP_ACCEPT)
		row.accepted_at = c->now_at;
	else
		row.reason = in->reason;
	row.corrections += step == STEP_CORRECT;
	st = take(c, &was, &row, step, in->reason);
	return st ? st : case_answer(c, row.id, out);
}

/* --- silence --- */

struct silent_page {
	struct case_row *rows;
	size_t count;
};

static enum status page_act(struct call *c, const void *in, void *out_)
{
	struct silent_page *out = out_;
	int64_t at = 0, version = 0;
	enum status st = case_silent_at(c, c->now_at, &at, &version);

	(void)in;
	if (st == ST_CONFLICT) { /* no calendar, so nothing was ever handed in */
		call_forgive(c);
		return ST_OK;
	}
	return st ? st : cases_silent(c, c->now_at, version, AT_ONCE, &out->rows, &out->count);
}

static enum status settle_act(struct call *c, const void *in, void *out)
{
	struct case_row was = { 0 };
	enum status st = case_read(c, in, &was);
	struct case_row row = was;

	(void)out;
	if (st || was.state != CASE_RECEIVED)
		return st;
	call_forgive(c);
	audit_begin(c);
	audit_subject(c, "case", row.id);
	st = case_silent_at(c, row.received_at, &row.silent_at, &row.calendar_version);
	if (!st && c->now_at <= row.silent_at)
		return case_write(c, &row);
	row.deemed = true;
	row.accepted_at = row.received_at;
	if (!st)
		st = take(c, &was, &row, STEP_SILENCE, NULL);
	return st ? st : audit_write(c, "cases.silence");
}

enum status case_silence(struct call *c)
{
	struct db *db = house_of(c)->db;
	struct silent_page page;
	enum status st, bad = ST_OK;
	char none;

	do {
		page = (struct silent_page){ 0 };
		st = db_read(c, db, page_act, NULL, &page, sizeof page);
		for (size_t i = 0; !st && i < page.count; i++) {
			enum status one =
				db_write(c, db, settle_act, page.rows[i].id, &none, sizeof none);
			bad = one ? one : bad;
		}
		/* What is settled is not found again; what failed would be. */
	} while (!st && !bad && page.count == AT_ONCE);
	return st ? st : bad;
}
