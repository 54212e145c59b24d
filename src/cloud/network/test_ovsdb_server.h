/* SPDX-License-Identifier: Apache-2.0 */
/* For tests: ovsdb-server itself, with OVN's northbound and southbound schema and Open vSwitch's, in a folder of its own. Ends with the
 * test. Where it is not installed the test is skipped, by name. */
#ifndef CLOUD_NETWORK_TEST_OVSDB_SERVER_H
#define CLOUD_NETWORK_TEST_OVSDB_SERVER_H

#include <sys/types.h>
#include "cloud/network/ovsdb.h"
#include "harness.h"

struct ovsdb_server {
	pid_t pid;
	const char *folder, *remote;
	struct ovsdb *direct; /* a way in of our own, behind the driver's back */
};

struct ovsdb_server *ovsdb_server_new(void);
void ovsdb_server_stop(struct ovsdb_server *s);
/* With the same rows as before. */
void ovsdb_server_start(struct ovsdb_server *s);
/* The rows of a table, all columns. */
const json_t *ovsdb_server_rows(const struct ovsdb_server *s, const char *table);

#endif
