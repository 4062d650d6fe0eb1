/** Grape on paper, amber for what breaks: two hues that everybody can tell apart, and greys. */
const colours = `
:root{color-scheme:light dark;
--paper:#fbfaf7;--sheet:#fff;--ink:#1d1a22;--soft:#5f5a66;--faint:#8b8691;--hair:#e4e0e6;--wash:#f2eff4;
--grape:#5b3a9c;--amber:#b5530a;--amber-wash:rgba(226,138,43,.14);--good:#1f6f5c;
--down:#d9d5cf;--area:rgba(91,58,156,.1);--idle:#b9b3c0;
--h1:#e9e2f5;--h2:#cfc0ea;--h3:#ab92d9;--h4:#8461c0;--h5:#5b3a9c;--h6:#2f1660}
@media (prefers-color-scheme:dark){:root{
--paper:#131116;--sheet:#1a181e;--ink:#eeebf1;--soft:#aaa4b2;--faint:#7f7986;--hair:#2d2a33;--wash:#211e26;
--grape:#b79df0;--amber:#f0a052;--amber-wash:rgba(240,160,82,.13);--good:#6cc9ae;
--down:#35323a;--area:rgba(183,157,240,.13);--idle:#5c5665;
--h1:#2a2138;--h2:#412f60;--h3:#5e438e;--h4:#8462c2;--h5:#b196ea;--h6:#e6dcfb}}
@media print{:root{color-scheme:light;
--paper:#fff;--sheet:#fff;--ink:#111;--soft:#444;--faint:#666;--hair:#ddd;--wash:#f4f4f4;
--grape:#5b3a9c;--amber:#b5530a;--amber-wash:rgba(226,138,43,.16);--good:#1f6f5c;
--down:#d9d5cf;--area:rgba(91,58,156,.1);--idle:#b9b3c0;
--h1:#e9e2f5;--h2:#cfc0ea;--h3:#ab92d9;--h4:#8461c0;--h5:#5b3a9c;--h6:#2f1660}
*{print-color-adjust:exact;-webkit-print-color-adjust:exact}}
`

const page = `
*{box-sizing:border-box;margin:0}
html{-webkit-text-size-adjust:100%;background:var(--paper)}
body{font:15px/1.5 ui-sans-serif,system-ui,-apple-system,"Segoe UI",Roboto,Inter,"Helvetica Neue",Arial,sans-serif;
color:var(--ink);background:var(--paper);font-variant-numeric:tabular-nums lining-nums;-webkit-font-smoothing:antialiased}
main{max-width:1080px;margin:0 auto;padding:56px 32px 72px}
h1,h2{font-weight:600;letter-spacing:-.012em;line-height:1.2}
code,pre{font:13px/1.5 ui-monospace,"SF Mono",Menlo,Consolas,"DejaVu Sans Mono",monospace}
.quiet{color:var(--faint)}
.number{text-align:right;white-space:nowrap}
section,figure,.pair,.blocks,footer{margin-top:56px}
figcaption p,.block header p{color:var(--soft);margin-top:4px;max-width:72ch;text-wrap:pretty}
h2{font-size:20px}
`

const top = `
.over{font-size:13px;color:var(--soft);letter-spacing:.01em}
h1{font-size:clamp(28px,4.6vw,44px);font-weight:500;letter-spacing:-.026em;margin-top:10px;display:flex;flex-wrap:wrap;align-items:baseline;gap:.1em .5em}
.verdict{font-size:.5em;letter-spacing:-.005em;font-weight:500;white-space:nowrap;color:var(--good)}
.verdict i{font-style:normal}
.failed .verdict{color:var(--amber)}
.facts{display:flex;flex-wrap:wrap;gap:2px 0;margin-top:10px;color:var(--soft)}
.facts span:not(:last-child)::after{content:"·";margin:0 .6em;color:var(--faint)}
.reason{margin-top:24px;padding:16px 18px;border-left:3px solid var(--amber);background:var(--amber-wash);white-space:pre-wrap;overflow-wrap:anywhere;max-height:24em;overflow:auto}
.again{display:flex;align-items:center;gap:14px;margin-top:24px;padding:10px 10px 10px 16px;background:var(--wash);border-radius:8px;min-height:46px}
.again span{color:var(--soft);font-size:13px;white-space:nowrap}
.again code{flex:1;overflow-wrap:anywhere}
button{font:500 13px/1 inherit;font-family:inherit;color:var(--ink);background:var(--sheet);border:1px solid var(--hair);border-radius:6px;padding:8px 12px;cursor:pointer}
button:hover{border-color:var(--faint)}
button:focus-visible,summary:focus-visible{outline:2px solid var(--grape);outline-offset:2px}
`

