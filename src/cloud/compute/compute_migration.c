/* SPDX-License-Identifier: Apache-2.0 */
/* The list of migrations. Nova counts a resize as one, and keeps a row of its own for it; here it is read
 * from what was done to servers, and goes when their actions go. */
#include <stdlib.h>
#include "base/text.h"
#include "cloud/compute/compute_migration.h"

static const char *status_of(const struct action *resize, const struct action *fate)
{
	if (resize->result == ACTION_OPEN)
		return "migrating";
	if (resize->result == ACTION_ERROR)
		return "error";
	if (!fate)
		return "finished";
	if (fate->result == ACTION_ERROR)
		return "error";
	if (str_eq(fate->action, "confirmResize"))
		return fate->result == ACTION_OPEN ? "confirming" : "confirmed";
	return fate->result == ACTION_OPEN ? "reverting" : "reverted";
}

static int64_t changed_at(const struct action *a)
{
	return a->finished_at ? a->finished_at : a->started_at;
}

static const char *host_named(const struct pool_host *hosts, size_t count, const char *id)
{
	for (size_t i = 0; i < count; i++)
		if (str_eq(hosts[i].id, id))
			return hosts[i].name;
	return NULL;
}

static int newer(const void *a_, const void *b_)
{
	const struct migration *a = a_, *b = b_;
	if (a->created_at != b->created_at)
		return a->created_at < b->created_at ? 1 : -1;
	return strcmp(b->id, a->id);
}

/* What became of a resize: the last that was done about it, before the server's next resize; NULL: nothing
 * yet. The actions are those of one server after another, in order of time. */
static const struct action *fate_of(const struct action *resize, const struct action *end)
{
	const struct action *fate = NULL;
	for (const struct action *a = resize + 1;
	     a < end && str_eq(a->server_id, resize->server_id) && !str_eq(a->action, "resize");
	     a++)
		fate = a;
	return fate;
}

static enum status read_all(struct call *c, struct migration **list, size_t *count)
{
	struct action *acts;
	struct pool_host *hosts;
	size_t n, hosts_count;
	enum status st = action_resize_rows(c, &acts, &n);
	if (!st)
		st = pool_hosts(c, &hosts, &hosts_count);
	if (st)
		return st;
	*list = arena_array(c->arena, n + 1, sizeof(**list));
	*count = 0;
	for (size_t i = 0; i < n; i++) {
		if (!str_eq(acts[i].action, "resize"))
			continue;
		const struct action *fate = fate_of(&acts[i], acts + n);
		const char *request = acts[i].request_id;
		(*list)[(*count)++] = (struct migration){
			.id = str_starts(request, "req-") ? request + 4 : request,
			.server_id = acts[i].server_id,
			.host = host_named(hosts, hosts_count, acts[i].host),
			.status = status_of(&acts[i], fate),
			.created_at = acts[i].started_at,
			.updated_at = changed_at(fate ? fate : &acts[i]),
		};
	}
	qsort(*list, *count, sizeof(**list), newer);
	return ST_OK;
}

static enum status bound(struct call *c, const char *at, const char *text, int64_t otherwise,
			 int64_t *out)
{
	*out = otherwise;
	if (text && !time_read(text, out))
		return fail(c, ST_BAD_INPUT, at, "'%.40s' is not a time", text);
	return ST_OK;
}

static bool is_or_any(const char *wanted, const char *is)
{
	return !wanted || str_eq(wanted, is);
}

static bool is_wanted(const struct migration_list *in, const struct migration *m)
{
	return is_or_any(in->host, m->host) && is_or_any(in->source_compute, m->host) &&
	       is_or_any(in->instance_uuid, m->server_id) && is_or_any(in->status, m->status) &&
	       is_or_any(in->migration_type, "resize");
}

enum status migration_list(struct call *c, const struct migration_list *in,
			   struct migration_page *out)
{
	struct migration *list;
	size_t count, kept = 0, first = 0;
	int64_t since, before;
	enum status st = bound(c, "changes-since", in->changes_since, 0, &since);
	if (!st)
		st = bound(c, "changes-before", in->changes_before, INT64_MAX, &before);
	if (!st && since > before)
		return fail(c, ST_BAD_INPUT, "changes-since",
			    "The value of changes-since must be less than or equal to "
			    "changes-before.");
	if (!st)
		st = read_all(c, &list, &count);
	if (st)
		return st;
	for (size_t i = 0; i < count; i++)
		if (is_wanted(in, &list[i]) && list[i].updated_at >= since &&
		    list[i].updated_at <= before)
			list[kept++] = list[i];
	if (in->marker) {
		while (first < kept && !str_eq(list[first].id, in->marker))
			first++;
		if (first++ == kept)
			return fail(c, ST_BAD_INPUT, "marker", "Marker %.80s could not be found.",
				    in->marker);
	}
	size_t left = kept - first;
	bool cut = in->limit_given && in->limit > 0 && (size_t)in->limit < left;
	out->migrations = list + first;
	out->migrations_count = cut ? (size_t)in->limit : left;
	if (cut)
		out->next = out->migrations[out->migrations_count - 1].id;
	return ST_OK;
}
