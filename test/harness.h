/* SPDX-License-Identifier: Apache-2.0 */
/* Tests: a sentence as name, found through a linker section, run under cmocka. */
#ifndef TEST_HARNESS_H
#define TEST_HARNESS_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include "base/call.h"

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

/* A fresh call in an arena that the harness ends after the test. */
struct call *test_call(void);

#endif
