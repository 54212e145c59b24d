/* SPDX-License-Identifier: Apache-2.0 */
/* The workers: each takes a connection on which a request has begun to arrive, reads it, serves it, writes
 * the answer, and lets the connection wait for the next. nginx has dealt with slow clients before, so
 * blocking here is short and straight-line code is enough. */
#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
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
	FIRST_READ = 4000,         /* most requests are shorter */
	NEXT_READ = 64 * 1024,
	BACKLOG = 4096
};

struct server {
	struct house *house;
	char *path;
	int listening;
	int epoll;   /* the listening socket, the idle connections, 'closing' */
	int closing; /* readable when the server closes; wakes every worker, as nobody reads it */
	int64_t body_max;
	int workers;
	pthread_t *threads;
};

/* --- one connection --- */

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

/* Reads one whole request. False: nginx has gone, is too slow or does not speak FastCGI. */
static bool read_request(struct call *c, const struct server *s, int fd, struct fastcgi *f)
{
	*f = (struct fastcgi){ .body_max = s->body_max,
			       .params.arena = c->arena,
			       .body.arena = c->arena,
			       .unread.arena = c->arena };
	while (f->stage != FASTCGI_WHOLE) {
		size_t most = f->stage == FASTCGI_IDLE ? FIRST_READ : NEXT_READ;
		ssize_t n = read(fd, buf_reserve(&f->unread, most), most);
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return false;
		if (!fastcgi_take(f, (size_t)n)) {
			log_warn("fastcgi", c->request_id, "a connection broke the protocol");
			return false;
		}
	}
	return true;
}

static enum status understand(struct call *c, const struct fastcgi *f, struct http_request *rq)
{
	if (f->body_size > f->body_max)
		return fail(c, ST_TOO_LARGE, NULL, "the body is larger than %lld bytes",
			    (long long)f->body_max);
	return fastcgi_request(c, f, rq);
}

static bool hand_to_stream(struct server *s, struct call *c, int fd, const struct http_request *rq)
{
	const char *last = http_header(rq, "Last-Event-ID");
	int64_t after = -1;

	if (last && !int_parse(last, &after))
		after = -1;
	/* The stream's thread watches it from now on. */
	epoll_ctl(s->epoll, EPOLL_CTL_DEL, fd, NULL);
	return stream_take(s->house, fd, fastcgi_stream_head, &c->actor, after) == ST_OK;
}

enum next { NEXT_REQUEST, NEXT_CLOSE, NEXT_STREAM };

/* Serves the request that has begun to arrive. */
static enum next serve(struct server *s, struct call *c, int fd)
{
	struct http_request rq = { .method = "", .path = "" };
	struct http_reply rp = { .headers = { .arena = c->arena }, .body = { .arena = c->arena } };
	struct buf out = { .arena = c->arena };
	struct fastcgi f;

	if (!read_request(c, s, fd, &f))
		return NEXT_CLOSE;
	int64_t began = clock_steady();
	enum status st = understand(c, &f, &rq);
	if (st)
		http_refuse(c, &own_dialect, st, &rp);
	else
		http_serve(c, s->house, &rq, &rp);
	fastcgi_reply(&rp, str_eq(rq.method, "HEAD"), &out);
	bool sent = write_all(fd, out.data, out.size);
	log_info("call", c->request_id, "%s %s %d %lld us user=%s from=%s", rq.method, rq.path,
		 rp.status, (long long)(clock_steady() - began),
		 c->actor.user_id ? c->actor.user_id : "-", c->from);
	if (!sent || !f.keep)
		return NEXT_CLOSE;
	if (!rp.stream || rp.status != 200)
		return NEXT_REQUEST;
	return hand_to_stream(s, c, fd, &rq) ? NEXT_STREAM : NEXT_CLOSE;
}

/* --- the workers: all wait for all connections, and one is woken for each that has something --- */

static bool watch(struct server *s, int fd, int how)
{
	struct epoll_event e = { .events = EPOLLIN | EPOLLRDHUP | EPOLLONESHOT, .data.fd = fd };

	return epoll_ctl(s->epoll, how, fd, &e) == 0;
}

static void welcome(struct server *s)
{
	const struct timeval patience = { .tv_sec = PEER_SECONDS };
	int fd = accept4(s->listening, NULL, NULL, SOCK_CLOEXEC);

	if (fd < 0) {
		/* Another took it; or there are no descriptors left, which passes. */
		usleep(errno == EAGAIN || errno == EINTR || errno == ECONNABORTED ? 0 : 10000);
		return;
	}
	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
	setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
	if (!watch(s, fd, EPOLL_CTL_ADD))
		close(fd);
}

static void *work(void *server)
{
	struct server *s = server;
	SCOPED_ARENA struct arena *a = arena_new();

	for (;;) {
		struct epoll_event e;
		if (epoll_wait(s->epoll, &e, 1, -1) != 1)
			continue;
		if (e.data.fd == s->closing)
			return NULL;
		if (e.data.fd == s->listening) {
			welcome(s);
			continue;
		}
		enum next next = serve(s, call_new(a, NULL), e.data.fd);
		if (next == NEXT_CLOSE ||
		    (next == NEXT_REQUEST && !watch(s, e.data.fd, EPOLL_CTL_MOD)))
			close(e.data.fd);
		arena_reset(a);
	}
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
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
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

static void open_epoll(struct server *s)
{
	struct epoll_event listening = { .events = EPOLLIN | EPOLLEXCLUSIVE,
					 .data.fd = s->listening };
	struct epoll_event closing = { .events = EPOLLIN };

	s->epoll = epoll_create1(EPOLL_CLOEXEC);
	s->closing = closing.data.fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (s->epoll < 0 || s->closing < 0 ||
	    epoll_ctl(s->epoll, EPOLL_CTL_ADD, s->listening, &listening) ||
	    epoll_ctl(s->epoll, EPOLL_CTL_ADD, s->closing, &closing))
		abort();
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
	open_epoll(s);
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
	uint64_t one = 1;
	ssize_t n = write(s->closing, &one, sizeof one);
	(void)n; /* it was 0: it cannot be full */
	for (int i = 0; i < s->workers; i++)
		pthread_join(s->threads[i], NULL);
	/* The idle connections are nginx's to close; they end with the process. */
	close(s->listening);
	close(s->epoll);
	close(s->closing);
	unlink(s->path);
	free(s->path);
	free(s->threads);
	free(s);
}
