// SPDX-License-Identifier: Apache-2.0
// What fails, fails closed: sessions that cannot be kept, values that cannot be
// read, credentials that browsers resend, clocks that are set back.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import {
    Jar, NAVIGATION, SCRIPT, eachMpm, login, startHttpd, until,
} from '../lib/httpd.mjs';
import {
    ENDED, LIMITS, isIdle, isLogin, loggedIn, open, ping, poll, startSite,
} from '../lib/life.mjs';

const ALICE = `Basic ${Buffer.from('alice:secret').toString('base64')}`;
const SESSION = 'Session On\nSessionCookieName sid path=/\n'
    + 'SessionCryptoPassphrase test-passphrase\n';

const basicSite = (t, more = '', options = {}) => startHttpd({
    clock: true,
    config: `${SESSION}${LIMITS}
<Location "/app">
    AuthType Basic
    AuthName app
    AuthBasicProvider file
    AuthUserFile users
    Require valid-user
    ${more}
</Location>`,
    ...options,
}, t);

const ask = (httpd, jar, headers, path = '/app/') =>
    httpd.request(path, { jar, headers: { ...headers, Authorization: ALICE } });

describe('without a session to keep the stamp in', () => {
    const config = `SessionSecurity On
<Location "/app">
    AuthType Basic
    AuthName app
    AuthUserFile users
    Require valid-user
</Location>`;

    test('users get 500, and the log says what to add', async (t) => {
        const httpd = await startHttpd({ config }, t);
        const answer = await ask(httpd, new Jar(), NAVIGATION);
        assert.equal(answer.status, 500);
        assert.doesNotMatch(answer.body, /Secret/);
        await httpd.expectLog(/MSS0016: .*\/app\/.*'Session On'/);
    });

    test('nor with one that comes with the login: not even error pages',
        async (t) => {
            const httpd = await startHttpd({ config: `Session On
DBDriver sqlite3
DBDParams "\${ROOT}/db/session.db"
SessionDBDPerUser On
DBDPrepareSQL "SELECT value FROM session WHERE key = %s \\
    AND (expiry = 0 OR expiry > %lld)" selectsession
${config.replace('Require valid-user',
        'Require user bob\n    AuthzSendForbiddenOnFailure On')}
ErrorDocument 403 /app/page.html
ErrorDocument 500 /app/page.html` }, t);
            httpd.allowLog(/AH01631|AH01815/);
            for (const [user, status] of [['alice', 403], ['bob', 500]]) {
                const answer = await httpd.request('/app/', { headers:
                    { ...NAVIGATION, Authorization: `Basic ${btoa(`${user}:secret`)}` } });
                assert.equal(answer.status, status);
                assert.doesNotMatch(answer.body, /Secret/);
            }
            await httpd.expectLog(/MSS0016: .*\/app\/page.html.* cannot be loaded/);
            httpd.allowLog(/MSS0016/);
        });

    test('anonymous visitors are let in to public pages', async (t) => {
        const httpd = await startHttpd({ config }, t);
        assert.equal((await httpd.request('/')).status, 200);
        assert.equal((await httpd.request('/app/')).status, 401);
    });

    test('the ping answers an error, not "logout"', async (t) => {
        const httpd = await startHttpd({ config }, t);
        const answer = await httpd.request('/session_security/ping');
        assert.equal(answer.status, 500);
        assert.deepEqual(answer.json, { error: 'no session configured' });
        await httpd.expectLog(/MSS0018: /);
    });
});

