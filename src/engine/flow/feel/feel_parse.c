/* SPDX-License-Identifier: Apache-2.0 */
/* The grammar of FEEL (DMN 1.5 §10.3.1.2), by recursive descent, loosest binding first. */
#include <stdarg.h>
#include <stdio.h>
#include "engine/flow/feel/feel_parse.h"

uint32_t parse_fail(struct parser *p, const char *fmt, ...)
{
	if (!p->failed) {
		p->failed = true;
		p->why.at = p->pos;
		va_list ap;
		va_start(ap, fmt);
		vsnprintf(p->why.text, sizeof(p->why.text), fmt, ap);
		va_end(ap);
	}
	return 0;
}

uint32_t node_new(struct parser *p, enum node_kind kind, size_t at, const uint32_t *kids,
		  size_t count)
{
	unsigned height = 0;
	bool asks = kind == NODE_INPUT;
	for (size_t i = 0; i < count; i++) {
		const struct node *k = &p->nodes[kids[i]];
		height = k->height > height ? k->height : height;
		asks |= k->asks_input;
	}
	if (++p->work > PARSE_WORK_MAX || p->node_count >= EXPR_NODES_MAX)
		return parse_fail(p, "the expression is too large");
	if (height >= EXPR_HEIGHT_MAX)
		return parse_fail(p, "the expression is nested too deeply");
	if (p->node_count == p->node_room) {
		size_t room = 2 * p->node_room + 16;
		p->nodes = arena_grow(p->arena, p->nodes, p->node_room * sizeof(*p->nodes),
				      room * sizeof(*p->nodes));
		p->node_room = room;
	}
	if (p->kid_count + count > p->kid_room) {
		size_t room = 2 * p->kid_room + count + 16;
		p->kids = arena_grow(p->arena, p->kids, p->kid_room * sizeof(*p->kids),
				     room * sizeof(*p->kids));
		p->kid_room = room;
	}
	if (count)
		memcpy(p->kids + p->kid_count, kids, count * sizeof(*kids));
	p->nodes[p->node_count] = (struct node){ .kind = (uint8_t)kind,
						 .height = (uint16_t)(height + 1),
						 .asks_input = asks,
						 .at = (uint32_t)at,
						 .first = (uint32_t)p->kid_count,
						 .count = (uint32_t)count };
	p->kid_count += count;
	return (uint32_t)p->node_count++;
}

void kid_add(struct parser *p, struct kid_list *l, uint32_t id)
{
	if (l->count == l->room) {
		size_t room = l->room ? 2 * l->room : 8;
		l->list = arena_grow(p->arena, l->list, l->room * sizeof(*l->list),
				     room * sizeof(*l->list));
		l->room = room;
	}
	l->list[l->count++] = id;
}

static uint32_t binary(struct parser *p, enum node_kind kind, enum op op, size_t at, uint32_t x,
		       uint32_t y)
{
	if (!x || !y)
		return 0;
	uint32_t id = node_new(p, kind, at, (uint32_t[]){ x, y }, 2);
	if (id)
		p->nodes[id].op = (uint8_t)op;
	return id;
}

static uint32_t parse_instance(struct parser *p)
{
	uint32_t x = parse_primary(p);
	while (x && scan_peek_word(p, "instance")) {
		size_t at = p->pos;
		p->pos += strlen("instance");
		if (!scan_word(p, "of"))
			return parse_fail(p, "\"of\" is expected after \"instance\"");
		const struct feel_type *type = parse_type(p);
		if (!type)
			return 0;
		x = node_new(p, NODE_INSTANCE, at, &x, 1);
		if (x)
			p->nodes[x].type = type;
	}
	return x;
}

static uint32_t parse_negation(struct parser *p)
{
	scan_space(p);
	size_t at = p->pos;
	if (!scan_symbol(p, "-"))
		return parse_instance(p);
	if (++p->depth > PARSE_DEPTH_MAX)
		return parse_fail(p, "the expression is nested too deeply");
	uint32_t x = parse_negation(p);
	p->depth--;
	return x ? node_new(p, NODE_NEGATE, at, &x, 1) : 0;
}

