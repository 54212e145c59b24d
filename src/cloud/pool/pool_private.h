/* SPDX-License-Identifier: Apache-2.0 */
/* What the files of the pool room share: one statement, one function. */
#ifndef CLOUD_POOL_POOL_PRIVATE_H
#define CLOUD_POOL_POOL_PRIVATE_H

#include "cloud/pool/pool.h"
#include "db/db.h"
#include "door/route.h"

/* Whether the host can still promise what is asked. */
bool pool_fits(const struct pool_host *h, const struct pool_ask *ask);
/* Whether it is where the thing's companions want it. */
bool pool_suits(const struct pool_host *h, const struct pool_ask *ask);
/* Whether it takes what is asked: up, in the zone, large enough, and where companions must have it. */
bool pool_may_take(const struct pool_host *h, const struct pool_ask *ask);
/* What the host can still promise; negative when an operator took back what was promised. */
void pool_left(const struct pool_host *h, int64_t *vcpus, int64_t *memory_mb, int64_t *disk_gb);

/* The memory of hosts that placements choose by: for the house that is started. */
enum status pool_yard_open(struct call *c, struct house *h) MUST_USE;
void pool_yard_close(struct house *h);
/* Rows of hosts were changed in more than what is promised. */
void pool_yard_stale(struct call *c);

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

/* Sizes that are promised, and to how many, the commonest first. */
struct pool_shape_row {
	int64_t vcpus, memory_mb, disk_gb, count;
};
enum status pool_shape_rows(struct call *c, int64_t limit, struct pool_shape_row **list,
			    size_t *count) MUST_USE;

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
