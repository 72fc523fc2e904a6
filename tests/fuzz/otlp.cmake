# SPDX-License-Identifier: GPL-3.0-or-later
sightglass_fuzz(fuzz_otlp_protobuf SOURCES fuzz_otlp_protobuf.cpp DEPENDS sg_codec_otlp)
sightglass_fuzz(fuzz_otlp_json SOURCES fuzz_otlp_json.cpp DEPENDS sg_codec_otlp)
sightglass_fuzz(fuzz_inflate SOURCES fuzz_inflate.cpp DEPENDS sg_inflate)
