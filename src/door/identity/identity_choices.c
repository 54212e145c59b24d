/* SPDX-License-Identifier: Apache-2.0 */
/* What whoever is signed in may choose from: projects, domains, the system, the catalogue. */
#include "door/identity/identity_scopes.h"

enum status auth_projects(struct call *c, const struct nothing *in, struct project_list *out)
{
	(void)in;
	return projects_held(c, c->actor.user_id, &out->projects, &out->projects_count);
}

enum status auth_domains(struct call *c, const struct nothing *in, struct project_list *out)
{
	(void)in;
	return domains_held(c, c->actor.user_id, &out->projects, &out->projects_count);
}

enum status auth_system(struct call *c, const struct nothing *in, struct system_choice *out)
{
	const struct known *k;
	struct role_list held = { 0 };
	enum status st = known_take(c, &k);

	(void)in;
	if (!st)
		st = roles_on(c, k, c->actor.user_id, SCOPE_SYSTEM, NULL, &held);
	out->all = held.count > 0;
	return st;
}

enum status auth_catalog(struct call *c, const struct nothing *in, struct catalog_text *out)
{
	struct standing s = { .user_id = c->actor.user_id,
			      .scope = c->actor.scope,
			      .place.id = c->actor.project_id };
	struct buf b = { .arena = c->arena };
	struct json_out j = json_to(&b);
	enum status st = known_take(c, &s.known);

	(void)in;
	if (!st && !s.scope)
		return fail(c, ST_FORBIDDEN, NULL, "An unscoped token has no catalogue.");
	if (!st)
		st = catalog_write(c, &s, &j);
	out->catalog = buf_text(&b);
	return st;
}

enum status revocation_all(struct call *c, const struct revocation_ask *in,
			   struct revocation_list *out)
{
	return revocations_since(c, in->since, &out->events, &out->count);
}
