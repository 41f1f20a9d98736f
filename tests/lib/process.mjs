// SPDX-License-Identifier: Apache-2.0
// What Linux tells of processes, by /proc.

import { readFileSync, readdirSync, readlinkSync } from 'node:fs';

/** How many threads a process has; 0 when it has ended. */
export function countThreads(pid) {
    try {
        return readdirSync(`/proc/${pid}/task`).length;
    }
    catch {
        return 0;
    }
}

/** Whether a process is gone, or waits for its parent to notice its end. */
export function hasEnded(pid) {
    try {
        return / Z /.test(readFileSync(`/proc/${pid}/stat`, 'latin1')
            .replace(/^.*\)/s, ''));
    }
    catch {
        return true;
    }
}

function areAll(pid, state) {
    try {
        return readdirSync(`/proc/${pid}/task`).every((thread) =>
            readFileSync(`/proc/${pid}/task/${thread}/stat`, 'latin1')
                .replace(/^.*\)/s, '').startsWith(` ${state} `));
    }
    catch {
        return false; // one has just ended
    }
}

/** Whether all threads of a process sleep. */
export const isIdle = (pid) => areAll(pid, 'S');

/** Whether SIGSTOP has stopped all threads of a process. */
export const isStopped = (pid) => areAll(pid, 'T');

const LISTEN = '0A'; // a state, include/net/tcp_states.h of Linux

/** The sockets at a port: {state, inode}. */
function socketsAt(port) {
    const local = `:${port.toString(16).padStart(4, '0').toUpperCase()}`;
    return readFileSync('/proc/net/tcp', 'utf8').trim().split('\n').slice(1)
        .map((line) => line.trim().split(/\s+/))
        .filter(([, address]) => address.endsWith(local))
        .map(([, , , state, , , , , , inode]) => ({ state, inode }));
}

/** Whether a process has a connection that came to a port. */
export function isConnected(port) {
    return socketsAt(port).some(({ state, inode }) =>
        state !== LISTEN && inode !== '0');
}

/** What the descriptors of a process lead to. */
function descriptors(pid) {
    try {
        return readdirSync(`/proc/${pid}/fd`).map((fd) => {
            try {
                return readlinkSync(`/proc/${pid}/fd/${fd}`);
            }
            catch {
                return ''; // it has just been closed
            }
        });
    }
    catch {
        return []; // it has ended
    }
}

/** Whether a process can take connections at a port. */
export function isListening(pid, port) {
    const sockets = socketsAt(port).filter(({ state }) => state === LISTEN)
        .map(({ inode }) => `socket:[${inode}]`);
    return descriptors(pid).some((name) => sockets.includes(name));
}
