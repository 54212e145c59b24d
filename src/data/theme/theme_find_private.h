/* SPDX-License-Identifier: Apache-2.0 */
/* Finding the entity that a record names; for theme_relate.c. */
#ifndef DATA_THEME_THEME_FIND_PRIVATE_H
#define DATA_THEME_THEME_FIND_PRIVATE_H

#include "data/theme/theme_private.h"

#define NOBODY UINT32_MAX

struct entry {
	uint64_t key;
	uint32_t entity;
};
struct index {
	struct entry *list;
	size_t count, room;
};
/* Where attributes stand in a base, -1: it has none. */
struct places {
	int name, id, phone, born, address, code;
};
struct finder {
	struct build *b;
	struct places places, firm;
	int house_address;
	struct index by_id, by_phone, by_born,
		by_home; /* persons; all but the first with the name */
	struct index by_code, by_organisation, by_name, by_core;
	struct index by_address;
	struct buf key, cell;
};
/* Who is named: the cells of a role. */
struct mention {
	const char *const *at;
	const uint32_t *size;
};

/* From the records as they are linked. Owner: the caller, who gives it to finder_done(). */
enum status finder_init(struct build *b, struct finder *f) MUST_USE;
void finder_done(struct finder *f);
/* The keys of the house that a mention's address names, see address_keys(). */
void mention_home(struct finder *f, enum theme_kind kind, const struct mention *m,
		  uint64_t keys[2]);
/* The entity that is named, or NOBODY; 'homes' are the houses that the record names. */
uint32_t mention_find(struct finder *f, enum theme_kind kind, const struct mention *m,
		      const uint64_t *homes, unsigned home_count);

#endif
