#!/usr/bin/env node
// SPDX-License-Identifier: Apache-2.0
// Measures what the module costs, beside httpd without it and beside other
// ways to change a page.
//   make bench            writes RESULTS.md and cost.svg; under 20 minutes
//   make bench QUICK=1    fewer sizes and rounds, printed only
//   make bench PART=encrypted    what an encrypted session costs alone, printed;
//                                a minute
// Environment: MSS_MODULE (the .so), QUICK, PART, BENCH_KEEP (keep the directory,
// with callgrind's counts of each round, for callgrind_annotate).
// Ends with 1 if a target in instructions is missed.

import { spawnSync } from 'node:child_process';
import {
    chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import {
    measureFirstByte, measureHuge, startSlow, traceFile,
} from './lib/clocks.mjs';
import { measureCosts, Meter } from './lib/cost.mjs';
import {
    encryptedJobs, headersJobs, otherJobs, pageJobs, pingJobs,
} from './lib/jobs.mjs';
import { SIZES, writeHugePages, writePages } from './lib/pages.mjs';
import { drawCosts } from './lib/plot.mjs';
import { machine, report, reportEncrypted } from './lib/report.mjs';
import { buildNoop, Server } from './lib/server.mjs';
import { measureTable } from './lib/table.mjs';
import { judge, judgeEncrypted } from './lib/targets.mjs';
import { BACKEND, pick, withConfig } from './lib/variants.mjs';

const here = dirname(fileURLToPath(import.meta.url));
const quick = !!process.env.QUICK;
const plan = quick
    ? { sizes: ['2k', '50k'], rounds: 1, ms: 250, cryptoMs: 1500, huge: 256,
        line: 32, hugeRounds: 12, firstRounds: 3 }
    : { sizes: Object.keys(SIZES), rounds: 2, ms: 700, cryptoMs: 4000,
        huge: 1024, line: 200, hugeRounds: 24, firstRounds: 9 };

for (const tool of ['valgrind', 'strace', 'apxs']) {
    if (spawnSync(tool, ['--version']).error) {
        process.stderr.write(`${tool} is missing: install it\n`);
        process.exit(2);
    }
}

const started = new Date();
const root = mkdtempSync(join(tmpdir(), 'mss-bench-'));
chmodSync(root, 0o755);
process.on('exit', () => {
    if (process.env.BENCH_KEEP)
        process.stderr.write(`kept: ${root}\n`);
    else
        // What has just been killed may still be writing.
        rmSync(root, { recursive: true, force: true, maxRetries: 5 });
});

const site = join(root, 'site');
const noop = buildNoop(join(here, 'mod_noop.c'), root);
const place = (name) => ({ root: join(root, name), site, noop });

function say(text) {
    const seconds = Math.round((Date.now() - started) / 1000);
    process.stderr.write(`${String(seconds).padStart(4)} s  ${text}\n`);
}

const sayRow = ({ name, costs }) => say(`${name}: ${Object.entries(costs)
    .map(([variant, cost]) => `${variant} ${cost}`).join(', ')}`);

async function stopAll(servers) {
    await Promise.all(servers.map((server) => server.stop()));
}

async function countInstructions() {
    const backend = await Server.start(place('backend'), BACKEND,
        { mpm: 'event' });
    const start = (names, ms) => Promise.all(pick(...names).map((variant) =>
        Meter.start(place(variant.name), variant,
            { backend: `http://127.0.0.1:${backend.port}`, ms })));
    const meters = await start(['bare', 'noop', 'substitute', 'sed',
        'proxy_html', 'session', 'loaded', 'off', 'on'], plan.ms);
    const pages = await measureCosts(meters, pageJobs(plan.sizes), plan.rounds,
        sayRow);
    const others = await measureCosts(meters, otherJobs(), plan.rounds, sayRow);
    const pings = await measureCosts(meters,
        pingJobs('session', 'on', 'plain'), plan.rounds, sayRow);
    await stopAll(meters);
    const heads = await start(['session_headers', 'off_headers', 'on_headers'],
        plan.ms);
    const headers = await measureCosts(heads, headersJobs(), plan.rounds,
        sayRow);
    await stopAll(heads);
    const keyed = await start(['crypto', 'crypto_on'], plan.cryptoMs);
    const encrypted = await measureCosts(keyed, encryptedJobs(), 1, sayRow);
    await stopAll([...keyed, backend]);
    return { pages, others, pings, headers, encrypted };
}

async function countEncrypted() {
    const start = (names, ms) => Promise.all(pick(...names).map((variant) =>
        Meter.start(place(variant.name), variant, { ms })));
    const plain = await start(['session', 'on'], plan.ms);
    const pages = await measureCosts(plain, pageJobs(['2k'])
        .filter((job) => job.name === 'static 2k'), 1, sayRow);
    const keyed = await start(['crypto', 'crypto_on'], plan.cryptoMs);
    const encrypted = await measureCosts(keyed, encryptedJobs(), 1, sayRow);
    await stopAll([...plain, ...keyed]);
    return { pages, encrypted };
}

async function measureClocks() {
    writeHugePages(site, plan);
    const slow = await startSlow();
    const servers = await Promise.all(pick('bare', 'noop', 'session', 'on',
        'substitute', 'sed').map((variant) => Server.start(
        place(`clock-${variant.name}`), variant, { backend: slow.url })));
    const huge = await measureHuge(servers, '/app/huge.html', plan.hugeRounds);
    say('huge page');
    const line = await measureHuge(servers, '/app/line.html', 4);
    say('no newline');
    const first = await measureFirstByte(servers, slow, plan.firstRounds);
    say('first chunk');
    await stopAll(servers);
    slow.server.close();
    return { huge, line, first };
}

async function traceFiles() {
    const files = [];
    for (const variant of pick('session', 'on')) {
        const server = await Server.start(place(`file-${variant.name}`),
            withConfig(variant, '\nEnableSendfile On\n'));
        files.push(await traceFile(server, '/app/10m.html'));
        await server.stop();
    }
    say('sendfile');
    return files;
}

function finish(targets) {
    for (const { what, most, measured: found, holds } of targets) {
        if (!holds)
            process.stderr.write(`missed: ${what}: ${found}, not ${most}\n`);
    }
    process.exit(targets.some((t) => t.counted && !t.holds) ? 1 : 0);
}

mkdirSync(site);
writePages(site);
if (process.env.PART) {
    if (process.env.PART !== 'encrypted') {
        process.stderr.write(`PART=${process.env.PART}: there is "encrypted"\n`);
        process.exit(2);
    }
    const found = await countEncrypted();
    const targets = judgeEncrypted(found);
    process.stdout.write(reportEncrypted(found, targets));
    finish(targets);
}
const about = machine();
const table = measureTable(root);
say('table');
const measured = {
    ...await countInstructions(), ...await measureClocks(),
    files: await traceFiles(), table,
    started, quick, machine: about, hugeMiB: plan.huge, lineMiB: plan.line,
};
measured.minutes = (Date.now() - started) / 60000;
const targets = judge(measured);
const text = report(measured, targets);
if (quick) {
    process.stdout.write(text);
}
else {
    writeFileSync(join(here, 'RESULTS.md'), text);
    writeFileSync(join(here, 'cost.svg'), drawCosts(measured.pages));
    say(`wrote ${join(here, 'RESULTS.md')} and cost.svg`);
}
finish(targets);
