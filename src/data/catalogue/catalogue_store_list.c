/* SPDX-License-Identifier: Apache-2.0 */
/* The statements of lists, counts, search and checks: one function each. */
#include "data/catalogue/catalogue_private.h"

#define LISTED                                                                                          \
	"r.id, r.domain_id, r.code, r.state, r.published, r.draft, r.draft_state, r.latest,"            \
	" r.name, r.summary, r.class_code, r.share_type, r.open, r.cycle, r.items,"                     \
	" r.published_on, r.published_at, r.revoke_at, r.created_at, r.updated_at, p.name as provider," \
	" p.code as provider_code"

static const struct field listed_row[] = {
	F_STR(catalogue_resource, id, 0, 0),
	F_STR(catalogue_resource, domain_id, 0, 0),
	F_STR(catalogue_resource, code, 0, NULLABLE),
	F_WORD(catalogue_resource, state, resource_states, 0),
	F_INT(catalogue_resource, published, 0, 0, 0),
	F_INT(catalogue_resource, draft, 0, 0, 0),
	F_STR(catalogue_resource, draft_state, 0, NULLABLE),
	F_INT(catalogue_resource, latest, 0, 0, 0),
	F_STR(catalogue_resource, name, 0, 0),
	F_STR(catalogue_resource, summary, 0, 0),
	F_STR(catalogue_resource, class_code, 0, 0),
	F_WORD(catalogue_resource, share_type, share_words, 0),
	F_BOOL(catalogue_resource, open, 0),
	F_WORD(catalogue_resource, cycle, cycle_words, 0),
	F_INT(catalogue_resource, items, 0, 0, 0),
	F_STR(catalogue_resource, published_on, 0, NULLABLE),
	F_TIME(catalogue_resource, published_at, NULLABLE),
	F_TIME(catalogue_resource, revoke_at, NULLABLE),
	F_TIME(catalogue_resource, created_at, 0),
	F_TIME(catalogue_resource, updated_at, 0),
	F_STR(catalogue_resource, provider, 0, 0),
	F_STR(catalogue_resource, provider_code, 0, 0),
	F_INT(catalogue_resource, score, 0, 0, OPT),
	F_INT(catalogue_resource, found, 0, 0, OPT),
	F_END,
};

/* Codes are digits and share types words, so that ranges over all of them stand for "any": what cannot
 * be answered by an index is not worth another variant in a catalogue of some ten thousand resources. */
#define PUBLISHED                                                                                  \
	" r.state = 'published' and r.class_code >= $1 and r.class_code < $2"                      \
	" and r.share_type >= $3 and r.share_type <= $4 and r.open >= $5 and r.open <= $6"
#define FROM_RESOURCES                                                                             \
	" from catalogue_resource r join catalogue_provider p on p.domain_id = r.domain_id where"
#define OLDER " and (r.published_at < $7 or (r.published_at = $7 and r.id < $8))"
#define NEWEST_FIRST " order by r.published_at desc, r.id desc"

DB_STMT(newest_sql, "select " LISTED FROM_RESOURCES PUBLISHED OLDER NEWEST_FIRST " limit $9");
DB_STMT(newest_of_provider_sql, "select " LISTED FROM_RESOURCES PUBLISHED OLDER
				" and r.domain_id = $10" NEWEST_FIRST " limit $9");

/* Without a bound on the class, below "a" all codes stand. */
#define RANGES(f)                                                                                  \
	DB_STR((f)->class_from), DB_STR((f)->class_to), DB_STR((f)->share_from),                   \
		DB_STR((f)->share_to), DB_INT((f)->open_from), DB_INT((f)->open_to)

enum status resources_newest(struct call *c, const struct list_filter *f,
			     struct catalogue_resource **list, size_t *n)
{
	if (f->domain_id)
		return DB_ALL(c, &newest_of_provider_sql, listed_row, list, n,
			      DB_ARGS(RANGES(f), DB_INT(f->before_at), DB_STR(f->before_id),
				      DB_INT(f->limit), DB_STR(f->domain_id)));
	return DB_ALL(c, &newest_sql, listed_row, list, n,
		      DB_ARGS(RANGES(f), DB_INT(f->before_at), DB_STR(f->before_id),
			      DB_INT(f->limit)));
}

DB_STMT(count_sql, "select count(*) from catalogue_resource r where" PUBLISHED);
DB_STMT(count_of_provider_sql,
	"select count(*) from catalogue_resource r where" PUBLISHED " and r.domain_id = $7");

