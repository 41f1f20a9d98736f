// SPDX-License-Identifier: Apache-2.0
// Answers that overtake each other: no activity is taken back, no ended session
// comes back, no new login is overwritten.

import assert from 'node:assert/strict';
import { after, describe, test } from 'node:test';
import {
    Jar, NAVIGATION, SCRIPT, login, startBackend, until,
} from '../lib/httpd.mjs';
import {
    ENDED, STORES, isIdle, isLogin, loggedIn, open, ping, poll, startSite,
} from '../lib/life.mjs';
import { startPostgres } from '../lib/services.mjs';

/** A backend whose answers wait for release(). */
async function slowBackend(t, headers = {}) {
    const waiting = [];
    const backend = await startBackend((request, response) => {
        waiting.push(() => {
            response.writeHead(200, { 'Content-Type': 'text/html', ...headers });
            response.end('<!DOCTYPE html><title>slow</title><p>slow');
        });
    }, t);
    return {
        url: backend.url,
        reached: (n) => until(() => waiting.length >= n, `${n} requests`),
        release: () => waiting.splice(0).forEach((answer) => answer()),
    };
}

/** Postgres is started for the first that needs it. */
let postgres;
const atEnd = [];
const database = () => {
    postgres ??= startPostgres({ after: (fn) => atEnd.push(fn) });
    return postgres;
};
after(() => Promise.all(atEnd.map((fn) => fn())));

/** What each race is run with. */
const SETTINGS = [
    ...STORES.flatMap((store) => [{ store }, { store, maxAge: 3600 }]),
    { store: 'pgsql' }, { store: 'pgsql', maxAge: 3600 },
    { store: 'crypto', mpm: 'worker' },
    { store: 'crypto', h2: true },
];

const inWords = ({ store, maxAge = 0, mpm, h2 }) =>
    [`store ${store}, SessionMaxAge ${maxAge}`, mpm, h2 && 'HTTP/2']
        .filter(Boolean).join(', ');

async function startWith(t, { store, maxAge = 0, mpm, h2 = false }, options) {
    return startSite(t, {
        store, maxAge, ...options,
        ...(store === 'pgsql' && { database: (await database()).port }),
        httpd: { h2, ...(mpm && { mpm }) },
    });
}

