/* SPDX-License-Identifier: Apache-2.0
 * Knows HTML's tokenizer as far as the head (scan.h).
 * Must not know brigades, the element, or what comes after it. */

#include "scan.h"

#include <string.h>

#include "apr_lib.h"

#include "charset.h"
#include "scan_step.h"

static mss_scan_step in_tag_open;

/* --- words: names of tags, character references -------------------------- */

static int hold(mss_scan *s, unsigned char c, mss_scan_step *next)
{
    if (s->length == sizeof(s->word)) {
        return BEFORE;
    }
    s->word[s->length++] = (char)c;
    s->step = next;
    return HOLD;
}

static bool is_word(const mss_scan *s, const char *word)
{
    return strlen(word) == s->length && !memcmp(s->word, word, s->length);
}

static bool may_become(const mss_scan *s, const char *const *words)
{
    for (; *words; words++) {
        if (!strncmp(s->word, *words, s->length)) {
            return true;
        }
    }
    return false;
}

/* ASCII only: the locale must not decide what a tag is. */
static unsigned char lower(unsigned char c)
{
    return (unsigned char)(c >= 'A' && c <= 'Z' ? c + 'a' - 'A' : c);
}

static bool is_letter(unsigned char c)
{
    return lower(c) >= 'a' && lower(c) <= 'z';
}

/* --- comments and other declarations --------------------------------------- */

static int in_bogus(mss_scan *s, unsigned char c)
{
    return c == '>' ? go(s, mss_scan_data) : run(s, '>');
}

static int in_comment_bang(mss_scan *s, unsigned char c);

static int in_comment(mss_scan *s, unsigned char c)
{
    if (c == '-') {
        s->dashes = s->dashes < 2 ? s->dashes + 1 : 2;
        return PASS;
    }
    if (s->dashes == 2 && c == '>') {
        return go(s, mss_scan_data);
    }
    if (s->dashes == 2 && c == '!') {
        return go(s, in_comment_bang);
    }
    s->dashes = 0;
    return run(s, '-');
}

static int comment_goes_on(mss_scan *s, unsigned char c, int dashes)
{
    if (c == '>') {
        return go(s, mss_scan_data);
    }
    s->dashes = c == '-' ? dashes : 0;
    return go(s, in_comment);
}

/* After "--!". */
static int in_comment_bang(mss_scan *s, unsigned char c)
{
    return comment_goes_on(s, c, 1);
}

/* After "<!---": "<!--->" is a whole comment. */
static int in_comment_start_dash(mss_scan *s, unsigned char c)
{
    return comment_goes_on(s, c, 2);
}

/* After "<!--": so is "<!-->", but not "<!--!>". */
static int in_comment_start(mss_scan *s, unsigned char c)
{
    return c == '-' ? go(s, in_comment_start_dash) : comment_goes_on(s, c, 0);
}

static int in_bang_dash(mss_scan *s, unsigned char c)
{
    s->step = c == '-' ? in_comment_start : in_bogus;
    return c == '-' ? PASS : in_bogus(s, c);
}

/* A doctype ends at the first ">", quoted or not, as a bogus comment does. */
static int in_bang_word(mss_scan *s, unsigned char c)
{
    static const char doctype[] = "doctype";

    if (lower(c) != (unsigned char)doctype[s->length]) {
        s->step = in_bogus;
        return in_bogus(s, c);
    }
    s->length++;
    if (s->length == sizeof(doctype) - 1) {
        s->page = true;
        s->step = in_bogus;
    }
    return PASS;
}

static int in_bang(mss_scan *s, unsigned char c)
{
    s->step = c == '-' ? in_bang_dash : in_bang_word;
    s->length = 0;
    return c == '-' ? PASS : in_bang_word(s, c);
}

/* --- tags ------------------------------------------------------------------- */

static int attributes_follow(mss_scan *s, unsigned char c)
{
    s->held = 0;
    s->step = mss_scan_attributes;
    return mss_scan_attributes(s, c);
}

static int in_other_end_tag(mss_scan *s, unsigned char c)
{
    return ends_name(c) ? attributes_follow(s, c) : PASS;
}

static int end_tag_named(mss_scan *s, unsigned char c)
{
    if (is_word(s, "head") || is_word(s, "body") || is_word(s, "html")
        || is_word(s, "br")) {
        return BEFORE;
    }
    return attributes_follow(s, c);
}

static int start_tag_named(mss_scan *s, unsigned char c)
{
    bool html = is_word(s, "html");

    s->head = is_word(s, "head");
    if (html || s->head || is_word(s, "body") || is_word(s, "frameset")) {
        s->page = true;
    }
    return html || s->head ? attributes_follow(s, c) : BEFORE;
}

static int in_name(mss_scan *s, unsigned char c)
{
    /* As long as the longest that matter: "head", "frameset". */
    const unsigned enough = s->end_tag ? 4 : 8;

    if (ends_name(c)) {
        return s->end_tag ? end_tag_named(s, c) : start_tag_named(s, c);
    }
    if (s->length < enough) {
        return hold(s, lower(c), in_name);
    }
    return s->end_tag ? go(s, in_other_end_tag) : BEFORE;
}

