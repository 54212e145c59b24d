/* SPDX-License-Identifier: Apache-2.0 */
/* What the files of this room share. */
#ifndef ENGINE_FLOW_BPMN_PRIVATE_H
#define ENGINE_FLOW_BPMN_PRIVATE_H

#include "engine/flow/bpmn/bpmn.h"

/* An import element and what became of it. */
struct bpmn_imported {
	const struct bpmn_element *element;
	const char *space, *location;
	bool is_bpmn;             /* importType says so */
	struct bpmn_model *model; /* NULL: not BPMN, or not read */
	const char *problem;      /* why it was not read, or NULL */
	struct bpmn_imported *next;
};

struct bpmn_model {
	struct arena *arena;
	void *document; /* xmlDoc, freed with the arena */
	struct bpmn_element **elements;
	uint32_t count, room;
	struct bpmn_element **by_id; /* open addressing, a power of two */
	uint32_t slots;
	const char *target_namespace;
	const char *location; /* as imported; "" for the model asked for */
	struct bpmn_imported *imports;
	/* Sequence flows into and out of each element, by index; made when first asked for. */
	uint32_t *incoming, *outgoing;
};

/* The rules by group; each adds its findings. */
void bpmn_check_schema(const struct bpmn_model *m, struct bpmn_findings *out);
void bpmn_check_references(const struct bpmn_model *m, struct bpmn_findings *out);
void bpmn_check_flow(const struct bpmn_model *m, struct bpmn_findings *out);
void bpmn_check_events(const struct bpmn_model *m, struct bpmn_findings *out);
void bpmn_check_gateways(const struct bpmn_model *m, struct bpmn_findings *out);
void bpmn_check_activities(const struct bpmn_model *m, struct bpmn_findings *out);
void bpmn_check_data(const struct bpmn_model *m, struct bpmn_findings *out);
void bpmn_check_collaboration(const struct bpmn_model *m, struct bpmn_findings *out);

/* -- helpers of the rules -- */

/* The next element after 'e' in reading order (NULL: the first one) that is of 'kind', or NULL. */
const struct bpmn_element *bpmn_each(const struct bpmn_model *m, const struct bpmn_element *e,
				     enum bpmn_kind kind);
/* Sequence flows whose targetRef (incoming) or sourceRef is the node. */
unsigned bpmn_incoming(const struct bpmn_element *node);
unsigned bpmn_outgoing(const struct bpmn_element *node);
/* The nth event definition of an event, counting children and then what eventDefinitionRef names;
 * NULL behind the last. */
const struct bpmn_element *bpmn_definition(const struct bpmn_element *event, unsigned n);
bool bpmn_has_definition(const struct bpmn_element *event, enum bpmn_kind kind);
/* Whether 'e' stands in a process marked executable. */
bool bpmn_executable(const struct bpmn_element *e);
/* A process or sub-process: what flow nodes stand in. */
bool bpmn_is_container(const struct bpmn_element *e);
bool bpmn_is_event_sub(const struct bpmn_element *e);
/* The name of 'e' for a sentence: its id, or its tag. */
const char *bpmn_who(const struct bpmn_element *e);
/* The element that the text of a reference child names, or NULL. */
const struct bpmn_element *bpmn_text_ref(const struct bpmn_element *child);
/* Whether two item definitions describe the same: the same element, or the same structure and
 * isCollection. Both NULL is the same. */
bool bpmn_same_item(const struct bpmn_element *a, const struct bpmn_element *b);

#endif
