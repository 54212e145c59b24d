/* SPDX-License-Identifier: Apache-2.0 */
/* Random processes, and their BPMN. */
#include "test_flow_walk.h"

#include <stdlib.h>
#include "engine/flow/bpmn/bpmn.h"

unsigned walk_random(struct walk *w, unsigned below)
{
	/* splitmix64 */
	uint64_t z = (w->state += UINT64_C(0x9E3779B97F4A7C15));
	z = (z ^ z >> 30) * UINT64_C(0xBF58476D1CE4E5B9);
	z = (z ^ z >> 27) * UINT64_C(0x94D049BB133111EB);
	return (unsigned)((z ^ z >> 31) % below);
}

static struct block *block_new(struct walk *w, enum block_kind kind)
{
	struct block *b = arena_alloc(w->arena, sizeof(*b));
	b->kind = kind;
	b->id = w->blocks++;
	w->all[b->id] = b;
	return b;
}

static struct block *random_block(struct walk *w, int depth, bool plain);

static void add(struct walk *w, struct block *b, int n, int depth, bool plain)
{
	while (n--)
		b->kids[b->count++] = random_block(w, depth, plain);
}

/* 'plain': what two tokens in one scope may run through at once: no joins. */
static struct block *random_block(struct walk *w, int depth, bool plain)
{
	static const enum block_kind deep[] = { BLOCK_TASK,  BLOCK_SEQ,   BLOCK_SEQ,  BLOCK_XOR,
						BLOCK_AND,   BLOCK_AND,   BLOCK_OR,   BLOCK_OR,
						BLOCK_LOOP,  BLOCK_SUB,   BLOCK_MANY, BLOCK_AGAIN,
						BLOCK_EVENT, BLOCK_GUARD, BLOCK_GUARD };
	static const enum block_kind simple[] = { BLOCK_TASK, BLOCK_SEQ, BLOCK_XOR };
	bool full = w->blocks > WALK_BLOCKS - 16 || depth <= 0;
	enum block_kind kind = full    ? (walk_random(w, 5) ? BLOCK_TASK : BLOCK_SKIP)
			       : plain ? simple[walk_random(w, 3)]
				       : deep[walk_random(w, sizeof(deep) / sizeof(deep[0]))];
	struct block *b = block_new(w, kind);

	switch (kind) {
	case BLOCK_SEQ:
	case BLOCK_XOR:
	case BLOCK_AND:
	case BLOCK_OR: add(w, b, 2 + (int)walk_random(w, 2), depth - 1, plain); break;
	case BLOCK_EVENT: add(w, b, 2, depth - 1, plain); break;
	case BLOCK_LOOP: /* it waits somewhere, or it would never end */
		b->kids[b->count++] = block_new(w, BLOCK_TASK);
		add(w, b, 1, depth - 1, plain);
		break;
	case BLOCK_SUB: add(w, b, 1, depth - 1, plain); break;
	case BLOCK_MANY:
		b->mode = (int)walk_random(w, 2);
		b->most = (int)walk_random(w, 4);
		b->enough = walk_random(w, 3) ? 0 : 1 + (int)walk_random(w, 2);
		add(w, b, 1, depth - 1, plain);
		break;
	case BLOCK_AGAIN:
		b->mode = (int)walk_random(w, 2);
		b->most = 1 + (int)walk_random(w, 3);
		add(w, b, 1, depth - 1, plain);
		break;
	case BLOCK_GUARD: {
		static const enum block_kind hosts[] = { BLOCK_TASK, BLOCK_SUB, BLOCK_MANY };
		struct block *host = block_new(w, hosts[walk_random(w, 3)]);
		b->mode = (int)walk_random(w, 3);
		if (host->kind == BLOCK_MANY)
			host->most = 1 + (int)walk_random(w, 2);
		if (host->kind != BLOCK_TASK)
			add(w, host, 1, depth - 1, plain);
		b->kids[b->count++] = host;
		add(w, b, 1, depth - 1, b->mode == GUARD_GOES_ON);
		break;
	}
	default: break;
	}
	return b;
}

