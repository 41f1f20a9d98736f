// SPDX-License-Identifier: Apache-2.0
// The copy of the stamp in the session: how seldom it is written, and what it
// is good for when the store knows nothing.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { SCRIPT } from '../lib/httpd.mjs';
import {
    ENDED, isIdle, isLogin, loggedIn, open, ping, poll, startSite,
} from '../lib/life.mjs';

const cookies = (answer) => answer.headers['set-cookie']?.length ?? 0;

describe('the session is not written because a request came', () => {
    test('but when the copy is older than UpdateInterval', async (t) => {
        const httpd = await startSite(t,
            { more: 'SessionSecurityUpdateInterval 30' });
        const jar = await loggedIn(httpd);
        for (let i = 0; i < 3; i++) {
            assert.equal(cookies(await open(httpd, jar)), 0);
            assert.equal(cookies(await poll(httpd, jar)), 0);
        }
        httpd.clock.advance(20);
        assert.equal(cookies(await open(httpd, jar)), 0);
        httpd.clock.advance(11);
        assert.equal(cookies(await open(httpd, jar)), 1);
        assert.equal(cookies(await open(httpd, jar)), 0);
        httpd.clock.advance(40);
        const answer = await httpd.request('/session_security/ping?idleFor=0',
            { jar, headers: SCRIPT });
        assert.equal(cookies(answer), 0);
        assert.equal(cookies(await poll(httpd, jar)), 1);
    });

    test('nor by a ping for the sake of SessionMaxAge', async (t) => {
        const httpd = await startSite(t, { maxAge: 3600 });
        const jar = await loggedIn(httpd);
        const answer = await httpd.request('/session_security/ping?idleFor=0',
            { jar, headers: SCRIPT });
        assert.equal(cookies(answer), 0);
    });

    test('never again after the login with mod_session_dbd', async (t) => {
        const httpd = await startSite(t, { store: 'dbd' });
        const jar = await loggedIn(httpd);
        for (let i = 0; i < 3; i++) {
            httpd.clock.advance(90);
            assert.equal(cookies(await open(httpd, jar)), 0);
        }
    });
});

describe('a server whose store does not know the session', () => {
    test('goes by the copy: not longer, an interval shorter at worst',
        async (t) => {
            const first = await startSite(t);
            const second = await startSite(t);
            const jar = await loggedIn(first);
            second.clock.advance(90);
            isIdle(await ping(second, jar), 90);
            assert.equal((await open(second, jar.clone())).status, 200);
            second.clock.advance(90);
            isIdle(await ping(second, jar), 90);
            second.clock.advance(10);
            isLogin(await open(second, jar));
            await second.expectLog(ENDED);
        });

    test('also since the clock was set back: the copy goes back with it',
        async (t) => {
            const more = 'SessionSecurityMaxLifetime 150';
            const first = await startSite(t, { more });
            const second = await startSite(t, { more });
            const jar = await loggedIn(first);
            first.clock.advance(60);
            assert.equal((await open(first, jar)).status, 200);
            first.clock.advance(-3660);
            assert.equal(cookies(await open(first, jar)), 1);
            await first.expectLog(/MSS0013: /);
            second.clock.advance(-3600);
            isIdle(await ping(second, jar), 0);
            second.clock.advance(70);
            assert.equal((await open(second, jar)).status, 200);
            second.clock.advance(25);
            isLogin(await open(second, jar));
            assert.match(await second.expectLog(ENDED), /reason=lifetime/);
        });
});
