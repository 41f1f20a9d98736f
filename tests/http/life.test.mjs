// SPDX-License-Identifier: Apache-2.0
// A session's life: login, activity, idleness, the end, and the next login.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { Jar, NAVIGATION, SCRIPT, eachMpm, login } from '../lib/httpd.mjs';
import {
    ENDED, STORES, isIdle, isLogin, loggedIn, open, ping, poll, startSite,
} from '../lib/life.mjs';

/** Posts fields as a page's script does. */
const post = (httpd, jar, fields) => httpd.request('/app/data.json', {
    method: 'POST', jar, headers: SCRIPT, body: new URLSearchParams(fields),
});

for (const way of ['redirect', 'inline']) {
    test(`fields that a script posts, login ${way}`, async (t) => {
        const httpd = await startSite(t, { login: way });
        const jar = await loggedIn(httpd);
        httpd.clock.advance(101);
        for (const fields of [{ note: 'mine' }, { note: 'mine' },
            { httpd_username: 'alice', httpd_password: 'wrong' }]) {
            const answer = await post(httpd, jar, fields);
            assert.equal(answer.status, 401);
            assert.equal(answer.headers['session-security'], 'expired');
            assert.equal(answer.headers.location, undefined);
            assert.equal(answer.json.reason, 'idle');
        }
        await httpd.expectLog(ENDED);
        await httpd.expectLog(/AH01807: .*alice.*password/);
        const login = await post(httpd, jar,
            { httpd_username: 'alice', httpd_password: 'secret' });
        assert.equal(login.status, 200);
        assert.equal(login.headers['session-security'], undefined);
        assert.equal((await open(httpd, jar)).status, 200);
    });
}

