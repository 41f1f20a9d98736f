// SPDX-License-Identifier: Apache-2.0
// Directives: what each takes and refuses, how they merge, and what stops the
// start or, where only a request can tell, that request.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import {
    Jar, NAVIGATION, SCRIPT, configTest, environment, formSite, login,
    startHttpd,
} from '../lib/httpd.mjs';
import { isIdle } from '../lib/life.mjs';
import { installed, makeRoot, removeRoot } from '../lib/root.mjs';

const escaped = (text) => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
/** As httpd writes it to the log. */
const logged = (value) => value.replaceAll('\\', '\\\\')
    .replace(/[^ -~]/gu, (c) => [...Buffer.from(c)]
        .map((byte) => `\\x${byte.toString(16)}`).join(''));

async function accepts(config) {
    const run = await configTest({ config });
    assert.equal(run.code, 0, `${config}\n${run.output}`);
    return run.output;
}

async function refuses(config, ...patterns) {
    const run = await configTest({ config });
    assert.equal(run.code, 1, `${config}\n${run.output}`);
    for (const pattern of patterns)
        assert.match(run.output, pattern, config);
    return run.output;
}

// --- what each directive takes -----------------------------------------------

const TIMES = [
    '1', '540', '0540', '540s', '540sec', '540second', '540seconds', '9mi',
    '9min', '9minute', '9minutes', '1h', '1hour', '2hours', '1000ms', '2592000',
    '2592000000ms', '43200min', '720h',
];
const NO_TIME = ['is not a time', 'such as 540, 540s, 9min or 1h'];
const LONG = ['is longer than 30 days', 'such as 540, 9min or 720h'];
const SHORT = ['is shorter than a second', 'such as 540, 9min or 1h'];
const NOT_TIMES = {
    ' ': NO_TIME, '10 min': NO_TIME, ' 10': NO_TIME,
    '9m': NO_TIME, '5hello': NO_TIME, '5d': NO_TIME, '1H': NO_TIME,
    '-5': NO_TIME, '+5': NO_TIME, '5.5': NO_TIME, '0x10': NO_TIME,
    '1e3': NO_TIME, 'ten': NO_TIME, 'None': NO_TIME, '５': NO_TIME,
    '0': SHORT, '0h': SHORT, '540ms': SHORT, '999ms': SHORT,
    '2592001': LONG, '721h': LONG, '5124095577h': LONG,
    '9223372036854775807': LONG, '18446744073709551617': LONG,
};
const FEW_NOT_TIMES = { '9m': NO_TIME, '0': SHORT, '721h': LONG };

const PATH_HINT = ['is not a path; write one that begins with a slash',
    '/poll or /api/*/status, or None'];
const PREFIX_HINT = ['is not a path that requests could have',
    'such as /session_security'];
const GO_HINT = ['neither a path of this site nor a full URL',
    '/login or https://sso.example.com/login, or None'];
const HOST_HINT = ['leaves the host open; write it out',
    'such as https://sso.example.com/?from=%{REQUEST_URI}'];
const SHEET_HINT = ['neither a path of this site nor a full URL',
    '/theme/session.css, or None'];
const TAG_HINT = ['is not a language tag', 'such as de or pt-BR, or Auto'];
const EVENT_HINT = ['is not the name of a DOM event',
    'such as keydown mousedown, or None'];
const STORE_HINT = ['is not a store that this server knows',
    'redis:host:port or memcache:host:port for several'];
const PROVIDER_HINT = ['is not a store that this server knows',
    'write shm:65536, or load mod_socache_'];
const ENTRIES_HINT = ['needs a number of sessions from 64 to 16777216',
    'such as shm:65536'];
const CACHE_HINT = ['is not a number of sessions from 8 to 16384',
    'such as 512, or Off'];
const FLAG = { takes: ['On', 'Off', 'on'] };

const all = (values, hint) =>
    Object.fromEntries(values.map((value) => [value, hint]));

