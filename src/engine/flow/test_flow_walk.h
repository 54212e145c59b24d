/* SPDX-License-Identifier: Apache-2.0 */
/* Random block-structured processes, as XML for the engine and as blocks for a naive interpreter that knows
 * nothing of the engine: clause 13 read as "a block is done when what is in it is done". */
#ifndef ENGINE_FLOW_TEST_FLOW_WALK_H
#define ENGINE_FLOW_TEST_FLOW_WALK_H

#include <stdbool.h>
#include <stdint.h>
#include "base/text.h"

enum block_kind {
	BLOCK_SKIP,  /* nothing: one flow */
	BLOCK_TASK,  /* a user task T<id> */
	BLOCK_SEQ,   /* one after the other */
	BLOCK_XOR,   /* exclusive: the branch x<id>, the last is the default flow */
	BLOCK_AND,   /* parallel */
	BLOCK_OR,    /* inclusive: branches i with o<id>_i, the last is the default flow */
	BLOCK_LOOP,  /* back by an exclusive gateway while r<id> */
	BLOCK_SUB,   /* sub-process */
	BLOCK_MANY,  /* multi-instance sub-process; mode 1: sequential */
	BLOCK_AGAIN, /* sub-process with a standard loop while r<id>; mode 1: tested before */
	BLOCK_EVENT, /* event-based gateway: a branch for each of two messages */
	BLOCK_GUARD  /* kids[0] with a boundary event; kids[1] is what it leads to */
};
enum guard_mode { GUARD_INTERRUPTS, GUARD_GOES_ON, GUARD_ERROR };

struct block {
	enum block_kind kind;
	int id, mode;
	int most;   /* MANY: instances; AGAIN: loopMaximum */
	int enough; /* MANY: completed instances that end it; 0: all */
	struct block *kids[4];
	int count;
};

enum { WALK_BLOCKS = 64 };

struct walk {
	struct arena *arena;
	uint64_t state; /* of the random numbers */
	int blocks;
	struct block *root, *all[WALK_BLOCKS];
	/* Variables, by the block's id. */
	int x[WALK_BLOCKS];
	bool o[WALK_BLOCKS][4], r[WALK_BLOCKS];
};

unsigned walk_random(struct walk *w, unsigned below);
/* Makes a process of random blocks and random values of its variables. */
void walk_make(struct walk *w, struct arena *a, uint64_t seed);
/* The process 'p' as BPMN. */
const char *walk_xml(struct walk *w);

/* The naive interpreter: the tree of what is active. */
struct act {
	struct block *block; /* NULL: a path that a boundary event began */
	struct act *parent, *scope, *first, *next;
	bool over, is_item, handled;
	int index;       /* of an item */
	int at;          /* SEQ: the child that runs; MANY, AGAIN: the items begun */
	int left, ended; /* what must still end; what has ended */
};
struct act *naive_start(struct walk *w);
/* What waits: "T3", "M5@0.1" (a message at the items 0 and, in it, 1), sorted, a blank between. */
const char *naive_state(struct walk *w, struct act *root);
/* The active task or message of that name, and what happens when it is done or comes. */
struct act *naive_find(struct walk *w, struct act *root, const char *name);
void naive_done(struct walk *w, struct act *task);
void naive_message(struct walk *w, struct act *waiting, int which);
/* The error of an active guard of errors: thrown by some task below it. */
void naive_error(struct walk *w, struct act *guard);
/* The name of what waits at 'a' (which: the message of a gateway). */
const char *naive_name(struct walk *w, const struct act *a, int which);
/* A task that runs below 'a'; NULL: none. */
struct act *naive_task_below(struct act *a);
/* Collects all that is active, at most 'most'. */
int naive_active(struct act *root, struct act **out, int most);

#endif
