/* SPDX-License-Identifier: Apache-2.0 */
/* Any bytes as JSON for a shape with every kind of field. What is taken keeps its bounds, and what is
 * written of it is JSON that reads back as the same. */
#include <assert.h>
#include <jansson.h>
#include "base/id.h"
#include "base/shape.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char *const words[] = { "on", "off", "éteint", NULL };

struct leaf {
	const char *id;
	int64_t n;
	bool n_given;
	struct words list;
};
static const struct field leaf_wire[] = {
	F_ID(leaf, id, OPT | NULLABLE),
	F_INT(leaf, n, -5, 5, OPT, TELLS(leaf, n)),
	F_STRS(leaf, list, 4, OPT),
	F_END,
};

struct tree {
	const char *name, *note, *extra, *rest;
	int64_t count, at;
	double real;
	bool flag, loose;
	int word;
	struct words tags;
	struct map map;
	struct leaf leaf;
	struct leaf *leaves;
	size_t leaves_count;
};
static const struct field tree_wire[] = {
	F_STR(tree, name, 10, 0, .min = 2),
	F_STR(tree, note, 0, OPT | NULLABLE | SECRET),
	F_INT(tree, count, 0, 0, OPT | NULLABLE | LOOSE),
	F_TIME(tree, at, OPT | NULLABLE),
	F_REAL(tree, real, OPT | NULLABLE | LOOSE),
	F_BOOL(tree, flag, OPT),
	F_BOOL(tree, loose, OPT | LOOSE),
	F_WORD(tree, word, words, OPT | NULLABLE),
	F_STRS(tree, tags, 3, OPT | NULLABLE),
	F_MAP(tree, map, 3, OPT),
	F_OBJECT(tree, leaf, leaf, leaf_wire, OPT | NULLABLE),
	F_LIST(tree, leaves, leaf, leaf_wire, 3, OPT),
	F_JSON(tree, extra, 50, OPT | NULLABLE),
	F_REST(tree, rest, 60),
	F_END,
};

static void check_leaf(const struct leaf *l)
{
	assert(!l->id || id_valid(l->id));
	assert(l->n >= -5 && l->n <= 5);
	assert(l->list.count <= 4);
}

static void check_tree(const struct tree *t)
{
	assert(utf8_length(t->name) >= 2 && utf8_length(t->name) <= 10);
	assert(t->word >= -1 && t->word < 3);
	assert(t->tags.count <= 3 && t->map.count <= 3 && t->leaves_count <= 3);
	assert(!t->extra || utf8_length(t->extra) <= 50);
	assert(utf8_length(t->rest) <= 60);
	check_leaf(&t->leaf);
	for (size_t i = 0; i < t->leaves_count; i++)
		check_leaf(&t->leaves[i]);
}

static void read_whole(struct call *c, const char *json, size_t size)
{
	struct tree t = { 0 }, again = { 0 };
	enum status st = shape_read_json(c, tree_wire, NULL, json, size, &t);
	assert(st == ST_OK || (st == ST_BAD_INPUT && c->problem[0]));
	assert(utf8_valid(c->problem, strlen(c->problem)));
	if (st)
		return;
	check_tree(&t);
	const char *text = shape_text(c, tree_wire, &t);
	json_t *theirs = json_loads(text, JSON_REJECT_DUPLICATES, NULL);
	assert(theirs);
	json_decref(theirs);
	st = shape_read_own(c, tree_wire, text, &again);
	assert(st == ST_OK);
	assert(strcmp(shape_text(c, tree_wire, &again), text) == 0);
}

/* The same bytes as the text of each field that can come by query. */
static void read_fields(struct call *c, const char *text)
{
	struct tree t = { 0 };
	for (const struct field *f = tree_wire; f->name; f++) {
		if (f->kind == FIELD_MAP || f->kind >= FIELD_OBJECT)
			continue;
		call_forgive(c);
		enum status st = shape_set_text(c, f, text, &t);
		assert(st == ST_OK || (st == ST_BAD_INPUT && c->problem[0]));
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	SCOPED_ARENA struct arena *a = arena_new();
	struct call *c = call_new(a, "req-fuzz");
	/* Not terminated: the reader must not look behind 'size'. */
	char *bytes = arena_alloc(a, size);
	memcpy(bytes, data, size);
	read_whole(c, bytes, size);
	read_fields(c, arena_strndup(a, bytes, size));

	struct words w = { 0 };
	struct map m = { 0 };
	const char *text = arena_strndup(a, bytes, size);
	if (words_from_json(c, text, &w) == ST_OK)
		assert(words_from_json(c, words_to_json(a, &w), &w) == ST_OK);
	if (map_from_json(c, text, &m) == ST_OK)
		assert(map_from_json(c, map_to_json(a, &m), &m) == ST_OK);
	return 0;
}
