// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <absl/container/flat_hash_map.h>
#include <absl/container/flat_hash_set.h>

#include <absl/hash/hash.h>

#include <array>
#include <cstddef>
#include <functional>
#include <memory>
#include <span>
#include <vector>

#include "core/base/heap.h"
#include "core/model/batch.h"
#include "core/model/series_reader.h"
#include "core/store/identity.h"
#include "core/store/store_shared.h"

namespace sightglass {

/// Says whether there is room for one more series. Called in the middle of SeriesDirectory::find(),
/// so series may be emptied to make room, but none is removed from the directory.
class SeriesAdmission {
  public:
    /// `bytes`: what the series takes in the directory.
    [[nodiscard]] virtual bool admits(const StoredMetric& metric, std::size_t bytes) = 0;

  protected:
    ~SeriesAdmission() = default;
};

/// Which metrics and series there are: resolves what a batch names to what is stored, adds what is
/// new and takes out what is gone, and tells the listener of both. The writer's own; what readers
/// see goes through StoreShared.
///
/// A series is known by fingerprints. The canonical one is of its metric and its set of attributes,
/// in any order; besides, it goes by the forms in which its attributes came lately: of the metric
/// and the very bytes (or, of a codec that leaves none encoded, the very sequence). A point whose
/// form is known is resolved without a look at its attributes, and mostly without a search: it is
/// the series that came next last time.
class SeriesDirectory {
  public:
    /// Where in a metric's last order the writer is.
    class Cursor {
        friend class SeriesDirectory;

      public:
        /// Place in lastOrder of the series that is expected next.
        [[nodiscard]] std::size_t next() const { return m_next; }

      private:
        enum class Pace : std::uint8_t { InStep, Skipped, Reordering };
        std::size_t m_next = 0;
        std::size_t m_missed = 0; ///< after Skipped: where another was expected
        StoredSeries* m_previous = nullptr;
        Pace m_pace = Pace::InStep;
    };

    SeriesDirectory(StoreShared& shared, SeriesListener& listener, SeriesAdmission& admission)
        : m_shared(shared), m_listener(listener), m_admission(admission) {}

    /// Before the blocks of a batch that came at `now` are resolved, and after.
    void beginBatch(const Batch& batch, TimeNs now);
    void endBatch();

    /// The metric of a block; new if need be. Then find() may be asked for its points, in order.
    /// One that has metrics.next() for its id, as no other has, came after the last id was given:
    /// nothing may be admitted to it, and it is gone with the next call.
    [[nodiscard]] StoredMetric& resolve(Batch& batch, const MetricBlock& block);
    /// The series of a point; new if need be, null if that was not admitted.
    template <class Point>
    [[nodiscard]] StoredSeries* find(Batch& batch, StoredMetric& metric, const Point& point,
                                     Cursor& cursor) {
        const Fingerprint form = formOf(batch, point);
        if (StoredSeries* const guessed = guess(metric, form, cursor))
            return guessed;
        if (cursor.m_pace != Cursor::Pace::InStep) {
            // No guess holds: of points that follow, begin to load what the search will touch.
            const auto* const end = static_cast<const Point*>(m_blockEnd);
            constexpr std::ptrdiff_t far = 8, near = 4;
            if (end - &point > far)
                prefetch(metric, (&point)[far]);
            if (end - &point > near)
                prepare(batch, metric, (&point)[near]);
        }
        return findElsewhere(batch, metric, point, form, cursor);
    }

    /// Takes out a series without samples; forgetRemoved() afterwards, once for many.
    void remove(StoredSeries& series);
    void forgetRemoved();
    void removeEmptyMetrics();

    [[nodiscard]] std::size_t size() const { return m_size; }
    /// Of every series and metric, and of what they share.
    [[nodiscard]] std::size_t bytes() const {
        return m_bytes + m_shared.labels.bytes() + m_resources.bytes() + m_scopes.bytes() +
               m_index.capacity() * (sizeof(Index::value_type) + 1) +
               m_metricIndex.capacity() * (sizeof(StoredMetric*) + 1) +
               m_moreForms.capacity() * (sizeof(MoreForms::value_type) + 1) +
               m_moreForms.size() * allocatedBytes(formsMax * sizeof(Fingerprint));
    }

