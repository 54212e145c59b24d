/* SPDX-License-Identifier: Apache-2.0 */
/* Zones, and hosts as hypervisors. */
#include "base/text.h"
#include "cloud/compute/compute_more.h"

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
