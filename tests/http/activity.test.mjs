// SPDX-License-Identifier: Apache-2.0
// What is activity, and what is not.

import assert from 'node:assert/strict';
import { Readable } from 'node:stream';
import { describe, test } from 'node:test';
import { NAVIGATION, SCRIPT, startBackend, until } from '../lib/httpd.mjs';
import {
    ENDED, isIdle, isLogin, loggedIn, open, ping, startSite,
} from '../lib/life.mjs';
import { pass, startStorage, upload } from '../lib/uploads.mjs';

const { 'Sec-Fetch-User': _, ...REFRESH } = NAVIGATION;
const PLAIN_PAGE = { Accept: 'text/html,*/*;q=0.8' };

/** Idle seconds after a request made 50 s after the login. */
async function idleAfter(t, path, headers, options = {}) {
    const httpd = await startSite(t, options);
    const jar = await loggedIn(httpd);
    httpd.clock.advance(50);
    const answer = await httpd.request(path, { jar, headers });
    assert.ok(answer.status < 500, `status ${answer.status}`);
    return ping(httpd, jar);
}

describe('Navigations', () => {
    const cases = [
        ['a page that a person opened', NAVIGATION, 0],
        ['a page over plain http', PLAIN_PAGE, 0],
        ['a client that sends no Accept', {}, 0],
        ['a page that reloads itself', REFRESH, 50],
        ['a script', SCRIPT, 50],
        ['a WebSocket, as Chromium opens it', { 'Upgrade': 'websocket',
            'Connection': 'Upgrade', 'Sec-WebSocket-Version': '13',
            'Sec-WebSocket-Key': 'eA==' }, 50],
        ['a report, as Chromium sends it',
            { 'Content-Type': 'application/reports+json' }, 50],
        ['an image', { Accept: 'image/avif,image/*,*/*;q=0.8' }, 50],
        ['a prefetch', { ...NAVIGATION, 'Sec-Purpose': 'prefetch' }, 50],
        ['a prerender over plain http',
            { ...PLAIN_PAGE, 'X-Moz': 'prefetch' }, 50],
        ['a frame that somebody else loads',
            { ...REFRESH, 'Sec-Fetch-Site': 'cross-site' }, 50],
    ];
    for (const [name, headers, idle] of cases) {
        test(name, async (t) => {
            isIdle(await idleAfter(t, '/app/page.html', headers), idle);
        });
    }

    test('a page that is not there', async (t) => {
        isIdle(await idleAfter(t, '/app/none.html', NAVIGATION), 0);
    });

    test('a public page', async (t) => {
        isIdle(await idleAfter(t, '/', NAVIGATION), 50);
    });

    test('the module\'s own files', async (t) => {
        isIdle(await idleAfter(t, '/session_security/script.js',
            NAVIGATION), 50);
    });
});

describe('SessionSecurityActivity', () => {
    const requests = { more: 'SessionSecurityActivity Requests' };
    test('Requests: a script counts', async (t) => {
        isIdle(await idleAfter(t, '/app/data.json', SCRIPT, requests), 0);
    });
    test('Requests: another site\'s image does not', async (t) => {
        isIdle(await idleAfter(t, '/app/data.json', {
            'Accept': '*/*', 'Sec-Fetch-Mode': 'no-cors',
            'Sec-Fetch-Site': 'cross-site', 'Sec-Fetch-Dest': 'image',
        }, requests), 50);
    });
    test('Input: not even a page counts', async (t) => {
        isIdle(await idleAfter(t, '/app/page.html', NAVIGATION,
            { more: 'SessionSecurityActivity Input' }), 50);
    });
});

describe('passive', () => {
    const passive = { more: 'SessionSecurityPassiveURLs /app/poll /*/status' };
    const cases = [
        ['/app/poll', 50], ['/app/poll/', 50], ['/app/poll/now', 50],
        ['/app//poll', 50], ['/app/./x/../poll', 50], ['/app/%70oll', 50],
        ['/app/poll?a=b', 50], ['/app/pollute', 0], ['/app/Poll', 0],
        ['/app/x/status', 50], ['/app/x/status/', 50], ['/app/x/statuses', 0],
    ];
    for (const [path, idle] of cases) {
        test(`SessionSecurityPassiveURLs: ${path}`, async (t) => {
            isIdle(await idleAfter(t, path, NAVIGATION, passive), idle);
        });
    }

    test('the path counts that the client asked for', async (t) => {
        const rewrite = {
            more: 'SessionSecurityPassiveURLs /app/page.html /app/alias\n'
                + 'RewriteEngine On\nRewriteRule ^/app/alias$ /app/index.html\n'
                + 'RewriteRule ^/app/opened$ /app/page.html [PT]',
        };
        isIdle(await idleAfter(t, '/app/alias', NAVIGATION, rewrite), 50);
        isIdle(await idleAfter(t, '/app/opened', NAVIGATION, rewrite), 0);
    });

    test('SessionSecurityPassive in a section, and by a header',
        async (t) => {
            const site = {
                more: '<Location /app/page.html>\nSessionSecurityPassive On\n'
                    + '</Location>\n<If "%{HTTP:X-Refresh} == \'1\'">\n'
                    + 'SessionSecurityPassive On\n</If>',
            };
            isIdle(await idleAfter(t, '/app/page.html', NAVIGATION,
                site), 50);
            isIdle(await idleAfter(t, '/app/form.html',
                { ...NAVIGATION, 'X-Refresh': '1' }, site), 50);
        });

    test('is judged all the same', async (t) => {
        const httpd = await startSite(t, passive);
        const jar = await loggedIn(httpd);
        httpd.clock.advance(101);
        isLogin(await open(httpd, jar, '/app/poll'));
        await httpd.expectLog(ENDED);
    });
});

