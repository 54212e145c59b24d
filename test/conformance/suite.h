/* SPDX-License-Identifier: Apache-2.0 */
/* What the adapters of outside suites share: files, and the counts that tools/conformance.sh wants. */
#ifndef TEST_CONFORMANCE_SUITE_H
#define TEST_CONFORMANCE_SUITE_H

#include <stdbool.h>
#include <stddef.h>
#include "base/arena.h"

/* One group of a suite: passed and total, and the ids that failed. */
struct group {
	const char *suite, *name;
	size_t passed, total;
	const char *failed[2000];
	size_t failed_count;
	struct group *next;
};

struct suite {
	struct arena *arena;
	const char *name;
	struct group *first, **tail;
};

void suite_init(struct suite *s, const char *name);
/* Counts the case 'id' in its group; 'why' (may be NULL) is printed behind the id when it failed. */
void suite_count(struct suite *s, const char *group, const char *id, bool passed, const char *why);
/* Prints all groups; 0 when every case passed, else 1. */
int suite_end(struct suite *s);

/* The whole file, with a NUL behind it; NULL: it cannot be read. */
char *suite_file(struct arena *a, const char *path, size_t *size);
/* Files below 'folder' whose name ends in 'ending', sorted, as paths from 'folder' on. */
const char **suite_list(struct arena *a, const char *folder, const char *ending, size_t *count);

#endif
