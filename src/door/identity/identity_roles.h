/* SPDX-License-Identifier: Apache-2.0 */
/* Roles, what they imply, who holds them: acts, statements, shapes. */
#ifndef DOOR_IDENTITY_IDENTITY_ROLES_H
#define DOOR_IDENTITY_IDENTITY_ROLES_H

#include "door/identity/identity_private.h"

struct role_rows {
	struct role_row *roles;
	size_t roles_count;
	const char *collection;
};

struct role_ask {
	const char *name, *domain_id;
	bool name_given, domain_id_given;
};

/* A role and what it implies directly. */
struct inference {
	struct role_row prior;
	struct role_row *implies;
	size_t implies_count;
	bool one; /* shown as one pair, not as a list */
};
struct inference_list {
	struct inference *list;
	size_t count;
};
struct inference_row {
	const char *prior_id, *implied_id;
};

enum status role_create(struct call *c, const struct role_row *in, struct role_row *out) MUST_USE;
enum status role_change(struct call *c, const struct role_row *in, struct role_row *out) MUST_USE;
enum status role_delete(struct call *c, const struct key *in, struct nothing *out) MUST_USE;
enum status role_show(struct call *c, const struct key *in, struct role_row *out) MUST_USE;
enum status role_all(struct call *c, const struct role_ask *in, struct role_rows *out) MUST_USE;
enum status inference_add(struct call *c, const struct key *in, struct inference *out) MUST_USE;
enum status inference_show(struct call *c, const struct key *in, struct inference *out) MUST_USE;
enum status inference_drop(struct call *c, const struct key *in, struct nothing *out) MUST_USE;
enum status inference_of(struct call *c, const struct key *in, struct inference *out) MUST_USE;
enum status inference_all(struct call *c, const struct nothing *in,
			  struct inference_list *out) MUST_USE;
/* Without asking who may: for init. */
enum status role_make(struct call *c, const struct role_row *in, struct role_row *out) MUST_USE;
enum status inference_make(struct call *c, const char *prior_id, const char *implied_id) MUST_USE;

/* --- grants; identity_grant.c --- */

/* The plain ones name a project or a domain, or neither: the system. */
enum status grant_put(struct call *c, const struct key *in, struct nothing *out) MUST_USE;
enum status grant_check(struct call *c, const struct key *in, struct nothing *out) MUST_USE;
enum status grant_drop(struct call *c, const struct key *in, struct nothing *out) MUST_USE;
enum status grant_list(struct call *c, const struct key *in, struct role_rows *out) MUST_USE;
/* The same for what stands below the project or domain (OS-INHERIT). */
enum status heritage_put(struct call *c, const struct key *in, struct nothing *out) MUST_USE;
enum status heritage_check(struct call *c, const struct key *in, struct nothing *out) MUST_USE;
enum status heritage_drop(struct call *c, const struct key *in, struct nothing *out) MUST_USE;
enum status heritage_list(struct call *c, const struct key *in, struct role_rows *out) MUST_USE;

struct grant {
	const char *actor, *target, *role_id; /* target: an id or "system" */
	bool inherited;
	const char *user_id, *group_id, *project_id; /* the one that is meant; else NULL */
};
enum status grant_write(struct call *c, const struct grant *g) MUST_USE;

/* --- the list of assignments; identity_assignment.c --- */

struct assignment_ask {
	const char *user_id, *group_id, *role_id, *project_id, *domain_id, *system, *inherited_to;
	const char *effective, *include_names, *include_subtree;
	bool effective_given, include_names_given, include_subtree_given;
};

/* One assignment, with names. Of an effective one, 'inherited' tells that it came from above, and
 * 'through' the grant that it comes from. */
struct assignment {
	const char *role_id, *role_name, *role_domain_id;
	const char *user_id, *group_id, *actor_name, *actor_domain_id, *actor_domain_name;
	const char *project_id; /* NULL: the system */
	bool is_domain;
	const char *path, *target_name, *target_domain_id, *target_domain_name;
	bool inherited;
	const char *from_group_id, *from_target, *from_role_id; /* of an effective one; else NULL */
};
struct assignment_list {
	struct assignment *list;
	size_t count, room;
	bool names, effective;
};
enum status assignment_all(struct call *c, const struct assignment_ask *in,
			   struct assignment_list *out) MUST_USE;

/* --- statements; identity_role_store.c, identity_assignment_store.c --- */

enum status role_read(struct call *c, const char *id, struct role_row *out) MUST_USE;
enum status role_put(struct call *c, const struct role_row *r) MUST_USE;
enum status role_write(struct call *c, const struct role_row *r) MUST_USE;
enum status role_remove(struct call *c, const char *id) MUST_USE;
enum status role_list_read(struct call *c, struct role_row **out, size_t *count) MUST_USE;
enum status implied_put(struct call *c, const char *prior_id, const char *implied_id) MUST_USE;
enum status implied_drop(struct call *c, const char *prior_id, const char *implied_id,
			 int64_t *changed) MUST_USE;
enum status implied_of(struct call *c, const char *prior_id, struct role_row **out,
		       size_t *count) MUST_USE;
enum status implied_all(struct call *c, struct inference_row **out, size_t *count) MUST_USE;
enum status grant_count(struct call *c, const struct grant *g, int64_t *out) MUST_USE;
enum status grant_remove(struct call *c, const struct grant *g, int64_t *changed) MUST_USE;
enum status grants_of(struct call *c, const struct grant *g, struct role_row **out,
		      size_t *count) MUST_USE;

struct member_row {
	const char *group_id, *user_id, *name, *domain_id, *domain_name;
};
enum status assignments_by_user(struct call *c, const char *user_id, struct assignment **out,
				size_t *count) MUST_USE;
enum status assignments_by_actor(struct call *c, const char *actor, struct assignment **out,
				 size_t *count) MUST_USE;
enum status assignments_by_target(struct call *c, const char *target, struct assignment **out,
				  size_t *count) MUST_USE;
enum status assignments_every(struct call *c, struct assignment **out, size_t *count) MUST_USE;
/* The members of one group. */
enum status members_of(struct call *c, const char *group_id, struct member_row **out,
		       size_t *count) MUST_USE;

extern const struct field role_wire[], role_rows_wire[];

#endif
