/* SPDX-License-Identifier: Apache-2.0 */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include "conform/conform.h"

static const struct adapter *const adapters[] = { &dmn_tck_adapter };

struct failure {
	const char *id, *why;
	struct failure *next;
};

struct group {
	const char *name;
	size_t passed, total;
	struct failure *first, **last;
	struct group *next;
};

struct tally {
	struct arena *arena;
	const char *suite;
	struct group *first, **last;
};

struct tally *tally_new(struct arena *a, const char *suite)
{
	struct tally *t = arena_alloc(a, sizeof(*t));
	*t = (struct tally){ .arena = a, .suite = suite };
	t->last = &t->first;
	return t;
}

void tally_case(struct tally *t, const char *group, const char *id, bool passed, const char *why)
{
	struct group *g = t->first;
	while (g && !str_eq(g->name, group))
		g = g->next;
	if (!g) {
		g = arena_alloc(t->arena, sizeof(*g));
		g->name = arena_strdup(t->arena, group);
		g->last = &g->first;
		*t->last = g;
		t->last = &g->next;
	}
	g->total++;
	g->passed += passed;
	if (passed)
		return;
	struct failure *f = arena_alloc(t->arena, sizeof(*f));
	f->id = arena_strdup(t->arena, id);
	f->why = arena_strdup(t->arena, why);
	*g->last = f;
	g->last = &f->next;
}

bool tally_print(const struct tally *t, bool say_why)
{
	bool all = t->first != NULL;
	for (const struct group *g = t->first; g; g = g->next) {
		printf("%s %s %zu/%zu\n", t->suite, g->name, g->passed, g->total);
		for (const struct failure *f = g->first; f; f = f->next)
			if (say_why && f->why)
				printf("  fails %s: %s\n", f->id, f->why);
			else
				printf("  fails %s\n", f->id);
		all &= g->passed == g->total;
	}
	return all;
}

static int by_name(const void *x, const void *y)
{
	return strcmp(*(const char *const *)x, *(const char *const *)y);
}

struct words folder_list(struct arena *a, const char *folder)
{
	struct words w = { 0 };
	size_t room = 0;
	DIR *d = opendir(folder);
	if (!d)
		return w;
	for (struct dirent *e; (e = readdir(d));) {
		if (e->d_name[0] == '.')
			continue;
		if (w.count == room) {
			size_t more = room ? 2 * room : 16;
			w.list = arena_grow(a, w.list, room * sizeof(*w.list),
					    more * sizeof(*w.list));
			room = more;
		}
		w.list[w.count++] = arena_strdup(a, e->d_name);
	}
	closedir(d);
	if (w.count)
		qsort(w.list, w.count, sizeof(*w.list), by_name);
	return w;
}

char *file_read(struct arena *a, const char *path, size_t *size)
{
	FILE *f = fopen(path, "rb");
	char *text = NULL;
	if (!f)
		return NULL;
	if (fseek(f, 0, SEEK_END) == 0) {
		long end = ftell(f);
		rewind(f);
		if (end >= 0 && end <= 16 << 20) {
			text = arena_alloc(a, (size_t)end + 1);
			*size = fread(text, 1, (size_t)end, f);
			if (*size != (size_t)end)
				text = NULL;
		}
	}
	fclose(f);
	return text;
}

int main(int argc, char **argv)
{
	SCOPED_ARENA struct arena *a = arena_new();
	bool say_why = argc > 1 && strcmp(argv[1], "-v") == 0;
	if (argc != 3 + say_why) {
		fprintf(stderr, "usage: yongyun-conform [-v] SUITE FOLDER\n");
		return 2;
	}
	const char *suite = argv[1 + say_why], *folder = argv[2 + say_why];
	for (size_t i = 0; i < sizeof(adapters) / sizeof(adapters[0]); i++) {
		if (!str_eq(adapters[i]->suite, suite))
			continue;
		struct tally *t = tally_new(a, suite);
		if (!adapters[i]->run(a, folder, t)) {
			fprintf(stderr, "%s cannot be read as the suite %s\n", folder, suite);
			return 2;
		}
		return tally_print(t, say_why) ? 0 : 1;
	}
	fprintf(stderr, "there is no adapter for the suite %s\n", suite);
	return 2;
}
