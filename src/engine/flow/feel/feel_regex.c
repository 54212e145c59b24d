/* SPDX-License-Identifier: Apache-2.0 */
#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>
#include "engine/flow/feel/feel_regex.h"

#define PATTERN_MAX 10000
#define MATCH_LIMIT 1000000
#define HEAP_LIMIT_KIB 8192

/* Kept by the run, so that a filter over many items compiles its pattern once. */
#define REGEXES_MAX 32

struct regex {
	struct regex *next;
	const struct feel_string *pattern, *flags;
	pcre2_code *code;
	pcre2_match_data *match;
	pcre2_match_context *context;
	unsigned groups;
};

/* The arena frees what PCRE2 took, for a limit may leave by longjmp. */
static void free_code(void *p)
{
	pcre2_code_free(p);
}

static void free_match(void *p)
{
	pcre2_match_data_free(p);
}

static void free_context(void *p)
{
	pcre2_match_context_free(p);
}

static const char *read_flags(const struct feel_string *flags, uint32_t *options, bool *dot_all,
			      bool *skip_space)
{
	for (size_t i = 0; flags && i < flags->size; i++)
		switch (flags->text[i]) {
		case 's': *dot_all = true; break;
		case 'm': *options |= PCRE2_MULTILINE; break;
		case 'i': *options |= PCRE2_CASELESS; break;
		case 'x': *skip_space = true; break;
		default: return "a flag is none of s, m, i, x";
		}
	return NULL;
}

static bool same_string(const struct feel_string *x, const struct feel_string *y)
{
	if (!x || !y)
		return x == y;
	return x->size == y->size && memcmp(x->text, y->text, x->size) == 0;
}

static bool regex_compile(struct feel_run *r, const struct feel_string *pattern,
			  const struct feel_string *flags, struct regex *re)
{
	uint32_t options = PCRE2_UTF | PCRE2_DOLLAR_ENDONLY | PCRE2_NO_UTF_CHECK |
			   PCRE2_NEVER_BACKSLASH_C;
	bool dot_all = false, skip_space = false;
	struct buf text = { .arena = r->arena };
	const char *why = read_flags(flags, &options, &dot_all, &skip_space);
	if (!why && pattern->size > PATTERN_MAX)
		why = "the pattern is too long";
	if (!why)
		why = regex_translate(pattern->text, pattern->size, dot_all, skip_space, &text,
				      &re->groups);
	if (why) {
		feel_complain(r, "the regular expression \"%.60s\": %s", pattern->text, why);
		return false;
	}
	(void)run_alloc(r, 64 * text.size + 1024); /* about what it takes */
	int error;
	PCRE2_SIZE at;
	re->code =
		pcre2_compile((PCRE2_SPTR)buf_text(&text), text.size, options, &error, &at, NULL);
	if (!re->code) {
		PCRE2_UCHAR message[120];
		pcre2_get_error_message(error, message, sizeof(message));
		feel_complain(r, "the regular expression \"%.60s\": %s", pattern->text,
			      (const char *)message);
		return false;
	}
	arena_defer(r->arena, free_code, re->code);
	re->match = pcre2_match_data_create_from_pattern(re->code, NULL);
	re->context = pcre2_match_context_create(NULL);
	if (!re->match || !re->context)
		run_stop(r, "there is no memory for a regular expression");
	arena_defer(r->arena, free_match, re->match);
	arena_defer(r->arena, free_context, re->context);
	pcre2_set_match_limit(re->context, MATCH_LIMIT);
	pcre2_set_heap_limit(re->context, HEAP_LIMIT_KIB);
	return true;
}

static bool regex_open(struct feel_run *r, const struct feel_string *pattern,
		       const struct feel_string *flags, struct regex *out)
{
	struct feel_engine *e = r->engine;
	for (const struct regex *k = e->regexes; k; k = k->next)
		if (same_string(k->pattern, pattern) && same_string(k->flags, flags)) {
			*out = *k;
			return true;
		}
	*out = (struct regex){ .pattern = pattern, .flags = flags };
	if (!regex_compile(r, pattern, flags, out))
		return false;
	if (e->regex_count < REGEXES_MAX) {
		struct regex *kept = run_alloc(r, sizeof(*kept));
		*kept = *out;
		kept->pattern = &run_text(r, pattern->text, pattern->size)->string;
		kept->flags = flags ? &run_text(r, flags->text, flags->size)->string : NULL;
		kept->next = e->regexes;
		e->regexes = kept;
		e->regex_count++;
	}
	return true;
}

