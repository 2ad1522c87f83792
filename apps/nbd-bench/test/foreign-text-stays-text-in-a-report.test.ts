import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { MemoryExport, NbdServer } from '@coaio/nbd-server';
import { expect, onTestFinished, test } from 'vitest';
import { markup } from '../src/output/report/markup.js';
import { fakeFio } from './support/fake-fio.js';
import { htmlElements, textsOf } from './support/html-elements.js';
import { newFolder } from './support/new-folder.js';
import { runCli } from './support/run-cli.js';

const SHORT = ['--runtime', '0.05', '--ramp-time', '0'];
const HOSTILE = `</title></style><script>alert("1")</script><img src=x onerror='alert(2)'> &lt;`;

test('the name of an export, and the URI that has it', async () => {
  const server = new NbdServer();
  onTestFinished(() => server.close());
  server.addExport(HOSTILE, new MemoryExport(2 ** 20));
  const socket = join(newFolder(), 'nbd.sock');
  await server.listen({ type: 'unix', path: socket });
  const file = join(newFolder(), 'report.html');
  const uri = `nbd+unix:///${encodeURIComponent(HOSTILE)}?socket=${socket}`;
  const { status, stderr } = await runCli([uri, ...SHORT, '--report', file]);
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  const page = readFileSync(file, 'utf8');
  expect(htmlElements(page).filter(({ name }) => /script|img/.test(name))).toEqual([]);
  expect(textsOf(page, 'dd')).toContain(`"${HOSTILE}", 1 MiB`);
});

test('the version that a rival says it has, and the options', async () => {
  const path = newFolder();
  fakeFio(path, HOSTILE);
  const file = join(newFolder(), '<b> & "report".html');
  const args = ['compare', ...SHORT, '--rival', 'fio', '--rounds', '1', '--report', file];
  const { status, stderr } = await runCli(args, { PATH: path });
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  const page = readFileSync(file, 'utf8');
  expect(htmlElements(page).filter(({ name }) => /script|img|^b$/.test(name))).toEqual([]);
  expect(textsOf(page, 'dd')).toContain(HOSTILE);
  expect(textsOf(page, 'dd').some((fact) => fact.endsWith(`--report '${file}'`))).toBe(true);
});

test.each([
  ['text', '<b>&"\'', '<p title="&lt;b&gt;&amp;&quot;&#39;">&lt;b&gt;&amp;&quot;&#39;</p>'],
  [
    'characters that nobody sees',
    'a\0\u001b[2J\u202eb\tc',
    '<p title="a\ufffd\ufffd[2J\ufffdb\tc">a\ufffd\ufffd[2J\ufffdb\tc</p>',
  ],
])('%s', (_, text, source) => {
  expect(markup`<p title="${text}">${text}</p>`.source).toBe(source);
});

test('only markup goes in as it is', () => {
  const rows = ['<', '>'].map((text) => markup`<li>${text}</li>`);
  expect(markup`<ul>${rows}</ul>${undefined}${1}`.source).toBe('<ul><li>&lt;</li><li>&gt;</li></ul>1');
});
