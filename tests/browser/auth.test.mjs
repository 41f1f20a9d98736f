// SPDX-License-Identifier: Apache-2.0
// The end where the browser has the password, or another site logs in without a
// question: what a person is asked, and what is on the screen until then.

import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import {
    allowError, happened, html, openContext, suite, until, warned,
} from '../lib/browser.mjs';
import { startBackend, startHttpd } from '../lib/httpd.mjs';
import { startProvider } from '../lib/openid.mjs';

const test = suite('the end of other logins');

const AXE = readFileSync(
    new URL('../../node_modules/axe-core/axe.min.js', import.meta.url), 'utf8');
const PIXEL = Buffer.from('R0lGODlhAQABAAAAACwAAAAAAQABAAAC', 'base64');

/** An application that polls and loads images all the time. */
const BUSY = html(`<p>Secret</p><img alt=""><script>
setInterval(function () {
    fetch('/app/data.json?' + Date.now()).catch(function () {});
    document.images[0].src = '/app/pixel.gif?' + Date.now();
}, 200);
</script>`);

const site = (t, { config, expire = 4, ...options }) => startHttpd({
    files: { 'htdocs/favicon.ico': '', 'htdocs/app/pixel.gif': PIXEL,
        'htdocs/app/index.html': BUSY, 'htdocs/app/second.html': html('Secret 2'),
        ...options.files },
    modules: options.modules ?? [],
    config: (ctx) => `Session On
SessionCookieName sid path=/;HttpOnly;SameSite=Lax
SessionCryptoPassphrase test-passphrase
SessionSecurity On
SessionSecurityWarnAfter 2
SessionSecurityExpireAfter ${expire}
${typeof config === 'function' ? config(ctx) : config}`,
}, t).then((httpd) => {
    httpd.allowLog(/WCAG|less than 20/);
    httpd.allowLog(/MSS0010/);
    return httpd;
});

// The server's page does; the client says the same on a page that it has hidden.
const says = async (page, text) => {
    await page.locator('main').getByText(text).waitFor();
    const all = await page.evaluate(() =>
        document.title + document.documentElement.innerText);
    assert.doesNotMatch(all, /Secret/);
};

// --- Basic and Digest ----------------------------------------------------------------

/** Takes the place of the browser's prompt: type() answers the last one, cancel()
 * does not. */
async function watchPrompts(context, page) {
    const prompts = { asked: [] };
    const cdp = await context.newCDPSession(page);
    cdp.on('Fetch.requestPaused', ({ requestId }) =>
        cdp.send('Fetch.continueRequest', { requestId }).catch(() => {}));
    cdp.on('Fetch.authRequired', (event) => prompts.asked.push(event));
    await cdp.send('Fetch.enable', { handleAuthRequests: true });
    const answer = (response) => cdp.send('Fetch.continueWithAuth', {
        requestId: prompts.asked.at(-1).requestId,
        authChallengeResponse: response,
    });
    prompts.cancel = () => answer({ response: 'CancelAuth' });
    // After as long as a person takes at least.
    prompts.type = () => pause(2500).then(() => answer({
        response: 'ProvideCredentials', username: 'alice', password: 'secret' }));
    prompts.number = (n) => until(() => prompts.asked.length >= n,
        `prompt number ${n}`, 15000);
    return prompts;
}

const digest = createHash('md5').update('alice:app:secret').digest('hex');
const SCHEMES = {
    Basic: { directives: 'AuthBasicProvider file\nAuthUserFile users' },
    Digest: { directives: 'AuthDigestProvider file\nAuthUserFile digests',
        modules: ['auth_digest'],
        files: { digests: `alice:app:${digest}\n` } },
};

