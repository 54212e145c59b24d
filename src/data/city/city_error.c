/* SPDX-License-Identifier: Apache-2.0 */
/* Cells of persons, houses and firms as a department wrote them, right or wrong. Each draws once for
 * its group of errors; an error that the value does not allow (no such character, a day above 12, a
 * number issued after 1999) leaves the cell right. */
#include "city_record_private.h"

enum city_error city_draw_error(struct city_record *r, enum city_group group)
{
	const uint32_t *bounds = r->city->bounds[r->resource->department];
	uint32_t draw = (uint32_t)(city_draw(r) >> 32);

	/* The bounds of a group are added up: the last one tells whether there is any error at all. */
	if (draw >= bounds[city_groups[group + 1] - 1])
		return ERROR_NONE;
	for (int e = city_groups[group]; e < city_groups[group + 1]; e++)
		if (draw < bounds[e])
			return (enum city_error)e;
	return ERROR_NONE;
}

static enum city_error draw_for(struct city_record *r, enum city_group group, bool own)
{
	enum city_error e = city_draw_error(r, group);

	if (own && e != ERROR_NONE)
		r->drawn |= UINT32_C(1) << e;
	return e;
}

static void done_if(struct city_record *r, enum city_error e, bool own)
{
	if (own)
		city_done(r, e);
}

/* Replaces one character of 's' ('size' bytes of three-byte characters, other bytes skipped) by one of
 * the table's, beginning the search anywhere. False: the table has none of them. */
static bool replace_one(const struct city_confusion *t, char *s, size_t size, uint64_t random)
{
	size_t count = size / CITY_HAN, start = count ? (size_t)((random >> 32) % count) : 0;

	for (size_t i = 0; i < count; i++) {
		char *at = s + (start + i) % count * CITY_HAN;
		uint32_t to = city_confuse(t, city_decode(at), (uint32_t)random);
		if (!to)
			continue;
		city_encode(at, to);
		return true;
	}
	return false;
}

/* All characters that have a traditional form: whoever writes one so writes all so. */
static bool replace_all(const struct city_confusion *t, char *s, size_t size)
{
	bool any = false;

	for (char *at = s; at + CITY_HAN <= s + size; at += CITY_HAN) {
		uint32_t to = city_confuse(t, city_decode(at), 0);
		if (!to)
			continue;
		city_encode(at, to);
		any = true;
	}
	return any;
}

static const struct city_confusion *table_of(const struct city *city, enum city_error e)
{
	return e == ERROR_NAME_SHAPE || e == ERROR_ADDRESS_WRONG ? &city->shape : &city->homophone;
}

char *city_cell_name(struct city_record *r, char *p, const struct city_person *of, bool own)
{
	enum city_error e = draw_for(r, GROUP_NAME, own);
	char *end = city_put_n(p, of->name.text, of->name.size);
	uint32_t skip = of->name.surname * CITY_HAN;
	bool done = false;

	if (of->name.rare && r->department->no_rare) {
		p[skip] = '?';
		done_if(r, ERROR_NAME_RARE, own);
		return p + skip + 1;
	}
	/* Names with a dot are written with another dot, or with none. */
	if (!of->name.characters) {
		char *dot = strstr(of->name.text, "·");
		size_t before = (size_t)(dot - of->name.text);
		if (e != ERROR_NONE) {
			end = city_put(p + before, e == ERROR_NAME_SHAPE       ? "."
						   : e == ERROR_NAME_HOMOPHONE ? ""
									       : "•");
			end = city_put(end, dot + 2);
			done_if(r, e, own);
		}
		return end;
	}
	if (e == ERROR_NAME_TRADITIONAL)
		done = replace_all(&r->city->traditional, p, of->name.size);
	else if (e != ERROR_NONE) /* surnames are well known: the given name suffers first */
		done = replace_one(table_of(r->city, e), p + skip, of->name.size - skip,
				   r->chance) ||
		       replace_one(table_of(r->city, e), p, skip, r->chance);
	if (done)
		done_if(r, e, own);
	return end;
}

static void wrong_digit(char *s, uint32_t length, uint64_t random)
{
	char *at = s + city_below(random, length);
	char was = *at;

	*at = (char)('0' + (random & 0xff) % 10);
	if (*at == was)
		*at = (char)('0' + (was - '0' + 1) % 10);
}

static bool swap_digits(char *s, uint32_t length, uint64_t random)
{
	uint32_t start = city_below(random, length - 1);

	for (uint32_t i = 0; i < length - 1; i++) {
		char *at = s + (start + i) % (length - 1), was = *at;
		if (was == at[1])
			continue;
		*at = at[1];
		at[1] = was;
		return true;
	}
	return false;
}

