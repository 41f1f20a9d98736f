// SPDX-License-Identifier: Apache-2.0
// The end: what is on the screen, whatever the network and the browser do.

import assert from 'node:assert/strict';
import {
    TIME, WARNING, allowError, cookieHeader, countOf, eventsOf, happened, html,
    openSite, serverIdle, signedOut, suite, until, warned,
} from '../lib/browser.mjs';

const test = suite('the end');

const PING = '**/session_security/ping?*';
const NO_NETWORK = /ERR_FAILED|ERR_INTERNET_DISCONNECTED/;

const FILES = { 'htdocs/app/rich.html': html(
    `<p id="secret">Secret</p><dialog id="own">Secret dialog</dialog>
<script>document.documentElement.appendChild(document.createElement('aside'))
    .textContent = 'Secret stray'; document.getElementById('own').showModal();
</script>`,
    // It would fade rather than vanish.
    { title: 'Secret title', head: `<style>aside { position: fixed }
* { transition: all 9s allow-discrete !important }</style>` }) };

// Everything that a person could read.
const visible = (page) => page.evaluate(() => {
    const boxes = [...document.querySelectorAll('body, p, aside, #own')];
    return document.title + boxes.filter((b) => b.getClientRects().length)
        .filter((b) => !b.closest('#session_security_warning'))
        .map((b) => b.textContent);
});

test('content and title are hidden before the server is asked', async (t) => {
    const { context, page } = await openSite(t,
        { files: FILES, path: '/app/rich.html' });
    await warned(page);
    assert.match(await visible(page), /Secret title.*Secret.*stray.*dialog/s);
    const atQuestion = [];
    await page.route(PING, async (route) => {
        if (countOf(context, 'expire'))
            atQuestion.push(await visible(page));
        await route.continue();
    });
    await signedOut(page);
    const [end] = eventsOf(context).filter((e) => e.type === 'expire');
    assert.ok(end.blank, 'the content was there at the event');
    assert.equal(end.title, 'You have been signed out');
    assert.ok(atQuestion.length > 0);
    for (const text of atQuestion)
        assert.equal(text, 'You have been signed out');
});

test('and also when the server cannot be reached', async (t) => {
    const { context, page } = await openSite(t,
        { files: FILES, path: '/app/rich.html' });
    allowError(context, NO_NETWORK);
    await context.setOffline(true);
    await warned(page);
    await happened(context, 'expire');
    assert.equal(await visible(page), 'You have been signed out');
    await page.getByRole('alertdialog', { name: 'You have been signed out' })
        .waitFor();
    assert.deepEqual(
        await page.locator(`${WARNING} button:visible`).allInnerTexts(),
        ['Sign in again']);
    // No key, no click brings it back, and the page cannot either.
    await page.keyboard.press('Escape');
    await page.mouse.click(5, 5);
    await page.evaluate(() => {
        document.title = 'Secret again';
        document.body.style.display = 'block';
        window.sessionSecurity.activity();
    });
    await until(async () => await visible(page) === 'You have been signed out',
        'the content to be hidden again');
    await context.setOffline(false);
    await signedOut(page);
});

test('the button after the end leads to the login', async (t) => {
    const { context, page } = await openSite(t);
    // All that it takes to see that the answer to a question is missing.
    allowError(context, NO_NETWORK);
    await page.route(PING, (route) => route.abort());
    await warned(page);
    await page.locator(`${WARNING} button:has-text("Sign in again")`).click();
    const again = page.locator(`${WARNING} button:has-text("Sign in again")`);
    await until(async () => {
        await again.click({ timeout: 1000 }).catch(() => {});
        return /login/.test(page.url());
    }, 'the login page');
});

test('nothing but a live session brings the content back', async (t) => {
    const { httpd, context, page } = await openSite(t,
        { files: FILES, path: '/app/rich.html', warn: 2, expire: 8 });
    allowError(context, NO_NETWORK);
    await page.route(PING, (route) => route.abort());
    await warned(page);
    // Somewhere else, out of this page's sight, the user goes on.
    const alive = setInterval(async () => httpd.request(
        '/session_security/ping?idleFor=0', { headers: {
            'Cookie': await cookieHeader(context), 'X-Session-Security': '1',
        } }), 500);
    t.after(() => clearInterval(alive));
    await happened(context, 'expire');
    await page.unroute(PING);
    await happened(context, 'extend');
    assert.match(await visible(page), /Secret title.*Secret.*stray.*dialog/s);
    clearInterval(alive);
    await signedOut(page);
});

