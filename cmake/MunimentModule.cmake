# SPDX-License-Identifier: BSD-2-Clause

# mun_module(NAME SOURCES ... [WRITER_SOURCES ...] [DEPENDS ...]
#            [WRITER_DEPENDS ...])
#
# One folder of archive/ becomes the static library mun_NAME.  Sources that
# only the keeping side needs (they sign, or change a vault) become
# mun_NAME_writer, which muniment-verify never links.  A module with nothing
# but WRITER_SOURCES has only the second.
function(mun_module name)
	cmake_parse_arguments(MODULE "" ""
		"SOURCES;WRITER_SOURCES;DEPENDS;WRITER_DEPENDS" ${ARGN})
	if(MODULE_SOURCES)
		mun_module_library(mun_${name} "${MODULE_SOURCES}" "${MODULE_DEPENDS}")
		set_property(GLOBAL APPEND PROPERTY MUN_VERIFY_MODULES mun_${name})
		list(APPEND MODULE_WRITER_DEPENDS mun_${name})
	endif()
	if(MODULE_WRITER_SOURCES)
		mun_module_library(mun_${name}_writer "${MODULE_WRITER_SOURCES}"
			"${MODULE_WRITER_DEPENDS}")
		set_property(GLOBAL APPEND PROPERTY MUN_WRITER_MODULES mun_${name}_writer)
	endif()
endfunction()

function(mun_module_library target sources depends)
	add_library(${target} STATIC ${sources})
	target_link_libraries(${target}
		PUBLIC mun_dialect ${depends}
		PRIVATE mun_warnings mun_hardening)
	set_target_properties(${target} PROPERTIES MUN_DEPENDS "${depends}")
endfunction()
