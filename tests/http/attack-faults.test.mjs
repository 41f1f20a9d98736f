// SPDX-License-Identifier: Apache-2.0
// Faults: killed children, restarts in the midst of answers and uploads, full
// disks, no memory at the start, clients that hold on to workers.

import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer, request as httpRequest } from 'node:http';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import {
    Jar, NAVIGATION, SCRIPT, eachMpm, environment, formSite, login, until,
} from '../lib/httpd.mjs';
import { installed, makeRoot, removeRoot } from '../lib/root.mjs';
import {
    ENDED, LIMITS, isLogin, loggedIn, open, ping, startSite,
} from '../lib/life.mjs';
import { Connection, bytesOf, statusOf } from '../lib/attack.mjs';

// --- killed children ---------------------------------------------------------

/** What a client does again and again; a connection may die with its child. */
async function work(httpd, jar, on, seen) {
    for (let i = 0; on(); i++) {
        const started = Date.now();
        try {
            const answer = await [
                () => open(httpd, jar),
                () => httpd.request('/session_security/ping?idleFor=0',
                    { jar, headers: SCRIPT }),
                () => login(httpd, new Jar()),
                () => open(httpd, new Jar(), '/app/'),
            ][i % 4]();
            assert.equal(answer.status, [200, 200, 302, 302][i % 4]);
            seen.answers++;
        }
        catch (error) {
            if (!/ECONNRESET|EPIPE|socket hang up/.test(
                `${error.code} ${error.message}`))
                throw error;
            seen.lost++;
        }
        seen.longest = Math.max(seen.longest, Date.now() - started);
    }
}

eachMpm((mpm) => {
    test(`${mpm}: children are killed at any moment, nobody waits for them`,
        async (t) => {
            // libfaketime's own lock is not freed when its holder is killed.
            const httpd = await startSite(t, { httpd: { mpm, clock: false } });
            httpd.allowLog(/exit signal Killed|AH10392/);
            const jars = [];
            for (let i = 0; i < 8; i++)
                jars.push(await loggedIn(httpd));
            const seen = { answers: 0, lost: 0, longest: 0 };
            let running = true;
            const clients = jars.map((jar) =>
                work(httpd, jar, () => running, seen));
            for (let kills = 0; kills < 9; kills++) {
                const [pid] = await until(() => httpd.pids().length > 1
                    && httpd.pids().sort(() => Math.random() - 0.5), 'children');
                // any moment: what the clients are at is not waited for
                await pause(Math.random() * 60);
                try {
                    process.kill(pid, 'SIGKILL');
                }
                catch {
                    // it has just ended of itself
                }
            }
            await until(() => seen.answers > 20, 'answers');
            running = false;
            await Promise.all(clients);
            assert.ok(seen.longest < 10000, JSON.stringify(seen));
            for (const jar of jars)
                assert.ok(await ping(httpd, jar) < 30);
        });
});

// --- restarts -------------------------------------------------------------------

/* MSS_TRANSFER_MIB: how long an answer and an upload are. */
const HALF = Number(process.env.MSS_TRANSFER_MIB ?? 32) / 2 * 1024 * 1024;
const BLOCK = Buffer.alloc(65536, '<p>Some words of a long page.</p>\n');

/** Writes n bytes, as fast as they are taken. */
async function pour(stream, n) {
    for (let left = n; left > 0; left -= BLOCK.length) {
        if (!stream.write(BLOCK.subarray(0, Math.min(left, BLOCK.length))))
            await once(stream, 'drain');
    }
}

/** A backend whose answers, and a client whose uploads, stop halfway until
 * go() is called. */
function halfway() {
    let go;
    const gate = new Promise((done) => { go = done; });
    const arrived = [];
    const server = createServer(async (req, res) => {
        if (req.method === 'PUT') {
            let n = 0;
            arrived.push(() => n);
            for await (const chunk of req)
                n += chunk.length;
            res.end(String(n));
            return;
        }
        res.setHeader('Content-Type', 'text/html');
        res.write('<!DOCTYPE html><head><title>t</title></head>');
        await pour(res, HALF);
        await gate;
        await pour(res, HALF);
        res.end('</html>');
    });
    return { server, gate, arrived, go: () => go() };
}

