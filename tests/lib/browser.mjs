// SPDX-License-Identifier: Apache-2.0
// Chromium for a test, and a site behind the module for it to look at.
//
//   const test = suite('what the file is about');
//   test('what is so', async (t) => {
//       const { httpd, page } = await openSite(t, { warn: 2, expire: 4 });
//       await warned(page);
//   });
//   test.run();
//
// openSite(t, options): a site, a browser and a page that is logged in and shows
//   options.path ('/app/'). options: warn, expire (seconds), directives (further
//   lines of SessionSecurity...), site (of formSite), files, headers, and what
//   playwright's newContext takes as context, with
//   backForwardCache: true for a browser that has one, textSize: 32 for one
//   whose user wants text of that many pixels, own: true for one of its own.
// secondTab(context, httpd, path): another tab of the same user.
// The page's errors, its console's errors and warnings are collected; any
// that nobody allowed with allowError(context, /re/) fails the test.

import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { cpus } from 'node:os';
import { after, describe, test } from 'node:test';
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

function launch(options) {
    const executablePath = process.env.MSS_CHROMIUM
        ?? BINARIES.find((path) => existsSync(path));
    assert.ok(executablePath, `none of these exists: ${BINARIES.join(', ')}`);
    return chromium.launch({ executablePath, args: FLAGS, ...options });
}

async function closeBrowser() {
    await (await browser)?.close();
    browser = undefined;
}

/** Tests that mostly wait, so some of them at once: call what it returns with a
 * name and a function for each, and its run() at the end of the file. */
export function suite(title) {
    const tests = [];
    const add = (name, fn) => {
        assert.ok(!Object.isFrozen(tests), `${name}: after run()`);
        tests.push([name, fn]);
    };
    // Waiting costs little.
    const concurrency = Math.max(3, 2 * cpus().length);
    add.run = () => describe(title, { concurrency }, () => {
        after(closeBrowser);
        for (const [name, fn] of Object.freeze(tests))
            test(name, fn);
    });
    return add;
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

const records = new WeakMap();

// States that pass quickly are seen from inside, not by looking often.
async function record(context) {
    const list = [];
    records.set(context, list);
    await context.exposeBinding('mssReport', ({ page, frame }, entry) =>
        list.push({ ...entry, page, top: frame === page.mainFrame() }));
    await context.addInitScript(() => {
        const { mssReport } = window;
        const report = (entry) => mssReport({ at: Date.now(), ...entry });
        for (const type of ['warn', 'extend', 'expire']) {
            document.addEventListener(`session-security:${type}`, () => report({
                type, title: document.title,
                blank: !document.body?.getClientRects().length
                    || getComputedStyle(document.body).opacity === '0' }));
        }
        window.addEventListener('pageshow', (e) => e.persisted && report({
            type: 'restored', title: document.title,
            blank: !document.body.getClientRects().length }));
    });
}

/** What the client's events have been so far in a context, oldest first:
 * {type: 'warn' | 'extend' | 'expire', or 'restored' by the Back button, at (when, as
 * Date.now()), page, top (not in a frame), title, blank (nothing of the body is to be
 * seen)}. */
export function eventsOf(context) {
    return records.get(context);
}

export function countOf(context, type) {
    return eventsOf(context).filter((e) => e.type === type).length;
}

/** Waits for the n-th event of a type. */
export async function happened(context, type, n = 1) {
    await until(() => countOf(context, type) >= n, `${type} number ${n}`, 15000);
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

/** A user with cookies of its own. */
export async function openContext(t,
    { backForwardCache, textSize, own, ...options } = {}) {
    const special = backForwardCache || textSize || own;
    const process = await (special ? launch({
        ignoreDefaultArgs: backForwardCache
            ? ['--disable-back-forward-cache'] : [],
        args: textSize ? [...FLAGS,
            `--blink-settings=defaultFontSize=${textSize}`] : FLAGS,
    }) : browser ??= launch());
    const context = await process.newContext({ locale: 'en-US', ...options });
    context.setDefaultTimeout(10000);
    const found = watch(context);
    await record(context);
    t.after(async () => {
        await context.close();
        if (special)
            await process.close();
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
    warn = 2, expire = 6, directives = '', site = {}, files = {}, path,
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

/** Its parts. */
export const HEADING = `${WARNING} [role=heading]`;
export const TEXT = `${WARNING}_text`;
export const TIME = `${TEXT} > :nth-child(2)`;

/** Waits for the warning. */
export async function warned(page) {
    await page.waitForSelector(HEADING, { state: 'visible', timeout: 20000 });
}

export async function notWarned(page) {
    await page.waitForSelector(WARNING, { state: 'detached' });
}

export async function signedOut(page) {
    await page.waitForURL('**/login.html',
        { timeout: 30000, waitUntil: 'commit' });
}

/** The server's idle time in seconds, or 'logout', without changing it. */
export async function serverIdle(httpd, context) {
    const answer = await httpd.request('/session_security/ping',
        { headers: { Cookie: await cookieHeader(context) } });
    assert.equal(answer.status, 200);
    return answer.json;
}

export { until };
