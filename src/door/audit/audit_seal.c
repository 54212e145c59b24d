/* SPDX-License-Identifier: Apache-2.0 */
/* The sealer. A turn claims what was committed for the next batch in one short act, reads it, hashes
 * and signs outside of any transaction, and seals in a second short act.
 *
 * Claiming marks rows, so it does not matter that on PostgreSQL an entry may become visible after one
 * with a higher id: it simply stands in a later batch. A process that dies between the two acts leaves
 * an open batch, which whoever takes the next turn seals:
 *
 *     waiting --claim--> in an open batch --seal--> sealed      claim_act(), seal_act() */
#include <pthread.h>
#include <stdlib.h>
#include <unistd.h>
#include "base/clock.h"
#include "base/id.h"
#include "base/log.h"
#include "base/metric.h"
#include "door/audit/audit_private.h"
#include "door/house.h"
#include "door/module.h"

/* Of a process that stopped without a word. Long against a turn, short against an outage. */
#define LEASE (3 * CLOCK_SECOND)
/* Claiming so many holds SQLite's writer for less than 10 ms; one signature for all costs 1 us each. */
enum { BATCH_MAX = 1024 };

struct audit {
	struct house *house;
	char *keys_folder;
	struct audit_keys *keys;
	struct hasher *hasher;
	struct audit_head head; /* the newest batch of which this machine knows */
	bool broken;            /* the trail does not lead on from it */
	char holder[64];
	/* A turn costs two commits and a signature, so it waits a while for company: half of the time
	 * that an entry may wait; the rest is for the turn itself. */
	int64_t every;

	bool threaded;
	pthread_t thread;
	pthread_mutex_t lock; /* guards 'closing' */
	pthread_cond_t woken;
	bool closing;
};

struct claim {
	const char *holder;
	int64_t now;
};

/* '*out' gets the number of the open batch; 0: nothing waits, or it is another process's turn. */
static enum status claim_act(struct call *c, const void *in_, void *out)
{
	const struct claim *in = in_;
	int64_t *number = out, last, count;
	bool mine;
	enum status st = audit_sealer_take(c, in->holder, in->now, in->now + LEASE, &mine);
	if (st || !mine)
		return st;
	st = audit_batch_open(c, number);
	if (st != ST_NOT_FOUND)
		return st;
	st = audit_batch_last(c, &last);
	if (!st)
		st = audit_batch_claim(c, last + 1, in->now, BATCH_MAX, &count);
	if (!st)
		*number = count ? last + 1 : 0;
	return st;
}

struct seal {
	const struct audit_batch *batch;
	const uint8_t *members;
};

/* '*out' gets whether it was sealed just now: whoever lost the lease meanwhile seals nothing. */
static enum status seal_act(struct call *c, const void *in_, void *out)
{
	const struct seal *in = in_;
	int64_t changed;
	enum status st = audit_batch_seal(c, in->batch, in->members,
					  (size_t)in->batch->count * MEMBER_SIZE, &changed);
	if (!st)
		*(bool *)out = changed == 1;
	return st;
}

struct claimed {
	struct audit_entry *entries;
	size_t count;
	struct audit_batch before; /* number 0: this is the first */
};

static enum status read_act(struct call *c, const void *in, void *out_)
{
	const int64_t *number = in;
	struct claimed *out = out_;
	enum status st = audit_batch_entries(c, *number, 0, BATCH_MAX, &out->entries, &out->count);
	if (!st && *number > 1)
		st = audit_batch_get(c, *number - 1, &out->before);
	return st;
}

/* Makes the batch of what was claimed. */
static enum status make_batch(struct call *c, struct audit *a, int64_t number,
			      struct audit_batch *out, uint8_t **members)
{
	struct claimed in;
	enum status st = db_read(c, a->house->db, read_act, &number, &in, sizeof(in));
	if (st)
		return st;
	if (in.count == 0 || (number > 1 && !in.before.signature))
		return fail(c, ST_INTERNAL, NULL, "audit batch %lld was tampered with while open",
			    (long long)number);
	struct sm3 *leaves = arena_array(c->arena, in.count, sizeof(*leaves));
	uint8_t *m = arena_array(c->arena, in.count, MEMBER_SIZE);
	for (size_t i = 0; i < in.count; i++) {
		struct buf bytes = audit_entry_bytes(c->arena, &in.entries[i]);
		leaves[i] = audit_leaf(a->hasher, &bytes);
		member_write(m + i * MEMBER_SIZE, in.entries[i].id, &leaves[i]);
	}
	struct audit_tree tree = audit_tree_of(a->hasher, c->arena, leaves, in.count);
	char *hex = arena_alloc(c->arena, 65), *previous = arena_alloc(c->arena, 65);
	hex_encode(tree.root.b, SM3_SIZE, hex);
	memset(previous, '0', 64);
	if (number > 1)
		audit_seal_of(a->hasher, c->arena, &in.before, previous);
	struct audit_batch b = {
		.number = number,
		.first_id = in.entries[0].id,
		.last_id = in.entries[in.count - 1].id,
		.count = (int64_t)in.count,
		.root = hex,
		.previous = previous,
		.sealed_at = clock_now(),
		.key_id = audit_key_id(a->keys),
	};
	struct buf bytes = audit_batch_bytes(c->arena, &b);
	st = audit_sign(c, a->keys, &bytes, &b.signature);
	if (st)
		return st;
	*out = b;
	*members = m;
	return ST_OK;
}

