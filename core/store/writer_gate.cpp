// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/store/writer_gate.h"

namespace sightglass {

void WriterGate::enterReader() {
    MutexLock lock(m_mutex);
    ++m_readers;
    while (m_writing)
        m_changed.wait(m_mutex);
}

void WriterGate::leaveReader() {
    {
        MutexLock lock(m_mutex);
        --m_readers;
    }
    m_changed.notify_all();
}

void WriterGate::enterWriter() {
    MutexLock lock(m_mutex);
    while (m_readers > 0)
        m_changed.wait(m_mutex);
    m_writing = true;
}

void WriterGate::leaveWriter() {
    {
        MutexLock lock(m_mutex);
        m_writing = false;
    }
    m_changed.notify_all();
}

} // namespace sightglass
