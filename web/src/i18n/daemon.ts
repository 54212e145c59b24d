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
