/* SPDX-License-Identifier: Apache-2.0 */
/* Rules of security groups in plain words, and the ports that people write. */
import type { Group, Rule } from "./api/security";
import { t } from "./i18n";

/** Ports whose service everybody knows by its name. */
export const services: readonly { name: string; port: number }[] = [
	{ name: "SSH", port: 22 },
	{ name: "HTTP", port: 80 },
	{ name: "HTTPS", port: 443 },
];

type Said = Pick<Rule, "direction" | "ethertype" | "protocol" | "port_range_min" | "port_range_max" | "remote_ip_prefix" | "remote_group_id">;

/** The protocol with its ports: "TCP 80 端口". Of ICMP the range is a type and a code, which are shown as they are. */
function traffic(rule: Said): string {
	if (rule.protocol === null)
		return t("groups.everything");
	const protocol = rule.protocol.toUpperCase();
	if (rule.port_range_min === null)
		return t("groups.wholeProtocol", { protocol });
	const { port_range_min: from, port_range_max: to } = rule;
	if (/^(icmp|ipv6-icmp|icmpv6|1|58)$/i.test(rule.protocol))
		return t("groups.wholeProtocol", { protocol: `${protocol} ${from}${to === null ? "" : `/${to}`}` });
	const known = from === to ? services.find((s) => s.port === from)?.name : undefined;
	const ports = from === to || to === null ? `${from}` : `${from}–${to}`;
	return t("groups.port", { protocol, ports }) + (known ? ` (${known})` : "");
}

function peer(rule: Said, groups: readonly Pick<Group, "id" | "name">[]): string {
	if (rule.remote_group_id !== null) {
		const group = groups.find((g) => g.id === rule.remote_group_id);
		return group ? t("groups.members", { name: group.name }) : t("groups.unknownGroup");
	}
	if (rule.remote_ip_prefix === null || /^(0\.0\.0\.0|::)\/0$/.test(rule.remote_ip_prefix))
		return t("groups.anyAddress", { family: rule.ethertype });
	return rule.remote_ip_prefix;
}

export function inWords(rule: Said, groups: readonly Pick<Group, "id" | "name">[]): string {
	const said = t(rule.direction === "ingress" ? "groups.ruleIn" : "groups.ruleOut", { peer: peer(rule, groups), what: traffic(rule) });
	return said.charAt(0).toUpperCase() + said.slice(1);
}

/** "80" or "8000-8010"; null for what is neither. */
export function portRange(text: string): { from: number; to: number } | null {
	const found = /^(\d{1,5})(?:\s*[-–~]\s*(\d{1,5}))?$/.exec(text.trim());
	if (!found)
		return null;
	const from = Number(found[1]);
	const to = Number(found[2] ?? found[1]);
	return from >= 1 && from <= to && to <= 65535 ? { from, to } : null;
}
