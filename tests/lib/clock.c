/* SPDX-License-Identifier: Apache-2.0
 * Knows how to move the wall clock of a process that runs under a sanitizer,
 * which libfaketime cannot: loaded by LD_PRELOAD, it adds the seconds that stand
 * in the file named by FAKETIME_TIMESTAMP_FILE. Must not call what a sanitizer
 * intercepts before it is ready. */

#define _GNU_SOURCE

#include <dlfcn.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

#define EXPORT __attribute__((visibility("default")))

extern char **environ;

static const char *file(void)
{
    static const char name[] = "FAKETIME_TIMESTAMP_FILE=";

    for (char **e = environ; e && *e; e++) {
        size_t i = 0;

        while (name[i] && (*e)[i] == name[i]) {
            i++;
        }
        if (!name[i]) {
            return *e + i;
        }
    }
    return NULL;
}

/* As libfaketime with FAKETIME_NO_CACHE: "+90" or "-90", read at each call. */
static time_t offset(void)
{
    const char *path = file();
    char text[24] = "";
    time_t seconds = 0;
    long fd =
        path ? syscall(SYS_openat, AT_FDCWD, path, O_RDONLY | O_CLOEXEC) : -1;

    if (fd < 0) {
        return 0;
    }
    (void)syscall(SYS_read, fd, text, sizeof(text) - 1);
    (void)syscall(SYS_close, fd);
    for (const char *s = text + 1; *s >= '0' && *s <= '9'; s++) {
        seconds = 10 * seconds + (*s - '0');
    }
    return *text == '-' ? -seconds : seconds;
}

EXPORT int clock_gettime(clockid_t clock, struct timespec *t)
{
    int rc = (int)syscall(SYS_clock_gettime, clock, t);

    if (rc == 0
        && (clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE)) {
        t->tv_sec += offset();
    }
    return rc;
}

EXPORT int gettimeofday(struct timeval *restrict t, void *restrict zone)
{
    struct timespec now;

    (void)zone;
    (void)clock_gettime(CLOCK_REALTIME, &now);
    *t = (struct timeval){now.tv_sec, now.tv_nsec / 1000};
    return 0;
}

EXPORT time_t time(time_t *t)
{
    struct timespec now;

    (void)clock_gettime(CLOCK_REALTIME, &now);
    if (t) {
        *t = now.tv_sec;
    }
    return now.tv_sec;
}

/* Times to wait for are of the moved clock, and the kernel has its own. */
EXPORT int pthread_cond_timedwait(pthread_cond_t *restrict cond,
                                  pthread_mutex_t *restrict mutex,
                                  const struct timespec *restrict until)
{
    static int (*real)(pthread_cond_t *, pthread_mutex_t *,
                       const struct timespec *);
    struct timespec t = {until->tv_sec - offset(), until->tv_nsec};

    if (!real) {
        *(void **)&real = dlsym(RTLD_NEXT, "pthread_cond_timedwait");
    }
    return real(cond, mutex, &t);
}
