/* SPDX-License-Identifier: Apache-2.0 */
/* Identifiers: UUIDs that sort by time (RFC 9562 version 7), and random bytes. */
#ifndef BASE_ID_H
#define BASE_ID_H

#include <stdbool.h>
#include <stddef.h>
#include "base/arena.h"

/* 36 characters with hyphens (Nova, Neutron, Glance). Later ids sort after earlier ones of this
 * process. */
char *id_new(struct arena *a);
/* The same as 32 hexadecimal digits (Keystone). */
char *id_new_hex(struct arena *a);
/* Whether 's' is a UUID, with or without hyphens. */
bool id_valid(const char *s);
/* From the kernel; never fails. */
void random_bytes(void *out, size_t size);

#endif
