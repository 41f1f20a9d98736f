/* SPDX-License-Identifier: Apache-2.0 */

#include "session.h"

#include "apr_escape.h"
#include "apr_strings.h"
#include "http_config.h"

#include "cookie.h"
#include "core/stamp.h"
#include "log.h"

/* Beside MSS_STAMP_KEY. */
#define BOUND_KEY "_session_security_cookies"
#define FORMER_KEY "_session_security_former"

static APR_OPTIONAL_FN_TYPE(ap_session_load) * load;
static APR_OPTIONAL_FN_TYPE(ap_session_save) * save;
static module *session_module_found;
static bool has_database; /* mod_session_dbd is loaded */

bool mss_session_init(void)
{
    load = APR_RETRIEVE_OPTIONAL_FN(ap_session_load);
    save = APR_RETRIEVE_OPTIONAL_FN(ap_session_save);
    session_module_found = ap_find_linked_module("mod_session.c");
    has_database = ap_find_linked_module("mod_session_dbd.c") != NULL;
    return load && save && session_module_found;
}

bool mss_session_enabled(const request_rec *r)
{
    const session_dir_conf *conf;

    if (!session_module_found) {
        return false;
    }
    conf = ap_get_module_config(r->per_dir_config, session_module_found);
    return conf && conf->enabled;
}

#define DBD "mod_session_dbd"
#define COOKIE "mod_session_cookie"

/* One that mod_session could decode has no text until it has been saved. */
static bool is_unreadable(const session_rec *z)
{
    return z->encoded && !z->written;
}

/* Empties a session that mod_session keeps in the notes but no longer hands
 * out, so that it does, and what is set in it will be saved. Not another one that
 * is beside it there: a subrequest's section can have a session of its own. What
 * cannot be read may be an application's cookie of the same name: it stays until
 * somebody logs in. */
static int hollow(void *unreadable, const char *key, const char *value)
{
    session_rec *z = (session_rec *)(apr_uintptr_t)value;

    if ((strncmp(key, COOKIE, strlen(COOKIE)) == 0
         || strncmp(key, DBD, strlen(DBD)) == 0)
        && (is_unreadable(z) || (z->expiry && z->expiry < apr_time_now()))) {
        if (is_unreadable(z)) {
            *(bool *)unreadable = true;
        }
        else {
            z->dirty = 1;
        }
        z->encoded = NULL;
        z->expiry = 0;
        apr_table_clear(z->entries);
    }
    return 1;
}

static session_rec *load_once(request_rec *r)
{
    session_rec *z = NULL;

    return load(r, &z) == APR_SUCCESS ? z : NULL;
}

/* Where mod_session_cookie notes what it has loaded. */
static request_rec *first_request(request_rec *r)
{
    while (r->prev || r->main) {
        r = r->prev ? r->prev : r->main;
    }
    return r;
}

session_rec *mss_session_load(request_rec *r, bool *unreadable)
{
    session_rec *z = mss_session_enabled(r) ? load_once(r) : NULL;

    *unreadable = false;

    /* In httpd 2.4 a session that cannot be decoded or is past its
     * SessionMaxAge is replaced by a blank one at each load, another one each
     * time, so that no change to it is ever saved: nobody can log in again
     * with such a cookie (httpd bug 56052). It has no entries, and that is
     * cheap to see; a second load tells it from an ordinary new one. */
    if (z && apr_is_empty_table(z->entries) && load_once(r) != z) {
        apr_table_do(hollow, unreadable, first_request(r)->notes, NULL);
        z = load_once(r);
    }
    return z;
}

/* Where that is so with every request, nobody is ever idle for long. */
void mss_session_complain(request_rec *r)
{
    ap_log_rerror(APLOG_MARK, APLOG_WARNING, 0, r,
                  "MSS0058: a user's session begins, since the one that came "
                  "cannot be decoded: the passphrase is another, or an "
                  "application, or another virtual host or port of this host "
                  "name, sets a cookie of that name; give SessionCookieName a "
                  "name of its own");
}

const char *mss_session_get(const session_rec *z)
{
    return apr_table_get(z->entries, MSS_STAMP_KEY);
}

