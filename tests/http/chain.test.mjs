// SPDX-License-Identifier: Apache-2.0
// The filter among those of other modules, whatever puts them into the chain.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { connect } from 'node:http2';
import { connect as connectTcp } from 'node:net';
import { after, before, describe, test } from 'node:test';
import { deflateRawSync, deflateSync, gzipSync } from 'node:zlib';
import {
    formSite, Jar, login, NAVIGATION, SCRIPT, startBackend, startHttpd, until,
} from '../lib/httpd.mjs';
import {
    assertNoElement, assertOneElement, ELEMENT, textOf,
} from '../lib/element.mjs';

const PAGE = '<!DOCTYPE html>\n<html lang="en">\n<head>\n<title>Secret</title>\n'
    + `</head>\n<body>\n<p>${'x '.repeat(300)}</p>\n</body></html>\n`;
const ALL = 'gzip, deflate, br, zstd';
const bent = gzipSync(PAGE);
bent[bent.length >> 1] ^= 0xff;
// path: [encoding, bytes]
const PACKED = {
    '/deflate': ['deflate', deflateSync(PAGE)],
    '/deflate-bare': ['deflate', deflateRawSync(PAGE)],
    '/members': ['gzip', Buffer.concat([gzipSync(PAGE.slice(0, 30)),
        gzipSync(PAGE.slice(30))])],
    '/and-more': ['gzip', Buffer.concat([gzipSync(PAGE), Buffer.from('more')])],
    '/bent': ['gzip', bent],
    '/long': ['gzip', gzipSync(PAGE + randomBytes(2e6).toString('hex'))],
};

// name: [directives, encoding of the answer, what the page must have]
const CHAINS = {
    'set-deflate': ['SetOutputFilter DEFLATE', 'gzip'],
    'set-brotli': ['SetOutputFilter BROTLI_COMPRESS', 'br'],
    'add-deflate': ['AddOutputFilter DEFLATE html', 'gzip'],
    'by-type': ['AddOutputFilterByType BROTLI_COMPRESS text/html', 'br'],
    'by-type-both': ['AddOutputFilterByType BROTLI_COMPRESS;DEFLATE text/html',
        'br'],
    'removed': ['AddOutputFilter DEFLATE html\nRemoveOutputFilter html'],
    'inflate-and-back': ['Substitute "s|Secret|Public|"\n'
        + 'SetOutputFilter INFLATE;SUBSTITUTE;DEFLATE', 'gzip', /Public/],
    'substitute': ['Substitute "s|<head>|<head class=a><meta name=a>|"\n'
        + 'AddOutputFilterByType SUBSTITUTE text/html', undefined,
    /<meta name=a>/],
    'substitute-no-head': ['Substitute "s|</?head>||"\n'
        + 'SetOutputFilter SUBSTITUTE', undefined, undefined,
    /<html lang="en">\n\n$/],
    'substitute-after': ['Substitute "s|Secret|Public|"\n'
        + 'FilterDeclare LATE CONTENT_SET\n'
        + 'FilterProvider LATE SUBSTITUTE "%{CONTENT_TYPE} =~ /html/"\n'
        + 'FilterChain LATE', undefined, /Public/],
    'sed': ['AddOutputFilter Sed html\nOutputSed "s/Secret/Public/"',
        undefined, /Public/],
    'proxy-html': ['ProxyHTMLEnable On\nProxyHTMLDocType "<!DOCTYPE html>"\n'
        + 'SetOutputFilter proxy-html'],
    'ext-cat': ['SetOutputFilter ext-cat'],
    'ext-upper': ['SetOutputFilter ext-upper', undefined, /SECRET/],
    'ratelimit': ['SetOutputFilter RATE_LIMIT\nSetEnv rate-limit 4096'],
    'buffer': ['SetOutputFilter BUFFER'],
    'buffer-deflate': ['SetOutputFilter BUFFER;DEFLATE', 'gzip'],
    'charset': ['CharsetSourceEnc ISO-8859-1\nCharsetDefault UTF-8'],
    'declared-type': ['FilterDeclare SQUEEZE CONTENT_SET\n'
        + 'FilterProvider SQUEEZE DEFLATE "%{CONTENT_TYPE} =~ /html/"\n'
        + 'FilterChain SQUEEZE', 'gzip'],
    // no type: in the chain before the element
    'declared-early': ['FilterDeclare EARLY\n'
        + 'FilterProvider EARLY DEFLATE "%{CONTENT_TYPE} =~ /html/"\n'
        + 'FilterProvider EARLY BROTLI_COMPRESS "%{CONTENT_TYPE} =~ /html/"\n'
        + 'FilterChain EARLY'],
    'declared-early-and-late': ['FilterDeclare EARLY\n'
        + 'FilterProvider EARLY BROTLI_COMPRESS "%{CONTENT_TYPE} =~ /html/"\n'
        + 'FilterChain EARLY\nSetOutputFilter DEFLATE', 'gzip'],
    'undeclared': ['FilterProvider BARE BROTLI_COMPRESS "true"\n'
        + 'FilterChain BARE', 'br'],
    'own-names': ['SetOutputFilter SESSION_SECURITY;SESSION_SECURITY_DECODE;'
        + 'SESSION_SECURITY_POLICY;SESSION_SECURITY_COOKIE;'
        + 'SESSION_SECURITY_UNCACHED;SESSION_SECURITY_ENDING\nSetInputFilter SESSION_SECURITY_BODY'],
};

