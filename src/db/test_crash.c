/* SPDX-License-Identifier: Apache-2.0 */
/* What was acknowledged is there after any crash, and nothing is there by halves. A child works and
 * tells by a pipe what was acknowledged; it is killed, or loses power in a VFS that forgets what was not
 * synced; the parent opens what is left. */
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>
#include "base/id.h"
#include "base/text.h"
#include "db/db_private.h"
#include "harness.h"
#include "vfs_forget.h"

#define TEST_STMT(name_, sql_) static const struct db_stmt name_ = { #name_, sql_ }
#define ACCOUNTS 8
#define EACH 1000
#define WORKERS 4

static const struct schema_file tables[] = {
	{ "test", "0001_bank",
	  "create table account (id @INT primary key, money @INT not null) @STRICT;"
	  "create table entry (id @INT not null, half @INT not null, primary key (id, half)) @STRICT;" },
	{ 0 }
};
static const struct schema_file *const schema[] = { tables, NULL };

TEST_STMT(account_put,
	  "insert into account (id, money) values ($1, $2) on conflict (id) do nothing");
TEST_STMT(account_add, "update account set money = money + $2 where id = $1");
TEST_STMT(account_money, "select money from account where id = $1");
TEST_STMT(account_total, "select sum(money) from account");
TEST_STMT(entry_put, "insert into entry (id, half) values ($1, $2)");
TEST_STMT(entry_halves, "select count(*) from (select id from entry group by id"
			" having count(*) <> 2) as odd");
TEST_STMT(entry_count, "select count(*) from entry where id = $1");
TEST_STMT(integrity, "select count(*) from pragma_integrity_check where integrity_check <> 'ok'");

static enum status seed_accounts(struct call *c, const void *in, void *out)
{
	enum status st = ST_OK;

	(void)in;
	(void)out;
	for (int i = 0; !st && i < ACCOUNTS; i++)
		st = db_do(c, &account_put, NULL, DB_ARGS(DB_INT(i), DB_INT(EACH)));
	return st;
}

struct deed {
	int64_t from, to, amount, id;
};

/* Two halves of an entry and both sides of a payment; refused half-way when there is too little. */
static enum status pay(struct call *c, const void *in, void *out)
{
	const struct deed *d = in;
	int64_t money = 0;

	(void)out;
	enum status st = db_do(c, &entry_put, NULL, DB_ARGS(DB_INT(d->id), DB_INT(0)));
	if (!st)
		st = db_do(c, &account_add, NULL, DB_ARGS(DB_INT(d->from), DB_INT(-d->amount)));
	if (!st)
		st = db_number(c, &account_money, &money, DB_ARGS(DB_INT(d->from)));
	if (!st && money < 0)
		return fail(c, ST_LIMIT, NULL, "too little money");
	if (!st)
		st = db_do(c, &account_add, NULL, DB_ARGS(DB_INT(d->to), DB_INT(d->amount)));
	if (!st)
		st = db_do(c, &entry_put, NULL, DB_ARGS(DB_INT(d->id), DB_INT(1)));
	return st;
}

struct worker {
	pthread_t thread;
	struct db *db;
	int number, told;
	int64_t round;
};

static void *work(void *ptr)
{
	struct worker *w = ptr;
	uint32_t dice[3];

	for (int64_t i = 0;; i++) {
		SCOPED_ARENA struct arena *a = arena_new();
		struct call *c = test_call_in(a);
		random_bytes(dice, sizeof(dice));
		struct deed d = { .from = dice[0] % ACCOUNTS,
				  .to = dice[1] % ACCOUNTS,
				  .amount = dice[2] % (EACH / 2),
				  .id = (w->round * WORKERS + w->number) * 1000000 + i };
		enum status st = db_write(c, w->db, pay, &d, NULL, 0);
		if (st == ST_LIMIT || st == ST_RETRY)
			continue;
		if (st)
			fprintf(stderr, "pay: %s\n", c->problem);
		if (st || write(w->told, &d.id, sizeof(d.id)) != sizeof(d.id))
			_exit(1);
	}
	return NULL;
}

/* Moves SQLite's log into its file far more often than the writer's own thread does. */
static void *move_log(void *ptr)
{
	struct db *db = ptr;
	struct db_conn *k;
	char why[512];

	if (db->driver->connect(db, true, &k, why) != DB_FINE)
		_exit(1);
	for (int i = 0;; i++) {
		usleep(3000);
		k->fault = DB_FINE;
		db->driver->checkpoint(k, i % 8 == 0);
	}
	return NULL;
}

/* The child: works until it is ended. */
static void work_for_ever(const char *url, int told, int64_t round)
{
	char why[512] = "";
	struct arena *a = arena_new();
	struct call *c = test_call_in(a);
	struct worker workers[WORKERS];

	struct db *db = db_open(url, WORKERS, why);
	if (!db || schema_apply(c, db, schema) || db_write(c, db, seed_accounts, NULL, NULL, 0)) {
		fprintf(stderr, "child: %s%s\n", why, c->problem);
		_exit(1);
	}
	for (int i = 0; i < WORKERS; i++) {
		workers[i] = (struct worker){ .db = db, .number = i, .told = told, .round = round };
		pthread_create(&workers[i].thread, NULL, work, &workers[i]);
	}
	if (db_kind_of(db) == DB_SQLITE)
		move_log(db);
	pause();
}

