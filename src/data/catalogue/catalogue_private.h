/* SPDX-License-Identifier: Apache-2.0 */
/* What the files of the catalogue share: the words of the guide, rules, lists, sheets, statements. */
#ifndef DATA_CATALOGUE_CATALOGUE_PRIVATE_H
#define DATA_CATALOGUE_CATALOGUE_PRIVATE_H

#include "base/terms.h"
#include "data/catalogue/catalogue.h"
#include "db/db.h"
#include "door/check.h"
#include "door/jobs/events.h"
#include "door/module.h"

enum {
	CATALOGUE_ITEMS_MAX = 1000, /* of one resource */
	CATALOGUE_WORDS_MAX = 50,   /* of one list: format types, keywords, related codes */
	NAME_MAX_LENGTH = 200,
	TEXT_MAX_LENGTH = 2000,
	CLASS_CODE_MAX = 20,
	SEARCH_TERMS_MAX = 12 /* of one question */
};

/* --- catalogue_words.c: the words of the guide. In the API a word, in a sheet the Chinese --- */

extern const char *const share_words[], *const share_names[];
extern const char *const mode_words[], *const mode_names[];
extern const char *const cycle_words[], *const cycle_names[];
extern const char *const format_words[], *const format_names[];
extern const char *const type_words[], *const type_names[];
extern const char *const version_states[], *const resource_states[], *const verdict_words[];
enum format {
	FORMAT_FILE,
	FORMAT_SHEET,
	FORMAT_DATABASE,
	FORMAT_IMAGE,
	FORMAT_STREAM,
	FORMAT_SELF,
	FORMAT_SERVICE
};
enum share_mode { MODE_DATABASE, MODE_FILE, MODE_INTERFACE, MODE_MAIL, MODE_MEDIUM };
enum cycle { CYCLE_OTHER = 7 };
enum resource_state { RESOURCE_DRAFT, RESOURCE_PUBLISHED, RESOURCE_REVOKED };
enum verdict { VERDICT_APPROVE, VERDICT_RETURN };
/* The types that the guide lists of a category, ended by NULL; none: any type goes. */
const char *const *format_types_of(int format);
/* The index of 's' among 'words', or -1. */
int word_among(const char *const *words, const char *s);
/* What a sheet says, as the name, the word, or the guide's number or letter. -1: none of them. */
int word_of_sheet(const char *const *names, const char *const *words, const char *s);

/* --- rows --- */

struct catalogue_provider {
	const char *domain_id, *code, *name, *contact;
	int64_t created_at, updated_at;
};
struct catalogue_class {
	const char *code, *parent, *name;
	int64_t level, created_at;
	int64_t count; /* published resources in and below it; in lists only */
};
struct catalogue_resource {
	const char *id, *domain_id, *code;
	int state; /* enum resource_state */
	int64_t published, draft, latest;
	const char *draft_state;
	const char *name, *summary, *class_code;
	int share_type, cycle;
	bool open;
	int64_t items; /* how many */
	const char *published_on;
	int64_t published_at;
	const char *revoke_reason, *revoke_by;
	int64_t revoke_at, created_at, updated_at;
	/* of its provider */
	const char *provider, *provider_code;
	int64_t score, found; /* of a search, and how many it found; else 0 */
};

/* --- catalogue_rules.c --- */

/* All that the guide asks of a version, beside what its shape does: ST_BAD_INPUT names the field and the
 * rule. In a transaction: classification and related codes are looked up. */
enum status catalogue_rules(struct call *c, const struct catalogue_version *v) MUST_USE;
/* The rules that need no database. */
enum status catalogue_rules_alone(struct call *c, const struct catalogue_version *v) MUST_USE;
/* A name without what tells no two apart: spaces, punctuation, width, case. */
const char *catalogue_name_key(struct arena *a, const char *name);
/* Whether 's' is a date CCYY-MM-DD of the calendar. */
bool date_valid(const char *s);
bool class_code_valid(const char *s);
/* 1 to 4 by its digits. */
int64_t class_level(const char *code);
/* The metadata and items as JSON. */
const char *catalogue_body(struct call *c, const struct catalogue_version *v);
/* SM3 over them: what shows that a published version is as it was. */
const char *catalogue_seal(struct call *c, const struct catalogue_version *v);

/* --- catalogue.c, catalogue_review.c: the life of a resource --- */

