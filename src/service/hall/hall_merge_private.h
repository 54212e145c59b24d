/* SPDX-License-Identifier: Apache-2.0 */
/* What the two files of merging share. */
#ifndef SERVICE_HALL_HALL_MERGE_PRIVATE_H
#define SERVICE_HALL_HALL_MERGE_PRIVATE_H

#include "service/hall/hall_private.h"

/* The names at the top of a form's data, in its order: of "address.street" it is "address". NULL 'form': none. */
enum status form_names(struct call *c, const char *form, struct words *out) MUST_USE;
/* The tree itself, let go of when the call ends. */
json_t *tree_kept(struct call *c, json_t *tree);

#endif
