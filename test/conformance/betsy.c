/* SPDX-License-Identifier: Apache-2.0 */
/* The suite of betsy: executable processes whose traces are known, group by group, and models that must
 * be refused before they are published (group constraints). A script is one of fifteen words, which we
 * do here; each trace is compared as a multiset. */
#include "suite.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "base/text.h"
#include "engine/flow/flow.h"
#include "gate.h"

#define SECOND 1000000LL
#define MAX_LOG 64

/* betsy's dialect in FEEL: x.contains(y) is contains(x, y), !x is not(x), ${x} is x. */
static void *translate(void *who, struct arena *a, const char *text, const char **why)
{
	struct buf out = { a };
	static const char call[] = ".contains(";
	(void)who;
	while (*text == ' ' || *text == '\n' || *text == '\t')
		text++;
	bool negates = *text == '!';
	text += negates;
	if (str_starts(text, "${"))
		text = arena_strndup(a, text + 2, strcspn(text + 2, "}"));
	const char *dot = strstr(text, call);
	if (dot)
		buf_printf(&out, "contains(%.*s, %s", (int)(dot - text), text,
			   dot + sizeof(call) - 1);
	else
		buf_str(&out, text);
	const char *feel = negates ? arena_printf(a, "not(%s)", buf_text(&out)) : buf_text(&out);
	return flow_feel.compile(NULL, a, feel, why);
}

static struct flow_language betsy_language;

struct work {
	int64_t execution, due_at;
	const struct bpmn_element *element;
	bool done;
};

struct run {
	struct arena *arena;
	struct flow_world *world;
	const char *log[MAX_LOG];
	size_t count;
	struct work work[256];
	size_t work_count;
	int64_t stamps[2];
	bool stamped[2], marked, incident;
};

static void note(struct run *r, const char *word)
{
	if (r->count < MAX_LOG)
		r->log[r->count++] = word;
}

static void hear(void *who, const struct flow_event *e)
{
	struct run *r = who;
	if (e->kind == FLOW_WORK || e->kind == FLOW_TASK) {
		if (r->work_count < sizeof(r->work) / sizeof(r->work[0]))
			r->work[r->work_count++] = (struct work){ e->execution, -1, e->element };
	} else if (e->kind == FLOW_INCIDENT) {
		r->incident = true;
	} else if (e->kind == FLOW_ENDED && str_eq(e->name, "broken")) {
		note(r, "ERROR_thrownErrorEvent");
	}
}

static enum status answer(struct run *r, const struct work *w, const char *script)
{
	json_t *set = NULL;
	if (strstr(script, "INCREMENT_INTEGER_VARIABLE")) {
		json_t *v = flow_get(r->world, w->execution, "integerVariable");
		set = json_pack("{s:I}", "integerVariable", json_integer_value(v) + 1);
		if (strstr(script, "AND_LOG"))
			note(r, "INCREMENT_correct");
	} else if (strstr(script, "SET_STRING_DATA")) {
		/* The process' data object or property, whatever its name. */
		set = json_pack("{s:s, s:s}", "data", "String", "Data Output", "String");
	} else if (strstr(script, "LOG_DATA")) {
		json_t *v = flow_get(r->world, w->execution, "data");
		if (str_eq(json_string_value(v), "String"))
			note(r, "DATA_correct");
	} else if (strstr(script, "CREATE_MARKER_FILE")) {
		note(r, "MARKER_exists");
	} else if (strstr(script, "CREATE_TIMESTAMP_LOG_")) {
		int n = strstr(script, "LOG_2") ? 1 : 0;
		r->stamps[n] = flow_now(r->world);
		r->stamped[n] = true;
	} else if (strstr(script, "THROW_ERROR")) {
		return flow_throw_error(r->world, w->execution, "ERR_CODE", NULL, NULL);
	} else if (str_starts(script, "SCRIPT_task")) {
		note(r, arena_strdup(r->arena, script));
	}
	enum status st = flow_complete(r->world, w->execution, set);
	json_decref(set);
	return st;
}