for (const store of STORES) {
    const begin = (t) => startSite(t, { store });

    describe(`store ${store}`, () => {
        test('lasts as long as pages are opened, then ends for good',
            async (t) => {
                const httpd = await begin(t);
                const jar = await loggedIn(httpd);
                for (let i = 0; i < 3; i++) {
                    httpd.clock.advance(95);
                    assert.equal((await open(httpd, jar)).status, 200);
                }
                httpd.clock.advance(101);
                const old = jar.clone();
                isLogin(await open(httpd, jar));
                const line = await httpd.expectLog(ENDED);
                assert.match(line, /reason=idle user="alice" idle=10[1-5]s limit=100s/);
                isLogin(await open(httpd, jar));
                isLogin(await open(httpd, old));
                await login(httpd, jar);
                assert.equal((await open(httpd, jar)).status, 200);
                isLogin(await open(httpd, old));
                assert.equal((await open(httpd, jar)).status, 200);
            });

        test('ends by its lifetime, however active', async (t) => {
            const httpd = await startSite(t,
                { store, more: 'SessionSecurityMaxLifetime 150' });
            const jar = await loggedIn(httpd);
            const old = jar.clone();
            for (let i = 0; i < 2; i++) {
                httpd.clock.advance(70);
                assert.equal((await open(httpd, jar)).status, 200);
            }
            httpd.clock.advance(11);
            isLogin(await open(httpd, jar));
            assert.match(await httpd.expectLog(ENDED),
                /reason=lifetime user="alice" idle=1[1-5]s limit=150s/);
            isLogin(await open(httpd, old));
            await login(httpd, jar);
            assert.equal((await open(httpd, jar)).status, 200);
        });

        test('polling does not keep it alive', async (t) => {
            const httpd = await begin(t);
            const jar = await loggedIn(httpd);
            for (let i = 0; i < 4; i++) {
                httpd.clock.advance(22);
                assert.equal((await poll(httpd, jar)).status, 200);
            }
            httpd.clock.advance(13);
            const answer = await poll(httpd, jar);
            await httpd.expectLog(ENDED);
            assert.equal(answer.status, 401);
            assert.equal(answer.headers['session-security'], 'expired');
            assert.equal(answer.headers['cache-control'], 'no-store');
            assert.deepEqual(JSON.parse(answer.body),
                { state: 'logout', reason: 'idle' });
            assert.equal((await poll(httpd, jar)).status, 401);
            isLogin(await open(httpd, jar));
        });

        test('a report moves the stamp, and only a report', async (t) => {
            const httpd = await begin(t);
            const jar = await loggedIn(httpd);
            httpd.clock.advance(50);
            isIdle(await ping(httpd, jar), 50);
            isIdle(await ping(httpd, jar, '?idleFor=20'), 20);
            isIdle(await ping(httpd, jar, '?idleFor=70'), 20);
            httpd.clock.advance(90);
            assert.equal((await poll(httpd, jar)).status, 401);
            await httpd.expectLog(ENDED);
        });

        test('a ping ends what has expired', async (t) => {
            const httpd = await begin(t);
            const jar = await loggedIn(httpd);
            const old = jar.clone();
            httpd.clock.advance(100);
            assert.equal(await ping(httpd, jar, '?idleFor=0'), 'logout');
            await httpd.expectLog(ENDED);
            assert.equal(await ping(httpd, jar, '?idleFor=0'), 'logout');
            assert.equal(await ping(httpd, old, '?idleFor=0'), 'logout');
            isLogin(await open(httpd, old));
        });

        test('the application\'s logout is seen by the ping', async (t) => {
            const httpd = await begin(t);
            const jar = await loggedIn(httpd);
            const old = jar.clone();
            await httpd.request('/logout', { jar, headers: NAVIGATION });
            const line = await httpd.expectLog(ENDED);
            assert.match(line, /reason=logout user="alice"/);
            assert.equal(await ping(httpd, jar), 'logout');
            assert.equal(await ping(httpd, old), 'logout');
            isLogin(await open(httpd, old));
            isLogin(await open(httpd, jar));
            await login(httpd, jar);
            assert.equal((await open(httpd, jar)).status, 200);
        });

        test('the cookie of the login itself ends with the session',
            async (t) => {
                const httpd = await begin(t);
                const first = new Jar();
                await login(httpd, first);
                const jar = first.clone();
                assert.equal((await open(httpd, jar)).status, 200);
                httpd.clock.advance(101);
                isLogin(await open(httpd, jar));
                await httpd.expectLog(ENDED);
                isLogin(await open(httpd, first));
                isLogin(await open(httpd, first));
            });

        test('survives graceful restart and restart', async (t) => {
            const httpd = await begin(t);
            const jar = await loggedIn(httpd);
            const out = await loggedIn(httpd);
            const old = out.clone();
            await httpd.request('/logout', { jar: out, headers: NAVIGATION });
            await httpd.expectLog(ENDED);
            for (const signal of ['SIGUSR1', 'SIGHUP']) {
                httpd.clock.advance(40);
                await ping(httpd, jar, '?idleFor=0');
                await httpd.signal(signal);
                /* A restart can take seconds; a stamp that was lost, 40. */
                assert.ok(await ping(httpd, jar) < 30);
                isLogin(await open(httpd, old));
            }
        });

        test('another login in the same browser starts another session',
            async (t) => {
                const httpd = await begin(t);
                const jar = await loggedIn(httpd);
                const old = jar.clone();
                await login(httpd, jar, 'bob');
                await httpd.expectLog(/reason=relogin user="alice"/);
                assert.equal((await open(httpd, jar)).status, 200);
                const first = jar.clone();
                await login(httpd, jar, 'bob');
                await httpd.expectLog(/reason=relogin user="bob"/);
                assert.equal((await open(httpd, jar)).status, 200);
                for (const kept of [old, first])
                    isLogin(await open(httpd, kept));
            });
    });
}

eachMpm((mpm) => {
    test(`lives and ends under ${mpm}`, async (t) => {
        const httpd = await startSite(t, { httpd: { mpm } });
        const jar = await loggedIn(httpd);
        httpd.clock.advance(90);
        assert.equal((await open(httpd, jar)).status, 200);
        httpd.clock.advance(101);
        isLogin(await open(httpd, jar));
        await httpd.expectLog(ENDED);
    });
});
