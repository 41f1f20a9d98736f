// SPDX-License-Identifier: Apache-2.0
// Basic and Digest: the browser has the password and resends it. After the end
// one page's answer asks for it, and nothing else does; whatever provider checks
// it, and whatever else is required.

import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { after, before, describe, test } from 'node:test';
import { Jar, NAVIGATION, SCRIPT, formSite, startHttpd } from '../lib/httpd.mjs';
import { startGateway } from '../lib/gateways.mjs';
import { ENDED, LIMITS, isIdle, ping } from '../lib/life.mjs';

const SESSION = 'Session On\nSessionCookieName sid path=/\n'
    + 'SessionCryptoPassphrase test-passphrase\n';
const BASIC = `Basic ${btoa('alice:secret')}`;
const IMAGE = { Accept: 'image/*,*/*;q=0.8' };
const TREE = (name) => ({
    [`htdocs/${name}/index.html`]: '<!DOCTYPE html><title>S</title>Secret',
    [`htdocs/${name}/other/index.html`]: '<!DOCTYPE html><title>S</title>Secret',
    [`htdocs/${name}/data.json`]: '{"secret":1}',
});

const md5 = (text) => createHash('md5').update(text).digest('hex');

/** The answer to a Digest challenge, as a browser makes it. */
function digest(challenge, uri, count = 1) {
    const field = (name) =>
        new RegExp(`${name}="?([^",]*)`).exec(challenge)?.[1];
    const nc = String(count).padStart(8, '0');
    const ha1 = md5(`alice:${field('realm')}:secret`);
    const response = md5([ha1, field('nonce'), nc, 'c', 'auth',
        md5(`GET:${uri}`)].join(':'));
    return `Digest username="alice", realm="${field('realm')}", `
        + `nonce="${field('nonce')}", uri="${uri}", algorithm=MD5, `
        + `response="${response}", qop=auth, nc=${nc}, cnonce="c"`;
}

// --- what all of them have in common --------------------------------------------------

/** A browser: keeps the password, drops it at a challenge. person(): the
 * password is typed; count: how often it was asked for. */
class Browser {
    jar = new Jar();
    prompts = 0;
    #challenge;
    #requests = 0;

    constructor(httpd, scheme) {
        Object.assign(this, { httpd, scheme });
    }

    #authorization(uri) {
        return this.scheme === 'Basic' ? BASIC
            : digest(this.#challenge, uri, ++this.#requests);
    }

