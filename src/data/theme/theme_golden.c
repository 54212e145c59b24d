/* SPDX-License-Identifier: Apache-2.0 */
/* Golden records: of each attribute the best value that an entity's records have, by the criteria of the
 * settings in their order (valid, the sum of the trust of those that say so, the most trusted, the newest,
 * how many say so), and where it is from. */
#include <errno.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>
#include "data/theme/theme_private.h"
#include "engine/linkage/memory.h"

#define FLUSH (1 << 20)

struct candidate {
	const char *value;
	unsigned size;
	bool valid;
	int64_t votes, trust, recent, frequency;
	uint32_t record; /* the most trusted that has it */
};

static void group(const struct records *r, struct golden *g)
{
	g->members = big_alloc(r->count, sizeof *g->members);
	g->first = big_alloc((size_t)r->entities + 1, sizeof *g->first);
	for (uint32_t i = 0; i < r->count; i++)
		g->first[r->of[i] + 1]++;
	for (uint32_t e = 0; e < r->entities; e++)
		g->first[e + 1] += g->first[e];
	/* first[e] moves to the end of e while its members are put down, and then one place back. */
	for (uint32_t i = 0; i < r->count; i++)
		g->members[g->first[r->of[i]]++] = i;
	memmove(g->first + 1, g->first, r->entities * sizeof *g->first);
	g->first[0] = 0;
}

static int64_t measure(const struct candidate *k, enum criterion by)
{
	switch (by) {
	case BY_VALID: return k->valid;
	case BY_VOTES: return k->votes;
	case BY_TRUST: return k->trust;
	case BY_RECENT: return k->recent;
	default: return k->frequency;
	}
}

static bool better(const struct attribute *a, const struct candidate *x, const struct candidate *y)
{
	for (unsigned i = 0; i < a->criteria_count; i++) {
		int64_t p = measure(x, a->criteria[i]), q = measure(y, a->criteria[i]);
		if (p != q)
			return p > q;
	}
	return false; /* the first stands */
}

#define MEMBERS_MAX 256 /* of an entity are weighed; linkage caps clusters below */

static void choose(const struct build *b, enum theme_kind kind, unsigned a,
		   const struct record *members, const uint32_t *numbers, const int64_t *trust,
		   uint32_t count, struct buf *out)
{
	const struct attribute *attribute = &b->settings->bases[kind].attributes[a];
	struct candidate list[MEMBERS_MAX];
	unsigned n = 0, best = 0;

	for (uint32_t m = 0; m < count; m++) {
		const struct record *r = &members[m];
		unsigned k = 0;
		if (!r->size[a])
			continue;
		while (k < n && (list[k].size != r->size[a] ||
				 memcmp(list[k].value, r->value[a], r->size[a]) != 0))
			k++;
		if (k == n)
			list[n++] = (struct candidate){ .value = r->value[a],
							.size = r->size[a],
							.trust = -1,
							.recent = INT32_MIN };
		list[k].valid |= r->valid[a];
		list[k].votes += trust[m];
		list[k].frequency++;
		if (r->updated > list[k].recent)
			list[k].recent = r->updated;
		if (trust[m] > list[k].trust) {
			list[k].trust = trust[m];
			list[k].record = numbers[m];
		}
	}
	for (unsigned k = 1; k < n; k++)
		if (better(attribute, &list[k], &list[best]))
			best = k;
	if (!n)
		return;
	const struct source *s = source_of_record(b, kind, list[best].record);
	unsigned char head[9] = { (unsigned char)a, list[best].valid, (unsigned char)s->number };
	put_u32(head + 3, list[best].record - s->first);
	head[7] = (unsigned char)(list[best].size >> 8), head[8] = (unsigned char)list[best].size;
	buf_add(out, head, sizeof head);
	buf_add(out, list[best].value, list[best].size);
}

