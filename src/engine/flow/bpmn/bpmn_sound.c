/* SPDX-License-Identifier: Apache-2.0 */
/* Soundness: a process level as a net whose places are its sequence flows, explored breadth first, so
 * that the first way found to a fault is a shortest one. (W. van der Aalst, The Application of Petri
 * Nets to Workflow Management, 1998; R. Dijkman et al., Semantics and analysis of business process
 * models in BPMN, 2008.) */
#include "engine/flow/bpmn/bpmn_private.h"

#include <string.h>
#include "base/text.h"

#define MAX_FLOWS 250
#define MAX_NODES 500
#define MAX_MOVES 10 /* for each state that may be seen: bounds time and memory */
#define MAX_CHOICE 6 /* flows out of one inclusive split whose subsets are all tried */

struct node {
	const struct bpmn_element *element;
	uint16_t *in, *out;
	unsigned in_count, out_count;
	bool fired, told;
};

/* A state: tokens on each flow, 0 to 2, and how it was reached. */
struct state {
	uint8_t *tokens;
	struct state *before, *next; /* next: of the hash chain */
	const struct node *by;
	struct state *queued;
};

struct level {
	struct arena *arena;
	const struct bpmn_element *element;
	struct node *nodes;
	unsigned node_count;
	const struct bpmn_element **flows;
	unsigned flow_count;
	uint8_t *reaches; /* [flow * flow_count + flow]: a token there can come here */
	bool *unsafe;
	struct state **table;
	uint32_t slots, states, limit;
	uint64_t moves;
	struct state *first, **tail;
	bool cut; /* the limit was met */
	struct bpmn_findings *findings;
};

static struct node *node_of(const struct level *l, const struct bpmn_element *e)
{
	for (unsigned i = 0; i < l->node_count; i++) {
		if (l->nodes[i].element == e)
			return &l->nodes[i];
	}
	return NULL;
}

static void add_end(struct level *l, uint16_t **list, unsigned *count, unsigned flow)
{
	*list = arena_grow(l->arena, *list, *count * sizeof(**list), (*count + 1) * sizeof(**list));
	(*list)[(*count)++] = (uint16_t)flow;
}

/* False: too large, or has what is not judged. */
static bool build(struct level *l)
{
	unsigned nodes = 0, flows = 0;
	for (const struct bpmn_element *c = l->element->first; c; c = c->next) {
		nodes += bpmn_is(c, BPMN_FLOW_NODE);
		flows += c->kind == BPMN_SEQUENCE_FLOW;
		if (c->kind == BPMN_COMPLEX_GATEWAY)
			return false;
	}
	if (flows > MAX_FLOWS || nodes > MAX_NODES)
		return false;
	l->nodes = arena_array(l->arena, nodes + 1, sizeof(*l->nodes));
	l->flows = arena_array(l->arena, flows + 1, sizeof(const struct bpmn_element *));
	l->unsafe = arena_array(l->arena, flows + 1, sizeof(*l->unsafe));
	for (const struct bpmn_element *c = l->element->first; c; c = c->next) {
		if (bpmn_is(c, BPMN_FLOW_NODE))
			l->nodes[l->node_count++].element = c;
	}
	for (const struct bpmn_element *c = l->element->first; c; c = c->next) {
		if (c->kind != BPMN_SEQUENCE_FLOW)
			continue;
		struct node *from = node_of(l, bpmn_ref(c, "sourceRef"));
		struct node *to = node_of(l, bpmn_ref(c, "targetRef"));
		if (!from || !to)
			continue;
		l->flows[l->flow_count] = c;
		add_end(l, &from->out, &from->out_count, l->flow_count);
		add_end(l, &to->in, &to->in_count, l->flow_count);
		l->flow_count++;
	}
	return true;
}

/* Which flows a token can still come to: needed by inclusive joins. */
static void close_reach(struct level *l)
{
	unsigned n = l->flow_count;
	l->reaches = arena_array(l->arena, (size_t)n * n + 1, 1);
	for (unsigned i = 0; i < l->node_count; i++) {
		struct node *x = &l->nodes[i];
		for (unsigned a = 0; a < x->in_count; a++) {
			for (unsigned b = 0; b < x->out_count; b++)
				l->reaches[x->in[a] * n + x->out[b]] = 1;
		}
	}
	for (unsigned k = 0; k < n; k++) {
		for (unsigned i = 0; i < n; i++) {
			for (unsigned j = 0; l->reaches[i * n + k] && j < n; j++)
				l->reaches[i * n + j] |= l->reaches[k * n + j];
		}
	}
}

