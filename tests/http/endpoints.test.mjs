// SPDX-License-Identifier: Apache-2.0
// The module's own URLs: nobody swallows them, and each answers as documented.

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { after, before, describe, test } from 'node:test';
import { promisify } from 'node:util';
import { gunzipSync } from 'node:zlib';
import {
    Jar, NAVIGATION, eachMpm, formSite, login, startBackend, startHttpd,
} from '../lib/httpd.mjs';
import { isIdle } from '../lib/life.mjs';

const run = promisify(execFile);

const PING = '/session_security/ping';
const LOGOUT = '/session_security/logout';
const SCRIPT = '/session_security/script.js';
const REPORT = { 'X-Requested-With': 'XMLHttpRequest' };
const OBJECT = { 'X-Session-Security': '1' };

const LIMITS = `SessionSecurity On
SessionSecurityWarnAfter 60
SessionSecurityExpireAfter 100`;

/** Logs in and opens a page. @return the jar, the page in jar.page. */
async function visitor(httpd, user) {
    const jar = new Jar();
    await login(httpd, jar, user);
    jar.page = await httpd.request('/app/', { jar, headers: NAVIGATION });
    assert.equal(jar.page.status, 200);
    return jar;
}

async function ping(httpd, jar, query = '', headers = {}) {
    const answer = await httpd.request(PING + query, { jar, headers });
    assert.equal(answer.status, 200);
    return answer.json;
}

// --- nobody swallows them ---------------------------------------------------

// name: [what the virtual host does with every URL, what /nowhere answers]
const SWALLOWERS = {
    'ProxyPass /': ['ProxyPass "/" "${BACKEND}/"', 200],
    'RewriteRule [P]': ['RewriteEngine On\n'
        + 'RewriteRule "^/(.*)$" "${BACKEND}/$1" [P]', 200],
    'RewriteRule [R] in Location': ['<Location "/">\nRewriteEngine On\n'
        + 'RewriteRule "." "http://elsewhere.test/" [R]\n</Location>', 302],
    'RewriteRule in Directory': ['<Directory "${ROOT}/htdocs">\n'
        + 'RewriteEngine On\nRewriteRule "." "/index.html" [END]\n</Directory>',
    200],
    'FallbackResource': ['FallbackResource /index.html', 200],
    'SetHandler server-status': ['<Location "/">\nSetHandler server-status\n'
        + '</Location>', 200],
    'SetHandler proxy:': ['<Location "/">\nSetHandler "proxy:${BACKEND}"\n'
        + '</Location>', 200],
    'a login form': ['<Location "/">\nAuthType form\nAuthName app\n'
        + 'AuthFormProvider file\nAuthUserFile users\n'
        + 'AuthFormLoginRequiredLocation "http://elsewhere.test/"\n'
        + 'Require valid-user\n</Location>', 302],
    'Basic': ['<Location "/">\nAuthType Basic\nAuthName app\n'
        + 'AuthUserFile users\nRequire valid-user\n</Location>', 401],
    'Require all denied': ['<Location "/">\nRequire all denied\n</Location>',
        403],
    'a session in Directory alone': ['Session Off\n'
        + '<Directory "${ROOT}/htdocs">\nSession On\n</Directory>', 404],
    'Action': ['Action own /own.cgi virtual\n'
        + '<Location "/nowhere">\nSetHandler own\n</Location>\n'
        + '<Location "/session_security">\nSetHandler own\n</Location>', 200],
    'Redirect': ['Redirect "/" "http://elsewhere.test/"', 302],
    'Redirect in Location': ['<Location "/">\n'
        + 'Redirect "http://elsewhere.test/"\n</Location>', 302],
    'ProxyPass mapping=encoded': ['ProxyPass "/" "${BACKEND}/" '
        + 'mapping=encoded', 200],
    'LimitExcept': ['<Location "/">\n<LimitExcept POST>\nRequire all denied\n'
        + '</LimitExcept>\n</Location>', 403],
};

const hostOf = (name) => `${name.toLowerCase().replace(/[^a-z]+/g, '-')}.test`;

