/* SPDX-License-Identifier: Apache-2.0 */
/* A house in a temporary folder, and questions to it. */
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include "command.h"
#include "door.h"
#include "door/audit/audit.h"
#include "door/identity/identity.h"

static struct house *house;
static int people;
static const char *version;

static void close_house(void *h)
{
	house_close(h, HOUSE_ROOMS);
	house = NULL;
}

static const char *write_config(struct call *c, const char *profile)
{
	const char *folder = test_folder();
	const char *path = arena_printf(c->arena, "%s/yongyun.conf", folder);
	FILE *f = fopen(path, "we");

	assert_non_null(f);
	fprintf(f,
		"[server]\ndata = %s/var\nprofile = %s\n[database]\nurl = %s\nreaders = 4\n"
		"[compute]\ndriver = fake\n[network]\ndriver = fake\n[log]\nlevel = error\n",
		folder, profile, test_db_url());
	assert_int_equal(fclose(f), 0);
	return path;
}

struct house *test_house(const char *profile)
{
	struct call *c = test_call();
	struct house *h = arena_alloc(c->arena, sizeof *h);
	const char *config = write_config(c, profile);
	struct buf passwords = { .arena = c->arena };

	/* As an operator does it: init, then serve. */
	if (house_open(c, h, config, HOUSE_ROWS))
		test_fail("%s", c->problem);
	enum status st = audit_init(c, h);
	if (!st)
		st = identity_init(c, h, profile, TEST_PASSWORD, &passwords);
	house_close(h, HOUSE_ROWS);
	if (st || house_open(c, h, config, HOUSE_ROOMS))
		test_fail("%s", c->problem);
	arena_defer(c->arena, close_house, h);
	house = h;
	people = 0;
	version = NULL;
	return h;
}

void ask_in_version(const char *which)
{
	version = which;
}

struct http_reply *ask(const char *token, const char *method, const char *path, const char *body)
{
	return ask_with(NULL, 0, token, method, path, body);
}

struct http_reply *ask_with(const struct http_header *more, size_t count, const char *token,
			    const char *method, const char *path, const char *body)
{
	struct call *c = test_call();
	struct http_reply *rp = arena_alloc(c->arena, sizeof *rp);
	struct http_header *headers = arena_array(c->arena, 3 + count, sizeof *headers);
	const char *query = strchr(path, '?');
	struct http_request rq = {
		.method = method,
		.path = query ? arena_strndup(c->arena, path, (size_t)(query - path)) : path,
		.query = query ? query + 1 : "",
		.headers = headers,
		.body = body ? body : "",
		.body_size = body ? strlen(body) : 0,
	};

	headers[rq.header_count++] = (struct http_header){ "Content-Type", "application/json" };
	for (size_t i = 0; i < count; i++)
		headers[rq.header_count++] = more[i];
	if (token)
		headers[rq.header_count++] = (struct http_header){ "X-Auth-Token", token };
	if (version)
		headers[rq.header_count++] =
			(struct http_header){ "X-OpenStack-Nova-API-Version", version };
	c->from = "192.0.2.1";
	c->base_url = "http://cloud.example";
	http_serve(c, house, &rq, rp);
	return rp;
}

const char *reply_header(const struct http_reply *r, const char *name)
{
	struct words lines = words_split(test_call()->arena, buf_text(&r->headers), '\n');

	for (size_t i = 0; i < lines.count; i++) {
		const char *line = lines.list[i];
		size_t n = strlen(name);
		if (!strncasecmp(line, name, n) && line[n] == ':')
			return arena_strndup(test_call()->arena, line + n + 2,
					     strcspn(line + n + 2, "\r"));
	}
	return NULL;
}

void expect_status_at(const char *file, int line, const struct http_reply *r, int status)
{
	if (r->status == status)
		return;
	print_error("%s:%d: wanted %d, got %d: %.600s\n", file, line, status, r->status,
		    buf_text(&r->body));
	_fail(file, line);
}

void expect_text_at(const char *file, int line, const struct http_reply *r, const char *text)
{
	if (strstr(buf_text(&r->body), text))
		return;
	print_error("%s:%d: wanted \"%s\" in: %.600s\n", file, line, text, buf_text(&r->body));
	_fail(file, line);
}

static const char *find(const json_t *j, const char *name)
{
	const json_t *v = json_object_get(j, name);
	const char *key;
	json_t *sub;
	size_t i;

	if (json_is_string(v))
		return json_string_value(v);
	json_object_foreach((json_t *)j, key, sub)
	{
		const char *s = find(sub, name);
		if (s)
			return s;
	}
	json_array_foreach(j, i, sub)
	{
		const char *s = find(sub, name);
		if (s)
			return s;
	}
	return NULL;
}

