/* SPDX-License-Identifier: Apache-2.0 */

#include "sections.h"

#include "apr_fnmatch.h"
#include "apr_strings.h"
#include "http_core.h"
#include "util_cfgtree.h"

#include "log.h"

typedef struct {
    apr_pool_t *p;
    server_rec *s;
    mss_section_visitor *visitor;
    void *data;
} walk;

/* Where sections are looked at: what they are in. */
typedef struct {
    const char *kind; /* the directive that opens them */
    const char *name; /* of the section around them, "" for none */
    const mss_conf *merged;
    bool by_path; /* sections whose path is within another's inherit from it */
} around;

static void walk_sections(const walk *w, apr_array_header_t *sections,
                          const around *outer);

static core_dir_config *core_of(ap_conf_vector_t *section)
{
    return ap_get_core_module_config(section);
}

static mss_conf *own_of(ap_conf_vector_t *section)
{
    return ap_get_module_config(section, &session_security_module);
}

static const mss_conf *merge(const walk *w, const mss_conf *outer,
                             mss_conf *own)
{
    return own ? mss_conf_merge_dir(w->p, (void *)outer, own) : outer;
}

/* --- names -------------------------------------------------------------------- */

const char *mss_sections_server(apr_pool_t *p, const server_rec *s)
{
    const char *name = s->server_hostname ? s->server_hostname : "-";
    apr_port_t port = s->port;

    if (port == 0 && s->addrs) {
        port = s->addrs->host_port;
    }
    return port ? apr_psprintf(p, "%s:%hu", name, port) : name;
}

/* The text of a condition is in the tree of directives alone. */
static const char *condition_text(const ap_directive_t *d,
                                  const ap_expr_info_t *condition)
{
    const char *found = NULL;

    for (; d && !found; d = d->next) {
        if (d->line_num == (int)condition->line_number && d->directive[0] == '<'
            && strcmp(d->filename, condition->filename) == 0) {
            return d->args;
        }
        found = condition_text(d->first_child, condition);
    }
    return found;
}

static const char *condition_name(apr_pool_t *p, const core_dir_config *core)
{
    const char *kind = core->condition_ifelse == AP_CONDITION_IF ? "<If"
                       : core->condition_ifelse == AP_CONDITION_ELSE
                           ? "<Else>"
                           : "<ElseIf";
    const char *text =
        core->condition ? condition_text(ap_conftree, core->condition) : NULL;

    if (!core->condition) {
        return kind;
    }
    return text ? apr_pstrcat(p, kind, " ", text, NULL)
                : apr_psprintf(p, "%s at %s:%u>", kind,
                               core->condition->filename,
                               core->condition->line_number);
}

static const char *name_of(const walk *w, const core_dir_config *core,
                           const around *outer)
{
    const char *name;

    if (!core) {
        name = outer->kind;
    }
    else if (core->condition_ifelse) {
        name = condition_name(w->p, core);
    }
    else {
        name = apr_pstrcat(w->p, outer->kind, core->r ? "Match" : "", " ",
                           core->d ? core->d : "?", ">", NULL);
    }
    return *outer->name ? apr_pstrcat(w->p, outer->name, " ", name, NULL)
                        : name;
}

/* --- what applies to a path ------------------------------------------------------ */

static bool is_path(const core_dir_config *core)
{
    return core && core->d && !core->r && !core->d_is_fnmatch;
}

/* As the walks of server/request.c decide. */
static bool applies(const core_dir_config *core, const char *path)
{
    size_t n;

    if (!core || !core->d) {
        return false;
    }
    if (core->r) {
        return ap_regexec(core->r, path, 0, NULL, 0) == 0;
    }
    if (core->d_is_fnmatch) {
        return apr_fnmatch(core->d, path, APR_FNM_PATHNAME) == APR_SUCCESS;
    }
    n = strlen(core->d);
    return strncmp(core->d, path, n) == 0
           && (n == 0 || core->d[n - 1] == '/' || path[n] == '/' || !path[n]);
}

