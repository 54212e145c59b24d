/* SPDX-License-Identifier: Apache-2.0 */
/* What the guide (政务信息资源目录编制指南 2017, 三、元数据) and 政务信息资源共享管理暂行办法 (国发〔2016〕51号)
 * ask of a version. Every refusal names the field and the rule. */
#include <stdlib.h>
#include "base/clock.h"
#include "base/text.h"
#include "data/catalogue/catalogue_private.h"

enum { KEYWORD_MAX_LENGTH = 50, ITEM_LENGTH_MAX = 1000000000 };

/* --- codes and dates --- */

bool catalogue_uscc_valid(const char *s)
{
	static const char alphabet[] = "0123456789ABCDEFGHJKLMNPQRTUWXY";
	int sum = 0, weight = 1;

	if (!s || strlen(s) != 18)
		return false;
	for (int i = 0; i < 18; i++) {
		const char *at = strchr(alphabet, s[i]);
		/* 3-8 is a division's code of digits. */
		if (!at || (i >= 2 && i < 8 && (s[i] < '0' || s[i] > '9')))
			return false;
		if (i == 17)
			return at - alphabet == (31 - sum) % 31;
		sum = (sum + (int)(at - alphabet) * weight) % 31;
		weight = weight * 3 % 31;
	}
	return false;
}

bool date_valid(const char *s)
{
	int32_t day;

	return s && date_parse(s, &day) && day >= date_day(1900, 1, 1);
}

bool class_code_valid(const char *s)
{
	size_t n = s ? strlen(s) : 0;

	return (n == 1 || n == 3 || n >= 6) && n <= CLASS_CODE_MAX && strspn(s, "0123456789") == n;
}

int64_t class_level(const char *code)
{
	size_t n = strlen(code);

	return n == 1 ? 1 : n == 3 ? 2 : n == 6 ? 3 : 4;
}

/* 信息资源代码: 分类码/顺序码. */
static bool resource_code_valid(const char *s)
{
	const char *slash = strchr(s, '/');
	size_t front = slash ? (size_t)(slash - s) : 0, back = slash ? strlen(slash + 1) : 0;

	return front >= 6 && front <= CLASS_CODE_MAX && back >= 1 && back <= 18 &&
	       strspn(s, "0123456789") == front && strspn(slash + 1, "0123456789") == back;
}

/* --- names --- */

static unsigned code_point(const char *s, size_t step)
{
	const unsigned char *u = (const unsigned char *)s;

	switch (step) {
	case 1: return u[0];
	case 2: return (u[0] & 0x1Fu) << 6 | (u[1] & 0x3Fu);
	case 3: return (u[0] & 0x0Fu) << 12 | (u[1] & 0x3Fu) << 6 | (u[2] & 0x3Fu);
	default:
		return (u[0] & 0x07u) << 18 | (u[1] & 0x3Fu) << 12 | (u[2] & 0x3Fu) << 6 |
		       (u[3] & 0x3Fu);
	}
}

/* Spaces and punctuation: of ASCII, of General Punctuation, of CJK Symbols. */
static bool tells_nothing(unsigned p)
{
	bool letter = (p >= '0' && p <= '9') || (p >= 'a' && p <= 'z');

	return (p < 0x80 && !letter) || p == 0xA0 || p == 0xB7 || (p >= 0x2000 && p <= 0x206F) ||
	       (p >= 0x3000 && p <= 0x303F && p != 0x3005 && p != 0x3007) || p == 0xFEFF;
}

const char *catalogue_name_key(struct arena *a, const char *name)
{
	struct buf b = { .arena = a };

	for (size_t left = strlen(name), step; left; name += step, left -= step) {
		step = utf8_step(name, left);
		unsigned p = step ? code_point(name, step) : '?';
		step += !step;
		bool wide = p >= 0xFF01 && p <= 0xFF5E; /* Fullwidth Forms of ASCII */
		if (wide)
			p -= 0xFEE0;
		if (p >= 'A' && p <= 'Z')
			p |= 0x20;
		if (tells_nothing(p))
			continue;
		if (p < 0x80)
			buf_char(&b, (char)p);
		else
			buf_add(&b, name, step);
	}
	return buf_text(&b);
}

/* --- the rules, by group of the guide --- */

