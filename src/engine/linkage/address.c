/* SPDX-License-Identifier: Apache-2.0 */
/* Chinese addresses and company names, slot by slot: one walk over the text, by the words that end a
 * slot. What no word ends is left out; numbers count without leading zeros. */
#include <stdio.h>
#include "base/text.h"
#include "engine/linkage/dict.h"
#include "engine/linkage/hanzi.h"

enum slot {
	SLOT_DISTRICT,
	SLOT_TOWN,
	SLOT_VILLAGE,
	SLOT_ROAD,
	SLOT_NUMBER,
	SLOT_BUILDING,
	SLOT_UNIT,
	SLOT_ROOM
};

/* The slot that ends with the characters 'a' and 'b' (b: 0 at the end), and how many of them its word has;
 * 0: none does. */
static unsigned slot_at(uint32_t a, uint32_t b, enum slot *slot)
{
	switch (a) {
	case U'街': *slot = b == U'道' ? SLOT_TOWN : SLOT_ROAD; return b == U'道' ? 2 : 1;
	case U'大': *slot = SLOT_ROAD; return b == U'道' ? 2 : 0;
	case U'单': *slot = SLOT_UNIT; return b == U'元' ? 2 : 0;
	case U'号': *slot = b == U'楼' ? SLOT_BUILDING : SLOT_NUMBER; return b == U'楼' ? 2 : 1;
	case U'小': *slot = SLOT_VILLAGE; return b == U'区' ? 2 : 0;
	case U'社': *slot = SLOT_VILLAGE; return b == U'区' ? 2 : 0;
	case U'花': *slot = SLOT_VILLAGE; return b == U'园' ? 2 : 0;
	case U'公': *slot = SLOT_VILLAGE; return b == U'寓' ? 2 : 0;
	case U'新': *slot = SLOT_VILLAGE; return b == U'村' ? 2 : 0;
	case U'省':
	case U'市':
	case U'区':
	case U'县': *slot = SLOT_DISTRICT; return 1;
	case U'镇':
	case U'乡': *slot = SLOT_TOWN; return 1;
	case U'村':
	case U'苑': *slot = SLOT_VILLAGE; return 1;
	case U'路':
	case U'巷':
	case U'弄': *slot = SLOT_ROAD; return 1;
	case U'幢':
	case U'栋':
	case U'楼': *slot = SLOT_BUILDING; return 1;
	case U'室': *slot = SLOT_ROOM; return 1;
	default: return 0;
	}
}

static uint32_t name_hash(const char *from, const char *to)
{
	while (from < to && *from == ' ')
		from++;
	uint32_t h = from < to ? (uint32_t)text_hash(from, (size_t)(to - from)) : 0;
	return from < to && !h ? 1 : h;
}

/* The digits that stand before 'end', plus 1; 0: none do. */
static uint32_t number_before(const char *begin, const char *end)
{
	uint32_t value = 0, scale = 1;
	const char *p = end;
	while (p > begin && p[-1] >= '0' && p[-1] <= '9' && scale <= 10000000) {
		value += (uint32_t)(*--p - '0') * scale;
		scale *= 10;
	}
	return p < end ? value + 1 : 0;
}

/* Where a run of digits and dashes that ends the text has its first dash, or the end. */
static const char *first_dash(const char *begin, const char *end)
{
	const char *p = end;
	while (p > begin && ((p[-1] >= '0' && p[-1] <= '9') || p[-1] == '-'))
		p--;
	const char *dash = memchr(p, '-', (size_t)(end - p));
	return dash ? dash : end;
}

