import { createRequire } from 'node:module';
import { dirname } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import type { SeenPage } from './browser/seen-page.js';
import { lookAt } from './support/chromium.js';
import { describeWith } from './support/requires.js';
import { run } from './support/run.js';
import { temporaryFolder } from './support/temporary-folder.js';

const command = `${dirname(createRequire(import.meta.url).resolve('nbd-bench/package.json'))}/dist/nbd-bench.js`;
const SHORT = ['--runtime', '0.05', '--ramp-time', '0'];
/** What is measured; the titles of its charts; words that each of them has. */
const REPORTS: [name: string, args: string[], titles: string[], words: string[]][] = [
  [
    'run',
    ['run', '--rw', 'randrw', '--runtime', '0.2'],
    ['Latency by percentile'],
    ['99', 'reads', 'writes'],
  ],
  [
    'sweep',
    ['sweep', ...SHORT, '--numjobs', '1,2', '--connections', '1', '--iodepth', '1,4,16', '--bs', '4k,64k'],
    ['Blocks of 4 KiB', 'Blocks of 64 KiB'],
    ['I/Os a second', '1', '4', '16', '1 job, 1 connection'],
  ],
  [
    'compare',
    ['compare', ...SHORT, '--rival', 'raw-loop', '--rounds', '2', '--bs', '4k,64k', '--iodepth', '1,128'],
    ['nbd-bench beside raw-loop'],
    ['randread', '64 KiB, depth 128', '1x', 'the rounds disagree'],
  ],
  [
    'layers',
    ['layers', '--layer', 'coroutine', '--rounds', '1', '--runtime', '0.001'],
    ['create + run + end', 'enter + yield'],
    ['0', 'ours', 'rival'],
  ],
];

describeWith(['chromium'], 'chromium', () => {
  const folder = temporaryFolder();

  describe.each(REPORTS)('the report of %s', (name, args, titles, words) => {
    const file = `${folder}/${name}.html`;
    let pages: SeenPage[];
    let complaints: string[];

    beforeAll(async () => {
      await run(process.execPath, command, ...args, '--report', file);
      ({ pages, complaints } = await lookAt(file, [1280, 400]));
    });

    test('has its charts, on a wide screen and on a telephone, light and dark', () => {
      expect(pages.map(({ width, dark }) => [width, dark])).toEqual([
        [1280, false],
        [1280, true],
        [400, false],
        [400, true],
      ]);
      for (const { charts } of pages) {
        expect(charts.map(({ title }) => title)).toEqual(titles);
        for (const { texts } of charts) expect(texts).toEqual(expect.arrayContaining(words));
      }
    });

    test('has text that can be read: large enough, apart, in bounds and clear', () => {
      for (const { width, dark, charts } of pages) {
        for (const { title, fontSize, outside, overlapping, textContrast, dataContrast } of charts) {
          const where = `${title}, ${width} pixels, ${dark ? 'dark' : 'light'}`;
          expect({ where, outside, overlapping }).toEqual({ where, outside: [], overlapping: [] });
          expect(fontSize, where).toBeGreaterThan(9);
          // What WCAG asks of text and of what is drawn.
          expect(textContrast, where).toBeGreaterThan(4.5);
          expect(dataContrast, where).toBeGreaterThan(3);
        }
      }
    });

    test('is no wider than the window', () => {
      expect(pages.map(({ tooWide }) => tooWide)).toEqual([0, 0, 0, 0]);
    });

    test('fetches nothing, runs nothing and has no errors', () => {
      expect(complaints).toEqual([]);
    });
  });
});
