/* SPDX-License-Identifier: Apache-2.0 */
/* The words of 政务信息资源目录编制指南 (2017): what the API calls them, and what the guide's sheet does. */
#include <stdlib.h>
#include "base/text.h"
#include "data/catalogue/catalogue_private.h"

const char *const share_words[] = { "unconditional", "conditional", "none", NULL };
const char *const share_names[] = { "无条件共享", "有条件共享", "不予共享", NULL };

/* 共享方式: by the sharing platform 共享平台 in one of three ways, by mail 邮件, by a medium 介质. */
const char *const mode_words[] = {
	"platform-database", "platform-file", "platform-interface", "mail", "medium", NULL
};
const char *const mode_names[] = {
	"共享平台-数据库", "共享平台-文件", "共享平台-接口", "邮件", "介质", NULL
};

const char *const cycle_words[] = { "realtime", "daily",  "weekly", "monthly", "quarterly",
				    "halfyear", "yearly", "other",  NULL };
const char *const cycle_names[] = { "实时",   "每日", "每周", "每月", "每季度",
				    "每半年", "每年", "其他", NULL };

const char *const format_words[] = { "file",   "sheet",           "database", "image",
				     "stream", "self-describing", "service",  NULL };
const char *const format_names[] = { "电子文件", "电子表格",   "数据库",   "图形图像",
				     "流媒体",   "自描述格式", "服务接口", NULL };

const char *const type_words[] = { "C", "N", "Y", "D", "T", "L", "M", "G", "B", "I", "F", NULL };
const char *const type_names[] = { "字符型C",     "数值型N", "货币型Y", "日期型D",
				   "日期时间型T", "逻辑型L", "备注型M", "通用型G",
				   "双精度型B",   "整型I",   "浮点型F", NULL };

const char *const version_states[] = {
	"draft", "review", "published", "superseded", "revoked", NULL
};
const char *const resource_states[] = { "draft", "published", "revoked", NULL };
const char *const verdict_words[] = { "approve", "return", NULL };

static const char *const file_types[] = { "OFD",  "wps", "xml", "txt",  "doc", "docx",
					  "html", "pdf", "ppt", "pptx", NULL };
static const char *const sheet_types[] = { "et", "xls", "xlsx", "csv", NULL };
static const char *const database_types[] = {
	"Dm",        "KingbaseES", "access", "dbf",     "dbase",      "sysbase", "oracle",
	"sqlserver", "db2",        "mysql",  "mariadb", "postgresql", "GaussDB", "openGauss",
	"OceanBase", "TiDB",       "GBase",  "sqlite",  "hive",       "mongodb", NULL
};
static const char *const image_types[] = { "jpg", "gif", "bmp", "png", "tif", NULL };
static const char *const stream_types[] = { "swf", "rm", "mpg", "mp4", "mp3", "wav", NULL };
static const char *const any_types[] = { NULL };

const char *const *format_types_of(int format)
{
	static const char *const *const all[] = {
		[FORMAT_FILE] = file_types,         [FORMAT_SHEET] = sheet_types,
		[FORMAT_DATABASE] = database_types, [FORMAT_IMAGE] = image_types,
		[FORMAT_STREAM] = stream_types,     [FORMAT_SELF] = any_types,
		[FORMAT_SERVICE] = any_types,
	};
	return all[format];
}

int word_among(const char *const *words, const char *s)
{
	for (int i = 0; words[i]; i++)
		if (str_case_eq(words[i], s))
			return i;
	return -1;
}

/* "字符型" for "字符型C", and "无条件" for "无条件共享". */
static bool begins(const char *name, const char *s)
{
	return utf8_length(s) >= 2 && str_starts(name, s);
}

int word_of_sheet(const char *const *names, const char *const *words, const char *s)
{
	int64_t number;

	for (int i = 0; names[i]; i++)
		if (str_eq(names[i], s) || str_case_eq(words[i], s))
			return i;
	if (int_parse(s, &number)) {
		for (int i = 0; names[i]; i++)
			if (number == i + 1)
				return i;
		return -1;
	}
	for (int i = 0; names[i]; i++)
		if (begins(names[i], s))
			return i;
	return -1;
}
