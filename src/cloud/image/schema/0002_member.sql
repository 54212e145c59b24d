-- A VDC that an image of another one is shared with. It counts while the image is of visibility shared;
-- until the VDC has accepted it, the image is not among those that it lists.
create table image_member (
	image_id   text not null references image (id) on delete cascade,
	member_id  text not null,                 -- the VDC
	status     text not null check (status in ('pending', 'accepted', 'rejected')),
	created_at @INT not null,
	updated_at @INT not null,
	primary key (image_id, member_id)
) @STRICT;
create index image_member_by_member on image_member (member_id);
