// SPDX-License-Identifier: Apache-2.0
// Pages that break the browser's own functions, and pages that go on after the end.

import assert from 'node:assert/strict';
import {
    WARNING, allowError, html, openSite, secondTab, signedOut, suite, until,
} from '../lib/browser.mjs';

const test = suite('hostile pages');

const ENDED = 'You have been signed out';

const BUILT_INS = {
    Array: ['push', 'pop', 'indexOf', 'join', 'concat', 'slice', 'splice', 'forEach',
        'some'],
    String: ['replace', 'split', 'charAt', 'slice'],
    RegExp: ['exec', 'test'],
    Element: ['getAttribute', 'setAttribute'],
    Math: ['max', 'min', 'ceil', 'abs'],
    window: ['Math'],
};

// Opens windows and breaks in each what one object offers, once it is loaded. They are
// looked at from here: nothing else would work in them.
function openBroken(builtIns) {
    window.broken = {};
    const open = (owner, way, replacement) => {
        const w = window.open('/app/secret.html', '_blank');
        const loaded = setInterval(() => {
            if (w.document.readyState !== 'complete' || !w.sessionSecurity)
                return;
            clearInterval(loaded);
            for (const name of builtIns[owner])
                (w[owner].prototype ?? w[owner])[name] = replacement;
            window.broken[`${owner}, which ${way}`] = w.document;
        }, 10);
    };
    for (const owner of Object.keys(builtIns)) {
        open(owner, 'throws', () => {
            throw new Error(owner);
        });
        open(owner, 'answers nothing', () => null);
    }
}

// What a person sees in each window: title, content, the buttons.
function look() {
    return Object.entries(window.broken).map(([name, d]) => [name, [d.title,
        ...[...d.querySelectorAll('body > p, #session_security_warning button')]
            .filter((e) => e.getClientRects().length)
            .map((e) => e.textContent)].join(', ')]);
}

test('built-in functions that are broken', async (t) => {
    const { context, page } = await openSite(t, { warn: 8, expire: 11, files: {
        'htdocs/app/secret.html': html('<p>Secret</p>', { title: 'Secret' }),
    }, path: '/index.html' });
    // Of the windows' own making, and for want of a network.
    allowError(context, /./);
    await page.evaluate(openBroken, BUILT_INS);
    const count = 2 * Object.keys(BUILT_INS).length;
    await until(() => page.evaluate((n) =>
        Object.keys(window.broken).length === n, count), 'the windows');
    await context.setOffline(true);
    for (const wanted of ['Secret, Secret, Stay signed in, Sign out now',
        `${ENDED}, Sign in again`]) {
        const waiting = new Map(await page.evaluate(look));
        await until(async () => {
            for (const [name, seen] of await page.evaluate(look)) {
                if (seen === wanted)
                    waiting.delete(name);
                else if (waiting.has(name))
                    waiting.set(name, seen);
            }
            return waiting.size === 0;
        }, wanted, 20000).catch(() => assert.deepEqual([...waiting], [], wanted));
    }
    // And so it stays.
    for (const [name, seen] of await page.evaluate(look))
        assert.equal(seen, `${ENDED}, Sign in again`, name);
});

// From the end on, looks at what would be painted if it were time to. (At each picture
// would be more to the point, but tabs in the background have none.)
const SAMPLER = `<script>
window.pictures = 0;
window.seen = new Set();
document.addEventListener('session-security:expire', () => setInterval(() => {
    window.pictures++;
    if (/Secret/.test(document.title))
        window.seen.add(document.title);
    for (const e of document.documentElement.children) {
        if (e.id !== 'session_security_warning' && e.getClientRects().length)
            window.seen.add(e.nodeName);
    }
}, 4));
</script>`;

const often = (script, wait = 30) =>
    `let n = 0; setInterval(() => { ${script} }, ${wait});`;

