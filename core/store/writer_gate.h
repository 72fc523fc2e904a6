// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>

#include "core/base/mutex.h"

namespace sightglass {

/// Between two batches: where a reader gets that could not keep up with the writer by itself. The
/// writer passes once a batch and waits only for readers that stand in the gate, which is as long
/// as it takes to copy pointers; they go first, so none waits for more than one batch.
class WriterGate {
  public:
    class Reader {
      public:
        explicit Reader(WriterGate& gate) : m_gate(gate) { m_gate.enterReader(); }
        ~Reader() { m_gate.leaveReader(); }
        Reader(const Reader&) = delete;
        Reader& operator=(const Reader&) = delete;

      private:
        WriterGate& m_gate;
    };
    class Writer {
      public:
        explicit Writer(WriterGate& gate) : m_gate(gate) { m_gate.enterWriter(); }
        ~Writer() { m_gate.leaveWriter(); }
        Writer(const Writer&) = delete;
        Writer& operator=(const Writer&) = delete;

      private:
        WriterGate& m_gate;
    };

  private:
    void enterReader() SG_EXCLUDES(m_mutex);
    void leaveReader() SG_EXCLUDES(m_mutex);
    void enterWriter() SG_EXCLUDES(m_mutex);
    void leaveWriter() SG_EXCLUDES(m_mutex);

    Mutex m_mutex;
    CondVar m_changed;
    std::uint32_t m_readers SG_GUARDED_BY(m_mutex) = 0; ///< in the gate or waiting for it
    bool m_writing SG_GUARDED_BY(m_mutex) = false;
};

} // namespace sightglass
