-- Who refers to which bytes of the content-addressed store. A row stands as long as somebody refers to
-- the bytes; bytes without a row are removed by the sweep.
create table file_blob (
	sha256 text primary key check (length(sha256) = 64),
	sha512 text not null check (length(sha512) = 128),
	md5 text not null check (length(md5) = 32),
	size @INT not null check (size >= 0),
	refs @INT not null check (refs > 0)
) @STRICT;
