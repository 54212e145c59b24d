/* SPDX-License-Identifier: Apache-2.0 */
/* What the files of the pool room share: one statement, one function. */
#ifndef CLOUD_POOL_POOL_PRIVATE_H
#define CLOUD_POOL_POOL_PRIVATE_H

#include "cloud/pool/pool.h"
#include "db/db.h"
#include "door/jobs/events.h"
#include "door/route.h"

/* What a slot may promise at all, and what of it is left; 'left' may be below 0 when its operator took
 * something away. */
struct pool_room pool_slot_room(const struct pool_slot *s);
struct pool_room pool_slot_left(const struct pool_slot *s);
/* The host alone, whatever pools it is in. */
struct pool_slot pool_slot_whole(const struct pool_host *h);
/* Whether it is of that pool; NULL: of none. */
bool pool_slot_is_of(const struct pool_slot *s, const char *pool_id);
bool pool_slot_fits(const struct pool_slot *s, const struct pool_ask *ask);
/* Where the promise was made. */
enum status pool_slot_of(struct call *c, const struct pool_reservation *r,
			 struct pool_slot *out) MUST_USE;
/* The slots of one host; none when it is gone. */
enum status pool_slots_on(struct call *c, const char *host_id, struct pool_slot **list,
			  size_t *count) MUST_USE;

struct pool_reach;
/* Whether the host is where the thing's companions want it. */
bool pool_suits(const struct pool_host *h, const struct pool_ask *ask);
/* Whether it takes what is asked: up, in the zone, within reach (NULL: everything is), large enough, and
 * where companions must have it. */
bool pool_may_take(const struct pool_slot *s, const struct pool_ask *ask,
		   const struct pool_reach *reach);

/* The memory of slots that placements choose by: for the house that is started. */
enum status pool_yard_open(struct call *c, struct house *h) MUST_USE;
void pool_yard_close(struct house *h);
/* Rows of hosts or pools were changed in more than what is promised. */
void pool_yard_stale(struct call *c);
/* The rows of the host and its places will differ from what is remembered, if the act is not undone: they
 * are read before the next choice. */
void pool_yard_mark(struct call *c, const char *host_id);

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
	int64_t share, used_vcpus, used_memory_mb, used_disk_gb;
};
enum status pool_member_rows(struct call *c, struct pool_member **list, size_t *count) MUST_USE;
enum status pool_member_insert(struct call *c, const char *aggregate, const char *host,
			       int64_t share) MUST_USE;
enum status pool_member_delete(struct call *c, const char *aggregate, const char *host) MUST_USE;

/* By host; without the hosts' names. */
enum status pool_places(struct call *c, struct pool_member **list, size_t *count) MUST_USE;
enum status pool_places_on(struct call *c, const char *host_id, struct pool_member **list,
			   size_t *count) MUST_USE;
/* Adds to what the pool has promised of the host; may be negative. */
enum status pool_place_use(struct call *c, const char *pool_id, const char *host_id, int64_t vcpus,
			   int64_t memory_mb, int64_t disk_gb) MUST_USE;

/* --- which VDC may use which pools --- */

struct pool_grant {
	const char *project_id, *pool_id;
};
enum status pool_grants(struct call *c, struct pool_grant **list, size_t *count) MUST_USE;
enum status pool_grants_of(struct call *c, const char *project_id, struct pool_grant **list,
			   size_t *count) MUST_USE;
enum status pool_grants_count(struct call *c, const char *pool_id, int64_t *count) MUST_USE;
enum status pool_grants_forget(struct call *c, const char *project_id) MUST_USE;
enum status pool_grant_put(struct call *c, const char *project_id, const char *pool_id) MUST_USE;

/* What a VDC was given; count 0: every pool. */
struct pool_reach {
	struct pool_grant *grants;
	size_t count;
};
/* 'project_id' NULL: every pool. */
enum status pool_reach_of(struct call *c, const char *project_id, struct pool_reach *out) MUST_USE;
bool pool_reaches(const struct pool_reach *r, const struct pool_slot *s);
/* ST_FORBIDDEN when the zone is none of the pools that it was given; NULL: any. */
enum status pool_reach_zone(struct call *c, const struct pool_reach *r, const char *zone) MUST_USE;

struct pool_key {
	const char *pool_id;
};
/* Only aggregates that are pools; ST_NOT_FOUND with words. */
enum status pool_find(struct call *c, const char *id, struct pool_aggregate *out) MUST_USE;

struct vdc_pools {
	const char *project_id;
	struct words pools; /* ids; none: every pool */
};
enum status vdc_pools_show(struct call *c, const struct vdc_pools *in,
			   struct vdc_pools *out) MUST_USE;
enum status vdc_pools_set(struct call *c, const struct vdc_pools *in,
			  struct vdc_pools *out) MUST_USE;
struct vdc_pools_page {
	struct pool_grant *grants;
	size_t grants_count;
};
enum status vdc_pools_list(struct call *c, const struct nothing *in,
			   struct vdc_pools_page *out) MUST_USE;

/* What a VDC may choose among. */
struct own_pool {
	const char *id, *name, *zone, *site;
	int network_zone; /* enum pool_network_zone */
	int64_t protection;
	bool available; /* one of its hosts takes servers */
};
struct own_pools {
	struct own_pool *pools;
	size_t pools_count;
	bool limited; /* it was given these, and may not use hosts outside of them */
};
enum status own_pools(struct call *c, const struct nothing *in, struct own_pools *out) MUST_USE;

struct pool_use_vdc {
	const char *project_id; /* NULL: promised before it was written down whose it is */
	int64_t servers, vcpus, memory_mb, disk_gb;
};
enum status pool_use_of(struct call *c, const char *pool_id, struct pool_use_vdc **list,
			size_t *count) MUST_USE;
struct pool_use_host {
	const char *name, *disabled;
	int state; /* enum pool_host_state */
	int64_t share, vcpus, memory_mb, disk_gb, used_vcpus, used_memory_mb, used_disk_gb;
};
struct pool_use {
	struct pool_use_host *hosts;
	struct pool_use_vdc *vdcs;
	size_t hosts_count, vdcs_count;
};
enum status pool_use_show(struct call *c, const struct pool_key *in, struct pool_use *out) MUST_USE;

extern const struct route pool_routes[], pool_vdc_routes[];
extern const struct listener pool_listens[];
extern const struct field pool_aggregate_wire[], pool_host_wire[];

#endif
