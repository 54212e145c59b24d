/* SPDX-License-Identifier: Apache-2.0 */
/* What is left of processes when the machine loses power at any write, or the process is killed at any
 * moment: every command that was acknowledged, once. */
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>
#include "base/id.h"
#include "engine/process/process_deploy.h"
#include "test_process.h"
#include "vfs_forget.h"

static struct house place;

/* What was acknowledged: how far instance number 'n' of this round came. */
struct note {
	int64_t n, instance;
	int done; /* 1: started, 2: its task completed */
};

static struct call *call_for(struct arena *a)
{
	return test_clerk(a, &place);
}

/* Counts how often it was done for an instance, in the transaction of its step. */
static enum status ledger(struct call *c, int64_t instance, const json_t *variables,
			  json_t **result)
{
	struct variable_row *list = NULL;
	size_t n = 0;
	int64_t times = 0;
	(void)variables;
	(void)result;
	enum status st = variable_list(c, instance, &list, &n);
	for (size_t i = 0; i < n; i++) {
		if (str_eq(list[i].name, "ledger") && !int_parse(list[i].value, &times))
			return ST_INTERNAL;
	}
	return st ? st
		  : variable_put(c, instance, "ledger",
				 arena_printf(c->arena, "%lld", (long long)times + 1), "");
}

static const char *stamped(void)
{
	return process_of(
		"stamped", NULL,
		"<startEvent id=\"s\"><outgoing>f1</outgoing></startEvent>"
		"<userTask id=\"u\"><incoming>f1</incoming><outgoing>f2</outgoing></userTask>"
		"<serviceTask id=\"w\" flow:act=\"test.ledger\"><incoming>f2</incoming>"
		"<outgoing>f3</outgoing></serviceTask>"
		"<endEvent id=\"e\"><incoming>f3</incoming></endEvent>"
		"<sequenceFlow id=\"f1\" sourceRef=\"s\" targetRef=\"u\"/>"
		"<sequenceFlow id=\"f2\" sourceRef=\"u\" targetRef=\"w\"/>"
		"<sequenceFlow id=\"f3\" sourceRef=\"w\" targetRef=\"e\"/>");
}

/* The tables of this room, and its model. False: it cannot be opened. */
static bool open_place(const char *url, const char *xml)
{
	char why[512];
	struct arena *SCOPED_ARENA a = arena_new();
	struct call *c = call_for(a);
	struct deployment_ask in = { .xml = xml };
	struct deployment out = { 0 };
	process_offer("test.ledger", ledger);
	place.db = db_open(url, 4, why);
	return place.db && !schema_apply(c, place.db, test_schema()) &&
	       !deploy_prepare_bpmn(c, &in) &&
	       !db_write(c, place.db, test_deploy_act, &in, &out, sizeof(out));
}

static void close_place(void)
{
	db_close(place.db);
	process_programs_drop();
}

static enum status ask_start(struct call *c, int64_t round, int64_t n, struct process_result *out)
{
	struct process_start in = {
		.key = "stamped",
		.variables = "{\"x\":1}",
		.idempotency_key =
			arena_printf(c->arena, "s-%lld-%lld", (long long)round, (long long)n),
	};
	return db_write(c, place.db, test_start_act, &in, out, sizeof(*out));
}

static enum status ask_complete(struct call *c, int64_t round, int64_t n, int64_t instance,
				struct process_result *out)
{
	struct process_command in = {
		.instance_id = instance,
		.execution = 3,
		.idempotency_key =
			arena_printf(c->arena, "c-%lld-%lld", (long long)round, (long long)n),
	};
	return db_write(c, place.db, test_complete_act, &in, out, sizeof(*out));
}

/* Starts and completes until the end comes, and tells what was acknowledged. */
static void work_for_ever(const char *url, const char *xml, int pipe_end, int64_t round)
{
	if (!open_place(url, xml))
		_exit(1);
	for (int64_t n = 0;; n++) {
		struct arena *SCOPED_ARENA a = arena_new();
		struct process_result out = { 0 };
		int64_t done = 0;
		if (ask_start(call_for(a), round, n, &out))
			_exit(1);
		struct note note = { n, out.instance_id, 1 };
		if (write(pipe_end, &note, sizeof(note)) != sizeof(note))
			_exit(1);
		if (ask_complete(call_for(a), round, n, out.instance_id, &out))
			_exit(1);
		note.done = 2;
		if (write(pipe_end, &note, sizeof(note)) != sizeof(note))
			_exit(1);
		if (n % 3 == 0 && process_tick(call_for(a), &done))
			_exit(1);
	}
}

static void collect(int from, struct buf *told)
{
	struct note note;
	while (read(from, &note, sizeof(note)) == sizeof(note))
		buf_add(told, &note, sizeof(note));
	close(from);
}