const figures = `
.figures{display:grid;grid-template-columns:repeat(4,1fr);gap:36px 32px;margin-top:48px}
.figure h2{font-size:13px;font-weight:500;color:var(--soft);letter-spacing:0}
.figure .value{font-size:34px;line-height:1.15;font-weight:400;letter-spacing:-.03em;margin-top:4px}
.unit{font-size:16px;letter-spacing:0;color:var(--soft);margin-left:.25em}
.gauge{position:relative;height:4px;margin:10px 0 9px;background:var(--wash);border-radius:2px}
.gauge b{position:absolute;inset:0 auto 0 0;background:var(--grape);border-radius:2px}
.gauge i{position:absolute;top:-4px;bottom:-4px;width:2px;margin-left:-1px;background:var(--ink);box-shadow:0 0 0 1px var(--paper)}
.theory,.more{font-size:13px;line-height:1.45}
.theory{color:var(--ink)}
.more{color:var(--faint)}
`

const charts = `
.plot{display:grid;grid-template-columns:auto 1fr;column-gap:10px;margin-top:20px;font-size:12px;color:var(--soft)}
.y-title{grid-column:1/-1;margin-bottom:8px;color:var(--faint)}
.y-axis{position:relative;min-width:2.9em}
.y-axis:empty{min-width:0}
.y-axis span{position:absolute;right:0;transform:translateY(50%);white-space:nowrap}
.y-axis:not(:has(span))+.sheet{margin-left:-10px}
.sheet{position:relative;border-bottom:1px solid var(--faint)}
svg{display:block;width:100%;height:100%;overflow:visible}
.x-axis{position:relative;height:20px;grid-column:2;margin-top:5px;font-size:12px;color:var(--soft)}
.x-axis span{position:absolute;transform:translateX(-50%);white-space:nowrap}
.x-axis .first{transform:none}.x-axis .last{transform:translateX(-100%)}
.plot .x-axis .first,.plot .x-axis .last{transform:translateX(-50%)}
.x-title{grid-column:2;color:var(--faint);text-align:right}
path{vector-effect:non-scaling-stroke}
.grid path{stroke:var(--hair);stroke-width:1;fill:none}
.line{fill:none;stroke-width:2.25;stroke-linejoin:round;stroke-linecap:round}
.line.median{stroke:var(--grape)}
.line.worst{stroke:var(--amber);stroke-dasharray:6 4;stroke-width:1.75}
path.area{fill:var(--area)}
.theory path{stroke:var(--soft);stroke-width:1;fill:none}
.bar{fill:var(--grape)}
.updates{fill:var(--grape)}
path.idle{fill:var(--idle)}
.note{position:absolute;transform:translate(-50%,-1px);white-space:nowrap;font-size:12px;line-height:1.5;color:var(--ink)}
.note.value{background:var(--paper);padding:0 4px;line-height:1.3}
.note.theory{transform:none;padding-left:7px;color:var(--soft);text-shadow:0 0 3px var(--paper),0 0 3px var(--paper),0 0 5px var(--paper),0 0 5px var(--paper)}
.note.theory.leftwards{transform:translateX(-100%);padding:0 7px 0 0}
.legend{list-style:none;padding:0;display:flex;flex-wrap:wrap;gap:4px 20px;font-size:13px;color:var(--soft);margin-top:10px}
.legend li::before{content:"";display:inline-block;width:18px;height:0;border-top:2.25px solid var(--grape);margin-right:8px;vertical-align:.28em}
.legend .worst::before{border-top:2px dashed var(--amber)}
.legend .area::before,.legend .bar::before,.legend .idle::before{border:0;height:10px;vertical-align:-.06em;background:var(--area);border-radius:2px}
.legend .bar::before{background:var(--grape);width:10px}.legend .idle::before{background:var(--idle);width:10px}
.legend .bar,.legend .idle{fill:none}
.pair{display:grid;grid-template-columns:repeat(auto-fit,minmax(280px,1fr));gap:56px 48px}
.pair figure{margin:0}
`

