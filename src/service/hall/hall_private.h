/* SPDX-License-Identifier: Apache-2.0 */
/* What the files of the hall share: themes, entries and their versions, conditions, statements. */
#ifndef SERVICE_HALL_HALL_PRIVATE_H
#define SERVICE_HALL_HALL_PRIVATE_H

#include <jansson.h>
#include "base/terms.h"
#include "db/db.h"
#include "door/check.h"
#include "door/jobs/events.h"
#include "door/module.h"
#include "engine/form/form.h"
#include "service/hall/hall.h"

enum {
	HALL_NAME_MAX = 200, /* characters */
	HALL_TEXT_MAX = 4000,
	HALL_FEEL_MAX = 2000,
	HALL_FORM_MAX = 200000,
	HALL_DECISION_MAX = 90000,
	HALL_BODY_MAX = 1 << 20, /* bytes of a version's content */
	HALL_MATERIALS_MAX = 100,
	HALL_QUESTIONS_MAX = 50,
	HALL_LIST_MAX = 50, /* of every other list of an item */
	HALL_THEME_ITEMS_MAX = 30,
	HALL_FIELDS_MAX = 500,
	HALL_IMPORT_MAX = 500, /* items, and themes, of one file */
	HALL_ANSWERS_MAX = 64 << 10,
	SEARCH_TERMS_MAX = 12 /* of one question */
};

/* --- hall_words.c --- */

extern const char *const hall_type_words[], *const hall_level_words[], *const hall_case_words[];
extern const char *const hall_unit_words[], *const hall_necessity_words[],
						    *const hall_source_words[];
extern const char *const hall_question_words[], *const hall_subject_words[],
							*const hall_channel_words[];
extern const char *const hall_form_words[], *const hall_role_words[], *const hall_kind_words[];
extern const char *const hall_state_words[],
	*const hall_version_words[], *const hall_move_words[], *const hall_verdict_words[],
								       *const hall_truth_words[];
enum hall_verdict { VERDICT_APPROVE, VERDICT_RETURN };
/* The two digits of a base code that say the type, and the one of an implementation code for the level. */
const char *hall_type_digits(int type);
char hall_level_digit(int level);
bool hall_word_among(const char *const *words, const char *s);

/* --- themes 一件事 --- */

enum hall_role { THEME_LEAD, THEME_CO };
struct hall_theme_item {
	const char *code; /* handle code */
	const char *when; /* FEEL: whether the applicant needs it; NULL: always */
	int role;         /* enum hall_role: 牵头 or 协办 */
};
/* What an item calls 'to' (a field of its form, or a question) is 'field' in the theme. */
struct hall_theme_field {
	const char *field, *item, *to;
};
struct hall_theme {
	const char *id;   /* of the entry; no part of the content */
	const char *code; /* in addresses: "open-a-company" */
	const char *name, *name_en, *summary;
	struct words subjects, keywords;
	struct hall_theme_item *items;
	size_t items_count;
	struct hall_question *questions;
	size_t questions_count;
	struct hall_theme_field *fields;
	size_t fields_count;
	const char *decision;
	int64_t promise_days; /* working days for all of it */
	const char *process_key;
	const char *effective_from, *effective_to, *change_note;
};

/* --- entries: an item or a theme, with its versions --- */

enum hall_kind { HALL_ITEM, HALL_THEME };
enum hall_version_state { HALL_VERSION_DRAFT, HALL_VERSION_PUBLISHED, HALL_VERSION_SUPERSEDED };
/* What one person asks for and another decides; -1: nothing. */
enum hall_move { MOVE_PUBLISH, MOVE_SUSPEND, MOVE_RESUME, MOVE_WITHDRAW };

struct hall_entry {
	const char *id, *domain_id;
	const char *code;  /* 业务办理项编码 of an item */
	int kind, state;   /* enum hall_kind, hall_state */
	int64_t published; /* number of the version that everybody reads; 0: none yet */
	int64_t draft;     /* of the open draft; 0: none */
	int64_t latest;
	const char *name, *name_en, *summary;
	const char *type; /* an item's, as a word; "" of a theme */
	struct words subjects;
	int move;
	const char *move_by, *move_reason;
	int64_t move_at;
	const char *state_reason; /* why it is suspended or withdrawn */
	const char *returned;     /* why the last move was returned, until the next is asked for */
	int64_t published_at, created_at, updated_at;
	const char *office, *office_code; /* read with it */
	int64_t score, found;             /* of a search */
};
struct hall_version {
	const char *entry_id;
	int64_t number;
	int state;        /* enum hall_version_state */
	const char *body; /* the content as JSON */
	const char *edited_by, *submitted_by, *decided_by, *decision;
	int64_t created_at, updated_at, submitted_at, decided_at;
	const char *seal; /* SM3 of the body, once it is published */
};
struct hall_whole {
	struct hall_entry entry;
	struct hall_version version;
};
/* An item or a theme; which one the entry's kind says. */
struct hall_content {
	int kind;
	struct hall_item item;
	struct hall_theme theme;
};
const struct field *hall_content_shape(int kind);
void *hall_content_of(struct hall_content *t);
/* Reads a version's body. */
enum status hall_content_read(struct call *c, int kind, const char *body,
			      struct hall_content *out) MUST_USE;

