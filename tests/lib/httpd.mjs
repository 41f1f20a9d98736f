// SPDX-License-Identifier: Apache-2.0
// A private httpd for a test, and all that a test does with it.
//
//   const httpd = await startHttpd({ config: formSite() }, t);
//   const jar = new Jar();
//   await login(httpd, jar);
//   const answer = await httpd.request('/app/', { jar });
//
// startHttpd(options, t): with the test's context t it is stopped by itself at
// the test's end; without (in `before`), call `await httpd.stop()` in `after`.
//   mpm       'event' (default, or MSS_MPM), 'prefork', 'worker'
//   modules   names of further modules, without "_module"
//   config    text, or function of {root, port, ports, mpm, url(path, n)};
//             in it ${ROOT}, ${PORT}, ${PORT1}... are defined
//   prelude   text before everything else in httpd.conf, LoadModule for example
//   files     {path below the ServerRoot: content}, added to SITE_FILES of
//             site.mjs; htdocs/ is the DocumentRoot, *.cgi is executable
//   ports     how many ports to listen on (1)
//   clock     true: httpd.clock.advance(seconds) moves the server's wall clock
//   h2        true: request() speaks HTTP/2, in clear
//   module    false: without mod_session_security
//   logLevel  'info'
//   env       environment variables for the server
// Fails with {output, log} when the server does not come up.
//
// httpd.url(path, n), httpd.port, httpd.ports, httpd.root, httpd.pid
// httpd.request(path, {method, headers, body, jar, port}): wire.mjs, send
// httpd.raw(bytes, {port, timeout}): wire.mjs, sendRaw
// httpd.log(), httpd.accessLog(): text so far
// await httpd.expectLog(/re/): waits for a line, returns it, and allows such
//   lines; fails when none comes. httpd.allowLog(/re/): they may come.
//   An error log line of level warn or above that nobody expected makes stop()
//   fail, and so does a crashed child.
// httpd.mark(), httpd.logSince(mark): what has been logged since
// await httpd.signal('SIGUSR1' | 'SIGHUP'): returns when the new generation runs,
//   and takes all that comes
// httpd.pids(): processes that serve requests
// await httpd.ended(): waits until it has ended by itself
// await httpd.stop()
//
// configTest(options): {code, output, stdout} of httpd -t with the same options,
//   and args: further ones of the command line
// eachMpm((mpm) => { test(...) }): for event and prefork, or MSS_MPM alone
// startBackend(handler, t): node:http server: {port, url, requests, close()}
// Environment: MSS_MODULE (the .so), MSS_MPM, MSS_KEEP (keep the directory),
// MSS_PRELOAD (for LD_PRELOAD, as a sanitizer needs it), MSS_CLOCK (in
// libfaketime's place, which no sanitizer can stand: clock.c), MSS_WRAPPER (a
// program that runs the server, with its arguments, as valgrind), APXS (of
// another httpd).

import { spawn, spawnSync } from 'node:child_process';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { describe } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { Clock, removeShared } from './clock.mjs';
import {
    countThreads, hasEnded, isConnected, isIdle, isListening,
} from './process.mjs';
import { installed, makeRoot, removeRoot } from './root.mjs';
import { canConnect, send, sendH2, sendRaw } from './wire.mjs';

export { Jar } from './jar.mjs';
export { formSite, login, NAVIGATION, SCRIPT } from './site.mjs';

const UP = /resuming normal operations/g;
const ALARM = /^\[[^\]]*\] \[\w*:(?:emerg|alert|crit|error|warn)\]|exit signal/;

/** Waits until probe() is true (or returns something), at most so many ms. */
export async function until(probe, what, ms = 10000) {
    for (const end = Date.now() + ms; ;) {
        const found = await probe();
        if (found)
            return found;
        if (Date.now() > end)
            throw new Error(`waited ${ms} ms for ${what}`);
        await pause(10);
    }
}

const wrapper = process.env.MSS_WRAPPER?.split(' ') ?? [];
const running = new Set();

// A test file that is interrupted, or forgets to stop a server, leaves none.
function stopAll() {
    for (const httpd of running)
        httpd.kill();
}
process.on('exit', stopAll);
for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP']) {
    // Not once: a second signal must not end this halfway.
    process.on(signal, () => {
        stopAll();
        process.exit(1);
    });
}

class Httpd {
    #child;
    #exited;
    #output = '';
    #mayFail = false;
    #allowed = [];

