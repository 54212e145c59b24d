/* SPDX-License-Identifier: Apache-2.0 */
/* Requests of service tasks, against a server of HTTP on this machine that answers as it is told. */
#include <arpa/inet.h>
#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>
#include "engine/process/process_request.h"
#include "test_process.h"

#define P "/api/v1/process"

/* --- the server --- */

enum manner { ANSWERS, CUTS_OFF, NEVER_ANSWERS, IS_HUGE, DRIPS };

static struct {
	pthread_t thread;
	int socket, port;
	_Atomic(const char *) answer; /* status line, headers and body */
	atomic_int manner, asked;
	atomic_bool ends;
	char seen[16][8192]; /* what was asked, newest last */
} server;

static void read_all(int fd, char *into, size_t room)
{
	size_t n = 0;
	ssize_t got;
	const char *head = NULL, *length;
	while (n + 1 < room && (got = read(fd, into + n, room - 1 - n)) > 0) {
		n += (size_t)got;
		into[n] = '\0';
		head = strstr(into, "\r\n\r\n");
		length = strstr(into, "Content-Length: ");
		if (head &&
		    n >= (size_t)(head + 4 - into) + (length ? strtoul(length + 16, NULL, 10) : 0))
			return;
	}
}

static void write_all(int fd, const char *text)
{
	size_t size = strlen(text);
	while (size) {
		ssize_t put = send(fd, text, size, MSG_NOSIGNAL);
		if (put <= 0)
			return;
		text += put;
		size -= (size_t)put;
	}
}

static void be_huge(int fd)
{
	char block[4097];
	memset(block, 'x', 4096);
	block[4096] = '\0';
	write_all(fd, "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n\r\n");
	for (int i = 0; i < 100; i++)
		write_all(fd, block);
}

static void serve_one(int fd)
{
	read_all(fd, server.seen[server.asked % 16], sizeof(server.seen[0]));
	server.asked++;
	struct pollfd gone = { .fd = fd, .events = POLLIN };
	switch ((enum manner)server.manner) {
	case ANSWERS: write_all(fd, server.answer); break;
	case CUTS_OFF:
		write_all(fd, "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nnot all");
		break;
	case NEVER_ANSWERS: poll(&gone, 1, 30000); break;
	case IS_HUGE: be_huge(fd); break;
	case DRIPS:
		write_all(fd, "HTTP/1.1 200 OK\r\nX: ");
		poll(&gone, 1, 30000);
		break;
	default: break;
	}
	close(fd);
}

static void *serve(void *ptr)
{
	(void)ptr;
	while (!server.ends) {
		int fd = accept(server.socket, NULL, NULL);
		if (fd >= 0)
			serve_one(fd);
	}
	return NULL;
}

