/* SPDX-License-Identifier: Apache-2.0
 * Listens, offers the page its interface, starts. */

function stored(e) {
    if (!channel && e.key === key && e.newValue) {
        receive(e.newValue);
    }
}

// Again and again: document.open() takes all listeners away.
function bind() {
    listen('keydown keypress keyup', keys);
    listen('visibilitychange focus online DOMContentLoaded pageshow resume', wake);
    listen('pagehide freeze', sleep);
    listen('beforeunload', unload);
    listen('input change', changed);
    listen('submit reset', clean);
    listen('storage', stored);
    listen('beforeprint', remove);
    listen('afterprint', step);
    listen(events, input);
}

function listen(names, handler) {
    var list = names.split(' '), i;
    for (i = 0; i < list.length; i++) {
        listenWindow(win, list[i], handler, true);
    }
}

// The page's side.
var submit, api = {
    activity: touch,
    ping: function () {
        urgent = 1;
        step();
    },
    expire: quit,
    confirmFormDiscard: !!settings.confirm
};
if (settings.confirm) {
    // A form that a script submits has no event.
    submit = take(win.HTMLFormElement.prototype.submit);
    win.HTMLFormElement.prototype.submit = function () {
        clean({ target: this });
        submit(this);
    };
}
// Between windows.
Object.defineProperties(api, {
    expireAfter: { value: expireAfter },
    unsaved: { value: unsavedWork }
});
Object.defineProperty(win, 'sessionSecurity', { value: api });
step();