/** Texts that it takes, and those that it refuses, with what it says then. */
const DIRECTIVES = {
    SessionSecurity: FLAG,
    SessionSecurityWarnAfter: { takes: TIMES, refuses: FEW_NOT_TIMES,
        with: 'SessionSecurityExpireAfter 720h\nSessionSecurityWarnAfter 1' },
    SessionSecurityExpireAfter: { takes: TIMES, refuses: NOT_TIMES,
        with: 'SessionSecurityWarnAfter 1s' },
    SessionSecurityMaxLifetime: { takes: [...TIMES, 'Off', 'off'],
        refuses: FEW_NOT_TIMES },
    SessionSecurityUpdateInterval: { takes: TIMES, refuses: FEW_NOT_TIMES },
    SessionSecurityActivity: {
        takes: ['Navigations', 'Requests', 'Input', 'input'],
        refuses: all(['None', 'Off', 'Navigation', 'Inputs'],
            ['is not Navigations, Requests or Input']),
    },
    SessionSecurityPassive: FLAG,
    SessionSecurityPassiveURLs: {
        takes: ['/', '/poll', '/a/*/b', '*.gif', '*', 'None', 'none', '/a?b', '/100%',
            '/a=b?c'],
        refuses: {
            ...all(['poll', '?poll', 'http://h/poll', '~poll'], PATH_HINT),
            ...all(['/a#b', '*://h/'], ['is not a path as requests have it']),
            ...all(['/a.php?b=c', '/my%20app', '*?x=*'],
                ['decoded and without the query', 'in <If>']),
        },
    },
    SessionSecurityInject: FLAG,
    SessionSecurityReturnTo: {
        takes: [
            '/', '/login?a=b', 'None', 'none', 'https://sso.example/login',
            'http://h:8080', '/login?to=%{escape:%{REQUEST_URI}}',
            '/%{env:A}', '%{reqenv:NEXT}',
            'https://sso.example/?to=%{escape:%{REQUEST_URI}}',
        ],
        refuses: {
            ...all([
                'login', './login', '//evil.example', '/\\evil.example',
                'ftp://h/', 'javascript:alert(1)', 'https://',
                'https://user@h/',
            ], GO_HINT),
            ...all(['https://%{HTTP_HOST}/', 'HTTPS://h%{REQUEST_URI}'],
                HOST_HINT),
            '/login?%{nosuch:x}': ['Function \'nosuch\' does not exist'],
            '/login?%{REQUEST_URI': ['yntax error'],
        },
    },
    SessionSecurityConfirmFormDiscard: FLAG,
    SessionSecurityCSP: {
        takes: ['Amend', 'Reuse', 'Off', 'off'],
        refuses: all(['On', 'None', 'amended', '* x'],
            ['is not Amend, Reuse or Off']),
    },
    SessionSecurityLanguage: {
        takes: ['Auto', 'auto', 'de', 'pt-BR', 'zh-Hant-TW'],
        refuses: {
            ...all(['de_DE', 'de,en', 'de;q=1', '*', 'd e', 'None', 'd', 'de-',
                '-de', 'de--AT', 'languages', 'de-languages'], TAG_HINT),
            ...all(['deutsch', 'eu', 'xx-DE'], ['without texts', 'or Auto']),
        },
    },
    SessionSecurityMessage: { takes: ['title" "a', 'message" "{time} b',
        'message" "soon', 'lifetime" "a {time}', 'title" ":-{', 'stay" "} {'] },
    SessionSecurityEvents: {
        takes: ['keydown', 'None', 'none', 'my-event', 'jquery.ns:x_y'],
        refuses: all(['key down', 'keydown,wheel', '<b>'], EVENT_HINT),
    },
    SessionSecurityStylesheet: {
        takes: ['/theme/a.css', 'https://cdn.example/a.css?b', 'None', 'none'],
        refuses: all(['a.css', '//cdn.example/a.css', '/\\h/a.css',
            'data:text/css,a', 'https://h\\@e/'], SHEET_HINT),
    },
    SessionSecurityPath: {
        server: true,
        takes: ['/s', '/s/', '/a/b-c_d.e~f/1'],
        refuses: all(['/', '//', 's', '/s//', '/a//b', '/.', '/../a', '/a/.b',
            '/a b', '/a?b', '/a%20b', '/a;b', '/a#b', '/é', 'http://h/s',
            '/a<b'], PREFIX_HINT),
    },
    SessionSecurityStore: {
        server: true,
        takes: ['shm', 'shm:64', 'shm:65536', 'shm:16777216'],
        refuses: {
            ...all(['SHM', 'shmcb', 'shm64', ':', ':x', 'shm64:64', 'Redis:x',
                'memcached:127.0.0.1'], STORE_HINT),
            ...all(['redis:127.0.0.1:6379', 'redis', 'memcache:127.0.0.1'],
                PROVIDER_HINT),
            ...all(['shm:', 'shm:63', 'shm:0', 'shm:-64', 'shm:16777217',
                'shm:99999999999999999999', 'shm:64k', 'shm: 64', 'shm:+64',
                'shm:0x40', 'shm:64:64'], ENTRIES_HINT),
        },
    },
    SessionSecurityCookies: {
        takes: ['JSESSIONID', 'SESS*', '__Host-id', 'None', 'none', 'a.b',
            'JSESSIONID" "SESS*" "None" "sid'],
        refuses: all(['*', 'a*b', '**', 'S**', '*S', 'a b', 'a=b', 'a;b',
            'a,b', 'caf\u00e9'],
        ['is not the name of a cookie', 'JSESSIONID', 'SESS*', 'or None']),
    },
    SessionSecurityDecodeCache: {
        server: true,
        takes: ['Off', 'off', '8', '512', '16384', '512" "60', '512" "1s',
            '512" "1h', '512" "5min'],
        refuses: all(['On', '7', '0', '-8', '16385', '99999999999999999999',
            '512k', ' 512', '+8', '0x40', '512:60', '512 60'], CACHE_HINT),
    },
};

