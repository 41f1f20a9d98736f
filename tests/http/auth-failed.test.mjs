// SPDX-License-Identifier: Apache-2.0
// A login that fails is nobody's activity, and begins and ends nothing, also where
// httpd hands the name that was tried down to the page that tells of it: one in the
// same section. What such a page may know of a request that was let in stays.

import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { Jar, NAVIGATION, startHttpd, until } from '../lib/httpd.mjs';
import { startApp } from '../lib/apps.mjs';
import { assertNoElement, assertOneElement } from '../lib/element.mjs';
import { ENDED, LIMITS, isIdle, ping } from '../lib/life.mjs';

const HTML = (text) =>
    `<!DOCTYPE html><html><head></head><body>${text}</body></html>`;
const ECHO = `#!/bin/sh
echo "Content-Type: text/html"
echo
echo "<!doctype html><html><head></head>Error. user=$REMOTE_USER."
`;
const md5 = (text) => createHash('md5').update(text).digest('hex');
const BASIC = (name, required = 'valid-user') => `AuthType Basic
    AuthName ${name}
    AuthBasicProvider file
    AuthUserFile users
    Require ${required}`;
const FORM = `AuthType form
    AuthName form
    AuthFormProvider file
    AuthUserFile users`;
const section = (name, text) => `
<Location "/${name}">
    ${text}
    RewriteEngine On
    RewriteRule forbidden - [F]
    ErrorDocument 401 /${name}/error.html
    ErrorDocument 403 /${name}/error.html
    ErrorDocument 404 /${name}/error.html
    ErrorDocument 500 /${name}/error.html
</Location>`;

const config = (app) => `Session On
SessionCookieName sid path=/
SessionCryptoPassphrase test-passphrase
${LIMITS}
CustomLog logs/users "%>s %u"
${section('one', BASIC('one'))}
${section('two', BASIC('two'))}
${section('broken', `${BASIC('broken')}
    AuthUserFile nowhere
    SessionSecurityCookies J`)}
${section('denied', BASIC('denied', 'user bob'))}
${section('digest', `AuthType Digest
    AuthName digest
    AuthDigestProvider file
    AuthUserFile digests
    Require valid-user`)}
<Location "/form">
    ${FORM}
    ErrorDocument 401 /form/error.html
    Require valid-user
</Location>
<Location "/open">
    ${FORM}
    ErrorDocument 401 /open/error.html
    AddHandler form-login-handler .login
</Location>
ProxyPass "/app/echo/" "!"
Alias "/app/echo/" "\${ROOT}/htdocs/echo/"
ProxyPass "/app/" "${app.url}/"
<Location "/app">
    ${BASIC('app')}
    SessionSecurityCookies J
    ErrorDocument 401 /app/static
    SessionSecurityWarnAfter 600 "expr=%{REMOTE_USER} == 'kiosk'"
    SessionSecurityExpireAfter 900 "expr=%{REMOTE_USER} == 'kiosk'"
    SessionSecurityWarnAfter 20 "expr=%{HTTP:X-Strict} == '1'"
    SessionSecurityExpireAfter 40 "expr=%{HTTP:X-Strict} == '1'"
</Location>
<Location "/app/elsewhere">
    ErrorDocument 401 /public/static
</Location>
<Location "/app/away">
    ErrorDocument 401 /plain/static
</Location>
<Location "/app/echo">
    ErrorDocument 401 /app/echo/error.cgi
</Location>
ProxyPass "/plain/" "${app.url}/"
ProxyPass "/public/" "${app.url}/"
<Location "/public">
    SessionSecurityCookies J
</Location>`;

const PAGES = ['one', 'two', 'broken', 'denied', 'digest', 'form', 'open'];
const files = {
    ...Object.fromEntries(PAGES.flatMap((name) => [
        [`htdocs/${name}/page.html`, HTML(`Secret ${name}`)],
        [`htdocs/${name}/error.html`, HTML('Error')]])),
    'htdocs/echo/page.cgi': ECHO,
    'htdocs/echo/error.cgi': ECHO,
    'htdocs/open/in.login': '',
    'digests': `alice:digest:${md5('alice:digest:secret')}\n`,
};

