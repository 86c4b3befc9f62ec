# SPDX-License-Identifier: BSD-2-Clause
# How tests are declared.  Exit status 77 means skipped.

set(MUN_SHARED_DIR "${PROJECT_SOURCE_DIR}/../shared" CACHE PATH
	"Real documents and vectors that are not part of the project")
set(MUN_TEST_TIMEOUT 600 CACHE STRING "Seconds one test may take")
set(MUN_TEST_LAUNCHER "" CACHE STRING "What unit tests run under: valgrind;...")

pkg_check_modules(CMOCKA REQUIRED IMPORTED_TARGET cmocka)

# The interpreter itself.  What PATH has under its name may be a script that
# looks for it first, which takes ten times as long as the interpreter's start.
find_package(Python3 COMPONENTS Interpreter)
if(Python3_FOUND)
	execute_process(COMMAND ${Python3_EXECUTABLE} -c
			"import sys; print(sys.executable)"
		OUTPUT_VARIABLE Python3_EXECUTABLE
		OUTPUT_STRIP_TRAILING_WHITESPACE COMMAND_ERROR_IS_FATAL ANY)
	set_target_properties(Python3::Interpreter PROPERTIES
		IMPORTED_LOCATION ${Python3_EXECUTABLE})
endif()

# mun_test_program(TARGET SOURCES ... [DEPENDS ...])
#
# A test executable: harness, cmocka, the named targets, mun_base and exactly
# one of mun_system and mun_fixed_system (the latter when DEPENDS names it).
# System objects are linked as objects, not as a library, so that it never
# depends on link order which of the two a module gets.
function(mun_test_program target)
	cmake_parse_arguments(TEST "" "" "SOURCES;DEPENDS" ${ARGN})
	set(system mun_system)
	if(mun_fixed_system IN_LIST TEST_DEPENDS)
		set(system mun_fixed_system)
	endif()
	list(REMOVE_ITEM TEST_DEPENDS mun_system mun_fixed_system)
	add_executable(${target} ${TEST_SOURCES} $<TARGET_OBJECTS:${system}>)
	target_link_libraries(${target} PRIVATE mun_harness ${TEST_DEPENDS}
		mun_base mun_dialect OpenSSL::Crypto mun_warnings mun_hardening)
endfunction()

# mun_test_properties(TEST LABEL [TIMEOUT_S]): what every ctest has.
function(mun_test_properties test label)
	set(timeout ${MUN_TEST_TIMEOUT})
	if(ARGC GREATER 2)
		set(timeout ${ARGV2})
	endif()
	# COST: what may take longest begins first, so that nothing is left to
	# run alone at the end.
	set_tests_properties(${test} PROPERTIES LABELS "${label}"
		TIMEOUT ${timeout} COST ${timeout} SKIP_RETURN_CODE 77)
endfunction()

# mun_unit_test(MODULE NAME SOURCES ... [DEPENDS ...])
#
# ctest unit.MODULE.NAME; links mun_MODULE without being told.
function(mun_unit_test module name)
	cmake_parse_arguments(UNIT "" "" "SOURCES;DEPENDS" ${ARGN})
	if(TARGET mun_${module})
		list(PREPEND UNIT_DEPENDS mun_${module})
	endif()
	set(target test_unit_${module}_${name})
	mun_test_program(${target} SOURCES ${UNIT_SOURCES}
		DEPENDS ${UNIT_DEPENDS})
	add_test(NAME unit.${module}.${name}
		COMMAND ${MUN_TEST_LAUNCHER} $<TARGET_FILE:${target}>)
	mun_test_properties(unit.${module}.${name} unit)
endfunction()

# mun_fuzz_target(NAME SOURCES ... CORPUS DIR [DEPENDS ...])
#
# SOURCES define LLVMFuzzerTestOneInput.  ctest fuzz.NAME replays every file of
# DIR once.  With MUN_BUILD_FUZZERS it is a libFuzzer program too, and ctest
# fuzz.NAME.search (label slow) looks for new inputs for a minute.
function(mun_fuzz_target name)
	cmake_parse_arguments(FUZZ "" "CORPUS" "SOURCES;DEPENDS" ${ARGN})
	get_filename_component(corpus ${FUZZ_CORPUS} ABSOLUTE)
	set(target fuzz_${name})
	set(test fuzz.${name})
	if(MUN_BUILD_FUZZERS)
		mun_test_program(${target} SOURCES ${FUZZ_SOURCES}
			DEPENDS ${FUZZ_DEPENDS})
		target_link_options(${target} PRIVATE -fsanitize=fuzzer)
		add_test(NAME ${test} COMMAND ${target} -runs=0 ${corpus})
		set(found ${CMAKE_CURRENT_BINARY_DIR}/${name}-found)
		file(MAKE_DIRECTORY ${found})
		add_test(NAME ${test}.search COMMAND ${target} -max_total_time=60
			-print_final_stats=1 -artifact_prefix=${found}/ ${found}
			${corpus})
		mun_test_properties(${test}.search "fuzz;slow" 120)
	else()
		mun_test_program(${target} SOURCES ${FUZZ_SOURCES}
			${PROJECT_SOURCE_DIR}/tests/fuzz/replay.c
			DEPENDS ${FUZZ_DEPENDS})
		add_test(NAME ${test} COMMAND ${target} ${corpus})
	endif()
	mun_test_properties(${test} fuzz)
endfunction()
