/* SPDX-License-Identifier: Apache-2.0 */
/* Calls: of functions that a text or C defines, and of the built-ins, by position or by name.
 *
 * Types of built-ins' parameters, one letter each:
 *   a anything    b boolean   n number    s string   l list      c context
 *   f function    D date, or date and time           T time, or date and time
 *   u a duration  r range     v anything but null
 * After '|' they may be left out; null counts as left out. A last '*' says that the letter before it
 * repeats: all arguments are handed on as one list. */
#include "engine/flow/feel/feel_parse.h"

static const struct builtin *const tables[] = { builtins_text, builtins_list,  builtins_number,
						builtins_time, builtins_range, builtins_context };

const struct builtin *builtin_find(const char *name, size_t size)
{
	for (size_t t = 0; t < sizeof(tables) / sizeof(tables[0]); t++)
		for (const struct builtin *b = tables[t]; b->name; b++)
			if (b->name[0] == name[0] && strlen(b->name) == size &&
			    memcmp(b->name, name, size) == 0)
				return b;
	return NULL;
}

size_t builtin_longest(const char *text)
{
	size_t best = 0;
	for (size_t t = 0; t < sizeof(tables) / sizeof(tables[0]); t++)
		for (const struct builtin *b = tables[t]; b->name; b++) {
			size_t size = b->name[0] == text[0] ? name_match(b->name, text) : 0;
			best = size > best ? size : best;
		}
	return best;
}

static bool letter_takes(char letter, const struct feel_value *v)
{
	switch (letter) {
	case 'a': return true;
	case 'b': return v->kind == FEEL_BOOLEAN;
	case 'n': return v->kind == FEEL_NUMBER;
	case 's': return v->kind == FEEL_STRING;
	case 'l': return v->kind == FEEL_LIST;
	case 'c': return v->kind == FEEL_CONTEXT;
	case 'f': return v->kind == FEEL_FUNCTION;
	case 'D': return v->kind == FEEL_DATE || v->kind == FEEL_DATE_TIME;
	case 'T': return v->kind == FEEL_TIME || v->kind == FEEL_DATE_TIME;
	case 'u': return v->kind == FEEL_DAYS || v->kind == FEEL_MONTHS;
	case 'r': return v->kind == FEEL_RANGE;
	default: return v->kind != FEEL_NULL;
	}
}

/* 'v' as the letter asks, with the conversions of a list of one; NULL: it cannot be. */
static const struct feel_value *fit(struct feel_run *r, char letter, const struct feel_value *v)
{
	if (letter_takes(letter, v))
		return v;
	if (v->kind == FEEL_NULL)
		return NULL;
	if (letter == 'l') {
		const struct feel_value **one = run_array(r, 1, sizeof(*one));
		one[0] = v;
		return run_list(r, one, 1);
	}
	if (v->kind == FEEL_LIST && v->list.count == 1 && letter_takes(letter, v->list.items[0]))
		return v->list.items[0];
	return NULL;
}

/* The place of a parameter's name in "a,b,c"; -1: there is none. */
static int place_of(const char *parameters, const char *name)
{
	size_t size = strlen(name);
	int i = 0;
	for (const char *p = parameters; *p; i++) {
		size_t n = strcspn(p, ",");
		if (n == size && memcmp(p, name, n) == 0)
			return i;
		p += n + (p[n] == ',');
	}
	return -1;
}

#define BUILTIN_ARGS 8

struct attempt {
	const struct feel_value *args[BUILTIN_ARGS];
	char letters[BUILTIN_ARGS + 1];
	size_t required, count; /* parameters */
	bool repeats;
};

static void read_letters(const struct builtin *b, struct attempt *t)
{
	bool optional = false;
	for (const char *c = b->types; *c; c++) {
		if (*c == '|') {
			optional = true;
		} else if (*c == '*') {
			t->repeats = true;
		} else {
			t->letters[t->count++] = *c;
			t->required += !optional;
		}
	}
}

enum fits { FITS, FITS_NOT, FITS_BADLY };

