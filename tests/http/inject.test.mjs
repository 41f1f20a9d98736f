// SPDX-License-Identifier: Apache-2.0
// Which answers get the client's element, where, and what becomes of the rest.

import assert from 'node:assert/strict';
import { request as httpRequest } from 'node:http';
import { after, before, describe, test } from 'node:test';
import { gunzipSync, gzipSync } from 'node:zlib';
import {
    formSite, Jar, login, NAVIGATION, SCRIPT, startBackend, startHttpd, until,
} from '../lib/httpd.mjs';

const ELEMENT = new RegExp('<script src="/session_security/script\\.js'
    + '\\?v=[0-9a-f]{16}" data-session-security=\'([^\']*)\'></script>', 'g');
const PLAIN = { Accept: 'text/html,*/*;q=0.8' };
// What tells nothing: curl, a script's fetch() over plain http, and an image there.
const UNTOLD = [{ Accept: '*/*' }, { Accept: 'image/avif,image/*,*/*;q=0.8' }];
const HTML = 'text/html; charset=utf-8';
const PAGE = '<!DOCTYPE html>\n<html lang="en">\n<head><title>t</title></head>'
    + '\n<body>\n<p>x</p>\n</body></html>\n';
const ROW = '<tr><td>x</td></tr>\n';
const XHTML = '<?xml version="1.0"?>\n'
    + '<html xmlns="http://www.w3.org/1999/xhtml">'
    + '<head><title>t</title></head><body/></html>\n';

// What caches in front go by before Cache-Control.
const TARGETED = {
    'Surrogate-Control': 'max-age=60', 'X-Accel-Expires': '60',
    'CDN-Cache-Control': 'max-age=60',
    'Cloudflare-CDN-Cache-Control': 'max-age=60',
};

/** A page whose declaration of its encoding ends at that byte. */
function declaredAt(end) {
    const meta = '<meta charset="koi8-r">';
    const start = '<!DOCTYPE html><html><head><title>t</title>';
    return start + ' '.repeat(end - start.length - meta.length) + meta
        + '</head><body>x</body></html>';
}

const MODE = '<!doctype html><html><head><title>t</title>'
    + '<meta http-equiv="x-ua-compatible" content="IE=8"></head></html>';

const bytes = (text) => Buffer.from(text, 'latin1');

