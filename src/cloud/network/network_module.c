/* SPDX-License-Identifier: Apache-2.0 */
/* The room as the house sees it: which engine it has, what runs by time, what it gives. */
#include <stdlib.h>
#include "base/config.h"
#include "base/id.h"
#include "base/log.h"
#include "cloud/network/network_private.h"
#include "door/house.h"
#include "door/jobs/jobs.h"
#include "door/module.h"

enum { BINDINGS_AT_ONCE = 100 };

const char *network_driver_name(void)
{
	return network_engine.driver ? network_engine.driver->name : "none";
}

static enum status post_reconcile_act(struct call *c, const void *in, void *out)
{
	(void)in, (void)out;
	return job_post(c, "network.reconcile", "network", "{}", JOB_NORMAL, 0);
}

static enum status reconcile_soon(struct call *c)
{
	char none;

	return db_write(c, house_of(c)->db, post_reconcile_act, NULL, &none, sizeof none);
}

static enum status house_act(struct call *c, const void *in, void *out)
{
	const char **id = out;
	enum status st = network_store_house(c, id);

	(void)in;
	if (st != ST_NOT_FOUND)
		return st;
	*id = id_new(c->arena);
	return network_store_house_put(c, *id);
}

static enum status use(struct call *c, const struct network_driver *d, const char *where,
		       const char *hosts)
{
	const char *id = NULL;
	void *state;
	enum status st = db_write(c, house_of(c)->db, house_act, NULL, &id, sizeof id);

	/* Another process that starts too was faster: its word stands. */
	if (st == ST_CONFLICT)
		st = db_write(c, house_of(c)->db, house_act, NULL, &id, sizeof id);
	if (!st)
		st = d->open(c, where, hosts, id, &state);

	if (!st)
		network_engine = (struct network_engine){ d, state };
	return st;
}

/* 'auto' takes the stand-in only where OVN does not answer at this moment, and says so: a cloud that
 * must have OVN says 'ovn'. */
static enum status open_engine(struct call *c, const struct config *config)
{
	const char *where = config->network.northbound, *hosts = config->network.southbound;
	enum status st = ST_AWAY;

	if (config->network.driver != NETWORK_FAKE)
		st = use(c, &network_ovn, where, hosts);
	if (!st || config->network.driver == NETWORK_OVN)
		return st;
	if (config->network.driver == NETWORK_AUTO) {
		log_warn("network-stand-in", c->request_id,
			 "OVN does not answer (%s): networks are a stand-in that carries no packet",
			 c->problem);
		call_forgive(c);
	}
	return use(c, &network_fake, where, hosts);
}

static enum status start(struct call *c, struct house *h)
{
	enum status st = open_engine(c, h->config);

	if (!st)
		st = reconcile_soon(c);
	return st;
}

static void stop(struct house *h)
{
	(void)h;
	if (network_engine.driver)
		network_engine.driver->close(network_engine.state);
	network_engine = (struct network_engine){ 0 };
}

static void tell_engine(struct call *c, struct engine *out)
{
	const struct network_driver *d = network_engine.driver;

	(void)c;
	*out = (struct engine){ d->name, d != &network_fake, d->about };
}

/* --- what the engine says of ports --- */

static enum status bind_act(struct call *c, const void *in, void *out)
{
	const struct port_bindings *b = in;
	enum status st = ST_OK;

	(void)out;
	for (size_t i = 0; !st && i < b->count; i++) {
		bool changed;
		st = network_store_port_bound(c, b->list[i].port_id, b->list[i].up, &changed);
		if (!st && changed)
			st = network_tell_status(c, b->list[i].port_id);
	}
	return st;
}

static enum status bound_ports_act(struct call *c, const void *in, void *out)
{
	(void)in;
	return network_store_bound_ports(c, out);
}

static int by_port(const void *a_, const void *b_)
{
	const struct port_binding *a = a_, *b = b_;

	return strcmp(a->port_id, b->port_id);
}

/* After a new connection the engine tells of all its ports: those that we think are up and that it does
 * not know of are down. */
static enum status add_lost(struct call *c, struct port_bindings *b)
{
	struct words bound = { 0 };
	enum status st = db_read(c, house_of(c)->db, bound_ports_act, NULL, &bound, sizeof bound);

	if (st || !bound.count)
		return st;
	qsort(b->list, b->count, sizeof *b->list, by_port);
	struct port_binding *list = arena_array(c->arena, b->count + bound.count, sizeof *list);
	size_t count = b->count;
	memcpy(list, b->list, b->count * sizeof *list);
	for (size_t i = 0; i < bound.count; i++) {
		struct port_binding lost = { bound.list[i], false };
		if (!bsearch(&lost, b->list, b->count, sizeof lost, by_port))
			list[count++] = lost;
	}
	b->list = list;
	b->count = count;
	return ST_OK;
}

