/* SPDX-License-Identifier: Apache-2.0 */
/* Quotas of VDCs and of persons in them. What a VDC uses is one row of counters, changed in the
 * transaction that makes or removes the server: two askers at once can never both take the last place. */
#include "base/text.h"
#include "cloud/compute/compute_more.h"
#include "door/audit/audit.h"

const char *const quota_names[] = {
	[QUOTA_INSTANCES] = "instances",
	[QUOTA_CORES] = "cores",
	[QUOTA_RAM] = "ram",
	[QUOTA_KEY_PAIRS] = "key_pairs",
	[QUOTA_METADATA] = "metadata_items",
	[QUOTA_GROUPS] = "server_groups",
	[QUOTA_GROUP_MEMBERS] = "server_group_members",
	[QUOTA_FILES] = "injected_files",
	[QUOTA_FILE_BYTES] = "injected_file_content_bytes",
	[QUOTA_FILE_PATH] = "injected_file_path_bytes",
	[QUOTA_FIXED_IPS] = "fixed_ips",
	[QUOTA_FLOATING_IPS] = "floating_ips",
	[QUOTA_SECURITY_GROUPS] = "security_groups",
	[QUOTA_SECURITY_RULES] = "security_group_rules",
	[QUOTAS] = NULL,
};

/* As many as Nova gives. */
static const struct quota_bounds built_in = { { 10, 20, 51200, 100, 128, 10, 10, 5, 10240, 255, -1,
						10, 10, 20 } };

#define OF_ALL "class:default"

static const char *of_project(struct call *c, const char *project_id)
{
	return arena_printf(c->arena, "project:%s", project_id ? project_id : "");
}

static const char *of_user(struct call *c, const char *project_id, const char *user_id)
{
	return arena_printf(c->arena, "user:%s:%s", project_id ? project_id : "",
			    user_id ? user_id : "");
}

/* 'own' gets whether the person has bounds of his own. */
static enum status read_bounds(struct call *c, const char *project_id, const char *user_id,
			       struct quota_bounds *out, bool *own)
{
	const char *user = of_user(c, project_id, user_id);
	struct quota_row *rows;
	size_t count;
	enum status st = quota_rows(c, OF_ALL, of_project(c, project_id), user, &rows, &count);
	if (st)
		return st;
	*out = built_in;
	*own = false;
	for (size_t i = 0; i < count; i++) {
		*own |= str_eq(rows[i].owner, user);
		for (int q = 0; q < QUOTAS; q++)
			if (str_eq(rows[i].name, quota_names[q]))
				out->at[q] = rows[i].bound;
	}
	return ST_OK;
}

enum status quota_bounds_of(struct call *c, const char *project_id, const char *user_id,
			    struct quota_bounds *out)
{
	bool own;
	return read_bounds(c, project_id, user_id, out, &own);
}

enum status quota_bound(struct call *c, enum quota_name what, int64_t *out)
{
	struct quota_bounds b;
	enum status st = quota_bounds_of(c, c->actor.project_id, c->actor.user_id, &b);
	if (!st)
		*out = b.at[what];
	return st;
}

/* --- counting --- */

static enum status used_by(struct call *c, const char *project_id, const char *user_id,
			   struct quota *out)
{
	if (user_id)
		return usage_of_user(c, project_id, user_id, out);
	enum status st = usage_read(c, project_id, out);
	if (st == ST_NOT_FOUND)
		*out = (struct quota){ 0 };
	return st == ST_NOT_FOUND ? ST_OK : st;
}

static enum status within(struct call *c, const char *what, int64_t limit, int64_t used,
			  int64_t asked)
{
	if (limit < 0 || used <= limit || asked <= 0)
		return ST_OK;
	return fail(c, ST_LIMIT, NULL,
		    "Quota exceeded for %s: Requested %lld, but already used %lld of %lld %s", what,
		    (long long)asked, (long long)(used - asked), (long long)limit, what);
}

static enum status all_within(struct call *c, const struct quota_bounds *b,
			      const struct quota *used, const struct quota *asked)
{
	enum status st =
		within(c, "instances", b->at[QUOTA_INSTANCES], used->instances, asked->instances);
	if (!st)
		st = within(c, "cores", b->at[QUOTA_CORES], used->cores, asked->cores);
	return st ? st : within(c, "ram", b->at[QUOTA_RAM], used->ram, asked->ram);
}

enum status quota_use(struct call *c, const struct server *s, int64_t instances, int64_t cores,
		      int64_t ram)
{
	const struct quota more = { instances, cores, ram };
	struct quota_bounds b;
	struct quota used;
	bool own = false;
	enum status st = usage_add(c, s->project_id, &more);
	if (st || instances < 0)
		return st;
	st = quota_bounds_of(c, s->project_id, NULL, &b);
	if (!st)
		st = used_by(c, s->project_id, NULL, &used);
	if (!st)
		st = all_within(c, &b, &used, &more);
	if (!st)
		st = read_bounds(c, s->project_id, s->user_id, &b, &own);
	if (st || !own)
		return st;
	/* The server is not counted yet as his: its row comes after, or has the size from before. */
	st = used_by(c, s->project_id, s->user_id, &used);
	used.instances += instances;
	used.cores += cores;
	used.ram += ram;
	return st ? st : all_within(c, &b, &used, &more);
}

