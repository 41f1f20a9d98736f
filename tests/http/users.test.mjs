// SPDX-License-Identifier: Apache-2.0
// Limits that depend on who is logged in.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import {
    Jar, NAVIGATION, SCRIPT, configTest, formSite, login, startHttpd,
} from '../lib/httpd.mjs';
import {
    ENDED, isIdle, isLogin, loggedIn, open, ping, poll, startSite,
} from '../lib/life.mjs';

const ALICE = '"expr=%{REMOTE_USER} == \'alice\'"';
const limits = (warn, expire, who = '') => `SessionSecurityWarnAfter ${warn} `
    + `${who}\nSessionSecurityExpireAfter ${expire} ${who}\n`;
const BOTH = limits(480, 600, ALICE) + limits(780, 900);
const inside = (section, text) =>
    `<${section}>\n${text}\n</${section.split(' ')[0]}>\n`;

/** What the page tells its client: milliseconds. */
const told = (page) =>
    page.body.match(/"limits":"(\d+\.\d+\.\d+)\.[0-9a-f]+"/)[1];

for (const store of ['crypto', 'dbd']) {
    test(`administrators 10 minutes, others 15: store ${store}`, async (t) => {
        const httpd = await startSite(t, { store,
            security: `SessionSecurity On\n${BOTH}` });
        const alice = await loggedIn(httpd);
        const bob = await loggedIn(httpd, 'bob');
        assert.equal(told(await open(httpd, alice)), '480000.600000.0');
        assert.equal(told(await open(httpd, bob)), '780000.900000.0');
        const pinged = await loggedIn(httpd);
        const asked = await loggedIn(httpd);
        await httpd.signal('SIGUSR1');

        httpd.clock.advance(640);
        const old = alice.clone();
        isLogin(await open(httpd, alice));
        await httpd.expectLog(
            /MSS0010: .*reason=idle user="alice" idle=6\d\ds limit=600s/);
        isLogin(await open(httpd, old));
        /* A report without the page's signed limits keeps nobody. */
        assert.equal(await ping(httpd, pinged, '?idleFor=0'), 'logout');
        assert.equal((await poll(httpd, asked)).status, 401);
        isIdle(await ping(httpd, bob, '?idleFor=5'), 5);
        httpd.clock.advance(800);
        assert.equal((await open(httpd, bob)).status, 200);
        httpd.clock.advance(901);
        isLogin(await open(httpd, bob));
        await httpd.expectLog(/user="bob" idle=90[1-5]s limit=900s/);
        await login(httpd, alice);
        assert.equal(told(await open(httpd, alice)), '480000.600000.0');
    });
}

test('after a full stop: the copy, the longest limits, then the user\'s own',
    async (t) => {
        const options = { security: `SessionSecurity On\n${BOTH}` };
        const [before, after] = [await startSite(t, options),
            await startSite(t, options)];
        const alice = await loggedIn(before);
        const bob = await loggedIn(before, 'bob');
        after.clock.advance(640);
        assert.ok(await ping(after, alice, '?idleFor=0') >= 640);
        assert.equal((await open(after, alice)).status, 303);
        await after.expectLog(/reason=idle user="alice" idle=6\d\ds limit=600s/);
        isLogin(await open(after, alice));
        assert.equal((await open(after, bob)).status, 200);
    });

test('until it is known who somebody is, pings only read', async (t) => {
    const httpd = await startSite(t, {
        security: `SessionSecurity On\n${BOTH}` });
    const jar = new Jar();
    await login(httpd, jar);
    httpd.clock.advance(50);
    assert.ok(await ping(httpd, jar, '?idleFor=0') >= 50);
    await open(httpd, jar);
    httpd.clock.advance(50);
    isIdle(await ping(httpd, jar, '?idleFor=0'), 0);
});

