/* SPDX-License-Identifier: Apache-2.0 */
/* What the room gives to the house. */
#include "data/catalogue/catalogue_private.h"

static const struct permission permissions[] = {
	{ "catalogue.edit", ROLE_DATA_STEWARD,
	  "Write, submit and import the catalogue entries of one's department" },
	{ "catalogue.review", ROLE_DATA_STEWARD | ROLE_DEPARTMENT_ADMIN,
	  "Publish, return and revoke catalogue entries that others of the department wrote" },
	{ "catalogue.manage", ROLE_SYSTEM_ADMIN,
	  "Add to the classification, and state who is a provider under which code" },
	{ 0 },
};

static const struct route_group groups[] = { { &own_dialect, catalogue_routes }, { 0 } };

static const struct listener listens[] = {
	{ "catalogue.department", "identity.domain.deleted", catalogue_depart },
	{ 0 },
};

const struct module catalogue_module = {
	.name = "catalogue",
	.permissions = permissions,
	.routes = groups,
	.listens = listens,
	.check = catalogue_check,
};