for (const [scheme, { directives, ...options }] of Object.entries(SCHEMES)) {
    const location = `<Location "/app">
    AuthType ${scheme}
    AuthName app
    ${directives}
    Require valid-user
</Location>`;

    test(`${scheme}: one prompt at the end, for the page alone`, async (t) => {
        const context = await openContext(t, { backForwardCache: true });
        allowError(context, /40[13] \((Unauthorized|Forbidden)\)/);
        const httpd = await site(t, { ...options, config: location });
        const page = await context.newPage();
        const prompts = await watchPrompts(context, page);
        const first = page.goto(httpd.url('/app/second.html'));
        await prompts.number(1);
        await prompts.type();
        await first;
        await page.goto(httpd.url('/app/'));
        await page.getByText('Secret').waitFor();
        await happened(context, 'expire');
        await prompts.number(2);
        // The page below goes on polling meanwhile.
        const refused = () => (httpd.accessLog().match(/ 401 "GET \/app\/(data|pixel)/g)
            ?? []).length;
        await until(() => refused() >= 4, 'refused polls and images');
        assert.equal(prompts.asked.length, 2);
        await prompts.type();
        await page.getByText('Secret').waitFor();
        assert.equal(prompts.asked.length, 2);

        await happened(context, 'expire', 2);
        await prompts.number(3);
        await prompts.cancel();
        const reason = 'You were signed out because you were inactive.';
        await says(page, reason);
        for (const [i, way] of ['reload()', 'back()'].entries()) {
            await page.evaluate((call) => {
                window.isOld = true;
                (call === 'back()' ? history.back() : location.reload());
            }, way);
            await prompts.number(4 + i);
            await prompts.cancel();
            await page.waitForFunction(() => !window.isOld);
            await says(page, reason);
        }
        await page.getByRole('link', { name: 'Sign in again' }).click(
            { noWaitAfter: true });
        await prompts.number(6);
        await prompts.type();
        await page.getByText('Secret').waitFor();
        assert.equal(prompts.asked.length, 6);
        for (const { resourceType } of prompts.asked)
            assert.equal(resourceType, 'Document');
    });

    // At a 401 the browser forgets what has just been typed.
    test(`${scheme}: polls while the page comes keep the password`, async (t) => {
        const context = await openContext(t, { backForwardCache: true });
        allowError(context, /40[13] \((Unauthorized|Forbidden)\)/);
        const held = [];
        let isHeld = false;
        const { port } = await startBackend((req, res) => {
            const answer = () => res.writeHead(200, { 'Content-Type': 'text/html' })
                .end(BUSY);
            if (isHeld)
                held.push(answer);
            else
                answer();
        }, t);
        const httpd = await site(t, { ...options,
            modules: ['proxy', 'proxy_http', ...options.modules ?? []],
            config: `ProxyPassMatch "^/app/slow$" "http://127.0.0.1:${port}/slow"
${location}` });
        const page = await context.newPage();
        const prompts = await watchPrompts(context, page);
        const first = page.goto(httpd.url('/app/slow'));
        await prompts.number(1);
        await prompts.type();
        await first;
        await happened(context, 'expire');
        await prompts.number(2);
        isHeld = true;
        await prompts.type();
        await until(() => held.length, 'the page with the password', 15000);
        let mark = httpd.accessLog().length;
        await until(() => httpd.accessLog().slice(mark).match(
            /GET \/app\/data/g)?.length > 2, 'polls with the password', 15000);
        isHeld = false;
        mark = httpd.accessLog().length;
        held.forEach((answer) => answer());
        await page.getByText('Secret').waitFor();
        await until(() => / 200 "GET \/app\/data/.test(
            httpd.accessLog().slice(mark)), 'a poll of the new page', 15000);
        assert.deepEqual(prompts.asked.map((asked) => asked.resourceType),
            ['Document', 'Document']);
    });
}

// --- single sign-on ------------------------------------------------------------------

async function violations(page) {
    await page.evaluate(AXE);
    return page.evaluate(async () => {
        const { violations: found } = await window.axe.run(document,
            { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa',
                'best-practice'] });
        return found.map((rule) =>
            `${rule.id}: ${rule.nodes.map((n) => n.html).join(' ')}`);
    });
}

for (const colorScheme of ['light', 'dark']) {
    test(`single sign-on waits for a click, ${colorScheme}`, async (t) => {
        const context = await openContext(t, { backForwardCache: true,
            colorScheme });
        allowError(context, /401 \(Unauthorized\)/);
        const provider = await startProvider(t);
        const httpd = await site(t, { modules: ['auth_openidc'],
            config: (ctx) => `${provider.config(ctx)}
Header always set Content-Security-Policy "default-src 'self' 'unsafe-inline'; form-action 'self'"
Header always set Referrer-Policy no-referrer` });
        httpd.allowLog(/auth_openidc:warn.*SHOULD be "https"/);
        const page = await context.newPage();
        await page.goto(httpd.url('/app/second.html'));
        await page.goto(httpd.url('/app/'));
        await page.getByText('Secret').waitFor();
        await happened(context, 'expire');
        const reason = 'You were signed out because you were inactive.';
        await says(page, reason);
        assert.deepEqual(await violations(page), []);
        await page.reload();
        await says(page, reason);
        const other = await context.newPage();
        await other.goto(httpd.url('/app/second.html'));
        await says(other, reason);
        await page.goBack();
        await says(page, reason);
        assert.equal(provider.logins, 1);

        // The module's own session is over, too: the way leads by the provider.
        await context.clearCookies({ name: 'mod_auth_openidc_session' });
        await other.getByRole('button', { name: 'Sign in again' }).click();
        await other.getByText('Secret 2').waitFor();
        assert.equal(provider.logins, 2);
        assert.equal(other.url(), httpd.url('/app/second.html'));
        await page.goto(httpd.url('/app/'));
        await page.getByText('Secret').waitFor();
    });
}

test('signed out by hand, in the language of the browser', async (t) => {
    const context = await openContext(t, { own: true, locale: 'de-AT' });
    allowError(context, /401 \(Unauthorized\)/);
    const provider = await startProvider(t);
    const httpd = await site(t, { expire: 60, modules: ['auth_openidc'],
        config: provider.config });
    httpd.allowLog(/auth_openidc:warn.*SHOULD be "https"/);
    const page = await context.newPage();
    await page.goto(httpd.url('/app/second.html'));
    await warned(page);
    await page.locator('#session_security_warning button').last().click();
    await says(page, 'Sie haben sich abgemeldet.');
    assert.equal(await page.title(), 'Sie wurden abgemeldet');
    await page.getByRole('button', { name: 'Erneut anmelden' }).click();
    await page.getByText('Secret 2').waitFor();
});

test.run();
