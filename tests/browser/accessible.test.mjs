// SPDX-License-Identifier: Apache-2.0
// For every person: axe-core finds nothing, nothing is lost in a small window
// with large text, and without <dialog> the page behind is out of reach too.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import {
    TEXT, WARNING, allowError, html, notWarned, openSite, suite, until, warned,
} from '../lib/browser.mjs';

const test = suite('for every person');

const AXE = readFileSync(
    new URL('../../node_modules/axe-core/axe.min.js', import.meta.url), 'utf8');

const FORM = { 'htdocs/app/f.html': html(`<main><h1>Order</h1>
<form action="/app/"><label>Note <input id="field"></label></form></main>`) };
const SITE = { warn: 4, expire: 60, files: FORM, path: '/app/f.html',
    directives: 'SessionSecurityConfirmFormDiscard On' };

function noDialog() {
    delete window.HTMLDialogElement;
    for (const name of ['showModal', 'close'])
        delete Object.getPrototypeOf(document.createElement('dialog'))[name];
}

// axe-core sees contrast below <body> only: picture.test.mjs measures it.
async function violations(page, rules = {}) {
    await page.evaluate(AXE);
    return page.evaluate(async (off) => {
        const { violations: found, passes } = await window.axe.run(document,
            { rules: off, runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa',
                'wcag22aa', 'best-practice'] });
        return [passes.map((rule) => rule.id), found.map((rule) =>
            `${rule.id}: ${rule.nodes.map((n) => n.html).join(' ')}`)];
    }, rules);
}

for (const colorScheme of ['light', 'dark']) {
    for (const old of [false, true]) {
        const name = `axe-core, ${colorScheme}${old ? ', without <dialog>' : ''}`;
        test(name, async (t) => {
            const { httpd, context, page } = await openSite(t,
                { ...SITE, context: { colorScheme } });
            if (old)
                await context.addInitScript(noDialog);
            await page.goto(httpd.url(SITE.path));
            await page.fill('#field', 'x');
            await warned(page);
            await page.locator(WARNING).getByText('unsaved changes').waitFor();
            // Its body is hidden on purpose: the dialog is not in it.
            const [passes, found] = await violations(page,
                old ? { 'aria-hidden-body': { enabled: false } } : {});
            assert.deepEqual(found, []);
            for (const rule of ['aria-dialog-name', 'button-name',
                'target-size'])
                assert.ok(passes.includes(rule), `${rule} saw nothing`);
        });
    }
}

test('axe-core, after the end', async (t) => {
    const { context, page } = await openSite(t, { ...SITE, warn: 2, expire: 5 });
    allowError(context, /ERR_INTERNET_DISCONNECTED/);
    await context.setOffline(true);
    await page.getByText('Sign in again').waitFor();
    const [passes, found] = await violations(page);
    assert.deepEqual(found, []);
    assert.ok(passes.includes('aria-dialog-name'));
});

test('name and description are all of the text', async (t) => {
    const { page } = await openSite(t, SITE);
    await page.fill('#field', 'x');
    await warned(page);
    const described = () => page.locator(WARNING).evaluate((d) =>
        d.getAttribute('aria-describedby').split(' ').map((id) =>
            document.getElementById(id).textContent).join(' '));
    assert.match(await described(),
        /signed out in [45]\d seconds\. This page has unsaved changes/);
    assert.equal(await page.getByRole('alertdialog',
        { name: 'You will be signed out soon' }).count(), 1);
    await page.keyboard.press('Escape');
    await notWarned(page);
    await page.evaluate(() => document.querySelector('form').reset());
    await warned(page);
    assert.doesNotMatch(await described(), /unsaved/);
});

// The size that a user has chosen for text, where a page does not choose.
test('320 pixels and text of twice the size', async (t) => {
    const { page } = await openSite(t, { ...SITE, context: {
        viewport: { width: 320, height: 480 }, textSize: 32 } });
    await page.fill('#field', 'x');
    await warned(page);
    const dialog = page.locator(WARNING);
    assert.equal(await page.locator(TEXT).evaluate((e) =>
        getComputedStyle(e).fontSize), '32px');
    assert.equal(await dialog.evaluate((d) => d.scrollWidth), 320);
    for (const part of await dialog.locator('[id], button').all()) {
        await part.scrollIntoViewIfNeeded();
        const [cut, box] = [await part.evaluate((e) =>
            e.scrollWidth > e.clientWidth + 1), await part.boundingBox()];
        assert.ok(!cut && box.x >= 0 && box.x + box.width <= 320,
            `${await part.innerText()} is cut off`);
    }
});

test('from the right to the left: the first button is at the right', async (t) => {
    const { page } = await openSite(t, { ...SITE,
        directives: 'SessionSecurityLanguage ar', path: '/app/ar.html',
        files: { 'htdocs/app/ar.html': html('<p>x</p>', { lang: '' }) } });
    await warned(page);
    const [stay, leave] = await Promise.all([0, 1].map((n) =>
        page.locator(`${WARNING} button`).nth(n).boundingBox()));
    assert.ok(stay.x > leave.x && stay.y === leave.y);
});

test('nothing moves', async (t) => {
    const { page } = await openSite(t, SITE);
    await warned(page);
    const moving = await page.locator(WARNING).evaluate((d) =>
        [d, ...d.querySelectorAll('*')].filter((e) => {
            const style = getComputedStyle(e);
            return style.animationName !== 'none'
                || style.transitionDuration !== '0s';
        }).length);
    assert.equal(moving, 0);
});

test('without <dialog> the page behind is out of reach', async (t) => {
    const { httpd, context, page } = await openSite(t, SITE);
    await context.addInitScript(noDialog);
    await page.goto(httpd.url(SITE.path));
    const field = page.locator('#field');
    await field.focus();
    await warned(page);
    const hidden = () => page.evaluate(() =>
        document.body.getAttribute('aria-hidden'));
    assert.equal(await hidden(), 'true');
    assert.equal(await page.getByRole('textbox').count(), 0);
    await page.evaluate(() => document.getElementById('field').focus());
    assert.equal(await page.evaluate(() => document.activeElement.innerText),
        'Stay signed in');
    await page.keyboard.press('Tab');
    assert.equal(await page.evaluate(() => document.activeElement.innerText),
        'Sign out now');
    await page.keyboard.press('x');
    await notWarned(page);
    assert.equal(await hidden(), null);
    await until(() => page.evaluate(() =>
        document.activeElement.id === 'field'), 'the focus to come back');
    await page.keyboard.type('y');
    assert.equal(await field.inputValue(), 'y');
});

test.run();
