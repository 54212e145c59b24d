/* SPDX-License-Identifier: Apache-2.0 */
/* Conditions over what an applicant answers: expressions in FEEL, and a decision model in DMN that says whether
 * somebody may apply. What needs an answer that is missing is unknown, and says which one it needs. */
#include <math.h>
#include "base/text.h"
#include "engine/flow/dmn/dmn.h"
#include "service/hall/hall_private.h"

/* Of one question, a theme's too, of a person who may be nobody; steps and bytes. */
static const struct feel_limits limits = { .steps = 500000, .memory = 16u << 20 };

/* Larger than any fee. */
#define YUAN_MAX 1e11

/* --- what may be written --- */

static const struct hall_question *question_of(const struct facts *f, const char *name)
{
	for (size_t i = 0; i < f->count; i++)
		if (str_eq(f->questions[i].key, name))
			return &f->questions[i];
	return NULL;
}

bool facts_know(const struct facts *f, const char *name)
{
	return question_of(f, name) || (f->form && form_has(f->form, name));
}

enum status facts_allow(struct call *c, const struct facts *f, const char *at, const char *text)
{
	struct feel_problem why = { 0 };
	const struct feel_expr *e = feel_compile(c->arena, NULL, text, FEEL_EXPRESSION, &why);
	size_t n = 0;

	if (!e)
		return rule_broken(c, at, "is not FEEL: byte %zu: %s", why.at, why.text);
	const char *const *names = feel_free_names(e, &n);
	for (size_t i = 0; i < n; i++)
		if (!facts_know(f, names[i]))
			return rule_broken(
				c, at,
				"names '%s', which is neither a question nor a field of the "
				"form",
				names[i]);
	return ST_OK;
}

bool facts_names(struct call *c, const char *text, const char *name)
{
	const struct feel_expr *e = feel_compile(c->arena, NULL, text, FEEL_EXPRESSION, NULL);
	size_t n = 0;
	const char *const *names = e ? feel_free_names(e, &n) : NULL;

	for (size_t i = 0; i < n; i++)
		if (str_eq(names[i], name))
			return true;
	return false;
}

static const struct dmn_model *read_model(struct call *c, const char *xml, struct dmn_problem *why)
{
	struct dmn_source file = { "the decision", xml, strlen(xml) };

	return dmn_read(c->arena, &file, 1, why);
}

static const char *decision_of(const struct dmn_model *m, const char *name)
{
	size_t n = 0;
	const struct dmn_item *items = dmn_items(m, &n);

	for (size_t i = 0; i < n; i++)
		if (items[i].kind == DMN_DECISION &&
		    (str_eq(items[i].id, name) || str_eq(items[i].name, name)))
			return items[i].name;
	return NULL;
}

enum status facts_allow_decision(struct call *c, const struct facts *f, const char *xml)
{
	struct dmn_problem why = { 0 };
	const struct dmn_model *m = read_model(c, xml, &why);
	size_t n = 0;

	if (!m)
		return rule_broken(c, "decision", "is no DMN: %s", why.text ? why.text : "");
	const struct dmn_problem *problems = dmn_problems(m, &n);
	if (n)
		return rule_broken(c, "decision", "line %d: %s", problems[0].line,
				   problems[0].text);
	if (!decision_of(m, "eligible"))
		return rule_broken(c, "decision",
				   "has no decision with the id or the name 'eligible'");
	const struct dmn_item *items = dmn_items(m, &n);
	for (size_t i = 0; i < n; i++)
		if (items[i].kind == DMN_INPUT && !facts_know(f, items[i].name))
			return rule_broken(
				c, "decision",
				"has the input '%s', which is neither a question nor a field "
				"of the form",
				items[i].name);
	return ST_OK;
}

/* --- what is answered --- */

static bool answers_question(const struct hall_question *q, const json_t *v)
{
	int32_t day;

	switch (q->kind) {
	case ASK_YES_NO: return json_is_boolean(v);
	case ASK_NUMBER: return json_is_number(v);
	case ASK_DATE: return json_is_string(v) && date_parse(json_string_value(v), &day);
	case ASK_TEXT: return json_is_string(v);
	default: break;
	}
	return words_have(&q->choices, json_string_value(v));
}

