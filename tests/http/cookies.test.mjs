// SPDX-License-Identifier: Apache-2.0
// Applications that log their users in themselves: what of their cookies reaches
// them, how a session of theirs begins, goes on and ends.

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { gunzipSync } from 'node:zlib';
import { Jar, NAVIGATION, SCRIPT, startHttpd } from '../lib/httpd.mjs';
import { enter, startApp } from '../lib/apps.mjs';
import { ENDED, LIMITS, isIdle, open, ping, poll } from '../lib/life.mjs';

const CLIENT = /<script src="\/session_security\/script\.js/;
const IMAGE = { 'Accept': 'image/*', 'Sec-Fetch-Mode': 'no-cors',
    'Sec-Fetch-Dest': 'image', 'Sec-Fetch-Site': 'same-origin' };

let app;
let httpd;

const CGI = '#!/bin/sh\nprintf \'Status: 404\\n'
    + 'Set-Cookie: J=from-cgi; Path=/\\n'
    + 'Content-Type: text/html\\n\\n<html></html>\'\n';

before(async () => {
    app = await startApp();
    httpd = await startHttpd({
        clock: true,
        ports: 2,
        config: ({ ports }) => `
<Macro site>
    Session On
    SessionCookieName sid path=/;HttpOnly
    SessionCryptoPassphrase test
    ${LIMITS}
    SessionSecurityCookies J S_* __Host-J
    ProxyPass "/app/" "${app.url}/"
    ProxyPass "/public/" "${app.url}/"
    ProxyPass "/bare/" "${app.url}/"
    ProxyPass "/basic/" "${app.url}/"
    ProxyPass "/shop/" "${app.url}/"
    ProxyPass "/any/" "${app.url}/"
    ProxyPass "/anybody/" "${app.url}/"
    RewriteEngine On
    RewriteCond %{QUERY_STRING} ^ruled=
    RewriteRule ^ - [CO=J:ruled:.shop.example:0:/app]
    <Location "/public/">
        SessionSecurityCookies None
    </Location>
    <Location "/shop/">
        ProxyPassReverseCookiePath "/app" "/shop"
        ProxyPassReverseCookieDomain "app.internal" "shop.example"
    </Location>
    <LocationMatch "^/bare">
        Session Off
    </LocationMatch>
    <Location "/none/">
        SessionSecurityCookies None
        ErrorDocument 404 /app/static
    </Location>
    <Location "/off/">
        SessionSecurity Off
        ErrorDocument 404 /app/answer?set=J%3Dby-error
    </Location>
    <Location "/named/">
        SessionSecurityCookies si*
    </Location>
    <Location "/basic/">
        AuthType Basic
        AuthName realm
        AuthUserFile users
        Require valid-user
    </Location>
    <LocationMatch "^/any(body)?/">
        AuthType Basic
        AuthName realm
        AuthUserFile users
        Require valid-user
    </LocationMatch>
    <Location "/any/">
        Satisfy Any
        Deny from all
    </Location>
    <Location "/anybody/">
        Satisfy Any
        Allow from all
    </Location>
</Macro>
Use site
<VirtualHost 127.0.0.1:${ports[1]}>
    Use site
</VirtualHost>
`,
        modules: ['macro', 'access_compat', 'rewrite'],
        files: {
            'htdocs/app.cgi': CGI,
            'htdocs/bare.cgi': CGI,
            'htdocs/named/index.html': '<html></html>',
            'htdocs/none/page.shtml': '<!--#include virtual="/app/static" -->',
        },
    });
});

after(async () => {
    await httpd.stop();
    await app.close();
});

const answer = (query) => `/app/answer?${new URLSearchParams(query)}`;
const set = (jar, line, more = []) => open(httpd, jar,
    answer([['set', line], ...more]));

/** The application's names and values in a Cookie header. */
const names = (header) => header.split(/[;,]\s*/)
    .filter((pair) => pair && !pair.startsWith('sid='));

/** What of the application's cookies the one request brought. */
async function brought(fn) {
    const seen = await app.reached(fn);
    assert.equal(seen.length, 1);
    return names(seen[0]);
}