struct hall_office {
	const char *domain_id, *code, *name, *name_en;
	const char *address, *hours, *phone, *complaint;
	int64_t created_at, updated_at;
	int64_t items; /* that are published; in lists only */
};

/* --- hall_rules.c, hall_theme.c: what must hold of a content. ST_BAD_INPUT names the field and the rule --- */

/* Fills the derived codes; 'office_code' is the 统一社会信用代码. Needs no database. */
enum status item_rules(struct call *c, const char *office_code, struct hall_item *item) MUST_USE;
/* Needs the items that it merges, 'merged[i]' that of items[i]; NULL: it is gone. */
enum status theme_rules(struct call *c, const struct hall_theme *t,
			const struct hall_item *const *merged) MUST_USE;
/* Whether all is as the theme says for those items; in a transaction. 'strict': they must be published. 'instead'
 * stands in the place of the published version of its code, and what of the others is gone is left out; NULL: none. */
enum status theme_rules_read(struct call *c, const struct hall_theme *t, bool strict,
			     const struct hall_item *instead) MUST_USE;
/* The same refusal, one level further down: "form" + "components[1].key". */
enum status hall_below(struct call *c, enum status st, const char *at) MUST_USE;
enum status content_rules(struct call *c, const struct hall_office *o, bool strict,
			  struct hall_content *t) MUST_USE;
enum status rule_broken(struct call *c, const char *at, const char *fmt, ...) PRINTF(3, 4) MUST_USE;
bool text_blank(const char *s);
enum status questions_rules(struct call *c, const struct hall_question *q, size_t n) MUST_USE;
enum status effective_rules(struct call *c, const char *from, const char *to) MUST_USE;
enum status key_rules(struct call *c, const char *at, const char *key) MUST_USE;
enum status words_rules(struct call *c, const char *at, const struct words *w,
			const char *const *among) MUST_USE;

/* --- hall_facts.c: conditions in FEEL and DMN over what is answered --- */

/* The names that conditions may use. */
struct facts {
	const struct hall_question *questions;
	size_t count;
	const struct form *form; /* or NULL */
};
/* The names of an item that its rules allow; 'form' is read. */
enum status item_facts(struct call *c, const struct hall_item *item, struct facts *out) MUST_USE;
/* Whether the expression names 'name'. */
bool facts_names(struct call *c, const char *text, const char *name);
bool facts_know(const struct facts *f, const char *name);

/* Whether 'text' is FEEL over these names alone. */
enum status facts_allow(struct call *c, const struct facts *f, const char *at,
			const char *text) MUST_USE;
/* Whether 'xml' is a model of DMN with a decision "eligible" whose inputs are these names. */
enum status facts_allow_decision(struct call *c, const struct facts *f, const char *xml) MUST_USE;
/* Reads answers, a JSON object; each is held to its question. '*out' lives as long as the call. */
enum status facts_read(struct call *c, const struct facts *f, const char *json,
		       json_t **out) MUST_USE;

struct feel_run;
struct feel_value;
/* One evaluation: answers under the names of one item or theme, and what was missing. */
struct inquiry {
	struct call *c;
	struct feel_run *run;
	const struct feel_value *answers; /* a context */
	struct words missing;             /* names that were wanted and not answered, each once */
};
/* The bound on what one question costs: a theme and its items are asked in one run. */
struct feel_run *inquiry_run(struct call *c);
struct inquiry inquiry_of(struct call *c, struct feel_run *run, const struct facts *f,
			  const json_t *answers);
/* Adds a copy, unless it is there. */
void words_add(struct arena *a, struct words *w, const char *s);
/* NULL 'text' is TRUTH_YES; what needs an answer that is missing, or is null, is TRUTH_UNKNOWN. ST_LIMIT: it takes
 * too many steps. */