void mss_session_set(session_rec *z, const char *value)
{
    apr_table_setn(z->entries, MSS_STAMP_KEY, value);
    z->dirty = 1;
}

void mss_session_unset(session_rec *z)
{
    apr_table_unset(z->entries, MSS_STAMP_KEY);
    z->dirty = 1;
}

const char *mss_session_get_bound(const session_rec *z)
{
    return apr_table_get(z->entries, BOUND_KEY);
}

static void set(session_rec *z, const char *key, const char *value)
{
    if (value) {
        apr_table_setn(z->entries, key, value);
        z->dirty = 1;
    }
    else if (apr_table_get(z->entries, key)) {
        apr_table_unset(z->entries, key);
        z->dirty = 1;
    }
}

void mss_session_set_bound(session_rec *z, const char *list)
{
    set(z, BOUND_KEY, list);
}

bool mss_session_former(const session_rec *z, unsigned char *id)
{
    const char *text = apr_table_get(z->entries, FORMER_KEY);

    return text && strlen(text) == (apr_size_t)2 * MSS_ID_BYTES
           && apr_unescape_hex(id, text, APR_ESCAPE_STRING, 0, NULL)
                  == APR_SUCCESS;
}

void mss_session_set_former(session_rec *z, const unsigned char *id)
{
    set(z, FORMER_KEY,
        id ? apr_pescape_hex(z->pool, id, MSS_ID_BYTES, 0) : NULL);
}

void mss_session_clear(session_rec *z)
{
    apr_table_clear(z->entries);
}

void mss_session_end(request_rec *r, session_rec *z, const char *mark)
{
    apr_table_clear(z->entries);
    /* Never empty: of an empty session mod_session_cookie deletes the cookie
     * in a way that would outlast one set later in the same answer. */
    mss_session_set(z, mark);
    /* mod_session_dbd forgets over an internal redirect what was changed
     * before it, so the end is saved at once. Where that fails, it logs why, and
     * the id is revoked even so. */
    if (mss_session_changes_key(r, z) && !z->written) {
        (void)save(r, z);
        /* The text that was saved: the next load would decode it. */
        z->encoded = NULL;
        z->written = 0;
        z->dirty = 0;
    }
}

void mss_session_keep_unsaved(session_rec *z)
{
    z->written = 1;
}

void mss_session_keep_saved(session_rec *z)
{
    z->written = 0;
}

bool mss_session_takes_changes(request_rec *r, const session_rec *z)
{
    return z->dirty || !mss_session_changes_key(r, z);
}

bool mss_session_will_save(const session_rec *z)
{
    return !z->written && (z->dirty || z->maxage);
}

bool mss_session_may_save(const request_rec *r, const session_rec *z)
{
    const session_dir_conf *conf =
        ap_get_module_config(r->per_dir_config, session_module_found);

    return !z->written && (z->dirty || z->maxage || conf->header_set);
}

typedef struct {
    const session_rec *wanted;
    const char *prefix; /* of a note's key; the name follows */
    const char *name;
} search;

static int is_it(void *v, const char *key, const char *value)
{
    search *s = v;

    if (strncmp(key, s->prefix, strlen(s->prefix)) == 0
        && value == (const char *)s->wanted) {
        s->name = key + strlen(s->prefix);
    }
    return !s->name;
}

const char *mss_session_key_cookie(request_rec *r, const session_rec *z)
{
    search s = {z, DBD, NULL};

    apr_table_do(is_it, &s, (r->main ? r->main : r)->notes, NULL);
    return s.name;
}

const char *mss_session_note(request_rec *r, const session_rec *z)
{
    search s = {z, "mod_session_", NULL};
    const request_rec *above = r->main ? r->main : r;

    apr_table_do(is_it, &s, first_request(r)->notes, NULL);
    if (!s.name && !above->main) {
        apr_table_do(is_it, &s, above->notes, NULL);
    }
    return s.name;
}

/* The name of the cookie that is such a session. */
static const char *plain_cookie(request_rec *r, const session_rec *z)
{
    search s = {z, COOKIE, NULL};

    apr_table_do(is_it, &s, first_request(r)->notes, NULL);
    return s.name;
}

