-- The item catalogue 事项库 of the hall: offices, items and themes with their versions.

-- A department that receives people: its 统一社会信用代码 is the front of its items' codes.
create table hall_office (
	domain_id     text not null primary key,     -- the department
	code          text not null,                 -- 统一社会信用代码
	name          text not null check (name <> ''),
	name_en       text,
	address       text,
	hours         text,
	phone         text,
	complaint     text,                          -- 投诉电话
	created_at    @INT not null,
	updated_at    @INT not null,
	closed_at     @INT                           -- the department went
) @STRICT;
create unique index hall_office_code on hall_office (code) where closed_at is null;

-- An item 事项 or a theme 一件事: whose it is, and what of its versions stands. Name to subjects repeat the
-- published version (before there is one, the draft), so that lists read no versions.
create table hall_entry (
	id            text not null primary key,
	domain_id     text not null references hall_office (domain_id),
	kind          text not null check (kind in ('item', 'theme')),
	code          text not null check (code <> ''), -- 业务办理项编码; of a theme its word
	state         text not null check (state in ('draft', 'published', 'suspended', 'withdrawn')),
	published     @INT not null check (published >= 0), -- number of the published version; 0: none
	draft         @INT not null check (draft >= 0),     -- number of the open draft; 0: none
	latest        @INT not null check (latest >= published and latest >= draft),
	name          text not null check (name <> ''),
	name_en       text,
	summary       text not null,
	type          text not null,                 -- 事项类型; '' of a theme
	subjects      text not null,                 -- 服务对象, a JSON array of words
	move          text check (move in ('publish', 'suspend', 'resume', 'withdraw')), -- that waits for approval
	move_by       text,
	move_reason   text,
	move_at       @INT,
	state_reason  text,                          -- why it is suspended or withdrawn
	published_at  @INT,
	created_at    @INT not null,
	updated_at    @INT not null,
	check ((move is null) = (move_by is null) and (move is null) = (move_at is null)),
	check (move <> 'publish' or draft > 0),
	check ((state = 'draft') = (published = 0)),
	check ((published = 0) = (published_at is null)),
	check (state <> 'withdrawn' or (draft = 0 and move is null))
) @STRICT;
create unique index hall_entry_code on hall_entry (kind, code) where state <> 'withdrawn';
create index hall_entry_of_domain on hall_entry (domain_id, kind, id);

-- A version of the content, as JSON. What was published never changes: only its state does.
create table hall_version (
	entry_id      text not null references hall_entry (id),
	number        @INT not null check (number > 0),
	state         text not null check (state in ('draft', 'published', 'superseded')),
	body          text not null,
	edited_by     text not null,
	submitted_by  text,
	decided_by    text,
	decision      text,                          -- the approver's words
	created_at    @INT not null,
	updated_at    @INT not null,
	submitted_at  @INT,
	decided_at    @INT,
	seal          text,                          -- SM3 of the body of what was published
	primary key (entry_id, number),
	check ((state = 'draft') = (seal is null)),
	check (state = 'draft' or (submitted_by is not null and decided_by is not null)),
	-- Two pairs of eyes.
	check (decided_by is null or (decided_by <> submitted_by and decided_by <> edited_by))
) @STRICT;

-- Which items a published theme merges. Derived.
create table hall_theme_item (
	theme_id      text not null references hall_entry (id),
	item_code     text not null,
	primary key (theme_id, item_code)
) @STRICT;
create index hall_theme_item_code on hall_theme_item (item_code);

-- The words that published entries are found by. Derived.
create table hall_term (
	term          text not null,
	entry_id      text not null references hall_entry (id),
	weight        @INT not null check (weight > 0)
) @STRICT;
-- Searches read this index alone.
create unique index hall_term_first on hall_term (term, entry_id, weight);
create index hall_term_of_entry on hall_term (entry_id);
