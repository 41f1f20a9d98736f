// SPDX-License-Identifier: Apache-2.0
// Logins of httpd and applications with their own on one site, in one session: a
// visitor's session does not let in again whom the end of a user's has kept out.

import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, test } from 'node:test';
import { Jar, NAVIGATION, SCRIPT, startHttpd } from '../lib/httpd.mjs';
import { enter, startApp } from '../lib/apps.mjs';
import { ENDED, LIMITS, open, ping } from '../lib/life.mjs';

const LUA = `function authenticate(r)
    r.user = 'alice'
    r.err_headers_out['X-Provider'] = 'asked'
    return apache2.OK
end
function fix(r)
    if r.uri == '/twice.cgi' then
        r.user = 'alice'
        return apache2.OK
    end
    if r.uri == '/header/' then
        r.user = 'alice'
        r.err_headers_out['Set-Cookie'] = 'J=by-module; Path=/'
        return apache2.OK
    end
    return apache2.DECLINED
end
`;
const TWICE = `#!/bin/sh
case $QUERY_STRING in
again) printf 'Content-Type: text/html\\r\\n\\r\\n' ;;
*) printf 'Location: /twice.cgi?again\\r\\n\\r\\n' ;;
esac
echo "in=$SESSION_SECURITY_EXPIRES_IN"
`;
const IMAGE = { Accept: 'image/*', 'Sec-Fetch-Mode': 'no-cors',
    'Sec-Fetch-Dest': 'image', 'Sec-Fetch-Site': 'same-origin' };
const PASSWORD = { ...NAVIGATION, Authorization: `Basic ${btoa('alice:secret')}` };

