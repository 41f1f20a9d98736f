/* SPDX-License-Identifier: Apache-2.0
 * Knows the prescan of browsers once more, step by step as the standard has it:
 * https://html.spec.whatwg.org/#prescan-a-byte-stream-to-determine-its-encoding
 * Must not know how the core goes through it. */

#include <stdbool.h>
#include <stdio.h>
#include <strings.h>

#include "core/charset.h"
#include "fuzz.h"

/* Names and values longer than what can matter are cut. */
#define LONGEST 400

typedef struct {
    char name[LONGEST];
    char value[LONGEST];
} attribute;

/* Where the prescan is. Past the end there is no byte, which ends it. */
typedef struct {
    const char *text;
    size_t n;
    size_t at;
} prescan;

static int byte_at(const prescan *p, size_t i)
{
    return p->at + i < p->n ? (unsigned char)p->text[p->at + i] : EOF;
}

static bool is_white(int c)
{
    return c == '\t' || c == '\n' || c == '\f' || c == '\r' || c == ' ';
}

static int lower(int c)
{
    return c >= 'A' && c <= 'Z' ? c + 0x20 : c;
}

static bool is_alpha(int c)
{
    return lower(c) >= 'a' && lower(c) <= 'z';
}

static void append(char *text, int c)
{
    const size_t n = strlen(text);

    if (n + 1 < LONGEST) {
        text[n] = (char)(c ? lower(c) : '!'); /* no name has either */
        text[n + 1] = '\0';
    }
}

static void get_value(prescan *p, char *value)
{
    const int quote = byte_at(p, 0);

    if (quote == '"' || quote == '\'') {
        for (p->at++; byte_at(p, 0) != EOF; p->at++) {
            if (byte_at(p, 0) == quote) {
                p->at++;
                return;
            }
            append(value, byte_at(p, 0));
        }
        return;
    }
    for (; byte_at(p, 0) != EOF; p->at++) {
        if (is_white(byte_at(p, 0)) || byte_at(p, 0) == '>') {
            return;
        }
        append(value, byte_at(p, 0));
    }
}

/* "Get an attribute". */
static bool get_attribute(prescan *p, attribute *a)
{
    int c;

    memset(a, 0, sizeof(*a));
    while (is_white(byte_at(p, 0)) || byte_at(p, 0) == '/') {
        p->at++;
    }
    if (byte_at(p, 0) == '>' || byte_at(p, 0) == EOF) {
        return false;
    }
    for (;; p->at++) {
        c = byte_at(p, 0);
        if (c == EOF || c == '/' || c == '>') {
            return true;
        }
        if (is_white(c) || (c == '=' && *a->name)) {
            break;
        }
        append(a->name, c);
    }
    while (is_white(byte_at(p, 0))) {
        p->at++;
    }
    if (byte_at(p, 0) == '=') {
        p->at++;
        while (is_white(byte_at(p, 0))) {
            p->at++;
        }
        get_value(p, a->value);
    }
    return true;
}

/* "Extracting a character encoding from a meta element". */
static void extract(const char *content, char *name)
{
    const char *at = content;
    size_t n;

    *name = '\0';
    while ((at = strstr(at, "charset"))) {
        at += strlen("charset");
        at += strspn(at, " \t\n\f\r");
        if (*at != '=') {
            continue;
        }
        at++;
        at += strspn(at, " \t\n\f\r");
        if (*at == '"' || *at == '\'') {
            const char *close = strchr(at + 1, *at);

            n = close ? (size_t)(close - ++at) : 0;
        }
        else {
            n = strcspn(at, "; \t\n\f\r");
        }
        memcpy(name, at, n);
        name[n] = '\0';
        return;
    }
}

/* "Get an encoding", as far as the core knows any: names with other characters
 * than encodings have, and those that are never decoded, are none. */
