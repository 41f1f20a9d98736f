// SPDX-License-Identifier: Apache-2.0
// Uploads that take their time: a backend that counts what it stores, and a sender
// that pauses.

import { Readable } from 'node:stream';
import { SCRIPT, startBackend, until } from './httpd.mjs';
import { isIdle } from './process.mjs';

/** A backend that counts the bytes that it stores; below /held/ it stores nothing
 * before the test resumes .held. */
export async function startStorage(t) {
    const stored = { bytes: 0 };
    const backend = await startBackend((request, response) => {
        request.on('data', (chunk) => { stored.bytes += chunk.length; });
        request.on('end', () => response.end('stored'));
        if (request.url.startsWith('/held/'))
            stored.held = request.pause();
    }, t);
    stored.url = backend.url;
    return stored;
}

/** Lets time pass while httpd waits for the next part of a body. */
export async function pass(httpd, seconds) {
    await until(() => httpd.pids().every(isIdle), 'a reader that waits');
    httpd.clock.advance(seconds);
}

/** Uploads to such a backend at /app/backend/.
 * @param pauses seconds after each part */
export function upload(httpd, jar, stored, pauses) {
    const part = Buffer.alloc(20000, 'x');
    return httpd.request('/app/backend/upload', {
        method: 'PUT', jar, headers: SCRIPT,
        body: Readable.from((async function* body() {
            stored.bytes = 0;
            for (const [i, seconds] of pauses.entries()) {
                yield part;
                await until(() => stored.bytes >= (i + 1) * part.length,
                    'a part');
                await pass(httpd, seconds);
            }
        }())),
    });
}
