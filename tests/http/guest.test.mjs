// SPDX-License-Identifier: Apache-2.0
// mod_session works with the module as it does without: the same requests to
// the same httpd, with the module On and without it, compared. But for its bug
// 56052, which the module repairs.

import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import {
    Jar, NAVIGATION, formSite, login, startHttpd,
} from '../lib/httpd.mjs';

const KEY = '_session_security';

/** A program whose answer has mod_session set entries, by SessionHeader. */
const keep = (entries, type = 'text/plain') => `#!/bin/sh
cat <<'END'
Content-Type: ${type}
X-Keep: ${entries}

kept
END
`;

const FILES = {
    'htdocs/app/env.cgi': `#!/bin/sh
printf 'Content-Type: text/plain\\n\\n'
echo "$HTTP_SESSION"; echo "$HTTP_SESSION_HEADER"; echo "$REMOTE_USER"
`,
    'htdocs/app/set.cgi': keep('app-note=1&B=%26%3d&long+key=x%20y'),
    'htdocs/app/unset.cgi': keep('app-note='),
    'htdocs/cart.cgi': keep('cart=3', 'text/html'),
    'htdocs/env.cgi': `#!/bin/sh
printf 'Content-Type: text/plain\\n\\n%s' "$HTTP_SESSION"
`,
    'htdocs/static/a.css': 'a {}',
};

// The copy of the stamp is not renewed meanwhile: that is the one thing that
// the module writes to a session of its own accord.
const ON = `SessionSecurity On
SessionSecurityWarnAfter 9h
SessionSecurityExpireAfter 10h
SessionSecurityUpdateInterval 10h`;

/** Two servers: one with the module On, one without it. */
async function pair(t, { security = ON, clock, ...site }) {
    const servers = [];
    for (const module of [false, true]) {
        const httpd = await startHttpd({ module, clock, files: FILES,
            config: formSite({ store: 'cookie', ...site,
                security: module ? security : '' }) }, t);
        httpd.allowLog(/MSS0014/);
        servers.push(httpd);
    }
    return servers;
}

/** The entries of a plain session cookie but the module's own, in their order;
 * of the expiry, that there is one. */
function entries(jar) {
    return (jar.get('sid') ?? '').split('&').filter(Boolean)
        .filter((entry) => !entry.startsWith(`${KEY}=`))
        .map((entry) => entry.replace(/^expiry=\d+$/, 'expiry'));
}

