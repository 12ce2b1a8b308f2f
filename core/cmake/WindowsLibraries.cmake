# What has no package file for CMake, or another name, where installer/windows/build-libraries built it.

# Found where pkg-config finds it elsewhere, and called as it is there.
find_library(SODIUM_LIBRARY sodium REQUIRED)
find_path(SODIUM_INCLUDE_DIR sodium.h REQUIRED)
add_library(PkgConfig::sodium INTERFACE IMPORTED)
target_include_directories(PkgConfig::sodium SYSTEM INTERFACE ${SODIUM_INCLUDE_DIR})
target_compile_definitions(PkgConfig::sodium INTERFACE SODIUM_STATIC)
target_link_libraries(PkgConfig::sodium INTERFACE ${SODIUM_LIBRARY})

# ZeroMQ is inside the programs.
set_target_properties(cppzmq PROPERTIES INTERFACE_LINK_LIBRARIES libzmq-static INTERFACE_COMPILE_DEFINITIONS ZMQ_STATIC)

# gettext's translations, which Linux has in its C library.
find_library(INTL_LIBRARY intl REQUIRED)
find_path(INTL_INCLUDE_DIR libintl.h REQUIRED)
add_library(stocktray_intl INTERFACE)
target_include_directories(stocktray_intl SYSTEM INTERFACE ${INTL_INCLUDE_DIR})
target_link_libraries(stocktray_intl INTERFACE ${INTL_LIBRARY})

# Windows 10 is the oldest that is served; `localtime_r` and the like are there once POSIX is asked for.
add_compile_definitions(_WIN32_WINNT=0x0A00 WINVER=0x0A00 UNICODE _UNICODE NOMINMAX WIN32_LEAN_AND_MEAN _POSIX_C_SOURCE=200809L)

# The guards of Hardening.cmake are a library of their own there.
link_libraries(ssp)
