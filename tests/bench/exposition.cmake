# SPDX-License-Identifier: GPL-3.0-or-later
sightglass_bench(exposition_bench SOURCES exposition_bench.cpp DEPENDS sg_codec_exposition)
