/* SPDX-License-Identifier: Apache-2.0 */
/* A guest's files, made by qemu-img and xorriso in the worker child: the disk is an overlay on the
 * image's bytes, the configuration drive an ISO 9660 file system that cloud-init knows. Each is
 * written to another name and renamed, so it is whole or absent. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <jansson.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <unistd.h>
#include "base/text.h"
#include "cloud/compute/compute_tool.h"

#define GIB (INT64_C(1) << 30)
#define TOOL_DEADLINE (60 * CLOCK_SECOND)
#define COPY_DEADLINE (1500 * CLOCK_SECOND)

static bool exists(const char *path)
{
	struct stat at;
	return stat(path, &at) == 0 && S_ISREG(at.st_mode);
}

static enum status run_for(struct call *c, const char *const argv[], int64_t deadline,
			   const char **text)
{
	int code = 0;
	enum status st = tool_run(c, argv, deadline, &code, text);
	if (st)
		return st;
	if (code)
		return fail(c, ST_CONFLICT, NULL, "%s failed: %.300s", argv[0], *text);
	return ST_OK;
}

static enum status run(struct call *c, const char *const argv[], const char **text)
{
	return run_for(c, argv, TOOL_DEADLINE, text);
}

/* The size that the image's system sees. The format is told, never guessed: a raw image whose bytes
 * look like a qcow2 with a backing file must not open that file. */
static enum status size_of(struct call *c, const char *format, const char *base, int64_t *size,
			   bool *chained)
{
	const char *const argv[] = { "qemu-img", "info", "-U", "--output=json", "-f", format,
				     "--",       base,   NULL };
	const char *text;
	enum status st = run(c, argv, &text);
	if (st)
		return st;
	json_t *info = json_loads(text, 0, NULL);
	json_t *value = json_object_get(info, "virtual-size");
	if (chained)
		*chained = json_object_get(info, "backing-filename") != NULL;
	*size = json_integer_value(value);
	bool known = json_is_integer(value);
	json_decref(info);
	if (!known)
		return fail(c, ST_CONFLICT, NULL, "the image's size cannot be read");
	return ST_OK;
}

static enum status virtual_size(struct call *c, const char *format, const char *base, int64_t *size)
{
	bool chained = false;
	enum status st = size_of(c, format, base, size, &chained);
	if (!st && chained)
		return fail(c, ST_CONFLICT, NULL, "the image refers to another file");
	return st;
}

static bool copy_all(int from, int to)
{
	ssize_t n;
	/* Shares the blocks where the file system can. */
	while ((n = copy_file_range(from, NULL, to, NULL, 1 << 30, 0)) > 0)
		continue;
	if (n < 0 && lseek(to, 0, SEEK_CUR) == 0)
		while ((n = sendfile(to, from, NULL, 1 << 30)) > 0)
			continue;
	return n == 0 && fsync(to) == 0;
}

