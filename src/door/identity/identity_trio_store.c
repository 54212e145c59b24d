/* SPDX-License-Identifier: Apache-2.0 */
/* Who holds which roles, own and by group, wherever. */
#include "door/identity/identity_trio.h"

static const struct field holding_row[] = { F_STR(holding, user_id, 0, 0),
					    F_STR(holding, user_name, 0, 0),
					    F_STR(holding, role_id, 0, 0), F_END };

DB_STMT(trio_user_sql,
	"select u.id as user_id, u.name as user_name, a.role_id from identity_user u"
	" join identity_assignment a on a.actor = u.id where u.id = $1"
	" union select u.id, u.name, a.role_id from identity_user u"
	" join identity_membership m on m.user_id = u.id"
	" join identity_assignment a on a.actor = m.group_id where u.id = $1 order by 1");
DB_STMT(trio_group_sql,
	"select u.id as user_id, u.name as user_name, a.role_id from identity_membership g"
	" join identity_user u on u.id = g.user_id"
	" join identity_assignment a on a.actor = u.id where g.group_id = $1"
	" union select u.id, u.name, a.role_id from identity_membership g"
	" join identity_user u on u.id = g.user_id"
	" join identity_membership m on m.user_id = u.id"
	" join identity_assignment a on a.actor = m.group_id where g.group_id = $1 order by 1");
DB_STMT(trio_all_sql, "select u.id as user_id, u.name as user_name, a.role_id from identity_user u"
		      " join identity_assignment a on a.actor = u.id"
		      " union select u.id, u.name, a.role_id from identity_user u"
		      " join identity_membership m on m.user_id = u.id"
		      " join identity_assignment a on a.actor = m.group_id order by 1");

enum status trio_read(struct call *c, const char *user_id, const char *group_id,
		      struct holding **out, size_t *count)
{
	if (user_id)
		return DB_ALL(c, &trio_user_sql, holding_row, out, count, DB_ARGS(DB_STR(user_id)));
	if (group_id)
		return DB_ALL(c, &trio_group_sql, holding_row, out, count,
			      DB_ARGS(DB_STR(group_id)));
	return DB_ALL(c, &trio_all_sql, holding_row, out, count, DB_NO_ARGS);
}
