/* SPDX-License-Identifier: Apache-2.0 */
/* Tests: a sentence as name, found through a linker section, run under cmocka. Everything that these
 * functions give is taken back after the test. Assert in the thread of the test only. */
#ifndef TEST_HARNESS_H
#define TEST_HARNESS_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#undef fail /* ours is base/call.h's */
#undef fail_msg
#include "base/call.h"
#include "db/db.h"
#include "db/schema.h"

struct test {
	const char *name, *file;
	void (*fn)(void);
};
#define TEST(n)                                                                                    \
	static void n(void);                                                                       \
	static const struct test test_##n = { #n, __FILE__, n };                                   \
	static const struct test *const test_##n##_listed                                          \
		__attribute__((used, section("tests"))) = &test_##n;                               \
	static void n(void)

/* A fresh call in an arena of its own. */
struct call *test_call(void);
/* Another one for each thread of a test: the caller ends its arena. */
struct call *test_call_in(struct arena *a);
/* An empty folder. */
const char *test_folder(void);

/* An empty database, or one that has the tables of 'files' (see schema_apply()). The environment's
 * YONGYUN_TEST_DB says where: "postgresql://…", where each gets a schema of its own, or nothing, which
 * is SQLite in a folder. */
struct db *test_db(void);
struct db *test_db_with(const struct schema_file *const *files);
/* An empty database that nobody has opened, for tests that do that themselves or in other processes. */
const char *test_db_url(void);

/* Ends the test as failed, with words. */
#define test_fail(...)                                                                             \
	do {                                                                                       \
		print_error(__VA_ARGS__);                                                          \
		print_error("\n");                                                                 \
		_fail(__FILE__, __LINE__);                                                         \
	} while (0)

/* Ends the test without a verdict. */
#define test_skip(reason)                                                                          \
	do {                                                                                       \
		print_message("# skipped: %s\n", reason);                                          \
		skip();                                                                            \
	} while (0)

/* For what only one of the databases has. */
#define test_only(kind)                                                                            \
	do {                                                                                       \
		if (test_db_kind() != (kind))                                                      \
			test_skip((kind) == DB_SQLITE ? "SQLite's own" : "PostgreSQL's own");      \
	} while (0)
enum db_kind test_db_kind(void);

#endif
