#!/usr/bin/env node
// SPDX-License-Identifier: Apache-2.0
// Many sessions for long: opens pages, polls, reports, uploads, logs in and out,
// lets sessions expire by a clock that moves, restarts httpd, and compares each
// answer with what it must be. Then looks at the memory of the children.
//   make soak                   a million requests, 10,000 sessions
//   make soak SOAK_REQUESTS=50000 SOAK_SESSIONS=500
// Environment: MSS_MODULE, MSS_MPM, SOAK_REQUESTS, SOAK_SESSIONS, SOAK_CLIENTS.
// Ends with 1 at an answer that nobody expected, a child that died, a line in
// the error log, or memory that grows.

import { readFileSync } from 'node:fs';
import { Agent } from 'node:http';
import {
    Jar, NAVIGATION, SCRIPT, formSite, login, startBackend, startHttpd,
} from '../tests/lib/httpd.mjs';

const REQUESTS = Number(process.env.SOAK_REQUESTS || 1000000);
const SESSIONS = Number(process.env.SOAK_SESSIONS || 10000);
const CLIENTS = Number(process.env.SOAK_CLIENTS || 12);
const EXPIRE = 60; // seconds
/* Seconds of the server's clock in which each session gets one request, on
 * average: so that some sessions expire, but not most. */
const ROUND = 15;
/* How far the server's clock may be from what is read of it here, in those
 * seconds: then either answer is right. */
const DOUBT = 2;
/* Of the requests come before the memory is looked at, restarts among them. */
const WARM = 0.1;

const counts = {};
const wrong = [];
const count = (what) => { counts[what] = (counts[what] ?? 0) + 1; };

/** The server and the sessions, and what is known of them. */
class Soak {
    agent = new Agent({ keepAlive: true, maxSockets: CLIENTS });
    sessions = [];
    done = 0;

    async start() {
        this.backend = await startBackend((req, res) => {
            let n = 0;
            req.on('data', (chunk) => { n += chunk.length; });
            req.on('end', () => res.end(String(n)));
        });
        this.httpd = await startHttpd({ clock: true, logLevel: 'notice',
            config: formSite({ backend: this.backend.url, security: `
SessionSecurity On
SessionSecurityWarnAfter ${EXPIRE / 2}
SessionSecurityExpireAfter ${EXPIRE}
# Room for those that have ended, too: each is known for ten minutes, in which a
# slow machine sees most of them end and begin again several times.
SessionSecurityStore shm:262144
MaxSpareThreads 32
# Room for generations that end, and no child ended for having nothing to do.
ServerLimit 16
MaxKeepAliveRequests 0
# By the clock that is moved.
KeepAliveTimeout 30000` }) });
        // httpd's own, of connections that are handed on while it restarts
        this.httpd.allowLog(/AH03093|AH03490/);
        for (let i = 0; i < SESSIONS; i++)
            this.sessions.push({ jar: new Jar(), live: false, story: [] });
        this.began = this.now();
        this.body = Buffer.alloc(40000, 'x');
    }

    now() {
        return this.httpd.clock.now() / 1000;
    }

    /** Sends it again when the connection was closed by a restart meanwhile: on a
     * connection of its own, since the others are closed by then as well. */
    async request(path, options) {
        for (let i = 0; ; i++) {
            try {
                return await this.httpd.request(path,
                    { agent: this.agent, ...options, ...i && { agent: false } });
            }
            catch (error) {
                if (i === 3 || !/ECONNRESET|EPIPE|hang up/.test(
                    `${error.code} ${error.message}`))
                    throw new Error(`${path}, sent ${i + 1} times`,
                        { cause: error });
                count('sent again');
            }
        }
    }

    /** Whether an answer between two times must be a live session's, that of
     * one that is over, or either. A restart holds requests up for long, while
     * the clock is moved: an activity was somewhere between two times as well. */
    expected(session, began, ended) {
        if (!session.live)
            return 'over';
        if (ended - session.earliest < EXPIRE - DOUBT)
            return 'live';
        return began - session.latest > EXPIRE + DOUBT ? 'over' : 'either';
    }

