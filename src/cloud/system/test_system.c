/* SPDX-License-Identifier: Apache-2.0 */
/* Systems as the portal asks for them, and what the room learns from others by events. */
#include <pthread.h>
#include <stdio.h>
#include "base/arena.h"
#include "cloud/system/system_private.h"
#include "door.h"
#include "door/house.h"

#define SYSTEMS "/api/v1/systems"

static struct house *house;
static const char *token, *stranger, *vdc;

static const char *text(const char *format, ...) PRINTF(1, 2);

static const char *text(const char *format, ...)
{
	va_list args;
	char out[1024];

	va_start(args, format);
	vsnprintf(out, sizeof out, format, args);
	va_end(args);
	return arena_strdup(test_call()->arena, out);
}

static const char *made(const char *name)
{
	struct http_reply *r =
		ask(token, "POST", SYSTEMS,
		    text("{\"name\":\"%s\",\"purpose\":\"实时路况\",\"protection_level\":3,"
			 "\"owner\":\"王工\",\"contact\":\"0574-0000\",\"dr_mode\":\"standby\"}",
			 name));
	expect_status(r, 201);
	return member(r, "id");
}

static void begin(void)
{
	house = test_house("openstack");
	token = token_with_role("member");
	stranger = token_with_role("member");
	struct http_reply *r = ask(token, "GET", "/identity/v3/auth/projects", NULL);
	expect_status(r, 200);
	vdc = member(r, "id");
}

/* --- events, as the listeners get them --- */

static enum status hear(struct call *c, const void *in, void *out)
{
	const struct event *e = in;
	const char *family = str_starts(e->type, "network.network.") ? "network.network.*"
								     : e->type;

	(void)out;
	for (const struct listener *l = system_listens; l->name; l++)
		if (str_eq(l->type, family))
			return l->act(c, e);
	return fail(c, ST_INTERNAL, NULL, "nobody listens to %s", e->type);
}

static void tell(const char *type, const char *subject, const char *payload)
{
	static int64_t number;
	struct call *c = test_call();

	number++;
	struct event e = {
		.id = number,
		.type = type,
		.subject = subject,
		.number = number,
		.project_id = vdc,
		.payload = payload,
		.posted_at = c->now_at,
	};
	char none;

	if (db_write(c, house->db, hear, &e, &none, sizeof none))
		test_fail("%s: %s", type, c->problem);
}

static struct http_reply *take(const char *method, const char *system, const char *thing)
{
	return ask(token, method, text(SYSTEMS "/%s/resources/%s", system, thing), NULL);
}

/* --- its life --- */

TEST(a_system_is_made_seen_changed_and_deleted)
{
	begin();
	const char *id = made("路况");
	struct http_reply *r = ask(token, "GET", text(SYSTEMS "/%s", id), NULL);
	expect_status(r, 200);
	expect_text(r, "\"name\":\"路况\"");
	expect_text(r, "\"protection_level\":3");
	expect_text(r, "\"dr_mode\":\"standby\"");
	expect_text(r, "\"resources\":[]");

	r = ask(token, "PATCH", text(SYSTEMS "/%s", id),
		"{\"protection_level\":2,\"purpose\":null,\"dr_mode\":\"backup\"}");
	expect_status(r, 200);
	expect_text(r, "\"protection_level\":2");
	expect_text(r, "\"purpose\":null");
	expect_text(r, "\"owner\":\"王工\"");

	expect_status(ask(token, "DELETE", text(SYSTEMS "/%s", id), NULL), 204);
	expect_status(ask(token, "GET", text(SYSTEMS "/%s", id), NULL), 404);
}

