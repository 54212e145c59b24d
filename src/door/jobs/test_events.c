/* SPDX-License-Identifier: Apache-2.0 */
/* Events: numbered per subject, told to every listener in order, and never passed over. */
#include <pthread.h>
#include <semaphore.h>
#include <stdatomic.h>
#include "base/clock.h"
#include "base/log.h"
#include "db/schema.h"
#include "door/jobs/jobs_private.h"
#include "harness.h"

#define TEST_STMT(name_, sql_) static const struct db_stmt name_ = { #name_, sql_ }

static const struct schema_file own_tables[] = {
	{ "test", "0001_heard",
	  "create table heard (place @SERIAL, listener text not null, type text not null,"
	  " subject text not null, number @INT not null);" },
	{ 0 }
};
extern const struct schema_file jobs_schema[];
static const struct schema_file *const schema[] = { jobs_schema, own_tables, NULL };

TEST_STMT(heard_put, "insert into heard (listener, type, subject, number) values ($1, $2, $3, $4)");
TEST_STMT(heard_all, "select listener, type, subject, number from heard where listener = $1"
		     " order by place");

static enum status hear(struct call *c, const char *listener, const struct event *e)
{
	return db_do(c, &heard_put, NULL,
		     DB_ARGS(DB_STR(listener), DB_STR(e->type), DB_STR(e->subject),
			     DB_INT(e->number)));
}

static atomic_bool broken;

static enum status hear_cars(struct call *c, const struct event *e)
{
	return hear(c, "cars", e);
}

static enum status hear_all(struct call *c, const struct event *e)
{
	return hear(c, "all", e);
}

/* Cannot hear of car 2 while it is broken. */
static enum status hear_badly(struct call *c, const struct event *e)
{
	enum status st = hear(c, "bad", e);

	if (!st && str_eq(e->subject, "car-2") && atomic_load(&broken))
		return fail(c, ST_AWAY, NULL, "not now");
	return st;
}

static const struct listener listeners[] = {
	{ "test.cars", "test.car.moved", hear_cars },
	{ "test.bad", "test.car.*", hear_badly },
	{ "test.all", "*", hear_all },
	{ 0 },
};
static const struct module test_module = { .name = "test", .listens = listeners };
static const struct module *const modules[] = { &test_module, NULL };

struct fixture {
	struct house house;
	struct teller *teller;
};

static void close_teller(void *arg)
{
	struct fixture *f = arg;
	teller_close(f->teller);
	clock_set(0);
}

static struct fixture *open_house(void)
{
	struct call *c = test_call();
	struct fixture *f = arena_alloc(c->arena, sizeof(*f));

	f->house = (struct house){ .modules = modules, .db = test_db_with(schema) };
	f->teller = teller_open(c, &f->house, "one", false);
	assert_non_null(f->teller);
	arena_defer(c->arena, close_teller, f);
	atomic_store(&broken, false);
	return f;
}

struct post {
	const char *type, *subject;
};

static enum status post_act(struct call *c, const void *in, void *out)
{
	const struct post *p = in;

	(void)out;
	return event_post(c, p->type, p->subject, NULL, "p1", "{}");
}

static void post(struct house *h, const char *type, const char *subject)
{
	SCOPED_ARENA struct arena *a = arena_new();
	struct call *c = test_call_in(a);

	if (db_write(c, h->db, post_act, &(struct post){ type, subject }, NULL, 0))
		test_fail("%s", c->problem);
}

static int64_t tell(struct fixture *f)
{
	int64_t told = 0;

	assert_int_equal(teller_pass(f->teller, &told), ST_OK);
	return told;
}

struct heard {
	const char *listener, *type, *subject;
	int64_t number;
};
static const struct field heard_row[] = { F_STR(heard, listener, 0, 0), F_STR(heard, type, 0, 0),
					  F_STR(heard, subject, 0, 0),
					  F_INT(heard, number, 0, 0, 0), F_END };
struct all_heard {
	struct heard *list;
	size_t count;
};

static enum status heard_act(struct call *c, const void *in, void *out_)
{
	struct all_heard *out = out_;
	return DB_ALL(c, &heard_all, heard_row, &out->list, &out->count, DB_ARGS(DB_STR(in)));
}

