# SPDX-License-Identifier: GPL-3.0-or-later
sightglass_fuzz(fuzz_sealed_chunk SOURCES fuzz_sealed_chunk.cpp DEPENDS sg_store)
