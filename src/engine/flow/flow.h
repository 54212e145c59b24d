/* SPDX-License-Identifier: Apache-2.0 */
/* The execution of BPMN 2.0.2 processes, in memory: a deterministic machine that takes commands and
 * tells events. It reads no clock, no file and no database: time is what flow_clock() says, work is
 * handed out as jobs, messages that nobody waits for are told.
 *
 *     program (compiled model) ──► world ──► instances ──► tree of executions
 *                                    ▲                         │
 *                         commands ──┘                         └──► events, jobs, timers
 *
 * Each command runs until nothing can move (clause 13: all enabled nodes have fired), or until 100000
 * steps were taken, which is an incident. One thread uses a world. */
#ifndef ENGINE_FLOW_H
#define ENGINE_FLOW_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "base/arena.h"
#include "base/status.h"
#include "engine/flow/bpmn/bpmn.h"

/* ---- expressions ---- */

/* The language of conditions. Values are JSON. */
struct flow_language {
	/* NULL: it is no expression; '*why' says so. What is returned lives in 'a'. */
	void *(*compile)(void *who, struct arena *a, const char *text, const char **why);
	/* A new reference; NULL: it has no value, '*why' says so. 'variables' is an object. */
	json_t *(*evaluate)(void *who, void *compiled, const json_t *variables, int64_t now_at,
			    const char **why);
	void *who;
};

/* FEEL (DMN 1.5, chapter 10): what processes are written in. A '=' before the text may stand there. */
extern const struct flow_language flow_feel;

/* ---- programs ---- */

/* A variable carried into or out of a call. */
struct flow_mapping {
	const char *source, *target; /* source is an expression when 'computed' */
	bool computed;
	bool all; /* every variable */
	bool local;
	void *expression; /* compiled */
	struct flow_mapping *next;
};

/* When a timer is due that is timed outside: the end of the year 9999. */
#define FLOW_NEVER INT64_C(253402300799000000)

/* What a model says beyond BPMN, by an extension that a dialect reads. */
struct flow_extras {
	bool async_before, async_after; /* a job of its own before or after the node */
	bool async_items;               /* a job before each instance of a multi-instance */
	const char *collection;         /* multi-instance over this variable or expression */
	const char *element_variable;   /* what each instance gets of it */
	struct flow_mapping *in, *out;  /* of a call activity */
	bool local_results; /* of a call: what it gives back belongs to the scope of the call */
	bool passes_all;    /* a call without mappings shares nothing unless this is set */
	const char *result_variable;  /* of a job's result */
	const char *code_variable;    /* of a caught error or escalation: its code */
	const char *message_variable; /* its message */
	bool passes_key;    /* of a thrown signal: what it starts gets the thrower's business key */
	bool in_instance;   /* of a signal: heard inside of its own instance only */
	const char *called; /* called process by key, expression allowed */
	const char *expression; /* of a service task: its work is this expression */
	bool timed_outside; /* of a timer: its time is not in the model, only flow_fire() fires it */
	struct flow_mapping *inputs, *outputs; /* of any activity: made in it, taken out of it */
};

struct flow_dialect {
	void (*read)(void *who, struct arena *a, const struct bpmn_element *e,
		     struct flow_extras *out);
	void *who;
};

struct flow_program;

/* Compiles every process of 'm'. ST_BAD_INPUT: something in it cannot be executed; findings say which
 * element and why. 'dialect' may be NULL. The program lives in 'a', which must outlive the world, and
 * so must the model. */
enum status flow_compile(struct arena *a, const struct bpmn_model *m,
			 const struct flow_language *language, const struct flow_dialect *dialect,
			 struct bpmn_findings *findings, struct flow_program **out) MUST_USE;

/* ---- the world ---- */

