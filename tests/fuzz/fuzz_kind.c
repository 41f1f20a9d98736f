/* SPDX-License-Identifier: Apache-2.0
 * Knows what holds between the answers about any request.
 * Must not know how headers are read. */

#include <ctype.h>
#include <stdbool.h>

#include "core/kind.h"
#include "fuzz.h"

#define HEADERS 13

/* One line for each header, in the order of the corpus; an empty one is an absent
 * one. */
static mss_headers read_headers(char *text)
{
    const char *lines[HEADERS] = {NULL};
    size_t i;

    for (i = 0; i < HEADERS && text; i++) {
        const char *line = strsep(&text, "\n");

        lines[i] = *line ? line : NULL;
    }
    return (mss_headers){.accept = lines[0],
                         .requested_with = lines[1],
                         .session_security = lines[2],
                         .purpose = lines[3],
                         .fetch_mode = lines[4],
                         .fetch_dest = lines[5],
                         .fetch_site = lines[6],
                         .fetch_user = lines[7],
                         .former_purpose = lines[8],
                         .websocket = lines[9],
                         .content_type = lines[10],
                         .te = lines[11],
                         .translate = lines[12]};
}

static unsigned answers(const mss_headers *h)
{
    return (unsigned)(mss_kind_is_script(h) | mss_kind_is_prefetch(h) << 1
                      | mss_kind_is_page(h) << 2 | mss_kind_is_opened(h) << 3
                      | mss_kind_is_same_origin(h) << 4
                      | mss_kind_may_be_page(h) << 5
                      | mss_kind_is_editor(h) << 6);
}

static void expect_sense(const mss_headers *h)
{
    const bool navigates =
        h->fetch_mode && strcasecmp(h->fetch_mode, "navigate") == 0;
    const bool by_script =
        (h->requested_with && !navigates) || h->session_security;
    const bool opened = mss_kind_is_opened(h);
    const bool may_be_page = mss_kind_may_be_page(h);
    const bool of_requests = mss_kind_is_activity(h, MSS_ACTIVITY_REQUESTS);

    EXPECT(!mss_kind_is_activity(h, MSS_ACTIVITY_INPUT));
    EXPECT(mss_kind_is_activity(h, MSS_ACTIVITY_NAVIGATIONS) == opened);
    EXPECT(mss_kind_is_activity(h, MSS_ACTIVITY_UNSET) == opened);
    EXPECT(!opened || of_requests);
    EXPECT(!mss_kind_is_prefetch(h) || !of_requests);
    EXPECT(!mss_kind_is_page(h) || may_be_page);
    EXPECT(!may_be_page || mss_kind_is_page(h) || !mss_kind_is_script(h));
    EXPECT(!by_script || (mss_kind_is_script(h) && !mss_kind_is_page(h)));
    EXPECT(!h->fetch_site || strcasecmp(h->fetch_site, "cross-site") != 0
           || !mss_kind_is_same_origin(h));
    EXPECT(!h->websocket || (mss_kind_is_script(h) && !mss_kind_is_page(h)));
    EXPECT(by_script || h->fetch_site || !mss_kind_is_same_origin(h));
    EXPECT(!h->fetch_mode || navigates || !opened);
    EXPECT(!h->fetch_dest || strcasecmp(h->fetch_dest, "empty") != 0
           || (mss_kind_is_script(h) && !mss_kind_is_page(h)));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *text = fuzz_text(data, size);
    char *upper = fuzz_text(data, size);
    mss_headers h = read_headers(text);
    mss_headers shouted;
    size_t i;

    for (i = 0; i < size; i++) {
        upper[i] = (char)toupper((unsigned char)upper[i]);
    }
    shouted = read_headers(upper);
    expect_sense(&h);
    EXPECT(answers(&h) == answers(&shouted));
    free(upper);
    free(text);
    return 0;
}