// path: [headers, body, status]
const ANSWERS = {
    page: [{ 'Content-Type': HTML }, PAGE],
    bare: [{ 'Content-Type': 'text/html' }, PAGE],
    type: [{ 'Content-Type': 'TEXT/HTML ;charset="UTF-8"' }, PAGE],
    row: [{ 'Content-Type': HTML, ETag: '"r"' }, ROW],
    json: [{ 'Content-Type': 'text/html' }, '{"a":"<head>"}'],
    xhtml: [{ 'Content-Type': 'application/xhtml+xml' }, XHTML],
    'xhtml-empty-head': [{ 'Content-Type': 'application/xhtml+xml' },
        XHTML.replace(/<head>.*<\/head>/, '<head/>')],
    'html-like': [{ 'Content-Type': 'text/htmlx' }, PAGE],
    text: [{ 'Content-Type': 'text/plain' }, PAGE],
    download: [{ 'Content-Type': HTML,
        'Content-Disposition': 'attachment; filename=a.html' }, PAGE],
    inline: [{ 'Content-Type': HTML,
        'Content-Disposition': 'Inline; filename=a.html' }, PAGE],
    named: [{ 'Content-Type': HTML,
        'Content-Disposition': 'filename=a.html' }, PAGE],
    'no-transform': [{ 'Content-Type': HTML,
        'Cache-Control': 'private, no-transform' }, PAGE],
    'no-transform-apart': [{ 'Content-Type': HTML,
        'Cache-Control': ['max-age=60', 'no-transform'] }, PAGE],
    'utf-16-header': [{ 'Content-Type': 'text/html; charset="UTF-16LE"' },
        PAGE],
    'utf-16-bom': [{ 'Content-Type': 'text/html' },
        Buffer.from(`\ufeff${PAGE}`, 'utf16le')],
    'utf-7': [{ 'Content-Type': 'text/html;charset=utf-7' }, PAGE],
    empty: [{ 'Content-Type': HTML, ETag: '"e"' }, ''],
    part: [{ 'Content-Type': HTML, 'Content-Range': 'bytes 0-9/100' },
        PAGE.slice(0, 10), 206],
    'odd-part': [{ 'Content-Type': HTML, 'Content-Range': 'bytes 0-9/100' },
        PAGE],
    none: [{ 'Content-Type': HTML }, '', 204],
    missing: [{ 'Content-Type': HTML }, PAGE, 404],
    failed: [{ 'Content-Type': HTML }, PAGE, 500],
    moved: [{ 'Content-Type': HTML, Location: '/app/' }, PAGE, 302],
    choices: [{ 'Content-Type': HTML }, PAGE, 300],
    br: [{ 'Content-Type': HTML, 'Content-Encoding': 'br' }, 'not html'],
    identity: [{ 'Content-Type': HTML, 'Content-Encoding': 'identity' }, PAGE],
    'no-coding': [{ 'Content-Type': HTML, 'Content-Encoding': 'UTF-8' }, PAGE],
    gzip: [{ 'Content-Type': HTML, 'Content-Encoding': 'gzip', ETag: '"g"' },
        gzipSync(PAGE)],
    'gzip-data': [{ 'Content-Type': 'application/json',
        'Content-Encoding': 'gzip' }, gzipSync('{}')],
    'gzip-none': [{ 'Content-Type': HTML, 'Content-Encoding': 'gzip' }, ''],
    described: [{
        'Content-Type': HTML, ETag: '"x"', 'Accept-Ranges': 'bytes',
        'Last-Modified': 'Sat, 01 Jan 2022 00:00:00 GMT',
        'Content-MD5': 'x', Digest: 'x', 'Repr-Digest': 'x',
        'Content-Digest': 'x', 'Cache-Control': 'public, max-age=60',
        ...TARGETED,
        Vary: 'Cookie', 'X-Other': 'kept',
    }, PAGE],
    data: [{ 'Content-Type': 'application/json', ...TARGETED }, '{}'],
    head: [{ 'Content-Type': HTML, 'Content-Length': 5 }, PAGE],
    mode: [{ 'Content-Type': 'text/html' }, MODE],
    'mode-named': [{ 'Content-Type': HTML }, MODE],
    'mode-told': [{ 'Content-Type': HTML, 'X-UA-Compatible': 'IE=7' }, MODE],
    'charset-early': [{ 'Content-Type': 'text/html' }, declaredAt(700)],
    'charset-last': [{ 'Content-Type': 'text/html' }, declaredAt(1024)],
    'charset-late': [{ 'Content-Type': 'text/html' }, declaredAt(1025)],
    'charset-header': [{ 'Content-Type': 'text/html;charset=koi8-u' },
        declaredAt(1024)],
    'charset-bom': [{ 'Content-Type': 'text/html' }, Buffer.concat([
        bytes('\xef\xbb\xbf'), bytes(declaredAt(1000))])],
};

// name: what mod_headers does to the page, behind the module, and the reason
const LATER = {
    download: ['set Content-Disposition attachment', 'Content-Disposition'],
    always: ['always set Content-Disposition "attachment; filename=a.html"',
        'Content-Disposition'],
    stream: ['set Content-Type application/octet-stream', 'Content-Type'],
    text: ['edit Content-Type ^text/html text/plain', 'Content-Type'],
    xhtml: ['set Content-Type application/xhtml+xml', 'Content-Type'],
    utf16: ['set Content-Type "text/html; charset=utf-16"', 'charset'],
    // mod_deflate's manual has it for files like page.html.gz
    packed: ['append Content-Encoding gzip', 'Content-Encoding'],
    fixed: ['merge Cache-Control no-transform', 'Cache-Control: no-transform'],
};

let httpd;
let backend;
let jar;
const streams = new Map();

function answer(req, res) {
    const name = new URL(req.url, backend.url).pathname.slice(1);
    if (streams.has(name)) {
        streams.get(name)(res, req);
        return;
    }
    const [headers, body, status = 200] = ANSWERS[name];
    res.writeHead(status, { 'Content-Length': Buffer.byteLength(body),
        ...headers, ...(req.method === 'HEAD' ? {} : { 'Content-Length':
            Buffer.byteLength(body) }) });
    res.end(req.method === 'HEAD' ? undefined : body);
}

