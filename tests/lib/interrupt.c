/* SPDX-License-Identifier: Apache-2.0
 * Knows how to end a child of httpd at the worst of times: loaded by LD_PRELOAD,
 * it has a thread that wakes another get SIGTERM, as soon as the file named by
 * INTERRUPT is there. */

#define _GNU_SOURCE

#include <dlfcn.h>
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

__attribute__((visibility("default"))) int apr_thread_cond_signal(void *cond)
{
    static int (*real)(void *);
    const char *file = getenv("INTERRUPT");

    if (!real) {
        *(void **)&real = dlsym(RTLD_NEXT, "apr_thread_cond_signal");
    }
    if (file && access(file, F_OK) == 0) {
        raise(SIGTERM);
    }
    return real(cond);
}
