// SPDX-License-Identifier: Apache-2.0
// The documents, and what their examples need of a machine.

import { readFileSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = join(dirname(fileURLToPath(import.meta.url)), '../..');
export const read = (path) => readFileSync(join(root, path), 'utf8');
export const list = (folder, ending) => readdirSync(join(root, folder))
    .filter((name) => name.endsWith(ending))
    .map((name) => join(folder, name));

/** The fenced blocks of a document that are marked with that language, without
 * the indentation of a list that they stand in. */
export function blocks(document, language) {
    const fence = new RegExp(`^( *)\`\`\`${language}\\n(.*?)^\\1\`\`\`$`, 'gms');
    return [...read(document).matchAll(fence)].map(([, indent, text]) =>
        text.replaceAll(new RegExp(`^${indent}`, 'gm'), ''));
}

/** What an example needs of a machine, in the test's directory. */
export const EXAMPLE_FILES = {
    'session-passphrase': 'a-passphrase-of-the-test\n',
    'client-ca.pem': 'whose certificates these are',
    'login/index.html': read('docs/examples/login.html'),
};

/** An example's text with the places of a test in it.
 * @param replacements {text: other text} */
export function placed(text, replacements = {}) {
    const places = {
        '/etc/apache2/': '${ROOT}/', '/var/www/login': '${ROOT}/login',
        '/var/log/apache2/': '${ROOT}/logs/',
        ...replacements,
    };
    for (const [from, to] of Object.entries(places))
        text = text.replaceAll(from, to);
    return text;
}
