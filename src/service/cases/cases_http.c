/* SPDX-License-Identifier: Apache-2.0 */
/* Routes: below /api/v1/cases for whoever enters cases, below /api/v1/office/cases for the office. */
#include "service/cases/cases_private.h"

#define MINE "/v1/cases"
#define OFFICE "/v1/office/cases"
#define DEPARTMENT (SCOPE_DOMAIN | SCOPE_PROJECT)
#define NAME_MAX_CHARS 200

static const struct field applicant_wire[] = {
	F_WORD(case_person, kind, case_person_words, 0),
	F_STR(case_person, name, NAME_MAX_CHARS, 0),
	F_STR(case_person, number, 18, 0),
	F_STR(case_person, phone, 20, 0),
	F_END,
};
static const struct field agent_wire[] = {
	F_STR(case_person, name, NAME_MAX_CHARS, 0),
	F_STR(case_person, number, 18, 0),
	F_STR(case_person, phone, 20, 0),
	F_END,
};
#define CONTENT                                                                                    \
	F_OBJECT(case_draft, applicant, case_person, applicant_wire, 0),                           \
		F_OBJECT(case_draft, agent, case_person, agent_wire, OPT | NULLABLE),              \
		F_JSON(case_draft, answers, CASE_ANSWERS_MAX, OPT),                                \
		F_JSON(case_draft, form, CASE_FORM_MAX, OPT)
static const struct field create_wire[] = { F_STR(case_draft, item, 33, 0), CONTENT, F_END };
static const struct field save_wire[] = { F_ID(case_draft, id, FROM_PATH), CONTENT, F_END };
static const struct field case_key_wire[] = { F_ID(case_key, id, FROM_PATH), F_END };
static const struct field withdraw_wire[] = {
	F_ID(case_key, id, FROM_PATH),
	F_STR(case_key, reason, CASE_REASON_MAX, OPT | NULLABLE),
	F_END,
};
static const struct field file_key_wire[] = {
	F_ID(case_key, id, FROM_PATH),
	F_INT(case_key, number, 1, INT32_MAX, FROM_PATH),
	F_END,
};
static const struct field case_verdict_wire[] = {
	F_ID(case_verdict, id, FROM_PATH),
	F_WORD(case_verdict, verdict, case_verdict_words, 0),
	F_STR(case_verdict, reason, CASE_REASON_MAX, OPT | NULLABLE),
	F_END,
};
static const struct field case_upload_wire[] = {
	F_ID(case_upload, id, FROM_PATH),
	F_STR(case_upload, code, 64, FROM_PATH),
	F_STR(case_upload, name, 255, FROM_QUERY),
	F_UPLOAD(case_upload, upload),
	F_END,
};
static const struct field case_ask_wire[] = {
	F_WORD(case_ask, state, case_state_words, OPT | FROM_QUERY, TELLS(case_ask, state)),
	F_STR(case_ask, accept_no, 20, OPT | FROM_QUERY),
	F_STR(case_ask, marker, 36, OPT | FROM_QUERY),
	F_INT(case_ask, limit, 1, 200, OPT | FROM_QUERY),
	F_END,
};

/* What lists tell of a case; the applicant's name is masked there. */
#define BRIEF                                                                                      \
	F_STR(case_row, id, 0, 0), F_STR(case_row, accept_no, 0, NULLABLE),                        \
		F_STR(case_row, item_code, 0, 0), F_INT(case_row, item_version, 0, 0, 0),          \
		F_STR(case_row, item_name, 0, 0),                                                  \
		F_STR_AS("office_id", case_row, domain_id, 0, 0),                                  \
		F_WORD(case_row, state, case_state_words, 0),                                      \
		F_WORD(case_row, channel, case_channel_words, 0),                                  \
		F_STR(case_row, applicant_name, 0, 0), F_TIME(case_row, received_at, NULLABLE),    \
		F_TIME(case_row, silent_at, NULLABLE), F_TIME(case_row, accepted_at, NULLABLE),    \
		F_BOOL(case_row, deemed, 0), F_TIME(case_row, due_at, NULLABLE),                   \
		F_INT(case_row, left, 0, 0, NULLABLE),                                             \
		F_WORD(case_row, promise_unit, case_unit_words, 0), F_BOOL(case_row, overdue, 0),  \
		F_STR(case_row, warning, 0, NULLABLE), F_TIME(case_row, created_at, 0),            \
		F_TIME(case_row, updated_at, 0)
