/* SPDX-License-Identifier: Apache-2.0 */
/* Shapes and routes of people's work: what may be done with tasks besides taking and completing them, opinions,
 * attachments, substitution. Below /api/v1/process. */
#include "engine/process/process_http.h"
#include "engine/process/process_list.h"
#include "engine/process/process_opinion.h"
#include "engine/process/process_substitute.h"

#define HUMAN_TASK F_STR(process_human, task, 41, FROM_PATH)
#define HUMAN_INSTANCE F_INT_AS("id", process_human, instance_id, 1, INT64_MAX, FROM_PATH)
#define REASON F_STR(process_human, reason, 1000, OPT | NULLABLE)
static const struct field give_wire[] = {
	HUMAN_TASK, F_ID(process_human, user_id, 0), REASON, KEY(process_human), F_END,
};
static const struct field return_wire[] = {
	HUMAN_TASK,
	F_STR(process_human, node, 255, 0),
	F_WORD(process_human, resume, process_resume_words, OPT),
	REASON,
	VARIABLES(process_human),
	KEY(process_human),
	F_END,
};
static const struct field jump_wire[] = {
	HUMAN_TASK,
	F_STR(process_human, node, 255, 0),
	REASON,
	VARIABLES(process_human),
	KEY(process_human),
	F_END,
};
static const struct field urge_wire[] = { HUMAN_TASK, REASON, KEY(process_human), F_END };
static const struct field sign_wire[] = {
	HUMAN_TASK,
	F_WORD(process_human, kind, sign_kind_words, 0),
	F_STRS(process_human, users, 20, 0),
	REASON,
	KEY(process_human),
	F_END,
};
static const struct field unsign_wire[] = {
	HUMAN_TASK, F_ID(process_human, user_id, FROM_PATH), REASON, KEY(process_human), F_END,
};
static const struct field withdraw_wire[] = { HUMAN_INSTANCE, REASON, KEY(process_human), F_END };
static const struct field void_wire[] = {
	HUMAN_INSTANCE,
	F_STR(process_human, reason, 1000, 0),
	KEY(process_human),
	F_END,
};

/* --- opinions and attachments --- */

#define OPINION_INSTANCE(s) F_INT(s, id, 1, INT64_MAX, FROM_PATH)
static const struct field comment_task_wire[] = {
	F_STR(process_opinion_ask, task, 41, FROM_PATH),
	F_STR(process_opinion_ask, text, 2000, 0),
	KEY(process_opinion_ask),
	F_END,
};
static const struct field comment_instance_wire[] = {
	OPINION_INSTANCE(process_opinion_ask),
	F_STR(process_opinion_ask, text, 2000, 0),
	KEY(process_opinion_ask),
	F_END,
};
static const struct field opinions_ask_wire[] = {
	OPINION_INSTANCE(process_opinion_ask),
	F_INT(process_opinion_ask, limit, 1, 200, OPT | FROM_QUERY),
	F_INT_AS("marker", process_opinion_ask, above, 1, INT64_MAX, OPT | FROM_QUERY),
	F_END,
};
static const struct field process_opinion_wire[] = {
	F_INT(process_opinion, number, 0, 0, 0),
	F_INT(process_opinion, execution, 0, 0, 0),
	F_STR(process_opinion, node, 0, EMPTY_OK),
	F_STR(process_opinion, command, 0, 0),
	F_STR(process_opinion, author, 0, 0),
	F_STR(process_opinion, behalf, 0, NULLABLE),
	F_STR(process_opinion, verdict, 0, NULLABLE),
	F_STR(process_opinion, text, 0, EMPTY_OK),
	F_TIME(process_opinion, at, 0),
	F_END,
};
static const struct field process_opinion_page_wire[] = {
	F_LIST(process_opinion_page, opinions, process_opinion, process_opinion_wire, 0, 0),
	F_NEXT(process_opinion_page, next),
	F_END,
};
static const struct field attach_task_wire[] = {
	F_STR(process_attach, task, 41, FROM_PATH),
	F_STR(process_attach, name, 255, FROM_QUERY),
	F_UPLOAD(process_attach, upload),
	F_END,
};
static const struct field attach_instance_wire[] = {
	OPINION_INSTANCE(process_attach),
	F_STR(process_attach, name, 255, FROM_QUERY),
	F_UPLOAD(process_attach, upload),
	F_END,
};
static const struct field process_attachment_wire[] = {
	F_ID(process_attachment, id, 0),
	F_INT(process_attachment, instance_id, 0, 0, 0),
	F_INT(process_attachment, number, 0, 0, 0),
	F_INT(process_attachment, execution, 0, 0, 0),
	F_STR(process_attachment, node, 0, EMPTY_OK),
	F_STR(process_attachment, name, 0, 0),
	F_STR(process_attachment, media_type, 0, EMPTY_OK),
	F_STR(process_attachment, sha256, 0, 0),
	F_INT(process_attachment, size, 0, 0, 0),
	F_STR(process_attachment, author, 0, 0),
	F_STR(process_attachment, behalf, 0, NULLABLE),
	F_TIME(process_attachment, at, 0),
	F_TIME(process_attachment, removed_at, NULLABLE),
	F_END,
};
static const struct field attachments_ask_wire[] = {
	OPINION_INSTANCE(process_attachment_ask),
	F_END,
};
static const struct field attachment_ask_wire[] = {
	OPINION_INSTANCE(process_attachment_ask),
	F_ID(process_attachment_ask, attachment, FROM_PATH),
	F_END,
};
static const struct field detach_wire[] = {
	OPINION_INSTANCE(process_attachment_ask),
	F_ID(process_attachment_ask, attachment, FROM_PATH),
	KEY(process_attachment_ask),
	F_END,
};
static const struct field process_attachment_list_wire[] = {
	F_LIST(process_attachment_list, attachments, process_attachment, process_attachment_wire, 0,
	       0),
	F_END,
};
static const struct field process_attachment_file_wire[] = {
	F_STR_AS("X-Accel-Redirect", process_attachment_file, location, 0, FROM_HEADER),
	F_STR_AS("Content-Type", process_attachment_file, media_type, 0, FROM_HEADER),
	F_STR_AS("Content-Disposition", process_attachment_file, disposition, 0, FROM_HEADER),
	F_END,
};

