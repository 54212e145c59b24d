/* SPDX-License-Identifier: Apache-2.0 */
/* Programs that the worker child runs: qemu-img, xorriso, a tiny QEMU. Never called by the daemon
 * itself. */
#ifndef CLOUD_COMPUTE_COMPUTE_TOOL_H
#define CLOUD_COMPUTE_COMPUTE_TOOL_H

#include "base/call.h"
#include "cloud/compute/compute_driver.h"

/* Runs 'argv' (found by PATH) and waits; its output and errors, at most 64 KiB, go to '*text'.
 * '*code' gets the exit code. ST_TIMEOUT: it was killed after 'deadline' microseconds. ST_NOT_OFFERED:
 * there is no such program. It dies with the caller. */
enum status tool_run(struct call *c, const char *const argv[], int64_t deadline, int *code,
		     const char **text) MUST_USE;

/* Puts the image's bytes into the guest's 'folder', which exists, as the file "base". They are copied to
 * this host once: FOLDER/base/NAME is that copy, and each guest that stands on it holds a hard link, so
 * the file system counts who needs it. ST_CONFLICT: the image's bytes are gone. */
enum status guest_base(struct call *c, const struct guest *g, const char *host_folder,
		       const char *folder) MUST_USE;
/* Removes the copies that no guest stands on. */
void guest_base_sweep(struct call *c, const char *host_folder);
/* Makes the guest's disk and configuration drive in 'folder', which has the base, unless they stand
 * there already. ST_CONFLICT: the image is damaged or larger than the disk. */
enum status guest_disk(struct call *c, const struct guest *g, const char *folder) MUST_USE;
/* Makes, anew, what a rescued guest starts from: a disk on top of its image, both in 'folder'. */
#define RESCUE_BASE "rescue-base"
#define RESCUE_DISK "rescue"
enum status guest_rescue_disk(struct call *c, const struct guest *g, const char *host_folder,
			      const char *folder) MUST_USE;
void guest_rescue_drop(struct call *c, const char *folder);
/* Makes the disks as large as the guest wants them, and those that are missing; never smaller. */
enum status guest_grow(struct call *c, const struct guest *g, const char *folder) MUST_USE;
enum status guest_drive(struct call *c, const struct guest *g, const char *folder) MUST_USE;

/* Copies the disk at 'from' with all that it stands on to 'to', as qcow2, and tells its size as a guest
 * sees it. May take minutes. */
enum status guest_copy(struct call *c, const char *from, const char *to, int64_t *size) MUST_USE;
/* Makes an empty disk as large as that of the guest's 'folder' at 'path', anew. */
enum status guest_blank(struct call *c, const char *folder, const char *path) MUST_USE;

/* Finds out by booting whether hardware virtualisation works: '*accelerator' is "kvm" or "tcg", '*why'
 * says how it was found. 'emulator' is the path of QEMU. ST_AWAY: not even emulation works. */
enum status accelerator_probe(struct call *c, const char *emulator, const char *folder,
			      const char **accelerator, const char **why) MUST_USE;

/* The domain as libvirt wants it. 'netdev': the switch works in user space, offloads must be off. */
const char *guest_xml(struct arena *a, const struct guest *g, const char *folder, bool netdev);
/* One card of it. */
const char *guest_nic_xml(struct arena *a, const struct guest_nic *nic, bool netdev);
/* The name of a server's domain, which is also Nova's instance name. */
#define GUEST_NAME_PREFIX "yongyun-"
#define GUEST_NAMESPACE "https://yongyun.org/ns/1"

#endif