static const char *way_to(const struct level *l, const struct state *s)
{
	const struct node *way[24];
	unsigned count = 0;
	bool longer = false;
	for (; s && s->by; s = s->before) {
		if (count == 24) {
			longer = true;
			break;
		}
		way[count++] = s->by;
	}
	struct buf b = { l->findings->arena };
	buf_str(&b, longer ? "... " : "");
	while (count--)
		buf_printf(&b, "%s%s", bpmn_who(way[count]->element), count ? " > " : "");
	return buf_text(&b);
}

static uint32_t hash(const uint8_t *p, unsigned size)
{
	uint32_t h = 2166136261u;
	while (size--)
		h = (h ^ *p++) * 16777619u;
	return h;
}

static void reach(struct level *l, const uint8_t *tokens, struct state *before, struct node *by)
{
	l->moves++;
	if (by)
		by->fired = true;
	struct state **slot = &l->table[hash(tokens, l->flow_count) & (l->slots - 1)];
	for (struct state *s = *slot; s; s = s->next) {
		if (memcmp(s->tokens, tokens, l->flow_count) == 0)
			return;
	}
	if (l->states == l->limit || l->moves > (uint64_t)MAX_MOVES * l->limit) {
		l->cut = true;
		return;
	}
	struct state *s = arena_alloc(l->arena, sizeof(*s));
	s->tokens = arena_alloc(l->arena, l->flow_count + 1);
	memcpy(s->tokens, tokens, l->flow_count);
	s->before = before;
	s->by = by;
	s->next = *slot;
	*slot = s;
	*l->tail = s;
	l->tail = &s->queued;
	l->states++;
	for (unsigned i = 0; i < l->flow_count; i++) {
		if (tokens[i] < 2 || l->unsafe[i])
			continue;
		l->unsafe[i] = true;
		bpmn_find(
			l->findings, "SOUND.unsafe", l->flows[i],
			"sequence flow %s can carry two tokens at once: what was split is not joined; way: %s",
			bpmn_who(l->flows[i]), way_to(l, s));
	}
}

/* Past two tokens nothing new is learnt, and the states stay finite. */
static void put(uint8_t *tokens, unsigned flow)
{
	if (tokens[flow] < 2)
		tokens[flow]++;
}

static bool chooses(const struct node *x)
{
	if (x->element->kind == BPMN_INCLUSIVE_GATEWAY)
		return x->out_count > 1;
	return false;
}

/* Flows of an activity with conditions go or do not go; those without always go. */
static void send_conditional(struct level *l, struct state *s, struct node *x,
			     const uint8_t *tokens)
{
	uint16_t choice[MAX_CHOICE];
	unsigned count = 0;
	uint8_t *base = arena_alloc(l->arena, l->flow_count + 1);
	memcpy(base, tokens, l->flow_count);
	const char *fallback = bpmn_attr(x->element, "default");
	int other = -1;
	bool all = x->element->kind == BPMN_INCLUSIVE_GATEWAY;
	for (unsigned i = 0; i < x->out_count; i++) {
		const struct bpmn_element *f = l->flows[x->out[i]];
		if (str_eq(fallback, f->id))
			other = x->out[i];
		else if ((all || bpmn_child(f, "conditionExpression")) && count < MAX_CHOICE)
			choice[count++] = x->out[i];
		else
			put(base, x->out[i]);
	}
	for (unsigned set = 0; set < 1u << count; set++) {
		uint8_t *after = arena_alloc(l->arena, l->flow_count + 1);
		memcpy(after, base, l->flow_count);
		for (unsigned i = 0; i < count; i++) {
			if (set & 1u << i)
				put(after, choice[i]);
		}
		if (!set && other >= 0)
			put(after, (unsigned)other);
		if (set || other >= 0 || !all)
			reach(l, after, s, x);
	}
}

static bool is_conditional(const struct level *l, const struct node *x)
{
	for (unsigned i = 0; i < x->out_count && bpmn_is(x->element, BPMN_ACTIVITY); i++) {
		if (bpmn_child(l->flows[x->out[i]], "conditionExpression"))
			return true;
	}
	return chooses(x);
}

