/* SPDX-License-Identifier: Apache-2.0 */
/* From what the tables want to what the engine has: jobs that apply one network or port, a survey of
 * everything at the start, and what the engine says of ports that come up and go down.
 *
 * Two may apply the same thing at once (a job, and a server that is about to be plugged in). Each reads,
 * puts, and records that revision only if it is still the newest; else it begins again. So whoever puts
 * last has put the newest. */
#include "base/config.h"
#include "base/log.h"
#include "cloud/network/network_router.h"
#include "cloud/network/network_security.h"
#include "cloud/network/network_wanted.h"
#include "door/house.h"
#include "door/jobs/events.h"
#include "door/jobs/jobs.h"
#include "door/module.h"

enum { ROUNDS = 8 };

struct network_engine network_engine;

/* --- what is wanted --- */

static enum status wanted_subnet(struct call *c, const struct subnet *s, struct wanted_subnet *out)
{
	struct host_route *routes;
	size_t routes_count;
	enum status st = wanted_routes(c, s->host_routes, &routes, &routes_count);

	*out = (struct wanted_subnet){
		.id = s->id,
		.cidr = s->cidr,
		.ip_version = s->ip_version,
		.gateway_ip = s->gateway_ip,
		/* slaac: no DHCP at all, the router says everything. */
		.dhcp = s->enable_dhcp &&
			(s->ip_version == 4 ||
			 (s->ipv6_address_mode && !str_eq(s->ipv6_address_mode, "slaac"))),
		.stateless = s->ipv6_address_mode && subnet_is_auto(s),
		.host_routes = routes,
		.host_routes_count = routes_count,
	};
	/* DHCP can tell of name servers of its own IP version only. */
	out->dns_nameservers.list =
		arena_array(c->arena, s->dns_nameservers.count + 1, sizeof(char *));
	for (size_t i = 0; i < s->dns_nameservers.count; i++) {
		struct ip ip;
		if (ip_read(s->dns_nameservers.list[i], &ip) && ip.version == s->ip_version)
			out->dns_nameservers.list[out->dns_nameservers.count++] =
				s->dns_nameservers.list[i];
	}
	return st;
}

static enum status wanted_network(struct call *c, const struct network *n, const struct subnet *all,
				  size_t count, struct wanted_network *out)
{
	enum status st = ST_OK;

	*out = (struct wanted_network){ .id = n->id,
					.mtu = n->mtu,
					.physical_network = n->physical_network,
					.vlan = n->segmentation_id == INT_NULL
							? 0
							: n->segmentation_id };
	out->subnets = arena_array(c->arena, count + 1, sizeof *out->subnets);
	for (size_t i = 0; !st && i < count; i++) {
		struct wanted_subnet *s = &out->subnets[out->subnets_count++];
		st = wanted_subnet(c, &all[i], s);
		/* A guest learns the way by DHCP of IPv4 only. */
		if (s->dhcp && s->ip_version == 4)
			out->metadata = house_of(c)->config->network.metadata;
	}
	return st;
}

/* The address is kept by the router that leads it on: there is nothing to plug in. */
static bool has_no_row(const struct port *p)
{
	return str_eq(p->device_owner, OWNER_FLOATING);
}

static enum status wanted_port(struct call *c, const struct port *p, struct wanted_port *out)
{
	bool gateway = str_eq(p->device_owner, OWNER_GATEWAY);

	*out = (struct wanted_port){
		.id = p->id,
		.router = gateway || str_eq(p->device_owner, OWNER_INTERFACE),
		.gateway = gateway,
		.groups = p->security_groups,
		.network_id = p->network_id,
		.mac_address = p->mac_address,
		.enabled = p->admin_state_up,
		.plugged = p->device_id[0],
		.port_security = p->port_security,
		.fixed_ips = p->fixed_ips,
		.fixed_ips_count = p->fixed_ips_count,
	};
	return wanted_pairs(c, p->address_pairs, &out->pairs, &out->pairs_count);
}

/* --- one network --- */

struct network_state {
	struct network network;
	struct wanted_network want;
	struct words ports;
};

static enum status network_state_act(struct call *c, const void *id, void *out_)
{
	struct network_state *out = out_;
	struct subnet *subnets;
	struct port *ports;
	size_t count;
	enum status st = network_store_network(c, id, &out->network);

	if (!st)
		st = network_store_subnets(c, id, NULL, "", INT64_MAX, &subnets, &count);
	if (!st)
		st = wanted_network(c, &out->network, subnets, count, &out->want);
	if (!st)
		st = network_store_ports(c, &(struct port_select){ .network_id = id }, "",
					 INT64_MAX, &ports, &count);
	if (st)
		return st;
	out->ports.list = arena_array(c->arena, count + 1, sizeof(char *));
	for (size_t i = 0; i < count; i++)
		out->ports.list[out->ports.count++] = ports[i].id;
	return ST_OK;
}

