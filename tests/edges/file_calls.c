/* Notes every call that changes, syncs or locks a file, in order, as lines "verb TAB path TAB path".
   Preloaded (LD_PRELOAD); nothing is changed. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <unistd.h>

#define MOST 4096
#define SIZE (4 << 20)

static char names[MOST][512];
static unsigned held[MOST]; /* the number of the lock, which copies of a descriptor share */
static char notes[SIZE];
static size_t used;
static int noting;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

static void note(const char *verb, const char *path, const char *other) {
    if (!noting || !path) return;
    pthread_mutex_lock(&lock);
    if (used < SIZE - 2048)
        used += (size_t)snprintf(notes + used, SIZE - used, "%s\t%s\t%s\n", verb, path, other);
    pthread_mutex_unlock(&lock);
}

void begin_notes(void) { used = 0; notes[0] = 0; noting = 1; }
void mark_moment(const char *what) { note("moment", what, ""); }
const char *end_notes(void) { noting = 0; return notes; }

static const char *name_of(int fd) {
    return fd >= 0 && fd < MOST && names[fd][0] ? names[fd] : NULL;
}

#define REAL(name, type, ...)                                                          \
    static type (*real)(__VA_ARGS__);                                                  \
    if (!real) real = (type (*)(__VA_ARGS__))dlsym(RTLD_NEXT, #name)

static int opened(int fd, const char *path, int flags, int was_there) {
    if (fd < 0 || fd >= MOST) return fd;
    snprintf(names[fd], sizeof names[fd], "%s", path);
    if ((flags & O_CREAT) && !was_there) note("create", path, "");
    if ((flags & O_TRUNC) && was_there) note("write", path, "");
    return fd;
}

#define OPENER(name)                                                                   \
    int name(const char *path, int flags, ...) {                                       \
        REAL(name, int, const char *, int, ...);                                       \
        va_list list;                                                                  \
        va_start(list, flags);                                                         \
        int mode = va_arg(list, int);                                                  \
        va_end(list);                                                                  \
        struct stat status;                                                            \
        int was_there = !(flags & O_CREAT) || !lstat(path, &status);                   \
        return opened(real(path, flags, mode), path, flags, was_there);                \
    }
OPENER(open)
OPENER(open64)

#define CHANGER(type, name, parameters, ...)                                           \
    type name parameters {                                                             \
        REAL(name, type, ##__VA_ARGS__);                                               \
        note("write", name_of(fd), "");                                                \
        return real ARGUMENTS;                                                         \
    }
#define ARGUMENTS (fd, data, size)
CHANGER(ssize_t, write, (int fd, const void *data, size_t size), int, const void *, size_t)
#undef ARGUMENTS
#define ARGUMENTS (fd, data, size, at)
CHANGER(ssize_t, pwrite, (int fd, const void *data, size_t size, off_t at), int, const void *,
        size_t, off_t)
CHANGER(ssize_t, pwrite64, (int fd, const void *data, size_t size, off64_t at), int,
        const void *, size_t, off64_t)
#undef ARGUMENTS
#define ARGUMENTS (fd, size)
CHANGER(int, ftruncate, (int fd, off_t size), int, off_t)
CHANGER(int, ftruncate64, (int fd, off64_t size), int, off64_t)
#undef ARGUMENTS
#define ARGUMENTS (fd, from, at, size)
CHANGER(ssize_t, sendfile, (int fd, int from, off_t *at, size_t size), int, int, off_t *, size_t)
CHANGER(ssize_t, sendfile64, (int fd, int from, off64_t *at, size_t size), int, int, off64_t *,
        size_t)
#undef ARGUMENTS

#define SYNCER(name)                                                                   \
    int name(int fd) {                                                                 \
        REAL(name, int, int);                                                          \
        int result = real(fd);                                                         \
        if (!result) note("sync", name_of(fd), "");                                    \
        return result;                                                                 \
    }
SYNCER(fsync)
SYNCER(fdatasync)

/* A lock ends with the last of its descriptors. */
static void closed(int fd) {
    if (fd < 0 || fd >= MOST) return;
    unsigned was = held[fd];
    held[fd] = 0;
    for (int other = 0; was && other < MOST; other++)
        if (held[other] == was) was = 0;
    if (was) note("unlock", name_of(fd), "");
    names[fd][0] = 0;
}

int close(int fd) {
    REAL(close, int, int);
    closed(fd);
    return real(fd);
}

int flock(int fd, int operation) {
    static unsigned number;
    REAL(flock, int, int, int);
    int result = real(fd, operation);
    if (!result && (operation & LOCK_EX) && fd < MOST) {
        held[fd] = __sync_add_and_fetch(&number, 1);
        note("lock", name_of(fd), "");
    }
    return result;
}

static int copied(int fd, int copy) {
    if (fd >= 0 && fd < MOST && copy >= 0 && copy < MOST && fd != copy) {
        memcpy(names[copy], names[fd], sizeof names[fd]);
        held[copy] = held[fd];
    }
    return copy;
}

int dup(int fd) {
    REAL(dup, int, int);
    return copied(fd, real(fd));
}

int dup2(int fd, int copy) {
    REAL(dup2, int, int, int);
    if (fd != copy) closed(copy);
    return copied(fd, real(fd, copy));
}

int dup3(int fd, int copy, int flags) {
    REAL(dup3, int, int, int, int);
    if (fd != copy) closed(copy);
    return copied(fd, real(fd, copy, flags));
}

/* Also how Python makes a copy of a descriptor. */
#define CONTROLLER(name)                                                               \
    int name(int fd, int command, ...) {                                               \
        REAL(name, int, int, int, ...);                                                \
        va_list list;                                                                  \
        va_start(list, command);                                                       \
        void *value = va_arg(list, void *);                                            \
        va_end(list);                                                                  \
        int result = real(fd, command, value);                                         \
        int copies = command == F_DUPFD || command == F_DUPFD_CLOEXEC;                 \
        return copies ? copied(fd, result) : result;                                   \
    }
CONTROLLER(fcntl)
CONTROLLER(fcntl64)

#define MOVER(name, verb)                                                              \
    int name(const char *from, const char *to) {                                       \
        REAL(name, int, const char *, const char *);                                   \
        int result = real(from, to);                                                   \
        if (!result) note(verb, from, to);                                             \
        return result;                                                                 \
    }
MOVER(rename, "rename")
MOVER(link, "link")

int linkat(int at, const char *from, int there, const char *to, int flags) {
    REAL(linkat, int, int, const char *, int, const char *, int);
    int result = real(at, from, there, to, flags);
    if (!result) note("link", from, to);
    return result;
}

int unlink(const char *path) {
    REAL(unlink, int, const char *);
    int result = real(path);
    if (!result) note("delete", path, "");
    return result;
}

int mkdir(const char *path, mode_t mode) {
    REAL(mkdir, int, const char *, mode_t);
    int result = real(path, mode);
    if (!result) note("create", path, "");
    return result;
}