    judge(what, session, expected, answer, isLive) {
        count(`${what}: ${isLive ? 'live' : 'over'}`);
        if (expected !== 'either' && (expected === 'live') !== isLive) {
            wrong.push(`${what}: ${answer.status} ${answer.body.slice(0, 80)}, `
                + `expected ${expected}, after ${session.story.join(', ')}`);
        }
        if (!isLive)
            session.live = false;
    }
}

/** An activity that was somewhere between then and now. */
function active(soak, session, began) {
    session.earliest = began;
    session.latest = soak.now();
}

async function openPage(soak, jar) {
    const answer = await soak.request('/app/page.html',
        { jar, headers: NAVIGATION });
    const isLive = answer.status === 200
        && /Secret.*<\/html>/s.test(answer.body)
        && answer.body.includes('data-session-security');
    return [answer, isLive, answer.status === 302];
}

/** What a browser does: name, share in percent, and how it is done; each
 * returns whether the session was answered as a live one. */
const DEEDS = [
    ['page', 40, async (soak, session) => {
        const began = soak.now();
        const [answer, isLive, isOver] = await openPage(soak, session.jar);
        if (isLive)
            active(soak, session, began);
        return [answer, isLive, isOver];
    }],
    ['poll', 28, async (soak, session) => {
        const answer = await soak.request('/app/data.json',
            { jar: session.jar, headers: SCRIPT });
        return [answer, answer.status === 200, answer.status === 401
            || answer.status === 302];
    }],
    ['report', 20, async (soak, session) => {
        const began = soak.now();
        const answer = await soak.request(
            '/session_security/ping?idleFor=0',
            { jar: session.jar, headers: SCRIPT });
        const isLive = /^\d+$/.test(answer.body);
        if (isLive)
            active(soak, session, began);
        return [answer, isLive, answer.body === '"logout"'];
    }],
    ['upload', 2, async (soak, session) => {
        const answer = await soak.request('/app/backend/upload', {
            method: 'PUT', agent: false, jar: session.jar, headers: SCRIPT,
            body: soak.body });
        // Activity if it took long.
        session.latest = soak.now();
        return [answer, answer.status === 200
            && answer.body === String(soak.body.length),
        answer.status === 401 || answer.status === 302];
    }],
    ['script', 7, async (soak, session) => {
        const answer = await soak.request('/session_security/script.js', {});
        return [answer, null, answer.status === 200];
    }],
    ['public page', 2, async (soak, session) => {
        const answer = await soak.request('/', { jar: session.jar.clone(),
            headers: NAVIGATION });
        return [answer, null, answer.status === 200];
    }],
    // Once it is answered, nobody comes in with the cookie that was.
    ['logout', 1, async (soak, session) => {
        const copy = session.jar.clone();
        const answer = await soak.request('/session_security/logout', {
            method: 'POST', jar: session.jar, agent: false, headers: SCRIPT });
        session.live = false;
        const [replayed, , isOver] = await openPage(soak, copy);
        soak.judge('old cookie', session, 'over', replayed, !isOver);
        return [answer, null, answer.status === 303];
    }],
];
const TABLE = DEEDS.flatMap((deed) => Array(deed[1]).fill(deed));

async function step(soak) {
    const session = soak.sessions[Math.floor(Math.random() * SESSIONS)];
    if (session.busy)
        return;
    session.busy = true;
    const began = soak.now();
    try {
        if (!session.live && Math.random() < 0.7) {
            session.jar = Math.random() < 0.5 ? new Jar() : session.jar;
            await login(soak, session.jar);
            Object.assign(session, { live: true, story: ['login'] });
            active(soak, session, began);
            count('login');
            return;
        }
        const [what, , fn] = TABLE[Math.floor(Math.random() * TABLE.length)];
        const known = { ...session };
        const [answer, isLive, isOver] = await fn(soak, session);
        const expected = soak.expected(known, began, soak.now());
        session.story = [...session.story.slice(-9),
            `${what} ${answer.status} at ${Math.round(began - soak.began)}`];
        if (isLive === null ? !isOver : !isLive && !isOver)
            wrong.push(`${what}: ${answer.status} ${answer.body.slice(0, 80)}`);
        else if (isLive !== null)
            soak.judge(what, session, expected, answer, isLive);
        else
            count(what);
    }
    catch (error) {
        wrong.push(`${error.stack}: ${error.cause?.stack}`);
    }
    finally {
        session.busy = false;
        soak.done++;
    }
}

