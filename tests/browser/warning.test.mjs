// SPDX-License-Identifier: Apache-2.0
// The warning: when it comes, what it says, and what makes it go.

import assert from 'node:assert/strict';
import {
    TEXT, TIME, WARNING, allowError, countOf, eventsOf, html, notWarned, openSite,
    secondTab, serverIdle, signedOut, suite, until, warned,
} from '../lib/browser.mjs';

const test = suite('the warning');

const FORM = { 'htdocs/app/type.html': html(`<form action="/app/sent.html">
<input id="field" name="a"></form><p style="height: 5000px">tall</p>`) };

test('it appears, counts down, and the session ends', async (t) => {
    const { page } = await openSite(t, { warn: 2, expire: 9 });
    await warned(page);
    const dialog = page.locator(WARNING);
    assert.equal(await dialog.getAttribute('role'), 'alertdialog');
    assert.equal(await dialog.getAttribute('aria-modal'), 'true');
    assert.equal(await dialog.getAttribute('lang'), 'en');
    assert.equal(await dialog.evaluate((d) => d.parentNode.nodeName), 'HTML');
    assert.match(await page.locator(TEXT).innerText(),
        /^You have not been active .* signed out in [2-7] seconds\.$/);
    assert.equal(await page.getByRole('alertdialog',
        { name: 'You will be signed out soon' }).count(), 1);
    // In each frame: it is there for a second.
    await page.waitForFunction((selector) => [...document.querySelectorAll(
        selector)].some((e) => e.textContent === '1 second'), TIME);
    await signedOut(page);
});

test('nothing is shown and asked before it is due', async (t) => {
    const { httpd, page } = await openSite(t, { warn: 3, expire: 60 });
    await warned(page);
    // of the page's own clock: the page may have been there for a while
    const age = await page.evaluate(() => performance.now());
    assert.ok(age > 2500, `too early: ${age} ms`);
    const pings = await until(() => httpd.accessLog()
        .match(/GET \/session_security\/ping\?\S+/g), 'the question');
    // Of a page that has been there for long, some more.
    assert.ok(pings.length < 1 + age / 2000, pings.join());
    for (const ping of pings) {
        assert.match(ping,
            /idleFor=([3-9]|\d\d)&limits=3000\.60000\.0\.[0-9a-f]+&t=\d{13}$/);
    }
    // For workers that keep the answer to a URL.
    assert.equal(new Set(pings).size, pings.length);
});

const ANSWERS = {
    'a key': (page) => page.keyboard.press('x'),
    'the first button': (page) =>
        page.click(`${WARNING} button:has-text("Stay signed in")`),
    'Enter, which works the first button': (page) =>
        page.keyboard.press('Enter'),
    'Space, which does so too': (page) => page.keyboard.press(' '),
    'Esc': (page) => page.keyboard.press('Escape'),
    'the mouse wheel': (page) => page.mouse.wheel(0, 50),
    'a click beside it': (page) => page.mouse.click(3, 3),
    'the mouse, moved': async (page) => {
        await page.mouse.move(10, 10);
        await page.mouse.move(20, 20);
        await page.mouse.move(30, 30);
    },
};

test('what makes it go, and the server knows', async (t) => {
    const { httpd, context, page } = await openSite(t, { warn: 2, expire: 30 });
    let times = 0;
    for (const [name, act] of Object.entries(ANSWERS)) {
        await warned(page);
        assert.ok(await serverIdle(httpd, context) >= 2, name);
        const start = Date.now();
        await act(page);
        await notWarned(page).catch((e) => assert.fail(`${name}: ${e.message}`));
        // Else it would be idle for 2 s and those since.
        await until(async () => {
            const since = Math.floor((Date.now() - start) / 1000);
            return await serverIdle(httpd, context) < 2 + since;
        }, name);
        assert.equal(countOf(context, 'extend'), ++times, name);
    }
});

