// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/bounded_queue.h"

#include <doctest/doctest.h>

#include <string>
#include <thread>

using sightglass::BoundedQueue;

TEST_CASE("a push beyond the limit fails and leaves the value with the caller") {
    BoundedQueue<std::string> queue(10);
    CHECK(queue.push("six", 6));
    std::string late = "five";
    CHECK_FALSE(queue.push(std::move(late), 5));
    CHECK(late == "five");
    CHECK(queue.weight() == 6);
}

TEST_CASE("an entry heavier than the limit passes through an empty queue") {
    BoundedQueue<int> queue(10);
    CHECK(queue.push(1, 100));
    CHECK_FALSE(queue.push(2, 1));
    CHECK(queue.pop({}) == 1);
    CHECK(queue.push(2, 1));
}

TEST_CASE("a closed queue refuses pushes and drains") {
    BoundedQueue<int> queue(10);
    CHECK(queue.push(1, 1));
    queue.close();
    CHECK_FALSE(queue.push(2, 1));
    CHECK(queue.pop({}) == 1);
    CHECK(queue.pop({}) == std::nullopt);
}

TEST_CASE("a stop request wakes a waiting pop") {
    BoundedQueue<int> queue(10);
    std::jthread waiter(
        [&](const std::stop_token& stop) { CHECK(queue.pop(stop) == std::nullopt); });
    waiter.request_stop();
}
