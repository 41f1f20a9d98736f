// SPDX-License-Identifier: Apache-2.0
// Several windows of one user: tabs, frames, other browsers.

import assert from 'node:assert/strict';
import {
    HEADING, WARNING, allowError, cookieHeader, countOf, eventsOf, html, notWarned,
    openSite, secondTab, serverIdle, signedOut, suite, until, warned,
} from '../lib/browser.mjs';

const test = suite('several windows');

const PING = '**/session_security/ping?*';

test('two tabs: both warn, a key in one answers for both', async (t) => {
    const { httpd, context, page } = await openSite(t, { warn: 4, expire: 12 });
    const other = await secondTab(context, httpd, '/app/page.html');
    await Promise.all([warned(page), warned(other)]);
    await other.bringToFront();
    await other.keyboard.press('x');
    await Promise.all([notWarned(page), notWarned(other)]);
    await until(async () => await serverIdle(httpd, context) < 4, 'the report');
    const Cookie = await cookieHeader(context);
    await Promise.all([warned(page), warned(other)]);
    await Promise.all([signedOut(page), signedOut(other)]);
    const answer = await httpd.request('/app/', { headers: { Cookie } });
    assert.equal(answer.status, 302);
    assert.doesNotMatch(answer.body, /Secret/);
});

test('work in one tab keeps the other quiet', async (t) => {
    const { httpd, context, page } = await openSite(t,
        { warn: 5, expire: 12 });
    const other = await secondTab(context, httpd);
    await other.keyboard.press('q');
    const before = countOf(context, 'warn');
    for (const end = Date.now() + 8000; Date.now() < end;)
        await other.keyboard.press('q', { delay: 200 });
    assert.equal(countOf(context, 'warn'), before);
    await warned(page);
});

test('signing out in one tab signs out in all', async (t) => {
    const { httpd, context, page } = await openSite(t, { warn: 2, expire: 60 });
    const other = await secondTab(context, httpd);
    await warned(page);
    await page.click(`${WARNING} button:has-text("Sign out now")`);
    await Promise.all([signedOut(page), signedOut(other)]);
});

test('a session that ended elsewhere ends here', async (t) => {
    const { httpd, context, page } = await openSite(t, { warn: 2, expire: 60 });
    const answer = await httpd.request('/session_security/logout', {
        method: 'POST', headers: { 'Cookie': await cookieHeader(context),
            'X-Session-Security': '1' },
    });
    assert.ok(answer.status >= 300 && answer.status < 400);
    await signedOut(page); // at its next question
});

// By a link of the application's, which tells no other tab.
test('who comes back to a tab sees that another has signed out', async (t) => {
    const { httpd, context, page } = await openSite(t, { warn: 60, expire: 120 });
    let pings = 0;
    page.on('request', (request) => { pings += /\/ping\?/.test(request.url()); });
    const comes = (hidden) => page.evaluate((value) => {
        Object.defineProperty(document, 'hidden', { value, configurable: true });
        document.dispatchEvent(new Event('visibilitychange', { bubbles: true }));
        window.dispatchEvent(new Event('focus'));
    }, hidden);
    await comes(false);
    await secondTab(context, httpd, '/logout');
    await page.waitForFunction(() =>
        Date.now() - performance.timing.domInteractive > 5000);
    await comes(true);
    assert.equal(pings, 0, 'nobody has come, or just now');
    await comes(false);
    await signedOut(page);
    assert.equal(pings, 1);
});

/** Has the client ask, and waits for the answer. */
const asks = (page) => Promise.all([page.waitForResponse(PING),
    page.evaluate(() => window.sessionSecurity.ping())]);

/** Whether it is still the page that was marked. */
const mark = (page) => page.evaluate(() => { window.isMarked = true; });
const isMarked = (page) => page.evaluate(() => window.isMarked === true);