enum status resources_count(struct call *c, const struct list_filter *f, int64_t *n)
{
	if (f->domain_id)
		return db_number(c, &count_of_provider_sql, n,
				 DB_ARGS(RANGES(f), DB_STR(f->domain_id)));
	return db_number(c, &count_sql, n, DB_ARGS(RANGES(f)));
}

DB_STMT(of_department_sql,
	"select " LISTED FROM_RESOURCES
	" r.domain_id = $1 and r.state = $2 and r.id > $3 order by r.id limit $4");

enum status resources_of_department(struct call *c, const char *domain_id, int state,
				    const char *after, int64_t limit,
				    struct catalogue_resource **list, size_t *n)
{
	return DB_ALL(c, &of_department_sql, listed_row, list, n,
		      DB_ARGS(DB_STR(domain_id), DB_STR(resource_states[state]), DB_STR(after),
			      DB_INT(limit)));
}

/* --- search --- */

_Static_assert(SEARCH_TERMS_MAX == 12, "the statements below name twelve terms");

struct spread_row {
	const char *term;
	int64_t count;
};
static const struct field spread_row[] = {
	F_STR(spread_row, term, 0, 0),
	F_INT(spread_row, count, 0, 0, 0),
	F_END,
};

DB_STMT(spread_sql,
	"select term, count(*) as count from catalogue_term"
	" where term in ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12) group by term");

/* A place that has no term of its own repeats the first one, which changes nothing. */
static struct db_arg term_arg(const struct term *terms, size_t n, size_t i)
{
	return DB_STR(terms[i < n ? i : 0].text);
}
#define TERM_ARGS(t, n)                                                                            \
	term_arg(t, n, 0), term_arg(t, n, 1), term_arg(t, n, 2), term_arg(t, n, 3),                \
		term_arg(t, n, 4), term_arg(t, n, 5), term_arg(t, n, 6), term_arg(t, n, 7),        \
		term_arg(t, n, 8), term_arg(t, n, 9), term_arg(t, n, 10), term_arg(t, n, 11)

enum status terms_spread(struct call *c, const struct term *terms, size_t n,
			 int64_t spread[SEARCH_TERMS_MAX])
{
	struct spread_row *rows;
	size_t found;
	enum status st =
		DB_ALL(c, &spread_sql, spread_row, &rows, &found, DB_ARGS(TERM_ARGS(terms, n)));

	for (size_t i = 0; !st && i < n; i++) {
		spread[i] = 0;
		for (size_t k = 0; k < found; k++)
			if (str_eq(rows[k].term, terms[i].text))
				spread[i] = rows[k].count;
	}
	return st;
}

/* Each term that stands in a resource adds its weight there times its rarity ($19 to $30). */
#define SCORED                                                                                     \
	"(select resource_id, count(*) as hits, sum(weight * case term when $7 then $19"           \
	" when $8 then $20 when $9 then $21 when $10 then $22 when $11 then $23 when $12 then $24" \
	" when $13 then $25 when $14 then $26 when $15 then $27 when $16 then $28"                 \
	" when $17 then $29 else cast($30 as bigint) end) as score from catalogue_term"            \
	" where term in ($7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18)"                 \
	" group by resource_id having count(*) >= $31) t"

/* Of all that match only ids are sorted and counted; what is shown is read for one page. */
DB_STMT(matching_sql, "select " LISTED ", cast(f.score as bigint) as score, f.found as found from"
		      " (select t.resource_id, t.score, count(*) over () as found from " SCORED
		      " join catalogue_resource r on r.id = t.resource_id where" PUBLISHED
		      " and ($32 = '' or r.domain_id = $32) order by t.score desc, t.resource_id"
		      " limit $33 offset $34) f"
		      " join catalogue_resource r on r.id = f.resource_id"
		      " join catalogue_provider p on p.domain_id = r.domain_id"
		      " order by f.score desc, r.id");

enum status resources_matching(struct call *c, const struct list_filter *f,
			       const struct term *terms, size_t n, int64_t need,
			       struct catalogue_resource **list, size_t *count)
{
	int64_t w[SEARCH_TERMS_MAX];

