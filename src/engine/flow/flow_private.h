/* SPDX-License-Identifier: Apache-2.0 */
/* The machine's inside: compiled nodes, the tree of executions, what waits, and the agenda. */
#ifndef ENGINE_FLOW_PRIVATE_H
#define ENGINE_FLOW_PRIVATE_H

#include "engine/flow/flow.h"

#define FLOW_MAX_STEPS 100000

/* ---- compiled ---- */

struct flow_node;

struct flow_edge {
	const char *id;
	struct flow_node *from, *to;
	bool conditional;
	void *condition; /* compiled */
	const char *text;
	unsigned index; /* in its program */
};

struct flow_trigger {
	const struct bpmn_element *element; /* the event definition */
	enum bpmn_kind kind;
	const char *name; /* message, signal: name; error, escalation: code; link: name; or NULL */
	bool catches_all; /* error or escalation without code */
	const char *target; /* compensation: id of the activity, or NULL */
	bool passes_key;    /* signal: with the business key of its thrower */
	bool in_instance;   /* signal: heard inside of its own instance only */
	bool waits;         /* compensation: until it is done */
	void *expression;   /* condition; or the time, when it is computed */
	void *name_expression;
	const char *text;   /* the time as written */
	bool timed_outside; /* there is none, see struct flow_extras */
	const char *code_variable, *message_variable;
	struct flow_trigger *next;
};

enum flow_loop { FLOW_ONCE, FLOW_STANDARD, FLOW_PARALLEL, FLOW_SEQUENTIAL };

struct flow_behavior {
	void *condition;
	struct flow_trigger *event;
	struct flow_behavior *next;
};

struct flow_assignment {
	const char *from, *to; /* names of variables */
	void *expression;      /* computed instead of 'from' */
	struct flow_assignment *next;
};

struct flow_node {
	const struct bpmn_element *element;
	enum bpmn_kind kind;
	const char *id;
	unsigned index; /* in its program */
	struct flow_program *program;
	struct flow_node *container; /* NULL: a process */
	struct flow_node **nodes;    /* of a container, all of its level */
	unsigned node_count;
	struct flow_edge **in, **out;
	unsigned in_count, out_count;
	struct flow_edge *fallback; /* the default flow */
	struct flow_trigger *triggers;
	unsigned trigger_count;
	bool all_triggers; /* parallel multiple */
	struct flow_node **boundaries;
	unsigned boundary_count;
	struct flow_node *host;    /* of a boundary event */
	struct flow_node *handler; /* of a compensation boundary event */
	bool interrupts;
	bool is_event_sub, is_compensation, instantiates, is_parallel_start;
	int64_t start_quantity, completion_quantity;
	enum flow_loop loop;
	bool test_before;
	int64_t loop_maximum; /* -1: none */
	void *loop_condition, *cardinality, *completion, *collection;
	const char *element_variable, *result_item, *result_list;
	int behavior; /* 0 All, 1 None, 2 One, 3 Complex */
	struct flow_trigger *behavior_event;
	struct flow_behavior *behaviors;
	bool ordered, cancels_rest; /* ad-hoc */
	void *ad_hoc_completion;
	void *activation;   /* complex gateway */
	const char *called; /* id of a callable element */
	void *called_expression;
	const char *message; /* send and receive tasks */
	void *message_expression, *work_expression;
	struct flow_assignment *inputs, *outputs;
	struct flow_extras extras;
	const char **data; /* names of data objects and properties, of a container */
	unsigned data_count;
};

struct flow_program {
	struct arena *arena;
	const struct bpmn_model *model;
	const struct flow_language *language;
	struct flow_node **nodes;
	unsigned node_count;
	struct flow_edge **edges;
	unsigned edge_count;
};

/* ---- running ---- */

struct flow_instance;

/* A token that rests on a sequence flow before a gateway or an activity that wants several. */
struct flow_token {
	struct flow_edge *edge;
	int64_t count;
};

/* A complex gateway between its two phases, in one scope. */
struct flow_phase {
	struct flow_node *gateway;
	bool resets;       /* it has fired and waits for the rest */
	uint64_t consumed; /* bit: incoming flow whose token was taken */
};

/* An activity that was completed and can be compensated. */
struct flow_record {
	struct flow_node *activity, *handler; /* handler NULL: a sub-process by what is in it */
	json_t *variables;                    /* as they were at its completion, or NULL */
	int64_t group;             /* the parallel multi-instance in which it was done, or 0 */
	struct flow_record *inner; /* what was completed inside, newest first */
	struct flow_record *next;  /* older */
};

/* What a thrower of compensation does when all is compensated. */
enum flow_then { FLOW_THEN_LEAVE, FLOW_THEN_CANCEL, FLOW_THEN_NOTHING };

