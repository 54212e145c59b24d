/* SPDX-License-Identifier: Apache-2.0 */
/* The event stream's thread: connections, their buffers, replaying and time. Which events are new, and
 * which may still appear late, is stream_news.c. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>
#include "base/clock.h"
#include "base/log.h"
#include "base/metric.h"
#include "door/jobs/stream_private.h"

enum {
	STREAMS_MAX = 8192,      /* as nginx's connections; each costs about 10 kB */
	BUFFER_MAX = 256 * 1024, /* who is behind by more is dropped, and comes back */
	REPLAY_FILL = 64 * 1024, /* a replay waits for the reader at this */
	REPLAY_PAGE = 200,
	REPLAY_MAX = 10000 /* more missed events than this: reading anew is cheaper */
};
#define BEAT_EVERY (15 * CLOCK_SECOND)
#define CHECK_EVERY (60 * CLOCK_SECOND)
#define LIFE (3600 * CLOCK_SECOND)
#define POLL_MS 1000

/* --- one connection --- */

static struct client *client_new(int fd, stream_head_fn *head, const struct actor *who,
				 int64_t place)
{
	struct client *k = calloc(1, sizeof(*k));
	if (!k)
		abort();
	k->fd = fd;
	k->head = head;
	k->arena = arena_new();
	k->who = (struct actor){
		.user_id = arena_strdup(k->arena, who->user_id),
		.user_name = arena_strdup(k->arena, who->user_name),
		.user_domain_id = arena_strdup(k->arena, who->user_domain_id),
		.scope = who->scope,
		.domain_id = arena_strdup(k->arena, who->domain_id),
		.project_id = arena_strdup(k->arena, who->project_id),
		.is_admin = who->is_admin,
		.token_id = arena_strdup(k->arena, who->token_id),
		.on_behalf = arena_strdup(k->arena, who->on_behalf),
		.seen_at = who->seen_at,
	};
	memcpy(k->who.permissions, who->permissions, sizeof(k->who.permissions));
	k->place = place;
	k->since = clock_now();
	k->began_at = k->wrote_at = k->checked_at = clock_steady();
	return k;
}

static void client_end(struct client *k)
{
	close(k->fd);
	arena_end(&k->arena);
	free(k->data);
	free(k);
	metric_add(METRIC_STREAMS_OPEN, -1);
}

/* Sends what the socket takes; what is left waits for EPOLLOUT. */
static void flush(struct stream *s, struct client *k)
{
	while (k->sent < k->size) {
		ssize_t n = send(k->fd, k->data + k->sent, k->size - k->sent,
				 MSG_NOSIGNAL | MSG_DONTWAIT);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0 && errno != EAGAIN)
			k->gone = true;
		if (n < 0)
			break;
		k->sent += (size_t)n;
	}
	if (k->sent == k->size)
		k->sent = k->size = 0;
	bool waits = k->size > 0;
	if (waits == k->waits || k->gone)
		return;
	struct epoll_event e = { .events = EPOLLIN | EPOLLRDHUP | (waits ? (unsigned)EPOLLOUT : 0),
				 .data.ptr = k };
	epoll_ctl(s->epoll, EPOLL_CTL_MOD, k->fd, &e);
	k->waits = waits;
}

static void append(struct client *k, const char *p, size_t size)
{
	memcpy(k->data + k->size, p, size);
	k->size += size;
}

static void put(struct client *k, const char *p, size_t size)
{
	size_t pieces = (size + STREAM_PIECE_MAX - 1) / STREAM_PIECE_MAX;
	size_t whole = size + (k->head ? pieces * STREAM_HEAD : 0);

	if (k->sent) {
		memmove(k->data, k->data + k->sent, k->size - k->sent);
		k->size -= k->sent;
		k->sent = 0;
	}
	if (k->size + whole > BUFFER_MAX) {
		k->gone = true; /* too slow: the browser comes back and is told what it missed */
		return;
	}
	if (k->size + whole > k->room) {
		size_t room = k->room ? k->room : 1024;
		while (room < k->size + whole)
			room *= 2;
		k->data = realloc(k->data, room);
		if (!k->data)
			abort();
		k->room = room;
	}
	while (size) {
		size_t piece = size < STREAM_PIECE_MAX ? size : STREAM_PIECE_MAX;
		char head[STREAM_HEAD];
		if (k->head) {
			k->head(head, piece);
			append(k, head, sizeof(head));
		}
		append(k, p, piece);
		p += piece;
		size -= piece;
	}
	k->wrote_at = clock_steady();
}

static bool may_see(const struct actor *who, const struct event *e)
{
	if (who->is_admin || who->scope == SCOPE_SYSTEM)
		return true;
	if (who->scope == SCOPE_PROJECT)
		return str_eq(who->project_id, e->project_id);
	return who->scope == SCOPE_DOMAIN && str_eq(who->domain_id, e->domain_id);
}

