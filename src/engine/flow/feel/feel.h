/* SPDX-License-Identifier: Apache-2.0 */
/* FEEL, the Friendly Enough Expression Language of DMN 1.5 (OMG formal/2024-01-01, chapter 10). An
 * expression is compiled once, shared by any number of threads, and evaluated in a run: an arena,
 * limits, the clock, and what went wrong. It reads and writes nothing else.
 *
 *     struct feel_problem why;
 *     const struct feel_expr *e = feel_compile(a, &names, "unit price * 3", FEEL_EXPRESSION, &why);
 *     struct feel_run *run = feel_run_new(a, NULL, c->now_at);
 *     const struct feel_value *v = feel_evaluate(run, e, variables);
 *
 * An error in FEEL is the value null and a diagnostic; a run goes on after it. */
#ifndef ENGINE_FLOW_FEEL_H
#define ENGINE_FLOW_FEEL_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "base/arena.h"
#include "base/json.h"

/* ---- values ------------------------------------------------------------------------------ */

enum feel_kind {
	FEEL_NULL,
	FEEL_BOOLEAN,
	FEEL_NUMBER,
	FEEL_STRING,
	FEEL_DATE,
	FEEL_TIME,
	FEEL_DATE_TIME,
	FEEL_DAYS,   /* days and time duration */
	FEEL_MONTHS, /* years and months duration */
	FEEL_LIST,
	FEEL_CONTEXT,
	FEEL_RANGE,
	FEEL_FUNCTION
};

/* A decimal of 34 digits: IEEE 754-2008 decimal128 in its binary encoding. */
struct feel_number {
	_Alignas(16) uint64_t w[2];
};

struct feel_zone; /* an IANA time zone, kept for the life of the process */

enum feel_zone_kind { FEEL_LOCAL, FEEL_OFFSET, FEEL_NAMED };

/* A date, a time, or both; what a kind does not have is zero. */
struct feel_moment {
	int32_t year; /* proleptic Gregorian, -999999999 to 999999999 */
	uint8_t month, day, hour, minute, second;
	uint8_t zone_kind; /* enum feel_zone_kind */
	int32_t nanos;
	int32_t offset; /* FEEL_OFFSET: seconds east of UTC */
	const struct feel_zone *zone;
};

struct feel_entry {
	const char *name;
	const struct feel_value *value;
};

struct feel_list {
	const struct feel_value **items;
	size_t count;
};

struct feel_context {
	const struct feel_entry *entries; /* in the order they were written */
	size_t count;
};

struct feel_range {
	const struct feel_value *low, *high; /* NULL: no end there */
	bool low_closed, high_closed;
	bool is_point; /* the unary test "= x": both ends are x */
	bool is_not;   /* the unary test "!= x": all but it; low is x */
};

struct feel_string {
	const char *text; /* UTF-8 with a NUL behind it */
	size_t size;      /* bytes */
};

struct feel_function;

/* Values never change once made. They live in the arena of the run that made them. */
struct feel_value {
	enum feel_kind kind;
	uint32_t height; /* of lists and contexts within each other: bounded, so that recursion is */
	union {
		bool boolean;
		struct feel_number number;
		struct feel_string string;
		struct feel_moment moment;
		__int128 nanos; /* FEEL_DAYS */
		int64_t months; /* FEEL_MONTHS */
		struct feel_list list;
		struct feel_context context;
		struct feel_range range;
		const struct feel_function *function;
	};
};

extern const struct feel_value feel_null, feel_true, feel_false;

/* Makes values in 'a'. Texts are copied. A number that is not finite or not a number is null. */
const struct feel_value *feel_of_bool(bool v);
const struct feel_value *feel_of_int(struct arena *a, int64_t v);
/* "12.50", "-3e7"; null when the whole text is not a number. */
const struct feel_value *feel_of_number_text(struct arena *a, const char *text);
const struct feel_value *feel_of_text(struct arena *a, const char *text);
const struct feel_value *feel_of_text_n(struct arena *a, const char *text, size_t size);
/* Reads the lexical form that the kind has in FEEL ("2026-11-24", "P1DT2H"); null when it is not. */
const struct feel_value *feel_of_temporal(struct arena *a, enum feel_kind kind, const char *text);
/* UTC microseconds since 1970 as a date and time in UTC. */
const struct feel_value *feel_of_instant(struct arena *a, int64_t at);
/* The items themselves are shared, the array is copied. Nested deeper than FEEL_HEIGHT_MAX: null. */
#define FEEL_HEIGHT_MAX 500
const struct feel_value *feel_of_list(struct arena *a, const struct feel_value *const *items,
				      size_t count);
