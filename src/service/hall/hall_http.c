/* SPDX-License-Identifier: Apache-2.0 */
/* The hall's routes, below /api/v1/hall: guide pages for everybody, and the items' editors and approvers. */
#include "service/hall/hall_private.h"

#define AT "/v1/hall"
#define DEPARTMENT (SCOPE_DOMAIN | SCOPE_PROJECT)
#define READS .flags = ROUTE_READS, .success = 200

/* --- editing --- */

static const struct field version_wire[] = {
	F_INT(hall_version, number, 0, 0, 0),
	F_WORD(hall_version, state, hall_version_words, 0),
	F_JSON_AS("content", hall_version, body, 0, 0),
	F_STR(hall_version, edited_by, 0, 0),
	F_STR(hall_version, submitted_by, 0, NULLABLE),
	F_STR(hall_version, decided_by, 0, NULLABLE),
	F_STR(hall_version, decision, 0, NULLABLE),
	F_STR(hall_version, seal, 0, NULLABLE),
	F_TIME(hall_version, created_at, 0),
	F_TIME(hall_version, updated_at, 0),
	F_TIME(hall_version, submitted_at, NULLABLE),
	F_TIME(hall_version, decided_at, NULLABLE),
	F_END,
};
static const struct field hall_whole_wire[] = {
	F_OBJECT(hall_whole, entry, hall_entry, hall_entry_wire, 0),
	F_OBJECT(hall_whole, version, hall_version, version_wire, 0),
	F_END,
};
static const struct field entry_key_wire[] = { F_ID(entry_key, id, FROM_PATH), F_END };
static const struct field entry_version_wire[] = {
	F_ID(entry_key, id, FROM_PATH),
	F_INT(entry_key, number, 1, INT32_MAX, FROM_PATH),
	F_END,
};
static const struct field move_ask_wire[] = {
	F_ID(move_ask, id, FROM_PATH),
	F_WORD(move_ask, move, hall_move_words, 0),
	F_STR(move_ask, reason, HALL_TEXT_MAX, OPT | NULLABLE),
	F_END,
};
static const struct field verdict_ask_wire[] = {
	F_ID(verdict_ask, id, FROM_PATH),
	F_WORD(verdict_ask, verdict, hall_verdict_words, 0),
	F_STR(verdict_ask, reason, HALL_TEXT_MAX, OPT | NULLABLE),
	F_END,
};
static const struct field entry_ask_wire[] = {
	F_WORD(entry_ask, state, hall_state_words, OPT | FROM_QUERY, TELLS(entry_ask, state)),
	F_BOOL(entry_ask, waiting, OPT | FROM_QUERY),
	F_STR(entry_ask, marker, 64, OPT | FROM_QUERY),
	F_INT(entry_ask, limit, 1, 200, OPT | FROM_QUERY),
	F_END,
};
static const struct field entry_page_wire[] = {
	F_LIST(entry_page, entries, hall_entry, hall_entry_wire, 0, 0),
	F_NEXT(entry_page, next),
	F_END,
};
static const struct field version_brief_wire[] = {
	F_INT(version_brief, number, 0, 0, 0),
	F_WORD(version_brief, state, hall_version_words, 0),
	F_STR(version_brief, edited_by, 0, 0),
	F_STR(version_brief, submitted_by, 0, NULLABLE),
	F_STR(version_brief, decided_by, 0, NULLABLE),
	F_STR(version_brief, decision, 0, NULLABLE),
	F_STR(version_brief, seal, 0, NULLABLE),
	F_TIME(version_brief, updated_at, 0),
	F_TIME(version_brief, decided_at, NULLABLE),
	F_END,
};
static const struct field entry_detail_wire[] = {
	F_OBJECT(entry_detail, entry, hall_entry, hall_entry_wire, 0),
	F_OBJECT(entry_detail, version, hall_version, version_wire, 0),
	F_LIST(entry_detail, versions, version_brief, version_brief_wire, 0, 0),
	F_END,
};
static const struct field office_list_wire[] = {
	F_LIST(office_list, offices, hall_office, hall_office_wire, 0, 0),
	F_END,
};

/* --- files --- */

