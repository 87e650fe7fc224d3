/* A disk that fails when it is told to, for files of the state folder and for nothing else.
   Preloaded (LD_PRELOAD); writes that no fsync has followed are counted by file. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/types.h>
#include <unistd.h>

#define MOST 4096
enum { WRITE, FSYNC, OPEN };

static char names[MOST][256];
static int dirty[MOST];
static int kind = -1, left, error, once, hit;

void arm(int of, int number, int with, int only_once) {
    left = number; error = with; once = only_once; hit = 0; kind = of;
}

int hits(void) { return hit; }

int unsynced(const char *part) {
    int sum = 0;
    for (int fd = 0; fd < MOST; fd++)
        if (strstr(names[fd], part) && strstr(names[fd], "-wal")) sum += dirty[fd];
    return sum;
}

static int known(int fd) { return fd >= 0 && fd < MOST && names[fd][0]; }

static int fails(int of) {
    if (of != kind || (--left > 0) || (once && left < 0)) return 0;
    hit++;
    errno = error;
    return 1;
}

static int opened(int fd, const char *path) {
    if (fd >= 0 && fd < MOST) {
        dirty[fd] = 0;
        names[fd][0] = 0;
        if (strstr(path, ".cactions/")) snprintf(names[fd], sizeof names[fd], "%s", path);
    }
    return fd;
}

#define OPENER(name)                                                                   \
    int name(const char *path, int flags, ...) {                                       \
        static int (*real)(const char *, int, ...);                                    \
        va_list list;                                                                  \
        va_start(list, flags);                                                         \
        int mode = va_arg(list, int);                                                  \
        va_end(list);                                                                  \
        if (!real) real = dlsym(RTLD_NEXT, #name);                                     \
        if (strstr(path, ".cactions/") && fails(OPEN)) return -1;                      \
        return opened(real(path, flags, mode), path);                                  \
    }
OPENER(open)
OPENER(open64)

#define WRITER(name, parameters, arguments)                                            \
    ssize_t name parameters {                                                          \
        static ssize_t(*real) parameters;                                              \
        if (!real) real = dlsym(RTLD_NEXT, #name);                                     \
        if (known(fd)) {                                                               \
            if (fails(WRITE)) return -1;                                               \
            dirty[fd]++;                                                               \
        }                                                                              \
        return real arguments;                                                         \
    }
WRITER(write, (int fd, const void *data, size_t size), (fd, data, size))
WRITER(pwrite, (int fd, const void *data, size_t size, off_t at), (fd, data, size, at))
WRITER(pwrite64, (int fd, const void *data, size_t size, off64_t at), (fd, data, size, at))

#define SYNCER(name)                                                                   \
    int name(int fd) {                                                                 \
        static int (*real)(int);                                                       \
        if (!real) real = dlsym(RTLD_NEXT, #name);                                     \
        if (known(fd) && fails(FSYNC)) return -1;                                      \
        int result = real(fd);                                                         \
        if (known(fd) && !result) dirty[fd] = 0;                                       \
        return result;                                                                 \
    }
SYNCER(fsync)
SYNCER(fdatasync)
