/* SPDX-License-Identifier: Apache-2.0 */
/* Networks, subnets and ports of VDCs. Speaks Neutron v2.0; what the tables want is brought about in
 * OVN's northbound database by jobs, and compared with it at every start.
 *
 * Owns tables network_*. Posts network.port.status when a port comes up or goes down, and
 * network.network.*, network.subnet.*, network.port.* when one is created, updated or deleted. Uses db,
 * jobs, audit. The functions below are for the rooms that stand after this one: a server's ports are
 * taken and given back inside the act that makes or removes the server. */
#ifndef CLOUD_NETWORK_NETWORK_H
#define CLOUD_NETWORK_NETWORK_H

#include "base/call.h"
#include "base/shape.h"

/* One port that a server asks for: of a network, with an address of its own choice or none, or one
 * that the VDC made before. */
struct network_wish {
	const char *network_id;
	const char *port_id;  /* instead of network_id */
	const char *fixed_ip; /* with network_id; NULL: any free one */
	/* With network_id: ids or names of security groups; none: the VDC's default one. */
	struct words security_groups;
	const char *host; /* where the server is going to run; NULL: not known yet */
};

/* A security group of a server, as Nova's clients see it. */
struct network_group {
	const char *device_id, *id, *name;
};

struct network_fixed_ip {
	const char *subnet_id;
	const char *ip_address;
};

/* A port as the rooms behind this one see it. */
struct network_interface {
	const char *id; /* of the port; OVN's logical port has this name */
	const char *device_id;
	const char *network_id, *network_name;
	const char *mac_address;
	const char *status; /* "ACTIVE": OVN has bound it; "DOWN", "ERROR" */
	int64_t mtu;
	bool applied; /* OVN has it as it is wanted now: a server can be plugged in */
	struct network_fixed_ip *fixed_ips; /* in the order of their giving */
	size_t fixed_ips_count;
};

/* All but network_apply_port() run in the caller's transaction. */

/* Gives 'device_id' a port: makes one in the asker's quota, or takes the one that was named. Its
 * device_owner becomes "compute:" and 'zone' ("nova" when NULL). ST_NOT_FOUND: no such network or port
 * that the asker may use. ST_CONFLICT: the port has a device already, the address is taken, the
 * network has no free address, or the quota is used up. ST_BAD_INPUT: the network has no subnet, or
 * the address is of none. */
enum status network_attach(struct call *c, const char *device_id, const char *zone,
			   const struct network_wish *wish, struct network_interface *out) MUST_USE;
/* Takes one port from 'device_id': a port that network_attach() made is deleted, one that was there
 * before is kept without a device. ST_NOT_FOUND: the device has no such port. */
enum status network_detach(struct call *c, const char *device_id, const char *port_id) MUST_USE;
/* The same for all ports of 'device_id'; none is no failure. */
enum status network_detach_all(struct call *c, const char *device_id) MUST_USE;
/* The one network that a server of this VDC gets when it asks for none: NULL when there is no network.
 * ST_CONFLICT when there are several. */
enum status network_only(struct call *c, const char *project_id, const char **network_id) MUST_USE;
/* The ports that were made for servers, and which: for checks. */
struct network_made_port {
	const char *id, *device_id;
};
enum status network_made_ports(struct call *c, struct network_made_port **list,
			       size_t *count) MUST_USE;
/* The ports of many devices at once, by device and then in the order of their making; one statement
 * whatever the number of devices. Ids are UUIDs with hyphens. Asks for no permission: whoever may see
 * the device may see these. */
enum status network_interfaces(struct call *c, const char *const *device_ids, size_t count,
			       struct network_interface **list, size_t *n) MUST_USE;

/* The security groups of many devices at once, by device and then by name, each once. */
enum status network_device_groups(struct call *c, const char *const *device_ids, size_t count,
				  struct network_group **list, size_t *n) MUST_USE;
/* Puts all ports of a device into a security group of 'project_id', named or by its id, or takes them
 * out of it. ST_NOT_FOUND: no such group, or (taking) no port is in it. ST_BAD_INPUT: the device has no
 * port that can be in a group. */
enum status network_device_group_add(struct call *c, const char *device_id, const char *project_id,
				     const char *group) MUST_USE;
enum status network_device_group_remove(struct call *c, const char *device_id,
					const char *project_id, const char *group) MUST_USE;

/* Not in a transaction, for a job that is about to plug a server in: brings the port about in the
 * engine now unless it is there already. ST_NOT_FOUND: the port is gone. ST_AWAY, ST_TIMEOUT: the
 * engine does not answer; try later. */
enum status network_apply_port(struct call *c, const char *port_id) MUST_USE;

/* What the driver is, for the portal and for `yongyun check`: "ovn", or "fake", a stand-in that carries
 * no packet. */
const char *network_driver_name(void);

extern const struct module network_module;

#endif