TEST(a_system_of_another_vdc_does_not_exist)
{
	begin();
	const char *address = text(SYSTEMS "/%s", made("路况"));
	expect_status(ask(stranger, "GET", address, NULL), 404);
	expect_status(ask(stranger, "PATCH", address, "{\"owner\":\"x\"}"), 404);
	expect_status(ask(stranger, "DELETE", address, NULL), 404);
	struct http_reply *r = ask(stranger, "GET", SYSTEMS, NULL);
	expect_text(r, "\"systems\":[]");
	r = ask(stranger, "GET", text(SYSTEMS "?project_id=%s", vdc), NULL);
	expect_text(r, "\"systems\":[]");
	r = ask(admin_token(), "GET", text(SYSTEMS "?project_id=%s", vdc), NULL);
	expect_text(r, "路况");
}

TEST(a_name_stands_once_in_a_vdc)
{
	begin();
	made("路况");
	const char *other = made("公交");
	struct http_reply *r = ask(token, "POST", SYSTEMS,
				   "{\"name\":\"路况\",\"protection_level\":2,\"owner\":\"x\"}");
	expect_status(r, 409);
	assert_string_equal(member(r, "field"), "name");
	r = ask(token, "PATCH", text(SYSTEMS "/%s", other), "{\"name\":\"路况\"}");
	expect_status(r, 409);
	expect_status(ask(stranger, "POST", SYSTEMS,
			  "{\"name\":\"路况\",\"protection_level\":2,\"owner\":\"x\"}"),
		      201);
}

TEST(a_protection_level_is_one_of_four)
{
	begin();
	struct http_reply *r = ask(token, "POST", SYSTEMS,
				   "{\"name\":\"x\",\"protection_level\":5,\"owner\":\"x\"}");
	expect_status(r, 400);
	assert_string_equal(member(r, "field"), "protection_level");
}

TEST(a_long_list_comes_in_pages)
{
	begin();
	for (int i = 0; i < 5; i++)
		made(text("s%d", i));
	struct http_reply *r = ask(token, "GET", SYSTEMS "?limit=3", NULL);
	expect_status(r, 200);
	expect_text(r, "\"s2\"");
	assert_null(strstr(buf_text(&r->body), "\"s3\""));
	r = ask(token, "GET", text(SYSTEMS "?limit=3&marker=%s", member(r, "next")), NULL);
	expect_text(r, "\"s3\"");
	expect_text(r, "\"s4\"");
	expect_text(r, "\"next\":null");
}

/* --- what belongs to it --- */

TEST(a_server_belongs_to_one_system_and_leaves_it_when_it_is_gone)
{
	begin();
	const char *id = made("路况"), *other = made("公交");
	expect_status(take("PUT", id, "server/s1"), 404);
	tell("compute.server.state", "s1", "{\"state\":\"BUILD\"}");
	tell("compute.server.state", "s1", "{\"state\":\"ACTIVE\"}");
	expect_status(take("PUT", id, "server/s1"), 204);
	expect_status(take("PUT", id, "server/s1"), 204);
	struct http_reply *r = take("PUT", other, "server/s1");
	expect_status(r, 409);
	expect_text(r, "another system");

	r = ask(token, "GET", text(SYSTEMS "/%s", id), NULL);
	expect_text(r, "\"servers\":1");
	expect_text(r, "{\"kind\":\"server\",\"id\":\"s1\"");
	expect_text(r, "\"state\":\"ACTIVE\"");
	r = ask(token, "DELETE", text(SYSTEMS "/%s", id), NULL);
	expect_status(r, 409);
	expect_text(r, "still has 1 servers");

	tell("compute.server.state", "s1", "{\"state\":\"DELETED\"}");
	tell("compute.server.state", "s1", "{\"state\":\"DELETED\"}");
	expect_status(ask(token, "DELETE", text(SYSTEMS "/%s", id), NULL), 204);
}

TEST(a_network_is_taken_and_left)
{
	begin();
	const char *id = made("路况");
	tell("network.network.created", "n1", "{\"id\":\"n1\",\"status\":\"ACTIVE\"}");
	struct http_reply *r = ask(token, "GET", "/api/v1/system-resources", NULL);
	expect_text(r, "{\"kind\":\"network\",\"id\":\"n1\",\"system_id\":null");
	expect_status(take("DELETE", id, "network/n1"), 404);
	expect_status(take("PUT", id, "network/n1"), 204);
	expect_status(take("PUT", id, "volume/n1"), 404);
	expect_status(take("DELETE", id, "network/n1"), 204);
	expect_status(ask(token, "DELETE", text(SYSTEMS "/%s", id), NULL), 204);
	r = ask(stranger, "GET", "/api/v1/system-resources", NULL);
	expect_text(r, "\"resources\":[]");
}

