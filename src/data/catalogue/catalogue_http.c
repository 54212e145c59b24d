/* SPDX-License-Identifier: Apache-2.0 */
/* The catalogue's shapes and routes, below /api/v1/catalogue. */
#include "data/catalogue/catalogue_private.h"

/* --- items and metadata --- */

const struct field catalogue_item_wire[] = {
	F_STR(catalogue_item, name, NAME_MAX_LENGTH, 0),
	F_STR(catalogue_item, code, 64, OPT | NULLABLE),
	F_WORD(catalogue_item, type, type_words, 0),
	F_INT(catalogue_item, length, 0, 0, OPT | NULLABLE, TELLS(catalogue_item, length)),
	F_INT(catalogue_item, scale, 0, 0, OPT | NULLABLE, TELLS(catalogue_item, scale)),
	F_WORD(catalogue_item, share_type, share_words, OPT | NULLABLE,
	       TELLS(catalogue_item, share_type)),
	F_STR(catalogue_item, share_condition, TEXT_MAX_LENGTH, OPT | NULLABLE),
	F_BOOL(catalogue_item, secret, OPT),
	F_STR(catalogue_item, standard, NAME_MAX_LENGTH, OPT | NULLABLE),
	F_STR(catalogue_item, note, TEXT_MAX_LENGTH, OPT | NULLABLE),
	F_END,
};

#define CONTENT                                                                                    \
	F_STR(catalogue_version, class_code, CLASS_CODE_MAX, 0),                                   \
		F_STR(catalogue_version, name, NAME_MAX_LENGTH, 0),                                \
		F_STR(catalogue_version, summary, TEXT_MAX_LENGTH, 0),                             \
		F_WORD(catalogue_version, format, format_words, 0),                                \
		F_STRS(catalogue_version, format_types, CATALOGUE_WORDS_MAX, OPT),                 \
		F_WORD(catalogue_version, share_type, share_words, 0),                             \
		F_STR(catalogue_version, share_condition, TEXT_MAX_LENGTH, OPT | NULLABLE),        \
		F_STR(catalogue_version, share_basis, TEXT_MAX_LENGTH, OPT | NULLABLE),            \
		F_WORD(catalogue_version, share_mode, mode_words, OPT | NULLABLE),                 \
		F_BOOL(catalogue_version, open, 0),                                                \
		F_STR(catalogue_version, open_condition, TEXT_MAX_LENGTH, OPT | NULLABLE),         \
		F_WORD(catalogue_version, cycle, cycle_words, 0),                                  \
		F_STRS(catalogue_version, related, CATALOGUE_WORDS_MAX, OPT),                      \
		F_STRS(catalogue_version, keywords, CATALOGUE_WORDS_MAX, OPT),                     \
		F_STR(catalogue_version, system, NAME_MAX_LENGTH, OPT | NULLABLE),                 \
		F_STR(catalogue_version, link, 1000, OPT | NULLABLE),                              \
		F_STR(catalogue_version, change_note, TEXT_MAX_LENGTH, OPT | NULLABLE),            \
		F_LIST(catalogue_version, items, catalogue_item, catalogue_item_wire,              \
		       CATALOGUE_ITEMS_MAX, OPT)

#define PUBLISHED_ON F_STR(catalogue_version, published_on, 0, NULLABLE | READ_ONLY)

const struct field catalogue_content_wire[] = { CONTENT, PUBLISHED_ON, F_END };

static const struct field draft_create_wire[] = { CONTENT, F_END };
static const struct field draft_save_wire[] = {
	F_ID_AS("id", catalogue_version, resource_id, FROM_PATH),
	CONTENT,
	F_END,
};
/* What the JSON leaves out is null, not the first word of a list. */
static const struct catalogue_version empty_version = { .share_mode = -1 };

