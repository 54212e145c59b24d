/* SPDX-License-Identifier: Apache-2.0 */
/* What editors and approvers read of their department's entries, and the offices. */
#include "data/catalogue/catalogue.h"
#include "door/audit/audit.h"
#include "service/hall/hall_private.h"

enum { PAGE_DEFAULT = 50 };

enum status entry_list(struct call *c, const struct entry_ask *in, struct entry_page *out)
{
	int64_t limit = in->limit ? in->limit : PAGE_DEFAULT;
	struct entry_page page = { 0 };

	if (!c->actor.domain_id)
		return fail(c, ST_FORBIDDEN, NULL,
			    "items are kept by a department: sign in for one");
	enum status st = entries_of_department(c, c->actor.domain_id, in, limit + 1, &page.entries,
					       &page.entries_count);
	if (st)
		return st;
	if ((int64_t)page.entries_count > limit) {
		page.entries_count = (size_t)limit;
		page.next = page.entries[limit - 1].id;
	}
	*out = page;
	return ST_OK;
}

enum status entry_show(struct call *c, const struct entry_key *in, struct entry_detail *out)
{
	struct entry_detail d = { 0 };
	enum status st = own_entry(c, in->kind, in->id, &d.entry);

	if (st)
		return st;
	int64_t number = in->number ? in->number : hall_newest(&d.entry);
	st = hall_version_read(c, d.entry.id, number, &d.version);
	if (st == ST_NOT_FOUND)
		return fail(c, st, "number", "it has no version %lld", (long long)number);
	if (!st)
		st = hall_version_rows(c, d.entry.id, &d.versions, &d.versions_count);
	if (!st)
		*out = d;
	return st;
}

/* --- offices --- */

enum status office_save(struct call *c, const struct hall_office *in, struct hall_office *out)
{
	struct hall_office o = *in, was = { 0 };
	int64_t changed = 0;
	enum status st;

	audit_subject(c, "hall.office", in->domain_id);
	if (!catalogue_uscc_valid(in->code))
		return rule_broken(
			c, "code",
			"is no 统一社会信用代码: 18 characters with their check character "
			"(GB 32100-2015)");
	if (text_blank(in->name))
		return rule_broken(c, "name", "may not be empty");
	st = office_read(c, in->domain_id, &was);
	if (st && (st != ST_NOT_FOUND || c->problem[0]))
		return st;
	bool is_new = st == ST_NOT_FOUND;
	/* Items have the office's code in theirs. */
	if (!is_new && !str_eq(was.code, in->code)) {
		struct hall_entry *list = NULL;
		size_t n = 0;
		st = entries_of_department(c, in->domain_id,
					   &(struct entry_ask){ .kind = HALL_ITEM }, 1, &list, &n);
		if (!st && n)
			return fail(c, ST_CONFLICT, "code",
				    "code: items of the office have %s in their codes", was.code);
	}
	o.created_at = is_new ? c->now_at : was.created_at;
	o.updated_at = c->now_at;
	if (!st || is_new)
		st = is_new ? office_put(c, &o) : office_write(c, &o, &changed);
	if (st == ST_CONFLICT && !c->problem[0])
		return fail(c, st, "code", "code: another office has %s", in->code);
	if (!st && !is_new && !changed)
		return fail(c, ST_NOT_FOUND, "id", "the department went");
	if (st)
		return st;
	audit_change(c, hall_office_wire, is_new ? NULL : &was, &o);
	*out = o;
	return ST_OK;
}

enum status office_all(struct call *c, const struct nothing *in, struct office_list *out)
{
	(void)in;
	return office_rows(c, &out->offices, &out->offices_count);
}
