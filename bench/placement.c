/* SPDX-License-Identifier: Apache-2.0 */
/* Placements of a trace (docs/placement.md): placement URL replay HOSTS.csv ASKS.csv compares the pool's
 * placement with first-fit, best-fit and the emptiest host on the same trace; placement URL rate
 * HOSTS.csv ASKS.csv THREADS SECONDS asks for as many as it can, a durable transaction each. The
 * pool's own code runs against the database at URL. bench/placement runs it. */
#include <math.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include "base/log.h"
#include "cloud/pool/pool_private.h"
#include "db/schema.h"
#include "door/house.h"
#include "door/module.h"
#include "placement_trace.h"

enum policy { POLICY_YONGYUN, POLICY_FIRST, POLICY_BEST, POLICY_EMPTIEST, POLICIES };
static const char *const policy_names[] = { "yongyun", "first-fit", "best-fit", "emptiest host" };

/* Events of a replay that share a transaction: the outcome is the same as one by one. */
enum { BATCH = 256 };

struct run {
	struct house *house;
	const struct trace *trace;
	enum policy policy;
	struct pool_host *hosts; /* of the plain policies: what is promised is counted in them */
	double total[3];
	int32_t *host_of;    /* of each ask; -1: none */
	int64_t *group_head; /* of each group, the ask that joined last; -1: none */
	int64_t *group_next;
	int64_t *heap; /* asks that stand, the one that ends first on top */
	size_t heap_count;
	double used[3];
	/* what came of it */
	int64_t placed, refused, before_refusal;
	double at_refusal[3], seconds;
};

static void must(struct call *c, enum status st)
{
	if (!st)
		return;
	fprintf(stderr, "placement: %s: %s\n", status_word(st), c->problem);
	exit(1);
}