/** A value per directive, that it takes. */
const first = (name) => `${name} "${DIRECTIVES[name].takes[0]}"`;

for (const [name, d] of Object.entries(DIRECTIVES)) {
    describe(name, () => {
        test('takes what it should', () => accepts(d.takes.map((value) =>
            `${name} "${value}"`).join('\n') + `\n${d.with ?? ''}\n`));

        if (d === FLAG) {
            test('refuses what is neither On nor Off', () => refuses(
                `${name} maybe\n`, new RegExp(`${name} must be On or Off`)));
        }
        for (const [value, hints] of Object.entries(d.refuses ?? {})) {
            test(`refuses '${value}'`, () => refuses(
                `${name} "${value}"\n`,
                new RegExp(`${name}: '${escaped(logged(value))}' `),
                ...hints.map((hint) => new RegExp(escaped(hint)))));
        }
        test('needs a value', async () => {
            const complaint = new RegExp(`${name} (?:takes|requires|must be)`);
            await refuses(`${name}\n`, complaint);
            await refuses(`${name} ""\n`, new RegExp(name));
        });
    });
}

test('SessionSecurityMessage takes a key that exists, and a text', async () => {
    await refuses('SessionSecurityMessage titel "x"\n',
        /SessionSecurityMessage: 'titel' is not the key of a message/);
    await refuses('SessionSecurityMessage title\n', /takes two arguments/);
    for (const [key, text, braces] of [
        ['message', 'In {minutes}.', '{minutes}'],
        ['lifetime', 'In { time }.', '{ time }'],
        ['message', 'In {time}: {TIME}!', '{TIME}'],
        ['title', 'In {time}', '{time}'],
        ['ended', '{}', '{}']]) {
        await refuses(`SessionSecurityMessage ${key} "${text}"\n`,
            new RegExp(`SessionSecurityMessage: '${braces}' would be shown as `
                + 'it is; '));
    }
    await refuses('SessionSecurityMessage message "{time}, yes, {time}"\n',
        /SessionSecurityMessage: '\{time\}' can be there once/);
    const run = await configTest({ config: 'Include latin1.conf\n', files: {
        'latin1.conf': Buffer.from('SessionSecurityMessage title "caf\xe9"\n',
            'latin1') } });
    assert.equal(run.code, 1);
    assert.match(run.output,
        /SessionSecurityMessage: 'title' has a text that is not UTF-8/);
});

// --- where they may stand ----------------------------------------------------

const SECTIONS = {
    'a virtual host': ['<VirtualHost *:1>', '</VirtualHost>'],
    Location: ['<Location /a>', '</Location>'],
    LocationMatch: ['<LocationMatch ^/a>', '</LocationMatch>'],
    Directory: ['<Directory /a>', '</Directory>'],
    Files: ['<Files a>', '</Files>'],
    If: ['<If "true">', '</If>'],
};
const inSections = Object.keys(DIRECTIVES)
    .filter((name) => !DIRECTIVES[name].server);

for (const [what, [open, close]] of Object.entries(SECTIONS)) {
    test(`in ${what}`, () => accepts([
        'SessionSecurityWarnAfter 1',
        open, ...inSections.map(first), 'SessionSecurityExpireAfter 1h', close,
    ].join('\n') + '\n'));
}

test('SessionSecurityPath: server and virtual host alone', async () => {
    const [open, close] = SECTIONS['a virtual host'];
    await accepts(`${open}\nSessionSecurityPath /s\n${close}\n`);
    await refuses('<Location /a>\nSessionSecurityPath /s\n</Location>\n',
        /SessionSecurityPath (?:not allowed|cannot occur)/);
});

test('SessionSecurityStore: server alone', async () => {
    for (const section of ['a virtual host', 'Location', 'If']) {
        const [open, close] = SECTIONS[section];
        await refuses(`${open}\nSessionSecurityStore shm\n${close}\n`,
            /SessionSecurityStore (?:not allowed|cannot occur)/);
    }
});

test('SessionSecurityDecodeCache: a time beside the number, server alone',
    async () => {
        const name = 'SessionSecurityDecodeCache';
        for (const [time, hint] of Object.entries({ ...FEW_NOT_TIMES,
            '2h': ['is longer than an hour', 'from 1s to 1h'] })) {
            await refuses(`${name} 512 ${time}\n`,
                new RegExp(`${name}: '${time}' `),
                ...hint.map((text) => new RegExp(escaped(text))));
        }
        await refuses(`${name} Off 60\n`, /'60' has no meaning after Off/);
        await refuses(`${name} 8 60 1\n`, /takes 1-2 arguments/);
        for (const section of ['a virtual host', 'Location', 'If']) {
            const [open, close] = SECTIONS[section];
            await refuses(`${open}\n${name} Off\n${close}\n`,
                new RegExp(`${name} (?:not allowed|cannot occur)`));
        }
    });

