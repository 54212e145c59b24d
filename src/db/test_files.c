/* SPDX-License-Identifier: Apache-2.0 */
/* The file store: bytes taken whole or not at all, counted, swept, and looked through for damage. */
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>
#include "base/clock.h"
#include "base/id.h"
#include "base/text.h"
#include "db/files.h"
#include "harness.h"

extern const struct schema_file db_schema[];
static const struct schema_file *const schema[] = { db_schema, NULL };

/* SHA-256, SHA-512 and MD5 of "abc": FIPS 180-2 appendix B and C, RFC 1321 appendix A.5. */
static const char abc_sha256[] = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
static const char abc_sha512[] = "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a"
				 "2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f";
static const char abc_md5[] = "900150983cd24fb0d6963f7d28e17f72";

static void close_files(void *f)
{
	files_close(f);
}

static struct files *open_store(struct call *c)
{
	char why[512];
	struct files *f = files_open(test_folder(), why);

	assert_non_null(f);
	arena_defer(c->arena, close_files, f);
	return f;
}

static void write_file(const char *path, const char *text)
{
	FILE *out = fopen(path, "w");
	assert_non_null(out);
	fputs(text, out);
	assert_int_equal(fclose(out), 0);
}

static struct file_facts take_text(struct call *c, struct files *f, const char *text)
{
	struct file_facts facts;
	const char *path = files_temporary(c, f);

	assert_non_null(path);
	write_file(path, text);
	assert_int_equal(files_take(c, f, path, 0, &facts), ST_OK);
	assert_int_not_equal(access(path, F_OK), 0);
	return facts;
}

static enum status ref(struct call *c, const void *in, void *out)
{
	(void)out;
	return file_ref(c, in);
}

static enum status drop(struct call *c, const void *in, void *out)
{
	(void)out;
	return file_drop(c, in);
}

/* Makes everything in the store as old as the sweep wants it. */
static void let_age(struct call *c, struct files *f, const char *sha256)
{
	struct timespec old[2] = { { .tv_sec = 1000000 }, { .tv_sec = 1000000 } };
	assert_int_equal(utimensat(AT_FDCWD, files_path(c, f, sha256), old, 0), 0);
}

TEST(a_taken_file_has_the_name_of_its_bytes)
{
	struct call *c = test_call();
	struct files *f = open_store(c);
	struct file_facts facts = take_text(c, f, "abc");

	assert_string_equal(facts.sha256, abc_sha256);
	assert_string_equal(facts.sha512, abc_sha512);
	assert_string_equal(facts.md5, abc_md5);
	assert_int_equal(facts.size, 3);
	assert_int_equal(access(files_path(c, f, abc_sha256), R_OK), 0);
	take_text(c, f, "abc");
	assert_int_equal(access(files_path(c, f, abc_sha256), R_OK), 0);
}

TEST(a_file_from_another_file_system_is_copied)
{
	struct call *c = test_call();
	struct files *f = open_store(c);
	struct file_facts facts;
	char path[] = "/dev/shm/yongyun-test-XXXXXX";
	int fd = mkstemp(path);

	if (fd < 0)
		test_skip("there is no /dev/shm");
	assert_int_equal(write(fd, "abc", 3), 3);
	close(fd);
	assert_int_equal(files_take(c, f, path, 0, &facts), ST_OK);
	assert_string_equal(facts.sha256, abc_sha256);
	assert_int_not_equal(access(path, F_OK), 0);
	assert_int_equal(access(files_path(c, f, abc_sha256), R_OK), 0);
}

TEST(a_file_over_the_bound_is_refused_and_gone)
{
	struct call *c = test_call();
	struct files *f = open_store(c);
	struct file_facts facts = { .size = -1 };
	const char *path = files_temporary(c, f);

	write_file(path, "abcd");
	assert_int_equal(files_take(c, f, path, 3, &facts), ST_TOO_LARGE);
	assert_int_equal(facts.size, -1);
	assert_int_not_equal(access(path, F_OK), 0);
}

