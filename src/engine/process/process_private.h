/* SPDX-License-Identifier: Apache-2.0 */
/* What the files of the room share: programs, a run of one command, facts, rows. */
#ifndef ENGINE_PROCESS_PROCESS_PRIVATE_H
#define ENGINE_PROCESS_PROCESS_PRIVATE_H

#include "base/json_tree.h"
#include "door/module.h"
#include "engine/flow/dmn/dmn.h"
#include "engine/flow/flow.h"
#include "engine/form/form.h"
#include "engine/process/process.h"

struct house;
struct request_words;

/* ---- process_words.c: the attributes of our namespace ---- */

struct process_node;
extern const struct flow_dialect process_dialect;
void process_node_read(struct arena *a, const struct bpmn_element *e, struct process_node *n,
		       struct bpmn_findings *f);
void process_mappings_check(struct arena *a, const struct bpmn_element *e, struct bpmn_findings *f);
/* Names of variables by which instances of a process are found. */
struct words process_searchable(struct arena *a, const struct bpmn_element *process);

/* ---- process_form.c: forms of user tasks ---- */

enum { PROCESS_SCHEMA_MAX = 256 << 10, PROCESS_FIELDS_MAX = 1000 };

/* A form of the model, and what one task may do with it. */
struct process_form {
	const char *process, *name; /* of whose extensionElements; as flow:form names it */
	struct form *form;
	const char *schema; /* as it was deployed */
	const struct form_permission *permissions;
	size_t permission_count;
	const struct process_form *next;
};
/* Reads flow:formSchema of all processes; what is wrong is a finding. */
const struct process_form *process_forms_read(struct arena *a, const struct bpmn_model *m,
					      struct bpmn_findings *f);
/* Gives a user task its form and the permissions of flow:fields. */
void process_form_join(struct arena *a, const struct bpmn_element *e,
		       const struct process_form *forms, struct process_node *n,
		       struct bpmn_findings *f);
struct process_run;
struct process_definition_row;
/* What starting a process with 'given' sets, as the form of its start event has it; 'given' itself where it has
 * none. ST_BAD_INPUT names the field and the rule. '*out' goes with the call. */
enum status process_form_start(struct call *c, const struct process_definition_row *d,
			       json_t *given, json_t **out) MUST_USE;
/* The schema of that form; stays NULL where there is none. */
enum status process_form_of_start(struct call *c, const struct process_definition_row *d,
				  const char **schema) MUST_USE;
/* What completing a task with 'given' sets, as its form has it; 'given' itself where it has none. ST_BAD_INPUT
 * names the field and the rule. '*out' goes with the call. */
enum status process_form_take(struct process_run *run, int64_t execution, json_t *given,
			      json_t **out) MUST_USE;
/* The schema and the variables that the task may see; both stay NULL where it has no form. */
enum status process_form_show(struct process_run *run, int64_t execution, const char **schema,
			      const char **variables) MUST_USE;
/* The form of a task, or NULL. */
const struct process_form *process_form_of(const struct process_run *run, int64_t execution);

/* ---- process_deadline.c: due dates in working days ---- */

/* What a due date is derived from, and by which version it was. */
struct deadline_row {
	const char *kind; /* task, timer */
	int64_t instance_id;
	int64_t number; /* the task's execution, the timer's wait */
	int64_t started_at, days;
	const char *calendar;
	int64_t version, due_at;
};
/* What 'n' says begins now: keeps that, and gives the due date. */
enum status process_deadline_begin(struct call *c, const struct process_node *n, const char *kind,
				   int64_t instance_id, int64_t number, int64_t *due_at) MUST_USE;
/* The due date by the newest version, and what is not certain of it (NULL: nothing). */
enum status process_deadline_now(struct call *c, const char *kind, int64_t instance_id,
				 int64_t number, int64_t *due_at, const char **warning) MUST_USE;
/* ST_BAD_INPUT: there is no such calendar. */
enum status process_calendar_known(struct call *c, const char *element, const char *code) MUST_USE;
/* A timer: derives again what an older version of a calendar gave. Not in a transaction. */
enum status process_deadlines(struct call *c) MUST_USE;
enum status process_deadlines_check(struct call *c, struct house *h, struct buf *report,
				    int64_t *bad) MUST_USE;
