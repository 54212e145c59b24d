/* SPDX-License-Identifier: Apache-2.0 */
/* For whom a task is, as a decision says it 办理人规则. */
#ifndef ENGINE_PROCESS_PROCESS_DECIDE_H
#define ENGINE_PROCESS_PROCESS_DECIDE_H

#include "engine/process/process_private.h"

struct assignment {
	struct words assignee, users, roles;
};
/* Asks the newest version of the decision model 'key' of the instance's department, or else of the city. When it
 * gives nothing, or too much is to be computed, the task is for nobody but whoever operates. */
enum status process_assignment(struct process_run *run, const char *key, int64_t execution,
			       struct assignment *out) MUST_USE;
/* ST_BAD_INPUT: there is no such decision model, or it has several decisions. */
enum status process_assignment_known(struct call *c, const char *element, const char *domain,
				     const char *key) MUST_USE;

#endif