static const struct field version_wire[] = {
	F_INT(catalogue_version, number, 0, 0, 0),
	F_WORD(catalogue_version, state, version_states, 0),
	CONTENT,
	PUBLISHED_ON,
	F_STR(catalogue_version, edited_by, 0, NULLABLE),
	F_STR(catalogue_version, submitted_by, 0, NULLABLE),
	F_STR(catalogue_version, decided_by, 0, NULLABLE),
	F_STR(catalogue_version, decision, 0, NULLABLE),
	F_STR(catalogue_version, seal, 0, NULLABLE),
	F_TIME(catalogue_version, created_at, 0),
	F_TIME(catalogue_version, updated_at, 0),
	F_TIME(catalogue_version, submitted_at, NULLABLE),
	F_TIME(catalogue_version, decided_at, NULLABLE),
	F_END,
};

/* --- resources --- */

const struct field catalogue_resource_wire[] = {
	F_STR(catalogue_resource, id, 0, 0),
	F_STR(catalogue_resource, code, 0, NULLABLE),
	F_STR_AS("provider_id", catalogue_resource, domain_id, 0, 0),
	F_STR(catalogue_resource, provider, 0, NULLABLE),
	F_STR(catalogue_resource, provider_code, 0, NULLABLE),
	F_WORD(catalogue_resource, state, resource_states, 0),
	F_INT(catalogue_resource, published, 0, 0, 0),
	F_INT(catalogue_resource, draft, 0, 0, 0),
	F_STR(catalogue_resource, draft_state, 0, NULLABLE),
	F_STR(catalogue_resource, name, 0, 0),
	F_STR(catalogue_resource, summary, 0, 0),
	F_STR(catalogue_resource, class_code, 0, 0),
	F_WORD(catalogue_resource, share_type, share_words, 0),
	F_BOOL(catalogue_resource, open, 0),
	F_WORD(catalogue_resource, cycle, cycle_words, 0),
	F_INT(catalogue_resource, items, 0, 0, 0),
	F_STR(catalogue_resource, published_on, 0, NULLABLE),
	F_TIME(catalogue_resource, published_at, NULLABLE),
	F_STR(catalogue_resource, revoke_reason, 0, NULLABLE),
	F_STR(catalogue_resource, revoke_by, 0, NULLABLE),
	F_TIME(catalogue_resource, revoke_at, NULLABLE),
	F_TIME(catalogue_resource, created_at, 0),
	F_TIME(catalogue_resource, updated_at, 0),
	F_END,
};

static const struct field catalogue_whole_wire[] = {
	F_OBJECT(catalogue_whole, resource, catalogue_resource, catalogue_resource_wire, 0),
	F_OBJECT(catalogue_whole, version, catalogue_version, version_wire, 0),
	F_END,
};

static const struct field resource_key_wire[] = { F_ID(resource_key, id, FROM_PATH), F_END };
static const struct field resource_version_key_wire[] = {
	F_ID(resource_key, id, FROM_PATH),
	F_INT(resource_key, number, 1, INT32_MAX, FROM_PATH),
	F_END,
};
static const struct field verdict_ask_wire[] = {
	F_ID(verdict_ask, id, FROM_PATH),
	F_WORD(verdict_ask, verdict, verdict_words, 0),
	F_STR(verdict_ask, reason, TEXT_MAX_LENGTH, OPT | NULLABLE),
	F_END,
};
static const struct field revoke_ask_wire[] = {
	F_ID(revoke_ask, id, FROM_PATH),
	F_STR(revoke_ask, reason, TEXT_MAX_LENGTH, 0),
	F_END,
};

/* --- reading --- */

