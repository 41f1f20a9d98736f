// SPDX-License-Identifier: Apache-2.0
// What an end tells the browser: where to go, what to delete, what not to keep;
// and a cookie that changes, by which a browser lets go of the pages that it has
// for Back.

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import {
    Jar, NAVIGATION, SCRIPT, configTest, formSite, login, startHttpd,
} from '../lib/httpd.mjs';
import { ENDED, LIMITS } from '../lib/life.mjs';

const BASIC = { ...NAVIGATION, Authorization: `Basic ${btoa('alice:secret')}` };
const LUA = `function authenticate(r)
    r.user = 'alice'
    return apache2.OK
end
`;

describe('ends', () => {
    let httpd;
    before(async () => {
        httpd = await startHttpd({
            clock: true, modules: ['lua'],
            files: { 'user.lua': LUA, 'htdocs/basic/index.html': 'Secret',
                'htdocs/on/index.html': 'Secret',
                'htdocs/app/go.cgi': '#!/bin/sh\n'
                    + 'printf "Status: 302\\nLocation: /app/\\n\\n"\n' },
            config: formSite({ security: `${LIMITS}
SessionSecurityReturnTo "/bye?from=%{escape:%{REQUEST_URI}}&%{QUERY_STRING}"
LuaHookCheckUserID "\${ROOT}/user.lua" authenticate`, extra: `
<Location "/basic">
    AuthType Basic
    AuthName basic
    AuthUserFile users
    Require valid-user
</Location>
<Location "/on">
    AuthType SignOn
    AuthName on
    Require valid-user
</Location>
<If "%{HTTP_HOST} == 'clears.test'">
    SessionSecurityClearSiteData On
</If>
<If "%{HTTP_HOST} == 'cache.test'">
    SessionSecurityClearSiteData cache
</If>` }),
        });
        httpd.allowLog(ENDED);
    });
    after(() => httpd?.stop());

    const KINDS = {
        form: { path: '/app/', enter: (jar) => login(httpd, jar),
            headers: NAVIGATION },
        basic: { path: '/basic/', headers: BASIC },
        'single sign-on': { path: '/on/', headers: NAVIGATION },
    };
    const enter = async (kind, path = kind.path) => {
        const jar = new Jar();
        await kind.enter?.(jar);
        const page = await httpd.request(path, { jar, headers: kind.headers });
        return { jar, page };
    };
    const logout = (jar, headers) => httpd.request('/session_security/logout',
        { method: 'POST', jar, headers });

    for (const [name, kind] of Object.entries(KINDS)) {
        for (const how of ['logout', 'idleness']) {
            test(`${name}, by ${how}: no-store, and another cookie`, async () => {
                const { jar, page } = await enter(kind);
                assert.equal(page.status, 200);
                assert.match(page.headers['cache-control'], /no-store/);
                const sid = jar.get('sid');
                if (how === 'logout') {
                    const answer = await logout(jar, SCRIPT);
                    assert.equal(answer.headers['cache-control'], 'no-store');
                    assert.notEqual(jar.get('sid'), sid);
                }
                else {
                    httpd.clock.advance(101);
                }
                const end = await httpd.request(kind.path,
                    { jar, headers: kind.headers });
                assert.notEqual(jar.get('sid'), sid);
                assert.equal(end.headers['cache-control'], 'no-store');
            });
        }
    }

    test('a tracked redirect is nobody else\'s', async () => {
        const { page } = await enter(KINDS.form, '/app/go.cgi');
        assert.equal(page.status, 302);
        assert.match(page.headers['cache-control'], /private/);
    });

    test('SessionSecurityClearSiteData: once, with the end', async () => {
        for (const [Host, value] of [['clears.test', '"cache", "storage"'],
            ['cache.test', '"cache"'], ['x.test', undefined]]) {
            for (const kind of Object.values(KINDS)) {
                const { jar, page } = await enter(kind);
                assert.equal(page.headers['clear-site-data'], undefined);
                httpd.clock.advance(101);
                const look = (headers) => httpd.request(kind.path,
                    { jar, headers: { ...kind.headers, ...headers, Host } });
                assert.equal((await look(SCRIPT)).headers['clear-site-data'],
                    undefined);
                // Often a script's request has found the end.
                const end = await look();
                assert.equal(end.headers['clear-site-data'], value);
                assert.equal((await look()).headers['clear-site-data'],
                    undefined);
            }
            const { jar } = await enter(KINDS.form);
            const answer = await logout(jar, { ...SCRIPT, Host });
            assert.equal(answer.headers['clear-site-data'], value);
            const after = await httpd.request(KINDS.form.path,
                { jar, headers: { ...NAVIGATION, Host } });
            assert.equal(after.headers['clear-site-data'], undefined);
        }
    });

    test('ReturnTo after a logout is that of the page it came from', async () => {
        const to = async (headers) => {
            const { jar } = await enter(KINDS.form);
            const answer = await logout(jar,
                { 'Sec-Fetch-Site': 'same-origin', Host: 'site.test', ...headers });
            assert.equal(answer.status, 303);
            return answer.headers.location.replace('http://site.test', '');
        };
        const from = (Referer) => to({ Referer });
        assert.equal(await from('http://site.test/app/page.html?a=1&b=2'),
            '/bye?from=/app/page.html&a=1&b=2');
        assert.equal(await from('http://site.test/a%20b'), '/bye?from=/a%20b&');
        for (const Referer of ['http://site.test/', 'http://site.test',
            'http://evil.test/x', 'http://site.test.evil.test/x',
            'http://site.test@evil.test/x', 'http://site.test//evil.test/',
            'http://site.test/%2fevil.test', 'http://site.test/a%0ab', 'x'])
            assert.equal(await from(Referer), '/bye?from=/&', Referer);
        assert.equal(await to({}), '/bye?from=/&');
    });
});

test('SessionSecurityClearSiteData takes what browsers know', async () => {
    for (const [value, why] of [['On', 0], ['Off', 0], ['cache', 0],
        ['storage cache', 0], ['STORAGE', 0],
        ['cookies', /would delete the cookie that keeps the end final/],
        ['cache "*"', /'\*' would delete the cookie/],
        ['cache On', /'On' stands alone/], ['Off cache', /'Off' stands alone/],
        ['', /'' is not On, Off, cache or storage/],
        ['executionContexts', /'executionContexts' is not/]]) {
        const { code, output } = await configTest({ config:
            `SessionSecurityClearSiteData ${value}\n` });
        assert.equal(code, why ? 1 : 0, value);
        if (why)
            assert.match(output, why);
    }
});