struct applied {
	const char *id;
	int64_t revision;
};

static enum status network_applied_act(struct call *c, const void *in, void *out)
{
	const struct applied *a = in;

	return network_store_network_applied(c, a->id, a->revision, out);
}

static enum status apply_network(struct call *c, const char *id, struct words *ports)
{
	struct db *db = house_of(c)->db;
	bool recorded = false;

	for (int round = 0; round < ROUNDS && !recorded; round++) {
		struct network_state now;
		enum status st = db_read(c, db, network_state_act, id, &now, sizeof now);
		if (st == ST_NOT_FOUND)
			return network_engine.driver->drop_network(c, network_engine.state, id);
		if (!st)
			st = network_engine.driver->put_network(c, network_engine.state, &now.want);
		if (st)
			return st;
		struct applied a = { id, now.network.revision };
		st = db_write(c, db, network_applied_act, &a, &recorded, sizeof recorded);
		if (st)
			return st;
		if (ports)
			*ports = now.ports;
	}
	return recorded ? ST_OK : fail(c, ST_RETRY, NULL, "network %s changes all the time", id);
}

/* --- one port --- */

static enum status port_state_act(struct call *c, const void *id, void *out)
{
	return network_store_port(c, id, out);
}

static enum status port_applied_act(struct call *c, const void *in, void *out)
{
	const struct applied *a = in;

	return network_store_port_applied(c, a->id, a->revision, out);
}

static enum status put_port(struct call *c, const struct port *p)
{
	struct wanted_port want;
	enum status st;

	if (has_no_row(p))
		return ST_OK;
	st = wanted_port(c, p, &want);
	if (!st)
		st = network_engine.driver->put_port(c, network_engine.state, &want);
	if (st != ST_NOT_FOUND)
		return st;
	/* Jobs of its network or of its groups have not run yet. */
	call_forgive(c);
	st = apply_network(c, p->network_id, NULL);
	for (size_t i = 0; !st && i < p->security_groups.count; i++)
		st = security_apply(c, p->security_groups.list[i]);
	return st ? st : network_engine.driver->put_port(c, network_engine.state, &want);
}

/* 'anyhow': also when it is recorded as applied, for the engine may have lost it. */
static enum status apply_port(struct call *c, const char *id, bool anyhow)
{
	struct db *db = house_of(c)->db;
	bool recorded = false;

	for (int round = 0; round < ROUNDS && !recorded; round++) {
		struct port p;
		enum status st = db_read(c, db, port_state_act, id, &p, sizeof p);
		if (st)
			return st;
		if (!anyhow && p.applied >= p.revision)
			return ST_OK;
		struct applied a = { id, p.revision };
		st = put_port(c, &p);
		if (!st)
			st = db_write(c, db, port_applied_act, &a, &recorded, sizeof recorded);
		if (st)
			return st;
	}
	return recorded ? ST_OK : fail(c, ST_RETRY, NULL, "port %s changes all the time", id);
}

enum status network_apply_port(struct call *c, const char *port_id)
{
	enum status st = apply_port(c, port_id, false);

	if (st == ST_NOT_FOUND)
		return fail(c, st, NULL, "port %s is gone", port_id);
	return st;
}

/* --- jobs --- */

/* DHCP options may have got new rows: the ports refer to them. */
enum status network_job_network(struct call *c, const struct job *j)
{
	struct words ports = { 0 };
	enum status st = apply_network(c, j->subject, &ports);

	for (size_t i = 0; !st && i < ports.count; i++) {
		st = apply_port(c, ports.list[i], true);
		if (st == ST_NOT_FOUND)
			st = ST_OK; /* deleted meanwhile: its own job sees to it */
	}
	return st;
}

enum status network_job_port(struct call *c, const struct job *j)
{
	enum status st = apply_port(c, j->subject, true);

	return st == ST_NOT_FOUND
		       ? network_engine.driver->drop_port(c, network_engine.state, j->subject)
		       : st;
}

enum status network_give_up_network(struct call *c, const struct job *j, const char *why)
{
	return network_store_network_fault(c, j->subject, why);
}

enum status network_tell_status(struct call *c, const char *port_id)
{
	struct buf payload = { .arena = c->arena };
	struct json_out j = json_to(&payload);
	struct port p;
	enum status st = network_store_port(c, port_id, &p);

	if (st)
		return st == ST_NOT_FOUND ? ST_OK : st;
	json_object_begin(&j);
	json_put_str(&j, "id", p.id);
	json_put_str(&j, "status", p.status);
	json_put_str(&j, "device_id", p.device_id);
	json_object_end(&j);
	return event_post(c, "network.port.status", p.id, p.domain_id, p.project_id,
			  buf_text(&payload));
}

