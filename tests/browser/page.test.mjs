// SPDX-License-Identifier: Apache-2.0
// The client and the page it is in: forms, the page's interface to it, and
// pages that do what they like.

import assert from 'node:assert/strict';
import {
    WARNING, allowError, countOf, eventsOf, happened, html, notWarned,
    openSite, serverIdle, signedOut, suite, until, warned,
} from '../lib/browser.mjs';

const test = suite('the page');

const FORM = { 'htdocs/app/edit.html': html(`<form id="f" action="/app/page.html">
<input id="field" name="a"><button>Save</button></form>
<a href="/app/page.html">away</a>`) };

const CONFIRM = { warn: 20, expire: 60, files: FORM, path: '/app/edit.html',
    directives: 'SessionSecurityConfirmFormDiscard On' };

// Whether the browser asks before the page is left, by what act does.
async function asks(page, act) {
    let asked = false;
    const listen = async (dialog) => {
        asked ||= dialog.type() === 'beforeunload';
        await dialog.accept();
    };
    page.on('dialog', listen);
    await act();
    await page.waitForURL('**/app/page.html*');
    page.off('dialog', listen);
    return asked;
}

const edit = (page) => page.fill('#field', 'new');
const leave = (page) => page.click('a');

test('unsaved changes: the browser asks', async (t) => {
    const { page, httpd } = await openSite(t, CONFIRM);
    const again = () => page.goto(httpd.url('/app/edit.html'));
    assert.equal(await asks(page, () => leave(page)), false, 'no change');
    await again();
    await edit(page);
    assert.equal(await asks(page, () => leave(page)), true, 'a change');
    for (const [name, save] of Object.entries({
        'sent': () => page.click('button'),
        'sent by a script': () => page.evaluate(() =>
            document.getElementById('f').submit()),
        'reset': async () => {
            await page.evaluate(() => document.getElementById('f').reset());
            await leave(page);
        },
        'sent by the page itself': async () => {
            await page.evaluate(() => {
                const form = document.getElementById('f');
                form.addEventListener('submit', (e) => e.preventDefault());
                form.requestSubmit();
            });
            await leave(page);
        },
        'switched off by the page': async () => {
            await page.evaluate(() => {
                window.sessionSecurity.confirmFormDiscard = false;
            });
            await leave(page);
        },
    })) {
        await again();
        await edit(page);
        assert.equal(await asks(page, save), false, name);
    }
});

test('without the directive it does not ask', async (t) => {
    const { page } = await openSite(t, { ...CONFIRM, directives: '' });
    await edit(page);
    assert.equal(await asks(page, () => leave(page)), false);
});

test('unsaved changes are told, and never hold up the end', async (t) => {
    const { page } = await openSite(t, { ...CONFIRM, warn: 6, expire: 11 });
    page.on('dialog', () => assert.fail('the browser asked'));
    await page.evaluate(() => {
        window.onbeforeunload = () => 'stay!';
        window.addEventListener('beforeunload', (e) => e.preventDefault());
    });
    await edit(page);
    await warned(page);
    await page.locator(WARNING).getByText('This page has unsaved changes')
        .waitFor();
    await signedOut(page);
});

test('nor does a frame without a client hold it up', async (t) => {
    const { page } = await openSite(t, { warn: 60, expire: 90, files: {
        'htdocs/app/srcdoc.html': html(`<iframe srcdoc="<input id=i><script>
addEventListener('beforeunload', function (e) { e.preventDefault(); });
onbeforeunload = function () { return 'stay'; };</script>"></iframe>`),
    }, path: '/app/srcdoc.html' });
    page.on('dialog', () => assert.fail('the browser asked'));
    await page.frames()[1].locator('#i').pressSequentially('a');
    await page.evaluate(() => window.sessionSecurity.expire());
    await signedOut(page);
});

test('the interface cannot be taken away', async (t) => {
    const { page } = await openSite(t, { warn: 60, expire: 90, files: {
        'htdocs/app/own.html': html(`<form name="sessionSecurity"></form><script>
var sessionSecurity; try { sessionSecurity = 1; } catch (e) {}</script>`),
    }, path: '/app/own.html' });
    const found = await page.evaluate(() => {
        const s = window.sessionSecurity;
        return [Object.keys(s).sort(), delete window.sessionSecurity || 1,
            typeof s.activity, typeof s.ping, typeof s.expire,
            s.confirmFormDiscard, Object.keys(window).filter((k) =>
                /session/i.test(k) && k !== 'sessionStorage')];
    }).catch((e) => e.message);
    assert.deepEqual(found, [
        ['activity', 'confirmFormDiscard', 'expire', 'ping'], 1,
        'function', 'function', 'function', false, []]);
});

