/* SPDX-License-Identifier: Apache-2.0 */

#include "dump.h"

#include "apr_file_io.h"
#include "apr_strings.h"
#include "http_config.h"
#include "http_core.h"

#include "directives.h"
#include "log.h"
#include "sections.h"

#define DEFINE "DUMP_SESSION_SECURITY"

/* Behind what nobody has written. */
#define DEFAULT "*"

/* --- one cell ------------------------------------------------------------------- */

static const char *word(apr_pool_t *p, const char *text, bool is_set)
{
    return is_set ? text : apr_pstrcat(p, text, DEFAULT, NULL);
}

static const char *duration(apr_pool_t *p, apr_interval_time_t t, bool is_set)
{
    return word(p, t == 0 ? "Off" : mss_conf_time(p, t), is_set);
}

static const char *flag(apr_pool_t *p, bool on, int slot)
{
    return word(p, on ? "On" : "Off", slot != MSS_UNSET);
}

static const char *server_cell(apr_pool_t *p, const mss_section *s)
{
    return mss_sections_server(p, s->server);
}

static const char *section_cell(apr_pool_t *p, const mss_section *s)
{
    (void)p;
    return s->name;
}

static const char *security_cell(apr_pool_t *p, const mss_section *s)
{
    return flag(p, mss_conf_enabled(s->merged), s->merged->enabled);
}

/* With the times for which there are conditions before it. */
static const char *limit(apr_pool_t *p, const mss_section *s, mss_limit which,
                         apr_interval_time_t otherwise, bool is_set)
{
    const mss_rules *rules = s->merged->rules;
    const apr_array_header_t *list = rules ? rules->of[which].list : NULL;
    const char *text = "";

    for (int i = 0; list && i < list->nelts; i++) {
        const mss_rule *rule = &APR_ARRAY_IDX(list, i, mss_rule);

        text = apr_pstrcat(p, text, duration(p, rule->time, true), " if ",
                           rule->written, ", else ", NULL);
    }
    return apr_pstrcat(p, text, duration(p, otherwise, is_set), NULL);
}

static const char *warn_cell(apr_pool_t *p, const mss_section *s)
{
    return limit(p, s, MSS_WARN, mss_conf_limits(s->merged).warn_after,
                 s->merged->warn_after != MSS_UNSET);
}

static const char *expire_cell(apr_pool_t *p, const mss_section *s)
{
    return limit(p, s, MSS_EXPIRE, mss_conf_limits(s->merged).expire_after,
                 s->merged->expire_after != MSS_UNSET);
}

static const char *lifetime_cell(apr_pool_t *p, const mss_section *s)
{
    return limit(p, s, MSS_LIFETIME, mss_conf_limits(s->merged).max_lifetime,
                 s->merged->max_lifetime != MSS_UNSET);
}

static const char *activity_cell(apr_pool_t *p, const mss_section *s)
{
    static const char *const words[] = {
        [MSS_ACTIVITY_NAVIGATIONS] = "Navigations",
        [MSS_ACTIVITY_REQUESTS] = "Requests",
        [MSS_ACTIVITY_INPUT] = "Input",
    };

    return word(p, words[mss_conf_activity(s->merged)],
                s->merged->activity != MSS_ACTIVITY_UNSET);
}

static const char *passive_cell(apr_pool_t *p, const mss_section *s)
{
    return flag(p, mss_conf_passive(s->merged), s->merged->passive);
}

static const char *list(apr_pool_t *p, const apr_array_header_t *values,
                        bool is_set)
{
    return values && values->nelts > 0 ? apr_array_pstrcat(p, values, ',')
                                       : word(p, "None", is_set);
}

static const char *passive_urls_cell(apr_pool_t *p, const mss_section *s)
{
    return list(p, s->merged->passive_urls, s->merged->passive_urls_reset);
}

static const char *cookies_cell(apr_pool_t *p, const mss_section *s)
{
    return list(p, s->merged->cookies, s->merged->cookies_reset);
}

static const char *inject_cell(apr_pool_t *p, const mss_section *s)
{
    return flag(p, mss_conf_inject(s->merged), s->merged->inject);
}

static const char *csp_cell(apr_pool_t *p, const mss_section *s)
{
    static const char *const words[] = {
        [MSS_CSP_AMEND] = "Amend",
        [MSS_CSP_REUSE] = "Reuse",
        [MSS_CSP_OFF] = "Off",
    };

    return word(p, words[mss_conf_csp(s->merged)],
                s->merged->csp != MSS_CSP_UNSET);
}

