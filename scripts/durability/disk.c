// A disk that forgets: an LD_PRELOAD library for a server whose power is about to fail. docs/design/durability.md.
//
// For the files directly in the directory DISK_LIVE it keeps, in the directory DISK_STORE, what a disk would
// still hold if the power failed now and nothing had reached it but what was synced:
//
//   DISK_STORE/<inode>     the bytes of a file at its last fsync or fdatasync
//   DISK_STORE/directory   the names at the last fsync of DISK_LIVE, a line "<inode> <name>" each
//   DISK_STORE/trace       one line for each call seen, "<call>-<kind>" (below)
//
// What DISK_LIVE holds when the process starts counts as synced. Each file is replaced by rename: a process killed
// in the middle leaves the old state or the new one. A sync returns only after that; the real one is not made,
// since page cache outlives the process and nobody cuts the machine's power.
//
// Calls: "write" before a positioned write, "sync" before and "synced" after a sync has taken effect. Kinds, by the
// ending of the name: wal, shm, journal; dir is DISK_LIVE itself; everything else is db. DISK_KILL="<call>-<kind>:<n>"
// kills the process at the n-th of them; a write is then cut in half.
//
// Not followed, and not used by SQLite as better-sqlite3 sets it up: msync (its only map is the -shm file, which
// recovery discards), sync_file_range, O_SYNC, sync, syncfs. Missing one makes the disk forget more, never less.
#define _GNU_SOURCE
#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static int (*real_fsync)(int);
static int (*real_fdatasync)(int);
static ssize_t (*real_pwrite)(int, const void *, size_t, off_t);
static ssize_t (*real_pwrite64)(int, const void *, size_t, off64_t);

static const char *live;
static const char *store;
static char kill_at[64];
static long kill_count;
static int trace = -1;
static pthread_mutex_t one_at_a_time = PTHREAD_MUTEX_INITIALIZER;

static void fail(const char *what) {
  fprintf(stderr, "disk.c: %s: %s\n", what, strerror(errno));
  abort();
}

static void write_all(int fd, const char *bytes, size_t count) {
  while (count > 0) {
    ssize_t n = write(fd, bytes, count);
    if (n < 0) fail("write");
    bytes += n;
    count -= (size_t)n;
  }
}

static int create(const char *name) {
  char path[PATH_MAX];
  snprintf(path, sizeof path, "%s/%s", store, name);
  int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  if (fd < 0) fail(path);
  return fd;
}

// Closes a finished file and gives it its name.
static void publish(int fd, const char *temporary, const char *name) {
  char from[PATH_MAX], to[PATH_MAX];
  if (close(fd) != 0) fail("close");
  snprintf(from, sizeof from, "%s/%s", store, temporary);
  snprintf(to, sizeof to, "%s/%s", store, name);
  if (rename(from, to) != 0) fail(to);
}

// The number of an inode in the store must never come to mean another file: an open descriptor keeps it taken.
// Closing one would drop the process's POSIX locks on the file, so none is ever closed.
static void keep_number(int fd, ino_t inode) {
  static ino_t kept[1024];
  static size_t count;
  for (size_t i = 0; i < count; i++) {
    if (kept[i] == inode) return;
  }
  if (count == sizeof kept / sizeof *kept) fail("too many files");
  if (fcntl(fd, F_DUPFD_CLOEXEC, 0) < 0) fail("dup");
  kept[count++] = inode;
}

static void store_file(int fd) {
  static char buffer[1 << 16];
  struct stat status;
  char name[32];
  if (fstat(fd, &status) != 0) fail("fstat");
  keep_number(fd, status.st_ino);
  int out = create("file.new");
  off_t offset = 0;
  for (;;) {
    ssize_t n = pread(fd, buffer, sizeof buffer, offset);
    if (n < 0) fail("pread");
    if (n == 0) break;
    write_all(out, buffer, (size_t)n);
    offset += n;
  }
  snprintf(name, sizeof name, "%lu", (unsigned long)status.st_ino);
  publish(out, "file.new", name);
}

