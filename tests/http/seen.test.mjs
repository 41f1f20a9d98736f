// SPDX-License-Identifier: Apache-2.0
// What can be seen from outside: the line at each session's end, the numbers in
// mod_status, the table of settings.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import {
    Jar, NAVIGATION, configTest, formSite, login, startBackend, startHttpd,
    until,
} from '../lib/httpd.mjs';
import {
    ENDED, LIMITS, loggedIn, open, ping, poll, startSite,
} from '../lib/life.mjs';
import { installed, makeRoot, removeRoot } from '../lib/root.mjs';

const STATUS = `<Location "/server-status">
    SetHandler server-status
    Require all granted
</Location>
`;

/** The numbers, by key without "SessionSecurity". */
async function numbers(httpd) {
    const { body } = await httpd.request('/server-status?auto');
    return Object.fromEntries([...body.matchAll(
        /^SessionSecurity(\w+): (\d+)$/gm)].map(([, k, n]) => [k, Number(n)]));
}

/** What has changed, without what is not 0. */
async function change(httpd, act) {
    const before = await numbers(httpd);
    await act();
    const after = await numbers(httpd);
    return Object.fromEntries(Object.entries(after)
        .map(([k, n]) => [k, n - before[k]]).filter(([, n]) => n !== 0));
}

// --- sessions ----------------------------------------------------------------

/** How a session can end: the words of its line, and what is counted. */
const WAYS = {
    'idle, seen by a page': ['idle', async (httpd, jar) => {
        httpd.clock.advance(101);
        await open(httpd, jar);
    }],
    'idle, seen by a script': ['idle', async (httpd, jar) => {
        httpd.clock.advance(101);
        await poll(httpd, jar);
    }],
    'idle, seen by a ping': ['idle', async (httpd, jar) => {
        httpd.clock.advance(101);
        assert.equal(await ping(httpd, jar), 'logout');
    }],
    'lifetime, seen by a page': ['lifetime', async (httpd, jar) => {
        for (let i = 0; i < 4; i++) {
            httpd.clock.advance(90);
            await open(httpd, jar);
        }
    }],
    'lifetime, seen by a ping': ['lifetime', async (httpd, jar) => {
        for (let i = 0; i < 4; i++) {
            httpd.clock.advance(90);
            await ping(httpd, jar, '?idleFor=0');
        }
    }],
    'the application\'s logout': ['logout', (httpd, jar) =>
        httpd.request('/logout', { jar, headers: NAVIGATION })],
    'the logout of the module': ['logout', (httpd, jar) =>
        httpd.request('/session_security/logout', { method: 'POST', jar,
            headers: { ...NAVIGATION, Origin: httpd.url('').slice(0, -1) } })],
    'another user\'s login': ['relogin', (httpd, jar) =>
        login(httpd, jar, 'bob')],
    'the same user\'s login': ['relogin', (httpd, jar) => login(httpd, jar)],
};

const KEYS = { idle: 'ExpiredIdle', lifetime: 'ExpiredLifetime',
    logout: 'RevokedLogout', relogin: 'RevokedRelogin',
    unreadable: 'RevokedUnreadable' };

/** Ends one session. @return the lines about it */
async function endOne(httpd, reason, end) {
    const key = KEYS[reason];
    const sum = key.match(/^[A-Z][a-z]+/)[0];
    const mark = httpd.mark();
    const changed = await change(httpd, end);
    assert.equal(changed[key], 1, JSON.stringify(changed));
    assert.equal(changed[sum], 1);
    await httpd.expectLog(new RegExp(`session ended: reason=${reason}`));
    return httpd.logSince(mark).split('\n')
        .filter((line) => line.includes('session ended'));
}

