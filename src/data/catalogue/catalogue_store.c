/* SPDX-License-Identifier: Apache-2.0 */
/* The statements of writing and of single things: one function each. */
#include "data/catalogue/catalogue_private.h"

/* --- providers and classes --- */

static const struct field provider_row[] = {
	F_STR(catalogue_provider, domain_id, 0, 0),
	F_STR(catalogue_provider, code, 0, 0),
	F_STR(catalogue_provider, name, 0, 0),
	F_STR(catalogue_provider, contact, 0, NULLABLE),
	F_TIME(catalogue_provider, created_at, 0),
	F_TIME(catalogue_provider, updated_at, 0),
	F_END,
};
#define PROVIDER "domain_id, code, name, contact, created_at, updated_at"

DB_STMT(provider_put_sql,
	"insert into catalogue_provider (" PROVIDER ") values ($1, $2, $3, $4, $5, $6)");

enum status provider_put(struct call *c, const struct catalogue_provider *in)
{
	return db_put(c, &provider_put_sql, provider_row, in);
}

DB_STMT(provider_write_sql, "update catalogue_provider set code = $2, name = $3, contact = $4,"
			    " created_at = $5, updated_at = $6 where domain_id = $1");

enum status provider_write(struct call *c, const struct catalogue_provider *in, int64_t *changed)
{
	return db_do(c, &provider_write_sql, changed,
		     DB_ARGS(DB_STR(in->domain_id), DB_STR(in->code), DB_STR(in->name),
			     DB_STR(in->contact), DB_TIME(in->created_at),
			     DB_TIME(in->updated_at)));
}

DB_STMT(provider_read_sql, "select " PROVIDER " from catalogue_provider where domain_id = $1"
			   " and closed_at is null");

enum status provider_read(struct call *c, const char *domain_id, struct catalogue_provider *out)
{
	return db_one(c, &provider_read_sql, provider_row, out, DB_ARGS(DB_STR(domain_id)));
}

DB_STMT(provider_rows_sql, "select " PROVIDER " from catalogue_provider"
			   " where closed_at is null order by code");

enum status provider_rows(struct call *c, struct catalogue_provider **list, size_t *n)
{
	return DB_ALL(c, &provider_rows_sql, provider_row, list, n, DB_NO_ARGS);
}

DB_STMT(provider_close_sql, "update catalogue_provider set closed_at = $2, updated_at = $2"
			    " where domain_id = $1 and closed_at is null");

enum status provider_close(struct call *c, const char *domain_id)
{
	return db_do(c, &provider_close_sql, NULL, DB_ARGS(DB_STR(domain_id), DB_TIME(c->now_at)));
}

static const struct field class_row[] = {
	F_STR(catalogue_class, code, 0, 0),     F_STR(catalogue_class, parent, 0, NULLABLE),
	F_INT(catalogue_class, level, 0, 0, 0), F_STR(catalogue_class, name, 0, 0),
	F_TIME(catalogue_class, created_at, 0), F_END,
};
#define CLASS "code, parent, level, name, created_at"

DB_STMT(class_put_sql, "insert into catalogue_class (" CLASS ") values ($1, $2, $3, $4, $5)");

enum status class_put(struct call *c, const struct catalogue_class *in)
{
	return db_put(c, &class_put_sql, class_row, in);
}

DB_STMT(class_read_sql, "select " CLASS " from catalogue_class where code = $1");

enum status class_read(struct call *c, const char *code, struct catalogue_class *out)
{
	return db_one(c, &class_read_sql, class_row, out, DB_ARGS(DB_STR(code)));
}

DB_STMT(class_rows_sql, "select " CLASS " from catalogue_class order by code");

enum status class_rows(struct call *c, struct catalogue_class **list, size_t *n)
{
	return DB_ALL(c, &class_rows_sql, class_row, list, n, DB_NO_ARGS);
}

DB_STMT(class_named_sql,
	"select code from catalogue_class where parent = $1 and (name = $2 or code = $3)");
DB_STMT(class_top_named_sql,
	"select code from catalogue_class where parent is null and (name = $1 or code = $2)");

static const struct field code_row[] = { F_STR(catalogue_class, code, 0, 0), F_END };

enum status class_named(struct call *c, const char *parent, const char *name, const char *code,
			const char **out)
{
	struct catalogue_class found = { 0 };
	enum status st = parent ? db_one(c, &class_named_sql, code_row, &found,
					 DB_ARGS(DB_STR(parent), DB_STR(name), DB_STR(code)))
				: db_one(c, &class_top_named_sql, code_row, &found,
					 DB_ARGS(DB_STR(name), DB_STR(code)));
	if (!st)
		*out = found.code;
	return st;
}

