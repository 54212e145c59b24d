/* SPDX-License-Identifier: Apache-2.0 */
/* What is looked at: tasks, instances, histories, incidents; of this room alone. */
#ifndef ENGINE_PROCESS_PROCESS_LIST_H
#define ENGINE_PROCESS_PROCESS_LIST_H

#include "door/identity/identity.h"
#include "engine/process/process_private.h"

enum task_list { TASKS_MINE, TASKS_AVAILABLE, TASKS_DEPUTY };
struct task_ask {
	int list; /* enum task_list */
	const char *task, *marker;
	int64_t limit;
};
struct task_view {
	const char *id;
	int64_t instance_id, execution;
	const char *process, *business_key, *node, *name, *assignee, *form;
	const char *phase;     /* see struct process_task_row */
	const char *on_behalf; /* for whom the asker would do it as a deputy, or NULL */
	int64_t priority, due_at, created_at, claimed_at;
};
struct task_page {
	struct task_view *tasks;
	size_t tasks_count;
	const char *next;
};
/* Somebody else who signs at the task, or has. */
struct task_part {
	const char *user_id, *kind, *added_by, *verdict, *opinion;
	bool done;
};
/* An activity that the task could be returned (before) or moved to. */
struct task_node {
	const char *id, *name;
	bool before;
};
struct task_whole {
	struct task_view task;
	struct words operations; /* what the asker may do with it now */
	struct task_part *parts;
	size_t parts_count;
	struct task_node *nodes;
	size_t nodes_count;
	struct candidate_row *candidates;
	size_t candidates_count;
	const char *variables, *form_schema; /* JSON; the schema may be NULL */
	const char *due_warning;             /* what is not certain of the due date, or NULL */
};
/* The people of the asker's department: to whom tasks may be given, and whose names stand in what was done. */
struct people_ask {
	const char *marker; /* a name */
	int64_t limit;
};
struct people_page {
	struct identity_person *people;
	size_t people_count;
	const char *next;
};
enum status process_people(struct call *c, const struct people_ask *in,
			   struct people_page *out) MUST_USE;
/* process_task.c */
struct task_view task_view_of(struct call *c, const struct process_task_row *t);
enum status tasks(struct call *c, const struct task_ask *in, struct task_page *out) MUST_USE;
enum status task_show(struct call *c, const struct task_ask *in, struct task_whole *out) MUST_USE;

struct instance_ask {
	int64_t id, limit, below;
	const char *process, *business_key, *state, *variable, *value;
	int64_t above;
};
struct instance_view {
	int64_t id, definition_id;
	const char *process;
	int64_t version;
	const char *business_key, *state, *started_by;
	int64_t started_at, ended_at, number;
};
struct instance_page {
	struct instance_view *instances;
	size_t instances_count;
	const char *next;
};
struct place_view {
	int64_t execution;
	const char *node, *what, *text; /* what: task, job, timer, message, signal, incident */
	int64_t due_at;
};
/* By what an instance ended: the newest entry of its log. */
struct ending_view {
	const char *command, *actor, *reason;
};
struct instance_whole {
	struct instance_view instance;
	struct ending_view ending; /* command NULL: it runs */
	bool sees_all;             /* the asker may see its variables and its history */
	const char *variables;
	struct place_view *places;
	size_t places_count;
};
struct entry_view {
	int64_t number, at;
	const char *actor, *command, *data, *hash;
};
struct entry_page {
	struct entry_view *entries;
	size_t entries_count;
	const char *next;
};
struct incident_page {
	struct incident_row *incidents;
	size_t incidents_count;
	const char *next;
};
enum status instances(struct call *c, const struct instance_ask *in,
		      struct instance_page *out) MUST_USE;
enum status instance_show(struct call *c, const struct instance_ask *in,
			  struct instance_whole *out) MUST_USE;
enum status instance_history(struct call *c, const struct instance_ask *in,
			     struct entry_page *out) MUST_USE;
enum status incidents(struct call *c, const struct instance_ask *in,
		      struct incident_page *out) MUST_USE;

#endif
