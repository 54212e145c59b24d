/* SPDX-License-Identifier: Apache-2.0 */
/* Built-ins of strings (DMN 1.5 §10.3.4.3). Positions count characters, not bytes. */
#include <locale.h>
#include <pthread.h>
#include <wctype.h>
#include "engine/flow/feel/feel_regex.h"

typedef const struct feel_value *const_value;
#define FN(name) static const_value name(struct feel_run *r, const_value *a, size_t n)
#define UNUSED (void)n

FN(fn_string)
{
	UNUSED;
	if (a[0]->kind == FEEL_NULL)
		return &feel_null;
	struct buf b = { .arena = r->arena };
	value_write(&b, a[0], false);
	return run_text(r, buf_text(&b), b.size);
}

FN(fn_string_length)
{
	UNUSED;
	return run_int(r, (int64_t)utf8_length(a[0]->string.text));
}

/* Where the character number 'i' begins. */
static size_t byte_of(const struct feel_string *s, uint64_t i)
{
	size_t at = 0;
	while (i-- > 0 && at < s->size)
		at += utf8_step(s->text + at, s->size - at);
	return at;
}

FN(fn_substring)
{
	const struct feel_string *s = &a[0]->string;
	int64_t length = (int64_t)utf8_length(s->text), start, count = length;
	UNUSED;
	start = number_clip(a[1]->number);
	if (a[2])
		count = number_clip(a[2]->number);
	if (start == 0 || start > length || start < -length)
		return run_null(r, "the start position is outside of the string");
	if (count < 1)
		return run_null(r, "the length is not positive");
	int64_t first = start > 0 ? start - 1 : length + start;
	if (count > length - first)
		count = length - first;
	size_t from = byte_of(s, (uint64_t)first), to = byte_of(s, (uint64_t)(first + count));
	return run_text(r, s->text + from, to - from);
}

static locale_t letters;

static void letters_open(void)
{
	letters = newlocale(LC_CTYPE_MASK, "C.UTF-8", (locale_t)0);
}

static const_value change_case(struct feel_run *r, const_value v, bool upper)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;
	pthread_once(&once, letters_open);
	struct buf b = { .arena = r->arena };
	const char *s = v->string.text, *end = s + v->string.size;
	run_step(r, v->string.size / 16);
	while (s < end) {
		size_t step = utf8_step(s, (size_t)(end - s));
		const unsigned char *u = (const unsigned char *)s;
		uint32_t c = step == 1 ? u[0] : u[0] & (0x7Fu >> step);
		for (size_t i = 1; i < step; i++)
			c = c << 6 | (u[i] & 0x3F);
		s += step;
		if (upper && c == 0xDF) {
			buf_str(&b, "SS");
			continue;
		}
		if (letters)
			c = (uint32_t)(upper ? towupper_l((wint_t)c, letters)
					     : towlower_l((wint_t)c, letters));
		char out[4];
		size_t k = 0;
		if (c < 0x80) {
			out[k++] = (char)c;
		} else if (c < 0x800) {
			out[k++] = (char)(0xC0 | c >> 6);
		} else if (c < 0x10000) {
			out[k++] = (char)(0xE0 | c >> 12);
			out[k++] = (char)(0x80 | (c >> 6 & 0x3F));
		} else {
			out[k++] = (char)(0xF0 | c >> 18);
			out[k++] = (char)(0x80 | (c >> 12 & 0x3F));
			out[k++] = (char)(0x80 | (c >> 6 & 0x3F));
		}
		if (c >= 0x80)
			out[k++] = (char)(0x80 | (c & 0x3F));
		buf_add(&b, out, k);
	}
	return run_text(r, buf_text(&b), b.size);
}

FN(fn_upper_case)
{
	UNUSED;
	return change_case(r, a[0], true);
}

FN(fn_lower_case)
{
	UNUSED;
	return change_case(r, a[0], false);
}

static const char *find(const_value in, const_value what)
{
	return what->string.size == 0 ? in->string.text
				      : memmem(in->string.text, in->string.size, what->string.text,
					       what->string.size);
}

