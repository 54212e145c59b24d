/* SPDX-License-Identifier: Apache-2.0 */
/* Full text without a dictionary: the terms of base/terms.h in one table, and one statement for both
 * databases; a term counts by where it stands and by how rare it is. */
#include "data/catalogue/catalogue_private.h"

enum { TERMS_MAX = 4000 };

/* What a place is worth. */
enum { IN_NAME = 40, IN_KEYWORD = 20, IN_PROVIDER = 10, IN_ITEM = 8, IN_SUMMARY = 4 };

enum status terms_write(struct call *c, const struct catalogue_resource *r,
			const struct catalogue_version *v)
{
	struct term_bag b;
	enum status st = terms_remove(c, r->id);

	term_bag_init(&b, c->arena, TERMS_MAX);
	term_bag_text(&b, v->name, IN_NAME);
	term_bag_text(&b, r->code, IN_NAME);
	term_bag_text(&b, r->provider, IN_PROVIDER);
	term_bag_text(&b, v->system, IN_PROVIDER);
	for (size_t i = 0; i < v->keywords.count; i++)
		term_bag_text(&b, v->keywords.list[i], IN_KEYWORD);
	term_bag_text(&b, v->summary, IN_SUMMARY);
	for (size_t i = 0; i < v->items_count; i++) {
		term_bag_text(&b, v->items[i].name, IN_ITEM);
		term_bag_text(&b, v->items[i].code, IN_ITEM);
	}
	for (size_t i = 0; !st && i < b.room; i++)
		if (b.slots[i].text)
			st = term_put(c, r->id, &b.slots[i]);
	return st;
}
