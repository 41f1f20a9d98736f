/* SPDX-License-Identifier: Apache-2.0
 * Knows the other windows and tabs of this user.
 * Must not know what they show. */

// The client that rules here: that of the outermost window that has one.
var host = null;
var key = 'session_security' + prefix, channel, write;

(function () {
    var w = win;
    while (w !== w.parent) {
        w = w.parent;
        try {
            // Others may have something of that name.
            if (hasOwn(w, 'sessionSecurity') && w.sessionSecurity.limits) {
                host = w.sessionSecurity;
            }
        } catch (e) {
            // A window of another origin.
        }
    }
    try {
        if (win.BroadcastChannel) {
            channel = new win.BroadcastChannel(key);
            channel.onmessage = function (e) {
                receive(e.data);
            };
        } else {
            write = take(win.Storage.prototype.setItem).bind(null, win.localStorage);
        }
    } catch (e) {
        // A sandbox, or storage switched off: the server connects us.
    }
}());

// "a", "d", "x" with a time: activity, a dismissed warning, the end of a session.
function tell(what) {
    var message = what + rawTime();
    try {
        if (channel) {
            channel.postMessage(message);
        } else {
            write(key, message);
        }
    } catch (e) {
        // They learn it from the server.
    }
}

function receive(message) {
    var what = message[0], t = min(+replace(message, what, '') + offset, clock());
    if (what === 'x') {
        if (t > loaded) {
            hide();
        }
    } else if (what === 'd') {
        acknowledge();
    } else if (t > last) {
        last = t;
        if (state === HIDDEN) {
            reasonAt = 0;
        }
    }
    step();
}

// The frames of a window, each with its client's interface.
function frames(w, action) {
    var i;
    for (i = 0; w[i]; i++) {
        try {
            action(w[i], hasOwn(w[i], 'sessionSecurity') && w[i].sessionSecurity);
        } catch (e) {
            // A window of another origin.
        }
    }
}

function fire(name) {
    var e = createEvent(doc, 'Event');
    initEvent(e, 'session-security:' + name, true, false);
    dispatch(rootOf(doc) || doc, e);
}