test('a page goes when another user has logged in', async (t) => {
    const { httpd, context, page } = await openSite(t, { warn: 60, expire: 120 });
    await mark(page);
    // Idle times are told in whole seconds.
    await page.waitForFunction(() => performance.now() > 1500);
    const other = await secondTab(context, httpd, '/logout');
    await other.fill('[name=httpd_username]', 'bob');
    await other.fill('[name=httpd_password]', 'secret');
    await other.click('[type=submit]');
    await other.waitForURL('**/app/');
    await mark(other);
    await asks(page);
    await page.waitForFunction(() => !window.isMarked);
    await page.getByText('Secret start page').waitFor();
    const [end, ...more] = eventsOf(context);
    assert.ok(end.type === 'expire' && end.blank && end.page === page);
    assert.deepEqual(more, []);
    // The session is that of the other tab, which stays.
    await Promise.all([asks(page), asks(other)]);
    assert.ok(await isMarked(other));
    assert.equal(countOf(context, 'expire'), 1);
});

// As where the URL of the client's questions has a session of its own.
test('a page whose session is never the live one is not loaded on and on',
    async (t) => {
        const { page } = await openSite(t, { warn: 60, expire: 120 });
        await page.route(PING, (route) => route.fulfill({ json: { end: true,
            state: 'active', lifetimeLeft: null,
            idleFor: +new URL(route.request().url()).searchParams.get('idleFor'),
        } }));
        for (let i = 0; i < 2; i++) {
            await mark(page);
            await asks(page);
            await asks(page);
            await page.getByText('Secret start page').waitFor();
            assert.ok(await isMarked(page));
            // Once for what a person does in it, who is noticed twice a second.
            await page.waitForFunction(() => performance.now() > 1000);
            await page.keyboard.press('a');
            await asks(page);
            await page.waitForFunction(() => !window.isMarked
                && window.sessionSecurity);
        }
    });

test('without channels and storage the server connects two tabs', async (t) => {
    const { httpd, context, page } = await openSite(t, { warn: 6, expire: 16 });
    await context.addInitScript(() => {
        delete window.BroadcastChannel;
        Object.defineProperty(window, 'localStorage',
            { get() { throw new Error('denied'); } });
    });
    await page.reload();
    const other = await secondTab(context, httpd);
    await Promise.all([warned(page), warned(other)]);
    await other.keyboard.press('x');
    await Promise.all([notWarned(page), notWarned(other)]);
    await Promise.all([signedOut(page), signedOut(other)]);
});

for (const [way, prepare] of Object.entries({
    'a channel': () => {},
    'storage where there are no channels': () => {
        delete window.BroadcastChannel;
    },
})) {
    test(`tabs need no answer of the server: ${way}`, async (t) => {
        const { httpd, context, page } = await openSite(t,
            { warn: 3, expire: 60 });
        await context.addInitScript(prepare);
        await page.reload();
        const other = await secondTab(context, httpd);
        await Promise.all([warned(page), warned(other)]);
        await page.route('**/session_security/ping?*', () => {}); // no answer
        await other.keyboard.press('x');
        await Promise.all([notWarned(page), notWarned(other)]);
    });
}

const FRAMES = {
    'htdocs/app/set.html': `<!DOCTYPE html><html><head><title>Set</title></head>
<frameset cols="50%,50%"><frame name="a" src="/app/page.html">
<frame name="b" src="/app/index.html"></frameset></html>`,
    'htdocs/app/outer.html': html(
        '<p>Outer</p><iframe name="a" src="/app/field.html"></iframe>'),
    'htdocs/app/field.html': html('<input id="field">Secret'),
};

for (const [name, path] of [['a frameset', '/app/set.html'],
    ['an iframe', '/app/outer.html']]) {
    test(`${name}: one warning, in the top window`, async (t) => {
        const { httpd, context, page } = await openSite(t,
            { files: FRAMES, path });
        const frame = page.frame('a');
        await warned(page);
        assert.equal(await frame.locator(WARNING).count(), 0);
        const box = await page.locator(HEADING).boundingBox();
        assert.ok(box.width > 200 && box.height > 20);
        await signedOut(page);
        assert.equal(page.frames().length, 1);
        for (const { type, top, blank } of eventsOf(context)) {
            assert.ok(type === 'warn' ? top : type === 'expire' && blank,
                `${type} ${top ? 'in the top window' : 'in a frame'} ${blank}`);
        }
        assert.ok(countOf(context, 'expire') >= 1);
        assert.ok(httpd.accessLog().match(/session_security\/ping/g).length < 25);
    });
}

