/* SPDX-License-Identifier: Apache-2.0 */
/* What is told of servers besides themselves: their addresses, and how much of what a VDC has used in a
 * span of time. A deleted server counts for as long as its row is kept. */
#include "base/text.h"
#include "cloud/compute/compute_about.h"

enum status server_addresses(struct call *c, const struct server_addresses *in, struct server *out)
{
	const struct server_key key = { in->server_id };
	size_t kept = 0;
	enum status st = server_show(c, &key, out);
	if (st || !in->network)
		return st;
	for (size_t i = 0; i < out->nics_count; i++)
		if (str_eq(out->nics[i].network_name, in->network))
			out->nics[kept++] = out->nics[i];
	out->nics_count = kept;
	if (!kept)
		return fail(c, ST_NOT_FOUND, "network", "Instance %s has no network %.64s", out->id,
			    in->network);
	return ST_OK;
}

/* --- usage --- */

/* Nova's bounds are UTC, with or without a fraction, and with a space or a T. */
static enum status read_bound(struct call *c, const char *at, const char *text, int64_t otherwise,
			      int64_t *out)
{
	char copy[64];
	*out = otherwise;
	if (!text)
		return ST_OK;
	if (strlen(text) < sizeof(copy)) {
		strcpy(copy, text);
		if (strlen(copy) > 10 && copy[10] == ' ')
			copy[10] = 'T';
		if (time_read(copy, out))
			return ST_OK;
	}
	return fail(c, ST_BAD_INPUT, at, "'%.40s' is not a time", text);
}

static enum status span_of(struct call *c, const struct usage_ask *in, struct usage_span *s)
{
	const int64_t month = 28 * CLOCK_DAY;
	enum status st = read_bound(c, "end", in->end, c->now_at, &s->until);
	if (!st)
		st = read_bound(c, "start", in->start, s->until - month, &s->from);
	if (!st && s->from >= s->until)
		return fail(c, ST_BAD_INPUT, "start",
			    "Invalid start time. The start time cannot "
			    "occur after the end time.");
	return st;
}

static double hours(int64_t span)
{
	return (double)span / (3600.0 * CLOCK_SECOND);
}

static void add_usage(struct call *c, struct vdc_usage *u, const struct server *s,
		      const struct usage_span *span, size_t room)
{
	int64_t begun = s->created_at > span->from ? s->created_at : span->from;
	int64_t ended = s->deleted_at && s->deleted_at < span->until ? s->deleted_at : span->until;
	/* What has not come yet is not used. */
	ended = ended < c->now_at ? ended : c->now_at;
	double h = ended > begun ? hours(ended - begun) : 0;
	if (!u->servers)
		u->servers = arena_array(c->arena, room, sizeof(*u->servers));
	u->servers[u->servers_count++] = (struct server_usage){ *s, h };
	u->hours += h;
	u->vcpu_hours += h * (double)s->flavor.vcpus;
	u->mb_hours += h * (double)s->flavor.ram;
	u->gb_hours += h * (double)(s->flavor.disk + s->flavor.ephemeral);
}

static enum status gather(struct call *c, const char *project, const struct usage_span *span,
			  struct usage_page *out)
{
	struct server *list;
	size_t count;
	enum status st = server_rows_between(c, project, span->from, span->until, &list, &count);
	if (st)
		return st;
	out->usages = arena_array(c->arena, count + 2, sizeof(*out->usages));
	/* The rows come by VDC. */
	struct vdc_usage *last = NULL;
	for (size_t i = 0; i < count; i++) {
		if (!last || !str_eq(last->project_id, list[i].project_id)) {
			last = &out->usages[out->usages_count++];
			last->project_id = list[i].project_id;
			last->span = *span;
		}
		add_usage(c, last, &list[i], span, count - i);
	}
	return ST_OK;
}

enum status usage_list(struct call *c, const struct usage_ask *in, struct usage_page *out)
{
	struct usage_span span;
	enum status st = span_of(c, in, &span);
	out->detailed = str_eq(in->detailed, "1");
	return st ? st : gather(c, NULL, &span, out);
}

enum status usage_show(struct call *c, const struct usage_ask *in, struct usage_page *out)
{
	struct usage_span span;
	bool own = c->actor.is_admin || c->actor.scope == SCOPE_SYSTEM ||
		   str_eq(in->project_id, c->actor.project_id);
	if (!own)
		return fail(c, ST_FORBIDDEN, NULL, "this is the usage of another VDC");
	enum status st = span_of(c, in, &span);
	if (!st)
		st = gather(c, in->project_id, &span, out);
	if (!st && !out->usages_count)
		out->usages[0] = (struct vdc_usage){ .project_id = in->project_id, .span = span };
	out->detailed = true;
	return st;
}
