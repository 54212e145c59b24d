/* SPDX-License-Identifier: Apache-2.0 */
/* Identity 统一身份: departments (domains), VDCs (projects), users, groups, roles, and the tokens and
 * sessions by which they sign in. Speaks Keystone v3.
 *
 * Owns tables identity_*. Uses db, audit, jobs. */
#ifndef DOOR_IDENTITY_IDENTITY_H
#define DOOR_IDENTITY_IDENTITY_H

#include "base/call.h"

struct house;

/* Fills c->actor from an X-Auth-Token. In a reading transaction. ST_SIGNED_OUT: not a token of ours,
 * expired, revoked, or its user, domain or project is disabled or gone. */
enum status identity_actor_of_token(struct call *c, const char *token) MUST_USE;
/* Fills c->actor from a portal session's cookie value; 'csrf' is the X-CSRF-Token header (NULL when
 * there is none) and is demanded when 'writes'. '*must_change' tells of a first password. */
enum status identity_actor_of_session(struct call *c, const char *cookie, const char *csrf,
				      bool writes, bool *must_change) MUST_USE;

extern const struct module identity_module;

#endif
