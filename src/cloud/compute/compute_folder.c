/* SPDX-License-Identifier: Apache-2.0 */
/* A server's folder on its host: FOLDER/ID with the disk, the configuration drive and the console's
 * log. Both drivers use it; nothing else writes there. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#include "base/id.h"
#include "base/text.h"
#include "cloud/compute/compute_driver.h"

const char *guest_folder(struct arena *a, const char *folder, const char *id)
{
	return id_valid(id) ? arena_printf(a, "%s/%s", folder, id) : NULL;
}

/* Empties the open directory; 'depth' levels at most, so that a link or a circle cannot lead away. */
static int empty_folder(int fd, int depth)
{
	DIR *dir = fdopendir(fd);
	if (!dir) {
		close(fd);
		return -1;
	}
	int failed = 0;
	for (struct dirent *e = readdir(dir); e && !failed; e = readdir(dir)) {
		if (strcmp(e->d_name, ".") == 0 || strcmp(e->d_name, "..") == 0)
			continue;
		if (unlinkat(dirfd(dir), e->d_name, 0) == 0 || errno == ENOENT)
			continue;
		int sub = depth > 0 ? openat(dirfd(dir), e->d_name,
					     O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
				    : -1;
		failed = sub < 0 || empty_folder(sub, depth - 1) ||
			 unlinkat(dirfd(dir), e->d_name, AT_REMOVEDIR);
	}
	closedir(dir);
	return failed ? -1 : 0;
}

enum status guest_folder_remove(struct call *c, const char *folder, const char *id)
{
	const char *path = guest_folder(c->arena, folder, id);
	if (!path)
		return fail(c, ST_BAD_INPUT, "id", "'%s' is not a server's id", id);
	int fd = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0 && errno == ENOENT)
		return ST_OK;
	if (fd < 0 || empty_folder(fd, 4) || (rmdir(path) && errno != ENOENT))
		return fail(c, ST_AWAY, NULL, "%s cannot be removed: %s", path, strerror(errno));
	return ST_OK;
}

/* What a guest writes is bytes: what is not UTF-8, and NUL, becomes '?'. */
static const char *as_utf8(struct arena *a, const char *p, size_t size)
{
	struct buf out = { .arena = a };
	while (size > 0) {
		size_t step = *p ? utf8_step(p, size) : 0;
		if (step)
			buf_add(&out, p, step);
		else
			buf_char(&out, '?');
		p += step ? step : 1;
		size -= step ? step : 1;
	}
	return buf_text(&out);
}

const char *guest_log_tail(struct arena *a, const char *path, int64_t size)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	struct stat at;
	if (fd < 0)
		return "";
	if (fstat(fd, &at) || !S_ISREG(at.st_mode)) {
		close(fd);
		return "";
	}
	bool cut = size > 0 && at.st_size > size;
	size_t room = (size_t)(cut ? size : at.st_size);
	char *bytes = arena_alloc(a, room + 1);
	size_t got = 0;
	off_t from = cut ? at.st_size - (off_t)size : 0;
	for (ssize_t n; got < room; got += (size_t)n) {
		n = pread(fd, bytes + got, room - got, from + (off_t)got);
		if (n <= 0)
			break;
	}
	close(fd);
	const char *start = cut ? memchr(bytes, '\n', got) : NULL;
	start = start ? start + 1 : bytes;
	return as_utf8(a, start, got - (size_t)(start - bytes));
}
