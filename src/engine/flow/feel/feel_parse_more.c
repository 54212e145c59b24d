/* SPDX-License-Identifier: Apache-2.0 */
/* The grammar's inner half: literals, names, lists, ranges, contexts, paths, filters, calls, function
 * definitions, types. */
#include "engine/flow/feel/feel_parse.h"

uint32_t node_const(struct parser *p, size_t at, const struct feel_value *v)
{
	uint32_t id = node_new(p, NODE_CONST, at, NULL, 0);
	if (id)
		p->nodes[id].value = v;
	return id;
}

static uint32_t parse_number(struct parser *p)
{
	const char *s = p->text + p->pos;
	size_t i = strspn(s, "0123456789");
	if (s[i] == '.' && s[i + 1] >= '0' && s[i + 1] <= '9')
		i += 1 + strspn(s + i + 1, "0123456789");
	if (s[i] == 'e' || s[i] == 'E') {
		size_t k = i + 1 + (s[i + 1] == '-' || s[i + 1] == '+');
		size_t digits = strspn(s + k, "0123456789");
		if (digits)
			i = k + digits;
	}
	struct feel_value *v = arena_alloc(p->arena, sizeof(*v));
	v->kind = FEEL_NUMBER;
	if (!number_read(s, i, &v->number))
		return parse_fail(p, "the number is out of range");
	uint32_t id = node_const(p, p->pos, v);
	p->pos += i;
	return id;
}

static const struct feel_value *at_literal(struct parser *p, const char *s, size_t size)
{
	static const enum feel_kind kinds[] = { FEEL_DATE, FEEL_DATE_TIME, FEEL_TIME };
	struct feel_value *v = arena_alloc(p->arena, sizeof(*v));
	for (size_t i = 0; i < 3; i++)
		if (moment_read(kinds[i], s, size, &v->moment)) {
			v->kind = kinds[i];
			return v;
		}
	return duration_read(s, size, v) ? v : NULL;
}

static uint32_t parse_string(struct parser *p, bool at_sign)
{
	size_t at = p->pos, size;
	p->pos += at_sign;
	const char *s = scan_string(p, &size);
	if (!s)
		return parse_fail(p, "the string is not closed, or has a bad escape");
	if (at_sign) {
		const struct feel_value *v = at_literal(p, s, size);
		if (!v)
			return parse_fail(p, "@\"%.40s\" is no date, time or duration", s);
		return node_const(p, at, v);
	}
	struct feel_value *v = arena_alloc(p->arena, sizeof(*v));
	v->kind = FEEL_STRING;
	v->string = (struct feel_string){ s, size };
	return node_const(p, at, v);
}

/* Behind ".." : the other end and the bracket that closes. */
static uint32_t parse_range_end(struct parser *p, size_t at, uint32_t low, bool low_closed)
{
	p->in_range++;
	uint32_t high = parse_additive(p);
	p->in_range--;
	if (!high)
		return 0;
	bool closed = scan_symbol(p, "]");
	if (!closed && !scan_symbol(p, ")") && !scan_symbol(p, "["))
		return parse_fail(p, "']', ')' or '[' is expected at the end of the range");
	uint32_t id = node_new(p, NODE_RANGE, at, (uint32_t[]){ low, high }, 2);
	if (id)
		p->nodes[id].op = (uint8_t)(low_closed | closed << 1);
	return id;
}

static uint32_t parse_parens(struct parser *p)
{
	size_t at = p->pos++;
	if (scan_peek(p, "<") || scan_peek(p, ">") || scan_peek(p, "=") || scan_peek(p, "!=")) {
		uint32_t id = parse_test(p, false);
		if (id && !scan_symbol(p, ")"))
			return parse_fail(p, "')' is expected");
		return id;
	}
	uint32_t x = parse_expression(p);
	if (!x)
		return 0;
	if (scan_symbol(p, ".."))
		return parse_range_end(p, at, x, false);
	if (!scan_symbol(p, ")"))
		return parse_fail(p, "')' is expected");
	return x;
}