/* --- asked by administrators and owners --- */

enum status quota_may_see(struct call *c, const char *project)
{
	if (c->actor.is_admin || c->actor.scope == SCOPE_SYSTEM ||
	    str_eq(project, c->actor.project_id))
		return ST_OK;
	return fail(c, ST_FORBIDDEN, NULL, "these are the quotas of another VDC");
}

enum status quota_set_show(struct call *c, const struct project_key *in, struct quota_set *out)
{
	struct server_group *groups;
	size_t count = 0;
	enum status st = quota_may_see(c, in->project_id);
	out->id = in->project_id;
	if (!st)
		st = quota_bounds_of(c, in->project_id, in->user_id, &out->limit);
	if (!st)
		st = used_by(c, in->project_id, in->user_id, &out->used);
	if (!st)
		st = server_group_rows(c, in->project_id, &groups, &count);
	out->groups = (int64_t)count;
	return st;
}

enum status quota_set_defaults(struct call *c, const struct project_key *in, struct quota_set *out)
{
	out->id = in->project_id;
	return quota_bounds_of(c, NULL, NULL, &out->limit);
}

/* Nova refuses a bound that is used up already, unless it is forced; and one of a person that is wider
 * than the VDC's. */
static enum status check_bound(struct call *c, const struct quota_change *in, int q, int64_t used,
			       const struct quota_bounds *most)
{
	int64_t limit = in->bounds.at[q];
	if (!in->force && limit >= 0 && limit < used)
		return fail(c, ST_BAD_INPUT, quota_names[q],
			    "Quota limit %lld for %s must be greater than or equal to already "
			    "used and reserved %lld.",
			    (long long)limit, quota_names[q], (long long)used);
	if (in->user_id && most->at[q] >= 0 && (limit < 0 || limit > most->at[q]))
		return fail(c, ST_BAD_INPUT, quota_names[q],
			    "Quota limit %lld for %s must be less than or equal to %lld.",
			    (long long)limit, quota_names[q], (long long)most->at[q]);
	return ST_OK;
}

static enum status put_bounds(struct call *c, const char *owner, const struct quota_bounds *b)
{
	enum status st = ST_OK;
	for (int q = 0; q < QUOTAS && !st; q++)
		if (b->at[q] != INT_NULL)
			st = quota_put(c, owner, quota_names[q], b->at[q]);
	return st;
}

enum status quota_set_change(struct call *c, const struct quota_change *in, struct quota_set *out)
{
	struct quota_bounds most;
	struct quota used;
	const char *owner = in->user_id ? of_user(c, in->project_id, in->user_id)
					: of_project(c, in->project_id);
	enum status st = quota_bounds_of(c, in->project_id, NULL, &most);
	if (!st)
		st = used_by(c, in->project_id, in->user_id, &used);
	if (st)
		return st;
	const int64_t had[QUOTAS] = { used.instances, used.cores, used.ram };
	for (int q = 0; q < QUOTAS && !st; q++)
		if (in->bounds.at[q] != INT_NULL)
			st = check_bound(c, in, q, had[q], &most);
	audit_subject(c, "quota", in->project_id);
	if (!st)
		st = put_bounds(c, owner, &in->bounds);
	if (!st)
		st = quota_bounds_of(c, in->project_id, in->user_id, &out->limit);
	out->used = used;
	return st;
}

enum status quota_set_reset(struct call *c, const struct project_key *in, void *out)
{
	(void)out;
	audit_subject(c, "quota", in->project_id);
	if (in->user_id)
		return quota_remove(c, of_user(c, in->project_id, in->user_id));
	enum status st = quota_remove(c, of_project(c, in->project_id));
	return st ? st : quota_remove_below(c, of_user(c, in->project_id, NULL));
}

/* --- what all have: Nova's class "default"; others have no meaning --- */

enum status quota_class_show(struct call *c, const struct quota_class_key *in,
			     struct quota_set *out)
{
	out->id = in->id;
	return quota_bounds_of(c, NULL, NULL, &out->limit);
}

enum status quota_class_change(struct call *c, const struct quota_change *in, struct quota_set *out)
{
	if (!str_eq(in->id, "default"))
		return fail(c, ST_NOT_FOUND, "id",
			    "there is no quota class %.64s: all VDCs are of class default", in->id);
	audit_subject(c, "quota", "default");
	enum status st = put_bounds(c, OF_ALL, &in->bounds);
	return st ? st : quota_bounds_of(c, NULL, NULL, &out->limit);
}

enum status limits_show(struct call *c, const struct limits_ask *in, struct quota_set *out)
{
	const struct project_key key = { in->tenant_id ? in->tenant_id : c->actor.project_id,
					 in->tenant_id ? NULL : c->actor.user_id };
	if (!key.project_id)
		return quota_bounds_of(c, NULL, NULL, &out->limit);
	enum status st = quota_set_show(c, &(struct project_key){ key.project_id, NULL }, out);
	return st ? st : quota_bounds_of(c, key.project_id, key.user_id, &out->limit);
}
