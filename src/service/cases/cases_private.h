/* SPDX-License-Identifier: Apache-2.0 */
/* What the files of the room share: a case, its files and steps, its terms, statements. */
#ifndef SERVICE_CASES_CASES_PRIVATE_H
#define SERVICE_CASES_CASES_PRIVATE_H

#include <jansson.h>
#include "db/db.h"
#include "db/files.h"
#include "door/check.h"
#include "door/module.h"
#include "engine/calendar/calendar.h"
#include "service/cases/cases.h"
#include "service/hall/hall.h"

enum {
	CASE_FORM_MAX = 200000, /* bytes of a form's data */
	CASE_ANSWERS_MAX = 64 << 10,
	CASE_REASON_MAX = 1000, /* characters */
	CASE_FILES_MAX = 100,   /* of one case */
	CASE_FILE_MAX = 50 << 20,
	CASE_SILENT_DAYS = 5 /* 行政许可法 art. 32: told within five working days, or accepted */
};
#define CASE_CALENDAR "cn"

enum case_state {
	CASE_DRAFT,      /* 草稿 */
	CASE_RECEIVED,   /* 收件 */
	CASE_CORRECTING, /* 补正 */
	CASE_ACCEPTED,   /* 受理 */
	CASE_REFUSED,    /* 不予受理 */
	CASE_WITHDRAWN,  /* 撤回 */
	CASE_STATES
};
enum case_step_kind {
	STEP_SUBMIT,
	STEP_ACCEPT,
	STEP_CORRECT,
	STEP_REFUSE,
	STEP_WITHDRAW,
	STEP_SILENCE,
	CASE_STEPS
};
enum case_channel { CHANNEL_WINDOW, CHANNEL_WEB };
extern const char *const case_state_words[], *const case_step_words[], *const case_channel_words[];
extern const char *const case_person_words[], *const case_unit_words[];

enum case_person_kind { PERSON_NATURAL, PERSON_COMPANY };
struct case_person {
	int kind;
	const char *name;
	const char *number; /* 公民身份号码, or 统一社会信用代码 */
	const char *phone;
};
struct case_row {
	const char *id, *accept_no, *item_id;
	int64_t item_version;
	const char *item_code, *item_name, *domain_id;
	int state, channel;
	const char *entered_by;
	struct case_person applicant, agent; /* agent.name NULL: none */
	const char *answers, *form;          /* JSON */
	int64_t promise_days;
	int promise_unit; /* enum hall_unit */
	int64_t received_at, silent_at, calendar_version, corrections, accepted_at;
	bool deemed;
	const char *reason;
	int64_t created_at, updated_at;
	/* No columns: derived from the calendar whenever a case is shown. */
	int64_t due_at; /* 0: there is no term now */
	int64_t left;   /* in promise_unit; below 0: overdue; INT_NULL: there is no term */
	bool overdue;
	const char *warning;        /* of a year without a notice, or NULL */
	const char *applicant_name; /* masked, for lists */
};
extern const struct field case_row_shape[];

struct case_material {
	const char *case_id, *code;
	int64_t number;
	const char *name, *sha256;
	int64_t size;
	const char *given_by;
	int64_t given_at;
};
struct case_step {
	const char *case_id;
	int64_t number;
	int step, from_state, to_state;
	int64_t at;
	const char *user_id, *reason;
};
/* A material of the item, and whether this case needs it. */
struct case_need {
	const char *code, *name;
	int needed; /* enum truth */
	bool must;  /* not one that the applicant may leave out */
	int64_t files;
};
struct case_whole {
	struct case_row row;
	struct case_need *needs;
	size_t needs_count;
	struct case_material *materials;
	size_t materials_count;
	struct case_step *steps;
	size_t steps_count;
};

/* --- what is asked --- */

struct case_draft {
	const char *id, *item; /* handle code 业务办理项编码 */
	struct case_person applicant, agent;
	const char *answers, *form;
};
struct case_key {
	const char *id;
	int64_t number;
	const char *reason;
	bool office; /* asked by the office, not by whoever entered it */
};
struct case_verdict {
	const char *id;
	int verdict; /* into case_verdict_words */
	const char *reason;
};
extern const char *const case_verdict_words[];
struct case_upload {
	const char *id, *code, *name;
	struct upload upload;
	struct file_facts facts;
};
struct case_file {
	const char *location, *media_type, *disposition;
};
struct case_ask {
	const char *marker, *accept_no;
	int64_t limit;
	int state;
	bool state_given, office;
};
struct case_page {
	struct case_row *cases;
	size_t cases_count;
	const char *next;
};

/* --- cases_number.c --- */

/* The check digit of ISO 7064 MOD 11,10 behind 'digits'. */
char accept_check(const char *digits);
/* In a transaction: the next 办件编号, 20 digits: the area of the office's code (GB/T 2260), the day in China as
 * yyMMdd, the channel, five digits counted from 00001, the check digit. ST_LIMIT: the day has no more. */