void walk_make(struct walk *w, struct arena *a, uint64_t seed)
{
	*w = (struct walk){ .arena = a, .state = seed };
	w->root = block_new(w, BLOCK_SEQ);
	add(w, w->root, 1 + (int)walk_random(w, 3), 4, false);
	for (int i = 0; i < w->blocks; i++) {
		w->x[i] = (int)walk_random(w, 3);
		w->r[i] = walk_random(w, 2);
		for (int k = 0; k < 4; k++)
			w->o[i][k] = walk_random(w, 2);
	}
}

/* --- BPMN --- */

/* Where a flow will begin: its node, its condition, and its id when a gateway names it as default. */
struct end {
	const char *node, *condition, *flow;
};
struct writing {
	struct walk *w;
	struct buf out;
	int flows;
};

static const char *name(struct writing *x, const char *kind, int id)
{
	return arena_printf(x->w->arena, "%s%d", kind, id);
}

static struct end link(struct writing *x, struct end from, const char *to)
{
	const char *id = from.flow ? from.flow : name(x, "f", x->flows++);

	buf_printf(&x->out, "<sequenceFlow id='%s' sourceRef='%s' targetRef='%s'", id, from.node,
		   to);
	if (from.condition)
		buf_printf(&x->out, "><conditionExpression>%s</conditionExpression></sequenceFlow>",
			   from.condition);
	else
		buf_str(&x->out, "/>");
	return (struct end){ .node = to };
}

static struct end write_block(struct writing *x, const struct block *b, struct end from);

static void write_body(struct writing *x, const struct block *b)
{
	const char *start = name(x, "s", b->id), *stop = name(x, "e", b->id);

	buf_printf(&x->out, "<startEvent id='%s'/><endEvent id='%s'/>", start, stop);
	link(x, write_block(x, b->kids[0], (struct end){ .node = start }), stop);
}

static struct end write_sub(struct writing *x, const struct block *b, struct end from)
{
	const char *id = name(x, "S", b->id);

	buf_printf(&x->out, "<subProcess id='%s'>", id);
	if (b->kind == BLOCK_MANY) {
		buf_printf(&x->out,
			   "<multiInstanceLoopCharacteristics isSequential='%s'>"
			   "<loopCardinality>%d</loopCardinality>",
			   b->mode ? "true" : "false", b->most);
		if (b->enough)
			buf_printf(&x->out,
				   "<completionCondition>numberOfCompletedInstances &gt;= %d"
				   "</completionCondition>",
				   b->enough);
		buf_str(&x->out, "</multiInstanceLoopCharacteristics>");
	} else if (b->kind == BLOCK_AGAIN) {
		buf_printf(&x->out,
			   "<standardLoopCharacteristics testBefore='%s' loopMaximum='%d'>"
			   "<loopCondition>r%d</loopCondition></standardLoopCharacteristics>",
			   b->mode ? "true" : "false", b->most, b->id);
	}
	write_body(x, b);
	buf_str(&x->out, "</subProcess>");
	return link(x, from, id);
}

/* A gateway that splits, its branches, and one that joins. */
static struct end write_branches(struct writing *x, const struct block *b, struct end from)
{
	static const char *const tags[] = { [BLOCK_XOR] = "exclusiveGateway",
					    [BLOCK_AND] = "parallelGateway",
					    [BLOCK_OR] = "inclusiveGateway" };
	const char *split = name(x, "g", b->id), *join = name(x, "j", b->id);
	const char *fallback = b->kind == BLOCK_AND ? NULL : name(x, "d", b->id);

	link(x, from, split);
	buf_printf(&x->out, "<%s id='%s'", tags[b->kind], split);
	if (fallback)
		buf_printf(&x->out, " default='%s'", fallback);
	buf_printf(&x->out, "/><%s id='%s'/>", tags[b->kind], join);
	for (int i = 0; i < b->count; i++) {
		struct end branch = { .node = split };
		if (i == b->count - 1)
			branch.flow = fallback;
		else if (b->kind == BLOCK_XOR)
			branch.condition = arena_printf(x->w->arena, "x%d = %d", b->id, i);
		else if (b->kind == BLOCK_OR)
			branch.condition = arena_printf(x->w->arena, "o%d_%d", b->id, i);
		link(x, write_block(x, b->kids[i], branch), join);
	}
	return (struct end){ .node = join };
}

static struct end write_loop(struct writing *x, const struct block *b, struct end from)
{
	const char *merge = name(x, "j", b->id), *split = name(x, "g", b->id);
	const char *out = name(x, "d", b->id);

