/* SPDX-License-Identifier: Apache-2.0
 * Knows the words: language, plural, the site's own.
 * Must not know where they stand. */

// Filled in by the build.
var ENGLISH = '@ENGLISH@';
var LANGUAGES = '@LANGUAGES@';
var MESSAGES_HASH = '@MESSAGES_HASH@';

var messages = ENGLISH, language = '', retry = 0;

// The tag of a language that there are messages in.
function known(tag) {
    var found;
    tag = String(tag || '').replace(/[^\w-]/g, '');
    while (tag && !found) {
        found = new RegExp(' (' + tag + ')(?:>(\\S+))? ', 'i').exec(LANGUAGES);
        tag = tag.replace(/-?[^-]*$/, '');
    }
    return found && (found[2] || found[1]);
}

function learn(now) {
    var root = rootOf(doc), list, i, tag;
    if (language && !(now && retry) || host || !root || !now && readyOf(doc) === 'loading') {
        return;
    }
    list = [root.getAttribute('lang'), root.getAttribute('xml:lang'), settings.language]
        .concat(navigator.languages || navigator.language, 'en');
    for (i = 0; !tag; i++) {
        tag = known(list[i]);
    }
    language = tag;
    retry = 0;
    if (tag !== 'en') {
        request('GET', 'messages/' + tag + '.json?v=' + MESSAGES_HASH, function (status, text) {
            var found = object(text);
            if (status === 200 && found.title) {
                messages = found;
                step();
            } else {
                // English meanwhile; asked again when it is needed.
                retry = 1;
            }
        });
    }
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