/* A line break would end the frame's line; in JSON it can only stand between values. */
static void add_line(struct buf *b, const char *text)
{
	for (const char *p = text; *p; p++)
		buf_char(b, *p == '\n' || *p == '\r' ? ' ' : *p);
}

struct buf stream_frame(struct arena *a, const struct event *e, int64_t place)
{
	struct buf b = { .arena = a };
	buf_printf(&b, "id: %lld\nevent: ", (long long)place);
	add_line(&b, e->type);
	buf_str(&b, "\ndata: ");
	add_line(&b, e->payload);
	buf_str(&b, "\n\n");
	return b;
}

/* --- events --- */

/* Writes a new event to all that are up to date, and a late one to those that have passed its place. */
void stream_tell(struct stream *s, struct arena *a, const struct event *e, int64_t place)
{
	struct buf frame = { 0 };

	for (struct client *k = s->clients; k; k = k->next) {
		if (k->gone || (!k->live && e->id > k->place) || !may_see(&k->who, e))
			continue;
		if (!frame.size)
			frame = stream_frame(a, e, place);
		put(k, frame.data, frame.size);
	}
}

struct replay {
	int64_t after, until;
};

static enum status replay_act(struct call *c, const void *in_, void *out_)
{
	const struct replay *in = in_;
	struct event_page *out = out_;
	return event_list(c, in->after, in->until, REPLAY_PAGE, &out->list, &out->count);
}

/* Writes what was missed, as far as the buffer should be filled. */
static void replay(struct stream *s, struct arena *a, struct client *k)
{
	const struct replay in = { .after = k->place, .until = s->news.highest };
	struct event_page page = { .count = REPLAY_PAGE };
	int64_t safe = news_safe_place(&s->news);

	while (!k->live && !k->gone && k->size - k->sent < REPLAY_FILL) {
		struct call *c = call_new(a, "stream-replay");
		struct replay from = in;
		from.after = k->place;
		if (db_read(c, s->house->db, replay_act, &from, &page, sizeof(page))) {
			log_warn("stream-replay", c->request_id, "%s", c->problem);
			k->gone = true;
			return;
		}
		for (size_t i = 0; i < page.count && !k->gone; i++) {
			const struct event *e = &page.list[i];
			k->place = e->id;
			if (!may_see(&k->who, e))
				continue;
			struct buf frame = stream_frame(a, e, e->id < safe ? e->id : safe);
			put(k, frame.data, frame.size);
		}
		k->live = page.count < REPLAY_PAGE;
	}
	if (k->live)
		k->place = in.until;
}

/* Where a new connection begins. */
static void place_client(struct stream *s, struct client *k)
{
	int64_t highest = s->news.highest;

	if (k->place >= 0 && k->place <= highest && highest - k->place <= REPLAY_MAX)
		return;
	if (k->place >= 0) {
		char frame[64];
		int n = snprintf(frame, sizeof(frame), "id: %lld\nevent: reset\ndata: {}\n\n",
				 (long long)news_safe_place(&s->news));
		put(k, frame, (size_t)n);
	}
	k->place = highest;
	k->live = true;
}

/* --- the thread --- */

static void adopt(struct stream *s, struct arena *a)
{
	pthread_mutex_lock(&s->lock);
	struct client *list = s->incoming;
	s->incoming = NULL;
	pthread_mutex_unlock(&s->lock);
	if (list && !s->clients)
		news_begin(s, a);
	else if (list)
		news_look(s, a); /* so that what a newcomer missed can be counted */
	while (list) {
		struct client *k = list;
		list = k->next;
		struct epoll_event e = { .events = EPOLLIN | EPOLLRDHUP, .data.ptr = k };
		if (epoll_ctl(s->epoll, EPOLL_CTL_ADD, k->fd, &e))
			k->gone = true;
		k->next = s->clients;
		s->clients = k;
		put(k, ":\n\n", 3);
		place_client(s, k);
	}
}

static bool still_stands(struct stream *s, struct arena *a, struct client *k)
{
	if (!s->house->stream_stands)
		return true;
	struct call *c = call_new(a, "stream-check");
	c->house = s->house;
	return s->house->stream_stands(c, &k->who, k->since);
}

/* Heartbeats, checks, replays; then what is to be sent is sent, and who is gone is let go. */
static void tend(struct stream *s, struct arena *a)
{
	int64_t now = clock_steady();

	for (struct client **at = &s->clients; *at;) {
		struct client *k = *at;
		if (!k->gone && now - k->checked_at >= s->check_every) {
			k->checked_at = now;
			k->gone = now - k->began_at > LIFE || !still_stands(s, a, k);
		}
		if (!k->gone && !k->live)
			replay(s, a, k);
		if (!k->gone && now - k->wrote_at >= s->beat_every)
			put(k, ":\n\n", 3);
		if (!k->gone)
			flush(s, k);
		if (k->gone) {
			*at = k->next;
			client_end(k);
			pthread_mutex_lock(&s->lock);
			s->count--;
			pthread_mutex_unlock(&s->lock);
		} else {
			at = &k->next;
		}
		arena_reset(a);
	}
}