enum status accept_take(struct call *c, const char *item_code, int channel,
			const char **out) MUST_USE;

/* --- cases_rules.c: ST_BAD_INPUT names the field and the rule --- */

/* Holds a person or company to the rules of 'at' and writes the number as it is customary. */
enum status person_rules(struct call *c, const char *at, struct case_person *p) MUST_USE;
enum status people_rules(struct call *c, const struct hall_item *item,
			 struct case_row *row) MUST_USE;
/* Holds the data to the item's form, '*form' to what follows from it. 'whole': what is required must be there. */
enum status form_rules(struct call *c, const struct hall_item *item, bool whole,
		       const char **form) MUST_USE;
enum status case_needs(struct call *c, const struct hall_item *item, const struct case_row *row,
		       struct hall_needs *out) MUST_USE;
/* Whether all is there that the item wants. */
enum status case_complete(struct call *c, const struct hall_item *item, struct case_row *row,
			  const struct case_material *files, size_t n) MUST_USE;

/* --- cases_term.c: due dates are derived --- */

/* Until when the office may tell what is missing; also the version of the calendar. */
enum status case_silent_at(struct call *c, int64_t received_at, int64_t *at,
			   int64_t *version) MUST_USE;
/* Fills in what is derived, of each row. */
enum status case_terms(struct call *c, struct case_row *rows, size_t n) MUST_USE;

/* --- cases_draft.c, cases_material.c, cases_step.c --- */

/* The case, for whoever entered it (or 'office': for its office); ST_NOT_FOUND for all others. */
enum status case_of(struct call *c, const char *id, bool office, struct case_row *out) MUST_USE;
/* Whether it may be changed now: a draft, or what is being corrected. */
enum status case_open(struct call *c, const struct case_row *row) MUST_USE;
enum status case_answer(struct call *c, const char *id, struct case_whole *out) MUST_USE;
enum status case_create(struct call *c, const struct case_draft *in,
			struct case_whole *out) MUST_USE;
enum status case_save(struct call *c, const struct case_draft *in, struct case_whole *out) MUST_USE;
enum status case_discard(struct call *c, const struct case_key *in, struct nothing *out) MUST_USE;
enum status case_show(struct call *c, const struct case_key *in, struct case_whole *out) MUST_USE;
enum status case_list(struct call *c, const struct case_ask *in, struct case_page *out) MUST_USE;

enum status material_admit(struct call *c, const void *in) MUST_USE;
enum status material_prepare(struct call *c, void *in) MUST_USE;
enum status material_give(struct call *c, const struct case_upload *in,
			  struct case_material *out) MUST_USE;
enum status material_take_back(struct call *c, const struct case_key *in,
			       struct nothing *out) MUST_USE;
enum status material_read(struct call *c, const struct case_key *in,
			  struct case_file *out) MUST_USE;

/* The state that a step leads to, -1: it cannot be taken from there. */
int case_next(int state, int step);
enum status case_submit(struct call *c, const struct case_key *in, struct case_whole *out) MUST_USE;
enum status case_withdraw(struct call *c, const struct case_key *in,
			  struct case_whole *out) MUST_USE;
enum status case_decide(struct call *c, const struct case_verdict *in,
			struct case_whole *out) MUST_USE;
/* The timer: accepts what an office was silent about, and derives again what an older calendar said. */
enum status case_silence(struct call *c) MUST_USE;

/* --- cases_store.c --- */

extern const struct db_stmt cases_file_refs;
enum status cases_sequence_next(struct call *c, const char *prefix, int64_t *out) MUST_USE;
enum status case_put(struct call *c, const struct case_row *in) MUST_USE;
enum status case_write(struct call *c, const struct case_row *in) MUST_USE;
enum status case_remove(struct call *c, const char *id) MUST_USE;
enum status case_read(struct call *c, const char *id, struct case_row *out) MUST_USE;
enum status cases_of_entrant(struct call *c, const char *user_id, const char *before,
			     const char *state, const char *accept_no, int64_t limit,
			     struct case_row **list, size_t *n) MUST_USE;
enum status cases_of_office(struct call *c, const char *domain_id, const char *before,
			    const char *state, const char *accept_no, int64_t limit,
			    struct case_row **list, size_t *n) MUST_USE;
/* Received cases that are late at 'now', or derived by another version. */
enum status cases_silent(struct call *c, int64_t now, int64_t version, int64_t limit,
			 struct case_row **list, size_t *n) MUST_USE;
enum status material_put(struct call *c, const struct case_material *in) MUST_USE;
enum status material_remove(struct call *c, const char *case_id, int64_t number) MUST_USE;
enum status material_rows(struct call *c, const char *case_id, struct case_material **list,
			  size_t *n) MUST_USE;
enum status step_put(struct call *c, const struct case_step *in) MUST_USE;
enum status step_rows(struct call *c, const char *case_id, struct case_step **list,
		      size_t *n) MUST_USE;
enum status cases_breaches(struct call *c, struct breach **list, size_t *n) MUST_USE;

extern const struct route cases_routes[];

#endif
