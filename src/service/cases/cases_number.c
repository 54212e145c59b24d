/* SPDX-License-Identifier: Apache-2.0 */
/* Acceptance numbers 办件编号: counted in the transaction that hands a case in, so that none is given twice and
 * none is given for nothing. */
#include <stdio.h>
#include "base/text.h"
#include "service/cases/cases_private.h"

enum { AREA_AT = 2, AREA_SIZE = 6, NUMBERS_A_DAY = 99999 };

/* Of a window and of the portal. */
static const char *const channel_digits[] = { "10", "20" };

char accept_check(const char *digits)
{
	int p = 10;

	for (const char *d = digits; *d; d++) {
		int s = (p + *d - '0') % 10;
		p = (s ? s : 10) * 2 % 11;
	}
	return (char)('0' + (11 - p) % 10);
}

enum status accept_take(struct call *c, const char *item_code, int channel, const char **out)
{
	int year, month, day;
	int64_t number = 0;

	/* The code of an item begins with that of its office, which has the area in its third to eighth place. */
	if (strlen(item_code) < AREA_AT + AREA_SIZE ||
	    strspn(item_code + AREA_AT, "0123456789") < AREA_SIZE)
		return fail(
			c, ST_CONFLICT, "item",
			"the 统一社会信用代码 of the office, with which %s begins, names no area: no "
			"number can be given",
			item_code);
	date_of(calendar_day_of(c->now_at), &year, &month, &day);
	const char *prefix = arena_printf(c->arena, "%.6s%02d%02d%02d%s", item_code + AREA_AT,
					  year % 100, month, day, channel_digits[channel]);
	enum status st = cases_sequence_next(c, prefix, &number);
	if (st)
		return st;
	if (number > NUMBERS_A_DAY)
		return fail(c, ST_LIMIT, NULL, "the %d numbers of this day and channel are given",
			    NUMBERS_A_DAY);
	const char *digits = arena_printf(c->arena, "%s%05lld", prefix, (long long)number);
	*out = arena_printf(c->arena, "%s%c", digits, accept_check(digits));
	return ST_OK;
}