/* process_deadline_store.c */
enum status deadline_put(struct call *c, const struct deadline_row *d) MUST_USE;
enum status deadline_drop(struct call *c, const char *kind, int64_t instance_id,
			  int64_t number) MUST_USE;
enum status deadline_get(struct call *c, const char *kind, int64_t instance_id, int64_t number,
			 struct deadline_row *out) MUST_USE;
/* Any one of the first calendar behind 'after', by name. */
enum status deadline_calendar(struct call *c, const char *after, struct deadline_row *out) MUST_USE;
enum status deadline_stale(struct call *c, const char *calendar, int64_t version, int64_t limit,
			   struct deadline_row **out, size_t *n) MUST_USE;
enum status deadline_all(struct call *c, int64_t instance_id, const char *kind, int64_t number,
			 int64_t limit, struct deadline_row **out, size_t *n) MUST_USE;
/* Writes the version, and the due date of the task or timer. */
enum status deadline_renew(struct call *c, const struct deadline_row *d) MUST_USE;

/* ---- process_program.c: models compiled once for all threads ---- */

enum process_operation {
	OPERATION_TRANSFER = 1 << 0,      /* 转办 */
	OPERATION_DELEGATE = 1 << 1,      /* 委派 */
	OPERATION_RETURN = 1 << 2,        /* 退回 */
	OPERATION_URGE = 1 << 3,          /* 催办 */
	OPERATION_SIGN_BEFORE = 1 << 4,   /* 前加签 */
	OPERATION_SIGN_AFTER = 1 << 5,    /* 后加签 */
	OPERATION_SIGN_PARALLEL = 1 << 6, /* 并加签 */
	OPERATION_UNSIGN = 1 << 7,        /* 减签 */
	OPERATION_WITHDRAW = 1 << 8,      /* 撤回 */
	OPERATION_VOID = 1 << 9           /* 作废: of a process */
};
/* What a task lets people do that does not say. */
#define OPERATIONS_USUAL (OPERATION_TRANSFER | OPERATION_DELEGATE | OPERATION_URGE)

/* What the extension attributes of one element say. */
struct process_node {
	void *assignee, *users, *roles, *due,
		*key; /* compiled, of attributes that begin with '=' */
	const char *assignee_text, *users_text, *roles_text;
	const char *assignment; /* key of the decision model that says for whom a user task is */
	const char *form;
	const struct process_form *form_read; /* NULL: the model has no schema of that name */
	/* enum process_operation, or-ed: what a user task, or the whole process, lets people do */
	unsigned operations;
	const struct process_panel *panel; /* of a user task that several judge; else NULL */
	int64_t priority;
	int64_t business_days; /* a user task or timer is due so many working days on; 0: not */
	const char *calendar;  /* by which they are counted */
	const char *work_kind; /* act, worker, http; NULL: of no service task */
	const char *topic;
	const struct request_words *request; /* of the kind http */
	const char *payload;                 /* names of variables that a message carries */
	int64_t retries, pause;
	bool says; /* anything of the above */
};

struct process_program {
	int64_t model_id;
	struct arena *arena;
	struct bpmn_model *model;
	struct flow_program *flow;
	const struct dmn_model *decisions; /* of a decision model, which has nothing else */
	const struct process_node *nodes;  /* by the element's index */
	const struct words *searchable;    /* of each element, by index: a process declares them */
	bool searches;                     /* any does */
	bool judges;                       /* a user task of it has a panel */
	int holders;                       /* guarded by the cache's lock, as are the following */
	int64_t used;
	bool gone; /* out of the cache: whoever lets go of it last frees it */
	struct process_program *next;
};

/* In a transaction: the compiled model, which is good until it is let go. */
enum status process_program_take(struct call *c, int64_t model_id,
				 struct process_program **out) MUST_USE;
void process_program_release(struct process_program *p);
/* The same of a decision model, which is good until the call ends. */
enum status process_decisions_take(struct call *c, int64_t model_id,
				   const struct dmn_model **out) MUST_USE;
