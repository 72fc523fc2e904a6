# SPDX-License-Identifier: GPL-3.0-or-later
# The peer is what protobuf generates from the same schema.
if(SIGHTGLASS_GRPC)
  sightglass_bench(otlp_decode_bench
    SOURCES otlp_decode_bench.cpp DEPENDS sg_codec_otlp sg_proto)
endif()
sightglass_bench(density_dump SOURCES density_dump.cpp DEPENDS sg_codec_otlp)
