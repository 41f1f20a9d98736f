/* SPDX-License-Identifier: Apache-2.0
 * Knows the time, the last activity, and when the session ends.
 * Must not act on it. */

var seen = 0, offset = 0;

// Milliseconds that never go back, whatever is done to the clock.
function clock() {
    var t = rawTime();
    offset = max(offset, seen - t);
    seen = t + offset;
    return seen;
}

var ACTIVE = 0, WARNING = 1, HIDDEN = 2, GONE = 3;

var state = ACTIVE, loaded = clock(), timing = win.performance && win.performance.timing;
// When the server wrote what it tells: some time before the answer, if a filter or a
// proxy had held that back.
var told = min((timing && timing.requestStart || loaded) + (settings.took || 0), loaded);
// The last activity that is known of, and what the server knows of it.
var last = told - (settings.idle || 0), reported = last;
// The end of the session, however active its user is.
var end = told + settings.lifetime || Infinity;
var timer, hiddenAt, dueAt = 0, acknowledged = 0, announced = 0;
// Questions to the server: one at a time; reasonAt: when there is a reason for one
// besides the clock, doubt: how long an answer 401 is none.
var busy = 0, asleep = 0, reasonAt = Infinity, askedAt = 0, answeredAt = 0, pause = PAUSE;
var doubt = PAUSE;
// 1: tell the server to end the session; 2: see whether it has.
var quitting = 0;

function expiry() {
    return min(last + expireAfter, end);
}

function warning() {
    return min(last + warnAfter, end - expireAfter + warnAfter);
}

// Nothing that the user does can move the end of the session.
function final() {
    return end < last + expireAfter;
}
