/* SPDX-License-Identifier: Apache-2.0 */
/* What the two halves of the event stream share. All of it belongs to the stream's thread, but for what
 * the lock guards. */
#ifndef DOOR_JOBS_STREAM_PRIVATE_H
#define DOOR_JOBS_STREAM_PRIVATE_H

#include <pthread.h>
#include "base/text.h"
#include "door/jobs/jobs_private.h"

struct client {
	struct client *next;
	int fd;
	stream_head_fn *head; /* before each piece, or NULL */
	struct arena *arena;  /* of 'who' */
	struct actor who;
	char *data; /* what is not sent yet: from 'sent' to 'size' */
	size_t sent, size, room;
	bool waits;    /* for EPOLLOUT */
	bool gone;     /* to be let go */
	bool live;     /* is told of what is new; else what was missed is written first */
	int64_t place; /* events up to this id were written */
	int64_t since; /* when it began */
	int64_t began_at, wrote_at, checked_at; /* on the steady clock */
};

/* Ids that have been passed over, because on PostgreSQL they are given in another order than they are
 * committed in: an event may still appear there. */
struct gap {
	int64_t first, last;
	int64_t seen_at; /* on the steady clock */
};
enum { GAPS_MAX = 1024 };
struct news {
	int64_t highest; /* the highest id that was read */
	struct gap gaps[GAPS_MAX];
	int gap_count;
};

struct stream {
	struct house *house;
	pthread_t thread;
	int epoll, wake;
	struct client *clients;
	struct news news;
	int64_t looked_at;
	int64_t beat_every, check_every; /* microseconds */

	pthread_mutex_t lock; /* guards what follows */
	struct client *incoming;
	int count;
	bool closing;
};

struct event_page {
	struct event *list;
	size_t count;
};

/* stream_news.c. Begins at what stands there now. */
void news_begin(struct stream *s, struct arena *a);
/* Reads what is new, and what appeared late, and tells it. */
void news_look(struct stream *s, struct arena *a);
/* Every event up to this id has been read, or never was. */
int64_t news_safe_place(const struct news *n);

/* stream.c. */
void stream_tell(struct stream *s, struct arena *a, const struct event *e, int64_t place);
struct buf stream_frame(struct arena *a, const struct event *e, int64_t place);

#endif
