/* SPDX-License-Identifier: Apache-2.0 */
/* Running a program with a deadline, from the worker child. The child of a child dies with it, so
 * that killing a worker leaves nothing behind. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>
#include "base/text.h"
#include "cloud/compute/compute_tool.h"

#define OUTPUT_MAX (64 << 10)
#define NOT_FOUND 127 /* as a shell says it */

static void become(const char *const argv[], int out, pid_t parent)
{
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	int nothing = open("/dev/null", O_RDONLY);
	if (getppid() != parent || nothing < 0)
		_exit(NOT_FOUND);
	dup2(nothing, 0);
	dup2(out, 1);
	dup2(out, 2);
	close_range(3, ~0U, 0);
	execvp(argv[0], (char *const *)argv);
	_exit(NOT_FOUND);
}

/* False when the deadline passed first. */
static bool drain(int fd, int64_t until, struct buf *out)
{
	char part[4096];
	for (;;) {
		int64_t left = until - clock_steady();
		struct pollfd p = { .fd = fd, .events = POLLIN };
		if (left <= 0 || poll(&p, 1, (int)(left / 1000) + 1) == 0)
			return false;
		ssize_t n = read(fd, part, sizeof(part));
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return true;
		size_t room = OUTPUT_MAX - out->size;
		buf_add(out, part, (size_t)n < room ? (size_t)n : room);
	}
}

enum status tool_run(struct call *c, const char *const argv[], int64_t deadline, int *code,
		     const char **text)
{
	int ends[2];
	if (pipe2(ends, O_CLOEXEC))
		return fail(c, ST_AWAY, NULL, "no pipe to %s: %s", argv[0], strerror(errno));
	pid_t parent = getpid(), pid = fork();
	if (pid == 0)
		become(argv, ends[1], parent);
	close(ends[1]);
	struct buf out = { .arena = c->arena };
	bool ended = pid > 0 && drain(ends[0], clock_steady() + deadline, &out);
	close(ends[0]);
	if (pid < 0)
		return fail(c, ST_AWAY, NULL, "%s cannot be started: %s", argv[0], strerror(errno));
	if (!ended)
		kill(pid, SIGKILL);
	int how = 0;
	while (waitpid(pid, &how, 0) < 0 && errno == EINTR)
		continue;
	*text = buf_text(&out);
	if (!ended)
		return fail(c, ST_TIMEOUT, NULL, "%s did not end within %lld s", argv[0],
			    (long long)(deadline / CLOCK_SECOND));
	*code = WIFEXITED(how) ? WEXITSTATUS(how) : 128 + WTERMSIG(how);
	if (*code == NOT_FOUND)
		return fail(c, ST_NOT_OFFERED, NULL, "%s is not installed", argv[0]);
	return ST_OK;
}