bool mss_session_is_in(request_rec *r, const session_rec *z, const char *name)
{
    const char *plain = plain_cookie(r, z);
    const char *own = plain ? plain : mss_session_key_cookie(r, z);

    return own && strcmp(own, name) == 0;
}

const char *mss_session_cookies(const request_rec *r)
{
    return has_database ? apr_table_get(r->headers_in, "Cookie") : NULL;
}

bool mss_session_changes_key(request_rec *r, const session_rec *z)
{
    return mss_session_key_cookie(r, z) != NULL;
}

void mss_session_set_cookie_once(request_rec *r, const session_rec *z)
{
    const char *name;

    if (mss_session_will_save(z)
        || apr_table_get(r->err_headers_out, "Set-Cookie")) {
        name = mss_session_key_cookie(r, z);
        if (name) {
            mss_cookie_insert(r, name);
        }
    }
}

/* --- logins ----------------------------------------------------------------- */

/* mod_auth_form keeps "<AuthName>-user" beside the password. */
#define USER "-" MOD_SESSION_USER

static bool is_user_key(const char *key)
{
    size_t n = strlen(key);

    return n >= strlen(USER) && strcmp(key + n - strlen(USER), USER) == 0;
}

void mss_session_logins(apr_pool_t *p, const session_rec *z, mss_logins *l)
{
    const apr_array_header_t *entries = apr_table_elts(z->entries);

    l->session = z;
    l->users = apr_array_make(p, 2, sizeof(mss_user));
    for (int i = 0; i < entries->nelts; i++) {
        const apr_table_entry_t *e =
            &APR_ARRAY_IDX(entries, i, apr_table_entry_t);

        if (is_user_key(e->key)) {
            APR_ARRAY_PUSH(l->users, mss_user) = (mss_user){e->key, e->val};
        }
    }
}

/* Who logs in again sets an entry to the name that it had: another string
 * then, in the same table. Of another table only the texts can be compared. */
static bool holds(const mss_logins *l, const mss_user *user, bool same_table)
{
    for (int i = 0; l->users && i < l->users->nelts; i++) {
        const mss_user *known = &APR_ARRAY_IDX(l->users, i, mss_user);

        if (known->user == user->user
            || (!same_table && strcmp(known->user, user->user) == 0
                && strcmp(known->key, user->key) == 0)) {
            return true;
        }
    }
    return false;
}

mss_login mss_session_login(const session_rec *z, const mss_logins *since,
                            mss_user *login)
{
    mss_logins now;

    /* Whoever logs in or out wants to have it saved. */
    if (z == since->session && !z->dirty) {
        return MSS_LOGIN_SAME;
    }
    mss_session_logins(z->pool, z, &now);
    for (int i = 0; i < now.users->nelts; i++) {
        *login = APR_ARRAY_IDX(now.users, i, mss_user);
        if (!holds(since, login, z == since->session)) {
            return MSS_LOGIN_NEW;
        }
    }
    if (since->users && since->users->nelts > now.users->nelts) {
        return now.users->nelts == 0 ? MSS_LOGIN_GONE : MSS_LOGIN_LESS;
    }
    return MSS_LOGIN_SAME;
}

const char *mss_session_user(const mss_logins *l)
{
    return l->users && l->users->nelts > 0
               ? APR_ARRAY_IDX(l->users, 0, mss_user).user
               : NULL;
}

const char *mss_session_realm(apr_pool_t *p, const mss_user *login)
{
    return apr_pstrmemdup(p, login->key, strlen(login->key) - strlen(USER));
}

/* What mod_auth_form keeps of a login (mod_auth_form.c, set_session_auth). */
static const char *const parts[] = {USER, "-" MOD_SESSION_PW, "-site", NULL};

void mss_session_keep_login(session_rec *z, const mss_user *login)
{
    const apr_table_t *all = apr_table_copy(z->pool, z->entries);
    const char *realm = login ? mss_session_realm(z->pool, login) : NULL;

    apr_table_clear(z->entries);
    z->dirty = 1;
    for (int i = 0; realm && parts[i]; i++) {
        const char *key = apr_pstrcat(z->pool, realm, parts[i], NULL);
        const char *value = apr_table_get(all, key);

        if (value) {
            apr_table_setn(z->entries, key, value);
        }
    }
}
