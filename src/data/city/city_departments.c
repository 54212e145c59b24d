/* SPDX-License-Identifier: Apache-2.0 */
/* The eight departments with their habits and rates of error. docs/city.md has the reasons for each
 * rate and is compared with these tables by a test. */
#include "city_private.h"

const char *const city_what_words[WHAT__COUNT] = {
	[WHAT_RECORD] = "记录编号 record",
	[WHAT_NAME] = "姓名 name",
	[WHAT_ID] = "公民身份号码 GB 11643",
	[WHAT_SEX] = "性别 sex",
	[WHAT_BIRTH] = "出生日期 birthday",
	[WHAT_PHONE] = "电话 phone",
	[WHAT_NATION] = "民族 ethnic group",
	[WHAT_BIRTHPLACE] = "籍贯 division of birth, GB/T 2260",
	[WHAT_TO_HEAD] = "与户主关系 relation to the head of household",
	[WHAT_MARITAL] = "婚姻状况 marital status",
	[WHAT_MARRIED] = "结婚日期 day of marriage",
	[WHAT_DIED] = "死亡日期 day of death",
	[WHAT_HOUSEHOLD] = "户号 household",
	[WHAT_MOVED] = "迁移日期 day of moving",
	[WHAT_ADDRESS] = "地址 address",
	[WHAT_HOUSE_CODE] = "房屋编码 code of the house",
	[WHAT_DISTRICT] = "区县 district",
	[WHAT_STREET] = "街道乡镇 street or town",
	[WHAT_ROAD] = "道路或村 road or village",
	[WHAT_NUMBER] = "门牌号 gate",
	[WHAT_BUILDING] = "幢 building",
	[WHAT_UNIT] = "单元 unit",
	[WHAT_ROOM] = "室 room",
	[WHAT_AREA] = "面积 area, square metres",
	[WHAT_BUILT] = "建成年份 year of building",
	[WHAT_FIRM_NAME] = "单位名称 name of the legal entity",
	[WHAT_FIRM_CODE] = "统一社会信用代码 GB 32100",
	[WHAT_FIRM_OLD_CODE] = "注册号 registration number before 2015",
	[WHAT_FIRM_KIND] = "类型 form",
	[WHAT_FIRM_STATUS] = "状态 open or closed",
	[WHAT_FOUNDED] = "成立日期 founded",
	[WHAT_CLOSED] = "注销日期 closed",
	[WHAT_CAPITAL] = "注册资本 capital, 10 000 yuan",
	[WHAT_WORD] = "代码值 one of a list",
	[WHAT_DATE] = "日期 date",
	[WHAT_UNTIL] = "有效期 last day of validity",
	[WHAT_SERIAL] = "编号 number of a document",
	[WHAT_AMOUNT] = "金额 amount, yuan",
};

const char *const city_who_words[WHO__COUNT] = {
	[WHO_NONE] = "",
	[WHO_SELF] = "the person",
	[WHO_SPOUSE] = "the spouse",
	[WHO_FATHER] = "the father",
	[WHO_MOTHER] = "the mother",
	[WHO_HEAD] = "the head of household",
	[WHO_CARER] = "the carer",
	[WHO_HOME] = "the home",
	[WHO_OLD_HOME] = "the home before",
	[WHO_EMPLOYER] = "the employer",
	[WHO_EMPLOYED] = "the employer of that job",
	[WHO_FIRM] = "the legal entity",
	[WHO_LEGAL] = "the legal representative",
	[WHO_INVESTOR] = "the investor",
	[WHO_SITE] = "the registered place",
	[WHO_HOUSE] = "the house",
	[WHO_OWNER] = "the owner",
	[WHO_CO_OWNER] = "the co-owner",
	[WHO_TENANT] = "the tenant",
	[WHO_BANK] = "the lender",
};

#define NAME(homophone, shape, traditional)                                                        \
	[ERROR_NAME_HOMOPHONE] = homophone, [ERROR_NAME_SHAPE] = shape,                            \
	[ERROR_NAME_TRADITIONAL] = traditional
#define ID(missing, digit, swap, old, other)                                                       \
	[ERROR_ID_MISSING] = missing, [ERROR_ID_DIGIT] = digit, [ERROR_ID_SWAP] = swap,            \
	[ERROR_ID_OLD] = old, [ERROR_ID_OTHER] = other
#define BIRTH(missing, wrong, swap, lunar, sex)                                                    \
	[ERROR_BIRTH_MISSING] = missing, [ERROR_BIRTH_WRONG] = wrong, [ERROR_BIRTH_SWAP] = swap,   \
	[ERROR_BIRTH_LUNAR] = lunar, [ERROR_SEX_WRONG] = sex
#define PHONE(missing, stale, shared, digit)                                                       \
	[ERROR_PHONE_MISSING] = missing, [ERROR_PHONE_STALE] = stale,                              \
	[ERROR_PHONE_SHARED] = shared, [ERROR_PHONE_DIGIT] = digit
#define ADDRESS(missing, stale, short_, wrong)                                                     \
	[ERROR_ADDRESS_MISSING] = missing, [ERROR_ADDRESS_STALE] = stale,                          \
	[ERROR_ADDRESS_SHORT] = short_, [ERROR_ADDRESS_WRONG] = wrong