describe('one site', () => {
    let app, httpd, jar;
    before(async () => {
        app = await startApp(undefined, { attributes: '; Path=/' });
        httpd = await startHttpd({ clock: true, modules: ['lua'],
            files: { 'user.lua': LUA, 'htdocs/on/index.html': 'Secret',
                'htdocs/basic/index.html': 'Secret',
                'htdocs/other/index.html': 'Secret',
                'htdocs/header/index.html': 'Secret',
                'htdocs/in.shtml': 'public <!--#include virtual="$QUERY_STRING" -->',
                'htdocs/to.cgi': '#!/bin/sh\nprintf '
                    + '"Location: $QUERY_STRING\\r\\n\\r\\n"\n',
                'htdocs/twice.cgi': TWICE,
                'htdocs/sorry.html': '<html>Sorry</html>' },
            config: `
SessionCookieName sid path=/
SessionCryptoPassphrase test-passphrase
${LIMITS}
SessionSecurityCookies J
ProxyPass "/wiki/" "${app.url}/"
LuaHookCheckUserID "\${ROOT}/user.lua" authenticate
LuaHookFixups "\${ROOT}/user.lua" fix
<Location "/">
    Session On
</Location>
<Location "/on">
    AuthType SignOn
    AuthName on
    Require valid-user
</Location>
${['basic', 'other'].map((name) => `<Location "/${name}">
    AuthType Basic
    AuthName ${name}
    AuthUserFile users
    Require valid-user
</Location>
`).join('')}<Location "/bare">
    Session Off
    ErrorDocument 500 /sorry.html
</Location>` });
        httpd.allowLog(ENDED);
        httpd.allowLog(/unable to include/);
    });
    after(async () => {
        await httpd?.stop();
        await app?.close();
    });
    beforeEach(() => { jar = new Jar(); });

    const ask = (path, headers = NAVIGATION) =>
        httpd.request(path, { jar, headers });
    const isHeld = (answer) => {
        assert.equal(answer.status, 401);
        assert.equal(answer.headers['www-authenticate'], undefined);
        assert.equal(answer.headers['x-provider'], undefined);
        return /action="([^"]*)"/.exec(answer.body)[1];
    };
    const signedOn = async () => {
        const answer = await ask('/on/');
        assert.equal(answer.status, 200);
        assert.match(answer.headers['x-provider'], /asked/);
        httpd.clock.advance(101);
    };

    test('single sign-on: the end lasts until a click', async () => {
        await signedOn();
        isHeld(await ask('/on/'));
        assert.equal((await ask('/wiki/static')).status, 200);
        const action = isHeld(await ask('/on/'));
        await httpd.request(action, { jar, method: 'POST', headers: NAVIGATION });
        assert.equal((await ask('/on/')).status, 200);
    });

    test('Basic: what comes by itself is asked for', async () => {
        assert.equal((await ask('/basic/', PASSWORD)).status, 200);
        httpd.clock.advance(101);
        assert.equal((await ask('/basic/')).status, 401);
        const again = await ask('/basic/', PASSWORD);
        assert.equal(again.status, 401);
        assert.match(again.headers['www-authenticate'], /^Basic/);
        assert.equal((await ask('/wiki/static')).status, 200);
        assert.equal((await ask('/basic/', PASSWORD)).status, 200);
    });

    for (const [how, path] of [['the mark', '/on/'], ['a dead id', '/wiki/']]) {
        test(`a visitor's session over ${how} does not sign on`, async () => {
            await signedOn();
            await ask(path);
            await enter(httpd, jar, { path: '/wiki/' });
            const action = isHeld(await ask('/on/?x=1'));
            const script = await ask('/on/', SCRIPT);
            assert.equal(script.status, 401);
            assert.equal(script.headers['session-security'], 'expired');
            assert.equal((await ask('/on/', IMAGE)).status, 401);
            assert.match((await ask('/wiki/')).body, /Secret/);
            const answer = await httpd.request(action,
                { jar, method: 'POST', headers: NAVIGATION });
            assert.match(answer.headers.location, /\/on\/\?x=1$/);
            assert.equal((await ask('/on/')).status, 200);
            assert.match((await ask('/wiki/')).body, /Secret/);
        });
    }

    for (const [path, headers] of [['/on/', NAVIGATION], ['/basic/', PASSWORD],
        ['/header/', NAVIGATION]]) {
        test(`nor when a public page includes ${path}, or leads there`, async () => {
            const ways = ['/in.shtml?', '/to.cgi?'].map((way) => way + path);
            const refused = async () => {
                for (const way of ways)
                    assert.doesNotMatch((await ask(way, headers)).body, /Secret/);
            };
            assert.equal((await ask(path, headers)).status, 200);
            for (const way of ways)
                assert.match((await ask(way, headers)).body, /Secret/);
            httpd.clock.advance(101);
            await refused();
            await enter(httpd, jar, { path: '/wiki/' });
            await refused();
        });
    }

    for (const [how, first] of [['before it', true], ['in it', false]]) {
        test(`a click ${how} lets no password in`, async () => {
            await signedOn();
            const action = isHeld(await ask('/on/'));
            const click = () => httpd.request(action,
                { jar, method: 'POST', headers: NAVIGATION });
            await (first && click());
            await enter(httpd, jar, { path: '/wiki/' });
            await (first || click());
            assert.equal((await ask('/basic/', PASSWORD)).status, 401);
            assert.equal((await ask('/basic/', PASSWORD)).status, 200);
        });
    }

    test('a password lets in where it was asked for', async () => {
        assert.equal((await ask('/basic/', PASSWORD)).status, 200);
        httpd.clock.advance(101);
        assert.equal((await ask('/basic/', PASSWORD)).status, 401);
        await enter(httpd, jar, { path: '/wiki/' });
        assert.equal((await ask('/basic/', PASSWORD)).status, 401);
        isHeld(await ask('/on/'));
        const other = await ask('/other/', PASSWORD);
        assert.equal(other.status, 401);
        assert.match(other.headers['www-authenticate'], /realm="other"/);
        assert.match((await ask('/other/', PASSWORD)).body, /Secret/);
        assert.match((await ask('/wiki/')).body, /Secret/);
    });

    test('nor does its end', async () => {
        for (const end of [() => ask('/wiki/logout'),
            () => httpd.clock.advance(101)]) {
            await signedOn();
            isHeld(await ask('/on/'));
            await enter(httpd, jar, { path: '/wiki/' });
            await end();
            await ask('/wiki/static');
            isHeld(await ask('/on/'));
            jar = new Jar();
        }
    });

    test('nor does a cookie that the module sets, which signs on', async () => {
        assert.equal((await ask('/header/')).status, 200);
        httpd.clock.advance(101);
        isHeld(await ask('/header/'));
        const action = isHeld(await ask('/header/'));
        await httpd.request(action, { jar, method: 'POST', headers: NAVIGATION });
        assert.equal((await ask('/header/')).status, 200);
        // After a visitor's session, too.
        jar = new Jar();
        await enter(httpd, jar, { path: '/wiki/' });
        httpd.clock.advance(101);
        isHeld(await ask('/header/'));
        isHeld(await ask('/header/'));
    });

    test('its own end is forgotten with the next page', async () => {
        await enter(httpd, jar, { path: '/wiki/' });
        httpd.clock.advance(101);
        assert.equal(await ping(httpd, jar), 'logout');
        assert.equal((await ask('/wiki/data', SCRIPT)).status, 401);
        isHeld(await ask('/on/'));
        isHeld(await ask('/on/'));
        jar = new Jar();
        await enter(httpd, jar, { path: '/wiki/' });
        httpd.clock.advance(101);
        await open(httpd, jar, '/wiki/static');
        assert.equal(jar.size, 0);
        assert.equal((await ask('/wiki/data', SCRIPT)).status, 302);
    });

    test('a user whom the fixups find is one after a redirect, too', async () => {
        assert.match((await ask('/twice.cgi')).body, /in=(100|99)$/m);
    });

    test('an error page with a session, of a section without', async () => {
        const answer = await httpd.request('/bare/',
            { headers: { ...NAVIGATION, Cookie: 'J=stolen' } });
        assert.equal(answer.status, 500);
        assert.match(answer.body, /Sorry/);
        await httpd.expectLog(/MSS0016/);
    });
});