static const struct field import_ask_wire[] = {
	F_STR(import_ask, format, 64, 0),
	F_LIST(import_ask, items, hall_item, hall_item_content, HALL_IMPORT_MAX, OPT),
	F_LIST(import_ask, themes, hall_theme, hall_theme_content, HALL_IMPORT_MAX, OPT),
	F_END,
};
static const struct field imported_wire[] = {
	F_STR(imported, code, 0, 0),
	F_STR(imported, id, 0, 0),
	F_STR(imported, name, 0, 0),
	F_STR(imported, action, 0, 0),
	F_END,
};
static const struct field import_result_wire[] = {
	F_LIST(import_result, entries, imported, imported_wire, 0, 0),
	F_END,
};
static const struct field export_ask_wire[] = {
	F_STR(export_ask, code, 64, OPT | FROM_QUERY),
	F_END,
};
static const struct field export_result_wire[] = {
	F_STR_AS("Content-Type", export_result, type, 0, FROM_HEADER),
	F_STR_AS("Content-Disposition", export_result, disposition, 0, FROM_HEADER),
	F_BODY(export_result, body),
	F_END,
};

/* --- guides --- */

static const struct field guide_ask_wire[] = {
	F_STR(guide_ask, q, 200, OPT | FROM_QUERY),
	F_STR(guide_ask, office, 64, OPT | FROM_QUERY),
	F_WORD(guide_ask, type, hall_type_words, OPT | FROM_QUERY, TELLS(guide_ask, type)),
	F_WORD(guide_ask, subject, hall_subject_words, OPT | FROM_QUERY, TELLS(guide_ask, subject)),
	F_STR(guide_ask, marker, 64, OPT | FROM_QUERY),
	F_INT(guide_ask, limit, 1, 200, OPT | FROM_QUERY),
	F_END,
};
/* What of an entry is everybody's. */
static const struct field brief_wire[] = {
	F_STR(hall_entry, code, 0, 0),
	F_WORD(hall_entry, kind, hall_kind_words, 0),
	F_STR_AS("office_id", hall_entry, domain_id, 0, 0),
	F_STR(hall_entry, office, 0, 0),
	F_WORD(hall_entry, state, hall_state_words, 0),
	F_STR(hall_entry, state_reason, 0, NULLABLE),
	F_INT_AS("version", hall_entry, published, 0, 0, 0),
	F_STR(hall_entry, name, 0, 0),
	F_STR(hall_entry, name_en, 0, NULLABLE),
	F_STR(hall_entry, summary, 0, 0),
	F_STR(hall_entry, type, 0, 0),
	F_STRS(hall_entry, subjects, 0, 0),
	F_TIME(hall_entry, published_at, 0),
	F_END,
};
static const struct field guide_page_wire[] = {
	F_LIST(entry_page, entries, hall_entry, brief_wire, 0, 0),
	F_INT(entry_page, total, 0, 0, NULLABLE),
	F_NEXT(entry_page, next),
	F_END,
};
static const struct field guide_key_wire[] = {
	F_STR(guide_key, code, 64, FROM_PATH),
	F_INT(guide_key, version, 1, INT32_MAX, OPT | FROM_QUERY),
	F_END,
};
static const struct field inquiry_wire[] = {
	F_STR(guide_key, code, 64, FROM_PATH),
	F_INT(guide_key, version, 1, INT32_MAX, OPT | FROM_QUERY),
	F_JSON(guide_key, answers, HALL_ANSWERS_MAX, OPT),
	F_END,
};
static const struct field theme_brief_wire[] = {
	F_STR(theme_brief, code, 0, 0),
	F_STR(theme_brief, name, 0, 0),
	F_STR(theme_brief, name_en, 0, NULLABLE),
	F_END,
};
static const struct field item_guide_wire[] = {
	F_OBJECT(item_guide, entry, hall_entry, brief_wire, 0),
	F_INT(item_guide, version, 0, 0, 0),
	F_BOOL(item_guide, in_force, 0),
	F_OBJECT(item_guide, office, hall_office, hall_office_wire, 0),
	F_JSON(item_guide, content, 0, 0),
	F_LIST(item_guide, themes, theme_brief, theme_brief_wire, 0, 0),
	F_END,
};
#define PART                                                                                       \
	F_STR(theme_part, code, 0, 0), F_STR(theme_part, name, 0, 0),                              \
		F_STR(theme_part, name_en, 0, NULLABLE), F_STR(theme_part, office, 0, NULLABLE),   \
		F_STR(theme_part, when, 0, NULLABLE),                                              \
		F_WORD(theme_part, role, hall_role_words, 0),                                      \
		F_WORD(theme_part, state, hall_state_words, 0), F_BOOL(theme_part, in_force, 0),   \
		F_INT(theme_part, version, 0, 0, 0),                                               \
		F_INT(theme_part, legal_days, 0, 0, NULLABLE),                                     \
		F_WORD(theme_part, legal_unit, hall_unit_words, 0),                                \
		F_INT(theme_part, promise_days, 0, 0, 0),                                          \
		F_WORD(theme_part, promise_unit, hall_unit_words, 0)
