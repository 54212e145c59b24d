/* SPDX-License-Identifier: Apache-2.0 */
/* Regular expressions as a browser has them, by PCRE2 with bounds on its search. */
#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>
#include "engine/form/form_private.h"

enum { PATTERN_MAX = 2000, SEARCH_STEPS = 200000, SEARCH_MEMORY = 4096 /* KiB */ };

struct form_pattern {
	pcre2_code *code;
};

static void drop(void *p)
{
	pcre2_code_free(p);
}

const struct form_pattern *form_pattern_new(struct call *c, const char *text, const char **why)
{
	struct form_pattern *p = arena_alloc(c->arena, sizeof *p);
	char message[160];
	int error = 0;
	PCRE2_SIZE at = 0;

	if (utf8_length(text) > PATTERN_MAX) {
		*why = "a pattern has at most 2000 characters";
		return NULL;
	}
	p->code = pcre2_compile((PCRE2_SPTR)text, strlen(text),
				PCRE2_UTF | PCRE2_ALT_BSUX | PCRE2_DOLLAR_ENDONLY |
					PCRE2_NEVER_BACKSLASH_C | PCRE2_MATCH_UNSET_BACKREF,
				&error, &at, NULL);
	if (!p->code) {
		pcre2_get_error_message(error, (PCRE2_UCHAR *)message, sizeof message);
		*why = arena_printf(c->arena, "at %zu: %s", at, message);
		return NULL;
	}
	arena_defer(c->arena, drop, p->code);
	return p;
}

bool form_pattern_found(const struct form_pattern *p, const char *text)
{
	pcre2_match_context *bounds = pcre2_match_context_create(NULL);
	pcre2_match_data *match = pcre2_match_data_create_from_pattern(p->code, NULL);
	int found = -1;

	if (bounds && match) {
		pcre2_set_match_limit(bounds, SEARCH_STEPS);
		pcre2_set_heap_limit(bounds, SEARCH_MEMORY);
		found = pcre2_match(p->code, (PCRE2_SPTR)text, strlen(text), 0, 0, match, bounds);
	}
	pcre2_match_data_free(match);
	pcre2_match_context_free(bounds);
	return found >= 0;
}