void address_read(const char *s, size_t size, struct address *out)
{
	const char *end = s + size, *begin = s;

	memset(out, 0, sizeof *out);
	for (const char *p = s; p < end;) {
		const char *behind = p, *further;
		enum slot slot;
		uint32_t a = utf8_point(&behind, end), b = 0;
		further = behind;
		if (further < end && a >= HANZI_FIRST)
			b = utf8_point(&further, end);
		unsigned points = slot_at(a, b, &slot);
		if (!points) {
			p = behind;
			continue;
		}
		uint32_t number = number_before(begin, p);
		switch (slot) {
		/* Each area lies in the one before it. */
		case SLOT_DISTRICT: out->area = out->district = name_hash(begin, p); break;
		case SLOT_TOWN: out->area = out->town = name_hash(begin, p); break;
		case SLOT_VILLAGE: out->village = name_hash(begin, p); break;
		case SLOT_ROAD: out->road = name_hash(begin, points == 2 ? further : behind); break;
		case SLOT_NUMBER: out->number = number; break;
		case SLOT_BUILDING: out->building = number; break;
		case SLOT_UNIT: out->unit = number; break;
		case SLOT_ROOM: out->room = number; break;
		}
		begin = p = points == 2 ? further : behind;
	}
	if (!out->room && begin < end) { /* "…2单元301", "…3-2-501" */
		uint32_t before[2] = { 0, 0 };
		for (const char *p = first_dash(begin, end); p < end; p++)
			if (*p == '-' && before[1] == 0)
				before[before[0] != 0] = number_before(begin, p);
		out->room = number_before(begin, end);
		/* "3幢2-501" has said the building. */
		if (before[0] && out->building)
			out->unit = before[0];
		else if (before[0])
			out->building = before[0], out->unit = before[1];
	}
}

size_t address_key(const struct address *a, char out[ADDRESS_KEY_SIZE])
{
	if (!a->number || (!a->road && !a->village))
		return 0;
	return (size_t)snprintf(out, ADDRESS_KEY_SIZE, "%x %u %u %u %u",
				a->road ? a->road : a->village, a->number, a->building, a->unit,
				a->room);
}

/* --- companies --- */

static const char *const forms[] = { "有限责任公司", "股份有限公司", "有限公司",   "股份公司",
				     "集团公司",     "总公司",       "分公司",     "公司",
				     "合伙企业",     "专业合作社",   "合作社",     "经营部",
				     "商行",         "工作室",       "个体工商户", "事务所",
				     "集团",         "中心",         "厂",         "店" };
static const char *const trades[] = { "科技", "贸易", "实业",   "商贸", "建设", "建筑",   "工程",
				      "机械", "电子", "信息",   "技术", "网络", "咨询",   "服务",
				      "管理", "投资", "文化",   "传媒", "物流", "进出口", "国际",
				      "发展", "置业", "房地产", "制造", "材料", "食品",   "餐饮",
				      "服饰", "汽车", "电器",   "装饰", "设计", "软件" };

static bool cut_end(const char *s, size_t *size, const char *const *words, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		size_t length = strlen(words[i]);
		if (*size > length && memcmp(s + *size - length, words[i], length) == 0) {
			*size -= length;
			return true;
		}
	}
	return false;
}

void company_core(const char *s, size_t size, const char **core, size_t *core_size)
{
	static const char *const regions[] = { "省", "市", "区", "县" };
	const char *from = s;
	size_t left = size;

	/* Region words end within the first eight characters. */
	for (const char *p = s; p < s + size && p - s <= 24;) {
		const char *at = p;
		utf8_point(&p, s + size);
		for (size_t i = 0; i < 4; i++)
			if (p - at == 3 && memcmp(at, regions[i], 3) == 0 && at > s && p < s + size)
				from = p;
	}
	left = size - (size_t)(from - s);
	size_t kept = left;
	for (size_t i = 0; i < sizeof forms / sizeof *forms; i++)
		if (left == strlen(forms[i]) && memcmp(from, forms[i], left) == 0)
			left = 0; /* nothing but a form: it is kept */
	while (cut_end(from, &left, forms, sizeof forms / sizeof *forms))
		;
	while (left > 6 && cut_end(from, &left, trades, sizeof trades / sizeof *trades))
		;
	*core = from;
	*core_size = left ? left : kept;
}
