-- Servers that are rescued or shelved, and the tasks that lead there and back.
-- SQLite cannot change a rule of a column: the table is made again.
create table compute_server_after (
	id            text not null primary key,
	name          text not null,
	description   text,
	hostname      text not null,
	project_id    text not null,                    -- its VDC
	domain_id     text,                             -- its department
	user_id       text not null,
	image_id      text not null,
	image_sha256  text not null,                    -- the bytes it stands on; held in the file store
	image_format  text not null check (image_format in ('qcow2', 'raw')),
	flavor        text not null,                    -- JSON: the flavor as it was
	flavor_id     text not null,
	vcpus         @INT not null,
	ram           @INT not null,
	state         text not null check (state in ('building', 'active', 'paused', 'suspended', 'stopped', 'resized', 'rescued', 'shelved', 'shelved_offloaded', 'error', 'deleted')),
	task          text check (task in ('scheduling', 'spawning', 'powering-off', 'powering-on', 'rebooting', 'rebooting_hard',
		'pausing', 'unpausing', 'suspending', 'resuming', 'rebuilding', 'resize_prep', 'resize_confirming', 'resize_reverting', 'image_snapshot', 'image_backup', 'rescuing', 'unrescuing', 'shelving', 'shelving_offloading', 'unshelving', 'deleting')),
	power         @INT not null,                    -- Nova's power_state: 0 none, 1 running, 3 paused, 4 shutdown, 6 crashed
	host_id       text,                             -- pool_host; null: no host was found
	zone          text not null,
	key_name      text,
	key_public    text,
	user_data     text,                             -- base64
	config_drive  @INT not null check (config_drive in (0, 1)),
	metadata      text not null,                    -- JSON object of texts
	tags          text not null,                    -- JSON array
	reservation_id text not null,
	launch_index  @INT not null,
	fault_code    @INT not null,                    -- 0: it has no fault
	fault         text,                             -- why it is in error, for people
	fault_at      @INT,
	created_at    @INT not null,
	updated_at    @INT not null,
	launched_at   @INT,
	deleted_at    @INT,
	locked        text check (locked in ('owner', 'admin')), -- who locked it; null: it is open
	locked_reason text,
	old_flavor    text,                             -- JSON: what it was before a resize that is not confirmed yet
	group_id      text,                             -- compute_group
	disk_config   text not null check (disk_config in ('AUTO', 'MANUAL')),
	access_v4     text not null,                    -- where people reach it, as its owner says
	access_v6     text not null,
	next_sha256 text,                             -- what it is to stand on next, held until it does: the image that rescues it, or its disk when it was shelved
	next_format text check (next_format in ('qcow2', 'raw')),
	check ((state = 'resized') <= (old_flavor is not null)),
	check ((state = 'deleted') = (deleted_at is not null)),
	check ((next_sha256 is null) = (next_format is null)),
	check (state not in ('active', 'paused', 'suspended', 'resized', 'rescued', 'shelved') or host_id is not null)
) @STRICT;
insert into compute_server_after select *, null, null from compute_server;
drop table compute_server;
alter table compute_server_after rename to compute_server;
create index compute_server_of_project on compute_server (project_id, created_at, id) where deleted_at is null;
create index compute_server_live on compute_server (created_at, id) where deleted_at is null;
create index compute_server_changed on compute_server (updated_at);
create index compute_server_on_host on compute_server (host_id) where deleted_at is null;
create index compute_server_of_group on compute_server (group_id) where deleted_at is null;
