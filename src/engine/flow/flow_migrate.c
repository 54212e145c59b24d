/* SPDX-License-Identifier: Apache-2.0 */
/* Migration in two goes over the same tree: the first finds where everything is carried to and what stands in
 * the way; the second, when nothing does, carries. */
#include "engine/flow/flow_migrate.h"

#include "base/text.h"
#include "engine/flow/flow_private.h"

struct carrying {
	struct arena *arena;
	struct flow_instance *instance;
	struct flow_program *from, *to;
	const struct flow_carry *given;
	size_t count;
	bool *seen, *edge_seen, *event_seen, *joins_seen; /* by index in 'from' */
	bool *reached; /* by index in 'to': a node of 'from' goes there */
	struct flow_migration *out;
};

#define ADD(c, list, n, ...)                                                                       \
	do {                                                                                       \
		(list) = arena_grow((c)->arena, (list), (n) * sizeof(*(list)),                     \
				    ((n) + 1) * sizeof(*(list)));                                  \
		(list)[(n)++] = __VA_ARGS__;                                                       \
	} while (0)

static void obstacle(struct carrying *c, const char *node, const char *rule, const char *text)
{
	ADD(c, c->out->obstacles, c->out->obstacle_count,
	    (struct flow_obstacle){ node ? node : "", rule, text });
}

/* -- where things go -- */

static const char *goal(const struct carrying *c, const char *id)
{
	for (size_t i = 0; i < c->count; i++) {
		if (str_eq(c->given[i].from, id))
			return c->given[i].to;
	}
	return id;
}

static struct flow_node *node_in(const struct flow_program *p, const char *id)
{
	for (unsigned i = 0; i < p->node_count; i++) {
		if (str_eq(p->nodes[i]->id, id))
			return p->nodes[i];
	}
	return NULL;
}

static struct flow_edge *edge_in(const struct flow_program *p, const char *id)
{
	for (unsigned i = 0; i < p->edge_count; i++) {
		if (str_eq(p->edges[i]->id, id))
			return p->edges[i];
	}
	return NULL;
}

static struct flow_node *node_to(const struct carrying *c, const struct flow_node *n)
{
	return n ? node_in(c->to, goal(c, n->id)) : NULL;
}

static struct flow_edge *edge_to(const struct carrying *c, const struct flow_edge *e)
{
	return edge_in(c->to, goal(c, e->id));
}

static void check_given(struct carrying *c)
{
	for (size_t i = 0; i < c->count; i++) {
		const struct flow_carry *g = &c->given[i];
		bool node = node_in(c->from, g->from), edge = edge_in(c->from, g->from);
		if (!node && !edge)
			obstacle(c, g->from, "unknown", "the old model has no such node or flow");
		else if (node ? !node_in(c->to, g->to) : !edge_in(c->to, g->to))
			obstacle(c, g->from, "unknown",
				 arena_printf(c->arena, "the new model has no %s '%s'",
					      node ? "node" : "sequence flow", g->to));
		for (size_t k = 0; k < i; k++) {
			if (str_eq(c->given[k].from, g->from))
				obstacle(c, g->from, "unknown", "it is mapped twice");
		}
	}
}

/* -- whether they can -- */

static bool same_events(const struct flow_node *n, const struct flow_node *m)
{
	const struct flow_trigger *a = n->triggers, *b = m->triggers;
	for (; a && b; a = a->next, b = b->next) {
		if (a->kind != b->kind)
			return false;
	}
	return !a && !b && n->all_triggers == m->all_triggers;
}

static bool same_order(const struct carrying *c, const struct flow_node *n,
		       const struct flow_node *m)
{
	for (unsigned i = 0; i < n->node_count; i++) {
		if (i >= m->node_count || node_to(c, n->nodes[i]) != m->nodes[i])
			return false;
	}
	return n->node_count == m->node_count;
}

