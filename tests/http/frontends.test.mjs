// SPDX-License-Identifier: Apache-2.0
// Several front ends with one store: what is done at one holds at the others.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync }
    from 'node:fs';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import {
    Jar, formSite, login, startBackend, startHttpd, until,
} from '../lib/httpd.mjs';
import {
    ENDED, isIdle, isLogin, loggedIn, open, ping, poll, startSite,
} from '../lib/life.mjs';
import { hasEnded } from '../lib/process.mjs';
import { startMemcached, startRedis } from '../lib/services.mjs';

const KINDS = {
    redis: { start: startRedis, module: 'socache_redis' },
    memcache: { start: startMemcached, module: 'socache_memcache' },
};

/** A front end with its own clock. One child, so that a test knows which. */
async function frontEnd(t, store, { mpm, more = '', kind } = {}) {
    return startSite(t, {
        more: `SessionSecurityStore ${store.url}\n${more}`,
        httpd: {
            modules: [KINDS[kind ?? store.url.split(':')[0]].module],
            ...(mpm && { mpm }),
        },
    });
}

/** So many front ends, and a clock that moves them all. */
async function frontEnds(t, store, n = 2, options = {}) {
    const all = await Promise.all(Array.from({ length: n }, () =>
        frontEnd(t, store, options)));
    all.advance = (seconds) => all.forEach((one) => one.clock.advance(seconds));
    return all;
}

/** Long enough for what is noted here to be asked for there. */
const DELAY = 1;

