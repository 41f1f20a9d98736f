// SPDX-License-Identifier: Apache-2.0
// Beside the libraries of old applications: neither side breaks the other.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import {
    html, notWarned, openSite, signedOut, suite, warned,
} from '../lib/browser.mjs';

const test = suite('libraries');

const npm = (path) => new URL(`../../node_modules/${path}`, import.meta.url);
const debian = (path) => `/usr/share/javascript/${path}`;
const jquery = `window.works = jQuery('#p').text() === 'x' && jQuery.fn.jquery;
jQuery(document).on('session-security:warn', function (e) { window.heard = e.type; });`;

// name: [file, what a page does with it]
const LIBRARIES = {
    'jQuery 1': [npm('jquery1/dist/jquery.js'), jquery],
    'jQuery 2': [npm('jquery2/dist/jquery.js'), jquery],
    'jQuery 3': [npm('jquery/dist/jquery.js'), jquery],
    'jQuery 4': [npm('jquery4/dist/jquery.js'), jquery],
    'Prototype 1.7': [debian('prototype/prototype.js'),
        `window.works = $('p').innerHTML === 'x' && Prototype.Version;
document.addEventListener('session-security:warn',
    function (e) { window.heard = e.type; });`],
    'MooTools 1.4': [debian('mootools/mootools-core-nc.js'),
        `window.works = $('p').get('text') === 'x' && MooTools.version;
document.addEventListener('session-security:warn',
    function (e) { window.heard = e.type; });`],
};

for (const [name, [file, use]] of Object.entries(LIBRARIES)) {
    test(name, async (t) => {
        const { page } = await openSite(t, { warn: 3, expire: 60,
            files: {
                'htdocs/library.js': readFileSync(file),
                'htdocs/app/use.html': html(
                    `<p id="p">x</p><input id="field"><script>${use}</script>`,
                    { head: '<script src="/library.js"></script>' }),
            }, path: '/app/use.html' });
        const version = name.split(' ')[1];
        assert.ok(String(await page.evaluate(() => window.works))
            .startsWith(version), 'the library does not work');
        await page.focus('#field');
        await warned(page);
        assert.equal(await page.evaluate(() => window.heard),
            'session-security:warn');
        await page.keyboard.press('x');
        await notWarned(page);
        assert.equal(await page.inputValue('#field'), '');
        await page.evaluate(() => window.sessionSecurity.expire());
        await signedOut(page);
    });
}

test.run();
