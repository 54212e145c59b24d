/* SPDX-License-Identifier: Apache-2.0 */
/* Durable processes in process: process one|keyed|ten|waiting URL THREADS SECONDS|COUNT. 'one' starts
 * instances of one user task and completes it, 'keyed' does so with an Idempotency-Key for each command;
 * 'ten' starts instances of ten service tasks, which acts do; 'waiting' leaves COUNT instances at their
 * user task and asks for tasks. bench/process runs it. */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include "base/id.h"
#include "base/log.h"
#include "base/metric.h"
#include "command.h"
#include "db/schema.h"
#include "door/house.h"
#include "engine/process/process_deploy.h"
#include "engine/process/process_list.h"

#define SAMPLES 200000

static struct house house;

struct worker {
	pthread_t thread;
	const char *key;
	int64_t until, count, done;
	bool completes, keyed;
	int32_t *took;
};

static void die(const struct call *c, enum status st)
{
	fprintf(stderr, "%s: %s\n", status_word(st), c->problem);
	exit(1);
}

static struct call *call_of(struct arena *a)
{
	struct call *c = call_new(a, "req-bench");
	c->house = &house;
	c->actor = (struct actor){ .user_id = "0190f6a000007000800000000000aa01",
				   .domain_id = "0190f6a000007000800000000000dd01",
				   .scope = SCOPE_DOMAIN };
	return c;
}

static enum status start_act(struct call *c, const void *in, void *out)
{
	return process_start(c, in, out);
}

static enum status complete_act(struct call *c, const void *in, void *out)
{
	return process_complete(c, in, out);
}

static enum status deploy_act(struct call *c, const void *in, void *out)
{
	return deploy(c, in, out);
}

static enum status tasks_act(struct call *c, const void *in, void *out)
{
	return tasks(c, in, out);
}

static enum status nothing_act(struct call *c, int64_t instance, const json_t *variables,
			       json_t **result)
{
	(void)c;
	(void)instance;
	(void)variables;
	(void)result;
	return ST_OK;
}

/* start → 'count' nodes of 'kind' → end. */
static const char *line_of(struct arena *a, const char *key, const char *kind, const char *more,
			   int count)
{
	struct buf b = { .arena = a };
	buf_printf(&b,
		   "<definitions xmlns=\"" BPMN_MODEL_NS "\" xmlns:flow=\"" PROCESS_NS "\""
		   " id=\"d\" targetNamespace=\"urn:b\"><process id=\"%s\" isExecutable=\"true\">"
		   "<startEvent id=\"n0\"><outgoing>f1</outgoing></startEvent>",
		   key);
	for (int i = 1; i <= count; i++)
		buf_printf(&b,
			   "<%s id=\"n%d\" %s><incoming>f%d</incoming><outgoing>f%d</outgoing>"
			   "</%s>",
			   kind, i, more, i, i + 1, kind);
	buf_printf(&b, "<endEvent id=\"n%d\"><incoming>f%d</incoming></endEvent>", count + 1,
		   count + 1);
	for (int i = 1; i <= count + 1; i++)
		buf_printf(&b, "<sequenceFlow id=\"f%d\" sourceRef=\"n%d\" targetRef=\"n%d\"/>", i,
			   i - 1, i);
	buf_str(&b, "</process></definitions>");
	return buf_text(&b);
}

static void put_model(const char *xml)
{
	struct arena *SCOPED_ARENA a = arena_new();
	struct call *c = call_of(a);
	struct deployment_ask in = { .xml = xml };
	struct deployment out = { 0 };
	enum status st = deploy_prepare_bpmn(c, &in);
	if (!st)
		st = db_write(c, house.db, deploy_act, &in, &out, sizeof(out));
	if (st)
		die(c, st);
}

/* A key that nobody has used; NULL where none are. */
static const char *new_key(const struct worker *w, struct arena *a)
{
	uint64_t dice[2];
	if (!w->keyed)
		return NULL;
	random_bytes(dice, sizeof(dice));
	return arena_printf(a, "%016llx%016llx", (unsigned long long)dice[0],
			    (unsigned long long)dice[1]);
}

static void once(struct worker *w, struct arena *a)
{
	static const char form[] =
		"{\"applicant\":\"宁波市某某科技有限公司\",\"code\":\"91330200MA2XXXXX1X\","
		"\"kind\":\"有限责任公司\",\"capital\":1000000,\"address\":\"鄞州区某路 100 号\","
		"\"people\":[{\"name\":\"王某\",\"share\":60},{\"name\":\"李某\",\"share\":40}],"
		"\"materials\":[\"申请书\",\"章程\",\"住所证明\"],\"note\":\"0123456789012345\"}";
	struct call *c = call_of(a);
	struct process_start in = { .key = w->key,
				    .business_key = "bk",
				    .variables = form,
				    .idempotency_key = new_key(w, a) };
	struct process_result out = { 0 };
	enum status st = process_start_prepare(c, &in);
	if (!st)
		st = db_write(c, house.db, start_act, &in, &out, sizeof(out));
	if (st)
		die(c, st);
	if (!w->completes)
		return;
	/* A call of its own, as it would have. */
	arena_reset(a);
	c = call_of(a);
	/* The task of a process of one task has the same number every time. */
	struct process_command done = { .instance_id = out.instance_id,
					.execution = 3,
					.variables = "{\"opinion\":\"同意\"}",
					.idempotency_key = new_key(w, a) };
	st = process_command_prepare(c, &done);
	if (!st)
		st = db_write(c, house.db, complete_act, &done, &out, sizeof(out));
	if (st || !str_eq(out.state, "completed"))
		die(c, st);
}

