-- Keys may be certificates. SQLite cannot change a rule of a column: the table is made again.
create table compute_keypair_after (
	user_id       text not null,
	name          text not null,
	type          text not null check (type in ('ssh', 'x509')),
	public_key    text not null,
	fingerprint   text not null,
	created_at    @INT not null,
	primary key (user_id, name)
) @STRICT;
insert into compute_keypair_after select * from compute_keypair;
drop table compute_keypair;
alter table compute_keypair_after rename to compute_keypair;
