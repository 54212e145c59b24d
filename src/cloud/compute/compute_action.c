/* SPDX-License-Identifier: Apache-2.0 */
/* What was done to a server, by whom, and how it ended: for its owner. Operators and auditors have the
 * trail. */
#include "base/text.h"
#include "cloud/compute/compute_change.h"

enum status action_begin(struct call *c, const struct server *s, const char *action)
{
	const struct action a = {
		.request_id = c->request_id,
		.server_id = s->id,
		.action = action,
		.user_id = c->actor.user_id ? c->actor.user_id : "",
		.project_id = c->actor.project_id ? c->actor.project_id : s->project_id,
		.host = s->host_id,
		.started_at = c->now_at,
		.result = ACTION_OPEN,
	};
	return action_insert(c, &a);
}

enum status action_end(struct call *c, const struct server *s)
{
	bool failed = s->state == VM_ERROR;
	return action_close(c, s->id, failed ? ACTION_ERROR : ACTION_SUCCESS,
			    failed ? s->fault.message : NULL);
}

/* Of a server that is deleted its owner is told too, since 2.21. */
static enum status find(struct call *c, const char *id, struct server *s)
{
	if (c->version < NOVA(2, 21))
		return server_find(c, id, s);
	enum status st = server_read_any(c, id, s);
	bool foreign = !st && !c->actor.is_admin && !str_eq(s->project_id, c->actor.project_id);
	if (st == ST_NOT_FOUND || foreign)
		return fail(c, ST_NOT_FOUND, "server_id", "Instance %s could not be found.", id);
	return st;
}

enum status action_show(struct call *c, const struct action_key *in, struct action *out)
{
	struct server s;
	struct action *list;
	size_t count;
	enum status st = find(c, in->server_id, &s);
	if (!st)
		st = action_rows(c, s.id, &list, &count);
	for (size_t i = 0; !st && i < count; i++)
		if (str_eq(list[i].request_id, in->request_id)) {
			*out = list[i];
			return ST_OK;
		}
	return st ? st
		  : fail(c, ST_NOT_FOUND, "request_id",
			 "Action for request_id %s on instance %s not found", in->request_id,
			 in->server_id);
}

static enum status bound(struct call *c, const char *at, const char *text, int64_t otherwise,
			 int64_t *out)
{
	*out = otherwise;
	if (text && !time_read(text, out))
		return fail(c, ST_BAD_INPUT, at, "'%.40s' is not a time", text);
	return ST_OK;
}

static int64_t changed_at(const struct action *a)
{
	return a->finished_at ? a->finished_at : a->started_at;
}

enum status action_list(struct call *c, const struct action_list *in, struct action_page *out)
{
	struct server s;
	struct action *list;
	size_t count, kept = 0, first = 0;
	int64_t since, before;
	enum status st = bound(c, "changes-since", in->changes_since, 0, &since);
	if (!st)
		st = bound(c, "changes-before", in->changes_before, INT64_MAX, &before);
	if (!st)
		st = find(c, in->server_id, &s);
	if (!st)
		st = action_rows(c, s.id, &list, &count);
	if (st)
		return st;
	for (size_t i = 0; i < count; i++)
		if (changed_at(&list[i]) >= since && changed_at(&list[i]) <= before)
			list[kept++] = list[i];
	if (in->marker) {
		while (first < kept && !str_eq(list[first].request_id, in->marker))
			first++;
		if (first++ == kept)
			return fail(c, ST_BAD_INPUT, "marker", "marker [%.80s] not found",
				    in->marker);
	}
	size_t left = kept - first;
	bool cut = in->limit_given && in->limit > 0 && (size_t)in->limit < left;
	out->actions = list + first;
	out->actions_count = cut ? (size_t)in->limit : left;
	if (cut)
		out->next = out->actions[out->actions_count - 1].request_id;
	return ST_OK;
}
