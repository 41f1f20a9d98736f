// SPDX-License-Identifier: Apache-2.0
// Whoever makes the page: exactly one element in it, at once, and a page that
// breaks off still looks broken.

import assert from 'node:assert/strict';
import { readdirSync, writeFileSync } from 'node:fs';
import { request as httpRequest } from 'node:http';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { constants, createGzip, gzipSync } from 'node:zlib';
import {
    eachMpm, formSite, Jar, login, NAVIGATION, SCRIPT, startHttpd, until,
} from '../lib/httpd.mjs';
import { startGateway } from '../lib/gateways.mjs';
import {
    assertNoElement, assertOneElement, ELEMENT, textOf,
} from '../lib/element.mjs';
import { installed } from '../lib/root.mjs';

const TOP = '<!DOCTYPE html>\n<html><head><title>t</title></head>\n';
const REST = `<body>${'<p>x</p>'.repeat(40)}</body></html>\n`;
const PAGE = TOP + REST;
const HTML = { 'Content-Type': 'text/html; charset=utf-8' };
const KINDS = ['http', 'fcgi', 'scgi', 'uwsgi', 'ajp'];
// as it is, behind a header of gzip and one of a stored block
const PACKED = gzipSync(PAGE, { level: 0 });
const TOO_LONG = { ...HTML, 'Content-Length': PAGE.length + 1000 };

/** A CGI script that prints this, in C-like escapes. */
const cgi = (text, rest = '') => `#!/bin/sh\nprintf '${text
    .replaceAll('%', '%%').replaceAll('\n', '\\n')}'\n${rest}`;

// What may go on, by the name of the answer that waits for it.
const waiting = new Map();

/** Lets it go on. */
async function waitFor(name) {
    const go = await until(() => waiting.get(name), name);
    waiting.delete(name);
    go();
}

/** The application behind each protocol. */
const ANSWERS = {
    page(out) {
        out.start(200, HTML);
        out.write(PAGE);
        out.end();
    },
    length(out) {
        out.start(200, { ...HTML, 'Content-Length': PAGE.length });
        out.write(PAGE);
        out.end();
    },
    missing(out) {
        out.start(404, HTML);
        out.write(PAGE);
        out.end();
    },
    redirect(out) {
        out.start(200, { Location: '/app/page.html' });
        out.end();
    },
    gzip(out) {
        out.start(200, { ...HTML, 'Content-Encoding': 'gzip' });
        out.write(gzipSync(PAGE));
        out.end();
    },
    slow(out, name) {
        out.start(200, HTML);
        out.write(TOP);
        waiting.set(name, () => { out.write(REST); out.end(); });
    },
    trickle(out, name) {
        const pieces = ['<!DOCTYPE html> ', '<html lang="en">\n', '<!-- x -->',
            '<head>', REST];
        const next = () => {
            out.write(pieces.shift());
            if (pieces.length)
                waiting.set(name, next);
            else
                out.end();
        };
        out.start(200, HTML);
        next();
    },
    events(out, name) {
        out.start(200, { 'Content-Type': 'text/event-stream' });
        out.write('data: <html><head>\n\n');
        waiting.set(name, () => { out.write('data: 2\n\n'); out.end(); });
    },
    'slow-gzip'(out, name) {
        const gzip = createGzip();
        gzip.on('data', (bytes) => out.write(bytes));
        gzip.on('end', () => out.end());
        out.start(200, { ...HTML, 'Content-Encoding': 'gzip' });
        gzip.write(TOP);
        gzip.flush(constants.Z_SYNC_FLUSH);
        waiting.set(name, () => gzip.end(REST));
    },
    'cut-gzip'(out, name) {
        const bytes = gzipSync(PAGE);
        out.start(200, { ...HTML, 'Content-Encoding': 'gzip',
            'Content-Length': bytes.length });
        out.write(bytes.subarray(0, bytes.length - 20));
        waiting.set(name, () => out.abort());
    },
    'short-gzip'(out) {
        const bytes = gzipSync(PAGE).subarray(0, -20);
        out.start(200, { ...HTML, 'Content-Encoding': 'gzip',
            'Content-Length': bytes.length });
        out.write(bytes);
        out.end();
    },
    cut(out, name) {
        out.start(200, HTML);
        out.write(TOP);
        waiting.set(name, () => out.abort());
    },
    'cut-length'(out, name) {
        out.start(200, TOO_LONG);
        out.write(PAGE);
        waiting.set(name, () => out.abort());
    },
    'short-length'(out, name) {
        out.start(200, TOO_LONG);
        out.write(PAGE);
        waiting.set(name, () => out.end());
    },
    'cut-early'(out, name) {
        out.start(200, HTML);
        out.write('<!DOCTYPE html><html><!-- ');
        waiting.set(name, () => out.abort());
    },
};

