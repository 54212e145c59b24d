/* SPDX-License-Identifier: Apache-2.0 */
/* Outcomes and the call that carries them: the words and codes of status.h, and the one reason why a
 * call fails. */
#include <assert.h>
#include <stdio.h>
#include "base/call.h"
#include "base/id.h"
#include "base/text.h"

int status_http(enum status st)
{
	static const int codes[] = {
#define X(name, http, word) [ST_##name] = http,
		STATUS_TABLE(X)
#undef X
	};
	assert(st < ST__COUNT);
	return codes[st];
}

const char *status_word(enum status st)
{
	static const char *const words[] = {
#define X(name, http, word) [ST_##name] = word,
		STATUS_TABLE(X)
#undef X
	};
	assert(st < ST__COUNT);
	return words[st];
}

struct call *call_new(struct arena *a, const char *request_id)
{
	struct call *c = arena_alloc(a, sizeof(*c));
	c->arena = a;
	c->request_id = request_id ? request_id : arena_printf(a, "req-%s", id_new(a));
	c->from = "";
	c->base_url = "";
	c->now_at = clock_now();
	c->time_style = TIME_MICRO_Z;
	return c;
}

/* Messages quote what came from outside, and are written as JSON and to the log. */
static void make_utf8(char *s)
{
	size_t left = strlen(s);
	while (left > 0) {
		size_t step = utf8_step(s, left);
		if (step == 0) {
			*s = '?';
			step = 1;
		}
		s += step;
		left -= step;
	}
}

static void cut_between_characters(char *s)
{
	char *end = s + strlen(s);
	char *last = end;
	while (last > s && ((unsigned char)last[-1] & 0xC0) == 0x80)
		last--;
	if (last > s && (unsigned char)last[-1] >= 0xC0 &&
	    utf8_step(last - 1, (size_t)(end - last) + 1) == 0)
		last[-1] = '\0';
}

enum status fail(struct call *c, enum status st, const char *at, const char *fmt, ...)
{
	assert(st != ST_OK);
	if (c->problem[0])
		return st;
	va_list ap;
	va_start(ap, fmt);
	int n = vsnprintf(c->problem, sizeof(c->problem), fmt, ap);
	va_end(ap);
	assert(n >= 0);
	if ((size_t)n >= sizeof(c->problem))
		cut_between_characters(c->problem);
	make_utf8(c->problem);
	c->problem_at = arena_strdup(c->arena, at);
	return st;
}

void call_forgive(struct call *c)
{
	c->problem[0] = '\0';
	c->problem_at = NULL;
}

bool call_is_by(const struct call *c, const char *user_id)
{
	return str_eq(c->actor.user_id, user_id) || str_eq(c->actor.on_behalf, user_id);
}