static const struct field brief_wire[] = { BRIEF, F_END };
static const struct field row_wire[] = {
	BRIEF,
	F_OBJECT(case_row, applicant, case_person, applicant_wire, 0),
	F_OBJECT(case_row, agent, case_person, agent_wire, NULLABLE),
	F_JSON(case_row, answers, 0, 0),
	F_JSON(case_row, form, 0, 0),
	F_INT(case_row, promise_days, 0, 0, 0),
	F_INT(case_row, corrections, 0, 0, 0),
	F_STR(case_row, reason, 0, NULLABLE),
	F_STR(case_row, entered_by, 0, 0),
	F_END,
};
static const struct field case_page_wire[] = {
	F_LIST(case_page, cases, case_row, brief_wire, 0, 0),
	F_NEXT(case_page, next),
	F_END,
};
static const char *const truth_words[] = { "no", "yes", "unknown", NULL };
static const struct field need_wire[] = {
	F_STR(case_need, code, 0, 0),
	F_STR(case_need, name, 0, 0),
	F_WORD(case_need, needed, truth_words, 0),
	F_BOOL(case_need, must, 0),
	F_INT(case_need, files, 0, 0, 0),
	F_END,
};
static const struct field case_material_wire[] = {
	F_INT(case_material, number, 0, 0, 0), F_STR(case_material, code, 0, 0),
	F_STR(case_material, name, 0, 0),      F_STR(case_material, sha256, 0, 0),
	F_INT(case_material, size, 0, 0, 0),   F_STR(case_material, given_by, 0, 0),
	F_TIME(case_material, given_at, 0),    F_END,
};
static const struct field step_wire[] = {
	F_INT(case_step, number, 0, 0, 0),
	F_WORD(case_step, step, case_step_words, 0),
	F_WORD_AS("from", case_step, from_state, case_state_words, 0),
	F_WORD_AS("to", case_step, to_state, case_state_words, 0),
	F_TIME(case_step, at, 0),
	F_STR(case_step, user_id, 0, NULLABLE),
	F_STR(case_step, reason, 0, NULLABLE),
	F_END,
};
static const struct field case_whole_wire[] = {
	F_OBJECT_AS("case", case_whole, row, case_row, row_wire, 0),
	F_LIST(case_whole, needs, case_need, need_wire, 0, 0),
	F_LIST(case_whole, materials, case_material, case_material_wire, 0, 0),
	F_LIST(case_whole, steps, case_step, step_wire, 0, 0),
	F_END,
};
static const struct field case_file_wire[] = {
	F_STR_AS("X-Accel-Redirect", case_file, location, 0, FROM_HEADER),
	F_STR_AS("Content-Type", case_file, media_type, 0, FROM_HEADER),
	F_STR_AS("Content-Disposition", case_file, disposition, 0, FROM_HEADER),
	F_END,
};

ACT(case_create, case_draft, case_whole)
ACT(case_save, case_draft, case_whole)
ACT(case_discard, case_key, nothing)
ACT(case_show, case_key, case_whole)
ACT(case_list, case_ask, case_page)
ACT(material_give, case_upload, case_material)
ACT(material_take_back, case_key, nothing)
ACT(material_read, case_key, case_file)
ACT(case_submit, case_key, case_whole)
ACT(case_withdraw, case_key, case_whole)
ACT(case_decide, case_verdict, case_whole)

static const struct case_key by_office = { .office = true };
static const struct case_ask of_office = { .office = true };

#define ROW(m, p, may_, fn, in_t, shape, out_t, ...)                                               \
	{                                                                                          \
		.method = m, .path = p, .may = may_, .scopes = DEPARTMENT, .act = fn##_act,        \
		.in = shape, .in_size = sizeof(struct in_t), .out = out_t##_wire,                  \
		.out_size = sizeof(struct out_t), ##__VA_ARGS__                                    \
	}
