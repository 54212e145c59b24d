/* SPDX-License-Identifier: Apache-2.0 */
/* Values made, looked into, copied, and written as text. */
#include "engine/flow/feel/feel_private.h"

const struct feel_value feel_null = { .kind = FEEL_NULL };
const struct feel_value feel_true = { .kind = FEEL_BOOLEAN, .boolean = true };
const struct feel_value feel_false = { .kind = FEEL_BOOLEAN, .boolean = false };

static struct feel_value *value_new(struct arena *a, enum feel_kind kind)
{
	struct feel_value *v = arena_alloc(a, sizeof(*v));
	v->kind = kind;
	return v;
}

const struct feel_value *feel_of_bool(bool v)
{
	return of_bool(v);
}

const struct feel_value *feel_of_int(struct arena *a, int64_t n)
{
	struct feel_value *v = value_new(a, FEEL_NUMBER);
	v->number = number_of_int(n);
	return v;
}

const struct feel_value *feel_of_number_text(struct arena *a, const char *text)
{
	struct feel_number n;
	if (!number_read(text, strlen(text), &n))
		return &feel_null;
	struct feel_value *v = value_new(a, FEEL_NUMBER);
	v->number = n;
	return v;
}

const struct feel_value *feel_of_text_n(struct arena *a, const char *text, size_t size)
{
	struct feel_value *v = value_new(a, FEEL_STRING);
	v->string = (struct feel_string){ arena_strndup(a, text, size), size };
	return v;
}

const struct feel_value *feel_of_text(struct arena *a, const char *text)
{
	return text ? feel_of_text_n(a, text, strlen(text)) : &feel_null;
}

const struct feel_value *feel_of_temporal(struct arena *a, enum feel_kind kind, const char *text)
{
	struct feel_value *v = value_new(a, kind);
	size_t size = strlen(text);
	if (kind == FEEL_DAYS || kind == FEEL_MONTHS)
		return duration_read(text, size, v) && v->kind == kind ? v : &feel_null;
	return moment_read(kind, text, size, &v->moment) ? v : &feel_null;
}

const struct feel_value *feel_of_instant(struct arena *a, int64_t at)
{
	static const struct feel_moment utc = { .zone_kind = FEEL_OFFSET };
	struct feel_value *v = value_new(a, FEEL_DATE_TIME);
	return moment_of_local((__int128)at * 1000, &utc, &v->moment) ? v : &feel_null;
}

uint32_t items_height(const struct feel_value *const *items, size_t count)
{
	uint32_t height = 0;
	for (size_t i = 0; i < count; i++)
		height = items[i]->height > height ? items[i]->height : height;
	return height + 1;
}

uint32_t entries_height(const struct feel_entry *entries, size_t count)
{
	uint32_t height = 0;
	for (size_t i = 0; i < count; i++)
		height = entries[i].value->height > height ? entries[i].value->height : height;
	return height + 1;
}

const struct feel_value *feel_of_list(struct arena *a, const struct feel_value *const *items,
				      size_t count)
{
	struct feel_value *v = value_new(a, FEEL_LIST);
	const struct feel_value **list = arena_array(a, count + 1, sizeof(*list));
	if (count)
		memcpy(list, items, count * sizeof(*list));
	v->list = (struct feel_list){ list, count };
	v->height = items_height(list, count);
	return v->height > FEEL_HEIGHT_MAX ? &feel_null : v;
}

const struct feel_value *feel_of_context(struct arena *a, const struct feel_entry *entries,
					 size_t count)
{
	struct feel_value *v = value_new(a, FEEL_CONTEXT);
	struct feel_entry *list = arena_array(a, count + 1, sizeof(*list));
	for (size_t i = 0; i < count; i++)
		list[i] = (struct feel_entry){ arena_strdup(a, entries[i].name), entries[i].value };
	v->context = (struct feel_context){ list, count };
	v->height = entries_height(list, count);
	return v->height > FEEL_HEIGHT_MAX ? &feel_null : v;
}

