/* SPDX-License-Identifier: Apache-2.0 */
/* The audit trail 审计 (GB/T 22239-2019 8.1.4.3): who did what to which thing, from where, on whose
 * behalf and why, with what outcome. An entry is written in the transaction of the act that it tells
 * of; entries are sealed in SM3 Merkle batches signed with SM2 and chained.
 *
 * Owns tables audit_*. Uses db.
 *
 * The bytes that are hashed and signed, so that anybody can check a trail with other tools:
 *
 * - A text is a first line and one line for each member, in the order below, each ended by a newline:
 *       NAME SIZE:VALUE     SIZE is the count of bytes of VALUE, in decimal
 *       NAME -              where there is no value
 *   Numbers are decimal; times are microseconds UTC since 1970; hashes are lower-case hexadecimal.
 * - An entry: "yongyun audit entry 1", then id, at, actor_id, actor_name, actor_domain, scope, scope_id,
 *   on_behalf, purpose, from_address, request_id, action, subject, subject_id, outcome, reason,
 *   changes (JSON text, byte for byte as it was written).
 * - A batch's tree is that of RFC 6962 §2.1 with SM3 (GB/T 32905-2016) for its hash: leaf =
 *   SM3(0x00 || entry), node = SM3(0x01 || left || right); the leaves are in the order of their ids.
 * - A batch: "yongyun audit batch 1", then number, first_id, last_id, count, root, previous, sealed_at,
 *   key_id. Its signature is SM2 with SM3 (GB/T 32918-2016) over these bytes, with the signer's ID
 *   "1234567812345678", in DER. 'previous' is the seal of the batch before: SM3(its bytes ||
 *   its signature); 64 zeros in batch 1. key_id is the first 16 hexadecimal digits of SM3 over the
 *   public key's uncompressed point (65 bytes). */
#ifndef DOOR_AUDIT_AUDIT_H
#define DOOR_AUDIT_AUDIT_H

#include <stdio.h>
#include "base/call.h"
#include "base/shape.h"

struct db;
struct house;
struct module;

/* Prepares 'c' to collect what its act tells; the door does this for every call that leaves an entry,
 * and again before an act runs again. */
void audit_begin(struct call *c);
/* From an act: which thing it was about. The last one stands. */
void audit_subject(struct call *c, const char *kind, const char *id);
/* From an act: the members that differ between two structs of one shape; NULL 'before' for a new thing,
 * NULL 'after' for one that is gone. SECRET members are masked, also in nested structs; a value of more
 * than 4096 bytes is told by its size and SM3. Harmless when no entry is made. */
void audit_change(struct call *c, const struct field *shape, const void *before, const void *after);
/* In a transaction: writes the entry of an act that went well. 'action' is the route's name. */
enum status audit_write(struct call *c, const char *action) MUST_USE;
/* Outside of a transaction: writes the entry of an attempt that was refused or failed with 'st', in a
 * transaction of its own because that of the act was undone. The call's problem is the reason, and is
 * left as it is. */
enum status audit_refused(struct call *c, struct db *db, const char *action,
			  enum status st) MUST_USE;

/* Makes the folder DATA/keys and in it the signing key, audit.pem, readable by its owner only; all
 * processes of one database share it. A key that is there stays. */
enum status audit_init(struct call *c, struct house *h) MUST_USE;

/* Reads the whole trail: a line in 'report' for each entry or batch that was changed, is missing, stands
 * elsewhere or is not sealed although it is older than a minute, and then what was read, the public keys
 * and the newest seal; '*bad' counts. Trusts the keys in DATA/keys alone: audit.pem, and audit-*.pub.pem
 * for keys that have been replaced. A trail that was cut off at its end, or put back to an older state,
 * is noticed by DATA/keys/audit.head, in which the sealer leaves the newest batch's number and seal. */
enum status audit_verify(struct call *c, struct house *h, struct buf *report,
			 int64_t *bad) MUST_USE;
/* Writes the sealed trail as JSON lines: {"key":…} for each trusted key, then for each batch {"batch":…}
 * and {"entry":…,"index":…,"proof":[…]} for its entries, in order. */
enum status audit_export(struct call *c, struct house *h, FILE *out) MUST_USE;

/* Its start opens the sealer: a thread that seals what was committed within 100 ms. Any number of
 * processes may have one; they take turns by a lease. */
extern const struct module audit_module;

#endif