const timeline = `
.timeline{display:grid;grid-template-columns:minmax(72px,128px) 1fr;column-gap:12px;row-gap:6px;margin-top:22px;font-size:12px;color:var(--soft)}
.lane-name{grid-column:1;text-align:right;line-height:1.3;align-self:center}
.lane-name .below{display:block}
.lane-name .row{display:block;height:16px;line-height:16px;overflow:hidden;text-overflow:ellipsis;white-space:nowrap}
.lane{grid-column:2;position:relative;z-index:1;box-shadow:0 1px 0 var(--hair)}
.lane-name:has(.quiet) .quiet{font-size:11px}
.bands{grid-column:2;position:relative}
.band{position:absolute;top:0;bottom:0;background:var(--amber-wash)}
.healed{position:absolute;top:-6px;bottom:0;border-left:1px dashed var(--faint)}
.healed span{position:absolute;right:6px;top:-14px;white-space:nowrap;font-style:normal;font-size:11px;color:var(--faint)}
.timeline .x-axis{margin-top:0}
.marks path{fill:var(--soft)}
.marks.partition path{fill:var(--amber)}
.hover{fill:transparent}.hover:hover{fill:var(--area)}
.h1{fill:var(--h1);background:var(--h1)}.h2{fill:var(--h2);background:var(--h2)}.h3{fill:var(--h3);background:var(--h3)}
.h4{fill:var(--h4);background:var(--h4)}.h5{fill:var(--h5);background:var(--h5)}.h6{fill:var(--h6);background:var(--h6)}
.down{fill:var(--down);background:var(--down)}
.scale{list-style:none;padding:0;display:flex;flex-wrap:wrap;gap:4px 16px;margin:14px 0 0;font-size:12px;color:var(--soft);justify-content:flex-end}
.scale i{display:inline-block;width:14px;height:10px;border-radius:2px;margin-right:6px;vertical-align:-.05em}
`

const tables = `
table{border-collapse:collapse;width:100%;margin-top:16px;font-size:14px}
th{text-align:left;font-weight:500}
th.number{text-align:right}
thead th{font-size:12px;color:var(--faint);font-weight:400;padding:0 12px 6px 0;border-bottom:1px solid var(--hair)}
tbody th,tbody td{padding:7px 12px 7px 0;border-bottom:1px solid var(--hair);vertical-align:top}
td:last-child,th:last-child{padding-right:0}
.blocks{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,440px),1fr));gap:56px 48px;align-items:start}
.block{margin:0;min-width:0}
.blocks:not(:has(*)){display:none}
.block:has(.conflicts){grid-column:1/-1}
.conflicts td,.conflicts th{overflow-wrap:anywhere;min-width:7.5em}
.side{display:block}
.rest{margin-top:8px;color:var(--faint);font-size:13px}
.star{font-weight:400;color:var(--amber)}
.bars{font-size:13px}.bars th,.bars td{border:0;padding:3px 10px 3px 0}
.bars .track{width:46%;vertical-align:middle}
.bars b{display:block;height:10px;min-width:1px;background:var(--grape);border-radius:1px}
.bars b.idle{background:var(--idle)}
footer{border-top:1px solid var(--hair);padding-top:20px}
footer p{margin-top:16px;font-size:13px;overflow-wrap:anywhere}
details{margin-top:6px}
summary{cursor:pointer;padding:4px 0;width:fit-content;color:var(--soft)}
dl{display:grid;grid-template-columns:repeat(auto-fill,minmax(min(100%,300px),1fr));gap:12px 32px;margin:12px 0 20px;font-size:13px}
dt{color:var(--faint)}
`

const small = `
@media (max-width:860px){.figures{grid-template-columns:repeat(2,1fr)}}
@media (max-width:600px){
main{padding:28px 18px 48px}section,figure,.pair,.blocks,footer{margin-top:44px}
.figures{gap:28px 20px;margin-top:36px}.figure .value{font-size:28px}
.minor{display:none}.again{flex-wrap:wrap}.again code{flex:1 1 100%;order:3;padding-right:6px}.again button{margin-left:auto}
.timeline{grid-template-columns:68px 1fr;column-gap:8px}.lane-name{font-size:11px}
.scale{justify-content:flex-start}
tbody td,tbody th{padding-right:8px}}
@media print{main{padding:0;max-width:none}.again button,.hover{display:none}figure,.figure,.block,tr{break-inside:avoid}
.figures{grid-template-columns:repeat(4,1fr)}body{font-size:12px}
section,figure,.pair,.blocks,footer{margin-top:32px}.pair{grid-template-columns:repeat(3,1fr);gap:24px}}
`

export const style = [colours, page, top, figures, charts, timeline, tables, small]
  .join('')
  .replaceAll('\n', '')
