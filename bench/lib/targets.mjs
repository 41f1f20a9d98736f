// SPDX-License-Identifier: Apache-2.0
// What the module promises, beside what was measured.

import { throughput } from './clocks.mjs';

const costs = (rows, name) => rows.find((row) => row.name === name)?.costs;

const added = (what, more, most) => ({
    what, most: `<= ${most.toLocaleString('en')} instructions`,
    measured: more.toLocaleString('en'), holds: more <= most, counted: true,
});

const ratio = (what, value, most) => ({
    what, most: `<= ${most}`, measured: value.toFixed(3),
    holds: value <= most, counted: true,
});

function judgePages({ pages, headers }) {
    const list = [];
    for (const kind of ['static', 'proxied']) {
        for (const size of ['2k', '50k']) {
            const row = costs(pages, `${kind} ${size}`);
            list.push(added(`injection adds, ${kind} ${size} page`,
                row.on - row.off, 10000));
        }
        const row = costs(pages, `${kind} 2k`);
        list.push(added(`tracking adds, ${kind} 2k page`,
            row.off - row.session, 15000));
    }
    for (const { name, costs: cost } of headers) {
        list.push(added(`injection adds, ${name} page, mod_headers`,
            cost.on_headers - cost.off_headers, 10000),
        added(`tracking adds, ${name} page, mod_headers`,
            cost.off_headers - cost.session_headers, 15000));
    }
    return list;
}

/** @param m {pages, headers, pings, encrypted, huge, line, first, files, table}:
 * all rows
 * @return [{what, most, measured, holds, counted}]; counted: in instructions,
 * which a busy machine does not change */
export function judge(m) {
    const list = judgePages(m);
    for (const [rows, store, on, without] of [
        [m.pings, 'plain', 'on', 'session'],
        [m.encrypted, 'encrypted', 'crypto_on', 'crypto'],
    ]) {
        const constant = costs(rows, `constant, ${store}`)[without];
        for (const who of ['django-session-security', 'the client']) {
            const ping = costs(rows, `ping of ${who}, ${store}`)[on];
            list.push(ratio(`ping of ${who} / constant, ${store} session`,
                ping / constant, 1.2));
        }
    }
    const most = Math.max(...m.table.map((row) => row.instructions));
    list.push({ ...added('', most, 300),
        what: 'look-up in a table of 10 to 1,000,000 sessions' });
    return [...list, ...judgeEncrypted(m), ...judgeClocks(m)];
}

/** Of these alone: @param m {pages, encrypted} */
export function judgeEncrypted(m) {
    const { crypto, crypto_on: on } = costs(m.encrypted, 'encrypted static 2k');
    return [
        ratio('encrypted session, with / without the module', on / crypto, 1.1),
        { ...ratio('goal: encrypted / plain session, with the module',
            on / costs(m.pages, 'static 2k').on, 1.5), counted: true },
    ];
}

const row = (rows, name) => rows.find((r) => r.name === name);

function judgeClocks({ huge, line, first, files }) {
    const [without, on] = ['session', 'on'].map((name) => row(huge, name));
    const speed = throughput(without, on, 'cpus');
    const wall = throughput(without, on, 'totals');
    const show = (t) => `${t.value.toFixed(2)} ± ${t.margin.toFixed(2)}`;
    const delay = row(first, 'on').delay - row(first, 'session').delay;
    const memory = (rows) => row(rows, 'on').anonymous
        - row(rows, 'session').anonymous;
    const list = [
        { what: 'huge page, throughput of a processor, with / without',
            most: '>= 0.97', holds: speed.value + speed.margin >= 0.97,
            measured: `${show(speed)}; by the wall clock ${show(wall)}` },
        { what: 'first chunk of a slow page later by', most: '<= 20 ms',
            measured: `${delay.toFixed(1)} ms`, holds: delay <= 20
                && row(first, 'on').injected },
    ];
    for (const [what, rows] of [['huge page', huge], ['no newline', line]]) {
        list.push({ what: `memory of the process, ${what}, more by`,
            most: '<= 16 KiB', measured: `${memory(rows) / 1024} KiB`,
            holds: memory(rows) <= 16384 });
    }
    const sent = (name) => row(files, name).sendfile.bytes;
    list.push({ what: 'sendfile sends all but the first of a static page',
        most: '<= 8 KiB less',
        measured: `${(sent('session') - sent('on')) / 1024} KiB less`,
        holds: sent('on') > 0 && sent('session') - sent('on') <= 8192 });
    return list;
}
