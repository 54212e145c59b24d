/* SPDX-License-Identifier: Apache-2.0 */
/* The VFS that forgets what was not synced, see vfs_forget.h. A sector is written or not, alone, in any
 * order, until the file is synced; a file that was never synced may have no name after the crash; a
 * removal that was not synced may not have happened. */
#include <fcntl.h>
#include <pthread.h>
#include <sqlite3.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "vfs_forget.h"

#define SECTOR 512

/* A write that was not synced, or a truncation ('data' NULL, the length in 'at'). */
struct change {
	struct change *next;
	char *data;
	size_t at, size;
};

struct image {
	char *data;
	size_t size, room;
};

/* What the disk knows of a file. */
struct node {
	struct node *next;
	char path[512];
	bool named;   /* its name is on the disk */
	bool removed; /* but its removal was not synced */
	struct image disk;
	struct change *first, **last;
};

struct forget_file {
	sqlite3_file base;
	struct node *node; /* NULL: a file that need not outlive the process */
	bool is_log;
	sqlite3_file real[]; /* as large as the real VFS says */
};

static sqlite3_vfs *real_vfs;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER; /* guards what follows */
static struct node *nodes;
static int64_t log_syncs, moments_left;
static char crash_folder[512];
static uint64_t dice;
static bool full, broken;

/* xorshift64*: the same crash again for the same seed. */
static unsigned roll(unsigned sides)
{
	dice ^= dice >> 12;
	dice ^= dice << 25;
	dice ^= dice >> 27;
	return (unsigned)((dice * UINT64_C(0x2545f4914f6cdd1d)) >> 33) % sides;
}

static void *need(void *p)
{
	if (!p)
		abort();
	return p;
}

static void image_write(struct image *m, size_t at, const char *data, size_t size)
{
	if (at + size > m->room) {
		m->room = (at + size) * 2;
		m->data = need(realloc(m->data, m->room));
	}
	if (at > m->size)
		memset(m->data + m->size, 0, at - m->size);
	memcpy(m->data + at, data, size);
	if (at + size > m->size)
		m->size = at + size;
}

static void image_cut(struct image *m, size_t size)
{
	if (m->size > size)
		m->size = size;
}

static struct node *node_of(const char *path)
{
	for (struct node *n = nodes; n; n = n->next) {
		if (strcmp(n->path, path) == 0)
			return n;
	}
	struct node *n = need(calloc(1, sizeof(*n)));
	snprintf(n->path, sizeof(n->path), "%s", path);
	n->last = &n->first;
	n->next = nodes;
	return nodes = n;
}

static void forget_changes(struct node *n)
{
	while (n->first) {
		struct change *c = n->first;
		n->first = c->next;
		free(c->data);
		free(c);
	}
	n->last = &n->first;
}

static void add_change(struct node *n, const char *data, size_t at, size_t size)
{
	struct change *c = need(calloc(1, sizeof(*c)));

	c->at = at;
	c->size = size;
	if (data)
		c->data = memcpy(need(malloc(size)), data, size);
	*n->last = c;
	n->last = &c->next;
}

static void apply_change(struct node *n, const struct change *c)
{
	if (c->data)
		image_write(&n->disk, c->at, c->data, c->size);
	else
		image_cut(&n->disk, c->at);
}

/* Each sector of the change by itself. */
static void tear_change(struct node *n, const struct change *c)
{
	if (!c->data) {
		if (roll(2))
			image_cut(&n->disk, c->at);
		return;
	}
	for (size_t done = 0; done < c->size;) {
		size_t piece = SECTOR - (c->at + done) % SECTOR;
		if (piece > c->size - done)
			piece = c->size - done;
		if (roll(2))
			image_write(&n->disk, c->at + done, c->data + done, piece);
		done += piece;
	}
}

/* Lets some of what was not synced reach the disk. */
static void settle_by_chance(struct node *n)
{
	unsigned how = roll(4);
	struct change *c = n->first;

	switch (how) {
	case 0: return; /* nothing did */
	case 1:         /* sectors in any order */
		for (; c; c = c->next)
			tear_change(n, c);
		return;
	case 2: /* in order, until one is torn */
		for (; c && roll(8); c = c->next)
			apply_change(n, c);
		if (c)
			tear_change(n, c);
		return;
	default: /* whole writes in any order */
		for (; c; c = c->next) {
			if (roll(2))
				apply_change(n, c);
		}
	}
}

/* Two files of one name would be two answers to what the disk holds: the folder is new, and so is each
 * file in it. */
