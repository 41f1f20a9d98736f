// SPDX-License-Identifier: Apache-2.0
// Private servers that httpd keeps sessions in, on loopback ports of their own,
// stopped at the end of the test.
//
// startRedis(t), startMemcached(t): {port, url ('redis:127.0.0.1:1234'),
//   pause(), resume(), stop(), start()}; the last two lose what is kept.
//   redis.command('GET', key): the answer, as redis-cli prints it.

import { execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePorts, until } from './httpd.mjs';

const running = new Set();
process.on('exit', () => running.forEach((child) => child.kill('SIGKILL')));

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
    pause() {
        this.#child.kill('SIGSTOP');
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

export async function startRedis(t) {
    const dir = mkdtempSync(join(tmpdir(), 'mss-redis-'));
    const [port] = await freePorts(1);
    return begin(t, new Service('redis', 'redis-server', port,
        ['--port', String(port), '--bind', '127.0.0.1', '--save', '',
            '--appendonly', 'no', '--dir', dir], ['PING\r\n', '+PONG']),
    () => rmSync(dir, { recursive: true, force: true }));
}

export async function startMemcached(t) {
    const [port] = await freePorts(1);
    return begin(t, new Service('memcache', 'memcached', port,
        ['-u', 'nobody', '-l', '127.0.0.1', '-p', String(port), '-U', '0'],
        ['version\r\n', 'VERSION']));
}