static void heard(struct client *k, uint32_t events)
{
	char unread[512];

	/* nginx sends nothing more; an end of input means that the asker has gone. */
	if (events & (EPOLLHUP | EPOLLERR | EPOLLRDHUP))
		k->gone = true;
	else if (events & EPOLLIN && recv(k->fd, unread, sizeof(unread), MSG_DONTWAIT) == 0)
		k->gone = true;
}

/* Whether it is time to look for news. */
static bool wait_for_news(struct stream *s, bool *closing)
{
	struct epoll_event events[64];
	int n = epoll_wait(s->epoll, events, 64, POLL_MS);
	bool woken = false;

	for (int i = 0; i < n; i++) {
		uint64_t count;
		if (events[i].data.ptr)
			heard(events[i].data.ptr, events[i].events);
		else
			woken |= read(s->wake, &count, sizeof(count)) == sizeof(count);
	}
	pthread_mutex_lock(&s->lock);
	*closing = s->closing;
	pthread_mutex_unlock(&s->lock);
	int64_t now = clock_steady();
	if (!woken && now - s->looked_at < POLL_MS * CLOCK_SECOND / 1000)
		return false;
	s->looked_at = now;
	return true;
}

/* Nobody is taken any more once 'closing' is set. */
static void end_all(struct stream *s)
{
	pthread_mutex_lock(&s->lock);
	struct client *lists[] = { s->clients, s->incoming };
	s->clients = s->incoming = NULL;
	pthread_mutex_unlock(&s->lock);
	for (int i = 0; i < 2; i++) {
		while (lists[i]) {
			struct client *k = lists[i];
			lists[i] = k->next;
			client_end(k);
		}
	}
}

static void *run(void *stream)
{
	struct stream *s = stream;
	struct arena *a = arena_new();
	bool closing = false;

	pthread_setname_np(pthread_self(), "event-stream");
	while (!closing) {
		bool look = wait_for_news(s, &closing);
		adopt(s, a);
		if (look && s->clients)
			news_look(s, a);
		tend(s, a);
		arena_reset(a);
	}
	end_all(s);
	arena_end(&a);
	return NULL;
}

void stream_wake(struct stream *s)
{
	uint64_t one = 1;
	ssize_t n = s ? write(s->wake, &one, sizeof(one)) : 0;
	(void)n; /* full: it is awake already */
}

enum status stream_take(struct house *h, int fd, stream_head_fn *head, const struct actor *who,
			int64_t last_event_id)
{
	struct stream *s = h->stream;
	enum status st = ST_OK;

	if (!s)
		return ST_AWAY;
	int flags = fcntl(fd, F_GETFL);
	if (flags < 0 || fcntl(fd, F_SETFL, flags | O_NONBLOCK))
		return ST_INTERNAL;
	pthread_mutex_lock(&s->lock);
	if (s->closing)
		st = ST_AWAY;
	else if (s->count >= STREAMS_MAX)
		st = ST_TOO_MANY;
	if (!st) {
		struct client *k = client_new(fd, head, who, last_event_id);
		k->next = s->incoming;
		s->incoming = k;
		s->count++;
		metric_add(METRIC_STREAMS_OPEN, 1);
	}
	pthread_mutex_unlock(&s->lock);
	if (!st)
		stream_wake(s);
	return st;
}

void stream_on_recheck(struct house *h,
		       bool (*stands)(struct call *c, const struct actor *who, int64_t since))
{
	h->stream_stands = stands;
}

struct stream *stream_open(struct house *h)
{
	struct stream *s = calloc(1, sizeof(*s));
	if (!s)
		abort();
	s->house = h;
	s->beat_every = BEAT_EVERY;
	s->check_every = CHECK_EVERY;
	pthread_mutex_init(&s->lock, NULL);
	s->epoll = epoll_create1(EPOLL_CLOEXEC);
	s->wake = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	struct epoll_event e = { .events = EPOLLIN };
	if (s->epoll < 0 || s->wake < 0 || epoll_ctl(s->epoll, EPOLL_CTL_ADD, s->wake, &e) ||
	    pthread_create(&s->thread, NULL, run, s))
		abort();
	return s;
}

void stream_quiet(struct stream *s)
{
	if (!s)
		return;
	pthread_mutex_lock(&s->lock);
	s->closing = true;
	pthread_mutex_unlock(&s->lock);
	stream_wake(s);
}

void stream_close(struct stream *s)
{
	if (!s)
		return;
	stream_quiet(s);
	pthread_join(s->thread, NULL);
	close(s->epoll);
	close(s->wake);
	pthread_mutex_destroy(&s->lock);
	free(s);
}