/* Compiles a model; NULL when findings say why not. Lives in 'a'. */
struct process_program *process_compile(struct arena *a, const char *xml, size_t size,
					struct bpmn_findings *findings);
void process_programs_drop(void);

/* ---- rows ---- */

struct process_row {
	int64_t id, definition_id;
	const char *domain_id, *business_key, *state, *started_by;
	int64_t started_at, ended_at, number;
	const char *hash, *body;
	const char *key; /* of the definition, with what follows */
	int64_t version, model_id;
};

struct process_log_row {
	int64_t instance_id, number, at;
	const char *actor, *command, *data, *hash;
};

struct process_task_row {
	int64_t instance_id, execution, definition_id;
	const char *domain_id, *node, *name;
	bool open;
	const char *assignee, *form;
	int64_t priority, due_at, created_at, claimed_at;
	const char *
		phase; /* as struct fact has it: "open", "held", "done", "panel", or a part's kind */
	const char *key, *business_key; /* in lists */
	const char *behalf;             /* for whom the asker would do it as a deputy, or NULL */
};

struct process_job_row {
	int64_t instance_id, execution;
	const char *kind, *node, *topic, *domain_id;
	int64_t attempt, retries, pause, due_at;
	const char *holder, *why;
	int64_t created_at;
};

struct process_message_row {
	int64_t id;
	const char *domain_id, *kind, *name, *business_key, *message_id, *body, *state;
	int64_t thrown_by;
	int64_t due_at, expires_at, created_at;
};

struct process_definition_row {
	int64_t id, model_id;
	const char *domain_id, *kind, *key;
	int64_t version;
	const char *name, *state, *digest;
	int64_t created_at;
};

struct process_start_row {
	int64_t definition_id;
	const char *node;
	int64_t place; /* among what starts at the node */
	const char *kind, *domain_id, *name;
	int64_t due_at, repeats, period, months;
};

/* ---- process_run.c: one command of one instance ---- */

enum fact_kind { FACT_INCIDENT, FACT_JOB, FACT_TASK, FACT_TIMER, FACT_WAIT, FACT__COUNT };

/* What an instance's state says that others ask for: one row each. */
struct fact {
	enum fact_kind kind;
	int64_t number;    /* of the execution or wait */
	int64_t execution; /* of a wait */
	const struct bpmn_element *element;
	const char *node;
	const char *text; /* a wait's name; an incident's reason */
	const char *word; /* a wait's or job's kind; a task's phase */
	const char *key;
	int64_t due_at;
};
struct facts {
	struct fact *list;
	size_t count, room;
};

struct thrown {
	const char *kind, *name, *business_key, *body;
	struct thrown *next;
};

enum { RUN_PROGRAMS_MAX = 64 };

/* The world and the programs that it runs, which are let go of when the call ends. */
struct run_life {
	struct flow_world *world;
	struct process_program *programs[RUN_PROGRAMS_MAX];
	size_t program_count;
	/* Which state of which instance this is: the hash of its log's newest entry, "" while it is none
	 * that was written. */
	int64_t instance_id;
	char hash[65];
	size_t size;                           /* of its body */
	struct run_life *older, *newer, *next; /* in the cache */
};

struct process_run {
	struct call *c;
	struct process_row row;
	struct flow_world *world;
	struct run_life *life; /* lives as long as the call */
	struct facts before, after;
	int64_t opened;    /* number of the log's newest entry then; 0: a new instance */
	struct buf events; /* JSON, as they come */
	size_t event_count;
	struct thrown *thrown, **thrown_tail;
	json_t *brought; /* process id → model, of calls; in a replay: what is to be brought */
	bool replays;
};

/* In a transaction: reads the instance and brings it to life. ST_NOT_FOUND: there is none of that id
 * that the asker's department has (all: whoever asks). ST_CONFLICT when it has ended. */
enum status run_open(struct call *c, int64_t id, bool any, struct process_run *run) MUST_USE;
/* Does a command: "complete", "fire" … with its input. What goes wrong is the caller's to word: ST_CONFLICT,
 * ST_NOT_FOUND without a problem. */
