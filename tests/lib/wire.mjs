// SPDX-License-Identifier: Apache-2.0
// Requests as a test needs them: nothing followed, nothing decoded, or byte by
// byte.

import { request as httpRequest } from 'node:http';
import { connect as connectH2 } from 'node:http2';
import { request as httpsRequest } from 'node:https';
import { connect } from 'node:net';

function encodeBody(body, headers) {
    if (body instanceof URLSearchParams) {
        headers['Content-Type'] ??= 'application/x-www-form-urlencoded';
        return body.toString();
    }
    return body;
}

function collect(res, done, fail) {
    const chunks = [];
    res.on('data', (chunk) => chunks.push(chunk));
    res.on('error', fail);
    res.on('end', () => {
        const bytes = Buffer.concat(chunks);
        done({
            status: res.statusCode, reason: res.statusMessage,
            headers: res.headers, rawHeaders: res.rawHeaders,
            trailers: res.trailers, bytes,
            get body() { return bytes.toString('utf8'); },
            get json() { return JSON.parse(this.body); },
        });
    });
}

/** One request; redirects are not followed, bodies not decoded.
 * options: method, headers, body (string, Buffer, URLSearchParams or a readable
 * stream), jar (its cookies are sent, the answer's stored), port, agent,
 * timeout (ms, of silence), now (server's time in ms, for the jar), tls ({cert,
 * key}, or {}: by TLS, whosever the server's certificate is).
 * @return {status, headers, rawHeaders, bytes, body, json}; headers as of
 * node:http: small letters, set-cookie an array. */
export function send(port, path, {
    method = 'GET', headers = {}, body, jar, agent = false, timeout = 20000,
    now = Date.now(), tls,
} = {}) {
    const sent = { ...headers };
    const content = encodeBody(body, sent);
    const cookies = jar?.header(path);
    if (cookies !== undefined)
        sent.Cookie ??= cookies;
    if (typeof content === 'string' || content instanceof Buffer)
        sent['Content-Length'] ??= Buffer.byteLength(content);
    return new Promise((done, fail) => {
        const req = (tls ? httpsRequest : httpRequest)({
            host: '127.0.0.1', port, path, method, headers: sent, agent,
            ...tls && { rejectUnauthorized: false, ...tls },
        }, (res) => {
            jar?.store(res.headers['set-cookie'], path.split('?')[0], now);
            collect(res, done, fail);
        });
        req.on('error', fail);
        req.setTimeout(timeout, () =>
            req.destroy(new Error(`no answer in ${timeout} ms: ${path}`)));
        if (content && typeof content.pipe === 'function')
            content.pipe(req);
        else
            req.end(content);
    });
}

/** The same over a connection of HTTP/2 of its own, in clear, begun as such.
 * Without a reason, trailers and streams as bodies. */
export function sendH2(port, path, {
    method = 'GET', headers = {}, body, jar, timeout = 20000, now = Date.now(),
} = {}) {
    const sent = { ...headers };
    const content = encodeBody(body, sent);
    const cookies = jar?.header(path);
    if (cookies !== undefined)
        sent.Cookie ??= cookies;
    return new Promise((done, fail) => {
        const session = connectH2(`http://127.0.0.1:${port}`);
        session.on('error', fail);
        const stream = session.request(
            { ':method': method, ':path': path, ...sent });
        const chunks = [];
        let answer;
        stream.setTimeout(timeout, () => {
            session.destroy();
            fail(new Error(`no answer in ${timeout} ms: ${path}`));
        });
        stream.on('response', (found) => {
            answer = found;
            jar?.store(found['set-cookie'], path.split('?')[0], now);
        });
        stream.on('data', (chunk) => chunks.push(chunk));
        stream.on('error', fail);
        stream.on('end', () => {
            session.close();
            const bytes = Buffer.concat(chunks);
            done({
                status: answer[':status'], headers: answer, bytes,
                get body() { return bytes.toString('utf8'); },
                get json() { return JSON.parse(this.body); },
            });
        });
        stream.end(content);
    });
}

/** Sends exactly these bytes and reads until the server closes, so ask it to
 * ("Connection: close"). bytes: string (latin1), Buffer, or an async iterable
 * of them, to send in pieces. @return all that came, a latin1 string. */
export function sendRaw(port, bytes, { timeout = 20000 } = {}) {
    return new Promise((done, fail) => {
        const socket = connect(port, '127.0.0.1');
        const chunks = [];
        const finish = () => done(Buffer.concat(chunks).toString('latin1'));
        socket.setTimeout(timeout, () => socket.destroy(new Error(
            `not closed after ${timeout} ms; received: ${
                Buffer.concat(chunks).toString('latin1')}`)));
        socket.on('data', (chunk) => chunks.push(chunk));
        socket.on('end', finish);
        socket.on('error', (error) =>
            error.code === 'ECONNRESET' || error.code === 'EPIPE'
                ? finish() : fail(error));
        socket.on('connect', () => writeAll(socket, bytes).catch(fail));
    });
}

async function writeAll(socket, bytes) {
    if (typeof bytes === 'string' || bytes instanceof Uint8Array) {
        socket.write(bytes, 'latin1');
        return;
    }
    for await (const piece of bytes) {
        if (socket.destroyed)
            return;
        socket.write(piece, 'latin1');
    }
}

/** Whether somebody listens there. */
export function canConnect(port) {
    return new Promise((done) => {
        const socket = connect(port, '127.0.0.1')
            .on('connect', () => { socket.destroy(); done(true); })
            .on('error', () => done(false));
    });
}
