/* SPDX-License-Identifier: Apache-2.0 */
/* 三员分立: nobody holds two of the three administrators' roles, by whatever way they come. */
#include <sys/wait.h>
#include <unistd.h>
#include "base/id.h"
#include "door.h"
#include "door/identity/identity_init.h"
#include "door/identity/identity_known.h"
#include "door/identity/identity_people.h"
#include "door/identity/identity_roles.h"
#include "door/identity/identity_scopes.h"

static const char *path(const char *fmt, ...) PRINTF(1, 2);
static const char *path(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	char *s = arena_vprintf(test_call()->arena, fmt, ap);
	va_end(ap);
	return s;
}

static const char *make(const char *admin, const char *kind, const char *members)
{
	struct http_reply *r = ask(admin, "POST", path("/identity/v3/%ss", kind),
				   path("{\"%s\":{%s}}", kind, members));

	expect_status(r, 201);
	return member(r, "id");
}

static const char *role_named(const char *admin, const char *name)
{
	struct http_reply *r = ask(admin, "GET", path("/identity/v3/roles?name=%s", name), NULL);

	expect_status(r, 200);
	return member(r, "id");
}

static struct http_reply *give(const char *admin, const char *kind, const char *actor,
			       const char *role)
{
	return ask(admin, "PUT", path("/identity/v3/system/%s/%s/roles/%s", kind, actor, role),
		   NULL);
}

TEST(a_system_administrator_cannot_become_security_administrator)
{
	test_house("openstack");
	const char *admin = admin_token();
	const char *user = make(admin, "user", "\"name\":\"zhang\"");

	expect_status(give(admin, "users", user, role_named(admin, "system_admin")), 204);
	struct http_reply *r = give(admin, "users", user, role_named(admin, "security_admin"));
	expect_status(r, 409);
	expect_text(r, "zhang would be two of the three administrators at once");
	expect_status(give(admin, "users", user, role_named(admin, "audit_admin")), 409);
	/* What was refused was not kept. */
	r = ask(admin, "GET", path("/identity/v3/system/users/%s/roles", user), NULL);
	expect_status(r, 200);
	assert_null(strstr(buf_text(&r->body), "security_admin"));
}

TEST(an_administrators_second_role_does_not_come_by_a_group)
{
	test_house("openstack");
	const char *admin = admin_token();
	const char *user = make(admin, "user", "\"name\":\"li\"");
	const char *group = make(admin, "group", "\"name\":\"auditors\"");
	const char *other = make(admin, "user", "\"name\":\"wang\"");

	expect_status(give(admin, "users", user, role_named(admin, "system_admin")), 204);
	expect_status(give(admin, "groups", group, role_named(admin, "audit_admin")), 204);
	expect_status(ask(admin, "PUT", path("/identity/v3/groups/%s/users/%s", group, other),
			  NULL),
		      204);
	/* By joining. */
	expect_status(ask(admin, "PUT", path("/identity/v3/groups/%s/users/%s", group, user), NULL),
		      409);
	/* By a role for the group that one is in. */
	const char *second = make(admin, "group", "\"name\":\"keepers\"");
	expect_status(ask(admin, "PUT", path("/identity/v3/groups/%s/users/%s", second, user),
			  NULL),
		      204);
	expect_status(give(admin, "groups", second, role_named(admin, "security_admin")), 409);
	expect_status(give(admin, "users", other, role_named(admin, "security_admin")), 409);
}

TEST(an_administrators_second_role_does_not_come_by_implication)
{
	test_house("openstack");
	const char *admin = admin_token();
	const char *user = make(admin, "user", "\"name\":\"chen\"");
	const char *plain = make(admin, "role", "\"name\":\"plain\"");
	const char *middle = make(admin, "role", "\"name\":\"middle\"");

	expect_status(give(admin, "users", user, role_named(admin, "system_admin")), 204);
	expect_status(give(admin, "users", user, plain), 204);
	expect_status(ask(admin, "PUT", path("/identity/v3/roles/%s/implies/%s", plain, middle),
			  NULL),
		      201);
	struct http_reply *r = ask(admin, "PUT",
				   path("/identity/v3/roles/%s/implies/%s", middle,
					role_named(admin, "audit_admin")),
				   NULL);
	expect_status(r, 409);
	expect_text(r, "chen would be two");
}