test('a section with conditions of its own, met by a session that is over there',
    async (t) => {
        const httpd = await startSite(t, {
            security: `SessionSecurity On\n${BOTH}`,
            extra: inside('Location "/app/form.html"',
                limits(100, 200, ALICE) + limits(300, 400)) });
        const page = await loggedIn(httpd);
        const script = await loggedIn(httpd);
        const bob = await loggedIn(httpd, 'bob');
        httpd.clock.advance(250);
        const again = await open(httpd, page, '/app/form.html?x=1');
        assert.equal(again.status, 303);
        assert.equal(again.headers.location, '/app/form.html?x=1');
        assert.doesNotMatch(again.body, /<input/);
        await httpd.expectLog(/user="alice" idle=25\ds limit=200s/);
        isLogin(await open(httpd, page, '/app/form.html?x=1'));
        const answer = await poll(httpd, script, '/app/form.html');
        assert.equal(answer.status, 401);
        assert.equal(answer.headers['session-security'], 'expired');
        assert.equal((await open(httpd, bob, '/app/form.html')).status, 200);
        assert.equal((await open(httpd, bob)).status, 200);
        /* Not where another site would be. */
        const jar = await loggedIn(httpd);
        httpd.clock.advance(250);
        assert.equal((await httpd.request('//app/form.html',
            { jar, headers: NAVIGATION })).headers.location, '/');
    });

test('an internal redirect to a section with conditions', async (t) => {
    const httpd = await startSite(t, {
        security: `SessionSecurity On\n${BOTH}`,
        extra: inside('Location "/app/form.html"',
            limits(100, 200, ALICE) + limits(300, 400)),
        httpd: { files: { 'htdocs/app/go.cgi':
            '#!/bin/sh\nprintf "Location: /app/form.html\\r\\n\\r\\n"\n' } } });
    const alice = await loggedIn(httpd);
    const bob = await loggedIn(httpd, 'bob');
    assert.match((await open(httpd, alice, '/app/go.cgi')).body, /<input/);
    httpd.clock.advance(250);
    const answer = await poll(httpd, alice, '/app/go.cgi');
    assert.equal(answer.status, 401);
    assert.doesNotMatch(answer.body, /<input/);
    await httpd.expectLog(/user="alice" idle=25\ds limit=200s/);
    isLogin(await open(httpd, alice, '/app/go.cgi'));
    assert.match((await poll(httpd, bob, '/app/go.cgi')).body, /<input/);
});

describe('Basic, and a group that changes', () => {
    const credentials = (user) => ({ Authorization: `Basic ${
        Buffer.from(`${user}:secret`).toString('base64')}` });
    const GROUP = '"expr=%{reqenv:GROUP} == \'admin\'"';
    const site = `Session On
SessionCookieName sid path=/
SessionCryptoPassphrase x
SessionSecurity On
SetEnvIf X-Group (.*) GROUP=$1
${limits(480, 600, GROUP)}${limits(780, 900)}
<Location "/app">
    AuthType Basic
    AuthName app
    AuthBasicProvider file
    AuthUserFile users
    Require valid-user
</Location>
`;

    test('one prompt, then the page', async (t) => {
        const httpd = await startHttpd({ clock: true, config: site }, t);
        const get = (jar, user, headers) => httpd.request('/app/', { jar,
            headers: { ...NAVIGATION, ...credentials(user), ...headers } });
        const admin = { 'X-Group': 'admin' };
        const [alice, bob, carol] = [new Jar(), new Jar(), new Jar()];
        assert.equal(told(await get(alice, 'alice', admin)), '480000.600000.0');
        assert.equal(told(await get(bob, 'bob')), '780000.900000.0');
        assert.equal((await get(carol, 'bob')).status, 200);
        httpd.clock.advance(640);
        const prompt = await get(alice, 'alice', admin);
        assert.equal(prompt.status, 401);
        assert.match(prompt.headers['www-authenticate'], /^Basic/);
        await httpd.expectLog(/user="alice" idle=64\ds limit=600s/);
        assert.equal((await get(alice, 'alice', admin)).status, 200);
        /* Since his last request he has become an administrator. */
        const script = await get(carol, 'bob', { ...SCRIPT, ...admin });
        assert.equal(script.status, 401);
        assert.equal(script.headers['www-authenticate'], undefined);
        const late = await get(bob, 'bob', admin);
        assert.equal(late.status, 401);
        assert.match(late.headers['www-authenticate'], /^Basic/);
        assert.equal(late.body.includes('Secret'), false);
        assert.equal((await get(bob, 'bob', admin)).status, 200);
        httpd.allowLog(ENDED);
    });

    test('a condition that looks where there is no session', async (t) => {
        const httpd = await startHttpd({ config: `${site}
SessionSecurityMaxLifetime 1h "expr=-U '/plain'"
<Location "/plain">
    Session Off
</Location>` }, t);
        const jar = new Jar();
        for (const user of ['alice', 'bob']) {
            assert.equal((await httpd.request('/app/', { jar,
                headers: { ...NAVIGATION, ...credentials(user) } })).status, 200);
        }
        await httpd.expectLog(/MSS0010: .*reason=relogin/);
    });

    test('a condition that looks where there is another session', async (t) => {
        const httpd = await startHttpd({ clock: true, config: `${site}
SessionSecurityMaxLifetime 1h "expr=-U '/other/'"
<Location "/other">
    SessionCookieName other path=/
    AuthType Basic
    AuthName app
    AuthBasicProvider file
    AuthUserFile users
    Require valid-user
</Location>`, files: {
            'htdocs/other/index.html': '<!DOCTYPE html><title>O</title>' } }, t);
        const jar = new Jar();
        const signatures = new Map();
        for (const path of ['/other/', '/app/', '/app/', '/other/']) {
            const page = await httpd.request(path, { jar,
                headers: { ...NAVIGATION, ...credentials('alice') } });
            const [, signature] = page.body.match(/"limits":"[\d.]+\.([0-9a-f]+)"/);
            assert.equal(signatures.get(path) ?? signature, signature);
            signatures.set(path, signature);
            httpd.clock.advance(200);
        }
        assert.notEqual(signatures.get('/app/'), signatures.get('/other/'));
    });
});

