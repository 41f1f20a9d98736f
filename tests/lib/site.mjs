// SPDX-License-Identifier: Apache-2.0
// The site that most tests need: a login form before an application.

import assert from 'node:assert/strict';

const STATEMENTS = [
    'SessionDBDCookieName sid path=/;HttpOnly;SameSite=Lax',
    'SessionDBDCookieRemove Off',
    'DBDPrepareSQL "DELETE FROM session WHERE key = %s" deletesession',
    'DBDPrepareSQL "UPDATE session SET value = %s, expiry = %lld,'
        + ' key = %s WHERE key = %s" updatesession',
    'DBDPrepareSQL "INSERT INTO session (value, expiry, key)'
        + ' VALUES (%s, %lld, %s)" insertsession',
    'DBDPrepareSQL "SELECT value FROM session WHERE key = %s'
        + ' AND (expiry = 0 OR expiry > %lld)" selectsession',
    'DBDPrepareSQL "DELETE FROM session WHERE expiry != 0'
        + ' AND expiry < %lld" cleansession',
];

const STORES = {
    cookie: () => 'SessionCookieName sid path=/;HttpOnly;SameSite=Lax',
    crypto: () => [
        'SessionCookieName sid path=/;HttpOnly;SameSite=Lax',
        'SessionCryptoPassphrase test-passphrase',
    ].join('\n'),
    dbd: () => [
        'DBDriver sqlite3',
        'DBDParams "${ROOT}/db/session.db"',
        ...STATEMENTS,
    ].join('\n'),
    pgsql: (port) => [
        'DBDriver pgsql',
        `DBDParams "host=127.0.0.1 port=${port} user=session dbname=postgres"`,
        ...STATEMENTS,
    ].join('\n'),
};

/** What the statements above need. */
export const SESSION_TABLE = 'CREATE TABLE session'
    + ' (key TEXT PRIMARY KEY, expiry BIGINT, value TEXT);';

const form = (realm) => `
    AuthType form
    AuthName ${realm}
    AuthFormProvider file
    AuthUserFile users`;

/** Configuration of a site whose /app is behind a login form.
 *
 * store     'cookie' (plain), 'crypto' (encrypted cookie), 'dbd' (sqlite),
 *           'pgsql'
 * database  with pgsql: the port of services.mjs, startPostgres
 * maxAge    SessionMaxAge in seconds, or 0: none
 * login     what an anonymous visitor of /app gets: 'redirect' (302 to
 *           /login.html), 'inline' (401 with /login.html as its body; the form
 *           may also be posted to the page's own URL), 'plain' (bare 401)
 * backend   URL of a server that /app/backend/ is proxied to
 * security  directives at server level, "SessionSecurity On" by default
 * app       further directives inside <Location /app>
 * extra     further directives at server level
 *
 * Public: / (index.html), /login.html, /dologin, /logout.
 * Protected: /app/ (index.html), /app/page.html, /app/form.html, /app/data.json.
 */
export function formSite({
    store = 'crypto', maxAge = 0, login = 'redirect', backend, realm = 'app',
    security = 'SessionSecurity On', app = '', extra = '', database,
} = {}) {
    const required = {
        redirect: 'AuthFormLoginRequiredLocation /login.html',
        inline: 'ErrorDocument 401 /login.html',
        plain: '',
    }[login];
    assert.ok(store in STORES && required !== undefined);
    return `
Session On
${STORES[store](database)}
${maxAge ? `SessionMaxAge ${maxAge}` : ''}
${backend ? `ProxyPass "/app/backend/" "${backend}/"
ProxyPassReverse "/app/backend/" "${backend}/"` : ''}
<Location "/app">${form(realm)}
    ${required}
    Require valid-user
    ${app}
</Location>
<Location "/dologin">${form(realm)}
    SetHandler form-login-handler
    AuthFormLoginRequiredLocation /login.html
    AuthFormLoginSuccessLocation /app/
</Location>
<Location "/logout">
    AuthType form
    AuthName ${realm}
    SetHandler form-logout-handler
    AuthFormLogoutLocation /login.html
</Location>
${security}
${extra}
`;
}

const page = (title, body) => `<!DOCTYPE html>
<html lang="en">
<head><meta charset="utf-8"><title>${title}</title></head>
<body>
${body}
</body>
</html>
`;

/** Files of every test site; a test's own `files` replace or add to them. */
export const SITE_FILES = {
    'htdocs/index.html': page('Welcome', '<a href="/app/">application</a>'),
    'htdocs/login.html': page('Login', `<form method="post" action="/dologin">
<input name="httpd_username"><input name="httpd_password" type="password">
<input type="submit" value="Log in"></form>`),
    'htdocs/app/index.html': page('Application', '<p>Secret start page</p>'),
    'htdocs/app/page.html': page('Page', '<p>Secret page</p>'),
    'htdocs/app/form.html': page('Form',
        '<form method="post"><input name="a"><input type="submit"></form>'),
    'htdocs/app/data.json': '{"secret": 1}\n',
};

/** Logs in by the form. Fails when that did not work. @return the answer. */
export async function login(httpd, jar, user = 'alice', password = 'secret') {
    const answer = await httpd.request('/dologin', {
        method: 'POST', jar,
        body: new URLSearchParams({
            httpd_username: user, httpd_password: password,
        }),
    });
    assert.equal(answer.status, 302, `login answered ${answer.status}`);
    assert.match(answer.headers.location, /\/app\/$/, 'login was refused');
    return answer;
}

/** Header fields of a browser that opens a page by a person's click. */
export const NAVIGATION = {
    'Accept': 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8',
    'Sec-Fetch-Site': 'same-origin',
    'Sec-Fetch-Mode': 'navigate',
    'Sec-Fetch-User': '?1',
    'Sec-Fetch-Dest': 'document',
};

/** Header fields of a script's request. */
export const SCRIPT = {
    'Accept': '*/*',
    'X-Requested-With': 'XMLHttpRequest',
    'Sec-Fetch-Site': 'same-origin',
    'Sec-Fetch-Mode': 'cors',
    'Sec-Fetch-Dest': 'empty',
};