test('one line for each session\'s end, and the numbers', async (t) => {
    const httpd = await startSite(t, { store: 'cookie', extra: STATUS,
        more: 'SessionSecurityMaxLifetime 300\n' });
    for (const [what, [reason, end]] of Object.entries(WAYS)) {
        await t.test(what, async () => {
            const jar = await loggedIn(httpd);
            const old = jar.clone();
            const lines = await endOne(httpd, reason, () => end(httpd, jar));
            assert.equal(lines.length, 1, lines.join('\n'));
            assert.match(lines[0], /:notice\] .*MSS0010: .* user="alice" idle=\d+s limit=\d+s client=127\.0\.0\.1 id=[0-9a-f]{8}$/);
            const { Expired, Revoked } = await change(httpd,
                () => open(httpd, old));
            assert.deepEqual([Expired, Revoked], [undefined, undefined]);
        });
    }
    await t.test('a value that cannot be read', async () => {
        const jar = await loggedIn(httpd);
        jar.set('sid', jar.get('sid').replace('_session_security=1',
            '_session_security=9'));
        const lines = await endOne(httpd, 'unreadable',
            () => open(httpd, jar));
        assert.equal(lines.length, 1, lines.join('\n'));
        assert.match(lines[0], /:notice\] .*MSS0011: .* user="alice"/);
    });
    /* The cookie is not encrypted, so its user writes what he likes. */
    const NAMES = { 'a"b': 'a%22b', 'DOM\\alice': 'DOM%5calice',
        'a@example.org': 'a@example.org', 'J\u00fcrgen M.': 'J%c3%bcrgen%20M.',
        '100%22': '100%2522', 'a" idle=0s id=0': 'a%22%20idle=0s%20id=0',
        'a\nMSS0010: b': 'a%0aMSS0010:%20b' };
    for (const [name, written] of Object.entries(NAMES))
        await t.test(`the name ${JSON.stringify(name)}`, async () => {
            const jar = await loggedIn(httpd);
            jar.set('sid', jar.get('sid').replace('app-user=alice',
                `app-user=${encodeURIComponent(name)}`));
            const lines = await endOne(httpd, 'idle', async () => {
                httpd.clock.advance(101);
                await open(httpd, jar);
            });
            assert.equal(lines.length, 1, lines.join('\n'));
            assert.equal(/ user="([^"]*)" idle=10[1-5]s limit=100s /
                .exec(lines[0])?.[1], written, lines[0]);
            assert.equal(decodeURIComponent(written), name);
        });
    await t.test('begun, live, and revocations in the store', async () => {
        const jar = await loggedIn(httpd);
        const changed = await change(httpd, () => loggedIn(httpd));
        assert.equal(changed.Begun, 1);
        assert.equal(changed.Live, 1);
        assert.equal(changed.StoreEntries, 1);
        const ended = await change(httpd, () => httpd.request('/logout',
            { jar, headers: NAVIGATION }));
        assert.equal(ended.Live, -1);
        assert.equal(ended.StoreRevocations, 1);
        assert.equal((await numbers(httpd)).StoreCapacity, 65536);
        assert.equal((await numbers(httpd)).StoreEvictions, 0);
        // The longest limit in force is shorter than the default.
        httpd.clock.advance(101);
        assert.equal((await numbers(httpd)).Live, 0);
    });
});