static void *work(void *ptr)
{
	struct worker *w = ptr;
	struct arena *a = arena_new();
	int64_t now = clock_steady();
	for (; w->count ? w->done < w->count : now < w->until; w->done++) {
		once(w, a);
		arena_reset(a);
		int64_t then = now;
		now = clock_steady();
		w->took[w->done % SAMPLES] = (int32_t)(now - then);
	}
	arena_end(&a);
	return NULL;
}

static double cpu_seconds(void)
{
	struct rusage u;
	getrusage(RUSAGE_SELF, &u);
	return (double)(u.ru_utime.tv_sec + u.ru_stime.tv_sec) +
	       (double)(u.ru_utime.tv_usec + u.ru_stime.tv_usec) / 1e6;
}

static int by_size(const void *a, const void *b)
{
	return *(const int32_t *)a - *(const int32_t *)b;
}

/* How many are done, and prints the middle and the 99th percentile of their times. */
static int64_t run_workers(struct worker pattern, int threads)
{
	struct worker *w = calloc((size_t)threads, sizeof(*w));
	int32_t *all = calloc((size_t)threads * SAMPLES, sizeof(*all));
	size_t count = 0;
	int64_t done = 0;
	if (!w || !all)
		exit(1);
	for (int i = 0; i < threads; i++) {
		w[i] = pattern;
		w[i].took = calloc(SAMPLES, sizeof(int32_t));
		pthread_create(&w[i].thread, NULL, work, &w[i]);
	}
	for (int i = 0; i < threads; i++) {
		pthread_join(w[i].thread, NULL);
		int64_t kept = w[i].done < SAMPLES ? w[i].done : SAMPLES;
		memcpy(all + count, w[i].took, (size_t)kept * sizeof(*all));
		count += (size_t)kept;
		done += w[i].done;
		free(w[i].took);
	}
	qsort(all, count, sizeof(*all), by_size);
	if (count)
		printf("p50 %.2f ms, p99 %.2f ms; ", all[count / 2] / 1e3,
		       all[count / 100 * 99] / 1e3);
	free(all);
	free(w);
	return done;
}

static void ask_tasks(int64_t marker)
{
	int32_t took[1000];
	struct arena *SCOPED_ARENA a = arena_new();
	for (int i = 0; i < 1000; i++) {
		struct call *c = call_of(a);
		struct task_ask in = { .list = TASKS_AVAILABLE };
		struct task_page page = { 0 };
		in.marker = arena_printf(a, "%lld-3", (long long)(marker * i / 1000));
		int64_t then = clock_steady();
		enum status st = db_read(c, house.db, tasks_act, &in, &page, sizeof(page));
		took[i] = (int32_t)(clock_steady() - then);
		if (st)
			die(c, st);
		arena_reset(a);
	}
	qsort(took, 1000, sizeof(*took), by_size);
	printf("a page of 50 tasks: p50 %.2f ms, p99 %.2f ms\n", took[500] / 1e3, took[990] / 1e3);
}

/* Until every job is done. */
static void drain(void)
{
	int64_t done = 1;
	while (done) {
		struct arena *SCOPED_ARENA a = arena_new();
		struct call *c = call_of(a);
		enum status st = process_tick(c, &done);
		if (st)
			die(c, st);
	}
}

/* As the room's timer does beside those who start. */
static void *tick_for(void *until)
{
	while (clock_steady() < *(const int64_t *)until)
		drain();
	return NULL;
}

int main(int argc, char **argv)
{
	char why[512] = "";
	if (argc != 5) {
		fprintf(stderr, "%s one|keyed|ten|waiting URL THREADS SECONDS|COUNT\n", argv[0]);
		return 2;
	}
	log_level_set(LOG_WARN);
	permissions_open(all_modules);
	int threads = atoi(argv[3]);
	house.db = db_open(argv[2], threads < 16 ? threads + 1 : 16, why);
	struct arena *a = arena_new();
	struct call *c = call_of(a);
	if (!house.db || schema_apply(c, house.db, program_schema)) {
		fprintf(stderr, "%s%s\n", why, c->problem);
		return 1;
	}
	process_offer("bench.nothing", nothing_act);
	put_model(line_of(a, "one", "userTask", "", 1));
	put_model(line_of(a, "ten", "serviceTask", "flow:act=\"bench.nothing\"", 10));
	bool keyed = str_eq(argv[1], "keyed"), one = keyed || str_eq(argv[1], "one"),
	     waiting = str_eq(argv[1], "waiting");
	int64_t began = clock_steady(), number = atoll(argv[4]);
	double cpu = cpu_seconds();
	struct worker pattern = { .key = one || waiting ? "one" : "ten",
				  .until = began + number * CLOCK_SECOND,
				  .count = waiting ? number / threads : 0,
				  .completes = one,
				  .keyed = keyed };
	pthread_t ticker;
	bool ticks = !one && !waiting;
	if (ticks)
		pthread_create(&ticker, NULL, tick_for, &pattern.until);
	int64_t done = run_workers(pattern, threads);
	if (ticks) {
		pthread_join(ticker, NULL);
		drain();
	}
	double took = (double)(clock_steady() - began) / 1e6;
	cpu = cpu_seconds() - cpu;
	printf("%lld instances, %.0f/s, %.1f us of CPU each; %lld races lost\n", (long long)done,
	       (double)done / took, cpu * 1e6 / (double)done,
	       (long long)metric_get(METRIC_DB_RETRIES));
	if (waiting)
		ask_tasks(done);
	db_close(house.db);
	arena_end(&a);
	process_programs_drop();
	return 0;
}
