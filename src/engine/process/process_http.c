/* SPDX-License-Identifier: Apache-2.0 */
/* The room's shapes and routes, below /api/v1/process. */
#include "engine/process/process_deploy.h"
#include "engine/process/process_http.h"
#include "engine/process/process_job.h"
#include "engine/process/process_list.h"

/* --- definitions and decisions --- */

static const struct field deployment_ask_wire[] = {
	F_BODY(deployment_ask, xml),
	F_STR(deployment_ask, name, 255, OPT | FROM_QUERY),
	F_BOOL(deployment_ask, dry_run, OPT | FROM_QUERY),
	F_END,
};
static const struct field check_ask_wire[] = {
	F_BODY(deployment_ask, xml),
	F_END,
};
static const struct field finding_view_wire[] = {
	F_STR(finding_view, rule, 0, 0),
	F_STR(finding_view, element, 0, 0),
	F_INT(finding_view, line, 0, 0, 0),
	F_STR(finding_view, text, 0, 0),
	F_END,
};
static const struct field process_definition_row_wire[] = {
	F_INT(process_definition_row, id, 0, 0, 0),
	F_STR(process_definition_row, kind, 0, 0),
	F_STR(process_definition_row, key, 0, 0),
	F_INT(process_definition_row, version, 0, 0, 0),
	F_STR(process_definition_row, name, 0, 0),
	F_STR(process_definition_row, state, 0, 0),
	F_STR(process_definition_row, domain_id, 0, 0),
	F_TIME(process_definition_row, created_at, 0),
	F_END,
};
static const struct field deployment_wire[] = {
	F_BOOL(deployment, dry_run, 0),
	F_BOOL(deployment, valid, 0),
	F_LIST(deployment, findings, finding_view, finding_view_wire, 0, 0),
	F_LIST(deployment, remarks, finding_view, finding_view_wire, 0, 0),
	F_LIST(deployment, definitions, process_definition_row, process_definition_row_wire, 0, 0),
	F_END,
};
static const struct definition_ask of_bpmn = { .kind = "bpmn" }, of_dmn = { .kind = "dmn" };
static const struct definition_ask to_suspended = { .state = "suspended" },
				   to_active = { .state = "active" };
static const struct field definition_ask_wire[] = {
	F_STR(definition_ask, key, PROCESS_KEY_MAX, OPT | FROM_QUERY),
	F_INT(definition_ask, limit, 1, 200, OPT | FROM_QUERY),
	F_INT_AS("marker", definition_ask, below, 1, INT64_MAX, OPT | FROM_QUERY),
	F_END,
};
static const struct field definition_key_wire[] = {
	F_INT(definition_ask, id, 1, INT64_MAX, FROM_PATH),
	F_END,
};
static const struct field definition_page_wire[] = {
	F_LIST(definition_page, definitions, process_definition_row, process_definition_row_wire, 0,
	       0),
	F_NEXT(definition_page, next),
	F_END,
};
static const struct field definition_start_wire[] = {
	F_STR(definition_start, key, 0, 0),
	F_INT(definition_start, version, 0, 0, 0),
	F_STR(definition_start, name, 0, 0),
	F_JSON(definition_start, form_schema, 0, NULLABLE),
	F_END,
};
static const struct field definition_xml_wire[] = {
	F_STR_AS("Content-Type", definition_xml, type, 0, FROM_HEADER),
	F_BODY(definition_xml, body),
	F_END,
};
static const struct field decide_ask_wire[] = {
	F_STR(decide_ask, key, PROCESS_KEY_MAX, FROM_PATH),
	F_INT(decide_ask, version, 1, INT32_MAX, OPT),
	F_STR(decide_ask, decision, PROCESS_KEY_MAX, OPT),
	VARIABLES(decide_ask),
	F_END,
};
static const struct field decide_answer_wire[] = {
	F_STR(decide_answer, key, 0, 0),          F_INT(decide_answer, version, 0, 0, 0),
	F_STR(decide_answer, decision, 0, 0),     F_JSON(decide_answer, value, 0, 0),
	F_JSON(decide_answer, explanation, 0, 0), F_END,
};

/* --- commands --- */