enum status run_apply(struct process_run *run, const char *command, const json_t *in) MUST_USE;
/* Writes the body, the rows that differ, the log entry, and what was thrown. */
enum status run_close(struct process_run *run, const char *command, json_t *in) MUST_USE;
/* Between two commands of one run: the entry of the first one alone. The instance is not a new one. */
enum status run_log(struct process_run *run, const char *command, json_t *in) MUST_USE;
/* A new instance of a definition: the run that begins with the command "start". */
enum status run_new(struct call *c, const struct process_definition_row *d,
		    const char *business_key, const char *by, struct process_run *run) MUST_USE;
/* The state as JSON, with the programs that it names. A new reference. */
json_t *run_body(const struct process_run *run);
enum status run_bring(struct process_run *run, int64_t model_id) MUST_USE;

/* process_life.c: worlds of instances that were at work lately. */

struct run_life *life_new(void);
void life_end(struct run_life *life);
/* The state of that hash, the caller's own from now on; NULL: it is not kept. */
struct run_life *life_take(int64_t instance_id, const char *hash);
/* Keeps it if it is a state that was written, else ends it. */
void life_give(void *life);
void lives_drop(void);

void run_world(struct process_run *run);
/* What our attributes say of an element of the run's models, or NULL. */
const struct process_node *node_of(const struct process_run *run, const struct bpmn_element *e);
enum status run_load(struct process_run *run, const char *body) MUST_USE;
/* What the state says now, in order. */
struct facts facts_of(const struct process_run *run);
int fact_compare(const struct fact *a, const struct fact *b);
bool fact_same(const struct fact *a, const struct fact *b);

/* process_rows.c: the rows of one fact. */
enum status fact_write(struct process_run *run, const struct fact *f) MUST_USE;
enum status fact_drop(struct process_run *run, const struct fact *f) MUST_USE;
enum status variables_write(struct process_run *run) MUST_USE;
/* The reference goes when the arena does; gives 'v', which may be NULL. */
json_t *keep_json(struct arena *a, json_t *v);
/* A JSON object, an empty one of NULL. ST_BAD_INPUT names "variables". '*out' goes with the call. */
enum status variables_parse(struct call *c, const char *text, json_t **out) MUST_USE;
/* All variables seen from an execution, as JSON. */
const char *variables_text(const struct process_run *run, int64_t at);
/* The value of 'compiled', or of 'text' as it is, seen from an execution, as a list of texts. */
struct words node_words(struct process_run *run, int64_t execution, void *compiled,
			const char *text);

/* ---- process_log.c ---- */

/* SM3 over the entry before and this one, in hexadecimal. */
const char *log_hash(struct arena *a, const char *before, const struct process_log_row *l);
/* What stands before the first entry. */
const char *log_seed(struct arena *a, const struct process_row *r);
const char *sm3_text(struct arena *a, const char *text, size_t size);
/* Reads the log, checks its chain, does all of its commands again and compares body and rows; a line in
 * 'report' for each difference. */
enum status log_replay(struct call *c, int64_t instance_id, struct buf *report,
		       int64_t *bad) MUST_USE;

/* ---- process_command.c ---- */

bool process_reaches(const struct call *c, const char *domain_id);
/* The asker's department, "" for the city. */
const char *process_domain(const struct call *c);
/* An answer that was given before to this key: ST_OK and '*found'. ST_CONFLICT: another command had it.
 * Else the key is the command's from now on: it ends with once_keep(), or fails and is undone whole. */
enum status once_find(struct call *c, const char *key, const char *what, bool *found,
		      struct process_result *out) MUST_USE;
enum status once_keep(struct call *c, const char *key, const struct process_result *out) MUST_USE;
/* The same of another shape; '*out' is that shape's struct. */
enum status once_find_as(struct call *c, const char *key, const char *what, bool *found,
			 const struct field *shape, void *out) MUST_USE;
enum status once_keep_as(struct call *c, const char *key, const struct field *shape,
			 const void *out) MUST_USE;