/* The entries' names and the array are copied. */
const struct feel_value *feel_of_context(struct arena *a, const struct feel_entry *entries,
					 size_t count);
/* A copy of 'v' with all it holds, in 'a': how a value outlives its run. Functions become null. */
const struct feel_value *feel_copy(struct arena *a, const struct feel_value *v);

/* Looks into values. */
const char *feel_kind_name(enum feel_kind kind); /* FEEL's word: "days and time duration" */
/* The entry of a context; NULL when 'v' is no context or has none of that name. */
const struct feel_value *feel_get(const struct feel_value *v, const char *name);
/* False when it is no number, is not whole, or does not fit. */
bool feel_to_int(const struct feel_value *v, int64_t *out) MUST_USE;
bool feel_to_double(const struct feel_value *v, double *out) MUST_USE;
/* A date and time with a zone as UTC microseconds; without one it is taken as in UTC. */
bool feel_to_instant(const struct feel_value *v, int64_t *at) MUST_USE;
static inline bool feel_is_true(const struct feel_value *v)
{
	return v->kind == FEEL_BOOLEAN && v->boolean;
}
/* FEEL's string(): "" for null; what is inside of lists and contexts is written as literals. */
const char *feel_to_text(struct arena *a, const struct feel_value *v);
/* Equality of DMN 1.5 §10.3.2.13: true, false, or null when the kinds cannot be compared. */
const struct feel_value *feel_equal(const struct feel_value *x, const struct feel_value *y);

/* ---- JSON -------------------------------------------------------------------------------- */

/* Numbers keep their digits; what JSON has no kind for is a string in FEEL's lexical form; a range is
 * its literal, a function null. */
void feel_to_json(struct json_out *j, const struct feel_value *v);
/* Objects become contexts, arrays lists. Depth is bounded by jansson's. */
const struct feel_value *feel_of_json(struct arena *a, const json_t *json);

/* ---- types ------------------------------------------------------------------------------- */

enum feel_type_kind {
	FEEL_TYPE_ANY,
	FEEL_TYPE_KIND, /* every value of one kind */
	FEEL_TYPE_NULL,
	FEEL_TYPE_LIST,
	FEEL_TYPE_RANGE,
	FEEL_TYPE_CONTEXT,
	FEEL_TYPE_FUNCTION,
	FEEL_TYPE_SAME,   /* what 'element' is, perhaps with constraints of its own */
	FEEL_TYPE_UNKNOWN /* a name that is no type: nothing conforms to it */
};

struct feel_member {
	const char *name;
	const struct feel_type *type;
};

/* A type; DMN builds them of item definitions. Never changes once used. */
struct feel_type {
	enum feel_type_kind kind;
	enum feel_kind value_kind;         /* FEEL_TYPE_KIND */
	const char *name;                  /* as written, for messages; may be NULL */
	const struct feel_type *element;   /* of a list or range; a function's result; NULL: any */
	const struct feel_member *members; /* a context's entries, a function's parameters */
	size_t member_count;
	const struct feel_expr *allowed;         /* unary tests that a value must pass, or NULL */
	const struct feel_expr *type_constraint; /* the same for the value as a whole */
};

/* The type of a FEEL type name ("number", "date and time"), or NULL. */
const struct feel_type *feel_type_named(const char *name);

/* ---- compiling --------------------------------------------------------------------------- */

struct feel_expr; /* compiled; lives in the arena it was compiled in */

enum feel_mode { FEEL_EXPRESSION, FEEL_UNARY_TESTS };

/* What the text may name. A name with spaces or operators in it ("unit price", "a+b") is read as one
 * name where it stands here, be it a variable or a member of a context. A plain name need not be here:
 * it is looked up when evaluated. */
struct feel_names {
	const char *const *names;
	size_t count;
	const struct feel_member *types; /* names of item definitions, for "instance of" */
	size_t type_count;
};

struct feel_problem {
	size_t at; /* byte in the text */
	char text[200];
};

#define FEEL_TEXT_MAX (1u << 20) /* bytes of one expression */

/* NULL when it is not FEEL: 'why' (may be NULL) says what and where. 'names' may be NULL. */
const struct feel_expr *feel_compile(struct arena *a, const struct feel_names *names,
				     const char *text, enum feel_mode mode,
				     struct feel_problem *why) MUST_USE;