    constructor(ctx, clock) {
        Object.assign(this, ctx);
        this.clock = clock;
    }

    // A process group of its own: httpd signals its whole group at its end.
    spawn(env) {
        const [command, ...rest] = [...wrapper, installed.binary,
            '-d', this.root, '-f', 'httpd.conf', '-DFOREGROUND'];
        this.#child = spawn(command, rest,
            { env, detached: true, stdio: ['ignore', 'pipe', 'pipe'] });
        for (const stream of [this.#child.stdout, this.#child.stderr]) {
            stream.on('data', (text) => { this.#output += text; });
            stream.unref();
        }
        this.#child.unref();
        this.#exited = new Promise((done) => this.#child.on('close', done));
        running.add(this);
    }

    get pid() {
        return this.#child.pid;
    }

    /** What the server wrote to its terminal. */
    get output() {
        return this.#output;
    }

    #generations() {
        return this.log().match(UP)?.length ?? 0;
    }

    async #untilUp(generation, old = []) {
        await until(async () => {
            if (this.#hasEnded())
                throw new Error('httpd ended');
            return this.#generations() >= generation
                && this.pids().some((pid) => !old.includes(pid))
                && canConnect(this.port);
        }, `generation ${generation} of httpd`, 20000);
    }

    async started() {
        try {
            await this.#untilUp(1);
        }
        catch (error) {
            await this.#end();
            const log = this.log();
            removeRoot(this.root);
            throw Object.assign(
                new Error(`${error.message}\n${this.#output}${log}`),
                { output: this.#output, log });
        }
    }

    request(path, { port = this.port, ...options } = {}) {
        return (this.h2 ? sendH2 : send)(port, path,
            { now: this.clock?.now(), ...options });
    }

    raw(bytes, { port = this.port, ...options } = {}) {
        return sendRaw(port, bytes, options);
    }

    log() {
        const path = join(this.root, 'logs/error');
        return existsSync(path) ? readFileSync(path, 'utf8') : '';
    }

    accessLog() {
        return readFileSync(join(this.root, 'logs/access'), 'utf8');
    }

    mark() {
        return this.log().length;
    }

    logSince(mark) {
        return this.log().slice(mark);
    }

    allowLog(pattern) {
        this.#allowed.push(pattern);
    }

    async expectLog(pattern, ms = 10000) {
        this.allowLog(pattern);
        return until(() => this.log().split('\n')
            .find((line) => line.search(pattern) >= 0),
        `a log line like ${pattern} in:\n${this.log()}`, ms);
    }

    /** Lines that make stop() fail. */
    alarms() {
        return this.log().split('\n').filter((line) => ALARM.test(line)
            && !this.#allowed.some((pattern) => line.search(pattern) >= 0));
    }

    /* mod_cgid's daemon makes its socket when it comes to that. If it does so
     * while a restart ends it, the next daemon finds the name taken. */
    #runsScripts() {
        return this.mpm === 'prefork' || readdirSync(join(this.root, 'run'))
            .some((name) => name.startsWith('cgisock'));
    }

    /** SIGUSR1 or SIGHUP: restarts it. At SIGHUP too mpm_event closes its workers'
     * connections under them, and a worker that is just done with one frees it. */
    async signal(name) {
        await until(() => this.#runsScripts(), 'mod_cgid\'s socket');
        if (name === 'SIGHUP') {
            await until(() => !this.ports.some(isConnected)
                && this.pids().every(isIdle), 'idle workers');
        }
        const next = this.#generations() + 1;
        const old = this.pids();
        process.kill(this.pid, name);
        await this.#untilUp(next, old);
        await until(() => !old.some((pid) => this.ports.some((port) =>
            isListening(pid, port))), 'the old children to stop listening');
    }

    pids() {
        const children = (pid) => readFileSync(
            `/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(/\s+/)
            .filter(Boolean).map(Number);
        // mod_cgid's daemon is a child too, but has a single thread, and one more
        // of a sanitizer.
        return children(this.pid).filter((pid) => this.mpm === 'prefork'
            || countThreads(pid) > 2);
    }

    kill() {
        if (!this.#hasEnded())
            this.#child.kill('SIGTERM');
        removeRoot(this.root);
    }

    /* Gracefully: at SIGTERM mpm_event closes its workers' connections under
     * them, and crashes or logs errors of its own now and then. httpd looks once
     * a second whether its children have ended; SIGTERM wakes it. */
    async #end() {
        const late = setTimeout(() => this.#child.kill('SIGKILL'), 15000);
        if (!this.#hasEnded()) {
            const children = this.pids();
            this.#child.kill('SIGWINCH');
            await until(() => this.#hasEnded() || children.every(hasEnded),
                'the end of httpd\'s children', 16000);
            this.#child.kill('SIGTERM');
        }
        await this.#exited;
        clearTimeout(late);
        running.delete(this);
        if (this.clock)
            removeShared(this.pid);
    }

    #hasEnded() {
        return this.#child.exitCode !== null || this.#child.signalCode !== null;
    }

    /** Waits until the server has ended by itself. */
    async ended() {
        await until(() => this.#hasEnded(), 'the end of httpd');
        this.#mayFail = true;
    }

    async stop() {
        if (!running.has(this))
            return;
        await this.#end();
        const alarms = this.alarms();
        removeRoot(this.root);
        if (alarms.length) {
            throw new Error('error log lines that nobody expected:\n'
                + alarms.join('\n'));
        }
        if (!this.#mayFail
            && (this.#child.signalCode || this.#child.exitCode !== 0)) {
            throw new Error('httpd ended badly: '
                + (this.#child.signalCode ?? this.#child.exitCode));
        }
    }
}

function complete(options) {
    return {
        mpm: process.env.MSS_MPM || 'event', modules: [], config: '',
        files: {}, ports: 1, clock: false, h2: false, module: true, logLevel: 'info',
        env: {}, ...options,
    };
}

/** What a server is started with, for a test that starts one by itself. */
export function environment(clock, extra) {
    const own = { PATH: process.env.PATH, LANG: 'C', ...clock?.environment(),
        ...extra };
    const preload = [process.env.MSS_PRELOAD, own.LD_PRELOAD].filter(Boolean);
    if (preload.length)
        own.LD_PRELOAD = preload.join(' ');
    for (const name of Object.keys(process.env)) {
        if (/^((ASAN|UBSAN|LSAN|TSAN)_OPTIONS|GCOV_PREFIX)$/.test(name))
            own[name] ??= process.env[name];
    }
    return own;
}

async function startOnce(options) {
    const ctx = await makeRoot(options);
    const clock = options.clock ? new Clock(ctx.root) : undefined;
    const httpd = new Httpd(ctx, clock);
    httpd.spawn(environment(clock, options.env));
    await httpd.started();
    return httpd;
}

export async function startHttpd(options = {}, t) {
    const whole = complete(options);
    for (let attempts = 3; ; attempts--) {
        try {
            const httpd = await startOnce(whole);
            t?.after(() => httpd.stop());
            return httpd;
        }
        catch (error) {
            // Somebody else may have taken a port since it was found free.
            if (attempts === 1 || !/AH00072/.test(error.output))
                throw error;
        }
    }
}

export async function configTest({ args = [], ...options } = {}) {
    const whole = complete(options);
    const ctx = await makeRoot(whole);
    try {
        const run = spawnSync(installed.binary,
            ['-t', '-d', ctx.root, '-f', 'httpd.conf', ...args],
            { encoding: 'utf8', env: environment(undefined, whole.env) });
        return { code: run.status ?? run.signal,
            output: run.stdout + run.stderr, stdout: run.stdout };
    }
    finally {
        removeRoot(ctx.root);
    }
}

export function eachMpm(fn) {
    const mpms = process.env.MSS_MPM
        ? [process.env.MSS_MPM] : ['event', 'prefork'];
    for (const mpm of mpms)
        describe(mpm, () => fn(mpm));
}

export async function startBackend(handler, t) {
    const requests = [];
    // An idle connection is closed by httpd alone: if both time it, one can
    // send into what the other has just closed.
    const server = createServer({ keepAliveTimeout: 0 }, (req, res) => {
        requests.push({ method: req.method, url: req.url,
            headers: req.headers });
        handler(req, res);
    });
    await new Promise((done) => server.listen(0, '127.0.0.1', done));
    // A test that fails before it closes this must not hang.
    server.unref();
    const { port } = server.address();
    const backend = {
        port, url: `http://127.0.0.1:${port}`, requests, server,
        close: () => new Promise((done) => {
            server.close(done);
            server.closeAllConnections();
        }),
    };
    t?.after(() => backend.close());
    return backend;
}
