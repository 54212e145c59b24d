/* SPDX-License-Identifier: Apache-2.0 */
/* The guide's sheet 政务信息资源目录 as CSV: a row for each item 信息项; what belongs to the resource stands
 * in its first row and is empty, or the same, in those that follow, as merged cells are written. */
#include "base/text.h"
#include "data/catalogue/catalogue_private.h"

enum column {
	COL_CLASS_1,
	COL_CLASS_2,
	COL_CLASS_3,
	COL_CLASS_4,
	COL_NAME,
	COL_CODE,
	COL_PROVIDER,
	COL_PROVIDER_CODE,
	COL_SUMMARY,
	COL_FORMAT,
	COL_FORMAT_TYPES,
	COL_ITEM,
	COL_TYPE,
	COL_LENGTH,
	COL_SHARE,
	COL_CONDITION,
	COL_MODE,
	COL_MODE_TYPE,
	COL_OPEN,
	COL_OPEN_CONDITION,
	COL_CYCLE,
	COL_PUBLISHED_ON,
	COL_RELATED,
	/* What the guide does not have, behind it: */
	COL_BASIS,
	COL_KEYWORDS,
	COL_SYSTEM,
	COL_LINK,
	COL_ITEM_CODE,
	COL_SCALE,
	COL_ITEM_SHARE,
	COL_ITEM_CONDITION,
	COL_SECRET,
	COL_STANDARD,
	COL_NOTE,
	COL__COUNT
};

/* The names that a column may have; the first one is written. */
static const struct {
	const char *names[4];
	bool wanted; /* a sheet without it is not this sheet */
} columns[COL__COUNT] = {
	[COL_CLASS_1] = { { "信息资源分类-类", "类" }, true },
	[COL_CLASS_2] = { { "信息资源分类-项", "项" }, true },
	[COL_CLASS_3] = { { "信息资源分类-目", "目" }, true },
	[COL_CLASS_4] = { { "信息资源分类-细目", "细目" } },
	[COL_NAME] = { { "信息资源名称" }, true },
	[COL_CODE] = { { "信息资源代码" } },
	[COL_PROVIDER] = { { "信息资源提供方" } },
	[COL_PROVIDER_CODE] = { { "信息资源提供方代码", "提供方代码" } },
	[COL_SUMMARY] = { { "信息资源摘要" }, true },
	[COL_FORMAT] = { { "信息资源格式-分类", "信息资源格式分类" }, true },
	[COL_FORMAT_TYPES] = { { "信息资源格式-类型", "信息资源格式类型" }, true },
	[COL_ITEM] = { { "信息项名称" }, true },
	[COL_TYPE] = { { "数据类型" }, true },
	[COL_LENGTH] = { { "数据长度" } },
	[COL_SHARE] = { { "共享类型" }, true },
	[COL_CONDITION] = { { "共享条件" } },
	[COL_MODE] = { { "共享方式-分类", "共享方式分类", "共享方式" }, true },
	[COL_MODE_TYPE] = { { "共享方式-类型", "共享方式类型" } },
	[COL_OPEN] = { { "是否向社会开放" }, true },
	[COL_OPEN_CONDITION] = { { "开放条件" } },
	[COL_CYCLE] = { { "更新周期" }, true },
	[COL_PUBLISHED_ON] = { { "发布日期" } },
	[COL_RELATED] = { { "关联资源代码" } },
	[COL_BASIS] = { { "不予共享依据" } },
	[COL_KEYWORDS] = { { "关键字", "关键词" } },
	[COL_SYSTEM] = { { "所属系统", "所属系统名称" } },
	[COL_LINK] = { { "在线链接地址" } },
	[COL_ITEM_CODE] = { { "信息项代码", "字段名" } },
	[COL_SCALE] = { { "小数位数" } },
	[COL_ITEM_SHARE] = { { "信息项共享类型" } },
	[COL_ITEM_CONDITION] = { { "信息项共享条件" } },
	[COL_SECRET] = { { "涉密属性", "是否涉密" } },
	[COL_STANDARD] = { { "信息项标准" } },
	[COL_NOTE] = { { "信息项说明" } },
};

