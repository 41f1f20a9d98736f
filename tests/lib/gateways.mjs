// SPDX-License-Identifier: Apache-2.0
// Small servers for the protocols by which httpd talks to applications.
//
//   const gateway = await startGateway('fcgi', app, t);
//   ProxyPass "/app/" "${gateway.url}/"
//
// kind: 'http', 'fcgi', 'scgi', 'uwsgi', 'ajp'. app(path, out) is called for
// each request, with the path and query that the client asked for; it says
// out.start(status, {name: value}), out.write(bytes), out.end(), and to break
// off in the middle out.abort().

import { createServer as createHttpServer } from 'node:http';
import { createServer } from 'node:net';

/** Reads just so many bytes, or up to one byte, from a socket. */
class Reader {
    #data = Buffer.alloc(0);
    #waiting;

    constructor(socket) {
        socket.on('data', (chunk) => {
            this.#data = Buffer.concat([this.#data, chunk]);
            this.#waiting?.();
        });
    }

    async #until(probe) {
        for (;;) {
            const n = probe();
            if (n > 0 || n === 0) {
                const bytes = this.#data.subarray(0, n);
                this.#data = this.#data.subarray(n);
                return bytes;
            }
            await new Promise((done) => { this.#waiting = done; });
        }
    }

    exactly(n) {
        return this.#until(() => this.#data.length >= n ? n : -1);
    }

    async upTo(character) {
        const code = character.charCodeAt(0);
        const bytes = await this.#until(() =>
            this.#data.indexOf(code) >= 0 ? this.#data.indexOf(code) + 1 : -1);
        return bytes.toString('latin1').slice(0, -1);
    }
}

const lines = (headers) => Object.entries(headers)
    .map(([name, value]) => `${name}: ${value}\r\n`).join('') + '\r\n';

/** An answer as plain bytes: CGI's, after a line for the status. */
const plainAnswer = (socket, statusLine) => ({
    start: (status, headers) =>
        socket.write(`${statusLine(status)}\r\n${lines(headers)}`),
    write: (bytes) => socket.write(bytes),
    end: () => socket.end(),
    abort: () => socket.destroy(),
});

function record(type, id, content) {
    const head = Buffer.from([1, type, 0, id, 0, 0, 0, 0]);
    head.writeUInt16BE(content.length, 4);
    return Buffer.concat([head, content]);
}

function fcgiParams(bytes) {
    const env = {};
    for (let at = 0; at < bytes.length;) {
        const sizes = [0, 0].map(() => {
            const long = bytes[at] & 0x80;
            const n = long ? bytes.readUInt32BE(at) & 0x7fffffff : bytes[at];
            at += long ? 4 : 1;
            return n;
        });
        const [name, value] = sizes.map((n) =>
            bytes.toString('latin1', at, at += n));
        env[name] = value;
    }
    return env;
}

// FastCGI Specification, Mike Brown, 1996
async function fcgi(socket, reader, app) {
    const params = [];
    let last = 5; // the body; who is asked for authorization gets none
    for (;;) {
        const head = await reader.exactly(8);
        const [, type, , id] = head;
        const content = await reader.exactly(head.readUInt16BE(4));
        await reader.exactly(head[6]);
        if (type === 1 && content.readUInt16BE(0) === 2)
            last = 4;
        if (type === 4)
            params.push(content);
        if (type !== last || content.length > 0)
            continue;
        const write = (bytes) =>
            socket.write(record(6, id, Buffer.from(bytes)));
        app(fcgiParams(Buffer.concat(params)).REQUEST_URI, {
            start: (status, headers) =>
                write(`Status: ${status}\r\n${lines(headers)}`),
            write,
            end: () => socket.end(Buffer.concat([
                record(6, id, Buffer.alloc(0)),
                record(3, id, Buffer.alloc(8))])),
            abort: () => socket.destroy(),
        });
        return;
    }
}

// https://python.ca/scgi/protocol.txt
async function scgi(socket, reader, app) {
    const bytes = await reader.exactly(Number(await reader.upTo(':')));
    const words = bytes.toString('latin1').split('\0');
    app(words[words.indexOf('REQUEST_URI') + 1],
        plainAnswer(socket, (status) => `Status: ${status}`));
}

// https://uwsgi-docs.readthedocs.io/en/latest/Protocol.html
async function uwsgi(socket, reader, app) {
    const head = await reader.exactly(4);
    const bytes = await reader.exactly(head.readUInt16LE(1));
    const words = [];
    for (let at = 0; at < bytes.length;) {
        const n = bytes.readUInt16LE(at);
        words.push(bytes.toString('latin1', at + 2, at + 2 + n));
        at += 2 + n;
    }
    app(words[words.indexOf('REQUEST_URI') + 1],
        plainAnswer(socket, (status) => `HTTP/1.1 ${status} Said`));
}

function packet(type, ...parts) {
    const content = Buffer.concat([Buffer.from([type]), ...parts]);
    const head = Buffer.from('AB\0\0', 'latin1');
    head.writeUInt16BE(content.length, 2);
    return Buffer.concat([head, content]);
}

function ajpNumber(n) {
    const bytes = Buffer.alloc(2);
    bytes.writeUInt16BE(n);
    return bytes;
}

const ajpText = (text) => Buffer.concat([
    ajpNumber(Buffer.byteLength(text)), Buffer.from(`${text}\0`)]);

// https://tomcat.apache.org/connectors-doc/ajp/ajpv13a.html
async function ajp(socket, reader, app) {
    for (;;) {
        const size = (await reader.exactly(4)).readUInt16BE(2);
        const bytes = await reader.exactly(size);
        if (bytes[0] !== 2)
            continue; // no request
        const protocol = bytes.readUInt16BE(2);
        const at = 2 + 2 + protocol + 1;
        const path = bytes.toString('latin1', at + 2,
            at + 2 + bytes.readUInt16BE(at));
        await new Promise((done) => app(path, {
            start: (status, headers) => socket.write(packet(4,
                ajpNumber(status), ajpText('Said'),
                ajpNumber(Object.keys(headers).length),
                ...Object.entries(headers).flatMap(([name, value]) =>
                    [ajpText(name), ajpText(String(value))]))),
            write: (text) => {
                const content = Buffer.from(text);
                socket.write(packet(3, ajpNumber(content.length), content,
                    Buffer.from([0])));
            },
            end: () => { socket.write(packet(5, Buffer.from([1]))); done(); },
            abort: () => { socket.destroy(); done(); },
        }));
    }
}

function httpServer(app) {
    return createHttpServer((req, res) => app(req.url, {
        start: (status, headers) => res.writeHead(status, headers),
        write: (bytes) => req.method === 'HEAD' || res.write(bytes),
        end: () => res.end(),
        abort: () => res.destroy(),
    }));
}

const PROTOCOLS = { fcgi, scgi, uwsgi, ajp };

/** @return {port, url, close()} */
export async function startGateway(kind, app, t) {
    const sockets = new Set();
    const server = kind === 'http' ? httpServer(app) : createServer(
        { noDelay: true }, (socket) => {
            socket.on('error', () => {});
            PROTOCOLS[kind](socket, new Reader(socket), app);
        });
    server.on('connection', (socket) => {
        sockets.add(socket);
        socket.on('close', () => sockets.delete(socket));
    });
    await new Promise((done) => server.listen(0, '127.0.0.1', done));
    server.unref();
    const { port } = server.address();
    const gateway = {
        port, url: `${kind}://127.0.0.1:${port}`,
        close: () => new Promise((done) => {
            server.close(done);
            sockets.forEach((socket) => socket.destroy());
        }),
    };
    t?.after(() => gateway.close());
    return gateway;
}