static void server_open(void)
{
	struct sockaddr_in at = { .sin_family = AF_INET,
				  .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t size = sizeof(at);
	server.socket = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	assert_true(server.socket >= 0);
	assert_int_equal(bind(server.socket, (struct sockaddr *)&at, sizeof(at)), 0);
	assert_int_equal(listen(server.socket, 16), 0);
	assert_int_equal(getsockname(server.socket, (struct sockaddr *)&at, &size), 0);
	server.port = ntohs(at.sin_port);
	server.ends = false;
	server.asked = 0;
	server.manner = ANSWERS;
	assert_int_equal(pthread_create(&server.thread, NULL, serve, NULL), 0);
}

static void server_close(void)
{
	server.ends = true;
	shutdown(server.socket, SHUT_RDWR);
	pthread_join(server.thread, NULL);
	close(server.socket);
	outside_close();
}

static void answers(const char *text)
{
	server.manner = ANSWERS;
	server.answer = text;
}

#define JSON_ANSWER(status, body)                                                                  \
	"HTTP/1.1 " status "\r\nContent-Type: application/json; charset=utf-8\r\n\r\n" body

/* --- the hall with it --- */

static const char *service(const char *attributes)
{
	return process_of(
		"asks", NULL,
		say("<startEvent id=\"s\"><outgoing>f1</outgoing></startEvent>"
		    "<serviceTask id=\"work\" flow:retryPause=\"10\" %s><incoming>f1</incoming>"
		    "<outgoing>f2</outgoing></serviceTask>"
		    "<boundaryEvent id=\"b\" attachedToRef=\"work\"><outgoing>f4</outgoing>"
		    "<errorEventDefinition id=\"ed\"/></boundaryEvent>"
		    "<userTask id=\"sorry\"><incoming>f4</incoming><outgoing>f5</outgoing></userTask>"
		    "<endEvent id=\"e2\"><incoming>f5</incoming></endEvent>"
		    "<userTask id=\"after\"><incoming>f2</incoming><outgoing>f3</outgoing></userTask>"
		    "<endEvent id=\"e\"><incoming>f3</incoming></endEvent>"
		    "<sequenceFlow id=\"f1\" sourceRef=\"s\" targetRef=\"work\"/>"
		    "<sequenceFlow id=\"f2\" sourceRef=\"work\" targetRef=\"after\"/>"
		    "<sequenceFlow id=\"f3\" sourceRef=\"after\" targetRef=\"e\"/>"
		    "<sequenceFlow id=\"f4\" sourceRef=\"b\" targetRef=\"sorry\"/>"
		    "<sequenceFlow id=\"f5\" sourceRef=\"sorry\" targetRef=\"e2\"/>",
		    attributes));
}

static struct hall hall_with(const char *attributes)
{
	struct hall t = test_hall();
	struct arena *SCOPED_ARENA a = arena_new();
	server_open();
	assert_int_equal(outside_open(call_new(a, NULL),
				      say("http://127.0.0.1:%d http://localhost:%d "
					  "http://127.localhost:%d",
					  server.port, server.port, server.port),
				      NULL, NULL),
			 ST_OK);
	deploy_model(&t, service(attributes));
	return t;
}

static struct call *call_of(const struct hall *t, struct arena *a)
{
	struct call *c = call_new(a, NULL);
	c->house = t->house;
	return c;
}

static enum status row_act(struct call *c, const void *in, void *out)
{
	enum status st = job_read(c, *(const int64_t *)in, 3, out);
	return st == ST_NOT_FOUND ? ST_OK : st;
}

/* The job of the instance's service task; its instance_id is 0 when there is none. */
static struct process_job_row row_of(const struct hall *t, const char *instance)
{
	int64_t id = strtoll(instance, NULL, 10);
	struct process_job_row row = { 0 };
	struct call *c = call_of(t, test_call()->arena);
	assert_int_equal(db_read(c, t->house->db, row_act, &id, &row, sizeof(row)), ST_OK);
	return row;
}

/* Gives what is due to the workers of the house, and does the instance's job as one of them. */
static void work(const struct hall *t, const char *instance)
{
	tick(t);
	struct process_job_row row = row_of(t, instance);
	if (!row.instance_id || !str_eq(row.holder, "http"))
		return;
	struct arena *SCOPED_ARENA a = arena_new();
	struct call *c = call_of(t, a);
	struct job j = { .kind = PROCESS_REQUEST_JOB,
			 .subject = say("%s-3", instance),
			 .payload = say("{\"attempt\":%lld}", (long long)row.attempt) };
	enum status st = outside_run(c, &j);
	if (st)
		test_fail("%s: %s", status_word(st), c->problem);
}

static struct http_reply *look(const struct hall *t, const char *instance)
{
	return ask(t->chief, "GET", say(P "/instances/%s", instance), NULL);
}

static const char *url_to(const char *path)
{
	return say("http://127.0.0.1:%d%s", server.port, path);
}

TEST(a_service_task_asks_and_what_is_answered_goes_to_the_process)
{
	struct hall t = hall_with(
		"flow:url=\"=base + &quot;/people?id=&quot; + string(id)\" flow:method=\"POST\" "
		"flow:headers=\"={&quot;X-From&quot;: initiator}\" "
		"flow:body=\"={name: name, parts: [1, 2.5]}\" "
		"flow:result=\"={number: response.body.no, status: response.status}\"");
	answers(JSON_ANSWER("201 Created", "{\"no\":\"330200-7\",\"more\":1}"));
	const char *id = start_process(
		&t, "asks", say("{\"base\":\"%s\",\"id\":7,\"name\":\"王\"}", url_to("")));
	work(&t, id);
	assert_int_equal(server.asked, 1);
	const char *seen = server.seen[0];
	assert_int_equal(strncmp(seen, "POST /people?id=7 HTTP/1.1\r\n", 28), 0);
	assert_non_null(strstr(seen, say("\r\nX-From: %s\r\n", t.wang_id)));
	assert_non_null(strstr(seen, "\r\nContent-Type: application/json\r\n"));
	assert_non_null(strstr(seen, "\r\nIdempotency-Key: "));
	assert_non_null(strstr(seen, "\r\n\r\n{\"name\":\"王\",\"parts\":[1,2.5]}"));
	struct http_reply *r = look(&t, id);
	expect_text(r, "\"node\":\"after\"");
	expect_text(r, "\"number\":\"330200-7\"");
	expect_text(r, "\"status\":201");
	expect_replays(&t);
	server_close();
}

TEST(what_fails_in_passing_is_asked_again_under_the_same_key_and_then_an_incident)
{
	struct hall t = hall_with(say("flow:retries=\"3\" flow:timeout=\"1\" flow:url=\"%s\" "
				      "flow:resultVariable=\"got\"",
				      "=url"));
	int64_t at = clock_now();
	const char *id = start_process(&t, "asks", say("{\"url\":\"%s\"}", url_to("/a")));
	answers(JSON_ANSWER("503 Busy", "{}"));
	work(&t, id);
	struct process_job_row row = row_of(&t, id);
	assert_int_equal(row.retries, 2);
	assert_string_equal(row.why, say("http://127.0.0.1:%d answered 503", server.port));
	assert_true(row.due_at > clock_now());
	work(&t, id); /* not yet */
	assert_int_equal(server.asked, 1);
	clock_set(at += 300 * CLOCK_SECOND);
	server.manner = CUTS_OFF;
	work(&t, id);
	assert_int_equal(row_of(&t, id).retries, 1);
	clock_set(at + 300 * CLOCK_SECOND);
	server.manner = NEVER_ANSWERS;
	work(&t, id);
	assert_int_equal(server.asked, 3);
	struct http_reply *r = ask(t.chief, "GET", P "/incidents", NULL);
	expect_text(r, "did not answer within 1 s");
	const char *key = strstr(server.seen[0], "Idempotency-Key: ");
	for (int i = 1; i < 3; i++)
		assert_int_equal(strncmp(key, strstr(server.seen[i], "Idempotency-Key: "), 49), 0);
	/* Put right, and asked once more. */
	answers(JSON_ANSWER("200 OK", "[1]"));
	expect_status(ask(t.chief, "POST", say(P "/instances/%s/incidents/3/retry", id), NULL),
		      200);
	work(&t, id);
	expect_text(look(&t, id), "\"got\":[1]");
	expect_replays(&t);
	clock_set(0);
	server_close();
}

TEST(what_will_not_do_is_an_incident_at_once_that_tells_no_values)
{
	static const struct {
		const char *answer;
		enum manner manner;
		const char *says;
	} cases[] = {
		{ JSON_ANSWER("400 Bad", "{\"secret\":1}"), ANSWERS, "answered 400" },
		{ JSON_ANSWER("200 OK", "{\"secret\":"), ANSWERS, "neither JSON nor text" },
		{ "HTTP/1.1 200 OK\r\nContent-Type: image/png\r\n\r\n\xff\xfe", ANSWERS,
		  "neither JSON nor text" },
		{ "HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/x\r\n\r\n", ANSWERS,
		  "answered 302" },
		{ NULL, IS_HUGE, "is larger than 262144 bytes" },
	};
	struct hall t = hall_with("flow:url=\"=url\" flow:resultVariable=\"got\"");
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		const char *id =
			start_process(&t, "asks", say("{\"url\":\"%s\"}", url_to("/?id=secret")));
		answers(cases[i].answer);
		server.manner = cases[i].manner;
		work(&t, id);
		assert_int_equal(server.asked, i + 1);
		struct http_reply *r = ask(t.chief, "GET", P "/incidents?limit=1", NULL);
		expect_text(r, say("\"instance_id\":%s", id));
		expect_text(r, cases[i].says);
		assert_null(strstr(buf_text(&r->body), "secret"));
		expect_status(ask(t.chief, "DELETE", say(P "/instances/%s", id), NULL), 200);
	}
	expect_replays(&t);
	server_close();
}

