// SPDX-License-Identifier: Apache-2.0
// The results as Markdown.

import { execFileSync } from 'node:child_process';
import { cpus, loadavg, release, totalmem } from 'node:os';
import { installed } from '../../tests/lib/root.mjs';
import { pick } from './variants.mjs';

const label = (name) => pick(name)[0].label;
const mib = (bytes) => (bytes / 2 ** 20).toFixed(1);

function table(head, rows) {
    const line = (cells) => `| ${cells.join(' | ')} |`;
    return [line(head), line(head.map((_, i) => (i ? '---:' : '---'))),
        ...rows.map(line)].join('\n');
}

function thousands(n) {
    return n >= 1e6 ? `${(n / 1e6).toFixed(1)} M` : `${(n / 1e3).toFixed(1)} k`;
}

function costTable(rows, kind, base) {
    const own = rows.filter((row) => row.name.startsWith(`${kind} `));
    const names = ['bare', 'noop', 'substitute', 'sed', 'proxy_html', 'session',
        'off', 'on'].filter((name) => own[0].costs[name]);
    return table(['', ...own.map((row) => row.name.slice(kind.length + 1))],
        names.map((name) => [label(name), ...own.map(({ costs }) =>
            `${thousands(costs[name])} (${(costs[name] / costs[base])
                .toFixed(costs[name] / costs[base] < 10 ? 2 : 0)})`)]));
}

function difference(rows, kind) {
    const own = rows.filter((row) => row.name.startsWith(`${kind} `));
    const sum = (to, from) => own.map(({ costs }) =>
        (costs[to] - costs[from]).toLocaleString('en'));
    return table(['', ...own.map((row) => row.name)], [
        ['tracking (Inject Off over session + login form)',
            ...sum('off', 'session')],
        ['injection (over Inject Off)', ...sum('on', 'off')],
        ['mod_substitute over bare httpd', ...sum('substitute', 'bare')],
    ]);
}

function behindHeaders(rows) {
    return table(['', ...rows.map((row) => row.name)],
        ['session', 'off', 'on'].map((name) => [label(name),
            ...rows.map(({ costs }) => thousands(costs[`${name}_headers`]))]));
}

function others(rows) {
    return table(['', 'without', 'with the module', 'added'],
        rows.map(({ name, costs }) => {
            const [without, withModule] = Object.values(costs);
            return [name, thousands(without), thousands(withModule),
                (withModule - without).toLocaleString('en')];
        }));
}

function pings(rows) {
    const [constant] = Object.values(rows[0].costs);
    return table(['', 'instructions', 'ratio'], rows.map(({ name, costs }) => {
        const [cost] = Object.values(costs);
        return [name, thousands(cost), (cost / constant).toFixed(3)];
    }));
}

function encrypted([{ costs }], pages) {
    const plain = pages.find((row) => row.name === 'static 2k').costs;
    return table(['2k page', 'instructions', 'over plain'], [
        [label('crypto'), thousands(costs.crypto),
            (costs.crypto / plain.session).toFixed(2)],
        [label('crypto_on'), thousands(costs.crypto_on),
            (costs.crypto_on / plain.on).toFixed(2)],
    ]);
}

function hugeTable(rows) {
    const bare = rows[0];
    return table(['', 'answer', 'CPU s', 'ratio', 'wall s', 'first byte ms',
        'memory grew MiB', 'peak RSS MiB'],
    rows.map((r) => [label(r.name), r.status, r.cpu.toFixed(2),
        r.status === 200 ? (r.cpu / bare.cpu).toFixed(2) : '',
        r.total.toFixed(2), (r.first * 1000).toFixed(1), mib(r.anonymous),
        mib(r.peak)]));
}

function command(...words) {
    return execFileSync(words[0], words.slice(1), { encoding: 'utf8' })
        .split('\n')[0].replace(/^Server version: /, '');
}

export function machine() {
    return `${cpus().length} x ${cpus()[0].model.trim()}, `
        + `${Math.round(totalmem() / 2 ** 30)} GiB, Linux ${release()}, load `
        + `${loadavg()[0].toFixed(1)} at the start. `
        + `${command(installed.binary, '-v')}, ${command('valgrind',
            '--version')}, Node ${process.version}.`;
}

