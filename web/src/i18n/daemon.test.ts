/* SPDX-License-Identifier: Apache-2.0 */
import { afterEach, expect, test } from "vitest";
import { told } from "./daemon";
import { setLanguage } from "./index";

afterEach(() => setLanguage("zh-CN"));

test.each([
	["a password has at least 8 characters", "密码至少 8 个字符"],
	["a password has 3 of: small letters, capitals, digits, others", "密码须包含小写字母、大写字母、数字、其他符号中的 3 种"],
	["Quota exceeded for instances: Requested 1, but already used 10 of 10 instances", "超出配额：申请 1，已用 10，上限 10"],
	["the bytes are not a disk of format qcow2", "文件内容不是 qcow2 格式的磁盘"],
	["system '路况' still has 1 servers and 0 networks", "业务系统“路况”仍有 1 台云服务器和 0 个网络，请先移出"],
	["this pair is settled already", "这一对已有定论"],
	["agent.number is no 公民身份号码: 18 digits, the last of which is the check digit (GB 11643-1999)", "不是有效的公民身份号码：共 18 位，最后一位是校验码（GB 11643-1999）"],
	["the case is accepted: no 'correct' follows on that", "办件的状态已变，请刷新后再看"],
	["5 working days have passed in silence: the case counts as accepted", "已过 5 个工作日未答复：自提交之日起视为受理（行政许可法第三十二条）"],
	["no notice of holidays is known for 2027: Monday to Friday", "尚未公布 2027 年起的放假安排：暂按周一至周五计算工作日，公布后自动重算"],
	["a citizen number has 18 digits, or 15", "公民身份号码为 18 位或 15 位"],
])("%s is said in Chinese", (english, chinese) => {
	expect(told(english)).toBe(chinese);
});

test("a sentence that nobody translated is shown as it came", () => {
	expect(told("the moon is full")).toBe("the moon is full");
});

test("in English the daemon speaks for itself", () => {
	setLanguage("en");
	expect(told("a password has at least 8 characters")).toBe("a password has at least 8 characters");
});
