// SPDX-License-Identifier: Apache-2.0
// Documents that are made up, with the element where the scanner wants it: the
// same tree in the same mode by parse5. No server is needed for that.
//   MSS_SEED       the documents to make; that of a failure is printed
//   MSS_DOCUMENTS  how many

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { makeDocument, makeRandom } from '../lib/grammar.mjs';
import { assertSameTree, parseBytes } from '../lib/tree.mjs';

const ROOT = new URL('../../', import.meta.url).pathname;
const ELEMENT = '<script src="/session_security/script.js?v=0"'
    + ' data-session-security=\'{"a":1}\'></script>';
const SEED = Number(process.env.MSS_SEED ?? Date.now() % 2 ** 31);
const COUNT = Number(process.env.MSS_DOCUMENTS ?? 5000);
const AT_ONCE = 4000;

function buildPlace(t) {
    const build = mkdtempSync(join(tmpdir(), 'mss-place-'));
    t.after(() => rmSync(build, { recursive: true }));
    execFileSync('make', ['-s', '-C', ROOT, `BUILD=${build}`,
        `${build}/place`], { stdio: ['ignore', 'ignore', 'inherit'] });
    return (documents) => {
        const input = documents.map((d) => `${d.length}\n${d}`).join('');
        const output = execFileSync(`${build}/place`,
            { input: Buffer.from(input, 'latin1'), maxBuffer: 2 ** 26 });
        return output.toString().trim().split('\n').map(Number);
    };
}

const child = (node, name) =>
    node.childNodes.find((one) => one.nodeName === name);

/* Where nothing came that a head or body is made of, there is no place. Bytes at
 * the end may have been undecided: "<", "&Ta", "<\0" as a beginning of UTF-16. */
function assertNothingThere(document) {
    if (/&#x?0{2}/i.test(document))
        return; // too long to wait for its end
    const html = child(parseBytes(document), 'html');
    const [head, body] = ['head', 'body'].map((name) => child(html, name));
    assert.equal(head.childNodes.length, 0, 'a head');
    assert.ok(body, 'a frameset');
    const [content] = body.childNodes;
    if (content) {
        assert.match(document, /(^[<\0?]+|<\/?|&#?\w{0,8})$/, 'content');
        assert.ok(content.nodeName === '#text' && content.value.length <= 9);
    }
}

function assertPlace(document, at) {
    if (at < 0)
        return assertNothingThere(document);
    const served = document.slice(0, at) + ELEMENT + document.slice(at);
    assertSameTree(served, document, 'tree');
    const [first] = child(child(parseBytes(served), 'html'), 'head').childNodes;
    assert.equal(first?.attrs?.[1]?.name, 'data-session-security', 'first');
}

/* What is left when nothing can be left out without the failure being gone. */
function smallest(document, fails) {
    for (let n = document.length >> 1; n > 0; n >>= 1) {
        for (let i = 0; i < document.length;) {
            const less = document.slice(0, i) + document.slice(i + n);
            if (fails(less))
                document = less;
            else
                i += n;
        }
    }
    return document;
}

function failureOf(document, at) {
    try {
        assertPlace(document, at);
        return null;
    } catch (error) {
        return error;
    }
}

test(`${COUNT} documents, MSS_SEED=${SEED}`, (t) => {
    const place = buildPlace(t);
    const random = makeRandom(SEED);
    let placed = 0;
    for (let done = 0; done < COUNT; done += AT_ONCE) {
        const documents = Array.from({ length: Math.min(AT_ONCE, COUNT - done) },
            () => makeDocument(random));
        const places = place(documents);
        assert.equal(places.length, documents.length);
        documents.forEach((document, i) => {
            placed += places[i] >= 0;
            const error = failureOf(document, places[i]);
            if (!error)
                return;
            const small = smallest(document,
                (less) => failureOf(less, place([less])[0]) !== null);
            assert.fail(`MSS_SEED=${SEED}: ${JSON.stringify(small)} at `
                + `${place([small])[0]}, of ${JSON.stringify(document)}:\n`
                + error.message);
        });
    }
    assert.ok(placed > COUNT / 2, `${placed} of ${COUNT} have a place`);
    assert.ok(placed < COUNT, 'each has a place');
});