test('scripts find the page as it was written', async (t) => {
    const { httpd, page } = await openSite(t, { warn: 60, expire: 90, files: {
        'htdocs/app/lib.js': `window.base = document.getElementsByTagName('script')[0]
    .src.replace(/[^/]*$/, '');`,
        'htdocs/app/lib.html': '<!DOCTYPE html><html lang="en"><head><script '
            + 'src="/app/lib.js"></script><title>x</title></head><body>x</body></html>',
        'htdocs/app/lib.xhtml': '<html xmlns="http://www.w3.org/1999/xhtml"><head>'
            + '<script src="/app/lib.js"></script></head><body>x</body></html>',
    } });
    for (const path of ['/app/lib.html', '/app/lib.xhtml']) {
        await page.goto(httpd.url(path));
        assert.ok(await page.evaluate(() => Boolean(window.sessionSecurity)), path);
        assert.equal(await page.evaluate(() => window.base), httpd.url('/app/'));
    }
});

test('ping() asks at once', async (t) => {
    const { httpd, context, page } = await openSite(t, { warn: 60, expire: 90 });
    await page.evaluate(() => window.sessionSecurity.ping());
    await until(() => /session_security\/ping\?idleFor=\d&/.test(
        httpd.accessLog()), 'the question');
    assert.ok(await serverIdle(httpd, context) < 5);
});

test('an idle time is rounded up, or rounding would keep sessions', async (t) => {
    const { httpd, page } = await openSite(t, { warn: 60, expire: 90 });
    await page.evaluate(() => new Promise((done) => {
        setTimeout(() => { // activity is taken in twice a second
            window.sessionSecurity.activity();
            setTimeout(() => done(window.sessionSecurity.ping()), 300);
        }, 600);
    }));
    await until(() => /idleFor=/.test(httpd.accessLog()), 'the question');
    assert.match(httpd.accessLog(), /idleFor=[1-9]/);
});

test('the events come to document, also through jQuery', async (t) => {
    const { context, page } = await openSite(t, { warn: 4, expire: 9 });
    await page.addScriptTag({
        path: new URL('../../node_modules/jquery/dist/jquery.js',
            import.meta.url).pathname });
    await page.evaluate(() => {
        window.got = [];
        for (const name of ['warn', 'extend', 'expire']) {
            window.jQuery(document).on(`session-security:${name}`,
                (e) => window.got.push(e.type.slice(17)));
        }
    });
    const got = () => page.evaluate(() => window.got.join());
    await until(async () => await got() === 'warn', 'warn');
    await page.keyboard.press('x');
    await until(async () => await got() === 'warn,extend', 'extend');
    await signedOut(page);
    assert.deepEqual(eventsOf(context).map((e) => e.type),
        ['warn', 'extend', 'warn', 'expire']);
});

test('SessionSecurityEvents replaces the list', async (t) => {
    const { context, page } = await openSite(t,
        { directives: 'SessionSecurityEvents keydown' });
    const move = setInterval(() => page.mouse.move(Math.random() * 500,
        Math.random() * 500).catch(() => {}), 150);
    t.after(() => clearInterval(move));
    await happened(context, 'warn');
    clearInterval(move);
});

test('SessionSecurityStylesheet is loaded with the first warning', async (t) => {
    const { httpd, page } = await openSite(t, { warn: 2, expire: 60,
        directives: 'SessionSecurityStylesheet /own.css',
        files: { 'htdocs/own.css':
            ':root { --session-security-accent: rgb(1, 2, 3) }' } });
    assert.doesNotMatch(httpd.accessLog(), /own\.css/);
    await warned(page);
    await until(() => page.locator(`${WARNING} button`).first().evaluate((b) =>
        getComputedStyle(b).backgroundColor === 'rgb(1, 2, 3)'), 'the colour');
});

const HOSTILE = {
    'its style': html('x', { head: `<style>
        html * { display: none !important; position: static !important;
            color: red !important; transform: scale(0) !important }
        dialog, div, button, h2 { visibility: hidden; opacity: 0 !important;
            font-size: 1px !important; width: 1px !important }</style>` }),
    'its names': html(['documentElement', 'body', 'head', 'title', 'cookie',
        'createElementNS', 'createElement', 'appendChild', 'getElementById',
        'querySelector', 'activeElement', 'addEventListener', 'createEvent',
        'dispatchEvent', 'elementFromPoint', 'readyState', 'currentScript',
        'scripts', 'location2', 'parentNode', 'sessionSecurity'].map((name) =>
        `<img name="${name}" src="data:image/gif;base64,R0lGODlhAQABAAAAACw=">`
            + `<form name="${name}"></form>`).join('')),
    'its scripts': html(`x<script>
        for (const name of ['setTimeout', 'clearTimeout', 'XMLHttpRequest',
            'BroadcastChannel', 'HTMLDialogElement', 'Event', 'matchMedia'])
            window[name] = function () { throw new Error(name); };
        JSON.parse = Date.now = () => { throw new Error('native'); };
        Date = function () { throw new Error('Date'); };
        for (const [proto, name] of [[XMLHttpRequest.prototype, 'open'],
            [Node.prototype, 'appendChild'], [Node.prototype, 'contains'],
            [EventTarget.prototype, 'addEventListener'],
            [Document.prototype, 'createElementNS'],
            [Document.prototype, 'createEvent'],
            [CSSStyleDeclaration.prototype, 'setProperty']])
            proto[name] = () => { throw new Error(name); };
        Array.prototype.extra = Object.prototype.extra = function () {};
        </script>`),
    'its own modal dialog': html(`<dialog id="own">Own</dialog><script>
        document.getElementById('own').showModal(); setInterval(() => {
            const own = document.getElementById('own');
            if (!window.done && document.querySelector('${WARNING}')) {
                window.done = 1; own.close(); own.showModal(); } }, 20);
        </script>`),
    'writing itself anew': html(`x<script>setTimeout(() => {
        document.open(); document.write('<title>N</title><p>New'); document.close();
        }, 300)</script>`),
    'its tidying up': html(`x<script>setInterval(() => {
        const dialog = document.querySelector('${WARNING}');
        if (dialog && !window.done) { window.done = 1; dialog.remove(); } }, 20);
        </script>`),
    'a mouse trap': html(`x<script>for (const type of ['keydown', 'mousemove',
        'mousedown', 'wheel', 'click', 'focus', 'keyup', 'beforeunload']) {
        window.addEventListener(type, (e) => e.stopImmediatePropagation(), true);
        document.addEventListener(type, (e) => e.stopPropagation(), true);
        }</script>`),
};