/* Whether 'm' lies where what is around 'n' goes. */
static bool same_place(const struct carrying *c, const struct flow_node *n,
		       const struct flow_node *m)
{
	if (!n->container != !m->container || !n->host != !m->host)
		return false;
	return (!n->container || node_to(c, n->container) == m->container) &&
	       (!n->host || node_to(c, n->host) == m->host);
}

static void check_node(struct carrying *c, const struct flow_node *n)
{
	if (n->program != c->from || c->seen[n->index])
		return;
	c->seen[n->index] = true;
	const struct flow_node *m = node_to(c, n);
	if (!m) {
		obstacle(c, n->id, "absent", "the new model has no node for it");
		return;
	}
	ADD(c, c->out->carried, c->out->carried_count, (struct flow_carry){ n->id, m->id });
	if (n->kind != m->kind || n->is_event_sub != m->is_event_sub)
		obstacle(c, n->id, "kind", "it is another kind of node in the new model");
	else if (n->loop != m->loop)
		obstacle(c, n->id, "kind", "it has another kind of loop in the new model");
	else if (!same_events(n, m))
		obstacle(c, n->id, "kind", "it has other events in the new model");
	else if (n->is_compensation != m->is_compensation)
		obstacle(c, n->id, "kind", "it is for compensation in one of the models only");
	if (!same_place(c, n, m))
		obstacle(c, n->id, "scope", "what it lies in is carried elsewhere");
	if ((n->ordered || m->ordered) && !(n->ordered && m->ordered && same_order(c, n, m)))
		obstacle(c, n->id, "order", "its work has another order in the new model");
}

/* A gateway or activity that counts what has come by each of its flows. */
static void check_join(struct carrying *c, const struct flow_node *n)
{
	const struct flow_node *m = node_to(c, n);
	if (c->joins_seen[n->index] || !m)
		return;
	c->joins_seen[n->index] = true;
	bool same = n->in_count == m->in_count && n->start_quantity == m->start_quantity;
	for (unsigned i = 0; i < n->in_count && same; i++)
		same = edge_to(c, n->in[i]) == m->in[i];
	if (!same)
		obstacle(c, n->id, "join",
			 "a token rests before it, and it has other incoming flows in the new "
			 "model");
}

static void check_edge(struct carrying *c, const struct flow_edge *e)
{
	check_node(c, e->to);
	check_join(c, e->to);
	if (c->edge_seen[e->index])
		return;
	c->edge_seen[e->index] = true;
	const struct flow_edge *f = edge_to(c, e);
	if (!f) {
		obstacle(c, e->id, "absent", "the new model has no sequence flow for it");
		return;
	}
	ADD(c, c->out->carried, c->out->carried_count, (struct flow_carry){ e->id, f->id });
	if (f->to != node_to(c, e->to))
		obstacle(c, e->id, "scope", "it leads elsewhere in the new model");
}

static void check_records(struct carrying *c, const struct flow_record *r)
{
	for (; r; r = r->next) {
		check_node(c, r->activity);
		if (r->handler)
			check_node(c, r->handler);
		check_records(c, r->inner);
	}
}

/* -- what is waited for -- */

typedef void each_event(struct carrying *c, struct flow_execution *e, struct flow_node *event);

/* Whether 'e' is what the boundary events of its node belong to. */
static bool has_boundaries(const struct flow_execution *e)
{
	return bpmn_is(e->node->element, BPMN_ACTIVITY) && e->state != FLOW_BEFORE && !e->is_item &&
	       !flow_is_part(e);
}

/* Whether event sub-processes of 'e' may still begin: its own work is not all done, or interrupted. */
static bool listens(const struct flow_execution *e)
{
	if (!e->node->nodes || e->is_body || e->node->kind == BPMN_CALL_ACTIVITY ||
	    e->state == FLOW_BEFORE || e->state == FLOW_AFTER)
		return false;
	for (const struct flow_execution *x = e->first; x; x = x->next) {
		if (!x->node->is_event_sub)
			return true;
	}
	return e->token_count;
}

static bool waits_at_gateway(const struct flow_execution *e)
{
	return e->node->kind == BPMN_EVENT_BASED_GATEWAY && e->state == FLOW_ACTIVE;
}

