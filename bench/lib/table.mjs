// SPDX-License-Identifier: Apache-2.0
// What the table of sessions costs with 10 sessions, and with a million.

import { execFileSync } from 'node:child_process';
import { readFileSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const source = join(dirname(fileURLToPath(import.meta.url)), '../..');
const LOOK_UPS = 10000;

function build(root) {
    const query = (name) => execFileSync('apxs', ['-q', name],
        { encoding: 'utf8' }).trim();
    const program = join(root, 'table');
    execFileSync('cc', ['-std=gnu11', '-O2', '-g', `-I${source}/src`,
        `-I${query('APR_INCLUDEDIR')}`, ...query('EXTRA_CPPFLAGS').split(/\s+/),
        '-o', program, `${source}/bench/table.c`,
        `${source}/src/core/table.c`, `${source}/src/core/slot.c`]);
    return program;
}

/** With slots for twice as many sessions, as the documentation advises.
 * @return {sessions, bytes, evictions, found, instructions of a look-up} */
function measure(program, root, sessions) {
    const counts = join(root, 'table.counts');
    const text = execFileSync('valgrind', ['--quiet', '--tool=callgrind',
        '--toggle-collect=look_up', `--callgrind-out-file=${counts}`, program,
        String(sessions), String(2 * sessions), String(LOOK_UPS)],
    { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
    const [, total] = /^(?:totals|summary): (\d+)/m
        .exec(readFileSync(counts, 'latin1'));
    rmSync(counts);
    return { sessions, ...JSON.parse(text),
        instructions: Math.round(Number(total) / LOOK_UPS) };
}

export function measureTable(root) {
    const program = build(root);
    return [10, 1000, 100000, 1000000].map((sessions) =>
        measure(program, root, sessions));
}
