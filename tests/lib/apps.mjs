// SPDX-License-Identifier: Apache-2.0
// Applications that log their users in themselves, by a cookie.
//
//   const app = await startApp(t);
//   ProxyPass "/app/" "${app.url}/"
//
// startApp(t, {cookie, attributes}): a small one. Whoever comes without a session
//   gets an anonymous one, by cookie (J), with attributes ('; Path=/app'):
//     GET  /        Secret start page, or 302 to login
//     GET  login    the login page; POST login: any user; another session, 302
//     GET  data     JSON, or 302 to login
//     GET  logout   deletes the session and the cookie
//     GET  static   a page without cookies
//     GET  answer?status=..&set=..&set=..&gzip: what the test says
//   app.seen: the Cookie header of each request so far; app.reached(fn): those
//   while fn runs. app.sessions: what is logged in.
// enter(httpd, jar, path): opens /, logs in; returns the application's cookie.

import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { NAVIGATION, startBackend } from './httpd.mjs';

const page = (title, body) => `<!DOCTYPE html>
<html lang="en"><head><title>${title}</title></head><body>${body}</body></html>
`;

const LOGIN = page('Login', `<form method="post" action="login">
<input name="user"><input type="submit" value="Log in"></form>`);

class App {
    #cookie;
    #attributes;
    sessions = new Map();
    seen = [];

    constructor({ cookie = 'J', attributes = '; Path=/app; HttpOnly' } = {}) {
        this.#cookie = cookie;
        this.#attributes = attributes;
    }

    #session(req) {
        const all = (req.headers.cookie ?? '').split(/;\s*/)
            .map((pair) => pair.split('='))
            .filter(([name]) => name === this.#cookie)
            .map(([, value]) => value);
        return all.find((value) => this.sessions.has(value));
    }

    #begin(res, user) {
        const id = randomUUID();
        this.sessions.set(id, user);
        res.setHeader('Set-Cookie', `${this.#cookie}=${id}${this.#attributes}`);
        return id;
    }

    #login(req, res, id) {
        if (req.method === 'POST') {
            this.sessions.delete(id);
            this.#begin(res, 'alice');
            res.writeHead(302, { Location: './' }).end();
            return;
        }
        if (!id)
            this.#begin(res, null);
        res.end(LOGIN);
    }

    #logout(res, id) {
        this.sessions.delete(id);
        res.setHeader('Set-Cookie', `${this.#cookie}=; Max-Age=0`
            + this.#attributes);
        res.end(page('Bye', '<p>Bye</p>'));
    }

    #answer(res, query) {
        const set = query.getAll('set');
        res.statusCode = Number(query.get('status') ?? 200);
        if (set.length)
            res.setHeader('Set-Cookie', set);
        if (query.has('gzip')) {
            res.setHeader('Content-Encoding', 'gzip');
            res.end(gzipSync(page('Answer', '<p>Answer</p>')));
            return;
        }
        res.end(page('Answer', '<p>Answer</p>'));
    }

    handle(req, res) {
        const url = new URL(req.url, 'http://app');
        const id = this.#session(req);
        const user = id && this.sessions.get(id);
        const name = url.pathname.slice(1);

        this.seen.push(req.headers.cookie ?? '');
        res.setHeader('Content-Type', 'text/html');
        if (name === 'login')
            this.#login(req, res, id);
        else if (name === 'logout')
            this.#logout(res, id);
        else if (name === 'static')
            res.end(page('Static', '<p>Static</p>'));
        else if (name === 'answer')
            this.#answer(res, url.searchParams);
        else if (!user)
            res.writeHead(302, { Location: 'login' }).end();
        else if (name === 'data')
            res.setHeader('Content-Type', 'application/json').end('{"a":1}');
        else
            res.end(page('Start', '<p>Secret start page</p>'));
    }

    /** What the Cookie headers were of the requests that came meanwhile. */
    async reached(fn) {
        const before = this.seen.length;
        await fn();
        return this.seen.slice(before);
    }
}

export async function startApp(t, options) {
    const app = new App(options);
    const server = await startBackend((req, res) => app.handle(req, res), t);
    app.url = server.url;
    app.close = () => server.close();
    return app;
}

/** Logs in at the application. @return the value of its cookie. */
export async function enter(httpd, jar, { path = '/app/', cookie = 'J' } = {}) {
    const options = { jar, headers: NAVIGATION };
    await httpd.request(`${path}login`, options);
    const before = jar.get(cookie);
    const answer = await httpd.request(`${path}login`,
        { ...options, method: 'POST', body: new URLSearchParams({ user: 'a' }) });
    assert.equal(answer.status, 302);
    const start = await httpd.request(path, options);
    assert.match(start.body, /Secret start page/);
    assert.notEqual(jar.get(cookie), before);
    return jar.get(cookie);
}
