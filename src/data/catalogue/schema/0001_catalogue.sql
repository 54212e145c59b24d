-- The classification 政务信息资源分类 of 政务信息资源目录编制指南 (2017): 类 1 digit, 项 2, 目 3, 细目 what follows.
create table catalogue_class (
	code          text not null primary key,
	parent        text references catalogue_class (code),
	level         @INT not null check (level between 1 and 4),
	name          text not null check (name <> ''),
	created_at    @INT not null,
	check ((level = 1) = (parent is null)),
	unique (parent, name)
) @STRICT;

-- A department as provider 信息资源提供方: its name and its 统一社会信用代码 (GB 32100-2015).
create table catalogue_provider (
	domain_id     text not null primary key,     -- the department; it may be gone
	code          text not null,
	name          text not null,
	contact       text,                          -- 元数据维护方: who answers questions
	created_at    @INT not null,
	updated_at    @INT not null,
	closed_at     @INT                           -- when the department went
) @STRICT;
create unique index catalogue_provider_code on catalogue_provider (code) where closed_at is null;
create unique index catalogue_provider_name on catalogue_provider (name) where closed_at is null;

-- The last 顺序码 that was given under a classification.
create table catalogue_sequence (
	class_code    text not null primary key references catalogue_class (code),
	last          @INT not null check (last > 0)
) @STRICT;

-- A resource: who provides it, and what of its versions stands. The columns after 'latest' repeat the
-- published version (before there is one, the draft), so that lists and counts read no versions.
create table catalogue_resource (
	id            text not null primary key,
	domain_id     text not null references catalogue_provider (domain_id),
	code          text unique,                   -- 信息资源代码, given at the first publication
	state         text not null check (state in ('draft', 'published', 'revoked')),
	published     @INT not null check (published >= 0), -- number of the published version; 0: none
	draft         @INT not null check (draft >= 0),     -- number of the open draft; 0: none
	draft_state   text check (draft_state in ('draft', 'review')),
	latest        @INT not null check (latest >= published and latest >= draft),
	name          text not null,
	summary       text not null,
	class_code    text not null references catalogue_class (code),
	share_type    text not null,
	open          @INT not null check (open in (0, 1)),
	cycle         text not null,
	items         @INT not null check (items >= 0),
	published_on  text,                          -- CCYY-MM-DD of the published version
	published_at  @INT,                          -- when it was published
	revoke_reason text,                          -- a revocation that was asked for, or done
	revoke_by     text,                          -- who asked for it
	revoke_at     @INT,                          -- when it was asked for
	created_at    @INT not null,
	updated_at    @INT not null,
	check ((draft > 0) = (draft_state is not null)),
	check (state <> 'published' or (published > 0 and code is not null and published_at is not null))
) @STRICT;
create index catalogue_resource_newest on catalogue_resource (state, published_at, id);
create index catalogue_resource_of_domain on catalogue_resource (domain_id, state, published_at, id);
-- Counts read this index alone.
create index catalogue_resource_counted on catalogue_resource
	(state, domain_id, class_code, share_type, open, items);
create index catalogue_resource_of_class on catalogue_resource (class_code);

-- A version of a resource's metadata 元数据. What was published never changes: only its state does.
create table catalogue_version (
	resource_id   text not null references catalogue_resource (id),
	number        @INT not null check (number > 0),
	state         text not null check (state in ('draft', 'review', 'published', 'superseded', 'revoked')),
	class_code    text not null references catalogue_class (code),
	name          text not null check (name <> ''),
	summary       text not null,
	format        text not null,                 -- 信息资源格式, category
	format_types  text not null,                 -- and types
	share_type    text not null check (share_type in ('unconditional', 'conditional', 'none')),
	share_condition text,
	share_basis   text,
	share_mode    text,
	open          @INT not null check (open in (0, 1)),
	open_condition text,
	cycle         text not null,
	published_on  text,
	related       text not null,                 -- codes 关联资源代码
	keywords      text not null,
	system        text,                          -- 所属系统
	link          text,                          -- 在线链接地址
	change_note   text,                          -- why it was changed 变更说明
	edited_by     text not null,
	submitted_by  text,
	decided_by    text,
	decision      text,                          -- the reviewer's words
	created_at    @INT not null,
	updated_at    @INT not null,
	submitted_at  @INT,
	decided_at    @INT,
	seal          text,                          -- SM3 of what was published, see catalogue_seal()
	primary key (resource_id, number),
	check (share_type <> 'conditional' or share_condition is not null),
	check (share_type <> 'none' or share_basis is not null),
	check (share_type = 'none' or share_mode is not null),
	check (state in ('draft', 'review') or (decided_by is not null and seal is not null)),
	-- Two pairs of eyes.
	check (decided_by is null or (decided_by <> submitted_by and decided_by <> edited_by))
) @STRICT;

-- An item 信息项 of a version.
create table catalogue_item (
	resource_id   text not null,
	number        @INT not null,
	position      @INT not null check (position > 0),
	name          text not null check (name <> ''),
	code          text,                          -- the column's name where the data are kept
	type          text not null,                 -- C N Y D T L M G B I F
	length        @INT,
	scale         @INT,                          -- digits after the point
	share_type    text,                          -- stricter than the resource's, or null
	share_condition text,
	secret        @INT not null check (secret in (0, 1)), -- 涉密
	standard      text,                          -- code list or standard that its values follow
	note          text,
	primary key (resource_id, number, position),
	foreign key (resource_id, number) references catalogue_version (resource_id, number)
) @STRICT;

-- The names that a provider's resources hold, without what tells no two apart (see catalogue_name_key).
create table catalogue_name (
	domain_id     text not null,
	name_key      text not null,
	resource_id   text not null references catalogue_resource (id),
	primary key (domain_id, name_key)
) @STRICT;
create index catalogue_name_of_resource on catalogue_name (resource_id);

-- The words of published resources: of Chinese each character and each pair of neighbours. Derived.
create table catalogue_term (
	term          text not null,
	resource_id   text not null references catalogue_resource (id),
	weight        @INT not null check (weight > 0)
) @STRICT;
-- Searches read this index alone.
create unique index catalogue_term_first on catalogue_term (term, resource_id, weight);
create index catalogue_term_of_resource on catalogue_term (resource_id);

insert into catalogue_class (code, parent, level, name, created_at) values
	('1', null, 1, '基础信息资源类', 1511193600000000),
	('2', null, 1, '主题信息资源类', 1511193600000000),
	('3', null, 1, '部门信息资源类', 1511193600000000),
	('101', '1', 2, '人口信息', 1511193600000000),
	('102', '1', 2, '法人单位信息', 1511193600000000),
	('103', '1', 2, '自然资源和空间地理信息', 1511193600000000),
	('104', '1', 2, '社会信用信息', 1511193600000000),
	('105', '1', 2, '电子证照信息', 1511193600000000),
	('201', '2', 2, '公共服务', 1511193600000000),
	('202', '2', 2, '健康保障', 1511193600000000),
	('203', '2', 2, '社会保障', 1511193600000000),
	('204', '2', 2, '食品药品安全', 1511193600000000),
	('205', '2', 2, '安全生产', 1511193600000000),
	('206', '2', 2, '价格监管', 1511193600000000),
	('207', '2', 2, '能源安全', 1511193600000000),
	('208', '2', 2, '信用体系', 1511193600000000),
	('209', '2', 2, '城乡建设', 1511193600000000),
	('210', '2', 2, '社区治理', 1511193600000000),
	('211', '2', 2, '生态环保', 1511193600000000),
	('212', '2', 2, '应急维稳', 1511193600000000);
