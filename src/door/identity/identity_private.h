/* SPDX-License-Identifier: Apache-2.0 */
/* What the files of identity share: the people and places, what a token stands for, who may see what. */
#ifndef DOOR_IDENTITY_IDENTITY_PRIVATE_H
#define DOOR_IDENTITY_IDENTITY_PRIVATE_H

#include "base/config.h"
#include "base/text.h"
#include "db/db.h"
#include "door/identity/identity.h"
#include "door/identity/token.h"
#include "door/permission.h"
#include "door/route.h"

/* --- what lives as long as the process; identity.c --- */

struct identity {
	struct fernet *tokens;  /* DATA/keys/fernet */
	struct fernet *secrets; /* DATA/keys/credential: never rotated away */
	const struct config *config;
};
extern struct identity identity;

/* Opens the keys, making them when 'make'; for start and for init. */
enum status identity_open(struct call *c, struct house *h, bool make) MUST_USE;
void identity_close(void);

/* --- people and places --- */

enum { PROJECT_DEPTH_MAX = 5, NAME_MAX_PROJECT = 64, NAME_MAX_USER = 255 };

/* A department (is_domain) or a VDC. */
struct project {
	const char *id;
	bool is_domain;
	const char *domain_id, *parent_id; /* NULL for a department */
	const char *name, *description;
	bool enabled;
	const char *path; /* ids of all ancestors and its own, each followed by '/' */
	int64_t depth;    /* 0: a department */
	const char *options, *extra;
	struct words tags;
	int64_t created_at;
	/* Of an input: which members were given. */
	bool domain_id_given, parent_id_given, is_domain_given;
	bool name_given, description_given, enabled_given, options_given, tags_given;
};

struct user {
	const char *id, *domain_id, *name;
	bool enabled;
	const char *description, *email, *default_project_id;
	const char *options, *extra;
	const char *password; /* of an input only */
	const char *password_hash;
	int64_t password_at, password_expires_at;
	bool must_change;
	int64_t failures, failed_at, locked_until_at, signed_in_at;
	int64_t tokens_from_at, created_at;
	bool name_given, enabled_given, description_given, email_given, default_project_id_given;
	bool options_given, password_given;
};

struct group {
	const char *id, *domain_id, *name, *description, *extra;
	bool name_given, description_given;
};

struct role_row {
	const char *id, *name, *domain_id, *description, *options, *extra;
	int64_t built_in; /* enum role, or 0 */
	bool name_given, description_given, options_given;
};

struct id_row {
	const char *id;
};
extern const struct field id_row_row[];

/* Ids named in a path; each route fills those it names. */
struct key {
	const char *id;
	const char *user_id, *group_id, *project_id, *domain_id, *role_id, *implied_id, *region_id;
	const char *service_id, *endpoint_id, *policy_id, *tag, *section, *option;
};
extern const struct field key_wire[];

/* Rows by id; ST_NOT_FOUND with words for the asker. */
enum status project_get(struct call *c, const char *id, struct project *out) MUST_USE;
enum status domain_get(struct call *c, const char *id, struct project *out) MUST_USE;
enum status user_get(struct call *c, const char *id, struct user *out) MUST_USE;
enum status group_get(struct call *c, const char *id, struct group *out) MUST_USE;
enum status role_get(struct call *c, const char *id, struct role_row *out) MUST_USE;

/* --- who may see what; identity_reach.c --- */

/* An object of another department or VDC does not exist for the asker: these fail with ST_NOT_FOUND in
 * the words of project_get() and the others. */
bool reach_all(const struct call *c);
bool reach_domain(const struct call *c, const char *domain_id);
bool reach_project(const struct call *c, const struct project *p);
/* Whether the place 'id' is one of those in a project's path. */
bool path_holds(const char *path, const char *id);
enum status missing(struct call *c, const char *what, const char *id) MUST_USE;
/* Fails unless the asker is the user 'user_id' or holds 'permission' over the user's department. */
enum status must_be_or_may(struct call *c, const struct user *u, const char *permission) MUST_USE;

