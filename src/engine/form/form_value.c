/* SPDX-License-Identifier: Apache-2.0 */
/* One value against its component. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include "engine/form/form_private.h"

void form_problem(struct form_scope *s, const char *path, const char *rule, const char *fmt, ...)
{
	struct form_problems *p = s->problems;
	va_list args;

	if (!p || p->count == FORM_PROBLEMS_MAX)
		return;
	if (!p->list)
		p->list = arena_array(s->c->arena, FORM_PROBLEMS_MAX, sizeof *p->list);
	va_start(args, fmt);
	p->list[p->count++] = (struct form_problem){
		.path = path, .rule = rule, .text = arena_vprintf(s->c->arena, fmt, args)
	};
	va_end(args);
}

bool form_is_empty(const struct form_field *f, const json_t *value)
{
	if (!value || json_is_null(value))
		return true;
	if (json_is_string(value))
		return !*json_string_value(value);
	if (json_is_array(value))
		return !json_array_size(value);
	return f->type == FORM_CHECKBOX && !json_is_true(value);
}

static size_t trimmed_length(struct arena *a, const char *s)
{
	s += strspn(s, " \t\r\n");
	size_t n = strlen(s);
	while (n && strchr(" \t\r\n", s[n - 1]))
		n--;
	return utf8_length(arena_strndup(a, s, n));
}

static void check_text(struct form_scope *s, const struct form_field *f, const json_t *value,
		       const char *path)
{
	const char *text = json_string_value(value);

	if (!text) {
		form_problem(s, path, "type", "a text is wanted");
		return;
	}
	int64_t length = (int64_t)trimmed_length(s->c->arena, text);
	if (utf8_length(text) > FORM_TEXT_MAX) {
		form_problem(s, path, "maxLength", "at most %d characters", FORM_TEXT_MAX);
		return;
	}
	/* What is empty is held to 'required' alone. */
	if (!*text)
		return;
	if (f->min_length >= 0 && length < f->min_length)
		form_problem(s, path, "minLength", "at least %lld characters",
			     (long long)f->min_length);
	if (f->max_length >= 0 && length > f->max_length)
		form_problem(s, path, "maxLength", "at most %lld characters",
			     (long long)f->max_length);
	if (f->pattern && !form_pattern_found(f->pattern, text))
		form_problem(s, path, f->pattern_rule, "must match %s", f->pattern_text);
}

static void check_number(struct form_scope *s, const struct form_field *f, const json_t *value,
			 const char *path)
{
	double v = json_number_value(value);
	char *end = NULL;

	if (f->as_text && json_is_string(value)) {
		const char *text = json_string_value(value);
		bool digits = strspn(text, "+-0123456789.eE") == strlen(text);
		v = strtod(text, &end);
		if (!digits || end == text || *end || !isfinite(v)) {
			form_problem(s, path, "type", "a number in a text is wanted");
			return;
		}
	} else if (f->as_text || !json_is_number(value)) {
		form_problem(s, path, "type",
			     f->as_text ? "a number in a text is wanted" : "a number is wanted");
		return;
	}
	double scaled = v * pow(10, (double)f->digits);
	if (f->digits >= 0 && fabs(scaled - nearbyint(scaled)) > 1e-9 * fmax(1, fabs(scaled)))
		form_problem(s, path, "decimalDigits", "at most %lld digits behind the point",
			     (long long)f->digits);
	if (v < f->min)
		form_problem(s, path, "min", "at least %.15g", f->min);
	if (v > f->max)
		form_problem(s, path, "max", "at most %.15g", f->max);
}

/* --- dates --- */

/* "09:30" as FEEL reads times: with seconds. */
static const char *with_seconds(struct arena *a, const char *time)
{
	return strlen(time) >= 5 && time[5] != ':' ? arena_printf(a, "%.5s:00%s", time, time + 5)
						   : time;
}

static bool is_date(struct arena *a, const char *text)
{
	return strlen(text) == 10 && feel_of_temporal(a, FEEL_DATE, text)->kind == FEEL_DATE;
}

