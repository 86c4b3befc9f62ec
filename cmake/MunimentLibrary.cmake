# SPDX-License-Identifier: BSD-2-Clause
# The two link targets, put together from the modules' objects.

# mun_library(TARGET MODULES ... HEADERS ...)
#
# Whole in itself: what a module links from outside the project is linked
# here too, and named in TARGET.pc.  Objects instead of nested libraries, so
# that hidden symbols work alike in the static and the shared form.
function(mun_library target)
	cmake_parse_arguments(LIBRARY "" "" "MODULES;HEADERS" ${ARGN})
	add_library(${target})
	add_library(muniment::${target} ALIAS ${target})
	set(outside "")
	set(linked "")
	foreach(module IN LISTS LIBRARY_MODULES)
		target_sources(${target} PRIVATE $<TARGET_OBJECTS:${module}>)
		get_target_property(depends ${module} MUN_DEPENDS)
		foreach(depend IN LISTS depends)
			if(depend AND NOT depend MATCHES "^mun_")
				list(APPEND outside ${depend})
			endif()
		endforeach()
	endforeach()
	list(REMOVE_DUPLICATES outside)
	target_sources(${target} PUBLIC FILE_SET HEADERS
		BASE_DIRS ${PROJECT_SOURCE_DIR}/archive/include
		FILES ${LIBRARY_HEADERS})
	target_compile_features(${target} PUBLIC c_std_17)
	target_link_libraries(${target} PRIVATE ${outside})
	foreach(private IN ITEMS mun_language mun_warnings mun_hardening)
		target_link_libraries(${target} PRIVATE $<BUILD_INTERFACE:${private}>)
	endforeach()
	set_target_properties(${target} PROPERTIES
		LINKER_LANGUAGE C
		VERSION ${PROJECT_VERSION}
		SOVERSION ${PROJECT_VERSION_MAJOR}
		VERIFY_INTERFACE_HEADER_SETS ON)
	mun_pkg_config(${target} "${outside}")
endfunction()

# mun_pkg_config(TARGET LIBRARIES): write TARGET.pc into the build folder.
function(mun_pkg_config target libraries)
	set(requires "")
	set(flags "")
	foreach(library IN LISTS libraries)
		if(NOT DEFINED MUN_PC_${library})
			message(FATAL_ERROR "${library}: no pkg-config name in "
				"MunimentDependencies.cmake")
		elseif(MUN_PC_${library} MATCHES "^-")
			list(APPEND flags ${MUN_PC_${library}})
		else()
			list(APPEND requires ${MUN_PC_${library}})
		endif()
	endforeach()
	# A static library's needs are its user's needs too.
	set(MUN_PC_PRIVATE "")
	if(BUILD_SHARED_LIBS)
		set(MUN_PC_PRIVATE ".private")
		set(flags "")
	endif()
	list(JOIN requires ", " MUN_PC_REQUIRES)
	list(JOIN flags " " MUN_PC_FLAGS)
	set(MUN_PC_TARGET ${target})
	file(RELATIVE_PATH MUN_PC_UP /prefix/${CMAKE_INSTALL_LIBDIR}/pkgconfig /prefix)
	configure_file(${PROJECT_SOURCE_DIR}/cmake/muniment.pc.in
		${PROJECT_BINARY_DIR}/${target}.pc @ONLY)
endfunction()