static const struct field process_start_wire[] = {
	F_STR(process_start, key, PROCESS_KEY_MAX, 0),
	F_INT(process_start, version, 1, INT32_MAX, OPT),
	F_STR(process_start, business_key, 255, OPT | NULLABLE),
	VARIABLES(process_start),
	KEY(process_start),
	F_END,
};
#define INSTANCE F_INT_AS("id", process_command, instance_id, 1, INT64_MAX, FROM_PATH)
#define TASK F_STR(process_command, task, 41, FROM_PATH)
static const struct field instance_command_wire[] = { INSTANCE, KEY(process_command), F_END };
static const struct field cancel_wire[] = {
	INSTANCE,
	F_STR(process_command, reason, 1000, OPT),
	KEY(process_command),
	F_END,
};
static const struct field set_wire[] = {
	INSTANCE,
	F_INT(process_command, execution, 1, INT64_MAX, OPT),
	F_BOOL(process_command, local, OPT),
	F_JSON(process_command, variables, PROCESS_VARIABLES_MAX, 0),
	KEY(process_command),
	F_END,
};
static const struct field incident_command_wire[] = {
	INSTANCE,
	F_INT(process_command, execution, 1, INT64_MAX, FROM_PATH),
	KEY(process_command),
	F_END,
};
static const struct field task_command_wire[] = { TASK, KEY(process_command), F_END };
static const struct field assign_wire[] = {
	TASK,
	F_ID(process_command, user_id, 0),
	KEY(process_command),
	F_END,
};
static const struct field complete_wire[] = {
	TASK,
	VARIABLES(process_command),
	F_STR(process_command, opinion, 1000, OPT | NULLABLE),
	F_WORD(process_command, verdict, sign_verdict_words, OPT, TELLS(process_command, verdict)),
	KEY(process_command),
	F_END,
};
static const struct field message_wire[] = {
	F_STR(process_message, name, 255, 0),
	F_STR(process_message, business_key, 255, OPT | NULLABLE),
	F_STR(process_message, message_id, 255, OPT | NULLABLE),
	F_INT(process_message, ttl, 0, 30 * 86400, OPT),
	VARIABLES(process_message),
	KEY(process_message),
	F_END,
};
static const struct field signal_wire[] = {
	F_STR(process_message, name, 255, 0),
	VARIABLES(process_message),
	KEY(process_message),
	F_END,
};

static const struct field conditions_wire[] = {
	F_STR(process_message, business_key, 255, OPT | NULLABLE),
	VARIABLES(process_message),
	KEY(process_message),
	F_END,
};

/* --- jobs --- */

static const struct field job_activation_wire[] = {
	F_STR(job_activation, topic, 255, 0),
	F_INT(job_activation, count, 1, 100, OPT),
	F_INT(job_activation, lease, 1, 86400, OPT),
	F_END,
};
static const struct field job_view_wire[] = {
	F_STR(job_view, job, 0, 0),
	F_INT(job_view, instance_id, 0, 0, 0),
	F_STR(job_view, node, 0, 0),
	F_STR(job_view, topic, 0, 0),
	F_STR(job_view, business_key, 0, NULLABLE),
	F_JSON(job_view, variables, 0, 0),
	F_INT(job_view, attempt, 0, 0, 0),
	F_INT(job_view, retries, 0, 0, 0),
	F_TIME(job_view, lease_until, 0),
	F_END,
};
static const struct field job_page_wire[] = {
	F_LIST(job_page, jobs, job_view, job_view_wire, 0, 0),
	F_END,
};
#define JOB F_STR(job_ending, job, 41, FROM_PATH)
static const struct field job_end_wire[] = {
	JOB,
	VARIABLES(job_ending),
	KEY(job_ending),
	F_END,
};
static const struct field job_error_wire[] = {
	JOB,
	F_STR(job_ending, code, 255, 0),
	F_STR(job_ending, reason, 1000, OPT),
	VARIABLES(job_ending),
	KEY(job_ending),
	F_END,
};
static const struct field job_break_wire[] = {
	JOB,
	F_STR(job_ending, reason, 1000, 0),
	F_INT(job_ending, retries, 0, 100, OPT, TELLS(job_ending, retries)),
	F_END,
};

/* --- looking --- */

