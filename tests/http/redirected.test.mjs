// SPDX-License-Identifier: Apache-2.0
// Front controllers and pages that tell of errors: what is configured for the URL that
// the client asked for holds, wherever httpd goes for the answer; and so does what is
// configured there.

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { Jar, NAVIGATION, SCRIPT, startHttpd } from '../lib/httpd.mjs';
import { enter, startApp } from '../lib/apps.mjs';
import { assertNoElement } from '../lib/element.mjs';
import { LIMITS, isIdle, open, ping } from '../lib/life.mjs';
import { modulePath } from '../lib/root.mjs';

const ALICE = `Basic ${Buffer.from('alice:secret').toString('base64')}`;

const CGI = `#!/bin/sh
echo "Content-Type: text/html"
case $QUERY_STRING in set=*) echo "Set-Cookie: J=\${QUERY_STRING#set=}; Path=/" ;; esac
echo
echo "<!doctype html><title>Secret</title>in=$SESSION_SECURITY_EXPIRES_IN"
echo "cookie=$HTTP_COOKIE."
`;

const WAYS = {
    rewrite: 'RewriteEngine On\nRewriteRule "^(?!index.cgi)" "index.cgi" [L]',
    fallback: 'FallbackResource /fallback/index.cgi',
    action: 'Action front /action/index.cgi virtual\nSetHandler front',
    negotiation: 'Options +MultiViews +ExecCGI\nMultiviewsMatch Any',
};
const names = Object.keys(WAYS);
const inside = (what, fn) => names.map((name) =>
    `<${what(name)}>\n${fn(name)}\n</${what(name).split(' ')[0]}>\n`).join('');

let httpd;
before(async () => {
    httpd = await startHttpd({
        clock: true,
        modules: ['rewrite', 'actions', 'negotiation'],
        files: Object.fromEntries(names.flatMap((name) => [
            [`htdocs/${name}/index.cgi`, CGI], [`htdocs/${name}/admin.cgi`, CGI],
            [`htdocs/${name}/admin-quiet.cgi`, CGI],
        ]).concat([['htdocs/lost/page.html',
            '<!doctype html><title>Lost</title>'], ['htdocs/long/index.cgi', CGI],
        ['htdocs/off/there.txt', '']])),
        config: (ctx) => `Session On
SessionCookieName sid path=/
SessionCryptoPassphrase test-passphrase
<Location "/">
    AuthType Basic
    AuthName site
    AuthUserFile users
    Require valid-user
</Location>
SessionSecurity On
SessionSecurityWarnAfter 500
SessionSecurityExpireAfter 1000
${inside((name) => `Directory "${ctx.root}/htdocs/${name}"`, (name) => WAYS[name])}
<LocationMatch "^/(${names.join('|')})/admin(?!\\.cgi)">
    SessionSecurityWarnAfter 40
    SessionSecurityExpireAfter 80
    SessionSecurityCookies J
</LocationMatch>
<LocationMatch "^/(${names.join('|')})/admin[-/]quiet(?!\\.cgi)">
    SessionSecurityInject Off
</LocationMatch>
<Directory "${ctx.root}/htdocs/off">
    FallbackResource /long/index.cgi
</Directory>
<Location "/off">
    SessionSecurity Off
    SessionSecurityCookies J
    SessionSecurityInject Off
</Location>
<Location "/long">
    SessionSecurityExpireAfter 2000
</Location>
<Location "/action/index.cgi">
    SetHandler cgi-script
    SessionSecurityCookies K
</Location>
<Location "/session_security">
    ErrorDocument 404 /lost/page.html
</Location>
<Location "/lost">
    SessionSecurityReturnTo /
</Location>`,
    });
});
after(() => httpd.stop());

const ask = (jar, path, headers = NAVIGATION) => httpd.request(path,
    { jar, headers: { ...headers, Authorization: ALICE } });

