# SPDX-License-Identifier: GPL-3.0-or-later
sightglass_bench(select_bench SOURCES select_bench.cpp DEPENDS sg_catalog sg_query sg_store)