const deletions = (got) => (got.headers['set-cookie'] ?? [])
    .filter((line) => /^(J|S_|__Host-J)[^=]*=;/.test(line));

async function loggedIn() {
    const jar = new Jar();
    jar.value = await enter(httpd, jar);
    return jar;
}

describe('a session', () => {
    test('begins with the cookie, and its page has the client', async () => {
        const jar = new Jar();
        const first = await open(httpd, jar, '/app/static');
        assert.doesNotMatch(first.body, CLIENT);
        assert.equal(jar.size, 0);
        const login = await open(httpd, jar, '/app/login');
        assert.match(login.body, CLIENT);
        assert.match(login.headers['cache-control'], /no-store/);
        assert.ok(jar.get('J') && jar.get('sid'));
        isIdle(await ping(httpd, jar), 0);
        const packed = await httpd.request('/app/answer?gzip&set=J%3Dx',
            { headers: { ...NAVIGATION, 'Accept-Encoding': 'gzip' } });
        assert.match(packed.headers['content-encoding']
            ? gunzipSync(packed.bytes).toString() : packed.body, CLIENT);
    });

    test('lasts as long as pages are opened, then ends for good', async () => {
        const jar = await loggedIn();
        for (let i = 0; i < 3; i++) {
            httpd.clock.advance(95);
            const page = await open(httpd, jar);
            assert.match(page.body, /Secret/);
            assert.match(page.body, CLIENT);
        }
        httpd.clock.advance(101);
        const old = jar.clone();
        const mark = httpd.mark();
        const page = await open(httpd, jar);
        assert.equal(page.status, 302);
        await httpd.expectLog(ENDED);
        assert.match(httpd.logSince(mark), /reason=idle user="-" idle=10[1-5]s/);
        assert.deepEqual(deletions(page), ['J=; Path=/app; Max-Age=0;'
            + ' Expires=Thu, 01 Jan 1970 00:00:00 GMT']);
        assert.equal(jar.get('J'), undefined);
        for (const [method, path] of [['GET', '/app/'], ['POST', '/app/data'],
            ['GET', '//app/./data'], ['GET', '/%61pp/'], ['HEAD', '/app/'],
            ['OPTIONS', '/app/'], ['GET', '/shop/'], ['PROPFIND', '/app/']]) {
            const seen = await app.reached(() => httpd.request(path,
                { method, jar: old.clone(), headers: NAVIGATION }));
            assert.ok(seen.every((cookies) => names(cookies).length === 0),
                `${method} ${path}: ${seen}`);
        }
        await enter(httpd, jar);
        assert.match((await open(httpd, jar)).body, /Secret/);
        assert.notEqual(jar.get('J'), old.get('J'));
    });

    test('is kept by reports, not by polls', async () => {
        const jar = await loggedIn();
        for (let i = 0; i < 3; i++) {
            httpd.clock.advance(90);
            isIdle(await ping(httpd, jar, '?idleFor=0'), 0);
        }
        for (let i = 0; i < 4; i++) {
            httpd.clock.advance(22);
            assert.equal((await poll(httpd, jar, '/app/data')).status, 200);
        }
        httpd.clock.advance(13);
        const seen = await app.reached(async () => {
            for (let i = 0; i < 2; i++) {
                const got = await poll(httpd, jar, '/app/data');
                assert.equal(got.status, 401);
                assert.equal(got.headers['session-security'], 'expired');
                assert.deepEqual(got.json, { state: 'logout', reason: 'idle' });
            }
        });
        assert.deepEqual(seen, []);
        assert.equal(await ping(httpd, jar), 'logout');
    });

    test('scripts of a page opened after the end can log in', async () => {
        const jar = await loggedIn();
        httpd.clock.advance(101);
        assert.equal(await ping(httpd, jar), 'logout');
        assert.equal((await poll(httpd, jar, '/app/login')).status, 401);
        await open(httpd, jar, '/app/static');
        const got = await poll(httpd, jar, '/app/login');
        assert.equal(got.status, 200);
        assert.ok(jar.get('J'));
        assert.deepEqual(await brought(() => poll(httpd, jar, '/app/data')),
            [`J=${jar.get('J')}`]);
    });

    test('images after the end reach the application, and set nothing',
        async () => {
            const jar = await loggedIn();
            httpd.clock.advance(101);
            assert.equal(await ping(httpd, jar), 'logout');
            const path = answer([
                ['set', 'J=image; Path=/app'], ['set', 'J=other; Path=/app']]);
            let got;
            assert.deepEqual(await brought(async () => {
                got = await httpd.request(path, { jar, headers: IMAGE });
            }), []);
            assert.equal(got.headers['set-cookie'], undefined);
        });

    test('a program that is no browser can log in again', async () => {
        const jar = new Jar();
        const post = () => httpd.request('/app/login',
            { method: 'POST', jar, headers: { Accept: '*/*' }, body: '' });
        await post();
        const first = jar.get('J');
        assert.deepEqual(await brought(() => httpd.request('/app/data',
            { jar, headers: { Accept: '*/*' } })), [`J=${first}`]);
        httpd.clock.advance(101);
        for (let i = 0; i < 2; i++) {
            await httpd.request('/app/data', { jar, headers: { Accept: '*/*' } });
        }
        await post();
        assert.notEqual(jar.get('J'), first);
        assert.equal((await httpd.request('/app/data',
            { jar, headers: { Accept: '*/*' } })).status, 200);
    });

    test('ends with the application\'s own logout', async () => {
        const jar = await loggedIn();
        const old = jar.clone();
        const mark = httpd.mark();
        const got = await open(httpd, jar, '/app/logout');
        assert.match(httpd.logSince(mark), /reason=logout user="-"/);
        assert.doesNotMatch(got.body, CLIENT);
        assert.equal(jar.size, 0);
        assert.equal(await ping(httpd, old), 'logout');
        assert.deepEqual(await brought(() => open(httpd, old)), []);
        await enter(httpd, jar);
    });

    test('ends with a logout that takes back what it sets', async () => {
        const gone = ['set', 'J=deleted; Path=/app; Max-Age=0'];
        for (const lines of [
            [['set', 'J=next; Path=/app'], gone], [['set', 'J=next'], gone],
            [['ruled', ''], gone,
                ['set', 'J=; Path=/app; Domain=Shop.example; Max-Age=0']],
        ]) {
            const jar = await loggedIn();
            const old = jar.clone();
            const mark = httpd.mark();
            const got = await open(httpd, jar, answer(lines));
            assert.match(got.headers['set-cookie'].join(), /\bJ=(next|ruled)/);
            assert.match(httpd.logSince(mark), /reason=logout user="-"/);
            assert.equal(jar.size, 0);
            for (const value of [old.value, 'next', 'ruled']) {
                old.set('J', value, '/app');
                assert.deepEqual(await brought(() => open(httpd, old)), []);
            }
        }
    });

    test('goes on when a logout sets another cookie', async () => {
        const jar = await loggedIn();
        const mark = httpd.mark();
        await set(jar, 'J=; Path=/app; Max-Age=0',
            [['set', 'J=again; Path=/app']]);
        assert.doesNotMatch(httpd.logSince(mark), ENDED);
        assert.deepEqual(await brought(() => open(httpd, jar)), ['J=again']);
    });

    test('goes on when a cookie of another place is cleared away', async () => {
        for (const where of ['Path=/elsewhere', 'Path=/app/answer/sub',
            'Path=/app; Domain=other.example']) {
            const jar = await loggedIn();
            const mark = httpd.mark();
            await httpd.request(`/app/answer?set=${encodeURIComponent(
                `J=; ${where}; Max-Age=0`)}`,
            { jar: jar.clone(), headers: NAVIGATION });
            assert.doesNotMatch(httpd.logSince(mark), ENDED);
            assert.deepEqual(await brought(() => open(httpd, jar)),
                [`J=${jar.value}`], where);
        }
    });

    test('ends by the module\'s own logout', async () => {
        const jar = await loggedIn();
        const got = await httpd.request('/session_security/logout',
            { method: 'POST', jar, headers: SCRIPT });
        assert.equal(got.status, 303);
        assert.deepEqual(await brought(() => open(httpd, jar)), []);
        assert.equal(jar.get('J'), undefined);
    });
});

