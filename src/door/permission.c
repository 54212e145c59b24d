/* SPDX-License-Identifier: Apache-2.0 */
/* The permissions of all rooms, numbered once at start, and what the built-in roles hold of them. */
#include <assert.h>
#include "base/shape.h"
#include "base/text.h"
#include "door/module.h"
#include "door/permission.h"

/* Filled once before the first call is served, read only since then. */
static struct {
	const struct permission *list[PERMISSIONS_MAX];
	int count;
	uint64_t of_role[16][4]; /* by the number of a role's bit */
} known;

static void set_bit(uint64_t bits[4], int n)
{
	bits[n / 64] |= UINT64_C(1) << (n % 64);
}

static int find(const char *name)
{
	for (int i = 0; i < known.count; i++)
		if (str_eq(known.list[i]->name, name))
			return i;
	return -1;
}

static void add(const struct permission *p)
{
	assert(known.count < PERMISSIONS_MAX);
	assert(find(p->name) < 0);
	int n = known.count++;
	known.list[n] = p;
	for (int role = 0; role < 16; role++)
		if ((p->held_by | ROLE_ADMIN) >> role & 1)
			set_bit(known.of_role[role], n);
}

void permissions_open(const struct module *const *modules)
{
	memset(&known, 0, sizeof known);
	for (; *modules; modules++)
		for (const struct permission *p = (*modules)->permissions; p && p->name; p++)
			add(p);
	shape_ask_may(may);
}

int permission_bit(const char *name)
{
	int n = find(name);

	assert(n >= 0);
	return n;
}

void permissions_of(unsigned roles, uint64_t bits[4])
{
	for (int role = 0; role < 16; role++)
		for (int i = 0; i < 4 && roles >> role & 1; i++)
			bits[i] |= known.of_role[role][i];
}

bool may(const struct call *c, const char *name)
{
	int n = permission_bit(name);

	return c->actor.permissions[n / 64] >> (n % 64) & 1;
}
