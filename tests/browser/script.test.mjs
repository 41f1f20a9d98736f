// SPDX-License-Identifier: Apache-2.0
// The script as it is sent: its language, its size, how it is cached.

import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import { gunzipSync } from 'node:zlib';
import { parse } from 'acorn';
import { formSite, startHttpd } from '../lib/httpd.mjs';

const site = (t) => startHttpd({ config: formSite() }, t);
const get = (httpd, headers = {}) =>
    httpd.request('/session_security/script.js', { headers });

test('it is ES5', async (t) => {
    const { body } = await get(await site(t));
    const tree = parse(body, { ecmaVersion: 5, sourceType: 'script' });
    assert.equal(tree.body.length, 1, 'one statement, one scope');
    assert.throws(() => parse(`${body};let a`, { ecmaVersion: 5 }));
});

test('it refers to no name that it does not have', async (t) => {
    const { body } = await get(await site(t));
    // Strict: an assignment to an undeclared name would throw; a reference is
    // found here.
    const declared = new Set(['window', 'document', 'navigator', 'Object',
        'Function', 'Math', 'Date', 'JSON', 'String', 'RegExp', 'Infinity',
        'undefined']);
    const used = new Set();
    (function walk(node, parent, key) {
        if (!node || typeof node.type !== 'string')
            return;
        if (/^Function/.test(node.type)) {
            node.params.forEach((p) => declared.add(p.name));
            if (node.id)
                declared.add(node.id.name);
        }
        if (node.type === 'VariableDeclarator')
            declared.add(node.id.name);
        if (node.type === 'CatchClause')
            declared.add(node.param.name);
        if (node.type === 'Identifier'
            && !(key === 'property' && !parent.computed)
            && !(key === 'key' && parent.type === 'Property'))
            used.add(node.name);
        for (const [name, child] of Object.entries(node)) {
            for (const c of Array.isArray(child) ? child : [child])
                walk(c, node, name);
        }
    }(parse(body, { ecmaVersion: 5 })));
    assert.deepEqual([...used].filter((name) => !declared.has(name)), []);
});

test('it is small', async (t) => {
    const httpd = await site(t);
    const { bytes, headers } = await get(httpd,
        { 'Accept-Encoding': 'gzip' });
    assert.equal(headers['content-encoding'], 'gzip');
    assert.ok(bytes.length <= 6144, `${bytes.length} bytes`);
    assert.equal(gunzipSync(bytes).toString(),
        (await get(httpd)).body);
});

test('its URL has the hash of its content', async (t) => {
    const httpd = await site(t);
    const { body, headers } = await get(httpd);
    const hash = createHash('sha1').update(body).digest('hex').slice(0, 16);
    assert.match(headers['content-type'], /^text\/javascript; *charset=utf-8$/);
    const { headers: forever } = await httpd.request(
        `/session_security/script.js?v=${hash}`);
    assert.match(forever['cache-control'], /immutable/);
    assert.doesNotMatch(headers['cache-control'], /immutable/);
});
