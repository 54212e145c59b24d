/* SPDX-License-Identifier: Apache-2.0 */
/* Evaluation of the compiled form: one function for each kind of node that needs more than a line. */
#include "engine/flow/feel/feel_private.h"

bool is_true(const struct feel_value *v)
{
	return v->kind == FEEL_BOOLEAN && v->boolean;
}

static const struct node *kid(const struct feel_expr *e, const struct node *n, size_t i)
{
	return &e->nodes[e->kids[n->first + i]];
}

static const struct feel_value *eval_kid(struct feel_run *r, const struct feel_expr *e,
					 const struct node *n, size_t i, const struct frame *env)
{
	return eval(r, e, e->kids[n->first + i], env);
}

/* NULL: nothing binds it. */
static const struct feel_value *look_up(const char *name, const struct frame *env)
{
	for (; env; env = env->up) {
		if (env->name) {
			if (env->name == name || strcmp(env->name, name) == 0)
				return env->value;
			continue;
		}
		const struct feel_value *v = feel_get(env->value, name);
		if (v)
			return v;
	}
	return NULL;
}

static const struct feel_value *eval_name(struct feel_run *r, const struct node *n,
					  const struct frame *env)
{
	const struct feel_value *v = look_up(n->name, env);
	if (v)
		return v;
	const struct builtin *b = builtin_find(n->name, strlen(n->name));
	if (!b)
		return run_null(r, "there is no '%s'", n->name);
	struct feel_function *f = run_alloc(r, sizeof(*f));
	*f = (struct feel_function){ .name = b->name, .builtin = b };
	struct feel_value *fn = run_value(r, FEEL_FUNCTION);
	fn->function = f;
	return fn;
}

/* Three-valued (§10.3.2.10): what is not boolean counts as null. */
static const struct feel_value *eval_logic(struct feel_run *r, const struct feel_expr *e,
					   const struct node *n, const struct frame *env)
{
	bool decides = n->kind == NODE_OR;
	const struct feel_value *x = eval_kid(r, e, n, 0, env);
	if (x->kind == FEEL_BOOLEAN && x->boolean == decides)
		return x;
	const struct feel_value *y = eval_kid(r, e, n, 1, env);
	if (y->kind == FEEL_BOOLEAN && y->boolean == decides)
		return y;
	if (x->kind == FEEL_BOOLEAN && y->kind == FEEL_BOOLEAN)
		return of_bool(!decides);
	if ((x->kind != FEEL_BOOLEAN && x->kind != FEEL_NULL) ||
	    (y->kind != FEEL_BOOLEAN && y->kind != FEEL_NULL))
		return run_null(r, "'%s' is given something that is not boolean",
				decides ? "or" : "and");
	return &feel_null;
}

static const struct feel_value *make_range(struct feel_run *r, const struct feel_value *low,
					   const struct feel_value *high, unsigned closed)
{
	struct feel_value *v = run_value(r, FEEL_RANGE);
	v->range = (struct feel_range){
		.low = low, .high = high, .low_closed = closed & 1, .high_closed = closed & 2
	};
	v->height = run_height(r, 1 + (low ? low->height : 0) + (high ? high->height : 0));
	return v;
}

static const struct feel_value *eval_range(struct feel_run *r, const struct feel_expr *e,
					   const struct node *n, const struct frame *env)
{
	const struct feel_value *low = eval_kid(r, e, n, 0, env);
	const struct feel_value *high = eval_kid(r, e, n, 1, env);
	if (low->kind == FEEL_NULL && high->kind == FEEL_NULL)
		return run_null(r, "both ends of a range are null");
	if (low->kind != FEEL_NULL && high->kind != FEEL_NULL) {
		int order = value_compare(low, high);
		if (order == 2)
			return run_null(r, "a range from %s to %s has no order",
					feel_kind_name(low->kind), feel_kind_name(high->kind));
	}
	return make_range(r, low, high, n->op);
}

static const struct feel_value *eval_compared(struct feel_run *r, const struct feel_expr *e,
					      const struct node *n, const struct frame *env)
{
	const struct feel_value *x = eval_kid(r, e, n, 0, env);
	switch ((enum op)n->op) {
	case OP_LT: return make_range(r, NULL, x, 0);
	case OP_LE: return make_range(r, NULL, x, 2);
	case OP_GT: return make_range(r, x, NULL, 0);
	case OP_GE: return make_range(r, x, NULL, 1);
	default: break;
	}
	struct feel_value *v = run_value(r, FEEL_RANGE);
	if (n->op == OP_EQ)
		v->range = (struct feel_range){ x, x, true, true, .is_point = true };
	else
		v->range = (struct feel_range){ .low = x, .is_not = true };
	v->height = run_height(r, x->height + 1);
	return v;
}

/* A test's value against the input: a range holds it, a list has one that passes, a boolean that was
 * said of "?" is the answer itself, all else is compared (§7.3.3, §10.3.2.8). */