function swallowers(backend) {
    return `Define BACKEND ${backend.url}
${formSite({ security: LIMITS })}
<VirtualHost 127.0.0.1:\${PORT}>
ServerName site.test
</VirtualHost>
${Object.entries(SWALLOWERS).map(([name, [config]]) => `
<VirtualHost 127.0.0.1:\${PORT}>
ServerName ${hostOf(name)}
${config}
</VirtualHost>`).join('')}`;
}

eachMpm((mpm) => describe('the ping in front of', () => {
    let backend, httpd, jar;
    before(async () => {
        backend = await startBackend((req, res) => res.end('backend'));
        httpd = await startHttpd({ mpm, config: swallowers(backend),
            files: { 'htdocs/own.cgi':
                '#!/bin/sh\nprintf "Content-Type: text/plain\\n\\nown"\n' } });
        httpd.allowLog(/AH01630: client denied by server configuration/);
        jar = await visitor(httpd);
    });
    after(async () => {
        await httpd?.stop();
        await backend?.close();
    });

    for (const [name, [, status]] of Object.entries(SWALLOWERS)) {
        test(name, async () => {
            const headers = { Host: hostOf(name) };
            const other = await httpd.request('/nowhere', { headers });
            assert.equal(other.status, status, 'it swallows nothing');
            for (const [who, wanted] of [[undefined, /^"logout"$/],
                [jar, /^\d+$/]]) {
                const answer = await httpd.request(PING, { headers, jar: who });
                assert.equal(answer.status, 200);
                assert.match(answer.headers['content-type'],
                    /^application\/json/);
                assert.equal(answer.headers['cache-control'], 'no-store');
                assert.match(answer.body, wanted);
            }
            for (const file of [SCRIPT, '/session_security/messages/de.json']) {
                const answer = await httpd.request(file, { headers });
                assert.equal(answer.status, 200);
            }
            const missing = await httpd.request('/session_security/x',
                { headers });
            assert.equal(missing.status, 404);
        });
    }
}));

// --- ping ---------------------------------------------------------------------

test('pings that bring no session for pages with one are reported', async (t) => {
    const COOKIE = /MSS0055: pings of pages .* to \/session_security\/ping /;
    // One child, as each counts for itself.
    const httpd = await startHttpd({ mpm: 'prefork',
        config: `StartServers 1\nServerLimit 1\nMaxRequestWorkers 1\n${
            formSite({ security: LIMITS })}` }, t);
    httpd.allowLog(/MaxRequestWorkers setting/);
    const jar = await visitor(httpd);
    const [, limits] = jar.page.body.replaceAll('&quot;', '"')
        .match(/"limits":"([^"]+)"/);
    const ask = (who, query = `?idleFor=1&limits=${limits}`) =>
        ping(httpd, who, query, REPORT);
    // Users who have none any more, among others; a monitor, which is no page.
    for (const who of [undefined, undefined, jar, undefined, undefined, jar])
        await ask(who);
    for (let i = 0; i < 5; i++)
        assert.equal(await ask(undefined, ''), 'logout');
    assert.doesNotMatch(httpd.log(), /MSS0055/);
    for (let i = 0; i < 8; i++)
        assert.equal(await ask(undefined), 'logout');
    await httpd.expectLog(COOKIE);
    // A client can do so as often as it likes.
    for (const who of [jar, undefined, undefined, undefined])
        await ask(who);
    assert.equal(httpd.log().match(/MSS0055/g).length, 1);
});

