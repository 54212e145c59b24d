/* SPDX-License-Identifier: Apache-2.0 */
/* What an uploaded disk really is. qemu-img reads it in a child with bounds on time, memory and output,
 * because the bytes are a stranger's; a disk that refers to other files would read them at our cost. */
#include <errno.h>
#include <fcntl.h>
#include <jansson.h>
#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>
#include "base/clock.h"
#include "cloud/image/image_private.h"

enum { ANSWER_MAX = 256 * 1024, SECONDS_MAX = 30 };
#define MEMORY_MAX (UINT64_C(1) << 30)

/* The program's names of the formats that it is told to expect; others are kept as they are. */
static const char *const drivers[][2] = {
	{ "raw", "raw" }, { "iso", "raw" },   { "qcow2", "qcow2" }, { "vmdk", "vmdk" },
	{ "vhd", "vpc" }, { "vhdx", "vhdx" }, { "vdi", "vdi" },
};

static const char *driver_of(const char *disk_format)
{
	for (size_t i = 0; i < sizeof drivers / sizeof *drivers; i++)
		if (str_eq(drivers[i][0], disk_format))
			return drivers[i][1];
	return NULL;
}

static void bound(int what, uint64_t most)
{
	const struct rlimit limit = { most, most };

	if (setrlimit((__rlimit_resource_t)what, &limit))
		_exit(126);
}

static void child(int out, const char *path, const char *driver)
{
	int null = open("/dev/null", O_RDWR);

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
	bound(RLIMIT_CPU, SECONDS_MAX);
	bound(RLIMIT_AS, MEMORY_MAX);
	bound(RLIMIT_FSIZE, 0);
	bound(RLIMIT_CORE, 0);
	dup2(null, 0);
	dup2(out, 1);
	dup2(null, 2);
	execlp("qemu-img", "qemu-img", "info", "--output=json", "-U", "-f", driver, path, NULL);
	_exit(127);
}

/* Reads until the end, the bound or the deadline; false when it did not end by itself. */
static bool read_answer(int fd, struct buf *out)
{
	int64_t end = clock_steady() + SECONDS_MAX * CLOCK_SECOND;
	char chunk[4096];

	for (;;) {
		struct pollfd p = { .fd = fd, .events = POLLIN };
		int64_t left = (end - clock_steady()) / 1000;
		if (left <= 0 || out->size > ANSWER_MAX)
			return false;
		if (poll(&p, 1, (int)left) <= 0)
			continue;
		ssize_t n = read(fd, chunk, sizeof chunk);
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return n == 0;
		buf_add(out, chunk, (size_t)n);
	}
}

static enum status run(struct call *c, const char *path, const char *driver, struct buf *answer)
{
	int pipes[2], how = 0;
	pid_t pid;

	if (pipe2(pipes, O_CLOEXEC))
		return fail(c, ST_INTERNAL, NULL, "cannot make a pipe: %s", strerror(errno));
	pid = fork();
	if (!pid)
		child(pipes[1], path, driver);
	close(pipes[1]);
	bool whole = pid > 0 && read_answer(pipes[0], answer);
	close(pipes[0]);
	if (pid > 0 && !whole)
		kill(pid, SIGKILL);
	if (pid <= 0 || waitpid(pid, &how, 0) != pid)
		return fail(c, ST_INTERNAL, NULL, "cannot run qemu-img: %s", strerror(errno));
	if (WIFEXITED(how) && WEXITSTATUS(how) >= 126)
		return fail(c, ST_AWAY, NULL, "qemu-img is not installed");
	if (!whole || !WIFEXITED(how) || WEXITSTATUS(how))
		return fail(c, ST_BAD_INPUT, "disk_format", "the bytes are not a disk of format %s",
			    driver);
	return ST_OK;
}

static enum status judge(struct call *c, const json_t *info, const char *driver,
			 int64_t virtual_max, int64_t *virtual_size)
{
	const json_t *special = json_object_get(json_object_get(info, "format-specific"), "data");
	int64_t size = json_integer_value(json_object_get(info, "virtual-size"));

	if (!str_eq(json_string_value(json_object_get(info, "format")), driver))
		return fail(c, ST_BAD_INPUT, "disk_format", "the bytes are not a disk of format %s",
			    driver);
	if (json_object_get(info, "backing-filename") ||
	    json_object_get(info, "full-backing-filename"))
		return fail(c, ST_BAD_INPUT, "disk_format",
			    "the disk stands on a backing file; flatten it first");
	if (json_object_get(special, "data-file"))
		return fail(c, ST_BAD_INPUT, "disk_format",
			    "the disk keeps its data in another file; flatten it first");
	/* A vmdk can list extents anywhere; one that is whole in itself has exactly one, without a name
	 * of its own. */
	const json_t *extents = json_object_get(special, "extents");
	if (json_array_size(extents) > 1)
		return fail(c, ST_BAD_INPUT, "disk_format", "the disk consists of several files");
	if (size > virtual_max)
		return fail(c, ST_BAD_INPUT, "virtual_size",
			    "the disk promises %lld bytes; at most %lld are taken", (long long)size,
			    (long long)virtual_max);
	*virtual_size = size;
	return ST_OK;
}

/* qemu-img would follow a vmdk's descriptor to other files: its text must not name any but a sparse or
 * stream extent in the file itself. */
static enum status refuse_descriptor(struct call *c, const char *path)
{
	char magic[4] = "";
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t n = fd >= 0 ? read(fd, magic, sizeof magic) : -1;

	if (fd >= 0)
		close(fd);
	if (n == 4 && (!memcmp(magic, "KDMV", 4) || !memcmp(magic, "COWD", 4)))
		return ST_OK;
	return fail(c, ST_BAD_INPUT, "disk_format",
		    "a vmdk is taken only when it is one sparse or stream-optimised file");
}

static void drop(void *json)
{
	json_decref(json);
}

enum status image_inspect(struct call *c, const char *path, const char *disk_format,
			  int64_t virtual_max, int64_t *virtual_size)
{
	const char *driver = driver_of(disk_format);
	struct buf answer = { .arena = c->arena };
	enum status st;

	if (!driver)
		return ST_OK;
	st = str_eq(driver, "vmdk") ? refuse_descriptor(c, path) : ST_OK;
	if (!st)
		st = run(c, path, driver, &answer);
	if (st)
		return st;
	json_t *info = json_loadb(answer.data, answer.size, 0, NULL);
	if (!info)
		return fail(c, ST_INTERNAL, NULL, "qemu-img's answer is not JSON");
	arena_defer(c->arena, drop, info);
	return judge(c, info, driver, virtual_max, virtual_size);
}