static enum status follow_bindings(struct call *c)
{
	struct port_bindings b;
	enum status st = network_engine.driver->bindings(c, network_engine.state, &b);

	if (!st && b.all)
		st = add_lost(c, &b);
	/* Short acts: the one writer of SQLite has others waiting. */
	for (size_t at = 0; !st && at < b.count; at += BINDINGS_AT_ONCE) {
		size_t left = b.count - at;
		struct port_bindings some = { .list = b.list + at,
					      .count = left < BINDINGS_AT_ONCE ? left
									       : BINDINGS_AT_ONCE };
		char none;
		st = db_write(c, house_of(c)->db, bind_act, &some, &none, sizeof none);
	}
	return st;
}

static const struct timer timers[] = {
	{ "network.bindings", CLOCK_SECOND / 2, follow_bindings },
	{ "network.reconcile", 600 * CLOCK_SECOND, reconcile_soon },
	{ 0 },
};

static const struct job_kind jobs[] = {
	{ .name = "network.network.apply",
	  .at_most = 4,
	  .attempts = 30,
	  .lease = 30 * CLOCK_SECOND,
	  .deadline = 60 * CLOCK_SECOND,
	  .run = network_job_network,
	  .give_up = network_give_up_network },
	{ .name = "network.port.apply",
	  .at_most = 8,
	  .attempts = 30,
	  .lease = 30 * CLOCK_SECOND,
	  .deadline = 30 * CLOCK_SECOND,
	  .run = network_job_port,
	  .give_up = network_give_up_port },
	{ .name = "network.security.apply",
	  .at_most = 4,
	  .attempts = 30,
	  .lease = 30 * CLOCK_SECOND,
	  .deadline = 30 * CLOCK_SECOND,
	  .run = network_job_security,
	  .give_up = network_give_up_security },
	{ .name = "network.router.apply",
	  .at_most = 4,
	  .attempts = 30,
	  .lease = 30 * CLOCK_SECOND,
	  .deadline = 30 * CLOCK_SECOND,
	  .run = network_job_router,
	  .give_up = network_give_up_router },
	{ .name = "network.reconcile",
	  .at_most = 1,
	  .attempts = 5,
	  .lease = 60 * CLOCK_SECOND,
	  .deadline = 300 * CLOCK_SECOND,
	  .run = network_job_reconcile },
	{ 0 },
};

#define WRITERS (ROLE_MEMBER | ROLE_VDC_ADMIN | ROLE_SYSTEM_ADMIN)
#define READERS (WRITERS | ROLE_READER)
static const struct permission permissions[] = {
	{ "network.read", READERS, "see networks, subnets and ports of one's VDC" },
	{ "network.network.create", WRITERS, "make networks" },
	{ "network.network.update", WRITERS, "change networks" },
	{ "network.network.delete", WRITERS, "delete networks" },
	{ "network.subnet.create", WRITERS, "make subnets" },
	{ "network.subnet.update", WRITERS, "change subnets" },
	{ "network.subnet.delete", WRITERS, "delete subnets" },
	{ "network.port.create", WRITERS, "make ports" },
	{ "network.port.update", WRITERS, "change ports" },
	{ "network.port.delete", WRITERS, "delete ports" },
	{ "network.provider", ROLE_SYSTEM_ADMIN, "see and say by which cable a network goes" },
	{ "network.binding", ROLE_SYSTEM_ADMIN, "see and say on which host a port is" },
	{ "network.security.create", WRITERS, "make security groups" },
	{ "network.security.update", WRITERS, "change security groups and their rules" },
	{ "network.security.delete", WRITERS, "delete security groups" },
	{ "network.router.create", WRITERS, "make routers" },
	{ "network.router.update", WRITERS, "change routers and what they are plugged into" },
	{ "network.router.delete", WRITERS, "delete routers" },
	{ "network.floatingip.create", WRITERS, "take floating addresses" },
	{ "network.floatingip.update", WRITERS, "lead floating addresses elsewhere" },
	{ "network.floatingip.delete", WRITERS, "give floating addresses back" },
	{ "network.subnetpool.create", WRITERS, "make subnet pools" },
	{ "network.subnetpool.update", WRITERS, "change subnet pools" },
	{ "network.subnetpool.delete", WRITERS, "delete subnet pools" },
	{ "network.tag.update", WRITERS, "tag networks and what belongs to them" },
	{ "network.quota.update", ROLE_SYSTEM_ADMIN, "set how much of a network a VDC may have" },
	{ 0 },
};

const struct module network_module = {
	.name = "network",
	.permissions = permissions,
	.routes = network_routes,
	.timers = timers,
	.jobs = jobs,
	.start = start,
	.stop = stop,
	.engine = tell_engine,
	.check = network_check,
};