/* A relative's number, copied from the line above: the mother's, the spouse's, the head's. */
static bool relative_id(struct city_record *r, const struct city_person *of, char *out)
{
	const struct city_slot *s = of->slot;
	uint16_t slot = s->mother != NOBODY                    ? s->mother
			: s->spouse != NOBODY                  ? s->spouse
			: s->head != of->number % GRID_PERSONS ? s->head
							       : NOBODY;
	struct city_person other;

	if (slot == NOBODY || r->city->plan.slots[slot].undocumented)
		return false;
	city_person(r->city, city_neighbour(of->number, slot), &other);
	memcpy(out, other.id, 18);
	return true;
}

char *city_cell_id(struct city_record *r, char *p, const struct city_person *of, bool own)
{
	enum city_error e = draw_for(r, GROUP_ID, own);

	if (of->slot->undocumented) {
		done_if(r, ERROR_ID_NEVER, own);
		return p;
	}
	if (e == ERROR_ID_MISSING) {
		done_if(r, e, own);
		return p;
	}
	char *end = city_put_n(p, of->id, 18);
	if (e == ERROR_NONE)
		return end;
	if (e == ERROR_ID_DIGIT)
		wrong_digit(p, 17, r->chance);
	else if (e == ERROR_ID_SWAP && !swap_digits(p, 17, r->chance))
		return end;
	else if (e == ERROR_ID_OTHER && !relative_id(r, of, p))
		return end;
	else if (e == ERROR_ID_OLD) {
		if (p[6] != '1')
			return end;
		memmove(p + 6, p + 8, 9);
		end = p + 15;
	}
	done_if(r, e, own);
	return end;
}

char *city_cell_sex(struct city_record *r, char *p, const struct city_person *of, bool own)
{
	static const char *const words[3][2] = { { "1", "2" }, { "男", "女" }, { "男性", "女性" } };
	int sex = of->slot->sex;

	if (draw_for(r, GROUP_SEX, own) != ERROR_NONE) {
		sex = !sex;
		done_if(r, ERROR_SEX_WRONG, own);
	}
	return city_put(p, words[r->department->sex][sex]);
}

char *city_date_put(char *p, int32_t day, enum city_date form)
{
	int y, m, d;

	date_of(day, &y, &m, &d);
	p = city_digits(p, (uint64_t)y, 4);
	if (form == DATE_HAN)
		p = city_put(p, "年");
	else if (form != DATE_PLAIN)
		*p++ = form == DATE_SLASH ? '/' : form == DATE_DOT ? '.' : '-';
	p = form == DATE_SLASH || form == DATE_HAN ? city_number(p, (uint64_t)m)
						   : city_digits(p, (uint64_t)m, 2);
	if (form == DATE_HAN)
		p = city_put(p, "月");
	else if (form != DATE_PLAIN)
		*p++ = form == DATE_SLASH ? '/' : form == DATE_DOT ? '.' : '-';
	p = form == DATE_SLASH || form == DATE_HAN ? city_number(p, (uint64_t)d)
						   : city_digits(p, (uint64_t)d, 2);
	if (form == DATE_HAN)
		p = city_put(p, "日");
	return form == DATE_TIME ? city_put(p, " 00:00:00") : p;
}

char *city_cell_birth(struct city_record *r, char *p, const struct city_person *of, bool own)
{
	enum city_error e = draw_for(r, GROUP_BIRTH, own);
	int32_t day = of->born;
	int y, m, d;

	if (e == ERROR_BIRTH_MISSING) {
		done_if(r, e, own);
		return p;
	}
	if (e == ERROR_NONE)
		return city_date_put(p, day, r->department->date);
	date_of(day, &y, &m, &d);
	if (e == ERROR_BIRTH_SWAP) {
		if (d > 12 || d == m)
			return city_date_put(p, day, r->department->date);
		day = date_day(y, d, m);
	} else if (e == ERROR_BIRTH_LUNAR) {
		/* The lunar new year falls 20 to 50 days after the solar one: who gives the day of the old
		 * calendar gives one that much earlier. */
		day -= 20 + (int32_t)city_below(r->chance, 31);
	} else {
		/* One part mistaken: the year by one, another month, or another day. */
		uint32_t how = city_below(r->chance, 3);
		int to = 1 + (int)((r->chance & 0xffff) % (how == 1 ? 12 : 28));
		if (how == 0)
			day = date_day(r->chance & 1 ? y - 1 : y + 1, m, d > 28 ? 28 : d);
		else if (how == 1)
			day = date_day(y, to == m ? to % 12 + 1 : to, d > 28 ? 28 : d);
		else
			day = date_day(y, m, to == d ? to % 28 + 1 : to);
	}
	done_if(r, e, own);
	return city_date_put(p, day, r->department->date);
}

