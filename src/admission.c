/* SPDX-License-Identifier: Apache-2.0 */

#include "admission.h"

#include <string.h>

#include "config.h"
#include "state.h"

/* From which httpd has r's user, without asking again, or NULL (request.c,
 * ap_process_request_internal). */
static request_rec *inherited_from(const request_rec *r)
{
    if (r->prev && r->prev->per_dir_config == r->per_dir_config) {
        return r->prev;
    }
    return r->main && r->main->per_dir_config == r->per_dir_config ? r->main
                                                                   : NULL;
}

static bool is_same(const char *name, const char *other)
{
    return name && other ? strcmp(name, other) == 0 : name == other;
}

/* Whether r->user may be the name of a login that has failed. mod_auth_form has a
 * handler, too, that notes whom it is about to check. */
static bool is_doubtful(request_rec *r)
{
    const mss_view *view = mss_state_view(r);

    return view->admission == MSS_ADMISSION_ASKED
           || (view->admission == MSS_ADMISSION_GIVEN
               && !is_same(view->user, r->user));
}

int mss_admission_ask(request_rec *r)
{
    if (mss_conf_armed(r->server)) {
        mss_state_view(r)->admission = MSS_ADMISSION_ASKED;
    }
    return DECLINED;
}

int mss_admission_give(request_rec *r)
{
    mss_view *view = mss_conf_armed(r->server) ? mss_state_view(r) : NULL;

    if (view && view->admission != MSS_ADMISSION_GIVEN) {
        request_rec *above = inherited_from(r);

        view->admission = above && is_doubtful(above) ? MSS_ADMISSION_ASKED
                                                      : MSS_ADMISSION_GIVEN;
        view->withdrawn = above && mss_admission_was_withdrawn(above);
        view->user = r->user;
    }
    return DECLINED;
}

void mss_admission_settle(request_rec *r)
{
    mss_state_view(r)->user = r->user;
}

void mss_admission_withdraw(request_rec *r)
{
    mss_view *view = mss_state_view(r);

    view->withdrawn = view->withdrawn || mss_state_user(r);
    view->admission = MSS_ADMISSION_ASKED;
    r->user = NULL;
    r->ap_auth_type = NULL;
}

bool mss_admission_was_withdrawn(request_rec *r)
{
    return mss_state_view(r)->withdrawn;
}

bool mss_admission_has_failed(const request_rec *r)
{
    request_rec *above;

    for (above = r->prev; above; above = above->prev) {
        if (above->status == HTTP_UNAUTHORIZED || is_doubtful(above)) {
            return true;
        }
    }
    return false;
}