DB_STMT(sequence_next_sql,
	"insert into catalogue_sequence (class_code, last) values ($1, 1)"
	" on conflict (class_code) do update set last = catalogue_sequence.last + 1"
	" returning last");

enum status sequence_next(struct call *c, const char *class_code, int64_t *out)
{
	return db_number(c, &sequence_next_sql, out, DB_ARGS(DB_STR(class_code)));
}

/* --- resources --- */

static const struct field resource_row[] = {
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
	F_STR(catalogue_resource, revoke_reason, 0, NULLABLE),
	F_STR(catalogue_resource, revoke_by, 0, NULLABLE),
	F_TIME(catalogue_resource, revoke_at, NULLABLE),
	F_TIME(catalogue_resource, created_at, 0),
	F_TIME(catalogue_resource, updated_at, 0),
	F_END,
};
#define RESOURCE                                                                                   \
	"id, domain_id, code, state, published, draft, draft_state, latest, name, summary,"        \
	" class_code, share_type, open, cycle, items, published_on, published_at, revoke_reason,"  \
	" revoke_by, revoke_at, created_at, updated_at"

DB_STMT(resource_put_sql,
	"insert into catalogue_resource (" RESOURCE ") values ($1, $2, $3, $4, $5, $6, $7, $8, $9,"
	" $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22)");

enum status resource_put(struct call *c, const struct catalogue_resource *in)
{
	return db_put(c, &resource_put_sql, resource_row, in);
}

DB_STMT(resource_write_sql,
	"update catalogue_resource set code = $3, state = $4, published = $5, draft = $6,"
	" draft_state = $7, latest = $8, name = $9, summary = $10, class_code = $11,"
	" share_type = $12, open = $13, cycle = $14, items = $15, published_on = $16,"
	" published_at = $17, revoke_reason = $18, revoke_by = $19, revoke_at = $20,"
	" created_at = $21, updated_at = $22 where id = $1 and domain_id = $2");

enum status resource_write(struct call *c, const struct catalogue_resource *in)
{
	return db_put(c, &resource_write_sql, resource_row, in);
}

DB_STMT(resource_remove_sql, "delete from catalogue_resource where id = $1 and published = 0");

enum status resource_remove(struct call *c, const char *id)
{
	return db_do(c, &resource_remove_sql, NULL, DB_ARGS(DB_STR(id)));
}

static const struct field resource_whole_row[] = {
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
	F_STR(catalogue_resource, revoke_reason, 0, NULLABLE),
	F_STR(catalogue_resource, revoke_by, 0, NULLABLE),
	F_TIME(catalogue_resource, revoke_at, NULLABLE),
	F_TIME(catalogue_resource, created_at, 0),
	F_TIME(catalogue_resource, updated_at, 0),
	F_STR(catalogue_resource, provider, 0, 0),
	F_STR(catalogue_resource, provider_code, 0, 0),
	F_END,
};

DB_STMT(resource_read_sql,
	"select r.id, r.domain_id, r.code, state, published, draft, draft_state, latest, r.name,"
	" summary, class_code, share_type, open, cycle, items, published_on, published_at,"
	" revoke_reason, revoke_by, revoke_at, r.created_at, r.updated_at, p.name as provider,"
	" p.code as provider_code from catalogue_resource r"
	" join catalogue_provider p on p.domain_id = r.domain_id where r.id = $1");

enum status resource_read(struct call *c, const char *id, struct catalogue_resource *out)
{
	return db_one(c, &resource_read_sql, resource_whole_row, out, DB_ARGS(DB_STR(id)));
}

static const struct field id_row[] = { F_STR(catalogue_resource, id, 0, 0), F_END };

DB_STMT(resource_id_of_code_sql, "select id from catalogue_resource where code = $1");

enum status resource_id_of_code(struct call *c, const char *code, const char **id)
{
	struct catalogue_resource found = { 0 };
	enum status st = db_one(c, &resource_id_of_code_sql, id_row, &found, DB_ARGS(DB_STR(code)));
	if (!st)
		*id = found.id;
	return st;
}

/* --- versions --- */