/* Whether a column belongs to an item and not to its resource. */
static bool of_item(enum column col)
{
	return col == COL_ITEM || col == COL_TYPE || col == COL_LENGTH || col >= COL_ITEM_CODE;
}

/* --- reading --- */

struct sheet {
	struct call *c;
	const struct csv_row *row;
	int at[COL__COUNT]; /* the cell's index, or -1 */
};

static const char *trimmed(struct arena *a, const char *s)
{
	size_t n;

	s += strspn(s, " \t\r\n");
	for (n = strlen(s); n && strchr(" \t\r\n", s[n - 1]); n--)
		;
	return arena_strndup(a, s, n);
}

/* The text of a cell, or NULL where there is none. */
static const char *cell(const struct sheet *s, enum column col)
{
	int at = s->at[col];

	if (at < 0 || (size_t)at >= s->row->count)
		return NULL;
	const char *text = trimmed(s->c->arena, s->row->cells[at]);
	return *text ? text : NULL;
}

static const char *place_of(const struct sheet *s)
{
	return arena_printf(s->c->arena, "line %lld", (long long)s->row->line);
}

static enum status wrong(const struct sheet *s, enum column col, const char *rule)
{
	const char *name = columns[col].names[0];

	return fail(s->c, ST_BAD_INPUT, name, "line %lld, %s: %s", (long long)s->row->line, name,
		    rule);
}

static int column_named(struct arena *a, const char *name)
{
	const char *key = catalogue_name_key(a, name);

	for (int col = 0; col < COL__COUNT; col++)
		for (size_t i = 0; i < 4 && columns[col].names[i]; i++)
			if (str_eq(key, catalogue_name_key(a, columns[col].names[i])))
				return col;
	return -1;
}

static bool is_head(struct arena *a, const struct csv_row *row)
{
	for (size_t i = 0; i < row->count; i++)
		if (column_named(a, row->cells[i]) == COL_NAME)
			return true;
	return false;
}

static enum status read_head(struct sheet *s)
{
	for (int col = 0; col < COL__COUNT; col++)
		s->at[col] = -1;
	for (size_t i = 0; i < s->row->count; i++) {
		const char *name = trimmed(s->c->arena, s->row->cells[i]);
		int col = *name ? column_named(s->c->arena, name) : -1;
		if (!*name || str_eq(name, "序号"))
			continue;
		if (col < 0)
			return fail(s->c, ST_BAD_INPUT, "body",
				    "line %lld: there is no column '%.60s' in the guide's sheet",
				    (long long)s->row->line, name);
		if (s->at[col] >= 0)
			return wrong(s, (enum column)col, "the column stands twice");
		s->at[col] = (int)i;
	}
	for (int col = 0; col < COL__COUNT; col++)
		if (columns[col].wanted && s->at[col] < 0)
			return wrong(s, (enum column)col, "the column is missing");
	return ST_OK;
}

static enum status word(const struct sheet *s, enum column col, const char *const *names,
			const char *const *words, int *out)
{
	const char *text = cell(s, col);
	int found = text ? word_of_sheet(names, words, text) : -1;
	struct buf b = { .arena = s->c->arena };

	if (found >= 0) {
		*out = found;
		return ST_OK;
	}
	for (size_t i = 0; names[i]; i++)
		buf_printf(&b, "%s%s", i ? ", " : "", names[i]);
	return wrong(s, col, arena_printf(s->c->arena, "is one of %s", buf_text(&b)));
}

static enum status yes_or_no(const struct sheet *s, enum column col, bool *out)
{
	const char *text = cell(s, col);

	*out = str_eq(text, "是") || str_eq(text, "1") || str_eq(text, "涉密");
	if (*out || !text || str_eq(text, "否") || str_eq(text, "0") || str_eq(text, "非涉密"))
		return ST_OK;
	return wrong(s, col, "is 是 or 否");
}

static enum status number(const struct sheet *s, enum column col, int64_t *out)
{
	const char *text = cell(s, col);

	*out = INT_NULL;
	if (text && (!int_parse(text, out) || *out < 0))
		return wrong(s, col, "is a whole number");
	return ST_OK;
}

