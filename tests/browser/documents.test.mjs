// SPDX-License-Identifier: Apache-2.0
// Documents of every kind: the warning is seen and worked in all of them, once
// for each window.

import assert from 'node:assert/strict';
import {
    WARNING, allowError, html, notWarned, openSite, signedOut, suite,
    until, warned,
} from '../lib/browser.mjs';

const test = suite('documents');

const frameset = (inner) => `<!DOCTYPE html><html><head><title>Set</title></head>
<frameset cols="50%,50%"><frame src="${inner}"><frame src="/app/page.html">
</frameset></html>`;

// name: its page; [files besides]
const PAGES = {
    'quirks mode': ['<title>Q</title><body bgcolor=white><table height=100%><td>x'],
    'no head, no body': ['<p>x'],
    'text alone': ['x'],
    'limited quirks': [`<!DOCTYPE HTML PUBLIC "-//W3C//DTD HTML 4.01 Transitional//EN"
"http://www.w3.org/TR/html4/loose.dtd"><font size=7>x</font>`],
    'everything hidden': [html('<p>x</p>', { head:
        '<style>* { display: none !important }</style>' })],
    'a body that is turned and far away': [html('<p>x</p>', { head: `<style>
body { transform: translate(3000px, 3000px) rotate(30deg); filter: blur(9px);
    contain: strict; perspective: 1px; overflow: hidden; opacity: 0.01 }
</style>` })],
    'a root that is turned': [html('<p>x</p>', { head: `<style>
html { transform: translateX(3000px); will-change: transform }</style>` })],
    'a popover of its own': [html(`<div popover id="own" style="inset: 0;
width: 100%; height: 100%">x</div><script>own.showPopover();</script>`)],
    'full screen covers': [html(`<div style="position: fixed; inset: 0;
background: red; z-index: 2147483647">x</div>`)],
    'framesets in a frameset': [frameset('/app/inner.html'),
        { 'htdocs/app/inner.html': frameset('/app/index.html') }],
    'frames in a frame': [html('<iframe src="/app/inner.html"></iframe>'),
        { 'htdocs/app/inner.html': html(
            '<iframe src="/app/page.html"></iframe>'.repeat(2)) }],
    'written while the warning shows': [html(`<script>
document.addEventListener('session-security:warn', function () {
    setTimeout(function () {
        document.open(); document.write('<title>N</title><p>New'); document.close();
    }, 50);
}, { once: true });</script>`)],
    'its body replaced': [html(`<script>setTimeout(function () {
document.documentElement.innerHTML = '<head></head><body>new</body>'; }, 100);
</script>`)],
};

for (const [name, [content, more]] of Object.entries(PAGES)) {
    test(name, async (t) => {
        const { page } = await openSite(t, { warn: 2, expire: 60,
            files: { 'htdocs/app/d.html': content, ...more },
            path: '/app/d.html' });
        await warned(page);
        await until(() => page.evaluate(() => {
            const at = document.elementFromPoint(innerWidth / 2,
                innerHeight / 2);
            return at && Boolean(at.closest('#session_security_warning'));
        }), 'the dialog to be on top');
        const { x, y, width, height } =
            await page.locator(`${WARNING} button`).first().boundingBox();
        const view = page.viewportSize();
        assert.ok(width >= 44 && height >= 44 && x >= 0 && y >= 0
            && x + width <= view.width && y + height <= view.height);
        let shown = 0;
        for (const frame of page.frames())
            shown += await frame.locator(WARNING).count();
        assert.equal(shown, 1, 'warnings in this window');
        await page.keyboard.press('x');
        await notWarned(page);
        if (name === 'everything hidden') {
            assert.equal(await page.evaluate(() => getComputedStyle(
                document.documentElement).display), 'none');
        }
        await page.evaluate(() => window.sessionSecurity.expire());
        await signedOut(page);
    });
}

// What IE mode has, of what browsers have today; beside it stays what the test
// harness lives on.
const OLD = { Array: `concat every filter forEach indexOf join lastIndexOf map pop
push reduce reduceRight reverse shift slice some sort splice toLocaleString
toString unshift`, String: `charAt charCodeAt concat indexOf lastIndexOf
localeCompare match replace search slice split substr substring toLowerCase
toString toUpperCase trim valueOf`, Element: `attributes children className
clientHeight clientLeft clientTop clientWidth getAttribute getAttributeNS
getBoundingClientRect getClientRects getElementsByTagName hasAttribute id
innerHTML querySelector querySelectorAll removeAttribute scrollHeight scrollLeft
scrollTop scrollWidth setAttribute tagName` };

function makeOld(old) {
    for (const name of ['AbortController', 'AbortSignal', 'BroadcastChannel',
        'CSS', 'CustomElementRegistry', 'EventSource', 'FormDataEvent',
        'HTMLDialogElement', 'IntersectionObserver', 'MutationObserver',
        'PerformanceObserver', 'Proxy', 'Reflect', 'ResizeObserver',
        'SubmitEvent', 'SharedWorker', 'TextEncoder', 'URL', 'URLSearchParams',
        'Worker', 'caches', 'crypto', 'customElements', 'fetch',
        'queueMicrotask', 'requestIdleCallback', 'structuredClone'])
        delete window[name];
    for (const [name, list] of Object.entries(old)) {
        const keep = new Set(list.split(/\s+/).concat('constructor'));
        const { prototype } = window[name];
        for (const key of Object.getOwnPropertyNames(prototype)) {
            if (!keep.has(key) && key !== 'length')
                delete prototype[key];
        }
    }
    for (const key of ['assign', 'entries', 'values', 'fromEntries', 'is'])
        delete Object[key];
    for (const key of ['inert', 'popover', 'showPopover'])
        delete HTMLElement.prototype[key];
    delete Document.prototype.currentScript;
    delete Document.prototype.adoptedStyleSheets;
    delete Performance.prototype.timing;
    for (const name of ['showModal', 'close'])
        delete Object.getPrototypeOf(document.createElement('dialog'))[name];
    // Not "all", no custom properties.
    const { setProperty } = CSSStyleDeclaration.prototype;
    CSSStyleDeclaration.prototype.setProperty = function (name, value, rank) {
        if (name !== 'all' && !/var\(|^--/.test(value))
            setProperty.call(this, name, value, rank);
    };
}

test('a browser of 2013', async (t) => {
    const { httpd, context, page } = await openSite(t, { warn: 3, expire: 6 });
    allowError(context, /is not a function|undefined/); // of the harness
    await context.addInitScript(makeOld, OLD);
    await page.goto(httpd.url('/app/form.html'));
    await page.focus('[name=a]');
    await warned(page);
    const button = page.getByText('Stay signed in');
    assert.ok((await button.boundingBox()).height >= 44);
    await page.keyboard.press('x');
    await notWarned(page);
    await warned(page);
    await button.click();
    await notWarned(page);
    await signedOut(page);
    await until(() => /ping\?idleFor=/.test(httpd.accessLog()), 'the question');
});

test.run();
