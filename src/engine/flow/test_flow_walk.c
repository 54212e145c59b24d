/* SPDX-License-Identifier: Apache-2.0 */
/* Random walks: the engine and a naive interpreter go the same way through random processes, and at every
 * rest the same things wait. YONGYUN_WALKS=N in the environment walks through N processes, and
 * YONGYUN_WALK_SEED=S begins with that seed, which is what a failure prints. */
#include "test_flow_walk.h"

#include <stdlib.h>
#include <string.h>
#include "engine/flow/flow_migrate.h"
#include "engine/flow/test_flow_model.h"
#include "harness.h"

enum { WALKS = 600, STEPS = 60, SEEN_MAX = 1024 };

struct seen {
	int64_t id, parent;
	const struct bpmn_element *element;
	bool is_body;
	int index;
};
/* What waits in the engine, by the names that the naive interpreter gives. */
struct engine {
	struct arena *arena;
	struct flow_world *world;
	struct flow_program
		*versions[2]; /* the same process twice; it changes from one to the other */
	unsigned version;
	int64_t instance;
	const char *end; /* how it ended; NULL: it runs */
	struct seen seen[SEEN_MAX];
	size_t seen_count;
	const char *names[SEEN_MAX];
	int64_t ids[SEEN_MAX];
	size_t count;
};

static void hear(void *who, const struct flow_event *event)
{
	struct engine *e = who;

	if (event->kind == FLOW_ENDED)
		e->end = event->name;
	if (event->kind == FLOW_INCIDENT)
		e->end = arena_strdup(e->arena, event->text);
}

static const struct seen *seen_of(const struct engine *e, int64_t id)
{
	for (size_t i = 0; i < e->seen_count; i++)
		if (e->seen[i].id == id)
			return &e->seen[i];
	return NULL;
}

/* The indexes of the loops' items around an execution. */
static const char *path_of(const struct engine *e, int64_t id)
{
	const char *path = "";

	for (const struct seen *s = seen_of(e, id); s;) {
		const struct seen *up = seen_of(e, s->parent);
		if (s->id != id && up && up->is_body && up->element == s->element)
			path = arena_printf(e->arena, ".%d%s", s->index, path);
		s = up;
	}
	return path;
}

static void note(struct engine *e, const char *name, int64_t id)
{
	assert_true(e->count < SEEN_MAX);
	e->names[e->count] = arena_printf(e->arena, "%s%s", name, path_of(e, id));
	e->ids[e->count++] = id;
}

static void see(void *who, const struct flow_view *v)
{
	struct engine *e = who;

	assert_true(e->seen_count < SEEN_MAX);
	e->seen[e->seen_count++] =
		(struct seen){ v->id, v->parent, v->element, v->is_body, v->index };
	if (v->kind == BPMN_USER_TASK && v->waits)
		note(e, v->element->id, v->id);
}

static void see_wait(void *who, const struct flow_wait_view *v)
{
	if (v->kind == BPMN_MESSAGE_DEFINITION && v->execution)
		note(who, v->name, v->execution);
}