static enum status copy_base(struct call *c, const char *from, const char *to)
{
	const char *part = arena_printf(c->arena, "%s.part", to);
	int in = open(from, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	if (in < 0)
		return fail(c, ST_CONFLICT, NULL, "the image's bytes cannot be read: %s",
			    strerror(errno));
	unlink(part);
	int out = open(part, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
	bool whole = out >= 0 && fchmod(out, 0644) == 0 && copy_all(in, out);
	close(in);
	if (out >= 0)
		close(out);
	if (!whole || rename(part, to))
		return fail(c, ST_AWAY, NULL, "the image cannot be copied to %s: %s", to,
			    strerror(errno));
	return ST_OK;
}

/* Has the bytes at 'from' on this host, once, and a hard link to them at 'own'. */
static enum status link_base(struct call *c, const char *from, const char *host_folder,
			     const char *own)
{
	if (exists(own))
		return ST_OK;
	const char *name = strrchr(from, '/');
	const char *all = arena_printf(c->arena, "%s/base", host_folder);
	const char *copy = arena_printf(c->arena, "%s/%s", all, name ? name + 1 : from);
	if (mkdir(all, 0711) && errno != EEXIST)
		return fail(c, ST_AWAY, NULL, "%s: %s", all, strerror(errno));
	enum status st = exists(copy) ? ST_OK : copy_base(c, from, copy);
	if (!st && link(copy, own) && errno != EEXIST)
		st = fail(c, ST_AWAY, NULL, "%s: %s", own, strerror(errno));
	return st;
}

enum status guest_base(struct call *c, const struct guest *g, const char *host_folder,
		       const char *folder)
{
	return link_base(c, g->base, host_folder, arena_printf(c->arena, "%s/base", folder));
}

void guest_base_sweep(struct call *c, const char *host_folder)
{
	DIR *dir = opendir(arena_printf(c->arena, "%s/base", host_folder));
	struct stat at;
	if (!dir)
		return;
	for (struct dirent *e = readdir(dir); e; e = readdir(dir))
		if (fstatat(dirfd(dir), e->d_name, &at, AT_SYMLINK_NOFOLLOW) == 0 &&
		    S_ISREG(at.st_mode) && at.st_nlink == 1)
			unlinkat(dirfd(dir), e->d_name, 0);
	closedir(dir);
}

/* An empty disk of 'bytes', whole or absent. */
static enum status make_blank(struct call *c, const char *disk, int64_t bytes)
{
	const char *part = arena_printf(c->arena, "%s.part", disk);
	const char *wanted = arena_printf(c->arena, "%lld", (long long)bytes);
	const char *const argv[] = { "qemu-img", "create", "-q", "-f", "qcow2", part, wanted, NULL };
	const char *text;
	enum status st = run(c, argv, &text);
	if (!st && rename(part, disk))
		st = fail(c, ST_AWAY, NULL, "%s cannot be made: %s", disk, strerror(errno));
	return st;
}

/* The disks beside the first: an empty one, and one to swap to. Their system formats them. */
static enum status more_disks(struct call *c, const struct guest *g, const char *folder)
{
	const struct {
		const char *name;
		int64_t bytes;
	} more[] = { { "ephemeral", g->ephemeral_gb * GIB }, { "swap", g->swap_mb << 20 } };
	enum status st = ST_OK;
	for (size_t i = 0; i < sizeof(more) / sizeof(more[0]) && !st; i++) {
		const char *disk = arena_printf(c->arena, "%s/%s", folder, more[i].name);
		if (more[i].bytes && !exists(disk))
			st = make_blank(c, disk, more[i].bytes);
	}
	return st;
}

/* A disk of 'bytes' that begins as the image at 'base', whole or absent. */
static enum status make_overlay(struct call *c, const char *disk, const char *base,
				const char *format, int64_t bytes)
{
	const char *part = arena_printf(c->arena, "%s.part", disk);
	const char *wanted = arena_printf(c->arena, "%lld", (long long)bytes);
	const char *const argv[] = { "qemu-img", "create", "-q",   "-f", "qcow2", "-b",
				     base,       "-F",     format, part, wanted,  NULL };
	const char *text;
	enum status st = run(c, argv, &text);
	if (!st && rename(part, disk))
		st = fail(c, ST_AWAY, NULL, "%s cannot be made: %s", disk, strerror(errno));
	return st;
}

static enum status first_disk(struct call *c, const struct guest *g, const char *folder)
{
	const char *disk = arena_printf(c->arena, "%s/disk", folder);
	if (exists(disk))
		return ST_OK;
	const char *base = arena_printf(c->arena, "%s/base", folder);
	int64_t size = 0;
	enum status st = virtual_size(c, g->base_format, base, &size);
	if (st)
		return st;
	if (g->disk_gb > 0 && size > g->disk_gb * GIB)
		return fail(c, ST_CONFLICT, NULL,
			    "the image needs a disk of %lld bytes, the flavor has %lld GB",
			    (long long)size, (long long)g->disk_gb);
	return make_overlay(c, disk, base, g->base_format,
			    g->disk_gb > 0 ? g->disk_gb * GIB : size);
}

enum status guest_rescue_disk(struct call *c, const struct guest *g, const char *host_folder,
			      const char *folder)
{
	const char *base = arena_printf(c->arena, "%s/" RESCUE_BASE, folder);
	int64_t size = 0;
	guest_rescue_drop(c, folder);
	enum status st = link_base(c, g->rescue, host_folder, base);
	if (!st)
		st = virtual_size(c, g->rescue_format, base, &size);
	return st ? st
		  : make_overlay(c, arena_printf(c->arena, "%s/" RESCUE_DISK, folder), base,
				 g->rescue_format, size);
}

void guest_rescue_drop(struct call *c, const char *folder)
{
	unlink(arena_printf(c->arena, "%s/" RESCUE_DISK, folder));
	unlink(arena_printf(c->arena, "%s/" RESCUE_BASE, folder));
}

enum status guest_disk(struct call *c, const struct guest *g, const char *folder)
{
	enum status st = first_disk(c, g, folder);
	return st ? st : more_disks(c, g, folder);
}

static enum status grow(struct call *c, const char *disk, int64_t bytes)
{
	const char *wanted = arena_printf(c->arena, "%lld", (long long)bytes);
	const char *const argv[] = { "qemu-img", "resize", "-q", "-f", "qcow2", disk, wanted, NULL };
	const char *text;
	int64_t size = 0;
	enum status st = bytes ? size_of(c, "qcow2", disk, &size, NULL) : ST_OK;
	return st || size >= bytes ? st : run(c, argv, &text);
}

enum status guest_grow(struct call *c, const struct guest *g, const char *folder)
{
	enum status st = more_disks(c, g, folder);
	if (!st)
		st = grow(c, arena_printf(c->arena, "%s/disk", folder), g->disk_gb * GIB);
	if (!st)
		st = grow(c, arena_printf(c->arena, "%s/ephemeral", folder), g->ephemeral_gb * GIB);
	return st ? st : grow(c, arena_printf(c->arena, "%s/swap", folder), g->swap_mb << 20);
}

enum status guest_copy(struct call *c, const char *from, const char *to, int64_t *size)
{
	const char *const argv[] = { "qemu-img", "convert", "-q", "-f", "qcow2", "-O",
				     "qcow2",    "--",      from, to,   NULL };
	const char *text;
	if (!exists(from))
		return fail(c, ST_NOT_FOUND, NULL, "there is no disk at %s", from);
	enum status st = run_for(c, argv, COPY_DEADLINE, &text);
	return st ? st : size_of(c, "qcow2", to, size, NULL);
}

enum status guest_blank(struct call *c, const char *folder, const char *path)
{
	const char *text, *disk = arena_printf(c->arena, "%s/disk", folder);
	int64_t size = 0;
	unlink(path);
	enum status st = size_of(c, "qcow2", disk, &size, NULL);
	if (st)
		return st;
	const char *wanted = arena_printf(c->arena, "%lld", (long long)size);
	const char *const argv[] = { "qemu-img", "create", "-q", "-f", "qcow2", path, wanted, NULL };
	return run(c, argv, &text);
}

static enum status put_file(struct call *c, const char *path, const void *bytes, size_t size)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
	ssize_t n = fd < 0 ? -1 : write(fd, bytes, size);
	if (fd >= 0 && close(fd))
		n = -1;
	if (n != (ssize_t)size)
		return fail(c, ST_AWAY, NULL, "%s cannot be written: %s", path, strerror(errno));
	return ST_OK;
}

static enum status put_drive_files(struct call *c, const struct guest *g, const char *top)
{
	const char *at = arena_printf(c->arena, "%s/openstack", top);
	const char *latest = arena_printf(c->arena, "%s/latest", at);
	if ((mkdir(top, 0700) && errno != EEXIST) || (mkdir(at, 0700) && errno != EEXIST) ||
	    (mkdir(latest, 0700) && errno != EEXIST))
		return fail(c, ST_AWAY, NULL, "%s cannot be made: %s", latest, strerror(errno));
	enum status st = put_file(c, arena_printf(c->arena, "%s/meta_data.json", latest),
				  g->meta_data, strlen(g->meta_data));
	if (!st)
		st = put_file(c, arena_printf(c->arena, "%s/network_data.json", latest),
			      g->network_data, strlen(g->network_data));
	if (st || !g->user_data)
		return st;
	size_t size = 0;
	const void *bytes = base64_decode(c->arena, g->user_data, &size);
	if (!bytes)
		return fail(c, ST_CONFLICT, NULL, "the user data is not base64");
	return put_file(c, arena_printf(c->arena, "%s/user_data", latest), bytes, size);
}

enum status guest_drive(struct call *c, const struct guest *g, const char *folder)
{
	const char *drive = arena_printf(c->arena, "%s/config.iso", folder);
	if (exists(drive))
		return ST_OK;
	const char *top = arena_printf(c->arena, "%s/config", folder);
	enum status st = put_drive_files(c, g, top);
	if (st)
		return st;
	const char *part = arena_printf(c->arena, "%s/config.part", folder);
	unlink(part);
	const char *const argv[] = { "xorriso", "-as",      "mkisofs", "-quiet", "-J", "-r",
				     "-V",      "config-2", "-o",      part,     top,  NULL };
	const char *text;
	st = run(c, argv, &text);
	if (st)
		return st;
	if (rename(part, drive))
		return fail(c, ST_AWAY, NULL, "%s cannot be made: %s", drive, strerror(errno));
	return ST_OK;
}
