// SPDX-License-Identifier: Apache-2.0
// Judges a page with the element in it against the page without, by parse5, a
// parser as the HTML standard describes it.

import assert from 'node:assert/strict';
import { parse } from 'parse5';

const ELEMENT = new RegExp('<script src="/session_security/script\\.js'
    + '\\?v=[0-9a-f]+"(?: nonce=\'[^\']*\')?'
    + ' data-session-security=\'[^\']*\'></script>', 'g');

/** The bytes without our element. @return {bytes, count} */
export function takeOut(bytes) {
    let count = 0;
    const text = bytes.toString('latin1')
        .replace(ELEMENT, () => { count++; return ''; });
    return { bytes: Buffer.from(text, 'latin1'), count };
}

const isOurs = (node) => node.nodeName === 'script'
    && node.attrs.some((a) => a.name === 'data-session-security');

function children(node, path, name) {
    const list = [];
    for (const child of node.childNodes ?? []) {
        if (isOurs(child)) {
            assert.equal(path, '/#document/html/head', `place in ${name}`);
            continue;
        }
        const last = list.at(-1);
        // Text on both sides of the element is two nodes.
        if (child.nodeName === '#text' && last?.text !== undefined)
            last.text += child.value;
        else
            list.push(outline(child, path, name));
    }
    return list;
}

function outline(node, path, name) {
    const here = `${path}/${node.nodeName}`;
    if (node.nodeName === '#text')
        return { text: node.value };
    return {
        name: node.nodeName, mode: node.mode, space: node.namespaceURI,
        attrs: node.attrs, data: node.data,
        doctype: [node.name, node.publicId, node.systemId],
        children: children(node, here, name),
        content: node.content && outline(node.content, `${here}/content`, name),
    };
}

/** The document, by parse5. Bytes are read as latin1, but for a byte order mark:
 * what they mean is the same with and without the element. */
export function parseBytes(bytes) {
    return parse(bytes.toString('latin1').replace(/^\xef\xbb\xbf/, '')
        // White space to the standard, but not to parse5.
        .replace(/&#(?:0*13(?!\d)|x0*d(?![\da-f]))/gi, '&#10'));
}

/** Fails unless both parse to the same tree in the same mode, but for our
 * element, which has to be in the head. */
export function assertSameTree(served, original, name) {
    const [a, b] = [served, original].map((bytes) =>
        outline(parseBytes(bytes), '', name));
    assert.deepEqual(a, b, name);
}
