/* SPDX-License-Identifier: Apache-2.0 */
/* Wire shapes, routes, and what the room gives to the house. */
#include "data/intake/intake_private.h"
#include "door/house.h"
#include "door/jobs/jobs.h"
#include "door/module.h"

const struct field intake_batch_wire[] = {
	F_ID(intake_batch, id, 0),
	F_STR(intake_batch, resource_id, 0, 0),
	F_STR(intake_batch, resource_code, 0, 0),
	F_INT(intake_batch, number, 0, 0, 0),
	F_INT(intake_batch, version, 0, 0, 0),
	F_WORD(intake_batch, state, intake_states, 0),
	F_STR(intake_batch, source, 0, 0),
	F_STR(intake_batch, source_sha256, 0, 0),
	F_INT(intake_batch, source_size, 0, 0, 0),
	F_INT(intake_batch, rows, 0, 0, 0),
	F_INT(intake_batch, accepted, 0, 0, 0),
	F_INT(intake_batch, rejected, 0, 0, 0),
	F_JSON(intake_batch, report, 0, OMIT),
	F_STR(intake_batch, problem, 0, NULLABLE),
	F_STR(intake_batch, handed_by, 0, 0),
	F_TIME(intake_batch, handed_at, 0),
	F_TIME(intake_batch, done_at, NULLABLE),
	F_END,
};
static const struct field intake_key_wire[] = { F_ID(intake_key, id, FROM_PATH), F_END };
static const struct field intake_rule_text_wire[] = {
	F_STR_AS("id", intake_rule_text, resource_id, 36, FROM_PATH),
	F_STR(intake_rule_text, rules, 65536, EMPTY_OK),
	F_STR(intake_rule_text, updated_by, 64, READ_ONLY | OPT | NULLABLE),
	F_TIME(intake_rule_text, updated_at, READ_ONLY | OPT | NULLABLE),
	F_END,
};
static const struct field intake_upload_wire[] = {
	F_ID(intake_upload, id, FROM_PATH),
	F_STR(intake_upload, name, 255, FROM_QUERY),
	F_UPLOAD(intake_upload, upload),
	F_END,
};
static const struct field intake_list_wire[] = {
	F_STR(intake_list, resource_id, 64, OPT | FROM_QUERY),
	F_INT(intake_list, limit, 1, 200, OPT | FROM_QUERY),
	F_STR(intake_list, marker, 36, OPT | FROM_QUERY),
	F_END,
};
static const struct field intake_page_wire[] = {
	F_LIST(intake_page, batches, intake_batch, intake_batch_wire, 0, 0),
	F_NEXT(intake_page, next),
	F_END,
};
static const struct field intake_look_wire[] = {
	F_ID(intake_look, id, FROM_PATH),
	F_STR(intake_look, purpose, 200, FROM_QUERY),
	F_END,
};
static const struct field intake_download_wire[] = {
	F_STR_AS("X-Accel-Redirect", intake_download, location, 0, FROM_HEADER),
	F_STR_AS("Content-Type", intake_download, media_type, 0, FROM_HEADER),
	F_END,
};

ACT(intake_rules_show, intake_key, intake_rule_text)
ACT(intake_rules_put, intake_rule_text, intake_rule_text)
ACT(intake_post, intake_upload, intake_batch)
ACT(intake_page_of, intake_list, intake_page)
ACT(intake_show, intake_key, intake_batch)
ACT(intake_rejected, intake_look, intake_download)
ACT(intake_remove, intake_key, nothing)

#define SCOPES (SCOPE_DOMAIN | SCOPE_PROJECT)

const struct route intake_routes[] = {
	ROUTE("GET", "/v1/intake/resources/{id}/rules", "intake.deliver", SCOPES, intake_rules_show,
	      intake_key, intake_rule_text, .name = "intake.rules.show", .flags = ROUTE_READS,
	      .success = 200,
	      .help = "What is demanded of a resource's items beyond the catalogue"),
	ROUTE("PUT", "/v1/intake/resources/{id}/rules", "intake.deliver", SCOPES, intake_rules_put,
	      intake_rule_text, intake_rule_text, .name = "intake.rules.put", .success = 200,
	      .help = "Demand it"),
	ROUTE("POST", "/v1/intake/resources/{id}/batches", "intake.deliver", SCOPES, intake_post,
	      intake_upload, intake_batch, .name = "intake.batch.post", .flags = ROUTE_UPLOAD,
	      .success = 202, .admit = intake_admit, .prepare = intake_prepare,
	      .help = "Hand in the table of a resource; it is checked in the background"),
	ROUTE("GET", "/v1/intake/batches", "intake.deliver", SCOPES, intake_page_of, intake_list,
	      intake_page, .name = "intake.batch.list", .flags = ROUTE_READS, .success = 200,
	      .help = "What the department handed in, the newest first"),
	ROUTE("GET", "/v1/intake/batches/{id}", "intake.deliver", SCOPES, intake_show, intake_key,
	      intake_batch, .name = "intake.batch.show", .flags = ROUTE_READS, .success = 200,
	      .help = "A batch with the quality of its columns"),
	ROUTE("GET", "/v1/intake/batches/{id}/rejected", "intake.deliver", SCOPES, intake_rejected,
	      intake_look, intake_download, .name = "intake.batch.rejected", .flags = ROUTE_LOOKS,
	      .success = 200,
	      .help = "The rows that broke a rule, each with its line, item and rule"),
	ROUTE("DELETE", "/v1/intake/batches/{id}", "intake.deliver", SCOPES, intake_remove,
	      intake_key, nothing, .name = "intake.batch.remove", .success = 204,
	      .help = "Remove a batch that is no longer the newest"),
	{ 0 },
};

static const struct route_group groups[] = { { &own_dialect, intake_routes }, { 0 } };

static const struct permission permissions[] = {
	{ "intake.deliver", ROLE_DATA_STEWARD,
	  "Hand in the tables of one's department and see what came of them" },
	{ 0 },
};

static const struct timer timers[] = {
	{ "intake.drop", 5 * CLOCK_SECOND, intake_drop },
	{ 0 },
};

static const struct job_kind jobs[] = {
	{ .name = INTAKE_JOB,
	  .at_most = 1,
	  .attempts = 5,
	  .lease = 30 * CLOCK_SECOND,
	  .deadline = 3600 * CLOCK_SECOND,
	  .run = intake_job,
	  .give_up = intake_give_up },
	{ 0 },
};

static enum status start(struct call *c, struct house *h)
{
	(void)c;
	files_count_by(h->files, &intake_file_refs);
	return ST_OK;
}

const struct module intake_module = {
	.name = "intake",
	.permissions = permissions,
	.routes = groups,
	.timers = timers,
	.jobs = jobs,
	.start = start,
};