describe('the URL that was asked for decides', () => {
    for (const name of names) {
        const path = `/${name}/admin${name === 'negotiation' ? '' : '/x'}`;

        test(`${name}: on the limits, in the page too`, async () => {
            const jar = new Jar();
            const { body } = await ask(jar, path);
            assert.match(body, /Secret/);
            assert.match(body, /"limits":"40000\.80000\./);
            assert.match(body, /in=(80|79)\n/);
            httpd.clock.advance(81);
            assert.equal((await ask(jar, path, SCRIPT)).status, 401);
        });

        test(`${name}: on cookies`, async () => {
            const jar = new Jar();
            await ask(jar, path);
            await ask(jar, `${path}?set=one`);
            assert.match((await ask(jar, path)).body, /cookie=.*J=one/);
            jar.set('J', 'other');
            assert.doesNotMatch((await ask(jar, path)).body, /J=/);
        });

        test(`${name}: on the element`, async () => {
            const jar = new Jar();
            await ask(jar, path);
            const answer = await ask(jar, path.replace(/\/x$|$/,
                name === 'negotiation' ? '-quiet' : '/quiet'));
            assert.match(answer.body, /Secret/);
            assertNoElement(answer);
        });
    }
});

test('the URL that was asked for is no matter where SessionSecurity is Off', async () => {
    const jar = new Jar();
    jar.set('J', 'any');
    const { body } = await ask(jar, '/off/x');
    assert.match(body, /"limits":"500000\.2000000\..*in=(2000|1999)\n/s);
    assert.match(body, /cookie=.*J=any/);
});

test('the page that tells of an error of the module\'s own URLs', async () => {
    const answer = await ask(new Jar(), '/session_security/nothing');
    assert.equal(answer.status, 404);
    assert.match(answer.body, /session_security\/script\.js.*Lost/s);
    assert.equal(answer.headers['cache-control'], 'no-store');
});

const ECHO = `#!/bin/sh
echo "Content-Type: text/html"
echo
echo "<!doctype html><title>Echo</title>$HTTP_COOKIE."
`;

describe('no cookie goes by the sieve', () => {
    let app, site;
    before(async () => {
        app = await startApp(undefined, { attributes: '; Path=/' });
        site = await startHttpd({
            clock: true,
            module: false, // but before all others
            prelude: `LoadModule session_security_module "${modulePath()}"`,
            modules: ['rewrite', 'negotiation'],
            files: {
                'htdocs/front/index.cgi': ECHO,
                'htdocs/front/app/x.txt': '',
                'htdocs/passive/page.html': ECHO,
                'htdocs/brief/brief.cgi': ECHO,
                'htdocs/front/page.shtml': '<!doctype html><title>SSI</title>'
                    + '<!--#include virtual="/front/index.cgi" -->'
                    + '<!--#exec cgi="/front/index.cgi" -->',
            },
            config: `Session On
SessionCookieName sid path=/
SessionCryptoPassphrase test-passphrase
${LIMITS}
SessionSecurityCookies J
SessionEnv On
Header always set X-Told "%{HTTP_SESSION}e"
ProxyPass "/app/" "${app.url}/"
ProxyPass "/other/" "${app.url}/"
ErrorDocument 400 /app/
ErrorDocument 403 /app/
ErrorDocument 404 /app/
ErrorDocument 405 /other/
ErrorDocument 417 /app/answer?set=J%3Dby-error%3B+Path%3D/
RewriteEngine On
RewriteRule ^/forbidden$ - [F]
RewriteCond /app/static -U
RewriteRule ^/passive/ - [E=X:1]
<Location "/other/">
    SessionSecurityReturnTo /
</Location>
<Directory "\${ROOT}/htdocs/passive">
    SessionSecurityPassive On
</Directory>
<Directory "\${ROOT}/htdocs/front">
    SessionSecurityCookies None
    FallbackResource /front/index.cgi
    DirectoryIndex index.cgi
    Options +MultiViews +ExecCGI +Includes
    MultiviewsMatch Any
</Directory>
<Directory "\${ROOT}/htdocs/front/app">
    FallbackResource disabled
    DirectoryIndex /app/
    ErrorDocument 404 /front/
</Directory>
<FilesMatch "\\.cgi$">
    SessionSecurityCookies J
</FilesMatch>
<Directory "\${ROOT}/htdocs/brief">
    DirectoryIndex brief.cgi
    Options +ExecCGI
</Directory>
<Files "brief.cgi">
    SessionSecurityCookies None
    SessionSecurityWarnAfter 20
    SessionSecurityExpireAfter 50
</Files>
AddOutputFilter INCLUDES .shtml`,
        });
        site.allowLog(/AH10244: invalid URI path/);
    });
    after(async () => {
        await site.stop();
        await app.close();
    });

    const PART = 'what a page without cookies includes';
    const LOST = 'an index behind an error';
    const ERRORS = [
        ['an endpoint that is none', '/session_security/nothing'],
        ['a method that is not allowed', '/session_security/logout'],
        ['another site\'s logout', '/session_security/logout',
            { method: 'POST', 'Sec-Fetch-Site': 'cross-site' }],
        ['a slash that is encoded', '/app/x%2fy'],
        ['a path above the root', '/%2e%2e/x'],
        ['a rule', '/forbidden'],
        ['what cannot be expected', '/app/', { Expect: 'wonders' }],
    ];
    const TURNS = [
        ['DirectoryIndex', '/front/'],
        ['an index elsewhere', '/front/app/'],
        ['FallbackResource', '/front/any/route'],
        ['MultiViews', '/front/index'],
        [LOST, '/front/app/lost'],
        [PART, '/front/page.shtml'],
    ];

    /** What the application and the CGI saw of J. */
    async function brought(path, { method, ...headers } = {}, cookies = '') {
        let answer;
        const seen = await app.reached(async () => {
            answer = await site.request(path, { method,
                headers: { ...NAVIGATION, ...headers, Cookie: cookies } });
        });
        assert.ok(seen.length || answer.body.includes('Echo'), answer.body);
        return { answer, values: [...`${seen.join('; ')}; ${answer.body}`
            .matchAll(/\bJ=([\w-]+)/g)].map(([, value]) => value) };
    }

    for (const [name, ...request] of [...ERRORS, ...TURNS]) {
        test(name, async () => {
            const [path, options] = request;
            const jar = new Jar();
            const value = await enter(site, jar, { path: '/app/' });
            const own = jar.header('/');
            const live = await brought(path, options, own);
            assert.ok(live.values.length > 0);
            assert.ok(live.values.every((found) => found === value));
            if (name !== PART) {
                assert.equal(live.answer.headers['cache-control'], 'no-store');
                assert.match(live.answer.body, /session_security\/script\.js/);
            }

            const stolen = await brought(path, options, `J=${value}`);
            assert.deepEqual(stolen.values, []);
            site.clock.advance(101);
            assert.deepEqual((await brought(path, options, own)).values, []);
        });
    }

    for (const [name, path] of TURNS) {
        if (name === LOST)
            continue; // it is told of the error
        test(`after the end, a script: ${name}`, async () => {
            const jar = new Jar();
            await enter(site, jar, { path: '/app/' });
            site.clock.advance(101);
            const answer = await site.request(path, { jar, headers: SCRIPT });
            if (name === PART) {
                assert.equal(answer.status, 200);
                assert.doesNotMatch(answer.body, /Echo/);
                await site.expectLog(/unable to include/);
                await site.expectLog(/invalid CGI ref/);
                return;
            }
            assert.equal(answer.status, 401);
            assert.equal(answer.headers['session-security'], 'expired');
            assert.deepEqual(answer.json, { state: 'logout', reason: 'idle' });
        });
    }

    test('an index with shorter limits, and without names of its own', async () => {
        const jar = new Jar();
        const value = await enter(site, jar, { path: '/app/' });
        const own = jar.header('/');
        assert.deepEqual((await brought('/brief/', {}, own)).values, [value]);
        site.clock.advance(60);
        assert.deepEqual((await brought('/brief/', {}, own)).values, []);
    });

    test('nor what was in the session', async () => {
        const jar = new Jar();
        await enter(site, jar, { path: '/app/' });
        const told = async () => (await brought('/app/x%2fy', {},
            jar.header('/'))).answer.headers['x-told'];
        const id = (await told()).match(/_session_security=1[\w-]+/)[0];
        site.clock.advance(101);
        assert.ok(!(await told()).includes(id));
    });

    test('a look-up from no section at all says nothing of the kind', async () => {
        const jar = new Jar();
        await enter(site, jar, { path: '/app/' });
        site.clock.advance(50);
        assert.equal((await open(site, jar, '/passive/page.html')).status, 200);
        isIdle(await ping(site, jar), 50);
    });

    test('what such a page sets is bound', async () => {
        const jar = new Jar();
        await site.request('/app/',
            { jar, headers: { ...NAVIGATION, Expect: 'wonders' } });
        assert.equal(jar.get('J'), 'by-error');
        const seen = await app.reached(() => open(site, jar));
        assert.match(seen[0], /J=by-error/);
    });
});
