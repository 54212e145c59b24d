/* SPDX-License-Identifier: Apache-2.0 */
#include "juel.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "base/text.h"

struct reader {
	const char *s;
	const json_t *variables;
	bool bad;
};

static json_t *either(struct reader *r);

/* Which name was not known, in the words that a scenario compares. */
static _Thread_local char unknown[400] = "it is no expression";

static void blanks(struct reader *r)
{
	while (isspace((unsigned char)*r->s))
		r->s++;
}

static bool word(struct reader *r, const char *w)
{
	blanks(r);
	size_t n = strlen(w);
	if (strncmp(r->s, w, n) != 0)
		return false;
	if (isalpha((unsigned char)w[0]) && (isalnum((unsigned char)r->s[n]) || r->s[n] == '_'))
		return false;
	r->s += n;
	return true;
}

static bool is_empty(const json_t *v)
{
	return !v || json_is_null(v) || (json_is_string(v) && !*json_string_value(v)) ||
	       (json_is_array(v) && !json_array_size(v));
}

static json_t *text_literal(struct reader *r)
{
	char quote = *r->s++;
	const char *end = strchr(r->s, quote);
	if (!end) {
		r->bad = true;
		return json_null();
	}
	json_t *v = json_stringn(r->s, (size_t)(end - r->s));
	r->s = end + 1;
	return v;
}

static json_t *name(struct reader *r)
{
	char key[128];
	size_t n = 0;
	while ((isalnum((unsigned char)*r->s) || *r->s == '_') && n < sizeof(key) - 1)
		key[n++] = *r->s++;
	key[n] = 0;
	json_t *v = json_object_get(r->variables, key);
	/* A name that is nowhere is a fault, as in JUEL. */
	if (!v) {
		r->bad = true;
		snprintf(
			unknown, sizeof(unknown),
			"Unknown property used in expression: ${%s}. Cause: Cannot resolve identifier '%s'",
			key, key);
		v = json_null();
	}
	json_incref(v);
	while (*r->s == '.') {
		r->s++;
		if (word(r, "contains(")) {
			json_t *what = either(r);
			word(r, ")");
			bool in = json_is_string(v) && json_is_string(what) &&
				  strstr(json_string_value(v), json_string_value(what));
			json_decref(v);
			json_decref(what);
			v = json_boolean(in);
			continue;
		}
		for (n = 0; (isalnum((unsigned char)*r->s) || *r->s == '_') && n < sizeof(key) - 1;)
			key[n++] = *r->s++;
		key[n] = 0;
		json_t *inner = json_incref(json_object_get(v, key));
		json_decref(v);
		v = inner ? inner : json_null();
		r->bad |= !inner;
	}
	return v;
}

static json_t *atom(struct reader *r)
{
	blanks(r);
	if (word(r, "(")) {
		json_t *v = either(r);
		word(r, ")");
		return v;
	}
	if (*r->s == '"' || *r->s == '\'')
		return text_literal(r);
	if (word(r, "true"))
		return json_true();
	if (word(r, "false"))
		return json_false();
	if (word(r, "null"))
		return json_null();
	if (isdigit((unsigned char)*r->s) || (*r->s == '-' && isdigit((unsigned char)r->s[1]))) {
		char *end;
		double d = strtod(r->s, &end);
		r->s = end;
		return d == (double)(json_int_t)d ? json_integer((json_int_t)d) : json_real(d);
	}
	if (isalpha((unsigned char)*r->s) || *r->s == '_')
		return name(r);
	r->bad = true;
	return json_null();
}

static json_t *unary(struct reader *r)
{
	blanks(r);
	if ((*r->s == '!' && r->s[1] != '=') || strncmp(r->s, "not ", 4) == 0) {
		r->s += *r->s == '!' ? 1 : 4;
		json_t *v = unary(r);
		bool is = json_is_true(v);
		json_decref(v);
		return json_boolean(!is);
	}
	if (word(r, "empty")) {
		json_t *v = unary(r);
		bool is = is_empty(v);
		r->bad = false;
		json_decref(v);
		return json_boolean(is);
	}
	return atom(r);
}

static json_t *number(double d)
{
	return d == (double)(json_int_t)d ? json_integer((json_int_t)d) : json_real(d);
}

static json_t *product(struct reader *r)
{
	json_t *v = unary(r);
	for (;;) {
		blanks(r);
		char op = *r->s;
		if (op != '*' && op != '/' && op != '%')
			return v;
		r->s++;
		json_t *w = unary(r);
		double a = json_number_value(v), b = json_number_value(w);
		json_decref(v);
		json_decref(w);
		v = number(op == '*'   ? a * b
			   : b == 0    ? 0
			   : op == '/' ? a / b
				       : (double)((json_int_t)a % (json_int_t)b));
	}
}

