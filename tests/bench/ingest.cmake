# SPDX-License-Identifier: GPL-3.0-or-later
if(SIGHTGLASS_GRPC)
  sightglass_bench(grpc_ingest_bench SOURCES grpc_ingest_bench.cpp
                   DEPENDS sg_engine sg_otlp_grpc sg_codec_otlp sg_proto_grpc)
  sightglass_bench(otlp_load SOURCES otlp_load.cpp
                   DEPENDS sg_codec_otlp sg_proto_grpc CLI11::CLI11)
endif()
