// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cassert>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <variant>

namespace sightglass {

enum class ErrorCode : std::uint8_t {
    InvalidArgument, ///< the input is not what its format says
    TooLarge,        ///< a size limit of ours was passed
    TooDeep,         ///< a nesting limit of ours was passed
    Unsupported,     ///< understood, but not offered here
    NotFound,
    ResourceExhausted, ///< full for now; trying again later may succeed
    Unavailable,       ///< the other side cannot be reached
    Timeout,
    Cancelled,
    Io,
    Internal,
};

/// Where in an input something is wrong. Every member may be unset; a codec fills what it knows.
struct Place {
    std::optional<std::uint64_t> byte; ///< offset from the first byte of the (decompressed) input
    std::uint32_t line = 0;            ///< from 1; 0 is unset
    std::uint32_t column = 0;          ///< from 1, in bytes; 0 is unset
    std::string path;                  ///< as "resourceMetrics[0].scopeMetrics[2].metrics[7]"

    [[nodiscard]] bool empty() const { return !byte && line == 0 && path.empty(); }
    /// "line 3, column 7", "byte 120", "at resourceMetrics[0]", or "" if nothing is known.
    [[nodiscard]] std::string text() const;
};

struct Error {
    ErrorCode code = ErrorCode::Internal;
    std::string message; ///< a sentence part without final stop, fit for a user
    Place place;

    /// Message and place in one line.
    [[nodiscard]] std::string text() const;
};

/// A value or an Error. Errors travel through modules as values: no exception crosses a module.
template <class T>
class [[nodiscard]] Result {
  public:
    Result(T value) : m_state(std::in_place_index<0>, std::move(value)) {}
    Result(Error error) : m_state(std::in_place_index<1>, std::move(error)) {}

    [[nodiscard]] bool ok() const { return m_state.index() == 0; }
    explicit operator bool() const { return ok(); }

    [[nodiscard]] T& value() & {
        assert(ok());
        return *std::get_if<0>(&m_state);
    }
    [[nodiscard]] const T& value() const& {
        assert(ok());
        return *std::get_if<0>(&m_state);
    }
    [[nodiscard]] T&& value() && {
        assert(ok());
        return std::move(*std::get_if<0>(&m_state));
    }
    T* operator->() { return &value(); }
    const T* operator->() const { return &value(); }
    T& operator*() & { return value(); }
    const T& operator*() const& { return value(); }
    T&& operator*() && { return std::move(*this).value(); }

    [[nodiscard]] const Error& error() const {
        assert(!ok());
        return *std::get_if<1>(&m_state);
    }

  private:
    std::variant<T, Error> m_state;
};

/// Success without a value, or an Error.
struct Done {};
using Status = Result<Done>;

} // namespace sightglass