void result_of(const struct process_run *run, struct process_result *out);
extern const struct field process_result_wire[];
/* "12-3", a task or job: instance 12, execution 3. */
bool process_place(struct call *c, const char *name, int64_t *instance, int64_t *execution);
/* The task that the command names, where the asker's department has it. */
enum status process_task_find(struct call *c, const struct process_command *in,
			      struct process_task_row *t) MUST_USE;
struct candidate_row;
/* Whether the asker is somebody for whom the task is: of its candidates, as they were read, or anybody. */
bool process_is_for(const struct call *c, const struct process_task_row *t,
		    const struct candidate_row *list, size_t n);
/* The same of a task whose candidates were not read; '*behalf' (NULL before) gets the candidate whose deputy
 * the asker is, when the task is for one as such only. ST_FORBIDDEN: it is not. */
enum status process_may_take(struct call *c, const struct process_task_row *t,
			     const char **behalf) MUST_USE;
/* The task of a command that was not given before, else '*found' and its answer. */
enum status process_task_once(struct call *c, const char *command, const struct process_command *in,
			      const char *more, struct process_task_row *t, bool *found,
			      struct process_result *out) MUST_USE;
/* Gives the task to somebody, or back (NULL): a row and an entry of the log, the state stays. */
enum status process_give(struct call *c, const struct process_task_row *t, const char *user,
			 const char *why, const char *behalf, struct process_result *out) MUST_USE;
/* The user task that an execution stands at, NULL: at none. */
const struct bpmn_element *process_task_element(const struct process_run *run, int64_t execution);
/* What a command is, for its idempotency key. */
const char *process_what(struct call *c, const char *command, int64_t instance, int64_t execution,
			 const char *more, const char *variables);
json_t *process_input(struct call *c, const struct process_command *in, json_t *variables);
/* With the rules done: the command once, or the answer that it had before. */
enum status process_command_once(struct call *c, const char *command, struct process_run *run,
				 int64_t execution, const char *key, json_t *in,
				 struct process_result *out) MUST_USE;
/* Opens, applies, closes: for what comes from inside. */
enum status process_inside(struct call *c, int64_t instance, const char *command,
			   json_t *in) MUST_USE;
/* Starts at an event, or at the start without one (NULL). */
enum status process_begin(struct call *c, const struct process_definition_row *d, const char *event,
			  const char *business_key, const json_t *variables, const char *by,
			  struct process_result *out) MUST_USE;

/* ---- process_message.c, process_job.c, process_tick.c ---- */

enum status message_deliver(struct call *c, const struct process_message_row *m, bool *delivered,
			    struct process_result *out) MUST_USE;
enum status signal_deliver(struct call *c, const struct process_message_row *m) MUST_USE;
enum status tick_jobs(struct call *c, int64_t *done) MUST_USE;
process_act_fn *process_offered(const char *name);
struct condition_result {
	struct process_result *started;
	size_t started_count;
};
/* Starts the department's and the city's processes whose start has a condition that is true of these
 * variables. */
enum status process_conditions(struct call *c, const struct process_message *in,
			       struct condition_result *out) MUST_USE;
extern const struct field condition_result_wire[];
enum status process_timer(struct call *c);
enum status process_clean(struct call *c);

/* ---- stores ---- */

enum status model_put(struct call *c, const char *domain_id, const char *kind, const char *digest,
		      const char *name, const char *xml, int64_t *id) MUST_USE;
enum status model_find(struct call *c, const char *domain_id, const char *kind, const char *digest,
		       int64_t *id) MUST_USE;
enum status model_xml(struct call *c, int64_t id, const void **xml, size_t *size) MUST_USE;
enum status definition_put(struct call *c, struct process_definition_row *d) MUST_USE;
enum status definition_get(struct call *c, int64_t id, struct process_definition_row *out) MUST_USE;
/* The newest of a key in one department ('version' 0), or that version. */
enum status definition_find(struct call *c, const char *domain_id, const char *kind,
			    const char *key, int64_t version,
			    struct process_definition_row *out) MUST_USE;
/* The same of the department, or else of the city. */
enum status definition_near(struct call *c, const char *domain_id, const char *kind,
			    const char *key, int64_t version,
			    struct process_definition_row *out) MUST_USE;
