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

const GIVEN = new Set(['window', 'document', 'navigator', 'Object', 'Math', 'Date',
    'JSON', 'Infinity', 'undefined']);

const isFunction = (node) => /^Function/.test(node.type);

const childrenOf = (node) => Object.entries(node).flatMap(([key, value]) =>
    [value].flat().filter((child) => typeof child?.type === 'string')
        .map((child) => [child, key]));

// What is declared in a function, not in those inside it.
function* declaredIn(node) {
    for (const [child] of childrenOf(node)) {
        if (child.type === 'FunctionDeclaration')
            yield child.id.name;
        if (child.type === 'VariableDeclarator')
            yield child.id.name;
        if (child.type === 'CatchClause')
            yield child.param.name;
        if (!isFunction(child))
            yield* declaredIn(child);
    }
}

function* unknownIn(node, known, parent, key) {
    const isName = node.type === 'Identifier'
        && !(key === 'property' && !parent.computed)
        && !(key === 'key' && parent.type === 'Property');
    if (isName && !known.has(node.name))
        yield node.name;
    const inside = isFunction(node) ? new Set([...known, ...declaredIn(node),
        ...node.params.map((p) => p.name)]) : known;
    for (const [child, name] of childrenOf(node))
        yield* unknownIn(child, inside, node, name);
}

test('it refers to no name that it does not have', async (t) => {
    const { body } = await get(await site(t));
    const unknown = (text) =>
        [...unknownIn(parse(text, { ecmaVersion: 5 }), GIVEN)];
    assert.deepEqual(unknown(body), []);
    assert.deepEqual(unknown('(function(e){function n(t){}n(e.t,{t:1},t)}())'),
        ['t']);
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
