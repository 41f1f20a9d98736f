/* SPDX-License-Identifier: Apache-2.0
 * Knows encodings by their names, their first bytes, and how a page declares
 * its own. Must not know where the client's element goes. */

#include "charset.h"

#include <string.h>

#include "apr_cstr.h"

/* A piece of the page. */
typedef struct {
    const char *text;
    apr_size_t length;
} slice;

/* The bytes that are left. */
typedef struct {
    const char *at;
    const char *end;
} cursor;

/* --- signatures --------------------------------------------------------------- */

mss_signature mss_charset_signature(const char *buf, apr_size_t n)
{
    static const struct {
        char bytes[MSS_CHARSET_SIGNATURE];
        apr_size_t length;
        mss_signature what;
    } known[] = {
        {"\xEF\xBB\xBF", 3, MSS_SIGNATURE_UTF8},
        {"\xFF\xFE", 2, MSS_SIGNATURE_UTF16},
        {"\xFE\xFF", 2, MSS_SIGNATURE_UTF16},
        {{'<', 0, '?', 0, 'x', 0}, 6, MSS_SIGNATURE_UTF16},
        {{0, '<', 0, '?', 0, 'x'}, 6, MSS_SIGNATURE_UTF16},
    };
    apr_size_t i;

    if (n > 0 && buf[0] == '<' && (n == 1 || buf[1])) { /* as nearly always */
        return n == 1 ? MSS_SIGNATURE_PARTIAL : MSS_SIGNATURE_NONE;
    }
    for (i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
        apr_size_t common = n < known[i].length ? n : known[i].length;

        if (!memcmp(buf, known[i].bytes, common)) {
            return common == n && n < known[i].length ? MSS_SIGNATURE_PARTIAL
                                                      : known[i].what;
        }
    }
    return MSS_SIGNATURE_NONE;
}

/* --- names -------------------------------------------------------------------- */

static bool is_named(slice s, const char *name)
{
    return s.length == strlen(name)
           && !apr_cstr_casecmpn(s.text, name, s.length);
}

static bool is_any(slice s, const char *const *names)
{
    const int first = s.length ? *s.text | 0x20 : 0;

    for (; *names; names++) {
        if (**names == first && is_named(s, *names)) {
            return true;
        }
    }
    return false;
}

/* https://encoding.spec.whatwg.org/#names-and-labels */
static bool is_utf16(slice s)
{
    static const char *const names[] = {
        "utf-16",      "utf-16le",    "utf-16be",        "unicode", "csunicode",
        "unicodefeff", "unicodefffe", "iso-10646-ucs-2", "ucs-2",   NULL};

    return is_any(s, names);
}

/* The names of "replacement", which is never decoded, and some that browsers
 * do not know. */
static bool is_undecodable(slice s)
{
    static const char *const names[] = {
        "replacement",     "csiso2022kr", "hz-gb-2312", "iso-2022-cn",
        "iso-2022-cn-ext", "iso-2022-kr", "utf-7",      "utf-32",
        "utf-32le",        "utf-32be",    "ucs-4",      NULL};

    return is_any(s, names);
}

bool mss_charset_takes_ascii(const char *name, apr_size_t n)
{
    const slice s = {name, n};

    return !is_utf16(s) && !is_undecodable(s);
}

/* --- the prescan of browsers -------------------------------------------------- */

static bool is_space(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f';
}

static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static void skip_space(cursor *c, char also)
{
    while (c->at < c->end && (is_space(*c->at) || *c->at == also)) {
        c->at++;
    }
}

static slice until_space_or(cursor *c, char stop, char also)
{
    slice s = {c->at, 0};

    while (c->at < c->end && !is_space(*c->at) && *c->at != stop
           && *c->at != also) {
        c->at++;
    }
    s.length = (apr_size_t)(c->at - s.text);
    return s;
}