static int by_text(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static const char *engine_state(struct engine *e)
{
	struct buf b = { .arena = e->arena };
	const char *sorted[SEEN_MAX];

	e->seen_count = e->count = 0;
	flow_walk(e->world, see, e);
	flow_waits(e->world, see_wait, e);
	memcpy(sorted, e->names, e->count * sizeof(*sorted));
	qsort(sorted, e->count, sizeof(*sorted), by_text);
	for (size_t i = 0; i < e->count; i++)
		buf_printf(&b, "%s%s", i ? " " : "", sorted[i]);
	return buf_text(&b);
}

static int64_t engine_find(const struct engine *e, const char *name)
{
	for (size_t i = 0; i < e->count; i++)
		if (str_eq(e->names[i], name))
			return e->ids[i];
	return 0;
}

static void put_values(const struct walk *w, json_t *o, int id)
{
	char name[32];

	snprintf(name, sizeof(name), "x%d", id);
	json_object_set_new(o, name, json_integer(w->x[id]));
	snprintf(name, sizeof(name), "r%d", id);
	json_object_set_new(o, name, json_boolean(w->r[id]));
	for (int k = 0; k < 4; k++) {
		snprintf(name, sizeof(name), "o%d_%d", id, k);
		json_object_set_new(o, name, json_boolean(w->o[id][k]));
	}
}

static void begin(struct walk *w, struct engine *e)
{
	struct flow_settings s = { .language = &flow_feel, .tell = hear, .who = e };
	const char *text = walk_xml(w);
	json_t *values = json_object();

	e->world = flow_world_new(&s);
	for (int i = 1; i >= 0; i--) {
		e->versions[i] = test_program(w->arena, text, NULL, NULL);
		flow_know(e->world, e->versions[i], i + 1);
	}
	for (int i = 0; i < w->blocks; i++)
		put_values(w, values, i);
	assert_int_equal(flow_start(e->world, "p", NULL, values, &e->instance), ST_OK);
	json_decref(values);
}

/* Out into JSON and back, as a database would between two steps. */
static bool reload(struct engine *e)
{
	json_t *saved = flow_save(e->world, e->instance);
	bool fine = saved && !flow_forget(e->world, e->instance) && !flow_load(e->world, saved);

	json_decref(saved);
	return fine;
}

/* On in the other version, whatever is under way. */
static bool migrate(struct engine *e)
{
	struct flow_migration m;

	e->version = !e->version;
	return !flow_migrate(e->world, e->instance, e->versions[e->version], NULL, 0, false,
			     e->arena, &m) &&
	       !m.begun_count && !m.ended_count;
}

/* Some values change, in the last steps so that loops end. */
static json_t *new_values(struct walk *w, bool last)
{
	json_t *o = json_object();

	for (int n = 0; n < (last ? w->blocks : 2); n++) {
		int id = last ? n : (int)walk_random(w, (unsigned)w->blocks);
		w->x[id] = (int)walk_random(w, 3);
		w->r[id] = !last && walk_random(w, 2);
		for (int k = 0; k < 4; k++)
			w->o[id][k] = walk_random(w, 2);
		put_values(w, o, id);
	}
	return o;
}

/* One thing happens to both; what happened, for people. */
static const char *step(struct walk *w, struct act *root, struct engine *e, bool last)
{
	struct act *active[512];
	int n = naive_active(root, active, 512);
	struct act *a = active[walk_random(w, (unsigned)n)];

	/* A path that goes on beside its host is begun now and then only. */
	if (last ||
	    (a->block->kind == BLOCK_GUARD && a->block->mode == GUARD_GOES_ON && walk_random(w, 3)))
		a = naive_task_below(root) ? naive_task_below(root) : a;
	if (a->block->kind == BLOCK_GUARD && a->block->mode == GUARD_ERROR) {
		struct act *thrower = naive_task_below(a);
		const char *code = arena_printf(w->arena, "E%d", a->block->id);
		if (thrower) {
			const char *from = naive_name(w, thrower, 0);
			naive_error(w, a);
			if (flow_throw_error(e->world, engine_find(e, from), code, NULL, NULL))
				return "cannot throw";
			return arena_printf(w->arena, "error %s from %s", code, from);
		}
		return "nothing";
	}
	if (a->block->kind != BLOCK_TASK) {
		int which = a->block->kind == BLOCK_EVENT ? (int)walk_random(w, 2) : 0;
		const char *name = naive_name(w, a, which);
		naive_message(w, a, which);
		if (flow_message(e->world, arena_printf(w->arena, "M%d_%d", a->block->id, which), 0,
				 engine_find(e, name), NULL, NULL, NULL))
			return arena_printf(w->arena, "cannot send %s", name);
		return arena_printf(w->arena, "message %s", name);
	}
	const char *name = naive_name(w, a, 0);
	json_t *values = new_values(w, last);
	naive_done(w, a);
	enum status st = flow_complete(e->world, engine_find(e, name), values);
	json_decref(values);
	return arena_printf(w->arena, st ? "cannot complete %s" : "done %s", name);
}

static void one_walk(uint64_t seed, size_t *steps)
{
	SCOPED_ARENA struct arena *a = arena_new();
	struct walk w;
	struct engine *e = arena_alloc(a, sizeof(*e));
	struct buf story = { .arena = a };

	walk_make(&w, a, seed);
	e->arena = a;
	begin(&w, e);
	struct act *root = naive_start(&w);
	for (int i = 0;; i++) {
		const char *want = naive_state(&w, root), *got = engine_state(e);
		buf_printf(&story, "\n  then %s", want);
		if (!str_eq(want, got) || root->over != (e->end != NULL) ||
		    (e->end && !str_eq(e->end, "completed")))
			test_fail("seed %llu:%s\n  but the engine has %s (%s)\n%s",
				  (unsigned long long)seed, buf_text(&story), got,
				  e->end ? e->end : "running", walk_xml(&w));
		if (root->over || i > 20 * STEPS)
			break;
		if (i % 5 == 4 && !reload(e))
			test_fail("seed %llu: the instance does not come back%s",
				  (unsigned long long)seed, buf_text(&story));
		if (i % 3 == 2 && !migrate(e))
			test_fail("seed %llu: the instance does not migrate%s",
				  (unsigned long long)seed, buf_text(&story));
		(void)engine_state(e);
		buf_printf(&story, "\n%s", step(&w, root, e, i > STEPS));
		++*steps;
	}
	assert_true(root->over);
	flow_world_end(&e->world);
}

static uint64_t number_of(const char *name, uint64_t preset)
{
	const char *text = getenv(name);

	return text && *text ? strtoull(text, NULL, 10) : preset;
}

TEST(random_processes_run_as_a_naive_interpreter_has_them)
{
	uint64_t first = number_of("YONGYUN_WALK_SEED", 1), n = number_of("YONGYUN_WALKS", WALKS);
	size_t steps = 0;

	for (uint64_t seed = first; seed < first + n; seed++)
		one_walk(seed, &steps);
	print_message("# %llu processes, %zu steps\n", (unsigned long long)n, steps);
	assert_true(steps > n);
}
