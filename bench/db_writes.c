/* SPDX-License-Identifier: Apache-2.0 */
/* Durable acts and point reads in process: db_writes write|read URL THREADS SECONDS. Prints how many in
 * a second, and the middle and the 99th percentile of their times. An act looks for a row by its key,
 * finds none, and writes one of 300 bytes with two indexes. bench/db_writes runs it and counts syncs. */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "base/clock.h"
#include "base/id.h"
#include "base/log.h"
#include "base/text.h"
#include "db/db.h"
#include "db/schema.h"

#define SAMPLES 200000 /* times kept for each thread; later ones replace earlier ones */
#define READ_ROWS 20000

static const struct schema_file tables[] = {
	{ "bench", "0001_act",
	  "create table act (id text primary key, owner text not null, made_at @INT not null,"
	  " body text not null) @STRICT; create index act_owner on act (owner, made_at);" },
	{ 0 }
};

struct row {
	const char *id, *owner;
	int64_t made_at;
	const char *body;
};
static const struct field act_row[] = { F_STR(row, id, 36, 0), F_STR(row, owner, 36, 0),
					F_TIME(row, made_at, 0), F_STR(row, body, 1000, 0), F_END };

static const struct db_stmt act_put = {
	"act_put", "insert into act (id, owner, made_at, body) values ($1, $2, $3, $4)"
};
static const struct db_stmt act_get = { "act_get",
					"select id, owner, made_at, body from act where id = $1" };

struct worker {
	pthread_t thread;
	struct db *db;
	bool writes;
	int64_t until, done;
	char (*ids)[37];
	int32_t *took;
};

static enum status get(struct call *c, const void *in, void *out)
{
	return db_one(c, &act_get, act_row, out, DB_ARGS(DB_STR(in)));
}

static enum status put(struct call *c, const void *in, void *out)
{
	struct row old;

	(void)out;
	const struct row *r = in;
	enum status st = get(c, r->id, &old);
	return st == ST_NOT_FOUND ? db_put(c, &act_put, act_row, r) : ST_CONFLICT;
}

static enum status once(struct worker *w, struct call *c, int64_t n)
{
	static const char body[] = "{\"name\":\"a server of the city\",\"flavor\":\"m1.small\","
				   "\"network\":\"internal\",\"state\":\"building\",\"host\":null,"
				   "\"note\":\"0123456789012345678901234567890123456789\"}";
	struct row r;

	if (!w->writes)
		return db_read(c, w->db, get, w->ids[(n * 7919) % READ_ROWS], &r, sizeof(r));
	r = (struct row){ .id = id_new(c->arena),
			  .owner = "0190f6a0-0000-7000-8000-000000000001",
			  .made_at = clock_now(),
			  .body = body };
	if (w->ids)
		snprintf(w->ids[n], sizeof(w->ids[n]), "%s", r.id);
	return db_write(c, w->db, put, &r, NULL, 0);
}

static void *work(void *ptr)
{
	struct worker *w = ptr;
	struct arena *a = arena_new();

	for (int64_t now = clock_steady(); now < w->until; w->done++) {
		struct call *c = call_new(a, "req-bench");
		enum status st = once(w, c, w->done + (int64_t)(w->thread % 1000));
		if (st) {
			fprintf(stderr, "%s: %s\n", status_word(st), c->problem);
			exit(1);
		}
		arena_reset(a);
		int64_t then = now;
		now = clock_steady();
		w->took[w->done % SAMPLES] = (int32_t)(now - then);
	}
	arena_end(&a);
	return NULL;
}

static int by_size(const void *a, const void *b)
{
	return *(const int32_t *)a - *(const int32_t *)b;
}

static void fill(struct db *db, char (*ids)[37])
{
	struct arena *a = arena_new();
	struct worker w = { .db = db, .writes = true, .ids = ids };

	for (int64_t n = 0; n < READ_ROWS; n++) {
		struct call *c = call_new(a, "req-bench");
		if (once(&w, c, n)) {
			fprintf(stderr, "%s\n", c->problem);
			exit(1);
		}
		arena_reset(a);
	}
	arena_end(&a);
}

static void tell(const struct worker *w, int threads, int64_t us)
{
	int32_t *all = calloc((size_t)threads * SAMPLES, sizeof(*all));
	int64_t done = 0;
	size_t count = 0;

	for (int i = 0; all && i < threads; i++) {
		int64_t kept = w[i].done < SAMPLES ? w[i].done : SAMPLES;
		memcpy(all + count, w[i].took, (size_t)kept * sizeof(*all));
		count += (size_t)kept;
		done += w[i].done;
	}
	if (!count)
		exit(1);
	qsort(all, count, sizeof(*all), by_size);
	printf("%lld %.0f %.2f %.2f\n", (long long)done, (double)done * 1e6 / (double)us,
	       all[count / 2] / 1e3, all[count / 100 * 99] / 1e3);
	free(all);
}

int main(int argc, char **argv)
{
	char why[512] = "";
	if (argc != 5) {
		fprintf(stderr, "%s write|read URL THREADS SECONDS\n", argv[0]);
		return 2;
	}
	log_level_set(LOG_WARN);
	int threads = atoi(argv[3]);
	bool writes = str_eq(argv[1], "write");
	struct db *db = db_open(argv[2], threads < 16 ? threads + 1 : 16, why);
	struct arena *a = arena_new();
	struct call *c = call_new(a, "req-bench");
	if (!db || schema_apply(c, db, (const struct schema_file *const[]){ tables, NULL })) {
		fprintf(stderr, "%s%s\n", why, c->problem);
		return 1;
	}

	char(*ids)[37] = calloc(READ_ROWS, sizeof(*ids));
	struct worker *w = calloc((size_t)threads, sizeof(*w));
	if (!writes)
		fill(db, ids);
	int64_t began = clock_steady();
	for (int i = 0; w && i < threads; i++) {
		w[i] = (struct worker){ .db = db,
					.writes = writes,
					.until = began + atoi(argv[4]) * CLOCK_SECOND,
					.ids = writes ? NULL : ids,
					.took = calloc(SAMPLES, sizeof(int32_t)) };
		pthread_create(&w[i].thread, NULL, work, &w[i]);
	}
	for (int i = 0; i < threads; i++)
		pthread_join(w[i].thread, NULL);
	tell(w, threads, clock_steady() - began);
	for (int i = 0; i < threads; i++)
		free(w[i].took);
	free(w);
	free(ids);
	db_close(db);
	arena_end(&a);
	return 0;
}