describe('what is bound', () => {
    test('old values and new ones, by redirects, errors, CGI, HEAD',
        async () => {
            const jar = await loggedIn();
            const first = jar.value;
            const lines = [
                ['302', 'J=two; Path=/app'], ['404', 'J=three; Path=/app'],
                ['500', 'J="q uoted"; Path=/app; HttpOnly'], ['204', 'J=five'],
                ['304', 'J=six=6; path=/app'],
            ];
            const values = [first];
            for (const [status, line] of lines) {
                await set(jar, line, [['status', status]]);
                values.push(line.slice(2).split(';')[0]);
            }
            await httpd.request(answer([['set', 'J=seven; Path=/app']]),
                { method: 'HEAD', jar, headers: NAVIGATION });
            await open(httpd, jar, '/app.cgi');
            values.push('seven', 'from-cgi');
            for (const value of values) {
                assert.deepEqual(await brought(() => httpd.request('/app/',
                    { headers: { ...NAVIGATION,
                        Cookie: `sid=${jar.get('sid')}; J=${value}` } })),
                [`J=${value}`]);
            }
        });

    test('all that one answer sets, with other names and paths', async () => {
        const jar = await loggedIn();
        await set(jar, 'J=deep; Path=/app/answer', [
            ['set', 'S_a1=x; Path=/app'], ['set', 'other=y; Path=/app']]);
        assert.deepEqual(await brought(() => open(httpd, jar, '/app/answer')),
            ['J=deep', `J=${jar.value}`, 'S_a1=x', 'other=y']);
    });

    test('only the last of what one answer sets in one place', async () => {
        const jar = await loggedIn();
        await set(jar, 'J=first; Path=/app', [
            ['set', 'J=second'], ['set', 'S_a=taken-back; Path=/app'],
            ['set', 'S_a=; Path=/app; Max-Age=0']]);
        assert.equal(jar.get('J'), 'second');
        jar.set('S_a', 'taken-back', '/app');
        assert.deepEqual(await brought(() => open(httpd, jar)), ['J=second']);
        jar.set('J', 'first', '/app');
        assert.deepEqual(await brought(() => open(httpd, jar)), []);
    });

    test('more than the session has room for', async () => {
        const jar = await loggedIn();
        for (let i = 0; i < 12; i++)
            await set(jar, `S_${i}=x; Path=/app`);
        httpd.clock.advance(90);
        assert.equal((await brought(() => open(httpd, jar))).length, 13);
        httpd.clock.advance(90);
        assert.equal((await brought(() => open(httpd, jar))).length, 13);
    });

    test('with ProxyPassReverseCookiePath and -Domain', async () => {
        const jar = new Jar();
        await open(httpd, jar, '/shop/answer?set='
            + encodeURIComponent('J=x; Path=/app; Domain=app.internal'));
        assert.equal(jar.cookie('J').path, '/shop');
        assert.equal(jar.cookie('J').attributes.domain, 'shop.example');
        assert.deepEqual(await brought(() => open(httpd, jar, '/shop/')),
            ['J=x']);
        httpd.clock.advance(101);
        const got = await open(httpd, jar, '/shop/static');
        assert.ok(deletions(got).some((line) =>
            line.startsWith('J=; Path=/shop; Domain=shop.example; Max-Age=0')));
    });

    test('over a graceful restart, and so is what was learnt', async () => {
        const jar = await loggedIn();
        await set(jar, 'S_far=1; Path=/; Domain=.far.example');
        await httpd.signal('SIGUSR1');
        assert.equal((await brought(() => open(httpd, jar))).length, 2);
        httpd.clock.advance(101);
        const got = await open(httpd, jar, '/app/static');
        assert.ok(deletions(got).some((line) =>
            line.startsWith('S_far=; Path=/; Domain=far.example; Max-Age=0')));
    });
});

