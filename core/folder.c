#define _GNU_SOURCE /* renameat2, nftw */
#include "core/folder.h"

#include "core/file.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

enum { OPEN_AT_ONCE = 16 };

static tg_status
no_memory(void)
{
    return tg_fail(TG_ENOMEM, "out of memory");
}

/* ---- where ---------------------------------------------------------------------------- */

static int
is_folder(const char *path)
{
    struct stat s;

    return stat(path, &s) == 0 && S_ISDIR(s.st_mode);
}

/* The absolute path of a folder that may not exist; its parents are made. */
static tg_status
resolve(const char *path, char **out)
{
    char  *copy = strdup(path), *parent = NULL;
    size_t n = strlen(path);

    if (!copy) return no_memory();
    while (n > 1 && copy[n - 1] == '/') copy[--n] = '\0';
    char     *slash = strrchr(copy, '/');
    tg_status status = TG_OK;
    if (slash && slash > copy && !is_folder(copy)) {
        *slash = '\0';
        status = tg_folder_make(copy);
        *slash = '/';
    }
    if (status != TG_OK) {
        free(copy);
        return status;
    }
    if ((*out = realpath(copy, NULL))) {
        free(copy);
        return TG_OK;
    }
    if (errno == ENOENT) {
        if (slash) *slash = '\0';
        parent = realpath(!slash ? "." : *copy ? copy : "/", NULL);
        if (parent) *out = tg_path_join(parent, slash ? slash + 1 : copy);
    }
    if (!*out) status = tg_fail(TG_EIO, "%.400s: %s", path, strerror(errno));
    free(parent);
    free(copy);
    return status;
}

/* A folder that cannot change places with another is refused before any work. */
static tg_status
check_place(const char *path, const char *parent)
{
    struct stat  s, above;
    char        *here = getcwd(NULL, 0);
    const size_t n = strlen(path);
    const int    inside =
        here && !strncmp(here, path, n) && (!here[n] || here[n] == '/' || n == 1);

    free(here);
    if (inside)
        return tg_fail(TG_EIO,
                       "%.400s is the current folder or above it: results need a folder "
                       "of their own",
                       path);
    if (stat(path, &s) != 0) return TG_OK;
    if (!S_ISDIR(s.st_mode)) return tg_fail(TG_EIO, "%.400s: is not a folder", path);
    if (stat(parent, &above) == 0 && above.st_dev != s.st_dev)
        return tg_fail(TG_EIO,
                       "%.400s is a mount point: results need a folder of their own, "
                       "inside it",
                       path);
    return TG_OK;
}

/* parent/.name.tardigrad-draft */
static tg_status
name_draft(tg_folder *f)
{
    char        *slash = strrchr(f->path, '/');
    const size_t room = strlen(f->path) + sizeof "/..tardigrad-draft";

    if (!(f->draft = malloc(room))) return no_memory();
    *slash = '\0';
    tg_status status = TG_OK;
    snprintf(f->draft, room, "%s/.%s.tardigrad-draft", f->path, slash + 1);
    char *parent = strdup(slash > f->path ? f->path : "/");
    *slash = '/';
    status = parent ? check_place(f->path, parent) : no_memory();
    free(parent);
    return status;
}

/* draft-, where a folder is kept while it is replaced on file systems that cannot exchange */
static char *
aside_of(const tg_folder *f)
{
    const size_t n = strlen(f->draft);
    char        *aside = malloc(n + 2);

    if (aside) snprintf(aside, n + 2, "%s-", f->draft);
    return aside;
}

/* ---- removing ------------------------------------------------------------------------- */

static int
remove_one(const char *path, const struct stat *s, int type, struct FTW *at)
{
    (void)s;
    (void)type;
    if (at->level > 0) remove(path);
    return 0;
}

static void
empty(const char *path)
{
    nftw(path, remove_one, OPEN_AT_ONCE, FTW_DEPTH | FTW_PHYS);
}

void
tg_folder_discard(const char *draft)
{
    empty(draft);
    rmdir(draft);
}

/* ---- locking -------------------------------------------------------------------------- */

/* Open and lock a folder; -1: it is gone, -2: somebody else holds it, -3: errno. */
static int
lock_folder(const char *path)
{
    struct stat held, now;
    const int   fd = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);

    if (fd < 0) return errno == ENOENT ? -1 : -3;
    if (flock(fd, LOCK_EX | LOCK_NB) != 0) {
        const int busy = errno == EWOULDBLOCK;
        close(fd);
        return busy ? -2 : -3;
    }
    if (fstat(fd, &held) == 0 && stat(path, &now) == 0 && held.st_ino == now.st_ino &&
        held.st_dev == now.st_dev)
        return fd;
    close(fd); /* it was put in place or removed in the meantime */
    return -1;
}

