/* SPDX-License-Identifier: Apache-2.0 */
/* Departments and VDCs: rules, statements and shapes that several topics use. */
#ifndef DOOR_IDENTITY_IDENTITY_SCOPES_H
#define DOOR_IDENTITY_IDENTITY_SCOPES_H

#include "door/identity/identity_private.h"

struct project_list {
	struct project *projects;
	size_t projects_count;
};

/* --- what the asker may choose; identity_choices.c --- */

struct system_choice {
	bool all;
};
struct catalog_text {
	const char *catalog; /* JSON */
};
struct revocation_ask {
	int64_t since;
};
struct revocation_row {
	const char *event; /* JSON */
};
struct revocation_list {
	struct revocation_row *events;
	size_t count;
};

enum status auth_projects(struct call *c, const struct nothing *in,
			  struct project_list *out) MUST_USE;
enum status auth_domains(struct call *c, const struct nothing *in,
			 struct project_list *out) MUST_USE;
enum status auth_system(struct call *c, const struct nothing *in,
			struct system_choice *out) MUST_USE;
enum status auth_catalog(struct call *c, const struct nothing *in,
			 struct catalog_text *out) MUST_USE;
enum status revocation_all(struct call *c, const struct revocation_ask *in,
			   struct revocation_list *out) MUST_USE;

/* --- acts; identity_project.c, identity_domain.c --- */

struct project_ask {
	const char *domain_id, *name, *parent_id;
	bool enabled, is_domain;
	struct words tags, tags_any, not_tags, not_tags_any;
	bool domain_id_given, name_given, parent_id_given, enabled_given, is_domain_given;
	const char *user_id; /* of a path: the projects of a user */
};

/* A project with what the query asked beside it. */
struct project_shown {
	struct project project;
	bool parents_list, parents_ids, subtree_list, subtree_ids;
	struct project *parents, *subtree;
	size_t parents_count, subtree_count;
};
struct project_show {
	const char *id;
	const char *parents_as_list, *parents_as_ids, *subtree_as_list, *subtree_as_ids;
	bool parents_as_list_given, parents_as_ids_given;
	bool subtree_as_list_given, subtree_as_ids_given;
};
struct tag_list {
	const char *id;
	struct words tags;
};

enum status project_create(struct call *c, const struct project *in, struct project *out) MUST_USE;
enum status project_change(struct call *c, const struct project *in, struct project *out) MUST_USE;
enum status project_delete(struct call *c, const struct key *in, struct nothing *out) MUST_USE;
enum status project_show(struct call *c, const struct project_show *in,
			 struct project_shown *out) MUST_USE;
enum status project_all(struct call *c, const struct project_ask *in,
			struct project_list *out) MUST_USE;
enum status user_projects(struct call *c, const struct project_ask *in,
			  struct project_list *out) MUST_USE;
enum status tags_show(struct call *c, const struct key *in, struct tag_list *out) MUST_USE;
enum status tags_set(struct call *c, const struct tag_list *in, struct tag_list *out) MUST_USE;
enum status tags_clear(struct call *c, const struct key *in, struct nothing *out) MUST_USE;
enum status tag_add(struct call *c, const struct key *in, struct nothing *out) MUST_USE;
enum status tag_check(struct call *c, const struct key *in, struct nothing *out) MUST_USE;
enum status tag_remove(struct call *c, const struct key *in, struct nothing *out) MUST_USE;

enum status domain_create(struct call *c, const struct project *in, struct project *out) MUST_USE;
enum status domain_change(struct call *c, const struct project *in, struct project *out) MUST_USE;
enum status domain_delete(struct call *c, const struct key *in, struct nothing *out) MUST_USE;
enum status domain_show(struct call *c, const struct key *in, struct project *out) MUST_USE;
enum status domain_all(struct call *c, const struct project_ask *in,
		       struct project_list *out) MUST_USE;
/* Without asking who may: for the acts above and for init. */
enum status domain_make(struct call *c, const struct project *in, struct project *out) MUST_USE;
enum status project_make(struct call *c, const struct project *in, struct project *out) MUST_USE;

/* --- statements; identity_project_store.c --- */

enum status project_read(struct call *c, const char *id, struct project *out) MUST_USE;
enum status project_put(struct call *c, const struct project *p) MUST_USE;
enum status project_write(struct call *c, const struct project *p) MUST_USE;
enum status project_remove(struct call *c, const char *id) MUST_USE;
/* Removes all that a department owns; the department itself stays. */
enum status domain_empty(struct call *c, const char *id) MUST_USE;
enum status project_children(struct call *c, const char *id, bool enabled_only,
			     int64_t *out) MUST_USE;
/* The best index for what is asked; the caller filters the rest. */
enum status project_list_read(struct call *c, const struct project_ask *ask, struct project **out,
			      size_t *count) MUST_USE;
enum status project_subtree(struct call *c, const char *id, struct project **out,
			    size_t *count) MUST_USE;
/* VDCs, or departments, on which the user holds a role in any way. */
enum status projects_held(struct call *c, const char *user_id, struct project **out,
			  size_t *count) MUST_USE;
enum status domains_held(struct call *c, const char *user_id, struct project **out,
			 size_t *count) MUST_USE;
enum status domain_users_and_projects(struct call *c, const char *id, struct id_row **users,
				      size_t *user_count, struct id_row **projects,
				      size_t *project_count) MUST_USE;
enum status revocations_since(struct call *c, int64_t since, struct revocation_row **out,
			      size_t *count) MUST_USE;

/* --- shapes; identity_http_project.c --- */

extern const struct field project_wire[], domain_wire[], project_list_wire[];
void project_list_links(struct call *c, struct json_out *j, const void *obj);
void domain_list_links(struct call *c, struct json_out *j, const void *obj);

#endif