/** What differs between two servers, or two times, of itself. */
function headersOf(answer) {
    const headers = { ...answer.headers };
    for (const name of ['date', 'etag', 'last-modified'])
        delete headers[name];
    if (headers.location)
        headers.location = headers.location.replace(/:\d+\//, '/');
    // mod_session_dbd's keys are random, and it sets its cookie twice, which
    // the module mends.
    const cookies = headers['set-cookie']?.map((line) =>
        line.replace(/=[0-9a-f]{8}-[-0-9a-f]{27}/, '=key'));
    headers['set-cookie'] = cookies && [...new Set(cookies)];
    return headers;
}

/** How httpd frames what a program writes depends on when it does. */
function ofProgram(answer) {
    const { 'content-length': length, 'transfer-encoding': coding, ...rest }
        = headersOf(answer);
    assert.ok(length || coding);
    return rest;
}

/** The same requests to both; step(httpd, jar) returns what is compared. */
async function alike(servers, step, before = async () => {}) {
    const [without, withModule] = await Promise.all(servers.map(
        async (httpd) => {
            const jar = new Jar();
            await before(httpd, jar);
            return step(httpd, jar);
        }));
    assert.deepEqual(withModule, without);
    return without;
}

const open = (httpd, jar, path, headers = {}) =>
    httpd.request(path, { jar, headers: { ...NAVIGATION, ...headers } });

/** Logged in, and the module's id is in the session. */
async function enter(httpd, jar) {
    await login(httpd, jar);
    assert.equal((await open(httpd, jar, '/app/page.html')).status, 200);
}

test('SessionHeader sets and unsets entries', async (t) => {
    const servers = await pair(t, { extra: 'SessionHeader X-Keep' });
    const seen = await alike(servers, async (httpd, jar) => {
        const list = [];
        for (const path of ['set', 'env', 'unset', 'env']) {
            const answer = await open(httpd, jar, `/app/${path}.cgi`);
            list.push(answer.status, answer.headers['x-keep'], answer.body,
                answer.headers['set-cookie']?.length, entries(jar));
        }
        return list;
    }, enter);
    assert.ok(seen[4].includes('app-note=1'), seen[4]);
    assert.ok(seen[4].includes('B=%26%3d'), seen[4]);
    assert.ok(!seen[14].includes('app-note=1'), seen[14]);
});

test('SessionEnv tells programs what is in the session', async (t) => {
    const servers = await pair(t,
        { extra: 'SessionEnv On\nSessionHeader X-Keep' });
    const seen = await alike(servers, async (httpd, jar) => {
        await open(httpd, jar, '/app/set.cgi');
        const { body } = await open(httpd, jar, '/app/env.cgi',
            { Session: 'app-user=mallory' });
        return body.replace(new RegExp(`&?${KEY}=[^&\\n]*`), '');
    }, enter);
    assert.match(seen, /app-user=alice.*app-note=1.*\n\nalice\n$/s);
});

test('SessionInclude and SessionExclude', async (t) => {
    for (const rule of ['SessionExclude /static', 'SessionInclude /app\n'
        + 'SessionInclude /dologin\nSessionInclude /session_security']) {
        const servers = await pair(t, { extra: rule });
        const seen = await alike(servers, async (httpd, jar) => {
            const answer = await open(httpd, jar, '/static/a.css');
            return [answer.status, headersOf(answer), answer.body,
                entries(jar)];
        }, enter);
        assert.equal(seen[1]['cache-control'], undefined);
    }
});

for (const store of ['cookie', 'crypto', 'dbd']) {
    test(`${store}: anonymous visitors`, async (t) => {
        const servers = await pair(t, { store });
        await alike(servers, async (httpd, jar) => {
            const list = [];
            for (const path of ['/', '/login.html', '/static/a.css', '/none',
                '/app/', '/app/data.json', '/logout']) {
                const answer = await open(httpd, jar, path);
                list.push([path, answer.status, headersOf(answer),
                    answer.body.replaceAll(`:${httpd.port}`, '')]);
            }
            return [list, jar.size];
        });
    });
}

test('an anonymous session is not the module\'s, and does not end',
    async (t) => {
        const servers = await pair(t, { clock: true,
            extra: 'SessionEnv On\nSessionHeader X-Keep', security: `
SessionSecurity On
SessionSecurityWarnAfter 60
SessionSecurityExpireAfter 120` });
        const seen = await alike(servers, async (httpd, jar) => {
            const set = await open(httpd, jar, '/cart.cgi');
            httpd.clock.advance(500);
            const got = await open(httpd, jar, '/env.cgi');
            return [ofProgram(set), set.body, ofProgram(got), got.body,
                jar.get('sid')];
        });
        assert.deepEqual(seen.slice(3), ['cart=3', 'cart=3']);
        assert.doesNotMatch(servers[1].log(), /MSS0010/);
    });

test('a login keeps what was in the anonymous session', async (t) => {
    const servers = await pair(t, { extra: 'SessionHeader X-Keep' });
    const seen = await alike(servers, async (httpd, jar) => {
        await open(httpd, jar, '/cart.cgi');
        await enter(httpd, jar);
        return entries(jar);
    });
    assert.ok(seen.includes('cart=3'), seen);
});

test('SessionMaxAge and SessionExpiryUpdateInterval', async (t) => {
    for (const interval of [0, 100]) {
        const servers = await pair(t, { clock: true, maxAge: 1000,
            extra: `SessionExpiryUpdateInterval ${interval}` });
        const seen = await alike(servers, async (httpd, jar) => {
            const list = [];
            for (const seconds of [10, 60, 60, 5, 200, 990]) {
                httpd.clock.advance(seconds);
                const { status, headers } =
                    await open(httpd, jar, '/app/data.json');
                const left = Number(/expiry=(\d+)/.exec(
                    headers['set-cookie'] ?? '')?.[1]) / 1e6
                    - httpd.clock.now() / 1000;
                list.push([status, headers['set-cookie']?.length,
                    Number.isNaN(left) || Math.round(left / 20) * 20]);
            }
            // Past it. (What becomes of the cookie then is bug 56052.)
            httpd.clock.advance(1200);
            const end = await open(httpd, jar, '/app/data.json');
            assert.equal(end.status, 302);
            return list;
        }, enter);
        const saved = seen.map(([, cookies]) => cookies ?? 0);
        assert.deepEqual(saved, interval ? [0, 0, 1, 0, 1, 1]
            : [1, 1, 1, 1, 1, 1]);
    }
});

test('a request that changes nothing saves nothing', async (t) => {
    for (const store of ['cookie', 'crypto', 'dbd']) {
        const servers = await pair(t, { store });
        await alike(servers, async (httpd, jar) => {
            const list = [];
            for (const path of ['/app/data.json', '/app/env.cgi', '/', '/none'])
                list.push((await open(httpd, jar, path)).headers['set-cookie']);
            assert.deepEqual(list, [undefined, undefined, undefined, undefined]);
            return list;
        }, enter);
    }
});

// --- httpd bug 56052 ---------------------------------------------------------

/** Whoever has such a cookie can log in, and it lasts. */
async function canLogIn(httpd, jar) {
    httpd.allowLog(/AH01842|AH01817|MSS0058/);
    // With SessionMaxAge its answer would bring another cookie: not for this jar.
    const { status } = await open(httpd, jar.clone(), '/app/page.html');
    assert.equal(status, 302);
    await login(httpd, jar);
    for (let i = 0; i < 2; i++) {
        const answer = await open(httpd, jar, '/app/page.html');
        assert.equal(answer.status, 200, 'the login did not last');
    }
}

const server = async (t, site, options = {}) => startHttpd(
    { config: formSite({ security: ON, ...site }), files: FILES, ...options },
    t);

test('a cookie that cannot be decoded does not prevent a login', async (t) => {
    const httpd = await server(t, { store: 'crypto' });
    for (const value of ['rubbish', 'x'.repeat(200), 'app-user=alice']) {
        const jar = new Jar();
        jar.set('sid', value);
        await canLogIn(httpd, jar);
    }
});

test("an application's cookie of that name is left to visitors", async (t) => {
    const servers = await pair(t, { store: 'crypto' });
    await alike(servers, async (httpd, jar) => {
        httpd.allowLog(/AH01842|AH01817/);
        jar.set('sid', 'of-the-application');
        const { headers } = await open(httpd, jar, '/env.cgi');
        assert.equal(headers['set-cookie'], undefined);
        assert.equal(jar.get('sid'), 'of-the-application');
    });
});

test('and for users it is said that it keeps their session from lasting',
    async (t) => {
        const httpd = await server(t, { store: 'crypto' });
        const jar = new Jar();
        httpd.allowLog(/AH01842|AH01817/);
        jar.set('sid', 'of-the-application');
        await login(httpd, jar);
        await httpd.expectLog(/MSS0058: .*SessionCookieName a name of its own/);
        const once = httpd.mark();
        assert.equal((await open(httpd, jar, '/app/page.html')).status, 200);
        assert.doesNotMatch(httpd.logSince(once), /MSS0058/);
    });

test('nor where the login is outside of SessionSecurity On', async (t) => {
    const httpd = await server(t, { store: 'crypto', security: '', app: ON });
    const jar = new Jar();
    jar.set('sid', 'rubbish');
    await canLogIn(httpd, jar);
});

test('a dead one of a subrequest leaves the live one alone', async (t) => {
    const httpd = await server(t, { store: 'crypto',
        app: 'DirectoryIndex none.html index.html',
        extra: '<Location "/app/none.html">\nSessionCookieName other path=/\n'
            + 'Require all granted\n</Location>' });
    const jar = new Jar();
    await enter(httpd, jar);
    jar.set('other', 'rubbish');
    for (let i = 0; i < 2; i++)
        assert.equal((await open(httpd, jar, '/app/')).status, 200);
    await httpd.expectLog(/AH01817: .*: \/app\/none.html/);
    httpd.allowLog(/AH01842/);
    assert.doesNotMatch(httpd.log(), /MSS0010/);
});

test('nor after the passphrase was changed', async (t) => {
    const httpd = await server(t, { store: 'cookie',
        extra: 'SessionCryptoPassphraseFile "${ROOT}/phrase"' },
    { files: { ...FILES, phrase: 'old\n' } });
    const jar = new Jar();
    await enter(httpd, jar);
    writeFileSync(join(httpd.root, 'phrase'), 'new\n');
    await httpd.signal('SIGHUP');
    await canLogIn(httpd, jar);
});

for (const store of ['cookie', 'crypto', 'dbd']) {
    test(`${store}: nor past its SessionMaxAge`, async (t) => {
        const httpd = await server(t, { store, maxAge: 100 }, { clock: true });
        httpd.allowLog(/MSS0014/);
        const jar = new Jar();
        await enter(httpd, jar);
        httpd.clock.advance(150);
        // As a browser does that holds on to it.
        await canLogIn(httpd, jar);
    });
}