static const char *return_to_cell(apr_pool_t *p, const mss_section *s)
{
    const mss_return_to *to = s->merged->return_to;

    return to && to->written ? to->written : word(p, "None", to != NULL);
}

/* --- the table ------------------------------------------------------------------ */

typedef struct {
    const char *title;
    const char *(*cell)(apr_pool_t *p, const mss_section *s);
} column;

static const column columns[] = {
    {"Server", server_cell},
    {"Section", section_cell},
    {"SessionSecurity", security_cell},
    {"WarnAfter", warn_cell},
    {"ExpireAfter", expire_cell},
    {"MaxLifetime", lifetime_cell},
    {"Activity", activity_cell},
    {"Passive", passive_cell},
    {"PassiveURLs", passive_urls_cell},
    {"Cookies", cookies_cell},
    {"Inject", inject_cell},
    {"CSP", csp_cell},
    {"ReturnTo", return_to_cell},
};

#define COLUMNS (sizeof(columns) / sizeof(columns[0]))

typedef struct {
    const char *cells[COLUMNS];
} row;

typedef struct {
    apr_pool_t *p;
    apr_array_header_t *rows; /* row */
    size_t widths[COLUMNS];
} table;

static void add_row(table *t, const row *r)
{
    APR_ARRAY_PUSH(t->rows, row) = *r;
    for (size_t i = 0; i < COLUMNS; i++) {
        if (strlen(r->cells[i]) > t->widths[i]) {
            t->widths[i] = strlen(r->cells[i]);
        }
    }
}

static void add_section(void *data, const mss_section *section)
{
    table *t = data;
    row r;

    for (size_t i = 0; i < COLUMNS; i++) {
        r.cells[i] = columns[i].cell(t->p, section);
    }
    add_row(t, &r);
}

static void print_row(apr_file_t *out, const table *t, const row *r)
{
    for (size_t i = 0; i + 1 < COLUMNS; i++) {
        apr_file_printf(out, "%-*s  ", (int)t->widths[i], r->cells[i]);
    }
    apr_file_printf(out, "%s\n", r->cells[COLUMNS - 1]);
}

void mss_dump_print(apr_pool_t *pconf, server_rec *s)
{
    table t = {.p = pconf, .rows = apr_array_make(pconf, 8, sizeof(row))};
    apr_file_t *out = NULL;
    row titles;

    if (!ap_exists_config_define(DEFINE)
        || apr_file_open_stdout(&out, pconf) != APR_SUCCESS) {
        return;
    }
    for (size_t i = 0; i < COLUMNS; i++) {
        titles.cells[i] = columns[i].title;
    }
    add_row(&t, &titles);
    for (; s; s = s->next) {
        if (mss_conf_armed(s)) {
            mss_sections_walk(pconf, s, add_section, &t);
        }
    }
    apr_file_printf(
        out, "Session security: the settings in force, where no "
             "other kind of section applies to the same request. " DEFAULT
             " default.\n");
    for (int i = 0; i < t.rows->nelts; i++) {
        print_row(out, &t, &APR_ARRAY_IDX(t.rows, i, row));
    }
    if (t.rows->nelts == 1) {
        apr_file_printf(out, "SessionSecurity is On nowhere.\n");
    }
}

/* --- the line at the start ---------------------------------------------------------- */

typedef struct {
    const mss_conf *own; /* of the server, which comes first */
    int on, off;         /* sections that say so */
} summary;

static void count_section(void *data, const mss_section *section)
{
    summary *sum = data;

    if (!sum->own) {
        sum->own = section->merged;
    }
    else if (section->own->enabled != MSS_UNSET) {
        sum->on += mss_conf_enabled(section->own);
        sum->off += !mss_conf_enabled(section->own);
    }
}

static void announce(apr_pool_t *p, server_rec *s)
{
    summary sum = {NULL, 0, 0};
    mss_limits l;

    mss_sections_walk(p, s, count_section, &sum);
    l = mss_conf_limits(sum.own);
    ap_log_error(
        APLOG_MARK, APLOG_INFO, 0, s,
        "MSS0051: enforcing on %s: server config %s (warning after %s, "
        "end after %s), %d sections On, %d Off; `httpd -t -D " DEFINE
        "` lists them",
        mss_sections_server(p, s), mss_conf_enabled(sum.own) ? "On" : "Off",
        duration(p, l.warn_after, true), duration(p, l.expire_after, true),
        sum.on, sum.off);
}

void mss_dump_announce(apr_pool_t *ptemp, server_rec *s)
{
    for (; s; s = s->next) {
        if (mss_conf_armed(s)) {
            announce(ptemp, s);
        }
    }
}
