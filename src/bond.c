/* SPDX-License-Identifier: Apache-2.0 */

#include "bond.h"

#include <string.h>

#include "apr_strings.h"

/* --- the same session ---------------------------------------------------------- */

static bool is_named(const mss_state *state, const char *name)
{
    return name && state->name && strcmp(state->name, name) == 0;
}

static bool is_same(const unsigned char *id, const unsigned char *other)
{
    return memcmp(id, other, MSS_ID_BYTES) == 0;
}

static bool read_stamp(const session_rec *z, mss_stamp *stamp)
{
    const char *text = mss_session_get(z);

    return text && mss_stamp_parse(text, stamp) && !stamp->ended;
}

static bool is_another(const mss_state *state, const session_rec *z,
                       const char *name)
{
    mss_stamp stamp;

    if (name && state->name && strcmp(state->name, name) != 0) {
        return true;
    }
    return read_stamp(z, &stamp) && !is_same(stamp.id, state->stamp.id)
           && !is_same(stamp.id, state->former);
}

/* mod_session_dbd has it as it was before this request began another. */
static void renew(session_rec *z, const mss_state *state)
{
    mss_stamp stamp;

    if (read_stamp(z, &stamp) && is_same(stamp.id, state->former)) {
        mss_session_set(z, mss_stamp_format(z->pool, &state->stamp));
    }
}

/* --- the client's own request, and where it is redirected to --------------------- */

static mss_state *find(const mss_state *client, const char *name)
{
    mss_state *s = client->others;

    while (s && !is_named(s, name)) {
        s = s->others;
    }
    return s;
}

/* What does not depend on the session. */
static void copy_request(mss_state *to, const mss_state *from)
{
    to->path = from->path;
    to->asked = from->asked;
    to->encodings = from->encodings;
    to->headers_known = from->headers_known;
    to->headers = from->headers;
    to->is_page = from->is_page;
    to->let_in = from->let_in;
    to->without_password = from->without_password;
    to->trying = from->trying;
    to->injected = from->injected;
    to->left = from->left;
}

/* The place in the list for what is known of a session. */
static mss_state *place_for(apr_pool_t *p, mss_state *client, const char *name)
{
    mss_state *kept = find(client, name);

    if (!kept) {
        kept = apr_pcalloc(p, sizeof(*kept));
        kept->others = client->others;
        client->others = kept;
    }
    return kept;
}

/* What was found of one session says nothing of another; but it may be needed
 * again, and what a subrequest has found of that one already counts. */
static void turn(apr_pool_t *p, mss_state *client, const char *name)
{
    mss_state *kept = place_for(p, client, name);
    const mss_state next = *kept;
    const mss_state last = *client;

    *client = next;
    copy_request(client, &last);
    client->others = last.others;
    /* A subrequest that came before the request itself was judged says nothing
     * of what kind that is. */
    if (!last.loaded && next.decision.verdict == MSS_LIVE) {
        client->entered = false;
    }
    *kept = last;
    kept->others = next.others;
}

static void follow(request_rec *r, const mss_view *view, const char *name)
{
    mss_state *client = view->state;

    if (client->loaded ? is_another(client, view->session, name)
                       : find(client, name) != NULL) {
        turn(mss_state_top(r)->pool, client, name);
    }
    else if (client->loaded) {
        renew(view->session, client);
    }
    client->session = view->session;
    client->name = name;
}

/* --- subrequests ----------------------------------------------------------------- */

/* In another session_rec, in which authentication finds what it was loaded with,
 * the same session has to be judged by itself. */
static mss_state *find_part(mss_state *client, const session_rec *z,
                            const char *name)
{
    mss_state *s = client;

    do {
        if (is_named(s, name) && s->session == z) {
            return s;
        }
        s = s->others;
    } while (s);
    return NULL;
}

/* Without a name no other part of the request can have the same. */
static mss_state *add_part(request_rec *r, mss_state *client,
                           const session_rec *z, const char *name)
{
    apr_pool_t *p = name ? mss_state_top(r)->pool : r->pool;
    mss_state *part = apr_pcalloc(p, sizeof(*part));

    copy_request(part, client);
    part->asked = NULL; /* there is the other session */
    part->session = z;
    if (name) {
        part->name = name;
        part->others = client->others;
        client->others = part;
    }
    return part;
}

static mss_state *part_of(request_rec *r, session_rec *z, const char *name)
{
    mss_state *client = mss_state_get(mss_state_top(r));
    request_rec *above = r->prev ? r->prev : r->main;
    mss_state *part = find_part(client, z, name);

    if (part) {
        return part;
    }
    /* Not authenticated again, so not judged: mod_session_dbd has the same
     * session in another session_rec for a subrequest of a subrequest. */
    if (z && r->per_dir_config == above->per_dir_config) {
        return mss_state_get(above);
    }
    if (z) {
        renew(z, client);
    }
    return add_part(r, client, z, name);
}

/* --- either ---------------------------------------------------------------------- */

/* Lives as long as the client's request: so does a note of its own. */
static const char *name_of(request_rec *r, const session_rec *z)
{
    const char *name = z ? mss_session_note(r, z) : NULL;
    request_rec *top = mss_state_top(r);

    return name && r != top ? apr_pstrdup(top->pool, name) : name;
}

/* What it was decoded from is noted in the record that r has by now. */
static mss_recent_key load(request_rec *r, mss_view *view)
{
    mss_state *state = view->state;
    const mss_recent_key before = state->decoded;
    mss_recent_key now;

    memset(&state->decoded, 0, sizeof(state->decoded));
    view->session = mss_session_load(r, &view->unreadable);
    view->section = r->per_dir_config;
    now = state->decoded;
    state->decoded = before;
    return now;
}

const mss_view *mss_bond_load(request_rec *r)
{
    mss_view *view = mss_state_view(r);
    const char *cookies;
    const char *name;
    mss_recent_key decoded;

    if (view->section == r->per_dir_config) {
        return view;
    }
    cookies = mss_session_cookies(r);
    decoded = load(r, view);
    name = name_of(r, view->session);
    if (r->main) {
        view->state = part_of(r, view->session, name);
    }
    else if (view->session) {
        follow(r, view, name);
    }
    if (decoded.hash) {
        view->state->decoded = decoded;
    }
    if (!view->state->loaded) {
        view->state->cookies = cookies;
    }
    return view;
}
