/* SPDX-License-Identifier: Apache-2.0 */
/* What the room gives to the house. */
#include "service/hall/hall_private.h"

static const struct permission permissions[] = {
	{ "hall.edit", ROLE_ITEM_EDITOR,
	  "Write, import and submit the service items and themes of one's department" },
	{ "hall.approve", ROLE_ITEM_APPROVER | ROLE_DEPARTMENT_ADMIN,
	  "Publish, suspend and withdraw what others of the department submitted" },
	{ "hall.read", ROLE_ITEM_EDITOR | ROLE_ITEM_APPROVER | ROLE_DEPARTMENT_ADMIN,
	  "See drafts and versions of one's department's service items" },
	{ "hall.manage", ROLE_SYSTEM_ADMIN,
	  "State which departments are offices of the hall, and under which code" },
	{ 0 },
};

static const struct route_group groups[] = { { &own_dialect, hall_routes }, { 0 } };

static const struct listener listens[] = {
	{ "hall.department", "identity.domain.deleted", hall_depart },
	{ 0 },
};

const struct module hall_module = {
	.name = "hall",
	.permissions = permissions,
	.routes = groups,
	.listens = listens,
	.check = hall_check,
};
