/* SPDX-License-Identifier: Apache-2.0 */
/* A trace of placements: hosts and timed asks, read from CSV (docs/placement.md says which columns). */
#ifndef BENCH_PLACEMENT_TRACE_H
#define BENCH_PLACEMENT_TRACE_H

#include "cloud/pool/pool.h"

enum ask_policy { ASK_ALONE, ASK_AFFINITY, ASK_ANTI, ASK_SOFT_AFFINITY, ASK_SOFT_ANTI };

struct trace_ask {
	double start, end; /* end: infinity when it stays */
	int64_t vcpus, memory_mb, disk_gb;
	const char *zone; /* NULL: any */
	int64_t group;    /* -1: none; else its number from 0 */
	int policy;       /* enum ask_policy */
};

struct trace {
	struct pool_host *hosts;
	struct trace_ask *asks; /* by start; those that start together in the file's order */
	size_t hosts_count, asks_count, groups_count;
};

/* Reads both files into the call's arena. ST_BAD_INPUT, ST_NOT_FOUND: the problem names file, line and
 * column. */
enum status trace_read(struct call *c, const char *hosts, const char *asks,
		       struct trace *out) MUST_USE;

#endif