describe('the application\'s cookie has the name of the session\'s', () => {
    const site = (t, names, more = '') => startHttpd({ config: `${SESSION}${LIMITS}
<Location "/app">
    SessionSecurityCookies ${names}
    ${more}
</Location>` }, t);

    test('nobody gets in, and the log says what to change', async (t) => {
        const httpd = await site(t, 'PHPSESSID sid');
        httpd.allowLog(/AH0184[12]|AH01817/);
        for (const headers of [NAVIGATION, SCRIPT, { ...NAVIGATION,
            Cookie: 'sid=of-the-application' }]) {
            const answer = await httpd.request('/app/', { headers });
            assert.equal(answer.status, 500);
            assert.doesNotMatch(answer.body, /Secret/);
        }
        await httpd.expectLog(/MSS0057: \/app\/\S*: .* both name sid; /);
        assert.equal((await httpd.request('/')).status, 200);
        assert.equal(await ping(httpd, new Jar()), 'logout');
    });

    test('nor does who has logged in', async (t) => {
        const httpd = await site(t, 'sid', `AuthType Basic
    AuthName app
    AuthUserFile users
    Require valid-user`);
        const answer = await ask(httpd, new Jar(), NAVIGATION);
        assert.equal(answer.status, 500);
        await httpd.expectLog(/MSS0057/);
    });

    test('a pattern may cover both', async (t) => {
        const httpd = await site(t, 's* Sid');
        assert.equal((await httpd.request('/app/', { headers: NAVIGATION }))
            .status, 200);
    });
});

describe('Basic', () => {
    for (const satisfy of ['', 'Satisfy Any\nOrder allow,deny\nDeny from all']) {
        test(`asks once at the end ${satisfy && '(Satisfy Any)'}`, async (t) => {
            const httpd = await basicSite(t, satisfy,
                satisfy ? { modules: ['access_compat'] } : {});
            const jar = new Jar();
            if (satisfy)
                httpd.allowLog(/AH01797/);
            assert.equal((await ask(httpd, jar, NAVIGATION)).status, 200);
            httpd.clock.advance(90);
            assert.equal((await ask(httpd, jar, NAVIGATION)).status, 200);
            httpd.clock.advance(101);

            const quiet = await ask(httpd, jar, SCRIPT, '/app/data.json');
            assert.equal(quiet.status, 401);
            assert.equal(quiet.headers['www-authenticate'], undefined);
            assert.equal(quiet.headers['set-cookie'], undefined);
            const image = await ask(httpd, jar, { Accept: '*/*' });
            assert.equal(image.status, 401);
            assert.equal(image.headers['www-authenticate'], undefined);
            assert.match(await httpd.expectLog(ENDED), /reason=idle user="alice"/);

            const old = jar.clone();
            const challenge = await ask(httpd, jar, NAVIGATION);
            assert.equal(challenge.status, 401);
            assert.match(challenge.headers['www-authenticate'], /^Basic/);
            assert.equal((await ask(httpd, old, NAVIGATION)).status, 401);

            assert.equal((await ask(httpd, jar, NAVIGATION)).status, 200);
            isIdle(await ping(httpd, jar), 0);
        });
    }

    test('the ping\'s end does not let the resent password in', async (t) => {
        const httpd = await basicSite(t);
        const jar = new Jar();
        await ask(httpd, jar, NAVIGATION);
        httpd.clock.advance(100);
        assert.equal(await ping(httpd, jar, '?idleFor=0'), 'logout');
        await httpd.expectLog(ENDED);
        assert.equal((await ask(httpd, jar, SCRIPT)).status, 401);
        assert.equal((await ask(httpd, jar, NAVIGATION)).status, 401);
        assert.equal((await ask(httpd, jar, NAVIGATION)).status, 200);
    });

    test('clients without cookies go on, and are not tracked', async (t) => {
        const httpd = await basicSite(t);
        for (const [method, headers] of [['GET', { Accept: '*/*' }],
            ['OPTIONS', {}], ['PROPFIND', {}], ['GET', { Accept: '*/*' }]]) {
            const answer = await httpd.request('/app/', { method,
                headers: { ...headers, Authorization: ALICE } });
            assert.equal(answer.status, method === 'PROPFIND' ? 405 : 200);
            assert.equal(answer.headers['set-cookie'], undefined);
            httpd.clock.advance(200);
        }
    });

    test('another user gets another session', async (t) => {
        const httpd = await basicSite(t);
        const jar = new Jar();
        await ask(httpd, jar, NAVIGATION);
        const old = jar.clone();
        const bob = `Basic ${Buffer.from('bob:secret').toString('base64')}`;
        const answer = await httpd.request('/app/', {
            jar, headers: { ...NAVIGATION, Authorization: bob },
        });
        assert.equal(answer.status, 200);
        assert.match(await httpd.expectLog(ENDED), /reason=relogin/);
        assert.equal((await ask(httpd, old, SCRIPT)).status, 401);
    });
});