#define FIRM(short_, wrong, traditional)                                                           \
	[ERROR_FIRM_SHORT] = short_, [ERROR_FIRM_WRONG] = wrong, [ERROR_FIRM_TRADITIONAL] = traditional
#define CODE(missing, digit, old)                                                                  \
	[ERROR_CODE_MISSING] = missing, [ERROR_CODE_DIGIT] = digit, [ERROR_CODE_OLD] = old

const struct city_department city_departments[CITY_DEPARTMENTS] = {
	[GA] = { "GA", "公安局", "11330200002953016A", DATE_PLAIN, SEX_CODE, ADDRESS_FULL,
		 PHONE_PLAIN,
		 .rates = { NAME(600, 400, 200), ID(500, 300, 200, 1500, 100),
			    BIRTH(0, 300, 50, 0, 100), PHONE(60000, 80000, 15000, 1500),
			    ADDRESS(300, 15000, 3000, 3000), FIRM(5000, 2000, 0),
			    CODE(10000, 500, 2000) } },
	[MZ] = { "MZ", "民政局", "113302000029530245", DATE_DASH, SEX_HAN, ADDRESS_ESTATE,
		 PHONE_PLAIN,
		 .rates = { NAME(4000, 2500, 1500), ID(15000, 3000, 2000, 40000, 500),
			    BIRTH(5000, 3000, 500, 6000, 500), PHONE(150000, 120000, 20000, 3000),
			    ADDRESS(20000, 80000, 60000, 5000), FIRM(10000, 4000, 1000),
			    CODE(20000, 1000, 10000) } },
	[WJ] = { "WJ", "卫生健康委员会", "113302000029530320", DATE_SLASH, SEX_CODE, ADDRESS_DASHES,
		 PHONE_SPACED,
		 .rates = { NAME(8000, 3000, 500), ID(70000, 5000, 3000, 8000, 3000),
			    BIRTH(5000, 6000, 1000, 10000, 1500), PHONE(50000, 90000, 60000, 4000),
			    ADDRESS(40000, 120000, 100000, 8000), FIRM(30000, 8000, 500),
			    CODE(30000, 2000, 5000) } },
	[RS] = { "RS", "人力资源和社会保障局", "11330200002953040T", DATE_TIME, SEX_LONG,
		 ADDRESS_NO_STREET, PHONE_PLAIN, .no_rare = true,
		 .rates = { NAME(2000, 1500, 500), ID(2000, 1000, 700, 15000, 200),
			    BIRTH(1000, 1500, 300, 3000, 500), PHONE(100000, 150000, 40000, 3000),
			    ADDRESS(80000, 150000, 80000, 6000), FIRM(30000, 8000, 500),
			    CODE(20000, 2000, 40000) } },
	[ZJ] = { "ZJ", "住房和城乡建设局", "11330200002953059P", DATE_DASH, SEX_HAN, ADDRESS_SPACED,
		 PHONE_COUNTRY,
		 .rates = { NAME(3000, 2000, 1500), ID(20000, 3000, 2000, 20000, 300),
			    BIRTH(2000, 2000, 300, 2000, 500), PHONE(120000, 150000, 30000, 3000),
			    ADDRESS(0, 10000, 2000, 6000), FIRM(10000, 4000, 500),
			    CODE(10000, 1000, 10000) } },
	[ZG] = { "ZG", "自然资源和规划局", "11330200002953067J", DATE_HAN, SEX_HAN, ADDRESS_FULL,
		 PHONE_PLAIN, .upper = true,
		 .rates = { NAME(2500, 2000, 2500), ID(12000, 2000, 1500, 45000, 300),
			    BIRTH(2000, 2000, 300, 2000, 500), PHONE(150000, 150000, 20000, 3000),
			    ADDRESS(0, 10000, 1500, 5000), FIRM(8000, 3000, 800),
			    CODE(10000, 1000, 20000) } },
	[SJ] = { "SJ", "市场监督管理局", "11330200002953075D", DATE_DASH, SEX_HAN, ADDRESS_FULL,
		 PHONE_PLAIN, .no_rare = true,
		 .rates = { NAME(1500, 1000, 1500), ID(3000, 1000, 700, 12000, 200),
			    BIRTH(1000, 1000, 200, 1000, 200), PHONE(40000, 120000, 60000, 3000),
			    ADDRESS(2000, 60000, 20000, 5000), FIRM(500, 1000, 800),
			    CODE(3000, 400, 8000) } },
	[ZZ] = { "ZZ", "市委组织部", "113302000029530838", DATE_DOT, SEX_HAN, ADDRESS_NO_STREET,
		 PHONE_PLAIN,
		 .rates = { NAME(800, 600, 300), ID(1000, 500, 300, 3000, 50),
			    BIRTH(500, 1000, 200, 500, 100), PHONE(80000, 100000, 5000, 1500),
			    ADDRESS(50000, 100000, 60000, 4000), FIRM(20000, 4000, 300),
			    CODE(30000, 1000, 5000) } },
};
