/* SPDX-License-Identifier: Apache-2.0 */
/* The event stream, over socket pairs: who sees what, what is written again after a break. */
#include <poll.h>
#include <pthread.h>
#include <semaphore.h>
#include <stdatomic.h>
#include <sys/socket.h>
#include <unistd.h>
#include "base/clock.h"
#include "base/log.h"
#include "db/schema.h"
#include "door/jobs/stream_private.h"
#include "harness.h"

extern const struct schema_file jobs_schema[];
static const struct schema_file *const schema[] = { jobs_schema, NULL };
static const struct module *const modules[] = { NULL };

static void wake(void *house)
{
	struct house *h = house;
	stream_wake(h->stream);
}

static void close_stream(void *house)
{
	struct house *h = house;
	stream_close(h->stream);
}

static struct house *new_house(void)
{
	struct call *c = test_call();
	struct house *h = arena_alloc(c->arena, sizeof(*h));

	*h = (struct house){ .modules = modules, .db = test_db_with(schema) };
	db_on_posted(h->db, wake, h);
	h->stream = stream_open(h);
	arena_defer(c->arena, close_stream, h);
	return h;
}

struct post {
	const char *type, *domain, *project, *payload;
	int count;
};

static enum status post_act(struct call *c, const void *in, void *out)
{
	const struct post *p = in;
	enum status st = ST_OK;

	(void)out;
	for (int i = 0; i < p->count && !st; i++)
		st = event_post(c, p->type, "thing", p->domain, p->project, p->payload);
	return st;
}

static void post(struct house *h, struct post p)
{
	SCOPED_ARENA struct arena *a = arena_new();
	struct call *c = test_call_in(a);

	if (db_write(c, h->db, post_act, &p, NULL, 0))
		test_fail("%s", c->problem);
}

/* The asker's end of a connection. */
struct asker {
	int fd;
	size_t size;
	char text[1 << 20];
};

static void hang_up(void *asker)
{
	struct asker *k = asker;
	if (k->fd >= 0)
		close(k->fd);
}

static struct asker *ask(struct house *h, struct actor who, int64_t after)
{
	struct asker *k = arena_alloc(test_call()->arena, sizeof(*k));
	int ends[2];

	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, ends), 0);
	k->fd = ends[0];
	arena_defer(test_call()->arena, hang_up, k);
	assert_int_equal(stream_take(h, ends[1], NULL, &who, after), ST_OK);
	return k;
}

/* Reads until 'text' has come; false when it does not come in time or the stream ends. */
static bool reads(struct asker *k, const char *text, int ms)
{
	for (int64_t end = clock_steady() + ms * (CLOCK_SECOND / 1000);;) {
		k->text[k->size] = '\0';
		if (strstr(k->text, text))
			return true;
		struct pollfd p = { .fd = k->fd, .events = POLLIN };
		int64_t left = (end - clock_steady()) / 1000;
		if (left <= 0 || poll(&p, 1, (int)left) <= 0)
			return false;
		ssize_t n = read(k->fd, k->text + k->size, sizeof(k->text) - 1 - k->size);
		if (n <= 0)
			return false;
		k->size += (size_t)n;
	}
}

/* Whether the other side has closed, after all that it still had to say. */
static bool ends(struct asker *k)
{
	char lost[65536];
	struct pollfd p = { .fd = k->fd, .events = POLLIN };

	while (poll(&p, 1, 5000) > 0)
		if (read(k->fd, lost, sizeof(lost)) <= 0)
			return true;
	return false;
}

static const struct actor member = {
	.user_id = "u1", .scope = SCOPE_PROJECT, .project_id = "p1", .domain_id = "d1"
};
static const struct actor head = { .user_id = "u2", .scope = SCOPE_DOMAIN, .domain_id = "d1" };
static const struct actor operator= { .user_id = "u3", .scope = SCOPE_SYSTEM };
static const struct actor nobody = { .user_id = "u4", .scope = SCOPE_NONE };