struct seek {
	int64_t id;
	bool found;
};

static void see(void *who, const struct flow_view *v)
{
	struct seek *s = who;
	s->found |= v->id == s->id;
}

static bool is_there(const struct run *r, int64_t execution)
{
	struct seek s = { execution, false };
	flow_walk(r->world, see, &s);
	return s.found;
}

/* Does what is due; a script that waits is due ten seconds after it began. */
static bool do_work(struct run *r)
{
	bool some = false;
	for (size_t i = 0; i < r->work_count; i++) {
		struct work *w = &r->work[i];
		const struct bpmn_element *task = bpmn_ref(w->element, "calledElement");
		const char *script = bpmn_child_text(task ? task : w->element, "script");
		if (w->done)
			continue;
		if (w->due_at < 0)
			w->due_at =
				flow_now(r->world) +
				(script && strstr(script, "WAIT_TEN_SECONDS") ? 10 * SECOND : 0);
		if (w->due_at > flow_now(r->world))
			continue;
		w->done = true;
		some = true;
		if (!is_there(r, w->execution))
			continue; /* taken back before anybody began it */
		if (answer(r, w, script ? script : "") == ST_CONFLICT)
			note(r, "ERROR_conflict");
	}
	return some;
}

static void see_root(void *who, const struct flow_view *v)
{
	json_t *ids = who;
	if (!v->parent)
		json_array_append_new(ids, json_integer(v->id));
}

/* Every instance out into JSON and back: what stands between two commands is the whole state. */
static void reload(struct run *r)
{
	json_t *ids = json_array(), *id;
	size_t i;
	flow_walk(r->world, see_root, ids);
	json_array_foreach(ids, i, id)
	{
		json_t *saved = flow_save(r->world, json_integer_value(id));
		if (flow_forget(r->world, json_integer_value(id)) || flow_load(r->world, saved))
			note(r, "ERROR_reload");
		json_t *again = flow_save(r->world, json_integer_value(id));
		if (!json_equal(saved, again))
			note(r, "ERROR_reloaded_differs");
		json_decref(again);
		json_decref(saved);
	}
	json_decref(ids);
}

static void next_timer(void *who, const struct flow_wait_view *v)
{
	int64_t *next = who;
	if (v->kind == BPMN_TIMER_DEFINITION && v->due_at < *next)
		*next = v->due_at;
}

static void pass_time(struct run *r, int64_t until)
{
	for (;;) {
		do
			reload(r);
		while (do_work(r));
		int64_t next = until + 1;
		flow_waits(r->world, next_timer, &next);
		for (size_t i = 0; i < r->work_count; i++) {
			if (!r->work[i].done && r->work[i].due_at < next)
				next = r->work[i].due_at;
		}
		if (next > until)
			break;
		flow_clock(r->world, next);
	}
	flow_clock(r->world, until);
}

