/* SPDX-License-Identifier: Apache-2.0
 * Listens, offers the page its interface, starts. */

function stored(e) {
    if (e.key === key && e.newValue) {
        receive(e.newValue);
    }
}

// Again and again: document.open() takes all listeners away, and frames come
// and go. Those without a client, such as editors, are looked after from here.
function bind(w) {
    listen(w, 'keydown keypress keyup', keys);
    listen(w, 'visibilitychange focus online DOMContentLoaded pageshow resume', wake);
    listen(w, 'pagehide freeze', sleep);
    listen(w, 'beforeunload', unload);
    listen(w, 'input change', changed);
    listen(w, 'storage', stored);
    listen(w, 'beforeprint', remove);
    listen(w, 'afterprint', step);
    listen(w, events, input);
    listen(w, 'pointerdown mousedown mouseup touchstart touchend click focusin', guard);
    frames(w, function (inner, its) {
        if (!its) {
            bind(inner);
        } else if (its.limits()[1] < expireAfter) {
            limit(its.limits());
        }
    });
}

function listen(w, names, handler) {
    each(split(names, ' '), function (name) {
        listenWindow(w, name, handler, true);
    });
}

// The page's side; what windows tell each other does not concern it.
var api = Object.create({
    limits: function () {
        return limits;
    },
    pressed: pressed,
    suspect: suspect,
    unsaved: unsavedWork
});
api.activity = touch;
api.ping = askNow;
api.expire = quit;
api.confirmFormDiscard = !!settings.confirm;
Object.defineProperty(win, 'sessionSecurity', { value: api });
// Routers take over navigations, ours as well.
listen(win.navigation || win, 'navigate', unload);
try {
    // Scripts are told the end by a 401.
    new win.PerformanceObserver(function (list) {
        each(list.getEntries(), function (e) {
            if (e.responseStatus === 401) {
                suspect();
            }
        });
    }).observe({ type: 'resource' });
} catch (none) {
    // An older browser: the clock does.
}
step();
