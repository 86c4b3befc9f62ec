# SPDX-License-Identifier: BSD-2-Clause

# mun_program(NAME LIBRARY muniment|muniment_verify SOURCES ...)
#
# The installed program NAME, and for tests NAME-fixed: the same objects with
# a clock that stands still and randomness that repeats.  Both see the public
# headers and tools/ (for "common/..."), nothing else.  The target is NAME, or
# NAME-program where a library has that name already.
function(mun_program name)
	cmake_parse_arguments(PROGRAM "" "LIBRARY" "SOURCES" ${ARGN})
	string(MAKE_C_IDENTIFIER mun_program_${name} objects)
	add_library(${objects} OBJECT ${PROGRAM_SOURCES})
	mun_program_options(${objects})

	set(target ${name})
	if(TARGET ${name})
		set(target ${name}-program)
	endif()
	add_executable(${target} $<TARGET_OBJECTS:${objects}>)
	target_link_libraries(${target} PRIVATE mun_common ${PROGRAM_LIBRARY}
		mun_hardening)
	target_link_options(${target} PRIVATE
		$<$<BOOL:${CMAKE_POSITION_INDEPENDENT_CODE}>:-pie>)
	set_target_properties(${target} PROPERTIES LINKER_LANGUAGE C
		OUTPUT_NAME ${name})
	if(MUN_INSTALL)
		install(TARGETS ${target})
	endif()

	if(MUN_BUILD_TESTS)
		get_property(modules GLOBAL PROPERTY MUN_VERIFY_MODULES)
		if(PROGRAM_LIBRARY STREQUAL muniment)
			get_property(writers GLOBAL PROPERTY MUN_WRITER_MODULES)
			list(PREPEND modules ${writers})
		endif()
		add_executable(${name}-fixed $<TARGET_OBJECTS:${objects}>
			$<TARGET_OBJECTS:mun_fixed_system>)
		target_link_libraries(${name}-fixed PRIVATE mun_common
			${modules} OpenSSL::Crypto mun_hardening)
		set_target_properties(${name}-fixed PROPERTIES LINKER_LANGUAGE C)
	endif()
endfunction()

# mun_program_options(TARGET): how code under tools/ is compiled.
function(mun_program_options target)
	target_include_directories(${target} PRIVATE
		${PROJECT_SOURCE_DIR}/tools
		${PROJECT_SOURCE_DIR}/archive/include)
	target_link_libraries(${target} PRIVATE mun_language mun_warnings
		mun_hardening)
endfunction()

# mun_program_common(SOURCES ...): tools/common, linked by every program.
function(mun_program_common)
	cmake_parse_arguments(COMMON "" "" "SOURCES" ${ARGN})
	add_library(mun_common STATIC ${COMMON_SOURCES})
	mun_program_options(mun_common)
endfunction()
