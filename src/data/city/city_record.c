/* SPDX-License-Identifier: Apache-2.0 */
/* One row of one resource: whose it is, the cells one after another, and its line of truth. */
#include <assert.h>
#include "city_record_private.h"

uint32_t city_rows(const struct city *city, int resource)
{
	const struct city_resource *r = &city_resources[resource];
	uint64_t copies = (uint64_t)r->copies * city->grids * city->errors / 1000;

	return r->members * city->grids + (uint32_t)copies;
}

/* Rows stand in an order that the key chooses; behind the members of all grids come the copies. */
uint32_t city_subject(const struct city *city, int resource, uint32_t row, bool *copy)
{
	static const uint16_t sizes[] = { GRID_PERSONS, GRID_FIRMS, GRID_HOUSES };
	const struct city_members *m = &city->plan.members[resource];
	uint32_t rows = city_rows(city, resource), members = m->count * city->grids;
	uint32_t at = city_permute(city->key[SALT_ROW] + (uint64_t)resource, row, rows);

	*copy = at >= members;
	if (*copy)
		at = city_below(city_hash(city, SALT_COPY, (uint64_t)resource << 32 | at), members);
	return at / m->count * sizes[city_resources[resource].subject] + m->list[at % m->count];
}

void city_record_begin(struct city_record *r, const struct city *city, int resource, uint32_t row)
{
	bool copy;

	r->city = city;
	r->resource = &city_resources[resource];
	r->department = &city_departments[r->resource->department];
	r->number = resource;
	r->row = row;
	r->subject = city_subject(city, resource, row, &copy);
	r->chance = city_hash(city, SALT_RECORD, (uint64_t)resource << 32 | row);
	r->drawn = 0;
	r->done = copy ? UINT32_C(1) << ERROR_DUPLICATE : 0;
	r->loaded = 0;
}

/* --- Who stands in a cell --- */

static uint32_t relative(const struct city_record *r, uint16_t slot)
{
	return slot == NOBODY ? UINT32_MAX : city_neighbour(r->subject, slot);
}

static uint32_t resolve(const struct city_record *r, enum city_who who)
{
	const struct city *city = r->city;
	uint32_t n = r->subject;
	const struct city_slot *s = &city->plan.slots[n % GRID_PERSONS];

	switch (who) {
	case WHO_SPOUSE: return relative(r, s->spouse);
	case WHO_FATHER: return relative(r, s->father);
	case WHO_MOTHER: return relative(r, s->mother);
	case WHO_HEAD: return relative(r, s->head);
	case WHO_CARER: return city_carer(city, n);
	case WHO_HOME: return city_home(city, n);
	case WHO_OLD_HOME: return city_old_home(city, n);
	case WHO_EMPLOYER: return city_employer(city, n, false);
	case WHO_EMPLOYED: return city_employer(city, n, city->plan.job_changed[n % GRID_PERSONS]);
	case WHO_LEGAL: return city_legal(city, n);
	case WHO_INVESTOR: return city_investor(city, n);
	case WHO_SITE: return city_site(city, n);
	case WHO_OWNER: return city_owner(city, n);
	case WHO_CO_OWNER: return city_co_owner(city, n);
	case WHO_TENANT: return city_tenant(city, n);
	case WHO_BANK: return city_bank(city, n);
	default: return n;
	}
}

static bool is_house(enum city_who who)
{
	return who == WHO_HOME || who == WHO_OLD_HOME || who == WHO_SITE || who == WHO_HOUSE;
}

static bool is_firm(enum city_who who)
{
	return who == WHO_FIRM || who == WHO_EMPLOYER || who == WHO_EMPLOYED || who == WHO_BANK;
}

/* Makes the truth of whoever it is, once a row. False: there is nobody. */
static bool load(struct city_record *r, enum city_who who)
{
	if (r->loaded >> who & 1)
		return r->who[who] != UINT32_MAX;
	r->loaded |= UINT32_C(1) << who;
	r->who[who] = resolve(r, who);
	if (r->who[who] == UINT32_MAX)
		return false;
	if (is_house(who))
		city_house(r->city, r->who[who], &r->house[who]);
	else if (is_firm(who))
		city_firm(r->city, r->who[who], &r->firm[who]);
	else
		city_person(r->city, r->who[who], &r->person[who]);
	return true;
}

/* --- Cells --- */

/* Of the subject and the column, so that a copy says the same. */
static uint64_t word_chance(const struct city_record *r, const struct city_column *c)
{
	uint64_t column = (uint64_t)(c - r->resource->columns);

	return city_hash(r->city, SALT_WORD,
			 (uint64_t)r->number << 48 | column << 40 | (uint64_t)r->subject);
}

