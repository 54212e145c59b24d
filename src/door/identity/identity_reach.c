/* SPDX-License-Identifier: Apache-2.0 */
/* Who may see what: the system sees all, a department itself and its VDCs, a VDC itself and what
 * stands below it. What cannot be seen does not exist. */
#include "door/identity/identity_private.h"

bool reach_all(const struct call *c)
{
	return c->actor.is_admin || c->actor.scope == SCOPE_SYSTEM;
}

bool reach_domain(const struct call *c, const char *domain_id)
{
	return reach_all(c) || str_eq(c->actor.domain_id, domain_id);
}

bool path_holds(const char *path, const char *id)
{
	size_t n = strlen(id);

	for (const char *p = path; p && *p; p += strcspn(p, "/"), p += *p == '/')
		if (!strncmp(p, id, n) && p[n] == '/')
			return true;
	return false;
}

bool reach_project(const struct call *c, const struct project *p)
{
	if (reach_all(c))
		return true;
	if (c->actor.scope == SCOPE_DOMAIN)
		return str_eq(c->actor.domain_id, p->is_domain ? p->id : p->domain_id);
	return c->actor.scope == SCOPE_PROJECT && path_holds(p->path, c->actor.project_id);
}

enum status missing(struct call *c, const char *what, const char *id)
{
	return fail(c, ST_NOT_FOUND, NULL, "Could not find %s: %s.", what, id ? id : "");
}

enum status must_be_or_may(struct call *c, const struct user *u, const char *permission)
{
	if (str_eq(c->actor.user_id, u->id))
		return ST_OK;
	if (!may(c, permission))
		return fail(c, ST_FORBIDDEN, NULL,
			    "You are not authorized to perform the requested action.");
	return reach_domain(c, u->domain_id) ? ST_OK : missing(c, "user", u->id);
}
