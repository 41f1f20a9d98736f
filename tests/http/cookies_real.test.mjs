// SPDX-License-Identifier: Apache-2.0
// Real applications with logins of their own, as Debian packages them.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Jar, NAVIGATION, startHttpd } from '../lib/httpd.mjs';
import { ENDED, LIMITS, isIdle, open, ping, poll } from '../lib/life.mjs';
import { phpSite, startDjango } from '../lib/realapps.mjs';

const CLIENT = /<script src="\/session_security\/script\.js/;

const site = (cookies, rest) => `
Session On
SessionCookieName sid path=/;HttpOnly
SessionCryptoPassphrase test
${LIMITS}
SessionSecurityCookies ${cookies}
${rest}`;

const hidden = (body, name) => body.match(
    new RegExp(`name=["']${name}["'] value=["']([^"']+)`))?.[1];

async function send(httpd, jar, path, fields) {
    const page = await open(httpd, jar, path);
    const body = new URLSearchParams({ ...fields });
    for (const name of ['token', 'csrfmiddlewaretoken']) {
        if (hidden(page.body, name))
            body.set(name, hidden(page.body, name));
    }
    const answer = await httpd.request(path,
        { method: 'POST', jar, body, headers: NAVIGATION });
    return { page, answer };
}

test('phpliteadmin, with its session and "remember me"', async (t) => {
    const php = phpSite('/lite/');
    const httpd = await startHttpd({ mpm: 'prefork', clock: true,
        config: site('PHPSESSID pla*', `DirectoryIndex index.php\n${php.config}`),
        files: php.files }, t);
    const login = (jar) => send(httpd, jar, '/lite/index.php',
        { password: 'secret', remember: 'yes', login: 'Log In',
            proc_login: 'true' });
    const jar = new Jar();
    const { page } = await login(jar);
    assert.match(page.body, CLIENT);
    assert.match(page.body, /type=["']password/);
    const names = ['PHPSESSID', 'pla_1_9_8_2', 'pla_1_9_8_2_salt'];
    for (const name of names)
        assert.ok(jar.get(name), name);
    for (let i = 0; i < 3; i++) {
        httpd.clock.advance(90);
        const inside = await open(httpd, jar, '/lite/index.php');
        assert.match(inside.body, /secrets/);
        assert.match(inside.body, CLIENT);
    }
    httpd.clock.advance(101);
    const old = jar.clone();
    assert.equal((await poll(httpd, jar, '/lite/index.php')).status, 401);
    await httpd.expectLog(ENDED);
    for (const who of [old.clone(), jar]) {
        const out = await open(httpd, who, '/lite/index.php');
        assert.match(out.body, /type=["']password/);
        assert.doesNotMatch(out.body, /secrets/);
    }
    assert.equal(jar.get(names[1]), undefined);
    await login(jar);
    assert.match((await open(httpd, jar, '/lite/index.php')).body, /secrets/);
    assert.doesNotMatch((await open(httpd, old, '/lite/index.php')).body,
        /secrets/);
});

test('the administration of Django', async (t) => {
    const django = await startDjango(t);
    const httpd = await startHttpd({ clock: true,
        config: site('sessionid', `ProxyPass "/app/" "${django.url}/"`) }, t);
    const login = async (jar) => {
        const { answer } = await send(httpd, jar, '/app/admin/login/',
            { username: 'alice', password: 'secret' });
        assert.equal(answer.status, 302);
    };
    const jar = new Jar();
    await login(jar);
    const inside = await open(httpd, jar, '/app/admin/');
    assert.match(inside.body, /Site administration/);
    assert.match(inside.body, CLIENT);
    httpd.clock.advance(90);
    isIdle(await ping(httpd, jar), 90);
    isIdle(await ping(httpd, jar, '?idleFor=0'), 0);
    httpd.clock.advance(101);
    const old = jar.clone();
    for (const who of [jar, old.clone()]) {
        const out = await open(httpd, who, '/app/admin/');
        assert.equal(out.status, 302);
        assert.match(out.headers.location, /\/app\/admin\/login\//);
    }
    await httpd.expectLog(ENDED);
    assert.equal(jar.get('sessionid'), undefined);
    assert.ok(jar.get('csrftoken'));
    await login(jar);
    assert.equal((await open(httpd, jar, '/app/admin/')).status, 200);
    assert.equal((await open(httpd, old, '/app/admin/')).status, 302);
    await open(httpd, jar, '/app/admin/logout/');
    await httpd.expectLog(/reason=logout/);
});
