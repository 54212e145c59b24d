/* SPDX-License-Identifier: Apache-2.0 */
/* Tokens that rest before a gateway: parallel, inclusive (clause 13.4.3) and complex (13.4.5) joins. */
#include "engine/flow/flow_private.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

static struct flow_token *token_at(struct flow_execution *scope, const struct flow_edge *edge)
{
	for (unsigned i = 0; i < scope->token_count; i++) {
		if (scope->tokens[i].edge == edge)
			return &scope->tokens[i];
	}
	return NULL;
}

static int64_t tokens_on(struct flow_execution *scope, const struct flow_edge *edge)
{
	const struct flow_token *t = token_at(scope, edge);
	return t ? t->count : 0;
}

void flow_token_add(struct flow_execution *scope, struct flow_edge *edge)
{
	struct flow_token *t = token_at(scope, edge);
	if (!t) {
		scope->tokens = realloc(scope->tokens, (scope->token_count + 1) * sizeof(*t));
		assert(scope->tokens);
		t = &scope->tokens[scope->token_count++];
		t->edge = edge;
		t->count = 0;
	}
	t->count++;
}

static void take_each(struct flow_execution *scope, struct flow_node *gateway)
{
	for (unsigned i = 0; i < gateway->in_count; i++) {
		struct flow_token *t = token_at(scope, gateway->in[i]);
		if (t && t->count)
			t->count--;
	}
}

static struct flow_phase *phase_of(struct flow_execution *scope, struct flow_node *gateway)
{
	for (unsigned i = 0; i < scope->phase_count; i++) {
		if (scope->phases[i].gateway == gateway)
			return &scope->phases[i];
	}
	scope->phases = realloc(scope->phases, (scope->phase_count + 1) * sizeof(*scope->phases));
	assert(scope->phases);
	struct flow_phase *p = &scope->phases[scope->phase_count++];
	*p = (struct flow_phase){ gateway, false, 0 };
	return p;
}

/* The complex gateway's own attributes, as expressions see them (table 10.57). */
static bool activated(struct flow_execution *scope, struct flow_node *gateway)
{
	int64_t count = 0;
	if (!gateway->activation)
		return true;
	struct flow_execution *e = flow_execution_new(scope->instance, scope, gateway);
	for (unsigned i = 0; i < gateway->in_count; i++)
		count += tokens_on(scope, gateway->in[i]);
	flow_assign_local(e, "activationCount", json_integer(count));
	flow_assign_local(e, "waitingForStart", json_true());
	bool is = flow_is_true(e, gateway->activation, NULL);
	flow_execution_end(e, false);
	return is;
}

static void arrive_complex(struct flow_execution *scope, struct flow_node *gateway)
{
	struct flow_phase *p = phase_of(scope, gateway);
	if (p->resets || !activated(scope, gateway))
		return; /* the rest is looked at when nothing else moves */
	p->consumed = 0;
	bool all = true;
	for (unsigned i = 0; i < gateway->in_count; i++) {
		if (tokens_on(scope, gateway->in[i]) && i < 64)
			p->consumed |= 1ull << i;
		else
			all = false;
	}
	take_each(scope, gateway);
	p->resets = !all;
	flow_run_node(scope, gateway);
}

void flow_arrive_gateway(struct flow_execution *scope, struct flow_node *gateway)
{
	if (gateway->in_count == 1 && gateway->kind != BPMN_COMPLEX_GATEWAY) {
		take_each(scope, gateway);
		flow_run_node(scope, gateway);
		return;
	}
	if (gateway->kind == BPMN_COMPLEX_GATEWAY) {
		arrive_complex(scope, gateway);
		return;
	}
	if (gateway->kind == BPMN_INCLUSIVE_GATEWAY)
		return;
	for (unsigned i = 0; i < gateway->in_count; i++) {
		if (!tokens_on(scope, gateway->in[i]))
			return;
	}
	take_each(scope, gateway);
	flow_run_node(scope, gateway);
}

/* -- what can still come -- */

struct search {
	unsigned char *seen; /* by edge */
	const struct flow_node *gateway;
};

static void follow(struct search *s, const struct flow_edge *edge);

static void follow_node(struct search *s, const struct flow_node *n)
{
	if (n == s->gateway)
		return;
	for (unsigned i = 0; i < n->out_count; i++)
		follow(s, n->out[i]);
	for (unsigned i = 0; i < n->boundary_count; i++)
		follow_node(s, n->boundaries[i]);
	const struct flow_trigger *t = n->triggers;
	if (n->kind != BPMN_INTERMEDIATE_THROW_EVENT || !t || t->kind != BPMN_LINK_DEFINITION)
		return;
	for (unsigned i = 0; i < n->container->node_count; i++) {
		const struct flow_node *to = n->container->nodes[i];
		if (to->kind == BPMN_INTERMEDIATE_CATCH_EVENT && to->triggers &&
		    to->triggers->kind == BPMN_LINK_DEFINITION && t->name && to->triggers->name &&
		    strcmp(t->name, to->triggers->name) == 0)
			follow_node(s, to);
	}
}

