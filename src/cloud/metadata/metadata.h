/* SPDX-License-Identifier: Apache-2.0 */
/* The metadata service 元数据服务: a guest that asks http://169.254.169.254 is told who it is, in OpenStack's
 * and EC2's words, whatever addresses other networks have.
 *
 * Owns no tables. Uses db, network, compute, and this machine's Open vSwitch. */
#ifndef CLOUD_METADATA_METADATA_H
#define CLOUD_METADATA_METADATA_H

#include "base/call.h"

struct module;
extern const struct module metadata_module;

/* The running service: two threads, and a network namespace for each network that guests of this machine
 * are in. Owner: the caller. NULL: there is none, for it is switched off, networks are a stand-in, or this
 * process may not make namespaces (the log says so). Guests are plugged in and out while it runs. Of
 * several processes of one cloud on one machine one serves, and another when that one has ended. */
struct metadata *metadata_open(struct call *c, struct house *h);
/* Takes everything back from Open vSwitch; namespaces end with their last socket. NULL is legal. */
void metadata_close(struct metadata *m);

#endif