static const char *const list_words[] = { "mine", "available", "deputy", NULL };
static const struct field task_ask_wire[] = {
	F_WORD(task_ask, list, list_words, OPT | FROM_QUERY),
	F_STR(task_ask, marker, 41, OPT | FROM_QUERY),
	F_INT(task_ask, limit, 1, 200, OPT | FROM_QUERY),
	F_END,
};
static const struct field task_key_wire[] = { F_STR(task_ask, task, 41, FROM_PATH), F_END };
static const struct field task_view_wire[] = {
	F_STR(task_view, id, 0, 0),
	F_INT(task_view, instance_id, 0, 0, 0),
	F_INT(task_view, execution, 0, 0, 0),
	F_STR(task_view, process, 0, 0),
	F_STR(task_view, business_key, 0, NULLABLE),
	F_STR(task_view, node, 0, 0),
	F_STR(task_view, name, 0, 0),
	F_STR(task_view, assignee, 0, NULLABLE),
	F_STR(task_view, phase, 0, 0),
	F_STR(task_view, on_behalf, 0, NULLABLE),
	F_STR(task_view, form, 0, NULLABLE),
	F_INT(task_view, priority, 0, 0, 0),
	F_TIME(task_view, due_at, NULLABLE),
	F_TIME(task_view, created_at, 0),
	F_TIME(task_view, claimed_at, NULLABLE),
	F_END,
};
static const struct field task_page_wire[] = {
	F_LIST(task_page, tasks, task_view, task_view_wire, 0, 0),
	F_NEXT(task_page, next),
	F_END,
};
static const struct field candidate_row_wire[] = {
	F_STR(candidate_row, kind, 0, 0),
	F_STR(candidate_row, who, 0, 0),
	F_END,
};
static const struct field task_part_wire[] = {
	F_STR(task_part, user_id, 0, 0),
	F_STR(task_part, kind, 0, 0),
	F_STR(task_part, added_by, 0, NULLABLE),
	F_STR(task_part, verdict, 0, NULLABLE),
	F_STR(task_part, opinion, 0, NULLABLE),
	F_BOOL(task_part, done, 0),
	F_END,
};
static const struct field task_node_wire[] = {
	F_STR(task_node, id, 0, 0),
	F_STR(task_node, name, 0, 0),
	F_BOOL(task_node, before, 0),
	F_END,
};
static const struct field task_whole_wire[] = {
	F_OBJECT(task_whole, task, task_view, task_view_wire, 0),
	F_LIST(task_whole, candidates, candidate_row, candidate_row_wire, 0, 0),
	F_STRS(task_whole, operations, 0, 0),
	F_LIST(task_whole, parts, task_part, task_part_wire, 0, 0),
	F_LIST(task_whole, nodes, task_node, task_node_wire, 0, 0),
	F_JSON(task_whole, variables, 0, 0),
	F_JSON(task_whole, form_schema, 0, NULLABLE),
	F_STR(task_whole, due_warning, 0, NULLABLE),
	F_END,
};
static const struct field instance_ask_wire[] = {
	F_STR(instance_ask, process, PROCESS_KEY_MAX, OPT | FROM_QUERY),
	F_STR(instance_ask, business_key, 255, OPT | FROM_QUERY),
	F_STR(instance_ask, state, 20, OPT | FROM_QUERY),
	F_STR(instance_ask, variable, 255, OPT | FROM_QUERY),
	F_STR(instance_ask, value, 255, OPT | FROM_QUERY),
	F_INT(instance_ask, limit, 1, 200, OPT | FROM_QUERY),
	F_INT_AS("marker", instance_ask, below, 1, INT64_MAX, OPT | FROM_QUERY),
	F_END,
};
static const struct field incident_ask_wire[] = {
	F_INT(instance_ask, limit, 1, 200, OPT | FROM_QUERY),
	F_INT_AS("marker", instance_ask, below, 1, INT64_MAX, OPT | FROM_QUERY),
	F_END,
};
static const struct field instance_key_wire[] = {
	F_INT(instance_ask, id, 1, INT64_MAX, FROM_PATH),
	F_END,
};
static const struct field history_ask_wire[] = {
	F_INT(instance_ask, id, 1, INT64_MAX, FROM_PATH),
	F_INT(instance_ask, limit, 1, 200, OPT | FROM_QUERY),
	F_INT_AS("marker", instance_ask, above, 1, INT64_MAX, OPT | FROM_QUERY),
	F_END,
};
static const struct field instance_view_wire[] = {
	F_INT(instance_view, id, 0, 0, 0),
	F_INT(instance_view, definition_id, 0, 0, 0),
	F_STR(instance_view, process, 0, 0),
	F_INT(instance_view, version, 0, 0, 0),
	F_STR(instance_view, business_key, 0, NULLABLE),
	F_STR(instance_view, state, 0, 0),
	F_STR(instance_view, started_by, 0, NULLABLE),
	F_TIME(instance_view, started_at, 0),
	F_TIME(instance_view, ended_at, NULLABLE),
	F_INT(instance_view, number, 0, 0, 0),
	F_END,
};
static const struct field instance_page_wire[] = {
	F_LIST(instance_page, instances, instance_view, instance_view_wire, 0, 0),
	F_NEXT(instance_page, next),
	F_END,
};
static const struct field place_view_wire[] = {
	F_INT(place_view, execution, 0, 0, 0), F_STR(place_view, node, 0, 0),
	F_STR(place_view, what, 0, 0),         F_STR(place_view, text, 0, NULLABLE),
	F_TIME(place_view, due_at, NULLABLE),  F_END,
};
static const struct field ending_view_wire[] = {
	F_STR(ending_view, command, 0, NULLABLE),
	F_STR(ending_view, actor, 0, NULLABLE),
	F_STR(ending_view, reason, 0, NULLABLE),
	F_END,
};
static const struct field instance_whole_wire[] = {
	F_OBJECT(instance_whole, instance, instance_view, instance_view_wire, 0),
	F_OBJECT(instance_whole, ending, ending_view, ending_view_wire, NULLABLE),
	F_BOOL(instance_whole, sees_all, 0),
	F_JSON(instance_whole, variables, 0, NULLABLE),
	F_LIST(instance_whole, places, place_view, place_view_wire, 0, 0),
	F_END,
};
static const struct field entry_view_wire[] = {
	F_INT(entry_view, number, 0, 0, 0),
	F_TIME(entry_view, at, 0),
	F_STR(entry_view, actor, 0, NULLABLE),
	F_STR(entry_view, command, 0, 0),
	F_JSON(entry_view, data, 0, 0),
	F_STR(entry_view, hash, 0, 0),
	F_END,
};
static const struct field entry_page_wire[] = {
	F_LIST(entry_page, entries, entry_view, entry_view_wire, 0, 0),
	F_NEXT(entry_page, next),
	F_END,
};
static const struct field incident_row_wire[] = {
	F_INT(incident_row, instance_id, 0, 0, 0), F_INT(incident_row, execution, 0, 0, 0),
	F_STR(incident_row, node, 0, 0),           F_STR(incident_row, why, 0, 0),
	F_TIME(incident_row, created_at, 0),       F_END,
};
static const struct field incident_page_wire[] = {
	F_LIST(incident_page, incidents, incident_row, incident_row_wire, 0, 0),
	F_NEXT(incident_page, next),
	F_END,
};