before(async () => {
    backend = await startBackend(answer);
    httpd = await startHttpd({
        modules: ['brotli'],
        config: formSite({
            backend: backend.url,
            extra: `
LogLevel session_security:trace1
<Location /app/off>
    SessionSecurityInject Off
</Location>
<Location /app/configured>
    SessionSecurityReturnTo "/bye?a=1&b='<2>'"
    SessionSecurityConfirmFormDiscard On
    SessionSecurityLanguage de
    SessionSecurityMessage stay "Bleib </script> da"
    SessionSecurityEvents keydown click
    SessionSecurityStylesheet /own.css
    SessionSecurityMaxLifetime 1h
</Location>
<Location /app/compressed>
    SetOutputFilter DEFLATE
</Location>
<Location /app/brotli>
    SetOutputFilter BROTLI_COMPRESS
</Location>
<Location /app/canned>
    ErrorDocument 404 default
    Header always set Cache-Control "public, max-age=60"
    Header always set CDN-Cache-Control "max-age=60"
    Header always set X-Accel-Expires 60
</Location>
ProxyPass "/app/compressed/" "${backend.url}/"
ProxyPass "/app/brotli/" "${backend.url}/"
ProxyPass "/app/off/" "${backend.url}/"
ProxyPass "/app/configured/" "${backend.url}/"
ErrorDocument 404 /app/error.html
<Location /app/lost>
    ErrorDocument 404 /app/backend/page
</Location>
${Object.entries(LATER).map(([name, [header]]) => `
<Location "/app/later/${name}">
    Header ${header}
</Location>
ProxyPass "/app/later/${name}/" "${backend.url}/"`).join('')}
<Location "/app/later/shown">
    Header unset Content-Disposition
    Header append Vary Cookie
    Header add X-Later yes
    Header set Content-Type "text/html; charset=utf-8"
    SessionSecurityCSP Off
</Location>
ProxyPass "/app/later/shown/" "${backend.url}/"
<Location "/app/later/mode">
    Header set X-UA-Compatible IE=edge
    SessionSecurityCSP Off
</Location>
ProxyPass "/app/later/mode/" "${backend.url}/"
AddDefaultCharset Off
<Location /app/default-charset>
    AddDefaultCharset utf-8
</Location>
ProxyPass "/app/default-charset/" "${backend.url}/"
`,
        }),
        files: {
            'htdocs/app/index.html': PAGE,
            'htdocs/app/page.html': PAGE,
            'htdocs/app/row.html': ROW,
            'htdocs/app/image.png': 'no image, but as long as one',
            'htdocs/app/error.html': PAGE,
            'htdocs/app/empty.html': '',
            'htdocs/app/big.html': PAGE.replace('x</p>',
                `${'0123456789abcde\n'.repeat(200000)}</p>`),
            'htdocs/app/late.html': `<!doctype html><!--${'c'.repeat(100000)}`
                + '--><html><head><title>t</title>',
            'htdocs/app/part.html': '<p>part</p>',
            'htdocs/app/whole.shtml': '<!--#include virtual="top.html" -->'
                + '<title>x</title></head><body>'
                + '<!--#include virtual="page.html" --></body></html>',
            'htdocs/app/top.html': '<!doctype html><html><head>',
            'htdocs/app/download.cgi': '#!/bin/sh\nprintf "Content-Type: '
                + 'text/html\\nContent-Disposition: attachment\\n\\n"\n'
                + `printf '%s' '${PAGE}'\n`,
            'htdocs/app/script.cgi': '#!/bin/sh\nprintf "Content-Type: '
                + 'text/html\\nCache-Control: public\\nETag: x\\n'
                + 'Digest: x\\nContent-MD5: x\\n\\n"\n'
                + `printf '%s' '${PAGE}'\n`,
            'htdocs/app/data.cgi': '#!/bin/sh\nprintf "Content-Type: '
                + 'text/plain\\nCache-Control: public\\n\\ndata"\n',
        },
    });
    jar = new Jar();
    await login(httpd, jar);
});

after(async () => {
    await httpd?.stop();
    await backend?.close();
});

const get = (path, headers = NAVIGATION, options = {}) =>
    httpd.request(`/app/${path}`, { jar, headers, ...options });

const found = (answer) => [...answer.bytes.toString('latin1')
    .matchAll(ELEMENT)];

/** The page, as the backend sent it, with one element in the head. */
function assertInjected(answer, page = PAGE, place = '<head>') {
    const text = answer.bytes.toString('latin1');
    const elements = found(answer);
    assert.equal(elements.length, 1, text.slice(0, 500));
    assert.equal(text.replace(ELEMENT, ''), page);
    assert.equal(text.slice(0, elements[0].index),
        page.slice(0, page.indexOf(place) + place.length));
}

function assertUntouched(answer, page = PAGE) {
    assert.deepEqual(answer.bytes.toString('latin1'),
        Buffer.from(page).toString('latin1'));
}

const settingsOf = (answer) => JSON.parse(found(answer)[0][1]
    .replaceAll('&lt;', '<').replaceAll('&gt;', '>')
    .replaceAll('&#39;', '\'').replaceAll('&amp;', '&'));

/** The reason in the log for the request that fn makes. */
async function reasonFor(fn) {
    const mark = httpd.mark();
    const answer = await fn();
    const line = await until(() => httpd.logSince(mark).split('\n')
        .find((each) => /(not injected: |\] injected)/.test(each)),
    'a line about injection');
    return [answer, line.replace(/^.*?((not )?injected)/, '$1')
        .replace(/, referer.*/, '')];
}

