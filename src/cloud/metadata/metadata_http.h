/* SPDX-License-Identifier: Apache-2.0 */
/* A guest's question: the head of an HTTP request (RFC 9112), of which no more is understood than the
 * service needs. Guests have no body to send. */
#ifndef CLOUD_METADATA_HTTP_H
#define CLOUD_METADATA_HTTP_H

#include <stdbool.h>
#include <stddef.h>
#include "base/status.h"

enum {
	METADATA_HEAD_MAX = 8192, /* bytes, its empty line included */
	METADATA_LINES_MAX = 64,  /* fields */
	METADATA_PATH_MAX = 256   /* bytes */
};

enum metadata_step {
	METADATA_MORE,  /* the head has not ended */
	METADATA_WHOLE, /* it has, and can be answered */
	METADATA_WRONG  /* it is answered with 'status' and 'why' */
};
struct metadata_head {
	bool only_head; /* HEAD: the answer's head alone is wanted */
	/* Without the query, with single slashes, and none at the end: "" is the root. */
	char path[METADATA_PATH_MAX + 1];
	int status;
	const char *why; /* a literal */
};
/* Looks at all bytes that have come so far. What comes behind the head is passed over. */
enum metadata_step metadata_head(const char *bytes, size_t size,
				 struct metadata_head *out) MUST_USE;

#endif
