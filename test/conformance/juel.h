/* SPDX-License-Identifier: Apache-2.0 */
/* The expressions of the scenarios: JUEL in ${}. The product has FEEL; this is the adapter's own. */
#ifndef TEST_CONFORMANCE_JUEL_H
#define TEST_CONFORMANCE_JUEL_H

#include "engine/flow/flow.h"

extern const struct flow_language juel;

#endif