describe('SessionSecurityStore with mod_socache_redis, mod_socache_memcache',
    () => {
        const modules = ['socache_redis', 'socache_memcache', 'socache_shmcb'];
        /* Some of these would stop the start alone, others not even that. */
        const NO_SERVERS = ['redis:127.0.0.1:99999', 'redis:127.0.0.1:0',
            'redis:127.0.0.1:abc', 'redis://127.0.0.1:6379', 'redis:6379',
            'redis:127.0.0.1:', 'redis:::1', 'redis:[::1]:6379', 'redis:[::1]',
            'memcache:10.0.0.5,[fd00::1]:11211', 'redis:127.0.0.1 ', 'redis:,',
            'redis:/run/redis.sock', 'memcache:127.0.0.1:99999',
            'memcache:10.0.0.5,10.0.0.6:x'];
        const run = (value) => configTest(
            { modules, config: `SessionSecurityStore "${value}"\n` });

        test('takes a server', async () => {
            for (const value of ['redis:127.0.0.1:6379', 'redis:localhost',
                'memcache:127.0.0.1:11211', 
                'redis:store_1.example.com:65535,10.0.0.5']) {
                const { code, output } = await run(value);
                assert.equal(code, 0, output);
            }
        });

        for (const [value, hint] of Object.entries({
            'redis': /is refused by mod_socache_redis: List of server names/,
            'memcache:': /is refused by mod_socache_memcache: List of server/,
            'shmcb:run/ss(512000)': /is not a store for several front ends/,
            ...Object.fromEntries(NO_SERVERS.map((value) => [value,
                /: '\S.*' names no host and port; write such as redis:10\./])),
        })) {
            test(`refuses '${value}'`, async () => {
                const { code, output } = await run(value);
                assert.equal(code, 1, output);
                assert.match(output, hint);
            });
        }
    });

test('what is in <Limit> would hold for all methods', async () => {
    for (const [section, line] of [['Limit OPTIONS', 'SessionSecurity Off'],
        ['LimitExcept GET', 'SessionSecurityPassive On']]) {
        const name = section.split(' ')[0];
        await refuses(`<Location "/app">
<${section}>
${line}
</${name}>
</Location>
`, new RegExp('MSS0053: SessionSecurity\\w* at \\S+:\\d+ cannot be in '
            + `<${name}>, .* <If "%\\{`));
    }
    await accepts(`<Location "/app">
<If "%{REQUEST_METHOD} == 'POST'">
SessionSecurityPassive On
</If>
</Location>
`);
});

test('what is in <Proxy> would be in no list', async () => {
    const refused = /MSS0053: SessionSecurity at \S+:\d+ cannot be in <Proxy/;
    await refuses('<Proxy "*">\nSessionSecurity Off\n</Proxy>\n', refused);
    await refuses('<VirtualHost *>\n<ProxyMatch "^http:">\n<If "true">\n'
        + 'SessionSecurity Off\n</If>\n</ProxyMatch>\n</VirtualHost>\n',
    refused);
    await accepts('<Proxy "*">\nRequire all granted\n</Proxy>\n');
});

test('none in .htaccess', async (t) => {
    const files = { 'htdocs/open/.htaccess': 'Header set X-Open yes\n',
        'htdocs/open/a.txt': 'open' };
    const names = Object.keys(DIRECTIVES);
    for (const name of names) {
        files[`htdocs/${name}/.htaccess`] = `${first(name)}\n`;
        files[`htdocs/${name}/a.txt`] = 'closed';
    }
    const httpd = await startHttpd({ files, config: 'SessionSecurity Off\n'
        + '<Directory "${ROOT}/htdocs">\nAllowOverride All\n</Directory>\n' },
    t);
    const open = await httpd.request('/open/a.txt');
    assert.equal(open.headers['x-open'], 'yes');
    for (const name of names) {
        assert.equal((await httpd.request(`/${name}/a.txt`)).status, 500);
        await httpd.expectLog(new RegExp(`${name} not allowed here`));
    }
});

test('nor by AllowOverrideList', async () => {
    const list = (names) => '<Directory "/srv">\n'
        + `AllowOverrideList ${names}\n</Directory>\n`;
    await refuses(`${list('Redirect sessionsecurity')}<VirtualHost *>
${list('"SessionSecurityPath"')}</VirtualHost>
`,
    /MSS0054: AllowOverrideList at \S+:\d+ names sessionsecurity, /,
    /MSS0054: AllowOverrideList at \S+:\d+ names SessionSecurityPath, /);
    await accepts(list('None') + list('Redirect SessionCryptoPassphrase'));
});