// What a filter before the element emits counts, whoever's bytes they are.
const INCLUDED = {
    'ssi-head': ['<!--#include virtual="head.html" --><title>x</title></head>'
        + '<body><!--#include virtual="page.html" --></body></html>'],
    'ssi-doctype': ['<!--#set var="a" value="b" --><!DOCTYPE html>'
        + '<!--#include virtual="nothing.html" --><html><head></head></html>'],
    'ssi-cgi': ['<html><!--#include virtual="head.cgi" --><title>x</title>'],
};

let httpd;
let backend;
let jar;

function answer(req, res) {
    const path = new URL(req.url, 'http://a').pathname;
    const accepts = req.headers['accept-encoding'] ?? '';
    const headers = { 'Content-Type': 'text/html; charset=utf-8' };
    let body = PAGE;

    if (path in PACKED)
        [headers['Content-Encoding'], body] = PACKED[path];
    else if (accepts.includes('gzip')) {
        headers['Content-Encoding'] = 'gzip';
        body = gzipSync(PAGE);
    }
    headers['Content-Length'] = Buffer.byteLength(body);
    res.writeHead(200, headers);
    res.end(req.method === 'HEAD' ? undefined : body);
}

const certificate = () => execFileSync('openssl', ['req', '-x509', '-newkey',
    'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-keyout', '-',
    '-out', '-', '-subj', '/CN=127.0.0.1', '-days', '2'],
{ encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });

before(async () => {
    backend = await startBackend(answer);
    httpd = await startHttpd({
        // HTTP/2 is for MPMs with threads
        mpm: 'event',
        ports: 2,
        modules: ['brotli', 'substitute', 'sed', 'proxy_html', 'xml2enc',
            'ext_filter', 'ratelimit', 'reqtimeout', 'buffer', 'charset_lite',
            'http2', 'ssl', 'socache_shmcb'],
        config: formSite({
            extra: `
ExtFilterDefine ext-cat mode=output intype=text/html cmd=/bin/cat
ExtFilterDefine ext-upper mode=output intype=text/html cmd="/usr/bin/tr a-z A-Z"
RequestReadTimeout header=20-40,MinRate=500 body=20,MinRate=500
AliasMatch "^/app/file/[a-z-]+/(.*)" "\${ROOT}/htdocs/app/$1"
ProxyPassMatch "^/app/proxied/[a-z-]+/(.*)" "${backend.url}/$1"
${Object.entries(CHAINS).map(([name, [directives]]) => `
<Location "/app/file/${name}/">
${directives}
</Location>
<Location "/app/proxied/${name}/">
${directives}
</Location>`).join('')}
Alias "/own-names/" "\${ROOT}/htdocs/"
<Location "/own-names/">
${CHAINS['own-names'][0]}
</Location>
Protocols h2 h2c http/1.1
SSLSessionCache none
<VirtualHost 127.0.0.1:\${PORT1}>
    SSLEngine on
    SSLCertificateFile server.pem
    Protocols h2 http/1.1
</VirtualHost>
`,
        }),
        files: {
            'server.pem': certificate(),
            'htdocs/app/page.html': PAGE,
            'htdocs/app/head.html': '<!doctype html><html><head id=a>',
            'htdocs/app/nothing.html': '',
            'htdocs/app/head.cgi':
                '#!/bin/sh\nprintf "Content-Type: text/html\\n\\n<head>"\n',
            ...Object.fromEntries(Object.entries(INCLUDED).map(
                ([name, [text]]) => [`htdocs/app/${name}.shtml`, text])),
        },
    });
    // of the certificate, and of Debian's OpenSSL
    httpd.allowLog(/ssl:warn\] .* AH0(1873|1882|1906|1909)/);
    jar = new Jar();
    await login(httpd, jar);
});

after(async () => {
    await httpd?.stop();
    await backend?.close();
});

const get = (path, headers = {}, options = {}) => httpd.request(`/app/${path}`,
    { jar, headers: { ...NAVIGATION, ...headers }, ...options });

/** What the other filters make of the page, uncompressed and without ours. */
const reference = async (path) =>
    textOf(await httpd.request(`/app/${path}`, { jar, headers: SCRIPT }));

describe('with each other filter', () => {
    for (const [name, [, encoding, has, before]] of Object.entries(CHAINS)) {
        for (const source of ['file', 'proxied']) {
            test(`${name}, ${source}`, async () => {
                const path = `${source}/${name}/page.html`;
                const plain = await reference(path);
                if (has)
                    assert.match(plain, has);
                assert.ok(plain.length > 600);
                const page = await get(path, { 'Accept-Encoding': ALL });
                assert.equal(page.headers['content-encoding'], encoding);
                assertOneElement(page, plain, before);
                assert.equal(page.headers['content-length']
                    ?? String(page.bytes.length), String(page.bytes.length));
                // a browser that takes no compression
                assertOneElement(await get(path), plain, before);
            });
        }
    }
});