static const struct field part_wire[] = { PART, F_END };
static const struct field part_answer_wire[] = {
	PART,
	F_WORD(theme_part, included, hall_truth_words, 0),
	F_WORD(theme_part, eligible, hall_truth_words, 0),
	F_STRS(theme_part, reasons, 0, 0),
	F_END,
};
static const struct field need_wire[] = {
	F_STR(need, item, 0, 0),
	F_STR(need, code, 0, 0),
	F_WORD(need, state, hall_truth_words, 0),
	F_END,
};
static const struct field merged_wire[] = {
	F_OBJECT(merged_material, material, hall_material, hall_material_wire, 0),
	F_LIST(merged_material, needs, need, need_wire, 0, 0),
	F_WORD(merged_material, state, hall_truth_words, 0),
	F_END,
};
static const struct field theme_guide_wire[] = {
	F_OBJECT(theme_guide, entry, hall_entry, brief_wire, 0),
	F_INT(theme_guide, version, 0, 0, 0),
	F_BOOL(theme_guide, in_force, 0),
	F_OBJECT(theme_guide, office, hall_office, hall_office_wire, 0),
	F_JSON(theme_guide, content, 0, 0),
	F_LIST(theme_guide, items, theme_part, part_wire, 0, 0),
	F_LIST(theme_guide, questions, hall_question, hall_question_wire, 0, 0),
	F_LIST(theme_guide, materials, merged_material, merged_wire, 0, 0),
	F_JSON(theme_guide, form, 0, NULLABLE),
	F_END,
};
static const struct field fee_found_wire[] = {
	F_STR(fee_found, item, 0, 0),
	F_STR(fee_found, name, 0, 0),
	F_STR(fee_found, standard, 0, 0),
	F_INT(fee_found, amount, 0, 0, NULLABLE),
	F_WORD(fee_found, waived, hall_truth_words, 0),
	F_END,
};
static const struct field inquired_wire[] = {
	F_WORD(inquired, eligible, hall_truth_words, 0),
	F_STRS(inquired, reasons, 0, 0),
	F_STRS(inquired, missing, 0, 0),
	F_LIST(inquired, items, theme_part, part_answer_wire, 0, 0),
	F_LIST(inquired, materials, merged_material, merged_wire, 0, 0),
	F_LIST(inquired, fees, fee_found, fee_found_wire, 0, 0),
	F_INT(inquired, total, 0, 0, NULLABLE),
	F_JSON(inquired, form, 0, NULLABLE),
	F_JSON(inquired, explanation, 0, 0),
	F_END,
};

ACT(item_create, hall_item, hall_whole)
ACT(item_save, hall_item, hall_whole)
ACT(theme_create, hall_theme, hall_whole)
ACT(theme_save, hall_theme, hall_whole)
ACT(hall_draft_discard, entry_key, nothing)
ACT(move_make, move_ask, hall_whole)
ACT(move_recall, entry_key, hall_whole)
ACT(move_decide, verdict_ask, hall_whole)
ACT(entry_list, entry_ask, entry_page)
ACT(entry_show, entry_key, entry_detail)
ACT(office_save, hall_office, hall_office)
ACT(office_all, nothing, office_list)
ACT(hall_import, import_ask, import_result)
ACT(hall_export, export_ask, export_result)
ACT(guide_list, guide_ask, entry_page)
ACT(item_guide_show, guide_key, item_guide)
ACT(theme_guide_show, guide_key, theme_guide)
ACT(item_inquire, guide_key, inquired)
ACT(theme_inquire, guide_key, inquired)

