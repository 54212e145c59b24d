/* SPDX-License-Identifier: Apache-2.0 */
/* Deployments, definitions and decisions; of this room alone. */
#ifndef ENGINE_PROCESS_PROCESS_DEPLOY_H
#define ENGINE_PROCESS_PROCESS_DEPLOY_H

#include "engine/process/process_private.h"

struct finding_view {
	const char *rule, *element;
	int64_t line;
	const char *text;
};

struct called {
	const char *element, *key;
};

struct deployment_ask {
	const char *kind; /* set by the route: bpmn, dmn */
	const char *xml;
	const char *name;
	bool dry_run;
	/* Made by prepare. */
	const char *digest;
	struct finding_view *findings, *remarks;
	size_t findings_count, remarks_count;
	struct process_definition_row *made; /* keys and names */
	size_t made_count;
	struct process_start_row *starts; /* 'definition_id' is the place in 'made' */
	size_t start_count;
	struct called *calls; /* of processes that the model does not have */
	size_t call_count;
	struct called *calendars; /* by which tasks are due */
	size_t calendar_count;
	struct called *decisions; /* that say for whom tasks are */
	size_t decision_count;
};
struct deployment {
	bool dry_run, valid;
	struct finding_view *findings, *remarks;
	size_t findings_count, remarks_count;
	struct process_definition_row *definitions;
	size_t definitions_count;
};
/* Reads and judges: outside of the transaction. */
enum status deploy_prepare_bpmn(struct call *c, void *in) MUST_USE;
enum status deploy_prepare_dmn(struct call *c, void *in) MUST_USE;
enum status deploy(struct call *c, const struct deployment_ask *in,
		   struct deployment *out) MUST_USE;
/* Only judges, also whether what the model names and has not itself is deployed; writes nothing. */
enum status deploy_check(struct call *c, const struct deployment_ask *in,
			 struct deployment *out) MUST_USE;

struct definition_ask {
	int64_t id;
	const char *kind, *key, *state;
	int64_t limit, below;
};
struct definition_page {
	struct process_definition_row *definitions;
	size_t definitions_count;
	const char *next;
};
struct definition_start {
	const char *key, *name, *form_schema; /* the schema is NULL where its start has no form */
	int64_t version;
};
struct definition_xml {
	const char *type, *body;
};
enum status definitions(struct call *c, const struct definition_ask *in,
			struct definition_page *out) MUST_USE;
enum status definition_show(struct call *c, const struct definition_ask *in,
			    struct process_definition_row *out) MUST_USE;
/* What people fill in to start it. */
enum status definition_start(struct call *c, const struct definition_ask *in,
			     struct definition_start *out) MUST_USE;
enum status definition_download(struct call *c, const struct definition_ask *in,
				struct definition_xml *out) MUST_USE;
enum status definition_switch(struct call *c, const struct definition_ask *in,
			      struct process_definition_row *out) MUST_USE;

struct decide_ask {
	const char *key;
	int64_t version;
	const char *decision; /* name or id; NULL: the model's only one */
	const char *variables;
};
struct decide_answer {
	const char *key;
	int64_t version;
	const char *decision, *value, *explanation;
};
enum status decide(struct call *c, const struct decide_ask *in, struct decide_answer *out) MUST_USE;

#endif
