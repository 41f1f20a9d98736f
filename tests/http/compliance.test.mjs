// SPDX-License-Identifier: Apache-2.0
// docs/compliance.md: its commands print what it says, its profiles do what they
// are for, and the tests that it names exist.

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { promisify } from 'node:util';
import { EXAMPLE_FILES, blocks, placed, read } from '../lib/docs.mjs';
import {
    Jar, NAVIGATION, environment, startBackend, startHttpd,
} from '../lib/httpd.mjs';
import { installed } from '../lib/root.mjs';

const DOCUMENT = 'docs/compliance.md';

const BACKEND = (request, response) => {
    response.setHeader('Content-Type', 'text/html');
    response.end('<!DOCTYPE html><html><head><title>CRM</title></head></html>');
};

/** The site of the README's login form, with further directives. */
async function site(t, more = '') {
    const backend = await startBackend(BACKEND, t);
    return startHttpd({
        config: placed(read('docs/examples/form-login.conf') + more,
            { 'http://127.0.0.1:8080': backend.url }),
        files: EXAMPLE_FILES, clock: true,
    }, t);
}

// --- the checks ------------------------------------------------------------------

/** [number, commands, what they print or undefined] of each check. */
const CHECKS = [...read(DOCUMENT).split('## Checks')[1].split('\n## ')[0]
    .matchAll(/^\*\*(\d+)\..*?(?=^\*\*\d|$(?![^]))/gms)]
    .map(([text, number]) => [number,
        text.match(/^```sh\n(.*?)^```$/ms)?.[1],
        text.match(/^```text\n(.*?)^```$/ms)?.[1]]);

/** A regular expression for a text in which "..." stands for anything. */
const pattern = (text) => new RegExp(`^${text.trim().split('...')
    .map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'))
    .join('.*')}$`, 'm');

/** What a sanitizer needs, which other programs may not stand. */
const httpdItself = (script) =>
    (script.includes(installed.binary) ? environment() : {});

/** Runs commands in the shell, and moves the clock where they sleep. Fails when
 * one fails. */
async function run(httpd, commands) {
    const cwd = join(httpd.root, 'checks');
    mkdirSync(cwd, { recursive: true });
    let output = '';
    for (const [, script, seconds] of commands
        .matchAll(/(.*?)(?:^sleep (\d+)\n|$(?![^]))/gms)) {
        const { stdout } = await promisify(execFile)('bash',
            ['--norc', '-e', '-o', 'pipefail', '-c', script],
            { cwd, env: { ...httpdItself(script), PATH: process.env.PATH,
                site: httpd.url('') } });
        output += stdout;
        if (seconds)
            httpd.clock.advance(Number(seconds));
    }
    return output.replaceAll('\r', '').trim();
}

test('its checks print what it says', async (t) => {
    const httpd = await site(t);
    assert.deepEqual(CHECKS.map(([number]) => number),
        ['1', '2', '3', '4', '5', '6', '7', '8']);
    for (const [number, commands, expected] of CHECKS) {
        if (!commands)
            continue;
        const output = await run(httpd, commands
            .replace('apachectl -t',
                `${installed.binary} -t -d ${httpd.root} -f httpd.conf`)
            .replace('/var/log/apache2/error.log', `${httpd.root}/logs/error`)
            .replace('/etc/apache2', `${httpd.root}/httpd.conf`));
        assert.match(output, pattern(expected), `check ${number}`);
        if (number === '1')
            assert.match(output, /SessionSecurityExpireAfter 15min/);
    }
});

// --- the profiles ----------------------------------------------------------------

/** The profile whose comment says this. */
const profile = (text) =>
    placed(blocks(DOCUMENT, 'apache').find((block) => block.includes(text)));

async function signIn(httpd, jar, user = 'alice') {
    const answer = await httpd.request('/', { jar, method: 'POST',
        body: new URLSearchParams(
            { httpd_username: user, httpd_password: 'secret' }) });
    assert.equal(answer.status, 302);
    return answer;
}