static uint32_t parse_brackets(struct parser *p)
{
	struct kid_list kids = { 0 };
	size_t at = p->pos++;
	if (scan_symbol(p, "]"))
		return node_new(p, NODE_LIST, at, NULL, 0);
	do {
		uint32_t x = parse_test(p, true);
		if (!x)
			return 0;
		if (kids.count == 0 && scan_symbol(p, ".."))
			return parse_range_end(p, at, x, true);
		kid_add(p, &kids, x);
	} while (scan_symbol(p, ","));
	if (!scan_symbol(p, "]"))
		return parse_fail(p, "']' is expected");
	return node_new(p, NODE_LIST, at, kids.list, kids.count);
}

static uint32_t parse_context(struct parser *p)
{
	struct kid_list kids = { 0 };
	struct name_list names = { 0 };
	size_t at = p->pos++, bound = p->bound.count;
	if (!scan_symbol(p, "}"))
		do {
			size_t size;
			const char *key;
			if (scan_peek(p, "\""))
				key = scan_string(p, &size);
			else
				key = scan_declared(p, ":", false);
			if (!key || !scan_symbol(p, ":"))
				return parse_fail(p, "a key and ':' are expected in the context");
			for (size_t i = 0; i < names.count; i++)
				if (str_eq(names.list[i], key))
					return parse_fail(p, "the key \"%.60s\" stands twice", key);
			uint32_t x = parse_expression(p);
			if (!x)
				return 0;
			kid_add(p, &kids, x);
			name_add(p, &names, key);
			if (*key) {
				name_add(p, &p->seen, name_clean(p->arena, key, strlen(key)));
				name_add(p, &p->bound, key);
			}
		} while (scan_symbol(p, ","));
	if (names.count && !scan_symbol(p, "}"))
		return parse_fail(p, "'}' is expected");
	p->bound.count = bound;
	uint32_t id = node_new(p, NODE_CONTEXT, at, kids.list, kids.count);
	if (id)
		p->nodes[id].names = names.list;
	return id;
}

static const struct feel_member *parse_parameters(struct parser *p, size_t *count)
{
	struct feel_member *list = NULL;
	size_t n = 0;
	if (!scan_symbol(p, "("))
		return NULL;
	list = arena_array(p->arena, 1, sizeof(*list));
	if (!scan_symbol(p, ")")) {
		do {
			list = arena_grow(p->arena, list, n * sizeof(*list),
					  (n + 1) * sizeof(*list));
			list[n] = (struct feel_member){ scan_declared(p, ":,)", false), NULL };
			if (!list[n].name)
				return NULL;
			if (scan_symbol(p, ":") && !(list[n].type = parse_type(p)))
				return NULL;
			name_add(p, &p->seen, list[n].name);
			name_add(p, &p->bound, list[n].name);
			n++;
		} while (scan_symbol(p, ","));
		if (!scan_symbol(p, ")"))
			return NULL;
	}
	*count = n;
	return list;
}

uint32_t parse_function(struct parser *p, size_t at)
{
	size_t count = 0, bound = p->bound.count;
	const struct feel_member *parameters = parse_parameters(p, &count);
	if (!parameters)
		return parse_fail(p, "the parameters of the function are not well-formed");
	bool external = scan_word(p, "external");
	uint32_t body = parse_expression(p);
	p->bound.count = bound;
	if (!body)
		return 0;
	/* The parameters' count stands where a node has nothing else: a list ends with a nameless. */
	struct feel_member *closed = arena_array(p->arena, count + 1, sizeof(*closed));
	memcpy(closed, parameters, count * sizeof(*closed));
	uint32_t id = node_new(p, external ? NODE_EXTERNAL : NODE_FUNCTION, at, &body, 1);
	if (id) {
		p->nodes[id].members = closed;
		p->nodes[id].type = NULL;
	}
	return id;
}

static uint32_t parse_name(struct parser *p)
{
	size_t at = p->pos;
	if (scan_word(p, "null"))
		return node_const(p, at, &feel_null);
	if (scan_word(p, "true"))
		return node_const(p, at, &feel_true);
	if (scan_word(p, "false"))
		return node_const(p, at, &feel_false);
	if (scan_peek_word(p, "function")) {
		p->pos += strlen("function");
		if (scan_peek(p, "("))
			return parse_function(p, at);
		p->pos = at;
	}
	const char *name = scan_name(p, false);
	if (!name)
		return parse_fail(p, p->pos < p->size ? "an expression is expected here"
						      : "the expression ends too early");
	uint32_t id = node_new(p, NODE_NAME, at, NULL, 0);
	if (!id)
		return 0;
	p->nodes[id].name = name;
	for (size_t i = p->bound.count; i-- > 0;)
		if (str_eq(p->bound.list[i], name))
			return id;
	for (size_t i = 0; i < p->free.count; i++)
		if (str_eq(p->free.list[i], name))
			return id;
	if (!builtin_find(name, strlen(name)))
		name_add(p, &p->free, name);
	return id;
}

