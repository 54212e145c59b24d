/* SPDX-License-Identifier: Apache-2.0 */
/* Images of servers: snapshots, and backups that are rotated. */
#ifndef CLOUD_COMPUTE_COMPUTE_SNAPSHOT_H
#define CLOUD_COMPUTE_COMPUTE_SNAPSHOT_H

#include "cloud/compute/compute_change.h"

struct snapshot_ask {
	const char *server_id, *name;
	struct map metadata;
};
struct backup_ask {
	const char *server_id, *name, *backup_type;
	int64_t rotation; /* how many of this type are kept, the newest; 0: none, not even this one */
	struct map metadata;
};
struct snapshot_made {
	const char *image_id, *location; /* since 2.45, until then */
};
/* What both have in common. */
struct snapshot_plan {
	const char *name, *kind; /* no name: the server's, as one that is shelved */
	const char *backup_type; /* NULL: no backup */
	int64_t rotation;
	struct map metadata;
	bool shelves; /* the server is off for it, and leaves its host afterwards */
};
/* The property by which images of shelved servers are known. */
#define SHELF_PROPERTY "shelved"
/* Makes the image's row and the task, and posts the job. */
enum status snapshot_begin(struct call *c, const char *id, const char *verb,
			   const struct snapshot_plan *plan, const char **image_id) MUST_USE;

/* ST_CONFLICT: something else is done to it, or it is in no state to be copied. */
enum status server_snapshot(struct call *c, const struct snapshot_ask *in,
			    struct snapshot_made *out) MUST_USE;
enum status server_backup(struct call *c, const struct backup_ask *in,
			  struct snapshot_made *out) MUST_USE;

#endif