static enum status sealer_look_act(struct call *c, const void *in, void *out)
{
	(void)in;
	return audit_sealer_look(c, out);
}

/* Whether there is something to do, and nobody else whose turn it is. Costs no writing. */
static enum status look(struct call *c, struct audit *a, bool *go)
{
	struct audit_claim now;
	enum status st = db_read(c, a->house->db, sealer_look_act, NULL, &now, sizeof(now));
	if (!st)
		*go = now.waiting && (str_eq(now.holder, a->holder) || now.until_at <= clock_now());
	return st;
}

static enum status batch_act(struct call *c, const void *in, void *out)
{
	return audit_batch_get(c, *(const int64_t *)in, out);
}

/* Whether the batch that this machine knows as the newest stands unchanged below 'b': if not, someone
 * has cut the trail off or put it back to an older state. Other machines may have sealed since. */
static bool leads_on(struct call *c, struct audit *a, const struct audit_batch *b)
{
	struct audit_batch known = { 0 };
	char seal[65];

	if (a->head.number == 0)
		return true;
	if (a->head.number == b->number - 1)
		return str_eq(a->head.seal, b->previous);
	if (a->head.number >= b->number)
		return false;
	if (db_read(c, a->house->db, batch_act, &a->head.number, &known, sizeof(known)) ||
	    !known.signature)
		return false;
	audit_seal_of(a->hasher, c->arena, &known, seal);
	return str_eq(seal, a->head.seal);
}

/* Tells the machine beside the database what was sealed. A trail that does not lead on keeps the old
 * head, so that verifying goes on to find it. */
static void sealed(struct call *c, struct audit *a, const struct audit_batch *b)
{
	metric_add(METRIC_AUDIT_SEALED, b->count);
	if (!a->broken && !leads_on(c, a, b)) {
		a->broken = true;
		log_error("audit-broken", c->request_id,
			  "batch %lld does not lead on from batch %lld, which was sealed on this "
			  "machine: run yongyun audit verify",
			  (long long)b->number, (long long)a->head.number);
	}
	if (a->broken)
		return;
	a->head.number = b->number;
	audit_seal_of(a->hasher, c->arena, b, a->head.seal);
	if (audit_head_write(c, a->keys_folder, &a->head)) {
		log_error("audit-head", c->request_id, "%s", c->problem);
		call_forgive(c);
	}
}

enum status audit_turn(struct call *c, struct audit *a, int64_t *count)
{
	bool go = false, done = false;
	int64_t number = 0;
	enum status st = look(c, a, &go);
	struct claim claim = { .holder = a->holder, .now = clock_now() };
	if (!st && go)
		st = db_write(c, a->house->db, claim_act, &claim, &number, sizeof(number));
	if (st)
		return st;
	if (!number) {
		*count = 0;
		return ST_OK;
	}
	struct audit_batch batch;
	uint8_t *members;
	st = make_batch(c, a, number, &batch, &members);
	if (st)
		return st;
	struct seal seal = { .batch = &batch, .members = members };
	st = db_write(c, a->house->db, seal_act, &seal, &done, sizeof(done));
	if (st)
		return st;
	if (done)
		sealed(c, a, &batch);
	*count = done ? batch.count : 0;
	return ST_OK;
}

