// SPDX-License-Identifier: Apache-2.0
// Who is logged in by another module, without being asked, is let in after the
// end by a click alone: client certificates, OpenID Connect, any module that
// sets REMOTE_USER.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { Jar, NAVIGATION, SCRIPT, startHttpd } from '../lib/httpd.mjs';
import { ENDED, LIMITS, ping } from '../lib/life.mjs';
import { startProvider } from '../lib/openid.mjs';

const SESSION = 'Session On\nSessionCookieName sid path=/;SameSite=Lax\n'
    + 'SessionCryptoPassphrase test-passphrase\n';
const IMAGE = { 'Accept': 'image/*,*/*;q=0.8', 'Sec-Fetch-Site': 'same-origin',
    'Sec-Fetch-Mode': 'no-cors', 'Sec-Fetch-Dest': 'image' };
/** A page that comes without a person: one that reloads itself. */
const RELOAD = { ...NAVIGATION, 'Sec-Fetch-User': undefined };
const FORM = { ...NAVIGATION, 'Origin': 'null' };

const withoutUndefined = (headers) => Object.fromEntries(
    Object.entries(headers).filter(([, value]) => value !== undefined));

// --- what the kinds have in common ---------------------------------------------------

/** The action of the page's form. */
function actionOf(answer) {
    const found = /<form method="post" action="([^"]*)">/.exec(answer.body);
    assert.ok(found, `no form in ${answer.status}: ${answer.body}`);
    return found[1];
}

function isEnd(answer, reason = 'You were signed out because you were inactive.') {
    assert.equal(answer.status, 401);
    assert.equal(answer.headers['www-authenticate'], undefined);
    assert.equal(answer.headers['session-security'], 'expired');
    assert.equal(answer.headers['cache-control'], 'no-store');
    assert.equal(answer.headers['content-type'], 'text/html; charset=utf-8');
    assert.match(answer.body, /^<!DOCTYPE html>\n<html lang="en" dir="ltr">/);
    assert.ok(answer.body.includes(`<p>${reason}</p>`), answer.body);
    assert.doesNotMatch(answer.body, /Secret|<script/);
    return actionOf(answer);
}

/** The tests of one kind. begin(): a site; its get(jar, path, headers, method)
 * follows redirects, through other servers too. With a provider: asksAnew, whether
 * a click leads there. more(get, end): further tests. */
