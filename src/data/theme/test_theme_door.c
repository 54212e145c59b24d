/* SPDX-License-Identifier: Apache-2.0 */
/* The base through the door: who sees what of whom, what the audit trail tells of it, and building from
 * batches. */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include "data/catalogue/test_catalogue.h"
#include "data/city/city.h"
#include "data/intake/intake.h"
#include "data/theme/theme_serve_private.h"
#include "door/house.h"
#include "door/jobs/jobs.h"

#if defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define SANITIZED true
#endif
#endif
#ifdef __SANITIZE_ADDRESS__
#define SANITIZED true
#endif
#ifndef SANITIZED
#define SANITIZED false
#endif

static struct config config;

static const char *make_city(void)
{
	const char *folder = text("%s/city", test_folder());
	struct city_options o = {
		.seed = 11, .grids = 1, .errors = 0, .gb18030 = -1, .threads = 1, .folder = folder
	};
	struct city_report r;

	if (city_write(test_call(), &o, &r))
		test_fail("%s", test_call()->problem);
	return folder;
}

/* A house whose store is the test's. */
static struct city house_with_store(void)
{
	struct city t = test_city();

	config = *t.house->config;
	config.theme.store = text("%s/store", test_folder());
	t.house->config = &config;
	return t;
}

static void build_store(const char *from)
{
	struct theme_ask ask = {
		.from = from, .store = config.theme.store, .quiet = true, .threads = 1
	};
	struct theme_counts n;
	FILE *none = fopen("/dev/null", "w");

	assert_non_null(none);
	if (theme_build(test_call(), &ask, none, &n))
		test_fail("%s", test_call()->problem);
	assert_int_equal(fclose(none), 0);
}

/* The cells of a file's row, from 1. */
static const char *const *row_of(const char *path, int row)
{
	char *line = arena_alloc(test_call()->arena, 4096);
	const char **cells = arena_array(test_call()->arena, 32, sizeof *cells);
	FILE *f = fopen(path, "r");

	assert_non_null(f);
	for (int i = 0; i <= row; i++)
		assert_non_null(fgets(line, 4096, f));
	assert_int_equal(fclose(f), 0);
	line[strcspn(line, "\r\n")] = '\0';
	for (int i = 0; i < 31 && line; i++) {
		cells[i] = line;
		line = strchr(line, ',');
		if (line)
			*line++ = '\0';
	}
	return cells;
}

static void say_whose(const struct city *t, const char *section, const char *resource)
{
	expect_status(ask(t->admin, "PUT", text("/api/v1/theme/resources/%s", section),
			  text("{\"resource_id\":\"%s\"}", resource)),
		      200);
}

static struct http_reply *look(const char *token, const char *more)
{
	return ask(token, "GET", text("/api/v1/theme/entities?purpose=verify&%s", more), NULL);
}

TEST(a_look_is_limited_masked_and_told_with_its_purpose)
{
	struct city t = house_with_store();
	const char *city = make_city(), *shared = "\"share_type\":\"unconditional\"";
	const char *body = resource_body("常住人口基本信息", ""), *at = strstr(body, shared);
	const char *id = publish(&t, text("%.*s\"share_type\":\"conditional\",\"share_condition\":"
					  "\"按需\"%s",
					  (int)(at - body), body, at + strlen(shared)));
	const char *const *cells = row_of(text("%s/GA01.csv", city), 1);

	expect_text(ask(t.wang, "GET", "/api/v1/theme", NULL), "\"linked\":0,\"built_at\":null");
	build_store(city);
	expect_text(ask(t.wang, "GET", "/api/v1/theme", NULL), "\"records\":3190");
	say_whose(&t, "GA01", id);
	const char *by_id = text("id=%s", cells[2]);
	struct http_reply *whole = look(t.wang, by_id), *masked = look(t.zhao, by_id);
	expect_status(whole, 200);
	expect_text(whole, text("\"name\":\"id\",\"value\":\"%s\"", cells[2]));
	expect_text(whole, text("\"name\":\"name\",\"value\":\"%s\"", cells[1]));
	expect_text(whole, cells[0]);
	expect_status(masked, 200);
	expect_text(masked,
		    text("\"name\":\"id\",\"value\":\"%.6s********%s\"", cells[2], cells[2] + 14));
	assert_null(strstr(buf_text(&masked->body), cells[2]));
	assert_null(strstr(buf_text(&masked->body), cells[1]));

	/* Without a purpose, without the right, with two questions at once: no answer. */
	expect_status(ask(t.wang, "GET", text("/api/v1/theme/entities?%s", by_id), NULL), 400);
	expect_status(look(t.clerk, by_id), 403);
	expect_status(look(t.wang, text("%s&name=x", by_id)), 400);
	expect_status(look(t.wang, "id=12"), 400);
	expect_status(look(t.wang, "id=330203190001010001"), 200);

	/* The trail has who looked at whom and why, and the refusal. */
	struct http_reply *trail = ask(t.admin, "GET", "/api/v1/audit?action=theme.look", NULL);
	expect_status(trail, 200);
	expect_text(trail, "\"purpose\":\"verify\"");
	expect_text(trail, cells[0]);
}