/* Every event of node 'n' that an execution like 'e' of it waits for. */
static void events_of(struct carrying *c, struct flow_execution *e, const struct flow_node *n,
		      each_event *each)
{
	for (unsigned i = 0; i < n->boundary_count && has_boundaries(e); i++)
		each(c, e, n->boundaries[i]);
	for (unsigned i = 0; i < n->out_count && waits_at_gateway(e); i++)
		each(c, e, n->out[i]->to);
	for (unsigned i = 0; i < n->node_count && listens(e); i++) {
		struct flow_node *sub = n->nodes[i];
		for (unsigned k = 0; sub->is_event_sub && k < sub->node_count; k++) {
			if (sub->nodes[k]->kind == BPMN_START_EVENT)
				each(c, e, sub->nodes[k]);
		}
	}
}

static bool can_be_waited_for(const struct flow_node *event)
{
	for (const struct flow_trigger *t = event->triggers; t; t = t->next) {
		if (t->kind == BPMN_MESSAGE_DEFINITION || t->kind == BPMN_SIGNAL_DEFINITION ||
		    t->kind == BPMN_TIMER_DEFINITION || t->kind == BPMN_CONDITIONAL_DEFINITION)
			return true;
	}
	return event->kind == BPMN_RECEIVE_TASK;
}

/* An event of the new model is new when none of the old one goes there; one that has happened is not. */
static bool is_new(const struct carrying *c, const struct flow_node *event)
{
	return !c->reached[event->index] && can_be_waited_for(event);
}

static void plan_new(struct carrying *c, struct flow_execution *e, struct flow_node *event)
{
	(void)e;
	bool had = false;
	for (size_t i = 0; i < c->out->begun_count; i++)
		had |= str_eq(c->out->begun[i], event->id);
	if (!had && is_new(c, event))
		ADD(c, c->out->begun, c->out->begun_count, event->id);
}

/* Events that go nowhere are waited for no longer, but for those that executions stand at. */
static bool vanishes(const struct carrying *c, const struct flow_wait *x)
{
	return x->node != x->owner->node && !node_to(c, x->node);
}

static bool is_ours(const struct carrying *c, const struct flow_wait *x)
{
	return x->owner && x->owner->instance == c->instance && x->node->program == c->from;
}

static void check_wait(struct carrying *c, const struct flow_wait *x)
{
	if (!vanishes(c, x)) {
		/* The sub-process that a start event begins must be there and be one of its scope. */
		if (x->node->kind == BPMN_START_EVENT)
			check_node(c, x->node->container);
		check_node(c, x->node);
		const struct flow_node *m = node_to(c, x->node), *at = node_to(c, x->owner->node);
		bool found = x->owner->node->kind != BPMN_EVENT_BASED_GATEWAY || !m || !at;
		for (unsigned i = 0; !found && i < at->out_count; i++)
			found = at->out[i]->to == m;
		if (!found && !c->event_seen[x->node->index])
			obstacle(c, x->node->id, "scope",
				 "it stands no more behind the gateway that waits for it");
	} else if (!c->event_seen[x->node->index]) {
		ADD(c, c->out->ended, c->out->ended_count, x->node->id);
	}
	c->event_seen[x->node->index] = true;
}

/* -- the two goes -- */

static void plan(struct carrying *c, struct flow_execution *e)
{
	if (e->node->program == c->from) {
		const struct flow_node *m;
		check_node(c, e->node);
		for (unsigned i = 0; i < e->token_count; i++) {
			if (e->tokens[i].count)
				check_edge(c, e->tokens[i].edge);
		}
		for (unsigned i = 0; i < e->phase_count; i++) {
			check_node(c, e->phases[i].gateway);
			check_join(c, e->phases[i].gateway);
		}
		if (e->edge)
			check_edge(c, e->edge);
		check_records(c, e->records);
		check_records(c, e->pending);
		m = node_to(c, e->node);
		if (m)
			events_of(c, e, m, plan_new);
	}
	for (struct flow_execution *x = e->first; x; x = x->next)
		plan(c, x);
}

