// SPDX-License-Identifier: Apache-2.0
// Makes documents up: the beginnings of pages, with all that can be wrong with
// them. The same seed makes the same documents.

// https://en.wikipedia.org/wiki/Xorshift
export function makeRandom(seed) {
    let x = (seed >>> 0) || 1;
    return (n) => {
        x ^= x << 13;
        x ^= x >>> 17;
        x ^= x << 5;
        return (x >>> 0) % n;
    };
}

const SPACES = [' ', '\n', '\t', '\r', '\f', '\r\n', ''];
const HEAD = ['title', 'base', 'meta', 'link', 'style', 'script', 'noscript',
    'template', 'bgsound', 'noframes', 'basefont'];
const BODY = ['p', 'div', 'table', 'tr', 'td', 'select', 'option', 'form', 'b',
    'svg', 'math', 'plaintext', 'textarea', 'iframe', 'xmp', 'pre', 'br', 'a'];
const NEAR = ['header', 'headx', 'hea', 'htmlx', 'htm', 'frameset', 'frame',
    'image', 'x-y', 'h\0ead', 'head\0', 'html\0', 'body'];
const STRUCTURE = ['html', 'head', 'body', 'frameset'];
const DOCTYPES = ['html', 'HTML', '', ' ', 'html SYSTEM "about:legacy-compat"',
    'html PUBLIC "-//W3C//DTD HTML 4.01//EN" "http://www.w3.org/TR/html4/'
    + 'strict.dtd"', 'html PUBLIC "-//W3C//DTD HTML 3.2//EN"', 'x', 'html "a',
    "html PUBLIC 'a", 'html [ <!ENTITY a "b"', 'html\0', '"'];
const REFERENCES = ['&Tab;', '&NewLine;', '&Tab', '&tab;', '&NewLine', '&#32;',
    '&#x20;', '&#10', '&#x9;', '&#13;', '&#12;', '&#xA', '&#X0c;', '&nbsp;',
    '&amp;', '&', '&#', '&#x', '&#0;', '&#128;', '&lt;head>', '&#x0020;',
    '&#160;', '&#300;', '&#288;', '&zwnj;', '&#x3c;'];
const DASHES = ['-', '--', '!', '>', '<', 'a', ' ', '<!', '<!-', '<!--', '--!',
    '->', '<head>', '\0', '"'];
const VALUES = ['', '=', '= ', '=a', '="a"', "='a'", '=">"', "='>'", '=a"b',
    "=d'e", '="', "='", ' = "<head>"', '=/', '=>', '="a"b="c"', '=\0',
    '="&quot;>"', '==', '=`>`'];
const NAMES = ['lang', 'class', 'a', '"', "'", '=', '<', 'data-x', '\0', '/',
    'xmlns', 'é', 'ng-if', 'LANG'];

class Writer {
    constructor(random) {
        this.random = random;
    }

    one(list) {
        return list[this.random(list.length)];
    }

    many(most, make) {
        return Array.from({ length: this.random(most + 1) }, make).join('');
    }

    space() {
        return this.many(2, () => this.one(SPACES));
    }

    case(name) {
        return this.random(4) ? name
            : [...name].map((c) => this.random(2) ? c.toUpperCase() : c).join('');
    }

    attributes() {
        return this.many(3, () => this.one([' ', '\n', '/', '\f', '', ' '])
            + this.one(NAMES) + this.space() + this.one(VALUES));
    }

    tag(names) {
        return '<' + this.one(['', '', '', '/']) + this.case(this.one(names))
            + this.attributes() + this.one(['>', '>', '>', '>', '/>', ' >',
                ' / >', '']);
    }

    comment() {
        return '<!--' + this.many(5, () => this.one(DASHES))
            + this.one(['-->', '-->', '-->', '--!>', '>', '->', '--->', '']);
    }

    bogus() {
        return this.one(['<?xml version="1.0" encoding="x"?>', '<?php a > ?>',
            '<![CDATA[ > ]]>', '<!x>', '<!->', '<!>', '</ >', '</>', '</1>',
            '<?>', '<!-->', '<!--->', '<!DOC>', '<!doctyp html>', '</\0>',
            '<!ELEMENT a>', '<%= a > %>', '<', '</', '<!', '<\0', '<1>']);
    }

    text() {
        return this.one(['a', '\0', 'é', 'head', '>', '"', '\x0b', '\x85',
            '\xa0', ']]>', '-->', '\xef\xbb\xbf']);
    }

    element() {
        const name = this.one([...HEAD, ...BODY]);
        const inner = this.one(['', 'a', '</', '<!--', '<head>', '</head>',
            '<body>', '<b>x', '<!--<script>', '&lt;']);
        return `<${this.case(name)}${this.attributes()}>${inner}`
            + this.one([`</${name}>`, `</${name}>`, '']);
    }

    piece() {
        return this.one([
            () => this.space(), () => this.space(), () => this.comment(),
            () => this.comment(), () => this.bogus(),
            () => `<!${this.case('doctype')}${this.one([' ', ' ', ''])}`
                + `${this.one(DOCTYPES)}>`,
            () => this.tag(STRUCTURE), () => this.tag(STRUCTURE),
            () => this.tag(['html']), () => this.tag(['html', 'head']),
            () => this.tag([...HEAD, ...BODY, ...NEAR]),
            () => `</${this.case(this.one([...NEAR, ...BODY, ...HEAD]))}`
                + `${this.attributes()}>`,
            () => this.one(REFERENCES), () => this.element(),
            () => this.random(4) ? '' : this.text(),
        ])();
    }

    document() {
        return (this.random(12) ? '' : '\xef\xbb\xbf')
            + this.many(7, () => this.piece())
            + (this.random(2) ? this.many(7, () => this.piece()) : '')
            + this.one(['', '', '<p>x', 'x', ' ']);
    }
}

/** A document of one byte for each character. */
export function makeDocument(random) {
    return new Writer(random).document();
}
