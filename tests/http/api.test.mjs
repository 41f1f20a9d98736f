// SPDX-License-Identifier: Apache-2.0
// What mod_session_security.h offers to other modules, by the example in
// tests/modules; and what Lua can do.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, before, describe, test } from 'node:test';
import {
    Jar, NAVIGATION, SCRIPT, formSite, login, startBackend, startHttpd, until,
} from '../lib/httpd.mjs';
import {
    ENDED, LIMITS, isLogin, loggedIn, open, ping, poll, startSite,
} from '../lib/life.mjs';
import { examplePath } from '../lib/root.mjs';

const LOAD = `LoadModule session_security_example_module "${examplePath()}"\n`;
const EXAMPLE = `<Location "/app/example">
    SetHandler session-security-example
</Location>
<Location "/example">
    SetHandler session-security-example
</Location>
`;

const ask = async (httpd, jar, what = '', path = '/app/example') => {
    const answer = await httpd.request(`${path}${what && `?${what}`}`,
        { jar, headers: { 'X-Requested-With': 'XMLHttpRequest' } });
    return answer.status === 200 ? answer.body : answer.status;
};

/** Runs before and after ours in httpd.conf. */
const ORDERS = {
    'loaded before': (rest) => ({ prelude: LOAD, ...rest }),
    'loaded after': ({ config, ...rest }) => ({ config: LOAD + config, ...rest }),
};

for (const [order, place] of Object.entries(ORDERS)) {
    describe(order, () => {
        test('idle time, activity, the end and the hook', async (t) => {
            const httpd = await startHttpd(place({ clock: true,
                config: formSite({ security: LIMITS, extra: EXAMPLE }) }), t);
            const jar = await loggedIn(httpd);
            httpd.clock.advance(40);
            assert.match(await ask(httpd, jar), /^4[0-4]$/);
            assert.equal(await ask(httpd, jar, 'activity'), 'marked');
            assert.match(await ask(httpd, jar), /^[0-4]$/);
            assert.equal(await ask(httpd, new Jar(), '', '/example'), '-1');
            assert.equal(await ask(httpd, new Jar(), 'activity', '/example'),
                'no session');
            assert.equal(await ask(httpd, new Jar(), 'end', '/example'),
                'no session');

            await httpd.signal('SIGUSR1');
            const old = jar.clone();
            assert.equal(await ask(httpd, jar, 'end'), 'ended');
            await httpd.expectLog(/MSS0010: .*reason=logout user="alice"/);
            await httpd.expectLog(
                /example: ended: user=alice reason=3 idle=\d+/);
            isLogin(await open(httpd, jar));
            isLogin(await open(httpd, old));
            await login(httpd, jar);
            assert.equal((await open(httpd, jar)).status, 200);

            httpd.clock.advance(101);
            assert.equal(await ping(httpd, jar), 'logout');
            await httpd.expectLog(
                /example: ended: user=alice reason=1 idle=10[1-5]/);
            assert.equal(httpd.log().match(/example: ended/g).length, 2);
        });
    });
}

test('ended before it is served: the request is refused', async (t) => {
    const httpd = await startSite(t, { store: 'cookie', extra: EXAMPLE,
        login: 'inline', httpd: { prelude: LOAD } });
    const jar = new Jar();
    await login(httpd, jar);
    assert.equal((await open(httpd, jar)).status, 200);
    const old = jar.clone();
    const answer = await httpd.request('/app/', { jar,
        headers: { ...NAVIGATION, 'X-Example-Revoke': 'user' } });
    assert.equal(answer.status, 401);
    assert.doesNotMatch(answer.body, /Secret/);
    await httpd.expectLog(/MSS0010: .*reason=revoked user="alice"/);
    await httpd.expectLog(/example: ended: user=alice reason=6/);
    assert.equal((await open(httpd, old)).status, 401);
    assert.equal((await poll(httpd, jar)).status, 401);
    await login(httpd, jar);
    assert.equal((await open(httpd, jar)).status, 200);
});