static uint32_t parse_power(struct parser *p)
{
	uint32_t x = parse_negation(p);
	while (x && scan_peek(p, "**")) {
		size_t at = p->pos;
		p->pos += 2;
		x = binary(p, NODE_BINARY, OP_POW, at, x, parse_negation(p));
	}
	return x;
}

static uint32_t parse_product(struct parser *p)
{
	uint32_t x = parse_power(p);
	while (x && (scan_peek(p, "*") || scan_peek(p, "/"))) {
		size_t at = p->pos;
		enum op op = p->text[p->pos++] == '*' ? OP_MUL : OP_DIV;
		x = binary(p, NODE_BINARY, op, at, x, parse_power(p));
	}
	return x;
}

uint32_t parse_additive(struct parser *p)
{
	uint32_t x = parse_product(p);
	while (x && (scan_peek(p, "+") || scan_peek(p, "-"))) {
		size_t at = p->pos;
		enum op op = p->text[p->pos++] == '+' ? OP_ADD : OP_SUB;
		x = binary(p, NODE_BINARY, op, at, x, parse_product(p));
	}
	return x;
}

static bool scan_comparator(struct parser *p, enum op *op)
{
	static const struct {
		const char *text;
		enum op op;
	} ops[] = { { "<=", OP_LE }, { ">=", OP_GE }, { "!=", OP_NE },
		    { "<", OP_LT },  { ">", OP_GT },  { "=", OP_EQ } };
	for (size_t i = 0; i < sizeof(ops) / sizeof(ops[0]); i++)
		if (scan_symbol(p, ops[i].text)) {
			*op = ops[i].op;
			return true;
		}
	return false;
}

uint32_t parse_test(struct parser *p, bool whole)
{
	enum op op;
	scan_space(p);
	size_t at = p->pos;
	if (!scan_comparator(p, &op))
		return whole ? parse_expression(p) : parse_additive(p);
	uint32_t x = parse_additive(p);
	if (!x)
		return 0;
	uint32_t id = node_new(p, NODE_COMPARED, at, &x, 1);
	if (id)
		p->nodes[id].op = (uint8_t)op;
	return id;
}

/* Tests with commas between them, as kids of one node behind 'first' (0: none). */
uint32_t parse_tests_until(struct parser *p, uint32_t first, enum node_kind kind, bool whole)
{
	struct kid_list kids = { 0 };
	size_t at = p->pos;
	if (first)
		kid_add(p, &kids, first);
	do {
		uint32_t t = parse_test(p, whole);
		if (!t)
			return 0;
		kid_add(p, &kids, t);
	} while (scan_symbol(p, ","));
	return node_new(p, kind, at, kids.list, kids.count);
}

struct mark mark_here(const struct parser *p)
{
	return (struct mark){ p->pos,         p->node_count, p->kid_count, p->seen.count,
			      p->bound.count, p->free.count, p->depth,     p->in_range };
}

void go_back(struct parser *p, const struct mark *m)
{
	p->pos = m->pos;
	p->node_count = m->nodes;
	p->kid_count = m->kids;
	p->seen.count = m->seen;
	p->bound.count = m->bound;
	p->free.count = m->free;
	p->depth = m->depth;
	p->in_range = m->in_range;
	p->failed = false;
}

/* Whether the text goes on with what makes an operand of "(...)". */
static bool goes_on(struct parser *p)
{
	scan_space(p);
	return p->pos < p->size && strchr("*/+-.[(", p->text[p->pos]);
}

/* What stands behind "in": a test, or several in parentheses. "(a)" may be the beginning of an operand,
 * which only shows behind it: then it is read again, a few times in a text at most. */
