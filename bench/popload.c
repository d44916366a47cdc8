/* popload.c - POP3 load generator (single thread, epoll, non-blocking, optional TLS through OpenSSL).
 * build:  cc -O2 -o popload popload.c -lssl -lcrypto        (or: cc -O2 -DNO_TLS -o popload popload.c)
 * Loopback only: it refuses to connect to anything outside 127.0.0.0/8.
 * modes: sessions drain list idle mixed       see usage().
 * A session is counted only if every expected reply came, each was +OK, every multi-line reply was terminated,
 * and (where asked) the message count / byte counts / CRC agree.  Anything else is an error, by kind.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>
#ifndef NO_TLS
#include <openssl/err.h>
#include <openssl/ssl.h>
#endif
#ifndef IP_BIND_ADDRESS_NO_PORT
#define IP_BIND_ADDRESS_NO_PORT 24
#endif

enum mode { M_SESSIONS, M_DRAIN, M_LIST, M_IDLE, M_MIXED };
static const char *mode_name[] = {"sessions", "drain", "list", "idle", "mixed"};
enum cmd {
  C_GREET,
  C_STLS,
  C_USER,
  C_PASS,
  C_AUTH,
  C_STAT,
  C_LIST,
  C_UIDL,
  C_RETR,
  C_CAPA,
  C_DELE,
  C_RSET,
  C_QUIT,
  C_N
};
static const char *cmd_name[] = {"greet", "STLS", "USER", "PASS", "AUTH", "STAT", "LIST",
                                 "UIDL",  "RETR", "CAPA", "DELE", "RSET", "QUIT"};
enum err {
  E_CONNECT,
  E_TLS,
  E_TIMEOUT,
  E_EOF,
  E_IO,
  E_ERR,
  E_MALFORMED,
  E_COUNT,
  E_SIZE,
  E_BARELF,
  E_STUFF,
  E_CRC,
  E_N
};
static const char *err_name[] = {"connect",   "tls",       "timeout",        "early_eof",     "io",
                                 "neg_reply", "malformed", "count_mismatch", "size_mismatch", "bare_lf",
                                 "dot_stuff", "crc"};

/* options */
static enum mode mode;
static const char *host = "127.0.0.1";
static int port;
static int nconn = 1;
static double dur = 5, warm = 0;
static const char *user = "user";
static int kusers = 0;
static const char *pass = "pass";
static int tls = 0, stls = 0, resume = 0, authplain = 0, pipeline = 0;
static int window = 1, do_crc = 0, srcips = 1, loops = 1, newk = 3;
static double tmo = 60, settle = 1;
static const char *pids = 0, *cg = 0;
static long expect_msgs = -1;
static const char *expect_crc = 0;
static int dele = 1 /*0 none 1 rset 2 commit*/;
static int size_lenient = 0;
static const char *label = "";
static long maxsess = 0;
static int rcvbuf = 0;
static int verbose = 0;
static int no_eof_wait = 0, quickack = 0;
static long firstn = 0;

struct pend {
  uint8_t cmd;
  int msg;
  double t;
};
struct conn {
  int fd, id;
  int st; /* 0 idle 1 connecting 2 tls 3 running 4 wait eof 5 held(idle) */
#ifndef NO_TLS
  SSL *ssl;
#endif
  uint32_t ev;
  int wantw;
  char *out;
  size_t outlen, outcap, outoff;
  struct pend *q;
  int qh, qn, qcap;
  char line[2048];
  int ll;    /* current line */
  int multi; /* in multi-line body of q head */
  int rs;
  int lastcr;
  uint64_t rbytes; /* RETR stream state */
  uint32_t crc;
  long nmsg;
  uint64_t octets;
  long listed, uidls;
  uint64_t listsum;
  uint64_t *sizes;
  long szcap;
  uint64_t *uh;
  long uhcap;
  long next, retrdone;
  int phase;
  double t0, tcmd, deadline, tph[C_N], tretr0, tretr1;
  int loop;
  int userno;
  int sessbad;
  int tdone;
  int resumed;
};
static struct conn *cs;
static int ep;
static double T0, Tend, Twarm;
static int stopping;
static long ok_sessions, errs[E_N], total_started;
static uint64_t bytes_in, payload_bytes, msgs_done, msgs_counted;
static long userctr;
static uint32_t total_crc;
static long tls_reused, tls_full;
static double *lat;
static long nlat, caplat;
static double *plat[C_N];
static long nplat[C_N], cplat[C_N];
static double retr_first = 1e18, retr_last = 0;
static long active, held, failed_idle;
static long inflight_login;
static char first_err[300];
#ifndef NO_TLS
static SSL_CTX *ctx;
static SSL_SESSION *sess;
#endif
static double now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return t.tv_sec + t.tv_nsec * 1e-9;
}
static void die(const char *f, ...) {
  va_list a;
  va_start(a, f);
  vfprintf(stderr, f, a);
  va_end(a);
  fputc('\n', stderr);
  exit(2);
}
static void push(double **a, long *n, long *c, double v) {
  if (*n == *c) {
    *c = *c ? *c * 2 : 4096;
    *a = realloc(*a, *c * sizeof(double));
    if (!*a)
      die("mem");
  }
  (*a)[(*n)++] = v;
}
static int cmpd(const void *a, const void *b) {
  double x = *(double *)a, y = *(double *)b;
  return x < y ? -1 : x > y;
}
static int cmpu(const void *a, const void *b) {
  uint64_t x = *(uint64_t *)a, y = *(uint64_t *)b;
  return x < y ? -1 : x > y;
}
static double pct(double *a, long n, double p) {
  if (!n)
    return 0;
  long i = (long)(p / 100 * (n - 1) + 0.5);
  return a[i];
}
/* crc32 slicing by 8 */
static uint32_t ct[8][256];
static void crcinit(void) {
  for (int i = 0; i < 256; i++) {
    uint32_t c = i;
    for (int k = 0; k < 8; k++)
      c = c & 1 ? 0xEDB88320u ^ (c >> 1) : c >> 1;
    ct[0][i] = c;
  }
  for (int i = 0; i < 256; i++)
    for (int k = 1; k < 8; k++)
      ct[k][i] = ct[0][ct[k - 1][i] & 255] ^ (ct[k - 1][i] >> 8);
}
static uint32_t crcup(uint32_t crc, const void *v, size_t n) {
  const unsigned char *p = v;
  crc = ~crc;
  while (n >= 8) {
    uint32_t a, b;
    memcpy(&a, p, 4);
    memcpy(&b, p + 4, 4);
    a ^= crc;
    crc = ct[7][a & 255] ^ ct[6][a >> 8 & 255] ^ ct[5][a >> 16 & 255] ^ ct[4][a >> 24] ^ ct[3][b & 255] ^
          ct[2][b >> 8 & 255] ^ ct[1][b >> 16 & 255] ^ ct[0][b >> 24];
    p += 8;
    n -= 8;
  }
  while (n--)
    crc = ct[0][(crc ^ *p++) & 255] ^ (crc >> 8);
  return ~crc;
}