TEST(a_status_that_the_model_names_is_an_error_of_its_own)
{
	struct hall t = hall_with("flow:url=\"=url\" flow:errors=\"404:NOT_FOUND 409:TAKEN\"");
	answers(JSON_ANSWER("404 Not Found", "{}"));
	const char *id = start_process(&t, "asks", say("{\"url\":\"%s\"}", url_to("/a")));
	work(&t, id);
	expect_text(look(&t, id), "\"node\":\"sorry\"");
	expect_replays(&t);
	server_close();
}

TEST(only_hosts_of_the_configuration_are_asked_and_no_address_of_this_machine_by_name)
{
	struct hall t = hall_with("flow:url=\"=url\"");
	const char *const refused[][2] = {
		{ "http://169.254.169.254/latest/meta-data", "is not among the hosts" },
		{ say("http://127.0.0.1:%d/", server.port == 80 ? 81 : 80),
		  "is not among the hosts" },
		{ say("http://localhost:%d/", server.port), "an address of this machine" },
		{ say("http://127.localhost:%d/", server.port), "an address of this machine" },
		{ say("http://127.0.0.1:%d@evil.example/", server.port), "has a user in it" },
		{ "file:///etc/passwd", "is not of http://" },
		{ "http://a b/", "has a space" },
		{ "/relative", "is no URL" },
	};
	for (size_t i = 0; i < sizeof(refused) / sizeof(*refused); i++) {
		const char *id = start_process(&t, "asks", say("{\"url\":\"%s\"}", refused[i][0]));
		work(&t, id);
		struct http_reply *r = ask(t.chief, "GET", P "/incidents?limit=1", NULL);
		expect_text(r, say("\"instance_id\":%s", id));
		expect_text(r, refused[i][1]);
		expect_status(ask(t.chief, "DELETE", say(P "/instances/%s", id), NULL), 200);
	}
	assert_int_equal(server.asked, 0);
	/* Nobody is, where nothing is configured. */
	struct arena *SCOPED_ARENA a = arena_new();
	assert_int_equal(outside_open(call_new(a, NULL), NULL, NULL, NULL), ST_OK);
	const char *id = start_process(&t, "asks", say("{\"url\":\"%s\"}", url_to("/")));
	work(&t, id);
	expect_text(ask(t.chief, "GET", P "/incidents?limit=1", NULL), "is not among the hosts");
	assert_int_equal(server.asked, 0);
	server_close();
}

