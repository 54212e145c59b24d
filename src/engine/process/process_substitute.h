/* SPDX-License-Identifier: Apache-2.0 */
/* Substitution 代理: for some time one person does the tasks of another, who is away. Nothing of the tasks
 * changes; whoever does one as a deputy is named in the log, and on whose behalf. */
#ifndef ENGINE_PROCESS_PROCESS_SUBSTITUTE_H
#define ENGINE_PROCESS_PROCESS_SUBSTITUTE_H

#include "engine/process/process_private.h"

struct substitution {
	const char *id, *domain_id;
	const char *principal, *deputy; /* user ids: who is away, who stands in */
	const char *process;            /* of this key only; NULL: of all */
	int64_t from_at, until_at;      /* until_at is not in it */
	const char *reason, *made_by;
	int64_t made_at, ended_at; /* ended_at: it was taken back then; 0: it was not */
};
struct substitution_ask {
	const char *id;
	int list; /* "given", "held", "all" */
	const char *marker;
	int64_t limit;
};
struct substitution_page {
	struct substitution *substitutions;
	size_t substitutions_count;
	const char *next;
};

/* Whether the asker stands in for 'principal' at this task now: '*behalf' becomes 'principal', and the audit
 * entry says so. */
enum status process_deputy(struct call *c, const struct process_task_row *t, const char *principal,
			   const char **behalf) MUST_USE;
/* The same of any of a task's candidates who are named. */
enum status process_deputy_of(struct call *c, const struct process_task_row *t,
			      const struct candidate_row *list, size_t n,
			      const char **behalf) MUST_USE;
/* For whom the asker stands in now; at most SUBSTITUTIONS_MAX. */
enum { SUBSTITUTIONS_MAX = 50 };
enum status substitution_held(struct call *c, const char *deputy, struct substitution **out,
			      size_t *n) MUST_USE;

/* One's own tasks; whoever operates may say it for others of the department. ST_CONFLICT: there is one for the
 * same person, process and time. */
enum status substitution_make(struct call *c, const struct substitution *in,
			      struct substitution *out) MUST_USE;
/* By who made it, or whose tasks they are, or who operates. ST_CONFLICT: it is over. */
enum status substitution_end(struct call *c, const struct substitution_ask *in,
			     struct substitution *out) MUST_USE;
enum status substitutions(struct call *c, const struct substitution_ask *in,
			  struct substitution_page *out) MUST_USE;
extern const struct field substitution_wire[];

/* process_substitute_store.c */
enum status substitution_put(struct call *c, const struct substitution *s) MUST_USE;
enum status substitution_get(struct call *c, const char *id, struct substitution *out) MUST_USE;
enum status substitution_close(struct call *c, const char *id, int64_t at) MUST_USE;
enum status substitution_stands(struct call *c, const char *principal, const char *deputy,
				const char *domain_id, const char *process, int64_t now,
				int64_t *count) MUST_USE;
enum status substitution_overlaps(struct call *c, const struct substitution *s,
				  int64_t *count) MUST_USE;
/* Of a principal, of a deputy, or of all (both NULL), the newest first. */
enum status substitution_list(struct call *c, const char *domain_id, const char *principal,
			      const char *deputy, const char *marker, int64_t limit,
			      struct substitution **out, size_t *n) MUST_USE;
enum status substitution_active(struct call *c, const char *deputy, int64_t now, int64_t limit,
				struct substitution **out, size_t *n) MUST_USE;

#endif
