/* SPDX-License-Identifier: Apache-2.0 */
/* The stand-in where there is no OVN: it carries no packet, and says so wherever it is named. It takes
 * every wish, and calls a port up as soon as a device has it, so that what stands on networks can be
 * tried without them. */
#include <pthread.h>
#include <stdlib.h>
#include "cloud/network/network_driver.h"

struct change {
	struct change *next;
	bool up;
	char port_id[40];
};

/* Owner: the room, between open() and close(). */
struct fake {
	pthread_mutex_t lock;
	struct change *first, **last; /* what was not told yet */
};

static enum status fake_open(struct call *c, const char *where, const char *hosts,
			     const char *house, void **state)
{
	struct fake *f = calloc(1, sizeof *f);

	(void)where, (void)hosts, (void)house;
	if (!f)
		return fail(c, ST_INTERNAL, NULL, "no memory for the stand-in");
	pthread_mutex_init(&f->lock, NULL);
	f->last = &f->first;
	*state = f;
	return ST_OK;
}

static void fake_close(void *state)
{
	struct fake *f = state;

	if (!f)
		return;
	while (f->first) {
		struct change *gone = f->first;
		f->first = gone->next;
		free(gone);
	}
	pthread_mutex_destroy(&f->lock);
	free(f);
}

static enum status fake_put_network(struct call *c, void *state, const struct wanted_network *want)
{
	(void)c, (void)state, (void)want;
	return ST_OK;
}

static enum status fake_put_group(struct call *c, void *state, const struct wanted_group *want)
{
	(void)c, (void)state, (void)want;
	return ST_OK;
}

static enum status fake_put_router(struct call *c, void *state, const struct wanted_router *want)
{
	(void)c, (void)state, (void)want;
	return ST_OK;
}

static enum status fake_drop(struct call *c, void *state, const char *id)
{
	(void)c, (void)state, (void)id;
	return ST_OK;
}

static enum status fake_put_port(struct call *c, void *state, const struct wanted_port *want)
{
	struct change *change = calloc(1, sizeof *change);
	struct fake *f = state;

	if (!change || strlen(want->id) >= sizeof change->port_id) {
		free(change);
		return fail(c, ST_INTERNAL, NULL, "the stand-in cannot keep port %s", want->id);
	}
	memcpy(change->port_id, want->id, strlen(want->id) + 1);
	change->up = (want->plugged || want->router) && want->enabled;
	pthread_mutex_lock(&f->lock);
	*f->last = change;
	f->last = &change->next;
	pthread_mutex_unlock(&f->lock);
	return ST_OK;
}

static enum status fake_survey(struct call *c, void *state, const struct wanted_all *want,
			       struct network_survey *out)
{
	(void)c, (void)state, (void)want;
	*out = (struct network_survey){ 0 };
	return ST_OK;
}

static enum status fake_bindings(struct call *c, void *state, struct port_bindings *out)
{
	struct fake *f = state;
	struct port_bindings b = { 0 };

	pthread_mutex_lock(&f->lock);
	struct change *told = f->first;
	f->first = NULL;
	f->last = &f->first;
	pthread_mutex_unlock(&f->lock);
	for (struct change *one = told; one; one = one->next)
		b.count++;
	b.list = arena_array(c->arena, b.count + 1, sizeof *b.list);
	for (size_t i = 0; told; i++) {
		struct change *gone = told;
		b.list[i] =
			(struct port_binding){ arena_strdup(c->arena, gone->port_id), gone->up };
		told = gone->next;
		free(gone);
	}
	*out = b;
	return ST_OK;
}

const struct network_driver network_fake = {
	.name = "fake",
	.about = "a stand-in that carries no packet",
	.open = fake_open,
	.close = fake_close,
	.put_network = fake_put_network,
	.drop_network = fake_drop,
	.put_port = fake_put_port,
	.drop_port = fake_drop,
	.put_group = fake_put_group,
	.drop_group = fake_drop,
	.put_router = fake_put_router,
	.drop_router = fake_drop,
	.survey = fake_survey,
	.bindings = fake_bindings,
};
