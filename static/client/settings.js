/* SPDX-License-Identifier: Apache-2.0
 * Knows what the server said with the page: the script's element and its
 * settings.
 * Must not know what they lead to. */

// What comes behind it has not been parsed yet.
var all = doc.querySelectorAll('script[data-session-security]');
var script = all[all.length - 1];
var settings = parse(attribute(script, 'data-session-security'));
// What the page is told; a window goes by the shortest limits in its frames.
var own = settings.limits.split('.'), limits, warnAfter, expireAfter;
limit(own);
// Between two questions.
var PAUSE = min(3000, (expireAfter - warnAfter) / 2);
var events = settings.events ? settings.events.join(' ')
    : 'mousemove mousedown keydown wheel touchstart touchmove';
var overrides = settings.messages || {};
// Resolved here: a base element would bend them later.
var prefix = script.src.split('script.js')[0];
var returnTo = settings.returnTo && absolute(settings.returnTo);
var stylesheet = settings.stylesheet && absolute(settings.stylesheet);

function absolute(url) {
    var link = node('a');
    link.href = url;
    return link.href;
}

function node(name) {
    return createNode(doc, 'http://www.w3.org/1999/xhtml', name);
}
