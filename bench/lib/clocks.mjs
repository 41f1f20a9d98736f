// SPDX-License-Identifier: Apache-2.0
// What callgrind does not see: seconds, memory, the first byte of a slow page,
// and whether a file is still sent without being read.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { connect } from 'node:net';
import { join } from 'node:path';
import { FIRST_CHUNK } from './pages.mjs';
import { HEADERS } from './server.mjs';

const proc = (pid, name) => readFileSync(`/proc/${pid}/${name}`, 'utf8');

function status(pid, key) {
    const found = new RegExp(`^${key}:\\s+(\\d+)`, 'm')
        .exec(proc(pid, 'status'));
    return Number(found[1]) * 1024;
}

/** Seconds of CPU, those of the kernel included. */
const cpu = (pid) => Number(proc(pid, 'schedstat').split(' ')[0]) / 1e9;

function requestText(server, path, jar) {
    const fields = { ...HEADERS, Host: `127.0.0.1:${server.port}`,
        Connection: 'close', Cookie: jar.header(path) };
    return `GET ${path} HTTP/1.1\r\n${Object.entries(fields)
        .filter(([, value]) => value)
        .map(([name, value]) => `${name}: ${value}\r\n`).join('')}\r\n`;
}

/** Takes an answer as fast as it comes and throws it away.
 * @return {status, bytes, first, total}: seconds to the first byte, the end */
function drain(server, path, jar) {
    return new Promise((done, fail) => {
        const start = performance.now();
        let bytes = 0, first = 0, code = 0;
        const seconds = () => (performance.now() - start) / 1000;
        const buffer = Buffer.alloc(1 << 20);
        connect({ port: server.port, host: '127.0.0.1', onread: {
            buffer,
            callback(n, data) {
                if (!bytes) {
                    first = seconds();
                    code = Number(data.toString('latin1', 9, 12));
                }
                bytes += n;
                return true;
            },
        } })
            .on('error', fail)
            .on('close', () => done({ status: code, bytes, first,
                total: seconds() }))
            .write(requestText(server, path, jar));
    });
}

/** One page from one server. Memory is that of its process, anonymous: without
 * the file's own pages, beyond what it had before. */
async function measureOnce(server, jar, path) {
    const pid = server.worker;
    writeFileSync(`/proc/${pid}/clear_refs`, '5'); // VmHWM starts afresh
    const before = status(pid, 'RssAnon');
    const spent = cpu(pid);
    let most = before;
    const watch = setInterval(() => {
        most = Math.max(most, status(pid, 'RssAnon'));
    }, 2);
    const answer = await drain(server, path, jar);
    clearInterval(watch);
    most = Math.max(most, status(pid, 'RssAnon'));
    return { ...answer, cpu: cpu(pid) - spent, anonymous: most - before,
        peak: status(pid, 'VmHWM') };
}

const median = (list) => [...list].sort((a, b) => a - b)[list.length >> 1];

function summary(name, runs) {
    const of = (key) => runs.map((run) => run[key]);
    return {
        name, status: runs[0].status, bytes: runs[0].bytes,
        first: median(of('first')), total: Math.min(...of('total')),
        cpu: Math.min(...of('cpu')), anonymous: Math.max(...of('anonymous')),
        peak: Math.max(...of('peak')), totals: of('total'), cpus: of('cpu'),
    };
}

// How often, of so many rounds: those that are compared most, slow ones once.
function roundsOf(name, rounds) {
    if (['session', 'on'].includes(name))
        return rounds;
    return ['substitute', 'sed'].includes(name) ? 1 : Math.ceil(rounds / 4);
}

/** Servers beside each other, in turn. @return rows, in the order of servers */
export async function measureHuge(servers, path, rounds) {
    const jars = new Map(), runs = new Map();
    for (const server of servers) {
        jars.set(server, await server.login());
        runs.set(server, []);
        // Pools and allocators have what they need for any page.
        for (const warm of ['/app/50k.html', '/app/10m.html'])
            await drain(server, warm, jars.get(server));
    }
    for (let round = 0; round < rounds; round++) {
        // There and back: whoever runs later in a round has no advantage.
        for (const server of round % 2 ? [...servers].reverse() : servers) {
            if (round < roundsOf(server.variant.name, rounds)) {
                runs.get(server).push(
                    await measureOnce(server, jars.get(server), path));
            }
        }
    }
    return servers.map((s) => summary(s.variant.name, runs.get(s)));
}

