import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { format } from 'node:util';
import ts from 'typescript';

/**
 * The `ts` fences of a README, in order.
 *
 * @param {string} markdown
 */
function fences(markdown) {
  return [...markdown.matchAll(/^```ts\n(.*?)^```$/gms)].map((match) => match[1] ?? '');
}

/**
 * Packages of ours that its examples import and its `npm install` does not name. They would be found by chance, or not at all.
 *
 * @param {string} markdown
 */
function notInstalled(markdown) {
  const install = [...markdown.matchAll(/^npm install .*$/gm)].join('\n');
  const examples = [...markdown.matchAll(/^```(?:ts|js)\n(.*?)^```$/gms)].map(([text]) => text).join('\n');
  const imported = [...examples.matchAll(/ from '(@coaio\/[\w-]+)/g)].map(([, name]) => name ?? '');
  const named = new Set([...install.matchAll(/@coaio\/[\w-]+/g)].map(([name]) => name));
  return [...new Set(imported)].filter((name) => !named.has(name));
}

/**
 * Checks the types of every `ts` fence of the README in `packageFolder` and runs it as a module of that package. What it logs must be what its
 * `// =>` comments say, in order.
 *
 * @param {URL} packageFolder e.g. `new URL('..', import.meta.url)` from a test
 * @param {URL} importer a folder that can import what the examples do; default: the package itself
 * @returns {Promise<{ example: string, expected: string[], printed: string[] }[]>} for the test to compare
 */
export async function runReadmeExamples(packageFolder, importer = packageFolder) {
  // Not below node_modules: there the package could not import itself by name.
  const folder = fileURLToPath(new URL('.readme-examples/', importer));
  const readme = readFileSync(new URL('README.md', packageFolder), 'utf8');
  const missing = notInstalled(readme);
  if (missing.length > 0) throw new Error(`its "npm install" leaves out ${missing.join(', ')}`);
  const examples = fences(readme);
  if (examples.length === 0) throw new Error(`${fileURLToPath(packageFolder)}README.md has no ts example`);
  mkdirSync(folder, { recursive: true });
  const results = [];
  try {
    for (const [index, example] of examples.entries()) {
      const file = `${folder}example-${process.pid}-${index + 1}`;
      writeFileSync(`${file}.mts`, example);
      checkTypes(`${file}.mts`);
      const { outputText } = ts.transpileModule(example, {
        compilerOptions: { target: ts.ScriptTarget.ES2022, module: ts.ModuleKind.ESNext },
      });
      writeFileSync(`${file}.mjs`, outputText);
      results.push({
        example,
        expected: expectedLines(example),
        printed: await printedBy(pathToFileURL(`${file}.mjs`).href),
      });
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  return results;
}

/**
 * As a user's strict compiler would.
 *
 * @param {string} file
 */
function checkTypes(file) {
  const program = ts.createProgram([file], {
    strict: true,
    noEmit: true,
    skipLibCheck: true,
    target: ts.ScriptTarget.ES2023,
    lib: ['lib.es2023.d.ts', 'lib.esnext.disposable.d.ts'],
    module: ts.ModuleKind.NodeNext,
    types: ['node'],
  });
  const problems = ts.getPreEmitDiagnostics(program);
  if (problems.length === 0) return;
  throw new Error(
    problems.map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, '\n')).join('\n'),
  );
}

/** @param {string} example */
function expectedLines(example) {
  return [...example.matchAll(/\/\/ => (.*)$/gm)].map((match) => (match[1] ?? '').trim());
}

/** @param {string} url */
async function printedBy(url) {
  /** @type {string[]} */
  const printed = [];
  const { log } = console;
  console.log = (...values) => printed.push(format(...values));
  try {
    await import(/* @vite-ignore */ url);
  } finally {
    console.log = log;
  }
  return printed;
}