static bool is_time(struct arena *a, const char *text)
{
	return feel_of_temporal(a, FEEL_TIME, with_seconds(a, text))->kind == FEEL_TIME;
}

static void check_moment(struct form_scope *s, const struct form_field *f, const json_t *value,
			 const char *path)
{
	static const char *const wanted[] = { "a date is YYYY-MM-DD", "a time is HH:MM",
					      "a date and time is YYYY-MM-DDTHH:MM" };
	struct arena *a = s->c->arena;
	const char *text = json_string_value(value);
	bool fine = false;

	if (text && !*text)
		return;
	if (text && strlen(text) <= 40) {
		bool both = strlen(text) > 11 && text[10] == 'T';
		fine = f->moment == FORM_DATE   ? is_date(a, text)
		       : f->moment == FORM_TIME ? is_time(a, text)
						: both && is_date(a, arena_strndup(a, text, 10)) &&
							  is_time(a, text + 11);
	}
	if (!fine) {
		form_problem(s, path, "type", "%s", wanted[f->moment]);
		return;
	}
	char today[TIME_TEXT_SIZE];
	time_write(s->c->now_at + CLOCK_CHINA, TIME_Z, today);
	if (f->no_past && f->moment != FORM_TIME && strncmp(text, today, 10) < 0)
		form_problem(s, path, "disallowPassedDates", "the date has passed");
}

/* --- choices --- */

static bool among(const json_t *list, const json_t *value)
{
	size_t i;
	json_t *one;

	json_array_foreach((json_t *)list, i, one)
	{
		json_t *v = json_object_get(one, "value");
		if (json_equal(v ? v : one, (json_t *)value))
			return true;
	}
	return false;
}

static bool is_choice(struct form_scope *s, const struct form_field *f, const json_t *value)
{
	if (f->choices)
		return among(f->choices, value);
	if (f->choices_key)
		return among(json_object_get(s->data, f->choices_key), value);
	const struct feel_value *list = feel_evaluate(s->run, f->choices_from, s->variables);
	const struct feel_value *wanted = feel_of_json(s->c->arena, value);
	for (size_t i = 0; list->kind == FEEL_LIST && i < list->list.count; i++) {
		const struct feel_value *v = feel_get(list->list.items[i], "value");
		if (feel_is_true(feel_equal(v ? v : list->list.items[i], wanted)))
			return true;
	}
	return false;
}

static void check_many(struct form_scope *s, const struct form_field *f, const json_t *value,
		       const char *path)
{
	size_t i;
	json_t *one;

	if (!json_is_array(value) || json_array_size(value) > FORM_VALUES_MAX) {
		form_problem(s, path, "type", "a list of choices is wanted");
		return;
	}
	json_array_foreach((json_t *)value, i, one)
	{
		const char *at = arena_printf(s->c->arena, "%s[%zu]", path, i);
		bool twice = false;
		for (size_t k = 0; k < i && !twice; k++)
			twice = json_equal(json_array_get(value, k), one);
		if (twice)
			form_problem(s, at, "values", "a choice stands twice");
		else if (!is_choice(s, f, one))
			form_problem(s, at, "values", "it is none of the choices");
	}
}

void form_value_check(struct form_scope *s, const struct form_field *f, const json_t *value,
		      const char *path)
{
	switch (f->type) {
	case FORM_TEXTFIELD:
	case FORM_TEXTAREA: check_text(s, f, value, path); break;
	case FORM_NUMBER: check_number(s, f, value, path); break;
	case FORM_DATETIME: check_moment(s, f, value, path); break;
	case FORM_CHECKBOX:
		if (!json_is_boolean(value))
			form_problem(s, path, "type", "true or false is wanted");
		break;
	case FORM_RADIO:
	case FORM_SELECT:
		if (!form_is_empty(f, value) && !is_choice(s, f, value))
			form_problem(s, path, "values", "it is none of the choices");
		break;
	case FORM_CHECKLIST:
	case FORM_TAGLIST: check_many(s, f, value, path); break;
	case FORM_EXPRESSION: break; /* computed */
	}
}
