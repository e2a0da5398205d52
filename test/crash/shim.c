// A fault shim for LD_PRELOAD: counts the calls that change files below given folders, and at the k-th of them kills
// processes or lets it fail. Counters lie in a shared file, so that they survive the kill. Test use only.
//
// SHIM_MAP: file of 8 int64: [0] calls of the engine, [1] of the SQL child, [2] triggered, [3] pid of the last child,
// [4] pid of the engine, [5] kind of call at the trigger. SHIM_FOLDERS: prefixes, ':' between. SHIM_ROLE: engine, child,
// any. SHIM_AT: k. SHIM_DO: kill, kill-both, kill-other, tear, or an errno. SHIM_ALWAYS: from the k-th on. SHIM_AFTER: kill
// when the k-th call has been made, not before. SHIM_LOG: a file that gets a line for each call.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <unistd.h>

static volatile int64_t *map;
static char folders[8][512];
static int folder_count, is_child, role_matches, fault_errno, always, after, log_fd = -1;
static int64_t at;
static char what[16];
static char *kept[32];
static int kept_count;

__attribute__((constructor)) static void start(void) {
  const char *path = getenv("SHIM_MAP");
  if (!path) return;
  extern char **environ;
  for (char **e = environ; *e && kept_count < 31; e++)
    if (!strncmp(*e, "SHIM_", 5) || !strncmp(*e, "LD_PRELOAD=", 11)) kept[kept_count++] = strdup(*e);
  int fd = open(path, O_RDWR | O_CLOEXEC);
  if (fd < 0) return;
  void *at_map = mmap(0, 64, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
  close(fd);
  if (at_map == MAP_FAILED) return;
  char line[4096] = {0};
  fd = open("/proc/self/cmdline", O_RDONLY | O_CLOEXEC);
  ssize_t n = fd < 0 ? 0 : read(fd, line, sizeof line - 1);
  if (fd >= 0) close(fd);
  for (ssize_t i = 0; i < n; i++) if (!line[i]) line[i] = ' ';
  is_child = strstr(line, "sqlite-child") != NULL;
  char list[4096];
  strncpy(list, getenv("SHIM_FOLDERS") ? getenv("SHIM_FOLDERS") : "", sizeof list - 1);
  for (char *p = strtok(list, ":"); p && folder_count < 8; p = strtok(NULL, ":"))
    strncpy(folders[folder_count++], p, 511);
  const char *role = getenv("SHIM_ROLE");
  role_matches = !role || !strcmp(role, "any") || !strcmp(role, is_child ? "child" : "engine");
  at = getenv("SHIM_AT") ? atoll(getenv("SHIM_AT")) : 0;
  strncpy(what, getenv("SHIM_DO") ? getenv("SHIM_DO") : "", sizeof what - 1);
  fault_errno = !strcmp(what, "ENOSPC") ? ENOSPC : !strcmp(what, "EIO") ? EIO : !strcmp(what, "EACCES") ? EACCES : 0;
  always = getenv("SHIM_ALWAYS") != NULL;
  after = getenv("SHIM_AFTER") != NULL;
  if (getenv("SHIM_LOG")) log_fd = open(getenv("SHIM_LOG"), O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600);
  map = at_map;
  map[is_child ? 3 : 4] = getpid();
}

static int is_ours(const char *path) {
  for (int i = 0; i < folder_count; i++) if (!strncmp(path, folders[i], strlen(folders[i]))) return 1;
  return 0;
}

static void kill_now(void) {
  int64_t other = map[is_child ? 4 : 3];
  if (!strcmp(what, "kill-both") || !strcmp(what, "kill-other")) if (other > 0) kill((pid_t)other, SIGKILL);
  if (strcmp(what, "kill-other")) kill(getpid(), SIGKILL);
}

// Not by `write`, which counts.
static void note(int64_t count, int kind, const char *path) {
  char line[1400];
  int n = snprintf(line, sizeof line, "%s %ld %d %s\n", is_child ? "child" : "engine", (long)count, kind, path);
  syscall(SYS_write, log_fd, line, (size_t)n);
}

// 0: go on. -1: fail with errno. 1: write half, then die. 2: go on, then die.
static int meet(int kind, const char *path) {
  if (!map || !is_ours(path)) return 0;
  int saved = errno;
  int64_t count = __sync_add_and_fetch(&map[is_child ? 1 : 0], 1);
  if (log_fd >= 0) note(count, kind, path);
  if (!role_matches || at == 0) return errno = saved, 0;
  if (!strcmp(getenv("SHIM_ROLE") ? getenv("SHIM_ROLE") : "any", "any")) count = map[0] + map[1];
  if (!(count == at || (always && fault_errno && count > at))) return errno = saved, 0;
  map[2] = 1;
  map[5] = kind;
  if (fault_errno) return errno = fault_errno, -1;
  if (!strcmp(what, "tear")) { if (kind == 1) return 1; kill(getpid(), SIGKILL); }
  if (after) return errno = saved, 2;
  kill_now();
  return errno = saved, 0;
}

static int meet_fd(int kind, int fd) {
  if (!map) return 0;
  char link[64], path[1024];
  snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
  int saved = errno;
  ssize_t n = readlink(link, path, sizeof path - 1);
  errno = saved;
  if (n <= 0) return 0;
  path[n] = 0;
  return meet(kind, path);
}

static int meet_path(int kind, int folder, const char *name) {
  if (!map) return 0;
  char path[1600], base[1024];
  if (name[0] == '/') return meet(kind, name);
  int saved = errno;
  if (folder == AT_FDCWD) { if (!getcwd(base, sizeof base)) return 0; }
  else {
    char link[64];
    snprintf(link, sizeof link, "/proc/self/fd/%d", folder);
    ssize_t n = readlink(link, base, sizeof base - 1);
    if (n <= 0) return errno = saved, 0;
    base[n] = 0;
  }
  snprintf(path, sizeof path, "%s/%s", base, name);
  errno = saved;
  return meet(kind, path);
}

static void kill_after(void) {
  int saved = errno;
  kill_now();
  errno = saved;
}

#define REAL(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))
#define DEFINE(result, name, params, args, test) \
  result name params { static __typeof__(&name) real; if (!real) real = REAL(name); \
    int fault = test; if (fault < 0) return -1; \
    result done = real args; if (fault == 2) kill_after(); return done; }

#define TEARING(name, params, args, half) \
  ssize_t name params { static __typeof__(&name) real; if (!real) real = REAL(name); \
    int fault = meet_fd(1, fd); if (fault < 0) return -1; \
    if (fault == 1) { real half; kill(getpid(), SIGKILL); } \
    ssize_t done = real args; if (fault == 2) kill_after(); return done; }

TEARING(write, (int fd, const void *b, size_t n), (fd, b, n), (fd, b, n / 2))
TEARING(pwrite, (int fd, const void *b, size_t n, off_t o), (fd, b, n, o), (fd, b, n / 2, o))
TEARING(pwrite64, (int fd, const void *b, size_t n, off64_t o), (fd, b, n, o), (fd, b, n / 2, o))
DEFINE(ssize_t, writev, (int fd, const struct iovec *v, int n), (fd, v, n), meet_fd(1, fd))
DEFINE(ssize_t, pwritev, (int fd, const struct iovec *v, int n, off_t o), (fd, v, n, o), meet_fd(1, fd))
DEFINE(int, fsync, (int fd), (fd), meet_fd(2, fd))
DEFINE(int, fdatasync, (int fd), (fd), meet_fd(2, fd))
DEFINE(int, ftruncate, (int fd, off_t n), (fd, n), meet_fd(3, fd))
DEFINE(int, ftruncate64, (int fd, off64_t n), (fd, n), meet_fd(3, fd))
DEFINE(int, rename, (const char *a, const char *b), (a, b), meet_path(4, AT_FDCWD, b))
DEFINE(int, unlink, (const char *a), (a), meet_path(5, AT_FDCWD, a))
DEFINE(int, unlinkat, (int d, const char *a, int f), (d, a, f), meet_path(5, d, a))
DEFINE(int, rmdir, (const char *a), (a), meet_path(5, AT_FDCWD, a))
DEFINE(int, link, (const char *a, const char *b), (a, b), meet_path(4, AT_FDCWD, b))
DEFINE(int, mkdir, (const char *a, mode_t m), (a, m), meet_path(6, AT_FDCWD, a))

// The SQL child is started with a clean environment: the shim goes along.
static int run(const char *file, char *const argv[], char *const env[]) {
  static int (*real)(const char *, char *const[], char *const[]);
  if (!real) real = (void *)dlsym(RTLD_NEXT, "execvpe");
  if (!map) return real(file, argv, env);
  char *all[1024];
  int n = 0;
  for (int i = 0; i < kept_count; i++) all[n++] = kept[i];
  for (char *const *e = env; e && *e && n < 1023; e++)
    if (strncmp(*e, "SHIM_", 5) && strncmp(*e, "LD_PRELOAD=", 11)) all[n++] = *e;
  all[n] = NULL;
  return real(file, argv, all);
}
int execvp(const char *file, char *const argv[]) { extern char **environ; return run(file, argv, environ); }
int execvpe(const char *file, char *const argv[], char *const env[]) { return run(file, argv, env); }
int execve(const char *file, char *const argv[], char *const env[]) { return run(file, argv, env); }
