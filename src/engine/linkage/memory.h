/* SPDX-License-Identifier: Apache-2.0 */
/* The engine's large arrays: whole pages from the kernel, huge ones where it has them, and work shared
 * by a few threads. What is small and lives as long as a run stands in the call's arena instead. */
#ifndef LINKAGE_MEMORY_H
#define LINKAGE_MEMORY_H

#include <stddef.h>
#include <stdint.h>

/* Zeroed pages for 'count' items of 'size' bytes; the product is checked, and out of memory ends the
 * process as in arena.h. Never NULL, even for 0 items. Owner: the caller, who gives them to big_free()
 * with the same numbers. */
void *big_alloc(size_t count, size_t size) __attribute__((returns_nonnull));
/* The pages at 'p' of 'old' items, now of 'count', perhaps elsewhere; what was added is zero. */
void *big_grow(void *p, size_t old, size_t count, size_t size) __attribute__((returns_nonnull));
void big_free(void *p, size_t count, size_t size);

/* Calls work(context, i) for each i under 'count' from up to 'threads' threads, and returns when all are
 * done. The order is not said: what work() writes for different i must not meet. */
void share_out(unsigned threads, size_t count, void (*work)(void *context, size_t i),
	       void *context);

/* CPU seconds of the process so far, user and system; wall seconds of a steady clock. */
double cpu_seconds(void);
double wall_seconds(void);
/* The most memory that the process has had, in bytes. */
int64_t peak_memory(void);

#endif
