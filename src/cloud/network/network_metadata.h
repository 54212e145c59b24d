/* SPDX-License-Identifier: Apache-2.0 */
/* What the metadata service (cloud/metadata) needs of networks: how its ports are called, which networks
 * the guests of a host are in, and whose an address is. */
#ifndef CLOUD_NETWORK_METADATA_H
#define CLOUD_NETWORK_METADATA_H

#include "base/call.h"
#include "base/shape.h"

/* Where guests of every cloud ask who they are. */
#define METADATA_ADDRESS "169.254.169.254"

/* The logical port of the service in a network, and its MAC address: the same on every host, for no frame
 * of it leaves one. */
const char *network_metadata_port(struct call *c, const char *network_id)
	__attribute__((returns_nonnull));
const char *network_metadata_mac(struct call *c, const char *network_id)
	__attribute__((returns_nonnull));

/* All that follow in a reading transaction. */

/* By which this cloud's rows are told from those of others in one engine. */
enum status network_house(struct call *c, const char **id) MUST_USE;

struct metadata_network {
	const char *id;
	int64_t mtu;
	struct words cidrs; /* of its IPv4 subnets */
};
/* The networks of these ports that have a subnet whose guests are told the way to the service. Ids that
 * are of no port are passed over. */
enum status network_metadata_networks(struct call *c, const struct words *port_ids,
				      struct metadata_network **list, size_t *n) MUST_USE;
/* Those of these networks that there still are. */
enum status network_metadata_known(struct call *c, const struct words *network_ids,
				   struct words *known) MUST_USE;

struct network_holder {
	const char *port_id, *device_id, *mac_address;
};
/* Who has an IPv4 address in a network. ST_NOT_FOUND: nobody; no problem is told. */
enum status network_holder(struct call *c, const char *network_id, const char *address,
			   struct network_holder *out) MUST_USE;
/* The first floating address that leads to a port; "": none does. */
enum status network_floating_of(struct call *c, const char *port_id, const char **address) MUST_USE;

#endif
