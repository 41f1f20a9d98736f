/* SPDX-License-Identifier: Apache-2.0
 * Knows which forms have changes that would be lost.
 * Must not hold up the end. */

var dirty = [], submit;

function exempt(element) {
    return attribute(element, 'data-session-security') === 'no-confirm';
}

// Here and in the frames; not in a form that the page has thrown away.
function unsavedWork() {
    var found;
    each(dirty, function (form) {
        found = found || form && api.confirmFormDiscard && form.isConnected !== false &&
            form.ownerDocument.defaultView && !exempt(form);
    });
    frames(win, function (w, its) {
        found = found || its && its.unsaved();
    });
    return found;
}

// That a field is in, an editor, or a frame with one: out of shadows and frames.
function formOf(node) {
    var form;
    while (node && node !== doc && !form) {
        form = 'noValidate' in node ? node : node.form;
        node = node.parentNode || node.host || node.defaultView && node.defaultView.frameElement;
    }
    return form;
}

function changed(e) {
    var target = e.composedPath ? e.composedPath()[0] : e.target, form = formOf(target);
    // The change of a text comes late, maybe after it was saved; that of
    // others is all that older browsers tell.
    if (e.type === 'change' && !/^(select|check|radio|file)/.test(target.type)) {
        return;
    }
    if (form && e.isTrusted !== false && indexOf(dirty, form) < 0 && !exempt(target)) {
        listenNode(form, 'submit', clean, true);
        listenNode(form, 'reset', clean, true);
        dirty[dirty.length] = form;
        if (!submit) {
            // A form that a script submits has no event.
            submit = take(win.HTMLFormElement.prototype.submit);
            win.HTMLFormElement.prototype.submit = function () {
                clean.call(this);
                submit(this);
            };
        }
    }
}

// Its place stays empty.
function clean() {
    delete dirty[indexOf(dirty, this)];
}

function unload(e) {
    if (state >= HIDDEN) {
        // Nobody else may hold up the end either.
        e.stopImmediatePropagation();
    } else if (e.currentTarget === win && unsavedWork()) {
        e.preventDefault();
        e.returnValue = say('unsaved');
    }
}
