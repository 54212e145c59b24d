/* SPDX-License-Identifier: Apache-2.0 */
/* The words of cases, as the API and the rows have them. */
#include "service/cases/cases_private.h"

const char *const case_state_words[] = { "draft",   "received",  "correcting", "accepted",
					 "refused", "withdrawn", NULL };
const char *const case_step_words[] = { "submit",   "accept",  "correct", "refuse",
					"withdraw", "silence", NULL };
const char *const case_channel_words[] = { "window", "web", NULL };
const char *const case_person_words[] = { "person", "company", NULL };
/* In the order of enum hall_unit. */
const char *const case_unit_words[] = { "working-day", "day", "minute", NULL };
const char *const case_verdict_words[] = { "accept", "correct", "refuse", NULL };
