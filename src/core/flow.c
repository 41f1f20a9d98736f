/* SPDX-License-Identifier: Apache-2.0 */

#include "flow.h"

void mss_flow_read(mss_flow *f, apr_time_t asked, apr_time_t now, apr_off_t n)
{
    if (!f->since) {
        f->since = asked;
    }
    /* Unless the clock was set back. */
    if (now > asked) {
        f->waited += now - asked;
    }
    if (n < 0) {
        f->dry = now;
    }
    else {
        f->bytes += n;
    }
}

bool mss_flow_is_long(const mss_flow *f, apr_time_t now)
{
    return f->waited >= MSS_FLOW_LONG || f->dry - f->since >= MSS_FLOW_LONG
           || (f->bytes > MSS_FLOW_HELD && now - f->since >= MSS_FLOW_LONG);
}
