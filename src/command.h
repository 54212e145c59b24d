/* SPDX-License-Identifier: Apache-2.0 */
/* The commands of `yongyun`, and opening and closing the house that most of them need. */
#ifndef COMMAND_H
#define COMMAND_H

#include "door/house.h"

extern const struct module *const all_modules[]; /* rooms.c: in start order, ended by NULL */

/* How far a command opens the house. */
enum house_depth {
	HOUSE_ROWS, /* configuration, database at its newest schema, files, routes */
	HOUSE_ROOMS /* and every room started: engines, keys, threads */
};

/* Opens the house of the configuration at 'path' (NULL: the default place, or built-in defaults when
 * nothing is there). On failure the call's problem says why and nothing stays open. */
enum status house_open(struct call *c, struct house *h, const char *path,
		       enum house_depth depth) MUST_USE;
void house_close(struct house *h, enum house_depth depth);

/* Each takes what stands behind its name and returns the exit code. */
int command_serve(int argc, char **argv);
int command_init(int argc, char **argv);
int command_check(int argc, char **argv);
int command_audit(int argc, char **argv);
int command_token(int argc, char **argv);
int command_config(int argc, char **argv);
int command_link(int argc, char **argv);
int command_intake(int argc, char **argv);
int command_theme(int argc, char **argv);

#endif
