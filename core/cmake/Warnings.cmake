# Warnings are errors for everything of ours. Linked by every target as `stocktray_options`.
add_library(stocktray_options INTERFACE)
target_include_directories(stocktray_options INTERFACE ${PROJECT_SOURCE_DIR})
target_compile_options(stocktray_options INTERFACE
    -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wnon-virtual-dtor -Wold-style-cast
    -Woverloaded-virtual -Wimplicit-fallthrough -Wno-missing-field-initializers  # left out means its default
    "$<$<CXX_COMPILER_ID:GNU>:-Wno-maybe-uninitialized;-Wno-restrict>"  # GCC 12 warns of std::optional and std::string without cause
    -Werror -Werror=switch)

set(STOCKTRAY_SANITIZE "" CACHE STRING "Sanitizers to build with, as in -fsanitize=")
if(STOCKTRAY_SANITIZE)
    add_compile_options(-fsanitize=${STOCKTRAY_SANITIZE} -fno-omit-frame-pointer)
    add_link_options(-fsanitize=${STOCKTRAY_SANITIZE})
endif()

find_program(STOCKTRAY_MOLD mold)
if(STOCKTRAY_MOLD AND CMAKE_CXX_COMPILER_ID MATCHES "GNU|Clang")
    add_link_options(-fuse-ld=mold)
endif()
find_program(STOCKTRAY_CCACHE ccache)
if(STOCKTRAY_CCACHE)
    set(CMAKE_CXX_COMPILER_LAUNCHER ${CMAKE_COMMAND} -E env
        CCACHE_SLOPPINESS=pch_defines,time_macros,include_file_mtime,include_file_ctime
        CCACHE_BASEDIR=${PROJECT_SOURCE_DIR} ${STOCKTRAY_CCACHE})
    add_compile_options($<$<CXX_COMPILER_ID:GNU>:-fpch-preprocess>)
endif()