#define ENTERS(m, p, fn, in_t, shape, out_t, ...)                                                  \
	ROW(m, MINE p, "cases.enter", fn, in_t, shape, out_t, ##__VA_ARGS__)
#define RECEIVES(m, p, fn, in_t, shape, out_t, ...)                                                \
	ROW(m, OFFICE p, "cases.receive", fn, in_t, shape, out_t, ##__VA_ARGS__)

const struct route cases_routes[] = {
	ENTERS("GET", "", case_list, case_ask, case_ask_wire, case_page, .name = "cases.list",
	       .flags = ROUTE_READS, .success = 200,
	       .help = "Lists the applications that one entered, the newest first."),
	ENTERS("POST", "", case_create, case_draft, create_wire, case_whole, .name = "cases.create",
	       .success = 201,
	       .help = "Makes a draft of an application for a published item, for oneself or, at the "
		       "window, for whoever comes."),
	ENTERS("GET", "/{id}", case_show, case_key, case_key_wire, case_whole, .name = "cases.show",
	       .flags = ROUTE_LOOKS, .success = 200,
	       .help = "Shows an application that one entered, with what it still needs."),
	ENTERS("PUT", "/{id}/draft", case_save, case_draft, save_wire, case_whole,
	       .name = "cases.save", .success = 200,
	       .help = "Replaces what a draft says, or what is to be corrected."),
	ENTERS("DELETE", "/{id}/draft", case_discard, case_key, case_key_wire, nothing,
	       .name = "cases.discard", .success = 204, .help = "Throws a draft away."),
	ENTERS("POST", "/{id}/materials/{code}", material_give, case_upload, case_upload_wire,
	       case_material, .name = "cases.material.give", .flags = ROUTE_UPLOAD, .success = 201,
	       .admit = material_admit, .prepare = material_prepare,
	       .help = "Gives a file of a material; the body is its bytes."),
	ENTERS("GET", "/{id}/files/{number}", material_read, case_key, file_key_wire, case_file,
	       .name = "cases.material.read", .flags = ROUTE_LOOKS, .success = 200,
	       .help = "Gives back a file of an application that one entered."),
	ENTERS("DELETE", "/{id}/files/{number}", material_take_back, case_key, file_key_wire,
	       nothing, .name = "cases.material.remove", .success = 204,
	       .help = "Takes back a file that was not handed in yet."),
	ENTERS("POST", "/{id}/submission", case_submit, case_key, case_key_wire, case_whole,
	       .name = "cases.submit", .success = 200, .flags = ROUTE_OPTIONAL_BODY,
	       .help = "Hands an application in: it gets its number, or is back after correction."),
	ENTERS("POST", "/{id}/withdrawal", case_withdraw, case_key, withdraw_wire, case_whole,
	       .name = "cases.withdraw", .success = 200, .flags = ROUTE_OPTIONAL_BODY,
	       .help = "Withdraws an application that was handed in."),

	RECEIVES("GET", "", case_list, case_ask, case_ask_wire, case_page,
		 .name = "cases.office.list", .preset = &of_office, .flags = ROUTE_READS,
		 .success = 200, .help = "Lists the cases of one's office, the newest first."),
	RECEIVES("GET", "/{id}", case_show, case_key, case_key_wire, case_whole,
		 .name = "cases.office.show", .preset = &by_office, .flags = ROUTE_LOOKS,
		 .success = 200, .help = "Shows a case of one's office."),
	RECEIVES("GET", "/{id}/files/{number}", material_read, case_key, file_key_wire, case_file,
		 .name = "cases.office.material", .preset = &by_office, .flags = ROUTE_LOOKS,
		 .success = 200, .help = "Gives a file of a case of one's office."),
	RECEIVES("POST", "/{id}/receipt", case_decide, case_verdict, case_verdict_wire, case_whole,
		 .name = "cases.receive", .success = 200,
		 .help = "Accepts a case, asks once for what is to be corrected, or refuses it with a "
			 "reason."),
	{ 0 },
};