const struct feel_value *feel_of_native(struct arena *a, const char *name,
					const struct feel_member *parameters, size_t count,
					const struct feel_type *result, feel_native *fn, void *data)
{
	struct feel_function *f = arena_alloc(a, sizeof(*f));
	*f = (struct feel_function){ .name = name,
				     .parameters = parameters,
				     .count = count,
				     .result = result,
				     .native = fn,
				     .data = data };
	struct feel_value *v = value_new(a, FEEL_FUNCTION);
	v->function = f;
	return v;
}

const struct feel_value *feel_of_body(struct arena *a, const struct feel_member *parameters,
				      size_t count, const struct feel_type *result,
				      const struct feel_expr *e, const struct feel_value *variables)
{
	struct feel_function *f = arena_alloc(a, sizeof(*f));
	struct frame *env = arena_alloc(a, sizeof(*env));
	*env = (struct frame){ NULL, variables ? variables : &feel_null, NULL };
	*f = (struct feel_function){ .parameters = parameters,
				     .count = count,
				     .result = result,
				     .expr = e,
				     .body = e->root,
				     .env = env };
	struct feel_value *v = value_new(a, FEEL_FUNCTION);
	v->function = f;
	return v;
}

static const struct feel_value *copy_or_none(struct arena *a, const struct feel_value *v)
{
	return v ? feel_copy(a, v) : NULL;
}

const struct feel_value *feel_copy(struct arena *a, const struct feel_value *v)
{
	if (v->kind == FEEL_NULL || v->kind == FEEL_FUNCTION)
		return &feel_null;
	if (v->kind == FEEL_BOOLEAN)
		return of_bool(v->boolean);
	struct feel_value *out = value_new(a, v->kind);
	*out = *v;
	if (v->kind == FEEL_STRING) {
		out->string.text = arena_strndup(a, v->string.text, v->string.size);
	} else if (v->kind == FEEL_LIST) {
		out->list.items = arena_array(a, v->list.count + 1, sizeof(*out->list.items));
		for (size_t i = 0; i < v->list.count; i++)
			out->list.items[i] = feel_copy(a, v->list.items[i]);
	} else if (v->kind == FEEL_CONTEXT) {
		size_t n = v->context.count;
		struct feel_entry *list = arena_array(a, n + 1, sizeof(*list));
		for (size_t i = 0; i < n; i++)
			list[i] = (struct feel_entry){
				arena_strdup(a, v->context.entries[i].name),
				feel_copy(a, v->context.entries[i].value),
			};
		out->context.entries = list;
	} else if (v->kind == FEEL_RANGE) {
		out->range.low = copy_or_none(a, v->range.low);
		out->range.high = v->range.high == v->range.low ? out->range.low
								: copy_or_none(a, v->range.high);
	}
	return out;
}

const char *feel_kind_name(enum feel_kind kind)
{
	static const char *const names[] = {
		[FEEL_NULL] = "null",
		[FEEL_BOOLEAN] = "boolean",
		[FEEL_NUMBER] = "number",
		[FEEL_STRING] = "string",
		[FEEL_DATE] = "date",
		[FEEL_TIME] = "time",
		[FEEL_DATE_TIME] = "date and time",
		[FEEL_DAYS] = "days and time duration",
		[FEEL_MONTHS] = "years and months duration",
		[FEEL_LIST] = "list",
		[FEEL_CONTEXT] = "context",
		[FEEL_RANGE] = "range",
		[FEEL_FUNCTION] = "function",
	};
	return names[kind];
}

const struct feel_value *feel_get(const struct feel_value *v, const char *name)
{
	if (v->kind != FEEL_CONTEXT)
		return NULL;
	for (size_t i = 0; i < v->context.count; i++)
		if (v->context.entries[i].name == name ||
		    strcmp(v->context.entries[i].name, name) == 0)
			return v->context.entries[i].value;
	return NULL;
}

bool feel_to_int(const struct feel_value *v, int64_t *out)
{
	return v->kind == FEEL_NUMBER && number_to_int(v->number, out);
}

