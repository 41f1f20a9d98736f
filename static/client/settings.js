/* SPDX-License-Identifier: Apache-2.0
 * Knows what the server said with the page: the script's element and its
 * settings.
 * Must not know what they lead to. */

// The first of that name: what comes behind it is of a page that somebody saved.
var script = doc.querySelector('script[data-session-security]');
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
// Scripts that count elements or compare them with their own find the page as it
// was written.
removeNode(script.parentNode, script);

function limit(to) {
    limits = to;
    warnAfter = +to[0];
    expireAfter = +to[1];
}

function absolute(url) {
    var link = node('a');
    link.href = url;
    return link.href;
}

function node(name) {
    return createNode(doc, 'http://www.w3.org/1999/xhtml', name);
}