static enum status broken(struct call *c, const char *at, const char *rule)
{
	return fail(c, ST_BAD_INPUT, at, "%s: %s", at, rule);
}

static bool blank(const char *s)
{
	return !s || s[strspn(s, " \t\r\n")] == '\0';
}

static enum status check_words(struct call *c, const struct words *w, const char *field)
{
	for (size_t i = 0; i < w->count; i++) {
		const char *at = arena_printf(c->arena, "%s[%zu]", field, i);
		if (blank(w->list[i]))
			return broken(c, at, "may not be empty");
		if (utf8_length(w->list[i]) > KEYWORD_MAX_LENGTH)
			return broken(c, at, "has more than 50 characters");
		for (size_t k = 0; k < i; k++)
			if (str_eq(w->list[i], w->list[k]))
				return broken(c, at, "stands in the list already");
	}
	return ST_OK;
}

static enum status check_name(struct call *c, const struct catalogue_version *v)
{
	if (blank(v->name) || !*catalogue_name_key(c->arena, v->name))
		return broken(c, "name", "信息资源名称 may not be empty");
	if (str_ends(v->name, "系统") || str_ends(v->name, "平台") ||
	    (v->system && str_eq(v->name, v->system)))
		return broken(c, "name",
			      "信息资源名称 says what the information is, not which "
			      "system 系统 or platform 平台 keeps it");
	if (blank(v->summary))
		return broken(c, "summary", "信息资源摘要 may not be empty");
	if (v->link && !str_starts(v->link, "https://") && !str_starts(v->link, "http://"))
		return broken(c, "link", "在线链接地址 begins with https:// or http://");
	if (v->published_on && !date_valid(v->published_on))
		return broken(c, "published_on", "发布日期 is a date CCYY-MM-DD (GB/T 7408)");
	return ST_OK;
}

static enum status check_format(struct call *c, const struct catalogue_version *v)
{
	const char *const *types = format_types_of(v->format);
	enum status st = check_words(c, &v->format_types, "format_types");

	if (st)
		return st;
	if (!v->format_types.count && v->format != FORMAT_SERVICE)
		return broken(c, "format_types",
			      "信息资源格式 names at least one type beside its "
			      "category");
	for (size_t i = 0; types[0] && i < v->format_types.count; i++)
		if (word_among(types, v->format_types.list[i]) < 0)
			return fail(c, ST_BAD_INPUT, arena_printf(c->arena, "format_types[%zu]", i),
				    "format_types: '%s' is no type of the category %s",
				    v->format_types.list[i], format_names[v->format]);
	return ST_OK;
}

/* The way of sharing that a format allows: a file goes as a file, a database as a database or by an
 * interface, a service by its interface. */
static bool mode_fits(int format, int mode)
{
	switch (format) {
	case FORMAT_DATABASE: return mode != MODE_FILE;
	case FORMAT_SERVICE: return mode == MODE_INTERFACE;
	case FORMAT_SHEET: return mode != MODE_INTERFACE;
	default: return mode == MODE_FILE || mode == MODE_MAIL || mode == MODE_MEDIUM;
	}
}

/* Whether the text names a law, regulation or policy between 《 and 》. */
static bool cites(const char *s)
{
	const char *from = s ? strstr(s, "《") : NULL, *to = from ? strstr(from, "》") : NULL;

	return to && to > from + strlen("《");
}

static enum status check_share(struct call *c, const struct catalogue_version *v)
{
	bool none = v->share_type == SHARE_NONE;

	if (v->share_type == SHARE_CONDITIONAL && blank(v->share_condition))
		return broken(c, "share_condition",
			      "有条件共享 states its 共享条件: who may use it "
			      "for what");
	if (v->share_type == SHARE_UNCONDITIONAL && v->share_condition)
		return broken(c, "share_condition", "无条件共享 has no 共享条件");
	if (none && v->share_condition)
		return broken(c, "share_condition", "不予共享 has no 共享条件 but a basis");
	if (none && !cites(v->share_basis))
		return broken(c, "share_basis",
			      "不予共享 names its basis between 《》: a law, an "
			      "administrative regulation or a policy of the "
			      "central government (国发〔2016〕51号 第十条)");
	if (!none && v->share_basis)
		return broken(c, "share_basis", "only 不予共享 has a basis for not sharing");
	if (none && v->class_code && v->class_code[0] == '1')
		return broken(c, "share_type", "基础信息资源 are shared (国发〔2016〕51号 第十条)");
	if (none && v->share_mode >= 0)
		return broken(c, "share_mode", "不予共享 has no 共享方式");
	if (!none && v->share_mode < 0)
		return broken(c, "share_mode", "what is shared has a 共享方式");
	if (!none && !mode_fits(v->format, v->share_mode))
		return fail(c, ST_BAD_INPUT, "share_mode",
			    "share_mode: the 共享方式 %s does not fit the 信息资源格式 %s",
			    mode_names[v->share_mode], format_names[v->format]);
	return ST_OK;
}