static void start(struct conn *c);
static void finish(struct conn *c, int ok);
static void closeconn(struct conn *c) {
#ifndef NO_TLS
  if (c->ssl) {
    if (c->st >= 3)
      SSL_shutdown(c->ssl);
    SSL_free(c->ssl);
    c->ssl = 0;
    ERR_clear_error();
  }
#endif
  if (c->fd >= 0) {
    close(c->fd);
    c->fd = -1;
    active--;
  }
  c->st = 0;
  c->qn = c->qh = 0;
  c->outlen = c->outoff = 0;
  c->ll = 0;
  c->multi = 0;
  c->wantw = 0;
  c->ev = 0;
}
static void fail(struct conn *c, enum err e, const char *f, ...) {
  errs[e]++;
  if (!first_err[0]) {
    va_list a;
    va_start(a, f);
    int n = snprintf(first_err, sizeof first_err, "%s: ", err_name[e]);
    vsnprintf(first_err + n, sizeof first_err - n, f, a);
    va_end(a);
    for (char *p = first_err; *p; p++)
      if (*p == '"' || *p == '\\' || (unsigned char)*p < 32)
        *p = '.';
  }
  c->sessbad = 1;
  finish(c, 0);
}
static void setev(struct conn *c, uint32_t ev) {
  if (ev == c->ev)
    return;
  struct epoll_event e = {.events = ev, .data.ptr = c};
  int op = c->ev ? EPOLL_CTL_MOD : EPOLL_CTL_ADD;
  if (epoll_ctl(ep, op, c->fd, &e))
    die("epoll_ctl %s", strerror(errno));
  c->ev = ev;
}
/* returns 0 ok, -1 conn dead (already failed) */
static int flush(struct conn *c) {
  while (c->outoff < c->outlen) {
    ssize_t n;
#ifndef NO_TLS
    if (c->ssl) {
      int k = SSL_write(c->ssl, c->out + c->outoff, c->outlen - c->outoff);
      if (k <= 0) {
        int e = SSL_get_error(c->ssl, k);
        if (e == SSL_ERROR_WANT_READ) {
          return 0;
        }
        if (e == SSL_ERROR_WANT_WRITE) {
          setev(c, EPOLLIN | EPOLLOUT);
          return 0;
        }
        fail(c, E_IO, "SSL_write");
        return -1;
      }
      n = k;
    } else
#endif
    {
      n = send(c->fd, c->out + c->outoff, c->outlen - c->outoff, MSG_NOSIGNAL);
      if (n < 0) {
        if (errno == EAGAIN) {
          setev(c, EPOLLIN | EPOLLOUT);
          return 0;
        }
        if (errno == EINTR)
          continue;
        fail(c, E_IO, "send %s", strerror(errno));
        return -1;
      }
    }
    c->outoff += n;
  }
  c->outoff = c->outlen = 0;
  setev(c, EPOLLIN);
  return 0;
}
static void cmdq(struct conn *c, int k, int msg, const char *f, ...) {
  if (f) {
    if (c->outcap - c->outlen < 600) {
      c->outcap = c->outcap ? c->outcap * 2 : 1024;
      if (c->outcap - c->outlen < 600)
        c->outcap += 1200;
      c->out = realloc(c->out, c->outcap);
    }
    va_list a;
    va_start(a, f);
    c->outlen += vsnprintf(c->out + c->outlen, 500, f, a);
    va_end(a);
    memcpy(c->out + c->outlen, "\r\n", 2);
    c->outlen += 2;
  }
  if (c->qn == c->qcap) {
    int nc = c->qcap ? c->qcap * 2 : 8;
    struct pend *q = malloc(nc * sizeof *q);
    for (int i = 0; i < c->qn; i++)
      q[i] = c->q[(c->qh + i) % c->qcap];
    free(c->q);
    c->q = q;
    c->qcap = nc;
    c->qh = 0;
  }
  struct pend *p = &c->q[(c->qh + c->qn++) % c->qcap];
  p->cmd = k;
  p->msg = msg;
  p->t = now();
}
static void b64(const unsigned char *s, int n, char *o) {
  static const char t[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  int i = 0;
  for (; i + 2 < n; i += 3) {
    *o++ = t[s[i] >> 2];
    *o++ = t[(s[i] & 3) << 4 | s[i + 1] >> 4];
    *o++ = t[(s[i + 1] & 15) << 2 | s[i + 2] >> 6];
    *o++ = t[s[i + 2] & 63];
  }
  if (i < n) {
    int b = i + 1 < n ? s[i + 1] : 0;
    *o++ = t[s[i] >> 2];
    *o++ = t[(s[i] & 3) << 4 | b >> 4];
    *o++ = i + 1 < n ? t[(b & 15) << 2] : '=';
    *o++ = '=';
  }
  *o = 0;
}
static void uname_of(struct conn *c, char *o, size_t n) {
  if (kusers)
    snprintf(o, n, "%s%d", user, c->userno);
  else
    snprintf(o, n, "%s", user);
}
static void qlogin(struct conn *c, int all) {
  char u[128];
  uname_of(c, u, sizeof u);
  if (authplain) {
    char raw[300], e[420];
    int n = snprintf(raw, sizeof raw, "%c%s%c%s", 0, u, 0, pass);
    b64((unsigned char *)raw, n, e);
    cmdq(c, C_AUTH, 0, "AUTH PLAIN %s", e);
  } else {
    cmdq(c, C_USER, 0, "USER %s", u);
    if (all)
      cmdq(c, C_PASS, 0, "PASS %s", pass);
  }
}
static void qall(struct conn *c) {
  qlogin(c, 1);
  cmdq(c, C_STAT, 0, "STAT");
  cmdq(c, C_QUIT, 0, "QUIT");
}
static void fillretr(struct conn *c) {
  long end = firstn && firstn < c->nmsg && mode == M_DRAIN ? firstn : c->nmsg;
  if (c->qn > window / 2)
    return;
  while (c->qn < window && c->next <= end) {
    if (c->tretr0 == 0)
      c->tretr0 = now();
    cmdq(c, C_RETR, c->next, "RETR %ld", c->next);
    c->next++;
  }
}
static void after_login(struct conn *c) {
  if (mode == M_IDLE) {
    cmdq(c, C_STAT, 0, "STAT");
    return;
  }
  cmdq(c, C_STAT, 0, "STAT");
}
/* a complete good reply for p arrived */
static int done(struct conn *c, struct pend *p) {
  double t = now();
  c->tph[p->cmd] = t - p->t;
  c->deadline = t + tmo;
  switch (p->cmd) {
  case C_GREET:
    if (stls) {
      cmdq(c, C_STLS, 0, "STLS");
      break;
    }
    if (mode == M_MIXED) {
      cmdq(c, C_CAPA, 0, "CAPA");
      break;
    }
    if (pipeline && mode == M_SESSIONS)
      qall(c);
    else
      qlogin(c, 0);
    break;
  case C_STLS:
#ifndef NO_TLS
    if (c->qn) {
      fail(c, E_MALFORMED, "data after STLS");
      return -1;
    }
    c->ssl = SSL_new(ctx);
    SSL_set_fd(c->ssl, c->fd);
    if (resume && sess)
      SSL_set_session(c->ssl, sess);
    SSL_set_connect_state(c->ssl);
    c->st = 2;
    setev(c, EPOLLIN | EPOLLOUT);
    return 1;
#else
    break;
#endif
  case C_CAPA:
    qlogin(c, 0);
    break;
  case C_USER:
    if (!(pipeline && mode == M_SESSIONS))
      cmdq(c, C_PASS, 0, "PASS %s", pass);
    break;
  case C_AUTH:
  case C_PASS:
    if (!(pipeline && mode == M_SESSIONS))
      after_login(c);
    break;
  case C_STAT:
    if (mode == M_SESSIONS) {
      if (!pipeline)
        cmdq(c, C_QUIT, 0, "QUIT");
    } else if (mode == M_DRAIN || mode == M_LIST) {
      c->listed = 0;
      c->listsum = 0;
      cmdq(c, C_LIST, 0, "LIST");
    } else if (mode == M_MIXED) {
      c->uidls = 0;
      cmdq(c, C_UIDL, 0, "UIDL");
    } else if (mode == M_IDLE) {
      c->st = 5;
      held++;
      inflight_login--;
      push(&lat, &nlat, &caplat, t - c->t0);
      c->deadline = 1e18;
    }
    break;
  case C_LIST:
    if (c->listed != c->nmsg || c->listsum != c->octets) {
      errs[E_COUNT]++;
      c->sessbad = 1;
      if (!first_err[0])
        snprintf(first_err, sizeof first_err, "LIST %ld/%llu vs STAT %ld/%llu", c->listed,
                 (unsigned long long)c->listsum, c->nmsg, (unsigned long long)c->octets);
    }
    if (mode == M_LIST) {
      c->uidls = 0;
      cmdq(c, C_UIDL, 0, "UIDL");
    } else {
      c->next = 1;
      c->retrdone = 0;
      c->crc = 0;
      c->tretr0 = 0;
      if (c->nmsg)
        fillretr(c);
      else
        cmdq(c, C_QUIT, 0, "QUIT");
    }
    break;
  case C_UIDL:
    if (c->uidls != c->nmsg) {
      errs[E_COUNT]++;
      c->sessbad = 1;
      if (!first_err[0])
        snprintf(first_err, sizeof first_err, "UIDL %ld vs STAT %ld", c->uidls, c->nmsg);
    }
    if (mode == M_LIST) {
      if (c->uidls > 1) {
        qsort(c->uh, c->uidls, 8, cmpu);
        for (long i = 1; i < c->uidls; i++)
          if (c->uh[i] == c->uh[i - 1]) {
            errs[E_COUNT]++;
            c->sessbad = 1;
            if (!first_err[0])
              strcpy(first_err, "duplicate UIDL");
            break;
          }
      }
      cmdq(c, C_QUIT, 0, "QUIT");
    } else {
      c->next = c->nmsg - newk + 1;
      if (c->next < 1)
        c->next = 1;
      if (c->nmsg) {
        c->tretr0 = 0;
        fillretr(c);
      } else
        cmdq(c, C_QUIT, 0, "QUIT");
    }
    break;
  case C_RETR: {
    c->tretr1 = t;
    msgs_done++;
    payload_bytes += c->rbytes;
    c->retrdone++;
    if (mode == M_DRAIN && p->msg <= c->szcap && c->sizes[p->msg] != c->rbytes) {
      errs[E_SIZE]++;
      if (!size_lenient)
        c->sessbad = 1;
      if (!first_err[0])
        snprintf(first_err, sizeof first_err, "RETR %d gave %llu octets, LIST said %llu", p->msg,
                 (unsigned long long)c->rbytes, (unsigned long long)c->sizes[p->msg]);
    }
    if (c->next <= (firstn && firstn < c->nmsg && mode == M_DRAIN ? firstn : c->nmsg))
      fillretr(c);
    else if (c->qn == 0) {
      if (c->tretr0 < retr_first)
        retr_first = c->tretr0;
      if (t > retr_last)
        retr_last = t;
      if (mode == M_DRAIN && do_crc && expect_crc) {
        char b[16];
        snprintf(b, sizeof b, "%08x", c->crc);
        if (strcmp(b, expect_crc)) {
          errs[E_CRC]++;
          c->sessbad = 1;
          if (!first_err[0])
            snprintf(first_err, sizeof first_err, "crc %s expected %s", b, expect_crc);
        }
      }
      if (mode == M_MIXED && dele) {
        for (long i = c->nmsg - newk + 1 < 1 ? 1 : c->nmsg - newk + 1; i <= c->nmsg; i++)
          cmdq(c, C_DELE, i, "DELE %ld", i);
      } else
        cmdq(c, C_QUIT, 0, "QUIT");
    }
    break;
  }
  case C_DELE:
    if (c->qn == 0) {
      if (dele == 1)
        cmdq(c, C_RSET, 0, "RSET");
      else
        cmdq(c, C_QUIT, 0, "QUIT");
    }
    break;
  case C_RSET:
    cmdq(c, C_QUIT, 0, "QUIT");
    break;
  case C_QUIT:
    c->tdone = 1;
    c->st = 4;
    c->tph[C_N - 1] = t - p->t;
    {
      double L = t - c->t0;
      if (t <= Tend && t >= Twarm && !c->sessbad) {
        push(&lat, &nlat, &caplat, L);
        for (int k = 0; k < C_N; k++)
          if (c->tph[k] > 0)
            push(&plat[k], &nplat[k], &cplat[k], c->tph[k]);
      }
    }
    if (no_eof_wait) {
      finish(c, 1);
      return 1;
    }
    break;
  }
  return 0;
}
static int ismulti(int k) {
  return k == C_LIST || k == C_UIDL || k == C_RETR || k == C_CAPA;
}
/* returns <0 if connection is gone, 1 if must stop reading here (TLS upgrade) */
static int statusline(struct conn *c) {
  if (c->qn == 0) {
    fail(c, E_MALFORMED, "unexpected reply '%.60s'", c->line);
    return -1;
  }
  struct pend p = c->q[c->qh];
  if (strncmp(c->line, "+OK", 3) || (c->line[3] && c->line[3] != ' ')) {
    if (!strncmp(c->line, "-ERR", 4))
      fail(c, E_ERR, "%s: %.100s", cmd_name[p.cmd], c->line);
    else
      fail(c, E_MALFORMED, "%s: %.100s", cmd_name[p.cmd], c->line);
    return -1;
  }
  if (p.cmd == C_STAT) {
    unsigned long long o;
    if (sscanf(c->line, "+OK %ld %llu", &c->nmsg, &o) != 2) {
      fail(c, E_MALFORMED, "STAT %.60s", c->line);
      return -1;
    }
    c->octets = o;
    if (expect_msgs >= 0 && c->nmsg != expect_msgs) {
      fail(c, E_COUNT, "STAT %ld messages, expected %ld", c->nmsg, expect_msgs);
      return -1;
    }
  }
  if (ismulti(p.cmd)) {
    c->multi = 1;
    c->rs = 0;
    c->lastcr = 0;
    c->rbytes = 0;
    return 0;
  }
  c->qh = (c->qh + 1) % c->qcap;
  c->qn--;
  return done(c, &p);
}
static int mline(struct conn *c, int cmd) { /* one line of LIST/UIDL/CAPA */
  if (cmd == C_LIST) {
    char *e;
    long n = strtol(c->line, &e, 10);
    if (*e != ' ') {
      fail(c, E_MALFORMED, "LIST %.60s", c->line);
      return -1;
    }
    char *e2;
    unsigned long long s = strtoull(e + 1, &e2, 10);
    if (e2 == e + 1 || (*e2 && *e2 != ' ')) {
      fail(c, E_MALFORMED, "LIST %.60s", c->line);
      return -1;
    }
    if (n != c->listed + 1) {
      fail(c, E_MALFORMED, "LIST number %ld after %ld", n, c->listed);
      return -1;
    }
    c->listed = n;
    c->listsum += s;
    if (n > c->szcap || !c->sizes) {
      long k = c->szcap ? c->szcap * 2 : 1024;
      if (k < n)
        k = n;
      c->sizes = realloc(c->sizes, (k + 1) * 8);
      c->szcap = k;
    }
    c->sizes[n] = s;
  } else if (cmd == C_UIDL) {
    char *e;
    long n = strtol(c->line, &e, 10);
    int l;
    if (*e != ' ' || n != c->uidls + 1 || (l = strlen(e + 1)) < 1 || l > 70) {
      fail(c, E_MALFORMED, "UIDL %.90s", c->line);
      return -1;
    }
    uint64_t h = 1469598103934665603ull;
    for (char *s = e + 1; *s; s++)
      h = (h ^ (unsigned char)*s) * 1099511628211ull;
    if (c->uidls >= c->uhcap) {
      c->uhcap = c->uhcap ? c->uhcap * 2 : 1024;
      c->uh = realloc(c->uh, c->uhcap * 8);
    }
    c->uh[c->uidls++] = h;
  }
  return 0;
}
static int parse(struct conn *c, char *p, size_t n) {
  char *end = p + n;
  int r;
  while (p < end) {
    if (c->st != 3) {
      if (c->st == 4) {
        fail(c, E_MALFORMED, "data after QUIT reply");
        return -1;
      }
      if (c->st == 5) {
        fail(c, E_MALFORMED, "data while idle: %.40s", p);
        return -1;
      }
    }
    if (c->multi && c->q[c->qh].cmd == C_RETR) {
      int fin = 0;
      while (p < end) {
        if (c->rs == 3) {
          char *q = memchr(p, '\n', end - p);
          if (!q) {
            c->rbytes += end - p;
            if (do_crc)
              c->crc = crcup(c->crc, p, end - p);
            c->lastcr = end[-1] == '\r';
            p = end;
            break;
          }
          int cr = q > p ? q[-1] == '\r' : c->lastcr;
          if (!cr) {
            fail(c, E_BARELF, "bare LF in message %d", c->q[c->qh].msg);
            return -1;
          }
          c->rbytes += q + 1 - p;
          if (do_crc)
            c->crc = crcup(c->crc, p, q + 1 - p);
          p = q + 1;
          c->rs = 0;
          c->lastcr = 0;
          continue;
        }
        if (c->rs == 0) {
          if (*p == '.') {
            c->rs = 1;
            p++;
          } else {
            c->rs = 3;
            c->lastcr = 0;
          }
          continue;
        }
        if (c->rs == 1) {
          if (*p == '\r') {
            c->rs = 2;
            p++;
            continue;
          }
          if (*p != '.') {
            fail(c, E_STUFF, "line starts with one dot in message %d", c->q[c->qh].msg);
            return -1;
          }
          c->rs = 3;
          c->lastcr = 0;
          continue;
        }
        if (c->rs == 2) {
          if (*p == '\n') {
            p++;
            fin = 1;
            break;
          }
          fail(c, E_STUFF, "dot CR without LF");
          return -1;
        }
      }
      if (fin) {
        struct pend q = c->q[c->qh];
        c->multi = 0;
        c->rs = 0;
        c->qh = (c->qh + 1) % c->qcap;
        c->qn--;
        if ((r = done(c, &q)))
          return r;
      }
      continue;
    }
    /* line oriented */
    char *q = memchr(p, '\n', end - p);
    size_t k = (q ? q + 1 : end) - p;
    if (c->ll + k >= sizeof c->line) {
      fail(c, E_MALFORMED, "line too long");
      return -1;
    }
    memcpy(c->line + c->ll, p, k);
    c->ll += k;
    p += k;
    if (!q)
      break;
    if (c->ll < 2 || c->line[c->ll - 2] != '\r') {
      fail(c, E_BARELF, "bare LF in reply");
      return -1;
    }
    c->line[c->ll - 2] = 0;
    c->ll = 0;
    if (c->multi) {
      int cmd = c->q[c->qh].cmd;
      if (c->line[0] == '.' && !c->line[1]) {
        struct pend q2 = c->q[c->qh];
        c->multi = 0;
        c->qh = (c->qh + 1) % c->qcap;
        c->qn--;
        if ((r = done(c, &q2))) {
          if (r == 1 && p < end) {
            fail(c, E_MALFORMED, "data after upgrade");
            return -1;
          }
          return r;
        }
      } else {
        if (mline(c, cmd) < 0)
          return -1;
      }
    } else {
      if ((r = statusline(c))) {
        if (r == 1 && p < end) {
          if (c->st == 2) {
            fail(c, E_MALFORMED, "data after STLS reply");
          }
          return -1;
        }
        return r;
      }
    }
  }
  return 0;
}
static char rb[1 << 18];
static void onread(struct conn *c) {
  for (int it = 0;; it++) {
    ssize_t n;
    if (it >= 16) {
#ifndef NO_TLS
      if (!c->ssl)
#endif
        return;
    }
#ifndef NO_TLS
    if (c->ssl) {
      int k = SSL_read(c->ssl, rb, sizeof rb);
      if (k <= 0) {
        int e = SSL_get_error(c->ssl, k);
        if (e == SSL_ERROR_WANT_READ)
          return;
        if (e == SSL_ERROR_WANT_WRITE) {
          setev(c, EPOLLIN | EPOLLOUT);
          return;
        }
        if (c->st == 4) {
          ERR_clear_error();
          finish(c, 1);
          return;
        }
        ERR_clear_error();
        fail(c, e == SSL_ERROR_ZERO_RETURN ? E_EOF : E_TLS, "SSL_read error %d in state %d", e, c->st);
        return;
      }
      n = k;
    } else
#endif
    {
      if (quickack) {
        int one = 1;
        setsockopt(c->fd, IPPROTO_TCP, TCP_QUICKACK, &one, sizeof one);
      }
      n = recv(c->fd, rb, sizeof rb, 0);
      if (n < 0) {
        if (errno == EAGAIN)
          return;
        if (errno == EINTR)
          continue;
        if (c->st == 4) {
          finish(c, 1);
          return;
        }
        fail(c, E_IO, "recv %s", strerror(errno));
        return;
      }
      if (n == 0) {
        if (c->st == 4)
          finish(c, 1);
        else if (c->st == 5) {
          held--;
          fail(c, E_EOF, "EOF while idle");
        } else
          fail(c, E_EOF, "EOF waiting for %s", c->qn ? cmd_name[c->q[c->qh].cmd] : "?");
        return;
      }
    }
    bytes_in += n;
    int r = parse(c, rb, n);
    if (r)
      return;
    if (c->fd < 0)
      return;
    if (c->outlen > c->outoff && flush(c) < 0)
      return;
    if (c->st == 0)
      return;
#ifndef NO_TLS
    if (c->ssl)
      continue;
#endif
    if (n < (ssize_t)sizeof rb)
      return;
  }
}
#ifndef NO_TLS
static void hs(struct conn *c) {
  int k = SSL_do_handshake(c->ssl);
  if (k == 1) {
    if (SSL_session_reused(c->ssl))
      tls_reused++;
    else
      tls_full++;
    c->st = 3;
    setev(c, EPOLLIN);
    if (stls) {
      if (mode == M_MIXED)
        cmdq(c, C_CAPA, 0, "CAPA");
      else if (pipeline && mode == M_SESSIONS)
        qall(c);
      else
        qlogin(c, 0);
      flush(c);
    } else {
      cmdq(c, C_GREET, 0, 0);
      onread(c);
    }
    return;
  }
  int e = SSL_get_error(c->ssl, k);
  if (e == SSL_ERROR_WANT_READ) {
    setev(c, EPOLLIN);
    return;
  }
  if (e == SSL_ERROR_WANT_WRITE) {
    setev(c, EPOLLIN | EPOLLOUT);
    return;
  }
  char b[120];
  ERR_error_string_n(ERR_get_error(), b, sizeof b);
  fail(c, E_TLS, "handshake %s", b);
}
static int newsess(SSL *s, SSL_SESSION *n) {
  (void)s;
  if (resume) {
    if (sess)
      SSL_SESSION_free(sess);
    sess = n;
    return 1;
  }
  return 0;
}
#endif
static void start(struct conn *c) {
  c->sessbad = 0;
  c->tdone = 0;
  memset(c->tph, 0, sizeof c->tph);
  c->t0 = now();
  c->deadline = c->t0 + tmo;
  c->userno = kusers ? userctr++ % kusers : 0;
  total_started++;
  c->nmsg = 0;
  c->resumed = 0;
  c->fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (c->fd < 0)
    die("socket %s", strerror(errno));
  active++;
  int one = 1;
  setsockopt(c->fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
  if (rcvbuf)
    setsockopt(c->fd, SOL_SOCKET, SO_RCVBUF, &rcvbuf, sizeof rcvbuf);
  struct sockaddr_in a = {.sin_family = AF_INET};
  if (srcips > 1) {
    setsockopt(c->fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &one, sizeof one);
    a.sin_addr.s_addr = htonl(0x7f000002u + (uint32_t)(total_started % srcips));
    if (bind(c->fd, (void *)&a, sizeof a))
      die("bind %s", strerror(errno));
  }
  a.sin_port = htons(port);
  if (inet_pton(AF_INET, host, &a.sin_addr) != 1)
    die("host must be an IPv4 address");
  c->st = 1;
  c->ev = 0;
  int r = connect(c->fd, (void *)&a, sizeof a);
  if (r && errno != EINPROGRESS) {
    fail(c, E_CONNECT, "connect %s", strerror(errno));
    return;
  }
  setev(c, EPOLLIN | EPOLLOUT);
}
static void onconnect(struct conn *c) {
  int e = 0;
  socklen_t l = sizeof e;
  getsockopt(c->fd, SOL_SOCKET, SO_ERROR, &e, &l);
  if (e) {
    fail(c, E_CONNECT, "connect %s", strerror(e));
    return;
  }
#ifndef NO_TLS
  if (tls) {
    c->ssl = SSL_new(ctx);
    SSL_set_fd(c->ssl, c->fd);
    if (resume && sess)
      SSL_set_session(c->ssl, sess);
    SSL_set_connect_state(c->ssl);
    c->st = 2;
    hs(c);
    return;
  }
#endif
  c->st = 3;
  setev(c, EPOLLIN);
  cmdq(c, C_GREET, 0, 0);
  onread(c);
}
static void finish(struct conn *c, int ok) {
  double t = now();
  int st = c->st;
  if (mode == M_IDLE && st != 5 && st != 0) {
    inflight_login--;
    failed_idle++;
  }
  if (ok && !c->sessbad && t >= Twarm && t <= Tend) {
    ok_sessions++;
    if (mode == M_DRAIN) {
      total_crc ^= c->crc;
      msgs_counted += c->retrdone;
    }
  }
  closeconn(c);
  c->loop++;
  if (mode == M_IDLE)
    return;
  int more = mode == M_SESSIONS || mode == M_MIXED ? t < Tend && !stopping : c->loop < loops && t < Tend;
  if (maxsess && total_started >= maxsess)
    more = 0;
  if (more) {
    if (!ok && errs[E_CONNECT] + errs[E_IO] + errs[E_EOF] + errs[E_ERR] > 20000) {
      stopping = 1;
      return;
    }
    start(c);
  }
}
/* ---- process accounting ---- */
static uint64_t rd64(const char *dir, const char *f) {
  char b[512];
  snprintf(b, sizeof b, "%s/%s", dir, f);
  FILE *h = fopen(b, "r");
  unsigned long long v = 0;
  if (h) {
    if (fscanf(h, "%llu", &v) != 1)
      v = 0;
    fclose(h);
  }
  return v;
}
struct mem {
  uint64_t pss, rss, anon;
  int procs;
};
static void addpid(int pid, struct mem *m) {
  char b[64];
  snprintf(b, sizeof b, "/proc/%d/smaps_rollup", pid);
  FILE *f = fopen(b, "r");
  if (!f)
    return;
  char l[256];
  int got = 0;
  while (fgets(l, sizeof l, f)) {
    unsigned long long v;
    if (sscanf(l, "Pss: %llu kB", &v) == 1) {
      m->pss += v;
      got = 1;
    } else if (sscanf(l, "Rss: %llu kB", &v) == 1)
      m->rss += v;
    else if (sscanf(l, "Anonymous: %llu kB", &v) == 1)
      m->anon += v;
  }
  fclose(f);
  if (got)
    m->procs++;
}
static struct mem sample(void) {
  struct mem m = {0};
  int cap = 1 << 16;
  int *pid = malloc(cap * sizeof(int)), *pp = malloc(cap * sizeof(int));
  int n = 0;
  if (cg) {
    char b[512];
    snprintf(b, sizeof b, "%s/cgroup.procs", cg);
    FILE *f = fopen(b, "r");
    int p;
    if (f) {
      while (fscanf(f, "%d", &p) == 1 && n < cap)
        pid[n++] = p;
      fclose(f);
    }
    for (int i = 0; i < n; i++)
      addpid(pid[i], &m);
  } else if (pids) {
    DIR *d = opendir("/proc");
    struct dirent *e;
    while ((e = readdir(d)) && n < cap)
      if (isdigit(e->d_name[0])) {
        char b[300];
        snprintf(b, sizeof b, "/proc/%s/stat", e->d_name);
        FILE *f = fopen(b, "r");
        if (!f)
          continue;
        char l[1024];
        if (fgets(l, sizeof l, f)) {
          char *r = strrchr(l, ')');
          int q;
          char s;
          if (r && sscanf(r + 1, " %c %d", &s, &q) == 2) {
            pid[n] = atoi(e->d_name);
            pp[n] = q;
            n++;
          }
        }
        fclose(f);
      }
    closedir(d);
    char *mark = calloc(n, 1);
    char *s = strdup(pids);
    for (char *t = strtok(s, ","); t; t = strtok(0, ","))
      for (int i = 0; i < n; i++)
        if (pid[i] == atoi(t))
          mark[i] = 1;
    int ch = 1;
    while (ch) {
      ch = 0;
      for (int i = 0; i < n; i++)
        if (!mark[i])
          for (int j = 0; j < n; j++)
            if (mark[j] && pid[j] == pp[i]) {
              mark[i] = 1;
              ch = 1;
              break;
            }
    }
    for (int i = 0; i < n; i++)
      if (mark[i])
        addpid(pid[i], &m);
  }
  free(pid);
  free(pp);
  return m;
}
static void usage(void) {
  fputs("popload MODE -p PORT [options]     MODE: sessions drain list idle mixed\n"
        " -h IP (127.x)  -c CONNS  -t SECONDS(max 600)  --warm S   -l LOOPS (drain/list: sessions per "
        "connection)\n"
        " -u USER  -U K (users USER0..USERK-1 in turn)  -P PASS  --plain (AUTH PLAIN)  --tls  --stls  --resume\n"
        " -w WINDOW (RETRs in flight)  --pipeline (sessions: one write after greeting)  --crc  --expect-crc HEX  "
        "--expect-msgs N\n"
        " --src-ips N (source addresses 127.0.0.2..)  --timeout S  --cg CGROUPDIR (cpuacct; also gives the pid list)  "
        "--pids A,B\n"
        " -k K (mixed: newest K messages)  --dele none|rset|commit  --settle S  --max N (sessions)  --lenient-size  "
        "--label TEXT --no-eof-wait --quickack --first N (drain: only the first N messages)\n",
        stderr);
  exit(2);
}
int main(int ac, char **av) {
  if (ac < 2)
    usage();
  int m = -1;
  for (int i = 0; i < 5; i++)
    if (!strcmp(av[1], mode_name[i]))
      m = i;
  if (m < 0)
    usage();
  mode = m;
  static struct option lo[] = {{"tls", 0, 0, 1},
                               {"stls", 0, 0, 2},
                               {"resume", 0, 0, 3},
                               {"plain", 0, 0, 4},
                               {"pipeline", 0, 0, 5},
                               {"crc", 0, 0, 6},
                               {"expect-crc", 1, 0, 7},
                               {"expect-msgs", 1, 0, 8},
                               {"src-ips", 1, 0, 9},
                               {"timeout", 1, 0, 10},
                               {"cg", 1, 0, 11},
                               {"pids", 1, 0, 12},
                               {"dele", 1, 0, 13},
                               {"settle", 1, 0, 14},
                               {"max", 1, 0, 15},
                               {"lenient-size", 0, 0, 16},
                               {"label", 1, 0, 17},
                               {"warm", 1, 0, 18},
                               {"no-eof-wait", 0, 0, 19},
                               {"rcvbuf", 1, 0, 20},
                               {"quickack", 0, 0, 21},
                               {"first", 1, 0, 22},
                               {0, 0, 0, 0}};
  int o;
  optind = 2;
  while ((o = getopt_long(ac, av, "h:p:c:t:l:u:U:P:w:k:v", lo, 0)) != -1)
    switch (o) {
    case 'h':
      host = optarg;
      break;
    case 'p':
      port = atoi(optarg);
      break;
    case 'c':
      nconn = atoi(optarg);
      break;
    case 't':
      dur = atof(optarg);
      break;
    case 'l':
      loops = atoi(optarg);
      break;
    case 'u':
      user = optarg;
      break;
    case 'U':
      kusers = atoi(optarg);
      break;
    case 'P':
      pass = optarg;
      break;
    case 'w':
      window = atoi(optarg);
      break;
    case 'k':
      newk = atoi(optarg);
      break;
    case 'v':
      verbose = 1;
      break;
    case 1:
      tls = 1;
      break;
    case 2:
      stls = 1;
      break;
    case 3:
      resume = 1;
      break;
    case 4:
      authplain = 1;
      break;
    case 5:
      pipeline = 1;
      break;
    case 6:
      do_crc = 1;
      break;
    case 7:
      expect_crc = optarg;
      do_crc = 1;
      break;
    case 8:
      expect_msgs = atol(optarg);
      break;
    case 9:
      srcips = atoi(optarg);
      break;
    case 10:
      tmo = atof(optarg);
      break;
    case 11:
      cg = optarg;
      break;
    case 12:
      pids = optarg;
      break;
    case 13:
      dele = !strcmp(optarg, "none") ? 0 : !strcmp(optarg, "commit") ? 2 : 1;
      break;
    case 14:
      settle = atof(optarg);
      break;
    case 15:
      maxsess = atol(optarg);
      break;
    case 16:
      size_lenient = 1;
      break;
    case 17:
      label = optarg;
      break;
    case 18:
      warm = atof(optarg);
      break;
    case 19:
      no_eof_wait = 1;
      break;
    case 20:
      rcvbuf = atoi(optarg);
      break;
    case 21:
      quickack = 1;
      break;
    case 22:
      firstn = atol(optarg);
      break;
    default:
      usage();
    }
  if (!port || nconn < 1 || nconn > 19000 || window < 1 || window > 4096 || srcips < 1 || srcips > 250 || dur <= 0)
    usage();
  if (dur > 600)
    dur = 600;
  if (strncmp(host, "127.", 4))
    die("loopback (127/8) only");
  signal(SIGPIPE, SIG_IGN);
  crcinit();
  struct rlimit rl;
  getrlimit(RLIMIT_NOFILE, &rl);
  rl.rlim_cur = rl.rlim_max;
  setrlimit(RLIMIT_NOFILE, &rl);
#ifndef NO_TLS
  if (tls || stls) {
    ctx = SSL_CTX_new(TLS_client_method());
    SSL_CTX_set_verify(ctx, SSL_VERIFY_NONE, 0);
    SSL_CTX_set_mode(ctx,
                     SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER | SSL_MODE_RELEASE_BUFFERS);
    SSL_CTX_set_read_ahead(ctx, 1);
    if (resume) {
      SSL_CTX_set_session_cache_mode(ctx, SSL_SESS_CACHE_CLIENT | SSL_SESS_CACHE_NO_INTERNAL);
      SSL_CTX_sess_set_new_cb(ctx, newsess);
    }
  }
#else
  if (tls || stls)
    die("built without TLS");
#endif
  ep = epoll_create1(EPOLL_CLOEXEC);
  cs = calloc(nconn, sizeof *cs);
  for (int i = 0; i < nconn; i++) {
    cs[i].fd = -1;
    cs[i].id = i;
  }
  struct mem m0 = {0};
  if (mode == M_IDLE)
    m0 = sample();
  uint64_t u0 = 0, us0 = 0;
  if (cg) {
    u0 = rd64(cg, "cpuacct.usage");
    us0 = rd64(cg, "cpuacct.usage_sys");
  }
  struct rusage r0, r1;
  getrusage(RUSAGE_SELF, &r0);
  T0 = now();
  Twarm = T0 + warm;
  Tend = T0 + warm + dur;
  int opened = 0;
  uint64_t uw = u0;
  int warmed = warm == 0;
  if (mode != M_IDLE) {
    for (int i = 0; i < nconn; i++) {
      start(&cs[i]);
      opened++;
      if (maxsess && total_started >= maxsess)
        break;
    }
  }
  struct epoll_event ev[512];
  double lastchk = T0;
  double idle_all = 0;
  for (;;) {
    double t = now();
    if (!warmed && t >= Twarm) {
      warmed = 1;
      bytes_in = 0;
      payload_bytes = 0;
      msgs_done = 0;
      if (cg) {
        uw = rd64(cg, "cpuacct.usage");
        us0 = rd64(cg, "cpuacct.usage_sys");
        u0 = uw;
      }
    }
    if (mode == M_IDLE) {
      while (opened < nconn && inflight_login < 32) {
        inflight_login++;
        start(&cs[opened++]);
      }
      if (opened == nconn && inflight_login <= 0) {
        if (!idle_all)
          idle_all = t;
        if (t - idle_all >= settle)
          break;
      }
      if (t > T0 + dur)
        break;
      if (failed_idle > 200)
        break;
    } else {
      if (active == 0)
        break;
      if ((mode == M_SESSIONS || mode == M_MIXED) ? t >= Tend : t >= Tend + 5)
        break;
    }
    int n = epoll_wait(ep, ev, 512, 100);
    if (n < 0) {
      if (errno == EINTR)
        continue;
      die("epoll_wait");
    }
    for (int i = 0; i < n; i++) {
      struct conn *c = ev[i].data.ptr;
      if (c->fd < 0)
        continue;
      uint32_t e = ev[i].events;
      if (c->st == 1) {
        if (e & (EPOLLOUT | EPOLLERR | EPOLLHUP))
          onconnect(c);
      }
#ifndef NO_TLS
      else if (c->st == 2)
        hs(c);
#endif
      else {
        if (e & EPOLLOUT) {
          if (flush(c) < 0)
            continue;
        }
        if (c->fd >= 0 && (e & (EPOLLIN | EPOLLHUP | EPOLLERR)))
          onread(c);
      }
      if (c->fd >= 0 && c->st == 3 && c->outlen > c->outoff)
        flush(c);
    }
    t = now();
    if (t - lastchk > 0.5) {
      lastchk = t;
      for (int i = 0; i < nconn; i++) {
        struct conn *c = &cs[i];
        if (c->fd >= 0 && c->st != 5 && t > c->deadline)
          fail(c, E_TIMEOUT, "no reply to %s", c->qn ? cmd_name[c->q[c->qh].cmd] : "(eof)");
      }
    }
  }
  double t1 = now();
  double el = (mode == M_SESSIONS || mode == M_MIXED) ? (t1 < Tend ? t1 : Tend) - Twarm : t1 - T0;
  getrusage(RUSAGE_SELF, &r1);
  double ccpu = (r1.ru_utime.tv_sec - r0.ru_utime.tv_sec) + (r1.ru_stime.tv_sec - r0.ru_stime.tv_sec) +
                ((r1.ru_utime.tv_usec - r0.ru_utime.tv_usec) + (r1.ru_stime.tv_usec - r0.ru_stime.tv_usec)) * 1e-6;
  double scpu = 0, ssys = 0;
  if (cg) {
    scpu = (rd64(cg, "cpuacct.usage") - u0) * 1e-9;
    ssys = (rd64(cg, "cpuacct.usage_sys") - us0) * 1e-9;
  }
  long te = 0;
  for (int i = 0; i < E_N; i++)
    te += errs[i];
  if (size_lenient)
    te -= errs[E_SIZE];
  long unfinished = 0;
  for (int i = 0; i < nconn; i++)
    if (cs[i].fd >= 0 && cs[i].st != 5)
      unfinished++;
  if (mode != M_SESSIONS && mode != M_MIXED && mode != M_IDLE && unfinished)
    te += unfinished;
  if (nlat)
    qsort(lat, nlat, 8, cmpd);
  char eb[400] = "{";
  for (int i = 0; i < E_N; i++)
    if (errs[i])
      sprintf(eb + strlen(eb), "%s\"%s\":%ld", eb[1] ? "," : "", err_name[i], errs[i]);
  strcat(eb, "}");
  char common[1600];
  snprintf(common, sizeof common,
           "\"mode\":\"%s\",\"label\":\"%s\",\"port\":%d,\"conns\":%d,\"tls\":%d,\"elapsed\":%.4f,\"ok\":%ld,"
           "\"started\":%ld,\"errors\":%ld,\"err\":%s,\"first_err\":\"%s\",\"client_cpu\":%.4f,\"server_cpu\":%.4f,"
           "\"server_sys\":%.4f,\"tls_full\":%ld,\"tls_reused\":%ld",
           mode_name[mode], label, port, nconn,
           tls    ? 1
           : stls ? 2
                  : 0,
           el, ok_sessions, total_started, te, eb, first_err, ccpu, scpu, ssys, tls_full, tls_reused);
  int rc = te ? 1 : 0;
  if (mode != M_IDLE && ok_sessions == 0)
    rc = 1;
  if (mode == M_SESSIONS || mode == M_MIXED) {
    double ra = ok_sessions / el;
    printf("%s %s c=%d%s: %.1f sessions/s  ok=%ld errors=%ld  ms p50=%.3f p95=%.3f p99=%.3f max=%.3f  server cpu %.2f "
           "s (%.3f s/1000)  client cpu %.2f s %s\n",
           mode_name[mode], label, nconn,
           tls    ? " tls"
           : stls ? " stls"
                  : "",
           ra, ok_sessions, te, pct(lat, nlat, 50) * 1e3, pct(lat, nlat, 95) * 1e3, pct(lat, nlat, 99) * 1e3,
           nlat ? lat[nlat - 1] * 1e3 : 0, scpu, ok_sessions ? scpu * 1000 / ok_sessions : 0, ccpu, first_err);
    printf("{%s,\"sps\":%.2f,\"p50\":%.4f,\"p95\":%.4f,\"p99\":%.4f,\"max\":%.4f,\"cpu_per_1000\":%.5f,\"msgs\":%llu,"
           "\"payload\":%llu}\n",
           common, ra, pct(lat, nlat, 50) * 1e3, pct(lat, nlat, 95) * 1e3, pct(lat, nlat, 99) * 1e3,
           nlat ? lat[nlat - 1] * 1e3 : 0, ok_sessions ? scpu * 1000 / ok_sessions : 0, (unsigned long long)msgs_done,
           (unsigned long long)payload_bytes);
  } else if (mode == M_DRAIN) {
    double rt = retr_last > retr_first ? retr_last - retr_first : el;
    double mb = payload_bytes / 1e6;
    if (loops == 1 && ok_sessions != nconn)
      rc = 1;
    printf("drain %s c=%d w=%d%s: %.1f MB/s  %.0f msgs/s  (wall %.1f MB/s)  msgs=%llu bytes=%llu ok=%ld errors=%ld "
           "size_mismatch=%ld crc=%08x  server cpu %.2f s (%.2f s/GB) client cpu %.2f s %s\n",
           label, nconn, window, tls ? " tls" : "", mb / rt, msgs_done / rt, mb / el, (unsigned long long)msgs_done,
           (unsigned long long)payload_bytes, ok_sessions, te, errs[E_SIZE], cs[0].crc, scpu,
           payload_bytes ? scpu / (payload_bytes / 1e9) : 0, ccpu, first_err);
    printf("{%s,\"window\":%d,\"mbps\":%.3f,\"msgps\":%.2f,\"wall_mbps\":%.3f,\"msgs\":%llu,\"payload\":%llu,\"retr_"
           "s\":%.4f,\"crc\":\"%08x\",\"cpu_per_gb\":%.4f}\n",
           common, window, mb / rt, msgs_done / rt, mb / el, (unsigned long long)msgs_done,
           (unsigned long long)payload_bytes, rt, cs[0].crc, payload_bytes ? scpu / (payload_bytes / 1e9) : 0);
  } else if (mode == M_LIST) {
    double md[C_N];
    for (int k = 0; k < C_N; k++) {
      if (nplat[k])
        qsort(plat[k], nplat[k], 8, cmpd);
      md[k] = pct(plat[k], nplat[k], 50) * 1e3;
    }
    printf("list %s c=%d: login(PASS) %.2f ms STAT %.2f ms LIST %.2f ms UIDL %.2f ms QUIT %.2f ms total %.2f ms "
           "(medians of %ld) msgs=%ld errors=%ld server cpu %.3f s %s\n",
           label, nconn, authplain ? md[C_AUTH] : md[C_PASS], md[C_STAT], md[C_LIST], md[C_UIDL], md[C_QUIT],
           pct(lat, nlat, 50) * 1e3, nlat, cs[0].nmsg, te, scpu, first_err);
    printf("{%s,\"msgs\":%ld,\"greet\":%.3f,\"login\":%.3f,\"stat\":%.3f,\"list\":%.3f,\"uidl\":%.3f,\"quit\":%.3f,"
           "\"total\":%.3f}\n",
           common, cs[0].nmsg, md[C_GREET], authplain ? md[C_AUTH] : md[C_PASS], md[C_STAT], md[C_LIST], md[C_UIDL],
           md[C_QUIT], pct(lat, nlat, 50) * 1e3);
  } else {
    struct mem m1 = sample();
    double per = held ? (double)((int64_t)m1.pss - (int64_t)m0.pss) / held : 0;
    if (held != nconn)
      rc = 1;
    printf("idle %s c=%d%s: held=%ld failed=%ld in %.2f s; server PSS %llu -> %llu kB (%.2f kB per connection, all-in "
           "%.2f), procs %d -> %d, anon %llu kB errors=%ld %s\n",
           label, nconn, tls ? " tls" : "", held, failed_idle, el, (unsigned long long)m0.pss,
           (unsigned long long)m1.pss, per, held ? (double)m1.pss / held : 0, m0.procs, m1.procs,
           (unsigned long long)m1.anon, te, first_err);
    printf("{%s,\"held\":%ld,\"pss0_kb\":%llu,\"pss1_kb\":%llu,\"kb_per_conn\":%.3f,\"procs0\":%d,\"procs1\":%d,"
           "\"login_p50\":%.3f}\n",
           common, held, (unsigned long long)m0.pss, (unsigned long long)m1.pss, per, m0.procs, m1.procs,
           pct(lat, nlat, 50) * 1e3);
  }
  fflush(stdout);
  _exit(rc);
}
