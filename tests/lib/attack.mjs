// SPDX-License-Identifier: Apache-2.0
// A site with every side door that httpd offers to a protected page, and the
// ways to ask for it. What is protected says "Secret", on files and backend.

import { connect, constants } from 'node:http2';
import { createServer } from 'node:http';
import { execFileSync } from 'node:child_process';
import { rmSync, mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { connect as connectNet } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { join } from 'node:path';
import { NAVIGATION, formSite, startHttpd } from './httpd.mjs';
import { LIMITS } from './life.mjs';

const HTML = '<!DOCTYPE html><title>b</title><p>Secret of the backend</p>';

/** An application that answers anything, upgrades and events among it; below
 * /slow when release() is called.
 * @return {url, port, requests: ["METHOD url"], release(), close()} */
export async function startApplication() {
    const requests = [];
    const waiting = [];
    const server = createServer((req, res) => {
        requests.push(`${req.method} ${req.url}`);
        const headers = { 'Content-Type': 'text/html', 'ETag': '"b"',
            'Last-Modified': 'Sat, 01 Jan 2022 00:00:00 GMT',
            'Set-Cookie': 'JSESSIONID=abc; Path=/app' };
        if (req.url.startsWith('/cached'))
            headers['Cache-Control'] = 'public, max-age=600';
        if (req.url.startsWith('/events'))
            headers['Content-Type'] = 'text/event-stream';
        req.resume();
        req.on('end', () => {
            res.writeHead(200, headers);
            const finish = () => res.end(
                headers['Content-Type'] === 'text/html' ? HTML
                    : 'data: Secret\n\n');
            if (req.url.startsWith('/slow'))
                waiting.push(finish);
            else
                finish();
        });
    });
    server.on('upgrade', (req, socket) => {
        requests.push(`UPGRADE ${req.url}`);
        socket.on('error', () => {});
        socket.end('HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n'
            + 'Connection: Upgrade\r\n\r\nSecret');
    });
    await new Promise((done) => server.listen(0, '127.0.0.1', done));
    server.unref();
    const { port } = server.address();
    return { port, url: `http://127.0.0.1:${port}`, requests,
        release: () => waiting.splice(0).forEach((finish) => finish()),
        close: () => new Promise((done) => {
            server.close(done);
            server.closeAllConnections();
        }) };
}

function certificate() {
    const dir = mkdtempSync(join(tmpdir(), 'mss-cert-'));
    execFileSync('openssl', ['req', '-x509', '-newkey', 'ec', '-pkeyopt',
        'ec_paramgen_curve:prime256v1', '-nodes', '-days', '10',
        '-subj', '/CN=127.0.0.1', '-keyout', join(dir, 'key'),
        '-out', join(dir, 'cert')], { stdio: 'ignore' });
    const files = { key: readFileSync(join(dir, 'key')),
        cert: readFileSync(join(dir, 'cert')) };
    rmSync(dir, { recursive: true });
    return files;
}

const cgi = (head) => `#!/bin/sh\nprintf '${head}\\n\\n'\n`;

const FILES = {
    'htdocs/app/sub/index.html': 'Secret index',
    'htdocs/app/part.shtml': '<p>Secret part</p>',
    'htdocs/app/run.cgi': `${cgi('Content-Type: text/html')}echo Secret run\n`,
    'htdocs/includes.shtml': 'got: <!--#include virtual="/app/page.html" -->',
    'htdocs/includes-proxied.shtml':
        'got: <!--#include virtual="/app/backend/part" -->',
    'htdocs/location.cgi': cgi('Location: /app/page.html'),
    'htdocs/location-proxied.cgi': cgi('Location: /app/backend/x'),
};

/** What httpd itself says of hostile requests, and of the certificate. */
const NOISE = /unable to include|AH(00135|10244|01873|01882|01906|01909): /;

/** Everything of one httpd, with TLS on its second port where tls. */
export async function startFortress({ mpm = 'event', tls = false, more = '' } = {}) {
    const application = await startApplication();
    const httpd = await startHttpd({
        mpm, clock: true, ports: tls ? 2 : 1,
        modules: ['cache', 'cache_disk', 'proxy_wstunnel',
            ...tls ? ['ssl', 'http2', 'socache_shmcb'] : []],
        files: { ...FILES, ...tls ? certificate() : {} },
        config: formSite({
            security: `${LIMITS}SessionSecurityPassiveURLs /app/poll\n${more}`,
            backend: application.url,
            extra: `
CacheRoot "\${ROOT}/db"
CacheEnable disk /app/backend/cached
TraceEnable extended
# By the server's clock, which is moved.
KeepAliveTimeout 30000
AcceptPathInfo On
ProxyPass "/app/ws/" "ws://127.0.0.1:${application.port}/"
Alias "/alias" "\${ROOT}/htdocs/app"
<Location "/alias">
    AuthType form
    AuthName app
    AuthFormProvider file
    AuthUserFile users
    AuthFormLoginRequiredLocation /login.html
    Require valid-user
</Location>
RewriteEngine On
RewriteRule "^/through/(.*)$" "/app/$1" [PT]
RewriteRule "^/app/rewritten/(.*)$" "${application.url}/$1" [P]
<Location "/missing">
    ErrorDocument 404 /app/page.html
</Location>
<Directory "\${ROOT}/htdocs/app">
    Options +MultiViews
</Directory>
${tls ? `Protocols h2 h2c http/1.1
<VirtualHost 127.0.0.1:\${PORT1}>
    SSLEngine On
    SSLCertificateFile cert
    SSLCertificateKeyFile key
    RewriteEngine On
    RewriteOptions Inherit
</VirtualHost>` : ''}`,
        }),
    });
    httpd.allowLog(NOISE);
    return { httpd, application,
        stop: async () => {
            await httpd.stop();
            await application.close();
        } };
}

// --- ways to ask -------------------------------------------------------------

/** Spellings of URLs of what is protected, and doors to it. Those of `open` are
 * answered with it to who is logged in: so the list is worth asking. */
export const SPELLINGS = {
    open: ['/app/', '/app/page.html', '//app/page.html', '/app//page.html',
        '/./app/page.html', '/x/../app/page.html', '/app/./page.html',
        '/app/x/../page.html', '/app/../app/page.html', '/%61pp/page.html',
        '/app/%70age.html', '/app/page%2ehtml', '/%2e/app/page.html',
        '/x/%2e%2e/app/page.html', '/app/%2e%2e/app/page.html',
        '/app/page.html?', '/app/page.html?/../../', '/app/page',
        '///app///page.html', '/app/sub/', '/app/sub/index.html',
        '/app/part.shtml', '/app/part.shtml/path/info', '/app/run.cgi',
        '/app/run.cgi/path/info', '/app/run.cgi;x=y'.replace(';x=y', '?;x=y'),
        '/alias/page.html', '/alias/', '/through/page.html', '/through/',
        '/missing/page', '/location.cgi', '/location-proxied.cgi',
        '/includes.shtml', '/includes-proxied.shtml',
        '/app/backend/x', '/app/backend//x', '/app/backend/;a=b',
        '/app/backend/x;jsessionid=1', '/app/backend/%2e%2e/backend/x',
        '/app/%62ackend/x', '/app//backend/x', '/app/backend/cached',
        '/app/backend/cached?', '/app/backend/events', '/app/rewritten/x',
        '/through/backend/x', '/app/backend/index.html/'],
    closed: ['/app', '/app/sub', '/app;x=y/page.html', '/app/page.html;x=y',
        '/app/page.html/', '/app/page.html/path/info', '/APP/page.html',
        '/App/Page.html', '/app%2fpage.html', '/app%5cpage.html',
        '/app/%252e%252e/page.html', '/app/%c0%ae%c0%ae/app/page.html',
        '/app/page.html%00', '/app/page.html%20', '/app/page.html%0a',
        '/app/page.html%23', '/app/page.html::$DATA', '/app\\page.html',
        '/..%2fapp/page.html', '/%2e%2e/app/page.html', '/../app/page.html',
        '/includes.shtml/app/page.html', '/app/.', '/app/..%00/page.html',
        '/app/ws/chat', '/app/poll', '/session_security/../app/page.html',
        '/session_security/%2e%2e/app/page.html',
        '/session_security/ping/../../app/page.html', '*',
        'http://127.0.0.1/app/page.html', 'http://127.0.0.1//app/page.html',
        'http://user@127.0.0.1/app/page.html', '/app/page.html#x'],
};

export const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'DELETE', 'PATCH',
    'OPTIONS', 'TRACE', 'PROPFIND', 'PROPPATCH', 'MKCOL', 'COPY', 'MOVE',
    'LOCK', 'UNLOCK', 'REPORT', 'SEARCH', 'CHECKOUT', 'BREW', 'get', 'G'];