const basic = (user, password) =>
    ({ Authorization: `Basic ${btoa(`${user}:${password}`)}` });

/** What answers a challenge of Digest. */
function digest(challenge, user, password) {
    const nonce = /nonce="([^"]*)"/.exec(challenge)[1];
    const uri = '/digest/page.html';
    const response = md5([md5(`${user}:digest:${password}`), nonce, '00000001',
        'c', 'auth', md5(`GET:${uri}`)].join(':'));
    return { Authorization: `Digest username="${user}", realm="digest", `
        + `nonce="${nonce}", uri="${uri}", algorithm=MD5, `
        + `response="${response}", qop=auth, nc=00000001, cnonce="c"` };
}

let app, httpd;
before(async () => {
    app = await startApp();
    httpd = await startHttpd({ clock: true, modules: ['auth_digest'], files,
        config: config(app) });
    httpd.allowLog(ENDED);
    /* of the passwords and users */
    httpd.allowLog(/AH01(614|61[78]|620|631|790|794|80[78]): /);
});
after(async () => {
    await httpd?.stop();
    await app?.close();
});

const get = (jar, path, more = {}) =>
    httpd.request(path, { jar, headers: { ...NAVIGATION, ...more } });
const post = (jar, path, user, password) =>
    httpd.request(path, { jar, method: 'POST', headers: NAVIGATION,
        body: new URLSearchParams({ httpd_username: user,
            httpd_password: password }) });

/** A session of alice's that has been idle for 50 s. */
async function idle() {
    const jar = new Jar();
    assertOneElement(await get(jar, '/one/page.html', basic('alice', 'secret')));
    httpd.clock.advance(50);
    return jar;
}

/** It was refused, and has changed nothing of the session. */
async function isNothing(jar, answer, status = 401) {
    assert.equal(answer.status, status);
    assert.match(answer.body, /Error|Static/);
    assert.equal(answer.headers['set-cookie'], undefined);
    assertNoElement(answer);
    isIdle(await ping(httpd, jar), 50);
}

const FAILURES = [
    ['a wrong password', '/one/page.html', 'alice', 'wrong'],
    ['a user who does not exist', '/one/page.html', 'mallory', 'x'],
    ['another user\'s wrong password', '/one/page.html', 'bob', 'wrong'],
    ['another realm\'s wrong password', '/two/page.html', 'alice', 'wrong'],
    ['a password that cannot be checked', '/broken/page.html', 'bob', 'x', 500],
];

describe('a live session', () => {
    for (const [name, path, user, password, status] of FAILURES) {
        test(name, async () => {
            const jar = await idle();
            await isNothing(jar, await get(jar, path, basic(user, password)),
                status);
        });
    }

    test('Digest', async () => {
        const jar = await idle();
        const asked = await get(jar, '/digest/page.html');
        const challenge = asked.headers['www-authenticate'];
        await isNothing(jar, await get(jar, '/digest/page.html',
            digest(challenge, 'alice', 'wrong')));
        await isNothing(jar, await get(jar, '/digest/page.html',
            digest(challenge, 'mallory', 'x')));
    });

    for (const [name, path] of [['a form', '/form/page.html'],
        ['the handler of a form', '/open/in.login']]) {
        test(name, async () => {
            const jar = await idle();
            await isNothing(jar, await post(jar, path, 'alice', 'wrong'));
            await isNothing(jar, await post(jar, path, 'mallory', 'x'));
        });
    }

    test('the page of an error of what was let in', async () => {
        const jar = await idle();
        for (const [path, status] of [['missing', 404], ['forbidden', 403]]) {
            const answer = await get(jar, `/one/${path}`,
                basic('alice', 'secret'));
            assert.equal(answer.status, status);
            assertOneElement(answer);
            isIdle(await ping(httpd, jar), 0);
            httpd.clock.advance(50);
        }
    });
});

test('a user who is known, but not let in, is no activity either', async () => {
    const jar = await idle();
    const answer = await get(jar, '/denied/page.html', basic('alice', 'secret'));
    assert.equal(answer.status, 401);
    assertOneElement(answer);
    isIdle(await ping(httpd, jar), 50);
});

