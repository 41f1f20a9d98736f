// SPDX-License-Identifier: Apache-2.0
// mod_cache, in front of the authentication and behind it: what belongs to one
// session is never stored, so nobody gets it from there.

import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import {
    formSite, Jar, login, NAVIGATION, SCRIPT, startBackend, startHttpd,
} from '../lib/httpd.mjs';
import {
    assertNoElement, assertOneElement, ELEMENT, textOf,
} from '../lib/element.mjs';

const PAGE = '<!DOCTYPE html>\n<html><head><title>t</title></head>'
    + `<body>${'x '.repeat(200)}</body></html>\n`;
const CACHES = [
    ['mod_cache_disk, before authentication', 'disk', 'On'],
    ['mod_cache_disk, after it', 'disk', 'Off'],
    ['mod_cache_socache, before authentication', 'socache', 'On'],
    ['mod_cache_socache, after it', 'socache', 'Off'],
];
const UNPROTECTED = '# here a section is closed later';

let httpd;
let backend;
const alice = new Jar();
const bob = new Jar();

// Everything may be stored, by its own headers; its URL says what else.
function answer(req, res) {
    const headers = { 'Content-Type': 'text/html; charset=utf-8',
        'Cache-Control': 'public, max-age=600', 'ETag': '"one"',
        'Last-Modified': 'Sat, 01 Jan 2022 00:00:00 GMT' };
    if (req.url.includes('policy'))
        headers['Content-Security-Policy'] = 'script-src \'nonce-aaaa\'';
    if (req.url.includes('vary'))
        headers.Vary = 'Accept-Encoding';
    if (req.headers['if-none-match'] === headers.ETag) {
        res.writeHead(304, { ETag: headers.ETag });
        res.end();
        return;
    }
    headers['Content-Length'] = PAGE.length;
    res.writeHead(200, headers);
    res.end(PAGE);
}

before(async () => {
    backend = await startBackend(answer);
    httpd = await startHttpd({
        ports: 1 + CACHES.length,
        modules: ['cache', 'cache_disk', 'cache_socache', 'socache_shmcb'],
        config: formSite({
            backend: backend.url,
            extra: `
ProxyPass "/pub/" "${backend.url}/"
ProxyPass "/later/" "${backend.url}/"
ProxyPass "/app/insists/" "${backend.url}/"
ProxyPass "/app/chained/" "${backend.url}/"
CacheRoot "\${ROOT}/db"
CacheSocache shmcb
CacheHeader On
<Location "/app/insists">
    Header always set Cache-Control "public, max-age=600"
    CacheStorePrivate On
    CacheStoreNoStore On
</Location>
<Location "/app/chained">
    SetOutputFilter CACHE
</Location>
<Location "/pub/aged">
    SessionMaxAge 600
    Header always set Cache-Control "public, max-age=600"
    CacheStorePrivate On
    CacheStoreNoStore On
</Location>
<Location "/pub/vary">
    SetOutputFilter DEFLATE
</Location>
${UNPROTECTED}
${CACHES.map(([, store, quick], i) => `
<VirtualHost 127.0.0.1:\${PORT${i + 1}}>
    CacheEnable ${store} /
    CacheQuickHandler ${quick}
</VirtualHost>`).join('')}
`,
        }),
        files: {
            'htdocs/app/whole.shtml': '<!--#include virtual="backend/part" -->'
                + '<p>end</p>',
        },
    });
    // the quick handler does not serve a CACHE filter
    httpd.allowLog(/AH00776/);
    for (const [jar, user] of [[alice, 'alice'], [bob, 'bob']])
        await login(httpd, jar, user);
});

after(async () => {
    await httpd?.stop();
    await backend?.close();
});

const tokenOf = (page) =>
    [...textOf(page).matchAll(ELEMENT)][0][1].match(/"limits":"([^"]+)"/)[1];
const isHit = (page) => /^HIT/.test(page.headers['x-cache'] ?? '');

