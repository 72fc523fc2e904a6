// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/codec/exposition/exposition.h"
#include "core/codec/exposition/page.h"

namespace sightglass {

/// Reads the lines of a page, each of them one of
///
///     name{label="value",...} value [timestamp-ms]
///     {"name",label="value","quoted label"="value",...} value [timestamp-ms]
///     # HELP name text      # TYPE name type      # comment      (nothing)
///
/// into a Page; labels and unescaped text go into the Batch. Made for one page, on one thread.
/// `batch.body` must be the page: its text must outlive the Page and is followed by a NUL.
class PageParser {
  public:
    PageParser(Batch& batch, Page& page, const ExpositionOptions& options);

    /// The first bad line, unless bad lines are skipped; nullopt when all is read.
    [[nodiscard]] std::optional<Error> run();

  private:
    /// A label name as the sample before had it at this position, with its `="`: lines repeat.
    struct KnownKey {
        KnownKey() = default;
        KnownKey(std::string_view spelledKey, std::uint64_t hashOfKey);
        [[nodiscard]] bool standsAt(const char* at, std::size_t left) const;

        std::string_view spelled; ///< name="
        std::string_view key;
        std::uint64_t hash = 0;
        std::uint64_t word = 0; ///< up to the first eight bytes of `spelled`, as they lie in memory
        std::uint64_t mask = 0; ///< ones where `word` counts
    };

    // Each reads on from m_at; false: m_error is set, and m_at stands at the fault.
    bool readLine();
    bool readComment();
    bool readMetadata(bool isHelp);
    bool readSample();
    bool readMetricName();
    bool readLabels(bool nameInside);
    bool readLabel(std::size_t position);
    bool readQuoted(std::string_view& out);
    bool readLabelValue(std::string_view& out);
    bool readOddLabelValue(const char* at, std::string_view& out);
    bool readValue(double& value);
    bool readTimestamp(PageSample& sample);

    bool addLabel(std::string_view key, std::uint64_t hashOfKey, std::string_view value);
    bool mayKeep(std::string_view key);
    bool keepLabel(std::string_view key, std::uint64_t hashOfKey, std::string_view value);
    void learnKey(std::size_t position, const KnownKey& known);
    bool setName(std::string_view name);
    bool keepSample(const PageSample& sample);
    [[nodiscard]] bool isDuplicate(const PageSample& sample);
    void growSeen();

    void reject(std::string_view reason);
    bool fail(std::string message, ErrorCode code = ErrorCode::InvalidArgument);
    void skipBlanks() {
        while (*m_at == ' ' || *m_at == '\t')
            ++m_at;
    }
    [[nodiscard]] bool atEnd() const { return m_at == m_end; }
    [[nodiscard]] std::string found() const;
    [[nodiscard]] Error placed() const;

    Batch& m_batch;
    Page& m_page;
    const ExpositionOptions& m_options;
    const char* const m_begin;
    const char* const m_end; ///< points at the NUL
    const char* m_at;
    const char* m_lineBegin;
    Error m_error;

    std::vector<KnownKey> m_knownKeys;
    bool m_knownDiffer = true; ///< no two known keys have one name

    // The sample being read.
    std::uint32_t m_name = 0;
    bool m_hasName = false;
    std::uint64_t m_hash = 0;
    std::uint32_t m_firstLabel = 0;
    bool m_allKnown = true; ///< each of its names so far is the known one of its position

    std::string_view m_lastName; ///< of the line before
    std::uint32_t m_lastNameId = 0;

    std::vector<std::uint32_t> m_seen; ///< open addressing: index of a sample plus one, 0 is free
};

} // namespace sightglass
