/* SPDX-License-Identifier: Apache-2.0
 * Knows whether r->user is somebody. Modules note a name before they check its
 * password, and httpd hands that name down to the page that tells of the refusal, if
 * it is in the same section. Must not know sessions. */

#ifndef MSS_ADMISSION_H
#define MSS_ADMISSION_H

#include <stdbool.h>

#include "httpd.h"

/** Hook check_authn, before everybody: from now on r->user may be a name that fails.
 * Before, it is whom a module has found without a password. */
int mss_admission_ask(request_rec *r);

/** Hooks check_authz and type_checker, before everybody: the password was right; or
 * none was asked for, or only of a request above, whose user r has. */
int mss_admission_give(request_rec *r);

/** To be called when the fixups may have found the user: no later module does. */
void mss_admission_settle(request_rec *r);

/** Refuses r after all: nobody goes by its user any more, whoever is asked next. */
void mss_admission_withdraw(request_rec *r);

/** Whether somebody was let in as a user, and then refused: for r, or for what r
 * tells of in the same section. */
bool mss_admission_was_withdrawn(request_rec *r);

/** Whether r tells of a login that has failed, or of another answer 401: it is no
 * activity then, whatever its own section lets in. */
bool mss_admission_has_failed(const request_rec *r);

#endif