enum status facts_read(struct call *c, const struct facts *f, const char *json, json_t **out)
{
	static const char *const wanted[] = { "is true or false", "is a number", "is a text",
					      "is a date, CCYY-MM-DD", "is one of the choices" };
	const char *text = json ? json : "{}", *name;
	json_t *all = NULL, *v;

	if (strlen(text) > HALL_ANSWERS_MAX)
		return fail(c, ST_BAD_INPUT, "answers", "answers: are more than %d bytes",
			    HALL_ANSWERS_MAX);
	enum status st = json_parse(c, text, strlen(text), &all);
	if (st)
		return hall_below(c, st, "answers");
	json_object_foreach(all, name, v)
	{
		const struct hall_question *q = question_of(f, name);
		const char *at = arena_printf(c->arena, "answers.%.100s", name);
		if (!facts_know(f, name))
			return rule_broken(c, at, "is neither a question nor a field of the form");
		if (q && !json_is_null(v) && !answers_question(q, v))
			return rule_broken(c, at, "%s", wanted[q->kind]);
	}
	*out = all;
	return ST_OK;
}

static const struct feel_value *value_of(struct arena *a, const struct facts *f, const char *name,
					 const json_t *v)
{
	const struct hall_question *q = question_of(f, name);

	if (q && q->kind == ASK_DATE && json_is_string(v))
		return feel_of_temporal(a, FEEL_DATE, json_string_value(v));
	return feel_of_json(a, v);
}

struct feel_run *inquiry_run(struct call *c)
{
	return feel_run_new(c->arena, &limits, c->now_at);
}

struct inquiry inquiry_of(struct call *c, struct feel_run *run, const struct facts *f,
			  const json_t *answers)
{
	struct inquiry q = { .c = c, .run = run };
	struct feel_entry *entries =
		arena_array(c->arena, json_object_size(answers) + 1, sizeof *entries);
	size_t n = 0;
	const char *name;
	json_t *v;

	/* Each explains itself alone. */
	run->diagnostic_count = 0;
	json_object_foreach((json_t *)answers, name, v)
	{
		if (!json_is_null(v))
			entries[n++] = (struct feel_entry){ name, value_of(c->arena, f, name, v) };
	}
	q.answers = feel_of_context(c->arena, entries, n);
	return q;
}

void words_add(struct arena *a, struct words *w, const char *s)
{
	if (words_have(w, s))
		return;
	w->list = arena_grow(a, (void *)w->list, w->count * sizeof(char *),
			     (w->count + 1) * sizeof(char *));
	w->list[w->count++] = arena_strdup(a, s);
}

/* Whether all is answered that the names want; notes what is not. */
static bool answered(struct inquiry *q, const char *const *names, size_t n)
{
	bool all = true;

	for (size_t i = 0; i < n; i++) {
		if (feel_get(q->answers, names[i]))
			continue;
		words_add(q->c->arena, &q->missing, names[i]);
		all = false;
	}
	return all;
}

static enum status stopped(struct inquiry *q)
{
	if (q->run->stopped)
		return fail(q->c, ST_LIMIT, "answers",
			    "answers: the conditions take too many steps or too much memory");
	return ST_OK;
}

/* '*out' NULL: an answer is missing, or it is no FEEL. */
static enum status evaluate(struct inquiry *q, const char *text, const struct feel_value **out)
{
	const struct feel_expr *e = feel_compile(q->c->arena, NULL, text, FEEL_EXPRESSION, NULL);
	size_t n = 0;
	const char *const *names = e ? feel_free_names(e, &n) : NULL;

	*out = NULL;
	if (!e || !answered(q, names, n))
		return ST_OK;
	*out = feel_evaluate(q->run, e, q->answers);
	return stopped(q);
}