describe('pages', () => {
    test('a file', async () => {
        assertInjected(await get('page.html'));
    });

    test('a proxied page', async () => {
        assertInjected(await get('backend/page'));
    });

    test('a directory index', async () => {
        assertInjected(await get(''));
    });

    test('the answer to a form', async () => {
        assertInjected(await get('backend/page', NAVIGATION,
            { method: 'POST', body: 'a=b' }));
    });

    test('a redirect that leads nowhere', async () => {
        assertInjected(await get('backend/choices'));
    });

    test('a frame, also of an Android app\'s web view', async () => {
        assertInjected(await get('backend/page',
            { ...NAVIGATION, 'X-Requested-With': 'com.example.app' }));
        for (const dest of ['frame', 'iframe']) {
            assertInjected(await get('backend/page',
                { ...NAVIGATION, 'Sec-Fetch-Dest': dest }));
        }
    });

    test('over plain http, where browsers tell no destination', async () => {
        assertInjected(await get('backend/page', PLAIN));
    });

    test('to a client that does not tell what it wants', async () => {
        for (const headers of UNTOLD) {
            assertInjected(await get('backend/page', headers));
            const page = await get('page.html', headers);
            assertInjected(page);
            assert.equal(page.headers.etag, undefined);
            assert.equal(page.headers['cache-control'], 'no-store');
        }
    });

    test('to a client that says nothing', async () => {
        assertInjected(await get('backend/page', {}));
    });

    test('a script by CGI', async () => {
        const answer = await get('script.cgi');
        assertInjected(answer);
        assert.equal(answer.headers['cache-control'], 'no-store');
        for (const name of ['etag', 'digest', 'content-md5'])
            assert.equal(answer.headers[name], undefined, name);
    });

    test('a Content-Type written in another way', async () => {
        assertInjected(await get('backend/type'));
    });

    test('error pages of the application', async () => {
        for (const name of ['missing', 'failed'])
            assertInjected(await get(`backend/${name}`));
    });

    test('XHTML', async () => {
        assertInjected(await get('backend/xhtml'), XHTML);
    });

    test('shown in place, whatever the file name', async () => {
        for (const name of ['inline', 'named'])
            assertInjected(await get(`backend/${name}`));
    });

    test('what mod_headers will do is done once', async () => {
        const answer = await get('later/shown/named');
        assertInjected(answer);
        assert.equal(answer.headers['x-later'], 'yes');
        assert.deepEqual(answer.headers.vary.split(/, */).sort(),
            ['Cookie', 'Sec-Fetch-Dest']);
    });

    test('a fragment that is shown as a page', async () => {
        assertInjected(await get('backend/row'), ROW, '');
    });

    test('a large file, its length known', async () => {
        const answer = await get('big.html');
        assert.equal(found(answer).length, 1);
        assert.ok(answer.bytes.length > 3200000);
        assert.equal(Number(answer.headers['content-length']),
            answer.bytes.length);
    });

    test('a head that comes late', async () => {
        const answer = await get('late.html');
        assert.equal(found(answer).length, 1);
        assert.match(answer.body, /-><html><head><script src=/);
    });
});

describe('exactly one element', () => {
    test('in a page with included files', async () => {
        const answer = await get('whole.shtml');
        assert.equal(found(answer).length, 1);
        assert.match(answer.body, /^<!doctype html><html><head><script src=/);
        assert.equal(answer.body.match(/<head>/g).length, 2);
    });

    test('in an ErrorDocument', async () => {
        const answer = await get('nowhere.html');
        assert.equal(answer.status, 404);
        assertInjected(answer);
    });

    test('in an ErrorDocument of a backend that compresses', async () => {
        const [answer, said] = await reasonFor(() => get('lost/x',
            { ...NAVIGATION, 'Accept-Encoding': 'gzip, br' }));
        assert.equal(said, 'injected');
        assertInjected(answer);
        assert.equal(backend.requests.at(-1).headers['accept-encoding'],
            'gzip');
    });
});

