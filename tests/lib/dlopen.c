/* SPDX-License-Identifier: Apache-2.0
 * Knows that the sanitizers end a process that loads a library with
 * RTLD_DEEPBIND, as PHP does with its extensions: loaded by LD_PRELOAD before
 * them, it takes that flag away. */

#define _GNU_SOURCE

#include <dlfcn.h>

__attribute__((visibility("default"))) void *dlopen(const char *file, int mode)
{
    static void *(*real)(const char *, int);

    if (!real) {
        *(void **)&real = dlsym(RTLD_NEXT, "dlopen");
    }
    return real(file, mode & ~RTLD_DEEPBIND);
}
