/* SPDX-License-Identifier: Apache-2.0 */
/* The room as the house sees it: when the service runs, and what `yongyun check` holds of it. */
#include "cloud/metadata/metadata.h"
#include <errno.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>
#include "base/clock.h"
#include "base/config.h"
#include "base/log.h"
#include "cloud/metadata/metadata_private.h"
#include "cloud/metadata/metadata_switch.h"
#include "cloud/network/network.h"
#include "cloud/network/network_metadata.h"
#include "door/house.h"
#include "door/module.h"

#define PATIENCE (2 * CLOCK_SECOND)
#define SETTLES_WITHIN (5 * CLOCK_SECOND)
static const char DATABASE[] = "Open_vSwitch";

static enum status house_act(struct call *c, const void *in, void *out)
{
	(void)in;
	return network_house(c, out);
}

/* Whether there is somebody to ask: a guest's packets are carried here, and namespaces can be made. */
static bool possible(struct call *c, const struct house *h, const char **why_not)
{
	int listener, error;

	*why_not = NULL;
	if (!h->config->network.metadata)
		*why_not = "it is switched off (network.metadata)";
	else if (!str_eq(network_driver_name(), "ovn"))
		*why_not = "networks are a stand-in that carries no packet";
	if (*why_not)
		return false;
	error = space_open(&listener);
	if (error)
		*why_not = arena_printf(c->arena, "no network namespace can be made here: %s",
					strerror(error));
	else
		close(listener);
	return !error;
}

static void end_threads(struct metadata *m)
{
	uint64_t one = 1;

	pthread_mutex_lock(&m->lock);
	m->ending = true;
	pthread_cond_signal(&m->wake);
	pthread_mutex_unlock(&m->lock);
	if (write(m->bell, &one, sizeof one) < 0)
		log_warn("metadata-bell", NULL, "%s", strerror(errno));
}

static bool open_threads(struct metadata *m)
{
	struct epoll_event e = { .events = EPOLLIN, .data.u64 = 1 };
	pthread_condattr_t steady;

	pthread_mutex_init(&m->lock, NULL);
	pthread_condattr_init(&steady);
	pthread_condattr_setclock(&steady, CLOCK_MONOTONIC);
	pthread_cond_init(&m->wake, &steady);
	pthread_condattr_destroy(&steady);
	m->epoll = epoll_create1(EPOLL_CLOEXEC);
	m->bell = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (m->epoll < 0 || m->bell < 0 || epoll_ctl(m->epoll, EPOLL_CTL_ADD, m->bell, &e))
		return false;
	if (pthread_create(&m->asked, NULL, metadata_asked, m))
		return false;
	if (!pthread_create(&m->keeper, NULL, metadata_keeper, m))
		return true;
	end_threads(m);
	pthread_join(m->asked, NULL);
	return false;
}

static void forget(struct metadata *m)
{
	if (m->epoll >= 0)
		close(m->epoll);
	if (m->bell >= 0)
		close(m->bell);
	if (m->claim >= 0)
		close(m->claim);
	ovsdb_end(&m->asks);
	ovsdb_end(&m->follows);
	pthread_cond_destroy(&m->wake);
	pthread_mutex_destroy(&m->lock);
	free(m->id);
	free(m);
}

struct metadata *metadata_open(struct call *c, struct house *h)
{
	const char *why_not, *id = NULL, *where = h->config->network.openvswitch;
	struct metadata *m;

	if (!possible(c, h, &why_not) ||
	    db_read(c, h->db, house_act, NULL, &id, sizeof id) != ST_OK) {
		log_info("metadata-none", c->request_id, "guests find no metadata service: %s",
			 why_not ? why_not : c->problem);
		call_forgive(c);
		return NULL;
	}
	m = calloc(1, sizeof *m);
	if (!m || !(m->id = strdup(id)))
		abort();
	m->house = h;
	m->claim = -1;
	m->asks = ovsdb_new(where, DATABASE, PATIENCE);
	m->follows = ovsdb_new(where, DATABASE, PATIENCE);
	if (open_threads(m))
		return m;
	log_warn("metadata-none", c->request_id, "guests find no metadata service: %s",
		 strerror(errno));
	forget(m);
	return NULL;
}

void metadata_close(struct metadata *m)
{
	if (!m)
		return;
	end_threads(m);
	pthread_join(m->asked, NULL);
	pthread_join(m->keeper, NULL);
	forget(m);
}

/* --- check --- */

static enum status known_act(struct call *c, const void *in, void *out)
{
	return network_metadata_known(c, in, out);
}

/* Devices of networks that are no more: '*gone' gets them. Which of the others guests need is the service's
 * to say. */
static enum status gone_devices(struct call *c, const struct house *h, const struct switch_view *v,
				struct words *gone)
{
	struct words ids = { arena_array(c->arena, v->ours_count + 1, sizeof(char *)), 0 };
	struct words known = { 0 };

	for (size_t i = 0; i < v->ours_count; i++)
		ids.list[ids.count++] = v->ours[i].network_id;
	enum status st = db_read(c, h->db, known_act, &ids, &known, sizeof known);
	*gone = (struct words){ arena_array(c->arena, v->ours_count + 1, sizeof(char *)), 0 };
	for (size_t i = 0; !st && i < v->ours_count; i++)
		if (!words_have(&known, v->ours[i].network_id))
			gone->list[gone->count++] = v->ours[i].name;
	return st;
}

/* A service that runs takes them away in a moment: what stays for longer is nobody's. */
static enum status check_devices(struct call *c, const struct house *h, struct ovsdb *db,
				 const char *id, struct buf *report, int64_t *bad)
{
	int64_t until = clock_steady() + SETTLES_WITHIN;
	struct switch_view v;
	struct words gone;
	enum status st;

	for (;;) {
		st = switch_read(c, db, id, &v);
		if (!st)
			st = gone_devices(c, h, &v, &gone);
		if (st || !gone.count || clock_steady() > until)
			break;
		usleep(200000);
	}
	for (size_t i = 0; !st && i < gone.count; i++)
		buf_printf(report, "Open vSwitch has the device %s of a network that is no more\n",
			   gone.list[i]);
	*bad += st ? 0 : (int64_t)gone.count;
	return st;
}

/* Where there is no service it is said so, and nothing is wrong. */
static enum status check(struct call *c, struct house *h, bool deep, struct buf *report,
			 int64_t *bad)
{
	const char *why_not, *id = NULL;
	struct switch_view v;

	if (!possible(c, h, &why_not)) {
		buf_printf(report, "      guests find no metadata service: %s\n", why_not);
		return ST_OK;
	}
	enum status st = db_read(c, h->db, house_act, NULL, &id, sizeof id);
	if (st)
		return st;
	struct ovsdb *db = ovsdb_new(h->config->network.openvswitch, DATABASE, PATIENCE);
	if (switch_read(c, db, id, &v)) {
		buf_printf(report, "      guests find no metadata service: %s\n", c->problem);
		call_forgive(c);
	} else if (deep) {
		st = check_devices(c, h, db, id, report, bad);
	}
	ovsdb_end(&db);
	return st;
}

const struct module metadata_module = { .name = "metadata", .check = check };