static const struct entry_key theme_key = { .kind = HALL_THEME };
static const struct move_ask theme_move = { .kind = HALL_THEME };
static const struct verdict_ask theme_verdict = { .kind = HALL_THEME };
static const struct entry_ask theme_ask = { .kind = HALL_THEME };
static const struct guide_ask theme_guides = { .kind = HALL_THEME };

#define ROW(m, p, may_, scopes_, fn, in_t, shape, out_t, out_shape, ...)                           \
	{                                                                                          \
		.method = m, .path = AT p, .may = may_, .scopes = scopes_, .act = fn##_act,        \
		.in = shape, .in_size = sizeof(struct in_t), .out = out_shape,                     \
		.out_size = sizeof(struct out_t), ##__VA_ARGS__                                    \
	}
#define EDITS(m, p, fn, in_t, shape, ...)                                                          \
	ROW(m, p, "hall.edit", DEPARTMENT, fn, in_t, shape, hall_whole, hall_whole_wire,           \
	    ##__VA_ARGS__)
#define GUIDE(m, p, fn, in_t, shape, out_t, out_shape, ...)                                        \
	ROW(m, p, MAY_ANYONE, 0, fn, in_t, shape, out_t, out_shape, READS, ##__VA_ARGS__)

const struct route hall_routes[] = {
	GUIDE("GET", "/guide/items", guide_list, guide_ask, guide_ask_wire, entry_page,
	      guide_page_wire, .name = "hall.guide.items",
	      .help = "Lists published items, by office, type, subject and words; for everybody."),
	GUIDE("GET", "/guide/items/{code}", item_guide_show, guide_key, guide_key_wire, item_guide,
	      item_guide_wire, .name = "hall.guide.item",
	      .help = "Shows an item as it is published; for everybody."),
	GUIDE("POST", "/guide/items/{code}/eligibility", item_inquire, guide_key, inquiry_wire,
	      inquired, inquired_wire, .name = "hall.guide.item.ask",
	      .help = "Tells whether one may apply, with which materials and for which fees."),
	GUIDE("GET", "/guide/themes", guide_list, guide_ask, guide_ask_wire, entry_page,
	      guide_page_wire, .preset = &theme_guides, .name = "hall.guide.themes",
	      .help = "Lists published themes; for everybody."),
	GUIDE("GET", "/guide/themes/{code}", theme_guide_show, guide_key, guide_key_wire,
	      theme_guide, theme_guide_wire, .name = "hall.guide.theme",
	      .help = "Shows a theme with its items, one form and one list of materials."),
	GUIDE("POST", "/guide/themes/{code}/eligibility", theme_inquire, guide_key, inquiry_wire,
	      inquired, inquired_wire, .name = "hall.guide.theme.ask",
	      .help = "Tells which items and materials of a theme one needs, and why."),
	GUIDE("GET", "/guide/offices", office_all, nothing, nothing_wire, office_list,
	      office_list_wire, .name = "hall.guide.offices",
	      .help = "Lists the offices of the hall with how many items each has."),
	ROW("PUT", "/offices/{id}", "hall.manage", SCOPE_SYSTEM, office_save, hall_office,
	    hall_office_wire, hall_office, hall_office_wire, .name = "hall.office.save",
	    .success = 200, .help = "States that a department is an office of the hall."),

	ROW("GET", "/items", "hall.read", DEPARTMENT, entry_list, entry_ask, entry_ask_wire,
	    entry_page, entry_page_wire, .name = "hall.item.list", READS,
	    .help = "Lists the items of one's department, drafts too."),
	EDITS("POST", "/items", item_create, hall_item, hall_item_content, .prepare = item_prepare,
	      .name = "hall.item.create", .success = 201,
	      .help = "Makes an item of one's department, as a draft."),
	ROW("GET", "/items/{id}", "hall.read", DEPARTMENT, entry_show, entry_key, entry_key_wire,
	    entry_detail, entry_detail_wire, .name = "hall.item.show", READS,
	    .help = "Shows an item with its draft, or else its published version."),
	ROW("GET", "/items/{id}/versions/{number}", "hall.read", DEPARTMENT, entry_show, entry_key,
	    entry_version_wire, entry_detail, entry_detail_wire, .name = "hall.item.version", READS,
	    .help = "Shows an item with one of its versions."),
	EDITS("PUT", "/items/{id}/draft", item_save, hall_item, hall_item_save_wire,
	      .prepare = item_prepare, .name = "hall.item.save", .success = 200,
	      .help = "Replaces an item's draft; one that is published gets a draft."),
	ROW("DELETE", "/items/{id}/draft", "hall.edit", DEPARTMENT, hall_draft_discard, entry_key,
	    entry_key_wire, nothing, nothing_wire, .name = "hall.item.discard", .success = 204,
	    .help = "Throws a draft away; an item that was never published goes with it."),
	EDITS("POST", "/items/{id}/move", move_make, move_ask, move_ask_wire,
	      .name = "hall.item.move", .success = 200,
	      .help = "Asks for an item to be published, suspended, resumed or withdrawn."),
	EDITS("DELETE", "/items/{id}/move", move_recall, entry_key, entry_key_wire,
	      .name = "hall.item.recall", .success = 200, .help = "Takes back what one asked for."),
	ROW("POST", "/items/{id}/move/decision", "hall.approve", DEPARTMENT, move_decide,
	    verdict_ask, verdict_ask_wire, hall_whole, hall_whole_wire, .name = "hall.item.decide",
	    .success = 200, .help = "Approves or returns what another person asked for."),

	ROW("GET", "/themes", "hall.read", DEPARTMENT, entry_list, entry_ask, entry_ask_wire,
	    entry_page, entry_page_wire, .preset = &theme_ask, .name = "hall.theme.list", READS,
	    .help = "Lists the themes of one's department, drafts too."),
	EDITS("POST", "/themes", theme_create, hall_theme, hall_theme_content,
	      .prepare = theme_prepare, .name = "hall.theme.create", .success = 201,
	      .help = "Makes a theme of several items, as a draft."),
	ROW("GET", "/themes/{id}", "hall.read", DEPARTMENT, entry_show, entry_key, entry_key_wire,
	    entry_detail, entry_detail_wire, .preset = &theme_key, .name = "hall.theme.show", READS,
	    .help = "Shows a theme with its draft, or else its published version."),
	ROW("GET", "/themes/{id}/versions/{number}", "hall.read", DEPARTMENT, entry_show, entry_key,
	    entry_version_wire, entry_detail, entry_detail_wire, .preset = &theme_key,
	    .name = "hall.theme.version", READS, .help = "Shows a theme with one of its versions."),
	EDITS("PUT", "/themes/{id}/draft", theme_save, hall_theme, hall_theme_save_wire,
	      .prepare = theme_prepare, .name = "hall.theme.save", .success = 200,
	      .help = "Replaces a theme's draft; one that is published gets a draft."),
	ROW("DELETE", "/themes/{id}/draft", "hall.edit", DEPARTMENT, hall_draft_discard, entry_key,
	    entry_key_wire, nothing, nothing_wire, .preset = &theme_key,
	    .name = "hall.theme.discard", .success = 204,
	    .help = "Throws a draft away; a theme that was never published goes with it."),
	EDITS("POST", "/themes/{id}/move", move_make, move_ask, move_ask_wire,
	      .preset = &theme_move, .name = "hall.theme.move", .success = 200,
	      .help = "Asks for a theme to be published, suspended, resumed or withdrawn."),
	EDITS("DELETE", "/themes/{id}/move", move_recall, entry_key, entry_key_wire,
	      .preset = &theme_key, .name = "hall.theme.recall", .success = 200,
	      .help = "Takes back what one asked for."),
	ROW("POST", "/themes/{id}/move/decision", "hall.approve", DEPARTMENT, move_decide,
	    verdict_ask, verdict_ask_wire, hall_whole, hall_whole_wire, .preset = &theme_verdict,
	    .name = "hall.theme.decide", .success = 200,
	    .help = "Approves or returns what another person asked for."),

	ROW("POST", "/import", "hall.edit", DEPARTMENT, hall_import, import_ask, import_ask_wire,
	    import_result, import_result_wire, .prepare = hall_import_prepare,
	    .name = "hall.import", .success = 200,
	    .help = "Makes drafts of the items and themes of a file; all or none."),
	ROW("GET", "/export", "hall.read", DEPARTMENT, hall_export, export_ask, export_ask_wire,
	    export_result, export_result_wire, .name = "hall.export", READS,
	    .help = "Gives what one's department has published as a file."),
	{ 0 },
};
