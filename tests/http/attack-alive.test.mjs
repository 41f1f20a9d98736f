// SPDX-License-Identifier: Apache-2.0
// What keeps nobody logged in, whoever sends it; what hostile requests get; and
// where they can lead a browser to.

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { Jar, NAVIGATION, SCRIPT } from '../lib/httpd.mjs';
import {
    ENDED, isIdle, isLogin, loggedIn, open, ping, startSite,
} from '../lib/life.mjs';
import {
    Connection, ask, bytesOf, startFortress, statusOf,
} from '../lib/attack.mjs';

const it = {};
before(async () => Object.assign(it, await startFortress({
    more: `
SessionSecurityReturnTo "%{unbase64:%{HTTP:X-To}}"
`,
})));
after(() => it.stop?.());

const { 'Sec-Fetch-User': _, ...REFRESH } = NAVIGATION;
const FOREIGN = { 'Sec-Fetch-Site': 'cross-site' };
const PING = '/session_security/ping';
const report = (query, more = {}) =>
    ({ path: `${PING}?${query}`, headers: { ...SCRIPT, ...more } });

/** Requests that are no activity, by what is wrong with them. */
const NOTHING = {
    'another site\'s image': { path: '/app/page.html',
        headers: { ...FOREIGN, 'Sec-Fetch-Mode': 'no-cors',
            'Sec-Fetch-Dest': 'image', 'Accept': 'image/*' } },
    'another site\'s script navigates': { path: '/app/page.html',
        headers: { ...REFRESH, ...FOREIGN } },
    'another site\'s form, posted by a script': { path: '/app/form.html',
        method: 'POST', headers: { ...REFRESH, ...FOREIGN,
            'Content-Length': 0 } },
    'a page that reloads itself': { path: '/app/page.html', headers: REFRESH },
    'a prefetch': { path: '/app/page.html',
        headers: { ...NAVIGATION, 'Sec-Purpose': 'prefetch' } },
    'a prerender': { path: '/app/page.html',
        headers: { ...NAVIGATION, 'Sec-Purpose': 'prefetch;prerender' } },
    'an old prefetch': { path: '/app/page.html',
        headers: { Accept: 'text/html', Purpose: 'prefetch' } },
    'a poll that looks like a page': { path: '/app/poll', headers: NAVIGATION },
    ...Object.fromEntries(['/app//poll', '/app/./poll', '/app/x/../poll',
        '/app/%70oll', '/app/poll/', '/app/poll/now', '/app/poll?x=/../page',
        '/app/poll;jsessionid=1', '/app/poll;jsessionid=1?x', '//app/poll',
        '/%61pp/poll', '/app/poll%3bx'].map((path) =>
        [`a poll spelled ${path}`, { path, headers: NAVIGATION }])),
    'events': { path: '/app/backend/events',
        headers: { ...SCRIPT, Accept: 'text/event-stream' } },
    'a script\'s 404': { path: '/app/none', headers: SCRIPT },
    'a public 404': { path: '/none', headers: NAVIGATION },
    'a page of the site that needs no login': { path: '/',
        headers: NAVIGATION },
    'a failed login': { path: '/dologin', method: 'POST',
        headers: { ...NAVIGATION,
            'Content-Type': 'application/x-www-form-urlencoded',
            'Content-Length': 43 },
        body: 'httpd_username=alice&httpd_password=guessed' },
    'the script': { path: '/session_security/script.js', headers: NAVIGATION },
    'messages': { path: '/session_security/messages/de.json',
        headers: NAVIGATION },
    'nothing below the prefix': { path: '/session_security/none',
        headers: NAVIGATION },
    'the prefix': { path: '/session_security', headers: NAVIGATION },
    'a ping that is opened': { path: PING, headers: NAVIGATION },
    'a ping that is opened with a report from elsewhere': {
        path: `${PING}?idleFor=0`, headers: { ...NAVIGATION, ...FOREIGN } },
    'a ping from nowhere': { path: `${PING}?idleFor=0`, headers: {} },
    'a ping by another site\'s image': { path: `${PING}?idleFor=0`,
        headers: { ...FOREIGN, 'Sec-Fetch-Dest': 'image' } },
    'a ping by another site, which says it is ours': report('idleFor=0',
        FOREIGN),
    'a ping by a sibling host': report('idleFor=0',
        { 'Sec-Fetch-Site': 'same-site' }),
    'a ping with Origin alone': { path: `${PING}?idleFor=0`,
        headers: { Origin: 'http://127.0.0.1' } },
    'a ping by POST': { ...report('idleFor=0', { 'Content-Length': 9 }),
        method: 'POST', body: 'idleFor=0' },
    'a logout that is opened': { path: '/session_security/logout',
        headers: NAVIGATION },
    'a logout by another site': { path: '/session_security/logout',
        method: 'POST', headers: { ...NAVIGATION, ...FOREIGN,
            'Content-Length': 0 } },
    ...Object.fromEntries(['', '=', 'NaN', 'null', 'undefined', '0x0', '1e0',
        '+0', ' 0', '%20', '0.0', '00000000000000000000x', '%30', '0%00',
        '%00', '%EF%BC%90', '\xb2', '\uff10'.slice(1), '--0', '-', '0;1',
        '0,1', '[]', 'true', 'Infinity', '-Infinity',
        '99999999999999999999999999', '9223372036854775807',
        '18446744073709551616', '4294967296'].map((value) =>
        [`idleFor=${value}`, report(`idleFor=${value}`)])),
    ...Object.fromEntries(['idlefor=0', 'IDLEFOR=0', 'xidleFor=0', 'idleFor',
        'idleFor[]=0', 'idle%46or=0', 'idleFor=0&idleFor=', 'idleFor=0&idleFor=x',
        'a=idleFor=0', 'idleFor=0&idleFor=99999999999', '?idleFor=0',
        'x;idleFor=0'].map((query) => [`?${query}`, report(query)])),
};

