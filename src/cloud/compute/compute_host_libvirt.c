/* SPDX-License-Identifier: Apache-2.0 */
/* What a host is, has and can do, by its libvirt. It runs in the worker child. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>
#include "base/text.h"
#include "cloud/compute/compute_engine_private.h"
#include "cloud/compute/compute_tool.h"

/* QEMU's path, from what libvirt says it would start. */
static const char *emulator_of(struct call *c, struct engine *e)
{
	char *xml = virConnectGetDomainCapabilities(e->conn, NULL, "x86_64", NULL, "qemu", 0);
	const char *at = xml ? strstr(xml, "<path>") : NULL;
	const char *end = at ? strstr(at, "</path>") : NULL;
	const char *path = end ? arena_strndup(c->arena, at + 6, (size_t)(end - at - 6)) : NULL;
	free(xml);
	return path;
}

static const char *boot_id(struct call *c)
{
	char id[64] = "";
	int fd = open("/proc/sys/kernel/random/boot_id", O_RDONLY | O_CLOEXEC);
	ssize_t n = fd < 0 ? 0 : read(fd, id, sizeof(id) - 1);
	if (fd >= 0)
		close(fd);
	return n > 36 ? arena_strndup(c->arena, id, 36) : "unknown";
}

static enum status read_sizes(struct call *c, struct engine *e, struct host_facts *out)
{
	virNodeInfo node;
	struct statvfs disk;
	unsigned long qemu = 0, libvirt = 0;
	if (virNodeGetInfo(e->conn, &node) || virConnectGetVersion(e->conn, &qemu) ||
	    virConnectGetLibVersion(e->conn, &libvirt))
		return engine_say(c, "the host cannot be described");
	if ((mkdir(e->folder, 0711) && errno != EEXIST) || statvfs(e->folder, &disk))
		return fail(c, ST_AWAY, NULL, "%s: %s", e->folder, strerror(errno));
	char *name = virConnectGetHostname(e->conn);
	const char *type = virConnectGetType(e->conn);
	out->name = arena_strdup(c->arena, name ? name : "localhost");
	free(name);
	out->engine = arena_printf(c->arena, "%s %lu.%lu.%lu, libvirt %lu.%lu.%lu",
				   type ? type : "?", qemu / 1000000, qemu / 1000 % 1000,
				   qemu % 1000, libvirt / 1000000, libvirt / 1000 % 1000,
				   libvirt % 1000);
	out->version = (int64_t)qemu;
	out->cpu = arena_strndup(c->arena, node.model, strnlen(node.model, sizeof(node.model)));
	out->vcpus = node.cpus;
	out->memory_mb = (int64_t)(node.memory / 1024);
	out->disk_gb = (int64_t)((uint64_t)disk.f_blocks * disk.f_frsize >> 30);
	return ST_OK;
}

enum status engine_probe(struct call *c, struct engine *e, const char *known,
			 const char *accelerator, struct host_facts *out)
{
	struct host_facts facts = { 0 };
	enum status st = engine_connect(c, e);
	if (!st)
		st = read_sizes(c, e, &facts);
	if (st)
		return st;
	facts.boot_id = boot_id(c);
	if (str_eq(known, facts.boot_id) && !str_empty(accelerator)) {
		facts.accelerator = accelerator;
		facts.accelerator_why = "found when the host had started";
		*out = facts;
		return ST_OK;
	}
	const char *emulator = emulator_of(c, e);
	if (!emulator)
		return fail(c, ST_NOT_OFFERED, NULL, "%s knows no QEMU for x86_64", e->uri);
	st = accelerator_probe(c, emulator, e->folder, &facts.accelerator, &facts.accelerator_why);
	if (!st)
		*out = facts;
	return st;
}

enum status engine_uptime(struct call *c, struct engine *e, const char **text)
{
	if (!engine_is_here(e))
		return fail(c, ST_NOT_OFFERED, NULL,
			    "the uptime of hosts other than this machine is not read yet");
	*text = machine_uptime(c->arena);
	return ST_OK;
}