const GO_ON = {
    'counts-in-its-title': often('document.title = `Secret ${n++}`;'),
    'writes-into-its-title': often(`document.querySelector('title').firstChild.data
        = \`Secret \${n++}\`;`),
    'exchanges-its-body': often(`const body = document.createElement('body');
        body.textContent = 'Secret'; document.body.replaceWith(body);`),
    'exchanges-its-root': often(`const root = document.createElement('html');
        root.append(document.head, document.createElement('body'));
        root.lastChild.textContent = 'Secret';
        document.documentElement.replaceWith(root);`, 500),
    'shows-its-body': often(`document.body.style.display = 'block';
        document.body.style.opacity = 1;`),
    'adds-to-its-root': often(`document.documentElement
        .appendChild(document.createElement('aside')).append('Secret');`),
    // Of two that take back what the other does, one has to stop.
    'takes-back-its-title': `new MutationObserver(() => {
        if (document.title !== 'Mine') document.title = 'Mine';
        }).observe(document.head, { childList: true, subtree: true });`,
};

test('nothing is painted of a page that goes on after the end', async (t) => {
    const files = Object.entries(GO_ON).map(([name, script]) => [
        `htdocs/app/${name}.html`, html(`<p>Secret</p><script>${script}</script>`,
            { title: 'Secret', head: SAMPLER })]);
    const { httpd, context } = await openSite(t, { warn: 4, expire: 8,
        files: Object.fromEntries(files), path: '/index.html' });
    allowError(context, /ERR_INTERNET_DISCONNECTED/);
    const pages = await Promise.all(Object.keys(GO_ON).map((name) =>
        secondTab(context, httpd, `/app/${name}.html`)));
    await context.setOffline(true);
    const seen = await Promise.all(pages.map(async (page) => {
        await until(() => page.evaluate((selector) => window.pictures > 100
            && document.querySelector(`${selector} button`)?.getClientRects().length,
        WARNING), `the dialog of ${page.url()}`, 15000);
        return page.evaluate(() => [...window.seen].slice(0, 2));
    }));
    const names = Object.keys(GO_ON);
    assert.deepEqual(Object.fromEntries(names.map((name, i) => [name, seen[i]])),
        Object.fromEntries(names.map((name) => [name, []])));
});

test('a router that takes over navigations does not keep the page', async (t) => {
    const { page } = await openSite(t, { warn: 60, expire: 90, files: {
        'htdocs/app/router.html': html(`<p>Secret</p><script>
window.navigation.addEventListener('navigate', (e) => {
    if (e.cancelable) e.preventDefault();
    if (e.canIntercept) e.intercept({ handler: () => Promise.resolve() });
});</script>`) }, path: '/app/router.html' });
    await page.mouse.click(5, 5);
    await page.evaluate(() => window.sessionSecurity.expire());
    await signedOut(page);
});

test('a body with a shadow that shows itself is hidden all the same', async (t) => {
    const { context, page } = await openSite(t, { warn: 2, expire: 4, files: {
        'htdocs/app/shadow.html': html(`x<script>
document.body.attachShadow({ mode: 'open' }).innerHTML = \`<style>
:host { display: block !important; opacity: 1 !important }
h1 { position: fixed; top: 0; left: 0; visibility: visible }
</style><h1>Secret</h1>\`;</script>`) }, path: '/app/shadow.html' });
    allowError(context, /ERR_INTERNET_DISCONNECTED/);
    await context.setOffline(true);
    await page.getByText('Sign in again').waitFor();
    const [written, empty] = await Promise.all([0, 500].map((y) =>
        page.screenshot({ clip: { x: 0, y, width: 200, height: 60 } })));
    assert.ok(written.equals(empty));
});

test('its style before, in and after elements is not the dialog\'s', async (t) => {
    const { page } = await openSite(t, { warn: 2, expire: 60, files: {
        'htdocs/app/numbered.html': html('<h2>One</h2>', { head: `<style>
body { counter-reset: s }
h2::before, div::before, p::before, span::before, strong::after {
    counter-increment: s; content: counter(s) ". " }
p::first-letter, div::first-letter { font-size: 300%; float: left }
</style>` }) }, path: '/app/numbered.html' });
    await page.getByText('Stay signed in').waitFor();
    const found = await page.locator(WARNING).evaluate((dialog) =>
        [...dialog.querySelectorAll('*')].map((e) => [e.localName,
            getComputedStyle(e, '::before').content,
            getComputedStyle(e, '::after').content,
            getComputedStyle(e, '::first-letter').float].join(' ')));
    assert.ok(found.length > 6);
    for (const text of found)
        assert.match(text, /^\S+ none none none$/);
});

test.run();
