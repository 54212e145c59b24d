/* SPDX-License-Identifier: Apache-2.0 */
/* Compiled models, kept for all threads: a bounded cache by the model's id, least recently used out
 * first. A model never changes, so nothing here is ever stale. */
#include <pthread.h>
#include "engine/process/process_private.h"

/* A city has some hundred processes; a compiled one is a few hundred kilobytes. */
enum { PROGRAMS_MAX = 256 };

static struct {
	pthread_mutex_t lock;
	struct process_program *first;
	size_t count;
	int64_t clock;
} cache = { .lock = PTHREAD_MUTEX_INITIALIZER };

/* -- compiling -- */

static const char *id_of(const struct bpmn_element *e)
{
	return e->id ? e->id : e->tag;
}

/* What the machine could do in memory and nobody would do here is refused. */
static void check_element(struct arena *a, const struct bpmn_element *e,
			  const struct process_node *n, struct bpmn_findings *f)
{
	bool is_work = e->kind == BPMN_SERVICE_TASK || e->kind == BPMN_SCRIPT_TASK ||
		       e->kind == BPMN_BUSINESS_RULE_TASK ||
		       (e->kind == BPMN_SEND_TASK && !bpmn_attr(e, "messageRef"));
	if (is_work && !n->work_kind)
		bpmn_find(f, "EXEC", e,
			  "%s cannot be executed: none of flow:act, flow:worker and flow:url says "
			  "who does it",
			  id_of(e));
	if (e->kind == BPMN_CALL_ACTIVITY)
		process_mappings_check(a, e, f);
	if (e->kind != BPMN_START_EVENT || !e->parent || e->parent->kind != BPMN_PROCESS)
		return;
	const struct bpmn_element *d = bpmn_first(e, BPMN_EVENT_DEFINITION);
	if (d && bpmn_after(d, BPMN_EVENT_DEFINITION) && bpmn_flag(e, "parallelMultiple", false))
		bpmn_find(f, "EXEC", e,
			  "%s cannot be executed: a start waits for one of its events, not for all",
			  id_of(e));
}

struct process_program *process_compile(struct arena *a, const char *xml, size_t size,
					struct bpmn_findings *findings)
{
	struct process_program *p = arena_alloc(a, sizeof(*p));
	struct bpmn_problem problem = { 0 };
	p->arena = a;
	if (bpmn_read(a, xml, size, &p->model, &problem)) {
		bpmn_find(findings, "XML", NULL, "line %d: %s", problem.line, problem.text);
		return NULL;
	}
	uint32_t count = bpmn_count(p->model);
	struct process_node *nodes = arena_array(a, count, sizeof(*nodes));
	struct words *searchable = arena_array(a, count, sizeof(*searchable));
	const struct process_form *forms = process_forms_read(a, p->model, findings);
	for (uint32_t i = 0; i < count; i++) {
		const struct bpmn_element *e = bpmn_at(p->model, i);
		process_node_read(a, e, &nodes[i], findings);
		process_form_join(a, e, forms, &nodes[i], findings);
		if (e->kind == BPMN_TIMER_DEFINITION && e->parent && nodes[i].business_days) {
			/* Facts know the event, whose timer this is. */
			nodes[e->parent->index].business_days = nodes[i].business_days;
			nodes[e->parent->index].calendar = nodes[i].calendar;
		}
		check_element(a, e, &nodes[i], findings);
		if (e->kind == BPMN_PROCESS)
			searchable[i] = process_searchable(a, e);
		p->searches |= searchable[i].count > 0;
		p->judges |= nodes[i].panel != NULL;
	}
	p->nodes = nodes;
	p->searchable = searchable;
	if (flow_compile(a, p->model, &flow_feel, &process_dialect, findings, &p->flow))
		return NULL;
	return p;
}

/* -- the cache -- */

