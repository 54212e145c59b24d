/* SPDX-License-Identifier: Apache-2.0 */
/* The audit trail in process: audit URL ENTRIES FOLDER. What writing an entry adds to an act, what
 * sealing costs, how fast a trail is verified. bench/audit runs it. */
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>
#include "base/clock.h"
#include "db/schema.h"
#include "door/audit/audit_private.h"
#include "door/house.h"

enum { PER_ACT = 250 };

struct server {
	const char *name, *flavor, *state, *key;
	int64_t memory;
};
static const struct field server_shape[] = {
	F_STR(server, name, 0, 0),     F_STR(server, flavor, 0, 0),    F_STR(server, state, 0, 0),
	F_STR(server, key, 0, SECRET), F_INT(server, memory, 0, 0, 0), F_END,
};

static int64_t cpu_now(void)
{
	struct timespec t;
	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return t.tv_sec * CLOCK_SECOND + t.tv_nsec / 1000;
}

/* Entries as acts leave them, many in one transaction: so the commit does not count. */
static enum status write_act(struct call *c, const void *in, void *out)
{
	static const struct server was = { "web-1", "m1.small", "BUILD", "k1", 2048 };
	static const struct server is = { "web-1", "m1.large", "ACTIVE", "k2", 8192 };
	const char *request_id = c->request_id;
	enum status st = ST_OK;

	(void)in, (void)out;
	for (int i = 0; i < PER_ACT && !st; i++) {
		c->request_id = request_id;
		audit_begin(c);
		audit_subject(c, "server", "0190f6a0-0000-7000-8000-000000000001");
		audit_change(c, server_shape, &was, &is);
		st = audit_write(c, "compute.server.resize");
	}
	return st;
}

static void must(struct call *c, enum status st)
{
	if (!st)
		return;
	fprintf(stderr, "audit: %s: %s\n", status_word(st), c->problem);
	exit(1);
}

static void write_all(struct house *h, int64_t entries)
{
	for (int64_t i = 0; i < entries; i += PER_ACT) {
		SCOPED_ARENA struct arena *a = arena_new();
		struct call *c = call_new(a, NULL);
		c->actor = (struct actor){ .user_id = "0190f6a000007000800000000000000a",
					   .user_name = "lin.wei",
					   .user_domain_id = "0190f6a000007000800000000000000b",
					   .scope = SCOPE_PROJECT,
					   .project_id = "0190f6a000007000800000000000000c" };
		c->from = "10.23.1.17";
		must(c, db_write(c, h->db, write_act, NULL, NULL, 0));
	}
}

static void seal_all(struct call *c, struct house *h)
{
	struct audit *a = audit_open(c, h, false);
	int64_t count = 1;

	if (!a)
		must(c, ST_INTERNAL);
	while (count) {
		SCOPED_ARENA struct arena *turn = arena_new();
		struct call *tc = call_new(turn, NULL);
		must(tc, audit_turn(tc, a, &count));
	}
	audit_close(a);
}

static void tell(const char *what, int64_t entries, int64_t began, int64_t cpu)
{
	double wall = (double)(clock_steady() - began), used = (double)(cpu_now() - cpu);
	printf("%-8s %8.2f us wall, %8.2f us CPU an entry, %9.0f entries/s\n", what,
	       wall / (double)entries, used / (double)entries, (double)entries / wall * 1e6);
}

int main(int argc, char **argv)
{
	extern const struct schema_file audit_schema[];
	const struct schema_file *const schema[] = { audit_schema, NULL };
	SCOPED_ARENA struct arena *a = arena_new();
	struct call *c = call_new(a, NULL);
	struct config config = { .audit.seal_every = CLOCK_SECOND / 10 };
	char why[512] = "usage: audit URL ENTRIES FOLDER";
	int64_t entries = argc == 4 ? atoll(argv[2]) : 0, bad = 0;
	struct house h = { .config = &config, .db = entries ? db_open(argv[1], 4, why) : NULL };

	if (!h.db) {
		fprintf(stderr, "%s\n", why);
		return 2;
	}
	config.server.data = argv[3];
	must(c, schema_apply(c, h.db, schema));
	must(c, audit_init(c, &h));
	int64_t began = clock_steady(), cpu = cpu_now();
	write_all(&h, entries);
	tell("write", entries, began, cpu);
	began = clock_steady(), cpu = cpu_now();
	seal_all(c, &h);
	tell("seal", entries, began, cpu);
	began = clock_steady(), cpu = cpu_now();
	struct buf report = { .arena = a };
	must(c, audit_verify(c, &h, &report, &bad));
	tell("verify", entries, began, cpu);
	printf("%s", buf_text(&report));
	db_close(h.db);
	return bad ? 1 : 0;
}
