// SPDX-License-Identifier: Apache-2.0
// The words: whose language, which plural, which direction, whose wording.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import {
    HEADING, TEXT, WARNING, html, openSite, suite, until, warned,
} from '../lib/browser.mjs';
import { formSite, startHttpd } from '../lib/httpd.mjs';

const test = suite('the words');

const { locales, aliases } = JSON.parse(readFileSync(
    new URL('../../static/locales.json', import.meta.url)));

async function warning(t, lang, { directives, context } = {}) {
    const { httpd, page } = await openSite(t, {
        warn: 2, expire: 60, directives, context, path: '/app/l.html',
        files: { 'htdocs/app/l.html': html('<p>Text</p>', { lang }) },
    });
    await warned(page);
    const dialog = page.locator(WARNING);
    return {
        page, dialog,
        title: await page.locator(HEADING).innerText(),
        text: await page.locator(TEXT).innerText(),
        lang: await dialog.getAttribute('lang'),
        dir: await dialog.getAttribute('dir'),
        asked: () => httpd.accessLog().match(/messages\/\S+/g) ?? [],
    };
}

test('the language of the page', async (t) => {
    const w = await warning(t, 'de-AT', { context: { locale: 'fr-FR' } });
    assert.equal(w.title, locales.de.title);
    assert.match(w.text, /^Sie waren .* in \d\d Sekunden abgemeldet\.$/);
    assert.equal(w.lang, 'de');
    assert.equal(w.dir, 'ltr');
    const [asked, ...others] = await until(() => w.asked().length > 0
        && w.asked(), 'the question for the texts');
    assert.deepEqual(others, []);
    assert.match(asked,
        /^messages\/de-AT(%2C)+fr-FR%2Cen\.json\?v=[0-9a-f]{16}$/);
});

test('a page that changes its language', async (t) => {
    const w = await warning(t, 'de');
    for (const lang of ['sv-FI', 'en', 'de']) {
        await w.page.evaluate((to) => {
            document.documentElement.lang = to;
        }, lang);
        const { title } = locales[lang.slice(0, 2)];
        await w.dialog.getByText(title, { exact: true }).waitFor();
        assert.equal(await w.dialog.getAttribute('lang'), lang.slice(0, 2));
    }
});

test('from the right to the left', async (t) => {
    const w = await warning(t, 'iw'); // an old tag of he
    assert.equal(w.title, locales.he.title);
    assert.equal(w.lang, 'he');
    assert.equal(w.dir, 'rtl');
    const [heading, body] = await Promise.all([HEADING, TEXT].map((name) =>
        w.page.locator(name).evaluate((e) => {
            const range = document.createRange();
            range.selectNodeContents(e);
            const text = range.getBoundingClientRect();
            return e.getBoundingClientRect().right - text.right;
        })));
    assert.ok(heading < 1 && body < 2,
        `the text ends ${heading}, ${body} px from the right`);
});

test('English costs no request', async (t) => {
    const w = await warning(t, 'en-GB', { context: { locale: 'de-DE' } });
    assert.equal(w.title, locales.en.title);
    assert.deepEqual(w.asked(), []);
});

for (const lang of ['', 'tlh', 'x"y(']) {
    test(`a page in "${lang}": the browser's language`, async (t) => {
        const w = await warning(t, lang.replace('"', '&quot;'),
            { context: { locale: 'pt-AO' } });
        assert.equal(w.title, locales['pt-BR'].title);
    });
}

test('or that of the directive', async (t) => {
    const w = await warning(t, '', { context: { locale: 'de-DE' },
        directives: 'SessionSecurityLanguage pl' });
    assert.equal(w.title, locales.pl.title);
});

test('the site\'s own wording, in any language', async (t) => {
    const w = await warning(t, 'de', { directives:
        'SessionSecurityMessage title "Bald <b>Schluss</b> & Ende"\n'
        + 'SessionSecurityMessage message "In {time}, \'Ende\'."' });
    assert.equal(w.title, 'Bald <b>Schluss</b> & Ende');
    assert.match(w.text, /^In \d\d Sekunden, 'Ende'\.$/);
    assert.equal(await w.dialog.locator('button').first().innerText(),
        locales.de.stay);
});

test('every language: its texts, and the right plural of each number',
    async (t) => {
        const httpd = await startHttpd({ config: formSite() }, t);
        for (const [tag, locale] of Object.entries(locales)) {
            const answer = await httpd.request(
                `/session_security/messages/${tag}.json`);
            assert.equal(answer.status, 200, tag);
            const sent = answer.json;
            for (const key of ['dir', 'title', 'message', 'lifetime', 'stay',
                'ok', 'sign_out', 'signed_out_title', 'signed_out', 'sign_in'])
                assert.equal(sent[key], locale[key], `${tag} ${key}`);
            assert.equal(sent.lang, tag);
            assert.match(locale.message, /\{time\}/);
            assert.match(locale.lifetime, /\{time\}/);
            const rules = new Intl.PluralRules(tag);
            for (let n = 0; n < 1000; n++) {
                const index = Number(sent.plural.charAt(
                    n < 200 ? n : 100 + n % 100));
                for (const noun of ['minutes', 'seconds']) {
                    const wanted = locale[noun][rules.select(n)]
                        ?? locale[noun].other;
                    assert.equal(sent[noun][index], wanted, `${tag} ${n}`);
                }
            }
        }
        for (const to of Object.values(aliases))
            assert.ok(locales[to]);
    });

test.run();
