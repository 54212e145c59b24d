/* SPDX-License-Identifier: Apache-2.0 */
/* The folder of keys: read, made, rotated, and shared between threads. A rotation writes each file
 * under another name first and renames it, so a reader sees whole keys only. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>
#include "base/clock.h"
#include "base/id.h"
#include "door/identity/fernet_private.h"

struct fernet {
	char *folder;
	pthread_mutex_t lock; /* over the following */
	struct fernet_keys *keys;
	struct timespec changed; /* of the folder, when it was read */
	int64_t looked_at;       /* steady */
};

static bool read_key(int folder, int number, struct fernet_key *out)
{
	char name[16], text[64] = { 0 };
	struct arena *a SCOPED_ARENA = arena_new();
	size_t size = 0;
	int fd;

	snprintf(name, sizeof name, "%d", number);
	fd = openat(folder, name, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return false;
	ssize_t n = read(fd, text, sizeof text - 1);
	close(fd);
	if (n <= 0)
		return false;
	text[strcspn(text, "\r\n")] = '\0';
	void *bytes = base64url_decode(a, text, &size);
	bool right = bytes && size == FERNET_KEY_SIZE;
	if (right) {
		out->number = number;
		memcpy(out->bytes, bytes, FERNET_KEY_SIZE);
	}
	if (bytes)
		sodium_memzero(bytes, size);
	sodium_memzero(text, sizeof text);
	return right;
}

/* The primary first, then by falling number: 0, the staged one, is last. */
static int newest_first(const void *a, const void *b)
{
	return ((const struct fernet_key *)b)->number - ((const struct fernet_key *)a)->number;
}

/* The numbers of the key files in 'folder', unsorted. */
static size_t list_numbers(int folder, int numbers[FERNET_KEYS_MAX])
{
	int again = openat(folder, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *d = again < 0 ? NULL : fdopendir(again);
	size_t count = 0;
	int64_t n;

	if (!d) {
		if (again >= 0)
			close(again);
		return 0;
	}
	for (struct dirent *e = readdir(d); e && count < FERNET_KEYS_MAX; e = readdir(d))
		if (int_parse(e->d_name, &n) && n >= 0 && n < INT32_MAX)
			numbers[count++] = (int)n;
	closedir(d);
	return count;
}

static struct fernet_keys *read_folder(int folder)
{
	struct fernet_keys *keys = calloc(1, sizeof *keys);
	int numbers[FERNET_KEYS_MAX];
	size_t n = list_numbers(folder, numbers);

	if (!keys)
		abort();
	for (size_t i = 0; i < n; i++)
		keys->count += read_key(folder, numbers[i], &keys->list[keys->count]);
	if (!keys->count) {
		free(keys);
		return NULL;
	}
	qsort(keys->list, keys->count, sizeof keys->list[0], newest_first);
	keys->users = 1;
	return keys;
}

static bool write_key(int folder, int number)
{
	uint8_t bytes[FERNET_KEY_SIZE];
	char name[16];
	struct arena *a SCOPED_ARENA = arena_new();
	int fd = openat(folder, "new", O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

	if (fd < 0)
		return false;
	random_bytes(bytes, sizeof bytes);
	char *text = base64url_encode(a, bytes, sizeof bytes);
	size_t size = strlen(text);
	bool right = write(fd, text, size) == (ssize_t)size && fsync(fd) == 0;
	right = close(fd) == 0 && right;
	sodium_memzero(bytes, sizeof bytes);
	sodium_memzero(text, size);
	snprintf(name, sizeof name, "%d", number);
	return right && renameat(folder, "new", folder, name) == 0 && fsync(folder) == 0;
}

static int open_folder(const char *path, bool make)
{
	if (make && mkdir(path, 0700) && errno != EEXIST)
		return -1;
	return open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
}

struct fernet *fernet_open(const char *path, bool make, char *why)
{
	int numbers[FERNET_KEYS_MAX];
	int folder = open_folder(path, make);
	struct fernet *f = calloc(1, sizeof *f);
	struct stat s = { 0 };

	if (!f)
		abort();
	if (folder >= 0 && make && !list_numbers(folder, numbers) &&
	    !(write_key(folder, 0) && write_key(folder, 1)))
		snprintf(why, 512, "%s: keys cannot be written: %s", path, strerror(errno));
	else if (folder < 0)
		snprintf(why, 512, "%s: %s", path, strerror(errno));
	else if (fstat(folder, &s) || !(f->keys = read_folder(folder)))
		snprintf(why, 512, "%s holds no keys", path);
	if (folder >= 0)
		close(folder);
	if (!f->keys) {
		free(f);
		return NULL;
	}
	f->folder = strdup(path);
	f->changed = s.st_mtim;
	pthread_mutex_init(&f->lock, NULL);
	return f;
}

static void keys_free(struct fernet_keys *keys)
{
	sodium_memzero(keys, sizeof *keys);
	free(keys);
}

void fernet_close(struct fernet *f)
{
	if (!f)
		return;
	keys_free(f->keys);
	pthread_mutex_destroy(&f->lock);
	free(f->folder);
	free(f);
}

struct fernet_keys *fernet_keys_take(struct fernet *f)
{
	/* A rotation by another process changes the primary: it must come into use here too. */
	fernet_keys_refresh(f);
	pthread_mutex_lock(&f->lock);
	struct fernet_keys *keys = f->keys;
	keys->users++;
	pthread_mutex_unlock(&f->lock);
	return keys;
}

void fernet_keys_drop(struct fernet *f, struct fernet_keys *keys)
{
	pthread_mutex_lock(&f->lock);
	bool last = --keys->users == 0;
	pthread_mutex_unlock(&f->lock);
	if (last)
		keys_free(keys);
}

bool fernet_keys_refresh(struct fernet *f)
{
	struct fernet_keys *old = NULL, *now = NULL;
	struct stat s;

	pthread_mutex_lock(&f->lock);
	if (clock_steady() - f->looked_at >= CLOCK_SECOND) {
		f->looked_at = clock_steady();
		int folder = open(f->folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
		bool changed = folder >= 0 && fstat(folder, &s) == 0 &&
			       memcmp(&s.st_mtim, &f->changed, sizeof s.st_mtim) != 0;
		/* A folder that cannot be read for a moment does not sign everybody out. */
		now = changed ? read_folder(folder) : NULL;
		if (now) {
			old = f->keys;
			f->keys = now;
			f->changed = s.st_mtim;
		}
		if (folder >= 0)
			close(folder);
	}
	pthread_mutex_unlock(&f->lock);
	if (old)
		fernet_keys_drop(f, old);
	return now != NULL;
}

static void remove_oldest(int folder, int most)
{
	int numbers[FERNET_KEYS_MAX];
	size_t count = list_numbers(folder, numbers);

	while (count > (size_t)most) {
		size_t oldest = count;
		for (size_t i = 0; i < count; i++)
			if (numbers[i] && (oldest == count || numbers[i] < numbers[oldest]))
				oldest = i;
		char name[16];
		snprintf(name, sizeof name, "%d", numbers[oldest]);
		unlinkat(folder, name, 0);
		numbers[oldest] = numbers[--count];
	}
}

enum status fernet_rotate(struct call *c, const char *path, int most)
{
	int numbers[FERNET_KEYS_MAX], highest = 0;
	char name[16];

	if (most < 3 || most >= FERNET_KEYS_MAX)
		return fail(c, ST_BAD_INPUT, NULL, "between 3 and %d keys can be kept",
			    FERNET_KEYS_MAX - 1);
	int folder = open_folder(path, false);
	if (folder < 0)
		return fail(c, ST_INTERNAL, NULL, "%s: %s", path, strerror(errno));
	size_t count = list_numbers(folder, numbers);
	for (size_t i = 0; i < count; i++)
		highest = numbers[i] > highest ? numbers[i] : highest;
	snprintf(name, sizeof name, "%d", highest + 1);
	bool right = renameat(folder, "0", folder, name) == 0 && write_key(folder, 0);
	if (right)
		remove_oldest(folder, most);
	close(folder);
	if (!right)
		return fail(c, ST_INTERNAL, NULL, "%s: the staged key cannot be moved: %s", path,
			    strerror(errno));
	return ST_OK;
}
