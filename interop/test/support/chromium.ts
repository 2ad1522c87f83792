import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath, pathToFileURL } from 'node:url';
import type { SeenPage } from '../browser/seen-page.js';
import { outcome } from './run.js';

const FLAGS = ['--headless', '--no-sandbox', '--disable-gpu', '--hide-scrollbars', '--enable-logging=stderr'];

const LOOK = readFileSync(fileURLToPath(new URL('../browser/look-at-frames.js', import.meta.url)), 'utf8');
/** Holds in the frames too, whatever their own is: the browser complains of all that a page would fetch or run. */
const POLICY = "default-src 'none'; style-src 'unsafe-inline'; script-src 'nonce-look'";

/** Opens a page in frames of these widths, light and dark. `complaints` are what the browser has to say against it. */
export async function lookAt(
  file: string,
  widths: readonly number[],
): Promise<{ pages: SeenPage[]; complaints: string[] }> {
  const source = readFileSync(file, 'utf8').replaceAll('&', '&amp;').replaceAll('"', '&quot;');
  const frames = widths.flatMap((width) =>
    ['light', 'dark'].map(
      (scheme) =>
        `<iframe style="color-scheme: ${scheme}; width: ${width}px; height: 900px" frameborder="0" srcdoc="${source}"></iframe>`,
    ),
  );
  const framed = `${file}.framed.html`;
  writeFileSync(
    framed,
    `<!doctype html><meta charset="utf-8"><meta http-equiv="Content-Security-Policy" content="${POLICY}">
<body>${frames.join('\n')}<script nonce="look">${LOOK}</script></body>`,
  );
  // With a profile of its own it has nothing to do with a browser that runs already.
  const flags = [...FLAGS, `--user-data-dir=${file}.profile`, '--dump-dom', pathToFileURL(framed).href];
  const { status, stdout, stderr } = await outcome('chromium', ...flags);
  const seen = /<pre>([^<]*)<\/pre>/.exec(stdout)?.[1];
  if (seen === undefined) throw new Error(`chromium ended with ${status}\n${stderr}`);
  const complaints = stderr.split('\n').filter((line) => line.includes(':CONSOLE'));
  return { pages: JSON.parse(decodeURIComponent(seen)), complaints };
}
