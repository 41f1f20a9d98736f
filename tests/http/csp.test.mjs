// SPDX-License-Identifier: Apache-2.0
// What becomes of the Content-Security-Policy of pages, and of no other answer.

import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { after, before, describe, test } from 'node:test';
import {
    formSite, Jar, login, NAVIGATION, SCRIPT, startBackend, startHttpd, until,
} from '../lib/httpd.mjs';

const ELEMENT = new RegExp('<script src="/session_security/script\\.js'
    + '\\?v=[0-9a-f]{16}"(?: nonce=\'([^\']*)\')? data-session-security=\''
    + '([^\']*)\'></script>', 'g');
const FRESH = /^[A-Za-z0-9+/]{22}$/;
const HTML = { 'Content-Type': 'text/html; charset=utf-8' };
const PAGE = '<!DOCTYPE html>\n<html><head><title>t</title></head>'
    + '<body></body></html>\n';
// Longer than what is kept back while the place is searched.
const LATE = `<!doctype html><!--${'c'.repeat(50000)}--><html><head></head>`;
const NAME = 'Content-Security-Policy';

let httpd;
let backend;
let jar;
const streams = new Map();

const csp = (...policies) => ({ ...HTML, [NAME]: policies });
const ANSWERS = {
    page: [HTML],
    none: [csp('default-src \'none\'')],
    nonce: [csp('script-src \'nonce-abc\' \'strict-dynamic\'')],
    inline: [csp('script-src \'unsafe-inline\'')],
    self: [csp('default-src \'self\'')],
    host: [csp(() => `default-src 127.0.0.1:*; connect-src app.example:1 ${
        backend.url}`)],
    several: [csp('script-src \'unsafe-inline\'', 'script-src \'nonce-abc\', '
        + 'script-src \'nonce-def\'', 'img-src *')],
    sandbox: [csp('sandbox allow-scripts', 'script-src \'none\'')],
    sandboxed: [csp('sandbox allow-scripts allow-same-origin')],
    hashed: [csp('script-src \'self\' \'url-sha256-YWJj\'')],
    'hashed-inline': [csp('script-src \'self\' \'url-sha256-YWJj\' '
        + '\'unsafe-inline\'')],
    digest: [{ ...HTML, 'Integrity-Policy': 'blocked-destinations=(script)' }],
    dynamic: [csp('script-src \'strict-dynamic\'')],
    connect: [csp('script-src \'nonce-abc\'; connect-src \'none\'')],
    style: [csp('style-src \'unsafe-inline\'')],
    other: [{ ...HTML,
        'Content-Security-Policy-Report-Only': 'default-src \'none\'',
        'X-Content-Security-Policy': 'default-src \'none\'',
        'X-WebKit-CSP': 'default-src \'none\'' }],
    late: [csp('script-src \'none\''), LATE],
    'late-sandbox': [csp('sandbox'), LATE],
    'late-fragment': [csp('script-src \'none\''),
        `<!--${'c'.repeat(50000)}--><tr><td>x`],
    fragment: [csp('script-src \'none\''), '<tr><td>x</td></tr>'],
    empty: [csp('script-src \'none\''), ''],
    json: [{ 'Content-Type': 'application/json',
        [NAME]: 'default-src \'none\'' }, '{}'],
    missing: [csp('script-src \'none\''), PAGE, 404],
    moved: [{ ...csp('script-src \'none\''), Location: '/app/' }, PAGE, 302],
};

function answer(req, res) {
    const name = new URL(req.url, backend.url).pathname.slice(1);
    if (streams.has(name)) {
        streams.get(name)(res);
        return;
    }
    const [headers, body = PAGE, status = 200] = ANSWERS[name];
    res.writeHead(status, headers);
    res.end(req.method === 'HEAD' ? undefined : body);
}

// path: directives of a location that is proxied to the backend
const LOCATIONS = {
    reuse: 'SessionSecurityCSP Reuse',
    untouched: 'SessionSecurityCSP Off',
    'off/again': 'SessionSecurityCSP Amend',
    off: 'SessionSecurityCSP Off',
    quiet: 'SessionSecurityInject Off',
    styled: 'SessionSecurityStylesheet /own.css?v=1',
    'styled-elsewhere': 'SessionSecurityStylesheet https://cdn.example/s.css',
    compressed: 'SetOutputFilter DEFLATE',
    set: `Header set ${NAME} "script-src 'none'"
        <If "-n req('X-Public')">
            Require all granted
            AuthType None
        </If>`,
    'set-always': `Header always set ${NAME} "script-src 'none'"`,
    both: `Header set ${NAME} "script-src 'none'"
        Header always add ${NAME} "connect-src 'none'"`,
    append: `Header append ${NAME} "connect-src 'none'"`,
    add: `Header add ${NAME} "connect-src 'none'"`,
    merge: `Header merge ${NAME} "script-src 'unsafe-inline'"`,
    edit: `Header edit ${NAME} "'none'" "https://cdn.example"`,
    removed: `Header unset ${NAME}`,
    'late-nonce': `Header set ${NAME} "script-src 'strict-dynamic' \
'nonce-%{UNIQUE}e'"
        SetEnvIf Request_URI ^ UNIQUE=uuu`,
    'late-sandbox': `Header set ${NAME} "sandbox; script-src 'none'"`,
    digest: 'Header always set Integrity-Policy blocked-destinations=(script)',
    another: 'Header set X-Other yes',
    conditional: `Header set ${NAME} "script-src 'none'" \
"expr=-n req('X-No')"`,
    configured: `SessionSecurityReturnTo "/bye?<script>"
        SessionSecurityMessage stay "a <SCRIPT> b"`,
};

