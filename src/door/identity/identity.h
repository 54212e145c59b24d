/* SPDX-License-Identifier: Apache-2.0 */
/* Identity 统一身份: departments (domains), VDCs (projects), users, groups, roles, and the tokens and
 * sessions by which they sign in. Speaks Keystone v3.
 *
 * Owns tables identity_*. Posts identity.user.deleted, identity.project.deleted and
 * identity.domain.deleted, each with {"id": …}. Uses db, audit, jobs. */
#ifndef DOOR_IDENTITY_IDENTITY_H
#define DOOR_IDENTITY_IDENTITY_H

#include "base/call.h"
#include "base/text.h"

struct house;

/* Fills c->actor from an X-Auth-Token. In a reading transaction. ST_SIGNED_OUT: not a token of ours,
 * expired, revoked, or its user, domain or project is disabled or gone. */
enum status identity_actor_of_token(struct call *c, const char *token) MUST_USE;
/* Fills c->actor from a portal session's cookie value; 'csrf' is the X-CSRF-Token header (NULL when
 * there is none) and is demanded when 'writes'. '*must_change' tells of a first password. */
enum status identity_actor_of_session(struct call *c, const char *cookie, const char *csrf,
				      bool writes, bool *must_change) MUST_USE;
/* After either, outside of a transaction: notes once a minute that a session is in use. */
void identity_seen(struct call *c);
/* Outside of a transaction: whether 'who', as one of the two above filled it at 'since', is still signed in
 * and bound to the same place: for connections that stay open. Does not count as using the session. */
bool identity_stands(struct call *c, const struct actor *who, int64_t since) MUST_USE;

/* In a transaction: whether the department (NULL: any) has this person, with an account that is open. */
enum status identity_has_person(struct call *c, const char *user_id, const char *domain_id,
				bool *has) MUST_USE;

struct identity_person {
	const char *id, *name;
	bool enabled; /* the account is open */
};
/* In a transaction: the people of a department by name, behind 'after' (NULL: from the first). */
enum status identity_people(struct call *c, const char *domain_id, const char *after, int64_t limit,
			    struct identity_person **out, size_t *count) MUST_USE;

/* Whether the asker's application credential, if it is one, may ask this of the service that stands
 * below 'prefix' ("/compute"): ST_FORBIDDEN when it has access rules and none of them fits. */
enum status identity_rules_allow(struct call *c, const char *prefix, const char *method,
				 const char *path) MUST_USE;

/* Makes what a new house needs: the domain 'default', the built-in roles, region, services, and the
 * first people: in the profile "city" the three administrators, in "openstack" the user admin. A line
 * "NAME PASSWORD" for each in 'passwords'; the passwords are one-time in the city. 'password' is that of
 * openstack's admin, NULL: a random one. ST_CONFLICT: there is a house already. */
enum status identity_init(struct call *c, struct house *h, const char *profile,
			  const char *password, struct buf *passwords) MUST_USE;
/* The staged key of tokens becomes the primary one, and a new one is staged. */
enum status identity_rotate_keys(struct call *c, struct house *h) MUST_USE;

extern const struct module identity_module;

#endif
