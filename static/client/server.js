/* SPDX-License-Identifier: Apache-2.0
 * Asks the server, and takes its answers.
 * Must not know what a window shows. */

function request(method, path, done) {
    var r = new Request();
    r.onloadend = function () {
        var answer;
        try {
            answer = parse(r.responseText);
        } catch (e) {
            // Of somebody else.
        }
        done(r.status, answer || {});
    };
    openRequest(r, method, prefix + path);
    setHeader(r, 'X-Session-Security', '1');
    r.timeout = 5000;
    sendRequest(r);
}

function askNow() {
    reasonAt = 0;
    step();
}

function ask() {
    var from = state, sent = last, post = quitting === 1, t = clock();
    // Rounded up: an idle time rounded down would prolong the session.
    var idle = ceil(max(0, t - last) / 1000);
    busy = 1;
    reasonAt = Infinity;
    pause = PAUSE;
    askedAt = t;
    request(post ? 'POST' : 'GET',
        post ? 'logout' : 'ping?idleFor=' + idle + '&limits=' + settings.limits
            // A worker of the page's may have kept the answers of before.
            + '&t=' + t,
        function (status, answer) {
            busy = 0;
            if (state === GONE) {
                return;
            }
            if (post) {
                // Its answer is that of the page it leads to, or of a proxy: see.
                quitting = 2;
                reasonAt = 0;
            } else if (answer.state === 'logout' || status === 401 || status === 403) {
                gone();
            } else if (answer.idleFor >= 0) {
                adopt(answer, t, idle, sent, from);
            }
            step();
        });
}

// The server's idle time is rounded down, so a second more is certain. It is
// reckoned from the question: the computer may have slept before the answer.
function adopt(answer, t, idle, sent, from) {
    var known = t - answer.idleFor * 1000, ends;
    answeredAt = clock();
    reported = known;
    if (known - 1000 > last) {
        last = known - 1000;
    } else if (answer.idleFor > idle + 1 && last === sent) {
        // It did not believe us, and it decides.
        last = known;
    }
    ends = answer.lifetimeLeft === null ? Infinity : t + answer.lifetimeLeft * 1000;
    if (abs(ends - end) > 1500) {
        end = ends;
    }
    if (answer.end && last > told) {
        // The session that lives began after this page. Where it did not, it is
        // another one for good: to load the page anew would go on for ever.
        hide();
    }
    if (state === HIDDEN) {
        pause = 1000;
        if (quitting) {
            quitting = 1;
        } else if (from === HIDDEN && answer.end) {
            // Of the session that lives this page has never been.
            over();
        } else if (from === HIDDEN && answeredAt < expiry()) {
            reveal();
        }
    }
}
