/* SPDX-License-Identifier: Apache-2.0
 * The warning, and what is shown after the end.
 * Must not decide when. */

var ID = 'session_security_warning';

var dialog, box, heading, text, opening, time, closing, unsaved, status, stay, leaveNow;
var before = [], coarse, dark, shown, veiled = [];

// Nothing in a page's stylesheets outweighs it. "style:value:name:light:dark" goes
// on with the custom property --session-security-name and its defaults.
function css(element, text) {
    each(split(text, ';'), function (declaration) {
        var part = split(declaration, ':'), value = part[dark ? 4 : 3] || '';
        set(value);
        if (value) {
            // A browser that does not know them stays with the default.
            set('var(--session-security-' + part[2] + ',' + value + ')');
        }

        function set(to) {
            setProperty(styleOf(element), part[0], part[1] + to, 'important');
        }
    });
}

// Of a name that no stylesheet knows: what is before and after an element, and its
// first letter, cannot be styled here.
function add(parent, style, id, name) {
    var element = node(name || ID);
    css(element, 'all:unset;display:block;' + style);
    if (id) {
        element.id = ID + id;
    }
    append(parent, element);
    return element;
}

function addButton(parent, style) {
    var button = add(parent, 'box-sizing:border-box;min-height:44px;' +
        'margin:4px;padding:8px 20px;border:1px solid :border:#777:#999;' +
        'border-radius:6px;font-weight:600;text-align:center;cursor:pointer;' +
        'outline-offset:2px;flex:auto' + style, '', 'button');
    button.type = 'button';
    listenNode(button, 'focus', function () {
        css(button, 'outline:3px solid :accent:#05b:#8bf');
    });
    listenNode(button, 'blur', function () {
        css(button, 'outline:0');
    });
    return button;
}

function build() {
    var row;
    dark = darkness && darkness.matches;
    dialog = node('dialog');
    dialog.id = ID;
    dialog.tabIndex = -1;
    setAttribute(dialog, 'role', 'alertdialog');
    setAttribute(dialog, 'aria-modal', 'true');
    setAttribute(dialog, 'aria-labelledby', ID + '_title');
    setAttribute(dialog, 'aria-describedby', ID + '_text ' + ID + '_unsaved');
    css(dialog, 'all:initial;display:flex;position:fixed;left:0;top:0;' +
        'width:100%;height:100%;overflow:auto;' +
        'z-index:2147483647;background::backdrop:rgba(0,0,0,.6):rgba(0,0,0,.6)');
    box = add(dialog, 'box-sizing:border-box;margin:auto;padding:24px;' +
        'max-width:100%;width:29em;border:1px solid transparent;border-radius:12px;' +
        'background::background:#fff:#222;color::color:#222:#eee;' +
        'font:medium/1.5 system-ui,Segoe UI,sans-serif;' +
        'box-shadow:0 12px 48px rgba(0,0,0,.6)');
    heading = add(box, 'margin:0 0 8px;font-size:1.25em;font-weight:600', '_title');
    setAttribute(heading, 'role', 'heading');
    setAttribute(heading, 'aria-level', '2');
    text = add(box, 'margin:0 0 20px', '_text');
    opening = add(text, 'display:inline');
    time = add(text, 'display:inline;font-weight:600');
    closing = add(text, 'display:inline');
    unsaved = add(box, 'margin:0 0 20px;font-weight:600', '_unsaved');
    // Out of sight, not out of hearing.
    status = add(box, 'position:fixed;bottom:100%');
    setAttribute(status, 'role', 'status');
    row = add(box, 'display:flex;flex-wrap:wrap;margin:-4px');
    stay = addButton(row, ';background::accent:#05b:#8bf;border-color::accent:#05b:#8bf;' +
        'color::accent-color:#fff:#222');
    leaveNow = addButton(row, '');
    listenNode(dialog, 'cancel', function (e) {
        e.preventDefault();
        dismiss();
    });
}

function clicked(e) {
    if (e.target === leaveNow) {
        quit();
    } else if (e.target !== stay) {
        if (!contains(box, e.target)) {
            dismiss();
        }
    } else if (state === WARNING) {
        extend();
    } else if (state === GONE || answeredAt < hiddenAt && clock() > expiry() + PAUSE) {
        // Who cannot be asked can still judge the next request.
        leave();
    } else {
        askNow();
    }
}

