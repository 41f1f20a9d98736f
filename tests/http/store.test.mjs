// SPDX-License-Identifier: Apache-2.0
// The table in shared memory: full, and of another size after a restart.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { test } from 'node:test';
import { Jar, SCRIPT, login, until } from '../lib/httpd.mjs';
import {
    ENDED, isIdle, isLogin, loggedIn, open, ping, poll, startSite,
} from '../lib/life.mjs';
import { examplePath } from '../lib/root.mjs';
import { startRedis } from '../lib/services.mjs';
import { startStorage, upload } from '../lib/uploads.mjs';

/** How many seconds restarts, and logins in their hundreds, can take. */
const LONG = 20;

const FULL = /MSS0007: the store is too small: \d+ records/;

test('a full table: sessions go on from their copies, and the log says so',
    async (t) => {
        const httpd = await startSite(t, {
            store: 'cookie', more: 'SessionSecurityStore shm:64\n' });
        const gone = await loggedIn(httpd);
        const old = gone.clone();
        await httpd.request('/logout', { jar: gone });
        await httpd.expectLog(ENDED);
        const jars = [];
        const fill = async () => {
            for (let i = 0; i < 100; i++)
                jars.push(await loggedIn(httpd));
        };
        await fill();
        await httpd.expectLog(FULL);
        assert.match(httpd.log(), /SessionSecurityStore shm:128/);
        httpd.clock.advance(40);
        for (const jar of jars.slice(0, 20))
            isIdle(await ping(httpd, jar), 40, LONG);
        /* Those that came later did not drive out the revocation. */
        assert.equal(await ping(httpd, old), 'logout');
        isLogin(await open(httpd, old));
        assert.equal(httpd.log().match(/MSS0007/g).length, 1);
        httpd.clock.advance(40);
        await fill();
        assert.equal(httpd.log().match(/MSS0007/g).length, 2);
        httpd.clock.advance(71);
        for (const jar of jars.slice(0, 5))
            isLogin(await open(httpd, jar));
    });

const MARKER = `<Location "/app/mark">
    SetHandler session-security-example
</Location>
`;

for (const store of ['cookie', 'dbd']) {
    test(`a table full of ends, and a session in ${store}: what pings, pages, `
        + 'uploads and modules report is noted in the session', async (t) => {
        const stored = await startStorage(t);
        const httpd = await startSite(t, {
            store, more: 'SessionSecurityStore shm:64\n', backend: stored.url,
            extra: MARKER,
            httpd: { prelude: `LoadModule session_security_example_module "${
                examplePath()}"\n` } });
        const flood = new Jar();
        for (let i = 0; i < 160; i++)
            await login(httpd, flood, 'bob');
        const jar = await loggedIn(httpd);
        await httpd.expectLog(FULL);
        const written = jar.get('sid');
        isIdle(await ping(httpd, jar), 0);
        assert.equal(jar.get('sid'), written);
        for (let i = 0; i < 5; i++) {
            httpd.clock.advance(30);
            isIdle(await ping(httpd, jar, '?idleFor=1'), 1);
            isIdle(await ping(httpd, jar), 1);
        }
        httpd.clock.advance(90);
        assert.equal((await open(httpd, jar)).status, 200);
        httpd.clock.advance(5);
        assert.equal((await open(httpd, jar)).status, 200);
        httpd.clock.advance(97);
        assert.equal((await open(httpd, jar)).status, 200);
        await upload(httpd, jar, stored, [60, 60, 10]);
        isIdle(await ping(httpd, jar), 0);
        httpd.clock.advance(60);
        assert.equal((await poll(httpd, jar, '/app/mark?activity')).body,
            'marked');
        isIdle(await ping(httpd, jar), 0);
        httpd.clock.advance(101);
        assert.equal(await ping(httpd, jar), 'logout');
    });
}

/** A request whose last byte is sent by finish(). */
async function half(httpd, path, jar) {
    const socket = connect(httpd.port, '127.0.0.1');
    await once(socket, 'connect');
    socket.write(`GET ${path} HTTP/1.1\r\nHost: 127.0.0.1\r\n`
        + `Connection: close\r\nCookie: ${jar.header(path)}\r\n`
        + 'X-Requested-With: XMLHttpRequest\r\n\r');
    return {
        finish: async () => {
            let answer = '';
            socket.on('data', (text) => { answer += text; });
            const closed = once(socket, 'close');
            socket.write('\n');
            await closed;
            return answer;
        },
    };
}

