/* SPDX-License-Identifier: Apache-2.0 */
/* What the files of the room's routes share. */
#ifndef ENGINE_PROCESS_PROCESS_HTTP_H
#define ENGINE_PROCESS_PROCESS_HTTP_H

#include "door/route.h"
#include "engine/process/process_human.h"
#include "engine/process/process_sign.h"

#define KEY(s) F_STR_AS("Idempotency-Key", s, idempotency_key, 255, OPT | FROM_HEADER)
#define VARIABLES(s) F_JSON(s, variables, PROCESS_VARIABLES_MAX, OPT | NULLABLE)
#define AT "/v1/process"
#define OF(fn, in_t, in_wire, out_t)                                                               \
	.act = fn##_act, .in = in_wire, .in_size = sizeof(struct in_t), .out = out_t##_wire,       \
	.out_size = sizeof(struct out_t)
#define READS .flags = ROUTE_READS, .success = 200
#define ROW(m, p, may_, fn, in_t, in_wire, out_t, ...)                                             \
	{                                                                                          \
		.method = m, .path = AT p, .may = may_, OF(fn, in_t, in_wire, out_t),              \
		##__VA_ARGS__                                                                      \
	}
#define COMMANDS .success = 200, .flags = ROUTE_OPTIONAL_BODY

#endif
