/* SPDX-License-Identifier: Apache-2.0 */
/* Between identity_standing.c and its statements. */
#ifndef DOOR_IDENTITY_IDENTITY_STANDING_H
#define DOOR_IDENTITY_IDENTITY_STANDING_H

#include "door/identity/identity_private.h"

struct standing_user_row {
	const char *id, *name, *domain_id, *domain_name, *default_project_id, *options;
	bool enabled, domain_enabled, must_change;
	int64_t tokens_from_at, password_expires_at;
};

struct standing_place_row {
	struct project place;
	const char *domain_name;
	bool domain_enabled;
};

struct standing_grant_row {
	const char *role_id, *target;
	bool inherited;
};

enum status standing_read_user(struct call *c, const char *id,
			       struct standing_user_row *out) MUST_USE;
enum status standing_read_place(struct call *c, const char *id,
				struct standing_place_row *out) MUST_USE;
/* The grants of a user, own and by group, on any of PROJECT_DEPTH_MAX + 1 targets (NULL: none). */
enum status standing_read_grants(struct call *c, const char *user_id,
				 const char *const targets[PROJECT_DEPTH_MAX + 1],
				 struct standing_grant_row **out, size_t *count) MUST_USE;
enum status standing_read_revoked(struct call *c, const char *audit_id, const char *chain_id,
				  int64_t *out) MUST_USE;

#endif
