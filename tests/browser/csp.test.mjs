// SPDX-License-Identifier: Apache-2.0
// Content-Security-Policy in a browser: the client runs and asks, and all else
// on the page is allowed and forbidden as it was without the client.

import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import {
    WARNING, allowError, html, notWarned, openSite, suite, until, warned,
} from '../lib/browser.mjs';
import { startBackend } from '../lib/httpd.mjs';

const test = suite('Content-Security-Policy');

const HASHED = 'window.hashed = 1;';
const HASH = `'sha256-${createHash('sha256').update(HASHED).digest('base64')}'`;

// What the page tries; which of it the policy allows, is told with each. The
// name localhost is another site than 127.0.0.1.
const page = (elsewhere) => html(`<p style="color: red">x</p>
<button onclick="window.handler = 1">x</button>
<script>window.inline = 1;</script>
<script nonce="abc">window.keyed = 1;</script>
<script>${HASHED}</script>
<script src="${elsewhere}/foreign.js"></script>
<script nonce="abc">
try { new Function('window.evaluated = 1')(); } catch (e) {}
var late = document.createElement('script');
late.src = '${elsewhere}/child.js';
document.body.appendChild(late);
</script>`);
const TRIED = ['handler', 'inline', 'keyed', 'hashed', 'evaluated', 'foreign',
    'child'];

// policy: what of the page it allows
const POLICIES = {
    "default-src 'self'": '',
    "default-src 'none'": '',
    "default-src 'none'; script-src 'nonce-abc'": 'keyed',
    "script-src 'unsafe-inline'": 'handler inline keyed hashed',
    "default-src 'unsafe-inline' 'unsafe-eval'":
        'handler inline keyed hashed evaluated',
    "script-src 'unsafe-inline' http://localhost:*; connect-src 'none'":
        'handler inline keyed hashed foreign child',
    "script-src http://localhost:*": 'foreign',
    "script-src 'nonce-abc' 'unsafe-inline'": 'keyed',
    "script-src 'nonce-abc' 'strict-dynamic' 'unsafe-eval'":
        'keyed evaluated child',
    "script-src 'strict-dynamic' http:; object-src 'none'": '',
    [`script-src ${HASH} 'unsafe-inline'; base-uri 'none'`]: 'hashed',
    "script-src 'self' http://localhost:* 'url-sha256-YWJj' 'nonce-abc'":
        'keyed',
    "default-src 'unsafe-inline'; script-src-elem 'none'": 'handler',
    "default-src 'unsafe-inline'; script-src-attr 'none'":
        'inline keyed hashed',
    "script-src 'nonce-abc', script-src 'unsafe-inline'": 'keyed',
    "script-src 'nonce-abc', script-src 'nonce-def'; default-src *": '',
    [`script-src 'none'; require-trusted-types-for 'script'; \
trusted-types 'none'; form-action 'none'`]: '',
    "sandbox allow-scripts allow-same-origin; script-src 'unsafe-inline'":
        'handler inline keyed hashed',
};

const names = Object.keys(POLICIES);
const quoted = (policy) => policy.replaceAll('"', '\\"');

/** A site where policy n comes with the pages below
 * /app/<n>/    from the backend
 * /app/h<n>/   from mod_headers
 * /app/p<n>/   from the backend, without the client
 */
async function openPolicies(t, directives = '') {
    let elsewhere;
    const backend = await startBackend((req, res) => {
        const [, n, file] = req.url.split('/');
        const policy = names[+n] ?? '';
        const type = file?.endsWith('.js') ? 'text/javascript' : 'text/html';
        res.writeHead(200, { 'Content-Type': type,
            ...policy && { 'Content-Security-Policy': policy } });
        res.end(file ? `window.${file.replace('.js', '')} = 1` : page(elsewhere));
    }, t);
    elsewhere = `http://localhost:${backend.port}/x`;
    const extra = names.map((policy, n) => `
ProxyPass "/app/p${n}/" "${backend.url}/${n}/"
ProxyPass "/app/h${n}/" "${backend.url}/none/"
ProxyPass "/app/${n}/" "${backend.url}/${n}/"
<Location "/app/p${n}/">
    SessionSecurityInject Off
</Location>
<Location "/app/h${n}/">
    Header set Content-Security-Policy "${quoted(policy)}"
</Location>`).join('');
    const site = await openSite(t, { warn: 60, expire: 90, directives,
        site: { extra } });
    // Those of the page itself; a test compares them.
    allowError(site.context, /Content Security Policy|Trusted ?Type|sandbox|Note that 'script-src'/i);
    await site.page.addInitScript(() => {
        window.violations = [];
        document.addEventListener('securitypolicyviolation', (e) =>
            window.violations.push(`${e.effectiveDirective} ${e.blockedURI} ${
                e.sample} ${/script.js|ping/.exec(e.blockedURI) || ''}`));
    });
    return site;
}

