/* SPDX-License-Identifier: Apache-2.0 */
/* Lists of servers: read newest first in spans along an index, filtered here, cut into pages. Another
 * order than the newest first reads all that the asker may see. */
#include <ctype.h>
#include <regex.h>
#include <stdlib.h>
#include "base/text.h"
#include "cloud/compute/compute_private.h"

enum { PAGE_MAX = 1000 };

struct filter {
	const struct server_list *in;
	regex_t name;
	bool has_name;
	struct words tags;
	int64_t before; /* changed at this instant or earlier; 0: whenever */
};

static bool same_or_any(const char *wanted, const char *is)
{
	return !wanted || str_eq(wanted, is);
}

static bool has_ip(const struct filter *f, const struct server *s)
{
	if (!f->in->ip)
		return true;
	for (size_t i = 0; i < s->nics_count; i++)
		for (size_t k = 0; k < s->nics[i].fixed_ips_count; k++)
			if (str_starts(s->nics[i].fixed_ips[k].ip_address, f->in->ip))
				return true;
	return false;
}

static bool has_tags(const struct words *wanted, const struct words *have)
{
	for (size_t w = 0; w < wanted->count; w++) {
		size_t h = 0;
		while (h < have->count && !str_eq(have->list[h], wanted->list[w]))
			h++;
		if (h == have->count)
			return false;
	}
	return true;
}

static bool passes(const struct filter *f, const struct server *s)
{
	const struct server_list *in = f->in;
	return (!f->before || s->updated_at <= f->before) &&
	       (!f->has_name || regexec(&f->name, s->name, 0, NULL, 0) == 0) &&
	       (!in->status || str_case_eq(in->status, server_status(s))) &&
	       (!in->vm_state || str_eq(in->vm_state, server_states[s->state])) &&
	       same_or_any(in->flavor, s->flavor.id) && same_or_any(in->image, s->image_id) &&
	       same_or_any(in->user_id, s->user_id) &&
	       same_or_any(in->reservation_id, s->reservation_id) &&
	       (!in->host || str_eq(in->host, s->host_name)) && has_tags(&f->tags, &s->tags) &&
	       has_ip(f, s);
}

/* --- order --- */

struct order {
	const char *key;
	bool up;
};

static int compare(const void *a_, const void *b_, void *order_)
{
	const struct server *a = a_, *b = b_;
	const struct order *o = order_;
	int64_t at = str_eq(o->key, "updated_at") ? a->updated_at - b->updated_at
						  : a->created_at - b->created_at;
	int by = 0;
	if (str_eq(o->key, "display_name"))
		by = strcmp(a->name, b->name);
	else if (str_eq(o->key, "uuid"))
		by = strcmp(a->id, b->id);
	else if (str_eq(o->key, "vm_state"))
		by = strcmp(server_states[a->state], server_states[b->state]);
	else if (str_eq(o->key, "project_id"))
		by = strcmp(a->project_id, b->project_id);
	else
		by = (at > 0) - (at < 0);
	if (!by)
		by = strcmp(a->id, b->id);
	return o->up ? by : -by;
}

static enum status order_of(struct call *c, const struct server_list *in, struct order *o)
{
	/* Nova's words, and those of its newer clients. */
	static const char *const keys[][2] = {
		{ "created_at", "created_at" },
		{ "updated_at", "updated_at" },
		{ "display_name", "display_name" },
		{ "name", "display_name" },
		{ "uuid", "uuid" },
		{ "id", "uuid" },
		{ "vm_state", "vm_state" },
		{ "status", "vm_state" },
		{ "project_id", "project_id" },
	};
	*o = (struct order){ "created_at", str_eq(in->sort_dir, "asc") };
	if (in->sort_dir && !o->up && !str_eq(in->sort_dir, "desc"))
		return fail(c, ST_BAD_INPUT, "sort_dir", "sort_dir is asc or desc");
	if (!in->sort_key)
		return ST_OK;
	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++)
		if (str_eq(in->sort_key, keys[i][0])) {
			o->key = keys[i][1];
			return ST_OK;
		}
	return fail(c, ST_BAD_INPUT, "sort_key", "servers are not sorted by '%.40s'", in->sort_key);
}

/* --- what is asked for --- */

static enum status open_filter(struct call *c, const struct server_list *in, struct filter *f)
{
	*f = (struct filter){ .in = in };
	if (in->changes_before && !time_read(in->changes_before, &f->before))
		return fail(c, ST_BAD_INPUT, "changes-before", "'%.40s' is not a time",
			    in->changes_before);
	if (in->tags)
		f->tags = words_split(c->arena, in->tags, ',');
	if (c->version >= NOVA(2, 38) && in->status && !c->actor.is_admin) {
		static const char *const known[] = {
			"ACTIVE",    "BUILD",         "ERROR",       "SHUTOFF",
			"REBOOT",    "PAUSED",        "HARD_REBOOT", "DELETED",
			"REBUILD",   "RESIZE",        "RESCUE",      "REVERT_RESIZE",
			"SUSPENDED", "VERIFY_RESIZE", "SHELVED",     "SHELVED_OFFLOADED",
		};
		bool good = false;
		for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++)
			good |= str_case_eq(in->status, known[i]);
		if (!good)
			return fail(c, ST_BAD_INPUT, "status", "Invalid status value");
	}
	if (!in->name)
		return ST_OK;
	/* Both can make a short pattern take for ever. */
	const char *escape = strchr(in->name, '\\');
	while (escape && escape[1] && !isalnum((unsigned char)escape[1]))
		escape = strchr(escape + 2, '\\');
	if (escape || strchr(in->name, '{'))
		return fail(c, ST_BAD_INPUT, "name",
			    "a pattern has neither repetition counts nor references here");
	if (regcomp(&f->name, in->name, REG_EXTENDED | REG_NOSUB))
		return fail(c, ST_BAD_INPUT, "name", "'%.60s' is not a regular expression",
			    in->name);
	f->has_name = true;
	return ST_OK;
}

