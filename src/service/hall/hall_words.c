/* SPDX-License-Identifier: Apache-2.0 */
/* The words of the hall, in the order of the enums; the portal has the Chinese and the English of them. */
#include "service/hall/hall_private.h"

const char *const hall_type_words[] = { "licence",     "confirmation",   "payment",
					"reward",      "ruling",         "levy",
					"other-power", "public-service", NULL };
const char *const hall_level_words[] = { "nation", "province", "city", "county", "town", NULL };
const char *const hall_case_words[] = { "at-once", "promised", "reported", NULL };
const char *const hall_unit_words[] = { "working-day", "day", "minute", NULL };
const char *const hall_necessity_words[] = { "required", "optional", "deferrable", NULL };
const char *const hall_source_words[] = { "applicant", "government", "other", NULL };
const char *const hall_question_words[] = { "yes-no", "number", "text", "date", "choice", NULL };
const char *const hall_subject_words[] = { "person", "company", "other", NULL };
const char *const hall_channel_words[] = { "window", "web", "kiosk", "mobile", NULL };
const char *const hall_form_words[] = { "original", "copy", "electronic", NULL };
const char *const hall_role_words[] = { "lead", "co", NULL };
const char *const hall_kind_words[] = { "item", "theme", NULL };
const char *const hall_state_words[] = { "draft", "published", "suspended", "withdrawn", NULL };
const char *const hall_version_words[] = { "draft", "published", "superseded", NULL };
const char *const hall_move_words[] = { "publish", "suspend", "resume", "withdraw", NULL };
const char *const hall_verdict_words[] = { "approve", "return", NULL };
const char *const hall_truth_words[] = { "no", "yes", "unknown", NULL };

const char *hall_type_digits(int type)
{
	/* 02 行政处罚, 03 行政强制 and 06 行政检查 are nothing that anybody applies for. */
	static const char *const digits[] = { "01", "07", "05", "08", "09", "04", "10", "20" };

	return digits[type];
}

char hall_level_digit(int level)
{
	return (char)('1' + level);
}

bool hall_word_among(const char *const *words, const char *s)
{
	for (; *words; words++)
		if (str_eq(*words, s))
			return true;
	return false;
}