function resize(httpd, from, to) {
    const path = join(httpd.root, 'httpd.conf');
    const text = readFileSync(path, 'utf8');
    assert.notEqual(text.search(from), -1);
    writeFileSync(path, text.replace(from, to));
}

test('an end gives way to no login while a copy of the session could live on',
    async (t) => {
        const httpd = await startSite(t, {
            store: 'cookie', more: 'SessionSecurityStore shm:64\n' });
        httpd.allowLog(FULL);
        const logOut = async (jar) => {
            const old = jar.clone();
            await httpd.request('/logout', { jar });
            return old;
        };
        const stayedOver = async (old) => {
            for (let i = 0; i < 8; i++) {
                await Promise.all(Array.from({ length: 15 },
                    () => login(httpd, new Jar())));
            }
            assert.equal(await ping(httpd, old), 'logout');
        };
        const jar = await loggedIn(httpd);
        const early = await logOut(await loggedIn(httpd));
        resize(httpd, 'ExpireAfter 100', 'ExpireAfter 3600');
        await httpd.signal('SIGUSR1');
        httpd.clock.advance(700);
        await stayedOver(early);
        /* The copy lies ahead since, and counts as now. */
        httpd.clock.advance(-7200);
        const late = await logOut(jar);
        await httpd.expectLog(/MSS0013: /);
        httpd.clock.advance(4000);
        await stayedOver(late);
    });

for (const [from, to] of [['shm:4096', 'shm:128'], ['shm:128', 'shm:4096'],
    ['shm:128', 'redis']]) {
    test(`from ${from} to ${to}: what was known, and what the last requests of `
        + 'the old generation do', async (t) => {
        const store = to === 'redis' ? (await startRedis(t)).url : to;
        const httpd = await startSite(t, {
            more: `SessionSecurityStore ${from}\n`,
            httpd: { modules: ['socache_redis'] },
            extra: `<Location "/server-status">
    SetHandler server-status
    Require all granted
</Location>`,
        });
        const jars = [];
        for (let i = 0; i < 20; i++)
            jars.push(await loggedIn(httpd));
        const gone = await loggedIn(httpd, 'bob');
        await httpd.request('/logout', { jar: gone.clone() });
        await httpd.expectLog(/MSS0010.*reason=logout/);
        httpd.clock.advance(50);
        await ping(httpd, jars[0], '?idleFor=3');
        const out = await half(httpd, '/logout', jars[1]);
        const move = await half(httpd, '/session_security/ping?idleFor=1',
            jars[2]);
        /* Both have been taken up: a worker waits for the rest of each. */
        await until(async () => /Scoreboard: .*R.*R/.test((await httpd.request(
            '/server-status?auto')).body), 'two requests to be read');

        resize(httpd, from, store);
        await httpd.signal('SIGUSR1');
        await httpd.expectLog(/MSS0004: .* resized from \d+ to \d+/);
        isIdle(await ping(httpd, jars[0]), 3, LONG);
        isIdle(await ping(httpd, jars[19]), 50, LONG);
        assert.equal(await ping(httpd, gone), 'logout');

        assert.match(await out.finish(), / 30[27] /);
        assert.match(await move.finish(), / 200 /);
        assert.equal(await ping(httpd, jars[1]), 'logout');
        isLogin(await open(httpd, jars[1]));
        isIdle(await ping(httpd, jars[2]), 1, LONG);
    });
}

test('the last requests of generations before the one before', async (t) => {
    const httpd = await startSite(t, {
        /* Room for children of four generations. */
        more: 'SessionSecurityStore shm:128\nServerLimit 16\n',
        extra: `<Location "/server-status">
    SetHandler server-status
    Require all granted
</Location>`,
    });
    const jars = [await loggedIn(httpd), await loggedIn(httpd)];
    const outs = [];
    for (const [i, size] of ['shm:256', 'shm:512'].entries()) {
        outs.push(await half(httpd, '/logout', jars[i]));
        await until(async () => /Scoreboard: .*R/.test((await httpd.request(
            '/server-status?auto')).body), 'the request to be read');
        resize(httpd, /shm:\d+/, size);
        await httpd.signal('SIGUSR1');
    }
    await httpd.signal('SIGUSR1');
    assert.equal(httpd.log().match(/MSS0004/g).length, 2);
    for (const jar of jars)
        assert.equal((await open(httpd, jar)).status, 200);

    for (const out of outs)
        assert.match(await out.finish(), / 30[27] /);
    for (const jar of jars)
        isLogin(await open(httpd, jar));
});

