/* SPDX-License-Identifier: Apache-2.0 */
/* The extensions of Camunda, Activiti and Flowable that the scenarios' models use. */
#ifndef TEST_CONFORMANCE_DIALECT_H
#define TEST_CONFORMANCE_DIALECT_H

#include "engine/flow/flow.h"

extern const struct flow_dialect vendor_dialect;
/* An attribute of one of those namespaces, or NULL. */
const char *vendor_attr(const struct bpmn_element *e, const char *name);

#endif