// --- limits that contradict each other ---------------------------------------

const WARN = (time) => `SessionSecurityWarnAfter ${time}\n`;
const EXPIRE = (time) => `SessionSecurityExpireAfter ${time}\n`;
const inside = (section, text) => `<${section}>\n${text}</${
    section.split(' ')[0]}>\n`;
const BASE = WARN(100) + EXPIRE(200);
const ON = 'SessionSecurity On\n';

const CONTRADICTIONS = {
    'alone': [WARN(700), 'server config', 700, 600],
    'against a default': [EXPIRE(300), 'server config', 540, 300],
    'equal': [WARN('10min') + EXPIRE(600), 'server config', 600, 600],
    'by a millisecond': [WARN(200) + EXPIRE('199999ms'), 'server config',
        '200s', '199999ms'],
    'server and Location': [BASE + inside('Location /a', EXPIRE(100)),
        '/a', 100, 100],
    'server and Location, the other': [BASE + inside('Location /a', WARN(201)),
        '/a', 201, 200],
    'LocationMatch': [BASE + inside('LocationMatch ^/b', WARN(300)),
        '^/b', 300, 200],
    'Directory': [BASE + inside('Directory /d', EXPIRE(50)), '/d/', 100, 50],
    'Files': [BASE + inside('Files f', EXPIRE(50)), 'f', 100, 50],
    'If': [BASE + inside('If "true"', EXPIRE(50)), '', 100, 50],
    'Files in Directory': [BASE + inside('Directory /d',
        WARN(150) + inside('Files g', EXPIRE(120))), 'g', 150, 120],
    'If in Location': [BASE + inside('Location /a',
        WARN(150) + inside('If "true"', EXPIRE(120))), '', 150, 120],
    'Else in Location': [BASE + inside('Location /a', WARN(150)
        + inside('If "true"', EXPIRE(160)) + inside('Else', EXPIRE(120))),
    '', 150, 120],
    'If in If': [BASE + inside('If "true"', inside('If "true"', EXPIRE(9))),
        '', 100, 9],
    'virtual host': [BASE + inside('VirtualHost *:1', EXPIRE(50)),
        '<VirtualHost> 127.0.0.1:1 at ', 100, 50],
    'Location in a virtual host': [BASE + inside('VirtualHost *:1',
        EXPIRE(150) + inside('Location /v', WARN(160))), '/v', 160, 150],
    'the second virtual host': [BASE + inside('VirtualHost *:1', WARN(50))
        + inside('VirtualHost *:2', WARN(250)),
    '<VirtualHost> 127.0.0.1:2 at ', 250, 200],
    'Location of the server, limits of the host': [
        `${BASE}${inside('Location /a', WARN(150))}${
            inside('VirtualHost *:1', EXPIRE(120))}`, '/a', 150, 120],
    'a section that switches it On': [
        `${BASE}${inside('Location /a', WARN(90))}${
            inside('Location /o', `SessionSecurity On\n${WARN(200)}`)}`,
        '/o', 200, 200],
};

const time = (t) => typeof t === 'number' ? `${t}s` : t;
for (const [what, [config, where, warn, expire]] of
    Object.entries(CONTRADICTIONS)) {
    test(`limits contradict: ${what}`, () => refuses(config,
        new RegExp(`MSS0001: .*${escaped(where)}.*: SessionSecurityWarnAfter `
            + `\\(${time(warn)}\\) must be less than SessionSecurityExpireAfter `
            + `\\(${time(expire)}\\).*set both in the same section`)));
}

test('limits that only look like a contradiction', async () => {
    const output = await accepts(BASE
        + inside('Location /a', WARN(300) + EXPIRE(400))
        + inside('Location /b', EXPIRE(150) + inside('If "true"', WARN(20)))
        + inside('Directory /c', inside('Files f', WARN(500) + EXPIRE('9min')))
        + inside('VirtualHost *:1', EXPIRE(1000)
            + inside('Location /v', WARN(980))));
    assert.doesNotMatch(output, /MSS000/);
});

test('less than 20 s between them is a warning', async () => {
    const short = /MSS0002: server config: less .*\(8[01]s\).* \(\S*s\).*2\.2\.1/;
    assert.match(await accepts(WARN(81) + EXPIRE(100)), short);
    assert.match(await accepts(WARN(80) + EXPIRE('99999ms')), short);
    assert.doesNotMatch(await accepts(WARN(80) + EXPIRE(100)), /MSS000/);
    assert.match(await accepts(BASE + inside('Location /a', WARN(190))),
        /MSS0002: <Location \/a>: /);
});