before(async () => {
    backend = await startBackend(answer);
    ANSWERS.host[0][NAME] = ANSWERS.host[0][NAME].map((make) => make());
    httpd = await startHttpd({
        config: formSite({
            backend: backend.url,
            extra: ['LogLevel session_security:trace1',
                ...Object.entries(LOCATIONS).reverse().map(([name, lines]) =>
                    `<Location "/app/${name}">\n${lines}\n</Location>`),
                ...Object.keys(LOCATIONS).map((name) =>
                    `ProxyPass "/app/${name}/" "${backend.url}/"`),
                '<Location "/app/cgi.cgi">',
                `Header always append ${NAME} "connect-src 'none'"`,
                '</Location>',
                '<Location "/app/lost">',
                'ErrorDocument 404 /app/set-always/page',
                '</Location>',
            ].join('\n'),
        }),
        files: {
            'htdocs/app/cgi.cgi': '#!/bin/sh\nprintf "Content-Type: text/html'
                + `\\n${NAME}: script-src 'none'\\n\\n${
                    PAGE.replaceAll('\n', '\\n')}"\n`,
        },
    });
    jar = new Jar();
    await login(httpd, jar);
});

after(async () => {
    await httpd?.stop();
    await backend?.close();
});

const get = (path, options = {}) => httpd.request(`/app/${path}`,
    { jar, headers: NAVIGATION, ...options });

/** The policies of an answer, a line each. */
const policies = (reply) => reply.rawHeaders.filter((_, i, all) =>
    i % 2 === 1 && all[i - 1].toLowerCase() === NAME.toLowerCase());

/** Asks for a page, whose policies must be these, with {n} for the nonce of its
 * element, which must match. No nonce: undefined. */
async function expect(path, expected, nonce) {
    const reply = await get(path);
    const elements = [...reply.body.matchAll(ELEMENT)];
    assert.equal(elements.length, 1, reply.body.slice(0, 300));
    const found = elements[0][1];
    if (nonce)
        assert.match(found, nonce);
    else
        assert.equal(found, undefined);
    assert.deepEqual(policies(reply),
        expected.map((line) => line.replaceAll('{n}', found)));
    return { reply, nonce: found };
}

/** Asks for a page that must come as the backend sent it. */
async function expectNothing(path, expected, options) {
    const reply = await get(path, options);
    assert.doesNotMatch(reply.body, /session_security/);
    assert.deepEqual(policies(reply), expected);
    return reply;
}