function put(element, value) {
    if (element.textContent !== value) {
        element.textContent = value;
    }
}

function dismiss() {
    if (state === WARNING) {
        extend();
    }
}

// Shows what the state asks for.
function draw(t) {
    if (state >= HIDDEN) {
        blank();
    }
    if (state === WARNING || state >= HIDDEN && !host && t - hiddenAt > 1000) {
        if (!dialog) {
            build();
        }
        fill(t);
        show();
    } else if (state < HIDDEN) {
        close();
    }
}

function fill(t) {
    var out = state >= HIDDEN, left = max(0, ceil((expiry() - t) / 1000));
    // Of an end that came sooner it is not known here why.
    var message = out && t < last + expireAfter ? ''
        : say(out ? 'signed_out' : final() ? 'lifetime' : 'message');
    var parts = split(message, '{time}');
    // Read out when it changes, not with each second.
    var steps = out ? '' : duration(left > 60 ? left : ceil(left / 20) * 20);
    dialog.lang = messages.lang;
    dialog.dir = messages.dir;
    css(dialog, 'direction:' + messages.dir);
    put(heading, say(out ? 'signed_out_title' : 'title'));
    put(opening, parts[0]);
    put(time, parts[1] === undefined ? '' : duration(left));
    put(closing, parts[1] || '');
    put(stay, say(out ? 'sign_in' : final() ? 'ok' : 'stay'));
    put(leaveNow, say('sign_out'));
    put(unsaved, out || !unsavedWork() ? '' : say('unsaved'));
    css(leaveNow, 'display:' + (out ? 'none' : 'block'));
    if (coarse && steps !== coarse) {
        put(status, steps && replace(message, '{time}', steps));
    }
    coarse = steps;
}

function show() {
    var root = rootOf(doc), at;
    if (!root) {
        return;
    }
    // Whoever has taken it away or closed it was no person.
    at = fromPoint(doc, win.innerWidth / 2, win.innerHeight / 2);
    if (dialog.parentNode !== root || showModal && !dialog.open ||
            at && !contains(dialog, at)) {
        remember();
        append(root, dialog);
        if (showModal) {
            if (dialog.open) {
                closeModal(dialog);
            }
            showModal(dialog);
        } else {
            veil(root);
        }
        // Of a page that is hidden as a whole nothing would show.
        if (!box.offsetHeight) {
            shown = root;
            css(root, 'display:block');
        }
        stay.focus();
        if (stylesheet) {
            at = node('link');
            at.rel = 'stylesheet';
            at.href = stylesheet;
            append(root, at);
            stylesheet = '';
        }
    } else if (!contains(dialog, focusOf(doc)) && !showModal) {
        stay.focus();
    }
}

function close() {
    var focus = before;
    if (dialog) {
        remove();
        put(status, '');
    }
    if (shown) {
        styleOf(shown).display = '';
    }
    each(veiled, function (element) {
        element.removeAttribute('aria-hidden');
    });
    coarse = shown = 0;
    veiled = [];
    before = [];
    each(focus, function (element) {
        if (element.focus) {
            element.focus({ preventScroll: true });
        }
    });
}

// Where the focus was, to bring it back: down into shadows and frames, which
// forget it. A mouse that is locked there could not reach our buttons.
function remember() {
    var at = before[0] ? 0 : focusOf(doc);
    while (at) {
        try {
            before[before.length] = at;
            if (doc.exitPointerLock) {
                at.ownerDocument.exitPointerLock();
            }
            at = (at.shadowRoot || at.contentDocument).activeElement;
        } catch (e) {
            at = 0;
        }
    }
}

// Also for the time of printing.
function remove() {
    // The focus, on its way back, may have woken us.
    if (dialog && dialog.parentNode) {
        removeNode(dialog.parentNode, dialog);
    }
}

// What a modal dialog does by itself.
function veil(root) {
    each(root.childNodes, function (child) {
        if (child !== dialog && child.setAttribute && !attribute(child, 'aria-hidden')) {
            setAttribute(child, 'aria-hidden', 'true');
            veiled[veiled.length] = child;
        }
    });
}