static const struct field resource_ask_wire[] = {
	F_STR(resource_ask, q, 200, OPT | FROM_QUERY),
	F_STR(resource_ask, provider, 64, OPT | FROM_QUERY),
	F_STR(resource_ask, class_code, CLASS_CODE_MAX, OPT | FROM_QUERY),
	F_WORD(resource_ask, share_type, share_words, OPT | FROM_QUERY,
	       TELLS(resource_ask, share_type)),
	F_BOOL(resource_ask, open, OPT | FROM_QUERY, TELLS(resource_ask, open)),
	F_WORD(resource_ask, state, resource_states, OPT | FROM_QUERY, TELLS(resource_ask, state)),
	F_INT(resource_ask, limit, 1, 200, OPT | FROM_QUERY),
	F_STR(resource_ask, marker, 64, OPT | FROM_QUERY),
	F_END,
};
static const struct field resource_page_wire[] = {
	F_LIST(resource_page, resources, catalogue_resource, catalogue_resource_wire, 0, 0),
	F_INT(resource_page, total, 0, 0, 0),
	F_NEXT(resource_page, next),
	F_END,
};
static const struct field facet_wire[] = {
	F_STR(facet, key, 0, 0),
	F_STR(facet, name, 0, 0),
	F_INT(facet, count, 0, 0, 0),
	F_END,
};
static const struct field facets_wire[] = {
	F_INT(facets, total, 0, 0, 0),
	F_INT(facets, items, 0, 0, 0),
	F_LIST(facets, providers, facet, facet_wire, 0, 0),
	F_LIST(facets, classes, facet, facet_wire, 0, 0),
	F_LIST(facets, share_types, facet, facet_wire, 0, 0),
	F_END,
};
static const struct field version_brief_wire[] = {
	F_INT(version_brief, number, 0, 0, 0),
	F_WORD(version_brief, state, version_states, 0),
	F_STR(version_brief, name, 0, 0),
	F_STR(version_brief, published_on, 0, NULLABLE),
	F_STR(version_brief, change_note, 0, NULLABLE),
	F_TIME(version_brief, updated_at, 0),
	F_END,
};
static const struct field resource_detail_wire[] = {
	F_OBJECT(resource_detail, resource, catalogue_resource, catalogue_resource_wire, 0),
	F_OBJECT(resource_detail, version, catalogue_version, version_wire, 0),
	F_STR(resource_detail, class_path, 0, 0),
	F_LIST(resource_detail, versions, version_brief, version_brief_wire, 0, 0),
	F_END,
};
static const struct field diff_ask_wire[] = {
	F_ID(diff_ask, id, FROM_PATH),
	F_INT(diff_ask, from, 1, INT32_MAX, FROM_QUERY),
	F_INT(diff_ask, to, 1, INT32_MAX, FROM_QUERY),
	F_END,
};
static const struct field difference_wire[] = {
	F_STR(difference, field, 0, 0),
	F_STR(difference, item, 0, NULLABLE),
	F_JSON(difference, before, 0, 0),
	F_JSON(difference, after, 0, 0),
	F_END,
};
static const struct field differences_wire[] = {
	F_INT(differences, from, 0, 0, 0),
	F_INT(differences, to, 0, 0, 0),
	F_LIST(differences, differences, difference, difference_wire, 0, 0),
	F_END,
};

/* --- classification and providers --- */

const struct field catalogue_class_wire[] = {
	F_STR(catalogue_class, code, CLASS_CODE_MAX, 0),
	F_STR(catalogue_class, name, NAME_MAX_LENGTH, 0),
	F_STR(catalogue_class, parent, 0, NULLABLE | READ_ONLY | OPT),
	F_INT(catalogue_class, level, 0, 0, READ_ONLY | OPT),
	F_INT(catalogue_class, count, 0, 0, READ_ONLY | OPT),
	F_END,
};
static const struct field class_list_wire[] = {
	F_LIST(class_list, classes, catalogue_class, catalogue_class_wire, 0, 0),
	F_END,
};
const struct field catalogue_provider_wire[] = {
	F_STR_AS("id", catalogue_provider, domain_id, 64, FROM_PATH),
	F_STR(catalogue_provider, code, 18, 0),
	F_STR(catalogue_provider, name, NAME_MAX_LENGTH, 0),
	F_STR(catalogue_provider, contact, NAME_MAX_LENGTH, OPT | NULLABLE),
	F_TIME(catalogue_provider, updated_at, READ_ONLY | OPT),
	F_END,
};
static const struct field provider_list_wire[] = {
	F_LIST(provider_list, providers, catalogue_provider, catalogue_provider_wire, 0, 0),
	F_END,
};

/* --- import and export --- */

