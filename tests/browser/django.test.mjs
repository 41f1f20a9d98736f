// SPDX-License-Identifier: Apache-2.0
// The script of django-session-security, as Debian has it, asks our ping; and
// while a site moves to this module, both scripts are in its pages.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import {
    WARNING, html, openSite, secondTab, signedOut, suite, until, warned,
} from '../lib/browser.mjs';

const test = suite('django-session-security\'s script');

const SCRIPT = '/usr/lib/python3/dist-packages/session_security/static/'
    + 'session_security/script.js';

function site(warn, expire) {
    return {
        warn, expire, path: '/app/django.html',
        directives: 'SessionSecurityInject Off',
        files: {
            'htdocs/jquery.js': readFileSync(new URL(
                '../../node_modules/jquery/dist/jquery.js', import.meta.url)),
            'htdocs/django.js': readFileSync(SCRIPT),
            'htdocs/app/django.html': html(`
<div id="session_security_warning" style="display: none" aria-hidden="true">
<div class="session_security_modal"><p>About to expire</p></div></div>
<script src="/jquery.js"></script><script src="/django.js"></script>
<script>window.sessionSecurity = new yourlabs.SessionSecurity({
    pingUrl: '/session_security/ping/', warnAfter: ${warn},
    expireAfter: ${expire}, confirmFormDiscard: '' });</script>`),
        },
    };
}

const shown = (page) => page.waitForSelector('#session_security_warning',
    { state: 'visible' });

test('it warns, and the session ends', async (t) => {
    const { httpd, page } = await openSite(t, site(2, 5));
    await shown(page);
    await signedOut(page);
    await until(() => /ping\/\?idleFor=\d+&_=\d+ /.test(httpd.accessLog()),
        'the question');
});

test('activity in one tab keeps the other alive', async (t) => {
    const { httpd, context, page } = await openSite(t, site(3, 6));
    const other = await secondTab(context, httpd, '/app/django.html');
    await Promise.all([shown(page), shown(other)]);
    await other.bringToFront();
    await other.mouse.move(20, 20);
    await other.mouse.move(40, 40);
    const start = Date.now();
    await until(async () => {
        await other.mouse.move(20 + Math.random() * 200, 40);
        return Date.now() - start > 6500;
    }, 'the time to pass', 10000);
    assert.match(page.url(), /django/);
    assert.match(other.url(), /django/);
    await Promise.all([signedOut(page), signedOut(other)]);
});

// As docs/migration.md has it: another prefix, shorter limits than Django's.
test('both scripts in a page', async (t) => {
    const expire = 9;
    const django = (await import('node:http')).createServer((request, answer) => {
        answer.setHeader('Content-Type', 'application/json');
        answer.end(/idleFor=(\d+)/.exec(request.url)?.[1] ?? '0');
    });
    await new Promise((done) => django.listen(0, '127.0.0.1', done));
    t.after(() => django.close());
    const old = site(3, expire + 30);
    const { httpd, page } = await openSite(t, { ...old, expire,
        directives: 'SessionSecurityPath /httpd_session',
        site: { extra: `ProxyPass /session_security/ http://127.0.0.1:${
            django.address().port}/` } });
    await warned(page);
    assert.equal(await page.evaluate(() =>
        window.sessionSecurity instanceof window.yourlabs.SessionSecurity), false);
    await until(() => page.evaluate(() => {
        const [first] = document.querySelectorAll('#session_security_warning');
        return getComputedStyle(first).display !== 'none';
    }), 'Django\'s warning');
    const box = await page.locator(`${WARNING} button`).first().boundingBox();
    assert.equal(await page.evaluate(({ x, y }) =>
        document.elementFromPoint(x, y).innerText,
    { x: box.x + box.width / 2, y: box.y + box.height / 2 }), 'Stay signed in');

    await page.mouse.move(20, 20);
    await page.mouse.move(60, 60);
    await until(() => page.evaluate(() => {
        const all = document.querySelectorAll('#session_security_warning');
        return all.length === 1 && getComputedStyle(all[0]).display === 'none';
    }), 'both warnings to go');
    await signedOut(page);
    assert.match(httpd.log(), /MSS0010: .* reason=idle/);
});

test.run();