void process_program_release(struct process_program *p)
{
	struct arena *a = NULL;
	pthread_mutex_lock(&cache.lock);
	if (!--p->holders && p->gone)
		a = p->arena;
	pthread_mutex_unlock(&cache.lock);
	arena_end(&a);
}

static struct process_program *hold(struct process_program *p)
{
	p->holders++;
	p->used = ++cache.clock;
	return p;
}

static struct process_program *find_cached(int64_t model_id)
{
	for (struct process_program *p = cache.first; p; p = p->next) {
		if (p->model_id == model_id)
			return hold(p);
	}
	return NULL;
}

/* With the lock held: the one that was not used for longest and that nobody holds goes. */
static void make_room(void)
{
	struct process_program **oldest = NULL;
	for (struct process_program **at = &cache.first; *at; at = &(*at)->next) {
		if (!(*at)->holders && (!oldest || (*at)->used < (*oldest)->used))
			oldest = at;
	}
	if (!oldest)
		return;
	struct arena *a = (*oldest)->arena;
	*oldest = (*oldest)->next;
	cache.count--;
	arena_end(&a);
}

/* Keeps 'made', unless another thread was first: then its arena is the caller's to end. */
static struct process_program *keep(struct process_program *made, struct arena **a)
{
	pthread_mutex_lock(&cache.lock);
	struct process_program *p = find_cached(made->model_id);
	if (!p) {
		if (cache.count >= PROGRAMS_MAX)
			make_room();
		made->next = cache.first;
		cache.first = made;
		cache.count++;
		p = hold(made);
		*a = NULL;
	}
	pthread_mutex_unlock(&cache.lock);
	return p;
}

typedef struct process_program *compile_fn(struct arena *a, const char *xml, size_t size,
					   struct bpmn_findings *findings);

static enum status take(struct call *c, int64_t model_id, compile_fn *compile,
			struct process_program **out)
{
	const void *xml = NULL;
	size_t size = 0;
	struct bpmn_findings findings;
	pthread_mutex_lock(&cache.lock);
	struct process_program *p = find_cached(model_id);
	pthread_mutex_unlock(&cache.lock);
	*out = p;
	if (p)
		return ST_OK;
	enum status st = model_xml(c, model_id, &xml, &size);
	if (st)
		return st;
	struct arena *a = arena_new();
	bpmn_findings_init(&findings, a);
	struct process_program *made = compile(a, xml, size, &findings);
	if (made) {
		made->model_id = model_id;
		*out = keep(made, &a);
	}
	arena_end(&a);
	return made ? ST_OK
		    : fail(c, ST_INTERNAL, NULL, "model %lld compiles no more",
			   (long long)model_id);
}

enum status process_program_take(struct call *c, int64_t model_id, struct process_program **out)
{
	return take(c, model_id, process_compile, out);
}

static struct process_program *read_decisions(struct arena *a, const char *xml, size_t size,
					      struct bpmn_findings *findings)
{
	struct process_program *p = arena_alloc(a, sizeof(*p));
	struct dmn_source file = { "the model", xml, size };
	struct dmn_problem why = { 0 };
	(void)findings;
	p->arena = a;
	p->decisions = dmn_read(a, &file, 1, &why);
	return p->decisions ? p : NULL;
}

static void release(void *program)
{
	process_program_release(program);
}

enum status process_decisions_take(struct call *c, int64_t model_id, const struct dmn_model **out)
{
	struct process_program *p = NULL;
	enum status st = take(c, model_id, read_decisions, &p);
	if (st)
		return st;
	arena_defer(c->arena, release, p);
	*out = p->decisions;
	return ST_OK;
}

void process_programs_drop(void)
{
	lives_drop();
	pthread_mutex_lock(&cache.lock);
	while (cache.first) {
		struct process_program *p = cache.first;
		struct arena *a = p->arena;
		cache.first = p->next;
		p->gone = true;
		if (!p->holders)
			arena_end(&a);
	}
	cache.count = 0;
	pthread_mutex_unlock(&cache.lock);
}
