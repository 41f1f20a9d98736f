/* SPDX-License-Identifier: Apache-2.0 */

#include "settings.h"

#include <jansson.h>
#include <stdlib.h>

#include "apr_strings.h"

#include "assets.h"
#include "config.h"
#include "core/element.h"
#include "endpoint.h"

/* A text that is no UTF-8 cannot be told; its key stays away. */
static void add_text(json_t *o, const char *key, const char *text)
{
    if (text) {
        json_object_set_new(o, key, json_string(text));
    }
}

static void add_time(json_t *o, const char *key, apr_interval_time_t t)
{
    json_object_set_new(o, key, json_integer(apr_time_as_msec(t)));
}

static int add_message(void *object, const char *key, const char *text)
{
    add_text(object, key, text);
    return 1;
}

static void add_messages(json_t *o, const apr_table_t *texts)
{
    json_t *messages;

    if (!texts || apr_is_empty_table(texts)) {
        return;
    }
    messages = json_object();
    apr_table_do(add_message, messages, texts, NULL);
    json_object_set_new(o, "messages", messages);
}

static void add_events(json_t *o, const apr_array_header_t *names)
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
    json_object_set_new(o, "events", events);
}

static void add_configured(json_t *o, request_rec *r)
{
    const mss_conf *c = mss_conf_of(r);

    add_text(o, "returnTo", mss_conf_return_to(r, c));
    if (mss_conf_confirm_form_discard(c)) {
        json_object_set_new(o, "confirm", json_true());
    }
    add_text(o, "language", mss_conf_language(c));
    add_messages(o, mss_conf_messages(c));
    add_events(o, mss_conf_events(c));
    add_text(o, "stylesheet", mss_conf_stylesheet(c));
}

static json_t *settings(request_rec *r, const mss_state *state)
{
    const mss_decision *d = &state->decision;
    json_t *o = json_object();

    add_text(o, "limits", mss_endpoint_limits(r, state));
    if (apr_time_as_msec(d->idle) > 0) {
        add_time(o, "idle", d->idle);
    }
    if (d->lifetime >= 0) {
        add_time(o, "lifetime", d->lifetime);
    }
    add_configured(o, r);
    return o;
}

const char *mss_settings_element(request_rec *r, const mss_state *state)
{
    const char *src =
        apr_pstrcat(r->pool, mss_conf_path(r->server),
                    "/script.js?v=", mss_asset_find("script.js")->hash, NULL);
    json_t *o = settings(r, state);
    char *json = json_dumps(o, JSON_COMPACT | JSON_ENSURE_ASCII);
    const char *element =
        mss_element_make(r->pool, src, json ? json : "{}", NULL);

    free(json);
    json_decref(o);
    return element;
}