// Calls `each`, where given, on every regular file of DISK_LIVE, and stores their names.
static void store_directory(void (*each)(int)) {
  DIR *directory = opendir(live);
  if (directory == NULL) fail(live);
  int out = create("directory.new");
  for (struct dirent *entry; (entry = readdir(directory)) != NULL;) {
    char path[PATH_MAX], line[PATH_MAX];
    struct stat status;
    snprintf(path, sizeof path, "%s/%s", live, entry->d_name);
    if (lstat(path, &status) != 0 || !S_ISREG(status.st_mode)) continue;
    if (each != NULL) {
      int fd = open(path, O_RDONLY | O_CLOEXEC);
      if (fd < 0) fail(path);
      each(fd);
    }
    int length = snprintf(line, sizeof line, "%lu %s\n", (unsigned long)status.st_ino, entry->d_name);
    write_all(out, line, (size_t)length);
  }
  closedir(directory);
  publish(out, "directory.new", "directory");
}

static int ends_with(const char *text, const char *ending) {
  size_t length = strlen(text), size = strlen(ending);
  return length >= size && strcmp(text + length - size, ending) == 0;
}

// What a descriptor is open on; NULL where it is no business of ours.
static const char *kind_of(int fd) {
  if (live == NULL) return NULL;
  char link[64], path[PATH_MAX];
  snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
  ssize_t n = readlink(link, path, sizeof path - 1);
  if (n < 0) return NULL;
  path[n] = '\0';
  size_t length = strlen(live);
  if (strncmp(path, live, length) != 0) return NULL;
  if (path[length] == '\0') return "dir";
  if (path[length] != '/') return NULL;
  if (ends_with(path, "-wal")) return "wal";
  if (ends_with(path, "-shm")) return "shm";
  if (ends_with(path, "-journal")) return "journal";
  return "db";
}

static void die(void) {
  kill(getpid(), SIGKILL);
  for (;;) pause();
}

// Whether this call is the one to die at.
static int reach(const char *call, const char *kind) {
  char line[64];
  int length = snprintf(line, sizeof line, "%s-%s\n", call, kind);
  write_all(trace, line, (size_t)length);
  line[length - 1] = '\0';
  return strcmp(line, kill_at) == 0 && --kill_count == 0;
}

static void sync_to_store(int fd, const char *kind) {
  pthread_mutex_lock(&one_at_a_time);
  if (reach("sync", kind)) die();
  if (strcmp(kind, "dir") == 0) store_directory(NULL);
  else store_file(fd);
  if (reach("synced", kind)) die();
  pthread_mutex_unlock(&one_at_a_time);
}

// Makes half of the write and dies, or returns.
static void maybe_tear(int fd, const void *bytes, size_t count, off64_t offset, const char *kind) {
  pthread_mutex_lock(&one_at_a_time);
  if (reach("write", kind)) {
    real_pwrite64(fd, bytes, count / 2, offset);
    die();
  }
  pthread_mutex_unlock(&one_at_a_time);
}

int fsync(int fd) {
  const char *kind = kind_of(fd);
  if (kind == NULL) return real_fsync(fd);
  sync_to_store(fd, kind);
  return 0;
}

int fdatasync(int fd) {
  const char *kind = kind_of(fd);
  if (kind == NULL) return real_fdatasync(fd);
  sync_to_store(fd, kind);
  return 0;
}

ssize_t pwrite(int fd, const void *bytes, size_t count, off_t offset) {
  const char *kind = kind_of(fd);
  if (kind != NULL) maybe_tear(fd, bytes, count, offset, kind);
  return real_pwrite(fd, bytes, count, offset);
}

ssize_t pwrite64(int fd, const void *bytes, size_t count, off64_t offset) {
  const char *kind = kind_of(fd);
  if (kind != NULL) maybe_tear(fd, bytes, count, offset, kind);
  return real_pwrite64(fd, bytes, count, offset);
}

static void *next(const char *name) {
  void *symbol = dlsym(RTLD_NEXT, name);
  if (symbol == NULL) fail(name);
  return symbol;
}

__attribute__((constructor)) static void begin(void) {
  real_fsync = next("fsync");
  real_fdatasync = next("fdatasync");
  real_pwrite = next("pwrite");
  real_pwrite64 = next("pwrite64");
  store = getenv("DISK_STORE");
  const char *directory = getenv("DISK_LIVE");
  if (store == NULL || directory == NULL) return;
  // Descriptors resolve to real paths.
  live = realpath(directory, NULL);
  if (live == NULL) fail(directory);
  const char *plan = getenv("DISK_KILL");
  if (plan != NULL && sscanf(plan, "%63[^:]:%ld", kill_at, &kill_count) != 2) fail("DISK_KILL");
  trace = create("trace");
  store_directory(store_file);
}
