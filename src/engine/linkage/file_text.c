/* SPDX-License-Identifier: Apache-2.0 */
/* The bytes of a file as UTF-8. */
#include "engine/linkage/file_text.h"
#include <errno.h>
#include <fcntl.h>
#include <iconv.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>
#include "base/text.h"
#include "engine/linkage/memory.h"

/* The place of the first byte that is not well-formed UTF-8, or 'size'. */
static size_t utf8_until(const char *s, size_t size)
{
	size_t i = 0;
	while (i < size) {
		uint64_t v;
		while (i + 8 <= size && (memcpy(&v, s + i, 8), (v & 0x8080808080808080ull) == 0))
			i += 8;
		for (size_t end = i + 64 < size ? i + 64 : size; i < end;) {
			size_t step = (unsigned char)s[i] < 0x80 ? 1 : utf8_step(s + i, size - i);
			if (!step)
				return i;
			i += step;
		}
	}
	return size;
}

#define WINDOW (16ul << 20)

/* The same of a mapped file, of which no more than a window stays in memory: it may be larger than that. */
static size_t mapped_until(char *s, size_t size)
{
	size_t at = 0;

	for (size_t end; at < size; at = end) {
		/* A character may stand across the edge; the next window begins with it, and goes on. */
		end = size - at > WINDOW + 3 ? (at + 3 + WINDOW) & ~(WINDOW - 1) : size;
		size_t good = at + utf8_until(s + at, end - at);
		if (good < end && (end - good > 3 || !utf8_step(s + good, size - good)))
			return good;
		size_t whole = at & ~(WINDOW - 1);
		if (size > WINDOW)
			(void)madvise(s + whole, end - whole, MADV_DONTNEED);
		end = good;
	}
	return size;
}

void file_text_drop(struct file_text *t, size_t before)
{
	size_t whole = before & ~(WINDOW - 1);

	if (!t->mapped || whole <= t->dropped)
		return;
	(void)madvise(t->data + t->dropped, whole - t->dropped, MADV_DONTNEED);
	t->dropped = whole;
}

static enum status convert(struct call *c, const char *path, size_t bad_utf8, struct file_text *t)
{
	iconv_t cd = iconv_open("UTF-8", "GB18030");
	size_t room = t->size * 2 + 64, left = t->size, free_size = room;
	char *out, *to, *from = t->data;

	if (cd == (iconv_t)-1)
		return fail(c, ST_NOT_OFFERED, NULL, "%s is not UTF-8, and iconv knows no GB18030",
			    path);
	out = to = big_alloc(room, 1);
	size_t done = iconv(cd, &from, &left, &to, &free_size);
	iconv_close(cd);
	if (done == (size_t)-1) {
		big_free(out, room, 1);
		return fail(c, ST_BAD_INPUT, NULL,
			    "%s is neither UTF-8 (byte %zu) nor GB 18030 (byte %zu)", path,
			    bad_utf8, t->size - left);
	}
	munmap(t->data, t->mapped);
	t->mapped = 0;
	t->data = out;
	t->size = (size_t)(to - out);
	t->converted = room;
	t->gb18030 = true;
	return ST_OK;
}

static enum status map(struct call *c, const char *path, int64_t most, struct file_text *t)
{
	struct stat s;
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	enum status st = ST_OK;

	if (fd < 0)
		return fail(c, ST_NOT_FOUND, NULL, "cannot open %s: %s", path, strerror(errno));
	if (fstat(fd, &s) || !S_ISREG(s.st_mode))
		st = fail(c, ST_BAD_INPUT, NULL, "%s is not a file", path);
	else if (s.st_size == 0)
		st = fail(c, ST_BAD_INPUT, NULL, "%s is empty", path);
	else if (s.st_size > most)
		st = fail(c, ST_TOO_LARGE, NULL, "%s is larger than %lld bytes", path,
			  (long long)most);
	if (!st) {
		void *data = mmap(NULL, (size_t)s.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
		if (data == MAP_FAILED)
			st = fail(c, ST_INTERNAL, NULL, "cannot map %s: %s", path, strerror(errno));
		else
			*t = (struct file_text){ .data = data,
						 .size = (size_t)s.st_size,
						 .mapped = (size_t)s.st_size };
	}
	close(fd);
	return st;
}

enum status file_text_open(struct call *c, const char *path, int64_t most, struct file_text *out)
{
	struct file_text t = { 0 };
	enum status st = map(c, path, most, &t);

	if (st)
		return st;
	(void)madvise(t.data, t.size, MADV_SEQUENTIAL);
	size_t good = mapped_until(t.data, t.size);
	if (good < t.size)
		st = convert(c, path, good, &t);
	if (st)
		file_text_close(&t);
	else
		*out = t;
	return st;
}

void file_text_close(struct file_text *t)
{
	if (t->mapped)
		munmap(t->data, t->mapped);
	if (t->converted)
		big_free(t->data, t->converted, 1);
	memset(t, 0, sizeof *t);
}