enum status inquiry_truth(struct inquiry *q, const char *text, int *out) MUST_USE;
/* Yuan as fen; INT_NULL while an answer is missing or when it is no amount. */
enum status inquiry_amount(struct inquiry *q, const char *text, int64_t *out) MUST_USE;
struct judged {
	int eligible; /* enum truth */
	struct words reasons;
	bool has_items, has_materials;   /* whether the model decides about them */
	bool open_items, open_materials; /* it will, once all is answered */
	struct words items, materials;
	const char *
		explanation; /* JSON: which rules fired, and why the others did not; NULL: no model */
};
/* NULL 'xml': eligible. */
enum status inquiry_judge(struct inquiry *q, const char *xml, struct judged *out) MUST_USE;

/* --- hall_merge.c, hall_merge_form.c: several items as one --- */

struct need { /* of one item */
	const char *item, *code;
	int state; /* enum truth: whether the item needs it */
};
struct merged_material {
	struct hall_material material; /* as the strictest of the items has it */
	struct need *needs;
	size_t needs_count;
	int state; /* enum truth: whether any item needs it */
};
struct merged {
	struct hall_question *questions;
	size_t questions_count;
	struct merged_material *materials;
	size_t materials_count;
	const char *form; /* a schema of form-js, NULL when no item has one */
	struct form *form_read;
};
/* What the theme calls the name 'name' of an item. */
const char *merged_name(const struct hall_theme *t, const char *item, const char *name);
/* ST_BAD_INPUT names the field of the theme and tells the conflict. 'items' are those of the theme, in their
 * order; NULL ones are left out. */
enum status theme_merge(struct call *c, const struct hall_theme *t,
			const struct hall_item *const *items, struct merged *out) MUST_USE;
enum status theme_merge_form(struct call *c, const struct hall_theme *t,
			     const struct hall_item *const *items, struct merged *out) MUST_USE;
/* The answers of the theme under the names of one item. */
json_t *answers_for(struct call *c, const struct hall_theme *t, const char *item,
		    const struct facts *f, const json_t *answers);

/* --- hall.c, hall_move.c: the life of an entry --- */

struct entry_key {
	const char *id;
	int kind;
	int64_t number;
};
struct move_ask {
	const char *id;
	int kind, move;
	const char *reason;
};
struct verdict_ask {
	const char *id;
	int kind, verdict;
	const char *reason;
};
enum status office_of_asker(struct call *c, struct hall_office *out) MUST_USE;
/* The entry, of the asker's department; ST_NOT_FOUND with a problem text for all others. */
enum status own_entry(struct call *c, int kind, const char *id, struct hall_entry *out) MUST_USE;
enum status item_create(struct call *c, const struct hall_item *in,
			struct hall_whole *out) MUST_USE;
enum status item_save(struct call *c, const struct hall_item *in, struct hall_whole *out) MUST_USE;
enum status theme_create(struct call *c, const struct hall_theme *in,
			 struct hall_whole *out) MUST_USE;
enum status theme_save(struct call *c, const struct hall_theme *in,
		       struct hall_whole *out) MUST_USE;
enum status hall_draft_discard(struct call *c, const struct entry_key *in,
			       struct nothing *out) MUST_USE;
enum status item_prepare(struct call *c, void *in) MUST_USE;
enum status theme_prepare(struct call *c, void *in) MUST_USE;
/* Makes or changes the draft of 'code' of the asker's department. '*how': "created", "changed", "unchanged". */
enum status draft_take(struct call *c, struct hall_content *t, struct hall_whole *out,
		       const char **how) MUST_USE;
/* What lists show of the content. */
void hall_describe(struct hall_entry *e, const struct hall_content *t);
/* The number of the draft, or else of what is published. */
int64_t hall_newest(const struct hall_entry *e);
enum status hall_answer(struct call *c, const char *id, int64_t number,
			struct hall_whole *out) MUST_USE;
enum status move_make(struct call *c, const struct move_ask *in, struct hall_whole *out) MUST_USE;
enum status move_recall(struct call *c, const struct entry_key *in,
			struct hall_whole *out) MUST_USE;
enum status move_decide(struct call *c, const struct verdict_ask *in,
			struct hall_whole *out) MUST_USE;
/* A department went (identity.domain.deleted). */
enum status hall_depart(struct call *c, const struct event *e) MUST_USE;

/* --- hall_list.c: what editors read; offices --- */