for (const setting of SETTINGS) {
    describe(inWords(setting), () => {
        const inDatabase = ['dbd', 'pgsql'].includes(setting.store);
        const begin = async (t) => {
            const backend = await slowBackend(t);
            const httpd = await startWith(t, setting,
                { backend: backend.url });
            const jar = await loggedIn(httpd);
            return { backend, httpd, jar };
        };
        const slow = (httpd, jar) => httpd.request('/app/backend/slow',
            { jar, headers: NAVIGATION });

        test('a slow answer does not take newer activity back',
            async (t) => {
                const { backend, httpd, jar } = await begin(t);
                const late = slow(httpd, jar);
                await backend.reached(1);
                httpd.clock.advance(90);
                await ping(httpd, jar, '?idleFor=0');
                httpd.clock.advance(20);
                backend.release();
                assert.equal((await late).status, 200);
                isIdle(await ping(httpd, jar), 20);
            });

        test('an answer in flight over a logout does not bring it back',
            async (t) => {
                const { backend, httpd, jar } = await begin(t);
                const other = jar.clone();
                const late = slow(httpd, other);
                await backend.reached(1);
                await httpd.request('/logout',
                    { jar, headers: NAVIGATION });
                await httpd.expectLog(ENDED);
                backend.release();
                assert.equal((await late).headers['set-cookie'], undefined);
                isLogin(await open(httpd, other));
                isLogin(await open(httpd, jar));
            });

        test('nor does it overwrite the cookie of a new login',
            async (t) => {
                const { backend, httpd, jar } = await begin(t);
                const late = slow(httpd, jar.clone());
                await backend.reached(1);
                await httpd.request('/logout',
                    { jar, headers: NAVIGATION });
                await login(httpd, jar);
                backend.release();
                jar.store((await late).headers['set-cookie'], '/');
                assert.equal((await open(httpd, jar)).status, 200);
                await httpd.expectLog(ENDED);
            });

        test('a poll with the old cookie does not overwrite it either',
            async (t) => {
                const { httpd, jar } = await begin(t);
                const old = jar.clone();
                await httpd.request('/logout',
                    { jar, headers: NAVIGATION });
                await login(httpd, jar);
                const answer = await poll(httpd, old);
                assert.equal(answer.status, 401);
                assert.equal(answer.headers['set-cookie'], undefined);
                assert.equal((await open(httpd, jar)).status, 200);
                await httpd.expectLog(ENDED);
            });

        test('thirty requests at once share one session', async (t) => {
            const { httpd } = await begin(t);
            const jar = new Jar();
            await login(httpd, jar);
            const answers = await Promise.all(Array.from({ length: 30 },
                (_, i) => httpd.request(`/app/page.html?${i}`,
                    { jar: jar.clone(), headers: NAVIGATION })));
            assert.deepEqual([...new Set(answers.map((a) => a.status))],
                [200]);
            assert.equal((await open(httpd, jar)).status, 200);
        });
        /* mod_session_dbd writes it to two tables of headers. */
        const once = inDatabase ? test : () => {};
        once('a session\'s cookie is set once in an answer', async (t) => {
            const { httpd } = await begin(t);
            const jar = new Jar();
            const isOnce = (answer) => {
                const set = (answer.headers['set-cookie'] ?? [])
                    .filter((line) => line.startsWith('sid='));
                assert.equal(set.length, 1, set.join('\n'));
            };
            isOnce(await login(httpd, jar));
            isOnce(await httpd.request('/logout',
                { jar, headers: NAVIGATION }));
            await login(httpd, jar);
            assert.equal((await open(httpd, jar)).status, 200);
            httpd.clock.advance(101);
            isOnce(await open(httpd, jar));
            /* The end, and the next login, in one answer. */
            isOnce(await login(httpd, jar));
            assert.equal((await open(httpd, jar)).status, 200);
            httpd.clock.advance(101);
            isOnce(await login(httpd, jar));
            assert.equal((await open(httpd, jar)).status, 200);
            await httpd.expectLog(ENDED);
        });
    });

    if (setting.maxAge)
        continue;
    test(`${inWords(setting)}: pings in flight over a logout`, async (t) => {
        const httpd = await startWith(t, setting);
        const jar = await loggedIn(httpd);
        const old = jar.clone();
        const burst = Promise.all(Array.from({ length: 20 }, () =>
            httpd.request('/session_security/ping?idleFor=0',
                { jar: old.clone(), headers: SCRIPT })));
        await httpd.request('/logout', { jar, headers: NAVIGATION });
        await httpd.expectLog(ENDED);
        for (const answer of await burst)
            assert.equal(answer.headers['set-cookie'], undefined);
        assert.equal(await ping(httpd, old, '?idleFor=0'), 'logout');
        isLogin(await open(httpd, old));
    });
}

/* mod_session takes such a header in when it saves, behind everybody. */
test('nor does one by which SessionHeader changes the session', async (t) => {
    const backend = await slowBackend(t, { 'X-Keep': 'a=1' });
    const httpd = await startSite(t,
        { backend: backend.url, extra: 'SessionHeader X-Keep' });
    const jar = await loggedIn(httpd);
    const slow = () => httpd.request('/app/backend/slow',
        { jar: jar.clone(), headers: NAVIGATION });
    const early = slow();
    await backend.reached(1);
    backend.release();
    assert.match(String((await early).headers['set-cookie']), /^sid=/);
    const late = slow();
    await backend.reached(1);
    await httpd.request('/logout', { jar, headers: NAVIGATION });
    await login(httpd, jar);
    backend.release();
    assert.equal((await late).headers['set-cookie'], undefined);
    assert.equal((await open(httpd, jar)).status, 200);
    await httpd.expectLog(ENDED);
});
