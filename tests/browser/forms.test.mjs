// SPDX-License-Identifier: Apache-2.0
// Unsaved work: what counts as a change, and what does not.

import assert from 'node:assert/strict';
import {
    WARNING, html, openSite, suite, warned,
} from '../lib/browser.mjs';

const test = suite('unsaved work');

const FILES = {
    'htdocs/app/edit.html': html(`<form id="f"><input id="field">
<select id="list"><option>a<option>b</select><input type="checkbox" id="box">
<input id="free" data-session-security="no-confirm"></form>
<form id="g" data-session-security="no-confirm"><input id="search"></form>
<form id="e"><p contenteditable id="text">x</p><iframe></iframe></form>
<p contenteditable id="loose">x</p><div id="host"></div>
<iframe name="sink"></iframe>
<a href="/app/page.html">away</a><script>
document.getElementById('host').attachShadow({ mode: 'open' }).innerHTML =
    '<form><input id="deep"><button>x</button></form>';
</script>`),
    'htdocs/app/outer.html': html(
        '<iframe name="inner" src="/app/edit.html"></iframe>'),
};
const SITE = { warn: 30, expire: 60, files: FILES, path: '/app/edit.html',
    directives: 'SessionSecurityConfirmFormDiscard On' };

/** Whether the browser asks when the page is left after act. */
async function asks({ httpd, page }, act) {
    let asked = 0;
    const listen = (dialog) => {
        asked++;
        return dialog.accept();
    };
    page.on('dialog', listen);
    await page.goto(httpd.url('/app/edit.html'));
    // A browser asks only where a person has done something.
    await page.mouse.click(300, 300);
    await act(page);
    await page.evaluate(() => {
        setTimeout(() => document.querySelector('a').click());
    });
    await page.waitForURL('**/app/page.html');
    page.off('dialog', listen);
    return asked > 0;
}

const ACTS = [
    ['typing', true, (page) => page.locator('#field').pressSequentially('a')],
    ['choosing', true, async (page) => {
        await page.focus('#list');
        await page.keyboard.press('ArrowDown');
    }],
    ['ticking', true, (page) => page.locator('#box').click()],
    ['a script that fills in', false, (page) => page.evaluate(() => {
        const field = document.getElementById('field');
        field.value = 'a';
        for (const type of ['input', 'change'])
            field.dispatchEvent(new Event(type, { bubbles: true }));
    })],
    ['a field that is exempt', false, (page) =>
        page.locator('#free').pressSequentially('a')],
    ['a form that is exempt', false, (page) =>
        page.locator('#search').pressSequentially('a')],
    ['a form that became exempt', false, async (page) => {
        await page.locator('#field').pressSequentially('a');
        await page.locator('#f').evaluate((f) =>
            f.setAttribute('data-session-security', 'no-confirm'));
    }],
    ['a form that is gone', false, async (page) => {
        await page.locator('#field').pressSequentially('a');
        await page.locator('#f').evaluate((f) => f.remove());
    }],
    ['an editor in a form', true, (page) =>
        page.locator('#text').pressSequentially('a')],
    ['one that is in none', false, (page) =>
        page.locator('#loose').pressSequentially('a')],
    ['a frame for an editor in a form', true, async (page) => {
        await page.frames()[1].evaluate(() => {
            document.designMode = 'on';
        });
        // Frames are looked for now and then.
        await page.evaluate(() => window.sessionSecurity.ping());
        await page.frames()[1].locator('body').pressSequentially('a');
    }],
    ['a form in an open shadow', true, (page) =>
        page.locator('#deep').pressSequentially('a')],
    ['such a form that was sent', false, async (page) => {
        await page.locator('#deep').pressSequentially('a');
        await page.locator('#host').evaluate((host) => {
            const form = host.shadowRoot.querySelector('form');
            form.addEventListener('submit', (e) => e.preventDefault());
            form.requestSubmit();
        });
    }],
    ['the page itself that asks', true, (page) => page.evaluate(() => {
        window.onbeforeunload = () => 'mine';
    })],
];

test('what counts as a change', async (t) => {
    const site = await openSite(t, SITE);
    for (const [name, expected, act] of ACTS)
        assert.equal(await asks(site, act), expected, name);
});

test('switched on at run time, it knows of forms sent before', async (t) => {
    const site = await openSite(t, { ...SITE, directives: '' });
    for (const [send, expected] of [[false, true], [true, false]]) {
        assert.equal(await asks(site, async (page) => {
            await page.locator('#field').pressSequentially('a');
            await page.evaluate((sent) => {
                const form = document.getElementById('f');
                form.target = 'sink';
                if (sent)
                    form.submit();
                window.sessionSecurity.confirmFormDiscard = true;
            }, send);
        }), expected);
    }
});

test('the warning tells of changes in a frame', async (t) => {
    const { page } = await openSite(t,
        { ...SITE, warn: 3, path: '/app/outer.html' });
    const note = page.locator(WARNING).getByText('unsaved changes');
    await warned(page);
    assert.equal(await note.count(), 0);
    await page.keyboard.press('Escape');
    await page.frame('inner').locator('#field').pressSequentially('a');
    await warned(page);
    await note.waitFor();
});

test.run();
