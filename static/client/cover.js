/* SPDX-License-Identifier: Apache-2.0
 * Hides the page and brings it back.
 * Must not decide when. */

// The styles that were changed, each followed by its text of before.
var hidden = [], title, notice;
// Sees what the page changes after the end, before that is painted. Not what blank()
// does itself; nor without end, should another do the same.
var rounds, watch = win.MutationObserver && new win.MutationObserver(function () {
    watch.disconnect();
    if (state >= HIDDEN && rounds++ < 99) {
        blank();
    }
});

// Nothing of the page stays on the screen, or comes back to it.
function blank() {
    var root = rootOf(doc), now;
    if (hidden.root !== root) {
        hidden = [];
        hidden.root = root;
        remember();
        hidden.x = win.pageXOffset;
        hidden.y = win.pageYOffset;
    }
    each(root ? root.childNodes : [], function (child) {
        var style = child !== dialog && styleOf(child);
        if (style) {
            if (indexOf(hidden, style) < 0) {
                hidden[hidden.length] = style;
                hidden[hidden.length] = style.cssText;
            }
            // A frameset is drawn whatever its display is, a transition of the
            // page's would outlast all that is important, and a shadow's style
            // for its host outweighs ours.
            css(child, 'display:none;filter:opacity(0);opacity:0;transition:none');
        }
    });
    now = titleOf.get(doc);
    if (now !== notice) {
        title = now;
    }
    notice = say('signed_out_title');
    if (now !== notice) {
        titleOf.set(doc, notice);
    }
    if (watch) {
        watch.observe(doc, { subtree: true, childList: true, attributes: true,
            characterData: true });
    }
}

function unblank() {
    var i;
    for (i = 0; i < hidden.length; i += 2) {
        hidden[i].cssText = hidden[i + 1];
    }
    titleOf.set(doc, title);
    notice = '';
    win.scrollTo(hidden.x, hidden.y);
    hidden = [];
}

function styleOf(element) {
    try {
        return styleGetter(element);
    } catch (e) {
        // SVG has its own; text has none.
        return element.style;
    }
}
