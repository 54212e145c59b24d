/* SPDX-License-Identifier: Apache-2.0 */
/* Scopes: how a process or sub-process is opened, when it is done, and how one calls another. */
#include "base/text.h"
#include "engine/flow/flow_private.h"

/* A process that calls itself without end would grow until no stack is large enough to walk its tree. */
enum { DEPTH_MAX = 400 };

static bool is_deep(const struct flow_execution *e)
{
	int depth = 0;
	for (; e && depth <= DEPTH_MAX; e = e->parent)
		depth++;
	return depth > DEPTH_MAX;
}

void flow_call(struct flow_execution *e)
{
	struct flow_world *w = e->instance->world;
	if (is_deep(e)) {
		flow_stick(e, "processes call each other more than 400 executions deep");
		return;
	}
	const char *id = e->node->called;
	json_t *computed = NULL;
	if (e->node->called_expression) {
		computed = flow_evaluate(e, e->node->called_expression);
		if (!computed)
			return;
		id = json_string_value(computed);
	}
	struct flow_node *process = flow_process(w, e->node->program, id);
	json_decref(computed);
	if (!process) {
		flow_stick(e, "the process that it calls is not there");
		return;
	}
	struct flow_execution *root = flow_execution_new(e->instance, e, process);
	root->variables = json_object();
	bool shares = !e->node->extras.in && e->node->extras.passes_all;
	if (shares) {
		json_t *all = flow_environment(e);
		json_object_update(root->variables, all);
		json_decref(all);
	}
	for (const struct flow_assignment *a = e->node->inputs; a; a = a->next) {
		json_t *v = flow_lookup(e, a->to);
		if (v)
			json_object_set(root->variables, a->to, v);
	}
	for (const struct flow_mapping *m = e->node->extras.in; m; m = m->next) {
		if (m->all) {
			json_t *all = m->local && e->variables ? json_incref(e->variables)
							       : flow_environment(e);
			json_object_update(root->variables, all);
			json_decref(all);
		} else if (m->expression) {
			json_t *v = flow_evaluate(e, m->expression);
			if (!v)
				return;
			json_object_set_new(root->variables, m->target, v);
		} else {
			json_t *v = flow_lookup(e, m->source);
			json_object_set_new(root->variables, m->target,
					    v ? json_incref(v) : json_null());
		}
	}
	root->was_told = true;
	flow_tell(root, FLOW_ENTERED, NULL, NULL);
	flow_open_scope(root, NULL);
}

static void give_back(struct flow_execution *caller, const char *name, json_t *value)
{
	if (caller->node->extras.local_results)
		flow_assign_local(flow_scope(caller), name, value);
	else
		flow_assign(caller, name, value);
}

/* What a called process gives back. */
void flow_call_returns(struct flow_execution *root)
{
	struct flow_execution *e = root->parent;
	bool shares = !e->node->extras.out && e->node->extras.passes_all;
	if (shares)
		flow_assign_all(flow_scope(e), root->variables);
	for (const struct flow_assignment *a = e->node->outputs; a; a = a->next) {
		json_t *v = flow_lookup(root, a->from);
		if (v)
			flow_assign_local(e, a->from, json_incref(v));
	}
	for (const struct flow_mapping *m = e->node->extras.out; m; m = m->next) {
		if (m->all) {
			flow_assign_all(e, root->variables);
		} else if (m->expression) {
			json_t *v = flow_evaluate(root, m->expression);
			if (v)
				give_back(e, m->target, v);
		} else {
			json_t *v = flow_lookup(root, m->source);
			give_back(e, m->target, v ? json_incref(v) : json_null());
		}
	}
}

enum status flow_move(struct flow_world *w, int64_t execution, const char *node, bool comes_back,
		      const json_t *variables)
{
	struct flow_execution *e = flow_find(w, execution);
	struct flow_node *to = NULL;
	if (!e)
		return ST_NOT_FOUND;
	if (flow_is_part(e)) /* the whole task moves */
		e = e->parent;
	if (!e->waits || !e->parent || e->is_item || e->is_body || e->thrower_id ||
	    e->instance->is_suspended)
		return ST_CONFLICT;
	struct flow_execution *scope = flow_scope(e);
	for (unsigned i = 0; i < scope->node->node_count && !to; i++) {
		if (str_eq(scope->node->nodes[i]->id, node))
			to = scope->node->nodes[i];
	}
	if (!to || !bpmn_is(to->element, BPMN_ACTIVITY) || to->is_event_sub ||
	    to->is_compensation ||
	    (comes_back && (to->kind != BPMN_USER_TASK || to->loop != FLOW_ONCE)))
		return ST_BAD_INPUT;
	const char *left = e->node->id;
	int64_t before = w->last_id;
	flow_execution_end(e, true);
	flow_assign_all(scope, variables);
	flow_run_node(scope, to);
	for (struct flow_execution *made = scope->first; made && comes_back; made = made->next) {
		if (made->id > before && made->node == to)
			flow_assign_local(made, "flow:resume", json_string(left));
	}
	flow_settle(w);
	return ST_OK;
}

