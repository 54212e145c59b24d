/* SPDX-License-Identifier: Apache-2.0 */
/* Identity as its clients meet it: signing in, roles and where they reach, delegation, sessions. */
#include <jansson.h>
#include "base/clock.h"
#include "base/id.h"
#include "door.h"
#include "door/identity/token_fernet.h"
#include "door/identity/totp.h"

static const char *text(const char *fmt, ...) PRINTF(1, 2);
static const char *text(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	char *s = arena_vprintf(test_call()->arena, fmt, ap);
	va_end(ap);
	return s;
}

static const char *make(const char *token, const char *kind, const char *members)
{
	struct http_reply *r = ask(token, "POST", text("/identity/v3/%ss", kind),
				   text("{\"%s\":{%s}}", kind, members));

	expect_status(r, 201);
	return member(r, "id");
}

static const char *role_named(const char *token, const char *name)
{
	struct http_reply *r = ask(token, "GET", text("/identity/v3/roles?name=%s", name), NULL);

	expect_status(r, 200);
	return member(r, "id");
}

static void put(const char *token, const char *where)
{
	expect_status(ask(token, "PUT", text("/identity/v3/%s", where), NULL), 204);
}

static struct http_reply *sign_in(const char *user_id, const char *password, const char *scope)
{
	return ask(
		NULL, "POST", "/identity/v3/auth/tokens",
		text("{\"auth\":{\"identity\":{\"methods\":[\"password\"],\"password\":{\"user\":{"
		     "\"id\":\"%s\",\"password\":\"%s\"}}}%s}}",
		     user_id, password, scope ? scope : ""));
}

static const char *on_project(const char *id)
{
	return text(",\"scope\":{\"project\":{\"id\":\"%s\"}}", id);
}

static struct http_reply *look(const char *token, const char *subject)
{
	const struct http_header of = { "X-Subject-Token", subject };

	return ask_with(&of, 1, token, "GET", "/identity/v3/auth/tokens", NULL);
}

/* A user of the domain default with the password TEST_PASSWORD. */
static const char *person(const char *admin, const char *name)
{
	return make(admin, "user",
		    text("\"name\":\"%s\",\"password\":\"" TEST_PASSWORD "\"", name));
}

/* --- roles and where they reach --- */

/* department → bureau → office; the role is given at one place and looked for at each. */
TEST(a_role_reaches_where_it_was_given_and_an_inherited_one_below)
{
	test_house("openstack");
	const char *admin = admin_token(), *member_role = role_named(admin, "member");
	const char *bureau = make(admin, "project", "\"name\":\"bureau\"");
	const char *office =
		make(admin, "project", text("\"name\":\"office\",\"parent_id\":\"%s\"", bureau));
	const char *places[] = { bureau, office };
	const struct {
		const char *grant;
		int status[2]; /* of signing in to the bureau, to the office */
	} cases[] = {
		{ text("projects/%s/users/%%s/roles/%s", bureau, member_role), { 201, 401 } },
		{ text("projects/%s/users/%%s/roles/%s", office, member_role), { 401, 201 } },
		{ text("domains/default/users/%%s/roles/%s", member_role), { 401, 401 } },
		{ text("OS-INHERIT/projects/%s/users/%%s/roles/%s/inherited_to_projects", bureau,
		       member_role),
		  { 401, 201 } },
		{ text("OS-INHERIT/domains/default/users/%%s/roles/%s/inherited_to_projects",
		       member_role),
		  { 201, 201 } },
		{ text("system/users/%%s/roles/%s", member_role), { 401, 401 } },
	};

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		const char *user = person(admin, text("user-%zu", i));
		const char *at = strstr(cases[i].grant, "%s");
		put(admin,
		    text("%.*s%s%s", (int)(at - cases[i].grant), cases[i].grant, user, at + 2));
		for (int p = 0; p < 2; p++) {
			struct http_reply *r = sign_in(user, TEST_PASSWORD, on_project(places[p]));
			expect_status(r, cases[i].status[p]);
			if (r->status == 201)
				expect_text(r, "\"name\":\"reader\""); /* implied by member */
		}
	}
}

TEST(a_role_of_a_group_is_held_by_its_members_until_they_leave)
{
	test_house("openstack");
	const char *admin = admin_token(), *user = person(admin, "lin");
	const char *group = make(admin, "group", "\"name\":\"clerks\"");
	const char *project = make(admin, "project", "\"name\":\"records\"");

	put(admin,
	    text("projects/%s/groups/%s/roles/%s", project, group, role_named(admin, "reader")));
	put(admin, text("groups/%s/users/%s", group, user));
	struct http_reply *r = sign_in(user, TEST_PASSWORD, on_project(project));
	expect_status(r, 201);
	const char *token = reply_header(r, "X-Subject-Token");
	expect_status(look(admin, token), 200);
	expect_status(ask(admin, "DELETE", text("/identity/v3/groups/%s/users/%s", group, user),
			  NULL),
		      204);
	expect_status(look(admin, token), 404);
}

