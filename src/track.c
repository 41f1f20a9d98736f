/* SPDX-License-Identifier: Apache-2.0 */

#include "track.h"

#include <string.h>

#include "apr_siphash.h"
#include "http_core.h"
#include "http_protocol.h"

#include "bond.h"
#include "counts.h"
#include "decode.h"
#include "ending.h"
#include "log.h"
#include "mark.h"
#include "oldkey.h"
#include "store.h"

/* Keyed, so that the session's value does not tell who it belongs to. */
static apr_uint64_t hash(const mss_state *state, const char *text)
{
    return apr_siphash24(text, strlen(text), state->stamp.id);
}

static apr_uint64_t user_hash(const mss_state *state, const char *user)
{
    return hash(state, user) & APR_UINT64_C(0xffffffffffff);
}

static const char *realm_of(request_rec *r)
{
    const char *realm = ap_auth_name(r);

    return realm ? realm : "";
}

mss_owner mss_track_owner(request_rec *r)
{
    return (mss_owner){realm_of(r), mss_state_user(r)};
}

/* No user has these names. */
const mss_owner mss_track_nobody = {"", ""};
const mss_owner mss_track_nobody_yet = {"\001", ""};
const mss_owner mss_track_nobody_clicked = {"\002", ""};

bool mss_track_is_nobodys(const mss_state *state)
{
    return state->stamp.user == user_hash(state, mss_track_nobody.user);
}

static void own(mss_state *state, const mss_owner *owner)
{
    state->stamp.realm = (apr_uint16_t)hash(state, owner->realm);
    state->stamp.user = user_hash(state, owner->user);
}

static void write_copy(session_rec *z, const mss_state *state)
{
    mss_session_set(z, mss_stamp_format(z->pool, &state->stamp));
}

bool mss_track_is_visitors(const mss_state *state)
{
    return mss_track_is_nobodys(state)
           && state->stamp.realm
                  == (apr_uint16_t)hash(state, mss_track_nobody.realm);
}

static apr_uint16_t settled(request_rec *r, const mss_state *state,
                            mss_asked asked)
{
    return (apr_uint16_t)hash(state, asked == MSS_ASKED_CLICK
                                         ? mss_track_nobody_clicked.realm
                                         : mss_mark_space(r));
}

void mss_track_settle(request_rec *r, session_rec *z, mss_state *state,
                      mss_asked asked)
{
    /* What is on its way with the key from before has to be asked still. */
    if (asked == MSS_ASKED_PASSWORD) {
        mss_oldkey_note(z, false, MSS_END_RELOGIN);
    }
    state->stamp.realm = settled(r, state, asked);
    write_copy(z, state);
}

bool mss_track_is_settled(request_rec *r, const mss_state *state,
                          mss_asked asked)
{
    return state->stamp.realm == settled(r, state, asked);
}

static void look_up(mss_state *state)
{
    state->key = mss_store_key(state->stamp.id);
    mss_store_get(&state->key, &state->record);
    state->choice = state->record.choice;
    if (state->record.source == MSS_SOURCE_NONE) {
        state->record.source = MSS_SOURCE_COPY;
        state->record.last = state->stamp.last;
        state->record.created = state->stamp.created;
    }
    else if (state->record.source == MSS_SOURCE_REVOKED) {
        mss_decode_forget(state);
    }
    /* Another front end may have written the copy, and cannot be asked. */
    else if (state->record.in_doubt && state->record.source == MSS_SOURCE_STORE
             && state->record.last < state->stamp.last) {
        state->record.last = state->stamp.last;
    }
}

/* Before a session ends because nobody was there: what was known a moment ago
 * may not be all. */
static bool knows_better(mss_state *state)
{
    if (state->decision.verdict != MSS_EXPIRED || !mss_state_goes_on(state)) {
        return false;
    }
    return mss_store_refresh(&state->key, &state->record);
}

/* There is no session, unless it ended while this request was on its way. */
static void read_none(request_rec *r, const session_rec *z, mss_state *state)
{
    bool visitors;

    state->record.source = MSS_SOURCE_NONE;
    if (mss_oldkey_find(r, z, state, &visitors) && visitors) {
        own(state, &mss_track_nobody);
    }
}

