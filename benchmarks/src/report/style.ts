// The page's style: light, dark, on a phone and on paper.

const LIGHT = `
    --ink: #1b1d21; --soft: #4d535c; --paper: #ffffff; --panel: #f5f6f8; --rule: #d5d9df; --alarm: #a5122a;
    --engine-0: #1d4ed8; --engine-1: #b45309; --engine-2: #047857; --engine-3: #a21caf; --engine-4: #be123c; --engine-5: #4b5563;`;
const DARK = `
    --ink: #e8eaed; --soft: #b3bac4; --paper: #15171b; --panel: #1d2026; --rule: #3c424c; --alarm: #ff8a9b;
    --engine-0: #7aa7ff; --engine-1: #f2a24a; --engine-2: #4fcf97; --engine-3: #e59bf2; --engine-4: #ff8fa3; --engine-5: #b3bac4;`;

/** Style sheet of a report. */
export const REPORT_STYLE = `
  :root { color-scheme: light dark; ${LIGHT} }
  @media screen and (prefers-color-scheme: dark) { :root { ${DARK} } }
  * { box-sizing: border-box; }
  body { margin: 0; background: var(--paper); color: var(--ink); font: 1rem/1.5 system-ui, sans-serif; }
  main { max-width: 70rem; margin: 0 auto; padding: 1rem 0.75rem 4rem; }
  h1 { font-size: 1.7rem; line-height: 1.2; margin: 0.5rem 0; }
  h2 { font-size: 1.35rem; margin: 2.5rem 0 0.5rem; border-bottom: 1px solid var(--rule); }
  h3 { font-size: 1.1rem; margin: 2rem 0 0.25rem; }
  p, li { max-width: 46rem; overflow-wrap: anywhere; }
  p { margin: 0.4rem 0; }
  ul { padding-left: 1.2rem; margin: 0.4rem 0; }
  a { color: inherit; }
  nav ul { display: flex; flex-wrap: wrap; gap: 0 1rem; list-style: none; padding: 0; }
  nav a { display: inline-block; padding: 0.6rem 0; min-height: 2.75rem; }
  .key { font-size: 1.2rem; border-left: 0.3rem solid var(--engine-0); padding-left: 0.75rem; margin: 1rem 0; }
  .alarm { color: var(--alarm); font-weight: 600; }
  .soft { color: var(--soft); }
  .legend { display: flex; flex-wrap: wrap; gap: 0.1rem 1.2rem; list-style: none; padding: 0; }
  .legend li { display: flex; align-items: center; gap: 0.3rem; }
  .panels { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(20rem, 100%), 1fr)); gap: 1rem; align-items: start; }
  figure { margin: 0; break-inside: avoid; }
  figcaption { font-weight: 600; line-height: 1.3; margin: 0.5rem 0 0.4rem; overflow-wrap: anywhere; }
  figure svg { display: block; max-width: 100%; height: auto; }
  .legend svg { flex: none; }
  summary { cursor: pointer; padding: 0.6rem 0; min-height: 2.75rem; }
  summary:focus-visible, .scroll:focus-visible, a:focus-visible { outline: 2px solid var(--engine-0); outline-offset: 2px; }
  .scroll { overflow-x: auto; max-width: 100%; }
  table { border-collapse: collapse; min-width: 66rem; margin: 0.5rem 0 1rem; font-size: 0.875rem; line-height: 1.35; }
  caption { text-align: left; color: var(--soft); padding-bottom: 0.25rem; }
  th, td { text-align: left; vertical-align: top; padding: 0.3rem 0.7rem 0.3rem 0; border-bottom: 1px solid var(--rule); }
  td { font-variant-numeric: tabular-nums; max-width: 26rem; min-width: 4.5rem; }
  @media print {
    main { max-width: none; padding: 0; }
    nav { display: none; }
    body { font-size: 10pt; }
    .scroll { overflow: visible; }
    table { font-size: 7pt; width: 100%; min-width: 0; }
    td { min-width: 0; overflow-wrap: anywhere; }
    h2, h3, figcaption, .legend { break-after: avoid; }
  }
`;
