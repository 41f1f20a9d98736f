// SPDX-License-Identifier: Apache-2.0
// The harness itself: what it promises must hold, or the other tests say
// nothing. All without the module.

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { once } from 'node:events';
import { test } from 'node:test';
import {
    Jar, configTest, eachMpm, formSite, login, startBackend, startHttpd, until,
} from '../lib/httpd.mjs';
import { isListening } from '../lib/process.mjs';

const plain = { module: false };
const SPOILT = { headers: { Cookie: 'sid=spoilt' } };
const site = (options) => formSite({ security: '', ...options });

test('a warning or error that nobody expected fails the test', async () => {
    const httpd = await startHttpd({ ...plain, config: site() });
    await httpd.request('/', SPOILT);
    await assert.rejects(httpd.stop(), /nobody expected:\n.*decrypt/s);
});

test('one that was expected does not', async () => {
    const httpd = await startHttpd({ ...plain, config: site() });
    await httpd.request('/', SPOILT);
    assert.match(await httpd.expectLog(/decrypt session failed/), /error\]/);
    httpd.allowLog(/AH018\d\d/);
    await httpd.stop();
});

test('a line that is expected and absent fails', async (t) => {
    const httpd = await startHttpd({ ...plain, config: site() }, t);
    await assert.rejects(httpd.expectLog(/decrypt session failed/, 50),
        /waited 50 ms for a log line/);
});

test('a child that crashes fails the test', async () => {
    const httpd = await startHttpd(plain);
    process.kill(httpd.pids()[0], 'SIGSEGV');
    await httpd.expectLog(/exit signal/).then((line) =>
        assert.match(line, /Segmentation fault/));
    assert.deepEqual(httpd.alarms(), []); // expected just now
    await httpd.stop();

    const other = await startHttpd(plain);
    const [victim] = other.pids();
    process.kill(victim, 'SIGSEGV');
    await until(() => /exit signal/.test(other.log()), 'the crash');
    await assert.rejects(other.stop(), /nobody expected:\n.*exit signal/s);
});

test('a configuration that httpd refuses is told with its output', async () => {
    const config = 'NoSuchDirective On\n';
    const run = await configTest({ ...plain, config });
    assert.notEqual(run.code, 0);
    assert.match(run.output, /NoSuchDirective/);
    await assert.rejects(startHttpd({ ...plain, config }),
        (error) => /NoSuchDirective/.test(error.output));
    assert.equal((await configTest(plain)).code, 0);
});

test('a test that cannot even begin leaves nothing behind', async () => {
    let root;
    await assert.rejects(startHttpd({ ...plain, config: (ctx) => {
        root = ctx.root;
        throw new Error('a mistake in the test');
    } }), /a mistake in the test/);
    assert.equal(existsSync(root), Boolean(process.env.MSS_KEEP));
});

for (const [how, signal] of [['that forgets to stop'], ['that is interrupted',
    'SIGTERM']]) {
    test(`a test file ${how} leaves nothing behind`, async () => {
        const library = new URL('../lib/httpd.mjs', import.meta.url);
        const file = spawn(process.execPath, ['--input-type=module', '-e', `
            import { startHttpd } from '${library}';
            const httpd = await startHttpd({ module: false });
            console.log(JSON.stringify([httpd.pid, httpd.root]));
            ${signal ? 'setInterval(() => {}, 1000);' : ''}`]);
        const ended = once(file, 'close');
        const [text] = await once(file.stdout, 'data');
        const [pid, root] = JSON.parse(text);
        if (signal) {
            file.kill(signal);
            file.kill(signal);
        }
        await ended;
        assert.equal(existsSync(root), Boolean(process.env.MSS_KEEP));
        await until(() => !existsSync(`/proc/${pid}`), 'the end of httpd');
    });
}

test('stop ends every process and removes the directory', async () => {
    const httpd = await startHttpd(plain);
    await until(() => httpd.pids().length >= 2, 'a second child');
    const pids = [httpd.pid, ...httpd.pids()];
    await httpd.stop();
    for (const pid of pids)
        assert.throws(() => process.kill(pid, 0), { code: 'ESRCH' });
    assert.equal(existsSync(httpd.root), Boolean(process.env.MSS_KEEP));
});