static int name_starts(mss_scan *s, unsigned char c, bool end_tag)
{
    s->length = 0;
    s->head = false;
    s->end_tag = end_tag;
    return in_name(s, c);
}

static int in_end_tag_open(mss_scan *s, unsigned char c)
{
    if (is_letter(c)) {
        return name_starts(s, c, true);
    }
    return c == '>' ? go(s, mss_scan_data) : go(s, in_bogus);
}

static int in_tag_open(mss_scan *s, unsigned char c)
{
    if (is_letter(c)) {
        return name_starts(s, c, false);
    }
    if (c == '/') {
        s->step = in_end_tag_open;
        return HOLD;
    }
    if (c == '!') {
        return go(s, in_bang);
    }
    return c == '?' ? go(s, in_bogus) : BEFORE;
}

/* --- character references: "&#32;" and "&Tab;" are whitespace too ---------- */

static int space_then(mss_scan *s, unsigned char c)
{
    s->held = 0;
    s->step = mss_scan_data;
    return c == ';' ? PASS : mss_scan_data(s, c);
}

static int in_number(mss_scan *s, unsigned char c)
{
    bool hex = s->length > 1 && s->word[1] == 'x';
    unsigned i = hex ? 2 : 1;
    unsigned value = 0;

    if (hex ? apr_isxdigit(c) : apr_isdigit(c)) {
        /* Held bytes are bounded, leading zeros are not. */
        return s->length + 1 < MSS_SCAN_HELD ? hold(s, c, in_number) : QUIT;
    }
    if (i == s->length) {
        return s->length == 1 && lower(c) == 'x' ? hold(s, 'x', in_number)
                                                 : BEFORE;
    }
    for (; i < s->length; i++) {
        unsigned char d = lower((unsigned char)s->word[i]);

        value = value * (hex ? 16 : 10)
                + (unsigned)(d <= '9' ? d - '0' : d - 'a' + 10);
    }
    return value < 256 && is_space((unsigned char)value) ? space_then(s, c)
                                                         : BEFORE;
}

static int in_reference(mss_scan *s, unsigned char c)
{
    static const char *const spaces[] = {"Tab;", "NewLine;", NULL};

    if (s->length == 0 && c == '#') {
        return hold(s, c, in_number);
    }
    if (hold(s, c, in_reference) == BEFORE || !may_become(s, spaces)) {
        return BEFORE;
    }
    return c == ';' ? space_then(s, c) : HOLD;
}

/* --- what comes between ---------------------------------------------------- */

int mss_scan_data(mss_scan *s, unsigned char c)
{
    s->length = 0;
    if (c == '<') {
        s->step = in_tag_open;
        return HOLD;
    }
    if (c == '&') {
        s->step = in_reference;
        return HOLD;
    }
    return is_space(c) ? go(s, mss_scan_data) : BEFORE;
}

/* The first bytes of the document. A signature that is none after all is text,
 * but for a "<" that could have been "<" in UTF-16. */
static int in_signature(mss_scan *s, unsigned char c)
{
    s->word[s->length++] = (char)c;
    switch (mss_charset_signature(s->word, s->length)) {
    case MSS_SIGNATURE_PARTIAL:
        return HOLD;
    case MSS_SIGNATURE_UTF8:
        return go(s, s->back);
    case MSS_SIGNATURE_UTF16:
        return QUIT;
    case MSS_SIGNATURE_NONE:
        break;
    }
    if (s->length == 1) {
        return s->back(s, c);
    }
    if (s->length > 2 || s->word[0] != '<') {
        return s->back == mss_scan_data ? BEFORE : QUIT;
    }
    s->back(s, '<');
    return s->step(s, c);
}

/* --- the loop --------------------------------------------------------------- */

static apr_size_t run_of(const char *buf, apr_size_t n, unsigned char until)
{
    const char *stop = memchr(buf, until, n);

    return stop ? (apr_size_t)(stop - buf) : n;
}

mss_scan_result mss_scan_feed(mss_scan *s, const char *buf, apr_size_t n,
                              apr_size_t *tail)
{
    apr_size_t i = 0;

    while (i < n) {
        switch (s->step(s, (unsigned char)buf[i++])) {
        case PASS:
            s->held = 0;
            break;
        case RUN:
            s->held = 0;
            i += run_of(buf + i, n - i, s->until);
            break;
        case HOLD:
            s->held++;
            break;
        case BEFORE:
            *tail = s->held + n - i + 1;
            return MSS_SCAN_HERE;
        case AFTER:
            *tail = n - i;
            return MSS_SCAN_HERE;
        default:
            *tail = 0;
            return MSS_SCAN_QUIT;
        }
    }
    *tail = s->held;
    return MSS_SCAN_MORE;
}

void mss_scan_init(mss_scan *s, mss_scan_syntax syntax)
{
    memset(s, 0, sizeof(*s));
    s->step = in_signature;
    s->back = syntax == MSS_SCAN_XHTML ? mss_scan_xml_start : mss_scan_data;
}

bool mss_scan_is_page(const mss_scan *s)
{
    return s->page;
}
