// SPDX-License-Identifier: Apache-2.0
// Thousands of documents, served with the element in them: the same tree in the
// same mode, and every other byte as it was.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync, readdirSync } from 'node:fs';
import { Agent } from 'node:http';
import { basename } from 'node:path';
import { test } from 'node:test';
import { Jar, NAVIGATION, formSite, login, startHttpd } from '../lib/httpd.mjs';
import { assertSameTree, takeOut } from '../lib/tree.mjs';

const CORPUS = new URL('../corpus/html/', import.meta.url).pathname;
const PACKAGES = ['apache2-doc', 'git-doc'];
// `make soak` takes each of them.
const STEP = process.env.MSS_EVERY_DOCUMENT ? 1 : 6;

async function startLibrary(t, folders) {
    const aliases = Object.entries(folders).map(([name, folder]) => `
Alias "/app/${name}" "${folder}"
<Directory "${folder}">
    Require valid-user
    ForceType text/html
    DirectoryIndex disabled
    <FilesMatch "\\.xhtml\\.in$">
        ForceType application/xhtml+xml
    </FilesMatch>
</Directory>`).join('');
    const httpd = await startHttpd({
        config: formSite({ extra: aliases }),
    }, t);
    const jar = new Jar();
    await login(httpd, jar);
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    t.after(() => agent.destroy());
    return async (path) => {
        const answer = await httpd.request(
            path.split('/').map(encodeURIComponent).join('/'),
            { jar, agent, headers: NAVIGATION });
        assert.equal(answer.status, 200, path);
        return answer.bytes;
    };
}

/** @return whether it got the element */
function judge(name, served, original) {
    const { bytes, count } = takeOut(served);
    assert.ok(count <= 1, `${name}: ${count} elements`);
    assert.ok(bytes.equals(original), `${name}: bytes have changed`);
    if (count && !name.includes('.xhtml'))
        assertSameTree(served, original, name);
    return count === 1;
}

test('documents made to be difficult', async (t) => {
    const get = await startLibrary(t, { corpus: CORPUS });
    const names = readdirSync(CORPUS).filter((name) => name.endsWith('.in'));
    assert.ok(names.length > 50);
    for (const name of names) {
        const original = readFileSync(CORPUS + name);
        const expected = readFileSync(CORPUS + name.replace(/in$/, 'out'));
        const injected = judge(name, await get(`/app/corpus/${name}`), original);
        assert.equal(injected, !expected.equals(original), name);
    }
});

for (const name of PACKAGES) {
    test(`the pages of Debian's ${name}`, async (t) => {
        const files = execFileSync('dpkg', ['-L', name], { encoding: 'utf8' })
            .split('\n').filter((path) => /\.html(\.[a-z0-9.-]+)?$/.test(path))
            .filter((_, i) => i % STEP === 0);
        assert.ok(files.length > 20, `${files.length} pages`);
        const get = await startLibrary(t, { doc: '/usr/share/doc' });
        for (const file of files) {
            const path = file.replace('/usr/share/doc', '/app/doc');
            assert.ok(judge(basename(file), await get(path),
                readFileSync(file)), `${file}: not injected`);
        }
    });
}