static uint32_t parse_call(struct parser *p, uint32_t fn)
{
	struct kid_list kids = { 0 };
	struct name_list names = { 0 };
	size_t at = p->pos++;
	kid_add(p, &kids, fn);
	if (!scan_symbol(p, ")")) {
		do {
			size_t before = p->pos;
			const char *name = scan_declared(p, ":", false);
			if (!name || !scan_symbol(p, ":")) {
				p->pos = before;
				name = NULL;
			}
			if (kids.count > 1 && (name != NULL) != (names.count > 0))
				return parse_fail(p, "arguments are named all or none");
			uint32_t x = parse_expression(p);
			if (!x)
				return 0;
			kid_add(p, &kids, x);
			if (name)
				name_add(p, &names, name);
		} while (scan_symbol(p, ","));
		if (!scan_symbol(p, ")"))
			return parse_fail(p, "')' is expected after the arguments");
	}
	uint32_t id = node_new(p, NODE_CALL, at, kids.list, kids.count);
	if (id)
		p->nodes[id].names = names.list;
	return id;
}

static uint32_t parse_filter(struct parser *p, uint32_t list)
{
	size_t at = p->pos++;
	size_t bound = p->bound.count;
	name_add(p, &p->bound, "item");
	uint32_t condition = parse_expression(p);
	p->bound.count = bound;
	if (!condition)
		return 0;
	if (!scan_symbol(p, "]"))
		return parse_fail(p, "']' is expected after the filter");
	return node_new(p, NODE_FILTER, at, (uint32_t[]){ list, condition }, 2);
}

static uint32_t parse_atom(struct parser *p)
{
	const char *s = p->text + p->pos;
	size_t step;
	if ((*s >= '0' && *s <= '9') || (*s == '.' && s[1] >= '0' && s[1] <= '9'))
		return parse_number(p);
	switch (*s) {
	case '"': return parse_string(p, false);
	case '@':
		return s[1] == '"' ? parse_string(p, true)
				   : parse_fail(p, "a string is expected after '@'");
	case '(': return parse_parens(p);
	case '[': return parse_brackets(p);
	case '{': return parse_context(p);
	case ']': {
		size_t at = p->pos++;
		uint32_t low = parse_additive(p);
		if (low && !scan_symbol(p, ".."))
			return parse_fail(p, "'..' is expected in the range");
		return low ? parse_range_end(p, at, low, false) : 0;
	}
	case '?':
		if (!scan_is_part(s + 1, &step) || !s[1]) {
			p->pos++;
			return node_new(p, NODE_INPUT, p->pos - 1, NULL, 0);
		}
		return parse_fail(p, "an operator is expected after '?'");
	default: return parse_name(p);
	}
}

uint32_t parse_primary(struct parser *p)
{
	if (++p->depth > PARSE_DEPTH_MAX)
		return parse_fail(p, "the expression is nested too deeply");
	scan_space(p);
	uint32_t x = parse_atom(p);
	while (x) {
		scan_space(p);
		const char *s = p->text + p->pos;
		if (*s == '.' && s[1] != '.') {
			size_t at = p->pos++;
			const char *name = scan_name(p, true);
			if (!name)
				return parse_fail(p, "a name is expected after '.'");
			x = node_new(p, NODE_PATH, at, &x, 1);
			if (x)
				p->nodes[x].name = name;
		} else if (*s == '[') {
			/* "[1..5[" ends a range; nothing of a filter can follow there. */
			struct mark before = mark_here(p);
			uint32_t filtered = parse_filter(p, x);
			if (!filtered && p->in_range && p->work < PARSE_WORK_MAX) {
				go_back(p, &before);
				break;
			}
			x = filtered;
		} else if (*s == '(') {
			x = parse_call(p, x);
		} else {
			break;
		}
	}
	p->depth--;
	return x;
}

/* ---- types ---- */

static struct feel_type *type_new(struct parser *p, enum feel_type_kind kind, const char *name)
{
	struct feel_type *t = arena_alloc(p->arena, sizeof(*t));
	t->kind = kind;
	t->name = name;
	return t;
}