/* A resource and one of its versions. */
struct catalogue_whole {
	struct catalogue_resource resource;
	struct catalogue_version version;
};
struct resource_key {
	const char *id;
	int64_t number; /* of a version; 0: what stands */
};
struct verdict_ask {
	const char *id;
	int verdict;
	const char *reason;
};
struct revoke_ask {
	const char *id, *reason;
};
/* The provider that the asker writes for. ST_FORBIDDEN: bound to no department; ST_CONFLICT: it has no
 * provider code yet. */
enum status provider_of_asker(struct call *c, struct catalogue_provider *out) MUST_USE;
/* Whether the asker sees drafts of the department. */
bool sees_drafts(const struct call *c, const char *domain_id);
/* The resource, if the asker's department may write it: else it does not exist. */
enum status own_resource(struct call *c, const char *id, struct catalogue_resource *out) MUST_USE;
/* What a body left out is null: a route's prepare. */
enum status draft_prepare(struct call *c, void *in) MUST_USE;
enum status draft_create(struct call *c, const struct catalogue_version *in,
			 struct catalogue_whole *out) MUST_USE;
enum status draft_save(struct call *c, const struct catalogue_version *in,
		       struct catalogue_whole *out) MUST_USE;
enum status draft_discard(struct call *c, const struct resource_key *in,
			  struct nothing *out) MUST_USE;
enum status draft_submit(struct call *c, const struct resource_key *in,
			 struct catalogue_whole *out) MUST_USE;
enum status draft_decide(struct call *c, const struct verdict_ask *in,
			 struct catalogue_whole *out) MUST_USE;
enum status revocation_ask(struct call *c, const struct revoke_ask *in,
			   struct catalogue_whole *out) MUST_USE;
enum status revocation_decide(struct call *c, const struct verdict_ask *in,
			      struct catalogue_whole *out) MUST_USE;
/* Reads version 'number' of the resource, with its items. */
enum status version_whole(struct call *c, const char *id, int64_t number,
			  struct catalogue_version *out) MUST_USE;

/* A department went (identity.domain.deleted): its drafts go, and what it published is revoked. */
enum status catalogue_depart(struct call *c, const struct event *e) MUST_USE;

/* --- catalogue_list.c: what is read --- */

struct resource_ask {
	const char *q, *provider, *class_code, *marker;
	int share_type, state;
	bool share_type_given, state_given, open, open_given;
	int64_t limit;
};
struct resource_page {
	struct catalogue_resource *resources;
	size_t resources_count;
	int64_t total;
	const char *next;
};
struct facet {
	const char *key, *name;
	int64_t count;
};
struct facets {
	struct facet *providers, *classes, *share_types;
	size_t providers_count, classes_count, share_types_count;
	int64_t total, items;
};
struct version_brief {
	int64_t number;
	int state;
	const char *name, *published_on, *change_note;
	int64_t updated_at;
};
struct resource_detail {
	struct catalogue_resource resource;
	struct catalogue_version version;
	const char *class_path; /* "基础信息资源类 / 人口信息 / …" */
	struct version_brief *versions;
	size_t versions_count;
};
struct diff_ask {
	const char *id;
	int64_t from, to;
};
struct difference {
	const char *field, *item;   /* an item's name, or NULL */
	const char *before, *after; /* JSON */
};
struct differences {
	int64_t from, to;
	struct difference *differences;
	size_t differences_count;
};
enum status resource_list(struct call *c, const struct resource_ask *in,
			  struct resource_page *out) MUST_USE;
enum status catalogue_count(struct call *c, const struct nothing *in, struct facets *out) MUST_USE;
enum status resource_show(struct call *c, const struct resource_key *in,
			  struct resource_detail *out) MUST_USE;
enum status version_diff(struct call *c, const struct diff_ask *in,
			 struct differences *out) MUST_USE;
/* The names of a class and what it stands in, from the top. */
enum status class_path(struct call *c, const char *code, struct words *out) MUST_USE;

/* --- catalogue_class.c: classification and providers --- */

struct class_list {
	struct catalogue_class *classes;
	size_t classes_count;
};
struct provider_list {
	struct catalogue_provider *providers;
	size_t providers_count;
};
enum status class_create(struct call *c, const struct catalogue_class *in,
			 struct catalogue_class *out) MUST_USE;
