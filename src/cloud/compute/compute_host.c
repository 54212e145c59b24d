/* SPDX-License-Identifier: Apache-2.0 */
/* The real driver, seen from the daemon: each call becomes a line to the worker child of its host
 * (compute_child.c), where compute_libvirt.c does it. A child that hangs is killed; the job that asked
 * comes again. */
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include "base/log.h"
#include "cloud/compute/compute_child.h"
#include "cloud/compute/compute_wire.h"

/* Copying a disk takes minutes, and a worker does one thing at a time: copies have one of their own. */
enum lane { LANE_QUICK, LANE_COPIES, LANES };

struct host {
	struct host *next;
	char *uri;
	struct child *children[LANES];
};

static struct {
	pthread_mutex_t lock;
	struct host *hosts;
	char *folder, *program;
	atomic_llong last_id;
} hosts = { .lock = PTHREAD_MUTEX_INITIALIZER };

/* How long an engine may be silent about each ask before it counts as hung. */
static int64_t deadline_of(const struct worker_ask *ask)
{
	switch ((enum worker_op)ask->op) {
	case OP_PROBE: return 60 * CLOCK_SECOND;
	case OP_CHANGE:
	case OP_ENSURE: return 600 * CLOCK_SECOND;
	case OP_POWER: return 60 * CLOCK_SECOND + ask->patience;
	case OP_REMOVE: return 60 * CLOCK_SECOND;
	case OP_SNAPSHOT: return 3600 * CLOCK_SECOND;
	case OP_LIST:
	case OP_CONSOLE:
	case OP_REPORT:
	case OP_UPTIME:
	case OP_SCREEN: break;
	}
	return 20 * CLOCK_SECOND;
}

static struct child *child_of(const char *uri, enum lane lane)
{
	pthread_mutex_lock(&hosts.lock);
	struct host *h = hosts.hosts;
	while (h && strcmp(h->uri, uri) != 0)
		h = h->next;
	if (!h) {
		const char *const argv[] = { hosts.program ? hosts.program : "/proc/self/exe",
					     "worker", uri, hosts.folder, NULL };
		h = calloc(1, sizeof(*h));
		if (!h || !(h->uri = strdup(uri)))
			abort();
		for (int i = 0; i < LANES; i++)
			h->children[i] = child_new(argv);
		h->next = hosts.hosts;
		hosts.hosts = h;
	}
	pthread_mutex_unlock(&hosts.lock);
	return h->children[lane];
}

static enum status ask_host(struct call *c, const char *uri, struct worker_ask *ask,
			    struct worker_answer *out)
{
	struct child *child = child_of(uri, ask->op == OP_SNAPSHOT ? LANE_COPIES : LANE_QUICK);
	struct worker_answer answer = { 0 };
	struct buf line = { .arena = c->arena };
	const char *text = NULL;
	size_t size = 0;
	ask->id = ++hosts.last_id;
	worker_ask_write(c, ask, &line);
	enum status st = child_ask(c, child, line.data, line.size, deadline_of(ask), &text, &size);
	if (st) {
		log_warn("host-silent", c->request_id, "%s: %s", uri, c->problem);
		return st;
	}
	st = worker_answer_read(c, text, size, &answer);
	/* Asks are retried elsewhere and may have ended here: an answer to another is no answer. */
	if (st || answer.id != ask->id) {
		child_kill(child);
		call_forgive(c);
		return fail(c, ST_AWAY, NULL, "the worker of %s makes no sense", uri);
	}
	if (answer.status)
		return fail(c, (enum status)answer.status, NULL, "%s",
			    answer.problem ? answer.problem : "the worker gave no reason");
	*out = answer;
	return ST_OK;
}

static enum status host_probe(struct call *c, const char *uri, const char *known,
			      const char *accelerator, struct host_facts *out)
{
	struct worker_ask ask = { .op = OP_PROBE, .known = known, .accelerator = accelerator };
	struct worker_answer answer = { 0 };
	enum status st = ask_host(c, uri, &ask, &answer);
	if (!st)
		*out = answer.facts;
	return st;
}

static enum status host_ensure(struct call *c, const char *uri, const struct guest *g)
{
	struct worker_ask ask = { .op = OP_ENSURE, .guest = *g };
	struct worker_answer answer = { 0 };
	return ask_host(c, uri, &ask, &answer);
}

