/* SPDX-License-Identifier: Apache-2.0 */
/* Which VDC may use which resource pools: a VDC that was given pools may use these alone, one that was given
 * none may use every pool. What stands already stays where it is. */
#include "base/text.h"
#include "cloud/pool/pool_private.h"
#include "door/audit/audit.h"

static bool is_granted(const struct pool_grant *list, size_t count, const char *pool_id)
{
	for (size_t i = 0; i < count; i++)
		if (str_eq(list[i].pool_id, pool_id))
			return true;
	return false;
}

enum status pool_reach_of(struct call *c, const char *project_id, struct pool_reach *out)
{
	*out = (struct pool_reach){ 0 };
	return project_id ? pool_grants_of(c, project_id, &out->grants, &out->count) : ST_OK;
}

bool pool_reaches(const struct pool_reach *r, const struct pool_slot *s)
{
	return !r->count || (s->pool && is_granted(r->grants, r->count, s->pool->id));
}

enum status pool_reach_zone(struct call *c, const struct pool_reach *r, const char *zone)
{
	struct pool_aggregate *pools;
	size_t count;
	if (!r->count || !zone)
		return ST_OK;
	struct buf names = { .arena = c->arena };
	enum status st = pool_aggregate_rows(c, &pools, &count);
	for (size_t i = 0; i < count && !st; i++) {
		if (!is_granted(r->grants, r->count, pools[i].id))
			continue;
		if (str_eq(pools[i].zone, zone))
			return ST_OK;
		buf_printf(&names, "%s%s", names.size ? ", " : "", pools[i].name);
	}
	return st ? st
		  : fail(c, ST_FORBIDDEN, "availability_zone",
			 "this VDC may not use the pool %.100s; it may use: %.400s", zone,
			 buf_text(&names));
}

/* --- what administrators say and see --- */

enum status vdc_pools_show(struct call *c, const struct vdc_pools *in, struct vdc_pools *out)
{
	struct pool_reach r;
	enum status st = pool_reach_of(c, in->project_id, &r);
	out->project_id = in->project_id;
	out->pools = (struct words){ arena_array(c->arena, r.count + 1, sizeof(char *)), 0 };
	for (size_t i = 0; i < r.count && !st; i++)
		out->pools.list[out->pools.count++] = r.grants[i].pool_id;
	return st;
}

static const struct field trail_shape[] = { F_STRS(vdc_pools, pools, 0, 0), F_END };

enum status vdc_pools_set(struct call *c, const struct vdc_pools *in, struct vdc_pools *out)
{
	struct vdc_pools before = { 0 };
	enum status st = vdc_pools_show(c, in, &before);
	if (!st)
		st = pool_grants_forget(c, in->project_id);
	for (size_t i = 0; i < in->pools.count && !st; i++) {
		struct pool_aggregate p;
		bool twice = false;
		for (size_t k = 0; k < i; k++)
			twice |= str_eq(in->pools.list[k], in->pools.list[i]);
		st = pool_find(c, in->pools.list[i], &p);
		if (st == ST_NOT_FOUND) {
			call_forgive(c);
			return fail(c, ST_BAD_INPUT, "pools", "there is no pool %.64s",
				    in->pools.list[i]);
		}
		if (!st && !twice)
			st = pool_grant_put(c, in->project_id, p.id);
	}
	if (!st)
		st = vdc_pools_show(c, in, out);
	audit_subject(c, "vdc-pools", in->project_id);
	audit_change(c, trail_shape, &before, out);
	return st;
}

enum status vdc_pools_list(struct call *c, const struct nothing *in, struct vdc_pools_page *out)
{
	(void)in;
	return pool_grants(c, &out->grants, &out->grants_count);
}

/* --- what a VDC may choose --- */

enum status own_pools(struct call *c, const struct nothing *in, struct own_pools *out)
{
	struct pool_slot *slots;
	struct pool_reach r;
	size_t count;
	(void)in;
	enum status st = pool_reach_of(c, c->actor.project_id, &r);
	if (!st)
		st = pool_slots(c, &slots, &count);
	if (st)
		return st;
	out->limited = r.count > 0;
	out->pools = arena_array(c->arena, count + 1, sizeof(*out->pools));
	for (size_t i = 0; i < count; i++) {
		const struct pool_aggregate *p = slots[i].pool;
		bool open = slots[i].host->state == POOL_HOST_UP && !slots[i].host->disabled;
		size_t at = 0;
		if (!p || !pool_reaches(&r, &slots[i]))
			continue;
		while (at < out->pools_count && !str_eq(out->pools[at].id, p->id))
			at++;
		if (at == out->pools_count)
			out->pools[out->pools_count++] =
				(struct own_pool){ p->id,           p->name,       p->zone, p->site,
						   p->network_zone, p->protection, false };
		out->pools[at].available |= open;
	}
	return ST_OK;
}

/* --- how full a pool is, and of whose things --- */

static void count_host(struct pool_use *out, const struct pool_slot *s)
{
	struct pool_room all = pool_slot_room(s);
	out->hosts[out->hosts_count++] = (struct pool_use_host){
		.name = s->host->name,
		.state = s->host->state,
		.disabled = s->host->disabled,
		.share = s->share,
		.vcpus = all.vcpus,
		.memory_mb = all.memory_mb,
		.disk_gb = all.disk_gb,
		.used_vcpus = s->used.vcpus,
		.used_memory_mb = s->used.memory_mb,
		.used_disk_gb = s->used.disk_gb,
	};
}

enum status pool_use_show(struct call *c, const struct pool_key *in, struct pool_use *out)
{
	struct pool_aggregate p;
	struct pool_slot *slots;
	size_t count;
	enum status st = pool_find(c, in->pool_id, &p);
	if (!st)
		st = pool_slots(c, &slots, &count);
	if (!st)
		st = pool_use_of(c, in->pool_id, &out->vdcs, &out->vdcs_count);
	if (st)
		return st;
	out->hosts = arena_array(c->arena, count + 1, sizeof(*out->hosts));
	for (size_t i = 0; i < count; i++)
		if (slots[i].pool && str_eq(slots[i].pool->id, p.id))
			count_host(out, &slots[i]);
	return ST_OK;
}

/* A VDC that is gone is given nothing any more. */
static enum status project_gone(struct call *c, const struct event *e)
{
	return pool_grants_forget(c, e->subject);
}

const struct listener pool_listens[] = {
	{ "pool.projects", "identity.project.deleted", project_gone },
	{ 0 },
};
