// SPDX-License-Identifier: Apache-2.0
// Encrypted sessions are decoded once for a while, and nobody gets in by that
// who would not get in without: not another cookie, not one of another host or
// passphrase, none that has ended.

import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import {
    Jar, NAVIGATION, eachMpm, formSite, login, startHttpd, until,
} from '../lib/httpd.mjs';

// One process, so that it is known what its cache holds.
const ONE = `
<IfModule mpm_prefork_module>
StartServers 1
MinSpareServers 1
MaxSpareServers 1
ServerLimit 1
MaxRequestWorkers 1
</IfModule>
<IfModule !mpm_prefork_module>
StartServers 1
MinSpareThreads 1
MaxSpareThreads 8
MaxRequestWorkers 8
</IfModule>`;

/** It has eight workers at most, and says so. */
const SMALL = /MaxRequestWorkers setting/;

const LATELY = /session decoded lately/g;
const ANEW = /session decoded: kept/g;
const WRONG = /AH01842|AH01817|AH01840/;

const ECHO = `#!/bin/sh
printf 'Content-Type: text/plain\\n\\n%s %s' "$REMOTE_USER" "$HTTP_SESSION"
`;

/** A program whose answer has mod_session set entries: SessionHeader X-Keep. */
const keep = (entries) => ({ 'htdocs/app/set.cgi': `#!/bin/sh
cat <<'END'
Content-Type: text/plain
X-Keep: ${entries}

END
` });

/** That happens: the browser gets another cookie. */
async function set(httpd, jar) {
    const answer = await open(httpd, jar, '/app/set.cgi');
    assert.equal(answer.status, 200);
    assert.equal(answer.headers['set-cookie']?.length, 1);
}

async function start(t, { extra = '', ...options } = {}) {
    const { site, ...rest } = options;
    const httpd = await startHttpd({
        config: formSite({ extra: `${ONE}\n${extra}`, ...site }),
        logLevel: 'info session_security:trace1', ...rest,
        files: { 'htdocs/app/echo.cgi': ECHO, ...rest.files },
    }, t);
    httpd.allowLog(SMALL);
    return httpd;
}

/** Logged in, with the module's id in the session. */
async function enter(httpd, user = 'alice', options = {}) {
    const jar = new Jar();
    await login(httpd, jar, user);
    const answer = await open(httpd, jar, '/app/page.html', options);
    assert.equal(answer.status, 200);
    return jar;
}

const open = (httpd, jar, path = '/app/page.html', options = {}) =>
    httpd.request(path, { jar, headers: NAVIGATION, ...options });

const count = (text, pattern) => text.match(pattern)?.length ?? 0;

/** What came out of some requests: {lately, anew, result}. */
async function watch(httpd, requests) {
    const mark = httpd.mark();
    const result = await requests();
    const log = httpd.logSince(mark);
    return { result, lately: count(log, LATELY), anew: count(log, ANEW) };
}

/** A page with a copy of the cookies is refused, and not by the cache. */
async function refused(httpd, jar, path, options) {
    const seen = await watch(httpd, () =>
        open(httpd, jar.clone(), path, options));
    assert.equal(seen.result.status, 302, `${path} was answered`);
    assert.match(seen.result.headers.location, /login/);
    assert.equal(seen.lately, 0, 'by the cache');
}

eachMpm((mpm) => test(`${mpm}: the same bytes are decoded once`, async (t) => {
    const httpd = await start(t, { mpm });
    const jar = await enter(httpd);
    const cookie = jar.get('sid');
    await open(httpd, jar);
    const { lately, anew, result } = await watch(httpd, async () => {
        const answers = [];
        for (let i = 0; i < 5; i++)
            answers.push(await open(httpd, jar));
        return answers;
    });
    assert.deepEqual({ lately, anew }, { lately: 5, anew: 0 });
    for (const answer of result) {
        assert.equal(answer.status, 200);
        assert.equal(answer.headers['set-cookie'], undefined, 'saved');
        assert.match(answer.body, /session_security\/script\.js/);
    }
    assert.equal(jar.get('sid'), cookie);
    const ping = await watch(httpd, () => httpd.request(
        '/session_security/ping?idleFor=0', { jar,
            headers: { 'X-Requested-With': 'XMLHttpRequest' } }));
    assert.equal(ping.result.json, 0);
    assert.deepEqual([ping.lately, ping.anew], [1, 0]);
}));

