/* SPDX-License-Identifier: Apache-2.0 */
/* Counters for the operator, in Prometheus' text format. One table lists them all; adding is atomic
 * and costs a nanosecond or so. */
#ifndef BASE_METRIC_H
#define BASE_METRIC_H

#include <stdint.h>
#include "base/text.h"

/* name, type, help */
#define METRIC_TABLE(X)                                                                            \
	X(CALLS, "yongyun_calls_total", "counter", "Calls answered")                               \
	X(CALLS_REFUSED, "yongyun_calls_refused_total", "counter", "Calls answered with 4xx")      \
	X(CALLS_FAILED, "yongyun_calls_failed_total", "counter", "Calls answered with 5xx")        \
	X(DB_READS, "yongyun_db_reads_total", "counter", "Reading transactions")                   \
	X(DB_WRITES, "yongyun_db_writes_total", "counter", "Writing acts committed or refused")    \
	X(DB_COMMITS, "yongyun_db_commits_total", "counter", "Commits of the database")            \
	X(DB_RETRIES, "yongyun_db_retries_total", "counter", "Acts run again")                     \
	X(DB_SLOW_ACTS, "yongyun_db_slow_acts_total", "counter", "Acts over 20 ms on the writer")  \
	X(JOBS_DONE, "yongyun_jobs_done_total", "counter", "Jobs finished")                        \
	X(JOBS_FAILED, "yongyun_jobs_failed_total", "counter", "Job attempts that failed")         \
	X(JOBS_DEAD, "yongyun_jobs_dead_total", "counter", "Jobs given up")                        \
	X(EVENTS_TOLD, "yongyun_events_told_total", "counter", "Events handed to listeners")       \
	X(AUDIT_SEALED, "yongyun_audit_sealed_total", "counter", "Audit entries sealed")           \
	X(STREAMS_OPEN, "yongyun_streams_open", "gauge", "Event streams open")

enum metric {
#define X(id, name, type, help) METRIC_##id,
	METRIC_TABLE(X)
#undef X
		METRIC__COUNT
};

void metric_add(enum metric m, int64_t n);
int64_t metric_get(enum metric m);
/* All of them, in the text format of version 0.0.4. */
void metric_write(struct buf *out);

#endif