function app(kind) {
    return (url, out) => {
        const name = new URL(url, 'http://a').pathname.split('/').at(-1);
        ANSWERS[name](out, `${kind} ${name}`);
    };
}

const phpModule = () => readdirSync(installed.libexec)
    .find((name) => /^libphp[\d.]*\.so$/.test(name));

// path: what it is. Each is one page with one element.
const PAGES = {
    'page.html': 'a file',
    'page.cgi': 'CGI',
    'length.cgi': 'CGI that tells its length',
    'local.cgi': 'CGI that redirects within the server',
    'local-query.cgi': 'CGI that redirects to CGI',
    'multi/page': 'MultiViews',
    'map.var': 'a type map',
    'zipped.html.gz': 'a file that is compressed already',
    'rows.html.gz': 'one that was two hundred times as large',
    'zip/page': 'one that mod_rewrite has found',
    'public/page.html': 'a file that mod_headers calls public',
    'index/': 'DirectoryIndex, the second choice',
    'elsewhere/': 'DirectoryIndex in another directory',
    'fallback/any': 'FallbackResource',
    'list/': 'mod_autoindex',
    'list-own/': 'mod_autoindex with a head of one\'s own',
    'list-included/': 'mod_autoindex with an included header',
    'rewritten': 'mod_rewrite in the server\'s configuration',
    'dir-rewritten/x': 'mod_rewrite in a directory\'s',
    'proxy-rewritten/page': 'mod_rewrite to a proxy',
    'x.wrapped': 'mod_actions',
    'page.asis': 'mod_asis',
    'status': 'mod_status',
    'error/own/x': 'ErrorDocument, a file',
    'error/cgi/x': 'ErrorDocument, CGI',
    'error/proxied/x': 'ErrorDocument from a backend',
    'error/ssi/x': 'ErrorDocument by mod_include',
    'overridden/missing': 'ProxyErrorOverride',
};

const CONFIG = (gateways, mpm) => `
# longer than anybody waits for the end of a broken page
KeepAliveTimeout 60
${KINDS.map((kind) => `
ProxyPass "/app/${kind}/" "${gateways[kind].url}/" flushpackets=on
ProxyPass "/app/brotli/${kind}/" "${gateways[kind].url}/"`)
    .join('')}
ProxyPass "/app/overridden/" "${gateways.http.url}/"
ProxyPass "/app/untouched/" "${gateways.http.url}/"
<Location "/app/overridden">
    ProxyErrorOverride On
    ErrorDocument 404 /app/page.html
</Location>
<LocationMatch "^/app/brotli/">
    SetOutputFilter BROTLI_COMPRESS
</LocationMatch>
Alias "/app/brotli/" "\${ROOT}/htdocs/app/"
<Location "/app/untouched">
    SessionSecurityInject Off
</Location>
<Directory "\${ROOT}/htdocs/app/multi">
    Options +MultiViews
</Directory>
AddHandler type-map .var
AddHandler send-as-is .asis
AddEncoding gzip .gz
AddLanguage en .en
<Directory "\${ROOT}/htdocs/app/zip">
    RewriteEngine On
    RewriteRule ^page$ page.html.gz
</Directory>
<Location "/app/public/">
    Header set Cache-Control "public, max-age=600"
    Header set CDN-Cache-Control "max-age=60"
</Location>
<Directory "\${ROOT}/htdocs/app/index">
    DirectoryIndex nothing.html index.cgi
</Directory>
<Directory "\${ROOT}/htdocs/app/elsewhere">
    DirectoryIndex /app/page.html
</Directory>
<Directory "\${ROOT}/htdocs/app/fallback">
    FallbackResource /app/page.cgi
</Directory>
<DirectoryMatch "/htdocs/app/list">
    Options +Indexes
    IndexOptions FancyIndexing HTMLTable
</DirectoryMatch>
<Directory "\${ROOT}/htdocs/app/list-own">
    IndexOptions +SuppressHTMLPreamble
    HeaderName header.html
    ReadmeName footer.html
</Directory>
<Directory "\${ROOT}/htdocs/app/list-included">
    HeaderName header.html
    ReadmeName footer.html
</Directory>
RewriteEngine On
RewriteRule "^/app/rewritten$" "/app/page.html" [PT]
RewriteRule "^/app/proxy-rewritten/(.*)" "${gateways.http.url}/$1" [P]
<Directory "\${ROOT}/htdocs/app/dir-rewritten">
    RewriteEngine On
    RewriteRule "^x$" "/app/page.cgi" [L]
</Directory>
Action wrap /app/brotli/wrap.cgi
AddHandler wrap .wrapped
<Location "/app/status">
    SetHandler server-status
</Location>
${Object.entries({ own: '/app/page.html', cgi: '/app/page.cgi',
        proxied: '/app/http/page',
        ssi: '/app/whole.shtml', text: '"<html><head><p>gone"',
        lost: '/app/nowhere.html' })
        .map(([name, where]) => `<Location "/app/error/${name}">
    ErrorDocument 404 ${where}