TEST(each_sees_what_belongs_to_its_vdc_its_department_or_the_system)
{
	struct house *h = new_house();
	struct asker *a = ask(h, member, -1), *b = ask(h, head, -1), *c = ask(h, operator, - 1),
		     *d = ask(h, nobody, -1);

	/* The first comment says that the stream is there. */
	assert_true(reads(a, ":\n\n", 5000) && reads(b, ":\n\n", 5000) && reads(c, ":\n\n", 5000) &&
		    reads(d, ":\n\n", 5000));
	post(h, (struct post){ "t.mine", "d1", "p1", "{\"n\":\n1}", 1 });
	post(h, (struct post){ "t.neighbour", "d1", "p2", "{}", 1 });
	post(h, (struct post){ "t.stranger", "d2", "p3", "{}", 1 });
	post(h, (struct post){ "t.system", NULL, NULL, "{}", 1 });
	post(h, (struct post){ "t.end", "d1", "p1", "{}", 1 });
	assert_true(reads(a, "id: 5\nevent: t.end\ndata: {}\n\n", 5000));
	assert_string_equal(a->text, ":\n\nid: 1\nevent: t.mine\ndata: {\"n\": 1}\n\n"
				     "id: 5\nevent: t.end\ndata: {}\n\n");
	assert_true(reads(b, "t.end", 5000));
	assert_non_null(strstr(b->text, "t.mine"));
	assert_non_null(strstr(b->text, "t.neighbour"));
	assert_null(strstr(b->text, "t.stranger"));
	assert_null(strstr(b->text, "t.system"));
	assert_true(reads(c, "t.end", 5000));
	assert_non_null(strstr(c->text, "t.stranger"));
	assert_non_null(strstr(c->text, "t.system"));
	assert_false(reads(d, "event:", 300));
}

TEST(what_was_missed_is_written_again_and_then_what_is_new)
{
	struct house *h = new_house();

	post(h, (struct post){ "t.old", "d1", "p1", "{}", 700 });
	post(h, (struct post){ "t.seven-hundred-and-one", "d1", "p1", "{}", 1 });
	struct asker *k = ask(h, member, 10);
	assert_true(reads(k, "t.seven-hundred-and-one", 5000));
	assert_non_null(strstr(k->text, "id: 11\n"));
	assert_null(strstr(k->text, "id: 10\n"));
	assert_non_null(strstr(k->text, "id: 700\n"));
	post(h, (struct post){ "t.new", "d1", "p1", "{}", 1 });
	assert_true(reads(k, "id: 702\nevent: t.new", 5000));
}

TEST(who_missed_too_much_or_comes_from_another_world_is_told_to_begin_anew)
{
	struct house *h = new_house();

	post(h, (struct post){ "t.old", "d1", "p1", "{}", 5 });
	struct asker *k = ask(h, member, 99);
	assert_true(reads(k, "id: 5\nevent: reset\ndata: {}\n\n", 5000));
	for (int i = 0; i < 10; i++)
		post(h, (struct post){ "t.old", "d1", "p1", "{}", 1005 });
	k = ask(h, member, 5);
	assert_true(reads(k, "event: reset\n", 5000));
	post(h, (struct post){ "t.new", "d1", "p1", "{}", 1 });
	assert_true(reads(k, "t.new", 5000));
	assert_null(strstr(k->text, "t.old"));
}

TEST(a_reader_that_is_too_slow_is_dropped_and_the_others_are_not)
{
	struct house *h = new_house();
	struct asker *slow = ask(h, member, -1), *quick = ask(h, member, -1);
	char payload[8001];

	assert_true(reads(quick, ":\n\n", 5000));
	memset(payload, ' ', 8000);
	payload[0] = '{';
	payload[7999] = '}';
	payload[8000] = '\0';
	for (int i = 0; i < 100; i++) {
		post(h, (struct post){ "t.big", "d1", "p1", payload, 1 });
		reads(quick, "never", 5);
	}
	post(h, (struct post){ "t.end", "d1", "p1", "{}", 1 });
	assert_true(reads(quick, "t.end", 5000));
	assert_true(ends(slow));
}

