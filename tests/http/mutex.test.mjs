// SPDX-License-Identifier: Apache-2.0
// The lock of the store: each mechanism of Mutex, what fcntl takes for a deadlock,
// a lock that cannot be had, and one that goes away.

import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import {
    readFileSync, readdirSync, readlinkSync, unlinkSync, writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { eachMpm, until } from '../lib/httpd.mjs';
import { ENDED, isLogin, loggedIn, open, poll, startSite } from '../lib/life.mjs';

// A child that gives up, and the parent that ends for it.
const GIVEN_UP = /MSS0006: mutex session-security cannot be used/;
const FATAL = /AH00050: Child \d+ returned a Fatal error/;

const mutex = (mechanism) => `Mutex ${mechanism} session-security\n`;

const start = (t, mechanism, httpd = {}, more = '') => startSite(t,
    { store: 'crypto', more: mutex(mechanism) + more, httpd });

/** Fails unless the server has ended by itself, with MSS0006 in its log. Without a
 * clock to move: libfaketime's lock is not freed when its holder ends. */
async function gaveUp(httpd) {
    await httpd.expectLog(GIVEN_UP, 10000);
    await httpd.expectLog(FATAL, 10000);
    httpd.allowLog(/AH02818: MPM run failed|AH02324|child of previous generation/);
    await httpd.ended();
}

/** The ids of the semaphores that a child was the last to use. */
function semaphores(httpd) {
    const ids = readFileSync('/proc/sysvipc/sem', 'latin1').trim().split('\n')
        .slice(1).map((line) => line.trim().split(/\s+/)[1]);
    const children = httpd.pids();
    return ids.filter((id) => {
        const { stdout } = spawnSync('ipcs', ['-s', '-i', id],
            { encoding: 'utf8' });
        const [, pid] = /^0 +\d+ +\d+ +\d+ +(\d+)/m.exec(stdout) ?? [];
        return children.includes(Number(pid));
    });
}

eachMpm((mpm) => {
    for (const mechanism of ['pthread', 'sysvsem', 'posixsem',
        'fcntl:${ROOT}/run', 'flock:${ROOT}/run']) {
        test(`${mpm}, ${mechanism}`, async (t) => {
            const httpd = await start(t, mechanism, { mpm });
            const jars = await Promise.all(
                Array.from({ length: 6 }, () => loggedIn(httpd)));
            httpd.clock.advance(50);
            await Promise.all(jars.map((jar) => open(httpd, jar)));
            await httpd.signal('SIGUSR1');
            httpd.clock.advance(70);
            for (const answer of await Promise.all(
                jars.map((jar) => open(httpd, jar))))
                assert.equal(answer.status, 200);
            httpd.clock.advance(101);
            for (const answer of await Promise.all(
                jars.map((jar) => open(httpd, jar))))
                isLogin(answer);
            await httpd.expectLog(ENDED);
        });
    }

    test(`${mpm}: a lock's file that is gone when children want it`, async (t) => {
        const httpd = await start(t, 'flock:${ROOT}/run', { mpm, clock: false });
        const run = join(httpd.root, 'run');
        for (const name of readdirSync(run).filter((n) => /^session-s/.test(n)))
            unlinkSync(join(run, name));
        process.kill(httpd.pid, 'SIGUSR1');
        await gaveUp(httpd);
    });
});

// prefork's parent ends, too, but its other children only when they want the lock.
test('a semaphore that somebody removes', async (t) => {
    const httpd = await start(t, 'sysvsem', { mpm: 'event', clock: false });
    const jar = await loggedIn(httpd);
    for (const id of semaphores(httpd))
        spawnSync('ipcrm', ['-s', id]);
    await assert.rejects(poll(httpd, jar), /ECONNRESET|socket hang up/);
    await gaveUp(httpd);
});

/* A thread of the child waits for this lock, while somebody who holds it waits for
 * a lock that another thread of the child holds, which the system does not know to
 * be another: as when two children use two locks of fcntl. */
const LOCKER = `use Fcntl qw(:DEFAULT :flock);
$| = 1;
my ($ours, $other) = map { open(my $f, '+<', $_) or die "$_: $!"; $f } @ARGV;
sub lock { fcntl($_[0], $_[1], pack('s s x4 q q l x4', $_[2], 0, 0, 0, 0)) }
lock($ours, F_SETLKW, F_WRLCK) or die $!;
while (lock($other, F_SETLK, F_WRLCK)) {
    lock($other, F_SETLK, F_UNLCK);
    select(undef, undef, undef, 0.01);
}
lock($other, F_SETLKW, F_WRLCK) or die $!;
print "done";
`;

test('what fcntl takes for a deadlock', async (t) => {
    const httpd = await start(t, 'fcntl:${ROOT}/run', {
        mpm: 'event', modules: ['rewrite'],
        files: { 'map.cgi': `#!/bin/sh
while read -r key; do
    until [ -e "\${0%/*}/answer" ]; do sleep 0.05; done
    echo "$key"
done
` },
    }, `Mutex fcntl:\${ROOT}/run rewrite-map
RewriteEngine On
RewriteMap slow "prg:\${ROOT}/map.cgi"
RewriteRule "^/slow$" "/\${slow:index.html}"
StartServers 1
ServerLimit 1
MaxRequestWorkers 8
MinSpareThreads 1
MaxSpareThreads 8
`);
    const jar = await loggedIn(httpd);
    const file = (name) => readdirSync(`/proc/${httpd.pid}/fd`)
        .map((fd) => `/proc/${httpd.pid}/fd/${fd}`)
        .find((fd) => readlinkSync(fd).includes(`/run/${name}.`));
    const locker = spawn('perl', ['-e', LOCKER, file('session-security'),
        file('rewrite-map')], { stdio: ['ignore', 'pipe', 'inherit'] });
    t.after(() => locker.kill());
    const closed = once(locker, 'close');
    const slow = httpd.request('/slow');
    await until(() => readFileSync('/proc/locks', 'latin1').split('\n')
        .some((line) => line.includes('->')
            && line.split(/\s+/).includes(String(locker.pid))), 'the locker');
    const answer = poll(httpd, jar);
    const early = await Promise.race([answer, pause(500)]);
    assert.equal(early, undefined, 'the store was used without its lock');
    writeFileSync(join(httpd.root, 'answer'), '');
    assert.equal((await answer).status, 200);
    await slow;
    await closed;
});