static enum status check_open(struct call *c, const struct catalogue_version *v)
{
	if (v->open && v->share_type == SHARE_NONE)
		return broken(c, "open", "what is 不予共享 is not open to society either");
	if (!v->open && v->open_condition)
		return broken(c, "open_condition", "only what is open 向社会开放 has 开放条件");
	if (v->open_condition && blank(v->open_condition))
		return broken(c, "open_condition", "may not be blank; leave it out for none");
	return ST_OK;
}

static bool identifier(const char *s)
{
	if ((*s >= '0' && *s <= '9') || !*s)
		return false;
	return s[strspn(s, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_")] ==
	       '\0';
}

/* What each type says of its length. */
static enum status check_length(struct call *c, const struct catalogue_item *i, const char *at)
{
	bool lacks = i->length == INT_NULL, scaled = i->scale != INT_NULL;
	const char *length = arena_printf(c->arena, "%s.length", at);
	const char *scale = arena_printf(c->arena, "%s.scale", at);
	bool counted = i->type == ITEM_TEXT || i->type == ITEM_NUMBER || i->type == ITEM_MONEY;

	if (lacks && counted)
		return broken(c, length, "字符型, 数值型 and 货币型 state their 数据长度");
	if (!lacks && (i->length < 1 || i->length > ITEM_LENGTH_MAX))
		return broken(c, length, "数据长度 is from 1 to 1000000000");
	if (!lacks && (i->type == ITEM_DATE || i->type == ITEM_TIME || i->type == ITEM_LOGICAL))
		return broken(c, length, "日期型, 日期时间型 and 逻辑型 have no 数据长度");
	if (scaled && i->type != ITEM_NUMBER && i->type != ITEM_MONEY)
		return broken(c, scale, "only 数值型 and 货币型 have digits after the point");
	if (scaled && (i->scale < 0 || i->scale > i->length))
		return broken(c, scale, "is from 0 to the item's length");
	return ST_OK;
}

static enum status check_item_share(struct call *c, const struct catalogue_version *v,
				    const struct catalogue_item *i, const char *at)
{
	int share = i->share_type < 0 ? v->share_type : i->share_type;
	const char *condition = arena_printf(c->arena, "%s.share_condition", at);

	if (share < v->share_type)
		return broken(c, arena_printf(c->arena, "%s.share_type", at),
			      "an item may be shared more strictly than its resource, not more "
			      "freely");
	if (i->share_type == SHARE_CONDITIONAL && v->share_type != SHARE_CONDITIONAL &&
	    blank(i->share_condition))
		return broken(c, condition, "有条件共享 states its 共享条件");
	if (i->share_condition && share != SHARE_CONDITIONAL)
		return broken(c, condition, "only 有条件共享 has 共享条件");
	if (i->secret && share != SHARE_NONE)
		return broken(c, arena_printf(c->arena, "%s.secret", at),
			      "an item that is 涉密 is 不予共享");
	return ST_OK;
}

static enum status check_item(struct call *c, const struct catalogue_version *v,
			      const struct catalogue_item *i, const char *at)
{
	enum status st;

	if (blank(i->name))
		return broken(c, arena_printf(c->arena, "%s.name", at),
			      "信息项名称 may not be empty");
	if (i->code && !identifier(i->code))
		return broken(c, arena_printf(c->arena, "%s.code", at),
			      "is a column's name: letters, digits and _, no digit first");
	st = check_length(c, i, at);
	return st ? st : check_item_share(c, v, i, at);
}

struct named {
	const char *key;
	size_t at;
};

static int by_key(const void *a_, const void *b_)
{
	const struct named *a = a_, *b = b_;
	int order = strcmp(a->key, b->key);

	return order ? order : a->at < b->at ? -1 : a->at > b->at;
}

/* By sorting: a file from outside may have thousands of items. */
static enum status no_twins(struct call *c, struct named *list, size_t n, const char *member,
			    const char *rule)
{
	qsort(list, n, sizeof *list, by_key);
	for (size_t i = 1; i < n; i++)
		if (str_eq(list[i - 1].key, list[i].key))
			return broken(c,
				      arena_printf(c->arena, "items[%zu].%s", list[i].at, member),
				      rule);
	return ST_OK;
}

static enum status check_items(struct call *c, const struct catalogue_version *v)
{
	struct named *names = arena_array(c->arena, v->items_count + 1, sizeof *names);
	struct named *codes = arena_array(c->arena, v->items_count + 1, sizeof *codes);
	size_t coded = 0;
	enum status st = ST_OK;

	if (!v->items_count && (v->format == FORMAT_SHEET || v->format == FORMAT_DATABASE ||
				v->format == FORMAT_SERVICE))
		return broken(c, "items", "电子表格, 数据库 and 服务接口 state their 信息项");
	for (size_t i = 0; !st && i < v->items_count; i++) {
		const struct catalogue_item *item = &v->items[i];
		st = check_item(c, v, item, arena_printf(c->arena, "items[%zu]", i));
		if (st)
			return st;
		names[i] = (struct named){ catalogue_name_key(c->arena, item->name), i };
		if (item->code)
			codes[coded++] =
				(struct named){ catalogue_name_key(c->arena, item->code), i };
	}
	st = no_twins(c, names, v->items_count, "name",
		      "another item of the resource has this name");
	return st ? st
		  : no_twins(c, codes, coded, "code", "another item of the resource has this code");
}

enum status catalogue_rules_alone(struct call *c, const struct catalogue_version *v)
{
	enum status st = check_name(c, v);

	if (!st)
		st = check_format(c, v);
	if (!st)
		st = check_share(c, v);
	if (!st)
		st = check_open(c, v);
	if (!st)
		st = check_words(c, &v->keywords, "keywords");
	if (!st)
		st = check_words(c, &v->related, "related");
	return st ? st : check_items(c, v);
}

/* --- the rules that look things up --- */

static enum status check_class(struct call *c, const struct catalogue_version *v)
{
	struct catalogue_class class;

	if (!class_code_valid(v->class_code) || class_level(v->class_code) < 3)
		return broken(c, "class_code",
			      "信息资源分类 goes down to 目 or 细目: 类 1 digit, 项 "
			      "2, 目 3, 细目 the rest");
	enum status st = class_read(c, v->class_code, &class);
	if (st == ST_NOT_FOUND)
		return fail(c, ST_BAD_INPUT, "class_code",
			    "class_code: there is no classification %s", v->class_code);
	return st;
}

static enum status check_related(struct call *c, const struct catalogue_version *v)
{
	for (size_t i = 0; i < v->related.count; i++) {
		const char *at = arena_printf(c->arena, "related[%zu]", i), *id;
		if (!resource_code_valid(v->related.list[i]))
			return broken(c, at,
				      "关联资源代码 is 分类码/顺序码, digits on both sides of "
				      "the slash");
		enum status st = resource_id_of_code(c, v->related.list[i], &id);
		if (st == ST_NOT_FOUND)
			return fail(c, ST_BAD_INPUT, at, "%s: there is no resource %s", at,
				    v->related.list[i]);
		if (st)
			return st;
		if (str_eq(id, v->resource_id))
			return broken(c, at, "a resource is not related to itself");
	}
	return ST_OK;
}

enum status catalogue_rules(struct call *c, const struct catalogue_version *v)
{
	enum status st = check_class(c, v);

	if (!st)
		st = catalogue_rules_alone(c, v);
	return st ? st : check_related(c, v);
}

const char *catalogue_body(struct call *c, const struct catalogue_version *v)
{
	/* As the metadata stand in the database: no asker and no version of the API is in it. */
	return shape_text(c, catalogue_content_wire, v);
}

const char *catalogue_seal(struct call *c, const struct catalogue_version *v)
{
	return seal_of(c->arena, catalogue_body(c, v));
}