/* Several values in a cell, separated by 、 ; ； , ， or a line's end. */
static enum status several(const struct sheet *s, enum column col, struct words *out)
{
	static const char *const marks[] = { "、", "；", "，", ";", ",", "\n" };
	const char *text = cell(s, col), *from = text;
	struct words w = { arena_array(s->c->arena, CATALOGUE_WORDS_MAX + 1, sizeof(char *)), 0 };

	*out = w;
	for (const char *p = text; text;) {
		size_t mark = 0;
		for (size_t i = 0; *p && !mark && i < sizeof marks / sizeof *marks; i++)
			mark = str_starts(p, marks[i]) ? strlen(marks[i]) : 0;
		if (*p && !mark) {
			p++;
			continue;
		}
		const char *piece =
			trimmed(s->c->arena, arena_strndup(s->c->arena, from, (size_t)(p - from)));
		if (*piece && w.count == CATALOGUE_WORDS_MAX)
			return wrong(s, col, "has more than 50 values");
		if (*piece)
			w.list[w.count++] = piece;
		if (!*p)
			break;
		from = p += mark;
	}
	*out = w;
	return ST_OK;
}

static enum status text(const struct sheet *s, enum column col, size_t most, const char **out)
{
	const char *t = cell(s, col);

	if (t && utf8_length(t) > most)
		return wrong(s, col,
			     arena_printf(s->c->arena, "has more than %zu characters", most));
	*out = t;
	return ST_OK;
}

/* 共享方式: 共享平台 with 数据库, 文件 or 接口; 邮件; 介质. In one cell or in two. */
static enum status mode(const struct sheet *s, int *out)
{
	const char *kind = cell(s, COL_MODE), *type = cell(s, COL_MODE_TYPE);
	static const struct {
		const char *says;
		int mode;
	} platform[] = { { "数据库", MODE_DATABASE },
			 { "文件", MODE_FILE },
			 { "接口", MODE_INTERFACE } };

	*out = -1;
	if (!kind)
		return ST_OK;
	if (str_starts(kind, "邮件"))
		*out = MODE_MAIL;
	else if (strstr(kind, "介质"))
		*out = MODE_MEDIUM;
	for (size_t i = 0; *out < 0 && i < sizeof platform / sizeof *platform; i++)
		if (strstr(type ? type : kind, platform[i].says))
			*out = platform[i].mode;
	if (*out < 0)
		return wrong(s, type ? COL_MODE_TYPE : COL_MODE,
			     "is 共享平台 with 数据库, 文件 or 接口; or 邮件; or 介质");
	return ST_OK;
}

static enum status read_resource(const struct sheet *s, struct import_entry *e)
{
	struct catalogue_version *v = &e->version;
	struct words names = { arena_array(s->c->arena, 5, sizeof(char *)), 0 };
	enum status st = text(s, COL_NAME, NAME_MAX_LENGTH, &v->name);

	e->place = place_of(s);
	for (enum column col = COL_CLASS_1; col <= COL_CLASS_4; col++)
		if (cell(s, col))
			names.list[names.count++] = cell(s, col);
	e->class_names = names;
	e->code = cell(s, COL_CODE);
	e->provider_code = cell(s, COL_PROVIDER_CODE);
	if (!st)
		st = text(s, COL_SUMMARY, TEXT_MAX_LENGTH, &v->summary);
	if (!st && !v->summary)
		return wrong(s, COL_SUMMARY, "may not be empty");
	if (!st)
		st = word(s, COL_FORMAT, format_names, format_words, &v->format);
	if (!st)
		st = several(s, COL_FORMAT_TYPES, &v->format_types);
	if (!st)
		st = word(s, COL_SHARE, share_names, share_words, &v->share_type);
	if (!st)
		st = text(s, COL_CONDITION, TEXT_MAX_LENGTH, &v->share_condition);
	if (!st)
		st = text(s, COL_BASIS, TEXT_MAX_LENGTH, &v->share_basis);
	/* The guide has one column for both. */
	if (v->share_type == SHARE_NONE && !v->share_basis) {
		v->share_basis = v->share_condition;
		v->share_condition = NULL;
	}
	if (!st)
		st = mode(s, &v->share_mode);
	if (!st)
		st = yes_or_no(s, COL_OPEN, &v->open);
	if (!st)
		st = text(s, COL_OPEN_CONDITION, TEXT_MAX_LENGTH, &v->open_condition);
	if (!st)
		st = word(s, COL_CYCLE, cycle_names, cycle_words, &v->cycle);
	if (!st)
		st = text(s, COL_PUBLISHED_ON, 10, &v->published_on);
	if (!st)
		st = several(s, COL_RELATED, &v->related);
	if (!st)
		st = several(s, COL_KEYWORDS, &v->keywords);
	if (!st)
		st = text(s, COL_SYSTEM, NAME_MAX_LENGTH, &v->system);
	return st ? st : text(s, COL_LINK, 1000, &v->link);
}