describe('Amend', () => {
    test('no policy, no nonce', () => expect('backend/page', []));

    test('a policy that is strict', async () => {
        const first = await expect('backend/none', ['default-src \'none\'; '
            + 'script-src \'nonce-{n}\'; connect-src \'self\''], FRESH);
        const second = await expect('backend/none', ['default-src \'none\'; '
            + 'script-src \'nonce-{n}\'; connect-src \'self\''], FRESH);
        assert.notEqual(first.nonce, second.nonce);
    });

    test('the backend\'s own nonce', () => expect('backend/nonce',
        ['script-src \'nonce-abc\' \'strict-dynamic\''], /^abc$/));

    test('the backend\'s own nonce, and what else is missing', () =>
        expect('backend/connect',
            ['script-src \'nonce-abc\'; connect-src \'self\''], /^abc$/));

    test('inline scripts stay allowed', () => expect('backend/inline',
        ['script-src \'unsafe-inline\' \'self\'']));

    test('a policy that is wide enough stays, byte for byte', () =>
        expect('backend/self', ['default-src \'self\'']));

    test('several, of which each counts', () => expect('backend/several', [
        'script-src \'unsafe-inline\' \'self\'',
        'script-src \'nonce-abc\' \'nonce-{n}\', '
            + 'script-src \'nonce-def\' \'nonce-{n}\'',
        'img-src *'], FRESH));

    test('the page\'s host, as the browser named it', async () => {
        const reply = await get('backend/host', { headers: { ...NAVIGATION,
            Host: 'app.example:1' } });
        assert.match(policies(reply)[0], /^default-src 127\.0\.0\.1:\*; connect-src app\.example:1 \S+; script-src 127\.0\.0\.1:\* 'nonce-\S{22}'$/);
    });

    test('a sandbox: no element, nothing amended', async () => {
        const mark = httpd.mark();
        await expectNothing('backend/sandbox',
            ['sandbox allow-scripts', 'script-src \'none\'']);
        assert.match(httpd.logSince(mark),
            /not injected: Content-Security-Policy: sandbox/);
        await expect('backend/sandboxed',
            ['sandbox allow-scripts allow-same-origin']);
    });

    test('hashes of URLs: a nonce, or no element', async () => {
        await expect('backend/hashed', ['script-src \'self\' '
            + '\'url-sha256-YWJj\' \'nonce-{n}\''], FRESH);
        await expectNothing('backend/hashed-inline', ['script-src \'self\' '
            + '\'url-sha256-YWJj\' \'unsafe-inline\'']);
    });

    test('other headers are not ours', async () => {
        const { reply } = await expect('backend/other', []);
        for (const name of ['content-security-policy-report-only',
            'x-content-security-policy', 'x-webkit-csp'])
            assert.equal(reply.headers[name], 'default-src \'none\'');
    });

    test('a stylesheet of the site', async () => {
        await expect('styled/style',
            ['style-src \'unsafe-inline\' \'self\'']);
        await expect('backend/style', ['style-src \'unsafe-inline\'']);
    });

    test('a stylesheet of another site', () => expect('styled-elsewhere/style',
        ['style-src \'unsafe-inline\' https://cdn.example/s.css']));

    test('on error pages, too', async () => {
        await expect('backend/missing', ['script-src \'nonce-{n}\''], FRESH);
        await expect('lost/', ['script-src \'nonce-{n}\''], FRESH);
    });

    test('compressed behind us', async () => {
        const reply = await get('compressed/none', { headers: {
            ...NAVIGATION, 'Accept-Encoding': 'gzip' } });
        assert.equal(reply.headers['content-encoding'], 'gzip');
        assert.match(policies(reply)[0], /; script-src 'nonce-\S{22}'; /);
    });

    test('HEAD as GET', async () => {
        const reply = await get('backend/none', { method: 'HEAD' });
        assert.match(policies(reply)[0], /^default-src 'none'; script-src 'nonce-\S{22}'; connect-src 'self'$/);
    });
});

test('Integrity-Policy: the script\'s digest', async () => {
    const script = await httpd.request('/session_security/script.js');
    const digest = createHash('sha256').update(script.bytes).digest('base64');
    const attributes =
        ` integrity='sha256-${digest}' crossorigin='anonymous' data-`;
    for (const path of ['backend/digest', 'digest/page'])
        assert.ok((await get(path)).body.includes(attributes), path);
    assert.doesNotMatch((await get('backend/page')).body, /integrity/);
});

describe('what has no element is left alone', () => {
    for (const [what, path, lines = ['script-src \'none\''], options] of [
        ['a fragment', 'backend/fragment', undefined,
            { headers: { Accept: 'text/html' } }],
        ['an empty answer', 'backend/empty'],
        ['a redirect', 'backend/moved'],
        ['SessionSecurityInject Off', 'quiet/none', ['default-src \'none\'']],
        ['data', 'backend/json', ['default-src \'none\'']],
        ['a request of a script', 'backend/none', ['default-src \'none\''],
            { headers: SCRIPT }],
        ['data with a policy of mod_headers', 'set/json'],
        ['an anonymous visitor\'s page', 'set/page', undefined,
            { jar: undefined, headers: { ...NAVIGATION, 'X-Public': 'yes' } }],
    ])
        test(what, () => expectNothing(path, lines, options));
});

