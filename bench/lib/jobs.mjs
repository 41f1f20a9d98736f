// SPDX-License-Identifier: Apache-2.0
// What is asked of the servers whose instructions are counted.

import { SCRIPT } from '../../tests/lib/site.mjs';
import { HEADERS } from './server.mjs';

const PLAIN = ['bare', 'noop', 'substitute', 'sed', 'session', 'off', 'on'];
const PROXIED = [...PLAIN, 'proxy_html'];

const page = (name, path, on) => ({ name, page: true, on, path: () => path });

/** @return rows of the tables of pages */
export function pageJobs(sizes) {
    return [
        ...sizes.map((s) => page(`static ${s}`, `/app/${s}.html`, PLAIN)),
        ...sizes.map((s) => page(`proxied ${s}`, `/app/backend/app/${s}.html`,
            PROXIED)),
    ];
}

/** Where mod_headers is at work. */
export function headersJobs() {
    const on = ['session_headers', 'off_headers', 'on_headers'];
    return [
        page('static 2k', '/app/2k.html', on),
        page('proxied 2k', '/app/backend/app/2k.html', on),
    ];
}

// The client's own: with the limits that its page has, and their signature.
async function clientPing(meter) {
    const answer = await meter.server.request('/app/2k.html',
        { jar: meter.jar, headers: HEADERS, agent: meter.agent });
    const limits = /&quot;limits&quot;:&quot;([^&]+)&quot;|"limits":"([^"]+)"/
        .exec(answer.body);
    if (!limits)
        throw new Error('the page has no limits');
    return '/session_security/ping?idleFor=5&limits='
        + (limits[1] ?? limits[2]);
}

const script = { ...HEADERS, ...SCRIPT };
const own = { ...HEADERS, ...SCRIPT, 'X-Session-Security': '1' };
delete own['X-Requested-With'];

/** The names end in what the store of the session is. */
export function pingJobs(without, withModule, store) {
    return [
        { name: `constant, ${store}`, on: [without], headers: script,
            path: () => '/app/constant' },
        { name: `ping of django-session-security, ${store}`, on: [withModule],
            headers: script, path: () => '/session_security/ping?idleFor=5' },
        { name: `ping of the client, ${store}`, on: [withModule], headers: own,
            path: clientPing },
    ];
}

const style = { ...HEADERS, Accept: 'text/css,*/*;q=0.1',
    'Sec-Fetch-Mode': 'no-cors', 'Sec-Fetch-Dest': 'style',
    'Sec-Fetch-Site': 'same-origin' };
delete style['Sec-Fetch-User'];
delete style['Upgrade-Insecure-Requests'];

/** What needs no protection, with and without the module. */
export function otherJobs() {
    return [
        { name: 'a page, SessionSecurity Off everywhere',
            on: ['session', 'loaded'], path: () => '/app/2k.html' },
        { name: 'a public page, nobody logged in', on: ['session', 'on'],
            anonymous: true, path: () => '/2k.html' },
        { name: 'a style sheet of a page, logged in', on: ['session', 'on'],
            headers: style, path: () => '/app/style.css' },
    ];
}

export function encryptedJobs() {
    return [page('encrypted static 2k', '/app/2k.html',
        ['crypto', 'crypto_on']), ...pingJobs('crypto', 'crypto_on',
        'encrypted')];
}