describe('nobody is kept logged in by', () => {
    const idle = {};
    before(async () => {
        const { httpd } = it;
        const jars = {};
        for (const name of Object.keys(NOTHING))
            jars[name] = await loggedIn(httpd);
        httpd.clock.advance(50);
        for (const [name, request] of Object.entries(NOTHING)) {
            const connection = await Connection.open(httpd.port);
            connection.send(bytesOf({ ...request, bare: true,
                cookie: jars[name].header(request.path) })
                + (request.body ?? ''));
            const answer = await connection.rest();
            assert.ok(statusOf(answer) < 500, `${name}\n${answer}`);
        }
        for (const [name, jar] of Object.entries(jars))
            idle[name] = await ping(httpd, jar, '', {});
        httpd.clock.advance(30);
        for (const [name, jar] of Object.entries(jars))
            idle[`${name}, later`] = await ping(httpd, jar, '', {});
        httpd.allowLog(/AH01618|AH01807|AH01617|AH01808|mismatch/);
    });

    for (const name of Object.keys(NOTHING)) {
        test(name, () => {
            assert.ok(idle[name] >= 50 && idle[name] < 70, idle[name]);
            assert.ok(idle[`${name}, later`] >= 80, idle[`${name}, later`]);
        });
    }
});

test('what is negative or the last of several counts as it says',
    async () => {
        const { httpd } = it;
        const jar = await loggedIn(httpd);
        httpd.clock.advance(50);
        for (const [query, least, most] of [['idleFor=45', 45, 47],
            ['idleFor=0&idleFor=30', 30, 32], ['idleFor=-99999999999999999999',
                0, 2]]) {
            const answer = await ping(httpd, jar, `?${query}`);
            assert.ok(answer >= least && answer <= most, `${query}: ${answer}`);
        }
    });

// --- hostile requests ---------------------------------------------------------

const long = 'x'.repeat(7000);
const COOKIES = ['&=', '=', '', ';', '; ; ;', 'sid', 'sid=', 'sid=;sid=',
    'sid==', 'sid=&', 'sid=&&&&=&=', 'sid=%', 'sid=%0', 'sid=%00', 'sid=%zz',
    'sid="', 'sid=""', 'sid="\\', 'sid=\x01\x02\x7f\xff', `sid=${long}`,
    `sid=${'&='.repeat(3000)}`, `${'a=b; '.repeat(1000)}sid=x`,
    'sid=_session_security', 'sid=_session_security=',
    'sid=_session_security=1', 'sid=_session_security=&app-user=alice',
    `sid=_session_security=${long}`, 'sid=expiry=', 'sid=expiry=x',
    'sid=expiry=99999999999999999999', 'sid=_session_security=1.ended.idle.0',
    'sid=_session_security=1.ended.idle.99999999999999999999',
    'sid=_session_security=1.ended.', 'SID=x', 'sid =x', ' sid=x', 'sid\t=x'];

