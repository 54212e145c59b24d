-- This house 本所: the name under which its guests stand on hosts that several houses may share.
create table compute_house (
	one           @INT not null primary key check (one = 1),
	id            text not null
) @STRICT;

-- A flavor 规格: how large a server is.
create table compute_flavor (
	id            text not null primary key,
	name          text not null unique,
	description   text,
	vcpus         @INT not null check (vcpus > 0),
	ram           @INT not null check (ram > 0),    -- MiB
	disk          @INT not null check (disk >= 0),  -- GiB; 0: as large as the image
	is_public     @INT not null check (is_public in (0, 1)),
	extra_specs   text not null,                    -- JSON object of texts
	created_at    @INT not null
) @STRICT;

-- Which VDCs may use a flavor that is not public.
create table compute_flavor_access (
	flavor_id     text not null references compute_flavor (id) on delete cascade,
	project_id    text not null,
	primary key (flavor_id, project_id)
) @STRICT;

-- A public key of a person, put into their servers.
create table compute_keypair (
	user_id       text not null,
	name          text not null,
	type          text not null check (type in ('ssh')),
	public_key    text not null,
	fingerprint   text not null,
	created_at    @INT not null,
	primary key (user_id, name)
) @STRICT;

-- A server 云服务器. A deleted one stays for a while, so that clients that ask what has changed are told.
create table compute_server (
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
	state         text not null check (state in ('building', 'active', 'paused', 'suspended', 'stopped', 'resized', 'error', 'deleted')),
	task          text check (task in ('scheduling', 'spawning', 'powering-off', 'powering-on', 'rebooting', 'rebooting_hard',
		'pausing', 'unpausing', 'suspending', 'resuming', 'rebuilding', 'resize_prep', 'resize_confirming', 'resize_reverting', 'deleting')),
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
	check ((state = 'resized') <= (old_flavor is not null)),
	check ((state = 'deleted') = (deleted_at is not null)),
	check (state not in ('active', 'paused', 'suspended', 'resized') or host_id is not null)
) @STRICT;
create index compute_server_of_project on compute_server (project_id, created_at, id) where deleted_at is null;
create index compute_server_live on compute_server (created_at, id) where deleted_at is null;
create index compute_server_changed on compute_server (updated_at);
create index compute_server_on_host on compute_server (host_id) where deleted_at is null;

-- What a VDC may have; a VDC without a row has the default.
create table compute_quota (
	project_id    text not null primary key,
	instances     @INT not null check (instances >= -1), -- -1: no bound
	cores         @INT not null check (cores >= -1),
	ram           @INT not null check (ram >= -1)        -- MiB
) @STRICT;

-- What a VDC has: sums over its live servers, kept beside so that the quota is one row's business.
create table compute_usage (
	project_id    text not null primary key,
	instances     @INT not null check (instances >= 0),
	cores         @INT not null check (cores >= 0),
	ram           @INT not null check (ram >= 0)
) @STRICT;

-- A token that opens a server's screen once. Only its hash is kept; taking it removes the row.
create table compute_console (
	hash          text not null primary key,        -- SHA-256, hexadecimal
	server_id     text not null,
	user_id       text not null,                    -- who asked for it
	project_id    text,
	domain_id     text,
	expires_at    @INT not null
) @STRICT;
create index compute_console_expires on compute_console (expires_at);

-- What was done to a server, for its owner. It stays as long as the server's row.
create table compute_action (
	request_id    text not null,
	server_id     text not null references compute_server (id) on delete cascade,
	action        text not null,                    -- Nova's word: create, stop, resize…
	user_id       text not null,
	project_id    text not null,
	host          text,                             -- where it was done
	started_at    @INT not null,
	finished_at   @INT,                             -- null: it is under way
	result        text check (result in ('Success', 'Error')),
	message       text,                             -- why it failed
	primary key (server_id, request_id, action),
	check ((finished_at is null) = (result is null))
) @STRICT;
create index compute_action_open on compute_action (server_id) where finished_at is null;

-- Servers that shall stand together or apart.
create table compute_group (
	id            text not null primary key,
	name          text not null,
	project_id    text not null,
	user_id       text not null,
	policy        text not null check (policy in ('affinity', 'anti-affinity', 'soft-affinity', 'soft-anti-affinity')),
	most          @INT not null check (most >= 0),  -- anti-affinity: servers of it on one host; 0: one
	created_at    @INT not null
) @STRICT;
create index compute_group_of_project on compute_group (project_id);
create index compute_server_of_group on compute_server (group_id) where deleted_at is null;
