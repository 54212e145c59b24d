/* SPDX-License-Identifier: Apache-2.0 */
/* What derive.c makes of each distinct value, levels.c judges and compare.c asks for. */
#ifndef LINKAGE_DERIVE_PRIVATE_H
#define LINKAGE_DERIVE_PRIVATE_H

#include "engine/linkage/hanzi.h"
#include "engine/linkage/linkage_private.h"

#define POINTS_MAX 512 /* of a value; what stands behind is not compared */

struct citizen {
	char text[19];
	bool valid;
};

/* Of the values of one comparison; only what its kind needs is there. */
struct derived {
	const struct kernel *kernel;
	enum kind kind;
	unsigned place, equal;
	bool by_frequency;
	uint32_t values;
	const struct dict *dict;
	uint32_t *at;     /* of a value's tokens; one more than values */
	uint32_t *tokens; /* sorted */
	size_t token_room;
	float *token_weights;
	uint32_t token_count;
	int32_t *days; /* INT32_MIN: not a date */
	double *numbers;
	struct citizen *citizens;
	struct address *addresses;
	uint32_t *in_other; /* the value's number in the column that it may be swapped with */
	int swap, within;
};

struct comparer {
	unsigned count;
	struct derived of[COMPARISONS_MAX];
	const struct tables *tables;
};

struct text {
	const uint16_t *at;
	unsigned length;
};

/* Two different values of one comparison, neither of them missing, and what is said of them. */
struct judged {
	uint32_t a, b;    /* a's text is shorter, or as long and first */
	struct text x, y; /* their points, where levels_need_points() */
	unsigned level;   /* never "missing" nor "equal" */
};

#define JUDGED_MAX 128

/* Fills the levels of 'count' <= JUDGED_MAX pairs. */
void levels_judge(const struct derived *d, struct judged *list, unsigned count);
bool levels_need_points(enum kind kind);
/* The points of a value that are compared, at most POINTS_MAX; gives how many. */
unsigned value_points(const struct derived *d, uint32_t value, uint16_t *out);

#endif