static uint32_t parse_in(struct parser *p, uint32_t x, size_t at)
{
	struct mark m = mark_here(p);
	if (!scan_symbol(p, "("))
		return binary(p, NODE_IN, OP_ADD, at, x, parse_test(p, false));
	uint32_t first = parse_test(p, true);
	if (!first)
		return 0;
	if (scan_symbol(p, ".."))
		return binary(p, NODE_IN, OP_ADD, at, x, parse_range_end(p, m.pos, first, false));
	struct kid_list kids = { 0 };
	kid_add(p, &kids, x);
	kid_add(p, &kids, first);
	while (scan_symbol(p, ",")) {
		uint32_t t = parse_test(p, true);
		if (!t)
			return 0;
		kid_add(p, &kids, t);
	}
	if (!scan_symbol(p, ")"))
		return parse_fail(p, "')' is expected after the tests");
	if (kids.count > 2 || !goes_on(p))
		return node_new(p, NODE_IN, at, kids.list, kids.count);
	if (++p->retries > PARSE_RETRIES_MAX)
		return parse_fail(p, "the expression is too intricate");
	go_back(p, &m);
	return binary(p, NODE_IN, OP_ADD, at, x, parse_test(p, false));
}

static uint32_t parse_comparison(struct parser *p)
{
	uint32_t x = parse_additive(p);
	while (x) {
		enum op op;
		scan_space(p);
		size_t at = p->pos;
		if (scan_comparator(p, &op)) {
			x = binary(p, NODE_BINARY, op, at, x, parse_additive(p));
		} else if (scan_word(p, "between")) {
			uint32_t low = parse_additive(p);
			if (!low)
				return 0;
			if (!scan_word(p, "and"))
				return parse_fail(p, "\"and\" is expected after \"between\"");
			uint32_t high = parse_additive(p);
			x = high ? node_new(p, NODE_BETWEEN, at, (uint32_t[]){ x, low, high }, 3)
				 : 0;
		} else if (scan_word(p, "in")) {
			x = parse_in(p, x, at);
		} else {
			break;
		}
	}
	return x;
}

static uint32_t parse_and(struct parser *p)
{
	uint32_t x = parse_comparison(p);
	while (x && scan_peek_word(p, "and")) {
		size_t at = p->pos;
		p->pos += 3;
		x = binary(p, NODE_AND, OP_ADD, at, x, parse_comparison(p));
	}
	return x;
}

static uint32_t parse_or(struct parser *p)
{
	uint32_t x = parse_and(p);
	while (x && scan_peek_word(p, "or")) {
		size_t at = p->pos;
		p->pos += 2;
		x = binary(p, NODE_OR, OP_ADD, at, x, parse_and(p));
	}
	return x;
}

static uint32_t parse_if(struct parser *p, size_t at)
{
	uint32_t k[3];
	static const char *const words[] = { "then", "else" };
	for (size_t i = 0; i < 3; i++) {
		if (i > 0 && !scan_word(p, words[i - 1]))
			return parse_fail(p, "\"%s\" is expected", words[i - 1]);
		k[i] = parse_expression(p);
		if (!k[i])
			return 0;
	}
	return node_new(p, NODE_IF, at, k, 3);
}

/* "for", "some", "every": variables over lists or ranges, then the word and the body. */
static uint32_t parse_loop(struct parser *p, enum node_kind kind, size_t at)
{
	struct kid_list kids = { 0 };
	struct name_list names = { 0 };
	size_t bound = p->bound.count;
	do {
		const char *name = scan_declared(p, "", true);
		if (!name || !scan_word(p, "in"))
			return parse_fail(p, "a variable and \"in\" are expected");
		uint32_t low = parse_expression(p), high = 0;
		if (low && scan_symbol(p, ".."))
			high = parse_expression(p);
		if (!low || p->failed)
			return 0;
		kid_add(p, &kids, low);
		kid_add(p, &kids, high);
		name_add(p, &names, name);
		name_add(p, &p->seen, name);
		name_add(p, &p->bound, name);
	} while (scan_symbol(p, ",") ||
		 /* "some x in a, y in b": the comma may be left out before DMN 1.3 */
		 (kind != NODE_FOR && !scan_peek_word(p, "satisfies") && !p->failed &&
		  scan_word_size(p->text + p->pos) > 0));
	const char *word = kind == NODE_FOR ? "return" : "satisfies";
	if (!scan_word(p, word))
		return parse_fail(p, "\"%s\" is expected", word);
	if (kind == NODE_FOR)
		name_add(p, &p->bound, "partial");
	uint32_t body = parse_expression(p);
	p->bound.count = bound;
	if (!body)
		return 0;
	kid_add(p, &kids, body);
	uint32_t id = node_new(p, kind, at, kids.list, kids.count);
	if (id)
		p->nodes[id].names = names.list;
	return id;
}

