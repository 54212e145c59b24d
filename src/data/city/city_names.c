/* SPDX-License-Identifier: Apache-2.0 */
/* What persons are called: surnames and the characters of given names, the most frequent first.
 *
 * Written for this project from common knowledge: the order of the surnames follows the published
 * national rankings with Ningbo's own (励 忻 邬 竺 …) behind; characters follow what was in fashion in
 * the decade of birth. No name list was copied. docs/city.md states how frequencies are given. */
#include "city_private.h"

const char city_surnames[] =
	"王李张陈刘徐周杨胡黄吴沈朱方孙林郑叶赵俞金何陆钱施邵罗余毛马童董潘蒋许范"
	"姚戴鲍楼应史丁屠江冯高郭袁任曹汪邱石邬傅柴谢宋章梁韩唐邓曾彭萧田程苏吕卢"
	"贺严夏钟姜崔谭廖熊陶白孟秦侯龚汤黎易常武乔赖庞樊兰殷洪翁安倪牛鲁韦葛阮忻"
	"竺励裘虞柳乐岑褚华包项顾万钮蔡贾魏薛阎段雷龙郝尹孔向温康骆干舒卓桂麻戎桑"
	"卜费莫谷阳冉岳时盛";

const char *const city_double_surnames[CITY_DOUBLE_SURNAMES] = { "欧阳", "诸葛", "上官", "司徒",
								 "司马", "皇甫", "令狐", "夏侯" };

/* By sex (man first) and the years of birth before 1960, 1980, 2000, and since. */
const char *const city_given[2][4] = {
	{
		"国明德志文华林生荣根水土金福祥阿宝仁昌兴良友财才永康定孝忠义新元世全富贵高岳松"
		"柏炳耀锡阳法龙虎庆云善顺",
		"建国军平华明伟志强永红勇斌忠东海波峰卫民利新文武良光辉荣庆宏刚杰敏锋林成春祥跃松"
		"毅立均洪",
		"伟杰磊超涛鹏浩波斌俊宇辉鑫峰凯健旭亮晓飞龙威帆勇洋博翔嘉铭成琦炜晨瑞坤栋烽立钧",
		"浩宇轩子涵睿泽辰博俊熙梓皓铭煜昊晨嘉奕诚豪逸哲翰瑜承泓锦烨霖桐骏恺腾佑淇阳",
	},
	{
		"英秀兰珍凤菊梅香花娣彩云月素桂玉仙琴爱莲芬美金银翠阿荷春夏根雅贞淑琼妹宝亚",
		"丽华红萍英芳燕敏玲琴霞亚静娟艳君珍秀波飞群芬慧娜虹云莉琼瑛佩赛央儿意",
		"婷静丹燕雯倩娜佳莹晶璐洁颖琳瑶媛蓉露晓雪慧敏蕾薇妮欢怡萍艳梦楠俐姣",
		"梓涵欣怡诗雨萱语馨一诺可心奕雅琪妍悦瑶思彤芷晴若曦依昕雯佳宁静钰墨沐芮",
	},
};

/* Seldom used characters that old systems could not store: GB 2312 has none of them. */
const char city_rare[] = "堃喆犇淼焱淏玥珺璟甯祎翀骁霈赟鋆";

/* Names written with a dot between the given name and the father's. */
const char *const city_dotted_given[2][8] = {
	{ "买买提", "艾力", "阿卜杜拉", "吐尔逊", "玉素甫", "库尔班", "依明", "阿迪力" },
	{ "古丽娜尔", "阿依古丽", "热依汗", "帕提古丽", "米热班", "再娜甫", "茹先古丽",
	  "迪丽拜尔" },
};

const char *const city_nations[CITY_NATIONS] = { "汉族",   "苗族", "土家族", "壮族",
						 "布依族", "回族", "侗族",   "维吾尔族" };