/* --- routes --- */

ACT(deploy, deployment_ask, deployment)
ACT(deploy_check, deployment_ask, deployment)
ACT(definitions, definition_ask, definition_page)
ACT(definition_show, definition_ask, process_definition_row)
ACT(definition_start, definition_ask, definition_start)
ACT(definition_download, definition_ask, definition_xml)
ACT(definition_switch, definition_ask, process_definition_row)
ACT(decide, decide_ask, decide_answer)
ACT(process_start, process_start, process_result)
ACT(process_cancel, process_command, process_result)
ACT(process_suspend, process_command, process_result)
ACT(process_resume, process_command, process_result)
ACT(process_set, process_command, process_result)
ACT(process_retry, process_command, process_result)
ACT(process_skip, process_command, process_result)
ACT(process_claim, process_command, process_result)
ACT(process_unclaim, process_command, process_result)
ACT(process_assign, process_command, process_result)
ACT(process_complete, process_command, process_result)
ACT(process_message, process_message, process_result)
ACT(process_signal, process_message, process_result)
ACT(process_conditions, process_message, condition_result)
ACT(job_activate, job_activation, job_page)
ACT(job_complete, job_ending, process_result)
ACT(job_break, job_ending, process_result)
ACT(tasks, task_ask, task_page)
ACT(task_show, task_ask, task_whole)
ACT(instances, instance_ask, instance_page)
ACT(instance_show, instance_ask, instance_whole)
ACT(instance_history, instance_ask, entry_page)
ACT(incidents, instance_ask, incident_page)

