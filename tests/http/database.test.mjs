// SPDX-License-Identifier: Apache-2.0
// mod_session_dbd changes a session's key with each save. What is on its way
// with the key from before an end gets what it gets with a cookie that is the
// session: the end, and no session of its own.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { Jar, NAVIGATION, SCRIPT, login } from '../lib/httpd.mjs';
import {
    ENDED, isLogin, loggedIn, open, ping, poll, startSite,
} from '../lib/life.mjs';

const PAGE = '<!DOCTYPE html><title>S</title>Secret';
const BASIC = { Authorization: `Basic ${btoa('alice:secret')}` };

let httpd;
const atEnd = [];
before(async () => {
    httpd = await startSite({ after: (fn) => atEnd.push(fn) }, {
        store: 'dbd',
        httpd: { files: {
            'htdocs/basic/index.html': PAGE,
            'htdocs/basic/data.json': '{"secret":1}',
            'htdocs/own/enter.cgi': `#!/bin/sh
printf 'Content-Type: text/html\\nSet-Cookie: OWN=1; Path=/own\\n\\n'
echo '<!DOCTYPE html><title>own</title>'
`,
            'htdocs/own/data.json': '{"secret":1}',
        } },
        extra: `
<Location "/app/removed">
    SessionDBDCookieRemove On
</Location>
<Location "/basic">
    AuthType Basic
    AuthName basic
    AuthBasicProvider file
    AuthUserFile users
    Require valid-user
</Location>
<Location "/own">
    SessionSecurityCookies OWN
</Location>`,
    });
    httpd.allowLog(ENDED);
});
after(() => Promise.all(atEnd.map((fn) => fn())));

/** Fails unless a script is told of the end, and no cookie comes with it. */
function isTold(answer) {
    assert.equal(answer.status, 401);
    assert.equal(answer.headers['session-security'], 'expired');
    assert.match(answer.headers['content-type'], /json/);
    assert.equal(answer.headers['set-cookie'], undefined);
}

for (const path of ['/app/data.json', '/app/removed/data.json']) {
    test(`the key from before an end, ${path}`, async () => {
        const jar = await loggedIn(httpd);
        const old = jar.clone();
        httpd.clock.advance(101);
        isLogin(await open(httpd, jar));
        isTold(await poll(httpd, jar, path));
        isTold(await poll(httpd, old.clone(), path));
        assert.equal(await ping(httpd, old.clone()), 'logout');
        await login(httpd, jar);
        isTold(await poll(httpd, old.clone(), path));
        const page = await open(httpd, old.clone());
        isLogin(page);
        assert.equal(page.headers['set-cookie'], undefined);
        // Its browser's own way back.
        await login(httpd, old);
        assert.equal((await poll(httpd, old)).status, 200);
        assert.equal((await poll(httpd, jar)).status, 200);
    });
}

test('the key from before a login over a login', async () => {
    const jar = await loggedIn(httpd);
    const old = jar.clone();
    await login(httpd, jar, 'bob');
    isTold(await poll(httpd, old.clone()));
    assert.equal((await poll(httpd, jar)).status, 200);
});

test('a password that is resent with that key asks nobody, too', async () => {
    const jar = new Jar();
    const ask = (cookies, headers = NAVIGATION, path = '/basic/') =>
        httpd.request(path, { jar: cookies, headers: { ...headers, ...BASIC } });
    assert.equal((await ask(jar)).status, 200);
    const old = jar.clone();
    httpd.clock.advance(101);
    assert.equal((await ask(jar)).status, 401);
    const page = await ask(old.clone());
    assert.equal(page.status, 401);
    assert.doesNotMatch(page.body, /Secret/);
    isTold(await ask(old.clone(), SCRIPT, '/basic/data.json'));
    // What the person types counts, and the mark goes on from page to page.
    const marked = jar.clone();
    assert.equal((await ask(jar)).status, 200);
    assert.equal((await ask(jar, SCRIPT, '/basic/data.json')).status, 200);
    assert.notEqual(jar.get('sid'), marked.get('sid'));
});

test('the key of a session that cannot be read', async () => {
    const jar = new Jar();
    const ask = (cookies) => httpd.request('/basic/', {
        jar: cookies, headers: { ...NAVIGATION, ...BASIC } });
    assert.equal((await ask(jar)).status, 200);
    const old = jar.clone();
    execFileSync('sqlite3', ['-cmd', '.timeout 5000',
        join(httpd.root, 'db/session.db'),
        `UPDATE session SET value = '_session_security=0'
            WHERE key = '${jar.get('sid')}'`]);
    assert.equal((await ask(jar)).status, 401);
    await httpd.expectLog(/MSS0011: /);
    assert.notEqual(jar.get('sid'), old.get('sid'));
    assert.equal((await ask(old)).status, 401);
});

test('the key of a mark, when another mark has taken its place', async () => {
    const jar = new Jar();
    const ask = (cookies, headers = {}) => httpd.request('/basic/', {
        jar: cookies, headers: { ...NAVIGATION, ...headers } });
    assert.equal((await ask(jar, BASIC)).status, 200);
    httpd.clock.advance(101);
    // The prompt is dismissed, and the page asked for again.
    assert.equal((await ask(jar)).status, 401);
    const marked = jar.clone();
    assert.equal((await ask(jar, BASIC)).status, 401);
    assert.notEqual(jar.get('sid'), marked.get('sid'));
    isTold(await poll(httpd, marked.clone(), '/basic/data.json'));
    assert.equal((await ask(marked.clone(), BASIC)).status, 401);
});

test('the key of a mark, when a visitor\'s session has taken its place', async () => {
    const jar = new Jar();
    const ask = (cookies, headers = BASIC) => httpd.request('/basic/', {
        jar: cookies, headers: { ...NAVIGATION, ...headers } });
    assert.equal((await ask(jar)).status, 200);
    httpd.clock.advance(101);
    assert.equal((await ask(jar, {})).status, 401);
    const marked = jar.clone();
    assert.equal((await open(httpd, jar, '/own/enter.cgi')).status, 200);
    assert.notEqual(jar.get('sid'), marked.get('sid'));
    assert.equal((await ask(marked)).status, 401);
    // That session's own key, when it remembers that somebody was asked.
    const before = jar.clone();
    assert.equal((await ask(jar)).status, 401);
    assert.notEqual(jar.get('sid'), before.get('sid'));
    assert.equal((await ask(before)).status, 401);
    assert.equal((await ask(jar)).status, 200);
});

test('the key of a visitor\'s session', async () => {
    const jar = new Jar();
    assert.equal((await open(httpd, jar, '/own/enter.cgi')).status, 200);
    const old = jar.clone();
    assert.equal((await poll(httpd, jar, '/own/data.json')).status, 200);
    httpd.clock.advance(101);
    assert.equal((await poll(httpd, jar, '/own/data.json')).status, 401);
    isTold(await poll(httpd, old.clone(), '/own/data.json'));
    // It held no login of httpd: nobody has to be asked for one.
    await open(httpd, old, '/own/enter.cgi');
    assert.equal((await httpd.request('/basic/', { jar: old,
        headers: { ...NAVIGATION, ...BASIC } })).status, 200);
});

test('a key that nobody had is a stranger\'s', async () => {
    for (const value of ['00000000-0000-4000-8000-000000000000', 'x', '']) {
        const jar = new Jar();
        jar.set('sid', value);
        isLogin(await poll(httpd, jar));
    }
});
