/* SPDX-License-Identifier: Apache-2.0 */
/* Batches through the door: handing in, checking, seeing, and what a kill leaves. */
#include <signal.h>
#include <stdio.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>
#include "data/catalogue/test_catalogue.h"
#include "data/intake/intake_private.h"
#include "door/house.h"

static const char *write_file(const char *name, const char *text)
{
	const char *path = arena_printf(test_call()->arena, "%s/%s", test_folder(), name);
	FILE *f = fopen(path, "w");

	assert_non_null(f);
	assert_true(fputs(text, f) >= 0);
	assert_int_equal(fclose(f), 0);
	return path;
}

/* As nginx gives an upload: the body stands in a file. */
static struct http_reply *upload(struct house *h, const char *token, const char *id,
				 const char *bytes)
{
	struct call *c = test_call();
	struct http_reply *rp = arena_alloc(c->arena, sizeof *rp);
	struct http_header headers[] = { { "Content-Type", "text/csv" },
					 { "X-Auth-Token", token } };
	struct http_request rq = { .method = "POST",
				   .path = text("/api/v1/intake/resources/%s/batches", id),
				   .query = "name=people.csv",
				   .headers = headers,
				   .header_count = 2,
				   .body = "",
				   .upload = { .path = write_file("upload", bytes),
					       .media_type = "text/csv" } };
	c->from = "192.0.2.1";
	c->base_url = "http://cloud.example";
	http_serve(c, h, &rq, rp);
	return rp;
}

static void run(struct house *h, const char *batch)
{
	struct call *c = test_call();

	c->house = h;
	if (intake_run(c, batch))
		test_fail("%s", c->problem);
}

static const char good[] = "姓名,csrq\n张三,1949/12/31\n李四,1950-02-30\n";

TEST(a_table_is_handed_in_checked_and_seen_by_its_department_alone)
{
	struct city t = test_city();
	const char *id = publish(&t, resource_body("常住人口基本信息", ""));
	struct http_reply *r = upload(t.house, t.wang, id, good);

	expect_status(r, 202);
	expect_text(r, "\"state\":\"waiting\"");
	const char *batch = member(r, "id");
	run(t.house, batch);
	run(t.house, batch); /* again: nothing happens */
	r = ask(t.li, "GET", text("/api/v1/intake/batches/%s", batch), NULL);
	expect_status(r, 200);
	expect_text(r, "\"state\":\"taken\"");
	expect_text(r, "\"rows\":2,\"accepted\":1,\"rejected\":1");
	expect_text(r, "\"validity\":0.5");

	/* Another department has neither the resource's batches nor the right to hand in. */
	expect_status(ask(t.zhao, "GET", text("/api/v1/intake/batches/%s", batch), NULL), 404);
	expect_status(upload(t.house, t.zhao, id, good), 403);
	expect_status(ask(t.clerk, "GET", "/api/v1/intake/batches", NULL), 403);

	/* Whoever looks at rows of persons says why, and it is kept. */
	r = ask(t.wang, "GET", text("/api/v1/intake/batches/%s/rejected", batch), NULL);
	expect_status(r, 400);
	expect_text(r, "purpose");
	r = ask(t.wang, "GET",
		text("/api/v1/intake/batches/%s/rejected?purpose=%%E6%%A0%%A1%%E6%%A0%%B8", batch),
		NULL);
	expect_status(r, 200);
	assert_non_null(strstr(reply_header(r, "X-Accel-Redirect"), "/-files/"));
	expect_status(upload(t.house, t.wang, id, good), 409);
}

