// SPDX-License-Identifier: Apache-2.0
// Private servers that httpd keeps sessions in, on loopback ports of their own,
// stopped at the end of the test.
//
// startPostgres(t): {port}; user session, database postgres, SESSION_TABLE
// startRedis(t), startMemcached(t): {port, url ('redis:127.0.0.1:1234'),
//   pause(), resume(), stop(), start()}; the last two lose what is kept.
//   redis.command('GET', key): the answer, as redis-cli prints it.

import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chownSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { until } from './httpd.mjs';
import { isStopped } from './process.mjs';
import { SESSION_TABLE } from './site.mjs';

const running = new Set();
process.on('exit', () => running.forEach((child) => child.kill('SIGKILL')));

/* A socket that is bound and does not listen: nobody else is given its port, who
 * connects is refused, and who binds it with SO_REUSEADDR gets it. */
const HOLDER = `socket(my $s, PF_INET, SOCK_STREAM, 0) or die $!;
setsockopt($s, SOL_SOCKET, SO_REUSEADDR, 1) or die $!;
bind($s, sockaddr_in(0, INADDR_LOOPBACK)) or die $!;
$| = 1;
print +(sockaddr_in(getsockname($s)))[0];
<STDIN>;`;

/** A port for a server that the test may stop and start again. */
async function holdPort(t) {
    const child = spawn('perl', ['-MSocket', '-e', HOLDER],
        { stdio: ['pipe', 'pipe', 'inherit'] });
    running.add(child);
    t.after(() => {
        running.delete(child);
        child.kill();
    });
    const [port] = await once(child.stdout, 'data');
    child.unref();
    child.stdin.unref();
    child.stdout.unref();
    return Number(port);
}

function answers(port, question, answer) {
    return new Promise((done) => {
        const socket = connect(port, '127.0.0.1', () =>
            socket.write(question));
        const finish = (yes) => { socket.destroy(); done(yes); };
        socket.on('data', (text) => finish(String(text).startsWith(answer)));
        socket.on('error', () => finish(false));
        socket.on('close', () => done(false));
    });
}

class Service {
    #args;
    #child;
    #hello;
    #binary;

    constructor(kind, binary, port, args, hello) {
        this.url = `${kind}:127.0.0.1:${port}`;
        this.port = port;
        this.#binary = binary;
        this.#args = args;
        this.#hello = hello;
    }

    async start() {
        const child = spawn(this.#binary, this.#args, { stdio: 'ignore' });
        let broken;
        child.on('error', (error) => { broken = error; });
        this.#child = child;
        running.add(child);
        child.unref();
        await until(() => {
            if (broken ?? child.exitCode)
                throw new Error(`${this.#binary}: ${broken ?? child.exitCode}`);
            return answers(this.port, ...this.#hello);
        }, this.#binary);
        return this;
    }

    async stop() {
        const child = this.#child;
        running.delete(child);
        if (child.exitCode === null && !child.signalCode) {
            child.ref();
            const gone = new Promise((done) => child.on('exit', done));
            child.kill('SIGKILL');
            await gone;
        }
    }

    /** It accepts connections, and does not answer. */
    async pause() {
        this.#child.kill('SIGSTOP');
        await until(() => isStopped(this.#child.pid), 'it to stop');
    }

    resume() {
        this.#child.kill('SIGCONT');
    }

    command(...words) {
        return execFileSync('redis-cli', ['-p', String(this.port), ...words],
            { encoding: 'utf8' }).trimEnd();
    }
}

async function begin(t, service, after = () => {}) {
    t.after(async () => {
        await service.stop();
        after();
    });
    return service.start();
}

/** @param options further options of redis-server */
export async function startRedis(t, options = []) {
    const dir = mkdtempSync(join(tmpdir(), 'mss-redis-'));
    const port = await holdPort(t);
    return begin(t, new Service('redis', 'redis-server', port,
        ['--port', String(port), '--bind', '127.0.0.1', '--save', '',
            '--appendonly', 'no', '--dir', dir, ...options], ['PING\r\n', '+PONG']),
    () => rmSync(dir, { recursive: true, force: true }));
}

export async function startMemcached(t) {
    const port = await holdPort(t);
    return begin(t, new Service('memcache', 'memcached', port,
        ['-u', 'nobody', '-l', '127.0.0.1', '-p', String(port), '-U', '0'],
        ['version\r\n', 'VERSION']));
}

function postgresPrograms() {
    const versions = readdirSync('/usr/lib/postgresql');
    return `/usr/lib/postgresql/${versions.sort().at(-1)}/bin`;
}

/** It does not run as root. */
function postgresIdentity() {
    if (process.getuid() !== 0)
        return {};
    const [uid, gid] = ['-u', '-g'].map((flag) =>
        Number(execFileSync('id', [flag, 'postgres'])));
    return { uid, gid };
}

/** @param t a test's context, or anything with after(fn) */
export async function startPostgres(t) {
    const dir = mkdtempSync(join(tmpdir(), 'mss-postgres-'));
    const who = postgresIdentity();
    if (who.uid !== undefined)
        chownSync(dir, who.uid, who.gid);
    const bin = postgresPrograms();
    const options = { ...who, cwd: dir, stdio: 'ignore' };
    execFileSync(`${bin}/initdb`, ['-D', `${dir}/data`, '-A', 'trust', '-U',
        'session', '-E', 'UTF8', '--locale=C', '--no-sync'], options);
    const port = await holdPort(t);
    const server = spawn(`${bin}/postgres`, ['-D', `${dir}/data`, '-p',
        String(port), '-c', 'listen_addresses=127.0.0.1', '-c',
        `unix_socket_directories=${dir}`, '-c', 'fsync=off'], options);
    running.add(server);
    server.unref();
    t.after(async () => {
        running.delete(server);
        server.ref();
        const gone = new Promise((done) => server.on('exit', done));
        server.kill('SIGQUIT'); // it and its children, at once
        await gone;
        rmSync(dir, { recursive: true, force: true });
    });
    await until(() => {
        try {
            execFileSync('psql', ['-h', '127.0.0.1', '-p', String(port), '-U',
                'session', '-d', 'postgres', '-c', SESSION_TABLE],
            { ...options, timeout: 5000 });
            return true;
        }
        catch {
            return false;
        }
    }, 'postgres', 30000);
    return { port };
}
