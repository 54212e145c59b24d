/* SPDX-License-Identifier: Apache-2.0 */
/* The naive interpreter: recursion over blocks. Joins need no tokens here, since a block that branches is
 * done when the branches that were chosen are: what clauses 13.4.1 to 13.4.3 come to in a process whose
 * gateways are paired. */
#include <assert.h>
#include "test_flow_walk.h"

#include <stdlib.h>

static void enter(struct walk *w, struct block *b, struct act *parent, struct act *scope);
static void done(struct walk *w, struct act *a);

static struct act *act_new(struct walk *w, struct block *b, struct act *parent, struct act *scope)
{
	struct act *a = arena_alloc(w->arena, sizeof(*a));
	struct act **tail = parent ? &parent->first : NULL;

	a->block = b;
	a->parent = parent;
	a->scope = scope;
	while (tail && *tail)
		tail = &(*tail)->next;
	if (tail)
		*tail = a;
	return a;
}

static void stop(struct act *a)
{
	a->over = true;
	for (struct act *c = a->first; c; c = c->next)
		stop(c);
}

/* The next instance of a multi-instance or loop: a scope of its own. */
static void enter_item(struct walk *w, struct act *many)
{
	struct act *item = act_new(w, many->block, many, NULL);

	item->scope = item;
	item->is_item = true;
	item->index = many->at++;
	item->left = 1;
	enter(w, many->block->kids[0], item, item);
}

static bool once_more(const struct walk *w, const struct act *a)
{
	return a->ended < a->block->most && w->r[a->block->id];
}

static void enter_branches(struct walk *w, struct act *a)
{
	struct block *b = a->block;
	bool chosen[4] = { 0 };
	int n = 0;

	for (int i = 0; i < b->count - 1; i++) {
		chosen[i] = b->kind == BLOCK_AND || w->o[b->id][i];
		n += chosen[i];
	}
	chosen[b->count - 1] = b->kind == BLOCK_AND || !n;
	a->left = n + chosen[b->count - 1];
	for (int i = 0; i < b->count; i++)
		if (chosen[i])
			enter(w, b->kids[i], a, a->scope);
}

static void enter(struct walk *w, struct block *b, struct act *parent, struct act *scope)
{
	struct act *a = act_new(w, b, parent, scope);

	switch (b->kind) {
	case BLOCK_SKIP: done(w, a); break;
	case BLOCK_TASK:
	case BLOCK_EVENT: break; /* wait */
	case BLOCK_SEQ:
	case BLOCK_LOOP:
	case BLOCK_GUARD: enter(w, b->kids[0], a, scope); break;
	case BLOCK_XOR: {
		int last = b->count - 1, x = w->x[b->id];
		enter(w, b->kids[x < last ? x : last], a, scope);
		break;
	}
	case BLOCK_AND:
	case BLOCK_OR: enter_branches(w, a); break;
	case BLOCK_SUB:
		a->scope = a;
		a->left = 1;
		enter(w, b->kids[0], a, a);
		break;
	case BLOCK_MANY:
		a->left = b->most;
		if (!b->most)
			done(w, a);
		for (int i = 0; i < (b->mode && b->most ? 1 : b->most) && !a->over; i++)
			enter_item(w, a);
		break;
	case BLOCK_AGAIN:
		if (b->mode && !once_more(w, a))
			done(w, a);
		else
			enter_item(w, a);
		break;
	}
}

static void item_done(struct walk *w, struct act *many)
{
	const struct block *b = many->block;

	assert(b);

	many->ended++;
	if (b->kind == BLOCK_AGAIN) {
		if (once_more(w, many))
			enter_item(w, many);
		else
			done(w, many);
		return;
	}
	if (--many->left == 0 || (b->enough && many->ended >= b->enough)) {
		stop(many);
		many->over = false;
		done(w, many);
	} else if (b->mode) {
		enter_item(w, many);
	}
}

/* A child of 'a' is done. */
static void child_done(struct walk *w, struct act *a)
{
	struct block *b = a->block;

	if (!b) {
		done(w, a);
		return;
	}
	if (a->is_item || b->kind == BLOCK_SUB || b->kind == BLOCK_AND || b->kind == BLOCK_OR) {
		if (--a->left == 0)
			done(w, a);
		return;
	}
	if ((b->kind == BLOCK_SEQ || b->kind == BLOCK_LOOP) && ++a->at < b->count) {
		enter(w, b->kids[a->at], a, a->scope);
	} else if (b->kind == BLOCK_LOOP && w->r[b->id]) {
		a->at = 0;
		enter(w, b->kids[0], a, a->scope);
	} else {
		done(w, a);
	}
}