test('injections by outcome, pings, and what outlives a restart', async (t) => {
    const httpd = await startHttpd({
        config: formSite({ security: LIMITS, extra: STATUS }),
        files: { 'htdocs/app/empty.html': '', 'htdocs/app/sandbox.cgi': `#!/bin/sh
printf 'Content-Type: text/html\\nContent-Security-Policy: sandbox\\n\\n'
printf '<!DOCTYPE html><html><head></head><body></body></html>'
` },
    }, t);
    const jar = await loggedIn(httpd);
    const after = (act) => change(httpd, act);
    const expected = {
        '/app/page.html': 'Injected',
        '/app/data.json': 'NotInjectedAnswer',
        '/app/empty.html': 'NotInjectedDocument',
        '/app/sandbox.cgi': 'NotInjectedPolicy',
    };
    for (const [path, key] of Object.entries(expected)) {
        const changed = await after(() => open(httpd, jar, path));
        assert.equal(changed[key], 1, `${path} ${JSON.stringify(changed)}`);
        assert.equal(Object.keys(changed).filter((k) =>
            k.includes('njected')).length, 1);
    }
    // Its answer may come without the page: it tells of none.
    for (const path of ['/app/page.html', '/app/empty.html']) {
        const changed = await after(() => httpd.request(path,
            { jar, method: 'HEAD', headers: NAVIGATION }));
        assert.deepEqual(Object.keys(changed).filter((k) => /njected/.test(k)), []);
    }
    assert.equal((await after(() => poll(httpd, jar))).NotInjectedRequest, 1);
    const visitor = await after(() => open(httpd, new Jar(), '/'));
    assert.deepEqual(visitor, {});
    assert.equal((await after(() => ping(httpd, jar))).Pings, 1);
    const decoded = await after(() => poll(httpd, jar));
    assert.equal((decoded.DecodeHits ?? 0) + (decoded.DecodeMisses ?? 0), 1);
    const before = await numbers(httpd);
    await httpd.signal('SIGUSR1');
    const kept = await numbers(httpd);
    for (const key of ['Begun', 'Injected', 'Pings', 'Live', 'StoreEntries'])
        assert.equal(kept[key], before[key]);

    await t.test('the section of the page', async () => {
        const { body } = await httpd.request('/server-status');
        const section = body.slice(body.indexOf('<h2>Session Security</h2>'));
        assert.match(section, /^<h2>.*<\/h2>\n<table>\n<caption>.*<\/caption>/);
        assert.match(section, /<tr><th scope="row"[^>]*>Pings<\/th><td[^>]*>1</);
        const plain = (await httpd.request('/server-status?notable')).body;
        assert.match(plain, /<dl>\n<dt>Live sessions: 1<\/dt>/);
        assert.doesNotMatch(plain, /<th scope/);
    });
    assert.match(httpd.log(), new RegExp('MSS0051: enforcing on 127.0.0.1: '
        + 'server config On \\(warning after 60s, end after 100s\\), '
        + '0 sections On, 0 Off'));
});

// --- notes and environment -------------------------------------------------------

const operation = readFileSync(
    new URL('../../docs/operation.md', import.meta.url), 'utf8');

/** The snippet of docs/operation.md that has this in it. */
const snippet = (text) => [...operation.matchAll(/^```apache\n(.*?)^```$/gms)]
    .map((match) => match[1]).find((block) => block.includes(text));

test('the document\'s LogFormat and RequestHeader', async (t) => {
    const backend = await startBackend((request, response) =>
        response.end('data'), t);
    const httpd = await startSite(t, { backend: backend.url,
        extra: `SessionSecurityMaxLifetime 115
${snippet('LogFormat')}CustomLog logs/idle idle\n`
            + snippet('RequestHeader') });
    const jar = await loggedIn(httpd);
    httpd.clock.advance(30);
    await poll(httpd, jar, '/app/backend/');
    const told = (name) => backend.requests.at(-1).headers[`x-session-${name}`];
    assert.match(told('idle'), /^3[0-4]$/);
    assert.match(told('expires-in'), /^(70|6[6-9])$/);
    await open(httpd, jar);
    httpd.clock.advance(40);
    await poll(httpd, jar, '/app/backend/');
    assert.match(told('idle'), /^4[0-4]$/);
    /* What is left of its lifetime is less. */
    assert.match(told('expires-in'), /^(4[0-5]|39)$/);
    await open(httpd, new Jar(), '/');
    httpd.clock.advance(101);
    await open(httpd, jar);
    await httpd.expectLog(ENDED);
    const log = () => readFileSync(join(httpd.root, 'logs/idle'), 'utf8');
    /* Lines are written when the answers have gone, in any order. */
    for (const line of [
        /alice .*"GET \/app\/backend\/ .*" 200 passive 3[0-4]$/m,
        /alice .*"GET \/app\/ .*" 200 active [0-4]$/m,
        /"GET \/ .*" 200 - -$/m,
        /"GET \/app\/ .*" 302 expired -$/m,
    ])
        await until(() => line.test(log()), `${line} in ${log()}`);
});