/* "car-1:1 car-1:2 …" as the listener heard it. */
static const char *heard_by(struct house *h, const char *listener)
{
	struct call *c = test_call();
	struct all_heard all;
	struct buf b = { .arena = c->arena };

	if (db_read(c, h->db, heard_act, listener, &all, sizeof(all)))
		test_fail("%s", c->problem);
	for (size_t i = 0; i < all.count; i++)
		buf_printf(&b, "%s%s:%lld", i ? " " : "", all.list[i].subject,
			   (long long)all.list[i].number);
	return buf_text(&b);
}

TEST(each_listener_hears_its_types_in_order_and_once)
{
	struct fixture *f = open_house();

	post(&f->house, "test.car.moved", "car-1");
	post(&f->house, "test.car.sold", "car-1");
	post(&f->house, "test.house.built", "house-1");
	post(&f->house, "test.car.moved", "car-2");
	post(&f->house, "test.car.moved", "car-1");
	assert_int_equal(tell(f), 3 + 4 + 5);
	assert_int_equal(tell(f), 0);
	assert_string_equal(heard_by(&f->house, "cars"), "car-1:1 car-2:1 car-1:3");
	assert_string_equal(heard_by(&f->house, "bad"), "car-1:1 car-1:2 car-2:1 car-1:3");
	assert_string_equal(heard_by(&f->house, "all"),
			    "car-1:1 car-1:2 house-1:1 car-2:1 car-1:3");
}

TEST(a_listener_that_fails_holds_up_one_subject_and_nobody_else)
{
	struct fixture *f = open_house();
	int64_t now = clock_now();

	log_level_set(LOG_ERROR);
	clock_set(now);
	atomic_store(&broken, true);
	for (int i = 0; i < 3; i++) {
		post(&f->house, "test.car.moved", "car-1");
		post(&f->house, "test.car.moved", "car-2");
	}
	tell(f);
	assert_string_equal(heard_by(&f->house, "cars"),
			    "car-1:1 car-2:1 car-1:2 car-2:2 car-1:3 car-2:3");
	assert_string_equal(heard_by(&f->house, "bad"), "car-1:1 car-1:2 car-1:3");
	atomic_store(&broken, false);
	assert_int_equal(tell(f), 0); /* it waits a while */
	clock_set(now + 2 * CLOCK_SECOND);
	assert_int_equal(tell(f), 3);
	assert_string_equal(heard_by(&f->house, "bad"),
			    "car-1:1 car-1:2 car-1:3 car-2:1 car-2:2 car-2:3");
}

static enum status dead_act(struct call *c, const void *in, void *out_)
{
	struct all_heard *out = out_;
	struct event_due *list;
	enum status st = event_dead(c, 0, 10, &list, &out->count);

	(void)in;
	if (!st && out->count) {
		out->list = arena_alloc(c->arena, sizeof(*out->list));
		*out->list =
			(struct heard){ list->listener, list->why, list->subject, list->number };
	}
	return st;
}

static enum status revive_act(struct call *c, const void *in, void *out)
{
	return event_revive(c, *(const int64_t *)in, "test.bad", clock_now(), out);
}

static enum status do_act(struct call *c, const void *in, void *out)
{
	return db_do(c, in, out, DB_NO_ARGS);
}

TEST(what_fails_for_a_day_is_put_aside_and_can_be_told_again)
{
	struct fixture *f = open_house();
	struct call *c = test_call();
	struct all_heard dead;
	int64_t event = 1, changed;

	log_level_set(LOG_ERROR);
	atomic_store(&broken, true);
	post(&f->house, "test.car.moved", "car-2");
	TEST_STMT(nearly, "update event_due set attempt = 299 where listener = 'test.bad'");
	assert_int_equal(db_write(c, f->house.db, do_act, &nearly, NULL, 0), ST_OK);
	tell(f);
	assert_int_equal(db_read(c, f->house.db, dead_act, NULL, &dead, sizeof(dead)), ST_OK);
	assert_int_equal(dead.count, 1);
	assert_string_equal(dead.list->listener, "test.bad");
	assert_string_equal(dead.list->type, "not now");
	atomic_store(&broken, false);
	post(&f->house, "test.car.moved", "car-2");
	tell(f);
	assert_string_equal(heard_by(&f->house, "bad"), "car-2:2");
	assert_int_equal(db_write(c, f->house.db, revive_act, &event, &changed, sizeof(changed)),
			 ST_OK);
	assert_int_equal(changed, 1);
	tell(f);
	assert_string_equal(heard_by(&f->house, "bad"), "car-2:2 car-2:1");
}

/* --- many at once --- */

struct poster {
	struct house *house;
	pthread_t thread;
	int count;
};

