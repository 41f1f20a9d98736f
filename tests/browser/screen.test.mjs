// SPDX-License-Identifier: Apache-2.0
// What is left on the screen, and on paper: nothing; and what comes back when
// the session turns out to be alive: all of it.

import assert from 'node:assert/strict';
import { inflateSync } from 'node:zlib';
import {
    WARNING, allowError, cookieHeader, countOf, eventsOf, happened, html,
    notWarned, openSite, secondTab, signedOut, suite, until, warned,
} from '../lib/browser.mjs';

const test = suite('the screen');

const PING = '**/session_security/ping?*';
const FILES = { 'htdocs/app/work.html': html(`<p>Secret</p>
<form><input id="field"><textarea id="text"></textarea>
<input type="checkbox" id="box"></form><p style="height: 3000px">tall</p>`,
    { title: 'Secret title' }) };
const SITE = { files: FILES, path: '/app/work.html' };

/** How many pieces of text are printed. */
async function printed(page) {
    const pdf = await page.pdf();
    let texts = 0;
    for (let at = 0; (at = pdf.indexOf('stream', at)) >= 0; at += 6) {
        if (pdf.subarray(at - 3, at).toString() === 'end')
            continue;
        const start = at + (pdf[at + 6] === 13 ? 8 : 7);
        const data = pdf.subarray(start, pdf.indexOf('endstream', start));
        try {
            texts += inflateSync(data).toString('latin1')
                .match(/\bT[jJ]\b/g)?.length ?? 0;
        } catch {
            // A font or a picture.
        }
    }
    return texts;
}

test('the warning is not printed, and is there again after it', async (t) => {
    const { page } = await openSite(t, { ...SITE, warn: 5, expire: 60 });
    const before = await printed(page);
    assert.ok(before > 0, 'nothing can be printed');
    await warned(page);
    assert.equal(await printed(page), before);
    await warned(page);
    assert.equal(await page.evaluate(() => document.activeElement.innerText),
        'Stay signed in');
    await page.keyboard.press('x');
    await notWarned(page);
});

test('the hidden page prints as nothing', async (t) => {
    const { context, page } = await openSite(t, { ...SITE, warn: 2, expire: 4 });
    allowError(context, /ERR_INTERNET_DISCONNECTED/);
    await context.setOffline(true);
    await page.getByText('Sign in again').waitFor();
    assert.equal(await printed(page), 0);
});

test('what comes back is as it was', async (t) => {
    const { httpd, context, page } = await openSite(t,
        { ...SITE, warn: 6, expire: 11 });
    allowError(context, /ERR_FAILED/);
    await page.fill('#field', 'half a sent');
    await page.fill('#text', 'line 1\nline 2');
    await page.check('#box');
    await page.evaluate(() => window.scrollTo(0, 500));
    await page.locator('#field').evaluate((field) => {
        field.focus({ preventScroll: true });
        field.setSelectionRange(4, 6);
    });
    // It cannot ask, while its user works elsewhere.
    await page.route(PING, (route) => route.abort());
    const alive = setInterval(async () => httpd.request(
        '/session_security/ping?idleFor=0', { headers: {
            'Cookie': await cookieHeader(context), 'X-Session-Security': '1',
        } }), 500);
    t.after(() => clearInterval(alive));
    await happened(context, 'expire');
    assert.equal(await page.evaluate(() =>
        document.body.getClientRects().length), 0);
    await page.unroute(PING);
    await happened(context, 'extend');
    await notWarned(page);
    assert.deepEqual(await page.evaluate(() => {
        const field = document.getElementById('field');
        return [document.title, field.value, field.selectionStart,
            document.getElementById('text').value,
            document.getElementById('box').checked, window.pageYOffset,
            document.activeElement.id];
    }), ['Secret title', 'half a sent', 4, 'line 1\nline 2', true, 500, 'field']);
    clearInterval(alive);
});

test('a page that was frozen comes back with its focus', async (t) => {
    const { context, page } = await openSite(t, { ...SITE, warn: 60, expire: 90 });
    await page.fill('#field', 'x');
    await page.evaluate(() => window.dispatchEvent(new Event('freeze')));
    assert.equal(await page.evaluate(() =>
        document.body.getClientRects().length), 0);
    await page.evaluate(() => window.dispatchEvent(new Event('resume')));
    await page.getByText('Secret').waitFor();
    await page.waitForFunction(() => document.activeElement.id === 'field');
    assert.equal(await page.inputValue('#field'), 'x');
    assert.equal(countOf(context, 'warn'), 0);
});

/** The processes that draw pages, to be stopped as a sleeping laptop stops. */
async function renderers(context) {
    const session = await context.browser().newBrowserCDPSession();
    const { processInfo } = await session.send('SystemInfo.getProcessInfo');
    return processInfo.filter((p) => p.type === 'renderer').map((p) => p.id);
}

test('after a sleep: the content is gone before the first answer', async (t) => {
    const { httpd, context, page } = await openSite(t,
        { ...SITE, warn: 6, expire: 8, context: { own: true } });
    const pids = await renderers(context);
    assert.ok(pids.length > 0);
    const since = Date.now();
    for (const pid of pids)
        process.kill(pid, 'SIGSTOP');
    await until(() => Date.now() - since > 9000, 'the night', 15000);
    const mark = httpd.accessLog().length;
    for (const pid of pids)
        process.kill(pid, 'SIGCONT');
    await signedOut(page);
    const [end, ...others] = eventsOf(context);
    assert.equal(end.type, 'expire', 'it was not warned that late');
    assert.ok(end.blank);
    assert.deepEqual(others, []);
    assert.doesNotMatch(httpd.accessLog().slice(mark), /idleFor=[0-7]&/);
});

test('a tab in the background ends too', async (t) => {
    const { httpd, context, page } = await openSite(t,
        { ...SITE, warn: 3, expire: 5 });
    const other = await secondTab(context, httpd, '/login.html');
    await other.bringToFront();
    await signedOut(page);
    assert.ok(eventsOf(context).find((e) => e.type === 'expire').blank);
});

test('other tabs follow within three seconds', async (t) => {
    const { httpd, context, page } = await openSite(t,
        { ...SITE, warn: 60, expire: 90 });
    const other = await secondTab(context, httpd, SITE.path);
    await page.evaluate(() => window.sessionSecurity.expire());
    await happened(context, 'expire', 2);
    await Promise.all([signedOut(page), signedOut(other)]);
    const [first, second] = eventsOf(context)
        .filter((e) => e.type === 'expire').map((e) => e.at);
    assert.ok(second - first < 3000, `${second - first} ms`);
    assert.equal(countOf(context, 'warn'), 0);
    assert.equal(await page.locator(WARNING).count(), 0);
});

test.run();
