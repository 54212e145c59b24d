/* SPDX-License-Identifier: Apache-2.0 */
/* The log: a line is put together on the stack and written at once, so that lines of several threads
 * and processes never mix. */
#include <errno.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <unistd.h>
#include "base/clock.h"
#include "base/log.h"
#include "base/text.h"

/* Two kilobytes of message; an escaped byte takes four. */
enum { MESSAGE_SIZE = 2048, LINE_SIZE = 4 * MESSAGE_SIZE + 512 };

static const char *const words[] = { "debug", "info", "warn", "error" };
static _Atomic int lowest = LOG_INFO;

void log_level_set(enum log_level level)
{
	atomic_store_explicit(&lowest, (int)level, memory_order_relaxed);
}

int log_level_of(const char *word, enum log_level *level)
{
	for (int i = LOG_DEBUG; i <= LOG_ERROR; i++)
		if (str_eq(word, words[i])) {
			*level = (enum log_level)i;
			return true;
		}
	return false;
}

struct line {
	char text[LINE_SIZE];
	size_t size;
};

static void add(struct line *l, const char *s, size_t size)
{
	/* The last byte is kept for the line's end. */
	size_t room = sizeof(l->text) - 1 - l->size;
	if (size > room)
		size = room;
	memcpy(l->text + l->size, s, size);
	l->size += size;
}

static void add_str(struct line *l, const char *s)
{
	add(l, s, strlen(s));
}

/* Well-formed and not a control character, be it of ASCII or of the second page (U+0080 to U+009F),
 * which terminals obey too. */
static size_t plain_step(const char *s, size_t left)
{
	size_t step = utf8_step(s, left);
	unsigned char ch = (unsigned char)*s;
	if (step == 1 && (ch < 0x20 || ch == 0x7F))
		return 0;
	if (step == 2 && ch == 0xC2 && (unsigned char)s[1] < 0xA0)
		return 0;
	return step;
}

static void add_quoted(struct line *l, const char *s)
{
	size_t left = strlen(s);
	add_str(l, "\"");
	while (left > 0) {
		size_t step = plain_step(s, left);
		char escaped[5];
		if (step == 0) {
			step = 1;
			if (*s == '\n')
				add_str(l, "\\n");
			else if (*s == '\t')
				add_str(l, "\\t");
			else {
				snprintf(escaped, sizeof(escaped), "\\x%02x", (unsigned char)*s);
				add_str(l, escaped);
			}
		} else {
			if (*s == '"' || *s == '\\')
				add_str(l, "\\");
			add(l, s, step);
		}
		s += step;
		left -= step;
	}
	add_str(l, "\"");
}

static void write_all(const char *s, size_t size)
{
	while (size > 0) {
		ssize_t n = write(STDERR_FILENO, s, size);
		if (n < 0 && errno == EINTR)
			continue;
		/* There is nowhere to say that the log cannot be written. */
		if (n <= 0)
			return;
		s += n;
		size -= (size_t)n;
	}
}

void log_line(enum log_level level, const char *event, const char *request_id, const char *fmt, ...)
{
	if ((int)level < atomic_load_explicit(&lowest, memory_order_relaxed))
		return;
	int kept_errno = errno;

	char at[TIME_TEXT_SIZE], message[MESSAGE_SIZE];
	time_write(clock_now(), TIME_MICRO_Z, at);
	va_list ap;
	va_start(ap, fmt);
	int n = vsnprintf(message, sizeof(message), fmt, ap);
	va_end(ap);
	if (n >= MESSAGE_SIZE)
		memcpy(message + MESSAGE_SIZE - 4, "...", 4);

	struct line l;
	l.size = 0;
	add_str(&l, "time=");
	add_str(&l, at);
	add_str(&l, " level=");
	add_str(&l, words[level]);
	add_str(&l, " event=");
	add_str(&l, event);
	if (!str_empty(request_id)) {
		add_str(&l, " request=");
		add_quoted(&l, request_id);
	}
	add_str(&l, " message=");
	add_quoted(&l, n < 0 ? "" : message);
	l.text[l.size++] = '\n';
	write_all(l.text, l.size);
	errno = kept_errno;
}
