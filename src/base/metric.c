/* SPDX-License-Identifier: Apache-2.0 */
/* The counters themselves: one atomic number a metric, written out as Prometheus reads it. */
#include <assert.h>
#include <inttypes.h>
#include <stdatomic.h>
#include "base/metric.h"

static _Atomic int64_t counters[METRIC__COUNT];

static const struct {
	const char *name, *type, *help;
} metrics[] = {
#define X(id, name, type, help) [METRIC_##id] = { name, type, help },
	METRIC_TABLE(X)
#undef X
};

void metric_add(enum metric m, int64_t n)
{
	assert(m < METRIC__COUNT);
	atomic_fetch_add_explicit(&counters[m], n, memory_order_relaxed);
}

int64_t metric_get(enum metric m)
{
	assert(m < METRIC__COUNT);
	return atomic_load_explicit(&counters[m], memory_order_relaxed);
}

void metric_write(struct buf *out)
{
	for (int m = 0; m < METRIC__COUNT; m++)
		buf_printf(out, "# HELP %s %s\n# TYPE %s %s\n%s %" PRId64 "\n", metrics[m].name,
			   metrics[m].help, metrics[m].name, metrics[m].type, metrics[m].name,
			   metric_get((enum metric)m));
}
