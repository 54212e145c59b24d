/* SPDX-License-Identifier: Apache-2.0 */
/* Systems 业务系统: what departments run, the thing that onboarding, metering and recovery speak of. A
 * system has a purpose, a protection level 等保, somebody who answers for it, a mode of disaster recovery,
 * and the servers and networks that it consists of.
 *
 * Owns tables system_*. Listens to compute.server.state, network.network.* and identity.project.deleted.
 * Posts system.system.created, .updated and .deleted. Uses db, audit, jobs. */
#ifndef CLOUD_SYSTEM_SYSTEM_H
#define CLOUD_SYSTEM_SYSTEM_H

struct module;
extern const struct module system_module;

#endif
