/* SPDX-License-Identifier: Apache-2.0 */
/* The thread that guests ask: it takes connections from every place, reads a request, answers, and closes.
 * One after the other: an answer is a few look-ups. */
#include <arpa/inet.h>
#include <errno.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>
#include "base/clock.h"
#include "base/log.h"
#include "cloud/metadata/metadata_private.h"

enum { EVENTS = 64, BREATH_MS = 1000 };

/* A connection. Owner: the thread. */
struct asker {
	struct asker *next;
	int fd;
	struct in_addr address;
	char network_id[NETWORK_ID_SIZE], device[DEVICE_SIZE];
	int64_t until;
	size_t have, sent;
	bool answering, over;
	struct buf out;       /* in 'memory' */
	struct arena *memory; /* NULL until it is answered */
	char in[METADATA_HEAD_MAX];
};

struct desk {
	struct metadata *m;
	struct asker *askers;
	size_t count;
};

static void asker_end(struct asker *k)
{
	close(k->fd);
	arena_end(&k->memory);
	free(k);
}

static size_t askers_of(const struct desk *d, const struct asker *who)
{
	size_t n = 0;

	for (const struct asker *k = d->askers; k; k = k->next)
		n += !k->over && k->address.s_addr == who->address.s_addr &&
		     str_eq(k->network_id, who->network_id);
	return n;
}

/* Takes a connection that was accepted; too many are closed at once. */
static void take(struct desk *d, struct asker *k)
{
	struct epoll_event e = { .events = EPOLLIN | EPOLLRDHUP, .data.ptr = k };

	k->until = clock_steady() + ASKER_LIFE;
	if (d->count == ASKERS_MAX || askers_of(d, k) == ASKERS_EACH ||
	    epoll_ctl(d->m->epoll, EPOLL_CTL_ADD, k->fd, &e)) {
		asker_end(k);
		return;
	}
	k->next = d->askers;
	d->askers = k;
	d->count++;
}

static const struct place *place_numbered(const struct metadata *m, uint64_t number)
{
	const struct place *p = m->places;

	while (p && p->number != number)
		p = p->next;
	return p;
}

/* Connections that wait at a place. The lock keeps it there meanwhile. */
static void accept_all(struct desk *d, uint64_t number)
{
	pthread_mutex_lock(&d->m->lock);
	const struct place *p = place_numbered(d->m, number);
	for (int i = 0; p && i < ASKERS_MAX; i++) {
		struct sockaddr_in from = { 0 };
		socklen_t size = sizeof from;
		int fd = accept4(p->listener, (struct sockaddr *)&from, &size,
				 SOCK_NONBLOCK | SOCK_CLOEXEC);
		if (fd < 0 && (errno == EMFILE || errno == ENFILE))
			usleep(10000); /* it stays readable: without a pause we would spin */
		if (fd < 0)
			break;
		struct asker *k = calloc(1, sizeof *k);
		if (!k)
			abort();
		k->fd = fd;
		k->address = from.sin_addr;
		memcpy(k->network_id, p->network_id, sizeof k->network_id);
		memcpy(k->device, p->device, sizeof k->device);
		take(d, k);
	}
	pthread_mutex_unlock(&d->m->lock);
}

static void answer(const struct desk *d, struct asker *k, enum metadata_step step,
		   const struct metadata_head *head)
{
	char address[INET_ADDRSTRLEN] = "", mac[SPACE_MAC_SIZE] = "";
	struct epoll_event e = { .events = EPOLLOUT, .data.ptr = k };

	k->memory = arena_new();
	k->out = (struct buf){ .arena = k->memory };
	k->answering = true;
	if (step == METADATA_WRONG) {
		metadata_refuse(head, &k->out);
	} else {
		struct call *c = call_new(k->memory, NULL);
		c->house = d->m->house;
		inet_ntop(AF_INET, &k->address, address, sizeof address);
		c->from = address;
		int error = space_neighbour(k->fd, k->device, k->address, mac);
		struct metadata_asker who = { k->network_id, address, mac };
		metadata_answer(c, &who, head, &k->out);
		log_debug("metadata", c->request_id, "network %s, %s (%s): %s%s", k->network_id,
			  address, error ? strerror(error) : mac, head->path, c->problem);
	}
	if (epoll_ctl(d->m->epoll, EPOLL_CTL_MOD, k->fd, &e))
		k->over = true;
}

static void hear(const struct desk *d, struct asker *k)
{
	struct metadata_head head;
	ssize_t n = recv(k->fd, k->in + k->have, sizeof k->in - k->have, 0);

	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	if (n <= 0) {
		k->over = true;
		return;
	}
	k->have += (size_t)n;
	enum metadata_step step = metadata_head(k->in, k->have, &head);
	if (step != METADATA_MORE)
		answer(d, k, step, &head);
}

static void tell(struct asker *k)
{
	ssize_t n = send(k->fd, k->out.data + k->sent, k->out.size - k->sent, MSG_NOSIGNAL);

	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	if (n < 0) {
		k->over = true;
		return;
	}
	k->sent += (size_t)n;
	if (k->sent == k->out.size) {
		shutdown(k->fd, SHUT_WR);
		k->over = true;
	}
}

/* Whoever is through, gone or too slow. */
static void sweep(struct desk *d, bool all)
{
	int64_t now = clock_steady();

	for (struct asker **at = &d->askers; *at;) {
		struct asker *k = *at;
		if (!all && !k->over && now < k->until) {
			at = &k->next;
			continue;
		}
		*at = k->next;
		d->count--;
		asker_end(k);
	}
}

static bool ending(struct metadata *m)
{
	pthread_mutex_lock(&m->lock);
	bool is = m->ending;
	pthread_mutex_unlock(&m->lock);
	return is;
}

/* What an event is of: places have odd numbers, askers are pointers, the bell is 1. */
static void serve(struct desk *d, const struct epoll_event *e)
{
	if (e->data.u64 & 1) {
		accept_all(d, e->data.u64);
		return;
	}
	struct asker *k = e->data.ptr;
	if (k->over)
		return;
	if (k->answering && e->events & EPOLLOUT)
		tell(k);
	else if (!k->answering && e->events & EPOLLIN)
		hear(d, k);
	else
		k->over = true;
}

void *metadata_asked(void *arg)
{
	struct desk d = { .m = arg };
	struct epoll_event events[EVENTS];

	pthread_setname_np(pthread_self(), "metadata-asked");
	while (!ending(d.m)) {
		int n = epoll_wait(d.m->epoll, events, EVENTS, BREATH_MS);
		for (int i = 0; i < n; i++)
			serve(&d, &events[i]);
		sweep(&d, false);
	}
	sweep(&d, true);
	return NULL;
}