describe('what is taken out', () => {
    const strange = [
        ['J=stolen'], ['a=1; J=stolen; b=2'], ['a=1, J=stolen'],
        ['a=1', 'J=stolen'], ['a="1; J=stolen"'], ['b=2, J="st;olen"'],
        ['J = stolen'], ['\tJ=stolen'], ['a=1 J=stolen'], ['S_x=1;S.x=1;S_=1'],
        ['j=stolen'], ['s_x=stolen'], ['__hOST-j=stolen'],
        ['J\xa0=stolen'], ['J\xe3\x80\x80=stolen'], ['(J=stolen; J}=stolen'],
        ['J'], ['J='], ['$Version=1; J="stolen"; $Path="/app"'],
        [`${'J=stolen; '.repeat(300)}`],
    ];

    test('unknown values, however they are brought', async () => {
        const jar = await loggedIn();
        for (const lines of strange) {
            for (const own of [[], [`sid=${jar.get('sid')}; J=${jar.value}`]]) {
                const head = [...own, ...lines].map((line) => `Cookie: ${line}`);
                const [seen] = await app.reached(() => httpd.raw(
                    `GET /app/ HTTP/1.1\r\nHost: x\r\n${head.join('\r\n')}\r\n`
                    + 'Connection: close\r\n\r\n'));
                const rest = seen.replace(`J=${jar.value}`, '')
                    .replace(/sid=[^;,]*/, '');
                assert.doesNotMatch(rest, /\b(J|S_)|stolen|S\./, seen);
                assert.equal(seen.includes(`J=${jar.value}`), own.length > 0);
            }
        }
    });

    test('another visitor\'s, and with another visitor\'s session',
        async () => {
            const alice = await loggedIn();
            const bob = await loggedIn();
            const mixed = new Jar();
            mixed.set('sid', alice.get('sid'));
            mixed.set('J', bob.value);
            let got;
            assert.deepEqual(await brought(async () => {
                got = await open(httpd, mixed);
            }), []);
            assert.ok(deletions(got).some((line) =>
                line.startsWith('J=; Path=/app; Max-Age=0')));
            assert.match((await open(httpd, bob)).body, /Secret/);
            assert.match((await open(httpd, alice)).body, /Secret/);
        });

    test('a cookie of another virtual host\'s session', async () => {
        const jar = await loggedIn();
        const other = new Jar();
        const there = (path, cookies) => httpd.request(path,
            { port: httpd.ports[1], jar: cookies, headers: NAVIGATION });
        await there('/app/login', other);
        assert.deepEqual(await brought(() => there('/app/', other)),
            [`J=${other.get('J')}`]);
        other.set('sid', jar.get('sid'));
        assert.deepEqual(await brought(() => there('/app/', other)), []);
    });

    test('by pages alone is the browser told, by every prefix if need be',
        async () => {
            const jar = new Jar();
            jar.set('S_new', 'x');
            jar.set('__Host-J', 'x');
            const prefetch = { ...NAVIGATION, 'Sec-Purpose': 'prefetch' };
            for (const headers of [SCRIPT, IMAGE, prefetch]) {
                const got = await httpd.request('/app/static',
                    { jar, headers });
                assert.deepEqual(deletions(got), []);
            }
            const got = await open(httpd, jar, '/app/static?x=/y');
            const paths = ['/', '/app', '/app/', '/app/static'];
            const over = '; Max-Age=0; Expires=Thu, 01 Jan 1970 00:00:00 GMT';
            assert.deepEqual(deletions(got).sort(), [
                ...paths.map((path) => `S_new=; Path=${path}${over}`),
                `__Host-J=; Path=/${over}; Secure`,
            ].sort());
            assert.equal(jar.size, 0);
        });

    test('of as many as an answer has room for, and none without a name of its own',
        async () => {
            const told = async (Cookie) => deletions(await httpd.request(
                '/app/static', { headers: { ...NAVIGATION, Cookie } }));
            assert.deepEqual(await told('"S_a"=x; S_a"b=x'), []);
            const many = Array.from({ length: 40 }, (_, i) => `S_${i}=x`);
            assert.equal((await told(many.join('; '))).length, 32);
        });

    test('behind more values than a browser has, the session\'s own', async () => {
        const jar = await loggedIn();
        const guesses = Array.from({ length: 16 }, (_, i) => `J=${i}; `);
        for (const [n, values] of [[15, [`J=${jar.value}`]], [16, []]]) {
            const Cookie = `sid=${jar.get('sid')}; `
                + `${guesses.slice(0, n).join('')}J=${jar.value}`;
            assert.deepEqual(await brought(() => httpd.request('/app/static',
                { headers: { ...NAVIGATION, Cookie } })), values);
        }
    });

    test('a stale cookie beside the session\'s own of that name', async () => {
        const jar = await loggedIn();
        jar.set('J', 'stale', '/');
        const stolen = { ...NAVIGATION,
            Cookie: `${jar.header('/app/')}; J=stolen` };
        assert.deepEqual(await brought(() => httpd.request('/app/',
            { jar, headers: stolen })), [`J=${jar.value}`]);
        assert.equal(jar.get('J'), jar.value);
        assert.match((await open(httpd, jar)).body, /Secret/);
    });

    test('a deletion does not meet what the answer sets', async () => {
        const jar = new Jar();
        jar.set('J', 'old', '/app');
        jar.set('S_b', 'old', '/');
        const got = await set(jar, 'J=new; Path=/app', [
            ['set', 'S_b=new; Path=/']]);
        assert.ok(deletions(got).every((line) =>
            !/^J=; Path=\/app;|^S_b=; Path=\/;/.test(line)));
        assert.deepEqual(await brought(() => open(httpd, jar)),
            ['J=new', 'S_b=new']);
    });

    test('nothing of it is in the log', () => {
        assert.doesNotMatch(httpd.log(), /stolen|from-cgi|q uoted/);
    });
});

