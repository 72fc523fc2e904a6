// SPDX-License-Identifier: GPL-3.0-or-later
#include <limits>
#include <utility>

#include "core/codec/exposition/exposition.h"
#include "core/codec/exposition/family_assembler.h"
#include "core/codec/exposition/page.h"
#include "core/codec/exposition/page_parser.h"

namespace sightglass {

Result<Batch> decodeExposition(const RawRecord& record, const ExpositionOptions& options) {
    Batch batch;
    batch.origin = record.origin;
    batch.receivedAt = record.receivedAt;
    batch.body = record.body ? record.body : std::make_shared<const std::string>();
    if (batch.body->size() >= std::numeric_limits<std::uint32_t>::max())
        return Error{ErrorCode::TooLarge, "the page is larger than 4 GiB", {}};

    Page page;
    if (std::optional<Error> error = PageParser(batch, page, options).run())
        return std::move(*error);

    ResourceView& target = batch.resources.emplace_back();
    target.isTarget = true;
    batch.scopes.emplace_back();
    FamilyAssembler(batch, page).run();
    return batch;
}

} // namespace sightglass