enum flow_event_kind {
	FLOW_STARTED,   /* an instance; name: its process */
	FLOW_ENDED,     /* an instance; name: how (see enum flow_outcome) */
	FLOW_ENTERED,   /* an execution of a node began */
	FLOW_LEFT,      /* it was completed */
	FLOW_CANCELLED, /* it was ended from outside */
	FLOW_WORK,      /* a job: whoever does it answers with flow_complete() or flow_fail() */
	FLOW_TASK,      /* work for a person */
	FLOW_MESSAGE,   /* a message was thrown; name, payload */
	FLOW_SIGNAL,
	FLOW_ERROR,      /* an error was thrown; name: its code */
	FLOW_ESCALATION, /* an escalation; name: its code */
	FLOW_INCIDENT    /* the execution cannot go on; text */
};

struct flow_event {
	enum flow_event_kind kind;
	int64_t instance, execution;
	const struct bpmn_element *element; /* of the node, or NULL */
	const char *name, *text;
};

enum flow_outcome {
	FLOW_RUNNING,
	FLOW_COMPLETED,
	FLOW_TERMINATED, /* by a terminate end event */
	FLOW_DELETED,    /* by flow_cancel() */
	FLOW_BROKEN,     /* by an error event that nothing catches */
	FLOW_FAILED      /* by a fault of execution that is no incident: no way out of a gateway */
};

struct flow_settings {
	const struct flow_language *language;
	void (*tell)(void *who, const struct flow_event *event); /* may be NULL */
	void *who;
	/* An error event without a handler ends its path only, as some engines have it. */
	bool quiet_errors;
	/* The cycle of a timer in normal flow lets one token go, as some engines have it; else one each
	 * time (13.4.4 has a catch event complete once, and says nothing of cycles). */
	bool single_cycles;
	/* A message finds its receivers in the collaborations and by name inside of the world; one that
	 * nobody waits for is kept (the newest 1000) until an instance does. */
	bool deliver;
	/* Saved states share their values with the world: who saves writes the state out at once, and
	 * who loads lets go of it. Copying them is a tenth of a command's time. */
	bool shares;
	/* The program of a process that is called and that the caller's own program does not have, and
	 * its number (see flow_know()); NULL: there is none. May be NULL: the world has what was
	 * deployed. */
	struct flow_program *(*bring)(void *bringer, const char *process, int64_t *number);
	void *bringer;
};

struct flow_world;
struct flow_world *flow_world_new(const struct flow_settings *settings);
void flow_world_end(struct flow_world **w); /* NULL is legal */
/* Another one hears and brings from now on: 'who' and 'bringer' of the settings. */
void flow_attend(struct flow_world *w, void *who);

/* Makes the processes of 'p' known and waits for what starts them. A process of the same id replaces
 * the one before it for new instances. */
void flow_deploy(struct flow_world *w, struct flow_program *p);
/* Makes 'p' known under a number of the caller's, by which saved states name its nodes, and waits for
 * nothing at its starts. A program is never changed once compiled: many worlds may have it at once. */
void flow_know(struct flow_world *w, struct flow_program *p, int64_t number);
/* Forgets what 'p' waits for at its starts; instances go on. */
void flow_undeploy(struct flow_world *w, struct flow_program *p);

/* Time moves to 'at' (UTC microseconds); timers that are due fire in the order of their due times. */
void flow_clock(struct flow_world *w, int64_t at);
int64_t flow_now(const struct flow_world *w);
/* Only moves time: timers are fired by flow_fire(). */
void flow_set_clock(struct flow_world *w, int64_t at);

/* Starts a process by id with 'variables' (an object or NULL; not taken). ST_NOT_FOUND: no such
 * process; ST_CONFLICT: it has no start event without trigger. '*instance' gets its id. */
enum status flow_start(struct flow_world *w, const char *process, const char *business_key,
		       const json_t *variables, int64_t *instance) MUST_USE;
/* The same by a start event, whatever its trigger; NULL: the first one. */
enum status flow_start_at(struct flow_world *w, const char *process, const char *event,
			  const char *business_key, const json_t *variables,
			  int64_t *instance) MUST_USE;
/* A suspended instance takes no commands and hears nothing; its timers fire when it is resumed. */
enum status flow_suspend(struct flow_world *w, int64_t instance, bool is_suspended) MUST_USE;
/* A task, job, receive task or any execution that waits is done. 'variables' go to its process.
 * ST_NOT_FOUND: no such execution; ST_CONFLICT: it does not wait. */
