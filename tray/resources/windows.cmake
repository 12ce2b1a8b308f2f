# The program's picture, version and manifest inside stocktray.exe. The picture is made of the same SVG as everywhere.
enable_language(RC)
find_program(RSVG_CONVERT rsvg-convert REQUIRED)
find_program(IMAGEMAGICK convert REQUIRED)
set(picture ${CMAKE_BINARY_DIR}/share/stocktray/icons/hicolor/scalable/apps/stocktray.svg)
set(made ${CMAKE_CURRENT_BINARY_DIR}/stocktray.ico)
set(sizes)
set(drawing)
foreach(size 16 20 24 32 40 48 64 256)
    list(APPEND drawing COMMAND ${RSVG_CONVERT} -w ${size} -h ${size} -o ${size}.png ${picture})
    list(APPEND sizes ${size}.png)
endforeach()
add_custom_command(OUTPUT ${made} ${drawing} COMMAND ${IMAGEMAGICK} ${sizes} ${made}
                   DEPENDS ${picture} WORKING_DIRECTORY ${CMAKE_CURRENT_BINARY_DIR} VERBATIM)

string(REPLACE "." "," numbers "${PROJECT_VERSION}.0")
configure_file(resources/stocktray.rc.in stocktray.rc @ONLY)
set_source_files_properties(${CMAKE_CURRENT_BINARY_DIR}/stocktray.rc PROPERTIES OBJECT_DEPENDS ${made})
target_sources(stocktray PRIVATE ${CMAKE_CURRENT_BINARY_DIR}/stocktray.rc ${made})
