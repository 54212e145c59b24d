/* SPDX-License-Identifier: Apache-2.0 */
/* The element kinds of BPMN 2.0.2, each with its parent kind, its attributes and its children in the
 * order of the standard's XML schema (clauses 8 to 11 and 15). One table serves reading, the strict
 * gate and the engine.
 *
 * Attributes: "name:type", '!' behind a required one. Types: ID, text, bool, int, uri, name;
 * a|b|c for an enumeration; >kind for a reference to an element of that kind, > for one to anything
 * (also outside of BPMN). Children: "name[:type]" with ?, * or + for the count, 1 without. A child
 * without type is an element (or any of a derived kind) of that name; types as above, or the kind
 * whose content it has; 'any' for free content. */
#ifndef ENGINE_FLOW_BPMN_WORDS_H
#define ENGINE_FLOW_BPMN_WORDS_H

// clang-format off
#define BPMN_KINDS(X) \
X(FOREIGN, "", FOREIGN, "", "") \
/* -- infrastructure, clause 8 -- */ \
X(BASE, "baseElement", FOREIGN, "id:ID", "documentation* extensionElements?") \
X(DOCUMENTATION, "documentation", FOREIGN, "id:ID textFormat:text", "any*:any") \
X(EXTENSION_ELEMENTS, "extensionElements", FOREIGN, "", "any*:any") \
X(DEFINITIONS, "definitions", FOREIGN, "id:ID name:text targetNamespace:uri! expressionLanguage:uri typeLanguage:uri exporter:text exporterVersion:text", "import* extension* rootElement* BPMNDiagram*:any relationship*") \
X(IMPORT, "import", FOREIGN, "namespace:uri! location:text! importType:uri!", "") \
X(EXTENSION, "extension", FOREIGN, "definition:> mustUnderstand:bool", "documentation*") \
X(RELATIONSHIP, "relationship", BASE, "type:text! direction:None|Forward|Backward|Both", "source+:> target+:>") \
X(ROOT, "rootElement", BASE, "", "") \
X(CATEGORY, "category", ROOT, "name:text", "categoryValue*") \
X(CATEGORY_VALUE, "categoryValue", BASE, "value:text", "") \
X(ITEM_DEFINITION, "itemDefinition", ROOT, "structureRef:> isCollection:bool itemKind:Information|Physical", "") \
X(MESSAGE, "message", ROOT, "name:text itemRef:>itemDefinition", "") \
X(ERROR, "error", ROOT, "name:text errorCode:text structureRef:>itemDefinition", "") \
X(ESCALATION, "escalation", ROOT, "name:text escalationCode:text structureRef:>itemDefinition", "") \
X(SIGNAL, "signal", ROOT, "name:text structureRef:>itemDefinition", "") \
X(RESOURCE, "resource", ROOT, "name:text!", "resourceParameter*") \
X(RESOURCE_PARAMETER, "resourceParameter", BASE, "name:text type:> isRequired:bool", "") \
X(INTERFACE, "interface", ROOT, "name:text! implementationRef:>", "operation+") \
X(OPERATION, "operation", BASE, "name:text! implementationRef:>", "inMessageRef:>message outMessageRef?:>message errorRef*:>error") \
X(END_POINT, "endPoint", ROOT, "", "") \
X(EXPRESSION, "expression", BASE, "", "any*:any") \
X(FORMAL_EXPRESSION, "formalExpression", EXPRESSION, "language:uri evaluatesToTypeRef:>", "") \
X(ARTIFACT, "artifact", BASE, "", "") \
X(ASSOCIATION, "association", ARTIFACT, "sourceRef:>baseElement! targetRef:>baseElement! associationDirection:None|One|Both", "") \
X(GROUP, "group", ARTIFACT, "categoryValueRef:>categoryValue", "") \
X(TEXT_ANNOTATION, "textAnnotation", ARTIFACT, "textFormat:text", "text?:any") \
X(TEXT, "text", FOREIGN, "", "any*:any") \
/* -- collaboration, clause 9 -- */ \
X(COLLABORATION, "collaboration", ROOT, "name:text isClosed:bool", "participant* messageFlow* artifact* conversationNode* conversationAssociation* participantAssociation* messageFlowAssociation* correlationKey* choreographyRef*:>choreography conversationLink*") \
X(GLOBAL_CONVERSATION, "globalConversation", COLLABORATION, "", "") \
X(PARTICIPANT, "participant", BASE, "name:text processRef:>process", "interfaceRef*:>interface endPointRef*:>endPoint participantMultiplicity?") \
X(PARTICIPANT_MULTIPLICITY, "participantMultiplicity", BASE, "minimum:int maximum:int", "") \
X(PARTICIPANT_ASSOCIATION, "participantAssociation", BASE, "", "innerParticipantRef:>participant outerParticipantRef:>participant") \
X(PARTNER_ENTITY, "partnerEntity", ROOT, "name:text", "participantRef*:>participant") \
X(PARTNER_ROLE, "partnerRole", ROOT, "name:text", "participantRef*:>participant") \
X(MESSAGE_FLOW, "messageFlow", BASE, "name:text sourceRef:>baseElement! targetRef:>baseElement! messageRef:>message", "") \
X(MESSAGE_FLOW_ASSOCIATION, "messageFlowAssociation", BASE, "innerMessageFlowRef:>messageFlow! outerMessageFlowRef:>messageFlow!", "") \
X(CONVERSATION_NODE, "conversationNode", BASE, "name:text", "participantRef*:>participant messageFlowRef*:>messageFlow correlationKey*") \
X(CONVERSATION, "conversation", CONVERSATION_NODE, "", "") \
X(SUB_CONVERSATION, "subConversation", CONVERSATION_NODE, "", "conversationNode*") \
X(CALL_CONVERSATION, "callConversation", CONVERSATION_NODE, "calledCollaborationRef:>collaboration", "participantAssociation*") \
X(CONVERSATION_ASSOCIATION, "conversationAssociation", BASE, "innerConversationNodeRef:>conversationNode! outerConversationNodeRef:>conversationNode!", "") \
X(CONVERSATION_LINK, "conversationLink", BASE, "name:text sourceRef:>baseElement! targetRef:>baseElement!", "") \
X(CORRELATION_KEY, "correlationKey", BASE, "name:text", "correlationPropertyRef*:>correlationProperty") \
X(CORRELATION_PROPERTY, "correlationProperty", ROOT, "name:text type:>", "correlationPropertyRetrievalExpression+") \
X(CORRELATION_PROPERTY_RETRIEVAL_EXPRESSION, "correlationPropertyRetrievalExpression", BASE, "messageRef:>message!", "messagePath:formalExpression") \
X(CORRELATION_PROPERTY_BINDING, "correlationPropertyBinding", BASE, "correlationPropertyRef:>correlationProperty!", "dataPath:formalExpression") \
X(CORRELATION_SUBSCRIPTION, "correlationSubscription", BASE, "correlationKeyRef:>correlationKey!", "correlationPropertyBinding*") \
/* -- process, clause 10 -- */ \
X(CALLABLE, "callableElement", ROOT, "name:text", "supportedInterfaceRef*:>interface ioSpecification? ioBinding*") \
X(PROCESS, "process", CALLABLE, "processType:None|Public|Private isClosed:bool isExecutable:bool definitionalCollaborationRef:>collaboration", "auditing? monitoring? property* laneSet* flowElement* artifact* resourceRole* correlationSubscription* supports*:>process") \
X(GLOBAL_TASK, "globalTask", CALLABLE, "", "resourceRole*") \
X(GLOBAL_BUSINESS_RULE_TASK, "globalBusinessRuleTask", GLOBAL_TASK, "implementation:text", "") \
X(GLOBAL_MANUAL_TASK, "globalManualTask", GLOBAL_TASK, "", "") \
X(GLOBAL_SCRIPT_TASK, "globalScriptTask", GLOBAL_TASK, "scriptLanguage:uri", "script?") \
X(GLOBAL_USER_TASK, "globalUserTask", GLOBAL_TASK, "implementation:text", "rendering*") \
X(AUDITING, "auditing", BASE, "", "") \
X(MONITORING, "monitoring", BASE, "", "") \
X(RENDERING, "rendering", BASE, "", "") \
X(LANE_SET, "laneSet", BASE, "name:text", "lane*") \
X(LANE, "lane", BASE, "name:text partitionElementRef:>", "partitionElement?:baseElement flowNodeRef*:>flowNode childLaneSet?:laneSet") \
X(FLOW_ELEMENT, "flowElement", BASE, "name:text", "auditing? monitoring? categoryValueRef*:>categoryValue") \
X(FLOW_NODE, "flowNode", FLOW_ELEMENT, "", "incoming*:>sequenceFlow outgoing*:>sequenceFlow") \
X(SEQUENCE_FLOW, "sequenceFlow", FLOW_ELEMENT, "sourceRef:>flowNode! targetRef:>flowNode! isImmediate:bool", "conditionExpression?:expression") \
X(DATA_OBJECT, "dataObject", FLOW_ELEMENT, "itemSubjectRef:>itemDefinition isCollection:bool", "dataState?") \
X(DATA_OBJECT_REFERENCE, "dataObjectReference", FLOW_ELEMENT, "itemSubjectRef:>itemDefinition dataObjectRef:>dataObject", "dataState?") \
X(DATA_STORE, "dataStore", ROOT, "name:text capacity:int isUnlimited:bool itemSubjectRef:>itemDefinition", "dataState?") \
X(DATA_STORE_REFERENCE, "dataStoreReference", FLOW_ELEMENT, "itemSubjectRef:>itemDefinition dataStoreRef:>dataStore", "dataState?") \
X(DATA_STATE, "dataState", BASE, "name:text", "") \
X(PROPERTY, "property", BASE, "name:text itemSubjectRef:>itemDefinition", "dataState?") \
X(IO_SPECIFICATION, "ioSpecification", BASE, "", "dataInput* dataOutput* inputSet+ outputSet+") \
X(DATA_INPUT, "dataInput", BASE, "name:text itemSubjectRef:>itemDefinition isCollection:bool", "dataState?") \
X(DATA_OUTPUT, "dataOutput", BASE, "name:text itemSubjectRef:>itemDefinition isCollection:bool", "dataState?") \
X(INPUT_SET, "inputSet", BASE, "name:text", "dataInputRefs*:>dataInput optionalInputRefs*:>dataInput whileExecutingInputRefs*:>dataInput outputSetRefs*:>outputSet") \
X(OUTPUT_SET, "outputSet", BASE, "name:text", "dataOutputRefs*:>dataOutput optionalOutputRefs*:>dataOutput whileExecutingOutputRefs*:>dataOutput inputSetRefs*:>inputSet") \
X(IO_BINDING, "ioBinding", BASE, "operationRef:>operation! inputDataRef:>inputSet! outputDataRef:>outputSet!", "") \
X(DATA_ASSOCIATION, "dataAssociation", BASE, "", "sourceRef*:>baseElement targetRef:>baseElement transformation?:formalExpression assignment*") \
X(DATA_INPUT_ASSOCIATION, "dataInputAssociation", DATA_ASSOCIATION, "", "") \
X(DATA_OUTPUT_ASSOCIATION, "dataOutputAssociation", DATA_ASSOCIATION, "", "") \
X(ASSIGNMENT, "assignment", BASE, "", "from:expression to:expression") \
X(RESOURCE_ROLE, "resourceRole", BASE, "name:text", "resourceRef?:>resource resourceParameterBinding* resourceAssignmentExpression?") \
X(PERFORMER, "performer", RESOURCE_ROLE, "", "") \
X(HUMAN_PERFORMER, "humanPerformer", PERFORMER, "", "") \
X(POTENTIAL_OWNER, "potentialOwner", HUMAN_PERFORMER, "", "") \
X(RESOURCE_PARAMETER_BINDING, "resourceParameterBinding", BASE, "parameterRef:>resourceParameter!", "expression") \
X(RESOURCE_ASSIGNMENT_EXPRESSION, "resourceAssignmentExpression", BASE, "", "expression") \
X(ACTIVITY, "activity", FLOW_NODE, "isForCompensation:bool startQuantity:int completionQuantity:int default:>sequenceFlow", "ioSpecification? property* dataInputAssociation* dataOutputAssociation* resourceRole* loopCharacteristics?") \
X(TASK, "task", ACTIVITY, "", "") \
X(SERVICE_TASK, "serviceTask", TASK, "implementation:text operationRef:>operation", "") \
X(SEND_TASK, "sendTask", TASK, "implementation:text messageRef:>message operationRef:>operation", "") \
X(RECEIVE_TASK, "receiveTask", TASK, "implementation:text instantiate:bool messageRef:>message operationRef:>operation", "") \
X(USER_TASK, "userTask", TASK, "implementation:text", "rendering*") \
X(MANUAL_TASK, "manualTask", TASK, "", "") \
X(BUSINESS_RULE_TASK, "businessRuleTask", TASK, "implementation:text", "") \
X(SCRIPT_TASK, "scriptTask", TASK, "scriptFormat:text", "script?") \
X(SCRIPT, "script", FOREIGN, "", "any*:any") \
X(CALL_ACTIVITY, "callActivity", ACTIVITY, "calledElement:>callableElement", "") \
X(SUB_PROCESS, "subProcess", ACTIVITY, "triggeredByEvent:bool", "laneSet* flowElement* artifact*") \
X(TRANSACTION, "transaction", SUB_PROCESS, "method:text", "") \
X(AD_HOC_SUB_PROCESS, "adHocSubProcess", SUB_PROCESS, "cancelRemainingInstances:bool ordering:Parallel|Sequential", "completionCondition?:expression") \
X(LOOP_CHARACTERISTICS, "loopCharacteristics", BASE, "", "") \
X(STANDARD_LOOP, "standardLoopCharacteristics", LOOP_CHARACTERISTICS, "testBefore:bool loopMaximum:int", "loopCondition?:expression") \
X(MULTI_INSTANCE, "multiInstanceLoopCharacteristics", LOOP_CHARACTERISTICS, "isSequential:bool behavior:None|One|All|Complex oneBehaviorEventRef:>eventDefinition noneBehaviorEventRef:>eventDefinition", "loopCardinality?:expression loopDataInputRef?:>baseElement loopDataOutputRef?:>baseElement inputDataItem?:dataInput outputDataItem?:dataOutput complexBehaviorDefinition* completionCondition?:expression") \
X(COMPLEX_BEHAVIOR, "complexBehaviorDefinition", BASE, "", "condition:formalExpression event?:implicitThrowEvent") \
X(GATEWAY, "gateway", FLOW_NODE, "gatewayDirection:Unspecified|Converging|Diverging|Mixed", "") \
X(EXCLUSIVE_GATEWAY, "exclusiveGateway", GATEWAY, "default:>sequenceFlow", "") \
X(INCLUSIVE_GATEWAY, "inclusiveGateway", GATEWAY, "default:>sequenceFlow", "") \
X(PARALLEL_GATEWAY, "parallelGateway", GATEWAY, "", "") \
X(COMPLEX_GATEWAY, "complexGateway", GATEWAY, "default:>sequenceFlow", "activationCondition?:expression") \
X(EVENT_BASED_GATEWAY, "eventBasedGateway", GATEWAY, "instantiate:bool eventGatewayType:Parallel|Exclusive", "") \
X(EVENT, "event", FLOW_NODE, "", "property*") \
X(CATCH_EVENT, "catchEvent", EVENT, "parallelMultiple:bool", "dataOutput* dataOutputAssociation* outputSet? eventDefinition* eventDefinitionRef*:>eventDefinition") \
X(START_EVENT, "startEvent", CATCH_EVENT, "isInterrupting:bool", "") \
X(INTERMEDIATE_CATCH_EVENT, "intermediateCatchEvent", CATCH_EVENT, "", "") \
X(BOUNDARY_EVENT, "boundaryEvent", CATCH_EVENT, "cancelActivity:bool attachedToRef:>activity!", "") \
X(THROW_EVENT, "throwEvent", EVENT, "", "dataInput* dataInputAssociation* inputSet? eventDefinition* eventDefinitionRef*:>eventDefinition") \
X(INTERMEDIATE_THROW_EVENT, "intermediateThrowEvent", THROW_EVENT, "", "") \
X(IMPLICIT_THROW_EVENT, "implicitThrowEvent", THROW_EVENT, "", "") \
X(END_EVENT, "endEvent", THROW_EVENT, "", "") \
X(EVENT_DEFINITION, "eventDefinition", ROOT, "", "") \
X(CANCEL_DEFINITION, "cancelEventDefinition", EVENT_DEFINITION, "", "") \
X(COMPENSATE_DEFINITION, "compensateEventDefinition", EVENT_DEFINITION, "waitForCompletion:bool activityRef:>activity", "") \
X(CONDITIONAL_DEFINITION, "conditionalEventDefinition", EVENT_DEFINITION, "", "condition:expression") \
X(ERROR_DEFINITION, "errorEventDefinition", EVENT_DEFINITION, "errorRef:>error", "") \
X(ESCALATION_DEFINITION, "escalationEventDefinition", EVENT_DEFINITION, "escalationRef:>escalation", "") \
X(LINK_DEFINITION, "linkEventDefinition", EVENT_DEFINITION, "name:text!", "source*:>linkEventDefinition target?:>linkEventDefinition") \
X(MESSAGE_DEFINITION, "messageEventDefinition", EVENT_DEFINITION, "messageRef:>message", "operationRef?:>operation") \
X(SIGNAL_DEFINITION, "signalEventDefinition", EVENT_DEFINITION, "signalRef:>signal", "") \
X(TERMINATE_DEFINITION, "terminateEventDefinition", EVENT_DEFINITION, "", "") \
X(TIMER_DEFINITION, "timerEventDefinition", EVENT_DEFINITION, "", "timeDate?:expression timeDuration?:expression timeCycle?:expression") \
/* -- choreography, clause 11 -- */ \
X(CHOREOGRAPHY, "choreography", COLLABORATION, "", "flowElement*") \
X(GLOBAL_CHOREOGRAPHY_TASK, "globalChoreographyTask", CHOREOGRAPHY, "initiatingParticipantRef:>participant!", "") \
X(CHOREOGRAPHY_ACTIVITY, "choreographyActivity", FLOW_NODE, "initiatingParticipantRef:>participant! loopType:None|Standard|MultiInstanceSequential|MultiInstanceParallel", "participantRef+:>participant correlationKey*") \
X(CALL_CHOREOGRAPHY, "callChoreography", CHOREOGRAPHY_ACTIVITY, "calledChoreographyRef:>choreography", "participantAssociation*") \
X(CHOREOGRAPHY_TASK, "choreographyTask", CHOREOGRAPHY_ACTIVITY, "", "messageFlowRef+:>messageFlow") \
X(SUB_CHOREOGRAPHY, "subChoreography", CHOREOGRAPHY_ACTIVITY, "", "flowElement* artifact*")
// clang-format on

enum bpmn_kind {
#define X(kind, name, parent, attributes, children) BPMN_##kind,
	BPMN_KINDS(X)
#undef X
		BPMN_KIND_COUNT
};

struct bpmn_word {
	const char *name;
	enum bpmn_kind parent;
	const char *attributes;
	const char *children;
};

extern const struct bpmn_word bpmn_words[BPMN_KIND_COUNT];

/* The kind of a global element's name; BPMN_FOREIGN when BPMN has none of it. */
enum bpmn_kind bpmn_kind_of(const char *name);
/* The kind that the child 'name' has inside 'parent', where the schema names one for it (as
 * conditionExpression has expression's); else bpmn_kind_of(). */
enum bpmn_kind bpmn_kind_within(enum bpmn_kind parent, const char *name);
/* Whether 'kind' is 'of' or derived from it. */
int bpmn_kind_is(int kind, int of);

/* One attribute or child of a kind's list, as the walk below finds it. */
struct bpmn_part {
	char name[48];
	char type[64]; /* "" for none */
	int min, max;  /* of a child; max 0: any number */
	int required;  /* of an attribute */
};

/* Walks a list of the table: '*at' begins at the list; false at its end. */
int bpmn_next_part(const char **at, struct bpmn_part *out);

#endif
