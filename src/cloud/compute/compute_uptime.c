/* SPDX-License-Identifier: Apache-2.0 */
/* How long this machine has run, in the words of uptime(1), which Nova's clients take apart. */
#include <pthread.h>
#include <stdlib.h>
#include <time.h>
#include <utmpx.h>
#include "base/clock.h"
#include "cloud/compute/compute_driver.h"

/* Terminals with someone signed in. utmpx keeps its place in its file for the whole process. */
static int count_users(void)
{
	static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
	int n = 0;
	pthread_mutex_lock(&lock);
	setutxent();
	for (const struct utmpx *u = getutxent(); u; u = getutxent())
		n += u->ut_type == USER_PROCESS;
	endutxent();
	pthread_mutex_unlock(&lock);
	return n;
}

static const char *span_text(struct arena *a, int64_t seconds)
{
	long long days = seconds / 86400, hours = seconds / 3600 % 24, minutes = seconds / 60 % 60;
	const char *front = days ? arena_printf(a, "%lld day%s, ", days, days == 1 ? "" : "s") : "";
	return hours ? arena_printf(a, "%s%2lld:%02lld", front, hours, minutes)
		     : arena_printf(a, "%s%lld min", front, minutes);
}

const char *machine_uptime(struct arena *a)
{
	struct timespec run = { 0 };
	double load[3] = { 0 };
	char clock[TIME_TEXT_SIZE];
	time_write(clock_now(), TIME_Z, clock);
	clock_gettime(CLOCK_BOOTTIME, &run);
	if (getloadavg(load, 3) < 3)
		load[0] = load[1] = load[2] = 0;
	int users = count_users();
	return arena_printf(a, " %.8s up %s,  %d user%s,  load average: %.2f, %.2f, %.2f",
			    clock + 11, span_text(a, run.tv_sec), users, users == 1 ? "" : "s",
			    load[0], load[1], load[2]);
}