describe('a visitor whom the application has logged in', () => {
    let app, httpd;

    before(async () => {
        app = await startBackend((request, response) => {
            response.setHeader('Content-Type', 'text/html');
            if (request.url === '/login')
                response.setHeader('Set-Cookie', 'J=1; Path=/');
            response.end(`cookies: ${request.headers.cookie ?? 'none'}`);
        });
        httpd = await startHttpd({ prelude: LOAD, config: `SessionSecurity On
Session On
SessionCookieName sid path=/
SessionCryptoPassphrase x
SessionSecurityCookies J
ProxyPass "/app/" "${app.url}/"` });
        httpd.allowLog(/MSS0010/);
    });
    after(async () => {
        await httpd?.stop();
        await app?.close();
    });

    for (const phase of ['access', 'fixups', 'last']) {
        test(`ended in the phase ${phase}: the cookie is not passed on`, async () => {
            for (const headers of [NAVIGATION, SCRIPT]) {
                const jar = new Jar();
                const get = (path, more) => httpd.request(path,
                    { jar, headers: { ...headers, ...more } });
                await httpd.request('/app/login', { jar, headers: NAVIGATION });
                assert.match((await get('/app/')).body, /J=1/);
                const answer = await get('/app/', { 'X-Example-Revoke': phase });
                assert.doesNotMatch(answer.body, /J=1/);
                if (headers === SCRIPT && phase !== 'last')
                    assert.equal(answer.status, 401);
                assert.doesNotMatch((await get('/app/')).body, /J=1/);
            }
        });
    }
});

describe('too late, or elsewhere', () => {
    let httpd, jar;

    before(async () => {
        httpd = await startHttpd({ prelude: LOAD, config: formSite({
            security: LIMITS, extra: `${EXAMPLE}
<Location "/example">
    SessionSecurity Off
</Location>
<Directory "\${ROOT}/htdocs/app">
    RewriteEngine On
    RewriteRule ^to$ /example
</Directory>` }) });
        jar = await loggedIn(httpd);
    });
    after(() => httpd?.stop());

    for (const path of ['/app/data.json', '/session_security/ping']) {
        test(`the end of ${path}, when it has been answered`, async () => {
            const headers = { ...SCRIPT, 'X-Example-Revoke': 'log' };
            const mark = httpd.mark();
            assert.equal((await httpd.request(path, { jar, headers })).status, 200);
            await until(() => /example: log: no session/.test(httpd.logSince(mark)),
                'the answer of session_security_end');
            assert.equal((await open(httpd, jar)).status, 200);
        });
    }

    test('a redirect to where SessionSecurity is Off', async () => {
        assert.match(await ask(httpd, jar), /^\d+$/);
        for (const path of ['/app/to', '/example']) {
            assert.equal(await ask(httpd, jar, '', path), '-1');
            assert.equal(await ask(httpd, jar, 'activity', path), 'no session');
            assert.equal(await ask(httpd, jar, 'end', path), 'no session');
        }
    });
});

test('without mod_session_security the example finds nothing', async (t) => {
    const httpd = await startHttpd({ module: false, prelude: LOAD,
        config: EXAMPLE }, t);
    assert.equal(await ask(httpd, new Jar(), '', '/example'), 'not loaded');
});

// --- mod_lua ---------------------------------------------------------------------

const document = readFileSync(new URL('../../docs/module-api.md',
    import.meta.url), 'utf8');
const block = (language) => document.match(
    new RegExp(`^\`\`\`${language}\\n(.*?)^\`\`\`$`, 'ms'))[1];

test('the recipe for mod_lua', async (t) => {
    const httpd = await startSite(t, {
        extra: block('apache').replaceAll('/etc/apache2/', '${ROOT}/'),
        httpd: { modules: ['lua'], files: { 'lua/idle.lua': block('lua') } },
    });
    const jar = await loggedIn(httpd);
    httpd.clock.advance(30);
    const answer = await poll(httpd, jar, '/app/idle');
    assert.match(answer.body, /^\{"idle": 3[0-4], "left": (70|6[6-9])\}\n$/);
    httpd.clock.advance(80);
    assert.equal((await poll(httpd, jar, '/app/idle')).status, 401);
    await httpd.expectLog(ENDED);
});