/** Header fields by which an answer can become another than 200. */
export const CONDITIONS = {
    'If-None-Match': { 'If-None-Match': '"b", *' },
    'If-None-Match: *': { 'If-None-Match': '*' },
    'If-Modified-Since': { 'If-Modified-Since':
        'Fri, 01 Jan 2038 00:00:00 GMT' },
    'If-Match': { 'If-Match': '"b"' },
    'If-Unmodified-Since': { 'If-Unmodified-Since':
        'Fri, 01 Jan 2038 00:00:00 GMT' },
    'Range': { Range: 'bytes=0-9' },
    'Ranges': { Range: 'bytes=0-1,4-5,-3' },
    'If-Range': { 'Range': 'bytes=0-9', 'If-Range': '"b"' },
    'Expect': { Expect: '100-continue' },
    'Cache-Control': { 'Cache-Control': 'only-if-cached, max-stale=99999' },
    'Upgrade': { 'Connection': 'Upgrade', 'Upgrade': 'websocket',
        'Sec-WebSocket-Version': '13',
        'Sec-WebSocket-Key': 'dGhlIHNhbXBsZSBub25jZQ==' },
    'Upgrade: h2c': { 'Connection': 'Upgrade, HTTP2-Settings',
        'Upgrade': 'h2c', 'HTTP2-Settings': 'AAMAAABkAAQAoAAAAAIAAAAA' },
    'method override': { 'X-HTTP-Method-Override': 'GET',
        'X-Original-URL': '/', 'X-Rewrite-URL': '/index.html' },
    'forwarded': { 'X-Forwarded-User': 'alice', 'Remote-User': 'alice',
        'X-Forwarded-For': '127.0.0.1', 'REMOTE_USER': 'alice' },
    'of the module': { 'X-Session-Security': '1',
        'Session-Security': 'active', 'SESSION_SECURITY_IDLE': '0' },
    'passive and not': { 'Sec-Purpose': 'prefetch', 'Purpose': 'prefetch' },
    'Authorization': { Authorization: 'Basic YWxpY2U6c2VjcmV0' },
    'Session': { Session: 'app-user=alice&app-pw=secret' },
};

