// SPDX-License-Identifier: Apache-2.0
// Makes the ServerRoot of a private httpd: its directory, configuration, files.

import { execFileSync, spawn } from 'node:child_process';
import {
    chmodSync, chownSync, existsSync, mkdirSync, mkdtempSync, rmSync,
    writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { SESSION_TABLE, SITE_FILES } from './site.mjs';

const here = dirname(fileURLToPath(import.meta.url));

const BASE_MODULES = `
    authn_core authn_file authz_core authz_user authz_host auth_basic auth_form
    request session session_cookie session_crypto session_dbd dbd
    mime dir alias env setenvif headers rewrite actions include filter deflate
    proxy proxy_http negotiation status unixd log_config`.trim().split(/\s+/);

function firstFile(...paths) {
    const found = paths.find((path) => existsSync(path));
    if (!found)
        throw new Error(`none of these exists: ${paths.join(', ')}`);
    return found;
}

function output(command, ...args) {
    return execFileSync(command, args, { encoding: 'utf8' }).trim();
}

/** Where httpd and its modules are on this machine. */
export const installed = (() => {
    const apxs = process.env.APXS
        || firstFile('/usr/bin/apxs', '/usr/bin/apxs2');
    const ask = (name) => output(apxs, '-q', name);
    const binary = join(ask('SBINDIR'), ask('PROGNAME'));
    const compiledIn = output(binary, '-l').match(/\bmod_\w+|\w+(?=\.c)/g);
    return {
        binary, libexec: ask('LIBEXECDIR'),
        static: new Set(compiledIn.map((m) => m.replace(/^mod_/, ''))),
    };
})();

/** The module under test. */
export function modulePath() {
    const path = resolve(process.env.MSS_MODULE
        ?? join(here, '../../build/mod_session_security.so'));
    if (!existsSync(path))
        throw new Error(`${path} is missing: build it, or set MSS_MODULE`);
    return path;
}

/** The example of a module that uses ours, which is built beside it. */
export function examplePath() {
    const path = join(dirname(modulePath()), 'mod_session_security_example.so');
    if (!existsSync(path))
        throw new Error(`${path} is missing: build it by make example`);
    return path;
}

/** Loopback ports that are free now. */
export async function freePorts(n) {
    const servers = await Promise.all(Array.from({ length: n }, () =>
        new Promise((done, fail) => {
            const server = createServer().on('error', fail);
            server.listen(0, '127.0.0.1', () => done(server));
        })));
    const ports = servers.map((s) => s.address().port);
    await Promise.all(servers.map((s) => new Promise((done) => s.close(done))));
    return ports;
}

function loadModules({ mpm, modules, module, h2 }) {
    const cgi = mpm === 'prefork' ? 'cgi' : 'cgid';
    const names = new Set([`mpm_${mpm}`, ...BASE_MODULES, cgi, ...modules,
        ...h2 ? ['http2'] : []]);
    const lines = [...names].filter((name) => !installed.static.has(name))
        .map((name) => `LoadModule ${name}_module `
            + `"${installed.libexec}/mod_${name}.so"`);
    if (module)
        lines.push(`LoadModule session_security_module "${modulePath()}"`);
    return lines.join('\n');
}

// Two children at least, so that what is kept in one of them alone shows. Room for
// the workers of a burst, and for children that end: httpd complains when it is
// short of it at the moment at which it looks, once a second.
const MPM_LIMITS = {
    event: `StartServers 2
ServerLimit 16
ThreadsPerChild 8
ThreadLimit 8
MaxRequestWorkers 64
MinSpareThreads 16
MaxSpareThreads 64`,
    prefork: `StartServers 3
ServerLimit 24
MaxRequestWorkers 24
MinSpareServers 2
MaxSpareServers 8`,
};
MPM_LIMITS.worker = MPM_LIMITS.event;

const identity = process.getuid() === 0
    ? 'User www-data\nGroup www-data' : '';

function baseConfig(ctx, options) {
    return `# made by tests/lib/root.mjs
${options.prelude ?? ''}
${loadModules(options)}
Define ROOT "${ctx.root}"
${ctx.ports.map((port, i) => `Define PORT${i || ''} ${port}\n`
        + `Listen 127.0.0.1:${port}`).join('\n')}
ServerName 127.0.0.1
${identity}
DefaultRuntimeDir run
PidFile run/pid
${options.mpm === 'prefork' ? '' : `ScriptSock "${ctx.root}/run/cgisock"`}
ErrorLog logs/error
LogLevel ${options.logLevel}
LogFormat "%h %>s \\"%r\\" %b %{session_security}n" test
CustomLog logs/access test
TypesConfig mime.types
DocumentRoot htdocs
DirectoryIndex index.html
${MPM_LIMITS[options.mpm]}
${options.h2 ? 'Protocols h2c http/1.1' : ''}
KeepAliveTimeout 5
GracefulShutdownTimeout 2
<Directory "/">
    AllowOverride None
    Require all denied
</Directory>
<Directory "${ctx.root}/htdocs">
    Options FollowSymLinks ExecCGI Includes
    Require all granted
</Directory>
AddHandler cgi-script .cgi
AddType text/html .shtml
AddOutputFilter INCLUDES .shtml
`;
}

const MIME_TYPES = `text/html html htm
application/xhtml+xml xhtml
text/plain txt
text/css css
text/javascript js
application/json json
image/png png
image/gif gif
application/pdf pdf
`;

// {SHA} of "secret": checking it costs nothing, unlike bcrypt.
const USERS = ['alice', 'bob']
    .map((user) => `${user}:{SHA}5en6G6MezRroT3XKqkdPOmY/BfQ=\n`).join('');

function writeTree(root, files) {
    for (const [name, content] of Object.entries(files)) {
        const path = join(root, name);
        mkdirSync(dirname(path), { recursive: true });
        writeFileSync(path, content);
        if (name.endsWith('.cgi'))
            chmodSync(path, 0o755);
    }
}

/** Whom the server's children run as: {uid, gid}, or {}: whom the test does. */
function serverIdentity() {
    if (process.getuid() !== 0)
        return {};
    const [uid, gid] = ['-u', '-g'].map((flag) =>
        Number(output('id', flag, 'www-data')));
    return { uid, gid };
}

function giveToServer(path) {
    const { uid, gid } = serverIdentity();
    if (uid !== undefined)
        chownSync(path, uid, gid);
}

// Whoever is the last to close a database in WAL mode locks it for that moment,
// and mod_dbd does not wait: so this process keeps it open.
const keepers = new Map();

async function makeDatabase(root) {
    const keeper = spawn('sqlite3', [join(root, 'db/session.db')],
        { stdio: ['pipe', 'pipe', 'inherit'], ...serverIdentity() });
    keepers.set(root, keeper);
    keeper.stdin.write(`PRAGMA journal_mode=WAL; ${SESSION_TABLE}
SELECT count(*) FROM session;\n`);
    for await (const text of keeper.stdout) {
        if (/^0$/m.test(text))
            break;
    }
}

async function fillRoot(root, options) {
    const ports = await freePorts(options.ports);
    const ctx = {
        root, ports, port: ports[0], mpm: options.mpm, h2: options.h2,
        url: (path = '/', n = 0) => `http://127.0.0.1:${ports[n]}${path}`,
    };
    for (const dir of ['run', 'logs', 'db', 'htdocs'])
        mkdirSync(join(root, dir));
    giveToServer(join(root, 'db'));
    const own = typeof options.config === 'function'
        ? options.config(ctx) : options.config;
    writeTree(root, { 'users': USERS, 'mime.types': MIME_TYPES, ...SITE_FILES,
        ...options.files, 'httpd.conf': baseConfig(ctx, options) + own });
    if (own.includes('/db/session.db'))
        await makeDatabase(root);
    return ctx;
}

/** Fills a new directory. options: as of startHttpd, complete.
 * @return {root, ports, port, mpm, url(path)}, which a config function gets. */
export async function makeRoot(options) {
    const root = mkdtempSync(join(tmpdir(), 'mss-httpd-'));
    try {
        chmodSync(root, 0o755);
        return await fillRoot(root, options);
    }
    catch (error) {
        removeRoot(root);
        throw error;
    }
}

export function removeRoot(root) {
    keepers.get(root)?.kill();
    keepers.delete(root);
    if (process.env.MSS_KEEP)
        process.stderr.write(`kept: ${root}\n`);
    else
        rmSync(root, { recursive: true, force: true });
}
