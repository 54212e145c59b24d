/* SPDX-License-Identifier: Apache-2.0 */
/* A run: its memory, limits and diagnostics, and the way in. A limit that is met leaves by longjmp:
 * all that was made lies in the arena, so there is nothing to give back. */
#include <stdarg.h>
#include <stdio.h>
#include "engine/flow/feel/feel_private.h"

#define DIAGNOSTICS_MAX 100

struct feel_run *feel_run_new(struct arena *a, const struct feel_limits *limits, int64_t now_at)
{
	struct feel_run *r = arena_alloc(a, sizeof(*r));
	struct feel_engine *e = arena_alloc(a, sizeof(*e));
	struct feel_limits l = limits ? *limits : (struct feel_limits){ 0 };
	e->steps_max = l.steps ? l.steps : 10000000;
	e->depth_max = l.depth ? l.depth : 600;
	e->memory_max = l.memory ? l.memory : 64u << 20;
	*r = (struct feel_run){ .arena = a, .now_at = now_at, .engine = e };
	return r;
}

__attribute__((format(printf, 3, 0))) static void note(struct feel_run *r, bool warning,
						       const char *fmt, va_list ap)
{
	struct feel_engine *e = r->engine;
	if (r->diagnostic_count >= DIAGNOSTICS_MAX)
		return;
	if (!e->list) {
		e->list = arena_array(r->arena, DIAGNOSTICS_MAX, sizeof(*e->list));
		r->diagnostics = e->list;
	}
	char text[300];
	vsnprintf(text, sizeof(text), fmt, ap);
	/* Cut between two characters. */
	size_t n = strlen(text);
	while (n > 0 && !utf8_valid(text, n))
		n--;
	text[n] = 0;
	e->list[r->diagnostic_count++] = (struct feel_diagnostic){
		.text = arena_strdup(r->arena, text),
		.where = r->where,
		.at = e->at,
		.is_warning = warning,
	};
}

void feel_complain(struct feel_run *r, const char *fmt, ...)
{
	va_list ap;
	va_start(ap, fmt);
	note(r, false, fmt, ap);
	va_end(ap);
}

void feel_warn(struct feel_run *r, const char *fmt, ...)
{
	va_list ap;
	va_start(ap, fmt);
	note(r, true, fmt, ap);
	va_end(ap);
}

const struct feel_value *run_null(struct feel_run *r, const char *fmt, ...)
{
	va_list ap;
	va_start(ap, fmt);
	note(r, false, fmt, ap);
	va_end(ap);
	return &feel_null;
}

void run_stop(struct feel_run *r, const char *why)
{
	if (!r->stopped)
		feel_complain(r, "%s", why);
	r->stopped = true;
	longjmp(*r->engine->out, 1);
}

void run_step(struct feel_run *r, uint64_t n)
{
	struct feel_engine *e = r->engine;
	if (r->stopped || n > e->steps_max - e->steps)
		run_stop(r, "the evaluation takes more steps than are allowed");
	e->steps += n;
}

void *run_alloc(struct feel_run *r, size_t size)
{
	struct feel_engine *e = r->engine;
	if (r->stopped || size > e->memory_max - e->memory)
		run_stop(r, "the evaluation takes more memory than is allowed");
	e->memory += size;
	return arena_alloc(r->arena, size);
}

void *run_array(struct feel_run *r, size_t count, size_t size)
{
	if (count > r->engine->memory_max / size)
		run_stop(r, "the evaluation takes more memory than is allowed");
	return run_alloc(r, count * size);
}

struct feel_value *run_value(struct feel_run *r, enum feel_kind kind)
{
	struct feel_value *v = run_alloc(r, sizeof(*v));
	v->kind = kind;
	return v;
}

const struct feel_value *run_text(struct feel_run *r, const char *text, size_t size)
{
	char *copy = run_alloc(r, size + 1);
	memcpy(copy, text, size);
	struct feel_value *v = run_value(r, FEEL_STRING);
	v->string = (struct feel_string){ copy, size };
	return v;
}

