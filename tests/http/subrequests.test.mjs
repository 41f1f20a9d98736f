// SPDX-License-Identifier: Apache-2.0
// A part of a request, whose section has a session of its own: what is found of
// one session says nothing of another, and what has ended stays so.

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { Jar, NAVIGATION, SCRIPT, startHttpd, until } from '../lib/httpd.mjs';

const PASSWORD = { Authorization: `Basic ${btoa('alice:secret')}` };
const PAGE = { ...NAVIGATION, ...PASSWORD };
const POLL = { ...SCRIPT, ...PASSWORD };
const HTML = (text) => '<!DOCTYPE html><html><head><title>x</title></head>'
    + `<body>${text}</body></html>`;

const section = (name) => `
<Location "/${name}">
    SessionCookieName ${name} path=/
    AuthType Basic
    AuthName app
    AuthBasicProvider file
    AuthUserFile users
    Require valid-user
</Location>`;

const CONFIG = `SessionSecurity On
SessionSecurityPath /one/s
SessionSecurityWarnAfter 60
SessionSecurityExpireAfter 100
Session On
SessionCryptoPassphrase x
${['one', 'two', 'three', 'four'].map(section).join('')}
<Location "/four">
    SessionMaxAge 50
</Location>
<Location "/one/told">
    SessionEnv On
    Options +ExecCGI
    SetHandler cgi-script
</Location>
RewriteEngine On
RewriteCond /two/ -U
RewriteRule ^/one/rewrite/ - [E=X:1]
RewriteCond /one/ -U
RewriteRule ^/one/same/ - [E=X:1]
<LocationMatch "^/one/(if|s)/">
    <If "-U '/two/'">
        RequestHeader set X-If 1
    </If>
</LocationMatch>
<Location "/one/require">
    AuthMerging Off
    <RequireAll>
        Require expr -U '/two/'
        Require valid-user
    </RequireAll>
</Location>
<Location "/one/list/two">
    SessionCookieName two path=/
</Location>
<Location "/one/index/two.html">
    SessionCookieName two path=/
</Location>
<Directory "\${ROOT}/htdocs/one/list">
    Options +Indexes
    IndexOptions FancyIndexing
    DirectoryIndex disabled
</Directory>
<Directory "\${ROOT}/htdocs/one/index">
    DirectoryIndex two.html
</Directory>
<Directory "\${ROOT}/htdocs/one/to">
    RewriteEngine On
    RewriteRule ^(.+)$ /$1
</Directory>
AddType text/html .shtml
AddOutputFilter INCLUDES .shtml`;

const WAYS = ['rewrite', 'if', 'require', 'ssi'];
const LOOK = '<!--#fsize virtual="/two/index.html" -->';
const part = (name) => `<!--#include virtual="/${name}/part.txt" -->`;

const FILES = {
    'htdocs/one/index.html': HTML('first'),
    'htdocs/two/index.html': HTML('second'),
    'htdocs/three/index.html': HTML('third'),
    'htdocs/two/part.txt': 'second part',
    'htdocs/three/part.txt': 'third part',
    'htdocs/four/index.html': HTML('fourth'),
    'htdocs/four/part.txt': 'fourth part',
    'htdocs/one/old.shtml': HTML(
        `${'first '.repeat(8000)}${part('four')}`
        + '<!--#include virtual="/one/told/part.cgi" -->'),
    'htdocs/one/told/part.cgi':
        '#!/bin/sh\nprintf "Content-Type: text/plain\n\n%s" "$HTTP_SESSION"\n',
    'htdocs/one/list/a.txt': 'a',
    'htdocs/one/list/two/index.html': HTML('x'),
    'htdocs/one/index/two.html': HTML('index'),
    'htdocs/one/to/x.html': '',
    'htdocs/one/same/index.html': HTML('first'),
    'htdocs/one/parts.shtml': HTML(
        `first ${part('two')} ${part('three')} ${part('two')} ${part('three')}`),
    ...Object.fromEntries(WAYS.slice(0, 3)
        .map((way) => [`htdocs/one/${way}/page.html`, HTML('first')])),
    'htdocs/one/ssi/page.html': HTML('first'),
    'htdocs/one/ssi/page.shtml': HTML(`first ${LOOK}`),
};

