/* SPDX-License-Identifier: Apache-2.0 */
/* What the files of this room share: the compiled form, the engine of a run, decimals, moments. */
#ifndef ENGINE_FLOW_FEEL_PRIVATE_H
#define ENGINE_FLOW_FEEL_PRIVATE_H

#include <setjmp.h>
#include "base/text.h"
#include "engine/flow/feel/feel.h"

/* ---- the compiled form ------------------------------------------------------------------- */

enum node_kind {
	NODE_CONST,    /* value */
	NODE_NAME,     /* name */
	NODE_INPUT,    /* "?" */
	NODE_NEGATE,   /* kids[0] */
	NODE_BINARY,   /* op, two kids */
	NODE_AND,      /* two kids */
	NODE_OR,       /* two kids */
	NODE_BETWEEN,  /* value, low, high */
	NODE_IN,       /* value, then tests */
	NODE_COMPARED, /* a unary test "< x": a range; op, one kid */
	NODE_RANGE,    /* low, high; op: bit 0 low closed, bit 1 high closed */
	NODE_INSTANCE, /* kids[0], type */
	NODE_PATH,     /* kids[0], name */
	NODE_FILTER,   /* list, condition */
	NODE_CALL,     /* function, then arguments; names: of the arguments, or NULL */
	NODE_IF,       /* condition, then, else */
	NODE_FOR,      /* clauses: names; kids: low, high of each; last the body. high 0: a list */
	NODE_SOME,     /* as NODE_FOR */
	NODE_EVERY,    /* as NODE_FOR */
	NODE_LIST,     /* kids */
	NODE_CONTEXT,  /* kids; names */
	NODE_FUNCTION, /* kids[0] the body; members: parameters; type: the result's */
	NODE_EXTERNAL, /* a function outside of FEEL: refused when it is called */
	NODE_TESTS     /* unary tests: kids; op 1: not(...); op 2: "-" */
};

enum op { OP_ADD, OP_SUB, OP_MUL, OP_DIV, OP_POW, OP_EQ, OP_NE, OP_LT, OP_LE, OP_GT, OP_GE };

struct node {
	uint8_t kind, op;
	uint16_t height;       /* of the tree below: bounds recursion */
	bool asks_input;       /* it, or what is below, names "?" */
	uint32_t at;           /* byte in the source */
	uint32_t first, count; /* its kids in expr.kids */
	union {
		const struct feel_value *value;
		const char *name;
		const char *const *names;
		struct {
			const struct feel_member *members;
			const struct feel_type *type;
		};
	};
};

/* Node 0 is unused, so that 0 says "none". */
struct feel_expr {
	const struct node *nodes;
	const uint32_t *kids;
	uint32_t root;
	enum feel_mode mode;
	const char *source;
	const char *const *free_names;
	size_t free_count;
};

#define EXPR_NODES_MAX 100000
#define EXPR_HEIGHT_MAX 500

/* ---- evaluating -------------------------------------------------------------------------- */

/* What a name stands for, innermost first. A frame binds one name, or all entries of a context. */
struct frame {
	const char *name;
	const struct feel_value *value; /* of the name, or the context when name is NULL */
	const struct frame *up;
};

struct feel_engine {
	uint64_t steps, steps_max;
	unsigned depth, depth_max;
	size_t memory, memory_max;
	jmp_buf *out; /* where a limit leads to */
	struct feel_diagnostic *list;
	const struct feel_expr *expr; /* being evaluated, for the place of a diagnostic */
	size_t at;
	struct regex *regexes; /* compiled in this run, newest first */
	unsigned regex_count;
};

struct feel_function {
	const char *name;
	const struct feel_member *parameters;
	size_t count;
	const struct feel_type *result;
	feel_native *native;
	void *data;
	const struct builtin *builtin;
	const struct feel_expr *expr; /* of a closure */
	uint32_t body;
	const struct frame *env;
};

typedef const struct feel_value *builtin_fn(struct feel_run *r, const struct feel_value **args,
					    size_t n);

/* One signature of a built-in; a name may have several, side by side. */
struct builtin {
	const char *name;
	const char *parameters; /* "string,start position,length" */
	const char *types; /* one letter each, see feel_call.c; after '|' optional, '*' repeats */
	builtin_fn *fn;
};

extern const struct builtin builtins_text[], builtins_list[], builtins_number[], builtins_time[],
	builtins_range[], builtins_context[];
/* The first signature of the name, or NULL. */
const struct builtin *builtin_find(const char *name, size_t size);
/* Whether some built-in's name begins with these bytes: for reading names of several words. */
size_t builtin_longest(const char *text);
const struct feel_value *builtin_call(struct feel_run *r, const struct builtin *b,
				      const struct feel_value *const *args,
				      const char *const *names, size_t n);

/* Memory of the run, counted; does not return when the limit is met. */
void *run_alloc(struct feel_run *r, size_t size) __attribute__((returns_nonnull, malloc));
void *run_array(struct feel_run *r, size_t count, size_t size) __attribute__((returns_nonnull));
struct feel_value *run_value(struct feel_run *r, enum feel_kind kind)
	__attribute__((returns_nonnull));
/* Counts 'n' steps; does not return when the limit is met. */
void run_step(struct feel_run *r, uint64_t n);
void run_stop(struct feel_run *r, const char *why) __attribute__((noreturn));
/* null with a diagnostic */
const struct feel_value *run_null(struct feel_run *r, const char *fmt, ...) PRINTF(2, 3);
const struct feel_value *run_text(struct feel_run *r, const char *text, size_t size);
const struct feel_value *run_number(struct feel_run *r, struct feel_number n);
const struct feel_value *run_int(struct feel_run *r, int64_t v);
const struct feel_value *run_list(struct feel_run *r, const struct feel_value **items,
				  size_t count);