describe('hostile requests are answered, and the next ones, too', () => {
    before(() => it.httpd.allowLog(
        /AH01842|AH01817|AH00011|AH00524|AH10503|AH01588|AH01587|AH00010/));

    test('cookies', async () => {
        const { httpd } = it;
        for (const cookie of COOKIES) {
            for (const path of ['/app/page.html', PING]) {
                const answer = await ask(httpd.port, { path, cookie });
                assert.ok([200, 302, 400].includes(statusOf(answer)),
                    `${cookie}\n${answer}`);
                assert.doesNotMatch(answer, /Secret/);
                if (path === PING && statusOf(answer) === 200)
                    assert.match(answer, /"logout"/);
            }
        }
    });

    test('queries and limits', async () => {
        const { httpd } = it;
        const jar = await loggedIn(httpd);
        for (const query of ['&', '=', '&&&&', '&=&=', '%', '%%%', '%00', long,
            'limits', 'limits=', 'limits=1', `limits=${long}`,
            'limits=1.1.1.1.1', 'limits=540000.600000.0.x',
            `limits=${'9'.repeat(400)}`, 'limits=-1.-1.-1-', 'limits=&limits=',
            `${'idleFor=1&'.repeat(700)}`, 'limits=1000.2000..0000000000000000',
            'v=', 'v=%', `v=${long}`]) {
            for (const path of ['ping', 'script.js', 'messages/de.json', 'logout',
                'messages/..', 'messages/', 'messages/../script.js%00']) {
                const answer = await ask(httpd.port, {
                    path: `/session_security/${path}?${query}`,
                    cookie: jar.header('/'), headers: SCRIPT });
                assert.ok([200, 400, 404, 405].includes(statusOf(answer)),
                    `${path}?${query}\n${answer}`);
            }
        }
        assert.equal((await open(httpd, jar)).status, 200);
    });

    const chunked = 'Transfer-Encoding: chunked\r\nConnection: close\r\n\r\n';
    const BODIES = {
        'chunks': [`${chunked}3\r\nabc\r\n0\r\n\r\n`, 200],
        'chunks with extensions and trailers':
            [`${chunked}3;a="b"\r\nabc\r\n0;c\r\nX: y\r\n\r\n`, 200],
        'chunks of more than 4 KiB':
            [`${chunked}${'400\r\n'.concat('x'.repeat(1024), '\r\n')
                .repeat(5)}0\r\n\r\n`, 413],
        'single bytes': [`${chunked}${'1\r\nx\r\n'.repeat(4000)}0\r\n\r\n`, 200],
        'a chunk size that is none': [`${chunked}zz\r\nabc\r\n0\r\n\r\n`, 400],
        'a chunk size that is too large':
            [`${chunked}ffffffffffffffffff\r\nabc`, 413],
        'a negative one': [`${chunked}-1\r\nabc\r\n0\r\n\r\n`, 400],
        'a negative length': ['Content-Length: -1\r\nConnection: close\r\n\r\n',
            400],
        'two lengths': ['Content-Length: 1\r\nContent-Length: 2\r\n'
            + 'Connection: close\r\n\r\nab', 400],
        'a length that is too large': ['Content-Length: 99999999999999999\r\n'
            + 'Connection: close\r\n\r\n', 413],
        'a word awaited before more than 4 KiB': ['Content-Length: 4097\r\n'
            + 'Expect: 100-continue\r\nConnection: close\r\n\r\n', 413],
        'a length and chunks': [`Content-Length: 3\r\n${chunked}0\r\n\r\n`, 200],
    };
    for (const [name, [rest, status]] of Object.entries(BODIES)) {
        test(`a ping with ${name}`, async () => {
            const answer = await it.httpd.raw(
                `GET ${PING} HTTP/1.1\r\nHost: a\r\n${rest}`);
            assert.equal(statusOf(answer), status, answer);
        });
    }

    test('half of a request, and the client gone', async () => {
        const { httpd } = it;
        const jar = await loggedIn(httpd);
        const whole = bytesOf({ path: PING, cookie: jar.header('/'),
            headers: { ...SCRIPT, 'Content-Length': 100 } });
        for (const n of [1, 20, whole.length >> 1, whole.length - 2,
            whole.length, whole.length + 50]) {
            const connection = await Connection.open(httpd.port);
            connection.send((whole + 'x'.repeat(99)).slice(0, n));
            connection.socket.destroy();
        }
        for (let i = 0; i < 40; i++) {
            const connection = await Connection.open(httpd.port);
            connection.send(whole);
            connection.socket.destroy();
        }
        assert.equal(await ping(httpd, jar, '', {}) < 10, true);
        assert.equal((await open(httpd, jar)).status, 200);
    });
});