static void *post_many(void *arg)
{
	struct poster *p = arg;

	for (int i = 0; i < p->count; i++) {
		SCOPED_ARENA struct arena *a = arena_new();
		enum status st = ST_RETRY;
		/* What a client does that is told to try again. */
		for (int tries = 0; st == ST_RETRY && tries < 50; tries++)
			st = db_write(test_call_in(a), p->house->db, post_act,
				      &(struct post){ "test.car.moved", "car-1" }, NULL, 0);
		if (st)
			return (void *)(intptr_t)st;
	}
	return NULL;
}

TEST(numbers_have_no_gaps_and_each_is_told_once_when_many_post_and_two_tell)
{
	struct fixture *f = open_house();
	struct poster posters[4];
	struct teller *two = teller_open(test_call(), &f->house, "two", true);
	struct teller *three = teller_open(test_call(), &f->house, "three", true);
	void *result;

	log_level_set(LOG_ERROR);
	for (int i = 0; i < 4; i++) {
		posters[i] = (struct poster){ .house = &f->house, .count = 25 };
		assert_int_equal(pthread_create(&posters[i].thread, NULL, post_many, &posters[i]),
				 0);
	}
	for (int i = 0; i < 4; i++) {
		pthread_join(posters[i].thread, &result);
		assert_null(result);
		teller_wake(two);
		teller_wake(three);
	}
	teller_close(two);
	teller_close(three);
	tell(f);
	struct buf wanted = { .arena = test_call()->arena };
	for (int i = 1; i <= 100; i++)
		buf_printf(&wanted, "%scar-1:%d", i > 1 ? " " : "", i);
	assert_string_equal(heard_by(&f->house, "cars"), buf_text(&wanted));
	assert_string_equal(heard_by(&f->house, "all"), buf_text(&wanted));
}

struct slow {
	struct house *house;
	sem_t written, go;
	enum status st;
};

static enum status slow_act(struct call *c, const void *in, void *out)
{
	struct slow *s = *(struct slow *const *)in;
	enum status st = event_post(c, "test.car.moved", "slow", NULL, NULL, "{}");

	(void)out;
	sem_post(&s->written);
	sem_wait(&s->go);
	return st;
}

static void *post_slowly(void *arg)
{
	struct slow *s = arg;
	SCOPED_ARENA struct arena *a = arena_new();

	s->st = db_write(test_call_in(a), s->house->db, slow_act, &s, NULL, 0);
	return NULL;
}

/* Only where writers work side by side can a lower id become visible after a higher one. */
TEST(an_event_that_is_committed_after_one_with_a_higher_id_is_told_too)
{
	struct fixture *f = open_house();
	struct slow s = { .house = &f->house };
	pthread_t thread;

	if (db_kind_of(f->house.db) == DB_SQLITE)
		test_skip("SQLite has one writer");
	sem_init(&s.written, 0, 0);
	sem_init(&s.go, 0, 0);
	assert_int_equal(pthread_create(&thread, NULL, post_slowly, &s), 0);
	sem_wait(&s.written);
	post(&f->house, "test.car.moved", "fast");
	tell(f);
	assert_string_equal(heard_by(&f->house, "cars"), "fast:1");
	/* It may be told to begin again. */
	for (int i = 0; i < 100; i++)
		sem_post(&s.go);
	pthread_join(thread, NULL);
	assert_int_equal(s.st, ST_OK);
	tell(f);
	assert_string_equal(heard_by(&f->house, "cars"), "fast:1 slow:1");
}

static enum status purge_act(struct call *c, const void *in, void *out)
{
	(void)in;
	return event_purge(c, clock_now() + CLOCK_SECOND, out);
}

TEST(old_events_go_when_everybody_was_told_and_numbers_are_never_given_twice)
{
	struct fixture *f = open_house();
	int64_t gone;

	for (int i = 0; i < 3; i++)
		post(&f->house, "test.car.moved", "car-1");
	assert_int_equal(db_write(test_call(), f->house.db, purge_act, NULL, &gone, sizeof(gone)),
			 ST_OK);
	assert_int_equal(gone, 0);
	tell(f);
	assert_int_equal(db_write(test_call(), f->house.db, purge_act, NULL, &gone, sizeof(gone)),
			 ST_OK);
	assert_int_equal(gone, 3);
	post(&f->house, "test.car.moved", "car-1");
	tell(f);
	assert_string_equal(heard_by(&f->house, "cars"), "car-1:1 car-1:2 car-1:3 car-1:4");
}
