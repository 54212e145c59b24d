/* SPDX-License-Identifier: Apache-2.0 */
/* Nova's migrations: here resizes on one host, as the servers' actions tell them; no server moves. */
#ifndef CLOUD_COMPUTE_COMPUTE_MIGRATION_H
#define CLOUD_COMPUTE_COMPUTE_MIGRATION_H

#include "cloud/compute/compute_change.h"

struct migration {
	const char *id; /* a UUID: that of the request which asked for it */
	const char *server_id;
	const char *host;   /* its name, NULL: it is not known any more */
	const char *status; /* Nova's word: "migrating", "finished", "confirmed"… */
	int64_t created_at, updated_at;
};
struct migration_list {
	const char *host, *source_compute, *instance_uuid, *status, *migration_type, *hidden;
	const char *marker, *changes_since, *changes_before;
	int64_t limit;
	bool limit_given;
	struct map rest; /* what Nova does not know it passes over, until 2.58 */
};
struct migration_page {
	struct migration *migrations;
	size_t migrations_count;
	const char *next;
};
/* Newest first. ST_BAD_INPUT: a bound is no time, or the marker is not among them. */
enum status migration_list(struct call *c, const struct migration_list *in,
			   struct migration_page *out) MUST_USE;

#endif