/* Lays the arguments out for one signature. */
static enum fits lay_out(struct feel_run *r, const struct builtin *b,
			 const struct feel_value *const *args, const char *const *names, size_t n,
			 struct attempt *t)
{
	read_letters(b, t);
	if (t->repeats) {
		if (names || n < t->required)
			return FITS_NOT;
		if (n == 1 && args[0]->kind == FEEL_NULL)
			return FITS_BADLY;
		const struct feel_value **items = run_array(r, n + 1, sizeof(*items));
		memcpy(items, args, n * sizeof(*items));
		t->args[0] = run_list(r, items, n);
		t->count = 1;
		return FITS;
	}
	if (n > t->count)
		return FITS_NOT;
	for (size_t i = 0; i < n; i++) {
		int at = names ? place_of(b->parameters, names[i]) : (int)i;
		if (at < 0 || t->args[at])
			return FITS_NOT;
		t->args[at] = args[i];
	}
	for (size_t i = 0; i < t->count; i++) {
		if (!t->args[i]) {
			if (i < t->required)
				return FITS_NOT;
			continue;
		}
		if (i >= t->required && t->args[i]->kind == FEEL_NULL) {
			t->args[i] = NULL;
			continue;
		}
		t->args[i] = fit(r, t->letters[i], t->args[i]);
		if (!t->args[i])
			return FITS_BADLY;
	}
	return FITS;
}

const struct feel_value *builtin_call(struct feel_run *r, const struct builtin *b,
				      const struct feel_value *const *args,
				      const char *const *names, size_t n)
{
	const char *name = b->name;
	enum fits worst = FITS_NOT;
	for (; b->name && strcmp(b->name, name) == 0; b++) {
		struct attempt t = { 0 };
		enum fits f = lay_out(r, b, args, names, n, &t);
		if (f == FITS)
			return b->fn(r, t.args, t.count);
		worst = f == FITS_BADLY ? f : worst;
	}
	if (worst == FITS_BADLY)
		return run_null(r, "an argument of %s() is of a wrong type", name);
	return run_null(r, "%s() has no such parameters", name);
}

static const struct feel_value *call_user(struct feel_run *r, const struct feel_function *f,
					  const struct feel_value *const *args)
{
	const struct feel_value **own = run_array(r, f->count + 1, sizeof(*own));
	const struct frame *env = f->env;
	for (size_t i = 0; i < f->count; i++) {
		own[i] = feel_coerce(r, f->parameters[i].type, args[i], f->parameters[i].name);
		if (own[i]->kind == FEEL_NULL && args[i]->kind != FEEL_NULL)
			return &feel_null;
		if (f->native)
			continue;
		struct frame *frame = run_alloc(r, sizeof(*frame));
		*frame = (struct frame){ f->parameters[i].name, own[i], env };
		env = frame;
	}
	const struct feel_value *v;
	if (f->native) {
		run_step(r, 1);
		v = f->native(r, f->data, own);
		if (r->stopped)
			run_stop(r, "a limit was met");
	} else if (!f->body) {
		return run_null(r, "an external function (Java, PMML) is not run here");
	} else {
		v = eval(r, f->expr, f->body, env);
	}
	return feel_coerce(r, f->result, v, f->name ? f->name : "the function's result");
}

const struct feel_value *call_function(struct feel_run *r, const struct feel_function *f,
				       const struct feel_value *const *args,
				       const char *const *names, size_t n)
{
	if (f->builtin)
		return builtin_call(r, f->builtin, args, names, n);
	if (n != f->count)
		return run_null(r, "%s has %zu parameters, not %zu",
				f->name ? f->name : "the function", f->count, n);
	if (!names)
		return call_user(r, f, args);
	const struct feel_value **placed = run_array(r, n + 1, sizeof(*placed));
	for (size_t i = 0; i < n; i++) {
		size_t at = 0;
		while (at < n && !str_eq(f->parameters[at].name, names[i]))
			at++;
		if (at == n || placed[at])
			return run_null(r, "%s has no parameter '%s'",
					f->name ? f->name : "the function", names[i]);
		placed[at] = args[i];
	}
	return call_user(r, f, placed);
}
