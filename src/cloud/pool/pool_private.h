/* SPDX-License-Identifier: Apache-2.0 */
/* What the files of the pool room share: one statement, one function. */
#ifndef CLOUD_POOL_POOL_PRIVATE_H
#define CLOUD_POOL_POOL_PRIVATE_H

#include "cloud/pool/pool.h"
#include "db/db.h"
#include "door/route.h"

/* Whether the host can still promise what is asked. */
bool pool_fits(const struct pool_host *h, const struct pool_ask *ask);

enum status pool_host_insert(struct call *c, const struct pool_host *in) MUST_USE;
enum status pool_host_update(struct call *c, const struct pool_host *in) MUST_USE;
enum status pool_host_set_state(struct call *c, const char *uri, int state) MUST_USE;
/* Adds to what is promised; may be negative. */
enum status pool_host_use(struct call *c, const char *id, int64_t vcpus, int64_t memory_mb,
			  int64_t disk_gb) MUST_USE;
enum status pool_reservation_insert(struct call *c, const struct pool_reservation *in) MUST_USE;
/* ST_NOT_FOUND: there is none. */
enum status pool_reservation_take(struct call *c, const char *subject,
				  struct pool_reservation *out) MUST_USE;

enum status pool_host_set(struct call *c, const struct pool_host *in) MUST_USE;
enum status pool_host_set_zone(struct call *c, const char *id, const char *zone) MUST_USE;
enum status pool_aggregate_insert(struct call *c, const struct pool_aggregate *in,
				  int64_t *number) MUST_USE;
enum status pool_aggregate_save(struct call *c, const struct pool_aggregate *in) MUST_USE;
enum status pool_aggregate_delete(struct call *c, const char *id) MUST_USE;
enum status pool_aggregate_rows(struct call *c, struct pool_aggregate **list,
				size_t *count) MUST_USE;
struct pool_member {
	const char *aggregate_id, *host_id, *name;
};
enum status pool_member_rows(struct call *c, struct pool_member **list, size_t *count) MUST_USE;
enum status pool_member_insert(struct call *c, const char *aggregate, const char *host) MUST_USE;
enum status pool_member_delete(struct call *c, const char *aggregate, const char *host) MUST_USE;

extern const struct route pool_routes[];
extern const struct field pool_aggregate_wire[], pool_host_wire[];

#endif
