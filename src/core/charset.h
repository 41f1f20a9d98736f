/* SPDX-License-Identifier: Apache-2.0
 * Knows encodings by their names, their first bytes, and how a page declares
 * its own. Must not know where the client's element goes. */

#ifndef MSS_CHARSET_H
#define MSS_CHARSET_H

#include <stdbool.h>

#include "apr.h"

/** A page's own declaration counts within so many bytes from its start:
 * https://html.spec.whatwg.org/#prescan-a-byte-stream-to-determine-its-encoding
 */
#define MSS_CHARSET_WINDOW 1024

/** Longest signature. */
#define MSS_CHARSET_SIGNATURE 6

/** Longest name of an encoding that is read, with its end. */
#define MSS_CHARSET_NAME 41

typedef enum {
    MSS_SIGNATURE_NONE,    /* none, whatever follows */
    MSS_SIGNATURE_PARTIAL, /* the beginning of one */
    MSS_SIGNATURE_UTF8,    /* a byte order mark of this length */
    MSS_SIGNATURE_UTF16    /* a byte order mark or "<?x" in two-byte units */
} mss_signature;

/** What the first n bytes of a document are. */
mss_signature mss_charset_signature(const char *buf, apr_size_t n);

/** Whether ASCII text means itself in the encoding of that name. Not so for
 * UTF-16, UTF-32, UTF-7 and those that browsers refuse to decode. */
bool mss_charset_takes_ascii(const char *name, apr_size_t n);

/** A page's own declaration. */
typedef struct {
    char name[MSS_CHARSET_NAME]; /* as a browser takes it, lower case */
    apr_size_t end;              /* offset behind its tag */
} mss_charset_declared;

/** Finds the first <meta charset> or <meta http-equiv=content-type> that lies
 * whole within the first n bytes of a page, by the algorithm of browsers.
 * "utf-16" is answered as "utf-8" and "x-user-defined" as "windows-1252", as
 * the algorithm demands; names with characters that no encoding's name has are
 * passed over. @return whether there is one. */
bool mss_charset_declared_in(const char *buf, apr_size_t n,
                             mss_charset_declared *found);

/** The same question as a server has to ask it: does an insertion of that many
 * bytes, before the declaration, push it out of the window? If so its name has
 * to go into Content-Type. n: the bytes at hand, more than the window or less.
 */
bool mss_charset_is_pushed_out(const char *buf, apr_size_t n,
                               apr_size_t insertion,
                               mss_charset_declared *found);

#endif
