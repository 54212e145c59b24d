-- Which resource of the catalogue stands behind each section of the theme settings: whose it is and how it
-- may be shared decides what others see of its values.
create table theme_resource (
	code          text not null primary key,     -- the section: "GA01"
	resource_id   text not null,
	domain_id     text not null,                 -- the department that provides it
	share_type    @INT not null check (share_type in (0, 1, 2)), -- 无条件, 有条件, 不予
	updated_at    @INT not null
) @STRICT;

-- Builds of the base, the newest kept.
create table theme_run (
	id            text not null primary key,
	state         text not null check (state in ('waiting', 'done', 'failed')),
	problem       text,
	records       @INT not null check (records >= 0),
	linked        @INT not null check (linked >= 0), -- base records, source links and relations
	asked_by      text not null,
	asked_at      @INT not null,
	done_at       @INT,
	check ((state = 'waiting') = (done_at is null)),
	check ((state = 'failed') = (problem is not null))
) @STRICT;
