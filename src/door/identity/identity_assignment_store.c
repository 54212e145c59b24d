/* SPDX-License-Identifier: Apache-2.0 */
/* Assignments with the names of all that they join. */
#include "door/identity/identity_roles.h"

#define ROWS                                                                                       \
	"select a.role_id, r.name as role_name, r.domain_id as role_domain_id, a.user_id,"         \
	" a.group_id, coalesce(u.name, g.name) as actor_name,"                                     \
	" coalesce(u.domain_id, g.domain_id) as actor_domain_id, ad.name as actor_domain_name,"    \
	" a.project_id, coalesce(p.is_domain, 0) as is_domain, p.path, p.name as target_name,"     \
	" p.domain_id as target_domain_id, pd.name as target_domain_name, a.inherited"             \
	" from identity_assignment a join identity_role r on r.id = a.role_id"                     \
	" left join identity_user u on u.id = a.user_id"                                           \
	" left join identity_group g on g.id = a.group_id"                                         \
	" left join identity_project ad on ad.id = coalesce(u.domain_id, g.domain_id)"             \
	" left join identity_project p on p.id = a.project_id"                                     \
	" left join identity_project pd on pd.id = p.domain_id"
#define ORDER " order by a.actor, a.target, a.role_id, a.inherited"

static const struct field assignment_row[] = { F_STR(assignment, role_id, 0, 0),
					       F_STR(assignment, role_name, 0, 0),
					       F_STR(assignment, role_domain_id, 0, NULLABLE),
					       F_STR(assignment, user_id, 0, NULLABLE),
					       F_STR(assignment, group_id, 0, NULLABLE),
					       F_STR(assignment, actor_name, 0, 0),
					       F_STR(assignment, actor_domain_id, 0, 0),
					       F_STR(assignment, actor_domain_name, 0, 0),
					       F_STR(assignment, project_id, 0, NULLABLE),
					       F_BOOL(assignment, is_domain, 0),
					       F_STR(assignment, path, 0, NULLABLE),
					       F_STR(assignment, target_name, 0, NULLABLE),
					       F_STR(assignment, target_domain_id, 0, NULLABLE),
					       F_STR(assignment, target_domain_name, 0, NULLABLE),
					       F_BOOL(assignment, inherited, 0),
					       F_END };
static const struct field member_row_row[] = {
	F_STR(member_row, group_id, 0, 0),    F_STR(member_row, user_id, 0, 0),
	F_STR(member_row, name, 0, 0),        F_STR(member_row, domain_id, 0, 0),
	F_STR(member_row, domain_name, 0, 0), F_END
};

DB_STMT(assignments_by_user_sql,
	ROWS " where a.actor = $1 or a.actor in"
	     " (select m.group_id from identity_membership m where m.user_id = $1)" ORDER);
DB_STMT(assignments_by_actor_sql, ROWS " where a.actor = $1" ORDER);
DB_STMT(assignments_by_target_sql, ROWS " where a.target = $1" ORDER);
DB_STMT(assignments_every_sql, ROWS ORDER);
DB_STMT(members_of_sql,
	"select m.group_id, m.user_id, u.name, u.domain_id, d.name as domain_name"
	" from identity_membership m join identity_user u on u.id = m.user_id"
	" join identity_project d on d.id = u.domain_id where m.group_id = $1 order by m.user_id");

enum status assignments_by_user(struct call *c, const char *user_id, struct assignment **out,
				size_t *count)
{
	return DB_ALL(c, &assignments_by_user_sql, assignment_row, out, count,
		      DB_ARGS(DB_STR(user_id)));
}

enum status assignments_by_actor(struct call *c, const char *actor, struct assignment **out,
				 size_t *count)
{
	return DB_ALL(c, &assignments_by_actor_sql, assignment_row, out, count,
		      DB_ARGS(DB_STR(actor)));
}

enum status assignments_by_target(struct call *c, const char *target, struct assignment **out,
				  size_t *count)
{
	return DB_ALL(c, &assignments_by_target_sql, assignment_row, out, count,
		      DB_ARGS(DB_STR(target)));
}

enum status assignments_every(struct call *c, struct assignment **out, size_t *count)
{
	return DB_ALL(c, &assignments_every_sql, assignment_row, out, count, DB_NO_ARGS);
}

enum status members_of(struct call *c, const char *group_id, struct member_row **out, size_t *count)
{
	return DB_ALL(c, &members_of_sql, member_row_row, out, count, DB_ARGS(DB_STR(group_id)));
}
