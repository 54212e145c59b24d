-- What people said with what they did 意见, and comments: the index of entries of the log that have a text or a
-- verdict. `yongyun check --deep` holds the rows to the log.
create table process_opinion (
	instance_id   @INT not null,
	number        @INT not null,                 -- of the entry
	execution     @INT not null,                 -- of the task; 0: of the instance
	node          text not null,
	command       text not null,
	author        text not null,
	behalf        text,
	verdict       text check (verdict in ('approve', 'reject', 'abstain')),
	text          text not null,
	at            @INT not null,
	primary key (instance_id, number)
) @STRICT;

-- Files that were handed in 附件; the bytes stand in the file store. A row stays when it is taken back.
create table process_attachment (
	id            text primary key,
	instance_id   @INT not null,
	number        @INT not null,                 -- of the entry of the log
	execution     @INT not null,
	node          text not null,
	name          text not null,
	media_type    text not null,                 -- as the sender said
	sha256        text not null,
	size          @INT not null check (size >= 0),
	author        text not null,
	behalf        text,
	at            @INT not null,
	removed_at    @INT
) @STRICT;
create index process_attachment_of_instance on process_attachment (instance_id, number);
create index process_attachment_bytes on process_attachment (sha256) where removed_at is null;