struct entry_ask {
	int kind, state;
	bool state_given, waiting;
	const char *marker;
	int64_t limit;
};
struct entry_page {
	struct hall_entry *entries;
	size_t entries_count;
	int64_t total; /* of a search; INT_NULL: a list without one is not counted */
	const char *next;
};
struct version_brief {
	int64_t number;
	int state;
	const char *edited_by, *submitted_by, *decided_by, *decision, *seal;
	int64_t updated_at, decided_at;
};
struct entry_detail {
	struct hall_entry entry;
	struct hall_version version;
	struct version_brief *versions;
	size_t versions_count;
};
struct office_list {
	struct hall_office *offices;
	size_t offices_count;
};
enum status entry_list(struct call *c, const struct entry_ask *in, struct entry_page *out) MUST_USE;
enum status entry_show(struct call *c, const struct entry_key *in,
		       struct entry_detail *out) MUST_USE;
enum status office_save(struct call *c, const struct hall_office *in,
			struct hall_office *out) MUST_USE;
enum status office_all(struct call *c, const struct nothing *in, struct office_list *out) MUST_USE;

/* --- hall_guide.c, hall_inquiry.c: what everybody reads --- */

struct guide_ask {
	const char *q, *office, *marker;
	int kind, type, subject;
	bool type_given, subject_given;
	int64_t limit;
};
struct guide_key {
	const char *code;
	int64_t version; /* 0: the one that stands */
	const char *answers;
};
struct theme_brief {
	const char *code, *name, *name_en;
};
struct item_guide {
	struct hall_entry entry;
	int64_t version;
	bool in_force;
	struct hall_office office;
	const char *content;
	struct theme_brief *themes;
	size_t themes_count;
};
/* An item of a theme, as a guide and as an answer show it. */
struct theme_part {
	const char *code, *name, *name_en, *office, *when;
	int role, state;
	bool in_force;
	int64_t version, legal_days, promise_days;
	int legal_unit, promise_unit;
	int included, eligible; /* enum truth; of an answer */
	struct words reasons;
};
struct fee_found {
	const char *item, *name, *standard;
	int64_t amount; /* fen; INT_NULL: not known yet */
	int waived;     /* enum truth */
};
struct theme_guide {
	struct hall_entry entry;
	int64_t version;
	bool in_force;
	struct hall_office office;
	const char *content;
	struct theme_part *items;
	size_t items_count;
	struct hall_question *questions;
	size_t questions_count;
	struct merged_material *materials;
	size_t materials_count;
	const char *form;
};
/* "May I apply, and with what": of an item one part. */
struct inquired {
	int eligible; /* enum truth */
	struct words reasons, missing;
	struct theme_part *items;
	size_t items_count;
	struct merged_material *materials;
	size_t materials_count;
	struct fee_found *fees;
	size_t fees_count;
	int64_t total; /* fen of the fees that are due; INT_NULL: not known yet */
	const char *form;
	const char *explanation; /* JSON: [{"of", "decisions", "tables", …}] */
};
enum status guide_list(struct call *c, const struct guide_ask *in, struct entry_page *out) MUST_USE;
enum status item_guide_show(struct call *c, const struct guide_key *in,
			    struct item_guide *out) MUST_USE;
enum status theme_guide_show(struct call *c, const struct guide_key *in,
			     struct theme_guide *out) MUST_USE;
enum status item_inquire(struct call *c, const struct guide_key *in, struct inquired *out) MUST_USE;
enum status theme_inquire(struct call *c, const struct guide_key *in,
			  struct inquired *out) MUST_USE;
/* The published entry of the code. ST_NOT_FOUND, with a problem text: everybody may not read it. */
enum status guide_entry(struct call *c, int kind, const char *code,
			struct hall_entry *out) MUST_USE;
/* A theme with the published versions of its items, NULL where there is none. */
struct theme_read {
	struct hall_entry entry;
	struct hall_theme theme;
	const char *body;
	int64_t version;
	const struct hall_item **items;
	struct theme_part *parts;
};
enum status guide_theme(struct call *c, const struct guide_key *in,
			struct theme_read *out) MUST_USE;
/* An item as one part of an answer, before anything is asked. */
struct theme_part item_part(const struct call *c, const struct hall_entry *e, int64_t number,
			    const struct hall_item *item);

/* --- hall_exchange.c --- */

struct import_ask {
	const char *format;
	struct hall_item *items;
	size_t items_count;
	struct hall_theme *themes;
	size_t themes_count;
};
struct imported {
	const char *code, *id, *name, *action;
};
struct import_result {
	struct imported *entries;
	size_t entries_count;
};
struct export_ask {
	const char *code;
};
struct export_result {
	const char *type, *disposition, *body;
};
enum status hall_import_prepare(struct call *c, void *in) MUST_USE;
enum status hall_import(struct call *c, const struct import_ask *in,
			struct import_result *out) MUST_USE;
enum status hall_export(struct call *c, const struct export_ask *in,
			struct export_result *out) MUST_USE;

