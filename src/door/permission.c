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
	int by_name[PERMISSIONS_MAX]; /* numbers, in the order of the names */
	int count;
	uint64_t of_role[16][4]; /* by the number of a role's bit */
} known;

static void set_bit(uint64_t bits[4], int n)
{
	bits[n / 64] |= UINT64_C(1) << (n % 64);
}

/* Where the name stands, or would, in the order of names. */
static int place_of(const char *name)
{
	int low = 0, high = known.count;
	while (low < high) {
		int middle = (low + high) / 2;
		if (strcmp(known.list[known.by_name[middle]]->name, name) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/* Asked for each member of each thing in an answer: see base/shape.h, may. */
static int find(const char *name)
{
	int i = place_of(name);
	return i < known.count && str_eq(known.list[known.by_name[i]]->name, name)
		       ? known.by_name[i]
		       : -1;
}

static void add(const struct permission *p)
{
	assert(known.count < PERMISSIONS_MAX);
	assert(find(p->name) < 0);
	int place = place_of(p->name), n = known.count;
	memmove(&known.by_name[place + 1], &known.by_name[place],
		(size_t)(n - place) * sizeof(known.by_name[0]));
	known.by_name[place] = n;
	known.list[n] = p;
	known.count++;
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