static json_t *sum(struct reader *r)
{
	json_t *v = product(r);
	for (;;) {
		blanks(r);
		char op = *r->s;
		if (op != '+' && op != '-')
			return v;
		r->s++;
		json_t *w = product(r);
		double a = json_number_value(v), b = json_number_value(w);
		json_decref(v);
		json_decref(w);
		v = number(op == '+' ? a + b : a - b);
	}
}

static int compare(const json_t *a, const json_t *b)
{
	if (json_is_number(a) && json_is_number(b)) {
		double x = json_number_value(a), y = json_number_value(b);
		return x < y ? -1 : x > y;
	}
	if (json_is_string(a) && json_is_string(b))
		return strcmp(json_string_value(a), json_string_value(b));
	return json_equal((json_t *)a, (json_t *)b) ? 0 : 2;
}

static json_t *comparison(struct reader *r)
{
	static const char *const ops[] = { "==", "!=", "<=", ">=", "<",  ">", "=",
					   "eq", "ne", "le", "ge", "lt", "gt" };
	json_t *v = sum(r);
	for (size_t i = 0; i < sizeof(ops) / sizeof(ops[0]); i++) {
		if (!word(r, ops[i]))
			continue;
		json_t *w = sum(r);
		int c = compare(v, w);
		size_t k = i >= 7 ? i - 7 : i;
		bool is = k == 0 || k == 6 ? c == 0
			  : k == 1         ? c != 0
			  : k == 2         ? c <= 0
			  : k == 3         ? c == 0 || c == 1
			  : k == 4         ? c < 0
					   : c == 1 || (c > 0 && c != 2);
		json_decref(v);
		json_decref(w);
		return json_boolean(is);
	}
	return v;
}

static json_t *both(struct reader *r)
{
	json_t *v = comparison(r);
	while (word(r, "&&") || word(r, "and")) {
		json_t *w = comparison(r);
		bool is = json_is_true(v) && json_is_true(w);
		json_decref(v);
		json_decref(w);
		v = json_boolean(is);
	}
	return v;
}

static json_t *either(struct reader *r)
{
	json_t *v = both(r);
	while (word(r, "||") || word(r, "or")) {
		json_t *w = both(r);
		bool is = json_is_true(v) || json_is_true(w);
		json_decref(v);
		json_decref(w);
		v = json_boolean(is);
	}
	return v;
}

static json_t *value_of(const char *text, size_t size, const json_t *variables, bool *bad)
{
	char *copy = strndup(text, size);
	struct reader r = { copy, variables, false };
	json_t *v = either(&r);
	blanks(&r);
	*bad |= r.bad || *r.s;
	free(copy);
	return v;
}

static void *keep(void *who, struct arena *a, const char *text, const char **why)
{
	(void)who, (void)why;
	return arena_strdup(a, text);
}

/* "${a} and ${b}" is a text made of values; "${a}" alone is the value itself. */
static json_t *from_template(const char *text, const json_t *variables, bool *bad)
{
	struct arena *SCOPED_ARENA a = arena_new();
	struct buf out = { a };
	const char *s = text;
	while (*s) {
		const char *open = strstr(s, "${"), *close = open ? strchr(open, '}') : NULL;
		if (!close)
			break;
		if (s == text && open == s && !close[1])
			return value_of(open + 2, (size_t)(close - open - 2), variables, bad);
		buf_add(&out, s, (size_t)(open - s));
		json_t *v = value_of(open + 2, (size_t)(close - open - 2), variables, bad);
		if (json_is_string(v)) {
			buf_str(&out, json_string_value(v));
		} else {
			char *dump = json_dumps(v, JSON_ENCODE_ANY);
			buf_str(&out, dump ? dump : "");
			free(dump);
		}
		json_decref(v);
		s = close + 1;
	}
	buf_str(&out, s);
	return json_string(buf_text(&out));
}

static json_t *evaluate(void *who, void *compiled, const json_t *variables, int64_t now_at,
			const char **why)
{
	(void)now_at;
	const char *text = compiled;
	bool bad = false;
	char *copy = strdup(text);
	for (char *s = copy; *s; s++) {
		if (s[0] == '#' && s[1] == '{')
			*s = '$';
	}
	json_t *v;
	if (strstr(copy, "${")) {
		v = from_template(copy, variables, &bad);
	} else {
		/* Bare text is an expression of betsy's or of a script, or else means itself. */
		const char *s = copy[0] == '=' ? copy + 1 : copy;
		v = value_of(s, strlen(s), variables, &bad);
		if (bad && who) {
			json_decref(v);
			v = json_string(s);
			bad = false;
		}
	}
	free(copy);
	if (bad) {
		json_decref(v);
		*why = unknown;
		return NULL;
	}
	return v;
}

const struct flow_language juel = { keep, evaluate, (void *)&juel };
