/* SPDX-License-Identifier: Apache-2.0
 * Knows the words: language, plural, the site's own.
 * Must not know where they stand. */

// Filled in by the build.
var ENGLISH = '@ENGLISH@';
var MESSAGES_HASH = '@MESSAGES_HASH@';

var messages = ENGLISH, wanted, retry = 0;

// The server knows which of the languages there are messages in. The page may
// change its own at any time.
function learn(now) {
    var root = rootOf(doc), list;
    if (host || !root) {
        return;
    }
    list = [root.getAttribute('lang'), root.getAttribute('xml:lang'), settings.language]
        .concat(navigator.languages || navigator.language, 'en')
        .join().replace(/^,+|,(?=,)|[^\w,-]/g, '');
    if (list === wanted && !(now && retry)) {
        return;
    }
    wanted = list;
    retry = 0;
    if (/^en\b/i.test(list)) {
        messages = ENGLISH;
        return;
    }
    request('GET', 'messages/' + list + '.json?v=' + MESSAGES_HASH, function (status, found) {
        if (status === 200 && found.title && list === wanted) {
            messages = found;
            step();
        } else {
            // English meanwhile; asked again when it is needed.
            retry = 1;
        }
    });
}

function say(name) {
    return hasOwn(overrides, name) ? overrides[name] : messages[name];
}

// "5 minutes", rounded up, or in the last minute "20 seconds".
function duration(n) {
    var forms = messages.seconds;
    if (n > 60) {
        n = Math.ceil(n / 60);
        forms = messages.minutes;
    }
    return forms[+messages.plural.charAt(n < 200 ? n : 100 + n % 100)].replace('{n}', n);
}
