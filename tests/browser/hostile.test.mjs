// SPDX-License-Identifier: Apache-2.0
// Pages that break the browser's own functions, or style what is not theirs.

import assert from 'node:assert/strict';
import {
    WARNING, allowError, html, openSite, suite, until,
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
