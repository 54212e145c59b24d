/* SPDX-License-Identifier: Apache-2.0 */
/* A tree of jansson's as text, into a buffer: what json_dumps() gives without a table of what was seen,
 * without an allocation for each value, and without a copy. */
#ifndef BASE_JSON_TREE_H
#define BASE_JSON_TREE_H

#include <jansson.h>
#include "base/text.h"

/* Compact, members in their order. A real stays one ("1.0"), so that reading gives an equal tree. The tree
 * has no cycles and is as deep at most as jansson reads (2,048). NULL is written as null. */
void json_tree(struct buf *b, const json_t *v);
/* The same as a text of the arena's. */
const char *json_tree_text(struct arena *a, const json_t *v);

#endif
