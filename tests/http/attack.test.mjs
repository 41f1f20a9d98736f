// SPDX-License-Identifier: Apache-2.0
// After the end nothing that is protected is got: by no spelling of its path, no
// method, condition, protocol or connection, the first time and the second.

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { Jar, NAVIGATION, login, until } from '../lib/httpd.mjs';
import { ENDED, loggedIn } from '../lib/life.mjs';
import {
    CONDITIONS, Connection, Connection2, METHODS, SPELLINGS, ask, bytesOf,
    startFortress, statusOf,
} from '../lib/attack.mjs';

const all = [...SPELLINGS.open, ...SPELLINGS.closed];

/** Every request of the list, as {name, path, method, headers, version}. */
const EVERYTHING = [
    ...all.map((path) => ({ path })),
    ...all.map((path) => ({ path, version: '1.0' })),
    ...METHODS.flatMap((method) => ['/app/page.html', '/app/backend/x',
        '/app/run.cgi', '/app/'].map((path) => ({ path, method }))),
    ...Object.values(CONDITIONS).flatMap((headers) => ['/app/page.html',
        '/app/backend/x', '/app/backend/cached', '/app/ws/chat',
        '/includes.shtml'].map((path) => ({ path, headers }))),
    ...['HEAD', 'POST'].flatMap((method) => Object.values(CONDITIONS)
        .map((headers) => ({ path: '/app/backend/x', method, headers }))),
];
/** Some of each kind. */
const SAMPLE = EVERYTHING.filter((_, i) => i % 9 === 0);

const inWords = ({ method = 'GET', path, version = '', headers = {} }) =>
    `${method} ${path} ${version} ${JSON.stringify(headers)}`;

async function inTurns(list, fn, n = 8) {
    const rest = [...list.entries()];
    await Promise.all(Array.from({ length: n }, async () => {
        for (let next = rest.shift(); next; next = rest.shift())
            await fn(next[1], next[0]);
    }));
}

/** What is public on this site may be answered; what says Secret, is not, nor
 * may an answer say that something protected is as it was. */
function isHarmless(answer, request) {
    const status = statusOf(answer);
    const said = `${inWords(request)}\n${answer.slice(0, 600)}`;
    assert.doesNotMatch(answer, /Secret/, said);
    assert.notEqual(status, 206, said);
    assert.notEqual(status, 304, said);
    assert.notEqual(status, 101, said);
    // A method that is not known; only-if-cached, by mod_cache.
    assert.ok(status < 500 || status === 501 || status === 504, said);
    // The page that includes is public; TRACE, which httpd answers before any
    // authentication, says what the client said.
    if (status === 200) {
        assert.ok(/^\/includes/.test(request.path)
            || /Content-Type: message\/http/i.test(answer), said);
    }
}

/** Each request has a session of its own, so that each is the first after the
 * end; and then it is made again. exchange(request): the answer as text. */
async function attack({ httpd, application }, list, exchange) {
    const sessions = [];
    await inTurns(list, async (request, i) => {
        sessions[i] = (await loggedIn(httpd)).header('/app/');
    });
    const reached = application.requests.length;
    let got = 0;
    await inTurns(list, async (request, i) => {
        const answer = await exchange({ ...request, cookie: sessions[i] });
        const secret = /Secret/.test(answer);
        got += secret;
        if (SPELLINGS.open.includes(request.path) && !request.method
            && !request.headers && !request.version)
            assert.ok(secret, `nothing to get: ${request.path}\n${answer}`);
    });
    assert.ok(got > list.length / 4, `only ${got} of ${list.length} got in`);
    assert.ok(application.requests.length > reached);

    httpd.clock.advance(101);
    const before = application.requests.length;
    for (const round of ['first', 'second']) {
        await inTurns(list, async (request, i) => {
            const answer = await exchange({ ...request, cookie: sessions[i] });
            isHarmless(answer, { ...request, round });
        });
        assert.deepEqual(application.requests.slice(before), []);
    }
    await httpd.expectLog(ENDED);
}

function fortress(options) {
    const it = {};
    before(async () => Object.assign(it, await startFortress(options)));
    after(() => it.stop?.());
    return it;
}

