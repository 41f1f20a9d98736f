/* SPDX-License-Identifier: Apache-2.0
 * The client of mod_session_security: warns an idle user, hides the page when
 * the session has expired, and goes on only when the server says so.
 *
 * ES5, in a page that may do anything: what the browser offers is taken at the
 * start, before the page's own scripts run. The build drops comments and
 * indentation, so comments stand on lines of their own. */
(function (win, doc) {
    'use strict';

    var ENGLISH = '@ENGLISH@';
    var LANGUAGES = '@LANGUAGES@';
    var MESSAGES_HASH = '@MESSAGES_HASH@';
    var ID = 'session_security_warning';

    var ACTIVE = 0, WARNING = 1, HIDDEN = 2, GONE = 3;

    // How long the server may take before the warning shows without it.
    var PATIENCE = 1500;
    // Between two reports of activity to other tabs.
    var THROTTLE = 500;
    // A mouse that moves may be on its way to a button.
    var REACH = 700;

    // --- the browser's own functions ----------------------------------------

    var later = win.setTimeout, cancel = win.clearTimeout;
    var rawTime = Date.now, parse = JSON.parse, Request = win.XMLHttpRequest;
    var take = Function.prototype.bind.bind(Function.prototype.call);
    var hasOwn = take(Object.prototype.hasOwnProperty);
    var listenWindow = take(win.addEventListener);
    var listenNode = take(doc.addEventListener);
    var createEvent = take(doc.createEvent), dispatch = take(doc.dispatchEvent);
    var initEvent = take(win.Event.prototype.initEvent);
    var createNode = take(doc.createElementNS), append = take(doc.appendChild);
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
    var readyOf = accessor(doc, 'readyState').get;
    var titleOf = accessor(doc, 'title');

    // Elements with a name hide a document's own properties of that name, but
    // not the functions behind them.
    function accessor(object, name) {
        var own;
        while (!own) {
            own = Object.getOwnPropertyDescriptor(object, name);
            object = Object.getPrototypeOf(object);
        }
        return { get: take(own.get), set: own.set && take(own.set) };
    }

    // --- settings -----------------------------------------------------------

    // A page that was written into this one brings a second script.
    if (hasOwn(win, 'sessionSecurity')) {
        return;
    }

    var script = doc.currentScript, all;
    if (!script) {
        all = doc.querySelectorAll('script[data-session-security]');
        script = all[all.length - 1];
    }
    var settings = parse(script.getAttribute('data-session-security'));
    var limits = settings.limits.split('.');
    var warnAfter = +limits[0], expireAfter = +limits[1];
    // Between two questions.
    var PAUSE = Math.min(3000, (expireAfter - warnAfter) / 2);
    var events = (settings.events || ['mousemove', 'mousedown', 'keydown', 'wheel',
        'touchstart', 'touchmove']).join(' ');
    var overrides = settings.messages || {};
    // Resolved here: a base element would bend them later.
    var prefix = absolute(script.getAttribute('src')).split('script.js')[0];
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

    // --- time ---------------------------------------------------------------

    var seen = 0, offset = 0;

    // Milliseconds that never go back, whatever is done to the clock.
    function clock() {
        var t = rawTime() + offset;
        if (t < seen) {
            offset += seen - t;
            t = seen;
        }
        seen = t;
        return t;
    }

    var state = ACTIVE, loaded = clock();
    // The last activity that is known of, and what the server knows of it.
    var last = answerTime() - (settings.idle || 0), reported = last;
    // The end of the session, however active its user is.
    var end = settings.lifetime >= 0 ? answerTime() + settings.lifetime : Infinity;
    var timer, hiddenAt, dueAt = 0, acknowledged = 0, announced = 0;
    // Questions to the server: one at a time.
    var busy = 0, asleep = 0, urgent = 0, askedAt = 0, answeredAt = 0, pause = PAUSE;
    // 1: tell the server to end the session; 2: see whether it has.
    var quitting = 0;

    // When the server answered with this page: its idle time is from then.
    function answerTime() {
        var timing = win.performance && win.performance.timing;
        var t = timing && timing.responseStart;
        return t > 0 && t < loaded ? t : loaded;
    }

    function expiry() {
        return Math.min(last + expireAfter, end);
    }

    function warning() {
        return Math.min(last + warnAfter, end - expireAfter + warnAfter);
    }

    // Nothing that the user does can move the end of the session.
    function final() {
        return end < last + expireAfter;
    }

    // --- other windows ------------------------------------------------------

    // The outermost window of this origin, and the client that rules there.
    var stage = win, host = null;
    var key = 'session_security' + prefix, channel, write;

    (function () {
        var w = win, its;
        while (w !== w.parent) {
            w = w.parent;
            try {
                if (w.location.href) {
                    stage = w;
                }
                its = hasOwn(w, 'sessionSecurity') && w.sessionSecurity;
                if (its && its.expireAfter <= expireAfter) {
                    host = its;
                }
            } catch (e) {
                // A window of another origin.
            }
        }
        try {
            if (win.BroadcastChannel) {
                channel = new win.BroadcastChannel(key);
                channel.onmessage = function (e) {
                    receive(e.data);
                };
            } else {
                write = take(win.Storage.prototype.setItem).bind(null, win.localStorage);
            }
        } catch (e) {
            // A sandbox, or storage switched off: the server connects us.
        }
    }());

    // "a" and "x" with a time: activity, and the end of a session.
    function tell(what) {
        var message = what + rawTime();
        try {
            if (channel) {
                channel.postMessage(message);
            } else if (write) {
                write(key, message);
            }
        } catch (e) {
            // They learn it from the server.
        }
    }

    function receive(message) {
        var t = Math.min(+String(message).slice(1) + offset, clock());
        if (message.charAt(0) === 'x') {
            if (t > loaded) {
                hide();
            }
        } else if (t > last) {
            last = t;
            urgent = urgent || state === HIDDEN;
        }
        step();
    }

    function fire(name) {
        var e = createEvent(doc, 'Event');
        initEvent(e, 'session-security:' + name, true, false);
        dispatch(rootOf(doc) || doc, e);
    }

    // --- the machine --------------------------------------------------------

    // Does what is due, and comes back for what is next.
    function step() {
        var t, wait = 1000;
        cancel(timer);
        try {
            bind();
            learn();
            t = clock();
            if (t >= expiry() && state < HIDDEN) {
                hide();
                expired();
            }
            if (state < HIDDEN) {
                consider(t);
            }
            if (state < GONE && !asleep && (urgent || t >= nextQuestion())) {
                ask();
            }
            draw(t);
            wait = state === ACTIVE ? nextEvent() - t
                : state === WARNING ? (expiry() - t) % 1000 : wait;
        } finally {
            timer = later(step, Math.min(Math.max(wait, 20), 5000));
        }
    }

    // Between being active and being warned.
    function consider(t) {
        if (t < warning()) {
            dueAt = acknowledged = 0;
            if (state === WARNING) {
                state = ACTIVE;
                fire('extend');
            }
        } else if (!host && state === ACTIVE && !acknowledged) {
            if (!dueAt) {
                dueAt = t;
                urgent = 1;
            } else if (answeredAt >= dueAt || t - dueAt >= PATIENCE) {
                state = WARNING;
                learn(true);
                fire('warn');
            }
        }
    }

    function nextQuestion() {
        var t = state === HIDDEN ? 0
            : host ? Infinity
            : Math.min(reported + warnAfter, warning());
        return Math.max(t, askedAt + pause);
    }

    function nextEvent() {
        return Math.min(expiry(), nextQuestion(),
            host || acknowledged ? Infinity : dueAt ? dueAt + PATIENCE : warning());
    }

    // A person is here. The first sign of one after the end comes too late.
    function touch() {
        var t = clock();
        if (t >= expiry() || state >= HIDDEN) {
            step();
        } else if (state === WARNING) {
            if (!final()) {
                extend();
            }
        } else if (t - last >= THROTTLE) {
            last = t;
            share();
        }
    }

    function share() {
        if (host) {
            host.activity();
        } else {
            tell('a');
        }
    }

    function extend() {
        acknowledged = final();
        if (acknowledged) {
            state = ACTIVE;
        } else {
            last = clock();
            urgent = 1;
            share();
        }
        step();
    }

    // The content goes first; then the server is asked.
    function hide() {
        if (state < HIDDEN) {
            state = HIDDEN;
            hiddenAt = clock();
            urgent = 1;
            blank();
        }
    }

    function expired() {
        if (!announced) {
            announced = 1;
            fire('expire');
        }
    }

    function reveal() {
        state = ACTIVE;
        unblank();
        if (announced) {
            announced = 0;
            fire('extend');
        }
    }

    function quit() {
        quitting = urgent = 1;
        hide();
        step();
    }

    function gone() {
        hide();
        state = GONE;
        tell('x');
        expired();
        later(leave, 50);
        step();
    }

    function leave() {
        if (host) {
            host.ping();
            return;
        }
        try {
            go(stage);
        } catch (e) {
            go(win);
        }
    }

    // Not a reload, which would offer to post a form again.
    function go(w) {
        w.location.replace(returnTo || w.location.href.replace(/#.*/, ''));
    }

    // --- the server ---------------------------------------------------------

    function request(method, path, done) {
        var r = new Request();
        r.onreadystatechange = function () {
            if (r.readyState === 4) {
                done(r.status, r.responseText);
            }
        };
        openRequest(r, method, prefix + path, true);
        setHeader(r, 'X-Session-Security', '1');
        r.timeout = 5000;
        sendRequest(r);
    }

    function object(text) {
        try {
            return parse(text) || {};
        } catch (e) {
            return {};
        }
    }

    function ask() {
        var from = state, sent = last, idle, post = quitting === 1;
        // What was under way when the page fell asleep may never come.
        if (busy && clock() < askedAt + 6000) {
            return;
        }
        busy = 1;
        urgent = 0;
        pause = PAUSE;
        askedAt = clock();
        // Rounded up: an idle time rounded down would prolong the session.
        idle = Math.ceil(Math.max(0, askedAt - last) / 1000);
        request(post ? 'POST' : 'GET',
            post ? 'logout' : 'ping?idleFor=' + idle + '&limits=' + settings.limits,
            function (status, text) {
                var answer = object(text);
                busy = 0;
                if (state === GONE) {
                    return;
                }
                if (post ? status : answer.state === 'logout' || status === 401 || status === 403) {
                    gone();
                    return;
                }
                if (post) {
                    // A redirect to another site looks like a failure: see.
                    quitting = 2;
                    urgent = 1;
                } else if (answer.state === 'active' && answer.idleFor >= 0) {
                    adopt(answer, idle, sent, from);
                }
                step();
            });
    }

    // The server's idle time is rounded down, so a second more is certain.
    function adopt(answer, idle, sent, from) {
        var t = clock(), known = t - answer.idleFor * 1000, ends;
        answeredAt = t;
        reported = known;
        if (known - 1000 > last) {
            last = known - 1000;
        } else if (answer.idleFor > idle + 1 && last === sent) {
            // It did not believe us, and it decides.
            last = known;
        }
        ends = typeof answer.lifetimeLeft === 'number' ? t + answer.lifetimeLeft * 1000 : Infinity;
        if (Math.abs(ends - end) > 1500) {
            end = ends;
        }
        if (state === HIDDEN) {
            pause = 1000;
            if (quitting) {
                quitting = 1;
            } else if (from === HIDDEN && t < expiry()) {
                reveal();
            }
        }
    }

    // --- messages -----------------------------------------------------------

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

    // --- what is seen -------------------------------------------------------

    var dialog, box, heading, text, time, rest, unsaved, status, stay, leaveNow;
    var before, coarse, dark, hidden = [], title, scroll;
    // In the light and in the dark.
    var THEME = {
        background: ['#fff', '#25292f'],
        color: ['#1b1f24', '#eceff3'],
        accent: ['#0b57c2', '#8fbcff'],
        'accent-color': ['#fff', '#0a1f3d'],
        border: ['#747b85', '#8d95a0'],
        backdrop: ['rgba(15,20,28,.55)', 'rgba(0,0,0,.65)']
    };

    // "@name" stands for a custom property --session-security-name.
    function css(element, text) {
        var list = text.split(';'), i, pair;
        for (i = 0; i < list.length; i++) {
            pair = /^([\w-]+):(.*)$/.exec(list[i]);
            setProperty(styleOf(element), pair[1], themed(pair[2], false), 'important');
            if (pair[2].indexOf('@') >= 0) {
                // A browser without custom properties keeps the former.
                setProperty(styleOf(element), pair[1], themed(pair[2], true), 'important');
            }
        }
    }

    function themed(value, custom) {
        return value.replace(/@([\w-]+)/g, function (match, name) {
            var plain = THEME[name][dark];
            return custom ? 'var(--session-security-' + name + ',' + plain + ')' : plain;
        });
    }

    function add(parent, name, style) {
        var element = node(name);
        css(element, 'all:unset;display:block;' + style);
        append(parent, element);
        return element;
    }

    function addButton(parent, style, action) {
        var button = add(parent, 'button', 'box-sizing:border-box;min-height:44px;' +
            'min-width:44px;margin:4px;padding:8px 20px;border:1px solid @border;' +
            'border-radius:6px;font-weight:600;text-align:center;cursor:pointer;' +
            'outline-offset:2px;flex:1 1 auto' + style);
        button.type = 'button';
        listenNode(button, 'click', action);
        listenNode(button, 'focus', function () {
            css(button, 'outline:3px solid @accent');
        });
        listenNode(button, 'blur', function () {
            css(button, 'outline:0');
        });
        return button;
    }

    function build() {
        var row;
        dark = darkness && darkness.matches ? 1 : 0;
        dialog = node('dialog');
        dialog.id = ID;
        dialog.tabIndex = -1;
        dialog.setAttribute('role', 'alertdialog');
        dialog.setAttribute('aria-modal', 'true');
        dialog.setAttribute('aria-labelledby', ID + '_title');
        dialog.setAttribute('aria-describedby', ID + '_text');
        css(dialog, 'all:initial;display:flex;position:fixed;top:0;right:0;bottom:0;left:0;' +
            'width:100%;height:100%;max-width:none;max-height:none;overflow:auto;' +
            'z-index:2147483647;background:@backdrop');
        box = add(dialog, 'div', 'box-sizing:border-box;margin:auto;padding:24px;' +
            'width:460px;max-width:100%;border:1px solid transparent;border-radius:12px;' +
            'background:@background;color:@color;font:16px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,sans-serif;' +
            'box-shadow:0 12px 48px rgba(0,0,0,.4)');
        heading = add(box, 'h2', 'margin:0 0 8px;font-size:20px;font-weight:600');
        heading.id = ID + '_title';
        text = add(box, 'p', 'margin:0 0 20px');
        text.id = ID + '_text';
        rest = [add(text, 'span', 'display:inline'),
            add(text, 'strong', 'display:inline;font-weight:600;font-variant-numeric:tabular-nums'),
            add(text, 'span', 'display:inline')];
        time = rest[1];
        unsaved = add(box, 'p', 'margin:0 0 20px;font-weight:600');
        status = add(box, 'p', 'position:absolute;width:1px;height:1px;overflow:hidden;' +
            'clip:rect(0,0,0,0)');
        status.setAttribute('role', 'status');
        row = add(box, 'div', 'display:flex;flex-wrap:wrap;margin:-4px');
        stay = addButton(row, ';background:@accent;border-color:@accent;color:@accent-color',
            function () {
                // Who cannot be asked can still judge the next request.
                if (state === GONE || answeredAt < hiddenAt && clock() > expiry() + PAUSE) {
                    leave();
                } else if (state === HIDDEN) {
                    urgent = 1;
                    step();
                } else {
                    extend();
                }
            });
        leaveNow = addButton(row, '', quit);
        listenNode(dialog, 'cancel', function (e) {
            e.preventDefault();
            dismiss();
        });
        // A second Esc closes it without asking.
        listenNode(dialog, 'close', function () {
            if (!dialog.open) {
                dismiss();
            }
        });
        listenNode(dialog, 'click', function (e) {
            if (!contains(box, e.target)) {
                dismiss();
            }
        });
    }

    function put(element, value) {
        if (element.textContent !== value) {
            element.textContent = value;
        }
    }

    function dismiss() {
        if (state === WARNING) {
            extend();
        }
    }

    // Shows what the state asks for.
    function draw(t) {
        if (state >= HIDDEN) {
            blank();
        }
        if (state === WARNING || state >= HIDDEN && !host && t - hiddenAt > 1000) {
            if (!dialog) {
                build();
            }
            fill(t);
            show();
        } else if (dialog && dialog.parentNode) {
            close();
        }
    }

    function fill(t) {
        var out = state >= HIDDEN, left = Math.max(0, Math.ceil((expiry() - t) / 1000));
        var parts = say(out ? 'signed_out' : final() ? 'lifetime' : 'message').split('{time}');
        var steps = left > 60 ? left : Math.ceil(left / 20) * 20;
        dialog.lang = messages === ENGLISH ? 'en' : language;
        dialog.dir = messages.dir;
        css(dialog, 'direction:' + messages.dir);
        put(heading, say(out ? 'signed_out_title' : 'title'));
        put(rest[0], parts[0]);
        put(time, parts.length > 1 ? duration(left) : '');
        put(rest[2], parts[1] || '');
        put(stay, say(out ? 'sign_in' : 'stay'));
        put(leaveNow, say('sign_out'));
        put(unsaved, say('unsaved'));
        css(unsaved, 'display:' + (!out && api.confirmFormDiscard && dirty.length ? 'block' : 'none'));
        css(leaveNow, 'display:' + (out ? 'none' : 'block'));
        css(stay, 'display:' + (final() && !out ? 'none' : 'block'));
        // Read out when it changes, not with each second.
        steps = out ? '' : duration(steps);
        if (coarse && steps !== coarse) {
            put(status, steps && parts.join(steps));
        }
        coarse = steps;
    }

    function show() {
        var root = rootOf(doc), fresh = dialog.parentNode !== root, at;
        if (!root) {
            return;
        }
        if (!fresh) {
            at = fromPoint(doc, win.innerWidth / 2, win.innerHeight / 2);
            fresh = at && !contains(dialog, at);
        }
        if (fresh) {
            if (!dialog.parentNode) {
                before = focusOf(doc);
            }
            append(root, dialog);
            if (showModal) {
                if (dialog.open) {
                    closeModal(dialog);
                }
                showModal(dialog);
            }
            (final() && state === WARNING ? dialog : stay).focus();
            if (stylesheet) {
                at = node('link');
                at.rel = 'stylesheet';
                at.href = stylesheet;
                append(root, at);
                stylesheet = '';
            }
        } else if (!contains(dialog, focusOf(doc)) && !showModal) {
            stay.focus();
        }
    }

    function close() {
        if (showModal && dialog.open) {
            closeModal(dialog);
        }
        // The focus, on its way back, may have woken us.
        if (dialog.parentNode) {
            dialog.parentNode.removeChild(dialog);
        }
        put(status, '');
        coarse = 0;
        if (before && before.focus) {
            before.focus();
        }
        before = null;
    }

    // Nothing of the page stays on the screen, or comes back to it.
    function blank() {
        var root = rootOf(doc), child, style, i;
        if (hidden.root !== root) {
            hidden = [];
            hidden.root = root;
            title = titleOf.get(doc);
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
        if (titleOf.get(doc) !== say('signed_out_title')) {
            title = titleOf.get(doc);
            titleOf.set(doc, say('signed_out_title'));
        }
    }

    function unblank() {
        var i;
        for (i = 0; i < hidden.length; i++) {
            hidden[i][0].cssText = hidden[i][1];
        }
        hidden = [];
        titleOf.set(doc, title);
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

    // --- input --------------------------------------------------------------

    var mouseX, mouseY, movedAt = 0, swallowed = 0, dirty = [];

    function input(e) {
        var far;
        if (e.isTrusted === false) {
            return;
        }
        if (e.type === 'mousemove') {
            // Browsers report a mouse at rest when the page moves below it.
            far = Math.abs(e.screenX - mouseX) + Math.abs(e.screenY - mouseY) >= 2;
            if (far || mouseX === undefined) {
                mouseX = e.screenX;
                mouseY = e.screenY;
            }
            if (!far) {
                return;
            }
        }
        if (state !== WARNING || clock() >= expiry()) {
            if (state < HIDDEN) {
                touch();
            }
        } else if (!final()) {
            reach(e);
        }
    }

    // Input while the warning shows; keys and clicks have their own ways.
    function reach(e) {
        if (/^wheel|^touchmove/.test(e.type)) {
            // Unless it is needed to reach the buttons of a small window.
            if (dialog.scrollHeight <= dialog.clientHeight) {
                dismiss();
            }
        } else if (contains(box, e.target)) {
            movedAt = 0;
        } else if (e.type === 'mousemove' && !movedAt) {
            movedAt = clock();
            later(function () {
                if (movedAt) {
                    movedAt = 0;
                    dismiss();
                }
            }, REACH);
        }
    }

    // While the dialog shows, keys belong to it: Tab, Enter, Space and
    // modifiers work the buttons, any other says that somebody is here, and
    // neither it nor its repetitions get into the page.
    function keys(e) {
        var code = e.keyCode, ours = state > ACTIVE, down = e.type === 'keydown';
        var working = /^(0|9|13|1[678]|20|32|9[123]|144|22[45]|255)$/.test(code);
        if (e.isTrusted === false) {
            return;
        }
        if (down && !e.repeat) {
            swallowed = 0;
        }
        if (ours || swallowed === code) {
            e.stopImmediatePropagation();
            if (swallowed === code || state === WARNING && !working) {
                e.preventDefault();
            }
        }
        if (ours && down) {
            if (working && code === 9 && !showModal) {
                e.preventDefault();
                (focusOf(doc) === stay ? leaveNow : stay).focus();
            } else if (!working && state === WARNING && (code === 27 || !final())) {
                swallowed = code;
                extend();
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
            urgent = 1;
            asleep = 0;
            hiddenAt = clock();
        }
        if (e.type !== 'focus' || e.target === win) {
            step();
        }
    }

    function changed(e) {
        var form = e.target.form;
        // The change of a text comes late, maybe after it was saved; that of
        // others is all that older browsers tell.
        if (e.type === 'change' && !/^(select|check|radio|file)/.test(e.target.type)) {
            return;
        }
        if (form && e.isTrusted !== false && dirty.indexOf(form) < 0) {
            dirty.push(form);
        }
    }

    function clean(e) {
        var i = dirty.indexOf(e.target);
        if (i >= 0) {
            dirty.splice(i, 1);
        }
    }

    function unload(e) {
        if (state >= HIDDEN) {
            // Nobody else may hold up the end either.
            e.stopImmediatePropagation();
        } else if (api.confirmFormDiscard && dirty.length) {
            e.preventDefault();
            e.returnValue = say('unsaved');
        }
    }

    function stored(e) {
        if (!channel && e.key === key && e.newValue) {
            receive(e.newValue);
        }
    }

    // Again and again: document.open() takes all listeners away.
    function bind() {
        listen('keydown keypress keyup', keys);
        listen('visibilitychange focus online DOMContentLoaded pageshow resume', wake);
        listen('pagehide freeze', sleep);
        listen('beforeunload', unload);
        listen('input change', changed);
        listen('submit reset', clean);
        listen('storage', stored);
        listen(events, input);
    }

    function listen(names, handler) {
        var list = names.split(' '), i;
        for (i = 0; i < list.length; i++) {
            listenWindow(win, list[i], handler, true);
        }
    }

    // --- the page's side ----------------------------------------------------

    var submit, api = {
        activity: touch,
        ping: function () {
            urgent = 1;
            step();
        },
        expire: quit,
        confirmFormDiscard: !!settings.confirm
    };
    if (settings.confirm) {
        // A form that a script submits has no event.
        submit = take(win.HTMLFormElement.prototype.submit);
        win.HTMLFormElement.prototype.submit = function () {
            clean({ target: this });
            submit(this);
        };
    }
    Object.defineProperty(api, 'expireAfter', { value: expireAfter });
    Object.defineProperty(win, 'sessionSecurity', { value: api });
    step();
}(window, document));