enum status flow_complete(struct flow_world *w, int64_t execution,
			  const json_t *variables) MUST_USE;
/* The work of an execution ends in a BPMN error, or throws an escalation. */
enum status flow_throw_error(struct flow_world *w, int64_t execution, const char *code,
			     const char *message, const json_t *variables) MUST_USE;
enum status flow_throw_escalation(struct flow_world *w, int64_t execution, const char *code,
				  const json_t *variables) MUST_USE;
/* The work failed otherwise: an incident; flow_retry() hands it out once more. */
enum status flow_fail(struct flow_world *w, int64_t execution, const char *why) MUST_USE;
enum status flow_retry(struct flow_world *w, int64_t execution) MUST_USE;
/* An execution with an incident counts as completed; what is below it is cancelled. ST_CONFLICT: it has
 * none, or is the whole instance. */
enum status flow_skip(struct flow_world *w, int64_t execution) MUST_USE;

/* The token that waits at an execution goes on at another activity of the same scope instead; what ran at
 * it is cancelled. 'comes_back': the activity is a user task, and its execution gets the local variable
 * "flow:resume", the node that was left, for whoever completes it. 'variables' (may be NULL) are set as by
 * flow_complete(). ST_NOT_FOUND: no such execution.
 * ST_BAD_INPUT: the scope has no such activity, or none that a token could begin at. ST_CONFLICT: the
 * execution does not wait, or is one of a multi-instance. */
enum status flow_move(struct flow_world *w, int64_t execution, const char *node, bool comes_back,
		      const json_t *variables) MUST_USE;

/* A part in the work of a user task that waits (会签, 加签): an execution of its own below it, with 'locals'
 * (an object), which waits for flow_complete(). That ends the part and nothing else; the task goes on when
 * it is completed itself, and what parts are left are cancelled then. '*made' is the part. ST_NOT_FOUND: no
 * such execution; ST_CONFLICT: it is no user task that waits, or is a part itself. */
enum status flow_part(struct flow_world *w, int64_t execution, const json_t *locals,
		      int64_t *made) MUST_USE;
/* Cancels a part, or a task of several that the same step led to: its token is gone. Nothing else moves
 * before the next command. ST_CONFLICT: it does not wait. */
enum status flow_drop(struct flow_world *w, int64_t execution) MUST_USE;

/* A message by name to the one execution that waits for it (the given one, or any of 'instance', or
 * any; 0: not given), else to a process that it starts. ST_NOT_FOUND: nobody waits;
 * ST_CONFLICT: more than one execution waits. '*instance_out' (may be NULL): whom it reached, 0 when a
 * start took it that waits for more. */
enum status flow_message(struct flow_world *w, const char *name, int64_t instance,
			 int64_t execution, const char *business_key, const json_t *variables,
			 int64_t *instance_out) MUST_USE;
/* A signal to all that wait for it, or to one execution (0: all). */
enum status flow_signal(struct flow_world *w, const char *name, int64_t execution,
			const json_t *variables) MUST_USE;
/* Sets variables at the execution or instance 'at' (as a process would: where the name is known, else
 * at the instance; 'local': at that execution) and looks at conditions. */
enum status flow_set(struct flow_world *w, int64_t at, const json_t *variables,
		     bool local) MUST_USE;
/* Whether a condition of the start 'event' of 'process' is true of these variables. */
bool flow_start_holds(const struct flow_program *p, const char *process, const char *event,
		      const struct flow_language *l, const json_t *variables, int64_t now_at);
/* Looks at the start events with conditions of every process. */
void flow_evaluate_conditions(struct flow_world *w, const json_t *variables);
/* Sets variables of an instance and asks its conditions anew: one that holds happens, even if it held
 * before. ST_NOT_FOUND: no such instance. */
enum status flow_ask_conditions(struct flow_world *w, int64_t instance,
				const json_t *variables) MUST_USE;