static bool begins_by_itself(const struct flow_node *n)
{
	return !n->in_count && n->kind != BPMN_BOUNDARY_EVENT && n->kind != BPMN_START_EVENT &&
	       !n->is_event_sub && !n->is_compensation && !n->instantiates &&
	       !(n->kind == BPMN_INTERMEDIATE_CATCH_EVENT && n->triggers &&
		 n->triggers->kind == BPMN_LINK_DEFINITION);
}

/* Ad-hoc work in order: the next one that has not run. */
static bool next_in_order(struct flow_execution *scope)
{
	struct flow_node *n = scope->node;
	while (scope->index < (int64_t)n->node_count) {
		struct flow_node *next = n->nodes[scope->index++];
		if (!begins_by_itself(next))
			continue;
		flow_push(scope->instance->world, FLOW_DO_RUN, scope, next, NULL, NULL);
		return true;
	}
	return false;
}

void flow_open_scope(struct flow_execution *scope, struct flow_node *start)
{
	struct flow_world *w = scope->instance->world;
	struct flow_node *n = scope->node;
	for (unsigned i = 0; i < n->data_count && scope->parent; i++)
		flow_assign_local(scope, n->data[i], json_null());
	for (unsigned i = 0; i < n->node_count; i++) {
		struct flow_node *sub = n->nodes[i];
		for (unsigned k = 0; sub->is_event_sub && k < sub->node_count; k++) {
			if (sub->nodes[k]->kind == BPMN_START_EVENT)
				flow_subscribe(scope, sub->nodes[k]);
		}
	}
	bool some = start != NULL;
	if (start)
		flow_push(w, FLOW_DO_RUN, scope, start, NULL, NULL);
	for (unsigned i = 0; i < n->node_count && !start; i++) {
		struct flow_node *x = n->nodes[i];
		if (x->kind == BPMN_START_EVENT && !x->trigger_count) {
			flow_push(w, FLOW_DO_RUN, scope, x, NULL, NULL);
			some = true;
		}
	}
	if (!some && n->ordered && n->kind == BPMN_AD_HOC_SUB_PROCESS) {
		next_in_order(scope);
	} else if (!some) {
		for (unsigned i = 0; i < n->node_count; i++) {
			if (begins_by_itself(n->nodes[i]))
				flow_push(w, FLOW_DO_RUN, scope, n->nodes[i], NULL, NULL);
		}
	}
	flow_push(w, FLOW_DO_CHECK, scope, NULL, NULL, NULL);
}

static bool has_steps(const struct flow_world *w, const struct flow_execution *scope)
{
	for (const struct flow_step *s = w->agenda; s; s = s->next) {
		if (s->scope == scope->id && s->what != FLOW_DO_CHECK)
			return true;
	}
	return false;
}

static void cancel_children(struct flow_execution *scope)
{
	scope->ending = true;
	while (scope->last)
		flow_execution_end(scope->last, true);
	scope->ending = false;
	scope->token_count = 0;
}

/* An ad-hoc sub-process looks at its condition whenever something in it was completed. */
static bool ad_hoc_goes_on(struct flow_execution *scope)
{
	struct flow_node *n = scope->node;
	if (n->ad_hoc_completion && flow_is_true(scope, n->ad_hoc_completion, NULL)) {
		if (!n->cancels_rest && scope->first)
			return true;
		cancel_children(scope);
		return false;
	}
	if (scope->first)
		return true;
	return n->ordered && next_in_order(scope);
}

/* Only event sub-processes still run: the scope's own work is done and begins no more of them. */
static void stop_listening(struct flow_execution *scope)
{
	struct flow_world *w = scope->instance->world;
	for (const struct flow_execution *c = scope->first; c; c = c->next) {
		if (!c->node->is_event_sub)
			return;
	}
	for (struct flow_wait *x = w->waits, *next; x; x = next) {
		next = x->next;
		if (x->owner == scope && x->node->kind == BPMN_START_EVENT)
			flow_wait_end(w, x);
	}
}

void flow_check_scope(struct flow_execution *scope)
{
	struct flow_world *w = scope->instance->world;
	if (has_steps(w, scope) || scope->state == FLOW_STUCK || scope->is_body)
		return;
	if (scope->node->kind == BPMN_AD_HOC_SUB_PROCESS && ad_hoc_goes_on(scope))
		return;
	for (unsigned i = 0; i < scope->token_count; i++) {
		if (scope->tokens[i].count)
			return; /* waits at a join, perhaps for ever */
	}
	if (scope->first) {
		stop_listening(scope);
		return;
	}
	if (scope->node->kind == BPMN_PROCESS) {
		if (!scope->parent) {
			flow_instance_end(scope->instance, FLOW_COMPLETED, NULL);
			return;
		}
		struct flow_execution *caller = scope->parent;
		flow_call_returns(scope);
		flow_execution_end(scope, false);
		if (caller->state != FLOW_STUCK)
			flow_completed(caller);
	} else if (scope->node->is_event_sub) {
		struct flow_execution *outer = flow_scope(scope);
		if (scope->thrower_id) {
			flow_handler_done(scope);
			return;
		}
		flow_execution_end(scope, false);
		flow_push(w, FLOW_DO_CHECK, outer, NULL, NULL, NULL);
	} else {
		flow_completed(scope);
	}
}