function kind(name, begin, more) {
    describe(name, () => {
        let site, httpd;
        before(async () => {
            site = await begin();
            httpd = site.httpd;
        });
        after(() => site?.stop());
        const get = (jar, path = '/app/', headers = NAVIGATION, method) =>
            site.get(jar, path, withoutUndefined(headers), method);
        const resume = (jar, action, headers = FORM) =>
            get(jar, action, headers, 'POST');
        const end = async (jar) => {
            assert.match((await get(jar)).body, /Secret/);
            httpd.clock.advance(101);
            httpd.allowLog(ENDED);
        };

        test('nothing comes in by itself after the end, and a click does',
            async () => {
                const jar = new Jar();
                const mark = httpd.mark();
                await end(jar);
                const old = jar.clone();
                const action = isEnd(await get(jar, '/app/page.html?a=1&b=%2f'));
                assert.match(httpd.logSince(mark),
                    /MSS0010: .*reason=idle user="-"/);
                assert.notEqual(jar.get('sid'), old.get('sid'));
                for (const cookies of [jar, old]) {
                    for (let i = 0; i < 2; i++) {
                        isEnd(await get(cookies));
                        isEnd(await get(cookies, '/app/page.html', RELOAD));
                        const poll = await get(cookies, '/app/data.json', SCRIPT);
                        assert.equal(poll.status, 401);
                        assert.deepEqual(poll.json,
                            { state: 'logout', reason: 'idle' });
                        const image = await get(cookies, '/app/data.json', IMAGE);
                        assert.equal(image.status, 401);
                        assert.equal(image.headers['set-cookie'], undefined);
                        assert.doesNotMatch(image.body, /secret/);
                    }
                }
                const logins = site.provider?.logins;
                const answer = await resume(jar, action);
                assert.equal(answer.status, 200);
                assert.match(answer.body, /Secret page/);
                assert.equal(answer.path.replace(/^https?:\/\/[^/]*/, ''),
                    '/app/page.html?a=1&b=%2f');
                assert.equal(site.provider?.logins,
                    site.asksAnew ? logins + 1 : logins);
                assert.equal((await get(jar, '/app/data.json', SCRIPT)).status, 200);
                isEnd(await get(old));
                assert.equal((await get(jar)).status, 200);
            });

        test('an image, a poll or a ping ends it just as well', async () => {
            for (const look of [
                (jar) => get(jar, '/app/data.json', IMAGE),
                (jar) => get(jar, '/app/data.json', SCRIPT),
                (jar) => ping(site, jar, '?idleFor=0'),
            ]) {
                const jar = new Jar();
                await end(jar);
                const found = await look(jar);
                assert.ok(found === 'logout' || found.status === 401);
                const action = isEnd(await get(jar));
                isEnd(await get(jar));
                assert.equal((await resume(jar, action)).status, 200);
                httpd.clock.advance(90);
                assert.equal((await get(jar)).status, 200);
            }
        });

        test('a logout is as final', async () => {
            const jar = new Jar();
            assert.equal((await get(jar)).status, 200);
            const old = jar.clone();
            httpd.allowLog(ENDED);
            const answer = await site.get(jar, '/session_security/logout',
                { ...SCRIPT, 'X-Session-Security': '1' }, 'POST', 0);
            assert.equal(answer.status, 303);
            assert.match(answer.headers.location, /^(https?:\/\/[^/]*)?\/$/);
            assert.notEqual(jar.get('sid'), old.get('sid'));
            const action = isEnd(await get(jar), 'You have signed out.');
            isEnd(await get(old), 'You have signed out.');
            isEnd(await get(jar), 'You have signed out.');
            assert.equal((await resume(jar, action)).status, 200);
        });

        more?.(get, end);
    });
}

const follow = (send) => async (jar, path, headers, method = 'GET', max = 10) => {
    let answer = await send(jar, path, headers, method);
    for (let i = 0; i < max && [302, 303].includes(answer.status); i++) {
        path = answer.headers.location;
        // What a person began goes on as his.
        answer = await send(jar, path, headers, 'GET');
    }
    answer.path = path;
    return answer;
};

const local = (httpd, options = {}) => follow((jar, path, headers, method) =>
    httpd.request(path.replace(/^https?:\/\/[^/]*/, ''),
        { jar, headers, method, ...options }));

// --- the kinds -----------------------------------------------------------------------

const LUA = {
    'htdocs/public.shtml': 'public <!--#include virtual="/app/data.json" -->',
    'user.lua': `function authenticate(r)
    r.user = r.headers_in['X-User'] or 'alice'
    return apache2.OK
end
`,
};
const lua = (more = '') => `${SESSION}${LIMITS}
LuaHookCheckUserID "\${ROOT}/user.lua" authenticate
<Location "/app">
    AuthType SignOn
    AuthName app
    Require valid-user
    ${more}
</Location>`;
const startLua = (t, more, options) => startHttpd({ clock: true,
    modules: ['lua'], files: LUA, config: lua(more), ...options }, t);

kind('a module that sets REMOTE_USER', async () => {
    const httpd = await startLua();
    return { httpd, get: local(httpd), stop: () => httpd.stop(),
        request: httpd.request.bind(httpd) };
});

// As mod_auth_mellon does, which takes less notice of subrequests.
kind('a module that sets it where access is checked', async () => {
    const httpd = await startHttpd({ clock: true, modules: ['lua'],
        files: { ...LUA, 'access.lua': `function find(r)
    if not r.uri:find('index') then
        r.user = 'alice'
    end
    return apache2.OK
end
` },
        config: `LuaHookAccessChecker "\${ROOT}/access.lua" find\n${lua()}` });
    return { httpd, get: local(httpd), stop: () => httpd.stop(),
        request: httpd.request.bind(httpd) };
});

kind('one that authenticates, under Satisfy Any', async () => {
    const httpd = await startLua(undefined,
        'Satisfy Any\nOrder allow,deny\nDeny from all',
        { modules: ['lua', 'access_compat'] });
    httpd.allowLog(/AH01797: client denied/); // and let in for his name
    return { httpd, get: local(httpd), stop: () => httpd.stop(),
        request: httpd.request.bind(httpd) };
});