eachMpm((mpm) => {
    test('the clock moves, forth and back, in every child', async (t) => {
        const httpd = await startHttpd({ ...plain, mpm, clock: true }, t);
        const ahead = async () => {
            const started = Date.now();
            const { headers } = await httpd.request('/');
            assert.ok(Date.now() - started < 10000, 'answered late');
            return Date.parse(headers.date) / 1000 - Date.now() / 1000;
        };
        for (const [step, offset] of [[0, 0], [3600, 3600], [-7200, -3600],
            [86400 * 40, 86400 * 40 - 3600]]) {
            httpd.clock.advance(step);
            // More requests than one child answers alone.
            for (const found of await Promise.all(
                Array.from({ length: 12 }, ahead)))
                assert.ok(Math.abs(found - offset) < 12, `${found} s ahead`);
        }
        assert.ok(Math.abs(httpd.clock.now() - Date.now()
            - (86400 * 40 - 3600) * 1000) < 1000);
    });

    test('a graceful and a full restart bring new children', async (t) => {
        const httpd = await startHttpd({ ...plain, mpm, clock: true }, t);
        for (const signal of ['SIGUSR1', 'SIGHUP']) {
            const before = httpd.pids();
            const takes = (pid) => isListening(pid, httpd.port);
            assert.ok(before.some(takes));
            await httpd.signal(signal);
            assert.ok(!before.some(takes), 'old children take connections');
            assert.ok(httpd.pids().some((pid) => !before.includes(pid)));
            assert.equal((await httpd.request('/')).status, 200);
        }
    });

    for (const store of ['cookie', 'crypto', 'dbd']) {
        test(`the site with a login form, ${store} session`, async (t) => {
            const httpd = await startHttpd(
                { ...plain, mpm, config: site({ store }) }, t);
            const jar = new Jar();
            const visit = () => httpd.request('/app/', { jar });
            assert.equal((await visit()).headers.location.at(-1), 'l');
            await login(httpd, jar);
            assert.match((await visit()).body, /Secret start page/);
            await httpd.request('/logout', { jar });
            assert.equal((await visit()).status, 302);
            await assert.rejects(login(httpd, jar, 'alice', 'wrong'));
            await httpd.expectLog(/password mismatch/i);
        });
    }

    test('pages from a backend and from CGI', async (t) => {
        const backend = await startBackend((req, res) =>
            res.end(`backend ${req.url}`), t);
        const httpd = await startHttpd({
            ...plain, mpm, config: site({ backend: backend.url }),
            files: { 'htdocs/hello.cgi':
                '#!/bin/sh\nprintf "Content-Type: text/plain\\n\\nhello"\n' },
        }, t);
        const jar = new Jar();
        await login(httpd, jar);
        assert.equal((await httpd.request('/app/backend/a?b', { jar })).body,
            'backend /a?b');
        assert.equal(backend.requests[0].url, '/a?b');
        assert.equal((await httpd.request('/hello.cgi')).body, 'hello');
    });
});

test('raw requests are sent and answers received byte by byte', async (t) => {
    const backend = await startBackend((req, res) => res.end(), t);
    const config = `ProxyPass "/b/" "${backend.url}/"`;
    const httpd = await startHttpd({ ...plain, config }, t);
    const answer = await httpd.raw((async function* pieces() {
        yield 'GET /b/ HTTP/1.1\r\nHost: a\r\nX-Odd:  \xe9\r\n';
        yield 'Connection: close\r\n\r\n';
    })());
    assert.match(answer, /^HTTP\/1\.1 200 OK\r\n.*\r\n\r\n/s);
    assert.equal(backend.requests[0].headers['x-odd'], '\xe9');
});

test('the jar keeps, replaces and deletes cookies as a browser does', () => {
    const jar = new Jar();
    jar.store(['a=1; Path=/', 'b=2; path=/app; HttpOnly', 'a=3;Path=/']);
    assert.equal(jar.header('/'), 'a=3');
    assert.equal(jar.header('/app/x?y'), 'b=2; a=3');
    assert.equal(jar.header('/apple'), 'a=3');
    const thief = jar.clone();
    jar.store(['a=; Max-Age=0; Path=/',
        'b=; expires=Thu, 01 Jan 1970 00:00:00 GMT; path=/app']);
    assert.equal(jar.header('/app/'), undefined);
    assert.equal(thief.get('a'), '3');
    jar.store(['c=1'], '/deep/page');
    assert.equal(jar.cookie('c').path, '/deep');
});

test('several ports', async (t) => {
    const httpd = await startHttpd({ ...plain, ports: 2,
        config: 'Header set X-Second "${PORT1}"\n' }, t);
    const answer = await httpd.request('/', { port: httpd.ports[1] });
    assert.equal(answer.headers['x-second'], String(httpd.ports[1]));
});

test('an answer that never comes does not hang the test', async (t) => {
    const httpd = await startHttpd(plain, t);
    await assert.rejects(httpd.raw('GET / HTTP/1.1\r\nHost: a\r\n',
        { timeout: 100 }), /not closed after 100 ms/);
});