describe('a value that cannot be read', () => {
    test('ends the session', async (t) => {
        const httpd = await startSite(t, { store: 'cookie' });
        const jar = await loggedIn(httpd);
        const forged = new Jar();
        forged.store([jar.header('/').replace(/(_session_security=)1/, '$19')
            + ';path=/'], '/');
        isLogin(await open(httpd, forged));
        await httpd.expectLog(/MSS0011: session ended: reason=unreadable/);
        isLogin(await open(httpd, forged));
        assert.equal((await open(httpd, jar)).status, 200);
    });

    test('a cookie of another passphrase does not keep anybody from logging in',
        async (t) => {
            const httpd = await startSite(t);
            const jar = new Jar();
            jar.store([`sid=${'QUFB'.repeat(40)};path=/`], '/');
            httpd.allowLog(/AH01\d\d\d: |AH01817/);
            isLogin(await open(httpd, jar));
            await login(httpd, jar);
            await httpd.expectLog(/MSS0058: /);
            assert.equal((await open(httpd, jar)).status, 200);
        });
});

describe('the clock', () => {
    test('set back: nobody becomes immortal', async (t) => {
        const httpd = await startSite(t);
        const jar = await loggedIn(httpd);
        httpd.clock.advance(-3600);
        isIdle(await ping(httpd, jar), 0);
        await httpd.expectLog(/MSS0013: .* lies (3600|359\d) s in the future/);
        httpd.clock.advance(50);
        isIdle(await ping(httpd, jar), 50);
        httpd.clock.advance(51);
        isLogin(await open(httpd, jar));
        await httpd.expectLog(ENDED);
    });

    test('set back: MaxLifetime counts on from then', async (t) => {
        const httpd = await startSite(t,
            { more: 'SessionSecurityMaxLifetime 210' });
        const jar = await loggedIn(httpd);
        httpd.clock.advance(60);
        assert.equal((await open(httpd, jar)).status, 200);
        httpd.clock.advance(-3600);
        for (let i = 0; i < 2; i++) {
            assert.equal((await open(httpd, jar)).status, 200);
            httpd.clock.advance(70);
        }
        await httpd.expectLog(/MSS0013: /);
        assert.equal((await open(httpd, jar)).status, 200);
        httpd.clock.advance(11);
        isLogin(await open(httpd, jar));
        assert.match(await httpd.expectLog(ENDED), /reason=lifetime/);
    });

    test('SessionSecurityMaxLifetime ends the busiest session', async (t) => {
        const httpd = await startSite(t,
            { more: 'SessionSecurityMaxLifetime 200' });
        const jar = await loggedIn(httpd);
        for (let i = 0; i < 3; i++) {
            httpd.clock.advance(60);
            assert.equal((await open(httpd, jar)).status, 200);
        }
        const object = await ping(httpd, jar, '',
            { 'X-Session-Security': '1' });
        assert.ok(object.lifetimeLeft > 10 && object.lifetimeLeft <= 20);
        httpd.clock.advance(20);
        isLogin(await open(httpd, jar));
        assert.match(await httpd.expectLog(ENDED), /reason=lifetime .* limit=200s/);
    });
});

describe('an internal redirect to where the session is', () => {
    const form = `AuthFormProvider file
    AuthUserFile users
    AuthType form
    AuthName app`;
    const second = (name) => (name ? `
<Location "/go">
    Session On
    SessionCookieName ${name} path=/
</Location>` : '');

    for (const [what, cookie] of [['from where is none'],
        ['from where it has another cookie', 'other']]) {
        test(what, async (t) => {
            const httpd = await startHttpd({ clock: true,
                files: { 'htdocs/go/x.txt': 'x' }, config: `${LIMITS}
<Location "/app">
    ${SESSION}
    ${form}
    AuthFormLoginRequiredLocation /login.html
    Require valid-user
</Location>
<Location "/dologin">
    ${SESSION}
    ${form}
    SetHandler form-login-handler
    AuthFormLoginRequiredLocation /login.html
    AuthFormLoginSuccessLocation /app/
</Location>
${second(cookie)}
<Directory "\${ROOT}/htdocs/go">
    RewriteEngine On
    RewriteRule ^there$ /app/page.html
</Directory>` }, t);
            httpd.allowLog(/MSS0014/);
            const jar = new Jar();
            await login(httpd, jar);
            if (cookie)
                await open(httpd, jar, '/go/x.txt');
            assert.equal((await open(httpd, jar, '/app/page.html')).status, 200);
            httpd.clock.advance(50);
            assert.equal((await open(httpd, jar, '/go/there')).status, 200);
            httpd.clock.advance(101);
            const answer = await open(httpd, jar, '/go/there');
            assert.notEqual(answer.status, 200);
            assert.notEqual(
                (await open(httpd, jar, '/app/page.html')).status, 200);
            await httpd.expectLog(ENDED);
        });
    }
});

