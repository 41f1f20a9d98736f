/* SPDX-License-Identifier: Apache-2.0 */

#include "verify.h"

#include "apr_strings.h"
#include "util_cfgtree.h"

#include "config.h"
#include "log.h"
#include "rules.h"
#include "sections.h"

/* Of all directives of the module. */
#define PREFIX "SessionSecurity"

/* WCAG 2.2, success criterion 2.2.1: time enough to extend. */
#define LONG_ENOUGH_TO_EXTEND apr_time_from_sec(20)

/* What a server's part of the configuration has. */
typedef struct {
    const ap_directive_t *any; /* the first of the module */
    bool switched;             /* On or Off, somewhere */
} presence;

typedef struct {
    apr_pool_t *p;
    int faults;
    presence hosts; /* any: of the first that is not switched */
} verification;

/* Other hosts have sections of the same names, and inherit those of the server. */
static const char *place_of(apr_pool_t *p, const mss_section *section)
{
    const server_rec *s = section->server;
    const char *host;

    if (!s->is_virtual) {
        return section->name;
    }
    host =
        apr_psprintf(p, "<VirtualHost> %s at %s:%u", mss_sections_server(p, s),
                     s->defn_name, s->defn_line_number);
    return section->own == section->merged
               ? host
               : apr_pstrcat(p, host, ", ", section->name, NULL);
}

/* @return whether there is something to say of them */
static bool check_limits(verification *x, const mss_section *section,
                         const mss_limits *l)
{
    const char *fault = mss_conf_contradiction(x->p, l);

    if (fault) {
        ap_log_error(APLOG_MARK, APLOG_EMERG | APLOG_STARTUP, 0,
                     section->server, "MSS0001: %s: %s",
                     place_of(x->p, section), fault);
        x->faults++;
    }
    else if (l->expire_after - l->warn_after < LONG_ENOUGH_TO_EXTEND) {
        ap_log_error(
            APLOG_MARK, APLOG_WARNING | APLOG_STARTUP, 0, section->server,
            "MSS0002: %s: less than 20 s between "
            "SessionSecurityWarnAfter (%s) and "
            "SessionSecurityExpireAfter (%s) is too short for some "
            "people (WCAG 2.2, 2.2.1); warn earlier",
            place_of(x->p, section), mss_conf_time(x->p, l->warn_after),
            mss_conf_time(x->p, l->expire_after));
    }
    else {
        return false;
    }
    return true;
}

static void check_section(void *data, const mss_section *section)
{
    const bool sets = mss_conf_sets_limits(section->own);
    bool said = false;
    mss_limits l;

    if (sets || mss_conf_enabled(section->merged)) {
        l = mss_rules_limits(section->merged, 0);
        mss_conf_note_force(&l);
    }
    for (int n = 0; sets && mss_rules_meet(section->merged, n, &l); n++) {
        said = said || check_limits(data, section, &l);
    }
}

/* --- places --------------------------------------------------------------------- */

static bool is_own(const char *directive)
{
    return ap_cstr_casecmpn(directive, PREFIX, sizeof(PREFIX) - 1) == 0;
}

/* Sections that directives cannot be in. The core lets each directive look after
 * itself. */
typedef struct {
    const char *name;
    const char *why;
} closed_section;

/* Such a section has no settings of its own. */
#define OF_METHODS                                                             \
    "where it would hold for all methods; write "                              \
    "<If \"%{REQUEST_METHOD} == 'POST'\">"
/* Where its sections are is mod_proxy's own affair. */
#define OF_PROXIES                                                             \
    "where nothing checks it, or lists it among the settings in force; write " \
    "<Location>"

static const closed_section *find_closed(const ap_directive_t *d)
{
    static const closed_section all[] = {{"<Limit", OF_METHODS},
                                         {"<LimitExcept", OF_METHODS},
                                         {"<Proxy", OF_PROXIES},
                                         {"<ProxyMatch", OF_PROXIES},
                                         {NULL, NULL}};
    const closed_section *one = all;

    while (one->name && ap_cstr_casecmp(d->directive, one->name) != 0) {
        one++;
    }
    return one->name ? one : NULL;
}

static void refuse(verification *x, const ap_directive_t *d,
                   const closed_section *in)
{
    ap_log_error(APLOG_MARK, APLOG_EMERG | APLOG_STARTUP, 0, NULL,
                 "MSS0053: %s at %s:%d cannot be in %s>, %s", d->directive,
                 d->filename, d->line_num, in->name, in->why);
    x->faults++;
}

/* What it names may stand in .htaccess whatever a directive says of itself. That
 * would be read in a child, for one request: after all that is made for it at the
 * start, and with memory that ends with the request. */
static void check_override_list(verification *x, const ap_directive_t *d)
{
    const char *names = d->args;
    const char *name;

    while (*(name = ap_getword_conf(x->p, &names))) {
        if (is_own(name)) {
            ap_log_error(APLOG_MARK, APLOG_EMERG | APLOG_STARTUP, 0, NULL,
                         "MSS0054: AllowOverrideList at %s:%d names %s, which "
                         "cannot be in .htaccess: an application could switch "
                         "its own protection off; take it out of the list",
                         d->filename, d->line_num, name);
            x->faults++;
        }
    }
}

static void note(presence *here, const ap_directive_t *d)
{
    here->any = here->any ? here->any : d;
    here->switched = here->switched || !d->directive[sizeof(PREFIX) - 1];
}

static void check_places(verification *x, const ap_directive_t *d,
                         const closed_section *in, presence *here);

static void check_host(verification *x, const ap_directive_t *d)
{
    presence host = {NULL, false};

    check_places(x, d->first_child, NULL, &host);
    x->hosts.switched = x->hosts.switched || host.switched;
    if (!host.switched && !x->hosts.any) {
        x->hosts.any = host.any;
    }
}

static void check_places(verification *x, const ap_directive_t *d,
                         const closed_section *in, presence *here)
{
    for (; d; d = d->next) {
        const closed_section *closed = find_closed(d);

        if (is_own(d->directive)) {
            note(here, d);
            if (in) {
                refuse(x, d, in);
            }
        }
        if (ap_cstr_casecmp(d->directive, "AllowOverrideList") == 0) {
            check_override_list(x, d);
        }
        if (ap_cstr_casecmp(d->directive, "<VirtualHost") == 0) {
            check_host(x, d);
        }
        else {
            check_places(x, d->first_child, closed ? closed : in, here);
        }
    }
}

/* Virtual hosts inherit the server's settings, On among them. */
static void check_switches(const verification *x, server_rec *s,
                           const presence *server)
{
    const ap_directive_t *d = x->hosts.any;

    if (!d && !x->hosts.switched) {
        d = server->any;
    }
    if (d && !server->switched) {
        ap_log_error(APLOG_MARK, APLOG_WARNING | APLOG_STARTUP, 0, s,
                     "MSS0056: there is %s at %s:%d, but nothing is protected "
                     "there; add 'SessionSecurity On'",
                     d->directive, d->filename, d->line_num);
    }
}

int mss_verify_config(apr_pool_t *ptemp, server_rec *s)
{
    verification x = {ptemp, 0, {NULL, false}};
    presence server = {NULL, false};

    check_places(&x, ap_conftree, NULL, &server);
    check_switches(&x, s, &server);
    for (; s; s = s->next) {
        mss_sections_walk(ptemp, s, check_section, &x);
    }
    return x.faults ? HTTP_INTERNAL_SERVER_ERROR : OK;
}