TEST(a_department_administrator_stays_in_the_department)
{
	test_house("openstack");
	const char *admin = admin_token();
	const char *health = make(admin, "domain", "\"name\":\"health\"");
	const char *roads = make(admin, "domain", "\"name\":\"roads\"");
	const char *head = make(
		admin, "user",
		text("\"name\":\"head\",\"domain_id\":\"%s\",\"password\":\"" TEST_PASSWORD "\"",
		     health));
	const char *stranger =
		make(admin, "user", text("\"name\":\"stranger\",\"domain_id\":\"%s\"", roads));
	const char *chief =
		make(admin, "user", text("\"name\":\"chief\",\"domain_id\":\"%s\"", health));

	put(admin, text("domains/%s/users/%s/roles/%s", health, head,
			role_named(admin, "department_admin")));
	put(admin, text("system/users/%s/roles/%s", chief, role_named(admin, "security_admin")));
	struct http_reply *r = sign_in(head, TEST_PASSWORD,
				       text(",\"scope\":{\"domain\":{\"id\":\"%s\"}}", health));
	expect_status(r, 201);
	const char *token = reply_header(r, "X-Subject-Token");

	/* Another department's people are not there. */
	expect_status(ask(token, "GET", text("/identity/v3/users/%s", stranger), NULL), 404);
	expect_status(ask(token, "DELETE", text("/identity/v3/users/%s", stranger), NULL), 404);
	r = ask(token, "GET", "/identity/v3/users", NULL);
	expect_status(r, 200);
	assert_null(strstr(buf_text(&r->body), "stranger"));
	expect_text(r, "\"name\":\"head\"");
	/* One's own are, and VDCs can be made for them. */
	const char *clerk = make(token, "user", "\"name\":\"clerk\"");
	const char *vdc = make(token, "project", "\"name\":\"clinic\"");
	put(token, text("projects/%s/users/%s/roles/%s", vdc, clerk, role_named(token, "member")));
	/* Not above oneself: no role of the system, nobody who holds one. */
	expect_status(ask(token, "PUT",
			  text("/identity/v3/system/users/%s/roles/%s", clerk,
			       role_named(token, "audit_admin")),
			  NULL),
		      403);
	expect_status(ask(token, "PUT",
			  text("/identity/v3/domains/%s/users/%s/roles/%s", health, clerk,
			       role_named(token, "admin")),
			  NULL),
		      403);
	expect_status(ask(token, "PATCH", text("/identity/v3/users/%s", chief),
			  "{\"user\":{\"password\":\"Taken-Over-2026\"}}"),
		      403);
	expect_status(ask(token, "POST", "/identity/v3/domains",
			  "{\"domain\":{\"name\":\"mine\"}}"),
		      403);
}

/* --- tokens --- */

TEST(ending_a_token_ends_what_came_from_it)
{
	test_house("openstack");
	const char *admin = admin_token();
	struct http_reply *r = ask(
		NULL, "POST", "/identity/v3/auth/tokens",
		text("{\"auth\":{\"identity\":{\"methods\":[\"token\"],\"token\":{\"id\":\"%s\"}},"
		     "\"scope\":{\"domain\":{\"id\":\"default\"}}}}",
		     admin));
	expect_status(r, 201);
	const char *second = reply_header(r, "X-Subject-Token");
	const struct http_header of = { "X-Subject-Token", admin };

	expect_status(look(second, second), 200);
	expect_status(ask_with(&of, 1, admin, "DELETE", "/identity/v3/auth/tokens", NULL), 204);
	expect_status(look(admin, admin), 401);
	expect_status(look(second, second), 401);
}

TEST(a_token_ends_with_its_time_and_exchange_does_not_lengthen_it)
{
	test_house("openstack");
	int64_t start = clock_now();

	clock_set(start);
	const char *admin = admin_token();
	clock_set(start + 3000 * CLOCK_SECOND);
	struct http_reply *r = ask(
		NULL, "POST", "/identity/v3/auth/tokens",
		text("{\"auth\":{\"identity\":{\"methods\":[\"token\"],\"token\":{\"id\":\"%s\"}},"
		     "\"scope\":{\"domain\":{\"id\":\"default\"}}}}",
		     admin));
	expect_status(r, 201);
	const char *second = reply_header(r, "X-Subject-Token");
	clock_set(start + 3601 * CLOCK_SECOND);
	int status = look(second, second)->status;
	clock_set(0);
	assert_int_equal(status, 401);
}

