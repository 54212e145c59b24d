/* SPDX-License-Identifier: Apache-2.0 */
/* Wire shapes, routes, and what the room gives to the house. */
#include "data/theme/theme_review_private.h"
#include "door/house.h"
#include "door/jobs/jobs.h"
#include "door/module.h"

static const struct field value_wire[] = {
	F_STR(theme_value, name, 0, 0),          F_STR(theme_value, value, 0, NULLABLE),
	F_BOOL(theme_value, valid, 0),           F_STR(theme_value, resource, 0, 0),
	F_STR(theme_value, record, 0, NULLABLE), F_END,
};
static const struct field link_wire[] = {
	F_STR(theme_link, resource, 0, 0),
	F_STR(theme_link, record, 0, 0),
	F_INT(theme_link, row, 0, 0, 0),
	F_END,
};
static const struct field relation_wire[] = {
	F_STR(theme_relation, kind, 0, 0),     F_BOOL(theme_relation, out, 0),
	F_STR(theme_relation, entity, 0, 0),   F_STR(theme_relation, name, 0, NULLABLE),
	F_STR(theme_relation, resource, 0, 0), F_INT(theme_relation, row, 0, 0, 0),
	F_INT(theme_relation, count, 0, 0, 0), F_END,
};
static const struct field theme_entity_wire[] = {
	F_STR(theme_entity, id, 0, 0),
	F_WORD(theme_entity, kind, theme_kind_words, 0),
	F_LIST(theme_entity, values, theme_value, value_wire, 0, 0),
	F_LIST(theme_entity, links, theme_link, link_wire, 0, 0),
	F_LIST(theme_entity, relations, theme_relation, relation_wire, 0, 0),
	F_BOOL(theme_entity, more_relations, 0),
	F_END,
};
static const struct field theme_find_wire[] = {
	F_STR(theme_find, id, 32, OPT | FROM_QUERY),
	F_STR(theme_find, code, 32, OPT | FROM_QUERY),
	F_STR(theme_find, name, 100, OPT | FROM_QUERY),
	F_STR(theme_find, address, 200, OPT | FROM_QUERY),
	F_STR(theme_find, entity, 16, OPT | FROM_QUERY),
	F_WORD(theme_find, kind, theme_kind_words, OPT | FROM_QUERY),
	F_STR_AS("marker", theme_find, after, 16, OPT | FROM_QUERY),
	F_STR(theme_find, purpose, 200, FROM_QUERY),
	F_INT(theme_find, limit, 1, THEME_LIMIT_MAX, OPT | FROM_QUERY),
	F_INT(theme_find, relations, 1, 1000, OPT | FROM_QUERY),
	F_END,
};
static const struct theme_find find_preset = { .kind = -1 };
static const struct field theme_page_wire[] = {
	F_LIST(theme_page, entities, theme_entity, theme_entity_wire, 0, 0),
	F_NEXT(theme_page, next),
	F_END,
};
static const struct field theme_state_wire[] = {
	F_INT(theme_state, records, 0, 0, 0),
	F_INT(theme_state, persons, 0, 0, 0),
	F_INT(theme_state, firms, 0, 0, 0),
	F_INT(theme_state, houses, 0, 0, 0),
	F_INT(theme_state, links, 0, 0, 0),
	F_INT(theme_state, relations, 0, 0, 0),
	F_INT(theme_state, linked, 0, 0, 0),
	F_TIME(theme_state, built_at, NULLABLE),
	F_END,
};
static const struct field theme_resource_wire[] = {
	F_STR(theme_resource, code, 60, FROM_PATH),
	F_STR(theme_resource, resource_id, 64, 0),
	F_STR(theme_resource, domain_id, 64, READ_ONLY | OPT),
	F_INT(theme_resource, share_type, 0, 0, READ_ONLY | OPT),
	F_TIME(theme_resource, updated_at, READ_ONLY | OPT),
	F_END,
};
static const struct field listed_wire[] = {
	F_STR(theme_resource, code, 0, 0),
	F_STR(theme_resource, resource_id, 0, 0),
	F_STR(theme_resource, domain_id, 0, 0),
	F_TIME(theme_resource, updated_at, 0),
	F_END,
};
static const struct field theme_resource_page_wire[] = {
	F_LIST(theme_resource_page, resources, theme_resource, listed_wire, 0, 0),
	F_END,
};
static const struct field theme_key_wire[] = { F_ID(theme_key, id, FROM_PATH), F_END };
static const struct field theme_run_wire[] = {
	F_ID(theme_run, id, 0),
	F_WORD(theme_run, state, theme_run_states, 0),
	F_STR(theme_run, problem, 0, NULLABLE),
	F_INT(theme_run, records, 0, 0, 0),
	F_INT(theme_run, linked, 0, 0, 0),
	F_STR(theme_run, asked_by, 0, 0),
	F_TIME(theme_run, asked_at, 0),
	F_TIME(theme_run, done_at, NULLABLE),
	F_END,
};
static const struct field theme_run_page_wire[] = {
	F_LIST(theme_run_page, runs, theme_run, theme_run_wire, 0, 0),
	F_END,
};

