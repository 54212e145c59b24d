/* SPDX-License-Identifier: Apache-2.0 */
/* What people do with tasks besides taking and completing them; of this room alone. */
#ifndef ENGINE_PROCESS_PROCESS_HUMAN_H
#define ENGINE_PROCESS_PROCESS_HUMAN_H

#include "engine/process/process_private.h"

struct process_human {
	const char *task, *user_id, *node, *reason, *variables;
	int resume; /* enum process_resume */
	const char *idempotency_key;
};
enum process_resume { RESUME_AGAIN, RESUME_DIRECT };
extern const char *const process_resume_words[], *const process_operation_words[];
/* The command that completing a task is: "complete"; "resolve" when it was delegated: its variables are set
 * and its owner has it again ('in' gets the user); "comeback" when it was returned to: the token goes back
 * to the node that it came from ('in' gets the node). */
const char *process_completion(struct process_run *run, const struct process_task_row *t,
			       json_t *in);
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