	buf_printf(&x->out, "<exclusiveGateway id='%s'/><exclusiveGateway id='%s' default='%s'/>",
		   merge, split, out);
	struct end at = link(x, from, merge);
	for (int i = 0; i < b->count; i++)
		at = write_block(x, b->kids[i], at);
	link(x, at, split);
	link(x, (struct end){ .node = split, .condition = name(x, "r", b->id) }, merge);
	return (struct end){ .node = split, .flow = out };
}

static struct end write_events(struct writing *x, const struct block *b, struct end from)
{
	const char *split = name(x, "g", b->id), *join = name(x, "j", b->id);

	link(x, from, split);
	buf_printf(&x->out, "<eventBasedGateway id='%s'/><exclusiveGateway id='%s'/>", split, join);
	for (int i = 0; i < b->count; i++) {
		const char *event = arena_printf(x->w->arena, "c%d_%d", b->id, i);
		buf_printf(&x->out,
			   "<intermediateCatchEvent id='%s'><messageEventDefinition "
			   "messageRef='m%d_%d'/></intermediateCatchEvent>",
			   event, b->id, i);
		struct end branch = link(x, (struct end){ .node = split }, event);
		link(x, write_block(x, b->kids[i], branch), join);
	}
	return (struct end){ .node = join };
}

static struct end write_guard(struct writing *x, const struct block *b, struct end from)
{
	const char *join = name(x, "j", b->id), *event = name(x, "b", b->id);
	struct end at = write_block(x, b->kids[0], from);

	buf_printf(&x->out, "<boundaryEvent id='%s' attachedToRef='%s' cancelActivity='%s'>", event,
		   at.node, b->mode == GUARD_GOES_ON ? "false" : "true");
	if (b->mode == GUARD_ERROR)
		buf_printf(&x->out, "<errorEventDefinition errorRef='E%d'/>", b->id);
	else
		buf_printf(&x->out, "<messageEventDefinition messageRef='m%d_0'/>", b->id);
	buf_str(&x->out, "</boundaryEvent>");
	struct end away = write_block(x, b->kids[1], (struct end){ .node = event });
	if (b->mode == GUARD_GOES_ON) {
		buf_printf(&x->out, "<endEvent id='%s'/>", join);
		link(x, away, join);
		return at;
	}
	buf_printf(&x->out, "<exclusiveGateway id='%s'/>", join);
	link(x, away, join);
	return link(x, at, join);
}

static struct end write_block(struct writing *x, const struct block *b, struct end from)
{
	switch (b->kind) {
	case BLOCK_SKIP: return from;
	case BLOCK_TASK:
		buf_printf(&x->out, "<userTask id='T%d'/>", b->id);
		return link(x, from, name(x, "T", b->id));
	case BLOCK_SEQ:
		for (int i = 0; i < b->count; i++)
			from = write_block(x, b->kids[i], from);
		return from;
	case BLOCK_XOR:
	case BLOCK_AND:
	case BLOCK_OR: return write_branches(x, b, from);
	case BLOCK_LOOP: return write_loop(x, b, from);
	case BLOCK_SUB:
	case BLOCK_MANY:
	case BLOCK_AGAIN: return write_sub(x, b, from);
	case BLOCK_EVENT: return write_events(x, b, from);
	case BLOCK_GUARD: return write_guard(x, b, from);
	}
	abort();
}

const char *walk_xml(struct walk *w)
{
	struct writing x = { .w = w, .out = { .arena = w->arena } };

	buf_str(&x.out, "<definitions xmlns='" BPMN_MODEL_NS "' targetNamespace='urn:t'>");
	for (int i = 0; i < w->blocks; i++) {
		for (int k = 0; k < 2; k++)
			buf_printf(&x.out, "<message id='m%d_%d' name='M%d_%d'/>", i, k, i, k);
		buf_printf(&x.out, "<error id='E%d' errorCode='E%d'/>", i, i);
	}
	buf_str(&x.out,
		"<process id='p' isExecutable='true'><startEvent id='s'/><endEvent id='e'/>");
	link(&x, write_block(&x, w->root, (struct end){ .node = "s" }), "e");
	buf_str(&x.out, "</process></definitions>");
	return buf_text(&x.out);
}
