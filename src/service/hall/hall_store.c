/* SPDX-License-Identifier: Apache-2.0 */
/* The statements of writing and of single things: one function each. */
#include "service/hall/hall_private.h"

/* --- offices --- */

static const struct field office_row[] = {
	F_STR(hall_office, domain_id, 0, 0),      F_STR(hall_office, code, 0, 0),
	F_STR(hall_office, name, 0, 0),           F_STR(hall_office, name_en, 0, NULLABLE),
	F_STR(hall_office, address, 0, NULLABLE), F_STR(hall_office, hours, 0, NULLABLE),
	F_STR(hall_office, phone, 0, NULLABLE),   F_STR(hall_office, complaint, 0, NULLABLE),
	F_TIME(hall_office, created_at, 0),       F_TIME(hall_office, updated_at, 0),
	F_INT(hall_office, items, 0, 0, OPT),     F_END,
};
#define OFFICE                                                                                     \
	"domain_id, code, name, name_en, address, hours, phone, complaint, created_at, updated_at"
#define OFFICE_ARGS(in)                                                                            \
	DB_ARGS(DB_STR((in)->domain_id), DB_STR((in)->code), DB_STR((in)->name),                   \
		DB_STR((in)->name_en), DB_STR((in)->address), DB_STR((in)->hours),                 \
		DB_STR((in)->phone), DB_STR((in)->complaint), DB_TIME((in)->created_at),           \
		DB_TIME((in)->updated_at))

DB_STMT(hall_office_put_sql,
	"insert into hall_office (" OFFICE ") values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)");

enum status office_put(struct call *c, const struct hall_office *in)
{
	return db_do(c, &hall_office_put_sql, NULL, OFFICE_ARGS(in));
}

DB_STMT(hall_office_write_sql,
	"update hall_office set code = $2, name = $3, name_en = $4, address = $5, hours = $6,"
	" phone = $7, complaint = $8, created_at = $9, updated_at = $10"
	" where domain_id = $1 and closed_at is null");

enum status office_write(struct call *c, const struct hall_office *in, int64_t *changed)
{
	return db_do(c, &hall_office_write_sql, changed, OFFICE_ARGS(in));
}

DB_STMT(hall_office_read_sql, "select " OFFICE " from hall_office where domain_id = $1");

enum status office_read(struct call *c, const char *domain_id, struct hall_office *out)
{
	return db_one(c, &hall_office_read_sql, office_row, out, DB_ARGS(DB_STR(domain_id)));
}

DB_STMT(hall_office_close_sql, "update hall_office set closed_at = $2, updated_at = $2"
			       " where domain_id = $1 and closed_at is null");

enum status office_close(struct call *c, const char *domain_id)
{
	return db_do(c, &hall_office_close_sql, NULL,
		     DB_ARGS(DB_STR(domain_id), DB_TIME(c->now_at)));
}

DB_STMT(hall_office_rows_sql,
	"select " OFFICE ", (select count(*) from hall_entry e where e.domain_id = o.domain_id"
	" and e.kind = 'item' and e.state in ('published', 'suspended')) as items"
	" from hall_office o where closed_at is null order by code");

enum status office_rows(struct call *c, struct hall_office **list, size_t *n)
{
	return DB_ALL(c, &hall_office_rows_sql, office_row, list, n, DB_NO_ARGS);
}

/* --- entries --- */

/* In the order of HALL_ENTRY_COLUMNS. */
#define ENTRY                                                                                      \
	F_STR(hall_entry, id, 0, 0), F_STR(hall_entry, domain_id, 0, 0),                           \
		F_WORD(hall_entry, kind, hall_kind_words, 0), F_STR(hall_entry, code, 0, 0),       \
		F_WORD(hall_entry, state, hall_state_words, 0),                                    \
		F_INT(hall_entry, published, 0, 0, 0), F_INT(hall_entry, draft, 0, 0, 0),          \
		F_INT(hall_entry, latest, 0, 0, 0), F_STR(hall_entry, name, 0, 0),                 \
		F_STR(hall_entry, name_en, 0, NULLABLE), F_STR(hall_entry, summary, 0, 0),         \
		F_STR(hall_entry, type, 0, EMPTY_OK), F_STRS(hall_entry, subjects, 0, 0),          \
		F_WORD(hall_entry, move, hall_move_words, NULLABLE),                               \
		F_STR(hall_entry, move_by, 0, NULLABLE),                                           \
		F_STR(hall_entry, move_reason, 0, NULLABLE),                                       \
		F_TIME(hall_entry, move_at, NULLABLE),                                             \
		F_STR(hall_entry, state_reason, 0, NULLABLE),                                      \
		F_TIME(hall_entry, published_at, NULLABLE), F_TIME(hall_entry, created_at, 0),     \
		F_TIME(hall_entry, updated_at, 0), F_STR(hall_entry, returned, 0, NULLABLE)
