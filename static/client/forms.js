/* SPDX-License-Identifier: Apache-2.0
 * Knows which forms have changes that would be lost.
 * Must not hold up the end. */

var dirty = [];

function exempt(element) {
    return attribute(element, 'data-session-security') === 'no-confirm';
}

// Here and in the frames; not in a form that the page has thrown away.
function unsavedWork() {
    var found = api.confirmFormDiscard && dirty.some(function (form) {
        return contains(rootOf(doc), form) && !exempt(form);
    }), i;
    for (i = 0; !found && win[i]; i++) {
        try {
            found = hasOwn(win[i], 'sessionSecurity') && win[i].sessionSecurity.unsaved();
        } catch (e) {
            // A window of another origin.
        }
    }
    return found;
}

function changed(e) {
    var form = e.target.form;
    // The change of a text comes late, maybe after it was saved; that of
    // others is all that older browsers tell.
    if (e.type === 'change' && !/^(select|check|radio|file)/.test(e.target.type)) {
        return;
    }
    if (form && e.isTrusted !== false && dirty.indexOf(form) < 0 && !exempt(e.target)) {
        dirty.push(form);
    }
}

function clean(e) {
    var i = dirty.indexOf(e.target);
    if (i >= 0) {
        dirty.splice(i, 1);
    }
}

function unload(e) {
    if (state >= HIDDEN) {
        // Nobody else may hold up the end either.
        e.stopImmediatePropagation();
    } else if (unsavedWork()) {
        e.preventDefault();
        e.returnValue = say('unsaved');
    }
}
