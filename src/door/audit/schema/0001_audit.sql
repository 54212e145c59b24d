-- The audit trail. Rows are written once and stay; only 'batch' is set later, when an entry is sealed.

-- One thing that was done, refused, or looked at. Without a foreign key: whoever is named may be gone.
create table audit_entry (
	id           @SERIAL,
	at           @INT not null,
	actor_id     text,
	actor_name   text,
	actor_domain text,
	scope        text not null check (scope in ('none', 'system', 'domain', 'project')),
	scope_id     text,
	on_behalf    text,
	purpose      text,
	from_address text not null,
	request_id   text not null,
	action       text not null check (length(action) > 0),
	subject      text,
	subject_id   text,
	outcome      text not null check (length(outcome) > 0),
	reason       text,
	changes      text not null,
	batch        @INT
) @STRICT;

-- What waits to be sealed (batch is null) and what stands in a batch.
create index audit_entry_batch on audit_entry (batch, id);
-- The ways in which the audit administrator looks.
create index audit_entry_at on audit_entry (at);
create index audit_entry_actor on audit_entry (actor_name, at);
create index audit_entry_action on audit_entry (action, at);
create index audit_entry_subject on audit_entry (subject_id, at);

-- One sealed tree. First its entries are claimed (root is null), then it is sealed, once. At most one
-- batch is open, the last. 'members' holds 40 bytes an entry: id (big-endian), leaf hash.
create table audit_batch (
	number     @INT primary key check (number > 0),
	claimed_at @INT not null,
	first_id   @INT,
	last_id    @INT,
	count      @INT check (count > 0),
	root       text check (length(root) = 64),
	previous   text check (length(previous) = 64),
	sealed_at  @INT,
	key_id     text,
	signature  text,
	members    @BLOB,
	check ((root is null) = (signature is null)),
	check ((root is null) = (members is null)),
	check ((root is null) = (sealed_at is null))
) @STRICT;

-- Which process seals, and until when nobody else may. One row.
create table audit_sealer (
	one      @INT primary key check (one = 1),
	holder   text not null,
	until_at @INT not null
) @STRICT;
insert into audit_sealer (one, holder, until_at) values (1, '', 0);
