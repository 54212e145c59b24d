/* SPDX-License-Identifier: Apache-2.0 */
/* The daemon's sentences are English, as OpenStack's are. Those that people meet every day are said in Chinese
 * here; a sentence that stands in no line is shown as it came. The journeys see to it that the first ones match. */
import { language } from "./index";

const sentences: [RegExp, string][] = [
	[/^a password has at least (\d+) characters/i, "密码至少 $1 个字符"],
	[/^a password has at most (\d+) bytes/i, "密码最长 $1 字节"],
	[/^a password has (\d+) of: small letters, capitals, digits, others/i, "密码须包含小写字母、大写字母、数字、其他符号中的 $1 种"],
	[/^a password does not hold the user's name/i, "密码不能包含用户名"],
	[/^The new password cannot be identical to a previous password/i, "新密码不能与以前用过的密码相同"],
	[/^too many people sign in at this moment/i, "此刻登录的人过多，请稍后再试"],
	[/^Quota exceeded for (?:instances|cores|ram)[^:]*: Requested ([\d, ]+), but already used ([\d, ]+) of ([\d, ]+)/i, "超出配额：申请 $1，已用 $2，上限 $3"],
	[/^Image (\S+) is not active/i, "镜像 $1 尚不可用"],
	[/^the bytes are not a disk of format (\S+)/i, "文件内容不是 $1 格式的磁盘"],
	[/^the disk stands on a backing file/i, "磁盘依赖另一个后备文件，请先合并为一个文件"],
	[/^the disk keeps its data in another file/i, "磁盘的数据存放在另一个文件中，请先合并为一个文件"],
	[/^the disk consists of several files/i, "磁盘由多个文件组成，请先合并为一个文件"],
	[/^the disk promises (\d+) bytes; at most (\d+) are taken/i, "磁盘声明的容量为 $1 字节，最多允许 $2 字节"],
	[/^a vmdk is taken only when it is one sparse/i, "vmdk 须为单个稀疏 (sparse) 或流优化 (streamOptimized) 文件"],
	[/^Image (\S+) is protected and cannot be deleted/i, "镜像受保护，不能删除"],
	[/^the VDC has a system of the name '(.+)' already/i, "本 VDC 已有名为“$1”的业务系统"],
	[/^the VDC may have (-?\d+) systems and has (\d+)/i, "超出配额：最多 $1 个业务系统，已有 $2 个"],
	[/^system '(.+)' still has (\d+) servers and (\d+) networks/i, "业务系统“$1”仍有 $2 台云服务器和 $3 个网络，请先移出"],
	[/^the (?:server|network) belongs to another system/i, "它已归属另一个业务系统，请先从那里移出"],
	[/^Quota exceeded for resources: \['(\w+)'\]/i, "超出配额：$1"],
	[/^this pair is not lent to you/i, "这一对没有借给您，或借期已过，请重新取一对"],
	[/^you have judged this pair already/i, "您已判断过这一对，如要改判请先撤回"],
	[/^this pair is settled already/i, "这一对已有定论"],
	[/^the base was built anew and has no doubt of this pair/i, "主题库刚重新构建，请稍后重新取一对"],
	[/^a citizen number has 18 digits, or 15/i, "公民身份号码为 18 位或 15 位"],
	[/^a code of legal entities has 18 characters/i, "统一社会信用代码为 18 位"],
	[/^the address does not name one house/i, "地址不能确定到一处房屋，请写明区县、道路与门牌、幢、单元、室"],
	[/^(?:applicant|agent)\.number is no 公民身份号码/, "不是有效的公民身份号码：共 18 位，最后一位是校验码（GB 11643-1999）"],
	[/^applicant\.number is no 统一社会信用代码/, "不是有效的统一社会信用代码：共 18 位，最后一位是校验码（GB 32100-2015）"],
	[/^(?:applicant|agent)\.name may not be empty/, "必填"],
	[/^(?:applicant|agent)\.phone is digits/, "电话号码由数字组成，其间可有 + - 和空格，至少 5 位"],
	[/^applicant\.kind is none of whom the item is for/, "该事项不面向这类申请人"],
	[/^agent: a company applies through a person/, "企业申请须有经办人"],
	[/^agent\.number is the applicant's/, "与申请人相同：本人申请不需要经办人"],
	[/^answers: one may not apply by the item's conditions: (.*)/, "按受理条件不能申请：$1"],
	[/^answers\.\S+ is needed to tell whether one may apply/, "须填写，才能判断能否申请、需要哪些材料"],
	[/^answers\.\S+: is a number/, "须为数字"],
	[/^answers\.\S+: is a date/, "日期须为 年-月-日"],
	[/^answers\.\S+: is one of the choices/, "不在可选项之中"],
	[/^materials\.\S+: (.+) is wanted/, "必要材料：请上传 $1"],
	[/^item: no item (\S+) is published/, "没有公布编码为 $1 的事项"],
	[/^item: (\S+) is suspended or withdrawn/, "该事项已暂停或取消，目前不能申请"],
	[/^item: (\S+) is not in force today/, "该事项不在有效期内，目前不能申请"],
	[/^item: (\S+) is not to be applied for today/, "该事项目前不能申请"],
	[/^item: (\S+) is not applied for by '(\w+)'/, "该事项没有开通这种办理形式"],
	[/^item: (\S+) has its form in a process/, "该事项的表单在流程中，暂不能在此申请"],
	[/^the calendar '(\w+)' 工作日历 is not there yet/, "还没有工作日历 $1，无法计算时限，请先由系统管理员建立"],
	[/^verdict: what is to be corrected 补正 is told once/, "补正只能告知一次，已告知过"],
	[/^(\d+) working days have passed in silence/, "已过 $1 个工作日未答复：自提交之日起视为受理（行政许可法第三十二条）"],
	[/^the case is \w+: (?:no '|it is changed as a draft|only a draft)/, "办件的状态已变，请刷新后再看"],
	[/^the file is empty/, "文件是空的"],
	[/^no notice of holidays is known for (\d+)(?: to (\d+))?:/, "尚未公布 $1 年起的放假安排：暂按周一至周五计算工作日，公布后自动重算"],
	[/^a case has at most (\d+) files/, "一个办件最多 $1 个文件"],
	[/^number: the file was handed in with the case/, "这个文件已随办件提交，不能撤下；可以另外补充"],
	[/^name: a file's name has no slashes/, "文件名不能含斜杠和控制字符"],
	[/^required: it is required/, "必填"],
	[/^minLength: at least (\d+) characters/, "至少 $1 个字符"],
	[/^maxLength: at most (\d+) characters/, "最多 $1 个字符"],
	[/^min: at least (\S+)/, "不能小于 $1"],
	[/^max: at most (\S+)/, "不能大于 $1"],
	[/^decimalDigits: at most (\d+) digits/, "小数最多 $1 位"],
	[/^email: must match/, "不是电子邮箱地址"],
	[/^phone: must match/, "不是电话号码"],
	[/^pattern: must match (.+)/, "格式不符合要求：$1"],
	[/^disallowPassedDates: the date has passed/, "日期已过"],
	[/^values: it is none of the choices/, "不在可选项之中"],
	[/^values: a choice stands twice/, "选项重复"],
	[/^read-only: it may not be changed here/, "此处不能修改"],
	[/^type: a date is/, "日期须为 年-月-日"],
	[/^type: a number/, "须为数字"],
	[/^nobody stands in for themselves/, "不能由本人代理本人"],
	[/^until is after from/, "结束时间须晚于开始时间"],
	[/^until is in the future/, "结束时间须晚于现在"],
	[/^a substitution lasts for 366 days at most/, "代理最长 366 天"],
	[/^somebody stands in for the same tasks in that time already/, "该时段的这些待办已有代理人"],
	[/^(?:Image|Flavor) (\S+) could not be found/i, "找不到 $1"],
];

/** A sentence of the daemon in the language in force. */
export function told(message: string): string {
	if (language.value === "en")
		return message;
	for (const [pattern, chinese] of sentences) {
		const found = pattern.exec(message);
		if (found)
			return chinese.replace(/\$(\d)/g, (_whole, n: string) => found[Number(n)]?.trim() ?? "");
	}
	return message;
}