TEST(disabling_a_user_ends_their_tokens)
{
	test_house("openstack");
	const char *admin = admin_token(), *user = person(admin, "gone");
	const char *token = reply_header(sign_in(user, TEST_PASSWORD, NULL), "X-Subject-Token");

	expect_status(look(token, token), 200);
	expect_status(ask(admin, "PATCH", text("/identity/v3/users/%s", user),
			  "{\"user\":{\"enabled\":false}}"),
		      200);
	expect_status(look(token, token), 401);
	expect_status(ask(admin, "PATCH", text("/identity/v3/users/%s", user),
			  "{\"user\":{\"enabled\":true}}"),
		      200);
	expect_status(look(token, token), 401);
	expect_status(sign_in(user, TEST_PASSWORD, NULL), 201);
}

TEST(whoever_may_not_look_at_others_tokens_looks_at_their_own)
{
	test_house("openstack");
	const char *admin = admin_token(), *mine = token_with_role("member");

	expect_status(look(mine, mine), 200);
	expect_status(look(mine, admin), 403);
	expect_status(look(admin, mine), 200);
}

/* --- passwords --- */

TEST(five_wrong_passwords_lock_a_user_for_a_time)
{
	test_house("openstack");
	const char *admin = admin_token(), *user = person(admin, "hasty");
	int64_t start = clock_now();
	int locked, later;

	clock_set(start);
	for (int i = 0; i < 5; i++)
		expect_status(sign_in(user, "Wrong-Password-1", NULL), 401);
	locked = sign_in(user, TEST_PASSWORD, NULL)->status;
	clock_set(start + 1801 * CLOCK_SECOND);
	later = sign_in(user, TEST_PASSWORD, NULL)->status;
	clock_set(0);
	assert_int_equal(locked, 401);
	assert_int_equal(later, 201);
}

TEST(right_passwords_between_wrong_ones_lock_nobody)
{
	test_house("openstack");
	const char *user = person(admin_token(), "slow");

	for (int i = 0; i < 7; i++) {
		expect_status(sign_in(user, "Wrong-Password-1", NULL), 401);
		expect_status(sign_in(user, TEST_PASSWORD, NULL), 201);
	}
}

static struct http_reply *change_password(const char *user, const char *from, const char *to)
{
	return ask(NULL, "POST", text("/identity/v3/users/%s/password", user),
		   text("{\"user\":{\"original_password\":\"%s\",\"password\":\"%s\"}}", from, to));
}

TEST(a_password_does_not_come_back_soon)
{
	test_house("openstack");
	const char *user = person(admin_token(), "keeper");

	expect_status(change_password(user, "Wrong-Password-1", "Second-Password-2"), 401);
	expect_status(change_password(user, TEST_PASSWORD, "Second-Password-2"), 204);
	expect_status(change_password(user, "Second-Password-2", TEST_PASSWORD), 400);
	expect_status(change_password(user, "Second-Password-2", "Second-Password-2"), 400);
	expect_status(change_password(user, "Second-Password-2", "Third-Password-3"), 204);
	expect_status(sign_in(user, "Third-Password-3", NULL), 201);
	expect_status(sign_in(user, "Second-Password-2", NULL), 401);
}

/* --- several methods --- */

static const char *passcode_now(void)
{
	struct call *c = test_call();
	size_t size;
	uint8_t *secret = totp_secret(c->arena, "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ", &size);
	char *code = arena_alloc(c->arena, 7);

	totp_code(secret, size, clock_now() / CLOCK_SECOND / TOTP_STEP_SECONDS, code);
	return code;
}

