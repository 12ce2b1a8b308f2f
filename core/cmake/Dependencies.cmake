# Every library comes from the system; for Windows, from installer/windows/build-libraries. The names of Debian's packages
# are in installer/packages.
find_package(Threads REQUIRED)
find_package(fmt REQUIRED)
find_package(tl-expected REQUIRED)
find_package(CLI11 REQUIRED)
find_package(nlohmann_json REQUIRED)
find_package(cppzmq REQUIRED)
find_package(pugixml REQUIRED)
find_package(SQLite3 REQUIRED)
find_package(SQLiteCpp REQUIRED)
if(WIN32)
    include(${CMAKE_CURRENT_LIST_DIR}/WindowsLibraries.cmake)
else()
    find_package(PkgConfig REQUIRED)
    find_package(CURL 7.87 REQUIRED)          # CURLOPT_QUICK_EXIT
    find_package(EXPAT REQUIRED)
    find_package(Iconv REQUIRED)
    find_package(spdlog REQUIRED)
    find_package(tomlplusplus REQUIRED)
    pkg_check_modules(sodium REQUIRED IMPORTED_TARGET libsodium)
    pkg_check_modules(microhttpd REQUIRED IMPORTED_TARGET libmicrohttpd)
    pkg_check_modules(systemd IMPORTED_TARGET libsystemd)      # readiness and watchdog, where there is systemd
    pkg_check_modules(secret IMPORTED_TARGET libsecret-1)      # the desktop's keyring, where there is one
endif()

# msgpack-c's C++ headers have no usable package file in Debian; they are headers only.
find_path(MSGPACK_INCLUDE_DIR msgpack.hpp REQUIRED)
add_library(stocktray_msgpack INTERFACE)
target_include_directories(stocktray_msgpack SYSTEM INTERFACE ${MSGPACK_INCLUDE_DIR})
target_compile_definitions(stocktray_msgpack INTERFACE MSGPACK_NO_BOOST)

if(BUILD_TESTING)
    find_package(doctest REQUIRED)
    list(APPEND CMAKE_MODULE_PATH ${doctest_DIR})
    include(doctest)
endif()
