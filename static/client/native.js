/* SPDX-License-Identifier: Apache-2.0
 * Takes what the browser offers, at the start, before the page's own scripts can
 * replace it.
 * Must not know what it is for. */

var later = win.setTimeout, cancel = win.clearTimeout;
var alarm = win.AbortSignal && win.AbortSignal.timeout;
var rawTime = Date.now, parse = JSON.parse, Request = win.XMLHttpRequest;
var take = accessor.bind.bind(accessor.call);
var min = Math.min, max = Math.max, ceil = Math.ceil, abs = Math.abs;
// For strings as patterns: regular expressions would go by what the page has
// made of theirs.
var split = take(''.split), replace = take(''.replace), indexOf = take([].indexOf);
var encode = win.encodeURIComponent;
var hasOwn = take({}.hasOwnProperty);
var listenWindow = take(win.addEventListener);
var listenNode = take(doc.addEventListener);
var createEvent = take(doc.createEvent), dispatch = take(doc.dispatchEvent);
var initEvent = take(win.Event.prototype.initEvent);
var createNode = take(doc.createElementNS), append = take(doc.appendChild);
var removeNode = take(doc.removeChild);
var attribute = take(win.Element.prototype.getAttribute);
var setAttribute = take(win.Element.prototype.setAttribute);
var contains = take(win.HTMLElement.prototype.contains || doc.contains);
var fromPoint = take(doc.elementFromPoint);
var openRequest = take(Request.prototype.open);
var setHeader = take(Request.prototype.setRequestHeader);
var sendRequest = take(Request.prototype.send);
var setProperty = take(win.CSSStyleDeclaration.prototype.setProperty);
var darkness = win.matchMedia && win.matchMedia('(prefers-color-scheme:dark)');
var Dialog = win.HTMLDialogElement;
var showModal = Dialog && take(Dialog.prototype.showModal);
var closeModal = Dialog && take(Dialog.prototype.close);
var styleGetter = accessor(win.HTMLElement.prototype, 'style').get;
var rootOf = accessor(doc, 'documentElement').get;
var focusOf = accessor(doc, 'activeElement').get;
var titleOf = accessor(doc, 'title');

// Elements with a name hide a document's own properties of that name, but
// not the functions behind them.
function accessor(object, name) {
    var own;
    while (!own) {
        own = Object.getOwnPropertyDescriptor(object, name);
        object = Object.getPrototypeOf(object);
    }
    return { get: take(own.get), set: take(own.set) };
}

// As the list's own way would, if it is still there.
function each(list, action) {
    var i;
    for (i = 0; i < list.length; i++) {
        action(list[i]);
    }
}

// A page that clears every timer there is does not know of this one.
function after(wait, action) {
    var signal = alarm && alarm(wait);
    if (!signal) {
        return later(action, wait);
    }
    listenNode(signal, 'abort', function () {
        action(signal);
    });
    return signal;
}
