/* SPDX-License-Identifier: Apache-2.0 */
/* A town with two offices, their items, a calendar, and people who apply and receive. */
#ifndef SERVICE_CASES_TEST_CASES_H
#define SERVICE_CASES_TEST_CASES_H

#include "service/cases/cases_private.h"
#include "service/hall/test_hall.h"

#define CASES "/api/v1/cases"
#define OFFICE_CASES "/api/v1/office/cases"

struct desk {
	struct town t;
	const char *item, *tax_item;   /* codes: of the market office, of the tax office */
	const char *item_id;           /* the entry of 'item' */
	const char *company;           /* a 统一社会信用代码 */
	const char *ann, *bob;         /* members: they apply for themselves */
	const char *window;            /* a window clerk, of a department that is no office */
	const char *clerk, *tax_clerk; /* receive the cases of their offices */
};
/* At Tuesday 2026-09-29 10:00 in China, with the notice for the National Day of 2026. */
struct desk test_desk(void);
/* The same before anybody has made a calendar. */
struct desk test_desk_without_calendar(void);
/* Puts the clock to an instant, "2026-10-09T09:00:00Z"; it runs again after the test. */
void desk_clock(const char *at);

/* A company applies for the item of that code by an agent; 'staff' answers whether it has any. */
const char *case_body(const struct desk *d, const char *item, bool staff);
/* As nginx gives an upload: the bytes stand in a file; NULL: there are none. */
struct http_reply *desk_give(const struct desk *d, const char *who, const char *id,
			     const char *code, const char *name, const char *bytes);
/* A whole draft with its material; its id. */
const char *desk_draft(const struct desk *d, const char *who);
/* The same handed in. */
const char *desk_submitted(const struct desk *d, const char *who);
/* The office's answer: "accept", "correct", "refuse". */
struct http_reply *desk_decide(const char *who, const char *id, const char *verdict);
/* Runs the timer as the house does. */
void desk_silence(const struct desk *d);
void expect_field_at(const char *file, int line, const struct http_reply *r, int status,
		     const char *field);
#define expect_field(r, s, f) expect_field_at(__FILE__, __LINE__, r, s, f)

#endif