describe('mod_headers', () => {
    for (const [what, path, lines, nonce = FRESH] of [
        ['set', 'set/page', ['script-src \'nonce-{n}\'']],
        ['set over the backend\'s', 'set/nonce', ['script-src \'nonce-{n}\'']],
        ['always set', 'set-always/page', ['script-src \'nonce-{n}\'']],
        ['always set, beside the backend\'s', 'set-always/inline',
            ['script-src \'nonce-{n}\'',
                'script-src \'unsafe-inline\' \'self\'']],
        ['both kinds', 'both/page',
            ['connect-src \'self\'', 'script-src \'nonce-{n}\'']],
        ['append', 'append/none', ['default-src \'none\'; script-src '
            + '\'nonce-{n}\'; connect-src \'self\', connect-src \'self\'']],
        ['add', 'add/none', ['default-src \'none\'; script-src \'nonce-{n}\'; '
            + 'connect-src \'self\'', 'connect-src \'self\'']],
        ['merge', 'merge/nonce', ['script-src \'nonce-abc\' '
            + '\'strict-dynamic\' \'nonce-{n}\', '
            + 'script-src \'unsafe-inline\' \'self\'']],
        ['edit', 'edit/none', ['default-src https://cdn.example; script-src '
            + 'https://cdn.example \'nonce-{n}\'; connect-src '
            + 'https://cdn.example \'self\'']],
        ['unset: no nonce', 'removed/none', [], null],
        ['a nonce that comes after ours', 'late-nonce/page',
            ['script-src \'strict-dynamic\' \'nonce-uuu\' \'nonce-{n}\'']],
        ['another header: no nonce', 'another/page', [], null],
        ['an expression', 'conditional/page', [], null],
        ['a CGI, whose headers httpd keeps elsewhere', 'cgi.cgi',
            ['script-src \'nonce-{n}\', connect-src \'self\'']],
    ])
        test(what, () => expect(path, lines, nonce));

    test('a sandbox that comes late is told', async () => {
        const mark = httpd.mark();
        await expect('late-sandbox/page', ['sandbox; script-src \'none\''],
            FRESH);
        assert.match(httpd.logSince(mark),
            /the client cannot run: Content-Security-Policy: sandbox/);
    });
});

describe('the headers leave before the element is in', () => {
    test('they are made for it', () => expect('backend/late',
        ['script-src \'nonce-{n}\''], FRESH));

    test('with mod_headers\' own nonce', () => expect('late-nonce/late',
        ['script-src \'strict-dynamic\' \'nonce-uuu\''], /^uuu$/));

    test('a sandbox', () => expectNothing('backend/late-sandbox', ['sandbox']));

    test('no element comes', async () => {
        const reply = await get('backend/late-fragment',
            { headers: { Accept: 'text/html' } });
        assert.doesNotMatch(reply.body, /session_security/);
        assert.match(policies(reply)[0], /^script-src 'nonce-\S{22}'$/);
    });

    test('a slow backend', async () => {
        let go;
        streams.set('slow', (res) => {
            res.writeHead(200, csp('default-src \'none\''));
            res.write('<!doctype html>\n');
            go = () => res.end('<html><head></head></html>');
        });
        const asked = get('backend/slow');
        await until(() => go, 'the request at the backend');
        go();
        const reply = await asked;
        const [[, nonce]] = [...reply.body.matchAll(ELEMENT)];
        assert.match(nonce, FRESH);
        assert.deepEqual(policies(reply), ['default-src \'none\'; '
            + `script-src 'nonce-${nonce}'; connect-src 'self'`]);
    });
});

describe('Reuse', () => {
    for (const [what, path, lines, nonce] of [
        ['no policy', 'reuse/page', []],
        ['a wide one', 'reuse/self', ['default-src \'self\'']],
        ['a nonce', 'reuse/nonce',
            ['script-src \'nonce-abc\' \'strict-dynamic\''], /^abc$/],
    ])
        test(what, () => expect(path, lines, nonce));

    for (const [what, path, lines] of [
        ['no nonce', 'reuse/none', ['default-src \'none\'']],
        ['no nonce for inline scripts', 'reuse/inline',
            ['script-src \'unsafe-inline\'']],
        ['no question to the server', 'reuse/connect',
            ['script-src \'nonce-abc\'; connect-src \'none\'']],
        ['not one of two', 'reuse/several', ANSWERS.several[0][NAME]],
        ['strict-dynamic', 'reuse/dynamic', ['script-src \'strict-dynamic\'']],
    ])
        test(`${what}: no element`, async () => {
            const mark = httpd.mark();
            await expectNothing(path, lines);
            assert.match(httpd.logSince(mark),
                /not injected: Content-Security-Policy/);
        });
});

describe('Off', () => {
    test('the element goes in as it would without a policy', async () => {
        await expect('untouched/none', ['default-src \'none\'']);
        await expect('untouched/nonce', ANSWERS.nonce[0][NAME]);
        await expect('untouched/sandbox', ANSWERS.sandbox[0][NAME]);
    });

    test('an inner section may say otherwise', async () => {
        await expect('off/inline', ['script-src \'unsafe-inline\'']);
        await expect('off/again/inline',
            ['script-src \'unsafe-inline\' \'self\'']);
    });
});

test('no text of the settings switches the nonce off', async () => {
    const { reply } = await expect('configured/none', ['default-src \'none\'; '
        + 'script-src \'nonce-{n}\'; connect-src \'self\''], FRESH);
    const [[, , settings]] = [...reply.body.matchAll(ELEMENT)];
    assert.doesNotMatch(settings, /<|&lt;/);
    const parsed = JSON.parse(settings.replaceAll('&gt;', '>'));
    assert.equal(parsed.returnTo, '/bye?<script>');
    assert.equal(parsed.messages.stay, 'a <SCRIPT> b');
});
