/* SPDX-License-Identifier: Apache-2.0 */
/* What a room gives to the house: three ways in (asked, told, time), its tables, its work. Rooms fill
 * one constant of this type with named members; main.c lists them in start order. */
#ifndef DOOR_MODULE_H
#define DOOR_MODULE_H

#include "door/permission.h"
#include "door/route.h"

struct house;
struct job_kind; /* door/jobs/jobs.h */
struct listener; /* door/jobs/events.h */

/* Called about 'every' microseconds by one process at a time, from a job thread: not in a transaction. */
struct timer {
	const char *name;
	int64_t every;
	enum status (*run)(struct call *c);
};

/* What a room stands on, as everybody may know it. */
struct engine {
	const char *driver; /* "libvirt"; NULL: nothing to tell */
	bool real;          /* false: a stand-in; nothing that it shows exists */
	const char *says;   /* a sentence about it, or NULL */
};

struct module {
	const char *name; /* folder, prefix of tables, permissions, jobs and events */
	const struct permission *permissions; /* ended by a zeroed row, as are the following */
	const struct route_group *routes;
	const struct listener *listens;
	const struct timer *timers;
	const struct job_kind *jobs;
	/* Opens what lives as long as the process (a driver); ST_OK or the start is refused with the
	 * call's problem. stop() undoes it and is called only after a start() that went well. */
	enum status (*start)(struct call *c, struct house *h);
	void (*stop)(struct house *h);
	/* Tells of the room's engine, from memory alone; texts live as long as the call. NULL: it has none. */
	void (*engine)(struct call *c, struct engine *out);
	/* Adds gauges of the room's rows in Prometheus' text format, by statements that stay cheap however many
	 * rows there are; in a reading transaction. NULL: it has none. */
	enum status (*metrics)(struct call *c, struct buf *out);
	/* Checks what must always hold of the room's rows and engines, once it is started; a line for each
	 * breach. 'deep': everything, however long it takes. */
	enum status (*check)(struct call *c, struct house *h, bool deep, struct buf *report,
			     int64_t *bad);
};

#endif
