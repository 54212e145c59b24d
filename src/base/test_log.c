/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include "base/clock.h"
#include "base/log.h"
#include "base/text.h"
#include "harness.h"

static char caught[32768];

/* What 'write' puts on standard error. */
static const char *catch_log(void (*write)(void))
{
	FILE *file = tmpfile();
	assert_non_null(file);
	fflush(stderr);
	int kept = dup(STDERR_FILENO);
	dup2(fileno(file), STDERR_FILENO);
	log_level_set(LOG_INFO);
	write();
	log_level_set(LOG_ERROR);
	dup2(kept, STDERR_FILENO);
	close(kept);
	rewind(file);
	size_t n = fread(caught, 1, sizeof(caught) - 1, file);
	caught[n] = '\0';
	fclose(file);
	return caught;
}

static void write_plain(void)
{
	clock_set(INT64_C(1795474611123456));
	errno = ENOENT;
	log_warn("slow-act", "req-1", "%d ms in %s", 21, "user.create");
	assert_int_equal(errno, ENOENT);
	log_info("started", NULL, "ready");
	clock_set(0);
}

TEST(a_line_has_time_level_event_request_and_message)
{
	assert_string_equal(catch_log(write_plain),
			    "time=2026-11-23T22:56:51.123456Z level=warn event=slow-act "
			    "request=\"req-1\" message=\"21 ms in user.create\"\n"
			    "time=2026-11-23T22:56:51.123456Z level=info event=started "
			    "message=\"ready\"\n");
}

static void write_hostile(void)
{
	log_error("x", "a\" level=info", "%s",
		  "one\ntime=2026 level=info\t\"quoted\" \\ \x1b[2J \x7f \xc2\x9b \xff 宁波");
}

TEST(no_value_can_forge_a_line)
{
	const char *line = catch_log(write_hostile);
	assert_non_null(strstr(line, " request=\"a\\\" level=info\" "));
	assert_non_null(strstr(line, "message=\"one\\ntime=2026 level=info\\t\\\"quoted\\\" "
				     "\\\\ \\x1b[2J \\x7f \\xc2\\x9b \\xff 宁波\"\n"));
	assert_ptr_equal(strchr(line, '\n'), line + strlen(line) - 1);
}

static void write_long(void)
{
	char *big = malloc(100001);
	memset(big, '\x01', 100000);
	big[100000] = '\0';
	log_error("x", NULL, "%s", big);
	log_error("y", big, "short");
	free(big);
}

TEST(a_line_that_is_too_long_is_cut_and_still_one_line)
{
	const char *first = catch_log(write_long);
	const char *second = strchr(first, '\n');
	assert_non_null(second);
	assert_memory_equal(second - 4, "...\"", 4);
	assert_true(str_starts(second + 1, "time="));
	assert_ptr_equal(strchr(second + 1, '\n'), first + strlen(first) - 1);
}

static void write_levels(void)
{
	log_level_set(LOG_WARN);
	log_info("x", NULL, "dropped");
	log_warn("x", NULL, "kept");
	log_level_set(LOG_INFO);
	log_debug("x", NULL, "dropped");
}

TEST(lines_below_the_level_are_dropped)
{
	const char *text = catch_log(write_levels);
	assert_null(strstr(text, "dropped"));
	assert_non_null(strstr(text, "kept"));
	enum log_level level = LOG_INFO;
	assert_true(log_level_of("debug", &level));
	assert_int_equal(level, LOG_DEBUG);
	assert_true(log_level_of("error", &level));
	assert_int_equal(level, LOG_ERROR);
	assert_true(log_level_of("debug", &level));
	assert_false(log_level_of("loud", &level));
	assert_int_equal(level, LOG_DEBUG);
}