// --- where a browser is sent ----------------------------------------------------

const TARGETS = ['//evil.test', '///evil.test', '/\\evil.test', '\\/evil.test',
    '\\\\evil.test', 'http://evil.test', 'HTTPS://evil.test', 'evil.test',
    'javascript:alert(1)', 'data:text/html,x', 'http:evil.test', 'http:/evil.test',
    '/\t/evil.test', '/\n/evil.test', '\t//evil.test', ' //evil.test',
    '/\r\nX-Injected: 1', '/x\r\n\r\n<script>', '/\x00/evil.test',
    '/%2f/evil.test', '/.//evil.test', '/..//evil.test', '/x/../..//evil.test',
    '/@evil.test', '@evil.test', '://evil.test', '?//evil.test', '#//evil.test',
    '/ok', '/ok?//evil.test', '/ok//evil.test', '/\u2028/evil.test'];

test('a ReturnTo that takes what the client says stays on the site',
    async () => {
        const { httpd } = it;
        // mod_rewrite's and ours, of what cannot be taken
        httpd.allowLog(/MSS\d{4}: .*ReturnTo|AH\d+: .*expression/);
        let local = 0;
        for (const target of TARGETS) {
            const jar = await loggedIn(httpd);
            const answer = await httpd.request('/session_security/logout', {
                method: 'POST', jar, headers: { ...SCRIPT,
                    'X-To': Buffer.from(target).toString('base64') } });
            assert.equal(answer.status, 303, target);
            const { location } = answer.headers;
            const { origin } = new URL(location, 'http://here.test/a/b');
            assert.equal(origin, 'http://here.test', `${target}: ${location}`);
            assert.equal(answer.headers['x-injected'], undefined);
            local += location === target;
            isLogin(await open(httpd, jar));
        }
        assert.ok(local >= 3, 'nothing was taken');
        await httpd.expectLog(ENDED);
    });

// --- what is told ------------------------------------------------------------

test('the log has no passwords, no cookies and no ids', async (t) => {
    const httpd = await startSite(t, { store: 'cookie',
        httpd: { logLevel: 'info session_security:trace8' } });
    const jars = [await loggedIn(httpd), await loggedIn(httpd)];
    const secrets = jars.flatMap((jar) => {
        const value = /_session_security=1([\w-]+)/.exec(jar.get('sid'))[1];
        const id = Buffer.from(value, 'base64url').subarray(0, 16);
        return [value.slice(0, 12), id.toString('hex'),
            id.toString('base64').slice(0, 20)];
    });
    await ping(httpd, jars[0], '?idleFor=0');
    await httpd.request('/session_security/logout',
        { method: 'POST', jar: jars[0].clone(), headers: SCRIPT });
    isLogin(await open(httpd, jars[0]));
    httpd.clock.advance(101);
    isLogin(await open(httpd, jars[1]));
    await httpd.expectLog(/MSS0010: .*reason=idle/);
    const text = httpd.log() + httpd.accessLog();
    for (const secret of [...secrets, 'app-pw', 'pw=secret', ' secret'])
        assert.ok(!text.includes(secret), `${secret} in:\n${text}`);
});

// --- the clock --------------------------------------------------------------------

test('the clock steps forth and back, a little and for years', async () => {
    const { httpd } = it;
    const jar = await loggedIn(httpd);
    for (const step of [3, -3, 4, -4, 1, -4]) {
        httpd.clock.advance(step);
        const idle = await ping(httpd, jar, '', {});
        assert.ok(idle >= 0 && idle < 20, `${idle} after ${step}`);
    }
    assert.doesNotMatch(httpd.log(), /MSS0013/);
    httpd.clock.advance(-86400 * 365 * 20);
    httpd.allowLog(/MSS0013/);
    assert.equal((await open(httpd, jar)).status, 200);
    isIdle(await ping(httpd, jar, '', {}), 0);
    httpd.clock.advance(86400 * 365 * 90);
    assert.equal(await ping(httpd, jar, '', {}), 'logout');
    isLogin(await open(httpd, jar));
    const next = await loggedIn(httpd);
    isIdle(await ping(httpd, next, '', {}), 0);
    httpd.clock.advance(101);
    isLogin(await open(httpd, next));
    assert.equal(new Jar().size, 0);
});
