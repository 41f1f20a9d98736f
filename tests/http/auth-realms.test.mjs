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
            files: { 'htdocs/second/index.html': 'Second',
                'htdocs/basic/index.html': 'Basic' },
            config: ({ root }) => {
                writeFileSync(join(root, 'slow.lua'), SLOW(root));
                return formSite({ login: 'inline', store: 'cookie', security: `${LIMITS}
SessionSecurityMaxLifetime 150
SessionSecurityCookies J
ProxyPass "/free/" "${app.url}/"
LuaHookFixups "\${ROOT}/slow.lua" wait`, extra: `
<Location "/second">
    ${realm('second')}
    ErrorDocument 401 /login.html
    Require valid-user
</Location>
<Location "/basic">
    AuthType Basic
    AuthName basic
    AuthUserFile users
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
        httpd.allowLog(/MSS0014/);
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

    const ENDS = [
        ['is revoked', 'logout', (jar) => end(jar.clone())],
        ['has expired', 'idle', () => httpd.clock.advance(101)],
        ['cannot be read', 'unreadable', (jar) => jar.set('sid',
            jar.get('sid').replace(/(_session_security=)1/, '$12'))],
        ['has outlived its lifetime', 'lifetime', async (jar) => {
            httpd.clock.advance(80);
            assert.notEqual(await ping(httpd, jar, '?idleFor=0'), 'logout');
            httpd.clock.advance(75);
        }],
    ];
    for (const [how, reason, over] of ENDS) {
        const isOver = async (act) => {
            const jar = await both();
            const mark = httpd.mark();
            await over(jar);
            await act(jar);
            await shows(jar, '/second/', 401);
            assert.deepEqual(httpd.logSince(mark).match(/reason=\w+ user="\w+"/g),
                [`reason=${reason} user="alice"`]);
        };

        test(`a session that ${how} is none for a logout where it is Off`, () =>
            isOver(async (jar) => assert.equal(
                (await open(httpd, jar, '/off/logout')).status, 307)));

        test(`a session that ${how} is none for a login where it is Off`, () =>
            isOver(async (jar) => {
                await enters(jar, '/off/login', 'bob');
                await shows(jar, '/app/', 200);
            }));
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

    const PASSWORD = { ...NAVIGATION, Authorization: `Basic ${btoa('bob:secret')}` };
    for (const [path, request] of [['/on/login', post], ['/app/', post],
        ['/basic/', (jar, url) => httpd.request(url, { jar, headers: PASSWORD })]]) {
        test(`a late login at ${path} gets no visitor's cookies`, async () => {
            const jar = new Jar();
            await setCookie(jar);
            assert.ok(await passes(jar));
            const other = await late(jar, (j, name) =>
                request(j, `${path}?${name}`, 'bob'));
            assert.ok(!await passes(other));
            assert.notEqual(await ping(httpd, other), 'logout');
        });
    }

    /** A page of his, as the module has delivered it. */
    const page = async (jar, path = '/app/page.html') => {
        const { body } = await open(httpd, jar, path);
        const [, limits] = body.replaceAll('&quot;', '"')
            .match(/"limits":"([^"]+)"/);
        return limits;
    };
    const OBJECT = { ...SCRIPT, 'X-Session-Security': '1' };
    const asks = (jar, limits, idleFor, headers = OBJECT) =>
        ping(httpd, jar, `?idleFor=${idleFor}&limits=${limits}`, headers);
    const FORMER = '_session_security_former=';

    /** Which of them go on, page and cookies of the session from before. */
    const goesOn = async (jar, limits) => {
        const answer = await asks(jar, limits, 0);
        assert.equal(answer.state, 'active');
        return { page: !answer.end, cookies: await passes(jar),
            noted: jar.get('sid').includes(FORMER) };
    };
    const ALL = { page: true, cookies: true, noted: true };
    const NONE = { page: false, cookies: false, noted: false };
    const working = async () => {
        const jar = new Jar();
        await login(httpd, jar);
        await setCookie(jar);
        const limits = await page(jar);
        assert.deepEqual(await goesOn(jar, limits), { ...ALL, noted: false });
        return { jar, limits };
    };

    for (const [whose, path, user] of [
        ['the same user', '/on/login', 'alice'],
        ['another realm', '/on/second/login', 'bob']]) {
        test(`a login of ${whose} leaves him his work`, async () => {
            const { jar, limits } = await working();
            await enters(jar, path, user);
            assert.deepEqual(await goesOn(jar, limits), ALL);
            await shows(jar, '/app/', 200);
            // What his page reports counts, and by its limits he is logged out.
            httpd.clock.advance(90);
            assert.ok((await asks(jar, limits, 10)).idleFor < 15);
            httpd.clock.advance(95);
            assert.equal((await asks(jar, limits, 105)).state, 'logout');
            assert.ok(!jar.get('sid').includes(FORMER));
            await shows(jar, '/app/', 401);
        });
    }

    for (const path of ['/on/login', '/app']) {
        test(`so does a visitor's login at ${path}`, async () => {
            const jar = new Jar();
            await setCookie(jar);
            const limits = await page(jar, '/free/static');
            await post(jar, path, 'alice');
            await shows(jar, '/app/', 200);
            assert.deepEqual(await goesOn(jar, limits), ALL);
        });
    }

    test('another user\'s login leaves him nothing', async () => {
        const { jar, limits } = await working();
        await enters(jar, '/on/login', 'alice');
        await enters(jar, '/on/login', 'bob');
        assert.deepEqual(await goesOn(jar, limits), NONE);
        const both = await working();
        await enters(both.jar, '/on/second/login', 'bob');
        await enters(both.jar, '/on/login', 'bob');
        assert.deepEqual(await goesOn(both.jar, both.limits), NONE);
        await shows(both.jar, '/second/', 200);
    });

    test('nor does the second login after it', async () => {
        const { jar, limits } = await working();
        await enters(jar, '/on/second/login', 'bob');
        await enters(jar, '/on/second/login', 'bob');
        assert.deepEqual(await goesOn(jar, limits), { ...ALL, page: false });
    });

    test('a logout of one of two realms leaves the pages', async () => {
        const { jar, limits } = await working();
        await enters(jar, '/on/second/login', 'bob');
        assert.ok(await passes(jar));
        const later = await page(jar);
        await open(httpd, jar, '/on/second/logout');
        assert.deepEqual(await goesOn(jar, limits), { ...NONE, noted: true });
        assert.deepEqual(await goesOn(jar, later), { ...ALL, cookies: false });
    });

    test('what is known of the former id ends no session from outside', async () => {
        const { jar, limits } = await working();
        await enters(jar, '/on/second/login', 'bob');
        httpd.clock.advance(101);
        const mark = httpd.mark();
        assert.equal((await asks(jar, limits, 0, { 'X-Session-Security': '1',
            'Sec-Fetch-Site': 'cross-site' })).state, 'logout');
        assert.doesNotMatch(httpd.logSince(mark), ENDED);
        assert.equal((await asks(jar, limits, 101)).state, 'logout');
        assert.match(httpd.logSince(mark), ENDED);
    });
});
