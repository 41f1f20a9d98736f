// SPDX-License-Identifier: Apache-2.0
// Instructions per request, in user space, as callgrind counts them: they do
// not depend on what else the machine does.

import { readFileSync, rmSync } from 'node:fs';
import { Agent } from 'node:http';
import { join } from 'node:path';
import { HEADERS, Server } from './server.mjs';

const MOST = 200; // requests in N

function valgrind(root) {
    return ['valgrind', '--quiet', '--vgdb=no', '--tool=callgrind',
        `--callgrind-out-file=${join(root, 'out/counts')}`];
}

export class Meter {
    #dumps = 0;
    #prepared = new Map();

    /** @param options {backend, ms: wall time for N requests, about} */
    static async start(place, variant, options) {
        const meter = new Meter();
        Object.assign(meter, { variant, ms: options.ms });
        meter.server = await Server.start(place, variant,
            { ...options, wrap: valgrind(place.root) });
        meter.agent = new Agent({ keepAlive: true, maxSockets: 1 });
        meter.jar = await meter.server.login();
        return meter;
    }

    async #send(path, { headers = HEADERS, anonymous } = {}) {
        const answer = await this.server.request(path, { headers,
            jar: anonymous ? undefined : this.jar, agent: this.agent });
        if (answer.status !== 200)
            throw new Error(`${this.variant.name}: ${path}: ${answer.status}`);
        if (answer.headers.connection === 'close')
            throw new Error(`${this.variant.name}: ${path}: no keep-alive`);
        return answer;
    }

    /** @return instructions since the last dump */
    async #dump() {
        await this.#send('/dump');
        const path = join(this.server.root, `out/counts.${++this.#dumps}`);
        const [, total] = /^(?:totals|summary): (\d+)/m
            .exec(readFileSync(path, 'latin1'));
        if (!process.env.BENCH_KEEP)
            rmSync(path);
        return Number(total);
    }

    async #count(job, n) {
        for (let i = 0; i < n; i++)
            await this.#send(job.path, job);
        return this.#dump();
    }

    /** The first time: fills caches, looks whether the page is as it should be,
     * and finds out how many requests to make. */
    async #prepare(job) {
        const path = await job.path(this);
        let start = performance.now();
        const answer = await this.#send(path, job);
        const injected = answer.body.includes('/session_security/script.js');
        if (job.page && injected !== this.variant.injects) {
            throw new Error(`${this.variant.name}: ${path}: ${injected
                ? 'injected' : 'not injected'}`);
        }
        if (performance.now() - start < this.ms) {
            start = performance.now();
            await this.#send(path, job);
        }
        const n = Math.floor(this.ms / (performance.now() - start));
        return { ...job, path, n: Math.min(MOST, n) };
    }

    /** @return {cost, slow}: instructions of one request. 2N cost what N cost
     * and N more, so that what happens once, and what the dumps cost, cancels.
     * Of a slow request there is one, and none before it. */
    async measure(job) {
        if (!this.#prepared.has(job))
            this.#prepared.set(job, await this.#prepare(job));
        const prepared = this.#prepared.get(job);
        const { n } = prepared;
        await this.#dump();
        const once = await this.#count(prepared, n);
        const twice = await this.#count(prepared, 2 * n || 1);
        return { cost: (twice - once) / (n || 1), slow: n === 0 };
    }

    async stop() {
        this.agent.destroy();
        // valgrind has nothing to write at its end, nor the right to.
        this.server.kill('SIGKILL');
        await this.server.stop();
    }
}

const median = (list) => [...list].sort((a, b) => a - b)[list.length >> 1];

/** Variants beside each other: each job on each of them in turn, some rounds.
 * @param jobs {name, path: function of a Meter, headers, page, anonymous, on:
 * names}
 * @param done called with each row
 * @return rows {name, costs: {variant: instructions}} */
export async function measureCosts(meters, jobs, rounds, done) {
    const rows = [];
    for (const job of jobs) {
        const found = {}, slow = new Set();
        for (let round = 0; round < rounds; round++) {
            for (const meter of meters) {
                const { name } = meter.variant;
                if (!job.on.includes(name) || slow.has(name))
                    continue;
                const measured = await meter.measure(job);
                (found[name] ??= []).push(measured.cost);
                if (measured.slow)
                    slow.add(name);
            }
        }
        const costs = Object.fromEntries(Object.entries(found)
            .map(([name, list]) => [name, Math.round(median(list))]));
        rows.push({ name: job.name, costs });
        done(rows.at(-1));
    }
    return rows;
}
