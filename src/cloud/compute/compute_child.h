/* SPDX-License-Identifier: Apache-2.0 */
/* The daemon's end of one worker child: lines go out, lines come back in the same order, and a child
 * that is silent for longer than its ask allows is killed. Knows nothing of what the lines say. */
#ifndef CLOUD_COMPUTE_COMPUTE_CHILD_H
#define CLOUD_COMPUTE_COMPUTE_CHILD_H

#include "base/call.h"
#include "base/text.h"

struct child; /* owner: compute_host.c; safe from any thread */

/* Nothing is started before the first ask. 'argv' (ended by NULL) is copied. */
struct child *child_new(const char *const argv[]);
/* Kills the process and waits for it; who still waits for an answer gets ST_AWAY. NULL is legal. */
void child_end(struct child *ch);

/* Sends 'line' (with its end) and waits for the answer, which lives in the call's arena without its
 * end. Starts the child when there is none. Several threads may ask at once: the child answers in
 * order, and 'deadline' (microseconds) counts from the moment at which it could begin with this ask.
 * ST_TIMEOUT: it did not answer in time and was killed. ST_AWAY: it died, was killed because of an ask
 * before this one, or could not be started. */
enum status child_ask(struct call *c, struct child *ch, const char *line, size_t size,
		      int64_t deadline, const char **answer, size_t *answer_size) MUST_USE;
/* Kills the process: what it said makes no sense. The next ask starts another. */
void child_kill(struct child *ch);

#endif
