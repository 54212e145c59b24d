/* SPDX-License-Identifier: Apache-2.0 */
/* What people do with tasks besides taking and completing them; of this room alone. */
#ifndef ENGINE_PROCESS_PROCESS_HUMAN_H
#define ENGINE_PROCESS_PROCESS_HUMAN_H

#include "engine/process/process_private.h"

struct process_human {
	int64_t instance_id;
	const char *task, *user_id, *node, *reason, *variables;
	int resume, kind; /* enum process_resume; of sign_kind_words */
	struct words users;
	const char *idempotency_key;
};

/* One command at a task: whose it is, what the model allows. */
struct process_doing {
	struct process_task_row task;
	struct process_run run;
	const struct bpmn_element *element; /* of the task */
	json_t *variables;                  /* that were given */
	const char *behalf;                 /* as whose deputy it is done, or NULL */
	bool done;                          /* it was done before: the answer is there */
};
/* Finds the task and opens its instance; 'operation' is one of enum process_operation, 0: none is asked for. */
enum status doing_begin(struct call *c, const struct process_human *in, const char *command,
			unsigned operation, struct process_doing *d,
			struct process_result *out) MUST_USE;
/* ST_FORBIDDEN: the asker has not taken the task, is no deputy of who has, and does not operate. */
enum status doing_has(struct call *c, struct process_doing *d) MUST_USE;
/* To whom it may be given: somebody else of the department whose account is open. */
enum status doing_receiver(struct call *c, const struct process_doing *d,
			   const char *user_id) MUST_USE;
json_t *doing_input(struct call *c, const struct process_doing *d);
enum status doing_finish(struct call *c, const struct process_human *in, struct process_doing *d,
			 const char *command, json_t *input, struct process_result *out) MUST_USE;
/* ST_FORBIDDEN: the model does not allow it there. */
enum status process_allowed(struct call *c, const struct process_node *n, unsigned operation,
			    const char *node) MUST_USE;
/* What of enum process_operation an element allows. */
unsigned process_operations(const struct process_node *n);
/* Whether sequence flows lead from one node to the other. */
bool process_leads(const struct bpmn_element *from, const struct bpmn_element *to);
enum process_resume { RESUME_AGAIN, RESUME_DIRECT };
extern const char *const process_resume_words[], *const process_operation_words[];

/* process_signers.c: 加签 others sign before, after or beside whoever has the task; 减签 they do no more. */
enum status process_sign(struct call *c, const struct process_human *in,
			 struct process_result *out) MUST_USE;
enum status process_unsign(struct call *c, const struct process_human *in,
			   struct process_result *out) MUST_USE;

/* process_withdraw.c: 撤回 whoever completed a task has it again, while nobody did anything with what followed.
 * ST_CONFLICT says what stands against it. */
enum status process_withdraw(struct call *c, const struct process_human *in,
			     struct process_result *out) MUST_USE;
/* 作废: the instance is cancelled, for a reason. Whoever started it where the model allows it (flow:operations of the
 * process), or operates. */
enum status process_void(struct call *c, const struct process_human *in,
			 struct process_result *out) MUST_USE;

/* 转办: the task is another's from now on. */
enum status process_transfer(struct call *c, const struct process_human *in,
			     struct process_result *out) MUST_USE;
/* 委派: another does it, and then its owner has it again. */
enum status process_delegate(struct call *c, const struct process_human *in,
			     struct process_result *out) MUST_USE;
/* 退回: an activity before it in the same process or sub-process is done again, and either all that follows
 * (again), or this node at once (direct). */
enum status process_return(struct call *c, const struct process_human *in,
			   struct process_result *out) MUST_USE;
/* 自由跳转: any activity of the same process or sub-process; the route asks for process.operate. */
enum status process_jump(struct call *c, const struct process_human *in,
			 struct process_result *out) MUST_USE;
/* 催办: whoever started the instance, or operates, asks for haste; posts process.task.urged. ST_TOO_MANY:
 * less than ten minutes after the last time. */
enum status process_urge(struct call *c, const struct process_human *in,
			 struct process_result *out) MUST_USE;

#endif