static void collect(int from, struct buf *told)
{
	int64_t id;

	while (read(from, &id, sizeof(id)) == sizeof(id))
		buf_add(told, &id, sizeof(id));
	close(from);
}

struct findings {
	int64_t total, odd, rotten, lost;
};

static enum status look(struct call *c, const void *in, void *out)
{
	const struct buf *told = in;
	struct findings *f = out;

	enum status st = db_number(c, &account_total, &f->total, DB_NO_ARGS);
	if (!st)
		st = db_number(c, &entry_halves, &f->odd, DB_NO_ARGS);
	for (size_t at = 0; !st && at < told->size; at += sizeof(int64_t)) {
		int64_t id, halves;
		memcpy(&id, told->data + at, sizeof(id));
		st = db_number(c, &entry_count, &halves, DB_ARGS(DB_INT(id)));
		f->lost += !st && halves != 2;
	}
	return st;
}

static enum status look_at_pages(struct call *c, const void *in, void *out)
{
	(void)in;
	return db_number(c, &integrity, out, DB_NO_ARGS);
}

/* Opens what the child left and holds it to what the child told. */
static void expect_whole(const char *url, const struct buf *told)
{
	char why[512] = "";
	struct call *c = test_call();
	struct findings f;

	struct db *db = db_open(url, 2, why);
	if (!db)
		test_fail("%s", why);
	if (schema_apply(c, db, schema) || db_write(c, db, seed_accounts, NULL, NULL, 0))
		test_fail("%s", c->problem);
	assert_int_equal(db_read(c, db, look, told, &f, sizeof(f)), ST_OK);
	if (db_kind_of(db) == DB_SQLITE)
		assert_int_equal(db_read(c, db, look_at_pages, NULL, &f.rotten, sizeof(f.rotten)),
				 ST_OK);
	db_close(db);
	assert_int_equal(f.total, ACCOUNTS * EACH);
	assert_int_equal(f.odd, 0);
	assert_int_equal(f.lost, 0);
	assert_int_equal(f.rotten, 0);
}

TEST(killed_at_any_moment_what_was_acknowledged_is_there)
{
	const char *url = test_db_url();
	struct buf told = { .arena = test_call()->arena };

	for (int round = 0; round < 20; round++) {
		int ends[2], how;
		uint16_t moment;
		assert_int_equal(pipe(ends), 0);
		pid_t child = fork();
		if (child == 0)
			work_for_ever(url, ends[1], round);
		close(ends[1]);
		random_bytes(&moment, sizeof(moment));
		/* Every other one while it starts, however long that takes on a busy machine. */
		int64_t id;
		if (round % 2 && read(ends[0], &id, sizeof(id)) == sizeof(id))
			buf_add(&told, &id, sizeof(id));
		usleep(30000 + moment);
		kill(child, SIGKILL);
		assert_int_equal(waitpid(child, &how, 0), child);
		assert_true(WIFSIGNALED(how) && WTERMSIG(how) == SIGKILL);
		collect(ends[0], &told);
		expect_whole(url, &told);
	}
	assert_true(told.size > 0);
}

TEST(without_power_at_any_write_what_was_acknowledged_is_there)
{
	const char *more = getenv("YONGYUN_CRASHES");
	int rounds = more ? (int)strtol(more, NULL, 10) : 40;
	size_t acknowledged = 0;

	for (int round = 0; round < rounds; round++) {
		struct call *c = test_call();
		const char *before = test_folder(), *after = test_folder();
		struct buf told = { .arena = c->arena };
		int ends[2], how;
		uint64_t dice[2];
		random_bytes(dice, sizeof(dice));

		assert_int_equal(pipe(ends), 0);
		pid_t child = fork();
		if (child == 0) {
			vfs_forget_install();
			vfs_forget_crash(1 + (int64_t)(dice[0] % 1000), after, dice[1]);
			work_for_ever(arena_printf(c->arena, "sqlite:%s/bank", before), ends[1],
				      round);
		}
		close(ends[1]);
		collect(ends[0], &told);
		assert_int_equal(waitpid(child, &how, 0), child);
		assert_int_equal(how, 0);
		acknowledged += told.size;
		expect_whole(arena_printf(c->arena, "sqlite:%s/bank", after), &told);
	}
	assert_true(acknowledged > 0);
}

/* A process may have had a file of the same name before, in another folder. */
TEST(what_a_crash_leaves_is_of_the_files_that_were_opened_after_it_was_ordered)
{
	struct call *c = test_call();
	const char *other = test_folder(), *before = test_folder(), *after = test_folder();
	struct buf told = { .arena = c->arena };
	int ends[2], how;

	assert_int_equal(pipe(ends), 0);
	pid_t child = fork();
	if (child == 0) {
		char why[512];
		vfs_forget_install();
		struct db *db = db_open(arena_printf(c->arena, "sqlite:%s/bank", other), 2, why);
		if (!db || schema_apply(c, db, schema))
			_exit(1);
		db_close(db);
		vfs_forget_crash(900, after, 1);
		work_for_ever(arena_printf(c->arena, "sqlite:%s/bank", before), ends[1], 0);
	}
	close(ends[1]);
	collect(ends[0], &told);
	assert_int_equal(waitpid(child, &how, 0), child);
	assert_int_equal(how, 0);
	assert_true(told.size > 0);
	expect_whole(arena_printf(c->arena, "sqlite:%s/bank", after), &told);
}
