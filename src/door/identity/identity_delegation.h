/* SPDX-License-Identifier: Apache-2.0 */
/* Delegation: trusts, application credentials and their access rules. */
#ifndef DOOR_IDENTITY_IDENTITY_DELEGATION_H
#define DOOR_IDENTITY_IDENTITY_DELEGATION_H

#include "door/identity/identity_private.h"

struct trust_list {
	struct trust *trusts;
	size_t trusts_count;
};
struct trust_ask {
	const char *trustor_user_id, *trustee_user_id;
};
struct trust_roles {
	const char *trust_id;
	struct role_ref *roles;
	size_t roles_count;
};

enum status trust_create(struct call *c, const struct trust *in, struct trust *out) MUST_USE;
enum status trust_show(struct call *c, const struct key *in, struct trust *out) MUST_USE;
enum status trust_delete(struct call *c, const struct key *in, struct nothing *out) MUST_USE;
enum status trust_all(struct call *c, const struct trust_ask *in, struct trust_list *out) MUST_USE;
enum status trust_role_list(struct call *c, const struct key *in, struct trust_roles *out) MUST_USE;
enum status trust_role_show(struct call *c, const struct key *in, struct role_row *out) MUST_USE;

enum status trust_put(struct call *c, const struct trust *t) MUST_USE;
enum status trust_role_put(struct call *c, const char *id, const char *role_id) MUST_USE;
enum status trust_remove(struct call *c, const char *id) MUST_USE;
enum status trust_list_read(struct call *c, const struct trust_ask *in, struct trust **out,
			    size_t *count) MUST_USE;
enum status trust_count_down(struct call *c, const char *id, int64_t *changed) MUST_USE;

struct application_ask {
	const char *user_id, *name;
	bool name_given;
};
struct application_list {
	const char *user_id;
	struct application_credential *list;
	size_t list_count;
};
struct access_rule_list {
	const char *user_id;
	struct access_rule *access_rules;
	size_t access_rules_count;
};
/* An application credential as it is asked for; 'hash' is filled by prepare. */
struct application_new {
	struct application_credential app;
};

enum status application_prepare(struct call *c, struct application_credential *in) MUST_USE;
enum status application_create(struct call *c, const struct application_credential *in,
			       struct application_credential *out) MUST_USE;
enum status application_show(struct call *c, const struct key *in,
			     struct application_credential *out) MUST_USE;
enum status application_delete(struct call *c, const struct key *in, struct nothing *out) MUST_USE;
enum status application_all(struct call *c, const struct application_ask *in,
			    struct application_list *out) MUST_USE;
enum status access_rule_all(struct call *c, const struct key *in,
			    struct access_rule_list *out) MUST_USE;
enum status access_rule_show(struct call *c, const struct key *in,
			     struct access_rule *out) MUST_USE;
enum status access_rule_delete(struct call *c, const struct key *in, struct nothing *out) MUST_USE;

enum status application_put(struct call *c, const struct application_credential *a) MUST_USE;
enum status application_role_put(struct call *c, const char *id, const char *role_id) MUST_USE;
enum status application_rule_put(struct call *c, const char *id, const char *rule_id) MUST_USE;
enum status application_remove(struct call *c, const char *id) MUST_USE;
enum status application_list_read(struct call *c, const char *user_id,
				  struct application_credential **out, size_t *count) MUST_USE;
enum status rule_put(struct call *c, const char *user_id, const struct access_rule *r) MUST_USE;
enum status rule_find(struct call *c, const char *user_id, const struct access_rule *like,
		      struct access_rule *out) MUST_USE;
enum status rule_read(struct call *c, const char *user_id, const char *id,
		      struct access_rule *out) MUST_USE;
enum status rule_list_read(struct call *c, const char *user_id, struct access_rule **out,
			   size_t *count) MUST_USE;
enum status rule_remove(struct call *c, const char *id) MUST_USE;

extern const struct field trust_wire[], application_wire[];

#endif
