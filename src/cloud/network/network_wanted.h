/* SPDX-License-Identifier: Apache-2.0 */
/* What the tables want of the engine, as the driver takes it. In reading transactions. */
#ifndef CLOUD_NETWORK_WANTED_H
#define CLOUD_NETWORK_WANTED_H

#include "cloud/network/network_private.h"

/* A column's JSON array of {destination, nexthop}, of {ip_address, mac_address}. */
enum status wanted_routes(struct call *c, const char *json, struct host_route **list,
			  size_t *n) MUST_USE;
enum status wanted_pairs(struct call *c, const char *json, struct wanted_pair **list,
			 size_t *n) MUST_USE;
enum status wanted_groups(struct call *c, struct wanted_group **list, size_t *n) MUST_USE;
enum status wanted_routers(struct call *c, struct wanted_router **list, size_t *n) MUST_USE;
/* Not in a transaction: brings the security group about in the engine now. */
enum status security_apply(struct call *c, const char *id) MUST_USE;

#endif
