/* SPDX-License-Identifier: Apache-2.0 */
/* Look-ups in process, of keys that are there, in random order, from one thread and from two: what comes out
 * is the whole entity with its records and up to 20 relations. First argument the store, second the folder of
 * the city's files. Prints
 *	THREADS KEYS LOOKS_A_SECOND P50 P99 WORST (microseconds) */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include "base/text.h"
#include "data/intake/intake.h"
#include "data/theme/theme.h"
#include "engine/linkage/csv.h"
#include "engine/linkage/memory.h"

#define LOOKS 200000u
#define KEYS_MAX 200000u

struct keys {
	const char *what;
	enum theme_by by;
	const char **list;
	unsigned count;
};

struct worker {
	struct theme *theme;
	const struct keys *keys;
	uint64_t state;
	float *took; /* microseconds */
	unsigned found;
};

/* The cells of a column, but those that are empty. */
static struct keys read_keys(struct call *c, const char *folder, const char *file, unsigned column,
			     size_t size, const char *what, enum theme_by by)
{
	struct keys k = { what, by, arena_array(c->arena, KEYS_MAX, sizeof *k.list), 0 };
	const char *path = arena_printf(c->arena, "%s/%s", folder, file);
	struct csv_field *fields = arena_array(c->arena, CSV_FIELDS_MAX, sizeof *fields);
	struct file_text text;
	struct csv csv;
	unsigned count;

	if (intake_text_open(c, path, &text)) {
		fprintf(stderr, "%s\n", c->problem);
		exit(1);
	}
	csv_init(&csv, path, text.data, text.size, ',');
	bool heading = true;
	while (k.count < KEYS_MAX && !csv_next(c, &csv, fields, &count) && count > column) {
		if (!heading && fields[column].size && (!size || fields[column].size == size))
			k.list[k.count++] =
				arena_strndup(c->arena, fields[column].at, fields[column].size);
		heading = false;
	}
	file_text_close(&text);
	return k;
}

static void *look(void *arg)
{
	struct worker *w = arg;
	struct arena *a = arena_new();

	for (unsigned i = 0; i < LOOKS; i++) {
		w->state = w->state * 6364136223846793005ull + 1442695040888963407ull;
		struct theme_query q = {
			.by = w->keys->by,
			.text = w->keys->list[(w->state >> 32) * w->keys->count >> 32],
			.kind = -1,
			.limit = 5,
			.relations = 20
		};
		struct theme_entity *list;
		size_t count = 0;
		double began = wall_seconds();
		arena_reset(a);
		struct call *c = call_new(a, "req-bench");
		if (theme_look(c, w->theme, &q, &list, &count)) {
			fprintf(stderr, "%s\n", c->problem);
			exit(1);
		}
		w->found += count > 0;
		w->took[i] = (float)((wall_seconds() - began) * 1e6);
	}
	arena_end(&a);
	return NULL;
}

static int by_size(const void *p, const void *q)
{
	float x = *(const float *)p, y = *(const float *)q;
	return (x > y) - (x < y);
}

static void measure(struct theme *t, const struct keys *k, unsigned threads)
{
	struct worker w[2] = { { t, k, 1, NULL, 0 }, { t, k, 2, NULL, 0 } };
	pthread_t other[2];
	float *took = big_alloc(2ul * LOOKS, sizeof *took);
	double began = wall_seconds(), cpu = cpu_seconds();

	for (unsigned i = 0; i < threads; i++) {
		w[i].took = took + (size_t)i * LOOKS;
		if (pthread_create(&other[i], NULL, look, &w[i]))
			exit(1);
	}
	for (unsigned i = 0; i < threads; i++)
		pthread_join(other[i], NULL);
	double wall = wall_seconds() - began;
	cpu = cpu_seconds() - cpu;
	size_t n = (size_t)threads * LOOKS;
	qsort(took, n, sizeof *took, by_size);
	printf("%u %-8s %9.0f looks/s %9.0f looks per CPU second  p50 %.1f p99 %.1f worst %.0f us  "
	       "found %.1f %%\n",
	       threads, k->what, (double)n / wall, (double)n / cpu, (double)took[n / 2],
	       (double)took[n - n / 100], (double)took[n - 1],
	       100.0 * (w[0].found + w[1].found) / (double)n);
	big_free(took, 2ul * LOOKS, sizeof *took);
}

int main(int argc, char **argv)
{
	SCOPED_ARENA struct arena *a = arena_new();
	struct call *c = call_new(a, NULL);
	struct theme *t;

	if (argc != 3 || theme_open(c, argv[1], &t)) {
		fprintf(stderr, "bench-theme STORE FOLDER %s\n", c->problem);
		return 2;
	}
	struct keys keys[] = {
		read_keys(c, argv[2], "GA01.csv", 2, 18, "id", THEME_BY_ID),
		read_keys(c, argv[2], "SJ01.csv", 2, 18, "code", THEME_BY_CODE),
		read_keys(c, argv[2], "GA01.csv", 1, 0, "name", THEME_BY_NAME),
	};
	for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
		for (unsigned threads = 1; threads <= 2; threads++)
			measure(t, &keys[i], threads);
	theme_close(t);
	return 0;
}