test('our own filters, named in httpd.conf, do nothing', async () => {
    const page = await get('proxied/own-names/page.html', {},
        { method: 'POST', body: 'a=b' });
    assertOneElement(page, PAGE);
    // where nobody is tracked, too
    assertNoElement(await httpd.request('/own-names/', {}), textOf(
        await httpd.request('/', {})));
});

describe('mod_include', () => {
    for (const name of Object.keys(INCLUDED)) {
        test(name, async () => {
            const page = await get(`${name}.shtml`);
            assertOneElement(page, await reference(`${name}.shtml`));
        });
    }
});

describe('a backend that packs its pages', () => {
    for (const [path, [encoding, bytes]] of Object.entries(PACKED)) {
        if (['/bent', '/long'].includes(path))
            continue;
        test(path, async () => {
            const page = await get(`proxied/none${path}`,
                { 'Accept-Encoding': ALL });
            assert.equal(page.headers['content-encoding'], undefined);
            assertOneElement(page, PAGE);
            const data = await httpd.request(`/app/proxied/none${path}`,
                { jar, headers: { ...SCRIPT, 'Accept-Encoding': ALL } });
            assert.equal(data.headers['content-encoding'], encoding);
            assert.deepEqual(data.bytes, bytes);
        });
    }

    test('badly: what comes of it does not look whole', async () => {
        const mark = httpd.mark();
        await assert.rejects(get('proxied/none/bent',
            { 'Accept-Encoding': ALL }));
        await httpd.expectLog(/MSS0037: a compressed page is broken/);
        await until(() => httpd.accessLog().includes('/none/bent'),
            'the end of the request');
        assert.equal(httpd.logSince(mark).match(/MSS0037/g).length, 1);
    });

    test('badly: the stream of HTTP/2 does not end well', async () => {
        const session = connect(`http://127.0.0.1:${httpd.ports[0]}`);
        try {
            await assert.rejects(get2(session, '/app/proxied/none/bent',
                { ...NAVIGATION, 'accept-encoding': ALL }));
        }
        finally {
            session.close();
        }
    });

    test('to somebody who does not wait for the end: nothing is broken',
        async () => {
            const socket = connectTcp(httpd.ports[0], '127.0.0.1');
            socket.write('GET /app/proxied/none/long HTTP/1.1\r\nHost: a\r\n'
                + `Accept-Encoding: gzip\r\nCookie: ${jar.header('/app/')}\r\n`
                + Object.entries(NAVIGATION).map(([name, value]) =>
                    `${name}: ${value}\r\n`).join('') + '\r\n');
            const [first] = await once(socket, 'data');
            assert.match(first.toString('latin1'), /^HTTP\/1\.1 200 /);
            const mark = httpd.mark();
            socket.destroy();
            await until(() => /GET \/app\/proxied\/none\/long/
                .test(httpd.accessLog()), 'the end of the request');
            assert.doesNotMatch(httpd.logSince(mark), /MSS0037/);
        });
});

/** One request over HTTP/2. @return as httpd.request does */
function get2(session, path, headers = NAVIGATION) {
    return new Promise((done, fail) => {
        const stream = session.request({ ':path': path,
            'cookie': jar.header('/app/'), ...headers });
        const chunks = [];
        let fields;
        stream.on('response', (received) => { fields = received; });
        stream.on('data', (chunk) => chunks.push(chunk));
        stream.on('error', fail);
        // Without an error where the stream is cancelled.
        stream.on('close', () => fail(new Error(`reset: ${stream.rstCode}`)));
        stream.setTimeout(30000, () => fail(new Error('nothing comes')));
        stream.on('end', () => done({ status: fields[':status'],
            headers: fields, bytes: Buffer.concat(chunks) }));
    });
}

describe('HTTP/2', () => {
    for (const [what, url] of [
        ['with prior knowledge', () => `http://127.0.0.1:${httpd.ports[0]}`],
        ['over TLS', () => `https://127.0.0.1:${httpd.ports[1]}`],
    ]) {
        test(what, async () => {
            const session = connect(url(), { rejectUnauthorized: false });
            try {
                // several at once over one connection
                const pages = await Promise.all(
                    ['page.html', 'proxied/none/page.html',
                        'file/set-brotli/page.html', 'ssi-head.shtml',
                        'proxied/set-deflate/page.html']
                        .map((path) => get2(session, `/app/${path}`,
                            { ...NAVIGATION, 'accept-encoding': ALL })));
                for (const page of pages) {
                    assert.equal(page.status, 200);
                    assertOneElement(page);
                    assert.equal(page.headers['cache-control'], 'no-store');
                }
                assert.equal(pages[2].headers['content-encoding'], 'br');
                assert.equal(pages[4].headers['content-encoding'], 'gzip');
                assert.equal(textOf(pages[0]).replace(ELEMENT, ''), PAGE);
                assertNoElement(
                    await get2(session, '/app/page.html', SCRIPT), PAGE);
            }
            finally {
                session.close();
            }
        });
    }
});
