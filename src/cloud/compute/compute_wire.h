/* SPDX-License-Identifier: Apache-2.0 */
/* What the daemon and its worker child say to each other: one JSON object a line, an ask and then its
 * answer, in order. The child may have been driven mad by an engine, so both sides read strictly. */
#ifndef CLOUD_COMPUTE_COMPUTE_WIRE_H
#define CLOUD_COMPUTE_COMPUTE_WIRE_H

#include "cloud/compute/compute_driver.h"

#define WORKER_LINE_MAX (4 << 20) /* bytes of one line: user data, a console's tail, 5,000 guests */

enum worker_op {
	OP_PROBE,
	OP_ENSURE,
	OP_REMOVE,
	OP_POWER,
	OP_LIST,
	OP_CONSOLE,
	OP_SCREEN,
	OP_CHANGE,
	OP_SNAPSHOT,
	OP_REPORT,
	OP_UPTIME
};

struct worker_ask {
	int64_t id;
	int op;               /* enum worker_op */
	struct guest guest;   /* OP_ENSURE, OP_CHANGE */
	const char *house;    /* OP_REMOVE, OP_LIST */
	const char *guest_id; /* OP_REMOVE, OP_POWER, OP_CONSOLE, OP_SCREEN, OP_SNAPSHOT, OP_REPORT */
	int power;            /* OP_POWER: enum guest_power */
	int change;           /* OP_CHANGE: enum guest_change */
	int64_t patience;     /* OP_POWER: microseconds */
	int64_t size;         /* OP_CONSOLE: bytes */
	const char *known, *accelerator; /* OP_PROBE */
	const char *path;                /* OP_SNAPSHOT: where to */
};

struct worker_answer {
	int64_t id;
	int status; /* enum status */
	const char *problem;
	struct host_facts facts;     /* OP_PROBE */
	struct guest_status *guests; /* OP_LIST */
	size_t guests_count;
	const char *text;           /* OP_CONSOLE, OP_SCREEN, OP_UPTIME */
	int64_t size;               /* OP_SNAPSHOT: bytes that a guest would see */
	struct guest_report report; /* OP_REPORT */
};

/* Without the line's end. ST_BAD_INPUT: not an ask, not an answer. */
enum status worker_ask_read(struct call *c, const char *line, size_t size,
			    struct worker_ask *out) MUST_USE;
enum status worker_answer_read(struct call *c, const char *line, size_t size,
			       struct worker_answer *out) MUST_USE;
/* With the line's end. */
void worker_ask_write(struct call *c, const struct worker_ask *in, struct buf *out);
void worker_answer_write(struct call *c, const struct worker_answer *in, struct buf *out);

#endif