test('a visitor\'s session has its limits from its first page on', async (t) => {
    const httpd = await startSite(t, { security: `SessionSecurity On
${limits(100, 200, '"expr=%{HTTP:X-Kiosk} == \'1\'"')}${limits(300, 400)}
SessionSecurityCookies J
`, httpd: { files: { 'htdocs/free.cgi':
        '#!/bin/sh\nprintf "Content-Type: text/html\\nSet-Cookie: J=1; Path=/\\n'
        + '\\n<!DOCTYPE html><title>F</title>"\n' } } });
    const jar = new Jar();
    const page = await httpd.request('/free.cgi',
        { jar, headers: { ...NAVIGATION, 'X-Kiosk': '1' } });
    assert.equal(told(page), '100000.200000.0');
    httpd.clock.advance(201);
    assert.equal(await ping(httpd, jar), 'logout');
    await httpd.expectLog(/reason=idle user="-" .*limit=200s/);
});

test('MaxLifetime, and the first condition that applies', async (t) => {
    const httpd = await startSite(t, { security: `SessionSecurity On
${limits(60, 100)}SessionSecurityMaxLifetime 150 ${ALICE}
SessionSecurityMaxLifetime 100 "expr=true"
SessionSecurityMaxLifetime Off
` });
    const alice = await loggedIn(httpd);
    const bob = await loggedIn(httpd, 'bob');
    assert.equal(told(await open(httpd, alice)), '60000.100000.150000');
    httpd.clock.advance(90);
    assert.equal((await open(httpd, alice)).status, 200);
    assert.equal((await open(httpd, bob)).status, 200);
    httpd.clock.advance(40);
    assert.equal((await open(httpd, alice)).status, 200);
    isLogin(await open(httpd, bob));
    await httpd.expectLog(/reason=lifetime user="bob" .*limit=100s/);
    httpd.clock.advance(40);
    isLogin(await open(httpd, alice));
    await httpd.expectLog(/reason=lifetime user="alice" .*limit=150s/);
});

