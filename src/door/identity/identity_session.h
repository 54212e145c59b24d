/* SPDX-License-Identifier: Apache-2.0 */
/* Portal sessions: a cookie that only nginx and the browser see, a second secret against forged
 * requests, an end after idleness. Not tokens: the portal never holds one. */
#ifndef DOOR_IDENTITY_IDENTITY_SESSION_H
#define DOOR_IDENTITY_IDENTITY_SESSION_H

#include "door/identity/identity_scopes.h"
#include "door/identity/identity_sign_in.h"

struct session_row {
	const char *id, *user_id, *project_id, *csrf;
	int64_t created_at, seen_at, expires_at;
};

struct session_ask {
	const char *domain, *user, *password, *passcode;
	bool domain_given;
	struct proof proof; /* from prepare */
	const char *cookie;
};

struct session_project {
	const char *project_id;
};

struct session_password {
	const char *original_password, *password;
	const char *new_hash; /* from prepare */
	const char *user_id;
};

struct session_place {
	const char *id, *name, *domain_id, *domain_name;
};

struct session {
	const char *set_cookie; /* header */
	const char *user_id, *user_name, *domain_id, *domain_name;
	const char *csrf;
	bool must_change;
	const char *profile;
	int64_t expires_at;
	struct words roles;
	struct session_place project; /* id NULL: none chosen */
	struct session_place *projects;
	size_t projects_count;
};

enum status session_prepare(struct call *c, struct session_ask *in) MUST_USE;
enum status session_begin(struct call *c, const struct session_ask *in,
			  struct session *out) MUST_USE;
enum status session_show(struct call *c, const struct nothing *in, struct session *out) MUST_USE;
enum status session_choose(struct call *c, const struct session_project *in,
			   struct session *out) MUST_USE;
enum status session_end(struct call *c, const struct nothing *in, struct session *out) MUST_USE;
enum status session_password_prepare(struct call *c, struct session_password *in) MUST_USE;
enum status session_password(struct call *c, const struct session_password *in,
			     struct nothing *out) MUST_USE;

/* --- statements --- */

enum status session_put(struct call *c, const struct session_row *s) MUST_USE;
enum status session_read(struct call *c, const char *id, struct session_row *out) MUST_USE;
enum status session_write_project(struct call *c, const char *id, const char *project_id) MUST_USE;
enum status session_touch(struct call *c, const char *id) MUST_USE;
enum status session_remove(struct call *c, const char *id) MUST_USE;
/* Removes what nobody can use any more: sessions, revocations. */
enum status leftovers_remove(struct call *c, int64_t idle_before, int64_t revoked_before) MUST_USE;
enum status session_places(struct call *c, const char *user_id, struct session_place **out,
			   size_t *count) MUST_USE;
/* The first department on which the user holds a role; ST_NOT_FOUND. */
enum status session_domain(struct call *c, const char *user_id, struct id_row *out) MUST_USE;

#endif
