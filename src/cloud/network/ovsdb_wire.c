/* SPDX-License-Identifier: Apache-2.0 */
/* Sockets that do not block for ever: every step polls until a deadline. */
#include <errno.h>
#include <netdb.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>
#include "base/clock.h"
#include "cloud/network/ovsdb_wire.h"

enum { READ_SIZE = 64 << 10 };

void ovsdb_wire_close(struct ovsdb_wire *w)
{
	if (w->fd >= 0)
		close(w->fd);
	free(w->bytes); /* NOLINT(clang-analyzer-unix.Malloc): the next line forgets it */
	*w = (struct ovsdb_wire){ .fd = -1 };
}

/* 0 when the socket is ready, else an errno. */
static int wait_for(int fd, short events, int64_t deadline)
{
	for (;;) {
		int64_t left = deadline - clock_steady();
		if (left <= 0)
			return ETIMEDOUT;
		struct pollfd p = { .fd = fd, .events = events };
		int n = poll(&p, 1, (int)(left / 1000 > 60000 ? 60000 : left / 1000 + 1));
		if (n > 0)
			return 0;
		if (n < 0 && errno != EINTR)
			return errno;
	}
}

static int connect_to(struct ovsdb_wire *w, const struct sockaddr *at, socklen_t size,
		      int64_t deadline)
{
	w->fd = socket(at->sa_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (w->fd < 0)
		return errno;
	if (connect(w->fd, at, size) == 0)
		return 0;
	/* A unix socket whose queue is full says EAGAIN: nobody is there in time. */
	if (errno != EINPROGRESS)
		return errno == EAGAIN ? ETIMEDOUT : errno;
	int error = wait_for(w->fd, POLLOUT, deadline);
	socklen_t length = sizeof error;
	if (!error && getsockopt(w->fd, SOL_SOCKET, SO_ERROR, &error, &length))
		error = errno;
	return error;
}

static int open_unix(struct ovsdb_wire *w, const char *path, int64_t deadline)
{
	struct sockaddr_un at = { .sun_family = AF_UNIX };
	size_t size = strlen(path);

	if (!size || size >= sizeof at.sun_path)
		return EINVAL;
	memcpy(at.sun_path, path, size + 1);
	return connect_to(w, (const struct sockaddr *)&at, sizeof at, deadline);
}

/* Numbers only: looking up a name could block for longer than any deadline. */
static int open_tcp(struct ovsdb_wire *w, const char *where, int64_t deadline)
{
	struct addrinfo want = { .ai_flags = AI_NUMERICHOST | AI_NUMERICSERV,
				 .ai_socktype = SOCK_STREAM };
	struct addrinfo *found;
	const char *colon = strrchr(where, ':');
	char host[64];
	bool bracket = where[0] == '[';
	size_t skip = bracket ? 1 : 0;

	if (!colon || colon == where || (bracket && colon[-1] != ']'))
		return EINVAL;
	size_t size = (size_t)(colon - where) - 2 * skip;
	if (size >= sizeof host)
		return EINVAL;
	memcpy(host, where + skip, size);
	host[size] = '\0';
	if (getaddrinfo(host, colon + 1, &want, &found))
		return EINVAL;
	int error = connect_to(w, found->ai_addr, found->ai_addrlen, deadline);
	freeaddrinfo(found);
	return error;
}

int ovsdb_wire_open(struct ovsdb_wire *w, const char *remote, int64_t deadline)
{
	int error = EINVAL;

	ovsdb_wire_close(w);
	if (str_starts(remote, "unix:"))
		error = open_unix(w, remote + 5, deadline);
	else if (str_starts(remote, "tcp:"))
		error = open_tcp(w, remote + 4, deadline);
	if (error)
		ovsdb_wire_close(w);
	return error;
}

int ovsdb_wire_send(struct ovsdb_wire *w, const char *text, size_t size, int64_t deadline)
{
	while (size) {
		ssize_t n = send(w->fd, text, size, MSG_NOSIGNAL);
		int error = 0;
		if (n < 0 && (errno == EAGAIN || errno == EWOULDBLOCK))
			error = wait_for(w->fd, POLLOUT, deadline);
		else if (n < 0 && errno != EINTR)
			error = errno;
		if (error)
			return error;
		if (n > 0) {
			text += n;
			size -= (size_t)n;
		}
	}
	return 0;
}

/* Takes a message out of what was read. EAGAIN: more bytes are needed. */
static int take(struct ovsdb_wire *w, json_t **message)
{
	size_t used = 0;

	if (w->seen == w->size)
		return EAGAIN;
	enum ovsdb_step s =
		ovsdb_frame_feed(&w->frame, w->bytes + w->seen, w->size - w->seen, &used);

	w->seen += used;
	if (s == OVSDB_MORE)
		return EAGAIN;
	if (s == OVSDB_BROKEN)
		return EPROTO;
	*message = json_loadb(w->bytes, w->seen, JSON_REJECT_DUPLICATES, NULL);
	w->size -= w->seen;
	memmove(w->bytes, w->bytes + w->seen, w->size);
	w->seen = 0;
	return *message ? 0 : EPROTO;
}

/* EAGAIN: nothing there now. */
static int read_more(struct ovsdb_wire *w)
{
	if (w->room - w->size < READ_SIZE) {
		size_t room = w->room * 2 + READ_SIZE;
		char *bytes = realloc(w->bytes, room);
		if (!bytes)
			return ENOMEM;
		w->bytes = bytes;
		w->room = room;
	}
	ssize_t n = recv(w->fd, w->bytes + w->size, w->room - w->size, 0);
	if (n == 0)
		return ECONNRESET;
	if (n < 0)
		return errno == EINTR || errno == EWOULDBLOCK ? EAGAIN : errno;
	w->size += (size_t)n;
	return 0;
}

int ovsdb_wire_next(struct ovsdb_wire *w, int64_t deadline, json_t **message)
{
	for (;;) {
		int error = take(w, message);
		if (error != EAGAIN)
			return error;
		error = read_more(w);
		if (error == EAGAIN) {
			if (!deadline)
				return EAGAIN;
			error = wait_for(w->fd, POLLIN, deadline);
		}
		if (error)
			return error;
	}
}
