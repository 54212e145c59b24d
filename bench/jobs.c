/* SPDX-License-Identifier: Apache-2.0 */
/* Jobs that do nothing, in process: jobs URL post COUNT posts them, jobs URL work COUNT runs them with 8
 * threads until none is left and tells the rate, as often as there are processes. bench/jobs runs it. */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>
#include "base/clock.h"
#include "base/log.h"
#include "base/metric.h"
#include "db/schema.h"
#include "door/jobs/jobs_private.h"

static enum status run(struct call *c, const struct job *j)
{
	(void)c, (void)j;
	return ST_OK;
}

static const struct job_kind kinds[] = {
	{ "bench.nothing", 8, 3, 5 * CLOCK_SECOND, 5 * CLOCK_SECOND, run, NULL },
	{ 0 },
};
static const struct module bench = { .name = "bench", .jobs = kinds };
static const struct module *const modules[] = { &bench, NULL };

struct part {
	int64_t first, count;
};

static enum status post_act(struct call *c, const void *in, void *out)
{
	const struct part *p = in;
	enum status st = ST_OK;

	(void)out;
	for (int64_t i = 0; i < p->count && !st; i++)
		st = job_post(c, "bench.nothing",
			      arena_printf(c->arena, "s%lld", (long long)(p->first + i)), "{}",
			      JOB_NORMAL, 0);
	return st;
}

static enum status left_act(struct call *c, const void *in, void *out)
{
	bool due;
	struct job_row *list;
	size_t count;
	enum status st = job_is_due(c, "bench.nothing", clock_now(), &due);

	(void)in;
	/* What runs counts too. */
	if (!st)
		st = job_expired(c, INT64_MAX, 1, &list, &count);
	if (!st)
		*(bool *)out = due || count > 0;
	return st;
}

static void must(struct call *c, enum status st)
{
	if (!st)
		return;
	fprintf(stderr, "jobs: %s: %s\n", status_word(st), c->problem);
	exit(1);
}

static void post(struct house *h, int64_t count)
{
	for (int64_t i = 0; i < count; i += 100) {
		SCOPED_ARENA struct arena *a = arena_new();
		struct call *c = call_new(a, NULL);
		must(c, db_write(c, h->db, post_act, &(struct part){ i, 100 }, NULL, 0));
	}
}

static void work(struct call *c, struct house *h)
{
	struct timespec cpu;
	bool left = true;
	int64_t began = clock_steady();
	struct jobs *r = jobs_open(c, h, 8);

	if (!r)
		must(c, ST_INTERNAL);
	while (left) {
		SCOPED_ARENA struct arena *a = arena_new();
		struct call *lc = call_new(a, NULL);
		usleep(20000);
		must(lc, db_read(lc, h->db, left_act, NULL, &left, sizeof(left)));
	}
	int64_t took = clock_steady() - began;
	jobs_close(r, CLOCK_SECOND);
	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &cpu);
	int64_t done = metric_get(METRIC_JOBS_DONE);
	printf("%7lld jobs %8.0f jobs/s %8.1f us CPU a job %6lld acts run again\n", (long long)done,
	       (double)done / (double)took * 1e6,
	       (double)(cpu.tv_sec * CLOCK_SECOND + cpu.tv_nsec / 1000) / (double)(done ? done : 1),
	       (long long)metric_get(METRIC_DB_RETRIES));
}

int main(int argc, char **argv)
{
	extern const struct schema_file jobs_schema[];
	const struct schema_file *const schema[] = { jobs_schema, NULL };
	SCOPED_ARENA struct arena *a = arena_new();
	struct call *c = call_new(a, NULL);
	char why[512] = "usage: jobs URL post|work COUNT";
	struct house h = { .modules = modules, .db = argc == 4 ? db_open(argv[1], 12, why) : NULL };

	log_level_set(LOG_ERROR);
	if (!h.db) {
		fprintf(stderr, "%s\n", why);
		return 2;
	}
	must(c, schema_apply(c, h.db, schema));
	if (str_eq(argv[2], "post"))
		post(&h, atoll(argv[3]));
	else
		work(c, &h);
	db_close(h.db);
	return 0;
}
