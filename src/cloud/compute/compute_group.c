/* SPDX-License-Identifier: Apache-2.0 */
/* Server groups 反亲和组: servers that shall stand on one host, or on different ones. The group is held to
 * when a server is placed; members that run already are not moved. */
#include "base/id.h"
#include "base/text.h"
#include "cloud/compute/compute_change.h"
#include "door/audit/audit.h"

static enum status find(struct call *c, const char *id, struct server_group *out)
{
	enum status st = server_group_read(c, id, out);
	if (st == ST_NOT_FOUND ||
	    (!st && !c->actor.is_admin && !str_eq(out->project_id, c->actor.project_id)))
		return fail(c, ST_NOT_FOUND, "group_id", "Instance group %s could not be found.",
			    id);
	return st;
}

static enum status dress(struct call *c, struct server_group *list, size_t count, const char *id)
{
	struct server_group_member *members;
	size_t n;
	enum status st = server_group_member_rows(c, id, &members, &n);
	for (size_t i = 0; i < count && !st; i++) {
		list[i].members.list = arena_array(c->arena, n + 1, sizeof(char *));
		for (size_t m = 0; m < n; m++)
			if (str_eq(members[m].group_id, list[i].id))
				list[i].members.list[list[i].members.count++] = members[m].id;
	}
	return st;
}

/* One policy: in a list of one until 2.63, by itself since 2.64. */
static enum status policy_of(struct call *c, const struct server_group_create *in, int *policy)
{
	bool listed = c->version < NOVA(2, 64);
	const char *word = listed && in->policies.count == 1 ? in->policies.list[0] : NULL;
	if (!listed) {
		*policy = in->policy;
		return ST_OK;
	}
	/* The soft ones came with 2.15. */
	int known = c->version >= NOVA(2, 15) ? 4 : 2;
	for (int i = 0; word && i < known; i++)
		if (str_eq(word, server_group_policies[i])) {
			*policy = i;
			return ST_OK;
		}
	return fail(c, ST_BAD_INPUT, "policies", "a server group has one policy: %s",
		    known == 2 ? "affinity or anti-affinity"
			       : "affinity, anti-affinity, soft-affinity or soft-anti-affinity");
}

enum status server_group_create(struct call *c, const struct server_group_create *in,
				struct server_group *out)
{
	struct server_group *others;
	size_t count;
	int64_t most = 0;
	struct server_group g = { .id = id_new(c->arena),
				  .name = in->name,
				  .project_id = c->actor.project_id,
				  .user_id = c->actor.user_id,
				  .most = in->most,
				  .created_at = c->now_at };
	enum status st = policy_of(c, in, &g.policy);
	if (!st && in->most_given && g.policy != POLICY_ANTI)
		return fail(c, ST_BAD_INPUT, "rules", "Only anti-affinity policy supports rules.");
	if (!st)
		st = server_group_rows(c, g.project_id, &others, &count);
	if (!st)
		st = quota_bound(c, QUOTA_GROUPS, &most);
	if (!st && most >= 0 && (int64_t)count >= most)
		return fail(c, ST_LIMIT, NULL, "Quota exceeded, too many server groups.");
	if (st)
		return st;
	audit_subject(c, "server group", g.id);
	audit_change(c, server_group_wire, NULL, &g);
	*out = g;
	return server_group_insert(c, &g);
}

enum status server_group_show(struct call *c, const struct server_group_key *in,
			      struct server_group *out)
{
	enum status st = find(c, in->group_id, out);
	return st ? st : dress(c, out, 1, out->id);
}

enum status server_group_list(struct call *c, const struct server_group_list *in,
			      struct server_group_page *out)
{
	bool all = in->all_projects && c->actor.is_admin;
	enum status st = server_group_rows(c, all ? NULL : c->actor.project_id, &out->groups,
					   &out->groups_count);
	if (!st)
		st = dress(c, out->groups, out->groups_count, NULL);
	if (st)
		return st;
	size_t skip = (size_t)in->offset < out->groups_count ? (size_t)in->offset
							     : out->groups_count;
	out->groups += skip;
	out->groups_count -= skip;
	if (in->limit_given && in->limit > 0 && (size_t)in->limit < out->groups_count)
		out->groups_count = (size_t)in->limit;
	return ST_OK;
}

enum status server_group_delete(struct call *c, const struct server_group_key *in, void *out)
{
	struct server_group g = { 0 };
	(void)out;
	enum status st = find(c, in->group_id, &g);
	if (st)
		return st;
	audit_subject(c, "server group", g.id);
	audit_change(c, server_group_wire, &g, NULL);
	st = server_group_leave(c, g.id);
	return st ? st : server_group_remove(c, g.id);
}

enum status server_group_join(struct call *c, const char *group_id, int64_t count, struct server *s)
{
	struct server_group g = { 0 };
	struct server_group_member *members;
	size_t n;
	int64_t most = 0;
	enum status st = find(c, group_id, &g);
	if (st == ST_NOT_FOUND) {
		call_forgive(c);
		return fail(c, ST_BAD_INPUT, "group", "Instance group %s could not be found.",
			    group_id);
	}
	if (!st)
		st = server_group_member_rows(c, g.id, &members, &n);
	if (!st)
		st = quota_bound(c, QUOTA_GROUP_MEMBERS, &most);
	if (!st && most >= 0 && (int64_t)n + count > most)
		return fail(c, ST_LIMIT, "group", "Quota exceeded, too many servers in group");
	if (!st)
		s->group_id = g.id;
	return st;
}

/* Hosts that have 'most' members or more of those that are listed. */
static size_t crowded(const struct server_group_member *members, size_t n, int64_t most,
		      const char **hosts)
{
	size_t count = 0;
	for (size_t i = 0; i < n; i++) {
		int64_t there = 0;
		bool told = !members[i].host_id;
		for (size_t k = 0; k < n; k++)
			there += str_eq(members[k].host_id, members[i].host_id);
		for (size_t k = 0; k < count && !told; k++)
			told = str_eq(hosts[k], members[i].host_id);
		if (!told && there >= most)
			hosts[count++] = members[i].host_id;
	}
	return count;
}

enum status server_group_wish(struct call *c, const char *group_id, struct pool_ask *ask)
{
	struct server_group g = { 0 };
	struct server_group_member *members;
	size_t n;
	if (!group_id)
		return ST_OK;
	enum status st = server_group_read(c, group_id, &g);
	if (!st)
		st = server_group_member_rows(c, group_id, &members, &n);
	if (st)
		return st;
	const char **hosts = arena_array(c->arena, n + 1, sizeof(*hosts));
	size_t count = crowded(members, n, g.policy == POLICY_ANTI && g.most ? g.most : 1, hosts);
	ask->soft = g.policy == POLICY_SOFT_AFFINITY || g.policy == POLICY_SOFT_ANTI;
	if (g.policy == POLICY_AFFINITY || g.policy == POLICY_SOFT_AFFINITY) {
		ask->with = hosts;
		ask->with_count = count;
	} else {
		ask->apart = hosts;
		ask->apart_count = count;
	}
	return ST_OK;
}