enum status definition_list(struct call *c, const char *domain_id, const char *kind,
			    const char *key, int64_t below, int64_t limit,
			    struct process_definition_row **out, size_t *n) MUST_USE;
enum status definition_state(struct call *c, int64_t id, const char *state) MUST_USE;
enum status start_put(struct call *c, const struct process_start_row *s) MUST_USE;
enum status start_drop(struct call *c, const char *domain_id, const char *key) MUST_USE;
enum status start_named(struct call *c, const char *kind, const char *name, const char *domain_id,
			struct process_start_row **out, size_t *n) MUST_USE;
enum status start_conditions(struct call *c, const char *domain_id, int64_t limit,
			     struct process_start_row **out, size_t *n) MUST_USE;
enum status start_due(struct call *c, int64_t now, int64_t limit, struct process_start_row **out,
		      size_t *n) MUST_USE;
enum status start_next(struct call *c, const struct process_start_row *s, int64_t due_at,
		       int64_t repeats) MUST_USE;

enum status instance_put(struct call *c, struct process_row *r) MUST_USE;
enum status instance_get(struct call *c, int64_t id, struct process_row *out) MUST_USE;
enum status instance_write(struct call *c, const struct process_row *r, int64_t before) MUST_USE;
struct instance_filter {
	const char *domain_id, *key, *business_key, *state, *name, *value;
	int64_t below, limit;
};
enum status instance_list(struct call *c, const struct instance_filter *f, struct process_row **out,
			  size_t *n) MUST_USE;
enum status instance_ids(struct call *c, int64_t above, int64_t limit, struct process_row **out,
			 size_t *n) MUST_USE;
enum status log_put(struct call *c, const struct process_log_row *l) MUST_USE;
enum status log_list(struct call *c, int64_t instance_id, int64_t above, int64_t limit,
		     struct process_log_row **out, size_t *n) MUST_USE;

enum status task_put(struct call *c, const struct process_task_row *t) MUST_USE;
enum status task_drop(struct call *c, int64_t instance_id, int64_t execution) MUST_USE;
enum status task_get(struct call *c, int64_t instance_id, int64_t execution,
		     struct process_task_row *out) MUST_USE;
enum status task_assign(struct call *c, int64_t instance_id, int64_t execution,
			const char *assignee) MUST_USE;
enum status task_phase(struct call *c, int64_t instance_id, int64_t execution,
		       const char *phase) MUST_USE;
/* 'key': of the process, NULL: of any. */
enum status task_of_person(struct call *c, const char *user, const char *key, int64_t after,
			   int64_t after_execution, int64_t limit, struct process_task_row **out,
			   size_t *n) MUST_USE;
enum status task_open(struct call *c, const char *domain_id, int64_t after, int64_t after_execution,
		      int64_t limit, struct process_task_row **out, size_t *n) MUST_USE;
enum status task_of_candidate(struct call *c, const char *kind, const char *who,
			      const char *domain_id, const char *key, int64_t after,
			      int64_t after_execution, int64_t limit, struct process_task_row **out,
			      size_t *n) MUST_USE;
enum status task_of_instance(struct call *c, int64_t instance_id, struct process_task_row **out,
			     size_t *n) MUST_USE;
struct candidate_row {
	const char *kind, *who;
};
enum status candidate_put(struct call *c, const struct process_task_row *t, const char *kind,
			  const char *who) MUST_USE;
enum status candidate_drop(struct call *c, int64_t instance_id, int64_t execution) MUST_USE;
enum status candidate_list(struct call *c, int64_t instance_id, int64_t execution,
			   struct candidate_row **out, size_t *n) MUST_USE;

struct timer_row {
	int64_t instance_id, wait, due_at;
};
enum status timer_put(struct call *c, int64_t instance_id, int64_t wait, const char *node,
		      int64_t due_at) MUST_USE;
enum status timer_drop(struct call *c, int64_t instance_id, int64_t wait) MUST_USE;
enum status timer_due(struct call *c, int64_t now, int64_t limit, struct timer_row **out,
		      size_t *n) MUST_USE;

