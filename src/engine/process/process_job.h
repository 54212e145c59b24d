/* SPDX-License-Identifier: Apache-2.0 */
/* Jobs as workers and the tick meet them; of this room alone. */
#ifndef ENGINE_PROCESS_PROCESS_JOB_H
#define ENGINE_PROCESS_PROCESS_JOB_H

#include <stdlib.h>
#include "engine/process/process_private.h"

/* Does a job that is due in this transaction, and, when it 'chains', acts that follow from it in the same
 * instance: when one of them fails nothing of it was done, and the first is tried alone. ST_OK too when
 * somebody else has done it. */
enum status job_do(struct call *c, const struct process_job_row *due, bool chains) MUST_USE;
/* It failed: tried again when retries are 'left', else an incident. */
enum status job_fail(struct call *c, const struct process_job_row *j, int64_t left,
		     const char *why) MUST_USE;
/* The pause before it is tried again. */
int64_t job_later(const struct process_job_row *j);
/* Outside of a transaction: the same for a job whose transaction was undone. */
enum status job_note(struct call *c, const struct process_job_row *j, const char *why) MUST_USE;

struct job_activation {
	const char *topic;
	int64_t count, lease; /* jobs; seconds */
};
struct job_view {
	const char *job; /* "INSTANCE-EXECUTION": with 'attempt' the key for what it does outside */
	int64_t instance_id;
	const char *node, *topic, *business_key, *variables;
	int64_t attempt, retries, lease_until;
};
struct job_page {
	struct job_view *jobs;
	size_t jobs_count;
};
enum status job_activate(struct call *c, const struct job_activation *in,
			 struct job_page *out) MUST_USE;

struct job_ending {
	const char *job, *variables, *code, *reason;
	int64_t retries;
	bool retries_given;
	const char *idempotency_key;
};
/* Completes it, or with a code ends it in a BPMN error. */
enum status job_complete(struct call *c, const struct job_ending *in,
			 struct process_result *out) MUST_USE;
enum status job_break(struct call *c, const struct job_ending *in,
		      struct process_result *out) MUST_USE;

#endif