static enum status read_item(const struct sheet *s, struct catalogue_item *i)
{
	enum status st = text(s, COL_ITEM, NAME_MAX_LENGTH, &i->name);

	i->share_type = -1;
	if (!st)
		st = word(s, COL_TYPE, type_names, type_words, &i->type);
	if (!st)
		st = number(s, COL_LENGTH, &i->length);
	if (!st)
		st = number(s, COL_SCALE, &i->scale);
	if (!st)
		st = text(s, COL_ITEM_CODE, 64, &i->code);
	if (!st && cell(s, COL_ITEM_SHARE))
		st = word(s, COL_ITEM_SHARE, share_names, share_words, &i->share_type);
	if (!st)
		st = text(s, COL_ITEM_CONDITION, TEXT_MAX_LENGTH, &i->share_condition);
	if (!st)
		st = yes_or_no(s, COL_SECRET, &i->secret);
	if (!st)
		st = text(s, COL_STANDARD, NAME_MAX_LENGTH, &i->standard);
	return st ? st : text(s, COL_NOTE, TEXT_MAX_LENGTH, &i->note);
}

/* A row that goes on with the resource above says nothing else about it. */
static enum status same_resource(const struct sheet *s, const struct sheet *first)
{
	for (int col = 0; col < COL__COUNT; col++) {
		const char *now = of_item((enum column)col) ? NULL : cell(s, (enum column)col);
		if (now && !str_eq(now, cell(first, (enum column)col)))
			return wrong(s, (enum column)col,
				     "differs from what the resource's first row says");
	}
	return ST_OK;
}

static enum status read_rows(struct sheet *s, const struct csv *table, size_t from,
			     struct import_entries *out)
{
	struct import_entry *e = NULL;
	struct sheet first = *s;
	struct catalogue_item *items =
		arena_array(s->c->arena, table->count - from + 1, sizeof *items);
	size_t item_count = 0;
	enum status st = ST_OK;

	for (size_t i = from; i < table->count; i++) {
		s->row = &table->rows[i];
		const char *name = cell(s, COL_NAME);
		if (!e && !name)
			return wrong(s, COL_NAME, "the first row names no resource");
		if (name && (!e || !str_eq(name, e->version.name))) {
			if (out->count == IMPORT_RESOURCES_MAX)
				return wrong(s, COL_NAME, "is beyond the 500 resources of a file");
			e = &out->list[out->count++];
			e->version.items = items + item_count;
			first = *s;
			st = read_resource(s, e);
		} else {
			st = same_resource(s, &first);
		}
		if (st || !cell(s, COL_ITEM)) {
			if (st)
				return st;
			continue;
		}
		if (item_count == IMPORT_ITEMS_MAX || e->version.items_count == CATALOGUE_ITEMS_MAX)
			return wrong(s, COL_ITEM,
				     "is beyond the 1000 items of a resource, or the "
				     "10000 of a file");
		st = read_item(s, &items[item_count++]);
		if (st)
			return st;
		e->version.items_count++;
	}
	return ST_OK;
}

enum status sheet_read(struct call *c, const char *body, size_t size, struct import_entries *out)
{
	struct sheet s = { .c = c };
	struct import_entries all = { 0 };
	struct csv table;
	size_t head = 0;
	enum status st = csv_read(c, body, size, &table);

	if (st)
		return st;
	/* A title may stand above. */
	while (head < table.count && head < 5 && !is_head(c->arena, &table.rows[head]))
		head++;
	if (head == table.count || head == 5)
		return fail(c, ST_BAD_INPUT, "信息资源名称",
			    "none of the first rows names the columns of the guide's sheet");
	s.row = &table.rows[head];
	st = read_head(&s);
	if (st)
		return st;
	size_t most = table.count < IMPORT_RESOURCES_MAX ? table.count : IMPORT_RESOURCES_MAX;
	all.list = arena_array(c->arena, most + 1, sizeof *all.list);
	st = read_rows(&s, &table, head + 1, &all);
	if (!st)
		*out = all;
	return st;
}

