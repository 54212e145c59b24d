/* SPDX-License-Identifier: Apache-2.0 */
/* The expression dialects of the suites: betsy's conditions (test.contains("a"), integerVariable<3) and
 * the comparisons of JUEL in ${}. The product has FEEL; these are the adapters' own. */
#ifndef TEST_CONFORMANCE_JUEL_H
#define TEST_CONFORMANCE_JUEL_H

#include "engine/flow/flow.h"

extern const struct flow_language juel;
extern const struct flow_language betsy_language;

#endif
