/* SPDX-License-Identifier: Apache-2.0
 * Knows encodings by their names, their first bytes, and how a page declares
 * its own. Must not know where the client's element goes. */

#include "charset.h"

#include <string.h>

#include "apr_cstr.h"

#include "meta.h"

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

static bool is_any(mss_piece s, const char *const *names)
{
    const int first = s.length ? *s.text | 0x20 : 0;

    for (; *names; names++) {
        if (**names == first && mss_meta_is(s, *names)) {
            return true;
        }
    }
    return false;
}

/* https://encoding.spec.whatwg.org/#names-and-labels */
static bool is_utf16(mss_piece s)
{
    static const char *const names[] = {
        "utf-16",      "utf-16le",    "utf-16be",        "unicode", "csunicode",
        "unicodefeff", "unicodefffe", "iso-10646-ucs-2", "ucs-2",   NULL};

    return is_any(s, names);
}

/* The names of "replacement", which is never decoded, and some that browsers
 * do not know. */
static bool is_undecodable(mss_piece s)
{
    static const char *const names[] = {
        "replacement",     "csiso2022kr", "hz-gb-2312", "iso-2022-cn",
        "iso-2022-cn-ext", "iso-2022-kr", "utf-7",      "utf-32",
        "utf-32le",        "utf-32be",    "ucs-4",      NULL};

    return is_any(s, names);
}

bool mss_charset_takes_ascii(const char *name, apr_size_t n)
{
    const mss_piece s = {name, n};

    return !is_utf16(s) && !is_undecodable(s);
}

/* --- the prescan of browsers -------------------------------------------------- */

/* What follows "charset=" in the value of a content attribute. */
static bool charset_in_content(mss_piece content, mss_piece *name)
{
    mss_cursor c = {content.text, content.text + content.length};
    const apr_size_t length = strlen("charset");

    while ((apr_size_t)(c.end - c.at) >= length) {
        if (apr_cstr_casecmpn(c.at, "charset", length) != 0) {
            c.at++;
            continue;
        }
        c.at += length;
        mss_meta_skip_space(&c);
        if (c.at == c.end || *c.at != '=') {
            continue;
        }
        c.at++;
        *name = mss_meta_value(&c, ';');
        return name->length > 0;
    }
    return false;
}

static mss_piece trimmed(mss_piece s)
{
    for (; s.length && mss_meta_is_space(*s.text); s.length--) {
        s.text++;
    }
    while (s.length && mss_meta_is_space(s.text[s.length - 1])) {
        s.length--;
    }
    return s;
}

static bool is_plausible(mss_piece s)
{
    for (apr_size_t i = 0; i < s.length; i++) {
        char c = s.text[i];

        if (!mss_meta_is_letter(c) && !(c && strchr("0123456789-_.:", c))) {
            return false;
        }
    }
    return s.length && s.length < MSS_CHARSET_NAME && !is_undecodable(s);
}

/* Copies a name that can be one of an encoding. */
static bool take_name(mss_piece from, mss_charset_declared *found)
{
    from = trimmed(from);
    if (mss_meta_is(from, "utf-8")) { /* as nearly always */
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
    else if (mss_meta_is(from, "x-user-defined")) {
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

static bool is_declared(const mss_meta *meta, mss_charset_declared *found)
{
    mss_piece charset = meta->charset;

    if (!charset.text
        && !(meta->pragma.text && mss_meta_is(meta->pragma, "content-type")
             && meta->content.text
             && charset_in_content(meta->content, &charset))) {
        return false;
    }
    return take_name(charset, found);
}

/* Every declaration has "charset" and "=". Most pages have none so far, and
 * this is a tenth of the work of finding that out by the algorithm. */
static bool mentions_charset(const char *buf, apr_size_t n)
{
    const apr_size_t length = strlen("charset");
    const char *at = buf, *end = buf + n;

    for (; at < end && (at = memchr(at, '=', (apr_size_t)(end - at))); at++) {
        const char *name = at;

        while (name > buf && mss_meta_is_space(name[-1])) {
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
    mss_cursor c = {buf, buf + n};
    mss_meta meta;

    if (!mentions_charset(buf, n)) {
        return false;
    }
    while (mss_meta_next(&c, &meta)) {
        if (is_declared(&meta, found)) {
            found->end = (apr_size_t)(c.at - buf);
            return true;
        }
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
