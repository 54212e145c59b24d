/* SPDX-License-Identifier: Apache-2.0 */
/* Taking requests: worker threads on a unix socket where nginx speaks FastCGI, and nginx itself as our
 * child, with a configuration that is written from the routes. */
#ifndef DOOR_HTTP_SERVER_H
#define DOOR_HTTP_SERVER_H

#include "door/house.h"

struct server;

/* Listens on the unix socket 'path' with 'workers' threads. What a killed process left there is
 * replaced; ST_CONFLICT when someone listens. Owner of '*out': the caller. */
enum status server_open(struct call *c, struct house *h, const char *path, int workers,
			struct server **out) MUST_USE;
/* Takes no more, lets what is being served end, joins the threads. NULL is legal. */
void server_close(struct server *s);

/* Writes DATA/nginx/nginx.conf (and site.conf, which an operator's own nginx can include) for this
 * house. */
enum status nginx_write(struct call *c, struct house *h) MUST_USE;
/* Starts nginx in the foreground as a child that dies with us. '*pid' is it. */
enum status nginx_start(struct call *c, struct house *h, int *pid) MUST_USE;
/* Lets it finish what it serves, up to 'grace' microseconds, then ends it. */
void nginx_stop(int pid, int64_t grace);

#endif
