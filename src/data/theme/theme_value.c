/* SPDX-License-Identifier: Apache-2.0 */
/* Values in the form that is kept, and what they are found by. */
#include "data/intake/intake.h"
#include "data/theme/theme_private.h"
#include "engine/linkage/dict.h"
#include "engine/linkage/hanzi.h"

static uint32_t narrow_point(uint32_t point)
{
	if (point >= 0xFF01 && point <= 0xFF5E)
		return point - 0xFEE0;
	return point == 0x3000 || point == 0xA0 ? ' ' : point;
}

/* False: the value would grow over VALUE_MAX, where it is cut. */
static bool add_point(struct buf *b, uint32_t point)
{
	char bytes[4];
	unsigned n = utf8_put(point, bytes);

	if (b->size + n > VALUE_MAX)
		return false;
	buf_add(b, bytes, n);
	return true;
}

static bool is_dot(uint32_t point)
{
	return point == 0xB7 || point == 0x2022 || point == 0x30FB || point == 0xFF65 ||
	       point == '.';
}

static bool clean_name(const char *s, size_t size, struct buf *out)
{
	bool rare = false;

	for (const char *end = s + size; s < end;) {
		uint32_t point = narrow_point(utf8_point(&s, end));
		if (is_dot(point))
			point = 0xB7;
		if (point < ' ' ||
		    (point == ' ' && (!out->size || out->data[out->size - 1] == ' ')))
			continue;
		if (!add_point(out, point))
			break;
		rare |= point == '?';
	}
	while (out->size && out->data[out->size - 1] == ' ')
		out->data[--out->size] = '\0';
	return !rare;
}

static bool clean_sex(const char *s, size_t size, struct buf *out)
{
	if (size >= 3 && memcmp(s, "男", 3) == 0)
		buf_char(out, '1');
	else if (size >= 3 && memcmp(s, "女", 3) == 0)
		buf_char(out, '2');
	else
		buf_add(out, s, size);
	return out->size == 1 && out->data[0] >= '1' && out->data[0] <= '2';
}

/* The digits with hyphens between at the end, 3-2-501, say building, unit and room; 3-501 building and
 * room. They stay as they are where the words would not fit. */
static void spell_end(struct buf *b)
{
	static const char *const three[] = { "幢", "单元", "室" }, *const two[] = { "幢", "室" };
	size_t begin = b->size, hyphens = 0, at = 0;
	char digits[32];

	while (begin && ((b->data[begin - 1] >= '0' && b->data[begin - 1] <= '9') ||
			 b->data[begin - 1] == '-'))
		hyphens += b->data[--begin] == '-';
	size_t n = b->size - begin;
	if (hyphens < 1 || hyphens > 2 || n >= sizeof digits || b->data[begin] == '-' ||
	    b->data[b->size - 1] == '-' || b->size + sizeof "幢单元室" > VALUE_MAX)
		return;
	memcpy(digits, b->data + begin, n);
	b->size = begin;
	const char *const *words = hyphens == 2 ? three : two;
	for (size_t i = 0; i < n; i++) {
		if (digits[i] == '-' && at < hyphens)
			buf_str(b, words[at++]);
		else
			buf_char(b, digits[i]);
	}
	buf_str(b, words[at]);
}

/* Half width, no spaces, from the district on: province and city are the same for all. */
static bool clean_address(const char *s, size_t size, struct buf *out)
{
	static const char *const heads[] = { "浙江省", "宁波市" };

	for (const char *end = s + size; s < end;) {
		uint32_t point = narrow_point(utf8_point(&s, end));
		if (point > ' ' && !add_point(out, point))
			break;
	}
	for (size_t i = 0; i < 2;) {
		size_t n = strlen(heads[i]);
		if (out->size <= n || memcmp(out->data, heads[i], n) != 0) {
			i++;
			continue;
		}
		out->size -= n;
		memmove(out->data, out->data + n, out->size + 1);
		i = 0; /* whatever the order they are written in */
	}
	spell_end(out);
	return out->size > 0;
}

static bool clean_by_intake(enum intake_kind kind, const char *s, size_t size, struct buf *out)
{
	struct intake_item item = {
		.kind = kind, .length = -1, .scale = -1, .from = INT32_MIN, .to = INT32_MAX
	};
	return intake_cell(&item, s, size, 0, out) == BREACH_NONE;
}

