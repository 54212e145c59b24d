/* SPDX-License-Identifier: Apache-2.0 */
/* 三员分立: system, security and audit administrator are three persons. Checked in the act of every change
 * that could give somebody a second of these roles, over all that the person holds anywhere. */
#include "door/identity/identity_trio.h"

static bool two_of_three(unsigned roles)
{
	roles &= ROLE_TRIO;
	return roles & (roles - 1);
}

enum status trio_keep(struct call *c, const char *user_id, const char *group_id)
{
	const struct known *k;
	struct holding *list;
	size_t n;
	unsigned held = 0;
	enum status st = known_take(c, &k);

	if (!st)
		st = trio_read(c, user_id, group_id, &list, &n);
	if (st)
		return st;
	for (size_t i = 0; i < n; i++) {
		const struct known_role *r = known_role(k, list[i].role_id);
		if (!i || !str_eq(list[i].user_id, list[i - 1].user_id))
			held = 0;
		held |= r ? r->reach_built_in : 0;
		if (two_of_three(held))
			return fail(c, ST_CONFLICT, NULL,
				    "%s would be two of the three administrators at once (system, "
				    "security, audit), who must be three persons",
				    list[i].user_name);
	}
	return ST_OK;
}