static const struct field import_ask_wire[] = { F_BODY(import_ask, body), F_END };
static const struct field imported_wire[] = {
	F_STR(imported, place, 0, 0),
	F_STR(imported, id, 0, 0),
	F_STR(imported, name, 0, 0),
	F_STR(imported, action, 0, 0),
	F_END,
};
static const struct field import_result_wire[] = {
	F_LIST(import_result, resources, imported, imported_wire, 0, 0),
	F_END,
};
static const struct field export_ask_wire[] = {
	F_STR(export_ask, provider, 64, OPT | FROM_QUERY),
	F_STR(export_ask, class_code, CLASS_CODE_MAX, OPT | FROM_QUERY),
	F_ID(export_ask, id, OPT | FROM_QUERY),
	F_END,
};
static const struct field export_result_wire[] = {
	F_STR_AS("Content-Type", export_result, type, 0, FROM_HEADER),
	F_STR_AS("Content-Disposition", export_result, disposition, 0, FROM_HEADER),
	F_BODY(export_result, body),
	F_END,
};

/* --- routes --- */

ACT(draft_create, catalogue_version, catalogue_whole)
ACT(draft_save, catalogue_version, catalogue_whole)
ACT(draft_discard, resource_key, nothing)
ACT(draft_submit, resource_key, catalogue_whole)
ACT(draft_decide, verdict_ask, catalogue_whole)
ACT(revocation_ask, revoke_ask, catalogue_whole)
ACT(revocation_decide, verdict_ask, catalogue_whole)
ACT(resource_list, resource_ask, resource_page)
ACT(catalogue_count, nothing, facets)
ACT(resource_show, resource_key, resource_detail)
ACT(version_diff, diff_ask, differences)
ACT(class_create, catalogue_class, catalogue_class)
ACT(class_all, nothing, class_list)
ACT(provider_save, catalogue_provider, catalogue_provider)
ACT(provider_all, nothing, provider_list)
ACT(import_entries_act, import_ask, import_result)
ACT(export_sheet, export_ask, export_result)
ACT(export_dcat, export_ask, export_result)

#define AT "/v1/catalogue"
#define DEPARTMENT (SCOPE_DOMAIN | SCOPE_PROJECT)
#define READS .flags = ROUTE_READS, .success = 200