describe('reports', () => {
    const cases = [
        ['idleFor', '?idleFor=10', SCRIPT, 10],
        ['negative', '?idleFor=-5', SCRIPT, 0],
        ['the last of several', '?idleFor=5&idleFor=30', SCRIPT, 30],
        ['not a number', '?idleFor=1e1', SCRIPT, 50],
        ['empty', '?idleFor=', SCRIPT, 50],
        ['huge', '?idleFor=99999999999999999999', SCRIPT, 50],
        ['none', '', SCRIPT, 50],
        ['by X-Session-Security', '?idleFor=10',
            { 'X-Session-Security': '0' }, 10],
        ['by what the browser says', '?idleFor=10',
            { 'Sec-Fetch-Site': 'same-origin' }, 10],
        ['from nowhere', '?idleFor=0', {}, 50],
        ['from another site', '?idleFor=0',
            { ...SCRIPT, 'Sec-Fetch-Site': 'cross-site' }, 50],
        ['from a sibling host', '?idleFor=0',
            { ...SCRIPT, 'Sec-Fetch-Site': 'same-site' }, 50],
    ];
    for (const [name, query, headers, idle] of cases) {
        test(name, async (t) => {
            const httpd = await startSite(t);
            const jar = await loggedIn(httpd);
            httpd.clock.advance(50);
            await httpd.request(`/session_security/ping${query}`,
                { jar, headers });
            isIdle(await ping(httpd, jar), idle);
        });
    }
});

/** Somebody logged in, and a backend for uploads. */
async function uploading(t, options = {}) {
    const stored = await startStorage(t);
    const httpd = await startSite(t, { backend: stored.url, ...options });
    return { httpd, stored, jar: await loggedIn(httpd) };
}

