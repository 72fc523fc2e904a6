# SPDX-License-Identifier: GPL-3.0-or-later
if(SIGHTGLASS_QT)
  sightglass_bench(bench_raster SOURCES raster_bench.cpp DEPENDS sg_ui_charts sg_store Qt6::Charts)
endif()