/* Up to the quote, and past it. */
static slice quoted(cursor *c)
{
    const char quote = *c->at++;
    const char *close = memchr(c->at, quote, (apr_size_t)(c->end - c->at));
    slice s = {c->at, 0};

    if (!close) {
        c->at = c->end;
        return s;
    }
    s.length = (apr_size_t)(close - s.text);
    c->at = close + 1;
    return s;
}

static bool is_quote(const cursor *c)
{
    return c->at < c->end && (*c->at == '"' || *c->at == '\'');
}

static slice attribute_name(cursor *c)
{
    slice s = {c->at, 0};

    /* A "=" is only the first character of a name, never another. */
    while (c->at < c->end && !is_space(*c->at) && *c->at != '/' && *c->at != '>'
           && (*c->at != '=' || c->at == s.text)) {
        c->at++;
    }
    s.length = (apr_size_t)(c->at - s.text);
    return s;
}

/* @return false at the ">" or where the bytes end */
static bool next_attribute(cursor *c, slice *name, slice *value)
{
    skip_space(c, '/');
    if (c->at == c->end || *c->at == '>') {
        return false;
    }
    *name = attribute_name(c);
    value->text = c->at;
    value->length = 0;
    skip_space(c, ' ');
    if (c->at == c->end || *c->at != '=') {
        return true;
    }
    c->at++;
    skip_space(c, ' ');
    *value = is_quote(c) ? quoted(c) : until_space_or(c, '>', '>');
    return true;
}

/* What follows "charset=" in the value of a content attribute. */
static bool charset_in_content(slice content, slice *name)
{
    cursor c = {content.text, content.text + content.length};
    const apr_size_t length = strlen("charset");

    while ((apr_size_t)(c.end - c.at) >= length) {
        if (apr_cstr_casecmpn(c.at, "charset", length) != 0) {
            c.at++;
            continue;
        }
        c.at += length;
        skip_space(&c, ' ');
        if (c.at == c.end || *c.at != '=') {
            continue;
        }
        c.at++;
        skip_space(&c, ' ');
        if (is_quote(&c)) {
            *name = quoted(&c);
            return name->length > 0;
        }
        *name = until_space_or(&c, ';', ';');
        return name->length > 0;
    }
    return false;
}

static slice trimmed(slice s)
{
    for (; s.length && is_space(*s.text); s.length--) {
        s.text++;
    }
    while (s.length && is_space(s.text[s.length - 1])) {
        s.length--;
    }
    return s;
}

static bool is_plausible(slice s)
{
    for (apr_size_t i = 0; i < s.length; i++) {
        char c = s.text[i];

        if (!is_letter(c) && !(c && strchr("0123456789-_.:", c))) {
            return false;
        }
    }
    return s.length && s.length < MSS_CHARSET_NAME && !is_undecodable(s);
}

/* Copies a name that can be one of an encoding. */
static bool take_name(slice from, mss_charset_declared *found)
{
    from = trimmed(from);
    if (is_named(from, "utf-8")) { /* as nearly always */
        memcpy(found->name, "utf-8", sizeof("utf-8"));
        return true;
    }
    if (!is_plausible(from)) {
        return false;
    }
    if (is_utf16(from)) {
        from.text = "utf-8";
        from.length = strlen("utf-8");
    }
    else if (is_named(from, "x-user-defined")) {
        from.text = "windows-1252";
        from.length = strlen("windows-1252");
    }
    for (apr_size_t i = 0; i < from.length; i++) {
        char c = from.text[i];

        found->name[i] = (char)(c >= 'A' && c <= 'Z' ? c + 'a' - 'A' : c);
    }
    found->name[from.length] = '\0';
    return true;
}

