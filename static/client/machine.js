/* SPDX-License-Identifier: Apache-2.0
 * The machine: active, warning, hidden, gone.
 * Must not know how these look, nor what the server is asked. */

// How long the server may take before the warning shows without it.
var PATIENCE = 1500;
// Between two reports of activity to other tabs.
var THROTTLE = 500;

// Does what is due, and comes back for what is next.
function step() {
    var t, wait = 1000;
    if (!alarm) {
        cancel(timer);
    }
    try {
        rounds = 0;
        // First what must not fail, whatever the page has done to the browser.
        t = clock();
        if (t >= expiry() && state < HIDDEN) {
            hide();
            expired();
        }
        limit(own);
        bind(win);
        if (state < HIDDEN) {
            consider(t);
        }
        if (state < GONE && !asleep && t >= nextQuestion()) {
            ask();
        }
        draw(t);
        wait = state === ACTIVE ? nextEvent() - t
            : state === WARNING ? (expiry() - t) % 1000 : wait;
        learn();
    } finally {
        timer = after(min(max(wait, 20), 5000), tick);
    }
}

function tick(signal) {
    // Those of before cannot be cancelled.
    if (!alarm || signal === timer) {
        step();
    }
}

// Between being active and being warned.
function consider(t) {
    if (t < warning()) {
        dueAt = acknowledged = 0;
        if (state === WARNING) {
            state = ACTIVE;
            fire('extend');
        }
    } else if (state === ACTIVE && !host && !acknowledged) {
        if (!dueAt) {
            dueAt = t;
            reasonAt = 0;
        } else if (answeredAt >= dueAt || t - dueAt >= PATIENCE) {
            state = WARNING;
            fire('warn');
            // What was not to be had may be now.
            wanted = '';
        }
    }
}

function nextQuestion() {
    var t = state === HIDDEN ? 0
        : host ? Infinity
        : min(reported + warnAfter, warning());
    // What was under way when the page fell asleep may never come.
    return max(min(reasonAt, max(t, askedAt + pause)), busy && askedAt + 6000);
}

// A script got a 401. If it was not for the end, the next one is less of a reason.
function suspect() {
    if (host) {
        host.suspect();
    } else if (reasonAt === Infinity) {
        reasonAt = askedAt + doubt;
        doubt += doubt;
        step();
    }
}

function nextEvent() {
    return min(expiry(), nextQuestion(),
        host || acknowledged ? Infinity : dueAt ? dueAt + PATIENCE : warning());
}

// A person is here. The first sign of one after the end comes too late.
function touch() {
    var t = clock();
    if (t >= expiry() || state >= HIDDEN) {
        step();
    } else if (state === WARNING) {
        if (!final()) {
            extend();
        }
    } else if (t - last >= THROTTLE) {
        last = t;
        share();
    }
}

function share() {
    if (host) {
        host.activity();
    } else {
        tell('a');
    }
}

function extend() {
    if (final()) {
        tell('d');
        acknowledge();
    } else if (clock() < expiry()) {
        last = clock();
        reasonAt = 0;
        share();
    }
    step();
}

// Who knows of an end that cannot be moved need not be told twice.
function acknowledge() {
    acknowledged = final();
    if (acknowledged && state === WARNING) {
        state = ACTIVE;
    }
}

// The content goes first; then the server is asked.
function hide() {
    if (state < HIDDEN) {
        state = HIDDEN;
        hiddenAt = clock();
        reasonAt = 0;
        blank();
    }
}

function expired() {
    if (!announced) {
        announced = 1;
        fire('expire');
    }
}

function reveal() {
    state = ACTIVE;
    unblank();
    if (announced) {
        announced = 0;
        fire('extend');
    }
}

function quit() {
    quitting = 1;
    hide();
    askNow();
}

function gone() {
    hide();
    tell('x');
    over();
}

function over() {
    state = GONE;
    expired();
    after(50, leave);
}

// Not a reload, which would offer to post a form again; nor only a place in the
// page that is here.
function leave() {
    var here = split(win.location.href, '#')[0];
    if (host) {
        host.ping();
    } else {
        win.location.replace(returnTo && split(returnTo, '#')[0] !== here ? returnTo : here);
    }
}