static bool clean_citizen(const char *s, size_t size, struct buf *out)
{
	char made[19];
	bool valid = clean_by_intake(INTAKE_CITIZEN, s, size, out), checked;

	/* Fifteen digits become eighteen; their check digit was computed and proves nothing. */
	if (out->size == 15 && citizen_read(out->data, 15, made, &checked)) {
		out->size = 0;
		buf_add(out, made, 18);
		return false;
	}
	return valid;
}

bool value_clean(enum theme_type type, const char *s, size_t size, struct buf *out)
{
	out->size = 0;
	if (size > VALUE_MAX) {
		size = VALUE_MAX;
		while (size && ((unsigned char)s[size] & 0xC0) == 0x80)
			size--;
	}
	while (size && (unsigned char)s[0] <= ' ')
		s++, size--;
	while (size && (unsigned char)s[size - 1] <= ' ')
		size--;
	if (!size)
		return false;
	switch (type) {
	case TYPE_NAME:
	case TYPE_COMPANY: return clean_name(s, size, out);
	case TYPE_SEX: return clean_sex(s, size, out);
	case TYPE_ADDRESS: return clean_address(s, size, out);
	case TYPE_CITIZEN: return clean_citizen(s, size, out);
	case TYPE_USCC: return clean_by_intake(INTAKE_USCC, s, size, out);
	case TYPE_DATE: return clean_by_intake(INTAKE_DATE, s, size, out);
	case TYPE_PHONE: return clean_by_intake(INTAKE_PHONE, s, size, out);
	case TYPE_NUMBER: return clean_by_intake(INTAKE_NUMBER, s, size, out);
	default: buf_add(out, s, size); return true;
	}
}

void value_key(const char *s, size_t size, struct buf *out)
{
	out->size = 0;
	for (const char *end = s + size; s < end && out->size < INDEX_TEXT_MAX;) {
		uint32_t point = narrow_point(utf8_point(&s, end));
		if (point <= ' ' || is_dot(point))
			continue;
		if (point <= LATIN_LAST)
			point = latin_plain[point];
		const struct hanzi *h = hanzi_of(point);
		(void)add_point(out, h ? h->simple : point); /* INDEX_TEXT_MAX is less */
	}
}

/* How long the district is that an address begins with: to the first 区, 县 or 市 of its first six
 * characters. */
static size_t district_size(const char *s, size_t size)
{
	const char *p = s, *end = s + size;

	for (int i = 0; i < 6 && p < end; i++) {
		uint32_t point = utf8_point(&p, end);
		if (i && (point == U'区' || point == U'县' || point == U'市'))
			return (size_t)(p - s);
	}
	return 0;
}

static uint64_t key_of_slots(const char *s, size_t district, const struct address *a, uint32_t town)
{
	uint64_t key = mix(text_hash(s, district) ^ (a->road ? a->road : mix(a->village ^ 1ull)));

	key = mix(key ^ ((uint64_t)a->number << 32 | a->building));
	key = mix(key ^ ((uint64_t)a->unit << 32 | a->room));
	return mix(key ^ town) | 1;
}

void address_keys(const char *s, size_t size, uint64_t keys[2])
{
	struct address a;
	size_t district = district_size(s, size);

	keys[0] = keys[1] = 0;
	address_read(s + district, size - district, &a);
	/* In a village a number is a house; on a road it takes a room. */
	if (!district || !(a.road || a.village) || !a.number || (a.road && !a.room))
		return;
	/* Roads are named once in a district, villages once in a town. */
	keys[0] = key_of_slots(s, district, &a, a.road ? 0 : a.area);
	if (!a.road && a.area)
		keys[1] = key_of_slots(s, district, &a, 0);
}

bool organisation_code(const char *s, size_t size, char out[10])
{
	if (size == 18)
		memcpy(out, s + 8, 9);
	else if (size == 10 && s[8] == '-')
		memcpy(out, s, 8), out[8] = s[9];
	else if (size == 9)
		memcpy(out, s, 9);
	else
		return false;
	out[9] = '\0';
	return true;
}
