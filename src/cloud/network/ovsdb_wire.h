/* SPDX-License-Identifier: Apache-2.0 */
/* The connection under ovsdb.c: bytes out, whole messages in, each with a deadline on the steady
 * clock. One owner, one thread at a time. */
#ifndef CLOUD_NETWORK_OVSDB_WIRE_H
#define CLOUD_NETWORK_OVSDB_WIRE_H

#include "cloud/network/ovsdb.h"

struct ovsdb_wire {
	int fd;      /* -1: not connected */
	char *bytes; /* what was read and not taken yet */
	size_t size, room;
	size_t seen; /* of them, how many the frame has looked at */
	struct ovsdb_frame frame;
};

/* Connects, closing what was open. 0 or an errno; EINVAL: 'remote' is not understood. */
int ovsdb_wire_open(struct ovsdb_wire *w, const char *remote, int64_t deadline) MUST_USE;
void ovsdb_wire_close(struct ovsdb_wire *w);
/* Sends all of it. 0 or an errno (ETIMEDOUT). */
int ovsdb_wire_send(struct ovsdb_wire *w, const char *text, size_t size, int64_t deadline) MUST_USE;
/* The next message, parsed; the caller decrefs it. A 'deadline' of 0 does not wait: EAGAIN when there
 * is none. ECONNRESET: the server has closed; EPROTO: what came is no JSON object. */
int ovsdb_wire_next(struct ovsdb_wire *w, int64_t deadline, json_t **message) MUST_USE;

#endif