/** A certificate authority, a server's certificate and alice's. */
function makeCertificates() {
    const dir = mkdtempSync(join(tmpdir(), 'mss-tls-'));
    const openssl = (...args) => execFileSync('openssl', args,
        { cwd: dir, stdio: 'pipe' });
    const request = (name, subject, ...more) => openssl('req', '-x509',
        '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes',
        '-days', '2', '-subj', subject, '-keyout', `${name}.key`,
        '-out', `${name}.pem`, ...more);
    try {
        request('ca', '/CN=Test CA');
        for (const name of ['server', 'alice']) {
            request(name, `/CN=${name}`, '-CA', 'ca.pem', '-CAkey', 'ca.key',
                '-addext', 'basicConstraints=critical,CA:FALSE');
        }
        return Object.fromEntries(['ca.pem', 'server.pem', 'server.key',
            'alice.pem', 'alice.key'].map((name) =>
            [name, readFileSync(join(dir, name))]));
    }
    finally {
        rmSync(dir, { recursive: true });
    }
}

const TLS = `SSLEngine On
SSLCertificateFile server.pem
SSLCertificateKeyFile server.key
SSLCACertificateFile ca.pem
SSLVerifyClient require
`;

async function startTls(config) {
    const files = makeCertificates();
    // The password of all that mod_ssl makes up: "password".
    files.certificates = 'CN=alice:{SHA}W6ph5Mm5Pz8GgiULbPgzG37mj9g=\n'.replace(
        /^.*$/m, (line) => `${line}\n/${line}`);
    const httpd = await startHttpd({ clock: true, modules: ['ssl', 'socache_shmcb'],
        files, config: TLS + SESSION + LIMITS + config });
    httpd.allowLog(/ssl:warn/); // of its versions and of the certificate's names
    const tls = { cert: files['alice.pem'], key: files['alice.key'] };
    const request = (path, options) =>
        httpd.request(path, { tls, ...options });
    return { httpd, request, get: local(httpd, { tls }),
        stop: () => httpd.stop() };
}

kind('client certificates, by SSLUserName', async () => {
    const site = await startTls(`
SSLUserName SSL_CLIENT_S_DN_CN
<Location "/app">
    Require expr "%{REQUEST_URI} != '/app/forbidden'"
    ErrorDocument 403 /app/index.html
</Location>`);
    site.httpd.allowLog(/AH01630: client denied/);
    return site;
}, (get, end) => {
    test('the page that tells of an error is its user\'s as well', async () => {
        const jar = new Jar();
        const answer = await get(jar, '/app/forbidden');
        assert.equal(answer.status, 403);
        assert.match(answer.body, /session_security\/script\.js.*Secret/s);
        await end(jar);
        assert.doesNotMatch((await get(jar, '/app/forbidden')).body, /Secret/);
    });
});

kind('client certificates, as made-up Basic credentials', () => startTls(`
<Location "/app">
    SSLOptions +FakeBasicAuth
    AuthType Basic
    AuthName app
    AuthUserFile "\${ROOT}/certificates"
    Require valid-user
</Location>`));

for (const [name, more] of [['mod_auth_openidc', ''],
    ['mod_auth_openidc, its session with ours',
        '\nSessionSecurityCookies mod_auth_openidc_session*']]) {
    kind(name, async () => {
        const provider = await startProvider();
        const httpd = await startHttpd({ clock: true, modules: ['auth_openidc'],
            config: (ctx) => SESSION + LIMITS + provider.config(ctx) + more });
        httpd.allowLog(/auth_openidc:warn.*SHOULD be "https"/);
        const get = follow(async (jar, path, headers, method) => {
            if (!path.startsWith(provider.url))
                return local(httpd)(jar, path, headers, method, 0);
            const answer = await fetch(path, { redirect: 'manual' });
            return { status: answer.status,
                headers: Object.fromEntries(answer.headers) };
        });
        return { httpd, provider, get, request: httpd.request.bind(httpd),
            asksAnew: more !== '',
            stop: async () => { await httpd.stop(); await provider.close(); } };
    });
}

