// SPDX-License-Identifier: GPL-3.0-or-later
#include <csignal>
#include <cstdio>
#include <memory>
#include <string>
#include <vector>

#include <CLI/CLI.hpp>

#include "app/cli/commands.h"
#include "core/engine/engine.h"
#include "core/engine/option_text.h"
#include "core/model/value.h"

namespace sightglass {

namespace {

struct ServeFlags {
    ReceiverFlags receivers;
    std::string config, record; ///< accepted to say that they are not built yet
};

Result<EngineOptions> checked(const ServeFlags& flags) {
    const auto unbuilt = [](const char* flag) {
        return Error{ErrorCode::Unsupported, std::string(flag) + " is not built yet", {}};
    };
    if (!flags.config.empty())
        return unbuilt("--config");
    if (!flags.record.empty())
        return unbuilt("--record");
    return engineOptions(flags.receivers);
}

/// The one line that scripts wait for.
std::string readyLine(const EngineStatus& status) {
    std::string out = "{\"ready\":true";
    std::string errors;
    for (const ReceiverStatus& receiver : status.receivers) {
        const char* key = receiver.kind == ReceiverKind::OtlpGrpc   ? "otlp_grpc"
                          : receiver.kind == ReceiverKind::OtlpHttp ? "otlp_http"
                                                                    : "api";
        out += std::string(",\"") + key + "\":";
        if (receiver.address.empty())
            out += "null";
        else
            appendJsonString(out, receiver.address);
        if (!receiver.error.empty()) {
            if (!errors.empty())
                errors += ',';
            appendJsonString(errors, receiver.error);
        }
    }
    return out + ",\"errors\":[" + errors + "]}";
}

ExitCode serve(const EngineOptions& options) {
    // Blocked before any thread starts, so that only the wait below takes them.
    sigset_t signals;
    sigemptyset(&signals);
    sigaddset(&signals, SIGINT);
    sigaddset(&signals, SIGTERM);
    pthread_sigmask(SIG_BLOCK, &signals, nullptr);
    std::signal(SIGPIPE, SIG_IGN);

    Engine engine(options);
    engine.start();
    const auto status = engine.status();
    std::printf("%s\n", readyLine(*status).c_str());
    std::fflush(stdout);
    for (const ReceiverStatus& receiver : status->receivers) {
        if (!receiver.address.empty() && !isLoopback(receiver.address))
            std::fprintf(stderr,
                         "warning: %s can be reached from other machines, without TLS or a "
                         "password\n",
                         receiver.address.c_str());
    }
    int signal = 0;
    sigwait(&signals, &signal);
    // A second signal ends the program at once.
    pthread_sigmask(SIG_UNBLOCK, &signals, nullptr);
    engine.stop();
    return ExitCode::Clean;
}

} // namespace

void addServeCommand(CLI::App& program, ExitCode& exitCode) {
    auto options = std::make_shared<ServeFlags>();
    CLI::App* command = program.add_subcommand(
        "serve", "Receive OTLP, scrape targets and answer the HTTP API, without a window.");
    command
        ->add_option("--otlp-grpc", options->receivers.otlpGrpc,
                     "Listen for OTLP/gRPC: PORT, HOST:PORT or off "
                     "[127.0.0.1:4317 and [::1]:4317]. Port 0 picks a free one.")
        ->type_name("ADDR");
    command
        ->add_option("--otlp-http", options->receivers.otlpHttp,
                     "Listen for OTLP/HTTP [127.0.0.1:4318 and [::1]:4318].")
        ->type_name("ADDR");
    command
        ->add_option("--api", options->receivers.api,
                     "Listen for the HTTP API [127.0.0.1:19090 and [::1]:19090].")
        ->type_name("ADDR");
    command
        ->add_option("--scrape", options->receivers.targets,
                     "Scrape this /metrics page; may be given several times. \"8889\" means "
                     "http://127.0.0.1:8889/metrics.")
        ->type_name("URL")
        ->expected(1)
        ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
    command
        ->add_option("--scrape-interval", options->receivers.scrapeInterval,
                     "Time between scrapes [5s].")
        ->type_name("DURATION");
    command->add_option("--memory", options->receivers.memory, "Memory for the series [512MiB].")
        ->type_name("SIZE");
    command
        ->add_option("--series-per-metric", options->receivers.seriesPerMetric,
                     "Series that one metric of one origin may have [100000].")
        ->type_name("N");
    command
        ->add_option("--series", options->receivers.series,
                     "Series in all [as many as the memory holds].")
        ->type_name("N");
    command
        ->add_option("--origin-label", options->receivers.originLabel,
                     "Name of the label that says by which path a series came; \"\" leaves it "
                     "out [origin].")
        ->type_name("NAME");
    command->add_option("--config", options->config, "Not built yet: read a prometheus.yml.")
        ->type_name("FILE");
    command->add_option("--record", options->record, "Not built yet: record what arrives.")
        ->type_name("FILE");
    command->callback([options, &exitCode] {
        const Result<EngineOptions> engine = checked(*options);
        if (!engine) {
            std::fprintf(stderr, "sightglass-cli serve: %s\n", engine.error().text().c_str());
            exitCode = ExitCode::Trouble;
            return;
        }
        exitCode = serve(*engine);
    });
}

} // namespace sightglass