describe('left alone', () => {
    const cases = [
        ['json', 'text', 'not injected: Content-Type'],
        ['other types', 'html-like', 'not injected: Content-Type'],
        ['downloads', 'download', 'not injected: Content-Disposition'],
        ['no-transform', 'no-transform',
            'not injected: Cache-Control: no-transform'],
        ['no-transform in a second header', 'no-transform-apart',
            'not injected: Cache-Control: no-transform'],
        ['UTF-16 by its header', 'utf-16-header', 'not injected: charset'],
        ['UTF-7', 'utf-7', 'not injected: charset'],
        ['UTF-16 by its first bytes', 'utf-16-bom',
            'not injected: no place in this document'],
        ['XHTML without content in its head', 'xhtml-empty-head',
            'not injected: no place in this document'],
        ['an empty page', 'empty', 'not injected: it ends before the head'],
        ['parts', 'part', 'not injected: status'],
        ['parts that lie', 'odd-part', 'not injected: Content-Range'],
        ['redirects', 'moved', 'not injected: status'],
        ['no content', 'none', 'not injected: status'],
        ['encodings that cannot be undone', 'br',
            'not injected: Content-Encoding'],
    ];
    for (const [what, name, reason] of cases) {
        test(what, async () => {
            const [answer, said] =
                await reasonFor(() => get(`backend/${name}`));
            assertUntouched(answer, ANSWERS[name][1]);
            assert.equal(said, reason);
        });
    }

    for (const name of ['row', 'json']) {
        test(`a fragment over plain http: ${name}`, async () => {
            for (const headers of [PLAIN, ...UNTOLD]) {
                const [answer, said] =
                    await reasonFor(() => get(`backend/${name}`, headers));
                assertUntouched(answer, ANSWERS[name][1]);
                assert.equal(said, 'not injected: a fragment');
                assert.equal(Number(answer.headers['content-length']),
                    ANSWERS[name][1].length);
                assert.equal(answer.headers.etag, ANSWERS[name][0].ETag);
            }
        });
    }

    for (const [name, [header, reason]] of Object.entries(LATER)) {
        test(`by mod_headers: ${header}`, async () => {
            const [answer, said] =
                await reasonFor(() => get(`later/${name}/bare`));
            assertUntouched(answer);
            assert.equal(said, `not injected: ${reason}`);
            assert.equal(answer.headers['content-length'],
                String(PAGE.length));
        });
    }

    test('a download by CGI', async () => {
        assertUntouched(await get('download.cgi'));
    });

    test('an empty file keeps its headers', async () => {
        const answer = await get('backend/empty');
        assert.equal(answer.headers.etag, '"e"');
        assert.equal(answer.headers['content-length'], '0');
    });

    const { 'X-Requested-With': _, ...FETCH } = SCRIPT;
    const kinds = [
        ['XMLHttpRequest', { ...PLAIN, 'X-Requested-With': 'XMLHttpRequest' }],
        ['fetch', FETCH],
        ['an image', { ...NAVIGATION, 'Sec-Fetch-Dest': 'image' }],
        ['an embedded object', { ...NAVIGATION, 'Sec-Fetch-Dest': 'embed' }],
        ['a script without Sec-Fetch', { Accept: 'application/json' }],
        ['a network drive of Windows', { Translate: 'f' }, 'a WebDAV client'],
        ['davfs2', { TE: 'trailers', Connection: 'TE' }, 'a WebDAV client'],
    ];
    for (const [what, headers, why = 'not a request for a page'] of kinds) {
        test(`for ${what}`, async () => {
            const [answer, said] =
                await reasonFor(() => get('backend/page', headers));
            assertUntouched(answer);
            assert.equal(said, `not injected: ${why}`);
            // but the same URL may be opened as a page
            assert.equal(answer.headers['cache-control'], 'no-store');
            assert.match(answer.headers.vary, /Sec-Fetch-Dest/);
        });
    }

    test('with SessionSecurityInject Off', async () => {
        const [answer, said] = await reasonFor(() => get('off/page'));
        assertUntouched(answer);
        assert.equal(said, 'not injected: SessionSecurityInject Off');
    });

    test('for anonymous visitors', async () => {
        const [answer, said] = await reasonFor(() =>
            httpd.request('/index.html', { headers: NAVIGATION }));
        assert.equal(found(answer).length, 0);
        assert.equal(said, 'not injected: not tracked');
        assert.ok(answer.headers.etag);
        assert.ok(answer.headers['last-modified']);
        assert.doesNotMatch(answer.headers['cache-control'] ?? '', /no-store/);
    });

    test('httpd\'s own error pages', async () => {
        const [answer, said] = await reasonFor(() => get('canned/none.html'));
        assert.equal(answer.status, 404);
        assert.equal(found(answer).length, 0);
        assert.equal(said, 'not injected: an error page of httpd\'s own');
        assert.equal(answer.headers['cache-control'], 'no-store');
        for (const name of Object.keys(TARGETED))
            assert.equal(answer.headers[name.toLowerCase()], undefined, name);
    });


    test('OPTIONS', async () => {
        const [answer, said] = await reasonFor(() =>
            get('backend/page', NAVIGATION, { method: 'OPTIONS' }));
        assertUntouched(answer);
        assert.equal(said, 'not injected: method');
    });
});