describe('ping', () => {
    let httpd;
    before(async () => {
        httpd = await startHttpd({ clock: true, config: formSite({
            security: LIMITS,
            extra: `<Location "/app/page.html">
    SessionSecurityWarnAfter 200
    SessionSecurityExpireAfter 300
    SessionSecurityMaxLifetime 1h
</Location>`,
        }) });
    });
    after(() => httpd?.stop());

    /** A visitor who has been idle for so many seconds. */
    async function idle(seconds) {
        const jar = await visitor(httpd);
        httpd.clock.advance(seconds);
        return jar;
    }

    test('tells the idle time, and is no activity itself', async () => {
        const jar = await idle(20);
        for (const headers of [{}, REPORT, OBJECT, NAVIGATION]) {
            const answer = await ping(httpd, jar, '', headers);
            isIdle(answer.idleFor ?? answer, 20);
        }
    });

    test('idleFor moves the stamp forward, never back', async () => {
        const jar = await idle(30);
        isIdle(await ping(httpd, jar, '?idleFor=12', REPORT), 12);
        isIdle(await ping(httpd, jar), 12);
        isIdle(await ping(httpd, jar, '?idleFor=25', REPORT), 12);
        isIdle(await ping(httpd, jar, '/?idleFor=0', REPORT), 0);
        httpd.clock.advance(5);
        isIdle(await ping(httpd, jar), 5);
    });

    test('idleFor that is no integer is ignored', async () => {
        const jar = await idle(30);
        for (const text of ['', 'abc', '1e0', '0x1', '1.5', '+1', '%31', ' 1',
            '1 ', '1,2', '--1', '-', 'NaN', '1%00', '99999999999999999999',
            '9223372036854775807']) {
            const answer = await httpd.raw(`GET ${PING}?idleFor=${
                text.replaceAll(' ', '%20')} HTTP/1.0\r\n`
                + `Cookie: ${jar.header()}\r\n`
                + 'X-Requested-With: XMLHttpRequest\r\n\r\n');
            isIdle(Number(answer.split('\r\n\r\n')[1]), 30);
        }
        for (const query of ['?', '?idlefor=0', '?x=idleFor=0', '?xidleFor=0'])
            isIdle(await ping(httpd, jar, query, REPORT), 30);
    });

    test('negative counts as 0, the last of several counts', async () => {
        let jar = await idle(30);
        isIdle(await ping(httpd, jar, '?idleFor=0&idleFor=9', REPORT), 9);
        jar = await idle(30);
        isIdle(await ping(httpd, jar, '?a=b&idleFor=-7&c', REPORT), 0);
    });

    test('only a page of the same origin can extend', async () => {
        const jar = await idle(30);
        for (const headers of [{}, { 'Sec-Fetch-Site': 'same-site' },
            { 'Sec-Fetch-Site': 'cross-site' }, { 'Sec-Fetch-Site': 'none' },
            { Origin: 'http://evil.test', Referer: httpd.url('/app/') }])
            isIdle(await ping(httpd, jar, '?idleFor=0', headers), 30);
        isIdle(await ping(httpd, jar, '?idleFor=20', REPORT), 20);
        isIdle((await ping(httpd, jar, '?idleFor=10', OBJECT)).idleFor, 10);
        isIdle(await ping(httpd, jar, '?idleFor=0',
            { 'Sec-Fetch-Site': 'same-origin' }), 0);
    });

    test('answers the client with an object', async () => {
        const jar = await idle(10);
        const answer = await ping(httpd, jar, '', OBJECT);
        isIdle(answer.idleFor, 10);
        assert.deepEqual(answer, { state: 'active', idleFor: answer.idleFor,
            warnAfter: 60, expireAfter: 100, lifetimeLeft: null });
        assert.equal((await ping(httpd, undefined, '', OBJECT)).state,
            'logout');
    });

    test('an expired session stays expired, whatever is claimed', async () => {
        const jar = await idle(101);
        const thief = jar.clone();
        assert.equal(await ping(httpd, jar, '?idleFor=0', REPORT), 'logout');
        await httpd.expectLog(/session_security:notice\].*alice/);
        assert.equal(await ping(httpd, jar, '?idleFor=0', REPORT), 'logout');
        for (const cookies of [jar, thief]) {
            assert.equal(await ping(httpd, cookies, '?idleFor=0', REPORT),
                'logout');
            assert.equal((await httpd.request('/app/',
                { jar: cookies, headers: NAVIGATION })).status, 302);
        }
    });

    test('saves no session but at its end', async () => {
        const jar = await idle(40);
        const quiet = await httpd.request(`${PING}?idleFor=0`,
            { jar, headers: REPORT });
        assert.equal(quiet.headers['set-cookie'], undefined);
        assert.equal((await httpd.request(PING)).headers['set-cookie'],
            undefined);
    });

    test('the limits of the page that asks count, if signed', async () => {
        const jar = await visitor(httpd);
        const page = await httpd.request('/app/page.html',
            { jar, headers: NAVIGATION });
        const [, limits] = page.body.replaceAll('&quot;', '"')
            .match(/"limits":"([^"]+)"/);
        const own = await ping(httpd, jar, `?limits=${limits}`, OBJECT);
        assert.equal(own.warnAfter, 200);
        assert.equal(own.expireAfter, 300);
        assert.ok(own.lifetimeLeft > 3500 && own.lifetimeLeft <= 3600);

        const other = await visitor(httpd, 'bob');
        const last = limits.at(-1) === '0' ? '1' : '0';
        for (const [who, text] of [[jar, limits.slice(0, -1) + last],
            [jar, limits.replace('300000', '900000')], [jar, ''],
            [jar, limits.replace(/\.[^.]*$/, '')], [other, limits]]) {
            const answer = await ping(httpd, who, `?limits=${text}`, OBJECT);
            assert.equal(answer.expireAfter, 100, text);
        }
        assert.equal(own.end, undefined);
        assert.equal((await ping(httpd, other, `?limits=${limits}`, OBJECT))
            .end, true);

        httpd.clock.advance(200);
        assert.equal((await ping(httpd, jar, `?limits=${limits}`, OBJECT))
            .state, 'active');
        // By limits that may not be its own no other page ends it.
        for (const [query, headers] of [['', {}], ['?limits=1.2.3', {}],
            ['', { 'Sec-Fetch-Site': 'cross-site', 'Sec-Fetch-Mode': 'no-cors' }]])
            assert.equal(await ping(httpd, jar, query, headers), 'logout');
        assert.equal((await ping(httpd, other, `?limits=${limits}`, OBJECT))
            .state, 'logout');
        for (const who of [jar, other]) {
            assert.equal((await httpd.request('/app/page.html',
                { jar: who, headers: NAVIGATION })).status, 200);
        }
        httpd.clock.advance(101);
        assert.equal(await ping(httpd, jar, '', REPORT), 'logout');
        await httpd.expectLog(/MSS0010: session ended: reason=idle user="alice"/);
    });

    test('HEAD is answered like GET, without the body', async () => {
        const jar = await idle(10);
        const get = await httpd.request(PING, { jar });
        const head = await httpd.request(PING, { jar, method: 'HEAD' });
        assert.equal(head.status, 200);
        assert.equal(head.body, '');
        for (const name of ['content-type', 'content-length', 'cache-control'])
            assert.equal(head.headers[name], get.headers[name], name);
    });

    test('HTTP/1.0 without a Host', async () => {
        assert.match(await httpd.raw(`GET ${PING} HTTP/1.0\r\n\r\n`),
            /^HTTP\/1\.1 200 .*\r\n\r\n"logout"$/s);
    });
});

