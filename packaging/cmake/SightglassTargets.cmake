# SPDX-License-Identifier: GPL-3.0-or-later
# How the house's libraries, programs and tests are made: one place for warnings, sanitizers and
# include rules.

set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
set(CMAKE_RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/bin)

find_program(CCACHE ccache)
if(CCACHE AND NOT CMAKE_CXX_COMPILER_LAUNCHER)
  set(CMAKE_CXX_COMPILER_LAUNCHER ${CCACHE})
endif()

# Every target of ours links this and nothing of theirs does.
add_library(sg_options INTERFACE)
target_include_directories(sg_options INTERFACE ${PROJECT_SOURCE_DIR})
target_compile_options(sg_options INTERFACE -Wall -Wextra -Wpedantic -Wshadow -Wnon-virtual-dtor
                       -Wold-style-cast -Woverloaded-virtual -Wcast-align -Wnull-dereference)
if(CMAKE_CXX_COMPILER_ID STREQUAL "Clang")
  target_compile_options(sg_options INTERFACE -Wthread-safety)
else()
  # GCC 12 reports std::variant and std::string moves as maybe-uninitialised and null (PR 105562).
  target_compile_options(sg_options INTERFACE -Wno-null-dereference -Wno-maybe-uninitialized)
  # It also sees overlaps in "literal" + std::string that are not there (PR 105651).
  target_compile_options(sg_options INTERFACE -Wno-restrict)
  # Asio has fences beside its locks; the thread sanitizer only follows the locks, which do.
  target_compile_options(sg_options INTERFACE -Wno-tsan)
endif()
if(SIGHTGLASS_WERROR)
  target_compile_options(sg_options INTERFACE -Werror)
endif()
if(SIGHTGLASS_SANITIZE)
  add_compile_options(-fsanitize=${SIGHTGLASS_SANITIZE} -fno-omit-frame-pointer)
  add_link_options(-fsanitize=${SIGHTGLASS_SANITIZE})
  if(SIGHTGLASS_SANITIZE MATCHES "undefined")
    add_compile_options(-fno-sanitize-recover=all)
  endif()
endif()

if(SIGHTGLASS_FUZZ)
  add_compile_options(-fsanitize=fuzzer-no-link)
endif()

# sightglass_library(<name> SOURCES <files...> [DEPENDS <targets...>] [PRIVATE <targets...>])
# A static library. DEPENDS are what its headers use: they say who may include whom.
function(sightglass_library name)
  cmake_parse_arguments(arg "" "" "SOURCES;DEPENDS;PRIVATE" ${ARGN})
  add_library(${name} STATIC ${arg_SOURCES})
  target_link_libraries(${name} PUBLIC ${arg_DEPENDS} PRIVATE sg_options ${arg_PRIVATE})
  target_include_directories(${name} PUBLIC ${PROJECT_SOURCE_DIR})
endfunction()

# sightglass_test(<name> SOURCES <files...> [DEPENDS <targets...>] [LABELS <labels...>])
# A doctest program; each TEST_CASE becomes a ctest test of its own.
function(sightglass_test name)
  cmake_parse_arguments(arg "" "" "SOURCES;DEPENDS;LABELS" ${ARGN})
  add_executable(${name} ${arg_SOURCES} ${PROJECT_SOURCE_DIR}/tests/support/doctest_main.cpp)
  target_link_libraries(${name} PRIVATE sg_options ${arg_DEPENDS} doctest::doctest)
  target_compile_definitions(${name} PRIVATE
    SIGHTGLASS_TEST_DATA="${PROJECT_SOURCE_DIR}/tests/data")
  doctest_discover_tests(${name} TEST_PREFIX "${name}: " PROPERTIES LABELS "${arg_LABELS}")
endfunction()