/* Whether more waits than one batch could hold. */
static bool take_turn(struct audit *a, struct arena *arena, int *failures)
{
	struct call *c = call_new(arena, "audit-seal");
	c->house = a->house;
	int64_t count = 0;
	enum status st = audit_turn(c, a, &count);
	/* Told once, not twenty times a second. */
	if (st && (*failures)++ % 200 == 0)
		log_error("audit-not-sealed", c->request_id, "%s: %s", status_word(st), c->problem);
	if (!st && *failures) {
		log_info("audit-sealed-again", c->request_id, "after %d failures", *failures);
		*failures = 0;
	}
	bool more = count == BATCH_MAX;
	arena_reset(arena);
	return more;
}

static bool wait_closing(struct audit *a)
{
	struct timespec until;
	clock_gettime(CLOCK_MONOTONIC, &until);
	int64_t nanoseconds = until.tv_nsec + a->every * 1000;
	until.tv_sec += nanoseconds / 1000000000;
	until.tv_nsec = nanoseconds % 1000000000;
	pthread_mutex_lock(&a->lock);
	if (!a->closing)
		pthread_cond_timedwait(&a->woken, &a->lock, &until);
	bool closing = a->closing;
	pthread_mutex_unlock(&a->lock);
	return closing;
}

static void *run(void *arg)
{
	struct audit *a = arg;
	struct arena *arena = arena_new();
	int failures = 0;
	bool closing;

	pthread_setname_np(pthread_self(), "audit-seal");
	do {
		closing = wait_closing(a);
		while (take_turn(a, arena, &failures))
			;
	} while (!closing);
	arena_end(&arena);
	return NULL;
}

struct audit *audit_open(struct call *c, struct house *h, bool thread)
{
	const char *folder = audit_keys_folder(c, h);
	struct audit_head head;
	if (audit_head_read(c, folder, &head))
		return NULL;
	struct audit_keys *keys = audit_keys_open(c, folder);
	if (!keys)
		return NULL;
	struct audit *a = calloc(1, sizeof(*a));
	if (!a || !(a->keys_folder = strdup(folder)))
		abort();
	a->house = h;
	a->keys = keys;
	a->head = head;
	a->hasher = hasher_new();
	a->every = h->config->audit.seal_every / 2;
	char host[32] = "";
	gethostname(host, sizeof(host) - 1);
	uint32_t random;
	random_bytes(&random, sizeof(random));
	snprintf(a->holder, sizeof(a->holder), "%s.%d.%08x", host, (int)getpid(), random);
	pthread_condattr_t attr;
	pthread_condattr_init(&attr);
	pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
	pthread_cond_init(&a->woken, &attr);
	pthread_condattr_destroy(&attr);
	pthread_mutex_init(&a->lock, NULL);
	a->threaded = thread;
	if (thread && pthread_create(&a->thread, NULL, run, a))
		abort();
	return a;
}

static enum status leave_act(struct call *c, const void *in, void *out)
{
	(void)out;
	return audit_sealer_leave(c, in);
}

/* So that the next process need not wait for the lease to run out. */
static void leave(struct audit *a)
{
	SCOPED_ARENA struct arena *arena = arena_new();
	struct call *c = call_new(arena, "audit-seal");
	if (db_write(c, a->house->db, leave_act, a->holder, NULL, 0))
		log_warn("audit-sealer", c->request_id, "the lease was not given back: %s",
			 c->problem);
}

void audit_close(struct audit *a)
{
	if (!a)
		return;
	if (a->threaded) {
		pthread_mutex_lock(&a->lock);
		a->closing = true;
		pthread_cond_signal(&a->woken);
		pthread_mutex_unlock(&a->lock);
		pthread_join(a->thread, NULL);
	}
	leave(a);
	audit_keys_close(a->keys);
	hasher_end(a->hasher);
	free(a->keys_folder);
	pthread_cond_destroy(&a->woken);
	pthread_mutex_destroy(&a->lock);
	free(a);
}

static enum status start(struct call *c, struct house *h)
{
	h->audit = audit_open(c, h, true);
	return h->audit ? ST_OK : ST_AWAY;
}

static void stop(struct house *h)
{
	audit_close(h->audit);
	h->audit = NULL;
}

/* Reading a long trail takes minutes, so only a deep check does. */
static enum status check(struct call *c, struct house *h, bool deep, struct buf *report,
			 int64_t *bad)
{
	if (deep)
		return audit_verify(c, h, report, bad);
	struct audit_keys *keys = audit_keys_open(c, audit_keys_folder(c, h));
	audit_keys_close(keys);
	return keys ? ST_OK : ST_NOT_FOUND;
}

const struct module audit_module = {
	.name = "audit",
	.permissions = audit_permissions,
	.routes = audit_routes,
	.start = start,
	.stop = stop,
	.check = check,
};