enum flow_state {
	FLOW_ACTIVE,      /* has children, or waits */
	FLOW_BEFORE,      /* waits for its job before */
	FLOW_AFTER,       /* waits for its job after */
	FLOW_COMPENSATES, /* waits until handlers are done */
	FLOW_STUCK        /* incident */
};

struct flow_execution {
	int64_t id;
	struct flow_node *node;
	struct flow_instance *instance;
	struct flow_execution *parent, *first, *last, *next, *before;
	struct flow_execution *hash_next;
	enum flow_state state;
	bool is_body, is_item; /* the whole of a loop; one of it */
	bool waits;            /* for flow_complete() */
	bool is_work, was_told;
	bool ending;                         /* children are being cancelled: nothing new starts */
	int64_t index, total, done, running; /* of a loop */
	json_t *items;                       /* the collection of a multi-instance */
	json_t *variables;
	struct flow_token *tokens;
	unsigned token_count;
	struct flow_phase *phases;
	unsigned phase_count;
	struct flow_record *records; /* of a scope */
	int64_t thrower_id;          /* of a compensation handler: who waits for it */
	struct flow_edge *edge; /* by which a token came that waits for its job before a gateway */
	unsigned handlers;      /* handlers that a thrower waits for */
	struct flow_record *pending; /* to be compensated after the running handler */
	int after_compensation;      /* enum flow_then */
	char *failure;
};

struct flow_wait {
	int64_t id;
	struct flow_execution *owner; /* with which it goes; NULL: a process' start */
	struct flow_node *node;       /* the event */
	struct flow_trigger *trigger; /* NULL: a receive task */
	char *name;                   /* message or signal, as it was computed */
	int64_t due_at;
	int64_t repeats, period, period_months; /* of a cycle: -1 repeats for ever */
	bool was_true;                          /* a condition, when last looked at */
	struct flow_wait *next;
};

enum flow_do { FLOW_DO_ARRIVE, FLOW_DO_RUN, FLOW_DO_THROW, FLOW_DO_CHECK };

struct flow_step {
	enum flow_do what;
	int64_t scope; /* execution */
	struct flow_node *node;
	struct flow_edge *edge;
	int64_t execution;
	struct flow_step *next;
};

struct flow_instance {
	int64_t id; /* that of its root */
	struct flow_world *world;
	struct flow_execution *root;
	struct flow_node *process;
	char *business_key;
	enum flow_outcome outcome;
	bool is_suspended;
	char *error_code;
	struct flow_instance *next;
};

/* A message that nobody waited for yet (struct flow_settings, deliver). */
struct flow_letter {
	const struct bpmn_element *to; /* where its message flow ends, or NULL */
	char *name;
	json_t *payload;
	struct flow_letter *next;
};

/* A program in a world. Its number, with a node's index, is what a saved state names nodes by. */
struct flow_deployed {
	struct flow_program *program;
	int64_t number;
	struct flow_deployed *next;
};

struct flow_world {
	struct flow_settings settings;
	int64_t now, last_id;
	int64_t deployed;               /* the last number given */
	struct flow_deployed *programs; /* newest first */
	struct flow_instance *first, *last;
	struct flow_wait *waits, **waits_tail;
	struct flow_step *agenda, **agenda_tail;
	struct flow_step *late,
		**late_tail;           /* throws of signals and messages: when all else rests */
	struct flow_execution **table; /* by id; a power of two, doubled when there are more */
	size_t room, executions;
	unsigned steps;
	struct flow_letter *letters, **letters_tail;
	unsigned letter_count;
	const char *thrown_key; /* of the signal being thrown, for what it starts; or NULL */
	bool dirty;             /* variables changed: conditions are to be looked at */
	bool running;
};

/* flow_world.c */
/* The process of that id in 'first' (may be NULL), or else in what the world has or can be brought. */
struct flow_node *flow_process(struct flow_world *w, const struct flow_program *first,
			       const char *id);

/* flow_state.c */
struct flow_execution *flow_find(const struct flow_world *w, int64_t id);
struct flow_execution *flow_execution_new(struct flow_instance *i, struct flow_execution *parent,
					  struct flow_node *node);
/* Ends 'e' and all below it; 'cancelled' tells so. Its waits go with it. */
void flow_execution_end(struct flow_execution *e, bool cancelled);
void flow_tell(struct flow_execution *e, enum flow_event_kind kind, const char *name,
	       const char *text);