struct counted {
	int64_t instance;
	const char *state, *ledger;
	size_t log_entries;
};

static enum status count_act(struct call *c, const void *in, void *out_)
{
	struct counted *out = out_;
	struct process_row row = { 0 };
	struct variable_row *list = NULL;
	struct process_log_row *log = NULL;
	size_t n = 0;
	const int64_t *instance = in;
	enum status st = instance_get(c, *instance, &row);
	if (!st)
		st = variable_list(c, *instance, &list, &n);
	if (!st)
		st = log_list(c, *instance, 0, 10, &log, &out->log_entries);
	out->state = row.state;
	for (size_t i = 0; i < n; i++) {
		if (str_eq(list[i].name, "ledger"))
			out->ledger = list[i].value;
	}
	return st;
}

/* What was acknowledged is there; asked again, it is not done again; and it ends as it should. */
static void expect_kept(const char *url, const char *xml, int64_t round, const struct buf *told)
{
	assert_true(open_place(url, xml));
	size_t count = told->size / sizeof(struct note);
	for (size_t i = 0; i < count; i++) {
		struct note note;
		struct arena *SCOPED_ARENA a = arena_new();
		struct process_result out = { 0 };
		memcpy(&note, told->data + i * sizeof(note), sizeof(note));
		assert_int_equal(ask_start(call_for(a), round, note.n, &out), ST_OK);
		assert_int_equal(out.instance_id, note.instance);
		assert_int_equal(ask_complete(call_for(a), round, note.n, note.instance, &out),
				 ST_OK);
		assert_int_equal(out.number, 2);
	}
	for (int64_t done = 1; done;) {
		struct arena *SCOPED_ARENA a = arena_new();
		assert_int_equal(process_tick(call_for(a), &done), ST_OK);
	}
	for (size_t i = 0; i < count; i++) {
		struct note note;
		struct arena *SCOPED_ARENA a = arena_new();
		struct counted out = { 0 };
		memcpy(&note, told->data + i * sizeof(note), sizeof(note));
		assert_int_equal(db_read(call_for(a), place.db, count_act, &note.instance, &out,
					 sizeof(out)),
				 ST_OK);
		assert_string_equal(out.state, "completed");
		assert_string_equal(out.ledger, "1");
		assert_int_equal(out.log_entries, 3);
	}
	struct arena *SCOPED_ARENA a = arena_new();
	struct buf report = { .arena = a };
	int64_t bad = 0;
	assert_int_equal(process_check(call_for(a), &place, true, &report, &bad), ST_OK);
	if (bad)
		test_fail("%s", buf_text(&report));
	close_place();
}

TEST(without_power_at_any_write_no_command_is_lost_and_none_is_done_twice)
{
	const char *more = getenv("YONGYUN_CRASHES"), *xml = stamped();
	int rounds = more ? (int)strtol(more, NULL, 10) : 20;
	size_t acknowledged = 0;
	test_only(DB_SQLITE);
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
			vfs_forget_crash(1 + (int64_t)(dice[0] % 1500), after, dice[1]);
			work_for_ever(arena_printf(c->arena, "sqlite:%s/flow", before), xml,
				      ends[1], round);
		}
		close(ends[1]);
		collect(ends[0], &told);
		assert_int_equal(waitpid(child, &how, 0), child);
		assert_int_equal(how, 0);
		acknowledged += told.size / sizeof(struct note);
		expect_kept(arena_printf(c->arena, "sqlite:%s/flow", after), xml, round, &told);
	}
	assert_true(acknowledged > 0);
}

TEST(killed_at_twenty_moments_no_command_is_lost_and_none_is_done_twice)
{
	enum { KILLS = 20 };
	struct call *c = test_call();
	const char *url = test_db_url(), *xml = stamped();
	size_t acknowledged = 0;
	for (int round = 0; round < KILLS; round++) {
		struct buf told = { .arena = c->arena };
		uint16_t moment = 0;
		int ends[2], how;
		random_bytes(&moment, sizeof(moment));
		assert_int_equal(pipe(ends), 0);
		pid_t child = fork();
		if (child == 0)
			work_for_ever(url, xml, ends[1], round);
		close(ends[1]);
		/* Every second one is killed at work, the others maybe while they start. */
		struct pollfd first = { .fd = ends[0], .events = POLLIN };
		if (round % 2)
			assert_int_equal(poll(&first, 1, 60000), 1);
		usleep(30000 + 4u * moment);
		kill(child, SIGKILL);
		assert_int_equal(waitpid(child, &how, 0), child);
		assert_true(WIFSIGNALED(how) && WTERMSIG(how) == SIGKILL);
		collect(ends[0], &told);
		acknowledged += told.size / sizeof(struct note);
		expect_kept(url, xml, round, &told);
	}
	assert_true(acknowledged > 0);
}