/** MiB of shared memory that a process has mapped. */
function shared(pid) {
    const maps = readFileSync(`/proc/${pid}/maps`, 'latin1');
    let bytes = 0;
    for (const [, from, to] of maps.matchAll(
        /^([0-9a-f]+)-([0-9a-f]+) rw-s /gm))
        bytes += parseInt(to, 16) - parseInt(from, 16);
    return Math.round(bytes / (1 << 20));
}

test('the memory of another size is given back, when nobody needs it any more',
    async (t) => {
        const httpd = await startSite(t, {
            security: `SessionSecurity On
SessionSecurityWarnAfter 500
SessionSecurityExpireAfter 600
SessionSecurityWarnAfter 60 "expr=%{REMOTE_USER} == 'alice'"
SessionSecurityExpireAfter 100 "expr=%{REMOTE_USER} == 'alice'"
SessionSecurityStore shm:65536
ServerLimit 16
`,
            extra: `<Location "/server-status">
    SetHandler server-status
    Require all granted
</Location>`,
        });
        const limit = async (jar) => (await ping(httpd, jar, '',
            { ...SCRIPT, 'X-Session-Security': '1' })).expireAfter;
        const jar = new Jar();
        await login(httpd, jar);
        const first = shared(httpd.pid);
        const page = await half(httpd, '/app/', jar);
        const late = await half(httpd, '/app/', new Jar());
        await until(async () => /Scoreboard: .*R.*R/.test((await httpd.request(
            '/server-status?auto')).body), 'two requests to be read');

        resize(httpd, 'shm:65536', 'shm:131072');
        await httpd.signal('SIGUSR1');
        assert.equal(shared(httpd.pid), first + 8);
        /* Which limits are a user's is known when the page has been let in. */
        assert.equal(await limit(jar), 600);
        assert.match(await page.finish(), / 200 /);
        assert.equal(await limit(jar), 100);

        httpd.clock.advance(550);
        await httpd.signal('SIGUSR1');
        assert.equal(shared(httpd.pid), first + 8);
        httpd.clock.advance(100);
        await httpd.signal('SIGUSR1');
        assert.equal(shared(httpd.pid), first + 4);
        /* Who has it still, works with it. */
        assert.ok(httpd.pids().some((pid) => shared(pid) === first));
        assert.match(await late.finish(), / 30[27] /);
        assert.equal((await open(httpd, await loggedIn(httpd))).status, 200);
    });

test('a size for which there is no memory: a restart keeps what it has',
    async (t) => {
        const httpd = await startSite(t,
            { more: 'SessionSecurityStore shm:128\n' });
        const jar = await loggedIn(httpd);
        const gone = await loggedIn(httpd, 'bob');
        await httpd.request('/logout', { jar: gone.clone() });
        await httpd.expectLog(ENDED);
        httpd.clock.advance(50);
        const [, kib] = /^VmSize:\s+(\d+) kB$/m.exec(
            readFileSync(`/proc/${httpd.pid}/status`, 'utf8'));
        const limit = (bytes) => assert.equal(spawnSync('prlimit',
            ['--pid', httpd.pid, `--as=${bytes}:`]).status, 0);

        resize(httpd, 'shm:128', 'shm:16777216');
        limit(Number(kib) * 1024 + (600 << 20));
        httpd.allowLog(/MSS0009/);
        await httpd.signal('SIGUSR1');
        await httpd.expectLog(new RegExp('MSS0009: no shared memory for '
            + '16777216 sessions \\(\\d+ bytes\\); the table of 128 is kept'));
        isIdle(await ping(httpd, jar), 50, LONG);
        assert.equal(await ping(httpd, gone), 'logout');
        assert.equal((await open(httpd, jar)).status, 200);

        limit('unlimited');
        resize(httpd, 'shm:16777216', 'shm:256');
        await httpd.signal('SIGUSR1');
        await httpd.expectLog(/MSS0004: .* resized from 128 to 256/);
        assert.equal(await ping(httpd, gone), 'logout');
        httpd.clock.advance(101);
        isLogin(await open(httpd, jar));
    });
