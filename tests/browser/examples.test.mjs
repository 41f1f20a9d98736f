// SPDX-License-Identifier: Apache-2.0
// The examples of docs/client-api.md, run as they stand there.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import {
    html, notWarned, openSite, signedOut, suite, until, warned,
} from '../lib/browser.mjs';

const test = suite('examples of the documentation');

const root = new URL('../../', import.meta.url);
const BLOCKS = readFileSync(new URL('docs/client-api.md', root), 'utf8')
    .split('```').filter((text, i) => i % 2).map((text) => text.split('\n'))
    .map(([language, ...lines]) => ({ language, code: lines.join('\n') }));

/** The one example that contains a text. */
function example(text, language = 'js') {
    const found = BLOCKS.filter((b) => b.code.includes(text));
    assert.equal(found.length, 1, text);
    assert.equal(found[0].language, language);
    return found[0].code;
}

const site = (body, more) => ({ warn: 3, expire: 7, path: '/app/e.html',
    files: {
        'htdocs/jquery.js': readFileSync(
            new URL('node_modules/jquery/dist/jquery.js', root)),
        'htdocs/app/e.html': html(body),
    }, ...more });

const TESTED = ['if (window.sessionSecurity) sessionSecurity.activity();\n',
    'sessionStorage', '$(document)', 'onRemoteControl', '<form'];

test('all of them are tested', async () => {
    assert.deepEqual(BLOCKS.filter((b) =>
        !TESTED.some((text) => b.code.includes(text))), []);
    assert.equal(BLOCKS.length, TESTED.length);
});

test('where there is no module, and where there is', async (t) => {
    const [code] = BLOCKS.map((b) => b.code)
        .filter((c) => c === TESTED[0]);
    const { httpd, page } = await openSite(t, site('x', { warn: 3, expire: 60 }));
    await warned(page);
    await page.evaluate(code);
    await notWarned(page);
    await page.goto(httpd.url('/login.html'));
    assert.equal(await page.evaluate(() => typeof window.sessionSecurity),
        'undefined');
    await page.evaluate(code);
});

test('a draft, and a button', async (t) => {
    const { httpd, page } = await openSite(t, site(`<textarea id="text">
</textarea><button id="sign-out">x</button><script>
${example('sessionStorage')}</script>`, { warn: 5, expire: 60 }));
    await page.fill('#text', 'my draft');
    await warned(page);
    assert.equal(await page.evaluate(() => sessionStorage.getItem('draft')),
        'my draft');
    await page.keyboard.press('x');
    await notWarned(page);
    await page.click('#sign-out');
    await signedOut(page);
    await until(() => /POST \/session_security\/logout/.test(httpd.accessLog()),
        'the logout');
});

test('jQuery', async (t) => {
    const { page } = await openSite(t, site(`<p id="news">x</p>
<script src="/jquery.js"></script><script>${example('$(document)')}</script>`));
    const paused = () => page.evaluate(() =>
        document.getElementById('news').className);
    await warned(page);
    assert.equal(await paused(), 'paused');
    await page.keyboard.press('x');
    await notWarned(page);
    assert.equal(await paused(), '');
    await signedOut(page);
});

test('a single-page application', async (t) => {
    const { httpd, page } = await openSite(t, site(`<form id="f">
<input id="field"></form><script>${example('onRemoteControl')}</script>`,
    { expire: 60, directives: 'SessionSecurityConfirmFormDiscard On' }));
    await warned(page);
    await page.evaluate(() => window.onRemoteControl('next'));
    await notWarned(page);
    assert.equal(await page.title(), 'next');

    let asked = 0;
    page.on('dialog', (dialog) => {
        asked++;
        return dialog.accept();
    });
    const leave = () => page.goto(httpd.url('/app/e.html'));
    const type = () => page.locator('#field').pressSequentially('a');
    const saved = () => page.evaluate(() =>
        window.onSaved(document.getElementById('f')));
    await type();
    await saved();
    await leave();
    assert.equal(asked, 0, 'what is saved cannot be lost');
    await type();
    await saved();
    await type();
    await leave();
    assert.equal(asked, 1, 'changed since');
});

test('a form that is exempt', async (t) => {
    const { httpd, page } = await openSite(t, site(example('<form', 'html'),
        { warn: 30, expire: 60,
            directives: 'SessionSecurityConfirmFormDiscard On' }));
    page.on('dialog', () => assert.fail('the browser asked'));
    await page.locator('[name=q]').pressSequentially('a');
    await page.goto(httpd.url('/app/'));
    await until(() => /\/app\/$/.test(page.url()), 'the page');
});

test.run();
