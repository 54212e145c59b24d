/* SPDX-License-Identifier: Apache-2.0 */
/* How rooms keep a quota and number things: read, decide, write, in one act. Two processes with several
 * threads each try to break it. These rules are examples; each room tests its own like this. */
#include <pthread.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>
#include "base/text.h"
#include "harness.h"

#define TEST_STMT(name_, sql_) static const struct db_stmt name_ = { #name_, sql_ }
#define PROCESSES 2
#define THREADS 4
#define TRIES 25
#define LIMIT 60

static const struct schema_file tables[] = {
	{ "test", "0001_quota",
	  "create table parent (id @INT primary key, most @INT not null) @STRICT;"
	  "create table child (id @SERIAL, parent @INT not null references parent (id),"
	  " amount @INT not null) @STRICT;"
	  "create table counter (name text primary key, last @INT not null) @STRICT;"
	  "create table numbered (number @INT primary key) @STRICT;"
	  "insert into parent values (1, 60); insert into counter values ('case', 0);" },
	{ 0 }
};
static const struct schema_file *const schema[] = { tables, NULL };

TEST_STMT(parent_most, "select most from parent where id = $1");
TEST_STMT(child_sum, "select coalesce(sum(amount), 0) from child where parent = $1");
TEST_STMT(child_put, "insert into child (parent, amount) values ($1, $2)");
TEST_STMT(counter_next, "update counter set last = last + 1 where name = $1 returning last");
TEST_STMT(numbered_put, "insert into numbered (number) values ($1)");
TEST_STMT(numbered_count, "select count(*) from numbered");
TEST_STMT(numbered_max, "select max(number) from numbered");

/* A child's share comes out of its parent's. */
static enum status take_share(struct call *c, const void *in, void *out)
{
	int64_t most, sum;

	(void)in;
	(void)out;
	enum status st = db_number(c, &parent_most, &most, DB_ARGS(DB_INT(1)));
	if (!st)
		st = db_number(c, &child_sum, &sum, DB_ARGS(DB_INT(1)));
	if (!st && sum + 1 > most)
		return fail(c, ST_LIMIT, NULL, "the parent has no more to give");
	return st ? st : db_do(c, &child_put, NULL, DB_ARGS(DB_INT(1), DB_INT(1)));
}

/* Numbers without a gap: the number is used in the act that takes it. */
static enum status take_number(struct call *c, const void *in, void *out)
{
	int64_t *number = out;

	(void)in;
	enum status st = db_number(c, &counter_next, number, DB_ARGS(DB_STR("case")));
	return st ? st : db_do(c, &numbered_put, NULL, DB_ARGS(DB_INT(*number)));
}

struct racer {
	pthread_t thread;
	struct db *db;
	int64_t ok, limit, busy, other;
};

static void *race(void *ptr)
{
	struct racer *r = ptr;

	for (int i = 0; i < TRIES; i++) {
		SCOPED_ARENA struct arena *a = arena_new();
		struct call *c = test_call_in(a);
		int64_t number;
		enum status share = db_write(c, r->db, take_share, NULL, NULL, 0);
		call_forgive(c);
		enum status st = db_write(c, r->db, take_number, NULL, &number, sizeof(number));
		r->limit += share == ST_LIMIT;
		r->busy += (share == ST_RETRY) + (st == ST_RETRY);
		r->ok += st == ST_OK;
		r->other += (share && share != ST_LIMIT && share != ST_RETRY) ||
			    (st && st != ST_RETRY);
		if (st && st != ST_RETRY)
			fprintf(stderr, "race: %s\n", c->problem);
	}
	return NULL;
}

static void race_in_child(const char *url, int told)
{
	char why[512];
	struct db *db = db_open(url, THREADS, why);
	struct racer racers[THREADS];
	int64_t sums[4] = { 0 };

	if (!db)
		_exit(1);
	for (int i = 0; i < THREADS; i++) {
		racers[i] = (struct racer){ .db = db };
		pthread_create(&racers[i].thread, NULL, race, &racers[i]);
	}
	for (int i = 0; i < THREADS; i++) {
		pthread_join(racers[i].thread, NULL);
		sums[0] += racers[i].ok;
		sums[1] += racers[i].limit;
		sums[2] += racers[i].busy;
		sums[3] += racers[i].other;
	}
	db_close(db);
	_exit(write(told, sums, sizeof(sums)) == sizeof(sums) ? 0 : 1);
}

static enum status number(struct call *c, const void *in, void *out)
{
	const struct db_stmt *s = in;

	if (s == &child_sum)
		return db_number(c, s, out, DB_ARGS(DB_INT(1)));
	return db_number(c, s, out, DB_NO_ARGS);
}

static int64_t ask(struct db *db, const struct db_stmt *s)
{
	int64_t n = -1;
	assert_int_equal(db_read(test_call(), db, number, s, &n, sizeof(n)), ST_OK);
	return n;
}

TEST(two_processes_cannot_break_a_quota_or_a_numbering)
{
	const char *url = test_db_url();
	char why[512];
	pid_t child[PROCESSES];
	int ends[2], how;
	int64_t sums[4], total[4] = { 0 };

	struct db *db = db_open(url, 2, why);
	assert_non_null(db);
	assert_int_equal(schema_apply(test_call(), db, schema), ST_OK);
	db_close(db);
	assert_int_equal(pipe(ends), 0);
	for (int i = 0; i < PROCESSES; i++) {
		child[i] = fork();
		if (child[i] == 0)
			race_in_child(url, ends[1]);
	}
	for (int i = 0; i < PROCESSES; i++) {
		assert_int_equal(waitpid(child[i], &how, 0), child[i]);
		assert_int_equal(how, 0);
		assert_int_equal(read(ends[0], sums, sizeof(sums)), sizeof(sums));
		for (int k = 0; k < 4; k++)
			total[k] += sums[k];
	}
	close(ends[0]);
	close(ends[1]);

	db = db_open(url, 2, why);
	int64_t shares = ask(db, &child_sum), count = ask(db, &numbered_count);
	int64_t highest = ask(db, &numbered_max);
	db_close(db);
	print_message("# %d of %d tries were told to come again\n", (int)total[2],
		      2 * PROCESSES * THREADS * TRIES);
	assert_int_equal(total[3], 0);
	assert_int_equal(shares, LIMIT);
	assert_int_equal(count, total[0]);
	assert_int_equal(highest, count);
	/* Contention may refuse a few, and must not refuse many. */
	assert_true(total[2] <= PROCESSES * THREADS * TRIES / 10);
}
