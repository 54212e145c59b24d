/* SPDX-License-Identifier: Apache-2.0 */
/* A city with two departments that provide information, and their people. */
#ifndef DATA_CATALOGUE_TEST_CATALOGUE_H
#define DATA_CATALOGUE_TEST_CATALOGUE_H

#include "door.h"

struct house;

struct city {
	struct house *house;
	const char *admin;           /* the single administrator of the test profile */
	const char *police, *health; /* departments, by id */
	const char *police_code;
	const char *wang, *li; /* tokens: stewards of the police */
	const char *zhao;      /* a steward of health */
	const char *clerk;     /* a member of health, and no steward */
};
struct city test_city(void);

/* printf() into the arena of the test. */
const char *text(const char *fmt, ...) PRINTF(1, 2);
/* A 统一社会信用代码 of our own: 17 characters with their check character. */
const char *test_uscc(const char *first_17);
/* The body of a resource that breaks no rule; 'more' are members to add, after a comma. */
const char *resource_body(const char *name, const char *more);
/* Makes the resource, has it reviewed by the other steward, and gives its id. */
const char *publish(const struct city *t, const char *body);
/* Has the resource's draft submitted by wang and approved by li. */
void approve(const struct city *t, const char *id);

#endif