test('in sections of their own', async (t) => {
    const key = 'SessionCryptoPassphrase';
    const httpd = await start(t, { site: {
        store: 'cookie', app: `${key} one`,
        extra: `${ONE}
<LocationMatch "^/(dologin|logout|session_security)">
    ${key} one
</LocationMatch>`,
    } });
    httpd.allowLog(WRONG);
    const jar = new Jar();
    await login(httpd, jar);
    // /app has another section with the same phrase: not known to be the same.
    const first = await watch(httpd, () => open(httpd, jar));
    assert.deepEqual([first.lately, first.anew], [0, 1]);
    await open(httpd, jar);
    const then = await watch(httpd, () => open(httpd, jar));
    assert.deepEqual([then.lately, then.anew, then.result.status], [1, 0, 200]);
});

test('for as long as configured', async (t) => {
    const httpd = await start(t,
        { clock: true, extra: 'SessionSecurityDecodeCache 512 30' });
    const jar = await enter(httpd);
    const thief = jar.clone();
    const look = () => watch(httpd, () => open(httpd, thief.clone()));
    await look();
    httpd.clock.advance(20);
    assert.equal((await look()).lately, 1);
    httpd.clock.advance(11); // from when it was decoded, not from the last use
    const late = await look();
    assert.deepEqual([late.lately, late.anew], [0, 1]);
    assert.equal((await look()).lately, 1);
});

test('Off, and Off for a section', async (t) => {
    const off = await start(t, { extra: 'SessionSecurityDecodeCache Off' });
    const jar = await enter(off);
    await open(off, jar);
    assert.doesNotMatch(off.log(), /session decoded/);
    const part = await start(t, { extra: `
<Location "/app/page.html">
    SessionSecurity Off
</Location>` });
    const other = new Jar();
    await login(part, other);
    const mark = part.mark();
    for (let i = 0; i < 3; i++)
        assert.equal((await open(part, other)).status, 200);
    assert.doesNotMatch(part.logSince(mark), /session decoded/);
});

test('as many as configured, the others are decoded', async (t) => {
    const httpd = await start(t, { extra: 'SessionSecurityDecodeCache 8' });
    const jars = [];
    for (let i = 0; i < 20; i++)
        jars.push(await enter(httpd, i % 2 ? 'bob' : 'alice'));
    const all = async () => {
        for (const [i, jar] of jars.entries()) {
            const answer = await open(httpd, jar, '/app/echo.cgi');
            assert.match(answer.body, i % 2 ? /^bob/ : /^alice/);
        }
    };
    await all();
    const { lately, anew } = await watch(httpd, all);
    assert.ok(lately <= 8, `${lately} of 8`);
    assert.equal(lately + anew, 20);
});

test('a session too large for it is decoded', async (t) => {
    const httpd = await start(t, { extra: 'SessionHeader X-Keep',
        files: keep(`note=${'x'.repeat(1800)}`) });
    const jar = await enter(httpd);
    await set(httpd, jar);
    const { result, lately } = await watch(httpd, () => open(httpd, jar));
    assert.equal(result.status, 200);
    await httpd.expectLog(/session decoded: too large to be kept/);
    assert.equal(lately, 0);
});

test('a session that is logged out is refused and forgotten', async (t) => {
    const httpd = await start(t);
    const jar = await enter(httpd);
    const thief = jar.clone();
    await open(httpd, thief);
    assert.equal((await watch(httpd, () => open(httpd, thief))).lately, 1);
    await open(httpd, jar, '/logout');
    await httpd.expectLog(/MSS0010: .*reason=logout/);
    await refused(httpd, thief, '/app/page.html');
    await refused(httpd, thief, '/app/page.html');
    const ping = await watch(httpd, () => httpd.request(
        '/session_security/ping', { jar: thief.clone() }));
    assert.equal(ping.result.json, 'logout');
    assert.equal(ping.lately, 0);
});

