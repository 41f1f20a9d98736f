/* SPDX-License-Identifier: Apache-2.0
 * Hides the page and brings it back.
 * Must not decide when. */

var hidden = [], title, notice, scroll;

// Nothing of the page stays on the screen, or comes back to it.
function blank() {
    var root = rootOf(doc), child, style, now, i;
    if (hidden.root !== root) {
        hidden = [];
        hidden.root = root;
        remember();
        scroll = [win.pageXOffset, win.pageYOffset];
    }
    for (child = root && root.firstChild; child; child = child.nextSibling) {
        style = child !== dialog && styleOf(child);
        if (style) {
            for (i = 0; i < hidden.length && hidden[i][0] !== style; i++) {
                continue;
            }
            hidden[i] = hidden[i] || [style, style.cssText];
            // A frameset is drawn whatever its display is.
            setProperty(style, 'display', 'none', 'important');
            setProperty(style, 'opacity', '0', 'important');
        }
    }
    now = titleOf.get(doc);
    if (now !== notice) {
        title = now;
    }
    notice = say('signed_out_title');
    if (now !== notice) {
        titleOf.set(doc, notice);
    }
}

function unblank() {
    var i;
    for (i = 0; i < hidden.length; i++) {
        hidden[i][0].cssText = hidden[i][1];
    }
    hidden = [];
    titleOf.set(doc, title);
    notice = '';
    win.scrollTo(scroll[0], scroll[1]);
}

function styleOf(element) {
    try {
        return styleGetter(element);
    } catch (e) {
        // SVG has its own; text has none.
        return element.style;
    }
}
