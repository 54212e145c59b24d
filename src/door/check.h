/* SPDX-License-Identifier: Apache-2.0 */
/* What the checks of several rooms share (struct module, check): counts that must be 0, and versions that must
 * still be what was sealed when they were published. */
#ifndef DOOR_CHECK_H
#define DOOR_CHECK_H

#include "db/db.h"

struct buf;
struct house;

/* Numbers that must be 0; 'what' tells which. */
struct breach {
	const char *what;
	int64_t count;
};
extern const struct field breach_row[];
/* In a transaction: all of the room's numbers. */
typedef enum status breaches_fn(struct call *c, struct breach **list, size_t *n);
/* Writes a line for each number that is not 0. */
enum status check_breaches(struct call *c, struct house *h, breaches_fn *read, struct buf *report,
			   int64_t *bad) MUST_USE;

/* A version that was published: what it says, and the seal that it got. */
struct sealed {
	const char *id;
	int64_t number;
	const char *body, *seal;
};
/* SM3 of the body, in hexadecimal digits. */
const char *seal_of(struct arena *a, const char *body) __attribute__((returns_nonnull));
/* In a transaction: some versions behind (after->id, after->number), in that order; none: there are no more. */
typedef enum status sealed_fn(struct call *c, const struct sealed *after, struct sealed **list,
			      size_t *n);
/* Writes a line for each version whose body is not what was sealed; 'what' is the word for what has versions.
 * Holds what one call of 'read' gives at a time. */
enum status check_seals(struct call *c, struct house *h, sealed_fn *read, const char *what,
			struct buf *report, int64_t *bad) MUST_USE;

#endif
