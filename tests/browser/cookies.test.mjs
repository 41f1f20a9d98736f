// SPDX-License-Identifier: Apache-2.0
// An application with a login of its own and none of httpd's, in a browser.

import assert from 'node:assert/strict';
import { startHttpd } from '../lib/httpd.mjs';
import { startApp } from '../lib/apps.mjs';
import { openContext, suite, until, warned } from '../lib/browser.mjs';

const test = suite('an application\'s own login');

async function signIn(page) {
    await page.fill('[name=user]', 'alice');
    await page.click('[type=submit]');
    await page.waitForURL('**/app/');
    await page.waitForSelector('text=Secret start page');
}

test('is warned of the end, ends, and begins again', async (t) => {
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
    const cookie = async () => (await context.cookies(httpd.url('/app/')))
        .find(({ name }) => name === 'J')?.value;
    await page.goto(httpd.url('/app/'));
    await page.waitForURL('**/app/login');
    await signIn(page);
    const first = await cookie();
    const other = await context.newPage();
    await other.goto(httpd.url('/app/'));

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

test.run();