TEST(what_is_no_regular_file_is_not_taken)
{
	struct call *c = test_call();
	struct files *f = open_store(c);
	struct file_facts facts;
	const char *folder = test_folder();
	const char *link = arena_printf(c->arena, "%s/link", folder);
	const char *pipe = arena_printf(c->arena, "%s/pipe", folder);

	assert_int_equal(symlink("/etc/passwd", link), 0);
	assert_int_equal(files_take(c, f, link, 0, &facts), ST_BAD_INPUT);
	assert_int_equal(mkfifo(pipe, 0600), 0);
	assert_int_equal(files_take(test_call(), f, pipe, 0, &facts), ST_BAD_INPUT);
	assert_int_equal(files_take(test_call(), f, folder, 0, &facts), ST_BAD_INPUT);
	assert_int_equal(files_take(test_call(), f, "/nowhere/at/all", 0, &facts), ST_BAD_INPUT);
}

TEST(bytes_stay_until_the_last_reference_is_dropped_and_they_are_old)
{
	struct call *c = test_call();
	struct files *f = open_store(c);
	struct db *db = test_db_with(schema);
	struct file_facts facts = take_text(c, f, "abc");
	int64_t removed = -1;

	assert_int_equal(db_write(c, db, ref, &facts, NULL, 0), ST_OK);
	assert_int_equal(db_write(c, db, ref, &facts, NULL, 0), ST_OK);
	let_age(c, f, abc_sha256);
	assert_int_equal(files_sweep(c, f, db, CLOCK_SECOND, &removed), ST_OK);
	assert_int_equal(removed, 0);

	assert_int_equal(db_write(c, db, drop, abc_sha256, NULL, 0), ST_OK);
	assert_int_equal(files_sweep(c, f, db, CLOCK_SECOND, &removed), ST_OK);
	assert_int_equal(removed, 0);

	assert_int_equal(db_write(c, db, drop, abc_sha256, NULL, 0), ST_OK);
	assert_int_equal(db_write(c, db, drop, abc_sha256, NULL, 0), ST_NOT_FOUND);
	/* Taken again: young, although nobody refers to it yet. */
	take_text(c, f, "abc");
	assert_int_equal(files_sweep(c, f, db, 3600 * CLOCK_SECOND, &removed), ST_OK);
	assert_int_equal(removed, 0);

	let_age(c, f, abc_sha256);
	assert_int_equal(files_sweep(c, f, db, 3600 * CLOCK_SECOND, &removed), ST_OK);
	assert_int_equal(removed, 1);
	assert_int_not_equal(access(files_path(c, f, abc_sha256), F_OK), 0);
}

TEST(the_sweep_removes_forgotten_temporaries)
{
	struct call *c = test_call();
	struct files *f = open_store(c);
	struct db *db = test_db_with(schema);
	const char *path = files_temporary(c, f);
	struct timespec old[2] = { { .tv_sec = 1000000 }, { .tv_sec = 1000000 } };
	int64_t removed = -1;

	assert_int_equal(utimensat(AT_FDCWD, path, old, 0), 0);
	const char *young = files_temporary(c, f);
	assert_int_equal(files_sweep(c, f, db, 3600 * CLOCK_SECOND, &removed), ST_OK);
	assert_int_equal(removed, 1);
	assert_int_equal(access(young, F_OK), 0);
}

static int64_t scrub(struct files *f, struct db *db, struct buf *report)
{
	struct call *c = test_call();
	int64_t bad = -1;

	*report = (struct buf){ .arena = c->arena };
	assert_int_equal(files_scrub(c, f, db, report, &bad), ST_OK);
	return bad;
}