enum status class_all(struct call *c, const struct nothing *in, struct class_list *out) MUST_USE;
enum status provider_save(struct call *c, const struct catalogue_provider *in,
			  struct catalogue_provider *out) MUST_USE;
enum status provider_all(struct call *c, const struct nothing *in,
			 struct provider_list *out) MUST_USE;

/* --- catalogue_search.c: words and their ranks --- */

/* Writes the terms of a published version in the place of what was there. */
enum status terms_write(struct call *c, const struct catalogue_resource *r,
			const struct catalogue_version *v) MUST_USE;

/* --- catalogue_csv.c, catalogue_sheet.c, catalogue_dcat.c: import and export --- */

/* A table of texts. Owner: the arena. */
struct csv_row {
	const char **cells;
	size_t count;
	int64_t line; /* where it begins, from 1 */
};
struct csv {
	struct csv_row *rows;
	size_t count;
};
/* RFC 4180; UTF-8 with or without its mark, or GB 18030. ST_BAD_INPUT names the line. */
enum status csv_read(struct call *c, const char *text, size_t size, struct csv *out) MUST_USE;
/* Adds one cell; 'last' ends the row. What a spreadsheet would compute is quoted with '. */
void csv_cell(struct buf *b, const char *text, bool last);

/* A version that was read from outside, with what names its resource and class in words. */
struct import_entry {
	struct catalogue_version version;
	const char *code; /* 信息资源代码, of a resource that is there already; or NULL */
	const char *provider_code; /* or NULL */
	struct words class_names;  /* 类 项 目 细目; empty when class_code is given */
	const char *place;         /* where it stands: "row 7" */
};
struct import_entries {
	struct import_entry *list;
	size_t count;
};
enum { IMPORT_RESOURCES_MAX = 500, IMPORT_ITEMS_MAX = 10000 };
/* 'place' in c->problem says where; nothing of the database is asked. */
enum status sheet_read(struct call *c, const char *text, size_t size,
		       struct import_entries *out) MUST_USE;
enum status dcat_read(struct call *c, const char *text, size_t size,
		      struct import_entries *out) MUST_USE;

struct export_entry {
	struct catalogue_whole whole;
	struct words class_names;
};
struct export_entries {
	struct export_entry *list;
	size_t count;
};
const char *sheet_write(struct call *c, const struct export_entries *in);
const char *dcat_write(struct call *c, const struct export_entries *in);

struct import_ask {
	const char *body;
	struct import_entries entries; /* by the route's prepare */
};
struct imported {
	const char *place, *id, *name, *action;
};
struct import_result {
	struct imported *resources;
	size_t resources_count;
};
struct export_ask {
	const char *provider, *class_code, *id;
};
struct export_result {
	const char *type, *disposition, *body;
};
enum status import_sheet_prepare(struct call *c, void *in) MUST_USE;
enum status import_dcat_prepare(struct call *c, void *in) MUST_USE;
enum status import_entries_act(struct call *c, const struct import_ask *in,
			       struct import_result *out) MUST_USE;
enum status export_sheet(struct call *c, const struct export_ask *in,
			 struct export_result *out) MUST_USE;
enum status export_dcat(struct call *c, const struct export_ask *in,
			struct export_result *out) MUST_USE;

/* The metadata as the API has it: the shape that diffs, audits and seals go by. */
extern const struct field catalogue_content_wire[], catalogue_item_wire[];
extern const struct field catalogue_resource_wire[], catalogue_provider_wire[];
extern const struct field catalogue_class_wire[];
extern const struct route catalogue_routes[];

/* --- catalogue_check.c --- */
enum status catalogue_check(struct call *c, struct house *h, bool deep, struct buf *report,
			    int64_t *bad) MUST_USE;

/* --- catalogue_store.c: one statement, one function. ST_NOT_FOUND without a problem text --- */

enum status provider_put(struct call *c, const struct catalogue_provider *in) MUST_USE;
enum status provider_write(struct call *c, const struct catalogue_provider *in,
			   int64_t *changed) MUST_USE;
enum status provider_read(struct call *c, const char *domain_id,
			  struct catalogue_provider *out) MUST_USE;
