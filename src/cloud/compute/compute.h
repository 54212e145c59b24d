/* SPDX-License-Identifier: Apache-2.0 */
/* Servers of VDCs. Speaks Nova v2.1; what the tables want is brought about on hosts by jobs, through
 * one killable child process for each host, and compared with the hosts again and again.
 *
 * Owns tables compute_*. Posts compute.server.state whenever a server's state changes. Uses db, files,
 * jobs, audit, pool, image, network. */
#ifndef CLOUD_COMPUTE_COMPUTE_H
#define CLOUD_COMPUTE_COMPUTE_H

#include "base/call.h"

struct module;
extern const struct module compute_module;

/* `yongyun worker URI FOLDER`: main.c calls it with argv[0] "worker". Returns the exit code. */
int compute_worker_main(int argc, char **argv);

/* How servers are run, for the portal and for `yongyun check`: "libvirt", or "fake", a stand-in that
 * runs nothing. */
const char *compute_driver_name(void);

#endif
