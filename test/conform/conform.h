/* SPDX-License-Identifier: Apache-2.0 */
/* Outside suites run by C: yongyun-conform SUITE FOLDER [WORDS]. An adapter reads the suite's cases,
 * runs each, and says so; here is what all adapters share: counting by group, and the lines that
 * tools/conformance.sh promises:
 *
 *   SUITE GROUP passed/total
 *     fails ID
 */
#ifndef TEST_CONFORM_H
#define TEST_CONFORM_H

#include "base/arena.h"
#include "base/text.h"

struct tally; /* of one suite, in an arena */

struct tally *tally_new(struct arena *a, const char *suite);
/* One case of a group. 'why' is said behind the id of one that fails, when the suite was asked to say
 * why (-v); NULL: nothing is. */
void tally_case(struct tally *t, const char *group, const char *id, bool passed, const char *why);
/* Prints the groups in the order they came. True: each case of each passed, and there was one. */
bool tally_print(const struct tally *t, bool say_why);

struct adapter {
	const char *suite;
	/* 'folder' is the suite's; false when it cannot be read at all. */
	bool (*run)(struct arena *a, const char *folder, struct tally *t);
};
extern const struct adapter dmn_tck_adapter;

/* Files and folders of 'folder', sorted, without those that begin with a dot. */
struct words folder_list(struct arena *a, const char *folder);
/* A whole file; NULL when it cannot be read or is larger than 16 MiB. '*size' gets its bytes. */
char *file_read(struct arena *a, const char *path, size_t *size);

#endif
