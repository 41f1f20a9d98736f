/* SPDX-License-Identifier: Apache-2.0
 * Knows the words: language, plural, the site's own.
 * Must not know where they stand. */

// Filled in by the build.
var ENGLISH = '@ENGLISH@';
var MESSAGES_HASH = '@MESSAGES_HASH@';

var messages = ENGLISH, wanted;
// After the page's own.
var languages = [settings.language].concat(navigator.languages || navigator.language, 'en')
    .join();

// The server knows which of the languages there are messages in. The page may
// change its own at any time.
function learn() {
    var root = rootOf(doc), list;
    if (host || !root) {
        return;
    }
    list = (attribute(root, 'lang') || '') + ',' + (attribute(root, 'xml:lang') || '') + ','
        + languages;
    if (list === wanted) {
        return;
    }
    wanted = list;
    if (/^,*en\b/i.test(list)) {
        messages = ENGLISH;
        return;
    }
    request('GET', 'messages/' + encode(list) + '.json?v=' + MESSAGES_HASH,
        function (status, found) {
            if (status === 200 && found.title && list === wanted) {
                messages = found;
                step();
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
        n = ceil(n / 60);
        forms = messages.minutes;
    }
    return replace(forms[messages.plural[n < 200 ? n : 100 + n % 100] || 0], '{n}', n);
}