bool feel_to_double(const struct feel_value *v, double *out)
{
	if (v->kind != FEEL_NUMBER)
		return false;
	*out = number_to_double(v->number);
	return true;
}

bool feel_to_instant(const struct feel_value *v, int64_t *at)
{
	if (v->kind != FEEL_DATE_TIME)
		return false;
	__int128 micros = moment_utc(&v->moment) / 1000;
	if (micros > INT64_MAX || micros < INT64_MIN)
		return false;
	*at = (int64_t)micros;
	return true;
}

static void write_quoted(struct buf *b, const char *s, size_t size)
{
	buf_char(b, '"');
	for (size_t i = 0; i < size; i++) {
		if (s[i] == '"' || s[i] == '\\')
			buf_char(b, '\\');
		buf_char(b, s[i]);
	}
	buf_char(b, '"');
}

/* A key as it would stand in FEEL: bare when it is words. */
static void write_key(struct buf *b, const char *name)
{
	bool plain = *name != 0;
	for (const char *c = name; *c && plain; c++)
		plain = (*c >= 'a' && *c <= 'z') || (*c >= 'A' && *c <= 'Z') || *c == '_' ||
			(unsigned char)*c >= 0x80 ||
			(c > name && (*c == ' ' || (*c >= '0' && *c <= '9')));
	if (plain)
		buf_str(b, name);
	else
		write_quoted(b, name, strlen(name));
}

static void write_range(struct buf *b, const struct feel_range *g)
{
	if (g->is_not || g->is_point) {
		buf_str(b, g->is_not ? "!=" : "=");
		value_write(b, g->low, true);
	} else if (!g->low || !g->high) {
		const struct feel_value *end = g->low ? g->low : g->high;
		bool closed = g->low ? g->low_closed : g->high_closed;
		buf_str(b, g->low ? ">" : "<");
		if (closed)
			buf_char(b, '=');
		if (end)
			value_write(b, end, true);
	} else {
		buf_char(b, g->low_closed ? '[' : '(');
		value_write(b, g->low, true);
		buf_str(b, "..");
		value_write(b, g->high, true);
		buf_char(b, g->high_closed ? ']' : ')');
	}
}

void value_write(struct buf *b, const struct feel_value *v, bool inner)
{
	char number[NUMBER_TEXT_SIZE];
	switch (v->kind) {
	case FEEL_NULL: buf_str(b, "null"); break;
	case FEEL_BOOLEAN: buf_str(b, v->boolean ? "true" : "false"); break;
	case FEEL_NUMBER:
		number_write(v->number, number);
		buf_str(b, number);
		break;
	case FEEL_STRING:
		if (inner)
			write_quoted(b, v->string.text, v->string.size);
		else
			buf_add(b, v->string.text, v->string.size);
		break;
	case FEEL_DATE:
	case FEEL_TIME:
	case FEEL_DATE_TIME: moment_write(b, v->kind, &v->moment); break;
	case FEEL_DAYS:
	case FEEL_MONTHS: duration_write(b, v); break;
	case FEEL_LIST:
		buf_char(b, '[');
		for (size_t i = 0; i < v->list.count; i++) {
			buf_str(b, i ? ", " : "");
			value_write(b, v->list.items[i], true);
		}
		buf_char(b, ']');
		break;
	case FEEL_CONTEXT:
		buf_char(b, '{');
		for (size_t i = 0; i < v->context.count; i++) {
			buf_str(b, i ? ", " : "");
			write_key(b, v->context.entries[i].name);
			buf_str(b, ": ");
			value_write(b, v->context.entries[i].value, true);
		}
		buf_char(b, '}');
		break;
	case FEEL_RANGE: write_range(b, &v->range); break;
	case FEEL_FUNCTION:
		buf_printf(b, "function %s", v->function->name ? v->function->name : "");
		break;
	}
}

const char *feel_to_text(struct arena *a, const struct feel_value *v)
{
	struct buf b = { .arena = a };
	if (v->kind != FEEL_NULL)
		value_write(&b, v, false);
	return buf_text(&b);
}