test('a frame without the script is hidden with its window', async (t) => {
    const { context, page } = await openSite(t, { files: {
        'htdocs/app/t.txt': 'Secret text\n'.repeat(5),
        'htdocs/app/set.html': `<!DOCTYPE html><html><head></head>
<frameset cols="50%,50%"><frame src="/app/page.html"><frame src="/app/t.txt">
</frameset></html>`,
    }, path: '/app/set.html' });
    allowError(context, /ERR_INTERNET_DISCONNECTED/);
    // The text's place looks like one without text.
    const looksEmpty = async () => (await page.screenshot(
        { clip: { x: 650, y: 5, width: 200, height: 60 } })).equals(
        await page.screenshot(
            { clip: { x: 650, y: 600, width: 200, height: 60 } }));
    assert.equal(await looksEmpty(), false);
    await context.setOffline(true);
    await page.getByText('Sign in again').waitFor();
    assert.equal(await looksEmpty(), true);
});

test('work in a frame counts for the window', async (t) => {
    const { httpd, context, page } = await openSite(t,
        { warn: 5, expire: 12, files: FRAMES, path: '/app/outer.html' });
    const frame = page.frame('a');
    await frame.focus('#field');
    for (const end = Date.now() + 8000; Date.now() < end;)
        await page.keyboard.press('q', { delay: 200 });
    assert.equal(countOf(context, 'warn'), 0);
    // The focus goes from the frame into the dialog, and back.
    await warned(page);
    await page.keyboard.down('z');
    await notWarned(page);
    await page.keyboard.down('z'); // held, it repeats
    await page.keyboard.up('z');
    await page.keyboard.press('w');
    assert.match(await frame.inputValue('#field'), /^q+w$/);
    assert.match(httpd.accessLog(), /idleFor=[01]&/);
});

// Nobody would see it in there.
const STRICT = { warn: 60, expire: 120, path: '/app/outer.html',
    files: { ...FRAMES, 'htdocs/app/outer.html': html(
        '<iframe name="a" src="/app/strict/x.html" style="display: none"></iframe>'),
    'htdocs/app/strict/x.html': html('Secret') } };
const strict = (warn, expire) => ({ ...STRICT, directives: `<Location /app/strict>
SessionSecurityWarnAfter ${warn}
SessionSecurityExpireAfter ${expire}
</Location>` });

test('a frame with shorter limits: its window warns', async (t) => {
    const { context, page } = await openSite(t, strict(3, 60));
    await warned(page);
    assert.equal(await page.frame('a').locator(WARNING).count(), 0);
    await page.keyboard.press('x');
    await notWarned(page);
    await warned(page);
    // As long as it is there.
    await page.frame('a').goto(new URL('/app/field.html', page.url()).href);
    await notWarned(page);
    assert.deepEqual(eventsOf(context).map((e) => [e.type, e.top]),
        ['warn', 'extend', 'warn', 'extend'].map((type) => [type, true]));
});

test('such a frame ends with its window', async (t) => {
    const { page } = await openSite(t, strict(2, 7));
    await warned(page);
    await signedOut(page);
    assert.equal(page.frames().length, 1);
});

test('a page around it that is not looked after stays', async (t) => {
    const { page } = await openSite(t, { files: { ...FRAMES,
        'htdocs/public.html': html(`<textarea></textarea>
<script>window.sessionSecurity = { of: 'another script' };</script>
<iframe name="a" src="/app/page.html"></iframe>`),
    }, path: '/public.html' });
    await page.fill('textarea', 'half a letter');
    await warned(page.frame('a'));
    await page.frame('a').waitForURL('**/login.html');
    assert.equal(await page.inputValue('textarea'), 'half a letter');
});

test('a sandboxed frame harms nobody', async (t) => {
    const { context, page } = await openSite(t, { warn: 2, expire: 60, files: {
        ...FRAMES, 'htdocs/app/sand.html': html(
            '<iframe sandbox="allow-scripts" src="/app/field.html"></iframe>'),
    }, path: '/app/sand.html' });
    // It has no cookies, and is not of this origin.
    allowError(context, /CORS|ERR_FAILED|403|Unauthorized|401/);
    await warned(page);
    await page.keyboard.press('x');
    await notWarned(page);
});

test.run();
