// SPDX-License-Identifier: Apache-2.0
// The recipes of docs/recipes.md, with the applications that they are for: the
// login, pages that work, the warning, the end, the next login. With
// MSS_PICTURES=1 their pictures are taken for the documentation.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import {
    WARNING, allowError, cookieHeader, html, openContext, suite, until, warned,
} from '../lib/browser.mjs';
import { EXAMPLE_FILES, blocks, placed, read } from '../lib/docs.mjs';
import { NAVIGATION, startBackend, startHttpd } from '../lib/httpd.mjs';
import { startProvider } from '../lib/openid.mjs';
import { phpSite, startDjango } from '../lib/realapps.mjs';
import { installed } from '../lib/root.mjs';

const test = suite('recipes');

const DOCUMENT = 'docs/recipes.md';
const SESSION = blocks(DOCUMENT, 'apache')[0];

/** The configuration below a heading of the document. */
function recipe(heading) {
    const section = read(DOCUMENT).split(/^## /m)
        .find((text) => text.startsWith(heading));
    return section.match(/^```apache\n(.*?)^```$/ms)[1];
}

/** Somebody in front of the recipe's site. The options are those of startHttpd and
 * replacements   {text of the recipe: text of this test}
 * context        of openContext
 * extra          further configuration
 * prepare        function of httpd.root, once it is there
 * @return {httpd, context, page} */
async function start(t, heading,
    { replacements, context: options, extra = '', prepare, files, ...more }) {
    const context = await openContext(t,
        { viewport: { width: 900, height: 560 }, ...options });
    allowError(context, /status of 401/);
    const httpd = await startHttpd({ ...more,
        files: { ...EXAMPLE_FILES, 'htdocs/favicon.ico': '', ...files },
        config: `${placed(SESSION + recipe(heading), replacements)}
SessionSecurityWarnAfter 7
SessionSecurityExpireAfter 12
${extra}`,
    }, t);
    httpd.allowLog(/MSS0002/);
    prepare?.(httpd.root);
    return { httpd, context, page: await context.newPage() };
}

async function fillIn(page) {
    await page.fill('[name=httpd_username]', 'alice');
    await page.fill('[name=httpd_password]', 'secret');
    await page.click('button');
}

async function takePicture(page, name, height = 560) {
    if (process.env.MSS_PICTURES) {
        await page.screenshot({ path: new URL(
            `../../docs/images/recipe-${name}.png`, import.meta.url).pathname,
        clip: { x: 0, y: 0, width: 900, height } });
    }
}

/** Waits for the warning, takes the picture, and waits for the end. */
async function leaveAlone(httpd, page, name) {
    await warned(page);
    let shown = 0;
    for (const frame of page.frames())
        shown += await frame.locator(WARNING).count();
    assert.equal(shown, 1, 'warnings in this window');
    if (name)
        await takePicture(page, name);
    await httpd.expectLog(/MSS0010: .* reason=idle/, 15000);
}

/** That, where the login is a form in the page's place; then the next login. */
async function endsInForm(httpd, page, name, content) {
    await leaveAlone(httpd, page, name);
    await page.waitForSelector('[name=httpd_password]');
    assert.equal(await page.getByText(content).count(), 0);
    await fillIn(page);
    await page.getByText(content).first().waitFor();
}

const clients = (page) => page.evaluate(() => typeof window.sessionSecurity);

// --- nagios4 -----------------------------------------------------------------------

/** What the daemon would have written, in short. */
function nagiosFiles(root) {
    const define = (kind, values) => `define ${kind} {\n${Object.entries(values)
        .map(([name, value]) => `\t${name}\t${value}\n`).join('')}\t}\n`;
    const checked = { check_period: 'always', check_command: 'check',
        notification_period: 'always', contacts: 'alice', initial_state: 'o',
        max_check_attempts: 3, check_interval: '5.0', retry_interval: '1.0' };
    const notified = (kind) => ({ [`${kind}_notification_period`]: 'always',
        [`${kind}_notification_commands`]: 'check' });
    const hosts = { db1: 'PostgreSQL', mail1: 'SMTP', web1: 'HTTP' };
    const status = (kind, values) => `${kind} {\n${Object.entries(values)
        .map(([name, value]) => `\t${name}=${value}\n`).join('')}\t}\n`;
    const now = Math.floor(Date.now() / 1000);
    const state = { has_been_checked: 1, last_check: now - 60,
        last_state_change: now - 90000, max_attempts: 3, current_attempt: 1 };
    return {
        'objects.cache': [
            define('timeperiod', { timeperiod_name: 'always', alias: 'always',
                sunday: '00:00-24:00' }),
            define('command', { command_name: 'check',
                command_line: '/bin/true' }),
            define('contact', { contact_name: 'alice', alias: 'alice',
                ...notified('host'), ...notified('service') }),
            ...Object.keys(hosts).map((name) => define('host',
                { host_name: name, alias: name, address: '192.0.2.1', ...checked })),
            ...Object.entries(hosts).map(([name, service]) => define('service',
                { host_name: name, service_description: service, ...checked })),
        ].join(''),
        'status.dat': [
            status('info', { created: now, version: '4' }),
            status('programstatus', { nagios_pid: 1, program_start: now - 9e5 }),
            ...Object.keys(hosts).map((name) => status('hoststatus', {
                host_name: name, current_state: 0, plugin_output: 'PING OK',
                ...state })),
            ...Object.entries(hosts).map(([name, service]) => status(
                'servicestatus', { host_name: name,
                    service_description: service, ...state,
                    current_state: service === 'SMTP' ? 2 : 0,
                    plugin_output: service === 'SMTP'
                        ? 'connection refused' : 'answered in 12 ms' })),
        ].join(''),
        'nagios.cfg': `object_cache_file=${root}/nagios/objects.cache\n`
            + `status_file=${root}/nagios/status.dat\n`,
        'cgi.cfg': readFileSync('/etc/nagios4/cgi.cfg', 'utf8')
            .replace(/^main_config_file=.*/m,
                `main_config_file=${root}/nagios/nagios.cfg`)
            .replace(/^refresh_rate=.*/m, 'refresh_rate=2')
            .replace(/^use_authentication=.*/m, 'use_authentication=1')
            + 'enable_page_tour=0\n',
    };
}

test('nagios4: frames, pages that reload themselves, Digest', async (t) => {
    const php = readdirSync(installed.libexec)
        .find((name) => /^libphp[\d.]*\.so$/.test(name));
    const digest = createHash('md5').update('nagiosadmin:Nagios4:secret')
        .digest('hex');
    const { httpd, page } = await start(t, 'nagios4', {
        mpm: 'prefork', modules: ['auth_digest', 'authz_groupfile'],
        replacements:
            { '/etc/nagios4/htdigest.users': '${ROOT}/htdigest.users' },
        files: { 'htdigest.users': `nagiosadmin:Nagios4:${digest}\n` },
        context: { httpCredentials:
            { username: 'nagiosadmin', password: 'secret' } },
        extra: `LoadModule php_module "${installed.libexec}/${php}"
<FilesMatch "\\.php$">
    SetHandler application/x-httpd-php
</FilesMatch>
SetEnv NAGIOS_CGI_CONFIG "\${ROOT}/nagios/cgi.cfg"`,
        prepare: (root) => {
            mkdirSync(join(root, 'nagios'));
            for (const [name, text] of Object.entries(nagiosFiles(root)))
                writeFileSync(join(root, 'nagios', name), text);
        },
    });
    httpd.allowLog(/\[php:warn\] .*\/usr\/share\/nagios4\//);
    await page.goto(httpd.url('/nagios4/'));
    const side = () => page.frame('side');
    await until(() => side() && page.frame('main'), 'the frames');
    await side().getByText('Services', { exact: true }).first().click();
    const main = page.frame('main');
    await main.getByText('connection refused').waitFor();
    // It reloads itself now and then.
    for (const frame of [page, side(), main]) {
        await until(async () => await clients(frame).catch(() => '') === 'object',
            'the client');
    }
    const reloads = () => httpd.accessLog()
        .match(/GET \/cgi-bin\/nagios4\/status\.cgi/g).length;

    await leaveAlone(httpd, page, 'nagios4');
    assert.ok(reloads() > 2, 'the page has not reloaded itself');
    // The browser answers the question for the password by itself, which comes
    // with this page, or with a frame that has reloaded itself a moment before.
    const opened = () => httpd.accessLog().split(' 200 "GET /nagios4/ ').length - 1;
    await until(() => opened() === 2, 'the next login');
    await page.frameLocator('[name=main]').getByText('Nagios Core').first()
        .waitFor();
});

// --- gitweb ------------------------------------------------------------------------

const RAW = '<!DOCTYPE html><html><head><title>Mine</title></head></html>\n';

function makeRepository(path) {
    const git = (...args) => execFileSync('git', ['-C', path, ...args], {
        stdio: 'pipe', env: { PATH: process.env.PATH, HOME: path,
            GIT_AUTHOR_NAME: 'A', GIT_AUTHOR_EMAIL: 'a@example.com',
            GIT_COMMITTER_NAME: 'A', GIT_COMMITTER_EMAIL: 'a@example.com' } });
    mkdirSync(path, { recursive: true });
    git('init', '-q', '-b', 'main');
    writeFileSync(join(path, 'page.html'), RAW);
    git('add', '.');
    git('commit', '-q', '-m', 'Add the <page> & more');
}

test('gitweb: XHTML, files that stay as they are', async (t) => {
    const { httpd, context, page } = await start(t, 'gitweb', {
        extra: `SetEnv GITWEB_CONFIG "\${ROOT}/gitweb.conf"
SetEnv GIT_CONFIG_COUNT 1
SetEnv GIT_CONFIG_KEY_0 safe.directory
SetEnv GIT_CONFIG_VALUE_0 *`,
        prepare: (root) => {
            makeRepository(join(root, 'git/project'));
            writeFileSync(join(root, 'gitweb.conf'),
                `$projectroot = "${root}/git"; @diff_opts = ();\n`);
        },
    });
    await page.goto(httpd.url('/gitweb/?p=project/.git;a=summary'));
    await fillIn(page);
    await page.getByText('Add the <page> & more').first().waitFor();
    assert.equal(await clients(page), 'object');
    assert.equal(await page.evaluate(() => document.contentType),
        'application/xhtml+xml');
    const raw = await page.evaluate(async () => (await fetch(
        '?p=project/.git;a=blob_plain;f=page.html;hb=HEAD')).text());
    assert.equal(raw, RAW);
    const answer = await httpd.request(
        '/gitweb/?p=project/.git;a=blob_plain;f=page.html;hb=HEAD', { headers:
            { ...NAVIGATION, Cookie: await cookieHeader(context) } });
    assert.match(answer.headers['content-type'], /^text\/html/);
    assert.equal(answer.body, RAW);
    await endsInForm(httpd, page, 'gitweb', 'Add the <page> & more');
});

// --- live data -----------------------------------------------------------------------

const LIVE = html(`<h1>Live</h1><p>Events: <b id="events">0</b></p>
<p>Messages: <b id="messages">0</b></p><script>
var count = function (id) {
    var element = document.getElementById(id);
    return function () { element.textContent = Number(element.textContent) + 1; };
};
new EventSource('/live/events').onmessage = count('events');
new WebSocket('ws://' + location.host + '/live/socket').onmessage
    = count('messages');
</script>`, { title: 'Live' });

/** An application that pushes ten times a second. @return {port, close(),
 * open(): how many connections there are} */
async function startLive() {
    const open = new Set();
    const push = (socket, bytes) => {
        open.add(socket);
        const timer = setInterval(() => socket.write(bytes), 100);
        socket.on('error', () => {});
        socket.on('close', () => {
            clearInterval(timer);
            open.delete(socket);
        });
    };
    const server = createServer((request, response) => {
        if (request.url === '/live/events') {
            response.writeHead(200, { 'Content-Type': 'text/event-stream' });
            push(response, 'data: x\n\n');
        } else {
            response.setHeader('Content-Type', 'text/html');
            response.end(LIVE);
        }
    });
    // RFC 6455: the key's answer, then frames of one byte of text.
    server.on('upgrade', (request, socket) => {
        const accept = createHash('sha1').update(
            `${request.headers['sec-websocket-key']
            }258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest('base64');
        socket.write('HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n'
            + `Connection: Upgrade\r\nSec-WebSocket-Accept: ${accept}\r\n\r\n`);
        push(socket, Buffer.from([0x81, 1, 0x78]));
    });
    await new Promise((done) => server.listen(0, '127.0.0.1', done));
    server.unref();
    const close = () => {
        server.close();
        server.closeAllConnections();
        for (const socket of open)
            socket.destroy();
    };
    return { port: server.address().port, open: () => open.size, close };
}

test('live data: pushing is no activity, and ends with the page', async (t) => {
    const live = await startLive();
    const { httpd, context, page } = await start(t, 'Live data',
        { replacements: { '127.0.0.1:8080': `127.0.0.1:${live.port}` } });
    t.after(live.close);
    allowError(context, /WebSocket connection to/);
    await page.goto(httpd.url('/live'));
    await fillIn(page);
    const count = async (id) => Number(await page.locator(id).textContent());
    await until(async () => await count('#events') > 2
        && await count('#messages') > 2, 'what is pushed');
    assert.equal(live.open(), 2);
    const old = await cookieHeader(context);

    await leaveAlone(httpd, page, 'live');
    await page.waitForSelector('[name=httpd_password]');
    await until(() => live.open() === 0, 'the connections to close');
    await until(() => / 101 "GET \/live\/socket [^"]*" \S+ passive/
        .test(httpd.accessLog()), 'a connection that was no activity');
    for (const [path, headers] of [['/live/events', {}], ['/live/socket', {
        Upgrade: 'websocket', Connection: 'Upgrade',
        'Sec-WebSocket-Version': '13', 'Sec-WebSocket-Key': 'eA==' }]]) {
        const answer = await httpd.request(path,
            { headers: { ...headers, Cookie: old } });
        assert.equal(answer.status, 401, path);
    }
    await fillIn(page);
    await until(async () => live.open() === 2, 'new connections');
});

// --- static files -----------------------------------------------------------------

test('static files: all but pages are as they were', async (t) => {
    const pdf = `%PDF-1.4\n${'x'.repeat(5000)}`;
    const { httpd, page } = await start(t, 'Static files', {
        replacements: { '/srv/handbook': '${ROOT}/handbook' },
        files: { 'handbook/index.html': html(`<h1>Handbook</h1><p>Chapter one
</p><p><a href="a.pdf">All of it</a></p>`, { title: 'Handbook' }),
        'handbook/a.pdf': pdf },
    });
    await page.goto(httpd.url('/handbook/index.html'));
    await fillIn(page);
    await page.getByText('Chapter one').waitFor();
    assert.equal(await clients(page), 'object');
    const part = await page.evaluate(async () => {
        const answer = await fetch('a.pdf', { headers: { Range: 'bytes=0-7' } });
        return [answer.status, await answer.text(),
            /private/.test(answer.headers.get('cache-control')),
            Boolean(answer.headers.get('etag'))];
    });
    assert.deepEqual(part, [206, '%PDF-1.4', true, true]);
    await endsInForm(httpd, page, 'static', 'Chapter one');
});

// --- logins of the application's own ------------------------------------------------

test('phpLiteAdmin: its session, and the login that it remembers', async (t) => {
    const php = phpSite('/phpliteadmin/');
    const { httpd, context, page } = await start(t, 'phpLiteAdmin', {
        mpm: 'prefork', files: php.files, extra: php.config });
    // Of another package, which a browser without it does without.
    allowError(context, /\/javascript\/codemirror\//);
    const enter = async () => {
        await page.fill('[name=password]', 'secret');
        await page.check('[name=remember]');
        await page.click('[type=submit]');
        await page.getByText('secrets').first().waitFor();
    };
    await page.goto(httpd.url('/phpliteadmin/index.php'));
    await enter();
    const old = await cookieHeader(context);
    assert.match(old, /pla_\w+=.*PHPSESSID=/);

    await leaveAlone(httpd, page, 'phpliteadmin');
    await page.waitForSelector('[name=password]');
    assert.equal(await page.getByText('secrets').count(), 0);
    const copied = await httpd.request('/phpliteadmin/index.php',
        { headers: { ...NAVIGATION, Cookie: old } });
    assert.match(copied.body, /name=['"]password/);
    await enter();
});

test('Django\'s administration', async (t) => {
    const django = await startDjango(t);
    const { httpd, context, page } = await start(t, 'Django', {
        replacements: { 'http://127.0.0.1:8000': django.url } });
    allowError(context, /\/static\//);
    const enter = async () => {
        await page.fill('[name=username]', 'alice');
        await page.fill('[name=password]', 'secret');
        await page.click('[type=submit]');
        await page.getByText('Site administration').first().waitFor();
    };
    await page.goto(httpd.url('/app/admin/'));
    assert.equal(await clients(page), 'undefined');
    await enter();
    assert.equal(await clients(page), 'object');
    await leaveAlone(httpd, page);
    await page.waitForURL('**/app/admin/login/?next=/app/admin/');
    await enter();
});

/** An application that has asked for passwords by Basic all along. */
async function startManager(t) {
    const right = `Basic ${btoa('alice:secret')}`;
    return startBackend((request, response) => {
        response.setHeader('Content-Type', 'text/html');
        if (request.headers.authorization === right) {
            response.setHeader('Set-Cookie', 'JSESSIONID=1; Path=/manager');
            response.end(html('<h1>Manager</h1>', { title: 'Manager' }));
            return;
        }
        response.writeHead(401, { 'WWW-Authenticate':
            'Basic realm="Tomcat Manager Application"' });
        response.end(html('<h1>Not you</h1>', { title: 'Not you' }));
    }, t);
}

test('Basic of the application\'s own: one question after the end', async (t) => {
    const manager = await startManager(t);
    const { httpd, page } = await start(t, 'An application that asks', {
        modules: ['authn_anon'],
        replacements: { 'http://127.0.0.1:8080': manager.url },
        context: { httpCredentials: { username: 'alice', password: 'secret' } },
    });
    const answers = () => [...httpd.accessLog()
        .matchAll(/ (\d+) "GET \/manager /g)].map(([, status]) => status);
    // A line is written when its answer has long arrived.
    const answered = (number) => until(() => answers().length === number,
        `${number} answers`);
    await page.goto(httpd.url('/manager'));
    await page.getByText('Manager').waitFor();
    await answered(2);
    assert.deepEqual(answers(), ['401', '200']);
    const wrong = await httpd.request('/manager', { headers:
        { ...NAVIGATION, Authorization: `Basic ${btoa('alice:wrong')}` } });
    assert.equal(wrong.status, 401);
    assert.match(wrong.body, /Not you/);

    await answered(3);
    await leaveAlone(httpd, page);
    // The browser answers the question by itself.
    await answered(5);
    assert.deepEqual(answers().slice(3), ['401', '200']);
    await page.getByText('Manager').waitFor();
});

// --- single sign-on -----------------------------------------------------------------

test('mod_auth_openidc: the provider is asked again', async (t) => {
    const provider = await startProvider(t);
    const { httpd, page } = await start(t, 'mod_auth_openidc', {
        modules: ['auth_openidc'],
        replacements: { 'https://login.example.com': provider.url,
            'https://intranet.example.com': 'http://127.0.0.1:${PORT}' },
        files: { 'htdocs/report.html': html('<h1>Report</h1><p>Secret</p>',
            { title: 'Report' }) },
    });
    httpd.allowLog(/auth_openidc:warn.*SHOULD be "https"/);
    const enter = async () => {
        await page.getByText('Let me in').click();
        await page.getByText('Secret').waitFor();
        assert.equal(page.url(), httpd.url('/report.html'));
    };
    await page.goto(httpd.url('/report.html'));
    await enter();
    await leaveAlone(httpd, page);
    const again = page.getByRole('button', { name: 'Sign in again' });
    for (let i = 0; i < 2; i++) {
        // The hidden page has such a button too, until it is left.
        await page.getByText('Secret').waitFor({ state: 'detached' });
        await again.waitFor();
        await page.goto(httpd.url('/report.html'));
    }
    await again.waitFor();
    await takePicture(page, 'openidc', 240);
    assert.equal(provider.logins, 1);
    await again.click();
    await enter();
    assert.equal(provider.logins, 2);
});

test.run();
