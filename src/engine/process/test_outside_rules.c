/* SPDX-License-Identifier: Apache-2.0 */
/* Requests of service tasks: what the configuration and models may say, and jobs from before there were any. */
#include <arpa/inet.h>
#include <stdio.h>
#include <sys/stat.h>
#include "db/schema.h"
#include "engine/process/process_request.h"
#include "test_process.h"

#define P "/api/v1/process"

static const char *service(const char *attributes)
{
	return process_of(
		"asks", NULL,
		say("<startEvent id=\"s\"><outgoing>f1</outgoing></startEvent>"
		    "<serviceTask id=\"work\" %s><incoming>f1</incoming><outgoing>f2</outgoing>"
		    "</serviceTask><endEvent id=\"e\"><incoming>f2</incoming></endEvent>"
		    "<sequenceFlow id=\"f1\" sourceRef=\"s\" targetRef=\"work\"/>"
		    "<sequenceFlow id=\"f2\" sourceRef=\"work\" targetRef=\"e\"/>",
		    attributes));
}

static enum status row_act(struct call *c, const void *in, void *out)
{
	enum status st = job_read(c, *(const int64_t *)in, 3, out);
	return st == ST_NOT_FOUND ? ST_OK : st;
}

/* --- a database of before --- */

#define BEFORE(name_, sql_) static const struct db_stmt name_ = { #name_, sql_ }
BEFORE(model_before, "insert into process_model (domain_id, kind, digest, name, xml, created_at)"
		     " values ('', 'bpmn', 'd', 'n', $1, 1)");
BEFORE(definition_before,
       "insert into process_definition (model_id, domain_id, kind, key, version,"
       " name, state, created_at) select id, '', 'bpmn', 'k', 1, 'n', 'active', 1"
       " from process_model");
BEFORE(instance_before, "insert into process_instance (definition_id, domain_id, state, started_at,"
			" number, hash, body) select id, '', 'running', 1, 1, 'h', '{}'"
			" from process_definition");
BEFORE(job_before, "insert into process_job (instance_id, execution, kind, node, topic, domain_id,"
		   " attempt, retries, pause, due_at, holder, why, created_at)"
		   " select id, 3, 'worker', 'n', 't', 'd', 1, 2, 3, 4, 'h', 'w', 5"
		   " from process_instance");

static enum status before_act(struct call *c, const void *in, void *out)
{
	(void)in;
	(void)out;
	enum status st = db_do(c, &model_before, NULL, DB_ARGS(DB_BYTES("x", 1)));
	if (!st)
		st = db_do(c, &definition_before, NULL, DB_NO_ARGS);
	if (!st)
		st = db_do(c, &instance_before, NULL, DB_NO_ARGS);
	return st ? st : db_do(c, &job_before, NULL, DB_NO_ARGS);
}

TEST(jobs_from_before_there_were_requests_are_kept)
{
	const struct schema_file *old[16] = { NULL }, *const *all = test_schema();
	for (size_t i = 0; all[i]; i++) {
		struct schema_file *some = arena_array(test_call()->arena, 32, sizeof(*some));
		size_t n = 0;
		for (const struct schema_file *f = all[i]; f->name; f++) {
			if (!str_starts(f->name, "0005_requests"))
				some[n++] = *f;
		}
		old[i] = some;
	}
	struct house place = { .db = test_db_with(old) };
	struct call *c = test_clerk(test_call()->arena, &place);
	struct process_job_row row = { 0 };
	int64_t id = 1;
	assert_int_equal(db_write(c, place.db, before_act, NULL, NULL, 0), ST_OK);
	assert_int_equal(schema_apply(c, place.db, all), ST_OK);
	assert_int_equal(db_read(c, place.db, row_act, &id, &row, sizeof(row)), ST_OK);
	assert_string_equal(row.kind, "worker");
	assert_string_equal(row.why, "w");
	assert_int_equal(row.attempt * 1000 + row.retries * 100 + row.pause * 10 + row.due_at,
			 1234);
}

static const char *credentials_file(const char *text, mode_t mode)
{
	const char *path = say("%s/credentials", test_folder());
	FILE *f = fopen(path, "w");
	assert_non_null(f);
	fputs(text, f);
	fclose(f);
	assert_int_equal(chmod(path, mode), 0);
	return path;
}