describe('where', () => {
    test('None resets: nothing is looked at', async () => {
        const jar = new Jar();
        jar.set('J', 'any');
        const got = await open(httpd, jar, '/public/answer?set=J%3Dmore');
        assert.deepEqual(got.headers['set-cookie'], ['J=more']);
        assert.deepEqual(await brought(() => httpd.request('/public/',
            { headers: { Cookie: 'J=any' } })), ['J=any']);
    });

    test('without a session nothing passes, and it is said why', async () => {
        const got = await httpd.request('/bare/answer?set=J%3Dx&set=o%3Dy',
            { headers: NAVIGATION });
        assert.equal(got.status, 200);
        assert.deepEqual(got.headers['set-cookie'], ['o=y']);
        await httpd.expectLog(/MSS0040: .*\/bare\/answer.*'Session On'/);
        const cgi = await open(httpd, new Jar(), '/bare.cgi');
        assert.equal(cgi.status, 404);
        assert.equal(cgi.headers['set-cookie'], undefined);
        await httpd.expectLog(/MSS0040: .*\/bare\.cgi/);
        const seen = await app.reached(async () => {
            const bad = await httpd.request('/bare/',
                { headers: { ...NAVIGATION, Cookie: 'J=x' } });
            assert.equal(bad.status, 500);
        });
        assert.deepEqual(seen, []);
        await httpd.expectLog(/MSS0016: .*\/bare\/.*'Session On'/);
        assert.equal((await httpd.request('/bare/static')).status, 200);
    });

    test('where an internal redirect or an include leads', async () => {
        const jar = await loggedIn();
        const own = `sid=${jar.get('sid')}; J=${jar.value}`;
        for (const path of ['/none/lost', '/off/lost', '/none/page.shtml']) {
            const Cookie = `${own}; J=stolen`;
            assert.deepEqual(await brought(() => httpd.request(path,
                { headers: { ...NAVIGATION, Cookie } })), [`J=${jar.value}`]);
        }
        const fresh = new Jar();
        await open(httpd, fresh, '/off/lost');
        assert.deepEqual(await brought(() => httpd.request('/app/',
            { headers: { ...NAVIGATION,
                Cookie: `sid=${fresh.get('sid')}; J=by-error` } })),
        ['J=by-error']);
    });

    test('mod_session\'s own cookie is not meant by a pattern', async () => {
        const jar = await loggedIn();
        const got = await open(httpd, jar, '/named/');
        assert.equal(got.status, 200);
        assert.equal(got.headers['set-cookie'], undefined);
        assert.match((await open(httpd, jar)).body, /Secret/);
    });
});

