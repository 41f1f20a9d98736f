// SPDX-License-Identifier: Apache-2.0
// Moves the wall clock of a running httpd: libfaketime reads an offset from a
// file at every call. The monotonic clock is left alone, so that timeouts of
// the server itself do not jump.

import { existsSync, readdirSync, renameSync, rmSync, writeFileSync }
    from 'node:fs';

function findLibrary() {
    const dirs = readdirSync('/usr/lib', { withFileTypes: true })
        .filter((d) => d.isDirectory()).map((d) => `/usr/lib/${d.name}`);
    for (const dir of ['/usr/lib', ...dirs]) {
        const path = `${dir}/faketime/libfaketimeMT.so.1`;
        if (existsSync(path))
            return path;
    }
    throw new Error('libfaketime is missing: tools/install-dependencies test');
}

export class Clock {
    /** Seconds that the server's clock is ahead of this machine's. */
    offset = 0;
    #file;

    constructor(root) {
        this.#file = `${root}/clock`;
        this.#write();
    }

    environment() {
        return {
            LD_PRELOAD: process.env.MSS_CLOCK || findLibrary(),
            FAKETIME_TIMESTAMP_FILE: this.#file,
            FAKETIME_NO_CACHE: '1',
            FAKETIME_DONT_FAKE_MONOTONIC: '1',
            DONT_FAKE_MONOTONIC: '1',
        };
    }

    /** Moves the server's clock, also back. In force when it returns. */
    advance(seconds) {
        this.offset += seconds;
        this.#write();
    }

    /** The server's time in ms since the epoch. */
    now() {
        return Date.now() + this.offset * 1000;
    }

    #write() {
        const sign = this.offset < 0 ? '-' : '+';
        writeFileSync(`${this.#file}.new`, `${sign}${Math.abs(this.offset)}\n`,
            { mode: 0o644 });
        renameSync(`${this.#file}.new`, this.#file);
    }
}

/** libfaketime's shared memory is left behind by a killed process. */
export function removeShared(pid) {
    rmSync(`/dev/shm/faketime_shm_${pid}`, { force: true });
    rmSync(`/dev/shm/sem.faketime_sem_${pid}`, { force: true });
}
