# SPDX-License-Identifier: GPL-3.0-or-later
# What we build on. All are Debian 12 packages; packaging/bootstrap.sh installs them.
find_package(Threads REQUIRED)
find_package(absl REQUIRED)
find_package(ZLIB REQUIRED)
find_package(CURL REQUIRED)
find_package(simdjson REQUIRED)
find_package(Boost 1.74 REQUIRED)
find_package(PkgConfig REQUIRED)
pkg_check_modules(zstd REQUIRED IMPORTED_TARGET libzstd)
pkg_check_modules(re2 REQUIRED IMPORTED_TARGET re2)
find_package(CLI11 REQUIRED)

if(SIGHTGLASS_GRPC)
  # Debian's Protobuf has no CMake package, only CMake's own module; gRPC has one.
  find_package(Protobuf REQUIRED)
  # Debian's gRPC package refers to re2's own CMake package, which Debian leaves out.
  if(NOT TARGET re2::re2)
    add_library(re2::re2 ALIAS PkgConfig::re2)
  endif()
  find_package(gRPC CONFIG REQUIRED)
endif()

if(SIGHTGLASS_QT)
  find_package(Qt6 6.4 REQUIRED COMPONENTS Core Gui Widgets Svg DBus)
endif()

if(SIGHTGLASS_TESTS)
  find_package(doctest REQUIRED)
  find_package(nlohmann_json REQUIRED)
  include(doctest)
  if(SIGHTGLASS_QT)
    find_package(Qt6 6.4 REQUIRED COMPONENTS Test)
  endif()
endif()
if(SIGHTGLASS_BENCH)
  find_package(benchmark REQUIRED)
  if(SIGHTGLASS_QT)
    find_package(Qt6 6.4 REQUIRED COMPONENTS Charts) # the peer of our own drawing
  endif()
endif()