/* --- roles and catalogue as each process keeps them; identity_known.c --- */

struct known_role {
	const char *id, *name, *domain_id; /* domain_id: NULL for a role known everywhere */
	unsigned built_in;                 /* of this role alone */
	unsigned reach_built_in;           /* with all that it implies */
	const size_t *reach;               /* indices of all that it implies, itself first */
	size_t reach_count;
};

struct known_endpoint {
	const char *id, *region_id, *interface, *service_id;
	const char *text; /* JSON, with marks where the address or an id goes */
	bool wants_project;
};

struct known_service {
	const char *id, *type;
	const char *text;    /* JSON members after the endpoints */
	size_t first, count; /* of the endpoints */
};

/* Never changes once made. */
struct known {
	int64_t number;                 /* of identity_house when it was read */
	const struct known_role *roles; /* by id */
	size_t role_count;
	const struct known_endpoint *endpoints;
	size_t endpoint_count;
	const struct known_service *services;
	size_t service_count;
	bool filtered;  /* some VDC has a catalogue of its own (OS-EP-FILTER) */
	bool openstack; /* the profile */
};

/* In a transaction: what this transaction sees; good until the call ends. */
enum status known_take(struct call *c, const struct known **out) MUST_USE;
/* In a writing act that changed roles, implications or the catalogue: every process reads them anew. */
enum status known_stale(struct call *c) MUST_USE;
const struct known_role *known_role(const struct known *k, const char *id);
const struct known_role *known_role_named(const struct known *k, const char *name);

/* --- what a token or session stands for; identity_standing.c --- */

struct role_list {
	const struct known_role **list; /* global roles, each once */
	size_t count;
	unsigned built_in; /* what they are worth in this scope */
};

struct trust;
struct application_credential;

struct standing {
	const char *user_id, *user_name, *user_domain_id, *user_domain_name;
	int64_t password_expires_at;
	bool must_change;
	const char *default_project_id, *user_options;
	enum scope scope;
	struct project place; /* the domain or project of the scope */
	const char *place_domain_name;
	const struct known *known;
	struct role_list roles;
	const struct trust *trust; /* or NULL */
	const struct application_credential *application;
	const char *actor_id; /* who really asks: the trustee of a trust, else the user */
};

/* In a transaction: reads all that the claims stand for. ST_SIGNED_OUT and the reason when they stand
 * for nothing (any more). */
enum status standing_of(struct call *c, const struct token_claims *t,
			struct standing *out) MUST_USE;
/* The user alone, enabled and in an enabled department: fills the user's members. */
enum status standing_user(struct call *c, const char *user_id, struct standing *out,
			  int64_t *tokens_from_at) MUST_USE;
/* The roles of a user on a place (NULL: the system), direct, by group, inherited and implied. */
enum status roles_on(struct call *c, const struct known *k, const char *user_id, enum scope scope,
		     const struct project *place, struct role_list *out) MUST_USE;
/* Adds a role and all that it implies to the list. */
void roles_add(struct call *c, const struct known *k, const struct known_role *r, enum scope scope,
	       struct role_list *list);
bool roles_have(const struct role_list *list, const char *role_id);
/* c->actor from a standing. */
void standing_act(struct call *c, const struct standing *s, const char *token_id);

/* The token's claims, checked for life and revocation. ST_SIGNED_OUT. */
enum status claims_of(struct call *c, const char *text, struct token_claims *out) MUST_USE;
/* The catalogue of a standing as a JSON array. */
enum status catalog_write(struct call *c, const struct standing *s, struct json_out *j) MUST_USE;

/* Every token and session of the user that began before now is worth nothing. */
enum status user_tokens_end(struct call *c, const char *user_id) MUST_USE;
/* Lists a revocation for OS-REVOKE: member and value, twice; NULL: none. */
enum status revocation_note(struct call *c, const char *name, const char *value, const char *name2,
			    const char *value2) MUST_USE;

/* --- 三员; identity_trio.c --- */

