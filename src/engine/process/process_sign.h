/* SPDX-License-Identifier: Apache-2.0 */
/* Several people at one task: panels 会签 或签, which a ratio or a count of their votes decides, and signers
 * that somebody adds 加签 or takes away 减签. Each of them has a part of the task (flow_part()); what is
 * counted stands in local variables of the task, so that the log alone gives it again. */
#ifndef ENGINE_PROCESS_PROCESS_SIGN_H
#define ENGINE_PROCESS_PROCESS_SIGN_H

#include "engine/process/process_private.h"

enum { PANEL_MAX = 200 }; /* parts of one task */

/* What a user task says of its panel: flow:participants and what goes with it. */
struct process_panel {
	void *participants; /* compiled; NULL: the text, a list with commas */
	const char *participants_text;
	int64_t count, percent; /* approvals that it takes: so many, or (count 0) so much of all */
	bool veto;              /* flow:veto: one rejection decides */
	bool everybody;         /* flow:waitAll: decided when all have voted */
	const char *outcome;    /* the variable that gets what came of it */
};
/* NULL: the element has none. What is wrong is a finding. */
const struct process_panel *process_panel_read(struct arena *a, const struct bpmn_element *e,
					       struct bpmn_findings *f);

struct panel_count {
	int64_t approve, reject, abstain, open;
};
enum panel_verdict { PANEL_OPEN, PANEL_PASSED, PANEL_REJECTED };
/* What the votes so far decide. */
enum panel_verdict process_panel_judge(const struct process_panel *p, const struct panel_count *n);

extern const char *const sign_kind_words[];    /* "before", "after", "parallel" */
extern const char *const sign_verdict_words[]; /* "approve", "reject", "abstain" */

/* "open", "held", "done", "panel"; of a part its kind. By the local variables of a user task. */
const char *sign_phase(const json_t *locals);
/* Whether a phase is that of a part. */
bool sign_kind(const char *phase);
/* Whose part an execution is, NULL: it is none. */
const char *sign_part_user(const struct process_run *run, int64_t execution);
/* The task that a part is of; the execution itself of what is none. */
int64_t sign_task_of(const struct process_run *run, int64_t execution);

struct sign_part {
	int64_t execution; /* 0: signs after the task, and has no part yet */
	const char *user, *kind, *by;
};
/* The open parts of a task, and who signs after it. */
struct sign_part *sign_parts(const struct process_run *run, int64_t task, size_t *n);
/* Whether completing the task ends it: nobody else is to sign. */
bool sign_is_last(const struct process_run *run, int64_t task);

/* Commands of the log: "sign", "unsign", "vote", "finish", "withdraw". */
bool sign_knows(const char *command);
enum status sign_apply(struct process_run *run, const char *command, const json_t *in) MUST_USE;
/* Opens the panels of tasks that have just been reached. */
enum status sign_open(struct process_run *run) MUST_USE;

#endif
