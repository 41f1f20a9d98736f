// SPDX-License-Identifier: Apache-2.0
// Applications' cookies over every kind of session and store, over restarts,
// HTTP/2, and answers that overtake each other.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Jar, NAVIGATION, SCRIPT, formSite, startHttpd } from '../lib/httpd.mjs';
import { enter, startApp } from '../lib/apps.mjs';
import { ENDED, LIMITS, open, ping, poll } from '../lib/life.mjs';
import { startRedis } from '../lib/services.mjs';

const COOKIES = 'SessionSecurityCookies J S_*';

/** An application behind /app/ of a site without logins of httpd. */
async function start(t, { more = '', app, ...options } = {}) {
    app ??= await startApp(t);
    const { httpd: own, ...site } = options;
    const httpd = await startHttpd({
        clock: true,
        config: formSite({
            security: `${LIMITS}${COOKIES}\n${more}`, ...site,
            extra: `ProxyPass "/app/" "${app.url}/"\n`
                + '<Location "/app">\nSatisfy Any\nRequire all granted\n'
                + `</Location>\n${options.extra ?? ''}`,
        }),
        ...own,
        modules: ['access_compat', ...own?.modules ?? []],
    }, t);
    if (options.store === 'cookie')
        httpd.allowLog(/MSS0014/);
    return { app, httpd };
}

const set = (httpd, jar, line, headers = NAVIGATION) =>
    httpd.request(`/app/answer?set=${encodeURIComponent(line)}`,
        { jar, headers });

async function brought({ app, httpd }, jar, path = '/app/static') {
    const [seen] = await app.reached(() => open(httpd, jar, path));
    return seen.split(/; /).filter((pair) => /^(J|S_)/.test(pair)).sort();
}

for (const store of ['cookie', 'dbd']) {
    test(`lives and ends with a session in ${store}`, async (t) => {
        const site = await start(t, { store });
        const { httpd } = site;
        const jar = new Jar();
        await enter(httpd, jar);
        const key = jar.get('sid');
        await set(httpd, jar, 'S_1=renewed; Path=/app');
        if (store === 'dbd')
            assert.equal(jar.get('sid'), key);
        httpd.clock.advance(95);
        assert.equal((await brought(site, jar)).length, 2);
        httpd.clock.advance(101);
        const old = jar.clone();
        assert.equal((await poll(httpd, jar, '/app/data')).status, 401);
        await httpd.expectLog(ENDED);
        for (const who of [old, jar])
            assert.deepEqual(await brought(site, who), []);
        await enter(httpd, jar);
        assert.equal((await brought(site, jar)).length, 1);
        assert.deepEqual(await brought(site, old), []);
        await open(httpd, jar, '/app/logout');
        assert.equal(jar.get('J'), undefined);
        assert.equal(await ping(httpd, jar), 'logout');
    });
}

test('a login of httpd over a visitor\'s session', async (t) => {
    const app = await startApp(t);
    const httpd = await startHttpd({ clock: true, config: formSite({
        store: 'dbd', security: `${LIMITS}${COOKIES}\n`,
        login: 'inline', backend: app.url,
        extra: `ProxyPass "/free/" "${app.url}/"`,
    }) }, t);
    const jar = new Jar();
    await open(httpd, jar, '/free/answer?set=J%3Dmine%3B+Path%3D/');
    const old = jar.clone();
    const body = new URLSearchParams(
        { httpd_username: 'alice', httpd_password: 'secret' });
    const [seen] = await app.reached(() => httpd.request('/app/backend/static',
        { method: 'POST', body, jar, headers: NAVIGATION }));
    assert.match(seen, /J=mine/);
    await httpd.expectLog(/reason=relogin/);
    assert.equal(await ping(httpd, old), 'logout');
    assert.deepEqual(await brought({ app, httpd }, jar, '/app/backend/static'),
        ['J=mine']);
    httpd.clock.advance(101);
    const [late] = await app.reached(() => open(httpd, jar, '/free/static'));
    assert.doesNotMatch(late, /J=/);
    await httpd.expectLog(/reason=idle user="alice"/);
});

test('over a full stop, from what is in the session', async (t) => {
    const site = await start(t);
    const jar = new Jar();
    await enter(site.httpd, jar);
    await set(site.httpd, jar, 'S_1=x; Path=/app');
    await site.httpd.stop();
    const again = await start(t, { app: site.app });
    assert.equal((await brought(again, jar)).length, 2);
    again.httpd.clock.advance(101);
    assert.deepEqual(await brought(again, jar), []);
    await again.httpd.expectLog(ENDED);
});

test('a flood of visitors logs nobody out', async (t) => {
    const site = await start(t,
        { store: 'cookie', more: 'SessionSecurityStore shm:64' });
    const { httpd } = site;
    httpd.allowLog(/MSS0007/);
    const jar = new Jar();
    await enter(httpd, jar);
    for (let i = 0; i < 12; i++) {
        await Promise.all(Array.from({ length: 10 }, () =>
            open(httpd, new Jar(), '/app/login')));
    }
    assert.equal((await brought(site, jar)).length, 1);
});

