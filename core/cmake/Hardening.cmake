# What the compiler and the linker can do against a program that is led astray: each flag only where it is known. For
# everything that is installed; held by tests/security/hardening_test.cpp, which reads the programs that were built.
include(CheckCXXCompilerFlag)
include(CheckCXXSourceCompiles)
include(CheckLinkerFlag)
include(CheckPIESupported)
check_pie_supported(LANGUAGES CXX)   # with CMAKE_POSITION_INDEPENDENT_CODE: a program lies at another address at each start

set(STOCKTRAY_HARDENED_COMPILE "")
set(STOCKTRAY_HARDENED_LINK "")
set(flags -fstack-protector-strong -fstack-clash-protection -fcf-protection=full)
if(WIN32)  # it touches each page of the stack by itself, and GCC fails at the second there
    list(REMOVE_ITEM flags -fstack-clash-protection)
endif()
foreach(flag ${flags})
    string(MAKE_C_IDENTIFIER "STOCKTRAY_HAS${flag}" is_known)
    check_cxx_compiler_flag(${flag} ${is_known})
    if(${is_known})
        list(APPEND STOCKTRAY_HARDENED_COMPILE ${flag})
    endif()
endforeach()
foreach(flag relro now noexecstack)
    check_linker_flag(CXX "LINKER:-z,${flag}" STOCKTRAY_HAS_Z_${flag})
    if(STOCKTRAY_HAS_Z_${flag})
        list(APPEND STOCKTRAY_HARDENED_LINK "LINKER:-z,${flag}")
    endif()
endforeach()

# Indexes are checked by the C++ library, and lengths by the C library. The second needs an optimizing compiler, and hides
# faults from a sanitizer, which finds more by itself.
list(APPEND STOCKTRAY_HARDENED_COMPILE -D_GLIBCXX_ASSERTIONS)
check_cxx_source_compiles("int main() { char c[1]; return __builtin_dynamic_object_size(c, 0) != 1; }"
                          STOCKTRAY_HAS_DYNAMIC_OBJECT_SIZE)
set(fortify 2)
if(STOCKTRAY_HAS_DYNAMIC_OBJECT_SIZE)
    set(fortify 3)
endif()
if(NOT STOCKTRAY_SANITIZE)
    list(APPEND STOCKTRAY_HARDENED_COMPILE
        "$<$<CONFIG:Release,RelWithDebInfo,MinSizeRel>:-U_FORTIFY_SOURCE;-D_FORTIFY_SOURCE=${fortify}>")
endif()

# add_subdirectory for a room of what is installed. The tests' own code, and whatever includes this project, stay as they are.
function(add_hardened_subdirectory room)
    get_directory_property(compile COMPILE_OPTIONS)
    get_directory_property(link LINK_OPTIONS)
    set_directory_properties(PROPERTIES COMPILE_OPTIONS "${compile};${STOCKTRAY_HARDENED_COMPILE}"
                                        LINK_OPTIONS "${link};${STOCKTRAY_HARDENED_LINK}")
    add_subdirectory(${room})
    set_directory_properties(PROPERTIES COMPILE_OPTIONS "${compile}" LINK_OPTIONS "${link}")
endfunction()
