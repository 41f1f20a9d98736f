/* SPDX-License-Identifier: Apache-2.0 */

#include "atlas.h"

#include <string.h>

#include "apr_strings.h"

/* With the layout it changes. */
#define MAGIC APR_UINT64_C(0x4d53534154000001)

typedef struct {
    apr_uint64_t name;
    apr_uint64_t noted; /* 0: empty */
    mss_atlas_entry entry;
} slot;

struct mss_atlas {
    apr_uint64_t magic;
    apr_uint64_t notes; /* how many there have been */
    slot slots[MSS_ATLAS_SLOTS];
};

apr_size_t mss_atlas_size(void)
{
    return sizeof(mss_atlas);
}

mss_atlas *mss_atlas_open(void *memory)
{
    mss_atlas *atlas = memory;

    if (atlas->magic != MAGIC) {
        memset(atlas, 0, sizeof(*atlas));
        atlas->magic = MAGIC;
    }
    return atlas;
}

static bool is_place(const slot *s, apr_uint64_t name,
                     const mss_atlas_entry *entry)
{
    return s->noted && s->name == name
           && strcmp(s->entry.path, entry->path) == 0
           && strcmp(s->entry.domain, entry->domain) == 0;
}

/* The place's own slot, or the one that was noted longest ago. */
static slot *slot_for(mss_atlas *atlas, apr_uint64_t name,
                      const mss_atlas_entry *entry)
{
    slot *oldest = atlas->slots;
    int i;

    for (i = 0; i < MSS_ATLAS_SLOTS; i++) {
        slot *s = &atlas->slots[i];

        if (is_place(s, name, entry)) {
            return s;
        }
        if (s->noted < oldest->noted) {
            oldest = s;
        }
    }
    return oldest;
}

bool mss_atlas_note(mss_atlas *atlas, apr_uint64_t name, const char *path,
                    const char *domain)
{
    mss_atlas_entry entry = {"", ""};
    slot *s;

    if (strlen(path) >= sizeof(entry.path)
        || strlen(domain) >= sizeof(entry.domain)) {
        return false;
    }
    apr_cpystrn(entry.path, path, sizeof(entry.path));
    apr_cpystrn(entry.domain, domain, sizeof(entry.domain));
    s = slot_for(atlas, name, &entry);
    /* Empty meanwhile, in case that this process dies in the midst. */
    s->noted = 0;
    s->name = name;
    s->entry = entry;
    s->noted = ++atlas->notes;
    return true;
}

bool mss_atlas_next(const mss_atlas *atlas, apr_uint64_t name, int *at,
                    mss_atlas_entry *entry)
{
    for (; *at < MSS_ATLAS_SLOTS; ++*at) {
        const slot *s = &atlas->slots[*at];

        if (s->noted && s->name == name) {
            *entry = s->entry;
            ++*at;
            return true;
        }
    }
    return false;
}
