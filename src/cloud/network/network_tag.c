/* SPDX-License-Identifier: Apache-2.0 */
/* Tags on networks and what belongs to them: one set of rules for all kinds. */
#include "cloud/network/network_router.h"
#include "cloud/network/network_security.h"
#include "cloud/network/network_subnetpool.h"
#include "door/audit/audit.h"

const char *const network_tag_kinds[] = { "networks",    "subnets",     "ports",
					  "routers",     "floatingips", "security-groups",
					  "subnetpools", NULL };

struct tagged {
	int kind;
	union {
		struct network network;
		struct subnet subnet;
		struct port port;
		struct router router;
		struct floating floating;
		struct security_group group;
		struct subnetpool pool;
	};
};

/* The engine knows nothing of tags: what it has stays the newest. */
__attribute__((nonnull(2, 4))) static void bump(struct call *c, int64_t *revision, int64_t *applied,
						int64_t *updated_at)
{
	if (applied && *applied == *revision)
		++*applied;
	++*revision;
	*updated_at = c->now_at;
}

static enum status load_network(struct call *c, const char *id, struct tagged *t)
{
	return network_own(c, id, &t->network);
}

static enum status save_network(struct call *c, struct tagged *t)
{
	bump(c, &t->network.revision, &t->network.applied, &t->network.updated_at);
	return network_store_network_update(c, &t->network);
}

static enum status load_subnet(struct call *c, const char *id, struct tagged *t)
{
	return subnet_seen(c, id, &t->subnet);
}

static enum status save_subnet(struct call *c, struct tagged *t)
{
	struct subnet *s = &t->subnet;

	if (!network_owns(c, s->project_id) && !network_owns(c, s->network_project_id))
		return fail(c, ST_FORBIDDEN, "PolicyNotAuthorized",
			    "subnet %s is shared with you, but not yours to change", s->id);
	bump(c, &s->revision, NULL, &s->updated_at);
	return network_store_subnet_update(c, s);
}

static enum status load_port(struct call *c, const char *id, struct tagged *t)
{
	return port_seen(c, id, &t->port);
}

static enum status save_port(struct call *c, struct tagged *t)
{
	bump(c, &t->port.revision, &t->port.applied, &t->port.updated_at);
	return network_store_port_update(c, &t->port);
}

static enum status load_router(struct call *c, const char *id, struct tagged *t)
{
	return router_own(c, id, &t->router);
}

static enum status save_router(struct call *c, struct tagged *t)
{
	bump(c, &t->router.revision, &t->router.applied, &t->router.updated_at);
	return router_store_update(c, &t->router);
}

static enum status load_floating(struct call *c, const char *id, struct tagged *t)
{
	return floating_own(c, id, &t->floating);
}

static enum status save_floating(struct call *c, struct tagged *t)
{
	bump(c, &t->floating.revision, NULL, &t->floating.updated_at);
	return floating_store_update(c, &t->floating);
}

static enum status load_group(struct call *c, const char *id, struct tagged *t)
{
	return security_own(c, id, &t->group);
}

static enum status save_group(struct call *c, struct tagged *t)
{
	bump(c, &t->group.revision, &t->group.applied, &t->group.updated_at);
	return security_store_group_update(c, &t->group);
}

static enum status load_pool(struct call *c, const char *id, struct tagged *t)
{
	return subnetpool_own(c, id, &t->pool);
}

static enum status save_pool(struct call *c, struct tagged *t)
{
	bump(c, &t->pool.revision, NULL, &t->pool.updated_at);
	return subnetpool_store_update(c, &t->pool);
}

#define TAGS_AT(m) offsetof(struct tagged, m.tags)
/* In the order of network_tag_kinds. */
static const struct {
	enum status (*load)(struct call *c, const char *id, struct tagged *t);
	enum status (*save)(struct call *c, struct tagged *t);
	size_t tags_at;
} kinds[] = {
	{ load_network, save_network, TAGS_AT(network) },
	{ load_subnet, save_subnet, TAGS_AT(subnet) },
	{ load_port, save_port, TAGS_AT(port) },
	{ load_router, save_router, TAGS_AT(router) },
	{ load_floating, save_floating, TAGS_AT(floating) },
	{ load_group, save_group, TAGS_AT(group) },
	{ load_pool, save_pool, TAGS_AT(pool) },
};

static struct words *tags_of(struct tagged *t)
{
	return (struct words *)((char *)t + kinds[t->kind].tags_at);
}

static enum status load(struct call *c, const struct tag_ask *in, struct tagged *t)
{
	t->kind = in->kind;
	return kinds[in->kind].load(c, in->id, t);
}

static enum status save(struct call *c, const struct tag_ask *in, struct tagged *t,
			const struct words *tags)
{
	static const struct field shape[] = { F_STRS(tags_of, tags, 0, 0), F_END };
	const struct tags_of before = { *tags_of(t) }, after = { *tags };

	*tags_of(t) = *tags;
	enum status st = kinds[t->kind].save(c, t);
	audit_subject(c, network_tag_kinds[t->kind], in->id);
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
		out->tags = *tags_of(&t);
	return st;
}

enum status network_tag_check(struct call *c, const struct tag_ask *in, struct nothing *out)
{
	struct tagged t = { 0 };
	enum status st = load(c, in, &t);

	(void)out;
	if (!st && !words_have(tags_of(&t), in->tag))
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
		if (!st && !words_have(&tags, in->tags.list[i]))
			tags.list[tags.count++] = in->tags.list[i];
	}
	if (!st)
		st = save(c, in, &t, &tags);
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
	if (st || words_have(tags_of(&t), in->tag))
		return st;
	if (tags_of(&t)->count == TAGS_MAX)
		return fail(c, ST_BAD_INPUT, "InvalidInput",
			    "Invalid input for operation: at most %d tags.", TAGS_MAX);
	struct words tags = { arena_array(c->arena, tags_of(&t)->count + 1, sizeof(char *)), 0 };
	for (size_t i = 0; i < tags_of(&t)->count; i++)
		tags.list[tags.count++] = tags_of(&t)->list[i];
	tags.list[tags.count++] = in->tag;
	return save(c, in, &t, &tags);
}

enum status network_tag_remove(struct call *c, const struct tag_ask *in, struct nothing *out)
{
	struct tagged t = { 0 };
	enum status st = network_tag_check(c, in, out);

	if (!st)
		st = load(c, in, &t);
	if (st)
		return st;
	struct words tags = { arena_array(c->arena, tags_of(&t)->count + 1, sizeof(char *)), 0 };
	for (size_t i = 0; i < tags_of(&t)->count; i++)
		if (!str_eq(tags_of(&t)->list[i], in->tag))
			tags.list[tags.count++] = tags_of(&t)->list[i];
	return save(c, in, &t, &tags);
}

enum status network_tags_clear(struct call *c, const struct tag_ask *in, struct nothing *out)
{
	struct tagged t = { 0 };
	enum status st = load(c, in, &t);

	(void)out;
	return st ? st : save(c, in, &t, &(struct words){ 0 });
}