static const struct field entry_row[] = { ENTRY, F_END };
const struct field hall_entry_joined_row[] = {
	ENTRY,
	F_STR(hall_entry, office, 0, 0),
	F_STR(hall_entry, office_code, 0, 0),
	F_INT(hall_entry, score, 0, 0, OPT),
	F_INT(hall_entry, found, 0, 0, OPT),
	F_END,
};

DB_STMT(hall_entry_put_sql,
	"insert into hall_entry (" HALL_ENTRY_COLUMNS(
		"") ") values ($1, $2, $3, $4, $5, $6, $7, $8,"
		    " $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22)");

enum status entry_put(struct call *c, const struct hall_entry *in)
{
	return db_put(c, &hall_entry_put_sql, entry_row, in);
}

DB_STMT(hall_entry_write_sql,
	"update hall_entry set code = $4, state = $5, published = $6, draft = $7, latest = $8,"
	" name = $9, name_en = $10, summary = $11, type = $12, subjects = $13, move = $14,"
	" move_by = $15, move_reason = $16, move_at = $17, state_reason = $18, published_at = $19,"
	" created_at = $20, updated_at = $21, returned = $22"
	" where id = $1 and domain_id = $2 and kind = $3");

enum status entry_write(struct call *c, const struct hall_entry *in)
{
	return db_put(c, &hall_entry_write_sql, entry_row, in);
}

DB_STMT(hall_entry_remove_sql, "delete from hall_entry where id = $1 and published = 0");

enum status entry_remove(struct call *c, const char *id)
{
	return db_do(c, &hall_entry_remove_sql, NULL, DB_ARGS(DB_STR(id)));
}

DB_STMT(hall_entry_read_sql,
	"select " HALL_ENTRY_JOINED " from hall_entry e" HALL_ENTRY_JOIN " where e.id = $1");

enum status entry_read(struct call *c, const char *id, struct hall_entry *out)
{
	return db_one(c, &hall_entry_read_sql, hall_entry_joined_row, out, DB_ARGS(DB_STR(id)));
}

DB_STMT(hall_entry_of_code_sql, "select " HALL_ENTRY_JOINED " from hall_entry e" HALL_ENTRY_JOIN
				" where e.kind = $1 and e.code = $2 and e.state <> 'withdrawn'");

enum status entry_of_code(struct call *c, int kind, const char *code, struct hall_entry *out)
{
	return db_one(c, &hall_entry_of_code_sql, hall_entry_joined_row, out,
		      DB_ARGS(DB_STR(hall_kind_words[kind]), DB_STR(code)));
}

/* --- versions --- */

static const struct field version_row[] = {
	F_STR(hall_version, entry_id, 0, 0),
	F_INT(hall_version, number, 0, 0, 0),
	F_WORD(hall_version, state, hall_version_words, 0),
	F_STR(hall_version, body, 0, 0),
	F_STR(hall_version, edited_by, 0, 0),
	F_STR(hall_version, submitted_by, 0, NULLABLE),
	F_STR(hall_version, decided_by, 0, NULLABLE),
	F_STR(hall_version, decision, 0, NULLABLE),
	F_TIME(hall_version, created_at, 0),
	F_TIME(hall_version, updated_at, 0),
	F_TIME(hall_version, submitted_at, NULLABLE),
	F_TIME(hall_version, decided_at, NULLABLE),
	F_STR(hall_version, seal, 0, NULLABLE),
	F_END,
};
#define VERSION                                                                                    \
	"entry_id, number, state, body, edited_by, submitted_by, decided_by, decision,"            \
	" created_at, updated_at, submitted_at, decided_at, seal"

DB_STMT(hall_version_put_sql, "insert into hall_version (" VERSION
			      ") values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)");