TEST(a_broken_table_is_refused_and_the_one_before_stands)
{
	struct city t = test_city();
	const char *id = publish(&t, resource_body("常住人口基本信息", ""));
	const char *first = member(upload(t.house, t.wang, id, good), "id");

	run(t.house, first);
	struct http_reply *r = upload(t.house, t.wang, id, "姓名,xb\n张三,1\n");
	expect_status(r, 202);
	const char *second = member(r, "id");
	run(t.house, second);
	r = ask(t.wang, "GET", text("/api/v1/intake/batches/%s", second), NULL);
	expect_text(r, "\"state\":\"refused\"");
	expect_text(r, "the column xb is no item of the resource");
	r = ask(t.wang, "GET", text("/api/v1/intake/batches?resource_id=%s&limit=1", id), NULL);
	expect_text(r, second);
	r = ask(t.wang, "GET",
		text("/api/v1/intake/batches?resource_id=%s&limit=1&marker=%s", id, second), NULL);
	expect_text(r, first);
	/* What the city reads cannot be removed; what was refused can. */
	r = ask(t.wang, "DELETE", text("/api/v1/intake/batches/%s", first), NULL);
	expect_status(r, 409);
	expect_status(ask(t.wang, "DELETE", text("/api/v1/intake/batches/%s", second), NULL), 204);
}

TEST(stewards_rules_stand_over_the_catalogue)
{
	struct city t = test_city();
	const char *id = publish(&t, resource_body("常住人口基本信息", ""));
	const char *path = text("/api/v1/intake/resources/%s/rules", id);
	struct http_reply *r = ask(t.wang, "PUT", path, "{\"rules\":\"年龄 = integer\"}");

	expect_status(r, 400);
	expect_text(r, "年龄");
	expect_status(ask(t.wang, "PUT", path, "{\"rules\":\"姓名 = name\"}"), 400);
	expect_status(ask(t.zhao, "PUT", path, "{\"rules\":\"\"}"), 403);
	expect_status(ask(t.wang, "PUT", path, "{\"rules\":\"出生日期 = date keep\"}"), 200);
	expect_text(ask(t.li, "GET", path, NULL), "date keep");
	const char *batch = member(upload(t.house, t.wang, id, good), "id");
	run(t.house, batch);
	expect_text(ask(t.wang, "GET", text("/api/v1/intake/batches/%s", batch), NULL),
		    "\"accepted\":2,\"rejected\":0");
}

TEST(the_drop_folder_is_emptied_once)
{
	struct city t = test_city();
	const char *id = publish(&t, resource_body("常住人口基本信息", ""));
	struct call *c = test_call();
	const char *code = member(
		ask(t.wang, "GET", text("/api/v1/catalogue/resources/%s", id), NULL), "code");
	char *folder = arena_strdup(c->arena, code);
	struct config config = *t.house->config;
	const struct timeval old[2] = { { .tv_sec = 1000 }, { .tv_sec = 1000 } };

	*strrchr(folder, '/') = '-';
	config.intake.drop = test_folder();
	t.house->config = &config;
	const char *place = text("%s/%s", config.intake.drop, folder);
	assert_int_equal(mkdir(place, 0700), 0);
	const char *file = text("%s/people.csv", place), *fresh = text("%s/fresh.csv", place);
	assert_int_equal(rename(write_file("one", good), file), 0);
	assert_int_equal(rename(write_file("two", good), fresh), 0);
	assert_int_equal(utimes(file, old), 0);
	c->house = t.house;
	assert_int_equal(intake_drop(c), ST_OK);
	assert_int_not_equal(access(file, F_OK), 0);
	assert_int_equal(access(fresh, F_OK), 0); /* somebody may still write to it */
	/* As if killed between commit and unlink: the same bytes make no second batch. */
	assert_int_equal(utimes(fresh, old), 0);
	assert_int_equal(intake_drop(c), ST_OK);
	assert_int_not_equal(access(fresh, F_OK), 0);
	struct http_reply *r = ask(t.wang, "GET", "/api/v1/intake/batches", NULL);
	expect_text(r, "\"handed_by\":\"drop\"");
	assert_null(strstr(buf_text(&r->body), "\"number\":2"));
	/* What cannot be handed in is put aside. */
	assert_int_equal(mkdir(text("%s/101001-99", config.intake.drop), 0700), 0);
	const char *odd = text("%s/101001-99/x.csv", config.intake.drop);
	assert_int_equal(rename(write_file("three", good), odd), 0);
	assert_int_equal(utimes(odd, old), 0);
	assert_int_equal(intake_drop(c), ST_OK);
	assert_int_equal(access(text("%s.refused", odd), F_OK), 0);
}

