/* SPDX-License-Identifier: Apache-2.0 */
/* The audit trail 审计 (GB/T 22239-2019 8.1.4.3): who did what to which thing, from where, on whose
 * behalf and why, with what outcome. An entry is written in the transaction of the act that it tells
 * of; entries are sealed in SM3 Merkle batches signed with SM2 and chained. */
#ifndef DOOR_AUDIT_AUDIT_H
#define DOOR_AUDIT_AUDIT_H

#include "base/call.h"
#include "base/shape.h"

/* Prepares 'c' to collect what its act tells; the door does this for every call that leaves an entry,
 * and again before an act runs again. */
void audit_begin(struct call *c);
/* From an act: which thing it was about. The last one stands. */
void audit_subject(struct call *c, const char *kind, const char *id);
/* From an act: the members that differ between two structs of one shape; NULL 'before' for a new thing,
 * NULL 'after' for one that is gone. SECRET members are masked. Harmless when no entry is made. */
void audit_change(struct call *c, const struct field *shape, const void *before,
		  const void *after);
/* In a transaction: writes the entry. 'action' is the route's name; 'st' the outcome. */
enum status audit_write(struct call *c, const char *action, enum status st) MUST_USE;

#endif