/** Numbers of mod_status. */
async function held(httpd) {
    const { body } = await httpd.request('/server-status?auto');
    const all = body.matchAll(/^SessionSecurity(\w+): (\d+)$/gm);
    return Object.fromEntries([...all].map(([, key, n]) => [key, Number(n)]));
}

const STATUS = `<Location "/server-status">
    SetHandler server-status
    Require all granted
</Location>`;

test('another value with each answer', async (t) => {
    // The copy of the stamp is due when all else has been looked at.
    const site = await start(t, { store: 'crypto', extra: STATUS,
        more: 'SessionSecurityStore shm:64\nSessionSecurityUpdateInterval 1h' });
    const { httpd, app } = site;
    httpd.allowLog(/MSS0007/);
    const jar = new Jar();
    await enter(httpd, jar);
    const again = (n, who = jar) => set(httpd, who, `J=${n}; Path=/app`, SCRIPT);
    // As many as the session holds.
    for (let i = 0; i < 6; i++)
        await again(i);
    const written = jar.get('sid');
    for (let i = 6; i < 80; i++)
        await again(i);
    // More than there is room for; only they have made room for each other.
    assert.equal(jar.get('sid'), written);
    assert.deepEqual(await brought(site, jar), ['J=79']);
    const used = await held(httpd);
    assert.equal(used.Live, 1);
    assert.ok(used.StoreCookies > 40 && used.StoreCookies < 64,
        `${used.StoreCookies} cookies`);
    assert.equal(used.StoreEntries, used.StoreCookies + 1);

    // Answers to requests at one time; the browser has the last of the values.
    httpd.clock.advance(61);
    const before = jar.clone();
    await Promise.all([1, 2, 3, 4].map((n) => again(`a${n}`, before.clone())));
    await again('b', before);
    jar.set('J', before.get('J'), { path: '/app' });
    await again('c');
    assert.deepEqual(await brought(site, before), ['J=b']);
    httpd.clock.advance(61);
    assert.equal((await held(httpd)).StoreCookies, 2);

    // Pings alone keep it, however many others come meanwhile.
    for (let i = 0; i < 9; i++) {
        await ping(httpd, jar, '?idleFor=0');
        httpd.clock.advance(90);
        await Promise.all(Array.from({ length: 8 }, () =>
            open(httpd, new Jar(), '/app/login')));
    }
    assert.equal(jar.get('sid'), written);
    assert.deepEqual(await brought(site, jar), ['J=c']);

    // It gets into the session with the copy of the stamp.
    for (let i = 0; i < 3600 / 90; i++) {
        await ping(httpd, jar, '?idleFor=0');
        httpd.clock.advance(90);
    }
    assert.deepEqual(await brought(site, jar), ['J=c']);
    assert.notEqual(jar.get('sid'), written);
    const now = httpd.clock.now();
    await httpd.stop();
    const next = await start(t, { app });
    next.httpd.clock.advance((now - next.httpd.clock.now()) / 1000);
    assert.deepEqual(await brought(next, jar), ['J=c']);
});

test('what is in the store alone lasts as long as its session', async (t) => {
    const site = await start(t,
        { store: 'dbd', more: 'SessionSecurityStore shm:64' });
    const { httpd } = site;
    httpd.allowLog(/MSS0007/);
    const jar = new Jar();
    // The cookie of the login itself is not in the session: see binding.h.
    await enter(httpd, jar);
    for (let i = 0; i < 6; i++) {
        httpd.clock.advance(30);
        assert.equal((await brought(site, jar)).length, 1);
        await Promise.all(Array.from({ length: 10 }, () =>
            open(httpd, new Jar(), '/app/login')));
    }
});