describe('uploads', () => {
    test('a long one keeps the session, and is not cut', async (t) => {
        const { httpd, jar, stored } = await uploading(t);
        const sent = await upload(httpd, jar, stored, [60, 60, 60, 60]);
        assert.equal(sent.body, 'stored');
        /* Arrived 240 s after the login, the last part 60 s ago at most. */
        assert.ok(await ping(httpd, jar) <= 60);
    });

    test('so does one that its backend holds up, not its sender', async (t) => {
        const { httpd, jar, stored } = await uploading(t);
        let taken = 0;
        const sent = httpd.request('/app/backend/held/upload', {
            method: 'PUT', jar, headers: SCRIPT,
            body: Readable.from((function* body() {
                for (; taken < 512; taken++)
                    yield Buffer.alloc(65536, 'x');
            }())),
        });
        let before = -1;
        await until(() => {
            const stands = stored.held && taken === before;
            before = taken;
            return stands;
        }, 'a backend that does not go on');
        assert.ok(taken < 512);
        httpd.clock.advance(80);
        stored.held.resume();
        assert.equal((await sent).body, 'stored');
        assert.ok(await ping(httpd, jar) < 60);
    });

    test('one that has paused for too long brings no session back', async (t) => {
        const { httpd, jar, stored } = await uploading(t);
        // Nor do the parts that come in time behind that one.
        await upload(httpd, jar, stored, [110, 10, 10, 10]);
        assert.equal(stored.bytes, 80000);
        assert.equal(await ping(httpd, jar), 'logout');
    });

    test('also one that another module reads before its handler', async (t) => {
        const reads = 'LuaHookFixups "${ROOT}/reader.lua" read';
        const stores = '#!/bin/sh\n'
            + 'printf "Content-Type: text/plain\n\nstored"\n';
        const httpd = await startSite(t, {
            app: reads,
            extra: `<Location "/public">
    ${reads}
</Location>
<Location "/basic">
    AuthType Basic
    AuthName app
    AuthUserFile users
    Require valid-user
    ${reads}
</Location>`,
            httpd: {
                modules: ['lua'],
                files: {
                    'reader.lua': 'require "apache2"\nfunction read(r)\n'
                        + 'r:info("reads")\nr:requestbody()\n'
                        + 'return apache2.DECLINED\nend\n',
                    'htdocs/app/store.cgi': stores,
                    'htdocs/basic/store.cgi': stores,
                    'htdocs/public/store.cgi': stores,
                },
            },
        });
        const jar = await loggedIn(httpd);
        const part = Buffer.alloc(20000, 'x');
        const mark = httpd.mark();
        const sent = httpd.request('/app/store.cgi', {
            method: 'POST', jar,
            headers: { ...SCRIPT, 'Content-Length': 4 * part.length },
            body: Readable.from((async function* body() {
                yield part;
                await until(() => httpd.logSince(mark).includes('reads'),
                    'a reader');
                for (let i = 1; i < 4; i++) {
                    await pass(httpd, 60);
                    yield part;
                    // With the last part the answer comes, and the test's end.
                    await (i === 3 || until(async () =>
                        await ping(httpd, jar) < 60, 'activity', 3000));
                }
            }())),
        });
        assert.equal((await sent).body, 'stored');
        assert.ok(await ping(httpd, jar) < 60);

        // But none to where it protects nothing, nor that of somebody else.
        const foreign = async (path, headers) => {
            await ping(httpd, jar, '?idleFor=0');
            const from = httpd.mark();
            let idle;
            await httpd.request(path, {
                method: 'POST', jar, headers: { ...SCRIPT, ...headers,
                    'Content-Length': 7 * part.length },
                body: Readable.from((async function* body() {
                    yield part;
                    await until(() => httpd.logSince(from).includes('reads'),
                        'a reader');
                    for (let i = 0; i < 5; i++) {
                        await pass(httpd, 7);
                        yield part;
                    }
                    idle = await ping(httpd, jar);
                    yield part;
                }())),
            });
            isIdle(idle, 35);
        };
        await foreign('/public/store.cgi');
        isIdle(await ping(httpd, jar), 35);
        await foreign('/basic/store.cgi',
            { Authorization: `Basic ${btoa('bob:secret')}` });
        await httpd.expectLog(/MSS0010: .*reason=relogin/);
    });

    test('none that a page of another origin has sent, or that is passive, '
        + 'however long', async (t) => {
        const { httpd, jar, stored } = await uploading(t,
            { more: 'SessionSecurityPassiveURLs /app/backend/report' });
        const send = async (headers, name = 'upload') => {
            stored.bytes = 0;
            httpd.clock.advance(10);
            await httpd.request(`/app/backend/${name}`, {
                method: 'POST', jar, headers,
                body: Readable.from((async function* body() {
                    yield Buffer.alloc(20000, 'x');
                    await until(() => stored.bytes === 20000, 'the first part');
                    await pass(httpd, 5);
                    yield 'y';
                }())),
            });
        };
        for (const [site, mode] of [['cross-site', 'no-cors'],
            ['same-site', 'no-cors'], ['cross-site', 'navigate']]) {
            await send({ 'Accept': '*/*', 'Sec-Fetch-Mode': mode,
                'Sec-Fetch-Dest': mode === 'navigate' ? 'iframe' : 'empty',
                'Sec-Fetch-Site': site });
        }
        await send(SCRIPT, 'report');
        isIdle(await ping(httpd, jar), 60);
        await send(SCRIPT);
        isIdle(await ping(httpd, jar), 0, 6);
    });

    test('a script\'s short POST is none, whenever it is read', async (t) => {
        const httpd = await startSite(t, {
            app: 'LuaMapHandler "^/app/poll$" "${ROOT}/poll.lua"',
            httpd: {
                modules: ['lua'],
                files: {
                    'poll.lua': 'require "apache2"\nfunction handle(r)\n'
                        + 'local came = os.time()\nr:info("polls")\n'
                        + 'repeat r.usleep(5000) until os.time() >= came + 30\n'
                        + 'r:puts("{}")\nreturn apache2.OK\nend\n',
                },
            },
        });
        const jar = await loggedIn(httpd);
        const post = (path) => httpd.request(path, {
            method: 'POST', jar, headers: SCRIPT, body: 'idle=1',
        });
        httpd.clock.advance(40);
        await post('/app/data.json');
        isIdle(await ping(httpd, jar), 40);

        // The core discards what a handler leaves, when that has answered.
        const mark = httpd.mark();
        const answer = post('/app/poll');
        await until(() => httpd.logSince(mark).includes('polls'), 'a handler');
        httpd.clock.advance(40);
        assert.equal((await answer).body, '{}');
        isIdle(await ping(httpd, jar), 80);
    });
});
