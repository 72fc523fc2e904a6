// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/look/tokens.h"

namespace sightglass::ui {

const Tokens& Tokens::light() {
    static const Tokens tokens{
        .window = QColor(0xF3F4F6),
        .surface = QColor(0xFFFFFF),
        .raised = QColor(0xE9ECEF),
        .border = QColor(0xC9CED6),
        .control = QColor(0x7C8693),
        .text = QColor(0x1A1F27),
        .text2 = QColor(0x4E5866),
        .accent = QColor(0x0B5CAD),
        .selected = QColor(0xD6E6F8),
        .error = QColor(0xB3261E),
        .errorTint = QColor(0xFBE3E1),
        .warning = QColor(0x8A4B00),
        .warningTint = QColor(0xFBEBCF),
        .noteTint = QColor(0xDDEBFA),
        .ok = QColor(0x1B6E3C),
        .series = {QColor(0x3364DB), QColor(0xB08836), QColor(0x0C5C3C), QColor(0xAB3D8D),
                   QColor(0x55398B), QColor(0x0099E0), QColor(0x62783B), QColor(0x7E8792)},
    };
    return tokens;
}

const Tokens& Tokens::dark() {
    static const Tokens tokens{
        .window = QColor(0x14181E),
        .surface = QColor(0x1B2028),
        .raised = QColor(0x252C36),
        .border = QColor(0x3A4350),
        .control = QColor(0x76818F),
        .text = QColor(0xE7EBF0),
        .text2 = QColor(0xA6B0BD),
        .accent = QColor(0x6CB2FF),
        .selected = QColor(0x22405F),
        .error = QColor(0xFF8A80),
        .errorTint = QColor(0x4A2323),
        .warning = QColor(0xF2B441),
        .warningTint = QColor(0x42330F),
        .noteTint = QColor(0x1C3550),
        .ok = QColor(0x6FD08C),
        .series = {QColor(0x3082F6), QColor(0xBF975C), QColor(0x2FEBA3), QColor(0xD64992),
                   QColor(0x9F81CA), QColor(0x1BB9FA), QColor(0x578C19), QColor(0xDDE6F0)},
    };
    return tokens;
}

} // namespace sightglass::ui
