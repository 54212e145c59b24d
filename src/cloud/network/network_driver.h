/* SPDX-License-Identifier: Apache-2.0 */
/* What an engine for networks must do: make what is wanted so, again and again, and say what is up.
 * Everything here is idempotent, waits at most for its own deadline, and is called outside of
 * transactions. network_ovn.c is the real one; network_fake.c carries no packet and says so. */
#ifndef CLOUD_NETWORK_DRIVER_H
#define CLOUD_NETWORK_DRIVER_H

#include "base/shape.h"
#include "cloud/network/network.h"

struct host_route {
	const char *destination, *nexthop;
};

struct wanted_subnet {
	const char *id;
	const char *cidr;
	int64_t ip_version;
	const char *gateway_ip; /* NULL: none */
	bool dhcp;              /* guests get their addresses by DHCP (or DHCPv6) */
	bool stateless;         /* DHCPv6 tells name servers only: guests make their addresses */
	struct words dns_nameservers;
	struct host_route *host_routes;
	size_t host_routes_count;
};

struct wanted_network {
	const char *id;
	int64_t mtu;
	const char
		*physical_network; /* of the site that it is joined to; NULL: it lives in tunnels */
	int64_t vlan;              /* there; 0: none */
	struct wanted_subnet *subnets;
	size_t subnets_count;
	bool metadata; /* each host answers guests at METADATA_ADDRESS, and DHCP tells the way there */
};

/* Another address that a port may use. */
struct wanted_pair {
	const char *ip_address, *mac_address;
};

struct wanted_port {
	const char *id, *network_id, *mac_address;
	bool router;  /* the other end is a router's port of the same id */
	bool gateway; /* which leads out of the cloud */
	bool enabled;
	bool plugged;       /* a device has it */
	bool port_security; /* only its own addresses may be used */
	struct network_fixed_ip *fixed_ips;
	size_t fixed_ips_count;
	struct words groups; /* security groups; what none of them lets through is dropped */
	struct wanted_pair *pairs;
	size_t pairs_count;
};

struct wanted_rule {
	const char *id;
	bool ingress, ipv6;
	int64_t protocol;                     /* a number of IANA's; -1: all */
	int64_t min, max;                     /* ports, or ICMP's type and code; INT_NULL: any */
	const char *prefix, *remote_group_id; /* the far end; NULL: any */
};

struct wanted_group {
	const char *id;
	bool stateful;
	struct wanted_rule *rules;
	size_t rules_count;
};

struct wanted_router_port {
	const char *id, *mac_address;
	struct words networks; /* "10.0.0.1/24" */
	bool gateway;          /* leads out: some host must carry it */
	const char *ra_mode;   /* "slaac", "dhcpv6-stateful", "dhcpv6-stateless"; NULL: none */
	int64_t mtu;
};

struct wanted_nat {
	const char *type; /* "snat": a subnet goes out; "dnat_and_snat": one address, both ways */
	const char *external_ip, *logical_ip;
};

struct wanted_router {
	const char *id;
	bool enabled;
	struct wanted_router_port *ports;
	size_t ports_count;
	struct host_route *routes;
	size_t routes_count;
	struct wanted_nat *nats;
	size_t nats_count;
};

struct wanted_all {
	struct wanted_network *networks;
	size_t networks_count;
	struct wanted_port *ports;
	size_t ports_count;
	struct wanted_group *groups;
	size_t groups_count;
	struct wanted_router *routers;
	size_t routers_count;
};

/* What a look at all of the engine's rows found. */
struct network_survey {
	struct words networks, ports, groups,
		routers; /* ids of what must be put or dropped again */
	int64_t missing; /* rows that are wanted and not there */
	int64_t changed; /* rows of ours that say something else */
	int64_t orphans; /* rows of ours that nobody wants */
};

struct port_binding {
	const char *port_id;
	bool up;
};
struct port_bindings {
	struct port_binding *list;
	size_t count;
	bool all; /* these are all ports that the engine has; else what changed since the last time */
};

/* Any of them: ST_AWAY, ST_TIMEOUT: the engine does not answer; ST_INTERNAL: it refuses, and would
 * again. */
struct network_driver {
	const char *name;  /* "ovn" */
	const char *about; /* what it is, in words for people */
	/* 'where' is the configured place of the engine, 'hosts' of what it says of its hosts ("": it is
	 * not asked, and nothing leads out of the cloud); 'house' tells this cloud's things from those of
	 * others in one engine. The state is closed by close(). */
	enum status (*open)(struct call *c, const char *where, const char *hosts, const char *house,
			    void **state);
	void (*close)(void *state);
	enum status (*put_network)(struct call *c, void *state, const struct wanted_network *want);
	enum status (*drop_network)(struct call *c, void *state, const char *id);
	enum status (*put_group)(struct call *c, void *state, const struct wanted_group *want);
	enum status (*drop_group)(struct call *c, void *state, const char *id);
	enum status (*put_router)(struct call *c, void *state, const struct wanted_router *want);
	enum status (*drop_router)(struct call *c, void *state, const char *id);
	/* ST_NOT_FOUND: its network or one of its groups is not there. */
	enum status (*put_port)(struct call *c, void *state, const struct wanted_port *want);
	enum status (*drop_port)(struct call *c, void *state, const char *id);
	/* Compares everything and changes nothing; what is not ours is passed over. */
	enum status (*survey)(struct call *c, void *state, const struct wanted_all *want,
			      struct network_survey *out);
	/* Does not wait. */
	enum status (*bindings)(struct call *c, void *state, struct port_bindings *out);
};

extern const struct network_driver network_ovn, network_fake;

#endif