</Location>`).join('\n')}
${mpm === 'prefork' ? `LoadModule php_module "${installed.libexec}/${
        phpModule()}"
<FilesMatch "\\.php$">
    SetHandler application/x-httpd-php
    php_flag output_buffering off
</FilesMatch>` : ''}
`;

const FILES = {
    'page.html': PAGE,
    'page.cgi': cgi(`Content-Type: text/html\n\n${PAGE}`),
    'length.cgi': cgi(
        `Content-Type: text/html\nContent-Length: ${PAGE.length}\n\n${PAGE}`),
    'nph-page.cgi': cgi('HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n'
        + `Connection: close\r\n\r\n${PAGE}`),
    'local.cgi': cgi('Location: /app/page.html\n\n'),
    'local-brotli.cgi': cgi('Location: /app/brotli/page.html\n\n'),
    'local-query.cgi': cgi('Location: /app/page.cgi?a=b\n\n'),
    'short.cgi': cgi(`Content-Type: text/html\nContent-Length: ${
        PAGE.length + 1000}\n\n${PAGE}`),
    'die.cgi': cgi(`Content-Type: text/html\n\n${TOP}`, 'kill -KILL $$\n'),
    'slow.cgi': cgi(`Content-Type: text/html\n\n${TOP}`,
        'until [ -e slow.go ]; do sleep 0.02; done\n'
        + `printf '%s' '${REST}'\n`),
    'packed.cgi': cgi('Content-Type: text/html\nContent-Encoding: gzip\n\n',
        'cat packed.1\nuntil [ -e packed.go ]; do sleep 0.02; done\n'
        + 'cat packed.2\n'),
    'packed.1': PACKED.subarray(0, 10 + 5 + TOP.length),
    'packed.2': PACKED.subarray(10 + 5 + TOP.length),
    'multi/page.html.en': PAGE,
    'map.var': 'URI: page.html\nContent-Type: text/html\n\n',
    'zipped.html.gz': gzipSync(PAGE),
    'zip/page.html.gz': gzipSync(PAGE),
    'rows.html.gz': gzipSync(TOP + '<tr><td>0</td></tr>\n'.repeat(40000)),
    'public/page.html': PAGE,
    'index/index.cgi': cgi(`Content-Type: text/html\n\n${PAGE}`),
    'elsewhere/x': '',
    'fallback/x': '',
    'list/file.txt': 'x',
    'list-own/header.html': '<!doctype html><html><head id=own></head><body>',
    'list-own/footer.html': '</body></html>',
    'list-included/header.html': '<p>part</p>',
    'list-included/footer.html': '<!doctype html><html><head></head></html>',
    'dir-rewritten/file': '',
    'x.wrapped': 'x',
    'wrap.cgi': cgi(`Content-Type: text/html\n\n${PAGE}`),
    'page.asis': `Content-Type: text/html\n\n${PAGE}`,
    'whole.shtml': '<!--#include virtual="top.html" --><title>x</title></head>'
        + '<body><!--#include virtual="page.html" --></body></html>',
    'top.html': '<!doctype html><html><head>',
    'page.php': `<?php header('Content-Type: text/html'); ?>${PAGE}`,
    'length.php': `<?php header('Content-Length: ${PAGE.length}'); ?>${PAGE}`,
    'gzip.php': `<?php ob_start('ob_gzhandler'); ?>${PAGE}`,
    'virtual.php': '<html><head><title>x</title></head><?php '
        + 'virtual("/app/page.html"); ?></html>',
    'slow.php': `${TOP}<?php flush(); while (!file_exists('slow.php.go')) {`
        + ` usleep(20000); clearstatcache(); } ?>${REST}`,
};