const struct feel_value *run_number(struct feel_run *r, struct feel_number n)
{
	if (!number_finite(n))
		return run_null(r, "the number is out of range or undefined");
	struct feel_value *v = run_value(r, FEEL_NUMBER);
	v->number = n;
	return v;
}

const struct feel_value *run_int(struct feel_run *r, int64_t n)
{
	return run_number(r, number_of_int(n));
}

const struct feel_value *run_list(struct feel_run *r, const struct feel_value **items, size_t count)
{
	struct feel_value *v = run_value(r, FEEL_LIST);
	v->list = (struct feel_list){ items, count };
	v->height = run_height(r, items_height(items, count));
	return v;
}

const struct feel_value *run_context(struct feel_run *r, const struct feel_entry *list, size_t n)
{
	struct feel_value *v = run_value(r, FEEL_CONTEXT);
	v->context = (struct feel_context){ list, n };
	v->height = run_height(r, entries_height(list, n));
	return v;
}

uint32_t run_height(struct feel_run *r, uint32_t height)
{
	if (height > FEEL_HEIGHT_MAX)
		run_stop(r, "values are nested deeper than is allowed");
	return height;
}

bool feel_charge(struct feel_run *r, size_t size)
{
	struct feel_engine *e = r->engine;
	if (!r->stopped && (size > e->memory_max - e->memory || e->steps >= e->steps_max)) {
		feel_complain(r, "the evaluation takes more than is allowed");
		r->stopped = true;
	}
	if (r->stopped)
		return false;
	e->memory += size;
	e->steps++;
	return true;
}

const struct feel_value *run_days(struct feel_run *r, __int128 nanos)
{
	struct feel_value *v = run_value(r, FEEL_DAYS);
	v->nanos = nanos;
	return v;
}

const struct feel_value *run_months(struct feel_run *r, int64_t months)
{
	struct feel_value *v = run_value(r, FEEL_MONTHS);
	v->months = months;
	return v;
}

const struct feel_value *run_moment(struct feel_run *r, enum feel_kind kind, struct feel_moment m)
{
	struct feel_value *v = run_value(r, kind);
	v->moment = m;
	return v;
}

void items_add(struct feel_run *r, struct items *l, const struct feel_value *v)
{
	if (l->count == l->room) {
		size_t room = l->room ? 2 * l->room : 8;
		const struct feel_value **list = run_array(r, room, sizeof(*list));
		if (l->count)
			memcpy(list, l->list, l->count * sizeof(*list));
		l->list = list;
		l->room = room;
	}
	l->list[l->count++] = v;
	l->height = v->height > l->height ? v->height : l->height;
}

const struct feel_value *items_list(struct feel_run *r, struct items *l)
{
	struct feel_value *v = run_value(r, FEEL_LIST);
	v->list = (struct feel_list){ l->list, l->count };
	v->height = run_height(r, l->height + 1);
	return v;
}

/* The one place that a limit leads to. Nothing is kept in automatic variables across it but what is
 * volatile. Runs nest (a native function evaluates): each level stops in turn, for 'stopped' stays. */
static const struct feel_value *
guarded(struct feel_run *r, const struct feel_value *(*fn)(struct feel_run *, void *), void *arg)
{
	struct feel_engine *e = r->engine;
	jmp_buf here;
	jmp_buf *const outer = e->out;
	const unsigned depth = e->depth;
	const struct feel_expr *const expr = e->expr;
	const struct feel_value *v = &feel_null;
	if (r->stopped)
		return v;
	e->out = &here;
	if (setjmp(here) == 0)
		v = fn(r, arg);
	else
		v = &feel_null;
	e->out = outer;
	e->depth = depth;
	e->expr = expr;
	return v;
}

struct job {
	const struct feel_expr *e;
	const struct feel_value *input, *variables, *list;
	bool ask_which;
	int which; /* the answer */
};

static struct frame frame_of(const struct feel_value *variables)
{
	return (struct frame){ NULL, variables, NULL };
}

