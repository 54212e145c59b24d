/* SPDX-License-Identifier: Apache-2.0 */
/* What the files of this room share: the service, its places (a namespace each), and who asks. */
#ifndef CLOUD_METADATA_PRIVATE_H
#define CLOUD_METADATA_PRIVATE_H

#include <pthread.h>
#include "base/text.h"
#include "cloud/metadata/metadata.h"
#include "cloud/metadata/metadata_http.h"
#include "cloud/metadata/metadata_space.h"
#include "cloud/metadata/metadata_tree.h"
#include "cloud/network/ovsdb.h"

enum {
	DEVICE_SIZE = 16, /* IFNAMSIZ */
	NETWORK_ID_SIZE = 37,
	ASKERS_MAX = 256, /* connections at once, of all guests of this machine */
	ASKERS_EACH = 8   /* of one guest */
};
/* How long a guest may take to ask and to read its answer. */
#define ASKER_LIFE (10 * CLOCK_SECOND)

/* A network that guests of this machine are in. Owner: the keeper, who alone changes the list, under the
 * lock, and alone reads it without. */
struct place {
	struct place *next;
	uint64_t number; /* never used again */
	char network_id[NETWORK_ID_SIZE], device[DEVICE_SIZE];
	int listener;  /* in its namespace */
	bool open;     /* the asked thread listens to it */
	bool lamented; /* the log has why it is not open */
};

struct metadata {
	struct house *house;
	char *id; /* the house's, in engines */
	struct ovsdb *asks, *follows;
	pthread_t keeper, asked;
	int claim; /* -1: another process serves this machine's guests */
	int epoll, bell;
	pthread_mutex_t lock; /* guards what follows */
	pthread_cond_t wake;
	struct place *places;
	bool ending;
};

/* --- answering (metadata_answer.c) --- */

/* Who asks: the network tells apart what has the same address in several. */
struct metadata_asker {
	const char *network_id;
	const char *address;     /* IPv4 */
	const char *mac_address; /* that answers for it in its network */
};
/* Writes the whole answer to a request that was read. Never fails: what cannot be answered is told so. */
void metadata_answer(struct call *c, const struct metadata_asker *who,
		     const struct metadata_head *head, struct buf *out);
/* The answer to one that could not be read ('head' has status and reason). */
void metadata_refuse(const struct metadata_head *head, struct buf *out);

/* --- the threads --- */

/* Answers guests until m->ending (metadata_asked.c). */
void *metadata_asked(void *m);
/* Keeps places as the guests of this machine need them, until m->ending (metadata_keeper.c). */
void *metadata_keeper(void *m);

/* The device of a network's place, as Open vSwitch and the kernel call it. */
void metadata_device(const char *network_id, char out[DEVICE_SIZE]);

#endif