// A compressor, or a proxy in front, may let the first byte go with the last.
test('a page that was held back knows how old its idle time is', async (t) => {
    const { httpd, page } = await openSite(t, { warn: 60, expire: 120,
        site: { app: 'SetOutputFilter DEFLATE' }, files: {
            'htdocs/app/held.cgi': '#!/bin/sh\necho "Content-Type: text/html"\n'
                + 'echo\necho "<!DOCTYPE html><title>x</title><p>x"\nsleep 2\n',
        } });
    await page.goto(httpd.url('/app/held.cgi'));
    const asked = page.waitForRequest(PING);
    await page.evaluate(() => window.sessionSecurity.ping());
    assert.match((await asked).url(), /idleFor=([3-9]|\d\d)&/);
});

test('the session is over for who has kept its cookie', async (t) => {
    const { httpd, context, page } = await openSite(t);
    const Cookie = await cookieHeader(context);
    await signedOut(page);
    for (const path of ['/app/', '/app/data.json']) {
        const answer = await httpd.request(path,
            { headers: { Cookie, Accept: 'text/html' } });
        assert.equal(answer.status, 302);
        assert.doesNotMatch(answer.body, /secret/i);
    }
});

// Cached pages come back with their scripts and all that they showed.
for (const backForwardCache of [false, true]) {
    const name = `the Back button${backForwardCache ? ', cached pages' : ''}`;
    // Left before the first question: a browser does not keep a no-store page
    // that got a no-store answer.
    const leave = async (t, limits) => {
        const site = await openSite(t, { ...limits, files: FILES,
            path: '/app/rich.html', context: { backForwardCache } });
        await site.page.goto(site.httpd.url('/index.html'));
        const back = () => site.page.evaluate(() => {
            setTimeout(() => history.back());
        });
        return { ...site, back };
    };
    // Whether it was the cache, and the page came out of it without content.
    const check = async (context) => {
        if (backForwardCache)
            await happened(context, 'restored');
        const restored = eventsOf(context).filter((e) => e.type === 'restored');
        assert.equal(restored.length, backForwardCache ? 1 : 0);
        for (const { blank, title } of restored)
            assert.ok(blank && title === 'You have been signed out');
    };

    test(`${name}, after the end`, async (t) => {
        const { httpd, context, page, back } = await leave(t,
            { warn: 10, expire: 12 });
        await until(async () => (await serverIdle(httpd, context)) === 'logout',
            'the end', 20000);
        await back();
        await check(context);
        await signedOut(page);
    });

    test(`${name}, before it: the page again, after a question`, async (t) => {
        const { httpd, context, page, back } = await leave(t,
            { warn: 30, expire: 60 });
        const mark = httpd.accessLog().length;
        await back();
        await check(context);
        await until(() => page.evaluate(() => document.title === 'Secret title'
            && document.body.getClientRects().length > 0).catch(() => false),
        'the page');
        const [asked, other] = backForwardCache
            ? [/session_security\/ping/, /GET \/app\/rich/]
            : [/GET \/app\/rich/, /session_security\/ping/];
        const since = () => httpd.accessLog().slice(mark);
        await until(() => asked.test(since()), 'the line about it');
        assert.doesNotMatch(since(), other);
    });
}

test('the first movement after a sleep comes too late', async (t) => {
    const { httpd, context, page } = await openSite(t,
        { warn: 5, expire: 7, files: FILES, path: '/app/rich.html' });
    await page.mouse.move(10, 10);
    await page.mouse.move(20, 20);
    // Nothing runs in the page, until all that has waited comes at once: input
    // before timers.
    const asleep = page.evaluate(() => {
        for (const end = Date.now() + 9000; Date.now() < end;)
            continue;
    });
    const moves = [30, 40, 50].map((x) => page.mouse.move(x, x));
    await asleep;
    await Promise.all(moves);
    await signedOut(page);
    assert.deepEqual(eventsOf(context).map((e) => e.type), ['expire']);
    assert.doesNotMatch(httpd.accessLog(), /idleFor=[0-5]&/);
});

/** The warning shows; then an hour passes, and act() comes before the timer that
 * notices, since that is a second away. */
async function sleepInWarning(t, act) {
    const { context, page } = await openSite(t, { warn: 2, expire: 60 });
    allowError(context, NO_NETWORK);
    await context.addInitScript(() => {
        const now = Date.now;
        window.night = 0;
        Date.now = () => now() + window.night;
    });
    let held;
    await page.route(PING, (route) => {
        held = route;
    });
    await page.reload();
    await warned(page);
    await page.locator(TIME).evaluate((time) =>
        new Promise((done) => {
            new MutationObserver(() => {
                window.night = 3600000;
                done();
            }).observe(time, { childList: true });
        }));
    await act(page, held);
    await happened(context, 'expire');
    assert.deepEqual(eventsOf(context).map((e) => e.type), ['warn', 'expire']);
}

