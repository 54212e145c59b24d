/* SPDX-License-Identifier: Apache-2.0 */
/* What engines know of servers and hosts beyond their rows: a server's diagnostics, a host's uptime. */
#ifndef CLOUD_COMPUTE_COMPUTE_DIAGNOSE_H
#define CLOUD_COMPUTE_COMPUTE_DIAGNOSE_H

#include "cloud/compute/compute_change.h"
#include "cloud/compute/compute_more.h"

struct diagnose {
	const char *server_id;
	struct guest_report report; /* filled before the act */
};
struct diagnosis {
	struct guest_report report;
	const char *state;         /* Nova's word */
	const char *driver;        /* "libvirt", "fake" */
	const char *hypervisor;    /* "kvm", "qemu"; a stand-in has "none" */
	const char *hypervisor_os; /* "linux" */
	int64_t uptime;            /* seconds since it was launched; INT_NULL: it never was */
	bool config_drive;
	int64_t num_cpus, num_nics, num_disks;
	const char *flat; /* until 2.47 all that is shown: a JSON object with libvirt's names */
};
struct uptime_ask {
	const char *hypervisor_id;
	const char *text; /* filled before the act */
};
struct uptime {
	struct hypervisor hypervisor;
	const char *text;
};
/* Each has a part that runs before the transaction and asks the engine. ST_CONFLICT: the server is on no
 * host, or does not run. */
enum status server_diagnose_prepare(struct call *c, void *in) MUST_USE;
enum status server_diagnose(struct call *c, const struct diagnose *in,
			    struct diagnosis *out) MUST_USE;
/* ST_BAD_INPUT: the host is down, as Nova has it. */
enum status host_uptime_prepare(struct call *c, void *in) MUST_USE;
enum status host_uptime_show(struct call *c, const struct uptime_ask *in,
			     struct uptime *out) MUST_USE;

#endif
