/* SPDX-License-Identifier: Apache-2.0 */
/* One worker child and those who wait for it. A thread for each running child reads its lines, hands
 * each to the first in the queue, and ends the child when the first has waited too long. */
#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>
#include "cloud/compute/compute_child.h"
#include "cloud/compute/compute_wire.h"

/* One ask under way; on the stack of the thread that waits. */
struct waiter {
	struct waiter *next;
	int64_t deadline; /* microseconds from when the child could begin */
	char *line;       /* the answer, malloc'ed, from 'done' on */
	size_t size;
	enum status st;
	bool done;
};

struct child {
	pthread_mutex_t lock;
	pthread_cond_t change;
	char **argv;
	bool running; /* the reader thread lives */
	bool ending;  /* child_end() was called: nothing new is started */
	int fd;       /* our end of the socket, while running */
	pid_t pid;
	int64_t began_at; /* steady: since when the first waits alone */
	struct waiter *first, **last;
};

struct child *child_new(const char *const argv[])
{
	struct child *ch = calloc(1, sizeof(*ch));
	size_t n = 0;
	while (argv[n])
		n++;
	if (!ch || !(ch->argv = calloc(n + 1, sizeof(char *))))
		abort();
	for (size_t i = 0; i < n; i++)
		if (!(ch->argv[i] = strdup(argv[i])))
			abort();
	pthread_mutex_init(&ch->lock, NULL);
	pthread_cond_init(&ch->change, NULL);
	ch->fd = -1;
	ch->last = &ch->first;
	return ch;
}

/* The first in the queue has its answer. Under the lock. */
static void give(struct child *ch, enum status st, char *line, size_t size)
{
	struct waiter *w = ch->first;
	ch->first = w->next;
	if (!ch->first)
		ch->last = &ch->first;
	*w = (struct waiter){ .line = line, .size = size, .st = st, .done = true };
	ch->began_at = clock_steady();
	pthread_cond_broadcast(&ch->change);
}

/* Milliseconds until the first has waited too long, at most a second. Under the lock. */
static int patience(struct child *ch)
{
	if (!ch->first)
		return 1000;
	int64_t left = ch->began_at + ch->first->deadline - clock_steady();
	if (left <= 0)
		return 0;
	return left > CLOCK_SECOND ? 1000 : (int)(left / 1000) + 1;
}

/* Takes whole lines out of 'in'. False: the child says more than it was asked, or too much. */
static bool take_lines(struct child *ch, char *in, size_t *size)
{
	char *end;
	while ((end = memchr(in, '\n', *size))) {
		size_t length = (size_t)(end - in);
		char *line = malloc(length + 1);
		if (!line)
			abort();
		memcpy(line, in, length);
		line[length] = '\0';
		pthread_mutex_lock(&ch->lock);
		bool asked = ch->first != NULL;
		if (asked)
			give(ch, ST_OK, line, length);
		pthread_mutex_unlock(&ch->lock);
		if (!asked) {
			free(line);
			return false;
		}
		memmove(in, end + 1, *size - length - 1);
		*size -= length + 1;
	}
	return *size < WORKER_LINE_MAX;
}

/* Reads until the child ends, says what it should not, or is too slow. True: too slow. */
static bool read_child(struct child *ch, int fd)
{
	size_t size = 0, room = 1 << 16;
	char *in = malloc(room);
	bool slow = false;
	while (in) {
		pthread_mutex_lock(&ch->lock);
		int wait = patience(ch);
		pthread_mutex_unlock(&ch->lock);
		struct pollfd p = { .fd = fd, .events = POLLIN };
		int ready = poll(&p, 1, wait);
		if (ready == 0 && wait == 0) {
			slow = true;
			break;
		}
		if (ready <= 0)
			continue;
		if (size == room)
			in = realloc(in, room *= 2);
		ssize_t n = in ? read(fd, in + size, room - size) : 0;
		if (n <= 0)
			break;
		size += (size_t)n;
		if (!take_lines(ch, in, &size))
			break;
	}
	free(in);
	return slow;
}

