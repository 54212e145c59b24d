/* SPDX-License-Identifier: Apache-2.0 */
/* What Nova's clients still ask of networks in Nova's old words: security groups with their rules,
 * floating addresses, networks by label, addresses of a server. The same things and rules as behind
 * Neutron's words; only what is shown of them is less. All run in the caller's transaction, for the VDC
 * of the asker, with the words of network_*.c for what fails; all but the first group's names are ids. */
#ifndef CLOUD_NETWORK_PROXY_H
#define CLOUD_NETWORK_PROXY_H

#include "base/call.h"
#include "base/shape.h"

/* --- security groups --- */

/* A rule that lets something in: Nova knows no other. */
struct proxy_rule {
	const char *id, *group_id;
	const char *protocol;       /* NULL: all */
	int64_t from_port, to_port; /* INT_NULL: not said; of ICMP its type and code, -1: all */
	const char *cidr;           /* NULL: 'remote_name' says who */
	const char *remote_name, *remote_project;
};
struct proxy_group {
	const char *id, *project_id, *name, *description;
	struct proxy_rule *rules;
	size_t rules_count;
};
struct proxy_rule_ask {
	const char *group_id, *protocol;
	int64_t from_port, to_port;   /* INT_NULL or -1: not said */
	const char *cidr, *remote_id; /* one of them at most; neither: from everywhere */
};
/* Not in a transaction, before a list: the VDC's default group is made when it is not there yet. */
enum status proxy_groups_prepare(struct call *c, void *in) MUST_USE;
/* 'all' has a meaning for administrators only: those of every VDC. */
enum status proxy_groups(struct call *c, bool all, struct proxy_group **list, size_t *n) MUST_USE;
enum status proxy_group_show(struct call *c, const char *id, struct proxy_group *out) MUST_USE;
/* ST_CONFLICT, ST_LIMIT as Neutron has them. */
enum status proxy_group_make(struct call *c, const char *name, const char *description,
			     struct proxy_group *out) MUST_USE;
enum status proxy_group_update(struct call *c, const char *id, const char *name,
			       const char *description, struct proxy_group *out) MUST_USE;
enum status proxy_group_delete(struct call *c, const char *id) MUST_USE;
enum status proxy_rule_make(struct call *c, const struct proxy_rule_ask *in,
			    struct proxy_rule *out) MUST_USE;
enum status proxy_rule_delete(struct call *c, const char *id) MUST_USE;

/* --- floating addresses --- */

struct proxy_floating {
	const char *id, *ip, *pool;       /* the pool is the external network's name */
	const char *fixed_ip, *device_id; /* NULL: it leads nowhere */
};
enum status proxy_floatings(struct call *c, struct proxy_floating **list, size_t *n) MUST_USE;
enum status proxy_floating_show(struct call *c, const char *id,
				struct proxy_floating *out) MUST_USE;
/* 'pool' is a name or an id; NULL: the first external network. ST_NOT_FOUND: there is none. */
enum status proxy_floating_make(struct call *c, const char *pool,
				struct proxy_floating *out) MUST_USE;
enum status proxy_floating_delete(struct call *c, const char *id) MUST_USE;
/* Leads 'address' to 'fixed_ip' of a server (NULL: its first address that a router joins to it).
 * ST_NOT_FOUND: the VDC has no such address. ST_BAD_INPUT: the server has no such port. */
enum status proxy_floating_lead(struct call *c, const char *address, const char *device_id,
				const char *fixed_ip) MUST_USE;
/* ST_CONFLICT: it does not lead to that server. */
enum status proxy_floating_part(struct call *c, const char *address,
				const char *device_id) MUST_USE;
/* Names of the external networks that the asker sees. */
enum status proxy_pools(struct call *c, struct words *names) MUST_USE;

/* --- networks, and addresses of a server --- */

struct proxy_network {
	const char *id, *label, *project_id;
	int64_t mtu;
};
enum status proxy_networks(struct call *c, struct proxy_network **list, size_t *n) MUST_USE;
enum status proxy_network_show(struct call *c, const char *id, struct proxy_network *out) MUST_USE;
/* One more address of that network for the server's card on it. ST_NOT_FOUND: it has no such card. */
enum status proxy_address_add(struct call *c, const char *device_id,
			      const char *network_id) MUST_USE;
/* ST_NOT_FOUND: the server does not have it. */
enum status proxy_address_drop(struct call *c, const char *device_id, const char *address) MUST_USE;

#endif
