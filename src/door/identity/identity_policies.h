/* SPDX-License-Identifier: Apache-2.0 */
/* Documents and numbers kept for the services: policies and what they stand for, limits, departments'
 * options. */
#ifndef DOOR_IDENTITY_IDENTITY_POLICIES_H
#define DOOR_IDENTITY_IDENTITY_POLICIES_H

#include "door/identity/identity_catalog.h"

/* --- policies; identity_policy.c --- */

struct policy {
	const char *id, *type, *blob, *extra;
	bool type_given, blob_given;
};
struct policy_list {
	struct policy *policies;
	size_t policies_count;
};
struct policy_ask {
	const char *type;
};

enum status policy_create(struct call *c, const struct policy *in, struct policy *out) MUST_USE;
enum status policy_change(struct call *c, const struct policy *in, struct policy *out) MUST_USE;
enum status policy_delete(struct call *c, const struct key *in, struct nothing *out) MUST_USE;
enum status policy_show(struct call *c, const struct key *in, struct policy *out) MUST_USE;
enum status policy_all(struct call *c, const struct policy_ask *in,
		       struct policy_list *out) MUST_USE;
/* A policy stands for one endpoint, or one service, or one service in one region. */
enum status association_put(struct call *c, const struct key *in, struct nothing *out) MUST_USE;
enum status association_check(struct call *c, const struct key *in, struct nothing *out) MUST_USE;
enum status association_drop(struct call *c, const struct key *in, struct nothing *out) MUST_USE;
/* The nearest: the endpoint's own, its service's in the region or one above it, its service's. */
enum status endpoint_policy(struct call *c, const struct key *in, struct policy *out) MUST_USE;
enum status policy_endpoints(struct call *c, const struct key *in,
			     struct endpoint_list *out) MUST_USE;

enum status policy_read(struct call *c, const char *id, struct policy *out) MUST_USE;
enum status policy_insert(struct call *c, const struct policy *p) MUST_USE;
enum status policy_write(struct call *c, const struct policy *p) MUST_USE;
enum status policy_remove(struct call *c, const char *id) MUST_USE;
enum status policy_list_read(struct call *c, struct policy **out, size_t *count) MUST_USE;
enum status association_insert(struct call *c, const char *policy_id, const char *place,
			       const struct key *k) MUST_USE;
enum status association_count(struct call *c, const char *policy_id, const char *place,
			      int64_t *out) MUST_USE;
enum status association_remove(struct call *c, const char *policy_id, const char *place,
			       int64_t *changed) MUST_USE;
/* The policy of a place; ST_NOT_FOUND. */
enum status association_of(struct call *c, const char *place, struct policy *out) MUST_USE;

extern const struct field policy_wire[];

/* --- limits; identity_limit.c --- */

struct registered_limit {
	const char *id, *service_id, *region_id, *resource_name, *description;
	int64_t default_limit;
	bool service_id_given, region_id_given, resource_name_given, description_given;
	bool default_limit_given;
};
struct registered_limits {
	struct registered_limit *list;
	size_t list_count;
};
struct limit {
	const char *id, *project_id, *domain_id; /* one of both */
	const char *service_id, *region_id, *resource_name, *description;
	const char *registered_limit_id;
	int64_t resource_limit;
	bool is_domain;
	bool description_given, resource_limit_given;
};
struct limits {
	struct limit *list;
	size_t list_count;
};
struct limit_ask {
	const char *service_id, *region_id, *resource_name, *project_id, *domain_id;
};

enum status registered_create(struct call *c, const struct registered_limits *in,
			      struct registered_limits *out) MUST_USE;
enum status registered_change(struct call *c, const struct registered_limit *in,
			      struct registered_limit *out) MUST_USE;
enum status registered_delete(struct call *c, const struct key *in, struct nothing *out) MUST_USE;
enum status registered_show(struct call *c, const struct key *in,
			    struct registered_limit *out) MUST_USE;
enum status registered_all(struct call *c, const struct limit_ask *in,
			   struct registered_limits *out) MUST_USE;
enum status limit_create(struct call *c, const struct limits *in, struct limits *out) MUST_USE;
enum status limit_change(struct call *c, const struct limit *in, struct limit *out) MUST_USE;
enum status limit_delete(struct call *c, const struct key *in, struct nothing *out) MUST_USE;
enum status limit_show(struct call *c, const struct key *in, struct limit *out) MUST_USE;
enum status limit_all(struct call *c, const struct limit_ask *in, struct limits *out) MUST_USE;

enum status registered_read(struct call *c, const char *id, struct registered_limit *out) MUST_USE;
enum status registered_insert(struct call *c, const struct registered_limit *r) MUST_USE;
enum status registered_write(struct call *c, const struct registered_limit *r) MUST_USE;
enum status registered_remove(struct call *c, const char *id) MUST_USE;
enum status registered_used(struct call *c, const char *id, int64_t *out) MUST_USE;
enum status registered_list_read(struct call *c, struct registered_limit **out,
				 size_t *count) MUST_USE;
enum status limit_read(struct call *c, const char *id, struct limit *out) MUST_USE;
enum status limit_insert(struct call *c, const struct limit *l) MUST_USE;
enum status limit_write(struct call *c, const struct limit *l) MUST_USE;
enum status limit_remove(struct call *c, const char *id) MUST_USE;
enum status limit_list_read(struct call *c, struct limit **out, size_t *count) MUST_USE;

extern const struct field registered_limit_wire[], limit_wire[];

/* --- departments' options; identity_config.c --- */

/* Sections of options as JSON: {"ldap": {"url": "…"}}, or a part of it. */
struct domain_config {
	const char *domain_id, *section, *option;
	const char *config; /* JSON object */
	int status;         /* of an answer: 201 when it was new */
};

enum status config_put(struct call *c, const struct domain_config *in,
		       struct domain_config *out) MUST_USE;
enum status config_change(struct call *c, const struct domain_config *in,
			  struct domain_config *out) MUST_USE;
enum status config_show(struct call *c, const struct key *in, struct domain_config *out) MUST_USE;
enum status config_delete(struct call *c, const struct key *in, struct nothing *out) MUST_USE;
enum status config_preset(struct call *c, const struct key *in, struct domain_config *out) MUST_USE;

struct config_row {
	const char *section, *option_name, *value; /* value: JSON, sealed when sensitive */
	bool sensitive;
};
enum status config_rows(struct call *c, const char *domain_id, struct config_row **out,
			size_t *count) MUST_USE;
enum status config_row_put(struct call *c, const char *domain_id,
			   const struct config_row *r) MUST_USE;
/* Removes all, one section's, or one option (NULL: any). */
enum status config_row_remove(struct call *c, const char *domain_id, const char *section,
			      const char *option, int64_t *changed) MUST_USE;

#endif