static void read_record(request_rec *r, const session_rec *z, mss_state *state)
{
    const char *text = mss_session_get(z);

    if (!text) {
        read_none(r, z, state);
    }
    else if (!mss_stamp_parse(text, &state->stamp)) {
        state->record.source = MSS_SOURCE_UNREADABLE;
    }
    else if (state->stamp.ended) {
        state->record.source = MSS_SOURCE_ENDED;
        state->record.reason = state->stamp.reason;
    }
    else {
        look_up(state);
    }
}

session_rec *mss_track_load(request_rec *r)
{
    const mss_view *view = mss_bond_load(r);
    mss_state *state = view->state;

    if (view->session && !state->loaded) {
        state->loaded = true;
        mss_session_logins(mss_state_top(r)->pool, view->session,
                           &state->logins);
        read_record(r, view->session, state);
    }
    return view->session;
}

void mss_track_clear(request_rec *r, session_rec *z, mss_state *state)
{
    mss_session_clear(z);
    mss_session_logins(mss_state_top(r)->pool, z, &state->logins);
}

void mss_track_decide(request_rec *r, mss_state *state,
                      const mss_limits *limits, mss_kind kind,
                      apr_int64_t client_idle)
{
    state->decision = mss_clock_decide(limits, &state->record, apr_time_now(),
                                       kind, client_idle);
    if (knows_better(state)) {
        state->decision = mss_clock_decide(limits, &state->record,
                                           apr_time_now(), kind, client_idle);
    }
    /* Noted with the stamp, which is as far ahead. */
    if (state->decision.created) {
        state->record.created = state->decision.created;
        state->stamp.created = state->decision.created;
    }
    if (state->decision.skewed) {
        ap_log_rerror(APLOG_MARK, APLOG_WARNING, 0, r,
                      "MSS0013: a session's last activity lies %" APR_TIME_T_FMT
                      " s in the future; it counts as now (has the clock been "
                      "set back, or does another front end's differ?)",
                      apr_time_sec(state->record.last - apr_time_now()));
    }
}

static mss_touched touch(const mss_state *state, apr_time_t at)
{
    const mss_visit visit = {.created = state->record.created, .at = at};

    return mss_store_touch(&state->key, &visit);
}

static bool begin(request_rec *r, session_rec *z, mss_state *state,
                  const mss_owner *owner, const mss_record *times)
{
    apr_status_t rv;

    memcpy(state->former, state->stamp.id, MSS_ID_BYTES);
    memset(&state->stamp, 0, sizeof(state->stamp));
    rv = apr_generate_random_bytes(state->stamp.id, MSS_ID_BYTES);
    if (rv != APR_SUCCESS) {
        ap_log_rerror(APLOG_MARK, APLOG_ERR, rv, r,
                      "MSS0012: no random bytes for a session's id");
        return false;
    }
    own(state, owner);
    state->record = (mss_record){.source = MSS_SOURCE_STORE,
                                 .created = times->created,
                                 .last = times->last};
    state->stamp.created = state->record.created;
    state->stamp.last = state->record.last;
    state->key = mss_store_key(state->stamp.id);
    (void)touch(state, state->record.last);
    mss_counts_add(MSS_COUNT_BEGUN);
    write_copy(z, state);
    mss_session_set_former(z, NULL);
    mss_session_logins(mss_state_top(r)->pool, z, &state->logins);
    if (*owner->user && mss_state_view(r)->unreadable) {
        mss_session_complain(r);
    }
    return true;
}

bool mss_track_begin(request_rec *r, session_rec *z, mss_state *state,
                     const mss_owner *owner)
{
    const apr_time_t at = apr_time_now();

    return begin(r, z, state, owner, &(mss_record){.last = at, .created = at});
}

bool mss_track_rename(request_rec *r, session_rec *z, mss_state *state,
                      const mss_owner *owner)
{
    return begin(r, z, state, owner, &state->record);
}

/* One session can hold logins of several. */
static bool is_other_realm(const mss_state *state, const char *realm)
{
    return state->stamp.realm != (apr_uint16_t)hash(state, realm)
           && !mss_track_is_nobodys(state);
}

bool mss_track_is_owner(request_rec *r, const mss_state *state)
{
    return state->stamp.user == user_hash(state, mss_state_user(r))
           || is_other_realm(state, realm_of(r));
}

bool mss_track_takes(const mss_state *state, const mss_owner *owner)
{
    return state->stamp.user == user_hash(state, owner->user)
           || is_other_realm(state, owner->realm);
}