test('nor does a key that answers the warning of before it come in time',
    (t) => sleepInWarning(t, (page) => page.keyboard.press('x')));

test('nor does the server\'s answer to a question of before it',
    (t) => sleepInWarning(t, (page, held) => held.continue()));

test('ReturnTo is where it leads', async (t) => {
    const { page } = await openSite(t,
        { directives: 'SessionSecurityReturnTo /index.html?bye',
            files: { 'htdocs/app/based.html': html('x',
                { head: '<base href="https://elsewhere.invalid/deep/">' }) },
            path: '/app/based.html' });
    await page.waitForURL('**/index.html?bye');
});

test('ReturnTo may be a place in the page that is left', async (t) => {
    const { context, page } = await openSite(t, { path: '/app/page.html',
        directives: 'SessionSecurityReturnTo /app/page.html#top' });
    // The logout's redirect, as a script gets it.
    allowError(context, /401 .*page\.html#top/);
    await page.evaluate(() => window.sessionSecurity.expire());
    await signedOut(page);
});

// The session of the browser, ended where no page of it can know.
async function endElsewhere(httpd, context) {
    await httpd.request('/session_security/logout', { method: 'POST',
        headers: { 'Cookie': await cookieHeader(context),
            'X-Session-Security': '1' } });
}

for (const [name, path, ask] of [
    // Chromium tells of a no-store answer when its body is read.
    ['fetch', '/app/page.html', () =>
        fetch('/app/data.json').then((r) => r.text())],
    ['XMLHttpRequest', '/app/page.html', () => new Promise((done) => {
        const r = new XMLHttpRequest();
        r.onloadend = done;
        r.open('GET', '/app/data.json');
        r.send();
    })],
    ['fetch in a frame', '/app/framed.html', () =>
        frames[0].fetch('/app/data.json').then((r) => r.text())],
]) {
    test(`an answer 401 to the page's own ${name} is the end`, async (t) => {
        const { httpd, context, page } = await openSite(t, { path,
            warn: 300, expire: 600, files: { 'htdocs/app/framed.html':
                html('<iframe src="page.html"></iframe>') } });
        allowError(context, /401 .*data\.json/);
        await endElsewhere(httpd, context);
        const start = Date.now();
        await page.evaluate(ask).catch(() => {});
        await signedOut(page);
        const [end] = eventsOf(context).filter((e) => e.type === 'expire');
        assert.ok(end.at - start < 5000, `${end.at - start} ms`);
    });
}

test('answers 401 of the application itself do no harm', async (t) => {
    const { httpd, context, page } = await openSite(t, { warn: 300, expire: 600,
        files: { 'htdocs/app/own.cgi': '#!/bin/sh\nprintf "Status: 401\\n'
            + 'Content-Type: text/plain\\n\\nnot you"\n' } });
    allowError(context, /401 .*own\.cgi/);
    const storm = () => page.evaluate(async () => {
        for (let i = 0; i < 20; i++)
            await fetch('/app/own.cgi');
    });
    const pings = () => httpd.accessLog().match(/ping\?idleFor/g)?.length ?? 0;
    await storm();
    await until(() => pings() === 1, 'a question');
    const end = Date.now() + 5000;
    while (Date.now() < end)
        await storm();
    // One more after three seconds, the next after six.
    assert.ok(pings() <= 2, `${pings()} questions`);
    assert.deepEqual(eventsOf(context), []);
    await endElsewhere(httpd, context);
    await storm().catch(() => {});
    await signedOut(page);
});

test('a page that came by POST is loaded afresh, without a question',
    async (t) => {
        const { httpd, page } = await openSite(t, { warn: 5, expire: 9, files: {
            'htdocs/app/post.cgi': '#!/bin/sh\necho "Content-Type: text/html"\n'
                + 'echo\necho "<html><head></head><body>$REQUEST_METHOD"\n',
            'htdocs/app/send.html': html(
                '<form method="post" action="post.cgi"><button>go</button>'),
        }, path: '/app/send.html' });
        await page.click('button');
        await page.getByText('POST').waitFor();
        await signedOut(page);
        assert.equal(httpd.accessLog().match(/"POST \/app/g).length, 1);
    });

test('expire() of the page ends the session', async (t) => {
    const { httpd, page } = await openSite(t, { warn: 100, expire: 200 });
    await page.evaluate(() => window.sessionSecurity.expire());
    await signedOut(page);
    await until(() => /POST \/session_security\/logout/.test(httpd.accessLog()),
        'the logout');
});

test.run();
