// SPDX-License-Identifier: Apache-2.0
// A browser's cookie jar for one host, as far as tests need it.

function defaultPath(path) {
    const end = path.lastIndexOf('/');
    return end > 0 ? path.slice(0, end) : '/';
}

function pathMatches(cookiePath, path) {
    return path === cookiePath
        || (path.startsWith(cookiePath)
            && (cookiePath.endsWith('/') || path[cookiePath.length] === '/'));
}

function parse(line) {
    const [pair, ...rest] = line.split(';');
    const at = pair.indexOf('=');
    const attributes = {};
    for (const part of rest) {
        const eq = part.indexOf('=');
        const name = (eq < 0 ? part : part.slice(0, eq)).trim().toLowerCase();
        attributes[name] = eq < 0 ? true : part.slice(eq + 1).trim();
    }
    return {
        name: (at < 0 ? '' : pair.slice(0, at)).trim(),
        value: pair.slice(at + 1).trim(),
        attributes,
    };
}

function isDeletion(attributes, now) {
    if ('max-age' in attributes)
        return Number(attributes['max-age']) <= 0;
    return 'expires' in attributes && Date.parse(attributes.expires) <= now;
}

export class Jar {
    #cookies = new Map();

    /** Takes the Set-Cookie lines of an answer, in order: the last one wins.
     * path: the request's; now: the server's time in ms. */
    store(lines, path = '/', now = Date.now()) {
        for (const line of lines ?? []) {
            const cookie = parse(line);
            const given = cookie.attributes.path;
            cookie.path = typeof given === 'string' && given.startsWith('/')
                ? given : defaultPath(path);
            const key = `${cookie.name};${cookie.path}`;
            if (isDeletion(cookie.attributes, now))
                this.#cookies.delete(key);
            else
                this.#cookies.set(key, cookie);
        }
    }

    /** The Cookie header for a path, or undefined. */
    header(path = '/') {
        const fit = [...this.#cookies.values()]
            .filter((c) => pathMatches(c.path, path.split('?')[0]))
            .sort((a, b) => b.path.length - a.path.length);
        return fit.length
            ? fit.map((c) => `${c.name}=${c.value}`).join('; ') : undefined;
    }

    /** The value of the first cookie of that name, or undefined. */
    get(name) {
        return this.cookie(name)?.value;
    }

    /** {name, value, path, attributes} of it, or undefined. */
    cookie(name) {
        return [...this.#cookies.values()].find((c) => c.name === name);
    }

    set(name, value, path = '/') {
        this.#cookies.set(`${name};${path}`,
            { name, value, path, attributes: {} });
    }

    delete(name) {
        for (const [key, cookie] of this.#cookies) {
            if (cookie.name === name)
                this.#cookies.delete(key);
        }
    }

    /** A second jar with the same cookies: a copy of the browser's profile, or
     * what a thief has. */
    clone() {
        const copy = new Jar();
        for (const [key, cookie] of this.#cookies)
            copy.#cookies.set(key, { ...cookie });
        return copy;
    }

    get size() {
        return this.#cookies.size;
    }
}
