// SPDX-License-Identifier: Apache-2.0
// What counts as activity: what a person does, and nothing else; and what it
// costs to look.

import assert from 'node:assert/strict';
import {
    allowError, countOf, html, notWarned, openSite, serverIdle, signedOut, suite,
    until, warned,
} from '../lib/browser.mjs';

const test = suite('activity');

const PING = '**/session_security/ping?*';

// A second of silence.
const WAV = Buffer.concat([Buffer.from(
    'RIFF\x64\x1f\0\0WAVEfmt \x10\0\0\0\x01\0\x01\0\x40\x1f\0\0\x40\x1f\0\0'
    + '\x01\0\x08\0data\x40\x1f\0\0', 'latin1'), Buffer.alloc(8000, 128)]);

test('polling, timers, and media that play are none', async (t) => {
    const { httpd, context, page } = await openSite(t, { warn: 4, expire: 8,
        files: {
            'htdocs/app/a.wav': WAV,
            'htdocs/app/busy.html': html(`<audio loop src="a.wav">
</audio><p id="p">0</p><script>setInterval(function () {
    var r = new XMLHttpRequest(); r.open('GET', '/app/data.json'); r.send();
    fetch('/app/data.json', { headers: { Accept: 'text/html' } });
    document.getElementById('p').textContent++;
    document.title = Math.random();
    history.replaceState({}, '', '?' + Math.random());
}, 300);</script>`) }, path: '/app/busy.html' });
    // What the script asks for between the end and its going.
    allowError(context, /401 .*data\.json/);
    await page.keyboard.press('a'); // a browser plays nothing before
    await page.evaluate(() => document.querySelector('audio').play());
    await page.waitForFunction(() =>
        document.querySelector('audio').currentTime > 0.2);
    await signedOut(page);
    assert.equal(countOf(context, 'warn'), 1);
    assert.ok(httpd.accessLog().match(/data\.json/g).length > 10);
});

// As rich text editors make them.
const EDITORS = html(`<iframe></iframe><iframe></iframe><script>
frames[1].document.write('<p>x</p>'); frames[1].document.close();</script>
<iframe srcdoc="<p>x</p>"></iframe>
<iframe srcdoc="<iframe srcdoc='<p>x</p>'></iframe>"></iframe>`);

test('typing in an editor in a frame is activity', async (t) => {
    const { context, page } = await openSite(t, { warn: 4, expire: 60,
        files: { 'htdocs/app/editor.html': EDITORS }, path: '/app/editor.html' });
    const editors = page.frames().filter((frame) => frame.parentFrame()
        && !frame.childFrames().length);
    assert.equal(editors.length, 4);
    await page.evaluate(() => {
        window.told = 0;
        window.others = new BroadcastChannel(
            `session_security${location.origin}/session_security/`);
        window.others.onmessage = () => { window.told++; };
        window.sessionSecurity.ping(); // and looks for frames
    });
    const focus = (editor) => editor.evaluate(() => {
        document.designMode = 'on';
        document.body.focus();
    });
    for (const editor of editors) {
        await focus(editor);
        await until(async () => {
            await page.keyboard.press('q');
            return /q/.test(await editor.locator('body').innerText());
        }, 'the focus');
        await page.evaluate(() => { window.told = 0; });
        await until(async () => {
            await page.keyboard.press('q');
            return page.evaluate(() => window.told > 0);
        }, `${editor.url()} to count`);
    }
    assert.equal(countOf(context, 'warn'), 0);
    // The dialog takes the keys, though the editor wants them.
    await warned(page);
    await focus(editors[0]);
    await page.keyboard.press('z');
    await notWarned(page);
    assert.doesNotMatch(await editors[0].locator('body').innerText(), /z/);
});

test('a tremble of less than two pixels is none', async (t) => {
    const { context, page } = await openSite(t, { warn: 2, expire: 5 });
    await page.mouse.move(100, 100);
    let x = 100;
    const tremble = setInterval(() =>
        page.mouse.move(x = 201 - x, 100).catch(() => {}), 150);
    t.after(() => clearInterval(tremble));
    await signedOut(page);
    assert.equal(countOf(context, 'warn'), 1);
});

test('a locked pointer that moves is activity, and is let go', async (t) => {
    const { context, page } = await openSite(t, { warn: 3, expire: 60, files: {
        'htdocs/app/lock.html': html(`<canvas width="300" height="300"></canvas>
<script>document.querySelector('canvas').onclick = (e) =>
    e.target.requestPointerLock();</script>`) }, path: '/app/lock.html' });
    const isLocked = () => page.evaluate(() =>
        document.pointerLockElement !== null);
    await page.mouse.click(100, 100);
    await until(isLocked, 'the lock');
    for (let i = 0, end = Date.now() + 5000; Date.now() < end; i++) {
        await page.mouse.move(100 + i % 2 * 9, 100);
        await page.waitForTimeout(100);
    }
    assert.equal(countOf(context, 'warn'), 0);
    assert.ok(await isLocked());
    await warned(page);
    assert.equal(await isLocked(), false);
    await page.getByText('Stay signed in').click();
    await notWarned(page);
});