test('two front ends with one store', async (t) => {
    const redis = await startRedis(t);
    const more = `SessionSecurityStore ${redis.url}`;
    const httpd = { modules: ['socache_redis'] };
    const here = await start(t, { more, httpd });
    const there = await start(t, { more, httpd, app: here.app });
    const jar = new Jar();
    await enter(here.httpd, jar);
    const old = jar.clone();
    await set(here.httpd, jar, 'S_1=x; Path=/app');
    assert.equal((await brought(there, jar)).length, 2);
    // What has been replaced, the session, and its cookies, which pings do not
    // bring: for how long.
    const kept = () => {
        const ttl = redis.command('KEYS', '*61').split('\n')
            .map((key) => Number(redis.command('TTL', key)));
        return [[3500, 3600], [590, 605], [86000, 86400]].map(([from, to]) =>
            ttl.filter((s) => s > from && s <= to).length);
    };
    assert.deepEqual(kept(), [1, 1, 2]);
    const late = jar.clone();
    await set(here.httpd, jar, 'S_1=y; Path=/app', SCRIPT);
    assert.deepEqual(kept(), [2, 1, 2]);
    // Overtaken by that one, this answer leaves the browser what it had replaced.
    await set(here.httpd, late.clone(), 'S_1=z; Path=/app', SCRIPT);
    assert.deepEqual(kept(), [3, 1, 2]);
    assert.deepEqual(await brought(there, jar), [jar.get('J'), 'y']
        .map((value, i) => `${['J', 'S_1'][i]}=${value}`));
    assert.equal((await brought(there, late)).length, 2);
    // Of two of its name nobody knows which one the next takes the place of.
    const twin = jar.clone();
    await here.httpd.request('/app/answer?set=S_2%3Da%3B+Path%3D/app'
        + '&set=S_2%3Db%3B+Path%3D/app/answer', { jar: twin, headers: NAVIGATION });
    assert.deepEqual(kept(), [3, 1, 4]);
    await set(here.httpd, twin, 'S_2=c; Path=/app/answer');
    assert.deepEqual(kept(), [3, 1, 5]);
    // Another answer had another of its cookies in the session, and came last.
    jar.set('sid', old.get('sid'));
    assert.equal((await brought(there, jar)).length, 2);
    // What the store alone knows of is told once more while it is in use.
    for (const key of redis.command('KEYS', '*61').split('\n'))
        redis.command('EXPIRE', key, '100');
    there.httpd.clock.advance(2);
    assert.equal((await brought(there, jar)).length, 2);
    assert.deepEqual(kept(), [0, 1, 1]);
    await open(there.httpd, jar, '/app/logout');
    await set(there.httpd, jar, 'S_1=; Path=/app');
    const out = await there.httpd.request('/session_security/logout',
        { method: 'POST', jar: old, headers: SCRIPT });
    assert.equal(out.status, 303);
    await there.httpd.expectLog(/reason=logout/);
    const seen = await here.app.reached(async () => {
        const end = Date.now() + 5000;
        while (await ping(here.httpd, old) !== 'logout')
            assert.ok(Date.now() < end);
    });
    assert.deepEqual(seen, []);
    assert.deepEqual(await brought(here, old), []);
});

test('HTTP/2, with a header for each cookie', async (t) => {
    const site = await start(t, { httpd: { h2: true } });
    const { httpd, app } = site;
    const jar = new Jar();
    await enter(httpd, jar);
    const cookies = [`sid=${jar.get('sid')}`, 'a=1', 'J=stolen',
        `J=${jar.get('J')}`];
    const [seen] = await app.reached(() => httpd.request('/app/static',
        { headers: { ...NAVIGATION, cookie: cookies } }));
    assert.match(seen, /a=1/);
    assert.doesNotMatch(seen, /stolen/);
    assert.ok(seen.includes(`J=${jar.get('J')}`));
});

/** The answers to "?slow" wait for release(); arrived: until there is one. */
function holdSlow(app) {
    const slow = {};
    const held = new Promise((done) => { slow.release = done; });
    const handle = app.handle.bind(app);
    slow.arrived = new Promise((done) => {
        app.handle = async (req, res) => {
            if (req.url.includes('slow')) {
                done();
                await held;
            }
            handle(req, res);
        };
    });
    return slow;
}

test('answers that overtake each other', async (t) => {
    const site = await start(t);
    const { arrived, release } = holdSlow(site.app);
    const { httpd, app } = site;
    const jar = new Jar();
    await enter(httpd, jar);
    // Each binds a cookie of its own to a session as it was before.
    const jars = Array.from({ length: 6 }, () => jar.clone());
    await Promise.all(jars.map((own, i) =>
        set(httpd, own, `S_${i}=x; Path=/app`)));
    for (let i = 0; i < 6; i++)
        jar.set(`S_${i}`, 'x', '/app');
    assert.equal((await brought(site, jar)).length, 7);
    httpd.clock.advance(95);
    assert.equal((await brought(site, jar)).length, 7);

    // At the end all windows load their pages again, and poll meanwhile.
    httpd.clock.advance(101);
    assert.equal(await ping(httpd, jar), 'logout');
    await httpd.expectLog(ENDED);
    const windows = Array.from({ length: 8 }, () => jar.clone());
    const answers = [];
    const seen = await app.reached(() => Promise.all(windows.map(
        async (own, i) => answers.push(await httpd.request(
            i === 0 ? '/app/login' : '/app/static',
            { jar: own, headers: i % 3 === 2 ? SCRIPT : NAVIGATION })))));
    assert.ok(seen.every((header) => !/(J|S_\d)=/.test(header)));
    // In whatever order they come, one after the login page deletes nothing.
    const late = await httpd.request('/app/static',
        { jar: jar.clone(), headers: NAVIGATION });
    assert.equal(late.headers['set-cookie'], undefined);
    const [first] = windows;
    assert.equal((await brought(site, first)).length, 1);

    // One that was on its way when its session ended sets nothing.
    await enter(httpd, first);
    const slow = httpd.request('/app/answer?slow&set=J%3Dlate%3B+Path%3D/app',
        { jar: first.clone(), headers: NAVIGATION });
    await arrived;
    await httpd.request('/session_security/logout',
        { method: 'POST', jar: first, headers: SCRIPT });
    await httpd.expectLog(/reason=logout/);
    await enter(httpd, first);
    release();
    assert.equal((await slow).headers['set-cookie'], undefined);
    assert.match((await open(httpd, first)).body, /Secret/);
});