/* --- writing --- */

static const char *joined(struct arena *a, const struct words *w)
{
	struct buf b = { .arena = a };

	for (size_t i = 0; i < w->count; i++)
		buf_printf(&b, "%s%s", i ? "、" : "", w->list[i]);
	return buf_text(&b);
}

static const char *digits(struct arena *a, int64_t v)
{
	return v == INT_NULL ? "" : arena_printf(a, "%lld", (long long)v);
}

static void write_resource(struct arena *a, const struct export_entry *e, const char **cells)
{
	const struct catalogue_version *v = &e->whole.version;
	const struct catalogue_resource *r = &e->whole.resource;

	for (size_t i = 0; i < e->class_names.count && i < 4; i++)
		cells[(size_t)COL_CLASS_1 + i] = e->class_names.list[i];
	cells[COL_NAME] = v->name;
	cells[COL_CODE] = r->code;
	cells[COL_PROVIDER] = r->provider;
	cells[COL_PROVIDER_CODE] = r->provider_code;
	cells[COL_SUMMARY] = v->summary;
	cells[COL_FORMAT] = format_names[v->format];
	cells[COL_FORMAT_TYPES] = joined(a, &v->format_types);
	cells[COL_SHARE] = share_names[v->share_type];
	cells[COL_CONDITION] = v->share_condition;
	cells[COL_BASIS] = v->share_basis;
	if (v->share_mode >= 0) {
		static const char *const types[] = { "数据库", "文件", "接口", "", "" };
		cells[COL_MODE] = v->share_mode <= MODE_INTERFACE ? "共享平台"
								  : mode_names[v->share_mode];
		cells[COL_MODE_TYPE] = types[v->share_mode];
	}
	cells[COL_OPEN] = v->open ? "是" : "否";
	cells[COL_OPEN_CONDITION] = v->open_condition;
	cells[COL_CYCLE] = cycle_names[v->cycle];
	cells[COL_PUBLISHED_ON] = v->published_on;
	cells[COL_RELATED] = joined(a, &v->related);
	cells[COL_KEYWORDS] = joined(a, &v->keywords);
	cells[COL_SYSTEM] = v->system;
	cells[COL_LINK] = v->link;
}

static void write_item(struct arena *a, const struct catalogue_item *i, const char **cells)
{
	cells[COL_ITEM] = i->name;
	cells[COL_TYPE] = type_names[i->type];
	cells[COL_LENGTH] = digits(a, i->length);
	cells[COL_SCALE] = digits(a, i->scale);
	cells[COL_ITEM_CODE] = i->code;
	cells[COL_ITEM_SHARE] = i->share_type < 0 ? NULL : share_names[i->share_type];
	cells[COL_ITEM_CONDITION] = i->share_condition;
	cells[COL_SECRET] = i->secret ? "涉密" : "非涉密";
	cells[COL_STANDARD] = i->standard;
	cells[COL_NOTE] = i->note;
}

const char *sheet_write(struct call *c, const struct export_entries *in)
{
	struct buf b = { .arena = c->arena };

	/* Spreadsheets take a CSV for UTF-8 by its mark alone. */
	buf_str(&b, "\xEF\xBB\xBF");
	for (int col = 0; col < COL__COUNT; col++)
		csv_cell(&b, columns[col].names[0], col == COL__COUNT - 1);
	for (size_t i = 0; i < in->count; i++) {
		const struct catalogue_version *v = &in->list[i].whole.version;
		for (size_t k = 0; k < (v->items_count ? v->items_count : 1); k++) {
			const char *cells[COL__COUNT] = { 0 };
			if (k == 0)
				write_resource(c->arena, &in->list[i], cells);
			if (k < v->items_count)
				write_item(c->arena, &v->items[k], cells);
			for (int col = 0; col < COL__COUNT; col++)
				csv_cell(&b, cells[col], col == COL__COUNT - 1);
		}
	}
	return buf_text(&b);
}
