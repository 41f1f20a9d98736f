/* SPDX-License-Identifier: Apache-2.0
 * Knows which forms have changes that would be lost.
 * Must not hold up the end. */

var dirty = [];

function changed(e) {
    var form = e.target.form;
    // The change of a text comes late, maybe after it was saved; that of
    // others is all that older browsers tell.
    if (e.type === 'change' && !/^(select|check|radio|file)/.test(e.target.type)) {
        return;
    }
    if (form && e.isTrusted !== false && dirty.indexOf(form) < 0) {
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
    } else if (api.confirmFormDiscard && dirty.length) {
        e.preventDefault();
        e.returnValue = say('unsaved');
    }
}
