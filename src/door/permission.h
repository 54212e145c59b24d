/* SPDX-License-Identifier: Apache-2.0 */
/* Permissions and the built-in roles that hold them. Each room lists its permissions; a route names
 * the one it needs. Roles made by users hold what they imply of the built-in ones, nothing else. */
#ifndef DOOR_PERMISSION_H
#define DOOR_PERMISSION_H

#include "base/call.h"

/* The built-in roles. 三员分立 (GB/T 22239-2019 8.1.5): system, security and audit administrators are
 * three persons; nobody can hold two of these roles, and none of them holds everything. */
enum role {
	ROLE_ADMIN = 1 << 0,          /* OpenStack's single admin: test profile only */
	ROLE_SYSTEM_ADMIN = 1 << 1,   /* 系统管理员: resources, pools, departments, VDCs */
	ROLE_SECURITY_ADMIN = 1 << 2, /* 安全管理员: people, roles, policies, keys */
	ROLE_AUDIT_ADMIN = 1 << 3,    /* 审计管理员: reads the audit trail, changes nothing */
	ROLE_DEPARTMENT_ADMIN = 1 << 4, /* 单位管理员: people and VDCs of one department */
	ROLE_VDC_ADMIN = 1 << 5,        /* VDC 管理员: people of one VDC */
	ROLE_MEMBER = 1 << 6,           /* uses a VDC's resources */
	ROLE_READER = 1 << 7,           /* sees a VDC's resources */
	ROLE_SERVICE = 1 << 8,
	ROLE_DATA_STEWARD = 1 << 9,   /* 数据管理员: a department's data catalogue */
	ROLE_ITEM_EDITOR = 1 << 10,   /* 事项管理员: writes a department's service items */
	ROLE_ITEM_APPROVER = 1 << 11, /* 事项审核员: publishes what others wrote */
	ROLE_WINDOW_CLERK = 1 << 12,  /* 窗口人员: enters applications for those who come */
	ROLE_CASE_CLERK = 1 << 13     /* 受理人员: receives the applications to an office */
};
#define ROLE_TRIO (ROLE_SYSTEM_ADMIN | ROLE_SECURITY_ADMIN | ROLE_AUDIT_ADMIN)
/* A department's own work: counts in it and in its VDCs, and its administrator gives it. */
#define ROLE_DEPARTMENT_WORK                                                                       \
	(ROLE_DATA_STEWARD | ROLE_ITEM_EDITOR | ROLE_ITEM_APPROVER | ROLE_WINDOW_CLERK |           \
	 ROLE_CASE_CLERK)

struct permission {
	const char *name; /* "compute.server.create" */
	unsigned held_by; /* enum role, or-ed; ROLE_ADMIN holds every permission and need not stand here */
	const char *help;
};

struct module;
enum { PERMISSIONS_MAX = 256 };

/* Numbers all permissions of 'modules'; called once at start. A name that stands twice asserts. */
void permissions_open(const struct module *const *modules);
/* The bit of 'name'; an unknown name asserts: it is a misspelt route. */
int permission_bit(const char *name);
/* Adds to 'bits' all that the roles (enum role, or-ed) hold. */
void permissions_of(unsigned roles, uint64_t bits[4]);
/* Whether the asker holds 'name'. For rules about one object, once its row is read. */
bool may(const struct call *c, const char *name);

#endif