static const struct field version_row[] = {
	F_STR(catalogue_version, resource_id, 0, 0),
	F_INT(catalogue_version, number, 0, 0, 0),
	F_WORD(catalogue_version, state, version_states, 0),
	F_STR(catalogue_version, class_code, 0, 0),
	F_STR(catalogue_version, name, 0, 0),
	F_STR(catalogue_version, summary, 0, 0),
	F_WORD(catalogue_version, format, format_words, 0),
	F_STRS(catalogue_version, format_types, 0, 0),
	F_WORD(catalogue_version, share_type, share_words, 0),
	F_STR(catalogue_version, share_condition, 0, NULLABLE),
	F_STR(catalogue_version, share_basis, 0, NULLABLE),
	F_WORD(catalogue_version, share_mode, mode_words, NULLABLE),
	F_BOOL(catalogue_version, open, 0),
	F_STR(catalogue_version, open_condition, 0, NULLABLE),
	F_WORD(catalogue_version, cycle, cycle_words, 0),
	F_STR(catalogue_version, published_on, 0, NULLABLE),
	F_STRS(catalogue_version, related, 0, 0),
	F_STRS(catalogue_version, keywords, 0, 0),
	F_STR(catalogue_version, system, 0, NULLABLE),
	F_STR(catalogue_version, link, 0, NULLABLE),
	F_STR(catalogue_version, change_note, 0, NULLABLE),
	F_STR(catalogue_version, edited_by, 0, 0),
	F_STR(catalogue_version, submitted_by, 0, NULLABLE),
	F_STR(catalogue_version, decided_by, 0, NULLABLE),
	F_STR(catalogue_version, decision, 0, NULLABLE),
	F_TIME(catalogue_version, created_at, 0),
	F_TIME(catalogue_version, updated_at, 0),
	F_TIME(catalogue_version, submitted_at, NULLABLE),
	F_TIME(catalogue_version, decided_at, NULLABLE),
	F_STR(catalogue_version, seal, 0, NULLABLE),
	F_END,
};
#define VERSION                                                                                    \
	"resource_id, number, state, class_code, name, summary, format, format_types, share_type," \
	" share_condition, share_basis, share_mode, open, open_condition, cycle, published_on,"    \
	" related, keywords, system, link, change_note, edited_by, submitted_by, decided_by,"      \
	" decision, created_at, updated_at, submitted_at, decided_at, seal"

DB_STMT(version_put_sql,
	"insert into catalogue_version (" VERSION ") values ($1, $2, $3, $4, $5, $6, $7, $8, $9,"
	" $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24, $25, $26,"
	" $27, $28, $29, $30)");

enum status version_put(struct call *c, const struct catalogue_version *in)
{
	return db_put(c, &version_put_sql, version_row, in);
}

DB_STMT(version_remove_sql, "delete from catalogue_version where resource_id = $1 and number = $2"
			    " and state in ('draft', 'review')");

enum status version_remove(struct call *c, const char *id, int64_t number, int64_t *changed)
{
	return db_do(c, &version_remove_sql, changed, DB_ARGS(DB_STR(id), DB_INT(number)));
}

/* Metadata are not among what this changes, but for the date and the seal of what is being published. */
DB_STMT(version_set_state_sql,
	"update catalogue_version set state = $3, submitted_by = $4, submitted_at = $5,"
	" decided_by = $6, decided_at = $7, decision = $8, published_on = $9, seal = $10,"
	" updated_at = $11 where resource_id = $1 and number = $2 and state = $12");

enum status version_set_state(struct call *c, const struct catalogue_version *v, int from,
			      int64_t *changed)
{
	return db_do(
		c, &version_set_state_sql, changed,
		DB_ARGS(DB_STR(v->resource_id), DB_INT(v->number), DB_STR(version_states[v->state]),
			DB_STR(v->submitted_by), DB_TIME(v->submitted_at), DB_STR(v->decided_by),
			DB_TIME(v->decided_at), DB_STR(v->decision), DB_STR(v->published_on),
			DB_STR(v->seal), DB_TIME(v->updated_at), DB_STR(version_states[from])));
}

DB_STMT(version_read_sql,
	"select " VERSION " from catalogue_version where resource_id = $1 and number = $2");

enum status version_read(struct call *c, const char *id, int64_t number,
			 struct catalogue_version *out)
{
	return db_one(c, &version_read_sql, version_row, out, DB_ARGS(DB_STR(id), DB_INT(number)));
}

static const struct field brief_row[] = {
	F_INT(version_brief, number, 0, 0, 0),
	F_WORD(version_brief, state, version_states, 0),
	F_STR(version_brief, name, 0, 0),
	F_STR(version_brief, published_on, 0, NULLABLE),
	F_STR(version_brief, change_note, 0, NULLABLE),
	F_TIME(version_brief, updated_at, 0),
	F_END,
};

DB_STMT(version_rows_sql,
	"select number, state, name, published_on, change_note, updated_at from catalogue_version"
	" where resource_id = $1 order by number desc");

