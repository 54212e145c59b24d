/* SPDX-License-Identifier: Apache-2.0 */
/* One cell: cleaned, and held to its rules. */
#include <stdio.h>
#include <stdlib.h>
#include "data/intake/intake.h"
#include "engine/linkage/hanzi.h"

const char *const intake_breach_words[BREACH__COUNT + 1] = {
	[BREACH_NONE] = "none",         [BREACH_MISSING] = "missing", [BREACH_LENGTH] = "length",
	[BREACH_FORM] = "form",         [BREACH_LISTED] = "listed",   [BREACH_RANGE] = "range",
	[BREACH_REPEATED] = "repeated", [BREACH_CHECK] = "check",     [BREACH_STALE] = "stale",
};

static bool is_blank(const char *s, size_t size, size_t *step)
{
	unsigned char ch = (unsigned char)s[0];
	*step = 1;
	if (ch <= ' ')
		return true;
	*step = 3;
	return size >= 3 && memcmp(s, "\xE3\x80\x80", 3) == 0; /* U+3000 */
}

static void trim(const char **s, size_t *size)
{
	size_t step;
	while (*size && is_blank(*s, *size, &step))
		*s += step, *size -= step;
	while (*size && ((unsigned char)(*s)[*size - 1] <= ' ' ||
			 (*size >= 3 && is_blank(*s + *size - 3, 3, &step) && step == 3)))
		*size -= (unsigned char)(*s)[*size - 1] <= ' ' ? 1 : 3;
	if (*size == 2 && memcmp(*s, "\\N", 2) == 0)
		*size = 0;
}

/* Half width, capitals, and no spaces: what numbers, codes and days are read from. */
static void narrow(const char *s, size_t size, struct buf *out)
{
	for (const char *end = s + size; s < end;) {
		uint32_t point = utf8_point(&s, end);
		char bytes[4];
		if (point >= 0xFF01 && point <= 0xFF5E)
			point -= 0xFEE0;
		if (point <= ' ' || point == 0x3000 || point == 0xA0)
			continue;
		if (point >= 'a' && point <= 'z')
			point -= 32;
		buf_add(out, bytes, utf8_put(point, bytes));
	}
}

static enum intake_breach check_number(const struct intake_item *item, struct buf *v)
{
	const char *s = buf_text(v);
	int64_t digits = 0, decimals = 0;
	bool point = false;

	if (*s == '-' || *s == '+')
		s++;
	for (const char *p = s; *p; p++) {
		if (*p == '.' && !point && item->kind == INTAKE_NUMBER)
			point = true;
		else if (*p >= '0' && *p <= '9')
			digits++, decimals += point;
		else
			return BREACH_FORM;
	}
	if (!digits || digits > 36)
		return BREACH_FORM;
	if ((item->length >= 0 && digits > item->length) ||
	    (item->scale >= 0 && decimals > item->scale))
		return BREACH_LENGTH;
	double value = strtod(buf_text(v), NULL);
	return item->ranged && (value < item->low || value > item->high) ? BREACH_RANGE
									 : BREACH_NONE;
}

/* 2025年5月12日, 2025/5/12, 2025.05.12, 20250512, with a time behind it or not; out: 2025-05-12. */
static enum intake_breach check_date(const struct intake_item *item, const char *s, size_t size,
				     int32_t today, struct buf *out)
{
	char plain[40];
	size_t n = 0;
	const char *end = s + size;
	char digits[9];
	int32_t day;

	while (s < end) {
		uint32_t point = utf8_point(&s, end);
		char bytes[4];
		if (point >= 0xFF01 && point <= 0xFF5E)
			point -= 0xFEE0;
		if (point == U'年' || point == U'月')
			point = '-';
		if (point == U'日')
			continue;
		if (point == ' ' || point == 'T')
			break;
		unsigned step = utf8_put(point, bytes);
		if (n + step > sizeof plain)
			return BREACH_FORM;
		memcpy(plain + n, bytes, step);
		n += step;
	}
	if (!date_read(plain, n, &day, digits))
		return BREACH_FORM;
	buf_printf(out, "%.4s-%.2s-%.2s", digits, digits + 4, digits + 6);
	/* Of an instant the time is kept as it was written; of a day it is dropped. */
	if (item->kind == INTAKE_TIME && s < end)
		buf_printf(out, " %.*s", (int)(end - s), s);
	if (day < item->from || day > item->to)
		return BREACH_RANGE;
	return item->fresh && today - day > item->fresh ? BREACH_STALE : BREACH_NONE;
}

