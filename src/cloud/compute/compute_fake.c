/* SPDX-License-Identifier: Apache-2.0 */
/* The stand-in for libvirt, named "fake": where no engine can run, and for tests of everything above
 * it. It keeps a folder and a state file for each server, so that what a crash leaves behind is as
 * real as with QEMU; it runs nothing, and its console says so. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>
#include "base/clock.h"
#include "base/id.h"
#include "base/text.h"
#include "cloud/compute/compute_driver.h"

/* What stands in FOLDER/ID/state. */
struct fake_state {
	const char *house;
	int state; /* enum guest_state */
	int64_t vcpus, memory_mb, disk_gb;
	int64_t old_vcpus, old_memory_mb, old_disk_gb; /* 0: no resize waits */
};

static const struct field fake_state_shape[] = {
	F_STR(fake_state, house, 64, 0),
	F_WORD(fake_state, state, guest_states, 0),
	F_INT(fake_state, vcpus, 0, 0, 0),
	F_INT(fake_state, memory_mb, 0, 0, 0),
	F_INT(fake_state, disk_gb, 0, 0, 0),
	F_INT(fake_state, old_vcpus, 0, 0, 0),
	F_INT(fake_state, old_memory_mb, 0, 0, 0),
	F_INT(fake_state, old_disk_gb, 0, 0, 0),
	F_END,
};

static struct {
	pthread_mutex_t lock;
	char *folder;
} fake = { .lock = PTHREAD_MUTEX_INITIALIZER };

static enum status put_file(struct call *c, const char *path, const char *text, int flags)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC | flags, 0600);
	ssize_t size = (ssize_t)strlen(text), n = fd < 0 ? -1 : write(fd, text, (size_t)size);
	if (fd >= 0)
		close(fd);
	return n == size ? ST_OK : fail(c, ST_AWAY, NULL, "%s: %s", path, strerror(errno));
}

static enum status put_state(struct call *c, const char *folder, const struct fake_state *s)
{
	const char *path = arena_printf(c->arena, "%s/state", folder);
	const char *part = arena_printf(c->arena, "%s.part", path);
	enum status st = put_file(c, part, shape_text(c, fake_state_shape, s), O_TRUNC);
	if (!st && rename(part, path))
		st = fail(c, ST_AWAY, NULL, "%s: %s", path, strerror(errno));
	return st;
}

static enum status get_state(struct call *c, const char *folder, struct fake_state *out)
{
	const char *text = guest_log_tail(c->arena, arena_printf(c->arena, "%s/state", folder), 0);
	if (!*text)
		return ST_NOT_FOUND;
	return shape_read_own(c, fake_state_shape, text, out);
}

static enum status find_state(struct call *c, const char *id, struct fake_state *out)
{
	const char *folder = guest_folder(c->arena, fake.folder, id);
	enum status st = folder ? get_state(c, folder, out) : ST_NOT_FOUND;
	return st == ST_NOT_FOUND ? fail(c, st, NULL, "there is no stand-in of server %s", id) : st;
}

static enum status find_state_locked(struct call *c, const char *id, struct fake_state *out)
{
	pthread_mutex_lock(&fake.lock);
	enum status st = find_state(c, id, out);
	pthread_mutex_unlock(&fake.lock);
	return st;
}

static enum status fake_probe(struct call *c, const char *uri, const char *known,
			      const char *accelerator, struct host_facts *out)
{
	(void)c;
	(void)uri;
	(void)known;
	(void)accelerator;
	*out = (struct host_facts){
		.name = "stand-in",
		.engine = "stand-in: no machine runs here",
		.version = 1000000,
		.cpu = "x86_64",
		.vcpus = 64,
		.memory_mb = 1 << 18,
		.disk_gb = 1 << 14,
		.boot_id = "stand-in",
		.accelerator = "none",
		.accelerator_why = "a stand-in has none",
	};
	return ST_OK;
}

static enum status ensure(struct call *c, const char *folder, const struct guest *g)
{
	struct fake_state s = { 0 };
	enum status st = get_state(c, folder, &s);
	if (st == ST_OK && s.state == GUEST_RUNNING)
		return ST_OK;
	if (st && st != ST_NOT_FOUND)
		return st;
	if (mkdir(folder, 0711) && errno != EEXIST)
		return fail(c, ST_AWAY, NULL, "%s: %s", folder, strerror(errno));
	const char *words = arena_printf(c->arena,
					 "Yongyun stand-in: switched on, on paper.\n"
					 "Yongyun stand-in: server %s (%s) has %lld vCPUs and "
					 "%lld MB on paper.\nNo machine runs here, and nothing "
					 "that this console says was said by one.\n",
					 g->name, g->id, (long long)g->vcpus,
					 (long long)g->memory_mb);
	st = put_file(c, arena_printf(c->arena, "%s/console.log", folder), words, O_APPEND);
	if (!st)
		st = put_file(c, arena_printf(c->arena, "%s/disk", folder), "", O_TRUNC);
	s = (struct fake_state){ .house = g->house,
				 .state = GUEST_RUNNING,
				 .vcpus = g->vcpus,
				 .memory_mb = g->memory_mb,
				 .disk_gb = g->disk_gb };
	return st ? st : put_state(c, folder, &s);
}

