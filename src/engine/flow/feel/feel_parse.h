/* SPDX-License-Identifier: Apache-2.0 */
/* The compiler's own state: characters (feel_scan.c), grammar (feel_parse.c), types and literals
 * (feel_parse_more.c). A function of the grammar returns the node it made, or 0 when the text is not
 * that; the first reason stands in 'why'. */
#ifndef ENGINE_FLOW_FEEL_PARSE_H
#define ENGINE_FLOW_FEEL_PARSE_H

#include "engine/flow/feel/feel_private.h"

struct name_list {
	const char **list;
	size_t count, room;
};

struct parser {
	struct arena *arena;
	const char *text;
	size_t size, pos;
	const struct feel_names *known;
	/* Names as they may be read, declared so far in the text: variables, entries, parameters. */
	struct name_list seen;
	/* Variables in scope, innermost last, and those that nothing in the text binds. */
	struct name_list bound, free;
	struct node *nodes;
	uint32_t *kids;
	size_t node_count, node_room, kid_count, kid_room;
	unsigned depth;
	unsigned in_range; /* ends of ranges that are being read */
	unsigned retries;  /* times gone back */
	size_t work;       /* nodes made and given up: bounds going back */
	bool failed;
	struct feel_problem why;
};

#define PARSE_DEPTH_MAX 120
#define PARSE_WORK_MAX 200000
#define PARSE_RETRIES_MAX 64

uint32_t parse_fail(struct parser *p, const char *fmt, ...) PRINTF(2, 3);

/* scan */
void scan_space(struct parser *p);
/* Moves past the symbol or the word when it stands there, after space. */
bool scan_symbol(struct parser *p, const char *symbol);
bool scan_word(struct parser *p, const char *word);
bool scan_peek(struct parser *p, const char *symbol);
bool scan_peek_word(struct parser *p, const char *word);
/* A name: the longest that is known, else a word and the words behind it. NULL: none stands here. */
const char *scan_name(struct parser *p, bool after_dot);
/* A name that is being declared: all up to one of the bytes of 'ends', or the word "in". */
const char *scan_declared(struct parser *p, const char *ends, bool until_in);
size_t scan_word_size(const char *s);
bool scan_is_space(const char *s, size_t *step);
bool scan_is_start(const char *s, size_t *step);
bool scan_is_part(const char *s, size_t *step);
/* The string literal at 'pos'; NULL when it is not closed or badly escaped. */
const char *scan_string(struct parser *p, size_t *size);
char *name_clean(struct arena *a, const char *name, size_t size);
size_t name_match(const char *name, const char *text);
void name_add(struct parser *p, struct name_list *l, const char *name);

/* Where to come back to when what was tried is not what stands there. */
struct mark {
	size_t pos, nodes, kids, seen, bound, free;
	unsigned depth, in_range;
};
struct mark mark_here(const struct parser *p);
void go_back(struct parser *p, const struct mark *m);

/* nodes */
uint32_t node_new(struct parser *p, enum node_kind kind, size_t at, const uint32_t *kids,
		  size_t count);
struct kid_list {
	uint32_t *list;
	size_t count, room;
};
void kid_add(struct parser *p, struct kid_list *l, uint32_t id);
uint32_t node_const(struct parser *p, size_t at, const struct feel_value *v);

/* grammar */
uint32_t parse_expression(struct parser *p);
uint32_t parse_additive(struct parser *p);
uint32_t parse_test(struct parser *p, bool whole);
uint32_t parse_tests_until(struct parser *p, uint32_t first, enum node_kind kind, bool whole);
uint32_t parse_primary(struct parser *p);
/* Behind "..": the other end and the bracket that closes. */
uint32_t parse_range_end(struct parser *p, size_t at, uint32_t low, bool low_closed);
uint32_t parse_function(struct parser *p, size_t at);
const struct feel_type *parse_type(struct parser *p);

#endif