TEST(what_the_store_has_no_room_for_stays_in_the_drop_folder)
{
	struct city t = test_city();
	struct config config = *t.house->config;
	struct timeval old[2] = { { .tv_sec = 1000000000 }, { .tv_sec = 1000000000 } };
	struct rlimit before, none;
	struct call *c = test_call();

	config.intake.drop = test_folder();
	t.house->config = &config;
	assert_int_equal(mkdir(text("%s/101001-1", config.intake.drop), 0700), 0);
	const char *file = text("%s/101001-1/people.csv", config.intake.drop);
	assert_int_equal(rename(write_file("one", good), file), 0);
	assert_int_equal(utimes(file, old), 0);
	c->house = t.house;
	assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
	none = (struct rlimit){ 0, before.rlim_max };
	void (*was)(int) = signal(SIGXFSZ, SIG_IGN);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &none), 0);
	enum status st = intake_drop(c);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);
	assert_true(signal(SIGXFSZ, was) == SIG_IGN);
	assert_int_equal(st, ST_OK);
	assert_int_equal(access(file, F_OK), 0);
	assert_int_not_equal(access(text("%s.refused", file), F_OK), 0);
	/* With room again it is looked at, and refused for what it is: a resource that is not there. */
	assert_int_equal(intake_drop(c), ST_OK);
	assert_int_equal(access(text("%s.refused", file), F_OK), 0);
}

/* Whoever is killed while a batch is checked leaves it waiting; the next run makes it whole, and the file
 * store holds what is counted. */
TEST(a_batch_is_whole_or_waits_whenever_it_is_killed)
{
	test_only(DB_SQLITE);
	struct city t = test_city();
	const char *id = publish(&t, resource_body("常住人口基本信息", ""));
	struct buf b = { .arena = test_call()->arena };

	buf_str(&b, "姓名,csrq\n");
	for (int i = 0; i < 200000; i++)
		buf_printf(&b, "n%d,2001-01-%02d\n", i, i % 28 + 1);
	const char *batch = member(upload(t.house, t.wang, id, buf_text(&b)), "id");
	int killed = 0;
	for (unsigned after = 500; after < 1000000; after *= 2) {
		pid_t child = fork();
		assert_true(child >= 0);
		if (!child) {
			/* The parent's threads do not live on here: a connection of its own. */
			char why[512];
			struct house own = *t.house;
			struct call *c = call_new(test_call()->arena, NULL);
			own.db = db_open(db_name(t.house->db), 1, why);
			c->house = &own;
			if (own.db && intake_run(c, batch))
				_exit(1);
			_exit(0);
		}
		assert_int_equal(usleep(after), 0);
		assert_int_equal(kill(child, SIGKILL), 0);
		assert_int_equal(waitpid(child, NULL, 0), child);
		struct http_reply *r =
			ask(t.wang, "GET", text("/api/v1/intake/batches/%s", batch), NULL);
		if (!strstr(buf_text(&r->body), "\"state\":\"waiting\""))
			expect_text(r, "\"accepted\":200000,\"rejected\":0");
		else
			killed++;
	}
	assert_true(killed > 0);
	run(t.house, batch);
	expect_text(ask(t.wang, "GET", text("/api/v1/intake/batches/%s", batch), NULL),
		    "\"accepted\":200000,\"rejected\":0");
	struct buf report = { .arena = test_call()->arena };
	int64_t bad = 0;
	assert_int_equal(files_scrub(test_call(), t.house->files, t.house->db, &report, &bad),
			 ST_OK);
	if (bad)
		test_fail("%s", buf_text(&report));
}
