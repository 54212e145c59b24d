/* SPDX-License-Identifier: Apache-2.0 */
/* The event stream (WHATWG HTML §9.2): one thread that takes over connections whose answer has begun,
 * and writes to each the events that its asker may see, as they are committed, by whichever process.
 *
 * A frame's 'event' is the event's type, its 'data' the payload as it was posted, its 'id' the place to
 * go on from: every event with an id up to it has been written or is not for this asker. After a break
 * what was missed is written again, some of it perhaps twice. When too much was missed, a frame with the
 * event "reset" says: read everything anew. A comment comes at least every 15 s. */
#ifndef DOOR_JOBS_STREAM_H
#define DOOR_JOBS_STREAM_H

#include <stdbool.h>
#include <stddef.h>
#include "base/call.h"

struct house;
struct stream;

/* What nginx wants before each piece of a stream: 'size' is that of the piece. */
enum { STREAM_HEAD = 8, STREAM_PIECE_MAX = 65535 };
typedef void stream_head_fn(char to[STREAM_HEAD], size_t size);

/* Takes the connection 'fd', on which the head of the answer has been sent; it is closed by the stream
 * from now on. 'head' writes what stands before each piece; NULL: nothing does. 'last_event_id': as the
 * asker gave it, less than 0: from now on. ST_TOO_MANY: as many are
 * open as there may be, ST_AWAY: the stream is closing; the caller keeps 'fd' then. */
enum status stream_take(struct house *h, int fd, stream_head_fn *head, const struct actor *who,
			int64_t last_event_id) MUST_USE;

/* Asked about each connection once a minute, outside of a transaction: whether 'who', taken at 'since',
 * still stands (the session is open, the token not revoked). False ends the connection. Set it before
 * the first stream. An hour ends it in any case; the browser comes back and shows its cookie anew. */
void stream_on_recheck(struct house *h,
		       bool (*stands)(struct call *c, const struct actor *who, int64_t since));

/* Something was committed: wakes the thread. Safe from any thread; NULL is legal. */
void stream_wake(struct stream *s);

/* Says good-bye to all and takes no more; stream_take() may still be called. NULL is legal. */
void stream_quiet(struct stream *s);
/* h->stream, from the room's start to its stop. */
struct stream *stream_open(struct house *h);
void stream_close(struct stream *s);

#endif
