// SPDX-License-Identifier: Apache-2.0
// A site with limits of 60 and 100 s and a clock to move, and what the tests of
// a session's life do there.

import assert from 'node:assert/strict';
import {
    Jar, NAVIGATION, SCRIPT, formSite, login, startHttpd,
} from './httpd.mjs';

export const STORES = ['cookie', 'crypto', 'dbd'];
export const LIMITS = 'SessionSecurity On\nSessionSecurityWarnAfter 60\n'
    + 'SessionSecurityExpireAfter 100\n';
/** The line in the error log at a session's end. */
export const ENDED = /MSS0010: session ended: reason=/;

/** A formSite with those limits. @param options of formSite, and
 * more   further directives at server level
 * httpd  options of startHttpd */
export async function startSite(t, options = {}) {
    const httpd = await startHttpd({
        clock: true,
        config: formSite({
            security: LIMITS + (options.more ?? ''), ...options,
        }),
        ...options.httpd,
    }, t);
    if (options.store === 'cookie')
        httpd.allowLog(/MSS0014/);
    return httpd;
}

/** Opens a page as a person's click does. */
export const open = (httpd, jar, path = '/app/') =>
    httpd.request(path, { jar, headers: NAVIGATION });

/** Asks for data as a page's script does. */
export const poll = (httpd, jar, path = '/app/data.json') =>
    httpd.request(path, { jar, headers: SCRIPT });

/** What the ping answers, parsed. */
export async function ping(httpd, jar, query = '', headers = SCRIPT) {
    const answer = await httpd.request(`/session_security/ping${query}`,
        { jar, headers });
    assert.equal(answer.status, 200, answer.body);
    return JSON.parse(answer.body);
}

/** The cookies of somebody who has logged in and opened a page. */
export async function loggedIn(httpd, user = 'alice') {
    const jar = new Jar();
    await login(httpd, jar, user);
    assert.equal((await open(httpd, jar)).status, 200);
    return jar;
}

/** Fails unless the answer sends the browser to the login page. */
export function isLogin(answer) {
    assert.equal(answer.status, 302);
    assert.match(answer.headers.location, /\/login\.html$/);
}

/** Fails unless a ping has answered so many seconds, or some more: the clock runs
 * on between two requests, on a busy machine for long. */
export function isIdle(found, seconds, more = 5) {
    assert.ok(found >= seconds && found < seconds + more,
        `${found} in place of ${seconds}`);
}
