/* SPDX-License-Identifier: Apache-2.0 */
/* Migration 迁移: a running instance goes on in another program, its executions, tokens, waits and records
 * of compensation each at the node that they are carried to. Their numbers, variables and due times stay. */
#ifndef ENGINE_FLOW_MIGRATE_H
#define ENGINE_FLOW_MIGRATE_H

#include "engine/flow/flow.h"

/* Ids of a node or sequence flow in the old model and in the new one. */
struct flow_carry {
	const char *from, *to;
};

/* Why an instance cannot be carried. 'rule':
 * unknown  a mapping names what its model does not have, or a source twice
 * absent   the new model has no node or flow for it
 * kind     it is another kind of node, of loop, of events, or runs for compensation in one model only
 * scope    what it lies in (or is attached to) is carried elsewhere than to what its new node lies in
 * join     a token rests before it, and it has other incoming flows in the new model
 * order    ad-hoc work in order, and the new model has another order */
struct flow_obstacle {
	const char *node, *rule, *text; /* node: its id in the old model, "" when it has none */
};

/* What a migration does. 'carried' is the whole mapping of what is in use, by which it can be done again;
 * 'begun' events of the new model are waited for from then on, 'ended' ones of the old one no longer. */
struct flow_migration {
	struct flow_carry *carried;
	const char **begun, **ended;
	struct flow_obstacle *obstacles;
	size_t carried_count, begun_count, ended_count, obstacle_count;
};

/* Carries all of 'instance' that runs in the program of its process over to 'to', which the world knows:
 * by 'given' (of 'count') where it names the node, else to the node of the same id. What it called in other
 * programs goes on there. A wait for a message or signal keeps the name that it has. New events at
 * activities and scopes that are open are waited for; a time that cannot be computed is an incident, as it is
 * when the activity begins. 'dry' changes nothing. '*out' lives in 'a' and is set but with ST_NOT_FOUND (there
 * is no such instance). ST_CONFLICT: 'out' says what stands in the way, and nothing was changed. */
enum status flow_migrate(struct flow_world *w, int64_t instance, struct flow_program *to,
			 const struct flow_carry *given, size_t count, bool dry, struct arena *a,
			 struct flow_migration *out) MUST_USE;

#endif