/** Makes requests until so many are done; the clock goes with them. */
async function load(soak, target) {
    const perSecond = SESSIONS / ROUND;
    let moved = Math.floor(soak.done / perSecond);
    await Promise.all(Array.from({ length: CLIENTS }, async () => {
        while (soak.done < target && wrong.length < 20) {
            await step(soak);
            if (soak.done / perSecond >= moved + 1) {
                moved++;
                soak.httpd.clock.advance(1);
            }
        }
    }));
}

/** KiB that are a child's own, by pid; and of the parent. */
function memory(soak) {
    const own = (pid) => ['Private_Dirty', 'Private_Clean'].reduce(
        (sum, name) => sum + Number(readFileSync(`/proc/${pid}/smaps_rollup`,
            'utf8').match(new RegExp(`^${name}: +(\\d+)`, 'm'))[1]), 0);
    return { parent: own(soak.httpd.pid), children: Object.fromEntries(
        soak.httpd.pids().map((pid) => [pid, own(pid)])) };
}

const started = Date.now();
const say = (text) => process.stdout.write(
    `${String(Math.round((Date.now() - started) / 1000)).padStart(5)} s  ${text}\n`);
const inWords = ({ parent, children }) => `parent ${parent} KiB, children ${
    Object.values(children).map((n) => `${n} KiB`).join(', ')}`;

/** Restarts, in the midst of requests where graceful. */
async function restarts(soak) {
    for (const signal of ['SIGUSR1', 'SIGUSR1', 'SIGHUP', 'SIGUSR1']) {
        const target = soak.done + REQUESTS * WARM / 5;
        const running = signal === 'SIGUSR1' && load(soak, target);
        if (!running)
            soak.agent.destroy(); // SIGHUP waits for connections to close
        await soak.httpd.signal(signal);
        await (running || load(soak, target));
        count(signal);
    }
}

const soak = new Soak();
await soak.start();
say(`${REQUESTS} requests, ${SESSIONS} sessions, ${CLIENTS} clients, ${
    soak.httpd.mpm}`);
await restarts(soak);
const found = [];
for (const part of [WARM, 0.5, 1]) {
    await load(soak, REQUESTS * part);
    found.push(memory(soak));
    say(`${part * 100} %: ${inWords(found.at(-1))}`);
}
await soak.httpd.signal('SIGUSR1');
await load(soak, REQUESTS * 1.01);

for (const [what, n] of Object.entries(counts).sort())
    say(`${what}: ${n}`);
const ends = soak.httpd.log().match(/MSS0010: .*?reason=\w+/g) ?? [];
for (const reason of new Set(ends.map((line) => line.split('=')[1])))
    say(`ended, ${reason}: ${ends.filter((l) => l.endsWith(`=${reason}`)).length}`);
say(`${Math.round(soak.done / ((Date.now() - started) / 1000))} requests/s`);

const [, half, whole] = found;
for (const [pid, n] of Object.entries(half.children)) {
    const then = whole.children[pid];
    if (then === undefined)
        wrong.push(`child ${pid} is gone`);
    else if (then > n * 1.05 + 1024)
        wrong.push(`child ${pid} has grown from ${n} to ${then} KiB`);
}
await soak.httpd.stop().catch((error) => wrong.push(error.message));
await soak.backend.close();
say(wrong.length ? `FAILED\n${wrong.slice(0, 20).join('\n')}` : 'as expected');
process.exit(wrong.length ? 1 : 0);