static double cpu_now(void)
{
	struct timespec t;
	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* --- the end of what stands --- */

static bool ends_before(const struct run *r, int64_t a, int64_t b)
{
	return r->trace->asks[a].end < r->trace->asks[b].end;
}

static void heap_push(struct run *r, int64_t ask)
{
	size_t i = r->heap_count++;
	for (; i && ends_before(r, ask, r->heap[(i - 1) / 2]); i = (i - 1) / 2)
		r->heap[i] = r->heap[(i - 1) / 2];
	r->heap[i] = ask;
}

static int64_t heap_pop(struct run *r)
{
	int64_t top = r->heap[0], last = r->heap[--r->heap_count];
	size_t i = 0;
	for (size_t k = 1; k < r->heap_count; i = k, k = 2 * i + 1) {
		if (k + 1 < r->heap_count && ends_before(r, r->heap[k + 1], r->heap[k]))
			k++;
		if (!ends_before(r, r->heap[k], last))
			break;
		r->heap[i] = r->heap[k];
	}
	r->heap[i] = last;
	return top;
}

/* --- choosing --- */

/* The ask in the pool's words: ids of hosts are their numbers in the trace. */
static struct pool_ask ask_of(struct call *c, const struct run *r, int64_t i)
{
	const struct trace_ask *a = &r->trace->asks[i];
	struct pool_ask ask = { .subject = arena_printf(c->arena, "ask-%lld", (long long)i),
				.zone = a->zone,
				.vcpus = a->vcpus,
				.memory_mb = a->memory_mb,
				.disk_gb = a->disk_gb };
	size_t n = 0;
	if (a->group < 0)
		return ask;
	for (int64_t k = r->group_head[a->group]; k >= 0; k = r->group_next[k])
		n += r->host_of[k] >= 0;
	const char **hosts = arena_array(c->arena, n + 1, sizeof(*hosts));
	n = 0;
	for (int64_t k = r->group_head[a->group]; k >= 0; k = r->group_next[k])
		if (r->host_of[k] >= 0)
			hosts[n++] = r->trace->hosts[r->host_of[k]].id;
	ask.soft = a->policy == ASK_SOFT_AFFINITY || a->policy == ASK_SOFT_ANTI;
	if (a->policy == ASK_AFFINITY || a->policy == ASK_SOFT_AFFINITY) {
		ask.with = hosts;
		ask.with_count = n;
	} else {
		ask.apart = hosts;
		ask.apart_count = n;
	}
	return ask;
}

/* Less is better. Best-fit sums what would be left, each resource as a share of all hosts'. */
static double badness(const struct run *r, const struct pool_host *h, const struct pool_ask *ask)
{
	const struct pool_slot slot = pool_slot_whole(h);
	struct pool_room left = pool_slot_left(&slot);
	if (r->policy == POLICY_EMPTIEST)
		return -(double)left.memory_mb;
	return (double)(left.vcpus - ask->vcpus) / r->total[0] +
	       (double)(left.memory_mb - ask->memory_mb) / r->total[1] +
	       (double)(left.disk_gb - ask->disk_gb) / r->total[2];
}

static int32_t choose_plain(const struct run *r, const struct pool_ask *ask)
{
	int32_t best = -1;
	bool best_suits = false;
	double least = 0;
	for (size_t i = 0; i < r->trace->hosts_count; i++) {
		const struct pool_host *h = &r->hosts[i];
		const struct pool_slot slot = pool_slot_whole(h);
		if (!pool_may_take(&slot, ask, NULL))
			continue;
		bool good = pool_suits(h, ask);
		if (r->policy == POLICY_FIRST && (good || !ask->soft))
			return (int32_t)i;
		double bad = r->policy == POLICY_FIRST ? (double)i : badness(r, h, ask);
		if (best < 0 || good > best_suits || (good == best_suits && bad < least)) {
			best = (int32_t)i;
			best_suits = good;
			least = bad;
		}
	}
	return best;
}

static int32_t number_of(const char *id)
{
	return (int32_t)strtol(id, NULL, 10) - 1;
}

static enum status choose(struct call *c, struct run *r, int64_t i, int32_t *host)
{
	struct pool_ask ask = ask_of(c, r, i);
	struct pool_place where = { 0 };
	if (r->policy != POLICY_YONGYUN) {
		*host = choose_plain(r, &ask);
		return ST_OK;
	}
	enum status st = pool_reserve(c, &ask, &where);
	*host = where.host_id ? number_of(where.host_id) : -1;
	return st;
}

/* --- replaying --- */

static void count(struct run *r, int64_t i, int64_t sign)
{
	const struct trace_ask *a = &r->trace->asks[i];
	struct pool_host *h = &r->hosts[r->host_of[i]];
	h->used_vcpus += sign * a->vcpus;
	h->used_memory_mb += sign * a->memory_mb;
	h->used_disk_gb += sign * a->disk_gb;
	r->used[0] += (double)(sign * a->vcpus);
	r->used[1] += (double)(sign * a->memory_mb);
	r->used[2] += (double)(sign * a->disk_gb);
}

static enum status leave(struct call *c, struct run *r, int64_t i)
{
	enum status st = ST_OK;
	if (r->policy == POLICY_YONGYUN)
		st = pool_release(c, arena_printf(c->arena, "ask-%lld", (long long)i));
	count(r, i, -1);
	r->host_of[i] = -1;
	return st;
}

static enum status arrive(struct call *c, struct run *r, int64_t i)
{
	const struct trace_ask *a = &r->trace->asks[i];
	int32_t host = -1;
	enum status st = choose(c, r, i, &host);
	if (st)
		return st;
	r->host_of[i] = host;
	if (a->group >= 0) {
		r->group_next[i] = r->group_head[a->group];
		r->group_head[a->group] = i;
	}
	if (host < 0) {
		if (!r->refused++) {
			r->before_refusal = r->placed;
			for (int k = 0; k < 3; k++)
				r->at_refusal[k] = r->used[k] / r->total[k];
		}
		return ST_OK;
	}
	r->placed++;
	count(r, i, 1);
	if (isfinite(a->end))
		heap_push(r, i);
	return ST_OK;
}

struct batch {
	struct run *run;
	size_t first, count;
};

/* The replay is the only writer, so this act runs once. */
static enum status batch_act(struct call *c, const void *in, void *out)
{
	const struct batch *b = in;
	struct run *r = b->run;
	enum status st = ST_OK;
	(void)out;
	for (size_t i = b->first; i < b->first + b->count && !st; i++) {
		while (!st && r->heap_count &&
		       r->trace->asks[r->heap[0]].end <= r->trace->asks[i].start)
			st = leave(c, r, heap_pop(r));
		if (!st)
			st = arrive(c, r, (int64_t)i);
	}
	return st;
}

static enum status clear_act(struct call *c, const void *in, void *out)
{
	const struct run *r = in;
	enum status st = ST_OK;
	(void)out;
	for (size_t i = 0; i < r->trace->asks_count && !st; i++)
		if (r->host_of[i] >= 0)
			st = pool_release(c, arena_printf(c->arena, "ask-%zu", i));
	return st;
}

static void replay(struct run *r)
{
	const struct trace *t = r->trace;
	double began = cpu_now();
	for (size_t i = 0; i < t->asks_count; i += BATCH) {
		SCOPED_ARENA struct arena *a = arena_new();
		struct call *c = call_new(a, NULL);
		struct batch b = { r, i, t->asks_count - i < BATCH ? t->asks_count - i : BATCH };
		c->house = r->house;
		must(c, r->policy == POLICY_YONGYUN
				? db_write(c, r->house->db, batch_act, &b, NULL, 0)
				: batch_act(c, &b, NULL));
	}
	r->seconds = cpu_now() - began;
	if (!r->refused) {
		r->before_refusal = r->placed;
		for (int k = 0; k < 3; k++)
			r->at_refusal[k] = r->used[k] / r->total[k];
	}
	if (r->policy == POLICY_YONGYUN) {
		SCOPED_ARENA struct arena *a = arena_new();
		struct call *c = call_new(a, NULL);
		must(c, db_write(c, r->house->db, clear_act, r, NULL, 0));
	}
}

static void tell(const struct run *r)
{
	printf("| %s | %lld | %.1f | %.1f | %.1f | %lld%s | %.1f |\n", policy_names[r->policy],
	       (long long)r->before_refusal, r->at_refusal[0] * 100, r->at_refusal[1] * 100,
	       r->at_refusal[2] * 100, (long long)r->refused,
	       r->refused ? "" : " (the trace ended before)",
	       r->seconds * 1e6 / (double)r->trace->asks_count);
	fflush(stdout);
}

static void compare(struct call *c, struct house *h, const struct trace *t)
{
	printf("%zu hosts, %zu asks\n\n", t->hosts_count, t->asks_count);
	printf("| | placed before the first refusal | vCPUs %% | memory %% | disk %% | refused of "
	       "all | CPU us each |\n|---|---|---|---|---|---|---|\n");
	for (enum policy p = 0; p < POLICIES; p++) {
		SCOPED_ARENA struct arena *a = arena_new();
		struct run r = { .house = h, .trace = t, .policy = p };
		r.hosts = arena_array(a, t->hosts_count, sizeof(*r.hosts));
		memcpy(r.hosts, t->hosts, t->hosts_count * sizeof(*r.hosts));
		r.host_of = arena_array(a, t->asks_count, sizeof(*r.host_of));
		r.heap = arena_array(a, t->asks_count, sizeof(*r.heap));
		r.group_next = arena_array(a, t->asks_count, sizeof(*r.group_next));
		r.group_head = arena_array(a, t->groups_count + 1, sizeof(*r.group_head));
		for (size_t i = 0; i < t->asks_count; i++)
			r.host_of[i] = -1;
		for (size_t i = 0; i < t->groups_count; i++)
			r.group_head[i] = -1;
		for (size_t i = 0; i < t->hosts_count; i++) {
			const struct pool_slot slot = pool_slot_whole(&r.hosts[i]);
			struct pool_room left = pool_slot_left(&slot);
			r.total[0] += (double)left.vcpus;
			r.total[1] += (double)left.memory_mb;
			r.total[2] += (double)left.disk_gb;
		}
		for (int k = 0; k < 3; k++)
			r.total[k] = r.total[k] > 0 ? r.total[k] : 1;
		/* Each begins with what a cloud that is started knows. */
		must(c, pool_module.start(c, h));
		replay(&r);
		pool_module.stop(h);
		tell(&r);
	}
}

/* --- as many as it can --- */

static struct {
	struct house *house;
	const struct trace *trace;
	atomic_llong next, placed, refused;
	int64_t until;
} race;

static enum status reserve_act(struct call *c, const void *in, void *out)
{
	return pool_reserve(c, in, out);
}

static enum status release_act(struct call *c, const void *in, void *out)
{
	(void)out;
	return pool_release(c, in);
}

/* Each thread keeps 16 servers standing: what is measured is a pool that is used, not one that is full. */
static void *racer(void *arg)
{
	char standing[16][40] = { "" };
	size_t turn = 0;
	(void)arg;
	while (clock_steady() < race.until) {
		SCOPED_ARENA struct arena *a = arena_new();
		struct call *c = call_new(a, NULL);
		long long n = race.next++;
		const struct trace_ask *t = &race.trace->asks[(size_t)n % race.trace->asks_count];
		char *mine = standing[turn++ % 16];
		struct pool_place where = { 0 };
		c->house = race.house;
		if (*mine)
			must(c, db_write(c, race.house->db, release_act, mine, NULL, 0));
		snprintf(mine, sizeof(standing[0]), "race-%lld", n);
		struct pool_ask ask = { .subject = mine,
					.zone = t->zone,
					.vcpus = t->vcpus,
					.memory_mb = t->memory_mb,
					.disk_gb = t->disk_gb };
		must(c, db_write(c, race.house->db, reserve_act, &ask, &where, sizeof(where)));
		if (where.host_id)
			race.placed++;
		else
			race.refused++;
	}
	for (size_t i = 0; i < 16; i++) {
		SCOPED_ARENA struct arena *a = arena_new();
		struct call *c = call_new(a, NULL);
		c->house = race.house;
		must(c, db_write(c, race.house->db, release_act, standing[i], NULL, 0));
	}
	return NULL;
}

static void rate(struct call *c, struct house *h, const struct trace *t, int threads, int seconds)
{
	pthread_t list[64];
	int64_t began = clock_steady();
	double cpu = cpu_now();
	must(c, pool_module.start(c, h));
	race.house = h;
	race.trace = t;
	race.until = began + seconds * CLOCK_SECOND;
	threads = threads < 1 ? 1 : threads > 64 ? 64 : threads;
	for (int i = 0; i < threads; i++)
		if (pthread_create(&list[i], NULL, racer, NULL))
			abort();
	for (int i = 0; i < threads; i++)
		pthread_join(list[i], NULL);
	double took = (double)(clock_steady() - began) / 1e6;
	long long n = race.placed + race.refused;
	printf("%2d threads: %8.0f placements and as many releases /s, %.0f us CPU a pair, %lld "
	       "refused\n",
	       threads, (double)n / took, (cpu_now() - cpu) * 1e6 / (double)(n ? n : 1),
	       (long long)race.refused);
	pool_module.stop(h);
}

static enum status hosts_act(struct call *c, const void *in, void *out)
{
	const struct trace *t = in;
	struct pool_host *now;
	size_t n;
	(void)out;
	enum status st = pool_hosts(c, &now, &n);
	if (n)
		return st;
	for (size_t i = 0; i < t->hosts_count && !st; i++)
		st = pool_host_insert(c, &t->hosts[i]);
	return st;
}

int main(int argc, char **argv)
{
	extern const struct schema_file pool_schema[];
	const struct schema_file *const schema[] = { pool_schema, NULL };
	SCOPED_ARENA struct arena *a = arena_new();
	struct call *c = call_new(a, NULL);
	static struct config config;
	struct trace t;
	char why[512] = "usage: placement URL replay|rate HOSTS.csv ASKS.csv [THREADS SECONDS]";
	struct house h = { .config = &config, .db = argc >= 5 ? db_open(argv[1], 64, why) : NULL };

	log_level_set(LOG_ERROR);
	if (!h.db) {
		fprintf(stderr, "%s\n", why);
		return 2;
	}
	must(c, trace_read(c, argv[3], argv[4], &t));
	/* Ids begin with the number; names order them as the file does. */
	for (size_t i = 0; i < t.hosts_count; i++) {
		t.hosts[i].id = arena_printf(a, "%08zu-0000-7000-8000-000000000000", i + 1);
		t.hosts[i].seen_at = t.hosts[i].created_at = t.hosts[i].updated_at = c->now_at;
	}
	must(c, schema_apply(c, h.db, schema));
	must(c, db_write(c, h.db, hosts_act, &t, NULL, 0));
	if (!strcmp(argv[2], "rate"))
		rate(c, &h, &t, argc > 5 ? atoi(argv[5]) : 1, argc > 6 ? atoi(argv[6]) : 5);
	else
		compare(c, &h, &t);
	db_close(h.db);
	return 0;
}