// --- the page ------------------------------------------------------------------------

describe('the page', () => {
    let httpd;
    before(async () => {
        httpd = await startLua(undefined, `
    <If "%{QUERY_STRING} == 'own'">
        SessionSecurityMessage signed_out_title "Schluß & <aus>"
        SessionSecurityMessage sign_in 'Los "jetzt"'
        SessionSecurityMessage ended "unused"
    </If>
    <If "%{QUERY_STRING} == 'de'">
        SessionSecurityLanguage de-AT
    </If>
    <If "%{QUERY_STRING} == 'policy'">
        Header always set Content-Security-Policy "default-src 'self'; form-action 'none'; frame-ancestors 'none'"
        Header always set Referrer-Policy no-referrer
        Header set Cache-Control "public, max-age=60"
        Header always set Cache-Control "public"
    </If>`);
        httpd.allowLog(ENDED);
        httpd.allowLog(/unable to include .*data\.json/);
    });
    after(() => httpd?.stop());

    const ended = async (headers = NAVIGATION) => {
        const jar = new Jar();
        assert.equal((await httpd.request('/app/', { jar, headers })).status, 200);
        httpd.clock.advance(101);
        return jar;
    };
    const see = async (query, headers = {}) => httpd.request(`/app/${query}`,
        { jar: await ended(), headers: { ...NAVIGATION, ...headers } });

    test('speaks the language of the browser, else of the site', async () => {
        for (const [accept, tag, dir] of [
            ['de-CH,de;q=0.9,en;q=0.5', 'de', 'ltr'], ['fa', 'fa', 'rtl'],
            ['nn', 'nb', 'ltr'], ['tlh, zh-Hant-HK;q=0.3', 'zh-TW', 'ltr'],
            ['tlh', 'en', 'ltr']]) {
            const { body } = await see('', { 'Accept-Language': accept });
            assert.ok(body.includes(`<html lang="${tag}" dir="${dir}">`), accept);
        }
        const { body } = await see('?de', { 'Accept-Language': 'fr' });
        assert.match(body, /<html lang="de"/);
        assert.match(body, /<p>Sie wurden wegen Inaktivit&#228;t abgemeldet\.</);
        assert.match(body, /<button>Erneut anmelden<\/button>/);
    });

    test('in the site\'s own words', async () => {
        const { body } = await see('?own');
        assert.match(body, /<h1>Schlu&#223; &amp; &lt;aus&gt;<\/h1>/);
        assert.match(body, /<title>Schlu&#223; &amp; &lt;aus&gt;<\/title>/);
        assert.match(body, /<p>You were signed out because you were inactive\.</);
        assert.match(body, /<button>Los &quot;jetzt&quot;<\/button>/);
    });

    test('its style is the one that its policy names', async () => {
        const { body, headers } = await see('');
        const [, style] = /<style>(.*)<\/style>/.exec(body);
        const hash = createHash('sha256').update(style).digest('base64');
        assert.equal(headers['content-security-policy'],
            `default-src 'none'; base-uri 'none'; style-src 'sha256-${hash}'`);
    });

    test('the site\'s policy does not disarm its button', async () => {
        const { headers } = await see('?policy');
        assert.match(headers['content-security-policy'],
            /^default-src 'none'; [^,]*, frame-ancestors 'none'$/);
        assert.equal(headers['referrer-policy'], 'same-origin');
        assert.equal(headers['cache-control'], 'no-store');
    });

    test('has no body for HEAD, and the same headers', async () => {
        const answer = await httpd.request('/app/', { method: 'HEAD',
            jar: await ended(), headers: NAVIGATION });
        assert.equal(answer.status, 401);
        assert.equal(answer.body, '');
        assert.ok(Number(answer.headers['content-length']) > 500);
    });

    const resume = (jar, to, headers = FORM, method = 'POST') =>
        httpd.request(`/session_security/resume${to}`, { jar, headers, method });

    test('leads to a path of this site and nowhere else', async () => {
        for (const to of ['//evil.test/', '/%5Cevil.test', '%2F%2Fevil.test',
            'https://evil.test/', 'javascript:alert(1)', '', 'app', '%2',
            '/a%0d%0ab', '/%00', '/%09/evil.test', '%2f%09%2fevil.test']) {
            const answer = await resume(new Jar(), `?to=${to}`);
            assert.equal(answer.status, 303, to);
            assert.match(answer.headers.location, /^(http:\/\/127.0.0.1:\d+)?\/$/, to);
        }
        const answer = await resume(new Jar(), '?to=%2Fapp%2F%3Fa%3D1%26b');
        assert.match(answer.headers.location, /\/app\/\?a=1&b$/);
        const odd = await httpd.request('//evil.test/../app/?x="><script>',
            { jar: await ended(), headers: NAVIGATION });
        assert.equal(odd.status, 401);
        assert.equal(actionOf(odd), '/session_security/resume?to=%2f');
    });

    test('its button is a POST from this site', async () => {
        const jar = await ended();
        isEnd(await httpd.request('/app/', { jar, headers: NAVIGATION }));
        assert.equal((await resume(jar, '', NAVIGATION, 'GET')).status, 405);
        for (const headers of [{}, { 'Sec-Fetch-Site': 'cross-site' },
            { Origin: 'https://evil.test' }])
            assert.equal((await resume(jar, '', headers)).status, 403);
        isEnd(await httpd.request('/app/', { jar, headers: NAVIGATION }));
    });

    test('a click changes nothing for a live session or a stranger', async () => {
        const jar = new Jar();
        await httpd.request('/app/', { jar, headers: NAVIGATION });
        const sid = jar.get('sid');
        assert.equal((await resume(jar, '')).headers['set-cookie'], undefined);
        assert.equal(jar.get('sid'), sid);
        const stranger = await resume(new Jar(), '');
        assert.equal(stranger.headers['set-cookie'], undefined);
    });

    test('a public page includes nothing of what is held back', async () => {
        const jar = new Jar();
        const include = async () => (await httpd.request('/public.shtml',
            { jar, headers: NAVIGATION })).body;
        await httpd.request('/app/', { jar, headers: NAVIGATION });
        assert.match(await include(), /public.*secret/s);
        httpd.clock.advance(101);
        for (let i = 0; i < 2; i++) {
            assert.doesNotMatch(await include(), /secret/);
            isEnd(await httpd.request('/app/', { jar, headers: NAVIGATION }));
        }
    });

    test('clients without cookies are let in, and get none', async () => {
        for (const headers of [{ Accept: '*/*' }, SCRIPT]) {
            const answer = await httpd.request('/app/data.json', { headers });
            assert.equal(answer.status, 200);
            assert.equal(answer.headers['set-cookie'], undefined);
        }
    });

    test('of those that bring some a poll is enough for a session', async () => {
        const jar = new Jar();
        jar.set('theme', 'dark');
        await httpd.request('/app/data.json', { jar, headers: SCRIPT });
        assert.ok(jar.get('sid'));
        httpd.clock.advance(101);
        const late = await httpd.request('/app/data.json',
            { jar, headers: SCRIPT });
        assert.equal(late.status, 401);
    });
});

test('a prompt is no click, and a click no prompt', async (t) => {
    const httpd = await startLua(t, `</Location>
<Location "/app/page.html">
    AuthType Basic
    AuthName words
    AuthUserFile users`);
    const jar = new Jar();
    const Authorization = `Basic ${btoa('alice:secret')}`;
    const signOn = () => httpd.request('/app/', { jar, headers: NAVIGATION });
    const password = () => httpd.request('/app/page.html',
        { jar, headers: { ...NAVIGATION, Authorization } });
    const action = async () => {
        assert.equal((await signOn()).status, 200);
        assert.equal((await password()).status, 200);
        httpd.clock.advance(101);
        return isEnd(await signOn());
    };
    await httpd.request(await action(),
        { jar, headers: FORM, method: 'POST' });
    await httpd.expectLog(ENDED);
    const prompt = await password();
    assert.equal(prompt.status, 401);
    assert.match(prompt.headers['www-authenticate'], /^Basic/);
    isEnd(await signOn());
    assert.equal((await password()).status, 200);
    assert.equal((await signOn()).status, 200);
});