static void *reader(void *arg)
{
	struct child *ch = arg;
	bool slow = read_child(ch, ch->fd);
	kill(ch->pid, SIGKILL);
	while (waitpid(ch->pid, NULL, 0) < 0 && errno == EINTR)
		continue;
	pthread_mutex_lock(&ch->lock);
	close(ch->fd);
	ch->fd = -1;
	if (ch->first && slow)
		give(ch, ST_TIMEOUT, NULL, 0);
	while (ch->first)
		give(ch, ST_AWAY, NULL, 0);
	ch->running = false;
	pthread_cond_broadcast(&ch->change);
	pthread_mutex_unlock(&ch->lock);
	return NULL;
}

static void become(char **argv, int fd)
{
	dup2(fd, STDIN_FILENO);
	dup2(fd, STDOUT_FILENO);
	close_range(3, ~0U, 0);
	sigset_t none;
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	execvp(argv[0], argv);
	_exit(127);
}

/* Under the lock. */
static enum status start(struct call *c, struct child *ch)
{
	int ends[2];
	pthread_t thread;
	pthread_attr_t detached;
	struct timeval slow = { .tv_sec = 5 };
	if (ch->ending)
		return fail(c, ST_AWAY, NULL, "the house is being closed");
	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends))
		return fail(c, ST_AWAY, NULL, "no socket to a worker: %s", strerror(errno));
	setsockopt(ends[0], SOL_SOCKET, SO_SNDTIMEO, &slow, sizeof(slow));
	ch->pid = fork();
	if (ch->pid == 0)
		become(ch->argv, ends[1]);
	close(ends[1]);
	ch->fd = ends[0];
	pthread_attr_init(&detached);
	pthread_attr_setdetachstate(&detached, PTHREAD_CREATE_DETACHED);
	if (ch->pid > 0 && pthread_create(&thread, &detached, reader, ch) == 0)
		ch->running = true;
	pthread_attr_destroy(&detached);
	if (ch->running)
		return ST_OK;
	close(ends[0]);
	ch->fd = -1;
	if (ch->pid > 0) {
		kill(ch->pid, SIGKILL);
		waitpid(ch->pid, NULL, 0);
	}
	return fail(c, ST_AWAY, NULL, "a worker cannot be started");
}

/* Under the lock: so lines cannot mix. */
static bool send_all(int fd, const char *p, size_t size)
{
	while (size > 0) {
		ssize_t n = send(fd, p, size, MSG_NOSIGNAL);
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return false;
		p += n;
		size -= (size_t)n;
	}
	return true;
}

static void wait_for(struct child *ch, struct waiter *w)
{
	if (!ch->first)
		ch->began_at = clock_steady();
	*ch->last = w;
	ch->last = &w->next;
	while (!w->done)
		pthread_cond_wait(&ch->change, &ch->lock);
}

enum status child_ask(struct call *c, struct child *ch, const char *line, size_t size,
		      int64_t deadline, const char **answer, size_t *answer_size)
{
	struct waiter w = { .deadline = deadline };
	pthread_mutex_lock(&ch->lock);
	enum status st = ch->running ? ST_OK : start(c, ch);
	if (!st && !send_all(ch->fd, line, size)) {
		shutdown(ch->fd, SHUT_RDWR);
		st = fail(c, ST_AWAY, NULL, "the worker of this host does not listen");
	}
	if (!st)
		wait_for(ch, &w);
	pthread_mutex_unlock(&ch->lock);
	if (st)
		return st;
	if (w.st == ST_TIMEOUT)
		return fail(c, ST_TIMEOUT, NULL, "the host's engine did not answer within %lld s",
			    (long long)(deadline / CLOCK_SECOND));
	if (w.st)
		return fail(c, w.st, NULL, "the worker of this host ended");
	*answer = arena_strndup(c->arena, w.line, w.size);
	*answer_size = w.size;
	free(w.line);
	return ST_OK;
}

void child_kill(struct child *ch)
{
	pthread_mutex_lock(&ch->lock);
	if (ch->running)
		kill(ch->pid, SIGKILL);
	pthread_mutex_unlock(&ch->lock);
}

void child_end(struct child *ch)
{
	if (!ch)
		return;
	pthread_mutex_lock(&ch->lock);
	ch->ending = true;
	if (ch->running)
		kill(ch->pid, SIGKILL);
	while (ch->running)
		pthread_cond_wait(&ch->change, &ch->lock);
	pthread_mutex_unlock(&ch->lock);
	pthread_mutex_destroy(&ch->lock);
	pthread_cond_destroy(&ch->change);
	for (size_t i = 0; ch->argv[i]; i++)
		free(ch->argv[i]);
	free(ch->argv);
	free(ch);
}
