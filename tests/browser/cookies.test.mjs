// SPDX-License-Identifier: Apache-2.0
// An application with a login of its own and none of httpd's, in a browser.

import assert from 'node:assert/strict';
import { startHttpd } from '../lib/httpd.mjs';
import { startApp } from '../lib/apps.mjs';
import {
    countOf, openContext, secondTab, suite, until, warned,
} from '../lib/browser.mjs';

const test = suite('an application\'s own login');

async function signIn(page) {
    await page.fill('[name=user]', 'alice');
    await page.click('[type=submit]');
    await page.waitForURL('**/app/');
    await page.waitForSelector('text=Secret start page');
}

/** Somebody who is logged in there: {app, httpd, context, page}. */
async function start(t) {
    const context = await openContext(t);
    const app = await startApp(t);
    const httpd = await startHttpd({
        config: `
Session On
SessionCookieName sid path=/;HttpOnly
SessionCryptoPassphrase test
SessionSecurity On
SessionSecurityWarnAfter 2
SessionSecurityExpireAfter 5
SessionSecurityCookies J
ProxyPass "/app/" "${app.url}/"
<Location "/app/login">
    SessionSecurityInject Off
</Location>
`,
        files: { 'htdocs/favicon.ico': '' },
    }, t);
    httpd.allowLog(/MSS0002/);
    const page = await context.newPage();
    await page.goto(httpd.url('/app/'));
    await page.waitForURL('**/app/login');
    await signIn(page);
    return { app, httpd, context, page };
}

test('is warned of the end, ends, and begins again', async (t) => {
    const { app, httpd, context, page } = await start(t);
    const cookie = async () => (await context.cookies(httpd.url('/app/')))
        .find(({ name }) => name === 'J')?.value;
    const first = await cookie();
    const other = await secondTab(context, httpd);

    await warned(page);
    await httpd.expectLog(/MSS0010: .*reason=idle/, 15000);
    for (const window of [page, other])
        await window.waitForURL('**/app/login', { timeout: 15000 });
    assert.notEqual(await cookie(), first);
    assert.ok(app.sessions.has(first), 'the application has not forgotten it');

    await signIn(page);
    const before = app.seen.length;
    await context.addCookies([{ name: 'J', value: first,
        domain: '127.0.0.1', path: '/app' }]);
    await page.goto(httpd.url('/app/'));
    await page.waitForURL('**/app/login');
    await until(() => app.seen.length > before, 'the page');
    assert.ok(app.seen.slice(before).every((seen) => !seen.includes(first)));
});

// The login page of one tab has begun a session before the other tab is answered.
test('a page does not come back with the session of another', async (t) => {
    const { httpd, context, page } = await start(t);
    const other = await secondTab(context, httpd);
    const elsewhere = page.waitForURL('**/app/login', { timeout: 15000 });
    await other.route('**/session_security/ping*', async (route) => {
        await elsewhere;
        await route.continue();
    });
    await elsewhere;
    await other.waitForURL('**/app/login');
    assert.equal(countOf(context, 'extend'), 0);
});

test.run();