/* --- substitution --- */

const struct field substitution_wire[] = {
	F_ID(substitution, id, READ_ONLY | OPT),
	F_ID(substitution, principal, OPT),
	F_ID(substitution, deputy, 0),
	F_STR(substitution, process, PROCESS_KEY_MAX, OPT | NULLABLE),
	F_TIME_AS("from", substitution, from_at, OPT),
	F_TIME_AS("until", substitution, until_at, 0),
	F_STR(substitution, reason, 1000, OPT | NULLABLE),
	F_STR(substitution, made_by, 0, READ_ONLY | OPT),
	F_TIME(substitution, made_at, READ_ONLY | OPT),
	F_TIME(substitution, ended_at, READ_ONLY | OPT | NULLABLE),
	F_END,
};
static const char *const substitution_lists[] = { "given", "held", "all", NULL };
static const struct field substitutions_ask_wire[] = {
	F_WORD(substitution_ask, list, substitution_lists, OPT | FROM_QUERY),
	F_INT(substitution_ask, limit, 1, 200, OPT | FROM_QUERY),
	F_ID(substitution_ask, marker, OPT | FROM_QUERY),
	F_END,
};
static const struct field substitution_key_wire[] = {
	F_ID(substitution_ask, id, FROM_PATH),
	F_END,
};
static const struct field substitution_page_wire[] = {
	F_LIST(substitution_page, substitutions, substitution, substitution_wire, 0, 0),
	F_NEXT(substitution_page, next),
	F_END,
};

/* --- people --- */

static const struct field people_ask_wire[] = {
	F_STR(people_ask, marker, 255, OPT | FROM_QUERY),
	F_INT(people_ask, limit, 1, 200, OPT | FROM_QUERY),
	F_END,
};
static const struct field identity_person_wire[] = {
	F_ID(identity_person, id, 0),
	F_STR(identity_person, name, 0, 0),
	F_BOOL(identity_person, enabled, 0),
	F_END,
};
static const struct field people_page_wire[] = {
	F_LIST(people_page, people, identity_person, identity_person_wire, 0, 0),
	F_NEXT(people_page, next),
	F_END,
};

/* --- routes --- */

ACT(process_transfer, process_human, process_result)
ACT(process_delegate, process_human, process_result)
ACT(process_return, process_human, process_result)
ACT(process_jump, process_human, process_result)
ACT(process_urge, process_human, process_result)
ACT(process_sign, process_human, process_result)
ACT(process_unsign, process_human, process_result)
ACT(process_withdraw, process_human, process_result)
ACT(process_void, process_human, process_result)
ACT(process_comment, process_opinion_ask, process_result)
ACT(process_opinions, process_opinion_ask, process_opinion_page)
ACT(process_attach, process_attach, process_attachment)
ACT(process_attachments, process_attachment_ask, process_attachment_list)
ACT(process_attachment_read, process_attachment_ask, process_attachment_file)
ACT(process_detach, process_attachment_ask, process_result)
ACT(process_people, people_ask, people_page)
ACT(substitution_make, substitution, substitution)
ACT(substitutions, substitution_ask, substitution_page)
ACT(substitution_end, substitution_ask, substitution)

#define HANDS_IN                                                                                   \
	.flags = ROUTE_UPLOAD, .success = 201, .admit = process_attach_admit,                      \
	.prepare = process_attach_prepare

