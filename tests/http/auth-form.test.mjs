// SPDX-License-Identifier: Apache-2.0
// mod_auth_form in the shapes that other tests do not have: what it can do at a
// login, it can do at the login after an end.

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { Jar, NAVIGATION, SCRIPT, startHttpd } from '../lib/httpd.mjs';
import { ENDED, LIMITS } from '../lib/life.mjs';

const ECHO = `#!/bin/sh
printf 'Content-Type: text/plain\\n\\n%s %s %s %s|' \\
    "$REQUEST_METHOD" "$CONTENT_TYPE" "$REMOTE_USER" "$HTTP_AUTHORIZATION"
cat
`;
const FORM = `AuthType form
    AuthFormProvider file
    AuthUserFile users
    Require valid-user`;
const CONFIG = `Session On
SessionCookieName sid path=/
SessionCryptoPassphrase test-passphrase
${LIMITS}
<Location "/">
    CGIPassAuth On
    KeptBodySize 8192
</Location>
<Location "/inline">
    ${FORM}
    AuthName inline
    ErrorDocument 401 /login.html
</Location>
<Location "/fake">
    ${FORM}
    AuthName fake
    AuthFormFakeBasicAuth On
    ErrorDocument 401 /login.html
</Location>
<Location "/site">
    ${FORM}
    AuthName site
    AuthFormSitePassphrase "of the site"
    ErrorDocument 401 /login.html
</Location>
<Location "/bare">
    ${FORM}
    AuthName bare
</Location>
<Location "/again">
    ${FORM}
    AuthName again
    AuthFormLoginSuccessLocation /again/echo.cgi
    ErrorDocument 401 /login.html
</Location>
`;
const NAMES = ['inline', 'fake', 'site', 'bare', 'again'];

describe('mod_auth_form', () => {
    let httpd;
    before(async () => {
        httpd = await startHttpd({
            clock: true, config: CONFIG, files: Object.fromEntries(
                NAMES.map((name) => [`htdocs/${name}/echo.cgi`, ECHO])),
        });
        httpd.allowLog(ENDED);
    });
    after(() => httpd?.stop());

    const get = (jar, name, headers = NAVIGATION) =>
        httpd.request(`/${name}/echo.cgi`, { jar, headers });
    const post = (jar, name, fields, headers = NAVIGATION) =>
        httpd.request(`/${name}/echo.cgi`, { jar, headers, method: 'POST',
            body: new URLSearchParams(fields) });
    const login = (jar, name, fields = {}, headers) => post(jar, name,
        { httpd_username: 'alice', httpd_password: 'secret', ...fields },
        headers);
    const expired = async (name) => {
        const jar = new Jar();
        assert.ok([200, 302].includes((await login(jar, name)).status));
        assert.match((await get(jar, name)).body, /^GET .*alice/);
        httpd.clock.advance(101);
        return jar;
    };
    const isForm = (answer) => {
        assert.equal(answer.status, 401);
        assert.match(answer.body, /name="httpd_username"/);
        assert.equal(answer.headers['cache-control'], 'no-store');
    };

    test('a body is kept over the login', async () => {
        const jar = await expired('inline');
        isForm(await post(jar, 'inline', { order: '4711' }));
        const answer = await login(jar, 'inline', { httpd_method: 'POST',
            httpd_mimetype: 'text/x-order', httpd_body: 'order=4711' });
        assert.equal(answer.status, 200);
        assert.match(answer.body, /^POST text\/x-order alice .*\|order=4711$/);
        assert.match((await get(jar, 'inline')).body, /^GET/);
    });

    test('the login is repeated for what the application posts', async () => {
        const jar = await expired('inline');
        const poll = await post(jar, 'inline', { order: '4711' }, SCRIPT);
        assert.equal(poll.status, 401);
        assert.doesNotMatch(poll.body, /alice/);
    });

    test('AuthFormFakeBasicAuth is no password from the browser', async () => {
        const jar = await expired('fake');
        isForm(await get(jar, 'fake'));
        isForm(await get(jar, 'fake'));
        const answer = await login(jar, 'fake');
        assert.match(answer.body, /alice Basic YWxpY2U6c2VjcmV0/);
    });

    test('AuthFormSitePassphrase', async () => {
        const jar = await expired('site');
        isForm(await get(jar, 'site'));
        assert.equal((await login(jar, 'site')).status, 200);
        assert.match((await get(jar, 'site')).body, /^GET .*alice/);
    });

    test('the login leads on by form-redirect-handler', async () => {
        const jar = await expired('again');
        isForm(await get(jar, 'again'));
        const answer = await login(jar, 'again');
        assert.equal(answer.status, 302);
        assert.match(answer.headers.location, /\/again\/echo\.cgi$/);
        assert.match((await get(jar, 'again')).body, /^GET .*alice/);
    });

    test('where it has no page, the module\'s own says why', async () => {
        const jar = await expired('bare');
        for (let i = 0; i < 2; i++) {
            const answer = await get(jar, 'bare');
            assert.equal(answer.status, 401);
            assert.equal(answer.headers['session-security'], 'expired');
            assert.match(answer.body, /<p>You were signed out because you were inactive\.<\/p>\n<\/main>/);
        }
        assert.equal((await login(jar, 'bare')).status, 200);
        const stranger = await get(new Jar(), 'bare');
        assert.equal(stranger.status, 401);
        assert.doesNotMatch(stranger.body, /signed out/);
    });
});