	for (size_t i = 0; i < SEARCH_TERMS_MAX; i++)
		w[i] = terms[i < n ? i : 0].weight;
	return DB_ALL(c, &matching_sql, listed_row, list, count,
		      DB_ARGS(RANGES(f), TERM_ARGS(terms, n), DB_INT(w[0]), DB_INT(w[1]),
			      DB_INT(w[2]), DB_INT(w[3]), DB_INT(w[4]), DB_INT(w[5]), DB_INT(w[6]),
			      DB_INT(w[7]), DB_INT(w[8]), DB_INT(w[9]), DB_INT(w[10]),
			      DB_INT(w[11]), DB_INT(need), DB_STR(f->domain_id ? f->domain_id : ""),
			      DB_INT(f->limit), DB_INT(f->offset)));
}

/* --- counts --- */

DB_STMT(published_count_sql, "select count(*) from catalogue_resource where state = 'published'");
DB_STMT(published_items_sql, "select cast(coalesce(sum(items), 0) as bigint)"
			     " from catalogue_resource where state = 'published'");

enum status published_count(struct call *c, int64_t *n)
{
	return db_number(c, &published_count_sql, n, DB_NO_ARGS);
}

enum status published_items(struct call *c, int64_t *n)
{
	return db_number(c, &published_items_sql, n, DB_NO_ARGS);
}

static const struct field facet_row[] = {
	F_STR(facet, key, 0, 0),
	F_STR(facet, name, 0, 0),
	F_INT(facet, count, 0, 0, 0),
	F_END,
};

DB_STMT(count_by_provider_sql,
	"select p.domain_id as key, p.name as name, count(*) as count from catalogue_resource r"
	" join catalogue_provider p on p.domain_id = r.domain_id where r.state = 'published'"
	" group by p.domain_id, p.name order by count(*) desc, p.name");

enum status count_by_provider(struct call *c, struct facet **list, size_t *n)
{
	return DB_ALL(c, &count_by_provider_sql, facet_row, list, n, DB_NO_ARGS);
}

DB_STMT(count_by_class_sql,
	"select k.code as key, k.name as name, count(*) as count from catalogue_resource r"
	" join catalogue_class k on k.code = r.class_code where r.state = 'published'"
	" group by k.code, k.name order by k.code");

enum status count_by_class(struct call *c, struct facet **list, size_t *n)
{
	return DB_ALL(c, &count_by_class_sql, facet_row, list, n, DB_NO_ARGS);
}

DB_STMT(count_by_share_sql,
	"select share_type as key, share_type as name, count(*) as count from catalogue_resource"
	" where state = 'published' group by share_type order by share_type");

enum status count_by_share(struct call *c, struct facet **list, size_t *n)
{
	return DB_ALL(c, &count_by_share_sql, facet_row, list, n, DB_NO_ARGS);
}

/* --- checks --- */

static const struct field sealed_row[] = {
	F_STR(sealed, id, 0, 0),
	F_INT(sealed, number, 0, 0, 0),
	F_END,
};

DB_STMT(versions_sealed_sql,
	"select resource_id as id, number from catalogue_version where seal is not null"
	" and (resource_id > $1 or (resource_id = $1 and number > $2))"
	" order by resource_id, number limit 500");

enum status versions_sealed(struct call *c, const struct sealed *after, struct sealed **list,
			    size_t *n)
{
	return DB_ALL(c, &versions_sealed_sql, sealed_row, list, n,
		      DB_ARGS(DB_STR(after->id), DB_INT(after->number)));
}

DB_STMT(breaches_sql,
	"select 'published resources without a published version' as what, count(*) as count"
	" from catalogue_resource r where r.state = 'published' and not exists (select 1"
	" from catalogue_version v where v.resource_id = r.id and v.number = r.published"
	" and v.state = 'published')"
	" union all select 'versions published beside another one', count(*)"
	" from catalogue_version v join catalogue_resource r on r.id = v.resource_id"
	" where v.state = 'published' and v.number <> r.published"
	" union all select 'drafts that their resource does not know', count(*)"
	" from catalogue_version v join catalogue_resource r on r.id = v.resource_id"
	" where v.state in ('draft', 'review') and (r.draft <> v.number"
	" or r.draft_state <> v.state)"
	" union all select 'published resources that no search finds', count(*)"
	" from catalogue_resource r where r.state = 'published' and not exists (select 1"
	" from catalogue_term t where t.resource_id = r.id)");

enum status catalogue_breaches(struct call *c, struct breach **list, size_t *n)
{
	return DB_ALL(c, &breaches_sql, breach_row, list, n, DB_NO_ARGS);
}