  private:
    [[nodiscard]] std::shared_ptr<const Resource> resourceOf(const Batch& batch,
                                                             std::uint32_t index);
    [[nodiscard]] std::shared_ptr<const Scope> scopeOf(const Batch& batch, std::uint32_t index);
    [[nodiscard]] Fingerprint formOf(const Batch& batch, const PointHeader& point) {
        return point.encoded.count > 0 ? point.encodedPrint
                                       : m_printer.ofSequence(batch.attributesOf(point.attributes));
    }
    /// The series that is expected, if it has this form; else null.
    [[nodiscard]] static StoredSeries* guess(const StoredMetric& metric, Fingerprint form,
                                             Cursor& cursor);
    void prefetch(const StoredMetric& metric, const PointHeader& point) const;
    /// Decodes the attributes of a point of an unknown series before its turn.
    void prepare(Batch& batch, const StoredMetric& metric, const PointHeader& point);
    [[nodiscard]] StoredSeries* findElsewhere(Batch& batch, StoredMetric& metric,
                                              const PointHeader& point, Fingerprint form,
                                              Cursor& cursor);
    [[nodiscard]] StoredSeries* findByAttributes(StoredMetric& metric,
                                                 std::span<const Attribute> attributes,
                                                 Fingerprint canonical, Fingerprint form);
    StoredSeries& add(StoredMetric& metric, std::span<const Attribute> attributes,
                      Fingerprint canonical, Fingerprint form);
    /// A series came in a form that is not its last one.
    void changeForm(StoredSeries& series, Fingerprint form, bool isKnown);
    static void follow(StoredMetric& metric, StoredSeries& series, Cursor& cursor);
    static void closeGaps(StoredMetric& metric);

    // Keys of the index. Their lowest bit tells the two kinds apart.
    static Fingerprint canonicalKey(const StoredMetric& metric, Fingerprint set) {
        Fingerprint key = metric.print + set;
        key.low |= 1;
        return key;
    }
    static Fingerprint formKey(const StoredMetric& metric, Fingerprint form) {
        Fingerprint key = metric.print + form;
        key.low &= ~std::uint64_t{1};
        return key;
    }

    /// Forms of a series that are known at a time; who sends more of them is slower.
    static constexpr std::size_t formsMax = 4;
    using Index = absl::flat_hash_map<Fingerprint, StoredSeries*, absl::Hash<Fingerprint>,
                                      std::equal_to<Fingerprint>,
                                      TableAllocator<std::pair<const Fingerprint, StoredSeries*>>>;

    using MoreForms = absl::flat_hash_map<const StoredSeries*, std::vector<Fingerprint>>;

    struct Prepared {
        Fingerprint form; ///< none: nothing is prepared
        Fingerprint canonical;
        Slice attributes;
    };

    StoreShared& m_shared;
    SeriesListener& m_listener;
    SeriesAdmission& m_admission;

    MetricIndex m_metricIndex;
    Index m_index; ///< of each series its canonical key and those of its forms
    MoreForms m_moreForms;
    std::size_t m_size = 0;
    AttributePrinter m_printer;
    Interner<Resource, ResourceTraits> m_resources;
    Interner<Scope, ScopeTraits> m_scopes;
    std::size_t m_bytes = 0;

    absl::flat_hash_set<StoredMetric*> m_maybeEmpty;
    absl::flat_hash_set<StoredMetric*> m_lostSeries;
    absl::flat_hash_set<StoredMetric*> m_gappy; ///< lastOrder has many gaps

    // Of the batch being written.
    TimeNs m_now = 0;
    std::vector<std::shared_ptr<const Resource>> m_batchResources;
    std::vector<std::shared_ptr<const Scope>> m_batchScopes;
    // Of the block.
    std::shared_ptr<StoredMetric> m_metricWithoutId;
    const void* m_blockEnd = nullptr; ///< past its last point
    std::array<Prepared, 8> m_prepared{};
    std::size_t m_nextPrepared = 0;
};

} // namespace sightglass