test('a ping where no session is configured is an error', async (t) => {
    const httpd = await startHttpd({ config: `
SessionSecurityPath /app/watch
<Location "/app">
    SessionSecurity On
    Session On
    SessionCookieName sid path=/app
</Location>
<VirtualHost 127.0.0.1:\${PORT}>
    ServerName wrong.test
    SessionSecurityPath /elsewhere
</VirtualHost>
<VirtualHost 127.0.0.1:\${PORT}>
    ServerName right.test
</VirtualHost>` }, t);
    const right = await httpd.request('/app/watch/ping',
        { headers: { Host: 'right.test' } });
    assert.equal(right.body, '"logout"');
    const wrong = await httpd.request('/elsewhere/ping',
        { headers: { Host: 'wrong.test' } });
    assert.equal(wrong.status, 500);
    assert.ok(wrong.json.error);
    await httpd.expectLog(/session_security:error\].*no session is configured/i);
});

// --- methods, names, bodies -----------------------------------------------------

describe('every endpoint', () => {
    let httpd, backend;
    before(async () => {
        backend = await startBackend((req, res) => res.end('backend'));
        httpd = await startHttpd({ config:
            formSite({ store: 'cookie', maxAge: 600, security: LIMITS,
                extra: `ProxyPass "/" "${backend.url}/"` }) });
        // Its content could be read: that is warned about, once.
        httpd.allowLog(/session_security:warn\].*(plain|encrypt)/i);
    });
    after(async () => {
        await httpd?.stop();
        await backend?.close();
    });

    // TRACE is the core's business, by TraceEnable.
    const allowed = (headers) => headers.allow.split(/, */)
        .filter((method) => method !== 'TRACE').sort();

    test('other methods: 405 with Allow', async () => {
        for (const path of [PING, SCRIPT, '/session_security/messages/de.json'])
            for (const method of ['POST', 'PUT', 'DELETE', 'OPTIONS', 'PATCH']) {
                const { status, headers } = await httpd.request(path,
                    { method });
                assert.equal(status, 405, `${method} ${path}`);
                assert.deepEqual(allowed(headers), ['GET', 'HEAD']);
            }
        for (const method of ['GET', 'HEAD', 'PUT', 'OPTIONS']) {
            const { status, headers } = await httpd.request(LOGOUT,
                { method });
            assert.equal(status, 405, method);
            assert.deepEqual(allowed(headers), ['POST']);
        }
    });

    test('what is below the prefix and no endpoint: 404', async () => {
        const seen = backend.requests.length;
        for (const name of ['', '/', '/x', '/script.jsx', '/script.js/', '/Ping',
            '/ping/x', '/messages', '/messages/', '/messages/xx.json',
            '/messages/de', '/messages/../script.json', '/%00ping',
            '/messages/tlh,xx.json', '/messages/,.json',
            `/messages/${'xx,'.repeat(70)}de.json`,
            '/logout/now']) {
            const answer = await httpd.request(`/session_security${name}`);
            assert.equal(answer.status, 404, name);
        }
        assert.equal(backend.requests.length, seen, 'the backend saw one');
    });

    test('what only looks like the prefix is the backend\'s', async () => {
        for (const path of ['/session_securityx/ping', '/session_securit',
            '/a/session_security/ping'])
            assert.equal((await httpd.request(path)).body, 'backend', path);
    });

    test('other spellings of the same path are the same', async () => {
        for (const path of ['//session_security//ping',
            '/session_security/ping//', '/x/../session_security/ping',
            '/session_security/./ping', '/session%5Fsecurity/%70ing'])
            assert.equal((await httpd.request(path)).body, '"logout"', path);
    });

    test('a body is discarded up to 4 KiB, else 413', async () => {
        const get = (body, headers = {}) => httpd.request(PING,
            { body, headers });
        assert.equal((await get('x'.repeat(4096))).body, '"logout"');
        assert.equal((await get('x'.repeat(4097))).status, 413);
        const chunked = { 'Transfer-Encoding': 'chunked' };
        assert.equal((await get('x'.repeat(4096), chunked)).body, '"logout"');
        assert.equal((await get('x'.repeat(4097), chunked)).status, 413);
        assert.equal((await httpd.request(LOGOUT, { method: 'POST',
            body: 'x'.repeat(5000) })).status, 413);
    });

    test('a body that cannot be read: one answer, whatever was asked', async () => {
        for (const [method, name] of [['GET', 'ping'], ['POST', 'ping'],
            ['POST', 'script.js'], ['POST', 'logout'], ['POST', 'nothing']]) {
            const answer = await httpd.raw(
                `${method} /session_security/${name} HTTP/1.1\r\nHost: a\r\n`
                + 'Transfer-Encoding: chunked\r\n\r\nzz\r\nabc\r\n0\r\n\r\n');
            assert.match(answer, /^HTTP\/1\.1 400 /, name);
            assert.equal(answer.match(/<h1>/g).length, 1, answer);
        }
    });

    /* To a stream whose body nobody has read mod_http2 sends a reset after the
     * answer, for which curl 7.88 drops it: for about a third of these. */
    test('HTTP/2: the answer comes whatever the body was', async (t) => {
        const h2 = await startHttpd({ h2: true, config: formSite() }, t);
        for (const [method, name, size, status] of [['GET', 'ping', 4097, 413],
            ['POST', 'ping', 4096, 405], ['POST', 'nothing', 4096, 404]]) {
            const curl = () => run('curl', ['-s', '-X', method,
                '--http2-prior-knowledge', '-d', 'x'.repeat(size),
                '-o', '/dev/null', '-w', '%{http_code}',
                h2.url(`/session_security/${name}`)]);
            for (let i = 0; i < 12; i++)
                assert.equal((await curl()).stdout, `${status}`, name);
        }
    });

    test('the connection is usable afterwards', async () => {
        const answers = await httpd.raw(`GET ${PING} HTTP/1.1\r\nHost: a\r\n`
            + `Content-Length: 5\r\n\r\nhelloGET ${PING} HTTP/1.1\r\nHost: a\r\n`
            + '\r\n'
            + `GET ${SCRIPT} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n`);
        assert.equal(answers.match(/HTTP\/1\.1 200 /g).length, 3);
    });

    test('nosniff, whatever is asked for', async () => {
        for (const path of [PING, SCRIPT, '/session_security/messages/de.json'])
            assert.equal((await httpd.request(path))
                .headers['x-content-type-options'], 'nosniff', path);
    });
});