static tg_status
open_draft(tg_folder *f)
{
    for (int i = 0; i < 100; i++) {
        if (mkdir(f->draft, 0777) != 0 && errno != EEXIST)
            return tg_fail(TG_EIO, "%.400s: folder cannot be made: %s", f->path,
                           strerror(errno));
        f->lock = lock_folder(f->draft);
        if (f->lock >= 0) {
            empty(f->draft); /* of a run that died */
            return TG_OK;
        }
        if (f->lock == -3) break;
        if (f->lock == -2)
            return tg_fail(TG_EIO, "%.400s: another run is writing its results there",
                           f->path);
    }
    return tg_fail(TG_EIO, "%.400s: cannot be locked: %s", f->draft, strerror(errno));
}

static void
release(tg_folder *f)
{
    if (f->lock >= 0) close(f->lock);
    if (f->earlier >= 0) close(f->earlier);
    free(f->path);
    free(f->draft);
    *f = (tg_folder){ .lock = -1, .earlier = -1 };
}

/* A run that died between the two renames left the folder aside. */
static void
recover(const tg_folder *f)
{
    char *aside = aside_of(f);

    if (aside && rename(aside, f->path) != 0) tg_folder_discard(aside);
    free(aside);
}

tg_status
tg_folder_begin(const char *path, tg_folder *f)
{
    *f = (tg_folder){ .lock = -1, .earlier = -1 };
    if (!*path) return tg_fail(TG_EINPUT, "expected the name of a folder, got none");
    tg_status status = resolve(path, &f->path);
    if (status == TG_OK) status = name_draft(f);
    if (status == TG_OK) status = open_draft(f);
    if (status == TG_OK)
        recover(f);
    else
        release(f);
    return status;
}

/* ---- putting in place ----------------------------------------------------------------- */

/* A second name in `to` for everything below `from`. */
static int
link_tree(const char *from, const char *to)
{
    struct stat s;

    if (lstat(from, &s) != 0) return -1;
    if (!S_ISDIR(s.st_mode)) return linkat(AT_FDCWD, from, AT_FDCWD, to, 0);
    DIR *d = opendir(from);
    int  failed = !d || (mkdir(to, s.st_mode & 07777) != 0 && errno != EEXIST);
    for (struct dirent *e; !failed && (e = readdir(d));) {
        if (!strcmp(e->d_name, ".") || !strcmp(e->d_name, "..")) continue;
        char *a = tg_path_join(from, e->d_name), *b = tg_path_join(to, e->d_name);
        failed = !a || !b || link_tree(a, b) != 0;
        free(a);
        free(b);
    }
    if (d) closedir(d);
    return failed ? -1 : 0;
}

/* What is in the folder and was not written by this run stays: the draft gets it too. */
static int
carry_over(const tg_folder *f)
{
    DIR *d = opendir(f->path);
    int  failed = !d;

    for (struct dirent *e; !failed && (e = readdir(d));) {
        struct stat s;
        if (!strcmp(e->d_name, ".") || !strcmp(e->d_name, "..")) continue;
        char *a = tg_path_join(f->path, e->d_name), *b = tg_path_join(f->draft, e->d_name);
        failed = !a || !b || (lstat(b, &s) != 0 && link_tree(a, b) != 0);
        free(a);
        free(b);
    }
    if (d) closedir(d);
    return failed ? -1 : 0;
}

/* Both names change places in one step. Where the file system cannot, the folder is moved
 * aside first. */
static int
change_places(const tg_folder *f)
{
    if (renameat2(AT_FDCWD, f->draft, AT_FDCWD, f->path, RENAME_EXCHANGE) == 0) return 0;
    if (errno != EINVAL && errno != ENOSYS) return -1;
    char *aside = aside_of(f);
    if (!aside) return -1;
    int failed = rename(f->path, aside);
    if (!failed && (failed = rename(f->draft, f->path)) && rename(aside, f->path) == 0)
        failed = -1;
    if (!failed) failed = rename(aside, f->draft);
    free(aside);
    return failed ? -1 : 0;
}

static tg_status
put_in_place(tg_folder *f)
{
    struct stat s;

    if (!is_folder(f->path) && rename(f->draft, f->path) == 0) return TG_OK;
    if (stat(f->path, &s) == 0) (void)!chmod(f->draft, s.st_mode & 07777);
    f->earlier = lock_folder(f->path); /* it is a draft once they have changed places */
    if (carry_over(f) == 0 && change_places(f) == 0) {
        tg_folder_discard(f->draft);
        return TG_OK;
    }
    return tg_fail(TG_EIO, "%.400s: cannot be replaced (%s); the results are in %.400s",
                   f->path, strerror(errno), f->draft);
}

tg_status
tg_folder_end(tg_folder *f, tg_status status)
{
    if (status == TG_OK)
        status = put_in_place(f);
    else
        tg_folder_discard(f->draft);
    release(f);
    return status;
}