static void follow(struct search *s, const struct flow_edge *edge)
{
	if (s->seen[edge->index])
		return;
	s->seen[edge->index] = 1;
	follow_node(s, edge->to);
}

/* A token that set out there: can it come to an empty incoming flow and to none that has a token? */
static bool holds_up(struct flow_execution *scope, const struct search *s, uint64_t ignored)
{
	bool to_empty = false, to_full = false;
	for (unsigned i = 0; i < s->gateway->in_count; i++) {
		if (!s->seen[s->gateway->in[i]->index] || (i < 64 && ignored & 1ull << i))
			continue;
		if (tokens_on(scope, s->gateway->in[i]))
			to_full = true;
		else
			to_empty = true;
	}
	return to_empty && !to_full;
}

/* Whether some token elsewhere in the scope can still come to an empty incoming flow of 'gateway'
 * ('ignored': flows that do not count). */
static bool must_wait(struct flow_execution *scope, struct flow_node *gateway, uint64_t ignored)
{
	size_t edges = gateway->program->edge_count;
	struct search s = { calloc(edges + 1, 1), gateway };
	bool wait = false;
	assert(s.seen);
	for (unsigned i = 0; i < scope->token_count && !wait; i++) {
		const struct flow_token *t = &scope->tokens[i];
		if (!t->count || t->edge->to == gateway)
			continue;
		memset(s.seen, 0, edges);
		follow(&s, t->edge);
		wait = holds_up(scope, &s, ignored);
	}
	for (struct flow_execution *c = scope->first; c && !wait; c = c->next) {
		if (c->node->is_event_sub || c->thrower_id ||
		    c->after_compensation == FLOW_THEN_NOTHING)
			continue;
		memset(s.seen, 0, edges);
		follow_node(&s, c->node);
		wait = holds_up(scope, &s, ignored);
	}
	free(s.seen);
	return wait;
}

static bool rest_inclusive(struct flow_execution *scope, struct flow_node *gateway)
{
	if (must_wait(scope, gateway, 0))
		return false;
	take_each(scope, gateway);
	flow_run_node(scope, gateway);
	return true;
}

/* What the gateway sends on in its second phase. */
static void send_in_reset(struct flow_execution *scope, struct flow_node *gateway)
{
	struct flow_execution *e = flow_execution_new(scope->instance, scope, gateway);
	flow_assign_local(e, "waitingForStart", json_false());
	for (unsigned i = 0; i < gateway->out_count; i++) {
		struct flow_edge *edge = gateway->out[i];
		if (edge->condition && strstr(edge->text, "waitingForStart") &&
		    flow_is_true(e, edge->condition, NULL))
			flow_push(scope->instance->world, FLOW_DO_ARRIVE, scope, NULL, edge, NULL);
	}
	flow_execution_end(e, false);
}

/* Second phase: the tokens of the flows that had none in the first have come, or cannot come any
 * more. They are taken; flows whose condition asks for waitingForStart may send some on. */
static bool rest_complex(struct flow_execution *scope, struct flow_phase *p)
{
	struct flow_node *gateway = p->gateway;
	if (!p->resets || must_wait(scope, gateway, p->consumed))
		return false;
	for (unsigned i = 0; i < gateway->in_count && i < 64; i++) {
		struct flow_token *t = token_at(scope, gateway->in[i]);
		if (!(p->consumed & 1ull << i) && t && t->count)
			t->count--;
	}
	p->resets = false;
	p->consumed = 0;
	send_in_reset(scope, gateway);
	/* Tokens that waited behind those of the first phase may activate it again. */
	for (unsigned i = 0; i < gateway->in_count; i++) {
		if (tokens_on(scope, gateway->in[i])) {
			arrive_complex(scope, gateway);
			break;
		}
	}
	flow_push(scope->instance->world, FLOW_DO_CHECK, scope, NULL, NULL, NULL);
	return true;
}

bool flow_join_rest(struct flow_execution *scope)
{
	for (unsigned i = 0; i < scope->token_count; i++) {
		struct flow_node *n = scope->tokens[i].edge->to;
		if (scope->tokens[i].count && n->kind == BPMN_INCLUSIVE_GATEWAY &&
		    rest_inclusive(scope, n))
			return true;
	}
	for (unsigned i = 0; i < scope->phase_count; i++) {
		if (rest_complex(scope, &scope->phases[i]))
			return true;
	}
	return false;
}