/* The attributes of a <meta>; of several with one name the first counts. */
static bool declared_in_meta(cursor *c, mss_charset_declared *found)
{
    slice name, value, charset = {NULL, 0}, pragma = {NULL, 0};
    slice content = {NULL, 0};

    while (next_attribute(c, &name, &value)) {
        if (!charset.text && is_named(name, "charset")) {
            charset = value;
        }
        else if (!pragma.text && is_named(name, "http-equiv")) {
            pragma = value;
        }
        else if (!content.text && is_named(name, "content")) {
            content = value;
        }
    }
    if (c->at == c->end) {
        return false;
    }
    if (!charset.text
        && !(pragma.text && is_named(pragma, "content-type") && content.text
             && charset_in_content(content, &charset))) {
        return false;
    }
    return take_name(charset, found);
}

/* A comment's ">" may use the dashes of its "<!--". */
static void skip_comment(cursor *c)
{
    c->at += 2;
    while ((c->at = memchr(c->at, '>', (apr_size_t)(c->end - c->at)))) {
        if (c->at[-1] == '-' && c->at[-2] == '-') {
            return;
        }
        c->at++;
    }
    c->at = c->end;
}

static void skip_tag(cursor *c)
{
    slice name, value;

    until_space_or(c, '>', '>');
    while (next_attribute(c, &name, &value)) {
        continue;
    }
}

static void skip_bogus(cursor *c)
{
    c->at = memchr(c->at, '>', (apr_size_t)(c->end - c->at));
    c->at = c->at ? c->at : c->end;
}

/* At a "<". Leaves c at the last byte that belongs to what begins there. */
static bool declared_at(cursor *c, mss_charset_declared *found)
{
    const apr_size_t n = (apr_size_t)(c->end - c->at);
    const char next = (char)(n > 1 ? c->at[1] : 0);

    if (is_letter(next)) {
        if (n > 5 && (is_space(c->at[5]) || c->at[5] == '/')
            && !apr_cstr_casecmpn(c->at, "<meta", 5)) {
            c->at += 5;
            return declared_in_meta(c, found);
        }
        skip_tag(c);
    }
    else if (next == '!' && n > 3 && c->at[2] == '-' && c->at[3] == '-') {
        skip_comment(c);
    }
    else if (next == '/' && n > 2 && is_letter(c->at[2])) {
        skip_tag(c);
    }
    else if (next == '!' || next == '/' || next == '?') {
        skip_bogus(c);
    }
    return false;
}

/* Every declaration has "charset" and "=". Most pages have none so far, and
 * this is a tenth of the work of finding that out by the algorithm. */
static bool mentions_charset(const char *buf, apr_size_t n)
{
    const apr_size_t length = strlen("charset");
    const char *at = buf, *end = buf + n;

    for (; at < end && (at = memchr(at, '=', (apr_size_t)(end - at))); at++) {
        const char *name = at;

        while (name > buf && is_space(name[-1])) {
            name--;
        }
        if ((apr_size_t)(name - buf) >= length
            && (name[-1] == 't' || name[-1] == 'T')
            && !apr_cstr_casecmpn(name - length, "charset", length)) {
            return true;
        }
    }
    return false;
}

bool mss_charset_declared_in(const char *buf, apr_size_t n,
                             mss_charset_declared *found)
{
    cursor c = {buf, buf + n};

    if (!mentions_charset(buf, n)) {
        return false;
    }
    while (c.at < c.end
           && (c.at = memchr(c.at, '<', (apr_size_t)(c.end - c.at)))) {
        if (declared_at(&c, found)) {
            found->end = (apr_size_t)(c.at - buf) + 1;
            return true;
        }
        c.at += c.at < c.end;
    }
    return false;
}

bool mss_charset_is_pushed_out(const char *buf, apr_size_t n,
                               apr_size_t insertion,
                               mss_charset_declared *found)
{
    if (n > MSS_CHARSET_WINDOW) {
        n = MSS_CHARSET_WINDOW;
    }
    return mss_charset_declared_in(buf, n, found)
           && found->end + insertion > MSS_CHARSET_WINDOW;
}
