-- An image 镜像: what a server's disk begins as. Its bytes stand in the file store under sha256; they
-- are there exactly while the status is active or deactivated.
create table image (
	id            text not null primary key,
	name          text,
	status        text not null check (status in ('queued', 'active', 'deactivated')),
	visibility    text not null check (visibility in ('private', 'shared', 'community', 'public')),
	owner         text,                       -- the VDC; null: the cloud's own
	disk_format   text check (disk_format in ('raw', 'qcow2', 'vmdk', 'vhdx', 'iso', 'ami', 'ari', 'aki', 'vdi', 'vhd', 'ploop')),
	container_format text check (container_format in ('bare', 'ovf', 'ova', 'ami', 'ari', 'aki', 'docker', 'compressed')),
	min_disk      @INT not null check (min_disk >= 0),  -- GiB
	min_ram       @INT not null check (min_ram >= 0),   -- MiB
	protected     @INT not null check (protected in (0, 1)),
	os_hidden     @INT not null check (os_hidden in (0, 1)),
	size          @INT check (size >= 0),     -- bytes as uploaded
	virtual_size  @INT check (virtual_size >= 0), -- bytes that a guest sees
	checksum      text,                       -- MD5, which Glance's clients compare
	sha256        text,                       -- the name of the bytes in the file store
	os_hash_value text,                       -- SHA-512
	tags          text not null,              -- JSON array
	properties    text not null,              -- JSON object of texts: what the owner says of it
	created_at    @INT not null,
	updated_at    @INT not null,
	check ((status = 'queued') = (sha256 is null)),
	check (status = 'queued' or (disk_format is not null and container_format is not null))
) @STRICT;
create index image_by_owner on image (owner);
create index image_by_visibility on image (visibility);
