/* SPDX-License-Identifier: Apache-2.0 */
/* This machine's Open vSwitch, by its database: which logical ports are plugged in here, and devices of our
 * own. Knows that schema; nothing else of this room does. */
#ifndef CLOUD_METADATA_SWITCH_H
#define CLOUD_METADATA_SWITCH_H

#include "base/shape.h"
#include "cloud/network/ovsdb.h"

/* A device of ours. */
struct switch_device {
	const char *name, *network_id;
};
struct switch_view {
	struct words plugged; /* names of the logical ports that have an interface here */
	struct switch_device *ours;
	size_t ours_count;
};
/* Failures are ovsdb_commit()'s; ST_AWAY also when Open vSwitch looks like none. 'house' tells our devices
 * from those of others. */
enum status switch_read(struct call *c, struct ovsdb *db, const char *house,
			struct switch_view *out) MUST_USE;
/* '*changed' becomes true when interfaces may have come or gone since the last time; does not wait. */
enum status switch_follow(struct call *c, struct ovsdb *db, bool *changed) MUST_USE;
/* Asks for a device that is the logical port 'port'; it appears in the kernel a moment later. ST_CONFLICT:
 * there is a port of that name. */
enum status switch_add(struct call *c, struct ovsdb *db, const char *house,
		       const struct switch_device *d, const char *port) MUST_USE;
/* Takes devices of ours away, and waits until Open vSwitch has let go of them. ST_TIMEOUT: it has not in
 * two seconds. None is no failure. */
enum status switch_drop(struct call *c, struct ovsdb *db, const char *house,
			const struct words *names) MUST_USE;

#endif
