/* SPDX-License-Identifier: Apache-2.0 */
/* The workers: each takes a connection, reads one SCGI request, serves it, writes the answer. nginx has
 * dealt with slow clients before, so blocking here is short and straight-line code is enough. */
#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>
#include "base/clock.h"
#include "base/log.h"
#include "door/http/http_private.h"
#include "door/http/server.h"
#include "door/identity/identity.h"
#include "door/jobs/stream.h"

enum {
	WORKER_STACK = 512 * 1024, /* acts keep what is large in the arena */
	PEER_SECONDS = 30,         /* nginx answers at once or is gone */
	BACKLOG = 4096
};

struct server {
	struct house *house;
	char *path;
	int listening; /* shut down when the server closes: every accept() then fails */
	int64_t body_max;
	int workers;
	pthread_t *threads;
};

/* --- one connection --- */

static bool read_all(int fd, char *to, size_t size)
{
	while (size) {
		ssize_t n = read(fd, to, size);
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return false;
		to += n;
		size -= (size_t)n;
	}
	return true;
}

static bool write_all(int fd, const char *from, size_t size)
{
	while (size) {
		ssize_t n = send(fd, from, size, MSG_NOSIGNAL);
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return false;
		from += n;
		size -= (size_t)n;
	}
	return true;
}

/* The length of a netstring, digits and a colon; -1 when it is none. Mostly there is more in the same
 * packet, so a chunk is read and what lies behind the colon is left in 'chunk'. */
static int64_t read_length(int fd, char *chunk, size_t room, size_t *have, size_t *at)
{
	ssize_t n = read(fd, chunk, room);
	char *colon = n > 0 ? memchr(chunk, ':', n < 8 ? (size_t)n : 8) : NULL;
	int64_t length;

	if (!colon)
		return -1;
	*colon = '\0';
	*have = (size_t)n;
	*at = (size_t)(colon - chunk) + 1;
	return int_parse(chunk, &length) && length > 0 && length <= SCGI_HEAD_MAX ? length : -1;
}

/* Takes 'size' bytes, first from what was read ahead. */
static bool take(int fd, const char *chunk, size_t have, size_t *at, char *to, size_t size)
{
	size_t ready = have - *at < size ? have - *at : size;

	memcpy(to, chunk + *at, ready);
	*at += ready;
	return read_all(fd, to + ready, size - ready);
}

static enum status read_request(struct call *c, const struct server *s, int fd,
				struct http_request *rq)
{
	char chunk[8192];
	size_t have = 0, at = 0, body_size = 0;
	int64_t length = read_length(fd, chunk, sizeof chunk, &have, &at);

	if (length < 0)
		return fail(c, ST_BAD_INPUT, NULL, "this is not SCGI");
	char *head = arena_alloc(c->arena, (size_t)length + 1);
	if (!take(fd, chunk, have, &at, head, (size_t)length + 1) || head[length] != ',')
		return fail(c, ST_BAD_INPUT, NULL, "the head ends early");
	enum status st = scgi_parse(c, head, (size_t)length, rq, &body_size);
	if (st)
		return st;
	if ((int64_t)body_size > s->body_max)
		return fail(c, ST_TOO_LARGE, NULL, "the body is larger than %lld bytes",
			    (long long)s->body_max);
	char *body = arena_alloc(c->arena, body_size + 1);
	if (!take(fd, chunk, have, &at, body, body_size))
		return fail(c, ST_BAD_INPUT, NULL, "the body ends early");
	rq->body = body;
	rq->body_size = body_size;
	return ST_OK;
}

static void write_reply(struct call *c, int fd, const struct http_reply *rp)
{
	struct buf b = { .arena = c->arena };

	buf_printf(&b, "Status: %d\r\n", rp->status);
	buf_add(&b, rp->headers.data, rp->headers.size);
	buf_str(&b, "\r\n");
	buf_add(&b, rp->body.data, rp->body.size);
	write_all(fd, b.data, b.size);
}

