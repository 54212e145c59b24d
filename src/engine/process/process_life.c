/* SPDX-License-Identifier: Apache-2.0 */
/* Worlds of instances that were at work lately, so that the next command of one need not read its body.
 *
 * A life is found by its instance and the hash of the newest entry of its log. The hash is a digest of all
 * that made the state, so whoever reads it in a row and finds a life by it has that very state: what another
 * process wrote, or a transaction that was undone, has another hash and is never taken. Whoever has taken a
 * life has it alone. */
#include <assert.h>
#include <pthread.h>
#include <stdlib.h>
#include "engine/process/process_private.h"

/* A life takes some kilobytes and about six bytes for each of its body. */
enum { SLOTS = 1024, LIVES_MAX = 512, LIFE_BODY_MAX = 64 << 10, BODIES_MAX = 8 << 20 };

static struct {
	pthread_mutex_t lock;
	struct run_life *slots[SLOTS];
	struct run_life *oldest, *newest;
	size_t count, bodies;
} cache = { .lock = PTHREAD_MUTEX_INITIALIZER };

struct run_life *life_new(void)
{
	struct run_life *life = calloc(1, sizeof(*life));
	assert(life); /* out of memory: the supervisor starts the process again */
	return life;
}

void life_end(struct run_life *life)
{
	if (!life)
		return;
	flow_world_end(&life->world);
	while (life->program_count)
		process_program_release(life->programs[--life->program_count]);
	free(life);
}

static struct run_life **slot_of(int64_t instance_id)
{
	struct run_life **at = &cache.slots[(uint64_t)instance_id % SLOTS];
	while (*at && (*at)->instance_id != instance_id)
		at = &(*at)->next;
	return at;
}

/* With the lock held: out of the slot and of the row of ages. */
static struct run_life *unlink_at(struct run_life **at)
{
	struct run_life *life = *at;
	assert(life);
	*at = life->next;
	*(life->older ? &life->older->newer : &cache.oldest) = life->newer;
	*(life->newer ? &life->newer->older : &cache.newest) = life->older;
	life->older = life->newer = life->next = NULL;
	cache.count--;
	cache.bodies -= life->size;
	return life;
}

struct run_life *life_take(int64_t instance_id, const char *hash)
{
	struct run_life *found = NULL;
	pthread_mutex_lock(&cache.lock);
	struct run_life **at = slot_of(instance_id);
	if (*at)
		found = unlink_at(at);
	pthread_mutex_unlock(&cache.lock);
	if (found && str_eq(found->hash, hash))
		return found;
	life_end(found);
	return NULL;
}

/* With the lock held: the oldest goes out, onto the list of those to end. */
static void make_room(struct run_life **gone)
{
	struct run_life *life = unlink_at(slot_of(cache.oldest->instance_id));
	life->next = *gone;
	*gone = life;
}

void life_give(void *life_)
{
	struct run_life *life = life_, *gone = NULL;
	if (!life->hash[0] || life->size > LIFE_BODY_MAX) {
		life_end(life);
		return;
	}
	pthread_mutex_lock(&cache.lock);
	struct run_life **at = slot_of(life->instance_id);
	if (*at)
		gone = unlink_at(at);
	while (cache.oldest && (cache.count >= LIVES_MAX || cache.bodies + life->size > BODIES_MAX))
		make_room(&gone);
	at = &cache.slots[(uint64_t)life->instance_id % SLOTS];
	life->next = *at;
	*at = life;
	life->older = cache.newest;
	*(cache.newest ? &cache.newest->newer : &cache.oldest) = life;
	cache.newest = life;
	cache.count++;
	cache.bodies += life->size;
	pthread_mutex_unlock(&cache.lock);
	while (gone) {
		life = gone;
		gone = life->next;
		life_end(life);
	}
}

void lives_drop(void)
{
	struct run_life *gone = NULL;
	pthread_mutex_lock(&cache.lock);
	while (cache.oldest)
		make_room(&gone);
	pthread_mutex_unlock(&cache.lock);
	while (gone) {
		struct run_life *life = gone;
		gone = life->next;
		life_end(life);
	}
}