static void carry_records(struct carrying *c, struct flow_record *r)
{
	for (; r; r = r->next) {
		if (r->activity->program == c->from)
			r->activity = node_to(c, r->activity);
		if (r->handler && r->handler->program == c->from)
			r->handler = node_to(c, r->handler);
		carry_records(c, r->inner);
	}
}

static void carry(struct carrying *c, struct flow_execution *e)
{
	if (e->node->program == c->from) {
		unsigned kept = 0;
		for (unsigned i = 0; i < e->token_count; i++) {
			struct flow_token t = e->tokens[i];
			if (!t.count)
				continue; /* its flow may be gone */
			t.edge = edge_to(c, t.edge);
			e->tokens[kept++] = t;
		}
		e->token_count = kept;
		for (unsigned i = 0; i < e->phase_count; i++)
			e->phases[i].gateway = node_to(c, e->phases[i].gateway);
		if (e->edge)
			e->edge = edge_to(c, e->edge);
		carry_records(c, e->records);
		carry_records(c, e->pending);
		e->node = node_to(c, e->node);
	}
	for (struct flow_execution *x = e->first; x; x = x->next)
		carry(c, x);
}

static void carry_waits(struct carrying *c)
{
	struct flow_world *w = c->instance->world;
	for (struct flow_wait *x = w->waits, *next; x; x = next) {
		next = x->next;
		if (!is_ours(c, x))
			continue;
		struct flow_node *m = node_to(c, x->node);
		if (!m) {
			flow_wait_end(w, x);
			continue;
		}
		struct flow_trigger *was = x->node->triggers, *is = m->triggers;
		for (; was && was != x->trigger; was = was->next)
			is = is->next;
		x->trigger = x->trigger ? is : NULL;
		x->node = m;
	}
}

static void begin_event(struct carrying *c, struct flow_execution *e, struct flow_node *event)
{
	if (is_new(c, event))
		flow_subscribe(e, event);
}

/* With everything carried. */
static void begin_events(struct carrying *c, struct flow_execution *e)
{
	if (e->node->program == c->to)
		events_of(c, e, e->node, begin_event);
	for (struct flow_execution *x = e->first; x; x = x->next)
		begin_events(c, x);
}

enum status flow_migrate(struct flow_world *w, int64_t instance, struct flow_program *to,
			 const struct flow_carry *given, size_t count, bool dry, struct arena *a,
			 struct flow_migration *out)
{
	struct flow_execution *root = flow_find(w, instance);
	if (!root || root->parent)
		return ST_NOT_FOUND;
	*out = (struct flow_migration){ 0 };
	struct flow_program *from = root->node->program;
	struct carrying c = { .arena = a,
			      .instance = root->instance,
			      .from = from,
			      .to = to,
			      .given = given,
			      .count = count,
			      .seen = arena_array(a, from->node_count, sizeof(bool)),
			      .edge_seen = arena_array(a, from->edge_count, sizeof(bool)),
			      .event_seen = arena_array(a, from->node_count, sizeof(bool)),
			      .joins_seen = arena_array(a, from->node_count, sizeof(bool)),
			      .reached = arena_array(a, to->node_count, sizeof(bool)),
			      .out = out };
	check_given(&c);
	for (unsigned i = 0; i < from->node_count; i++) {
		const struct flow_node *m = node_to(&c, from->nodes[i]);
		if (m)
			c.reached[m->index] = true;
	}
	plan(&c, root);
	for (const struct flow_wait *x = w->waits; x; x = x->next) {
		if (is_ours(&c, x))
			check_wait(&c, x);
	}
	if (out->obstacle_count)
		return ST_CONFLICT;
	if (dry || from == to)
		return ST_OK;
	carry_waits(&c);
	carry(&c, root);
	root->instance->process = root->node;
	begin_events(&c, root);
	w->dirty = true;
	if (!root->instance->is_suspended)
		flow_settle(w);
	return ST_OK;
}