uint32_t parse_expression(struct parser *p)
{
	if (++p->depth > PARSE_DEPTH_MAX)
		return parse_fail(p, "the expression is nested too deeply");
	scan_space(p);
	size_t at = p->pos;
	uint32_t id;
	if (scan_word(p, "if"))
		id = parse_if(p, at);
	else if (scan_word(p, "for"))
		id = parse_loop(p, NODE_FOR, at);
	else if (scan_word(p, "some"))
		id = parse_loop(p, NODE_SOME, at);
	else if (scan_word(p, "every"))
		id = parse_loop(p, NODE_EVERY, at);
	else
		id = parse_or(p);
	p->depth--;
	return id;
}

/* "-", "not(tests)", or tests. */
static uint32_t parse_unary_tests(struct parser *p)
{
	struct mark m = mark_here(p);
	uint32_t id = 0;
	if (scan_symbol(p, "-")) {
		scan_space(p);
		if (p->pos == p->size) {
			id = node_new(p, NODE_TESTS, 0, NULL, 0);
			if (id)
				p->nodes[id].op = 2;
			return id;
		}
		go_back(p, &m);
	}
	if (scan_word(p, "not") && scan_symbol(p, "(")) {
		id = parse_tests_until(p, 0, NODE_TESTS, true);
		if (id && scan_symbol(p, ")")) {
			scan_space(p);
			if (p->pos == p->size) {
				p->nodes[id].op = 1;
				return id;
			}
		}
	}
	go_back(p, &m);
	return parse_tests_until(p, 0, NODE_TESTS, true);
}

const struct feel_expr *feel_compile(struct arena *a, const struct feel_names *names,
				     const char *text, enum feel_mode mode,
				     struct feel_problem *why)
{
	struct parser p = { .arena = a,
			    .text = text,
			    .size = strlen(text),
			    .known = names,
			    .node_count = 1,
			    .node_room = 16 };
	p.nodes = arena_array(a, p.node_room, sizeof(*p.nodes));
	uint32_t root = 0;
	if (p.size > FEEL_TEXT_MAX)
		parse_fail(&p, "the expression is longer than %u bytes", FEEL_TEXT_MAX);
	else if (!utf8_valid(text, p.size))
		parse_fail(&p, "the expression is not UTF-8");
	else
		root = mode == FEEL_EXPRESSION ? parse_expression(&p) : parse_unary_tests(&p);
	if (root) {
		scan_space(&p);
		if (p.pos != p.size)
			root = parse_fail(&p, "'%.20s' is not expected here", p.text + p.pos);
	}
	if (!root) {
		if (why)
			*why = p.why;
		return NULL;
	}
	struct feel_expr *e = arena_alloc(a, sizeof(*e));
	*e = (struct feel_expr){ .nodes = p.nodes,
				 .kids = p.kids,
				 .root = root,
				 .mode = mode,
				 .source = arena_strdup(a, text),
				 .free_names = p.free.list,
				 .free_count = p.free.count };
	return e;
}

const char *feel_source(const struct feel_expr *e)
{
	return e->source;
}

const char *const *feel_free_names(const struct feel_expr *e, size_t *count)
{
	*count = e->free_count;
	return e->free_names;
}
