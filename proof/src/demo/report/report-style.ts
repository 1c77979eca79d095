/** Pairs of a ground and what stands on it are at least 4.5:1 in both schemes. */
export const REPORT_STYLE = `
:root {
  color-scheme: light dark;
  --ground: #f5f6f8; --surface: #fff; --line: #dfe2ea; --lane: #c3c9d6; --text: #1b2033; --muted: #565e73;
  --good: #0b6b3a; --good-fill: #2f9e66; --bad: #a1162b; --bad-fill: #cf2f45; --warn: #7a4a00; --warn-fill: #d98a00;
  --idle-fill: #8a92a6; --on-fill: #fff; --on-warn: #241500; --good-ground: #e3f5ea; --bad-ground: #fdeaec; --code: #f0f2f6;
}
@media (prefers-color-scheme: dark) {
  :root {
    --ground: #0f1218; --surface: #171b24; --line: #2b313e; --lane: #3d4557; --text: #e7eaf2; --muted: #a3abbd;
    --good: #7fdba6; --good-fill: #2f8f5f; --bad: #ff9fab; --bad-fill: #d8475b; --warn: #f3c770; --warn-fill: #d99a2b;
    --idle-fill: #6d768a; --on-fill: #fff; --on-warn: #241500; --good-ground: #12301f; --bad-ground: #41161d; --code: #10141c;
  }
}
* { box-sizing: border-box; }
body {
  margin: 0; background: var(--ground); color: var(--text);
  font: 16px/1.55 system-ui, -apple-system, "Segoe UI", Roboto, "Liberation Sans", sans-serif;
}
main { max-width: 1080px; margin: 0 auto; padding: 40px 20px 64px; }
h1 { font-size: clamp(1.9rem, 5vw, 2.8rem); line-height: 1.12; letter-spacing: -.02em; margin: 0 0 14px; }
h2 { font-size: 1.4rem; line-height: 1.25; letter-spacing: -.01em; margin: 56px 0 6px; }
h3 { font-size: 1rem; margin: 0 0 4px; }
p { margin: 0 0 12px; max-width: 68ch; }
.lead { font-size: 1.1rem; color: var(--muted); }
.pair { display: grid; grid-template-columns: 1fr 1fr; gap: 20px; margin-top: 20px; }
.pair > * { min-width: 0; }
@media (max-width: 760px) { .pair { grid-template-columns: 1fr; } main { padding: 28px 14px 48px; } }
.card { background: var(--surface); border: 1px solid var(--line); border-radius: 12px; padding: 20px; }
.figure { font-size: clamp(2rem, 6vw, 2.9rem); font-weight: 700; line-height: 1.1; letter-spacing: -.02em; font-variant-numeric: tabular-nums; }
.figure.bad { color: var(--bad); } .figure.good { color: var(--good); }
.card p { margin: 0; } .small { color: var(--muted); font-size: .92rem; }
.card .small + svg { margin-top: 14px; }
.sequence { margin-bottom: 14px; }
svg { display: block; width: 100%; height: auto; font-family: inherit; }
.squares text { font-size: 12px; font-weight: 700; fill: var(--on-fill); }
.charged_once rect { fill: var(--good-fill); opacity: .62; } .charged_twice rect { fill: var(--bad-fill); }
.unrecorded rect { fill: var(--warn-fill); } .unrecorded text { fill: var(--on-warn); }
.never_charged rect, .gave_up rect { fill: var(--idle-fill); }
.key { display: flex; flex-wrap: wrap; gap: 6px 18px; margin: 14px 0 0; padding: 0; list-style: none; color: var(--muted); font-size: .92rem; }
.key svg { display: inline-block; width: 17px; height: 17px; vertical-align: -3px; margin-right: 6px; }
.scroll { overflow-x: auto; margin-top: 20px; padding: 4px 20px; }
table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; }
th, td { text-align: right; padding: 9px 0 9px 18px; border-bottom: 1px solid var(--line); }
tr:last-child > * { border-bottom: 0; }
th:first-child { text-align: left; padding-left: 0; font-weight: 400; } thead th { font-weight: 600; }
td.bad { color: var(--bad); font-weight: 700; } td.good { color: var(--good); font-weight: 700; }
.lane { stroke: var(--lane); stroke-width: 1.5; } .party { font-size: 13px; font-weight: 700; fill: var(--text); }
.arrow { stroke: var(--text); stroke-width: 1.4; } .head { fill: var(--text); }
.arrow.lost { stroke: var(--bad); stroke-dasharray: 5 4; } .cross { stroke: var(--bad); stroke-width: 2; fill: none; }
.said, .money, .gap { font-size: 12px; paint-order: stroke; stroke: var(--surface); stroke-width: 4px; stroke-linejoin: round; fill: var(--text); }
.said.lost { fill: var(--bad); } .time { font-size: 11px; fill: var(--muted); } .gap { fill: var(--muted); font-style: italic; }
.money { font-weight: 700; font-size: 12.5px; } .money.good { fill: var(--good); } .money.bad { fill: var(--bad); }
.coin.good { fill: var(--good-fill); } .coin.bad { fill: var(--bad-fill); } .euro { font-size: 11px; font-weight: 700; fill: var(--on-fill); }
.mark.bad { fill: var(--bad-fill); } .mark.plain { fill: var(--idle-fill); }
.down { fill: var(--bad-ground); stroke: var(--bad); stroke-width: 1; stroke-dasharray: 3 3; }
.pair .card { display: flex; flex-direction: column; } .card .verdict { margin-top: auto; padding: 9px 14px; border-radius: 8px; font-weight: 600; }
.verdict.bad { background: var(--bad-ground); color: var(--bad); } .verdict.good { background: var(--good-ground); color: var(--good); }
ul.notes { padding-left: 20px; max-width: 72ch; } ul.notes li { margin-bottom: 7px; }
details { margin-top: 14px; } summary { cursor: pointer; font-weight: 600; }
pre { overflow-x: auto; background: var(--code); border: 1px solid var(--line); border-radius: 8px; padding: 14px; }
pre, code { font: .84rem/1.5 ui-monospace, SFMono-Regular, Menlo, Consolas, "DejaVu Sans Mono", monospace; }
footer { margin-top: 56px; color: var(--muted); font-size: .92rem; }
`;