/** What happens on a page: what ran, and what was refused. */
async function happens({ httpd, page }, path) {
    await page.goto(httpd.url(path), { waitUntil: 'load' });
    await page.evaluate(() => document.querySelector('button').click());
    return page.evaluate((tried) => ({
        ran: tried.filter((name) => window[name] === 1).join(' '),
        refused: window.violations.sort(),
    }), TRIED);
}

async function asks({ page }) {
    const asked = page.waitForResponse(/session_security\/ping/);
    await page.evaluate(() => window.sessionSecurity.ping());
    assert.equal((await asked).status(), 200);
}

for (const [n, policy] of names.entries()) {
    test(policy, async (t) => {
        const site = await openPolicies(t);
        const without = await happens(site, `/app/p${n}/`);
        assert.equal(without.ran, POLICIES[policy]);
        for (const path of [`/app/${n}/`, `/app/h${n}/`]) {
            assert.deepEqual(await happens(site, path), without, path);
            await asks(site);
            assert.deepEqual(await site.page.evaluate(() => window.violations
                .filter((line) => /session_security/.test(line))), []);
        }
    });
}

test('it warns, with its stylesheet, where nothing is allowed', async (t) => {
    const { page: tab } = await openSite(t, { warn: 2, expire: 60,
        directives: 'SessionSecurityStylesheet /own.css',
        files: { 'htdocs/own.css':
            ':root { --session-security-accent: rgb(1, 2, 3) }' },
        site: { app: `Header always set Content-Security-Policy \
"default-src 'none'; require-trusted-types-for 'script'; trusted-types 'none'"
Header always set Integrity-Policy blocked-destinations=(script)` },
    });
    await warned(tab);
    await until(() => tab.locator(`${WARNING} button`).first().evaluate((b) =>
        getComputedStyle(b).backgroundColor === 'rgb(1, 2, 3)'), 'the colour');
    await tab.keyboard.press('x');
    await notWarned(tab); // and the console has nothing to complain about
});

test('Reuse: no element that the browser would refuse', async (t) => {
    const site = await openPolicies(t, 'SessionSecurityCSP Reuse');
    const run = async (policy) => {
        const n = names.indexOf(policy);
        assert.deepEqual(await happens(site, `/app/${n}/`),
            await happens(site, `/app/p${n}/`), policy);
        await site.page.goto(site.httpd.url(`/app/${n}/`));
        return site.page.evaluate(() => typeof window.sessionSecurity);
    };
    assert.equal(await run("default-src 'none'"), 'undefined');
    assert.equal(await run("default-src 'self'"), 'object');
    assert.equal(await run("script-src 'nonce-abc' 'strict-dynamic' "
        + "'unsafe-eval'"), 'object');
});

test('a policy in the page itself: the client warns and hides all the same',
    async (t) => {
        const { context, page } = await openSite(t, { warn: 8, expire: 14, files: {
            'htdocs/app/strict.html': html('<p id="secret">Secret</p>', {
                head: '<meta http-equiv="Content-Security-Policy" '
                    + 'content="default-src \'none\'">' }),
        }, path: '/app/strict.html' });
        allowError(context, /Content Security Policy|connect-src/);
        await warned(page);
        await until(() => page.evaluate(() => document.getElementById('secret')
            .getClientRects().length === 0), 'the end', 20000);
        await page.locator(WARNING).waitFor({ state: 'visible' });
    });

test.run();