/* No such provider is no failure. */
enum status provider_close(struct call *c, const char *domain_id) MUST_USE;
enum status provider_rows(struct call *c, struct catalogue_provider **list, size_t *n) MUST_USE;
enum status class_put(struct call *c, const struct catalogue_class *in) MUST_USE;
enum status class_read(struct call *c, const char *code, struct catalogue_class *out) MUST_USE;
enum status class_rows(struct call *c, struct catalogue_class **list, size_t *n) MUST_USE;
/* The class in 'parent' (NULL: of the top) that has the name or the code. */
enum status class_named(struct call *c, const char *parent, const char *name, const char *code,
			const char **out) MUST_USE;
enum status sequence_next(struct call *c, const char *class_code, int64_t *out) MUST_USE;

enum status resource_put(struct call *c, const struct catalogue_resource *in) MUST_USE;
enum status resource_write(struct call *c, const struct catalogue_resource *in) MUST_USE;
enum status resource_remove(struct call *c, const char *id) MUST_USE;
enum status resource_read(struct call *c, const char *id, struct catalogue_resource *out) MUST_USE;
enum status resource_id_of_code(struct call *c, const char *code, const char **id) MUST_USE;

enum status version_put(struct call *c, const struct catalogue_version *in) MUST_USE;
/* Only of a draft or what is under review. */
enum status version_remove(struct call *c, const char *id, int64_t number,
			   int64_t *changed) MUST_USE;
/* From the state that it must be in. '*changed' 0: it is in another. */
enum status version_set_state(struct call *c, const struct catalogue_version *v, int from,
			      int64_t *changed) MUST_USE;
enum status version_read(struct call *c, const char *id, int64_t number,
			 struct catalogue_version *out) MUST_USE;
enum status version_rows(struct call *c, const char *id, struct version_brief **list,
			 size_t *n) MUST_USE;
enum status item_put(struct call *c, const char *id, int64_t number, int64_t position,
		     const struct catalogue_item *in) MUST_USE;
enum status items_remove(struct call *c, const char *id, int64_t number) MUST_USE;
enum status items_read(struct call *c, const char *id, int64_t number, struct catalogue_item **list,
		       size_t *n) MUST_USE;

enum status name_put(struct call *c, const char *domain_id, const char *key,
		     const char *resource_id) MUST_USE;
enum status name_owner(struct call *c, const char *domain_id, const char *key,
		       const char **id) MUST_USE;
enum status names_remove(struct call *c, const char *resource_id) MUST_USE;

enum status term_put(struct call *c, const char *resource_id, const struct term *t) MUST_USE;
enum status terms_remove(struct call *c, const char *resource_id) MUST_USE;

/* --- catalogue_store_list.c: what lists and counts read --- */

struct list_filter {
	const char *domain_id;             /* NULL: any */
	const char *class_from, *class_to; /* codes from, and below */
	const char *share_from, *share_to; /* words, both included */
	int64_t open_from, open_to;
	int64_t before_at;
	const char *before_id;
	int64_t limit, offset; /* the offset of a search only */
};
enum status resources_newest(struct call *c, const struct list_filter *f,
			     struct catalogue_resource **list, size_t *n) MUST_USE;
enum status resources_count(struct call *c, const struct list_filter *f, int64_t *n) MUST_USE;
enum status resources_of_department(struct call *c, const char *domain_id, int state,
				    const char *after, int64_t limit,
				    struct catalogue_resource **list, size_t *n) MUST_USE;
/* In how many resources each of 'n' terms stands. */
enum status terms_spread(struct call *c, const struct term *terms, size_t n,
			 int64_t spread[SEARCH_TERMS_MAX]) MUST_USE;
/* The resources that have at least 'need' of the terms, the best first; 'found' of each is how many there are. */
enum status resources_matching(struct call *c, const struct list_filter *f,
			       const struct term *terms, size_t n, int64_t need,
			       struct catalogue_resource **list, size_t *count) MUST_USE;
enum status published_count(struct call *c, int64_t *n) MUST_USE;
enum status published_items(struct call *c, int64_t *n) MUST_USE;
enum status count_by_provider(struct call *c, struct facet **list, size_t *n) MUST_USE;
enum status count_by_class(struct call *c, struct facet **list, size_t *n) MUST_USE;
enum status count_by_share(struct call *c, struct facet **list, size_t *n) MUST_USE;
/* Published versions by id and number alone, for checks: see door/check.h. */
enum status versions_sealed(struct call *c, const struct sealed *after, struct sealed **list,
			    size_t *n) MUST_USE;
enum status catalogue_breaches(struct call *c, struct breach **list, size_t *n) MUST_USE;

#endif