function download(httpd, jar, path, progress) {
    return new Promise((done, fail) => {
        const req = httpRequest({ host: '127.0.0.1', port: httpd.port, path,
            agent: false, headers: { ...NAVIGATION, Cookie: jar.header(path) } },
        (res) => {
            const hash = createHash('sha1');
            let head = '';
            let n = 0;
            res.on('data', (chunk) => {
                if (!n) {
                    head = chunk.toString('latin1');
                    const bare = head.replace(/<script[^>]*><\/script>/, '');
                    assert.notEqual(bare, head, 'no element');
                    chunk = Buffer.from(bare, 'latin1');
                }
                n += chunk.length;
                progress.n = n;
                hash.update(chunk);
            });
            res.on('error', fail);
            res.on('end', () => done({ n, sha1: hash.digest('hex'),
                complete: res.complete }));
        });
        req.on('error', fail);
        req.end();
    });
}

function upload(httpd, jar, path, gate) {
    return new Promise((done, fail) => {
        const req = httpRequest({ host: '127.0.0.1', port: httpd.port, path,
            method: 'PUT', agent: false, headers: { ...SCRIPT,
                Cookie: jar.header(path), 'Content-Length': 2 * HALF } },
        async (res) => {
            let text = '';
            for await (const chunk of res)
                text += chunk;
            done({ status: res.statusCode, text });
        });
        req.on('error', fail);
        pour(req, HALF).then(() => gate).then(() => pour(req, HALF))
            .then(() => req.end(), fail);
    });
}

eachMpm((mpm) => {
    test(`${mpm}: graceful restarts amid an answer and an upload lose no byte`,
        async (t) => {
            const { server, gate, arrived, go } = halfway();
            await once(server.listen(0, '127.0.0.1'), 'listening');
            server.unref();
            t.after(() => { go(); server.close(); server.closeAllConnections(); });
            const httpd = await startSite(t, {
                backend: `http://127.0.0.1:${server.address().port}`,
                httpd: { mpm } });
            // Generations that end take room, of which a test has little.
            httpd.allowLog(/AH03490/);
            const jar = await loggedIn(httpd);
            const progress = { n: 0 };
            const down = download(httpd, jar, '/app/backend/x', progress);
            const up = upload(httpd, jar, '/app/backend/y', gate);
            await until(() => progress.n > HALF / 2
                && arrived[0]?.() > HALF / 2, 'both to be halfway', 60000);
            await httpd.signal('SIGUSR1');
            assert.equal((await open(httpd, jar)).status, 200);
            await httpd.signal('SIGUSR1');
            go();
            const whole = createHash('sha1')
                .update('<!DOCTYPE html><head><title>t</title></head>');
            for (let n = 0; n < 2 * HALF; n += BLOCK.length)
                whole.update(BLOCK);
            const { sha1, complete } = await down;
            assert.ok(complete);
            assert.equal(sha1, whole.update('</html>').digest('hex'));
            assert.deepEqual(await up, { status: 200, text: String(2 * HALF) });
            assert.equal((await open(httpd, jar)).status, 200);
        });
});

// --- full disks --------------------------------------------------------------------

test('no space for logs: what ends has ended, and others go on', async (t) => {
    const httpd = await startSite(t, { httpd: { ports: 2 }, extra: `
<VirtualHost 127.0.0.1:\${PORT1}>
    ErrorLog /dev/full
    CustomLog /dev/full test
</VirtualHost>` });
    const [, port] = httpd.ports;
    const full = { ...httpd, clock: httpd.clock, request: (path, options) =>
        httpd.request(path, { ...options, port }) };
    const jars = [await loggedIn(full), await loggedIn(full)];
    httpd.clock.advance(101);
    const old = jars[0].clone();
    for (let round = 0; round < 3; round++) {
        for (const jar of [...jars, old]) {
            assert.doesNotMatch((await open(full, jar)).body, /Secret/);
            assert.equal(await ping(full, jar, '', {}), 'logout');
        }
    }
    assert.equal((await open(full, await loggedIn(full))).status, 200);
});

