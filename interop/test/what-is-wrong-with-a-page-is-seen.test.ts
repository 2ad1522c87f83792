import { writeFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { lookAt } from './support/chromium.js';
import { describeWith } from './support/requires.js';
import { temporaryFolder } from './support/temporary-folder.js';

// What the test of the reports relies on.
describeWith(['chromium'], 'chromium', () => {
  const file = `${temporaryFolder()}/bad.html`;

  test('too wide, small, out of bounds, on other text, too faint, and what it would fetch', async () => {
    writeFileSync(
      file,
      `<!doctype html><body style="margin: 0; background: #fff">
<img src="missing.png" alt=""><div style="width: 500px">wide</div>
<div class="chart" aria-label="bad" style="width: 240px"><svg viewBox="0 0 480 100" style="font-size: 10px">
<text x="-30" y="50">outside</text><text x="200" y="50">one</text><text x="205" y="50">other</text>
<text x="300" y="50" fill="#eee">faint</text><path d="M0 0H9" stroke="var(--s0, #ddd)"></path></svg></div></body>`,
    );
    const { pages, complaints } = await lookAt(file, [400]);
    expect(pages[0]).toEqual({
      ...{ width: 400, dark: false, tooWide: 100 },
      charts: [
        {
          ...{ title: 'bad', texts: ['outside', 'one', 'other', 'faint'], fontSize: 5 },
          ...{ outside: ['outside'], overlapping: ['other'] },
          ...{ textContrast: expect.closeTo(1.16, 1), dataContrast: expect.closeTo(1.36, 1) },
        },
      ],
    });
    // Light and dark.
    expect(complaints).toHaveLength(2);
    expect(complaints[0]).toMatch(/missing\.png.*Content Security Policy/);
  });
});
