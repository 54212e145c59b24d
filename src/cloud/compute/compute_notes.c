/* SPDX-License-Identifier: Apache-2.0 */
/* What owners write on their servers: metadata (names and texts) and tags. */
#include <arpa/inet.h>
#include "base/text.h"
#include "cloud/compute/compute_private.h"
#include "door/audit/audit.h"

enum status server_take_name(struct call *c, const char *given, const char **out)
{
	const char *first = given + strspn(given, " \t\r\n");
	size_t size = strlen(first);
	while (size && strchr(" \t\r\n", first[size - 1]))
		size--;
	*out = arena_strndup(c->arena, first, size);
	return size ? ST_OK : fail(c, ST_BAD_INPUT, "name", "a name has at least one character");
}

enum status server_check_metadata(struct call *c, const struct map *m)
{
	for (size_t i = 0; i < m->count; i++) {
		size_t name = utf8_length(m->list[i].name);
		if (!name || name > 255 || utf8_length(m->list[i].value) > 255)
			return fail(c, ST_BAD_INPUT, "metadata",
				    "names have 1 to 255 characters, values at most 255");
	}
	int64_t most = 0;
	enum status st = m->count ? quota_bound(c, QUOTA_METADATA, &most) : ST_OK;
	if (!st && most >= 0 && (int64_t)m->count > most)
		return fail(c, ST_LIMIT, "metadata",
			    "Maximum number of metadata items exceeds %lld", (long long)most);
	return st;
}

enum status server_take_address(struct call *c, const char *at, const char *given, int family,
				const char **out)
{
	unsigned char bytes[16];
	char text[INET6_ADDRSTRLEN];
	*out = "";
	if (str_empty(given))
		return ST_OK;
	if (inet_pton(family, given, bytes) != 1 || !inet_ntop(family, bytes, text, sizeof(text)))
		return fail(c, ST_BAD_INPUT, at, "'%.45s' is not an IPv%d address", given,
			    family == AF_INET ? 4 : 6);
	*out = arena_strdup(c->arena, text);
	return ST_OK;
}

static enum status save(struct call *c, struct server *s)
{
	enum status st = server_check_metadata(c, &s->metadata);
	if (st)
		return st;
	if (s->tags.count > TAGS_MAX)
		return fail(c, ST_BAD_INPUT, "tags",
			    "The number of tags exceeded the per-server limit %d", TAGS_MAX);
	s->updated_at = c->now_at;
	audit_subject(c, "server", s->id);
	return server_save(c, s);
}

/* --- metadata --- */

enum status server_notes_show(struct call *c, const struct server_key *in, struct server_notes *out)
{
	struct server s;
	enum status st = server_find(c, in->server_id, &s);
	if (!st)
		out->metadata = s.metadata;
	return st;
}

static size_t place_of(const struct map *m, const char *name)
{
	size_t i = 0;
	while (i < m->count && !str_eq(m->list[i].name, name))
		i++;
	return i;
}

struct map server_notes_with(struct arena *a, const struct map *old, const struct map *more)
{
	struct map m = { arena_array(a, old->count + more->count + 1, sizeof(struct map_pair)),
			 old->count };
	if (old->count)
		memcpy(m.list, old->list, old->count * sizeof(struct map_pair));
	for (size_t i = 0; i < more->count; i++) {
		size_t at = place_of(&m, more->list[i].name);
		m.list[at] = more->list[i];
		m.count += at == m.count;
	}
	return m;
}

enum status server_notes_add(struct call *c, const struct server_notes *in,
			     struct server_notes *out)
{
	struct server s;
	enum status st = server_find(c, in->server_id, &s);
	if (st)
		return st;
	s.metadata = server_notes_with(c->arena, &s.metadata, &in->metadata);
	out->metadata = s.metadata;
	return save(c, &s);
}

enum status server_notes_replace(struct call *c, const struct server_notes *in,
				 struct server_notes *out)
{
	struct server s;
	enum status st = server_find(c, in->server_id, &s);
	if (st)
		return st;
	s.metadata = in->metadata;
	out->metadata = s.metadata;
	return save(c, &s);
}

static enum status no_key(struct call *c)
{
	return fail(c, ST_NOT_FOUND, "key", "Metadata item was not found");
}

enum status server_note_show(struct call *c, const struct server_note *in, struct server_note *out)
{
	struct server s;
	enum status st = server_find(c, in->server_id, &s);
	size_t at = st ? 0 : place_of(&s.metadata, in->key);
	if (!st && at == s.metadata.count)
		return no_key(c);
	if (!st)
		out->meta = (struct map){ &s.metadata.list[at], 1 };
	return st;
}