static const mss_conf *merged_at(const walk *w, apr_array_header_t *sections,
                                 int at, const around *outer)
{
    ap_conf_vector_t *section = APR_ARRAY_IDX(sections, at, ap_conf_vector_t *);
    const core_dir_config *core = core_of(section);
    const mss_conf *merged = outer->merged;

    if (!outer->by_path || !is_path(core)) {
        return merge(w, merged, own_of(section));
    }
    for (int i = 0; i < sections->nelts; i++) {
        ap_conf_vector_t *other =
            APR_ARRAY_IDX(sections, i, ap_conf_vector_t *);

        if (i == at || applies(core_of(other), core->d)) {
            merged = merge(w, merged, own_of(other));
        }
    }
    return merged;
}

static bool comes_before(ap_conf_vector_t *a, ap_conf_vector_t *b)
{
    const core_dir_config *x = core_of(a);
    const core_dir_config *y = core_of(b);

    if (!is_path(x) || !is_path(y)) {
        return is_path(x) && !is_path(y);
    }
    return strlen(x->d) < strlen(y->d);
}

/* httpd sorts them after the configuration has been checked: shorter paths
 * first, patterns last (core.c, ap_core_reorder_directories). */
static apr_array_header_t *sort(apr_pool_t *p, apr_array_header_t *sections)
{
    apr_array_header_t *sorted = sections ? apr_array_copy(p, sections) : NULL;
    ap_conf_vector_t **s;

    for (int i = 1; sorted && i < sorted->nelts; i++) {
        s = (ap_conf_vector_t **)(void *)sorted->elts;
        for (int j = i; j > 0 && comes_before(s[j], s[j - 1]); j--) {
            ap_conf_vector_t *moved = s[j];

            s[j] = s[j - 1];
            s[j - 1] = moved;
        }
    }
    return sorted;
}

/* --- the walk ------------------------------------------------------------------- */

static void walk_section(const walk *w, apr_array_header_t *sections, int at,
                         const around *outer)
{
    ap_conf_vector_t *section = APR_ARRAY_IDX(sections, at, ap_conf_vector_t *);
    const core_dir_config *core = core_of(section);
    mss_section shown = {
        .server = w->s,
        .name = name_of(w, core, outer),
        .own = own_of(section),
        .merged = merged_at(w, sections, at, outer),
    };

    if (shown.own) {
        w->visitor(w->data, &shown);
    }
    if (core) {
        const around files = {"<Files", shown.name, shown.merged, false};
        const around ifs = {"<If", shown.name, shown.merged, false};

        walk_sections(w, core->sec_file, &files);
        walk_sections(w, core->sec_if, &ifs);
    }
}

static void walk_sections(const walk *w, apr_array_header_t *sections,
                          const around *outer)
{
    for (int i = 0; sections && i < sections->nelts; i++) {
        walk_section(w, sections, i, outer);
    }
}

void mss_sections_walk(apr_pool_t *p, server_rec *s,
                       mss_section_visitor *visitor, void *data)
{
    const walk w = {p, s, visitor, data};
    const core_server_config *core =
        ap_get_core_module_config(s->module_config);
    const core_dir_config *defaults = core_of(s->lookup_defaults);
    const mss_conf *c = own_of(s->lookup_defaults);
    const mss_section shown = {s, "server config", c, c};
    const around directories = {"<Directory", "", c, true};
    const around files = {"<Files", "", c, false};
    const around locations = {"<Location", "", c, true};
    const around ifs = {"<If", "", c, false};

    visitor(data, &shown);
    walk_sections(&w, sort(p, core->sec_dir), &directories);
    walk_sections(&w, defaults->sec_file, &files);
    walk_sections(&w, core->sec_url, &locations);
    walk_sections(&w, defaults->sec_if, &ifs);
}