describe('a section with a session of its own', () => {
    let httpd;

    before(async () => {
        httpd = await startHttpd({ clock: true, modules: ['autoindex'],
            files: FILES, config: CONFIG });
        // A part that is refused.
        httpd.allowLog(/MSS0010|unable to include|unable to get information/);
    });

    after(() => httpd.stop());

    const ask = (path, jar, headers = PAGE) =>
        httpd.request(path, { jar, headers });
    const open = async (path, jar) => {
        const page = await ask(path, jar);
        assert.equal(page.status, 200, path);
        return page;
    };
    /** With a session of each section that is live. */
    async function enter(...names) {
        const jar = new Jar();
        for (const name of names)
            await open(`/${name}/`, jar);
        return jar;
    }
    /** The sessions in the latter go on, the others expire. */
    async function wait(jar, ...names) {
        for (let i = 0; i < 2; i++) {
            httpd.clock.advance(60);
            for (const name of names)
                await open(`/${name}/`, jar);
        }
    }
    const isTracked = (page) => {
        assert.equal(page.status, 200);
        assert.match(page.body, /one\/s\/script/);
        assert.equal(page.headers['cache-control'], 'no-store');
    };

    const isLogged = (request, word) =>
        until(() => new RegExp(`${request} ${word}$`, 'm').test(httpd.accessLog()),
            `${word} in the log`);

    for (const way of WAYS) {
        const path = `/one/${way}/page.${way === 'ssi' ? 's' : ''}html`;

        test(`a look-up (${way}) brings no expired session back`, async () => {
            const jar = await enter('two');
            isTracked(await ask(path, jar));
            assert.ok(jar.get('one'), 'a session of its own');
            await wait(jar, 'two');
            assert.equal((await ask(path, jar, POLL)).status, 401);
            const page = await ask(path, jar);
            assert.equal(page.status, 401);
            assert.doesNotMatch(page.body, /first/);
            assert.equal((await ask(path, jar, POLL)).status, 401);
            isTracked(await ask(path, jar));
            isTracked(await ask('/two/', jar));
        });

        test(`a look-up (${way}) of an expired one ends no other`, async () => {
            const jar = await enter('one', 'two');
            await wait(jar, 'one');
            if (way !== 'require') {
                isTracked(await ask(`${path}?${way}`, jar));
                await isLogged(`${way} .*`, 'active');
            }
            isTracked(await ask('/one/', jar));
            assert.equal((await ask('/two/', jar)).status, 401);
        });
    }

    test('a look-up of the same session, before the request is judged', async () => {
        const jar = await enter('one');
        assert.equal((await ask('/one/same/?poll', jar, POLL)).status, 200);
        isTracked(await ask('/one/same/?page', jar));
        await isLogged('poll .*', 'passive');
        await isLogged('page .*', 'active');
        await wait(jar);
        assert.equal((await ask('/one/same/?late', jar, POLL)).status, 401);
        await isLogged('late .*', 'expired');
        assert.equal((await ask('/one/same/', jar)).status, 401);
        isTracked(await ask('/one/same/', jar));
    });

    for (const [live, idle] of [['one', '0'], ['two', '"logout"']]) {
        test(`a ping with a look-up, when ${live} is live`, async () => {
            const jar = await enter('one', 'two');
            await wait(jar, live);
            assert.equal((await ask('/one/s/ping', jar, POLL)).body, idle);
            await open(`/${live}/`, jar);
        });
    }

    test('a list of files', async () => {
        for (const names of [['one'], ['two', 'one']]) {
            const jar = await enter(...names);
            for (let i = 0; i < 2; i++)
                isTracked(await ask('/one/list/', jar));
        }
    });

    test('parts of sections, one of which has expired', async () => {
        const jar = await enter('one', 'two', 'three');
        let page = await open('/one/parts.shtml', jar);
        assert.equal(page.body.match(/second part/g)?.length, 2);
        assert.equal(page.body.match(/third part/g)?.length, 2);
        await wait(jar, 'one', 'two');
        // What has just expired, what has been revoked, and the mark, with which no
        // poll lets a password in.
        for (const headers of [PAGE, POLL, PAGE, POLL]) {
            page = await ask('/one/parts.shtml', jar, headers);
            assert.equal(page.body.match(/second part/g)?.length, 2);
            assert.doesNotMatch(page.body, /third/);
        }
        assert.equal((await ask('/three/', jar)).status, 401);
        page = await ask('/one/parts.shtml', jar, POLL);
        assert.equal(page.body.match(/second part/g)?.length, 2);
        assert.doesNotMatch(page.body, /third/);
    });

    test('a part with a session that is too old does nothing to the page\'s, '
        + 'which has been saved',
        async () => {
            const jar = await enter('one', 'four');
            const saved = jar.get('one');
            httpd.clock.advance(60);
            const page = await open('/one/old.shtml', jar);
            assert.match(page.body.slice(-400), /fourth part.*_session_security=/);
            assert.notEqual(jar.get('one'), saved);
            await open('/one/', jar);
        });

    test('where a directory has its index in one', async () => {
        const jar = await enter('one');
        isTracked(await ask('/one/index/', jar));
        assert.ok(jar.get('two'), 'the session of where it is');
        isTracked(await ask('/one/index/', jar));
        await wait(jar, 'one');
        assert.doesNotMatch((await ask('/one/index/', jar)).body, /index/);
        await open('/one/', jar);
    });

    test('where a redirect of the server leads to one', async () => {
        const jar = await enter('one', 'two');
        isTracked(await ask('/one/to/two/', jar));
        await wait(jar, 'one');
        for (const headers of [POLL, PAGE, POLL]) {
            const answer = await ask('/one/to/two/', jar, headers);
            assert.equal(answer.status, 401);
            assert.doesNotMatch(answer.body, /second/);
        }
        await open('/one/', jar);
    });
});