const struct feel_value *eval_passes(struct feel_run *r, const struct feel_value *input,
				     const struct feel_value *t)
{
	run_step(r, 1);
	if (t->kind == FEEL_RANGE && input->kind != FEEL_RANGE) {
		if (t->range.is_not) {
			const struct feel_value *eq = feel_equal(input, t->range.low);
			return eq->kind == FEEL_BOOLEAN ? of_bool(!eq->boolean) : &feel_true;
		}
		if (t->range.is_point)
			return feel_equal(input, t->range.low);
		int in = range_holds(&t->range, input);
		if (in < 0)
			return run_null(r, "%s cannot be compared with the range",
					feel_kind_name(input->kind));
		return of_bool(in == 1);
	}
	if (t->kind == FEEL_LIST) {
		if (input->kind == FEEL_LIST && is_true(feel_equal(input, t)))
			return &feel_true;
		for (size_t i = 0; i < t->list.count; i++) {
			const struct feel_value *item = t->list.items[i];
			if (item->kind == FEEL_LIST && input->kind != FEEL_LIST)
				continue;
			bool yes = item->kind == FEEL_RANGE && input->kind != FEEL_RANGE
					   ? range_holds(&item->range, input) == 1
					   : is_true(feel_equal(input, item));
			if (yes)
				return &feel_true;
		}
		return &feel_false;
	}
	const struct feel_value *equal = feel_equal(input, t);
	if (equal->kind == FEEL_NULL)
		return run_null(r, "%s is tested against %s", feel_kind_name(input->kind),
				feel_kind_name(t->kind));
	return equal;
}

static const struct feel_value *test_one(struct feel_run *r, const struct feel_expr *e, uint32_t id,
					 const struct feel_value *input, const struct frame *env)
{
	const struct feel_value *t = eval(r, e, id, env);
	const struct node *n = &e->nodes[id];
	if (t->kind == FEEL_BOOLEAN && (n->asks_input || input->kind != FEEL_BOOLEAN) &&
	    (n->asks_input || n->kind != NODE_CONST))
		return t;
	if (t->kind == FEEL_NULL && n->asks_input)
		return t;
	return eval_passes(r, input, t);
}

static const struct feel_value *eval_in(struct feel_run *r, const struct feel_expr *e,
					const struct node *n, const struct frame *env)
{
	const struct feel_value *x = eval_kid(r, e, n, 0, env);
	const struct feel_value *all = &feel_false;
	for (size_t i = 1; i < n->count; i++) {
		const struct feel_value *t = eval_kid(r, e, n, i, env);
		const struct feel_value *v = eval_passes(r, x, t);
		if (is_true(v))
			return v;
		if (v->kind == FEEL_NULL)
			all = v;
	}
	return all;
}

static const struct feel_value *eval_tests(struct feel_run *r, const struct feel_expr *e,
					   const struct node *n, const struct frame *env)
{
	const struct feel_value *input = look_up("?", env);
	const struct feel_value *any = &feel_false;
	if (n->op == 2 || !input)
		return &feel_true;
	for (size_t i = 0; i < n->count; i++) {
		const struct feel_value *v = test_one(r, e, e->kids[n->first + i], input, env);
		if (is_true(v)) {
			any = v;
			break;
		}
		if (v->kind != FEEL_BOOLEAN)
			any = &feel_null;
	}
	if (n->op == 1)
		return any->kind == FEEL_BOOLEAN ? of_bool(!any->boolean) : any;
	return any;
}

int eval_which(struct feel_run *r, const struct feel_expr *e, const struct frame *env)
{
	const struct node *n = &e->nodes[e->root];
	const struct feel_value *input = look_up("?", env);
	for (size_t i = 0; n->kind == NODE_TESTS && i < n->count; i++)
		if (is_true(test_one(r, e, e->kids[n->first + i], input, env)))
			return (int)i;
	return -1;
}

static const struct feel_value *eval_context(struct feel_run *r, const struct feel_expr *e,
					     const struct node *n, const struct frame *env)
{
	struct feel_entry *list = run_array(r, n->count + 1, sizeof(*list));
	for (size_t i = 0; i < n->count; i++) {
		const struct feel_value *x = eval_kid(r, e, n, i, env);
		list[i] = (struct feel_entry){ n->names[i], x };
		struct frame *f = run_alloc(r, sizeof(*f));
		*f = (struct frame){ n->names[i], x, env };
		env = f;
	}
	return run_context(r, list, n->count);
}

static const struct feel_value *eval_function(struct feel_run *r, const struct feel_expr *e,
					      const struct node *n, const struct frame *env)
{
	struct feel_function *f = run_alloc(r, sizeof(*f));
	size_t count = 0;
	while (n->members[count].name)
		count++;
	*f = (struct feel_function){ .parameters = n->members,
				     .count = count,
				     .expr = e,
				     .body = e->kids[n->first],
				     .env = env };
	if (n->kind == NODE_EXTERNAL)
		f->body = 0;
	struct feel_value *v = run_value(r, FEEL_FUNCTION);
	v->function = f;
	return v;
}

#define ARGS_MAX 1000