test('the notes of requests that are no activity, and of redirected ones', async (t) => {
    const httpd = await startHttpd({ clock: true,
        files: { 'htdocs/in/index.html': 'in', 'htdocs/out.html': 'out' },
        config: `Session On
SessionCookieName sid path=/
SessionCryptoPassphrase test-passphrase
${LIMITS}
<LocationMatch "^/in/">
    AuthType Basic
    AuthName in
    AuthUserFile users
    Require valid-user
    ErrorDocument 401 /out.html
</LocationMatch>
<Location "/in/bobs">
    Require user bob
</Location>
RewriteEngine On
<Location "/in/moved">
    RewriteRule "^" "/in/index.html"
</Location>
LogFormat "%>s %{session_security}n %{session_security_idle}n" notes
CustomLog logs/notes notes\n` }, t);
    httpd.allowLog(/AH01631|MSS0010/);
    const jar = new Jar();
    const headers = { ...NAVIGATION, Authorization: `Basic ${btoa('alice:secret')}` };
    const lines = [];
    const logs = async (path, line) => {
        await httpd.request(path, { jar, headers });
        lines.push(line);
        const log = () => readFileSync(join(httpd.root, 'logs/notes'), 'utf8');
        await until(() => log().split('\n').length > lines.length, 'a line');
        assert.equal(log().replace(/ 2[0-4]$/gm, ' 20').replace(/ [0-4]$/gm, ' 0'),
            `${lines.join('\n')}\n`, path);
    };
    await logs('/in/', '200 - -');
    httpd.clock.advance(20);
    await logs('/out.html', '200 passive 20');
    await logs('/in/bobs', '401 passive 20');
    await logs('/in/moved', '200 active 0');
    httpd.clock.advance(20);
    await logs('/in/', '200 active 0');
    httpd.clock.advance(101);
    await logs('/in/', '401 expired -');
    await logs('/out.html', '200 revoked -');
});

// --- without mod_status ------------------------------------------------------------

/** httpd -t without mod_status. */
test('nothing where nothing is enforced', async (t) => {
    const httpd = await startHttpd({ config: STATUS }, t);
    assert.deepEqual(await numbers(httpd), {});
    assert.doesNotMatch((await httpd.request('/server-status')).body,
        /session security/i);
});

test('without mod_status', async () => {
    const { root } = await makeRoot({ mpm: 'event', modules: [],
        config: 'Session On\nSessionSecurity On\n', files: {}, ports: 1,
        module: true, logLevel: 'info' });
    try {
        const file = join(root, 'httpd.conf');
        writeFileSync(file, readFileSync(file, 'utf8')
            .replace(/^LoadModule status_module .*\n/m, ''));
        const run = spawnSync(installed.binary,
            ['-t', '-d', root, '-f', 'httpd.conf'], { encoding: 'utf8' });
        assert.equal(run.status, 0, run.stderr);
    }
    finally {
        removeRoot(root);
    }
});

// --- the table of settings -----------------------------------------------------

const inside = (section, text) =>
    `<${section}>\n${text}\n</${section.split(' ')[0]}>\n`;

/** The rows, as objects by column. */
async function dump(config) {
    const { code, stdout, output } = await configTest(
        { config, args: ['-D', 'DUMP_SESSION_SECURITY'] });
    assert.equal(code, 0, output);
    const [title, head, ...rows] = stdout.trimEnd().split('\n');
    assert.match(title, /^Session security: .*\* default\.$/);
    const columns = [...head.matchAll(/\S+ */g)];
    return rows.map((row) => Object.fromEntries(columns.map((c, i) => [
        c[0].trim(), row.slice(c.index, columns[i + 1]?.index).trim()])));
}