function targets(list) {
    return table(['what', 'target', 'measured', 'holds'],
        list.map((t) => [t.what, t.most, t.measured,
            t.holds ? 'yes' : '**no**']));
}

/** @param m {pages, encrypted} */
export function reportEncrypted(m, list) {
    return `${targets(list)}

${encrypted(m.encrypted, m.pages)}

${pings(m.encrypted.slice(1))}
`;
}

/** @param m as judge() takes it, and {started, minutes, quick, hugeMiB,
 * lineMiB, machine} */
export function report(m, list) {
    return `# Results of \`make bench${m.quick ? ' QUICK=1' : ''}\`

${m.started.toISOString().slice(0, 10)}, ${m.minutes.toFixed(0)} min.
${m.machine}

Made by the bench; a run replaces this file. Instructions are those of httpd's
process in user space, counted by callgrind, for one request on a keep-alive
connection: what 2N requests cost beyond N, divided by N. They do not depend on
the machine's load and vary by less than 1 %. Seconds do depend on it. All
servers are the same httpd with the same modules (prefork, one process) but for
what a row names. The module's limits are so long that no session is saved
meanwhile.

## Targets

${targets(list)}

Throughput is the median of the ratios of adjacent runs, ± two standard errors;
it misses its target when it is surely below.
${m.quick ? '' : '\n![Instructions per request over page size](cost.svg)\n'}
## Pages

Instructions per request; in brackets the ratio to bare httpd.

### Static

${costTable(m.pages, 'static', 'bare')}

${difference(m.pages, 'static')}

### From a backend (mod_proxy_http)

${costTable(m.pages, 'proxied', 'bare')}

${difference(m.pages, 'proxied')}

### With mod_headers

\`Header set X-Frame-Options DENY\` in all of them. What it will change is not known
before, so caches are told behind it, and the page's policy is judged there.

${behindHeaders(m.headers)}

### What needs no protection

${others(m.others)}

A style sheet does not move the stamp, but nobody gets it whose session is over.

## Ping

The constant is a handler that writes one byte, behind the same session and
login. The session is a cookie, unencrypted.

${pings(m.pings)}

## Encrypted session

mod_session_crypto derives a key at each read of the cookie. With the module a
child keeps what it has decoded; here for an hour, so that no second decoding
comes into a measurement.

${encrypted(m.encrypted, m.pages)}

${pings(m.encrypted.slice(1))}

## Sessions in the store

A look-up in the table and a move of the stamp, with slots for twice as many
sessions; without the lock. Given up: records that found no place, whose sessions
live by their copies.

${table(['sessions', 'instructions', 'MiB', 'given up'],
        m.table.map((r) => [r.sessions.toLocaleString('en'), r.instructions,
            (r.bytes / 1048576).toFixed(1), r.evictions]))}

## Huge pages

Static, over loopback; the best of several runs in turn (of one for
mod_substitute and mod_sed). Memory is what the process has for itself at the
most, beyond what it had before; the peak contains the window of the file that
httpd maps. \`SubstituteMaxLineLength 2g\`.

${m.hugeMiB} MiB, in lines:

${hugeTable(m.huge)}

${m.lineMiB} MiB without a newline:

${hugeTable(m.line)}

## First chunk of a slow page

A backend sends the head of its page, and the rest 700 ms later. How long the
head was on its way through the proxy:

${table(['', 'median ms', 'longest ms', 'element in it'],
        m.first.map((r) => [label(r.name), r.delay.toFixed(1),
            r.most.toFixed(1), r.injected ? 'yes' : 'no']))}

## sendfile

A static page of 10 MiB, \`EnableSendfile On\`, by strace:

${table(['', 'sendfile calls', 'bytes', 'write calls', 'bytes'],
        m.files.map((f) => [label(f.name), f.sendfile.calls, f.sendfile.bytes,
            f.write.calls, f.write.bytes]))}
`;
}