const struct route process_routes[] = {
	ROW("POST", "/definitions", "process.design", deploy, deployment_ask, deployment_ask_wire,
	    deployment, .name = "process.deploy", .success = 201, .prepare = deploy_prepare_bpmn,
	    .help = "Deploys a BPMN 2.0 model, which is the body; with dry_run it is judged only."),
	ROW("POST", "/definitions/check", "process.design", deploy_check, deployment_ask,
	    check_ask_wire, deployment, .name = "process.check", READS,
	    .prepare = deploy_prepare_bpmn,
	    .help = "Judges a BPMN 2.0 model as it would be deployed, while it is drawn."),
	ROW("GET", "/definitions", "process.work", definitions, definition_ask, definition_ask_wire,
	    definition_page, .name = "process.definition.list", READS, .preset = &of_bpmn,
	    .help = "Lists the department's and the city's processes, the newest first."),
	ROW("GET", "/definitions/{id}", "process.work", definition_show, definition_ask,
	    definition_key_wire, process_definition_row, .name = "process.definition.show", READS,
	    .help = "Shows a version of a process."),
	ROW("GET", "/definitions/{id}/start-form", "process.work", definition_start, definition_ask,
	    definition_key_wire, definition_start, .name = "process.definition.start-form", READS,
	    .help = "What starting a version of a process asks for: the form of its start event."),
	ROW("GET", "/definitions/{id}/xml", "process.work", definition_download, definition_ask,
	    definition_key_wire, definition_xml, .name = "process.definition.xml", READS,
	    .help = "Gives the model as it was deployed."),
	ROW("POST", "/definitions/{id}/suspension", "process.design", definition_switch,
	    definition_ask, definition_key_wire, process_definition_row,
	    .name = "process.definition.suspend", COMMANDS, .preset = &to_suspended,
	    .help = "Starts no more instances of this version; those that run go on."),
	ROW("POST", "/definitions/{id}/activation", "process.design", definition_switch,
	    definition_ask, definition_key_wire, process_definition_row,
	    .name = "process.definition.activate", COMMANDS, .preset = &to_active,
	    .help = "Lets instances of this version be started again."),
	ROW("POST", "/decisions", "process.design", deploy, deployment_ask, deployment_ask_wire,
	    deployment, .name = "process.decision.deploy", .success = 201,
	    .prepare = deploy_prepare_dmn,
	    .help = "Deploys a DMN model, which is the body; with dry_run it is judged only."),
	ROW("GET", "/decisions", "process.work", definitions, definition_ask, definition_ask_wire,
	    definition_page, .name = "process.decision.list", READS, .preset = &of_dmn,
	    .help = "Lists the department's and the city's decision models, the newest first."),
	ROW("POST", "/decisions/{key}/evaluation", "process.work", decide, decide_ask,
	    decide_ask_wire, decide_answer, .name = "process.decision.evaluate", READS,
	    .help = "Decides, and tells which rules fired and why."),
	ROW("POST", "/instances", "process.work", process_start, process_start, process_start_wire,
	    process_result, .name = "process.start", .success = 201,
	    .prepare = process_start_prepare, .help = "Starts a process."),
	ROW("GET", "/instances", "process.operate", instances, instance_ask, instance_ask_wire,
	    instance_page, .name = "process.instance.list", READS,
	    .help = "Lists the department's instances, the newest first: of a process, a business "
		    "key, a state, or a value of a searchable variable."),
	ROW("GET", "/instances/{id}", "process.work", instance_show, instance_ask,
	    instance_key_wire, instance_whole, .name = "process.instance.show", READS,
	    .help = "Shows where an instance stands, and its variables."),
	ROW("GET", "/instances/{id}/history", "process.work", instance_history, instance_ask,
	    history_ask_wire, entry_page, .name = "process.instance.history", READS,
	    .help = "Lists every command of an instance and what came of it."),
	ROW("DELETE", "/instances/{id}", "process.operate", process_cancel, process_command,
	    cancel_wire, process_result, .name = "process.cancel", COMMANDS,
	    .help = "Ends an instance."),
	ROW("POST", "/instances/{id}/suspension", "process.operate", process_suspend,
	    process_command, instance_command_wire, process_result, .name = "process.suspend",
	    COMMANDS, .help = "Lets an instance rest: no task is done, no timer fires."),
	ROW("POST", "/instances/{id}/activation", "process.operate", process_resume,
	    process_command, instance_command_wire, process_result, .name = "process.resume",
	    COMMANDS, .help = "Lets a suspended instance go on."),
	ROW("POST", "/instances/{id}/variables", "process.operate", process_set, process_command,
	    set_wire, process_result, .name = "process.set", .success = 200,
	    .help = "Sets variables of an instance or of one execution in it."),
	ROW("POST", "/instances/{id}/incidents/{execution}/retry", "process.operate", process_retry,
	    process_command, incident_command_wire, process_result, .name = "process.retry",
	    COMMANDS, .help = "Does what failed once more."),
	ROW("POST", "/instances/{id}/incidents/{execution}/skip", "process.operate", process_skip,
	    process_command, incident_command_wire, process_result, .name = "process.skip",
	    COMMANDS, .help = "Counts what failed as done."),
	ROW("GET", "/incidents", "process.operate", incidents, instance_ask, incident_ask_wire,
	    incident_page, .name = "process.incident.list", READS,
	    .help = "Lists what cannot go on in the department, the newest first."),
	ROW("GET", "/tasks", "process.work", tasks, task_ask, task_ask_wire, task_page,
	    .name = "process.task.list", READS,
	    .help = "Lists the tasks that one has taken, or that one may take."),
	ROW("GET", "/tasks/{task}", "process.work", task_show, task_ask, task_key_wire, task_whole,
	    .name = "process.task.show", READS,
	    .help = "Shows a task with its candidates, its variables, and its form as it may see it."),
	ROW("POST", "/tasks/{task}/claim", "process.work", process_claim, process_command,
	    task_command_wire, process_result, .name = "process.claim", COMMANDS,
	    .help = "Takes a task."),
	ROW("DELETE", "/tasks/{task}/claim", "process.work", process_unclaim, process_command,
	    task_command_wire, process_result, .name = "process.unclaim", COMMANDS,
	    .help = "Gives a task back."),
	ROW("POST", "/tasks/{task}/assignment", "process.operate", process_assign, process_command,
	    assign_wire, process_result, .name = "process.assign", .success = 200,
	    .help = "Gives a task to somebody."),
	ROW("POST", "/tasks/{task}/completion", "process.work", process_complete, process_command,
	    complete_wire, process_result, .name = "process.complete", COMMANDS,
	    .prepare = process_command_prepare,
	    .help = "Completes a task, or one's part of it: with a verdict then."),
	ROW("POST", "/messages", "process.serve", process_message, process_message, message_wire,
	    process_result, .name = "process.message", .success = 200,
	    .help = "Sends a message to the one instance that waits for it, else to a process that "
		    "it starts."),
	ROW("POST", "/signals", "process.serve", process_signal, process_message, signal_wire,
	    process_result, .name = "process.signal", .success = 202,
	    .help = "Sends a signal to all of the department that wait for it."),
	ROW("POST", "/conditions", "process.serve", process_conditions, process_message,
	    conditions_wire, condition_result, .name = "process.conditions", .success = 200,
	    .help = "Starts every process whose start has a condition that is true of the "
		    "variables."),
	ROW("POST", "/jobs/activation", "process.serve", job_activate, job_activation,
	    job_activation_wire, job_page, .name = "process.job.activate", .success = 200,
	    .help = "Leases jobs of a topic."),
	ROW("POST", "/jobs/{job}/completion", "process.serve", job_complete, job_ending,
	    job_end_wire, process_result, .name = "process.job.complete", COMMANDS,
	    .help = "Completes a job that one has leased."),
	ROW("POST", "/jobs/{job}/failure", "process.serve", job_break, job_ending, job_break_wire,
	    process_result, .name = "process.job.fail", .success = 200,
	    .help = "Gives a job back: it is tried again, or is an incident when no retry is left."),
	ROW("POST", "/jobs/{job}/error", "process.serve", job_complete, job_ending, job_error_wire,
	    process_result, .name = "process.job.error", .success = 200,
	    .help = "Ends a job in a BPMN error."),
	{ 0 },
};
