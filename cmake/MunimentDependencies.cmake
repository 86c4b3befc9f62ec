# SPDX-License-Identifier: BSD-2-Clause
# What is linked from outside; also used by the installed package's users.
find_package(PkgConfig REQUIRED)
find_package(Threads REQUIRED)
find_package(OpenSSL 3.0 REQUIRED)
pkg_check_modules(JANSSON REQUIRED IMPORTED_TARGET jansson)
pkg_check_modules(UTF8PROC REQUIRED IMPORTED_TARGET libutf8proc)
pkg_check_modules(SQLITE3 REQUIRED IMPORTED_TARGET sqlite3)
pkg_check_modules(LIBSECCOMP REQUIRED IMPORTED_TARGET libseccomp)
pkg_check_modules(QRENCODE REQUIRED IMPORTED_TARGET libqrencode)
pkg_check_modules(P11KIT REQUIRED IMPORTED_TARGET p11-kit-1)

# The same by its pkg-config name or flag, for muniment.pc.
set(MUN_PC_OpenSSL::Crypto libcrypto)
set(MUN_PC_PkgConfig::JANSSON jansson)
set(MUN_PC_PkgConfig::UTF8PROC libutf8proc)
set(MUN_PC_PkgConfig::SQLITE3 sqlite3)
set(MUN_PC_PkgConfig::LIBSECCOMP libseccomp)
set(MUN_PC_PkgConfig::QRENCODE libqrencode)
set(MUN_PC_PkgConfig::P11KIT p11-kit-1)
set(MUN_PC_Threads::Threads -pthread)
