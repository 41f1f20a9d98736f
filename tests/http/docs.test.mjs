// SPDX-License-Identifier: Apache-2.0
// The documents: their examples work, their snippets are configuration that
// httpd takes, and what they list is all there is.

import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { describe, test } from 'node:test';
import {
    EXAMPLE_FILES, blocks, list, placed, read, root,
} from '../lib/docs.mjs';
import {
    Jar, NAVIGATION, SCRIPT, configTest, formSite, login, startBackend,
    startHttpd,
} from '../lib/httpd.mjs';

const documents = [...list('.', '.md'), ...list('docs', '.md')];
const examples = list('docs/examples', '.conf');
const isExample = (text) => examples.some((file) => read(file) === text);

// --- the examples ----------------------------------------------------------------

async function start(t, file, { replacements, files } = {}) {
    return startHttpd({
        config: placed(read(file), replacements),
        files: { ...EXAMPLE_FILES, ...files },
        clock: true,
    }, t);
}

const elements = (answer) =>
    answer.body.match(/<script src=["']\/session_security\/script\.js/g) ?? [];

function isCookie(answer) {
    assert.match(answer.headers['set-cookie'].at(-1),
        /^httpd_session=[^;]+;path=\/;HttpOnly;Secure;SameSite=Lax$/i);
}

describe('docs/examples/form-login.conf', () => {
    const file = 'docs/examples/form-login.conf';
    const begin = async (t) => {
        const backend = await startBackend((request, response) => {
            response.setHeader('Content-Type', 'text/html');
            response.end('<!DOCTYPE html><html><head><title>CRM</title>'
                + `</head><body>customers at ${request.url}</body></html>`);
        }, t);
        const httpd = await start(t, file, {
            replacements: { 'http://127.0.0.1:8080': backend.url },
        });
        const jar = new Jar();
        const open = (path = '/customers?id=5') =>
            httpd.request(path, { jar, headers: NAVIGATION });
        const login = () => httpd.request('/customers?id=5', {
            jar, method: 'POST', headers: NAVIGATION,
            body: new URLSearchParams(
                { httpd_username: 'alice', httpd_password: 'secret' }),
        });
        return { backend, httpd, jar, open, login };
    };
    const isLogin = (answer) => {
        assert.equal(answer.status, 401);
        assert.match(answer.body, /<form method="post" action="">/);
        assert.equal(elements(answer).length, 0);
    };

    test('login, page, expiry, and the next login', async (t) => {
        const { backend, httpd, jar, open, login } = await begin(t);
        isLogin(await open());
        const answer = await login();
        assert.equal(answer.status, 302);
        assert.match(answer.headers.location, /\/customers\?id=5$/);
        isCookie(answer);
        const page = await open();
        assert.equal(page.status, 200);
        assert.match(page.body, /customers at \/customers\?id=5/);
        assert.equal(elements(page).length, 1);

        httpd.clock.advance(14 * 60 + 50);
        assert.equal((await open()).status, 200);
        const reached = backend.requests.length;
        httpd.clock.advance(15 * 60 + 1);
        isLogin(await open());
        await httpd.expectLog(
            /MSS0010: .* reason=idle user="alice" idle=90[1-5]s limit=900s /);
        const script = await httpd.request('/customers',
            { jar, headers: SCRIPT });
        assert.equal(script.status, 401);
        assert.equal(script.headers['session-security'], 'expired');
        assert.equal(backend.requests.length, reached);
        assert.equal((await login()).status, 302);
        assert.equal((await open()).status, 200);
    });

    test('logout', async (t) => {
        const { httpd, jar, open, login } = await begin(t);
        await login();
        assert.equal((await open()).status, 200);
        const old = jar.clone();
        const answer = await httpd.request('/logout',
            { jar, headers: NAVIGATION });
        assert.match(answer.headers.location, /\/$/);
        await httpd.expectLog(/MSS0010: .* reason=logout user="alice"/);
        isLogin(await open());
        isLogin(await httpd.request('/customers',
            { jar: old, headers: NAVIGATION }));
    });

    test('after twelve hours everybody logs in again', async (t) => {
        const { httpd, open, login } = await begin(t);
        await login();
        for (let i = 0; i < 12 * 6 - 1; i++) {
            httpd.clock.advance(600);
            assert.equal((await open()).status, 200);
        }
        httpd.clock.advance(601);
        isLogin(await open());
        await httpd.expectLog(/MSS0010: .* reason=lifetime .* limit=43200s /);
    });
});

test('docs/examples/basic-auth.conf', async (t) => {
    const httpd = await start(t, 'docs/examples/basic-auth.conf');
    const jar = new Jar();
    const password = {
        Authorization: `Basic ${Buffer.from('alice:secret').toString('base64')}`,
    };
    const get = (headers) => httpd.request('/', { jar, headers });
    const open = () => get({ ...NAVIGATION, ...password });
    assert.match((await get(NAVIGATION)).headers['www-authenticate'], /^Basic/);
    const page = await open();
    assert.equal(page.status, 200);
    assert.equal(elements(page).length, 1);
    isCookie(page);

    httpd.clock.advance(601);
    const script = await get({ ...SCRIPT, ...password });
    assert.equal(script.status, 401);
    assert.equal(script.headers['www-authenticate'], undefined);
    await httpd.expectLog(/MSS0010: .* reason=idle user="alice" idle=60[1-5]s /);
    const prompt = await open();
    assert.equal(prompt.status, 401);
    assert.match(prompt.headers['www-authenticate'], /^Basic/);
    assert.equal((await open()).status, 200);
});

describe('docs/operation.md, everyday questions', () => {
    const snippet = (pattern) => blocks('docs/operation.md', 'apache')
        .find((text) => pattern.test(text));
    const site = (t, options) =>
        startHttpd({ config: formSite(options), clock: true }, t);
    const loggedIn = async (httpd, user) => {
        const jar = new Jar();
        await login(httpd, jar, user);
        return () => httpd.request('/app/', { jar, headers: NAVIGATION });
    };

    test('one user is logged out', async (t) => {
        const httpd = await site(t, { app: snippet(/REMOTE_USER/) });
        const alice = await loggedIn(httpd, 'alice');
        const bob = await loggedIn(httpd, 'bob');
        httpd.clock.advance(2);
        assert.equal((await alice()).status, 303);
        assert.equal((await alice()).headers.location.endsWith('/login.html'),
            true);
        await httpd.expectLog(/MSS0010: .* reason=lifetime user="alice" /);
        assert.equal((await bob()).status, 200);
    });

    test('it is switched off in all sections', async (t) => {
        const httpd = await site(t, { app: 'SessionSecurity On',
            extra: snippet(/<If "true">/) });
        const alice = await loggedIn(httpd, 'alice');
        httpd.clock.advance(601);
        const answer = await alice();
        assert.equal(answer.status, 200);
        assert.equal(elements(answer).length, 0);
    });
});

test('docs/migration.md: the name of the user reaches Django', async (t) => {
    const [snippet] = blocks('docs/migration.md', 'apache')
        .filter((text) => text.includes('X-Remote-User'));
    const backend = await startBackend((request, response) => {
        response.setHeader('Content-Type', 'text/plain');
        response.end(Object.keys(request.headers)
            .filter((name) => /^x.remote.user$/.test(name))
            .map((name) => request.headers[name]).join() || 'nobody');
    }, t);
    const httpd = await startHttpd({ files: EXAMPLE_FILES, config: placed(
        `${read('docs/examples/form-login.conf')}${snippet}<Location "/public/">
    Require all granted
</Location>`, { 'http://127.0.0.1:8080': backend.url }) }, t);
    const jar = new Jar();
    const ask = async (path) => (await httpd.request(path,
        { jar, headers: { ...NAVIGATION, 'X-Remote-User': 'root',
            X_Remote_User: 'root' } })).body;
    assert.equal(await ask('/public/'), 'nobody');
    await httpd.request('/', { jar, method: 'POST', body: new URLSearchParams(
        { httpd_username: 'alice', httpd_password: 'secret' }) });
    assert.equal(await ask('/'), 'alice');
});

describe('README.md has each example word for word', () => {
    for (const file of [...examples, 'docs/examples/login.html']) {
        test(basename(file), () => {
            const language = file.endsWith('.html') ? 'html' : 'apache';
            assert.ok(blocks('README.md', language).includes(read(file)));
        });
    }
});

// --- snippets --------------------------------------------------------------------

const EXTRA = ['ssl', 'socache_shmcb', 'cache', 'cache_disk', 'auth_digest',
    'authz_groupfile', 'socache_redis', 'reqtimeout', 'lua', 'auth_openidc',
    'authn_anon', 'ldap', 'authnz_ldap'];

/** Whether httpd takes a snippet; modules are where the test has put them. */
async function check(text) {
    const config = placed(text.replace(/^ *LoadModule .*\n/gm, ''));
    const { code, output } = await configTest(
        { config, files: EXAMPLE_FILES, modules: EXTRA });
    assert.equal(code, 0, `${text}\n${output}`);
}

describe('each snippet is configuration that httpd takes', () => {
    for (const document of documents) {
        const snippets = blocks(document, 'apache')
            .filter((text) => !isExample(text));
        if (snippets.length > 0) {
            test(document, async () => {
                for (const text of snippets)
                    await check(text);
            });
        }
    }
});

// --- lists -----------------------------------------------------------------------

const found = (text, pattern) =>
    [...new Set([...text.matchAll(pattern)].map((match) => match[1]))].sort();

test('docs/operation.md explains each message of the module', () => {
    const sources = ['mod_session_security.c', ...list('src', '.c')]
        .map(read).join('');
    assert.deepEqual(found(read('docs/operation.md'), /^\| (MSS\d{4}) \|/gm),
        found(sources, /"(MSS\d{4}): /g));
});

test('docs/architecture.md has each source in its reading order', () => {
    const table = read('docs/architecture.md').split(/^## /m)
        .find((text) => text.startsWith('Reading order'));
    // With * and {,} as in a shell; a header stands for its source as well.
    const patterns = found(table, /`((?:src|static)\/[^`]+)\.(?:c|h|js|json)`/g)
        .map((path) => new RegExp(`^${path.replaceAll('*', '\\w*')
            .replace('{', '(').replace('}', ')').replaceAll(',', '|')}$`));
    const sources = ['src', 'src/core', 'static', 'static/client'].flatMap(
        (folder) => list(folder, '').map((path) => path.split('.'))
            .filter(([, ending]) => ending).map(([path]) => path));
    for (const path of sources)
        assert.ok(patterns.some((pattern) => pattern.test(path)), path);
    for (const pattern of patterns)
        assert.ok(sources.some((path) => pattern.test(path)), String(pattern));
});

test('README.md has each directive in its table', () => {
    assert.deepEqual(
        found(read('README.md'),
            /^\| \[SessionSecurity\w*\]\(docs\/directives\.md#(\w+)\) \|/gm),
        found(read('src/directives.c'), /AP_INIT_\w+\("(\w+)"/g)
            .map((name) => name.toLowerCase()).sort());
});

test('docs/directives.md lists each key of SessionSecurityMessage', () => {
    const section = read('docs/directives.md')
        .split(/^## /m).find((text) => text.startsWith('SessionSecurityMessage'));
    const locales = JSON.parse(read('static/locales.json'));
    const keys = Object.keys({ ...locales.keys, ...locales.page_keys })
        .filter((key) => key !== 'minutes' && key !== 'seconds');
    assert.deepEqual(found(section, /^\| `(\w+)` \|/gm), keys.sort());
});

test('the documents list each property of the warning\'s looks', () => {
    const names = found(read('static/client/dialog.js'),
        /:([\w-]+):(?:#|rgb)/g);
    assert.ok(names.length > 4);
    for (const document of ['docs/directives.md', 'docs/client-api.md']) {
        assert.deepEqual(found(read(document),
            /`--session-security-([\w-]+)`/g), names, document);
    }
});

/** A heading's name in a URL, as code hosts make it. */
const anchor = (heading) => heading.trim().toLowerCase()
    .replace(/[^\p{L}\p{N}\- _]/gu, '').replaceAll(' ', '-');

const anchors = (path) => read(path).replace(/^```.*?^```$/gms, '')
    .match(/^#+ .*$/gm).map((line) => anchor(line.replace(/^#+ /, '')));

describe('links lead somewhere', () => {
    for (const document of documents) {
        test(document, () => {
            for (const [, link] of read(document).replace(/^```.*?^```$/gms, '')
                .matchAll(/\]\(([^)\s]+)\)/g)) {
                if (/^https?:/.test(link))
                    continue;
                const [path, name] = link.split('#');
                const target = path ? join(dirname(document), path) : document;
                assert.ok(existsSync(join(root, target)), `no ${target}`);
                if (name)
                    assert.ok(anchors(target).includes(name), `no ${link}`);
            }
        });
    }
});
