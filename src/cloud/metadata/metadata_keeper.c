/* SPDX-License-Identifier: Apache-2.0 */
/* The thread that keeps places: when interfaces of guests come or go in this machine's Open vSwitch, or it has
 * come back after it died, the thread looks which networks they are in, and gives each a device in a
 * namespace of its own; every ten seconds it looks at everything anew. Nothing is kept on disk: after a
 * start all devices of ours in Open vSwitch are an earlier process's, whose namespaces went with it, and are
 * taken away first. */
#include <errno.h>
#include <net/if.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>
#include "base/clock.h"
#include "base/log.h"
#include "cloud/metadata/metadata_private.h"
#include "cloud/metadata/metadata_switch.h"
#include "cloud/network/network_metadata.h"
#include "door/house.h"

#define PAUSE (CLOCK_SECOND / 2)
#define LOOK_EVERY (10 * CLOCK_SECOND)
#define APPEARS_WITHIN (2 * CLOCK_SECOND)

struct keeper {
	struct metadata *m;
	bool changed;    /* since the last look that went well */
	bool away;       /* Open vSwitch did not answer the last time: the log has it */
	int64_t look_at; /* when to look anyhow */
	uint64_t number; /* of the next place */
};

struct wanted {
	struct metadata_network *list;
	size_t count;
};

void metadata_device(const char *network_id, char out[DEVICE_SIZE])
{
	char digits[64] = "";
	size_t n = 0;

	for (; *network_id && n + 1 < sizeof digits; network_id++)
		if (*network_id != '-')
			digits[n++] = *network_id;
	/* A name has 15 bytes: the last digits of an id are its random ones. */
	snprintf(out, DEVICE_SIZE, "ym%s", digits + (n > 13 ? n - 13 : 0));
}

/* The name that one process of a machine can have; the kernel takes it back when the process ends. */
static bool claim(struct metadata *m)
{
	struct sockaddr_un name = { .sun_family = AF_UNIX };
	int n, fd;

	if (m->claim >= 0)
		return true;
	n = snprintf(name.sun_path + 1, sizeof name.sun_path - 1, "yongyun-metadata-%s", m->id);
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return false;
	if (bind(fd, (struct sockaddr *)&name,
		 (socklen_t)(offsetof(struct sockaddr_un, sun_path) + 1 + (size_t)n))) {
		close(fd);
		return false;
	}
	m->claim = fd;
	return true;
}

/* --- places --- */

static struct place *place_of(const struct metadata *m, const char *network_id)
{
	struct place *p = m->places;

	while (p && !str_eq(p->network_id, network_id))
		p = p->next;
	return p;
}

static struct place *place_new(struct keeper *k, const char *network_id, int *error)
{
	struct place *p = calloc(1, sizeof *p);

	if (!p)
		abort();
	*error = space_open(&p->listener);
	if (*error) {
		free(p);
		return NULL;
	}
	p->number = k->number;
	k->number += 2;
	snprintf(p->network_id, sizeof p->network_id, "%s", network_id);
	metadata_device(network_id, p->device);
	pthread_mutex_lock(&k->m->lock);
	p->next = k->m->places;
	k->m->places = p;
	pthread_mutex_unlock(&k->m->lock);
	return p;
}

/* Its namespace ends with the last of its connections. */
static void place_end(struct metadata *m, struct place *gone)
{
	pthread_mutex_lock(&m->lock);
	struct place **at = &m->places;
	while (*at != gone)
		at = &(*at)->next;
	*at = gone->next;
	pthread_mutex_unlock(&m->lock);
	close(gone->listener);
	free(gone);
}

static bool any_forsaken(const struct metadata *m)
{
	const struct place *p = m->places;

	while (p && !space_forsaken(p->listener, p->device))
		p = p->next;
	return p;
}

static enum status lament(struct call *c, struct place *p, const char *what, int error)
{
	if (!p->lamented)
		log_warn("metadata-place", c->request_id, "network %s: %s %s: %s", p->network_id,
			 what, p->device, strerror(error));
	p->lamented = true;
	return ST_AWAY;
}

/* Has Open vSwitch make the place's device; one that it believes to have while the kernel has none is made
 * anew. */
static enum status call_device(struct call *c, const struct metadata *m, const struct place *p)
{
	const char *name = p->device;
	struct switch_device d = { p->device, p->network_id };
	int64_t until = clock_steady() + APPEARS_WITHIN;
	enum status st = switch_drop(c, m->asks, m->id, &(struct words){ &name, 1 });

	if (!st)
		st = switch_add(c, m->asks, m->id, &d, network_metadata_port(c, p->network_id));
	while (!st && !if_nametoindex(p->device) && clock_steady() < until)
		usleep(10000);
	return st;
}

