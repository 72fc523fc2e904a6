// SPDX-License-Identifier: GPL-3.0-or-later
// Points made of the input's bytes, sealed and decoded again: whatever they are, every bit must
// come back, and the summary must be what a fold of the points gives.
//
// Byte 0: the kind of points (2 bits) and whether they are rises. Then for each point a byte of
// how its numbers are written (see Input::number) and the numbers.
#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <string>
#include <vector>

#include "tests/support/chunk_checks.h"

namespace {

using namespace sightglass;

class Input {
  public:
    Input(const std::uint8_t* data, std::size_t size) : m_at(data), m_end(data + size) {}

    [[nodiscard]] bool empty() const { return m_at == m_end; }
    std::uint8_t byte() { return empty() ? std::uint8_t{0} : *m_at++; }
    std::uint64_t word() {
        std::uint64_t out = 0;
        const auto bytes =
            std::min<std::size_t>(sizeof out, static_cast<std::size_t>(m_end - m_at));
        for (std::size_t i = 0; i < bytes; ++i)
            out |= std::uint64_t{*m_at++} << 8 * i;
        return out;
    }
    /// The one before, a little more, a word or a decimal of two digits, as two bits say.
    std::uint64_t number(unsigned how, std::uint64_t before) {
        switch (how & 3) {
        case 0:
            return before;
        case 1:
            return before + byte();
        case 2:
            return word();
        default:
            return std::bit_cast<std::uint64_t>(static_cast<double>(byte()) / 100);
        }
    }
    double real(unsigned how, double before) {
        return std::bit_cast<double>(number(how, std::bit_cast<std::uint64_t>(before)));
    }
    void counts(unsigned how, std::vector<std::uint64_t>& out) {
        if ((how & 4) != 0)
            out.resize(byte() % 24);
        for (std::uint64_t& count : out)
            count = number(how, count);
    }

  private:
    const std::uint8_t* m_at;
    const std::uint8_t* m_end;
};

template <class Point>
void takeHead(Input& in, unsigned how, const Point& before, Point& point) {
    point.time = static_cast<TimeNs>(
        in.number(how, static_cast<std::uint64_t>(before.time) + 1'000'000'000));
    const unsigned more = in.byte();
    point.startTime =
        (more & 4) != 0
            ? before.time
            : static_cast<TimeNs>(in.number(more, static_cast<std::uint64_t>(before.startTime)));
    point.flags = (more & 8) != 0 ? in.byte() : before.flags & ~noRecordedValueFlag;
}

void take(Input& in, unsigned how, const Sample& before, Sample& point) {
    takeHead(in, how, before, point);
    const std::uint64_t bits = in.number(how >> 2, test::bitsOf(before.value));
    point.value = (how & 16) != 0 ? Number::of(static_cast<std::int64_t>(bits))
                                  : Number::of(std::bit_cast<double>(bits));
}

template <class Histogram>
void takeReals(Input& in, unsigned how, Histogram& point) {
    point.count = in.number(how >> 2, point.count);
    point.sum = in.real(how >> 3, point.sum);
    point.hasSum = (how & 16) != 0;
    point.hasMin = (how & 32) != 0;
    point.min = in.real(how >> 4, point.min);
    point.max = in.real(how >> 5, point.max);
}

void take(Input& in, unsigned how, const HistogramSample& before, HistogramSample& point) {
    point = before;
    takeHead(in, how, before, point);
    takeReals(in, how, point);
    if ((how & 64) != 0)
        point.bounds = in.byte() % 2 != 0 ? std::make_shared<const HistogramBounds>() : nullptr;
    in.counts(how, point.bucketCounts);
}

void take(Input& in, unsigned how, const ExponentialHistogramSample& before,
          ExponentialHistogramSample& point) {
    point = before;
    takeHead(in, how, before, point);
    takeReals(in, how, point);
    if ((how & 64) != 0) {
        point.scale = static_cast<std::int8_t>(in.byte());
        point.zeroThreshold = in.real(how, point.zeroThreshold);
    }
    if ((how & 128) != 0) {
        point.positiveOffset = static_cast<std::int32_t>(in.word());
        point.negativeOffset = static_cast<std::int8_t>(in.byte());
    }
    point.zeroCount += in.byte();
    in.counts(how, point.positiveCounts);
    in.counts(how >> 1, point.negativeCounts);
}

void take(Input& in, unsigned how, const SummarySample& before, SummarySample& point) {
    point = before;
    takeHead(in, how, before, point);
    point.count = in.number(how >> 2, point.count);
    point.sum = in.real(how >> 3, point.sum);
    point.hasCount = (how & 16) != 0;
    point.hasSum = (how & 32) != 0;
    if ((how & 64) != 0)
        point.quantiles.resize(in.byte() % 8);
    for (Quantile& quantile : point.quantiles) {
        quantile.quantile = in.real(how >> 6, quantile.quantile);
        quantile.value = in.real(how, quantile.value);
    }
}

template <class Point>
void check(Input& in, bool delta) {
    std::vector<Point> points;
    Point before;
    do {
        Point point;
        take(in, in.byte(), before, point);
        points.push_back(point);
        before = std::move(point);
    } while (!in.empty() && points.size() < sealedPointsMost);
    std::ranges::stable_sort(points, {}, &Point::time);
    const std::string wrong = test::roundTrip(points, delta);
    if (wrong.empty())
        return;
    std::fprintf(stderr, "sealed and decoded: %s differs\n", wrong.c_str());
    std::abort();
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    Input in(data, size);
    const unsigned kind = in.byte();
    const bool delta = (kind & 4) != 0;
    switch (kind & 3) {
    case 0:
        check<Sample>(in, delta);
        break;
    case 1:
        check<HistogramSample>(in, delta);
        break;
    case 2:
        check<ExponentialHistogramSample>(in, delta);
        break;
    default:
        check<SummarySample>(in, delta);
    }
    return 0;
}
