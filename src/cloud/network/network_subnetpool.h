/* SPDX-License-Identifier: Apache-2.0 */
/* Subnet pools, as the files of this room share them. */
#ifndef CLOUD_NETWORK_SUBNETPOOL_H
#define CLOUD_NETWORK_SUBNETPOOL_H

#include "cloud/network/network_private.h"

enum { SUBNETPOOL_PREFIXES_MAX = 32 };

struct subnetpool {
	const char *id, *project_id, *name, *description;
	int64_t ip_version;
	struct words prefixes;
	int64_t min_prefixlen, max_prefixlen, default_prefixlen;
	int64_t default_quota; /* subnets of one pool; INT_NULL: no bound */
	bool shared, is_default;
	struct words tags;
	int64_t revision, created_at, updated_at;
};
struct subnetpool_ask {
	const char *id;
	const char *project_id, *tenant_id, *name, *description;
	struct words prefixes;
	int64_t min_prefixlen, max_prefixlen, default_prefixlen, default_quota;
	bool shared, is_default;
	bool name_given, description_given, prefixes_given, min_prefixlen_given,
		max_prefixlen_given, default_prefixlen_given, default_quota_given, is_default_given;
};
struct subnetpool_shown {
	struct subnetpool item;
	struct words fields;
};

extern const struct field subnetpool_wire[];
extern const struct route network_subnetpool_routes[];

/* The pool, if the asker may change it. */
enum status subnetpool_own(struct call *c, const char *id, struct subnetpool *out) MUST_USE;
enum status subnetpool_show(struct call *c, const struct object_ask *in,
			    struct subnetpool_shown *out) MUST_USE;

enum status subnetpool_store_one(struct call *c, const char *id, struct subnetpool *out) MUST_USE;
enum status subnetpool_store_put(struct call *c, const struct subnetpool *p) MUST_USE;
enum status subnetpool_store_update(struct call *c, const struct subnetpool *p) MUST_USE;
enum status subnetpool_store_delete(struct call *c, const char *id) MUST_USE;
/* 'project_id' NULL: everybody's. */
enum status subnetpool_store_list(struct call *c, const char *project_id, const char *after,
				  int64_t most, struct subnetpool **list, size_t *n) MUST_USE;
/* The ranges that were cut out of it. */
enum status subnetpool_store_cidrs(struct call *c, const char *id, struct words *cidrs) MUST_USE;

#endif