TEST(what_is_not_shared_is_not_seen_by_others)
{
	struct city t = house_with_store();
	const char *city = make_city(), *shared = "\"share_type\":\"unconditional\"";
	const char *mode = "\"share_mode\":\"platform-database\",";
	const char *class = "\"class_code\":\"101001\"";
	const char *body = resource_body("党员信息", ""), *at = strstr(body, shared);
	const char *rest = at + strlen(shared) + 1;

	/* 不予共享 has a basis and no mode, and is no 基础信息资源. */
	assert_true(str_starts(rest, mode));
	body = text(
		"{\"class_code\":\"307001\"%.*s\"share_type\":\"none\",\"share_basis\":\"《条例》"
		"第三条\",%s",
		(int)(at - body - 1 - (ptrdiff_t)strlen(class)), body + 1 + strlen(class),
		rest + strlen(mode));
	const char *id = publish(&t, body);
	const char *const *cells = row_of(text("%s/ZZ01.csv", city), 1);
	build_store(city);
	say_whose(&t, "ZZ01", id);
	struct http_reply *own = look(t.wang, text("id=%s", cells[2]));
	struct http_reply *other = look(t.zhao, text("id=%s", cells[2]));
	expect_text(own, cells[0]);
	expect_status(other, 200);
	assert_null(strstr(buf_text(&other->body), "ZZ01"));
}

static void hand_in(struct house *h, const char *resource, const char *path)
{
	struct call *c = test_call();
	struct intake_batch b = { 0 };

	c->house = h;
	if (intake_hand_in(c, resource, path, "test", &b) || intake_run(c, b.id))
		test_fail("%s", c->problem);
}

/* From batches to the base, by a child process, as a job. */
TEST(a_base_is_built_from_the_newest_batches)
{
	struct city t = house_with_store();
	const char *city = make_city();
	const char *const *heading = row_of(text("%s/GA01.csv", city), 0);
	struct buf items = { .arena = test_call()->arena };
	struct call *c = test_call();
	char self[512];
	ssize_t n = readlink("/proc/self/exe", self, sizeof self - 1);

	assert_true(n > 0);
	self[n] = '\0';
	*(strrchr(self, '/') + 1) = '\0';
	const char *program = text("%syongyun", self);
	/* A limit of memory leaves no room for a sanitizer's own maps. */
	if (SANITIZED)
		test_skip("the program is built with a sanitizer");
	if (access(program, X_OK))
		test_skip("the program is not built beside the tests");
	theme_program = program;
	for (int i = 0; i < 15; i++)
		buf_printf(&items, "%s{\"name\":\"%s\",\"type\":\"C\",\"length\":200}",
			   i ? "," : "", heading[i]);
	const char *body = resource_body("常住人口信息", "");
	const char *from = strstr(body, "\"items\":[");
	const char *id = publish(&t, text("%.*s\"items\":[%s]}", (int)(from - body), body,
					  buf_text(&items)));
	say_whose(&t, "GA01", id);
	c->house = t.house;

	/* Without a batch the build fails and says so. */
	const char *run = member(ask(t.admin, "POST", "/api/v1/theme/runs", NULL), "id");
	struct job j = { .kind = THEME_JOB,
			 .subject = run,
			 .payload = "{}",
			 .attempt = 1,
			 .deadline_at = INT64_MAX };
	assert_int_equal(theme_job(c, &j), ST_OK);
	expect_text(ask(t.admin, "GET", text("/api/v1/theme/runs/%s", run), NULL),
		    "no batch of any resource");

	hand_in(t.house, id, text("%s/GA01.csv", city));
	run = member(ask(t.admin, "POST", "/api/v1/theme/runs", NULL), "id");
	j.subject = run;
	call_forgive(c);
	assert_int_equal(theme_job(c, &j), ST_OK);
	struct http_reply *r = ask(t.admin, "GET", text("/api/v1/theme/runs/%s", run), NULL);
	expect_text(r, "\"state\":\"done\"");
	expect_text(r, "\"records\":484");
	expect_text(ask(t.admin, "GET", "/api/v1/theme/runs", NULL),
		    text("{\"runs\":[{\"id\":\"%s\",\"state\":\"done\"", run));
	expect_status(ask(t.wang, "GET", "/api/v1/theme/runs", NULL), 403);
	const char *const *cells = row_of(text("%s/GA01.csv", city), 5);
	expect_text(look(t.wang, text("id=%s", cells[2])), cells[0]);
	theme_program = "/proc/self/exe";
}