/* "list<T>", "range<T>" */
static const struct feel_type *parse_of(struct parser *p, enum feel_type_kind kind,
					const char *name)
{
	struct feel_type *t = type_new(p, kind, name);
	if (!scan_symbol(p, "<"))
		return t;
	t->element = parse_type(p);
	if (!t->element)
		return NULL;
	if (!scan_symbol(p, ">")) {
		parse_fail(p, "'>' is expected after the type");
		return NULL;
	}
	return t;
}

static struct feel_member *add_member(struct parser *p, struct feel_type *t)
{
	struct feel_member *list = arena_array(p->arena, t->member_count + 1, sizeof(*list));
	if (t->member_count)
		memcpy(list, t->members, t->member_count * sizeof(*list));
	t->members = list;
	return &list[t->member_count++];
}

static const struct feel_type *parse_members(struct parser *p, struct feel_type *t, bool named)
{
	if (!scan_symbol(p, "<"))
		return t;
	if (scan_symbol(p, ">"))
		return t;
	do {
		struct feel_member *m = add_member(p, t);
		if (named) {
			m->name = scan_declared(p, ":", false);
			if (!m->name || !scan_symbol(p, ":")) {
				parse_fail(p, "a name and ':' are expected in the type");
				return NULL;
			}
			name_add(p, &p->seen, m->name);
		}
		m->type = parse_type(p);
		if (!m->type)
			return NULL;
	} while (scan_symbol(p, ","));
	if (!scan_symbol(p, ">")) {
		parse_fail(p, "'>' is expected after the types");
		return NULL;
	}
	return t;
}

static const struct feel_type *parse_type_name(struct parser *p)
{
	static const char *const built_in[] = { "Any",
						"Null",
						"number",
						"string",
						"boolean",
						"date",
						"time",
						"date and time",
						"days and time duration",
						"years and months duration",
						"day-time duration",
						"year-month duration",
						"function",
						"context",
						"list",
						"dateTime" };
	const char *s = p->text + p->pos;
	const struct feel_type *best = NULL;
	size_t size = 0;
	for (size_t i = 0; p->known && i < p->known->type_count; i++) {
		size_t n = name_match(p->known->types[i].name, s);
		if (n > size) {
			size = n;
			best = p->known->types[i].type;
		}
	}
	for (size_t i = 0; i < sizeof(built_in) / sizeof(built_in[0]); i++) {
		size_t n = name_match(built_in[i], s);
		if (n > size) {
			size = n;
			best = feel_type_named(built_in[i]);
		}
	}
	if (!best) {
		const char *name = scan_name(p, false);
		if (!name) {
			parse_fail(p, "a type is expected");
			return NULL;
		}
		while (scan_symbol(p, "."))
			if (!scan_name(p, true)) {
				parse_fail(p, "a name is expected after '.'");
				return NULL;
			}
		return type_new(p, FEEL_TYPE_UNKNOWN, name);
	}
	p->pos += size;
	return best;
}

const struct feel_type *parse_type(struct parser *p)
{
	const struct feel_type *t;
	if (++p->depth > PARSE_DEPTH_MAX) {
		parse_fail(p, "the type is nested too deeply");
		return NULL;
	}
	scan_space(p);
	size_t at = p->pos;
	if (scan_word(p, "list") && scan_peek(p, "<")) {
		t = parse_of(p, FEEL_TYPE_LIST, "list");
	} else if (p->pos = at, scan_word(p, "range") && scan_peek(p, "<")) {
		t = parse_of(p, FEEL_TYPE_RANGE, "range");
	} else if (p->pos = at, scan_word(p, "context") && scan_peek(p, "<")) {
		t = parse_members(p, type_new(p, FEEL_TYPE_CONTEXT, "context"), true);
	} else if (p->pos = at, scan_word(p, "function") && scan_peek(p, "<")) {
		struct feel_type *f = type_new(p, FEEL_TYPE_FUNCTION, "function");
		t = parse_members(p, f, false);
		f->value_kind = FEEL_FUNCTION; /* its parameters are stated */
		if (t && scan_symbol(p, "->"))
			t = (f->element = parse_type(p)) ? f : NULL;
	} else {
		p->pos = at;
		t = parse_type_name(p);
	}
	p->depth--;
	return t;
}