test('a condition that cannot be answered: the strictest limits', async (t) => {
    const broken = '"expr=file(\'/no/such/file\') == \'x\'"';
    const httpd = await startHttpd({ config: formSite({
        security: `SessionSecurity On\n${limits(60, 100, broken)}${
            limits(20, 50, '"expr=false"')}${limits(780, 900)}` }) }, t);
    const jar = await loggedIn(httpd);
    assert.equal(told(await open(httpd, jar)), '20000.50000.0');
    await httpd.expectLog(/MSS0052: the condition 'file\('\/no\/such\/file'\)/);
    httpd.allowLog(/Evaluation of expression .* failed/); // httpd's own
});

test('limits that contradict each other for one user: 500', async (t) => {
    const httpd = await startHttpd({ config: formSite({
        security: `SessionSecurity On\n${limits(780, 900)}`
            + `SessionSecurityExpireAfter 600 ${ALICE}\n`
            + 'SessionSecurityWarnAfter 480 "expr=%{REMOTE_USER} == \'carol\'"\n',
    }) }, t);
    const jar = new Jar();
    await login(httpd, jar);
    assert.equal((await open(httpd, jar)).status, 500);
    await httpd.expectLog(
        /MSS0015: .*WarnAfter \(780s\) must be less than .*\(600s\)/);
    assert.equal((await open(httpd, await loggedIn(httpd, 'bob'))).status, 200);
});

describe('configuration', () => {
    const run = (config) => configTest({ config });
    const REFUSED = {
        'a word instead of a condition': ['SessionSecurityExpireAfter 700 alice',
            /ExpireAfter: 'alice' is not a condition; write one such as "expr=/],
        'a time in two words': ['SessionSecurityExpireAfter 9 min',
            /ExpireAfter: 'min' is not a .*, and a time as one word, such as 9min/],
        'a condition that is none': ['SessionSecurityExpireAfter 700 "expr=%{"',
            /ExpireAfter: 'expr=%\{' /],
        'more conditions than can be told apart': [
            Array.from({ length: 255 }, (x, i) =>
                `SessionSecurityExpireAfter 700 "expr=%{REMOTE_USER} == '${i}'"`)
                .join('\n'), /ExpireAfter: more than 254 conditions/],
        'a time that is none': [`SessionSecurityMaxLifetime 9m ${ALICE}`,
            /'9m' is not a time/],
        'a contradiction for the same users': [
            `${limits(700, 600, ALICE)}`, /MSS0001: server config: .*700s.*600s/],
        'against the unconditional one': [
            `SessionSecurityExpireAfter 500 ${ALICE}`,
            /MSS0001: server config: .*540s.*500s/],
        'the other way': [`SessionSecurityWarnAfter 600 ${ALICE}`,
            /MSS0001: server config: .*600s.*600s/],
    };

    for (const [what, [config, complaint]] of Object.entries(REFUSED)) {
        test(`refuses ${what}`, async () => {
            const { code, output } = await run(`${config}\n`);
            assert.equal(code, 1, output);
            assert.match(output, complaint);
        });
    }

    test('takes what no two users can meet', async () => {
        const { code, output } = await run(
            `${BOTH}${limits(20, 60, '"expr=%{REMOTE_USER} in { \'bob\' }"')}`);
        assert.equal(code, 0, output);
        assert.doesNotMatch(output, /MSS000/);
    });

    test('an inner section that says anything drops the outer conditions',
        async () => {
            const { stdout } = await configTest({
                config: `SessionSecurity On\n${BOTH}`
                    + inside('Location /a', 'SessionSecurityExpireAfter 16min')
                    + inside('Location /b', `SessionSecurityExpireAfter 660 ${
                        ALICE}`),
                args: ['-D', 'DUMP_SESSION_SECURITY'] });
            const row = (name) => stdout.split('\n')
                .find((line) => line.includes(name)).split(/ {2,}/);
            const who = '%{REMOTE_USER} == \'alice\'';
            assert.deepEqual(row('server config').slice(3, 5),
                [`480s if ${who}, else 780s`, `600s if ${who}, else 900s`]);
            assert.equal(row('<Location /a>')[4], '960s');
            assert.equal(row('<Location /b>')[4], `660s if ${who}, else 900s`);
        });
});
