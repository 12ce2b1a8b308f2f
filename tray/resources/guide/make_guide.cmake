# cmake -D CMARK=… -D SOURCE=guide.md -D LANGUAGE=en -D FOLDER=… -P make_guide.cmake
# Writes index.html, and a page for each section that leads into it: a desktop's browser is given a file, and most
# ways to do that lose what stands behind a "#".
file(READ ${SOURCE} text)
execute_process(COMMAND ${CMARK} --unsafe --smart ${SOURCE} OUTPUT_VARIABLE body COMMAND_ERROR_IS_FATAL ANY)
string(REGEX MATCH "</a>([^\n]+)" _ "${text}")
set(title "${CMAKE_MATCH_1}")
set(language ${LANGUAGE})
configure_file(${CMAKE_CURRENT_LIST_DIR}/page.html.in ${FOLDER}/index.html @ONLY)
string(REGEX MATCHALL "<a id=\"[a-z]+\"" anchors "${text}")
foreach(anchor ${anchors})
    string(REGEX REPLACE ".*\"([a-z]+)\"" "\\1" section "${anchor}")
    configure_file(${CMAKE_CURRENT_LIST_DIR}/section.html.in ${FOLDER}/${section}.html @ONLY)
endforeach()