static enum status fill_place(struct call *c, struct metadata *m, struct place *p,
			      const struct metadata_network *want)
{
	struct space_device d = { .name = p->device,
				  .mac_address = network_metadata_mac(c, p->network_id),
				  .address = METADATA_ADDRESS,
				  .mtu = want->mtu,
				  .cidrs = &want->cidrs };
	struct epoll_event e = { .events = EPOLLIN, .data.u64 = p->number };
	bool there = space_has(p->listener, p->device);
	enum status st = there || if_nametoindex(p->device) ? ST_OK : call_device(c, m, p);
	int error = 0;

	if (st)
		return st;
	if (!there)
		error = space_move(p->listener, p->device);
	if (error)
		return lament(c, p, "no namespace for", error);
	error = space_configure(p->listener, &d);
	if (error)
		return lament(c, p, "cannot set up", error);
	if (!p->open && epoll_ctl(m->epoll, EPOLL_CTL_ADD, p->listener, &e))
		return lament(c, p, "cannot listen at", errno);
	if (!p->open)
		log_info("metadata-place", c->request_id, "guests of network %s are answered at %s",
			 p->network_id, p->device);
	p->open = true;
	p->lamented = false;
	return ST_OK;
}

/* --- a look at everything --- */

static enum status wanted_act(struct call *c, const void *plugged, void *out_)
{
	struct wanted *out = out_;

	return network_metadata_networks(c, plugged, &out->list, &out->count);
}

static bool is_wanted(const struct wanted *w, const char *network_id)
{
	for (size_t i = 0; i < w->count; i++)
		if (str_eq(w->list[i].id, network_id))
			return true;
	return false;
}

/* Devices first: Open vSwitch shall not meet one that has gone. */
static enum status drop_unwanted(struct call *c, struct metadata *m, const struct switch_view *v,
				 const struct wanted *w)
{
	struct words names = { arena_array(c->arena, v->ours_count + 1, sizeof(char *)), 0 };
	enum status st = ST_OK;

	for (size_t i = 0; i < v->ours_count; i++)
		if (!is_wanted(w, v->ours[i].network_id) || !place_of(m, v->ours[i].network_id))
			names.list[names.count++] = v->ours[i].name;
	if (names.count)
		st = switch_drop(c, m->asks, m->id, &names);
	for (struct place *p = m->places, *next; !st && p; p = next) {
		next = p->next;
		if (!is_wanted(w, p->network_id))
			place_end(m, p);
	}
	return st;
}

static enum status look(struct call *c, struct keeper *k)
{
	struct metadata *m = k->m;
	struct switch_view v;
	struct wanted w = { 0 };
	enum status st = switch_read(c, m->asks, m->id, &v);

	if (!st)
		st = db_read(c, m->house->db, wanted_act, &v.plugged, &w, sizeof w);
	if (!st)
		st = drop_unwanted(c, m, &v, &w);
	enum status worst = st;
	for (size_t i = 0; !st && i < w.count; i++) {
		struct place *p = place_of(m, w.list[i].id);
		int error = 0;
		if (p && space_forsaken(p->listener, p->device)) {
			log_warn("metadata-place", c->request_id,
				 "network %s: Open vSwitch has made %s anew", p->network_id,
				 p->device);
			place_end(m, p);
			p = NULL;
		}
		if (!p)
			p = place_new(k, w.list[i].id, &error);
		if (!p)
			return fail(c, ST_AWAY, NULL, "no network namespace can be made: %s",
				    strerror(error));
		/* One that fails does not keep the others waiting. */
		enum status one = fill_place(c, m, p, &w.list[i]);
		worst = worst ? worst : one;
	}
	return worst;
}

static void beat(struct call *c, struct keeper *k)
{
	enum status st = switch_follow(c, k->m->follows, &k->changed);

	if (any_forsaken(k->m))
		k->changed = true;
	if (!st && !k->changed && clock_steady() < k->look_at)
		return;
	if (!st)
		st = look(c, k);
	if (st && c->problem[0] && !k->away)
		log_warn("metadata-away", c->request_id, "guests may not be answered: %s",
			 c->problem);
	k->away = st && (k->away || c->problem[0]);
	if (st)
		return;
	k->changed = false;
	k->look_at = clock_steady() + LOOK_EVERY;
}

static bool pause_ends(struct metadata *m)
{
	struct timespec until;
	int64_t at = clock_steady() + PAUSE;

	until = (struct timespec){ at / CLOCK_SECOND, at % CLOCK_SECOND * 1000 };
	pthread_mutex_lock(&m->lock);
	while (!m->ending && pthread_cond_timedwait(&m->wake, &m->lock, &until) != ETIMEDOUT)
		;
	bool goes_on = !m->ending;
	pthread_mutex_unlock(&m->lock);
	return goes_on;
}

static void leave(struct call *c, struct metadata *m)
{
	struct switch_view v;
	struct wanted none = { 0 };
	enum status st = switch_read(c, m->asks, m->id, &v);

	if (!st)
		st = drop_unwanted(c, m, &v, &none);
	if (st)
		log_warn("metadata-away", c->request_id, "devices stay in Open vSwitch: %s",
			 c->problem);
	while (m->places)
		place_end(m, m->places);
}

void *metadata_keeper(void *arg)
{
	struct keeper k = { .m = arg, .number = 3 };
	struct arena *a = arena_new();

	pthread_setname_np(pthread_self(), "metadata-keep");
	do {
		struct call *c = call_new(a, NULL);
		c->house = k.m->house;
		if (claim(k.m))
			beat(c, &k);
		arena_reset(a);
	} while (pause_ends(k.m));
	if (k.m->claim >= 0)
		leave(call_new(a, NULL), k.m);
	arena_end(&a);
	return NULL;
}