test('what is done while the server is asked is not lost', async (t) => {
    const { httpd, context, page } = await openSite(t, { warn: 5, expire: 9 });
    let answer;
    await page.route(PING, async (route) => {
        const response = await route.fetch();
        await new Promise((go) => {
            answer = go;
        });
        await route.fulfill({ response }).catch(() => {});
    });
    await until(() => answer, 'the question', 15000);
    // The answer is on its way, and knows nothing of this.
    await page.keyboard.press('a');
    await page.unroute(PING);
    // Whole seconds, of a page that was asked for a moment before.
    assert.ok(await serverIdle(httpd, context) >= 4);
    answer();
    await until(async () => (await serverIdle(httpd, context)) < 4,
        'the report of it', 8000);
    assert.equal(countOf(context, 'expire'), 0);
});

test('frames that ask each second keep no session alive', async (t) => {
    const frame = html(`<script>setInterval(function () {
sessionSecurity.ping(); }, 1000 - 7 * window.name);</script>`);
    const { httpd, page } = await openSite(t, { warn: 4, expire: 9, files: {
        'htdocs/app/p.html': frame,
        'htdocs/app/set.html': `<!DOCTYPE html><html><head><title>S</title>
</head><frameset cols="*,*,*">${[1, 2, 3].map((n) =>
        `<frame name="${n}" src="/app/p.html">`).join('')}</frameset></html>`,
    }, path: '/app/set.html' });
    const start = Date.now();
    await signedOut(page);
    assert.ok(Date.now() - start < 16000, `${Date.now() - start} ms`);
    assert.ok(httpd.accessLog().match(/ping\?idleFor/g).length > 12);
});

test('an idle tab sleeps: no request, no timer below five seconds', async (t) => {
    const { httpd, context, page } = await openSite(t, { warn: 60, expire: 90 });
    await context.addInitScript(() => {
        window.waits = [];
        const { setTimeout: later } = window;
        window.setTimeout = (fn, ms) => {
            window.waits.push(ms);
            return later(fn, ms);
        };
        const { timeout } = AbortSignal;
        AbortSignal.timeout = (ms) => {
            window.waits.push(ms);
            return timeout.call(AbortSignal, ms);
        };
        for (const name of ['setInterval', 'requestAnimationFrame',
            'requestIdleCallback'])
            window[name] = () => window.waits.push(name);
    });
    await page.goto(httpd.url('/app/page.html'));
    await until(() => page.evaluate(() => window.waits.length >= 4),
        'some turns', 20000);
    const waits = await page.evaluate(() => window.waits);
    // Of the first turns, loading makes some.
    assert.deepEqual(waits.filter((ms) => ms !== 5000), [], waits);
    assert.doesNotMatch(httpd.accessLog(), /ping/);
});

test('a thousand movements of the mouse cost next to nothing', async (t) => {
    const { httpd, context, page } = await openSite(t, { warn: 60, expire: 90 });
    await context.addInitScript(() => {
        const add = EventTarget.prototype.addEventListener;
        EventTarget.prototype.addEventListener = function (type, fn, ...rest) {
            if (type === 'mousemove')
                window.onMove = fn;
            return add.call(this, type, fn, ...rest);
        };
        window.work = 0;
        const { postMessage } = BroadcastChannel.prototype;
        BroadcastChannel.prototype.postMessage = function (m) {
            window.work++;
            return postMessage.call(this, m);
        };
    });
    await page.goto(httpd.url('/app/page.html'));
    const [best, work] = await page.evaluate(() => {
        let least = Infinity, x = 0;
        for (let run = 0; run < 30; run++) {
            const start = performance.now();
            for (let i = 0; i < 1000; i++) {
                window.onMove({ type: 'mousemove', isTrusted: true,
                    screenX: x += 3, screenY: 0 });
            }
            least = Math.min(least, performance.now() - start);
        }
        return [least, window.work];
    });
    assert.ok(best < 5, `${best} ms`);
    assert.ok(work <= 2, `${work} messages to other tabs`);
    assert.doesNotMatch(httpd.accessLog(), /ping/);
});

test('a page that clears every timer does not stop the clock', async (t) => {
    const { context, page } = await openSite(t, { warn: 3, expire: 6, files: {
        'htdocs/app/clear.html': html(`<script>setInterval(function () {
    var last = setTimeout(function () {}), i;
    for (i = 0; i < last; i++) { if (i !== window.mine) clearTimeout(i); }
}, 50);</script>`).replace('setInterval', 'window.mine = setInterval'),
    }, path: '/app/clear.html' });
    await warned(page);
    await signedOut(page);
    assert.equal(countOf(context, 'warn'), 1);
});

test.run();