static enum status host_remove(struct call *c, const char *uri, const char *house, const char *id)
{
	struct worker_ask ask = { .op = OP_REMOVE, .house = house, .guest_id = id };
	struct worker_answer answer = { 0 };
	return ask_host(c, uri, &ask, &answer);
}

static enum status host_power(struct call *c, const char *uri, const char *id, enum guest_power p,
			      int64_t patience)
{
	struct worker_ask ask = {
		.op = OP_POWER, .guest_id = id, .power = (int)p, .patience = patience
	};
	struct worker_answer answer = { 0 };
	return ask_host(c, uri, &ask, &answer);
}

static enum status host_change(struct call *c, const char *uri, const struct guest *g,
			       enum guest_change how)
{
	struct worker_ask ask = { .op = OP_CHANGE, .guest = *g, .change = (int)how };
	struct worker_answer answer = { 0 };
	return ask_host(c, uri, &ask, &answer);
}

static enum status host_list(struct call *c, const char *uri, const char *house,
			     struct guest_list *out)
{
	struct worker_ask ask = { .op = OP_LIST, .house = house };
	struct worker_answer answer = { 0 };
	enum status st = ask_host(c, uri, &ask, &answer);
	if (!st)
		*out = (struct guest_list){ answer.guests, answer.guests_count };
	return st;
}

static enum status host_console(struct call *c, const char *uri, const char *id, int64_t size,
				const char **text)
{
	struct worker_ask ask = { .op = OP_CONSOLE, .guest_id = id, .size = size };
	struct worker_answer answer = { 0 };
	enum status st = ask_host(c, uri, &ask, &answer);
	if (!st)
		*text = answer.text ? answer.text : "";
	return st;
}

static enum status host_screen(struct call *c, const char *uri, const char *id,
			       const char **address)
{
	struct worker_ask ask = { .op = OP_SCREEN, .guest_id = id };
	struct worker_answer answer = { 0 };
	enum status st = ask_host(c, uri, &ask, &answer);
	if (!st)
		*address = answer.text ? answer.text : "";
	return st;
}

static enum status host_report(struct call *c, const char *uri, const char *id,
			       struct guest_report *out)
{
	struct worker_ask ask = { .op = OP_REPORT, .guest_id = id };
	struct worker_answer answer = { 0 };
	enum status st = ask_host(c, uri, &ask, &answer);
	if (!st)
		*out = answer.report;
	return st;
}

static enum status host_uptime(struct call *c, const char *uri, const char **text)
{
	struct worker_ask ask = { .op = OP_UPTIME };
	struct worker_answer answer = { 0 };
	enum status st = ask_host(c, uri, &ask, &answer);
	if (!st)
		*text = answer.text ? answer.text : "";
	return st;
}

static enum status host_snapshot(struct call *c, const char *uri, const char *id, const char *path,
				 int64_t *virtual_size)
{
	struct worker_ask ask = { .op = OP_SNAPSHOT, .guest_id = id, .path = path };
	struct worker_answer answer = { 0 };
	enum status st = ask_host(c, uri, &ask, &answer);
	if (!st)
		*virtual_size = answer.size;
	return st;
}

static void host_close(void)
{
	struct host *h;
	while ((h = hosts.hosts)) {
		hosts.hosts = h->next;
		for (int i = 0; i < LANES; i++)
			child_end(h->children[i]);
		free(h->uri);
		free(h);
	}
	free(hosts.folder);
	free(hosts.program);
	hosts.folder = hosts.program = NULL;
}

static const struct compute_driver driver = {
	.name = "libvirt",
	.probe = host_probe,
	.ensure = host_ensure,
	.remove = host_remove,
	.power = host_power,
	.change = host_change,
	.list = host_list,
	.console = host_console,
	.screen = host_screen,
	.report = host_report,
	.uptime = host_uptime,
	.snapshot = host_snapshot,
	.disk_format = "qcow2",
	.close = host_close,
};

const struct compute_driver *compute_libvirt(const char *folder, const char *program)
{
	hosts.folder = strdup(folder);
	hosts.program = program ? strdup(program) : NULL;
	return &driver;
}