ACT(theme_find, theme_find, theme_page)
ACT(theme_tell, nothing, theme_state)
ACT(theme_resource_put, theme_resource, theme_resource)
ACT(theme_resource_list, nothing, theme_resource_page)
ACT(theme_run_post, nothing, theme_run)
ACT(theme_run_list, nothing, theme_run_page)
ACT(theme_run_show, theme_key, theme_run)

static const struct route routes[] = {
	ROUTE("GET", "/v1/theme", MAY_SIGNED_IN, 0, theme_tell, nothing, theme_state,
	      .name = "theme.state", .flags = ROUTE_READS, .success = 200,
	      .help = "Records in, linked records out"),
	ROUTE("GET", "/v1/theme/entities", "theme.look", SCOPE_DOMAIN | SCOPE_PROJECT, theme_find,
	      theme_find, theme_page, .name = "theme.look", .flags = ROUTE_LOOKS, .success = 200,
	      .preset = &find_preset,
	      .help = "Persons, legal entities and houses by number, code, name or address, as far as "
		      "the department may see them, for a stated purpose"),
	ROUTE("GET", "/v1/theme/resources", "theme.build", SCOPE_SYSTEM, theme_resource_list,
	      nothing, theme_resource_page, .name = "theme.resource.list", .flags = ROUTE_READS,
	      .success = 200, .help = "Which resource stands behind each section of the settings"),
	ROUTE("PUT", "/v1/theme/resources/{code}", "theme.build", SCOPE_SYSTEM, theme_resource_put,
	      theme_resource, theme_resource, .name = "theme.resource.put", .success = 200,
	      .help = "Say it"),
	ROUTE("POST", "/v1/theme/runs", "theme.build", SCOPE_SYSTEM, theme_run_post, nothing,
	      theme_run, .name = "theme.run.post", .flags = ROUTE_OPTIONAL_BODY, .success = 202,
	      .help = "Build the base anew from the newest batches"),
	ROUTE("GET", "/v1/theme/runs", "theme.build", SCOPE_SYSTEM, theme_run_list, nothing,
	      theme_run_page, .name = "theme.run.list", .flags = ROUTE_READS, .success = 200,
	      .help = "The newest builds; how far one is that waits, its job tells (/v1/jobs)"),
	ROUTE("GET", "/v1/theme/runs/{id}", "theme.build", SCOPE_SYSTEM, theme_run_show, theme_key,
	      theme_run, .name = "theme.run.show", .flags = ROUTE_READS, .success = 200,
	      .help = "How far a build is"),
	{ 0 },
};
static const struct route_group groups[] = { { &own_dialect, routes },
					     { &own_dialect, theme_review_routes },
					     { 0 } };

static const struct permission permissions[] = {
	{ "theme.look", ROLE_DATA_STEWARD,
	  "Look up persons, legal entities and houses, for a stated purpose" },
	{ "theme.review", ROLE_DATA_STEWARD,
	  "Judge pairs of records that a build was in doubt of" },
	{ "theme.build", ROLE_SYSTEM_ADMIN, "Say what the base is built of, and build it" },
	{ 0 },
};

static const struct job_kind jobs[] = {
	{ .name = THEME_JOB,
	  .at_most = 1,
	  .attempts = 3,
	  .lease = 30 * CLOCK_SECOND,
	  .deadline = 3600 * CLOCK_SECOND,
	  .run = theme_job,
	  .give_up = theme_job_give_up },
	{ 0 },
};

static const struct timer timers[] = {
	{ "theme.review.load", 15 * CLOCK_SECOND, review_load },
	{ 0 },
};

static void stop(struct house *h)
{
	(void)h;
	theme_forget();
}

static enum status start(struct call *c, struct house *h)
{
	(void)c, (void)h;
	return ST_OK;
}

const struct module theme_module = {
	.name = "theme",
	.permissions = permissions,
	.routes = groups,
	.jobs = jobs,
	.timers = timers,
	.start = start,
	.stop = stop,
};
