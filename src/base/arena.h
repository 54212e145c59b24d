/* SPDX-License-Identifier: Apache-2.0 */
/* Memory with the life of one call. Whoever serves a call allocates here and never frees; all of it
 * goes when the call ends. What must outlive the call is written to the database. */
#ifndef BASE_ARENA_H
#define BASE_ARENA_H

#include <stdarg.h>
#include <stddef.h>
#include "base/status.h"

struct arena;

/* Owner: the caller, who ends it. Out of memory ends the process: nothing sensible is left to do,
 * and the supervisor starts it again. */
struct arena *arena_new(void);
/* Runs what was deferred, newest first, and frees everything. '*a' becomes NULL; NULL is legal. */
void arena_end(struct arena **a);
/* As arena_end(), but keeps the first block, so that the arena can be used again. */
void arena_reset(struct arena *a);

/* Zeroed memory, aligned for any type. Never NULL. */
void *arena_alloc(struct arena *a, size_t size) __attribute__((returns_nonnull, malloc));
/* 'count' zeroed items; the product is checked. */
void *arena_array(struct arena *a, size_t count, size_t size) __attribute__((returns_nonnull));
/* The piece 'p' of 'old' bytes, now of 'size' bytes, perhaps elsewhere; what was added is not zeroed.
 * The newest piece of the arena grows in place where it can. 'p' may be NULL when 'old' is 0. */
void *arena_grow(struct arena *a, void *p, size_t old, size_t size)
	__attribute__((returns_nonnull));
/* A copy of 's', NULL for NULL. */
char *arena_strdup(struct arena *a, const char *s);
/* A copy of the first 'length' bytes of 's' with a NUL behind them. */
char *arena_strndup(struct arena *a, const char *s, size_t length) __attribute__((returns_nonnull));
char *arena_printf(struct arena *a, const char *fmt, ...) PRINTF(2, 3)
	__attribute__((returns_nonnull));
char *arena_vprintf(struct arena *a, const char *fmt, va_list ap)
	__attribute__((format(printf, 2, 0), returns_nonnull));
/* Memory for passwords and keys: wiped before it is given back. */
void *arena_secret(struct arena *a, size_t size) __attribute__((returns_nonnull));
/* From now on all of the arena's memory, what was given before too, is wiped before it is given back; until
 * the next reset. For a call that brings a password: its bytes go through many hands. */
void arena_wipe(struct arena *a);
/* Runs 'fn(ptr)' when the arena ends: how foreign objects (a JSON tree, a descriptor) get the life
 * of the call. */
void arena_defer(struct arena *a, void (*fn)(void *), void *ptr);

static inline void arena_endp(struct arena **a)
{
	arena_end(a);
}
#define SCOPED_ARENA __attribute__((cleanup(arena_endp), unused))

#endif