static const struct feel_value *evaluate(struct feel_run *r, void *arg)
{
	struct job *j = arg;
	/* In the arena: a closure may outlive the evaluation. */
	struct frame *f = run_alloc(r, sizeof(*f));
	*f = frame_of(j->variables ? j->variables : &feel_null);
	const struct frame *env = f;
	if (j->input) {
		struct frame *in = run_alloc(r, sizeof(*in));
		*in = (struct frame){ "?", j->input, f };
		env = in;
	}
	r->engine->expr = j->e;
	if (j->ask_which) {
		j->which = eval_which(r, j->e, env);
		return &feel_null;
	}
	return j->list ? eval_filter(r, j->list, j->e, j->e->root, env)
		       : eval(r, j->e, j->e->root, env);
}

const struct feel_value *feel_evaluate(struct feel_run *r, const struct feel_expr *e,
				       const struct feel_value *variables)
{
	struct job j = { .e = e, .variables = variables };
	return guarded(r, evaluate, &j);
}

const struct feel_value *feel_test(struct feel_run *r, const struct feel_expr *e,
				   const struct feel_value *input,
				   const struct feel_value *variables)
{
	struct job j = { .e = e, .variables = variables, .input = input };
	const struct feel_value *v = guarded(r, evaluate, &j);
	if (e->mode == FEEL_UNARY_TESTS)
		return v;
	return v->kind == FEEL_BOOLEAN ? v : &feel_null;
}

int feel_test_which(struct feel_run *r, const struct feel_expr *e, const struct feel_value *input,
		    const struct feel_value *variables)
{
	struct job j = {
		.e = e, .variables = variables, .input = input, .ask_which = true, .which = -1
	};
	(void)guarded(r, evaluate, &j);
	return j.which;
}

const struct feel_value *feel_filter(struct feel_run *r, const struct feel_value *list,
				     const struct feel_expr *filter,
				     const struct feel_value *variables)
{
	struct job j = { .e = filter, .variables = variables, .list = list };
	return guarded(r, evaluate, &j);
}

struct call_job {
	const struct feel_value *function;
	const struct feel_value *const *args;
	const char *const *names;
	size_t count;
};

static const struct feel_value *do_call(struct feel_run *r, void *arg)
{
	const struct call_job *j = arg;
	return call_function(r, j->function->function, j->args, j->names, j->count);
}

const struct feel_value *feel_call(struct feel_run *r, const struct feel_value *function,
				   const struct feel_value *const *args, size_t count)
{
	if (function->kind != FEEL_FUNCTION)
		return run_null(r, "what is called is no function but %s",
				feel_kind_name(function->kind));
	struct call_job j = { function, args, NULL, count };
	return guarded(r, do_call, &j);
}

const struct feel_value *feel_call_named(struct feel_run *r, const struct feel_value *function,
					 const struct feel_entry *args, size_t count)
{
	if (function->kind != FEEL_FUNCTION)
		return run_null(r, "what is called is no function but %s",
				feel_kind_name(function->kind));
	const struct feel_value **values = arena_array(r->arena, count + 1, sizeof(*values));
	const char **names = arena_array(r->arena, count + 1, sizeof(*names));
	for (size_t i = 0; i < count; i++) {
		values[i] = args[i].value;
		names[i] = args[i].name;
	}
	struct call_job j = { function, values, count ? names : NULL, count };
	return guarded(r, do_call, &j);
}

const struct feel_value *feel_with(struct feel_run *r, const struct feel_value *below,
				   const char *name, const struct feel_value *value)
{
	size_t n = below && below->kind == FEEL_CONTEXT ? below->context.count : 0, k = 0;
	if (!feel_charge(r, (n + 1) * sizeof(struct feel_entry) + sizeof(struct feel_value)))
		return &feel_null;
	struct feel_entry *list = arena_array(r->arena, n + 1, sizeof(*list));
	list[k++] = (struct feel_entry){ name, value };
	for (size_t i = 0; i < n; i++)
		if (strcmp(below->context.entries[i].name, name) != 0)
			list[k++] = below->context.entries[i];
	struct feel_value *v = arena_alloc(r->arena, sizeof(*v));
	v->kind = FEEL_CONTEXT;
	v->context = (struct feel_context){ list, k };
	v->height = entries_height(list, k);
	return v;
}