test('settings where On is forgotten are a warning', async () => {
    const host = (config) => inside('VirtualHost *:81', config);
    const forgotten = /MSS0056: there is SessionSecurityExpireAfter at \S+:\d+, /;
    const expire = EXPIRE(1000);
    for (const config of [expire, inside('Location /a', expire),
        `<IfModule mod_session_security.c>\n${expire}</IfModule>\n`,
        host(ON) + host(expire)])
        assert.match(await accepts(config), forgotten);
    for (const config of [`${expire}SessionSecurity Off\n`, '',
        expire + inside('Location /a', ON), expire + host(ON),
        ON + host(expire), host(expire + inside('Location /a', ON))])
        assert.doesNotMatch(await accepts(config), /MSS0056/);
});

// --- without mod_session -----------------------------------------------------

/** httpd -t with the modules of sessions taken out. */
async function testWithoutSession(config) {
    const options = { mpm: 'event', modules: [], config, files: {}, ports: 1,
        module: true, logLevel: 'info' };
    const { root } = await makeRoot(options);
    try {
        const file = join(root, 'httpd.conf');
        const text = readFileSync(file, 'utf8').replace(
            /^LoadModule (?:session(?!_security)\w*|auth_form)_module .*\n/gm,
            '');
        assert.doesNotMatch(text, /mod_session\.so/);
        writeFileSync(file, text);
        const run = spawnSync(installed.binary,
            ['-t', '-d', root, '-f', 'httpd.conf'],
            { encoding: 'utf8', env: environment() });
        return { code: run.status, output: run.stdout + run.stderr };
    }
    finally {
        removeRoot(root);
    }
}

for (const [where, config] of Object.entries({
    'the server': 'SessionSecurity On\n',
    'a section': inside('Location /a', 'SessionSecurity On\n'),
    'a virtual host': inside('VirtualHost *:1', 'SessionSecurity On\n'),
    'an If': inside('If "true"', 'SessionSecurity On\n'),
})) {
    test(`On in ${where} without mod_session`, async () => {
        const run = await testWithoutSession(config);
        assert.equal(run.code, 1, run.output);
        assert.match(run.output, new RegExp('MSS0020: SessionSecurity is On, '
            + 'but mod_session is not loaded; load session_module'));
    });
}

test('Off needs no mod_session', async () => {
    const run = await testWithoutSession('SessionSecurity Off\n');
    assert.equal(run.code, 0, run.output);
});

// --- what only a request can tell --------------------------------------------

const basic = (path, more = '') => inside(`Location ${path}`, `AuthType Basic
AuthName test
AuthBasicProvider file
AuthUserFile users
Require valid-user
${more}`);
const ALICE = { ...NAVIGATION,
    Authorization: `Basic ${Buffer.from('alice:secret').toString('base64')}` };
const WRONG = { ...NAVIGATION,
    Authorization: `Basic ${Buffer.from('alice:wrong').toString('base64')}` };

async function failsClosed(httpd, path, line) {
    for (const headers of [ALICE, { ...ALICE, ...SCRIPT },
        { Authorization: ALICE.Authorization }]) {
        const mark = httpd.mark();
        const answer = await httpd.request(path, { headers });
        assert.equal(answer.status, 500);
        assert.doesNotMatch(answer.body, /ecret/);
        assert.equal(answer.headers['set-cookie'], undefined);
        await httpd.expectLog(line);
        assert.match(httpd.logSince(mark), line);
    }
}

test('a user without a session: 500, and a line that says why', async (t) => {
    const httpd = await startHttpd({
        config: `SessionSecurity On\n${basic('/app')}`
            + basic('/app/form.html', 'SessionSecurity Off\n'),
    }, t);
    await failsClosed(httpd, '/app/page.html', new RegExp('MSS0016: '
        + 'SessionSecurity is On for /app/page.html, but no session is '
        + 'configured there; add \'Session On\' and \'SessionCookieName '));
    const status = async (path, headers) =>
        (await httpd.request(path, { headers })).status;
    const mark = httpd.mark();
    assert.equal(await status('/', NAVIGATION), 200);
    assert.equal(await status('/', ALICE), 200);
    assert.equal(await status('/app/', NAVIGATION), 401);
    assert.equal(await status('/app/', WRONG), 401);
    assert.equal(await status('/app/form.html', ALICE), 200);
    assert.equal(await status('/app/page.html',
        { ...ALICE, Range: 'bytes=0-5' }), 500);
    assert.equal((await httpd.request('/app/page.html', { method: 'HEAD',
        headers: ALICE })).status, 500);
    assert.equal(httpd.logSince(mark).match(/MSS0016/g).length, 2);
    httpd.allowLog(/AH01617/); // the wrong password
});

