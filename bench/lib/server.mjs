// SPDX-License-Identifier: Apache-2.0
// The servers that are measured: each an httpd of its own with one process that
// serves, alike but for what its variant (variants.mjs) adds.

import { execFileSync, spawn } from 'node:child_process';
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { Jar } from '../../tests/lib/jar.mjs';
import { freePorts, installed, modulePath } from '../../tests/lib/root.mjs';
import { login, NAVIGATION } from '../../tests/lib/site.mjs';
import { canConnect, send } from '../../tests/lib/wire.mjs';

/** What Chromium sends when a person opens a page. */
export const HEADERS = {
    ...NAVIGATION,
    'User-Agent': 'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36'
        + ' (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36',
    'Accept-Language': 'en-US,en;q=0.9',
    'Accept-Encoding': 'gzip, deflate, br',
};

// The same for all, so that what differs is what a variant is about.
const MODULES = `authn_core authn_file authz_core authz_user auth_form request
    session session_cookie session_crypto mime dir filter deflate proxy
    proxy_http unixd log_config`.trim().split(/\s+/);

// {SHA} of "secret": bcrypt would add its milliseconds to every request.
const USERS = 'alice:{SHA}5en6G6MezRroT3XKqkdPOmY/BfQ=\n';

const ONE_PROCESS = `StartServers 1
MinSpareServers 1
MaxSpareServers 1
ServerLimit 1
MaxRequestWorkers 1`;

const MANY = `StartServers 1
ServerLimit 1
ThreadLimit 64
ThreadsPerChild 64
MaxRequestWorkers 64
MinSpareThreads 1
MaxSpareThreads 64`;

/** Compiles mod_noop.c. @return the .so */
export function buildNoop(source, directory) {
    const query = (name) => execFileSync('apxs', ['-q', name],
        { encoding: 'utf8' }).trim();
    const so = join(directory, 'mod_noop.so');
    mkdirSync(directory, { recursive: true });
    execFileSync(process.env.CC || 'cc', [
        '-shared', '-fPIC', '-O2', '-g', '-std=gnu11', '-Wall', '-Wextra',
        '-Wno-missing-field-initializers',
        ...query('EXTRA_CPPFLAGS').split(/\s+/).filter(Boolean),
        ...['INCLUDEDIR', 'APR_INCLUDEDIR', 'APU_INCLUDEDIR']
            .flatMap((name) => ['-isystem', query(name)]),
        '-o', so, source,
    ], { stdio: 'inherit' });
    return so;
}

function configText({ port, site, noop, variant, mpm, backend }) {
    const names = [`mpm_${mpm}`, ...MODULES, ...(variant.modules ?? [])]
        .filter((name) => !installed.static.has(name));
    const load = names.map((name) => `LoadModule ${name}_module `
        + `"${installed.libexec}/mod_${name}.so"`);
    load.push(`LoadModule noop_module "${noop}"`);
    if (variant.module)
        load.push(`LoadModule session_security_module "${modulePath()}"`);
    return `${load.join('\n')}
Listen 127.0.0.1:${port}
ServerName 127.0.0.1
${process.getuid() === 0 ? 'User www-data\nGroup www-data' : ''}
DefaultRuntimeDir run
PidFile run/pid
ErrorLog logs/error
LogLevel warn
LogFormat "%h %l %u %t \\"%r\\" %>s %b" common
CustomLog logs/access common
TypesConfig mime.types
DocumentRoot "${site}"
${mpm === 'prefork' ? ONE_PROCESS : MANY}
MaxKeepAliveRequests 0
KeepAliveTimeout 600
Timeout 600
GracefulShutdownTimeout 1
<Directory "/">
    AllowOverride None
    Require all granted
</Directory>
<Location "/dump">
    SetHandler bench-dump
</Location>
<Location "/app/constant">
    SetHandler bench-constant
</Location>
${variant.config(backend)}
`;
}

const running = new Set();
process.on('exit', () => {
    for (const server of running)
        server.killGroup();
});
for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'])
    process.on(signal, () => process.exit(1));

export class Server {
    #exited;

    /** @param place {root, site, noop}: a new directory, the pages, mod_noop
     * @param backend URL that the variant's proxied pages come from
     * @param wrap a command before httpd's own, and its arguments */
    static async start(place, variant,
        { mpm = 'prefork', backend, wrap = [] } = {}) {
        const server = new Server();
        const [port] = await freePorts(1);
        Object.assign(server, { port, variant, root: place.root });
        for (const dir of ['', 'run', 'logs', 'out'])
            mkdirSync(join(place.root, dir), { recursive: true });
        // callgrind writes there as the user that httpd changed to.
        chmodSync(join(place.root, 'out'), 0o777);
        writeFileSync(join(place.root, 'users'), USERS);
        writeFileSync(join(place.root, 'mime.types'), 'text/html html\ntext/css css\n');
        writeFileSync(join(place.root, 'httpd.conf'), configText(
            { ...place, port, variant, mpm, backend }));
        server.#spawn(wrap);
        await server.#started();
        return server;
    }

    #spawn(wrap) {
        const [command, ...args] = [...wrap, installed.binary,
            '-d', this.root, '-f', 'httpd.conf',
            wrap.length ? '-X' : '-DFOREGROUND'];
        // httpd signals its whole process group at its end.
        this.child = spawn(command, args, { detached: true,
            stdio: ['ignore', 'ignore', 'inherit'] });
        this.child.unref();
        this.#exited = new Promise((done) => this.child.on('exit', done));
        running.add(this);
    }

    async #started() {
        for (const end = Date.now() + 120000; !await canConnect(this.port);) {
            if (this.child.exitCode !== null || Date.now() > end) {
                throw new Error(`${this.variant.name} does not start:\n`
                    + readFileSync(join(this.root, 'logs/error'), 'utf8'));
            }
            await pause(50);
        }
    }

    request(path, options) {
        return send(this.port, path, { timeout: 600000, ...options });
    }

    /** @return the cookies of a user, or none where there is no login */
    async login() {
        const jar = new Jar();
        if (this.variant.login) {
            await login(this, jar);
            // The module's record begins with the first page.
            await this.request('/app/2k.html', { jar, headers: HEADERS });
        }
        return jar;
    }

    /** The process that serves. */
    get worker() {
        return Number(readFileSync(
            `/proc/${this.child.pid}/task/${this.child.pid}/children`, 'utf8')
            .trim().split(/\s+/)[0]);
    }

    kill(signal) {
        if (this.child.exitCode === null && !this.child.signalCode)
            this.child.kill(signal);
    }

    // A parent that is killed leaves its children behind.
    killGroup() {
        try {
            process.kill(-this.child.pid, 'SIGKILL');
        }
        catch {
            // it has ended
        }
    }

    async stop() {
        this.kill('SIGTERM');
        const late = setTimeout(() => this.kill('SIGKILL'), 20000);
        await this.#exited;
        clearTimeout(late);
        running.delete(this);
    }
}