const struct route process_human_routes[] = {
	ROW("POST", "/tasks/{task}/transfer", "process.work", process_transfer, process_human,
	    give_wire, process_result, .name = "process.transfer", .success = 200,
	    .help = "Gives the task that one has to somebody else of the department."),
	ROW("POST", "/tasks/{task}/delegation", "process.work", process_delegate, process_human,
	    give_wire, process_result, .name = "process.delegate", .success = 200,
	    .help = "Lets somebody else do the task, who gives it back by completing it."),
	ROW("POST", "/tasks/{task}/return", "process.work", process_return, process_human,
	    return_wire, process_result, .name = "process.return", .success = 200,
	    .help = "Goes back to an activity before the task; direct: and from there to the task."),
	ROW("POST", "/tasks/{task}/jump", "process.operate", process_jump, process_human, jump_wire,
	    process_result, .name = "process.jump", .success = 200,
	    .help = "Goes on at another activity of the process or sub-process."),
	ROW("POST", "/tasks/{task}/urge", "process.work", process_urge, process_human, urge_wire,
	    process_result, .name = "process.urge", COMMANDS,
	    .help = "Asks for haste; whoever started the instance may, every ten minutes."),
	ROW("POST", "/tasks/{task}/signers", "process.work", process_sign, process_human, sign_wire,
	    process_result, .name = "process.sign", .success = 200,
	    .help = "Has others sign before, after or beside the task that one has; in a panel, "
		    "parallel: take part."),
	ROW("DELETE", "/tasks/{task}/signers/{user_id}", "process.work", process_unsign,
	    process_human, unsign_wire, process_result, .name = "process.unsign", COMMANDS,
	    .help = "Takes away somebody who has not signed yet."),
	ROW("POST", "/instances/{id}/withdrawal", "process.work", process_withdraw, process_human,
	    withdraw_wire, process_result, .name = "process.withdraw", COMMANDS,
	    .help = "Takes back one's last completion, while nobody has acted on what followed."),
	ROW("POST", "/instances/{id}/void", "process.work", process_void, process_human, void_wire,
	    process_result, .name = "process.void", .success = 200,
	    .help = "Makes an instance void, for a reason: whoever started it where the model "
		    "allows it, or whoever operates."),
	ROW("POST", "/tasks/{task}/comments", "process.work", process_comment, process_opinion_ask,
	    comment_task_wire, process_result, .name = "process.comment", .success = 201,
	    .help = "Says something at a task."),
	ROW("POST", "/instances/{id}/comments", "process.work", process_comment,
	    process_opinion_ask, comment_instance_wire, process_result,
	    .name = "process.instance.comment", .success = 201,
	    .help = "Says something about an instance."),
	ROW("GET", "/instances/{id}/opinions", "process.work", process_opinions,
	    process_opinion_ask, opinions_ask_wire, process_opinion_page,
	    .name = "process.opinion.list", READS,
	    .help = "What people said about an instance, with what they did, the oldest first."),
	ROW("POST", "/tasks/{task}/attachments", "process.work", process_attach, process_attach,
	    attach_task_wire, process_attachment, .name = "process.attach", HANDS_IN,
	    .help = "Hands in a file at a task; the body is its bytes."),
	ROW("POST", "/instances/{id}/attachments", "process.work", process_attach, process_attach,
	    attach_instance_wire, process_attachment, .name = "process.instance.attach", HANDS_IN,
	    .help = "Hands in a file; the body is its bytes."),
	ROW("GET", "/instances/{id}/attachments", "process.work", process_attachments,
	    process_attachment_ask, attachments_ask_wire, process_attachment_list,
	    .name = "process.attachment.list", READS, .help = "The files of an instance."),
	ROW("GET", "/instances/{id}/attachments/{attachment}", "process.work",
	    process_attachment_read, process_attachment_ask, attachment_ask_wire,
	    process_attachment_file, .name = "process.attachment.read", .flags = ROUTE_LOOKS,
	    .success = 200, .help = "Gives a file that was handed in, to be kept by the browser."),
	ROW("DELETE", "/instances/{id}/attachments/{attachment}", "process.work", process_detach,
	    process_attachment_ask, detach_wire, process_result, .name = "process.detach", COMMANDS,
	    .help = "Takes back a file that one handed in."),
	ROW("GET", "/people", "process.work", process_people, people_ask, people_ask_wire,
	    people_page, .name = "process.people", READS,
	    .help = "The people of one's department by name: whom tasks may be given to."),
	ROW("POST", "/substitutions", "process.work", substitution_make, substitution,
	    substitution_wire, substitution, .name = "process.substitution.make", .success = 201,
	    .help = "Has somebody stand in for one, from a time until a time, for all processes or "
		    "one; operators say it for others."),
	ROW("GET", "/substitutions", "process.work", substitutions, substitution_ask,
	    substitutions_ask_wire, substitution_page, .name = "process.substitution.list", READS,
	    .help = "Who stands in for one (given), for whom one stands in (held), or all of the "
		    "department's."),
	ROW("DELETE", "/substitutions/{id}", "process.work", substitution_end, substitution_ask,
	    substitution_key_wire, substitution, .name = "process.substitution.end", COMMANDS,
	    .help = "Ends a substitution before its time."),
	{ 0 },
};