test('what is done in it does not reach the page', async (t) => {
    const { page } = await openSite(t, { warn: 2, expire: 30,
        context: { hasTouch: true }, files: { 'htdocs/app/panel.html':
            html(`<textarea></textarea><script>
window.seen = [];
for (const type of ['pointerdown', 'mousedown', 'mouseup', 'click', 'touchstart',
    'touchend', 'focusin']) {
    for (const target of [window, document])
        target.addEventListener(type, () => window.seen.push(type), true);
}</script>`) }, path: '/app/panel.html' });
    const stay = page.locator(`${WARNING} button:has-text("Stay signed in")`);
    for (const act of [() => stay.click(), () => stay.tap(),
        () => page.mouse.click(3, 3), () => page.touchscreen.tap(3, 3),
        () => page.keyboard.press('Enter')]) {
        await warned(page);
        await page.evaluate(() => { window.seen = []; });
        await act();
        await notWarned(page);
        assert.deepEqual(await page.evaluate(() => window.seen), [], String(act));
    }
    await page.mouse.click(3, 3);
    assert.equal(await page.evaluate(() => window.seen.length > 3), true);
});

test('what no person has done does not make it go', async (t) => {
    const { context, page } = await openSite(t, { warn: 2, expire: 6 });
    await warned(page);
    await page.evaluate((selector) => {
        setInterval(() => {
            const dialog = document.querySelector(selector);
            dialog.close();
            for (const part of [dialog, ...dialog.querySelectorAll('*')])
                part.click();
        }, 300);
    }, WARNING);
    await until(() => page.evaluate((selector) =>
        document.querySelector(selector).matches(':modal'), WARNING),
    'the dialog to open again');
    await signedOut(page);
    assert.deepEqual(eventsOf(context).map((e) => e.type), ['warn', 'expire']);
});

test('the mouse can reach the second button', async (t) => {
    const { page } = await openSite(t, { warn: 2, expire: 30 });
    await warned(page);
    await page.mouse.move(5, 5);
    await page.mouse.move(15, 15, { steps: 3 });
    await page.click(`${WARNING} button:has-text("Sign out now")`);
    await signedOut(page);
});

test('the key that dismisses it is not typed into the page', async (t) => {
    const { page } = await openSite(t,
        { warn: 4, expire: 30, files: FORM, path: '/app/type.html' });
    await page.evaluate(() => {
        window.keys = '';
        for (const type of ['keydown', 'keypress', 'keyup'])
            document.addEventListener(type, (e) => { window.keys += e.key; });
    });
    await page.fill('#field', 'abc');
    await page.focus('#field');
    await warned(page);
    await page.keyboard.down('y');
    await page.keyboard.down('y'); // repeats while it is held down
    await notWarned(page);
    await page.keyboard.down('y');
    await page.keyboard.up('y');
    assert.equal(await page.inputValue('#field'), 'abc');
    assert.equal(await page.evaluate(() => window.keys), '');
    await page.keyboard.press('z'); // the focus is back, and the next key is
    assert.equal(await page.inputValue('#field'), 'abcz');
    assert.equal(await page.evaluate(() => window.keys), 'zzz');

    // Nor does the page hear of the one that works the button.
    await warned(page);
    for (let i = 0; i < 2; i++)
        await page.keyboard.down('Enter');
    await notWarned(page);
    await page.keyboard.down('Enter');
    await page.keyboard.up('Enter');
    await page.keyboard.press('!');
    assert.match(page.url(), /type\.html$/, 'the form was sent');
    assert.equal(await page.evaluate(() => window.keys), 'zzz!!!');
});

test('keys that browsers have no code for reach the page', async (t) => {
    const { context, page } = await openSite(t,
        { warn: 60, expire: 90, files: FORM, path: '/app/type.html' });
    await page.focus('#field');
    const session = await context.newCDPSession(page);
    for (const type of ['keyDown', 'keyUp']) {
        await session.send('Input.dispatchKeyEvent',
            { type, key: 'ß', text: 'ß', windowsVirtualKeyCode: 0 });
    }
    assert.equal(await page.inputValue('#field'), 'ß');
});

