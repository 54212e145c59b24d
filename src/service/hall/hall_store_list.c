/* SPDX-License-Identifier: Apache-2.0 */
/* The statements of lists, search and checks: one function each. */
#include "service/hall/hall_private.h"

#define ENTRIES "select " HALL_ENTRY_JOINED " from hall_entry e" HALL_ENTRY_JOIN

/* '' stands for any: a department has some hundred entries. */
DB_STMT(hall_entries_of_department_sql,
	ENTRIES " where e.domain_id = $1 and e.kind = $2 and e.id > $3"
		" and ($4 = '' or e.state = $4) and ($5 = 0 or e.move is not null)"
		" order by e.id limit $6");

enum status entries_of_department(struct call *c, const char *domain_id, const struct entry_ask *in,
				  int64_t limit, struct hall_entry **list, size_t *n)
{
	return DB_ALL(c, &hall_entries_of_department_sql, hall_entry_joined_row, list, n,
		      DB_ARGS(DB_STR(domain_id), DB_STR(hall_kind_words[in->kind]),
			      DB_STR(in->marker ? in->marker : ""),
			      DB_STR(in->state_given ? hall_state_words[in->state] : ""),
			      DB_BOOL(in->waiting), DB_INT(limit)));
}

DB_STMT(hall_themes_of_item_sql,
	ENTRIES " join hall_theme_item i on i.theme_id = e.id where i.item_code = $1"
		" and e.state in ('published', 'suspended') order by e.code");

enum status themes_of_item(struct call *c, const char *item_code, struct hall_entry **list,
			   size_t *n)
{
	return DB_ALL(c, &hall_themes_of_item_sql, hall_entry_joined_row, list, n,
		      DB_ARGS(DB_STR(item_code)));
}

/* --- what everybody reads --- */

/* A city has some thousand items: what the index of codes does not narrow is read and passed over. */
#define STANDS                                                                                     \
	" e.kind = $1 and e.state in ('published', 'suspended')"                                   \
	" and ($2 = '' or e.domain_id = $2) and ($3 = '' or e.type = $3)"                          \
	" and ($4 = '' or e.subjects like $4)"
#define FILTER(f)                                                                                  \
	DB_STR(hall_kind_words[(f)->kind]), DB_STR((f)->office), DB_STR((f)->type),                \
		DB_STR((f)->subject)

DB_STMT(hall_guide_rows_sql, ENTRIES " where" STANDS " and e.state <> 'withdrawn' and e.code > $5"
				     " order by e.code limit $6");

enum status guide_rows(struct call *c, const struct guide_filter *f, struct hall_entry **list,
		       size_t *n)
{
	return DB_ALL(c, &hall_guide_rows_sql, hall_entry_joined_row, list, n,
		      DB_ARGS(FILTER(f), DB_STR(f->after), DB_INT(f->limit)));
}

_Static_assert(SEARCH_TERMS_MAX == 12, "the statement below names twelve terms");

/* A rare term tells more, but names of items are short: what has more of the question, in better places,
 * stands first. */
DB_STMT(hall_guide_matching_sql,
	"select " HALL_ENTRY_JOINED ", cast(t.score as bigint) as score, t.found as found from"
	" (select s.entry_id, s.hits, s.score, count(*) over () as found from"
	" (select entry_id, count(*) as hits, sum(weight) as score from hall_term"
	" where term in ($5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)"
	" group by entry_id having count(*) >= $17) s"
	" join hall_entry e on e.id = s.entry_id where" STANDS
	" order by s.hits desc, s.score desc, s.entry_id limit $18 offset $19) t"
	" join hall_entry e on e.id = t.entry_id" HALL_ENTRY_JOIN
	" order by t.hits desc, t.score desc, e.id");

#define TERM(i) DB_STR(terms[(i) < count ? (i) : 0].text)

enum status guide_matching(struct call *c, const struct guide_filter *f, const struct term *terms,
			   size_t count, size_t need, struct hall_entry **list, size_t *n)
{
	return DB_ALL(c, &hall_guide_matching_sql, hall_entry_joined_row, list, n,
		      DB_ARGS(FILTER(f), TERM(0), TERM(1), TERM(2), TERM(3), TERM(4), TERM(5),
			      TERM(6), TERM(7), TERM(8), TERM(9), TERM(10), TERM(11),
			      DB_INT((int64_t)need), DB_INT(f->limit), DB_INT(f->offset)));
}

/* --- checks --- */

static const struct field sealed_row[] = {
	F_STR(sealed, id, 0, 0),
	F_INT(sealed, number, 0, 0, 0),
	F_STR(sealed, body, 0, 0),
	F_STR(sealed, seal, 0, 0),
	F_END,
};

DB_STMT(hall_versions_sealed_sql,
	"select entry_id as id, number, body, seal from hall_version where seal is not null"
	" and (entry_id > $1 or (entry_id = $1 and number > $2))"
	" order by entry_id, number limit 100");

enum status hall_versions_sealed(struct call *c, const struct sealed *after, struct sealed **list,
				 size_t *n)
{
	return DB_ALL(c, &hall_versions_sealed_sql, sealed_row, list, n,
		      DB_ARGS(DB_STR(after->id), DB_INT(after->number)));
}

DB_STMT(hall_breaches_sql,
	"select 'entries whose published version is none' as what, count(*) as count"
	" from hall_entry e where e.published > 0 and not exists (select 1 from hall_version v"
	" where v.entry_id = e.id and v.number = e.published and v.state = 'published')"
	" union all select 'entries whose draft is none', count(*)"
	" from hall_entry e where e.draft > 0 and not exists (select 1 from hall_version v"
	" where v.entry_id = e.id and v.number = e.draft and v.state = 'draft')"
	" union all select 'drafts that no entry knows of', count(*)"
	" from hall_version v join hall_entry e on e.id = v.entry_id"
	" where v.state = 'draft' and e.draft <> v.number"
	" union all select 'published themes that merge an item which is not there', count(*)"
	" from hall_theme_item i join hall_entry t on t.id = i.theme_id"
	" where t.state in ('published', 'suspended') and not exists (select 1 from hall_entry e"
	" where e.kind = 'item' and e.code = i.item_code and e.published > 0)");

enum status hall_breaches(struct call *c, struct breach **list, size_t *n)
{
	return DB_ALL(c, &hall_breaches_sql, breach_row, list, n, DB_NO_ARGS);
}
