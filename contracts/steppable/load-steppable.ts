import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { compileFunction } from 'node:vm';
import ts from 'typescript';
import { asCall, callInFrame, stepInFrame } from './frames.js';
import { atomicFunctions, isScript, makeSteppable } from './make-steppable.js';
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
  /** Replaces this text of the file by that one, to see whether an exploration notices. */
  readonly mutation?: { readonly replace: string; readonly by: string } | undefined;
}

/**
 * Loads a TypeScript source file, and what it imports, with a step before every `Atomics` operation.
 *
 * @throws Error if the text that a mutation replaces is not there exactly once.
 */
export function loadSteppable<Module>(file: URL, options: LoadOptions = {}): Steppable<Module> {
  const { mutation } = options;
  let text = readFileSync(file, 'utf8');
  if (mutation !== undefined) {
    const parts = text.split(mutation.replace);
    if (parts.length !== 2) {
      throw new Error(
        `mutation: "${mutation.replace}" is ${parts.length - 1} times in ${file.pathname}, not once`,
      );
    }
    text = parts.join(mutation.by);
  }
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
    return evaluate(source, readFileSync(source, 'utf8'), from, loaded);
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
