// SPDX-License-Identifier: Apache-2.0
// One session with the logins of two realms: what of it goes on over a login or a
// logout of one of them; and that neither brings back the other one's after the end.

import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import {
    Jar, NAVIGATION, SCRIPT, formSite, login, startHttpd, until,
} from '../lib/httpd.mjs';
import { startApp } from '../lib/apps.mjs';
import { ENDED, LIMITS, open, ping } from '../lib/life.mjs';

/** Holds a request up whose query names a file, until there is that file. */
const SLOW = (root) => `function wait(r)
    local name = r.args and r.args:match('^slow%d+$')
    if name and not r.main then
        r:info(name .. ' waits')
        while not io.open('${root}/' .. name) do
            r.usleep(10000)
        end
    end
    return apache2.DECLINED
end
`;
const realm = (name) => `AuthType form
    AuthName ${name}
    AuthFormProvider file
    AuthUserFile users`;
const handlers = (path, name) => `<Location "${path}/login">
    ${realm(name)}
    SetHandler form-login-handler
    AuthFormLoginRequiredLocation /login.html
    AuthFormLoginSuccessLocation /app/
</Location>
<Location "${path}/logout">
    ${realm(name)}
    SetHandler form-logout-handler
    AuthFormLogoutLocation /login.html
</Location>
`;

describe('two realms', () => {
    let app, httpd;
    before(async () => {
        app = await startApp();
        httpd = await startHttpd({
            clock: true, modules: ['lua'],
            files: { 'htdocs/second/index.html': 'Second' },
            config: ({ root }) => {
                writeFileSync(join(root, 'slow.lua'), SLOW(root));
                return formSite({ login: 'inline', security: `${LIMITS}
SessionSecurityMaxLifetime 150
SessionSecurityCookies J
ProxyPass "/free/" "${app.url}/"
LuaHookFixups "\${ROOT}/slow.lua" wait`, extra: `
<Location "/second">
    ${realm('second')}
    ErrorDocument 401 /login.html
    Require valid-user
</Location>
<Location "/off">
    SessionSecurity Off
</Location>
${handlers('/on', 'app')}${handlers('/off', 'app')}
${handlers('/on/second', 'second')}` });
            },
        });
        httpd.allowLog(ENDED);
    });
    after(async () => {
        await httpd?.stop();
        await app?.close();
    });

    const post = (jar, path, user) => httpd.request(path, { method: 'POST', jar,
        headers: NAVIGATION, body: new URLSearchParams(
            { httpd_username: user, httpd_password: 'secret' }) });
    const enters = async (jar, path, user) =>
        assert.match((await post(jar, path, user)).headers.location ?? '',
            /\/app\/$/);
    const shows = async (jar, path, status) =>
        assert.equal((await open(httpd, jar, path)).status, status, path);
    const end = async (jar) => assert.equal((await httpd.request(
        '/session_security/logout', { method: 'POST', jar, headers: SCRIPT })).status,
    303);
    const both = async () => {
        const jar = new Jar();
        await login(httpd, jar);
        await enters(jar, '/on/second/login', 'bob');
        await shows(jar, '/app/', 200);
        await shows(jar, '/second/', 200);
        return jar;
    };
    const setCookie = (jar, path = '/free') =>
        open(httpd, jar, `${path}/answer?set=J%3Dmine%3B+Path%3D/`);
    const passes = async (jar, path = '/free') => {
        const [cookies] = await app.reached(() =>
            open(httpd, jar, `${path}/static`));
        return cookies.includes('J=mine');
    };

    /** What a request does that is on its way while its session ends. */
    let n = 0;
    const late = async (jar, request) => {
        const name = `slow${n += 1}`;
        const mark = httpd.mark();
        const other = jar.clone();
        const answer = request(other, name);
        await until(() => httpd.logSince(mark).includes(`${name} waits`), name);
        await end(jar);
        writeFileSync(join(httpd.root, name), '');
        assert.ok((await answer).status < 400);
        return other;
    };

    const ENDS = {
        'is revoked': (jar) => end(jar.clone()),
        'has expired': () => httpd.clock.advance(101),
        'has outlived its lifetime': async (jar) => {
            httpd.clock.advance(80);
            assert.notEqual(await ping(httpd, jar, '?idleFor=0'), 'logout');
            httpd.clock.advance(75);
        },
    };
    for (const [how, over] of Object.entries(ENDS)) {
        test(`a session that ${how} is none for a logout where it is Off`,
            async () => {
                const jar = await both();
                await over(jar);
                assert.equal((await open(httpd, jar, '/off/logout')).status, 307);
                await shows(jar, '/second/', 401);
            });

        test(`a session that ${how} is none for a login where it is Off`,
            async () => {
                const jar = await both();
                await over(jar);
                await enters(jar, '/off/login', 'bob');
                await shows(jar, '/app/', 200);
                await shows(jar, '/second/', 401);
            });
    }

    test('one that lives goes on', async () => {
        const jar = await both();
        await enters(jar, '/off/login', 'bob');
        await shows(jar, '/second/', 200);
        await open(httpd, jar, '/off/logout');
        await shows(jar, '/app/', 401);
        await shows(jar, '/second/', 200);
    });

    test('a late logout of one realm leaves nobody in', async () => {
        const other = await late(await both(), (jar, name) =>
            open(httpd, jar, `/on/logout?${name}`));
        await shows(other, '/second/', 401);
        await shows(other, '/app/', 401);
    });

    test('a late login lets in its own user alone', async () => {
        const other = await late(await both(), (jar, name) =>
            post(jar, `/on/login?${name}`, 'bob'));
        await shows(other, '/second/', 401);
        await shows(other, '/app/', 200);
    });

    for (const path of ['/on/login', '/app']) {
        test(`a late login at ${path} gets no visitor's cookies`, async () => {
            const jar = new Jar();
            await setCookie(jar);
            assert.ok(await passes(jar));
            const other = await late(jar, (j, name) =>
                post(j, `${path}?${name}`, 'bob'));
            assert.ok(!await passes(other));
            await shows(other, '/app/', 200);
        });
    }
});