/** Opens a page and reads what is there. */
function open(httpd, jar, path, headers = NAVIGATION) {
    return new Promise((done, fail) => {
        const req = httpRequest({
            host: '127.0.0.1', port: httpd.port, path: `/app/${path}`,
            headers: { ...headers, Cookie: jar.header('/app/') },
        }, (res) => {
            const stream = { headers: res.headers, status: res.statusCode,
                text: '', is: 'open' };
            res.setEncoding('latin1');
            res.on('data', (chunk) => { stream.text += chunk; });
            res.on('end', () => { stream.is = 'complete'; });
            res.on('error', () => { stream.is = 'broken'; });
            stream.over = () => until(() => stream.is !== 'open', 'the end')
                .then(() => stream.is);
            done(stream);
        });
        req.on('error', () => done({ is: 'broken', text: '',
            over: async () => 'broken' }));
        req.setTimeout(20000, () => fail(new Error(`${path} hangs`)));
        req.end();
    });
}

eachMpm((mpm) => {
    const gateways = {};
    const jar = new Jar();
    let httpd;

    before(async () => {
        for (const kind of KINDS)
            gateways[kind] = await startGateway(kind, app(kind));
        httpd = await startHttpd({
            mpm,
            modules: ['brotli', 'autoindex', 'asis', 'proxy_fcgi',
                'proxy_scgi', 'proxy_uwsgi', 'proxy_ajp'],
            config: formSite({ extra: CONFIG(gateways, mpm) }),
            files: Object.fromEntries(Object.entries(FILES).map(
                ([name, content]) => [`htdocs/app/${name}`, content])),
        });
        await login(httpd, jar);
    });

    after(async () => {
        await httpd?.stop();
        for (const gateway of Object.values(gateways))
            await gateway.close();
    });

    const get = (path, headers = {}, options = {}) => httpd.request(
        `/app/${path}`, { jar, headers: { ...NAVIGATION, ...headers },
            ...options });

    /** The same page without the element. */
    const plain = async (path) => textOf(await httpd.request(`/app/${path}`,
        { jar, headers: { ...SCRIPT, 'Accept-Encoding': 'gzip' } }));

    describe('one element', () => {
        for (const [path, what] of Object.entries(PAGES)) {
            test(what, async () => {
                const page = await get(path);
                const text = path === 'status' ? undefined : await plain(path);
                assertOneElement(page, text, /(<head[^>]*>|<html>\s*)$/i);
                assert.equal(page.headers['cache-control'], 'no-store');
                assert.equal(page.headers['cdn-cache-control'], undefined);
                const head = await get(path, {}, { method: 'HEAD' });
                assert.equal(head.status, page.status);
            });
        }

        test('not where a script writes to the client itself', async () => {
            assertNoElement(await get('nph-page.cgi'), PAGE);
        });

        test('not in an ErrorDocument that is a text', async () => {
            const page = await get('error/text/x');
            assert.equal(page.status, 404);
            assertNoElement(page, '<html><head><p>gone');
        });

        test('not in place of an ErrorDocument that is lost', async () => {
            const page = await get('error/lost/x');
            assert.equal(page.status, 404);
            assertNoElement(page);
        });
    });

    describe('what the browser takes is known behind a redirect', () => {
        for (const name of ['page.html', 'page.cgi', 'local-brotli.cgi',
            'x.wrapped', 'http/page']) {
            test(name, async () => {
                const page = await get(`brotli/${name}`,
                    { 'Accept-Encoding': 'gzip, br' });
                assert.equal(page.headers['content-encoding'], 'br');
                assertOneElement(page, PAGE);
            });
        }
    });

    for (const kind of KINDS) {
        describe(`mod_proxy_${kind}`, () => {
            test('a page', async () => {
                const page = await get(`${kind}/page`);
                assert.equal(page.status, 200);
                assertOneElement(page, PAGE);
                assertNoElement(await get(`${kind}/page`, SCRIPT), PAGE);
            });

            test('one that tells its length', async () => {
                const page = await get(`${kind}/length`);
                assertOneElement(page, PAGE);
                assert.equal(Number(page.headers['content-length']
                    ?? page.bytes.length), page.bytes.length);
            });

            test('an error', async () => {
                const page = await get(`${kind}/missing`);
                assert.equal(page.status, 404);
                assertOneElement(page, PAGE);
            });

            test('compressed', async () => {
                const page = await get(`${kind}/gzip`,
                    { 'Accept-Encoding': 'gzip' });
                assertOneElement(page, PAGE);
            });

            if (kind === 'scgi') {
                test('a redirect within the server', async () => {
                    assertOneElement(await get(`${kind}/redirect`), PAGE);
                });
            }

            test('its first bytes at once', async () => {
                const stream = await open(httpd, jar, `${kind}/slow`);
                await until(() => stream.text.includes('</head>'), 'the head');
                assert.match(stream.text, /<head><script src=/);
                await waitFor(`${kind} slow`);
                assert.equal(await stream.over(), 'complete');
                assert.equal(stream.text.replace(ELEMENT, ''), PAGE);
            });

            test('before the place is found, too', async () => {
                const stream = await open(httpd, jar, `${kind}/trickle`);
                for (const piece of ['html> ', '<html lang="en">\n', '-->',
                    '</script>']) {
                    await until(() => stream.text.endsWith(piece), piece);
                    await waitFor(`${kind} trickle`);
                }
                assert.equal(await stream.over(), 'complete');
                assert.equal(stream.text.match(ELEMENT).length, 1);
            });

            test('unpacked on the way, too', async () => {
                const stream = await open(httpd, jar, `${kind}/slow-gzip`,
                    { ...NAVIGATION, 'Accept-Encoding': 'gzip' });
                await until(() => stream.text.includes('</head>'), 'the head');
                await waitFor(`${kind} slow-gzip`);
                assert.equal(await stream.over(), 'complete');
                assert.equal(stream.text.replace(ELEMENT, ''), PAGE);
            });

            test('events', async () => {
                for (const headers of [NAVIGATION, SCRIPT]) {
                    const stream = await open(httpd, jar, `${kind}/events`,
                        headers);
                    await until(() => stream.text === 'data: <html><head>\n\n',
                        'an event');
                    await waitFor(`${kind} events`);
                    assert.equal(await stream.over(), 'complete');
                }
            });

            for (const name of ['cut', 'cut-length', 'short-length',
                'cut-early', 'cut-gzip']) {
                // a server that keeps the connection would have us wait
                if (kind === 'http' && name === 'short-length')
                    continue;
                test(`broken off is not complete: ${name}`, async () => {
                    httpd.allowLog(
                        /(AH\d+|MSS0037).*(read|error|Error|script|ajp|process|fail|broken)/);
                    const seen = {};
                    // mod_proxy_fcgi and others leave the connection open
                    const close = kind === 'http' ? {} : { Connection: 'close' };
                    for (const [what, headers] of [['page', NAVIGATION],
                        ['data', SCRIPT]]) {
                        const stream = await open(httpd, jar,
                            `${kind}/${name}`,
                            { ...headers, ...close, 'Accept-Encoding': 'gzip' });
                        await waitFor(`${kind} ${name}`);
                        seen[what] = await stream.over();
                        seen[`${what} text`] = stream.text;
                    }
                    // Where httpd itself does not tell, neither can a filter.
                    if (seen.data === 'broken' || kind === 'http')
                        assert.equal(seen.page, 'broken');
                });
            }
        });
    }

    describe('CGI', () => {
        for (const name of ['slow', 'packed']) {
            test(`its first bytes at once: ${name}`, async () => {
                const stream = await open(httpd, jar, `${name}.cgi`);
                await until(() => stream.text.includes('</head>'), 'the head');
                assert.match(stream.text, /<head><script src=/);
                writeFileSync(join(httpd.root, `htdocs/app/${name}.go`), '');
                assert.equal(await stream.over(), 'complete');
                assert.equal(stream.text.replace(ELEMENT, ''), PAGE);
            });
        }

        test('shorter than it says', async () => {
            const data = await open(httpd, jar, 'short.cgi', SCRIPT);
            const page = await open(httpd, jar, 'short.cgi');
            assert.equal(await page.over(), await data.over());
        });

        test('a script that is killed', async () => {
            assertOneElement(await get('die.cgi'), TOP);
        });
    });

    if (mpm === 'prefork') {
        describe('mod_php', () => {
            for (const name of ['page', 'length', 'gzip', 'virtual']) {
                test(name, async () => {
                    const headers = { 'Accept-Encoding': 'gzip' };
                    const page = await get(`${name}.php`, headers);
                    assertOneElement(page);
                    assert.equal(textOf(page).replace(ELEMENT, ''),
                        textOf(await get(`${name}.php`,
                            { ...SCRIPT, ...headers })));
                });
            }

            test('its first bytes at once', async () => {
                const stream = await open(httpd, jar, 'slow.php');
                await until(() => stream.text.includes('</head>'), 'the head');
                assert.match(stream.text, /<head><script src=/);
                writeFileSync(join(httpd.root, 'htdocs/app/slow.php.go'), '');
                assert.equal(await stream.over(), 'complete');
                assert.equal(stream.text.replace(ELEMENT, ''), PAGE);
            });
        });
    }
});