/* Whether the descriptor was handed on (to the event stream). */
static bool serve(struct server *s, struct call *c, int fd)
{
	struct http_request rq;
	struct http_reply rp = { .headers = { .arena = c->arena }, .body = { .arena = c->arena } };
	int64_t began = clock_steady();
	enum status st = read_request(c, s, fd, &rq);

	if (st)
		http_refuse(c, &own_dialect, st, &rp);
	else
		http_serve(c, s->house, &rq, &rp);
	write_reply(c, fd, &rp);
	if (!st)
		log_info("call", c->request_id, "%s %s %d %lld us user=%s from=%s", rq.method,
			 rq.path, rp.status, (long long)(clock_steady() - began),
			 c->actor.user_id ? c->actor.user_id : "-", c->from);
	if (!rp.stream || rp.status != 200)
		return false;
	const char *last = http_header(&rq, "Last-Event-ID");
	int64_t after = -1;
	if (last && !int_parse(last, &after))
		after = -1;
	return stream_take(s->house, fd, &c->actor, after) == ST_OK;
}

static void *work(void *server)
{
	struct server *s = server;
	SCOPED_ARENA struct arena *a = arena_new();
	const struct timeval patience = { .tv_sec = PEER_SECONDS };

	for (;;) {
		/* The kernel wakes one of those that wait here, not all. */
		int fd = accept4(s->listening, NULL, NULL, SOCK_CLOEXEC);
		if (fd < 0 && errno == EINVAL)
			break;
		if (fd < 0) {
			usleep(errno == EINTR || errno == ECONNABORTED ? 0 : 10000);
			continue;
		}
		setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
		setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
		struct call *c = call_new(a, NULL);
		if (!serve(s, c, fd))
			close(fd);
		arena_reset(a);
	}
	return NULL;
}

/* --- all of them --- */

static bool someone_listens(const struct sockaddr_un *at)
{
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	bool there = fd >= 0 && !connect(fd, (const struct sockaddr *)at, sizeof *at);

	if (fd >= 0)
		close(fd);
	return there;
}

static enum status listen_on(struct call *c, const char *path, int *out)
{
	struct sockaddr_un at = { .sun_family = AF_UNIX };
	int fd;

	if (strlen(path) >= sizeof at.sun_path)
		return fail(c, ST_BAD_INPUT, "data", "the socket's path is too long: %s", path);
	memcpy(at.sun_path, path, strlen(path) + 1);
	if (someone_listens(&at))
		return fail(c, ST_CONFLICT, "http.socket", "another process serves on %s", path);
	unlink(path);
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	/* Whoever may connect speaks for nginx: nobody but this user and its group. */
	if (fd < 0 || bind(fd, (const struct sockaddr *)&at, sizeof at) || chmod(path, 0660) ||
	    listen(fd, BACKLOG)) {
		enum status st = fail(c, ST_INTERNAL, NULL, "cannot listen on %s: %s", path,
				      strerror(errno));
		if (fd >= 0)
			close(fd);
		return st;
	}
	*out = fd;
	return ST_OK;
}

enum status server_open(struct call *c, struct house *h, const char *path, int workers,
			struct server **out)
{
	struct server *s;
	pthread_attr_t attr;
	int fd = -1;
	enum status st = listen_on(c, path, &fd);

	if (st)
		return st;
	s = calloc(1, sizeof *s);
	if (!s)
		abort();
	*s = (struct server){ .house = h, .listening = fd, .workers = workers };
	s->path = strdup(path);
	s->body_max = h->config->http.body_max;
	stream_on_recheck(h, identity_stands);
	s->threads = calloc((size_t)workers, sizeof *s->threads);
	if (!s->threads || !s->path)
		abort();
	pthread_attr_init(&attr);
	pthread_attr_setstacksize(&attr, WORKER_STACK);
	for (int i = 0; i < workers; i++)
		if (pthread_create(&s->threads[i], &attr, work, s))
			abort();
	pthread_attr_destroy(&attr);
	*out = s;
	return ST_OK;
}

void server_close(struct server *s)
{
	if (!s)
		return;
	shutdown(s->listening, SHUT_RDWR);
	for (int i = 0; i < s->workers; i++)
		pthread_join(s->threads[i], NULL);
	close(s->listening);
	unlink(s->path);
	free(s->path);
	free(s->threads);
	free(s);
}
