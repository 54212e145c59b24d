/* SPDX-License-Identifier: Apache-2.0 */
/* One value of the configuration, by its kind: read, checked, and what it may be told in words. */
#include <assert.h>
#include <inttypes.h>
#include "base/config_private.h"

struct unit {
	const char *name;
	int64_t is;
};
/* The largest first. */
static const struct unit durations[] = {
	{ "d", CLOCK_DAY },
	{ "h", 3600 * CLOCK_SECOND },
	{ "m", 60 * CLOCK_SECOND },
	{ "s", CLOCK_SECOND },
	{ "ms", 1000 },
	{ NULL, 0 },
};
static const struct unit sizes[] = {
	{ "TiB", INT64_C(1) << 40 }, { "GiB", 1 << 30 }, { "MiB", 1 << 20 },
	{ "KiB", 1 << 10 },          { "", 1 },          { NULL, 0 },
};

static const struct unit *units_of(const struct config_key *k)
{
	return k->kind == CONFIG_DURATION ? durations : k->kind == CONFIG_SIZE ? sizes : NULL;
}

/* The value with the largest unit that divides it. */
static const char *with_unit(struct arena *a, const struct config_key *k, int64_t v)
{
	const struct unit *u = units_of(k);
	if (!u)
		return arena_printf(a, "%" PRId64, v);
	while (u[1].name && (v < u->is || v % u->is != 0))
		u++;
	return arena_printf(a, "%" PRId64 "%s", v / u->is, u->name);
}

static bool number_parse(struct arena *a, const struct config_key *k, const char *text,
			 int64_t *out)
{
	const struct unit *u = units_of(k);
	if (!u)
		return int_parse(text, out);
	size_t digits = strspn(text, "0123456789");
	while (u->name && strcmp(u->name, text + digits) != 0)
		u++;
	int64_t n;
	if (!u->name || !int_parse(arena_strndup(a, text, digits), &n))
		return false;
	return !__builtin_mul_overflow(n, u->is, out);
}

static const char *read_number(struct arena *a, const struct config_key *k, const char *text,
			       int64_t *out)
{
	int64_t v;
	if (!number_parse(a, k, text, &v)) {
		if (k->kind == CONFIG_DURATION)
			return "is not a duration like 100ms, 30s, 5m, 2h or 7d";
		if (k->kind == CONFIG_SIZE)
			return "is not a size like 4096, 64KiB, 1MiB or 2GiB";
		return "is not a whole number";
	}
	if (v < k->min || v > k->max)
		return arena_printf(a, "must be from %s to %s", with_unit(a, k, k->min),
				    with_unit(a, k, k->max));
	*out = v;
	return NULL;
}

static const char *one_of(struct arena *a, const char *const *words)
{
	struct buf b = { .arena = a };
	for (int i = 0; words[i]; i++)
		buf_printf(&b, "%s%s", i ? ", " : "", words[i]);
	return buf_text(&b);
}

static const char *check_url(struct arena *a, const struct config_key *k, const char *text)
{
	for (int i = 0; k->words[i]; i++)
		if (str_starts(text, k->words[i]) && text[strlen(k->words[i])])
			return strchr(text, ' ') && !str_starts(text, "sqlite:")
				       ? "may not hold a space"
				       : NULL;
	return arena_printf(a, "must begin with one of %s", one_of(a, k->words));
}

/* "host:port" or "[address]:port"; names are not looked up here. */
static const char *check_address(struct arena *a, const char *text)
{
	static const char *const rule = "is not an address like 127.0.0.1:8080 or [::1]:8080";
	const char *colon = strrchr(text, ':');
	int64_t port;
	if (!colon || colon == text || !int_parse(colon + 1, &port) || port < 1 || port > 65535)
		return rule;
	const char *host = arena_strndup(a, text, (size_t)(colon - text));
	if (*host == '[') {
		size_t inner = strspn(host + 1, "0123456789abcdefABCDEF:.");
		return inner >= 2 && strcmp(host + 1 + inner, "]") == 0 ? NULL : rule;
	}
	size_t legal = strspn(host, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
				    "0123456789.-");
	return host[legal] && strcmp(host, "*") != 0 ? rule : NULL;
}

static const char *read_text(struct arena *a, const struct config_key *k, const char *text,
			     const char **out)
{
	const char *rule = NULL;
	if (k->kind == CONFIG_URL)
		rule = check_url(a, k, text);
	else if (k->kind == CONFIG_ADDRESS)
		rule = check_address(a, text);
	else if (k->max && utf8_length(text) > (size_t)k->max)
		rule = arena_printf(a, "is longer than %" PRId64 " characters", k->max);
	if (rule)
		return rule;
	size_t size = strlen(text) + 1;
	*out = k->secret ? memcpy(arena_secret(a, size), text, size) : arena_strdup(a, text);
	return NULL;
}

static const char *read_bool(const char *text, bool *out)
{
	if (!str_eq(text, "yes") && !str_eq(text, "no"))
		return "must be yes or no";
	*out = str_eq(text, "yes");
	return NULL;
}

static const char *read_word(struct arena *a, const struct config_key *k, const char *text,
			     int *out)
{
	for (int i = 0; k->words[i]; i++)
		if (strcmp(k->words[i], text) == 0) {
			*out = i;
			return NULL;
		}
	return arena_printf(a, "must be one of %s", one_of(a, k->words));
}

const char *config_value(struct arena *a, const struct config_key *k, const char *text,
			 struct config *out)
{
	void *at = (char *)out + k->at;
	switch (k->kind) {
	case CONFIG_TEXT:
	case CONFIG_PATH:
	case CONFIG_URL:
	case CONFIG_ADDRESS: return read_text(a, k, text, at);
	case CONFIG_INT:
	case CONFIG_DURATION:
	case CONFIG_SIZE: return read_number(a, k, text, at);
	case CONFIG_BOOL: return read_bool(text, at);
	case CONFIG_WORD: return read_word(a, k, text, at);
	}
	assert(false);
	return "is of no kind";
}

void config_kind_words(const struct config_key *k, struct buf *out)
{
	static const char *const names[] = {
		[CONFIG_TEXT] = "Text",
		[CONFIG_PATH] = "A path",
		[CONFIG_URL] = "Begins with",
		[CONFIG_ADDRESS] = "host:port",
		[CONFIG_INT] = "A whole number",
		[CONFIG_DURATION] = "A duration (ms, s, m, h, d)",
		[CONFIG_SIZE] = "A size (KiB, MiB, GiB, TiB)",
		[CONFIG_BOOL] = "yes or no",
		[CONFIG_WORD] = "One of",
	};
	struct arena *a = out->arena;
	buf_str(out, names[k->kind]);
	if (k->words)
		buf_printf(out, " %s", one_of(a, k->words));
	else if (k->kind == CONFIG_TEXT && k->max)
		buf_printf(out, " of at most %" PRId64 " characters", k->max);
	else if (k->max)
		buf_printf(out, " from %s to %s", with_unit(a, k, k->min), with_unit(a, k, k->max));
	buf_str(out, k->preset ? "." : ". No default.");
}