/* Of the row and the column: who is entered twice gets another number, on another day. */
static uint64_t row_chance(const struct city_record *r, const struct city_column *c)
{
	uint64_t column = (uint64_t)(c - r->resource->columns);

	return city_hash(r->city, SALT_WORD,
			 (uint64_t)r->number << 48 | (column + 128) << 40 | (uint64_t)r->row);
}

/* Quoted where RFC 4180 asks for it. */
static char *put_word(char *p, const char *s, size_t size)
{
	if (!memchr(s, ',', size) && !memchr(s, '"', size) && !memchr(s, '\n', size))
		return city_put_n(p, s, size);
	*p++ = '"';
	for (size_t i = 0; i < size; i++) {
		if (s[i] == '"')
			*p++ = '"';
		*p++ = s[i];
	}
	*p++ = '"';
	return p;
}

static char *cell_word(const struct city_record *r, char *p, const struct city_column *c)
{
	uint32_t count = r->city->words[r->number][c - r->resource->columns];
	const char *s = c->words, *end;

	for (uint32_t n = city_below(word_chance(r, c), count); n; n--)
		s = strchr(s, '|') + 1;
	end = strchrnul(s, '|');
	return put_word(p, s, (size_t)(end - s));
}

static char *cell_of_person(struct city_record *r, char *p, const struct city_column *c)
{
	const struct city_person *of = &r->person[c->who];
	bool own = c->who == WHO_SELF;
	const struct city_slot *s;

	/* A phone asks for the number only. */
	if (c->what == WHAT_PHONE) {
		uint32_t n = own ? r->subject : resolve(r, c->who);
		return n == UINT32_MAX ? p : city_cell_phone(r, p, n, own);
	}
	if (c->what == WHAT_MOVED)
		return city_date_put(p, city_moved(r->city, r->subject), r->department->date);
	if (!load(r, c->who))
		return p;
	s = of->slot;
	switch (c->what) {
	case WHAT_NAME: return city_cell_name(r, p, of, own);
	case WHAT_ID: return city_cell_id(r, p, of, own);
	case WHAT_SEX: return city_cell_sex(r, p, of, own);
	case WHAT_BIRTH: return city_cell_birth(r, p, of, own);
	case WHAT_NATION: return city_put(p, city_nations[of->nation]);
	case WHAT_BIRTHPLACE: return city_put_n(p, of->id, 6);
	case WHAT_HOUSEHOLD:
		p = city_put(p, "3302");
		return city_digits(
			p, (uint64_t)(of->number / GRID_PERSONS) * GRID_HOUSEHOLDS + s->household,
			9);
	case WHAT_MARITAL:
		return city_put(p, s->spouse != NOBODY
					   ? (r->city->plan.slots[s->spouse].dead ? "丧偶" : "已婚")
				   : s->year_last < 1945 ? "丧偶"
							 : "未婚");
	case WHAT_TO_HEAD:
		return city_put(p, s->head == of->number % GRID_PERSONS ? "户主"
				   : s->role == ROLE_WIFE               ? "妻"
				   : s->role == ROLE_GRANDFATHER        ? "父亲"
				   : s->role == ROLE_GRANDMOTHER        ? "母亲"
				   : s->sex                             ? "女"
									: "子");
	case WHAT_MARRIED: return city_date_put(p, city_married(r->city, of), r->department->date);
	case WHAT_DIED: return city_date_put(p, city_died(r->city, of), r->department->date);
	default: assert(false); return p;
	}
}

static char *cell_of_house(struct city_record *r, char *p, const struct city_column *c)
{
	const struct city_house *of = &r->house[c->who];
	/* The home of a person and the place of a firm are the subject's own cells too. */
	bool own = c->who == WHO_HOUSE || c->who == WHO_HOME || c->who == WHO_SITE;

	load(r, c->who);
	switch (c->what) {
	case WHAT_ADDRESS: return city_cell_address(r, p, of, own);
	case WHAT_HOUSE_CODE: return city_house_code_put(r->city, p, of);
	case WHAT_DISTRICT: return city_put(p, city_divisions[of->division].name);
	case WHAT_STREET: return city_put(p, of->street);
	case WHAT_ROAD: return city_put(p, of->road);
	case WHAT_NUMBER: return city_put(city_number(p, of->gate), "号");
	case WHAT_BUILDING: return of->building ? city_number(p, of->building) : p;
	case WHAT_UNIT: return of->unit ? city_number(p, of->unit) : p;
	case WHAT_ROOM: return of->room ? city_number(p, of->room) : p;
	case WHAT_AREA:
		p = city_number(p, of->area / 100);
		*p++ = '.';
		return city_digits(p, of->area % 100, 2);
	case WHAT_BUILT: return city_number(p, of->built);
	default: assert(false); return p;
	}
}

