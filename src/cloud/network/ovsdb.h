/* SPDX-License-Identifier: Apache-2.0 */
/* A client of OVSDB, the database that OVN is told its wishes through (RFC 7047). Requests wait for
 * their answer up to a deadline; a connection that breaks, or says what the RFC does not allow, is
 * closed and made again by the next request. It knows no schema: that is network_ovn.c's. */
#ifndef CLOUD_NETWORK_OVSDB_H
#define CLOUD_NETWORK_OVSDB_H

#include <jansson.h>
#include "base/call.h"
#include "base/json.h"

enum {
	OVSDB_MESSAGE_MAX = 64 << 20, /* bytes of one message from the server */
	OVSDB_DEPTH_MAX = 64          /* brackets inside brackets in it */
};

/* Where messages end in a stream of JSON texts with nothing between them (§4). Zero-initialise. */
struct ovsdb_frame {
	size_t size; /* bytes of the message so far */
	int depth;
	bool in_string, escaped;
};
enum ovsdb_step { OVSDB_MORE, OVSDB_WHOLE, OVSDB_BROKEN };
/* Looks at the next 'size' bytes. OVSDB_WHOLE: a message ends after '*used' of them, and the frame is
 * ready for the next; OVSDB_MORE: all were used; OVSDB_BROKEN: no object begins here, or it is larger
 * or deeper than the limits. */
enum ovsdb_step ovsdb_frame_feed(struct ovsdb_frame *f, const char *bytes, size_t size,
				 size_t *used) MUST_USE;

/* Owner: who made it. Safe from any thread: requests take turns. */
struct ovsdb;

/* 'remote' is "unix:PATH" or "tcp:ADDRESS:PORT" (an IPv6 address in brackets); it is connected to by
 * the first request. 'patience' is how many microseconds a request may take, connecting included. */
struct ovsdb *ovsdb_new(const char *remote, const char *database, int64_t patience);
void ovsdb_end(struct ovsdb **o);

/* One request. '*result' lives in the call's arena. ST_AWAY: no connection, or it broke, or the server
 * said what it must not: whether the request was carried out is then not known. ST_TIMEOUT: no answer
 * in time. ST_CONFLICT: the server answered with an error. */
enum status ovsdb_request(struct call *c, struct ovsdb *o, const char *method, const char *params,
			  const json_t **result) MUST_USE;
/* The schema of the database (§4.1.2). */
enum status ovsdb_schema(struct call *c, struct ovsdb *o, const json_t **schema) MUST_USE;

/* One transaction being written: all of its operations happen, or none (§4.1.3). */
struct ovsdb_ops {
	struct buf text;
	struct json_out j;
	size_t count;
};
void ovsdb_begin(struct call *c, const struct ovsdb *o, struct ovsdb_ops *t);
/* Opens an operation on a table; the caller writes its other members and ends it. */
struct json_out *ovsdb_op(struct ovsdb_ops *t, const char *op, const char *table);
void ovsdb_op_end(struct ovsdb_ops *t);
/* Runs it; '*results' is an array with one object for each operation. Nothing to do is ST_OK, with no
 * request made. ST_CONFLICT: a wait operation did not find what it waited for, or a constraint stood
 * against it: nothing was changed, look again. Else as ovsdb_request(). */
enum status ovsdb_commit(struct call *c, struct ovsdb *o, struct ovsdb_ops *t,
			 const json_t **results) MUST_USE;

/* Follows tables on a connection that is used for nothing else. The first call, and the first after the
 * connection broke, hands 'told' all rows; later ones what has changed since, without waiting.
 * 'requests' is RFC 7047's <monitor-requests>; 'updates' its <table-updates>. */
enum status ovsdb_follow(struct call *c, struct ovsdb *o, const char *requests,
			 void (*told)(struct call *c, void *arg, const json_t *updates), void *arg,
			 bool *afresh) MUST_USE;

#endif
