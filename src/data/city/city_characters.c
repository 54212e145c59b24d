/* SPDX-License-Identifier: Apache-2.0 */
/* How characters go wrong: groups of the same sound, groups of like shape, and traditional forms.
 *
 * Written for this project: readings and traditional forms are those of any dictionary; the groups
 * are of characters that stand in names, roads and firms (city_names.c, city_places.c). */
#include "city_private.h"

/* The same syllable, often the same tone: what a clerk hears. */
static const char *const homophones[] = {
	"伟玮炜纬苇", "军君均钧俊", "丽莉利俐力立励", "英瑛莹盈颖",   "芳方坊",   "华桦骅花",
	"霞侠夏",     "燕艳雁彦焱", "红洪鸿宏虹泓",   "玲铃灵伶凌琳", "国帼",     "明铭鸣名",
	"志智芷致",   "文雯闻纹",   "林琳霖淋",       "生升声",       "荣蓉容融", "福富甫",
	"祥翔详",     "宝保葆",     "仁任人壬",       "昌长畅",       "兴星馨欣", "良梁粮",
	"友有佑",     "财才材",     "永咏泳",         "康亢",         "忠中钟",   "义毅奕逸怡",
	"新心辛昕",   "元园媛圆源", "世士仕",         "全泉",         "高皋",     "松嵩",
	"耀跃曜",     "阳洋扬杨",   "龙隆",           "庆清青",       "云芸耘",   "建健剑",
	"平萍苹屏",   "强蔷",       "勇涌",           "斌彬滨宾",     "东冬栋",   "海亥",
	"波博泊勃",   "峰锋烽丰枫", "卫魏",           "民敏岷",       "武吴五伍", "光广",
	"辉晖慧惠徽", "刚钢岗",     "杰洁捷",         "成诚程承城晨", "春纯",     "磊蕾垒",
	"超朝",       "涛滔陶",     "鹏朋",           "浩皓昊淏",     "宇雨语羽", "鑫欣昕",
	"凯恺",       "旭绪",       "亮量",           "晓小筱",       "飞菲非妃", "威薇微",
	"帆凡",       "嘉佳家加",   "琦琪奇淇祺",     "瑞睿芮",       "坤昆堃",   "轩萱宣",
	"子梓紫",     "涵晗函",     "泽则",           "辰宸晨",       "熙曦希西", "煜玉钰育",
	"豪毫",       "哲喆折",     "翰瀚汉",         "锦瑾谨",       "烨业晔",   "秀绣",
	"兰岚蓝",     "珍真贞",     "凤奉",           "梅玫美",       "香湘",     "彩采",
	"月悦玥",     "素苏",       "桂贵",           "仙先",         "琴勤芹",   "爱艾",
	"莲连",       "芬芳分",     "婷亭庭",         "静靖净",       "丹单",     "倩茜",
	"娜那",       "晶京",       "璐露路",         "瑶姚",         "雪学",     "妮尼",
	"欢环",       "梦孟",       "楠南男",         "诗思丝",       "诺糯",     "可科",
	"雅亚娅",     "妍研",       "彤桐童",         "若偌",         "依伊宜",   "张章",
	"徐许胥",     "朱诸祝竺",   "沈审",           "胡湖",         "黄王",     "余俞于虞",
	"叶业",       "施石史",     "邵绍",           "罗骆",         "戴代",     "付傅",
	"何贺",       "范樊",       "江姜蒋",         "陆路",         "钱前",     "郑正",
	"宁甯",       "盛胜",       "达大",           "信新",         "泰太",     "恒衡",
	"顺舜",       "通童",       "裕玉",           "创闯",         "联连",     "合和",
	"安桉",       "江疆",       "甬永",           "山珊",         "药要",     "桥乔",
	"溪西",       "湾弯",       "塘堂",           "港岗",         "镇振",
};

/* Easily taken for one another on paper or by a reader of pages. */
static const char *const shapes[] = {
	"末未", "己已", "候侯", "晴睛", "萍苹", "斌赋", "峰锋", "玲铃", "浩洁", "杨扬",   "徐除",
	"陈阵", "沈沉", "日曰", "土士", "干于", "人入", "刀力", "大太", "天夭", "王玉主", "丹舟",
	"戌戍", "芬芳", "莉茉", "燕蒸", "娟捐", "涛祷", "辉挥", "伟炜", "俊峻", "宇字",   "晨辰",
	"昊昃", "梓辛", "轩轼", "睿春", "泽择", "博搏", "皓浩", "铭名", "嘉喜", "豪毫",   "哲晢",
	"林木", "柏伯", "根银", "英央", "凤风", "菊匊", "梅海", "香杳", "娣梯", "素索",   "桂挂",
	"琴琹", "荷何", "静净", "雯雩", "佳住", "莹萤", "瑶摇", "薇微", "怡抬", "欣欧",   "诗诽",
	"语悟", "妍研", "悦说", "曦羲", "施旎", "邵召", "罗萝", "潘番", "董薰", "蒋将",   "楼搂",
	"傅博", "汪注", "邱丘", "金全", "陆陈", "戴截", "岑芩", "卢户", "洪供", "钟种",   "彭澎",
	"鲍鲜", "竺笁", "应庆", "宏宠", "达迖", "隆陇", "源原", "鑫金", "晟成", "恒桓",   "兴兰",
	"祥详", "泰秦", "海悔", "港巷", "塘搪", "湾弯", "民氏", "建健", "勇男", "波坡",   "荣荥",
	"志忘", "德得", "永水", "庆厌", "利刹", "强弳",
};