describe('headers', () => {
    test('what describes the backend\'s bytes is gone', async () => {
        const answer = await get('backend/described');
        assertInjected(answer);
        for (const name of ['etag', 'last-modified', 'accept-ranges', 'digest',
            'content-md5', 'repr-digest', 'content-digest',
            ...Object.keys(TARGETED)])
            assert.equal(answer.headers[name.toLowerCase()], undefined,
                name);
        assert.equal(answer.headers['x-other'], 'kept');
        assert.equal(answer.headers['cache-control'], 'no-store');
        assert.match(answer.headers.vary, /Cookie.*Sec-Fetch-Dest/);
        assert.equal(Number(answer.headers['content-length'] ??
            answer.bytes.length), answer.bytes.length);
    });

    test('what only caches in front go by, with data too', async () => {
        const answer = await get('backend/data', SCRIPT);
        assert.match(answer.headers['cache-control'], /private/);
        for (const name of Object.keys(TARGETED))
            assert.equal(answer.headers[name.toLowerCase()], undefined, name);
    });

    test('data by CGI are the user\'s own, too', async () => {
        const answer = await get('data.cgi', SCRIPT);
        assert.equal(answer.body, 'data');
        assert.match(answer.headers['cache-control'], /private/);
        assert.doesNotMatch(answer.headers['cache-control'], /public/);
    });

    test('HEAD agrees with GET', async () => {
        for (const [name, headers] of ['page.html', 'backend/described',
            'backend/head', 'backend/gzip'].flatMap((each) =>
            [NAVIGATION, ...UNTOLD].map((headers) => [each, headers]))) {
            const [page, head] = [await get(name, headers),
                await get(name, headers, { method: 'HEAD' })];
            assert.equal(head.bytes.length, 0);
            for (const answer of [page, head]) {
                delete answer.headers.date;
                delete answer.headers['content-length'];
                delete answer.headers['transfer-encoding'];
            }
            assert.deepEqual(head.headers, page.headers, name);
        }
    });

    test('HEAD tells no other length than GET', async () => {
        for (const name of ['page.html', 'backend/described', 'backend/head']) {
            const page = await get(name);
            const head = await get(name, NAVIGATION, { method: 'HEAD' });
            assert.equal(Number(head.headers['content-length']
                ?? page.bytes.length), page.bytes.length, name);
        }
    });

    test('a page is never confirmed, nor sent in part', async () => {
        const plain = await get('page.html', SCRIPT);
        const since = { 'If-Modified-Since': plain.headers['last-modified'] };
        const match = { 'If-None-Match': plain.headers.etag };
        const range = { Range: 'bytes=0-9' };
        for (const condition of [since, match, range,
            { ...range, 'If-Range': plain.headers.etag }]) {
            const answer = await get('page.html',
                { ...NAVIGATION, ...condition });
            assert.equal(answer.status, 200);
            assertInjected(answer);
            for (const name of Object.keys(condition)) {
                await get('backend/page', { ...NAVIGATION, ...condition });
                assert.equal(backend.requests.at(-1)
                    .headers[name.toLowerCase()], undefined);
            }
        }
    });

    test('a script may ask on conditions', async () => {
        const plain = await get('page.html', SCRIPT);
        const match = await get('page.html',
            { ...SCRIPT, 'If-None-Match': plain.headers.etag });
        assert.equal(match.status, 304);
        const part = await get('page.html', { ...SCRIPT, Range: 'bytes=0-9' });
        assert.equal(part.status, 206);
        assertUntouched(part, PAGE.slice(0, 10));
    });

    test('so may a client that does not tell, but for no page', async () => {
        const plain = await get('page.html', SCRIPT);
        const image = await get('image.png', SCRIPT);
        for (const headers of UNTOLD) {
            const match = (path, etag) =>
                get(path, { ...headers, 'If-None-Match': etag });
            const part = (path) =>
                get(path, { ...headers, Range: 'bytes=0-9' });
            assert.equal((await match('image.png', image.headers.etag)).status,
                304);
            assert.equal((await part('image.png')).status, 206);
            assertInjected(await match('page.html', plain.headers.etag));
            assertInjected(await part('page.html'));
            // a backend without ranges, whose type nobody knows before
            const page = await part('backend/page');
            assert.equal(page.status, 200);
            assertInjected(page);
            const row = await part('backend/row');
            assert.equal(row.status, 206);
            assertUntouched(row, ROW.slice(0, 10));
        }
    });

    test('a form\'s own conditions stay', async () => {
        await get('backend/page', { ...NAVIGATION, 'If-Match': '"x"' });
        assert.equal(backend.requests.at(-1).headers['if-match'], '"x"');
    });
});