const open = async (httpd, jar, path = '/') =>
    (await httpd.request(path, { jar, headers: NAVIGATION })).status;

test('ten minutes for administrators, fifteen for users', async (t) => {
    const httpd = await site(t, profile('V-222390'));
    const admin = new Jar(), user = new Jar();
    writeFileSync(join(httpd.root, 'users'), readFileSync(
        join(httpd.root, 'users'), 'utf8').replace(/^alice(:.*)$/m, '$&\nroot$1'));
    await signIn(httpd, admin, 'root');
    await signIn(httpd, user);
    for (const seconds of [0, 590, 601, 290]) {
        httpd.clock.advance(seconds);
        assert.equal(await open(httpd, user), 200);
        assert.equal(await open(httpd, admin), seconds === 601 ? 401 : 200);
        if (seconds === 601)
            await signIn(httpd, admin, 'root');
    }
    await httpd.expectLog(/MSS0010: .* user="root" idle=60[1-5]s limit=600s /);
    httpd.clock.advance(901);
    assert.equal(await open(httpd, user), 401);
    await httpd.expectLog(/MSS0010: .* user="alice" idle=90[1-5]s limit=900s /);
});

test('the cookie of the profiles', async (t) => {
    const httpd = await site(t, profile('PCI DSS'));
    const answer = await signIn(httpd, new Jar());
    assert.match(answer.headers['set-cookie'].at(-1),
        /^__Host-session=[^;]+;path=\/;HttpOnly;Secure;SameSite=Lax$/i);
});

test('AAL2, and AAL3 in a section', async (t) => {
    const httpd = await site(t, profile('2.2.3'));
    const jar = new Jar();
    await signIn(httpd, jar);
    for (let minutes = 0; minutes <= 24 * 60; minutes += 59) {
        assert.equal(await open(httpd, jar), 200);
        httpd.clock.advance(59 * 60);
    }
    assert.equal(await open(httpd, jar), 401);
    await httpd.expectLog(/MSS0010: .* reason=lifetime .* limit=86400s /);
    await signIn(httpd, jar);
    assert.equal(await open(httpd, jar, '/records/'), 200);
    httpd.clock.advance(901);
    assert.equal(await open(httpd, jar, '/records/'), 401);
});

test('a session without its account, or with the password of before',
    async (t) => {
        const httpd = await site(t);
        const jar = new Jar();
        const users = join(httpd.root, 'users');
        const before = readFileSync(users);
        await signIn(httpd, jar);
        httpd.allowLog(/AH0180[78]: /);
        for (const after of ['', 'alice:{SHA}0DPiKuNIrrVmD8IUCuw1hQxNqZc=\n']) {
            assert.equal(await open(httpd, jar), 200);
            writeFileSync(users, after);
            assert.equal(await open(httpd, jar), 401);
            writeFileSync(users, before);
        }
    });

// --- the tests that it names --------------------------------------------------------

/** Regular expressions of a test file's names; parts that are computed are any
 * text. */
const namesIn = (source) =>
    [...source.matchAll(/\b(?:test|describe)\(\s*(['`])((?:\\.|(?!\1)[^])*)\1/g)]
        .map(([, , name]) => new RegExp(`^${name.replaceAll('\\\'', '\'')
            .split(/\$\{.*?\}/)
            .map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'))
            .join('.*')}$`));

test('the tests that it names exist', () => {
    const named = [...read(DOCUMENT)
        .matchAll(/\]\((\.\.\/tests\/[^)]+\.test\.mjs)\)(?: "([^"]+)")?/g)];
    assert.ok(named.length > 20);
    for (const [text, path, name] of named) {
        assert.ok(name, `${text}: no name`);
        const source = read(join(dirname(DOCUMENT), path));
        // Or it stands in a table of cases.
        assert.ok(source.includes(`'${name}'`)
            || namesIn(source).some((known) => known.test(name)
                && known.source !== '^.*$'), `${path}: no "${name}"`);
    }
});
