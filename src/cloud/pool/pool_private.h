/* SPDX-License-Identifier: Apache-2.0 */
/* What the files of the pool room share: one statement, one function. */
#ifndef CLOUD_POOL_POOL_PRIVATE_H
#define CLOUD_POOL_POOL_PRIVATE_H

#include "cloud/pool/pool.h"
#include "db/db.h"

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

#endif