// mod_auth_form answers a login by a redirect, also where nothing is kept of it.
test('a login form without a session: nobody gets in, and why', async (t) => {
    const httpd = await startHttpd({ config: formSite({
        app: 'AuthFormLoginSuccessLocation /app/',
        extra: `Session Off
<Location "/app/page.html">
    SessionSecurity Off
</Location>`,
    }) }, t);
    const post = (path) => httpd.request(path, {
        method: 'POST', body: new URLSearchParams({
            httpd_username: 'alice', httpd_password: 'secret' }),
    });
    for (const path of ['/app/', '/dologin']) {
        const mark = httpd.mark();
        assert.equal((await post(path)).status, 302);
        await httpd.expectLog(/MSS0016: /);
        const line = `MSS0016: SessionSecurity is On for ${path}, but no session `
            + 'is configured there; add \'Session On\'';
        assert.ok(httpd.logSince(mark).includes(line));
    }
    const mark = httpd.mark();
    assert.equal((await httpd.request('/app/', { headers: NAVIGATION })).status,
        302);
    assert.equal((await post('/app/page.html')).status, 302);
    assert.doesNotMatch(httpd.logSince(mark), /MSS0016/);
});

test('a session that is kept nowhere is none', async (t) => {
    const httpd = await startHttpd({
        config: `Session On\nSessionSecurity On\n${basic('/app')}` }, t);
    httpd.allowLog(/AH01815/); // mod_session's own
    await failsClosed(httpd, '/app/',
        /MSS0016: .*its session cannot be loaded; add the SessionCookieName/);
    assert.equal((await httpd.request('/')).status, 200);
});

test('limits that only meet at run time: 500', async (t) => {
    const httpd = await startHttpd({ config: formSite({
        security: `SessionSecurity On\n${WARN(60)}${EXPIRE(100)}`,
        extra: `<Directory "\${ROOT}/htdocs/app">\n${WARN(90)}</Directory>\n`
            + inside('Location /app/page.html', EXPIRE(80)),
    }) }, t);
    const jar = new Jar();
    await login(httpd, jar);
    const open = (path) => httpd.request(path, { jar, headers: NAVIGATION });
    assert.equal((await open('/app/')).status, 200);
    const answer = await open('/app/page.html');
    assert.equal(answer.status, 500);
    assert.doesNotMatch(answer.body, /Secret/);
    await httpd.expectLog(new RegExp('MSS0015: /app/page.html: '
        + 'SessionSecurityWarnAfter \\(90s\\) must be less than '
        + 'SessionSecurityExpireAfter \\(80s\\)'));
    assert.equal((await open('/app/form.html')).status, 200);
});

// --- merging -----------------------------------------------------------------

const settingsOf = (answer) => JSON.parse(answer.body
    .match(/ data-session-security='([^']*)'/)[1].replaceAll('&#39;', '\'')
    .replaceAll('&lt;', '<').replaceAll('&amp;', '&'));

/** The settings of the pages of /app, with directives at server level and in
 * Location. */
async function merged(t, outer, inner) {
    const httpd = await startHttpd({ config: formSite({
        security: `SessionSecurity On\n${outer}\n`, app: inner }) }, t);
    const jar = new Jar();
    await login(httpd, jar);
    const answer = await httpd.request('/app/', { jar, headers: NAVIGATION });
    assert.equal(answer.status, 200);
    return settingsOf(answer);
}

const OUTER = `
SessionSecurityWarnAfter 60
SessionSecurityExpireAfter 100
SessionSecurityMaxLifetime 1h
SessionSecurityReturnTo /outer
SessionSecurityConfirmFormDiscard On
SessionSecurityLanguage de
SessionSecurityMessage title "outer title"
SessionSecurityMessage stay "outer stay"
SessionSecurityEvents keydown wheel
SessionSecurityStylesheet /outer.css`;

function check(settings, limits, expected) {
    assert.match(settings.limits, new RegExp(`^${limits}\\.[0-9a-f]{16}$`));
    const { limits: _, lifetime, idle: __, ...rest } = settings;
    assert.deepEqual(rest, expected);
    return lifetime;
}

test('what the inner section does not set it inherits', async (t) => {
    const left = check(await merged(t, OUTER, ''), '60000.100000.3600000', {
        returnTo: '/outer', confirm: true, language: 'de',
        messages: { title: 'outer title', stay: 'outer stay' },
        events: ['keydown', 'wheel'], stylesheet: '/outer.css',
    });
    assert.ok(left > 3500000 && left <= 3600000, left);
});

test('the inner section wins', async (t) => {
    const inner = OUTER.replaceAll('outer', 'inner').replace('60', '70')
        .replace(' 100', ' 110').replace('1h', '2h').replace('de', 'fr')
        .replace('keydown wheel', 'click')
        .replace('SessionSecurityMessage stay "inner stay"',
            'SessionSecurityMessage sign_out "inner out"');
    check(await merged(t, OUTER, inner), '70000.110000.7200000', {
        returnTo: '/inner', confirm: true, language: 'fr',
        messages: { title: 'inner title', stay: 'outer stay',
            sign_out: 'inner out' },
        events: ['click'], stylesheet: '/inner.css',
    });
});

