/* SPDX-License-Identifier: Apache-2.0 */
/* Quotas as administrators set them, limits as users see them, zones, and hosts as hypervisors. */
#include "base/text.h"
#include "cloud/compute/compute_more.h"
#include "door/audit/audit.h"

/* --- quotas --- */

static enum status may_see(struct call *c, const char *project)
{
	if (c->actor.is_admin || c->actor.scope == SCOPE_SYSTEM ||
	    str_eq(project, c->actor.project_id))
		return ST_OK;
	return fail(c, ST_FORBIDDEN, NULL, "these are the quotas of another VDC");
}

enum status quota_set_show(struct call *c, const struct project_key *in, struct quota_set *out)
{
	enum status st = may_see(c, in->project_id);
	/* Nobody has a quota of his own: a person's is the VDC's. */
	out->id = in->project_id;
	return st ? st : quota_of(c, in->project_id, &out->limit, &out->used);
}

enum status quota_set_defaults(struct call *c, const struct project_key *in, struct quota_set *out)
{
	(void)c;
	*out = (struct quota_set){ .id = in->project_id, .limit = quota_default };
	return ST_OK;
}

/* Nova refuses a quota that is used up already, unless it is forced. */
static enum status check_bound(struct call *c, const struct quota_change *in, const char *at,
			       int64_t limit, int64_t used)
{
	if (in->force || limit < 0 || limit >= used)
		return ST_OK;
	return fail(c, ST_BAD_INPUT, at,
		    "Quota limit %lld for %s must be greater than or equal to already used and "
		    "reserved %lld.",
		    (long long)limit, at, (long long)used);
}

enum status quota_set_change(struct call *c, const struct quota_change *in, struct quota_set *out)
{
	struct quota q, used;
	enum status st = quota_of(c, in->project_id, &q, &used);
	q.instances = in->instances_given ? in->instances : q.instances;
	q.cores = in->cores_given ? in->cores : q.cores;
	q.ram = in->ram_given ? in->ram : q.ram;
	if (!st)
		st = check_bound(c, in, "instances", q.instances, used.instances);
	if (!st)
		st = check_bound(c, in, "cores", q.cores, used.cores);
	if (!st)
		st = check_bound(c, in, "ram", q.ram, used.ram);
	audit_subject(c, "quota", in->project_id);
	*out = (struct quota_set){ NULL, q, used };
	return st ? st : quota_write(c, in->project_id, &q);
}

enum status quota_set_reset(struct call *c, const struct project_key *in, void *out)
{
	(void)out;
	audit_subject(c, "quota", in->project_id);
	return quota_remove(c, in->project_id);
}

enum status limits_show(struct call *c, const struct limits_ask *in, struct quota_set *out)
{
	const char *project = in->tenant_id ? in->tenant_id : c->actor.project_id;
	enum status st = project ? may_see(c, project) : ST_OK;
	if (!st && !project)
		*out = (struct quota_set){ .limit = quota_default };
	return st || !project ? st : quota_of(c, project, &out->limit, &out->used);
}

/* --- zones --- */

enum status zones_show(struct call *c, const void *in, struct zone_list *out)
{
	struct pool_slot *slots;
	size_t count;
	(void)in;
	enum status st = pool_slots(c, &slots, &count);
	if (st)
		return st;
	struct zone *list = arena_array(c->arena, count + 1, sizeof(*list));
	/* There is always the zone that servers ask for when they ask for none. */
	list[0] = (struct zone){ .name = "nova" };
	size_t n = 1;
	for (size_t i = 0; i < count; i++) {
		const struct pool_host *h = slots[i].host;
		size_t z = 0;
		while (z < n && !str_eq(list[z].name, slots[i].zone))
			z++;
		if (z == n)
			list[n++] = (struct zone){ .name = slots[i].zone };
		list[z].available |= h->state == POOL_HOST_UP && !h->disabled;
		if (!list[z].hosts)
			list[z].hosts = arena_array(c->arena, count, sizeof(*h));
		list[z].hosts[list[z].hosts_count++] = *h;
	}
	*out = (struct zone_list){ list, n };
	return ST_OK;
}

enum status zone_known(struct call *c, const char *zone, bool *known)
{
	struct zone_list l = { 0 };
	enum status st = zones_show(c, NULL, &l);
	*known = !zone;
	for (size_t i = 0; i < l.zones_count && !*known; i++)
		*known = str_eq(l.zones[i].name, zone);
	return st;
}

/* --- hypervisors --- */