/* After a change: ST_CONFLICT when the user, or a member of the group, or with both NULL anybody, now
 * holds two of the three administrators' roles in any way. */
enum status trio_keep(struct call *c, const char *user_id, const char *group_id) MUST_USE;

/* --- trusts and application credentials, as tokens need them --- */

struct role_ref {
	const char *id, *name;
};

struct trust {
	const char *id, *trustor_user_id, *trustee_user_id, *project_id;
	bool impersonation;
	int64_t expires_at, remaining_uses; /* 0; INT_NULL: without end */
	const char *redelegated_trust_id;
	int64_t redelegation_count;
	bool allow_redelegation;
	const char *extra;
	int64_t created_at;
	struct role_ref *roles;
	size_t roles_count;
	bool redelegation_count_given;
};
enum status trust_get(struct call *c, const char *id, struct trust *out) MUST_USE;
/* One use less; ST_FORBIDDEN when none is left. */
enum status trust_use(struct call *c, const char *id) MUST_USE;

struct access_rule {
	const char *id, *service, *method, *path;
};

struct application_credential {
	const char *id, *user_id, *project_id, *name, *description;
	const char *secret; /* shown once */
	const char *secret_hash;
	int64_t expires_at; /* 0: never */
	bool unrestricted;
	const char *system;
	int64_t created_at;
	struct role_ref *roles;
	size_t roles_count;
	struct access_rule *access_rules;
	size_t access_rules_count;
};
enum status application_get(struct call *c, const char *id,
			    struct application_credential *out) MUST_USE;
enum status application_find(struct call *c, const char *user_id, const char *name,
			     struct application_credential *out) MUST_USE;

/* --- shapes and helpers of the dialect; identity_http.c --- */

extern const struct dialect keystone_dialect;
#define KEYSTONE "/identity/v3/"

/* As ROUTE(), for structs that have more than one wire shape. */
#define ROUTE_SHAPED(m, p, may_, fn, in_t, in_shape, out_t, out_shape, ...)                        \
	{                                                                                          \
		.method = m, .path = p, .may = may_, .act = fn##_act, .in = in_shape,              \
		.in_size = sizeof(struct in_t), .out = out_shape,                                  \
		.out_size = sizeof(struct out_t), ##__VA_ARGS__                                    \
	}

/* "links": {"self": …} of one thing below 'collection'. */
void write_self_link(struct call *c, struct json_out *j, const char *collection, const char *id);
/* "links": {"next": null, "previous": null, "self": …} of a list. */
void write_list_links(struct call *c, struct json_out *j, const char *collection);
/* Members that clients added: those of 'more' over those of 'old', without the names that are ours. */
const char *extra_merge(struct call *c, const char *old, const char *more);

/* The links of a thing and of the list of such things. */
#define LINKS_OF(s, id_, collection)                                                               \
	static void s##_link(struct call *c, struct json_out *j, const void *obj)                  \
	{                                                                                          \
		const struct s *o = obj;                                                           \
		write_self_link(c, j, collection, o->id_);                                         \
	}
#define LINKS_OF_LIST(s, collection)                                                               \
	static void s##_links(struct call *c, struct json_out *j, const void *obj)                 \
	{                                                                                          \
		(void)obj;                                                                         \
		write_list_links(c, j, collection);                                                \
	}

/* A change's member takes the place of the row's when it was given. */
#define TAKE(row, change, m)                                                                       \
	do {                                                                                       \
		if ((change)->m##_given)                                                           \
			(row)->m = (change)->m;                                                    \
	} while (0)

/* The routes of each topic, put together in identity.c. */
extern const struct route identity_auth_routes[], identity_project_routes[], identity_user_routes[],
	identity_role_routes[], identity_assignment_routes[], identity_catalog_routes[],
	identity_trust_routes[], identity_credential_routes[], identity_application_routes[],
	identity_policy_routes[], identity_filter_routes[], identity_limit_routes[],
	identity_config_routes[], identity_session_routes[], identity_version_routes[];

#endif
