/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/linkage/memory.h"
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <time.h>

#define PAGE 4096ul
#define HUGE_PAGE (2ul << 20)
#define THREADS_MAX 64

static size_t whole_pages(size_t count, size_t size)
{
	size_t bytes;
	if (__builtin_mul_overflow(count, size, &bytes) || bytes > SIZE_MAX / 2) {
		fprintf(stderr, "yongyun: %zu items of %zu bytes do not fit\n", count, size);
		abort();
	}
	size_t page = bytes >= HUGE_PAGE ? HUGE_PAGE : PAGE;
	return bytes ? (bytes + page - 1) / page * page : PAGE;
}

static void *must(void *p, size_t bytes)
{
	if (p == MAP_FAILED) {
		fprintf(stderr, "yongyun: out of memory for %zu bytes\n", bytes);
		abort();
	}
	return p;
}

void *big_alloc(size_t count, size_t size)
{
	size_t bytes = whole_pages(count, size);
	void *p = must(mmap(NULL, bytes, PROT_READ | PROT_WRITE,
			    MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0),
		       bytes);
	if (bytes >= HUGE_PAGE)
		(void)madvise(p, bytes, MADV_HUGEPAGE);
	return p;
}

#if defined(__has_feature)
#if __has_feature(thread_sanitizer)
#define WATCHED_THREADS 1
#endif
#endif

#ifdef WATCHED_THREADS
/* The sanitizer does not see mremap(): whoever got the addresses next would race with who had them. */
static void *move(void *p, size_t before, size_t bytes)
{
	void *to = big_alloc(bytes, 1);
	memcpy(to, p, before < bytes ? before : bytes);
	munmap(p, before);
	return to;
}
#else
static void *move(void *p, size_t before, size_t bytes)
{
	return must(mremap(p, before, bytes, MREMAP_MAYMOVE), bytes);
}
#endif

void *big_grow(void *p, size_t old, size_t count, size_t size)
{
	size_t before = whole_pages(old, size), bytes = whole_pages(count, size);
	if (!p)
		return big_alloc(count, size);
	if (before == bytes)
		return p;
	p = move(p, before, bytes);
	if (bytes >= HUGE_PAGE)
		(void)madvise(p, bytes, MADV_HUGEPAGE);
	return p;
}

void big_free(void *p, size_t count, size_t size)
{
	if (p)
		munmap(p, whole_pages(count, size));
}

struct shared_work {
	void (*work)(void *, size_t);
	void *context;
	size_t count;
	atomic_size_t next;
};

static void *take_shares(void *p)
{
	struct shared_work *w = p;
	size_t i;
	while ((i = atomic_fetch_add(&w->next, 1)) < w->count)
		w->work(w->context, i);
	return NULL;
}

void share_out(unsigned threads, size_t count, void (*work)(void *, size_t), void *context)
{
	struct shared_work w = { work, context, count, 0 };
	pthread_t others[THREADS_MAX];
	unsigned started = 0;

	if (threads > THREADS_MAX)
		threads = THREADS_MAX;
	/* Where no thread can be started the caller does all of it. */
	while (started + 1 < threads && started + 1 < count &&
	       pthread_create(&others[started], NULL, take_shares, &w) == 0)
		started++;
	take_shares(&w);
	while (started)
		pthread_join(others[--started], NULL);
}

double cpu_seconds(void)
{
	struct rusage r;
	getrusage(RUSAGE_SELF, &r);
	return (double)(r.ru_utime.tv_sec + r.ru_stime.tv_sec) +
	       (double)(r.ru_utime.tv_usec + r.ru_stime.tv_usec) / 1e6;
}

double wall_seconds(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

int64_t peak_memory(void)
{
	struct rusage r;
	getrusage(RUSAGE_SELF, &r);
	return (int64_t)r.ru_maxrss * 1024;
}