TEST(a_thing_of_another_vdc_is_not_taken)
{
	begin();
	tell("compute.server.state", "s1", "{\"state\":\"ACTIVE\"}");
	struct http_reply *r = ask(stranger, "POST", SYSTEMS,
				   "{\"name\":\"x\",\"protection_level\":2,\"owner\":\"x\"}");
	r = ask(stranger, "PUT", text(SYSTEMS "/%s/resources/server/s1", member(r, "id")), NULL);
	expect_status(r, 404);
	expect_text(r, "the VDC has no server s1");
}

TEST(systems_go_with_their_vdc)
{
	begin();
	const char *id = made("路况");
	tell("compute.server.state", "s1", "{\"state\":\"ACTIVE\"}");
	expect_status(take("PUT", id, "server/s1"), 204);
	tell("identity.project.deleted", vdc, "{}");
	expect_status(ask(token, "GET", text(SYSTEMS "/%s", id), NULL), 404);
}

/* --- quotas --- */

TEST(a_quota_is_kept_and_told)
{
	begin();
	const char *address = text("/api/v1/system-quotas/%s", vdc);
	struct http_reply *r = ask(token, "GET", address, NULL);
	expect_text(r, "\"systems\":50");
	expect_status(ask(token, "PUT", address, "{\"systems\":1}"), 403);
	expect_status(ask(stranger, "GET", address, NULL), 404);
	expect_status(ask(admin_token(), "PUT", address, "{\"systems\":1}"), 200);
	made("one");
	r = ask(token, "POST", SYSTEMS,
		"{\"name\":\"two\",\"protection_level\":2,\"owner\":\"x\"}");
	expect_status(r, 403);
	expect_text(r, "may have 1 systems");
	r = ask(token, "GET", address, NULL);
	expect_text(r, "\"used\":1");
}

struct runner {
	pthread_t thread;
	int n;
	enum status st;
};

static enum status create(struct call *c, const void *in, void *out)
{
	return system_create(c, in, out);
}

static void *run(void *arg)
{
	struct runner *r = arg;
	struct arena *a = arena_new();
	struct call *c = test_call_in(a);
	struct system out;
	struct system_create in = {
		.name = arena_printf(a, "s%d", r->n),
		.protection_level = 2,
		.owner = "x",
	};

	c->actor = (struct actor){
		.scope = SCOPE_PROJECT, .project_id = "p", .domain_id = "d", .user_id = "u"
	};
	r->st = db_write(c, house->db, create, &in, &out, sizeof out);
	arena_end(&a);
	return NULL;
}

TEST(many_at_once_do_not_exceed_a_quota)
{
	begin();
	expect_status(ask(admin_token(), "PUT", "/api/v1/system-quotas/p", "{\"systems\":3}"), 200);
	struct runner runners[8] = { 0 };
	int taken = 0;

	for (int i = 0; i < 8; i++) {
		runners[i].n = i;
		assert_int_equal(pthread_create(&runners[i].thread, NULL, run, &runners[i]), 0);
	}
	for (int i = 0; i < 8; i++) {
		pthread_join(runners[i].thread, NULL);
		taken += runners[i].st == ST_OK;
		/* Where there was too much contention nothing was made either. */
		assert_true(runners[i].st == ST_OK || runners[i].st == ST_LIMIT ||
			    runners[i].st == ST_RETRY);
	}
	struct http_reply *r = ask(admin_token(), "GET", "/api/v1/system-quotas/p", NULL);
	expect_text(r, text("\"used\":%d}", taken));
	assert_in_range(taken, 1, 3);
}