/** Ratio of the throughputs of two rows, with / without, over the rounds, in
 * each of which one ran straight after the other.
 * @param key 'cpus' or 'totals': by the processor's time or the wall clock
 * @return {value, margin}: the median, and two standard errors of it, from the
 * median deviation (so that single disturbed rounds count little) */
export function throughput(without, withModule, key) {
    const ratios = without[key].map((t, i) => t / withModule[key][i]);
    const value = median(ratios);
    const deviation = 1.4826 * median(ratios.map((x) => Math.abs(x - value)));
    return { value, margin: 2 * 1.2533 * deviation / Math.sqrt(ratios.length) };
}

// --- the first byte ---------------------------------------------------------

/** A backend that pauses after the head of its page. */
export async function startSlow() {
    const slow = { sent: 0 };
    slow.server = createServer((req, res) => {
        res.setHeader('Content-Type', 'text/html; charset=utf-8');
        if (!req.url.endsWith('/slow')) {
            res.end(FIRST_CHUNK);
            return;
        }
        res.write(FIRST_CHUNK);
        slow.sent = performance.now();
        setTimeout(() => res.end('<p>the rest</p></body></html>'), 700);
    });
    slow.server.listen(0, '127.0.0.1');
    await once(slow.server, 'listening');
    slow.server.unref();
    slow.url = `http://127.0.0.1:${slow.server.address().port}`;
    return slow;
}

// How long the page's first bytes are on their way, in milliseconds.
function firstBytes(server, slow, jar) {
    return new Promise((done, fail) => {
        let text = '', delay = 0;
        connect(server.port, '127.0.0.1')
            .on('error', fail)
            .on('data', (data) => {
                text += data.toString('latin1');
                if (!delay && text.includes('<title>')) {
                    delay = performance.now() - slow.sent;
                    done({ delay, injected: text.includes('script.js') });
                }
            })
            .on('close', () => fail(new Error(`no page: ${text}`)))
            .write(requestText(server, '/app/backend/slow', jar));
    });
}

export async function measureFirstByte(servers, slow, rounds) {
    const found = new Map(), jars = new Map();
    for (const server of servers) {
        jars.set(server, await server.login());
        found.set(server, []);
    }
    for (let round = 0; round < rounds; round++) {
        for (const server of servers) {
            found.get(server).push(
                await firstBytes(server, slow, jars.get(server)));
        }
    }
    return servers.map((server) => ({
        name: server.variant.name,
        delay: median(found.get(server).map(({ delay }) => delay)),
        most: Math.max(...found.get(server).map(({ delay }) => delay)),
        injected: found.get(server).every(({ injected }) => injected),
    }));
}

// --- sendfile ---------------------------------------------------------------

/** What the server calls to send one static page.
 * @return {sendfile: {calls, bytes}, write: {...}, read: {...}, mmap: {...}} */
export async function traceFile(server, path) {
    const jar = await server.login();
    await drain(server, path, jar);
    const log = join(server.root, 'strace');
    const strace = spawn('strace', ['-o', log, '-e',
        'trace=sendfile,sendfile64,writev,write,read,pread64,mmap',
        '-p', String(server.worker)], { stdio: ['ignore', 'ignore', 'pipe'] });
    const ended = once(strace, 'exit');
    let said = '';
    for await (const text of strace.stderr) {
        said += text;
        if (/attached/.test(said))
            break;
    }
    if (!/attached/.test(said))
        throw new Error(`strace: ${said}`);
    const { bytes } = await drain(server, path, jar);
    strace.kill('SIGINT');
    await ended;
    return { name: server.variant.name, answer: bytes, ...count(log) };
}

function count(log) {
    const kinds = { sendfile: /^sendfile/, write: /^writev?\(/ };
    const text = readFileSync(log, 'utf8').split('\n');
    return Object.fromEntries(Object.entries(kinds).map(([kind, pattern]) => {
        const sizes = text.filter((line) => pattern.test(line))
            .map((line) => Number(/= (\d+)$/.exec(line)?.[1] ?? 0));
        return [kind, { calls: sizes.length,
            bytes: sizes.reduce((sum, n) => sum + n, 0) }];
    }));
}
