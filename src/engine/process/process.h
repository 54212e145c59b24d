/* SPDX-License-Identifier: Apache-2.0 */
/* The durable process engine 流程引擎: definitions with versions, instances that outlive the process,
 * people's tasks, timers, messages, jobs, incidents and a hash-chained history. It keeps in the database
 * what engine/flow computes in memory.
 *
 *     command ─► load the instance ─► flow runs to rest ─► body, rows, log entry ─► commit
 *
 * Every command of an instance is one act: one transaction in which its state, the rows that are asked
 * for (tasks, timers, waits, jobs, incidents) and one entry of its log change together. Commands of one
 * instance never overlap: SQLite has one writer, PostgreSQL runs them SERIALIZABLE over its row.
 *
 * Owns tables process_*. Posts process.task.urged. Uses db, audit, identity, jobs (its timers),
 * engine/flow, bpmn, dmn, feel, form, calendar. */
#ifndef ENGINE_PROCESS_PROCESS_H
#define ENGINE_PROCESS_PROCESS_H

#include <jansson.h>
#include "base/call.h"
#include "base/text.h"

struct module;

/* What models say beyond BPMN stands in attributes of this namespace; docs/process.md lists them. */
#define PROCESS_NS "urn:yongyun:flow"

#define PROCESS_KEY_MAX 255
#define PROCESS_VARIABLES_MAX (256 << 10)  /* bytes of JSON in one command */
#define PROCESS_BODY_MAX (8 << 20)         /* bytes of an instance's state */
#define PROCESS_REMEMBERED (7 * CLOCK_DAY) /* how long a command's answer is kept */

/* What every command answers. */
struct process_result {
	int64_t instance_id; /* 0: of a message that waits */
	const char *state;   /* of the instance after it */
	int64_t number;      /* of its newest log entry */
	const char *outcome; /* "done", "waiting", "duplicate" */
};

struct process_start {
	const char *key; /* of the process */
	int64_t version; /* 0: the newest */
	const char *business_key;
	const char *variables; /* a JSON object, or NULL */
	const char *idempotency_key;
	json_t *given; /* 'variables' as process_start_prepare() read them, or NULL */
};
/* Before the transaction: reads the variables, so that nobody waits for that. ST_BAD_INPUT names them.
 * Need not be called. */
enum status process_start_prepare(struct call *c, void *in) MUST_USE;
/* Starts a process that the asker's department has, or else the city. ST_NOT_FOUND: no such process;
 * ST_CONFLICT: it is suspended, or only an event starts it. */
enum status process_start(struct call *c, const struct process_start *in,
			  struct process_result *out) MUST_USE;

/* A task, job or incident is named by its instance and the number of its execution there. */
struct process_command {
	int64_t instance_id, execution;
	const char *task; /* "INSTANCE-EXECUTION", instead of the two */
	const char *variables;
	const char *user_id;       /* whom to assign */
	const char *code, *reason; /* of errors and failures */
	const char *opinion;       /* 意见, of who completes a task */
	int verdict;               /* place in "approve reject abstain" */
	bool verdict_given;
	bool local;
	const char *idempotency_key;
	json_t *given; /* as in a start */
};
enum status process_command_prepare(struct call *c, void *in) MUST_USE;
/* People's work. Whoever may take it (candidate by person or role, or anybody of the department when
 * there is none), or has it, or holds process.operate. ST_NOT_FOUND: no such task of one's department;
 * ST_FORBIDDEN: it is not one's to take; ST_CONFLICT: somebody else has it. */
enum status process_claim(struct call *c, const struct process_command *in,
			  struct process_result *out) MUST_USE;
enum status process_unclaim(struct call *c, const struct process_command *in,
			    struct process_result *out) MUST_USE;
enum status process_assign(struct call *c, const struct process_command *in,
			   struct process_result *out) MUST_USE;
enum status process_complete(struct call *c, const struct process_command *in,
			     struct process_result *out) MUST_USE;

/* For whoever operates; the routes ask for the permission. */
enum status process_cancel(struct call *c, const struct process_command *in,
			   struct process_result *out) MUST_USE;
enum status process_suspend(struct call *c, const struct process_command *in,
			    struct process_result *out) MUST_USE;
enum status process_resume(struct call *c, const struct process_command *in,
			   struct process_result *out) MUST_USE;
enum status process_set(struct call *c, const struct process_command *in,
			struct process_result *out) MUST_USE;
/* An incident's work once more, or counted as done. */
enum status process_retry(struct call *c, const struct process_command *in,
			  struct process_result *out) MUST_USE;
enum status process_skip(struct call *c, const struct process_command *in,
			 struct process_result *out) MUST_USE;

struct process_message {
	const char *name, *business_key, *variables;
	const char *message_id; /* the same id of the same name is taken once */
	int64_t ttl;            /* seconds that it waits for a receiver; 0: not at all */
	const char *idempotency_key;
};
/* To the one instance of the department that waits for it, else to a process that it starts.
 * ST_NOT_FOUND: nobody waits and it may not wait; ST_CONFLICT: more than one waits. */
enum status process_message(struct call *c, const struct process_message *in,
			    struct process_result *out) MUST_USE;
/* To all of the department that wait for it; they are told a moment later. */
enum status process_signal(struct call *c, const struct process_message *in,
			   struct process_result *out) MUST_USE;

/* An act of a room above, as the work of service tasks (flow:act="NAME"): it runs in the transaction of
 * the step that it completes, so that its effect happens once. 'variables' is what the task sees; what it
 * gives back ('*result', an object, may stay NULL) goes to the process. Registered at the start of the
 * room, before jobs run; 'name' lives as long as the process. */
typedef enum status process_act_fn(struct call *c, int64_t instance, const json_t *variables,
				   json_t **result);
void process_offer(const char *name, process_act_fn *act);

/* Fires what is due and delivers what is under way, once: timers, jobs of acts, messages, signals.
 * '*done' counts. The room's timer does this; tests call it. Not in a transaction. */
enum status process_tick(struct call *c, int64_t *done) MUST_USE;

extern const struct module process_module;

#endif