static void leave(const struct node *n)
{
	char path[1100];
	const char *name = strrchr(n->path, '/');

	snprintf(path, sizeof(path), "%s/%s", crash_folder, name ? name + 1 : n->path);
	int fd = open(path, O_WRONLY | O_CREAT | O_EXCL, 0600);
	if (fd < 0 || write(fd, n->disk.data, n->disk.size) != (ssize_t)n->disk.size)
		abort();
	close(fd);
}

/* Counts down to the crash. Called with the lock held, before each thing that changes a disk. */
static void moment(void)
{
	if (moments_left == 0 || --moments_left > 0)
		return;
	for (struct node *n = nodes; n; n = n->next) {
		bool there = n->named || roll(2);
		if (n->removed)
			there &= roll(2) == 0;
		settle_by_chance(n);
		if (there)
			leave(n);
	}
	_exit(0);
}

/* Where a new file gets its name, the real VFS syncs the folder, and removals with it. */
static void sync_folder(void)
{
	for (struct node *n = nodes; n; n = n->next) {
		if (!n->removed)
			continue;
		n->named = n->removed = false;
		n->disk.size = 0;
		forget_changes(n);
	}
}

static struct forget_file *file_of(sqlite3_file *f)
{
	return (struct forget_file *)f;
}

static sqlite3_file *real_of(sqlite3_file *f)
{
	return file_of(f)->real;
}

static int f_close(sqlite3_file *f)
{
	return real_of(f)->pMethods->xClose(real_of(f));
}

static int f_read(sqlite3_file *f, void *p, int size, sqlite3_int64 at)
{
	return real_of(f)->pMethods->xRead(real_of(f), p, size, at);
}

static int f_write(sqlite3_file *f, const void *p, int size, sqlite3_int64 at)
{
	struct node *n = file_of(f)->node;
	sqlite3_int64 now = 0;

	real_of(f)->pMethods->xFileSize(real_of(f), &now);
	pthread_mutex_lock(&lock);
	if (full && at + size > now) {
		pthread_mutex_unlock(&lock);
		return SQLITE_FULL;
	}
	if (n) {
		moment();
		add_change(n, p, (size_t)at, (size_t)size);
	}
	pthread_mutex_unlock(&lock);
	return real_of(f)->pMethods->xWrite(real_of(f), p, size, at);
}

static int f_truncate(sqlite3_file *f, sqlite3_int64 size)
{
	struct node *n = file_of(f)->node;

	if (n) {
		pthread_mutex_lock(&lock);
		moment();
		add_change(n, NULL, (size_t)size, 0);
		pthread_mutex_unlock(&lock);
	}
	return real_of(f)->pMethods->xTruncate(real_of(f), size);
}

static int f_sync(sqlite3_file *f, int flags)
{
	struct node *n = file_of(f)->node;

	pthread_mutex_lock(&lock);
	log_syncs += file_of(f)->is_log;
	bool fails = broken && file_of(f)->is_log;
	bool doomed = moments_left > 0; /* nobody will look at the real file */
	if (n && !fails) {
		moment();
		for (struct change *c = n->first; c; c = c->next)
			apply_change(n, c);
		forget_changes(n);
		if (!n->named)
			sync_folder();
		n->named = true;
	}
	pthread_mutex_unlock(&lock);
	if (fails || doomed)
		return fails ? SQLITE_IOERR_FSYNC : SQLITE_OK;
	return real_of(f)->pMethods->xSync(real_of(f), flags);
}

static int f_file_size(sqlite3_file *f, sqlite3_int64 *size)
{
	return real_of(f)->pMethods->xFileSize(real_of(f), size);
}

static int f_lock(sqlite3_file *f, int kind)
{
	return real_of(f)->pMethods->xLock(real_of(f), kind);
}

static int f_unlock(sqlite3_file *f, int kind)
{
	return real_of(f)->pMethods->xUnlock(real_of(f), kind);
}

static int f_check_lock(sqlite3_file *f, int *out)
{
	return real_of(f)->pMethods->xCheckReservedLock(real_of(f), out);
}

static int f_control(sqlite3_file *f, int op, void *arg)
{
	return real_of(f)->pMethods->xFileControl(real_of(f), op, arg);
}

static int f_sector(sqlite3_file *f)
{
	(void)f;
	return SECTOR;
}

static int f_device(sqlite3_file *f)
{
	(void)f;
	return SQLITE_IOCAP_POWERSAFE_OVERWRITE; /* what the real one promises for every disk */
}

