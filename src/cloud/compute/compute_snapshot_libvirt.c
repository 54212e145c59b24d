/* SPDX-License-Identifier: Apache-2.0 */
/* A guest's disk as it is in one moment, from the worker child that copies (compute_host.c starts it
 * beside the one that switches). Of a guest that runs QEMU writes it (libvirt's backup in push mode),
 * while the guest goes on; of one that is off qemu-img does. */
#include <unistd.h>
#include <libvirt/libvirt.h>
#include <libvirt/virterror.h>
#include "base/text.h"
#include "cloud/compute/compute_engine_private.h"
#include "cloud/compute/compute_tool.h"

#define PATIENCE (1500 * CLOCK_SECOND)

/* Ended by a text, never by a file that a guest could name: both paths are ours. */
static const char *backup_xml(struct arena *a, const char *target)
{
	return arena_printf(a,
			    "<domainbackup mode='push'><disks>"
			    "<disk name='vda' backup='yes' type='file'>"
			    "<driver type='qcow2'/><target file='%s'/></disk>"
			    "<disk name='sda' backup='no'/>"
			    "</disks></domainbackup>",
			    target);
}

static enum status await(struct call *c, virDomainPtr d)
{
	int64_t until = clock_steady() + PATIENCE;
	for (;;) {
		virDomainJobInfo job;
		if (virDomainGetJobInfo(d, &job))
			return engine_say(c, "how far the copy is cannot be read");
		if (job.type == VIR_DOMAIN_JOB_NONE)
			return ST_OK;
		if (clock_steady() >= until) {
			virDomainAbortJob(d);
			return fail(c, ST_TIMEOUT, NULL,
				    "the copy of the disk did not end in time");
		}
		usleep(200000);
	}
}

/* How the job that has ended did end; libvirt forgets it when it is asked. */
static enum status outcome(struct call *c, virDomainPtr d)
{
	virTypedParameterPtr list = NULL;
	int count = 0, type = VIR_DOMAIN_JOB_NONE, good = 0;
	const char *why = NULL;
	if (virDomainGetJobStats(d, &type, &list, &count, VIR_DOMAIN_JOB_STATS_COMPLETED))
		return engine_say(c, "how the copy of the disk ended cannot be read");
	virTypedParamsGetString(list, count, VIR_DOMAIN_JOB_ERRMSG, &why);
	if (virTypedParamsGetBoolean(list, count, VIR_DOMAIN_JOB_SUCCESS, &good) != 1)
		good = type == VIR_DOMAIN_JOB_COMPLETED;
	enum status st = good ? ST_OK
			      : fail(c, ST_AWAY, NULL, "the disk cannot be copied: %s",
				     why ? why : "the guest ended meanwhile");
	virTypedParamsFree(list, count);
	return st;
}

static enum status push(struct call *c, virDomainPtr d, const char *folder, const char *target)
{
	/* A copy that was begun before this worker was: another runs over the same file. */
	virDomainJobInfo job;
	if (virDomainGetJobInfo(d, &job) == 0 && job.type != VIR_DOMAIN_JOB_NONE &&
	    virDomainAbortJob(d))
		return engine_say(c, "the guest is busy");
	enum status st = guest_blank(c, folder, target);
	if (!st && virDomainBackupBegin(d, backup_xml(c->arena, target), NULL,
					VIR_DOMAIN_BACKUP_BEGIN_REUSE_EXTERNAL))
		return engine_say(c, "the copy of the disk cannot be begun");
	if (!st)
		st = await(c, d);
	return st ? st : outcome(c, d);
}

enum status engine_snapshot(struct call *c, struct engine *e, const char *id, const char *path,
			    int64_t *virtual_size)
{
	const char *folder = guest_folder(c->arena, e->folder, id);
	SCOPED_DOMAIN d = NULL;
	enum status st = engine_find_there(c, e, id, &d);
	if (st)
		return st;
	if (virDomainIsActive(d) != 1)
		return guest_copy(c, arena_printf(c->arena, "%s/disk", folder), path, virtual_size);
	const char *part = arena_printf(c->arena, "%s/snapshot", folder);
	st = push(c, d, folder, part);
	if (!st)
		st = guest_copy(c, part, path, virtual_size);
	unlink(part);
	return st;
}