/* Simplified and traditional, in turn. */
static const char traditional[] =
	"陈陳张張刘劉杨楊黄黃吴吳孙孫郑鄭叶葉赵趙陆陸钱錢罗羅马馬蒋蔣许許范範楼樓应應冯馮"
	"汤湯邬鄔谢謝韩韓邓鄧萧蕭苏蘇吕呂卢盧贺賀严嚴钟鍾谭譚龚龔兰蘭庞龐鲁魯韦韋乐樂华華"
	"项項顾顧万萬贾賈阎閻国國荣榮宝寶兴興财財义義岁歲贵貴龙龍庆慶云雲顺順军軍伟偉强強"
	"红紅东東卫衛辉輝刚剛锋鋒杰傑颖穎丽麗静靜艳豔凤鳳爱愛莲蓮银銀贞貞琼瓊亚亞跃躍凯凱"
	"涛濤鹏鵬晓曉飞飛铭銘洁潔瑶瑤欢歡梦夢轩軒泽澤诚誠锦錦烨燁诗詩语語诺諾钰鈺宁寧赛賽"
	"仪儀闻聞连連运運远遠达達进進选選园園图圖团團广廣场場坛壇坚堅声聲处處学學实實宾賓"
	"对對寿壽导導岗崗岚嵐峡峽币幣师師帅帥归歸当當录錄忆憶怀懷总總恋戀战戰户戶扬揚护護"
	"报報担擔拥擁显顯晖暉术術机機杂雜权權条條来來构構枫楓桥橋桦樺梁樑检檢欧歐汇匯汉漢"
	"沟溝沪滬泸瀘浅淺济濟浓濃润潤满滿滨濱灵靈灿燦灯燈炉爐点點炼煉热熱爷爺现現环環珑瓏"
	"电電画畫畅暢疗療盐鹽码碼矿礦砺礪种種称稱积積稳穩穷窮竖豎笔筆签簽简簡类類粮糧纪紀"
	"纬緯纯純纲綱纳納纸紙线線组組细細织織终終经經结結给給络絡统統绣繡继繼绩績维維绿綠"
	"缘緣网網职職联聯肃肅胜勝艺藝节節芦蘆苹蘋药藥莹瑩营營萨薩蓝藍虾蝦装裝见見规規视視"
	"览覽计計订訂记記设設证證评評诊診译譯试試话話详詳请請诸諸课課调調谊誼谦謙谷穀丰豐"
	"贝貝贡貢负負货貨质質贤賢贸貿费費资資赏賞赢贏车車轮輪软軟轴軸较較辅輔输輸边邊迈邁"
	"迁遷还還这這邮郵邻鄰酿釀里裡针針钓釣钢鋼钧鈞铁鐵铜銅铝鋁链鏈销銷锅鍋锡錫长長门門"
	"间間闽閩阳陽阴陰陇隴陕陝际際险險韵韻页頁顶頂预預领領频頻题題风風饭飯饰飾馆館驰馳"
	"驱驅骅驊骏駿鱼魚鲜鮮鸣鳴鸿鴻鹤鶴麦麥齐齊龄齡业業个個丛叢丝絲两兩么麼习習书書买買"
	"亿億从從仓倉们們价價众眾优優会會伞傘传傳伦倫体體余餘佣傭侠俠侧側侨僑债債倾傾偿償"
	"储儲儿兒党黨关關养養写寫农農冲沖决決况況冻凍净淨凉涼减減几幾凭憑击擊则則创創别別"
	"剂劑剑劍办辦务務动動励勵劳勞势勢区區医醫协協单單卖賣却卻厂廠厅廳历歷压壓厦廈县縣"
	"双雙发發变變叹嘆号號吓嚇听聽启啟员員咏詠响響唤喚围圍圆圓圣聖块塊垒壘备備复復头頭"
	"夹夾奋奮奖獎妆妝姗姍娱娛娇嬌宪憲宽寬岛島峦巒庄莊庐廬库庫开開异異弃棄弯彎弹彈镇鎮";

static void add(struct city_confusion *t, uint32_t from, const uint32_t *to, size_t count)
{
	size_t at = city_mix(from) % CITY_CONFUSION_SLOTS;

	while (t->slot[at].from && t->slot[at].from != from)
		at = (at + 1) % CITY_CONFUSION_SLOTS;
	t->slot[at].from = from;
	for (size_t i = 0; i < count; i++)
		if (to[i] != from && t->slot[at].count < CITY_CONFUSION_MAX)
			t->slot[at].to[t->slot[at].count++] = to[i];
}

static size_t decode_all(const char *s, uint32_t *out, size_t room)
{
	size_t count = 0;

	while (*s && count < room) {
		out[count++] = city_decode(s);
		s += CITY_HAN;
	}
	return count;
}

static void add_groups(struct city_confusion *t, const char *const *groups, size_t count)
{
	for (size_t g = 0; g < count; g++) {
		uint32_t of[8];
		size_t n = decode_all(groups[g], of, 8);
		for (size_t i = 0; i < n; i++)
			add(t, of[i], of, n);
	}
}

void city_confusions(struct city *city)
{
	add_groups(&city->homophone, homophones, sizeof homophones / sizeof *homophones);
	add_groups(&city->shape, shapes, sizeof shapes / sizeof *shapes);
	for (const char *s = traditional; *s; s += 2 * CITY_HAN) {
		uint32_t to = city_decode(s + CITY_HAN);
		add(&city->traditional, city_decode(s), &to, 1);
	}
}

uint32_t city_confuse(const struct city_confusion *t, uint32_t from, uint32_t random)
{
	size_t at = city_mix(from) % CITY_CONFUSION_SLOTS;

	for (; t->slot[at].from; at = (at + 1) % CITY_CONFUSION_SLOTS)
		if (t->slot[at].from == from)
			return t->slot[at].count ? t->slot[at].to[random % t->slot[at].count] : 0;
	return 0;
}