TEST(the_scrub_finds_what_is_missing_damaged_and_miscounted)
{
	static const struct db_stmt rule = { "rule",
					     "select f as sha256, count(*) as refs from holder"
					     " where f > $1 and f < $2 group by f" };
	static const struct db_stmt hold = { "hold", "insert into holder (f) values ($1)" };
	static const struct schema_file holder[] = {
		{ "test", "0001_holder", "create table holder (f text not null) @STRICT" }, { 0 }
	};
	struct call *c = test_call();
	struct files *f = open_store(c);
	struct db *db =
		test_db_with((const struct schema_file *const[]){ db_schema, holder, NULL });
	struct file_facts abc = take_text(c, f, "abc"), xyz = take_text(c, f, "xyz");
	struct buf report;
	char line[200];

	(void)hold;
	assert_int_equal(db_write(c, db, ref, &abc, NULL, 0), ST_OK);
	assert_int_equal(db_write(c, db, ref, &xyz, NULL, 0), ST_OK);
	assert_int_equal(scrub(f, db, &report), 0);

	files_count_by(f, &rule);
	assert_int_equal(scrub(f, db, &report), 2);
	snprintf(line, sizeof(line), "wrongly counted %s: 0 refer to it, 1 are counted\n",
		 abc.sha256);
	assert_non_null(strstr(buf_text(&report), line));

	assert_int_equal(unlink(files_path(c, f, abc.sha256)), 0);
	write_file(files_path(c, f, xyz.sha256), "xyq");
	assert_int_equal(scrub(f, db, &report), 4);
	snprintf(line, sizeof(line), "missing %s: 1 refer to it\n", abc.sha256);
	assert_non_null(strstr(buf_text(&report), line));
	snprintf(line, sizeof(line), "damaged %s: its 3 bytes have", xyz.sha256);
	assert_non_null(strstr(buf_text(&report), line));
}

/* Takes files and refers to them until it is killed; each reference that is durable is told. */
static void take_for_ever(const char *url, const char *folder, int told)
{
	char why[512], text[40];
	struct db *db = db_open(url, 2, why);
	struct files *f = files_open(folder, why);

	if (!db || !f)
		_exit(1);
	for (int i = 0;; i++) {
		SCOPED_ARENA struct arena *a = arena_new();
		struct call *c = test_call_in(a);
		struct file_facts facts;
		const char *path = files_temporary(c, f);
		snprintf(text, sizeof(text), "%d of %d", i, getpid());
		FILE *out = fopen(path, "w");
		fputs(text, out);
		fclose(out);
		if (files_take(c, f, path, 0, &facts) || db_write(c, db, ref, &facts, NULL, 0) ||
		    write(told, facts.sha256, 64) != 64)
			_exit(1);
	}
}

TEST(killed_at_any_moment_the_store_keeps_what_it_told)
{
	const char *url = test_db_url(), *folder = test_folder();
	char why[512], name[65] = "";
	struct db *db = db_open(url, 2, why);
	struct call *c = test_call();

	assert_non_null(db);
	assert_int_equal(schema_apply(c, db, schema), ST_OK);
	db_close(db);
	struct buf told = { .arena = c->arena };
	for (int round = 0; round < 10; round++) {
		int ends[2], how;
		assert_int_equal(pipe(ends), 0);
		pid_t child = fork();
		if (child == 0)
			take_for_ever(url, folder, ends[1]);
		close(ends[1]);
		/* Every other one while it starts, however long that takes on a busy machine. */
		if (round % 2 && read(ends[0], name, 64) == 64)
			buf_add(&told, name, 64);
		usleep((useconds_t)(20000 + 7919 * round));
		kill(child, SIGKILL);
		assert_int_equal(waitpid(child, &how, 0), child);
		assert_true(WIFSIGNALED(how) && WTERMSIG(how) == SIGKILL);
		while (read(ends[0], name, 64) == 64)
			buf_add(&told, name, 64);
		close(ends[0]);
	}
	assert_true(told.size >= 64);

	struct files *f = files_open(folder, why);
	db = db_open(url, 2, why);
	assert_true(f && db);
	for (size_t at = 0; at < told.size; at += 64)
		assert_int_equal(
			access(files_path(c, f, arena_strndup(c->arena, told.data + at, 64)), R_OK),
			0);
	struct buf report;
	int64_t bad = scrub(f, db, &report);
	if (bad)
		test_fail("%s", buf_text(&report));
	files_close(f);
	db_close(db);
}
