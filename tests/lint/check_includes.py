# SPDX-License-Identifier: BSD-2-Clause
"""Who may include what: levels, other people's headers, order."""
import os
import re

from tree import table, words

INCLUDE = re.compile(r'^[ \t]*#[ \t]*include[ \t]*(?:"([^"]+)"|<([^>]+)>)')

BASE_HEADERS = ("buffer", "error", "text", "version")

# C17 and POSIX.1-2008, and what glibc on Linux adds without a library.
SYSTEM = set("""
assert complex ctype errno fenv float inttypes iso646 limits locale math
setjmp signal stdalign stdarg stdatomic stdbool stddef stdint stdio stdlib
stdnoreturn string strings tgmath threads time uchar wchar wctype
aio arpa/inet cpio dirent dlfcn fcntl fmtmsg fnmatch ftw glob grp iconv
langinfo libgen monetary mqueue net/if netdb netinet/in netinet/tcp nl_types
poll pthread pwd regex sched search semaphore spawn stropts sys/ipc sys/mman
sys/msg sys/resource sys/select sys/sem sys/shm sys/socket sys/stat
sys/statvfs sys/time sys/times sys/types sys/uio sys/un sys/utsname sys/wait
syslog tar termios ulimit unistd utime utmpx wordexp
alloca endian getopt malloc sys/auxv sys/file sys/ioctl sys/random sys/syscall
sys/sysmacros sys/xattr
""".split())


def includes(tree, name):
    """(line number, header, is it in angle brackets)"""
    found = []
    for number, line in enumerate(tree.lines(name), 1):
        match = INCLUDE.match(line)
        if match:
            found.append((number, match.group(1) or match.group(2),
                          match.group(2) is not None))
    return found


def module_of(path):
    """The module a file or an included header belongs to, or None."""
    match = re.match(r"(?:archive/include/)?muniment/(\w+)\.h$", path)
    if match:
        return "base" if match.group(1) in BASE_HEADERS else match.group(1)
    parts = path.split("/")
    if parts[0] == "archive":
        parts = parts[1:]
    return parts[0] if len(parts) > 1 else None


def levels(tree):
    level, beside = {}, set()
    for number, modules, within in table(tree, "levels"):
        for module in words(modules):
            level[module] = int(number)
        for arrow in within.split(";"):
            if "→" in arrow:
                source, targets = arrow.split("→")
                beside |= {(source.strip(), t) for t in words(targets)}
    return level, beside


def check_layers(tree):
    level, beside = levels(tree)
    found = []
    for name in tree.sources("archive"):
        module = module_of(name)
        if module not in level:
            found.append("%s:1: module '%s' is not in the level table"
                         % (name, module))
            continue
        for number, header, angled in includes(tree, name):
            if angled:
                continue
            other = module_of(header)
            where = "%s:%d: " % (name, number)
            if other not in level:
                found.append(where + '"%s" is not MODULE/NAME.h' % header)
            elif (other != module and level[other] >= level[module]
                  and (module, other) not in beside):
                found.append(where + "%s (level %d) may not include %s of %s "
                             "(level %d)" % (module, level[module], header,
                                             other, level[other]))
            elif other != module and header.endswith("_internal.h"):
                found.append(where + "%s is internal to %s" % (header, other))
    for name in tree.sources("tools"):
        for number, header, angled in includes(tree, name):
            folder = name.split("/")[1]
            own = header.startswith(folder + "/") or "/" not in header
            public = header.startswith(("muniment/", "common/"))
            if not angled and not own and not public:
                found.append("%s:%d: a program may include muniment/ and "
                             "common/ only, not %s" % (name, number, header))
    return found


def check_third_party(tree):
    allowed = {}
    for headers, modules in table(tree, "third-party"):
        for header in words(headers):
            allowed[header] = words(modules)
    found = []
    for name in tree.sources("archive", "tools"):
        module = module_of(name) if name.startswith("archive/") else "tools"
        for number, header, angled in includes(tree, name):
            if not angled or header[:-2] in SYSTEM:
                continue
            if module not in allowed.get(header, []):
                found.append("%s:%d: <%s> may not be included in %s"
                             % (name, number, header, module))
            elif name.endswith(".h") and not name.endswith("_internal.h") \
                    and header.startswith(("openssl/", "archive", "sqlite3",
                                           "magic", "jansson", "utf8proc")) \
                    and name != "archive/trust/openssl.h":
                found.append("%s:%d: <%s> would cross the module's header"
                             % (name, number, header))
    return found


def check_include_order(tree):
    """Own header, then <...>, then "...", each run of lines sorted."""
    found = []
    for name in tree.sources("archive", "tools", "tests"):
        seen = includes(tree, name)
        if name.endswith(".c") and seen and not seen[0][2]:
            seen = seen[1:]
        project, previous = None, None
        lines = tree.lines(name)
        for number, header, angled in seen:
            if not angled:
                project = header
            elif project is not None:
                found.append("%s:%d: <%s> after \"%s\""
                             % (name, number, header, project))
            if (previous and previous[0] == number - 1
                    and previous[2] == angled and previous[1] > header
                    and "clang-format off" not in "".join(
                        lines[max(0, number - 6):number])):
                found.append("%s:%d: %s sorts before %s"
                             % (name, number, header, previous[1]))
            previous = (number, header, angled)
    return found


def check_public_headers(tree):
    """Every public header is in the list that is installed."""
    listed = tree.text("archive/CMakeLists.txt")
    listed = listed[listed.index("foreach(header IN ITEMS"):]
    listed = set(listed[:listed.index(")")].split())
    return ["%s:1: not in the list of archive/CMakeLists.txt" % name
            for name in tree.matching(r"^archive/include/muniment/.*\.h$")
            if os.path.basename(name)[:-2] not in listed]
