// SPDX-License-Identifier: Apache-2.0
// Pages that style what is not theirs.

import assert from 'node:assert/strict';
import {
    WARNING, html, openSite, suite,
} from '../lib/browser.mjs';

const test = suite('hostile pages');

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