test('a session that was idle for too long is refused', async (t) => {
    const httpd = await start(t,
        { clock: true, extra: 'SessionSecurityDecodeCache 512 1h' });
    const jar = await enter(httpd);
    const thief = jar.clone();
    await open(httpd, thief);
    httpd.clock.advance(601);
    const mark = httpd.mark();
    assert.equal((await open(httpd, thief.clone())).status, 302);
    assert.match(httpd.logSince(mark), /MSS0010: .*reason=idle/);
    await refused(httpd, thief, '/app/page.html');
});

test('a session past its SessionMaxAge is refused', async (t) => {
    const httpd = await start(t, {
        clock: true, site: { maxAge: 100, extra: `${ONE}
SessionSecurityDecodeCache 512 1h` },
    });
    httpd.allowLog(WRONG);
    const jar = await enter(httpd);
    const thief = jar.clone();
    await open(httpd, thief.clone());
    httpd.clock.advance(90);
    const { lately, result } = await watch(httpd, () =>
        open(httpd, thief.clone()));
    assert.deepEqual([lately, result.status], [1, 200]);
    httpd.clock.advance(20);
    const late = await watch(httpd, () => open(httpd, thief.clone()));
    assert.equal(late.result.status, 302);
    await refused(httpd, thief, '/app/page.html'); // and it has been forgotten
    await login(httpd, thief);
    assert.equal((await open(httpd, thief)).status, 200);
});

test('an altered cookie is refused', async (t) => {
    const httpd = await start(t);
    httpd.allowLog(WRONG);
    const jar = await enter(httpd);
    await open(httpd, jar);
    const cookie = jar.get('sid');
    const swap = (c) => (c === 'A' ? 'B' : 'A');
    const forged = [0, 1, 10, 40, cookie.length >> 1, cookie.length - 8]
        .map((i) => cookie.slice(0, i) + swap(cookie[i]) + cookie.slice(i + 1));
    const { anew } = await watch(httpd, async () => {
        for (const value of [...forged, cookie.slice(0, -4),
            `A${cookie}`, cookie.slice(4)]) {
            const thief = new Jar();
            thief.set('sid', value);
            await refused(httpd, thief, '/app/page.html');
        }
    });
    assert.equal(anew, 0, 'what cannot be decoded was kept');
    assert.equal((await watch(httpd, () => open(httpd, jar))).lately, 1);
});

const host = (n, phrase, more = '') => `
<VirtualHost 127.0.0.1:\${PORT${n || ''}}>
    SessionCryptoPassphrase ${phrase}
    ${more}
    ${formSite({ store: 'cookie' })}
</VirtualHost>`;

async function twoHosts(t, ...hosts) {
    const httpd = await startHttpd({
        ports: 2, logLevel: 'info session_security:trace1',
        config: ONE + hosts.join('\n'),
    }, t);
    httpd.allowLog(WRONG);
    httpd.allowLog(SMALL);
    const jars = [];
    for (const port of httpd.ports) {
        const jar = new Jar();
        await login({ request: (path, options) =>
            httpd.request(path, { ...options, port }) }, jar);
        for (let i = 0; i < 3; i++)
            assert.equal((await open(httpd, jar, '/app/', { port })).status, 200);
        jars.push(jar);
    }
    assert.ok(count(httpd.log(), LATELY) >= 2, 'nothing was kept');
    return { httpd, jars };
}

for (const [what, ...hosts] of [
    ['passphrases', host(0, 'one'), host(1, 'two')],
    ['ciphers', host(0, 'one'),
        host(1, 'one', 'SessionCryptoCipher aes128')],
]) {
    test(`hosts with different ${what} share nothing`, async (t) => {
        const { httpd, jars } = await twoHosts(t, ...hosts);
        const [one, other] = httpd.ports;
        await refused(httpd, jars[0], '/app/', { port: other });
        await refused(httpd, jars[1], '/app/', { port: one });
    });
}