describe('with a login of httpd', () => {
    const basic = (user) => ({ ...NAVIGATION, Authorization:
        `Basic ${Buffer.from(`${user}:secret`).toString('base64')}` });

    test('the session gets another id, and keeps its cookies', async () => {
        const jar = await loggedIn();
        const old = jar.clone();
        const mark = httpd.mark();
        jar.set('J', jar.value);
        let got;
        assert.deepEqual(await brought(async () => {
            got = await httpd.request('/basic/static',
                { jar, headers: basic('alice') });
        }), [`J=${jar.value}`]);
        assert.equal(got.status, 200);
        assert.match(httpd.logSince(mark), /reason=relogin/);
        assert.equal(await ping(httpd, old), 'logout');
        assert.match((await open(httpd, jar)).body, /Secret/);
    });

    test('programs with the password in each request get none', async () => {
        const got = await httpd.request('/basic/answer?set=J%3Dx', {
            headers: { ...basic('alice'), ...SCRIPT } });
        assert.equal(got.status, 200);
        assert.equal(got.headers['set-cookie'], undefined);
    });

    test('another user does not get them', async () => {
        const jar = new Jar();
        const enterAs = (user, query = '') => httpd.request(
            `/basic/answer${query}`, { jar, headers: basic(user) });
        await enterAs('alice', '?set=J%3Dalices%3B+Path%3D/');
        assert.deepEqual(await brought(() => enterAs('alice')), ['J=alices']);
        let got;
        assert.deepEqual(await brought(async () => {
            got = await enterAs('bob');
        }), []);
        await httpd.expectLog(/reason=relogin user="-"/);
        assert.ok(deletions(got).length > 0);
    });

    test('a password that the browser resends is asked for once', async () => {
        const jar = new Jar();
        await httpd.request('/basic/static', { jar, headers: basic('alice') });
        httpd.clock.advance(101);
        // Its end is found by a page that needs no password, and begins a session
        // of the application's.
        await set(jar, 'J=next; Path=/');
        const script = { ...basic('alice'), ...SCRIPT };
        const quiet = await httpd.request('/basic/static',
            { jar, headers: script });
        assert.equal(quiet.status, 401);
        assert.equal(quiet.headers['www-authenticate'], undefined);
        const asked = await httpd.request('/basic/static',
            { jar, headers: basic('alice') });
        assert.equal(asked.status, 401);
        assert.match(asked.headers['www-authenticate'], /^Basic realm="realm"/);
        assert.deepEqual(await brought(() => httpd.request('/basic/static',
            { jar, headers: basic('alice') })), ['J=next']);
    });

    test('under Satisfy Any, too, nothing passes after the end', async () => {
        const jar = new Jar();
        const ask = (path, headers, cookies = jar.clone()) =>
            httpd.request(path, { jar: cookies, headers });
        await ask('/any/answer?set=J%3Dany%3B+Path%3D/', basic('alice'), jar);
        for (const path of ['/any/static', '/anybody/static']) {
            assert.deepEqual(await brought(() => ask(path, basic('alice'))),
                ['J=any'], path);
        }
        httpd.clock.advance(101);
        const old = jar.clone();
        const script = { ...basic('alice'), ...SCRIPT };
        httpd.allowLog(/AH01797: client denied/); // and let in for his name
        let challenged;
        const seen = await app.reached(async () => {
            for (const headers of [script, { ...basic('alice'), ...IMAGE }]) {
                assert.equal((await ask('/any/static', headers)).status, 401);
                assert.equal((await ask('/any/', headers)).status, 401);
            }
            challenged = await ask('/any/static', basic('alice'), jar);
            assert.equal((await ask('/any/static', script, old)).status, 401);
        });
        assert.equal(challenged.status, 401);
        assert.match(challenged.headers['www-authenticate'], /^Basic /);
        assert.deepEqual(seen, []);
        for (const cookies of [old, jar]) {
            assert.deepEqual(await brought(() => ask('/anybody/static',
                NAVIGATION, cookies.clone())), []);
        }
        assert.deepEqual(await brought(() => ask('/any/static',
            basic('alice'), jar)), []);
    });
});