/* The text it was compiled of. */
const char *feel_source(const struct feel_expr *e);
/* The free variables that the expression names, each once: what must be known before it can be
 * evaluated. '*count' gets their number. */
const char *const *feel_free_names(const struct feel_expr *e, size_t *count);

/* ---- evaluating -------------------------------------------------------------------------- */

/* 0: the default. */
struct feel_limits {
	uint64_t steps; /* nodes evaluated and items visited; default 10 million */
	unsigned depth; /* nested evaluations; default 600 */
	size_t memory;  /* bytes of values made; default 64 MiB */
};

struct feel_diagnostic {
	const char *text;
	const char *where; /* what was being evaluated (set by feel_run_where), or NULL */
	size_t at;         /* byte in its source */
	bool is_warning;   /* the result stands nevertheless */
};

struct feel_run {
	struct arena *arena;
	int64_t now_at; /* what now() and today() say, UTC microseconds */
	const struct feel_diagnostic *diagnostics;
	size_t diagnostic_count; /* the first 100 are kept */
	bool stopped;            /* a limit was met: all that follows is null */
	const char *where;       /* copied into each diagnostic; set and reset by the caller */
	struct feel_engine *engine;
};

/* One run may evaluate many expressions; their limits are those of the run as a whole. It lives in
 * 'a', and so do its values. One thread uses it. */
struct feel_run *feel_run_new(struct arena *a, const struct feel_limits *limits, int64_t now_at);

/* 'variables' is a context, or NULL. Never NULL. */
const struct feel_value *feel_evaluate(struct feel_run *run, const struct feel_expr *e,
				       const struct feel_value *variables);
/* Whether 'input' passes the unary tests 'e': true, false, or null. */
const struct feel_value *feel_test(struct feel_run *run, const struct feel_expr *e,
				   const struct feel_value *input,
				   const struct feel_value *variables);
/* Which of the unary tests 'input' passes first, from 0; -1: none. */
int feel_test_which(struct feel_run *run, const struct feel_expr *e, const struct feel_value *input,
		    const struct feel_value *variables);
/* 'v' as one of 'type', after FEEL's implicit conversions (DMN 1.5 §10.3.2.9.4: to and from a list of
 * one, from date to date and time); null and a diagnostic that begins with 'what' when it is not.
 * Allowed values are tested. */
const struct feel_value *feel_coerce(struct feel_run *run, const struct feel_type *type,
				     const struct feel_value *v, const char *what);
/* Whether 'v' is an instance of 'type', without conversions. */
bool feel_instance_of(struct feel_run *run, const struct feel_type *type,
		      const struct feel_value *v);
/* Counts 'size' bytes that the caller takes for values, and a step. False: a limit is met, and the run
 * has stopped. */
bool feel_charge(struct feel_run *run, size_t size) MUST_USE;
void feel_complain(struct feel_run *run, const char *fmt, ...) PRINTF(2, 3);
void feel_warn(struct feel_run *run, const char *fmt, ...) PRINTF(2, 3);

/* A function that C gives to expressions (a business knowledge model, a decision service). It gets one
 * value for each parameter, coerced to its type, and returns a value of the run, never NULL. */
typedef const struct feel_value *feel_native(struct feel_run *run, void *data,
					     const struct feel_value *const *args);
const struct feel_value *feel_of_native(struct arena *a, const char *name,
					const struct feel_member *parameters, size_t count,
					const struct feel_type *result, feel_native *fn,
					void *data);
/* A function whose body is 'e', evaluated over 'variables' and its parameters. */
const struct feel_value *feel_of_body(struct arena *a, const struct feel_member *parameters,
				      size_t count, const struct feel_type *result,
				      const struct feel_expr *e,
				      const struct feel_value *variables);
/* Calls a function value with arguments by position; null and a diagnostic when it is none. */
const struct feel_value *feel_call(struct feel_run *run, const struct feel_value *function,
				   const struct feel_value *const *args, size_t count);
/* The same with arguments by name. */
const struct feel_value *feel_call_named(struct feel_run *run, const struct feel_value *function,
					 const struct feel_entry *args, size_t count);
/* A context of 'below' with 'name' bound in front of all it has. 'below' may be NULL. */
const struct feel_value *feel_with(struct feel_run *run, const struct feel_value *below,
				   const char *name, const struct feel_value *value);
/* 'list[filter]' for one value: what DMN's boxed filter does, with the filter compiled. */
const struct feel_value *feel_filter(struct feel_run *run, const struct feel_value *list,
				     const struct feel_expr *filter,
				     const struct feel_value *variables);

#endif