static int by_text(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static bool same_trace(struct run *r, const json_t *want, const char **why)
{
	struct buf b = { r->arena };
	const char *wanted[MAX_LOG];
	size_t n = json_array_size(want);
	bool same = n == r->count;
	for (size_t i = 0; i < n && i < MAX_LOG; i++) {
		wanted[i] = json_string_value(json_array_get(want, i));
		/* Plain ERROR: of whatever kind. */
		for (size_t k = 0; k < r->count && strcmp(wanted[i], "ERROR") == 0; k++) {
			if (str_starts(r->log[k], "ERROR_"))
				r->log[k] = "ERROR";
		}
	}
	qsort(r->log, r->count, sizeof(r->log[0]), by_text);
	qsort(wanted, n, sizeof(wanted[0]), by_text);
	for (size_t i = 0; i < n && same; i++)
		same = strcmp(wanted[i], r->log[i]) == 0;
	buf_str(&b, "logged");
	for (size_t i = 0; i < r->count; i++)
		buf_printf(&b, " %s", r->log[i]);
	*why = buf_text(&b);
	return same;
}

static void run_case(struct suite *s, const char *folder, const json_t *test, const json_t *one)
{
	struct arena *a = s->arena;
	const char *name = json_string_value(json_object_get(test, "test"));
	const char *file = json_string_value(json_object_get(test, "file"));
	struct run *r = arena_alloc(a, sizeof(*r));
	struct bpmn_findings findings;
	struct bpmn_model *m;
	struct bpmn_problem problem;
	struct flow_program *p;
	size_t size;
	r->arena = a;
	bpmn_findings_init(&findings, a);
	char *bytes = suite_file(a, arena_printf(a, "%s/%s", folder, file), &size);
	struct flow_settings settings = {
		.language = &betsy_language, .tell = hear, .who = r, .deliver = true
	};
	r->world = flow_world_new(&settings);
	if (!bytes || bpmn_read(a, bytes, size, &m, &problem)) {
		note(r, "ERROR_unreadable");
	} else if (flow_compile(a, m, &betsy_language, NULL, &findings, &p)) {
		note(r, "ERROR_deployment");
	} else {
		int64_t id;
		flow_deploy(r->world, p);
		if (json_is_true(json_object_get(one, "parallel_process")) &&
		    flow_start(r->world, "ParallelProcess", NULL, NULL, &id))
			note(r, "ERROR_parallel");
		const char *process = json_string_value(json_object_get(test, "feature"));
		enum status st =
			flow_start(r->world, process, NULL, json_object_get(one, "vars"), &id);
		if (st)
			st = flow_start(r->world, name, NULL, json_object_get(one, "vars"), &id);
		/* What only an event starts, time or a condition starts. */
		if (st == ST_CONFLICT)
			flow_evaluate_conditions(r->world, json_object_get(one, "vars"));
		else if (st)
			note(r, "ERROR_start");
		int64_t delay = json_integer_value(json_object_get(one, "delay_ms")) * 1000;
		pass_time(r, delay);
		if (r->incident)
			note(r, "ERROR_runtime");
		if (r->stamped[0] && r->stamped[1] && r->stamps[0] == r->stamps[1])
			note(r, "EXECUTION_parallel");
	}
	const char *why;
	bool same = same_trace(r, json_object_get(one, "trace"), &why);
	suite_count(s, json_string_value(json_object_get(test, "group")),
		    arena_printf(a, "%s#%lld", name,
				 (long long)json_integer_value(json_object_get(one, "n"))),
		    same, why);
	flow_world_end(&r->world);
}

static void run_all(struct suite *s, const char *folder)
{
	json_t *all = json_load_file(arena_printf(s->arena, "%s/expected.json", folder), 0, NULL);
	size_t i, n;
	json_t *test, *one;
	json_array_foreach(all, i, test)
	{
		json_array_foreach(json_object_get(test, "cases"), n, one)
			run_case(s, folder, test, one);
	}
	if (!all)
		suite_count(s, "traces", "expected.json", false, "it cannot be read");
	json_decref(all);
}

static void refuse_all(struct suite *s, const char *folder)
{
	const char *where = arena_printf(s->arena, "%s/bpmn_constraints", folder);
	size_t count;
	const char **names = suite_list(s->arena, where, ".bpmn", &count);
	for (size_t i = 0; i < count; i++) {
		struct gate_result r = gate_file(s->arena, where, names[i]);
		suite_count(s, "constraints", names[i], r.count > 0, NULL);
	}
}

int main(int argc, char **argv)
{
	if (argc != 2) {
		fprintf(stderr, "usage: %s FOLDER\n", argv[0]);
		return 2;
	}
	struct suite s;
	betsy_language = flow_feel;
	betsy_language.compile = translate;
	suite_init(&s, "betsy");
	run_all(&s, argv[1]);
	refuse_all(&s, argv[1]);
	return suite_end(&s);
}
