# SPDX-License-Identifier: BSD-2-Clause
# cmake --install: headers, both libraries, both programs, package files, pages.
include(CMakePackageConfigHelpers)

install(TARGETS muniment muniment_verify
	EXPORT muniment-targets
	FILE_SET HEADERS)
install(FILES ${PROJECT_BINARY_DIR}/muniment.pc
	${PROJECT_BINARY_DIR}/muniment_verify.pc
	DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig)

set(package_dir ${CMAKE_INSTALL_LIBDIR}/cmake/muniment)
install(EXPORT muniment-targets NAMESPACE muniment::
	DESTINATION ${package_dir})
configure_package_config_file(
	${PROJECT_SOURCE_DIR}/cmake/muniment-config.cmake.in
	${PROJECT_BINARY_DIR}/muniment-config.cmake
	INSTALL_DESTINATION ${package_dir})
write_basic_package_version_file(
	${PROJECT_BINARY_DIR}/muniment-config-version.cmake
	COMPATIBILITY SameMinorVersion)
install(FILES ${PROJECT_BINARY_DIR}/muniment-config.cmake
	${PROJECT_BINARY_DIR}/muniment-config-version.cmake
	${PROJECT_SOURCE_DIR}/cmake/MunimentDependencies.cmake
	DESTINATION ${package_dir})
install(FILES ${PROJECT_SOURCE_DIR}/docs/man/muniment.1
	${PROJECT_SOURCE_DIR}/docs/man/muniment-verify.1
	DESTINATION ${CMAKE_INSTALL_MANDIR}/man1)
# As in the source: they point at each other.
install(FILES ${PROJECT_SOURCE_DIR}/LICENSE ${PROJECT_SOURCE_DIR}/README.md
	${PROJECT_SOURCE_DIR}/SECURITY.md ${PROJECT_SOURCE_DIR}/CHANGELOG.md
	${PROJECT_SOURCE_DIR}/CONTRIBUTING.md
	DESTINATION ${CMAKE_INSTALL_DOCDIR})
install(DIRECTORY ${PROJECT_SOURCE_DIR}/docs
	DESTINATION ${CMAKE_INSTALL_DOCDIR} PATTERN man EXCLUDE)