struct wait_row {
	int64_t instance_id, wait, execution;
};
enum status wait_put(struct call *c, int64_t instance_id, const struct fact *f,
		     const char *domain_id) MUST_USE;
enum status wait_drop(struct call *c, int64_t instance_id, int64_t wait) MUST_USE;
enum status wait_find(struct call *c, const char *kind, const char *name, const char *domain_id,
		      const char *business_key, int64_t limit, struct wait_row **out,
		      size_t *n) MUST_USE;

enum status job_put(struct call *c, const struct process_job_row *j) MUST_USE;
enum status job_drop(struct call *c, int64_t instance_id, int64_t execution) MUST_USE;
enum status job_read(struct call *c, int64_t instance_id, int64_t execution,
		     struct process_job_row *out) MUST_USE;
/* Of one kind: what is due of several would be sorted whole, however long it has become. */
enum status job_due(struct call *c, const char *kind, int64_t now, int64_t limit,
		    struct process_job_row **out, size_t *n) MUST_USE;
enum status job_topic_due(struct call *c, const char *topic, const char *domain_id, int64_t now,
			  int64_t limit, struct process_job_row **out, size_t *n) MUST_USE;
enum status job_hold(struct call *c, const struct process_job_row *j, const char *holder,
		     int64_t until) MUST_USE;
/* Held in vain: the attempt was none. */
enum status job_postpone(struct call *c, const struct process_job_row *j, int64_t due_at,
			 const char *why) MUST_USE;
enum status job_failed(struct call *c, const struct process_job_row *j, int64_t retries,
		       int64_t due_at, const char *why) MUST_USE;

struct incident_row {
	int64_t instance_id, execution;
	const char *node, *why, *domain_id;
	int64_t created_at;
};
enum status incident_put(struct call *c, const struct incident_row *i) MUST_USE;
enum status incident_drop(struct call *c, int64_t instance_id, int64_t execution) MUST_USE;
enum status incident_list(struct call *c, const char *domain_id, int64_t before, int64_t limit,
			  struct incident_row **out, size_t *n) MUST_USE;
struct variable_row {
	const char *name, *value;
};
enum status variable_list(struct call *c, int64_t instance_id, struct variable_row **out,
			  size_t *n) MUST_USE;
enum status variable_put(struct call *c, int64_t instance_id, const char *name, const char *value,
			 const char *domain_id) MUST_USE;
enum status message_put(struct call *c, struct process_message_row *m) MUST_USE;
enum status message_find(struct call *c, const char *domain_id, const char *name,
			 const char *message_id, struct process_message_row *out) MUST_USE;
enum status message_due(struct call *c, int64_t now, int64_t limit,
			struct process_message_row **out, size_t *n) MUST_USE;
enum status message_state(struct call *c, int64_t id, const char *state, int64_t due_at) MUST_USE;
enum status message_drop(struct call *c, int64_t id) MUST_USE;
/* Somebody waits for 'name' now: what waits for a receiver is tried. */
enum status message_wake(struct call *c, const char *name, const char *domain_id) MUST_USE;
enum status message_purge(struct call *c, int64_t now) MUST_USE;
struct command_row {
	const char *what, *answer;
};
enum status command_get(struct call *c, const char *owner, const char *key,
			struct command_row *out) MUST_USE;
/* '*fresh': the key was not used and is now; else it stays whose it is. */
enum status command_claim(struct call *c, const char *owner, const char *key, const char *what,
			  bool *fresh) MUST_USE;
enum status answer_put(struct call *c, const char *owner, const char *key,
		       const char *answer) MUST_USE;
enum status command_purge(struct call *c, int64_t before) MUST_USE;

/* Rows of instances that have ended, and candidates of no task. */
enum status rows_orphaned(struct call *c, int64_t *out) MUST_USE;
/* Tasks, timers, waits, jobs and incidents of one instance. */
enum status rows_of_instance(struct call *c, int64_t instance_id, int64_t *out) MUST_USE;

enum status process_metrics(struct call *c, struct buf *out);
extern const struct route process_routes[], process_human_routes[];
enum status process_check(struct call *c, struct house *h, bool deep, struct buf *report,
			  int64_t *bad);

#endif