const struct route catalogue_routes[] = {
	ROUTE("GET", AT "/resources", MAY_SIGNED_IN, 0, resource_list, resource_ask, resource_page,
	      .name = "catalogue.resource.list", READS,
	      .help = "Lists published resources, the newest first, or, of a question, the best "
		      "first; with a state, those of one's department."),
	ROUTE("GET", AT "/facets", MAY_SIGNED_IN, 0, catalogue_count, nothing, facets,
	      .name = "catalogue.facets", READS,
	      .help = "Counts what is published by department, theme and share type."),
	ROUTE("GET", AT "/resources/{id}", MAY_SIGNED_IN, 0, resource_show, resource_key,
	      resource_detail, .name = "catalogue.resource.show", READS,
	      .help = "Shows a resource with the version that stands and the list of all."),
	{ .method = "GET",
	  .path = AT "/resources/{id}/versions/{number}",
	  .may = MAY_SIGNED_IN,
	  .act = resource_show_act,
	  .in = resource_version_key_wire,
	  .in_size = sizeof(struct resource_key),
	  .out = resource_detail_wire,
	  .out_size = sizeof(struct resource_detail),
	  .name = "catalogue.version.show",
	  READS,
	  .help = "Shows a resource with one of its versions." },
	ROUTE("GET", AT "/resources/{id}/diff", MAY_SIGNED_IN, 0, version_diff, diff_ask,
	      differences, .name = "catalogue.version.diff", READS,
	      .help = "Tells in which fields and items two versions differ."),
	{ .method = "POST",
	  .path = AT "/resources",
	  .may = "catalogue.edit",
	  .scopes = DEPARTMENT,
	  .act = draft_create_act,
	  .in = draft_create_wire,
	  .in_size = sizeof(struct catalogue_version),
	  .preset = &empty_version,
	  .prepare = draft_prepare,
	  .out = catalogue_whole_wire,
	  .out_size = sizeof(struct catalogue_whole),
	  .name = "catalogue.draft.create",
	  .success = 201,
	  .help = "Makes a resource of one's department, as a draft." },
	{ .method = "PUT",
	  .path = AT "/resources/{id}/draft",
	  .may = "catalogue.edit",
	  .scopes = DEPARTMENT,
	  .act = draft_save_act,
	  .in = draft_save_wire,
	  .in_size = sizeof(struct catalogue_version),
	  .preset = &empty_version,
	  .prepare = draft_prepare,
	  .out = catalogue_whole_wire,
	  .out_size = sizeof(struct catalogue_whole),
	  .name = "catalogue.draft.save",
	  .success = 200,
	  .help = "Replaces the draft of a resource; one that is published gets a draft." },
	ROUTE("DELETE", AT "/resources/{id}/draft", "catalogue.edit", DEPARTMENT, draft_discard,
	      resource_key, nothing, .name = "catalogue.draft.discard", .success = 204,
	      .help = "Throws a draft away; a resource that was never published goes with it."),
	ROUTE("POST", AT "/resources/{id}/draft/submission", "catalogue.edit", DEPARTMENT,
	      draft_submit, resource_key, catalogue_whole, .name = "catalogue.draft.submit",
	      .success = 200, .flags = ROUTE_OPTIONAL_BODY,
	      .help = "Hands a draft over for review."),
	ROUTE("POST", AT "/resources/{id}/draft/decision", "catalogue.review", DEPARTMENT,
	      draft_decide, verdict_ask, catalogue_whole, .name = "catalogue.draft.decide",
	      .success = 200,
	      .help = "Publishes or returns what another person of the department submitted."),
	ROUTE("POST", AT "/resources/{id}/revocation", "catalogue.edit", DEPARTMENT, revocation_ask,
	      revoke_ask, catalogue_whole, .name = "catalogue.revocation.ask", .success = 200,
	      .help = "Asks for a published resource to be revoked."),
	ROUTE("POST", AT "/resources/{id}/revocation/decision", "catalogue.review", DEPARTMENT,
	      revocation_decide, verdict_ask, catalogue_whole,
	      .name = "catalogue.revocation.decide", .success = 200,
	      .help = "Revokes, or does not, what another person asked to be revoked."),
	ROUTE("GET", AT "/classes", MAY_SIGNED_IN, 0, class_all, nothing, class_list,
	      .name = "catalogue.class.list", READS,
	      .help = "Lists the classification with counts of what is published."),
	ROUTE("POST", AT "/classes", "catalogue.manage", SCOPE_SYSTEM, class_create,
	      catalogue_class, catalogue_class, .name = "catalogue.class.create", .success = 201,
	      .help = "Adds to the classification."),
	ROUTE("GET", AT "/providers", MAY_SIGNED_IN, 0, provider_all, nothing, provider_list,
	      .name = "catalogue.provider.list", READS,
	      .help = "Lists the departments that provide information."),
	ROUTE("PUT", AT "/providers/{id}", "catalogue.manage", SCOPE_SYSTEM, provider_save,
	      catalogue_provider, catalogue_provider, .name = "catalogue.provider.save",
	      .success = 200, .help = "States a department's name and code as a provider."),
	ROUTE("POST", AT "/import/sheet", "catalogue.edit", DEPARTMENT, import_entries_act,
	      import_ask, import_result, .name = "catalogue.import.sheet", .success = 200,
	      .prepare = import_sheet_prepare,
	      .help = "Makes drafts of a CSV in the columns of the guide's sheet; all or none."),
	ROUTE("POST", AT "/import/dcat", "catalogue.edit", DEPARTMENT, import_entries_act,
	      import_ask, import_result, .name = "catalogue.import.dcat", .success = 200,
	      .prepare = import_dcat_prepare,
	      .help = "Makes drafts of a DCAT catalogue in JSON-LD; all or none."),
	ROUTE("GET", AT "/export/sheet", MAY_SIGNED_IN, 0, export_sheet, export_ask, export_result,
	      .name = "catalogue.export.sheet", READS,
	      .help = "Gives what is published as CSV in the columns of the guide's sheet."),
	ROUTE("GET", AT "/export/dcat", MAY_SIGNED_IN, 0, export_dcat, export_ask, export_result,
	      .name = "catalogue.export.dcat", READS,
	      .help = "Gives what is published as a DCAT catalogue in JSON-LD."),
	{ 0 },
};
