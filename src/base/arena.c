/* SPDX-License-Identifier: Apache-2.0 */
/* The arena: pieces are cut one behind the other from blocks that double in size. Built with
 * YONGYUN_ARENA_MALLOC each piece is a block of its own, so that a sanitizer sees where it ends. */
#include <assert.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "base/arena.h"

#ifdef YONGYUN_ARENA_MALLOC
enum { PIECE_EACH = 1 };
#else
enum { PIECE_EACH = 0 };
#endif

enum { ALIGN = _Alignof(max_align_t), FIRST_BLOCK = 8 << 10, LARGEST_BLOCK = 256 << 10 };

struct block {
	struct block *older;
	size_t used, room;
	max_align_t bytes[];
};

struct secret {
	struct secret *older;
	void *p;
	size_t size;
};

struct deferred {
	struct deferred *older;
	void (*fn)(void *);
	void *ptr;
};

struct arena {
	struct block *newest; /* pieces are cut from this one */
	struct block *first;  /* the oldest of them: kept by a reset */
	struct block *alone;  /* blocks of one piece each */
	size_t next_room;
	bool wipe; /* all of it is secret */
	struct secret *secrets;
	struct deferred *deferred;
};

/* Says so without allocating. */
__attribute__((noreturn)) static void out_of_memory(void)
{
	static const char words[] = "level=error event=out-of-memory\n";
	fwrite(words, 1, sizeof(words) - 1, stderr);
	abort();
}

static struct block *block_new(size_t room)
{
	struct block *b = room > SIZE_MAX - sizeof(*b) ? NULL : malloc(sizeof(*b) + room);
	if (!b)
		out_of_memory();
	b->used = 0;
	b->room = room;
	return b;
}

struct arena *arena_new(void)
{
	struct arena *a = calloc(1, sizeof(*a));
	if (!a)
		out_of_memory();
	a->next_room = FIRST_BLOCK;
	return a;
}

/* Deferred functions may still look at the arena's memory, so they run before anything is wiped. */
static void arena_finish(struct arena *a)
{
	while (a->deferred) {
		struct deferred *d = a->deferred;
		a->deferred = d->older;
		d->fn(d->ptr);
	}
	for (struct secret *s = a->secrets; s; s = s->older)
		explicit_bzero(s->p, s->size);
	a->secrets = NULL;
}

static void free_down_to(const struct arena *a, struct block **newest, const struct block *kept)
{
	while (*newest != kept) {
		struct block *b = *newest;
		*newest = b->older;
		if (a->wipe)
			explicit_bzero(b->bytes, b->used);
		free(b);
	}
}

void arena_end(struct arena **a)
{
	struct arena *ended = *a;
	if (!ended)
		return;
	arena_finish(ended);
	/* Before anything is freed: the pointer may stand in memory of the arena itself. */
	*a = NULL;
	free_down_to(ended, &ended->alone, NULL);
	free_down_to(ended, &ended->newest, NULL);
	free(ended);
}

void arena_reset(struct arena *a)
{
	arena_finish(a);
	free_down_to(a, &a->alone, NULL);
	free_down_to(a, &a->newest, a->first);
	if (a->first && a->wipe)
		explicit_bzero(a->first->bytes, a->first->used);
	if (a->first)
		a->first->used = 0;
	a->next_room = FIRST_BLOCK;
	a->wipe = false;
}

static struct block *push(struct block **newest, size_t room)
{
	struct block *b = block_new(room);
	b->older = *newest;
	*newest = b;
	return b;
}

/* A block with room for 'size' bytes. */
static struct block *block_for(struct arena *a, size_t size)
{
	struct block *now = a->newest;
	if (now && size <= now->room - now->used)
		return now;
	/* The rest of the newest block is not given up for a large piece. */
	if (PIECE_EACH || size >= a->next_room)
		return push(&a->alone, size);
	push(&a->newest, a->next_room);
	if (a->next_room < LARGEST_BLOCK)
		a->next_room *= 2;
	if (!a->first)
		a->first = a->newest;
	return a->newest;
}

static size_t round_up(size_t size)
{
	size_t rounded = PIECE_EACH ? size : (size + ALIGN - 1) & ~(size_t)(ALIGN - 1);
	if (rounded < size)
		out_of_memory();
	return rounded;
}

static void *cut(struct arena *a, size_t size)
{
	size_t rounded = round_up(size);
	struct block *b = block_for(a, rounded);
	void *p = (char *)b->bytes + b->used;
	b->used += rounded;
	return p;
}

void *arena_alloc(struct arena *a, size_t size)
{
	return memset(cut(a, size), 0, size);
}

void *arena_array(struct arena *a, size_t count, size_t size)
{
	size_t bytes;
	if (__builtin_mul_overflow(count, size, &bytes))
		out_of_memory();
	return arena_alloc(a, bytes);
}

static bool grow_in_place(struct arena *a, const char *p, size_t old, size_t size)
{
	struct block *b = a->newest;
	size_t had = round_up(old), more = size > old ? round_up(size) - had : 0;
	if (!b || !had || (char *)b->bytes + b->used != p + had || more > b->room - b->used)
		return false;
	b->used += more;
	return true;
}

void *arena_grow(struct arena *a, void *p, size_t old, size_t size)
{
	if (!PIECE_EACH && grow_in_place(a, p, old, size))
		return p;
	void *copy = cut(a, size);
	if (old)
		memcpy(copy, p, old < size ? old : size);
	return copy;
}

char *arena_strdup(struct arena *a, const char *s)
{
	return s ? arena_strndup(a, s, strlen(s)) : NULL;
}

char *arena_strndup(struct arena *a, const char *s, size_t length)
{
	if (length == SIZE_MAX)
		out_of_memory();
	char *copy = cut(a, length + 1);
	memcpy(copy, s, length);
	copy[length] = '\0';
	return copy;
}

char *arena_printf(struct arena *a, const char *fmt, ...)
{
	va_list ap;
	va_start(ap, fmt);
	char *s = arena_vprintf(a, fmt, ap);
	va_end(ap);
	return s;
}

char *arena_vprintf(struct arena *a, const char *fmt, va_list ap)
{
	char small[256];
	va_list again;
	va_copy(again, ap);
	int n = vsnprintf(small, sizeof(small), fmt, ap);
	assert(n >= 0);
	char *s;
	if ((size_t)n < sizeof(small)) {
		s = arena_strndup(a, small, (size_t)n);
	} else {
		s = cut(a, (size_t)n + 1);
		vsnprintf(s, (size_t)n + 1, fmt, again);
	}
	va_end(again);
	return s;
}

void *arena_secret(struct arena *a, size_t size)
{
	struct secret *s = arena_alloc(a, sizeof(*s));
	s->p = arena_alloc(a, size);
	s->size = size;
	s->older = a->secrets;
	a->secrets = s;
	return s->p;
}

void arena_wipe(struct arena *a)
{
	a->wipe = true;
}

void arena_defer(struct arena *a, void (*fn)(void *), void *ptr)
{
	struct deferred *d = arena_alloc(a, sizeof(*d));
	d->fn = fn;
	d->ptr = ptr;
	d->older = a->deferred;
	a->deferred = d;
}
