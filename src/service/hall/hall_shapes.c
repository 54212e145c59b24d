/* SPDX-License-Identifier: Apache-2.0 */
/* The shapes of what an item and a theme say: in the API, in files, and in the database. */
#include "service/hall/hall_private.h"

enum { URL_MAX = 1000, CODE_MAX = 64, WORDS_MAX = 50 };

static const struct field basis_wire[] = {
	F_STR(hall_basis, law, HALL_NAME_MAX, 0),
	F_STR(hall_basis, article, HALL_NAME_MAX, OPT | NULLABLE),
	F_STR(hall_basis, text, HALL_TEXT_MAX, OPT | NULLABLE),
	F_END,
};
static const struct field place_wire[] = {
	F_STR(hall_place, name, HALL_NAME_MAX, 0),
	F_STR(hall_place, address, HALL_NAME_MAX, 0),
	F_STR(hall_place, hours, HALL_NAME_MAX, OPT | NULLABLE),
	F_STR(hall_place, phone, HALL_NAME_MAX, OPT | NULLABLE),
	F_END,
};
const struct field hall_material_wire[] = {
	F_STR(hall_material, code, CODE_MAX, 0),
	F_STR(hall_material, name, HALL_NAME_MAX, 0),
	F_STR(hall_material, kind, CODE_MAX, OPT | NULLABLE),
	F_WORD(hall_material, necessity, hall_necessity_words, 0),
	F_WORD(hall_material, source, hall_source_words, 0),
	F_STRS(hall_material, forms, 3, 0),
	F_INT(hall_material, copies, 0, 99, OPT),
	F_STR(hall_material, licence_type, CODE_MAX, OPT | NULLABLE),
	F_STR(hall_material, template_url, URL_MAX, OPT | NULLABLE),
	F_STR(hall_material, sample_url, URL_MAX, OPT | NULLABLE),
	F_STR(hall_material, review_points, HALL_TEXT_MAX, OPT | NULLABLE),
	F_STR(hall_material, when, HALL_FEEL_MAX, OPT | NULLABLE),
	F_END,
};
static const struct field fee_wire[] = {
	F_STR(hall_fee, name, HALL_NAME_MAX, 0),
	F_STR(hall_fee, standard, HALL_TEXT_MAX, 0),
	F_STR(hall_fee, basis, HALL_TEXT_MAX, 0),
	F_STR(hall_fee, amount, HALL_FEEL_MAX, 0),
	F_STR(hall_fee, waiver, HALL_FEEL_MAX, OPT | NULLABLE),
	F_END,
};
const struct field hall_question_wire[] = {
	F_STR(hall_question, key, CODE_MAX, 0),
	F_STR(hall_question, text, HALL_NAME_MAX, 0),
	F_STR(hall_question, help, HALL_TEXT_MAX, OPT | NULLABLE),
	F_WORD(hall_question, kind, hall_question_words, 0),
	F_STRS(hall_question, choices, WORDS_MAX, OPT),
	F_END,
};
static const struct field step_wire[] = {
	F_STR(hall_step, name, HALL_NAME_MAX, 0),
	F_STR(hall_step, text, HALL_TEXT_MAX, OPT | NULLABLE),
	F_INT(hall_step, days, 0, 3660, OPT),
	F_END,
};

#define ITEM_HEAD                                                                                  \
	F_STR(hall_item, base_code, 12, 0), F_INT(hall_item, handle_number, 1, 99, 0),             \
		F_STR(hall_item, impl_code, 31, OPT | NULLABLE),                                   \
		F_STR(hall_item, handle_code, 33, OPT | NULLABLE),                                 \
		F_STR(hall_item, parent_code, 12, OPT | NULLABLE),                                 \
		F_STR(hall_item, name, HALL_NAME_MAX, 0),                                          \
		F_STR(hall_item, name_en, HALL_NAME_MAX, OPT | NULLABLE),                          \
		F_STR(hall_item, summary, HALL_TEXT_MAX, 0),                                       \
		F_WORD(hall_item, type, hall_type_words, 0),                                       \
		F_WORD(hall_item, level, hall_level_words, 0),                                     \
		F_WORD(hall_item, case_type, hall_case_words, 0),                                  \
		F_STRS(hall_item, subjects, 3, 0),                                                 \
		F_LIST(hall_item, basis, hall_basis, basis_wire, HALL_LIST_MAX, 0)
