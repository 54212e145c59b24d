/* SPDX-License-Identifier: Apache-2.0 */
/* Between identity_trio.c and its statements. */
#ifndef DOOR_IDENTITY_IDENTITY_TRIO_H
#define DOOR_IDENTITY_IDENTITY_TRIO_H

#include "door/identity/identity_private.h"

struct holding {
	const char *user_id, *user_name, *role_id;
};

/* All that one user holds, or each member of a group, or with both NULL everybody; by user. */
enum status trio_read(struct call *c, const char *user_id, const char *group_id,
		      struct holding **out, size_t *count) MUST_USE;

#endif