static void refused(const char *hosts, const char *file, const char *says)
{
	struct arena *SCOPED_ARENA a = arena_new();
	struct call *c = call_new(a, NULL);
	assert_int_equal(outside_open(c, hosts, file, NULL), ST_BAD_INPUT);
	if (!strstr(c->problem, says) || strstr(c->problem, "s3cret"))
		test_fail("'%s' has no '%s', or tells a secret", c->problem, says);
}

TEST(a_configuration_that_will_not_do_is_refused_by_key_and_rule)
{
	refused("ftp://a", NULL, "process.hosts: 'ftp://a' is not of http:// or https://");
	refused("https://a/path", NULL, "has more than a scheme, a host and a port");
	refused("a.example", NULL, "process.hosts: 'a.example' is no URL");
	refused("https://u:p@a", NULL, "has a user in it");
	refused("http:/a s3", NULL, "process.hosts: 's3' is no URL");
	const char *x = credentials_file("tax https://a Authorization: x\n", 0604);
	refused("https://a", x, "everyone may read it");
	x = credentials_file("\ntax https://a s3cret\n", 0600);
	refused("https://a", x, "line 2 is not NAME https://HOST Header: value");
	x = credentials_file("tax X-Key:s3cret https://a\n", 0600);
	refused("https://a", x, "the host of line 1 is no URL");
	x = credentials_file("tax https://a/s3cret X: y\n", 0600);
	refused("https://a", x, "the host of line 1 has more than a scheme");
	x = credentials_file("tax https://b X: s3cret\n", 0600);
	refused("https://a", x, "line 1 is for a host that process.hosts lacks");
	refused("https://a", "/nowhere", "/nowhere cannot be read");
}

TEST(addresses_of_this_machine_and_its_link_are_known_however_they_are_written)
{
	static const struct {
		const char *address;
		bool is_near, loops;
	} cases[] = {
		{ "127.0.0.1", true, true },
		{ "127.8.9.10", true, true },
		{ "0.0.0.0", true, false },
		{ "169.254.169.254", true, false },
		{ "224.0.0.1", true, false },
		{ "10.1.2.3", false, false },
		{ "192.0.2.1", false, false },
		{ "::1", true, true },
		{ "::", true, false },
		{ "::ffff:127.0.0.1", true, true },
		{ "::127.0.0.1", true, true },
		{ "::ffff:169.254.169.254", true, false },
		{ "::ffff:10.1.2.3", false, false },
		{ "fe80::1", true, false },
		{ "ff02::1", true, false },
		{ "2001:db8::1", false, false },
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct sockaddr_in four = { .sin_family = AF_INET };
		struct sockaddr_in6 six = { .sin6_family = AF_INET6 };
		bool loops = false, is6 = strchr(cases[i].address, ':') != NULL;
		void *bytes = is6 ? (void *)&six.sin6_addr : (void *)&four.sin_addr;
		const void *sa = is6 ? (const void *)&six : (const void *)&four;
		assert_int_equal(inet_pton(is6 ? AF_INET6 : AF_INET, cases[i].address, bytes), 1);
		if (outside_is_near(sa, &loops) != cases[i].is_near || loops != cases[i].loops)
			test_fail("%s", cases[i].address);
	}
}

TEST(what_a_model_says_of_a_request_is_judged_at_deployment)
{
	static const char *const cases[][2] = {
		{ "flow:url=\"ftp://a/\"", "flow:url is not of http:// or https://" },
		{ "flow:url=\"http://a/#x\"", "flow:url has a fragment" },
		{ "flow:url=\"=1 +\"", "flow:url" },
		{ "flow:url=\"http://a/\" flow:act=\"x\"", "exclude each other" },
		{ "flow:url=\"http://a/\" flow:method=\"TRACE\"", "flow:method is GET, POST" },
		{ "flow:url=\"http://a/\" flow:body=\"x\"", "flow:body: an expression begins" },
		{ "flow:url=\"http://a/\" flow:method=\"GET\" flow:body=\"=1\"",
		  "a GET has no flow:body" },
		{ "flow:url=\"http://a/\" flow:timeout=\"61\"", "flow:timeout is from 1 to 60" },
		{ "flow:url=\"http://a/\" flow:errors=\"200:X\"", "flow:errors has '200:X'" },
		{ "flow:worker=\"x\" flow:headers=\"={}\"", "flow:headers goes with flow:url" },
	};
	struct hall t = test_hall();
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct http_reply *r =
			ask(t.chief, "POST", P "/definitions?dry_run=true", service(cases[i][0]));
		expect_text(r, "\"valid\":false");
		expect_text(r, "\"rule\":\"EXT.flow\"");
		expect_text(r, cases[i][1]);
	}
}