const fields = (headers) => Object.entries(headers)
    .map(([name, value]) => `${name}: ${value}\r\n`).join('');

/** The bytes of a request of HTTP/1. bare: without the header fields of a
 * browser that opens a page. */
export function bytesOf({ method = 'GET', path, headers = {}, cookie,
    version = '1.1', close = true, bare = false }) {
    return `${method} ${path} HTTP/${version}\r\n${version === '1.1'
        ? 'Host: 127.0.0.1\r\n' : ''}${cookie ? `Cookie: ${cookie}\r\n` : ''}${
        fields(bare ? headers : { ...NAVIGATION, ...headers })}${close && !headers.Connection
        && version === '1.1' ? 'Connection: close\r\n' : ''}\r\n`;
}

/** A connection that is asked one thing after the other.
 * send(bytes); next(): the next answer that came, by its end as told;
 * rest(): all until it is closed, by us where httpd does not. */
export class Connection {
    #text = '';
    #closed = false;
    #waiting = [];

    static async open(port, tls = false) {
        const it = new Connection();
        it.socket = tls
            ? connectTls({ port, host: '127.0.0.1', rejectUnauthorized: false,
                ALPNProtocols: ['http/1.1'] })
            : connectNet(port, '127.0.0.1');
        it.socket.on('data', (data) => it.#came(data.toString('latin1')));
        it.socket.on('error', () => it.#came(''));
        it.socket.on('close', () => {
            it.#closed = true;
            it.#came('');
        });
        await new Promise((done, fail) => it.socket
            .once(tls ? 'secureConnect' : 'connect', done).once('error', fail));
        return it;
    }

    #came(text) {
        this.#text += text;
        this.#waiting.splice(0).forEach((wake) => wake());
    }

    send(bytes) {
        this.socket.write(bytes, 'latin1');
    }

    /** Takes what probe(text) says is there: its length, or undefined. */
    async #take(probe, ms) {
        for (const end = Date.now() + ms; ;) {
            const n = this.#closed ? this.#text.length : probe(this.#text);
            if (n !== undefined) {
                const taken = this.#text.slice(0, n);
                this.#text = this.#text.slice(n);
                return taken;
            }
            const left = end - Date.now();
            if (left <= 0)
                throw new Error(`no answer in ${ms} ms: ${this.#text}`);
            await new Promise((wake) => {
                const timer = setTimeout(wake, left);
                this.#waiting.push(() => { clearTimeout(timer); wake(); });
            });
        }
    }