// --- script and messages ----------------------------------------------------------

describe('script.js and messages', () => {
    let httpd, hash;
    before(async () => {
        httpd = await startHttpd({ config: formSite({
            maxAge: 600, security: LIMITS,
            extra: 'SetOutputFilter DEFLATE' }) });
        const { body } = (await visitor(httpd)).page;
        [, hash] = body.match(/script\.js\?v=([0-9a-f]+)/);
    });
    after(() => httpd?.stop());

    test('content type, and a validator', async () => {
        const answer = await httpd.request(SCRIPT);
        assert.equal(answer.status, 200);
        assert.match(answer.headers['content-type'],
            /^text\/javascript; *charset=utf-8$/i);
        assert.match(answer.headers.etag, /^"[^"]+"$/);
        assert.ok(answer.body.length > 1000);
    });

    test('cacheable for ever under the content\'s hash, else not', async () => {
        const cache = async (query) => (await httpd.request(SCRIPT + query))
            .headers['cache-control'];
        assert.match(await cache(`?v=${hash}`), /max-age=31536000.*immutable/);
        for (const query of ['', '?', '?v=', '?v=0', `?v=${hash}0`,
            `?v=${hash.slice(1)}`, `?w=${hash}`])
            assert.equal(await cache(query), 'no-cache', query);
    });

    test('gzip for those who take it', async () => {
        const plain = await httpd.request(SCRIPT);
        assert.equal(plain.headers['content-encoding'], undefined);
        assert.match(plain.headers.vary, /Accept-Encoding/i);
        for (const accepted of ['gzip', 'deflate, gzip;q=0.5', 'GZIP', '*']) {
            const answer = await httpd.request(SCRIPT,
                { headers: { 'Accept-Encoding': accepted } });
            assert.equal(answer.headers['content-encoding'], 'gzip', accepted);
            assert.match(answer.headers.vary, /Accept-Encoding/i);
            assert.equal(gunzipSync(answer.bytes).toString(), plain.body);
            assert.notEqual(answer.headers.etag, plain.headers.etag);
        }
        for (const accepted of ['identity', 'gzip;q=0', 'gzip;q=0.0, identity',
            '*;q=0', '']) {
            const answer = await httpd.request(SCRIPT,
                { headers: { 'Accept-Encoding': accepted } });
            assert.equal(answer.headers['content-encoding'], undefined,
                accepted);
            assert.equal(answer.body, plain.body);
        }
    });

    test('at most 6 KB', async () => {
        const { bytes } = await httpd.request(SCRIPT,
            { headers: { 'Accept-Encoding': 'gzip' } });
        assert.ok(bytes.length <= 6 * 1024, `${bytes.length} bytes`);
    });

    test('304 to its own validator', async () => {
        for (const encoding of ['identity', 'gzip']) {
            const headers = { 'Accept-Encoding': encoding };
            const { etag } = (await httpd.request(SCRIPT, { headers })).headers;
            const again = await httpd.request(SCRIPT,
                { headers: { ...headers, 'If-None-Match': etag } });
            assert.equal(again.status, 304);
            assert.equal(again.headers.etag, etag);
            assert.equal(again.body, '');
            const other = await httpd.request(SCRIPT,
                { headers: { ...headers, 'If-None-Match': '"other"' } });
            assert.equal(other.status, 200);
        }
    });

    test('HEAD says what GET says', async () => {
        for (const encoding of ['identity', 'gzip']) {
            const options = { headers: { 'Accept-Encoding': encoding } };
            const get = await httpd.request(SCRIPT, options);
            const head = await httpd.request(SCRIPT,
                { ...options, method: 'HEAD' });
            assert.equal(head.body, '');
            for (const name of ['content-type', 'content-length', 'etag',
                'content-encoding', 'cache-control', 'vary'])
                assert.equal(head.headers[name], get.headers[name], name);
            assert.equal(Number(get.headers['content-length']),
                get.bytes.length);
        }
    });

    test('no session is loaded or saved for it', async () => {
        const spoilt = new Jar();
        spoilt.set('sid', 'spoilt');
        for (const jar of [await visitor(httpd), spoilt]) {
            const mark = httpd.mark();
            const answer = await httpd.request(SCRIPT, { jar });
            assert.equal(answer.headers['set-cookie'], undefined);
            assert.doesNotMatch(httpd.logSince(mark), /decrypt/);
        }
    });

    test('messages in every language there is', async () => {
        const locales = JSON.parse(readFileSync(
            new URL('../../static/locales.json', import.meta.url)));
        const languages = Object.keys(locales.locales ?? locales)
            .filter((name) => /^[a-z]{2,3}(-\w+)*$/i.test(name));
        assert.ok(languages.length > 5);
        for (const language of languages) {
            const answer = await httpd.request(
                `/session_security/messages/${language}.json`);
            assert.equal(answer.status, 200, language);
            assert.match(answer.headers['content-type'], /^application\/json/);
            assert.equal(answer.headers['cache-control'], 'no-cache');
            assert.equal(answer.json.lang, language);
        }
        for (const [list, lang] of [['tlh,de-AT,fr', 'de'], ['IW', 'he'],
            ['zh-Hant-TW', 'zh-TW'], ['en', 'en']]) {
            const answer = await httpd.request(
                `/session_security/messages/${list}.json`);
            assert.equal(answer.json?.lang, lang, list);
        }
    });
});

