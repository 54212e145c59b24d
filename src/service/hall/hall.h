/* SPDX-License-Identifier: Apache-2.0 */
/* The hall 政务服务中心: the catalogue of what people and companies may ask of the city's offices. An item 事项
 * says who may ask, on what basis, with which materials, for which fee and until when (the elements of
 * GB/T 39554.2-2020 and of the guide 国办函〔2016〕108号); a theme 一件事 merges several into one form and one
 * list of materials.
 *
 *     draft ──submit──► review ──approve by another──► published ◄──► suspended ──► withdrawn
 *
 * A published version never changes: what was applied for under it keeps it.
 *
 * Owns tables hall_*. Posts hall.item.published, .suspended, .resumed, .withdrawn and the same of hall.theme,
 * each with {"id", "code", "version"}. Uses db, audit, jobs (events), engine/flow/feel, engine/flow/dmn, engine/form
 * and the check of a 统一社会信用代码 in data/catalogue. */
#ifndef SERVICE_HALL_HALL_H
#define SERVICE_HALL_HALL_H

#include "base/call.h"
#include "base/shape.h"

/* 事项类型: the powers of an office and its public services. */
enum hall_type {
	ITEM_LICENCE,       /* 行政许可 */
	ITEM_CONFIRMATION,  /* 行政确认 */
	ITEM_PAYMENT,       /* 行政给付 */
	ITEM_REWARD,        /* 行政奖励 */
	ITEM_RULING,        /* 行政裁决 */
	ITEM_LEVY,          /* 行政征收 */
	ITEM_OTHER_POWER,   /* 其他行政权力 */
	ITEM_PUBLIC_SERVICE /* 公共服务 */
};
/* 行使层级. */
enum hall_level { LEVEL_NATION, LEVEL_PROVINCE, LEVEL_CITY, LEVEL_COUNTY, LEVEL_TOWN };
/* 办件类型: 即办件 done at once, 承诺件 promised for a day, 上报件 passed on to a higher office. */
enum hall_case_type { CASE_AT_ONCE, CASE_PROMISED, CASE_REPORTED };
enum hall_unit { UNIT_WORKING_DAY, UNIT_DAY, UNIT_MINUTE };
/* 材料必要性: what is deferrable 可容缺 may be handed in later, on a written promise. */
enum hall_necessity { MATERIAL_REQUIRED, MATERIAL_OPTIONAL, MATERIAL_DEFERRABLE };
enum hall_source { SOURCE_APPLICANT, SOURCE_GOVERNMENT, SOURCE_OTHER };
enum hall_question_kind { ASK_YES_NO, ASK_NUMBER, ASK_TEXT, ASK_DATE, ASK_CHOICE };

struct hall_basis { /* 设定依据 */
	const char *law, *article, *text;
};
struct hall_place { /* 办理地点 */
	const char *name, *address, *hours, *phone;
};
struct hall_material {
	const char *code, *name; /* 'code' once an item: the slot that a case keeps it in */
	const char *kind;        /* the same paper in several items has one kind; or NULL */
	int necessity, source;   /* enum hall_necessity, hall_source */
	struct words forms;      /* "original" 原件, "copy" 复印件, "electronic" 电子 */
	int64_t copies;          /* 份数; 0: not said */
	const char *
		licence_type; /* of the electronic certificate 电子证照 that stands for it, or NULL */
	const char *template_url, *sample_url, *review_points;
	const char *when; /* FEEL: whether it is needed; NULL: always */
};
struct hall_fee {
	const char *name, *standard, *basis;
	const char *amount, *waiver; /* FEEL: yuan; whether it is waived, or NULL */
};
/* What the questionnaire asks; its key is a name in FEEL and an input of the decision. */
struct hall_question {
	const char *key, *text, *help;
	int kind; /* enum hall_question_kind */
	struct words choices;
};
struct hall_step { /* 办理流程 */
	const char *name, *text;
	int64_t days;
};

struct hall_item {
	const char *id;          /* of the entry; no part of the content */
	const char *base_code;   /* 基本编码, 12 digits */
	int64_t handle_number;   /* 业务办理项 1 to 99 of the item */
	const char *impl_code;   /* 实施编码, 31: office, level, base code; derived */
	const char *handle_code; /* 业务办理项编码, 33; derived */
	const char *parent_code; /* base code of the item that it is part of 主项, or NULL */
	const char *name, *name_en, *summary;
	int type, level, case_type; /* enum hall_type, hall_level, hall_case_type */
	struct words subjects;      /* "person" 自然人, "company" 法人, "other" */
	struct hall_basis *basis;
	size_t basis_count;
	int64_t legal_days, promise_days; /* INT_NULL: the law has no term */
	int legal_unit, promise_unit;     /* enum hall_unit */
	int64_t visits_max;               /* 到办事现场次数 */
	int64_t online_depth;             /* 网上办理深度 1 to 4 */
	const char *scope;                /* 通办范围, or NULL */
	const char *quota;                /* 数量限制, or NULL */
	const char *conditions;           /* 申请条件, in words */
	const char *decision;             /* 申请条件, as DMN; or NULL */
	struct hall_question *questions;
	size_t questions_count;
	struct words channels; /* "window", "web", "kiosk", "mobile" */
	struct hall_place *places;
	size_t places_count;
	const char *hours, *phone, *complaint;
	struct hall_material *materials;
	size_t materials_count;
	bool fee; /* 是否收费 */
	struct hall_fee *fees;
	size_t fees_count;
	struct hall_step *steps;
	size_t steps_count;
	const char *process_key; /* of the process that handles a case, or NULL */
	const char *form_key;    /* a form of that process */
	const char *form;        /* or a schema of form-js, as JSON; or NULL */
	const char *result_type; /* kind of the document that results, or NULL */
	const char *result_name, *result_sample;
	int64_t valid_days;                        /* of the result; INT_NULL: without an end */
	const char *effective_from, *effective_to; /* CCYY-MM-DD, both included; or NULL */
	const char *change_note;
	struct words keywords;
};

enum hall_state { HALL_DRAFT, HALL_PUBLISHED, HALL_SUSPENDED, HALL_WITHDRAWN };

/* What a case is made of: a version that was published, and how its item stands now. */
struct hall_published {
	const char *id, *domain_id, *code;
	int64_t number;
	int state; /* enum hall_state, of the item now */
	struct hall_item item;
};
/* In a transaction: version 'number' (0: the one that everybody reads) of the item with the id or the handle
 * code; a case keeps the id, for a code is free again once its item is withdrawn. ST_NOT_FOUND, with a problem
 * text: no such version was ever published. */
enum status hall_item_of(struct call *c, const char *id_or_code, int64_t number,
			 struct hall_published *out) MUST_USE;

/* Whether today, in China, is within the days of an item (both included; NULL: no end). */
bool hall_in_force(const struct call *c, const char *from, const char *to);

enum truth { TRUTH_NO, TRUTH_YES, TRUTH_UNKNOWN };
struct json_t;
/* What somebody needs who applies for the item, by what was answered. */
struct hall_needs {
	int eligible;         /* enum truth */
	struct words reasons; /* why not */
	struct words missing; /* questions and fields that were wanted and not answered */
	const int *materials; /* enum truth, of each material of the item */
};
/* 'answers': to the item's questions, a JSON object as text, NULL: none; 'form': the data of its form, or NULL.
 * ST_BAD_INPUT names the answer and the rule. Needs no database. */
enum status hall_needs_of(struct call *c, const struct hall_item *item, const char *answers,
			  const struct json_t *form, struct hall_needs *out) MUST_USE;

extern const struct module hall_module;

#endif