static enum status fake_ensure(struct call *c, const char *uri, const struct guest *g)
{
	(void)uri;
	const char *folder = guest_folder(c->arena, fake.folder, g->id);
	pthread_mutex_lock(&fake.lock);
	enum status st = ensure(c, folder, g);
	pthread_mutex_unlock(&fake.lock);
	return st;
}

static enum status fake_remove(struct call *c, const char *uri, const char *house, const char *id)
{
	(void)uri;
	(void)house;
	pthread_mutex_lock(&fake.lock);
	enum status st = guest_folder_remove(c, fake.folder, id);
	pthread_mutex_unlock(&fake.lock);
	return st;
}

/* What a machine's console would get when it starts. */
static enum status say_on(struct call *c, const char *folder)
{
	return put_file(c, arena_printf(c->arena, "%s/console.log", folder),
			"Yongyun stand-in: switched on, on paper.\n", O_APPEND);
}

static enum status power(struct call *c, const char *id, enum guest_power p)
{
	const char *folder = guest_folder(c->arena, fake.folder, id);
	struct fake_state s;
	enum status st = find_state(c, id, &s);
	if (st)
		return st;
	s.state = p == POWER_STOP || p == POWER_KILL || p == POWER_SUSPEND ? GUEST_STOPPED
		  : p == POWER_PAUSE                                       ? GUEST_PAUSED
									   : GUEST_RUNNING;
	if (p == POWER_START || p == POWER_REBOOT)
		st = say_on(c, folder);
	return st ? st : put_state(c, folder, &s);
}

static enum status fake_power(struct call *c, const char *uri, const char *id, enum guest_power p,
			      int64_t patience)
{
	(void)uri;
	(void)patience;
	pthread_mutex_lock(&fake.lock);
	enum status st = power(c, id, p);
	pthread_mutex_unlock(&fake.lock);
	return st;
}

static enum status change(struct call *c, const char *folder, const struct guest *g,
			  enum guest_change how)
{
	struct fake_state s = { 0 };
	enum status st = get_state(c, folder, &s);
	if (how == CHANGE_NICS)
		return st == ST_NOT_FOUND
			       ? fail(c, st, NULL, "there is no stand-in of server %s", g->id)
			       : st;
	if (st == ST_NOT_FOUND)
		st = ensure(c, folder, g);
	if (!st)
		st = get_state(c, folder, &s);
	if (st)
		return st;
	if (how == CHANGE_RESIZE && !s.old_vcpus) {
		s.old_vcpus = s.vcpus;
		s.old_memory_mb = s.memory_mb;
		s.old_disk_gb = s.disk_gb;
	} else if (how != CHANGE_RESIZE) {
		s.old_vcpus = s.old_memory_mb = s.old_disk_gb = 0;
	}
	s.vcpus = g->vcpus;
	s.memory_mb = g->memory_mb;
	s.disk_gb = g->disk_gb;
	if (how != CHANGE_CONFIRM)
		s.state = g->off ? GUEST_STOPPED : GUEST_RUNNING;
	if (how == CHANGE_REMAKE || how == CHANGE_RESCUE)
		st = say_on(c, folder);
	return st ? st : put_state(c, folder, &s);
}

static enum status fake_change(struct call *c, const char *uri, const struct guest *g,
			       enum guest_change how)
{
	(void)uri;
	const char *folder = guest_folder(c->arena, fake.folder, g->id);
	pthread_mutex_lock(&fake.lock);
	enum status st = change(c, folder, g, how);
	pthread_mutex_unlock(&fake.lock);
	return st;
}

static enum status list(struct call *c, DIR *dir, const char *house, struct guest_list *out)
{
	size_t room = 0;
	for (struct dirent *e = readdir(dir); e; e = readdir(dir)) {
		const char *folder = guest_folder(c->arena, fake.folder, e->d_name);
		struct fake_state s;
		enum status st = folder ? get_state(c, folder, &s) : ST_NOT_FOUND;
		if (st == ST_NOT_FOUND || (!st && !str_eq(s.house, house)))
			continue;
		if (st)
			return st;
		if (out->guests_count == room) {
			struct guest_status *more =
				arena_array(c->arena, room = room * 2 + 16, sizeof(*more));
			if (out->guests_count)
				memcpy(more, out->guests, out->guests_count * sizeof(*more));
			out->guests = more;
		}
		out->guests[out->guests_count++] = (struct guest_status){
			.id = arena_strdup(c->arena, e->d_name),
			.state = s.state,
			.cause = s.state == GUEST_STOPPED ? CAUSE_ASKED : CAUSE_NONE,
		};
	}
	return ST_OK;
}