/* The token has been taken: where it may go. */
static void leave(struct level *l, struct state *s, struct node *x, const uint8_t *tokens)
{
	enum bpmn_kind kind = x->element->kind;
	uint8_t *after = arena_alloc(l->arena, l->flow_count + 1);
	if (kind == BPMN_EXCLUSIVE_GATEWAY || kind == BPMN_EVENT_BASED_GATEWAY) {
		for (unsigned i = 0; i < x->out_count; i++) {
			memcpy(after, tokens, l->flow_count);
			put(after, x->out[i]);
			reach(l, after, s, x);
		}
		return;
	}
	if (is_conditional(l, x)) {
		send_conditional(l, s, x, tokens);
		return;
	}
	memcpy(after, tokens, l->flow_count);
	if (kind == BPMN_END_EVENT && (bpmn_has_definition(x->element, BPMN_TERMINATE_DEFINITION) ||
				       bpmn_has_definition(x->element, BPMN_ERROR_DEFINITION) ||
				       bpmn_has_definition(x->element, BPMN_CANCEL_DEFINITION)))
		memset(after, 0, l->flow_count);
	const struct bpmn_element *d = bpmn_definition(x->element, 0);
	if (kind == BPMN_INTERMEDIATE_THROW_EVENT && d && d->kind == BPMN_LINK_DEFINITION) {
		for (unsigned i = 0; i < l->node_count; i++) {
			struct node *to = &l->nodes[i];
			const struct bpmn_element *there = bpmn_definition(to->element, 0);
			if (to->element->kind != BPMN_INTERMEDIATE_CATCH_EVENT || !there ||
			    there->kind != BPMN_LINK_DEFINITION ||
			    !(str_eq(there->name, d->name) ||
			      str_eq(bpmn_child_text(d, "target"), there->id)))
				continue;
			to->fired = true;
			for (unsigned n = 0; n < to->out_count; n++)
				put(after, to->out[n]);
			break;
		}
	}
	for (unsigned i = 0; i < x->out_count; i++)
		put(after, x->out[i]);
	reach(l, after, s, x);
}

/* Boundary events of an activity: instead of its way out, or beside it. */
static void interrupt(struct level *l, struct state *s, const struct node *host,
		      const uint8_t *tokens)
{
	for (unsigned i = 0; i < l->node_count; i++) {
		struct node *b = &l->nodes[i];
		if (b->element->kind != BPMN_BOUNDARY_EVENT ||
		    !str_eq(bpmn_attr(b->element, "attachedToRef"), host->element->id) ||
		    bpmn_has_definition(b->element, BPMN_COMPENSATE_DEFINITION))
			continue;
		uint8_t *after = arena_alloc(l->arena, l->flow_count + 1);
		memcpy(after, tokens, l->flow_count);
		for (unsigned n = 0; n < b->out_count; n++)
			put(after, b->out[n]);
		if (bpmn_flag(b->element, "cancelActivity", true))
			reach(l, after, s, b);
		else {
			b->fired = true;
			for (unsigned n = 0; n < host->out_count; n++)
				put(after, host->out[n]);
			reach(l, after, s, b);
		}
	}
}

/* Clause 13.4.3: no token elsewhere can still come to an empty incoming flow of 'x', save one that can
 * as well come to an incoming flow that has a token. */
static bool inclusive_ready(const struct level *l, const struct node *x, const uint8_t *tokens)
{
	unsigned n = l->flow_count;
	bool some = false;
	for (unsigned i = 0; i < x->in_count; i++)
		some |= tokens[x->in[i]] > 0;
	for (unsigned f = 0; f < n && some; f++) {
		bool own = false, to_empty = false, to_full = false;
		if (!tokens[f])
			continue;
		for (unsigned i = 0; i < x->in_count; i++) {
			own |= x->in[i] == f;
			if (l->reaches[f * n + x->in[i]]) {
				to_empty |= !tokens[x->in[i]];
				to_full |= tokens[x->in[i]] > 0;
			}
		}
		if (!own && to_empty && !to_full)
			return false;
	}
	return some;
}

static bool joins(const struct level *l, const struct node *x, const uint8_t *tokens)
{
	if (x->element->kind == BPMN_INCLUSIVE_GATEWAY)
		return inclusive_ready(l, x, tokens);
	for (unsigned i = 0; i < x->in_count; i++) {
		if (!tokens[x->in[i]])
			return false;
	}
	return x->in_count > 0;
}