CACHES.forEach(([what, store, quick], i) => describe(what, () => {
    /** Asks this cache. @return the answer; asked: whether the backend was. */
    const get = async (path, jar, headers = NAVIGATION) => {
        const requests = backend.requests.length;
        const page = await httpd.request(path,
            { jar, headers, port: httpd.ports[i + 1] });
        page.asked = backend.requests.length > requests;
        return page;
    };

    const assertLogin = (page) => {
        assert.equal(page.status, 302);
        assert.match(page.headers.location, /login/);
    };

    test('public pages are stored, and have no element', async () => {
        const first = await get('/pub/page');
        assert.ok(first.asked);
        for (const jar of [undefined, alice, bob]) {
            const page = await get('/pub/page', jar);
            assert.ok(isHit(page), page.headers['x-cache']);
            assert.ok(!page.asked);
            assertNoElement(page, PAGE);
            assert.equal(page.headers['set-cookie'], undefined);
        }
        const same = await get('/pub/page', alice,
            { ...NAVIGATION, 'If-None-Match': '"one"' });
        assert.equal(same.status, 304);
        assert.ok(!same.asked);
    });

    test('stored by a user first, they have none of his session', async () => {
        const first = await get('/pub/other', alice);
        assertNoElement(first, PAGE);
        const page = await get('/pub/other', bob);
        assert.ok(isHit(page));
        assertNoElement(page, PAGE);
        assert.equal(page.headers['set-cookie'], undefined);
    });

    for (const encoding of [undefined, 'gzip']) {
        test(`variants of public pages: ${encoding}`, async () => {
            const headers = encoding
                ? { ...NAVIGATION, 'Accept-Encoding': encoding } : NAVIGATION;
            await get('/pub/vary', alice, headers);
            const page = await get('/pub/vary', bob, headers);
            assert.ok(isHit(page));
            assert.equal(page.headers['content-encoding'], encoding);
            assertNoElement(page, PAGE);
        });
    }

    test('an answer that saves the session is not stored', async () => {
        const first = await get('/pub/aged', alice.clone());
        assert.match(String(first.headers['set-cookie']), /^sid=/);
        const page = await get('/pub/aged');
        assert.ok(!isHit(page));
        // mod_session makes one for everybody there
        assert.notDeepEqual(page.headers['set-cookie'],
            first.headers['set-cookie']);
    });

    for (const path of ['/app/backend/page', '/app/backend/policy',
        '/app/insists/page', '/app/chained/page']) {
        test(`protected pages are not stored: ${path}`, async () => {
            const pages = [];
            for (const jar of [alice, bob, alice]) {
                const page = await get(path, jar);
                assert.ok(!isHit(page), page.headers['x-cache']);
                assert.ok(page.asked);
                assertOneElement(page, PAGE);
                pages.push(page);
            }
            assert.notEqual(tokenOf(pages[0]), tokenOf(pages[1]));
            assert.equal(tokenOf(pages[0]), tokenOf(pages[2]));
            assertLogin(await get(path));
        });

        test(`nor what scripts and prefetches get: ${path}`, async () => {
            const own = `${path}?${i}`;
            for (const headers of [SCRIPT, { 'Sec-Purpose': 'prefetch',
                ...NAVIGATION, 'Sec-Fetch-Dest': 'empty' }]) {
                assertNoElement(await get(own, alice, headers), PAGE);
                assertLogin(await get(own));
                assertOneElement(await get(own, bob), PAGE);
            }
            assertOneElement(await get(own, alice, { ...NAVIGATION,
                'Sec-Purpose': 'prefetch;prerender' }), PAGE);
        });

        test(`nor confirmed for another: ${path}`, async () => {
            const condition = { 'If-None-Match': '"one"' };
            const script = await get(path, alice, { ...SCRIPT, ...condition });
            assert.equal(script.status, 304);
            assert.ok(script.asked);
            assertOneElement(await get(path, bob,
                { ...NAVIGATION, ...condition }), PAGE);
            assertLogin(await get(path, undefined, condition));
        });
    }

    test('nor parts of pages, by themselves', async () => {
        const page = await get('/app/whole.shtml', alice);
        assertOneElement(page, `${PAGE}<p>end</p>`);
        assert.ok((await get('/app/whole.shtml', bob)).asked);
        assertLogin(await get('/app/backend/part'));
        assertOneElement(await get('/app/backend/part', bob), PAGE);
    });

    test('the ping is not stored', async () => {
        const path = '/session_security/ping';
        assert.equal((await get(path)).body, '"logout"');
        assert.match((await get(path, alice, SCRIPT)).body, /^\d+$/);
        assert.equal((await get(path)).body, '"logout"');
        assert.match((await get(path, bob, SCRIPT)).body, /^\d+$/);
    });

    test('what was stored before the module came carries nothing',
        async () => {
            await get('/later/page');
            const file = join(httpd.root, 'httpd.conf');
            const config = readFileSync(file, 'utf8');
            const form = config.match(/AuthType form[^]*?Require valid-user/)[0];
            writeFileSync(file, config.replace(UNPROTECTED,
                `<Location "/later">\n${form}\n</Location>`));
            await httpd.signal('SIGUSR1');
            try {
                const page = await get('/later/page', alice);
                // shared memory may be a new one
                assert.ok(isHit(page) || store === 'socache');
                if (isHit(page))
                    assertNoElement(page, PAGE);
                else
                    assertOneElement(page, PAGE);
                const anonymous = await get('/later/page');
                if (isHit(anonymous) && quick === 'On')
                    assertNoElement(anonymous, PAGE);
                else
                    assertLogin(anonymous);
                assertOneElement(await get('/later/new', alice), PAGE);
                assertOneElement(await get('/later/new', bob), PAGE);
            }
            finally {
                writeFileSync(file, config);
                await httpd.signal('SIGUSR1');
            }
        });
}));
