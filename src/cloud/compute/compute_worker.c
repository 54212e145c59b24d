/* SPDX-License-Identifier: Apache-2.0 */
/* `yongyun worker URI FOLDER`: the child that drives one host. Reads asks from its standard input, one
 * a line, answers each on its standard output, and ends when the daemon does. */
#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>
#include "base/text.h"
#include "cloud/compute/compute.h"
#include "cloud/compute/compute_engine.h"
#include "cloud/compute/compute_wire.h"

/* An engine that hangs must not keep the child when the daemon has gone. */
static void *watch_daemon(void *arg)
{
	(void)arg;
	struct pollfd p = { .fd = STDIN_FILENO, .events = POLLRDHUP };
	while (poll(&p, 1, -1) < 0 && errno == EINTR)
		continue;
	_exit(0);
}

static enum status serve_one(struct call *c, struct engine *e, const struct worker_ask *in,
			     struct worker_answer *out)
{
	struct guest_list list = { 0 };
	enum status st = ST_BAD_INPUT;
	switch ((enum worker_op)in->op) {
	case OP_PROBE: return engine_probe(c, e, in->known, in->accelerator, &out->facts);
	case OP_ENSURE: return engine_ensure(c, e, &in->guest);
	case OP_REMOVE: return engine_remove(c, e, in->house, in->guest_id);
	case OP_POWER:
		return engine_power(c, e, in->guest_id, (enum guest_power)in->power, in->patience);
	case OP_LIST:
		st = engine_list(c, e, in->house, &list);
		out->guests = list.guests;
		out->guests_count = list.guests_count;
		break;
	case OP_CONSOLE: return engine_console(c, e, in->guest_id, in->size, &out->text);
	case OP_CHANGE: return engine_change(c, e, &in->guest, (enum guest_change)in->change);
	case OP_SNAPSHOT: return engine_snapshot(c, e, in->guest_id, in->path, &out->size);
	case OP_SCREEN: return engine_screen(c, e, in->guest_id, &out->text);
	case OP_REPORT: return engine_report(c, e, in->guest_id, &out->report);
	case OP_UPTIME: return engine_uptime(c, e, &out->text);
	}
	return st;
}

static bool put_all(const char *p, size_t size)
{
	while (size > 0) {
		ssize_t n = write(STDOUT_FILENO, p, size);
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return false;
		p += n;
		size -= (size_t)n;
	}
	return true;
}

/* False: the daemon cannot be understood or heard any more. */
static bool serve_line(struct engine *e, const char *line, size_t size)
{
	SCOPED_ARENA struct arena *a = arena_new();
	struct call *c = call_new(a, "req-worker");
	struct worker_ask in = { 0 };
	if (worker_ask_read(c, line, size, &in)) {
		fprintf(stderr, "yongyun worker: %s\n", c->problem);
		return false;
	}
	struct worker_answer out = { 0 };
	enum status st = serve_one(c, e, &in, &out);
	if (st)
		out = (struct worker_answer){ .problem = c->problem };
	out.id = in.id;
	out.status = (int)st;
	struct buf text = { .arena = a };
	worker_answer_write(c, &out, &text);
	return put_all(text.data, text.size);
}

int compute_worker_main(int argc, char **argv)
{
	if (argc != 3) {
		fprintf(stderr, "usage: yongyun worker URI FOLDER\n"
				"Started by yongyun serve, once for each host.\n");
		return 2;
	}
	/* Disks are for QEMU's user alone; folders may be searched, see compute_libvirt.c. */
	umask(066);
	pthread_t watcher;
	char *line = NULL;
	size_t room = 0;
	if (pthread_create(&watcher, NULL, watch_daemon, NULL))
		return 1;
	pthread_detach(watcher);
	struct engine *e = engine_new(argv[1], argv[2]);
	bool good = true;
	while (good) {
		ssize_t n = getline(&line, &room, stdin);
		if (n <= 0 || n > WORKER_LINE_MAX)
			break;
		good = serve_line(e, line, (size_t)n - (line[n - 1] == '\n'));
	}
	free(line);
	engine_end(e);
	return good ? 0 : 1;
}
