-- A file that was deployed, byte for byte. Nothing in it ever changes.
create table process_model (
	id            @SERIAL,
	domain_id     text not null,                 -- the department; '' for the whole city
	kind          text not null check (kind in ('bpmn', 'dmn')),
	digest        text not null,                 -- SM3 of the bytes
	name          text not null,
	xml           @BLOB not null,
	created_by    text,
	created_at    @INT not null,
	unique (domain_id, kind, digest)
) @STRICT;

-- A version of a process (by its id in the model) or of a decision model (by its id).
create table process_definition (
	id            @SERIAL,
	model_id      @INT not null references process_model (id),
	domain_id     text not null,
	kind          text not null check (kind in ('bpmn', 'dmn')),
	key           text not null,
	version       @INT not null check (version > 0),
	name          text not null,
	state         text not null check (state in ('active', 'suspended')),
	created_at    @INT not null,
	unique (domain_id, kind, key, version)
) @STRICT;
create index process_definition_of_model on process_definition (model_id);

-- What starts a process without being asked: only of the newest version of a key.
create table process_start (
	definition_id @INT not null references process_definition (id),
	node          text not null,
	kind          text not null check (kind in ('message', 'signal', 'timer')),
	domain_id     text not null,
	name          text not null,
	due_at        @INT,                          -- timers
	repeats       @INT not null,                 -- that follow; -1: for ever
	period        @INT not null,                 -- microseconds
	months        @INT not null,
	primary key (definition_id, node)
) @STRICT;
create index process_start_named on process_start (kind, name, domain_id);
create index process_start_due on process_start (due_at) where due_at is not null;

-- An instance. While it runs 'body' is its whole state; the rows below that have its id are found in the
-- body too, and written with it.
create table process_instance (
	id            @SERIAL,
	definition_id @INT not null references process_definition (id),
	domain_id     text not null,
	business_key  text,
	state         text not null check (state in
		('running', 'suspended', 'completed', 'terminated', 'cancelled', 'broken', 'failed')),
	started_by    text,
	started_at    @INT not null,
	ended_at      @INT,
	number        @INT not null,                 -- commands so far: the newest entry of its log
	hash          text not null,                 -- of that entry
	body          text,
	check ((ended_at is null) = (state in ('running', 'suspended'))),
	check ((body is null) = (ended_at is not null))
) @STRICT;
create index process_instance_newest on process_instance (domain_id, id);
create index process_instance_of_definition on process_instance (definition_id, state);
create index process_instance_keyed on process_instance (business_key, domain_id)
	where business_key is not null;

-- Everything that ever happened to an instance: each command with what it was given and what came of it.
-- hash = SM3 over the entry before and this one. Rows are only ever added.
create table process_log (
	instance_id   @INT not null references process_instance (id),
	number        @INT not null check (number > 0),
	at            @INT not null,
	actor         text,                          -- user id; null: a timer, a job, a message
	command       text not null,
	data          text not null,                 -- JSON: in, events
	hash          text not null,
	primary key (instance_id, number)
) @STRICT;

-- Work for people 待办. Open to all of the department when 'open'; else to its candidates.
create table process_task (
	instance_id   @INT not null references process_instance (id),
	execution     @INT not null,
	definition_id @INT not null,
	domain_id     text not null,
	node          text not null,
	name          text not null,
	open          @INT not null check (open in (0, 1)),
	assignee      text,
	form          text,
	priority      @INT not null,
	due_at        @INT,
	created_at    @INT not null,
	claimed_at    @INT,
	primary key (instance_id, execution)
) @STRICT;
create index process_task_of_person on process_task (assignee, instance_id, execution)
	where assignee is not null;
create index process_task_open on process_task (domain_id, instance_id, execution)
	where assignee is null and open = 1;

create table process_candidate (
	kind          text not null check (kind in ('user', 'role')),
	who           text not null,                 -- user id; name of a role
	domain_id     text not null,
	instance_id   @INT not null,
	execution     @INT not null,
	primary key (kind, who, domain_id, instance_id, execution)
) @STRICT;
create index process_candidate_of_task on process_candidate (instance_id, execution);

create table process_timer (
	instance_id   @INT not null references process_instance (id),
	wait          @INT not null,
	node          text not null,
	due_at        @INT not null,
	primary key (instance_id, wait)
) @STRICT;
create index process_timer_due on process_timer (due_at);

-- What waits for a message or signal.
create table process_wait (
	instance_id   @INT not null references process_instance (id),
	wait          @INT not null,
	execution     @INT not null,
	kind          text not null check (kind in ('message', 'signal')),
	node          text not null,
	name          text not null,
	business_key  text,
	domain_id     text not null,
	primary key (instance_id, wait)
) @STRICT;
create index process_wait_named on process_wait (kind, name, domain_id, business_key);

-- Work for machines. 'async': only a step of its own; 'act': an act of another room; 'http': a request;
-- 'worker': whoever asks for the topic.
create table process_job (
	instance_id   @INT not null references process_instance (id),
	execution     @INT not null,
	kind          text not null check (kind in ('async', 'act', 'http', 'worker')),
	node          text not null,
	topic         text not null,                 -- name of the act, address, topic
	domain_id     text not null,
	attempt       @INT not null check (attempt >= 0), -- that have begun
	retries       @INT not null check (retries >= 0), -- that are left
	pause         @INT not null check (pause >= 0),   -- microseconds between attempts
	due_at        @INT not null,                 -- of a held job: when its lease is over
	holder        text,
	why           text,                          -- the last failure
	created_at    @INT not null,
	primary key (instance_id, execution)
) @STRICT;
create index process_job_due on process_job (kind, due_at);
create index process_job_topic on process_job (topic, domain_id, due_at) where kind = 'worker';

create table process_incident (
	instance_id   @INT not null references process_instance (id),
	execution     @INT not null,
	node          text not null,
	why           text not null,
	domain_id     text not null,
	created_at    @INT not null,
	primary key (instance_id, execution)
) @STRICT;
create index process_incident_newest on process_incident (domain_id, created_at);

-- Values of variables that the model declares searchable.
create table process_variable (
	instance_id   @INT not null references process_instance (id),
	name          text not null,
	value         text not null,                 -- a string as it is, others as JSON
	domain_id     text not null,
	primary key (instance_id, name)
) @STRICT;
create index process_variable_valued on process_variable (name, value, domain_id);

-- Messages and signals under way: what instances threw, and messages that nobody waited for yet. A
-- message with an id stays until it expires, so that it is not taken twice.
create table process_message (
	id            @SERIAL,
	domain_id     text not null,
	kind          text not null check (kind in ('message', 'signal')),
	name          text not null,
	business_key  text,
	message_id    text,
	thrown_by     @INT,                          -- the instance, which has heard its own signal
	body          text not null,                 -- a JSON object
	state         text not null check (state in ('waiting', 'delivered')),
	due_at        @INT,                          -- when to try; null: when somebody waits for it
	expires_at    @INT not null,
	created_at    @INT not null
) @STRICT;
create index process_message_due on process_message (due_at) where due_at is not null;
create index process_message_named on process_message (name, domain_id) where state = 'waiting';
create unique index process_message_once on process_message (domain_id, name, message_id)
	where message_id is not null;
create index process_message_expiry on process_message (expires_at);

-- Answers to commands that came with an Idempotency-Key, kept for seven days.
create table process_command (
	owner         text not null,                 -- user id
	key           text not null,
	what          text not null,                 -- SM3 of the command and what it was given
	answer        text not null,
	created_at    @INT not null,
	primary key (owner, key)
) @STRICT;
create index process_command_age on process_command (created_at);