enum status server_note_put(struct call *c, const struct server_note *in, struct server_note *out)
{
	struct server s;
	enum status st = server_find(c, in->server_id, &s);
	if (st)
		return st;
	if (in->meta.count != 1 || !str_eq(in->meta.list[0].name, in->key))
		return fail(c, ST_BAD_INPUT, "meta", "Request body and URI mismatch");
	s.metadata = server_notes_with(c->arena, &s.metadata, &in->meta);
	out->meta = in->meta;
	return save(c, &s);
}

enum status server_note_drop(struct call *c, const struct server_note *in, void *out)
{
	struct server s;
	(void)out;
	enum status st = server_find(c, in->server_id, &s);
	size_t at = st ? 0 : place_of(&s.metadata, in->key);
	if (st)
		return st;
	if (at == s.metadata.count)
		return no_key(c);
	s.metadata.list[at] = s.metadata.list[--s.metadata.count];
	return save(c, &s);
}

/* --- tags --- */

static bool tag_fits(const char *tag)
{
	size_t n = utf8_length(tag);
	return n > 0 && n <= 60 && !strpbrk(tag, ",/");
}

static enum status no_tag(struct call *c, const char *id, const char *tag)
{
	return fail(c, ST_NOT_FOUND, "tag", "Server %s has no tag '%s'", id, tag);
}

static size_t tag_place(const struct words *w, const char *tag)
{
	size_t i = 0;
	while (i < w->count && !str_eq(w->list[i], tag))
		i++;
	return i;
}

enum status server_tags_show(struct call *c, const struct server_key *in, struct server_tags *out)
{
	struct server s;
	enum status st = server_find(c, in->server_id, &s);
	if (!st)
		out->tags = s.tags;
	return st;
}

enum status server_tags_replace(struct call *c, const struct server_tags *in,
				struct server_tags *out)
{
	struct server s;
	enum status st = server_find(c, in->server_id, &s);
	if (st)
		return st;
	struct words w = { arena_array(c->arena, in->tags.count + 1, sizeof(char *)), 0 };
	for (size_t i = 0; i < in->tags.count; i++) {
		if (!tag_fits(in->tags.list[i]))
			return fail(c, ST_BAD_INPUT, "tags",
				    "a tag has 1 to 60 characters, and neither ',' nor '/'");
		if (tag_place(&w, in->tags.list[i]) == w.count)
			w.list[w.count++] = in->tags.list[i];
	}
	s.tags = w;
	out->tags = w;
	return save(c, &s);
}

enum status server_tags_clear(struct call *c, const struct server_key *in, void *out)
{
	struct server s;
	(void)out;
	enum status st = server_find(c, in->server_id, &s);
	if (st)
		return st;
	s.tags = (struct words){ 0 };
	return save(c, &s);
}

enum status server_tag_show(struct call *c, const struct server_tag *in, void *out)
{
	struct server s;
	(void)out;
	enum status st = server_find(c, in->server_id, &s);
	if (!st && tag_place(&s.tags, in->tag) == s.tags.count)
		return no_tag(c, s.id, in->tag);
	return st;
}

enum status server_tag_add(struct call *c, const struct server_tag *in, struct tag_created *out)
{
	struct server s;
	enum status st = server_find(c, in->server_id, &s);
	if (st)
		return st;
	if (!tag_fits(in->tag))
		return fail(c, ST_BAD_INPUT, "tag",
			    "a tag has 1 to 60 characters, and neither ',' nor '/'");
	if (tag_place(&s.tags, in->tag) < s.tags.count) {
		out->status = 204;
		return ST_OK;
	}
	const char **list = arena_array(c->arena, s.tags.count + 2, sizeof(char *));
	if (s.tags.count)
		memcpy(list, s.tags.list, s.tags.count * sizeof(char *));
	list[s.tags.count] = in->tag;
	s.tags = (struct words){ list, s.tags.count + 1 };
	out->location = arena_printf(c->arena, "%s/compute/v2.1/servers/%s/tags/%s", c->base_url,
				     s.id, in->tag);
	return save(c, &s);
}

enum status server_tag_drop(struct call *c, const struct server_tag *in, void *out)
{
	struct server s;
	(void)out;
	enum status st = server_find(c, in->server_id, &s);
	if (st)
		return st;
	size_t at = tag_place(&s.tags, in->tag);
	if (at == s.tags.count)
		return no_tag(c, s.id, in->tag);
	for (; at + 1 < s.tags.count; at++)
		s.tags.list[at] = s.tags.list[at + 1];
	s.tags.count--;
	return save(c, &s);
}
