/* SPDX-License-Identifier: Apache-2.0
 * Knows what a person does: mouse, keys, touch; and the page's sleep.
 * Must not know what it leads to. */

// A mouse that moves may be on its way to a button.
var REACH = 700;

var mouseX, mouseY, movedAt = 0;
// The key that was pressed last, if the dialog was showing. Frames have it in
// common with their window: the focus goes back to them.
var pressed = host && host.pressed || {};

function input(e) {
    var far;
    if (e.isTrusted === false) {
        return;
    }
    if (e.type === 'mousemove') {
        // Browsers report a mouse at rest when the page moves below it. One that is
        // locked stays where it is.
        far = doc.pointerLockElement ? abs(e.movementX) + abs(e.movementY)
            : abs(e.screenX - mouseX) + abs(e.screenY - mouseY);
        if (far < 2) {
            return;
        }
        mouseX = e.screenX;
        mouseY = e.screenY;
        // The first tells where it rests.
        if (!far) {
            return;
        }
    }
    if (state === WARNING && clock() < expiry()) {
        if (!final()) {
            reach(e);
        }
    } else if (state < HIDDEN) {
        touch();
    }
}

// Input while the warning shows; keys and clicks have their own ways.
function reach(e) {
    if (e.type === 'wheel' || e.type === 'touchmove') {
        // Unless it is needed to reach the buttons of a small window.
        if (dialog.scrollHeight <= dialog.clientHeight) {
            dismiss();
        }
    } else if (contains(box, e.target)) {
        movedAt = 0;
    } else if (e.type === 'mousemove' && !movedAt) {
        movedAt = clock();
        after(REACH, function () {
            if (movedAt) {
                movedAt = 0;
                dismiss();
            }
        });
    }
}

// What is done in the dialog does not concern the page, which may take it for a
// click beside something of its own.
function guard(e) {
    if (dialog && e.isTrusted !== false && contains(dialog, e.target)) {
        e.stopImmediatePropagation();
        if (e.type === 'click') {
            clicked(e);
        }
    }
}

// While the dialog shows, keys belong to it: Tab, Enter, Space and
// modifiers work the buttons, any other says that somebody is here, and
// neither it nor its repetitions get into the page.
function keys(e) {
    var code = e.keyCode, ours = state > ACTIVE, down = e.type === 'keydown';
    var working = indexOf([0, 9, 13, 16, 17, 18, 20, 32, 91, 92, 93, 144, 224, 225, 255],
        code) >= 0;
    if (e.isTrusted === false) {
        return;
    }
    if (down && !e.repeat) {
        pressed.code = ours && code;
    }
    if (ours || pressed.code === code) {
        e.stopImmediatePropagation();
        if (!ours || state === WARNING && !working) {
            e.preventDefault();
        }
    }
    if (ours && down) {
        if (code === 9 && !showModal) {
            e.preventDefault();
            // To the other button that shows.
            (focusOf(doc) === stay ? leaveNow : stay).focus();
        } else if (!working && (code === 27 || !final())) {
            dismiss();
        }
    }
}

// A page that can come back by the Back button comes back empty.
function sleep(e) {
    if (e.persisted || e.type === 'freeze') {
        hide();
        asleep = 1;
    }
}

function wake(e) {
    if (e.persisted || e.type === 'resume') {
        reasonAt = asleep = 0;
        hiddenAt = clock();
    }
    if (e.type !== 'focus' || e.target === win) {
        // Another tab may have signed out by a link, which tells nobody: whoever
        // comes back may not see what the server would not show.
        if (!doc.hidden && clock() - loaded > 5000) {
            reported = 0;
        }
        step();
    } else if (!showModal && state > ACTIVE) {
        // The dialog is the guard of its own focus.
        step();
    }
}