describe('charset', () => {
    const cases = [
        ['charset-early', 'text/html'],
        ['charset-last', 'text/html; charset=koi8-r'],
        ['charset-late', 'text/html'],
        ['charset-header', 'text/html;charset=koi8-u'],
        ['charset-bom', 'text/html'],
    ];
    for (const [name, type] of cases) {
        test(name, async () => {
            const answer = await get(`backend/${name}`);
            assert.equal(found(answer).length, 1);
            assert.equal(answer.headers['content-type'], type);
        });
    }

    test('AddDefaultCharset names one', async () => {
        const answer = await get('default-charset/charset-last');
        assert.equal(found(answer).length, 1);
        assert.equal(answer.headers['content-type'],
            'text/html; charset=utf-8');
    });
});

describe('Internet Explorer\'s mode', () => {
    const AGENT = { ...PLAIN, 'User-Agent':
        'Mozilla/5.0 (Windows NT 10.0; WOW64; Trident/7.0; rv:11.0)' };
    for (const [what, path, mode, headers = AGENT] of [
        ['goes from the page into the headers', 'backend/mode', 'IE=8'],
        ['with an encoding that is named', 'backend/mode-named', 'IE=8'],
        ['stays as the answer has it', 'backend/mode-told', 'IE=7'],
        ['and as mod_headers will', 'later/mode/mode', 'IE=edge'],
        ['is nobody else\'s', 'backend/mode', undefined, PLAIN],
    ])
        test(what, async () => {
            const answer = await get(path, headers);
            assertInjected(answer, MODE);
            assert.equal(answer.headers['x-ua-compatible'], mode);
        });
});

describe('compression', () => {
    const ACCEPT = { ...NAVIGATION, 'Accept-Encoding': 'gzip, deflate, br' };
    const asked = () => backend.requests.at(-1).headers['accept-encoding'];

    test('a backend\'s gzip is undone', async () => {
        const answer = await get('backend/gzip', ACCEPT);
        assertInjected(answer);
        assert.equal(answer.headers['content-encoding'], undefined);
        assert.equal(asked(), 'gzip');
    });

    test('and done again by mod_deflate', async () => {
        const answer = await get('compressed/gzip', ACCEPT);
        assert.equal(answer.headers['content-encoding'], 'gzip');
        answer.bytes = gunzipSync(answer.bytes);
        assertInjected(answer);
    });

    test('mod_brotli knows what the browser takes', async () => {
        const answer = await get('brotli/page', ACCEPT);
        assert.equal(answer.headers['content-encoding'], 'br');
        assert.equal(asked(), 'gzip');
    });

    test('only what the browser takes is asked for', async () => {
        for (const [takes, expected] of [
            ['br', 'identity'], ['gzip;q=0', 'identity'],
            ['br;q=1, gzip;q=0.000', 'identity'], ['x-gzip', 'gzip'],
            ['br,GZIP;q=0.5', 'gzip'], ['gzipped', 'identity'],
            ['', 'identity'],
        ]) {
            await get('backend/page',
                { ...NAVIGATION, 'Accept-Encoding': takes });
            assert.equal(asked(), expected, takes);
        }
        await get('backend/page');
        assert.equal(asked(), undefined);
    });

    test('data stay compressed', async () => {
        const answer = await get('backend/gzip-data', ACCEPT);
        assert.equal(answer.headers['content-encoding'], 'gzip');
        assertUntouched(answer, ANSWERS['gzip-data'][1]);
    });

    test('a client that does not tell what it wants', async () => {
        for (const headers of UNTOLD) {
            const encoded = { ...headers, 'Accept-Encoding': 'gzip, br' };
            assertInjected(await get('backend/gzip', encoded));
            const answer = await get('backend/gzip-data', encoded);
            assert.equal(answer.headers['content-encoding'], 'gzip');
            assertUntouched(answer, ANSWERS['gzip-data'][1]);
        }
    });

    test('so do answers to scripts, and what they ask for', async () => {
        const answer = await get('backend/gzip',
            { ...SCRIPT, 'Accept-Encoding': 'gzip, br' });
        assert.equal(answer.headers['content-encoding'], 'gzip');
        assert.equal(asked(), 'gzip, br');
    });

    test('an answer without a body', async () => {
        const answer = await get('backend/gzip-none', ACCEPT);
        assert.equal(answer.status, 200);
        assert.equal(answer.bytes.length, 0);
    });

    test('"identity" is no compression', async () => {
        assertInjected(await get('backend/identity'));
        assertInjected(await get('backend/no-coding'));
    });
});