char *city_cell_phone(struct city_record *r, char *p, uint32_t person, bool own)
{
	enum city_error e = draw_for(r, GROUP_PHONE, own);
	const struct city_slot *s = &r->city->plan.slots[person % GRID_PERSONS];
	char phone[12];

	if (e == ERROR_PHONE_MISSING) {
		done_if(r, e, own);
		return p;
	}
	if (e == ERROR_PHONE_SHARED) {
		/* The head of household's; of a head and of who is alone, an agent's that many gave. */
		if (s->head != person % GRID_PERSONS)
			city_person_phone(r->city, city_neighbour(person, s->head), false, phone);
		else
			city_person_phone(r->city,
					  (uint32_t)(person / GRID_PERSONS / 4 * 4) * GRID_PERSONS,
					  true, phone);
	} else {
		city_person_phone(r->city, person, e == ERROR_PHONE_STALE, phone);
	}
	if (e == ERROR_PHONE_DIGIT)
		wrong_digit(phone + 3, 8, r->chance);
	if (e != ERROR_NONE)
		done_if(r, e, own);
	if (r->department->phone == PHONE_COUNTRY)
		p = city_put(p, "+86");
	if (r->department->phone != PHONE_SPACED)
		return city_put_n(p, phone, 11);
	p = city_put_n(p, phone, 3);
	*p++ = ' ';
	p = city_put_n(p, phone + 3, 4);
	*p++ = ' ';
	return city_put_n(p, phone + 7, 4);
}

/* ASCII digits in the cell become full width ones: old terminals typed them so. */
static char *widen(char *from, char *end)
{
	char copy[512];
	size_t size = (size_t)(end - from);

	memcpy(copy, from, size);
	for (size_t i = 0; i < size; i++)
		if (copy[i] >= '0' && copy[i] <= '9')
			from = city_encode(from, 0xff10 + (uint32_t)(copy[i] - '0'));
		else
			*from++ = copy[i];
	return from;
}

char *city_cell_address(struct city_record *r, char *p, const struct city_house *of, bool own)
{
	enum city_error e = draw_for(r, GROUP_ADDRESS, own);
	struct city_house wrong;
	char *end;

	if (e == ERROR_ADDRESS_MISSING) {
		done_if(r, e, own);
		return p;
	}
	if (e == ERROR_ADDRESS_WRONG) {
		wrong = *of;
		size_t size = strlen(wrong.road);
		if (replace_one(&r->city->homophone, wrong.road, size, r->chance) ||
		    replace_one(&r->city->shape, wrong.road, size, r->chance)) {
			of = &wrong;
			done_if(r, e, own);
		}
	} else if (e == ERROR_ADDRESS_STALE) {
		/* A person's earlier home; a firm's earlier place; a house does not move. */
		if (r->resource->subject == SUBJECT_HOUSE)
			e = ERROR_NONE;
		else if (r->resource->subject == SUBJECT_PERSON)
			city_house(r->city, city_old_home(r->city, r->subject), &wrong);
		else
			city_house(r->city,
				   of->number - of->number % GRID_HOUSES + GRID_HOMES +
					   (of->number % GRID_HOUSES - GRID_HOMES + 7) % GRID_SHOPS,
				   &wrong);
		if (e != ERROR_NONE) {
			of = &wrong;
			done_if(r, e, own);
		}
	}
	bool cut = e == ERROR_ADDRESS_SHORT && (of->village || of->room);
	if (cut)
		done_if(r, e, own);
	end = city_address_put(p, of, r->department->address, cut);
	/* One record in eight, as long as the old terminals stood. */
	if (r->department->upper && (r->chance & 7) == 0)
		end = widen(p, end);
	return end;
}

char *city_cell_firm(struct city_record *r, char *p, const struct city_firm *of, bool own)
{
	enum city_error e = draw_for(r, GROUP_FIRM, own);
	char *end = p;
	bool done = true;

	if (e == ERROR_FIRM_SHORT) {
		/* As people say it: without the region, or without the form as well. */
		end = city_put(end, of->core);
		end = city_put(end, of->trade);
		if (r->chance & 1)
			end = city_put(end, of->form);
	} else {
		end = city_put_n(end, of->name, of->name_size);
		if (e == ERROR_FIRM_WRONG)
			done = replace_one(&r->city->homophone, p + of->core_at, strlen(of->core),
					   r->chance) ||
			       replace_one(&r->city->shape, p + of->core_at, strlen(of->core),
					   r->chance);
		else if (e == ERROR_FIRM_TRADITIONAL)
			done = replace_all(&r->city->traditional, p, of->name_size);
	}
	if (done && e != ERROR_NONE)
		done_if(r, e, own);
	return end;
}

char *city_cell_code(struct city_record *r, char *p, const struct city_firm *of, bool own)
{
	enum city_error e = draw_for(r, GROUP_CODE, own);
	char *end;

	if (e == ERROR_CODE_MISSING) {
		done_if(r, e, own);
		return p;
	}
	if (e == ERROR_CODE_OLD) {
		/* The organisation code 组织机构代码 of nine, written 12345678-9, that the new one holds. */
		end = city_put_n(p, of->code + 8, 8);
		*end++ = '-';
		*end++ = of->code[16];
		done_if(r, e, own);
		return end;
	}
	end = city_put_n(p, of->code, 18);
	if (e == ERROR_CODE_DIGIT) {
		/* In the division. */
		wrong_digit(p + 2, 6, r->chance);
		done_if(r, e, own);
	}
	return end;
}