static void renew_copy(session_rec *z, mss_state *state, apr_time_t at)
{
    state->stamp.last = at;
    write_copy(z, state);
}

/* A save would change the key of a mod_session_dbd session under the requests
 * that are on their way with it. */
static bool is_copy_due(request_rec *r, const session_rec *z,
                        const mss_state *state, apr_interval_time_t age)
{
    return (age >= mss_conf_update_interval(mss_conf_of(r),
                                            state->decision.limit)
            || age < -MSS_SKEW)
           && !mss_session_changes_key(r, z);
}

bool mss_track_move(request_rec *r, session_rec *z, mss_state *state)
{
    apr_time_t at =
        state->decision.stamp ? state->decision.stamp : state->record.last;
    apr_interval_time_t age = at - state->stamp.last;
    mss_touched touched = MSS_TOUCH_NOTED;

    if (state->decision.stamp || state->record.source == MSS_SOURCE_COPY) {
        touched = touch(state, at);
    }
    if (touched == MSS_TOUCH_REVOKED) {
        return false;
    }
    state->record.last = at;
    if (is_copy_due(r, z, state, age)
        || (touched == MSS_TOUCH_NO_ROOM && age > 0)) {
        renew_copy(z, state, at);
    }
    return true;
}

void mss_track_keep_choice(mss_state *state)
{
    if (state->choice != state->record.choice) {
        state->record.choice = state->choice;
        mss_store_choose(&state->key, state->choice);
    }
}

bool mss_track_touch(mss_state *state, apr_time_t at)
{
    const mss_touched touched = touch(state, at);

    state->record.last = at;
    state->unnoted = touched == MSS_TOUCH_NO_ROOM;
    return touched != MSS_TOUCH_REVOKED;
}

/* Also where a save changes the session's key: the page goes by the answer. */
mss_touched mss_track_report(session_rec *z, mss_state *state, apr_time_t at)
{
    const mss_touched touched = touch(state, at);

    if (touched == MSS_TOUCH_NO_ROOM) {
        renew_copy(z, state, at);
    }
    return touched;
}

/* Who the session belonged to, as far as it can be told without a login: by
 * the session's own entry, or by a name whose hash is the record's. Who has just
 * taken it over is another. */
static const char *user_of(request_rec *r, const mss_state *state)
{
    const char *user = mss_session_user(&state->logins);

    if (user) {
        return user;
    }
    user = r->user;
    if (!user && ap_get_basic_auth_components(r, &user, NULL) != APR_SUCCESS) {
        user = NULL;
    }
    return user && user_hash(state, user) == state->stamp.user ? user : NULL;
}

/* A copy of the session's text is judged by the stamp in it, so it could live on for
 * that long; longer than from now if the clock was set back. */
static bool revoke_id(const mss_state *state, mss_end reason)
{
    apr_time_t now = apr_time_now();
    apr_time_t last = state->stamp.last > now ? state->stamp.last : now;

    return mss_store_revoke(&state->key, last + mss_conf_longest() + MSS_SKEW,
                            reason);
}

bool mss_track_revoke(request_rec *r, const session_rec *z, mss_state *state,
                      mss_end reason)
{
    const bool first = state->record.source == MSS_SOURCE_UNREADABLE
                       || revoke_id(state, reason);

    mss_oldkey_note(z, mss_track_is_visitors(state), reason);
    if (first) {
        mss_ending_tell(r, state, reason, user_of(r, state));
    }
    mss_decode_forget(state);
    state->record.source = MSS_SOURCE_REVOKED;
    state->record.reason = reason;
    return first;
}

void mss_track_mark_end(request_rec *r, session_rec *z, mss_state *state)
{
    mss_mark_put(r, z, state,
                 mss_track_is_visitors(state) ? MSS_ASKED_NEEDLESS
                                              : MSS_ASKED_NONE);
}

void mss_track_finish(request_rec *r, session_rec *z, mss_state *state,
                      mss_end reason)
{
    (void)mss_track_revoke(r, z, state, reason);
    if (mss_session_user(&state->logins) || mss_track_is_nobodys(state)) {
        mss_track_mark_end(r, z, state);
    }
    else {
        mss_session_clear(z);
    }
    mss_session_logins(mss_state_top(r)->pool, z, &state->logins);
}
