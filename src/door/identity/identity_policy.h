/* SPDX-License-Identifier: Apache-2.0 */
/* Small rules that people and assignments share. */
#ifndef DOOR_IDENTITY_IDENTITY_POLICY_H
#define DOOR_IDENTITY_IDENTITY_POLICY_H

#include "door/identity/identity_private.h"

struct password_change;

/* Whether a user, own or by group, or a group holds any role on the system. */
enum status holds_system(struct call *c, const char *actor, bool *out) MUST_USE;
/* Outside of a transaction: the rules and the history for a new password, and its hash. */
enum status password_change_check(struct call *c, struct password_change *in) MUST_USE;

#endif