FN(fn_substring_before)
{
	UNUSED;
	const char *at = find(a[0], a[1]);
	return run_text(r, a[0]->string.text, at ? (size_t)(at - a[0]->string.text) : 0);
}

FN(fn_substring_after)
{
	UNUSED;
	const char *at = find(a[0], a[1]);
	if (!at)
		return run_text(r, "", 0);
	at += a[1]->string.size;
	return run_text(r, at, (size_t)(a[0]->string.text + a[0]->string.size - at));
}

FN(fn_contains)
{
	UNUSED, (void)r;
	return of_bool(find(a[0], a[1]) != NULL);
}

FN(fn_starts_with)
{
	UNUSED, (void)r;
	const struct feel_string *s = &a[0]->string, *p = &a[1]->string;
	return of_bool(s->size >= p->size && memcmp(s->text, p->text, p->size) == 0);
}

FN(fn_ends_with)
{
	UNUSED, (void)r;
	const struct feel_string *s = &a[0]->string, *p = &a[1]->string;
	return of_bool(s->size >= p->size &&
		       memcmp(s->text + s->size - p->size, p->text, p->size) == 0);
}

FN(fn_matches)
{
	UNUSED;
	return regex_matches(r, &a[0]->string, &a[1]->string, a[2] ? &a[2]->string : NULL);
}

FN(fn_replace)
{
	UNUSED;
	return regex_replace(r, &a[0]->string, &a[1]->string, &a[2]->string,
			     a[3] ? &a[3]->string : NULL);
}

FN(fn_split)
{
	UNUSED;
	return regex_split(r, &a[0]->string, &a[1]->string);
}

static void add_text(struct buf *b, const_value v)
{
	if (v)
		buf_add(b, v->string.text, v->string.size);
}

FN(fn_string_join)
{
	const struct feel_list *l = &a[0]->list;
	size_t size = 0, one = n > 1 && a[1] ? a[1]->string.size : 0;
	bool any = false;
	for (size_t i = 0; i < l->count; i++) {
		if (l->items[i]->kind != FEEL_STRING && l->items[i]->kind != FEEL_NULL)
			return run_null(r, "string join() is given %s",
					feel_kind_name(l->items[i]->kind));
		if (l->items[i]->kind == FEEL_STRING)
			size += l->items[i]->string.size + one;
	}
	/* Taken before it is written, so that the limit comes first. */
	(void)run_alloc(r, size + 1);
	struct buf b = { .arena = r->arena };
	add_text(&b, n > 2 ? a[2] : NULL);
	for (size_t i = 0; i < l->count; i++) {
		if (l->items[i]->kind == FEEL_NULL)
			continue;
		if (any)
			add_text(&b, n > 1 ? a[1] : NULL);
		add_text(&b, l->items[i]);
		any = true;
	}
	add_text(&b, n > 3 ? a[3] : NULL);
	return run_text(r, buf_text(&b), b.size);
}

const struct builtin builtins_text[] = {
	{ "string", "from", "a", fn_string },
	{ "substring", "string,start position,length", "sn|n", fn_substring },
	{ "string length", "string", "s", fn_string_length },
	{ "upper case", "string", "s", fn_upper_case },
	{ "lower case", "string", "s", fn_lower_case },
	{ "substring before", "string,match", "ss", fn_substring_before },
	{ "substring after", "string,match", "ss", fn_substring_after },
	{ "contains", "string,match", "ss", fn_contains },
	{ "starts with", "string,match", "ss", fn_starts_with },
	{ "ends with", "string,match", "ss", fn_ends_with },
	{ "matches", "input,pattern,flags", "ss|s", fn_matches },
	{ "replace", "input,pattern,replacement,flags", "sss|s", fn_replace },
	{ "split", "string,delimiter", "ss", fn_split },
	{ "string join", "list,delimiter,prefix,suffix", "l|sss", fn_string_join },
	{ 0 },
};
