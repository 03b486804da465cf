/** What all charts share: a page that follows the reader's light or dark mode, and text that is escaped. */
const STYLE = `
  .page { fill: #ffffff } text { fill: #1f2328; font: 12px system-ui, sans-serif }
  .title { font-weight: 600; font-size: 14px } .faint { fill: #59636e }
  .grid { stroke: #d1d9e0 } .ink { stroke: #1f2328; fill: none } .mark { fill: #1f2328; stroke: #ffffff }
  .own { stroke: #0550ae; fill: none } .mark.own { fill: #0550ae; stroke: #ffffff }
  @media (prefers-color-scheme: dark) {
    .page { fill: #0d1117 } text { fill: #f0f6fc } .faint { fill: #9198a1 } .grid { stroke: #3d444d }
    .ink { stroke: #f0f6fc } .mark { fill: #f0f6fc; stroke: #0d1117 }
    .own { stroke: #79c0ff } .mark.own { fill: #79c0ff; stroke: #0d1117 }
  }`;

export function page(width: number, height: number, title: string, body: readonly string[]): string {
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img" aria-label="${escaped(title)}">
<style>${STYLE}
</style>
<rect class="page" width="${width}" height="${height}"/>
${text(16, 24, title, { class: 'title' })}
${body.join('\n')}
</svg>
`;
}

export function text(
  x: number,
  y: number,
  content: string,
  attributes: Readonly<Record<string, string>> = {},
): string {
  const more = Object.entries(attributes).map(([name, value]) => ` ${name}="${value}"`);
  return `<text x="${fixed(x)}" y="${fixed(y)}"${more.join('')}>${escaped(content)}</text>`;
}

export function line(x1: number, y1: number, x2: number, y2: number, kind: string): string {
  return `<line x1="${fixed(x1)}" y1="${fixed(y1)}" x2="${fixed(x2)}" y2="${fixed(y2)}" class="${kind}"/>`;
}

/** A tenth of a pixel: enough for eyes, and the same on every machine. */
export function fixed(value: number): string {
  return String(Math.round(value * 10) / 10);
}

function escaped(content: string): string {
  return content.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;');
}