/** Opens a page and reads what is there. */
function openStream(name) {
    return new Promise((done, fail) => {
        const req = httpRequest({
            host: '127.0.0.1', port: httpd.port, path: `/app/backend/${name}`,
            headers: { ...NAVIGATION, Cookie: jar.header('/app/') },
        }, (res) => {
            const stream = { res, text: '', ended: false, error: null };
            res.on('data', (chunk) => { stream.text += chunk; });
            res.on('end', () => { stream.ended = true; });
            res.on('error', (error) => { stream.error = error; });
            done(stream);
        });
        req.on('error', fail);
        req.end();
    });
}

describe('streams', () => {
    test('what is there goes on before the rest has come', async () => {
        let rest;
        streams.set('slow', (res) => {
            res.writeHead(200, { 'Content-Type': HTML });
            res.write('<!DOCTYPE html><html><head><title>t</title></head>');
            rest = () => res.end('<body>x</body></html>');
        });
        const stream = await openStream('slow');
        await until(() => stream.text.includes('</title></head>'),
            'the first part');
        assert.match(stream.text, /<head><script src="[^>]*><\/script><title>/);
        rest();
        await until(() => stream.ended, 'the end');
        assert.match(stream.text, /<\/head><body>x<\/body><\/html>$/);
    });

    test('but for the beginning of a tag', async () => {
        let res;
        streams.set('steps', (response) => {
            res = response;
            res.writeHead(200, { 'Content-Type': HTML });
            res.write('<!DOCTYPE html> <!-- a');
        });
        const stream = await openStream('steps');
        const shows = (text) => until(() => stream.text === text,
            `${text} in place of ${stream.text}`);
        await shows('<!DOCTYPE html> <!-- a');
        res.write(' --> <ht');
        await shows('<!DOCTYPE html> <!-- a --> ');
        res.write('ml lang="e');
        await shows('<!DOCTYPE html> <!-- a --> <html lang="e');
        res.write('n"><bo');
        await shows('<!DOCTYPE html> <!-- a --> <html lang="en">');
        res.end('dy>x');
        await until(() => stream.ended, 'the end');
        assert.match(stream.text, /lang="en"><script [^>]*><\/script><body>x$/);
    });

    test('byte by byte', async () => {
        streams.set('bytes', async (res) => {
            res.writeHead(200, { 'Content-Type': HTML });
            for (const byte of PAGE)
                await new Promise((done) => res.write(byte, done));
            res.end();
        });
        assertInjected(await get('backend/bytes'));
    });

    test('a page that ends within a tag', async () => {
        streams.set('cut', (res) => {
            res.writeHead(200, { 'Content-Type': HTML });
            res.write('<!doctype html> <hea');
            setImmediate(() => res.end('d'));
        });
        assertUntouched(await get('backend/cut'), '<!doctype html> <head');
    });

    test('a backend that breaks off stays visible', async () => {
        let res;
        streams.set('broken', (response) => {
            res = response;
            res.writeHead(200, { 'Content-Type': HTML,
                'Content-Length': 10000 });
            res.write('<!DOCTYPE html><html><hea');
        });
        httpd.allowLog(/AH0.*(read|reading|error|Broken|chunked)/i);
        const stream = await openStream('broken');
        await until(() => stream.text.length > 20, 'the first part');
        res.destroy();
        await until(() => stream.error, 'the error');
        assert.equal(stream.ended, false);
    });
});

describe('settings', () => {
    test('the usual ones', async () => {
        const settings = settingsOf(await get('page.html'));
        assert.deepEqual(Object.keys(settings), ['limits']);
        assert.match(settings.limits, /^540000\.600000\.0\.[0-9a-f]+$/);
    });

    test('a page that nobody opened: idle since the last activity', async () => {
        const { 'Sec-Fetch-User': _, ...REFRESH } = NAVIGATION;
        const idle = await until(async () =>
            settingsOf(await get('page.html', REFRESH)).idle, 'an idle time');
        assert.ok(Number.isInteger(idle) && idle > 0 && idle < 600000);
    });

    test('all of them', async () => {
        const answer = await get('configured/page');
        assertInjected(answer);
        const settings = settingsOf(answer);
        const { lifetime } = settings;
        assert.ok(lifetime > 3000000 && lifetime <= 3600000);
        assert.match(settings.limits, /^540000\.600000\.3600000\.[0-9a-f]+$/);
        delete settings.limits;
        delete settings.lifetime;
        assert.deepEqual(settings, {
            returnTo: '/bye?a=1&b=\'<2>\'', confirm: true, language: 'de',
            messages: { stay: 'Bleib </script> da' },
            events: ['keydown', 'click'], stylesheet: '/own.css',
        });
    });
});