static enum status fake_list(struct call *c, const char *uri, const char *house,
			     struct guest_list *out)
{
	(void)uri;
	struct guest_list found = { 0 };
	DIR *dir = opendir(fake.folder);
	if (!dir)
		return fail(c, ST_AWAY, NULL, "%s: %s", fake.folder, strerror(errno));
	pthread_mutex_lock(&fake.lock);
	enum status st = list(c, dir, house, &found);
	pthread_mutex_unlock(&fake.lock);
	closedir(dir);
	if (!st)
		*out = found;
	return st;
}

static enum status fake_console(struct call *c, const char *uri, const char *id, int64_t size,
				const char **text)
{
	(void)uri;
	const char *folder = guest_folder(c->arena, fake.folder, id);
	if (!folder)
		return fail(c, ST_BAD_INPUT, "id", "'%s' is not a server's id", id);
	*text = guest_log_tail(c->arena, arena_printf(c->arena, "%s/console.log", folder), size);
	return ST_OK;
}

static enum status fake_screen(struct call *c, const char *uri, const char *id,
			       const char **address)
{
	(void)uri;
	const char *folder = guest_folder(c->arena, fake.folder, id);
	/* A test may hang a screen there. */
	const char *path = arena_printf(c->arena, "%s/screen", folder ? folder : "");
	*address = guest_log_tail(c->arena, path, 0);
	if (str_empty(*address))
		return fail(c, ST_NOT_OFFERED, NULL,
			    "a stand-in has no screen: no machine runs here");
	return ST_OK;
}

/* Nothing runs, so nothing was used: processors and a disk with zeroes, and no card. */
static enum status fake_report(struct call *c, const char *uri, const char *id,
			       struct guest_report *out)
{
	(void)uri;
	struct fake_state s = { 0 };
	enum status st = find_state_locked(c, id, &s);
	if (!st && s.state != GUEST_RUNNING)
		return fail(c, ST_CONFLICT, NULL, "the stand-in of server %s is switched off", id);
	if (st)
		return st;
	*out = (struct guest_report){
		.memory_mb = s.memory_mb,
		.cpus = arena_array(c->arena, (size_t)s.vcpus, sizeof(*out->cpus)),
		.cpus_count = (size_t)s.vcpus,
		.drives = arena_array(c->arena, 1, sizeof(*out->drives)),
		.drives_count = 1,
	};
	out->drives[0].name = "vda";
	return ST_OK;
}

/* Its servers' folders are on this machine. */
static enum status fake_uptime(struct call *c, const char *uri, const char **text)
{
	(void)uri;
	*text = machine_uptime(c->arena);
	return ST_OK;
}

static int64_t copy_time = CLOCK_SECOND;

void compute_fake_copies_in(int64_t time)
{
	copy_time = time;
}

/* Of a disk that is not there: a raw one, in which it is said. It takes its time as a real one does, so that
 * clients who ask meanwhile meet a server that is being copied. */
static enum status fake_snapshot(struct call *c, const char *uri, const char *id, const char *path,
				 int64_t *virtual_size)
{
	(void)uri;
	char bytes[512] = "Yongyun stand-in: no machine has written on this disk.\n";
	struct fake_state s;
	enum status st = find_state_locked(c, id, &s);
	if (!st)
		usleep((useconds_t)copy_time);
	FILE *f = st ? NULL : fopen(path, "we");
	bool whole = f && fwrite(bytes, sizeof(bytes), 1, f) == 1;
	if (f && fclose(f))
		whole = false;
	if (!st && !whole)
		st = fail(c, ST_AWAY, NULL, "%s: %s", path, strerror(errno));
	*virtual_size = (int64_t)sizeof(bytes);
	return st;
}

static void fake_close(void)
{
	free(fake.folder);
	fake.folder = NULL;
}

static const struct compute_driver driver = {
	.name = "fake",
	.apology = "No machine runs: servers exist on paper only, because this machine cannot run "
		   "QEMU or the configuration chose the stand-in.",
	.probe = fake_probe,
	.ensure = fake_ensure,
	.remove = fake_remove,
	.power = fake_power,
	.change = fake_change,
	.list = fake_list,
	.console = fake_console,
	.screen = fake_screen,
	.report = fake_report,
	.uptime = fake_uptime,
	.snapshot = fake_snapshot,
	.disk_format = "raw",
	.close = fake_close,
};

const struct compute_driver *compute_fake(const char *folder)
{
	fake.folder = strdup(folder);
	return &driver;
}