    async ask(path, headers = NAVIGATION) {
        const sent = this.#challenge
            ? { Authorization: this.#authorization(path) } : {};
        const answer = await this.httpd.request(path,
            { jar: this.jar, headers: { ...headers, ...sent } });
        if (answer.headers['www-authenticate']) {
            this.prompts++;
            this.#challenge = undefined;
            this.offered = answer.headers['www-authenticate'];
        }
        return answer;
    }

    /** Types the password into the prompt, which repeats the request. */
    person(path, headers = NAVIGATION) {
        this.#challenge = this.offered;
        return this.ask(path, headers);
    }
}

function isEnd(answer, reason = 'You were signed out because you were inactive.') {
    assert.equal(answer.status, 401);
    assert.equal(answer.headers['session-security'], 'expired');
    assert.equal(answer.headers['cache-control'], 'no-store');
    assert.match(answer.headers['content-type'], /^text\/html/);
    assert.ok(answer.body.includes(`<p>${reason}</p>\n`
        + '<p><a href="">Sign in again</a></p>'), answer.body);
    assert.doesNotMatch(answer.body, /Secret|<script/);
}

async function livesAndEnds(httpd, name, scheme = 'Basic') {
    const browser = new Browser(httpd, scheme);
    const page = `/${name}/`, data = `/${name}/data.json`;
    assert.equal((await browser.ask(page)).status, 401);
    assert.match((await browser.person(page)).body, /Secret/);
    assert.equal(browser.prompts, 1);
    assert.equal((await browser.ask(data, SCRIPT)).status, 200);
    httpd.clock.advance(90);
    assert.match((await browser.ask(`${page}other/`)).body, /Secret/);
    httpd.clock.advance(101);

    for (let i = 0; i < 2; i++) {
        const poll = await browser.ask(data, SCRIPT);
        assert.equal(poll.status, 401);
        assert.deepEqual(poll.json, { state: 'logout', reason: 'idle' });
        const image = await browser.ask(data, IMAGE);
        assert.equal(image.status, 401);
        for (const answer of [poll, image])
            assert.equal(answer.headers['set-cookie'], undefined);
    }
    const old = browser.jar.clone();
    assert.equal(browser.prompts, 1);
    isEnd(await browser.ask(page));
    assert.equal(browser.prompts, 2);
    assert.doesNotMatch(browser.offered, /stale/);
    assert.notEqual(browser.jar.get('sid'), old.get('sid'));
    assert.equal(await ping(httpd, browser.jar), 'logout');
    // What the page below the prompt goes on asking for brings no second one.
    assert.equal((await browser.ask(data, IMAGE)).status, 401);
    assert.equal((await browser.ask(data, SCRIPT)).status, 401);
    assert.equal(browser.prompts, 2);
    // The prompt was cancelled, and the page tried again.
    const again = await browser.ask(page);
    assert.ok(again.body.includes('because you were inactive'), again.body);
    assert.match((await browser.person(page)).body, /Secret/);
    assert.match((await browser.ask(page)).body, /Secret/);
    assert.equal(browser.prompts, 3);
    isIdle(await ping(httpd, browser.jar), 0);

    // What somebody kept of the ended session is of no use.
    const thief = new Browser(httpd, scheme);
    thief.jar = old;
    thief.offered = browser.offered;
    assert.equal((await thief.person(data, SCRIPT)).status, 401);
}

const location = (name, directives) => `<Location "/${name}">
    AuthName ${name}
    ${directives}
</Location>
`;
const FILE = 'AuthType Basic\nAuthBasicProvider file\nAuthUserFile users\n';

const KINDS = {
    file: `${FILE}Require valid-user`,
    cached: `AuthType Basic
    AuthBasicProvider socache file
    AuthnCacheProvideFor file
    AuthUserFile users
    Require user alice`,
    any: `${FILE}<RequireAny>
        Require ip 192.0.2.1
        Require user bob
        Require valid-user
    </RequireAny>`,
    expression: `${FILE}<RequireAll>
        Require valid-user
        Require expr "%{REMOTE_USER} == 'alice'"
    </RequireAll>`,
    cookies: `${FILE}SessionSecurityCookies J
    Require valid-user`,
    both: `AuthType Basic
    AuthBasicProvider Both
    Require Both`,
};

describe('Basic', () => {
    let httpd, gateway;
    before(async () => {
        gateway = await startGateway('fcgi', (path, out) => {
            out.start(200, {});
            out.end();
        });
        httpd = await startHttpd({
            clock: true, modules: ['authn_socache', 'socache_shmcb', 'authnz_fcgi'],
            files: Object.assign({}, ...Object.keys(KINDS).map(TREE)), ports: 2,
            config: `<VirtualHost *:\${PORT1}>
    ServerName https://site.test
</VirtualHost>
${SESSION}${LIMITS}
AuthnzFcgiDefineProvider authnz Both ${gateway.url}/
${Object.entries(KINDS).map(([name, text]) => location(name, text)).join('')}
<If "%{QUERY_STRING} == 'own'">
    ErrorDocument 401 "the site's own"
</If>`,
        });
        httpd.allowLog(ENDED);
        httpd.allowLog(/AH01618|AH01797|AH01617/);
    });
    after(async () => {
        await httpd?.stop();
        await gateway?.close();
    });

    for (const name of Object.keys(KINDS)) {
        test(`${name}: one prompt at the end, and none before`, () =>
            livesAndEnds(httpd, name));
    }

    const endedAt = async (path) => {
        const browser = new Browser(httpd, 'Basic');
        await browser.ask(path);
        await browser.person(path);
        httpd.clock.advance(101);
        return browser;
    };
    for (const name of ['file', 'cookies']) {
        const path = `/${name}/`;
        const ended = () => endedAt(path);

        test(`${name}: a browser that has dropped the password is asked once`,
            async () => {
                const browser = await ended();
                isEnd(await httpd.request(path,
                    { jar: browser.jar, headers: NAVIGATION }));
                httpd.clock.advance(3);
                assert.match((await browser.person(path)).body, /Secret/);
            });

        test(`${name}: one that remembers it does not get in by itself`,
            async () => {
                const browser = await ended();
                isEnd(await httpd.request(`${path}other/`,
                    { jar: browser.jar, headers: NAVIGATION }));
                isEnd(await browser.ask(`${path}other/`));
                assert.match((await browser.person(`${path}other/`)).body,
                    /Secret/);
            });
    }

    for (const sent of ['a password', 'none']) {
        test(`asked for in another realm, where ${sent} came, it does not count`,
            async () => {
                const browser = await endedAt('/file/');
                isEnd(await httpd.request('/any/', { jar: browser.jar,
                    headers: sent === 'none' ? NAVIGATION
                        : { ...NAVIGATION, Authorization: BASIC } }));
                httpd.clock.advance(3);
                // Nobody has answered that prompt.
                isEnd(await browser.ask('/file/'));
                assert.match(browser.offered, /realm="file"/);
                assert.equal((await browser.ask('/file/data.json', SCRIPT)).status,
                    401);
                assert.match((await browser.person('/file/')).body, /Secret/);
            });
    }

    test('asked for on another port, it does not count', async () => {
        const browser = await endedAt('/file/');
        // Cookies know no ports, passwords do.
        isEnd(await httpd.request('/file/', { jar: browser.jar,
            headers: { ...NAVIGATION, Host: '127.0.0.1:1', Authorization: BASIC } }));
        isEnd(await browser.ask('/file/'));
        assert.match((await browser.person('/file/')).body, /Secret/);
    });

    test('asked for by another scheme, it does not count', async () => {
        const browser = await endedAt('/file/');
        // By Host both are on the usual port of theirs.
        const ask = (port) => httpd.request('/file/', { port, jar: browser.jar,
            headers: { ...NAVIGATION, Host: 'site.test', Authorization: BASIC } });
        for (const port of httpd.ports)
            isEnd(await ask(port));
        assert.match((await ask()).body, /Secret/);
    });

    test('of two realms that have been asked for either counts', async () => {
        const browser = await endedAt('/file/');
        isEnd(await browser.ask('/file/'));
        const typed = { jar: browser.jar,
            headers: { ...NAVIGATION, Authorization: BASIC } };
        isEnd(await httpd.request('/any/', typed));
        assert.match((await browser.person('/file/')).body, /Secret/);
    });

    test('nor does it count at once, after another realm was asked for', async () => {
        const browser = await endedAt('/file/');
        const typed = { jar: browser.jar,
            headers: { ...NAVIGATION, Authorization: BASIC } };
        isEnd(await httpd.request('/file/', { jar: browser.jar,
            headers: NAVIGATION }));
        isEnd(await httpd.request('/any/', typed));
        isEnd(await httpd.request('/file/', typed));
        assert.match((await browser.person('/file/')).body, /Secret/);
    });

    test('the typed password counts with a page, which begins the session',
        async () => {
            for (const asked of ['a password', 'none']) {
                const browser = await endedAt('/file/');
                if (asked === 'none')
                    isEnd(await httpd.request('/file/',
                        { jar: browser.jar, headers: NAVIGATION }));
                else
                    isEnd(await browser.ask('/file/'));
                // Polls that went on with the password would never be counted.
                // After as long as it takes to type they may be those of a page
                // that has been asked for with it, and must not lose it.
                for (const [seconds, status] of [[0, 401],
                    [asked === 'none' ? 3 : 1.5, 403], [60, 403], [60, 401]]) {
                    httpd.clock.advance(seconds);
                    for (const headers of [SCRIPT, IMAGE, { Accept: '*/*' },
                        { Accept: 'application/json' }]) {
                        const answer =
                            await browser.person('/file/data.json', headers);
                        assert.equal(answer.status, status);
                        if (status === 401 || headers === SCRIPT)
                            assert.equal(answer.headers['session-security'],
                                'expired');
                        assert.doesNotMatch(answer.body, /Secret/);
                        assert.equal(answer.headers['set-cookie'], undefined);
                    }
                    // Without it there is none to lose.
                    assert.equal((await httpd.request('/file/data.json',
                        { jar: browser.jar, headers: SCRIPT })).status, 401);
                }
                const { prompts } = browser;
                assert.match((await browser.ask('/file/')).body, /Secret/);
                const poll = await browser.ask('/file/data.json', SCRIPT);
                assert.equal(poll.status, 200);
                assert.equal(browser.prompts, prompts);
            }
        });

    test('a logout is as final as an expiry', async () => {
        const browser = new Browser(httpd, 'Basic');
        await browser.ask('/file/');
        await browser.person('/file/');
        const sid = browser.jar.get('sid');
        const answer = await browser.httpd.request('/session_security/logout',
            { method: 'POST', jar: browser.jar, headers: SCRIPT });
        assert.equal(answer.status, 303);
        assert.notEqual(browser.jar.get('sid'), sid);
        assert.equal((await browser.ask('/file/data.json', SCRIPT)).status, 401);
        assert.equal((await browser.ask('/file/data.json', IMAGE)).status, 401);
        assert.equal(browser.prompts, 1);
        isEnd(await browser.ask('/file/'), 'You have signed out.');
        assert.match((await browser.person('/file/')).body, /Secret/);
    });

    test('a wrong password after the end leads nowhere', async () => {
        const browser = await endedAt('/file/');
        isEnd(await browser.ask('/file/'));
        const answer = await httpd.request('/file/', { jar: browser.jar,
            headers: { ...NAVIGATION, Authorization: `Basic ${btoa('alice:x')}` } });
        isEnd(answer);
        assert.match((await browser.person('/file/')).body, /Secret/);
    });

    test('the site\'s own ErrorDocument comes first', async () => {
        const browser = await endedAt('/file/');
        const answer = await browser.ask('/file/?own');
        assert.equal(answer.body, 'the site\'s own');
        assert.equal(browser.prompts, 2);
    });

    test('programs with the password in each request get no session', async () => {
        for (const [method, headers] of [['GET', { Accept: '*/*' }],
            ['GET', SCRIPT], ['OPTIONS', { Accept: 'text/html' }]]) {
            for (let i = 0; i < 3; i++) {
                const answer = await httpd.request('/file/data.json', { method,
                    headers: { ...headers, Authorization: BASIC } });
                assert.equal(answer.status, 200);
                assert.equal(answer.headers['set-cookie'], undefined);
                httpd.clock.advance(200);
            }
        }
    });
});

test('Digest', async (t) => {
    const httpd = await startHttpd({
        clock: true, modules: ['auth_digest'],
        files: { ...TREE('digest'),
            'digests': `alice:digest:${md5('alice:digest:secret')}\n` },
        config: SESSION + LIMITS + location('digest', `AuthType Digest
    AuthUserFile digests
    AuthDigestProvider file
    AuthDigestNonceLifetime 300
    Require valid-user`),
    }, t);
    httpd.allowLog(ENDED);
    await livesAndEnds(httpd, 'digest', 'Digest');

    // Chromium gets an ordinary 401 for each directory that is new to it.
    const browser = new Browser(httpd, 'Digest');
    await browser.ask('/digest/');
    await browser.person('/digest/');
    const plain = await httpd.request('/digest/other/',
        { jar: browser.jar, headers: NAVIGATION });
    assert.equal(plain.status, 401);
    assert.equal(plain.headers['session-security'], undefined);
    assert.doesNotMatch(plain.body, /signed out/);
    browser.offered = plain.headers['www-authenticate'];
    assert.match((await browser.person('/digest/other/')).body, /Secret/);

    // A nonce that is too old is no way in.
    httpd.clock.advance(301);
    const answer = await browser.ask('/digest/');
    assert.equal(answer.status, 401);
    assert.doesNotMatch(answer.headers['www-authenticate'], /stale/);
});

test('another user, an internal redirect, and a session in a database', async (t) => {
    const httpd = await startHttpd({
        clock: true, files: TREE('basic'), config: formSite({ store: 'dbd',
            security: LIMITS, extra: location('basic', `${FILE}
    Require valid-user
    ErrorDocument 404 /basic/index.html`) }),
    }, t);
    const jar = new Jar();
    const ask = (user, path) => httpd.request(path, { jar, headers: {
        ...NAVIGATION, Authorization: `Basic ${btoa(`${user}:secret`)}` } });
    assert.equal((await ask('alice', '/basic/')).status, 200);
    const missing = await ask('bob', '/basic/missing');
    assert.equal(missing.status, 404);
    assert.match(missing.body, /Secret/);
    await httpd.expectLog(/reason=relogin user="-"/);
    assert.equal((await ask('bob', '/basic/')).status, 200);
    isIdle(await ping(httpd, jar), 0);
    assert.equal(httpd.log().match(ENDED).length, 1);
});