enum status network_give_up_port(struct call *c, const struct job *j, const char *why)
{
	enum status st = network_store_port_fault(c, j->subject, why);

	return st ? st : network_tell_status(c, j->subject);
}

/* --- everything --- */

static enum status wanted_all_act(struct call *c, const void *in, void *out_)
{
	struct wanted_all *out = out_;
	struct network *networks;
	struct subnet *subnets;
	struct port *ports;
	size_t n, m, k;
	enum status st = network_store_networks(c, NULL, "", INT64_MAX, &networks, &n);

	(void)in;
	out->networks = arena_array(c->arena, n + 1, sizeof *out->networks);
	for (size_t i = 0; !st && i < n; i++) {
		st = network_store_subnets(c, networks[i].id, NULL, "", INT64_MAX, &subnets, &m);
		if (!st)
			st = wanted_network(c, &networks[i], subnets, m,
					    &out->networks[out->networks_count++]);
	}
	if (!st)
		st = network_store_ports(c, &(struct port_select){ 0 }, "", INT64_MAX, &ports, &k);
	if (st)
		return st;
	out->ports = arena_array(c->arena, k + 1, sizeof *out->ports);
	for (size_t i = 0; !st && i < k; i++)
		if (!has_no_row(&ports[i]))
			st = wanted_port(c, &ports[i], &out->ports[out->ports_count++]);
	if (!st)
		st = wanted_groups(c, &out->groups, &out->groups_count);
	return st ? st : wanted_routers(c, &out->routers, &out->routers_count);
}

static enum status survey(struct call *c, struct network_survey *out)
{
	struct wanted_all want;
	enum status st = db_read(c, house_of(c)->db, wanted_all_act, NULL, &want, sizeof want);

	return st ? st : network_engine.driver->survey(c, network_engine.state, &want, out);
}

static enum status post_repairs_act(struct call *c, const void *in, void *out)
{
	const struct network_survey *s = in;
	enum status st = ST_OK;

	(void)out;
	for (size_t i = 0; !st && i < s->networks.count; i++)
		st = job_post(c, "network.network.apply", s->networks.list[i], "{}", JOB_NORMAL, 0);
	for (size_t i = 0; !st && i < s->ports.count; i++)
		st = job_post(c, "network.port.apply", s->ports.list[i], "{}", JOB_NORMAL, 0);
	for (size_t i = 0; !st && i < s->groups.count; i++)
		st = job_post(c, "network.security.apply", s->groups.list[i], "{}", JOB_NORMAL, 0);
	for (size_t i = 0; !st && i < s->routers.count; i++)
		st = job_post(c, "network.router.apply", s->routers.list[i], "{}", JOB_NORMAL, 0);
	return st;
}

/* Whatever differs gets a job of its own, which looks afresh: what was made or deleted while the survey
 * went on is found as it is by then. */
enum status network_job_reconcile(struct call *c, const struct job *j)
{
	struct network_survey found;
	char none;
	enum status st = survey(c, &found);

	(void)j;
	if (st)
		return st;
	if (found.missing || found.changed || found.orphans)
		log_warn("network-drift", c->request_id,
			 "%ld rows of OVN were missing, %ld different, %ld not ours any more",
			 (long)found.missing, (long)found.changed, (long)found.orphans);
	return db_write(c, house_of(c)->db, post_repairs_act, &found, &none, sizeof none);
}

enum status network_check(struct call *c, struct house *h, bool deep, struct buf *report,
			  int64_t *bad)
{
	struct network_survey found = { 0 };
	/* `yongyun check` looks without starting the rooms: the engine is opened for the look. */
	bool open = network_engine.driver != NULL;
	enum status st = deep && !open ? network_module.start(c, h) : ST_OK;

	if (deep && !st)
		st = survey(c, &found);
	if (!open && network_engine.driver)
		network_module.stop(h);
	for (size_t i = 0; !st && i < found.networks.count; i++)
		buf_printf(report, "network %s is not in the engine as it is wanted\n",
			   found.networks.list[i]);
	for (size_t i = 0; !st && i < found.ports.count; i++)
		buf_printf(report, "port %s is not in the engine as it is wanted\n",
			   found.ports.list[i]);
	for (size_t i = 0; !st && i < found.groups.count; i++)
		buf_printf(report, "security group %s is not in the engine as it is wanted\n",
			   found.groups.list[i]);
	for (size_t i = 0; !st && i < found.routers.count; i++)
		buf_printf(report, "router %s is not in the engine as it is wanted\n",
			   found.routers.list[i]);
	*bad += (int64_t)(found.networks.count + found.ports.count + found.groups.count +
			  found.routers.count);
	return st;
}
