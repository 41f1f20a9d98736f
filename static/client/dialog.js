/* SPDX-License-Identifier: Apache-2.0
 * The warning, and what is shown after the end.
 * Must not decide when. */

var ID = 'session_security_warning';

var dialog, box, heading, text, time, rest, unsaved, status, stay, leaveNow;
var before, coarse, dark, hidden = [], title, scroll;
// In the light and in the dark.
var THEME = {
    background: ['#fff', '#25292f'],
    color: ['#1b1f24', '#eceff3'],
    accent: ['#0b57c2', '#8fbcff'],
    'accent-color': ['#fff', '#0a1f3d'],
    border: ['#747b85', '#8d95a0'],
    backdrop: ['rgba(15,20,28,.55)', 'rgba(0,0,0,.65)']
};

// "@name" stands for a custom property --session-security-name.
function css(element, text) {
    var list = text.split(';'), i, pair;
    for (i = 0; i < list.length; i++) {
        pair = /^([\w-]+):(.*)$/.exec(list[i]);
        setProperty(styleOf(element), pair[1], themed(pair[2], false), 'important');
        if (pair[2].indexOf('@') >= 0) {
            // A browser without custom properties keeps the former.
            setProperty(styleOf(element), pair[1], themed(pair[2], true), 'important');
        }
    }
}

function themed(value, custom) {
    return value.replace(/@([\w-]+)/g, function (match, name) {
        var plain = THEME[name][dark];
        return custom ? 'var(--session-security-' + name + ',' + plain + ')' : plain;
    });
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
        'outline-offset:2px;flex:1 1 auto' + style);
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
    dialog.setAttribute('aria-describedby', ID + '_text');
    css(dialog, 'all:initial;display:flex;position:fixed;top:0;right:0;bottom:0;left:0;' +
        'width:100%;height:100%;max-width:none;max-height:none;overflow:auto;' +
        'z-index:2147483647;background:@backdrop');
    box = add(dialog, 'div', 'box-sizing:border-box;margin:auto;padding:24px;' +
        'width:460px;max-width:100%;border:1px solid transparent;border-radius:12px;' +
        'background:@background;color:@color;font:16px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,sans-serif;' +
        'box-shadow:0 12px 48px rgba(0,0,0,.4)');
    heading = add(box, 'h2', 'margin:0 0 8px;font-size:20px;font-weight:600');
    heading.id = ID + '_title';
    text = add(box, 'p', 'margin:0 0 20px');
    text.id = ID + '_text';
    rest = [add(text, 'span', 'display:inline'),
        add(text, 'strong', 'display:inline;font-weight:600;font-variant-numeric:tabular-nums'),
        add(text, 'span', 'display:inline')];
    time = rest[1];
    unsaved = add(box, 'p', 'margin:0 0 20px;font-weight:600');
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
    } else if (dialog && dialog.parentNode) {
        close();
    }
}

function fill(t) {
    var out = state >= HIDDEN, left = Math.max(0, Math.ceil((expiry() - t) / 1000));
    var parts = say(out ? 'signed_out' : final() ? 'lifetime' : 'message').split('{time}');
    var steps = left > 60 ? left : Math.ceil(left / 20) * 20;
    dialog.lang = messages === ENGLISH ? 'en' : language;
    dialog.dir = messages.dir;
    css(dialog, 'direction:' + messages.dir);
    put(heading, say(out ? 'signed_out_title' : 'title'));
    put(rest[0], parts[0]);
    put(time, parts.length > 1 ? duration(left) : '');
    put(rest[2], parts[1] || '');
    put(stay, say(out ? 'sign_in' : 'stay'));
    put(leaveNow, say('sign_out'));
    put(unsaved, say('unsaved'));
    css(unsaved, 'display:' + (!out && api.confirmFormDiscard && dirty.length ? 'block' : 'none'));
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
        if (!dialog.parentNode) {
            before = focusOf(doc);
        }
        append(root, dialog);
        if (showModal) {
            if (dialog.open) {
                closeModal(dialog);
            }
            showModal(dialog);
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
    if (showModal && dialog.open) {
        closeModal(dialog);
    }
    // The focus, on its way back, may have woken us.
    if (dialog.parentNode) {
        dialog.parentNode.removeChild(dialog);
    }
    put(status, '');
    coarse = 0;
    if (before && before.focus) {
        before.focus();
    }
    before = null;
}