static enum status all_hypervisors(struct call *c, struct hypervisor **list, size_t *count)
{
	struct pool_host *hosts;
	struct pool_reservation *kept;
	size_t n, kept_count;
	enum status st = pool_hosts(c, &hosts, &n);
	if (!st)
		st = pool_reservations(c, &kept, &kept_count);
	if (st)
		return st;
	*list = arena_array(c->arena, n + 1, sizeof(**list));
	*count = n;
	for (size_t i = 0; i < n; i++) {
		(*list)[i] = (struct hypervisor){ .host = hosts[i], .number = (int64_t)i + 1 };
		for (size_t k = 0; k < kept_count; k++)
			(*list)[i].servers += str_eq(kept[k].host_id, hosts[i].id);
	}
	return ST_OK;
}

static bool is_named(const struct call *c, const struct hypervisor *h, const char *id)
{
	int64_t number;
	if (c->version >= NOVA(2, 53))
		return str_eq(h->host.id, id);
	return int_parse(id, &number) && number == h->number;
}

static enum status add_members(struct call *c, struct hypervisor_page *page)
{
	enum status st = ST_OK;
	for (size_t i = 0; i < page->hypervisors_count && !st; i++) {
		struct hypervisor *h = &page->hypervisors[i];
		st = server_rows_on(c, h->host.id, &h->members, &h->members_count);
		for (size_t k = 0; k < h->members_count && !st; k++)
			h->members[k].name = arena_printf(c->arena, "yongyun-%s", h->members[k].id);
	}
	return st;
}

enum status hypervisors_list(struct call *c, const struct hypervisor_list *in,
			     struct hypervisor_page *out)
{
	struct hypervisor *list;
	size_t count, kept = 0, first = 0;
	enum status st = all_hypervisors(c, &list, &count);
	if (st)
		return st;
	for (size_t i = 0; i < count; i++)
		if (!in->hypervisor_hostname_pattern ||
		    strstr(list[i].host.name, in->hypervisor_hostname_pattern))
			list[kept++] = list[i];
	if (in->hypervisor_hostname_pattern && !kept)
		return fail(c, ST_NOT_FOUND, NULL, "No hypervisor matching '%s' could be found.",
			    in->hypervisor_hostname_pattern);
	if (in->marker) {
		while (first < kept && !is_named(c, &list[first], in->marker))
			first++;
		if (first++ == kept)
			return fail(c, ST_BAD_INPUT, "marker", "marker [%.80s] not found",
				    in->marker);
	}
	size_t left = kept - first;
	size_t limit = in->limit_given && (size_t)in->limit < left ? (size_t)in->limit : left;
	out->hypervisors = list + first;
	out->hypervisors_count = limit;
	if (c->version >= NOVA(2, 53) &&
	    str_case_eq(in->with_servers ? in->with_servers : "", "true"))
		st = add_members(c, out);
	if (!st && limit && limit < left)
		out->next = c->version >= NOVA(2, 53)
				    ? list[first + limit - 1].host.id
				    : arena_printf(c->arena, "%lld",
						   (long long)list[first + limit - 1].number);
	return st;
}

enum status hypervisors_search(struct call *c, const struct hypervisor_key *in,
			       struct hypervisor_page *out)
{
	const struct hypervisor_list part = { .hypervisor_hostname_pattern = in->hypervisor_id };
	return hypervisors_list(c, &part, out);
}

enum status hypervisors_servers(struct call *c, const struct hypervisor_key *in,
				struct hypervisor_page *out)
{
	enum status st = hypervisors_search(c, in, out);
	return st ? st : add_members(c, out);
}

enum status hypervisor_show(struct call *c, const struct hypervisor_key *in, struct hypervisor *out)
{
	struct hypervisor *list;
	size_t count;
	enum status st = all_hypervisors(c, &list, &count);
	for (size_t i = 0; !st && i < count; i++)
		if (is_named(c, &list[i], in->hypervisor_id)) {
			*out = list[i];
			return ST_OK;
		}
	return st ? st
		  : fail(c, ST_NOT_FOUND, NULL, "Hypervisor with ID '%s' could not be found.",
			 in->hypervisor_id);
}

enum status hypervisors_sum(struct call *c, const void *in, struct hypervisor_total *out)
{
	struct hypervisor *list;
	size_t count;
	(void)in;
	enum status st = all_hypervisors(c, &list, &count);
	for (size_t i = 0; !st && i < count; i++) {
		const struct pool_host *h = &list[i].host;
		out->count++;
		out->vcpus += h->vcpus;
		out->vcpus_used += h->used_vcpus;
		out->memory_mb += h->memory_mb;
		out->memory_mb_used += h->used_memory_mb;
		out->local_gb += h->disk_gb;
		out->local_gb_used += h->used_disk_gb;
		out->running_vms += list[i].servers;
		out->free_ram_mb += h->memory_mb - h->used_memory_mb;
		out->free_disk_gb += h->disk_gb - h->used_disk_gb;
		out->disk_available_least += h->disk_gb - h->used_disk_gb;
	}
	return st;
}