    next({ ms = 8000, headOnly = false } = {}) {
        return this.#take((text) => {
            const head = text.indexOf('\r\n\r\n') + 4;
            if (head < 4)
                return undefined;
            if (headOnly)
                return head;
            const length = /\r\ncontent-length: *(\d+)/i.exec(
                text.slice(0, head));
            if (length)
                return text.length >= head + Number(length[1])
                    ? head + Number(length[1]) : undefined;
            if (!/\r\ntransfer-encoding: *chunked/i.test(text.slice(0, head)))
                return head;
            const end = text.indexOf('\r\n0\r\n\r\n', head - 2);
            return end < 0 ? undefined : end + 7;
        }, ms);
    }

    async rest({ ms = 8000 } = {}) {
        const text = await this.#take(() => undefined, ms);
        this.socket.destroy();
        return text;
    }
}

/** An exchange of HTTP/1 over a connection of its own. */
export async function ask(port, request, tls = false) {
    const connection = await Connection.open(port, tls);
    connection.send(bytesOf(request));
    if (!request.headers?.Connection)
        return connection.rest();
    // It cannot be told to close, too.
    const answer = await connection.next(
        { headOnly: request.method === 'HEAD' });
    connection.socket.destroy();
    return answer;
}

/** A connection of HTTP/2: exchange({method, path, headers, cookie}) resolves
 * to a text like that of HTTP/1. */
export class Connection2 {
    constructor(port, tls) {
        this.session = connect(`${tls ? 'https' : 'http'}://127.0.0.1:${port}`,
            { rejectUnauthorized: false });
        this.session.on('error', () => {});
    }

    exchange({ method = 'GET', path, headers = {}, cookie }) {
        const sent = Object.fromEntries(Object.entries(
            { ...NAVIGATION, ...headers }).filter(([name]) =>
            !/^(connection|upgrade|http2-settings|expect)$/i.test(name)));
        return new Promise((done) => {
            const stream = this.session.request({ ':method': method,
                ':path': path, ...sent, ...cookie && { cookie } });
            let text = '';
            stream.on('response', (found) => {
                text = `HTTP/2 ${found[':status']} \r\n${fields(
                    Object.fromEntries(Object.entries(found)))}\r\n`;
            });
            stream.setEncoding('latin1');
            stream.on('data', (data) => { text += data; });
            stream.on('error', () => {});
            stream.on('close', () => done(text
                || `reset ${stream.rstCode !== constants.NGHTTP2_NO_ERROR}`));
            stream.end();
        });
    }

    close() {
        this.session.close();
    }
}

export const statusOf = (answer) =>
    Number(/^HTTP\/[\d.]+ (\d+)/.exec(answer)?.[1]);
