/* SPDX-License-Identifier: Apache-2.0 */
/* A house for tests: every room's tables and routes, no engines; asked in process through the door. */
#ifndef TEST_DOOR_H
#define TEST_DOOR_H

#include "door/http/http.h"
#include "harness.h"

/* The password of the admin of test_house(). */
#define TEST_PASSWORD "Yongyun-Test-2026"

/* A fresh house in the profile "openstack" or "city", initialised, on the database of the tests. Taken
 * back after the test. */
struct house *test_house(const char *profile);

/* Asks as the owner of 'token' (NULL: nobody). The reply lives as long as the test. */
struct http_reply *ask(const char *token, const char *method, const char *path, const char *body);
/* The same with further headers. */
struct http_reply *ask_with(const struct http_header *more, size_t count, const char *token,
			    const char *method, const char *path, const char *body);

/* From now on asks in this microversion ("2.26", "latest"); NULL: in none. */
void ask_in_version(const char *version);

/* A token: the admin's on the project admin; or one of a new user who has 'role' (a built-in one, made
 * if there is none of the name) on a new project. */
const char *admin_token(void);
const char *token_with_role(const char *role);
/* Makes a "domain", "project", "user" … of identity with these members of its object; its id. */
const char *ask_make(const char *token, const char *kind, const char *members);
/* A token of a new user of the department who has a built-in role on it, or on its VDC when 'project' is not
 * NULL; '*id' (may be NULL) is the user's. */
const char *ask_person(const char *admin, const char *domain, const char *project, const char *name,
		       const char *role, const char **id);

void expect_status_at(const char *file, int line, const struct http_reply *r, int status);
void expect_text_at(const char *file, int line, const struct http_reply *r, const char *text);
#define expect_status(r, s) expect_status_at(__FILE__, __LINE__, r, s)
#define expect_text(r, t) expect_text_at(__FILE__, __LINE__, r, t)
/* The text of the first member 'name' in the reply's body, at any depth; fails the test when there is
 * none. */
const char *member(const struct http_reply *r, const char *name);
/* The value of a header of the reply, NULL when it has none. */
const char *reply_header(const struct http_reply *r, const char *name);

#endif
