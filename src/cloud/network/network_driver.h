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
	struct words dns_nameservers;
	struct host_route *host_routes;
	size_t host_routes_count;
};

struct wanted_network {
	const char *id;
	int64_t mtu;
	struct wanted_subnet *subnets;
	size_t subnets_count;
};

struct wanted_port {
	const char *id, *network_id, *mac_address;
	bool enabled;
	bool plugged;       /* a device has it */
	bool port_security; /* only its own addresses may be used */
	struct network_fixed_ip *fixed_ips;
	size_t fixed_ips_count;
};

struct wanted_all {
	struct wanted_network *networks;
	size_t networks_count;
	struct wanted_port *ports;
	size_t ports_count;
};

/* What a look at all of the engine's rows found. */
struct network_survey {
	struct words networks, ports; /* ids of what must be put or dropped again */
	int64_t missing;              /* rows that are wanted and not there */
	int64_t changed;              /* rows of ours that say something else */
	int64_t orphans;              /* rows of ours that nobody wants */
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
	/* 'where' is the configured place of the engine; 'house' tells this cloud's things from those of
	 * others in one engine. The state is closed by close(). */
	enum status (*open)(struct call *c, const char *where, const char *house, void **state);
	void (*close)(void *state);
	enum status (*put_network)(struct call *c, void *state, const struct wanted_network *want);
	enum status (*drop_network)(struct call *c, void *state, const char *id);
	/* ST_NOT_FOUND: its network is not there. */
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
