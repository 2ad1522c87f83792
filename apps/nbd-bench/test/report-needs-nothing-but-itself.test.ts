import { readFileSync } from 'node:fs';
import { cpus, release } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { fakeFio } from './support/fake-fio.js';
import { htmlElements, textsOf } from './support/html-elements.js';
import { newFolder } from './support/new-folder.js';
import { runCli } from './support/run-cli.js';

const SHORT = ['--runtime', '0.05', '--ramp-time', '0'];
const COMMANDS: [string, string[], number][] = [
  ['run', [...SHORT], 1],
  ['sweep', [...SHORT, '--numjobs', '1', '--iodepth', '1,4', '--bs', '4k,8k'], 2],
  ['compare', [...SHORT, '--rounds', '1', '--rival', 'fio'], 1],
  ['layers', ['--layer', 'co-queue', '--rounds', '1', '--runtime', '0.001'], 3],
];
/** What could fetch, run or embed anything. */
const OUTSIDE = /^(script|link|img|image|iframe|object|embed|base|form|a|use|audio|video|foreignObject)$/i;

test.each(COMMANDS)('%s: one page, beside what is printed', async (name, options, charts) => {
  const [path, folder] = [newFolder(), newFolder()];
  fakeFio(path);
  const file = join(folder, 'a report.html');
  const args = [name, ...options, '--output-format', 'json', '--report', file];
  const { status, stdout, stderr } = await runCli(args, { PATH: path });
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  expect(JSON.parse(stdout)).toHaveProperty('config');

  const page = readFileSync(file, 'utf8');
  const elements = htmlElements(page);
  expect(page.startsWith('<!doctype html>\n<html lang="en">\n')).toBe(true);
  expect(elements.filter((element) => OUTSIDE.test(element.name))).toEqual([]);
  expect(page).not.toMatch(/url\((?!#)|@import|\b(src|href|style|on[a-z]+)=|https?:/i);
  expect(
    elements.find(({ attributes }) => attributes.includes('Content-Security-Policy'))?.attributes,
  ).toContain(`content="default-src 'none'; style-src 'unsafe-inline'"`);
  expect(elements.filter(({ attributes }) => attributes.includes('class="chart"'))).toHaveLength(charts);
  // Of several charts: a name that two have would be the first one's.
  const ids = elements.flatMap(({ attributes }) => /\bid="([^"]*)"/.exec(attributes)?.[1] ?? []);
  expect(new Set(ids).size).toBe(ids.length);
  expect(textsOf(page, 'h1')).toEqual([`nbd-bench ${name}`]);

  const facts = textsOf(page, 'dd');
  expect(facts).toContain(`nbd-bench ${[...args.slice(0, -1)].join(' ')} '${file}'`);
  expect(facts).toContain(process.versions.node);
  expect(facts.some((fact) => fact.startsWith(cpus()[0]?.model.trim() ?? '?'))).toBe(true);
  expect(facts.some((fact) => fact.includes(release()))).toBe(true);
});

test('in the dark and on paper it has colours of its own', async () => {
  const file = join(newFolder(), 'report.html');
  await runCli([...SHORT, '--report', file]);
  const [style = ''] = textsOf(readFileSync(file, 'utf8'), 'style');
  const [light = '', dark = '', paper = ''] = [...style.matchAll(/--page: (#[0-9a-f]+);/g)].map((m) => m[1]);
  expect(light).not.toBe(dark);
  expect(paper).toBe(light);
  // Later rules win: paper after dark.
  expect(style.indexOf('@media print')).toBeGreaterThan(style.indexOf('prefers-color-scheme: dark'));
});