for (const [name, content] of Object.entries(HOSTILE)) {
    test(`a page cannot stop it by ${name}`, async (t) => {
        const { context, page } = await openSite(t, { warn: 2, expire: 7,
            files: { 'htdocs/app/hostile.html': content },
            path: '/app/hostile.html' });
        // Of the page's own making, and playwright's where it is hit itself.
        allowError(context, /./);
        await page.mouse.move(20, 20);
        const button = page.getByText('Stay signed in');
        await button.waitFor({ state: 'visible' });
        await until(() => page.evaluate(() => {
            const at = Document.prototype.elementFromPoint.call(document,
                innerWidth / 2, innerHeight / 2);
            return at && Boolean(at.closest('#session_security_warning'));
        }), 'the dialog to be on top');
        const box = await button.boundingBox();
        assert.ok(box.height >= 44 && box.width > 100,
            `the button is ${box.width} x ${box.height}`);
        await page.keyboard.press('x');
        await button.waitFor({ state: 'detached' });
        await button.waitFor({ state: 'visible' });
        await signedOut(page);
    });
}

test('a browser that is old', async (t) => {
    const { httpd, context, page } = await openSite(t, { warn: 3, expire: 8 });
    await context.addInitScript(() => {
        for (const name of ['BroadcastChannel', 'HTMLDialogElement', 'fetch',
            'matchMedia', 'Symbol', 'URL', 'MutationObserver'])
            delete window[name];
        for (const name of ['showModal', 'close'])
            delete Object.getPrototypeOf(document.createElement('dialog'))[name];
        delete Document.prototype.currentScript;
        delete Performance.prototype.timing;
    });
    await page.goto(httpd.url('/app/form.html'));
    await page.focus('[name=a]');
    const button = page.getByText('Stay signed in');
    await button.waitFor({ state: 'visible' });
    const focused = () => page.evaluate(() => document.activeElement.innerText);
    assert.equal(await focused(), 'Stay signed in');
    await page.keyboard.press('Tab');
    assert.equal(await focused(), 'Sign out now');
    await page.keyboard.press('Tab');
    assert.equal(await focused(), 'Stay signed in');
    await page.keyboard.press('x');
    await button.waitFor({ state: 'detached' });
    assert.equal(await page.inputValue('[name=a]'), '');
    assert.equal(await page.evaluate(() => document.activeElement.name), 'a');
    await button.waitFor({ state: 'visible' });
    await page.mouse.click(5, 5);
    await button.waitFor({ state: 'detached' });
    await signedOut(page);
});

test('it runs under a strict policy', async (t) => {
    const { page } = await openSite(t, { warn: 2, expire: 7, site: {
        app: `Header always set Content-Security-Policy "default-src 'none'; \
script-src 'self'; connect-src 'self'; require-trusted-types-for 'script'; \
trusted-types 'none'; base-uri 'none'"` } });
    await warned(page);
    await page.keyboard.press('x');
    await notWarned(page);
    await warned(page);
    await signedOut(page); // and the console has nothing to complain about
});

test('XHTML', async (t) => {
    const { page } = await openSite(t, { warn: 2, expire: 6, files: {
        'htdocs/app/x.xhtml': `<?xml version="1.0"?>
<html xmlns="http://www.w3.org/1999/xhtml" xml:lang="de"><head><title>X</title>
</head><body><p>x</p></body></html>` }, path: '/app/x.xhtml' });
    await warned(page);
    assert.match(await page.locator(WARNING).innerText(), /abgemeldet/);
    await page.keyboard.press('x');
    await notWarned(page);
    await signedOut(page);
});

test.run();
