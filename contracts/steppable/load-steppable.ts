import { fileURLToPath } from 'node:url';
import { compileFunction } from 'node:vm';
import ts from 'typescript';
import { asCall, callInFrame, stepInFrame } from './frames.js';
import { atomicFunctions, isScript, makeSteppable } from './make-steppable.js';
import { type Mutation, readMutated } from './mutate.js';
import type { Script } from './step.js';

/** A module whose functions over shared words are scripts. */
export type Steppable<Module> = {
  [Name in keyof Module]: Module[Name] extends (words: Int32Array, ...args: infer Args) => infer Result
    ? (words: Int32Array, ...args: Args) => Script<Result>
    : Module[Name];
};

export interface LoadOptions {
  /** For imports that are no relative paths: the source file to take. */
  readonly from?: Readonly<Record<string, URL>>;
  readonly mutation?: Mutation | undefined;
}

/**
 * Loads a TypeScript source file, and what it imports, with a step before every `Atomics` operation.
 *
 * @throws Error as mutations are replaced.
 */
export function loadSteppable<Module>(file: URL, options: LoadOptions = {}): Steppable<Module> {
  const text = readMutated(file, options.mutation === undefined ? [] : [options.mutation]);
  const exports = evaluate(file, text, options.from ?? {}, new Map());
  const scripts = Object.entries(exports).map(([name, value]) => [
    name,
    isScript(value) ? asCall(value) : value,
  ]);
  return Object.fromEntries(scripts) as Steppable<Module>;
}

type Exports = Record<string, unknown>;

function evaluate(
  file: URL,
  text: string,
  from: Readonly<Record<string, URL>>,
  loaded: Map<string, Exports>,
): Exports {
  const known = loaded.get(file.href);
  if (known !== undefined) return known;
  const exports: Exports = {};
  loaded.set(file.href, exports);
  const require = (name: string): Exports => {
    const source = from[name] ?? new URL(name.replace(/\.js$/, '.ts'), file);
    return evaluate(source, readMutated(source, []), from, loaded);
  };
  const { outputText } = ts.transpileModule(text, {
    fileName: fileURLToPath(file),
    compilerOptions: { target: ts.ScriptTarget.ES2022, module: ts.ModuleKind.CommonJS },
    transformers: { before: [makeSteppable(atomicFunctions(text, require))] },
  });
  const run = compileFunction(outputText, ['exports', 'require', '$step', '$call'], {
    filename: file.pathname,
  });
  run(exports, require, stepInFrame, callInFrame);
  return exports;
}
