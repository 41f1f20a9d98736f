/* SPDX-License-Identifier: Apache-2.0
 * Knows what a table must look like when whoever writes to it dies midway: a
 * child process is stopped after each of its instructions.
 * Must not know the order in which it writes. */

#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/ptrace.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/table.h"
#include "suites.h"

#define COUNT(a) ((int)(sizeof(a) / sizeof((a)[0])))
#define S(n) apr_time_from_sec(n)
#define NOW S(1700000000)
#define STALE (NOW - S(600))
#define LATER (NOW + S(600))
#define WAYS MSS_TABLE_WAYS /* one set */
#define NEW WAYS            /* a key that is not in the table */
#define KEYS (WAYS + 1)

typedef struct {
    mss_record of[KEYS];
} view;

/* Shared with the child. */
static mss_table *table;

static mss_key key(int n)
{
    mss_key k;

    memset(k.bytes, 0x11 + n, sizeof(k.bytes));
    return k;
}

static bool touch(int n, apr_time_t at)
{
    const mss_key k = key(n);
    const mss_visit visit = {.created = at - S(10), .at = at};

    return mss_table_touch(table, &k, &visit, STALE, NOW) != MSS_TOUCH_REVOKED;
}

static bool end(int n, apr_time_t until)
{
    const mss_key k = key(n);

    return mss_table_revoke(table, &k, until, MSS_END_LOGOUT, STALE, NOW);
}

static view look(const mss_table *t)
{
    view v;
    int n;

    memset(&v, 0, sizeof(v));
    for (n = 0; n < KEYS; n++) {
        const mss_key k = key(n);

        mss_table_get(t, &k, &v.of[n]);
    }
    return v;
}

/* --- what the child does ---------------------------------------------------- */

static void fill(int live)
{
    int n;

    for (n = 0; n < WAYS; n++) {
        if (n < live) {
            touch(n, NOW - S(100) + S(n));
        }
        else {
            end(n, LATER + S(n));
        }
    }
}

static void touch_known(void)
{
    touch(3, NOW);
}

static void touch_new(void)
{
    touch(NEW, NOW);
}

static void revoke_known(void)
{
    end(3, LATER);
}

static void revoke_new(void)
{
    end(NEW, LATER);
}

/* Victim: the key whose record may vanish meanwhile; -1: none. */
static const struct {
    void (*act)(void);
    int live; /* of the 16 records; the others are revoked */
    int victim;
    int changes; /* the key that is different at the end; -1: none */
} acts[] = {
    {touch_known, WAYS, -1, 3},
    {touch_known, 2, -1, -1}, /* revoked: nothing happens */
    {touch_new, WAYS, 0, NEW},
    {touch_new, 1, 0, NEW},
    {touch_new, 0, -1, -1}, /* a set full of revocations */
    {revoke_known, WAYS, -1, 3},
    {revoke_known, 2, -1, -1},
    {revoke_new, WAYS, 0, NEW},
    {revoke_new, 1, 0, NEW},
    {revoke_new, 0, 0, NEW},
};

/* --- after each instruction ------------------------------------------------- */

static bool same(const mss_record *a, const mss_record *b)
{
    return memcmp(a, b, sizeof(*a)) == 0;
}

/* Every key has its old record or its new one, in full; that which makes room,
 * and that which takes it, may have none. */
static void check_view(const view *before, const view *now, const view *after,
                       int victim)
{
    int n;

    for (n = 0; n < KEYS; n++) {
        const bool gone = now->of[n].source == MSS_SOURCE_NONE;

        ck_assert_msg(same(&now->of[n], &before->of[n])
                          || same(&now->of[n], &after->of[n])
                          || (gone && (n == victim || n == NEW)),
                      "key %d: source %d, last %ld", n, now->of[n].source,
                      (long)now->of[n].last);
    }
}

/* Whoever takes the lock next can work with it. */
static void check_use(void)
{
    const apr_size_t size = mss_table_size(WAYS);
    mss_table *shared = table;
    mss_table_usage used = {0, 0, 0};
    int n;

    table = mss_table_adopt(mss_exact((const char *)shared, size), size, WAYS);
    ck_assert_ptr_nonnull(table);
    end(NEW, LATER);
    for (n = 0; n < KEYS; n++) {
        end(n, LATER);
        ck_assert(!touch(n, NOW));
        ck_assert_int_eq(look(table).of[n].source, MSS_SOURCE_REVOKED);
    }
    for (apr_size_t at = 0; at < WAYS; at++) {
        mss_table_count(table, at, STALE, NOW, &used);
    }
    ck_assert_uint_eq(used.revocations, WAYS);
    free(table);
    table = shared;
}

static pid_t start(void (*act)(void))
{
    const pid_t pid = fork();
    int status;

    ck_assert_int_ge(pid, 0);
    if (pid == 0) {
        ptrace(PTRACE_TRACEME, 0, NULL, NULL);
        raise(SIGSTOP);
        act();
        _exit(0);
    }
    ck_assert_int_eq(waitpid(pid, &status, 0), pid);
    ck_assert(WIFSTOPPED(status));
    return pid;
}

/* @return whether it has not ended yet */
static bool step(pid_t pid)
{
    int status;

    ck_assert_int_eq(ptrace(PTRACE_SINGLESTEP, pid, NULL, NULL), 0);
    ck_assert_int_eq(waitpid(pid, &status, 0), pid);
    ck_assert(WIFSTOPPED(status) || WIFEXITED(status));
    return WIFSTOPPED(status);
}

/* The same acts, done in one go. */
static view outcome(void (*act)(void))
{
    const apr_size_t size = mss_table_size(WAYS);
    mss_table *shared = table;
    view after;

    table = (mss_table *)(void *)mss_exact((const char *)shared, size);
    act();
    after = look(table);
    free(table);
    table = shared;
    return after;
}

START_TEST(stopped_after_each_instruction)
{
    const apr_size_t size = mss_table_size(WAYS);
    view before, after, last;
    int looks = 0;
    pid_t pid;

    table = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS,
                 -1, 0);
    ck_assert(table != MAP_FAILED);
    mss_table_make(table, WAYS);
    fill(acts[_i].live);
    before = last = look(table);
    after = outcome(acts[_i].act);
    ck_assert_int_eq(!same(&before.of[NEW], &after.of[NEW]),
                     acts[_i].changes == NEW);
    pid = start(acts[_i].act);
    while (step(pid)) {
        view now = look(table);

        check_view(&before, &now, &after, acts[_i].victim);
        if (memcmp(&now, &last, sizeof(now)) != 0) {
            check_use();
            last = now;
            looks++;
        }
    }
    ck_assert_mem_eq(&last, &after, sizeof(last));
    ck_assert_int_eq(looks > 0, acts[_i].changes >= 0);
    munmap(table, size);
}
END_TEST

Suite *mss_suite_torn(void)
{
    Suite *suite = suite_create("torn");
    TCase *tc = tcase_create("all");

    tcase_set_timeout(tc, 60);
    tcase_add_loop_test(tc, stopped_after_each_instruction, 0, COUNT(acts));
    suite_add_tcase(suite, tc);
    return suite;
}