static enum status span_of(struct call *c, const struct server_list *in, struct server_span *s)
{
	bool all = in->all_tenants && !str_eq(in->all_tenants, "0") &&
		   !str_case_eq(in->all_tenants, "false");
	*s = (struct server_span){ .before_at = INT64_MAX, .before_id = "" };
	s->project_id = c->actor.project_id;
	if (all && !c->actor.is_admin)
		return fail(c, ST_FORBIDDEN, "all_tenants",
			    "only administrators see the servers of all VDCs");
	if (all || !c->actor.project_id)
		s->project_id = in->project_id ? in->project_id : in->tenant_id;
	if (!s->project_id && !c->actor.is_admin)
		return fail(c, ST_FORBIDDEN, NULL, "sign in for a VDC to see its servers");
	if (in->changes_since && (!time_read(in->changes_since, &s->since) || s->since < 1))
		return fail(c, ST_BAD_INPUT, "changes-since", "'%.40s' is not a time",
			    in->changes_since);
	return ST_OK;
}

/* --- pages --- */

/* Appends what passes, until there are 'limit' and one more, which says that there is a next page. */
static enum status gather(struct call *c, const struct filter *f, struct server_span *span,
			  size_t limit, struct server_page *out)
{
	span->limit = (int64_t)limit + 1;
	for (;;) {
		struct server *list;
		size_t count;
		enum status st = server_rows(c, span, &list, &count);
		if (!st)
			st = servers_dress(c, list, count);
		if (st)
			return st;
		/* What passes moves to the front of the first span: that has room for a page, or is all. */
		if (!out->servers)
			out->servers = list;
		for (size_t i = 0; i < count; i++) {
			if (!passes(f, &list[i]))
				continue;
			if (out->servers_count == limit) {
				out->next = out->servers[limit - 1].id;
				return ST_OK;
			}
			out->servers[out->servers_count++] = list[i];
		}
		if (count < (size_t)span->limit)
			return ST_OK;
		span->before_at = list[count - 1].created_at;
		span->before_id = list[count - 1].id;
	}
}

static enum status gather_sorted(struct call *c, const struct filter *f, struct server_span *span,
				 struct order *order, size_t limit, struct server_page *out)
{
	struct server *list;
	size_t count, kept = 0, first = 0;
	span->limit = INT64_MAX;
	enum status st = server_rows(c, span, &list, &count);
	if (!st)
		st = servers_dress(c, list, count);
	if (st)
		return st;
	for (size_t i = 0; i < count; i++)
		if (passes(f, &list[i]))
			list[kept++] = list[i];
	qsort_r(list, kept, sizeof(*list), compare, order);
	if (f->in->marker) {
		while (first < kept && !str_eq(list[first].id, f->in->marker))
			first++;
		first += first < kept;
	}
	out->servers = list + first;
	out->servers_count = kept - first < limit ? kept - first : limit;
	if (kept - first > limit && limit)
		out->next = list[first + limit - 1].id;
	return ST_OK;
}

static enum status find_marker(struct call *c, const struct server_list *in, struct server *at)
{
	if (!in->marker)
		return ST_OK;
	enum status st = server_find(c, in->marker, at);
	if (st != ST_NOT_FOUND)
		return st;
	call_forgive(c);
	return fail(c, ST_BAD_INPUT, "marker", "marker [%.80s] not found", in->marker);
}

enum status server_list(struct call *c, const struct server_list *in, struct server_page *out)
{
	struct server_span span;
	struct order order;
	struct filter filter = { 0 };
	struct server marker = { 0 };
	size_t limit = in->limit_given && in->limit < PAGE_MAX ? (size_t)in->limit : PAGE_MAX;
	bool newest_first = !in->sort_key && !in->sort_dir;
	enum status st = span_of(c, in, &span);
	if (!st)
		st = order_of(c, in, &order);
	if (!st)
		st = find_marker(c, in, &marker);
	if (!st)
		st = open_filter(c, in, &filter);
	if (!st && limit == 0)
		goto out;
	if (!st && marker.id) {
		span.before_at = newest_first ? marker.created_at : span.before_at;
		span.before_id = newest_first ? marker.id : span.before_id;
	}
	if (!st && newest_first)
		st = gather(c, &filter, &span, limit, out);
	else if (!st)
		st = gather_sorted(c, &filter, &span, &order, limit, out);
out:
	if (filter.has_name)
		regfree(&filter.name);
	return st;
}