test('hosts with the same passphrase share no decoding', async (t) => {
    const { httpd, jars } = await twoHosts(t, host(0, 'one'), host(1, 'one'));
    const seen = await watch(httpd, () =>
        open(httpd, jars[0].clone(), '/app/', { port: httpd.ports[1] }));
    assert.deepEqual([seen.lately, seen.anew, seen.result.status], [0, 1, 200]);
});

test('sections with different passphrases share nothing', async (t) => {
    const httpd = await start(t, { extra: `
Alias /app/other "\${ROOT}/htdocs/app"
Alias /app/plain "\${ROOT}/htdocs/app"
<Location "/app/other">
    SessionCryptoPassphrase quite-another
</Location>
<Directory "\${ROOT}/htdocs/app/own">
    AllowOverride AuthConfig
</Directory>
<Directory "\${ROOT}/htdocs/app/same">
    AllowOverride AuthConfig
</Directory>`, files: {
        'htdocs/app/own/.htaccess': 'SessionCryptoPassphrase another-one\n',
        'htdocs/app/own/page.html': '<title>Own</title>',
        'htdocs/app/same/.htaccess': 'SessionCryptoPassphrase test-passphrase\n',
        'htdocs/app/same/page.html': '<title>Same</title>',
    } });
    httpd.allowLog(WRONG);
    const jar = await enter(httpd);
    await open(httpd, jar);
    for (let i = 0; i < 2; i++) {
        await refused(httpd, jar, '/app/other/page.html');
        await refused(httpd, jar, '/app/own/page.html');
        const same = await watch(httpd, () =>
            open(httpd, jar, '/app/same/page.html'));
        assert.deepEqual([same.lately, same.anew, same.result.status],
            [0, 0, 200]);
        assert.equal((await watch(httpd, () => open(httpd, jar))).lately, 1);
    }
    // Where none is configured, the text is what it is.
    const mark = httpd.mark();
    await open(httpd, jar, '/');
    assert.doesNotMatch(httpd.logSince(mark), /AH01842/);
});

test('after a restart with another passphrase the old one is refused',
    async (t) => {
        const httpd = await start(t, {
            site: { store: 'cookie', extra: `${ONE}
SessionCryptoPassphraseFile "\${ROOT}/phrases"` },
            files: { phrases: 'the-old-one\n' },
        });
        httpd.allowLog(WRONG);
        const jar = await enter(httpd);
        await open(httpd, jar);
        const old = jar.clone();
        const phrases = (text) => writeFileSync(join(httpd.root, 'phrases'),
            text);
        phrases('the-new-one\nthe-old-one\n');
        await httpd.signal('SIGUSR1');
        for (const lately of [0, 1]) {
            const seen = await watch(httpd, () => open(httpd, old));
            assert.deepEqual([seen.result.status, seen.lately], [200, lately]);
        }
        phrases('the-new-one\n');
        await httpd.signal('SIGUSR1');
        await until(() => httpd.pids().length === 1, 'the old child to end');
        await refused(httpd, old, '/app/page.html');
    });

test('what a request does to its session does not stay', async (t) => {
    const httpd = await start(t, {
        extra: 'SessionEnv On\nSessionHeader X-Keep',
        files: keep('app-note=1&app-pw=other') });
    const jar = await enter(httpd);
    const cookie = jar.clone();
    const session = async () => (await open(httpd, cookie.clone(),
        '/app/echo.cgi')).body;
    const before = await session();
    assert.match(before, /^alice .*app-user=alice/);
    await set(httpd, cookie.clone());
    const { result, lately } = await watch(httpd, session);
    assert.equal(lately, 1);
    assert.equal(result, before);
});