/* 1 found, 0 not, -1 a limit was met. */
static int regex_next(struct feel_run *r, struct regex *re, const struct feel_string *s,
		      size_t from)
{
	run_step(r, 1 + (s->size - from) / 64);
	int rc = pcre2_match(re->code, (PCRE2_SPTR)s->text, s->size, from, PCRE2_NO_UTF_CHECK,
			     re->match, re->context);
	if (rc >= 0)
		return 1;
	if (rc == PCRE2_ERROR_NOMATCH)
		return 0;
	feel_complain(r, "the regular expression takes too many steps");
	return -1;
}

const struct feel_value *regex_matches(struct feel_run *r, const struct feel_string *input,
				       const struct feel_string *pattern,
				       const struct feel_string *flags)
{
	struct regex re;
	if (!regex_open(r, pattern, flags, &re))
		return &feel_null;
	int found = regex_next(r, &re, input, 0);
	return found < 0 ? &feel_null : of_bool(found);
}

static void add_group(struct feel_run *r, struct buf *b, struct regex *re,
		      const struct feel_string *input, unsigned group)
{
	const PCRE2_SIZE *at = pcre2_get_ovector_pointer(re->match);
	PCRE2_SIZE from = at[2 * group], to = at[2 * group + 1];
	if (from == PCRE2_UNSET || to < from)
		return;
	(void)run_alloc(r, to - from + 1);
	buf_add(b, input->text + from, to - from);
}

/* "$2" is the second group, "\$" and "\\" themselves; as many digits as make a group that there is. */
static bool add_replacement(struct feel_run *r, struct buf *b, struct regex *re,
			    const struct feel_string *input, const struct feel_string *by)
{
	for (size_t i = 0; i < by->size; i++) {
		char c = by->text[i];
		char next = i + 1 < by->size ? by->text[i + 1] : 0;
		if (c == '\\') {
			if (next != '\\' && next != '$')
				return false;
			buf_char(b, next);
			i++;
		} else if (c == '$') {
			if (next < '0' || next > '9')
				return false;
			unsigned group = (unsigned)(next - '0');
			i++;
			while (i + 1 < by->size && by->text[i + 1] >= '0' &&
			       by->text[i + 1] <= '9' &&
			       group * 10 + (unsigned)(by->text[i + 1] - '0') <= re->groups)
				group = group * 10 + (unsigned)(by->text[++i] - '0');
			if (group <= re->groups)
				add_group(r, b, re, input, group);
		} else {
			buf_char(b, c);
		}
	}
	return true;
}

const struct feel_value *regex_replace(struct feel_run *r, const struct feel_string *input,
				       const struct feel_string *pattern,
				       const struct feel_string *replacement,
				       const struct feel_string *flags)
{
	struct regex re;
	struct buf b = { .arena = r->arena };
	size_t from = 0;
	int found;
	if (!regex_open(r, pattern, flags, &re))
		return &feel_null;
	static const struct feel_string empty = { "", 0 };
	if (regex_next(r, &re, &empty, 0) != 0)
		return run_null(r, "a pattern that matches the empty string replaces nothing");
	while ((found = regex_next(r, &re, input, from)) > 0) {
		const PCRE2_SIZE *at = pcre2_get_ovector_pointer(re.match);
		size_t begin = at[0], end = at[1];
		if (end <= from && end <= begin) /* matched nothing: no way forward */
			break;
		(void)run_alloc(r, begin - from + replacement->size + 1);
		buf_add(&b, input->text + from, begin - from);
		if (!add_replacement(r, &b, &re, input, replacement))
			return run_null(r, "the replacement has a '$' or '\\' that says nothing");
		from = end;
		if (begin == end) {
			if (from >= input->size)
				break;
			size_t step = utf8_step(input->text + from, input->size - from);
			buf_add(&b, input->text + from, step);
			from += step;
		}
	}
	if (found < 0)
		return &feel_null;
	buf_add(&b, input->text + from, input->size - from);
	return run_text(r, buf_text(&b), b.size);
}

const struct feel_value *regex_split(struct feel_run *r, const struct feel_string *input,
				     const struct feel_string *delimiter)
{
	struct regex re;
	struct items parts = { 0 };
	size_t from = 0, look = 0;
	int found;
	if (!regex_open(r, delimiter, NULL, &re))
		return &feel_null;
	while (look <= input->size && (found = regex_next(r, &re, input, look)) > 0) {
		const PCRE2_SIZE *at = pcre2_get_ovector_pointer(re.match);
		size_t begin = at[0], end = at[1];
		if (end == begin) { /* between two characters */
			if (begin >= input->size)
				break;
			look = begin + utf8_step(input->text + begin, input->size - begin);
			if (begin == from)
				continue;
		} else {
			look = end;
		}
		items_add(r, &parts, run_text(r, input->text + from, begin - from));
		from = end;
	}
	if (look <= input->size && found < 0)
		return &feel_null;
	items_add(r, &parts, run_text(r, input->text + from, input->size - from));
	return items_list(r, &parts);
}