const char *member(const struct http_reply *r, const char *name)
{
	json_t *j = json_loads(buf_text(&r->body), 0, NULL);
	const char *s = find(j, name);
	char *copy = s ? arena_strdup(test_call()->arena, s) : NULL;

	json_decref(j);
	if (!copy)
		test_fail("no member '%s' in: %.600s", name, buf_text(&r->body));
	return copy;
}

static const char *sign_in(const char *user, const char *domain, const char *password,
			   const char *project)
{
	const char *body = arena_printf(
		test_call()->arena,
		"{\"auth\":{\"identity\":{\"methods\":[\"password\"],\"password\":{\"user\":{"
		"\"name\":\"%s\",\"domain\":{\"name\":\"%s\"},\"password\":\"%s\"}}},"
		"\"scope\":{\"project\":{\"name\":\"%s\",\"domain\":{\"name\":\"Default\"}}}}}",
		user, domain, password, project);
	struct http_reply *r = ask(NULL, "POST", "/identity/v3/auth/tokens", body);

	expect_status(r, 201);
	return reply_header(r, "X-Subject-Token");
}

const char *admin_token(void)
{
	return sign_in("admin", "Default", TEST_PASSWORD, "admin");
}

static const char *role_id(const char *admin, const char *role)
{
	struct arena *a = test_call()->arena;
	struct http_reply *r =
		ask(admin, "GET", arena_printf(a, "/identity/v3/roles?name=%s", role), NULL);

	expect_status(r, 200);
	if (strstr(buf_text(&r->body), "\"name\""))
		return member(r, "id");
	r = ask(admin, "POST", "/identity/v3/roles",
		arena_printf(a, "{\"role\":{\"name\":\"%s\"}}", role));
	expect_status(r, 201);
	return member(r, "id");
}

const char *token_with_role(const char *role)
{
	struct arena *a = test_call()->arena;
	const char *admin = admin_token(), *name = arena_printf(a, "%s-%d", role, ++people);
	struct http_reply *user = ask(
		admin, "POST", "/identity/v3/users",
		arena_printf(a, "{\"user\":{\"name\":\"%s\",\"password\":\"" TEST_PASSWORD "\"}}",
			     name));
	struct http_reply *project =
		ask(admin, "POST", "/identity/v3/projects",
		    arena_printf(a, "{\"project\":{\"name\":\"of-%s\"}}", name));

	expect_status(user, 201);
	expect_status(project, 201);
	expect_status(ask(admin, "PUT",
			  arena_printf(a, "/identity/v3/projects/%s/users/%s/roles/%s",
				       member(project, "id"), member(user, "id"),
				       role_id(admin, role)),
			  NULL),
		      204);
	return sign_in(name, "Default", TEST_PASSWORD, arena_printf(a, "of-%s", name));
}

const char *ask_make(const char *token, const char *kind, const char *members)
{
	struct arena *a = test_call()->arena;
	struct http_reply *r = ask(token, "POST", arena_printf(a, "/identity/v3/%ss", kind),
				   arena_printf(a, "{\"%s\":{%s}}", kind, members));

	expect_status(r, 201);
	return member(r, "id");
}

const char *ask_person(const char *admin, const char *domain, const char *project, const char *name,
		       const char *role, const char **id)
{
	struct arena *a = test_call()->arena;
	const char *kind = project ? "project" : "domain", *place = project ? project : domain;
	const char *user = ask_make(admin, "user",
				    arena_printf(a,
						 "\"name\":\"%s\",\"domain_id\":\"%s\","
						 "\"password\":\"" TEST_PASSWORD "\"",
						 name, domain));

	expect_status(ask(admin, "PUT",
			  arena_printf(a, "/identity/v3/%ss/%s/users/%s/roles/%s", kind, place,
				       user, role_id(admin, role)),
			  NULL),
		      204);
	struct http_reply *r = ask(
		NULL, "POST", "/identity/v3/auth/tokens",
		arena_printf(
			a,
			"{\"auth\":{\"identity\":{\"methods\":[\"password\"],\"password\":{\"user\":{"
			"\"id\":\"%s\",\"password\":\"" TEST_PASSWORD "\"}}},"
			"\"scope\":{\"%s\":{\"id\":\"%s\"}}}}",
			user, kind, place));
	expect_status(r, 201);
	if (id)
		*id = user;
	return reply_header(r, "X-Subject-Token");
}
