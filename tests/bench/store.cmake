# SPDX-License-Identifier: GPL-3.0-or-later
sightglass_bench(store_bench SOURCES store_bench.cpp DEPENDS sg_catalog sg_store)
sightglass_bench(chunk_bench SOURCES chunk_bench.cpp DEPENDS sg_store)
sightglass_bench(memory_bench SOURCES memory_bench.cpp DEPENDS sg_store sg_catalog)