enum status inquiry_truth(struct inquiry *q, const char *text, int *out)
{
	const struct feel_value *v = &feel_true;
	enum status st = text ? evaluate(q, text, &v) : ST_OK;

	if (!st)
		*out = v && v->kind == FEEL_BOOLEAN ? (v->boolean ? TRUTH_YES : TRUTH_NO)
						    : TRUTH_UNKNOWN;
	return st;
}

enum status inquiry_amount(struct inquiry *q, const char *text, int64_t *out)
{
	const struct feel_value *v = NULL;
	double yuan = 0;
	enum status st = evaluate(q, text, &v);

	if (st)
		return st;
	*out = INT_NULL;
	if (v && feel_to_double(v, &yuan) && yuan >= 0 && yuan <= YUAN_MAX)
		*out = llround(yuan * 100);
	return ST_OK;
}

/* --- deciding --- */

/* A text, or a list of them. */
static void take_words(struct arena *a, const struct feel_value *v, struct words *out)
{
	if (v->kind == FEEL_STRING && v->string.size)
		words_add(a, out, v->string.text);
	for (size_t i = 0; v->kind == FEEL_LIST && i < v->list.count; i++)
		if (v->list.items[i]->kind == FEEL_STRING)
			words_add(a, out, v->list.items[i]->string.text);
}

struct session {
	struct inquiry *q;
	const struct dmn_model *m;
	struct dmn_input *inputs;
	size_t count;
	struct dmn_trace *trace;
};

static const struct feel_value *decide(const struct session *s, const char *name)
{
	const char *decision = decision_of(s->m, name);

	return decision ? dmn_decide(s->q->run, s->m, decision, s->inputs, s->count, s->trace)
			: NULL;
}

static void take_list(const struct session *s, const char *name, bool *has, struct words *out)
{
	const struct feel_value *v = decide(s, name);

	*has = v && v->kind != FEEL_NULL;
	if (*has)
		take_words(s->q->c->arena, v, out);
}

static enum status judge(const struct session *s, struct judged *out)
{
	struct call *c = s->q->c;
	struct buf b = { .arena = c->arena };
	struct json_out j = json_to(&b);
	const struct feel_value *v = decide(s, "eligible"), *reasons = decide(s, "reasons");

	if (v && v->kind == FEEL_BOOLEAN)
		out->eligible = v->boolean ? TRUTH_YES : TRUTH_NO;
	if (reasons)
		take_words(c->arena, reasons, &out->reasons);
	take_list(s, "items", &out->has_items, &out->items);
	take_list(s, "materials", &out->has_materials, &out->materials);
	dmn_explain(&j, s->trace, s->q->run);
	out->explanation = buf_text(&b);
	return stopped(s->q);
}

enum status inquiry_judge(struct inquiry *q, const char *xml, struct judged *out)
{
	struct dmn_problem why = { 0 };
	size_t n = 0;

	*out = (struct judged){ .eligible = xml ? TRUTH_UNKNOWN : TRUTH_YES };
	if (!xml)
		return ST_OK;
	struct session s = { .q = q, .m = read_model(q->c, xml, &why) };
	if (!s.m)
		return fail(q->c, ST_INTERNAL, "decision", "a published decision is no DMN: %s",
			    why.text ? why.text : "");
	const struct dmn_item *items = dmn_items(s.m, &n);
	const char **names = arena_array(q->c->arena, n + 1, sizeof *names);
	s.inputs = arena_array(q->c->arena, n + 1, sizeof *s.inputs);
	for (size_t i = 0; i < n; i++) {
		if (items[i].kind != DMN_INPUT)
			continue;
		names[s.count] = items[i].name;
		s.inputs[s.count++] = (struct dmn_input){ NULL, items[i].name,
							  feel_get(q->answers, items[i].name) };
	}
	if (!answered(q, names, s.count)) {
		out->open_items = decision_of(s.m, "items") != NULL;
		out->open_materials = decision_of(s.m, "materials") != NULL;
		return ST_OK;
	}
	s.trace = dmn_trace_new(q->c->arena);
	return judge(&s, out);
}