static char *cell_of_firm(struct city_record *r, char *p, const struct city_column *c)
{
	const struct city_firm *of = &r->firm[c->who];
	bool own = c->who == WHO_FIRM;

	load(r, c->who);
	switch (c->what) {
	case WHAT_FIRM_NAME: return city_cell_firm(r, p, of, own);
	case WHAT_FIRM_CODE: return city_cell_code(r, p, of, own);
	case WHAT_FIRM_OLD_CODE:
		return of->founded < date_day(2015, 10, 1) ? city_put_n(p, of->old_code, 15) : p;
	case WHAT_FIRM_KIND:
		return city_put(p, !strcmp(of->form, "有限公司")        ? "有限责任公司"
				   : !strcmp(of->form, "厂")            ? "个人独资企业"
				   : !strncmp(of->form, "合", CITY_HAN) ? "合伙企业"
									: "股份有限公司");
	case WHAT_FIRM_STATUS: return city_put(p, of->closed == INT32_MAX ? "存续" : "注销");
	case WHAT_FOUNDED: return city_date_put(p, of->founded, r->department->date);
	case WHAT_CLOSED: return city_date_put(p, of->closed, r->department->date);
	case WHAT_CAPITAL: return city_number(p, of->capital);
	default: assert(false); return p;
	}
}

/* The day of an act of the last eight years, not before its subject could: who is 18 by now was so
 * then, a firm is founded, a house stands. */
static int32_t act_day(struct city_record *r, uint64_t chance)
{
	int32_t from = r->city->today - 8 * 365, can;

	switch (r->resource->subject) {
	case SUBJECT_PERSON:
		load(r, WHO_SELF);
		can = r->person[WHO_SELF].born;
		if (can < r->city->today - 18 * 366)
			can += 18 * 366;
		break;
	case SUBJECT_FIRM:
		load(r, WHO_FIRM);
		can = r->firm[WHO_FIRM].founded;
		break;
	default: can = date_day(city_built(r->city, r->subject / GRID_HOUSES) + 1, 1, 1);
	}
	if (from < can)
		from = can;
	return from + (int32_t)city_below(chance, (uint32_t)(r->city->today - from));
}

static char *cell_of_record(struct city_record *r, char *p, const struct city_column *c)
{
	uint64_t h;

	if (c->what == WHAT_RECORD)
		return city_record_id_put(p, r->number, r->row);
	if (c->what == WHAT_WORD)
		return cell_word(r, p, c);
	h = row_chance(r, c);
	switch (c->what) {
	case WHAT_DATE: return city_date_put(p, act_day(r, h), r->department->date);
	case WHAT_UNTIL:
		return city_date_put(p, r->city->today + (int32_t)city_below(h, 5 * 365),
				     r->department->date);
	case WHAT_SERIAL:
		p = city_put(p, c->words);
		return city_digits(p, city_below(h, 1000000000), 9);
	case WHAT_AMOUNT: return city_number(p, 300 + city_below(h, 30000));
	default: assert(false); return p;
	}
}

char *city_record_put(struct city_record *r, char *p)
{
	for (const struct city_column *c = r->resource->columns; c->title; c++) {
		if (c != r->resource->columns)
			*p++ = ',';
		if (c->who == WHO_NONE)
			p = cell_of_record(r, p, c);
		else if (is_house(c->who))
			p = cell_of_house(r, p, c);
		else if (is_firm(c->who))
			p = cell_of_firm(r, p, c);
		else
			p = cell_of_person(r, p, c);
	}
	return city_put_n(p, "\r\n", 2);
}

char *city_header_put(int resource, char *p)
{
	for (const struct city_column *c = city_resources[resource].columns; c->title; c++) {
		if (c != city_resources[resource].columns)
			*p++ = ',';
		p = city_put(p, c->title);
	}
	return city_put_n(p, "\r\n", 2);
}

/* --- Truth --- */

char *city_entity_put(char *p, enum city_subject kind, uint32_t number)
{
	*p++ = "PFH"[kind];
	return city_digits(p, number, 10);
}

char *city_record_id_put(char *p, int resource, uint32_t row)
{
	p = city_put_n(p, city_resources[resource].code, 4);
	return city_digits(p, row, 8);
}

char *city_truth_put(const struct city_record *r, char *p)
{
	p = city_record_id_put(p, r->number, r->row);
	*p++ = ',';
	p = city_entity_put(p, r->resource->subject, r->subject);
	*p++ = ',';
	for (uint32_t left = r->done, first = 1; left; left &= left - 1, first = 0) {
		if (!first)
			*p++ = ' ';
		p = city_put(p, city_error_words[__builtin_ctz(left)]);
	}
	return city_put_n(p, "\r\n", 2);
}