TEST(an_administrators_role_is_held_on_the_system_only)
{
	test_house("openstack");
	const char *admin = admin_token();
	const char *user = make(admin, "user", "\"name\":\"zhao\"");
	const char *project = make(admin, "project", "\"name\":\"harbour\"");

	expect_status(ask(admin, "PUT",
			  path("/identity/v3/projects/%s/users/%s/roles/%s", project, user,
			       role_named(admin, "system_admin")),
			  NULL),
		      403);
	expect_status(ask(admin, "PUT",
			  path("/identity/v3/OS-INHERIT/domains/default/users/%s/roles/%s/"
			       "inherited_to_projects",
			       user, role_named(admin, "system_admin")),
			  NULL),
		      403);
}

/* --- two processes at once --- */

enum { PEOPLE = 12 };

struct race {
	const char *user_id, *role_id;
};

static enum status give_act(struct call *c, const void *in, void *out)
{
	const struct race *r = in;
	const struct grant g = { .actor = r->user_id,
				 .user_id = r->user_id,
				 .target = "system",
				 .role_id = r->role_id };

	(void)out;
	enum status st = grant_write(c, &g);
	return st ? st : trio_keep(c, r->user_id, NULL);
}

struct scene {
	const char *users[PEOPLE], *roles[2];
};

static enum status set_scene(struct call *c, const void *in, void *out)
{
	static const char *const names[] = { "system_admin", "security_admin" };
	static const unsigned bits[] = { ROLE_SYSTEM_ADMIN, ROLE_SECURITY_ADMIN };
	const struct project domain = { .id = "default", .name = "Default" };
	struct scene *s = out;
	struct project made;
	enum status st = house_put(c, "city");

	(void)in;
	if (!st)
		st = domain_make(c, &domain, &made);
	for (int i = 0; !st && i < 2; i++) {
		const struct role_row role = { .name = names[i], .built_in = bits[i] };
		struct role_row row;
		st = role_make(c, &role, &row);
		s->roles[i] = row.id;
	}
	for (int i = 0; !st && i < PEOPLE; i++) {
		const struct user user = { .name = path("person-%d", i), .domain_id = "default" };
		struct user row;
		st = user_make(c, &user, &row);
		s->users[i] = row.id;
	}
	return st;
}

static struct db *open_again(const char *url)
{
	char why[512] = "";
	struct db *db = db_open(url, 4, why);

	if (!db)
		test_fail("%s", why);
	return db;
}

static _Noreturn void run_side(const char *url, const struct scene *s, int side)
{
	char why[512];
	struct db *db = db_open(url, 4, why);
	int bad = !db;

	for (int i = 0; db && i < PEOPLE; i++) {
		struct arena *a SCOPED_ARENA = arena_new();
		struct call *c = call_new(a, NULL);
		const struct race r = { s->users[i], s->roles[side] };
		char none;
		enum status st = db_write(c, db, give_act, &r, &none, sizeof none);
		/* Whoever comes second is refused; nobody fails otherwise. */
		bad |= st && st != ST_CONFLICT && st != ST_RETRY;
	}
	db_close(db);
	_exit(bad);
}

struct tally {
	int64_t none, one, two;
};

static enum status count_roles(struct call *c, const void *in, void *out)
{
	const struct scene *s = in;
	struct tally *t = out;

	for (int i = 0; i < PEOPLE; i++) {
		const struct grant g = { .actor = s->users[i], .target = "system" };
		struct role_row *rows;
		size_t n;
		enum status st = grants_of(c, &g, &rows, &n);
		if (st)
			return st;
		t->none += n == 0;
		t->one += n == 1;
		t->two += n > 1;
	}
	return ST_OK;
}

TEST(two_processes_cannot_give_one_person_two_of_the_three_roles)
{
	const char *url = test_db_url();
	struct db *db = open_again(url);
	struct call *c = test_call();
	struct scene scene;
	struct tally tally;
	pid_t sides[2];

	assert_int_equal(schema_apply(c, db, program_schema), ST_OK);
	if (db_write(c, db, set_scene, NULL, &scene, sizeof scene))
		test_fail("%s", c->problem);
	db_close(db);
	known_forget();
	for (int i = 0; i < 2; i++) {
		sides[i] = fork();
		assert_true(sides[i] >= 0);
		if (!sides[i])
			run_side(url, &scene, i);
	}
	for (int i = 0; i < 2; i++) {
		int how;
		assert_int_equal(waitpid(sides[i], &how, 0), sides[i]);
		assert_true(WIFEXITED(how) && WEXITSTATUS(how) == 0);
	}
	db = open_again(url);
	assert_int_equal(db_read(test_call(), db, count_roles, &scene, &tally, sizeof tally),
			 ST_OK);
	db_close(db);
	known_forget();
	assert_int_equal(tally.two, 0);
	assert_int_equal(tally.one + tally.none, PEOPLE);
	assert_true(tally.one > 0);
}
