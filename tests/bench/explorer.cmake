# SPDX-License-Identifier: GPL-3.0-or-later
if(SIGHTGLASS_QT)
  sightglass_bench(explorer_bench SOURCES explorer_bench.cpp
                   DEPENDS sg_ui_page_metrics sg_ui_shell sg_engine Qt6::Widgets)
endif()
