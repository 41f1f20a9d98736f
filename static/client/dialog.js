/* SPDX-License-Identifier: Apache-2.0
 * The warning, and what is shown after the end.
 * Must not decide when. */

var ID = 'session_security_warning';

var dialog, box, heading, text, opening, time, closing, unsaved, status, stay, leaveNow;
var before, coarse, dark, shown, veiled = [];
// In the light and in the dark.
var THEME = {
    background: ['#fff', '#222'],
    color: ['#222', '#eee'],
    accent: ['#05b', '#8bf'],
    'accent-color': ['#fff', '#222'],
    border: ['#777', '#999'],
    backdrop: ['rgba(0,0,0,.6)', 'rgba(0,0,0,.6)']
};

// "@name" stands for a custom property --session-security-name.
function css(element, text) {
    var list = text.split(';'), i, pair;
    for (i = 0; i < list.length; i++) {
        pair = /^([\w-]+):(.*)$/.exec(list[i]);
        setProperty(styleOf(element), pair[1], pair[2].replace(/@([\w-]+)/g, themed), 'important');
    }
}

function themed(match, name) {
    var plain = THEME[name][dark];
    return custom ? 'var(--session-security-' + name + ',' + plain + ')' : plain;
}

function add(parent, name, style) {
    var element = node(name);
    css(element, 'all:unset;display:block;' + style);
    append(parent, element);
    return element;
}

function addButton(parent, style, action) {
    var button = add(parent, 'button', 'box-sizing:border-box;min-height:44px;' +
        'min-width:44px;margin:4px;padding:8px 20px;border:1px solid @border;' +
        'border-radius:6px;font-weight:600;text-align:center;cursor:pointer;' +
        'outline-offset:2px;flex:auto' + style);
    button.type = 'button';
    listenNode(button, 'click', action);
    listenNode(button, 'focus', function () {
        css(button, 'outline:3px solid @accent');
    });
    listenNode(button, 'blur', function () {
        css(button, 'outline:0');
    });
    return button;
}

function build() {
    var row;
    dark = darkness && darkness.matches ? 1 : 0;
    dialog = node('dialog');
    dialog.id = ID;
    dialog.tabIndex = -1;
    dialog.setAttribute('role', 'alertdialog');
    dialog.setAttribute('aria-modal', 'true');
    dialog.setAttribute('aria-labelledby', ID + '_title');
    dialog.setAttribute('aria-describedby', ID + '_text ' + ID + '_unsaved');
    css(dialog, 'all:initial;display:flex;position:fixed;top:0;left:0;' +
        'width:100%;height:100%;overflow:auto;' +
        'z-index:2147483647;background:@backdrop');
    box = add(dialog, 'div', 'box-sizing:border-box;margin:auto;padding:24px;' +
        'width:29em;max-width:100%;border:1px solid transparent;border-radius:12px;' +
        'background:@background;color:@color;font:medium/1.5 system-ui,"Segoe UI",sans-serif;' +
        'box-shadow:0 12px 48px rgba(0,0,0,.6)');
    heading = add(box, 'h2', 'margin:0 0 8px;font-size:1.25em;font-weight:600');
    heading.id = ID + '_title';
    text = add(box, 'p', 'margin:0 0 20px');
    text.id = ID + '_text';
    opening = add(text, 'span', 'display:inline');
    time = add(text, 'strong', 'display:inline;font-weight:600');
    closing = add(text, 'span', 'display:inline');
    unsaved = add(box, 'p', 'font-weight:600');
    unsaved.id = ID + '_unsaved';
    status = add(box, 'p', 'position:absolute;width:1px;height:1px;overflow:hidden;' +
        'clip:rect(0,0,0,0)');
    status.setAttribute('role', 'status');
    row = add(box, 'div', 'display:flex;flex-wrap:wrap;margin:-4px');
    stay = addButton(row, ';background:@accent;border-color:@accent;color:@accent-color',
        function () {
            // Who cannot be asked can still judge the next request.
            if (state === GONE || answeredAt < hiddenAt && clock() > expiry() + PAUSE) {
                leave();
            } else if (state === HIDDEN) {
                urgent = 1;
                step();
            } else {
                extend();
            }
        });
    leaveNow = addButton(row, '', quit);
    listenNode(dialog, 'cancel', function (e) {
        e.preventDefault();
        dismiss();
    });
    // A second Esc closes it without asking.
    listenNode(dialog, 'close', function () {
        if (!dialog.open) {
            dismiss();
        }
    });
    listenNode(dialog, 'click', function (e) {
        if (!contains(box, e.target)) {
            dismiss();
        }
    });
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
    var out = state >= HIDDEN, left = Math.max(0, Math.ceil((expiry() - t) / 1000));
    var parts = say(out ? 'signed_out' : final() ? 'lifetime' : 'message').split('{time}');
    var note, steps = left > 60 ? left : Math.ceil(left / 20) * 20;
    dialog.lang = messages.lang;
    dialog.dir = messages.dir;
    css(dialog, 'direction:' + messages.dir);
    put(heading, say(out ? 'signed_out_title' : 'title'));
    put(opening, parts[0]);
    put(time, parts.length > 1 ? duration(left) : '');
    put(closing, parts[1] || '');
    put(stay, say(out ? 'sign_in' : 'stay'));
    put(leaveNow, say('sign_out'));
    note = out || !unsavedWork() ? '' : say('unsaved');
    put(unsaved, note);
    css(unsaved, 'margin-bottom:' + (note && '20px'));
    css(leaveNow, 'display:' + (out ? 'none' : 'block'));
    css(stay, 'display:' + (final() && !out ? 'none' : 'block'));
    // Read out when it changes, not with each second.
    steps = out ? '' : duration(steps);
    if (coarse && steps !== coarse) {
        put(status, steps && parts.join(steps));
    }
    coarse = steps;
}

function show() {
    var root = rootOf(doc), fresh = dialog.parentNode !== root, at;
    if (!root) {
        return;
    }
    if (!fresh) {
        at = fromPoint(doc, win.innerWidth / 2, win.innerHeight / 2);
        fresh = at && !contains(dialog, at);
    }
    if (fresh) {
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
        (final() && state === WARNING ? dialog : stay).focus();
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
    if (dialog && dialog.parentNode) {
        if (showModal && dialog.open) {
            closeModal(dialog);
        }
        remove();
        put(status, '');
        coarse = 0;
        if (shown) {
            css(shown, 'display:');
            shown = null;
        }
        while (veiled.length) {
            veiled.pop().removeAttribute('aria-hidden');
        }
    }
    before = null;
    if (focus && focus.focus) {
        focus.focus({ preventScroll: true });
    }
}

// Where the focus was, to bring it back.
function remember() {
    before = before || focusOf(doc);
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
    var child;
    for (child = root.firstChild; child; child = child.nextSibling) {
        if (child !== dialog && child.setAttribute && !child.getAttribute('aria-hidden')) {
            child.setAttribute('aria-hidden', 'true');
            veiled.push(child);
        }
    }
}
