# SPDX-License-Identifier: BSD-2-Clause
# Warnings and hardening live in interface targets, never in global flags.

add_library(mun_warnings INTERFACE)
target_compile_options(mun_warnings INTERFACE
	-Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wsign-conversion
	-Wcast-qual -Wcast-align -Wformat=2 -Wundef -Wvla -Wstrict-prototypes
	-Wmissing-prototypes -Wmissing-declarations -Wwrite-strings
	-Wpointer-arith -Wimplicit-fallthrough -Wswitch-enum
	-Wnull-dereference -Wdouble-promotion
	# Long texts in arrays are meant to be in pieces.
	$<$<C_COMPILER_ID:Clang>:-Wno-string-concatenation>
	# libseccomp's SCMP_A0() leaves out the last; gcc knows better.
	$<$<C_COMPILER_ID:Clang>:-Wno-missing-field-initializers>)

add_library(mun_hardening INTERFACE)
target_compile_options(mun_hardening INTERFACE
	-fstack-protector-strong -fstack-clash-protection -fcf-protection
	-fvisibility=hidden
	# gcov has to find the sources again.
	$<$<NOT:$<BOOL:${MUN_COVERAGE}>>:-ffile-prefix-map=${PROJECT_SOURCE_DIR}/=>
	$<$<CONFIG:Release,RelWithDebInfo>:-U_FORTIFY_SOURCE>
	$<$<CONFIG:Release,RelWithDebInfo>:-D_FORTIFY_SOURCE=3>)
target_link_options(mun_hardening INTERFACE
	-Wl,-z,relro,-z,now,-z,noexecstack)

# The one place that says which C and which POSIX this is.
add_library(mun_language INTERFACE)
target_compile_features(mun_language INTERFACE c_std_17)
target_compile_definitions(mun_language INTERFACE _POSIX_C_SOURCE=200809L
	_FILE_OFFSET_BITS=64 MUN_VERSION="${PROJECT_VERSION}")

# The same, with the library's private root: for archive/ and its tests.
add_library(mun_dialect INTERFACE)
target_link_libraries(mun_dialect INTERFACE mun_language)
target_include_directories(mun_dialect INTERFACE
	${PROJECT_SOURCE_DIR}/archive
	${PROJECT_SOURCE_DIR}/archive/include)
set(CMAKE_C_EXTENSIONS OFF)
if(NOT DEFINED CMAKE_POSITION_INDEPENDENT_CODE)
	set(CMAKE_POSITION_INDEPENDENT_CODE ON)
endif()
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
