-- What a department's steward demands of the items of a resource beyond the catalogue: lines as in
-- docs/intake.md.
create table intake_rules (
	resource_id     text not null primary key,
	rules           text not null,
	updated_by      text not null,
	updated_at      @INT not null
) @STRICT;

-- Batches: whole tables that were handed in. Their bytes stand in the file store, which counts them.
create table intake_batch (
	id              text not null primary key,
	resource_id     text not null,
	resource_code   text not null,
	domain_id       text not null,               -- the department whose resource it is
	number          @INT not null check (number > 0),
	version         @INT not null check (version > 0), -- of the catalogue entry
	state           text not null check (state in ('waiting', 'taken', 'refused')),
	source          text not null,               -- the file's name
	source_sha256   text not null,
	source_size     @INT not null check (source_size >= 0),
	clean_sha256    text,                        -- what kept the rules, with the source's lines
	rejected_sha256 text,                        -- what did not, with line, item and rule
	rows            @INT not null check (rows = accepted + rejected),
	accepted        @INT not null check (accepted >= 0),
	rejected        @INT not null check (rejected >= 0),
	report          text,                        -- JSON
	problem         text,
	handed_by       text not null,
	handed_at       @INT not null,
	done_at         @INT,
	unique (resource_id, number),
	check ((state = 'waiting') = (done_at is null)),
	check ((state = 'taken') = (clean_sha256 is not null)),
	check ((clean_sha256 is null) = (rejected_sha256 is null)),
	check ((state = 'refused') = (problem is not null))
) @STRICT;
create index intake_batch_domain on intake_batch (domain_id, id);