test('the focus is in it, stays in it, and comes back', async (t) => {
    const { page } = await openSite(t,
        { warn: 4, expire: 30, files: FORM, path: '/app/type.html' });
    await page.focus('#field');
    await warned(page);
    const focused = () => page.evaluate(() =>
        document.activeElement.innerText || document.activeElement.nodeName);
    assert.equal(await focused(), 'Stay signed in');
    await page.keyboard.press('Tab');
    assert.equal(await focused(), 'Sign out now');
    for (let i = 0; i < 4; i++) {
        await page.keyboard.press('Tab');
        assert.notEqual(await focused(), 'INPUT');
    }
    await page.keyboard.press('Escape');
    await notWarned(page);
    assert.equal(await page.evaluate(() => document.activeElement.id), 'field');

    await page.evaluate(() => {
        const host = document.body.appendChild(document.createElement('div'));
        host.attachShadow({ mode: 'open' }).innerHTML = '<input id="deep">';
        host.shadowRoot.firstChild.focus();
    });
    await warned(page);
    await page.keyboard.press('Escape');
    await notWarned(page);
    await page.keyboard.type('a');
    assert.equal(await page.locator('#deep').inputValue(), 'a');
});

test('scrolling, focus and events that scripts make do not count', async (t) => {
    const { context, page } = await openSite(t,
        { files: FORM, path: '/app/type.html' });
    await page.evaluate(() => {
        let n = 0;
        setInterval(() => {
            window.scrollTo(0, n += 10);
            document.getElementById('field')[n % 20 ? 'focus' : 'blur']();
            for (const [Type, name] of [[MouseEvent, 'mousemove'],
                [MouseEvent, 'mousedown'], [KeyboardEvent, 'keydown'],
                [WheelEvent, 'wheel'], [Event, 'touchstart']]) {
                document.body.dispatchEvent(new Type(name,
                    { bubbles: true, screenX: n, screenY: n }));
            }
            document.body.click();
        }, 100);
    });
    await signedOut(page);
    assert.equal(countOf(context, 'warn'), 1);
});

test('a person who types is never warned', async (t) => {
    const { httpd, context, page } = await openSite(t,
        { warn: 5, expire: 10, files: FORM, path: '/app/type.html' });
    await page.focus('#field');
    for (const end = Date.now() + 12000; Date.now() < end;)
        await page.keyboard.press('q', { delay: 100 });
    assert.equal(countOf(context, 'warn'), 0);
    assert.ok(await serverIdle(httpd, context) < 10);
    // A report for each WarnAfter, not for each key.
    const reports = httpd.accessLog().match(/ping\?idleFor/g).length;
    assert.ok(reports < 6, `${reports} reports`);
});

test('a mouse at rest over a page that moves is no activity', async (t) => {
    const { page } = await openSite(t, { warn: 4, expire: 8, files: FORM,
        path: '/app/type.html' });
    // Browsers tell movements of such a mouse, and these are trusted.
    await page.evaluate(() => {
        window.moves = 0;
        window.addEventListener('mousemove', () => { window.moves++; });
    });
    const rest = setInterval(() =>
        page.mouse.move(100, 100).catch(() => {}), 200);
    t.after(() => clearInterval(rest));
    await warned(page);
    assert.ok(await page.evaluate(() => window.moves) > 3);
    await signedOut(page);
});

test('signing out by the button ends the session for good', async (t) => {
    const { httpd, context, page } = await openSite(t, { warn: 2, expire: 30 });
    const { value } = (await context.cookies()).find((c) => c.name === 'sid');
    await warned(page);
    await page.click(`${WARNING} button:has-text("Sign out now")`);
    await signedOut(page);
    const answer = await httpd.request('/app/',
        { headers: { Cookie: `sid=${value}`, Accept: 'text/html' } });
    assert.equal(answer.status, 302);
    assert.match(answer.headers.location, /login\.html$/);
    await httpd.expectLog(/ended.*logout|logout.*ended/i);
});