static void step(struct level *l, struct state *s)
{
	uint8_t *tokens = arena_alloc(l->arena, l->flow_count + 1);
	bool any = false, moved = false;
	for (unsigned i = 0; i < l->flow_count; i++)
		any |= s->tokens[i] > 0;
	for (unsigned k = 0; k < l->node_count; k++) {
		struct node *x = &l->nodes[k];
		enum bpmn_kind kind = x->element->kind;
		if (kind == BPMN_PARALLEL_GATEWAY || kind == BPMN_INCLUSIVE_GATEWAY) {
			if (!joins(l, x, s->tokens))
				continue;
			memcpy(tokens, s->tokens, l->flow_count);
			for (unsigned i = 0; i < x->in_count; i++)
				tokens[x->in[i]] =
					(uint8_t)(tokens[x->in[i]] - (tokens[x->in[i]] > 0));
			moved = true;
			leave(l, s, x, tokens);
			continue;
		}
		for (unsigned i = 0; i < x->in_count; i++) {
			if (!s->tokens[x->in[i]])
				continue;
			memcpy(tokens, s->tokens, l->flow_count);
			tokens[x->in[i]]--;
			moved = true;
			leave(l, s, x, tokens);
			if (bpmn_is(x->element, BPMN_ACTIVITY))
				interrupt(l, s, x, tokens);
		}
	}
	if (!any || moved)
		return;
	for (unsigned k = 0; k < l->node_count; k++) {
		struct node *x = &l->nodes[k];
		bool waits = false;
		for (unsigned i = 0; i < x->in_count; i++)
			waits |= s->tokens[x->in[i]] > 0;
		if (!waits || x->told)
			continue;
		x->told = true;
		bpmn_find(l->findings, "SOUND.deadlock", x->element,
			  "%s can wait for ever for a token that does not come; way: %s",
			  bpmn_who(x->element), way_to(l, s));
	}
}

static void explore(struct level *l)
{
	while (l->first && !l->cut) {
		struct state *s = l->first;
		l->first = s->queued;
		if (!l->first)
			l->tail = &l->first;
		step(l, s);
	}
}

static bool begins(const struct node *x)
{
	const struct bpmn_element *e = x->element;
	return x->in_count == 0 && e->kind != BPMN_BOUNDARY_EVENT && !bpmn_is_event_sub(e) &&
	       !bpmn_flag(e, "isForCompensation", false) &&
	       !(e->kind == BPMN_INTERMEDIATE_CATCH_EVENT &&
		 bpmn_has_definition(e, BPMN_LINK_DEFINITION));
}

/* Each start event, instantiating task or gateway begins an instance of its own; without any, all
 * nodes without incoming flow begin together. */
static void start(struct level *l)
{
	struct state *none = arena_alloc(l->arena, sizeof(*none));
	uint8_t *tokens = arena_alloc(l->arena, l->flow_count + 1);
	bool started = false;
	none->tokens = tokens;
	for (unsigned i = 0; i < l->node_count; i++) {
		struct node *x = &l->nodes[i];
		if (begins(x) && (x->element->kind == BPMN_START_EVENT ||
				  bpmn_flag(x->element, "instantiate", false))) {
			leave(l, none, x, tokens);
			started = true;
			explore(l);
		}
	}
	if (started)
		return;
	struct node *last = NULL;
	for (unsigned i = 0; i < l->node_count; i++) {
		struct node *x = &l->nodes[i];
		if (!begins(x))
			continue;
		x->fired = true;
		last = x;
		for (unsigned n = 0; n < x->out_count; n++)
			put(tokens, x->out[n]);
	}
	if (last)
		reach(l, tokens, NULL, last);
	explore(l);
}

static void judge(const struct bpmn_element *element, uint32_t limit, struct bpmn_findings *out)
{
	struct arena *SCOPED_ARENA scratch = arena_new();
	struct level l = { .arena = scratch, .element = element, .limit = limit, .findings = out };
	l.tail = &l.first;
	if (!build(&l)) {
		bpmn_find(
			out, "SOUND.open", element,
			"%s is not judged: it has a complex gateway, more than 250 flows or 500 nodes",
			bpmn_who(element));
		return;
	}
	close_reach(&l);
	for (l.slots = 64; l.slots < limit; l.slots *= 2)
		continue;
	l.table = arena_array(scratch, l.slots, sizeof(struct state *));
	start(&l);
	if (l.cut) {
		bpmn_find(out, "SOUND.open", element,
			  "%s has more than %u states, or ways between them: not all were seen",
			  bpmn_who(element), limit);
		return;
	}
	for (unsigned i = 0; i < l.node_count; i++) {
		const struct bpmn_element *e = l.nodes[i].element;
		if (l.nodes[i].fired || bpmn_is_event_sub(e) ||
		    bpmn_flag(e, "isForCompensation", false) || e->kind == BPMN_BOUNDARY_EVENT ||
		    element->kind == BPMN_AD_HOC_SUB_PROCESS)
			continue;
		bpmn_find(out, "SOUND.dead", e, "no token can reach %s", bpmn_who(e));
	}
}

void bpmn_sound(const struct bpmn_model *m, uint32_t states, struct bpmn_findings *out)
{
	for (uint32_t i = 0; i < m->count; i++) {
		if (bpmn_is_container(m->elements[i]))
			judge(m->elements[i], states ? states : 20000, out);
	}
}
