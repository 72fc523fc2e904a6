# SPDX-License-Identifier: GPL-3.0-or-later
if(SIGHTGLASS_QT)
  sightglass_bench(raster_bench SOURCES raster_bench.cpp DEPENDS sg_ui_charts sg_store Qt6::Charts)
  if(SIGHTGLASS_GRPC)
    sightglass_bench(live_frame_bench SOURCES live_frame_bench.cpp
                     DEPENDS sg_ui_charts sg_ui_bridge sg_engine)
    add_dependencies(live_frame_bench otlp_load)
  endif()
endif()
