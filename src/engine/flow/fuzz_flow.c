/* SPDX-License-Identifier: Apache-2.0 */
/* Any model, walked at random: what compiles is started and answered as a number made of all bytes says,
 * so that whatever changes in the model changes the way. Between two commands every instance goes out
 * into JSON and comes back the same. */
#include <assert.h>
#include <stdlib.h>
#include <string.h>
#include "engine/flow/flow.h"

#define MAX_COMMANDS 40

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct walk {
	int64_t waiting[256], roots[64], timers[64];
	const char *names[64];
	size_t waiting_count, root_count, timer_count, name_count;
};

static void see(void *who, const struct flow_view *v)
{
	struct walk *w = who;
	if ((v->waits || v->is_incident) && w->waiting_count < 256)
		w->waiting[w->waiting_count++] = v->id;
	if (!v->parent && w->root_count < 64)
		w->roots[w->root_count++] = v->id;
}

static void see_wait(void *who, const struct flow_wait_view *v)
{
	struct walk *w = who;
	if (v->kind == BPMN_TIMER_DEFINITION && w->timer_count < 64)
		w->timers[w->timer_count++] = v->id;
	else if (v->name[0] && w->name_count < 64)
		w->names[w->name_count++] = v->name;
}

static void reload(struct flow_world *world, const struct walk *w)
{
	for (size_t i = 0; i < w->root_count; i++) {
		json_t *saved = flow_save(world, w->roots[i]);
		assert(saved);
		assert(flow_forget(world, w->roots[i]) == ST_OK);
		assert(flow_load(world, saved) == ST_OK);
		json_t *again = flow_save(world, w->roots[i]);
		assert(json_equal(saved, again));
		json_decref(saved);
		json_decref(again);
	}
}

static void command(struct flow_world *world, const struct walk *w, unsigned what)
{
	enum status st = ST_OK;
	unsigned which = what >> 3;
	int64_t at = w->waiting_count ? w->waiting[which % w->waiting_count] : 0;
	switch (what & 7) {
	case 0: st = flow_throw_error(world, at, which & 1 ? "E" : NULL, NULL, NULL); break;
	case 1:
		if (w->timer_count)
			st = flow_fire(world, w->timers[which % w->timer_count]);
		break;
	case 2: {
		/* The name may go with whoever waits for it. */
		char *name = w->name_count ? strdup(w->names[which % w->name_count]) : NULL;
		if (name)
			st = which & 1 ? flow_signal(world, name, 0, NULL)
				       : flow_message(world, name, 0, 0, NULL, NULL, NULL);
		free(name);
		break;
	}
	case 3: st = flow_retry(world, at); break;
	case 4: st = flow_throw_escalation(world, at, "E", NULL); break;
	default: st = flow_complete(world, at, NULL); break;
	}
	(void)st;
}

static void run(struct arena *a, const struct bpmn_model *m, struct flow_program *p,
		const uint8_t *data, size_t size)
{
	struct flow_settings settings = { .language = &flow_feel, .deliver = true };
	struct flow_world *world = flow_world_new(&settings);
	flow_deploy(world, p);
	for (uint32_t i = 0; i < bpmn_count(m); i++) {
		const struct bpmn_element *e = bpmn_at(m, i);
		int64_t id;
		if (e->kind == BPMN_PROCESS && e->id && i < 64)
			(void)!flow_start(world, e->id, NULL, NULL, &id);
	}
	uint64_t way = 1469598103934665603ull;
	for (size_t i = 0; i < size; i++)
		way = (way ^ data[i]) * 1099511628211ull;
	for (int n = 0; n < MAX_COMMANDS; n++) {
		struct walk *w = arena_alloc(a, sizeof(*w));
		flow_walk(world, see, w);
		reload(world, w);
		flow_waits(world, see_wait, w);
		way = way * 6364136223846793005ull + 1442695040888963407ull;
		command(world, w, (unsigned)(way >> 40));
	}
	flow_world_end(&world);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena *SCOPED_ARENA a = arena_new();
	struct bpmn_model *m;
	struct bpmn_problem problem;
	struct bpmn_findings findings;
	struct flow_program *p;

	if (bpmn_read(a, data, size, &m, &problem))
		return 0;
	bpmn_findings_init(&findings, a);
	if (flow_compile(a, m, &flow_feel, NULL, &findings, &p)) {
		assert(findings.count);
		return 0;
	}
	run(a, m, p, data, size);
	return 0;
}
