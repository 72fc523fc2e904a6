// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>
#include <cmath>

#include "ui/charts/chart_canvas.h"

// The heatmap's part of ChartCanvas.
namespace sightglass::ui {

void ChartCanvas::layoutHeat(const ChartMarks& marks) {
    int path = -1;
    for (std::size_t i = 0; m_frame && marks.highlighted && i < m_frame->series.size(); ++i) {
        if (m_frame->series[i].id == *marks.highlighted)
            path = m_frame->series[i].path;
    }
    if (m_frame && m_frame->heat)
        m_heat.setFrame(m_frame->heat, m_frame->unit, m_frame->settings.heatLog, path);
    else
        m_heat.setFrame(nullptr, {}, std::nullopt, path);
}

/// Quantiles in positions of the heatmap's scale, each with a rim of the surface's colour: they
/// must be seen on every shade.
void ChartCanvas::drawQuantiles(const ChartMarks& marks) {
    const double lineScale = m_scale * m_theme.px(100) / 100.0;
    const int spare = static_cast<int>(std::ceil(2 * lineScale));
    const HeatScale& scale = m_heat.scale();
    const double more = spare * (scale.high() - scale.low()) / std::max(m_main.height, 1);
    const Rasteriser::View view{m_from, m_to, scale.low() - more, scale.high() + more};
    m_rasteriser.begin({m_main.width, m_main.height + 2 * spare});
    for (const bool reference : {true, false}) {
        for (const PlotSeries& series : m_frame->series) {
            if (series.reference != reference || marks.muted.contains(series.id.value))
                continue;
            std::vector<PlotColumn> columns = series.columns;
            for (PlotColumn& column : columns)
                column.first = column.min = column.max = column.last = scale.at(column.last);
            Rasteriser::Stroke stroke;
            stroke.width = (reference ? 1.5 : 3.5) * lineScale;
            stroke.dash = reference ? 0 : static_cast<int>(std::lround(7 * lineScale));
            stroke.opacity = marks.highlighted && *marks.highlighted != series.id ? 0.25 : 1;
            stroke.dotRadius = 2.5 * lineScale;
            Rasteriser::Stroke rim = stroke;
            rim.width += 2 * lineScale;
            rim.dotRadius += lineScale;
            rim.opacity *= 0.7;
            rim.color = m_theme.tokens().surface;
            stroke.color = m_theme.tokens().series[static_cast<std::size_t>(series.color)];
            if (reference)
                m_rasteriser.draw(columns, view, rim);
            m_rasteriser.draw(columns, view, stroke);
        }
    }
    m_main.picture = m_rasteriser.finish();
    m_main.picture.setDevicePixelRatio(m_scale);
}

const HeatExemplar* ChartCanvas::exemplar(const ChartMarks& marks) const {
    if (!marks.exemplar || marks.cursor != marks.exemplar->first)
        return nullptr;
    return m_heat.exemplarAt(marks.exemplar->first, marks.exemplar->second);
}

} // namespace sightglass::ui
