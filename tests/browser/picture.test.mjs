// SPDX-License-Identifier: Apache-2.0
// How the warning looks: nothing sticks out, and with MSS_PICTURES=1 its
// picture is taken for the documentation.

import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import {
    HEADING, WARNING, allowError, html, openSite, suite, warned,
} from '../lib/browser.mjs';

const test = suite('how it looks');

const ROWS = [['4711', 'Hansen & Søn A/S', 'Open', '12,480.00'],
    ['4712', 'Bäckerei Vogel', 'Shipped', '318.50'],
    ['4713', 'Łódź Textiles', 'Open', '7,020.00'],
    ['4714', 'North Sea Logistics', 'On hold', '42,999.99'],
    ['4715', 'Fratelli Rossi', 'Shipped', '1,264.00'],
    ['4716', 'Café Lumière', 'Open', '96.20'],
    ['4717', 'Novák a syn', 'Open', '5,310.75']];

const CRM = html(`<header>Orders <nav>Customers &nbsp; Invoices &nbsp; Reports
</nav></header><main><h1>Open orders</h1><table><tr><th>No.<th>Customer
<th>State<th>Amount</tr>${ROWS.map((row) => `<tr>${row.map((cell) =>
        `<td>${cell}`).join('')}</tr>`).join('')}</table>
<p><label>Note <textarea>Call back about the delivery in week 12.</textarea>
</label></p></main>`, { title: 'Orders', head: `<style>
body { margin: 0; font: 15px/1.6 Verdana, sans-serif; background: #f4f5f7 }
header { background: #27496d; color: #fff; padding: 14px 32px; font-weight: bold }
nav { float: right; font-weight: normal } main { margin: 24px 32px }
table { border-collapse: collapse; background: #fff; width: 100% }
td, th { border: 1px solid #d8dce2; padding: 9px 14px; text-align: left }
textarea { width: 420px; height: 90px; display: block; font: inherit }</style>` });

const site = (context) => ({ warn: 3, expire: 63, path: '/app/crm.html',
    files: { 'htdocs/app/crm.html': CRM }, context });

async function picture(page, name) {
    if (process.env.MSS_PICTURES) {
        const images = new URL('../../docs/images/', import.meta.url).pathname;
        mkdirSync(images, { recursive: true });
        await page.screenshot({ path: `${images}${name}.png` });
    }
}

test('at a desk', async (t) => {
    const { page } = await openSite(t,
        site({ viewport: { width: 1200, height: 800 } }));
    await warned(page);
    const [box, heading] = await Promise.all([`${WARNING} > *`, HEADING]
        .map((s) => page.locator(s).boundingBox()));
    assert.ok(Math.abs(box.x + box.width / 2 - 600) < 2, 'not in the middle');
    assert.ok(Math.abs(box.y + box.height / 2 - 400) < 2, 'not in the middle');
    assert.ok(heading.x > box.x && heading.width < box.width);
    await picture(page, 'warning');
});

// What the documentation shows besides.
for (const [name, context, more] of [
    ['warning-dark', { colorScheme: 'dark', viewport: { width: 800, height: 500 } },
        { directives: 'SessionSecurityConfirmFormDiscard On' }],
    ['warning-phone', { viewport: { width: 360, height: 640 } },
        { directives: 'SessionSecurityLanguage ar', lang: '' }],
    ['signed-out', { viewport: { width: 800, height: 500 } }, { expire: 5 }]]) {
    test(`the picture of ${name}`, async (t) => {
        const all = site(context);
        const { context: tabs, page } = await openSite(t, { ...all, ...more,
            files: { 'htdocs/app/crm.html': CRM
                .replace('lang="en"', `lang="${more.lang ?? 'en'}"`)
                .replace(/<p><label>.*<\/p>/s, (p) => `<form>${p}</form>`) } });
        if (more.expire) {
            allowError(tabs, /ERR_INTERNET_DISCONNECTED/);
            await tabs.setOffline(true);
            await page.getByText('Sign in again').waitFor();
            assert.doesNotMatch(await page.locator('html').innerText(), /Hansen/);
        } else {
            await page.locator('textarea').pressSequentially('!');
            await warned(page);
        }
        const text = await page.locator(WARNING).innerText();
        assert.equal(/unsaved changes/.test(text), name === 'warning-dark');
        assert.equal(/[\u0600-\u06ff]/.test(text), name === 'warning-phone');
        await picture(page, name);
    });
}

for (const [name, viewport, deviceScaleFactor] of [
    ['on a telephone', { width: 320, height: 480 }, 1],
    ['in a frame of a page', { width: 240, height: 180 }, 1]]) {
    test(name, async (t) => {
        const { page } = await openSite(t, site({ viewport, deviceScaleFactor }));
        await warned(page);
        const dialog = page.locator(WARNING);
        assert.equal(await dialog.evaluate((d) => d.scrollWidth), viewport.width);
        for (const text of ['Stay signed in', 'Sign out now']) {
            const button = dialog.getByText(text);
            await button.scrollIntoViewIfNeeded();
            const { x, y, width, height } = await button.boundingBox();
            assert.ok(x >= 0 && x + width <= viewport.width, text);
            assert.ok(y >= 0 && y + height <= viewport.height + 1, text);
            assert.ok(height >= 44 && width >= 44, text);
        }
    });
}

// Contrast after WCAG 2.2, 1.4.3.
const contrast = ([a, b]) => {
    const [x, y] = [a, b].map((color) => color.match(/\d+/g).slice(0, 3)
        .map((v) => v / 255)
        .map((v) => v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4)
        .reduce((sum, v, i) => sum + v * [0.2126, 0.7152, 0.0722][i], 0));
    return (Math.max(x, y) + 0.05) / (Math.min(x, y) + 0.05);
};

for (const colorScheme of ['light', 'dark']) {
    test(`readable in the ${colorScheme}`, async (t) => {
        const { page } = await openSite(t, site({ colorScheme }));
        await warned(page);
        const colors = await page.locator(WARNING).evaluate((d) => {
            const box = getComputedStyle(d.firstChild);
            return [...d.querySelectorAll('[id], [id] *, button')].map((e) => {
                const own = getComputedStyle(e);
                return [own.color, /, 0\)$/.test(own.backgroundColor)
                    ? box.backgroundColor : own.backgroundColor];
            });
        });
        assert.ok(colors.length >= 6);
        for (const pair of colors)
            assert.ok(contrast(pair) >= 4.5, `${pair} ${contrast(pair)}`);
        const dark = contrast(['rgb(0, 0, 0)', colors[0][1]]) < 3;
        assert.equal(dark, colorScheme === 'dark');
    });
}

test('with forced colours the buttons have edges', async (t) => {
    const { page } = await openSite(t, site({ forcedColors: 'active' }));
    await warned(page);
    const borders = await page.locator(`${WARNING} button:visible`).evaluateAll(
        (list) => list.map((b) => [getComputedStyle(b).borderTopWidth,
            getComputedStyle(b).borderTopColor
                !== getComputedStyle(b.parentNode).backgroundColor]));
    assert.deepEqual(borders, [['1px', true], ['1px', true]]);
});

test.run();