test('the inner section can restore every default', async (t) => {
    const left = check(await merged(t, OUTER, `
        SessionSecurityWarnAfter 540
        SessionSecurityExpireAfter 600
        SessionSecurityMaxLifetime Off
        SessionSecurityReturnTo None
        SessionSecurityConfirmFormDiscard Off
        SessionSecurityLanguage Auto
        SessionSecurityEvents None
        SessionSecurityStylesheet None`), '540000.600000.0', {
        messages: { title: 'outer title', stay: 'outer stay' },
    });
    assert.equal(left, undefined);
});

test('events of one section add up; None begins anew', async (t) => {
    const settings = await merged(t, '', 'SessionSecurityEvents a b\n'
        + 'SessionSecurityEvents c\nSessionSecurityEvents None d\n'
        + 'SessionSecurityEvents e');
    assert.deepEqual(settings.events, ['d', 'e']);
});

test('a section of a virtual host inherits from host and server', async (t) => {
    const httpd = await startHttpd({ ports: 2, config: formSite({
        security: `SessionSecurity On\n${OUTER}`,
        extra: `<VirtualHost *:\${PORT1}>
            SessionSecurityPath /other/
            SessionSecurityLanguage fr
            <Location /app>
                SessionSecurityStylesheet None
            </Location>
        </VirtualHost>` }) }, t);
    const jar = new Jar();
    await login(httpd, jar);
    const port = httpd.ports[1];
    const answer = await httpd.request('/app/', { jar, port,
        headers: NAVIGATION });
    assert.match(answer.body, /<script src="\/other\/script\.js\?/);
    check(settingsOf(answer), '60000.100000.3600000', {
        returnTo: '/outer', confirm: true, language: 'fr',
        messages: { title: 'outer title', stay: 'outer stay' },
        events: ['keydown', 'wheel'],
    });
    const status = async (path, p) =>
        (await httpd.request(path, { port: p })).status;
    assert.equal(await status('/other/script.js', port), 200);
    assert.equal(await status('/session_security/script.js', port), 404);
    assert.equal(await status('/session_security/script.js', httpd.port), 200);
    assert.equal(await status('/other/script.js', httpd.port), 404);
});

describe('which paths are passive', () => {
    const ping = async (httpd, jar) => Number((await httpd.request(
        '/session_security/ping', { jar, headers: SCRIPT })).body);

    /** Whether each request, 10 s after the last activity, is activity. */
    async function activity(t, security, app, paths) {
        const httpd = await startHttpd({ clock: true, config: formSite({
            security: `SessionSecurity On\nSessionSecurityActivity Requests\n${
                security}`, app }) }, t);
        const jar = new Jar();
        await login(httpd, jar);
        await httpd.request('/app/', { jar, headers: NAVIGATION });
        const found = {};
        for (const path of Object.keys(paths)) {
            isIdle(await ping(httpd, jar), 0);
            httpd.clock.advance(10);
            const { status } = await httpd.request(path, { jar });
            assert.ok(status === 200 || status === 404, `${path}: ${status}`);
            found[path] = await ping(httpd, jar) < 5;
            await httpd.request('/session_security/ping?idleFor=0',
                { jar, headers: SCRIPT });
        }
        assert.deepEqual(found, paths);
    }

    test('paths of all sections', (t) => activity(t,
        'SessionSecurityPassiveURLs /app/poll /app/*/status', `
        SessionSecurityPassiveURLs /app/data.json
        SessionSecurityPassiveURLs *.gif`, {
            '/app/': true, '/app/page.html': true,
            '/app/poll': false, '/app/poll/x': false, '/app/pollute': true,
            '/app/poll?x=1': false, '/app/%70oll': false,
            '/app/x/../poll': false, '/app//poll': false,
            '/app/x/status': false, '/app/x/y/status/z': false,
            '/app/status': true, '/app/x/status2': true,
            '/app/data.json': false, '/app/data.json2': true,
            '/app/x.gif': false, '/app/x?y.gif': true,
        }));

    test('None forgets those of outer sections', (t) => activity(t,
        'SessionSecurityPassiveURLs /app', 'SessionSecurityPassiveURLs None', {
            '/app/': true, '/app/data.json': true,
        }));

    test('None, and then others', (t) => activity(t,
        'SessionSecurityPassiveURLs /app',
        'SessionSecurityPassiveURLs None /app/data.json', {
            '/app/': true, '/app/data.json': false,
        }));

    test('a section as a whole', (t) => activity(t,
        inside('Location /app/data.json', 'SessionSecurityPassive On\n')
        + inside('Location /app/x', 'SessionSecurityPassive Off\n'),
        '', { '/app/data.json': false, '/app/x': true, '/app/': true }));
});