static enum intake_breach check_citizen(struct buf *v)
{
	char made[19];
	bool valid;

	if (v->size > 18 || !citizen_read(v->data, v->size, made, &valid))
		return BREACH_FORM;
	/* What had 15 digits has no check digit to be wrong. */
	return valid || v->size == 15 ? BREACH_NONE : BREACH_CHECK;
}

static enum intake_breach check_phone(struct buf *v)
{
	const char *s = v->data;
	size_t digits = 0, n = 0;

	/* The country's number and what writers put between digits are taken out. */
	if (str_starts(s, "+86"))
		s += 3;
	for (const char *p = s; *p; p++) {
		if (*p == '-' || *p == '(' || *p == ')')
			continue;
		digits += *p >= '0' && *p <= '9';
		v->data[n++] = *p;
	}
	v->data[n] = '\0';
	v->size = n;
	bool mobile = n == 11 && v->data[0] == '1' && v->data[1] >= '3';
	return digits == n && (mobile || (n >= 7 && n <= 12)) ? BREACH_NONE : BREACH_FORM;
}

static enum intake_breach check_words(const struct intake_item *item, const struct buf *v)
{
	for (size_t i = 0; i < item->words.count; i++)
		if (str_eq(item->words.list[i], buf_text(v)))
			return BREACH_NONE;
	return BREACH_LISTED;
}

static enum intake_breach check_logical(struct buf *v)
{
	static const char *const yes[] = { "1", "是", "TRUE", "Y" };
	static const char *const no[] = { "0", "否", "FALSE", "N" };

	for (size_t i = 0; i < 4; i++) {
		bool is = str_eq(v->data, yes[i]);
		if (!is && !str_eq(v->data, no[i]))
			continue;
		v->size = 0;
		buf_char(v, is ? '1' : '0');
		return BREACH_NONE;
	}
	return BREACH_FORM;
}

/* Points of well-formed text, until there are more than 'most'. */
static bool longer_than(const char *s, size_t size, int64_t most)
{
	int64_t points = 0;
	for (size_t i = 0; i < size; i++)
		points += ((unsigned char)s[i] & 0xC0) != 0x80;
	return points > most;
}

enum intake_breach intake_cell(const struct intake_item *item, const char *s, size_t size,
			       int32_t today, struct buf *clean)
{
	clean->size = 0;
	trim(&s, &size);
	if (!size)
		return item->required ? BREACH_MISSING : BREACH_NONE;
	if (item->kind == INTAKE_TEXT) {
		buf_add(clean, s, size);
		return item->length >= 0 && longer_than(s, size, item->length) ? BREACH_LENGTH
									       : BREACH_NONE;
	}
	if (item->kind == INTAKE_WORDS) {
		buf_add(clean, s, size);
		return check_words(item, clean);
	}
	if (item->kind == INTAKE_DATE || item->kind == INTAKE_TIME) {
		enum intake_breach b = check_date(item, s, size, today, clean);
		if (b == BREACH_FORM) {
			clean->size = 0;
			buf_add(clean, s, size);
		}
		return b;
	}
	narrow(s, size, clean);
	if (!clean->size)
		return item->required ? BREACH_MISSING : BREACH_NONE;
	switch (item->kind) {
	case INTAKE_INTEGER:
	case INTAKE_NUMBER: return check_number(item, clean);
	case INTAKE_LOGICAL: return check_logical(clean);
	case INTAKE_CITIZEN: return check_citizen(clean);
	case INTAKE_USCC:
		return uscc_valid(clean->data, clean->size) ? BREACH_NONE
		       : clean->size == 18                  ? BREACH_CHECK
							    : BREACH_FORM;
	case INTAKE_PHONE: return check_phone(clean);
	default: return BREACH_FORM;
	}
}