test('a server that fails is told again, out of sight', async (t) => {
    const { context, page } = await openSite(t, { warn: 2, expire: 30 });
    allowError(context, /503/);
    await page.route('**/session_security/logout',
        (route) => route.fulfill({ status: 503 }), { times: 1 });
    await warned(page);
    let shown = 0;
    page.on('domcontentloaded', () => {
        shown += page.url().endsWith('/app/');
    });
    await page.click(`${WARNING} button:has-text("Sign out now")`);
    await signedOut(page);
    assert.equal(shown, 0, 'the page was there again');
});

test('only changes in steps are read out', async (t) => {
    const { page } = await openSite(t, { warn: 2, expire: 37 });
    await warned(page);
    const status = page.locator(`${WARNING} [role=status]`);
    assert.equal(await status.textContent(), '');
    const steps = new Set();
    await until(async () => {
        steps.add((await status.textContent()).match(/\d+ second/)?.[0]);
        return steps.has('20 second');
    }, 'the step to 20 seconds', 30000);
    assert.deepEqual([...steps], [undefined, '20 second']);
});

test('an end that nobody can move: no button to stay', async (t) => {
    const { context, page } = await openSite(t, { warn: 4, expire: 12,
        directives: 'SessionSecurityMaxLifetime 12' });
    const move = setInterval(() => page.keyboard.press('a').catch(() => {}), 300);
    t.after(() => clearInterval(move));
    await warned(page);
    clearInterval(move);
    assert.deepEqual(
        await page.locator(`${WARNING} button:visible`).allInnerTexts(),
        ['OK', 'Sign out now']);
    const text = await page.locator(TEXT).innerText();
    assert.match(text, /^For your security, you will be signed out in \d.*extended/);
    // What else a person does is no answer to it.
    await page.mouse.move(5, 5);
    await page.mouse.move(50, 50);
    await page.mouse.wheel(0, 50);
    await page.keyboard.press('x');
    await until(async () => await page.locator(TEXT).innerText()
        !== text, 'the countdown');
    // It can be put aside to save one's work.
    await page.keyboard.press('Enter');
    await notWarned(page);
    await signedOut(page);
    assert.deepEqual(eventsOf(context).map((e) => e.type), ['warn', 'expire']);
});

test('such a warning is put aside in all windows', async (t) => {
    const { httpd, context, page } = await openSite(t, { warn: 10, expire: 30,
        files: { 'htdocs/app/outer.html': html('<iframe src="page.html"></iframe>') },
        path: '/app/outer.html', directives: 'SessionSecurityMaxLifetime 27' });
    const other = await secondTab(context, httpd);
    const move = setInterval(() => page.keyboard.press('a').catch(() => {}), 300);
    t.after(() => clearInterval(move));
    await Promise.all([warned(page), warned(other)]);
    clearInterval(move);
    for (const tab of [page, other])
        await tab.locator(WARNING).getByText('OK').waitFor();
    await other.keyboard.press('Escape');
    await Promise.all([notWarned(page), notWarned(other)]);
    // No window that was slower to learn of it warns, nor a frame.
    const mark = httpd.accessLog().length;
    await page.evaluate(() => window.sessionSecurity.ping());
    await until(() => /ping\?idleFor/.test(httpd.accessLog().slice(mark)),
        'an answer');
    assert.equal(countOf(context, 'warn'), 2);
    for (const frame of [...page.frames(), ...other.frames()])
        assert.equal(await frame.locator(WARNING).count(), 0);
    assert.equal(countOf(context, 'expire'), 0);
});

test('activity by a script, if it says so itself', async (t) => {
    const { context, page } = await openSite(t, { warn: 2, expire: 30 });
    await warned(page);
    assert.equal(countOf(context, 'warn'), 1);
    await page.evaluate(() => window.sessionSecurity.activity());
    await notWarned(page);
});

test.run();