TEST(a_host_that_fails_is_left_alone_for_a_while)
{
	struct hall t = hall_with("flow:url=\"=url\" flow:retries=\"1\"");
	int64_t at = clock_now();
	answers(JSON_ANSWER("500 Oh", "{}"));
	for (int i = 0; i < 5; i++)
		work(&t, start_process(&t, "asks", say("{\"url\":\"%s\"}", url_to("/"))));
	assert_int_equal(server.asked, 5);
	const char *id = start_process(&t, "asks", say("{\"url\":\"%s\"}", url_to("/")));
	work(&t, id);
	assert_int_equal(server.asked, 5);
	struct process_job_row row = row_of(&t, id);
	assert_int_equal(row.retries, 1); /* none of its own was used */
	assert_int_equal(row.attempt, 0);
	assert_non_null(strstr(row.why, "is left alone"));
	answers(JSON_ANSWER("200 OK", "{}"));
	clock_set(at + 120 * CLOCK_SECOND);
	work(&t, id);
	assert_int_equal(server.asked, 6);
	expect_text(look(&t, id), "\"node\":\"after\"");
	work(&t, start_process(&t, "asks", say("{\"url\":\"%s\"}", url_to("/"))));
	assert_int_equal(server.asked, 7);
	expect_replays(&t);
	clock_set(0);
	server_close();
}

