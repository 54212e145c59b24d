/* SPDX-License-Identifier: Apache-2.0 */
/* The log: one line an event on standard error, logfmt (key=value, quoted where needed), so that it
 * can be read by people and by machines. Libraries return errors; only the top logs. */
#ifndef BASE_LOG_H
#define BASE_LOG_H

#include "base/status.h"

enum log_level { LOG_DEBUG, LOG_INFO, LOG_WARN, LOG_ERROR };

/* Lines below 'level' are dropped. */
void log_level_set(enum log_level level);
/* "debug", "info", "warn", "error"; false for another word. */
int log_level_of(const char *word, enum log_level *level) MUST_USE;

/* Writes time, level, 'event' (a stable hyphenated word), the request id when there is one, and the
 * formatted message. Control characters and quotes in it are escaped, so no value can forge a line. */
void log_line(enum log_level level, const char *event, const char *request_id, const char *fmt, ...)
	PRINTF(4, 5);

#define log_debug(event, req, ...) log_line(LOG_DEBUG, event, req, __VA_ARGS__)
#define log_info(event, req, ...) log_line(LOG_INFO, event, req, __VA_ARGS__)
#define log_warn(event, req, ...) log_line(LOG_WARN, event, req, __VA_ARGS__)
#define log_error(event, req, ...) log_line(LOG_ERROR, event, req, __VA_ARGS__)

#endif
