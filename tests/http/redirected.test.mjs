// SPDX-License-Identifier: Apache-2.0
// Front controllers: what is configured for the URL that the client asked for holds,
// wherever httpd goes for the answer.

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { Jar, NAVIGATION, SCRIPT, startHttpd } from '../lib/httpd.mjs';
import { assertNoElement } from '../lib/element.mjs';

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
        ])),
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
<Location "/action/index.cgi">
    SetHandler cgi-script
    SessionSecurityCookies K
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