test('what is recalled is what is decoded', async (t) => {
    const odd = 'a=1&B=%26%3d&long%20key=%c3%a9+x&=none&empty=&A=2&z=%25';
    const bodies = [];
    for (const cache of ['Off', '512']) {
        const httpd = await start(t, { extra: `SessionEnv On
SessionSecurityDecodeCache ${cache}
SessionHeader X-Keep`, files: keep(odd) });
        const jar = await enter(httpd);
        await set(httpd, jar);
        const { result, lately } = await watch(httpd, async () => {
            const list = [];
            for (let i = 0; i < 3; i++) {
                list.push((await open(httpd, jar, '/app/echo.cgi')).body
                    .replace(/(_session_security=)[^&]*/, '$1'));
            }
            return list;
        });
        assert.equal(lately, cache === 'Off' ? 0 : 2);
        assert.equal(new Set(result).size, 1, result.join('\n'));
        bodies.push(result[0]);
    }
    assert.match(bodies[0], /B=%26%3d/i);
    assert.equal(bodies[1], bodies[0]);
});

test('many at once each get their own', async (t) => {
    const httpd = await start(t, { mpm: 'event',
        extra: 'SessionSecurityDecodeCache 8 1' });
    const users = [];
    for (let i = 0; i < 6; i++) {
        const user = i % 2 ? 'bob' : 'alice';
        users.push({ user, jar: await enter(httpd, user) });
    }
    await Promise.all(users.map(async ({ user, jar }) => {
        for (let i = 0; i < 20; i++) {
            const { status, body } = await open(httpd, jar, '/app/echo.cgi');
            assert.equal(status, 200);
            assert.equal(body.split(' ')[0], user);
        }
    }));
    assert.ok(count(httpd.log(), LATELY) > 0);
});

test('an encrypted session of a database, too', async (t) => {
    const httpd = await start(t, { site: { store: 'dbd', extra: `${ONE}
SessionCryptoPassphrase test-passphrase` } });
    const jar = await enter(httpd);
    const thief = jar.clone();
    await open(httpd, jar);
    const seen = await watch(httpd, () => open(httpd, jar));
    assert.deepEqual([seen.result.status, seen.lately], [200, 1]);
    await open(httpd, jar, '/logout');
    await httpd.expectLog(/MSS0010: .*reason=logout/);
    await refused(httpd, thief, '/app/page.html');
});

test('a plain session is spared its taking apart', async (t) => {
    const httpd = await start(t, { site: { store: 'cookie' } });
    httpd.allowLog(/MSS0014/);
    const jar = await enter(httpd);
    await open(httpd, jar);
    assert.equal((await watch(httpd, () => open(httpd, jar))).lately, 1);
});

test('whatever the order in which the modules are loaded', async (t) => {
    const httpd = await start(t);
    const path = join(httpd.root, 'httpd.conf');
    const conf = readFileSync(path, 'utf8');
    const own = /^LoadModule session_security_module .*\n/m;
    writeFileSync(path, conf.match(own)[0] + conf.replace(own, ''));
    await httpd.signal('SIGHUP');
    const jar = await enter(httpd);
    await open(httpd, jar);
    assert.equal((await watch(httpd, () => open(httpd, jar))).lately, 1);
});

test('its memory is not dumped, and not left to programs that are started',
    async (t) => {
        const httpd = await start(t,
            { extra: 'SessionSecurityDecodeCache 4096' });
        await enter(httpd);
        const flags = httpd.pids().flatMap((pid) =>
            readFileSync(`/proc/${pid}/smaps`, 'utf8').split(/^(?=\w+-\w+ )/m)
                .filter((map) => /^Size: +16[0-9]{3} kB/m.test(map)
                    && /^VmFlags:.* dd/m.test(map))
                .map((map) => map.match(/^VmFlags:(.*)$/m)[1]));
        assert.equal(flags.length, 1, 'a region of 16 MiB');
        assert.match(flags[0], / wf\b/);
    });

test('the directives of mod_session_crypto need it', async () => {
    const { configTest } = await import('../lib/httpd.mjs');
    const wrong = await configTest({ config: 'SessionCryptoPassphrase\n' });
    assert.equal(wrong.code, 1);
    assert.match(wrong.output, /SessionCryptoPassphrase requires/);
});