test('without a session there is none afterwards', async () => {
    for (const [, path, user, password] of FAILURES) {
        const answer = await get(new Jar(), path, basic(user, password));
        assert.equal(answer.headers['set-cookie'], undefined);
    }
    for (const path of ['/form/page.html', '/open/in.login']) {
        const answer = await post(new Jar(), path, 'mallory', 'x');
        assert.equal(answer.headers['set-cookie'], undefined);
        assertNoElement(answer);
    }
});

test('httpd still says whose login has failed', async () => {
    await get(new Jar(), '/one/page.html', basic('eve', 'x'));
    await until(() => /^401 eve$/m.test(
        readFileSync(join(httpd.root, 'logs/users'), 'utf8')), 'the line');
});

test('after the end it does not stand in for a person', async () => {
    const jar = new Jar();
    const secret = basic('alice', 'secret');
    assert.equal((await get(jar, '/one/page.html', secret)).status, 200);
    assert.equal((await get(jar, '/two/page.html', secret)).status, 200);
    httpd.clock.advance(150);
    assert.equal((await get(jar, '/one/page.html', secret)).status, 401);
    assert.equal((await get(jar, '/one/page.html', basic('x', 'y'))).status, 401);
    const answer = await get(jar, '/two/page.html', secret);
    assert.equal(answer.status, 401);
    assert.match(answer.headers['www-authenticate'], /two/);
});

describe('an application\'s cookie', () => {
    /** A session of alice's, in which the application has set its cookie. */
    async function entered() {
        const jar = new Jar();
        await get(jar, '/app/answer?set=J%3Dmine%3B+Path%3D/',
            basic('alice', 'secret'));
        assert.equal(jar.get('J'), 'mine');
        httpd.clock.advance(30);
        return jar;
    }

    for (const [name, path] of [['of the section', '/app/static'],
        ['of another one', '/app/elsewhere/static']]) {
        test(`is no login: the page that tells so is ${name}`, async () => {
            const jar = await entered();
            assert.match((await get(jar, path)).body, /Static/);
            isIdle(await ping(httpd, jar), 30);
            for (const user of ['alice', 'kiosk']) {
                const answer = await get(jar, path, basic(user, 'wrong'));
                assert.match(answer.body, /Static/);
                /* Nor does the user who failed have a say in the limits. */
                assert.match(answer.body, /"limits":"60000\.100000\./);
                isIdle(await ping(httpd, jar), 30);
            }
        });
    }

    test('is no login: the password cannot be checked', async () => {
        const jar = await entered();
        const answer = await get(jar, '/broken/page.html', basic('alice', 'x'));
        assert.equal(answer.status, 500);
        isIdle(await ping(httpd, jar), 30);
    });

    for (const path of ['/app/answer', '/app/away/answer']) {
        test(`goes with a session that has outlived its user's limits: ${path}`,
            async () => {
                const jar = await entered();
                httpd.clock.advance(20);
                const mark = httpd.mark();
                const seen = await app.reached(() => get(jar, path,
                    { ...basic('alice', 'secret'), 'X-Strict': '1' }));
                assert.match(httpd.logSince(mark),
                    /MSS0010: .*reason=idle user="alice" .*limit=40s/);
                assert.equal(seen.length, 1);
                assert.doesNotMatch(seen[0], /J=/);
            });
    }

    test('and so does its user', async () => {
        const jar = await entered();
        httpd.clock.advance(20);
        const answer = await get(jar, '/app/echo/page.cgi',
            { ...basic('alice', 'secret'), 'X-Strict': '1' });
        assert.equal(answer.status, 401);
        assert.match(answer.body, /Error\. user=\./);
    });
});

test('nor is anybody named who has not been asked again', async () => {
    const jar = new Jar();
    const secret = basic('alice', 'secret');
    const path = '/app/echo/page.cgi';
    assert.match((await get(jar, path, secret)).body, /user=alice\./);
    httpd.clock.advance(150);
    await get(jar, '/public/answer?set=J%3Dvisitor%3B+Path%3D/');
    assert.equal(jar.get('J'), 'visitor');
    const answer = await get(jar, path, secret);
    assert.equal(answer.status, 401);
    assert.match(answer.body, /Error\. user=\./);
});
