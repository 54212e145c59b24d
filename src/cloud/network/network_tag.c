/* SPDX-License-Identifier: Apache-2.0 */
/* Tags on networks, subnets and ports: one set of rules for the three. */
#include "cloud/network/network_private.h"
#include "door/audit/audit.h"

const char *const network_tag_kinds[] = { "networks", "subnets", "ports", NULL };
enum { NETWORKS, SUBNETS, PORTS };

struct tagged {
	int kind;
	union {
		struct network network;
		struct subnet subnet;
		struct port port;
	};
	struct words *tags;
};

static enum status load(struct call *c, const struct tag_ask *in, struct tagged *t)
{
	struct object_ask ask = { .id = in->id };
	enum status st;

	t->kind = in->kind;
	if (in->kind == NETWORKS) {
		st = network_own(c, in->id, &t->network);
		t->tags = &t->network.tags;
	} else if (in->kind == SUBNETS) {
		struct subnet_shown shown = { 0 };
		st = subnet_show(c, &ask, &shown);
		t->subnet = shown.item;
		t->tags = &t->subnet.tags;
	} else {
		struct port_shown shown = { 0 };
		st = port_show(c, &ask, &shown);
		t->port = shown.item;
		t->tags = &t->port.tags;
	}
	return st;
}

/* The engine knows nothing of tags: what it has stays the newest. */
static void bump(struct call *c, int64_t *revision, int64_t *applied, int64_t *updated_at)
{
	if (applied && *applied == *revision)
		++*applied;
	++*revision;
	*updated_at = c->now_at;
}

static enum status save(struct call *c, struct tagged *t, const struct words *tags)
{
	static const struct field shape[] = { F_STRS(tags_of, tags, 0, 0), F_END };
	const struct tags_of before = { *t->tags }, after = { *tags };
	const char *id;
	enum status st;

	*t->tags = *tags;
	if (t->kind == NETWORKS) {
		struct network *n = &t->network;
		bump(c, &n->revision, &n->applied, &n->updated_at);
		id = n->id;
		st = network_store_network_update(c, n);
	} else if (t->kind == SUBNETS) {
		struct subnet *s = &t->subnet;
		if (!network_owns(c, s->project_id) && !network_owns(c, s->network_project_id))
			return fail(c, ST_FORBIDDEN, "PolicyNotAuthorized",
				    "subnet %s is shared with you, but not yours to change", s->id);
		bump(c, &s->revision, NULL, &s->updated_at);
		id = s->id;
		st = network_store_subnet_update(c, s);
	} else {
		struct port *p = &t->port;
		bump(c, &p->revision, &p->applied, &p->updated_at);
		id = p->id;
		st = network_store_port_update(c, p);
	}
	audit_subject(c, network_tag_kinds[t->kind], id);
	audit_change(c, shape, &before, &after);
	return st;
}

static enum status check_tag(struct call *c, const char *tag)
{
	if (!*tag || utf8_length(tag) > TAG_LENGTH_MAX || strpbrk(tag, ",/"))
		return fail(c, ST_BAD_INPUT, "InvalidInput",
			    "Invalid input for operation: '%s' is not a tag: 1 to %d characters, "
			    "no comma and no slash.",
			    tag, TAG_LENGTH_MAX);
	return ST_OK;
}

enum status network_tags_list(struct call *c, const struct tag_ask *in, struct tags_of *out)
{
	struct tagged t = { 0 };
	enum status st = load(c, in, &t);

	if (!st)
		out->tags = *t.tags;
	return st;
}

enum status network_tag_check(struct call *c, const struct tag_ask *in, struct nothing *out)
{
	struct tagged t = { 0 };
	enum status st = load(c, in, &t);

	(void)out;
	if (!st && !network_words_have(t.tags, in->tag))
		st = fail(c, ST_NOT_FOUND, "TagNotFound", "Tag %s could not be found.", in->tag);
	return st;
}

enum status network_tags_replace(struct call *c, const struct tag_ask *in, struct tags_of *out)
{
	struct words tags = { arena_array(c->arena, in->tags.count + 1, sizeof(char *)), 0 };
	struct tagged t = { 0 };
	enum status st = load(c, in, &t);

	for (size_t i = 0; !st && i < in->tags.count; i++) {
		st = check_tag(c, in->tags.list[i]);
		if (!st && !network_words_have(&tags, in->tags.list[i]))
			tags.list[tags.count++] = in->tags.list[i];
	}
	if (!st)
		st = save(c, &t, &tags);
	out->tags = tags;
	return st;
}

enum status network_tag_add(struct call *c, const struct tag_ask *in, struct nothing *out)
{
	struct tagged t = { 0 };
	enum status st = check_tag(c, in->tag);

	(void)out;
	if (!st)
		st = load(c, in, &t);
	if (st || network_words_have(t.tags, in->tag))
		return st;
	if (t.tags->count == TAGS_MAX)
		return fail(c, ST_BAD_INPUT, "InvalidInput",
			    "Invalid input for operation: at most %d tags.", TAGS_MAX);
	struct words tags = { arena_array(c->arena, t.tags->count + 1, sizeof(char *)), 0 };
	for (size_t i = 0; i < t.tags->count; i++)
		tags.list[tags.count++] = t.tags->list[i];
	tags.list[tags.count++] = in->tag;
	return save(c, &t, &tags);
}

enum status network_tag_remove(struct call *c, const struct tag_ask *in, struct nothing *out)
{
	struct tagged t = { 0 };
	enum status st = network_tag_check(c, in, out);

	if (!st)
		st = load(c, in, &t);
	if (st)
		return st;
	struct words tags = { arena_array(c->arena, t.tags->count + 1, sizeof(char *)), 0 };
	for (size_t i = 0; i < t.tags->count; i++)
		if (!str_eq(t.tags->list[i], in->tag))
			tags.list[tags.count++] = t.tags->list[i];
	return save(c, &t, &tags);
}

enum status network_tags_clear(struct call *c, const struct tag_ask *in, struct nothing *out)
{
	struct tagged t = { 0 };
	enum status st = load(c, in, &t);

	(void)out;
	return st ? st : save(c, &t, &(struct words){ 0 });
}