#define ITEM_TERMS                                                                                 \
	F_INT(hall_item, legal_days, 1, 3660, OPT | NULLABLE),                                     \
		F_WORD(hall_item, legal_unit, hall_unit_words, OPT),                               \
		F_INT(hall_item, promise_days, 0, 3660, 0),                                        \
		F_WORD(hall_item, promise_unit, hall_unit_words, OPT),                             \
		F_INT(hall_item, visits_max, 0, 9, 0), F_INT(hall_item, online_depth, 1, 4, 0),    \
		F_STR(hall_item, scope, HALL_NAME_MAX, OPT | NULLABLE),                            \
		F_STR(hall_item, quota, HALL_NAME_MAX, OPT | NULLABLE)
#define ITEM_CONDITIONS                                                                            \
	F_STR(hall_item, conditions, HALL_TEXT_MAX, 0),                                            \
		F_STR(hall_item, decision, HALL_DECISION_MAX, OPT | NULLABLE),                     \
		F_LIST(hall_item, questions, hall_question, hall_question_wire,                    \
		       HALL_QUESTIONS_MAX, OPT),                                                   \
		F_STRS(hall_item, channels, 4, 0),                                                 \
		F_LIST(hall_item, places, hall_place, place_wire, HALL_LIST_MAX, OPT),             \
		F_STR(hall_item, hours, HALL_NAME_MAX, OPT | NULLABLE),                            \
		F_STR(hall_item, phone, HALL_NAME_MAX, OPT | NULLABLE),                            \
		F_STR(hall_item, complaint, HALL_NAME_MAX, OPT | NULLABLE),                        \
		F_LIST(hall_item, materials, hall_material, hall_material_wire,                    \
		       HALL_MATERIALS_MAX, OPT),                                                   \
		F_BOOL(hall_item, fee, 0),                                                         \
		F_LIST(hall_item, fees, hall_fee, fee_wire, HALL_LIST_MAX, OPT),                   \
		F_LIST(hall_item, steps, hall_step, step_wire, HALL_LIST_MAX, OPT)
#define ITEM_REST                                                                                  \
	F_STR(hall_item, process_key, 255, OPT | NULLABLE),                                        \
		F_STR(hall_item, form_key, 255, OPT | NULLABLE),                                   \
		F_JSON(hall_item, form, HALL_FORM_MAX, OPT | NULLABLE),                            \
		F_STR(hall_item, result_type, CODE_MAX, OPT | NULLABLE),                           \
		F_STR(hall_item, result_name, HALL_NAME_MAX, OPT | NULLABLE),                      \
		F_STR(hall_item, result_sample, URL_MAX, OPT | NULLABLE),                          \
		F_INT(hall_item, valid_days, 1, 36600, OPT | NULLABLE),                            \
		F_STR(hall_item, effective_from, 10, OPT | NULLABLE),                              \
		F_STR(hall_item, effective_to, 10, OPT | NULLABLE),                                \
		F_STR(hall_item, change_note, HALL_TEXT_MAX, OPT | NULLABLE),                      \
		F_STRS(hall_item, keywords, WORDS_MAX, OPT)
#define ITEM ITEM_HEAD, ITEM_TERMS, ITEM_CONDITIONS, ITEM_REST

const struct field hall_item_content[] = { ITEM, F_END };
const struct field hall_item_save_wire[] = { F_ID(hall_item, id, FROM_PATH), ITEM, F_END };