TEST(a_user_whose_rules_want_two_methods_gets_a_receipt_for_the_first)
{
	test_house("openstack");
	const char *admin = admin_token(), *user = person(admin, "careful");

	expect_status(ask(admin, "POST", "/identity/v3/credentials",
			  text("{\"credential\":{\"type\":\"totp\",\"user_id\":\"%s\","
			       "\"blob\":\"GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ\"}}",
			       user)),
		      201);
	expect_status(ask(admin, "PATCH", text("/identity/v3/users/%s", user),
			  "{\"user\":{\"options\":{\"multi_factor_auth_enabled\":true,"
			  "\"multi_factor_auth_rules\":[[\"password\",\"totp\"]]}}}"),
		      200);
	struct http_reply *r = sign_in(user, TEST_PASSWORD, NULL);
	expect_status(r, 401);
	expect_text(r, "\"required_auth_methods\":[[\"password\",\"totp\"]]");
	assert_null(reply_header(r, "X-Subject-Token"));
	const char *receipt = reply_header(r, "Openstack-Auth-Receipt");
	assert_non_null(receipt);
	/* A receipt is no token. */
	expect_status(look(receipt, receipt), 401);

	const struct http_header with = { "Openstack-Auth-Receipt", receipt };
	const char *body =
		text("{\"auth\":{\"identity\":{\"methods\":[\"totp\"],\"totp\":{\"user\":{"
		     "\"id\":\"%s\",\"passcode\":\"%s\"}}}}}",
		     user, passcode_now());
	r = ask_with(&with, 1, NULL, "POST", "/identity/v3/auth/tokens", body);
	expect_status(r, 201);
	expect_text(r, "\"methods\":[\"password\",\"totp\"]");
	/* The passcode counted once. */
	expect_status(ask_with(&with, 1, NULL, "POST", "/identity/v3/auth/tokens", body), 401);
}

/* --- delegation --- */

TEST(a_trust_lends_its_roles_as_often_as_it_says)
{
	test_house("openstack");
	const char *admin = admin_token();
	const char *trustor = person(admin, "trustor"), *trustee = person(admin, "trustee");
	const char *project = make(admin, "project", "\"name\":\"shared\"");

	put(admin,
	    text("projects/%s/users/%s/roles/%s", project, trustor, role_named(admin, "member")));
	const char *own = reply_header(sign_in(trustor, TEST_PASSWORD, on_project(project)),
				       "X-Subject-Token");
	struct http_reply *r =
		ask(own, "POST", "/identity/v3/OS-TRUST/trusts",
		    text("{\"trust\":{\"trustor_user_id\":\"%s\",\"trustee_user_id\":\"%s\","
			 "\"project_id\":\"%s\",\"impersonation\":false,\"remaining_uses\":2,"
			 "\"roles\":[{\"name\":\"reader\"}]}}",
			 trustor, trustee, project));
	expect_status(r, 201);
	const char *scope =
		text(",\"scope\":{\"OS-TRUST:trust\":{\"id\":\"%s\"}}", member(r, "id"));

	r = sign_in(trustee, TEST_PASSWORD, scope);
	expect_status(r, 201);
	expect_text(r, "\"name\":\"reader\"");
	assert_null(strstr(buf_text(&r->body), "\"name\":\"member\""));
	const char *lent = reply_header(r, "X-Subject-Token");
	expect_status(sign_in(trustor, TEST_PASSWORD, scope), 403);
	expect_status(sign_in(trustee, TEST_PASSWORD, scope), 201);
	expect_status(sign_in(trustee, TEST_PASSWORD, scope), 403);
	/* What the trustor loses, the trust loses. */
	expect_status(ask(admin, "DELETE",
			  text("/identity/v3/projects/%s/users/%s/roles/%s", project, trustor,
			       role_named(admin, "member")),
			  NULL),
		      204);
	expect_status(look(admin, lent), 404);
}

TEST(an_application_credential_asks_only_what_its_access_rules_name)
{
	test_house("openstack");
	const char *admin = admin_token(), *user = person(admin, "robot");
	const char *project = make(admin, "project", "\"name\":\"robots\"");

	put(admin,
	    text("projects/%s/users/%s/roles/%s", project, user, role_named(admin, "member")));
	const char *own =
		reply_header(sign_in(user, TEST_PASSWORD, on_project(project)), "X-Subject-Token");
	struct http_reply *r = ask(
		own, "POST", text("/identity/v3/users/%s/application_credentials", user),
		"{\"application_credential\":{\"name\":\"nightly\",\"secret\":\"a-long-secret\","
		"\"access_rules\":[{\"service\":\"identity\",\"method\":\"GET\","
		"\"path\":\"/v3/users/*\"}]}}");
	expect_status(r, 201);
	const char *id = member(r, "id");
	r = ask(NULL, "POST", "/identity/v3/auth/tokens",
		text("{\"auth\":{\"identity\":{\"methods\":[\"application_credential\"],"
		     "\"application_credential\":{\"id\":\"%s\",\"secret\":\"a-long-secret\"}}}}",
		     id));
	expect_status(r, 201);
	const char *token = reply_header(r, "X-Subject-Token");
	expect_status(ask(token, "GET", text("/identity/v3/users/%s", user), NULL), 200);
	expect_status(ask(token, "GET", text("/identity/v3/users/%s/groups", user), NULL), 403);
	expect_status(ask(token, "GET", "/identity/v3/auth/projects", NULL), 403);
	/* It breeds no others. */
	expect_status(ask(token, "POST",
			  text("/identity/v3/users/%s/application_credentials", user),
			  "{\"application_credential\":{\"name\":\"child\"}}"),
		      403);
	expect_status(ask(own, "DELETE",
			  text("/identity/v3/users/%s/application_credentials/%s", user, id), NULL),
		      204);
	expect_status(look(admin, token), 404);
}