/* --- hall_shapes.c, hall_http.c --- */

extern const struct field hall_item_content[], hall_theme_content[], hall_entry_wire[];
extern const struct field hall_office_wire[], hall_question_wire[], hall_material_wire[];
extern const struct field hall_item_save_wire[], hall_theme_save_wire[];
extern const struct route hall_routes[];

/* --- hall_check.c --- */
enum status hall_check(struct call *c, struct house *h, bool deep, struct buf *report,
		       int64_t *bad) MUST_USE;

/* --- hall_store.c, hall_store_list.c: one statement, one function. ST_NOT_FOUND without a problem text --- */

#define HALL_ENTRY_COLUMNS(e)                                                                      \
	e "id, " e "domain_id, " e "kind, " e "code, " e "state, " e "published, " e "draft, " e   \
	  "latest, " e "name, " e "name_en, " e "summary, " e "type, " e "subjects, " e "move, " e \
	  "move_by, " e "move_reason, " e "move_at, " e "state_reason, " e "published_at, " e      \
	  "created_at, " e "updated_at, " e "returned"
/* With whose it is; the table is 'e'. */
#define HALL_ENTRY_JOINED HALL_ENTRY_COLUMNS("e.") ", o.name as office, o.code as office_code"
#define HALL_ENTRY_JOIN " join hall_office o on o.domain_id = e.domain_id"
extern const struct field hall_entry_joined_row[];

enum status office_put(struct call *c, const struct hall_office *in) MUST_USE;
enum status office_write(struct call *c, const struct hall_office *in, int64_t *changed) MUST_USE;
enum status office_read(struct call *c, const char *domain_id, struct hall_office *out) MUST_USE;
enum status office_close(struct call *c, const char *domain_id) MUST_USE;
enum status office_rows(struct call *c, struct hall_office **list, size_t *n) MUST_USE;

enum status entry_put(struct call *c, const struct hall_entry *in) MUST_USE;
enum status entry_write(struct call *c, const struct hall_entry *in) MUST_USE;
/* Only of what was never published. */
enum status entry_remove(struct call *c, const char *id) MUST_USE;
enum status entry_read(struct call *c, const char *id, struct hall_entry *out) MUST_USE;
/* The entry that holds the code: one that is withdrawn holds none. */
enum status entry_of_code(struct call *c, int kind, const char *code,
			  struct hall_entry *out) MUST_USE;
enum status entries_of_department(struct call *c, const char *domain_id, const struct entry_ask *in,
				  int64_t limit, struct hall_entry **list, size_t *n) MUST_USE;

enum status hall_version_put(struct call *c, const struct hall_version *in) MUST_USE;
/* Only of a draft. */
enum status hall_version_remove(struct call *c, const char *id, int64_t number,
				int64_t *changed) MUST_USE;
/* Writes all but the body; from the state that it must be in. '*changed' 0: it is in another. */
enum status hall_version_write(struct call *c, const struct hall_version *in, int from,
			       int64_t *changed) MUST_USE;
enum status hall_version_read(struct call *c, const char *id, int64_t number,
			      struct hall_version *out) MUST_USE;
enum status hall_version_rows(struct call *c, const char *id, struct version_brief **list,
			      size_t *n) MUST_USE;

enum status hall_term_put(struct call *c, const char *entry_id, const struct term *t) MUST_USE;
enum status hall_terms_remove(struct call *c, const char *entry_id) MUST_USE;
enum status theme_item_put(struct call *c, const char *theme_id, const char *item_code) MUST_USE;
enum status theme_items_remove(struct call *c, const char *theme_id) MUST_USE;
/* Published themes that have the item. */
enum status themes_of_item(struct call *c, const char *item_code, struct hall_entry **list,
			   size_t *n) MUST_USE;

struct guide_filter {
	int kind;
	const char *office, *type, *subject; /* "": any; the subject as a pattern */
	const char *after;                   /* of a list: the last code */
	int64_t limit, offset;
};
enum status guide_rows(struct call *c, const struct guide_filter *f, struct hall_entry **list,
		       size_t *n) MUST_USE;
/* The entries that have at least 'need' of the terms, the best first. */
enum status guide_matching(struct call *c, const struct guide_filter *f, const struct term *terms,
			   size_t count, size_t need, struct hall_entry **list, size_t *n) MUST_USE;
/* Published versions, for checks: see door/check.h. */
enum status hall_versions_sealed(struct call *c, const struct sealed *after, struct sealed **list,
				 size_t *n) MUST_USE;
enum status hall_breaches(struct call *c, struct breach **list, size_t *n) MUST_USE;

#endif
