/* SPDX-License-Identifier: Apache-2.0 */

#include "settings.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>
#include <sys/uio.h>

#include "apr_strings.h"

#include "asker.h"
#include "assets.h"
#include "config.h"
#include "core/element.h"
#include "recheck.h"

/* A page that was on its way for longer is told how its session is by now; others,
 * what was found when their request came. */
#define SLOW apr_time_from_sec(1)

/* --- texts, which only jansson can write ------------------------------------ */

/* The object is made when there is something to put into it. A text that is no
 * UTF-8 cannot be told; its key stays away. */
static void add(json_t **o, const char *key, json_t *value)
{
    if (!*o) {
        *o = json_object();
    }
    json_object_set_new(*o, key, value);
}

static void add_text(json_t **o, const char *key, const char *text)
{
    if (text) {
        add(o, key, json_string(text));
    }
}

static int add_message(void *messages, const char *key, const char *text)
{
    if (mss_asset_is_client_message(key)) {
        add_text(messages, key, text);
    }
    return 1;
}

static void add_messages(json_t **o, const apr_table_t *texts)
{
    json_t *messages = NULL;

    if (texts) {
        apr_table_do(add_message, &messages, texts, NULL);
    }
    if (messages) {
        add(o, "messages", messages);
    }
}

static void add_events(json_t **o, const apr_array_header_t *names)
{
    json_t *events;
    int i;

    if (!names) {
        return;
    }
    events = json_array();
    for (i = 0; i < names->nelts; i++) {
        json_array_append_new(
            events, json_string(APR_ARRAY_IDX(names, i, const char *)));
    }
    add(o, "events", events);
}

/* Browsers take no notice of an element's nonce if "<script" is in one of its
 * attributes (W3C CSP Level 3, "is element nonceable"). */
static const char *without_tags(apr_pool_t *p, const char *json)
{
    static const char escape[] = "\\u003c";
    char *text, *to;

    if (!strchr(json, '<')) {
        return json;
    }
    text = to = apr_palloc(p, strlen(json) * sizeof(escape) + 1);
    for (; *json; json++) {
        if (*json == '<') {
            to = apr_cpystrn(to, escape, sizeof(escape));
        }
        else {
            *to++ = *json;
        }
    }
    *to = '\0';
    return text;
}

/* The members of an object, with a comma before each. */
static const char *members(apr_pool_t *p, json_t *o)
{
    char *json = json_dumps(o, JSON_COMPACT | JSON_ENSURE_ASCII);
    char *text = json && json[1] != '}' ? apr_pstrdup(p, json) : NULL;

    free(json);
    json_decref(o);
    if (!text) {
        return "";
    }
    text[0] = ',';
    text[strlen(text) - 1] = '\0';
    return without_tags(p, text);
}

static const char *configured(request_rec *r)
{
    const mss_conf *c = mss_conf_of(r);
    json_t *o = NULL;

    add_text(&o, "returnTo", mss_conf_return_to(r, c));
    if (mss_conf_confirm_form_discard(c)) {
        add(&o, "confirm", json_true());
    }
    add_text(&o, "language", mss_conf_language(c));
    add_messages(&o, mss_conf_messages(c));
    add_events(&o, mss_conf_events(c));
    add_text(&o, "stylesheet", mss_conf_stylesheet(c));
    return o ? members(r->pool, o) : "";
}

/* --- numbers, which are in every page and have nothing to escape ------------- */

static const char *milliseconds(apr_pool_t *p, const char *key,
                                apr_interval_time_t t)
{
    return apr_pstrcat(p, ",\"", key,
                       "\":", apr_off_t_toa(p, apr_time_as_msec(t)), NULL);
}

void mss_settings_init(apr_pool_t *pconf, server_rec *s)
{
    const char *hash = mss_asset_find("script.js")->hash;

    for (; s; s = s->next) {
        const char *src =
            apr_pstrcat(pconf, mss_conf_path(s), "/script.js?v=", hash, NULL);

        mss_conf_keep_opening(s, mss_element_open(pconf, src));
    }
}

/* For apr_pstrcatv: the lengths of constants are known. */
static struct iovec text(const char *t)
{
    return (struct iovec){(void *)t, strlen(t)};
}

/* 0: not for long. */
static apr_interval_time_t took(request_rec *r)
{
    apr_interval_time_t t = apr_time_now() - mss_state_top(r)->request_time;

    return t > SLOW ? t : 0;
}

/* A report that took minutes, or an upload: meanwhile the stamp may have been
 * moved, and another tab may have signed out. What this request itself has ended
 * its page may say. */
static mss_decision by_now(request_rec *r, const mss_state *state)
{
    mss_decision d = state->decision;

    if (mss_state_goes_on(state) && !mss_recheck(r, state, &d)) {
        d.idle = mss_state_limits(r, state).expire_after;
    }
    return d;
}

/* What could need to be escaped is among the configured texts. */
const char *mss_settings_element(request_rec *r, const mss_state *state,
                                 const char *nonce, bool has_digest,
                                 apr_size_t *length)
{
    const char *digest = has_digest ? mss_asset_integrity : NULL;
    const apr_interval_time_t t = took(r);
    const mss_decision d = t ? by_now(r, state) : state->decision;
    const char *time = "", *idle = "", *lifetime = "", *texts = configured(r);

    if (t) {
        time = milliseconds(r->pool, "took", t);
    }
    if (apr_time_as_msec(d.idle) > 0) {
        idle = milliseconds(r->pool, "idle", d.idle);
    }
    if (d.lifetime >= 0) {
        lifetime = milliseconds(r->pool, "lifetime", d.lifetime);
    }
    if (*texts) {
        texts = mss_element_escape(r->pool, texts);
    }
    const struct iovec pieces[] = {text(mss_conf_opening(r->server)),
                                   text(mss_element_nonce(r->pool, nonce)),
                                   text(mss_element_integrity(r->pool, digest)),
                                   text(MSS_ELEMENT_SETTINGS "{\"limits\":\""),
                                   text(mss_asker_limits(r, state)),
                                   text("\""),
                                   text(time),
                                   text(idle),
                                   text(lifetime),
                                   text(texts),
                                   text("}" MSS_ELEMENT_END)};

    return apr_pstrcatv(r->pool, pieces, sizeof(pieces) / sizeof(pieces[0]),
                        length);
}