// --- logout -----------------------------------------------------------------------

// As on Debian, whose configuration has such a line for every type of text.
test('answers pass filters that mod_filter chooses by type', async (t) => {
    const httpd = await startHttpd({ clock: true, config: formSite({
        security: LIMITS, extra: 'AddOutputFilterByType DEFLATE '
            + 'text/html text/javascript application/json' }) }, t);
    const jar = await visitor(httpd);
    const get = (path, headers = {}) => httpd.request(path, { jar,
        headers: { 'Accept-Encoding': 'gzip', ...headers } });
    const text = ({ headers, bytes, body }) =>
        headers['content-encoding'] === 'gzip'
            ? gunzipSync(bytes).toString('utf8') : body;
    const script = await get(SCRIPT);
    assert.match(text(script), /sessionSecurity/);
    assert.equal((await get(SCRIPT,
        { 'If-None-Match': script.headers.etag })).status, 304);
    isIdle(Number(text(await get(PING))), 0);

    httpd.clock.advance(101);
    const late = await get('/app/page.html', REPORT);
    assert.equal(late.status, 401);
    assert.match(text(late), /"state":"logout"/);
    assert.equal(text(await get(PING)), '"logout"');
});

describe('logout', () => {
    let httpd;
    const SAME = { 'Sec-Fetch-Site': 'same-origin' };
    before(async () => {
        httpd = await startHttpd({ config: formSite({ security: LIMITS,
            extra: `<VirtualHost 127.0.0.1:\${PORT}>
    ServerName site.test
</VirtualHost>
<VirtualHost 127.0.0.1:\${PORT}>
    ServerName returns.test
    SessionSecurityReturnTo /login.html?bye
</VirtualHost>` }) });
    });
    after(() => httpd?.stop());

    const leave = (jar, headers) => httpd.request(LOGOUT,
        { method: 'POST', jar, headers });

    test('ends the session for every copy of its cookie', async () => {
        const jar = await visitor(httpd);
        const thief = jar.clone();
        const answer = await leave(jar, SAME);
        assert.ok([302, 303].includes(answer.status), `${answer.status}`);
        assert.match(answer.headers.location, /^(http:\/\/[^/]*)?\/$/);
        await httpd.expectLog(/session_security:notice\].*logout.*alice|alice.*logout/);
        for (const cookies of [jar, thief]) {
            assert.equal(await ping(httpd, cookies, '?idleFor=0', REPORT),
                'logout');
            const page = await httpd.request('/app/',
                { jar: cookies, headers: NAVIGATION });
            assert.equal(page.status, 302);
        }
    });

    test('goes on to ReturnTo', async () => {
        const jar = await visitor(httpd);
        const answer = await leave(jar, { ...SAME, Host: 'returns.test' });
        assert.match(answer.headers.location, /\/login\.html\?bye$/);
    });

    test('with a slash at its end', async () => {
        const jar = await visitor(httpd);
        await httpd.request(`${LOGOUT}/`, { method: 'POST', jar,
            headers: SAME });
        assert.equal(await ping(httpd, jar), 'logout');
    });

    test('by a form of a browser that sends no Sec-Fetch', async () => {
        for (const [Host, name] of [['site.test', 'Origin'],
            ['site.test', 'Referer'], ['site.test:80', 'Origin']]) {
            const jar = await visitor(httpd);
            await leave(jar, { Host, [name]: name === 'Origin'
                ? 'http://site.test' : 'http://site.test/app/' });
            assert.equal(await ping(httpd, jar), 'logout', `${Host} ${name}`);
        }
    });

    test('by a script of such a browser, which says no more', async () => {
        for (const name of ['X-Requested-With', 'X-Session-Security']) {
            const jar = await visitor(httpd);
            await leave(jar, { [name]: '1' });
            assert.equal(await ping(httpd, jar), 'logout', name);
        }
    });

    test('GET and foreign pages change nothing', async () => {
        const jar = await visitor(httpd);
        assert.equal((await httpd.request(LOGOUT, { jar })).status, 405);
        for (const headers of [{}, { 'Sec-Fetch-Site': 'cross-site' },
            { 'Sec-Fetch-Site': 'same-site' }, { 'Sec-Fetch-Site': 'none' },
            { Origin: 'http://evil.test' }, { Origin: 'null' },
            { Origin: 'http://site.test.evil.test', Host: 'site.test' },
            { Referer: 'http://evil.test/site.test', Host: 'site.test' }])
            assert.equal((await leave(jar, headers)).status, 403);
        assert.match(String(await ping(httpd, jar)), /^\d+$/);
    });

    test('of a visitor without a session is harmless', async () => {
        const answer = await leave(new Jar(), SAME);
        assert.ok([302, 303].includes(answer.status));
        assert.equal(answer.headers['set-cookie'], undefined);
    });
});

// --- another prefix, or none --------------------------------------------------------

test('SessionSecurityPath moves them', async (t) => {
    const httpd = await startHttpd({ config: formSite({
        security: `${LIMITS}\nSessionSecurityPath /idle/watch` }) }, t);
    assert.equal((await httpd.request('/idle/watch/ping')).body, '"logout"');
    assert.equal((await httpd.request('/idle/watch/script.js')).status, 200);
    assert.equal((await httpd.request(PING)).status, 404);
    assert.match((await visitor(httpd)).page.body,
        /src=["']\/idle\/watch\/script\.js\?v=/);
});

test('where the module is not On, its URLs are the site\'s', async (t) => {
    const httpd = await startHttpd({ config: formSite({ security: '' }),
        files: { 'htdocs/session_security/ping': 'the site\'s own' } }, t);
    assert.equal((await httpd.request(PING)).body, 'the site\'s own');
});
