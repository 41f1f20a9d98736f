// SPDX-License-Identifier: Apache-2.0
// Chromium for a test, and a site behind the module for it to look at.
//
//   const { httpd, page } = await openSite(t, { warn: 2, expire: 4 });
//   await warned(page);
//
// openSite(t, options): a site, a browser and a page that is logged in and shows
//   options.path ('/app/'). options: warn, expire (seconds), directives (further
//   lines of SessionSecurity...), site (of formSite), files, headers, and what
//   playwright's newContext takes as context.
// secondTab(context, httpd, path): another tab of the same user.
// The page's errors, its console's errors and warnings are collected; any
// that nobody allowed with allowError(context, /re/) fails the test.

import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { chromium } from 'playwright-core';
import { formSite, startHttpd, until } from './httpd.mjs';

const FLAGS = ['--no-sandbox', '--disable-gpu', '--disable-quic',
    '--no-first-run', '--disable-background-networking',
    '--disable-component-update', '--disable-sync',
    // Tabs in the background are part of the tests, their throttling is not.
    '--disable-background-timer-throttling',
    '--disable-renderer-backgrounding'];

const BINARIES = ['/usr/bin/chromium', '/usr/bin/chromium-browser',
    '/usr/bin/google-chrome'];

let browser;

async function theBrowser() {
    const executablePath = process.env.MSS_CHROMIUM
        ?? BINARIES.find((path) => existsSync(path));
    assert.ok(executablePath, `none of these exists: ${BINARIES.join(', ')}`);
    browser ??= await chromium.launch({ executablePath, args: FLAGS });
    return browser;
}

/** To be called once, after all tests of a file. */
export async function closeBrowser() {
    await browser?.close();
    browser = undefined;
}

const complaints = new WeakMap();

function watch(context) {
    const found = { list: [], allowed: [] };
    complaints.set(context, found);
    context.on('weberror', (e) => found.list.push(`error: ${e.error()}`));
    context.on('console', (message) => {
        if (['error', 'warning'].includes(message.type())) {
            found.list.push(`${message.type()}: ${message.text()} ${
                message.location().url}`);
        }
    });
    return found;
}

/** Such complaints of the browser may come. */
export function allowError(context, pattern) {
    complaints.get(context).allowed.push(pattern);
}

function check(found) {
    const bad = found.list.filter((line) =>
        !found.allowed.some((pattern) => line.search(pattern) >= 0));
    assert.deepEqual(bad, [], 'the browser complained');
}

/** A browser with cookies of its own. */
export async function openContext(t, options = {}) {
    const context = await (await theBrowser()).newContext(
        { locale: 'en-US', ...options });
    context.setDefaultTimeout(10000);
    const found = watch(context);
    t.after(async () => {
        await context.close();
        check(found);
    });
    return context;
}

export async function signIn(page, httpd, path = '/app/') {
    await page.goto(httpd.url('/login.html'));
    await page.fill('[name=httpd_username]', 'alice');
    await page.fill('[name=httpd_password]', 'secret');
    await page.click('[type=submit]');
    await page.waitForURL('**/app/');
    if (path !== '/app/')
        await page.goto(httpd.url(path));
}

export async function openSite(t, {
    warn = 2, expire = 4, directives = '', site = {}, files = {}, path,
    context: contextOptions,
} = {}) {
    const security = `SessionSecurity On
SessionSecurityWarnAfter ${warn}
SessionSecurityExpireAfter ${expire}
${directives}`;
    // First, so that it is closed first: pages ask until then.
    const context = await openContext(t, contextOptions);
    const httpd = await startHttpd({
        config: formSite({ store: 'cookie', security, ...site }),
        files: { 'htdocs/favicon.ico': '', ...files },
    }, t);
    // Limits of seconds are for tests alone, and it says so; so is a plain
    // session cookie.
    httpd.allowLog(/WCAG|less than 20|SessionCryptoPassphrase|encrypt/);
    const page = await context.newPage();
    await signIn(page, httpd, path);
    return { httpd, context, page };
}

export async function secondTab(context, httpd, path = '/app/') {
    const page = await context.newPage();
    await page.goto(httpd.url(path));
    return page;
}

/** An HTML document for a site's files. */
export function html(body, { lang = 'en', head = '', title = 'Page' } = {}) {
    return `<!DOCTYPE html>
<html lang="${lang}"><head><meta charset="utf-8"><title>${title}</title>${head}
</head><body>${body}</body></html>
`;
}

/** The Cookie header that the browser would send. */
export async function cookieHeader(context) {
    return (await context.cookies()).map((c) => `${c.name}=${c.value}`)
        .join('; ');
}

export const WARNING = '#session_security_warning';

/** Waits for the warning. */
export async function warned(page) {
    await page.waitForSelector(`${WARNING} h2`, { state: 'visible' });
}

export async function notWarned(page) {
    await page.waitForSelector(WARNING, { state: 'detached' });
}

/** Waits until the page's content is hidden, also one that is on its way. */
export async function blanked(page) {
    await until(() => page.evaluate(() =>
        !document.body || !document.body.getClientRects().length)
        .catch(() => true),
    'the content to be hidden');
}

export async function signedOut(page) {
    await page.waitForURL('**/login.html');
}

/** The server's idle time in seconds, or 'logout', without changing it. */
export async function serverIdle(httpd, context) {
    const answer = await httpd.request('/session_security/ping',
        { headers: { Cookie: await cookieHeader(context) } });
    assert.equal(answer.status, 200);
    return answer.json;
}

/** Counts an event of the client from now on: await counter() is how many. */
export async function countEvents(page, name) {
    await page.evaluate((type) => {
        window.seen = window.seen || {};
        window.seen[type] = 0;
        document.addEventListener(type, () => { window.seen[type]++; });
    }, `session-security:${name}`);
    return () => page.evaluate((type) => window.seen[type],
        `session-security:${name}`);
}

export { until };

/** Process ids of the browser's renderers. */
export async function rendererPids() {
    const session = await browser.newBrowserCDPSession();
    const { processInfo } = await session.send('SystemInfo.getProcessInfo');
    await session.detach();
    return processInfo.filter((p) => p.type === 'renderer').map((p) => p.id);
}