static bool get_encoding(char *name)
{
    static const char plausible[] = "abcdefghijklmnopqrstuvwxyz0123456789-_.:";
    static const char *const utf16[] = {
        "utf-16",      "utf-16le",    "utf-16be",        "unicode", "csunicode",
        "unicodefeff", "unicodefffe", "iso-10646-ucs-2", "ucs-2"};
    static const char *const never[] = {
        "replacement",     "csiso2022kr", "hz-gb-2312", "iso-2022-cn",
        "iso-2022-cn-ext", "iso-2022-kr", "utf-7",      "utf-32",
        "utf-32le",        "utf-32be",    "ucs-4"};
    size_t i;
    size_t n = strlen(name);

    while (n > 0 && is_white(name[n - 1])) {
        name[--n] = '\0';
    }
    i = strspn(name, " \t\n\f\r");
    memmove(name, name + i, n - i + 1);
    n -= i;
    if (n == 0 || n >= MSS_CHARSET_NAME || strspn(name, plausible) != n) {
        return false;
    }
    for (i = 0; i < sizeof(never) / sizeof(never[0]); i++) {
        if (strcmp(name, never[i]) == 0) {
            return false;
        }
    }
    for (i = 0; i < sizeof(utf16) / sizeof(utf16[0]); i++) {
        if (strcmp(name, utf16[i]) == 0) {
            strcpy(name, "utf-8");
        }
    }
    if (strcmp(name, "x-user-defined") == 0) {
        strcpy(name, "windows-1252");
    }
    return true;
}

/* A <meta>, from behind its name; at the ">" when it returns. */
static bool read_meta(prescan *p, char *charset)
{
    attribute a;
    bool seen[3] = {false, false, false};
    bool got_pragma = false;
    enum {
        UNKNOWN,
        NEEDED,
        NOT_NEEDED
    } pragma = UNKNOWN;

    *charset = '\0';
    while (get_attribute(p, &a)) {
        if (!strcmp(a.name, "http-equiv") && !seen[0]) {
            seen[0] = true;
            got_pragma = !strcmp(a.value, "content-type");
        }
        else if (!strcmp(a.name, "content") && !seen[1]) {
            seen[1] = true;
            if (pragma == UNKNOWN) {
                extract(a.value, charset);
                pragma = *charset ? NEEDED : UNKNOWN;
            }
        }
        else if (!strcmp(a.name, "charset") && !seen[2]) {
            seen[2] = true;
            strcpy(charset, a.value);
            pragma = NOT_NEEDED;
        }
    }
    if (byte_at(p, 0) == EOF || pragma == UNKNOWN
        || (pragma == NEEDED && !got_pragma)) {
        return false;
    }
    return get_encoding(charset);
}

static void skip_to(prescan *p, char c)
{
    while (byte_at(p, 0) != EOF && byte_at(p, 0) != c) {
        p->at++;
    }
}

static void skip_comment(prescan *p)
{
    for (p->at += 4; byte_at(p, 0) != EOF; p->at++) {
        if (!strncmp(p->text + p->at - 2, "-->", 3)) {
            return;
        }
    }
}

static void skip_tag(prescan *p)
{
    attribute a;

    while (byte_at(p, 0) != EOF && !is_white(byte_at(p, 0))
           && byte_at(p, 0) != '>') {
        p->at++;
    }
    while (get_attribute(p, &a)) {
    }
}

static bool is_meta(const prescan *p)
{
    return p->n - p->at > 5 && !strncasecmp(p->text + p->at, "<meta", 5)
           && (is_white(byte_at(p, 5)) || byte_at(p, 5) == '/');
}

/* @return the offset behind the declaration, or 0 */
static size_t expected(const char *text, size_t n, char *charset)
{
    prescan p = {text, n, 0};

    for (; p.at < n; p.at++) {
        if (byte_at(&p, 0) != '<') {
            continue;
        }
        if (n - p.at >= 4 && !memcmp(text + p.at, "<!--", 4)) {
            skip_comment(&p);
        }
        else if (is_meta(&p)) {
            p.at += 5;
            if (read_meta(&p, charset)) {
                return p.at + 1;
            }
        }
        else if (is_alpha(byte_at(&p, byte_at(&p, 1) == '/' ? 2 : 1))) {
            skip_tag(&p);
        }
        else if (strchr("!/?", byte_at(&p, 1)) && byte_at(&p, 1) > 0) {
            skip_to(&p, '>');
        }
    }
    return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *text = fuzz_text(data, size); /* with an end, for the reference */
    char *bytes = malloc(size ? size : 1);
    char charset[LONGEST];
    mss_charset_declared found;
    size_t end;

    if (size < LONGEST) {
        EXPECT(bytes);
        memcpy(bytes, text, size);
        end = expected(text, size, charset);
        EXPECT(mss_charset_declared_in(bytes, size, &found) == (end > 0));
        if (end) {
            EXPECT(found.end == end && strcmp(found.name, charset) == 0);
            EXPECT(mss_charset_takes_ascii(found.name, strlen(found.name)));
        }
        mss_charset_signature(bytes, size);
    }
    free(bytes);
    free(text);
    return 0;
}