test('a session database that cannot be written: what ends has ended',
    async (t) => {
        const httpd = await startSite(t, { store: 'dbd',
            extra: 'ErrorDocument 404 /app/page.html' });
        const jar = await loggedIn(httpd);
        const old = jar.clone();
        assert.match((await open(httpd, jar, '/none')).body, /Secret/);
        const other = spawn('sqlite3', [join(httpd.root, 'db/session.db')],
            { stdio: ['pipe', 'pipe', 'inherit'] });
        t.after(() => other.kill());
        other.stdin.write('BEGIN IMMEDIATE; SELECT 1;\n');
        await once(other.stdout, 'data');
        assert.equal((await open(httpd, jar)).status, 200);
        httpd.clock.advance(101);
        httpd.allowLog(/AH0\d{4}: |dbd/);
        for (let round = 0; round < 2; round++) {
            for (const who of [jar, old]) {
                // An internal redirect reads the login from there once more.
                for (const path of ['/app/', '/none']) {
                    assert.doesNotMatch((await open(httpd, who, path)).body,
                        /Secret/);
                }
                assert.equal(await ping(httpd, who, '', {}), 'logout');
            }
        }
        await httpd.expectLog(ENDED);
        other.kill();
        await once(other, 'close');
        isLogin(await open(httpd, old));
        assert.equal((await open(httpd, await loggedIn(httpd))).status, 200);
    });

// --- no memory at the start ---------------------------------------------------------

test('no memory for the table: it does not start, and says why', async () => {
    if (process.env.MSS_PRELOAD)
        return; // a sanitizer needs terabytes of addresses for itself
    const options = { mpm: 'event', modules: [], files: {}, ports: 1,
        h2: false, module: true, logLevel: 'info',
        config: formSite({
            security: `${LIMITS}SessionSecurityStore shm:16777216\n` }) };
    const { root } = await makeRoot(options);
    try {
        const run = spawnSync('prlimit', [`--as=${600 << 20}`,
            installed.binary, '-d', root, '-f', 'httpd.conf', '-DFOREGROUND'],
        { encoding: 'utf8', timeout: 20000, env: environment() });
        assert.equal(run.status, 1);
        const log = run.stderr + readFileSync(join(root, 'logs/error'), 'utf8');
        assert.match(log, new RegExp('MSS0005: no shared memory for 16777216 '
            + 'sessions \\(\\d+ bytes\\); make SessionSecurityStore shm:entries '
            + 'smaller'));
    }
    finally {
        removeRoot(root);
    }
});

// --- all workers busy ------------------------------------------------------------

test('pings whose bodies do not come hold workers no longer than others',
    async (t) => {
        const httpd = await startSite(t, { httpd: { modules: ['reqtimeout'] },
            extra: 'RequestReadTimeout header=1 body=1\n'
                + 'ServerLimit 4\nMaxRequestWorkers 32' });
        const jar = await loggedIn(httpd);
        const slow = await Promise.all(Array.from({ length: 64 }, async () => {
            const connection = await Connection.open(httpd.port);
            connection.send(bytesOf({ path: '/session_security/ping',
                cookie: jar.header('/'), headers: { ...SCRIPT,
                    'Content-Length': 100 } }));
            return connection;
        }));
        httpd.allowLog(/AH00484|AH10159|AH03490|AH00485/); // all are busy
        const started = Date.now();
        assert.equal((await open(httpd, jar)).status, 200);
        assert.ok(Date.now() - started < 8000);
        for (const connection of slow) {
            assert.equal(statusOf(await connection.rest({ ms: 15000 })), 408);
            connection.socket.destroy();
        }
        assert.equal((await open(httpd, jar)).status, 200);
        httpd.clock.advance(101);
        isLogin(await open(httpd, jar));
        await httpd.expectLog(ENDED);
    });