for (const [kind, { start }] of Object.entries(KINDS)) {
    for (const mpm of ['event', 'prefork', 'worker']) {
        test(`${kind}, ${mpm}: activity, end and logout at one hold at the other`,
            async (t) => {
                const fronts = await frontEnds(t, await start(t), 2, { mpm });
                const [one, two] = fronts;
                const jar = await loggedIn(one);
                const idle = await loggedIn(two, 'bob');
                fronts.advance(90);
                isIdle(await ping(two, jar), 90);
                assert.equal((await open(two, jar)).status, 200);
                isIdle(await ping(one, idle), 90);

                fronts.advance(11);
                const stale = idle.clone();
                isLogin(await open(two, idle));
                await two.expectLog(/MSS0010.*reason=idle/);
                fronts.advance(DELAY);
                assert.equal(await ping(one, stale), 'logout');
                isLogin(await open(one, stale));
                assert.doesNotMatch(one.log(), ENDED);

                fronts.advance(70);
                isIdle(await ping(one, jar), 82);
                await ping(one, jar, '?idleFor=5');
                fronts.advance(DELAY);
                isIdle(await ping(two, jar), 5 + DELAY);

                const old = jar.clone();
                await one.request('/logout', { jar });
                await one.expectLog(/MSS0010.*reason=logout/);
                fronts.advance(DELAY);
                isLogin(await open(two, old));
                assert.equal((await poll(two, old)).status, 401);
                assert.equal(await ping(two, old, '?idleFor=0'), 'logout');
            });
    }

    test(`${kind}: a balancer that forgets which front end it was`,
        async (t) => {
            const fronts = await frontEnds(t, await start(t));
            const members = fronts.map((one) =>
                `BalancerMember "${one.url('').replace(/\/$/, '')}"`);
            const balancer = await startHttpd({
                module: false,
                modules: ['slotmem_shm', 'proxy_balancer',
                    'lbmethod_byrequests'],
                config: `<Proxy "balancer://fronts">
${members.join('\n')}
</Proxy>
ProxyPreserveHost On
ProxyPass "/" "balancer://fronts/"
ProxyPassReverse "/" "balancer://fronts/"`,
            }, t);
            const jar = await loggedIn(balancer);
            for (let i = 0; i < 6; i++) {
                fronts.advance(80);
                assert.equal((await open(balancer, jar)).status, 200);
            }
            for (const one of fronts)
                assert.match(one.accessLog(), /200 "GET \/app\//);
            fronts.advance(70);
            isIdle(await ping(balancer, jar), 70);
            await ping(balancer, jar, '?idleFor=3');
            fronts.advance(DELAY);
            isIdle(await ping(balancer, jar), 3 + DELAY);
            isIdle(await ping(balancer, jar), 3 + DELAY);
            fronts.advance(100);
            isLogin(await open(balancer, jar));
            fronts.advance(DELAY);
            assert.equal(await ping(balancer, jar), 'logout');
            assert.equal(await ping(balancer, jar), 'logout');
            fronts.forEach((one) => one.allowLog(ENDED));
        });

    test(`${kind}: activity that the other front end saw last counts when this `
        + 'one would end the session', async (t) => {
        const fronts = await frontEnds(t, await start(t));
        const [one, two] = fronts;
        const jar = await loggedIn(one);
        /* Is told of 99 s by the store, which stands for a second. */
        await until(async () => {
            const from = Date.now();
            await ping(one, jar, '?idleFor=0');
            fronts.advance(99.3 - (Date.now() - from) / 1000);
            return await ping(one, jar) === 99;
        }, '99 s');
        isIdle(await ping(two, jar, '?idleFor=0'), 0);
        fronts.advance(0.8);
        isIdle(await ping(one, jar), 0);
    });

    test(`${kind}: a front end that was restarted asks the store`, async (t) => {
        const store = await start(t);
        const one = await frontEnd(t, store);
        const jar = await loggedIn(one);
        const old = (await loggedIn(one)).clone();
        await one.request('/logout', { jar: old.clone() });
        await one.expectLog(/MSS0010.*reason=logout/);
        one.clock.advance(50);
        await ping(one, jar, '?idleFor=0');
        /* With a table of its own, as after a full stop. */
        const two = await frontEnd(t, store);
        two.clock.advance(50);
        isIdle(await ping(two, jar), 0);
        assert.equal(await ping(two, old), 'logout');
    });
}

// --- a store that fails ----------------------------------------------------------

const DOWN = /MSS0032: the store/;
/** What the provider itself says of each failure. */
const PROVIDER = /\[socache_(?:redis|memcache):/;

for (const [kind, { start }] of Object.entries(KINDS)) {
    for (const how of ['stopped', 'hung']) {
        test(`${kind} ${how}, and back`, async (t) => {
            const store = await start(t);
            const fronts = await frontEnds(t, store);
            const [one, two] = fronts;
            fronts.forEach((front) => front.allowLog(PROVIDER));
            const jar = await loggedIn(one);
            const other = await loggedIn(one, 'bob');
            await open(two, jar);
            fronts.advance(5);
            await (how === 'hung' ? store.pause() : store.stop());

            const began = Date.now();
            const slowest = async (probe) => {
                const from = Date.now();
                const answer = await probe();
                assert.ok(Date.now() - from < 4000,
                    `${Date.now() - from} ms`);
                return answer;
            };
            const answers = await Promise.all(Array.from({ length: 10 }, () =>
                slowest(() => poll(one, jar.clone()))));
            assert.deepEqual([...new Set(answers.map((a) => a.status))],
                [200]);
            /* Each child finds out once, in a second at most. */
            for (let i = 0; i < 30; i++)
                assert.equal((await slowest(() => poll(one, jar))).status, 200);
            assert.ok(Date.now() - began < 12000, 'slow all along');
            await one.expectLog(DOWN);
            const saysItOnce = () => {
                const lines = one.log().match(/\[pid \d+.*MSS0032/g);
                const children = lines.map((l) => l.match(/pid (\d+)/)[1]);
                assert.equal(lines.length, new Set(children).size);
            };
            saysItOnce();
            assert.equal((await one.request('/')).status, 200);

            /* Judged by what is known here: an end, and a limit. */
            await one.request('/logout', { jar: other.clone() });
            await one.expectLog(/MSS0010.*reason=logout/);
            assert.equal(await ping(one, other), 'logout');
            one.clock.advance(60);
            isIdle(await ping(one, jar, '?idleFor=1'), 1);

            await (how === 'hung' ? store.resume() : store.start());
            /* Each child looks after a pause; the longest is a minute. */
            const answersAgain = () => until(async () => {
                await ping(one, jar);
                return /MSS0033/.test(one.log());
            }, 'the store to be found again');
            one.clock.advance(20);
            await ping(one, jar, '?idleFor=0');
            await answersAgain().catch(() => {
                one.clock.advance(61);
                return answersAgain();
            });
            /* What ended meanwhile is told to the others. */
            two.clock.advance(80);
            await until(async () => {
                two.clock.advance(0.1);
                return await ping(two, other) === 'logout';
            }, 'the logout to be known everywhere', 3000);
            assert.doesNotMatch(two.log(), ENDED);
            saysItOnce();
        });
    }
}

/** A way to a store that takes so many ms longer: {url, delay}. */
async function slowWay(t, store) {
    const way = { delay: 0 };
    const server = createServer((near) => {
        const far = connect(store.port, '127.0.0.1');
        const end = () => { near.destroy(); far.destroy(); };
        near.on('data', (bytes) => setTimeout(() => far.write(bytes), way.delay));
        far.on('data', (bytes) => near.write(bytes));
        [near, far].forEach((one) => one.on('error', end).on('close', end));
    });
    await new Promise((done) => server.listen(0, '127.0.0.1', done));
    server.unref();
    t.after(() => server.close());
    way.url = store.url.replace(String(store.port), server.address().port);
    return way;
}

test('a store that is slow, and fast again', async (t) => {
    const way = await slowWay(t, await startRedis(t));
    const backend = await startBackend((request, response) => {
        response.setHeader('Set-Cookie', Array.from({ length: 8 },
            (unused, i) => `app${i}=${Math.random()}`));
        response.end();
    }, t);
    const one = await startSite(t, {
        backend: backend.url,
        more: `SessionSecurityStore ${way.url}\nSessionSecurityCookies app*\n`,
        httpd: { modules: ['socache_redis'], mpm: 'prefork' },
    });
    one.allowLog(PROVIDER); // of what is asked while the store is stopped
    const jar = await loggedIn(one);
    one.clock.advance(5);
    way.delay = 300; // of the second after which nobody waits
    const began = Date.now();
    assert.equal((await open(one, jar, '/app/backend/')).status, 200);
    /* Four questions, and not one for each cookie and more. */
    assert.ok(Date.now() - began < 4000, `${Date.now() - began} ms`);
    assert.match(await one.expectLog(DOWN), /does not answer fast enough/);
    one.clock.advance(6);
    await ping(one, jar, '?idleFor=0');
    way.delay = 0;
    await until(async () => {
        one.clock.advance(10);
        await ping(one, jar, '?idleFor=0');
        // The clock tells how fast it is, and must not move meanwhile.
        return until(() => /MSS0033/.test(one.log()), 'it', 500)
            .catch(() => false);
    }, 'the store to be found again');
});

test('a store that is flushed: sessions go on, and the end is kept here',
    async (t) => {
        const redis = await startRedis(t);
        const fronts = await frontEnds(t, redis);
        const [one, two] = fronts;
        const jar = await loggedIn(one);
        const gone = await loggedIn(one, 'bob');
        isIdle(await ping(two, gone), 0);
        for (const front of fronts)
            await front.request('/logout', { jar: gone.clone() });
        // At once, so that the second did not know; but it is one end.
        await one.expectLog(ENDED);
        assert.doesNotMatch(two.log(), ENDED);
        const ended = await loggedIn(one, 'bob');
        await one.request('/logout', { jar: ended.clone() });
        await one.expectLog(ENDED);
        assert.equal(await ping(two, ended), 'logout');
        fronts.advance(30);
        redis.command('FLUSHALL');
        for (const front of fronts) {
            assert.equal(await ping(front, gone), 'logout');
            assert.equal(await ping(front, ended), 'logout');
        }
        isIdle(await ping(two, jar), 30);
        isIdle(await ping(one, jar, '?idleFor=0'), 0);
        fronts.advance(DELAY);
        isIdle(await ping(two, jar), DELAY);
    });

test('what a clock that is ahead has noted is put right', async (t) => {
    const [one, two] = await frontEnds(t, await startRedis(t));
    one.clock.advance(3600);
    const jar = await loggedIn(one);
    assert.equal((await open(two, jar)).status, 200);
    await two.expectLog(/MSS0013/);
    two.clock.advance(50);
    isIdle(await ping(two, jar), 50);
    two.clock.advance(51);
    isLogin(await open(two, jar));
    await two.expectLog(/MSS0010.*reason=idle/);
});

test('what redis holds is no session', async (t) => {
    const redis = await startRedis(t);
    const one = await frontEnd(t, redis);
    const jar = await loggedIn(one);
    const keys = redis.command('KEYS', '*').split('\n');
    assert.equal(keys.length, 1);
    assert.match(keys[0], /^session-sec:[0-9a-f]{32}61$/);
    /* 100 s of ExpireAfter would do; it is for the longest anywhere. */
    const left = Number(redis.command('TTL', keys[0]));
    assert.ok(left > 590 && left <= 605, `kept for ${left} s`);
    const text = redis.command('GET', keys[0]);
    assert.doesNotMatch(text + keys[0], /alice/);
    const value = decodeURIComponent(jar.get('sid') ?? '');
    assert.ok(!value.includes(keys[0].slice(12, 44)));
    await one.request('/logout', { jar });
    await one.expectLog(ENDED);
    assert.equal(redis.command('KEYS', '*65').split('\n')[0].length, 46);
});

test('redis that allows what the documentation says', async (t) => {
    const [, rule] = readFileSync(new URL('../../docs/deployment.md',
        import.meta.url), 'utf8').match(/^ *user (default on nopass .*)$/m);
    const redis = await startRedis(t, ['--user', ...rule.split(' ')]);
    assert.match(redis.command('KEYS', '*'), /NOPERM/);
    const fronts = await frontEnds(t, redis);
    const [one, two] = fronts;
    const jar = await loggedIn(one);
    fronts.advance(20);
    await ping(one, jar, '?idleFor=2');
    fronts.advance(DELAY);
    isIdle(await ping(two, jar), 2 + DELAY);
});

test('a note that cannot be read: no activity, but an end', async (t) => {
    const redis = await startRedis(t);
    const one = await frontEnd(t, redis);
    const jar = await loggedIn(one);
    const [key] = redis.command('KEYS', '*').split('\n');
    for (const bad of ['x', 'a', 'a1', 'y'.repeat(300)]) {
        redis.command('SET', key, bad);
        one.clock.advance(2);
        await ping(one, jar);
        assert.equal((await poll(one, jar)).status, 200);
    }
    one.allowLog(/AH03480/);
    redis.command('SET', key.replace(/61$/, '65'), 'z'.repeat(300));
    one.clock.advance(2);
    assert.equal(await ping(one, jar), 'logout');
    isLogin(await open(one, jar));
});

test('a hot page asks the store no more than needed', async (t) => {
    const redis = await startRedis(t);
    const one = await frontEnd(t, redis);
    const jar = await loggedIn(one);
    one.clock.advance(10);
    const asked = () => Number(redis.command('INFO', 'commandstats')
        .match(/cmdstat_get:calls=(\d+)/)[1]);
    const before = asked();
    for (let i = 0; i < 50; i++)
        assert.equal((await poll(one, jar)).status, 200);
    /* Two keys, for each second that this took. */
    const questions = asked() - before;
    assert.ok(questions >= 2 && questions < 25, `asked ${questions} times`);
});

test('graceful restart: the store is found again', async (t) => {
    const redis = await startRedis(t);
    const one = await frontEnd(t, redis);
    const jar = await loggedIn(one);
    one.clock.advance(50);
    await one.signal('SIGUSR1');
    isIdle(await ping(one, jar), 50, 20); // a restart can take seconds
    const out = jar.clone();
    await one.request('/logout', { jar: out });
    await one.expectLog(ENDED);
    assert.equal(await ping(one, jar), 'logout');
    assert.match(redis.command('KEYS', '*65'), /^session-sec:/);
});

test('redis closes connections that have been idle', async (t) => {
    const redis = await startRedis(t);
    const one = await frontEnd(t, redis);
    const jar = await loggedIn(one);
    for (let i = 0; i < 3; i++) {
        redis.command('CLIENT', 'KILL', 'TYPE', 'normal', 'SKIPME', 'yes');
        one.clock.advance(5);
        isIdle(await ping(one, jar), 5 * (i + 1));
    }
    one.allowLog(PROVIDER);
    assert.doesNotMatch(one.log(), DOWN);
});

test('a login while the store is down', async (t) => {
    const redis = await startRedis(t);
    const fronts = await frontEnds(t, redis);
    fronts.forEach((front) => [PROVIDER, DOWN].forEach((line) =>
        front.allowLog(line)));
    await redis.stop();
    const jar = new Jar();
    await login(fronts[0], jar);
    assert.equal((await open(fronts[0], jar)).status, 200);
    assert.equal((await open(fronts[1], jar)).status, 200);
    // The copy in the session is all that the other can be told by.
    fronts.advance(60);
    assert.equal((await open(fronts[0], jar)).status, 200);
    fronts.advance(50);
    for (let i = 0; i < 2; i++)
        isIdle(await ping(fronts[1], jar), 50);
    fronts.advance(51);
    isLogin(await open(fronts[1], jar));
    fronts[1].allowLog(ENDED);
});

test('prefork: a child that is ended while it calls the store', async (t) => {
    const redis = await startRedis(t);
    const here = mkdtempSync(join(tmpdir(), 'mss-interrupt-'));
    t.after(() => rmSync(here, { recursive: true }));
    const library = join(here, 'interrupt.so');
    execFileSync('cc', ['-shared', '-fPIC', '-o', library,
        new URL('../lib/interrupt.c', import.meta.url).pathname]);
    chmodSync(here, 0o755);
    const one = await startHttpd({
        mpm: 'prefork', modules: ['socache_redis'],
        env: { LD_PRELOAD: library, INTERRUPT: join(here, 'now') },
        config: formSite({ security:
            `SessionSecurity On\nSessionSecurityStore ${redis.url}` }),
    }, t);
    const jar = new Jar();
    await login(one, jar);
    const before = one.pids();
    writeFileSync(join(here, 'now'), '');
    await assert.rejects(one.request('/app/', { jar }));
    rmSync(join(here, 'now'));
    await until(() => before.some(hasEnded), 'the child to end');
    assert.equal((await one.request('/app/', { jar })).status, 200);
});

test('httpd stops, and restarts, while the store hangs', async (t) => {
    const redis = await startRedis(t);
    const one = await frontEnd(t, redis);
    one.allowLog(PROVIDER);
    one.allowLog(DOWN);
    const jar = await loggedIn(one);
    one.clock.advance(5);
    await redis.pause();
    assert.equal((await poll(one, jar)).status, 200);
    await one.expectLog(DOWN);
    await one.signal('SIGUSR1');
    assert.equal((await poll(one, jar)).status, 200);
    await one.stop();
    redis.resume();
});
