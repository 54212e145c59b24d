/* SPDX-License-Identifier: Apache-2.0 */
/* What the files share that serve the base: acts, the open base, statements. */
#ifndef DATA_THEME_THEME_SERVE_PRIVATE_H
#define DATA_THEME_THEME_SERVE_PRIVATE_H

#include "data/theme/theme.h"
#include "door/route.h"

#define THEME_JOB "theme.base.build"

/* --- acts (theme_serve.c) --- */

struct theme_find {
	const char *id, *code, *name, *address, *entity; /* one of them */
	int kind;
	const char *after, *purpose;
	int64_t limit, relations;
};
struct theme_page {
	struct theme_entity *entities;
	size_t entities_count;
	const char *next;
};
struct theme_state {
	int64_t records, persons, firms, houses, links, relations, linked, built_at;
};
struct theme_resource {
	const char *code, *resource_id, *domain_id;
	int64_t share_type, updated_at;
};
struct theme_resource_page {
	struct theme_resource *resources;
	size_t resources_count;
};
struct theme_run {
	const char *id;
	int state;
	const char *problem;
	int64_t records, linked;
	const char *asked_by;
	int64_t asked_at, done_at;
};
struct theme_key {
	const char *id;
};
struct theme_run_page {
	struct theme_run *runs;
	size_t runs_count;
};
extern const char *const theme_run_states[];
enum theme_run_state { RUN_WAITING, RUN_DONE, RUN_FAILED };

/* The base that stands in the house's store, open; opened anew within a second after a newer one was swapped
 * in. Give it back. */
enum status theme_take(struct call *c, struct theme **out) MUST_USE;
void theme_give_back(struct theme *t);
void theme_forget(void); /* at the room's stop */

enum sight { SIGHT_NOTHING, SIGHT_MASKED, SIGHT_WHOLE };
/* Who asks, and all rows of theme_resource. */
struct seer {
	struct call *c;
	struct theme_resource *list;
	size_t count;
};
/* What a department provides it sees whole; of others what is 无条件共享 whole, 有条件 masked, 不予 not at all.
 * A resource that nobody has told whose it is, is masked for all. */
enum sight sight_of(const struct seer *s, const char *code);
/* A value of an attribute's type, masked. */
const char *mask_of(struct arena *a, const char *type, const char *value);

enum status theme_find(struct call *c, const struct theme_find *in,
		       struct theme_page *out) MUST_USE;
enum status theme_tell(struct call *c, const struct nothing *in, struct theme_state *out) MUST_USE;
enum status theme_resource_put(struct call *c, const struct theme_resource *in,
			       struct theme_resource *out) MUST_USE;
enum status theme_resource_list(struct call *c, const struct nothing *in,
				struct theme_resource_page *out) MUST_USE;

/* --- building in the background (theme_run.c) --- */

enum status theme_run_post(struct call *c, const struct nothing *in,
			   struct theme_run *out) MUST_USE;
enum status theme_run_show(struct call *c, const struct theme_key *in,
			   struct theme_run *out) MUST_USE;
/* The newest 20. */
enum status theme_run_list(struct call *c, const struct nothing *in,
			   struct theme_run_page *out) MUST_USE;
struct job;
enum status theme_job(struct call *c, const struct job *j) MUST_USE;
enum status theme_job_give_up(struct call *c, const struct job *j, const char *why) MUST_USE;
/* The program that builds; tests have another than the one that runs. */
extern const char *theme_program;

/* --- theme_store.c --- */

enum status resource_rows(struct call *c, struct theme_resource **list, size_t *n) MUST_USE;
enum status resource_save(struct call *c, const struct theme_resource *in) MUST_USE;
enum status run_put(struct call *c, const struct theme_run *in) MUST_USE;
enum status run_read(struct call *c, const char *id, struct theme_run *out) MUST_USE;
enum status run_rows(struct call *c, int64_t limit, struct theme_run **list, size_t *n) MUST_USE;
enum status run_finish(struct call *c, const struct theme_run *in) MUST_USE;
enum status run_trim(struct call *c, int64_t before) MUST_USE;

#endif
