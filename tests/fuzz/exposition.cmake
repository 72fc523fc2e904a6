# SPDX-License-Identifier: GPL-3.0-or-later
sightglass_fuzz(fuzz_exposition SOURCES exposition_fuzz.cpp DEPENDS sg_codec_exposition)
