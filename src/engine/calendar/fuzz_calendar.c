/* SPDX-License-Identifier: Apache-2.0 */
/* Any bytes as a file of notices: refused with a reason and a field, or days that are sorted, each once,
 * and that a calendar can be counted by. */
#include "engine/calendar/calendar_private.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	SCOPED_ARENA struct arena *a = arena_new();
	struct call *c = call_new(a, "req-fuzz");
	struct notices n = { 0 };
	enum status st =
		calendar_file_read(c, arena_strndup(a, (const char *)data, size), size, 0, &n);

	if (st) {
		/* JSON that is none is refused as a whole, without a field. */
		if (st != ST_BAD_INPUT || !c->problem[0])
			__builtin_trap();
		return 0;
	}
	for (size_t i = 0; i < n.count; i++) {
		struct notice *y = &n.list[i];
		struct calendar k = { .hours = calendar_preset_hours };
		struct calendar_doubt doubt = { 0 };
		if (y->days_count > YEAR_DAYS_MAX || (i && y->year <= y[-1].year))
			__builtin_trap();
		k.published[y->year - CALENDAR_YEAR_MIN] = y->published;
		k.exceptions = arena_array(a, y->days_count + 1, sizeof *k.exceptions);
		for (size_t d = 0; d < y->days_count; d++) {
			if (d && y->days[d].day <= y->days[d - 1].day)
				__builtin_trap();
			k.exceptions[k.count++] = (struct calendar_exception){
				y->days[d].day, y->days[d].kind == DAY_OFF, y->days[d].name
			};
		}
		if (!y->days_count)
			continue;
		/* A term and the time in it agree, wherever the term fits. */
		int64_t from = calendar_day_start(y->days[0].day);
		int64_t due = calendar_due(&k, from, 5, &doubt);
		if (due && calendar_time_between(&k, from, due, &doubt) < 5 * 27000 * CLOCK_SECOND)
			__builtin_trap();
	}
	return 0;
}
