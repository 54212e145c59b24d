/* SPDX-License-Identifier: Apache-2.0 */
#include "suite.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include "base/text.h"

void suite_init(struct suite *s, const char *name)
{
	*s = (struct suite){ .arena = arena_new(), .name = name };
	s->tail = &s->first;
}

void suite_count(struct suite *s, const char *group, const char *id, bool passed, const char *why)
{
	struct group *g = s->first;
	while (g && strcmp(g->name, group) != 0)
		g = g->next;
	if (!g) {
		g = arena_alloc(s->arena, sizeof(*g));
		g->name = arena_strdup(s->arena, group);
		*s->tail = g;
		s->tail = &g->next;
	}
	g->total++;
	if (passed) {
		g->passed++;
		return;
	}
	if (g->failed_count < sizeof(g->failed) / sizeof(g->failed[0]))
		g->failed[g->failed_count++] = why ? arena_printf(s->arena, "%s  (%s)", id, why)
						   : arena_strdup(s->arena, id);
}

int suite_end(struct suite *s)
{
	int code = 0;
	for (struct group *g = s->first; g; g = g->next) {
		printf("%s %s %zu/%zu\n", s->name, g->name, g->passed, g->total);
		for (size_t i = 0; i < g->failed_count; i++)
			printf("  fails %s\n", g->failed[i]);
		code |= g->passed != g->total;
	}
	arena_end(&s->arena);
	return code;
}

char *suite_file(struct arena *a, const char *path, size_t *size)
{
	FILE *file = fopen(path, "rb");
	if (!file)
		return NULL;
	struct stat st;
	if (fstat(fileno(file), &st) || !S_ISREG(st.st_mode)) {
		fclose(file);
		return NULL;
	}
	char *bytes = arena_alloc(a, (size_t)st.st_size + 1);
	*size = fread(bytes, 1, (size_t)st.st_size, file);
	fclose(file);
	return bytes;
}

struct list {
	struct arena *arena;
	const char **names;
	size_t count;
};

static void walk(struct list *l, const char *folder, const char *below, const char *ending)
{
	DIR *d = opendir(folder);
	if (!d)
		return;
	for (struct dirent *e; (e = readdir(d));) {
		if (e->d_name[0] == '.')
			continue;
		const char *path = arena_printf(l->arena, "%s/%s", folder, e->d_name);
		const char *name = *below ? arena_printf(l->arena, "%s/%s", below, e->d_name)
					  : arena_strdup(l->arena, e->d_name);
		struct stat st;
		if (stat(path, &st))
			continue;
		if (S_ISDIR(st.st_mode)) {
			walk(l, path, name, ending);
		} else if (str_ends(e->d_name, ending)) {
			l->names = arena_grow(l->arena, l->names, l->count * sizeof(*l->names),
					      (l->count + 1) * sizeof(*l->names));
			l->names[l->count++] = name;
		}
	}
	closedir(d);
}

static int compare(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

const char **suite_list(struct arena *a, const char *folder, const char *ending, size_t *count)
{
	struct list l = { a };
	walk(&l, folder, "", ending);
	if (l.count)
		qsort(l.names, l.count, sizeof(*l.names), compare);
	*count = l.count;
	return l.names;
}