const struct feel_value *run_days(struct feel_run *r, __int128 nanos);
const struct feel_value *run_months(struct feel_run *r, int64_t months);
const struct feel_value *run_moment(struct feel_run *r, enum feel_kind kind, struct feel_moment m);

/* A list that grows. */
struct items {
	const struct feel_value **list;
	size_t count, room;
	uint32_t height; /* of the highest item */
};
void items_add(struct feel_run *r, struct items *l, const struct feel_value *v);
const struct feel_value *items_list(struct feel_run *r, struct items *l);
/* Of what holds these. */
uint32_t items_height(const struct feel_value *const *items, size_t count);
uint32_t entries_height(const struct feel_entry *entries, size_t count);
/* Does not return when it is more than is allowed. */
uint32_t run_height(struct feel_run *r, uint32_t height);
const struct feel_value *run_context(struct feel_run *r, const struct feel_entry *list, size_t n);

const struct feel_value *eval(struct feel_run *r, const struct feel_expr *e, uint32_t id,
			      const struct frame *env);
/* The place of the first unary test that "?" passes, or -1. */
int eval_which(struct feel_run *r, const struct feel_expr *e, const struct frame *env);
const struct feel_value *eval_loop(struct feel_run *r, const struct feel_expr *e,
				   const struct node *n, const struct frame *env);
const struct feel_value *eval_filter(struct feel_run *r, const struct feel_value *list,
				     const struct feel_expr *e, uint32_t condition,
				     const struct frame *env);
const struct feel_value *eval_path(struct feel_run *r, const struct feel_value *v,
				   const char *name);
const struct feel_value *eval_binary(struct feel_run *r, enum op op, const struct feel_value *x,
				     const struct feel_value *y);
/* Does 'input' pass the test value 't'? true, false, null */
const struct feel_value *eval_passes(struct feel_run *r, const struct feel_value *input,
				     const struct feel_value *t);
const struct feel_value *call_function(struct feel_run *r, const struct feel_function *f,
				       const struct feel_value *const *args,
				       const char *const *names, size_t n);

/* ---- comparing --------------------------------------------------------------------------- */

/* -1, 0, 1; 2 when the two cannot be ordered. */
int value_compare(const struct feel_value *x, const struct feel_value *y);
/* 1 in it, 0 not, -1 when it cannot be said. */
int range_holds(const struct feel_range *range, const struct feel_value *v);
/* Equal, or not, or of kinds that are never equal (all the same to lists' functions). */
bool value_same(const struct feel_value *x, const struct feel_value *y);
bool is_true(const struct feel_value *v);
static inline const struct feel_value *of_bool(bool v)
{
	return v ? &feel_true : &feel_false;
}
void value_write(struct buf *b, const struct feel_value *v, bool inner);

/* ---- decimals ---------------------------------------------------------------------------- */

enum rounding {
	ROUND_EVEN,
	ROUND_FLOOR,
	ROUND_CEILING,
	ROUND_DOWN,
	ROUND_HALF_UP,
	ROUND_UP,
	ROUND_HALF_DOWN
};

struct feel_number number_of_int(int64_t v);
/* 'size' bytes, all of them; false when they are not a number */
bool number_read(const char *s, size_t size, struct feel_number *out);
/* Without exponent where that is not longer than 40 digits. */
#define NUMBER_TEXT_SIZE 64
void number_write(struct feel_number n, char *out);
struct feel_number number_op(enum op op, struct feel_number x, struct feel_number y);
int number_compare(struct feel_number x, struct feel_number y);
bool number_finite(struct feel_number n);
bool number_to_int(struct feel_number n, int64_t *out); /* whole ones only */
int64_t number_clip(struct feel_number n);              /* towards zero, saturating */
double number_to_double(struct feel_number n);
struct feel_number number_round(struct feel_number n, int64_t scale, enum rounding how);
struct feel_number number_negate(struct feel_number n);
bool number_is_negative(struct feel_number n);
bool number_is_zero(struct feel_number n);
struct feel_number number_sqrt(struct feel_number n);
struct feel_number number_exp(struct feel_number n);
struct feel_number number_log(struct feel_number n);
struct feel_number number_of_nanos(__int128 nanos, int64_t unit);
bool number_to_nanos(struct feel_number n, __int128 *out);

/* ---- moments ----------------------------------------------------------------------------- */

#define NANOS INT64_C(1000000000)
#define YEAR_MAX 999999999

int64_t days_from_civil(int64_t y, unsigned m, unsigned d);
bool civil_from_days(int64_t days, struct feel_moment *out);
unsigned month_days(int64_t y, unsigned m);
bool moment_read(enum feel_kind kind, const char *s, size_t size, struct feel_moment *out);
bool duration_read(const char *s, size_t size, struct feel_value *out);
void moment_write(struct buf *b, enum feel_kind kind, const struct feel_moment *m);
void duration_write(struct buf *b, const struct feel_value *v);
/* Nanoseconds since 1970 as seen on the clock there (no zone), and in UTC. */
__int128 moment_local(const struct feel_moment *m);
__int128 moment_utc(const struct feel_moment *m);
/* The clock's nanoseconds as a moment with the zone of 'like'; false outside of the years. */
bool moment_of_local(__int128 nanos, const struct feel_moment *like, struct feel_moment *out);
/* Seconds east of UTC; false without a zone. */
bool moment_offset(const struct feel_moment *m, int32_t *out);
const char *zone_name(const struct feel_zone *z);
/* NULL: no such zone. */
const struct feel_zone *zone_find(const char *name, size_t size);
int32_t zone_offset_utc(const struct feel_zone *z, int64_t utc);
int32_t zone_offset_local(const struct feel_zone *z, int64_t local);

#endif
