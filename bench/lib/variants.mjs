// SPDX-License-Identifier: Apache-2.0
// What is measured beside each other. A variant: {name, label, modules, module,
// login, config(backend)}; its pages are below /app, those of the backend below
// /app/backend.

import { formSite } from '../../tests/lib/site.mjs';

const ELEMENT = '<script src=\\"/session_security/script.js\\"></script>';

const proxy = (backend) => (backend ? `
ProxyPass "/app/backend/" "${backend}/"
ProxyPassReverse "/app/backend/" "${backend}/"` : '');

// Long limits: no measurement comes by the time when the session is saved anew.
const ON = `SessionSecurity On
SessionSecurityWarnAfter 9h
SessionSecurityExpireAfter 10h`;

const plain = (name, label, app = '', modules = []) => ({
    name, label, modules, injects: app.includes(ELEMENT),
    config: (backend) => `${proxy(backend)}
<Location "/app">
    ${app}
</Location>`,
});

const session = (name, label, security, store = 'cookie') => ({
    name, label, login: true, module: security !== '',
    injects: security.startsWith(ON) && !security.endsWith('Off'),
    config: (backend) => formSite({ store, security, backend }),
});

const variants = [
    plain('bare', 'bare httpd'),
    plain('noop', 'a filter that does nothing', 'SetOutputFilter NOOP'),
    plain('substitute', 'mod_substitute </head>',
        `SetOutputFilter SUBSTITUTE
    SubstituteMaxLineLength 2g
    Substitute "s|</head>|${ELEMENT}</head>|n"`, ['substitute']),
    plain('sed', 'mod_sed </head>',
        `SetOutputFilter Sed
    OutputSed "s|</head>|${ELEMENT}</head>|"`, ['sed']),
    {
        name: 'proxy_html', label: 'mod_proxy_html', injects: false,
        modules: ['xml2enc', 'proxy_html'],
        config: (backend) => `${proxy(backend)}
<Location "/app">
    ProxyHTMLEnable On
    ProxyHTMLDoctype HTML
    ProxyHTMLLinks a href
    ProxyHTMLLinks img src
    ProxyHTMLLinks script src
    ProxyHTMLLinks form action
    ProxyHTMLURLMap "${backend}/" "/app/backend/"
</Location>`,
    },
    session('session', 'session + login form', ''),
    session('loaded', 'the same + module, Off', 'SessionSecurity Off'),
    session('off', 'the same + module, Inject Off',
        `${ON}\nSessionSecurityInject Off`),
    session('on', 'the same + module', ON),
    session('crypto', 'encrypted session + login form', '',
        'crypto'),
    session('crypto_on', 'the same + module', `${ON}
SessionSecurityDecodeCache 512 1h`, 'crypto'),
];

// What it will set is known when it has run, so there is more to do behind it.
for (const name of ['session', 'off', 'on']) {
    const variant = pick(name)[0];
    variants.push({
        ...withConfig(variant, '\nHeader set X-Frame-Options DENY\n'),
        name: `${name}_headers`, modules: ['headers'],
    });
}

/** @return the variants with these names, in this order */
export function pick(...names) {
    return names.map((name) => variants.find((v) => v.name === name));
}

/** @return the same variant with further directives at server level */
export function withConfig(variant, text) {
    return { ...variant, config: (backend) => variant.config(backend) + text };
}

/** The server behind the proxy. */
export const BACKEND = plain('backend', 'backend');
