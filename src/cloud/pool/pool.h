/* SPDX-License-Identifier: Apache-2.0 */
/* The resource pool 资源池: hosts, what they have, and what of it is promised to whom.
 *
 * A promise (reservation) is made in the transaction that makes the thing it is for, and given back in
 * the one that removes it, so there is never one without the other. Owns tables pool_*. Uses db. */
#ifndef CLOUD_POOL_POOL_H
#define CLOUD_POOL_POOL_H

#include "base/shape.h"

enum pool_host_state { POOL_HOST_UP, POOL_HOST_DOWN };

struct pool_host {
	const char *id, *name, *uri, *zone;
	int state;            /* enum pool_host_state */
	const char *disabled; /* why nothing is placed here, or NULL */
	const char *engine;   /* "QEMU 7.2.22, libvirt 9.0.0" */
	int64_t version;      /* major * 1000000 + minor * 1000 + micro */
	const char *cpu;      /* architecture */
	const char *accelerator, *accelerator_why;
	const char *boot_id; /* under which the accelerator was found */
	int64_t vcpus, memory_mb, disk_gb;
	int64_t cpu_percent, memory_percent,
		disk_percent;   /* of what there is, how much is promised */
	int64_t memory_kept_mb; /* for the host itself */
	int64_t used_vcpus, used_memory_mb, used_disk_gb; /* promised */
	int64_t seen_at, created_at, updated_at;
};

struct pool_ask {
	const char *subject;    /* id of the thing */
	const char *project_id; /* whose; its VDC's pools are minded. NULL: nobody's */
	const char *zone;       /* NULL: any */
	int64_t vcpus, memory_mb, disk_gb;
	/* Ids of hosts: it must stand on one of 'with' (when there are any) and on none of 'apart'; when
	 * 'soft', that is only better than elsewhere. */
	const char *const *with, *const *apart;
	size_t with_count, apart_count;
	bool soft;
	const char *host; /* the name of the one host that it may stand on; NULL: any */
};

struct pool_place {
	const char *host_id; /* NULL: nothing fits, and 'why' says in words */
	const char *why;
	const char *zone; /* of the pool, or of a host that is in none */
};

/* All of these run in the caller's transaction. */

/* Promises room in the slot, of those in the VDC's pools, where it takes the least from others. Nothing fits: ST_OK
 * with out->why. ST_FORBIDDEN: the zone that is asked for is none of the VDC's pools, in words that name
 * those. */
enum status pool_reserve(struct call *c, const struct pool_ask *in,
			 struct pool_place *out) MUST_USE;
/* Changes what is promised to 'subject' on the host where it stands. '*why' says why that host cannot
 * promise more, and then nothing has changed; NULL: done. ST_NOT_FOUND: nothing is promised to it. */
enum status pool_change(struct call *c, const char *subject, int64_t vcpus, int64_t memory_mb,
			int64_t disk_gb, const char **why) MUST_USE;
/* Gives back what was promised to 'subject'; nothing is no failure. */
enum status pool_release(struct call *c, const char *subject) MUST_USE;

/* A host answered with 'facts' (uri, name, engine… and what it has): its row is made or brought up to
 * date. What an operator set stays. '*out' gets the row. */
enum status pool_host_seen(struct call *c, const struct pool_host *facts,
			   struct pool_host *out) MUST_USE;
/* It did not answer: nothing is placed there until it does. No such host is no failure. */
enum status pool_host_lost(struct call *c, const char *uri) MUST_USE;
/* ST_NOT_FOUND, with a problem text. */
enum status pool_host_read(struct call *c, const char *id, struct pool_host *out) MUST_USE;
enum status pool_host_by_uri(struct call *c, const char *uri, struct pool_host *out) MUST_USE;
/* All hosts, by name. */
enum status pool_hosts(struct call *c, struct pool_host **list, size_t *count) MUST_USE;

/* A promise as it stands, for checks. */
struct pool_reservation {
	const char *subject, *host_id;
	int64_t vcpus, memory_mb, disk_gb;
	const char *pool_id, *project_id; /* NULL: out of no pool; nobody's */
};
enum status pool_reservations(struct call *c, struct pool_reservation **list,
			      size_t *count) MUST_USE;

/* --- what an operator says of hosts --- */

struct pool_host_change {
	const char *host_id, *disabled;
	int64_t cpu_percent, memory_percent, disk_percent, memory_kept_mb;
	bool disabled_given, cpu_percent_given, memory_percent_given, disk_percent_given,
		memory_kept_mb_given;
};
enum status pool_host_change(struct call *c, const struct pool_host_change *in,
			     struct pool_host *out) MUST_USE;

/* --- aggregates, zones and pools --- */

enum pool_network_zone { POOL_GOVERNMENT, POOL_INTERNET, POOL_PRIVATE };
extern const char *const pool_network_zones[];

struct pool_aggregate {
	int64_t number; /* Nova's id */
	const char *id, *name;
	const char *zone;   /* its hosts' availability zone; NULL: it says nothing of that */
	const char *site;   /* NULL: no resource pool */
	int network_zone;   /* enum pool_network_zone; -1: no resource pool */
	int64_t protection; /* 等保 level 2 or 3; INT_NULL: no resource pool */
	struct map metadata;
	int64_t created_at, updated_at;
	struct words hosts;    /* their names; not in the row */
	struct words host_ids; /* in the same order */
};

/* All with their hosts, by number. */
enum status pool_aggregates(struct call *c, struct pool_aggregate **list, size_t *count) MUST_USE;
/* By number; ST_NOT_FOUND with words. */
enum status pool_aggregate_find(struct call *c, int64_t number,
				struct pool_aggregate *out) MUST_USE;
enum status pool_aggregate_by_id(struct call *c, const char *id,
				 struct pool_aggregate *out) MUST_USE;
/* Fills id, number and times. ST_CONFLICT: the name is taken. */
enum status pool_aggregate_make(struct call *c, struct pool_aggregate *a) MUST_USE;
/* ST_CONFLICT: the name is taken, or servers stand on a host whose zone would change. */
enum status pool_aggregate_change(struct call *c, struct pool_aggregate *a) MUST_USE;
/* ST_BAD_INPUT: it has hosts. ST_CONFLICT: VDCs were given it. */
enum status pool_aggregate_remove(struct call *c, const struct pool_aggregate *a) MUST_USE;
/* 'share': how many percent of the host a pool may promise. ST_NOT_FOUND: no such host. ST_CONFLICT: it is
 * in already, in another zone, or other pools have more of it than is left. */
enum status pool_aggregate_add(struct call *c, struct pool_aggregate *a, const char *host,
			       int64_t share) MUST_USE;
/* ST_NOT_FOUND: no such host, or it is not in. ST_CONFLICT: servers of the pool stand on it. */
enum status pool_aggregate_drop(struct call *c, struct pool_aggregate *a,
				const char *host) MUST_USE;

/* --- slots: where a server can stand --- */

struct pool_room {
	int64_t vcpus, memory_mb, disk_gb;
};
struct pool_slot {
	const struct pool_host *host;
	const struct pool_aggregate *pool; /* NULL: the host is in no pool */
	const char *zone;
	int64_t share;         /* percent of the host */
	struct pool_room used; /* promised out of it */
};
/* All hosts by name, each once for every pool that it is in, or once for itself. */
enum status pool_slots(struct call *c, struct pool_slot **list, size_t *count) MUST_USE;

extern const struct module pool_module;

#endif