static void one_entity(struct build *b, enum theme_kind kind, const uint32_t *numbers,
		       uint32_t count, struct record *members, int64_t *trust, struct buf *out)
{
	const struct base *base = &b->settings->bases[kind];
	const struct records *r = &b->records[kind];
	uint32_t weighed = count < MEMBERS_MAX ? count : MEMBERS_MAX;

	for (uint32_t m = 0; m < weighed; m++) {
		record_at(b, r, numbers[m], &members[m]);
		trust[m] = source_of_record(b, kind, numbers[m])->resource->trust;
	}
	for (unsigned a = 0; a < base->count; a++)
		choose(b, kind, a, members, numbers, trust, weighed, out);
	buf_char(out, (char)0xFF);
	for (uint32_t m = 0; m < count; m++) {
		const struct source *s = source_of_record(b, kind, numbers[m]);
		struct record record;
		unsigned char head[6] = { (unsigned char)s->number };
		record_at(b, r, numbers[m], &record);
		put_u32(head + 1, numbers[m] - s->first);
		head[5] = (unsigned char)record.key_size;
		buf_add(out, head, sizeof head);
		buf_add(out, record.key, record.key_size);
	}
}

static enum status open_golden(struct build *b, struct golden *g, FILE **file)
{
	*file = fopen(g->path, "we");
	return *file ? ST_OK
		     : fail(b->c, ST_INTERNAL, "store", "cannot write %s: %s", g->path,
			    strerror(errno));
}

static enum status map_golden(struct build *b, struct golden *g)
{
	if (!g->size)
		return ST_OK;
	int fd = open(g->path, O_RDONLY | O_CLOEXEC);
	void *at = fd < 0 ? MAP_FAILED : mmap(NULL, g->size, PROT_READ, MAP_SHARED, fd, 0);
	if (fd >= 0)
		close(fd);
	if (at == MAP_FAILED)
		return fail(b->c, ST_INTERNAL, "store", "cannot map %s: %s", g->path,
			    strerror(errno));
	g->data = at;
	return ST_OK;
}

enum status golden_make(struct build *b, enum theme_kind kind)
{
	SCOPED_ARENA struct arena *own = arena_new();
	struct records *r = &b->records[kind];
	struct record *members = arena_array(own, MEMBERS_MAX, sizeof *members);
	int64_t *trust = arena_array(own, MEMBERS_MAX, sizeof *trust);
	struct buf text = { .arena = own };
	FILE *file = NULL;

	if (!b->entities)
		b->entities = arena_alloc(b->c->arena, sizeof *b->entities);
	struct golden *g = &b->entities->kinds[kind];
	g->path = arena_printf(b->c->arena, "%s/%s.golden", b->folder, theme_kind_words[kind]);
	group(r, g);
	g->at = big_alloc((size_t)r->entities + 1, sizeof *g->at);
	enum status st = open_golden(b, g, &file);
	if (st)
		return st;
	for (uint32_t e = 0; e < r->entities; e++) {
		g->at[e] = g->size + text.size;
		one_entity(b, kind, g->members + g->first[e], g->first[e + 1] - g->first[e],
			   members, trust, &text);
		if (text.size > FLUSH || e + 1 == r->entities) {
			fwrite(text.data, 1, text.size, file);
			g->size += text.size;
			text.size = 0;
		}
	}
	g->at[r->entities] = g->size;
	bool bad = ferror(file) != 0;
	bad |= fclose(file) != 0;
	if (bad)
		return fail(b->c, ST_AWAY, "store", "cannot write all of %s: %s", g->path,
			    strerror(errno));
	return map_golden(b, g);
}

void golden_done(struct build *b)
{
	for (int k = 0; b->entities && k < THEME_KINDS; k++) {
		struct golden *g = &b->entities->kinds[k];
		const struct records *r = &b->records[k];
		if (!g->members)
			continue;
		if (g->data)
			munmap(g->data, g->size);
		(void)unlink(g->path);
		big_free(g->members, r->count, sizeof *g->members);
		big_free(g->first, (size_t)r->entities + 1, sizeof *g->first);
		big_free(g->at, (size_t)r->entities + 1, sizeof *g->at);
	}
}
