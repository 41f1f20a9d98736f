// SPDX-License-Identifier: Apache-2.0
// The pages that are served: a table such as an intranet is full of.

import {
    closeSync, mkdirSync, openSync, writeFileSync, writeSync,
} from 'node:fs';
import { join } from 'node:path';

const HEAD = `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<title>Orders</title>
<link rel="stylesheet" href="/app/style.css">
<script src="/app/lists.js"></script>
</head>
<body>
`;
const TAIL = '</body>\n</html>\n';

export const SIZES = {
    '2k': 2048, '10k': 10240, '50k': 51200, '500k': 512000, '10m': 10485760,
};

function rows(bytes) {
    let text = '<table>\n';
    for (let i = 1; text.length < bytes; i++) {
        text += `<tr><td><a href="/app/order?id=${i}">${i}</a></td>`
            + `<td>Customer ${i * 7919 % 1000}</td><td>open</td></tr>\n`;
    }
    return text;
}

const END = '</table>\n';

function page(size) {
    const room = size - HEAD.length - END.length - TAIL.length;
    const lines = rows(room);
    const whole = lines.slice(0, lines.lastIndexOf('\n', room - 1) + 1);
    return HEAD + whole + ' '.repeat(room - whole.length) + END + TAIL;
}

/** Writes pages of all sizes to site/app, and one that is public. */
export function writePages(site) {
    mkdirSync(join(site, 'app'), { recursive: true });
    for (const [name, size] of Object.entries(SIZES))
        writeFileSync(join(site, `app/${name}.html`), page(size));
    writeFileSync(join(site, '2k.html'), page(SIZES['2k']));
    writeFileSync(join(site, 'app/style.css'), 'td { padding: 0 1em }\n');
}

/** A page of many MiB, its body one piece of text over and over. */
function writeHuge(path, mib, piece) {
    const block = Buffer.alloc(1 << 20, piece);
    const fd = openSync(path, 'w');
    writeSync(fd, HEAD);
    for (let i = 0; i < mib; i++)
        writeSync(fd, block);
    writeSync(fd, TAIL);
    closeSync(fd);
}

/** huge.html has lines, line.html has none after its head. */
export function writeHugePages(site, { huge, line }) {
    writeHuge(join(site, 'app/huge.html'), huge, rows(4000));
    writeHuge(join(site, 'app/line.html'), line, 'no line ends here ');
}

export const FIRST_CHUNK = HEAD;
