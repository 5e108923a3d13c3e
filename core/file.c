#include "core/file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define MOST_TEXT ((size_t)1 << 30) /* bytes: a device may never end */

/* A new file with the user's umask, which mkstemp does not heed. */
static int
open_new(char *name, size_t n)
{
    int fd = -1;

    errno = EEXIST;
    for (unsigned i = 0; i < 1000 && fd < 0 && errno == EEXIST; i++) {
        snprintf(name + n, 8, ".%06x", ((unsigned)getpid() * 1009 + i) & 0xffffff);
        fd = open(name, O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0666);
    }
    return fd;
}

/* A device, a pipe or a link would be gone if a file took its name. */
static bool
is_to_stay(const char *path)
{
    struct stat s;

    return lstat(path, &s) == 0 && !S_ISREG(s.st_mode);
}

/* What is standard output by another name goes where that has got to, not over its beginning. */
static int
open_in_place(const char *path)
{
    struct stat there, out;

    if (stat(path, &there) == 0 && fstat(STDOUT_FILENO, &out) == 0 &&
        there.st_dev == out.st_dev && there.st_ino == out.st_ino && fflush(stdout) == 0)
        return dup(STDOUT_FILENO);
    return open(path, O_CREAT | O_TRUNC | O_WRONLY | O_CLOEXEC, 0666);
}

tg_status
tg_file_begin(tg_file *f, const char *path)
{
    const size_t n = strlen(path) + 1;

    *f = (tg_file){ .path = malloc(n),
                    .temporary = malloc(n + 8),
                    .in_place = is_to_stay(path) };
    if (!f->path || !f->temporary) {
        free(f->path);
        free(f->temporary);
        return tg_fail(TG_ENOMEM, "out of memory");
    }
    memcpy(f->path, path, n);
    memcpy(f->temporary, path, n);
    const int fd = f->in_place ? open_in_place(path) : open_new(f->temporary, n - 1);
    f->stream = fd >= 0 ? fdopen(fd, "wb") : NULL;
    if (f->stream) return TG_OK;
    const int cause = errno;
    if (fd >= 0) {
        close(fd);
        if (!f->in_place) unlink(f->temporary);
    }
    free(f->path);
    free(f->temporary);
    return tg_fail(cause == ENOSPC ? TG_EWRITE : TG_EIO, "%s: cannot be written: %s", path,
                   strerror(cause));
}

tg_status
tg_file_check(const char *path)
{
    tg_file f;

    if (is_to_stay(path)) return TG_OK;
    TG_TRY(tg_file_begin(&f, path));
    (void)!tg_file_end(&f, TG_ESTOP);
    return TG_OK;
}

tg_status
tg_file_end(tg_file *f, tg_status status)
{
    int failed = fflush(f->stream) != 0 || ferror(f->stream);

    failed |= fclose(f->stream) != 0;
    if (status == TG_OK && failed)
        status = tg_fail(TG_EWRITE, "%s: cannot be written: %s", f->path, strerror(errno));
    if (status == TG_OK && !f->in_place && rename(f->temporary, f->path) != 0)
        status = tg_fail(TG_EWRITE, "%s: cannot be written: %s", f->path, strerror(errno));
    if (status != TG_OK && !f->in_place) unlink(f->temporary);
    free(f->path);
    free(f->temporary);
    *f = (tg_file){ 0 };
    return status;
}

static tg_status
make_one(const char *path)
{
    struct stat s;

    if (mkdir(path, 0777) == 0) return TG_OK;
    const int cause = errno;
    if (stat(path, &s) == 0) {
        if (S_ISDIR(s.st_mode)) return TG_OK;
        return tg_fail(TG_EIO, "%.400s: is not a folder", path);
    }
    return tg_fail(TG_EIO, "%.400s: folder cannot be made: %s", path, strerror(cause));
}

tg_status
tg_folder_make(const char *path)
{
    char part[4096];

    if (strlen(path) >= sizeof part)
        return tg_fail(TG_EIO, "%.40s...: path too long", path);
    for (size_t i = 1; path[i]; i++)
        if (path[i] == '/') {
            memcpy(part, path, i);
            part[i] = '\0';
            TG_TRY(make_one(part));
        }
    return make_one(path);
}

/* All there is, up to a byte more than allowed, into *text, which is the caller's whatever
 * comes back. */
static tg_status
read_all(FILE *f, const char *path, char **text)
{
    size_t size = 0;

    for (size_t room = 4096; room <= 2 * MOST_TEXT; room *= 2) {
        char *grown = realloc(*text, room);
        if (!grown) return tg_fail(TG_ENOMEM, "out of memory");
        *text = grown;
        size += fread(grown + size, 1, room - 1 - size, f);
        if (ferror(f))
            return tg_fail(TG_EIO, "%s: cannot be read: %s", path, strerror(errno));
        grown[size] = '\0';
        if (size < room - 1) return TG_OK;
    }
    return tg_fail(TG_EIO, "%s: more than 1 GiB of text", path);
}

tg_status
tg_file_read(const char *path, char **out)
{
    FILE *f = fopen(path, "rb");
    char *text = NULL;

    if (!f) return tg_fail(TG_EIO, "%s: cannot be opened: %s", path, strerror(errno));
    const tg_status status = read_all(f, path, &text);
    fclose(f);
    if (status == TG_OK)
        *out = text;
    else
        free(text);
    return status;
}

char *
tg_path_join(const char *folder, const char *name)
{
    const size_t n = strlen(folder) + strlen(name) + 2;
    char        *path = malloc(n);

    if (path) snprintf(path, n, *folder && *name != '/' ? "%s/%s" : "%.0s%s", folder, name);
    return path;
}

char *
tg_path_beside(const char *source, const char *name)
{
    const char *slash = strrchr(source, '/');
    char       *folder = strndup(source, slash ? (size_t)(slash - source) : 0);
    char       *path = folder ? tg_path_join(folder, name) : NULL;

    free(folder);
    return path;
}