static const struct field theme_item_wire[] = {
	F_STR(hall_theme_item, code, 33, 0),
	F_STR(hall_theme_item, when, HALL_FEEL_MAX, OPT | NULLABLE),
	F_WORD(hall_theme_item, role, hall_role_words, 0),
	F_END,
};
static const struct field theme_field_wire[] = {
	F_STR(hall_theme_field, field, CODE_MAX, 0),
	F_STR(hall_theme_field, item, 33, 0),
	F_STR(hall_theme_field, to, CODE_MAX, 0),
	F_END,
};
#define THEME                                                                                      \
	F_STR(hall_theme, code, CODE_MAX, 0), F_STR(hall_theme, name, HALL_NAME_MAX, 0),           \
		F_STR(hall_theme, name_en, HALL_NAME_MAX, OPT | NULLABLE),                         \
		F_STR(hall_theme, summary, HALL_TEXT_MAX, 0), F_STRS(hall_theme, subjects, 3, 0),  \
		F_STRS(hall_theme, keywords, WORDS_MAX, OPT),                                      \
		F_LIST(hall_theme, items, hall_theme_item, theme_item_wire, HALL_THEME_ITEMS_MAX,  \
		       0),                                                                         \
		F_LIST(hall_theme, questions, hall_question, hall_question_wire,                   \
		       HALL_QUESTIONS_MAX, OPT),                                                   \
		F_LIST(hall_theme, fields, hall_theme_field, theme_field_wire, HALL_FIELDS_MAX,    \
		       OPT),                                                                       \
		F_STR(hall_theme, decision, HALL_DECISION_MAX, OPT | NULLABLE),                    \
		F_INT(hall_theme, promise_days, 0, 3660, 0),                                       \
		F_STR(hall_theme, process_key, 255, OPT | NULLABLE),                               \
		F_STR(hall_theme, effective_from, 10, OPT | NULLABLE),                             \
		F_STR(hall_theme, effective_to, 10, OPT | NULLABLE),                               \
		F_STR(hall_theme, change_note, HALL_TEXT_MAX, OPT | NULLABLE)

const struct field hall_theme_content[] = { THEME, F_END };
const struct field hall_theme_save_wire[] = { F_ID(hall_theme, id, FROM_PATH), THEME, F_END };

const struct field hall_entry_wire[] = {
	F_STR(hall_entry, id, 0, 0),
	F_WORD(hall_entry, kind, hall_kind_words, 0),
	F_STR(hall_entry, code, 0, 0),
	F_STR_AS("office_id", hall_entry, domain_id, 0, 0),
	F_STR(hall_entry, office, 0, NULLABLE),
	F_STR(hall_entry, office_code, 0, NULLABLE),
	F_WORD(hall_entry, state, hall_state_words, 0),
	F_STR(hall_entry, state_reason, 0, NULLABLE),
	F_INT(hall_entry, published, 0, 0, 0),
	F_INT(hall_entry, draft, 0, 0, 0),
	F_STR(hall_entry, name, 0, 0),
	F_STR(hall_entry, name_en, 0, NULLABLE),
	F_STR(hall_entry, summary, 0, 0),
	F_STR(hall_entry, type, 0, 0),
	F_STRS(hall_entry, subjects, 0, 0),
	F_WORD(hall_entry, move, hall_move_words, NULLABLE),
	F_STR(hall_entry, move_by, 0, NULLABLE),
	F_STR(hall_entry, move_reason, 0, NULLABLE),
	F_TIME(hall_entry, move_at, NULLABLE),
	F_STR(hall_entry, returned, 0, NULLABLE),
	F_TIME(hall_entry, published_at, NULLABLE),
	F_TIME(hall_entry, created_at, 0),
	F_TIME(hall_entry, updated_at, 0),
	F_END,
};

const struct field hall_office_wire[] = {
	F_STR_AS("id", hall_office, domain_id, 64, FROM_PATH),
	F_STR(hall_office, code, 18, 0),
	F_STR(hall_office, name, HALL_NAME_MAX, 0),
	F_STR(hall_office, name_en, HALL_NAME_MAX, OPT | NULLABLE),
	F_STR(hall_office, address, HALL_NAME_MAX, OPT | NULLABLE),
	F_STR(hall_office, hours, HALL_NAME_MAX, OPT | NULLABLE),
	F_STR(hall_office, phone, HALL_NAME_MAX, OPT | NULLABLE),
	F_STR(hall_office, complaint, HALL_NAME_MAX, OPT | NULLABLE),
	F_INT(hall_office, items, 0, 0, READ_ONLY | OPT),
	F_END,
};

const struct field *hall_content_shape(int kind)
{
	return kind == HALL_ITEM ? hall_item_content : hall_theme_content;
}

void *hall_content_of(struct hall_content *t)
{
	return t->kind == HALL_ITEM ? (void *)&t->item : (void *)&t->theme;
}

enum status hall_content_read(struct call *c, int kind, const char *body, struct hall_content *out)
{
	*out = (struct hall_content){ .kind = kind };
	return shape_read_own(c, hall_content_shape(kind), body, hall_content_of(out));
}
