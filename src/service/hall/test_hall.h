/* SPDX-License-Identifier: Apache-2.0 */
/* A city with two offices of the hall, and their people. */
#ifndef SERVICE_HALL_TEST_HALL_H
#define SERVICE_HALL_TEST_HALL_H

#include "data/catalogue/test_catalogue.h"

struct town {
	struct house *house;
	const char *admin;        /* the single administrator of the test profile */
	const char *market, *tax; /* departments, by id */
	const char *market_code, *tax_code;
	const char *wang, *li;  /* tokens of the market office: an editor, an approver */
	const char *zhao, *sun; /* the same of the tax office */
	const char *clerk;      /* a member of the market office, and neither */
};
struct town test_town(void);

/* The body of an item that breaks no rule; 'more' are members to add, after a comma. */
const char *item_body(const char *base_code, const char *name, const char *more);
/* The handle code that the item of that base code has in an office. */
const char *handle_of(const char *office, const char *base_code);
/* Makes the entry ("items" or "themes") and has it published; gives its id. */
const char *hall_publish(const char *editor, const char *approver, const char *kind,
			 const char *body);
/* Has the entry's draft submitted and approved. */
void hall_approve(const char *editor, const char *approver, const char *kind, const char *id);
/* 'body' with one text in the place of another. */
const char *hall_swap(const char *body, const char *what, const char *instead);

/* An item, and members that give it questions, materials, a form and a result. */
#define BASE "000131001000"
#define RICH                                                                                            \
	",\"questions\":[{\"key\":\"staff\",\"text\":\"有员工吗\",\"kind\":\"yes-no\"},"            \
	"{\"key\":\"capital\",\"text\":\"注册资本\",\"kind\":\"number\"},"                          \
	"{\"key\":\"born\",\"text\":\"出生日期\",\"kind\":\"date\"},"                               \
	"{\"key\":\"variety\",\"text\":\"类型\",\"kind\":\"choice\",\"choices\":[\"甲\",\"乙\"]}]," \
	"\"materials\":[{\"code\":\"charter\",\"name\":\"公司章程\",\"necessity\":\"required\","    \
	"\"source\":\"applicant\",\"forms\":[\"original\"],\"copies\":1},"                              \
	"{\"code\":\"staff-list\",\"name\":\"员工名册\",\"necessity\":\"deferrable\","              \
	"\"source\":\"applicant\",\"forms\":[\"copy\"],\"when\":\"staff\"}],"                           \
	"\"form\":{\"type\":\"default\",\"components\":[{\"type\":\"textfield\","                       \
	"\"key\":\"company\",\"label\":\"名称\",\"validate\":{\"required\":true}}]},"                 \
	"\"result_type\":\"businessLicence\",\"valid_days\":365"

#endif
