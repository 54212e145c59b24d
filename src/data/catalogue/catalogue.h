/* SPDX-License-Identifier: Apache-2.0 */
/* The catalogue of government information resources 政务信息资源目录, after 政务信息资源目录编制指南（试行）
 * (发改高技〔2017〕1272号) and GB/T 21063: what each department holds, in which items, who may share it
 * under which condition. A department's data stewards write and review it; everybody reads what is
 * published.
 *
 * Owns tables catalogue_*. Posts catalogue.resource.published and catalogue.resource.revoked, each with
 * {"id", "code", "version"}. Uses db, audit, jobs (events). */
#ifndef DATA_CATALOGUE_CATALOGUE_H
#define DATA_CATALOGUE_CATALOGUE_H

#include "base/call.h"
#include "base/shape.h"

/* 共享类型; the later the stricter. */
enum catalogue_share { SHARE_UNCONDITIONAL, SHARE_CONDITIONAL, SHARE_NONE };
/* 信息项数据类型, by the guide's letters: C 字符 N 数值 Y 货币 D 日期 T 日期时间 L 逻辑 M 备注 G 通用 B 双精度
 * I 整型 F 浮点. */
enum catalogue_type {
	ITEM_TEXT,
	ITEM_NUMBER,
	ITEM_MONEY,
	ITEM_DATE,
	ITEM_TIME,
	ITEM_LOGICAL,
	ITEM_MEMO,
	ITEM_GENERAL,
	ITEM_DOUBLE,
	ITEM_INTEGER,
	ITEM_FLOAT
};
enum catalogue_version_state {
	VERSION_DRAFT,
	VERSION_REVIEW,
	VERSION_PUBLISHED,
	VERSION_SUPERSEDED,
	VERSION_REVOKED
};

struct catalogue_item {
	const char *name;
	const char *code; /* the column's name where the data are kept, or NULL */
	int type;         /* enum catalogue_type */
	int64_t length,
		scale;  /* digits or characters, and of them after the point; INT_NULL: none */
	int share_type; /* enum catalogue_share; -1: as the resource */
	const char *share_condition;
	bool secret;
	const char *standard, *note;
	bool length_given, scale_given, share_type_given; /* in what was asked */
};

/* One version of a resource's metadata. */
struct catalogue_version {
	const char *resource_id;
	int64_t number;
	int state; /* enum catalogue_version_state */
	const char *class_code, *name, *summary;
	int format; /* 信息资源格式分类 */
	struct words format_types;
	int share_type; /* enum catalogue_share */
	const char *share_condition, *share_basis;
	int share_mode; /* 共享方式; -1: none, of what is not shared */
	bool open;
	const char *open_condition;
	int cycle;                /* 更新周期 */
	const char *published_on; /* CCYY-MM-DD; NULL before it is published */
	struct words related, keywords;
	const char *system, *link, *change_note;
	struct catalogue_item *items;
	size_t items_count;
	const char *edited_by, *submitted_by, *decided_by, *decision, *seal;
	int64_t created_at, updated_at, submitted_at, decided_at;
};

/* In a transaction: the version that everybody reads of resource 'id', with its items: what a room that
 * takes in data holds them to. ST_NOT_FOUND, with a problem text: nothing of it is published. */
enum status catalogue_published(struct call *c, const char *id,
				struct catalogue_version *out) MUST_USE;

/* Whose a resource is. */
struct catalogue_brief {
	const char *id, *domain_id, *code, *name;
	int share_type; /* enum catalogue_share */
};
/* In a transaction: the published resource of an id or a 信息资源代码. ST_NOT_FOUND, with a problem text. */
enum status catalogue_find(struct call *c, const char *id_or_code,
			   struct catalogue_brief *out) MUST_USE;

/* Whether 's' is a 统一社会信用代码 with its check character (GB 32100-2015). */
bool catalogue_uscc_valid(const char *s);

extern const struct module catalogue_module;

#endif
