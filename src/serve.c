/* SPDX-License-Identifier: Apache-2.0 */
/* yongyun serve: open the house, take requests, and on SIGTERM or SIGINT let what is under way end. */
#include <errno.h>
#include <getopt.h>
#include <signal.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>
#include "base/clock.h"
#include "base/log.h"
#include "cloud/metadata/metadata.h"
#include "command.h"
#include "door/http/server.h"
#include "door/jobs/jobs.h"
#include "door/jobs/stream.h"
#include "version.h"

#define GRACE (10 * CLOCK_SECOND)

struct running {
	struct house house;
	struct server *server;
	struct jobs *jobs;
	struct metadata *metadata;
	int nginx; /* its process; 0: an operator runs it */
};

static enum status start(struct call *c, struct running *r)
{
	struct house *h = &r->house;
	const char *folder = arena_printf(c->arena, "%s/run", h->config->server.data);
	enum status st;

	if (mkdir(folder, 0750) && errno != EEXIST)
		return fail(c, ST_INTERNAL, "data", "cannot make %s: %s", folder, strerror(errno));
	st = nginx_write(c, h);
	if (st)
		return st;
	st = server_open(c, h, h->config->http.socket, (int)h->config->server.workers, &r->server);
	if (st)
		return st;
	r->jobs = jobs_open(c, h, 4);
	if (!r->jobs)
		return ST_INTERNAL;
	r->metadata = metadata_open(c, h);
	return h->config->http.manage ? nginx_start(c, h, &r->nginx) : ST_OK;
}

static void stop(struct running *r)
{
	stream_quiet(r->house.stream); /* nginx waits for those that it serves */
	nginx_stop(r->nginx, GRACE);
	server_close(r->server);
	metadata_close(r->metadata);
	jobs_close(r->jobs, GRACE);
}

/* Until someone asks us to end (0) or nginx does not stay alive (1). */
static int wait_for_the_end(const sigset_t *asked, const struct running *r)
{
	for (;;) {
		int got = sigwaitinfo(asked, NULL);
		if (got == SIGTERM || got == SIGINT)
			return 0;
		if (got == SIGCHLD && r->nginx && waitpid(r->nginx, NULL, WNOHANG) == r->nginx) {
			log_error("nginx-ended", NULL,
				  "nginx ended; so do we, for a supervisor to start both");
			return 1;
		}
	}
}

int command_serve(int argc, char **argv)
{
	static const struct option options[] = { { "config", required_argument, NULL, 'c' },
						 { 0 } };
	SCOPED_ARENA struct arena *a = arena_new();
	struct running r = { 0 };
	struct call *c = call_new(a, NULL);
	const char *config = NULL;
	int64_t began = clock_steady();
	sigset_t asked;
	int option, code;

	while ((option = getopt_long(argc, argv, "c:", options, NULL)) != -1) {
		if (option != 'c')
			return 2;
		config = optarg;
	}
	/* Before the first thread, so that all of them leave these signals to us. */
	sigemptyset(&asked);
	sigaddset(&asked, SIGTERM);
	sigaddset(&asked, SIGINT);
	sigaddset(&asked, SIGCHLD);
	pthread_sigmask(SIG_BLOCK, &asked, NULL);
	signal(SIGPIPE, SIG_IGN);

	if (house_open(c, &r.house, config, HOUSE_ROOMS)) {
		fprintf(stderr, "yongyun: %s\n", c->problem);
		return 1;
	}
	code = start(c, &r) ? 1 : 0;
	if (code)
		fprintf(stderr, "yongyun: %s\n", c->problem);
	else
		log_info("serving", NULL, "version %s on http://%s after %lld ms", YONGYUN_VERSION,
			 r.house.config->http.listen, (long long)(clock_steady() - began) / 1000);
	if (!code)
		code = wait_for_the_end(&asked, &r);
	if (code)
		r.nginx = r.nginx > 0 && waitpid(r.nginx, NULL, WNOHANG) ? 0 : r.nginx;
	log_info("ending", NULL, "letting what is under way end");
	stop(&r);
	house_close(&r.house, HOUSE_ROOMS);
	return code;
}
