// SPDX-License-Identifier: GPL-3.0-or-later
#include <doctest/doctest.h>

#include <atomic>
#include <optional>
#include <thread>

#include "core/store/writer_gate.h"

using namespace sightglass;

TEST_CASE("a reader in the gate waits for one batch, and the next batch waits for the reader") {
    WriterGate gate;
    std::atomic<int> batches{0};
    std::optional<WriterGate::Writer> writing(std::in_place, gate);
    std::atomic<bool> entered{false}, mayLeave{false};
    const std::jthread reader([&] {
        const WriterGate::Reader inside(gate);
        entered = true;
        entered.notify_all();
        mayLeave.wait(false);
    });
    std::this_thread::yield();
    CHECK_FALSE(entered.load());
    writing.reset();
    entered.wait(false);
    const std::jthread writer([&] {
        const WriterGate::Writer inside(gate);
        ++batches;
        batches.notify_all();
    });
    std::this_thread::yield();
    CHECK(batches.load() == 0);
    mayLeave = true;
    mayLeave.notify_all();
    batches.wait(0);
    CHECK(batches.load() == 1);
}