static const struct feel_value *eval_call(struct feel_run *r, const struct feel_expr *e,
					  const struct node *n, const struct frame *env)
{
	const struct node *callee = kid(e, n, 0);
	const struct feel_value *few[8], **args = few;
	size_t count = n->count - 1;
	if (count > ARGS_MAX)
		return run_null(r, "a call has more than %d arguments", ARGS_MAX);
	if (count > 8)
		args = run_array(r, count, sizeof(*args));
	const struct feel_value *fn = NULL;
	const struct builtin *b = NULL;
	if (callee->kind == NODE_NAME) {
		fn = look_up(callee->name, env);
		if (!fn)
			b = builtin_find(callee->name, strlen(callee->name));
	}
	if (!fn && !b)
		fn = eval_kid(r, e, n, 0, env);
	if (!b && (!fn || fn->kind != FEEL_FUNCTION))
		return run_null(r, "what is called is no function but %s",
				fn ? feel_kind_name(fn->kind) : "nothing");
	for (size_t i = 0; i < count; i++)
		args[i] = eval_kid(r, e, n, i + 1, env);
	r->engine->at = n->at;
	const char *const *names = n->names;
	return b ? builtin_call(r, b, args, names, count)
		 : call_function(r, fn->function, args, names, count);
}

static const struct feel_value *eval_negate(struct feel_run *r, const struct feel_value *x)
{
	switch (x->kind) {
	case FEEL_NUMBER: return run_number(r, number_negate(x->number));
	case FEEL_DAYS: return run_days(r, -x->nanos);
	case FEEL_MONTHS: return run_months(r, -x->months);
	default: return run_null(r, "%s cannot be negated", feel_kind_name(x->kind));
	}
}

static const struct feel_value *eval_between(struct feel_run *r, const struct feel_expr *e,
					     const struct node *n, const struct frame *env)
{
	const struct feel_value *x = eval_kid(r, e, n, 0, env);
	int low = value_compare(x, eval_kid(r, e, n, 1, env));
	int high = value_compare(x, eval_kid(r, e, n, 2, env));
	if (low == 2 || high == 2)
		return run_null(r, "%s cannot be compared with the bounds",
				feel_kind_name(x->kind));
	return of_bool(low >= 0 && high <= 0);
}

static const struct feel_value *eval_list(struct feel_run *r, const struct feel_expr *e,
					  const struct node *n, const struct frame *env)
{
	const struct feel_value **items = run_array(r, n->count + 1, sizeof(*items));
	for (size_t i = 0; i < n->count; i++)
		items[i] = eval_kid(r, e, n, i, env);
	return run_list(r, items, n->count);
}

static const struct feel_value *eval_node(struct feel_run *r, const struct feel_expr *e,
					  const struct node *n, const struct frame *env)
{
	const struct feel_value *x, *y;
	switch ((enum node_kind)n->kind) {
	case NODE_CONST: return n->value;
	case NODE_NAME: return eval_name(r, n, env);
	case NODE_INPUT:
		x = look_up("?", env);
		return x ? x : run_null(r, "'?' stands for nothing here");
	case NODE_NEGATE: return eval_negate(r, eval_kid(r, e, n, 0, env));
	case NODE_BINARY:
		x = eval_kid(r, e, n, 0, env);
		y = eval_kid(r, e, n, 1, env);
		r->engine->at = n->at;
		return eval_binary(r, (enum op)n->op, x, y);
	case NODE_AND:
	case NODE_OR: return eval_logic(r, e, n, env);
	case NODE_BETWEEN: return eval_between(r, e, n, env);
	case NODE_IN: return eval_in(r, e, n, env);
	case NODE_COMPARED: return eval_compared(r, e, n, env);
	case NODE_RANGE: return eval_range(r, e, n, env);
	case NODE_INSTANCE: return of_bool(feel_instance_of(r, n->type, eval_kid(r, e, n, 0, env)));
	case NODE_PATH: return eval_path(r, eval_kid(r, e, n, 0, env), n->name);
	case NODE_FILTER:
		return eval_filter(r, eval_kid(r, e, n, 0, env), e, e->kids[n->first + 1], env);
	case NODE_CALL: return eval_call(r, e, n, env);
	case NODE_IF: return eval_kid(r, e, n, is_true(eval_kid(r, e, n, 0, env)) ? 1 : 2, env);
	case NODE_FOR:
	case NODE_SOME:
	case NODE_EVERY: return eval_loop(r, e, n, env);
	case NODE_LIST: return eval_list(r, e, n, env);
	case NODE_CONTEXT: return eval_context(r, e, n, env);
	case NODE_FUNCTION:
	case NODE_EXTERNAL: return eval_function(r, e, n, env);
	case NODE_TESTS: return eval_tests(r, e, n, env);
	}
	return &feel_null;
}

const struct feel_value *eval(struct feel_run *r, const struct feel_expr *e, uint32_t id,
			      const struct frame *env)
{
	struct feel_engine *g = r->engine;
	run_step(r, 1);
	if (g->depth >= g->depth_max)
		run_stop(r, "the evaluation is nested deeper than is allowed");
	g->depth++;
	const struct node *n = &e->nodes[id];
	g->at = n->at;
	const struct feel_value *v = eval_node(r, e, n, env);
	g->depth--;
	return v;
}