enum status version_rows(struct call *c, const char *id, struct version_brief **list, size_t *n)
{
	return DB_ALL(c, &version_rows_sql, brief_row, list, n, DB_ARGS(DB_STR(id)));
}

/* --- items --- */

static const struct field item_row[] = {
	F_STR(catalogue_item, name, 0, 0),
	F_STR(catalogue_item, code, 0, NULLABLE),
	F_WORD(catalogue_item, type, type_words, 0),
	F_INT(catalogue_item, length, 0, 0, NULLABLE),
	F_INT(catalogue_item, scale, 0, 0, NULLABLE),
	F_WORD(catalogue_item, share_type, share_words, NULLABLE),
	F_STR(catalogue_item, share_condition, 0, NULLABLE),
	F_BOOL(catalogue_item, secret, 0),
	F_STR(catalogue_item, standard, 0, NULLABLE),
	F_STR(catalogue_item, note, 0, NULLABLE),
	F_END,
};

DB_STMT(item_put_sql,
	"insert into catalogue_item (resource_id, number, position, name, code, type, length,"
	" scale, share_type, share_condition, secret, standard, note) values ($1, $2, $3, $4, $5,"
	" $6, $7, $8, $9, $10, $11, $12, $13)");

static struct db_arg number_or_null(int64_t v)
{
	struct db_arg a = DB_INT(v);

	a.null = v == INT_NULL;
	return a;
}

enum status item_put(struct call *c, const char *id, int64_t number, int64_t position,
		     const struct catalogue_item *in)
{
	return db_do(c, &item_put_sql, NULL,
		     DB_ARGS(DB_STR(id), DB_INT(number), DB_INT(position), DB_STR(in->name),
			     DB_STR(in->code), DB_STR(type_words[in->type]),
			     number_or_null(in->length), number_or_null(in->scale),
			     DB_STR(in->share_type < 0 ? NULL : share_words[in->share_type]),
			     DB_STR(in->share_condition), DB_BOOL(in->secret), DB_STR(in->standard),
			     DB_STR(in->note)));
}

DB_STMT(items_remove_sql, "delete from catalogue_item where resource_id = $1 and number = $2");

enum status items_remove(struct call *c, const char *id, int64_t number)
{
	return db_do(c, &items_remove_sql, NULL, DB_ARGS(DB_STR(id), DB_INT(number)));
}

DB_STMT(items_read_sql,
	"select name, code, type, length, scale, share_type, share_condition, secret, standard,"
	" note from catalogue_item where resource_id = $1 and number = $2 order by position");

enum status items_read(struct call *c, const char *id, int64_t number, struct catalogue_item **list,
		       size_t *n)
{
	return DB_ALL(c, &items_read_sql, item_row, list, n, DB_ARGS(DB_STR(id), DB_INT(number)));
}

/* --- names and terms --- */

DB_STMT(name_put_sql,
	"insert into catalogue_name (domain_id, name_key, resource_id) values ($1, $2, $3)");

enum status name_put(struct call *c, const char *domain_id, const char *key,
		     const char *resource_id)
{
	return db_do(c, &name_put_sql, NULL,
		     DB_ARGS(DB_STR(domain_id), DB_STR(key), DB_STR(resource_id)));
}

static const struct field owner_row[] = { F_STR_AS("resource_id", catalogue_resource, id, 0, 0),
					  F_END };

DB_STMT(name_owner_sql,
	"select resource_id from catalogue_name where domain_id = $1 and name_key = $2");

enum status name_owner(struct call *c, const char *domain_id, const char *key, const char **id)
{
	struct catalogue_resource found = { 0 };
	enum status st = db_one(c, &name_owner_sql, owner_row, &found,
				DB_ARGS(DB_STR(domain_id), DB_STR(key)));
	if (!st)
		*id = found.id;
	return st;
}

DB_STMT(names_remove_sql, "delete from catalogue_name where resource_id = $1");

enum status names_remove(struct call *c, const char *resource_id)
{
	return db_do(c, &names_remove_sql, NULL, DB_ARGS(DB_STR(resource_id)));
}

DB_STMT(term_put_sql, "insert into catalogue_term (term, resource_id, weight) values ($1, $2, $3)");

enum status term_put(struct call *c, const char *resource_id, const struct term *t)
{
	return db_do(c, &term_put_sql, NULL,
		     DB_ARGS(DB_STR(t->text), DB_STR(resource_id), DB_INT(t->weight)));
}

DB_STMT(terms_remove_sql, "delete from catalogue_term where resource_id = $1");

enum status terms_remove(struct call *c, const char *resource_id)
{
	return db_do(c, &terms_remove_sql, NULL, DB_ARGS(DB_STR(resource_id)));
}