static int f_shm_map(sqlite3_file *f, int region, int size, int extend, void volatile **out)
{
	return real_of(f)->pMethods->xShmMap(real_of(f), region, size, extend, out);
}

static int f_shm_lock(sqlite3_file *f, int offset, int n, int flags)
{
	return real_of(f)->pMethods->xShmLock(real_of(f), offset, n, flags);
}

static void f_shm_barrier(sqlite3_file *f)
{
	real_of(f)->pMethods->xShmBarrier(real_of(f));
}

static int f_shm_unmap(sqlite3_file *f, int remove)
{
	return real_of(f)->pMethods->xShmUnmap(real_of(f), remove);
}

static const sqlite3_io_methods methods = {
	.iVersion = 2,
	.xClose = f_close,
	.xRead = f_read,
	.xWrite = f_write,
	.xTruncate = f_truncate,
	.xSync = f_sync,
	.xFileSize = f_file_size,
	.xLock = f_lock,
	.xUnlock = f_unlock,
	.xCheckReservedLock = f_check_lock,
	.xFileControl = f_control,
	.xSectorSize = f_sector,
	.xDeviceCharacteristics = f_device,
	.xShmMap = f_shm_map,
	.xShmLock = f_shm_lock,
	.xShmBarrier = f_shm_barrier,
	.xShmUnmap = f_shm_unmap,
};

static int v_open(sqlite3_vfs *v, const char *path, sqlite3_file *f, int flags, int *out)
{
	struct forget_file *file = file_of(f);
	int lasting = SQLITE_OPEN_MAIN_DB | SQLITE_OPEN_MAIN_JOURNAL | SQLITE_OPEN_WAL;
	struct stat st;
	bool stood = path && stat(path, &st) == 0;

	(void)v;
	memset(file, 0, sizeof(*file));
	int rc = real_vfs->xOpen(real_vfs, path, file->real, flags, out);
	if (file->real->pMethods)
		f->pMethods = &methods;
	if (rc != SQLITE_OK || !path || !(flags & lasting))
		return rc;
	file->is_log = flags & SQLITE_OPEN_WAL;
	pthread_mutex_lock(&lock);
	file->node = node_of(path);
	/* The database makes its file and syncs the folder before SQLite sees it. */
	if (stood && st.st_size == 0 && (flags & SQLITE_OPEN_MAIN_DB))
		file->node->named = true;
	if (file->node->removed && !stood) {
		file->node->removed = false;
		add_change(file->node, NULL, 0, 0);
	}
	pthread_mutex_unlock(&lock);
	return rc;
}

static int v_delete(sqlite3_vfs *v, const char *path, int sync)
{
	(void)v;
	pthread_mutex_lock(&lock);
	struct node *n = node_of(path);
	moment();
	n->removed = true;
	if (sync)
		sync_folder();
	pthread_mutex_unlock(&lock);
	return real_vfs->xDelete(real_vfs, path, sync);
}

void vfs_forget_install(void)
{
	static sqlite3_vfs vfs;

	if (real_vfs)
		return;
	real_vfs = sqlite3_vfs_find(NULL);
	vfs = *real_vfs;
	vfs.zName = "forget";
	vfs.szOsFile += (int)sizeof(struct forget_file);
	vfs.xOpen = v_open;
	vfs.xDelete = v_delete;
	if (sqlite3_vfs_register(&vfs, 1) != SQLITE_OK)
		abort();
}

int64_t vfs_forget_log_syncs(void)
{
	pthread_mutex_lock(&lock);
	int64_t n = log_syncs;
	pthread_mutex_unlock(&lock);
	return n;
}

void vfs_forget_crash(int64_t at, const char *folder, uint64_t seed)
{
	pthread_mutex_lock(&lock);
	snprintf(crash_folder, sizeof(crash_folder), "%s", folder);
	dice = seed * UINT64_C(0x9e3779b97f4a7c15) + 1;
	moments_left = at;
	/* Files of earlier tests may have the same names. One that is still open keeps its node, off the
	 * list: nothing is freed in a process that is about to end. */
	nodes = NULL;
	pthread_mutex_unlock(&lock);
}

void vfs_forget_fill(bool is_full)
{
	pthread_mutex_lock(&lock);
	full = is_full;
	pthread_mutex_unlock(&lock);
}

void vfs_forget_break(void)
{
	pthread_mutex_lock(&lock);
	broken = true;
	pthread_mutex_unlock(&lock);
}
