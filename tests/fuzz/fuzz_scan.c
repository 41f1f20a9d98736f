/* SPDX-License-Identifier: Apache-2.0
 * Knows that the place in a document is that of the reference, or of expat's
 * parser for XHTML, however the document is cut. Must not know how it is found.
 */

#include <expat.h>

#include "reference.h"

#define CUTS 48 /* of one document in two */

/* Feeds n bytes as a block of exactly their size. */
static mss_scan_result feed(mss_scan *s, const char *text, size_t n,
                            apr_size_t *tail)
{
    char *piece = malloc(n ? n : 1);
    mss_scan_result rc;

    EXPECT(piece);
    memcpy(piece, text, n);
    rc = mss_scan_feed(s, n ? piece : NULL, n, tail);
    free(piece);
    return rc;
}

/* Pieces of step bytes behind a first one. What has been let go stays in front
 * of the place. */
static reference place(mss_scan_syntax syntax, const fuzz_bytes *all,
                       size_t first, size_t step)
{
    mss_scan s;
    reference found = {NOWHERE, false, false};
    size_t at = 0;
    size_t gone = 0;
    size_t want = first;

    mss_scan_init(&s, syntax);
    for (; at < all->n && found.at == NOWHERE; want = step) {
        const size_t n = want < all->n - at ? want : all->n - at;
        apr_size_t tail = (apr_size_t)-1;
        mss_scan_result rc = feed(&s, all->text + at, n, &tail);

        EXPECT(tail <= at + n && tail <= n + MSS_SCAN_HELD);
        EXPECT(rc != MSS_SCAN_MORE || tail <= MSS_SCAN_HELD);
        EXPECT(s.length <= sizeof(s.word) && s.dashes >= 0 && s.dashes <= 2);
        at += n;
        if (rc == MSS_SCAN_QUIT) {
            break;
        }
        EXPECT(at - tail >= gone);
        gone = at - tail;
        found.at = rc == MSS_SCAN_HERE ? (long)gone : NOWHERE;
    }
    found.page = mss_scan_is_page(&s);
    return found;
}

static reference place_in_any_pieces(mss_scan_syntax syntax,
                                     const fuzz_bytes *all)
{
    const reference whole = place(syntax, all, all->n, 1);
    const size_t apart = all->n / CUTS + 1;
    size_t i;

    for (i = 0; i < all->n; i += apart) {
        const reference cut = place(syntax, all, i, all->n);

        EXPECT(cut.at == whole.at && cut.page == whole.page);
    }
    for (i = 1; i <= MSS_SCAN_HELD; i += 2) {
        const reference cut = place(syntax, all, i, i);

        EXPECT(cut.at == whole.at && cut.page == whole.page);
    }
    return whole;
}

static void fuzz_html(const fuzz_bytes *all)
{
    const reference want = reference_place(all->text, all->n);
    const reference got = place_in_any_pieces(MSS_SCAN_HTML, all);

    EXPECT(got.at == want.at || (want.cut && got.at == NOWHERE));
    EXPECT(got.page == want.page || want.cut);
}

/* --- XHTML ------------------------------------------------------------------ */

typedef struct {
    XML_Parser parser;
    int depth;
    long place; /* behind the head that is the first in html */
} well_formed;

static void on_start(void *data, const char *name, const char **attributes)
{
    well_formed *w = data;

    (void)attributes;
    w->depth++;
    if (strcmp(name, w->depth == 1 ? "html" : "head") != 0) {
        XML_StopParser(w->parser, XML_FALSE);
    }
    else if (w->depth == 2) {
        w->place = (long)XML_GetCurrentByteIndex(w->parser)
                   + XML_GetCurrentByteCount(w->parser);
        XML_StopParser(w->parser, XML_FALSE);
    }
}

/* A document that is not well-formed as far as the place may have any place: a
 * browser shows an error in its stead. */
static void fuzz_xhtml(const fuzz_bytes *all)
{
    const reference got = place_in_any_pieces(MSS_SCAN_XHTML, all);
    well_formed w = {XML_ParserCreate(NULL), 0, NOWHERE};
    enum XML_Error why = XML_ERROR_NONE;

    EXPECT(w.parser);
    XML_SetUserData(w.parser, &w);
    XML_SetStartElementHandler(w.parser, on_start);
    if (XML_Parse(w.parser, all->text, (int)all->n, XML_TRUE) == 0) {
        why = XML_GetErrorCode(w.parser);
    }
    if (got.at != NOWHERE && got.at != w.place) {
        EXPECT(why != XML_ERROR_NONE && why != XML_ERROR_ABORTED);
        EXPECT(XML_GetErrorByteIndex(w.parser) <= got.at);
    }
    XML_ParserFree(w.parser);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *text = fuzz_text(data, size);
    const fuzz_bytes all = {text, size};

    fuzz_html(&all);
    fuzz_xhtml(&all);
    free(text);
    return 0;
}