TEST(a_stream_beats_while_nothing_happens)
{
	struct house *h = new_house();

	h->stream->beat_every = CLOCK_SECOND;
	struct asker *k = ask(h, member, -1);
	assert_true(reads(k, ":\n\n:\n\n", 5000));
}

static atomic_bool standing;

static bool stands(struct call *c, const struct actor *who, int64_t since)
{
	(void)c, (void)since;
	return str_eq(who->user_id, "u1") ? atomic_load(&standing) : true;
}

TEST(a_stream_ends_when_its_asker_does_not_stand_any_more)
{
	struct house *h = new_house();

	atomic_store(&standing, true);
	stream_on_recheck(h, stands);
	h->stream->check_every = CLOCK_SECOND / 10;
	struct asker *k = ask(h, member, -1), *other = ask(h, operator, - 1);
	assert_true(reads(k, ":\n\n", 5000));
	post(h, (struct post){ "t.one", "d1", "p1", "{}", 1 });
	assert_true(reads(k, "t.one", 5000));
	atomic_store(&standing, false);
	assert_true(ends(k));
	post(h, (struct post){ "t.two", "d1", "p1", "{}", 1 });
	assert_true(reads(other, "t.two", 5000));
}

TEST(closing_ends_all_streams)
{
	struct house *h = new_house();
	struct asker *k = ask(h, member, -1);

	assert_true(reads(k, ":\n\n", 5000));
	stream_close(h->stream);
	h->stream = NULL;
	assert_true(ends(k));
	int fd = dup(1);
	assert_int_equal(stream_take(h, fd, NULL, &member, -1), ST_AWAY);
	close(fd);
}

TEST(an_event_of_another_process_is_found_by_asking)
{
	struct house *h = new_house();

	db_on_posted(h->db, NULL, NULL);
	struct asker *k = ask(h, member, -1);
	assert_true(reads(k, ":\n\n", 5000));
	post(h, (struct post){ "t.far", "d1", "p1", "{}", 1 });
	assert_true(reads(k, "t.far", 5000));
}

struct slow {
	struct house *house;
	sem_t written, go;
	enum status st;
};

static enum status slow_act(struct call *c, const void *in, void *out)
{
	struct slow *s = *(struct slow *const *)in;
	enum status st = event_post(c, "t.slow", "slow", "d1", "p1", "{}");

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

TEST(an_event_that_appears_late_is_written_and_no_place_lies_behind_it_before)
{
	struct house *h = new_house();
	struct slow s = { .house = h };
	pthread_t thread;

	if (db_kind_of(h->db) == DB_SQLITE)
		test_skip("SQLite has one writer");
	sem_init(&s.written, 0, 0);
	sem_init(&s.go, 0, 0);
	post(h, (struct post){ "t.first", "d1", "p1", "{}", 1 });
	struct asker *k = ask(h, member, -1);
	assert_true(reads(k, ":\n\n", 5000));
	assert_int_equal(pthread_create(&thread, NULL, post_slowly, &s), 0);
	sem_wait(&s.written);
	post(h, (struct post){ "t.fast", "d1", "p1", "{}", 1 });
	/* Id 3, but id 2 may still appear. */
	assert_true(reads(k, "id: 1\nevent: t.fast\n", 5000));
	/* It may be told to begin again. */
	for (int i = 0; i < 100; i++)
		sem_post(&s.go);
	pthread_join(thread, NULL);
	assert_int_equal(s.st, ST_OK);
	assert_true(reads(k, "id: 3\nevent: t.slow\n", 5000));
}
