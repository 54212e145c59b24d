# SPDX-License-Identifier: Apache-2.0
"""The two halves of bench/linked_city: tables of a city's subjects with their truth, and what a linkage made of them."""
import csv
import os
import sys
from collections import Counter, defaultdict

PERSONS = 'name number sex born phone address', '''
GA01 姓名 公民身份号码 性别代码 出生日期 联系电话 住址
GA02 姓名 证件号码 性别代码 出生日期 联系电话 居住地址
GA03 姓名 公民身份号码 - 出生日期 - 迁入地址
GA04 姓名 公民身份号码 性别代码 出生日期 - 注销前住址
GA05 姓名 驾驶证号 性别代码 出生日期 手机号码 联系住所
MZ01 男方姓名 男方身份证号 - 男方出生日期 男方电话 男方住址
MZ02 姓名 身份证号 性别 - 联系电话 家庭住址
MZ04 逝者姓名 身份证号 性别 出生日期 - 生前住址
MZ05 老人姓名 身份证号 性别 出生日期 联系电话 居住地址
WJ01 妇女姓名 妇女身份证号 - 出生日期 联系电话 现居住地
WJ02 新生儿姓名 新生儿身份证号 性别 出生日期 - 家庭住址
WJ03 姓名 证件号码 性别 出生日期 本人电话 现住址
WJ04 儿童姓名 儿童身份证号 性别 出生日期 监护人电话 居住地址
WJ05 死者姓名 证件号码 性别 出生日期 - 生前住址
RS01 姓名 社会保障号码 性别 出生日期 手机号 通讯地址
RS03 劳动者姓名 身份证号码 - - 联系方式 -
RS04 姓名 证件号码 性别 - - -
ZJ04 承租人姓名 身份证号 - - 联系电话 配租房屋地址
ZZ01 党员姓名 身份证号 性别 出生日期 联系电话 家庭住址
ZZ02 姓名 身份证号 - 出生日期 联系电话 -'''
FIRMS = 'name number registration person address founded', '''
MZ03 社会组织名称 统一社会信用代码 - 法定代表人 住所 成立登记日期
RS02 单位名称 统一社会信用代码 - 法定代表人 单位地址 -
SJ01 企业名称 统一社会信用代码 注册号 法定代表人 住所 成立日期
SJ02 字号名称 统一社会信用代码 - 经营者姓名 经营场所 注册日期
SJ03 企业名称 统一社会信用代码 - - - -
SJ04 经营者名称 社会信用代码 - 负责人 经营场所 -
SJ05 名称 统一社会信用代码 注册号 - 原住所 -'''
HOUSES = 'number address area', '''
ZJ01 房屋编码 房屋坐落 建筑面积
ZJ02 房屋编码 房屋坐落 建筑面积
ZJ03 - 租赁房屋地址 -
ZG01 - 坐落 面积
ZG02 - 坐落 -
ZG03 - 坐落 面积'''


def rows_of(path):
    with open(path, encoding='utf-8-sig', newline='') as f:
        yield from csv.reader(f)


def cell(name, text):
    if name == 'sex':
        return {'1': '男', '2': '女'}.get(text, text[:1])
    return text


def write_tables(city, out):
    truth = {row[0]: row[1:] for row in rows_of(os.path.join(city, 'truth.csv'))}
    for table, (names, resources) in ('persons', PERSONS), ('firms', FIRMS), ('houses', HOUSES):
        names = names.split()
        with open(os.path.join(out, table + '.csv'), 'w', newline='') as f, \
             open(os.path.join(out, table + '.csv.errors'), 'w', newline='') as g:
            to, errors = csv.writer(f), csv.writer(g)
            to.writerow(['unique_id', *names, 'truth'])
            for resource in resources.split('\n')[1:]:
                code, *columns = resource.split()
                rows = rows_of(os.path.join(city, code + '.csv'))
                head = next(rows)
                places = [None if c == '-' else head.index(c) for c in columns]
                for row in rows:
                    entity, words = truth[row[0]]
                    cells = ['' if p is None else cell(n, row[p]) for n, p in zip(names, places)]
                    to.writerow([row[0], *cells, entity])
                    errors.writerow([row[0], words])


def pairs(counter):
    return sum(n * (n - 1) // 2 for n in counter.values())


def say(what, records):
    """records: of each its entity and its cluster."""
    hits = pairs(Counter(records))
    found, true = pairs(Counter(c for _, c in records)), pairs(Counter(e for e, _ in records))
    precision, recall = hits / max(found, 1), hits / max(true, 1)
    print('  %-26s %8d records  precision %.5f  recall %.5f  F1 %.5f' % (
        what, len(records), precision, recall, 2 * hits / max(found + true, 1)))


def judge(table, clusters):
    rows = rows_of(table)
    head = next(rows)
    number = head.index('number')
    entity, known = {}, set()
    for row in rows:
        entity[row[0]] = row[-1]
        if row[number]:
            known.add(row[-1])
    rows = rows_of(clusters)
    next(rows)
    cluster = {row[1]: row[0] for row in rows}
    everything = [(e, cluster[r]) for r, e in entity.items()]
    say('all', everything)
    if 'born' in head:
        say('a number somewhere', [x for x in everything if x[0] in known])
        say('no number anywhere', [x for x in everything if x[0] not in known])
    largest = defaultdict(Counter)
    for e, c in everything:
        largest[e][c] += 1
    largest = {e: of.most_common(1)[0][0] for e, of in largest.items()}
    lost, total = Counter(), Counter()
    for record, words in rows_of(table + '.errors'):
        for word in words.split() or ['none']:
            total[word] += 1
            lost[word] += cluster[record] != largest[entity[record]]
    print('  apart from most of theirs: ' + ', '.join(
        '%s %d of %d' % (w, n, total[w]) for w, n in lost.most_common(12) if n))


if sys.argv[1] == 'tables':
    write_tables(*sys.argv[2:])
else:
    judge(*sys.argv[2:])
