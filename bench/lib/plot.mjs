// SPDX-License-Identifier: Apache-2.0
// Draws cost over the size of the page, both logarithmic, as SVG of its own
// colours for light and dark screens.

import { SIZES } from './pages.mjs';

const PANEL = { width: 300, height: 360, top: 62, left: 64, gap: 226 };
const WIDTH = PANEL.left + 2 * PANEL.width + 2 * PANEL.gap - 50;
const HEIGHT = PANEL.top + PANEL.height + 58;
const COSTS = [1e4, 1e10];

// [variant, label, light, dark, dashes]
const LINES = [
    ['proxy_html', 'mod_proxy_html', '#8250df', '#bc8cff', ''],
    ['sed', 'mod_sed', '#bc4c00', '#f0883e', ''],
    ['substitute', 'mod_substitute', '#9a6700', '#d29922', ''],
    ['on', 'mod_session_security', '#cf222e', '#ff7b72', ''],
    ['session', 'session + login form', '#0969da', '#58a6ff', '6 3'],
    ['noop', 'empty filter', '#1a7f37', '#3fb950', '2 3'],
    ['bare', 'bare httpd', '#59636e', '#9198a1', ''],
];

function style() {
    const colours = (n) => LINES.map(([name, , ...c]) =>
        `.${name}{--c:${c[n]}}`).join('');
    return `<style>
svg{--paper:#ffffff;--ink:#1f2328;--grid:#d1d9e0}${colours(0)}
@media (prefers-color-scheme: dark){
svg{--paper:#0d1117;--ink:#f0f6fc;--grid:#30363d}${colours(1)}}
text{font:12px sans-serif;fill:var(--ink)}
.title{font-size:15px;font-weight:bold}
.panel{font-weight:bold}
.grid{stroke:var(--grid)}
.line{fill:none;stroke:var(--c);stroke-width:2}
.dot{fill:var(--c)}
.label{fill:var(--c)}
.lead{stroke:var(--c);stroke-width:1;opacity:.6}
.on.line{stroke-width:3}
.on.label{font-weight:bold}
</style>`;
}

const scale = (from, to, start, length) => (value) => start + length
    * (Math.log(value) - Math.log(from)) / (Math.log(to) - Math.log(from));

const short = (n) => (n >= 1e9 ? `${n / 1e9} G` : n >= 1e6 ? `${n / 1e6} M`
    : `${n / 1e3} k`);

const SIZE_NAMES = { '2k': '2 KB', '10k': '10', '50k': '50', '500k': '500',
    '10m': '10 MB' };

function axes(left, sizes, x, y) {
    const bottom = PANEL.top + PANEL.height;
    const parts = [];
    for (let cost = COSTS[0]; cost <= COSTS[1]; cost *= 10) {
        parts.push(`<line class="grid" x1="${left}" x2="${left + PANEL.width}"`
            + ` y1="${y(cost)}" y2="${y(cost)}"/>`,
        `<text x="${left - 8}" y="${y(cost) + 4}" text-anchor="end">`
            + `${short(cost)}</text>`);
    }
    for (const size of sizes) {
        const at = x(SIZES[size]).toFixed(1);
        parts.push(`<line class="grid" x1="${at}" x2="${at}" y1="${PANEL.top}"`
            + ` y2="${bottom}"/>`,
        `<text x="${at}" y="${bottom + 20}" text-anchor="middle">`
            + `${SIZE_NAMES[size]}</text>`);
    }
    parts.push(`<text x="${left + PANEL.width / 2}" y="${bottom + 42}"`
        + ' text-anchor="middle">size of the page</text>');
    return parts;
}

// Labels at the right end, moved apart where lines end near each other.
function place(ends) {
    const STEP = 16;
    ends.sort((a, b) => a.y - b.y);
    for (let i = 0; i < ends.length; i++) {
        ends[i].at = Math.max(ends[i].y,
            i ? ends[i - 1].at + STEP : PANEL.top);
    }
    for (let i = ends.length - 1, floor = PANEL.top + PANEL.height; i >= 0;
        i--, floor -= STEP)
        ends[i].at = Math.min(ends[i].at, floor);
    return ends;
}

function panel(kind, title, left, rows) {
    const own = rows.filter((row) => row.name.startsWith(`${kind} `));
    const sizes = own.map((row) => row.name.slice(kind.length + 1));
    const x = scale(SIZES[sizes[0]], SIZES[sizes.at(-1)], left, PANEL.width);
    const y = scale(COSTS[0], COSTS[1], PANEL.top + PANEL.height,
        -PANEL.height);
    const parts = axes(left, sizes, x, y);
    const ends = [];
    parts.push(`<text class="panel" x="${left}" y="${PANEL.top - 12}">`
        + `${title}</text>`);
    for (const [name, label, , , dashes] of [...LINES].reverse()) {
        const points = own.filter((row) => row.costs[name]).map((row, i) =>
            [x(SIZES[sizes[i]]).toFixed(1), y(row.costs[name]).toFixed(1)]);
        if (!points.length)
            continue;
        parts.push(`<polyline class="${name} line" stroke-dasharray="${dashes}"`
            + ` points="${points.map((p) => p.join()).join(' ')}"/>`,
        ...points.map(([px, py]) =>
            `<circle class="${name} dot" cx="${px}" cy="${py}" r="3"/>`));
        ends.push({ name, label, x: left + PANEL.width,
            y: Number(points.at(-1)[1]) });
    }
    for (const end of place(ends)) {
        parts.push(`<line class="${end.name} lead" x1="${end.x + 4}"`
            + ` y1="${end.y}" x2="${end.x + 16}" y2="${end.at}"/>`,
        `<text class="${end.name} label" x="${end.x + 20}"`
            + ` y="${end.at + 4}">${end.label}</text>`);
    }
    return parts.join('\n');
}

export function drawCosts(rows) {
    const second = PANEL.left + PANEL.width + PANEL.gap;
    return `<!-- SPDX-License-Identifier: Apache-2.0; made by bench/run.mjs -->
<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}"
 width="${WIDTH}" height="${HEIGHT}" role="img"
 aria-label="Instructions per request over the size of the page">
${style()}
<rect width="100%" height="100%" rx="8" fill="var(--paper)"/>
<text class="title" x="16" y="26">Instructions per request (user space)</text>
${panel('static', 'Static file', PANEL.left, rows)}
${panel('proxied', 'From a backend', second, rows)}
</svg>
`;
}