enum status hall_version_put(struct call *c, const struct hall_version *in)
{
	return db_put(c, &hall_version_put_sql, version_row, in);
}

DB_STMT(hall_version_remove_sql,
	"delete from hall_version where entry_id = $1 and number = $2 and state = 'draft'");

enum status hall_version_remove(struct call *c, const char *id, int64_t number, int64_t *changed)
{
	return db_do(c, &hall_version_remove_sql, changed, DB_ARGS(DB_STR(id), DB_INT(number)));
}

/* The body is not among what this changes. */
DB_STMT(hall_version_write_sql,
	"update hall_version set state = $3, submitted_by = $4, submitted_at = $5, decided_by = $6,"
	" decided_at = $7, decision = $8, seal = $9, updated_at = $10"
	" where entry_id = $1 and number = $2 and state = $11");

enum status hall_version_write(struct call *c, const struct hall_version *in, int from,
			       int64_t *changed)
{
	return db_do(c, &hall_version_write_sql, changed,
		     DB_ARGS(DB_STR(in->entry_id), DB_INT(in->number),
			     DB_STR(hall_version_words[in->state]), DB_STR(in->submitted_by),
			     DB_TIME(in->submitted_at), DB_STR(in->decided_by),
			     DB_TIME(in->decided_at), DB_STR(in->decision), DB_STR(in->seal),
			     DB_TIME(in->updated_at), DB_STR(hall_version_words[from])));
}

DB_STMT(hall_version_read_sql,
	"select " VERSION " from hall_version where entry_id = $1 and number = $2");

enum status hall_version_read(struct call *c, const char *id, int64_t number,
			      struct hall_version *out)
{
	return db_one(c, &hall_version_read_sql, version_row, out,
		      DB_ARGS(DB_STR(id), DB_INT(number)));
}

static const struct field brief_row[] = {
	F_INT(version_brief, number, 0, 0, 0),
	F_WORD(version_brief, state, hall_version_words, 0),
	F_STR(version_brief, edited_by, 0, 0),
	F_STR(version_brief, submitted_by, 0, NULLABLE),
	F_STR(version_brief, decided_by, 0, NULLABLE),
	F_STR(version_brief, decision, 0, NULLABLE),
	F_STR(version_brief, seal, 0, NULLABLE),
	F_TIME(version_brief, updated_at, 0),
	F_TIME(version_brief, decided_at, NULLABLE),
	F_END,
};

DB_STMT(hall_version_rows_sql,
	"select number, state, edited_by, submitted_by, decided_by, decision, seal, updated_at,"
	" decided_at from hall_version where entry_id = $1 order by number desc limit 1000");

enum status hall_version_rows(struct call *c, const char *id, struct version_brief **list,
			      size_t *n)
{
	return DB_ALL(c, &hall_version_rows_sql, brief_row, list, n, DB_ARGS(DB_STR(id)));
}

/* --- derived: terms, and which items a theme merges --- */

DB_STMT(hall_term_put_sql, "insert into hall_term (term, entry_id, weight) values ($1, $2, $3)");

enum status hall_term_put(struct call *c, const char *entry_id, const struct term *t)
{
	return db_do(c, &hall_term_put_sql, NULL,
		     DB_ARGS(DB_STR(t->text), DB_STR(entry_id), DB_INT(t->weight)));
}

DB_STMT(hall_terms_remove_sql, "delete from hall_term where entry_id = $1");

enum status hall_terms_remove(struct call *c, const char *entry_id)
{
	return db_do(c, &hall_terms_remove_sql, NULL, DB_ARGS(DB_STR(entry_id)));
}

DB_STMT(hall_theme_item_put_sql,
	"insert into hall_theme_item (theme_id, item_code) values ($1, $2)");

enum status theme_item_put(struct call *c, const char *theme_id, const char *item_code)
{
	return db_do(c, &hall_theme_item_put_sql, NULL,
		     DB_ARGS(DB_STR(theme_id), DB_STR(item_code)));
}

DB_STMT(hall_theme_items_remove_sql, "delete from hall_theme_item where theme_id = $1");

enum status theme_items_remove(struct call *c, const char *theme_id)
{
	return db_do(c, &hall_theme_items_remove_sql, NULL, DB_ARGS(DB_STR(theme_id)));
}
