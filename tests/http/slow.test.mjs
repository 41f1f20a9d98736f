// SPDX-License-Identifier: Apache-2.0
// What the element says of the session in a page that took long to come.

import assert from 'node:assert/strict';
import { Readable } from 'node:stream';
import { after, before, describe, test } from 'node:test';
import { ELEMENT, textOf } from '../lib/element.mjs';
import { NAVIGATION, login, startBackend, until } from '../lib/httpd.mjs';
import {
    ENDED, isIdle, isLogin, loggedIn, open, ping, startSite,
} from '../lib/life.mjs';

describe('a page that was on its way for long tells', () => {
    // A backend that is at a request until `meanwhile` is over.
    let httpd, meanwhile;
    const atEnd = [];
    before(async () => {
        const t = { after: (fn) => atEnd.push(fn) };
        const backend = await startBackend(async (request, response) => {
            response.writeHead(200, { 'Content-Type': 'text/html' });
            if (request.url.endsWith('streamed'))
                response.write('<!DOCTYPE html><html>');
            for await (const part of request)
                assert.ok(part.length);
            await meanwhile();
            response.end('<head><title>slow</title></head>');
        }, t);
        httpd = await startSite(t, { store: 'cookie', backend: backend.url,
            more: 'SessionSecurityMaxLifetime 1000\n' });
    });
    after(async () => {
        for (const fn of atEnd.reverse())
            await fn();
    });

    /** What it tells, in seconds. */
    async function told(jar, during, { path = 'page', ...options } = {}) {
        meanwhile = during;
        const answer = await httpd.request(`/app/backend/${path}`,
            { jar, headers: NAVIGATION, ...options });
        assert.equal(answer.status, 200);
        const [[, text]] = textOf(answer).matchAll(ELEMENT);
        const { took = 0, idle = 0, lifetime } = JSON.parse(text);
        return { took: took / 1000, idle: idle / 1000, lifetime: lifetime / 1000 };
    }
    const wait = (seconds) => () => httpd.clock.advance(seconds);
    const { 'Sec-Fetch-User': _, ...PASSIVE } = NAVIGATION;

    for (const path of ['page', 'streamed']) {
        test(`its own time: ${path}`, async () => {
            const jar = await loggedIn(httpd);
            const { took, idle, lifetime } = await told(jar, wait(70), { path });
            isIdle(took, 70);
            isIdle(idle, 70);
            isIdle(1000 - lifetime, 70);
        });
    }

    test('the time before it, if it was no activity', async () => {
        const jar = await loggedIn(httpd);
        httpd.clock.advance(30);
        const { idle } = await told(jar, wait(20), { headers: PASSIVE });
        isIdle(idle, 50);
    });

    test('the time since another tab was in use', async () => {
        const jar = await loggedIn(httpd);
        const { idle } = await told(jar, async () => {
            httpd.clock.advance(80);
            await ping(httpd, jar, '?idleFor=0');
            httpd.clock.advance(40);
        });
        isIdle(idle, 40);
    });

    test('the time since its upload', async () => {
        const jar = await loggedIn(httpd);
        const { idle } = await told(jar, wait(5), { method: 'POST',
            body: Readable.from((async function* body() {
                for (let i = 0; i < 4; i++) {
                    yield Buffer.alloc(20000, 'x');
                    await until(async () => await ping(httpd, jar) < 30,
                        'activity');
                    httpd.clock.advance(i < 3 ? 60 : 0);
                }
            }())) });
        isIdle(idle, 5);
    });

    test('no time that a clock takes back', async () => {
        const jar = await loggedIn(httpd);
        const { took, idle, lifetime } = await told(jar, wait(-60));
        assert.equal(took, 0);
        assert.equal(idle, 0);
        assert.ok(lifetime <= 1000);
        httpd.clock.advance(60);
    });

    for (const [what, during] of [
        ['a limit has passed', () => wait(101)],
        ['another tab has signed out', (jar) => async () => {
            await httpd.request('/logout', { jar, headers: NAVIGATION });
            httpd.clock.advance(2);
        }],
        ['somebody else has logged in', (jar) => async () => {
            await login(httpd, jar, 'bob');
            await open(httpd, jar);
            httpd.clock.advance(2);
        }],
    ]) {
        test(`that its session is over: ${what}`, async () => {
            const jar = await loggedIn(httpd);
            const late = jar.clone();
            const { idle } = await told(late, during(jar));
            isIdle(idle, 100);
            isLogin(await open(httpd, late));
            await httpd.expectLog(ENDED);
        });
    }
});