static void done(struct walk *w, struct act *a)
{
	if (a->over)
		return;
	a->over = true;
	if (!a->parent)
		return;
	if (a->is_item)
		item_done(w, a->parent);
	else
		child_done(w, a->parent);
}

struct act *naive_start(struct walk *w)
{
	struct act *root = act_new(w, NULL, NULL, NULL);

	/* The process is a scope like a sub-process. */
	root->block = arena_alloc(w->arena, sizeof(*root->block));
	root->block->kind = BLOCK_SUB;
	root->block->id = -1;
	root->scope = root;
	root->left = 1;
	enter(w, w->root, root, root);
	return root;
}

/* --- what happens --- */

void naive_done(struct walk *w, struct act *task)
{
	done(w, task);
}

static void interrupt(struct walk *w, struct act *guard)
{
	stop(guard->first);
	guard->handled = true;
	enter(w, guard->block->kids[1], guard, guard->scope);
}

void naive_error(struct walk *w, struct act *guard)
{
	interrupt(w, guard);
}

void naive_message(struct walk *w, struct act *waiting, int which)
{
	struct block *b = waiting->block;

	if (b->kind == BLOCK_EVENT) {
		waiting->handled = true;
		enter(w, b->kids[which], waiting, waiting->scope);
	} else if (b->mode == GUARD_INTERRUPTS) {
		interrupt(w, waiting);
	} else {
		/* A path of its own, which the scope waits for. */
		waiting->scope->left++;
		struct act *path = act_new(w, NULL, waiting->scope, waiting->scope);
		enter(w, b->kids[1], path, waiting->scope);
	}
}

/* --- looking --- */

static bool waits(const struct act *a)
{
	if (a->over || !a->block || a->is_item)
		return false;
	return a->block->kind == BLOCK_TASK || (a->block->kind == BLOCK_EVENT && !a->handled) ||
	       (a->block->kind == BLOCK_GUARD && !a->handled);
}

int naive_active(struct act *root, struct act **out, int most)
{
	int n = 0;

	if (!root->over && waits(root) && most)
		out[n++] = root;
	for (struct act *c = root->first; c; c = c->next)
		n += c->over ? 0 : naive_active(c, out + n, most - n);
	return n;
}

struct act *naive_task_below(struct act *a)
{
	if (a->over)
		return NULL;
	if (a->block && a->block->kind == BLOCK_TASK)
		return a;
	for (struct act *c = a->first; c; c = c->next) {
		struct act *found = naive_task_below(c);
		if (found)
			return found;
	}
	return NULL;
}

const char *naive_name(struct walk *w, const struct act *a, int which)
{
	const char *path = "";

	for (const struct act *up = a->parent; up; up = up->parent)
		if (up->is_item)
			path = arena_printf(w->arena, "%c%d%s", '.', up->index, path);
	return a->block->kind == BLOCK_TASK
		       ? arena_printf(w->arena, "T%d%s", a->block->id, path)
		       : arena_printf(w->arena, "M%d_%d%s", a->block->id, which, path);
}

static int by_text(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* What waits, by name; a gateway waits by two. */
static size_t names_of(struct walk *w, struct act *root, const char **names, struct act **acts,
		       size_t most)
{
	struct act *active[512];
	int n = naive_active(root, active, 512);
	size_t count = 0;

	for (int i = 0; i < n; i++) {
		const struct block *b = active[i]->block;
		if (b->kind == BLOCK_GUARD && b->mode == GUARD_ERROR)
			continue;
		for (int k = 0; k < (b->kind == BLOCK_EVENT ? 2 : 1) && count < most; k++) {
			names[count] = naive_name(w, active[i], k);
			acts[count++] = active[i];
		}
	}
	return count;
}

struct act *naive_find(struct walk *w, struct act *root, const char *wanted)
{
	const char *names[1024];
	struct act *acts[1024];
	size_t n = names_of(w, root, names, acts, 1024);

	for (size_t i = 0; i < n; i++)
		if (str_eq(names[i], wanted))
			return acts[i];
	return NULL;
}

const char *naive_state(struct walk *w, struct act *root)
{
	const char *names[1024];
	struct act *acts[1024];
	struct buf b = { .arena = w->arena };
	size_t n = names_of(w, root, names, acts, 1024);

	qsort(names, n, sizeof(*names), by_text);
	for (size_t i = 0; i < n; i++)
		buf_printf(&b, "%s%s", i ? " " : "", names[i]);
	return buf_text(&b);
}