test('-t -D DUMP_SESSION_SECURITY', async () => {
    const rows = await dump('SessionSecurityWarnAfter 8min\n'
        + 'SessionSecurity On\n'
        + inside('Location "/a/b"', 'SessionSecurityMaxLifetime 8h')
        + inside('Location "/a"', 'SessionSecurityExpireAfter 720500ms\n'
            + inside('If "%{HTTP:X} == \'a\'"', 'SessionSecurityPassive On')
            + inside('Else', 'SessionSecurityInject Off'))
        + inside('Location "/ab"', 'SessionSecurityReturnTo /bye')
        + inside('Location "/*/b"', 'SessionSecurityCSP Reuse')
        + inside('LocationMatch "^/(c|d)$"', 'SessionSecurity Off\n'
            + 'SessionSecurityPassiveURLs /poll /x/*\n'
            + 'SessionSecurityCookies PHPSESSID wiki*')
        + inside('Directory "/srv/www"', inside('Files "*.cgi"',
            'SessionSecurityActivity Requests'))
        + inside('Directory "/srv"', 'SessionSecurityCSP Off')
        + inside('Location "/other"', 'SetEnv none of_ours')
        + inside('VirtualHost *:81', 'ServerName crm.example\n'
            + 'SessionSecurityExpireAfter 500s'));
    const row = (section, server = '127.0.0.1') => rows.find((r) =>
        r.Section === section && r.Server === server);
    assert.deepEqual(row('server config'), { Server: '127.0.0.1',
        Section: 'server config', SessionSecurity: 'On', WarnAfter: '480s',
        ExpireAfter: '600s*', MaxLifetime: 'Off*', Activity: 'Navigations*',
        Passive: 'Off*', PassiveURLs: 'None*', Cookies: 'None*',
        Inject: 'On*', CSP: 'Amend*', ReturnTo: 'None*' });
    const cells = {
        '<Location /a>': { ExpireAfter: '720500ms', MaxLifetime: 'Off*' },
        /* A path within that of another section, and met by a glob. */
        '<Location /a/b>': { ExpireAfter: '720500ms', MaxLifetime: '28800s',
            CSP: 'Reuse' },
        '<Location /ab>': { ExpireAfter: '600s*', ReturnTo: '/bye' },
        '<Location /a> <If "%{HTTP:X} == \'a\'">':
            { Passive: 'On', ExpireAfter: '720500ms', Inject: 'On*' },
        '<Location /a> <Else>': { Passive: 'Off*', Inject: 'Off' },
        '<LocationMatch ^/(c|d)$>':
            { SessionSecurity: 'Off', PassiveURLs: '/poll,/x/*',
                Cookies: 'PHPSESSID,wiki*' },
        '<Directory /srv/>': { CSP: 'Off' },
        '<Directory /srv/www/> <Files *.cgi>':
            { Activity: 'Requests', CSP: 'Off' },
    };
    for (const [section, wanted] of Object.entries(cells)) {
        for (const [column, value] of Object.entries(wanted))
            assert.equal(row(section)?.[column], value, `${section} ${column}`);
    }
    assert.equal(row('server config', 'crm.example:81').ExpireAfter, '500s');
    assert.equal(row('<Location /a>', 'crm.example:81').ExpireAfter, '720500ms');
    assert.equal(row('<Location /other>'), undefined);
    assert.equal(rows.length, 2 * 10);
});

test('the table of a server with nothing to enforce', async () => {
    const { stdout } = await configTest({ config: 'SessionSecurity Off\n',
        args: ['-D', 'DUMP_SESSION_SECURITY'] });
    assert.match(stdout, /SessionSecurity is On nowhere\.\n$/);
    assert.doesNotMatch((await configTest({ config: 'SessionSecurity On\n',
    })).output, /ExpireAfter/);
});