TEST(an_instance_that_ends_or_rests_meanwhile_hears_nothing)
{
	struct hall t = hall_with("flow:url=\"=url\"");
	answers(JSON_ANSWER("200 OK", "{}"));
	const char *id = start_process(&t, "asks", say("{\"url\":\"%s\"}", url_to("/")));
	tick(&t);
	expect_status(ask(t.chief, "POST", say(P "/instances/%s/suspension", id), NULL), 200);
	work(&t, id);
	assert_int_equal(server.asked, 0);
	assert_null(row_of(&t, id).holder);
	expect_status(ask(t.chief, "POST", say(P "/instances/%s/activation", id), NULL), 200);
	work(&t, id);
	assert_int_equal(server.asked, 1);
	expect_text(look(&t, id), "\"node\":\"after\"");
	id = start_process(&t, "asks", say("{\"url\":\"%s\"}", url_to("/")));
	tick(&t);
	struct process_job_row row = row_of(&t, id);
	expect_status(ask(t.chief, "DELETE", say(P "/instances/%s", id), NULL), 200);
	struct arena *SCOPED_ARENA a = arena_new();
	struct job j = { .subject = say("%s-3", id),
			 .payload = say("{\"attempt\":%lld}", (long long)row.attempt) };
	assert_int_equal(outside_run(call_of(&t, a), &j), ST_OK);
	assert_int_equal(server.asked, 1);
	expect_replays(&t);
	server_close();
}

TEST(the_workers_of_the_house_ask)
{
	struct hall t = hall_with("flow:url=\"=url\" flow:resultVariable=\"got\"");
	struct call *c = call_of(&t, test_call()->arena);
	answers("HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n\r\n宁波");
	t.house->jobs = jobs_open(c, t.house, 2);
	assert_non_null(t.house->jobs);
	const char *id = start_process(&t, "asks", say("{\"url\":\"%s\"}", url_to("/")));
	struct http_reply *r = look(&t, id);
	for (int i = 0; i < 3000 && !strstr(buf_text(&r->body), "\"node\":\"after\""); i++) {
		usleep(10000);
		r = look(&t, id);
	}
	jobs_close(t.house->jobs, 10 * CLOCK_SECOND);
	t.house->jobs = NULL;
	expect_text(r, "\"got\":\"宁波\"");
	assert_int_equal(server.asked, 1);
	expect_replays(&t);
	server_close();
}

/* --- the configuration --- */

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

TEST(a_credential_goes_to_its_host_and_stands_nowhere_else)
{
	struct hall t = hall_with("flow:url=\"=url\" flow:credential=\"tax\"");
	struct arena *SCOPED_ARENA a = arena_new();
	const char *file = credentials_file(
		say("# for the tax office\ntax http://127.0.0.1:%d Authorization: Bearer s3cret\n",
		    server.port),
		0600);
	const char *hosts = say("http://127.0.0.1:%d http://10.255.255.1", server.port);
	assert_int_equal(outside_open(call_new(a, NULL), hosts, file, NULL), ST_OK);
	answers(JSON_ANSWER("200 OK", "{}"));
	const char *id = start_process(&t, "asks", say("{\"url\":\"%s\"}", url_to("/")));
	work(&t, id);
	assert_non_null(strstr(server.seen[0], "\r\nAuthorization: Bearer s3cret\r\n"));
	struct http_reply *r = ask(t.chief, "GET", say(P "/instances/%s/history", id), NULL);
	assert_null(strstr(buf_text(&r->body), "s3cret"));
	id = start_process(&t, "asks", "{\"url\":\"http://10.255.255.1/\"}");
	work(&t, id);
	expect_text(ask(t.chief, "GET", P "/incidents", NULL), "has no credential 'tax'");
	expect_replays(&t);
	server_close();
}

TEST(headers_that_would_change_the_request_are_refused)
{
	static const char *const cases[][2] = {
		{ "{\"Host\":\"b\"}", "does not say the header 'Host'" },
		{ "{\"X\":\"a\\r\\nY: b\"}", "no text of one line" },
		{ "{\"X Y\":\"a\"}", "no text of one line" },
		{ "{\"X\":1}", "no text of one line" },
		{ "[]", "no context" },
	};
	struct hall t = hall_with("flow:url=\"=url\" flow:headers=\"=heads\"");
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		const char *id = start_process(
			&t, "asks", say("{\"url\":\"%s\",\"heads\":%s}", url_to("/"), cases[i][0]));
		work(&t, id);
		expect_text(ask(t.chief, "GET", P "/incidents?limit=1", NULL), cases[i][1]);
		expect_status(ask(t.chief, "DELETE", say(P "/instances/%s", id), NULL), 200);
	}
	assert_int_equal(server.asked, 0);
	server_close();
}
