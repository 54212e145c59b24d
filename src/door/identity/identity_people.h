/* SPDX-License-Identifier: Apache-2.0 */
/* Users and groups: acts, statements, shapes. */
#ifndef DOOR_IDENTITY_IDENTITY_PEOPLE_H
#define DOOR_IDENTITY_IDENTITY_PEOPLE_H

#include "door/identity/identity_private.h"

struct user_list {
	struct user *users;
	size_t users_count;
	const char *collection; /* of the link to itself */
};

struct user_ask {
	const char *domain_id, *name, *group_id, *password_expires_at;
	bool enabled;
	bool domain_id_given, name_given, enabled_given, password_expires_at_given;
};

struct password_change {
	const char *user_id;
	const char *original_password, *password;
	const char *new_hash; /* from prepare */
};

struct group_list {
	struct group *groups;
	size_t groups_count;
	const char *collection;
};

struct group_ask {
	const char *domain_id, *name, *user_id;
	bool domain_id_given, name_given;
};

enum status user_create(struct call *c, const struct user *in, struct user *out) MUST_USE;
enum status user_change(struct call *c, const struct user *in, struct user *out) MUST_USE;
enum status user_delete(struct call *c, const struct key *in, struct nothing *out) MUST_USE;
enum status user_show(struct call *c, const struct key *in, struct user *out) MUST_USE;
enum status user_all(struct call *c, const struct user_ask *in, struct user_list *out) MUST_USE;
enum status user_password(struct call *c, const struct password_change *in,
			  struct nothing *out) MUST_USE;
/* Before the acts: the hash of a new password. */
enum status user_prepare(struct call *c, struct user *in) MUST_USE;
/* Before user_password(): checks the old one, the rules and the history, and hashes the new one. */
enum status user_password_prepare(struct call *c, struct password_change *in) MUST_USE;
/* Without asking who may: for user_create() and init. */
enum status user_make(struct call *c, const struct user *in, struct user *out) MUST_USE;

enum status group_create(struct call *c, const struct group *in, struct group *out) MUST_USE;
enum status group_change(struct call *c, const struct group *in, struct group *out) MUST_USE;
enum status group_delete(struct call *c, const struct key *in, struct nothing *out) MUST_USE;
enum status group_show(struct call *c, const struct key *in, struct group *out) MUST_USE;
enum status group_all(struct call *c, const struct group_ask *in, struct group_list *out) MUST_USE;
enum status user_groups(struct call *c, const struct group_ask *in,
			struct group_list *out) MUST_USE;
enum status group_users(struct call *c, const struct user_ask *in, struct user_list *out) MUST_USE;
enum status member_add(struct call *c, const struct key *in, struct nothing *out) MUST_USE;
enum status member_check(struct call *c, const struct key *in, struct nothing *out) MUST_USE;
enum status member_remove(struct call *c, const struct key *in, struct nothing *out) MUST_USE;

/* --- statements; identity_people_store.c --- */

enum status user_read(struct call *c, const char *id, struct user *out) MUST_USE;
enum status user_put(struct call *c, const struct user *u) MUST_USE;
enum status user_write(struct call *c, const struct user *u) MUST_USE;
enum status user_write_password(struct call *c, const struct user *u) MUST_USE;
enum status user_remove(struct call *c, const char *id) MUST_USE;
enum status user_list_read(struct call *c, const struct user_ask *ask, struct user **out,
			   size_t *count) MUST_USE;
struct hash_row {
	const char *hash;
};
enum status password_history(struct call *c, const char *user_id, int64_t most,
			     struct hash_row **out, size_t *count) MUST_USE;
enum status password_remember(struct call *c, const char *user_id, const char *hash) MUST_USE;

enum status group_read(struct call *c, const char *id, struct group *out) MUST_USE;
enum status group_put(struct call *c, const struct group *g) MUST_USE;
enum status group_write(struct call *c, const struct group *g) MUST_USE;
enum status group_remove(struct call *c, const char *id) MUST_USE;
enum status group_list_read(struct call *c, const struct group_ask *ask, struct group **out,
			    size_t *count) MUST_USE;
enum status member_put(struct call *c, const char *user_id, const char *group_id) MUST_USE;
enum status member_count(struct call *c, const char *user_id, const char *group_id,
			 int64_t *out) MUST_USE;
enum status member_drop(struct call *c, const char *user_id, const char *group_id,
			int64_t *changed) MUST_USE;

extern const struct field user_wire[], group_wire[];

#endif