enum status flow_cancel(struct flow_world *w, int64_t instance) MUST_USE;

/* ---- keeping ---- */

/* An instance at rest as JSON: a new reference, or NULL when there is none of that id. */
json_t *flow_save(const struct flow_world *w, int64_t instance);
/* Brings it back into a world that has deployed the same programs in the same order. Nothing is told.
 * ST_CONFLICT: it is there. ST_BAD_INPUT: it names what the programs do not have; nothing is changed. */
enum status flow_load(struct flow_world *w, const json_t *saved) MUST_USE;
/* Puts an instance away without ending it. */
enum status flow_forget(struct flow_world *w, int64_t instance) MUST_USE;

/* ---- looking ---- */

struct flow_view {
	int64_t id, instance, parent, scope;
	const struct bpmn_element *element;
	enum bpmn_kind kind;
	bool is_root;  /* of an instance or of a called process */
	bool is_body;  /* the whole of a multi-instance or loop */
	bool waits;    /* for flow_complete() */
	bool is_part;  /* of a user task's work, see flow_part() */
	bool is_async; /* a job before or after the node */
	bool is_work;  /* a job */
	bool is_incident;
	const char *failure; /* why, of an incident; else NULL */
	bool is_suspended;   /* its instance */
	int index;           /* of an instance of a loop */
	const char *business_key;
	const json_t *variables; /* of this execution alone, or NULL */
};

/* Every execution, instances in order of their start, parents before children. */
void flow_walk(const struct flow_world *w, void (*see)(void *who, const struct flow_view *v),
	       void *who);
struct flow_wait_view {
	int64_t id, execution, instance;
	enum bpmn_kind kind; /* of the event definition; BPMN_RECEIVE_TASK for those */
	const struct bpmn_element *element; /* the event's node */
	const char *name;                   /* message or signal name, "" else */
	int64_t due_at;                     /* timers only, as are the following */
	int64_t repeats;                    /* that follow; -1: for ever */
	int64_t period, months;             /* between them: microseconds, and months */
	const char *business_key;           /* of its instance */
	bool is_suspended;                  /* its instance */
	bool is_start;                      /* of a process */
};
void flow_waits(const struct flow_world *w, void (*see)(void *who, const struct flow_wait_view *v),
		void *who);
/* Fires the timer of a flow_wait_view, due or not. */
enum status flow_fire(struct flow_world *w, int64_t wait) MUST_USE;
/* The message or signal that a flow_wait_view waits for has come. ST_CONFLICT: it waits for something
 * else, or its instance is suspended. */
enum status flow_hear(struct flow_world *w, int64_t wait, const json_t *variables) MUST_USE;
/* The element that an execution is at, or NULL. */
const struct bpmn_element *flow_element(const struct flow_world *w, int64_t execution);
/* A variable as seen from an execution or instance; a borrowed reference, or NULL. */
json_t *flow_get(const struct flow_world *w, int64_t at, const char *name);
/* The same of this execution alone. */
json_t *flow_local(const struct flow_world *w, int64_t at, const char *name);
/* All variables seen from there: a new reference. */
json_t *flow_variables(const struct flow_world *w, int64_t at);
enum flow_outcome flow_outcome(const struct flow_world *w, int64_t instance);
/* The code of the error that broke the instance, or NULL. */
const char *flow_error_code(const struct flow_world *w, int64_t instance);

/* ---- times as BPMN writes them (ISO 8601) ---- */

bool flow_parse_date(const char *s, int64_t *at);
/* Microseconds and months apart, since months have no length. */
bool flow_parse_duration(const char *s, int64_t *micros, int64_t *months);
/* "R3/PT10M", "R/2026-11-24T08:00:00Z/P1D": 'repeats' is -1 for ever, 'first_at' 0 when none is said. */
bool flow_parse_cycle(const char *s, int64_t *repeats, int64_t *micros, int64_t *months,
		      int64_t *first_at);
/* The same time of day so many months later; in a shorter month its last day. */
int64_t flow_add_months(int64_t at, int64_t months);

#endif