/* A part in the work of a user task: below it, and of the same node. */
bool flow_is_part(const struct flow_execution *e);
/* The container execution in which the tokens of 'e' run (never 'e' itself). */
struct flow_execution *flow_scope(struct flow_execution *e);
struct flow_execution *flow_transaction(struct flow_execution *e);
json_t *flow_lookup(struct flow_execution *e, const char *name);
void flow_assign(struct flow_execution *e, const char *name, json_t *value); /* takes 'value' */
void flow_assign_local(struct flow_execution *e, const char *name, json_t *value);
void flow_assign_all(struct flow_execution *e, const json_t *variables);
json_t *flow_environment(struct flow_execution *e);
/* Evaluates; NULL: an incident was made of 'e' (or of its failure). */
json_t *flow_evaluate(struct flow_execution *e, void *compiled);
bool flow_is_true(struct flow_execution *e, void *compiled, bool *failed);
void flow_records_end(struct flow_record *r);
void flow_wait_end(struct flow_world *w, struct flow_wait *wait);

/* flow_run.c */
void flow_push(struct flow_world *w, enum flow_do what, struct flow_execution *scope,
	       struct flow_node *node, struct flow_edge *edge, struct flow_execution *e);
void flow_settle(struct flow_world *w);
void flow_run_node(struct flow_execution *scope, struct flow_node *node);
void flow_begin_node(struct flow_execution *e); /* once a job before it is done */
void flow_perform(struct flow_execution *e);    /* the node's own behaviour */
void flow_completed(struct flow_execution *e);  /* its work is done: loops, records, way out */
/* Runs the process that a call activity names; what a called process gives back. */
void flow_call(struct flow_execution *e);
void flow_call_returns(struct flow_execution *root);
void flow_check_scope(struct flow_execution *scope);
void flow_open_scope(struct flow_execution *scope, struct flow_node *start);
void flow_stick(struct flow_execution *e, const char *why);

/* flow_join.c */
void flow_token_add(struct flow_execution *scope, struct flow_edge *edge);
void flow_arrive_gateway(struct flow_execution *scope, struct flow_node *gateway);
/* Gateways that depend on what happens elsewhere: true when one fired. */
bool flow_join_rest(struct flow_execution *scope);

/* flow_loop.c */
void flow_loop_start(struct flow_execution *body);
void flow_begin_item(struct flow_execution *item);
void flow_loop_item_done(struct flow_execution *item);

/* flow_event.c */
void flow_subscribe(struct flow_execution *owner, struct flow_node *event);
void flow_subscribe_starts(struct flow_world *w, struct flow_node *process);
/* A token passes the event, which has happened. */
void flow_leave_event(struct flow_execution *scope, struct flow_node *event);
/* The name as it is now, NULL when it cannot be computed; the caller frees it. */
char *flow_current_name(struct flow_execution *e, const char *name, void *computed);

/* flow_throw.c */
void flow_throw(struct flow_execution *e, struct flow_node *event);
void flow_throw_trigger(struct flow_execution *e, struct flow_trigger *t);
/* What 'wait' waited for has come, with 'payload' (may be NULL). */
void flow_occurs(struct flow_world *w, struct flow_wait *wait, const json_t *payload);
bool flow_look_at_conditions(struct flow_world *w);
/* Hands over one message that has come before its receiver. False: none can be. */
bool flow_hand_over(struct flow_world *w);
void flow_letter_end(struct flow_world *w, struct flow_letter *letter);
/* To all, or inside of one instance. */
unsigned flow_broadcast(struct flow_world *w, const char *name, const json_t *payload,
			const struct flow_instance *only);
bool flow_deliver(struct flow_world *w, struct flow_execution *from, const char *name,
		  const json_t *payload);
struct flow_instance *flow_begin(struct flow_world *w, struct flow_node *process,
				 struct flow_node *start, const char *business_key,
				 const json_t *variables);
/* An instance by what starts it, which has happened already. */
struct flow_instance *flow_begin_by(struct flow_world *w, struct flow_node *event, const char *key,
				    const json_t *payload);
/* A start event, an instantiating receive task, or an event behind an instantiating gateway. */
bool flow_starts(const struct flow_node *n);

/* flow_error.c */
/* Looks for a handler from 'e' outwards. False: there is none. */
bool flow_error(struct flow_execution *e, const char *code, const char *message);
bool flow_escalate(struct flow_execution *e, const char *code);
void flow_catch(struct flow_execution *owner, struct flow_node *event, const json_t *payload);
void flow_instance_end(struct flow_instance *i, enum flow_outcome outcome, const char *code);

/* flow_compensate.c */
void flow_record(struct flow_execution *done);
void flow_record_item(struct flow_execution *item);
void flow_compensate(struct flow_execution *thrower, const char *activity, bool waits, int after);
void flow_handler_done(struct flow_execution *handler);

#endif