TEST(a_stored_key_is_sealed_and_shown_to_its_owner)
{
	test_house("openstack");
	const char *admin = admin_token(), *user = person(admin, "owner");
	const char *own = reply_header(sign_in(user, TEST_PASSWORD, NULL), "X-Subject-Token");
	const char *id = make(own, "credential", "\"type\":\"cert\",\"blob\":\"very secret\"");
	struct http_reply *r = ask(own, "GET", text("/identity/v3/credentials/%s", id), NULL);

	expect_status(r, 200);
	assert_string_equal(member(r, "blob"), "very secret");
	expect_status(ask(token_with_role("member"), "GET", text("/identity/v3/credentials/%s", id),
			  NULL),
		      403);
}

/* --- the portal --- */

struct portal {
	const char *cookie, *csrf;
};

static struct http_reply *from_portal(const struct portal *p, const char *method, const char *path,
				      const char *body)
{
	const struct http_header headers[] = { { "Cookie", p->cookie },
					       { "X-CSRF-Token", p->csrf } };

	return ask_with(headers, p->csrf ? 2 : 1, NULL, method, path, body);
}

static struct portal sign_in_to_portal(const char *user)
{
	struct http_reply *r = ask(NULL, "POST", "/api/v1/session",
				   text("{\"domain\":\"Default\",\"user\":\"%s\","
					"\"password\":\"" TEST_PASSWORD "\"}",
					user));

	expect_status(r, 201);
	const char *set = reply_header(r, "Set-Cookie");
	assert_non_null(strstr(set, "; HttpOnly; SameSite=Strict"));
	return (struct portal){ text("%.*s", (int)strcspn(set, ";"), set), member(r, "csrf") };
}

TEST(a_session_needs_its_second_secret_to_write)
{
	test_house("openstack");
	struct portal p = sign_in_to_portal("admin"), forged = { p.cookie, NULL };

	expect_status(from_portal(&forged, "GET", "/api/v1/session", NULL), 200);
	expect_status(from_portal(&forged, "PUT", "/api/v1/session/project",
				  "{\"project_id\":null}"),
		      403);
	forged.csrf = "guessed";
	expect_status(from_portal(&forged, "DELETE", "/api/v1/session", NULL), 403);
	struct http_reply *r =
		from_portal(&p, "PUT", "/api/v1/session/project", "{\"project_id\":null}");
	expect_status(r, 200);
	expect_text(r, "\"project\":null");
	expect_status(from_portal(&p, "DELETE", "/api/v1/session", NULL), 204);
	expect_status(from_portal(&p, "GET", "/api/v1/session", NULL), 401);
}

TEST(an_idle_session_ends)
{
	test_house("openstack");
	int64_t start = clock_now();
	int used, idle;

	clock_set(start);
	struct portal p = sign_in_to_portal("admin");
	clock_set(start + 1700 * CLOCK_SECOND);
	used = from_portal(&p, "GET", "/api/v1/session", NULL)->status;
	clock_set(start + 3300 * CLOCK_SECOND);
	used += from_portal(&p, "GET", "/api/v1/session", NULL)->status;
	clock_set(start + 5200 * CLOCK_SECOND);
	idle = from_portal(&p, "GET", "/api/v1/session", NULL)->status;
	clock_set(0);
	assert_int_equal(used, 400);
	assert_int_equal(idle, 401);
}

TEST(the_portal_wants_the_passcode_of_whoever_has_one)
{
	test_house("openstack");
	const char *admin = admin_token();

	expect_status(ask(admin, "POST", "/identity/v3/credentials",
			  "{\"credential\":{\"type\":\"totp\","
			  "\"blob\":\"GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ\"}}"),
		      201);
	struct http_reply *r = ask(NULL, "POST", "/api/v1/session",
				   "{\"domain\":\"Default\",\"user\":\"admin\","
				   "\"password\":\"" TEST_PASSWORD "\"}");
	expect_status(r, 401);
	assert_string_equal(member(r, "word"), "passcode-required");
	r = ask(NULL, "POST", "/api/v1/session",
		text("{\"domain\":\"Default\",\"user\":\"admin\",\"password\":\"" TEST_PASSWORD
		     "\",\"passcode\":\"%s\"}",
		     passcode_now()));
	expect_status(r, 201);
}