describe('event, HTTP/1', () => {
    const it = fortress({ mpm: 'event' });

    test('every spelling, method and condition', () =>
        attack(it, EVERYTHING, (request) => ask(it.httpd.port, request)));

    test('a connection that was open before the end', async () => {
        const { httpd, application } = it;
        const cookie = (await loggedIn(httpd)).header('/app/');
        const connection = await Connection.open(httpd.port);
        const exchange = (path) => {
            connection.send(bytesOf({ path, cookie, close: false }));
            return connection.next();
        };
        assert.match(await exchange('/app/page.html'), /Secret/);
        assert.match(await exchange('/app/backend/x'), /Secret/);
        httpd.clock.advance(101);
        const reached = application.requests.length;
        for (const path of ['/app/backend/x', '/app/page.html', '/app/'])
            assert.equal(statusOf(await exchange(path)), 302);
        assert.equal(application.requests.length, reached);
        connection.socket.destroy();
    });

    test('requests that were sent before the end, behind a slow one',
        async () => {
            const { httpd, application } = it;
            const cookie = (await loggedIn(httpd)).header('/app/');
            const connection = await Connection.open(httpd.port);
            const reached = application.requests.length;
            connection.send(['/app/backend/slow', '/app/page.html',
                '/app/backend/y'].map((path) =>
                bytesOf({ path, cookie, close: false })).join(''));
            await until(() => application.requests.length > reached, 'the first');
            httpd.clock.advance(101);
            application.release();
            assert.match(await connection.next(), /Secret/);
            assert.equal(statusOf(await connection.next()), 302);
            assert.equal(statusOf(await connection.next()), 302);
            assert.equal(application.requests.length, reached + 1);
            connection.socket.destroy();
        });

    test('a login over the end, and nothing of the old cookie', async () => {
        const { httpd } = it;
        const jar = await loggedIn(httpd);
        const old = jar.header('/app/');
        httpd.clock.advance(101);
        await login(httpd, jar);
        assert.match(await ask(httpd.port,
            { path: '/app/page.html', cookie: jar.header('/app/') }), /Secret/);
        for (const path of ['/app/page.html', '/app/backend/x']) {
            isHarmless(await ask(httpd.port, { path, cookie: old }), { path });
            // mod_session takes neither of two that differ.
            httpd.allowLog(/AH00011/);
            isHarmless(await ask(httpd.port,
                { path, cookie: `${old}; ${old}x` }), { path });
        }
    });

    test('a cookie with any one byte changed is no cookie', async () => {
        const { httpd } = it;
        httpd.allowLog(/AH01842|AH01817|AH00011/);
        const cookie = (await loggedIn(httpd)).get('sid');
        const shape = (answer) => answer.replace(/Date: [^\r]*/g, '');
        const bytes = Buffer.from(decodeURIComponent(cookie), 'base64');
        const changed = Array.from(bytes, (byte, i) => {
            const copy = Buffer.from(bytes);
            copy[i] = byte ^ 1 << i % 8;
            return copy.toString('base64');
        });
        assert.match(await ask(httpd.port, { path: '/app/page.html',
            cookie: `sid=${bytes.toString('base64')}` }), /Secret/);
        const kinds = new Map();
        await inTurns(changed, async (value) => {
            const answer = shape(await ask(httpd.port,
                { path: '/app/page.html', cookie: `sid=${value}` }));
            kinds.set(answer, value);
        });
        assert.doesNotMatch([...kinds.keys()].join('\n'), /Secret/);
        assert.equal(kinds.size, 1, [...kinds.keys()].join('\n----\n'));
    });

    test('a WebSocket opens before the end only', async () => {
        const { httpd } = it;
        const cookie = (await loggedIn(httpd)).header('/app/');
        const request = { path: '/app/ws/chat', cookie,
            headers: CONDITIONS.Upgrade };
        const connection = await Connection.open(httpd.port);
        connection.send(bytesOf(request));
        assert.equal(statusOf(await connection.next()), 101);
        connection.socket.destroy();
        httpd.clock.advance(101);
        isHarmless(await ask(httpd.port, request), request);
    });
});

for (const mpm of ['worker', 'prefork']) {
    describe(`${mpm}, HTTP/1`, () => {
        const it = fortress({ mpm });
        test('a sample of them', () =>
            attack(it, SAMPLE, (request) => ask(it.httpd.port, request)));
    });
}

describe('event, TLS and HTTP/2', () => {
    const it = fortress({ mpm: 'event', tls: true });
    // A path of HTTP/2 begins with a slash.
    const list = SAMPLE.filter(({ path, version, method = '' }) =>
        path.startsWith('/') && !version && method !== 'TRACE'
        && !/[\\#]/.test(path));

    test('HTTP/1 over TLS', () => attack(it, SAMPLE,
        (request) => ask(it.httpd.ports[1], request, true)));

    for (const [what, port, tls] of [['h2c', 0, false], ['h2', 1, true]]) {
        test(`${what}, one connection from before the end`, async () => {
            const connection = new Connection2(it.httpd.ports[port], tls);
            await attack(it, list, (request) => connection.exchange(request));
            connection.close();
        });
    }
});
