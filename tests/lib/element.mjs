// SPDX-License-Identifier: Apache-2.0
// The client's element in a page, and what is left without it.

import assert from 'node:assert/strict';
import { brotliDecompressSync, gunzipSync } from 'node:zlib';

/** The whole element, with its settings in the only group. */
export const ELEMENT = new RegExp('<script src="/session_security/script\\.js'
    + '\\?v=[0-9a-f]{16}"(?: nonce=\'[^\']*\')?'
    + ' data-session-security=\'([^\']*)\'></script>', 'g');

const DECODERS = {
    gzip: gunzipSync, br: brotliDecompressSync, identity: (bytes) => bytes,
};

/** The body as the browser reads it, in latin1. */
export function textOf(answer) {
    const encoding = answer.headers['content-encoding'] ?? 'identity';
    return DECODERS[encoding](answer.bytes).toString('latin1');
}

/** How often the element is there, in any state. */
export function countElements(answer) {
    return textOf(answer).split('data-session-security').length - 1;
}

/** One element, right behind <head ...> or in front of what follows `before`;
 * without it the page is `page`. */
export function assertOneElement(answer, page, before = /<head[^>]*>$/i) {
    const text = textOf(answer);
    const elements = [...text.matchAll(ELEMENT)];
    assert.equal(countElements(answer), 1, `${answer.status} ${text}`);
    assert.equal(elements.length, 1, text);
    assert.match(text.slice(0, elements[0].index), before);
    if (page !== undefined)
        assert.equal(text.replace(ELEMENT, ''), page);
}

/** No element, nor anything of one. */
export function assertNoElement(answer, page) {
    assert.equal(countElements(answer), 0, textOf(answer));
    if (page !== undefined)
        assert.equal(textOf(answer), page);
}