/* Their entries share a session, and the session its cookie. */
test('a logout of one of two realms ends the cookie from before', async (t) => {
    const second = `${SESSION}
    AuthType form
    AuthName second
    AuthFormProvider file
    AuthUserFile users
    AuthFormLoginRequiredLocation /login.html`;
    const httpd = await startSite(t, { store: 'crypto', more:
        'SessionSecurityMaxLifetime 300\n', extra: `
<Location "/second">
    ${second}
    Require valid-user
</Location>
<Location "/login-second">
    ${second}
    SetHandler form-login-handler
    AuthFormLoginSuccessLocation /second/
</Location>`, httpd: { files: { 'htdocs/second/index.html': 'two' } } });
    const jar = await loggedIn(httpd);
    await httpd.request('/login-second', { method: 'POST', jar,
        body: new URLSearchParams({
            httpd_username: 'bob', httpd_password: 'secret',
        }) });
    assert.match((await open(httpd, jar, '/second/')).body, /two$/);
    const thief = jar.clone();
    assert.equal((await open(httpd, thief)).status, 200);
    await open(httpd, jar, '/logout');
    assert.match((await open(httpd, jar, '/second/')).body, /two$/);
    isLogin(await open(httpd, jar));
    isLogin(await open(httpd, thief));
    await httpd.expectLog(/MSS0010: .*reason=logout/);

    // What goes on is neither younger nor less idle than it was.
    await login(httpd, jar);
    httpd.clock.advance(90);
    assert.equal((await open(httpd, jar)).status, 200);
    httpd.clock.advance(90);
    assert.match((await open(httpd, jar, '/second/')).body, /two$/);
    httpd.clock.advance(50);
    await poll(httpd, jar, '/logout');
    isIdle(await ping(httpd, jar), 50);
    httpd.clock.advance(45);
    assert.match((await open(httpd, jar, '/second/')).body, /two$/);
    httpd.clock.advance(30);
    isLogin(await open(httpd, jar, '/second/'));
    await httpd.expectLog(/MSS0010: .*reason=lifetime/);
});

describe('limits differ', () => {
    test('an internal redirect to a section with shorter limits', async (t) => {
        const httpd = await startSite(t, {
            more: 'Options +ExecCGI\n<Location "/app/strict">\n'
                + 'SessionSecurityWarnAfter 10\nSessionSecurityExpireAfter 30\n'
                + '</Location>\nRewriteEngine On\n',
            app: 'RewriteEngine On\nRewriteRule to-strict$ /app/strict/a.html',
            httpd: { files: { 'htdocs/app/strict/a.html': 'Secret' } },
        });
        const jar = await loggedIn(httpd);
        httpd.clock.advance(40);
        const answer = await poll(httpd, jar, '/app/to-strict');
        assert.doesNotMatch(answer.body, /Secret/);
        await httpd.expectLog(ENDED);
    });
});

eachMpm((mpm) => {
    test(`a killed child locks nobody out under ${mpm}`, async (t) => {
        // libfaketime's own lock is not freed when its holder is killed.
        const httpd = await startSite(t, { httpd: { mpm, clock: false } });
        const jar = await loggedIn(httpd);
        httpd.allowLog(/exit signal Killed/);
        for (const pid of httpd.pids())
            process.kill(pid, 'SIGKILL');
        /* A connection that a child had taken already dies with it. */
        const answer = await until(() => httpd.request(
            '/session_security/ping', { jar }).catch(() => null), 'an answer');
        assert.match(answer.body, /^\d$/);
    });
});
